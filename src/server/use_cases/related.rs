//! Related datasheets as the browser asks for them: seen from both sides, by those who may open both.

use super::*;
use crate::{domain::id::DatasheetId, store::testing::rows_of};

impl Office {
    async fn named(&self, key: &str, name: &str, owner: UserId) -> Value {
        let form = json!({ "name": name, "status": null, "owner": owner, "todo": null });
        let arguments = json!({ "key": key, "module": self.module, "form": form });
        self.done("datasheets/add", &arguments).await["datasheet"].clone()
    }

    async fn link(&self, key: &str, one: &Value, other: &Value, about: &str) -> Value {
        let arguments = json!({ "key": key, "datasheet": one, "other": other, "about": about });
        self.done("relations/add", &arguments).await
    }

    /// The related ones of a datasheet, as a user sees them: name and description.
    async fn related(&self, user: &str, datasheet: &Value) -> Vec<(String, String)> {
        let (status, page) = self.call(user, "datasheets/page", &json!({ "datasheet": datasheet })).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let text = |one: &Value, part: &str| one[part].as_str().unwrap().to_owned();
        let related = page["related"].as_array().cloned().unwrap_or_default();
        related.iter().map(|one| (text(one, "name"), text(one, "about"))).collect()
    }

    /// The first relation of a datasheet: its id and version.
    async fn relation(&self, datasheet: &Value) -> (Value, Value) {
        let page = self.done("datasheets/page", &json!({ "datasheet": datasheet })).await;
        (page["related"][0]["id"].clone(), page["related"][0]["version"].clone())
    }

    async fn told(&self, user: &str, datasheet: &Value) -> Vec<(String, bool)> {
        let history = self.history(user, datasheet, &Value::Null).await;
        let told = |event: &Value| {
            (event["what"]["kind"].as_str().unwrap().to_owned(), event["can_undo"].as_bool().unwrap())
        };
        history.iter().map(told).collect()
    }

    async fn undo(&self, user: &str, key: &str, event: &Value) -> StatusCode {
        self.call(user, "datasheets/undo", &json!({ "key": key, "event": event })).await.0
    }
}

fn pair(name: &str, about: &str) -> (String, String) {
    (name.to_owned(), about.to_owned())
}

