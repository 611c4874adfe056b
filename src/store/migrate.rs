//! Migrations: all that are missing, in one transaction; both databases from one text.

use std::{borrow::Cow, ops::Range};

use sqlx::{Connection as _, migrate::Migrator};

use super::{Db, Tx, hex, ids::NODES, on};
use crate::{
    domain::time::Timestamp,
    error::{Error, Result},
};

/// The files of `migrations/`, embedded.
pub static MIGRATOR: Migrator = sqlx::migrate!();

/// What [`run`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// How many migrations were applied now.
    pub applied: usize,
    /// The version the database has.
    pub version: i64,
}

/// Brings the database to this program's schema, all or nothing, and takes a node number for ids.
///
/// A database that is newer than the program, or whose applied migrations are not the program's, is refused.
pub async fn run(db: &Db, now: Timestamp) -> Result<Migrated> {
    let mut tx = db.begin().await?;
    lock(&mut tx).await?;
    prepare(&mut tx).await?;
    let done = done(&mut tx).await?;
    let known = known();
    if !known.starts_with(&done) {
        tracing::error!(?done, ?known, "the database was made by another or newer version of this program");
        return Err(Error::Server);
    }
    apply(&mut tx, done.len()..known.len(), now).await?;
    let node = next_node(&mut tx).await?;
    tx.commit().await?;
    db.ids().set_node(node);
    Ok(Migrated {
        applied: known.len() - done.len(),
        version: known.last().map_or(0, |(version, _)| *version),
    })
}

/// Waits for other servers on the same Postgres that migrate just now, and keeps them waiting.
pub(super) async fn lock(tx: &mut Tx) -> Result<()> {
    if !tx.is_sqlite() {
        // The number is ours alone.
        execute(tx, "select pg_advisory_xact_lock(7463546131)").await?;
    }
    Ok(())
}

/// Makes the table of migrations where there is none yet.
pub(super) async fn prepare(tx: &mut Tx) -> Result<()> {
    const SQL: &str = "create table if not exists migrations (version bigint not null primary key, checksum text not null, applied_at bigint not null)";
    execute(tx, SQL).await
}

/// The migrations that were applied: version and checksum of each.
pub(super) async fn done(tx: &mut Tx) -> Result<Vec<(i64, String)>> {
    const SQL: &str = "select version, checksum from migrations order by version";
    Ok(on!(tx, |conn| sqlx::query_as(SQL).fetch_all(conn).await)?)
}

/// The migrations of this program: version and checksum of each.
pub(super) fn known() -> Vec<(i64, String)> {
    MIGRATOR.iter().map(|migration| (migration.version, hex(&migration.checksum))).collect()
}

/// Applies some of [`known`], by their places in it.
pub(super) async fn apply(tx: &mut Tx, places: Range<usize>, now: Timestamp) -> Result<()> {
    const RECORD: &str = "insert into migrations (version, checksum, applied_at) values ($1, $2, $3)";
    for migration in MIGRATOR.iter().take(places.end).skip(places.start) {
        let sql = migration.sql.as_str();
        let text = open_marks(sql, if tx.is_sqlite() { "sqlite" } else { "postgres" });
        execute_script(tx, text.into_owned()).await?;
        let checksum = hex(&migration.checksum);
        on!(tx, |conn| sqlx::query(RECORD)
            .bind(migration.version)
            .bind(&checksum)
            .bind(now)
            .execute(conn)
            .await
            .map(drop))?;
    }
    Ok(())
}

/// A table of the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, in their order.
    pub columns: Vec<Column>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

/// What a column holds, the same on both databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A whole number of 64 bits.
    Integer,
    /// A number with a fraction.
    Real,
    /// Text.
    Text,
    /// Bytes.
    Blob,
}

impl Kind {
    /// By the type that the column was declared with, on either database.
    pub fn of(declared: &str) -> Option<Self> {
        match declared.to_ascii_lowercase().as_str() {
            "integer" | "bigint" => Some(Self::Integer),
            "real" | "double precision" => Some(Self::Real),
            "text" => Some(Self::Text),
            "blob" | "bytea" => Some(Self::Blob),
            _ => None,
        }
    }
}

