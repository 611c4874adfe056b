//! Sales: fields of the datasheet move it, and the clock forgets it (`product.md`, «Sales»).
//!
//! | group | status | when |
//! |---|---|---|
//! | Discovery | To qualify | no qualification yet, neither won nor lost |
//! | | Non-target, Target, VIP | discovery |
//! | Sales | Forgotten | in progress, no to-do open, none closed for N days |
//! | | Non-target, Target, VIP | in progress |
//! | | Hot: Non-target, Target, VIP | in progress, and hot |
//! | Customers | Non-target, Target, VIP | won |
//! | Database | Non-target, Target, VIP | lost |
//!
//! Won and lost without a qualification count as non-target.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{At, Definition, FixedStatus, Rules, Words};
use crate::{
    domain::{
        due::Due,
        money::Money,
        status::{Color, StatusGroup},
        text,
        time::{Timestamp, iso_day_serde},
    },
    error::{Error, Field, Problem},
    i18n::{Locale, sales as words},
};

/// How promising a lead is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Qualification {
    /// Not one of those we sell to.
    NonTarget,
    /// One of those.
    Target,
    /// One of the best.
    Vip,
}

impl Qualification {
    /// All.
    pub const ALL: [Self; 3] = [Self::NonTarget, Self::Target, Self::Vip];

    /// The word of forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NonTarget => "non_target",
            Self::Target => "target",
            Self::Vip => "vip",
        }
    }

    /// The one of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|qualification| qualification.as_str() == word)
    }

    /// What people call it.
    pub const fn words(self) -> Words {
        match self {
            Self::NonTarget => ("Nem célcsoport", "Non-target"),
            Self::Target => ("Célcsoport", "Target"),
            Self::Vip => ("VIP", "VIP"),
        }
    }
}

/// How far the sale is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum SalesStatus {
    #[default]
    Discovery,
    InProgress,
    Won,
    Lost,
}

impl SalesStatus {
    /// All, in order.
    pub const ALL: [Self; 4] = [Self::Discovery, Self::InProgress, Self::Won, Self::Lost];

    /// What people call it.
    pub const fn words(self) -> Words {
        match self {
            Self::Discovery => ("Feltérképezés", "Discovery"),
            Self::InProgress => ("Folyamatban", "In progress"),
            Self::Won => ("Megnyert", "Won"),
            Self::Lost => ("Elveszett", "Lost"),
        }
    }

    /// The word of forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::InProgress => "in_progress",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }

    /// The one of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// A status of the table, top to bottom: a lower one is more important.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Place {
    #[default]
    ToQualify,
    DiscoveryNonTarget,
    DiscoveryTarget,
    DiscoveryVip,
    Forgotten,
    ProgressNonTarget,
    ProgressTarget,
    ProgressVip,
    HotNonTarget,
    HotTarget,
    HotVip,
    WonNonTarget,
    WonTarget,
    WonVip,
    LostNonTarget,
    LostTarget,
    LostVip,
}

impl Place {
    /// All, top to bottom.
    pub const ALL: [Self; 17] = [
        Self::ToQualify,
        Self::DiscoveryNonTarget,
        Self::DiscoveryTarget,
        Self::DiscoveryVip,
        Self::Forgotten,
        Self::ProgressNonTarget,
        Self::ProgressTarget,
        Self::ProgressVip,
        Self::HotNonTarget,
        Self::HotTarget,
        Self::HotVip,
        Self::WonNonTarget,
        Self::WonTarget,
        Self::WonVip,
        Self::LostNonTarget,
        Self::LostTarget,
        Self::LostVip,
    ];

    /// The key of the status.
    pub fn key(self) -> &'static str {
        STATUSES.get(self as usize).map_or("", |status| status.key)
    }

    /// The place of a key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.key() == key)
    }

    /// The qualification it is for, where it is for one.
    pub fn qualification(self) -> Option<Qualification> {
        Qualification::ALL.into_iter().find(|qualification| {
            [DISCOVERY, PROGRESS, HOT, WON, LOST].iter().any(|places| by(*qualification, *places) == self)
        })
    }

    /// The group it stands in.
    pub fn group(self) -> StatusGroup {
        STATUSES.get(self as usize).map_or(StatusGroup::Lead, |status| status.group)
    }
}

