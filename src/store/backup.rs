//! A whole database as a stream of lines, and back: written from one and read into another, of the same kind or not.
//!
//! A backup is lines of JSON. The first says which migrations made the schema. Then comes, for each table, a line that names
//! its columns, and a line for each row: an array of numbers, texts and nulls. The last line counts the rows and holds the
//! SHA-256 of all lines before it: what is cut off or changed is not taken for whole.
//!
//! The tables are those that the migrations make, so a new table needs nothing here. What lies outside the database (the bytes
//! of files) follows the tables: a [`Mark`] that names the content by its hash and says its length, then its bytes and a line end.
//!
//! Deliberately absent: compression and files, which are the command's (`server::backup`).

use std::{
    collections::BTreeMap,
    io::{self, BufRead, Read as _, Write},
};

use futures::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, QueryBuilder, Row as _};

use super::{
    Db, Tx, hex,
    migrate::{self, Kind, Table},
    on,
};
use crate::{
    domain::time::Timestamp,
    error::{Error, Result},
};

/// The form of the lines; raised when an older program could not read them.
const FORMAT: u32 = 2;

/// Tables that no backup holds. The migrations are in its first line. Sessions and one-time links open the application to whoever
/// holds them: a restored copy is signed in to anew, and a backup in wrong hands opens nothing. Tries of sign-in are over soon.
const LEFT_OUT: [&str; 4] = ["migrations", "sessions", "sign_in_limits", "sign_in_links"];

/// Where the database counts its starts: a restored one goes on from there, so that new ids are new.
const SETTINGS: &str = "settings";

/// The longest line that is read, in bytes: a damaged file must not fill the memory.
const LINE_MAX: u64 = 64 * 1024 * 1024;
/// How many values one statement binds at most.
const BINDS: usize = 10_000;
/// How many rows there are between two reports of progress.
const REPORT: u64 = 50_000;

/// Why a backup was not written or not restored.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database.
    #[error(transparent)]
    Database(#[from] Error),
    /// The file.
    #[error("{0}")]
    File(#[from] io::Error),
    /// The folder of files.
    #[error("the folder of files cannot be written: {0}")]
    Contents(io::Error),
    /// There is no database of ours.
    #[error("there is no database of Modulok")]
    NoDatabase,
    /// The database was made by a newer program, or by another one.
    #[error("the database was made by a newer or another version of this program")]
    OtherDatabase,
    /// It is no backup.
    #[error("it is not a backup of Modulok")]
    NoBackup,
    /// The backup was made by a newer program.
    #[error(
        "the backup was made by a newer version of this program (schema {theirs}; this one knows {ours}): restore it with that version"
    )]
    NewerBackup {
        /// The schema of the backup.
        theirs: i64,
        /// The newest schema that this program knows.
        ours: i64,
    },
    /// The lines of the backup are of a newer form.
    #[error("the backup was made by a newer version of this program: restore it with that version")]
    NewerFormat,
    /// The schema of the backup is not one that this program had.
    #[error("the backup's schema is none of this program's")]
    OtherBackup,
    /// The backup is not as it was written; what is wrong.
    #[error("the backup is damaged: {0}")]
    Damaged(String),
    /// The database to restore into has data.
    #[error("the database is not empty ({0} has rows): restore into a new one")]
    NotEmpty(String),
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

fn damaged(what: impl Into<String>) -> Fault {
    Fault::Damaged(what.into())
}

/// A line that is not a row.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mark {
    /// The first line.
    Modulok(Head),
    /// A table begins.
    Table(TableHead),
    /// The bytes of a file follow.
    Content(ContentHead),
    /// The last line.
    End(End),
}

#[derive(Serialize, Deserialize)]
struct ContentHead {
    sha256: String,
    size: u64,
}

/// Where the bytes of files lie.
pub trait Contents: Sync {
    /// The bytes of that SHA-256.
    fn get(&self, sha256: &str) -> io::Result<Vec<u8>>;

    /// Puts them there.
    fn put(&self, sha256: &str, bytes: &[u8]) -> io::Result<()>;
}

#[derive(Serialize, Deserialize)]
struct Head {
    format: u32,
    at: Timestamp,
    migrations: Vec<(i64, String)>,
}

