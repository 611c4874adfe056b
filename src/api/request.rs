//! What every server function begins with: who asks, when, and on what transaction; what they may do; and how it ends.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode, header, request::Parts};
use leptos::prelude::use_context;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

use super::{Key, session::Session};
pub use crate::server::host::{Change, Host};
use crate::{
    domain::{
        datasheet::{Done, Row},
        id::{DatasheetId, EventId, ModuleId, UserId},
        module::Module,
        time::Timestamp,
        user::{Role, Theme, Viewer},
        zone::Zone,
    },
    error::{Error, Result},
    i18n::Locale,
    server::host::{LOCALE_COOKIE, THEME_COOKIE, cookie, session_token},
    store::{self, Tx, list::Scope, sessions::SignedIn},
};

/// One use case of one viewer.
#[derive(Debug)]
pub struct Request {
    /// What the statements run on.
    pub tx: Tx,
    /// Who asks.
    pub viewer: Viewer,
    /// The colours they chose.
    pub theme: Theme,
    /// When: the same moment for all that is written.
    pub now: Timestamp,
    /// The language of the answer.
    pub locale: Locale,
    /// What all requests share.
    pub host: Arc<Host>,
    /// The hash of the session's token.
    pub token_hash: String,
    key: Option<String>,
    changes: Vec<Change>,
    gone: Vec<String>,
}

/// How a write begins.
#[derive(Debug)]
pub enum Begun {
    /// It is new.
    New(Box<Request>),
    /// It was done before: the answer, as JSON.
    Repeat(String),
}

/// A write: begins it, runs the body on the named request, stores the answer with it and commits. A repeat of the key gets the
/// stored answer, and an error leaves nothing behind.
macro_rules! write_once {
    ($key:expr, $name:literal, $args:expr, |$request:ident| $body:block) => {
        $crate::api::request::answer(async move {
            match $crate::api::request::Request::begin(&$key, $name, &$args).await? {
                $crate::api::request::Begun::Repeat(answer) => $crate::api::request::decode(&answer),
                $crate::api::request::Begun::New(mut begun) => {
                    let answer = {
                        let $request = &mut *begun;
                        $body
                    };
                    begun.finish(answer).await
                }
            }
        })
        .await
    };
}
pub(crate) use write_once;

/// Runs a use case; an error also becomes the response's HTTP status.
pub async fn answer<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let result = work.await;
    if let Err(error) = &result
        && let Some(options) = use_context::<leptos_axum::ResponseOptions>()
        && let Ok(status) = StatusCode::from_u16(error.status())
    {
        options.set_status(status);
    }
    result
}

/// Reads a stored answer.
pub fn decode<T: DeserializeOwned>(answer: &str) -> Result<T> {
    serde_json::from_str(answer).map_err(|error| {
        tracing::error!(%error, "a stored answer cannot be read");
        Error::Server
    })
}

fn encode<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| {
        tracing::error!(%error, "an answer cannot be written as JSON");
        Error::Server
    })
}

/// SHA-256 as hexadecimal digits: what is stored of a token.
pub fn sha256(bytes: impl AsRef<[u8]>) -> String {
    store::hex(&Sha256::digest(bytes.as_ref()))
}

fn parts() -> Result<(Arc<Host>, Parts)> {
    let parts = use_context::<Parts>().ok_or_else(|| {
        tracing::error!("a server function was called outside a request");
        Error::Server
    })?;
    let host = parts.extensions.get::<Arc<Host>>().cloned().ok_or_else(|| {
        tracing::error!("the request knows no host");
        Error::Server
    })?;
    Ok((host, parts))
}

/// The language that was chosen in this browser, or else the one it prefers.
pub fn preferred_locale(headers: &HeaderMap) -> Locale {
    if let Some(chosen) = cookie(headers, LOCALE_COOKIE).and_then(Locale::parse) {
        return chosen;
    }
    headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .map_or_else(Locale::default, Locale::from_accept_language)
}

/// The session of this request.
pub async fn session() -> Result<Session> {
    let (host, parts) = parts()?;
    answer(session_of(&host, &parts)).await
}

/// The session that a request came with.
pub async fn session_of(host: &Arc<Host>, parts: &Parts) -> Result<Session> {
    if let Some(session) = parts.extensions.get::<Arc<Session>>() {
        return Ok(Session::clone(session));
    }
    Ok(read_session(host, parts).await?.0)
}

