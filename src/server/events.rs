//! Live pages: tells an open module page which of its datasheets changed. Ids only; the page asks for the rest itself.
//! A restricted viewer hears of what they see, and once more of what they no longer do.

use std::{collections::HashSet, convert::Infallible, sync::Arc, time::Duration};

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
    api,
    domain::{
        id::{DatasheetId, ModuleId, UserId},
        user::{Role, Viewer},
    },
    error::{Error, Result},
    store,
};

/// The session is looked at again after this.
const RECHECK: Duration = Duration::from_mins(3);

/// What is listened to.
#[derive(Deserialize)]
pub struct Listen {
    /// A module; without one only what is the viewer's own: their mentions.
    module: Option<i64>,
}

/// What a restricted viewer sees of a module.
struct Sight {
    user: UserId,
    seen: HashSet<DatasheetId>,
}

impl Sight {
    async fn of(host: &Arc<Host>, module: ModuleId, viewer: &Viewer) -> Result<Option<Self>> {
        if viewer.role != Role::Restricted {
            return Ok(None);
        }
        let mut tx = host.db.read().await?;
        let seen = store::list::seen_by(&mut tx, module, viewer.id).await?.into_iter().collect();
        Ok(Some(Self { user: viewer.id, seen }))
    }

    /// Whether a change is the viewer's to hear of.
    async fn hears(&mut self, host: &Arc<Host>, datasheet: DatasheetId) -> Result<bool> {
        let mut tx = host.db.read().await?;
        let standing = store::datasheets::find(&mut tx, datasheet).await?;
        let sees = standing.is_some_and(|standing| standing.owner_id == self.user)
            || store::todos::holds_open(&mut tx, datasheet, self.user).await?;
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

/// The stream of changes of one module. It takes no connection to the database while nothing happens.
pub async fn events(State(app): State<App>, Query(listen): Query<Listen>, request: Request) -> Response {
    let module = listen.module.map(ModuleId);
    let (parts, _) = request.into_parts();
    // Before anything is looked at: what changes meanwhile is heard.
    let changes = app.host.changes.subscribe();
    let sight = async {
        let session = api::request::session_of(&app.host, &parts).await?;
        let viewer = session.viewer.ok_or(Error::SignInNeeded)?;
        let sight = match module {
            Some(module) if session.modules.iter().any(|link| link.id == module) => {
                Sight::of(&app.host, module, &viewer).await?
            }
            Some(_) => return Err(Error::NotFound),
            None => None,
        };
        Ok((viewer, sight))
    };
    let (viewer, sight) = match sight.await {
        Ok(found) => found,
        Err(error) => {
            return StatusCode::from_u16(error.status())
                .unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
                .into_response();
        }
    };
    let stop = app.config.stop.clone();
    let start = (changes, app, parts, viewer, sight, Instant::now() + RECHECK);
    let stream = stream::unfold(
        start,
        move |(mut changes, app, parts, viewer, mut sight, mut recheck)| async move {
            let event = loop {
                break tokio::select! {
                    change = changes.recv() => match change {
                        Ok(Change { user: Some(user), .. }) if user != viewer.id => continue,
                        Ok(Change { user: Some(_), .. }) => mentions(&app.host, &viewer).await,
                        Ok(Change { module: Some(other), .. }) if Some(other) != module => continue,
                        Ok(Change { module: Some(other), datasheet, .. }) => {
                            if let (Some(sight), Some(datasheet)) = (&mut sight, datasheet) {
                                match sight.hears(&app.host, datasheet).await {
                                    Ok(true) => {}
                                    Ok(false) => continue,
                                    // Asking for all anew shows what may be seen.
                                    Err(_) => break Event::default().event("resync").data("{}"),
                                }
                            }
                            let id = datasheet.map(|datasheet| datasheet.0);
                            Event::default().event("change").data(format!("{{\"module\":{other},\"datasheet\":{}}}", id.map_or("null".to_owned(), |id| id.to_string())))
                        }
                        Ok(Change { module: None, .. }) | Err(RecvError::Lagged(_)) => Event::default().event("resync").data("{}"),
                        Err(RecvError::Closed) => return None,
                    },
                    () = tokio::time::sleep_until(recheck) => {
                        recheck = Instant::now() + RECHECK;
                        match api::request::session_of(&app.host, &parts).await {
                            Ok(session) if session.viewer.is_some() && module.is_none_or(|module| session.modules.iter().any(|link| link.id == module)) => continue,
                            _ => return None,
                        }
                    }
                };
            };
            Some((Ok::<_, Infallible>(event), (changes, app, parts, viewer, sight, recheck)))
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
