//! Signing in and out, by forms that work without JavaScript and by one-time links; language and colours.

use std::net::IpAddr;

use axum::{
    Form,
    extract::{Query, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;

use super::{
    again::until_done,
    app::{App, context},
    config::Config,
    host::{COOKIES, DEVICE_COOKIES, LOCALE_COOKIE, THEME_COOKIE, cookie, session_token},
    limits::{KNOWN, Try},
    pages::{local_path, refusal},
    password,
    security::Peer,
};
use crate::{
    api::{self, request::sha256 as token_hash, session::SignInProblem},
    domain::{
        id::UserId,
        time::Timestamp,
        user::{Theme, UserState},
    },
    error::{Error, Field, Problem, Result},
    i18n::Locale,
    store::{accounts, sessions, sign_in_links, users},
    ui,
};

/// How long a session's cookie lasts, in seconds: as long as the session.
const SESSION: i64 = sessions::MAX_DAYS * 86_400;
/// The e-mail of the first admin until they set their own.
pub const FIRST_ADMIN: &str = "admin@localhost";

/// The form of the sign-in page.
#[derive(Deserialize)]
pub struct SignIn {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// Signs in by e-mail and password, or shows the page again with what was wrong.
pub async fn sign_in(State(app): State<App>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let form = Request::from_parts(parts.clone(), body);
    let Ok(Form(form)) = axum::RequestExt::extract::<Form<SignIn>, _>(form).await else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    match check(&app, &form, &parts).await {
        Ok((user, entry)) => match begin_session(&app, user, &parts, &entry).await {
            Ok(cookies) => with_cookies(Redirect::to(local_path(&form.next)).into_response(), &cookies),
            Err(error) => refusal(&error, &parts.headers, &parts.extensions),
        },
        Err(error @ (Error::Busy | Error::Server)) => refusal(&error, &parts.headers, &parts.extensions),
        Err(error) => again(parts, SignInProblem { email: form.email, error }).await,
    }
}

/// How somebody came in.
struct Entry {
    attempt: Try,
    /// By the password, and not by a one-time link.
    by_password: bool,
    /// The token of their browser.
    device: String,
}

impl Entry {
    fn new(app: &App, parts: &Parts, email: &str, by_password: bool) -> Self {
        let known = DEVICE_COOKIES.into_iter().find_map(|name| cookie(&parts.headers, name));
        let device = known.filter(|token| token.len() == 64).map_or_else(new_token, str::to_owned);
        let attempt = Try::new(email, client(&app.config, parts)).on(email, &token_hash(&device));
        Self { attempt, by_password, device }
    }
}

/// Who signs in, if they may, and how.
async fn check(app: &App, form: &SignIn, parts: &Parts) -> Result<(UserId, Entry)> {
    let email = form.email.trim().to_lowercase();
    if email.is_empty() {
        return Err(Error::invalid(Field::Email, Problem::Missing));
    }
    if form.password.is_empty() {
        return Err(Error::invalid(Field::Password, Problem::Missing));
    }
    // No stored one is longer; hashing a megabyte would only cost.
    let wrong = Error::invalid(Field::Password, Problem::Wrong);
    if email.len() > 400 || form.password.len() > 1_000 {
        return Err(wrong);
    }
    let entry = Entry::new(app, parts, &email, true);
    until_done(|| entry.attempt.take(&app.host.db, app.host.clock.now())).await?;
    let mut tx = app.host.db.read().await?;
    let found = users::find_by_email(&mut tx, &email).await?;
    drop(tx);
    let hash = found.as_ref().and_then(|found| found.password_hash.clone());
    let right = password::matches(form.password.clone(), hash).await?;
    match found {
        Some(found) if right && found.state == UserState::Active => Ok((found.id, entry)),
        // The same answer for who is unknown, locked or mistaken.
        _ => Err(wrong),
    }
}

/// The address that the request comes from. A proxy may add its own header to that of the visitor: the last one counts.
fn client(config: &Config, parts: &Parts) -> IpAddr {
    let headers = parts.headers.get_all("x-forwarded-for").into_iter();
    let forwarded = headers.map(|value| value.to_str().unwrap_or_default()).collect::<Vec<_>>().join(",");
    let peer = parts.extensions.get::<Peer>().map_or(std::net::Ipv4Addr::LOCALHOST.into(), |peer| peer.0);
    config.client(peer, &forwarded)
}

/// The sign-in page again, with what was wrong. What was typed is kept, and in no address.
async fn again(mut parts: Parts, problem: SignInProblem) -> Response {
    let status = match problem.error {
        Error::Invalid(invalid) if invalid.problem == Problem::Wrong => StatusCode::UNAUTHORIZED,
        _ => StatusCode::from_u16(problem.error.status()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY),
    };
    let wait = match problem.error {
        Error::TooMany { seconds } => Some(seconds),
        _ => None,
    };
    parts.method = Method::GET;
    parts.extensions.insert(problem);
    let render = leptos_axum::render_app_async_with_context(context(), ui::shell::shell);
    let mut response = render(Request::from_parts(parts, axum::body::Body::empty())).await;
    *response.status_mut() = status;
    if let Some(seconds) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// What a one-time link carries.
#[derive(serde::Deserialize)]
pub struct LinkQuery {
    #[serde(default)]
    token: String,
}

/// Signs in whoever opens a one-time link. Only opening it counts: a HEAD request leaves it good.
pub async fn link(
    State(app): State<App>,
    method: Method,
    Query(query): Query<LinkQuery>,
    request: Request,
) -> Response {
    if method == Method::HEAD {
        return StatusCode::OK.into_response();
    }
    let (parts, _) = request.into_parts();
    let token = query.token;
    let taken = until_done(|| async {
        let mut tx = app.host.db.begin().await?;
        let user = sign_in_links::take(&mut tx, &token_hash(&token), app.host.clock.now()).await?;
        let account = match user {
            Some(user) => users::get(&mut tx, user).await?,
            None => None,
        };
        tx.commit().await?;
        Ok(account)
    });
    match taken.await {
        Ok(Some(account)) => {
            match begin_session(&app, account.id, &parts, &Entry::new(&app, &parts, &account.email, false))
                .await
            {
                Ok(cookies) => {
                    let to = if account.email == FIRST_ADMIN { "/profile?first=1" } else { "/" };
                    with_cookies(Redirect::to(to).into_response(), &cookies)
                }
                Err(error) => refusal(&error, &parts.headers, &parts.extensions),
            }
        }
        // Used up or never made: whoever is signed in goes on, others sign in.
        Ok(None) => Redirect::to("/").into_response(),
        Err(error) => refusal(&error, &parts.headers, &parts.extensions),
    }
}

/// Begins a session with a new token; one that came with the request ends. Answers the cookies.
async fn begin_session(app: &App, user: UserId, parts: &Parts, entry: &Entry) -> Result<[HeaderValue; 2]> {
    let now = app.host.clock.now();
    let token = new_token();
    let agent =
        parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    until_done(|| async {
        let mut tx = app.host.db.begin().await?;
        if let Some(old) = session_token(parts) {
            sessions::remove(&mut tx, &token_hash(&old)).await?;
        }
        if entry.by_password {
            entry.attempt.was_right(&mut tx, now).await?;
        } else {
            entry.attempt.remember(&mut tx, now).await?;
        }
        sessions::add(&mut tx, &token_hash(&token), user, agent, now).await?;
        tx.commit().await
    })
    .await?;
    let device = secret_cookie(&app.config, DEVICE_COOKIES, &entry.device, KNOWN / 1_000)?;
    Ok([session_cookie(&app.config, &token, SESSION)?, device])
}

/// Ends the session here and on the server.
pub async fn sign_out(State(app): State<App>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let end = async {
        if let Some(token) = session_token(&parts) {
            until_done(|| async {
                let mut tx = app.host.db.begin().await?;
                sessions::remove(&mut tx, &token_hash(&token)).await?;
                tx.commit().await
            })
            .await?;
        }
        session_cookie(&app.config, "", 0)
    };
    match end.await {
        Ok(cookie) => with_cookies(Redirect::to("/sign-in").into_response(), &[cookie]),
        Err(error) => refusal(&error, &parts.headers, &parts.extensions),
    }
}

/// The form of language and colours.
#[derive(Deserialize)]
pub struct Preferences {
    locale: Option<String>,
    theme: Option<String>,
    #[serde(default)]
    back: String,
}

/// Sets language and colours: of the user, and of this browser for when nobody is signed in.
pub async fn preferences(State(app): State<App>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let form = Request::from_parts(parts.clone(), body);
    let Ok(Form(form)) = axum::RequestExt::extract::<Form<Preferences>, _>(form).await else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    let locale = form.locale.as_deref().and_then(Locale::parse);
    let theme = form.theme.as_deref().and_then(Theme::parse);
    let save = async {
        let session = api::request::session_of(&app.host, &parts).await?;
        if let Some(viewer) = session.viewer {
            until_done(|| async {
                let mut tx = app.host.db.begin().await?;
                accounts::preferences_set(&mut tx, viewer.id, locale, theme).await?;
                tx.commit().await
            })
            .await?;
        }
        Ok::<_, Error>(())
    };
    if let Err(error) = save.await {
        return refusal(&error, &parts.headers, &parts.extensions);
    }
    let secure = if app.config.is_https() { "; Secure" } else { "" };
    let chosen = [(LOCALE_COOKIE, locale.map(Locale::code)), (THEME_COOKIE, theme.map(Theme::code))];
    let cookies = chosen.into_iter().filter_map(|(name, code)| {
        let code = code?;
        Some(format!("{name}={code}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly{secure}"))
    });
    let cookies: Vec<HeaderValue> =
        cookies.filter_map(|cookie| HeaderValue::from_str(&cookie).ok()).collect();
    with_cookies(Redirect::to(local_path(&form.back)).into_response(), &cookies)
}

fn session_cookie(config: &Config, token: &str, seconds: i64) -> Result<HeaderValue> {
    secret_cookie(config, COOKIES, token, seconds)
}

/// A cookie that no script reads, by its name over HTTPS or over HTTP.
fn secret_cookie(config: &Config, names: [&str; 2], token: &str, seconds: i64) -> Result<HeaderValue> {
    // A browser takes the prefixed name only with Secure, and some clients drop Secure cookies on plain http.
    let (name, secure) = if config.is_https() { (names[0], "; Secure") } else { (names[1], "") };
    HeaderValue::from_str(&format!(
        "{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
    ))
    .map_err(|_| Error::Server)
}

fn with_cookies(mut response: Response, cookies: &[HeaderValue]) -> Response {
    let headers: &mut HeaderMap = response.headers_mut();
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie.clone());
    }
    response
}

/// Makes a one-time link for a user, good for a day; answers its path.
pub async fn new_link(app_db: &crate::store::Db, user: UserId, now: Timestamp) -> Result<String> {
    let token = new_token();
    let mut tx = app_db.begin().await?;
    sign_in_links::add(&mut tx, &token_hash(&token), user, now.plus_hours(24)).await?;
    tx.commit().await?;
    Ok(format!("/sign-in/link?token={token}"))
}

/// A new token: 256 random bits in hexadecimal.
fn new_token() -> String {
    let (high, low): (u128, u128) = rand::random();
    format!("{high:032x}{low:032x}")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::{Router, body::Body};
    use tower::ServiceExt as _;

    use super::*;
    use crate::{
        domain::{filter::percent_encode, user::Role},
        server::host::{Clock, Host},
        store::testing::{NOW, TestDb, collide, on_both},
    };

    fn app(test: &TestDb) -> Router {
        app_behind(test, &[])
    }

    fn app_behind(test: &TestDb, proxies: &[&str]) -> Router {
        let trusted_proxies = proxies.iter().map(|proxy| proxy.parse().unwrap()).collect();
        let config = Config { trusted_proxies, ..Config::default() };
        super::super::app(Arc::new(Host::new(test.db.clone(), Clock::at(NOW))), config)
    }

    const PASSWORD: &str = "három sárga lufi";

    async fn user(test: &TestDb) {
        let hash = password::hash(PASSWORD.to_owned()).await.unwrap();
        let user = accounts::NewUser {
            name: "Anna",
            email: "anna@pelda.hu",
            password_hash: Some(&hash),
            role: Role::User,
            zone: "UTC",
            locale: None,
        };
        let mut tx = test.db.begin().await.unwrap();
        accounts::add(&mut tx, user, NOW).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Tries to sign in; answers the status and, but for what was typed, the page.
    async fn attempt(
        app: &Router,
        from: &str,
        headers: &[(&str, &str)],
        email: &str,
        password: &str,
    ) -> (u16, String) {
        let mut request = axum::http::Request::builder()
            .method(Method::POST)
            .uri("/sign-in")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let form = format!("email={}&password={}", percent_encode(email), percent_encode(password));
        let mut request = request.body(Body::from(form)).unwrap();
        let peer: IpAddr = from.parse().unwrap();
        request.extensions_mut().insert(axum::extract::ConnectInfo(std::net::SocketAddr::from((peer, 4000))));
        let response = app.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let page = String::from_utf8(bytes.to_vec()).unwrap();
        let main = page.split("<main").nth(1).unwrap_or_default().split("</main").next().unwrap_or_default();
        (status, main.replace(email, "EMAIL"))
    }

    async fn sign_in_page(app: &Router, cookie: &str) -> String {
        let request = axum::http::Request::builder()
            .uri("/sign-in")
            .header(header::COOKIE, cookie)
            .header(header::ACCEPT_LANGUAGE, "en")
            .body(Body::empty())
            .unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_sign_in_that_collides_with_another_write_is_done_again() {
        let test = TestDb::postgres().await;
        user(&test).await;
        collide(&test.db, "sessions", 3).await;
        let app = app(&test);
        assert_eq!(attempt(&app, "127.0.0.1", &[], "anna@pelda.hu", PASSWORD).await.0, 303);
    }

    on_both! {
        async fn a_thousand_wrong_tries_are_ten_and_the_owner_comes_in_from_elsewhere(test: TestDb) {
            user(&test).await;
            // Two servers of one database.
            let apps = [app(&test), app(&test)];
            let tries = (0..1_000).map(|n| attempt(&apps[n % 2], "1.2.3.4", &[], "anna@pelda.hu", "rossz jelszó"));
            let answers: Vec<u16> = futures::future::join_all(tries).await.into_iter().map(|(status, _)| status).collect();
            assert_eq!(answers.iter().filter(|status| **status == 401).count(), 10, "{answers:?}");
            assert_eq!(answers.iter().filter(|status| **status == 429).count(), 990, "{answers:?}");
            // Not even the right one is looked at, and a spoofed header changes nothing.
            let spoofed = [("x-forwarded-for", "7.7.7.7")];
            assert_eq!(attempt(&apps[0], "1.2.3.4", &spoofed, "anna@pelda.hu", PASSWORD).await.0, 429);
            assert_eq!(attempt(&apps[0], "5.6.7.8", &[], "anna@pelda.hu", PASSWORD).await.0, 303);
        }

        async fn who_signed_in_here_before_or_has_a_link_comes_in_under_endless_tries_from_the_same_address(test: TestDb) {
            user(&test).await;
            let app = app(&test);
            let cookie_of = |response: &Response| {
                let all = response.headers().get_all(header::SET_COOKIE).into_iter();
                let found = all.filter_map(|value| value.to_str().ok()).find(|value| value.starts_with("modulok_device="));
                found.unwrap().split(';').next().unwrap().to_owned()
            };
            let form = format!("email=anna%40pelda.hu&password={}", percent_encode(PASSWORD));
            let request = axum::http::Request::post("/sign-in")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from(form))
                .unwrap();
            let response = app.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::SEE_OTHER);
            let device = cookie_of(&response);
            for _ in 0..15 {
                attempt(&app, "127.0.0.1", &[], "anna@pelda.hu", "rossz jelszó").await;
            }
            let made_up = format!("modulok_device={}", "0".repeat(64));
            for cookie in ["modulok_device=", &made_up] {
                assert_eq!(attempt(&app, "127.0.0.1", &[("cookie", cookie)], "anna@pelda.hu", PASSWORD).await.0, 429);
            }
            assert_eq!(attempt(&app, "127.0.0.1", &[("cookie", &device)], "anna@pelda.hu", PASSWORD).await.0, 303);

            let mut tx = test.db.read().await.unwrap();
            let anna = users::find_by_email(&mut tx, "anna@pelda.hu").await.unwrap().unwrap().id;
            drop(tx);
            let link = new_link(&test.db, anna, NOW).await.unwrap();
            let request = axum::http::Request::get(link).body(Body::empty()).unwrap();
            let response = app.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::SEE_OTHER);
            let device = cookie_of(&response);
            assert_eq!(attempt(&app, "127.0.0.1", &[("cookie", &device)], "anna@pelda.hu", PASSWORD).await.0, 303);
        }

        async fn a_header_is_believed_from_the_trusted_proxy_only(test: TestDb) {
            user(&test).await;
            let app = app_behind(&test, &["10.0.0.0/8"]);
            for _ in 0..10 {
                let header = [("x-forwarded-for", "1.2.3.4")];
                assert_eq!(attempt(&app, "10.0.0.1", &header, "anna@pelda.hu", "rossz jelszó").await.0, 401);
            }
            // The visitor's own header comes first, the proxy's last, in one line or two.
            for headers in [
                &[("x-forwarded-for", "9.9.9.9, 1.2.3.4")][..],
                &[("x-forwarded-for", "9.9.9.9"), ("x-forwarded-for", "1.2.3.4")],
            ] {
                assert_eq!(attempt(&app, "10.0.0.1", headers, "anna@pelda.hu", PASSWORD).await.0, 429);
            }
            let other = [("x-forwarded-for", "1.2.3.5")];
            assert_eq!(attempt(&app, "10.0.0.1", &other, "anna@pelda.hu", PASSWORD).await.0, 303);
        }

        async fn who_is_unknown_is_answered_as_who_is_known_and_as_late(test: TestDb) {
            user(&test).await;
            let app = app(&test);
            let mut times = [vec![], vec![]];
            let mut pages = vec![];
            for n in 0..11 {
                for (i, email) in ["anna@pelda.hu", "nobody@pelda.hu"].into_iter().enumerate() {
                    let start = std::time::Instant::now();
                    let from = format!("1.2.{i}.{n}");
                    let (status, page) = attempt(&app, &from, &[], email, "rossz jelszó").await;
                    times[i].push(start.elapsed());
                    assert_eq!(status, 401);
                    pages.push(page);
                }
            }
            assert!(pages[0].contains("EMAIL") && pages.iter().all(|page| *page == pages[0]), "{pages:?}");
            // Other tests run beside and make most tries slower: the fastest of each tells. Only a missing hash, which is most of the
            // time, is told apart here.
            let [known, unknown] =
                times.map(|times| times.iter().min().copied().unwrap_or_default().as_secs_f64());
            assert!((0.5..2.0).contains(&(unknown / known)), "{unknown} s for nobody, {known} s for somebody");
        }

        async fn a_visitors_language_and_colours_are_kept(test: TestDb) {
            let app = app(&test);
            let mut cookies = vec![];
            for form in ["locale=hu&back=/sign-in", "theme=dark&back=/sign-in"] {
                let request = axum::http::Request::builder()
                    .method(Method::POST)
                    .uri("/preferences")
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .body(Body::from(form))
                    .unwrap();
                let response = app.clone().oneshot(request).await.unwrap();
                assert_eq!(response.headers()[header::LOCATION], "/sign-in");
                let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
                cookies.push(cookie.split(';').next().unwrap().to_owned());
            }
            let page = sign_in_page(&app, &cookies.join("; ")).await;
            assert!(page.contains("<html lang=\"hu\" data-theme=\"dark\""), "{}", &page[..200]);
            assert!(page.contains("Bejelentkezés"));
            let page = sign_in_page(&app, "modulok_locale=de; modulok_theme=\"><script>").await;
            assert!(page.contains("<html lang=\"en\" data-theme=\"auto\""), "{}", &page[..200]);
        }
    }
}
