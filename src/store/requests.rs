//! Idempotency keys with the answers that were given: a repeat has no second effect and the same answer.

use super::{Tx, on};
use crate::{
    domain::{id::UserId, time::Timestamp},
    error::{Error, Result},
};

/// How long a key is remembered.
const KEPT: i64 = 2 * 86_400_000;

/// Takes a key for a request. `Some` is the answer that was given to the same request before; a parallel repeat waits for it.
pub async fn take(
    tx: &mut Tx,
    user: UserId,
    key: &str,
    hash: &str,
    now: Timestamp,
) -> Result<Option<String>> {
    const TAKE: &str = "
        insert into requests (user_id, key, hash, at) values ($1, $2, $3, $4)
        on conflict (user_id, key) do nothing";
    let taken = on!(tx, |conn| sqlx::query(TAKE)
        .bind(user)
        .bind(key)
        .bind(hash)
        .bind(now)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    if taken == 1 {
        return Ok(None);
    }
    const FIND: &str = "select hash, answer from requests where user_id = $1 and key = $2";
    let (stored, answer): (String, Option<String>) =
        on!(tx, |conn| sqlx::query_as(FIND).bind(user).bind(key).fetch_one(conn).await)?;
    if stored != hash {
        return Err(Error::KeyReused);
    }
    // A key without an answer is never committed.
    answer.map(Some).ok_or(Error::Server)
}

/// Stores the answer, in the transaction that had the effect.
pub async fn save(tx: &mut Tx, user: UserId, key: &str, answer: &str) -> Result<()> {
    const SQL: &str = "update requests set answer = $3 where user_id = $1 and key = $2";
    on!(tx, |conn| sqlx::query(SQL).bind(user).bind(key).bind(answer).execute(conn).await.map(drop))?;
    Ok(())
}

/// Deletes some keys older than two days; returns how many.
pub async fn remove_old(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    const SQL: &str = "
        delete from requests where (user_id, key) in (
            select user_id, key from requests where at < $1 order by at limit 500)";
    Ok(on!(tx, |conn| sqlx::query(SQL)
        .bind(now.plus_millis(-KEPT))
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?)
}

/// Deletes what is over: sessions, tries of sign-in and keys, in batches that hold the writer shortly.
pub async fn clean(db: &super::Db, now: Timestamp) -> Result<()> {
    loop {
        let mut tx = db.begin().await?;
        let removed = super::sessions::remove_expired(&mut tx, now).await?
            + super::sign_in_limits::remove_old(&mut tx, now).await?
            + remove_old(&mut tx, now).await?;
        tx.commit().await?;
        if removed == 0 {
            return Ok(());
        }
    }
}

/// Tells the other servers on the same Postgres, when this transaction commits. `SQLite` has no others.
pub async fn notify(tx: &mut Tx, payload: &str) -> Result<()> {
    const SQL: &str = "select pg_notify('modulok', $1)";
    if let super::db::Connection::Postgres(conn) = tx.connection() {
        sqlx::query(SQL).bind(payload).execute(conn).await?;
    }
    Ok(())
}
