//! Webshop: a datasheet is a buyer, its status a segment that follows from subscription, registration, orders and time
//! (`product.md`, «Webshop»).
//!
//! | status | group | rule (orders n, days since the last d) |
//! |---|---|---|
//! | Subscriber, Registered | Lead | subscribed only; registered, n = 0 |
//! | Passive buyer | Open | n = 1 and 30 < d ≤ 60, or n = 2–3 and 60 < d ≤ 90 |
//! | Passive regular | Open | n ≥ 4 and 90 < d ≤ 365 |
//! | One-time buyer | Success | n = 1, d ≤ 30 |
//! | Repeat buyer | Success | n = 2–3, d ≤ 60 |
//! | Regular | Success | n ≥ 4, d ≤ 90 |
//! | Lost buyer | Failed | n = 1 and d > 60, or n = 2–3 and d > 90 |
//! | Lost regular | Failed | n ≥ 4, d > 365 |
//! | Inactive | Failed | 60 days in Registered |
//! | Unsubscribed | Failed | was a subscriber, unsubscribed, n = 0 |
//!
//! **A day** is 24 hours, and d counts the whole ones that have passed since the moment of the last order: an order of ten in the
//! morning is thirty days old (d = 30) for the 24 hours from ten o'clock thirty days later, and d > 30 begins when they end.
//! No time zone comes into it, so every server and every viewer sees a buyer move at the same moment, also where a day of the
//! calendar has 23 or 25 hours. An order of a future moment has d = 0.
//!
//! Where two rows could be read to fit a buyer without orders, the later one of the table wins: who has unsubscribed is
//! Unsubscribed, registered or not. A buyer of whom nothing is known (made by hand) counts as registered when they were made.

mod order;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use order::{NUMBER_MAX, Order};

use super::{At, Definition, FixedStatus, Rules};
use crate::{
    domain::{
        money::{Currency, Money},
        status::{Color, StatusGroup},
        time::Timestamp,
    },
    error::Error,
    i18n::{Locale, process as words},
};

/// A day of the table, in milliseconds.
pub const DAY: i64 = 86_400_000;
/// After so many days in Registered a buyer is Inactive.
const INACTIVE_AFTER: i64 = 60;

/// The statuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the table says it")]
pub enum Segment {
    Subscriber,
    Registered,
    PassiveBuyer,
    PassiveRegular,
    OneTime,
    Repeat,
    Regular,
    LostBuyer,
    LostRegular,
    Inactive,
    Unsubscribed,
}

impl Segment {
    /// Top to bottom.
    pub const ALL: [Self; 11] = [
        Self::Subscriber,
        Self::Registered,
        Self::PassiveBuyer,
        Self::PassiveRegular,
        Self::OneTime,
        Self::Repeat,
        Self::Regular,
        Self::LostBuyer,
        Self::LostRegular,
        Self::Inactive,
        Self::Unsubscribed,
    ];

    /// The key of the status.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Subscriber => "subscriber",
            Self::Registered => "registered",
            Self::PassiveBuyer => "passive_buyer",
            Self::PassiveRegular => "passive_regular",
            Self::OneTime => "one_time",
            Self::Repeat => "repeat",
            Self::Regular => "regular",
            Self::LostBuyer => "lost_buyer",
            Self::LostRegular => "lost_regular",
            Self::Inactive => "inactive",
            Self::Unsubscribed => "unsubscribed",
        }
    }
}

/// What a buyer has ordered so far: at least one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purchases {
    /// How many orders.
    pub count: u32,
    /// When the first one was.
    pub first_at: Timestamp,
    /// When the last one was.
    pub last_at: Timestamp,
    /// What they add up to, per currency, in its smallest unit.
    pub values: BTreeMap<Currency, i64>,
}

/// What is known of a buyer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// When they subscribed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscribed_at: Option<Timestamp>,
    /// When they took that back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsubscribed_at: Option<Timestamp>,
    /// When they registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered_at: Option<Timestamp>,
    /// Their orders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchases: Option<Purchases>,
}

