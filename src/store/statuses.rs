//! Statuses of modules, and their exact counts.

use std::collections::BTreeMap;

use super::{Tx, on};
use crate::{
    domain::{
        id::{ModuleId, StatusId},
        rank::Rank,
        status::{Color, Status, StatusGroup, StatusTree},
        status_name::{StatusName, StatusThen},
        time::Timestamp,
    },
    error::Result,
};

#[derive(sqlx::FromRow)]
struct StatusRow {
    id: StatusId,
    module_id: ModuleId,
    status_group: StatusGroup,
    name: String,
    process_key: Option<String>,
    color: Color,
    rank: Rank,
    version: i64,
}

impl From<StatusRow> for Status {
    fn from(row: StatusRow) -> Self {
        Self {
            id: row.id,
            module_id: row.module_id,
            status_group: row.status_group,
            name: StatusName::stored(row.name, row.process_key.as_deref()),
            color: row.color,
            rank: row.rank,
            version: row.version,
        }
    }
}

/// The statuses of a module.
pub async fn tree(tx: &mut Tx, module: ModuleId) -> Result<StatusTree> {
    const SQL: &str = "
        select id, module_id, status_group, name, process_key, color, rank, version from statuses
        where module_id = $1 and deleted_at is null";
    let rows: Vec<StatusRow> = on!(tx, |conn| sqlx::query_as(SQL).bind(module).fetch_all(conn).await)?;
    Ok(StatusTree::new(rows.into_iter().map(Status::from).collect()))
}

/// A status, `deleted` or not. It is not deleted by others until this transaction ends.
pub async fn find(tx: &mut Tx, status: StatusId, deleted: bool) -> Result<Option<Status>> {
    const SQL: &str = "
        select id, module_id, status_group, name, process_key, color, rank, version from statuses
        where id = $1 and case when deleted_at is null then 0 else 1 end = $2";
    const SHARED: &str = "
        select id, module_id, status_group, name, process_key, color, rank, version from statuses
        where id = $1 and case when deleted_at is null then 0 else 1 end = $2 for share";
    let sql = if tx.is_sqlite() { SQL } else { SHARED };
    let row: Option<StatusRow> =
        on!(tx, |conn| sqlx::query_as(sql).bind(status).bind(i32::from(deleted)).fetch_optional(conn).await)?;
    Ok(row.map(Status::from))
}

/// Holds a status back from all who would put a datasheet into it, until this transaction ends. `SQLite` has one writer anyway.
pub async fn lock(tx: &mut Tx, status: StatusId) -> Result<()> {
    const SQL: &str = "select id from statuses where id = $1 for update";
    if tx.is_sqlite() {
        return Ok(());
    }
    on!(tx, |conn| sqlx::query(SQL).bind(status).execute(conn).await.map(drop))?;
    Ok(())
}

/// A status's module, also of a deleted one.
pub async fn module(tx: &mut Tx, status: StatusId) -> Result<Option<ModuleId>> {
    const SQL: &str = "select module_id from statuses where id = $1";
    Ok(on!(tx, |conn| sqlx::query_scalar(SQL).bind(status).fetch_optional(conn).await)?)
}

/// A status's name, also of a deleted one.
pub async fn name(tx: &mut Tx, status: StatusId) -> Result<StatusName> {
    const SQL: &str = "select name, process_key from statuses where id = $1";
    let (name, key): (String, Option<String>) =
        on!(tx, |conn| sqlx::query_as(SQL).bind(status).fetch_one(conn).await)?;
    Ok(StatusName::stored(name, key.as_deref()))
}

/// Two statuses of a fixed module for its history. Where they are called the same and an admin renamed their groups, with what
/// these are called now.
pub async fn moved(
    tx: &mut Tx,
    module: ModuleId,
    from: StatusId,
    to: StatusId,
) -> Result<(StatusThen, StatusThen)> {
    const GROUP: &str = "select status_group from statuses where id = $1";
    let (mut from_then, mut to_then) =
        (StatusThen::from(name(tx, from).await?), StatusThen::from(name(tx, to).await?));
    if !from_then.name.reads_as(&to_then.name) {
        return Ok((from_then, to_then));
    }
    let module = super::modules::get(tx, module).await?;
    for (status, then) in [(from, &mut from_then), (to, &mut to_then)] {
        let group: StatusGroup =
            on!(tx, |conn| sqlx::query_scalar(GROUP).bind(status).fetch_one(conn).await)?;
        then.group = module.as_ref().and_then(|module| module.group_labels[group.index()].clone());
    }
    Ok((from_then, to_then))
}

/// Adds a status.
pub async fn add(
    tx: &mut Tx,
    id: StatusId,
    module: ModuleId,
    group: StatusGroup,
    name: &str,
    color: Color,
    rank: &Rank,
) -> Result<()> {
    const SQL: &str = "
        insert into statuses (id, module_id, status_group, name, color, rank, version)
        values ($1, $2, $3, $4, $5, $6, 1)";
    on!(tx, |conn| sqlx::query(SQL)
        .bind(id)
        .bind(module)
        .bind(group)
        .bind(name)
        .bind(color)
        .bind(rank)
        .execute(conn)
        .await
        .map(drop))?;
    Ok(())
}

/// Stores a status as given, with its version counted on, if `status.version` is the stored one; `false` if it is not.
pub async fn save(tx: &mut Tx, status: &Status) -> Result<bool> {
    const SQL: &str = "
        update statuses set status_group = $3, name = $4, color = $5, rank = $6, version = version + 1
        where id = $1 and version = $2 and deleted_at is null";
    Ok(on!(tx, |conn| sqlx::query(SQL)
        .bind(status.id)
        .bind(status.version)
        .bind(status.status_group)
        .bind(status.name.as_written())
        .bind(status.color)
        .bind(&status.rank)
        .execute(conn)
        .await
        .map(|done| done.rows_affected() == 1))?)
}

/// Deletes a status.
pub async fn save_deleted(tx: &mut Tx, status: StatusId, at: Timestamp) -> Result<()> {
    const SQL: &str = "update statuses set deleted_at = $2, version = version + 1 where id = $1";
    on!(tx, |conn| sqlx::query(SQL).bind(status).bind(at).execute(conn).await.map(drop))?;
    Ok(())
}

/// Says which status of its process this is.
pub async fn save_process_key(tx: &mut Tx, status: StatusId, key: &str) -> Result<()> {
    const SQL: &str = "update statuses set process_key = $2 where id = $1";
    on!(tx, |conn| sqlx::query(SQL).bind(status).bind(key).execute(conn).await.map(drop))?;
    Ok(())
}

/// The statuses of a fixed module by the keys of its process.
pub async fn by_process_key(tx: &mut Tx, module: ModuleId) -> Result<BTreeMap<String, StatusId>> {
    const SQL: &str = "select process_key, id from statuses where module_id = $1 and process_key is not null";
    let rows: Vec<(String, StatusId)> =
        on!(tx, |conn| sqlx::query_as(SQL).bind(module).fetch_all(conn).await)?;
    Ok(rows.into_iter().collect())
}

/// Takes a deletion back, at that rank.
pub async fn save_restored(tx: &mut Tx, status: StatusId, rank: &Rank) -> Result<()> {
    const SQL: &str = "update statuses set deleted_at = null, rank = $2, version = version + 1 where id = $1";
    on!(tx, |conn| sqlx::query(SQL).bind(status).bind(rank).execute(conn).await.map(drop))?;
    Ok(())
}