/// Three places that differ by qualification only.
const fn by(qualification: Qualification, [non_target, target, vip]: [Place; 3]) -> Place {
    match qualification {
        Qualification::NonTarget => non_target,
        Qualification::Target => target,
        Qualification::Vip => vip,
    }
}

const DISCOVERY: [Place; 3] = [Place::DiscoveryNonTarget, Place::DiscoveryTarget, Place::DiscoveryVip];
const PROGRESS: [Place; 3] = [Place::ProgressNonTarget, Place::ProgressTarget, Place::ProgressVip];
const HOT: [Place; 3] = [Place::HotNonTarget, Place::HotTarget, Place::HotVip];
const WON: [Place; 3] = [Place::WonNonTarget, Place::WonTarget, Place::WonVip];
const LOST: [Place; 3] = [Place::LostNonTarget, Place::LostTarget, Place::LostVip];

const NON_TARGET: Words = Qualification::NonTarget.words();
const TARGET: Words = Qualification::Target.words();
const VIP: Words = Qualification::Vip.words();

/// The statuses in the order of [`Place`].
const STATUSES: &[FixedStatus] = &[
    status("to_qualify", StatusGroup::Lead, ("Minősítendő", "To qualify"), Color::Amber),
    status("discovery_non_target", StatusGroup::Lead, NON_TARGET, Color::Group),
    status("discovery_target", StatusGroup::Lead, TARGET, Color::Group),
    status("discovery_vip", StatusGroup::Lead, VIP, Color::Group),
    status("forgotten", StatusGroup::Open, ("Elfelejtett", "Forgotten"), Color::Gray),
    status("progress_non_target", StatusGroup::Open, NON_TARGET, Color::Group),
    status("progress_target", StatusGroup::Open, TARGET, Color::Group),
    status("progress_vip", StatusGroup::Open, VIP, Color::Group),
    status("hot_non_target", StatusGroup::Open, ("Forró: Nem célcsoport", "Hot: Non-target"), Color::Orange),
    status("hot_target", StatusGroup::Open, ("Forró: Célcsoport", "Hot: Target"), Color::Orange),
    status("hot_vip", StatusGroup::Open, ("Forró: VIP", "Hot: VIP"), Color::Orange),
    status("won_non_target", StatusGroup::Success, NON_TARGET, Color::Group),
    status("won_target", StatusGroup::Success, TARGET, Color::Group),
    status("won_vip", StatusGroup::Success, VIP, Color::Group),
    status("lost_non_target", StatusGroup::Failed, NON_TARGET, Color::Group),
    status("lost_target", StatusGroup::Failed, TARGET, Color::Group),
    status("lost_vip", StatusGroup::Failed, VIP, Color::Group),
];

const fn status(key: &'static str, group: StatusGroup, name: Words, color: Color) -> FixedStatus {
    FixedStatus { key, group, name, color }
}

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(#[serde(with = "iso_day_serde")] pub NaiveDate);

/// What is known of a sale.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// How promising it is, once somebody said so.
    pub qualification: Option<Qualification>,
    /// How far it is.
    pub sales_status: SalesStatus,
    /// About to decide.
    pub hot: bool,
    /// The step of the sale.
    pub lead_step: Option<StepId>,
    /// The step of the customer after it.
    pub customer_step: Option<StepId>,
    /// When the offer was made.
    pub offered_on: Option<Day>,
    /// When it was, or is hoped to be, decided.
    pub closing_on: Option<Day>,
    /// What it is worth.
    pub value: Option<Money>,
    /// Why it was lost.
    pub why_lost: Option<String>,
    /// Since when it is in progress.
    pub in_progress_since: Option<Timestamp>,
    /// The furthest status it ever had, short of being lost.
    pub furthest: Place,
}

/// What somebody does to a sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Says how promising it is.
    Qualify(Qualification),
    /// Says how far it is. `on`: the day of the decision, kept where there is none yet.
    Move {
        /// Where to.
        to: SalesStatus,
        /// Why it is lost; needed for that.
        #[serde(default)]
        why: Option<String>,
        /// Today, to whoever does it.
        #[serde(default)]
        on: Option<Day>,
    },
    /// About to decide, or not.
    Hot(bool),
    /// The step of the sale.
    LeadStep(Option<StepId>),
    /// The step of the customer.
    CustomerStep(Option<StepId>),
    /// When the offer was made.
    OfferedOn(Option<Day>),
    /// When it is decided.
    ClosingOn(Option<Day>),
    /// What it is worth.
    Value(Option<Money>),
    /// Why it was lost, in other words.
    WhyLost(String),
}

