//! To-dos: add, edit, close, postpone.

use leptos::{prelude::*, server_fn::codec::Json};

use super::Key;
#[cfg(feature = "ssr")]
use super::{changes, request::write_once};
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
    write_once!(key, "todo_add", (datasheet, &form), |request| {
        changes::add_todo(request, datasheet, form).await?
    })
}

/// Changes an open to-do. A stale version is told with the text stored now.
#[server(endpoint = "todos/edit", input = Json)]
pub async fn todo_edit(key: Key, todo: TodoId, version: i64, form: TodoForm) -> Result<Done> {
    write_once!(key, "todo_edit", (todo, version, &form), |request| {
        changes::edit_todo(request, todo, version, form).await?
    })
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
    write_once!(key, "todo_close", (todo, version, outcome, &note), |request| {
        changes::close_todo(request, todo, version, outcome, note).await?
    })
}

/// Opens a closed to-do again.
#[server(endpoint = "todos/reopen", input = Json)]
pub async fn todo_reopen(key: Key, todo: TodoId, version: i64) -> Result<Done> {
    write_once!(key, "todo_reopen", (todo, version), |request| {
        changes::reopen_todo(request, todo, version).await?
    })
}

/// Ticks a step of an open to-do's checklist, or takes the tick back.
#[server(endpoint = "todos/tick", input = Json)]
pub async fn todo_tick(key: Key, todo: TodoId, version: i64, step: usize, done: bool) -> Result<Done> {
    write_once!(key, "todo_tick", (todo, version, step, done), |request| {
        changes::tick_step(request, todo, version, step, done).await?
    })
}

/// Moves an open to-do to another time, and counts it.
#[server(endpoint = "todos/postpone", input = Json)]
pub async fn todo_postpone(key: Key, todo: TodoId, version: i64, to: Postpone) -> Result<Done> {
    write_once!(key, "todo_postpone", (todo, version, to), |request| {
        changes::postpone_todo(request, todo, version, to).await?
    })
}
