//! Datasheets: one case in a module each; rows of the list; the page of one.

use serde::{Deserialize, Serialize};

use super::{
    bucket::Bucket,
    comment::TodoComment,
    document::Document,
    due::Due,
    field::{FieldValue, SheetFields},
    file::SheetFile,
    history::StatusTime,
    id::{ContactId, DatasheetId, EventId, ModuleId, StatusId, UserId},
    module::{Module, TodoType},
    money::Money,
    process::{InRow, Settings, State, webshop::Order},
    relation::Related,
    status::StatusTree,
    time::Timestamp,
    todo::{NextTodo, Todo, TodoForm},
};

/// Where a datasheet stands in the list: one number that sorts as the list does.
///
/// The due time of the next open to-do in milliseconds; without one, [`ListKey::NO_TODO`] and more, the last modified first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(transparent))]
pub struct ListKey(pub i64);

impl ListKey {
    /// Keys from here on mean «no open to-do» (the year 33,658 as a due time).
    pub const NO_TODO: i64 = 1_000_000_000_000_000;

    /// The key of a datasheet.
    pub fn of(next_due: Option<Timestamp>, modified: Timestamp) -> Self {
        match next_due {
            Some(due) => Self(due.0.min(Self::NO_TODO - 1)),
            None => Self(2 * Self::NO_TODO - modified.0.clamp(1, Self::NO_TODO)),
        }
    }

    /// The due time in it.
    pub fn due(self) -> Option<Timestamp> {
        (self.0 < Self::NO_TODO).then_some(Timestamp(self.0))
    }
}

/// A place between two rows of the list: after that key and id. Pages start there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cursor {
    /// Key of the last row of the page before.
    pub key: ListKey,
    /// Its id: breaks ties.
    pub id: DatasheetId,
}

/// A datasheet as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Row {
    /// Which it is.
    pub id: DatasheetId,
    /// The case's name.
    pub name: String,
    /// Whom it is about.
    pub contact: Option<String>,
    /// Which contact that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_id: Option<ContactId>,
    /// Where it stands.
    pub status: StatusId,
    /// Who is responsible.
    pub owner: UserId,
    /// When it, or a to-do of it, was last changed.
    pub modified_at: Timestamp,
    /// Counts the changes of name, status, owner and trash.
    pub version: i64,
    /// The open to-do that is due first.
    pub todo: Option<NextTodo>,
    /// What it is worth; in fixed modules only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// What its process shows; in fixed modules only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<InRow>,
}

impl Row {
    /// Its place in the list.
    pub fn cursor(&self) -> Cursor {
        Cursor { key: ListKey::of(self.todo.as_ref().map(|todo| todo.moment), self.modified_at), id: self.id }
    }
}

/// Some rows of the list, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The rows.
    pub rows: Vec<Row>,
    /// Whether more follow.
    pub more: bool,
    /// Where they follow, if not after the last row: so far a search for common words has looked.
    #[serde(default)]
    pub next: Option<Cursor>,
}

/// A place in the list in the order of a field: after the value that stands there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct ValuePlace {
    /// The folded beginning of a text, or a currency.
    pub t: Option<String>,
    /// A number.
    pub n: Option<i64>,
    /// The datasheet: breaks ties.
    pub id: DatasheetId,
}

/// Where a page of the list in the order of a field begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortedPlace {
    /// After a value.
    Value(ValuePlace),
    /// Among those that have nothing in the field, which stand last; `None` is the first of them.
    Rest(Option<Cursor>),
}

/// A row of the list in the order of a field, with what stands in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SortedRow {
    /// The row.
    pub row: Row,
    /// What stands in the field.
    pub value: Option<FieldValue>,
    /// Where it stands: others follow it.
    pub place: SortedPlace,
}

/// Some rows of the list in the order of a field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SortedPage {
    /// The rows.
    pub rows: Vec<SortedRow>,
    /// Where more follow; `None` at the end.
    pub next: Option<SortedPlace>,
}

/// A count of a bucket from here on means «so many less this, or more»: a search for common words has not looked through all.
pub const OR_MORE: u32 = 10_000;

/// How many datasheets have a status, under the owner filter; exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct StatusCount {
    /// The status.
    pub status_id: StatusId,
    /// How many.
    pub n: i64,
}

