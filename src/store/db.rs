//! The two databases behind one door: pools, transactions, and which of the two it is.

use std::{sync::Arc, time::Duration};

use sqlx::{
    ConnectOptions as _, Connection as _, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection,
    SqlitePool, Transaction,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::ids::Ids;
use crate::{
    domain::time::Timestamp,
    error::{Error, Result},
    i18n::Locale,
};

/// A database: SQLite (one writer, several readers on one file) or Postgres. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    pools: Pools,
    ids: Arc<Ids>,
}

#[derive(Clone, Debug)]
enum Pools {
    Sqlite { read: SqlitePool, write: SqlitePool },
    Postgres(PgPool),
}

/// How a pool of connections stands.
#[derive(Clone, Copy, Debug)]
pub struct Connections {
    /// What it is for.
    pub name: &'static str,
    /// Open connections.
    pub open: u32,
    /// Those that nobody uses now.
    pub idle: u32,
    /// The most it opens.
    pub max: u32,
}

/// Statements that belong together: a transaction that must be [`Tx::commit`]ted, or a connection that only reads.
#[derive(Debug)]
pub struct Tx {
    handle: Handle,
    ids: Arc<Ids>,
    reader: Locale,
}

#[derive(Debug)]
enum Handle {
    Sqlite(Transaction<'static, Sqlite>),
    SqliteRead(PoolConnection<Sqlite>),
    Postgres(Transaction<'static, Postgres>),
    PostgresRead(PoolConnection<Postgres>),
}

/// What a statement runs on; only `on!` looks inside.
#[derive(Debug)]
pub enum Connection<'a> {
    /// SQLite.
    Sqlite(&'a mut SqliteConnection),
    /// Postgres.
    Postgres(&'a mut PgConnection),
}

/// How long a statement waits for a connection before the user is told «busy».
const WAIT: Duration = Duration::from_secs(5);
/// How long a write waits for SQLite's one writer: an import of 100,000 lines holds it for some 8 seconds, all or nothing. The
/// browser shows meanwhile what it sent.
const WRITER_WAIT: Duration = Duration::from_secs(15);

/// What is set for each connection to Postgres. Statements are short: machine code or further processes for one would take longer than it.
const SESSION: &str = "set jit = off; set max_parallel_workers_per_gather = 0";

/// A connection to Postgres that was idle for longer is asked whether it still stands.
const FRESH: Duration = Duration::from_secs(2);

impl Db {
    /// Opens `sqlite:PATH` (made if missing) or `postgres://…`. Applies no migration, but needs a migrated database to write:
    /// see [`super::migrate::run`].
    pub async fn open(url: &str) -> Result<Self> {
        let pools = if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let options: PgConnectOptions = url.parse()?;
            // A statement that hangs is given up, so that a sick database does not pile up requests.
            let options =
                options.application_name("modulok").log_slow_statements(log_level(), Duration::from_secs(1));
            let pool = PgPoolOptions::new()
                .max_connections(16)
                .acquire_timeout(WAIT)
                // A connection that was used just now is taken as it is: one round trip fewer.
                .test_before_acquire(false)
                .before_acquire(|connection, meta| {
                    Box::pin(async move { Ok(meta.idle_for < FRESH || connection.ping().await.is_ok()) })
                })
                .after_connect(|connection, _| {
                    Box::pin(async move { sqlx::raw_sql(SESSION).execute(connection).await.map(drop) })
                });
            Pools::Postgres(pool.connect_with(options).await?)
        } else {
            let options: SqliteConnectOptions = url.parse()?;
            let options = options
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(WRITER_WAIT)
                .foreign_keys(true)
                .pragma("temp_store", "memory")
                .pragma("wal_autocheckpoint", "2000")
                .statement_cache_capacity(300)
                .log_slow_statements(log_level(), Duration::from_secs(1));
            // The writer first: it makes the file and turns WAL on.
            let write = SqlitePoolOptions::new()
                .max_connections(1)
                .acquire_timeout(WRITER_WAIT)
                .connect_with(options.clone().pragma("cache_size", "-16000").optimize_on_close(true, None))
                .await?;
            let read = SqlitePoolOptions::new()
                .max_connections(4)
                .acquire_timeout(WAIT)
                // A file does not hang up.
                .test_before_acquire(false)
                .connect_with(options.pragma("cache_size", "-8000").read_only(true))
                .await?;
            Pools::Sqlite { read, write }
        };
        Ok(Self { pools, ids: Arc::new(Ids::new()) })
    }

    /// Begins a transaction that may write. On SQLite it takes the writer's place at once: nothing fails half-way for a lock.
    pub async fn begin(&self) -> Result<Tx> {
        let handle = match &self.pools {
            Pools::Sqlite { write, .. } => Handle::Sqlite(write.begin_with("begin immediate").await?),
            Pools::Postgres(pool) => Handle::Postgres(pool.begin().await?),
        };
        Ok(self.tx(handle))
    }

    /// A connection for reading, with no transaction around it: two round trips fewer.
    pub async fn read(&self) -> Result<Tx> {
        let handle = match &self.pools {
            Pools::Sqlite { read, .. } => Handle::SqliteRead(read.acquire().await?),
            Pools::Postgres(pool) => Handle::PostgresRead(pool.acquire().await?),
        };
        Ok(self.tx(handle))
    }

    /// A transaction that only reads and sees the database as it is at its first statement, whatever others write meanwhile.
    pub async fn snapshot(&self) -> Result<Tx> {
        let handle = match &self.pools {
            Pools::Sqlite { read, .. } => Handle::Sqlite(read.begin().await?),
            Pools::Postgres(pool) => Handle::Postgres(
                pool.begin_with("begin transaction isolation level repeatable read, read only").await?,
            ),
        };
        Ok(self.tx(handle))
    }

    /// How the pools stand.
    pub fn connections(&self) -> Vec<Connections> {
        fn of<D: sqlx::Database>(name: &'static str, pool: &sqlx::Pool<D>) -> Connections {
            let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
            Connections { name, open: pool.size(), idle, max: pool.options().get_max_connections() }
        }
        match &self.pools {
            Pools::Sqlite { read, write } => vec![of("read", read), of("write", write)],
            Pools::Postgres(pool) => vec![of("all", pool)],
        }
    }

    /// A number that changes when another program writes into the same `SQLite` file, such as `modulok tick` or `import`; a new
    /// connection may have another one too. `None` on Postgres, which sends news.
    pub async fn written_elsewhere(&self) -> Result<Option<i64>> {
        const SQL: &str = "pragma data_version";
        match &self.pools {
            // It stays the same for what this very connection writes, and nobody else in this process does.
            Pools::Sqlite { write, .. } => {
                let mut connection = write.acquire().await?;
                Ok(Some(sqlx::query_scalar(SQL).fetch_one(&mut *connection).await?))
            }
            Pools::Postgres(_) => Ok(None),
        }
    }

    fn tx(&self, handle: Handle) -> Tx {
        Tx { handle, ids: Arc::clone(&self.ids), reader: Locale::default() }
    }

    /// After very many rows were written at once: lets Postgres count its tables, and note which rows everybody sees. It does so by
    /// itself a while later; until then a count of a range of an index looks each row up, which takes ten times as long. So it is only
    /// logged where it cannot be done: what was written is there.
    pub async fn settle(&self) {
        if let Err(error) = self.vacuum().await {
            tracing::warn!(?error, "tables are not tidied; Postgres will do it by itself");
        }
    }

    async fn vacuum(&self) -> Result<()> {
        const TABLES: [&str; 6] =
            ["datasheets", "todos", "involvements", "search_words", "status_counts", "events"];
        if let Pools::Postgres(pool) = &self.pools {
            // It takes seconds, which is no cause for a warning.
            let options = PgConnectOptions::clone(&pool.connect_options()).disable_statement_logging();
            let mut connection = options.connect().await?;
            for table in TABLES {
                let sql = sqlx::AssertSqlSafe(format!("vacuum (analyze) {table}"));
                sqlx::raw_sql(sql).execute(&mut connection).await?;
            }
            connection.close().await?;
        }
        Ok(())
    }

    /// The maker of ids. Its node number is taken from the database by [`super::migrate::run`].
    pub fn ids(&self) -> &Ids {
        &self.ids
    }

    /// Whether it is SQLite: one file, one server.
    pub fn is_sqlite(&self) -> bool {
        matches!(self.pools, Pools::Sqlite { .. })
    }

    /// Closes all connections; SQLite's log is folded into its file.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

fn log_level() -> log::LevelFilter {
    log::LevelFilter::Warn
}

impl Tx {
    /// What the next statement runs on.
    pub fn connection(&mut self) -> Connection<'_> {
        match &mut self.handle {
            Handle::Sqlite(tx) => Connection::Sqlite(tx),
            Handle::SqliteRead(connection) => Connection::Sqlite(connection),
            Handle::Postgres(tx) => Connection::Postgres(tx),
            Handle::PostgresRead(connection) => Connection::Postgres(connection),
        }
    }

    /// A new id.
    pub fn new_id(&self, now: Timestamp) -> i64 {
        self.ids.next(now)
    }

    /// Names that come with a fixed module are read in that language from now on.
    pub fn read_in(&mut self, reader: Locale) {
        self.reader = reader;
    }

    /// The language of whoever reads.
    pub fn reader(&self) -> Locale {
        self.reader
    }

    /// Makes it durable.
    pub async fn commit(self) -> Result<()> {
        match self.handle {
            Handle::Sqlite(tx) => tx.commit().await?,
            Handle::Postgres(tx) => tx.commit().await?,
            Handle::SqliteRead(_) | Handle::PostgresRead(_) => {
                tracing::error!("a reading connection cannot be committed");
                return Err(Error::Server);
            }
        }
        Ok(())
    }

    /// Whether it is SQLite.
    pub fn is_sqlite(&self) -> bool {
        matches!(self.handle, Handle::Sqlite(_) | Handle::SqliteRead(_))
    }
}
