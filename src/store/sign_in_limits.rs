//! How often a sign-in may be tried: a moment for each key. What the keys are is the business of `server::limits`.

use super::{Tx, on};
use crate::{domain::time::Timestamp, error::Result};

/// How long a row is kept after its moment.
const KEPT: i64 = 3_600_000;

/// The moment of a key.
pub async fn until(tx: &mut Tx, key: &str) -> Result<Option<Timestamp>> {
    const SQL: &str = "select until from sign_in_limits where key = $1";
    Ok(on!(tx, |conn| sqlx::query_scalar(SQL).bind(key).fetch_optional(conn).await)?)
}

/// Moves a key's moment on by so many milliseconds, from now at the earliest; answers where it is then. Whoever does the same
/// at once waits for this transaction.
pub async fn take(tx: &mut Tx, key: &str, millis: i64, now: Timestamp) -> Result<Timestamp> {
    const SQL: &str = "
        insert into sign_in_limits (key, until) values ($1, $2 + $3)
        on conflict (key) do update set
            until = case when sign_in_limits.until > $2 then sign_in_limits.until else $2 end + $3
        returning until";
    Ok(on!(tx, |conn| sqlx::query_scalar(SQL).bind(key).bind(now).bind(millis).fetch_one(conn).await)?)
}

/// Moves a key's moment back.
pub async fn give_back(tx: &mut Tx, key: &str, millis: i64) -> Result<()> {
    const SQL: &str = "update sign_in_limits set until = until - $2 where key = $1";
    on!(tx, |conn| sqlx::query(SQL).bind(key).bind(millis).execute(conn).await.map(drop))?;
    Ok(())
}

/// Sets a key's moment.
pub async fn save(tx: &mut Tx, key: &str, until: Timestamp) -> Result<()> {
    const SQL: &str = "
        insert into sign_in_limits (key, until) values ($1, $2)
        on conflict (key) do update set until = excluded.until";
    on!(tx, |conn| sqlx::query(SQL).bind(key).bind(until).execute(conn).await.map(drop))?;
    Ok(())
}

/// Deletes a key.
pub async fn remove(tx: &mut Tx, key: &str) -> Result<()> {
    const SQL: &str = "delete from sign_in_limits where key = $1";
    on!(tx, |conn| sqlx::query(SQL).bind(key).execute(conn).await.map(drop))?;
    Ok(())
}

/// Deletes some keys whose moment is past; returns how many.
pub async fn remove_old(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    const SQL: &str = "
        delete from sign_in_limits where key in (
            select key from sign_in_limits where until < $1 order by until limit 500)";
    Ok(on!(tx, |conn| sqlx::query(SQL)
        .bind(now.plus_millis(-KEPT))
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?)
}
