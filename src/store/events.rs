//! The history.

use super::{
    Tx, limited, on, push_list,
    sight::{self, is_seen},
    undo::Undo,
};
use crate::{
    domain::{
        history::{Event, Moved, Topic, What},
        id::{ContactId, DatasheetId, EventId, ModuleId, UserId},
        time::Timestamp,
        user::Viewer,
    },
    error::{Error, Result},
};

/// An entry to be made.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// When.
    pub at: Timestamp,
    /// Who; `None` is the system.
    pub by: Option<UserId>,
    /// The module it is in.
    pub module: Option<ModuleId>,
    /// The datasheet it is about.
    pub datasheet: Option<DatasheetId>,
    /// What.
    pub what: What,
    /// How to take it back.
    pub undo: Option<Undo>,
    /// The entry it is a part of.
    pub batch: Option<EventId>,
}

fn json<T: serde::Serialize>(value: &T) -> Result<serde_json::Value> {
    serde_json::to_value(value).map_err(|error| {
        tracing::error!(%error, "an event cannot be written as JSON");
        Error::Server
    })
}

/// What was stored of an entry.
pub fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        tracing::error!(%error, text, "a stored event cannot be read");
        Error::Server
    })
}

/// Adds an entry.
pub async fn add(tx: &mut Tx, event: NewEvent) -> Result<EventId> {
    let id = EventId(tx.new_id(event.at));
    add_all(tx, vec![(id, event)]).await?;
    Ok(id)
}

/// Adds an entry to the history of a contact.
pub async fn add_of_contact(tx: &mut Tx, contact: ContactId, event: NewEvent) -> Result<EventId> {
    const SQL: &str = "update events set contact_id = $2 where id = $1";
    let id = add(tx, event).await?;
    on!(tx, |conn| sqlx::query(SQL).bind(id).bind(contact).execute(conn).await.map(drop))?;
    Ok(id)
}

/// Says which other datasheet an entry names.
pub async fn name_related(tx: &mut Tx, event: EventId, related: DatasheetId) -> Result<()> {
    const SQL: &str = "update events set related_id = $2 where id = $1";
    on!(tx, |conn| sqlx::query(SQL).bind(event).bind(related).execute(conn).await.map(drop))?;
    Ok(())
}

/// The entry that tells of the same in the history of the other datasheet.
pub async fn twin(tx: &mut Tx, event: EventId) -> Result<Option<EventId>> {
    const SQL: &str = "
        select id from events where batch_id = $1 and related_id is not null
        union all select batch_id from events where id = $1 and batch_id is not null and related_id is not null";
    Ok(on!(tx, |conn| sqlx::query_scalar(SQL).bind(event).fetch_optional(conn).await)?)
}

