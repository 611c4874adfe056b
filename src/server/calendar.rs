//! `GET /calendar.ics?token=…`: the to-dos of whoever's link it is, for their calendar program. The secret is in the query, which no
//! log holds.

use std::collections::HashMap;

use axum::{
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};

use super::{app::App, host::Host};
use crate::{
    api::request::sha256,
    domain::{
        ical::{self, Event},
        id::{ModuleId, TodoId},
        my_day::Place,
        time::Timestamp,
    },
    error::{Error, Result},
    i18n::my_day as texts,
    store,
};

/// The most to-dos in a calendar, the next ones first.
const MOST: u32 = 1_000;
/// What was due longer ago is left out, in days: it waits in my day.
const PAST: i64 = 30;

/// What is asked for.
#[derive(Debug, serde::Deserialize)]
pub struct Wanted {
    #[serde(default)]
    token: String,
}

/// The calendar, or 404 for a link that is none: revoked, replaced, or of somebody who may not sign in.
pub async fn calendar(State(app): State<App>, Query(wanted): Query<Wanted>, headers: HeaderMap) -> Response {
    let text = match of_link(&app.host, &wanted.token, app.config.public_url.as_deref()).await {
        Ok(text) => text,
        Err(error) => {
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            return status.into_response();
        }
    };
    let tag = format!("\"{}\"", sha256(&text));
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let is_known = known
        .flat_map(|value| value.split(','))
        .any(|known| matches!(known.trim(), "*") || known.trim().trim_start_matches("W/") == tag);
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response()
    };
    let answered = response.headers_mut();
    // Hexadecimal digits are a good value.
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answered.insert(header::ETAG, tag);
    }
    answered.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

async fn of_link(host: &Host, secret: &str, url: Option<&str>) -> Result<String> {
    let mut tx = host.db.read().await?;
    let reader = store::calendar::reader(&mut tx, &sha256(secret)).await?.ok_or(Error::NotFound)?;
    tx.read_in(reader.locale.unwrap_or_default());
    let links =
        store::modules::links(&mut tx, (!reader.role.sees_all_modules()).then_some(reader.id)).await?;
    let modules: Vec<ModuleId> = links.iter().map(|link| link.id).collect();
    let names: HashMap<ModuleId, String> = links.into_iter().map(|link| (link.id, link.name)).collect();
    // From the start of a day: the calendar of a morning and of an evening are the same text.
    let day = host.now().0.div_euclid(86_400_000) - PAST;
    let after = Place { moment: Timestamp(day * 86_400_000), id: TodoId(0) };
    let items = store::my_day::page(&mut tx, reader.id, &modules, Some(after), MOST).await?.items;
    let ids: Vec<TodoId> = items.iter().map(|item| item.todo.id).collect();
    let details = store::calendar::details(&mut tx, &ids).await?;
    let mut details: HashMap<TodoId, _> =
        details.into_iter().map(|(id, made, details)| (id, (made, details))).collect();
    let events: Vec<Event> = items
        .into_iter()
        .filter_map(|item| {
            // Closed between the two readings.
            let (created_at, details) = details.remove(&item.todo.id)?;
            let url = url.map(|url| format!("{}/d/{}", url.trim_end_matches('/'), item.datasheet));
            let module = names.get(&item.module).cloned().unwrap_or_default();
            Some(Event { item, details, created_at, module, url })
        })
        .collect();
    let name = format!("Modulok · {}", texts::todos(reader.locale.unwrap_or_default()));
    Ok(ical::calendar(&name, &events))
}