/// What a row of the list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Summary {
    /// How promising it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualification: Option<Qualification>,
}

/// Which step of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepId(pub u32);

/// A step of the sale or of the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Which it is; datasheets keep this.
    pub id: StepId,
    /// What people call it; `None`: as it comes, in the viewer's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// No longer chosen, kept for the datasheets that have it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
}

impl Step {
    /// What people call it. `first` are the names it comes with.
    fn name_among(&self, first: &[Words], locale: Locale) -> String {
        let at = usize::try_from(self.id.0).ok().and_then(|id| id.checked_sub(1));
        let comes_with = at.and_then(|at| first.get(at)).map(|words| locale.pick(*words));
        self.name.clone().unwrap_or_else(|| comes_with.unwrap_or_default().to_owned())
    }
}

/// What the steps of a sale are called at first.
const LEAD_STEPS: [Words; 5] = [
    ("Megkeresés", "First contact"),
    ("Igényfelmérés", "Needs"),
    ("Ajánlat", "Offer"),
    ("Tárgyalás", "Negotiation"),
    ("Szerződés", "Contract"),
];

/// What the steps of a customer are called at first.
const CUSTOMER_STEPS: [Words; 4] = [
    ("Bevezetés", "Onboarding"),
    ("Átadás", "Delivery"),
    ("Utókövetés", "Follow-up"),
    ("Újabb vásárlás", "Repeat sale"),
];

/// What admins set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// After so many days without a closed or open to-do a sale in progress counts as forgotten.
    pub forgotten_after_days: u32,
    /// The steps of a sale, in order.
    pub lead_steps: Vec<Step>,
    /// The steps of a customer, in order.
    pub customer_steps: Vec<Step>,
}

impl Default for Settings {
    fn default() -> Self {
        let steps = |n: usize| {
            let ids = (1..).take(n);
            ids.map(|id| Step { id: StepId(id), name: None, archived: false }).collect()
        };
        Self {
            forgotten_after_days: 30,
            lead_steps: steps(LEAD_STEPS.len()),
            customer_steps: steps(CUSTOMER_STEPS.len()),
        }
    }
}

impl Settings {
    /// The longest wait for [`Settings::forgotten_after_days`].
    pub const DAYS_MAX: u32 = 3_650;
    /// How many steps a list has at most, with those no longer chosen.
    pub const STEPS_MAX: usize = 60;
    /// The longest name of a step.
    pub const STEP_NAME_MAX: u32 = 60;

    /// What a step of the sale is called.
    pub fn lead_step_name(step: &Step, locale: Locale) -> String {
        step.name_among(&LEAD_STEPS, locale)
    }

    /// What a step of the customer is called.
    pub fn customer_step_name(step: &Step, locale: Locale) -> String {
        step.name_among(&CUSTOMER_STEPS, locale)
    }

    fn wait(&self) -> i64 {
        i64::from(self.forgotten_after_days) * 86_400_000
    }
}

/// Steps as they may be stored: names clean, ids distinct, not too many.
fn checked_steps(steps: Vec<Step>, first: &[Words]) -> Result<Vec<Step>, Error> {
    if steps.len() > Settings::STEPS_MAX {
        return Err(Error::invalid(Field::Step, Problem::TooMany(small(Settings::STEPS_MAX))));
    }
    let mut seen = std::collections::BTreeSet::new();
    let mut checked = Vec::with_capacity(steps.len());
    for step in steps {
        if !seen.insert(step.id) {
            return Err(Error::invalid(Field::Step, Problem::Taken));
        }
        let name = match step.name {
            Some(name) => Some(text::line(Field::Step, &name, Settings::STEP_NAME_MAX)?),
            // Only what it comes with has a name of its own.
            None if (1..=small(first.len())).contains(&step.id.0) => None,
            None => return Err(Error::invalid(Field::Step, Problem::Missing)),
        };
        checked.push(Step { name, ..step });
    }
    Ok(checked)
}

fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl Facts {
    /// The place in the table.
    pub fn place(&self, at: &At<Settings>) -> Place {
        let qualification = self.qualification.unwrap_or(Qualification::NonTarget);
        match self.sales_status {
            SalesStatus::Won => by(qualification, WON),
            SalesStatus::Lost => by(qualification, LOST),
            _ if self.qualification.is_none() => Place::ToQualify,
            SalesStatus::Discovery => by(qualification, DISCOVERY),
            SalesStatus::InProgress if self.forgotten_at(at).is_some_and(|then| then <= at.now) => {
                Place::Forgotten
            }
            SalesStatus::InProgress if self.hot => by(qualification, HOT),
            SalesStatus::InProgress => by(qualification, PROGRESS),
        }
    }

    /// When it counts, or began to count, as forgotten, as things are now.
    fn forgotten_at(&self, at: &At<Settings>) -> Option<Timestamp> {
        let can_be =
            self.qualification.is_some() && self.sales_status == SalesStatus::InProgress && !at.has_open_todo;
        // Whoever takes a case up again gets as long as whoever closed a to-do.
        let since = self.in_progress_since.unwrap_or(at.created_at);
        let since = at.last_closed_at.map_or(since, |closed| since.max(closed));
        can_be.then(|| since.plus_millis(at.settings.wait()))
    }

    fn moved(&mut self, to: SalesStatus, why: Option<&str>, on: Option<Day>, now: Timestamp) -> Result<(), Error> {
        if to == SalesStatus::Lost && (why.is_some() || self.sales_status != SalesStatus::Lost) {
            self.why_lost = Some(reason(why.unwrap_or_default())?);
        }
        if self.sales_status == to {
            return Ok(());
        }
        self.sales_status = to;
        self.in_progress_since = (to == SalesStatus::InProgress).then_some(now);
        match to {
            SalesStatus::Won | SalesStatus::Lost => self.closing_on = self.closing_on.or(plausible(on)?),
            SalesStatus::Discovery | SalesStatus::InProgress => {}
        }
        if to != SalesStatus::Lost {
            self.why_lost = None;
        }
        Ok(())
    }
}

/// The reason of a loss.
fn reason(text: &str) -> Result<String, Error> {
    Ok(text::lines(Field::WhyLost, text, text::TEXT_MAX)?)
}

/// A day that a person can mean.
fn plausible(day: Option<Day>) -> Result<Option<Day>, Error> {
    match day {
        Some(day) if !Due::Day(day.0).is_plausible() => {
            Err(Error::invalid(Field::Date, Problem::Unreadable))
        }
        day => Ok(day),
    }
}

/// A step that can be chosen.
fn known(step: Option<StepId>, steps: &[Step]) -> Result<Option<StepId>, Error> {
    match step {
        Some(id) if !steps.iter().any(|step| step.id == id && !step.archived) => {
            Err(Error::invalid(Field::Step, Problem::Unknown))
        }
        step => Ok(step),
    }
}

impl Rules for Facts {
    type Action = Action;
    type Summary = Summary;
    type Settings = Settings;

    const DEFINITION: Definition = Definition {
        word: "sales",
        name: ("Értékesítés", "Sales"),
        item_name: ("Érdeklődő", "Lead"),
        purpose: (
            "Érdeklődők minősítése és eladás: az adatlap mezői rendezik a fát, az elfelejtett ügy magától előkerül.",
            "Qualifying leads and selling: the datasheet's fields sort the tree, and a forgotten case comes up by itself.",
        ),
        moved_by: (
            "A státuszt az adatlap mezői mozgatják: minősítés, értékesítési státusz, forró; az idő pedig az elfelejtettet.",
            "The datasheet's fields move the status: qualification, sales status, hot; and time moves what is forgotten.",
        ),
        by_hand: (
            "A státuszt itt az adatlap mezői mozgatják (minősítés, értékesítési státusz, forró), kézzel nem állítható.",
            "Here the datasheet's fields move the status (qualification, sales status, hot); it cannot be set by hand.",
        ),
        group_labels: [
            Some(("Feltérképezés", "Discovery")),
            Some(("Értékesítés", "Sales")),
            Some(("Vevők", "Customers")),
            Some(("Adatbázis", "Database")),
        ],
        statuses: STATUSES,
        is_single: false,
    };

