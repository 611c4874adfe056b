//! Import of datasheets from a table in a text file: what can be read, what will be made of it, and what is wrong with it.
//!
//! [`read`] makes records of bytes, [`plan`] makes of each record a datasheet to be made or the reasons why not. Both are
//! pure; the names in here travel to the browser, which shows them before anything is made.

#[cfg(feature = "ssr")]
pub mod orders;
#[cfg(feature = "ssr")]
pub mod plan;
#[cfg(feature = "ssr")]
pub mod read;

use serde::{Deserialize, Serialize};

use super::{
    due::Due,
    id::EventId,
    process::{Process, webshop::Order},
    status::StatusGroup,
    text::fold,
};

/// The largest file taken, in bytes.
pub const FILE_MAX: usize = 64 * 1024 * 1024;
/// How many rows the preview shows as they will look.
pub const ROWS_SHOWN: usize = 20;
/// How many doubtful and how many broken lines are listed; all are counted.
pub const LINES_LISTED: usize = 100;

/// A column that is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Column {
    Name,
    Person,
    Company,
    Email,
    Phone,
    Status,
    Owner,
    Todo,
    Due,
    Note,
    OrderNumber,
    Date,
    Amount,
    Currency,
}

/// What a file holds: which headings are understood depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Kind {
    Datasheets,
    Orders,
}

impl Column {
    /// How many there are.
    pub const COUNT: usize = 14;

    /// Those of a file of orders, all but the name must be there.
    pub const OF_ORDERS: [Self; 6] =
        [Self::OrderNumber, Self::Email, Self::Name, Self::Date, Self::Amount, Self::Currency];

    /// Those of a file of datasheets.
    pub const OF_DATASHEETS: [Self; 10] = [
        Self::Name,
        Self::Person,
        Self::Company,
        Self::Email,
        Self::Phone,
        Self::Status,
        Self::Owner,
        Self::Todo,
        Self::Due,
        Self::Note,
    ];

    /// The column that a heading means, in Hungarian or English; case, accents, spaces and hyphens do not matter.
    pub fn recognise(heading: &str, kind: Kind) -> Option<Self> {
        let letters: String = fold(heading).chars().filter(|c| c.is_alphanumeric()).collect();
        match kind {
            Kind::Datasheets => Self::of_datasheets(&letters),
            Kind::Orders => Self::of_orders(&letters),
        }
    }

    fn of_orders(letters: &str) -> Option<Self> {
        Some(match letters {
            "rendelesszam" | "rendelesszama" | "rendelesazonosito" | "rendeles" | "ordernumber"
            | "orderno" | "orderid" | "order" => Self::OrderNumber,
            "email" | "emailcim" | "emailcime" | "emailaddress" | "mail" => Self::Email,
            "nev" | "name" | "vevo" | "vevonev" | "vevoneve" | "vasarlo" | "vasarloneve" | "customer"
            | "customername" | "buyer" | "buyername" => Self::Name,
            "datum" | "date" | "rendelesdatuma" | "rendelesideje" | "idopont" | "orderdate" | "orderedat" => {
                Self::Date
            }
            "osszeg" | "amount" | "vegosszeg" | "ertek" | "total" | "value" => Self::Amount,
            "penznem" | "currency" | "deviza" | "valuta" => Self::Currency,
            _ => return None,
        })
    }

    fn of_datasheets(letters: &str) -> Option<Self> {
        Some(match letters {
            "nev" | "name" | "megnevezes" | "adatlap" | "adatlapnev" | "adatlapneve" | "datasheet"
            | "datasheetname" | "title" | "targy" | "subject" => Self::Name,
            "szemely" | "szemelynev" | "szemelyneve" | "person" | "personname" | "kapcsolattarto"
            | "kapcsolattartoneve" | "kontakt" | "kontaktszemely" | "contact" | "contactname"
            | "contactperson" => Self::Person,
            "ceg" | "cegnev" | "cegneve" | "company" | "companyname" | "business" | "businessname"
            | "szervezet" | "organisation" | "organization" | "vallalat" => Self::Company,
            "email" | "emailcim" | "emailcime" | "emailaddress" | "mail" => Self::Email,
            "telefon" | "telefonszam" | "telefonszama" | "tel" | "mobil" | "mobiltelefon" | "phone"
            | "phonenumber" | "telephone" | "mobile" => Self::Phone,
            "statusz" | "status" | "allapot" => Self::Status,
            "felelos" | "owner" | "responsible" | "assignedto" => Self::Owner,
            "teendo" | "teendok" | "kovetkezoteendo" | "feladat" | "todo" | "nexttodo" | "task" => Self::Todo,
            "hatarido" | "teendohatarido" | "teendohatarideje" | "esedekes" | "esedekesseg" | "due"
            | "duedate" | "dueat" | "deadline" => Self::Due,
            "megjegyzes" | "megjegyzesek" | "jegyzet" | "note" | "notes" | "comment" | "comments"
            | "remark" => Self::Note,
            _ => return None,
        })
    }
}

