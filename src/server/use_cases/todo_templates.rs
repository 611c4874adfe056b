//! Templates of to-dos, through HTTP: all of one are added at once and taken back at once.

use super::*;

impl Office {
    pub(super) fn template_form(&self, name: &str) -> Value {
        json!({ "name": name, "todos": [
            { "text": "Első hívás", "kind": self.kind, "days": 0, "count": "days", "assignee": null },
            { "text": "Utánanézés", "kind": self.kind, "days": 3, "count": "working_days", "minute": 570, "assignee": self.people[3].1 },
        ] })
    }

    async fn entries(&self, datasheet: &Value) -> usize {
        let history =
            self.done("datasheets/history", &json!({ "datasheet": datasheet, "before": null })).await;
        history.as_array().unwrap().len()
    }
}

on_both! {
    async fn the_todos_of_a_template_are_one_entry_and_go_by_one_undo(test: TestDb) {
        let office = office(test).await;
        let added = office.add("abcd-0000-sheet").await;
        let datasheet = &added["row"]["id"];
        let before = office.entries(datasheet).await;
        let apply = async |key: &str| {
            let arguments = json!({ "key": key, "datasheet": datasheet, "template": office.template });
            office.call("anna", "todos/from_template", &arguments).await
        };
        let (status, done) = apply("abcd-apply-1").await;
        assert_eq!(status, StatusCode::OK, "{done}");
        let todos = office.todos_of(datasheet).await;
        // NOW is a Tuesday: three working days later is Friday, half past nine on her clock in New York.
        let got: Vec<_> = todos.iter().filter(|todo| todo["text"] != json!("Felmérés"))
            .map(|todo| (todo["text"].clone(), todo["due"].clone(), todo["assignee"].clone())).collect();
        assert_eq!(got, [
            (json!("Első hívás"), json!({ "day": "2026-11-24" }), json!(office.admin)),
            (json!("Utánanézés"), json!({ "at": 1_795_789_800_000_i64 }), json!(office.people[3].1)),
        ]);
        assert_eq!(office.entries(datasheet).await, before + 1, "one entry");
        let undo = json!({ "key": "abcd-undo-1", "event": done["undo"] });
        let (status, answer) = office.call("anna", "datasheets/undo", &undo).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!(office.todos_of(datasheet).await.len(), 1, "all of them go");

        // Once something happened to one of them, nothing is taken back.
        let (_, done) = apply("abcd-apply-2").await;
        let todos = office.todos_of(datasheet).await;
        let first = todos.iter().find(|todo| todo["text"] == json!("Első hívás")).unwrap();
        let postpone = json!({ "key": "abcd-later", "todo": first["id"], "version": 1, "to": "tomorrow" });
        office.done("todos/postpone", &postpone).await;
        let undo = json!({ "key": "abcd-undo-2", "event": done["undo"] });
        let (status, answer) = office.call("anna", "datasheets/undo", &undo).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert_eq!(answer["refused"]["changed_since"].as_array().map(Vec::len), Some(1), "{answer}");
        assert_eq!(office.todos_of(datasheet).await.len(), 3, "nothing is lost");
    }

    async fn a_template_is_of_its_module_and_is_written_by_admins(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let elsewhere = json!({ "key": "abcd-elsewhere", "datasheet": case.order, "template": office.template });
        assert_eq!(office.call("admin", "todos/from_template", &elsewhere).await.0, StatusCode::NOT_FOUND);
        let save = async |user: &str, key: &str, form: Value| {
            let arguments = json!({ "key": key, "module": office.module, "template": null, "version": 0, "form": form });
            office.call(user, "todo_templates/save", &arguments).await
        };
        let (status, saved) = save("admin", "abcd-second", office.template_form(" Második ")).await;
        assert_eq!((status, &saved["name"], &saved["version"]), (StatusCode::OK, &json!("Második"), &json!(1)));
        let wrong = |change: &dyn Fn(&mut Value)| {
            let mut form = office.template_form("Rossz");
            change(&mut form);
            form
        };
        for (n, form) in [
            wrong(&|form| form["name"] = json!(" ")),
            wrong(&|form| form["todos"] = json!([])),
            wrong(&|form| form["todos"][0]["days"] = json!(999)),
            wrong(&|form| form["todos"][0]["kind"] = json!(1)),
            wrong(&|form| form["todos"][0]["assignee"] = json!(office.stranger)),
        ].into_iter().enumerate() {
            let (status, answer) = save("admin", &format!("abcd-wrong-{n}"), form).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
        }
        let (_, all) = office.call("anna", "todo_templates/all", &json!({ "module": office.module })).await;
        let names: Vec<_> = all.as_array().unwrap().iter().map(|template| &template["name"]).collect();
        assert_eq!(names, [&json!("Kezdés"), &json!("Második")]);
        // To the front and back to the end; one of another module, or that is gone, is no place.
        for (n, (before, order)) in [
            (json!(office.template), ["Második", "Kezdés"]),
            (json!(1), ["Kezdés", "Második"]),
            (json!(office.template), ["Második", "Kezdés"]),
            (Value::Null, ["Kezdés", "Második"]),
        ].into_iter().enumerate() {
            let arguments = json!({ "key": format!("abcd-move-{n}"), "template": saved["id"], "before": before });
            let moved = office.done("todo_templates/move", &arguments).await;
            let names: Vec<_> = moved.as_array().unwrap().iter().map(|template| template["name"].clone()).collect();
            assert_eq!(names, order.map(Value::from), "{n}");
        }
        let unknown = json!({ "key": "abcd-move-5", "template": 1, "before": null });
        assert_eq!(office.call("admin", "todo_templates/move", &unknown).await.0, StatusCode::NOT_FOUND);
        let delete = json!({ "key": "abcd-delete", "template": saved["id"], "version": 1 });
        office.done("todo_templates/delete", &delete).await;
        let gone = json!({ "key": "abcd-gone", "datasheet": case.datasheet, "template": saved["id"] });
        assert_eq!(office.call("admin", "todos/from_template", &gone).await.0, StatusCode::NOT_FOUND);
        // It comes back as it was; what is there is not brought back twice.
        for key in ["abcd-restore-1", "abcd-restore-2"] {
            let back = office.done("todo_templates/restore", &json!({ "key": key, "template": saved["id"] })).await;
            assert_eq!((&back["todos"], &back["version"]), (&saved["todos"], &json!(3)));
        }
        let unknown = json!({ "key": "abcd-restore-3", "template": 1 });
        assert_eq!(office.call("admin", "todo_templates/restore", &unknown).await.0, StatusCode::NOT_FOUND);
        office.done("todos/from_template", &json!({ "key": "abcd-again", "datasheet": case.datasheet, "template": saved["id"] })).await;
    }
}
