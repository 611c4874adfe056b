//! To-dos: the next steps on a datasheet.

use serde::{Deserialize, Serialize};

use super::{
    due::Due,
    id::{TodoId, TodoTypeId, UserId},
    text::{TEXT_MAX, line},
    time::Timestamp,
};
use crate::error::{Field, Invalid};

/// How a to-do ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum Outcome {
    /// Done, no more to say.
    Done,
    /// Done with success.
    Successful,
    /// Done without.
    Failed,
}

/// An open to-do as its datasheet's row shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NextTodo {
    /// Which it is.
    pub id: TodoId,
    /// What is to be done.
    pub text: String,
    /// Its type.
    pub kind: TodoTypeId,
    /// When it is due, as it was given.
    pub due: Due,
    /// The moment it is due: a day ends in its assignee's zone.
    pub moment: Timestamp,
    /// Who does it.
    pub assignee: UserId,
    /// How often it was postponed.
    pub postponed: i64,
    /// Counts its changes.
    pub version: i64,
}

/// A to-do on the datasheet page, open or closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Todo {
    /// What an open one has.
    #[serde(flatten)]
    pub next: NextTodo,
    /// How it ended, when, by whom and with what note; `None` while it is open.
    pub closed: Option<Closed>,
}

/// The end of a to-do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// How it ended.
    pub outcome: Outcome,
    /// When.
    pub at: Timestamp,
    /// Who closed it.
    pub by: UserId,
    /// What there was to say.
    pub note: Option<String>,
}

/// What is filled in for a new or edited to-do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TodoForm {
    /// What is to be done.
    pub text: String,
    /// Its type.
    pub kind: TodoTypeId,
    /// When it is due.
    pub due: Due,
    /// Who does it.
    pub assignee: UserId,
}

impl TodoForm {
    /// Checks and cleans what was typed.
    pub fn parse(self) -> Result<Self, Invalid> {
        Ok(Self { text: line(Field::Todo, &self.text, TEXT_MAX)?, ..self })
    }
}
