//! Orders: a small machine of buttons (`product.md`, «Orders»).
//!
//! ```text
//! Draft ──finalise──► In progress ──complete──► Completed ──paid──► Successful
//!   ▲                      │                        └──────fail──► Failed ──paid──► Successful
//!   └────────edit──────────┘
//! ```
//!
//! Any other move is refused, and the answer says what is allowed. What is ordered changes in Draft only; a successful order makes
//! one invoice.

use serde::{Deserialize, Serialize};

use super::{At, Definition, FixedStatus, Rules};
use crate::{
    domain::{
        document::{Items, Link},
        id::ModuleId,
        money::Money,
        status::{Color, StatusGroup},
        time::Timestamp,
    },
    error::{Act, Error, Refusal},
    i18n::{Locale, process as words},
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
    /// What is ordered, by whom.
    #[serde(default)]
    pub items: Items,
    /// Its invoice.
    #[serde(default)]
    pub invoice: Option<Link>,
    /// When it became a successful one.
    #[serde(default)]
    pub paid_at: Option<Timestamp>,
}

impl Facts {
    /// What a person may do now.
    pub fn allowed(&self) -> Vec<Act> {
        let bill = (self.stage == Stage::Successful && self.invoice.is_none()).then_some(Act::MakeInvoice);
        self.stage.allowed().iter().copied().chain(bill).collect()
    }

    fn refused(&self) -> Error {
        Error::Refused(Refusal::NotNow(self.allowed()))
    }
}

/// What a person can do with an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Moves it on.
    Move(Act),
    /// Sets what is ordered.
    SetItems(Box<Items>),
    /// Makes its invoice, in that module where there are several for it.
    MakeInvoice(Option<ModuleId>),
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
        by_hand: (
            "A státuszt itt az adatlap gombjai mozgatják, kézzel nem állítható.",
            "Here the datasheet's buttons move the status; it cannot be set by hand.",
        ),
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

    fn act(&self, action: &Action, at: &At<()>) -> Result<Self, Error> {
        match action {
            Action::Move(act) => {
                let stage = self.stage.after(*act).ok_or_else(|| self.refused())?;
                let paid_at = (stage == Stage::Successful).then_some(at.now);
                Ok(Self { stage, paid_at, ..self.clone() })
            }
            Action::SetItems(items) if self.stage == Stage::Draft => {
                Ok(Self { items: items.parse()?, ..self.clone() })
            }
            // Whoever makes the invoice puts the link.
            Action::MakeInvoice(_) if self.allowed().contains(&Act::MakeInvoice) => Ok(self.clone()),
            Action::SetItems(_) | Action::MakeInvoice(_) => Err(self.refused()),
        }
    }

    fn status(&self, _at: &At<()>) -> &'static str {
        self.stage.key()
    }

    fn wakes_at(&self, _at: &At<()>) -> Option<Timestamp> {
        None
    }

    fn amount(&self) -> Option<Money> {
        self.items.gross()
    }

    fn said(action: &Action, _named: Option<&str>, locale: Locale) -> String {
        match action {
            Action::Move(act) => words::act(locale, *act),
            Action::SetItems(_) => words::set_items(locale),
            Action::MakeInvoice(_) => words::make_invoice(locale),
        }
        .to_owned()
    }

    fn plain_edit(action: &Action) -> Option<Action> {
        matches!(action, Action::SetItems(_)).then(|| Action::SetItems(Box::default()))
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
        let order = Facts { stage: Stage::Completed, ..Facts::default() };
        let refused = order.act(&Action::Move(Act::Finalise), &at());
        assert_eq!(refused, Err(Error::Refused(Refusal::NotNow(vec![Act::Paid, Act::Fail]))));
    }

    #[test]
    fn what_is_ordered_changes_in_draft_only() {
        let items = || Box::new(Items { lines: vec![crate::domain::lines::Line::default()], ..Items::default() });
        for stage in Stage::ALL {
            let order = Facts { stage, ..Facts::default() };
            let changed = order.act(&Action::SetItems(items()), &at());
            if stage == Stage::Draft {
                assert_eq!(changed.map(|order| order.items.lines.len()), Ok(1));
            } else {
                assert_eq!(changed, Err(Error::Refused(Refusal::NotNow(order.allowed()))), "{stage:?}");
            }
        }
    }

    #[test]
    fn only_a_successful_order_makes_an_invoice_and_only_one() {
        let link = Link { datasheet: crate::domain::id::DatasheetId(1), name: "Számla".to_owned() };
        for stage in Stage::ALL {
            for invoice in [None, Some(link.clone())] {
                let order = Facts { stage, invoice, ..Facts::default() };
                let may = stage == Stage::Successful && order.invoice.is_none();
                assert_eq!(order.act(&Action::MakeInvoice(None), &at()).is_ok(), may, "{order:?}");
                assert_eq!(order.allowed().contains(&Act::MakeInvoice), may);
            }
        }
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
