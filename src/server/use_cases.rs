//! Every server function through HTTP: signed out, without the right, twice, stale; on both databases.

mod calendar;
mod clock;
mod comments;
mod contacts;
mod crash;
mod fields;
mod files;
mod guard;
mod invoicing;
mod model;
mod my_day;
mod plans;
mod related;
mod reorder;
mod sales;
mod todo_templates;
mod todos;
mod trash;

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{Method, StatusCode, header},
};
use leptos::server_fn::axum::server_fn_paths;
use serde_json::{Value, json};
use sqlx::Connection as _;
use tower::ServiceExt as _;

use super::{
    config::Config,
    host::{Clock, Host},
    password,
};
use crate::{
    api::request::sha256,
    domain::{
        id::{ModuleId, UserId},
        module::Template,
        process::Process,
        status_name::StatusName,
        time::Timestamp,
        user::{Role, UserForm, UserState},
    },
    i18n::Locale,
    store::{
        modules, sessions,
        testing::{NOW, TestDb, on_both},
        users,
    },
};

/// The app with a module of two datasheets' worth of statuses, and people of each role, one of them without any module.
struct Office {
    app: Router,
    host: Arc<Host>,
    module: ModuleId,
    admin: UserId,
    stranger: UserId,
    /// A fixed module.
    orders: ModuleId,
    /// Everybody, by the name that is also their session's token.
    people: Vec<(&'static str, UserId)>,
    statuses: Vec<i64>,
    kind: i64,
    /// A field of the module.
    field: i64,
    /// A template of to-dos of the module.
    template: i64,
    /// Where the bytes of files lie.
    folder: tempfile::TempDir,
    test: TestDb,
}

/// What was made through the app, to be called upon.
struct Case {
    datasheet: Value,
    /// A comment by the admin, who mentions themself.
    comment: Value,
    /// A file.
    file: Value,
    todo: Value,
    event: Value,
    order: Value,
    /// The datasheet's relation with another one.
    relation: Value,
    contact: Value,
}

/// What an English reader calls a status.
fn status_name(status: &Value) -> String {
    let name: StatusName = serde_json::from_value(status["name"].clone()).unwrap();
    name.text(Locale::En).to_owned()
}

async fn office(test: TestDb) -> Office {
    office_at(test, NOW).await
}

async fn office_at(test: TestDb, now: Timestamp) -> Office {
    let folder = tempfile::tempdir().unwrap();
    let files = super::files::Files::new(folder.path());
    let host = Arc::new(Host::new(test.db.clone(), Clock::at(now)).with_files(files));
    let mut tx = host.db.begin().await.unwrap();
    let made =
        modules::seed_from_template(&mut tx, Template::Custom, "Egyéni", Locale::En, now).await.unwrap();
    let orders = Template::Fixed(Process::Orders);
    let orders = modules::seed_from_template(&mut tx, orders, "Orders", Locale::En, now).await.unwrap().id;
    let mut ids = vec![];
    for (name, role, ticked, zone) in [
        ("admin", Role::Admin, true, "Europe/Budapest"),
        ("rita", Role::Restricted, true, "Europe/Budapest"),
        ("stranger", Role::User, false, "Europe/Budapest"),
        ("anna", Role::User, true, "America/New_York"),
        ("misi", Role::Manager, true, "Asia/Tokyo"),
    ] {
        let form = UserForm {
            name: name.to_owned(),
            email: format!("{name}@pelda.hu"),
            role,
            state: UserState::Active,
            zone: zone.to_owned(),
            modules: if ticked { vec![made.id, orders] } else { vec![] },
        };
        let user = users::add(&mut tx, &form, None, now).await.unwrap();
        sessions::add(&mut tx, &sha256(name), user, "", now).await.unwrap();
        ids.push((name, user));
    }
    tx.commit().await.unwrap();
    let mut office = Office {
        app: super::app::app(host.clone(), Config::default()),
        host,
        module: made.id,
        orders,
        admin: ids[0].1,
        stranger: ids[2].1,
        people: ids,
        statuses: made.statuses.iter().map(|(status, _)| status.0).collect(),
        kind: made.types[0].0,
        field: 0,
        template: 0,
        folder,
        test,
    };
    office.field = office.field("abcd-0000-field", "text", &json!({ "name": "Szín" })).await;
    let template = json!({
        "key": "abcd-0000-template", "module": office.module, "template": null, "version": 0,
        "form": office.template_form("Kezdés")
    });
    office.template = office.done("todo_templates/save", &template).await["id"].as_i64().unwrap();
    office
}

impl Office {
    /// Calls a server function as the user whose session has their name as its token; nobody's is empty.
    async fn call(&self, user: &str, path: &str, arguments: &Value) -> (StatusCode, Value) {
        self.send(user, path, arguments.to_string().into()).await
    }

