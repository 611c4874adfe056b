//! `GET /metrics`: what this process did since its start, as Prometheus reads it.
//!
//! Figures only: no name, no address, no path with an id. It answers whoever shows the token of `--metrics-token`; without one
//! set, whoever asks from this machine itself, and not through a proxy on it.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    extract::{Extension, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
    routing::get,
};

use super::{app::App, security::Peer, site::SITE};
use crate::{
    api::request::sha256,
    domain::{process::Process, time::Timestamp},
    store::Db,
};

/// Upper bounds of the histogram of durations, in seconds.
const BOUNDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// What kind of request it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Route {
    Page,
    ServerFunction,
    Orders,
    Import,
    Events,
    Asset,
    Health,
    Other,
}

impl Route {
    /// The kind of a path. Paths that nobody serves are few labels, not one each.
    fn of(path: &str) -> Self {
        let mut parts = path.trim_start_matches('/').split('/');
        match (parts.next().unwrap_or_default(), parts.next()) {
            ("api", Some("webshop")) => Self::Orders,
            ("api", _) => Self::ServerFunction,
            ("imports", _) => Self::Import,
            ("events", None) => Self::Events,
            ("health" | "ready" | "metrics", None) => Self::Health,
            (folder, Some(_)) if folder == SITE.site_pkg_dir => Self::Asset,
            (file, None) if file.contains('.') => Self::Asset,
            (
                "" | "m" | "d" | "documents" | "start" | "profile" | "users" | "tokens" | "modules"
                | "sign-in" | "sign-out" | "preferences",
                _,
            ) => Self::Page,
            _ => Self::Other,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::ServerFunction => "server_function",
            Self::Orders => "orders",
            Self::Import => "import",
            Self::Events => "events",
            Self::Asset => "asset",
            Self::Health => "health",
            Self::Other => "other",
        }
    }
}

/// Requests of one kind.
#[derive(Debug, Default)]
struct Answers {
    by_status: BTreeMap<u16, u64>,
    /// How many took up to each bound, and longer.
    took: [u64; BOUNDS.len() + 1],
    seconds: f64,
}

/// What the clock did.
#[derive(Debug, Default)]
struct Clockwork {
    runs: u64,
    failed_runs: u64,
    seconds: f64,
    looked_at: u64,
    failed: u64,
    moves: BTreeMap<&'static str, u64>,
    last_end: Option<Timestamp>,
}

/// What this process counts.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<Route, Answers>>,
    clockwork: Mutex<Clockwork>,
}

/// A lock of plain numbers: a panic while it was held left them as good as before.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Metrics {
    /// A request was answered.
    pub fn answered(&self, path: &str, status: u16, took: Duration) {
        let seconds = took.as_secs_f64();
        let place = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
        let mut requests = lock(&self.requests);
        let answers = requests.entry(Route::of(path)).or_default();
        *answers.by_status.entry(status).or_default() += 1;
        answers.took[place] += 1;
        answers.seconds += seconds;
    }

    /// The clock moved a datasheet of that process.
    pub fn moved(&self, process: Process) {
        *lock(&self.clockwork).moves.entry(process.definition().word).or_default() += 1;
    }

    /// A run of the clock came to its end: it looked at so many datasheets, of which some could not be worked out.
    pub fn ticked(&self, looked_at: u64, failed: u64, took: Duration, now: Timestamp) {
        let mut clockwork = lock(&self.clockwork);
        clockwork.runs += 1;
        clockwork.seconds += took.as_secs_f64();
        clockwork.looked_at += looked_at;
        clockwork.failed += failed;
        clockwork.last_end = Some(now);
    }

    /// A run of the clock was given up.
    pub fn tick_failed(&self) {
        lock(&self.clockwork).failed_runs += 1;
    }

    /// Everything, as Prometheus reads it.
    fn text(&self, db: &Db, now: Timestamp) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write_requests(&mut text);
        let _ = self.write_clockwork(&mut text, now);
        let _ = write_connections(&mut text, db);
        text
    }

    fn write_requests(&self, text: &mut String) -> std::fmt::Result {
        let requests = lock(&self.requests);
        head(text, "modulok_requests_total", "counter", "Requests answered, by kind and status.")?;
        for (route, answers) in requests.iter() {
            for (status, n) in &answers.by_status {
                let route = route.word();
                writeln!(text, "modulok_requests_total{{route=\"{route}\",status=\"{status}\"}} {n}")?;
            }
        }
        head(text, "modulok_request_seconds", "histogram", "Time until the answer began.")?;
        for (route, answers) in requests.iter() {
            let route = route.word();
            let mut so_far = 0;
            for (bound, n) in BOUNDS.iter().zip(answers.took) {
                so_far += n;
                writeln!(
                    text,
                    "modulok_request_seconds_bucket{{route=\"{route}\",le=\"{bound}\"}} {so_far}"
                )?;
            }
            let all: u64 = answers.took.iter().sum();
            writeln!(text, "modulok_request_seconds_bucket{{route=\"{route}\",le=\"+Inf\"}} {all}")?;
            writeln!(text, "modulok_request_seconds_sum{{route=\"{route}\"}} {}", answers.seconds)?;
            writeln!(text, "modulok_request_seconds_count{{route=\"{route}\"}} {all}")?;
        }
        Ok(())
    }

    fn write_clockwork(&self, text: &mut String, now: Timestamp) -> std::fmt::Result {
        let clockwork = lock(&self.clockwork);
        head(text, "modulok_clock_runs_total", "counter", "Runs of the clock that came to their end.")?;
        writeln!(text, "modulok_clock_runs_total {}", clockwork.runs)?;
        head(text, "modulok_clock_failed_runs_total", "counter", "Runs of the clock that were given up.")?;
        writeln!(text, "modulok_clock_failed_runs_total {}", clockwork.failed_runs)?;
        head(text, "modulok_clock_seconds_total", "counter", "Time that runs of the clock took.")?;
        writeln!(text, "modulok_clock_seconds_total {}", clockwork.seconds)?;
        head(
            text,
            "modulok_clock_looked_at_total",
            "counter",
            "Datasheets that the clock was due to look at.",
        )?;
        writeln!(text, "modulok_clock_looked_at_total {}", clockwork.looked_at)?;
        head(text, "modulok_clock_failed_total", "counter", "Datasheets that the clock could not work out.")?;
        writeln!(text, "modulok_clock_failed_total {}", clockwork.failed)?;
        head(text, "modulok_clock_moves_total", "counter", "Statuses moved by the clock, by process.")?;
        for process in Process::ALL {
            let word = process.definition().word;
            let n = clockwork.moves.get(word).copied().unwrap_or_default();
            writeln!(text, "modulok_clock_moves_total{{process=\"{word}\"}} {n}")?;
        }
        if let Some(end) = clockwork.last_end {
            let age = Duration::from_millis(now.millis_since(end).max(0).unsigned_abs()).as_secs_f64();
            head(text, "modulok_clock_age_seconds", "gauge", "Time since the clock's last run ended.")?;
            writeln!(text, "modulok_clock_age_seconds {age}")?;
        }
        Ok(())
    }
}

