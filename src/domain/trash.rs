//! The trash of a module, and what goes with a datasheet that is deleted for good.

use serde::{Deserialize, Serialize};

use super::{
    id::{DatasheetId, StatusId, UserId},
    module::Module,
    status::StatusTree,
    time::Timestamp,
};
use crate::error::Refusal;

/// A place between two lines of the trash: after the one that came there at that time. Pages start there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TrashCursor {
    /// When the last one of the page before came into the trash.
    pub at: Timestamp,
    /// Its id: breaks ties.
    pub id: DatasheetId,
}

/// A datasheet in the trash.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct TrashLine {
    /// Which it is.
    pub id: DatasheetId,
    /// The case's name.
    pub name: String,
    /// Whom it is about.
    pub contact: Option<String>,
    /// The status that it comes back to.
    pub status_id: StatusId,
    /// Counts the changes of name, status, owner and trash.
    pub version: i64,
    /// When it came there.
    pub trashed_at: Timestamp,
    /// Who put it there; `None` is the system.
    pub trashed_by: Option<UserId>,
}

impl TrashLine {
    /// Its place in the trash.
    pub fn cursor(&self) -> TrashCursor {
        TrashCursor { at: self.trashed_at, id: self.id }
    }
}

/// Some of a module's trash, what came there last first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrashPage {
    /// The module.
    pub module: Module,
    /// The module's statuses.
    pub tree: StatusTree,
    /// The datasheets.
    pub lines: Vec<TrashLine>,
    /// Where more follow, if they do.
    pub next: Option<TrashCursor>,
}

impl TrashPage {
    /// How many come at once.
    pub const LINES: usize = 50;
}

/// How much of each kind goes with a datasheet; from [`Goes::MAX`] on «so many or more».
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goes {
    /// To-dos, closed ones too.
    pub todos: u32,
    /// Comments.
    pub comments: u32,
    /// Files.
    pub files: u32,
    /// Entries of the history.
    pub entries: u32,
    /// Orders of a buyer.
    pub orders: u32,
    /// Relations with other datasheets.
    pub relations: u32,
}

impl Goes {
    /// Counts stop here.
    pub const MAX: u32 = 1_000;
}

/// What is shown before a datasheet is deleted for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Farewell {
    /// Its name.
    pub name: String,
    /// The version that was looked at.
    pub version: i64,
    /// What goes with it.
    pub goes: Goes,
    /// Why it may not go, if it may not.
    pub refusal: Option<Refusal>,
}