    async fn send(&self, user: &str, path: &str, body: Vec<u8>) -> (StatusCode, Value) {
        let request = axum::http::Request::builder()
            .method(Method::POST)
            .uri(format!("/api/{path}"))
            .header(header::COOKIE, format!("modulok_session={user}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body))
            .unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// Opens a page as a user without JavaScript sees it.
    async fn open(&self, user: &str, path: &str) -> (StatusCode, String) {
        let request = axum::http::Request::builder()
            .uri(path)
            .header(header::COOKIE, format!("modulok_session={user}"))
            .body(Body::empty())
            .unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    /// Calls as the admin; the answer of what must succeed.
    async fn done(&self, path: &str, arguments: &Value) -> Value {
        let (status, answer) = self.call("admin", path, arguments).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        answer
    }

    fn todo(&self, text: &str) -> Value {
        json!({ "text": text, "kind": self.kind, "due": { "day": "2026-12-01" }, "assignee": self.admin })
    }

    /// Adds a datasheet with its first to-do, to which nothing happens.
    async fn add(&self, key: &str) -> Value {
        let form = json!({ "name": "Tető", "status": null, "owner": null, "todo": self.todo("Felmérés") });
        self.done("datasheets/add", &json!({ "key": key, "module": self.module, "form": form })).await
    }

    async fn case(&self, key: &str) -> Case {
        let added = self.add(key).await;
        let row = &added["row"];
        let value = json!({ "text": "kék" });
        self.done(
            "fields/set",
            &json!({ "key": format!("{key}-v"), "datasheet": row["id"], "field": self.field, "version": 0, "value": value }),
        )
        .await;
        let comment = self
            .done(
                "comments/add",
                &json!({ "key": format!("{key}-c"), "datasheet": row["id"], "text": "Lapos. @admin" }),
            )
            .await;
        let (status, file) =
            self.upload("admin", &format!("{key}-f"), &row["id"], "rajz.txt", b"Egy rajz.").await;
        assert_eq!(status, StatusCode::OK, "{file}");
        let form = json!({ "name": "Tíz cserép", "status": null, "owner": null, "todo": null });
        let order = self
            .done(
                "datasheets/add",
                &json!({ "key": format!("{key}-order"), "module": self.orders, "form": form }),
            )
            .await;
        let form = json!({ "name": "Egy lap", "status": null, "owner": null, "todo": null });
        let beyond = self
            .done(
                "datasheets/add",
                &json!({ "key": format!("{key}-beyond"), "module": self.orders, "form": form }),
            )
            .await["datasheet"]
            .clone();
        let link = json!({ "key": format!("{key}-link"), "datasheet": row["id"], "other": beyond, "about": "előzménye" });
        self.done("relations/add", &link).await;
        let page = self.done("datasheets/page", &json!({ "datasheet": row["id"] })).await;
        let form = contacts::form(&json!({ "name": "Kovács Anna", "email": "anna@pelda.hu" }));
        let contact =
            self.done("contacts/add", &json!({ "key": format!("{key}-contact"), "form": form })).await;
        Case {
            contact: contact["contact"].clone(),
            datasheet: row["id"].clone(),
            comment: comment["undo"].clone(),
            file: file["undo"].clone(),
            todo: row["todo"]["id"].clone(),
            event: added["undo"].clone(),
            order: order["row"]["id"].clone(),
            relation: page["related"][0]["id"].clone(),
        }
    }

    /// Each server function with arguments that would do.
    fn calls(&self, case: &Case) -> Vec<(&'static str, Value)> {
        let Case { datasheet, comment, file, todo, event, order, relation, contact } = case;
        let (contact, detail) = (&contact["id"], &contact["details"][0]);
        let (module, status, stranger) = (self.module, self.statuses[0], self.stranger);
        let key = "abcd-1234-first";
        let filter = json!({ "narrow": null, "owner": "all", "search": "" });
        let place = json!({ "group": "open", "before": null });
        let user = json!({
            "name": "Új Béla", "email": "uj@pelda.hu", "role": "user", "state": "active", "zone": "UTC", "modules": []
        });
        let mut changed = user.clone();
        changed["email"] = json!("mas@pelda.hu");
        let sheet = json!({ "name": "Kazán", "status": null, "owner": null, "todo": null });
        vec![
            ("datasheets/page", json!({ "datasheet": datasheet })),
            ("datasheets/row", json!({ "datasheet": datasheet })),
            ("datasheets/history", json!({ "datasheet": datasheet, "before": null })),
            ("datasheets/add", json!({ "key": key, "module": module, "form": sheet })),
            (
                "datasheets/rename",
                json!({ "key": key, "datasheet": datasheet, "version": 1, "name": "Új név" }),
            ),
            (
                "datasheets/status",
                json!({ "key": key, "datasheet": datasheet, "version": 1, "status": self.statuses[1] }),
            ),
            (
                "datasheets/owner",
                json!({ "key": key, "datasheet": datasheet, "version": 1, "owner": self.admin }),
            ),
            ("datasheets/trash", json!({ "key": key, "datasheet": datasheet, "version": 1 })),
            ("datasheets/restore", json!({ "key": key, "datasheet": datasheet })),
            ("relations/find", json!({ "datasheet": datasheet, "beginning": "te" })),
            ("relations/add", json!({ "key": key, "datasheet": datasheet, "other": order, "about": "" })),
            (
                "relations/describe",
                json!({ "key": key, "datasheet": datasheet, "relation": relation, "version": 1, "about": "utána" }),
            ),
            (
                "relations/remove",
                json!({ "key": key, "datasheet": datasheet, "relation": relation, "version": 1 }),
            ),
            ("trash/page", json!({ "module": module, "after": null })),
            ("trash/look", json!({ "datasheet": datasheet })),
            ("trash/delete", json!({ "key": key, "datasheet": datasheet, "version": 1 })),
            ("comments/add", json!({ "key": key, "datasheet": datasheet, "text": "Magas." })),
            ("comments/edit", json!({ "key": key, "comment": comment, "version": 1, "text": "Ferde." })),
            ("comments/delete", json!({ "key": key, "comment": comment, "version": 1 })),
            ("comments/readers", json!({ "datasheet": datasheet })),
            ("files/delete", json!({ "key": key, "file": file, "version": 1 })),
            ("mentions/page", json!({ "before": null })),
            ("mentions/mark", json!({ "key": key, "comments": [comment], "seen": true })),
            ("datasheets/undo", json!({ "key": key, "event": event })),
            ("imports/undo", json!({ "key": key, "event": event })),
            ("modules/page", json!({ "module": module, "filter": filter })),
            ("modules/rows", json!({ "module": module, "filter": filter, "after": null, "limit": 50 })),
            (
                "modules/sorted",
                json!({
                    "module": module, "filter": filter, "sort": { "field": self.field, "descending": false }, "after": null,
                    "limit": 50
                }),
            ),
            ("modules/counts", json!({ "module": module, "filter": filter })),
            ("modules/links", json!({})),
            ("modules/all", json!({})),
            ("modules/add", json!({ "key": key, "template": "hr", "name": "HR" })),
            (
                "modules/rename",
                json!({ "key": key, "module": module, "version": 1, "name": "Más", "item_name": "Ügy" }),
            ),
            (
                "modules/group_rename",
                json!({ "key": key, "module": module, "version": 1, "group": "open", "name": "Fut" }),
            ),
            ("modules/types", json!({ "module": module })),
            (
                "modules/type_save",
                json!({
                    "key": key, "kind": self.kind, "version": 1, "name": "Telefon", "duration": 15, "reminder": 5
                }),
            ),
            ("modules/move", json!({ "key": key, "module": module, "before": null })),
            ("modules/trash", json!({ "key": key, "module": module })),
            ("modules/restore", json!({ "key": key, "module": module })),
            ("calendar/link", json!({})),
            ("calendar/make", json!({ "key": key, "secret": "0123456789abcdef0123456789abcdef01234567" })),
            ("calendar/revoke", json!({ "key": key })),
            ("my_day/page", json!({})),
            ("my_day/items", json!({ "after": { "moment": 0, "id": 0 }, "limit": 50 })),
            ("my_day/counts", json!({})),
            ("my_day/datasheet", json!({ "datasheet": datasheet })),
            ("my_day/calendar", json!({ "asked": { "view": "month", "from": "2026-11-24", "day": null } })),
            ("processes/furthest", json!({ "module": self.orders, "owner": "all" })),
            ("processes/settings", json!({ "module": self.orders })),
            (
                "processes/act",
                json!({
                    "key": key, "datasheet": order, "version": 1, "action": { "orders": { "move": "finalise" } }
                }),
            ),
            (
                "processes/set",
                json!({ "key": key, "module": self.orders, "version": 1, "settings": { "orders": null } }),
            ),
            ("session", json!({})),
            ("session/zones", json!({})),
            (
                "session/profile",
                json!({
                    "key": key, "name": "Név", "email": "nev@pelda.hu", "locale": null, "theme": "auto", "zone": "UTC"
                }),
            ),
            ("session/password", json!({ "key": key, "current": "", "new": "három sárga lufi" })),
            ("statuses/add", json!({ "key": key, "module": module, "place": place, "name": "Vár" })),
            ("statuses/rename", json!({ "key": key, "status": status, "version": 1, "name": "Friss" })),
            ("statuses/recolor", json!({ "key": key, "status": status, "version": 1, "color": "teal" })),
            ("statuses/move", json!({ "key": key, "status": status, "place": place })),
            ("statuses/delete", json!({ "key": key, "status": status, "into": self.statuses[1] })),
            ("statuses/undo", json!({ "key": key, "event": event })),
            ("todos/add", json!({ "key": key, "datasheet": datasheet, "form": self.todo("Ajánlat") })),
            ("todos/edit", json!({ "key": key, "todo": todo, "version": 1, "form": self.todo("Ajánlat") })),
            (
                "todos/close",
                json!({ "key": key, "todo": todo, "version": 1, "outcome": "done", "note": null }),
            ),
            ("todos/postpone", json!({ "key": key, "todo": todo, "version": 1, "to": "tomorrow" })),
            ("todos/reopen", json!({ "key": key, "todo": todo, "version": 1 })),
            ("todos/tick", json!({ "key": key, "todo": todo, "version": 1, "step": 0, "done": true })),
            ("todos/from_template", json!({ "key": key, "datasheet": datasheet, "template": self.template })),
            ("todo_templates/all", json!({ "module": module })),
            (
                "todo_templates/save",
                json!({
                    "key": key, "module": module, "template": self.template, "version": 1,
                    "form": self.template_form("Zárás")
                }),
            ),
            ("todo_templates/move", json!({ "key": key, "template": self.template, "before": null })),
            ("todo_templates/delete", json!({ "key": key, "template": self.template, "version": 1 })),
            ("todo_templates/restore", json!({ "key": key, "template": self.template })),
            ("tokens/all", json!({})),
            (
                "tokens/add",
                json!({ "key": key, "name": "Bolt", "secret": "mdk_0123456789abcdef0123456789abcdef01234567" }),
            ),
            ("tokens/revoke", json!({ "key": key, "token": 1 })),
            ("users/all", json!({})),
            ("users/add", json!({ "key": key, "form": user })),
            ("users/save", json!({ "key": key, "user": stranger, "version": 1, "form": changed })),
            ("users/password", json!({ "key": key, "user": stranger, "password": "három sárga lufi" })),
            (
                "fields/set",
                json!({
                    "key": key, "datasheet": datasheet, "field": self.field, "version": 1, "value": { "text": "zöld" }
                }),
            ),
            ("fields/of_module", json!({ "module": module, "contact": contact })),
            (
                "fields/add",
                json!({
                    "key": key, "module": module, "kind": "whole", "form": fields::form(&json!({ "name": "Darab" })),
                    "place": { "group": null, "before": null }
                }),
            ),
            (
                "fields/edit",
                json!({
                    "key": key, "field": self.field, "version": 1, "form": fields::form(&json!({ "name": "Árnyalat" }))
                }),
            ),
            (
                "fields/move",
                json!({ "key": key, "field": self.field, "place": { "group": null, "before": null } }),
            ),
            (
                "fields/group",
                json!({ "key": key, "module": module, "change": { "add": { "name": "Adatok" } } }),
            ),
            ("contacts/list", json!({ "search": "", "after": null })),
            ("contacts/find", json!({ "beginning": "ko" })),
            ("contacts/page", json!({ "contact": contact })),
            ("contacts/sheets", json!({ "contact": contact, "before": null })),
            ("contacts/history", json!({ "contact": contact, "before": null })),
            (
                "contacts/likely",
                json!({
                    "typed": { "name": "kovacs anna", "emails": ["anna@pelda.hu"], "phones": ["+3630"], "tax_number": "12345678" },
                    "except": null, "module": module
                }),
            ),
            ("contacts/add", json!({ "key": key, "form": contacts::form(&json!({ "name": "Nagy Béla" })) })),
            (
                "contacts/set",
                json!({ "key": key, "contact": contact, "version": 1, "change": { "name": "Kovács A." } }),
            ),
            (
                "contacts/detail",
                json!({
                    "key": key, "contact": contact,
                    "change": { "save": { "detail": detail["id"], "version": 1, "label": "home", "value": "a@pelda.hu" } }
                }),
            ),
            ("contacts/merge_preview", json!({ "kept": contact, "other": contact })),
            (
                "contacts/merge",
                json!({ "key": key, "kept": contact, "kept_stamp": "", "other": contact, "other_stamp": "" }),
            ),
            ("contacts/undo", json!({ "key": key, "event": event })),
            (
                "datasheets/contact",
                json!({ "key": key, "datasheet": datasheet, "version": 1, "contact": contact }),
            ),
            ("datasheets/orders", json!({ "datasheet": datasheet, "before": null })),
            // The last: cases are made with a value in it.
            ("fields/archive", json!({ "key": key, "field": self.field, "archived": true })),
        ]
    }
}

impl Office {
    /// Makes a write of the list possible that is not so at once: does what comes before it, under keys that begin with this one.
    async fn ready_for(&self, path: &str, key: &str, mut arguments: Value, case: &Case) -> Value {
        let Case { datasheet, todo, contact, .. } = case;
        let place = json!({ "group": "open", "before": null });
        let status = json!({ "key": key, "module": self.module, "place": place, "name": key });
        match path {
            "datasheets/restore" => {
                self.done("datasheets/trash", &json!({ "key": key, "datasheet": datasheet, "version": 1 }))
                    .await;
            }
            "trash/delete" => {
                self.done("datasheets/trash", &json!({ "key": key, "datasheet": datasheet, "version": 1 }))
                    .await;
                arguments["version"] = json!(2);
            }
            // What happened to the case since would be lost.
            "datasheets/undo" => arguments["event"] = self.add(key).await["undo"].clone(),
            "imports/undo" => {
                arguments["event"] = self.import(key, "Név\nKapu\n").await["done"]["undo"].clone();
            }
            // What came before in the list has counted the version on.
            "modules/group_rename" | "statuses/recolor" | "todo_templates/delete" => {
                arguments["version"] = json!(2);
            }
            "modules/trash" | "modules/restore" => {
                let added = json!({ "key": key, "template": "partners", "name": path });
                let added = self.done("modules/add", &added).await;
                arguments["module"] = added["id"].clone();
                if path == "modules/restore" {
                    let trash = json!({ "key": format!("{key}-trash"), "module": added["id"] });
                    self.done("modules/trash", &trash).await;
                }
            }
            "statuses/delete" => {
                let added = self.done("statuses/add", &status).await;
                let statuses = added["tree"]["statuses"].as_array().or(added["tree"].as_array()).unwrap();
                let added = statuses.iter().find(|status| status["name"]["own"] == json!(key)).unwrap();
                arguments["status"] = added["id"].clone();
            }
            "statuses/undo" => arguments["event"] = self.done("statuses/add", &status).await["undo"].clone(),
            "todos/reopen" => {
                let close =
                    json!({ "key": key, "todo": todo, "version": 1, "outcome": "done", "note": null });
                self.done("todos/close", &close).await;
                arguments["version"] = json!(2);
            }
            "todos/tick" => {
                let mut form = self.todo("Felmérés");
                form["details"] = json!({ "steps": [{ "text": "Szűrő", "done": false }] });
                self.done("todos/edit", &json!({ "key": key, "todo": todo, "version": 1, "form": form }))
                    .await;
                arguments["version"] = json!(2);
            }
            "tokens/revoke" => {
                let add =
                    json!({ "key": key, "name": "Pult", "secret": format!("mdk_{}", "89abcdef".repeat(5)) });
                arguments["token"] = self.done("tokens/add", &add).await["id"].clone();
            }
            "contacts/merge" => {
                let other = self.contact(key, &json!({ "name": "Kovács Annamária" })).await;
                let stamp = |contact: &Value| {
                    serde_json::from_value::<crate::domain::contact::Contact>(contact.clone())
                        .unwrap()
                        .stamp()
                };
                arguments["kept_stamp"] = json!(stamp(contact));
                arguments["other"] = other["id"].clone();
                arguments["other_stamp"] = json!(stamp(&other));
            }
            "contacts/undo" => {
                let set = json!({ "key": key, "contact": contact["id"], "version": 1, "change": { "name": "Kis A." } });
                arguments["event"] = self.done("contacts/set", &set).await["undo"].clone();
            }
            _ => {}
        }
        arguments
    }

    /// Imports a file as the admin; the last message of the answer.
    async fn import(&self, key: &str, file: &str) -> Value {
        let request = axum::http::Request::builder()
            .method(Method::POST)
            .uri(format!("/imports/run?module={}&key={key}&file=a.csv", self.module))
            .header(header::COOKIE, "modulok_session=admin")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(file.to_owned()))
            .unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        serde_json::from_str(text.trim_end().rsplit('\n').next().unwrap()).unwrap()
    }
}

/// What no server function can read, and why.
fn garbage() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("nothing", vec![]),
        ("text", b"Modulok".to_vec()),
        ("half an object", b"{\"key\":\"abcd-1234\",".to_vec()),
        ("no UTF-8", b"\xff\xfe".to_vec()),
        ("depth", [b"[".repeat(100_000), b"]".repeat(100_000)].concat()),
        ("a number", b"5".to_vec()),
    ]
}

/// What everybody may ask who is signed in: it is about themselves, or open to all.
const OWN: [&str; 14] = [
    "mentions/page",
    "calendar/link",
    "calendar/make",
    "calendar/revoke",
    "modules/links",
    "session",
    "session/zones",
    "session/profile",
    "session/password",
    "my_day/page",
    "my_day/items",
    "my_day/counts",
    "my_day/datasheet",
    "my_day/calendar",
];

on_both! {
    async fn every_server_function_refuses_who_is_signed_out(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let calls = office.calls(&case);
        let listed: BTreeSet<String> = calls.iter().map(|(path, _)| format!("/api/{path}")).collect();
        let known: BTreeSet<String> = server_fn_paths().map(|(path, _)| path.to_owned()).collect();
        assert_eq!(listed, known, "a server function without an entry here is tested by nothing");
        for (path, arguments) in calls {
            for token in ["", "nobody-has-this-token"] {
                let (status, answer) = office.call(token, path, &arguments).await;
                if path == "session" {
                    assert_eq!((status, &answer["viewer"]), (StatusCode::OK, &Value::Null));
                } else {
                    assert_eq!(status, StatusCode::UNAUTHORIZED, "{path} with {token:?}: {answer}");
                }
            }
        }
    }

    async fn arguments_that_cannot_be_read_are_told_as_such(test: TestDb) {
        let office = office(test).await;
        for (path, _) in server_fn_paths() {
            let path = path.trim_start_matches("/api/");
            for token in ["admin", ""] {
                for (what, body) in garbage() {
                    let (status, answer) = office.send(token, path, body).await;
                    assert_eq!((status, &answer), (StatusCode::BAD_REQUEST, &json!("malformed")), "{path}: {what}");
                }
                let too_much = [b"\"".to_vec(), b"x".repeat(1_200_000), b"\"".to_vec()].concat();
                let (status, answer) = office.send(token, path, too_much).await;
                assert_eq!((status, &answer), (StatusCode::PAYLOAD_TOO_LARGE, &json!("malformed")), "{path}");
                // Some are asked without arguments.
                for body in ["null", "[]", "{}", "{\"key\":5,\"module\":\"x\"}"] {
                    let (status, answer) = office.send(token, path, body.into()).await;
                    assert!(!status.is_server_error(), "{path}: {body} is answered {status} {answer}");
                }
            }
        }
    }

    async fn nothing_is_told_or_done_without_the_right(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let before = office.done("datasheets/page", &json!({ "datasheet": case.datasheet })).await;
        for (path, arguments) in office.calls(&case).into_iter().filter(|(path, _)| !OWN.contains(path)) {
            let (status, answer) = office.call("stranger", path, &arguments).await;
            assert!([StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&status), "{path}: {status} {answer}");
            // Rita may open the module, but sees nothing of what is not hers.
            if path.starts_with("datasheets/") && path != "datasheets/add" || path.starts_with("todos/") || path.starts_with("comments/") || path.starts_with("files/") || path.starts_with("relations/") || path == "fields/set" {
                let (status, answer) = office.call("rita", path, &arguments).await;
                assert_eq!(status, StatusCode::NOT_FOUND, "{path} of another's: {answer}");
            }
        }
        let rows = office.call("rita", "modules/page", &office.calls(&case).into_iter().find(|(path, _)| *path == "modules/page").unwrap().1).await.1;
        assert_eq!(rows["page"]["rows"], json!([]));
        assert_eq!(office.done("datasheets/page", &json!({ "datasheet": case.datasheet })).await, before);
    }

    async fn settings_are_changed_by_admins_only_also_among_those_who_may_open_the_module(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let settings = |path: &str| {
            ["trash/look", "trash/delete"].contains(&path) || path.starts_with("processes/set") || path.starts_with("tokens/") || path.starts_with("todo_templates/") && !path.ends_with("all") || path.starts_with("statuses/") || path.starts_with("fields/") && !["fields/set", "fields/of_module"].contains(&path)
                || path.starts_with("users/")
                || path.starts_with("modules/") && !["page", "rows", "sorted", "counts", "links"].iter().any(|read| path.ends_with(read))
        };
        let mut asked = 0;
        for (path, arguments) in office.calls(&case).into_iter().filter(|(path, _)| settings(path)) {
            for user in ["anna", "misi"] {
                let (status, answer) = office.call(user, path, &arguments).await;
                assert_eq!((status, &answer), (StatusCode::FORBIDDEN, &json!("forbidden")), "{path} as {user}");
                asked += 1;
            }
        }
        assert_eq!(asked, 2 * 35);
    }

    async fn a_write_sent_twice_has_one_effect_and_one_answer(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        // What has a key is a write, and what has none writes nothing.
        let paths: Vec<(&str, bool)> =
            office.calls(&case).into_iter().map(|(path, arguments)| (path, arguments.get("key").is_some())).collect();
        for (n, (path, is_write)) in paths.into_iter().enumerate() {
            let case = office.case(&format!("abcd-0000-case-{n}")).await;
            let (_, arguments) = office.calls(&case).swap_remove(n);
            if !is_write {
                let before = guard::written(&office).await;
                office.call("admin", path, &arguments).await;
                assert_eq!(guard::written(&office).await, before, "{path} writes without a key");
                continue;
            }
            let mut arguments = office.ready_for(path, &format!("abcd-ready-{n}"), arguments, &case).await;
            arguments["key"] = json!(format!("abcd-twice-{n}"));
            let first = office.done(path, &arguments).await;
            assert_eq!(office.done(path, &arguments).await, first, "{path}");
            // Another request under the same key is told apart; what is secret is no part of the comparison.
            if path != "session/password" {
                let other = json!({ "key": arguments["key"], "module": office.module });
                let (status, answer) = office.call("admin", "modules/trash", &other).await;
                assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {answer}");
            }
        }
        // Another user's key is another key.
        let (status, _) = office.call("rita", "session/password", &json!({
            "key": "abcd-twice-0", "current": "", "new": "négy zöld labda"
        })).await;
        assert_eq!(status, StatusCode::OK);
    }

    async fn a_stale_edit_is_told_and_changes_nothing(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let page = json!({ "datasheet": case.datasheet });
        let before = office.done("datasheets/page", &page).await;
        let mut told = 0;
        for (path, mut arguments) in office.calls(&case) {
            if arguments.get("version").is_none() {
                continue;
            }
            arguments["version"] = json!(99);
            arguments["key"] = json!(format!("abcd-stale-{told}"));
            let (status, answer) = office.call("admin", path, &arguments).await;
            assert_eq!(status, StatusCode::CONFLICT, "{path}: {answer}");
            assert_eq!(answer["conflict"]["version"], json!(1), "{path}: {answer}");
            told += 1;
        }
        assert_eq!(told, 29);
        assert_eq!(office.done("datasheets/page", &page).await, before);
    }

    async fn one_of_twenty_stale_edits_wins(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let edits = (0..20).map(|n| {
            let arguments = json!({
                "key": format!("abcd-edit-{n}"), "datasheet": case.datasheet, "version": 1, "name": format!("Név {n}")
            });
            let office = &office;
            async move { office.call("admin", "datasheets/rename", &arguments).await.0 }
        });
        let answers = futures::future::join_all(edits).await;
        assert_eq!(answers.iter().filter(|status| **status == StatusCode::OK).count(), 1, "{answers:?}");
        assert_eq!(answers.iter().filter(|status| **status == StatusCode::CONFLICT).count(), 19, "{answers:?}");
    }

    async fn twenty_sendings_of_one_write_have_one_effect(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let arguments = json!({ "key": "abcd-many-times", "datasheet": case.datasheet, "form": office.todo("Ajánlat") });
        let answers = futures::future::join_all((0..20).map(|_| office.call("admin", "todos/add", &arguments))).await;
        assert!(answers.iter().all(|answer| *answer == answers[0] && answer.0 == StatusCode::OK), "{answers:?}");
        let page = office.done("datasheets/page", &json!({ "datasheet": case.datasheet })).await;
        assert_eq!(page["todos"].as_array().unwrap().len(), 2);
    }

    async fn the_page_of_a_module_has_its_rows_under_the_urls_filter_and_is_not_there_for_others(test: TestDb) {
        let office = office(test).await;
        office.case("abcd-1234-first").await;
        let path = format!("/m/{}", office.module.0);
        let row = "aria-label=\"Tető\"";
        let (status, page) = office.open("admin", &path).await;
        assert_eq!((status, page.matches(row).count()), (StatusCode::OK, 1), "{page}");
        for (query, rows) in [("?q=tet", 1), ("?q=h%C3%A1z", 0), (&*format!("?status={}", office.statuses[1]), 0)] {
            let (status, page) = office.open("admin", &format!("{path}{query}")).await;
            assert_eq!((status, page.matches(row).count()), (StatusCode::OK, rows), "{query}");
        }
        for (user, path) in [("stranger", &*path), ("admin", "/m/1"), ("admin", "/m/x")] {
            let (status, page) = office.open(user, path).await;
            assert_eq!((status, page.contains("Tető")), (StatusCode::NOT_FOUND, false), "{user} {path}");
        }
    }

    async fn a_password_is_changed_only_by_who_knows_the_current_one(test: TestDb) {
        let office = office(test).await;
        let change = async |key: &str, current: &str, new: &str| {
            office.call("admin", "session/password", &json!({ "key": key, "current": current, "new": new })).await
        };
        let stored = async || {
            let mut tx = office.host.db.read().await.unwrap();
            users::credentials(&mut tx, office.admin).await.unwrap().unwrap().password_hash
        };
        assert_eq!(change("abcd-pass-1", "", "három sárga lufi").await.0, StatusCode::OK);
        let (status, answer) = change("abcd-pass-2", "rossz jelszó", "négy zöld labda").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer["invalid"], json!({ "field": "current_password", "problem": "wrong" }));
        assert!(password::matches("három sárga lufi".to_owned(), stored().await).await.unwrap());
        assert_eq!(change("abcd-pass-3", "három sárga lufi", "négy zöld labda").await.0, StatusCode::OK);
        // Sent again when no answer came: the current password is another one by now, and the answer the same.
        assert_eq!(change("abcd-pass-3", "három sárga lufi", "négy zöld labda").await.0, StatusCode::OK);
        assert!(password::matches("négy zöld labda".to_owned(), stored().await).await.unwrap());
        assert_eq!(change("abcd-pass-4", "négy zöld labda", "rövid").await.0, StatusCode::UNPROCESSABLE_ENTITY);
        drop(office.test);
    }

