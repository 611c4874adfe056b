//! One-time links that sign in. Only hashes of tokens come in here.

use super::{Tx, on};
use crate::{
    domain::{id::UserId, time::Timestamp, user::UserState},
    error::Result,
};

/// Makes a link for a user that works once, until `expires_at`.
pub async fn add(tx: &mut Tx, token_hash: &str, user: UserId, expires_at: Timestamp) -> Result<()> {
    const SQL: &str = "insert into sign_in_links (token_hash, user_id, expires_at) values ($1, $2, $3)";
    on!(tx, |conn| sqlx::query(SQL)
        .bind(token_hash)
        .bind(user)
        .bind(expires_at)
        .execute(conn)
        .await
        .map(drop))?;
    Ok(())
}

/// Uses a link up: its active user, or `None` when it was used, is over or never was.
pub async fn take(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<Option<UserId>> {
    const SQL: &str = "
        update sign_in_links set used_at = $2
        where token_hash = $1 and used_at is null and expires_at > $2
            and user_id in (select id from users where state = $3)
        returning user_id";
    Ok(on!(tx, |conn| sqlx::query_scalar(SQL)
        .bind(token_hash)
        .bind(now)
        .bind(UserState::Active)
        .fetch_optional(conn)
        .await)?)
}
