//! From bytes to records: letters, separator, headings, and the number of each line.

use encoding_rs::{UTF_8, WINDOWS_1250};

use super::{Column, Encoding, FILE_MAX, Fault, Kind, Separator};

/// A file that can be read line by line.
#[derive(Clone, Debug)]
pub struct File {
    text: String,
    /// How the letters were written.
    pub encoding: Encoding,
    /// What stands between cells.
    pub separator: Separator,
    /// What each cell of a line is.
    headings: Vec<Option<Column>>,
    /// Headings that are not understood, or there twice.
    pub left_out: Vec<String>,
    /// Where the lines begin: byte and number of the line.
    start: (usize, u32),
    /// How many lines there are, without blank ones.
    pub lines: u32,
}

/// One line of the file that is not blank; it may go over several lines where line breaks are quoted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Number of its first line in the file, from 1.
    pub number: u32,
    /// How many cells it has; empty ones beyond the headings do not count.
    pub found: usize,
    /// How many there should be.
    pub expected: usize,
    cells: [String; Column::COUNT],
    /// How it begins.
    pub beginning: String,
}

impl Record {
    /// The cell of a column, as it stands in the file; empty where there is no such column.
    pub fn get(&self, column: Column) -> &str {
        &self.cells[column as usize]
    }
}

impl File {
    /// Reads the letters and the headings.
    pub fn read(bytes: Vec<u8>) -> Result<Self, Fault> {
        Self::read_as(Kind::Datasheets, bytes)
    }

    /// The same of a file that holds something else.
    pub fn read_as(kind: Kind, bytes: Vec<u8>) -> Result<Self, Fault> {
        if bytes.len() > FILE_MAX {
            return Err(Fault::TooLarge);
        }
        let (text, encoding) = decode(bytes);
        if text.contains('\0') {
            return Err(Fault::NotText);
        }
        if !text.contains(char::is_alphanumeric) {
            return Err(Fault::Empty);
        }

        let (start, named) = separator_line(&text);
        let candidates =
            Separator::ALL.into_iter().filter(|separator| named.is_none_or(|it| it == *separator));
        let mut best: Option<(usize, usize, Separator, Vec<String>, usize)> = None;
        for separator in candidates {
            let Some((cells, end)) = headings(&text[start..], separator) else { continue };
            let understood = cells.iter().filter(|cell| Column::recognise(cell, kind).is_some()).count();
            if best.as_ref().is_none_or(|(most, width, ..)| (understood, cells.len()) > (*most, *width)) {
                best = Some((understood, cells.len(), separator, cells, end));
            }
        }
        let Some((_, _, separator, cells, end)) = best else { return Err(Fault::Empty) };

        let mut columns = Vec::with_capacity(cells.len());
        let mut left_out = Vec::new();
        for cell in &cells {
            let column = Column::recognise(cell, kind).filter(|column| !columns.contains(&Some(*column)));
            let heading = cell.split_whitespace().collect::<Vec<_>>().join(" ");
            if column.is_none() && !heading.is_empty() {
                left_out.push(beginning_of(&heading));
            }
            columns.push(column);
        }
        // Nameless columns at the end come from a separator at the end of the line.
        while columns.len() > 1 && columns.last() == Some(&None) && cells[columns.len() - 1].trim().is_empty()
        {
            columns.pop();
        }
        let found = || {
            let headings = cells.iter().map(|cell| beginning_of(cell.trim())).filter(|cell| !cell.is_empty());
            headings.take(20).collect()
        };
        let has = |column: &Column| columns.contains(&Some(*column));
        match kind {
            Kind::Datasheets => {
                if ![Column::Name, Column::Person, Column::Company].iter().any(has) {
                    return Err(Fault::NoNameColumn { found: found() });
                }
            }
            Kind::Orders => {
                let needed = Column::OF_ORDERS.into_iter().filter(|column| *column != Column::Name);
                let missing: Vec<Column> = needed.filter(|column| !has(column)).collect();
                if !missing.is_empty() {
                    return Err(Fault::ColumnsMissing { missing, found: found() });
                }
            }
        }
        let mut start = start + end;
        if text[..start].ends_with('\r') && text[start..].starts_with('\n') {
            start += 1;
        }
        let line = 1 + line_ends(&text[..start]);
        let mut file =
            Self { text, encoding, separator, headings: columns, left_out, start: (start, line), lines: 0 };
        file.lines = u32::try_from(file.records().count()).unwrap_or(u32::MAX);
        if file.lines == 0 {
            return Err(Fault::Empty);
        }
        Ok(file)
    }

    /// The columns understood, in the order of the file.
    pub fn columns(&self) -> impl Iterator<Item = Column> {
        self.headings.iter().flatten().copied()
    }

    /// Whether the file has such a column.
    pub fn has(&self, column: Column) -> bool {
        self.headings.contains(&Some(column))
    }

    /// The lines after the headings, without blank ones.
    pub fn records(&self) -> Records<'_> {
        let rest = &self.text[self.start.0..];
        Records {
            file: self,
            rest,
            reader: reader(rest, self.separator),
            counted: 0,
            line: self.start.1,
            record: csv::StringRecord::new(),
        }
    }
}

