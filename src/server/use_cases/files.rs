//! Files through HTTP: who may add and read them, what is refused, that nothing in them runs, and that no bytes are lost or left.

use axum::http::HeaderMap;

use super::*;
use crate::domain::filter::percent_encode;

impl Office {
    pub(super) async fn upload(
        &self,
        user: &str,
        key: &str,
        datasheet: &Value,
        name: &str,
        bytes: &[u8],
    ) -> (StatusCode, Value) {
        self.upload_to(user, "", key, datasheet, name, bytes).await
    }

    /// The same with more in the query, such as the to-do.
    async fn upload_to(
        &self,
        user: &str,
        query: &str,
        key: &str,
        datasheet: &Value,
        name: &str,
        bytes: &[u8],
    ) -> (StatusCode, Value) {
        let uri = format!("/files?datasheet={datasheet}&key={key}&name={}{query}", percent_encode(name));
        let request = axum::http::Request::post(uri)
            .header(header::COOKIE, format!("modulok_session={user}"))
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .body(Body::from(bytes.to_vec()))
            .unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    async fn download(&self, user: &str, file: &Value, query: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
        let request = axum::http::Request::get(format!("/files/{file}{query}"))
            .header(header::COOKIE, format!("modulok_session={user}"))
            .body(Body::empty())
            .unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.status, parts.headers, axum::body::to_bytes(body, 1 << 24).await.unwrap().to_vec())
    }

    async fn files(&self, datasheet: &Value) -> Vec<Value> {
        self.done("datasheets/page", &json!({ "datasheet": datasheet })).await["files"]
            .as_array()
            .unwrap()
            .clone()
    }

    /// How many contents lie in the folder, and parts of such.
    pub(super) fn contents(&self) -> (usize, usize) {
        let count = |path: &std::path::Path| std::fs::read_dir(path).map_or(0, Iterator::count);
        let parts = count(&self.folder.path().join("parts"));
        let all = std::fs::read_dir(self.folder.path()).unwrap();
        (all.map(|below| count(&below.unwrap().path())).sum::<usize>() - parts, parts)
    }
}