/// What a person can note of a buyer; the rest comes with their orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Action {
    Subscribe,
    Unsubscribe,
    Register,
}

/// What the row of a buyer shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Figures {
    /// How many orders.
    pub orders: u32,
    /// What they add up to, per currency.
    pub values: Vec<Money>,
    /// When the last one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_at: Option<Timestamp>,
}

/// Whole days that have passed.
const fn days(since: Timestamp, now: Timestamp) -> i64 {
    let passed = now.millis_since(since).div_euclid(DAY);
    if passed < 0 { 0 } else { passed }
}

/// The segment of a buyer with orders, by the days since the last one.
const fn by_orders(count: u32, days: i64) -> Segment {
    match (count, days) {
        (..=1, ..=30) => Segment::OneTime,
        (..=1, 31..=60) => Segment::PassiveBuyer,
        (2..=3, ..=60) => Segment::Repeat,
        (2..=3, 61..=90) => Segment::PassiveBuyer,
        (..=3, _) => Segment::LostBuyer,
        (_, ..=90) => Segment::Regular,
        (_, 91..=365) => Segment::PassiveRegular,
        _ => Segment::LostRegular,
    }
}

impl Facts {
    /// The segment.
    pub fn segment<S>(&self, at: &At<S>) -> Segment {
        if let Some(purchases) = &self.purchases {
            return by_orders(purchases.count, days(purchases.last_at, at.now));
        }
        if self.subscribed_at.is_some() && self.unsubscribed_at.is_some() {
            return Segment::Unsubscribed;
        }
        match self.registered_since(at.created_at) {
            Some(since) if days(since, at.now) >= INACTIVE_AFTER => Segment::Inactive,
            Some(_) => Segment::Registered,
            None => Segment::Subscriber,
        }
    }

    fn registered_since(&self, created_at: Timestamp) -> Option<Timestamp> {
        self.registered_at.or_else(|| self.subscribed_at.is_none().then_some(created_at))
    }
}

impl Rules for Facts {
    type Action = Action;
    type Summary = Figures;
    type Settings = ();

    const DEFINITION: Definition = Definition {
        word: "webshop",
        name: ("Webshop", "Webshop"),
        item_name: ("Vásárló", "Buyer"),
        purpose: (
            "A webáruház vásárlói, a rendeléseik alapján szegmensekben, amelyeket az idő is mozgat.",
            "The buyers of a web shop, in segments that follow from their orders and from time.",
        ),
        moved_by: (
            "A státuszt a rendelések, a regisztráció, a feliratkozás és az idő múlása mozgatja.",
            "Orders, registration, subscription and the passing of time move the status.",
        ),
        by_hand: (
            "A státuszt itt a rendelések és az idő mozgatják, kézzel nem állítható.",
            "Here orders and time move the status; it cannot be set by hand.",
        ),
        group_labels: [None; 4],
        statuses: &[
            status(Segment::Subscriber, StatusGroup::Lead, ("Feliratkozó", "Subscriber")),
            status(Segment::Registered, StatusGroup::Lead, ("Regisztrált", "Registered")),
            status(Segment::PassiveBuyer, StatusGroup::Open, ("Passzív vevő", "Passive buyer")),
            status(Segment::PassiveRegular, StatusGroup::Open, ("Passzív törzsvásárló", "Passive regular")),
            status(Segment::OneTime, StatusGroup::Success, ("Egyszeri vevő", "One-time buyer")),
            status(Segment::Repeat, StatusGroup::Success, ("Többször rendelt", "Repeat buyer")),
            status(Segment::Regular, StatusGroup::Success, ("Törzsvásárló", "Regular")),
            status(Segment::LostBuyer, StatusGroup::Failed, ("Elvesztett vevő", "Lost buyer")),
            status(Segment::LostRegular, StatusGroup::Failed, ("Elvesztett törzsvásárló", "Lost regular")),
            status(Segment::Inactive, StatusGroup::Failed, ("Inaktív", "Inactive")),
            status(Segment::Unsubscribed, StatusGroup::Failed, ("Leiratkozott", "Unsubscribed")),
        ],
        is_single: true,
    };

