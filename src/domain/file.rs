//! Files on a datasheet: what they are called, and what they are by their bytes.

use serde::{Deserialize, Serialize};

use super::{
    id::{EventId, TodoId, UserId},
    text::line,
    time::Timestamp,
};
use crate::error::{Field, Invalid};

/// The largest file in bytes, unless the server is told otherwise.
pub const FILE_MAX: u64 = 25 * 1024 * 1024;
/// The page of a datasheet brings so many files, the newest.
pub const FILES_SHOWN: i64 = 200;
/// Pictures up to this size are shown on the page, made small by the browser.
pub const PICTURE_MAX: i64 = 3 * 1024 * 1024;
/// How long a deleted file can be brought back, in days.
pub const FILE_KEPT_DAYS: i64 = 30;
/// How many bytes tell what a file is.
pub const SNIFFED: usize = 512;

/// What a file is, by its bytes: nothing that is served as one of these is run by a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum FileKind {
    /// A picture.
    Png,
    /// A picture.
    Jpeg,
    /// A picture.
    Gif,
    /// A picture.
    Webp,
    /// A PDF.
    Pdf,
    /// An archive, or what is one inside: documents and tables of office programs.
    Zip,
    /// Text, whatever it says.
    Text,
    /// Anything else.
    Other,
}

impl FileKind {
    /// What the first bytes show; the name is not asked.
    pub fn sniff(bytes: &[u8]) -> Self {
        let bytes = &bytes[..bytes.len().min(SNIFFED)];
        match bytes {
            [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Self::Png,
            [0xff, 0xd8, 0xff, ..] => Self::Jpeg,
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Self::Gif,
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Self::Webp,
            [b'%', b'P', b'D', b'F', b'-', ..] => Self::Pdf,
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Self::Zip,
            _ if is_text(bytes) => Self::Text,
            _ => Self::Other,
        }
    }

    /// The media type it is sent with. Text is always plain, also when it is a page.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
            Self::Zip => "application/zip",
            Self::Text => "text/plain; charset=utf-8",
            Self::Other => "application/octet-stream",
        }
    }

    /// Whether a browser shows it as a picture.
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Gif | Self::Webp)
    }
}

fn is_text(bytes: &[u8]) -> bool {
    let valid = match std::str::from_utf8(bytes) {
        Ok(_) => bytes.len(),
        // A letter may be cut in two at the end.
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        Err(_) => return false,
    };
    bytes[..valid]
        .iter()
        .all(|byte| *byte >= b' ' && *byte != 0x7f || matches!(byte, b'\n' | b'\r' | b'\t' | 0x0c))
}

/// A file as the page of its datasheet shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct SheetFile {
    /// Which, by its entry in the history.
    pub id: EventId,
    /// What it is called.
    pub name: String,
    /// How many bytes it has.
    pub size: i64,
    /// What it is.
    pub kind: FileKind,
    /// Who added it.
    pub author_id: UserId,
    /// When.
    pub created_at: Timestamp,
    /// Counts its changes.
    pub version: i64,
    /// The to-do that it belongs to; `None` is the datasheet itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub todo_id: Option<TodoId>,
}

impl SheetFile {
    /// Whether the page shows it as a picture.
    pub fn is_shown(&self) -> bool {
        self.kind.is_picture() && self.size <= PICTURE_MAX
    }
}

/// The name of a file as it is kept: without the folders it came from.
pub fn name(text: &str) -> Result<String, Invalid> {
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    line(Field::File, last, 200)
}

/// The header that makes a browser keep a file instead of opening it, under its name.
pub fn disposition(name: &str, is_inline: bool) -> String {
    let how = if is_inline { "inline" } else { "attachment" };
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || " .-_()".contains(c) { c } else { '_' })
        .collect();
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b".-_".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            use std::fmt::Write as _;
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_show() {
        let png = b"\x89PNG\r\n\x1a\n\0\0";
        for (bytes, kind) in [
            (&png[..], FileKind::Png),
            (b"\xff\xd8\xff\xe0", FileKind::Jpeg),
            (b"GIF89a..", FileKind::Gif),
            (b"RIFF\0\0\0\0WEBPVP8 ", FileKind::Webp),
            (b"%PDF-1.7", FileKind::Pdf),
            (b"PK\x03\x04", FileKind::Zip),
            (b"<html><script>alert(1)</script>", FileKind::Text),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", FileKind::Text),
            ("Árvíztűrő\n".as_bytes(), FileKind::Text),
            (b"", FileKind::Text),
            (b"\xff\xfe", FileKind::Other),
            (b"MZ\x90\0", FileKind::Other),
        ] {
            assert_eq!(FileKind::sniff(bytes), kind, "{bytes:?}");
        }
        let cut = [b"x".repeat(SNIFFED - 1), "ű".as_bytes().to_vec()].concat();
        assert_eq!(FileKind::sniff(&cut), FileKind::Text, "a letter cut in two");
    }

    #[test]
    fn a_name_loses_its_folders_and_control_characters() {
        assert_eq!(name("C:\\Temp\\ajánlat.pdf").unwrap(), "ajánlat.pdf");
        assert_eq!(name("../../etc/passwd").unwrap(), "passwd");
        assert_eq!(name("a\r\nb.txt").unwrap(), "a b.txt");
        assert!(name("x/").is_err());
    }

    #[test]
    fn a_name_cannot_leave_its_header() {
        let header = disposition("ű\"; x=\"y.pdf", false);
        assert_eq!(
            header,
            "attachment; filename=\"___ x__y.pdf\"; filename*=UTF-8''%C5%B1%22%3B%20x%3D%22y.pdf"
        );
    }
}
