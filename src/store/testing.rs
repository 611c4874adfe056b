//! Databases for tests: a new one each, of both kinds.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::Connection as _;

use super::{Db, Tx, migrate, modules, users};
use crate::{
    domain::{
        field::{CustomField, FieldKind},
        id::{DatasheetId, FieldId, ModuleId, UserId},
        module::Template,
        money::{Currency, Money},
        process::{
            Process,
            webshop::{DAY, Order},
        },
        rank::Rank,
        text::words,
        time::Timestamp,
        user::{Role, UserForm, UserState},
    },
    i18n::Locale,
};

/// The moment most tests happen at: 2026-11-24 09:00 in Budapest, a Tuesday.
pub const NOW: Timestamp = Timestamp(1_795_507_200_000);

/// A migrated database that goes when it is dropped.
pub struct TestDb {
    /// The database.
    pub db: Db,
    /// Its URL, for a second connection.
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

impl TestDb {
    /// A new SQLite file.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("test.sqlite").display());
        Self::open(url, Some(folder)).await
    }

    /// A new database on the server that `MODULOK_TEST_POSTGRES` names; `cargo xtask test` starts one.
    ///
    /// # Panics
    /// When there is none.
    pub async fn postgres() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("MODULOK_TEST_POSTGRES").expect(
            "MODULOK_TEST_POSTGRES must name a Postgres server: run the tests with `cargo xtask test`",
        );
        let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut admin = sqlx::PgConnection::connect(&server).await.expect("the test server of Postgres");
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("create database {name}")))
            .execute(&mut admin)
            .await
            .expect("a new database");
        let (base, query) =
            server.split_once('?').map_or((server.as_str(), None), |(base, query)| (base, Some(query)));
        let base = base.rsplit_once('/').map_or(base, |(base, _)| base);
        let url = format!("{base}/{name}{}", query.map(|query| format!("?{query}")).unwrap_or_default());
        Self::open(url, None).await
    }

    async fn open(url: String, folder: Option<tempfile::TempDir>) -> Self {
        let db = Db::open(&url).await.expect("the database opens");
        migrate::run(&db, NOW).await.expect("the migrations run");
        Self { db, url, _folder: folder }
    }
}

/// Makes two tests of each body: `name::sqlite` and `name::postgres`.
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($test:ident: TestDb) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports, clippy::allow_attributes)]
            use super::*;

            async fn body($test: $crate::store::testing::TestDb) $body

            $(#[$meta])*
            #[tokio::test]
            async fn sqlite() {
                body($crate::store::testing::TestDb::sqlite().await).await;
            }

            $(#[$meta])*
            #[tokio::test]
            async fn postgres() {
                body($crate::store::testing::TestDb::postgres().await).await;
            }
        }
    )*};
}
pub(crate) use on_both;

