//! Fields through HTTP: required ones, stale values, undo, choices, what is out of use.

use super::*;

/// A whole form of which only what is given matters.
pub(super) fn form(given: &Value) -> Value {
    let mut form = json!({
        "name": "", "help": "", "currency": "HUF", "default": null, "required_from": null, "choices": []
    });
    for (name, value) in given.as_object().into_iter().flatten() {
        form[name.as_str()] = value.clone();
    }
    form
}

fn form_of_required(from: &Value) -> Value {
    form(&json!({ "name": "Futár", "required_from": from }))
}

impl Office {
    /// Adds a field; answers its id.
    pub(super) async fn field(&self, key: &str, kind: &str, given: &Value) -> i64 {
        let place = json!({ "group": null, "before": null });
        let list = self
            .done(
                "fields/add",
                &json!({ "key": key, "module": self.module, "kind": kind, "form": form(given), "place": place }),
            )
            .await;
        let fields = list["fields"].as_array().unwrap();
        fields.iter().find(|field| field["name"] == given["name"]).unwrap()["id"].as_i64().unwrap()
    }

    async fn set(
        &self,
        key: &str,
        case: &Case,
        field: i64,
        version: i64,
        value: Value,
    ) -> (StatusCode, Value) {
        let arguments = json!({
            "key": key, "datasheet": case.datasheet, "field": field, "version": version, "value": value
        });
        self.call("admin", "fields/set", &arguments).await
    }

    /// What stands in a field now: value and version.
    async fn stands(&self, case: &Case, field: i64) -> (Value, i64) {
        let page = self.done("datasheets/page", &json!({ "datasheet": case.datasheet })).await;
        let entries = page["fields"]["entries"].as_array().unwrap();
        entries
            .iter()
            .find(|entry| entry["field"] == field)
            .map_or((Value::Null, 0), |entry| (entry["value"].clone(), entry["version"].as_i64().unwrap()))
    }

    async fn definition(&self, case: &Case, field: i64) -> Value {
        let page = self.done("datasheets/page", &json!({ "datasheet": case.datasheet })).await;
        let fields = page["fields"]["list"]["fields"].as_array().unwrap().clone();
        fields.into_iter().find(|other| other["id"] == field).unwrap_or_default()
    }

    async fn move_to(&self, key: &str, case: &Case, status: i64) -> (StatusCode, Value) {
        let page = self.done("datasheets/page", &json!({ "datasheet": case.datasheet })).await;
        let arguments = json!({
            "key": key, "datasheet": case.datasheet, "version": page["row"]["version"], "status": status
        });
        self.call("admin", "datasheets/status", &arguments).await
    }
}