    /// What holds already is noted once: the facts stay as they are.
    fn act(&self, action: &Action, at: &At<()>) -> Result<Self, Error> {
        let mut facts = self.clone();
        let is_subscribed = self.subscribed_at.is_some() && self.unsubscribed_at.is_none();
        match action {
            Action::Subscribe if !is_subscribed => {
                facts.subscribed_at = Some(at.now);
                facts.unsubscribed_at = None;
            }
            Action::Unsubscribe if is_subscribed => facts.unsubscribed_at = Some(at.now),
            Action::Register => facts.registered_at = self.registered_at.or(Some(at.now)),
            Action::Subscribe | Action::Unsubscribe => {}
        }
        Ok(facts)
    }

    fn status(&self, at: &At<()>) -> &'static str {
        self.segment(at).key()
    }

    fn wakes_at(&self, at: &At<()>) -> Option<Timestamp> {
        // Whole days after which the segment is another one.
        let (since, changes): (Timestamp, &[i64]) = match &self.purchases {
            Some(purchases) => (
                purchases.last_at,
                match purchases.count {
                    ..=1 => &[31, 61],
                    2..=3 => &[61, 91],
                    _ => &[91, 366],
                },
            ),
            None if self.segment(at) == Segment::Unsubscribed => return None,
            None => (self.registered_since(at.created_at)?, &[INACTIVE_AFTER]),
        };
        changes.iter().map(|days| since.plus_millis(days * DAY)).find(|change| *change > at.now)
    }

    /// None: what they spent is a figure of theirs, not what the case is worth.
    fn amount(&self) -> Option<Money> {
        None
    }

    fn said(action: &Action, _named: Option<&str>, locale: Locale) -> String {
        words::buyer(locale, *action).to_owned()
    }

    fn summary(&self) -> Figures {
        self.purchases.as_ref().map_or(Figures { orders: 0, values: vec![], last_at: None }, |purchases| Figures {
            orders: purchases.count,
            last_at: Some(purchases.last_at),
            values: purchases
                .values
                .iter()
                .map(|(currency, minor)| Money { minor: *minor, currency: *currency })
                .collect(),
        })
    }
}