/// What in a module does not follow from its base tables, in words: worked out anew from to-dos, owners, statuses and trash, by
/// other means than the app's. Empty when all is right.
///
/// # Panics
/// When it cannot be read.
pub async fn contradictions(tx: &mut Tx, module: ModuleId) -> Vec<String> {
    /// Each selects what is wrong: one number that tells which.
    const WRONG: [(&str, &str); 12] = [
        (
            "the next to-do of a datasheet",
            "select d.id from datasheets d where d.module_id = $1 and coalesce(d.next_todo_id, 0) <> coalesce((
                select t.id from todos t where t.datasheet_id = d.id and t.outcome is null
                order by t.due_at, t.id limit 1), 0)",
        ),
        (
            "the next due time of a datasheet",
            "select d.id from datasheets d where d.module_id = $1 and coalesce(d.next_due_at, 0) <> coalesce((
                select min(t.due_at) from todos t where t.datasheet_id = d.id and t.outcome is null), 0)",
        ),
        (
            "the list key of a datasheet",
            "select d.id from datasheets d where d.module_id = $1 and d.list_key <> coalesce((
                select min(t.due_at) from todos t where t.datasheet_id = d.id and t.outcome is null),
                2000000000000000 - d.modified_at)",
        ),
        (
            "a missing or outdated involvement in a datasheet",
            "select id from (
                select d.id, t.assignee_id, d.module_id, d.status_id, d.list_key
                from todos t join datasheets d on d.id = t.datasheet_id
                where d.module_id = $1 and t.outcome is null and d.trashed_at is null and t.assignee_id <> d.owner_id
                except select datasheet_id, user_id, module_id, status_id, list_key from involvements) as missing",
        ),
        (
            "an involvement too much in a datasheet",
            "select datasheet_id from (
                select datasheet_id, user_id from involvements where module_id = $1
                except select d.id, t.assignee_id from todos t join datasheets d on d.id = t.datasheet_id
                where t.outcome is null and d.trashed_at is null and t.assignee_id <> d.owner_id) as spare",
        ),
        (
            "an involvement in the trash",
            "with held (id, user_id, module_id, trashed_at) as (
                select d.id, t.assignee_id, d.module_id, d.trashed_at from todos t join datasheets d on d.id = t.datasheet_id
                where t.outcome is null and d.trashed_at is not null and t.assignee_id <> d.owner_id)
            select id from (
                select * from (select * from held where module_id = $1
                    except select datasheet_id, user_id, module_id, trashed_at from trash_involvements) as missing
                union all
                select * from (select datasheet_id, user_id, module_id, trashed_at from trash_involvements where module_id = $1
                    except select * from held) as spare) as wrong",
        ),
        (
            "the count of a status",
            "select status_id from (
                select status_id, user_id, tie, n from status_counts where module_id = $1 and n <> 0
                except select * from (
                    select status_id, owner_id, 'owner', count(*) from datasheets
                    where module_id = $1 and trashed_at is null group by status_id, owner_id
                    union all
                    select d.status_id, t.assignee_id, 'involved', count(distinct d.id)
                    from todos t join datasheets d on d.id = t.datasheet_id
                    where d.module_id = $1 and t.outcome is null and d.trashed_at is null and t.assignee_id <> d.owner_id
                    group by d.status_id, t.assignee_id) as counted) as wrong",
        ),
        (
            "the missing count of a status",
            "select status_id from (
                select * from (
                    select status_id, owner_id, 'owner', count(*) from datasheets
                    where module_id = $1 and trashed_at is null group by status_id, owner_id
                    union all
                    select d.status_id, t.assignee_id, 'involved', count(distinct d.id)
                    from todos t join datasheets d on d.id = t.datasheet_id
                    where d.module_id = $1 and t.outcome is null and d.trashed_at is null and t.assignee_id <> d.owner_id
                    group by d.status_id, t.assignee_id) as counted
                except select status_id, user_id, tie, n from status_counts) as wrong",
        ),
        (
            "the deleted or foreign status of a datasheet",
            "select d.id from datasheets d join statuses s on s.id = d.status_id
            where d.module_id = $1 and (s.deleted_at is not null or s.module_id <> d.module_id)",
        ),
        (
            "the rank of a status, which another one has",
            "select max(id) from statuses where module_id = $1 and deleted_at is null
            group by status_group, rank having count(*) > 1",
        ),
        (
            "a to-do half closed",
            "select t.id from todos t join datasheets d on d.id = t.datasheet_id where d.module_id = $1
            and not (t.outcome is null and t.closed_at is null and t.closed_by is null and t.note is null
                or t.outcome is not null and t.closed_at is not null and t.closed_by is not null)",
        ),
        (
            "the module, which has no status",
            "select m.id from modules m where m.id = $1
            and not exists (select 1 from statuses s where s.module_id = m.id and s.deleted_at is null)",
        ),
    ];
    let mut found = vec![];
    for (what, sql) in WRONG {
        let ids: Vec<i64> = on!(tx, |conn| sqlx::query_scalar(sql).bind(module).fetch_all(conn).await)
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        found.extend(ids.iter().map(|id| format!("{what}: {id}")));
    }
    const NAMES: &str = "
        select d.id, d.name, coalesce(c.name, ''), coalesce(b.name, '') from datasheets d
        left join contacts c on c.id = d.contact_id left join contacts b on b.id = c.business_id
        where d.module_id = $1";
    const WORDS: &str = "select word, datasheet_id from search_words where module_id = $1";
    let names: Vec<(DatasheetId, String, String, String)> =
        on!(tx, |conn| sqlx::query_as(NAMES).bind(module).fetch_all(conn).await).expect("the names");
    let mut wanted: Vec<(String, DatasheetId)> = names
        .into_iter()
        .flat_map(|(id, name, contact, business)| {
            words(&format!("{name} {contact} {business}")).into_iter().map(move |word| (word, id))
        })
        .collect();
    let mut stored: Vec<(String, DatasheetId)> =
        on!(tx, |conn| sqlx::query_as(WORDS).bind(module).fetch_all(conn).await).expect("the words");
    wanted.sort_unstable();
    stored.sort_unstable();
    if wanted != stored {
        found.push("the words by which datasheets are found".to_owned());
    }
    found
}