/// Adds entries.
pub async fn add_all(tx: &mut Tx, events: Vec<(EventId, NewEvent)>) -> Result<()> {
    const SQL: &str =
        "insert into events (id, at, user_id, module_id, datasheet_id, kind, what, undo, batch_id) ";
    let mut all = Vec::with_capacity(events.len());
    for (id, event) in events {
        let what = json(&event.what)?;
        let kind = what.get("kind").and_then(|kind| kind.as_str()).unwrap_or_default().to_owned();
        let undo = match &event.undo {
            Some(undo) => Some(json(undo)?.to_string()),
            None => None,
        };
        all.push((id, event, kind, what.to_string(), undo));
    }
    for chunk in all.chunks(3_000) {
        on!(tx, |conn| {
            let mut query = sqlx::QueryBuilder::new(SQL);
            query.push_values(chunk, |mut row, (id, event, kind, what, undo)| {
                row.push_bind(*id)
                    .push_bind(event.at)
                    .push_bind(event.by)
                    .push_bind(event.module)
                    .push_bind(event.datasheet)
                    .push_bind(kind)
                    .push_bind(what)
                    .push_bind(undo)
                    .push_bind(event.batch);
            });
            query.build().execute(conn).await.map(drop)
        })?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct EventRow {
    id: EventId,
    at: Timestamp,
    user_id: Option<UserId>,
    what: String,
    undo: Option<String>,
    undone_by: Option<EventId>,
}

/// Entries of a datasheet before one, the newest first.
pub async fn page(
    tx: &mut Tx,
    datasheet: DatasheetId,
    before: Option<EventId>,
    limit: i64,
) -> Result<Vec<Event>> {
    let page = page_with_undo(tx, datasheet, None, None, before, limit).await?;
    Ok(page.into_iter().map(|(event, _)| event).collect())
}

/// The same, each with how to take it back. Whether it still can be ([`Event::can_undo`]) is for the caller to say. A viewer who
/// may not see the other datasheet that an entry names sees nothing of the entry.
pub async fn page_with_undo(
    tx: &mut Tx,
    datasheet: DatasheetId,
    viewer: Option<&Viewer>,
    topic: Option<Topic>,
    before: Option<EventId>,
    limit: i64,
) -> Result<Vec<(Event, Option<Undo>)>> {
    macro_rules! entries {
        ($but:literal) => {
            concat!(
                "select e.id, e.at, e.user_id, e.what, e.undo, e.undone_by from events e
                left join datasheets d on d.id = e.related_id left join modules m on m.id = d.module_id
                where e.datasheet_id = $4 and e.id < $5 and e.kind like $6
                    and (e.related_id is null or $7 = 1 or d.id is not null and m.trashed_at is null and ",
                is_seen!(),
                ")",
                $but,
                " order by e.id desc"
            )
        };
    }
    const ALL: &str = entries!("");
    const CHANGES: &str = entries!(
        " and e.kind not like 'todo%' and e.kind not like 'comment%' and e.kind not like 'file!_%' escape '!'"
    );
    let (user, all, own) = viewer.map_or((UserId(0), 1, 0), sight::of);
    let sql = if topic == Some(Topic::Changes) { CHANGES } else { ALL };
    // `_` stands for any letter: it is none of another kind's.
    let like = format!("{}%", topic.and_then(Topic::prefix).unwrap_or_default());
    let rows: Vec<EventRow> = on!(tx, |conn| sqlx::query_as(limited(sql, limit))
        .bind(user)
        .bind(all)
        .bind(own)
        .bind(datasheet)
        .bind(before.unwrap_or(EventId(i64::MAX)))
        .bind(&like)
        .bind(i64::from(viewer.is_none()))
        .fetch_all(conn)
        .await)?;
    rows.into_iter()
        .map(|row| {
            let event = Event {
                id: row.id,
                at: row.at,
                by: row.user_id,
                what: read(&row.what)?,
                undone: row.undone_by.is_some(),
                can_undo: false,
                comment: None,
                file: None,
            };
            let undo = match row.undo.filter(|_| !event.undone) {
                Some(text) => Some(read(&text)?),
                None => None,
            };
            Ok((event, undo))
        })
        .collect()
}

/// The last moves of a datasheet from status to status, in the order they were made: at most so many.
pub async fn moves(tx: &mut Tx, datasheet: DatasheetId, limit: i64) -> Result<Vec<Moved>> {
    const SQL: &str = "
        select e.at, e.what, b.at from events e left join events b on b.id = e.undone_by
        where e.datasheet_id = $1 and e.kind in ('status_changed', 'moved_by_process', 'acted')
        order by e.id desc";
    let rows: Vec<(Timestamp, String, Option<Timestamp>)> =
        on!(tx, |conn| sqlx::query_as(limited(SQL, limit)).bind(datasheet).fetch_all(conn).await)?;
    let mut moves = vec![];
    for (at, what, back_at) in rows.into_iter().rev() {
        moves.extend(Moved::of(at, read(&what)?, back_at));
    }
    Ok(moves)
}

/// The last entry of a datasheet, with how to take it back if that still can be.
pub async fn last(tx: &mut Tx, datasheet: DatasheetId) -> Result<Option<(Event, Option<Undo>)>> {
    Ok(page_with_undo(tx, datasheet, None, None, None, 1).await?.pop())
}

/// Lets an entry say more: its writer went on with the same.
pub async fn save_grown(tx: &mut Tx, event: EventId, what: &What, undo: &Undo) -> Result<()> {
    const SQL: &str = "update events set what = $2, undo = $3 where id = $1";
    let (what, undo) = (json(what)?.to_string(), json(undo)?.to_string());
    on!(tx, |conn| sqlx::query(SQL).bind(event).bind(&what).bind(&undo).execute(conn).await.map(drop))?;
    Ok(())
}

/// Entries by their ids with how to take them back, the newest first. Whether they still can be is for the caller to say.
pub async fn some(tx: &mut Tx, ids: &[EventId]) -> Result<Vec<(Event, Option<Undo>)>> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let mut rows: Vec<EventRow> = on!(tx, |conn| {
        let mut query = sqlx::QueryBuilder::new(
            "select id, at, user_id, what, undo, undone_by from events where id in (",
        );
        push_list(&mut query, ids);
        query.build_query_as().persistent(false).fetch_all(conn).await
    })?;
    rows.sort_by_key(|row| std::cmp::Reverse(row.id));
    rows.into_iter()
        .map(|row| {
            let (undone, what) = (row.undone_by.is_some(), read(&row.what)?);
            let undo = match row.undo.filter(|_| !undone) {
                Some(text) => Some(read(&text)?),
                None => None,
            };
            Ok((
                Event {
                    id: row.id,
                    at: row.at,
                    by: row.user_id,
                    what,
                    undone,
                    can_undo: false,
                    comment: None,
                    file: None,
                },
                undo,
            ))
        })
        .collect()
}

/// The contact that an entry is about, if it is about one.
pub async fn contact(tx: &mut Tx, event: EventId) -> Result<Option<ContactId>> {
    const SQL: &str = "select contact_id from events where id = $1";
    let found: Option<Option<ContactId>> =
        on!(tx, |conn| sqlx::query_scalar(SQL).bind(event).fetch_optional(conn).await)?;
    Ok(found.flatten())
}

/// What was done to a contact after an entry and still holds, the oldest first, at most so many.
pub async fn of_contact_after(
    tx: &mut Tx,
    contact: ContactId,
    event: EventId,
    limit: i64,
) -> Result<Vec<What>> {
    const SQL: &str = "
        select what from events
        where contact_id = $1 and id > $2 and undone_by is null and kind <> 'undone' order by id";
    let rows: Vec<String> = on!(tx, |conn| sqlx::query_scalar(limited(SQL, limit))
        .bind(contact)
        .bind(event)
        .fetch_all(conn)
        .await)?;
    rows.iter().map(|what| read(what)).collect()
}

/// What happened to a datasheet after an entry and still holds, the oldest first, at most so many; parts of the entry are its own.
pub async fn of_datasheet_after(
    tx: &mut Tx,
    datasheet: DatasheetId,
    event: EventId,
    limit: i64,
) -> Result<Vec<(What, Option<Undo>)>> {
    const SQL: &str = "
        select what, undo from events
        where datasheet_id = $1 and id > $2 and (batch_id is null or batch_id <> $2) and undone_by is null
            and kind <> 'undone' and related_id is null order by id";
    let rows: Vec<(String, Option<String>)> = on!(tx, |conn| sqlx::query_as(limited(SQL, limit))
        .bind(datasheet)
        .bind(event)
        .fetch_all(conn)
        .await)?;
    rows.into_iter().map(|(what, undo)| Ok((read(&what)?, undo.as_deref().map(read).transpose()?))).collect()
}

/// An entry with how to take it back.
#[derive(Clone, Debug)]
pub struct Undoable {
    /// Which.
    pub id: EventId,
    /// The module it is in.
    pub module: Option<ModuleId>,
    /// The datasheet it is about.
    pub datasheet: Option<DatasheetId>,
    /// The word for what it was.
    pub kind: String,
    /// How to take it back; `None` when it cannot be.
    pub undo: Option<Undo>,
    /// Whether it was taken back.
    pub undone: bool,
}

type UndoableRow = (EventId, Option<ModuleId>, Option<DatasheetId>, String, Option<String>, Option<EventId>);

fn undoable((id, module, datasheet, kind, undo, undone_by): UndoableRow) -> Result<Undoable> {
    let undo = match undo {
        Some(text) => Some(read(&text)?),
        None => None,
    };
    Ok(Undoable { id, module, datasheet, kind, undo, undone: undone_by.is_some() })
}

/// An entry with how to take it back.
pub async fn get(tx: &mut Tx, event: EventId) -> Result<Option<Undoable>> {
    const SQL: &str = "select id, module_id, datasheet_id, kind, undo, undone_by from events where id = $1";
    let row: Option<UndoableRow> =
        on!(tx, |conn| sqlx::query_as(SQL).bind(event).fetch_optional(conn).await)?;
    row.map(undoable).transpose()
}

/// The parts of an entry.
pub async fn parts(tx: &mut Tx, batch: EventId) -> Result<Vec<Undoable>> {
    const SQL: &str = "
        select id, module_id, datasheet_id, kind, undo, undone_by from events where batch_id = $1 order by id";
    let rows: Vec<UndoableRow> = on!(tx, |conn| sqlx::query_as(SQL).bind(batch).fetch_all(conn).await)?;
    rows.into_iter().map(undoable).collect()
}

/// Whether something happened to a datasheet after the write of its first entry and still holds; what that write itself noted
/// besides is a part of the entry.
pub async fn is_followed(tx: &mut Tx, datasheet: DatasheetId, event: EventId) -> Result<bool> {
    const SQL: &str = "
        select cast(count(*) as bigint) from (
            select 1 from events later
            where later.datasheet_id = $1 and later.id <> $2 and (later.batch_id is null or later.batch_id <> $2)
                and later.undone_by is null and later.kind <> 'undone'
            limit 1) as one";
    let n: i64 = on!(tx, |conn| sqlx::query_scalar(SQL).bind(datasheet).bind(event).fetch_one(conn).await)?;
    Ok(n > 0)
}

/// Marks an entry as taken back by another. `false` when it was already.
pub async fn save_undone(tx: &mut Tx, event: EventId, by: EventId) -> Result<bool> {
    const SQL: &str = "update events set undone_by = $2 where id = $1 and undone_by is null";
    Ok(on!(tx, |conn| sqlx::query(SQL)
        .bind(event)
        .bind(by)
        .execute(conn)
        .await
        .map(|done| done.rows_affected() == 1))?)
}

/// Marks parts of an entry as taken back by another.
pub async fn save_parts_undone(tx: &mut Tx, parts: &[EventId], by: EventId) -> Result<()> {
    for chunk in parts.chunks(5_000) {
        on!(tx, |conn| {
            let mut query = sqlx::QueryBuilder::new("update events set undone_by = ");
            query.push_bind(by).push(" where id in (");
            push_list(&mut query, chunk);
            query.build().persistent(false).execute(conn).await.map(drop)
        })?;
    }
    Ok(())
}