on_both! {
    async fn what_a_status_requires_blocks_no_creation_no_deleted_status_and_no_process(test: TestDb) {
        let office = office(test).await;
        let last = office.statuses[3];
        office.field("abcd-required", "text", &json!({ "name": "Átvevő", "required_from": last })).await;
        let form = json!({ "name": "Tető", "status": last, "owner": null, "todo": null });
        let added = office.done("datasheets/add", &json!({ "key": "abcd-at-last", "module": office.module, "form": form })).await;
        assert_eq!(added["row"]["status"], json!(last));
        let case = office.case("abcd-0000-case").await;
        office.done("statuses/delete", &json!({ "key": "abcd-delete", "status": office.statuses[0], "into": last })).await;
        let page = office.done("datasheets/page", &json!({ "datasheet": case.datasheet })).await;
        assert_eq!(page["row"]["status"], json!(last));
        // The process moves on; what is missing is said on the datasheet.
        let order = office.done("datasheets/page", &json!({ "datasheet": case.order })).await;
        let place = json!({ "group": null, "before": null });
        let required = form_of_required(&order["tree"][1]["id"]);
        office.done("fields/add", &json!({ "key": "abcd-order-field", "module": office.orders, "kind": "text", "form": required, "place": place })).await;
        let action = json!({ "orders": { "move": "finalise" } });
        office.done("processes/act", &json!({ "key": "abcd-finalise", "datasheet": case.order, "version": 1, "action": action })).await;
        let order = office.done("datasheets/page", &json!({ "datasheet": case.order })).await;
        assert_eq!(order["row"]["status"], order["tree"][1]["id"]);
    }

    async fn a_file_stands_in_a_field_and_is_deleted_only_when_it_no_longer_does(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let other = office.case("abcd-0001-case").await;
        let plan = office.field("abcd-plan", "file", &json!({ "name": "Alaprajz", "default": { "file": 1 }, "required_from": office.statuses[2] })).await;
        assert_eq!(office.definition(&case, plan).await["default"], Value::Null);
        let file = |case: &Case| json!({ "file": case.file });
        // Another datasheet's file, one that is none, and none at all.
        for (n, value) in [file(&other), json!({ "file": 7 }), json!({ "text": "rajz.txt" })].into_iter().enumerate() {
            let (status, answer) = office.set(&format!("abcd-bad-{n}"), &case, plan, 0, value).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
        }
        let (status, answer) = office.move_to("abcd-move-1", &case, office.statuses[2]).await;
        assert_eq!((status, &answer["missing"][0]["name"]), (StatusCode::CONFLICT, &json!("Alaprajz")), "{answer}");
        let (status, done) = office.set("abcd-set-1", &case, plan, 0, file(&case)).await;
        assert_eq!(status, StatusCode::OK, "{done}");
        assert_eq!(office.stands(&case, plan).await, (file(&case), 1));
        let page = office.done("datasheets/page", &json!({ "datasheet": case.datasheet })).await;
        assert_eq!(page["fields"]["files"], json!([[case.file, "rajz.txt"]]));
        let history = office.history("admin", &case.datasheet, &json!("changes")).await;
        assert_eq!((&history[0]["what"]["from"], &history[0]["what"]["to"]), (&Value::Null, &json!({ "text": "rajz.txt" })));
        let (status, answer) = office.set("abcd-set-2", &case, plan, 0, Value::Null).await;
        assert_eq!((status, &answer["conflict"]["theirs"]), (StatusCode::CONFLICT, &json!("rajz.txt")));

        let delete = json!({ "key": "abcd-delete-1", "file": case.file, "version": 1 });
        let (status, answer) = office.call("admin", "files/delete", &delete).await;
        assert_eq!((status, &answer["refused"]["file_in_field"]), (StatusCode::CONFLICT, &json!("Alaprajz")), "{answer}");
        let taken_back = json!({ "key": "abcd-undo-1", "event": case.file });
        assert_eq!(office.call("admin", "datasheets/undo", &taken_back).await.0, StatusCode::CONFLICT);
        let (status, cleared) = office.set("abcd-set-3", &case, plan, 1, Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{cleared}");
        office.done("files/delete", &delete).await;
        // What is deleted does not come back into the field.
        let taken_back = json!({ "key": "abcd-undo-2", "event": cleared["undo"] });
        let (status, answer) = office.call("admin", "datasheets/undo", &taken_back).await;
        assert_eq!((status, &answer["refused"]), (StatusCode::CONFLICT, &json!("cannot_undo")));
        assert_eq!(office.set("abcd-set-4", &case, plan, 2, file(&case)).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn a_file_that_was_deleted_while_its_field_was_out_of_use_no_longer_stands_there(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let plan = office.field("abcd-plan", "file", &json!({ "name": "Alaprajz", "required_from": office.statuses[2] })).await;
        let file = json!({ "file": case.file });
        let (status, answer) = office.set("abcd-set-1", &case, plan, 0, file.clone()).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        let archive = |key: &str, archived: bool| json!({ "key": key, "field": plan, "archived": archived });
        office.done("fields/archive", &archive("abcd-archive-1", true)).await;
        let deleted = office.done("files/delete", &json!({ "key": "abcd-delete-1", "file": case.file, "version": 1 })).await;
        office.done("fields/archive", &archive("abcd-archive-2", false)).await;
        assert_eq!(office.stands(&case, plan).await, (Value::Null, 1));
        let (status, answer) = office.move_to("abcd-move-1", &case, office.statuses[2]).await;
        assert_eq!((status, &answer["missing"][0]["name"]), (StatusCode::CONFLICT, &json!("Alaprajz")), "{answer}");
        // With the file its value is there again.
        office.done("datasheets/undo", &json!({ "key": "abcd-undo-1", "event": deleted["undo"] })).await;
        assert_eq!(office.stands(&case, plan).await, (file, 1));
        assert_eq!(office.move_to("abcd-move-2", &case, office.statuses[2]).await.0, StatusCode::OK);
    }

    async fn a_long_text_is_not_compared(test: TestDb) {
        let office = office(test).await;
        let field = office.field("abcd-long", "long_text", &json!({ "name": "Leírás" })).await;
        for (test, wanted) in [("filled", StatusCode::OK), ("contains:kék", StatusCode::NOT_FOUND), ("text:kék", StatusCode::NOT_FOUND)] {
            let filter = json!({ "narrow": null, "owner": "all", "search": "", "field": format!("{field}:{test}") });
            let rows = json!({ "module": office.module, "filter": filter, "after": null, "limit": 10 });
            assert_eq!(office.call("admin", "modules/rows", &rows).await.0, wanted, "{test}");
        }
    }

    async fn a_status_waits_for_the_fields_that_are_required_from_it_on(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let [lead, open, success, _] = office.statuses[..] else { panic!("four statuses") };
        let price = office.field("abcd-price", "money", &json!({ "name": "Ár", "required_from": open })).await;
        let (status, answer) = office.move_to("abcd-move-1", &case, open).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert_eq!(answer, json!({ "missing": [{ "field": price, "name": "Ár" }] }));
        // Further on it is required as well.
        assert_eq!(office.move_to("abcd-move-2", &case, success).await.1, answer);
        let amount = json!({ "money": { "minor": 1_250_000, "currency": "HUF" } });
        assert_eq!(office.set("abcd-set-1", &case, price, 0, amount).await.0, StatusCode::OK);
        // The key of the refused move is as good as new.
        assert_eq!(office.move_to("abcd-move-1", &case, open).await.0, StatusCode::OK);
        // There it cannot be cleared, not even by an undo; before that status it can.
        let (status, answer) = office.set("abcd-set-2", &case, price, 1, Value::Null).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer["invalid_value"], json!({ "field": price, "name": "Ár", "problem": "missing" }));
        assert_eq!(office.move_to("abcd-move-3", &case, lead).await.0, StatusCode::OK);
        assert_eq!(office.set("abcd-set-3", &case, price, 1, Value::Null).await.0, StatusCode::OK);
        assert_eq!(office.move_to("abcd-move-4", &case, open).await.0, StatusCode::CONFLICT);
        // Out of use it is not required.
        office.done("fields/archive", &json!({ "key": "abcd-archive", "field": price, "archived": true })).await;
        assert_eq!(office.move_to("abcd-move-5", &case, open).await.0, StatusCode::OK);
    }

    async fn a_stale_value_is_told_with_both_and_one_of_twenty_wins(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let date = office.field("abcd-date", "moment", &json!({ "name": "Átadás" })).await;
        let moment = json!({ "moment": NOW.0 });
        assert_eq!(office.set("abcd-set-1", &case, date, 0, moment).await.0, StatusCode::OK);
        let (status, answer) = office.set("abcd-set-2", &case, date, 0, json!({ "moment": NOW.0 + 60_000 })).await;
        assert_eq!(status, StatusCode::CONFLICT);
        // On the clock of whoever asks.
        let theirs = answer["conflict"]["theirs"].as_str().unwrap();
        assert!(theirs.contains("2026") && theirs.contains("9:00"), "{theirs}");
        assert_eq!(answer["conflict"]["version"], 1);
        let key = |n: i64| format!("abcd-edit-{n}");
        let keys: Vec<String> = (0..20).map(key).collect();
        let edits = keys.iter().zip(1..).map(|(key, n)| office.set(key, &case, date, 1, json!({ "moment": NOW.0 + n * 60_000 })));
        let answers = futures::future::join_all(edits).await;
        assert_eq!(answers.iter().filter(|(status, _)| *status == StatusCode::OK).count(), 1, "{answers:?}");
        assert_eq!(answers.iter().filter(|(status, _)| *status == StatusCode::CONFLICT).count(), 19, "{answers:?}");
        // Another field of the same datasheet is not stale.
        assert_eq!(office.set("abcd-set-3", &case, office.field, 1, json!({ "text": "zöld" })).await.0, StatusCode::OK);
    }

    async fn a_value_is_in_the_history_from_old_to_new_and_can_be_taken_back(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let choices = json!([{ "id": null, "name": "Kicsi", "archived": false }, { "id": null, "name": "Nagy", "archived": false }]);
        let size = office.field("abcd-size", "choice", &json!({ "name": "Méret", "choices": choices })).await;
        let definition = office.definition(&case, size).await;
        let choice = |at: usize| json!({ "choice": definition["choices"][at]["id"] });
        assert_eq!(office.set("abcd-set-1", &case, size, 0, choice(0)).await.0, StatusCode::OK);
        let (_, second) = office.set("abcd-set-2", &case, size, 1, choice(1)).await;
        let history = office.done("datasheets/history", &json!({ "datasheet": case.datasheet, "before": null })).await;
        assert_eq!(history[0]["what"], json!({
            "kind": "field_changed", "field": "Méret", "from": { "text": "Kicsi" }, "to": { "text": "Nagy" }
        }));
        let can_undo = |n: usize| history[n]["can_undo"].clone();
        assert_eq!((can_undo(0), can_undo(1)), (json!(true), json!(false)), "only what came last is offered to be undone");
        office.done("datasheets/undo", &json!({ "key": "abcd-undo-1", "event": second["undo"] })).await;
        assert_eq!(office.stands(&case, size).await, (choice(0), 3));
        // Nothing is taken back twice, nor over what came after.
        let (_, third) = office.set("abcd-set-3", &case, size, 3, choice(1)).await;
        assert_eq!(office.set("abcd-set-4", &case, size, 4, Value::Null).await.0, StatusCode::OK);
        for (n, event) in [&second["undo"], &third["undo"]].into_iter().enumerate() {
            let (status, answer) = office.call("admin", "datasheets/undo", &json!({ "key": format!("abcd-late-{n}"), "event": event })).await;
            assert_eq!(status, StatusCode::CONFLICT);
            if n == 0 {
                assert_eq!(answer["refused"], json!("cannot_undo"));
            } else {
                let why = answer["refused"]["changed_since"][0].as_str().unwrap();
                assert!(why.contains("Méret") && why.contains("Nagy"), "{why}");
            }
        }
        assert_eq!(office.stands(&case, size).await, (Value::Null, 5));
        // The same value again changes nothing and has no entry.
        let (_, same) = office.set("abcd-set-5", &case, size, 5, Value::Null).await;
        assert_eq!(same["undo"], Value::Null);
    }

    async fn choices_are_renamed_moved_and_archived_without_touching_data(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let named = |names: &[&str]| names.iter().map(|name| json!({ "id": null, "name": name, "archived": false })).collect::<Vec<_>>();
        let colours = office.field("abcd-colours", "choices", &json!({ "name": "Színek", "choices": named(&["Piros", "Kék", "Zöld"]) })).await;
        let before = office.definition(&case, colours).await;
        let id = |at: usize| before["choices"][at]["id"].clone();
        let both = json!({ "choices": [id(1), id(0)] });
        assert_eq!(office.set("abcd-set-1", &case, colours, 0, both).await.0, StatusCode::OK);
        // Stored in the order of the field.
        assert_eq!(office.stands(&case, colours).await.0, json!({ "choices": [id(0), id(1)] }));
        // Green goes first, red is renamed, blue is left out.
        let choices = json!([
            { "id": id(2), "name": "Zöld", "archived": false },
            { "id": id(0), "name": "Vörös", "archived": false },
            { "id": null, "name": "Fehér", "archived": false }
        ]);
        let edit = json!({
            "key": "abcd-edit-1", "field": colours, "version": 1, "form": form(&json!({ "name": "Színek", "choices": choices }))
        });
        office.done("fields/edit", &edit).await;
        let after = office.definition(&case, colours).await;
        let names: Vec<_> = after["choices"].as_array().unwrap().iter().map(|choice| (choice["name"].clone(), choice["archived"].clone())).collect();
        assert_eq!(json!(names), json!([["Zöld", false], ["Vörös", false], ["Fehér", false], ["Kék", true]]));
        assert_eq!(office.stands(&case, colours).await, (json!({ "choices": [id(0), id(1)] }), 1));
        // What stands there stays choosable there; elsewhere it is not.
        assert_eq!(office.set("abcd-set-2", &case, colours, 1, json!({ "choices": [id(1), id(2)] })).await.0, StatusCode::OK);
        let other = office.case("abcd-0000-other").await;
        let (status, answer) = office.set("abcd-set-3", &other, colours, 0, json!({ "choices": [id(1)] })).await;
        assert_eq!((status, &answer["invalid_value"]["problem"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("unknown")));
        // A stale definition is told.
        let mut stale = edit.clone();
        stale["key"] = json!("abcd-edit-2");
        let (status, answer) = office.call("admin", "fields/edit", &stale).await;
        assert_eq!((status, &answer["conflict"]["version"]), (StatusCode::CONFLICT, &json!(2)));
    }

    async fn a_field_out_of_use_keeps_its_data(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let archive = |key: &str, archived: bool| json!({ "key": key, "field": office.field, "archived": archived });
        office.done("fields/archive", &archive("abcd-archive-1", true)).await;
        assert_eq!(office.set("abcd-set-1", &case, office.field, 1, json!({ "text": "zöld" })).await.0, StatusCode::NOT_FOUND);
        // Only admins see it.
        let page = json!({ "datasheet": case.datasheet });
        let (_, others) = office.call("anna", "datasheets/page", &page).await;
        assert_eq!(others["fields"], json!({ "list": { "groups": [], "fields": [] }, "entries": [], "contacts": [] }));
        assert_eq!(office.stands(&case, office.field).await, (json!({ "text": "kék" }), 1));
        office.done("fields/archive", &archive("abcd-archive-2", false)).await;
        let (_, others) = office.call("anna", "datasheets/page", &page).await;
        assert_eq!(others["fields"]["entries"][0]["value"], json!({ "text": "kék" }));
    }

    async fn what_cannot_stand_in_a_field_is_refused_by_the_name_of_the_field(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let link = office.field("abcd-link", "link", &json!({ "name": "Honlap" })).await;
        let contact = office.field("abcd-contact", "contact", &json!({ "name": "Kapcsolat" })).await;
        let user = office.field("abcd-user", "user", &json!({ "name": "Felelős" })).await;
        for (n, (field, name, value, problem)) in [
            (link, "Honlap", json!({ "link": "javascript:alert(1)" }), "not_a_link"),
            (link, "Honlap", json!({ "text": "https://pelda.hu" }), "unreadable"),
            (contact, "Kapcsolat", json!({ "contact": 12 }), "unknown"),
            (user, "Felelős", json!({ "user": 12 }), "unknown"),
            (office.field, "Szín", json!({ "text": " " }), "missing"),
        ].into_iter().enumerate() {
            let version = i64::from(field == office.field);
            let (status, answer) = office.set(&format!("abcd-bad-{n}"), &case, field, version, value).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
            assert_eq!(answer["invalid_value"], json!({ "field": field, "name": name, "problem": problem }));
        }
        assert_eq!(office.set("abcd-good-1", &case, user, 0, json!({ "user": office.stranger })).await.0, StatusCode::OK);
    }

    async fn a_new_datasheet_has_the_defaults(test: TestDb) {
        let office = office(test).await;
        let given = json!({ "name": "Darab", "default": { "whole": 3 } });
        let pieces = office.field("abcd-pieces", "whole", &given).await;
        let case = office.case("abcd-0000-case").await;
        assert_eq!(office.stands(&case, pieces).await, (json!({ "whole": 3 }), 1));
    }

    async fn groups_are_made_moved_and_removed_and_their_fields_stay(test: TestDb) {
        let office = office(test).await;
        let change = async |key: &str, change: Value| {
            office.done("fields/group", &json!({ "key": key, "module": office.module, "change": change })).await
        };
        change("abcd-group-1", json!({ "add": { "name": "Egy" } })).await;
        let list = change("abcd-group-2", json!({ "add": { "name": "Kettő" } })).await;
        let (one, two) = (list["groups"][0]["id"].clone(), list["groups"][1]["id"].clone());
        let place = json!({ "group": two, "before": null });
        let moved = office.done("fields/move", &json!({ "key": "abcd-move-1", "field": office.field, "place": place })).await;
        assert_eq!(moved["fields"][0]["group"], two);
        let moved = change("abcd-group-3", json!({ "move": { "group": two, "before": one } })).await;
        assert_eq!(moved["groups"][0]["name"], "Kettő");
        let stale = json!({ "rename": { "group": two, "version": 1, "name": "Más" } });
        let (status, answer) = office.call("admin", "fields/group", &json!({ "key": "abcd-group-4", "module": office.module, "change": stale })).await;
        assert_eq!((status, &answer["conflict"]["theirs"]), (StatusCode::CONFLICT, &json!("Kettő")));
        let removed = change("abcd-group-5", json!({ "remove": { "group": two } })).await;
        assert_eq!((&removed["groups"][0]["name"], &removed["fields"][0]["group"]), (&json!("Egy"), &Value::Null));
    }
}
