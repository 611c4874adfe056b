//! Tokens by which programs send data: made, listed and revoked by admins.

use leptos::{prelude::*, server_fn::codec::Json};

use super::Key;
#[cfg(feature = "ssr")]
use super::request::{Request, answer, sha256, write_once};
#[cfg(feature = "ssr")]
use crate::{
    domain::{history::What, text},
    error::{Error, Field, Problem},
    store,
};
use crate::{
    domain::{id::ApiTokenId, user::ApiToken},
    error::Result,
};

/// The tokens. Admins only.
#[server(endpoint = "tokens/all", input = Json)]
pub async fn tokens_all() -> Result<Vec<ApiToken>> {
    answer(async move {
        let mut request = Request::read().await?;
        request.must_be_admin()?;
        store::api_tokens::all(&mut request.tx).await
    })
    .await
}

/// Adds a token. Whoever asks has made its secret up and shows it once: so neither the database nor the stored answer of a
/// repeated request ever holds it. Admins only.
#[server(endpoint = "tokens/add", input = Json)]
pub async fn token_add(key: Key, name: String, secret: String) -> Result<ApiToken> {
    write_once!(key, "token_add", (&name, sha256(&secret)), |request| {
        request.must_be_admin()?;
        let name = text::name(&name)?;
        // As long as 256 random bits in hexadecimal digits, less a little for the fixed digits of UUIDs.
        let is_secret =
            (40..=200).contains(&secret.len()) && secret.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_secret {
            return Err(Error::invalid(Field::Password, Problem::TooShort(40)));
        }
        let (by, now) = (request.viewer.id, request.now);
        let token = store::api_tokens::add(&mut request.tx, &name, &sha256(&secret), by, now).await?;
        request.note(None, None, What::TokenAdded { name }, None).await?;
        token
    })
}

/// Revokes a token: it opens nothing any more. Admins only.
#[server(endpoint = "tokens/revoke", input = Json)]
pub async fn token_revoke(key: Key, token: ApiTokenId) -> Result<()> {
    write_once!(key, "token_revoke", token, |request| {
        request.must_be_admin()?;
        let now = request.now;
        let name = store::api_tokens::revoke(&mut request.tx, token, now).await?.ok_or(Error::NotFound)?;
        request.note(None, None, What::TokenRevoked { name }, None).await?;
    })
}
