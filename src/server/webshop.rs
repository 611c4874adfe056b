//! Orders of a web shop from outside: `POST /api/webshop/orders` for programs, and the command for files.
//!
//! A program shows a token and nothing else: cookies are not looked at, so another site's page cannot use a signed-in browser to
//! send orders, whatever headers it leaves out. An order is told by its number; sending one again changes nothing.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use axum::{
    Router,
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::post,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    again::Tries,
    app::App,
    command::{Failure, database_failure, say},
    host::{Change, Host},
    import::{self, ImportArgs},
};
use crate::{
    api::request::sha256,
    domain::{
        id::{ModuleId, UserId},
        import::{Kind, read::File},
        money::{Currency, Money},
        process::{Process, webshop::Order},
        time::Timestamp,
        user::ApiToken,
    },
    error::{Error, Field, Invalid, Problem, Result},
    i18n::{Locale, errors, import as texts},
    store::{
        self,
        webshop::{Intake, Made, Source, Verdict, survey, survey_file, take_file},
    },
};

/// How many orders one request may hold.
const ORDERS: usize = store::webshop::CHUNK;
/// The largest request, in bytes.
const BODY: usize = 1024 * 1024;
/// The pace of a token: so many requests at once, and milliseconds until each is allowed again.
const PACE: (i64, i64) = (100, 100);
/// A token's use is noted at most once in so many milliseconds.
const NOTED: i64 = 60_000;

/// Counts what somebody does who may do so much at once, and then goes on at a pace; in memory.
#[derive(Debug, Default)]
pub struct Pace(Mutex<HashMap<i64, i64>>);

impl Pace {
    /// Takes a try of `who`, of whom so many at once are allowed and one more after each interval in milliseconds; or says in
    /// how many seconds the next one is.
    pub fn take(&self, who: i64, (burst, interval): (i64, i64), now: Timestamp) -> Result<(), i64> {
        let mut empty_at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if empty_at.len() > 10_000 {
            empty_at.retain(|_, at| *at > now.0);
        }
        let at = empty_at.entry(who).or_insert(now.0);
        let over = *at - now.0 - (burst - 1) * interval;
        if over > 0 {
            return Err(over.div_euclid(1000) + 1);
        }
        *at = (*at).max(now.0) + interval;
        Ok(())
    }
}

/// The routes for programs.
pub fn router() -> Router<App> {
    Router::new().route("/api/webshop/orders", post(orders))
}

/// Why orders were not taken.
#[derive(Debug)]
enum Refused {
    Error(Error),
    NotJson(String),
    NotJsonType,
    TooLarge,
    TooMany(usize),
    NoShop,
    /// A field of an order is wrong.
    Field {
        index: usize,
        field: &'static str,
        message: String,
    },
    /// Other orders of these numbers came in before.
    Differs(Vec<(usize, String)>),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// What a program is told.
#[derive(Serialize)]
struct Told {
    error: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    orders: Vec<Value>,
}

impl Refused {
    fn respond(self) -> Response {
        let told = |error, message: String| Told { error, message, index: None, field: None, orders: vec![] };
        let (status, told) = match self {
            Self::Error(Error::SignInNeeded) => (
                StatusCode::UNAUTHORIZED,
                told("unauthorized", "send a token that is in force as `Authorization: Bearer …`".to_owned()),
            ),
            Self::Error(Error::TooMany { seconds }) => (
                StatusCode::TOO_MANY_REQUESTS,
                told("too_many", format!("wait {seconds} s, then send it again")),
            ),
            Self::Error(error) => (
                StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
                told(
                    if error == Error::Busy { "busy" } else { "server" },
                    "not done; send it again, each order comes in once".to_owned(),
                ),
            ),
            Self::NotJson(why) => (StatusCode::BAD_REQUEST, told("not_json", why)),
            Self::NotJsonType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                told("not_json", "send JSON with `Content-Type: application/json`".to_owned()),
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                told("too_large", format!("a request may have {BODY} bytes; send fewer orders at once")),
            ),
            Self::TooMany(count) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                told("too_many_orders", format!("{count} orders; a request may have {ORDERS}")),
            ),
            Self::NoShop => {
                (StatusCode::NOT_FOUND, told("no_webshop", "there is no Webshop module; add one".to_owned()))
            }
            Self::Field { index, field, message } => (
                StatusCode::UNPROCESSABLE_ENTITY,
                Told { index: Some(index), field: Some(field), ..told("invalid", message) },
            ),
            Self::Differs(orders) => {
                let message = "orders of these numbers came in before with another buyer, date or amount; nothing was stored";
                let orders = orders
                    .into_iter()
                    .map(|(index, number)| json!({ "index": index, "number": number }))
                    .collect();
                (StatusCode::CONFLICT, Told { orders, ..told("conflict", message.to_owned()) })
            }
        };
        let wait = match &told {
            Told { error: "too_many", .. } => Some("1"),
            _ => None,
        };
        let mut response = (status, axum::Json(told)).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
        }
        if let Some(wait) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static(wait));
        }
        response
    }
}

