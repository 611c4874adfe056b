//! Sales through HTTP: fields and the clock move it; sums and the funnel are exact whatever happens.

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

use super::*;
use crate::{
    api::process_moves,
    domain::{
        id::DatasheetId,
        process::{Cause, Facts, sales},
        time::Timestamp,
    },
    server::tick::{Ticked, tick},
    store::{self, on},
};

const DAY: i64 = 86_400_000;

/// A Sales module in an office.
struct Sales {
    office: Office,
    module: Value,
    kind: Value,
    writes: u32,
}

impl Sales {
    async fn new(test: TestDb) -> Self {
        let office = office(test).await;
        let added = json!({ "key": "abcd-sales-0", "template": "sales", "name": "Sales" });
        let module = office.done("modules/add", &added).await["id"].clone();
        let filter = json!({ "narrow": null, "owner": "all", "search": "" });
        let page = office.done("modules/page", &json!({ "module": module, "filter": filter })).await;
        let kind = page["types"][0]["id"].clone();
        Self { office, module, kind, writes: 0 }
    }

    fn key(&mut self) -> String {
        self.writes += 1;
        format!("abcd-sales-{}", self.writes)
    }

    async fn write(&mut self, path: &str, mut arguments: Value) -> (StatusCode, Value) {
        arguments["key"] = json!(self.key());
        self.office.call("admin", path, &arguments).await
    }

    async fn done(&mut self, path: &str, arguments: Value) -> Value {
        let (status, answer) = self.write(path, arguments).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        answer
    }

    /// A new lead without a to-do.
    async fn lead(&mut self, name: &str) -> Value {
        let form = json!({ "name": name, "status": null, "owner": null, "todo": null });
        let module = self.module.clone();
        self.done("datasheets/add", json!({ "module": module, "form": form })).await["datasheet"].clone()
    }

    async fn page(&self, lead: &Value) -> Value {
        self.office.done("datasheets/page", &json!({ "datasheet": lead })).await
    }

    async fn act(&mut self, lead: &Value, action: Value) -> (StatusCode, Value) {
        let version = self.page(lead).await["process"]["version"].clone();
        let arguments = json!({ "datasheet": lead, "version": version, "action": { "sales": action } });
        self.write("processes/act", arguments).await
    }

    async fn acted(&mut self, lead: &Value, action: Value) -> Value {
        let (status, answer) = self.act(lead, action.clone()).await;
        assert_eq!(status, StatusCode::OK, "{action}: {answer}");
        answer
    }

    /// Group and name of the lead's status.
    async fn status(&self, lead: &Value) -> String {
        let page = self.page(lead).await;
        let id = &page["row"]["status"];
        let statuses = page["tree"].as_array().unwrap();
        let status = statuses.iter().find(|status| status["id"] == *id).unwrap();
        format!("{}: {}", status["status_group"].as_str().unwrap(), status_name(status))
    }

    /// What the tree shows under an owner filter: counts and sums of the groups and names that have any.
    async fn sums(&self, owner: &Value) -> Vec<(String, String, i64)> {
        let filter = json!({ "narrow": null, "owner": owner, "search": "" });
        let page =
            self.office.done("modules/page", &json!({ "module": self.module, "filter": filter })).await;
        let name = |id: &Value| {
            let statuses = page["tree"].as_array().unwrap();
            let status = statuses.iter().find(|status| status["id"] == *id).unwrap();
            format!("{}: {}", status["status_group"].as_str().unwrap(), status_name(status))
        };
        let empty = vec![];
        let sums = page["counts"]["sums"].as_array().unwrap_or(&empty);
        let money = |sum: &Value| {
            let (minor, currency) =
                (sum["sum"]["minor"].as_i64().unwrap(), sum["sum"]["currency"].as_str().unwrap());
            (name(&sum["status_id"]), currency.to_owned(), minor)
        };
        sums.iter().map(money).collect()
    }

    async fn tick(&self, now: Timestamp) -> Ticked {
        self.office.host.clock.set(now);
        let ticked = tick(&self.office.host, now).await.unwrap();
        // Nobody stays signed in that long.
        let mut tx = self.office.host.db.begin().await.unwrap();
        sessions::remove(&mut tx, &sha256("admin")).await.unwrap();
        sessions::add(&mut tx, &sha256("admin"), self.office.admin, "", now).await.unwrap();
        tx.commit().await.unwrap();
        ticked
    }