/// The kinds of a module's history entries, the oldest first: of a datasheet, or (`None`) of the module's own.
///
/// # Panics
/// When it cannot be read.
pub async fn kinds_of_entries(tx: &mut Tx, module: ModuleId) -> Vec<(Option<DatasheetId>, String)> {
    const SQL: &str = "select datasheet_id, kind from events where module_id = $1 order by id";
    on!(tx, |conn| sqlx::query_as(SQL).bind(module).fetch_all(conn).await).expect("the history")
}

/// The tables that name a datasheet, with how many of their rows do.
///
/// # Panics
/// When it cannot be read.
pub async fn rows_of(tx: &mut Tx, datasheet: DatasheetId) -> Vec<String> {
    let mut found = vec![];
    for table in migrate::tables(migrate::known().len()).await.expect("the tables") {
        let is_its = |column: &str| {
            ["datasheet_id", "one_id", "other_id", "related_id"].contains(&column)
                || table.name == "datasheets" && column == "id"
        };
        for column in table.columns.iter().filter(|column| is_its(&column.name)) {
            let sql = format!("select count(*) from {} where {} = $1", table.name, column.name);
            let n: i64 = on!(tx, |conn| sqlx::query_scalar(sqlx::AssertSqlSafe(sql.clone()))
                .bind(datasheet)
                .fetch_one(conn)
                .await)
            .expect("a count");
            if n > 0 {
                found.push(format!("{}: {n}", table.name));
            }
        }
    }
    found
}

