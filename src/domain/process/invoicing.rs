//! Invoicing: what happens to a document moves its status (`product.md`, «Invoicing»).
//!
//! ```text
//! To issue ──issue──► Issued ──the due day ends──► Past due
//!                       └────────mark paid────────────┴──► Paid ──make invoice (proforma)──► a new document, to issue
//!                       └────────storno (an unpaid one, or a paid invoice)──► Cancelled, and the storno document beside it
//! ```
//!
//! Until it is issued the facts hold the draft; from then on they hold what the status follows from, and the document itself
//! lies where nothing changes it (`store::documents`).

use serde::{Deserialize, Serialize};

use super::{At, Definition, FixedStatus, Rules};
use crate::{
    domain::{
        document::{About, Day, Document, Draft, Kind, Link, Mark, PROFORMAS, Seller},
        money::Money,
        status::{Color, StatusGroup},
        text,
        time::Timestamp,
    },
    error::{Act, Error, Field, Problem, Refusal},
    i18n::{Locale, process as words},
};

/// How far a document is. What the clock alone decides is no stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Stage {
    #[default]
    ToIssue,
    Issued,
    Paid,
    Cancelled,
}

/// What is known of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// How far it is.
    pub stage: Stage,
    /// What was written so far; empty once it is issued.
    pub draft: Draft,
    /// What the status follows from once it is issued.
    pub issued: Option<Issued>,
    /// When it was paid.
    pub paid_on: Option<Day>,
    /// The order or proforma it was made from, or the document it cancels.
    pub source: Option<Source>,
    /// What was made of it: its invoice or its storno.
    pub made: Option<Link>,
}

/// Where a document comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The datasheet.
    pub link: Link,
    /// What the document says of it.
    pub about: About,
}

/// What is remembered of an issued document beside itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// Which kind.
    pub kind: Kind,
    /// Its number.
    pub number: String,
    /// Who buys.
    pub buyer: String,
    /// What is to be paid.
    pub gross: Money,
    /// Until when.
    pub due_on: Day,
    /// The last moment of that day, on the clock of the module's zone.
    pub due_end: Timestamp,
}

/// What a person can do with a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Sets what it says, before it is issued.
    SetDraft(Box<Draft>),
    /// Gives it its number; nothing changes it from then on.
    Issue,
    /// Says when it was paid; today when `None`.
    MarkPaid(Option<Day>),
    /// Cancels it by a document of its own.
    Storno,
    /// Makes the invoice of a paid proforma.
    MakeInvoice,
}

impl Action {
    /// Whether it can be taken back: what gave a number, or made a document, cannot.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Issue | Self::Storno | Self::MakeInvoice)
    }
}

/// What a row of the list shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Summary {
    /// Which kind of document.
    pub kind: Kind,
    /// Its number, once it has one.
    pub number: Option<String>,
    /// Who buys.
    pub buyer: String,
    /// When it is to be paid.
    pub due_on: Option<Day>,
}

/// What admins set about an Invoicing module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Who issues.
    pub seller: Seller,
    /// On whose clock days end.
    pub zone: String,
    /// How many days there are to pay, where the draft says nothing else.
    pub due_days: u32,
    /// What stands before the numbers: tells the series of two modules of one company apart.
    pub prefix: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seller: Seller::default(),
            zone: "Europe/Budapest".to_owned(),
            due_days: 8,
            prefix: String::new(),
        }
    }
}

impl Settings {
    /// Clean. Whether there is such a zone is for the server to say.
    pub fn parse(&self) -> Result<Self, Error> {
        if self.due_days > 3_650 {
            return Err(Error::invalid(Field::DueDate, Problem::OutOfRange));
        }
        let prefix = self.prefix.trim();
        let prefix =
            if prefix.is_empty() { String::new() } else { text::line(Field::Prefix, prefix, 20)? };
        // The proformas of a shorter prefix number by it.
        if prefix.ends_with(PROFORMAS) {
            return Err(Error::invalid(Field::Prefix, Problem::Taken));
        }
        Ok(Self { seller: self.seller.parse()?, prefix, ..self.clone() })
    }
}

