//! The facts of fixed modules, and which of them the clock is due to look at.

use sqlx::QueryBuilder;

use super::{Tx, datasheets::Standing, limited, on, push_list};
use crate::{
    domain::{
        id::{DatasheetId, ModuleId, StatusId},
        process::{Facts, Process, Settings, State},
        time::Timestamp,
    },
    error::{Error, Result},
};

/// Facts and summary as JSON.
pub(super) fn texts(facts: &Facts) -> Result<(String, String)> {
    let both = serde_json::to_string(facts)
        .and_then(|facts_text| Ok((facts_text, serde_json::to_string(&facts.summary())?)));
    both.map_err(|error| {
        tracing::error!(%error, "facts cannot be written as JSON");
        Error::Server
    })
}

pub(super) fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        tracing::error!(%error, "facts cannot be read");
        Error::Server
    })
}

/// The process of a datasheet. Whoever will change it has locked the datasheet.
pub async fn get(tx: &mut Tx, datasheet: DatasheetId) -> Result<Option<State>> {
    const SQL: &str = "select facts, version from processes where datasheet_id = $1";
    let row: Option<(String, i64)> =
        on!(tx, |conn| sqlx::query_as(SQL).bind(datasheet).fetch_optional(conn).await)?;
    row.map(|(facts, version)| Ok(State { facts: read(&facts)?, version })).transpose()
}

/// Adds the facts of a new datasheet.
pub async fn add(tx: &mut Tx, standing: &Standing, facts: &Facts, wakes_at: Option<Timestamp>) -> Result<()> {
    const SQL: &str = "
        insert into processes (datasheet_id, module_id, facts, summary, version, wakes_at)
        values ($1, $2, $3, $4, 1, $5)";
    let (facts, summary) = texts(facts)?;
    on!(tx, |conn| sqlx::query(SQL)
        .bind(standing.id)
        .bind(standing.module_id)
        .bind(&facts)
        .bind(&summary)
        .bind(wakes_at)
        .execute(conn)
        .await
        .map(drop))?;
    Ok(())
}

