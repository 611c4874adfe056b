//! Tokens by which programs send data. Only the SHA-256 of a token is stored.

use super::{Tx, limited, on};
use crate::{
    domain::{
        id::{ApiTokenId, UserId},
        time::Timestamp,
        user::ApiToken,
    },
    error::Result,
};

/// Adds a token.
pub async fn add(tx: &mut Tx, name: &str, hash: &str, by: UserId, now: Timestamp) -> Result<ApiToken> {
    const SQL: &str =
        "insert into api_tokens (id, name, token_hash, created_by, created_at) values ($1, $2, $3, $4, $5)";
    let id = ApiTokenId(tx.new_id(now));
    on!(tx, |conn| sqlx::query(SQL)
        .bind(id)
        .bind(name)
        .bind(hash)
        .bind(by)
        .bind(now)
        .execute(conn)
        .await
        .map(drop))?;
    Ok(ApiToken {
        id,
        name: name.to_owned(),
        created_by: by,
        created_at: now,
        used_at: None,
        revoked_at: None,
    })
}

/// How many of [`all`] there are at most.
const SHOWN: i64 = 200;

/// The tokens, those in force first, then the newest.
pub async fn all(tx: &mut Tx) -> Result<Vec<ApiToken>> {
    const SQL: &str = "
        select id, name, created_by, created_at, used_at, revoked_at from api_tokens
        order by case when revoked_at is null then 0 else 1 end, id desc";
    Ok(on!(tx, |conn| sqlx::query_as(limited(SQL, SHOWN)).fetch_all(conn).await)?)
}

/// The token in force with that hash.
pub async fn find(tx: &mut Tx, hash: &str) -> Result<Option<ApiToken>> {
    const SQL: &str = "
        select id, name, created_by, created_at, used_at, revoked_at from api_tokens
        where token_hash = $1 and revoked_at is null";
    Ok(on!(tx, |conn| sqlx::query_as(SQL).bind(hash).fetch_optional(conn).await)?)
}

/// Ends a token; its name, or `None` when there is no such token in force.
pub async fn revoke(tx: &mut Tx, token: ApiTokenId, now: Timestamp) -> Result<Option<String>> {
    const SQL: &str =
        "update api_tokens set revoked_at = $2 where id = $1 and revoked_at is null returning name";
    Ok(on!(tx, |conn| sqlx::query_scalar(SQL).bind(token).bind(now).fetch_optional(conn).await)?)
}

/// Notes that a token was used.
pub async fn save_used(tx: &mut Tx, token: ApiTokenId, now: Timestamp) -> Result<()> {
    const SQL: &str = "update api_tokens set used_at = $2 where id = $1";
    on!(tx, |conn| sqlx::query(SQL).bind(token).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}