/// The session that a request came with: on every page, in four short reads. The connection that they were made on, if there were
/// any, is there for what is read next.
pub async fn read_session(host: &Arc<Host>, parts: &Parts) -> Result<(Session, Option<Tx>)> {
    let now = host.now();
    let nobody = || Session {
        now,
        locale: preferred_locale(&parts.headers),
        theme: cookie(&parts.headers, THEME_COOKIE).and_then(Theme::parse).unwrap_or_default(),
        ..Session::default()
    };
    let Some(token) = session_token(parts) else { return Ok((nobody(), None)) };
    let mut tx = host.db.read().await?;
    let hash = sha256(&token);
    let Some(user) = store::sessions::find(&mut tx, &hash, now).await? else {
        return Ok((nobody(), None));
    };
    note_seen(host, &hash, &user, now);
    let locale = user.locale.unwrap_or_else(|| preferred_locale(&parts.headers));
    tx.read_in(locale);
    let modules = store::modules::links(&mut tx, (!user.role.sees_all_modules()).then_some(user.id)).await?;
    let people = store::users::people(&mut tx).await?;
    let mentions = store::comments::unseen(&mut tx, user.id, user.role).await?;
    let (theme, viewer) = (user.theme, viewer_of(host, user, now));
    Ok((Session { viewer: Some(viewer), now, locale, theme, modules, people, mentions }, Some(tx)))
}

fn viewer_of(host: &Host, user: SignedIn, now: Timestamp) -> Viewer {
    let zone = Zone::clone(&host.zones.get(&user.zone, now));
    Viewer { id: user.id, name: user.name, email: user.email, role: user.role, zone, locale: user.locale }
}

/// Notes the session's use once an hour, after the answer: no page waits for a write.
fn note_seen(host: &Arc<Host>, hash: &str, user: &SignedIn, now: Timestamp) {
    if now.millis_since(user.seen_at) < store::sessions::NOTE_EVERY {
        return;
    }
    let (host, hash) = (Arc::clone(host), hash.to_owned());
    tokio::spawn(async move {
        let noted = async {
            let mut tx = host.db.begin().await?;
            store::sessions::save_seen(&mut tx, &hash, now).await?;
            tx.commit().await
        };
        if let Err(error) = noted.await {
            tracing::warn!(%error, "a session's use could not be noted");
        }
    });
}

impl Request {
    /// Begins a use case that only reads.
    pub async fn read() -> Result<Self> {
        let (host, parts) = parts()?;
        Self::read_of(host, &parts).await
    }

    /// The same, outside server functions.
    pub async fn read_of(host: Arc<Host>, parts: &Parts) -> Result<Self> {
        if session_token(parts).is_none() {
            return Err(Error::SignInNeeded);
        }
        let tx = host.db.read().await?;
        Self::with(tx, host, parts).await
    }

    /// The same, on a connection that there is.
    pub async fn read_on(tx: Tx, host: Arc<Host>, parts: &Parts) -> Result<Self> {
        Self::with(tx, host, parts).await
    }

    /// Begins a write: one transaction with its key.
    pub async fn begin<A: Serialize + Sync>(key: &Key, name: &str, args: &A) -> Result<Begun> {
        let (host, parts) = parts()?;
        Self::begin_of(host, &parts, key, name, args).await
    }

    /// The same, outside server functions.
    pub async fn begin_of<A: Serialize + Sync>(
        host: Arc<Host>,
        parts: &Parts,
        key: &Key,
        name: &str,
        args: &A,
    ) -> Result<Begun> {
        let readable = (8..=Key::MAX).contains(&key.0.len())
            && key.0.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !readable {
            return Err(Error::KeyReused);
        }
        let hash = sha256(format!("{name} {}", encode(args)?));
        // Whoever is not signed in does not get the one writer.
        if session_token(parts).is_none() {
            return Err(Error::SignInNeeded);
        }
        let tx = host.db.begin().await?;
        let mut request = Self::with(tx, host, parts).await?;
        if let Some(answer) =
            store::requests::take(&mut request.tx, request.viewer.id, &key.0, &hash, request.now).await?
        {
            return Ok(Begun::Repeat(answer));
        }
        request.key = Some(key.0.clone());
        Ok(Begun::New(Box::new(request)))
    }