/// How the file writes its letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16 with a byte order mark, as Excel's «Unicode text».
    Utf16,
    /// The Central European code page of older Windows programs.
    Windows1250,
}

impl Encoding {
    /// Its usual name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::Windows1250 => "windows-1250",
        }
    }
}

/// What stands between two cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Separator {
    Semicolon,
    Comma,
    Tab,
}

impl Separator {
    /// All that are tried, the likeliest first.
    pub const ALL: [Self; 3] = [Self::Semicolon, Self::Comma, Self::Tab];

    /// The character.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Semicolon => b';',
            Self::Comma => b',',
            Self::Tab => b'\t',
        }
    }
}

/// Why nothing of a file can be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Larger than [`FILE_MAX`].
    TooLarge,
    /// No headings, or headings and no line after them.
    Empty,
    /// A picture, a workbook, anything but text.
    NotText,
    /// None of the headings is one from which a name can be made; these are the headings found.
    NoNameColumn {
        /// At most twenty of them.
        found: Vec<String>,
    },
    /// A file of orders without columns that each order needs.
    ColumnsMissing {
        /// Those.
        missing: Vec<Column>,
        /// At most twenty of the headings found.
        found: Vec<String>,
    },
}

/// Why no datasheet can be made of a line: it has to be mended in the file, or left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Reason {
    /// Neither name nor person nor company.
    NameMissing,
    /// No status of the module is called so.
    StatusUnknown { text: String },
    /// Several statuses of the module are called so.
    StatusAmbiguous { text: String },
    /// No user has this name or e-mail address.
    OwnerUnknown { text: String },
    /// Several users have this name.
    OwnerAmbiguous { text: String },
    /// The user is not active or may not open the module.
    OwnerUnavailable { text: String },
    /// No day or time that can be read in one way only.
    DueUnreadable { text: String },
    /// An empty cell where there must be something.
    Missing { column: Column },
    /// A cell that cannot be read in one way only.
    Unreadable { column: Column, text: String },
    /// An order of no moment that can be: before 1990, or after tomorrow.
    DateImpossible { text: String },
    /// An order of this number came in before, with another buyer, date or amount.
    OrderDiffers { number: String },
    /// More than `max` characters.
    TooLong { column: Column, max: u32 },
    /// Another number of cells than of headings.
    Cells { found: u32, expected: u32 },
}

/// What is assumed of a line that does not say it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "doubt")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Doubt {
    /// No status: the topmost one of the module.
    StatusAssumed { status: String },
    /// A status, where a process moves it: left out.
    StatusMovedBy { text: String, process: Process },
    /// No owner: who imports.
    OwnerAssumed { owner: String },
    /// A to-do without a due time: due today.
    DueAssumed,
    /// A due time without a to-do: a to-do with this text.
    TodoAssumed { text: String },
    /// No e-mail address: kept in the note.
    EmailInNote { text: String },
    /// An order of somebody new, without a name: called by the address.
    NameFromEmail { email: String },
    /// An order that cost nothing.
    AmountZero,
    /// An order of a moment that has not come yet.
    DateAhead,
}

/// A line of the file about which there is something to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark<T> {
    /// The line's number in the file, from 1; of its first line where it has several.
    pub line: u32,
    /// How the line begins, to recognise it.
    pub text: String,
    /// What there is to say.
    pub says: Vec<T>,
}

/// Remarks: all are counted, the first are listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remarks<T> {
    /// How many lines there are to remark on.
    pub count: u32,
    /// The first [`LINES_LISTED`] of them.
    pub first: Vec<Remark<T>>,
}

impl<T> Default for Remarks<T> {
    fn default() -> Self {
        Self { count: 0, first: Vec::new() }
    }
}

impl<T> Remarks<T> {
    /// Counts a remark, and keeps it while there is room.
    pub fn push(&mut self, remark: impl FnOnce() -> Remark<T>) {
        self.count += 1;
        if self.first.len() < LINES_LISTED {
            self.first.push(remark());
        }
    }
}

/// A datasheet as it will look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewRow {
    /// The line's number in the file.
    pub line: u32,
    /// The case's name.
    pub name: String,
    /// Whom it will be about.
    pub contact: Option<String>,
    /// Name of its status.
    pub status: String,
    /// Group of its status.
    pub group: StatusGroup,
    /// Name of its owner.
    pub owner: String,
    /// Its to-do.
    pub todo: Option<(String, Due)>,
    /// What will be noted in its history.
    pub note: Option<String>,
}