/// How the database would run statements, in words alike for both: `scan TABLE` for a walk through all of it, `sort` for a sorting;
/// every other line as the database says it. `analyze` counts the tables first.
///
/// # Panics
/// When it cannot say.
pub async fn explain(db: &Db, statements: &[String], analyze: bool) -> Vec<Vec<String>> {
    let mut tx = db.begin().await.expect("a transaction");
    let mut run = async |sql: String| -> Vec<String> {
        let sql = sqlx::AssertSqlSafe(sql);
        match tx.connection() {
            super::db::Connection::Sqlite(conn) => {
                let rows: Vec<(i64, i64, i64, String)> =
                    sqlx::query_as(sql).persistent(false).fetch_all(conn).await.expect("SQLite explains it");
                rows.into_iter().map(|(.., detail)| detail).collect()
            }
            super::db::Connection::Postgres(conn) => {
                use sqlx::Row as _;
                let rows = sqlx::raw_sql(sql).fetch_all(conn).await.expect("Postgres explains it");
                rows.iter().filter_map(|row| row.try_get::<String, _>(0).ok()).collect()
            }
        }
    };
    if analyze {
        run("analyze".to_owned()).await;
    }
    if !db.is_sqlite() {
        // Small tables are quickest read as a whole and sorted, which says nothing about large ones: what it does when it need not.
        const AS_IF_LARGE: &str = "
            set enable_seqscan = off; set enable_sort = off; set enable_bitmapscan = off; set enable_mergejoin = off;
            set enable_hashjoin = off; set enable_material = off; set plan_cache_mode = force_generic_plan";
        run(AS_IF_LARGE.to_owned()).await;
    }
    let mut plans = vec![];
    for (n, statement) in statements.iter().enumerate() {
        let names = tables(statement);
        let table = |name: &str| names.get(name).cloned().unwrap_or_else(|| name.to_owned());
        let plan = if db.is_sqlite() {
            let lines = run(format!("explain query plan {statement}")).await;
            lines
                .into_iter()
                .map(|line| match line.strip_prefix("SCAN ") {
                    Some(rest) => format!("scan {}", table(rest.split(' ').next().unwrap_or_default())),
                    None if line.starts_with("USE TEMP B-TREE FOR ORDER BY") => format!("sort: {line}"),
                    None => line,
                })
                .collect()
        } else {
            let arguments = (1..=1_100).rev().find(|n| statement.contains(&format!("${n}"))).unwrap_or(0);
            let nulls = vec!["null"; arguments].join(", ");
            let call = if arguments == 0 { format!("plan_{n}") } else { format!("plan_{n}({nulls})") };
            run(format!("prepare plan_{n} as {statement}")).await;
            let lines = run(format!("explain (costs off) execute {call}")).await;
            let mut plan = vec![];
            for (at, line) in lines.iter().enumerate() {
                let line = line.trim_start_matches([' ', '-', '>']);
                let by_index = line.contains("Index Scan") || line.contains("Index Only Scan");
                let bounded =
                    lines.get(at + 1).is_some_and(|next| next.trim_start().starts_with("Index Cond"));
                let on = line.split_once(" on ").map(|(_, on)| on.split(' ').next().unwrap_or_default());
                match on {
                    Some(on) if line.starts_with("Seq Scan") || by_index && !bounded => {
                        plan.push(format!("scan {}", table(on)));
                    }
                    _ if line.starts_with("Sort Key") => {}
                    // An incremental sort only orders what is equal in the index's order.
                    _ if line.starts_with("Sort") => plan.push(format!("sort: {line}")),
                    _ => plan.push(line.to_owned()),
                }
            }
            plan
        };
        plans.push(plan);
    }
    plans
}

/// The tables of a statement by the names it calls them.
fn tables(statement: &str) -> std::collections::BTreeMap<String, String> {
    let words: Vec<&str> = statement
        .split(|c: char| c.is_whitespace() || c == '(' || c == ')' || c == ',')
        .filter(|word| !word.is_empty())
        .collect();
    let mut names = std::collections::BTreeMap::new();
    for (at, word) in words.iter().enumerate() {
        if ["from", "join", "update", "into"].contains(word)
            && let Some(table) = words.get(at + 1)
        {
            let alias = words.get(at + 2).filter(|alias| alias.len() <= 2 && **alias != "on");
            names.insert((*alias.unwrap_or(table)).to_owned(), (*table).to_owned());
        }
    }
    names
}

/// How many entries the history has, and how many idempotency keys were taken: whether anything was written.
///
/// # Panics
/// When it cannot be read.
pub async fn entries_and_keys(tx: &mut Tx) -> (i64, i64) {
    const SQL: &str = "
        select cast((select count(*) from events) as bigint), cast((select count(*) from requests) as bigint)";
    on!(tx, |conn| sqlx::query_as(SQL).fetch_one(conn).await).expect("the counts")
}

/// Adds people, and lets each of the installation be mentioned on some datasheets and hold a to-do of them: rows enough that a plan
/// tells what it would do with many.
///
/// # Panics
/// When they cannot be added.
pub async fn crowd(tx: &mut Tx) {
    const ALL: [&str; 3] = [
        "insert into comments (id, datasheet_id, author_id, text, version, created_at)
        select -id, id, owner_id, 'x', 1, 0 from datasheets",
        "insert into mentions (user_id, comment_id, datasheet_id)
        select u.id, -d.id, d.id from datasheets d cross join users u where (d.id + u.id) % 10 = 0",
        "insert into involvements (datasheet_id, user_id, module_id, status_id, list_key)
        select d.id, u.id, d.module_id, d.status_id, d.list_key from datasheets d cross join users u
        where (d.id + u.id) % 10 = 0
            and not exists (select 1 from involvements i where i.datasheet_id = d.id and i.user_id = u.id)",
    ];
    for n in 0..40 {
        let form = UserForm {
            name: format!("Kovács {n}"),
            email: format!("kovacs{n}@pelda.hu"),
            role: Role::User,
            state: UserState::Active,
            zone: "UTC".to_owned(),
            modules: vec![],
        };
        users::add(tx, &form, None, NOW).await.expect("a user");
    }
    for sql in ALL {
        on!(tx, |conn| sqlx::query(sql).execute(conn).await.map(drop)).expect("the rows");
    }
}