    async fn a_new_datasheet_is_not_taken_back_once_something_happened_to_it(test: TestDb) {
        let office = office(test).await;
        let case = office.add("abcd-0000-case").await;
        let datasheet = &case["datasheet"];
        let undo = json!({ "key": "abcd-undo-created", "event": case["undo"] });
        office.host.clock.set(NOW.plus_seconds(1));
        let todo = json!({ "key": "abcd-second-todo", "datasheet": datasheet, "form": office.todo("Ajánlat") });
        let added = office.done("todos/add", &todo).await;
        let (status, answer) = office.call("admin", "datasheets/undo", &undo).await;
        let why = answer["refused"]["changed_since"].as_array().unwrap();
        assert_eq!((status, why.len()), (StatusCode::CONFLICT, 1));
        assert!(why[0].as_str().unwrap().contains("Ajánlat"), "{why:?}");
        let page = office.done("datasheets/page", &json!({ "datasheet": datasheet })).await;
        assert_eq!(page["todos"].as_array().unwrap().len(), 2, "nothing is lost");
        // What was taken back itself is nothing.
        office.done("datasheets/undo", &json!({ "key": "abcd-undo-second", "event": added["undo"] })).await;
        let undone = office.done("datasheets/undo", &undo).await;
        assert_eq!(undone["row"], Value::Null, "it is in the trash");

        let case = office.add("abcd-0001-case").await;
        office.host.clock.set(NOW.plus_seconds(2));
        let close = json!({ "key": "abcd-close-1", "todo": case["row"]["todo"]["id"], "version": 1, "outcome": "done", "note": null });
        office.done("todos/close", &close).await;
        let (status, _) = office.call("admin", "datasheets/undo", &json!({ "key": "abcd-undo-closed", "event": case["undo"] })).await;
        assert_eq!(status, StatusCode::CONFLICT);
    }

