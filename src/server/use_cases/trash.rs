//! The trash as the browser asks for it, and deleting for good: what goes, what may not, and that nothing is left behind.

use super::{files::put_at, *};
use crate::{
    domain::id::DatasheetId,
    store::{
        self,
        testing::{contradictions, kinds_of_entries, rows_of},
    },
};

impl Office {
    async fn trash(&self, user: &str, key: &str, datasheet: &Value) -> Value {
        let version =
            self.done("datasheets/page", &json!({ "datasheet": datasheet })).await["row"]["version"].clone();
        let arguments = json!({ "key": key, "datasheet": datasheet, "version": version });
        let (status, answer) = self.call(user, "datasheets/trash", &arguments).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer
    }

    /// The ids of a page of the trash, and where it goes on.
    async fn trashed(&self, user: &str, after: &Value) -> (Vec<Value>, Value) {
        let arguments = json!({ "module": self.module, "after": after });
        let (status, page) = self.call(user, "trash/page", &arguments).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let ids = page["lines"].as_array().unwrap().iter().map(|line| line["id"].clone()).collect();
        (ids, page["next"].clone())
    }

    async fn look(&self, datasheet: &Value) -> Value {
        self.done("trash/look", &json!({ "datasheet": datasheet })).await
    }

    async fn rows_of(&self, datasheet: &Value) -> Vec<String> {
        let mut tx = self.host.db.read().await.unwrap();
        rows_of(&mut tx, DatasheetId(datasheet.as_i64().unwrap())).await
    }
}