fn write_connections(text: &mut String, db: &Db) -> std::fmt::Result {
    let pools = db.connections();
    head(text, "modulok_database_connections", "gauge", "Connections to the database, by pool and state.")?;
    for pool in &pools {
        let (name, busy) = (pool.name, pool.open.saturating_sub(pool.idle));
        writeln!(text, "modulok_database_connections{{pool=\"{name}\",state=\"busy\"}} {busy}")?;
        writeln!(text, "modulok_database_connections{{pool=\"{name}\",state=\"idle\"}} {}", pool.idle)?;
    }
    head(text, "modulok_database_connections_max", "gauge", "The most connections that a pool opens.")?;
    for pool in &pools {
        writeln!(text, "modulok_database_connections_max{{pool=\"{}\"}} {}", pool.name, pool.max)?;
    }
    Ok(())
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) -> std::fmt::Result {
    writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}")
}

/// The route.
pub fn router() -> Router<App> {
    Router::new().route("/metrics", get(metrics))
}

async fn metrics(
    State(app): State<App>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
) -> Response {
    let may_read = match &app.config.metrics_token {
        Some(token) => shows(&headers, token),
        None => peer.to_canonical().is_loopback() && !came_by_proxy(&headers),
    };
    if !may_read {
        return StatusCode::FORBIDDEN.into_response();
    }
    let text = app.host.metrics.text(&app.host.db, app.host.now());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

/// Whether a request shows that token. Digests are compared: how long that takes tells nothing of the token.
fn shows(headers: &HeaderMap, token: &str) -> bool {
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let shown = shown.and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
    shown.is_some_and(|shown| sha256(shown) == sha256(token))
}

/// Whether a proxy on this machine passed the request on: its sender is somewhere else.
fn came_by_proxy(headers: &HeaderMap) -> bool {
    ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"]
        .iter()
        .any(|name| headers.contains_key(*name))
}

/// Counts every answer.
pub async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let start = std::time::Instant::now();
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    app.host.metrics.answered(&path, response.status().as_u16(), start.elapsed());
    response
}

#[cfg(test)]
mod tests {
    use std::{net::SocketAddr, sync::Arc};

    use axum::{body::Body, extract::ConnectInfo};
    use tower::ServiceExt as _;

    use super::*;
    use crate::{
        server::{
            config::Config,
            host::{Clock, Host},
        },
        store::testing::{NOW, TestDb, on_both},
    };

    struct Server {
        app: axum::Router,
        host: Arc<Host>,
        _test: TestDb,
    }

    fn server(test: TestDb, token: Option<&str>) -> Server {
        let host = Arc::new(Host::new(test.db.clone(), Clock::at(NOW)));
        let config = Config { metrics_token: token.map(str::to_owned), ..Config::default() };
        Server { app: super::super::app(host.clone(), config), host, _test: test }
    }

