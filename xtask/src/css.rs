//! `style/main.css` and all that it imports, as one small file.

use std::path::Path;

use lightningcss::{
    printer::PrinterOptions,
    rules::CssRule,
    stylesheet::{MinifyOptions, ParserOptions, StyleSheet},
    targets::{Browsers, Targets},
    traits::ToCss as _,
};

use crate::failure::{Because as _, Failure, Result};

/// Those that know `light-dark()`: rewritten for older ones it would need a `color-scheme` at the root.
const TARGETS: Browsers = Browsers {
    chrome: Some(123 << 16),
    firefox: Some(120 << 16),
    safari: Some((17 << 16) | (5 << 8)),
    android: None,
    edge: None,
    ie: None,
    ios_saf: None,
    opera: None,
    samsung: None,
};

/// Bundles and minifies; an error anywhere is an error, not a raw file.
pub fn bundle(main: &Path) -> Result<String> {
    let joined = join(main, &mut Vec::new())?;
    let options = ParserOptions { filename: "the joined style sheet".to_owned(), ..ParserOptions::default() };
    let targets = Targets::from(TARGETS);
    let mut sheet = StyleSheet::parse(&joined, options).because("the style sheets do not fit together")?;
    sheet
        .minify(MinifyOptions { targets, ..MinifyOptions::default() })
        .because("cannot minify the style sheets")?;
    let printed = sheet.to_css(PrinterOptions { minify: true, targets, ..PrinterOptions::default() });
    Ok(printed.because("cannot print the style sheets")?.code)
}

/// One file with its imports put in place, each in the layer and under the conditions that it names.
fn join(path: &Path, importers: &mut Vec<std::path::PathBuf>) -> Result<String> {
    if importers.iter().any(|importer| importer == path) {
        return Err(Failure::new(format!("{} imports itself", path.display())));
    }
    let text = std::fs::read_to_string(path).because(format!("cannot read {}", path.display()))?;
    let options = ParserOptions { filename: path.display().to_string(), ..ParserOptions::default() };
    let sheet = StyleSheet::parse(&text, options).map_err(|error| {
        // Counted from 0 there, from 1 by every editor.
        let line = error.loc.as_ref().map_or(0, |place| place.line + 1);
        Failure::new(format!("{}:{line}: {}", path.display(), error.kind))
    })?;
    importers.push(path.to_owned());

    let print = |error| format!("cannot print {}: {error}", path.display());
    let mut joined = String::new();
    for rule in &sheet.rules.0 {
        let CssRule::Import(import) = rule else {
            if !matches!(rule, CssRule::Ignored) {
                let printed = rule.to_css_string(PrinterOptions::default());
                joined.push_str(&printed.map_err(|error| Failure::new(print(error)))?);
                joined.push('\n');
            }
            continue;
        };
        let mut imported = join(&path.with_file_name(&*import.url), importers)?;
        if let Some(layer) = &import.layer {
            let name = layer.as_ref().map(|name| name.to_css_string(PrinterOptions::default())).transpose();
            let name = name.map_err(|error| Failure::new(print(error)))?.unwrap_or_default();
            imported = format!("@layer {name} {{\n{imported}}}\n");
        }
        if let Some(condition) = &import.supports {
            let condition = condition.to_css_string(PrinterOptions::default());
            imported =
                format!("@supports {} {{\n{imported}}}\n", condition.map_err(|e| Failure::new(print(e)))?);
        }
        if !import.media.media_queries.is_empty() {
            let media = import.media.to_css_string(PrinterOptions::default());
            imported =
                format!("@media {} {{\n{imported}}}\n", media.map_err(|error| Failure::new(print(error)))?);
        }
        joined.push_str(&imported);
    }
    importers.pop();
    Ok(joined)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use super::*;

    /// A folder of style sheets that is removed after the test.
    struct Sheets(PathBuf);

    impl Sheets {
        fn new(name: &str, files: &[(&str, &str)]) -> Self {
            let folder = std::env::temp_dir().join(format!("modulok-css-{name}-{}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            for (file, text) in files {
                fs::write(folder.join(file), text).unwrap();
            }
            Self(folder)
        }

        fn bundle(&self) -> Result<String> {
            bundle(&self.0.join("main.css"))
        }
    }

    impl Drop for Sheets {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    #[test]
    fn imports_are_put_in_place_in_their_layers() {
        let sheets = Sheets::new(
            "layers",
            &[
                (
                    "main.css",
                    "@layer list, base;\n@import url(base.css) layer(base);\n@import \"list.css\" print;",
                ),
                ("base.css", "/* why */ :root { color: light-dark(#ffffff, black) }"),
                ("list.css", "@layer list { .row { & > a { margin: 0px } } }"),
            ],
        );
        let css = sheets.bundle().unwrap();
        assert_eq!(
            css,
            "@layer list;@layer base{:root{color:light-dark(#fff,#000)}}\
             @media print{@layer list{.row{&>a{margin:0}}}}"
        );
    }

    #[test]
    fn a_mistake_is_an_error_that_names_the_file_and_the_line() {
        let sheets =
            Sheets::new("mistake", &[("main.css", "@import 'row.css';"), ("row.css", "\n.row { color")]);
        let error = sheets.bundle().unwrap_err().to_string();
        assert!(error.contains("row.css:2"), "{error}");
    }

    #[test]
    fn a_missing_import_and_a_circle_are_errors() {
        let missing = Sheets::new("missing", &[("main.css", "@import 'gone.css';")]);
        assert!(missing.bundle().unwrap_err().to_string().contains("gone.css"));
        let circle = Sheets::new("circle", &[("main.css", "@import 'main.css';")]);
        assert!(circle.bundle().unwrap_err().to_string().contains("imports itself"));
    }
}
