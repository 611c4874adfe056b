//! Every statement that the server functions run finds its rows through an index: no page becomes slow when the tables grow.
//!
//! The statements are not copied here: they are overheard while every server function is called on a filled database, and then
//! explained by the database itself. That needs a process of its own, for only one can listen: the tests start themselves again.

use std::{
    process::Command,
    sync::{Arc, Mutex},
};

use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use super::*;
use crate::{
    domain::{
        file::FileKind,
        filter::{FieldTest, Filter, Narrow, Owner, Test},
        id::{ContactId, DatasheetId, EventId, FieldId, RelationId},
        status::StatusGroup,
    },
    server::seed,
    store::{
        bulk, files, on,
        relations::{self, Relation},
        testing::{crowd, explain},
    },
};

/// Tables that grow with use.
const GROWING: [&str; 16] = [
    "relations",
    "field_values",
    "files",
    "comments",
    "mentions",
    "datasheets",
    "todos",
    "events",
    "involvements",
    "trash_involvements",
    "search_words",
    "requests",
    "contacts",
    "contact_details",
    "contact_words",
    "import_lines",
];

/// Statements that may sort or scan, and why. A statement is named by a piece of its text.
const EXCUSED: [&str; 3] = [
    // Once an hour, after the answers.
    "delete from requests",
    // As many as one business has, with its persons: read by contact.
    "where d.contact_id in (select id from contacts where id = ",
    // As few as a Restricted user's own cases.
    "in (with seen (id) as (",
];

/// Writes down the text of each statement.
#[derive(Clone, Default)]
struct Ear(Arc<Mutex<BTreeSet<String>>>);

#[derive(Default)]
struct Text {
    summary: String,
    statement: String,
}

impl tracing::field::Visit for Text {
    fn record_debug(&mut self, _: &tracing::field::Field, _: &dyn std::fmt::Debug) {}

    fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
        match field.name() {
            "summary" => self.summary = value.to_owned(),
            "db.statement" => self.statement = value.to_owned(),
            _ => {}
        }
    }
}

impl<S: tracing::Subscriber> Layer<S> for Ear {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() != "sqlx::query" {
            return;
        }
        let mut text = Text::default();
        event.record(&mut text);
        let statement = if text.statement.trim().is_empty() { text.summary } else { text.statement };
        let statement = statement.split_whitespace().collect::<Vec<_>>().join(" ");
        self.0.lock().unwrap().insert(statement);
    }
}

async fn add_contacts(host: &Host, many: usize) {
    let mut tx = host.db.begin().await.unwrap();
    let contact = |n: usize| bulk::NewContact {
        id: ContactId(tx.new_id(NOW)),
        is_business: false,
        name: format!("Kovács {n}"),
        business: None,
        email: Some(format!("kovacs{n}@pelda.hu")),
        phone: None,
        at: NOW,
    };
    let contacts: Vec<bulk::NewContact> = (0..many).map(contact).collect();
    bulk::insert_contacts(&mut tx, &contacts).await.unwrap();
    tx.commit().await.unwrap();
}

