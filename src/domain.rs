//! What a CRM of modules is: its words, rules and arithmetic.
//!
//! Deliberately absent: any framework, any database, any clock, any randomness. Time, ids and the user are arguments.

pub mod adviser;
pub mod bucket;
pub mod calendar;
pub mod comment;
pub mod contact;
pub mod datasheet;
pub mod document;
pub mod due;
pub mod edit;
pub mod field;
pub mod file;
pub mod filter;
pub mod funnel;
pub mod history;
pub mod ical;
pub mod id;
pub mod import;
pub mod lines;
pub mod module;
pub mod money;
pub mod my_day;
pub mod process;
pub mod rank;
pub mod recurrence;
pub mod relation;
pub mod status;
pub mod status_name;
pub mod text;
pub mod time;
pub mod todo;
pub mod todo_template;
pub mod trash;
pub mod user;
pub mod zone;

#[cfg(test)]
#[cfg(feature = "ssr")]
mod every_zone;
