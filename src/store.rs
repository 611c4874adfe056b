//! All SQL. One text for SQLite and Postgres; functions take [`Tx`] and return domain types.
//!
//! Deliberately absent: HTTP, the viewer's rights, a clock. No `sqlx` type leaves this module.
//!
//! To add a function: write `const SQL` beside it with `$1…` placeholders, wrap the whole call in [`on!`], test it with
//! [`on_both!`]. What differs between the databases: integers are `bigint`, so write `cast(… as bigint)` around `count`
//! and `sum`; text that is ordered or ranged over has collation "C" on Postgres; error kinds are alike, constraint names are not.

pub mod accounts;
pub mod api_tokens;
pub mod backup;
pub mod bulk;
pub mod calendar;
pub mod comments;
pub mod contacts;
pub mod datasheets;
pub mod db;
pub mod documents;
pub mod events;
pub mod fields;
pub mod files;
pub mod funnel;
pub mod ids;
pub mod imports;
pub mod list;
pub mod merges;
pub mod migrate;
pub mod modules;
pub mod my_day;
pub mod processes;
pub mod relations;
pub mod requests;
pub mod sessions;
mod sight;
pub mod sign_in_limits;
pub mod sign_in_links;
pub mod statuses;
pub mod todo_templates;
pub mod todos;
pub mod trash;
pub mod undo;
pub mod users;
pub mod webshop;

pub use db::{Db, Tx};

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Runs one statement on whichever database the transaction belongs to. The body is compiled for both drivers.
macro_rules! on {
    ($tx:expr, |$conn:ident| $body:expr) => {
        match $tx.connection() {
            $crate::store::db::Connection::Sqlite($conn) => $body,
            $crate::store::db::Connection::Postgres($conn) => $body,
        }
    };
}
pub(crate) use on;

/// A statement with its limit written in: of a bound one the database does not know how little is wanted when it plans, and
/// SQLite plans such a statement anew each time. Callers have a handful of limits.
pub(crate) fn limited(sql: &str, limit: i64) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!("{sql} limit {limit}"))
}

/// Pushes what follows an `in (`: the values and the bracket. There is at least one.
pub(crate) fn push_list<'v, D, V>(query: &mut sqlx::QueryBuilder<D>, values: impl IntoIterator<Item = V>)
where
    D: sqlx::Database,
    V: sqlx::Encode<'v, D> + sqlx::Type<D>,
{
    let mut list = query.separated(", ");
    for value in values {
        list.push_bind(value);
    }
    query.push(")");
}

#[cfg(test)]
pub mod testing;