/// The tables that the first `count` migrations make, by name: asked of an empty database in memory, so that no list is kept
/// by hand. The table of the migrations themselves is not among them.
pub(super) async fn tables(count: usize) -> Result<Vec<Table>> {
    let mut conn = sqlx::SqliteConnection::connect("sqlite::memory:").await?;
    for migration in MIGRATOR.iter().take(count) {
        let text = open_marks(migration.sql.as_str(), "sqlite").into_owned();
        sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut conn).await?;
    }
    const SQL: &str = "
        select tables.name, columns.name, columns.type
        from sqlite_schema as tables, pragma_table_info(tables.name) as columns
        where tables.type = 'table' and tables.name not like 'sqlite!_%' escape '!'
        order by tables.name, columns.cid";
    let rows: Vec<(String, String, String)> = sqlx::query_as(SQL).fetch_all(&mut conn).await?;
    conn.close().await?;
    let mut tables: Vec<Table> = vec![];
    for (table, name, declared) in rows {
        let kind = Kind::of(&declared).ok_or_else(|| {
            tracing::error!(table, name, declared, "a column of a type that the databases do not share");
            Error::Server
        })?;
        let column = Column { name, kind };
        match tables.last_mut().filter(|last| last.name == table) {
            Some(last) => last.columns.push(column),
            None => tables.push(Table { name: table, columns: vec![column] }),
        }
    }
    Ok(tables)
}

/// Each start takes the next node number: two processes that run at once never make the same id.
pub(super) async fn next_node(tx: &mut Tx) -> Result<i64> {
    const SQL: &str = "
        insert into settings (name, value) values ('node', '1')
        on conflict (name) do update set value = cast(cast(settings.value as bigint) + 1 as text)
        returning cast(value as bigint)";
    let node: i64 = on!(tx, |conn| sqlx::query_scalar(SQL).fetch_one(conn).await)?;
    Ok(node % NODES)
}

pub(super) async fn execute(tx: &mut Tx, sql: &'static str) -> Result<()> {
    on!(tx, |conn| sqlx::query(sql).execute(conn).await.map(drop))?;
    Ok(())
}

pub(super) async fn execute_script(tx: &mut Tx, sql: String) -> Result<()> {
    on!(tx, |conn| sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(conn).await.map(drop))?;
    Ok(())
}

/// Opens the comments that are marked for one database: `/*sqlite x*/` becomes `x`.
fn open_marks<'a>(sql: &'a str, database: &str) -> Cow<'a, str> {
    let mark = format!("/*{database} ");
    let mut text = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once(&mark) {
        let (inside, tail) = after.split_once("*/").unwrap_or((after, ""));
        text.push_str(before);
        text.push_str(inside);
        rest = tail;
    }
    if text.is_empty() {
        return Cow::Borrowed(sql);
    }
    text.push_str(rest);
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::on_both;

    #[test]
    fn only_the_marks_of_one_database_are_opened() {
        let sql = "id /*sqlite integer*/ /*postgres bigint*/ -- why\n/*sqlite x*/";
        assert_eq!(open_marks(sql, "sqlite"), "id integer /*postgres bigint*/ -- why\nx");
        assert_eq!(open_marks(sql, "postgres"), "id /*sqlite integer*/ bigint -- why\n/*sqlite x*/");
    }

    on_both! {
        async fn migrating_twice_changes_nothing(test: TestDb) {
            let again = run(&test.db, Timestamp(2)).await.unwrap();
            assert_eq!(again.applied, 0);
            assert_eq!(again.version, MIGRATOR.iter().last().unwrap().version);
        }

        async fn a_database_from_a_newer_program_is_refused(test: TestDb) {
            let mut tx = test.db.begin().await.unwrap();
            execute(&mut tx, "insert into migrations (version, checksum, applied_at) values (999, 'x', 1)").await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(run(&test.db, Timestamp(2)).await, Err(Error::Server));
        }

        async fn each_start_takes_another_node_number(test: TestDb) {
            let mut tx = test.db.begin().await.unwrap();
            let (a, b) = (next_node(&mut tx).await.unwrap(), next_node(&mut tx).await.unwrap());
            assert_ne!(a, b);
        }
    }
}