    fn act(&self, action: &Action, at: &At<Settings>) -> Result<Self, Error> {
        let mut next = self.clone();
        match action {
            Action::Qualify(qualification) => next.qualification = Some(*qualification),
            Action::Move { to, why, on } => next.moved(*to, why.as_deref(), *on, at.now)?,
            Action::Hot(hot) => next.hot = *hot,
            Action::LeadStep(step) => next.lead_step = known(*step, &at.settings.lead_steps)?,
            Action::CustomerStep(step) => next.customer_step = known(*step, &at.settings.customer_steps)?,
            Action::OfferedOn(day) => next.offered_on = plausible(*day)?,
            Action::ClosingOn(day) => next.closing_on = plausible(*day)?,
            Action::Value(value) => {
                if value.is_some_and(|value| !(0..=Money::MAX).contains(&value.minor)) {
                    return Err(Error::invalid(Field::Amount, Problem::Unreadable));
                }
                next.value = *value;
            }
            Action::WhyLost(why) => {
                if self.sales_status == SalesStatus::Lost {
                    next.why_lost = Some(reason(why)?);
                }
            }
        }
        Ok(next.seen(at))
    }

    fn seen(&self, at: &At<Settings>) -> Self {
        let place = self.place(at);
        let furthest =
            if place.group() == StatusGroup::Failed { self.furthest } else { self.furthest.max(place) };
        Self { furthest, ..self.clone() }
    }