/// Lets the next writes to a table fail, so many times, as if two transactions had waited for each other. Postgres only.
///
/// # Panics
/// When it cannot be set up.
pub async fn collide(db: &Db, table: &str, times: u32) {
    let sql = format!(
        "create sequence collisions;
        create function collide() returns trigger language plpgsql as $$ begin
            if nextval('collisions') <= {times} then raise exception 'collision' using errcode = '40P01'; end if;
            return new;
        end $$;
        create trigger collide before insert or update on {table} for each row execute function collide();"
    );
    let mut tx = db.begin().await.expect("a transaction");
    on!(tx, |conn| sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(conn).await.map(drop))
        .expect("the trigger");
    tx.commit().await.expect("the trigger");
}

/// What SQLite finds wrong with its file; Postgres has no such question.
///
/// # Panics
/// When it cannot say.
pub async fn integrity(tx: &mut Tx) -> Vec<String> {
    let super::db::Connection::Sqlite(conn) = tx.connection() else { return vec![] };
    let mut said: Vec<String> =
        sqlx::query_scalar("pragma integrity_check").fetch_all(&mut *conn).await.expect("the check");
    said.retain(|line| line != "ok");
    let foreign = sqlx::query("pragma foreign_key_check").fetch_all(&mut *conn).await.expect("the check");
    said.extend(foreign.iter().map(|_| "a foreign key that leads nowhere".to_owned()));
    said
}

/// Writes something that nobody looks at.
///
/// # Panics
/// When it cannot be written.
pub async fn touch(tx: &mut Tx) {
    const SQL: &str = "
        insert into settings (name, value) values ('touched', '.')
        on conflict (name) do update set value = settings.value || '.'";
    on!(tx, |conn| sqlx::query(SQL).execute(conn).await.map(drop)).expect("the write");
}

/// An admin, Bolt Béla.
///
/// # Panics
/// When they cannot be added.
pub async fn admin(tx: &mut Tx) -> UserId {
    let form = UserForm {
        name: "Bolt Béla".to_owned(),
        email: "bela@pelda.hu".to_owned(),
        role: Role::Admin,
        state: UserState::Active,
        zone: "Europe/Budapest".to_owned(),
        modules: vec![],
    };
    users::add(tx, &form, None, NOW).await.expect("an admin")
}

/// A Webshop module, with English statuses.
///
/// # Panics
/// When it cannot be made.
pub async fn webshop(tx: &mut Tx) -> ModuleId {
    let template = Template::Fixed(Process::Webshop);
    modules::seed_from_template(tx, template, "Webshop", Locale::En, NOW).await.expect("a module").id
}

/// A field of a kind, in no group, without a default or choices.
pub fn field(id: FieldId, module: ModuleId, kind: FieldKind) -> CustomField {
    CustomField {
        id,
        module,
        group: None,
        kind,
        name: format!("{} {id}", kind.as_str()),
        help: String::new(),
        currency: String::new(),
        default: None,
        required_from: None,
        rank: Rank::between(None, None),
        version: 1,
        archived: false,
        choices: vec![],
    }
}

/// An order of so many days ago, in fillér.
pub fn order(number: &str, who: &str, days_ago: i64, minor: i64) -> Order {
    Order {
        number: number.to_owned(),
        email: format!("{who}@pelda.hu"),
        name: Some(format!("{who} Vevő")),
        at: NOW.plus_millis(-days_ago * DAY),
        day: None,
        money: Money { minor, currency: Currency::HUF },
    }
}
