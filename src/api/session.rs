//! Who is signed in, and what every page needs to know.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Key;
#[cfg(feature = "ssr")]
use super::request::move_days;
#[cfg(feature = "ssr")]
use super::request::{Request, answer, write_once};
#[cfg(feature = "ssr")]
use crate::{
    domain::{history::What, text, zone::Zone},
    error::{Error, Field, Problem},
    server::password,
    store,
};
use crate::{
    domain::{
        module::ModuleLink,
        time::Timestamp,
        user::{Person, Theme, Viewer},
    },
    error::Result,
    i18n::Locale,
};

/// What every page needs: sent with the page, not asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Who is signed in, if anybody.
    pub viewer: Option<Viewer>,
    /// The server's clock when the page was made: the browser's first render uses it too.
    pub now: Timestamp,
    /// The language of the page.
    pub locale: Locale,
    /// The colours of the page.
    pub theme: Theme,
    /// The modules the viewer may open, in the order of the bar.
    pub modules: Vec<ModuleLink>,
    /// All users, for names and for choosing an owner.
    pub people: Vec<Person>,
    /// How many mentions the viewer has not read, up to [`MENTIONS_MAX`](crate::domain::comment::MENTIONS_MAX).
    #[serde(default)]
    pub mentions: u32,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            viewer: None,
            now: Timestamp(0),
            locale: Locale::default(),
            theme: Theme::default(),
            modules: vec![],
            people: vec![],
            mentions: 0,
        }
    }
}

/// The session as it is now: for a page that stayed open.
#[server(endpoint = "session", input = leptos::server_fn::codec::Json)]
pub async fn session_get() -> Result<Session> {
    super::request::session().await
}

/// What was wrong at the last try to sign in: the sign-in page shows it, with the e-mail that was typed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignInProblem {
    /// The e-mail as typed.
    pub email: String,
    /// Why nobody was signed in.
    pub error: crate::error::Error,
}

/// Names of all time zones, for choosing one's own. For whoever is signed in.
#[server(endpoint = "session/zones", input = leptos::server_fn::codec::Json)]
pub async fn zones_all() -> Result<Vec<String>> {
    answer(async move {
        Request::read().await?;
        Ok(Zone::names().map(str::to_owned).collect())
    })
    .await
}

/// Sets the viewer's own name, e-mail, language, colours and time zone.
#[server(endpoint = "session/profile", input = leptos::server_fn::codec::Json)]
pub async fn profile_save(
    key: Key,
    name: String,
    email: String,
    locale: Option<Locale>,
    theme: Theme,
    zone: String,
) -> Result<()> {
    write_once!(key, "profile_save", (&name, &email, locale, theme, &zone), |request| {
        let (name, email) = (text::name(&name)?, text::email(&email)?);
        if !Zone::names().any(|known| known == zone) {
            return Err(Error::invalid(Field::Zone, Problem::Unknown));
        }
        let viewer = request.viewer.id;
        store::users::save_profile(&mut request.tx, viewer, &name, &email, locale, theme, &zone).await?;
        if request.viewer.zone.name() != zone {
            move_days(request, viewer).await?;
        }
        request.note(None, None, What::UserChanged { name }, None).await?;
        request.changed(None, None);
    })
}

/// Sets the viewer's own password; ends their other sessions. `current` is not looked at while there is none yet (the first
/// admin, who came by a one-time link).
#[server(endpoint = "session/password", input = leptos::server_fn::codec::Json)]
pub async fn password_change(key: Key, current: String, new: String) -> Result<()> {
    answer(Box::pin(async move {
        // Hashing takes its time, and a transaction holds SQLite's one writer: it is done before.
        let mut request = Request::read().await?;
        password::check(&new)?;
        let stored = store::users::credentials(&mut request.tx, request.viewer.id).await?;
        drop(request);
        let seen = stored.ok_or(Error::NotFound)?.password_hash;
        let is_right = seen.is_none() || password::matches(current, seen.clone()).await?;
        save_password(key, seen, is_right, password::hash(new).await?).await
    }))
    .await
}

/// Stores the hash of a new password, if the current one was right and is still the one that was compared.
/// That is asked inside, so that a repeat gets its answer. No password is a part of the stored request.
#[cfg(feature = "ssr")]
async fn save_password(key: Key, seen: Option<String>, is_right: bool, hash: String) -> Result<()> {
    write_once!(key, "password_change", (), |request| {
        let viewer = request.viewer.id;
        let stored = store::users::credentials(&mut request.tx, viewer).await?.ok_or(Error::NotFound)?;
        if !is_right || stored.password_hash != seen {
            return Err(Error::invalid(Field::CurrentPassword, Problem::Wrong));
        }
        store::users::save_password(&mut request.tx, viewer, &hash).await?;
        let token = request.token_hash.clone();
        store::sessions::remove_others(&mut request.tx, viewer, &token).await?;
        let name = request.viewer.name.clone();
        request.note(None, None, What::PasswordSet { name }, None).await?;
    })
}
