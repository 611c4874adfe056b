//! Sessions of signed-in users. Only hashes of tokens come in here.

use super::{Tx, on};
use crate::{
    domain::{
        id::UserId,
        time::Timestamp,
        user::{Role, Theme, UserState},
    },
    error::Result,
    i18n::Locale,
};

/// Days without a request after which a session ends.
pub const IDLE_DAYS: i64 = 30;
/// Days after which a session ends in any case; its cookie goes with it.
pub const MAX_DAYS: i64 = 30;
/// Milliseconds after which a session's use is noted again.
pub const NOTE_EVERY: i64 = 3_600_000;
const DAY: i64 = 86_400_000;

/// The user of a valid session.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SignedIn {
    /// Who it is.
    pub id: UserId,
    /// Their full name.
    pub name: String,
    /// What they sign in with.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Name of their time zone.
    pub zone: String,
    /// The language they chose.
    pub locale: Option<Locale>,
    /// The colours they chose.
    pub theme: Theme,
    /// When the session was noted as used.
    pub seen_at: Timestamp,
}

/// Opens a session for a user.
pub async fn add(tx: &mut Tx, token_hash: &str, user: UserId, agent: &str, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        insert into sessions (token_hash, user_id, created_at, seen_at, expires_at, agent)
        values ($1, $2, $3, $3, $4, $5)";
    let agent: String = agent.chars().filter(|c| !c.is_control()).take(200).collect();
    on!(tx, |conn| sqlx::query(SQL)
        .bind(token_hash)
        .bind(user)
        .bind(now)
        .bind(now.plus_millis(MAX_DAYS * DAY))
        .bind(&agent)
        .execute(conn)
        .await
        .map(drop))?;
    Ok(())
}

/// The user of a session that is valid now and whose user is active. A clock that steps back ends no session.
pub async fn find(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<Option<SignedIn>> {
    const SQL: &str = "
        select u.id, u.name, u.email, u.role, u.zone, u.locale, u.theme, s.seen_at
        from sessions s join users u on u.id = s.user_id
        where s.token_hash = $1 and s.expires_at > $2 and s.seen_at > $3 and u.state = $4";
    Ok(on!(tx, |conn| sqlx::query_as(SQL)
        .bind(token_hash)
        .bind(now)
        .bind(now.plus_millis(-IDLE_DAYS * DAY))
        .bind(UserState::Active)
        .fetch_optional(conn)
        .await)?)
}

/// Notes that a session was used.
pub async fn save_seen(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<()> {
    const SQL: &str = "update sessions set seen_at = $2 where token_hash = $1 and seen_at < $2";
    on!(tx, |conn| sqlx::query(SQL).bind(token_hash).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// Ends a session.
pub async fn remove(tx: &mut Tx, token_hash: &str) -> Result<()> {
    const SQL: &str = "delete from sessions where token_hash = $1";
    on!(tx, |conn| sqlx::query(SQL).bind(token_hash).execute(conn).await.map(drop))?;
    Ok(())
}

/// Ends all sessions of a user but one; with an empty hash, all of them.
pub async fn remove_others(tx: &mut Tx, user: UserId, token_hash: &str) -> Result<()> {
    const SQL: &str = "delete from sessions where user_id = $1 and token_hash <> $2";
    on!(tx, |conn| sqlx::query(SQL).bind(user).bind(token_hash).execute(conn).await.map(drop))?;
    Ok(())
}

/// Deletes some sessions that are over; returns how many.
pub async fn remove_expired(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    const SQL: &str = "
        delete from sessions where token_hash in (
            select token_hash from sessions where expires_at <= $1 or seen_at <= $2 limit 500)";
    Ok(on!(tx, |conn| sqlx::query(SQL)
        .bind(now)
        .bind(now.plus_millis(-IDLE_DAYS * DAY))
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?)
}
