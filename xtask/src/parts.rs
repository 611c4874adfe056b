//! Cuts the browser half into what every page needs and parts that are loaded when first needed.
//!
//! Where to cut is marked in `src/ui/lazy.rs`. A function that only one part can reach goes into that part,
//! one that several parts share into a file of their own, and everything else stays.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use wasm_split_cli_support::Options;

use crate::{
    failure::{Because as _, Failure, Result},
    site::{read, read_folder},
};

/// The browser half, cut.
pub struct Parts {
    /// What every page needs; wasm-bindgen has not seen it yet.
    pub main: PathBuf,
    /// The script that loads the others, which imports the glue and is imported by it.
    pub loader: String,
    /// The others by the name that the loader gives them: `./NAME.wasm`.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The files that each part needs, by its name in `src/ui/lazy.rs`.
    pub needs: BTreeMap<String, Vec<String>>,
}

impl Parts {
    /// The address by which the glue imports the loader.
    pub const LOADER: &str = "./parts.js";
    /// The address by which the loader imports the glue.
    pub const GLUE: &str = "./glue.js";

    /// Cuts a module that was linked with `--emit-relocs`. The folder is emptied first.
    pub fn cut(input: &Path, folder: &Path) -> Result<Self> {
        if folder.exists() {
            std::fs::remove_dir_all(folder).because(format!("cannot empty {}", folder.display()))?;
        }
        let bytes = read(input)?;
        let main = folder.join("main.wasm");
        let mut options = Options::new(&bytes);
        options.output_dir = folder;
        options.main_out_path = &main;
        options.link_name = Self::LOADER;
        options.main_module = Self::GLUE;
        // The reason lies at the end of the chain.
        let cut = wasm_split_cli_support::transform(options)
            .map_err(|error| Failure::new(format!("cannot cut {}: {error:#}", input.display())))?;

        let loader = String::from_utf8_lossy(&read(&folder.join(Self::LOADER))?).into_owned();
        let mut files = BTreeMap::new();
        for (path, bytes) in read_folder(folder)? {
            if let Some(name) = path.strip_suffix(".wasm").filter(|name| *name != "main") {
                let small = without_names(&bytes)
                    .ok_or_else(|| Failure::new(format!("{path} is not a WebAssembly module")))?;
                files.insert(name.to_owned(), small);
            }
        }
        Ok(Self { main, loader, files, needs: cut.prefetch_map.into_iter().collect() })
    }
}

/// A WebAssembly module without its custom sections: names are for debuggers.
fn without_names(module: &[u8]) -> Option<Vec<u8>> {
    const CUSTOM: u8 = 0;
    let (head, sections) = sections(module)?;
    let kept = sections.iter().filter(|section| section.kind != CUSTOM).map(|section| section.whole);
    Some(std::iter::once(head).chain(kept).collect::<Vec<_>>().concat())
}

/// A section of a WebAssembly module.
pub struct Section<'a> {
    /// What it holds.
    pub kind: u8,
    /// All of it, with its kind and its length.
    pub whole: &'a [u8],
    /// What is in it.
    pub content: &'a [u8],
}

/// What a WebAssembly module begins with, and its sections in order. `None` for what is none.
pub fn sections(module: &[u8]) -> Option<(&[u8], Vec<Section<'_>>)> {
    let (head, mut rest) = module.split_at_checked(8)?;
    let mut sections = vec![];
    while let Some((&kind, after)) = rest.split_first() {
        let (length, digits) = leb128(after)?;
        let (whole, next) = rest.split_at_checked(1 + digits + length)?;
        sections.push(Section { kind, whole, content: whole.get(1 + digits..)? });
        rest = next;
    }
    Some((head, sections))
}

/// A number as WebAssembly writes it, and how many bytes it takes.
pub fn leb128(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut number = 0;
    for (index, &byte) in bytes.iter().take(5).enumerate() {
        number |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((number, index + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_off_and_all_other_sections_stay() {
        let head = *b"\0asm\x01\0\0\0";
        let types = [1, 2, 0xaa, 0xbb];
        let names = [0, 0x83, 0x00, 1, b'n', 7];
        let code = [10, 1, 0xcc];
        let module = [&head[..], &types, &names, &code].concat();
        assert_eq!(without_names(&module).unwrap(), [&head[..], &types, &code].concat());
        assert!(without_names(&module[..module.len() - 1]).is_none(), "the last section is cut short");
    }
}