#[derive(Serialize, Deserialize)]
struct TableHead {
    name: String,
    columns: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct End {
    rows: BTreeMap<String, u64>,
    sha256: String,
}

/// How many rows there are, by table.
pub type Rows = BTreeMap<String, u64>;

/// How far it is: the table, and how many of its rows are done.
pub type Progress<'a> = &'a mut dyn FnMut(&str, u64);

/// Writes all of a database as it is at one moment, while others go on writing; answers how many rows of which table.
/// The database is left as it is: it is not migrated either.
///
/// The bytes of a file that cannot be had are left out and logged: one lost file is no reason to have no backup.
pub async fn write(
    db: &Db,
    contents: &dyn Contents,
    to: impl Write,
    now: Timestamp,
    progress: Progress<'_>,
) -> Result<Rows, Fault> {
    let mut tx = db.snapshot().await?;
    if !has_migrations(&mut tx).await? {
        return Err(Fault::NoDatabase);
    }
    let migrations = migrate::done(&mut tx).await?;
    if !migrate::known().starts_with(&migrations) {
        return Err(Fault::OtherDatabase);
    }
    let tables = migrate::tables(migrations.len()).await?;
    let mut lines = Lines { to, hash: Sha256::new() };
    lines.mark(&Mark::Modulok(Head { format: FORMAT, at: now, migrations }))?;
    let mut rows = Rows::new();
    for table in tables.into_iter().filter(|table| !LEFT_OUT.contains(&table.name.as_str())) {
        let columns = table.columns.iter().map(|column| column.name.clone()).collect();
        lines.mark(&Mark::Table(TableHead { name: table.name.clone(), columns }))?;
        let n = write_rows(&mut tx, &table, &mut lines, progress).await?;
        progress(&table.name, n);
        rows.insert(table.name, n);
    }
    if rows.contains_key("files") {
        const HASHES: &str = "select distinct hash from files order by hash";
        let hashes: Vec<String> = on!(tx, |conn| sqlx::query_scalar(HASHES).fetch_all(conn).await)?;
        for (n, hash) in (1..).zip(hashes) {
            match contents.get(&hash) {
                Ok(bytes) if hex(&Sha256::digest(&bytes)) == hash => {
                    lines.mark(&Mark::Content(ContentHead { sha256: hash, size: bytes.len() as u64 }))?;
                    lines.line(&bytes)?;
                    lines.line(b"\n")?;
                }
                Ok(_) => tracing::error!(hash, "the bytes of a file are not what they were: left out"),
                Err(error) => tracing::error!(hash, %error, "the bytes of a file are missing: left out"),
            }
            if n % 100 == 0 {
                progress("bytes of files", n);
            }
        }
    }
    let sha256 = hex(&lines.hash.clone().finalize());
    lines.mark(&Mark::End(End { rows: rows.clone(), sha256 }))?;
    lines.to.flush()?;
    Ok(rows)
}

/// Where the lines go, and the hash of those that went.
struct Lines<W> {
    to: W,
    hash: Sha256,
}

impl<W: Write> Lines<W> {
    fn line(&mut self, line: &[u8]) -> io::Result<()> {
        self.hash.update(line);
        self.to.write_all(line)
    }

