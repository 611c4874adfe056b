//! Contacts through HTTP: who knows which, stale edits, duplicates, merges and what they bring back.

use super::*;

/// A whole form of which only what is given matters.
pub(super) fn form(given: &Value) -> Value {
    let mut form =
        json!({ "kind": "person", "name": "", "email": "", "phone": "", "tax_number": "", "business": null });
    for (name, value) in given.as_object().into_iter().flatten() {
        form[name.as_str()] = value.clone();
    }
    form
}

impl Office {
    /// Adds a contact as somebody; answers it.
    async fn contact_of(&self, user: &str, key: &str, given: &Value) -> Value {
        let (status, answer) =
            self.call(user, "contacts/add", &json!({ "key": key, "form": form(given) })).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer["contact"].clone()
    }

    pub(super) async fn contact(&self, key: &str, given: &Value) -> Value {
        self.contact_of("admin", key, given).await
    }

    async fn contact_page(&self, contact: &Value) -> Value {
        self.done("contacts/page", &json!({ "contact": contact["id"] })).await
    }

    /// A datasheet about a contact.
    async fn about(&self, user: &str, key: &str, name: &str, contact: &Value) -> Value {
        let form =
            json!({ "name": name, "status": null, "owner": null, "todo": null, "contact": contact["id"] });
        let (status, answer) = self
            .call(user, "datasheets/add", &json!({ "key": key, "module": self.module, "form": form }))
            .await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer["row"].clone()
    }

    async fn merge(&self, key: &str, kept: &Value, other: &Value) -> (StatusCode, Value) {
        let preview = json!({ "kept": kept["id"], "other": other["id"] });
        let (status, preview) = self.call("admin", "contacts/merge_preview", &preview).await;
        if status != StatusCode::OK {
            return (status, preview);
        }
        let stamp = |contact: &Value| {
            serde_json::from_value::<crate::domain::contact::Contact>(contact.clone()).unwrap().stamp()
        };
        let arguments = json!({
            "key": key, "kept": kept["id"], "kept_stamp": stamp(&preview["kept"]),
            "other": other["id"], "other_stamp": stamp(&preview["other"])
        });
        self.call("admin", "contacts/merge", &arguments).await
    }

