//! The status tree: edited in place. Admins only; customisable modules only.

use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};

use super::Key;
use crate::{
    domain::{
        id::{EventId, ModuleId, StatusId},
        status::{Color, Place, StatusTree},
    },
    error::Result,
};

/// The tree after a change, and what takes the change back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeDone {
    /// All statuses now.
    pub tree: StatusTree,
    /// Undoes it.
    pub undo: Option<EventId>,
}

/// Adds a status at a place.
#[server(endpoint = "statuses/add", input = Json)]
pub async fn status_add(key: Key, module: ModuleId, place: Place, name: String) -> Result<TreeDone> {
    Err(crate::error::Error::Server)
}

/// Renames a status. A stale version is told with the name stored now.
#[server(endpoint = "statuses/rename", input = Json)]
pub async fn status_rename(key: Key, status: StatusId, version: i64, name: String) -> Result<TreeDone> {
    Err(crate::error::Error::Server)
}

/// Recolours a status.
#[server(endpoint = "statuses/recolor", input = Json)]
pub async fn status_recolor(key: Key, status: StatusId, version: i64, color: Color) -> Result<TreeDone> {
    Err(crate::error::Error::Server)
}

/// Moves a status to a place, within or between groups. Writes one rank. Takes no version: two people who reorder at once
/// both succeed, the later over the order the earlier made.
#[server(endpoint = "statuses/move", input = Json)]
pub async fn status_move(key: Key, status: StatusId, place: Place) -> Result<TreeDone> {
    Err(crate::error::Error::Server)
}

/// Deletes a status; its datasheets go into another of the same module. `into` may be absent only when it has none.
/// A module keeps at least one status.
#[server(endpoint = "statuses/delete", input = Json)]
pub async fn status_delete(key: Key, status: StatusId, into: Option<StatusId>) -> Result<TreeDone> {
    Err(crate::error::Error::Server)
}

/// Takes back a change of the tree.
#[server(endpoint = "statuses/undo", input = Json)]
pub async fn tree_undo(key: Key, event: EventId) -> Result<TreeDone> {
    Err(crate::error::Error::Server)
}
