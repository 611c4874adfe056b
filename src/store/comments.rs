//! Comments and mentions. A comment's id is that of its entry in the history.

use std::collections::BTreeMap;

use sqlx::QueryBuilder;

use super::{
    Tx, limited, on, push_list,
    sight::{self, is_seen, sight},
};
use crate::{
    domain::{
        comment::{Comment, MENTIONS_MAX, Mention, TODO_COMMENTS_SHOWN, TodoComment},
        history::{Event, What},
        id::{DatasheetId, EventId, TodoId, UserId},
        time::Timestamp,
        user::{Person, Role, UserState, Viewer},
    },
    error::{Error, Result},
};

/// A comment as it stands.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Stored {
    /// Which, by its entry.
    pub id: EventId,
    /// Where it was written.
    pub datasheet_id: DatasheetId,
    /// Who wrote it.
    pub author_id: UserId,
    /// What.
    pub text: String,
    /// Counts its changes.
    pub version: i64,
    /// When it was last changed.
    pub edited_at: Option<Timestamp>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
}

/// A comment, also a deleted one.
pub async fn get(tx: &mut Tx, comment: EventId) -> Result<Option<Stored>> {
    const SQL: &str = "
        select id, datasheet_id, author_id, text, version, edited_at, deleted_at from comments where id = $1";
    Ok(on!(tx, |conn| sqlx::query_as(SQL).bind(comment).fetch_optional(conn).await)?)
}

/// The comments on the to-dos of a datasheet that are there, the newest last.
pub async fn on_todos(tx: &mut Tx, datasheet: DatasheetId) -> Result<Vec<TodoComment>> {
    const SQL: &str = "
        select id, todo_id, author_id, created_at, text from comments
        where datasheet_id = $1 and todo_id is not null and deleted_at is null order by id desc";
    let mut found: Vec<TodoComment> = on!(tx, |conn| sqlx::query_as(limited(SQL, TODO_COMMENTS_SHOWN))
        .bind(datasheet)
        .fetch_all(conn)
        .await)?;
    found.reverse();
    Ok(found)
}

/// Adds a comment under the id of its entry.
pub async fn add(
    tx: &mut Tx,
    entry: EventId,
    (datasheet, todo): (DatasheetId, Option<TodoId>),
    author: UserId,
    text: &str,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        insert into comments (id, datasheet_id, author_id, text, version, created_at, todo_id)
        values ($1, $2, $3, $4, 1, $5, $6)";
    on!(tx, |conn| sqlx::query(SQL)
        .bind(entry)
        .bind(datasheet)
        .bind(author)
        .bind(text)
        .bind(now)
        .bind(todo)
        .execute(conn)
        .await
        .map(drop))?;
    Ok(())
}

/// Stores a comment's text and whether it is deleted, and counts its version on.
pub async fn save(tx: &mut Tx, comment: &Stored) -> Result<()> {
    const SQL: &str = "
        update comments set text = $3, edited_at = $4, deleted_at = $5, version = version + 1
        where id = $1 and version = $2";
    let saved = on!(tx, |conn| sqlx::query(SQL)
        .bind(comment.id)
        .bind(comment.version)
        .bind(&comment.text)
        .bind(comment.edited_at)
        .bind(comment.deleted_at)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    if saved == 1 { Ok(()) } else { Err(Error::Busy) }
}

/// Puts the comments into the entries that are ones: two reads for the page.
pub async fn fill(tx: &mut Tx, page: &mut [Event]) -> Result<()> {
    let ids: Vec<EventId> = page
        .iter()
        .filter(|event| matches!(event.what, What::Commented { .. }))
        .map(|event| event.id)
        .collect();
    if ids.is_empty() {
        return Ok(());
    }
    let found: Vec<Stored> = on!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "select id, datasheet_id, author_id, text, version, edited_at, deleted_at from comments where id in (",
        );
        push_list(&mut query, &ids);
        query.push(" and deleted_at is null");
        query.build_query_as().fetch_all(conn).await
    })?;
    let named: Vec<(EventId, UserId)> = on!(tx, |conn| {
        let mut query = QueryBuilder::new("select comment_id, user_id from mentions where comment_id in (");
        push_list(&mut query, &ids);
        query.build_query_as().fetch_all(conn).await
    })?;
    let mut mentioned: BTreeMap<EventId, Vec<UserId>> = BTreeMap::new();
    for (comment, user) in named {
        mentioned.entry(comment).or_default().push(user);
    }
    let mut comments: BTreeMap<EventId, Comment> = found
        .into_iter()
        .map(|stored| {
            let mut mentioned = mentioned.remove(&stored.id).unwrap_or_default();
            mentioned.sort_unstable();
            let Stored { id, text, version, edited_at, .. } = stored;
            (id, Comment { text, version, edited_at, mentioned })
        })
        .collect();
    for event in page {
        event.comment = comments.remove(&event.id);
    }
    Ok(())
}