    async fn found(&self, user: &str, search: &str) -> Vec<String> {
        let (status, answer) =
            self.call(user, "contacts/list", &json!({ "search": search, "after": null })).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        let lines = answer["lines"].as_array().unwrap();
        let mut names: Vec<String> =
            lines.iter().map(|line| line["name"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    }
}

on_both! {
    async fn a_contact_becomes_the_other_kind_where_nothing_speaks_against_it(test: TestDb) {
        let office = office(test).await;
        let anna = office.contact("abcd-anna", &json!({ "name": "Kovács Anna" })).await;
        let set = async |user: &str, key: &str, contact: &Value, version: i64, change: Value| {
            office.call(user, "contacts/set", &json!({ "key": key, "contact": contact["id"], "version": version, "change": change })).await
        };
        let (business, person) = (json!({ "kind": "business" }), json!({ "kind": "person" }));
        assert_eq!(set("", "abcd-kind-0", &anna, 1, business.clone()).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(set("rita", "abcd-kind-1", &anna, 1, business.clone()).await.0, StatusCode::NOT_FOUND);
        let (status, stale) = set("admin", "abcd-kind-2", &anna, 9, business.clone()).await;
        assert_eq!((status, &stale["conflict"]["version"]), (StatusCode::CONFLICT, &json!(1)));
        let (status, changed) = set("admin", "abcd-kind-3", &anna, 1, business.clone()).await;
        assert_eq!((status, &changed["contact"]["kind"]), (StatusCode::OK, &json!("business")));
        assert_eq!(set("admin", "abcd-kind-3", &anna, 1, business.clone()).await.1, changed, "twice is once");
        // A person belongs to it now: it stays a business, and so it is not taken back either.
        let bela = office.contact("abcd-bela", &json!({ "name": "Nagy Béla", "business": anna["id"] })).await;
        let (status, refused) = set("admin", "abcd-kind-4", &anna, 2, person.clone()).await;
        assert_eq!((status, &refused["refused"]), (StatusCode::CONFLICT, &json!("kind_stays")));
        let (status, _) = set("admin", "abcd-kind-5", &bela, 1, business.clone()).await;
        assert_eq!(status, StatusCode::CONFLICT, "who belongs to a business is none");
        let undo = async |key: &str| {
            office.call("admin", "contacts/undo", &json!({ "key": key, "event": changed["undo"] })).await.0
        };
        assert_eq!(undo("abcd-undo-1").await, StatusCode::CONFLICT);
        set("admin", "abcd-out", &bela, 1, json!({ "business": null })).await;
        assert_eq!(undo("abcd-undo-2").await, StatusCode::OK);
        let page = office.done("contacts/page", &json!({ "contact": anna["id"] })).await;
        assert_eq!(page["contact"]["kind"], json!("person"));
    }

    async fn a_contact_is_found_by_the_beginnings_of_its_words_its_address_and_its_number(test: TestDb) {
        let office = office(test).await;
        office.contact("abcd-add-1", &json!({ "name": "Szűcs Örs", "email": "Ors@Pelda.hu", "phone": "06 30 123 4567" })).await;
        office.contact("abcd-add-2", &json!({ "name": "Kovács Bt.", "kind": "business", "tax_number": "12345678-2-42" })).await;
        for search in ["szu", "ÖRS", "ors szucs", "ors@pelda", "+36 30 123", "06301234567", "30 123"] {
            assert_eq!(office.found("anna", search).await, ["Szűcs Örs"], "{search}");
        }
        for search in ["kov", "12345678", "12345678-2-42"] {
            assert_eq!(office.found("anna", search).await, ["Kovács Bt."], "{search}");
        }
        for search in ["ucs", "kovacs ors", "%", "06 31"] {
            assert_eq!(office.found("anna", search).await, [""; 0], "{search}");
        }
        assert_eq!(office.found("anna", " ").await, ["Kovács Bt.", "Szűcs Örs"]);
    }

    async fn the_list_goes_on_where_the_page_before_ended(test: TestDb) {
        let office = office(test).await;
        let mut all = vec![];
        for n in 0..120_u8 {
            let name = format!("Kovács {}{}", char::from(b'a' + n % 26), n);
            office.contact(&format!("abcd-many-{n}"), &json!({ "name": name })).await;
            all.push(name);
        }
        all.sort();
        for search in ["", "kov"] {
            let (mut names, mut after) = (vec![], Value::Null);
            loop {
                let page = office.done("contacts/list", &json!({ "search": search, "after": after })).await;
                let lines = page["lines"].as_array().unwrap();
                assert!(lines.len() <= 50);
                names.extend(lines.iter().map(|line| line["name"].as_str().unwrap().to_owned()));
                after = page["next"].clone();
                if after.is_null() {
                    break;
                }
            }
            names.sort();
            assert_eq!(names, all, "{search:?}: each once");
        }
    }

    async fn a_restricted_user_knows_the_contacts_of_their_own_cases_and_those_they_made(test: TestDb) {
        let office = office(test).await;
        let business = office.contact("abcd-add-1", &json!({ "name": "Titok Kft.", "kind": "business" })).await;
        let other = office.contact("abcd-add-2", &json!({ "name": "Titok Béla", "business": business["id"] })).await;
        let row = office.about("admin", "abcd-about", "Ház", &other).await;
        assert_eq!(office.found("rita", "titok").await, [""; 0]);
        for (path, arguments) in [
            ("contacts/page", json!({ "contact": other["id"] })),
            ("contacts/history", json!({ "contact": other["id"], "before": null })),
            ("contacts/set", json!({ "key": "abcd-rita-1", "contact": other["id"], "version": 1, "change": { "name": "X" } })),
            ("contacts/detail", json!({
                "key": "abcd-rita-2", "contact": other["id"], "change": { "add": { "kind": "phone", "label": "home", "value": "123456" } }
            })),
        ] {
            let (status, answer) = office.call("rita", path, &arguments).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}: {answer}");
        }
        let typed = json!({ "name": "titok bela", "emails": [], "phones": [], "tax_number": "" });
        let likely = json!({ "typed": typed, "except": null, "module": office.module });
        let (_, answer) = office.call("rita", "contacts/likely", &likely).await;
        assert_eq!(answer, json!({ "contacts": [], "sheets": [] }), "not by its likeness either");

        let own = office.contact_of("rita", "abcd-rita-3", &json!({ "name": "Saját Ági" })).await;
        assert_eq!(office.found("rita", "").await, ["Saját Ági"]);
        office.about("rita", "abcd-rita-4", "Kert", &own).await;

        // The case becomes hers: so does the contact, with its business.
        let give = json!({ "key": "abcd-give", "datasheet": row["id"], "version": 1, "owner": office.people[1].1 });
        office.done("datasheets/owner", &give).await;
        assert_eq!(office.found("rita", "titok").await, ["Titok Béla", "Titok Kft."]);
        let (status, page) = office.call("rita", "contacts/page", &json!({ "contact": other["id"] })).await;
        assert_eq!((status, page["sheets"].as_array().map(Vec::len), &page["may_merge"]), (StatusCode::OK, Some(1), &json!(false)));
        let (_, answer) = office.call("rita", "contacts/likely", &likely).await;
        assert_eq!(answer["contacts"][0]["contact"]["name"], "Titok Béla");
    }

    async fn a_datasheet_says_whom_it_is_about_and_that_is_undone(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let page = json!({ "datasheet": case.datasheet });
        let set = |key: &str, version: i64, contact: &Value| json!({
            "key": key, "datasheet": case.datasheet, "version": version, "contact": contact
        });
        let done = office.done("datasheets/contact", &set("abcd-set-1", 1, &case.contact["id"])).await;
        assert_eq!((&done["row"]["contact"], &done["row"]["contact_id"]), (&json!("Kovács Anna"), &case.contact["id"]));
        // Found by it, too.
        let filter = json!({ "narrow": null, "owner": "all", "search": "kovacs" });
        let found = office.done("modules/page", &json!({ "module": office.module, "filter": filter })).await;
        assert_eq!(found["page"]["rows"][0]["id"], case.datasheet);
        let (status, answer) = office.call("admin", "datasheets/contact", &set("abcd-set-2", 1, &Value::Null)).await;
        assert_eq!((status, &answer["conflict"]["theirs"]), (StatusCode::CONFLICT, &json!("Kovács Anna")));
        let (status, answer) = office.call("admin", "datasheets/contact", &set("abcd-set-3", 2, &json!(5))).await;
        assert_eq!((status, &answer["invalid"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("contact")), "{answer}");
        office.done("datasheets/undo", &json!({ "key": "abcd-undo", "event": done["undo"] })).await;
        assert_eq!(office.done("datasheets/page", &page).await["row"].get("contact_id"), None);
        let found = office.done("modules/page", &json!({ "module": office.module, "filter": filter })).await;
        assert_eq!(found["page"]["rows"], json!([]));
    }

    async fn a_contact_changes_with_its_history_and_each_change_is_taken_back(test: TestDb) {
        let office = office(test).await;
        let business = office.contact("abcd-add-b", &json!({ "name": "Kovács Bt.", "kind": "business" })).await;
        let person = office.contact("abcd-add-p", &json!({ "name": "Kovács Anna", "email": "anna@pelda.hu" })).await;
        office.about("admin", "abcd-about", "Tető", &person).await;
        let set = async |key: &str, version: i64, change: Value| {
            office.call("admin", "contacts/set", &json!({ "key": key, "contact": person["id"], "version": version, "change": change })).await
        };
        let (status, named) = set("abcd-set-1", 1, json!({ "name": "Szabó Anna" })).await;
        assert_eq!((status, &named["contact"]["version"]), (StatusCode::OK, &json!(2)));
        let (status, answer) = set("abcd-set-2", 1, json!({ "name": "Más" })).await;
        assert_eq!((status, &answer["conflict"]["theirs"]), (StatusCode::CONFLICT, &json!("Szabó Anna")));
        let (status, joined) = set("abcd-set-3", 2, json!({ "business": business["id"] })).await;
        assert_eq!((status, &joined["contact"]["business"]["name"]), (StatusCode::OK, &json!("Kovács Bt.")), "{joined}");
        let (status, answer) = set("abcd-set-4", 3, json!({ "business": person["id"] })).await;
        assert_eq!((status, &answer["invalid"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("business")), "a person is no business");
        // Its datasheet is found by its new name and by its business.
        for search in ["szabo", "kovacs"] {
            let filter = json!({ "narrow": null, "owner": "all", "search": search });
            let found = office.done("modules/page", &json!({ "module": office.module, "filter": filter })).await;
            assert_eq!(found["page"]["rows"].as_array().unwrap().len(), 1, "{search}");
        }
        let detail = async |key: &str, change: Value| {
            office.call("admin", "contacts/detail", &json!({ "key": key, "contact": person["id"], "change": change })).await
        };
        let add = |value: &str| json!({ "add": { "kind": "phone", "label": "mobile", "value": value } });
        let (status, added) = detail("abcd-det-1", add("06 30 123 4567")).await;
        assert_eq!(status, StatusCode::OK, "{added}");
        assert_eq!(detail("abcd-det-2", add("+36301234567")).await.1["invalid"]["problem"], "taken");
        assert_eq!(detail("abcd-det-3", add("hív")).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let phone = added["contact"]["details"][1]["id"].clone();
        let remove = |version: i64| json!({ "remove": { "detail": phone, "version": version } });
        assert_eq!(detail("abcd-det-4", remove(9)).await.1["conflict"]["theirs"], "06 30 123 4567");
        let (_, removed) = detail("abcd-det-5", remove(1)).await;
        assert_eq!(removed["contact"]["details"].as_array().unwrap().len(), 1);

        let undo = async |key: &str, event: &Value| office.call("admin", "contacts/undo", &json!({ "key": key, "event": event })).await;
        assert_eq!(undo("abcd-undo-1", &removed["undo"]).await.1["contact"]["details"][1]["value"], "06 30 123 4567");
        assert_eq!(undo("abcd-undo-2", &named["undo"]).await.0, StatusCode::CONFLICT, "its business was set since");
        assert_eq!(undo("abcd-undo-3", &joined["undo"]).await.1["contact"]["business"], Value::Null);
        assert_eq!(undo("abcd-undo-3b", &joined["undo"]).await.0, StatusCode::CONFLICT, "once only");
        let page = office.contact_page(&person).await;
        let kinds: Vec<&str> = page["history"].as_array().unwrap().iter().map(|entry| entry["event"]["what"]["kind"].as_str().unwrap()).collect();
        // The datasheet's entry is among them.
        assert_eq!(kinds, ["undone", "undone", "contact_changed", "contact_changed", "contact_changed", "contact_changed", "created", "contact_added"]);
    }

    async fn the_page_of_a_business_has_the_datasheets_of_its_persons_that_the_viewer_may_open(test: TestDb) {
        let office = office(test).await;
        let business = office.contact("abcd-add-b", &json!({ "name": "Kovács Bt.", "kind": "business" })).await;
        let person = office.contact("abcd-add-p", &json!({ "name": "Kovács Anna", "business": business["id"] })).await;
        for n in 0..45 {
            office.about("admin", &format!("abcd-about-{n}"), &format!("Ügy {n}"), &person).await;
        }
        let order = json!({ "name": "Rendelés", "status": null, "owner": null, "todo": null, "contact": business["id"] });
        office.done("datasheets/add", &json!({ "key": "abcd-order", "module": office.orders, "form": order })).await;
        let page = office.contact_page(&business).await;
        assert_eq!(page["persons"][0]["name"], "Kovács Anna");
        assert_eq!((page["sheets"].as_array().unwrap().len(), &page["more_sheets"]), (20, &json!(true)));
        assert_eq!(page["sheets"][0]["row"]["name"], "Rendelés");
        let mut all: Vec<i64> = page["sheets"].as_array().unwrap().iter().map(|sheet| sheet["row"]["id"].as_i64().unwrap()).collect();
        loop {
            let more = office.done("contacts/sheets", &json!({ "contact": business["id"], "before": all.last() })).await;
            let more = more.as_array().unwrap();
            if more.is_empty() {
                break;
            }
            all.extend(more.iter().map(|sheet| sheet["row"]["id"].as_i64().unwrap()));
        }
        assert_eq!(all.len(), 46);
        assert!(all.is_sorted_by(|a, b| a > b), "each once, the newest first");
        // The history is one, paged too.
        let mut entries = page["history"].as_array().unwrap().len();
        assert_eq!(entries, 50 - 3, "{}", page["history"]);
        let before = &page["history"][20]["event"]["id"];
        let older = office.done("contacts/history", &json!({ "contact": business["id"], "before": before })).await;
        entries -= 21;
        assert_eq!(older.as_array().unwrap().len(), entries);

        // Who may open one of the modules only sees that one's.
        let (status, answer) = office.call("admin", "users/save", &{
            let users = office.done("users/all", &json!({})).await;
            let anna = users.as_array().unwrap().iter().find(|user| user["name"] == "anna").unwrap().clone();
            json!({ "key": "abcd-untick", "user": anna["id"], "version": anna["version"], "form": {
                "name": "anna", "email": "anna@pelda.hu", "role": "user", "state": "active", "zone": "UTC", "modules": [office.orders]
            } })
        }).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        let (_, page) = office.call("anna", "contacts/page", &json!({ "contact": business["id"] })).await;
        let names: Vec<&str> = page["sheets"].as_array().unwrap().iter().map(|sheet| sheet["row"]["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Rendelés"]);
        assert!(!page["history"].to_string().contains("Ügy"), "nor their history");
    }

    async fn likely_duplicates_are_told_with_what_they_have_in_common(test: TestDb) {
        let office = office(test).await;
        let anna = office.contact("abcd-add-1", &json!({ "name": "Kovács Anna", "email": "anna@pelda.hu", "phone": "06 30 123 4567" })).await;
        let firm = office.contact("abcd-add-2", &json!({ "name": "Kovács Bt.", "kind": "business", "tax_number": "12345678-2-42" })).await;
        office.about("admin", "abcd-about", "Kovács Anna", &anna).await;
        let likely = async |typed: Value, except: &Value| {
            let mut all = json!({ "name": "", "emails": [], "phones": [], "tax_number": "" });
            for (name, value) in typed.as_object().unwrap() {
                all[name] = value.clone();
            }
            office.done("contacts/likely", &json!({ "typed": all, "except": except, "module": office.module })).await
        };
        let answer = likely(json!({ "name": "ANNA kovacs", "phones": ["+36301234567"] }), &Value::Null).await;
        assert_eq!(answer["contacts"][0]["why"], json!(["phone", "name"]));
        assert_eq!(answer["sheets"][0]["name"], "Kovács Anna");
        let answer = likely(json!({ "tax_number": "HU12345678" }), &Value::Null).await;
        assert_eq!((&answer["contacts"][0]["contact"]["id"], &answer["contacts"][0]["why"]), (&firm["id"], &json!(["tax_number"])));
        let answer = likely(json!({ "emails": ["Anna@pelda.hu"] }), &anna["id"]).await;
        assert_eq!(answer["contacts"], json!([]), "it is not its own duplicate");
        let answer = likely(json!({ "name": "Kovács Annamária", "emails": ["anna@pelda"] }), &Value::Null).await;
        assert_eq!(answer, json!({ "contacts": [], "sheets": [] }));
    }

    async fn two_contacts_become_one_and_two_again(test: TestDb) {
        let office = office(test).await;
        let kept = office.contact("abcd-add-1", &json!({ "name": "Kovács Anna", "phone": "06 30 123 4567" })).await;
        let other = office.contact("abcd-add-2", &json!({ "name": "Kovács A.", "email": "a@pelda.hu", "phone": "+36 30 1234567" })).await;
        let row = office.about("admin", "abcd-about", "Tető", &other).await;
        let value = office.field("abcd-field", "contact", &json!({ "name": "Alvállalkozó" })).await;
        office.done("fields/set", &json!({
            "key": "abcd-value", "datasheet": row["id"], "field": value, "version": 0, "value": { "contact": other["id"] }
        })).await;
        let (before, before_other) = (office.contact_page(&kept).await, office.contact_page(&other).await);
        let (status, merged) = office.merge("abcd-merge", &kept, &other).await;
        assert_eq!(status, StatusCode::OK, "{merged}");
        assert_eq!(merged["contact"]["details"].as_array().unwrap().len(), 2, "one number, one address");
        let page = office.done("datasheets/page", &json!({ "datasheet": row["id"] })).await;
        assert_eq!(page["row"]["contact_id"], kept["id"]);
        assert_eq!(page["fields"]["entries"].as_array().unwrap().iter().find(|entry| entry["field"] == value).unwrap()["value"]["contact"], kept["id"]);
        // Its old address leads to what it became, and it is found no more.
        assert_eq!(office.contact_page(&other).await["contact"]["id"], kept["id"]);
        assert_eq!(office.found("admin", "kovacs").await, ["Kovács Anna"]);
        let history = office.contact_page(&kept).await["history"].clone();
        assert_eq!((&history[0]["event"]["what"]["kind"], &history[0]["event"]["can_undo"]), (&json!("contacts_merged"), &json!(true)));

        // A new datasheet of the kept one stays with it.
        let new = office.about("admin", "abcd-about-2", "Kert", &kept).await;
        office.done("contacts/undo", &json!({ "key": "abcd-undo", "event": merged["undo"] })).await;
        let (after, after_other) = (office.contact_page(&kept).await, office.contact_page(&other).await);
        let without_version = |page: &Value| {
            let mut contact = page["contact"].clone();
            contact["version"] = Value::Null;
            contact
        };
        assert_eq!(without_version(&after), without_version(&before));
        assert_eq!(after_other["contact"], before_other["contact"]);
        assert_eq!(after_other["sheets"], before_other["sheets"]);
        assert_eq!(after["sheets"][0]["row"]["id"], new["id"]);
        let page = office.done("datasheets/page", &json!({ "datasheet": row["id"] })).await;
        assert_eq!(page["fields"]["entries"].as_array().unwrap().iter().find(|entry| entry["field"] == value).unwrap()["value"]["contact"], other["id"]);
        assert_eq!(office.found("admin", "kovacs").await, ["Kovács A.", "Kovács Anna"]);
        let (status, _) = office.call("admin", "contacts/undo", &json!({ "key": "abcd-undo-2", "event": merged["undo"] })).await;
        assert_eq!(status, StatusCode::CONFLICT, "once only");
    }

    async fn a_merge_is_refused_when_stale_without_the_right_or_of_different_kinds(test: TestDb) {
        let office = office(test).await;
        let kept = office.contact("abcd-add-1", &json!({ "name": "Kovács Anna" })).await;
        let other = office.contact("abcd-add-2", &json!({ "name": "Kovács A." })).await;
        let firm = office.contact("abcd-add-3", &json!({ "name": "Kovács Bt.", "kind": "business" })).await;
        assert_eq!(office.merge("abcd-merge-1", &kept, &firm).await.1["refused"], "different_kinds");
        assert_eq!(office.merge("abcd-merge-2", &kept, &kept).await.1["refused"], "different_kinds");
        let arguments = json!({ "kept": kept["id"], "other": other["id"] });
        for user in ["anna", "rita"] {
            assert_eq!(office.call(user, "contacts/merge_preview", &arguments).await.0, StatusCode::FORBIDDEN, "{user}");
        }
        let stale = json!({
            "key": "abcd-merge-3", "kept": kept["id"], "kept_stamp": "1.0.0.0", "other": other["id"], "other_stamp": "1.9.9.9"
        });
        let (status, answer) = office.call("misi", "contacts/merge", &stale).await;
        assert_eq!((status, &answer["conflict"]["theirs"]), (StatusCode::CONFLICT, &json!("Kovács A.")));
        assert_eq!(office.found("admin", "kovacs a").await, ["Kovács A.", "Kovács Anna"], "nothing was done");
        // Twice is once.
        let merged = office.merge("abcd-merge-4", &kept, &other).await;
        assert_eq!(merged.0, StatusCode::OK);
    }

    async fn an_undo_of_a_merge_tells_what_changed_since_and_comes_after_that_is_undone(test: TestDb) {
        let office = office(test).await;
        let kept = office.contact("abcd-add-1", &json!({ "name": "Kovács Anna" })).await;
        let other = office.contact("abcd-add-2", &json!({ "name": "Kovács A." })).await;
        let (_, merged) = office.merge("abcd-merge-1", &kept, &other).await;
        let named = office.done("contacts/set", &json!({
            "key": "abcd-set", "contact": kept["id"], "version": merged["contact"]["version"], "change": { "name": "Szabó Anna" }
        })).await;
        let undo = async |key: &str, event: &Value| office.call("admin", "contacts/undo", &json!({ "key": key, "event": event })).await;
        let (status, answer) = undo("abcd-undo-1", &merged["undo"]).await;
        assert_eq!(status, StatusCode::CONFLICT);
        let since = answer["refused"]["changed_since"][0].as_str().unwrap();
        assert!(since.contains("Szabó Anna"), "{since}");
        assert_eq!(undo("abcd-undo-2", &named["undo"]).await.0, StatusCode::OK);
        // Another one merged on top goes first.
        let third = office.contact("abcd-add-3", &json!({ "name": "Kovács Anni" })).await;
        let (_, second) = office.merge("abcd-merge-2", &kept, &third).await;
        assert_eq!(undo("abcd-undo-3", &merged["undo"]).await.0, StatusCode::CONFLICT);
        assert_eq!(undo("abcd-undo-4", &second["undo"]).await.0, StatusCode::OK);
        assert_eq!(undo("abcd-undo-5", &merged["undo"]).await.0, StatusCode::OK);
        assert_eq!(office.found("admin", "kovacs").await, ["Kovács A.", "Kovács Anna", "Kovács Anni"]);
    }

    async fn a_contact_that_nothing_belongs_to_is_taken_back(test: TestDb) {
        let office = office(test).await;
        let add = json!({ "key": "abcd-add-1", "form": form(&json!({ "name": "Kovács Anna", "email": "a@pelda.hu" })) });
        let added = office.done("contacts/add", &add).await;
        let row = office.about("admin", "abcd-about", "Tető", &added["contact"]).await;
        let undo = |key: &str| json!({ "key": key, "event": added["undo"] });
        let (status, answer) = office.call("admin", "contacts/undo", &undo("abcd-undo-1")).await;
        assert_eq!((status, &answer["refused"]), (StatusCode::CONFLICT, &json!("contact_in_use")));
        office.done("datasheets/contact", &json!({ "key": "abcd-none", "datasheet": row["id"], "version": 1, "contact": null })).await;
        assert_eq!(office.done("contacts/undo", &undo("abcd-undo-2")).await["contact"], Value::Null);
        assert_eq!(office.found("admin", "").await, [""; 0]);
    }

    async fn the_pages_of_contacts_are_read_without_javascript(test: TestDb) {
        let office = office(test).await;
        let anna = office.contact("abcd-add-1", &json!({ "name": "Kovács Anna", "email": "kovacs.anna@pelda.hu" })).await;
        office.about("admin", "abcd-about", "Tető", &anna).await;
        let (status, list) = office.open("anna", "/contacts?q=kov%C3%A1").await;
        assert_eq!((status, list.contains("kovacs.anna@pelda.hu")), (StatusCode::OK, true));
        let (_, list) = office.open("anna", "/contacts?q=zzz").await;
        assert!(!list.contains("kovacs.anna@pelda.hu"));
        let path = format!("/contacts/{}", anna["id"]);
        let (status, page) = office.open("anna", &path).await;
        assert_eq!(status, StatusCode::OK);
        for text in ["Kovács Anna", "kovacs.anna@pelda.hu", "Tető"] {
            assert!(page.contains(text), "{text}");
        }
        for (user, path) in [("stranger", &*path), ("rita", &*path), ("admin", "/contacts/1"), ("admin", "/contacts/x")] {
            let (status, page) = office.open(user, path).await;
            assert!([StatusCode::NOT_FOUND, StatusCode::FORBIDDEN].contains(&status), "{user} {path}: {status}");
            assert!(!page.contains("kovacs.anna@pelda.hu"), "{user} {path}");
        }
    }
}
