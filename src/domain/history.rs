//! What happened: one entry for each write.

use serde::{Deserialize, Serialize};

use super::{
    due::Due,
    field::FieldValue,
    id::{EventId, UserId},
    process::{Action, Cause},
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
}

/// What happened. Names are those of the time, so that the history reads right when they change.
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
        moved: Option<(String, String)>,
        /// What was chosen, where the action names it by number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        named: Option<String>,
    },
    /// The process moved the status; nobody did it by hand.
    MovedByProcess {
        from: String,
        to: String,
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
    /// A program was given a token, or lost it.
    TokenAdded {
        name: String,
    },
    TokenRevoked {
        name: String,
    },
    Trashed,
    Restored,
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
