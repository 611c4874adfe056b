//! Files on datasheets. Their bytes come and go by routes of their own (`server::files`), which ask here.

use leptos::{prelude::*, server_fn::codec::Json};

use super::Key;
#[cfg(feature = "ssr")]
use super::{
    changes::{conflict, listed, text_of_todo},
    request::{Begun, Host, Request, decode, write_once},
};
use crate::{
    domain::{datasheet::Done, id::EventId},
    error::Result,
};
#[cfg(feature = "ssr")]
use crate::{
    domain::{history::What, id::DatasheetId},
    error::{Error, Refusal},
    store::{
        self,
        files::{NewFile, Stored},
        undo::Undo,
    },
};

/// Deletes a file; it can be brought back for a month.
#[server(endpoint = "files/delete", input = Json)]
pub async fn file_delete(key: Key, file: EventId, version: i64) -> Result<Done> {
    write_once!(key, "file_delete", (file, version), |request| { delete(request, file, version).await? })
}

#[cfg(feature = "ssr")]
async fn delete(request: &mut Request, file: EventId, version: i64) -> Result<Done> {
    let known = store::files::get(&mut request.tx, file).await?.ok_or(Error::NotFound)?;
    let (_, module) = listed(request, known.datasheet_id).await?;
    // Read again: it is held only now.
    let mut stored = store::files::get(&mut request.tx, file).await?.ok_or(Error::NotFound)?;
    if stored.version != version {
        return Err(conflict(None, stored.name, stored.version));
    }
    if stored.deleted_at.is_some() {
        return Err(Error::NotFound);
    }
    if let Some(field) = store::fields::with_file(&mut request.tx, stored.datasheet_id, file).await? {
        return Err(Error::Refused(Refusal::FileInField(field)));
    }
    stored.deleted_at = Some(request.now);
    store::files::save(&mut request.tx, &stored).await?;
    let undo = Some(Undo::FileDeleted { file, version: version + 1 });
    let what = What::FileDeleted { name: stored.name };
    let entry = request.note(Some(module.id), Some(stored.datasheet_id), what, undo).await?;
    request.done(stored.datasheet_id, module.id, Some(entry)).await
}

/// Takes back what was done to a file, when it is as that left it.
#[cfg(feature = "ssr")]
pub async fn take_back(request: &mut Request, event: EventId, undo: &Undo) -> Result<()> {
    let cannot = || Error::Refused(Refusal::CannotUndo);
    let (file, left, deleted_at) = match undo {
        Undo::FileAdded { version } => (event, *version, Some(request.now)),
        Undo::FileDeleted { file, version } => (*file, *version, None),
        _ => return Err(cannot()),
    };
    let mut stored = store::files::get(&mut request.tx, file).await?.ok_or_else(cannot)?;
    if stored.version != left {
        return Err(cannot());
    }
    let is_used = deleted_at.is_some()
        && store::fields::with_file(&mut request.tx, stored.datasheet_id, file).await?.is_some();
    if is_used {
        return Err(cannot());
    }
    stored.deleted_at = deleted_at;
    store::files::save(&mut request.tx, &stored).await
}

/// Whether the one who asks may add a file to a datasheet: asked before its bytes are taken.
#[cfg(feature = "ssr")]
pub async fn may_add(
    host: &std::sync::Arc<Host>,
    parts: &axum::http::request::Parts,
    datasheet: DatasheetId,
) -> Result<()> {
    let mut request = Request::read_of(std::sync::Arc::clone(host), parts).await?;
    let (standing, _) = request.may_see(datasheet).await?;
    if standing.trashed_at.is_some() { Err(Error::Refused(Refusal::Trashed)) } else { Ok(()) }
}

/// Adds a file whose bytes are in their place.
#[cfg(feature = "ssr")]
pub async fn add(
    host: &std::sync::Arc<Host>,
    parts: &axum::http::request::Parts,
    key: &Key,
    datasheet: DatasheetId,
    file: &NewFile,
) -> Result<Done> {
    let args = (datasheet, &file.name, &file.hash, file.todo_id);
    let mut request =
        match Request::begin_of(std::sync::Arc::clone(host), parts, key, "file_add", &args).await? {
            Begun::Repeat(answer) => return decode(&answer),
            Begun::New(request) => request,
        };
    let (_, module) = listed(&mut request, datasheet).await?;
    let todo = text_of_todo(&mut request, datasheet, file.todo_id).await?;
    let what = What::FileAdded { name: file.name.clone(), size: file.size, todo };
    let undo = Some(Undo::FileAdded { version: 1 });
    let entry = request.note(Some(module.id), Some(datasheet), what, undo).await?;
    let (author, now) = (request.viewer.id, request.now);
    store::files::add(&mut request.tx, entry, datasheet, author, file, now).await?;
    let done = request.done(datasheet, module.id, Some(entry)).await?;
    request.finish(done).await
}

/// A file that the one who asks may read.
#[cfg(feature = "ssr")]
pub async fn readable(
    host: &std::sync::Arc<Host>,
    parts: &axum::http::request::Parts,
    file: EventId,
) -> Result<Stored> {
    let mut request = Request::read_of(std::sync::Arc::clone(host), parts).await?;
    let stored = store::files::get(&mut request.tx, file).await?.ok_or(Error::NotFound)?;
    request.may_see(stored.datasheet_id).await?;
    if stored.deleted_at.is_some() { Err(Error::NotFound) } else { Ok(stored) }
}
