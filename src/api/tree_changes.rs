//! The recipes of the writes on the status tree, on a begun request.

use std::collections::BTreeMap;

use super::{changes::conflict, request::Request, statuses::TreeDone};
use crate::{
    domain::{
        history::What,
        id::{DatasheetId, EventId, ModuleId, StatusId},
        status::Status,
        status_name::StatusName,
    },
    error::{Error, Field, Problem, Refusal, Result},
    store::{
        self,
        events::{NewEvent, Undoable},
        undo::Undo,
    },
};

const CANNOT_UNDO: Error = Error::Refused(Refusal::CannotUndo);

/// A module whose tree the viewer may edit, held back from others who would: one order for everybody.
pub async fn editable(request: &mut Request, module: ModuleId) -> Result<()> {
    request.must_be_admin()?;
    let found = request.may_open(module).await?;
    if let Some(process) = found.template.process() {
        return Err(process.refused());
    }
    store::modules::lock(&mut request.tx, module).await
}

/// A status to be changed, if it is still as the viewer saw it.
pub async fn edited(request: &mut Request, status: StatusId, version: i64) -> Result<Status> {
    let module = store::statuses::module(&mut request.tx, status).await?.ok_or(Error::NotFound)?;
    editable(request, module).await?;
    let found = store::statuses::find(&mut request.tx, status, false).await?.ok_or(Error::NotFound)?;
    if found.version != version {
        return Err(conflict(Some(Field::Name), found.name.as_written().to_owned(), found.version));
    }
    Ok(found)
}

/// Stores a changed status and its entry.
pub async fn save(
    request: &mut Request,
    before: &Status,
    after: &Status,
    what: What,
    undo: Undo,
) -> Result<TreeDone> {
    if !store::statuses::save(&mut request.tx, after).await? {
        return Err(conflict(Some(Field::Name), before.name.as_written().to_owned(), before.version));
    }
    let event = request.note(Some(before.module_id), None, what, Some(undo)).await?;
    tree_done(request, before.module_id, Some(event)).await
}

/// The answer to a write on the tree.
pub async fn tree_done(request: &mut Request, module: ModuleId, undo: Option<EventId>) -> Result<TreeDone> {
    request.changed(Some(module), None);
    Ok(TreeDone { tree: store::statuses::tree(&mut request.tx, module).await?, undo })
}

/// Deletes a status; its datasheets go into another one, each with an entry of its own.
pub async fn delete(
    request: &mut Request,
    module: ModuleId,
    status: StatusId,
    into: Option<StatusId>,
) -> Result<TreeDone> {
    let tree = store::statuses::tree(&mut request.tx, module).await?;
    let found = tree.get(status).cloned().ok_or(Error::NotFound)?;
    if tree.all().len() < 2 {
        return Err(Error::Refused(Refusal::LastStatus));
    }
    let target = match into {
        Some(into) if into != status => {
            Some(tree.get(into).cloned().ok_or(Error::invalid(Field::Status, Problem::Unknown))?)
        }
        Some(_) => return Err(Error::invalid(Field::Status, Problem::Unknown)),
        None => None,
    };
    store::statuses::lock(&mut request.tx, status).await?;
    let all = store::datasheets::lock_all_of(&mut request.tx, module, status).await?;
    if target.is_none() && !all.is_empty() {
        return Err(Error::Refused(Refusal::StatusInUse));
    }
    let what = What::StatusDeleted {
        name: found.name.as_written().to_owned(),
        into: target.as_ref().map(|target| target.name.as_written().to_owned()),
        datasheets: i64::try_from(all.len()).unwrap_or(i64::MAX),
    };
    let event = request.note(Some(module), None, what, Some(Undo::StatusDeleted { status })).await?;
    if let Some(target) = target {
        let (at, by) = (request.now, Some(request.viewer.id));
        let mut counts = BTreeMap::new();
        store::datasheets::save_status_of_many(&mut request.tx, &all, target.id, at, &mut counts).await?;
        store::bulk::add_counts(&mut request.tx, counts.into_iter().collect()).await?;
        let mut entries = Vec::with_capacity(all.len());
        for standing in &all {
            let (from, to) = (found.name.as_written().to_owned(), target.name.as_written().to_owned());
            let what = What::StatusChanged { from, to };
            let undo = Some(Undo::StatusChanged { version: standing.version + 1, from: status });
            let entry = NewEvent {
                at,
                by,
                module: Some(module),
                datasheet: Some(standing.id),
                what,
                undo,
                batch: Some(event),
            };
            entries.push((EventId(request.tx.new_id(at)), entry));
        }
        store::events::add_all(&mut request.tx, entries).await?;
    }
    let now = request.now;
    store::statuses::save_deleted(&mut request.tx, status, now).await?;
    tree_done(request, module, Some(event)).await
}