    fn mark(&mut self, mark: &Mark) -> io::Result<()> {
        let mut line = serde_json::to_vec(mark)?;
        line.push(b'\n');
        self.line(&line)
    }
}

async fn write_rows(
    tx: &mut Tx,
    table: &Table,
    lines: &mut Lines<impl Write>,
    progress: Progress<'_>,
) -> Result<u64, Fault> {
    let sql = format!("select {} from \"{}\"", names(table), table.name);
    let mut n = 0;
    let mut line = vec![];
    on!(tx, |conn| {
        let mut rows = sqlx::query(AssertSqlSafe(sql)).persistent(false).fetch(conn);
        while let Some(row) = rows.try_next().await? {
            line.clear();
            for (i, column) in table.columns.iter().enumerate() {
                line.push(if i == 0 { b'[' } else { b',' });
                match column.kind {
                    Kind::Integer => serde_json::to_writer(&mut line, &row.try_get::<Option<i64>, _>(i)?),
                    // As text: JSON's numbers are not read to the last bit.
                    Kind::Real => {
                        let value: Option<f64> = row.try_get(i)?;
                        serde_json::to_writer(&mut line, &value.map(|value| value.to_string()))
                    }
                    Kind::Text => serde_json::to_writer(&mut line, &row.try_get::<Option<&str>, _>(i)?),
                    Kind::Blob => {
                        let value: Option<&[u8]> = row.try_get(i)?;
                        serde_json::to_writer(&mut line, &value.map(hex))
                    }
                }
                .map_err(io::Error::from)?;
            }
            line.extend_from_slice(b"]\n");
            lines.line(&line)?;
            n += 1;
            if n % REPORT == 0 {
                progress(&table.name, n);
            }
        }
    });
    Ok(n)
}

/// The columns' names for a statement.
fn names(table: &Table) -> String {
    table.columns.iter().map(|column| format!("\"{}\"", column.name)).collect::<Vec<_>>().join(", ")
}

/// Reads a backup into an empty database, all or nothing: one that was never migrated, or has no rows. The backup's schema is
/// made first and then brought to this program's, as that of any older database. The ids made afterwards are new.
pub async fn restore(
    db: &Db,
    contents: &dyn Contents,
    from: impl BufRead,
    now: Timestamp,
    progress: Progress<'_>,
) -> Result<Rows, Fault> {
    let mut source = Source { from, hash: Sha256::new(), line: vec![] };
    let head = source.head()?;
    let known = migrate::known();
    if !known.starts_with(&head.migrations) {
        let newest = |migrations: &[(i64, String)]| migrations.last().map_or(0, |(version, _)| *version);
        let (theirs, ours) = (newest(&head.migrations), newest(&known));
        return Err(if theirs > ours { Fault::NewerBackup { theirs, ours } } else { Fault::OtherBackup });
    }

    let mut tx = db.begin().await?;
    migrate::lock(&mut tx).await?;
    remove_empty_tables(&mut tx, &known).await?;
    migrate::prepare(&mut tx).await?;
    migrate::apply(&mut tx, 0..head.migrations.len(), now).await?;
    let keys = suspend_foreign_keys(&mut tx).await?;

    let tables = migrate::tables(head.migrations.len()).await?;
    for table in &tables {
        // A migration may have put rows there.
        execute(&mut tx, format!("delete from \"{}\"", table.name)).await?;
    }
    let rows = load(&mut tx, &tables, contents, &mut source, progress).await?;

    for key in keys {
        execute(&mut tx, key).await?;
    }
    migrate::apply(&mut tx, head.migrations.len()..known.len(), now).await?;
    let node = migrate::next_node(&mut tx).await?;
    tx.commit().await?;
    db.ids().set_node(node);
    Ok(rows)
}

/// Takes away the tables of an empty database, so that the backup's schema can be made; refuses when one has rows.
async fn remove_empty_tables(tx: &mut Tx, known: &[(i64, String)]) -> Result<(), Fault> {
    if !has_migrations(tx).await? {
        return Ok(());
    }
    let done = migrate::done(tx).await?;
    if !known.starts_with(&done) {
        return Err(Fault::OtherDatabase);
    }
    let tables = migrate::tables(done.len()).await?;
    for table in tables.iter().filter(|table| table.name != SETTINGS) {
        let sql =
            format!("select cast(count(*) as bigint) from (select 1 from \"{}\" limit 1) as one", table.name);
        let n: i64 = on!(tx, |conn| sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(conn).await)?;
        if n > 0 {
            return Err(Fault::NotEmpty(table.name.clone()));
        }
    }
    let names: Vec<String> = tables.iter().map(|table| format!("\"{}\"", table.name)).collect();
    if tx.is_sqlite() {
        for name in names {
            execute(tx, format!("drop table {name}")).await?;
        }
    } else if !names.is_empty() {
        // At once: they refer to each other.
        execute(tx, format!("drop table {}", names.join(", "))).await?;
    }
    execute(tx, "drop table migrations".to_owned()).await
}

/// Lets rows come before those that they refer to, until the commit on `SQLite`; on Postgres until the answered statements are run.
async fn suspend_foreign_keys(tx: &mut Tx) -> Result<Vec<String>, Fault> {
    if tx.is_sqlite() {
        execute(tx, "pragma defer_foreign_keys = on".to_owned()).await?;
        return Ok(vec![]);
    }
    const SQL: &str = "
        select cast(conrelid as regclass)::text, conname::text, pg_get_constraintdef(oid)
        from pg_constraint
        where contype = 'f' and connamespace = cast(current_schema() as regnamespace)
        order by conname";
    let keys: Vec<(String, String, String)> = on!(tx, |conn| sqlx::query_as(SQL).fetch_all(conn).await)?;
    let mut again = vec![];
    for (table, name, definition) in keys {
        execute(tx, format!("alter table {table} drop constraint \"{name}\"")).await?;
        again.push(format!("alter table {table} add constraint \"{name}\" {definition}"));
    }
    Ok(again)
}

async fn execute(tx: &mut Tx, sql: String) -> Result<(), Fault> {
    on!(tx, |conn| sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await.map(drop))?;
    Ok(())
}

async fn has_migrations(tx: &mut Tx) -> Result<bool> {
    const SQLITE: &str = "select count(*) from sqlite_schema where type = 'table' and name = 'migrations'";
    const POSTGRES: &str = "
        select count(*) from information_schema.tables
        where table_schema = current_schema() and table_name = 'migrations'";
    let sql = if tx.is_sqlite() { SQLITE } else { POSTGRES };
    let n: i64 = on!(tx, |conn| sqlx::query_scalar(sql).fetch_one(conn).await)?;
    Ok(n > 0)
}

/// Reads all tables and the end.
async fn load(
    tx: &mut Tx,
    tables: &[Table],
    contents: &dyn Contents,
    source: &mut Source<impl BufRead>,
    progress: Progress<'_>,
) -> Result<Rows, Fault> {
    let mut rows = Rows::new();
    let mut table: Option<&Table> = None;
    let mut waiting: Vec<Vec<Value>> = vec![];
    loop {
        let hash = source.hash.clone();
        if !source.next()? {
            return Err(damaged("its end is missing"));
        }
        if source.line.starts_with(b"[") {
            let table = table.ok_or_else(|| damaged("a row stands before the first table"))?;
            let row: Vec<Value> = serde_json::from_slice(&source.line)
                .map_err(|error| damaged(format!("a row of {}: {error}", table.name)))?;
            if row.len() != table.columns.len() {
                return Err(damaged(format!("a row of {} has {} values", table.name, row.len())));
            }
            waiting.push(row);
            let n = rows.entry(table.name.clone()).or_default();
            *n += 1;
            if (waiting.len() + 1) * table.columns.len() > BINDS {
                insert(tx, table, &waiting).await?;
                waiting.clear();
            }
            if n.is_multiple_of(REPORT) {
                progress(&table.name, *n);
            }
            continue;
        }
        if let Some(table) = table {
            insert(tx, table, &waiting).await?;
            waiting.clear();
            progress(&table.name, rows.get(&table.name).copied().unwrap_or_default());
        }
        match source.mark()? {
            Mark::Table(head) => {
                let known = tables.iter().find(|known| known.name == head.name);
                let known = known.ok_or_else(|| damaged(format!("a table {} is unknown", head.name)))?;
                if !known.columns.iter().map(|column| &column.name).eq(&head.columns) {
                    return Err(damaged(format!("the columns of {} are others", head.name)));
                }
                if rows.insert(head.name.clone(), 0).is_some() {
                    return Err(damaged(format!("the table {} comes twice", head.name)));
                }
                table = Some(known);
            }
            // Those of a restore that fails later belong to nothing and are cleaned away.
            Mark::Content(head) => {
                table = None;
                let bytes = source.bytes(head.size)?;
                if hex(&Sha256::digest(&bytes)) != head.sha256 {
                    return Err(damaged("the bytes of a file are not what was written"));
                }
                contents.put(&head.sha256, &bytes).map_err(|error| {
                    tracing::error!(%error, "the folder of files cannot be written");
                    Fault::Contents(error)
                })?;
            }
            Mark::End(end) => {
                if end.rows != rows {
                    return Err(damaged("rows are missing"));
                }
                if end.sha256 != hex(&hash.finalize()) {
                    return Err(damaged("its content is not what was written"));
                }
                if source.next()? {
                    return Err(damaged("something follows its end"));
                }
                return Ok(rows);
            }
            Mark::Modulok(_) => return Err(damaged("it begins twice")),
        }
    }
}

async fn insert(tx: &mut Tx, table: &Table, rows: &[Vec<Value>]) -> Result<(), Fault> {
    if rows.is_empty() {
        return Ok(());
    }
    let cells = |row: &Vec<Value>| -> Result<Vec<Cell>, Fault> {
        table.columns.iter().zip(row).map(|(column, value)| cell(&table.name, column, value)).collect()
    };
    let rows = rows.iter().map(cells).collect::<Result<Vec<_>, _>>()?;
    on!(tx, |conn| {
        let mut query = QueryBuilder::new(format!("insert into \"{}\" ({}) ", table.name, names(table)));
        query.push_values(rows, |mut places, row| {
            for cell in row {
                match cell {
                    Cell::Integer(value) => places.push_bind(value),
                    Cell::Real(value) => places.push_bind(value),
                    Cell::Text(value) => places.push_bind(value),
                    Cell::Blob(value) => places.push_bind(value),
                };
            }
        });
        query.build().persistent(false).execute(conn).await.map(drop)
    })?;
    Ok(())
}

/// A value of its column's kind.
enum Cell {
    Integer(Option<i64>),
    Real(Option<f64>),
    Text(Option<String>),
    Blob(Option<Vec<u8>>),
}

fn cell(table: &str, column: &migrate::Column, value: &Value) -> Result<Cell, Fault> {
    let wrong = || damaged(format!("a value of {table}.{}", column.name));
    let text = || match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.as_str())),
        _ => Err(wrong()),
    };
    Ok(match column.kind {
        Kind::Integer if value.is_null() => Cell::Integer(None),
        Kind::Integer => Cell::Integer(Some(value.as_i64().ok_or_else(wrong)?)),
        Kind::Real => Cell::Real(text()?.map(str::parse).transpose().map_err(|_| wrong())?),
        Kind::Text => Cell::Text(text()?.map(str::to_owned)),
        Kind::Blob => Cell::Blob(text()?.map(|text| unhex(text).ok_or_else(wrong)).transpose()?),
    })
}