    async fn history(&self, lead: &Value) -> Value {
        self.office.done("datasheets/history", &json!({ "datasheet": lead, "before": null })).await
    }

    /// How many differ from a recomputation.
    async fn wrong(&self) -> [i64; 4] {
        const SUMS: &str = "
            select s.module_id, s.status_id, s.user_id, s.tie, s.currency, s.amount
            from status_sums s where s.amount <> 0";
        const SUMMED: &str = "
            select d.module_id, d.status_id, d.owner_id, 'owner', d.currency, cast(sum(d.amount) as bigint)
            from datasheets d where d.trashed_at is null and d.amount <> 0
            group by d.module_id, d.status_id, d.owner_id, d.currency
            union all
            select d.module_id, d.status_id, i.user_id, 'involved', d.currency, cast(sum(d.amount) as bigint)
            from involvements i join datasheets d on d.id = i.datasheet_id where d.amount <> 0
            group by d.module_id, d.status_id, i.user_id, d.currency";
        const FURTHEST: &str = "
            select f.module_id, f.status_id, f.user_id, f.tie, f.n from furthest_counts f where f.n <> 0";
        const COUNTED: &str = "
            select d.module_id, d.furthest_id, d.owner_id, 'owner', cast(count(*) as bigint)
            from datasheets d where d.trashed_at is null and d.furthest_id is not null
            group by d.module_id, d.furthest_id, d.owner_id
            union all
            select d.module_id, d.furthest_id, i.user_id, 'involved', cast(count(*) as bigint)
            from involvements i join datasheets d on d.id = i.datasheet_id where d.furthest_id is not null
            group by d.module_id, d.furthest_id, i.user_id";
        let mut tx = self.office.host.db.read().await.unwrap();
        let mut wrong = [0; 4];
        let pairs = [(SUMS, SUMMED), (SUMMED, SUMS), (FURTHEST, COUNTED), (COUNTED, FURTHEST)];
        for (place, (left, right)) in wrong.iter_mut().zip(pairs) {
            let sql = format!(
                "select cast(count(*) as bigint) from (
                    select * from ({left}) l except select * from ({right}) r) wrong"
            );
            *place =
                on!(tx, |conn| sqlx::query_scalar(sqlx::AssertSqlSafe(sql.clone())).fetch_one(conn).await)
                    .unwrap();
        }
        wrong
    }
}

