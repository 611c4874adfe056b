//! The secret links of calendars. Only the SHA-256 of a secret is stored.

use sqlx::QueryBuilder;

use super::{Tx, on, push_list, todos};
use crate::{
    domain::{
        id::{TodoId, UserId},
        time::Timestamp,
        todo::Details,
        user::{Role, UserState},
    },
    error::Result,
    i18n::Locale,
};

/// Whose calendar a link shows.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Reader {
    /// Who it is.
    pub id: UserId,
    /// What they may see.
    pub role: Role,
    /// The language they chose.
    pub locale: Option<Locale>,
}

/// When a user's link was made; `None` without one.
pub async fn made_at(tx: &mut Tx, user: UserId) -> Result<Option<Timestamp>> {
    const SQL: &str = "select created_at from calendar_links where user_id = $1";
    Ok(on!(tx, |conn| sqlx::query_scalar(SQL).bind(user).fetch_optional(conn).await)?)
}

/// Gives a user a link; the one before opens nothing any more.
pub async fn save(tx: &mut Tx, user: UserId, hash: &str, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        insert into calendar_links (user_id, token_hash, created_at) values ($1, $2, $3)
        on conflict (user_id) do update set token_hash = excluded.token_hash, created_at = excluded.created_at";
    on!(tx, |conn| sqlx::query(SQL).bind(user).bind(hash).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// Takes a user's link away; whether there was one.
pub async fn remove(tx: &mut Tx, user: UserId) -> Result<bool> {
    const SQL: &str = "delete from calendar_links where user_id = $1";
    let removed =
        on!(tx, |conn| sqlx::query(SQL).bind(user).execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(removed == 1)
}

/// Whose link has that hash. Those who are locked or off have none that opens anything.
pub async fn reader(tx: &mut Tx, hash: &str) -> Result<Option<Reader>> {
    const SQL: &str = "
        select u.id, u.role, u.locale from calendar_links l join users u on u.id = l.user_id
        where l.token_hash = $1 and u.state = $2";
    Ok(on!(tx, |conn| sqlx::query_as(SQL).bind(hash).bind(UserState::Active).fetch_optional(conn).await)?)
}

/// When to-dos were made, and their details.
pub async fn details(tx: &mut Tx, ids: &[TodoId]) -> Result<Vec<(TodoId, Timestamp, Details)>> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let rows: Vec<(TodoId, Timestamp, Option<String>)> = on!(tx, |conn| {
        let mut query = QueryBuilder::new("select id, created_at, details from todos where id in (");
        push_list(&mut query, ids);
        query.build_query_as().persistent(false).fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(|(id, made, column)| (id, made, todos::details(column.as_deref()))).collect())
}