/// See [`File::records`].
#[derive(Debug)]
pub struct Records<'a> {
    file: &'a File,
    rest: &'a str,
    reader: csv::Reader<&'a [u8]>,
    /// Up to which byte of `rest` the line ends are counted.
    counted: usize,
    /// Number of the line in which that byte is.
    line: u32,
    record: csv::StringRecord,
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        loop {
            // A line is text in memory and may have any number of cells: no error is left that could come.
            if !self.reader.read_record(&mut self.record).unwrap_or(false) {
                return None;
            }
            if self.record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let at = self.record.position().map_or(0, csv::Position::byte);
            let at = usize::try_from(at).unwrap_or(usize::MAX).min(self.rest.len());
            // The reader skips blank lines only when it is asked for the next record.
            let at = at + self.rest[at..].bytes().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            self.line += line_ends(&self.rest[self.counted..at]);
            self.counted = at;

            let expected = self.file.headings.len();
            let beyond = self.record.iter().skip(expected);
            let beyond = beyond.enumerate().filter(|(_, cell)| !cell.trim().is_empty()).last();
            let mut record = Record {
                number: self.line,
                found: beyond.map_or(self.record.len().min(expected), |(index, _)| expected + index + 1),
                expected,
                ..Record::default()
            };
            for (cell, column) in self.record.iter().zip(&self.file.headings) {
                if let Some(column) = column {
                    cell.clone_into(&mut record.cells[*column as usize]);
                }
            }
            let mut words = String::new();
            for cell in self.record.iter().map(str::trim).filter(|cell| !cell.is_empty()).take(3) {
                if !words.is_empty() {
                    words.push_str(" · ");
                }
                words.push_str(cell);
            }
            record.beginning = beginning_of(&words);
            return Some(record);
        }
    }
}

/// The first 80 characters on one line.
pub fn beginning_of(text: &str) -> String {
    const SHOWN: usize = 80;
    let mut chars = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut beginning: String = chars.by_ref().take(SHOWN).collect();
    if chars.next().is_some() {
        beginning.push('…');
    }
    beginning
}

fn decode(mut bytes: Vec<u8>) -> (String, Encoding) {
    match encoding_rs::Encoding::for_bom(&bytes) {
        Some((encoding, mark)) if encoding == UTF_8 => drop(bytes.drain(..mark)),
        Some((utf16, mark)) => {
            return (utf16.decode_without_bom_handling(&bytes[mark..]).0.into_owned(), Encoding::Utf16);
        }
        None => {}
    }
    match String::from_utf8(bytes) {
        Ok(text) => (text, Encoding::Utf8),
        Err(error) => {
            let text = WINDOWS_1250.decode_without_bom_handling(error.as_bytes()).0.into_owned();
            (text, Encoding::Windows1250)
        }
    }
}

/// Excel's first line `sep=;`: how long it is, and what it names.
fn separator_line(text: &str) -> (usize, Option<Separator>) {
    let line = text.split_inclusive('\n').next().unwrap_or_default();
    let content = line.trim_end_matches(['\r', '\n']);
    let named = Separator::ALL.into_iter().find(|separator| {
        content.len() == 5
            && content.is_char_boundary(4)
            && content[..4].eq_ignore_ascii_case("sep=")
            && content.as_bytes()[4] == separator.byte()
    });
    (if named.is_some() { line.len() } else { 0 }, named)
}

/// The first line that is not blank, and where it ends.
fn headings(text: &str, separator: Separator) -> Option<(Vec<String>, usize)> {
    let mut reader = reader(text, separator);
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).unwrap_or(false) {
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            let end = usize::try_from(reader.position().byte()).ok()?.min(text.len());
            return Some((record.iter().map(str::to_owned).collect(), end));
        }
    }
    None
}

fn reader(text: &str, separator: Separator) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(separator.byte())
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
}

