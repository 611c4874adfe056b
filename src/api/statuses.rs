//! The status tree: edited in place. Admins only; customisable modules only.

use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};

use super::Key;
#[cfg(feature = "ssr")]
use super::{
    request::write_once,
    tree_changes::{delete, editable, edited, save, take_back, tree_done},
};
#[cfg(feature = "ssr")]
use crate::{
    domain::{self, history::What, status::Status, status_name::StatusName},
    error::Error,
    store::{self, undo::Undo},
};
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
    write_once!(key, "status_add", (module, place, &name), |request| {
        editable(request, module).await?;
        let name = domain::text::name(&name)?;
        let tree = store::statuses::tree(&mut request.tx, module).await?;
        let id = StatusId(request.tx.new_id(request.now));
        let rank = tree.rank_at(None, place);
        store::statuses::add(&mut request.tx, id, module, place.group, &name, Color::Group, &rank).await?;
        let undo = Undo::StatusAdded { status: id, version: 1 };
        let event = request.note(Some(module), None, What::StatusAdded { name }, Some(undo)).await?;
        tree_done(request, module, Some(event)).await?
    })
}

/// Renames a status. A stale version is told with the name stored now.
#[server(endpoint = "statuses/rename", input = Json)]
pub async fn status_rename(key: Key, status: StatusId, version: i64, name: String) -> Result<TreeDone> {
    write_once!(key, "status_rename", (status, version, &name), |request| {
        let before = edited(request, status, version).await?;
        let name = domain::text::name(&name)?;
        let after = Status { name: StatusName::Own(name.clone()), ..before.clone() };
        let from = before.name.as_written().to_owned();
        let undo = Undo::StatusRenamed { status, version: version + 1, from: from.clone() };
        save(request, &before, &after, What::StatusRenamed { from, to: name }, undo).await?
    })
}

/// Recolours a status.
#[server(endpoint = "statuses/recolor", input = Json)]
pub async fn status_recolor(key: Key, status: StatusId, version: i64, color: Color) -> Result<TreeDone> {
    write_once!(key, "status_recolor", (status, version, color), |request| {
        let before = edited(request, status, version).await?;
        let after = Status { color, ..before.clone() };
        let undo = Undo::StatusRecolored { status, version: version + 1, from: before.color };
        save(
            request,
            &before,
            &after,
            What::StatusRecolored { name: before.name.as_written().to_owned() },
            undo,
        )
        .await?
    })
}

/// Moves a status to a place, within or between groups. Writes one rank. Takes no version: two people who reorder at once
/// both succeed, the later over the order the earlier made.
#[server(endpoint = "statuses/move", input = Json)]
pub async fn status_move(key: Key, status: StatusId, place: Place) -> Result<TreeDone> {
    write_once!(key, "status_move", (status, place), |request| {
        let module = store::statuses::module(&mut request.tx, status).await?.ok_or(Error::NotFound)?;
        editable(request, module).await?;
        let tree = store::statuses::tree(&mut request.tx, module).await?;
        let before = tree.get(status).cloned().ok_or(Error::NotFound)?;
        let after =
            Status { status_group: place.group, rank: tree.rank_at(Some(status), place), ..before.clone() };
        let undo = Undo::StatusMoved {
            status,
            version: before.version + 1,
            group: before.status_group,
            rank: before.rank.clone(),
        };
        let what = What::StatusMoved { name: before.name.as_written().to_owned() };
        save(request, &before, &after, what, undo).await?
    })
}

/// Deletes a status; its datasheets go into another of the same module. `into` may be absent only when it has none.
/// A module keeps at least one status.
#[server(endpoint = "statuses/delete", input = Json)]
pub async fn status_delete(key: Key, status: StatusId, into: Option<StatusId>) -> Result<TreeDone> {
    write_once!(key, "status_delete", (status, into), |request| {
        let module = store::statuses::module(&mut request.tx, status).await?.ok_or(Error::NotFound)?;
        editable(request, module).await?;
        delete(request, module, status, into).await?
    })
}

/// Takes back a change of the tree.
#[server(endpoint = "statuses/undo", input = Json)]
pub async fn tree_undo(key: Key, event: EventId) -> Result<TreeDone> {
    write_once!(key, "tree_undo", event, |request| {
        let found = store::events::get(&mut request.tx, event).await?.ok_or(Error::NotFound)?;
        let module = found.module.ok_or(Error::NotFound)?;
        editable(request, module).await?;
        take_back(request, module, found).await?
    })
}