const fn status(segment: Segment, group: StatusGroup, name: super::Words) -> FixedStatus {
    FixedStatus { key: segment.key(), group, name, color: Color::Group }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MADE: Timestamp = Timestamp(1_795_507_200_000);

    fn at(now: Timestamp) -> At<'static, ()> {
        At { now, created_at: MADE, has_open_todo: false, last_closed_at: None, settings: &() }
    }

    fn buyer(count: u32, last_at: Timestamp) -> Facts {
        let purchases = Purchases { count, first_at: last_at, last_at, values: BTreeMap::new() };
        Facts { purchases: Some(purchases), ..Facts::default() }
    }

    type Rule = (Segment, fn(n: u32, d: i64) -> bool);

    /// The table of `product.md`, its rows with orders, as written there.
    const TABLE: [Rule; 7] = [
        (Segment::PassiveBuyer, |n, d| {
            n == 1 && 30 < d && d <= 60 || (n == 2 || n == 3) && 60 < d && d <= 90
        }),
        (Segment::PassiveRegular, |n, d| n >= 4 && 90 < d && d <= 365),
        (Segment::OneTime, |n, d| n == 1 && d <= 30),
        (Segment::Repeat, |n, d| (n == 2 || n == 3) && d <= 60),
        (Segment::Regular, |n, d| n >= 4 && d <= 90),
        (Segment::LostBuyer, |n, d| n == 1 && d > 60 || (n == 2 || n == 3) && d > 90),
        (Segment::LostRegular, |n, d| n >= 4 && d > 365),
    ];

    #[test]
    fn every_row_of_the_table_holds_at_its_borders() {
        for (n, d, segment) in [
            (1, 0, Segment::OneTime),
            (1, 30, Segment::OneTime),
            (1, 31, Segment::PassiveBuyer),
            (1, 60, Segment::PassiveBuyer),
            (1, 61, Segment::LostBuyer),
            (2, 60, Segment::Repeat),
            (2, 61, Segment::PassiveBuyer),
            (3, 0, Segment::Repeat),
            (3, 90, Segment::PassiveBuyer),
            (3, 91, Segment::LostBuyer),
            (4, 0, Segment::Regular),
            (4, 90, Segment::Regular),
            (4, 91, Segment::PassiveRegular),
            (4, 365, Segment::PassiveRegular),
            (4, 366, Segment::LostRegular),
            (400, 90, Segment::Regular),
        ] {
            let facts = buyer(n, MADE);
            // The first and the last millisecond of that day.
            for now in [MADE.plus_millis(d * DAY), MADE.plus_millis((d + 1) * DAY - 1)] {
                assert_eq!(facts.segment(&at(now)), segment, "n = {n}, d = {d}, {now:?}");
            }
        }
    }

    #[test]
    fn without_orders_subscription_registration_and_sixty_days_decide() {
        let now = MADE.plus_millis(100 * DAY);
        let long_ago = MADE.plus_millis(40 * DAY);
        let recently = MADE.plus_millis(40 * DAY + 1);
        let facts = |subscribed, unsubscribed, registered| Facts {
            subscribed_at: subscribed,
            unsubscribed_at: unsubscribed,
            registered_at: registered,
            purchases: None,
        };
        for (facts, segment) in [
            (facts(Some(MADE), None, None), Segment::Subscriber),
            (facts(Some(MADE), None, Some(recently)), Segment::Registered),
            (facts(None, None, Some(recently)), Segment::Registered),
            (facts(None, None, Some(long_ago)), Segment::Inactive),
            (facts(Some(MADE), None, Some(long_ago)), Segment::Inactive),
            (facts(Some(MADE), Some(recently), None), Segment::Unsubscribed),
            (facts(Some(MADE), Some(recently), Some(recently)), Segment::Unsubscribed),
            (facts(Some(MADE), Some(recently), Some(long_ago)), Segment::Unsubscribed),
        ] {
            assert_eq!(facts.segment(&at(now)), segment, "{facts:?}");
        }
        // Whoever was made by hand counts from then.
        assert_eq!(Facts::default().segment(&at(MADE)), Segment::Registered);
        assert_eq!(Facts::default().segment(&at(MADE.plus_millis(60 * DAY))), Segment::Inactive);
        assert_eq!(Facts::default().wakes_at(&at(MADE)), Some(MADE.plus_millis(60 * DAY)));
    }

    #[test]
    fn a_day_is_24_hours_also_where_the_clocks_change() {
        // 2026-10-24 10:00 in Budapest; the night after, clocks go back: thirty calendar days later it is 24 hours × 30 + 1.
        let last = Timestamp(1_792_828_800_000);
        let facts = buyer(1, last);
        let ten_on_the_thirty_first_day = last.plus_hours(31 * 24 + 1);
        assert_eq!(facts.segment(&at(ten_on_the_thirty_first_day)), Segment::PassiveBuyer);
        assert_eq!(facts.segment(&at(ten_on_the_thirty_first_day.plus_hours(-1))), Segment::PassiveBuyer);
        assert_eq!(facts.segment(&at(ten_on_the_thirty_first_day.plus_hours(-1).plus_millis(-1))), Segment::OneTime);
    }

    #[test]
    fn an_order_of_the_future_was_today() {
        assert_eq!(buyer(1, MADE.plus_hours(5)).segment(&at(MADE)), Segment::OneTime);
    }

    #[test]
    fn what_a_person_notes_holds_until_the_opposite_is_noted() {
        let later = MADE.plus_hours(1);
        let subscribed = Facts::default().act(&Action::Subscribe, &at(MADE)).unwrap();
        assert_eq!(subscribed.segment(&at(later)), Segment::Subscriber);
        assert_eq!(subscribed.act(&Action::Subscribe, &at(later)), Ok(subscribed.clone()));
        let gone = subscribed.act(&Action::Unsubscribe, &at(later)).unwrap();
        assert_eq!(gone.segment(&at(later)), Segment::Unsubscribed);
        let back = gone.act(&Action::Subscribe, &at(later)).unwrap();
        assert_eq!(back.segment(&at(later)), Segment::Subscriber);
        let registered = back.act(&Action::Register, &at(later)).unwrap();
        assert_eq!(registered.segment(&at(later)), Segment::Registered);
        assert_eq!(registered.act(&Action::Register, &at(later.plus_hours(1))), Ok(registered.clone()));
        // Nobody unsubscribes who never subscribed.
        assert_eq!(Facts::default().act(&Action::Unsubscribe, &at(MADE)), Ok(Facts::default()));
    }

    #[test]
    fn facts_are_read_back_as_they_were_written() {
        let mut facts = buyer(3, MADE);
        if let Some(purchases) = &mut facts.purchases {
            purchases.values.insert(Currency::HUF, 1_299_000);
            purchases.values.insert(Currency::EUR, 4_900);
        }
        let text = serde_json::to_string(&facts).unwrap();
        assert_eq!(serde_json::from_str::<Facts>(&text).unwrap(), facts);
        assert_eq!(facts.summary().values.len(), 2);
    }

    fn some_facts() -> impl proptest::strategy::Strategy<Value = Facts> {
        use proptest::prelude::*;
        let moment = || (-400 * DAY..10 * DAY).prop_map(|by| MADE.plus_millis(by));
        let purchases = (0..7_u32, moment()).prop_map(|(count, last_at)| {
            (count > 0).then(|| Purchases { count, first_at: last_at, last_at, values: BTreeMap::new() })
        });
        let maybe = || proptest::option::of(moment());
        (maybe(), maybe(), maybe(), purchases).prop_map(
            |(subscribed_at, unsubscribed_at, registered_at, purchases)| Facts {
                subscribed_at,
                unsubscribed_at,
                registered_at,
                purchases,
            },
        )
    }

    proptest::proptest! {
        #[test]
        fn exactly_one_row_of_the_table_fits(n in 1..10_u32, d in 0..800_i64) {
            let fitting: Vec<Segment> = TABLE.iter().filter(|(_, fits)| fits(n, d)).map(|(segment, _)| *segment).collect();
            proptest::prop_assert_eq!(fitting, vec![by_orders(n, d)]);
        }

        #[test]
        fn nothing_changes_before_the_clock_looks_and_something_does_then(facts in some_facts(), share in 0.0..1.0_f64) {
            let mut now = MADE;
            // At most three borders lie ahead of anybody.
            for _ in 0..4 {
                let segment = facts.segment(&at(now));
                let Some(wakes_at) = facts.wakes_at(&at(now)) else {
                    let ever_after = now.plus_millis(4000 * DAY);
                    proptest::prop_assert_eq!(facts.segment(&at(ever_after)), segment);
                    return Ok(());
                };
                proptest::prop_assert!(wakes_at > now);
                #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "any moment between")]
                let between = now.plus_millis((wakes_at.millis_since(now) as f64 * share) as i64).min(wakes_at.plus_millis(-1));
                proptest::prop_assert_eq!(facts.segment(&at(between)), segment);
                proptest::prop_assert_eq!(facts.segment(&at(wakes_at.plus_millis(-1))), segment);
                proptest::prop_assert_ne!(facts.segment(&at(wakes_at)), segment);
                now = wakes_at;
            }
            proptest::prop_assert!(false, "the clock would look for ever");
        }

        #[test]
        fn no_facts_and_no_step_leave_the_table(facts in some_facts(), steps in proptest::collection::vec(0..3_usize, 0..20)) {
            let mut facts = facts;
            for step in steps {
                let action = [Action::Subscribe, Action::Unsubscribe, Action::Register][step];
                facts = facts.act(&action, &at(MADE)).unwrap();
                let key = facts.status(&at(MADE));
                proptest::prop_assert!(Facts::DEFINITION.statuses.iter().any(|status| status.key == key));
            }
        }
    }
}
