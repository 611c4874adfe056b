//! To-dos that repeat, have steps, or are opened again, through HTTP.

use super::*;

impl Office {
    pub(super) async fn todos_of(&self, datasheet: &Value) -> Vec<Value> {
        let page = self.done("datasheets/page", &json!({ "datasheet": datasheet })).await;
        page["todos"].as_array().unwrap().clone()
    }

    /// A to-do with details on a new datasheet.
    async fn detailed(&self, key: &str, details: Value) -> (Value, Value) {
        let form = json!({ "name": "Kazán", "status": null, "owner": null, "todo": null });
        let sheet = json!({ "key": format!("{key}-sheet"), "module": self.module, "form": form });
        let sheet = self.done("datasheets/add", &sheet).await["row"]["id"].clone();
        let mut form = self.todo("Karbantartás");
        form["details"] = details;
        let arguments = json!({ "key": format!("{key}-todo"), "datasheet": sheet, "form": form });
        let row = self.done("todos/add", &arguments).await["row"].clone();
        (sheet, row["todo"]["id"].clone())
    }
}

fn weekly() -> Value {
    json!({ "repetition": { "every": 1, "unit": { "week": 0 }, "from": "due", "end": { "after": 2 } }, "duration": 30,
        "steps": [{ "text": "Szűrő", "done": false }, { "text": "Nyomás", "done": false }] })
}

