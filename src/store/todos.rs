//! To-dos, and what a datasheet keeps of its next one: the only writer of `next_todo_id`, `next_due_at`, `list_key` and
//! `involvements`.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Tx, bulk,
    datasheets::{self, Standing},
    limited, on,
};
use crate::{
    domain::{
        datasheet::ListKey,
        due::Due,
        id::{DatasheetId, StatusId, TodoId, TodoTypeId, UserId},
        time::{Timestamp, iso_day, parse_iso_day},
        todo::{Closed, Details, NextTodo, Outcome, Todo},
    },
    error::{Error, Result},
};

#[derive(sqlx::FromRow)]
struct TodoRow {
    id: TodoId,
    text: String,
    type_id: TodoTypeId,
    due_day: Option<String>,
    due_at: Timestamp,
    assignee_id: UserId,
    postponed: i64,
    version: i64,
    closed_at: Option<Timestamp>,
    closed_by: Option<UserId>,
    outcome: Option<Outcome>,
    note: Option<String>,
    details: Option<String>,
}

/// A to-do's details, from their column.
pub(super) fn details(column: Option<&str>) -> Details {
    let Some(column) = column else { return Details::default() };
    serde_json::from_str(column).unwrap_or_else(|error| {
        // A to-do without its details is still a to-do.
        tracing::error!(%error, "the details of a to-do cannot be read");
        Details::default()
    })
}

/// The column of a to-do's details: nothing for none.
fn details_column(details: &Details) -> Result<Option<String>> {
    if details.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(details).map(Some).map_err(|error| {
        tracing::error!(%error, "the details of a to-do cannot be written");
        Error::Server
    })
}

/// When a to-do is due, from its columns.
pub(super) fn due(day: Option<&str>, at: Timestamp) -> Due {
    day.and_then(parse_iso_day).map_or(Due::At(at), Due::Day)
}

fn due_day(due: Due) -> Option<String> {
    match due {
        Due::Day(day) => Some(iso_day(day)),
        Due::At(_) => None,
    }
}

impl From<TodoRow> for Todo {
    fn from(row: TodoRow) -> Self {
        let closed = match (row.outcome, row.closed_at, row.closed_by) {
            (Some(outcome), Some(at), Some(by)) => Some(Closed { outcome, at, by, note: row.note }),
            _ => None,
        };
        Self {
            details: details(row.details.as_deref()),
            next: NextTodo {
                id: row.id,
                text: row.text,
                kind: row.type_id,
                due: due(row.due_day.as_deref(), row.due_at),
                moment: row.due_at,
                assignee: row.assignee_id,
                postponed: row.postponed,
                version: row.version,
            },
            closed,
        }
    }
}

/// The datasheet of a to-do.
pub async fn datasheet(tx: &mut Tx, todo: TodoId) -> Result<Option<DatasheetId>> {
    const SQL: &str = "select datasheet_id from todos where id = $1";
    Ok(on!(tx, |conn| sqlx::query_scalar(SQL).bind(todo).fetch_optional(conn).await)?)
}

/// A to-do.
pub async fn get(tx: &mut Tx, todo: TodoId) -> Result<Option<Todo>> {
    const SQL: &str = "
        select id, text, type_id, due_day, due_at, assignee_id, postponed, version,
            closed_at, closed_by, outcome, note, details
        from todos where id = $1";
    let row: Option<TodoRow> = on!(tx, |conn| sqlx::query_as(SQL).bind(todo).fetch_optional(conn).await)?;
    Ok(row.map(Todo::from))
}

/// The to-dos of a datasheet: open ones by due time, then closed ones, the last closed first, so many at most.
pub async fn all(tx: &mut Tx, datasheet: DatasheetId, closed: i64) -> Result<Vec<Todo>> {
    const OPEN: &str = "
        select id, text, type_id, due_day, due_at, assignee_id, postponed, version,
            closed_at, closed_by, outcome, note, details
        from todos where datasheet_id = $1 and closed_at is null order by due_at, id";
    const CLOSED: &str = "
        select id, text, type_id, due_day, due_at, assignee_id, postponed, version,
            closed_at, closed_by, outcome, note, details
        from todos where datasheet_id = $1 and closed_at is not null
        order by closed_at desc, due_at desc, id desc";
    let mut rows: Vec<TodoRow> = on!(tx, |conn| sqlx::query_as(OPEN).bind(datasheet).fetch_all(conn).await)?;
    let done: Vec<TodoRow> =
        on!(tx, |conn| sqlx::query_as(limited(CLOSED, closed)).bind(datasheet).fetch_all(conn).await)?;
    rows.extend(done);
    Ok(rows.into_iter().map(Todo::from).collect())
}

