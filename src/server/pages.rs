//! Around the pages: who sees them, where they lead instead, and what stands there when nothing can be shown.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Redirect, Response},
};
use leptos_router::location::RequestUrl;

use super::{
    app::{App, context},
    security::{CspNonce, RequestId},
    site::SITE,
};
use crate::{
    api::{
        self,
        modules::{FirstSight, OfFields},
        request::preferred_locale,
        session::Session,
    },
    domain::{
        filter::{Filter, percent_encode},
        id::ModuleId,
    },
    error::Error,
    i18n::{Locale, errors, failure as texts},
    store::Tx,
    ui,
};

/// A path on this server to go on to; anything else becomes the start.
pub fn local_path(path: &str) -> &str {
    let local = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && !path.chars().any(char::is_control);
    if local { path } else { "/" }
}

/// Finds out who wants to see a page, and leads them elsewhere where it is not for them.
pub async fn with_session(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    // Server functions look for the session themselves, in their own bodies.
    if path.starts_with("/api/") || SITE.has(path) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let (session, connection) = match api::request::read_session(&app.host, &parts).await {
        Ok(read) => read,
        Err(error) => return refusal(&error, &parts.headers, &parts.extensions),
    };
    if (parts.method == Method::GET || parts.method == Method::HEAD)
        && let Some(to) = elsewhere(&session, parts.uri.path(), parts.uri.query())
    {
        return Redirect::to(&to).into_response();
    }
    parts.extensions.insert(Arc::new(session));
    if let Some(connection) = connection
        && let Some((sight, of_fields)) = first_sight(&app, &parts, connection).await
    {
        parts.extensions.insert(Arc::new(sight));
        if let Some(of_fields) = of_fields {
            parts.extensions.insert(Arc::new(of_fields));
        }
    }
    next.run(Request::from_parts(parts, body)).await
}

/// What a module page shows, if it is one that is asked for, and what is known of the fields that narrow and order its list.
async fn first_sight(app: &App, parts: &Parts, connection: Tx) -> Option<(FirstSight, Option<OfFields>)> {
    let path = parts.uri.path().strip_prefix("/m/")?;
    let module: Option<ModuleId> = path.trim_end_matches('/').parse().ok();
    // Read as the page itself reads it.
    let url = RequestUrl::new(parts.uri.path_and_query()?.as_str()).parse().ok()?;
    let filter = Filter::from_query(|name| url.search_params().get_str(name));
    let load = async {
        let module = module.ok_or(Error::NotFound)?;
        let host = Arc::clone(&app.host);
        let mut request = api::request::Request::read_on(connection, host, parts).await?;
        let page = request.module_page(module, &filter).await?;
        let of_fields =
            if filter.looks_into_fields() { Some(request.of_fields(module, &filter).await?) } else { None };
        Ok((page, of_fields))
    };
    let (page, of_fields) = match load.await {
        Ok((page, of_fields)) => (Ok(page), of_fields),
        Err(error) => (Err(error), None),
    };
    Some((FirstSight { module, filter, page }, of_fields))
}

fn elsewhere(session: &Session, path: &str, query: Option<&str>) -> Option<String> {
    let signed_in = session.viewer.is_some();
    match path {
        "/sign-in" if signed_in => Some("/".to_owned()),
        "/sign-in" => None,
        "/" if signed_in => {
            Some(session.modules.first().map_or("/start".to_owned(), |module| format!("/m/{}", module.id)))
        }
        "/" => Some("/sign-in".to_owned()),
        _ if signed_in || !is_page(path) => None,
        _ => {
            let here = query.map_or(path.to_owned(), |query| format!("{path}?{query}"));
            Some(format!("/sign-in?next={}", percent_encode(&here)))
        }
    }
}

/// Whether the path is of a page for those who are signed in.
fn is_page(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    matches!(
        first,
        "m" | "d"
            | "contacts"
            | "my-day"
            | "documents"
            | "start"
            | "profile"
            | "users"
            | "tokens"
            | "modules"
            | "mentions"
            | "files"
    )
}

/// The page of the application that says there is no such page.
pub async fn not_found(request: Request) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return StatusCode::NOT_FOUND.into_response();
    }
    let render = leptos_axum::render_app_async_with_context(context(), ui::shell::shell);
    let mut response = render(request).await;
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// A page for what went wrong before the application could be asked.
pub fn refusal(error: &Error, headers: &HeaderMap, extensions: &axum::http::Extensions) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let id = extensions.get::<RequestId>().map_or("", |id| id.0.as_str());
    let nonce = extensions.get::<CspNonce>().map_or("", |nonce| nonce.0.as_str());
    failure(status, preferred_locale(headers), id, nonce)
}

/// A page that needs nothing else: no database, no script, no other file.
pub fn failure(status: StatusCode, locale: Locale, id: &str, nonce: &str) -> Response {
    let (title, text) = if status == StatusCode::SERVICE_UNAVAILABLE {
        (texts::busy(locale), errors::busy(locale))
    } else {
        (texts::failed(locale), errors::server(locale))
    };
    let (retry, id_label, lang) = (texts::retry(locale), texts::request_id(locale), locale.code());
    let html = format!(
        "<!DOCTYPE html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>{title} · Modulok</title>\
         <style nonce=\"{nonce}\">body{{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem}}small{{opacity:.75}}</style>\
         </head><body><main><h1>{title}</h1><p>{text}</p><p><a href=\"\">{retry}</a></p><p><small>{id_label} {id}</small></p></main></body></html>"
    );
    let mut response = (status, axum::response::Html(html)).into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_server_are_gone_on_to() {
        assert_eq!(local_path("/m/1?status=2"), "/m/1?status=2");
        for foreign in ["https://evil.example", "//evil.example", "/\\evil.example", "", "evil", "/a\r\nb"] {
            assert_eq!(local_path(foreign), "/", "{foreign:?}");
        }
    }
}
