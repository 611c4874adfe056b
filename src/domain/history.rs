//! What happened: one entry for each write.

use serde::{Deserialize, Serialize};

use super::{
    comment::Comment,
    contact::DetailKind,
    due::Due,
    edit::Edit,
    field::FieldValue,
    file::SheetFile,
    id::{EventId, UserId},
    process::{Action, Cause},
    status_name::{StatusName, StatusThen},
    time::Timestamp,
    todo::Outcome,
};

/// One entry of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Which it is.
    pub id: EventId,
    /// When.
    pub at: Timestamp,
    /// Who did it; `None` is the system.
    pub by: Option<UserId>,
    /// What.
    pub what: What,
    /// Whether it was undone.
    pub undone: bool,
    /// Whether it can be undone now: nothing came after it that this would lose.
    pub can_undo: bool,
    /// The comment, of an entry that is one; `None` there when it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<Comment>,
    /// The file, of an entry that added one; `None` there when it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<SheetFile>,
}

/// What the history can be narrowed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// To-dos.
    Todos,
    /// Status, owner, name, fields, the process: all that is no other topic.
    Changes,
    /// Comments.
    Comments,
    /// Files.
    Files,
}

impl Topic {
    /// All.
    pub const ALL: [Self; 4] = [Self::Todos, Self::Changes, Self::Comments, Self::Files];

    /// Its name in the URL.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Todos => "todos",
            Self::Changes => "changes",
            Self::Comments => "comments",
            Self::Files => "files",
        }
    }

    /// The topic of that name.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.code() == code)
    }

    /// What the words for the entries of the topic begin with (see [`What`]); `None` for all that no other topic has.
    pub const fn prefix(self) -> Option<&'static str> {
        match self {
            Self::Todos => Some("todo"),
            Self::Comments => Some("comment"),
            Self::Files => Some("file_"),
            Self::Changes => None,
        }
    }
}

/// How long a datasheet was in a status, all times together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusTime {
    /// The status; in customisable modules by its name of the time.
    pub name: StatusName,
    /// Milliseconds up to now.
    pub millis: i64,
}

/// A move from one status to another, read from the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// When.
    pub at: Timestamp,
    /// The status before.
    pub from: StatusName,
    /// The status after.
    pub to: StatusName,
    /// When it was taken back.
    pub back_at: Option<Timestamp>,
}

impl Moved {
    /// The move that an entry tells of, if it is one.
    pub fn of(at: Timestamp, what: What, back_at: Option<Timestamp>) -> Option<Self> {
        let (from, to) = match what {
            What::StatusChanged { from, to } => (StatusName::Own(from), StatusName::Own(to)),
            What::MovedByProcess { from, to, .. } | What::Acted { moved: Some((from, to)), .. } => {
                (from.name, to.name)
            }
            _ => return None,
        };
        Some(Self { at, from, to, back_at })
    }
}

/// How long a datasheet was in each status, in the order it came to them; `moves` are in the order they were made.
pub fn time_in_statuses(
    created: Timestamp,
    moves: &[Moved],
    current: &StatusName,
    now: Timestamp,
) -> Vec<StatusTime> {
    let first = moves.first().map_or(current, |moved| &moved.from);
    let mut steps: Vec<(Timestamp, &StatusName)> = vec![(created, first)];
    for moved in moves {
        steps.push((moved.at, &moved.to));
        if let Some(back) = moved.back_at {
            steps.push((back, &moved.from));
        }
    }
    // Stable: what was written at one moment stays in its order.
    steps.sort_by_key(|(at, _)| *at);
    let ends = steps.iter().skip(1).map(|(at, _)| *at).chain([now]).collect::<Vec<_>>();
    let mut times: Vec<StatusTime> = vec![];
    for ((from, name), to) in steps.into_iter().zip(ends) {
        let millis = to.millis_since(from).max(0);
        match times.iter_mut().find(|time| time.name == *name) {
            Some(time) => time.millis += millis,
            None => times.push(StatusTime { name: name.clone(), millis }),
        }
    }
    times
}