/// Takes back a change of the tree, as long as nothing came after it.
pub async fn take_back(request: &mut Request, module: ModuleId, event: Undoable) -> Result<TreeDone> {
    let undo = event.undo.filter(|_| !event.undone).ok_or(CANNOT_UNDO)?;
    let own = request.note(Some(module), None, What::Undone { of: event.kind }, None).await?;
    if !store::events::save_undone(&mut request.tx, event.id, own).await? {
        return Err(CANNOT_UNDO);
    }
    let tree = store::statuses::tree(&mut request.tx, module).await?;
    let as_left = |status: StatusId, version: i64| match tree.get(status) {
        Some(found) if found.version == version => Ok(found.clone()),
        Some(found) => Err(Error::Refused(Refusal::ChangedSince(vec![found.name.as_written().to_owned()]))),
        None => Err(CANNOT_UNDO),
    };
    let restored = match undo {
        Undo::StatusAdded { status, version } => {
            as_left(status, version)?;
            if tree.all().len() < 2 {
                return Err(Error::Refused(Refusal::LastStatus));
            }
            store::statuses::lock(&mut request.tx, status).await?;
            if !store::datasheets::lock_all_of(&mut request.tx, module, status).await?.is_empty() {
                return Err(Error::Refused(Refusal::StatusInUse));
            }
            let now = request.now;
            store::statuses::save_deleted(&mut request.tx, status, now).await?;
            None
        }
        Undo::StatusRenamed { status, version, from } => {
            Some(Status { name: StatusName::Own(from), ..as_left(status, version)? })
        }
        Undo::StatusRecolored { status, version, from } => {
            Some(Status { color: from, ..as_left(status, version)? })
        }
        Undo::StatusMoved { status, version, group, rank } => {
            let rank = tree.rank_again(status, group, &rank);
            Some(Status { status_group: group, rank, ..as_left(status, version)? })
        }
        Undo::StatusDeleted { status } => {
            let found = store::statuses::find(&mut request.tx, status, true).await?.ok_or(CANNOT_UNDO)?;
            let rank = tree.rank_again(status, found.status_group, &found.rank);
            store::statuses::save_restored(&mut request.tx, status, &rank).await?;
            bring_back(request, module, status, event.id, own).await?;
            None
        }
        _ => return Err(CANNOT_UNDO),
    };
    if let Some(status) = restored
        && !store::statuses::save(&mut request.tx, &status).await?
    {
        return Err(CANNOT_UNDO);
    }
    tree_done(request, module, None).await
}

/// Puts the datasheets that a deletion moved back into their status, each with an entry of its own, but for those that were
/// changed since.
async fn bring_back(
    request: &mut Request,
    module: ModuleId,
    status: StatusId,
    deletion: EventId,
    own: EventId,
) -> Result<()> {
    let mut parts = BTreeMap::new();
    for part in store::events::parts(&mut request.tx, deletion).await? {
        if let (Some(datasheet), Some(Undo::StatusChanged { version, .. })) = (part.datasheet, part.undo) {
            parts.insert(datasheet, (version, part.id, part.kind));
        }
    }
    let ids: Vec<DatasheetId> = parts.keys().copied().collect();
    let mut moved = store::datasheets::lock_some(&mut request.tx, &ids).await?;
    moved.retain(|standing| parts.get(&standing.id).is_some_and(|(left, ..)| *left == standing.version));
    let (at, by) = (request.now, Some(request.viewer.id));
    let mut counts = BTreeMap::new();
    store::datasheets::save_status_of_many(&mut request.tx, &moved, status, at, &mut counts).await?;
    store::bulk::add_counts(&mut request.tx, counts.into_iter().collect()).await?;
    let (mut undone, mut entries) = (vec![], vec![]);
    for standing in moved {
        let Some((_, part, of)) = parts.remove(&standing.id) else { continue };
        undone.push(part);
        let entry = NewEvent {
            at,
            by,
            module: Some(module),
            datasheet: Some(standing.id),
            what: What::Undone { of },
            undo: None,
            batch: Some(own),
        };
        entries.push((EventId(request.tx.new_id(at)), entry));
    }
    store::events::save_parts_undone(&mut request.tx, &undone, own).await?;
    store::events::add_all(&mut request.tx, entries).await
}
