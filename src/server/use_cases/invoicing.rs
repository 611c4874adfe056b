//! Documents through HTTP: numbers without gaps, what is issued stays, an order's invoice; on both databases.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{Case, Office, office, status_name};
use crate::{
    domain::{
        document::Document,
        id::{DatasheetId, ModuleId},
        process::{Facts, Process},
        time::Timestamp,
    },
    server::tick::{Ticked, tick},
    store::{
        self, on,
        testing::{NOW, on_both},
    },
};

/// The number of a write's key.
static KEYS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);

fn key() -> String {
    format!("invoicing-{}", KEYS.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
}

fn draft(kind: &str) -> Value {
    json!({
        "kind": kind,
        "items": {
            "buyer": { "name": "Kiss Bt.", "address": "1011 Budapest, Fő utca 1.", "tax_number": "12345678-2-41" },
            "currency": "HUF",
            "lines": [
                { "name": "Tető", "quantity": "2", "unit": "db", "price": "1000.4", "vat": "p27" },
                { "name": "Könyv", "quantity": "1.5", "unit": "db", "price": "999", "vat": "p5" },
            ],
        },
        "performed_on": null, "due_on": null, "method": "transfer", "note": "",
    })
}

impl Office {
    /// A new Invoicing module whose seller is known.
    pub(super) async fn invoicing(&self, name: &str) -> i64 {
        let added =
            self.done("modules/add", &json!({ "key": key(), "template": "invoicing", "name": name })).await;
        let module = added["id"].as_i64().unwrap();
        let stored = self.done("processes/settings", &json!({ "module": module })).await;
        let mut settings = stored[1].clone();
        settings["invoicing"]["seller"] = json!({
            "name": "Minta Kft.", "address": "1111 Budapest", "tax_number": "87654321-2-43",
            "account": "11111111-22222222", "footer": "",
        });
        self.done(
            "processes/set",
            &json!({ "key": key(), "module": module, "version": 1, "settings": settings }),
        )
        .await;
        module
    }

    async fn sheet(&self, module: i64) -> Value {
        let form = json!({ "name": "Kiss Bt.", "status": null, "owner": null, "todo": null });
        let added =
            self.done("datasheets/add", &json!({ "key": key(), "module": module, "form": form })).await;
        added["row"]["id"].clone()
    }

    async fn page(&self, datasheet: &Value) -> Value {
        self.done("datasheets/page", &json!({ "datasheet": datasheet })).await
    }

    /// Does a step on the facts as they are now.
    async fn act(&self, datasheet: &Value, action: Value) -> (StatusCode, Value) {
        let version = self.page(datasheet).await["process"]["version"].clone();
        let arguments = json!({ "key": key(), "datasheet": datasheet, "version": version, "action": action });
        self.call("admin", "processes/act", &arguments).await
    }

    async fn acted(&self, datasheet: &Value, action: Value) -> Value {
        let (status, answer) = self.act(datasheet, action.clone()).await;
        assert_eq!(status, StatusCode::OK, "{action}: {answer}");
        answer
    }

    pub(super) async fn drafted(&self, module: i64, kind: &str) -> Value {
        let sheet = self.sheet(module).await;
        self.acted(&sheet, json!({ "invoicing": { "set_draft": draft(kind) } })).await;
        sheet
    }

    async fn issued(&self, module: i64, kind: &str) -> Value {
        let sheet = self.drafted(module, kind).await;
        self.acted(&sheet, json!({ "invoicing": "issue" })).await;
        sheet
    }

    /// The page that is printed, as a user sees it.
    async fn printed(&self, user: &str, datasheet: &Value, lang: &str) -> (StatusCode, String) {
        let request = axum::http::Request::get(format!("/documents/{datasheet}?lang={lang}"))
            .header("cookie", format!("modulok_session={user}"))
            .body(axum::body::Body::empty())
            .unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        let status = response.status();
        assert!(response.headers().contains_key("content-security-policy"));
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    async fn stored(&self, datasheet: &Value) -> Option<Document> {
        let mut tx = self.host.db.read().await.unwrap();
        store::documents::get(&mut tx, DatasheetId(datasheet.as_i64().unwrap())).await.unwrap()
    }

    /// The counts of a module's documents, in order, and the counter's.
    pub(super) async fn numbers(&self, module: i64) -> (Vec<i64>, i64) {
        const COUNTS: &str = "select count from documents where module_id = $1 order by count";
        const LAST: &str = "select last from document_counters where module_id = $1";
        // Of one moment: a server that was killed may have sent a commit that comes through only now.
        let mut tx = self.host.db.snapshot().await.unwrap();
        let counts = on!(tx, |conn| sqlx::query_scalar(COUNTS).bind(module).fetch_all(conn).await).unwrap();
        let last: Option<i64> =
            on!(tx, |conn| sqlx::query_scalar(LAST).bind(module).fetch_optional(conn).await).unwrap();
        (counts, last.unwrap_or(0))
    }
}

fn status(page: &Value) -> String {
    let statuses = page["tree"].as_array().unwrap();
    status_name(statuses.iter().find(|status| status["id"] == page["row"]["status"]).unwrap())
}

on_both! {
    async fn an_invoice_goes_from_draft_to_paid_and_a_storno_cancels_it(test: TestDb) {
        let office = office(test).await;
        let module = office.invoicing("Invoicing").await;
        let sheet = office.sheet(module).await;
        assert_eq!(status(&office.page(&sheet).await), "To issue");
        let (code, answer) = office.act(&sheet, json!({ "invoicing": "issue" })).await;
        assert_eq!((code, &answer["invalid"]), (
            StatusCode::UNPROCESSABLE_ENTITY, &json!({ "field": "buyer", "problem": "missing" })
        ));
        let (code, answer) = office.act(&sheet, json!({ "invoicing": { "mark_paid": null } })).await;
        assert_eq!((code, &answer["refused"]["not_now"]), (StatusCode::CONFLICT, &json!(["issue"])));

        office.acted(&sheet, json!({ "invoicing": { "set_draft": draft("invoice") } })).await;
        // 2001 + 27 % and 1499 (rounded from 1498.5) + 5 %, in hundredths of a forint.
        assert_eq!(office.page(&sheet).await["row"]["amount"], json!({ "minor": 411_500, "currency": "HUF" }));
        let issued = office.acted(&sheet, json!({ "invoicing": "issue" })).await;
        assert_eq!(issued["undo"], Value::Null, "an issue is not taken back");
        let page = office.page(&sheet).await;
        assert_eq!(status(&page), "Issued");
        assert_eq!(page["document"]["number"], json!("2026/00001"));
        assert_eq!((&page["document"]["issued_on"], &page["document"]["due_on"]), (&json!("2026-11-24"), &json!("2026-12-02")));
        assert_eq!(page["row"]["process"]["summary"]["invoicing"], json!({
            "kind": "invoice", "number": "2026/00001", "buyer": "Kiss Bt.", "due_on": "2026-12-02"
        }));

        let (code, answer) = office.act(&sheet, json!({ "invoicing": { "set_draft": draft("invoice") } })).await;
        assert_eq!((code, &answer["refused"]["not_now"]), (StatusCode::CONFLICT, &json!(["mark_paid", "storno"])));
        // A payment can be taken back, and made again.
        let paid = office.acted(&sheet, json!({ "invoicing": { "mark_paid": null } })).await;
        assert_eq!(office.page(&sheet).await["process"]["facts"]["invoicing"]["paid_on"], json!("2026-11-24"));
        office.done("datasheets/undo", &json!({ "key": key(), "event": paid["undo"] })).await;
        assert_eq!(status(&office.page(&sheet).await), "Issued");
        office.acted(&sheet, json!({ "invoicing": { "mark_paid": "2026-11-23" } })).await;
        assert_eq!(status(&office.page(&sheet).await), "Paid");

        office.acted(&sheet, json!({ "invoicing": "storno" })).await;
        let page = office.page(&sheet).await;
        assert_eq!(status(&page), "Cancelled");
        let made = &page["process"]["facts"]["invoicing"]["made"];
        assert_eq!(made["name"], json!("2026/00002"));
        let storno = office.page(&made["datasheet"]).await;
        assert_eq!(storno["document"]["kind"], json!("storno"));
        assert_eq!(storno["document"]["about"], json!({ "cancels": "2026/00001" }));
        assert_eq!(storno["row"]["amount"]["minor"], json!(-411_500));
        assert_eq!(storno["process"]["facts"]["invoicing"]["source"]["link"]["datasheet"], sheet);
        let (code, answer) = office.act(&sheet, json!({ "invoicing": "storno" })).await;
        assert_eq!((code, &answer["refused"]["not_now"]), (StatusCode::CONFLICT, &json!([])));
        // Together they are worth nothing, and both are counted.
        let filter = json!({ "narrow": null, "owner": "all", "search": "" });
        let counts = office.done("modules/counts", &json!({ "module": module, "filter": filter })).await;
        let cancelled = &page["row"]["status"];
        let of = |list: &Value| list.as_array().into_iter().flatten().find(|one| one["status_id"] == *cancelled).cloned();
        assert_eq!(of(&counts["statuses"]).unwrap()["n"], json!(2));
        assert_eq!(of(&counts["sums"]).map_or(json!(0), |sum| sum["sum"]["minor"].clone()), json!(0));
    }

    async fn a_paid_proforma_makes_its_invoice_once(test: TestDb) {
        let office = office(test).await;
        let module = office.invoicing("Invoicing").await;
        let sheet = office.issued(module, "proforma").await;
        assert_eq!(office.stored(&sheet).await.unwrap().number, "D-2026/00001");
        let (code, _) = office.act(&sheet, json!({ "invoicing": "make_invoice" })).await;
        assert_eq!(code, StatusCode::CONFLICT);
        for (day, problem) in [("2026-11-25", "in_future"), ("1989-12-31", "unreadable")] {
            let (code, answer) = office.act(&sheet, json!({ "invoicing": { "mark_paid": day } })).await;
            assert_eq!((code, &answer["invalid"]), (
                StatusCode::UNPROCESSABLE_ENTITY, &json!({ "field": "paid_on", "problem": problem })
            ));
        }
        office.acted(&sheet, json!({ "invoicing": { "mark_paid": "2026-11-20" } })).await;
        office.acted(&sheet, json!({ "invoicing": "make_invoice" })).await;
        let (code, _) = office.act(&sheet, json!({ "invoicing": "make_invoice" })).await;
        assert_eq!(code, StatusCode::CONFLICT);
        let invoice = office.page(&sheet).await["process"]["facts"]["invoicing"]["made"]["datasheet"].clone();
        office.acted(&invoice, json!({ "invoicing": "issue" })).await;
        let stored = office.stored(&invoice).await.unwrap();
        assert_eq!(stored.number, "2026/00001", "a series of its own");
        assert_eq!(serde_json::to_value(&stored.about).unwrap(), json!({ "proforma": "D-2026/00001" }));

        // It is paid already, on the proforma's day, and nothing is late of it.
        let page = office.page(&invoice).await;
        assert_eq!(status(&page), "Paid");
        assert_eq!(page["process"]["facts"]["invoicing"]["paid_on"], json!("2026-11-20"));
        assert!(office.printed("admin", &invoice, "en").await.1.contains("Paid: "));
        let later = Timestamp(NOW.0 + 1_000 * 3_600 * 24 * 10);
        assert_eq!(tick(&office.host, later).await.unwrap(), Ticked::default());

        // A storno of the invoice lets the proforma make another one.
        office.acted(&invoice, json!({ "invoicing": "storno" })).await;
        let made = async || office.page(&sheet).await["process"]["facts"]["invoicing"]["made"].clone();
        assert_eq!(made().await, Value::Null);
        let source = office.page(&invoice).await["process"]["facts"]["invoicing"]["source"]["link"]["datasheet"].clone();
        assert_eq!(source, sheet, "the cancelled one still says what it was made of");
        office.acted(&sheet, json!({ "invoicing": "make_invoice" })).await;
        let second = made().await["datasheet"].clone();
        assert_ne!(second, invoice);
        office.acted(&second, json!({ "invoicing": "issue" })).await;
        assert_eq!(office.stored(&second).await.unwrap().number, "2026/00003");
    }

    async fn twenty_issued_at_once_get_twenty_numbers_without_a_gap(test: TestDb) {
        let office = office(test).await;
        let module = office.invoicing("Invoicing").await;
        let mut sheets = vec![];
        for _ in 0..20 {
            sheets.push(office.drafted(module, "invoice").await);
        }
        let answers = futures::future::join_all(sheets.iter().map(|sheet| {
            let arguments = json!({ "key": key(), "datasheet": sheet, "version": 2, "action": { "invoicing": "issue" } });
            let office = &office;
            async move {
                // Whoever is told «busy» sends it again, as the browser does.
                loop {
                    let answer = office.call("admin", "processes/act", &arguments).await;
                    if answer.0 != StatusCode::SERVICE_UNAVAILABLE {
                        return answer;
                    }
                }
            }
        })).await;
        assert!(answers.iter().all(|(status, _)| *status == StatusCode::OK), "{answers:?}");
        assert_eq!(office.numbers(module).await, ((1..=20).collect(), 20));
        let mut numbers = vec![];
        for sheet in &sheets {
            numbers.push(office.stored(sheet).await.unwrap().number);
        }
        numbers.sort();
        assert_eq!(numbers, (1..=20).map(|n| format!("2026/{n:05}")).collect::<Vec<_>>());
    }

    async fn an_issue_killed_in_the_middle_leaves_no_gap(test: TestDb) {
        let office = office(test).await;
        let module = office.invoicing("Invoicing").await;
        let mut killed = 0;
        for n in 0..24_u64 {
            let sheet = office.drafted(module, "invoice").await;
            let arguments = json!({ "key": key(), "datasheet": sheet, "version": 2, "action": { "invoicing": "issue" } });
            let issue = office.call("admin", "processes/act", &arguments);
            let ended = tokio::time::timeout(Duration::from_micros(n * 400), issue).await;
            killed += u32::from(ended.is_err());
        }
        // A number that was taken and rolled back is given again.
        let mut tx = office.host.db.begin().await.unwrap();
        let on = crate::domain::document::Day(chrono::NaiveDate::from_ymd_opt(2026, 11, 24).unwrap());
        let taken = store::documents::take(&mut tx, ModuleId(module), "", 2026, on).await.unwrap();
        drop(tx);
        let last = office.issued(module, "invoice").await;
        assert_eq!(office.stored(&last).await.unwrap().number, format!("2026/{:05}", taken.count));
        let (counts, counter) = office.numbers(module).await;
        assert_eq!(counts, (1..=counter).collect::<Vec<_>>());
        assert!(killed > 0, "nothing was killed");
    }

    async fn an_issued_document_stays_whatever_is_tried(test: TestDb) {
        let office = office(test).await;
        let module = office.invoicing("Invoicing").await;
        let sheet = office.issued(module, "invoice").await;
        let id = DatasheetId(sheet.as_i64().unwrap());
        let before = office.stored(&sheet).await.unwrap();
        let todo = json!({ "key": key(), "datasheet": sheet, "form": {
            "text": "Utánanézni", "kind": office.page(&sheet).await["types"][0]["id"], "due": { "day": "2026-12-01" },
            "assignee": office.admin
        } });
        let added = office.done("todos/add", &todo).await;

        // Every server function, on this datasheet, at its present versions.
        let case = Case {
            datasheet: sheet.clone(),
            todo: added["row"]["todo"]["id"].clone(),
            event: added["undo"].clone(),
            comment: added["undo"].clone(),
            file: added["undo"].clone(),
            order: sheet.clone(),
            relation: json!(1),
            contact: office.contact(&key(), &json!({ "name": "Vevő", "email": "vevo@pelda.hu" })).await,
        };
        let mut answers = vec![];
        for (path, mut arguments) in office.calls(&case) {
            // A password that was changed ends the sessions.
            if path == "session/password" {
                continue;
            }
            let page = office.page(&sheet).await;
            if arguments.get("version").is_some() {
                let version = if path == "processes/act" { &page["process"]["version"] } else { &page["row"]["version"] };
                arguments["version"] = version.clone();
            }
            if arguments.get("key").is_some() {
                arguments["key"] = json!(key());
            }
            let (status, answer) = office.call("admin", path, &arguments).await;
            assert_eq!(office.stored(&sheet).await.as_ref(), Some(&before), "{path}: {status} {answer}");
            answers.push((path, status, answer));
        }
        let refused = |path: &str| answers.iter().find(|answer| answer.0 == path).unwrap();
        assert_eq!(refused("datasheets/rename").1, StatusCode::OK, "the datasheet's own name is free");
        assert_eq!(refused("datasheets/trash").2["refused"], json!("issued"));
        assert_eq!(refused("datasheets/status").1, StatusCode::CONFLICT);
        // Every action, and the undo of everything that happened.
        for action in [
            json!({ "set_draft": draft("proforma") }), json!("issue"), json!("make_invoice"), json!({ "mark_paid": null }), json!("storno"),
        ] {
            office.act(&sheet, json!({ "invoicing": action })).await;
            assert_eq!(office.stored(&sheet).await.as_ref(), Some(&before), "{action}");
        }
        let history = office.done("datasheets/history", &json!({ "datasheet": sheet, "before": null })).await;
        for event in history.as_array().unwrap() {
            office.call("admin", "datasheets/undo", &json!({ "key": key(), "event": event["id"] })).await;
            assert_eq!(office.stored(&sheet).await.as_ref(), Some(&before), "{event}");
        }
        assert_eq!(status(&office.page(&sheet).await), "Cancelled");

        // The store: other facts, the trash, statements of its own.
        let mut tx = office.host.db.begin().await.unwrap();
        let state = store::processes::get(&mut tx, id).await.unwrap().unwrap();
        store::processes::save(&mut tx, id, state.version, &Process::Invoicing.first_facts(), None).await.unwrap();
        tx.commit().await.unwrap();
        let tries: [&'static str; 6] = [
            "update modules set trashed_at = 1",
            "update documents set content = '{}'",
            "update documents set number = '2026/00009'",
            "delete from documents",
            "delete from datasheets",
            "update datasheets set trashed_at = 1",
        ];
        for sql in tries {
            let mut tx = office.host.db.begin().await.unwrap();
            let done = on!(tx, |conn| sqlx::query(sql).execute(conn).await.map(drop));
            assert!(done.is_err(), "{sql}");
        }
        let mut tx = office.host.db.begin().await.unwrap();
        let standing = store::datasheets::find(&mut tx, id).await.unwrap().unwrap();
        let trashed = store::datasheets::Standing { trashed_at: Some(NOW), ..standing.clone() };
        assert!(store::datasheets::save(&mut tx, &standing, &trashed, NOW).await.is_err());
        drop(tx);
        let mut tx = office.host.db.begin().await.unwrap();
        let place = store::documents::Place {
            module: ModuleId(module), series: String::new(), year: 2026, count: 77, on: before.issued_on,
        };
        let new = store::documents::NewDocument { datasheet: id, place: &place, document: &before, at: NOW, by: None };
        assert!(store::documents::add(&mut tx, new).await.is_err(), "a second document of the same datasheet");
        drop(tx);
        assert_eq!(office.stored(&sheet).await.as_ref(), Some(&before));
        // With its facts gone the document cannot be issued anew either.
        office.act(&sheet, json!({ "invoicing": { "set_draft": draft("invoice") } })).await;
        let (code, _) = office.act(&sheet, json!({ "invoicing": "issue" })).await;
        assert_ne!(code, StatusCode::OK);
        assert_eq!(office.stored(&sheet).await, Some(before));
    }

    async fn a_document_is_printed_in_both_languages_for_those_who_may_see_it(test: TestDb) {
        let office = office(test).await;
        let module = office.invoicing("Invoicing").await;
        let sheet = office.drafted(module, "invoice").await;
        let (status, html) = office.printed("admin", &sheet, "en").await;
        assert_eq!(status, StatusCode::OK);
        assert!(html.contains("Not an issued document") && html.contains("Kiss Bt."), "{html}");
        office.acted(&sheet, json!({ "invoicing": "issue" })).await;
        let (_, hu) = office.printed("admin", &sheet, "hu").await;
        let (_, en) = office.printed("admin", &sheet, "en").await;
        for (html, words) in [
            (&hu, ["lang=\"hu\"", "Számla", "2026/00001", "Minta Kft.", "4\u{a0}115\u{a0}Ft", "1\u{a0}499\u{a0}Ft"]),
            (&en, ["lang=\"en\"", "Invoice", "2026/00001", "Minta Kft.", "HUF\u{a0}4,115", "HUF\u{a0}1,499"]),
        ] {
            for word in words {
                assert!(html.contains(word), "{word} is not in {html}");
            }
            assert!(!html.contains("Not an issued document"));
        }
        assert_eq!(office.printed("stranger", &sheet, "en").await.0, StatusCode::NOT_FOUND);
        assert_eq!(office.printed("", &sheet, "en").await.0, StatusCode::SEE_OTHER);
        let order = office.sheet(office.orders.0).await;
        assert_eq!(office.printed("admin", &order, "en").await.0, StatusCode::NOT_FOUND);
    }

    async fn the_samples_have_documents_and_orders_in_every_status(test: TestDb) {
        let host = crate::server::host::Host::new(test.db.clone(), crate::server::host::Clock::at(NOW));
        crate::server::demo::fill(&host, crate::i18n::Locale::Hu).await.unwrap();
        const EMPTY: &str = "
            select s.name from statuses s join modules m on m.id = s.module_id
            where m.template in ('invoicing', 'orders')
                and not exists (select 1 from datasheets d where d.status_id = s.id)";
        const GAPS: &str = "
            select c.series from document_counters c
            where c.last <> (select count(*) from documents d where d.series = c.series and d.year = c.year)";
        let mut tx = host.db.read().await.unwrap();
        let empty: Vec<String> = on!(tx, |conn| sqlx::query_scalar(EMPTY).fetch_all(conn).await).unwrap();
        let gaps: Vec<String> = on!(tx, |conn| sqlx::query_scalar(GAPS).fetch_all(conn).await).unwrap();
        assert_eq!((empty, gaps), (vec![], vec![]));
        // What the clock would find is in its place already.
        const LATE: &str = "
            select p.datasheet_id from processes p join modules m on m.id = p.module_id
            where m.template in ('invoicing', 'orders') and p.wakes_at <= $1";
        let late: Vec<i64> = on!(tx, |conn| sqlx::query_scalar(LATE).bind(NOW).fetch_all(conn).await).unwrap();
        assert_eq!(late, Vec::<i64>::new());
    }

    async fn the_clock_makes_an_unpaid_invoice_past_due_once(test: TestDb) {
        let office = office(test).await;
        let module = office.invoicing("Invoicing").await;
        let sheet = office.issued(module, "invoice").await;
        // 2026-12-02 ends in Budapest at 23:00 UTC.
        let end = Timestamp(NOW.0 - 9 * 3_600_000 + 1_000 * 3_600 * 24 * 9);
        let none = Ticked::default();
        assert_eq!(tick(&office.host, end.plus_millis(-1)).await.unwrap(), none);
        assert_eq!(tick(&office.host, end).await.unwrap(), Ticked { looked_at: 1, moved: 1, ..Ticked::default() });
        assert_eq!(tick(&office.host, end.plus_millis(1)).await.unwrap(), none);
        assert_eq!(status(&office.page(&sheet).await), "Past due");
        let history = office.done("datasheets/history", &json!({ "datasheet": sheet, "before": null })).await;
        assert_eq!((&history[0]["by"], &history[0]["what"]["cause"]), (&Value::Null, &json!("clock")), "{history}");
        office.acted(&sheet, json!({ "invoicing": { "mark_paid": null } })).await;
        assert_eq!(status(&office.page(&sheet).await), "Paid");
    }

    async fn a_successful_order_makes_one_invoice_linked_both_ways(test: TestDb) {
        let office = office(test).await;
        let order = office.sheet(office.orders.0).await;
        office.acted(&order, json!({ "orders": { "set_items": draft("invoice")["items"] } })).await;
        for step in ["finalise", "complete", "paid"] {
            office.acted(&order, json!({ "orders": { "move": step } })).await;
        }
        let (code, answer) = office.act(&order, json!({ "orders": { "set_items": draft("invoice")["items"] } })).await;
        assert_eq!((code, &answer["refused"]["not_now"]), (StatusCode::CONFLICT, &json!(["make_invoice"])));
        let make = || json!({ "orders": { "make_invoice": null } });
        let (code, answer) = office.act(&order, make()).await;
        assert_eq!((code, &answer["refused"]), (StatusCode::CONFLICT, &json!("no_invoicing")));
        let first = office.invoicing("First").await;
        let second = office.invoicing("Second").await;
        let (code, answer) = office.act(&order, make()).await;
        assert_eq!((code, &answer["refused"]["which_module"]), (
            StatusCode::CONFLICT, &json!([[first, "First"], [second, "Second"]])
        ), "{answer}");
        let done = office.acted(&order, json!({ "orders": { "make_invoice": second } })).await;
        assert_eq!(done["undo"], Value::Null);
        let (code, answer) = office.act(&order, json!({ "orders": { "make_invoice": first } })).await;
        assert_eq!((code, &answer["refused"]["not_now"]), (StatusCode::CONFLICT, &json!([])), "never twice");
        let invoice = office.page(&order).await["process"]["facts"]["orders"]["invoice"]["datasheet"].clone();
        let page = office.page(&invoice).await;
        assert_eq!((status(&page).as_str(), &page["module"]["id"]), ("To issue", &json!(second)));
        assert_eq!(page["row"]["amount"], json!({ "minor": 411_500, "currency": "HUF" }));
        assert_eq!(page["process"]["facts"]["invoicing"]["source"]["link"]["datasheet"], order);
        office.acted(&invoice, json!({ "invoicing": "issue" })).await;
        let about = serde_json::to_value(office.stored(&invoice).await.unwrap().about).unwrap();
        assert_eq!(about, json!({ "order": "Kiss Bt." }));
        let page = office.page(&invoice).await;
        assert_eq!(status(&page), "Paid", "the order was paid");
        assert_eq!(page["process"]["facts"]["invoicing"]["paid_on"], json!("2026-11-24"));
        // A storno of it lets the order make another one.
        office.acted(&invoice, json!({ "invoicing": "storno" })).await;
        office.acted(&order, json!({ "orders": { "make_invoice": second } })).await;
        let again = office.page(&order).await["process"]["facts"]["orders"]["invoice"]["datasheet"].clone();
        assert_ne!(again, invoice);
        let facts = Process::Invoicing.first_facts();
        assert!(matches!(facts, Facts::Invoicing(_)));
    }

    async fn no_two_modules_number_alike(test: TestDb) {
        let office = office(test).await;
        let first = office.invoicing("First").await;
        let second = office.invoicing("Second").await;
        let sheet = office.issued(first, "invoice").await;
        assert_eq!(office.stored(&sheet).await.unwrap().number, "2026/00001");
        let sheet = office.issued(second, "invoice").await;
        assert_eq!(office.stored(&sheet).await.unwrap().number, "2-2026/00001");
        let set = async |module: i64, prefix: &str| {
            let stored = office.done("processes/settings", &json!({ "module": module })).await;
            let mut settings = stored[1].clone();
            settings["invoicing"]["prefix"] = json!(prefix);
            let version = &stored[0]["version"];
            let set = json!({ "key": key(), "module": module, "version": version, "settings": settings });
            office.call("admin", "processes/set", &set).await
        };
        let taken = json!({ "field": "prefix", "problem": "taken" });
        let refused = (StatusCode::UNPROCESSABLE_ENTITY, taken);
        let refusal = |(code, answer): (StatusCode, Value)| (code, answer["invalid"].clone());
        for prefix in ["", " ", "D-", "XD-"] {
            assert_eq!(refusal(set(second, prefix).await), refused, "{prefix}");
        }
        assert_eq!(set(first, "").await.0, StatusCode::OK, "its own");
        assert_eq!(set(first, "A-").await.0, StatusCode::OK);
        for prefix in ["A-", ""] {
            assert_eq!(refusal(set(second, prefix).await), refused, "{prefix} is used, or was");
        }
        assert_eq!(set(second, "B-").await.0, StatusCode::OK);
        // What the second module numbered by is not given to a third either.
        let third = office.invoicing("Third").await;
        let sheet = office.issued(third, "proforma").await;
        assert_eq!(office.stored(&sheet).await.unwrap().number, "3-D-2026/00001");

        // Modules that were set alike before that was refused: the younger does not give an older one's numbers.
        const ALIKE: &str = "update modules set settings = replace(settings, '3-', 'B-')";
        let old = office.issued(second, "invoice").await;
        assert_eq!(office.stored(&old).await.unwrap().number, "B-2026/00001");
        let mut tx = office.host.db.begin().await.unwrap();
        on!(tx, |conn| sqlx::query(ALIKE).execute(conn).await.map(drop)).unwrap();
        tx.commit().await.unwrap();
        let sheet = office.drafted(third, "invoice").await;
        assert_eq!(refusal(office.act(&sheet, json!({ "invoicing": "issue" })).await), refused);
    }

    async fn nothing_is_issued_before_the_seller_is_known(test: TestDb) {
        let office = office(test).await;
        let added = office.done("modules/add", &json!({ "key": key(), "template": "invoicing", "name": "Új" })).await;
        let module = added["id"].as_i64().unwrap();
        let sheet = office.drafted(module, "invoice").await;
        let (code, answer) = office.act(&sheet, json!({ "invoicing": "issue" })).await;
        assert_eq!((code, &answer["refused"]["no_seller"]), (
            StatusCode::CONFLICT, &json!(["seller", "address", "tax_number"])
        ));
        let settings = json!({ "invoicing": { "seller": {
            "name": "Minta Kft.", "address": "", "tax_number": "87654321-2-43", "account": "", "footer": "",
        } } });
        let set = json!({ "key": key(), "module": module, "version": 1, "settings": settings });
        assert_eq!(office.call("stranger", "processes/set", &set).await.0, StatusCode::FORBIDDEN);
        office.done("processes/set", &set).await;
        let (_, answer) = office.act(&sheet, json!({ "invoicing": "issue" })).await;
        assert_eq!(answer["refused"]["no_seller"], json!(["address"]));
        assert_eq!(office.numbers(module).await, (vec![], 0), "no number was taken");
    }

    async fn what_cannot_be_right_is_not_issued_and_takes_no_number(test: TestDb) {
        let office = office(test).await;
        let module = office.invoicing("Invoicing").await;
        let sheet = office.sheet(module).await;
        let mut late = draft("invoice");
        late["due_on"] = json!("2026-11-23");
        let mut nothing = draft("invoice");
        nothing["items"]["lines"] = json!([{ "name": "Tető", "quantity": "-1", "unit": "", "price": "10", "vat": "p27" }]);
        for (draft, field, problem) in [(late, "due_date", "before_issue"), (nothing, "amount", "not_positive")] {
            office.acted(&sheet, json!({ "invoicing": { "set_draft": draft } })).await;
            let (code, answer) = office.act(&sheet, json!({ "invoicing": "issue" })).await;
            assert_eq!((code, &answer["invalid"]), (
                StatusCode::UNPROCESSABLE_ENTITY, &json!({ "field": field, "problem": problem })
            ));
        }
        assert_eq!(office.numbers(module).await, (vec![], 0));
    }

    async fn an_invoice_in_euros_tells_its_tax_in_forints(test: TestDb) {
        let office = office(test).await;
        let module = office.invoicing("Invoicing").await;
        let sheet = office.sheet(module).await;
        let mut euros = draft("invoice");
        euros["items"]["currency"] = json!("EUR");
        office.acted(&sheet, json!({ "invoicing": { "set_draft": euros } })).await;
        let (code, answer) = office.act(&sheet, json!({ "invoicing": "issue" })).await;
        assert_eq!((code, &answer["invalid"]), (
            StatusCode::UNPROCESSABLE_ENTITY, &json!({ "field": "exchange", "problem": "missing" })
        ));
        euros["exchange"] = json!("398.25");
        office.acted(&sheet, json!({ "invoicing": { "set_draft": euros } })).await;
        office.acted(&sheet, json!({ "invoicing": "issue" })).await;
        // 27 % of 2000.80 is 540.22, 5 % of 1498.50 is 74.93; each times 398.25.
        let stored = office.stored(&sheet).await.unwrap();
        let told = serde_json::to_value(&stored.forint_tax).unwrap();
        assert_eq!(told, json!({ "rate": "398.25", "taxes": [21_514_300, 2_984_100], "total": 24_498_400 }));
        let (_, hu) = office.printed("admin", &sheet, "hu").await;
        for word in ["ÁFA forintban", "244\u{a0}984\u{a0}Ft", "Árfolyam: 1 EUR = 398,25 Ft"] {
            assert!(hu.contains(word), "{word} is not in {hu}");
        }
        office.acted(&sheet, json!({ "invoicing": "storno" })).await;
        let storno = office.page(&sheet).await["process"]["facts"]["invoicing"]["made"]["datasheet"].clone();
        assert_eq!(office.stored(&storno).await.unwrap().forint_tax.map(|told| told.total), Some(-24_498_400));
    }

    async fn an_editing_is_one_entry_that_says_what_changed_and_is_taken_back_as_one(test: TestDb) {
        let office = office(test).await;
        let module = office.invoicing("Invoicing").await;
        let sheet = office.sheet(module).await;
        let entries = async |sheet: &Value| {
            let history = office.done("datasheets/history", &json!({ "datasheet": sheet, "before": null })).await;
            history.as_array().unwrap().clone()
        };
        let first = entries(&sheet).await.len();
        let mut step = draft("invoice");
        step["items"]["lines"] = json!([step["items"]["lines"][0]]);
        office.acted(&sheet, json!({ "invoicing": { "set_draft": step } })).await;
        let second = office.acted(&sheet, json!({ "invoicing": { "set_draft": draft("invoice") } })).await;
        assert_eq!(second["undo"], Value::Null, "it is taken back from the history");
        let all = entries(&sheet).await;
        assert_eq!(all.len(), first + 1);
        let edit = &all[0]["what"]["edit"];
        assert_eq!(edit["lines"].as_array().unwrap().len(), 2, "{edit}");
        assert_eq!(edit["gross"], json!([null, { "minor": 411_500, "currency": "HUF" }]));
        assert_eq!(all[0]["can_undo"], json!(true));
        office.done("datasheets/undo", &json!({ "key": key(), "event": all[0]["id"] })).await;
        let facts = office.page(&sheet).await["process"]["facts"]["invoicing"].clone();
        assert_eq!(facts["draft"]["items"]["lines"], json!([]));
        // What comes after something else is an entry of its own.
        office.acted(&sheet, json!({ "invoicing": { "set_draft": draft("invoice") } })).await;
        let after = entries(&sheet).await.len();
        office.acted(&sheet, json!({ "invoicing": "issue" })).await;
        let all = entries(&sheet).await;
        assert_eq!((all.len(), &all[1]["can_undo"]), (after + 1, &json!(false)));
    }

    async fn a_draft_in_the_trash_lets_its_order_make_another(test: TestDb) {
        let office = office(test).await;
        office.invoicing("Invoicing").await;
        let order = office.sheet(office.orders.0).await;
        office.acted(&order, json!({ "orders": { "set_items": draft("invoice")["items"] } })).await;
        for step in ["finalise", "complete", "paid"] {
            office.acted(&order, json!({ "orders": { "move": step } })).await;
        }
        let made = async || {
            office.acted(&order, json!({ "orders": { "make_invoice": null } })).await;
            office.page(&order).await["process"]["facts"]["orders"]["invoice"]["datasheet"].clone()
        };
        let link = async || office.page(&order).await["process"]["facts"]["orders"]["invoice"]["datasheet"].clone();
        let trash = async |sheet: &Value| {
            let version = office.page(sheet).await["row"]["version"].clone();
            office.done("datasheets/trash", &json!({ "key": key(), "datasheet": sheet, "version": version })).await
        };
        let invoice = made().await;
        let trashed = trash(&invoice).await;
        assert_eq!(link().await, Value::Null);
        // Back again, by the undo and by the trash's own way.
        office.done("datasheets/undo", &json!({ "key": key(), "event": trashed["undo"] })).await;
        assert_eq!(link().await, invoice);
        trash(&invoice).await;
        office.done("datasheets/restore", &json!({ "key": key(), "datasheet": invoice })).await;
        assert_eq!(link().await, invoice);
        trash(&invoice).await;
        let second = made().await;
        assert_ne!(second, invoice);
        let (code, answer) =
            office.call("admin", "datasheets/restore", &json!({ "key": key(), "datasheet": invoice })).await;
        assert_eq!((code, &answer["refused"]["made_another"]), (StatusCode::CONFLICT, &json!("Kiss Bt.")));
        assert_eq!(link().await, second);
        // Once issued it stays, and so does the link.
        office.acted(&second, json!({ "invoicing": "issue" })).await;
        let version = office.page(&second).await["row"]["version"].clone();
        let (_, answer) = office
            .call("admin", "datasheets/trash", &json!({ "key": key(), "datasheet": second, "version": version }))
            .await;
        assert_eq!(answer["refused"], json!("issued"));
        assert_eq!(link().await, second);
        // An order with an invoice is not deleted for good; a draft that was never issued is.
        trash(&order).await;
        for (sheet, refusal) in [(&order, json!({ "has_invoice": "Kiss Bt." })), (&invoice, Value::Null)] {
            let told = office.done("trash/look", &json!({ "datasheet": sheet })).await;
            assert_eq!(told["refusal"], refusal);
            let delete = json!({ "key": key(), "datasheet": sheet, "version": told["version"] });
            let (code, answer) = office.call("admin", "trash/delete", &delete).await;
            let wanted = if refusal.is_null() { StatusCode::OK } else { StatusCode::CONFLICT };
            assert_eq!((code, answer.get("refused")), (wanted, Some(&refusal).filter(|it| !it.is_null())), "{answer}");
        }
        assert_eq!(office.page(&order).await["trashed"], json!(true));
    }

    async fn a_module_with_issued_documents_stays(test: TestDb) {
        let office = office(test).await;
        let module = office.invoicing("Invoicing").await;
        office.drafted(module, "invoice").await;
        office.done("modules/trash", &json!({ "key": key(), "module": module })).await;
        office.done("modules/restore", &json!({ "key": key(), "module": module })).await;
        office.issued(module, "invoice").await;
        let (code, answer) = office.call("admin", "modules/trash", &json!({ "key": key(), "module": module })).await;
        assert_eq!((code, &answer["refused"]), (StatusCode::CONFLICT, &json!("issued_inside")));
    }
}
