//! My day: whose to-dos it holds, and what is done on them, through HTTP.

use super::*;

impl Office {
    async fn my_day(&self, user: &str) -> Value {
        let (status, answer) = self.call(user, "my_day/page", &json!({})).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer
    }

    fn person(&self, name: &str) -> UserId {
        self.people.iter().find(|(known, _)| *known == name).unwrap().1
    }

    /// Adds a to-do for somebody.
    async fn give(&self, key: &str, datasheet: &Value, to: &str, day: &str) -> Value {
        let page = self.done("datasheets/page", &json!({ "datasheet": datasheet })).await;
        let form = json!({
            "text": format!("{to} {day}"), "kind": page["types"][0]["id"], "due": { "day": day }, "assignee": self.person(to)
        });
        self.done("todos/add", &json!({ "key": key, "datasheet": datasheet, "form": form })).await
    }
}

fn texts(day: &Value) -> Vec<&str> {
    let items = day["page"]["items"].as_array().unwrap();
    items.iter().map(|item| item["todo"]["text"].as_str().unwrap()).collect()
}

on_both! {
    async fn my_day_holds_my_todos_of_all_modules_that_i_may_open(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        for (n, (sheet, day)) in [(&case.order, "2026-12-03"), (&case.datasheet, "2026-12-02"), (&case.order, "2026-12-01")].into_iter().enumerate() {
            office.give(&format!("abcd-anna-{n}"), sheet, "anna", day).await;
            office.give(&format!("abcd-rita-{n}"), sheet, "rita", day).await;
        }
        for user in ["anna", "rita"] {
            let day = office.my_day(user).await;
            let wanted = ["2026-12-01", "2026-12-02", "2026-12-03"].map(|day| format!("{user} {day}"));
            assert_eq!(texts(&day), wanted, "those of both modules, by their time");
            let counted: i64 = day["counts"].as_array().unwrap().iter().map(|n| n.as_i64().unwrap()).sum();
            assert_eq!(counted, 3);
            let first = &day["page"]["items"][0];
            let after = json!({ "after": { "moment": first["todo"]["moment"], "id": first["todo"]["id"] }, "limit": 1 });
            let (_, items) = office.call(user, "my_day/items", &after).await;
            assert_eq!((items["items"][0]["todo"]["text"].as_str(), items["more"].as_bool()), (Some(&*wanted[1]), Some(true)));
        }
        assert_eq!(texts(&office.my_day("admin").await), ["Felmérés"]);
        assert_eq!(texts(&office.my_day("stranger").await), Vec::<&str>::new());

        // Without the tick, nothing of the module is told.
        let anna = office.person("anna");
        let form = json!({
            "name": "anna", "email": "anna@pelda.hu", "role": "user", "state": "active", "zone": "America/New_York",
            "modules": [office.module]
        });
        office.done("users/save", &json!({ "key": "abcd-untick", "user": anna, "version": 1, "form": form })).await;
        assert_eq!(texts(&office.my_day("anna").await), ["anna 2026-12-02"]);
        let (_, hidden) = office.call("anna", "my_day/datasheet", &json!({ "datasheet": case.order })).await;
        assert_eq!(hidden, json!([]));
        // Nor of what is in the trash.
        office.done("datasheets/trash", &json!({ "key": "abcd-trash", "datasheet": case.datasheet, "version": 1 })).await;
        assert_eq!(texts(&office.my_day("anna").await), Vec::<&str>::new());
    }

    async fn what_is_closed_or_postponed_moves_in_my_day_and_comes_back_when_undone(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        office.give("abcd-anna-1", &case.datasheet, "anna", "2026-12-02").await;
        office.give("abcd-anna-2", &case.datasheet, "anna", "2026-12-03").await;
        let before = office.my_day("anna").await;
        let todo = &before["page"]["items"][0]["todo"];
        let (status, done) = office.call("anna", "todos/postpone", &json!({
            "key": "abcd-later", "todo": todo["id"], "version": 1, "to": { "to": { "day": "2026-12-09" } }
        })).await;
        assert_eq!(status, StatusCode::OK, "{done}");
        let day = office.my_day("anna").await;
        assert_eq!(texts(&day), ["anna 2026-12-03", "anna 2026-12-02"]);
        assert_eq!(day["page"]["items"][1]["todo"]["postponed"], json!(1));
        office.call("anna", "datasheets/undo", &json!({ "key": "abcd-undo-1", "event": done["undo"] })).await;
        let (_, done) = office.call("anna", "todos/close", &json!({
            "key": "abcd-close", "todo": todo["id"], "version": 3, "outcome": "done", "note": null
        })).await;
        assert_eq!(texts(&office.my_day("anna").await), ["anna 2026-12-03"]);
        office.call("anna", "datasheets/undo", &json!({ "key": "abcd-undo-2", "event": done["undo"] })).await;
        let (_, items) = office.call("anna", "my_day/datasheet", &json!({ "datasheet": case.datasheet })).await;
        assert_eq!(items.as_array().unwrap().len(), 2);
        assert_eq!(texts(&office.my_day("anna").await), texts(&before));
    }

    async fn the_calendar_has_my_days_in_my_zone_and_no_other(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let calendar = async |user: &str, asked: Value| office.call(user, "my_day/calendar", &json!({ "asked": asked })).await;
        let week = json!({ "view": "week", "from": "2026-12-03", "day": null });
        for n in 0..14 {
            office.give(&format!("abcd-anna-{n}"), &case.datasheet, "anna", "2026-12-02").await;
        }
        // Late in the evening of New York, whatever day that is elsewhere.
        let page = office.done("datasheets/page", &json!({ "datasheet": case.order })).await;
        let late = json!({
            "text": "Late", "kind": page["types"][0]["id"], "due": { "at": 1_796_270_400_000_i64 }, "assignee": office.person("anna")
        });
        office.done("todos/add", &json!({ "key": "abcd-late", "datasheet": case.order, "form": late })).await;
        let (status, days) = calendar("anna", week.clone()).await;
        assert_eq!(status, StatusCode::OK, "{days}");
        let days = days.as_array().unwrap();
        assert_eq!((days.len(), &days[0]["day"], &days[6]["day"]), (7, &json!("2026-11-30"), &json!("2026-12-06")));
        let counts: Vec<_> = days.iter().map(|day| day["count"].as_i64().unwrap()).collect();
        assert_eq!(counts, [0, 0, 15, 0, 0, 0, 0]);
        assert_eq!(days[2]["items"].as_array().unwrap().len(), 12, "the rest is told as a number");
        let chosen = json!({ "view": "week", "from": "2026-12-03", "day": "2026-12-02" });
        let (_, days) = calendar("anna", chosen).await;
        let items = days[2]["items"].as_array().unwrap();
        assert_eq!((items.len(), &items[14]["todo"]["text"]), (15, &json!("Late")), "those without an hour stand first");
        for user in ["rita", "stranger"] {
            let (_, days) = calendar(user, week.clone()).await;
            assert!(days.as_array().unwrap().iter().all(|day| day["count"] == json!(0)), "another's");
        }
        for wrong in [
            json!({ "view": "week", "from": "9999-12-31", "day": null }),
            json!({ "view": "week", "from": "2026-12-03", "day": "2027-12-03" }),
        ] {
            assert_eq!(calendar("anna", wrong).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        }
        // Postponed to another day by hand, it keeps its hour there; a stale one is told.
        let todo = &items[14]["todo"];
        let to = json!({ "to": { "at": 1_796_270_400_000_i64 + 86_400_000 } });
        let postpone = json!({ "key": "abcd-drag", "todo": todo["id"], "version": 1, "to": to });
        let (status, answer) = office.call("anna", "todos/postpone", &postpone).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        let (status, _) = office.call("anna", "todos/postpone", &json!({ "key": "abcd-drag-2", "todo": todo["id"], "version": 1, "to": to })).await;
        assert_eq!(status, StatusCode::CONFLICT);
        let (_, days) = calendar("anna", week).await;
        assert_eq!(days[3]["items"][0]["todo"]["id"], todo["id"]);

        let (status, page) = office.open("anna", "/my-day/calendar?view=week&from=2026-12-03").await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("anna 2026-12-02") && page.contains("Late"), "{page}");
        let (status, _) = office.open("", "/my-day/calendar?view=month").await;
        assert_eq!(status, StatusCode::SEE_OTHER);
    }

    async fn my_day_is_read_without_javascript(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        office.give("abcd-rita-1", &case.order, "rita", "2026-12-02").await;
        let (status, page) = office.open("rita", "/my-day").await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("rita 2026-12-02") && page.contains("Tíz cserép"), "{page}");
        assert!(!page.contains("Felmérés"), "another's to-do");
        let (status, _) = office.open("", "/my-day").await;
        assert_eq!(status, StatusCode::SEE_OTHER);
    }
}
