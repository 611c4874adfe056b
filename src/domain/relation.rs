//! Related datasheets: pairs, with what the one is to the other.

use serde::{Deserialize, Serialize};

use super::{
    id::{DatasheetId, RelationId},
    status::{Color, StatusGroup},
    status_name::StatusName,
    text::line,
};
use crate::error::{Field, Invalid};

/// The longest description of a relation, in characters.
pub const ABOUT_MAX: u32 = 200;

/// With how many others a datasheet can be related.
pub const RELATED_MAX: u32 = 100;

/// How many datasheets a search offers.
pub const OFFERED: usize = 10;

/// A datasheet that another one is related with, as the page of that one shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Related {
    /// The relation.
    pub id: RelationId,
    /// What the one is to the other, in the words of who linked them; may be empty.
    pub about: String,
    /// Counts the changes of the relation.
    pub version: i64,
    /// The datasheet.
    pub datasheet: DatasheetId,
    /// Its name.
    pub name: String,
    /// The name of its module.
    pub module: String,
    /// The name of its status.
    pub status: StatusName,
    /// The group of that.
    pub group: StatusGroup,
    /// The colour of that.
    pub color: Color,
    /// Whether it is in the trash.
    pub trashed: bool,
}

/// A datasheet that a search offers to be linked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// Which it is.
    pub datasheet: DatasheetId,
    /// Its name.
    pub name: String,
    /// Whom it is about.
    pub contact: Option<String>,
    /// The name of its module.
    pub module: String,
}

/// The description of a relation as it is stored: a line, or nothing.
pub fn about(text: &str) -> Result<String, Invalid> {
    if text.trim().is_empty() { Ok(String::new()) } else { line(Field::Relation, text, ABOUT_MAX) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Problem;

    #[test]
    fn a_description_is_a_line_or_nothing() {
        assert_eq!(about(" \n "), Ok(String::new()));
        assert_eq!(about("  előzménye "), Ok("előzménye".to_owned()));
        let long = about(&"á".repeat(201)).map_err(|invalid| (invalid.field, invalid.problem));
        assert_eq!(long, Err((Field::Relation, Problem::TooLong(200))));
    }
}
