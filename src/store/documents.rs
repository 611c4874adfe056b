//! Issued documents and their numbers. Documents are added and read; there is no function that changes or removes one, and
//! triggers of the database refuse it.

use std::collections::BTreeSet;

use super::{Tx, modules, on, processes};
use crate::{
    domain::{
        document::{Day, Document, Kind, series},
        id::{DatasheetId, ModuleId, UserId},
        process::{Process, Settings},
        time::Timestamp,
    },
    error::{Error, Field, Problem, Result},
};

/// A place in a series: the module's, of a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The module.
    pub module: ModuleId,
    /// The series: what stands before the year in its numbers.
    pub series: String,
    /// The year of issue.
    pub year: i32,
    /// Which in the series, from 1 on.
    pub count: i64,
    /// The day of issue: the one asked for, or a later one if that is the day of the number before.
    pub on: Day,
}

/// The series by which other Invoicing modules number or ever numbered, also those in the trash. Two that ask at once wait for
/// each other ([`super::modules::lock_bar`]).
async fn series_of_others(tx: &mut Tx, module: ModuleId) -> Result<BTreeSet<String>> {
    const SET: &str = "select settings from modules where template = $1 and id <> $2";
    const USED: &str = "select distinct series from document_counters where module_id <> $1";
    let word = Process::Invoicing.definition().word;
    let set: Vec<Option<String>> =
        on!(tx, |conn| sqlx::query_scalar(SET).bind(word).bind(module).fetch_all(conn).await)?;
    let used: Vec<String> = on!(tx, |conn| sqlx::query_scalar(USED).bind(module).fetch_all(conn).await)?;
    let mut all: BTreeSet<String> = used.into_iter().collect();
    for text in set {
        let settings = text.as_deref().map(processes::read).transpose()?;
        let Settings::Invoicing(settings) = settings.unwrap_or_else(|| Process::Invoicing.first_settings())
        else {
            continue;
        };
        all.extend([Kind::Invoice, Kind::Proforma].map(|kind| series(&settings.prefix, kind)));
    }
    Ok(all)
}

fn is_free(prefix: &str, others: &BTreeSet<String>) -> bool {
    [Kind::Invoice, Kind::Proforma].iter().all(|kind| !others.contains(&series(prefix, *kind)))
}

/// Refuses a prefix by which another module numbers or ever numbered: the company's numbers are unique. Call
/// [`super::modules::lock_bar`] before.
pub async fn must_be_free(tx: &mut Tx, module: ModuleId, prefix: &str) -> Result<()> {
    if is_free(prefix, &series_of_others(tx, module).await?) {
        Ok(())
    } else {
        Err(Error::invalid(Field::Prefix, Problem::Taken))
    }
}

/// A prefix for a new module that no other has: none, `2-`, `3-`, …
pub async fn free_prefix(tx: &mut Tx, module: ModuleId) -> Result<String> {
    let others = series_of_others(tx, module).await?;
    let mut prefixes = std::iter::once(String::new()).chain((2_u32..).map(|n| format!("{n}-")));
    Ok(prefixes.find(|prefix| is_free(prefix, &others)).unwrap_or_default())
}

/// Takes the next number. Whoever else wants one of that series waits until this transaction ends; when it is rolled back, the
/// number is free again. Refused where an older module has numbers of that series and year.
pub async fn take(tx: &mut Tx, module: ModuleId, series: &str, year: i32, on: Day) -> Result<Place> {
    const SQL: &str = "
        insert into document_counters (module_id, series, year, last, last_on) values ($1, $2, $3, 1, $4)
        on conflict (module_id, series, year) do update set last = document_counters.last + 1,
            last_on = case when excluded.last_on > document_counters.last_on
                then excluded.last_on else document_counters.last_on end
        returning last, last_on";
    // Modules that were set before their prefixes had to differ.
    const OLDER: &str = "
        select module_id from document_counters where series = $1 and year = $2 and module_id < $3 limit 1";
    let older: Option<ModuleId> = on!(tx, |conn| sqlx::query_scalar(OLDER)
        .bind(series)
        .bind(i64::from(year))
        .bind(module)
        .fetch_optional(conn)
        .await)?;
    if older.is_some() {
        return Err(Error::invalid(Field::Prefix, Problem::Taken));
    }
    let (count, last_on): (i64, String) = on!(tx, |conn| sqlx::query_as(SQL)
        .bind(module)
        .bind(series)
        .bind(i64::from(year))
        .bind(String::from(on))
        .fetch_one(conn)
        .await)?;
    let on = Day::try_from(last_on).map_err(|error| {
        tracing::error!(%error, "a counter's day cannot be read");
        Error::Server
    })?;
    Ok(Place { module, series: series.to_owned(), year, count, on })
}

