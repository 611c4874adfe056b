//! Datasheets: add, look at, change, trash, restore; history; undo.

use leptos::{prelude::*, server_fn::codec::Json};

use super::Key;
use crate::{
    domain::{
        datasheet::{DatasheetForm, DatasheetPage, Done},
        history::Event,
        id::{DatasheetId, EventId, ModuleId, StatusId, UserId},
    },
    error::Result,
};

/// One datasheet with its to-dos.
#[server(endpoint = "datasheets/page", input = Json)]
pub async fn datasheet_show(datasheet: DatasheetId) -> Result<DatasheetPage> {
    Err(crate::error::Error::Server)
}

/// Entries of a datasheet's history before one (`None`: from the newest), newest first, at most 50.
#[server(endpoint = "datasheets/history", input = Json)]
pub async fn datasheet_history(datasheet: DatasheetId, before: Option<EventId>) -> Result<Vec<Event>> {
    Err(crate::error::Error::Server)
}

/// Adds a datasheet, with its first to-do if given.
#[server(endpoint = "datasheets/add", input = Json)]
pub async fn datasheet_add(key: Key, module: ModuleId, form: DatasheetForm) -> Result<Done> {
    Err(crate::error::Error::Server)
}

/// Renames a datasheet. A stale version is told with the name stored now.
#[server(endpoint = "datasheets/rename", input = Json)]
pub async fn datasheet_rename(key: Key, datasheet: DatasheetId, version: i64, name: String) -> Result<Done> {
    Err(crate::error::Error::Server)
}

/// Sets the status by hand. Refused in fixed modules. A stale version is told with the status stored now.
#[server(endpoint = "datasheets/status", input = Json)]
pub async fn datasheet_set_status(
    key: Key,
    datasheet: DatasheetId,
    version: i64,
    status: StatusId,
) -> Result<Done> {
    Err(crate::error::Error::Server)
}

/// Gives the datasheet to another owner, who must be active and may open the module.
#[server(endpoint = "datasheets/owner", input = Json)]
pub async fn datasheet_set_owner(
    key: Key,
    datasheet: DatasheetId,
    version: i64,
    owner: UserId,
) -> Result<Done> {
    Err(crate::error::Error::Server)
}

/// Puts a datasheet into the trash.
#[server(endpoint = "datasheets/trash", input = Json)]
pub async fn datasheet_trash(key: Key, datasheet: DatasheetId, version: i64) -> Result<Done> {
    Err(crate::error::Error::Server)
}

/// Takes a datasheet out of the trash.
#[server(endpoint = "datasheets/restore", input = Json)]
pub async fn datasheet_restore(key: Key, datasheet: DatasheetId) -> Result<Done> {
    Err(crate::error::Error::Server)
}

/// Takes back a write on a datasheet or its to-dos, as long as nothing came after it that it would lose.
#[server(endpoint = "datasheets/undo", input = Json)]
pub async fn undo(key: Key, event: EventId) -> Result<Done> {
    Err(crate::error::Error::Server)
}
