//! Live pages: tells an open module page which of its datasheets changed, and my day on which datasheets the viewer's to-dos may
//! have. Ids only; the page asks for the rest itself. Who sees only a part hears of it, and once more of what they no longer see.

use std::{
    collections::{HashSet, VecDeque},
    convert::Infallible,
    sync::Arc,
    time::Duration,
};

use axum::{
    extract::{Query, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{StreamExt as _, stream};
use serde::Deserialize;
use tokio::{sync::broadcast::error::RecvError, time::Instant};

use super::{
    app::App,
    host::{Change, Host},
};
use crate::{
    api::{self, session::Session},
    domain::{
        id::{DatasheetId, ModuleId, UserId},
        user::{Role, Viewer},
    },
    error::{Error, Result},
    store,
};

/// The session is looked at again after this.
const RECHECK: Duration = Duration::from_mins(3);

/// What a page shows may be older than it says by this: how long its data were on their way.
const SLACK: Duration = Duration::from_secs(2);

/// What is listened to; without anything only what is the viewer's own: their mentions.
#[derive(Deserialize)]
pub struct Listen {
    /// A module.
    module: Option<i64>,
    /// The viewer's own to-dos, in whatever module.
    #[serde(default)]
    my_day: bool,
    /// How old what the page shows is, in milliseconds: what changed since is told first. Without it nothing is.
    age: Option<u32>,
}

/// What a stream tells of, besides mentions.
enum Subject {
    Nothing,
    /// A module, and what a restricted viewer sees of it.
    Module(ModuleId, Option<Sight>),
    /// Datasheets in the modules that the viewer may open, with open to-dos of theirs.
    MyDay(Vec<ModuleId>, Sight),
}

impl Subject {
    async fn of(host: &Arc<Host>, listen: &Listen, session: &Session, viewer: &Viewer) -> Result<Self> {
        let modules = || session.modules.iter().map(|link| link.id);
        if listen.my_day {
            return Ok(Self::MyDay(modules().collect(), Sight::of_my_day(host, viewer.id).await?));
        }
        match listen.module.map(ModuleId) {
            Some(module) if modules().any(|open| open == module) => {
                Ok(Self::Module(module, Sight::of(host, module, viewer).await?))
            }
            Some(_) => Err(Error::NotFound),
            None => Ok(Self::Nothing),
        }
    }

    /// Whether it is still the viewer's to hear of, by their session as it is now.
    fn renew(&mut self, session: &Session) -> bool {
        let mut modules = session.modules.iter().map(|link| link.id);
        match self {
            Self::Nothing => true,
            Self::Module(module, _) => modules.any(|open| open == *module),
            Self::MyDay(open, _) => {
                *open = modules.collect();
                true
            }
        }
    }

    /// Whether a change in a module is a part of it.
    async fn has(
        &mut self,
        host: &Arc<Host>,
        module: ModuleId,
        datasheet: Option<DatasheetId>,
    ) -> Result<bool> {
        let sight = match self {
            Self::Nothing => return Ok(false),
            Self::Module(of, sight) if *of == module => sight.as_mut(),
            Self::MyDay(modules, sight) if modules.contains(&module) => Some(sight),
            Self::Module(..) | Self::MyDay(..) => return Ok(false),
        };
        match (sight, datasheet) {
            (Some(sight), Some(datasheet)) => sight.hears(host, datasheet).await,
            _ => Ok(true),
        }
    }
}

/// What a viewer sees who does not see all.
struct Sight {
    user: UserId,
    /// Whether they see what they own; what they hold an open to-do on they do.
    sees_owned: bool,
    seen: HashSet<DatasheetId>,
}

impl Sight {
    async fn of(host: &Arc<Host>, module: ModuleId, viewer: &Viewer) -> Result<Option<Self>> {
        if viewer.role != Role::Restricted {
            return Ok(None);
        }
        let mut tx = host.db.read().await?;
        let seen = store::list::seen_by(&mut tx, module, viewer.id).await?.into_iter().collect();
        Ok(Some(Self { user: viewer.id, sees_owned: true, seen }))
    }

    async fn of_my_day(host: &Arc<Host>, user: UserId) -> Result<Self> {
        let mut tx = host.db.read().await?;
        let seen = store::my_day::first_datasheets(&mut tx, user).await?.into_iter().collect();
        Ok(Self { user, sees_owned: false, seen })
    }

    /// Whether a change is the viewer's to hear of.
    async fn hears(&mut self, host: &Arc<Host>, datasheet: DatasheetId) -> Result<bool> {
        let mut tx = host.db.read().await?;
        let is_owned = self.sees_owned
            && store::datasheets::find(&mut tx, datasheet)
                .await?
                .is_some_and(|standing| standing.owner_id == self.user);
        let sees = is_owned || store::todos::holds_open(&mut tx, datasheet, self.user).await?;
        if sees {
            self.seen.insert(datasheet);
            return Ok(true);
        }
        Ok(self.seen.remove(&datasheet))
    }
}

/// How many mentions the viewer has not read; without an answer their page asks for all anew.
async fn mentions(host: &Arc<Host>, viewer: &Viewer) -> Event {
    let count = async {
        let mut tx = host.db.read().await?;
        store::comments::unseen(&mut tx, viewer.id, viewer.role).await
    };
    match count.await {
        Ok(unseen) => Event::default().event("mentions").data(unseen.to_string()),
        Err(_) => Event::default().event("resync").data("{}"),
    }
}

/// The stream of changes. It takes no connection to the database while nothing happens.
pub async fn events(State(app): State<App>, Query(listen): Query<Listen>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    // Before anything is looked at: what changes meanwhile is heard.
    let changes = app.host.changes.subscribe();
    let subject = async {
        let session = api::request::session_of(&app.host, &parts).await?;
        let viewer = session.viewer.clone().ok_or(Error::SignInNeeded)?;
        let subject = Subject::of(&app.host, &listen, &session, &viewer).await?;
        Ok::<_, Error>((viewer, subject))
    };
    let (viewer, subject) = match subject.await {
        Ok(found) => found,
        Err(error) => {
            return StatusCode::from_u16(error.status())
                .unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
                .into_response();
        }
    };
    let stop = app.config.stop.clone();
    let missed = listen
        .age
        .map_or(Some(vec![]), |age| app.host.changes.within(Duration::from_millis(age.into()) + SLACK));
    let all_anew = Change { module: None, datasheet: None, user: None, origin: app.host.origin };
    let missed = VecDeque::from(missed.unwrap_or_else(|| vec![all_anew]));
    let start = (changes, missed, app, parts, viewer, subject, Instant::now() + RECHECK);
    let stream = stream::unfold(
        start,
        move |(mut changes, mut missed, app, parts, viewer, mut subject, mut recheck)| async move {
            let resync = || Event::default().event("resync").data("{}");
            let event = loop {
                let next = async {
                    match missed.pop_front() {
                        Some(change) => Ok(change),
                        None => changes.recv().await,
                    }
                };
                let change = tokio::select! {
                    change = next => change,
                    () = tokio::time::sleep_until(recheck) => {
                        recheck = Instant::now() + RECHECK;
                        match api::request::session_of(&app.host, &parts).await {
                            Ok(session) if session.viewer.is_some() && subject.renew(&session) => continue,
                            _ => return None,
                        }
                    }
                };
                break match change {
                    Ok(Change { user: Some(user), .. }) if user != viewer.id => continue,
                    Ok(Change { user: Some(_), .. }) => mentions(&app.host, &viewer).await,
                    Ok(Change { module: Some(module), datasheet, .. }) => {
                        match subject.has(&app.host, module, datasheet).await {
                            Ok(true) => {
                                let id = datasheet.map_or("null".to_owned(), |id| id.to_string());
                                Event::default()
                                    .event("change")
                                    .data(format!("{{\"module\":{module},\"datasheet\":{id}}}"))
                            }
                            Ok(false) => continue,
                            // Asking for all anew shows what may be seen.
                            Err(_) => resync(),
                        }
                    }
                    Ok(Change { module: None, .. }) | Err(RecvError::Lagged(_)) => resync(),
                    Err(RecvError::Closed) => return None,
                };
            };
            Some((Ok::<_, Infallible>(event), (changes, missed, app, parts, viewer, subject, recheck)))
        },
    );
    let stream = stream.take_until(stop.cancelled_owned());
    let mut response =
        Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}