on_both! {
    async fn closing_a_repeating_todo_makes_the_next_one_and_undo_takes_it_back(test: TestDb) {
        let office = office(test).await;
        let (sheet, todo) = office.detailed("abcd-0001", weekly()).await;
        let tick = json!({ "key": "abcd-tick-1", "todo": todo, "version": 1, "step": 1, "done": true });
        office.done("todos/tick", &tick).await;
        // Postponed by hand: the series keeps its day.
        let later = json!({ "key": "abcd-later-1", "todo": todo, "version": 2, "to": { "to": { "day": "2026-12-03" } } });
        office.done("todos/postpone", &later).await;
        let close = json!({ "key": "abcd-close-1", "todo": todo, "version": 3, "outcome": "done", "note": null });
        let done = office.done("todos/close", &close).await;
        assert_eq!(done["row"]["todo"]["due"], json!({ "day": "2026-12-08" }));
        assert_eq!(office.done("todos/close", &close).await, done, "sent again it makes no other");
        let todos = office.todos_of(&sheet).await;
        assert_eq!(todos.len(), 2);
        let next = &todos[0];
        assert_eq!((&next["postponed"], &next["details"]["duration"]), (&json!(0), &json!(30)));
        assert_eq!(next["details"]["repetition"]["nth"], json!(2));
        let ticked: Vec<bool> = next["details"]["steps"].as_array().unwrap().iter().map(|step| step["done"].as_bool().unwrap()).collect();
        assert_eq!(ticked, [false, false], "the steps begin anew");

        office.done("datasheets/undo", &json!({ "key": "abcd-undo-1", "event": done["undo"] })).await;
        let todos = office.todos_of(&sheet).await;
        assert_eq!((todos.len(), &todos[0]["id"], &todos[0]["closed"]), (1, &todo, &Value::Null));
        assert_eq!(todos[0]["details"]["steps"][1]["done"], json!(true));

        // The second one is the last of two.
        let close = json!({ "key": "abcd-close-2", "todo": todo, "version": 5, "outcome": "done", "note": null });
        let next = office.done("todos/close", &close).await["row"]["todo"]["id"].clone();
        let close = json!({ "key": "abcd-close-3", "todo": next, "version": 1, "outcome": "done", "note": null });
        assert_eq!(office.done("todos/close", &close).await["row"]["todo"], Value::Null);
        let mut tx = office.host.db.read().await.unwrap();
        assert_eq!(crate::store::testing::contradictions(&mut tx, office.module).await, Vec::<String>::new());
    }

    async fn a_closing_is_not_taken_back_once_the_next_one_was_worked_on(test: TestDb) {
        let office = office(test).await;
        let (sheet, todo) = office.detailed("abcd-0001", weekly()).await;
        let close = json!({ "key": "abcd-close-1", "todo": todo, "version": 1, "outcome": "done", "note": null });
        let done = office.done("todos/close", &close).await;
        let next = &done["row"]["todo"]["id"];
        let entry = |history: Value| {
            let kind = |event: &&Value| event["what"]["kind"] == "todo_closed";
            history.as_array().unwrap().iter().find(kind).unwrap()["can_undo"].as_bool().unwrap()
        };
        let history = json!({ "datasheet": sheet, "before": null });
        assert!(entry(office.done("datasheets/history", &history).await));
        office.done("todos/postpone", &json!({ "key": "abcd-later-1", "todo": next, "version": 1, "to": "in_a_month" })).await;
        assert!(!entry(office.done("datasheets/history", &history).await));
        let (status, answer) = office.call("admin", "datasheets/undo", &json!({ "key": "abcd-undo-1", "event": done["undo"] })).await;
        assert_eq!(status, StatusCode::CONFLICT);
        let why = answer["refused"]["changed_since"][0].as_str().unwrap();
        assert!(why.contains("Karbantartás"), "{why}");
        assert_eq!(office.todos_of(&sheet).await.len(), 2, "nothing is lost");
    }

    async fn an_edit_keeps_the_place_in_the_series_unless_the_day_or_the_rule_changes(test: TestDb) {
        let office = office(test).await;
        let (sheet, todo) = office.detailed("abcd-0001", weekly()).await;
        let series = async || office.todos_of(&sheet).await[0]["details"]["repetition"].clone();
        let edit = async |key: &str, version: i64, due: &str, details: Value| {
            let mut form = office.todo("Karbantartás");
            form["due"] = json!({ "day": due });
            form["details"] = details;
            office.call("admin", "todos/edit", &json!({ "key": format!("abcd-edit-{key}"), "todo": todo, "version": version, "form": form })).await
        };
        let first = series().await;
        assert_eq!(edit("1", 1, "2026-12-01", Value::Null).await.0, StatusCode::OK);
        assert_eq!(series().await, first, "what is not sent stays");
        assert_eq!(edit("2", 2, "2026-12-01", weekly()).await.0, StatusCode::OK);
        assert_eq!(series().await, first);
        let (_, done) = edit("3", 3, "2026-12-04", weekly()).await;
        assert_eq!((&series().await["day"], &series().await["nth"]), (&json!("2026-12-04"), &json!(1)));
        office.done("datasheets/undo", &json!({ "key": "abcd-undo-1", "event": done["undo"] })).await;
        assert_eq!(series().await, first);
        assert_eq!(edit("5", 5, "2026-12-01", json!({})).await.0, StatusCode::OK);
        assert_eq!(series().await, Value::Null);

        for (bad, field) in [
            (json!({ "repetition": { "every": 0, "unit": "day" } }), "repetition"),
            (json!({ "duration": 4 }), "duration"),
            (json!({ "reminder": -1 }), "reminder"),
            (json!({ "steps": vec![json!({ "text": "x" }); 51] }), "steps"),
        ] {
            let (status, answer) = edit(field, 6, "2026-12-01", bad).await;
            assert_eq!((status, &answer["invalid"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)), "{answer}");
        }
    }

    async fn a_type_fills_in_how_long_a_todo_takes_and_when_one_is_reminded(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let (_, save) = office.calls(&case).into_iter().find(|(path, _)| *path == "modules/type_save").unwrap();
        office.done("modules/type_save", &save).await;
        let types = office.done("modules/types", &json!({ "module": office.module })).await;
        assert_eq!((&types[0]["name"], &types[0]["duration"], &types[0]["reminder"]), (&json!("Telefon"), &json!(15), &json!(5)));
        let add = async |key: &str, details: Value| {
            let mut form = office.todo(key);
            form["details"] = details;
            office.done("todos/add", &json!({ "key": key, "datasheet": case.datasheet, "form": form })).await;
            let todos = office.todos_of(&case.datasheet).await;
            todos.iter().find(|todo| todo["text"] == key).unwrap()["details"].clone()
        };
        assert_eq!(add("abcd-quick", Value::Null).await, json!({ "duration": 15, "reminder": 5 }));
        assert_eq!(add("abcd-filled", json!({ "duration": 60 })).await, json!({ "duration": 60 }), "what was filled in goes first");
        let mut bad = save.clone();
        (bad["key"], bad["version"], bad["duration"]) = (json!("abcd-bad-type"), json!(2), json!(1));
        assert_eq!(office.call("admin", "modules/type_save", &bad).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn a_closed_todo_is_opened_again_by_who_closed_it_held_it_or_manages_all(test: TestDb) {
        let office = office(test).await;
        let (sheet, todo) = office.detailed("abcd-0001", weekly()).await;
        let close = json!({ "key": "abcd-close-1", "todo": todo, "version": 1, "outcome": "failed", "note": "Nem volt otthon" });
        office.done("todos/close", &close).await;
        let reopen = json!({ "key": "abcd-reopen-1", "todo": todo, "version": 2 });
        // Anna sees the datasheet, but neither closed nor held the to-do.
        assert_eq!(office.call("anna", "todos/reopen", &reopen).await.0, StatusCode::FORBIDDEN);
        assert_eq!(office.call("rita", "todos/reopen", &reopen).await.0, StatusCode::NOT_FOUND);
        let (status, done) = office.call("misi", "todos/reopen", &reopen).await;
        assert_eq!(status, StatusCode::OK, "{done}");
        let todos = office.todos_of(&sheet).await;
        assert_eq!(todos.len(), 2);
        let opened = todos.iter().find(|other| other["id"] == todo).unwrap();
        assert_eq!((&opened["closed"], &opened["details"]["repetition"]), (&Value::Null, &Value::Null), "the next one repeats");
        let (status, _) = office.call("misi", "datasheets/undo", &json!({ "key": "abcd-undo-1", "event": done["undo"] })).await;
        assert_eq!(status, StatusCode::OK);
        let todos = office.todos_of(&sheet).await;
        let closed = todos.iter().find(|other| other["id"] == todo).unwrap();
        assert_eq!(closed["closed"]["note"], json!("Nem volt otthon"));
        assert_ne!(closed["details"]["repetition"], Value::Null);
    }
}
