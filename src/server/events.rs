//! Live pages: tells an open module page which of its datasheets changed. Ids only; the page asks for the rest itself.

use std::{convert::Infallible, time::Duration};

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

use super::{app::App, host::Change};
use crate::{api, domain::id::ModuleId};

/// The session is looked at again after this.
const RECHECK: Duration = Duration::from_mins(3);

/// What is listened to.
#[derive(Deserialize)]
pub struct Listen {
    module: i64,
}

/// The stream of changes of one module. It takes no connection to the database while nothing happens.
pub async fn events(State(app): State<App>, Query(listen): Query<Listen>, request: Request) -> Response {
    let module = ModuleId(listen.module);
    let (parts, _) = request.into_parts();
    match api::request::session_of(&app.host, &parts).await {
        Err(error) => {
            return StatusCode::from_u16(error.status())
                .unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
                .into_response();
        }
        Ok(session) if session.viewer.is_none() => return StatusCode::UNAUTHORIZED.into_response(),
        Ok(session) if !session.modules.iter().any(|link| link.id == module) => {
            return StatusCode::NOT_FOUND.into_response();
        }
        Ok(_) => {}
    }
    let changes = app.host.changes.subscribe();
    let stop = app.config.stop.clone();
    let start = (changes, app, parts, Instant::now() + RECHECK);
    let stream = stream::unfold(start, move |(mut changes, app, parts, mut recheck)| async move {
        loop {
            let event = tokio::select! {
                change = changes.recv() => match change {
                    Ok(Change { module: Some(other), .. }) if other != module => continue,
                    Ok(Change { module: Some(_), datasheet, .. }) => {
                        let id = datasheet.map(|datasheet| datasheet.0);
                        Event::default().event("change").data(format!("{{\"module\":{module},\"datasheet\":{}}}", id.map_or("null".to_owned(), |id| id.to_string())))
                    }
                    Ok(Change { module: None, .. }) | Err(RecvError::Lagged(_)) => Event::default().event("resync").data("{}"),
                    Err(RecvError::Closed) => return None,
                },
                () = tokio::time::sleep_until(recheck) => {
                    recheck = Instant::now() + RECHECK;
                    match api::request::session_of(&app.host, &parts).await {
                        Ok(session) if session.modules.iter().any(|link| link.id == module) => continue,
                        _ => return None,
                    }
                }
            };
            return Some((Ok::<_, Infallible>(event), (changes, app, parts, recheck)));
        }
    });
    let stream = stream.take_until(stop.cancelled_owned());
    let mut response =
        Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}