/// What will be made of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// How the letters are written.
    pub encoding: Encoding,
    /// What stands between cells.
    pub separator: Separator,
    /// Columns understood, in the order of the file.
    pub columns: Vec<Column>,
    /// Headings that are not understood, or there twice: these columns are left out.
    pub left_out: Vec<String>,
    /// How many datasheets will be made.
    pub made: u32,
    /// How many of them with a to-do.
    pub todos: u32,
    /// How many lines were imported earlier.
    pub already: u32,
    /// Lines that are made with an assumption.
    pub doubtful: Remarks<Doubt>,
    /// Lines of which nothing can be made.
    pub broken: Remarks<Reason>,
    /// Name of the status of lines that have none.
    pub first_status: String,
    /// The first rows as they will look.
    pub rows: Vec<PreviewRow>,
}

/// What will come in of a file of orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrdersPreview {
    /// How the letters are written.
    pub encoding: Encoding,
    /// What stands between cells.
    pub separator: Separator,
    /// Columns understood, in the order of the file.
    pub columns: Vec<Column>,
    /// Headings that are not understood, or there twice: these columns are left out.
    pub left_out: Vec<String>,
    /// How many orders are new.
    pub new: u32,
    /// How many buyers will be made for them.
    pub buyers: u32,
    /// How many orders came in earlier.
    pub already: u32,
    /// Lines that come in with an assumption.
    pub doubtful: Remarks<Doubt>,
    /// Lines of which nothing can be made.
    pub broken: Remarks<Reason>,
    /// The first orders as they will come in.
    pub rows: Vec<Order>,
}

/// What orders did that came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrdersTaken {
    /// How many buyers were made.
    pub buyers: u32,
    /// How many buyers' statuses moved.
    pub moved: u32,
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// How many datasheets were made, or orders came in.
    pub made: u32,
    /// How many lines were imported earlier.
    pub already: u32,
    /// How many broken lines were left out.
    pub left_out: u32,
    /// Undoes it; `None` when nothing was made.
    pub undo: Option<EventId>,
    /// What the orders did, where the file held orders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orders: Option<OrdersTaken>,
}

/// What the undo of an import did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenBack {
    /// How many datasheets, or orders, were removed.
    pub removed: u32,
    /// How many were kept, because somebody has worked on them since.
    pub kept: u32,
}

/// A line of the answer that a running import sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// So many lines of so many are done.
    Progress {
        /// Done.
        done: u32,
        /// Of so many.
        of: u32,
    },
    /// Done: everything is stored.
    Done(Imported),
    /// Refused: these lines are broken; nothing was made.
    Broken(Remarks<Reason>),
    /// Nothing can be read of the file; nothing was made.
    Fault(Fault),
    /// Not done; nothing was made.
    Failed(crate::error::Error),
}

/// What a preview answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Looked {
    /// It can be read.
    Preview(Box<Preview>),
    /// It can be read, and holds orders.
    Orders(Box<OrdersPreview>),
    /// It cannot.
    Fault(Fault),
    /// It was not looked at.
    Failed(crate::error::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_understood_in_both_languages_however_they_are_written() {
        for (heading, column) in [
            ("Név", Column::Name),
            ("NAME", Column::Name),
            ("Személy", Column::Person),
            ("Person", Column::Person),
            ("Cég", Column::Company),
            ("company name", Column::Company),
            ("E-mail", Column::Email),
            ("Email cím", Column::Email),
            ("Telefon", Column::Phone),
            (" phone ", Column::Phone),
            ("Státusz", Column::Status),
            ("Status", Column::Status),
            ("Felelős", Column::Owner),
            ("Owner", Column::Owner),
            ("Teendő", Column::Todo),
            ("To-do", Column::Todo),
            ("Határidő", Column::Due),
            ("Hata\u{301}rido\u{30b}", Column::Due),
            ("Due date", Column::Due),
            ("Megjegyzés", Column::Note),
            ("Note", Column::Note),
        ] {
            assert_eq!(Column::recognise(heading, Kind::Datasheets), Some(column), "{heading}");
        }
        for other in ["", "Irányítószám", "Neve", "Id"] {
            assert_eq!(Column::recognise(other, Kind::Datasheets), None, "{other}");
        }
    }

    #[test]
    fn headings_of_orders_are_understood_in_both_languages() {
        let hungarian = ["Rendelésszám", "E-mail", "Név", "Dátum", "Összeg", "Pénznem"];
        let english = ["Order number", "E-mail", "Name", "Date", "Amount", "Currency"];
        for headings in [hungarian, english] {
            let columns = headings.map(|heading| Column::recognise(heading, Kind::Orders));
            assert_eq!(columns, Column::OF_ORDERS.map(Some));
        }
        assert_eq!(Column::recognise("Teendő", Kind::Orders), None);
    }

    #[test]
    fn all_remarks_are_counted_and_the_first_hundred_listed() {
        let mut remarks = Remarks::default();
        for line in 1..=250 {
            remarks.push(|| Remark { line, text: String::new(), says: vec![Reason::NameMissing] });
        }
        assert_eq!(remarks.count, 250);
        assert_eq!(
            remarks.first.iter().map(|remark| remark.line).collect::<Vec<_>>(),
            (1..=100).collect::<Vec<_>>()
        );
    }
}