/// Whether a user holds an open to-do on a datasheet.
pub async fn holds_open(tx: &mut Tx, datasheet: DatasheetId, user: UserId) -> Result<bool> {
    const SQL: &str = "
        select id from todos where datasheet_id = $1 and closed_at is null and assignee_id = $2 limit 1";
    let found: Option<TodoId> =
        on!(tx, |conn| sqlx::query_scalar(SQL).bind(datasheet).bind(user).fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// Adds an open to-do. Call [`refresh_next`] after it, as after each write here.
pub async fn add(
    tx: &mut Tx,
    datasheet: DatasheetId,
    todo: &NextTodo,
    details: &Details,
    by: UserId,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        insert into todos (id, datasheet_id, type_id, assignee_id, text, due_day, due_at, postponed, version,
            created_at, created_by, details)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let details = details_column(details)?;
    on!(tx, |conn| sqlx::query(SQL)
        .bind(todo.id)
        .bind(datasheet)
        .bind(todo.kind)
        .bind(todo.assignee)
        .bind(&todo.text)
        .bind(due_day(todo.due))
        .bind(todo.moment)
        .bind(todo.postponed)
        .bind(todo.version)
        .bind(now)
        .bind(by)
        .bind(&details)
        .execute(conn)
        .await
        .map(drop))?;
    Ok(())
}

/// Stores a to-do as given, with its version counted on. The datasheet is locked, and the version was checked.
pub async fn save(tx: &mut Tx, todo: &Todo) -> Result<()> {
    const SQL: &str = "
        update todos set type_id = $2, assignee_id = $3, text = $4, due_day = $5, due_at = $6, postponed = $7,
            closed_at = $8, closed_by = $9, outcome = $10, note = $11, details = $13, version = version + 1
        where id = $1 and version = $12";
    let (next, closed) = (&todo.next, todo.closed.as_ref());
    let details = details_column(&todo.details)?;
    let saved = on!(tx, |conn| sqlx::query(SQL)
        .bind(next.id)
        .bind(next.kind)
        .bind(next.assignee)
        .bind(&next.text)
        .bind(due_day(next.due))
        .bind(next.moment)
        .bind(next.postponed)
        .bind(closed.map(|closed| closed.at))
        .bind(closed.map(|closed| closed.by))
        .bind(closed.map(|closed| closed.outcome))
        .bind(closed.and_then(|closed| closed.note.as_deref()))
        .bind(next.version)
        .bind(&details)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    if saved == 1 { Ok(()) } else { Err(Error::Busy) }
}

/// Gives a new to-do its details.
pub async fn save_details(tx: &mut Tx, todo: TodoId, details: &Details) -> Result<()> {
    const SQL: &str = "update todos set details = $2 where id = $1";
    let details = details_column(details)?;
    on!(tx, |conn| sqlx::query(SQL).bind(todo).bind(&details).execute(conn).await.map(drop))?;
    Ok(())
}

/// Takes a to-do away that was added by mistake.
pub async fn remove(tx: &mut Tx, todo: TodoId) -> Result<()> {
    const SQL: &str = "delete from todos where id = $1";
    on!(tx, |conn| sqlx::query(SQL).bind(todo).execute(conn).await.map(drop))?;
    Ok(())
}

/// The datasheets on which a user holds open to-dos that are due on a day, by age.
pub async fn datasheets_with_days(tx: &mut Tx, user: UserId) -> Result<Vec<DatasheetId>> {
    const SQL: &str = "
        select distinct datasheet_id from todos
        where assignee_id = $1 and closed_at is null and due_day is not null order by datasheet_id";
    Ok(on!(tx, |conn| sqlx::query_scalar(SQL).bind(user).fetch_all(conn).await)?)
}

/// Moves the end of a day to another moment, where the assignee's zone changed. The version stays: nobody changed the to-do.
pub async fn save_moment(tx: &mut Tx, todo: TodoId, moment: Timestamp) -> Result<()> {
    const SQL: &str = "update todos set due_at = $2 where id = $1";
    on!(tx, |conn| sqlx::query(SQL).bind(todo).bind(moment).execute(conn).await.map(drop))?;
    Ok(())
}

/// Works out again what follows from a datasheet's to-dos, status, owner and trash, and counts the difference to `before`.
///
/// `modified` orders the datasheets without a to-do; `None` leaves it as it is.
pub async fn refresh_next(tx: &mut Tx, before: &Standing, modified: Option<Timestamp>) -> Result<()> {
    let after = datasheets::find(tx, before.id).await?.ok_or(Error::Server)?;
    const OPEN: &str = "
        select id, due_at, assignee_id from todos
        where datasheet_id = $1 and closed_at is null order by due_at, id";
    let open: Vec<(TodoId, Timestamp, UserId)> =
        on!(tx, |conn| sqlx::query_as(OPEN).bind(before.id).fetch_all(conn).await)?;
    let next = open.first();
    let modified = modified.unwrap_or(after.modified_at).max(after.modified_at);
    let key = ListKey::of(next.map(|(_, due, _)| *due), modified);
    const SAVE: &str = "
        update datasheets set next_todo_id = $2, next_due_at = $3, list_key = $4, modified_at = $5 where id = $1";
    on!(tx, |conn| sqlx::query(SAVE)
        .bind(before.id)
        .bind(next.map(|(id, ..)| *id))
        .bind(next.map(|(_, due, _)| *due))
        .bind(key)
        .bind(modified)
        .execute(conn)
        .await
        .map(drop))?;

    const INVOLVED: &str = "select user_id, status_id from involvements where datasheet_id = $1";
    let old: BTreeMap<UserId, StatusId> =
        on!(tx, |conn| sqlx::query_as(INVOLVED).bind(before.id).fetch_all(conn).await)?
            .into_iter()
            .collect::<BTreeMap<UserId, StatusId>>();
    let new: BTreeSet<UserId> = open
        .iter()
        .map(|(.., assignee)| *assignee)
        .filter(|user| after.trashed_at.is_none() && *user != after.owner_id)
        .collect();
    const REMOVE: &str = "delete from involvements where datasheet_id = $1 and user_id = $2";
    for user in old.keys().filter(|user| !new.contains(user)) {
        on!(tx, |conn| sqlx::query(REMOVE).bind(before.id).bind(*user).execute(conn).await.map(drop))?;
    }
    const ADD: &str = "
        insert into involvements (user_id, datasheet_id, module_id, status_id, list_key) values ($1, $2, $3, $4, $5)
        on conflict (user_id, datasheet_id) do update set status_id = excluded.status_id, list_key = excluded.list_key";
    for user in &new {
        on!(tx, |conn| sqlx::query(ADD)
            .bind(*user)
            .bind(before.id)
            .bind(after.module_id)
            .bind(after.status_id)
            .bind(key)
            .execute(conn)
            .await
            .map(drop))?;
    }

    if before.trashed_at.is_some() || after.trashed_at.is_some() {
        let held = open.iter().map(|(.., assignee)| *assignee).filter(|user| *user != after.owner_id);
        save_trash_involvements(tx, &after, &held.collect()).await?;
    }

    let mut counts: BTreeMap<bulk::Count, i64> = BTreeMap::new();
    let mut sums: BTreeMap<bulk::Sum, i64> = BTreeMap::new();
    let mut furthest: BTreeMap<bulk::Count, i64> = BTreeMap::new();
    let mut count = |status, user, tie, of: &Standing, n: i64| {
        let count = (before.module_id, status, user, tie);
        *counts.entry(count).or_default() += n;
        if let Some(money) = of.worth.money() {
            *sums.entry((count, money.currency)).or_default() += n * money.minor;
        }
        if let Some(status) = of.furthest_id {
            *furthest.entry((before.module_id, status, user, tie)).or_default() += n;
        }
    };
    if before.trashed_at.is_none() && !before.is_new {
        count(before.status_id, before.owner_id, "owner", before, -1);
    }
    if after.trashed_at.is_none() {
        count(after.status_id, after.owner_id, "owner", &after, 1);
    }
    for (user, status) in old {
        count(status, user, "involved", before, -1);
    }
    for user in new {
        count(after.status_id, user, "involved", &after, 1);
    }
    bulk::add_counts(tx, counts.into_iter().filter(|(_, n)| *n != 0).collect()).await?;
    bulk::add_sums(tx, sums.into_iter().filter(|(_, amount)| *amount != 0).collect()).await?;
    bulk::add_furthest(tx, furthest.into_iter().filter(|(_, n)| *n != 0).collect()).await
}

/// Notes who holds an open to-do on a datasheet of somebody else that is in the trash, or that it is there no more.
async fn save_trash_involvements(tx: &mut Tx, after: &Standing, held: &BTreeSet<UserId>) -> Result<()> {
    const CLEAR: &str = "delete from trash_involvements where datasheet_id = $1";
    const ADD: &str = "
        insert into trash_involvements (user_id, datasheet_id, module_id, trashed_at) values ($1, $2, $3, $4)";
    on!(tx, |conn| sqlx::query(CLEAR).bind(after.id).execute(conn).await.map(drop))?;
    let Some(trashed_at) = after.trashed_at else { return Ok(()) };
    for user in held {
        on!(tx, |conn| sqlx::query(ADD)
            .bind(*user)
            .bind(after.id)
            .bind(after.module_id)
            .bind(trashed_at)
            .execute(conn)
            .await
            .map(drop))?;
    }
    Ok(())
}
