//! Databases for tests: a new one each, of both kinds.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::Connection as _;

use super::{Db, migrate};
use crate::domain::time::Timestamp;

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
