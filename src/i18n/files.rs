//! Files on a datasheet.

use super::{Locale, format};

texts! {
    files: "Fájlok", "Files";
    add_files: "Fájl hozzáadása", "Add files";
    attach_to(todo: &str): "Fájl csatolása a teendőhöz: {todo}", "Attach files to {todo}";
    attach: "Csatolás", "Attach";
    files_of(todo: &str): "Fájlok: {todo}", "Files of {todo}";
    in_field(field: &str): "A fájl ebben a mezőben áll: {field}. Előbb ott cserélje le vagy törölje.", "The file stands in the field {field}. Change or clear it there first.";
    upload_to(field: &str): "Feltöltés: {field}", "Upload to {field}";
    upload: "Feltöltés", "Upload";
    open: "Megnyitás", "Open file";
    drop_here: "Ide húzhat vagy beilleszthet fájlokat.", "Drop or paste files here.";
    sending(name: &str): "Feltöltés: {name}", "Uploading {name}";
    dismiss_of(name: &str): "Bezárás: {name}", "Dismiss {name}";
    delete_of(name: &str): "Fájl törlése: {name}", "Delete file {name}";
    said_added(name: &str): "Feltöltve: {name}", "Added: {name}";
    said_deleted(name: &str): "Fájl törölve: {name}", "File deleted: {name}";
    was_added(name: &str, size: &str): "fájlt csatolt: {name} ({size})", "added the file {name} ({size})";
    was_added_to(name: &str, size: &str, todo: &str): "fájlt csatolt egy teendőhöz ({todo}): {name} ({size})", "added the file {name} ({size}) to the to-do {todo}";
    was_deleted(name: &str): "fájlt törölt: {name}", "deleted the file {name}";
    of_added: "fájl csatolása", "adding a file";
    of_deleted: "fájl törlése", "deleting a file";
    too_large(name: &str, max: u32): "{name}: legfeljebb {max} MB lehet.", "{name}: at most {max} MB.";
}

/// How large a file is: `812 bájt`, `12,3 kB`, `4 MB`.
pub fn size(locale: Locale, bytes: i64) -> String {
    let bytes = bytes.max(0);
    let tenths = |unit: i64| format::decimal((bytes * 10 + unit / 2) / unit, 1, locale);
    match bytes {
        0..1_000 => format!("{bytes}\u{a0}{}", locale.pick(("bájt", "bytes"))),
        1_000..1_000_000 => format!("{}\u{a0}kB", tenths(1_000)),
        _ => format!("{}\u{a0}MB", tenths(1_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_short() {
        assert_eq!(size(Locale::Hu, 812), "812\u{a0}bájt");
        assert_eq!(size(Locale::Hu, 12_345), "12,3\u{a0}kB");
        assert_eq!(size(Locale::En, 4_000_000), "4\u{a0}MB");
    }
}
