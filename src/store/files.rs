//! Files of datasheets: all but their bytes. A file's id is that of its entry in the history.

use std::collections::BTreeSet;

use sqlx::QueryBuilder;

use super::{Tx, limited, on, push_list};
use crate::{
    domain::{
        file::{FILES_SHOWN, FileKind, SheetFile},
        history::{Event, What},
        id::{DatasheetId, EventId, TodoId, UserId},
        time::Timestamp,
    },
    error::{Error, Result},
};

/// A file as it stands.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Stored {
    /// Which, by its entry.
    pub id: EventId,
    /// Its datasheet.
    pub datasheet_id: DatasheetId,
    /// What it is called.
    pub name: String,
    /// The SHA-256 of its bytes.
    pub hash: String,
    /// How many bytes it has.
    pub size: i64,
    /// What it is.
    pub kind: FileKind,
    /// Counts its changes.
    pub version: i64,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
}

/// A file to be added.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// What it is called.
    pub name: String,
    /// The SHA-256 of its bytes, which are in their place.
    pub hash: String,
    /// How many bytes it has.
    pub size: i64,
    /// What it is.
    pub kind: FileKind,
    /// The to-do that it belongs to.
    pub todo_id: Option<TodoId>,
}

/// A file, also a deleted one.
pub async fn get(tx: &mut Tx, file: EventId) -> Result<Option<Stored>> {
    const SQL: &str = "
        select id, datasheet_id, name, hash, size, kind, version, deleted_at from files where id = $1";
    Ok(on!(tx, |conn| sqlx::query_as(SQL).bind(file).fetch_optional(conn).await)?)
}

/// The files of a datasheet, the newest first.
pub async fn of_datasheet(tx: &mut Tx, datasheet: DatasheetId) -> Result<Vec<SheetFile>> {
    const SQL: &str = "
        select id, name, size, kind, author_id, created_at, version, todo_id from files
        where datasheet_id = $1 and deleted_at is null order by id desc";
    Ok(on!(tx, |conn| sqlx::query_as(limited(SQL, FILES_SHOWN)).bind(datasheet).fetch_all(conn).await)?)
}

/// Adds a file under the id of its entry.
pub async fn add(
    tx: &mut Tx,
    entry: EventId,
    datasheet: DatasheetId,
    author: UserId,
    file: &NewFile,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        insert into files (id, datasheet_id, author_id, name, hash, size, kind, version, created_at, todo_id)
        values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9)";
    on!(tx, |conn| sqlx::query(SQL)
        .bind(entry)
        .bind(datasheet)
        .bind(author)
        .bind(&file.name)
        .bind(&file.hash)
        .bind(file.size)
        .bind(file.kind)
        .bind(now)
        .bind(file.todo_id)
        .execute(conn)
        .await
        .map(drop))?;
    Ok(())
}

/// Stores whether a file is deleted, and counts its version on.
pub async fn save(tx: &mut Tx, file: &Stored) -> Result<()> {
    const SQL: &str =
        "update files set deleted_at = $3, version = version + 1 where id = $1 and version = $2";
    let saved = on!(tx, |conn| sqlx::query(SQL)
        .bind(file.id)
        .bind(file.version)
        .bind(file.deleted_at)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    if saved == 1 { Ok(()) } else { Err(Error::Busy) }
}

/// Puts the files into the entries that added one: a read for the page.
pub async fn fill(tx: &mut Tx, page: &mut [Event]) -> Result<()> {
    let ids: Vec<EventId> = page
        .iter()
        .filter(|event| matches!(event.what, What::FileAdded { .. }))
        .map(|event| event.id)
        .collect();
    if ids.is_empty() {
        return Ok(());
    }
    let found: Vec<SheetFile> = on!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "select id, name, size, kind, author_id, created_at, version, todo_id from files where id in (",
        );
        push_list(&mut query, &ids);
        query.push(" and deleted_at is null");
        query.build_query_as().fetch_all(conn).await
    })?;
    for event in page {
        event.file = found.iter().find(|file| file.id == event.id).cloned();
    }
    Ok(())
}

/// Takes files out for good that were deleted before a moment; at most so many. Answers how many went.
pub async fn remove_deleted(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    const SQL: &str = "
        delete from files where id in (select id from files where deleted_at < $1 order by deleted_at limit $2)";
    Ok(on!(tx, |conn| sqlx::query(SQL)
        .bind(before)
        .bind(limit)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?)
}

/// Which of these contents belong to a file.
pub async fn known(tx: &mut Tx, hashes: &[String]) -> Result<BTreeSet<String>> {
    if hashes.is_empty() {
        return Ok(BTreeSet::new());
    }
    let found: Vec<String> = on!(tx, |conn| {
        let mut query = QueryBuilder::new("select distinct hash from files where hash in (");
        push_list(&mut query, hashes);
        query.build_query_scalar().persistent(false).fetch_all(conn).await
    })?;
    Ok(found.into_iter().collect())
}