/// An issued document to be stored.
#[derive(Clone, Copy, Debug)]
pub struct NewDocument<'a> {
    /// The datasheet it belongs to.
    pub datasheet: DatasheetId,
    /// Where its number comes from.
    pub place: &'a Place,
    /// What is printed.
    pub document: &'a Document,
    /// When it was issued.
    pub at: Timestamp,
    /// Who issued it.
    pub by: Option<UserId>,
}

/// SHA-256 in hexadecimal digits.
fn hash(content: &str) -> String {
    use sha2::Digest as _;
    super::hex(&sha2::Sha256::digest(content))
}

/// Stores an issued document, once and for ever.
pub async fn add(tx: &mut Tx, new: NewDocument<'_>) -> Result<()> {
    const SQL: &str = "
        insert into documents (datasheet_id, module_id, series, year, count, number, content, hash, issued_at, issued_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let content = serde_json::to_string(new.document).map_err(|error| {
        tracing::error!(%error, "a document cannot be written as JSON");
        Error::Server
    })?;
    on!(tx, |conn| sqlx::query(SQL)
        .bind(new.datasheet)
        .bind(new.place.module)
        .bind(&new.place.series)
        .bind(i64::from(new.place.year))
        .bind(new.place.count)
        .bind(&new.document.number)
        .bind(&content)
        .bind(hash(&content))
        .bind(new.at)
        .bind(new.by)
        .execute(conn)
        .await
        .map(drop))?;
    Ok(())
}

/// The issued document of a datasheet. One that is not as it was written is an error, not a document.
pub async fn get(tx: &mut Tx, datasheet: DatasheetId) -> Result<Option<Document>> {
    const SQL: &str = "select content, hash from documents where datasheet_id = $1";
    let row: Option<(String, String)> =
        on!(tx, |conn| sqlx::query_as(SQL).bind(datasheet).fetch_optional(conn).await)?;
    let Some((content, stored)) = row else { return Ok(None) };
    if hash(&content) != stored {
        tracing::error!(%datasheet, "an issued document is not as it was written");
        return Err(Error::Server);
    }
    serde_json::from_str(&content).map(Some).map_err(|error| {
        tracing::error!(%error, %datasheet, "an issued document cannot be read");
        Error::Server
    })
}

/// Whether a datasheet has an issued document.
pub async fn is_issued(tx: &mut Tx, datasheet: DatasheetId) -> Result<bool> {
    const SQL: &str = "select datasheet_id from documents where datasheet_id = $1";
    let found: Option<DatasheetId> =
        on!(tx, |conn| sqlx::query_scalar(SQL).bind(datasheet).fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// Whether a module has an issued document.
pub async fn any_in(tx: &mut Tx, module: ModuleId) -> Result<bool> {
    const SQL: &str = "select datasheet_id from documents where module_id = $1 limit 1";
    let found: Option<DatasheetId> =
        on!(tx, |conn| sqlx::query_scalar(SQL).bind(module).fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// The Invoicing modules that are not in the trash, or those of them that are ticked for a user, in the order of the bar.
pub async fn modules(tx: &mut Tx, ticked_for: Option<UserId>) -> Result<Vec<(ModuleId, String)>> {
    const ALL: &str = "select id, name, name_is_first from modules where template = $1 and trashed_at is null order by rank, id";
    const TICKED: &str = "
        select m.id, m.name, m.name_is_first from modules m
        join module_access a on a.module_id = m.id and a.user_id = $2
        where m.template = $1 and m.trashed_at is null order by m.rank, m.id";
    let word = Process::Invoicing.definition().word;
    let rows: Vec<(ModuleId, String, i64)> = match ticked_for {
        None => on!(tx, |conn| sqlx::query_as(ALL).bind(word).fetch_all(conn).await),
        Some(user) => on!(tx, |conn| sqlx::query_as(TICKED).bind(word).bind(user).fetch_all(conn).await),
    }?;
    let read = |name, is_first| modules::name_read(tx.reader(), word, name, is_first);
    Ok(rows.into_iter().map(|(id, name, is_first)| (id, read(name, is_first))).collect())
}