on_both! {
    async fn the_trash_is_read_page_by_page_the_last_first_and_says_who_put_it_there(test: TestDb) {
        let office = office(test).await;
        let mut wanted = vec![];
        for n in 0..53_i64 {
            // Three at each moment: the id breaks ties.
            office.host.clock.set(NOW.plus_seconds(n / 3));
            let added = office.add(&format!("abcd-add-{n}")).await;
            office.trash(if n % 2 == 0 { "anna" } else { "admin" }, &format!("abcd-trash-{n}"), &added["datasheet"]).await;
            wanted.insert(0, added["datasheet"].clone());
        }
        let (mut ids, next) = office.trashed("anna", &Value::Null).await;
        assert_eq!(ids.len(), 50);
        let (rest, end) = office.trashed("anna", &next).await;
        assert_eq!((rest.len(), &end), (3, &Value::Null));
        ids.extend(rest);
        assert_eq!(ids, wanted);
        let page = office.done("trash/page", &json!({ "module": office.module, "after": null })).await;
        let anna = office.people[3].1;
        assert_eq!((&page["lines"][0]["trashed_by"], &page["lines"][1]["trashed_by"]), (&json!(anna), &json!(office.admin)));
        assert_eq!((&page["lines"][0]["name"], &page["lines"][0]["trashed_at"]), (&json!("Tető"), &json!(NOW.plus_seconds(17).0)));

        // Brought back by a user; and by the undo of that in the trash again, where it was, as it was.
        let restore = json!({ "key": "abcd-restore", "datasheet": wanted[4] });
        office.host.clock.set(NOW.plus_seconds(100));
        let restored = office.call("anna", "datasheets/restore", &restore).await.1;
        assert_eq!(restored["row"]["id"], wanted[4]);
        assert!(!office.trashed("anna", &Value::Null).await.0.contains(&wanted[4]));
        office.done("datasheets/undo", &json!({ "key": "abcd-undo", "event": restored["undo"] })).await;
        assert_eq!(office.trashed("anna", &Value::Null).await.0[..6], wanted[..6]);
        // A new one that is taken back is there too.
        let added = office.add("abcd-added").await;
        office.done("datasheets/undo", &json!({ "key": "abcd-undo-add", "event": added["undo"] })).await;
        let page = office.done("trash/page", &json!({ "module": office.module, "after": null })).await;
        assert_eq!((&page["lines"][0]["id"], &page["lines"][0]["trashed_by"]), (&added["datasheet"], &json!(office.admin)));
    }

    async fn who_is_restricted_finds_in_the_trash_what_is_theirs(test: TestDb) {
        let office = office(test).await;
        let rita = office.people[1].1;
        let own = office.add("abcd-own").await["row"].clone();
        let give = json!({ "key": "abcd-give", "datasheet": own["id"], "version": own["version"], "owner": rita });
        office.done("datasheets/owner", &give).await;
        let held = office.add("abcd-held").await["row"].clone();
        for n in 0..2 {
            let mut todo = office.todo("Ajánlat");
            todo["assignee"] = json!(rita);
            office.done("todos/add", &json!({ "key": format!("abcd-todo-{n}"), "datasheet": held["id"], "form": todo })).await;
        }
        let other = office.add("abcd-other").await["row"].clone();
        for (n, sheet) in [&own, &held, &other].into_iter().enumerate() {
            office.host.clock.set(NOW.plus_seconds(i64::try_from(n).unwrap()));
            office.trash("admin", &format!("abcd-trash-{n}"), &sheet["id"]).await;
        }
        let (ids, next) = office.trashed("rita", &Value::Null).await;
        assert_eq!((ids, next), (vec![held["id"].clone(), own["id"].clone()], Value::Null));
        let after = json!({ "at": NOW.plus_seconds(1), "id": held["id"] });
        assert_eq!(office.trashed("rita", &after).await.0, [own["id"].clone()]);
        assert_eq!(office.trashed("admin", &Value::Null).await.0.len(), 3);
        let restore = |sheet: &Value| json!({ "key": format!("abcd-back-{sheet}"), "datasheet": sheet });
        assert_eq!(office.call("rita", "datasheets/restore", &restore(&other["id"])).await.0, StatusCode::NOT_FOUND);
        assert_eq!(office.call("rita", "datasheets/restore", &restore(&held["id"])).await.0, StatusCode::OK);
        // The page of it, as it is without JavaScript.
        let path = format!("/m/{}/trash", office.module);
        let (status, page) = office.open("rita", &path).await;
        assert_eq!((status, page.matches("Restore: Tető").count(), page.contains("Delete permanently")), (StatusCode::OK, 1, false), "{page}");
        assert_eq!(office.open("admin", &path).await.1.matches("Delete permanently… Tető").count(), 2);
        assert_eq!(office.open("stranger", &path).await.0, StatusCode::NOT_FOUND);
    }

    async fn what_is_deleted_for_good_leaves_nothing_and_changes_no_count(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let stays = office.case("abcd-0001-case").await;
        let (gone, there) = (&case.datasheet, &stays.datasheet);
        // The case's file of "Egy rajz." is the other's too; this one is its own.
        office.upload("admin", "abcd-own-file", gone, "sajat.txt", b"Csak itt.").await;
        let ours = office.host.files.path(&sha256("Csak itt."));
        let shared = office.host.files.path(&sha256("Egy rajz."));
        for path in [&ours, &shared] {
            put_at(path.clone(), NOW.plus_hours(-25));
        }
        let delete = |key: &str, version: &Value| json!({ "key": key, "datasheet": gone, "version": version });

        let told = office.look(gone).await;
        assert_eq!(told["refusal"], json!("not_in_trash"));
        let (status, answer) = office.call("admin", "trash/delete", &delete("abcd-early", &told["version"])).await;
        assert_eq!((status, &answer["refused"]), (StatusCode::CONFLICT, &json!("not_in_trash")));

        office.trash("anna", "abcd-trash", gone).await;
        let counts = office.done("modules/counts", &json!({ "module": office.module, "filter": { "narrow": null, "owner": "all", "search": "" } })).await;
        let told = office.look(gone).await;
        assert_eq!((&told["name"], &told["refusal"]), (&json!("Tető"), &Value::Null));
        assert_eq!(told["goes"], json!({ "todos": 1, "comments": 1, "files": 2, "entries": 8, "orders": 0, "relations": 1 }), "{told}");
        for user in ["anna", "misi"] {
            assert_eq!(office.call(user, "trash/look", &json!({ "datasheet": gone })).await.0, StatusCode::FORBIDDEN);
            assert_eq!(office.call(user, "trash/delete", &delete("abcd-user", &told["version"])).await.0, StatusCode::FORBIDDEN);
        }
        // Brought back and trashed again since it was looked at.
        office.done("datasheets/restore", &json!({ "key": "abcd-restore", "datasheet": gone })).await;
        office.trash("anna", "abcd-again", gone).await;
        let (status, answer) = office.call("admin", "trash/delete", &delete("abcd-stale", &told["version"])).await;
        assert_eq!((status, &answer["conflict"]["theirs"]), (StatusCode::CONFLICT, &json!("Tető")), "{answer}");

        let version = office.look(gone).await["version"].clone();
        let now = delete("abcd-delete", &version);
        assert_eq!(office.rows_of(gone).await.len(), 10, "{:?}", office.rows_of(gone).await);
        let answers = [office.call("admin", "trash/delete", &now).await, office.call("admin", "trash/delete", &now).await];
        assert_eq!(answers[0], (StatusCode::OK, Value::Null));
        assert_eq!(answers[0], answers[1], "sent again as no answer came");
        assert_eq!(office.call("admin", "trash/delete", &delete("abcd-another", &version)).await.0, StatusCode::NOT_FOUND);
        for path in ["datasheets/page", "datasheets/row", "datasheets/history"] {
            assert_eq!(office.call("admin", path, &json!({ "datasheet": gone, "before": null })).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(office.rows_of(gone).await, [] as [String; 0]);
        assert_eq!((ours.exists(), shared.exists()), (false, true), "bytes of another file stay");
        assert_eq!(office.trashed("admin", &Value::Null).await.0, [] as [Value; 0]);
        assert_eq!(office.done("modules/counts", &json!({ "module": office.module, "filter": { "narrow": null, "owner": "all", "search": "" } })).await, counts);
        let mut tx = office.host.db.read().await.unwrap();
        assert_eq!(contradictions(&mut tx, office.module).await, [] as [String; 0]);
        let entries = kinds_of_entries(&mut tx, office.module).await;
        assert_eq!(entries.last(), Some(&(None, "deleted_for_good".to_owned())), "the module's history tells of it");
        drop(tx);
        assert_eq!(office.rows_of(there).await.len(), 10, "the other one has all that was its own");

        // What was put there today is left for the cleaning: it may be on its way to another file.
        office.upload("admin", "abcd-young", there, "uj.txt", "Új.".as_bytes()).await;
        office.trash("admin", "abcd-trash-there", there).await;
        let young = office.host.files.path(&sha256("Új."));
        put_at(young.clone(), NOW.plus_hours(-23));
        let version = office.look(there).await["version"].clone();
        office.done("trash/delete", &json!({ "key": "abcd-delete-there", "datasheet": there, "version": version })).await;
        assert_eq!((shared.exists(), young.exists()), (false, true));
        assert_eq!(office.host.files.clean(&office.test.db, NOW.plus_hours(2)).await.unwrap(), 1);
        assert_eq!(office.contents(), (0, 0));
    }

    async fn of_two_who_delete_and_restore_at_once_one_wins(test: TestDb) {
        let office = office(test).await;
        for n in 0..6 {
            let sheet = office.add(&format!("abcd-add-{n}")).await["datasheet"].clone();
            office.trash("admin", &format!("abcd-trash-{n}"), &sheet).await;
            let version = office.look(&sheet).await["version"].clone();
            let delete = json!({ "key": format!("abcd-delete-{n}"), "datasheet": sheet, "version": version });
            let restore = json!({ "key": format!("abcd-restore-{n}"), "datasheet": sheet });
            let (deleted, restored) = futures::future::join(
                office.call("admin", "trash/delete", &delete),
                office.call("anna", "datasheets/restore", &restore),
            ).await;
            let standing = store::datasheets::find(&mut office.host.db.read().await.unwrap(), DatasheetId(sheet.as_i64().unwrap())).await.unwrap();
            match (deleted.0, restored.0) {
                (StatusCode::OK, StatusCode::NOT_FOUND) => assert_eq!(standing, None),
                (StatusCode::CONFLICT, StatusCode::OK) => assert_eq!(standing.unwrap().trashed_at, None),
                _ => panic!("{deleted:?} {restored:?}"),
            }
        }
    }
}
