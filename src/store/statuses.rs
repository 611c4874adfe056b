//! Statuses of modules, and their exact counts.

use std::collections::BTreeMap;

use super::{Tx, on};
use crate::{
    domain::{
        id::{ModuleId, StatusId},
        rank::Rank,
        status::{Color, Status, StatusGroup, StatusTree},
        time::Timestamp,
    },
    error::Result,
};

/// The statuses of a module.
pub async fn tree(tx: &mut Tx, module: ModuleId) -> Result<StatusTree> {
    const SQL: &str = "
        select id, module_id, status_group, name, color, rank, version from statuses
        where module_id = $1 and deleted_at is null";
    Ok(StatusTree::new(on!(tx, |conn| sqlx::query_as(SQL).bind(module).fetch_all(conn).await)?))
}

/// A status, `deleted` or not. It is not deleted by others until this transaction ends.
pub async fn find(tx: &mut Tx, status: StatusId, deleted: bool) -> Result<Option<Status>> {
    const SQL: &str = "
        select id, module_id, status_group, name, color, rank, version from statuses
        where id = $1 and case when deleted_at is null then 0 else 1 end = $2";
    const SHARED: &str = "
        select id, module_id, status_group, name, color, rank, version from statuses
        where id = $1 and case when deleted_at is null then 0 else 1 end = $2 for share";
    let sql = if tx.is_sqlite() { SQL } else { SHARED };
    Ok(on!(tx, |conn| sqlx::query_as(sql).bind(status).bind(i32::from(deleted)).fetch_optional(conn).await)?)
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
pub async fn name(tx: &mut Tx, status: StatusId) -> Result<String> {
    const SQL: &str = "select name from statuses where id = $1";
    Ok(on!(tx, |conn| sqlx::query_scalar(SQL).bind(status).fetch_one(conn).await)?)
}

/// The names of two statuses, with those of their groups where they are called the same.
pub async fn names(tx: &mut Tx, module: ModuleId, from: StatusId, to: StatusId) -> Result<(String, String)> {
    const LABEL: &str = "
        select case s.status_group when 'lead' then m.lead_label when 'open' then m.open_label
            when 'success' then m.success_label else m.failed_label end
        from statuses s join modules m on m.id = s.module_id where s.module_id = $1 and s.id = $2";
    let names = (name(tx, from).await?, name(tx, to).await?);
    if names.0 != names.1 {
        return Ok(names);
    }
    let mut with_group = vec![];
    for status in [from, to] {
        let label: Option<String> =
            on!(tx, |conn| sqlx::query_scalar(LABEL).bind(module).bind(status).fetch_one(conn).await)?;
        with_group.push(match label {
            Some(label) => format!("{label}: {}", names.0),
            None => names.0.clone(),
        });
    }
    let to = with_group.pop().unwrap_or_default();
    Ok((with_group.pop().unwrap_or_default(), to))
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
        .bind(&status.name)
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