    async fn with(mut tx: Tx, host: Arc<Host>, parts: &Parts) -> Result<Self> {
        let now = host.now();
        let token = session_token(parts).ok_or(Error::SignInNeeded)?;
        let token_hash = sha256(&token);
        let known = parts
            .extensions
            .get::<Arc<Session>>()
            .and_then(|session| Some((session.viewer.clone()?, session.theme)));
        let (viewer, theme) = if let Some(known) = known {
            known
        } else {
            let user = store::sessions::find(&mut tx, &token_hash, now).await?.ok_or(Error::SignInNeeded)?;
            note_seen(&host, &token_hash, &user, now);
            (viewer_of(&host, user.clone(), now), user.theme)
        };
        let locale = viewer.locale.unwrap_or_else(|| preferred_locale(&parts.headers));
        tx.read_in(locale);
        Ok(Self {
            tx,
            viewer,
            theme,
            now,
            locale,
            host,
            token_hash,
            key: None,
            changes: vec![],
            gone: vec![],
        })
    }

    /// Notes that something changed: open pages hear of it after the commit.
    pub fn changed(&mut self, module: Option<ModuleId>, datasheet: Option<DatasheetId>) {
        self.changes.push(Change { module, datasheet, user: None, origin: self.host.origin });
    }

    /// Notes that the mentions of a user changed: their open pages hear of it after the commit.
    pub fn mentions_changed(&mut self, user: UserId) {
        self.changes.push(Change {
            module: None,
            datasheet: None,
            user: Some(user),
            origin: self.host.origin,
        });
    }

    /// Notes that files with these contents went: after the commit the bytes that no other file has are taken away.
    pub fn contents_gone(&mut self, hashes: Vec<String>) {
        self.gone.extend(hashes);
    }

    /// Stores the answer with its effect, commits and tells open pages.
    pub async fn finish<T: Serialize>(mut self, answer: T) -> Result<T> {
        if let Some(key) = self.key.take() {
            let json = encode(&answer)?;
            store::requests::save(&mut self.tx, self.viewer.id, &key, &json).await?;
        }
        for change in &self.changes {
            store::requests::notify(&mut self.tx, &encode(change)?).await?;
        }
        self.tx.commit().await?;
        for change in self.changes {
            self.host.changes.send(change);
        }
        if let Err(error) = self.host.files.remove_unknown(&self.host.db, &self.gone, self.now).await {
            tracing::warn!(%error, "contents of no file are left for the next cleaning");
        }
        Ok(answer)
    }

    /// The viewer changes settings: modules, statuses, users.
    pub fn must_be_admin(&self) -> Result<()> {
        if self.viewer.role.is_admin() { Ok(()) } else { Err(Error::Forbidden) }
    }

    /// A module that the viewer may open: not in the trash, and theirs by role or tick.
    pub async fn may_open(&mut self, module: ModuleId) -> Result<Module> {
        let found = store::modules::get(&mut self.tx, module).await?.filter(|module| !module.trashed);
        let found = found.ok_or(Error::NotFound)?;
        if self.viewer.role.sees_all_modules()
            || store::modules::is_ticked(&mut self.tx, module, self.viewer.id).await?
        {
            Ok(found)
        } else {
            Err(Error::NotFound)
        }
    }

    /// A datasheet that the viewer may see, as it stands now; what they may not see is not there.
    pub async fn may_see(&mut self, datasheet: DatasheetId) -> Result<(store::datasheets::Standing, Module)> {
        let standing = store::datasheets::find(&mut self.tx, datasheet).await?.ok_or(Error::NotFound)?;
        self.sees(standing).await
    }

    /// The same, held back from all others until this transaction ends.
    pub async fn may_edit(
        &mut self,
        datasheet: DatasheetId,
    ) -> Result<(store::datasheets::Standing, Module)> {
        let standing = store::datasheets::lock(&mut self.tx, datasheet).await?.ok_or(Error::NotFound)?;
        self.sees(standing).await
    }

    async fn sees(
        &mut self,
        standing: store::datasheets::Standing,
    ) -> Result<(store::datasheets::Standing, Module)> {
        let module = self.may_open(standing.module_id).await?;
        if self.viewer.role == Role::Restricted
            && standing.owner_id != self.viewer.id
            && !store::todos::holds_open(&mut self.tx, standing.id, self.viewer.id).await?
        {
            return Err(Error::NotFound);
        }
        Ok((standing, module))
    }

