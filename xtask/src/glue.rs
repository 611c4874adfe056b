//! Makes the glue between page and WebAssembly small: what it calls things, and what it says of them, is for debuggers.

use std::collections::BTreeMap;

use crate::parts::{leb128, sections};

/// What the names of wasm-bindgen's own imports begin with.
const OWN: &str = "__wb";
const IMPORTS: u8 = 2;

/// A module and its glue, with short names for what one asks of the other and without the glue's comments. `None` for what
/// is no WebAssembly module.
pub fn shortened(module: &[u8], glue: &str) -> Option<(Vec<u8>, String)> {
    let (head, sections) = sections(module)?;
    let mut small = head.to_owned();
    let mut names = BTreeMap::new();
    for section in sections {
        if section.kind == IMPORTS {
            let imports = short_imports(section.content, &mut names)?;
            small.push(section.kind);
            push_leb128(&mut small, imports.len());
            small.extend_from_slice(&imports);
        } else {
            small.extend_from_slice(section.whole);
        }
    }
    Some((small, without_comments(&renamed(glue, &names))))
}

/// The section of imports with short names, which `names` gets by the long ones.
fn short_imports(section: &[u8], names: &mut BTreeMap<String, String>) -> Option<Vec<u8>> {
    let mut short = vec![];
    let (count, digits) = leb128(section)?;
    push_leb128(&mut short, count);
    let mut rest = section.get(digits..)?;
    for _ in 0..count {
        let (of, after) = text(rest)?;
        let (name, after) = text(after)?;
        let new: &str = if name.starts_with(OWN) {
            let next = format!("w{}", names.len());
            names.entry(name.to_owned()).or_insert(next)
        } else {
            name
        };
        push_text(&mut short, of);
        push_text(&mut short, new);
        let (what, after) = after.split_at_checked(length_of_type(after)?)?;
        short.extend_from_slice(what);
        rest = after;
    }
    rest.is_empty().then_some(short)
}

/// How many bytes say what an import is.
fn length_of_type(bytes: &[u8]) -> Option<usize> {
    let number = |at: usize| leb128(bytes.get(at..)?).map(|(_, digits)| at + digits);
    let limits = |at: usize| {
        let has_most = bytes.get(at)? & 1 == 1;
        let least = number(at + 1)?;
        if has_most { number(least) } else { Some(least) }
    };
    match bytes.first()? {
        // A function, by its type.
        0 => number(1),
        // A table.
        1 => limits(2),
        // A memory.
        2 => limits(1),
        // A global, by its type and whether it changes.
        3 => Some(3),
        _ => None,
    }
}

/// A script with other names. What is read from an object (`wasm.name`) is what the module gives, and keeps its name.
fn renamed(script: &str, names: &BTreeMap<String, String>) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut new = String::with_capacity(script.len());
    let mut rest = script;
    while let Some(start) = rest.find(is_part) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|c| !is_part(c)).unwrap_or(from.len()));
        new.push_str(before);
        let short = names.get(word).filter(|_| !new.ends_with('.'));
        new.push_str(short.map_or(word, String::as_str));
        rest = after;
    }
    new.push_str(rest);
    new
}

/// A script without lines that are comments only, without empty lines, and without what its lines begin with. For
/// wasm-bindgen's own, which writes no text over several lines.
fn without_comments(script: &str) -> String {
    let mut small = String::with_capacity(script.len());
    let mut is_comment = false;
    for line in script.lines().map(str::trim) {
        is_comment |= line.starts_with("/*");
        let end = line.find("*/").filter(|_| is_comment);
        let code = match end {
            Some(end) => line[end + 2..].trim_start(),
            None if is_comment => "",
            None => line,
        };
        is_comment &= end.is_none();
        if !code.is_empty() && !code.starts_with("//") {
            small.push_str(code);
            small.push('\n');
        }
    }
    small
}

fn text(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (length, digits) = leb128(bytes)?;
    let (text, rest) = bytes.get(digits..)?.split_at_checked(length)?;
    Some((std::str::from_utf8(text).ok()?, rest))
}

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    push_leb128(bytes, text.len());
    bytes.extend_from_slice(text.as_bytes());
}

/// A number as WebAssembly writes it.
fn push_leb128(bytes: &mut Vec<u8>, mut number: usize) {
    loop {
        let low = number.to_le_bytes()[0] & 0x7f;
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports(of: &[(&str, &[u8])]) -> Vec<u8> {
        let mut section = vec![];
        push_leb128(&mut section, of.len());
        for (name, what) in of {
            push_text(&mut section, "./glue.js");
            push_text(&mut section, name);
            section.extend_from_slice(what);
        }
        let mut module = b"\0asm\x01\0\0\0\x01\x01\x00\x02".to_vec();
        push_leb128(&mut module, section.len());
        module.extend(section);
        module.extend([10, 1, 0xcc]);
        module
    }

    #[test]
    fn names_are_short_on_both_sides_and_only_wasm_bindgens_own() {
        let long = "__wbg_getElementById_0123456789abcdef";
        let kinds: [(&str, &[u8]); 4] = [
            (long, &[0, 0x80, 1]),
            ("memory", &[2, 1, 1, 0x80, 2]),
            ("table", &[1, 0x70, 0, 5]),
            ("g", &[3, 0x7f, 1]),
        ];
        let glue = format!(
            "const imports = {{\n    {long}: function(a) {{ wasm.{long}(a); }},\n    {long}2: 1,\n}};\n"
        );
        let (module, glue) = shortened(&imports(&kinds), &glue).unwrap();
        let mut expected = kinds;
        expected[0].0 = "w0";
        assert_eq!(module, imports(&expected));
        assert_eq!(
            glue,
            format!("const imports = {{\nw0: function(a) {{ wasm.{long}(a); }},\n{long}2: 1,\n}};\n")
        );
    }

    #[test]
    fn what_is_cut_short_is_no_module() {
        let module = imports(&[("__wbg_a", &[0, 1])]);
        assert!(shortened(&module, "").is_some());
        assert!(shortened(&module[..module.len() - 4], "").is_none());
        assert!(shortened(b"", "").is_none());
    }

    #[test]
    fn comments_go_and_code_stays() {
        let script = "/**\n * Says.\n */\nfunction say() {\n    // why\n    let a = 2 * 3; // kept\n\n    /* one */\n    /* two */ a += 1;\n    return a;\n}\n";
        assert_eq!(
            without_comments(script),
            "function say() {\nlet a = 2 * 3; // kept\na += 1;\nreturn a;\n}\n"
        );
    }

    #[test]
    fn numbers_are_written_as_they_are_read() {
        for number in [0, 1, 127, 128, 300, 65_535, 1 << 20] {
            let mut bytes = vec![];
            push_leb128(&mut bytes, number);
            assert_eq!(leb128(&bytes), Some((number, bytes.len())));
        }
    }
}