    fn status(&self, at: &At<Settings>) -> &'static str {
        self.place(at).key()
    }

    fn wakes_at(&self, at: &At<Settings>) -> Option<Timestamp> {
        self.forgotten_at(at).filter(|then| *then > at.now)
    }

    fn amount(&self) -> Option<Money> {
        self.value
    }

    fn said(action: &Action, named: Option<&str>, locale: Locale) -> String {
        words::action(locale, action, named)
    }

    fn named(action: &Action, settings: &Settings, locale: Locale) -> Option<String> {
        words::named(locale, action, settings)
    }

    fn stored(&self, action: &Action, settings: &Settings, locale: Locale) -> String {
        words::stored(locale, self, action, settings)
    }

    fn summary(&self) -> Summary {
        Summary { qualification: self.qualification }
    }

    fn furthest(&self) -> Option<&'static str> {
        Some(self.furthest.key())
    }

    fn checked(settings: Settings) -> Result<Settings, Error> {
        if !(1..=Settings::DAYS_MAX).contains(&settings.forgotten_after_days) {
            return Err(Error::invalid(Field::Days, Problem::Unreadable));
        }
        Ok(Settings {
            forgotten_after_days: settings.forgotten_after_days,
            lead_steps: checked_steps(settings.lead_steps, &LEAD_STEPS)?,
            customer_steps: checked_steps(settings.customer_steps, &CUSTOMER_STEPS)?,
        })
    }

    const TAKES_FILES: bool = true;

    const CLOCKED: &'static [&'static str] = &[
        "forgotten",
        "progress_non_target",
        "progress_target",
        "progress_vip",
        "hot_non_target",
        "hot_target",
        "hot_vip",
    ];

    fn may_move(before: &Settings, after: &Settings) -> bool {
        before.forgotten_after_days != after.forgotten_after_days
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY: i64 = 86_400_000;
    const CREATED: Timestamp = Timestamp(1_000_000_000_000);

    fn day(n: i64) -> Timestamp {
        CREATED.plus_millis(n * DAY)
    }

    fn at(settings: &Settings, now: Timestamp, has_open_todo: bool, closed: Option<Timestamp>) -> At<'_, Settings> {
        At { now, created_at: CREATED, has_open_todo, last_closed_at: closed, settings }
    }

    use Qualification::{NonTarget, Target, Vip};
    use SalesStatus::{Discovery, InProgress, Lost, Won};

    /// The table of `product.md`, row by row: qualification, sales status, hot, forgotten by the clock, the status's key.
    type TableRow = (Option<Qualification>, SalesStatus, Option<bool>, Option<bool>, &'static str);
    const TABLE: [TableRow; 22] = [
        (None, Discovery, None, None, "to_qualify"),
        (None, InProgress, None, None, "to_qualify"),
        (Some(NonTarget), Discovery, None, None, "discovery_non_target"),
        (Some(Target), Discovery, None, None, "discovery_target"),
        (Some(Vip), Discovery, None, None, "discovery_vip"),
        (Some(NonTarget), InProgress, None, Some(true), "forgotten"),
        (Some(Target), InProgress, None, Some(true), "forgotten"),
        (Some(Vip), InProgress, None, Some(true), "forgotten"),
        (Some(NonTarget), InProgress, Some(false), Some(false), "progress_non_target"),
        (Some(Target), InProgress, Some(false), Some(false), "progress_target"),
        (Some(Vip), InProgress, Some(false), Some(false), "progress_vip"),
        (Some(NonTarget), InProgress, Some(true), Some(false), "hot_non_target"),
        (Some(Target), InProgress, Some(true), Some(false), "hot_target"),
        (Some(Vip), InProgress, Some(true), Some(false), "hot_vip"),
        (None, Won, None, None, "won_non_target"),
        (Some(NonTarget), Won, None, None, "won_non_target"),
        (Some(Target), Won, None, None, "won_target"),
        (Some(Vip), Won, None, None, "won_vip"),
        (None, Lost, None, None, "lost_non_target"),
        (Some(NonTarget), Lost, None, None, "lost_non_target"),
        (Some(Target), Lost, None, None, "lost_target"),
        (Some(Vip), Lost, None, None, "lost_vip"),
    ];

    #[test]
    fn every_combination_of_facts_has_the_status_of_its_row() {
        let settings = Settings::default();
        let qualifications = [None, Some(NonTarget), Some(Target), Some(Vip)];
        let mut keys = std::collections::BTreeSet::new();
        for qualification in qualifications {
            for sales_status in SalesStatus::ALL {
                for hot in [false, true] {
                    for forgotten in [false, true] {
                        let now = if forgotten { day(30) } else { day(30).plus_millis(-1) };
                        let facts = Facts { qualification, sales_status, hot, ..Facts::default() };
                        let fits = |row: &&TableRow| {
                            row.0 == qualification
                                && row.1 == sales_status
                                && row.2.is_none_or(|wanted| wanted == hot)
                                && row.3.is_none_or(|wanted| wanted == forgotten)
                        };
                        let rows: Vec<_> = TABLE.iter().filter(fits).map(|row| row.4).collect();
                        let key = facts.status(&at(&settings, now, false, None));
                        assert_eq!(rows, [key], "{facts:?} forgotten: {forgotten}");
                        keys.insert(key);
                    }
                }
            }
        }
        assert_eq!(keys.len(), STATUSES.len(), "every status of the table is reached");
    }

    #[test]
    fn places_and_statuses_are_the_same_list() {
        let last = Place::LostVip as usize;
        assert_eq!(STATUSES.len(), last + 1);
        for status in STATUSES {
            let place: Place = serde_json::from_str(&format!("{:?}", status.key)).unwrap();
            assert_eq!((place.key(), place.group()), (status.key, status.group));
        }
        let clocked: Vec<_> =
            STATUSES.iter().filter(|status| status.group == StatusGroup::Open).map(|status| status.key).collect();
        assert_eq!(Facts::CLOCKED, clocked);
    }

    #[test]
    fn a_case_is_forgotten_n_days_after_its_last_to_do_and_not_with_an_open_one() {
        let settings = Settings { forgotten_after_days: 10, ..Settings::default() };
        let facts = Facts {
            qualification: Some(Target),
            sales_status: InProgress,
            in_progress_since: Some(day(2)),
            ..Facts::default()
        };
        // now, open to-do, last closed: the status and the next look of the clock.
        for (now, open, closed, key, wakes) in [
            (day(3), false, None, "progress_target", Some(day(12))),
            (day(12), false, None, "forgotten", None),
            (day(12), true, None, "progress_target", None),
            (day(12), false, Some(day(11)), "progress_target", Some(day(21))),
            // Closed before it was taken up: the days count from taking it up.
            (day(11), false, Some(day(1)), "progress_target", Some(day(12))),
            // After a downtime, too.
            (day(400), false, Some(day(11)), "forgotten", None),
        ] {
            let at = at(&settings, now, open, closed);
            assert_eq!((facts.status(&at), facts.wakes_at(&at)), (key, wakes), "{at:?}");
        }
    }

    #[test]
    fn lost_asks_why() {
        let settings = Settings::default();
        let at = at(&settings, day(1), false, None);
        let lost = |why: Option<&str>| Action::Move { to: Lost, why: why.map(str::to_owned), on: None };
        for none in [None, Some(""), Some(" \n ")] {
            let refused = Facts::default().act(&lost(none), &at);
            assert_eq!(refused, Err(Error::invalid(Field::WhyLost, Problem::Missing)));
        }
        let facts = Facts::default().act(&lost(Some(" Drága ")), &at).unwrap();
        assert_eq!((facts.sales_status, facts.why_lost.as_deref()), (Lost, Some("Drága")));
        // Taken up again, it is no longer lost for a reason.
        let again = facts.act(&Action::Move { to: InProgress, why: None, on: None }, &at).unwrap();
        assert_eq!((again.why_lost, again.in_progress_since), (None, Some(day(1))));
    }

    #[test]
    fn the_furthest_status_stays_and_being_lost_is_not_far() {
        let settings = Settings::default();
        let at = at(&settings, day(1), true, None);
        let mut facts = Facts::default();
        for (action, furthest) in [
            (Action::Qualify(Vip), Place::DiscoveryVip),
            (Action::Move { to: InProgress, why: None, on: None }, Place::ProgressVip),
            (Action::Hot(true), Place::HotVip),
            (Action::Qualify(Target), Place::HotVip),
            (Action::Move { to: Lost, why: Some("ár".to_owned()), on: None }, Place::HotVip),
            (Action::Move { to: Discovery, why: None, on: None }, Place::HotVip),
            (Action::Move { to: Won, why: None, on: None }, Place::WonTarget),
        ] {
            facts = facts.act(&action, &at).unwrap();
            assert_eq!(facts.furthest, furthest, "{action:?}");
        }
    }

    #[test]
    fn a_status_that_a_to_do_brings_about_counts_as_reached_too() {
        let settings = Settings { forgotten_after_days: 10, ..Settings::default() };
        let forgotten = at(&settings, day(40), false, None);
        let facts = Facts {
            qualification: Some(Target),
            sales_status: InProgress,
            in_progress_since: Some(day(1)),
            furthest: Place::ProgressTarget,
            ..Facts::default()
        };
        // Hot while it is forgotten: it does not stand there yet.
        let hot = facts.act(&Action::Hot(true), &forgotten).unwrap();
        assert_eq!((hot.status(&forgotten), hot.furthest), ("forgotten", Place::ProgressTarget));
        // A to-do takes it out of there.
        let taken_up = at(&settings, day(40), true, None);
        assert_eq!((hot.status(&taken_up), hot.seen(&taken_up).furthest), ("hot_target", Place::HotTarget));
        assert_eq!(hot.seen(&taken_up).seen(&forgotten).furthest, Place::HotTarget);
    }

    #[test]
    fn the_day_of_the_decision_is_kept_where_there_is_none() {
        let settings = Settings::default();
        let at = at(&settings, day(1), true, None);
        let on = |d| Some(Day(NaiveDate::from_ymd_opt(2026, 11, d).unwrap()));
        let won = Facts::default().act(&Action::Move { to: Won, why: None, on: on(24) }, &at).unwrap();
        assert_eq!(won.closing_on, on(24));
        let planned = Facts { closing_on: on(3), ..Facts::default() };
        let won = planned.act(&Action::Move { to: Won, why: None, on: on(24) }, &at).unwrap();
        assert_eq!(won.closing_on, on(3));
        assert_eq!(serde_json::to_value(&won).unwrap()["closing_on"], "2026-11-03");
    }

    #[test]
    fn only_steps_that_can_be_chosen_are_taken() {
        let mut settings = Settings::default();
        settings.lead_steps[1].archived = true;
        let at = at(&settings, day(1), true, None);
        let unknown = Err(Error::invalid(Field::Step, Problem::Unknown));
        assert_eq!(Facts::default().act(&Action::LeadStep(Some(StepId(2))), &at), unknown);
        assert_eq!(Facts::default().act(&Action::CustomerStep(Some(StepId(77))), &at), unknown);
        let first = Facts::default().act(&Action::LeadStep(Some(StepId(1))), &at).unwrap();
        assert_eq!(first.lead_step, Some(StepId(1)));
    }

    #[test]
    fn settings_are_checked() {
        let good = Settings::default();
        assert_eq!(Facts::checked(good.clone()), Ok(good.clone()));
        for days in [0, Settings::DAYS_MAX + 1] {
            let wrong = Facts::checked(Settings { forgotten_after_days: days, ..good.clone() });
            assert_eq!(wrong, Err(Error::invalid(Field::Days, Problem::Unreadable)));
        }
        let with = |id, name: Option<&str>| {
            let mut settings = good.clone();
            settings.lead_steps.push(Step { id: StepId(id), name: name.map(str::to_owned), archived: false });
            Facts::checked(settings)
        };
        assert_eq!(with(1, Some("Kétszer")), Err(Error::invalid(Field::Step, Problem::Taken)));
        assert_eq!(with(9, None), Err(Error::invalid(Field::Step, Problem::Missing)));
        assert_eq!(with(9, Some("  ")), Err(Error::invalid(Field::Step, Problem::Missing)));
        assert_eq!(with(9, Some(" Próba  út ")).unwrap().lead_steps[5].name.as_deref(), Some("Próba út"));
    }

    #[test]
    fn stored_facts_that_know_less_are_still_read() {
        let facts: Facts = serde_json::from_str(r#"{"qualification":"vip"}"#).unwrap();
        assert_eq!(facts, Facts { qualification: Some(Vip), ..Facts::default() });
    }

    fn any_action() -> impl Strategy<Value = Action> {
        let qualification = prop::sample::select(&Qualification::ALL[..]);
        let to = prop::sample::select(&SalesStatus::ALL[..]);
        prop_oneof![
            3 => qualification.prop_map(Action::Qualify),
            3 => (to, prop::option::of("[a ]{0,3}")).prop_map(|(to, why)| Action::Move { to, why, on: None }),
            2 => any::<bool>().prop_map(Action::Hot),
            1 => prop::option::of(0u32..8).prop_map(|id| Action::LeadStep(id.map(StepId))),
            1 => any::<i64>().prop_map(|minor| Action::Value(Some(Money { minor, currency: crate::domain::money::Currency::default() }))),
        ]
    }

    proptest! {
        #[test]
        fn no_sequence_of_actions_leaves_the_table(
            steps in prop::collection::vec((any_action(), 0i64..40, any::<bool>(), any::<bool>()), 0..30),
        ) {
            let settings = Settings::default();
            let (mut facts, mut now, mut closed) = (Facts::default(), 0, None);
            for (action, days, open, closes) in steps {
                now += days;
                closed = if closes { Some(day(now)) } else { closed };
                let at = at(&settings, day(now), open, closed);
                match facts.act(&action, &at) {
                    Ok(next) => {
                        prop_assert!(next.furthest >= facts.furthest);
                        prop_assert_eq!(next.why_lost.is_some(), next.sales_status == Lost);
                        prop_assert!(next.value.is_none_or(|value| (0..=Money::MAX).contains(&value.minor)));
                        facts = next;
                    }
                    Err(error) => prop_assert_eq!(error.status(), 422),
                }
                let key = facts.status(&at);
                prop_assert!(STATUSES.iter().any(|status| status.key == key));
                let group = STATUSES.iter().find(|status| status.key == key).unwrap().group;
                let expected = match (facts.sales_status, facts.qualification) {
                    (Won, _) => StatusGroup::Success,
                    (Lost, _) => StatusGroup::Failed,
                    (InProgress, Some(_)) => StatusGroup::Open,
                    _ => StatusGroup::Lead,
                };
                prop_assert_eq!(group, expected);
            }
        }

        #[test]
        fn the_clock_changes_the_status_when_it_is_due_and_never_before(
            qualification in prop::option::of(prop::sample::select(&Qualification::ALL[..])),
            sales_status in prop::sample::select(&SalesStatus::ALL[..]),
            hot: bool,
            open: bool,
            n in 1u32..100,
            since in prop::option::of(0i64..200),
            closed in prop::option::of(0i64..200),
            now in 0i64..400,
            later in 0i64..100 * DAY,
        ) {
            let settings = Settings { forgotten_after_days: n, ..Settings::default() };
            let in_progress_since = since.map(day);
            let facts = Facts { qualification, sales_status, hot, in_progress_since, ..Facts::default() };
            let seen = |now| {
                let at = at(&settings, now, open, closed.map(day));
                (facts.status(&at), facts.wakes_at(&at))
            };
            let (key, wakes) = seen(day(now));
            if let Some(wakes) = wakes {
                prop_assert!(wakes > day(now));
                let before = Timestamp(wakes.0 - 1).min(day(now).plus_millis(later));
                prop_assert_eq!(seen(before), (key, Some(wakes)));
                prop_assert_eq!(seen(wakes), ("forgotten", None));
                // After a downtime, too.
                prop_assert_eq!(seen(wakes.plus_millis(later)), ("forgotten", None));
            } else {
                prop_assert_eq!(seen(day(now).plus_millis(later)), (key, None));
            }
        }
    }
}
