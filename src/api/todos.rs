//! To-dos: add, edit, close, postpone.

use leptos::{prelude::*, server_fn::codec::Json};

use super::Key;
use crate::{
    domain::{
        datasheet::Done,
        due::Postpone,
        id::{DatasheetId, TodoId},
        todo::{Outcome, TodoForm},
    },
    error::Result,
};

/// Adds a to-do to a datasheet.
#[server(endpoint = "todos/add", input = Json)]
pub async fn todo_add(key: Key, datasheet: DatasheetId, form: TodoForm) -> Result<Done> {
    Err(crate::error::Error::Server)
}

/// Changes an open to-do. A stale version is told with the text stored now.
#[server(endpoint = "todos/edit", input = Json)]
pub async fn todo_edit(key: Key, todo: TodoId, version: i64, form: TodoForm) -> Result<Done> {
    Err(crate::error::Error::Server)
}

/// Closes an open to-do.
#[server(endpoint = "todos/close", input = Json)]
pub async fn todo_close(
    key: Key,
    todo: TodoId,
    version: i64,
    outcome: Outcome,
    note: Option<String>,
) -> Result<Done> {
    Err(crate::error::Error::Server)
}

/// Moves an open to-do to another time, and counts it.
#[server(endpoint = "todos/postpone", input = Json)]
pub async fn todo_postpone(key: Key, todo: TodoId, version: i64, to: Postpone) -> Result<Done> {
    Err(crate::error::Error::Server)
}