impl Facts {
    /// What a person may do now.
    pub fn allowed(&self) -> &'static [Act] {
        let is_proforma = self.kind() == Kind::Proforma;
        match self.stage {
            Stage::ToIssue => &[Act::Issue],
            Stage::Issued => &[Act::MarkPaid, Act::Storno],
            Stage::Paid if is_proforma && self.made.is_none() => &[Act::MakeInvoice],
            Stage::Paid if !is_proforma => &[Act::Storno],
            Stage::Paid | Stage::Cancelled => &[],
        }
    }

    /// Which kind of document it is or will be.
    pub fn kind(&self) -> Kind {
        self.issued.as_ref().map_or(self.draft.kind, |issued| issued.kind)
    }

    /// What stands across the document.
    pub fn mark(&self) -> Option<Mark> {
        match (self.stage, &self.made, self.paid_on) {
            (Stage::ToIssue, ..) => Some(Mark::Draft),
            (Stage::Cancelled, Some(by), _) => Some(Mark::Cancelled(by.name.clone())),
            (Stage::Paid, _, Some(on)) => Some(Mark::Paid(on)),
            _ => None,
        }
    }

    /// The facts once the document was issued; those of a storno say that it is done with.
    #[must_use]
    pub fn issued(&self, document: &Document, due_end: Timestamp) -> Self {
        let stage = if document.kind == Kind::Storno { Stage::Cancelled } else { Stage::Issued };
        Self {
            stage,
            draft: Draft::default(),
            issued: Some(Issued {
                kind: document.kind,
                number: document.number.clone(),
                buyer: document.items.buyer.name.clone(),
                gross: document.gross(),
                due_on: document.due_on,
                due_end,
            }),
            ..self.clone()
        }
    }
}

impl Rules for Facts {
    type Action = Action;
    type Summary = Summary;
    type Settings = Settings;

    const DEFINITION: Definition = Definition {
        word: "invoicing",
        name: ("Számlázás", "Invoicing"),
        item_name: ("Bizonylat", "Document"),
        purpose: (
            "Díjbekérők és számlák a kiállítástól a kifizetésig, hézagmentes sorszámmal.",
            "Proformas and invoices from issue to payment, numbered without gaps.",
        ),
        moved_by: (
            "A státuszt a bizonylat sorsa mozgatja: kiállítás, fizetési határidő, fizetés, sztornó.",
            "What happens to the document moves the status: issue, due date, payment, storno.",
        ),
        by_hand: (
            "A státuszt itt a bizonylat mozgatja (kiállítás, fizetés, sztornó, fizetési határidő), kézzel nem állítható.",
            "Here the document moves the status (issue, payment, storno, due date); it cannot be set by hand.",
        ),
        group_labels: [None; 4],
        statuses: &[
            status("to_issue", StatusGroup::Lead, ("Kiállítandó", "To issue"), Color::Group),
            status("issued", StatusGroup::Open, ("Kiállított", "Issued"), Color::Group),
            status("past_due", StatusGroup::Open, ("Lejárt", "Past due"), Color::Red),
            status("paid", StatusGroup::Success, ("Fizetett", "Paid"), Color::Group),
            status("cancelled", StatusGroup::Failed, ("Sztornózott", "Cancelled"), Color::Group),
        ],
        is_single: false,
    };

    fn act(&self, action: &Action, at: &At<Settings>) -> Result<Self, Error> {
        let must = |act: Act| {
            if self.allowed().contains(&act) {
                Ok(())
            } else {
                Err(Error::Refused(Refusal::NotNow(self.allowed().to_vec())))
            }
        };
        let next = self.clone();
        match action {
            Action::SetDraft(draft) => {
                must(Act::Issue)?;
                Ok(Self { draft: draft.parse()?, ..next })
            }
            // Whoever gives the number puts what was issued.
            Action::Issue => {
                must(Act::Issue)?;
                self.draft.parse()?.is_complete(&at.settings.seller)?;
                Ok(Self { stage: Stage::Issued, ..next })
            }
            Action::MarkPaid(day) => {
                must(Act::MarkPaid)?;
                Ok(Self { stage: Stage::Paid, paid_on: *day, ..next })
            }
            Action::Storno => {
                must(Act::Storno)?;
                Ok(Self { stage: Stage::Cancelled, ..next })
            }
            // Whoever makes the invoice puts the link.
            Action::MakeInvoice => must(Act::MakeInvoice).map(|()| next),
        }
    }

