//! My day: the open to-dos of one user, whatever module they are in, in the order in which they are due.

use serde::{Deserialize, Serialize};

use super::{
    bucket::Bucket,
    id::{DatasheetId, ModuleId, TodoId, UserId},
    module::TodoIcon,
    status::{Color, StatusGroup},
    status_name::StatusName,
    time::Timestamp,
    todo::NextTodo,
};

/// An open to-do with what it is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Item {
    /// The to-do.
    pub todo: NextTodo,
    /// The picture of its type.
    pub icon: TodoIcon,
    /// The datasheet it is on.
    pub datasheet: DatasheetId,
    /// That datasheet's name.
    pub name: String,
    /// Whom it is about.
    pub contact: Option<String>,
    /// The module it is in.
    pub module: ModuleId,
    /// Who is responsible for the datasheet.
    pub owner: UserId,
    /// The name of its status.
    pub status: StatusName,
    /// The group of its status.
    pub group: StatusGroup,
    /// The colour of its status.
    pub color: Color,
}

impl Item {
    /// Where it stands among the others.
    pub fn place(&self) -> Place {
        Place { moment: self.todo.moment, id: self.todo.id }
    }
}

/// A place between two to-dos: after that moment and id. Pages start there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// When the last to-do of the page before is due.
    pub moment: Timestamp,
    /// Its id: breaks ties.
    pub id: TodoId,
}

/// Some to-dos, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Items {
    /// The to-dos.
    pub items: Vec<Item>,
    /// Whether more follow.
    pub more: bool,
}

/// How many to-dos each bucket has, in the order of [`Bucket::ALL`]; exact to 999, 1,000 means «1,000 or more».
pub type Counts = [u32; Bucket::ALL.len()];

/// Everything that the page shows at first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyDay {
    /// The first to-dos.
    pub page: Items,
    /// The counts of the headings.
    pub counts: Counts,
}