    /// What of a module the viewer sees.
    pub fn scope(&self, module: ModuleId) -> Scope {
        Scope {
            module,
            restricted_to: (self.viewer.role == Role::Restricted).then_some(self.viewer.id),
            viewer: self.viewer.id,
        }
    }

    /// The zone of a user.
    pub async fn zone_of(&mut self, user: UserId) -> Result<Arc<Zone>> {
        let name = store::users::zone(&mut self.tx, user).await?;
        Ok(self.host.zones.get(&name, self.now))
    }

    /// The answer to a write on a datasheet.
    pub async fn done(
        &mut self,
        datasheet: DatasheetId,
        module: ModuleId,
        undo: Option<EventId>,
    ) -> Result<Done> {
        self.changed(Some(module), Some(datasheet));
        let row = match self.may_see(datasheet).await {
            Ok((standing, _)) if standing.trashed_at.is_none() => self.row(datasheet).await?,
            Ok(_) | Err(Error::NotFound) => None,
            Err(error) => return Err(error),
        };
        Ok(Done { module, row, datasheet, undo })
    }

    /// A datasheet as the list shows it.
    pub async fn row(&mut self, datasheet: DatasheetId) -> Result<Option<Row>> {
        Ok(store::datasheets::rows(&mut self.tx, &[datasheet]).await?.pop())
    }

    /// The modules of the bar.
    pub async fn links(&mut self) -> Result<Vec<crate::domain::module::ModuleLink>> {
        let ticked_for = (!self.viewer.role.sees_all_modules()).then_some(self.viewer.id);
        store::modules::links(&mut self.tx, ticked_for).await
    }

    /// The counts of headings and tree, with sums of money where the module's datasheets have a worth.
    pub async fn counts(
        &mut self,
        module: &Module,
        filter: &crate::domain::filter::Filter,
        tree: &crate::domain::status::StatusTree,
    ) -> Result<crate::domain::datasheet::Counts> {
        let scope = self.scope(module.id);
        let has_worth = module.template.process().is_some();
        let borders = crate::domain::bucket::Borders::at(self.now, &self.viewer.zone);
        let statuses = store::list::status_counts(&mut self.tx, scope, filter.owner).await?;
        let buckets = store::list::bucket_counts(&mut self.tx, scope, filter, tree, &borders).await?;
        let sums = if has_worth {
            store::list::status_sums(&mut self.tx, scope, filter.owner).await?
        } else {
            vec![]
        };
        Ok(crate::domain::datasheet::Counts { statuses, sums, buckets })
    }

    /// Writes an entry of the history.
    pub async fn note(
        &mut self,
        module: Option<ModuleId>,
        datasheet: Option<DatasheetId>,
        what: crate::domain::history::What,
        undo: Option<store::undo::Undo>,
    ) -> Result<EventId> {
        let (at, by) = (self.now, Some(self.viewer.id));
        let event = store::events::NewEvent { at, by, module, datasheet, what, undo, batch: None };
        store::events::add(&mut self.tx, event).await
    }

    /// Writes an entry of the history that is a part of another one of the same write.
    pub async fn note_part(
        &mut self,
        of: EventId,
        module: Option<ModuleId>,
        datasheet: Option<DatasheetId>,
        what: crate::domain::history::What,
        undo: Option<store::undo::Undo>,
    ) -> Result<EventId> {
        let (at, by) = (self.now, Some(self.viewer.id));
        let event = store::events::NewEvent { at, by, module, datasheet, what, undo, batch: Some(of) };
        store::events::add(&mut self.tx, event).await
    }
}

/// After a user's zone changed: their open to-dos with a day are due at the end of that day in the new zone.
pub async fn move_days(request: &mut Request, user: crate::domain::id::UserId) -> Result<()> {
    let zone = request.zone_of(user).await?;
    for datasheet in store::todos::datasheets_with_days(&mut request.tx, user).await? {
        let standing = store::datasheets::lock(&mut request.tx, datasheet).await?.ok_or(Error::NotFound)?;
        for todo in store::todos::all(&mut request.tx, datasheet, 0).await? {
            if todo.closed.is_none() && todo.next.assignee == user && todo.next.due.is_all_day() {
                let moment = todo.next.due.moment(&zone);
                store::todos::save_moment(&mut request.tx, todo.next.id, moment).await?;
            }
        }
        store::todos::refresh_next(&mut request.tx, &standing, None).await?;
    }
    Ok(())
}