    fn status(&self, at: &At<Settings>) -> &'static str {
        let is_past = self.issued.as_ref().is_some_and(|issued| issued.due_end < at.now);
        match self.stage {
            Stage::ToIssue => "to_issue",
            Stage::Issued if is_past => "past_due",
            Stage::Issued => "issued",
            Stage::Paid => "paid",
            Stage::Cancelled => "cancelled",
        }
    }

    fn wakes_at(&self, at: &At<Settings>) -> Option<Timestamp> {
        let over = self.issued.as_ref()?.due_end.plus_millis(1);
        (self.stage == Stage::Issued && at.now < over).then_some(over)
    }

    fn amount(&self) -> Option<Money> {
        match &self.issued {
            Some(issued) => Some(issued.gross),
            None => self.draft.items.gross(),
        }
    }

    fn said(action: &Action, _named: Option<&str>, locale: Locale) -> String {
        match action {
            Action::SetDraft(_) => words::set_draft(locale),
            Action::Issue => words::issue(locale),
            Action::MarkPaid(_) => words::mark_paid(locale),
            Action::Storno => words::storno(locale),
            Action::MakeInvoice => words::make_invoice(locale),
        }
        .to_owned()
    }

    fn plain_edit(action: &Action) -> Option<Action> {
        matches!(action, Action::SetDraft(_)).then(|| Action::SetDraft(Box::default()))
    }

    fn summary(&self) -> Summary {
        match &self.issued {
            Some(issued) => Summary {
                kind: issued.kind,
                number: Some(issued.number.clone()),
                buyer: issued.buyer.clone(),
                due_on: Some(issued.due_on),
            },
            None => Summary {
                kind: self.draft.kind,
                number: None,
                buyer: self.draft.items.buyer.name.clone(),
                due_on: self.draft.due_on,
            },
        }
    }
}