/// What the datasheets of a status are worth in one currency, under the owner filter; exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusSum {
    /// The status.
    pub status_id: StatusId,
    /// The sum; statuses and currencies with none are absent.
    pub sum: Money,
}

/// What the headings and the tree show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Per status, under the owner filter alone; statuses with none may be absent.
    pub statuses: Vec<StatusCount>,
    /// Sums of money per status and currency, in fixed modules with a value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sums: Vec<StatusSum>,
    /// Per bucket, under all filters; exact to 999, 1,000 means «1,000 or more». In the order of [`Bucket::ALL`].
    pub buckets: [u32; Bucket::ALL.len()],
}

/// Everything that the module page shows at first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModulePage {
    /// The module.
    pub module: Module,
    /// Its to-do types.
    pub types: Vec<TodoType>,
    /// Its statuses.
    pub tree: StatusTree,
    /// The counts.
    pub counts: Counts,
    /// The first rows.
    pub page: Page,
}

/// Everything that the page of one datasheet shows, but for its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasheetPage {
    /// The datasheet as the list shows it.
    pub row: Row,
    /// Its module.
    pub module: Module,
    /// The module's to-do types.
    pub types: Vec<TodoType>,
    /// The module's statuses.
    pub tree: StatusTree,
    /// The module's own fields, and what stands in them.
    pub fields: SheetFields,
    /// Its to-dos: open ones by due time, then closed ones, the last closed first (at most [`DatasheetPage::CLOSED`]).
    pub todos: Vec<Todo>,
    /// Its files, the newest first.
    #[serde(default)]
    pub files: Vec<SheetFile>,
    /// The comments on its to-dos, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub todo_comments: Vec<TodoComment>,
    /// The datasheets it is related with and the viewer sees, the first linked first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
    /// How long it was in each status so far.
    #[serde(default)]
    pub times: Vec<StatusTime>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether it is in the trash.
    pub trashed: bool,
    /// Its process, in a fixed module.
    pub process: Option<State>,
    /// What admins set about the process.
    pub settings: Option<Settings>,
    /// The issued document, in Invoicing.
    #[serde(default)]
    pub document: Option<Document>,
    /// A buyer's orders, the latest first, at most [`DatasheetPage::ORDERS`]; in Webshop.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<Order>,
}

impl DatasheetPage {
    /// How many closed to-dos the page brings at most; the history has them all.
    pub const CLOSED: i64 = 50;
    /// How many orders of a buyer come at once.
    pub const ORDERS: i64 = 20;

    /// The names of its files, those in its fields first.
    pub fn file_names(&self) -> Vec<(EventId, String)> {
        let mut names = self.fields.files.clone();
        for file in &self.files {
            if names.iter().all(|(id, _)| *id != file.id) {
                names.push((file.id, file.name.clone()));
            }
        }
        names
    }
}

/// What is filled in for a new datasheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasheetForm {
    /// The case's name.
    pub name: String,
    /// Where it starts; the topmost status when `None`.
    pub status: Option<StatusId>,
    /// Who is responsible; the viewer when `None`.
    pub owner: Option<UserId>,
    /// Its first to-do.
    pub todo: Option<TodoForm>,
    /// Whom it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
}

/// The answer to a write on a datasheet: how it is now, and what takes it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The module it is in.
    pub module: ModuleId,
    /// The datasheet's row now; `None` when it is no longer in the list (trashed, taken back, or no longer the viewer's to see).
    pub row: Option<Row>,
    /// The datasheet.
    pub datasheet: DatasheetId,
    /// Undoes it.
    pub undo: Option<EventId>,
}

/// A due time for the form of a new to-do: today's end as a day.
pub fn default_due(today: chrono::NaiveDate) -> Due {
    Due::Day(today)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datasheets_without_a_todo_come_last_the_last_modified_first() {
        let late = ListKey::of(Some(Timestamp(32_503_680_000_000)), Timestamp(1));
        let fresh = ListKey::of(None, Timestamp(2_000));
        let stale = ListKey::of(None, Timestamp(1_000));
        assert!(late < fresh && fresh < stale);
        assert_eq!(late.due(), Some(Timestamp(32_503_680_000_000)));
        assert_eq!(fresh.due(), None);
    }
}
