//! Comments, mentions and the topics of the history, as the browser asks for them.

use futures::StreamExt as _;

use super::*;

impl Office {
    async fn comment(&self, user: &str, key: &str, datasheet: &Value, text: &str) -> Value {
        let arguments = json!({ "key": key, "datasheet": datasheet, "text": text });
        let (status, answer) = self.call(user, "comments/add", &arguments).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer["undo"].clone()
    }

    pub(super) async fn history(&self, user: &str, datasheet: &Value, topic: &Value) -> Vec<Value> {
        let arguments = json!({ "datasheet": datasheet, "topic": topic, "before": null });
        let (status, answer) = self.call(user, "datasheets/history", &arguments).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer.as_array().unwrap().clone()
    }

    async fn mentions_of(&self, user: &str) -> Value {
        let (status, answer) = self.call(user, "mentions/page", &json!({ "before": null })).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer
    }
}

fn kinds(history: &[Value]) -> Vec<&str> {
    history.iter().map(|event| event["what"]["kind"].as_str().unwrap()).collect()
}

on_both! {
    async fn a_comment_is_changed_and_deleted_by_its_author_alone_and_both_are_taken_back(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let comment = office.comment("anna", "abcd-comment-1", &case.datasheet, " Hívtam,\r\nnem vette fel. ").await;
        let shown = async |user: &str| {
            let history = office.history(user, &case.datasheet, &json!("comments")).await;
            history.iter().find(|event| event["id"] == comment).unwrap().clone()
        };
        assert_eq!(shown("anna").await["comment"]["text"], json!("Hívtam,\nnem vette fel."));
        let edit = json!({ "key": "abcd-edit-1", "comment": comment, "version": 1, "text": "Visszahív." });
        for path in ["comments/edit", "comments/delete"] {
            let (status, answer) = office.call("admin", path, &edit).await;
            assert_eq!((status, answer), (StatusCode::FORBIDDEN, json!("forbidden")), "{path}: another's");
        }
        let edited = office.call("anna", "comments/edit", &edit).await.1;
        assert_eq!(shown("anna").await["comment"]["text"], json!("Visszahív."));
        let stale = json!({ "key": "abcd-edit-2", "comment": comment, "version": 1, "text": "Régi." });
        let (status, answer) = office.call("anna", "comments/edit", &stale).await;
        assert_eq!((status, &answer["conflict"]["theirs"], &answer["conflict"]["version"]), (StatusCode::CONFLICT, &json!("Visszahív."), &json!(2)));
        let undo = async |user: &str, key: &str, event: &Value| {
            office.call(user, "datasheets/undo", &json!({ "key": key, "event": event })).await.0
        };
        assert_eq!(undo("admin", "abcd-undo-0", &edited["undo"]).await, StatusCode::FORBIDDEN);
        assert_eq!(undo("anna", "abcd-undo-1", &edited["undo"]).await, StatusCode::OK);
        assert_eq!(shown("anna").await["comment"]["text"], json!("Hívtam,\nnem vette fel."));
        let delete = json!({ "key": "abcd-delete-1", "comment": comment, "version": 3 });
        let deleted = office.call("anna", "comments/delete", &delete).await.1;
        assert_eq!(shown("admin").await.get("comment"), None, "{deleted}");
        assert_eq!(undo("anna", "abcd-undo-2", &deleted["undo"]).await, StatusCode::OK);
        assert_eq!(shown("admin").await["comment"]["text"], json!("Hívtam,\nnem vette fel."));
        // What came after the first writing is not lost by taking that back.
        assert_eq!(undo("anna", "abcd-undo-3", &comment).await, StatusCode::CONFLICT);
        for text in ["", " \n", &"x".repeat(10_001)] {
            let arguments = json!({ "key": format!("abcd-bad-{}", text.len()), "datasheet": case.datasheet, "text": text });
            let (status, answer) = office.call("anna", "comments/add", &arguments).await;
            assert_eq!((status, &answer["invalid"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("comment")));
        }
    }

    async fn the_history_is_narrowed_to_a_topic_and_paged_by_key(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        for n in 0..60 {
            office.comment("admin", &format!("abcd-comment-{n}"), &case.datasheet, &format!("{n}")).await;
        }
        let sheet = &case.datasheet;
        assert_eq!(kinds(&office.history("admin", sheet, &json!("todos")).await), ["todo_added"]);
        assert_eq!(kinds(&office.history("admin", sheet, &json!("changes")).await), ["related", "field_changed", "created"]);
        let first = office.history("admin", sheet, &json!("comments")).await;
        assert_eq!(first.len(), 50);
        let next = json!({ "datasheet": sheet, "topic": "comments", "before": first[49]["id"] });
        let next = office.done("datasheets/history", &next).await;
        let texts: Vec<&str> = first.iter().chain(next.as_array().unwrap()).map(|event| event["comment"]["text"].as_str().unwrap()).collect();
        let wanted: Vec<String> = (0..60).rev().map(|n| n.to_string()).chain(["Lapos. @admin".to_owned()]).collect();
        assert_eq!(texts, wanted);
        // The same by the URL, as without JavaScript: with the way to older ones.
        let path = format!("/d/{sheet}?history=comments&before={}", first[49]["id"]);
        let (status, page) = office.open("admin", &path).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(page.matches("data-comment=").count(), 11, "{page}");
        let (_, page) = office.open("admin", &format!("/d/{sheet}?history=todos")).await;
        assert_eq!(page.matches("data-comment=").count(), 0);
        let (_, page) = office.open("admin", &format!("/d/{sheet}")).await;
        assert!(page.contains(&format!("before={}", first[49]["id"])), "{page}");
    }

    async fn who_may_open_the_datasheet_is_mentioned_and_told_and_nobody_else(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let (rita, anna) = (office.people[1].1, office.people[3].1);
        let readers = office.done("comments/readers", &json!({ "datasheet": case.datasheet })).await;
        let has = |user: UserId| readers.as_array().unwrap().contains(&json!(user));
        assert!(has(anna) && has(office.admin) && !has(rita) && !has(office.stranger), "{readers}");
        let request = axum::http::Request::get("/events").header(header::COOKIE, "modulok_session=anna").body(Body::empty()).unwrap();
        let response = office.app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let mut heard = response.into_body().into_data_stream();
        let mut next = async || {
            let next = tokio::time::timeout(std::time::Duration::from_secs(10), heard.next()).await.expect("in time");
            String::from_utf8(next.unwrap().unwrap().to_vec()).unwrap()
        };
        let text = "@anna, @rita és @stranger: nézzétek, @anna!";
        let comment = office.comment("admin", "abcd-comment-1", &case.datasheet, text).await;
        assert_eq!(next().await, "event: mentions\ndata: 1\n\n");
        let page = office.mentions_of("anna").await;
        assert_eq!((&page["unseen"], page["mentions"].as_array().unwrap().len()), (&json!(1), 1), "{page}");
        assert_eq!((&page["mentions"][0]["name"], &page["mentions"][0]["text"]), (&json!("Tető"), &json!(text)));
        assert_eq!(office.mentions_of("admin").await["unseen"], json!(1), "by themself, before");
        for user in ["rita", "stranger"] {
            assert_eq!(office.mentions_of(user).await, json!({ "mentions": [], "more": false, "unseen": 0 }), "{user}");
        }
        let (_, bar) = office.open("anna", &format!("/d/{}", case.datasheet)).await;
        assert!(bar.contains("Mentions, 1 unread"), "{bar}");

        // Read, and unread again; nobody marks another's.
        let mark = json!({ "key": "abcd-mark-1", "comments": [comment], "seen": true });
        assert_eq!(office.call("rita", "mentions/mark", &mark).await.0, StatusCode::NOT_FOUND);
        assert_eq!(office.call("anna", "mentions/mark", &mark).await, (StatusCode::OK, json!(0)));
        assert_eq!(next().await, "event: mentions\ndata: 0\n\n");
        let again = json!({ "key": "abcd-mark-2", "comments": [comment], "seen": false });
        assert_eq!(office.call("anna", "mentions/mark", &again).await, (StatusCode::OK, json!(1)));
        assert_eq!(next().await, "event: mentions\ndata: 1\n\n");

        // Edited: who is no longer named is no longer mentioned; deleted and taken back: it goes and comes.
        let edit = json!({ "key": "abcd-edit-1", "comment": comment, "version": 1, "text": "Mégsem." });
        office.done("comments/edit", &edit).await;
        assert_eq!(next().await, "event: mentions\ndata: 0\n\n");
        let edit = json!({ "key": "abcd-edit-2", "comment": comment, "version": 2, "text": "@anna mégis" });
        office.done("comments/edit", &edit).await;
        let deleted = office.done("comments/delete", &json!({ "key": "abcd-delete", "comment": comment, "version": 3 })).await;
        assert_eq!(office.mentions_of("anna").await["mentions"], json!([]));
        office.done("datasheets/undo", &json!({ "key": "abcd-undo", "event": deleted["undo"] })).await;
        assert_eq!(office.mentions_of("anna").await["unseen"], json!(1));
        // In the trash it is out of the way.
        office.done("datasheets/trash", &json!({ "key": "abcd-trash", "datasheet": case.datasheet, "version": 1 })).await;
        assert_eq!(office.mentions_of("anna").await, json!({ "mentions": [], "more": false, "unseen": 0 }));
        let (status, answer) = office.call("anna", "comments/add", &json!({ "key": "abcd-late", "datasheet": case.datasheet, "text": "x" })).await;
        assert_eq!((status, &answer["refused"]), (StatusCode::CONFLICT, &json!("trashed")));
    }

    async fn the_time_in_each_status_is_read_from_the_history(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let hour = 3_600_000;
        let set = async |hours: i64, version: i64, status: i64| {
            office.host.clock.set(NOW.plus_hours(hours));
            office.done("datasheets/status", &json!({
                "key": format!("abcd-status-{hours}"), "datasheet": case.datasheet, "version": version, "status": office.statuses[usize::try_from(status).unwrap()]
            })).await
        };
        set(2, 1, 1).await;
        let moved = set(5, 2, 2).await;
        office.host.clock.set(NOW.plus_hours(6));
        office.done("datasheets/undo", &json!({ "key": "abcd-undo", "event": moved["undo"] })).await;
        office.host.clock.set(NOW.plus_hours(10));
        let page = office.done("datasheets/page", &json!({ "datasheet": case.datasheet })).await;
        let name = |n: usize| page["tree"].as_array().unwrap().iter().find(|status| status["id"] == json!(office.statuses[n])).unwrap()["name"].clone();
        assert_eq!(page["times"], json!([
            { "name": name(0), "millis": 2 * hour }, { "name": name(1), "millis": 7 * hour }, { "name": name(2), "millis": hour },
        ]));
    }
}