    async fn an_undo_that_is_refused_names_what_stands_in_its_way(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let sheet = &case.datasheet;
        let rename = async |key: &str, version: i64, name: &str| {
            let arguments = json!({ "key": key, "datasheet": sheet, "version": version, "name": name });
            office.done("datasheets/rename", &arguments).await["undo"].clone()
        };
        let why = async |key: &str, event: &Value| {
            let (status, answer) = office.call("admin", "datasheets/undo", &json!({ "key": key, "event": event })).await;
            assert_eq!(status, StatusCode::CONFLICT, "{answer}");
            answer["refused"].clone()
        };
        let first = rename("abcd-name-1", 1, "Kapu").await;
        // A to-do has versions of its own: it stands in the way of nothing else.
        let todo = json!({ "key": "abcd-todo-1", "datasheet": sheet, "form": office.todo("Ajánlat") });
        office.done("todos/add", &todo).await;
        let second = rename("abcd-name-2", 2, "Kerítés").await;
        let named = why("abcd-undo-1", &first).await;
        let named = named["changed_since"].as_array().unwrap();
        assert!(named.len() == 1 && named[0].as_str().unwrap().contains("Kerítés"), "{named:?}");
        // What was taken back stands in nobody's way, but the version went on: there is nothing to name.
        office.done("datasheets/undo", &json!({ "key": "abcd-undo-2", "event": second })).await;
        assert_eq!(why("abcd-undo-3", &second).await, json!("cannot_undo"));

        let status = json!({ "key": "abcd-status", "datasheet": sheet, "version": 4, "status": office.statuses[1] });
        let moved = office.done("datasheets/status", &status).await["undo"].clone();
        let delete = json!({ "key": "abcd-delete", "status": office.statuses[0], "into": office.statuses[1] });
        office.done("statuses/delete", &delete).await;
        let gone = why("abcd-undo-4", &moved).await;
        assert!(gone["status_gone"].is_string(), "{gone}");
        office.done("datasheets/trash", &json!({ "key": "abcd-trash", "datasheet": sheet, "version": 5 })).await;
        let trashed = why("abcd-undo-5", &case.event).await;
        assert!(trashed["changed_since"].is_array(), "{trashed}");
    }