const fn status(key: &'static str, group: StatusGroup, name: super::Words, color: Color) -> FixedStatus {
    FixedStatus { key, group, name, color }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        document::{Given, Items, Party},
        id::DatasheetId,
        lines::{Decimal, Line},
    };

    fn settings() -> Settings {
        let party = Party {
            name: "Minta Kft.".to_owned(),
            address: "1111 Budapest".to_owned(),
            tax_number: "12345678-2-41".to_owned(),
        };
        Settings { seller: Seller { party, ..Seller::default() }, ..Settings::default() }
    }

    fn at(now: i64, settings: &Settings) -> At<'_, Settings> {
        At {
            now: Timestamp(now),
            created_at: Timestamp(0),
            has_open_todo: false,
            last_closed_at: None,
            settings,
        }
    }

    fn day(text: &str) -> Day {
        Day::try_from(text.to_owned()).unwrap()
    }

    fn draft(kind: Kind) -> Draft {
        let lines = vec![Line { name: "Tető".to_owned(), price: Decimal::whole(10), ..Line::default() }];
        let buyer = Party {
            name: "Kiss Bt.".to_owned(),
            address: "1011 Budapest".to_owned(),
            ..Party::default()
        };
        Draft { kind, items: Items { buyer, lines, ..Items::default() }, ..Draft::default() }
    }

    /// What the server makes of an allowed action.
    fn carried_out(before: &Facts, action: &Action, now: i64) -> Result<Facts, Error> {
        let settings = settings();
        let next = before.act(action, &at(now, &settings))?;
        let link = || Some(Link { datasheet: DatasheetId(1), name: "Másik".to_owned() });
        Ok(match action {
            Action::Issue => {
                let given = Given { number: "2026/00001".to_owned(), on: day("2026-11-24") };
                let document = before.draft.issue(&settings.seller, 8, given, None).unwrap();
                next.issued(&document, Timestamp(DUE))
            }
            Action::Storno | Action::MakeInvoice => Facts { made: link(), ..next },
            _ => next,
        })
    }

    const DUE: i64 = 1_000;

    fn acted(kind: Kind, actions: &[Action]) -> Facts {
        let start = Facts { draft: draft(kind), ..Facts::default() };
        actions.iter().fold(start, |facts, action| carried_out(&facts, action, 0).unwrap())
    }

    /// The table of `product.md`, row by row: kind, what was done, the moment, the status, what may be done next.
    #[test]
    fn every_row_of_the_table() {
        use Action::{Issue, MakeInvoice, MarkPaid, Storno};
        type Row<'a> = (Kind, &'a [Action], i64, &'a str, &'a [Act]);
        let paid = || MarkPaid(Some(day("2026-11-30")));
        let rows: [Row; 10] = [
            (Kind::Invoice, &[], DUE + 1, "to_issue", &[Act::Issue]),
            (Kind::Proforma, &[], 0, "to_issue", &[Act::Issue]),
            (Kind::Invoice, &[Issue], DUE, "issued", &[Act::MarkPaid, Act::Storno]),
            (Kind::Invoice, &[Issue], DUE + 1, "past_due", &[Act::MarkPaid, Act::Storno]),
            (Kind::Invoice, &[Issue, paid()], DUE + 1, "paid", &[Act::Storno]),
            (Kind::Invoice, &[Issue, Storno], DUE + 1, "cancelled", &[]),
            (Kind::Invoice, &[Issue, paid(), Storno], 0, "cancelled", &[]),
            (Kind::Proforma, &[Issue, paid()], 0, "paid", &[Act::MakeInvoice]),
            (Kind::Proforma, &[Issue, paid(), MakeInvoice], 0, "paid", &[]),
            (Kind::Proforma, &[Issue, Storno], 0, "cancelled", &[]),
        ];
        let settings = settings();
        for (kind, actions, now, status, allowed) in rows {
            let facts = acted(kind, actions);
            assert_eq!(facts.status(&at(now, &settings)), status, "{kind:?} {actions:?}");
            assert_eq!(facts.allowed(), allowed, "{kind:?} {actions:?}");
        }
    }

    #[test]
    fn only_the_end_of_the_due_day_wakes_the_clock() {
        let settings = settings();
        let issued = acted(Kind::Invoice, &[Action::Issue]);
        assert_eq!(issued.wakes_at(&at(0, &settings)), Some(Timestamp(DUE + 1)));
        assert_eq!(issued.wakes_at(&at(DUE + 1, &settings)), None);
        let paid = acted(Kind::Invoice, &[Action::Issue, Action::MarkPaid(None)]);
        assert_eq!(paid.wakes_at(&at(0, &settings)), None);
        assert_eq!(Facts::default().wakes_at(&at(0, &settings)), None);
    }

    #[test]
    fn a_document_that_lacks_something_is_not_issued() {
        let settings = settings();
        let refused = Facts::default().act(&Action::Issue, &at(0, &settings));
        assert_eq!(refused, Err(Error::invalid(Field::Buyer, Problem::Missing)));
    }

    proptest::proptest! {
        #[test]
        fn no_sequence_of_actions_leaves_the_table_or_changes_what_was_issued(
            proforma: bool,
            steps in proptest::collection::vec((0..5usize, 0..2 * DUE), 0..30),
        ) {
            let kind = if proforma { Kind::Proforma } else { Kind::Invoice };
            let mut facts = acted(kind, &[]);
            let settings = settings();
            for (step, now) in steps {
                let (action, act) = match step {
                    0 => (Action::SetDraft(Box::new(draft(kind))), Act::Issue),
                    1 => (Action::Issue, Act::Issue),
                    2 => (Action::MarkPaid(None), Act::MarkPaid),
                    3 => (Action::Storno, Act::Storno),
                    _ => (Action::MakeInvoice, Act::MakeInvoice),
                };
                match carried_out(&facts, &action, now) {
                    Ok(next) => {
                        proptest::prop_assert!(facts.allowed().contains(&act));
                        if facts.issued.is_some() {
                            proptest::prop_assert_eq!(&next.issued, &facts.issued);
                            proptest::prop_assert_eq!(&next.draft, &Draft::default());
                        }
                        facts = next;
                    }
                    Err(error) => {
                        proptest::prop_assert_eq!(error.status(), 409);
                        proptest::prop_assert!(!facts.allowed().contains(&act));
                    }
                }
                let known = Facts::DEFINITION.statuses.iter().any(|status| status.key == facts.status(&at(now, &settings)));
                proptest::prop_assert!(known);
            }
        }
    }
}
