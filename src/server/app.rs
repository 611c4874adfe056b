//! The web application: every route with its layers.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef, Request, State},
    http::{StatusCode, request::Parts},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use leptos::{config::LeptosOptions, nonce::Nonce, prelude::*, server_fn::error::SERVER_FN_ERROR_HEADER};
use leptos_axum::{LeptosRoutes as _, generate_route_list};
use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate as _, SizeAbove},
    },
    csrf::CsrfLayer,
    timeout::TimeoutLayer,
};

use super::{
    again::Tries,
    assets, calendar,
    config::Config,
    events,
    host::Host,
    import, metrics, pages,
    security::{self, CspNonce},
    sign_in,
    site::SITE,
    webshop,
};
use crate::{
    api::{
        modules::{FirstSight, OfFields},
        session::{Session, SignInProblem},
    },
    error::{Error, Result},
    store::accounts,
    ui,
};

/// What the routes share.
#[derive(Clone, Debug)]
pub struct App {
    /// The surroundings of every request.
    pub host: Arc<Host>,
    /// Settings of the web side.
    pub config: Arc<Config>,
    /// Requests of programs.
    pub pace: Arc<webshop::Pace>,
    options: LeptosOptions,
}

impl FromRef<App> for LeptosOptions {
    fn from_ref(app: &App) -> Self {
        app.options.clone()
    }
}

/// Bodies of server functions and forms, in bytes.
const BODY: usize = 1024 * 1024;
/// An ordinary request is given up after this.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The whole web application.
pub fn app(host: Arc<Host>, config: Config) -> Router {
    let options = LeptosOptions::builder()
        .output_name(SITE.output_name.as_str())
        .site_pkg_dir(SITE.site_pkg_dir.as_str())
        .build();
    let app = App { host, config: Arc::new(config), pace: Arc::default(), options };
    let pages = Router::new()
        .leptos_routes_with_context(&app, generate_route_list(ui::App), context(), ui::shell::shell)
        .route("/sign-in", post(sign_in::sign_in))
        .route("/documents/{datasheet}", get(super::documents::page))
        .fallback(pages::not_found)
        .layer(from_fn_with_state(app.clone(), pages::with_session))
        .layer(from_fn(around_server_functions));
    let compress = SizeAbove::new(256).and(NotForContentType::SSE).and(NotForContentType::IMAGES);
    let ordinary = pages
        .route("/sign-in/link", get(sign_in::link))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/preferences", post(sign_in::preferences))
        .route("/ready", get(ready))
        .route("/calendar.ics", get(calendar::calendar))
        .merge(webshop::router())
        .layer(DefaultBodyLimit::max(BODY))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(compress))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT));
    ordinary
        .merge(assets::router())
        .route("/health", get(|| async { "ok" }))
        .route("/events", get(events::events))
        .merge(import::router())
        .merge(metrics::router())
        .merge(super::files::router(&app))
        .layer(from_fn(security::json_only))
        .layer(csrf(&app.config))
        .layer(from_fn_with_state(app.clone(), security::surround))
        .layer(from_fn_with_state(app.clone(), metrics::count))
        .layer(from_fn(security::peer))
        .with_state(app)
}

/// Around server functions. What the database gave up because two writes waited for each other is done again: it left nothing
/// behind. Arguments that cannot be read never come to the body that sets the status: it is set here.
async fn around_server_functions(request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(arguments) = axum::body::to_bytes(body, BODY).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, axum::Json(Error::Malformed)).into_response();
    };
    let mut tries = Tries::default();
    loop {
        let request = Request::from_parts(parts.clone(), arguments.clone().into());
        let response = next.clone().run(request).await;
        if !response.headers().contains_key(SERVER_FN_ERROR_HEADER) {
            return response;
        }
        let (mut parts, body) = response.into_parts();
        // An error is short; one that cannot be read stays as it is.
        let mut bytes = axum::body::to_bytes(body, BODY).await.unwrap_or_default();
        match serde_json::from_slice(&bytes) {
            Ok(Error::Collided) => {
                if tries.again().await {
                    continue;
                }
                bytes = serde_json::to_vec(&Error::Busy).unwrap_or_default().into();
            }
            Ok(Error::Malformed) => parts.status = StatusCode::BAD_REQUEST,
            _ => {}
        }
        return Response::from_parts(parts, bytes.into());
    }
}

/// Refuses what another site sends, whatever the method and body.
fn csrf(config: &Config) -> CsrfLayer {
    let layer = CsrfLayer::new();
    match &config.public_url {
        None => layer,
        Some(url) => layer.clone().add_trusted_origin(url.trim_end_matches('/')).unwrap_or_else(|error| {
            tracing::error!(%error, url, "the public URL is not an origin; requests are compared with their own host only");
            layer
        }),
    }
}

/// What a page or a server function may ask for, besides the request.
pub fn context() -> impl Fn() + Clone + Send + Sync + 'static {
    move || {
        let Some(parts) = use_context::<Parts>() else { return };
        if let Some(CspNonce(nonce)) = parts.extensions.get() {
            provide_context(Nonce::from_value(nonce.as_str()));
        }
        if let Some(session) = parts.extensions.get::<Arc<Session>>() {
            provide_context(Session::clone(session));
        }
        if let Some(sight) = parts.extensions.get::<Arc<FirstSight>>() {
            provide_context(FirstSight::clone(sight));
        }
        if let Some(of_fields) = parts.extensions.get::<Arc<OfFields>>() {
            provide_context(Arc::clone(of_fields));
        }
        if let Some(problem) = parts.extensions.get::<SignInProblem>() {
            provide_context(problem.clone());
        }
        provide_context(ui::shell::Assets {
            js: SITE.url("js"),
            wasm: SITE.url("wasm"),
            parts: ui::lazy::part_of(parts.uri.path()).map(assets::urls).unwrap_or_default(),
            css: SITE.url("css"),
            icons: assets::url("icons.svg"),
        });
    }
}

/// Whether the database answers in time.
async fn ready(State(app): State<App>) -> Response {
    let ask = async {
        let mut tx = app.host.db.read().await?;
        accounts::ping(&mut tx).await
    };
    let answer: Result<()> =
        tokio::time::timeout(Duration::from_secs(2), ask).await.unwrap_or(Err(Error::Busy));
    match answer {
        Ok(()) => "ready".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer").into_response(),
    }
}