    async fn a_live_stream_is_kept_by_no_cache(test: TestDb) {
        let office = office(test).await;
        let request = axum::http::Request::builder()
            .uri(format!("/events?module={}", office.module))
            .header(header::COOKIE, "modulok_session=admin")
            .body(Body::empty())
            .unwrap();
        let response = office.app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    }

    async fn there_is_always_an_active_admin(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let (_, mut save) = office.calls(&case).into_iter().find(|(path, _)| *path == "users/save").unwrap();
        save["user"] = json!(office.admin);
        for (n, (role, state)) in [("manager", "active"), ("admin", "locked"), ("admin", "off")].into_iter().enumerate() {
            save["key"] = json!(format!("abcd-admin-{n}"));
            save["form"]["role"] = json!(role);
            save["form"]["state"] = json!(state);
            let (status, answer) = office.call("admin", "users/save", &save).await;
            assert_eq!((status, &answer["refused"]), (StatusCode::CONFLICT, &json!("last_admin")), "{role} {state}");
        }
    }

    async fn buttons_move_an_order_hands_do_not_and_an_undo_takes_it_back(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let page = json!({ "datasheet": case.order });
        let status = |page: &Value| {
            let id = &page["row"]["status"];
            let statuses = page["tree"].as_array().unwrap();
            status_name(statuses.iter().find(|status| status["id"] == *id).unwrap())
        };
        let act = async |key: &str, version: i64, step: &str| {
            let action = json!({ "orders": { "move": step } });
            office.call("admin", "processes/act", &json!({
                "key": key, "datasheet": case.order, "version": version, "action": action
            })).await
        };
        let before = office.done("datasheets/page", &page).await;
        assert_eq!((status(&before).as_str(), &before["process"]["version"]), ("Draft", &json!(1)));
        let by_hand = json!({
            "key": "abcd-hand", "datasheet": case.order, "version": 1, "status": before["tree"][3]["id"]
        });
        let (code, answer) = office.call("admin", "datasheets/status", &by_hand).await;
        assert_eq!((code, &answer["refused"]["fixed_module"]), (StatusCode::CONFLICT, &json!("orders")), "{answer}");
        let (code, answer) = act("abcd-act-0", 1, "paid").await;
        assert_eq!((code, &answer["refused"]["not_now"]), (StatusCode::CONFLICT, &json!(["finalise"])), "{answer}");

        let (code, done) = act("abcd-act-1", 1, "finalise").await;
        assert_eq!(code, StatusCode::OK, "{done}");
        let (code, _) = act("abcd-act-2", 2, "complete").await;
        assert_eq!(code, StatusCode::OK);
        let after = office.done("datasheets/page", &page).await;
        assert_eq!(status(&after), "Completed");
        // The first step is no longer the last: it cannot be taken back, the second can.
        let (code, _) = office.call("admin", "datasheets/undo", &json!({ "key": "abcd-undo-1", "event": done["undo"] })).await;
        assert_eq!(code, StatusCode::CONFLICT);
        let history = office.done("datasheets/history", &json!({ "datasheet": case.order, "before": null })).await;
        assert_eq!(history[0]["what"]["moved"], json!(["in_progress", "completed"]), "{history}");
        office.done("datasheets/undo", &json!({ "key": "abcd-undo-2", "event": history[0]["id"] })).await;
        assert_eq!(status(&office.done("datasheets/page", &page).await), "In progress");
        let (code, answer) = office.call("admin", "modules/add", &json!({
            "key": "abcd-second", "template": "orders", "name": "Second"
        })).await;
        assert_eq!((code, &answer["refused"]), (StatusCode::CONFLICT, &json!("only_one")));
    }
}

#[tokio::test]
async fn a_write_that_waits_for_another_that_waits_for_it_is_done_again() {
    let office = office(TestDb::postgres().await).await;
    let case = office.case("abcd-0000-case").await;
    let mut other = sqlx::PgConnection::connect(&office.test.url).await.unwrap();
    let mut watch = sqlx::PgConnection::connect(&office.test.url).await.unwrap();
    // Postgres gives up whoever looks first: not this one.
    sqlx::raw_sql("set deadlock_timeout = '60s'; begin; select id from datasheets for update")
        .execute(&mut other)
        .await
        .unwrap();
    let arguments = json!({
        "key": "abcd-deadlock", "datasheet": case.datasheet, "version": 1, "name": "Kémény"
    });
    let write = office.call("admin", "datasheets/rename", &arguments);
    let in_its_way = async {
        let waiting = "
            select count(*) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'";
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut watch).await.unwrap() == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        // The write has the key and waits for the datasheet; this has the datasheet and waits for the key.
        sqlx::query("insert into requests (user_id, key, hash, at) values ($1, 'abcd-deadlock', 'x', 0)")
            .bind(office.admin)
            .execute(&mut other)
            .await
            .unwrap();
        sqlx::raw_sql("rollback").execute(&mut other).await.unwrap();
    };
    let ((status, answer), ()) = futures::future::join(write, in_its_way).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(answer["row"]["name"], json!("Kémény"));
}
