//! Comments on a datasheet, and the people mentioned in them.

use serde::{Deserialize, Serialize};

use super::{
    id::{DatasheetId, EventId, TodoId, UserId},
    text::lines,
    time::Timestamp,
    user::Person,
};
use crate::error::{Field, Invalid};

/// The longest comment, in characters.
pub const COMMENT_MAX: u32 = 10_000;

/// A comment as the history shows it. Who wrote it and when is in its entry, whose id it shares.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Comment {
    /// What was written.
    pub text: String,
    /// Counts its changes.
    pub version: i64,
    /// When it was last changed.
    pub edited_at: Option<Timestamp>,
    /// Who is mentioned in it.
    pub mentioned: Vec<UserId>,
}

/// A comment on a to-do, as it stands under it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct TodoComment {
    /// Which, by its entry in the history.
    pub id: EventId,
    /// The to-do.
    pub todo_id: TodoId,
    /// Who wrote it.
    pub author_id: UserId,
    /// When.
    pub created_at: Timestamp,
    /// What.
    pub text: String,
}

/// The page of a datasheet brings so many comments on its to-dos, the newest.
pub const TODO_COMMENTS_SHOWN: i64 = 200;

/// A mention of the viewer, on the page that goes through them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// The comment, by its entry.
    pub comment: EventId,
    /// Where it was written.
    pub datasheet: DatasheetId,
    /// The datasheet's name.
    pub name: String,
    /// Who wrote it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// What was written.
    pub text: String,
    /// Whether the viewer has read it.
    pub seen: bool,
}

/// Some mentions, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MentionPage {
    /// The mentions.
    pub mentions: Vec<Mention>,
    /// Whether older ones follow.
    pub more: bool,
    /// How many are unread; [`MENTIONS_MAX`] means that many or more.
    pub unseen: u32,
}

/// Unread mentions are counted up to here.
pub const MENTIONS_MAX: u32 = 100;

/// The text of a comment, as it is kept.
pub fn parse(text: &str) -> Result<String, Invalid> {
    lines(Field::Comment, text, COMMENT_MAX)
}

/// A piece of a comment: plain text, or the mention of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// As it was written.
    Text(&'a str),
    /// `@Name` of these; several where they share a name.
    Mention(&'a str, Vec<UserId>),
}

/// Takes a comment apart: `@` and the name of one of these people, the longest that fits, is a mention.
pub fn pieces<'a>(text: &'a str, people: &[Person]) -> Vec<Piece<'a>> {
    let mut pieces = vec![];
    let (mut plain, mut at) = (0, 0);
    while let Some(found) = text[at..].find('@').map(|offset| at + offset) {
        let (before, after) = (&text[..found], &text[found + 1..]);
        at = found + 1;
        // In an address it is no mention.
        if before.chars().next_back().is_some_and(char::is_alphanumeric) {
            continue;
        }
        let fits = |name: &str| {
            let rest = after.strip_prefix(name)?;
            (!name.is_empty() && !rest.chars().next().is_some_and(char::is_alphanumeric))
                .then_some(name.len())
        };
        let Some(longest) = people.iter().filter_map(|person| fits(&person.name)).max() else { continue };
        let name = &after[..longest];
        let who = people.iter().filter(|person| person.name == name).map(|person| person.id).collect();
        if plain < found {
            pieces.push(Piece::Text(&text[plain..found]));
        }
        at = found + 1 + longest;
        plain = at;
        pieces.push(Piece::Mention(&text[found..at], who));
    }
    if plain < text.len() {
        pieces.push(Piece::Text(&text[plain..]));
    }
    pieces
}

/// Who is mentioned in a text, each once, in the order of the text.
pub fn mentioned(text: &str, people: &[Person]) -> Vec<UserId> {
    let mut all = vec![];
    for piece in pieces(text, people) {
        if let Piece::Mention(_, who) = piece {
            for user in who {
                if !all.contains(&user) {
                    all.push(user);
                }
            }
        }
    }
    all
}

/// The `@` and the beginning of a name before the caret, where a mention is being typed: where the `@` stands and what follows it.
/// `caret` counts bytes.
pub fn typing(text: &str, caret: usize) -> Option<(usize, &str)> {
    let before = text.get(..caret)?;
    let at = before.rfind('@')?;
    let typed = &before[at + 1..];
    let starts = before[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
    let is_name = typed.chars().count() <= 40 && !typed.contains('\n') && !typed.starts_with(' ');
    (starts && is_name).then_some((at, typed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> Vec<Person> {
        ["Kovács Anna", "Kovács Anna Mária", "Nagy Béla", "Nagy Béla"]
            .into_iter()
            .zip(1..)
            .map(|(name, id)| Person { id: UserId(id), name: name.to_owned(), active: true })
            .collect()
    }

    #[test]
    fn the_longest_name_after_an_at_sign_is_mentioned() {
        let of = |text| mentioned(text, &people());
        assert_eq!(of("@Kovács Anna, megnéznéd?"), [UserId(1)]);
        assert_eq!(of("kérlek @Kovács Anna Mária!"), [UserId(2)]);
        assert_eq!(of("@Kovács Annamari"), [], "another name that begins alike");
        assert_eq!(of("anna@Kovács Anna"), [], "an address");
        assert_eq!(of("@ @@Kovács Anna @Kovács Anna"), [UserId(1)], "each once");
        assert_eq!(of("@Nagy Béla"), [UserId(3), UserId(4)], "namesakes both");
        assert_eq!(of("@kovács anna @Senki"), []);
    }

    #[test]
    fn pieces_put_together_are_the_text() {
        for text in ["", "@", "ű@Kovács Anna", "a @Kovács Anna b @Nagy Béla", "@Kovács Anna", "€@Nagy Béla@"]
        {
            let whole: String = pieces(text, &people())
                .into_iter()
                .map(|piece| match piece {
                    Piece::Text(text) | Piece::Mention(text, _) => text,
                })
                .collect();
            assert_eq!(whole, text);
        }
    }

    #[test]
    fn a_mention_is_being_typed_from_the_at_sign_to_the_caret() {
        assert_eq!(typing("Kérlek @Ko", 11), Some((8, "Ko")));
        assert_eq!(typing("Kérlek @Ko", 7), None, "before the sign");
        assert_eq!(typing("anna@pelda", 10), None);
        assert_eq!(typing("@", 1), Some((0, "")));
        assert_eq!(typing("@a\nb", 4), None);
        assert_eq!(typing("é", 1), None, "no border of a letter");
    }
}