/// What of a contact was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactPart {
    /// Its name.
    Name,
    /// Whether it is a person or a business.
    Kind,
    /// The business a person belongs to.
    Business,
    /// The tax number.
    TaxNumber,
    /// A way to reach it.
    Detail(DetailKind),
}

/// What happened. Names are those of the time, so that the history reads right when they change; what a process moves has none
/// of its own, and is named in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[expect(missing_docs, reason = "the words say it")]
pub enum What {
    Created {
        name: String,
    },
    Imported {
        name: String,
        file: String,
        line: u32,
        /// What the line noted about the case; there is no other place for it yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    Renamed {
        from: String,
        to: String,
    },
    StatusChanged {
        from: String,
        to: String,
    },
    OwnerChanged {
        from: String,
        to: String,
    },
    /// Whom a datasheet is about.
    ContactSet {
        from: Option<String>,
        to: Option<String>,
    },
    ContactAdded {
        name: String,
    },
    /// Something of a contact: `None` is nothing.
    ContactChanged {
        part: ContactPart,
        from: Option<String>,
        to: Option<String>,
    },
    /// Another contact went into this one.
    ContactsMerged {
        name: String,
    },
    /// A value in a field of the module's own, with the names of choices, contacts and users spelled out.
    FieldChanged {
        field: String,
        from: Option<FieldValue>,
        to: Option<FieldValue>,
    },
    TodoAdded {
        text: String,
        due: Due,
    },
    /// All to-dos of a template.
    TodosAdded {
        template: String,
        texts: Vec<String>,
    },
    TodoEdited {
        text: String,
        due: Due,
    },
    TodoClosed {
        text: String,
        outcome: Outcome,
        note: Option<String>,
        /// When the next one of its series is due.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<Due>,
    },
    TodoReopened {
        text: String,
    },
    TodoTicked {
        text: String,
        step: String,
        done: bool,
    },
    TodoPostponed {
        text: String,
        from: Due,
        to: Due,
    },
    /// A step of a fixed module's process, with the statuses it led from and to.
    Acted {
        action: Action,
        moved: Option<(StatusThen, StatusThen)>,
        /// What was chosen, where the action names it by number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        named: Option<String>,
        /// What an editing changed. Those of one person that follow each other soon are one entry.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        edit: Option<Box<Edit>>,
    },
    /// The process moved the status; nobody did it by hand.
    MovedByProcess {
        from: StatusThen,
        to: StatusThen,
        cause: Cause,
    },
    ModuleSet {
        name: String,
    },
    /// Orders of a buyer came in, the last of that number.
    Ordered {
        orders: u32,
        number: String,
    },
    OrdersImported {
        file: String,
        orders: u32,
        buyers: u32,
    },
    OrdersUndone {
        file: String,
        orders: u32,
    },
    /// A program was given a token, or lost it.
    TokenAdded {
        name: String,
    },
    TokenRevoked {
        name: String,
    },
    /// Its text is in [`Event::comment`].
    Commented {
        /// The to-do that it was written on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        todo: Option<String>,
    },
    CommentEdited,
    CommentDeleted,
    FileAdded {
        name: String,
        size: i64,
        /// The to-do that it was added to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        todo: Option<String>,
    },
    FileDeleted {
        name: String,
    },
    /// Another datasheet was linked, of that name.
    Related {
        name: String,
        about: String,
    },
    RelationDescribed {
        name: String,
        about: String,
    },
    Unrelated {
        name: String,
        about: String,
    },
    Trashed,
    Restored,
    /// A datasheet of the module went from the trash, with its own history.
    DeletedForGood {
        name: String,
    },
    /// Of the web shop: a buyer in the trash ordered again.
    RestoredByOrder {
        /// The number of the order.
        number: String,
        /// Since when it had been in the trash.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Timestamp>,
    },
    /// Of the web shop: the file that took a buyer out of the trash was taken back.
    BackInTrash {
        file: String,
    },
    /// Took back the entry of that kind.
    Undone {
        of: String,
    },
    ModuleAdded {
        name: String,
    },
    ModuleRenamed {
        from: String,
        to: String,
    },
    ModuleMoved {
        name: String,
    },
    TodoTypeSet {
        name: String,
    },
    TodoTemplateSet {
        name: String,
    },
    TodoTemplateDeleted {
        name: String,
    },
    ModuleTrashed {
        name: String,
    },
    ModuleRestored {
        name: String,
    },
    GroupRenamed {
        from: String,
        to: String,
    },
    StatusAdded {
        name: String,
    },
    StatusRenamed {
        from: String,
        to: String,
    },
    StatusRecolored {
        name: String,
    },
    StatusMoved {
        name: String,
    },
    StatusDeleted {
        name: String,
        into: Option<String>,
        datasheets: i64,
    },
    FieldAdded {
        name: String,
    },
    FieldEdited {
        name: String,
    },
    FieldMoved {
        name: String,
    },
    FieldArchived {
        name: String,
    },
    FieldRestored {
        name: String,
    },
    FieldGroupChanged {
        name: String,
    },
    ImportDone {
        file: String,
        made: u32,
    },
    ImportUndone {
        file: String,
        removed: u32,
        kept: u32,
    },
    UserAdded {
        name: String,
    },
    UserChanged {
        name: String,
    },
    PasswordSet {
        name: String,
    },
    /// A calendar program was given a link to one's to-dos, or lost it.
    CalendarLinkMade,
    CalendarLinkRevoked,
    SignedIn,
    SignedOut,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Locale;