on_both! {
    async fn two_datasheets_are_linked_described_and_parted_and_each_is_taken_back_on_both_sides(test: TestDb) {
        let office = office(test).await;
        let one = office.named("abcd-one", "Tető", office.admin).await;
        let other = office.named("abcd-other", "Kémény", office.admin).await;
        let linked = office.link("abcd-link", &one, &other, " előzménye ").await;
        for (sheet, name) in [(&one, "Kémény"), (&other, "Tető")] {
            assert_eq!(office.related("anna", sheet).await, [pair(name, "előzménye")]);
            let history = office.history("anna", sheet, &Value::Null).await;
            assert_eq!(history[0]["what"], json!({ "kind": "related", "name": name, "about": "előzménye" }));
        }
        let again = json!({ "key": "abcd-again", "datasheet": other, "other": one, "about": "" });
        let (status, answer) = office.call("anna", "relations/add", &again).await;
        assert_eq!((status, &answer["refused"]), (StatusCode::CONFLICT, &json!("already_related")));
        let itself = json!({ "key": "abcd-itself", "datasheet": one, "other": one, "about": "" });
        let (status, answer) = office.call("anna", "relations/add", &itself).await;
        assert_eq!((status, &answer["invalid"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("related")));

        // From the other side, by somebody else.
        let (relation, version) = office.relation(&other).await;
        let describe = json!({ "key": "abcd-describe", "datasheet": other, "relation": relation, "version": version, "about": "folytatása" });
        let (status, described) = office.call("anna", "relations/describe", &describe).await;
        assert_eq!(status, StatusCode::OK, "{described}");
        assert_eq!(office.related("admin", &one).await, [pair("Kémény", "folytatása")]);
        let stale = json!({ "key": "abcd-stale", "datasheet": one, "relation": relation, "version": version, "about": "x" });
        for path in ["relations/describe", "relations/remove"] {
            let (status, answer) = office.call("admin", path, &stale).await;
            assert_eq!((status, &answer["conflict"]), (StatusCode::CONFLICT, &json!({ "field": "relation", "theirs": "folytatása", "version": 2 })), "{path}");
        }
        assert_eq!(office.undo("admin", "abcd-undo-0", &linked["undo"]).await, StatusCode::CONFLICT, "it was described since");
        assert_eq!(office.told("admin", &one).await[..2], [("relation_described".to_owned(), true), ("related".to_owned(), false)]);
        // Taken back from the side on which nobody did it.
        let twin = office.history("admin", &one, &Value::Null).await[0]["id"].clone();
        assert_eq!(office.undo("admin", "abcd-undo-1", &twin).await, StatusCode::OK);
        assert_eq!(office.related("admin", &other).await, [pair("Tető", "előzménye")]);
        for sheet in [&one, &other] {
            let history = office.history("admin", sheet, &Value::Null).await;
            assert_eq!((&history[0]["what"], &history[1]["undone"]), (&json!({ "kind": "undone", "of": "relation_described" }), &json!(true)));
        }
        assert_eq!(office.undo("anna", "abcd-undo-2", &described["undo"]).await, StatusCode::CONFLICT);

        let (relation, version) = office.relation(&one).await;
        let remove = json!({ "key": "abcd-remove", "datasheet": one, "relation": relation, "version": version });
        let removed = office.done("relations/remove", &remove).await;
        assert_eq!(office.done("relations/remove", &remove).await, removed, "sent again");
        assert_eq!((office.related("admin", &one).await, office.related("admin", &other).await), (vec![], vec![]));
        let gone = json!({ "key": "abcd-gone", "datasheet": other, "relation": relation, "version": version });
        assert_eq!(office.call("admin", "relations/remove", &gone).await.0, StatusCode::NOT_FOUND);
        assert_eq!(office.undo("admin", "abcd-undo-3", &removed["undo"]).await, StatusCode::OK);
        assert_eq!(office.related("admin", &other).await, [pair("Tető", "előzménye")]);
        assert_eq!(office.undo("admin", "abcd-undo-4", &removed["undo"]).await, StatusCode::CONFLICT);
        // Linked anew after it was parted: there is nothing to bring back.
        let (relation, version) = office.relation(&one).await;
        let remove = json!({ "key": "abcd-remove-2", "datasheet": one, "relation": relation, "version": version });
        let removed = office.done("relations/remove", &remove).await;
        office.link("abcd-link-2", &other, &one, "").await;
        assert_eq!(office.undo("admin", "abcd-undo-5", &removed["undo"]).await, StatusCode::CONFLICT);
        assert_eq!(office.related("admin", &one).await, [pair("Kémény", "")]);
    }

    async fn who_may_not_see_the_other_side_sees_and_does_nothing_of_it(test: TestDb) {
        let office = office(test).await;
        let rita = office.people[1].1;
        let hers = office.named("abcd-hers", "Tető", rita).await;
        let other = office.named("abcd-other", "Kémény", office.admin).await;
        let before = office.told("rita", &hers).await;
        let linked = office.link("abcd-link", &hers, &other, "titkos").await;
        let (relation, version) = office.relation(&hers).await;
        assert_eq!(office.related("rita", &hers).await, []);
        assert_eq!(office.told("rita", &hers).await, before);
        assert_eq!(office.told("admin", &hers).await.len(), before.len() + 1);
        let (_, found) = office.call("rita", "relations/find", &json!({ "datasheet": hers, "beginning": "kem" })).await;
        assert_eq!(found, json!([]));
        let calls = [
            ("relations/add", json!({ "other": other, "about": "" })),
            ("relations/describe", json!({ "relation": relation, "version": version, "about": "x" })),
            ("relations/remove", json!({ "relation": relation, "version": version })),
        ];
        for (path, mut arguments) in calls {
            (arguments["key"], arguments["datasheet"]) = (json!("abcd-rita"), hers.clone());
            assert_eq!(office.call("rita", path, &arguments).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(office.undo("rita", "abcd-undo-1", &linked["undo"]).await, StatusCode::NOT_FOUND);
        office.undo("admin", "abcd-undo-2", &linked["undo"]).await;
        assert_eq!(office.told("rita", &hers).await, before, "nor that it was taken back");
        // A to-do on it opens it.
        office.link("abcd-link-2", &hers, &other, "titkos").await;
        let mut todo = office.todo("Ajánlat");
        todo["assignee"] = json!(rita);
        office.done("todos/add", &json!({ "key": "abcd-todo", "datasheet": other, "form": todo })).await;
        assert_eq!(office.related("rita", &hers).await, [pair("Kémény", "titkos")]);

        // A module that is not ticked, or in the trash.
        let form = json!({ "name": "Rendelés", "status": null, "owner": null, "todo": null });
        let order = office.done("datasheets/add", &json!({ "key": "abcd-order", "module": office.orders, "form": form })).await["datasheet"].clone();
        office.link("abcd-link-3", &other, &order, "").await;
        assert_eq!(office.related("anna", &other).await.len(), 2);
        office.done("modules/trash", &json!({ "key": "abcd-module", "module": office.orders })).await;
        for user in ["anna", "admin"] {
            assert_eq!(office.related(user, &other).await, [pair("Tető", "titkos")], "{user}");
        }
    }

    async fn what_can_be_linked_is_found_in_all_modules_by_the_beginnings_of_words(test: TestDb) {
        let office = office(test).await;
        let one = office.named("abcd-one", "Tető", office.admin).await;
        let linked = office.named("abcd-linked", "Kovács Kémény", office.admin).await;
        office.link("abcd-link", &one, &linked, "").await;
        office.named("abcd-later", "Nagy Kovács", office.admin).await;
        office.named("abcd-first", "Kovács Kazán", office.admin).await;
        let form = json!({ "name": "Kovácsné", "status": null, "owner": null, "todo": null });
        office.done("datasheets/add", &json!({ "key": "abcd-order", "module": office.orders, "form": form })).await;
        let thrown = office.named("abcd-thrown", "Kovács Kályha", office.admin).await;
        office.done("datasheets/trash", &json!({ "key": "abcd-trash", "datasheet": thrown, "version": 1 })).await;
        let find = async |user: &str, beginning: &str| {
            let (status, found) = office.call(user, "relations/find", &json!({ "datasheet": one, "beginning": beginning })).await;
            assert_eq!(status, StatusCode::OK, "{found}");
            let names = found.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned());
            names.collect::<Vec<_>>()
        };
        let mut names = find("anna", "kovacs").await;
        assert_eq!(names.pop().as_deref(), Some("Nagy Kovács"), "whose names begin with it come first");
        names.sort();
        assert_eq!(names, ["Kovács Kazán", "Kovácsné"]);
        assert_eq!(find("anna", "KAZ kov").await, ["Kovács Kazán"]);
        for nothing in ["", "  ", "-", "tető", "kálya"] {
            assert_eq!(find("anna", nothing).await, [] as [String; 0], "{nothing:?}");
        }
        let into_trash = json!({ "key": "abcd-into-trash", "datasheet": one, "other": thrown, "about": "" });
        let (status, answer) = office.call("anna", "relations/add", &into_trash).await;
        assert_eq!((status, &answer["refused"]), (StatusCode::CONFLICT, &json!("trashed")));
    }

    async fn a_relation_stays_through_the_trash_and_goes_with_what_is_deleted_for_good(test: TestDb) {
        let office = office(test).await;
        let one = office.named("abcd-one", "Tető", office.admin).await;
        let other = office.named("abcd-other", "Kémény", office.admin).await;
        office.link("abcd-link", &one, &other, "előzménye").await;
        let kinds = async || office.told("admin", &one).await.into_iter().map(|(kind, _)| kind).collect::<Vec<_>>();
        office.done("datasheets/trash", &json!({ "key": "abcd-trash", "datasheet": other, "version": 1 })).await;
        let page = office.done("datasheets/page", &json!({ "datasheet": one })).await;
        assert_eq!((&page["related"][0]["name"], &page["related"][0]["trashed"]), (&json!("Kémény"), &json!(true)));
        let told = office.done("trash/look", &json!({ "datasheet": other })).await;
        assert_eq!(told["goes"]["relations"], json!(1));
        // Nothing is changed on what is in the trash itself.
        let (relation, version) = office.relation(&one).await;
        let remove = json!({ "key": "abcd-remove", "datasheet": other, "relation": relation, "version": version });
        assert_eq!(office.call("admin", "relations/remove", &remove).await.1["refused"], json!("trashed"));
        let delete = json!({ "key": "abcd-delete", "datasheet": other, "version": told["version"] });
        office.done("trash/delete", &delete).await;
        assert_eq!(office.related("admin", &one).await, []);
        assert_eq!(kinds().await, ["created"], "no history tells of it");
        let mut tx = office.host.db.read().await.unwrap();
        assert_eq!(rows_of(&mut tx, DatasheetId(other.as_i64().unwrap())).await, [] as [String; 0]);
    }

    async fn no_datasheet_is_related_with_more_than_a_hundred_nor_twice_when_two_link_at_once(test: TestDb) {
        let office = office(test).await;
        let one = office.named("abcd-one", "Tető", office.admin).await;
        for n in 0..100 {
            let other = office.named(&format!("abcd-other-{n}"), "Kémény", office.admin).await;
            let link = async |key: &str, from: &Value, to: &Value| {
                office.call("anna", "relations/add", &json!({ "key": format!("{key}-{n}"), "datasheet": from, "other": to, "about": "" })).await.0
            };
            if n % 25 == 0 {
                let both = futures::future::join(link("abcd-a", &one, &other), link("abcd-b", &other, &one)).await;
                assert!(matches!(both, (StatusCode::OK, StatusCode::CONFLICT) | (StatusCode::CONFLICT, StatusCode::OK)), "{both:?}");
            } else {
                assert_eq!(link("abcd-c", &other, &one).await, StatusCode::OK);
            }
        }
        assert_eq!(office.related("anna", &one).await.len(), 100);
        let other = office.named("abcd-other", "Kémény", office.admin).await;
        for (key, from, to) in [("abcd-late-1", &one, &other), ("abcd-late-2", &other, &one)] {
            let (status, answer) = office.call("anna", "relations/add", &json!({ "key": key, "datasheet": from, "other": to, "about": "" })).await;
            assert_eq!((status, &answer["invalid"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!({ "field": "related", "problem": { "too_many": 100 } })));
        }
    }
}
