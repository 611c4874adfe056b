//! How entries of the history are taken back: stored with each as JSON, with the version that the write left.

use serde::{Deserialize, Serialize};

use crate::domain::{
    contact::{ContactKind, Detail},
    due::Due,
    field::FieldValue,
    id::{
        ContactId, DatasheetId, DetailId, EventId, FieldId, MergeId, RelationId, StatusId, TodoId,
        TodoTypeId, UserId,
    },
    process::Facts,
    rank::Rank,
    status::{Color, StatusGroup},
    time::Timestamp,
    todo::{Closed, Details},
};

/// What a write changed, where each has a version of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// The datasheet: its name, status, owner, contact, and whether it is in the trash.
    Datasheet,
    /// The facts of its process.
    Facts,
    /// A value.
    Field(FieldId),
    /// A to-do.
    Todo(TodoId),
}

/// What takes a write back. `version` is the one it left: another one means that something came after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "undo")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Undo {
    /// A datasheet was added: it goes into the trash.
    Added {
        version: i64,
    },
    Renamed {
        version: i64,
        from: String,
    },
    StatusChanged {
        version: i64,
        from: StatusId,
    },
    OwnerChanged {
        version: i64,
        from: UserId,
    },
    /// The facts of a process were changed; `version` is theirs.
    Acted {
        version: i64,
        from: Box<Facts>,
    },
    /// Whom a datasheet is about; `version` is the datasheet's.
    ContactSet {
        version: i64,
        from: Option<ContactId>,
    },
    Trashed {
        version: i64,
    },
    Restored {
        version: i64,
        at: Timestamp,
    },
    /// `version` is the value's, not the datasheet's.
    FieldChanged {
        field: FieldId,
        version: i64,
        from: Option<FieldValue>,
    },
    /// A comment was written, changed or deleted; `version` is its own.
    Commented {
        version: i64,
    },
    CommentEdited {
        comment: EventId,
        version: i64,
        from: String,
    },
    CommentDeleted {
        comment: EventId,
        version: i64,
    },
    /// A file was added or deleted; `version` is its own.
    FileAdded {
        version: i64,
    },
    FileDeleted {
        file: EventId,
        version: i64,
    },
    /// Another datasheet was linked, the relation described, or taken apart; `version` is the relation's.
    Related {
        relation: RelationId,
        version: i64,
    },
    RelationDescribed {
        relation: RelationId,
        version: i64,
        from: String,
    },
    /// `other` is the one that it was related with.
    Unrelated {
        relation: RelationId,
        other: DatasheetId,
        about: String,
        version: i64,
    },
    TodoAdded {
        todo: TodoId,
        version: i64,
    },
    /// All of them as they were made.
    TodosAdded {
        todos: Vec<TodoId>,
    },
    TodoEdited {
        todo: TodoId,
        version: i64,
        text: String,
        kind: TodoTypeId,
        due: Due,
        assignee: UserId,
        /// `None` in entries from before there were any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<Details>,
    },
    /// `next` is the one of its series that was made with it.
    TodoClosed {
        todo: TodoId,
        version: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<TodoId>,
    },
    TodoReopened {
        todo: TodoId,
        version: i64,
        from: Closed,
        details: Details,
    },
    TodoPostponed {
        todo: TodoId,
        version: i64,
        from: Due,
    },
    /// A contact was added: it is removed.
    ContactAdded {
        contact: ContactId,
    },
    /// Name, kind, business or tax number of a contact, with all as they were.
    ContactSaved {
        contact: ContactId,
        version: i64,
        name: String,
        business: Option<ContactId>,
        tax_number: Option<String>,
        /// `None` in entries from before it could change.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact_kind: Option<ContactKind>,
    },
    DetailAdded {
        contact: ContactId,
        detail: DetailId,
        version: i64,
    },
    DetailSaved {
        contact: ContactId,
        version: i64,
        from: Detail,
    },
    DetailRemoved {
        contact: ContactId,
        from: Detail,
    },
    ContactsMerged {
        merge: MergeId,
    },
    StatusAdded {
        status: StatusId,
        version: i64,
    },
    StatusRenamed {
        status: StatusId,
        version: i64,
        from: String,
    },
    StatusRecolored {
        status: StatusId,
        version: i64,
        from: Color,
    },
    StatusMoved {
        status: StatusId,
        version: i64,
        group: StatusGroup,
        rank: Rank,
    },
    /// Its datasheets went elsewhere, each with an entry of its own that is a part of this one.
    StatusDeleted {
        status: StatusId,
    },
}

impl Undo {
    /// What of a datasheet the write changed; `None` where it is told by nothing but the entry itself.
    pub fn thing(&self) -> Option<Thing> {
        match self {
            Self::Renamed { .. }
            | Self::StatusChanged { .. }
            | Self::OwnerChanged { .. }
            | Self::ContactSet { .. }
            | Self::Trashed { .. }
            | Self::Restored { .. } => Some(Thing::Datasheet),
            Self::Acted { .. } => Some(Thing::Facts),
            Self::FieldChanged { field, .. } => Some(Thing::Field(*field)),
            Self::TodoAdded { todo, .. }
            | Self::TodoEdited { todo, .. }
            | Self::TodoClosed { todo, .. }
            | Self::TodoReopened { todo, .. }
            | Self::TodoPostponed { todo, .. } => Some(Thing::Todo(*todo)),
            _ => None,
        }
    }
}
