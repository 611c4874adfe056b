//! The wire: every server function, nothing else. Each one is a public endpoint: it checks the session and the right itself,
//! in its own body, and a write is one transaction with its history entry and its idempotency key.

#![expect(
    missing_docs,
    reason = "`#[server]` makes a struct of the arguments, whose fields cannot carry docs"
)]

pub mod calendar;
#[cfg(feature = "ssr")]
pub mod changes;
pub mod comments;
#[cfg(feature = "ssr")]
pub mod contact_changes;
pub mod contacts;
pub mod datasheets;
#[cfg(feature = "ssr")]
pub mod field_changes;
pub mod fields;
pub mod files;
pub mod imports;
pub mod modules;
pub mod my_day;
#[cfg(feature = "ssr")]
pub mod process_moves;
pub mod processes;
pub mod relations;
#[cfg(feature = "ssr")]
pub mod request;
pub mod session;
pub mod statuses;
pub mod todo_templates;
pub mod todos;
pub mod tokens;
pub mod trash;
#[cfg(feature = "ssr")]
pub mod tree_changes;
pub mod users;

use serde::{Deserialize, Serialize};

/// A write's idempotency key: made anew by the browser for each thing the user does, sent again when no answer came.
/// The same key twice has one effect and the same answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(pub String);

impl Key {
    /// The longest key taken, in bytes.
    pub const MAX: usize = 64;
}