on_both! {
    async fn fields_move_a_lead_from_new_to_won_and_an_undo_takes_it_back(test: TestDb) {
        let mut sales = Sales::new(test).await;
        let lead = sales.lead("Duna Kft.").await;
        assert_eq!(sales.status(&lead).await, "lead: To qualify");
        let tree = sales.page(&lead).await["tree"].clone();
        let by_hand = json!({ "datasheet": lead, "version": 1, "status": tree[4]["id"] });
        let (code, answer) = sales.write("datasheets/status", by_hand).await;
        assert_eq!((code, &answer["refused"]["fixed_module"]), (StatusCode::CONFLICT, &json!("sales")), "{answer}");
        let (code, answer) = sales.act(&lead, json!({ "move": { "to": "lost" } })).await;
        assert_eq!(code, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer["invalid"], json!({ "field": "why_lost", "problem": "missing" }));

        let value = json!({ "value": { "minor": 1_200_000, "currency": "HUF" } });
        for (action, status) in [
            (json!({ "qualify": "target" }), "lead: Target"),
            (json!({ "move": { "to": "in_progress" } }), "open: Target"),
            (value, "open: Target"),
            (json!({ "lead_step": 3 }), "open: Target"),
            (json!({ "offered_on": "2026-11-24" }), "open: Target"),
            (json!({ "hot": true }), "open: Hot: Target"),
            (json!({ "qualify": "vip" }), "open: Hot: VIP"),
            (json!({ "move": { "to": "won", "on": "2026-11-24" } }), "success: VIP"),
        ] {
            sales.acted(&lead, action.clone()).await;
            assert_eq!(sales.status(&lead).await, status, "{action}");
        }
        assert_eq!(sales.sums(&json!("all")).await, [("success: VIP".to_owned(), "HUF".to_owned(), 1_200_000)]);
        let page = sales.page(&lead).await;
        assert_eq!(page["process"]["facts"]["sales"]["closing_on"], json!("2026-11-24"));
        assert_eq!(page["process"]["facts"]["sales"]["furthest"], json!("won_vip"));
        assert_eq!(page["row"]["process"]["summary"]["sales"]["qualification"], json!("vip"));

        let history = sales.history(&lead).await;
        assert_eq!(history[0]["what"]["moved"], json!(["hot_vip", "won_vip"]), "{history}");
        assert_eq!(history[4]["what"]["named"], json!("Offer"), "{history}");
        assert_eq!(history[6]["what"]["moved"], json!(["discovery_target", "progress_target"]), "{history}");
        sales.done("datasheets/undo", json!({ "event": history[0]["id"] })).await;
        assert_eq!(sales.status(&lead).await, "open: Hot: VIP");
        assert_eq!(sales.sums(&json!("all")).await, [("open: Hot: VIP".to_owned(), "HUF".to_owned(), 1_200_000)]);
        assert_eq!(sales.sums(&json!({ "person": sales.office.stranger })).await, []);
        assert_eq!(sales.wrong().await, [0; 4]);

        // A stale edit is told with what is stored.
        let stale = json!({ "datasheet": lead, "version": 1, "action": { "sales": { "qualify": "target" } } });
        let (code, answer) = sales.write("processes/act", stale).await;
        assert_eq!((code, &answer["conflict"]["theirs"]), (StatusCode::CONFLICT, &json!("VIP")), "{answer}");
    }

    async fn each_reads_statuses_and_groups_in_their_own_language(test: TestDb) {
        let mut sales = Sales::new(test).await;
        let (status, answer) = sales.office.call("misi", "session/profile", &json!({
            "key": "abcd-magyar", "name": "Misi", "email": "misi@pelda.hu", "locale": "hu", "theme": "auto", "zone": "Asia/Tokyo"
        })).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        let lead = sales.lead("Duna Kft.").await;
        let contact = sales.office.case("abcd-0000-case").await.contact["id"].clone();
        let version = sales.page(&lead).await["row"]["version"].clone();
        sales.done("datasheets/contact", json!({ "datasheet": lead, "version": version, "contact": contact })).await;
        sales.acted(&lead, json!({ "qualify": "target" })).await;
        sales.acted(&lead, json!({ "move": { "to": "in_progress" } })).await;
        for (user, text) in [("admin", "Call"), ("misi", "Hívni")] {
            let who = sales.office.people.iter().find(|(name, _)| *name == user).unwrap().1;
            let form = json!({ "text": text, "kind": sales.kind, "due": { "day": "2026-11-24" }, "assignee": who });
            sales.done("todos/add", json!({ "datasheet": lead, "form": form })).await;
        }
        let (module, sheet) = (format!("/m/{}", sales.module), format!("/d/{lead}"));
        let person = format!("/contacts/{contact}");
        let both = [
            (module.as_str(), ["To qualify", "Customers"], ["Minősítendő", "Vevők"]),
            (&sheet, ["Discovery: Target → Sales: Target", "Customers"], ["Feltérképezés: Célcsoport → Értékesítés: Célcsoport", "Vevők"]),
            ("/my-day", ["Target", "Call"], ["Célcsoport", "Hívni"]),
            (&person, ["Target", "Duna Kft."], ["Célcsoport", "Duna Kft."]),
        ];
        for (path, english, hungarian) in both {
            for (user, own, other) in [("admin", english, hungarian), ("misi", hungarian, english)] {
                let (status, page) = sales.office.open(user, path).await;
                assert_eq!(status, StatusCode::OK, "{user} {path}");
                for words in own {
                    assert!(page.contains(words), "{user} {path} lacks {words}");
                }
                assert!(!page.contains(&format!(">{}<", other[0])), "{user} {path} has {}", other[0]);
            }
        }

        // What an admin calls a group is the same for all readers, and tells the statuses of its name apart from then on.
        let version = sales.page(&lead).await["module"]["version"].clone();
        let label = json!({ "module": sales.module, "version": version, "group": "success", "name": "Nyertesek" });
        sales.done("modules/group_rename", label).await;
        sales.acted(&lead, json!({ "move": { "to": "won", "on": "2026-11-24" } })).await;
        for (user, told) in [("admin", "Sales: Target → Nyertesek: Target"), ("misi", "Értékesítés: Célcsoport → Nyertesek: Célcsoport")] {
            let (_, page) = sales.office.open(user, &sheet).await;
            assert!(page.contains(told), "{user} lacks {told}");
        }
    }

    async fn names_that_come_with_a_module_are_read_in_each_language_until_they_are_renamed(test: TestDb) {
        let mut sales = Sales::new(test).await;
        sales.done("session/profile", json!({
            "name": "admin", "email": "admin@pelda.hu", "locale": "hu", "theme": "auto", "zone": "Europe/Budapest"
        })).await;
        let seen = async |sales: &Sales, user: &str| {
            let filter = json!({ "narrow": null, "owner": "all", "search": "" });
            let arguments = json!({ "module": sales.module, "filter": filter });
            let (status, page) = sales.office.call(user, "modules/page", &arguments).await;
            assert_eq!(status, StatusCode::OK, "{page}");
            let (_, bar) = sales.office.call(user, "modules/links", &json!({})).await;
            let link = bar.as_array().unwrap().iter().find(|link| link["id"] == sales.module).unwrap();
            assert_eq!(link["name"], page["module"]["name"]);
            let of = |value: &Value| value.as_str().unwrap().to_owned();
            [of(&page["module"]["name"]), of(&page["module"]["item_name"]), of(&page["types"][0]["name"])]
        };
        // Whoever reads no Hungarian reads what an admin who does added, and the other way round.
        assert_eq!(seen(&sales, "admin").await, ["Értékesítés", "Érdeklődő", "Hívás"]);
        assert_eq!(seen(&sales, "misi").await, ["Sales", "Lead", "Call"]);

        // What is sent back as it was read is no other name.
        let rename = |name: &str, item: &str, version: i64| json!({ "version": version, "name": name, "item_name": item });
        let with_module = |mut arguments: Value, sales: &Sales| { arguments["module"] = sales.module.clone(); arguments };
        let arguments = with_module(rename("Értékesítés", "Ügyfél", 1), &sales);
        sales.done("modules/rename", arguments).await;
        assert_eq!(seen(&sales, "admin").await, ["Értékesítés", "Ügyfél", "Hívás"]);
        assert_eq!(seen(&sales, "misi").await, ["Sales", "Ügyfél", "Call"]);
        // The name of the other language is one that somebody gave.
        let arguments = with_module(rename("Sales", "Érdeklődő", 2), &sales);
        sales.done("modules/rename", arguments).await;
        assert_eq!(seen(&sales, "admin").await, ["Sales", "Érdeklődő", "Hívás"]);
        assert_eq!(seen(&sales, "misi").await, ["Sales", "Lead", "Call"]);
        for (version, name, hungarian, english) in [(1, "Hívás", "Hívás", "Call"), (2, "Telefon", "Telefon", "Telefon"), (3, "Call", "Call", "Call"), (4, "Hívás", "Hívás", "Call")] {
            let kind = json!({ "kind": sales.kind, "version": version, "name": name, "duration": null, "reminder": null });
            sales.done("modules/type_save", kind).await;
            assert_eq!([&seen(&sales, "admin").await[2], &seen(&sales, "misi").await[2]], [hungarian, english]);
        }
        // So it is with groups.
        for (version, name, stored) in [(3, "Vevők", Value::Null), (4, "Customers", json!("Customers"))] {
            let label = json!({ "module": sales.module, "version": version, "group": "success", "name": name });
            let module = sales.done("modules/group_rename", label).await;
            assert_eq!(module["group_labels"][2], stored);
        }
        // A name that somebody gave stays one, also when someone saves it for whom it is the first one.
        let speaks = |locale: &str| json!({
            "name": "admin", "email": "admin@pelda.hu", "locale": locale, "theme": "auto", "zone": "Europe/Budapest"
        });
        let kind = |version: i64, duration: Option<i64>| json!({
            "kind": sales.kind, "version": version, "name": "Call", "duration": duration, "reminder": null
        });
        let (first, second) = (kind(5, None), kind(6, Some(30)));
        sales.done("modules/type_save", first).await;
        sales.done("session/profile", speaks("en")).await;
        sales.done("modules/type_save", second).await;
        let arguments = with_module(rename("Sales", "Prospect", 5), &sales);
        sales.done("modules/rename", arguments).await;
        sales.done("session/profile", speaks("hu")).await;
        assert_eq!(seen(&sales, "admin").await, ["Sales", "Prospect", "Call"]);
        // In a customisable module all is as it was written.
        let (_, page) = sales.office.call("admin", "modules/all", &json!({})).await;
        let own = page.as_array().unwrap().iter().find(|module| module["template"] == "custom").unwrap();
        assert_eq!(own["item_name"], "Datasheet");
    }

    async fn names_of_before_are_recognised_as_those_that_came_with_the_module(test: TestDb) {
        const BEFORE: [&str; 4] = [
            "update modules set name_is_first = 0, item_name_is_first = 0 where template = 'sales'",
            "update todo_types set name_is_first = 0",
            "update modules set name = 'Értékesítés', item_name = 'Ügyfél', lead_label = 'Feltérképezés', open_label = 'Saját' where template = 'sales'",
            "update todo_types set name = 'Telefon' where icon = 'call'",
        ];
        let sales = Sales::new(test).await;
        let migration = include_str!("../../../migrations/0170_names_of_processes.sql");
        let text: String = migration.lines().filter(|line| !line.starts_with("--")).collect::<Vec<_>>().join("\n");
        let again = text.split(';').map(str::trim).filter(|statement| statement.starts_with("update"));
        let mut tx = sales.office.host.db.begin().await.unwrap();
        for statement in BEFORE.into_iter().chain(again) {
            let sql = sqlx::AssertSqlSafe(statement.to_owned());
            on!(tx, |conn| sqlx::query(sql).execute(conn).await.map(drop)).unwrap();
        }
        tx.commit().await.unwrap();
        let filter = json!({ "narrow": null, "owner": "all", "search": "" });
        let page = sales.office.done("modules/page", &json!({ "module": sales.module, "filter": filter })).await;
        let module = &page["module"];
        assert_eq!([&module["name"], &module["item_name"]], [&json!("Sales"), &json!("Ügyfél")]);
        assert_eq!(module["group_labels"], json!([null, "Saját", null, null]));
        assert_eq!([&page["types"][0]["name"], &page["types"][1]["name"]], [&json!("Telefon"), &json!("Meeting")]);
        // Each name that comes with a process is one that the migration knows.
        let todo_types = Locale::ALL.into_iter().flat_map(Template::todo_types).map(|(_, name)| name);
        let of = |template: Template, locale| [template.name(locale), template.item_name(locale)];
        let fixed = Template::all().filter(|template| !template.is_customisable());
        let names = fixed.flat_map(|template| Locale::ALL.into_iter().flat_map(move |locale| of(template, locale)));
        for name in names.chain(todo_types) {
            assert!(migration.contains(&format!("'{name}'")), "{name}");
        }
    }

    async fn the_clock_forgets_a_case_once_also_after_a_downtime_and_a_to_do_brings_it_back(test: TestDb) {
        let mut sales = Sales::new(test).await;
        let mut leads = vec![];
        for (name, in_progress) in [("Elfelejtett", true), ("Van teendője", true), ("Nincs folyamatban", false)] {
            let lead = sales.lead(name).await;
            sales.acted(&lead, json!({ "qualify": "target" })).await;
            if in_progress {
                sales.acted(&lead, json!({ "move": { "to": "in_progress" } })).await;
            }
            leads.push(lead);
        }
        let form = json!({
            "text": "Hívni", "kind": sales.kind, "due": { "day": "2026-12-01" }, "assignee": sales.office.admin
        });
        let todo = sales.done("todos/add", json!({ "datasheet": leads[1], "form": form })).await;
        let almost = NOW.plus_millis(30 * DAY - 1);
        assert_eq!(sales.tick(almost).await, Ticked::default());
        assert_eq!(sales.status(&leads[0]).await, "open: Target");
        // The server was off for a hundred days.
        let late = NOW.plus_millis(100 * DAY);
        assert_eq!(sales.tick(late).await, Ticked { looked_at: 1, moved: 1, failed: 0 });
        assert_eq!(sales.tick(late).await, Ticked::default());
        for (lead, status) in leads.iter().zip(["open: Forgotten", "open: Target", "lead: Target"]) {
            assert_eq!(sales.status(lead).await, status);
        }
        let history = sales.history(&leads[0]).await;
        assert_eq!(history[0]["by"], Value::Null);
        assert_eq!(history[0]["what"]["cause"], json!("clock"), "{history}");

        let form = json!({
            "text": "Hívni", "kind": sales.kind, "due": { "day": "2027-03-10" }, "assignee": sales.office.admin
        });
        sales.done("todos/add", json!({ "datasheet": leads[0], "form": form })).await;
        assert_eq!(sales.status(&leads[0]).await, "open: Target");
        assert_eq!(sales.history(&leads[0]).await[1]["what"]["cause"], json!("todo"));

        // Closed, it has N days again.
        let close = json!({ "todo": todo["row"]["todo"]["id"], "version": 1, "outcome": "done", "note": null });
        sales.done("todos/close", close).await;
        assert_eq!(sales.status(&leads[1]).await, "open: Target");
        assert_eq!(sales.tick(late.plus_millis(30 * DAY - 1)).await, Ticked::default());
        assert_eq!(sales.tick(late.plus_millis(30 * DAY)).await, Ticked { looked_at: 1, moved: 1, failed: 0 });
        assert_eq!(sales.status(&leads[1]).await, "open: Forgotten");
        assert_eq!(sales.wrong().await, [0; 4]);
    }

    async fn what_a_to_do_brings_about_is_reached_too_and_is_no_change_that_an_edit_runs_into(test: TestDb) {
        let mut sales = Sales::new(test).await;
        let lead = sales.lead("Duna Kft.").await;
        sales.acted(&lead, json!({ "qualify": "target" })).await;
        sales.acted(&lead, json!({ "move": { "to": "in_progress" } })).await;
        let id = DatasheetId(lead.as_i64().unwrap());
        let mut tx = sales.office.host.db.begin().await.unwrap();
        let state = store::processes::get(&mut tx, id).await.unwrap().unwrap();
        let Facts::Sales(facts) = state.facts else { panic!() };
        // Made hot while it was forgotten: it stood nowhere further.
        let hot = Facts::Sales(sales::Facts { hot: true, ..facts });
        store::processes::save(&mut tx, id, state.version, &hot, None).await.unwrap();
        assert!(process_moves::follow(&mut tx, id, Cause::Todo, NOW).await.unwrap());
        let seen = store::processes::get(&mut tx, id).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        assert_eq!((seen.version, seen.facts.furthest()), (state.version + 1, Some("hot_target")));
        assert_eq!(sales.status(&lead).await, "open: Hot: Target");
        let stages = sales.office.done("processes/furthest", &json!({ "module": sales.module, "owner": "all" })).await;
        let hot = stages.as_array().unwrap().iter().find(|stage| stage["step"] == "hot").unwrap();
        assert_eq!(hot["reached"], json!(1), "{stages}");
        assert_eq!(sales.wrong().await, [0; 4]);
    }

    async fn changed_settings_take_effect_and_wrong_ones_are_refused(test: TestDb) {
        let mut sales = Sales::new(test).await;
        let lead = sales.lead("Tisza Bt.").await;
        sales.acted(&lead, json!({ "qualify": "vip" })).await;
        sales.acted(&lead, json!({ "move": { "to": "in_progress" } })).await;
        let module = sales.module.clone();
        let stored = sales.office.done("processes/settings", &json!({ "module": module })).await;
        let mut settings = stored[1]["sales"].clone();
        assert_eq!(settings["forgotten_after_days"], json!(30));
        let set = |version: &Value, settings: &Value| {
            json!({ "module": module, "version": version, "settings": { "sales": settings } })
        };
        for (field, wrong) in [("days", json!(0)), ("days", json!(99_999))] {
            let mut broken = settings.clone();
            broken["forgotten_after_days"] = wrong;
            let (code, answer) = sales.write("processes/set", set(&stored[0]["version"], &broken)).await;
            assert_eq!((code, &answer["invalid"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)));
        }
        settings["forgotten_after_days"] = json!(10);
        settings["lead_steps"][0]["name"] = json!(" Első  hívás ");
        let done = sales.done("processes/set", set(&stored[0]["version"], &settings)).await;
        let (code, answer) = sales.write("processes/set", set(&stored[0]["version"], &settings)).await;
        assert_eq!((code, &answer["conflict"]["version"]), (StatusCode::CONFLICT, &done["version"]));
        sales.acted(&lead, json!({ "lead_step": 1 })).await;
        assert_eq!(sales.history(&lead).await[0]["what"]["named"], json!("Első hívás"));
        assert_eq!(sales.tick(NOW.plus_millis(10 * DAY)).await.moved, 1);
        assert_eq!(sales.status(&lead).await, "open: Forgotten");
        // More days: what was forgotten is not, the clock finds it.
        settings["forgotten_after_days"] = json!(20);
        sales.done("processes/set", set(&done["version"], &settings)).await;
        assert_eq!(sales.tick(NOW.plus_millis(10 * DAY)).await.moved, 1);
        assert_eq!(sales.status(&lead).await, "open: VIP");
        assert_eq!(sales.tick(NOW.plus_millis(20 * DAY)).await.moved, 1);
        // Other settings move nothing, and the clock has nothing to look at.
        let stored = sales.office.done("processes/settings", &json!({ "module": module })).await;
        settings["lead_steps"][0]["name"] = json!("Hívás");
        sales.done("processes/set", set(&stored[0]["version"], &settings)).await;
        assert_eq!(sales.tick(NOW.plus_millis(20 * DAY)).await, Ticked::default());
    }

    async fn sums_and_the_funnel_are_what_a_recomputation_says_whatever_is_done(test: TestDb) {
        let mut sales = Sales::new(test).await;
        let mut rng = StdRng::seed_from_u64(30);
        let mut leads = vec![];
        for n in 0..4 {
            leads.push(sales.lead(&format!("Ügy {n}")).await);
        }
        let users = sales.office.done("users/all", &json!({})).await;
        let misi = users.as_array().unwrap().iter().find(|user| user["name"] == "misi").unwrap()["id"].clone();
        let people = [json!(sales.office.admin), misi];
        let (mut done, mut refused) = (0, 0);
        for step in 0..70 {
            let lead = leads[rng.random_range(0..leads.len())].clone();
            let version = sales.page(&lead).await["row"]["version"].clone();
            let sheet = json!({ "datasheet": lead, "version": version });
            let with = |field: &str, value: Value| {
                let mut sheet = sheet.clone();
                sheet[field] = value;
                sheet
            };
            let qualification = ["non_target", "target", "vip"][rng.random_range(0..3)];
            let to = ["discovery", "in_progress", "won", "lost"][rng.random_range(0..4)];
            let currency = ["HUF", "EUR"][rng.random_range(0..2)];
            let minor = rng.random_range(0..1_000_000);
            let (code, answer) = match rng.random_range(0..10) {
                0 | 1 => sales.act(&lead, json!({ "qualify": qualification })).await,
                2 | 3 => sales.act(&lead, json!({ "move": { "to": to, "why": "ár" } })).await,
                4 | 5 => sales.act(&lead, json!({ "value": { "minor": minor, "currency": currency } })).await,
                6 => sales.write("datasheets/trash", sheet.clone()).await,
                7 => sales.write("datasheets/restore", json!({ "datasheet": lead })).await,
                8 => {
                    let history = sales.history(&lead).await;
                    sales.write("datasheets/undo", json!({ "event": history[0]["id"] })).await
                }
                _ if step % 2 == 0 => {
                    let owner = people[rng.random_range(0..2)].clone();
                    sales.write("datasheets/owner", with("owner", owner)).await
                }
                _ => {
                    let form = json!({
                        "text": "Hívni", "kind": sales.kind, "due": { "day": "2026-12-01" },
                        "assignee": sales.office.admin
                    });
                    sales.write("todos/add", json!({ "datasheet": lead, "form": form })).await
                }
            };
            assert!([200, 404, 409].contains(&code.as_u16()), "{answer}");
            if code == StatusCode::OK { done += 1 } else { refused += 1 }
            assert_eq!(sales.wrong().await, [0; 4], "after step {step}");
        }
        assert!(done > 40, "{done} done, {refused} refused");
        let module = sales.module.clone();
        let furthest = sales.office.done("processes/furthest", &json!({ "module": module, "owner": "all" })).await;
        let n = furthest[0]["reached"].as_i64().unwrap();
        let filter = json!({ "narrow": null, "owner": "all", "search": "" });
        let counts = sales.office.done("modules/counts", &json!({ "module": module, "filter": filter })).await;
        let listed: i64 = counts["statuses"].as_array().unwrap().iter().map(|count| count["n"].as_i64().unwrap()).sum();
        assert_eq!(n, listed);
    }
}