async fn orders(State(app): State<App>, request: Request) -> Response {
    match take(&app, request).await {
        Ok(answer) => axum::Json(answer).into_response(),
        Err(refused) => refused.respond(),
    }
}

/// Takes the orders of a request in, all or nothing.
async fn take(app: &App, request: Request) -> Result<Value, Refused> {
    let (parts, body) = request.into_parts();
    let host = &app.host;
    let now = host.now();
    // Who shows no token gets no byte read.
    let token = token(host, &parts.headers).await?;
    app.pace.take(token.id.0, PACE, now).map_err(|seconds| Error::TooMany { seconds })?;
    if !is_json(&parts.headers) {
        return Err(Refused::NotJsonType);
    }
    let bytes = to_bytes(body, BODY).await.map_err(|_| Refused::TooLarge)?;
    let value: Value = serde_json::from_slice(&bytes).map_err(|error| Refused::NotJson(error.to_string()))?;
    let is_list = value.is_array();
    let list = match value {
        Value::Array(list) => list,
        one => vec![one],
    };
    if list.len() > ORDERS {
        return Err(Refused::TooMany(list.len()));
    }
    let orders: Result<Vec<Order>, Refused> =
        list.iter().enumerate().map(|(index, value)| order(index, value, now)).collect();
    let orders = orders?;

    // Most repeats are answered without the one writer.
    let mut tx = host.db.read().await?;
    let module = store::webshop::module(&mut tx).await?.ok_or(Refused::NoShop)?;
    let verdicts = survey(&mut tx, module, &orders).await?;
    let mut verdicts = all_fit(verdicts, &orders)?;
    drop(tx);
    let mut buyers = 0;
    if verdicts.contains(&Verdict::New) {
        let mut tries = Tries::default();
        (verdicts, buyers) = loop {
            match take_in(host, &token, module, &orders, now).await {
                Err(Refused::Error(Error::Collided)) if tries.again().await => {}
                Err(Refused::Error(Error::Collided)) => return Err(Error::Busy.into()),
                taken => break taken?,
            }
        };
    }
    let results: Vec<Value> = orders
        .iter()
        .zip(verdicts)
        .map(|(order, verdict)| {
            json!({ "number": order.number, "result": if verdict == Verdict::New { "new" } else { "known" } })
        })
        .collect();
    Ok(if is_list {
        json!({ "orders": results, "new_buyers": buyers })
    } else {
        results.into_iter().next().unwrap_or_default()
    })
}

/// Stores orders of which some are new, in one transaction; answers what each was, and how many buyers are new.
async fn take_in(
    host: &Host,
    token: &ApiToken,
    module: ModuleId,
    orders: &[Order],
    now: Timestamp,
) -> Result<(Vec<Verdict>, u32), Refused> {
    let mut tx = host.db.begin().await?;
    let owner = owner(&mut tx, token).await?;
    let mut intake = Intake::begin(&mut tx, Source { module, owner, by: None, now }).await?;
    let verdicts = all_fit(intake.add(&mut tx, orders).await?, orders)?;
    let (taken, touched) = intake.finish(&mut tx).await?;
    if token.used_at.is_none_or(|used| now.millis_since(used) >= NOTED) {
        store::api_tokens::save_used(&mut tx, token.id, now).await?;
    }
    // Open pages ask for a datasheet each, or for all anew where many changed.
    let whom = if touched.len() > 20 { vec![None] } else { touched.into_iter().map(Some).collect() };
    let changes: Vec<Change> = whom
        .into_iter()
        .map(|datasheet| Change { module: Some(module), datasheet, user: None, origin: host.origin })
        .collect();
    for change in &changes {
        if let Ok(text) = serde_json::to_string(change) {
            store::requests::notify(&mut tx, &text).await?;
        }
    }
    tx.commit().await?;
    for change in changes {
        host.changes.send(change);
    }
    Ok((verdicts, taken.buyers))
}

