//! What every answer carries, what another site cannot send, and how long a session lives (S3, S4, S6); who hears of a change.

use axum::{
    http::{HeaderMap, Request},
    response::Response,
};
use futures::StreamExt as _;

use super::*;

async fn answer(app: &Router, request: Request<Body>) -> Response {
    app.clone().oneshot(request).await.unwrap()
}

async fn text(response: Response) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 22).await.unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn get(path: &str, user: &str) -> Request<Body> {
    let cookie = format!("modulok_session={user}");
    Request::get(path)
        .header(header::COOKIE, cookie)
        .header(header::HOST, "crm.pelda.hu")
        .body(Body::empty())
        .unwrap()
}

fn post(path: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let mut request = Request::post(path).header(header::HOST, "crm.pelda.hu");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// How many entries the history and the keys have: whether anything was written.
pub(super) async fn written(office: &Office) -> (i64, i64) {
    let mut tx = office.host.db.read().await.unwrap();
    crate::store::testing::entries_and_keys(&mut tx).await
}

/// Gives somebody the password «három sárga lufi».
async fn with_password(office: &Office, user: &str) {
    let new = json!({ "key": format!("abcd-password-{user}"), "current": "", "new": "három sárga lufi" });
    assert_eq!(office.call(user, "session/password", &new).await.0, StatusCode::OK);
}

/// Signs in by the form with a session already there; answers the cookie.
async fn sign_in(office: &Office, user: &str, old: &str) -> String {
    let body = format!("email={user}%40pelda.hu&password=h%C3%A1rom+s%C3%A1rga+lufi&next=%2Fprofile");
    let cookie = format!("modulok_session={old}");
    let response = answer(&office.app, post("/sign-in", &[FORM, ("cookie", &cookie)], &body)).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(response.headers()[header::LOCATION], "/profile");
    response.headers()[header::SET_COOKIE].to_str().unwrap().to_owned()
}

fn token(cookie: &str) -> String {
    cookie.split(';').next().unwrap().split_once('=').unwrap().1.to_owned()
}

on_both! {
    async fn nothing_that_another_site_sends_is_done(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let before = written(&office).await;
        let mut paths: Vec<(String, String)> = office
            .calls(&case)
            .into_iter()
            .map(|(path, arguments)| (format!("/api/{path}"), arguments.to_string()))
            .collect();
        for path in ["/sign-in", "/sign-out", "/preferences"] {
            paths.push((path.to_owned(), "email=admin%40pelda.hu&password=x&locale=en&theme=dark".to_owned()));
        }
        for path in ["/imports/preview", "/imports/run"] {
            paths.push((format!("{path}?module={}&key=abcd-0000-import&file=a.csv", office.module), "Név\nKovács".to_owned()));
        }
        let cookie = ("cookie", "modulok_session=admin");
        let foreign: [&[(&str, &str)]; 5] = [
            &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")],
            &[("origin", "https://evil.example")],
            &[("origin", "http://crm.pelda.hu:8080"), ("sec-fetch-site", "same-site")],
            &[("origin", "null"), ("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "cross-site")],
        ];
        let bodies = ["application/json", "text/plain", FORM.1, "multipart/form-data; boundary=x"];
        for (path, body) in &paths {
            for headers in foreign {
                for kind in bodies {
                    let mut headers = headers.to_vec();
                    headers.extend([cookie, ("content-type", kind)]);
                    let response = answer(&office.app, post(path, &headers, body)).await;
                    assert_eq!(response.status(), StatusCode::FORBIDDEN, "{path} {headers:?}");
                    assert!(!response.headers().contains_key(header::SET_COOKIE), "{path}");
                }
            }
            // A GET has no effect, whoever sends it: there is no such page, or it only reads.
            let with_query = format!("{path}{}{}", if path.contains('?') { "&" } else { "?" }, "locale=en&theme=dark");
            let response = answer(&office.app, get(&with_query, "admin")).await;
            assert!(!response.headers().contains_key(header::SET_COOKIE), "GET {path}");
            if path.starts_with("/api/") || path == "/sign-out" || path == "/preferences" {
                assert!(response.status().is_client_error(), "GET {path}: {}", response.status());
            }
        }
        assert_eq!(paths.len(), office.calls(&case).len() + 5);
        assert_eq!(written(&office).await, before);
        // The same from this site is done: it was the site that was refused.
        let (path, body) = paths.iter().find(|(path, _)| path == "/api/datasheets/rename").unwrap();
        let own = [cookie, ("content-type", "application/json"), ("origin", "http://crm.pelda.hu"), ("sec-fetch-site", "same-origin")];
        assert_eq!(answer(&office.app, post(path, &own, body)).await.status(), StatusCode::OK);
    }

    async fn a_server_function_takes_no_body_that_a_form_could_send(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let before = written(&office).await;
        let cookie = ("cookie", "modulok_session=admin");
        for (path, arguments) in office.calls(&case) {
            for kind in ["text/plain", FORM.1, "multipart/form-data; boundary=x", ""] {
                let headers: Vec<_> =
                    [cookie, ("content-type", kind)].into_iter().filter(|(_, value)| !value.is_empty()).collect();
                let response = answer(&office.app, post(&format!("/api/{path}"), &headers, &arguments.to_string())).await;
                assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{path} as {kind:?}");
            }
        }
        assert_eq!(written(&office).await, before);
    }

    async fn every_answer_carries_the_headers_that_keep_the_browser_safe(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let https = Config { public_url: Some("https://crm.pelda.hu".to_owned()), ..Config::default() };
        let secure = crate::server::app::app(office.host.clone(), https);
        let json = [("content-type", "application/json"), ("cookie", "modulok_session=admin")];
        let page = json!({ "datasheet": case.datasheet }).to_string();
        // Without a built site, which `cargo xtask build` makes, there is no asset.
        let (asset, is_built) = (crate::server::assets::url("icons.svg"), crate::server::assets::are_built());
        type Kind<'a> = (&'a str, Box<dyn Fn() -> Request<Body> + 'a>, u16);
        let kinds: Vec<Kind> = vec![
            ("a page", Box::new(|| get(&format!("/m/{}", office.module), "admin")), 200),
            ("the sign-in page", Box::new(|| get("/sign-in", "")), 200),
            ("a wrong sign-in", Box::new(|| post("/sign-in", &[FORM], "email=a%40b.hu&password=x")), 401),
            ("a redirection", Box::new(|| get("/", "")), 303),
            ("no such page", Box::new(|| get("/nincs-ilyen", "admin")), 404),
            ("an asset", Box::new(|| get(&asset, "")), if is_built { 200 } else { 404 }),
            ("no such asset", Box::new(|| get("/pkg/nincs.js", "")), 404),
            ("a server function", Box::new(|| post("/api/datasheets/page", &json, &page)), 200),
            ("its refusal", Box::new(|| post("/api/datasheets/page", &json[..1], &page)), 401),
            ("an unreadable call", Box::new(|| post("/api/datasheets/page", &json, "{")), 500),
            ("no such server function", Box::new(|| post("/api/nincs", &json, "{}")), 404),
            ("another site's", Box::new(|| post("/sign-out", &[("origin", "https://evil.example")], "")), 403),
            ("a form that cannot be read", Box::new(|| post("/preferences", &[("content-type", "text/plain")], "x")), 422),
            ("the stream of changes", Box::new(|| get(&format!("/events?module={}", office.module), "admin")), 200),
            ("health", Box::new(|| get("/health", "")), 200),
            ("readiness", Box::new(|| get("/ready", "")), 200),
            ("sign-out", Box::new(|| post("/sign-out", &[], "")), 303),
        ];
        for (what, request, wanted) in &kinds {
            for (app, is_https) in [(&office.app, false), (&secure, true)] {
                let response = answer(app, request()).await;
                // What cannot be read is the caller's fault or ours; the headers are the same.
                let status = response.status().as_u16();
                assert!(status == *wanted || *wanted == 500 && (400..=500).contains(&status), "{what}: {status}");
                check_headers(what, response.headers(), is_https);
                let cached = response.headers()[header::CACHE_CONTROL].to_str().unwrap();
                let for_ever = cached.contains("immutable");
                assert_eq!(for_ever, *what == "an asset" && is_built, "{what}: {cached}");
                assert!(for_ever || cached.contains("no-store") || *what == "the stream of changes" && cached.contains("no-cache"), "{what}: {cached}");
            }
        }
        // A nonce is good for one answer.
        let policy = async || {
            answer(&office.app, get("/sign-in", "")).await.headers()[header::CONTENT_SECURITY_POLICY].clone()
        };
        assert_ne!(policy().await, policy().await);
        let response = answer(&office.app, get("/sign-in", "")).await;
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
        let page = text(response).await;
        let scripts = page.matches("<script").count();
        assert!(scripts > 0);
        assert_eq!(page.matches(&format!("nonce=\"{nonce}\"")).count(), scripts + page.matches("<style").count(), "{page}");
    }

    async fn a_session_is_new_at_each_sign_in_and_dead_after_sign_out(test: TestDb) {
        let office = office(test).await;
        with_password(&office, "anna").await;
        let session = json!({});
        let cookie = sign_in(&office, "anna", "anna").await;
        let first = token(&cookie);
        // The one that came with the sign-in is dead; so is one that an attacker chose.
        assert_eq!(office.call("anna", "modules/links", &session).await.0, StatusCode::UNAUTHORIZED);
        let second = token(&sign_in(&office, "anna", "chosen-by-an-attacker").await);
        assert_eq!(office.call("chosen-by-an-attacker", "modules/links", &session).await.0, StatusCode::UNAUTHORIZED);
        assert_ne!(first, second);
        for token in [&first, &second] {
            assert!(token.len() == 64 && token.chars().all(|c| c.is_ascii_hexdigit()), "256 bits: {token}");
            assert_eq!(office.call(token, "modules/links", &session).await.0, StatusCode::OK);
        }
        // Signing out ends this one on the server and takes the cookie away; the other lives on.
        let old = format!("modulok_session={first}");
        let response = answer(&office.app, post("/sign-out", &[("cookie", &old)], "")).await;
        let gone = response.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
        assert!(gone.starts_with("modulok_session=;") && gone.contains("Max-Age=0"), "{gone}");
        assert_eq!(office.call(&first, "modules/links", &session).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(office.call(&second, "modules/links", &session).await.0, StatusCode::OK);
        // After a month nobody asked, it is over.
        office.host.clock.set(NOW.plus_hours(30 * 24 + 1));
        assert_eq!(office.call(&second, "modules/links", &session).await.0, StatusCode::UNAUTHORIZED);
    }

    async fn a_session_cookie_is_out_of_reach_of_scripts_and_other_sites(test: TestDb) {
        let mut office = office(test).await;
        with_password(&office, "anna").await;
        let attributes = |cookie: &str| -> BTreeSet<String> {
            cookie.split("; ").skip(1).map(str::to_owned).collect()
        };
        let plain = sign_in(&office, "anna", "").await;
        let month = "Max-Age=2592000";
        assert!(plain.starts_with("modulok_session="), "{plain}");
        assert_eq!(attributes(&plain), ["HttpOnly", month, "Path=/", "SameSite=Lax"].map(str::to_owned).into());
        let https = Config { public_url: Some("https://crm.pelda.hu".to_owned()), ..Config::default() };
        office.app = crate::server::app::app(office.host.clone(), https);
        let secure = sign_in(&office, "anna", "").await;
        assert!(secure.starts_with("__Host-modulok_session="), "{secure}");
        assert_eq!(attributes(&secure), ["HttpOnly", month, "Path=/", "SameSite=Lax", "Secure"].map(str::to_owned).into());
    }

    async fn a_change_is_heard_by_those_who_may_see_it_and_by_nobody_else(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let events = format!("/events?module={}", office.module);
        assert_eq!(answer(&office.app, get(&events, "")).await.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(answer(&office.app, get(&events, "stranger")).await.status(), StatusCode::NOT_FOUND);
        let listen = async |user: &str| {
            let response = answer(&office.app, get(&events, user)).await;
            assert_eq!(response.status(), StatusCode::OK);
            response.into_body().into_data_stream()
        };
        let (mut anna, mut rita) = (listen("anna").await, listen("rita").await);
        let rename = async |version: i64| {
            let arguments = json!({
                "key": format!("abcd-rename-{version}"), "datasheet": case.datasheet, "version": version, "name": format!("Név {version}")
            });
            office.done("datasheets/rename", &arguments).await;
        };
        let own = |id: &Value| format!("event: change\ndata: {{\"module\":{},\"datasheet\":{id}}}\n\n", office.module);
        // What is not Rita's, then what is: the first that she hears of is hers.
        rename(1).await;
        let form = json!({ "name": "Ritáé", "status": null, "owner": office.people[1].1, "todo": null });
        let added = office.done("datasheets/add", &json!({ "key": "abcd-ritas", "module": office.module, "form": form })).await;
        assert_eq!(heard(&mut anna).await, own(&case.datasheet));
        assert_eq!(heard(&mut anna).await, own(&added["datasheet"]));
        assert_eq!(heard(&mut rita).await, own(&added["datasheet"]));
        // Taken from her: she hears it once, so that it leaves her list, and no more.
        let owner = json!({ "key": "abcd-owner", "datasheet": added["datasheet"], "version": 1, "owner": office.admin });
        office.done("datasheets/owner", &owner).await;
        let name = json!({ "key": "abcd-name", "datasheet": added["datasheet"], "version": 2, "name": "Nem Ritáé" });
        office.done("datasheets/rename", &name).await;
        // A to-do of hers on another's datasheet lets her hear of that.
        let todo = json!({ "text": "Hívás", "kind": office.kind, "due": { "day": "2026-12-01" }, "assignee": office.people[1].1 });
        office.done("todos/add", &json!({ "key": "abcd-todo", "datasheet": case.datasheet, "form": todo })).await;
        assert_eq!(heard(&mut rita).await, own(&added["datasheet"]));
        assert_eq!(heard(&mut rita).await, own(&case.datasheet));

        // A page that is a minute old is told first what changed since, as far as its viewer may hear of it.
        for (user, last) in [("anna", &case.datasheet), ("rita", &case.datasheet)] {
            let response = answer(&office.app, get(&format!("{events}&age=60000"), user)).await;
            let mut late = response.into_body().into_data_stream();
            let mut told = vec![];
            while told.last() != Some(&own(last)) || (user == "anna" && !told.contains(&own(&added["datasheet"]))) {
                told.push(heard(&mut late).await);
            }
        }
    }

    async fn my_day_hears_of_the_datasheets_of_my_todos_in_all_modules_and_of_no_other(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let events = "/events?my_day=true";
        assert_eq!(answer(&office.app, get(events, "")).await.status(), StatusCode::UNAUTHORIZED);
        let response = answer(&office.app, get(events, "anna")).await;
        assert_eq!(response.status(), StatusCode::OK);
        let mut anna = response.into_body().into_data_stream();
        let rename = async |datasheet: &Value, version: i64| {
            let key = format!("abcd-rename-{datasheet}-{version}");
            let name = json!({ "key": key, "datasheet": datasheet, "version": version, "name": format!("Név {version}") });
            office.done("datasheets/rename", &name).await;
        };
        let change = |module: ModuleId, id: &Value| format!("event: change\ndata: {{\"module\":{module},\"datasheet\":{id}}}\n\n");
        // What is not hers, then what is: the first that she hears of is hers.
        rename(&case.datasheet, 1).await;
        let page = office.done("datasheets/page", &json!({ "datasheet": case.order })).await;
        let form = json!({
            "text": "Hívás", "kind": page["types"][0]["id"], "due": { "day": "2026-12-01" }, "assignee": office.people[3].1
        });
        office.done("todos/add", &json!({ "key": "abcd-annas", "datasheet": case.order, "form": form })).await;
        assert_eq!(heard(&mut anna).await, change(office.orders, &case.order));
        let page = office.done("datasheets/page", &json!({ "datasheet": case.order })).await;
        let todo = page["todos"].as_array().unwrap().iter().find(|todo| todo["text"] == json!("Hívás")).unwrap();
        // Closed, she hears it once more, and then no more of the datasheet.
        let close = json!({ "key": "abcd-close", "todo": todo["id"], "version": 1, "outcome": "done", "note": null });
        office.done("todos/close", &close).await;
        rename(&case.order, 1).await;
        let form = json!({ "text": "Hívás", "kind": office.kind, "due": { "day": "2026-12-01" }, "assignee": office.people[3].1 });
        office.done("todos/add", &json!({ "key": "abcd-again", "datasheet": case.datasheet, "form": form })).await;
        assert_eq!(heard(&mut anna).await, change(office.orders, &case.order));
        assert_eq!(heard(&mut anna).await, change(office.module, &case.datasheet));
    }
}

/// The next that a stream says.
async fn heard(stream: &mut axum::body::BodyDataStream) -> String {
    let next = tokio::time::timeout(std::time::Duration::from_secs(10), stream.next()).await;
    String::from_utf8_lossy(&next.expect("it is heard in time").unwrap().unwrap()).into_owned()
}

fn check_headers(what: &str, headers: &HeaderMap, is_https: bool) {
    let value = |name: &str| {
        headers.get(name).unwrap_or_else(|| panic!("{what} has no {name}")).to_str().unwrap().to_owned()
    };
    let policy = value("content-security-policy");
    for part in [
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{what}: {policy}");
    }
    let scripts = policy.split(';').find(|part| part.trim().starts_with("script-src ")).unwrap();
    assert!(
        scripts.contains("'nonce-")
            && !scripts.contains("'unsafe-inline'")
            && !scripts.contains("'unsafe-eval'"),
        "{what}: {policy}"
    );
    assert_eq!(value("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(value("x-frame-options"), "DENY", "{what}");
    assert_eq!(value("referrer-policy"), "same-origin", "{what}");
    assert!(value("permissions-policy").contains("camera=()"), "{what}");
    assert_eq!(value("cross-origin-opener-policy"), "same-origin", "{what}");
    assert_eq!(value("x-request-id").len(), 16, "{what}");
    assert_eq!(headers.contains_key("strict-transport-security"), is_https, "{what}");
    for banner in ["server", "x-powered-by"] {
        assert!(!headers.contains_key(banner), "{what} says who serves");
    }
}