    fn moved(at: i64, from: &str, to: &str, back_at: Option<i64>) -> Moved {
        let name = |name: &str| StatusName::Own(name.to_owned());
        Moved { at: Timestamp(at), from: name(from), to: name(to), back_at: back_at.map(Timestamp) }
    }

    fn times(moves: &[Moved], current: &str, now: i64) -> Vec<(String, i64)> {
        let current = StatusName::Own(current.to_owned());
        time_in_statuses(Timestamp(10), moves, &current, Timestamp(now))
            .into_iter()
            .map(|time| (time.name.text(Locale::En).to_owned(), time.millis))
            .collect()
    }

    fn is(times: Vec<(String, i64)>, wanted: &[(&str, i64)]) {
        assert_eq!(
            times,
            wanted.iter().map(|(name, millis)| ((*name).to_owned(), *millis)).collect::<Vec<_>>()
        );
    }

    #[test]
    fn the_time_in_a_status_is_that_of_all_its_stays() {
        is(times(&[], "New", 50), &[("New", 40)]);
        let moves =
            [moved(20, "New", "Open", None), moved(25, "Open", "New", None), moved(45, "New", "Done", None)];
        is(times(&moves, "Done", 50), &[("New", 30), ("Open", 5), ("Done", 5)]);
    }

    #[test]
    fn a_move_that_was_taken_back_counts_until_then() {
        let moves = [moved(20, "New", "Open", Some(24)), moved(30, "New", "Done", None)];
        is(times(&moves, "Done", 40), &[("New", 16), ("Open", 4), ("Done", 10)]);
    }

    #[test]
    fn each_kind_of_entry_has_one_topic() {
        let topic = |what: &What| {
            let json = serde_json::to_value(what).unwrap();
            let kind = json["kind"].as_str().unwrap().to_owned();
            Topic::ALL
                .into_iter()
                .find(|topic| topic.prefix().is_some_and(|prefix| kind.starts_with(prefix)))
                .unwrap_or(Topic::Changes)
        };
        assert_eq!(topic(&What::Commented { todo: None }), Topic::Comments);
        assert_eq!(topic(&What::CommentDeleted), Topic::Comments);
        assert_eq!(topic(&What::TodoAdded { text: String::new(), due: Due::At(Timestamp(1)) }), Topic::Todos);
        assert_eq!(topic(&What::FileDeleted { name: String::new() }), Topic::Files);
        assert_eq!(topic(&What::Trashed), Topic::Changes);
        assert_eq!(topic(&What::Renamed { from: String::new(), to: String::new() }), Topic::Changes);
    }
}