/// The bytes that hexadecimal digits stand for.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

/// Where the lines come from, the hash of those that were read, and the last of them.
struct Source<R> {
    from: R,
    hash: Sha256,
    line: Vec<u8>,
}

impl<R: BufRead> Source<R> {
    /// Reads the next line; `false` at the end.
    fn next(&mut self) -> Result<bool, Fault> {
        self.line.clear();
        let read = self.from.by_ref().take(LINE_MAX).read_until(b'\n', &mut self.line);
        read.map_err(|error| match error.kind() {
            // What the compression says of bytes that it did not write.
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
                damaged(format!("it cannot be unpacked to its end ({error})"))
            }
            _ => Fault::File(error),
        })?;
        self.hash.update(&self.line);
        if self.line.is_empty() {
            return Ok(false);
        }
        if self.line.pop() == Some(b'\n') { Ok(true) } else { Err(damaged("a line has no end")) }
    }

    /// Reads so many bytes and the end of their line.
    fn bytes(&mut self, size: u64) -> Result<Vec<u8>, Fault> {
        let mut bytes = vec![];
        self.from
            .by_ref()
            .take(size.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| damaged(format!("it cannot be unpacked to its end ({error})")))?;
        self.hash.update(&bytes);
        if bytes.pop() == Some(b'\n') && bytes.len() as u64 == size {
            Ok(bytes)
        } else {
            Err(damaged("the bytes of a file are cut off"))
        }
    }

    fn mark(&self) -> Result<Mark, Fault> {
        serde_json::from_slice(&self.line).map_err(|error| damaged(format!("a line cannot be read: {error}")))
    }

    /// The first line. Its format is looked at first: what else a newer program writes there is not known.
    fn head(&mut self) -> Result<Head, Fault> {
        match self.next() {
            Ok(true) => {}
            Err(Fault::File(error)) => return Err(Fault::File(error)),
            Ok(false) | Err(_) => return Err(Fault::NoBackup),
        }
        let value: Value = serde_json::from_slice(&self.line).map_err(|_| Fault::NoBackup)?;
        let format = value.pointer("/modulok/format").and_then(Value::as_u64).ok_or(Fault::NoBackup)?;
        if format > u64::from(FORMAT) {
            return Err(Fault::NewerFormat);
        }
        match self.mark()? {
            Mark::Modulok(head) => Ok(head),
            Mark::Table(_) | Mark::Content(_) | Mark::End(_) => Err(Fault::NoBackup),
        }
    }
}

