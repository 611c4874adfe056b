//! The link under which a calendar program reads the viewer's own to-dos.

use leptos::{prelude::*, server_fn::codec::Json};

use super::Key;
#[cfg(feature = "ssr")]
use super::request::{Request, answer, sha256, write_once};
#[cfg(feature = "ssr")]
use crate::{
    domain::history::What,
    error::{Error, Field, Problem},
    store,
};
use crate::{domain::time::Timestamp, error::Result};

/// When the viewer's link was made; `None` without one. The link itself nobody can tell again.
#[server(endpoint = "calendar/link", input = Json)]
pub async fn calendar_link() -> Result<Option<Timestamp>> {
    answer(async move {
        let mut request = Request::read().await?;
        let viewer = request.viewer.id;
        store::calendar::made_at(&mut request.tx, viewer).await
    })
    .await
}

/// Gives the viewer a link; the one before opens nothing any more. Whoever asks has made its secret up and shows it once: so
/// neither the database nor the stored answer of a repeated request ever holds it.
#[server(endpoint = "calendar/make", input = Json)]
pub async fn calendar_make(key: Key, secret: String) -> Result<Timestamp> {
    write_once!(key, "calendar_make", sha256(&secret), |request| {
        let is_secret =
            (40..=200).contains(&secret.len()) && secret.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_secret {
            return Err(Error::invalid(Field::Password, Problem::TooShort(40)));
        }
        let (viewer, now) = (request.viewer.id, request.now);
        store::calendar::save(&mut request.tx, viewer, &sha256(&secret), now).await?;
        request.note(None, None, What::CalendarLinkMade, None).await?;
        now
    })
}

/// Takes the viewer's link away: it opens nothing any more.
#[server(endpoint = "calendar/revoke", input = Json)]
pub async fn calendar_revoke(key: Key) -> Result<()> {
    write_once!(key, "calendar_revoke", (), |request| {
        let viewer = request.viewer.id;
        if store::calendar::remove(&mut request.tx, viewer).await? {
            request.note(None, None, What::CalendarLinkRevoked, None).await?;
        }
    })
}