/// Lets a content have been put into its place at that time of the clock that the cleaning goes by.
pub(super) fn put_at(path: std::path::PathBuf, at: Timestamp) {
    let file = std::fs::File::options().write(true).open(path).unwrap();
    let millis = std::time::Duration::from_millis(u64::try_from(at.0).unwrap());
    file.set_modified(std::time::UNIX_EPOCH + millis).unwrap();
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

#[tokio::test]
async fn a_file_whose_entry_collides_with_another_write_is_added_all_the_same() {
    let office = office(TestDb::postgres().await).await;
    let sheet = office.add("abcd-0000-case").await["row"]["id"].clone();
    crate::store::testing::collide(&office.host.db, "files", 3).await;
    let (status, answer) = office.upload("admin", "abcd-collides", &sheet, "rajz.txt", b"Egy rajz.").await;
    assert_eq!(status, StatusCode::OK, "{answer}");
}

on_both! {
    async fn a_file_is_added_and_read_by_those_who_may_open_its_datasheet(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let bytes: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
        for (user, wanted) in [("", 401), ("nobody", 401), ("stranger", 404), ("rita", 404)] {
            let (status, answer) = office.upload(user, "abcd-up-0", &case.datasheet, "a.bin", &bytes).await;
            assert_eq!(status.as_u16(), wanted, "{user}: {answer}");
        }
        let name = "C:\\tmp\\Ajánlat \"1\".bin";
        let (status, added) = office.upload("anna", "abcd-up-1", &case.datasheet, name, &bytes).await;
        assert_eq!(status, StatusCode::OK, "{added}");
        // Sent again as no answer came: one file; another one under the same key is told apart.
        assert_eq!(office.upload("anna", "abcd-up-1", &case.datasheet, name, &bytes).await, (StatusCode::OK, added.clone()));
        assert_eq!(office.upload("anna", "abcd-up-1", &case.datasheet, "b", b"x").await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let files = office.files(&case.datasheet).await;
        assert_eq!((files.len(), &files[0]["name"], &files[0]["size"], &files[0]["kind"]), (2, &json!("Ajánlat \"1\".bin"), &json!(bytes.len()), &json!("other")));
        let history = office.history("admin", &case.datasheet, &json!("files")).await;
        assert_eq!((history.len(), &history[0]["file"]["id"]), (2, &added["undo"]));

        let id = &added["undo"];
        let (status, headers, read) = office.download("admin", id, "").await;
        assert_eq!((status, read == bytes), (StatusCode::OK, true));
        assert_eq!(headers[header::CONTENT_TYPE], "application/octet-stream");
        assert_eq!(headers[header::CONTENT_DISPOSITION], "attachment; filename=\"Aj_nlat _1_.bin\"; filename*=UTF-8''Aj%C3%A1nlat%20%221%22.bin");
        for (user, wanted) in [("stranger", 404), ("rita", 404), ("", 303)] {
            let (status, _, read) = office.download(user, id, "").await;
            assert_eq!((status.as_u16(), read == bytes), (wanted, false), "{user}");
        }
        assert_eq!(office.contents().1, 0, "no part is left");
    }

    async fn files_and_comments_of_a_todo_are_its_datasheets_and_outlive_it(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let added = office.done("todos/add", &json!({ "key": "abcd-todo", "datasheet": case.datasheet, "form": office.todo("Ajánlat") })).await;
        let page = async || office.done("datasheets/page", &json!({ "datasheet": case.datasheet })).await;
        let todos = page().await["todos"].clone();
        let todo = todos.as_array().unwrap().iter().find(|todo| todo["text"] == "Ajánlat").unwrap()["id"].clone();
        let of = |todo: &Value| format!("&todo={todo}");
        for (user, query, wanted) in [
            ("", of(&todo), 401), ("stranger", of(&todo), 404), ("rita", of(&todo), 404), ("anna", of(&json!(7)), 404),
        ] {
            let (status, answer) = office.upload_to(user, &query, "abcd-none", &case.datasheet, "a.txt", b"a").await;
            assert_eq!(status.as_u16(), wanted, "{user}: {answer}");
        }
        // Another datasheet's to-do is none of this one's.
        let other = office.add("abcd-0001-case").await;
        let others = &other["row"]["todo"]["id"];
        assert_eq!(office.upload_to("anna", &of(others), "abcd-other", &case.datasheet, "a.txt", b"a").await.0, StatusCode::NOT_FOUND);
        let comment = |key: &str, todo: &Value| json!({ "key": key, "datasheet": case.datasheet, "todo": todo, "text": "Kész? @misi" });
        assert_eq!(office.call("anna", "comments/add", &comment("abcd-c-0", others)).await.0, StatusCode::NOT_FOUND);
        assert_eq!(office.call("rita", "comments/add", &comment("abcd-c-1", &todo)).await.0, StatusCode::NOT_FOUND);

        let (status, file) = office.upload_to("anna", &of(&todo), "abcd-up-1", &case.datasheet, "arak.txt", b"Arak.").await;
        assert_eq!(status, StatusCode::OK, "{file}");
        assert_eq!(office.upload_to("anna", &of(&todo), "abcd-up-1", &case.datasheet, "arak.txt", b"Arak.").await.1, file, "twice is once");
        let said = office.done("comments/add", &comment("abcd-c-2", &todo)).await;
        let now = page().await;
        assert_eq!((&now["files"][0]["name"], &now["files"][0]["todo_id"]), (&json!("arak.txt"), &todo));
        assert_eq!((&now["todo_comments"][0]["text"], &now["todo_comments"][0]["todo_id"]), (&json!("Kész? @misi"), &todo));
        let history = office.history("admin", &case.datasheet, &json!("files")).await;
        assert_eq!((&history[0]["what"]["todo"], &history[0]["file"]["id"]), (&json!("Ajánlat"), &file["undo"]));
        let history = office.history("admin", &case.datasheet, &json!("comments")).await;
        assert_eq!((&history[0]["what"]["todo"], &history[0]["comment"]["text"]), (&json!("Ajánlat"), &json!("Kész? @misi")));
        assert_eq!(office.download("anna", &file["undo"], "").await.2, b"Arak.");
        assert_eq!(office.download("rita", &file["undo"], "").await.0, StatusCode::NOT_FOUND);
        let deleted = office.done("comments/delete", &json!({ "key": "abcd-c-3", "comment": said["undo"], "version": 1 })).await;
        assert_eq!(page().await.get("todo_comments"), None);
        office.done("datasheets/undo", &json!({ "key": "abcd-c-4", "event": deleted["undo"] })).await;

        // The to-do is taken back: what was on it stays the datasheet's.
        office.done("datasheets/undo", &json!({ "key": "abcd-undo", "event": added["undo"] })).await;
        let now = page().await;
        assert_eq!((&now["files"][0]["name"], now["files"][0].get("todo_id"), now.get("todo_comments")), (&json!("arak.txt"), None, None));
        let history = office.history("admin", &case.datasheet, &json!("comments")).await;
        assert!(history.iter().any(|event| event["comment"]["text"] == "Kész? @misi"), "{history:?}");
    }

    async fn nothing_in_a_file_runs_in_the_page(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let page = &b"<html><script>alert(1)</script></html>"[..];
        let svg = &b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"[..];
        for (n, (name, bytes, query, kind, how)) in [
            ("a.html", page, "", "application/octet-stream", "attachment"),
            ("a.html", page, "?show=true", "application/octet-stream", "attachment"),
            ("a.png", page, "?show=true", "application/octet-stream", "attachment"),
            ("a.svg", svg, "?show=true", "application/octet-stream", "attachment"),
            ("a.pdf", b"%PDF-1.7", "?show=true", "application/octet-stream", "attachment"),
            ("a.html", PNG, "?show=true", "image/png", "inline"),
            ("a.png", PNG, "", "image/png", "attachment"),
        ].into_iter().enumerate() {
            let (status, added) = office.upload("admin", &format!("abcd-up-{n}"), &case.datasheet, name, bytes).await;
            assert_eq!(status, StatusCode::OK, "{added}");
            let (status, headers, read) = office.download("admin", &added["undo"], query).await;
            assert_eq!((status, &read[..]), (StatusCode::OK, bytes));
            assert_eq!(headers[header::CONTENT_TYPE], kind, "{name}{query}");
            assert!(headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with(how), "{name}{query}");
            assert_eq!(headers[header::CONTENT_SECURITY_POLICY], "default-src 'none'; frame-ancestors 'none'; sandbox");
            assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
            assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        }
        for name in ["", "/", "x".repeat(201).as_str()] {
            let (status, answer) = office.upload("admin", "abcd-bad-name", &case.datasheet, name, b"x").await;
            assert_eq!((status, &answer["invalid"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("file")), "{name}");
        }
    }

    async fn what_is_too_large_or_goes_into_the_trash_is_refused_and_leaves_nothing(test: TestDb) {
        let mut office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let before = office.contents();
        let mut files = office.host.files.clone();
        files.max = 1024 * 1024;
        let host = Arc::new(Host::new(office.test.db.clone(), Clock::at(NOW)).with_files(files));
        office.app = crate::server::app::app(host, Config::default());
        let (status, answer) = office.upload("admin", "abcd-large", &case.datasheet, "a", &vec![7; 1024 * 1024 + 1]).await;
        assert_eq!((status, &answer["invalid"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!({ "field": "file", "problem": { "too_large": 1 } })));
        office.done("datasheets/trash", &json!({ "key": "abcd-trash", "datasheet": case.datasheet, "version": 1 })).await;
        let (status, answer) = office.upload("admin", "abcd-late", &case.datasheet, "a", b"late").await;
        assert_eq!((status, &answer["refused"]), (StatusCode::CONFLICT, &json!("trashed")));
        assert_eq!(office.contents(), before);
        // From another site it is not taken either.
        let request = axum::http::Request::post(format!("/files?datasheet={}&key=abcd-evil&name=a", case.datasheet))
            .header(header::COOKIE, "modulok_session=admin").header(header::ORIGIN, "https://evil.example").header(header::HOST, "crm.pelda.hu")
            .body(Body::from("x")).unwrap();
        assert_eq!(office.app.clone().oneshot(request).await.unwrap().status(), StatusCode::FORBIDDEN);
    }

    async fn a_deleted_file_comes_back_and_goes_for_good_after_a_month_with_its_bytes(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        // The same bytes twice lie there once.
        let (_, one) = office.upload("admin", "abcd-one", &case.datasheet, "egy.txt", b"Ugyanaz.").await;
        let (_, two) = office.upload("admin", "abcd-two", &case.datasheet, "ketto.txt", b"Ugyanaz.").await;
        assert_eq!(office.contents(), (2, 0));
        let delete = async |key: &str, file: &Value, version: i64| {
            office.done("files/delete", &json!({ "key": key, "file": file, "version": version })).await
        };
        let deleted = delete("abcd-delete-1", &one["undo"], 1).await;
        assert_eq!(office.download("admin", &one["undo"], "").await.0, StatusCode::NOT_FOUND);
        assert_eq!(office.files(&case.datasheet).await.len(), 2);
        office.done("datasheets/undo", &json!({ "key": "abcd-undo-1", "event": deleted["undo"] })).await;
        assert_eq!(office.download("admin", &one["undo"], "").await.2, b"Ugyanaz.");
        // Adding it is no longer what happened last to it.
        let (status, _) = office.call("admin", "datasheets/undo", &json!({ "key": "abcd-undo-2", "event": one["undo"] })).await;
        assert_eq!(status, StatusCode::CONFLICT);

        let gone = delete("abcd-delete-2", &one["undo"], 3).await;
        let clean = async |days: i64| {
            office.host.files.clean(&office.test.db, NOW.plus_hours(days * 24)).await.unwrap()
        };
        let content = office.host.files.path(&sha256("Ugyanaz."));
        put_at(content.clone(), NOW);
        assert_eq!(clean(29).await, 0);
        assert_eq!(clean(31).await, 0, "another file has the same bytes");
        let (status, answer) = office.call("admin", "datasheets/undo", &json!({ "key": "abcd-undo-3", "event": gone["undo"] })).await;
        assert_eq!((status, &answer["refused"]), (StatusCode::CONFLICT, &json!("cannot_undo")));
        delete("abcd-delete-3", &two["undo"], 1).await;
        assert_eq!(clean(31).await, 1);
        assert_eq!((content.exists(), office.contents()), (false, (1, 0)));
        // What was put there in the last day stays: its file may be under way. What a crash left half goes.
        let late = NOW.plus_hours(31 * 24);
        office.host.files.put("abandoned", b"x").unwrap();
        let abandoned = office.host.files.path("abandoned");
        put_at(abandoned.clone(), late.plus_hours(-23));
        assert_eq!(clean(31).await, 0);
        put_at(abandoned, late.plus_hours(-25));
        let part = office.folder.path().join("parts").join("1-0-cafe");
        std::fs::write(&part, "half").unwrap();
        put_at(part, late.plus_hours(-25));
        assert_eq!(clean(31).await, 2);
        assert_eq!(office.contents(), (1, 0));
    }
}
