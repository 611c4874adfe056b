//! Orders: a small machine of buttons (`product.md`, «Orders»).
//!
//! ```text
//! Draft ──finalise──► In progress ──complete──► Completed ──paid──► Successful
//!   ▲                      │                        └──────fail──► Failed ──paid──► Successful
//!   └────────edit──────────┘
//! ```
//!
//! Any other move is refused, and the answer says what is allowed.

use serde::{Deserialize, Serialize};

use super::{At, Definition, FixedStatus, Rules};
use crate::{
    domain::{
        money::Money,
        status::{Color, StatusGroup},
        time::Timestamp,
    },
    error::{Act, Error, Mover, Refusal},
};

/// How far an order is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Stage {
    #[default]
    Draft,
    InProgress,
    Completed,
    Successful,
    Failed,
}

impl Stage {
    /// All.
    pub const ALL: [Self; 5] =
        [Self::Draft, Self::InProgress, Self::Completed, Self::Successful, Self::Failed];

    /// What a person may do now.
    pub fn allowed(self) -> &'static [Act] {
        match self {
            Self::Draft => &[Act::Finalise],
            Self::InProgress => &[Act::Complete, Act::Edit],
            Self::Completed => &[Act::Paid, Act::Fail],
            Self::Successful => &[],
            Self::Failed => &[Act::Paid],
        }
    }

    /// Where a move leads; `None` when it is not allowed.
    pub fn after(self, act: Act) -> Option<Self> {
        if !self.allowed().contains(&act) {
            return None;
        }
        match act {
            Act::Finalise => Some(Self::InProgress),
            Act::Complete => Some(Self::Completed),
            Act::Edit => Some(Self::Draft),
            Act::Paid => Some(Self::Successful),
            Act::Fail => Some(Self::Failed),
            _ => None,
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Successful => "successful",
            Self::Failed => "failed",
        }
    }
}

/// What is known of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// How far it is.
    pub stage: Stage,
}

/// What a person can do with an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Moves it on.
    Move(Act),
}

impl Rules for Facts {
    type Action = Action;
    type Summary = Stage;
    type Settings = ();

    const DEFINITION: Definition = Definition {
        word: "orders",
        name: ("Megrendelés", "Orders"),
        item_name: ("Megrendelés", "Order"),
        purpose: (
            "Megrendelések a piszkozattól a kifizetésig, számlával egy kattintásra.",
            "Orders from the draft to the payment, with an invoice at one click.",
        ),
        moved_by: (
            "A státuszt a megrendelés gombjai mozgatják: véglegesítés, teljesítés, fizetve, meghiúsult.",
            "The order's buttons move the status: finalise, complete, paid, failed.",
        ),
        mover: Mover::Buttons,
        group_labels: [None; 4],
        statuses: &[
            status("draft", StatusGroup::Lead, ("Piszkozat", "Draft")),
            status("in_progress", StatusGroup::Open, ("Folyamatban", "In progress")),
            status("completed", StatusGroup::Open, ("Befejezett", "Completed")),
            status("successful", StatusGroup::Success, ("Sikeres", "Successful")),
            status("failed", StatusGroup::Failed, ("Sikertelen", "Failed")),
        ],
        is_single: true,
    };

    fn act(&self, action: &Action, _at: &At<()>) -> Result<Self, Error> {
        match action {
            Action::Move(act) => match self.stage.after(*act) {
                Some(stage) => Ok(Self { stage }),
                None => Err(Error::Refused(Refusal::NotNow(self.stage.allowed().to_vec()))),
            },
        }
    }

    fn status(&self, _at: &At<()>) -> &'static str {
        self.stage.key()
    }

    fn wakes_at(&self, _at: &At<()>) -> Option<Timestamp> {
        None
    }

    fn amount(&self) -> Option<Money> {
        None
    }

    fn summary(&self) -> Stage {
        self.stage
    }
}

const fn status(key: &'static str, group: StatusGroup, name: super::Words) -> FixedStatus {
    FixedStatus { key, group, name, color: Color::Group }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of `product.md`, row by row: stage, act, where it leads.
    const TABLE: [(Stage, Act, Stage); 6] = [
        (Stage::Draft, Act::Finalise, Stage::InProgress),
        (Stage::InProgress, Act::Complete, Stage::Completed),
        (Stage::InProgress, Act::Edit, Stage::Draft),
        (Stage::Completed, Act::Paid, Stage::Successful),
        (Stage::Completed, Act::Fail, Stage::Failed),
        (Stage::Failed, Act::Paid, Stage::Successful),
    ];

    fn at() -> At<'static, ()> {
        At {
            now: Timestamp(0),
            created_at: Timestamp(0),
            has_open_todo: false,
            last_closed_at: None,
            settings: &(),
        }
    }

    #[test]
    fn every_move_of_the_table_is_allowed_and_no_other() {
        for stage in Stage::ALL {
            for act in Act::ALL {
                let expected = TABLE.iter().find(|row| row.0 == stage && row.1 == act).map(|row| row.2);
                assert_eq!(stage.after(act), expected, "{stage:?} {act:?}");
            }
        }
    }

    #[test]
    fn a_refused_move_says_what_is_allowed() {
        let order = Facts { stage: Stage::Completed };
        let refused = order.act(&Action::Move(Act::Finalise), &at());
        assert_eq!(refused, Err(Error::Refused(Refusal::NotNow(vec![Act::Paid, Act::Fail]))));
    }

    proptest::proptest! {
        #[test]
        fn no_sequence_of_moves_leaves_the_table(acts in proptest::collection::vec(0..Act::ALL.len(), 0..40)) {
            let mut order = Facts::default();
            for act in acts {
                let act = Act::ALL[act];
                match order.act(&Action::Move(act), &at()) {
                    Ok(next) => {
                        proptest::prop_assert!(TABLE.contains(&(order.stage, act, next.stage)));
                        order = next;
                    }
                    Err(error) => proptest::prop_assert_eq!(error.status(), 409),
                }
            }
        }
    }
}
