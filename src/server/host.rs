//! What every request shares: the database, the clock, the time zones, the news of changes.

use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::http::{HeaderMap, header::COOKIE, request::Parts};
use serde::{Deserialize, Serialize};

use super::{files::Files, metrics::Metrics, news::News};
use crate::{
    domain::{
        id::{DatasheetId, ModuleId, UserId},
        time::Timestamp,
        zone::Zone,
    },
    store::Db,
};

/// What every request shares. The server puts an `Arc` of it into each request's extensions.
#[derive(Debug)]
pub struct Host {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// The bytes of files.
    pub files: Files,
    /// The time zones in use.
    pub zones: Zones,
    /// What changed, after each commit: open pages ask anew.
    pub changes: News,
    /// Tells this process from others on the same Postgres: news with this origin are its own.
    pub origin: u64,
    /// What this process did since its start.
    pub metrics: Metrics,
}

impl Host {
    /// A host of this database.
    pub fn new(db: Db, clock: Clock) -> Self {
        Self {
            db,
            clock,
            files: Files::default(),
            zones: Zones::default(),
            changes: News::default(),
            origin: rand::random::<u64>() >> 11,
            metrics: Metrics::default(),
        }
    }

    /// The same, with the bytes of files in their place.
    #[must_use]
    pub fn with_files(self, files: Files) -> Self {
        Self { files, ..self }
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// Something changed. Ids only: whoever hears it asks for what they may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The module it is in; `None` for what all pages show (modules, people).
    pub module: Option<ModuleId>,
    /// The datasheet, where it is one.
    pub datasheet: Option<DatasheetId>,
    /// Whose mentions changed; nobody else hears of it.
    #[serde(default)]
    pub user: Option<UserId>,
    /// [`Host::origin`] of the process that made it.
    pub origin: u64,
}

/// A clock: the system's, or one that tests set.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The system's.
    System,
    /// Stands still until it is set; milliseconds.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still.
    pub fn at(now: Timestamp) -> Self {
        Self::Set(Arc::new(AtomicI64::new(now.0)))
    }

    /// Now.
    #[expect(clippy::disallowed_methods, reason = "the one place where the system's clock is read")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp(chrono::Utc::now().timestamp_millis()),
            Self::Set(now) => Timestamp(now.load(Ordering::Relaxed)),
        }
    }

    /// Sets a clock that can be set; the system's stays.
    pub fn set(&self, now: Timestamp) {
        if let Self::Set(clock) = self {
            clock.store(now.0, Ordering::Relaxed);
        }
    }
}

/// Time zones that were asked for, each worked out once.
#[derive(Debug, Default)]
pub struct Zones(RwLock<HashMap<String, Arc<Zone>>>);

impl Zones {
    /// The zone of that name; UTC where there is none.
    pub fn get(&self, name: &str, now: Timestamp) -> Arc<Zone> {
        if let Some(zone) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return Arc::clone(zone);
        }
        let Some(zone) = Zone::load(name, now) else {
            tracing::warn!(name, "unknown time zone");
            return Arc::new(Zone::utc());
        };
        let zone = Arc::new(zone);
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), Arc::clone(&zone));
        zone
    }
}

/// The cookie of a session over HTTP, and over HTTPS with the prefix that keeps it on this host.
pub const COOKIES: [&str; 2] = ["__Host-modulok_session", "modulok_session"];

/// The cookie that tells a browser which signed in before (`server::limits`), likewise.
pub const DEVICE_COOKIES: [&str; 2] = ["__Host-modulok_device", "modulok_device"];

/// The language that this browser's user chose; also for when nobody is signed in.
pub const LOCALE_COOKIE: &str = "modulok_locale";
/// The colours that this browser's user chose; also for when nobody is signed in.
pub const THEME_COOKIE: &str = "modulok_theme";

/// The session's token in the request's cookies.
pub fn session_token(parts: &Parts) -> Option<String> {
    COOKIES.into_iter().find_map(|name| cookie(&parts.headers, name)).map(str::to_owned)
}

/// The value of a cookie; empty and long ones are none of ours.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(found, value)| *found == name && !value.is_empty() && value.len() <= 200)
        .map(|(_, value)| value)
}