/// Stores changed facts and counts their version on. The datasheet is locked and the version was checked.
pub async fn save(
    tx: &mut Tx,
    datasheet: DatasheetId,
    before: i64,
    facts: &Facts,
    wakes_at: Option<Timestamp>,
) -> Result<()> {
    const SQL: &str = "
        update processes set facts = $3, summary = $4, wakes_at = $5, version = version + 1
        where datasheet_id = $1 and version = $2";
    let (facts, summary) = texts(facts)?;
    let saved = on!(tx, |conn| sqlx::query(SQL)
        .bind(datasheet)
        .bind(before)
        .bind(&facts)
        .bind(&summary)
        .bind(wakes_at)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    if saved == 1 { Ok(()) } else { Err(Error::Busy) }
}

/// Stores facts that say more of what was reached and else the same: their version stays.
pub async fn save_seen(
    tx: &mut Tx,
    datasheet: DatasheetId,
    facts: &Facts,
    wakes_at: Option<Timestamp>,
) -> Result<()> {
    const SQL: &str = "update processes set facts = $2, summary = $3, wakes_at = $4 where datasheet_id = $1";
    let (facts, summary) = texts(facts)?;
    on!(tx, |conn| sqlx::query(SQL)
        .bind(datasheet)
        .bind(&facts)
        .bind(&summary)
        .bind(wakes_at)
        .execute(conn)
        .await
        .map(drop))?;
    Ok(())
}

/// Lets the clock look at all datasheets of a module whose statuses changed settings may move, also those in the trash. They
/// may be many: the clock itself wakes them, a few at a time ([`wake_some`]).
pub async fn wake(tx: &mut Tx, module: ModuleId) -> Result<()> {
    const SQL: &str = "update modules set waking_after = 0 where id = $1";
    on!(tx, |conn| sqlx::query(SQL).bind(module).execute(conn).await.map(drop))?;
    Ok(())
}

/// Modules whose datasheets are being woken.
pub async fn waking(tx: &mut Tx) -> Result<Vec<ModuleId>> {
    const SQL: &str = "select id from modules where waking_after is not null order by id";
    Ok(on!(tx, |conn| sqlx::query_scalar(SQL).fetch_all(conn).await)?)
}

/// The datasheets of a module after one.
pub(crate) const AFTER: &str =
    "select datasheet_id from processes where module_id = $1 and datasheet_id > $2 order by datasheet_id";

/// Wakes the next datasheets of a module that are in some statuses, looking at no more than so many, and remembers how far it
/// came. Whoever else does the same for the module waits. `false` when there was nothing left.
pub async fn wake_some(
    tx: &mut Tx,
    module: ModuleId,
    statuses: &[StatusId],
    now: Timestamp,
    limit: i64,
) -> Result<bool> {
    const PLACE: &str = "select waking_after from modules where id = $1";
    const PLACE_LOCKED: &str = "select waking_after from modules where id = $1 for no key update";
    const SAVE: &str = "update modules set waking_after = $2 where id = $1";
    let sql = if tx.is_sqlite() { PLACE } else { PLACE_LOCKED };
    let after: Option<i64> = on!(tx, |conn| sqlx::query_scalar(sql).bind(module).fetch_one(conn).await)?;
    let Some(after) = after else { return Ok(false) };
    let next: Vec<i64> = on!(tx, |conn| sqlx::query_scalar(limited(AFTER, limit))
        .bind(module)
        .bind(after)
        .fetch_all(conn)
        .await)?;
    let last = next.last().copied();
    on!(tx, |conn| sqlx::query(SAVE).bind(module).bind(last).execute(conn).await.map(drop))?;
    if next.is_empty() {
        return Ok(false);
    }
    if !statuses.is_empty() {
        on!(tx, |conn| {
            let mut query = QueryBuilder::new("update processes set wakes_at = ");
            query.push_bind(now).push(" where datasheet_id in (select id from datasheets where id in (");
            push_list(&mut query, &next);
            query.push(" and status_id in (");
            push_list(&mut query, statuses);
            query.push(")");
            query.build().persistent(false).execute(conn).await.map(drop)
        })?;
    }
    Ok(true)
}

/// Stores when the clock may move it next; the facts stay.
pub async fn save_wakes_at(tx: &mut Tx, datasheet: DatasheetId, wakes_at: Option<Timestamp>) -> Result<()> {
    const SQL: &str = "update processes set wakes_at = $2 where datasheet_id = $1";
    on!(tx, |conn| sqlx::query(SQL).bind(datasheet).bind(wakes_at).execute(conn).await.map(drop))?;
    Ok(())
}

const DUE: &str = "
    select wakes_at, datasheet_id from processes
    where wakes_at <= $1 and (wakes_at, datasheet_id) > ($2, $3)
    order by wakes_at, datasheet_id";

/// Datasheets that the clock is due to look at, the longest due first, after one.
pub async fn due(
    tx: &mut Tx,
    now: Timestamp,
    after: Option<(Timestamp, DatasheetId)>,
    limit: i64,
) -> Result<Vec<(Timestamp, DatasheetId)>> {
    let (at, id) = after.unwrap_or((Timestamp(i64::MIN), DatasheetId(0)));
    Ok(on!(tx, |conn| sqlx::query_as(limited(DUE, limit)).bind(now).bind(at).bind(id).fetch_all(conn).await)?)
}

/// How the database finds what is due.
#[cfg(test)]
pub async fn plan_of_due(tx: &mut Tx, now: Timestamp) -> Result<String> {
    use super::db::Connection;
    // Few rows are read faster as a whole; the question is what happens to many.
    const INDEX: &str = "set local enable_seqscan = off; set local enable_bitmapscan = off";
    macro_rules! explain {
        ($conn:expr, $how:literal, $row:ty) => {
            sqlx::query_as::<_, $row>(sqlx::AssertSqlSafe(format!("{} {DUE} limit 500", $how)))
                .bind(now)
                .bind(Timestamp(i64::MIN))
                .bind(0_i64)
                .fetch_all($conn)
                .await?
        };
    }
    let lines: Vec<String> = match tx.connection() {
        Connection::Sqlite(conn) => explain!(conn, "explain query plan", (i64, i64, i64, String))
            .into_iter()
            .map(|row| row.3)
            .collect(),
        Connection::Postgres(conn) => {
            sqlx::raw_sql(INDEX).execute(&mut *conn).await?;
            explain!(conn, "explain", (String,)).into_iter().map(|row| row.0).collect()
        }
    };
    Ok(lines.join("\n"))
}

/// Lets the clock look at a datasheet later that it is due to look at now.
pub async fn put_off(tx: &mut Tx, datasheet: DatasheetId, now: Timestamp, until: Timestamp) -> Result<()> {
    const SQL: &str = "update processes set wakes_at = $3 where datasheet_id = $1 and wakes_at <= $2";
    on!(tx, |conn| sqlx::query(SQL).bind(datasheet).bind(now).bind(until).execute(conn).await.map(drop))?;
    Ok(())
}

/// The process of a datasheet that the clock is still due to look at. Ask after locking it.
pub async fn due_process(tx: &mut Tx, datasheet: DatasheetId, now: Timestamp) -> Result<Option<Process>> {
    const SQL: &str = "
        select m.template from processes p join modules m on m.id = p.module_id
        where p.datasheet_id = $1 and p.wakes_at <= $2";
    let word: Option<String> =
        on!(tx, |conn| sqlx::query_scalar(SQL).bind(datasheet).bind(now).fetch_optional(conn).await)?;
    word.map(|word| {
        Process::parse(&word).ok_or_else(|| {
            tracing::error!(word, "a module of no known process has facts");
            Error::Server
        })
    })
    .transpose()
}

/// What admins set about a module's process; `None`: as it comes.
pub async fn settings(tx: &mut Tx, module: ModuleId) -> Result<Option<Settings>> {
    const SQL: &str = "select settings from modules where id = $1";
    let text: Option<String> = on!(tx, |conn| sqlx::query_scalar(SQL).bind(module).fetch_one(conn).await)?;
    text.as_deref().map(read).transpose()
}

fn settings_text(settings: &Settings) -> Result<String> {
    serde_json::to_string(settings).map_err(|error| {
        tracing::error!(%error, "settings cannot be written as JSON");
        Error::Server
    })
}

/// Stores what a new module starts with.
pub async fn add_settings(tx: &mut Tx, module: ModuleId, settings: &Settings) -> Result<()> {
    const SQL: &str = "update modules set settings = $2 where id = $1";
    let text = settings_text(settings)?;
    on!(tx, |conn| sqlx::query(SQL).bind(module).bind(&text).execute(conn).await.map(drop))?;
    Ok(())
}

/// Stores what admins set. `false` when the module's version is not the stored one.
pub async fn save_settings(tx: &mut Tx, module: ModuleId, version: i64, settings: &Settings) -> Result<bool> {
    const SQL: &str =
        "update modules set settings = $3, version = version + 1 where id = $1 and version = $2";
    let text = settings_text(settings)?;
    Ok(on!(tx, |conn| sqlx::query(SQL)
        .bind(module)
        .bind(version)
        .bind(&text)
        .execute(conn)
        .await
        .map(|done| done.rows_affected() == 1))?)
}

/// When the last to-do of a datasheet was closed, and whether one is open.
pub async fn todos(tx: &mut Tx, datasheet: DatasheetId) -> Result<(bool, Option<Timestamp>)> {
    const OPEN: &str = "select id from todos where datasheet_id = $1 and closed_at is null limit 1";
    const CLOSED: &str = "select max(closed_at) from todos where datasheet_id = $1 and closed_at is not null";
    let open: Option<i64> =
        on!(tx, |conn| sqlx::query_scalar(OPEN).bind(datasheet).fetch_optional(conn).await)?;
    let closed: Option<Timestamp> =
        on!(tx, |conn| sqlx::query_scalar(CLOSED).bind(datasheet).fetch_one(conn).await)?;
    Ok((open.is_some(), closed))
}