/// A place with nothing in it.
#[cfg(test)]
pub struct Nowhere;

#[cfg(test)]
impl Contents for Nowhere {
    fn get(&self, _: &str) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn put(&self, _: &str, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::store::testing::{NOW, on_both};

    /// Each column of the database: table, name, type; as the database itself tells, but for the migrations.
    async fn columns(db: &Db) -> Vec<(String, String, String)> {
        const SQLITE: &str = "
            select tables.name, columns.name, columns.type
            from sqlite_schema as tables, pragma_table_info(tables.name) as columns
            where tables.type = 'table' and tables.name not like 'sqlite!_%' escape '!'";
        const POSTGRES: &str = "
            select table_name::text, column_name::text, data_type::text
            from information_schema.columns where table_schema = current_schema()";
        let mut tx = db.read().await.unwrap();
        let sql = if tx.is_sqlite() { SQLITE } else { POSTGRES };
        on!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await).unwrap()
    }

    on_both! {
        async fn every_table_and_column_is_in_the_backup(test: TestDb) {
            let mut bytes = vec![];
            let rows = write(&test.db, &Nowhere, &mut bytes, NOW, &mut |_, _| {}).await.unwrap();
            let found = columns(&test.db).await;
            let tables: BTreeSet<&str> = found.iter().map(|(table, _, _)| table.as_str()).collect();
            let kept: BTreeSet<&str> = rows.keys().map(String::as_str).chain(LEFT_OUT).collect();
            assert_eq!(tables, kept);

            let known = migrate::tables(migrate::known().len()).await.unwrap();
            let known: BTreeSet<(&str, &str, Kind)> = known
                .iter()
                .flat_map(|table| table.columns.iter().map(|column| (table.name.as_str(), column.name.as_str(), column.kind)))
                .collect();
            let found: BTreeSet<(&str, &str, Kind)> = found
                .iter()
                .filter(|(table, _, _)| table != "migrations")
                .map(|(table, name, declared)| {
                    let kind = Kind::of(declared).unwrap_or_else(|| panic!("{table}.{name} is {declared}"));
                    (table.as_str(), name.as_str(), kind)
                })
                .collect();
            assert_eq!(found, known);
        }

        async fn a_backup_of_an_older_schema_is_brought_to_this_one(test: TestDb) {
            let folder = tempfile::tempdir().unwrap();
            let old = Db::open(&format!("sqlite:{}", folder.path().join("old.sqlite").display())).await.unwrap();
            let mut tx = old.begin().await.unwrap();
            migrate::prepare(&mut tx).await.unwrap();
            migrate::apply(&mut tx, 0..migrate::known().len() - 1, NOW).await.unwrap();
            tx.commit().await.unwrap();
            let mut bytes = vec![];
            write(&old, &Nowhere, &mut bytes, NOW, &mut |_, _| {}).await.unwrap();
            restore(&test.db, &Nowhere, &bytes[..], NOW, &mut |_, _| {}).await.unwrap();
            assert_eq!(migrate::run(&test.db, NOW).await.unwrap().applied, 0);
        }

        async fn reals_bytes_and_nulls_come_back_bit_by_bit(test: TestDb) {
            let (real, bytes) = if test.db.is_sqlite() { ("real", "blob") } else { ("double precision", "bytea") };
            let mut tx = test.db.begin().await.unwrap();
            execute(&mut tx, format!("create table odd (a {real}, b {bytes}, c text, d bigint)")).await.unwrap();
            let kinds = [("a", Kind::Real), ("b", Kind::Blob), ("c", Kind::Text), ("d", Kind::Integer)];
            let columns = kinds.map(|(name, kind)| migrate::Column { name: name.to_owned(), kind }).to_vec();
            let table = Table { name: "odd".to_owned(), columns };
            let rows = [
                r#"["0.1","00ff10","Őr \"x\"\n",9007199254740993]"#,
                r#"["-1.7976931348623157e308","",null,-9223372036854775808]"#,
                "[null,null,\"\",null]",
            ];
            let values: Vec<Vec<Value>> = rows.iter().map(|row| serde_json::from_str(row).unwrap()).collect();
            insert(&mut tx, &table, &values).await.unwrap();
            let mut lines = Lines { to: vec![], hash: Sha256::new() };
            assert_eq!(write_rows(&mut tx, &table, &mut lines, &mut |_, _| {}).await.unwrap(), 3);
            let written: Vec<Vec<Value>> = lines.to.split(|byte| *byte == b'\n').filter(|line| !line.is_empty())
                .map(|line| serde_json::from_slice(line).unwrap()).collect();
            let real = |row: &Vec<Value>| row[0].as_str().map(|text| text.parse::<f64>().unwrap().to_bits());
            for (was, is) in values.iter().zip(&written) {
                assert_eq!(real(was), real(is));
                assert_eq!(was[1..], is[1..]);
            }
        }
    }
}
