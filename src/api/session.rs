//! Who is signed in, and what every page needs to know.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Key;
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
        }
    }
}

/// The session as it is now: for a page that stayed open.
#[server(endpoint = "session", input = leptos::server_fn::codec::Json)]
pub async fn session_get() -> Result<Session> {
    super::request::session().await
}

/// Sets the viewer's own name, language, colours and time zone.
#[server(endpoint = "session/profile", input = leptos::server_fn::codec::Json)]
pub async fn profile_save(
    key: Key,
    name: String,
    locale: Option<Locale>,
    theme: Theme,
    zone: String,
) -> Result<()> {
    Err(crate::error::Error::Server)
}

/// Sets the viewer's own password; ends their other sessions.
#[server(endpoint = "session/password", input = leptos::server_fn::codec::Json)]
pub async fn password_change(key: Key, current: String, new: String) -> Result<()> {
    Err(crate::error::Error::Server)
}