/// A file on each of some datasheets, which are related in a row.
async fn add_files(office: &Office, many: i64) {
    let mut tx = office.host.db.begin().await.unwrap();
    let sheets: Vec<DatasheetId> = on!(tx, |conn| sqlx::query_scalar("select id from datasheets limit $1")
        .bind(many)
        .fetch_all(conn)
        .await)
    .unwrap();
    for pair in sheets.windows(2) {
        let id = RelationId(tx.new_id(NOW));
        let relation = Relation::between(id, pair[0], pair[1], String::new(), 1);
        relations::add(&mut tx, &relation, office.admin, NOW).await.unwrap();
    }
    let kind = FileKind::sniff(b"Egy rajz.");
    for sheet in sheets {
        let file = files::NewFile {
            name: "rajz.txt".to_owned(),
            hash: sha256(sheet.to_string()),
            size: 9,
            kind,
            todo_id: None,
        };
        let entry = EventId(tx.new_id(NOW));
        files::add(&mut tx, entry, sheet, office.admin, &file, NOW).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Calls everything that reads or writes, as who sees all and as who is restricted, under every kind of filter.
async fn use_everything(office: &Office) {
    let case = office.case("abcd-0000-case").await;
    for user in ["admin", "rita"] {
        for (path, mut arguments) in office.calls(&case) {
            if arguments.get("key").is_some() {
                arguments["key"] = json!(format!("abcd-plan-{user}-{}", path.replace(['/', '_'], "-")));
            }
            // What a trashed or changed datasheet refuses ran its statements up to there.
            office.call(user, path, &arguments).await;
        }
    }
    // Deleting for good runs its statements only on what is in the trash.
    let gone = office.add("abcd-plan-gone").await;
    let (datasheet, version) = (&gone["datasheet"], &gone["row"]["version"]);
    let trash = json!({ "key": "abcd-plan-trash", "datasheet": datasheet, "version": version });
    office.done("datasheets/trash", &trash).await;
    let after = json!({ "at": i64::MAX, "id": 1 });
    for user in ["admin", "rita"] {
        let arguments = json!({ "module": office.module, "after": after });
        assert_eq!(office.call(user, "trash/page", &arguments).await.0, StatusCode::OK);
    }
    let version = office.done("trash/look", &json!({ "datasheet": datasheet })).await["version"].clone();
    let delete = json!({ "key": "abcd-plan-delete", "datasheet": datasheet, "version": version });
    office.done("trash/delete", &delete).await;
    let mut fields = vec![];
    for kind in ["text", "whole", "money"] {
        fields.push(office.field(&format!("abcd-sort-{kind}"), kind, &json!({ "name": kind })).await);
    }
    let narrows = [
        None,
        Some(Narrow::Status(crate::domain::id::StatusId(office.statuses[0]))),
        Some(Narrow::Group(StatusGroup::Open)),
    ];
    for user in ["admin", "rita"] {
        for narrow in narrows {
            for owner in [Owner::All, Owner::Mine, Owner::Person(office.people[3].1)] {
                for search in ["", "a", "kazan", "kovacs bt"] {
                    let filter = Filter { narrow, owner, search: search.to_owned(), ..Filter::default() };
                    // Once for each kind of range is enough.
                    let more = if owner == Owner::All && search.is_empty() { tests(office) } else { vec![] };
                    for field in std::iter::once(String::new()).chain(more) {
                        let filter = Filter { field, ..filter.clone() };
                        let after = json!({ "key": NOW.0, "id": 1 });
                        let arguments =
                            json!({ "module": office.module, "filter": filter, "after": after, "limit": 50 });
                        let value = json!({ "t": "kek", "n": 5, "id": 1 });
                        for (n, field) in fields.iter().enumerate() {
                            for (after, descending) in
                                [(Value::Null, false), (json!({ "value": value }), n % 2 == 0)]
                            {
                                let sort = json!({ "field": field, "descending": descending });
                                let arguments = json!({
                                    "module": office.module, "filter": arguments["filter"], "sort": sort, "after": after, "limit": 50
                                });
                                let (status, answer) = office.call(user, "modules/sorted", &arguments).await;
                                assert_eq!(status, StatusCode::OK, "{answer}");
                            }
                        }
                        for path in ["modules/page", "modules/rows", "modules/counts"] {
                            assert_eq!(
                                office.call(user, path, &arguments).await.0,
                                StatusCode::OK,
                                "{path} as {user}"
                            );
                        }
                    }
                }
            }
        }
    }
}

/// Each kind of test of a field.
fn tests(office: &Office) -> Vec<String> {
    let between =
        |from, to, currency: Option<&str>| Test::Between { from, to, currency: currency.map(str::to_owned) };
    [
        Test::Empty,
        Test::Filled,
        Test::exactly(5),
        between(Some(5), None, None),
        between(None, Some(5), Some("EUR")),
        between(Some(1), Some(5), Some("EUR")),
        Test::Text("kek".to_owned()),
        Test::Contains("ek".to_owned()),
    ]
    .into_iter()
    .map(|is| FieldTest { field: FieldId(office.field), is }.to_text())
    .collect()
}

/// The index that a walk through the list should take.
fn list_index(statement: &str) -> &'static str {
    let (owner, status) = (statement.contains("x.owner_id ="), statement.contains("x.status_id ="));
    match (statement.contains("from involvements x"), owner, status) {
        (true, _, false) => "involvements_list",
        (true, _, true) => "involvements_list_by_status",
        (false, false, false) => "datasheets_list",
        (false, false, true) => "datasheets_list_by_status",
        (false, true, false) => "datasheets_list_by_owner",
        (false, true, true) => "datasheets_list_by_owner_and_status",
    }
}

async fn statements_and_plans(test: TestDb) {
    let ear = Ear::default();
    let filter = tracing_subscriber::EnvFilter::new("off,sqlx::query=debug");
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(filter).with(ear.clone()))
        .unwrap();
    let office = office(test).await;
    seed::fill(&office.host, 3_000, 3).await.unwrap();
    add_contacts(&office.host, 2_000).await;
    let mut tx = office.host.db.begin().await.unwrap();
    crowd(&mut tx).await;
    tx.commit().await.unwrap();
    add_files(&office, 1_000).await;
    ear.0.lock().unwrap().clear();
    use_everything(&office).await;
    let heard = ear.0.lock().unwrap().clone();

    let grows = |text: &str| {
        let words: BTreeSet<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        GROWING.iter().any(|table| words.contains(table))
    };
    let reads = |text: &str| {
        ["select", "update", "delete"].iter().any(|word| text.starts_with(word))
            || text.starts_with("insert") && text.contains(" select ")
    };
    let statements: Vec<String> = heard
        .into_iter()
        .filter(|text| reads(text) && grows(text) && !EXCUSED.iter().any(|excused| text.contains(excused)))
        .collect();
    let (mut wrong, mut walks, explained) = (vec![], 0, statements.len());
    // SQLite may never have counted its tables; Postgres does so by itself, soon after they were filled.
    let uncounted = office.host.db.is_sqlite().then_some(false);
    for analyze in uncounted.into_iter().chain([true]) {
        let plans = explain(&office.host.db, &statements, analyze).await;
        for (statement, plan) in statements.iter().zip(plans) {
            let mut bad: Vec<&String> =
                plan.iter().filter(|line| line.starts_with("scan ") && grows(line)).collect();
            // Sorting is for what is few by its nature; a page is walked in the index's order.
            if statement.contains(" limit ") || statement.contains("list_key") {
                bad.extend(plan.iter().filter(|line| line.starts_with("sort")));
            }
            if !bad.is_empty() {
                wrong.push(format!("{statement}\n  {bad:?} in {plan:#?}"));
            }
            if statement.contains("x.list_key >") || statement.contains("(x.list_key, ") {
                walks += 1;
                // A count has a part for each bucket; all of one filter take the same index.
                let wanted = list_index(statement);
                if !plan.iter().any(|line| line.split_whitespace().any(|word| word == wanted)) {
                    wrong.push(format!("{statement}\n  should use {wanted}: {plan:#?}"));
                }
            }
        }
    }
    assert!(
        explained > 60 && walks >= 20,
        "only {explained} statements were overheard, {walks} of them walks of the list"
    );
    assert!(wrong.is_empty(), "{} of {explained} statements\n{}", wrong.len(), wrong.join("\n\n"));
}

/// Runs a test of this file in a process of its own.
fn alone(name: &str, test: impl Future<Output = TestDb>) {
    if std::env::var_os("MODULOK_TEST_ALONE").is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        return runtime.block_on(async { statements_and_plans(test.await).await });
    }
    let name = format!("{}::{name}", module_path!().split_once("::").unwrap().1);
    let done = Command::new(std::env::current_exe().unwrap())
        .args([&name, "--exact", "--nocapture", "--test-threads=1"])
        .env("MODULOK_TEST_ALONE", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(
        done.status.success() && said.contains("1 passed"),
        "{said}\n{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

#[test]
fn every_statement_finds_its_rows_by_an_index_on_sqlite() {
    alone("every_statement_finds_its_rows_by_an_index_on_sqlite", TestDb::sqlite());
}

#[test]
fn every_statement_finds_its_rows_by_an_index_on_postgres() {
    alone("every_statement_finds_its_rows_by_an_index_on_postgres", TestDb::postgres());
}