/// Who may open a datasheet: they can be mentioned on it. As few as there are users.
pub async fn readers(tx: &mut Tx, datasheet: DatasheetId) -> Result<Vec<Person>> {
    const SQL: &str = "
        select u.id, u.name from datasheets d cross join users u
        left join module_access a on a.user_id = u.id and a.module_id = d.module_id
        where d.id = $1 and u.state = $2 and (
            u.role in ($3, $4)
            or a.module_id is not null and (
                u.role = $5 or d.owner_id = u.id
                or exists (select 1 from todos t
                    where t.datasheet_id = d.id and t.assignee_id = u.id and t.closed_at is null)))
        order by u.name, u.id";
    let rows: Vec<(UserId, String)> = on!(tx, |conn| sqlx::query_as(SQL)
        .bind(datasheet)
        .bind(UserState::Active)
        .bind(Role::Manager)
        .bind(Role::Admin)
        .bind(Role::User)
        .fetch_all(conn)
        .await)?;
    Ok(rows.into_iter().map(|(id, name)| Person { id, name, active: true }).collect())
}

/// Notes who is mentioned in a comment; what was read stays read. Answers whose mentions changed.
pub async fn save_mentions(
    tx: &mut Tx,
    comment: EventId,
    datasheet: DatasheetId,
    users: &[UserId],
) -> Result<Vec<UserId>> {
    const NOW: &str = "select user_id from mentions where comment_id = $1";
    const ADD: &str = "insert into mentions (user_id, comment_id, datasheet_id) values ($1, $2, $3)";
    const REMOVE: &str = "delete from mentions where user_id = $1 and comment_id = $2";
    let before: Vec<UserId> = on!(tx, |conn| sqlx::query_scalar(NOW).bind(comment).fetch_all(conn).await)?;
    let mut changed = vec![];
    for user in users.iter().filter(|user| !before.contains(user)) {
        on!(tx, |conn| sqlx::query(ADD)
            .bind(*user)
            .bind(comment)
            .bind(datasheet)
            .execute(conn)
            .await
            .map(drop))?;
        changed.push(*user);
    }
    for user in before.iter().filter(|user| !users.contains(user)) {
        on!(tx, |conn| sqlx::query(REMOVE).bind(*user).bind(comment).execute(conn).await.map(drop))?;
        changed.push(*user);
    }
    Ok(changed)
}

/// Who is mentioned in a comment.
pub async fn mentioned(tx: &mut Tx, comment: EventId) -> Result<Vec<UserId>> {
    const SQL: &str = "select user_id from mentions where comment_id = $1 order by user_id";
    Ok(on!(tx, |conn| sqlx::query_scalar(SQL).bind(comment).fetch_all(conn).await)?)
}

/// The mentions of a viewer in comments that are there, on datasheets that they may still open.
macro_rules! theirs {
    () => {
        concat!("from mentions m join comments c on c.id = m.comment_id join datasheets d on d.id = m.datasheet_id
        join modules mo on mo.id = d.module_id
        where m.user_id = $1 and c.deleted_at is null and d.trashed_at is null and mo.trashed_at is null and ", is_seen!())
    };
}

/// How many mentions a user has not read, up to [`MENTIONS_MAX`].
pub async fn unseen(tx: &mut Tx, user: UserId, role: Role) -> Result<u32> {
    // As literal as `limited`: from how few are wanted the database sees that it should look them up one by one.
    let sql = format!(
        "select cast(count(*) as bigint) from (select 1 {} and m.seen_at is null limit {MENTIONS_MAX}) as unseen",
        theirs!()
    );
    let sql = sqlx::AssertSqlSafe(sql);
    let (user, all, own) = sight(user, role);
    let n: i64 =
        on!(tx, |conn| sqlx::query_scalar(sql).bind(user).bind(all).bind(own).fetch_one(conn).await)?;
    Ok(u32::try_from(n).unwrap_or(MENTIONS_MAX))
}

/// Mentions of the viewer before a comment, the newest first.
pub async fn mentions(
    tx: &mut Tx,
    viewer: &Viewer,
    before: Option<EventId>,
    limit: i64,
) -> Result<Vec<Mention>> {
    const SQL: &str = concat!(
        "select m.comment_id, m.datasheet_id, d.name, c.author_id, c.created_at, c.text, m.seen_at ",
        theirs!(),
        " and m.comment_id < $4 order by m.comment_id desc"
    );
    type Row = (EventId, DatasheetId, String, UserId, Timestamp, String, Option<Timestamp>);
    let (user, all, own) = sight::of(viewer);
    let rows: Vec<Row> = on!(tx, |conn| sqlx::query_as(limited(SQL, limit))
        .bind(user)
        .bind(all)
        .bind(own)
        .bind(before.unwrap_or(EventId(i64::MAX)))
        .fetch_all(conn)
        .await)?;
    Ok(rows
        .into_iter()
        .map(|(comment, datasheet, name, by, at, text, seen_at)| Mention {
            comment,
            datasheet,
            name,
            by,
            at,
            text,
            seen: seen_at.is_some(),
        })
        .collect())
}

/// Marks the viewer's mention in a comment as read or unread. `false` when there is none.
pub async fn save_seen(
    tx: &mut Tx,
    user: UserId,
    comment: EventId,
    seen_at: Option<Timestamp>,
) -> Result<bool> {
    const SQL: &str = "update mentions set seen_at = $3 where user_id = $1 and comment_id = $2";
    Ok(on!(tx, |conn| sqlx::query(SQL)
        .bind(user)
        .bind(comment)
        .bind(seen_at)
        .execute(conn)
        .await
        .map(|done| done.rows_affected() == 1))?)
}
