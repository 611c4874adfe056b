//! Text that people type: parsed once, at the edge; and folding for search.

use crate::error::{Field, Invalid, Problem};

/// The longest name, in characters.
pub const NAME_MAX: u32 = 200;
/// The longest to-do text or note, in characters.
pub const TEXT_MAX: u32 = 2_000;

/// One line of text: trimmed, inner white space single, no control characters, at most `max` characters.
pub fn line(field: Field, text: &str, max: u32) -> Result<String, Invalid> {
    let clean = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    check(field, clean, max)
}

/// Text of several lines: trimmed at both ends, line ends kept, other control characters dropped.
pub fn lines(field: Field, text: &str, max: u32) -> Result<String, Invalid> {
    let clean: String =
        text.replace("\r\n", "\n").chars().filter(|c| *c == '\n' || *c == '\t' || !c.is_control()).collect();
    check(field, clean.trim().to_owned(), max)
}

fn check(field: Field, text: String, max: u32) -> Result<String, Invalid> {
    if text.is_empty() {
        return Err(Invalid { field, problem: Problem::Missing });
    }
    if text.chars().count() > max as usize {
        return Err(Invalid { field, problem: Problem::TooLong(max) });
    }
    Ok(text)
}

/// A name: one line of at most [`NAME_MAX`] characters.
pub fn name(text: &str) -> Result<String, Invalid> {
    line(Field::Name, text, NAME_MAX)
}

/// An e-mail address: `something@domain.tld`, lower-cased. Only what can never be an address is refused.
pub fn email(text: &str) -> Result<String, Invalid> {
    let clean = line(Field::Email, text, NAME_MAX)?.to_lowercase();
    let unreadable = Invalid { field: Field::Email, problem: Problem::Unreadable };
    let (local, domain) = clean.rsplit_once('@').ok_or(unreadable)?;
    let readable = !local.is_empty()
        && !clean.contains(' ')
        && domain.contains('.')
        && domain.split('.').all(|part| !part.is_empty());
    if readable { Ok(clean) } else { Err(unreadable) }
}

/// Adds a letter in lower case. In the browser it is made by the browser itself, to the same effect: the one thing that these
/// rules ask of it, for the letters of all scripts would be 12 kB of the first load.
fn push_lower(c: char, text: &mut String) {
    if c.is_ascii() {
        text.push(c.to_ascii_lowercase());
        return;
    }
    #[cfg(target_arch = "wasm32")]
    text.push_str(&String::from(js_sys::JsString::from(&*c.encode_utf8(&mut [0; 4])).to_lower_case()));
    #[cfg(not(target_arch = "wasm32"))]
    text.extend(c.to_lowercase());
}

/// Lower case without accents, so that «Ügyfél» is found by «ugyfel». The same on server and browser.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut lower = String::with_capacity(text.len());
    text.chars().for_each(|c| push_lower(c, &mut lower));
    for c in lower.chars() {
        match c {
            'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ă' | 'ą' | 'ā' => folded.push('a'),
            'ç' | 'ć' | 'č' => folded.push('c'),
            'ď' | 'đ' => folded.push('d'),
            'é' | 'è' | 'ê' | 'ë' | 'ě' | 'ę' | 'ē' => folded.push('e'),
            'ğ' => folded.push('g'),
            'í' | 'ì' | 'î' | 'ï' | 'ī' | 'ı' => folded.push('i'),
            'ł' | 'ľ' | 'ĺ' => folded.push('l'),
            'ñ' | 'ń' | 'ň' => folded.push('n'),
            'ó' | 'ò' | 'ô' | 'ö' | 'ő' | 'õ' | 'ø' | 'ō' => folded.push('o'),
            'ř' | 'ŕ' => folded.push('r'),
            'ś' | 'š' | 'ş' | 'ș' => folded.push('s'),
            'ť' | 'ţ' | 'ț' => folded.push('t'),
            'ú' | 'ù' | 'û' | 'ü' | 'ű' | 'ů' | 'ū' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            'ź' | 'ż' | 'ž' => folded.push('z'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            // Combining accents of decomposed text.
            '\u{300}'..='\u{36f}' => {}
            other => folded.push(other),
        }
    }
    folded
}

/// The distinct folded words of a text, for the search index.
pub fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = fold(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hungarian_letters_fold_to_their_base() {
        assert_eq!(fold("Árvíztűrő TÜKÖRFÚRÓGÉP"), "arvizturo tukorfurogep");
        assert_eq!(fold("u\u{308}gyfe\u{301}l"), "ugyfel");
        // Letter by letter: what is stored does not depend on what stands beside it.
        assert_eq!(fold("ΟΔΟΣ"), "οδοσ");
    }

    #[test]
    fn a_name_of_white_space_is_missing() {
        assert_eq!(name(" \t\n "), Err(Invalid { field: Field::Name, problem: Problem::Missing }));
        assert_eq!(name("  Kovács \u{0} Bt.  ").as_deref(), Ok("Kovács Bt."));
    }

    #[test]
    fn a_name_may_have_two_hundred_characters_and_not_one_more() {
        assert!(name(&"ű".repeat(200)).is_ok());
        assert_eq!(name(&"ű".repeat(201)).map_err(|e| e.problem), Err(Problem::TooLong(200)));
    }

    #[test]
    fn an_address_without_a_domain_is_no_email() {
        for bad in ["anna", "anna@", "@pelda.hu", "anna@pelda", "an na@pelda.hu", "anna@pelda..hu"] {
            assert!(email(bad).is_err(), "{bad}");
        }
        assert_eq!(email(" Anna@Pelda.HU ").as_deref(), Ok("anna@pelda.hu"));
    }

    #[test]
    fn words_are_folded_and_distinct() {
        assert_eq!(words("Kovács & Kovács Kft., Győr"), ["gyor", "kft", "kovacs"]);
    }
}