/// The verdicts, where no order contradicts one that came in before.
fn all_fit(verdicts: Vec<Verdict>, orders: &[Order]) -> Result<Vec<Verdict>, Refused> {
    let differing: Vec<(usize, String)> = verdicts
        .iter()
        .zip(orders)
        .enumerate()
        .filter(|(_, (verdict, _))| **verdict == Verdict::Differs)
        .map(|(index, (_, order))| (index, order.number.clone()))
        .collect();
    if differing.is_empty() { Ok(verdicts) } else { Err(Refused::Differs(differing)) }
}

/// The token a request shows.
async fn token(host: &Host, headers: &HeaderMap) -> Result<ApiToken> {
    let shown = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .filter(|token| !token.is_empty())
        .ok_or(Error::SignInNeeded)?;
    let mut tx = host.db.read().await?;
    store::api_tokens::find(&mut tx, &sha256(shown)).await?.ok_or(Error::SignInNeeded)
}

fn is_json(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
    })
}

/// Who owns the buyers that a token's orders make: whoever made the token, while they are at work; then the first admin.
async fn owner(tx: &mut store::Tx, token: &ApiToken) -> Result<UserId> {
    let people = store::users::people(tx).await?;
    if people.iter().any(|person| person.id == token.created_by && person.active) {
        return Ok(token.created_by);
    }
    Ok(store::accounts::first_admin(tx).await?.unwrap_or(token.created_by))
}

/// Reads one order: `number`, `email`, `name` (may be missing), `date` (RFC 3339), `amount` (a number, or a decimal as text),
/// `currency`. A field that is not one of these is refused: it may be one of these, mistyped.
fn order(index: usize, value: &Value, now: Timestamp) -> Result<Order, Refused> {
    const FIELDS: [&str; 6] = ["number", "email", "name", "date", "amount", "currency"];
    let wrong = |field, message: String| Refused::Field { index, field, message };
    let Some(fields) = value.as_object() else {
        return Err(wrong("order", "an order is an object".to_owned()));
    };
    if let Some(other) = fields.keys().find(|key| !FIELDS.contains(&key.as_str())) {
        return Err(wrong("order", format!("there is no field {other:?}; there are: {}", FIELDS.join(", "))));
    }
    let text = |field: &'static str| match fields.get(field) {
        Some(Value::String(text)) => Ok(text.clone()),
        // Many shops count their orders.
        Some(Value::Number(number)) if field == "number" && (number.is_u64() || number.is_i64()) => {
            Ok(number.to_string())
        }
        None | Some(Value::Null) if field == "name" => Ok(String::new()),
        None | Some(Value::Null) => Err(wrong(field, "is missing".to_owned())),
        Some(_) => Err(wrong(field, "must be text".to_owned())),
    };
    let (number, email, name) = (text("number")?, text("email")?, text("name")?);
    let date = text("date")?;
    let date = chrono::DateTime::parse_from_rfc3339(date.trim()).map_err(|_| {
        wrong("date", format!("{date:?} is not a time with its zone such as 2026-11-24T09:30:00+01:00"))
    })?;
    let currency = text("currency")?;
    let currency = Currency::parse(&currency)
        .map_err(|_| wrong("currency", format!("{currency:?} is not a code of three letters such as HUF")))?;
    let amount = match fields.get("amount") {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        None | Some(Value::Null) => return Err(wrong("amount", "is missing".to_owned())),
        Some(_) => return Err(wrong("amount", "must be a number".to_owned())),
    };
    let money = Money::parse_decimal(&amount, currency).map_err(|_| {
        let message = format!(
            "{amount:?} is not an amount of {}: digits, and a point before decimals",
            currency.as_str()
        );
        wrong("amount", message)
    })?;
    let at = Timestamp(date.timestamp_millis());
    Order::parse(&number, &email, &name, at, money, now).map_err(|invalid| {
        let field = match invalid.field {
            Field::OrderNumber => "number",
            Field::Name => "name",
            Field::OrderDate => "date",
            _ => "email",
        };
        let message = match invalid {
            Invalid { field: Field::OrderDate, .. } => "is before 1990 or more than a day ahead".to_owned(),
            Invalid { problem: Problem::Missing, .. } => "is empty".to_owned(),
            other => errors::message(Locale::En, &other.into()),
        };
        wrong(field, message)
    })
}