/// Line feeds, and carriage returns that none follows (the line ends of the oldest Macintosh files).
fn line_ends(text: &str) -> u32 {
    let bytes = text.as_bytes();
    let ends = bytes
        .iter()
        .enumerate()
        .filter(|(index, byte)| **byte == b'\n' || (**byte == b'\r' && bytes.get(index + 1) != Some(&b'\n')));
    u32::try_from(ends.count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> File {
        File::read(text.as_bytes().to_vec()).unwrap()
    }

    fn column(file: &File, column: Column) -> Vec<(u32, String)> {
        file.records().map(|record| (record.number, record.get(column).to_owned())).collect()
    }

    #[test]
    fn three_separators_are_told_apart_by_the_headings() {
        for (separator, expected) in
            [(";", Separator::Semicolon), (",", Separator::Comma), ("\t", Separator::Tab)]
        {
            let file = read(&format!("Név{separator}E-mail\nKovács{separator}a@b.hu\n"));
            assert_eq!(file.separator, expected);
            assert_eq!(column(&file, Column::Email), [(2, "a@b.hu".to_owned())]);
        }
        // The comma is part of the second heading's words.
        assert_eq!(read("Név;Cím, város\nA;B\n").separator, Separator::Semicolon);
        assert_eq!(read("Név\nA\n").columns().collect::<Vec<_>>(), [Column::Name]);
    }

    #[test]
    fn excels_line_about_the_separator_is_followed() {
        let file = read("sep=,\r\nName,Note\r\nA,\"x;y\"\r\n");
        assert_eq!(file.separator, Separator::Comma);
        assert_eq!(column(&file, Column::Note), [(3, "x;y".to_owned())]);
    }

    #[test]
    fn letters_are_read_in_utf8_with_or_without_a_mark_and_in_windows_1250() {
        let text = "Név;Felelős\nŐrült Űrhajós;Kovács Ödön\n";
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        let windows = WINDOWS_1250.encode(text).0.into_owned();
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        for (bytes, encoding) in [
            (text.as_bytes().to_vec(), Encoding::Utf8),
            (marked, Encoding::Utf8),
            (windows, Encoding::Windows1250),
            (utf16, Encoding::Utf16),
        ] {
            let file = File::read(bytes).unwrap();
            assert_eq!(file.encoding, encoding);
            assert_eq!(column(&file, Column::Name), [(2, "Őrült Űrhajós".to_owned())]);
            assert_eq!(file.columns().collect::<Vec<_>>(), [Column::Name, Column::Owner]);
        }
    }

    #[test]
    fn line_numbers_are_those_of_an_editor_also_after_quoted_line_breaks_and_blank_lines() {
        let text = "\nNév;Megjegyzés\r\n\r\nA;\"egy\nkettő\"\"\r\nhárom\"\r\n;\r\n\nB;\nC;\"x\"";
        let file = read(text);
        assert_eq!(
            column(&file, Column::Note),
            [(4, "egy\nkettő\"\r\nhárom".to_owned()), (9, String::new()), (10, "x".to_owned())]
        );
        assert_eq!(column(&read("Név\rA\r\rB"), Column::Name), [(2, "A".to_owned()), (4, "B".to_owned())]);
    }

    #[test]
    fn unknown_and_repeated_headings_are_left_out_by_name() {
        let file = read("Név;Irányítószám;Telefon;Phone;\nA;1011;1;2;\n");
        assert_eq!(file.left_out, ["Irányítószám", "Phone"]);
        assert_eq!(column(&file, Column::Phone), [(2, "1".to_owned())]);
        let record = file.records().next().unwrap();
        assert_eq!((record.found, record.expected), (4, 4));
    }

    #[test]
    fn cells_are_counted_but_for_empty_ones_beyond_the_headings() {
        let counted: Vec<_> = read("Név;E-mail\nA\nB;b@b.hu;;\nC;c@c.hu;;x;\n")
            .records()
            .map(|record| (record.found, record.expected))
            .collect();
        assert_eq!(counted, [(1, 2), (2, 2), (4, 2)]);
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let fault = |bytes: &[u8]| File::read(bytes.to_vec()).unwrap_err();
        assert_eq!(fault(b""), Fault::Empty);
        assert_eq!(fault(b"\n;;\n"), Fault::Empty);
        assert_eq!(fault("Név;E-mail\n\n;\n".as_bytes()), Fault::Empty);
        assert_eq!(fault(b"PK\x03\x04\x00\x00"), Fault::NotText);
        assert_eq!(
            fault(b"Id;E-mail\n1;a@b.hu\n"),
            Fault::NoNameColumn { found: vec!["Id".to_owned(), "E-mail".to_owned()] }
        );
        assert_eq!(fault(&vec![b'a'; FILE_MAX + 1]), Fault::TooLarge);
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            for beginning in [&b""[..], b"Nev;E-mail\n", b"\xef\xbb\xbfName,Note\r\n", b"sep=\t\nName\n", b"\xff\xfe"] {
                if let Ok(file) = File::read([beginning, &bytes].concat()) {
                    let numbers: Vec<u32> = file.records().map(|record| record.number).collect();
                    prop_assert!(numbers.is_sorted_by(|a, b| a < b));
                }
            }
        }

        #[test]
        fn what_was_written_is_read_back(
            cells in proptest::collection::vec(("[a-zá\"; \n]{0,12}", "[a-z,\t\r\n\"]{0,12}"), 1..20),
        ) {
            let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(vec![]);
            writer.write_record(["Name", "Note"]).unwrap();
            let mut expected = vec![];
            for (name, note) in &cells {
                writer.write_record([name, note]).unwrap();
                if !name.trim().is_empty() || !note.trim().is_empty() {
                    expected.push((name.clone(), note.clone()));
                }
            }
            match File::read(writer.into_inner().unwrap()) {
                Ok(file) => {
                    let read: Vec<_> = file
                        .records()
                        .map(|record| (record.get(Column::Name).to_owned(), record.get(Column::Note).to_owned()))
                        .collect();
                    prop_assert_eq!(read, expected);
                }
                Err(fault) => prop_assert!(expected.is_empty() && fault == Fault::Empty),
            }
        }
    }
}
