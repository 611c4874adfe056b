//! Around every answer: an id, a line in the log, headers that keep the browser safe, and a page when the program fails.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    panic::AssertUnwindSafe,
    time::Instant,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use futures::FutureExt as _;
use tracing::Instrument as _;

use super::{app::App, config::Config, pages};

/// The nonce of the page's content security policy.
#[derive(Clone, Debug)]
pub struct CspNonce(pub String);

/// The id of a request: in its answer, in the log, on the page of a failure.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Who asks, before any proxy is believed.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// Notes the peer's address; without a connection (in tests) it is this machine.
pub async fn peer(mut request: Request, next: Next) -> Response {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |connection| connection.0.ip());
    request.extensions_mut().insert(Peer(peer));
    next.run(request).await
}

/// Server functions take JSON only: no form of another site can send it, whatever else the browser says or does not say.
pub async fn json_only(request: Request, next: Next) -> Response {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_json =
        kind.is_some_and(|kind| kind.split(';').next().unwrap_or_default().trim() == "application/json");
    if !is_json && request.method() == Method::POST && request.uri().path().starts_with("/api/") {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    next.run(request).await
}

/// Everything that goes around an answer.
pub async fn surround(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let start = Instant::now();
    let id = format!("{:016x}", rand::random::<u64>());
    let nonce = format!("{:032x}", rand::random::<u128>());
    request.extensions_mut().insert(std::sync::Arc::clone(&app.host));
    request.extensions_mut().insert(RequestId(id.clone()));
    request.extensions_mut().insert(CspNonce(nonce.clone()));
    let locale = crate::api::request::preferred_locale(request.headers());
    let method = request.method().clone();
    // Without the query: it may hold a token or what somebody searched for.
    let path = request.uri().path().to_owned();
    let span = tracing::info_span!("request", %id, %method, path);
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span.clone()).await;
    let mut response = answer.unwrap_or_else(|_| {
        // The panic's text is on stderr already.
        span.in_scope(|| tracing::error!("the request made the program panic"));
        pages::failure(StatusCode::INTERNAL_SERVER_ERROR, locale, &id, &nonce)
    });
    headers(&app.config, response.headers_mut(), &nonce, &id);
    let milliseconds = start.elapsed().as_secs_f64() * 1000.0;
    span.in_scope(|| tracing::info!(status = response.status().as_u16(), ms = %format_args!("{milliseconds:.1}"), "answered"));
    response
}

fn headers(config: &Config, headers: &mut HeaderMap, nonce: &str, id: &str) {
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    );
    let own = headers.get(header::CONTENT_SECURITY_POLICY).cloned();
    let mut set = |name: HeaderName, value: &str| {
        // Hexadecimal digits and our own texts are always good values.
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    // A file has one of its own, which allows nothing.
    if own.is_none() {
        set(header::CONTENT_SECURITY_POLICY, &policy);
    }
    set(HeaderName::from_static("x-request-id"), id);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, "same-origin");
    set(
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    );
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if config.is_https() {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