/// Imports a file of orders: prints broken lines and the progress to stderr, the result to stdout.
pub async fn run_command(host: &Host, args: &ImportArgs) -> Result<(), Failure> {
    let (name, bytes) = import::read_bytes(&args.file)?;
    let file =
        File::read_as(Kind::Orders, bytes).map_err(|fault| Failure::new(texts::fault(Locale::En, &fault)))?;
    let importer = import::importer(host, args, Some(Process::Webshop)).await?;
    let fail = |error: Error| database_failure(&error);
    let (module, zone, now) = (importer.module, &importer.zone, importer.now);

    let mut tx = host.db.read().await.map_err(fail)?;
    let survey = survey_file(&mut tx, module, zone, now, &file).await.map_err(fail)?;
    drop(tx);
    let columns: Vec<_> = file.columns().collect();
    import::tell_columns(&columns, file.encoding, &file.left_out);
    import::tell_doubtful(&survey.doubtful);
    import::tell_broken(&survey.broken);
    if survey.broken.count > 0 && !args.skip_broken {
        return Err(import::refused(survey.broken.count, survey.new));
    }
    if args.dry_run {
        return say(&format!(
            "Would import {} orders; {} came in before; {} broken lines are left out.",
            survey.new, survey.same, survey.broken.count
        ));
    }

    let mut tx = host.db.begin().await.map_err(fail)?;
    let source = Source { module, owner: importer.user, by: Some(importer.user), now };
    let progress = |done| import::progress(done, file.lines);
    let made = take_file(&mut tx, source, zone, (&file, &name), args.skip_broken, progress).await;
    match made.map_err(fail)? {
        Made::Broken(broken) => {
            import::tell_broken(&broken);
            Err(import::refused(broken.count, survey.new))
        }
        Made::Done { taken, same, left_out, .. } => {
            let change = Change { module: Some(module), datasheet: None, user: None, origin: host.origin };
            if let Ok(text) = serde_json::to_string(&change) {
                store::requests::notify(&mut tx, &text).await.map_err(fail)?;
            }
            tx.commit().await.map_err(fail)?;
            say(&format!(
                "Imported {} orders: {} new buyers, {} moves of status; {same} orders came in before; {left_out} broken lines were left out.",
                taken.orders, taken.buyers, taken.moved
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::{body::Body, http::Method};
    use tower::ServiceExt as _;

    use super::*;
    use crate::{
        server::{config::Config, host::Clock},
        store::{
            api_tokens, sessions,
            testing::{self, NOW, TestDb, collide, on_both},
        },
    };

    const SECRET: &str = "mdk_0123456789abcdef0123456789abcdef0123456789abcdef";

    struct Shop {
        app: Router,
        host: Arc<Host>,
        token: ApiToken,
        _test: TestDb,
    }

    /// The app with a token, a signed-in admin and, if wanted, a webshop.
    async fn shop(test: TestDb, with_module: bool) -> Shop {
        let host = Arc::new(Host::new(test.db.clone(), Clock::at(NOW)));
        let mut tx = host.db.begin().await.unwrap();
        if with_module {
            testing::webshop(&mut tx).await;
        }
        let admin = testing::admin(&mut tx).await;
        sessions::add(&mut tx, &sha256("admin"), admin, "", NOW).await.unwrap();
        let token = api_tokens::add(&mut tx, "bolt", &sha256(SECRET), admin, NOW).await.unwrap();
        tx.commit().await.unwrap();
        Shop { app: super::super::app(host.clone(), Config::default()), host, token, _test: test }
    }

    impl Shop {
        async fn send(&self, headers: &[(&str, &str)], body: String) -> (u16, Value) {
            let mut request = axum::http::Request::builder()
                .method(Method::POST)
                .uri("/api/webshop/orders")
                .header(header::CONTENT_TYPE, "application/json");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let response = self.app.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
            let status = response.status().as_u16();
            let bytes = to_bytes(response.into_body(), 1 << 22).await.unwrap();
            (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
        }

        async fn post(&self, body: &Value) -> (u16, Value) {
            self.send(&[("authorization", &format!("Bearer {SECRET}"))], body.to_string()).await
        }

        /// Calls a server function as the admin.
        async fn ask(&self, path: &str, arguments: &Value) -> Value {
            let request = axum::http::Request::post(format!("/api/{path}"))
                .header(header::COOKIE, "modulok_session=admin")
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(arguments.to_string()))
                .unwrap();
            let response = self.app.clone().oneshot(request).await.unwrap();
            let status = response.status();
            let bytes = to_bytes(response.into_body(), 1 << 22).await.unwrap();
            assert_eq!(status, StatusCode::OK, "{path}: {}", String::from_utf8_lossy(&bytes));
            serde_json::from_slice(&bytes).unwrap()
        }

        async fn orders(&self) -> i64 {
            const SQL: &str = "select cast(count(*) as bigint) from webshop_orders";
            let mut tx = self.host.db.read().await.unwrap();
            store::on!(tx, |conn| sqlx::query_scalar(SQL).fetch_one(conn).await).unwrap()
        }
    }

    fn order(number: &str) -> Value {
        json!({
            "number": number, "email": "anna@pelda.hu", "name": "Kis Anna", "date": "2026-11-20T10:00:00+01:00",
            "amount": "12990.50", "currency": "HUF"
        })
    }

    fn with(number: &str, field: &str, value: Value) -> Value {
        let mut order = order(number);
        order[field] = value;
        order
    }

    #[test]
    fn a_program_may_hurry_and_then_goes_on_at_its_pace() {
        let pace = Pace::default();
        let now = Timestamp(1_000_000);
        for _ in 0..100 {
            assert_eq!(pace.take(1, (100, 100), now), Ok(()));
        }
        assert_eq!(pace.take(1, (100, 100), now), Err(1));
        assert_eq!(pace.take(2, (100, 100), now), Ok(()));
        assert_eq!(pace.take(1, (100, 100), now.plus_millis(100)), Ok(()));
        assert_eq!(pace.take(1, (100, 100), now.plus_millis(100)), Err(1));
    }

    #[tokio::test]
    async fn an_order_that_collides_with_another_write_comes_in_all_the_same_and_once() {
        let test = TestDb::postgres().await;
        collide(&test.db, "webshop_orders", 3).await;
        let shop = shop(test, true).await;
        assert_eq!(shop.post(&order("1")).await, (200, json!({ "number": "1", "result": "new" })));
        assert_eq!(shop.orders().await, 1);
    }

    #[tokio::test]
    async fn an_order_that_goes_on_colliding_is_asked_for_again() {
        let test = TestDb::postgres().await;
        collide(&test.db, "webshop_orders", 5).await;
        let shop = shop(test, true).await;
        let (status, answer) = shop.post(&order("1")).await;
        assert_eq!((status, &answer["error"]), (503, &json!("busy")));
        assert_eq!(shop.post(&order("1")).await, (200, json!({ "number": "1", "result": "new" })));
        assert_eq!(shop.orders().await, 1);
    }

    on_both! {
        async fn an_order_or_a_list_comes_in_and_each_number_once(test: TestDb) {
            let shop = shop(test, true).await;
            assert_eq!(shop.post(&order("1")).await, (200, json!({ "number": "1", "result": "new" })));
            assert_eq!(shop.post(&order("1")).await, (200, json!({ "number": "1", "result": "known" })));
            // The same moment, the same number, the same amount, written otherwise.
            let same = json!({
                "number": 1, "email": "ANNA@pelda.hu", "date": "2026-11-20T09:00:00Z", "amount": 12990.5, "currency": "huf"
            });
            assert_eq!(shop.post(&same).await.1["result"], "known");
            let list = json!([order("1"), with("2", "email", json!("bea@pelda.hu"))]);
            let (status, answer) = shop.post(&list).await;
            assert_eq!(status, 200);
            assert_eq!(answer, json!({
                "orders": [{ "number": "1", "result": "known" }, { "number": "2", "result": "new" }], "new_buyers": 1
            }));
            assert_eq!(shop.post(&json!([])).await, (200, json!({ "orders": [], "new_buyers": 0 })));
            assert_eq!(shop.orders().await, 2);
        }

        async fn a_buyers_page_brings_the_latest_orders_and_the_way_to_the_earlier_ones(test: TestDb) {
            let shop = shop(test, true).await;
            let day = |i: i64| with(&i.to_string(), "date", json!(format!("2026-10-{:02}T10:00:00Z", i + 1)));
            let list: Vec<Value> = (0..25).map(day).collect();
            assert_eq!(shop.post(&json!(list)).await.0, 200);
            let mut tx = shop.host.db.read().await.unwrap();
            let module = store::webshop::module(&mut tx).await.unwrap().unwrap();
            drop(tx);
            let filter = json!({ "narrow": null, "owner": "all", "search": "" });
            let rows = shop.ask("modules/page", &json!({ "module": module, "filter": filter })).await;
            let row = &rows["page"]["rows"][0];
            assert_eq!(row["process"]["summary"]["webshop"]["orders"], 25);
            let buyer = &row["id"];
            let page = shop.ask("datasheets/page", &json!({ "datasheet": buyer })).await;
            let numbers = |orders: &Value| -> Vec<String> {
                orders.as_array().unwrap().iter().map(|order| order["number"].as_str().unwrap().to_owned()).collect()
            };
            let of = |range: std::ops::Range<i64>| range.rev().map(|i| i.to_string()).collect::<Vec<_>>();
            assert_eq!(numbers(&page["orders"]), of(5..25));
            let last = &page["orders"][19];
            let before = json!({ "datasheet": buyer, "before": [last["at"], last["number"]] });
            assert_eq!(numbers(&shop.ask("datasheets/orders", &before).await), of(0..5));
        }

        async fn a_buyer_in_the_trash_who_orders_is_seen_again(test: TestDb) {
            let shop = shop(test, true).await;
            shop.post(&order("1")).await;
            let mut tx = shop.host.db.read().await.unwrap();
            let module = store::webshop::module(&mut tx).await.unwrap().unwrap();
            drop(tx);
            let filter = json!({ "narrow": null, "owner": "all", "search": "" });
            let list = json!({ "module": module, "filter": filter });
            let row = shop.ask("modules/page", &list).await["page"]["rows"][0].clone();
            let trash = json!({ "key": "shop-trash", "datasheet": row["id"], "version": row["version"] });
            shop.ask("datasheets/trash", &trash).await;
            assert_eq!(shop.ask("modules/page", &list).await["page"]["rows"], json!([]));
            assert_eq!(shop.post(&order("2")).await.1["result"], "new");
            let rows = shop.ask("modules/page", &list).await["page"]["rows"].clone();
            assert_eq!((&rows[0]["id"], &rows[0]["process"]["summary"]["webshop"]["orders"]), (&row["id"], &json!(2)));
        }

        async fn only_a_token_opens_it_and_never_a_cookie(test: TestDb) {
            let shop = shop(test, true).await;
            let cookie = ("cookie", "modulok_session=admin");
            for headers in [
                vec![],
                vec![cookie],
                vec![cookie, ("sec-fetch-site", "same-origin")],
                vec![("authorization", "Bearer mdk_wrong")],
                vec![("authorization", "Bearer ")],
                vec![("authorization", "Basic YTpi"), cookie],
            ] {
                let (status, answer) = shop.send(&headers, order("1").to_string()).await;
                assert_eq!((status, &answer["error"]), (401, &json!("unauthorized")), "{headers:?}");
            }
            // Another site's page is refused before anything is looked at, with a token too.
            let bearer = format!("Bearer {SECRET}");
            let foreign = [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("authorization", bearer.as_str())];
            assert_eq!(shop.send(&foreign, order("1").to_string()).await.0, 403);
            assert_eq!(shop.orders().await, 0);
            let mut tx = shop.host.db.begin().await.unwrap();
            assert_eq!(api_tokens::revoke(&mut tx, shop.token.id, NOW).await.unwrap().as_deref(), Some("bolt"));
            assert_eq!(api_tokens::revoke(&mut tx, shop.token.id, NOW).await.unwrap(), None);
            tx.commit().await.unwrap();
            assert_eq!(shop.post(&order("1")).await.0, 401);
        }

        async fn what_is_wrong_is_named_by_field_and_place_and_nothing_is_stored(test: TestDb) {
            let shop = shop(test, true).await;
            for (field, value) in [
                ("number", json!("")), ("number", Value::Null), ("number", json!(1.5)), ("email", json!("anna")), ("email", json!(7)),
                ("date", json!("2026-11-20")), ("date", json!("2062-11-20T10:00:00Z")), ("amount", json!("12 990")),
                ("amount", json!(-1)), ("amount", json!("1.999")), ("amount", json!(true)), ("currency", json!("forint")),
                ("name", json!("x".repeat(201))),
            ] {
                let list = json!([order("1"), with("2", field, value.clone())]);
                let (status, answer) = shop.post(&list).await;
                assert_eq!(status, 422, "{field}: {answer}");
                assert_eq!((&answer["index"], &answer["field"]), (&json!(1), &json!(field)), "{answer}");
            }
            let (status, answer) = shop.post(&with("2", "emial", json!("a@b.hu"))).await;
            assert_eq!((status, &answer["field"]), (422, &json!("order")), "{answer}");
            assert_eq!(shop.post(&json!([7])).await.0, 422);
            let many: Vec<Value> = (0..1001).map(|i| order(&i.to_string())).collect();
            assert_eq!(shop.post(&json!(many)).await.1["error"], "too_many_orders");
            let bearer = format!("Bearer {SECRET}");
            let bearer = [("authorization", bearer.as_str())];
            assert_eq!(shop.send(&bearer, "{".to_owned()).await.0, 400);
            assert_eq!(shop.send(&bearer, " ".repeat(BODY + 1)).await.0, 413);
            let text = [bearer[0], ("content-type", "text/plain")];
            let request = axum::http::Request::post("/api/webshop/orders").header("authorization", text[0].1);
            let request = request.header(text[1].0, text[1].1).body(Body::from(order("1").to_string())).unwrap();
            assert_eq!(shop.app.clone().oneshot(request).await.unwrap().status().as_u16(), 415);
            assert_eq!(shop.orders().await, 0);
        }

        async fn a_known_number_with_other_content_is_a_conflict_and_the_list_is_not_stored(test: TestDb) {
            let shop = shop(test, true).await;
            shop.post(&order("1")).await;
            let list = json!([order("2"), with("1", "amount", json!("5"))]);
            let (status, answer) = shop.post(&list).await;
            assert_eq!((status, &answer["error"]), (409, &json!("conflict")));
            assert_eq!(answer["orders"], json!([{ "index": 1, "number": "1" }]));
            assert_eq!(shop.orders().await, 1);
        }

        async fn without_a_webshop_there_is_nothing_to_send_to(test: TestDb) {
            let shop = shop(test, false).await;
            let (status, answer) = shop.post(&order("1")).await;
            assert_eq!((status, &answer["error"]), (404, &json!("no_webshop")));
        }

        async fn a_hundred_requests_at_once_then_ten_a_second(test: TestDb) {
            let shop = shop(test, true).await;
            for _ in 0..100 {
                assert_eq!(shop.post(&json!([])).await.0, 200);
            }
            let (status, answer) = shop.post(&json!([])).await;
            assert_eq!((status, &answer["error"]), (429, &json!("too_many")));
            shop.host.clock.set(NOW.plus_millis(100));
            assert_eq!(shop.post(&json!([])).await.0, 200);
        }
    }
}