    impl Server {
        async fn get(&self, path: &str, from: [u8; 4], headers: &[(&str, &str)]) -> (u16, String) {
            let mut request = Request::get(path);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let mut request = request.body(Body::empty()).unwrap();
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from((from, 5000))));
            let response = self.app.clone().oneshot(request).await.unwrap();
            let status = response.status().as_u16();
            let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
            (status, String::from_utf8(bytes.to_vec()).unwrap())
        }
    }

    const HERE: [u8; 4] = [127, 0, 0, 1];
    const THERE: [u8; 4] = [10, 1, 2, 3];

    #[test]
    fn a_path_is_counted_by_its_kind_whatever_its_id() {
        for (path, route) in [
            ("/", Route::Page),
            ("/m/123", Route::Page),
            ("/d/9", Route::Page),
            ("/api/todos/close", Route::ServerFunction),
            ("/api/webshop/orders", Route::Orders),
            ("/imports/run", Route::Import),
            ("/events", Route::Events),
            ("/pkg/modulok.0123.wasm", Route::Asset),
            ("/icons.0123.svg", Route::Asset),
            ("/ready", Route::Health),
            ("/wp-admin/setup", Route::Other),
        ] {
            assert_eq!(Route::of(path), route, "{path}");
            assert_eq!(route.word(), format!("{route:?}").to_lowercase().replace("serverf", "server_f"));
        }
    }

    #[test]
    fn the_buckets_of_the_histogram_add_up() {
        let metrics = Metrics::default();
        for millis in [0, 1, 3, 3, 700, 90_000] {
            metrics.answered("/m/1", 200, Duration::from_millis(millis));
        }
        metrics.answered("/m/2", 404, Duration::from_millis(2));
        let mut text = String::new();
        metrics.write_requests(&mut text).unwrap();
        let has = |line: &str| assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        has("modulok_requests_total{route=\"page\",status=\"200\"} 6");
        has("modulok_requests_total{route=\"page\",status=\"404\"} 1");
        has("modulok_request_seconds_bucket{route=\"page\",le=\"0.001\"} 2");
        has("modulok_request_seconds_bucket{route=\"page\",le=\"0.0025\"} 3");
        has("modulok_request_seconds_bucket{route=\"page\",le=\"0.005\"} 5");
        has("modulok_request_seconds_bucket{route=\"page\",le=\"0.5\"} 5");
        has("modulok_request_seconds_bucket{route=\"page\",le=\"1\"} 6");
        has("modulok_request_seconds_bucket{route=\"page\",le=\"5\"} 6");
        has("modulok_request_seconds_bucket{route=\"page\",le=\"+Inf\"} 7");
        has("modulok_request_seconds_count{route=\"page\"} 7");
    }

    on_both! {
        async fn without_a_token_only_this_machine_itself_reads_them(test: TestDb) {
            let server = server(test, None);
            assert_eq!(server.get("/metrics", HERE, &[]).await.0, 200);
            assert_eq!(server.get("/metrics", THERE, &[]).await.0, 403);
            assert_eq!(server.get("/metrics", THERE, &[("x-forwarded-for", "127.0.0.1")]).await.0, 403);
            // A proxy on this machine speaks for somebody else.
            for header in ["x-forwarded-for", "forwarded", "via"] {
                assert_eq!(server.get("/metrics", HERE, &[(header, "1.2.3.4")]).await.0, 403, "{header}");
            }
        }

        async fn with_a_token_whoever_shows_it_reads_them_and_nobody_else(test: TestDb) {
            let server = server(test, Some("s3cret"));
            assert_eq!(server.get("/metrics", THERE, &[("authorization", "Bearer s3cret")]).await.0, 200);
            assert_eq!(server.get("/metrics", HERE, &[]).await.0, 403);
            for wrong in ["Bearer s3cre", "Bearer ", "s3cret", "Basic s3cret"] {
                assert_eq!(server.get("/metrics", HERE, &[("authorization", wrong)]).await.0, 403, "{wrong}");
            }
        }

        async fn they_tell_of_requests_the_clock_and_connections(test: TestDb) {
            let server = server(test, None);
            server.get("/health", HERE, &[]).await;
            server.host.metrics.moved(Process::Webshop);
            server.host.metrics.ticked(3, 1, Duration::from_millis(500), NOW.plus_millis(-20_000));
            let (_, text) = server.get("/metrics", HERE, &[]).await;
            for line in [
                "modulok_requests_total{route=\"health\",status=\"200\"} 1",
                "modulok_clock_runs_total 1",
                "modulok_clock_looked_at_total 3",
                "modulok_clock_failed_total 1",
                "modulok_clock_seconds_total 0.5",
                "modulok_clock_moves_total{process=\"webshop\"} 1",
                "modulok_clock_moves_total{process=\"sales\"} 0",
                "modulok_clock_age_seconds 20",
            ] {
                assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
            }
            assert!(text.contains("modulok_database_connections{pool="), "{text}");
            // Each family is announced once, before its figures.
            for family in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
                let name = family.split(' ').next().unwrap();
                assert_eq!(text.matches(&format!("# TYPE {name} ")).count(), 1, "{name}");
            }
        }
    }
}
