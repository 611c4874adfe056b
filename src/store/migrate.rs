//! Migrations: all that are missing, in one transaction; both databases from one text.

use std::borrow::Cow;

use sqlx::migrate::Migrator;

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
    if !tx.is_sqlite() {
        // Several servers may start at once; the number is ours alone.
        execute(&mut tx, "select pg_advisory_xact_lock(7463546131)").await?;
    }
    execute(
        &mut tx,
        "create table if not exists migrations (version bigint not null primary key, checksum text not null, applied_at bigint not null)",
    )
    .await?;
    const DONE: &str = "select version, checksum from migrations order by version";
    let done: Vec<(i64, String)> = on!(tx, |conn| sqlx::query_as(DONE).fetch_all(conn).await)?;
    let known: Vec<(i64, String)> =
        MIGRATOR.iter().map(|migration| (migration.version, hex(&migration.checksum))).collect();
    if !known.starts_with(&done) {
        tracing::error!(?done, ?known, "the database was made by another or newer version of this program");
        return Err(Error::Server);
    }
    for migration in MIGRATOR.iter().skip(done.len()) {
        let sql = migration.sql.as_str();
        let text = open_marks(sql, if tx.is_sqlite() { "sqlite" } else { "postgres" });
        execute_script(&mut tx, text.into_owned()).await?;
        const RECORD: &str = "insert into migrations (version, checksum, applied_at) values ($1, $2, $3)";
        let checksum = hex(&migration.checksum);
        on!(tx, |conn| sqlx::query(RECORD)
            .bind(migration.version)
            .bind(&checksum)
            .bind(now)
            .execute(conn)
            .await
            .map(drop))?;
    }
    let node = next_node(&mut tx).await?;
    tx.commit().await?;
    db.ids().set_node(node);
    Ok(Migrated {
        applied: known.len() - done.len(),
        version: known.last().map_or(0, |(version, _)| *version),
    })
}

/// Each start takes the next node number: two processes that run at once never make the same id.
async fn next_node(tx: &mut Tx) -> Result<i64> {
    const SQL: &str = "
        insert into settings (name, value) values ('node', '1')
        on conflict (name) do update set value = cast(cast(settings.value as bigint) + 1 as text)
        returning cast(value as bigint)";
    let node: i64 = on!(tx, |conn| sqlx::query_scalar(SQL).fetch_one(conn).await)?;
    Ok(node % NODES)
}

async fn execute(tx: &mut Tx, sql: &'static str) -> Result<()> {
    on!(tx, |conn| sqlx::query(sql).execute(conn).await.map(drop))?;
    Ok(())
}

async fn execute_script(tx: &mut Tx, sql: String) -> Result<()> {
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
            assert_eq!(again.version, 1);
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
