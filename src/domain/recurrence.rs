//! Repetition: when the next one of a repeating to-do is due.
//!
//! Days on the calendar come first, the hour of the clock is put on them last: so neither the ends of months nor the change of
//! clocks makes a series drift. What is postponed stays in its series: the next one is counted from the day that the rule gave.

use chrono::{Datelike as _, Days, NaiveDate, NaiveTime, Timelike as _, Weekday};
use serde::{Deserialize, Serialize};

use super::{
    due::{Due, YEARS},
    time::{Timestamp, iso_day_serde},
    zone::Zone,
};
use crate::error::{Field, Invalid, Problem};

/// The most days, weeks, months or years between two.
pub const EVERY_MAX: u16 = 999;

/// Days of the week: one bit each, Monday the lowest. None means «the same as before».
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Weekdays(pub u8);

impl Weekdays {
    /// Monday to Friday.
    pub const WORKING: Self = Self(0b1_1111);

    /// Whether none is chosen.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether a day is among them.
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & (1 << day.num_days_from_monday()) != 0
    }

    /// With a day, or without it where it was among them.
    #[must_use]
    pub fn toggled(self, day: Weekday) -> Self {
        Self(self.0 ^ (1 << day.num_days_from_monday()))
    }
}

/// Which day of a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MonthDay {
    /// The day of the first one; the last day where a month is shorter.
    #[default]
    Same,
    /// The first to fourth such weekday of the month, or (5) the last one. Monday is 0.
    Nth {
        /// Which of them.
        nth: u8,
        /// Which weekday.
        weekday: u8,
    },
}

/// The step of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// So many days.
    Day,
    /// On these days of every so-many-th week; weeks run Monday to Sunday.
    Week(Weekdays),
    /// On this day of every so-many-th month.
    Month(MonthDay),
    /// On the day of the first one in every so-many-th year; 29 February is the 28th where there is none.
    Year,
}

/// What the next one is counted from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The day that this one was due by the rule; days that are past by then are passed over.
    #[default]
    Due,
    /// The day on which this one was closed.
    Completion,
}

/// When a repetition ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Never.
    #[default]
    Never,
    /// After the last one on or before this day.
    On(#[serde(with = "iso_day_serde")] NaiveDate),
    /// After so many, the first one included.
    After(u16),
}

/// How a to-do repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rule {
    /// Every so many …
    pub every: u16,
    /// … of these.
    pub unit: Unit,
    /// From when.
    #[serde(default)]
    pub from: Basis,
    /// Until when.
    #[serde(default)]
    pub end: End,
}

impl Rule {
    /// Checks what came from outside.
    pub fn parse(self) -> Result<Self, Invalid> {
        let unit = match self.unit {
            Unit::Week(Weekdays(days)) => days < 128,
            Unit::Month(MonthDay::Nth { nth, weekday }) => (1..=5).contains(&nth) && weekday < 7,
            Unit::Day | Unit::Month(MonthDay::Same) | Unit::Year => true,
        };
        let end = match self.end {
            End::Never => true,
            End::On(day) => YEARS.contains(&day.year()),
            End::After(count) => count > 0,
        };
        if unit && end && (1..=EVERY_MAX).contains(&self.every) {
            Ok(self)
        } else {
            Err(Invalid { field: Field::Repetition, problem: Problem::Unreadable })
        }
    }

    /// The first day of the rule after `day`, which is one of its days or the one it starts on. `anchor` is the day whose
    /// number in the month and the year is kept. `None` where the calendar ends.
    pub fn after(&self, anchor: NaiveDate, day: NaiveDate) -> Option<NaiveDate> {
        let every = self.every.max(1);
        match self.unit {
            Unit::Day => day.checked_add_days(Days::new(every.into())),
            Unit::Week(on) if on.is_empty() => day.checked_add_days(Days::new(7 * u64::from(every))),
            Unit::Week(on) => {
                let monday = day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into()))?;
                let later = day.iter_days().skip(1).take_while(|later| later.weekday() != Weekday::Mon);
                let next_week = monday.checked_add_days(Days::new(7 * u64::from(every)))?;
                later.chain(next_week.iter_days().take(7)).find(|later| on.contains(later.weekday()))
            }
            Unit::Month(MonthDay::Same) => {
                let (year, month) = months_later(day, every)?;
                day_in_month(year, month, anchor.day())
            }
            Unit::Month(MonthDay::Nth { nth, weekday }) => {
                // A series may start before the day of its first month.
                let this = nth_weekday(day.year(), day.month(), nth, weekday)?;
                if this > day {
                    return Some(this);
                }
                let (year, month) = months_later(day, every)?;
                nth_weekday(year, month, nth, weekday)
            }
            Unit::Year => {
                day_in_month(day.year().checked_add(i32::from(every))?, anchor.month(), anchor.day())
            }
        }
    }
}

fn months_later(day: NaiveDate, months: u16) -> Option<(i32, u32)> {
    let month = i64::from(day.year()) * 12 + i64::from(day.month0()) + i64::from(months);
    Some((i32::try_from(month.div_euclid(12)).ok()?, u32::try_from(month.rem_euclid(12)).ok()? + 1))
}

/// That day of the month, or its last one.
fn day_in_month(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    (28..=day).rev().chain([day]).find_map(|day| NaiveDate::from_ymd_opt(year, month, day))
}

fn nth_weekday(year: i32, month: u32, nth: u8, weekday: u8) -> Option<NaiveDate> {
    let first = NaiveDate::from_ymd_opt(year, month, 1)?;
    let ahead = (7 + u32::from(weekday) - first.weekday().num_days_from_monday()) % 7;
    (1..=u32::from(nth).min(5))
        .rev()
        .find_map(|nth| NaiveDate::from_ymd_opt(year, month, 1 + ahead + 7 * (nth - 1)))
}

/// A to-do's place in its series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Repetition {
    /// How it repeats.
    pub rule: Rule,
    /// The day whose number in the month and the year is kept.
    #[serde(with = "iso_day_serde")]
    anchor: NaiveDate,
    /// The day that this one was due by the rule; postponing leaves it.
    #[serde(with = "iso_day_serde")]
    day: NaiveDate,
    /// Minutes after midnight on the assignee's clock; `None` for a whole day.
    minutes: Option<u16>,
    /// Counts the to-dos of the series; the first is 1.
    pub nth: u16,
}

impl Repetition {
    /// A series whose next to-do is this one. `zone` is the assignee's.
    pub fn starting(rule: Rule, due: Due, zone: &Zone, nth: u16) -> Self {
        let (day, minutes) = match due {
            Due::Day(day) => (day, None),
            Due::At(at) => {
                let local = zone.local(at);
                let minutes = u16::try_from(local.hour() * 60 + local.minute()).unwrap_or_default();
                (local.date(), Some(minutes))
            }
        };
        Self { rule, anchor: day, day, minutes, nth }
    }

    fn due_on(&self, day: NaiveDate, zone: &Zone) -> Due {
        let time = self
            .minutes
            .and_then(|minutes| NaiveTime::from_hms_opt(u32::from(minutes) / 60, u32::from(minutes) % 60, 0));
        match time {
            Some(time) => Due::At(zone.resolve(day.and_time(time))),
            None => Due::Day(day),
        }
    }

    /// The to-do after this one, which is closed now: its place and when it is due. Never one that is overdue already.
    /// `None` when the series is over. `zone` is the assignee's.
    pub fn next(&self, now: Timestamp, zone: &Zone) -> Option<(Self, Due)> {
        if matches!(self.rule.end, End::After(count) if self.nth >= count) {
            return None;
        }
        let today = zone.today(now);
        let (anchor, mut day) = match self.rule.from {
            Basis::Due => (self.anchor, self.day),
            Basis::Completion => (today, today),
        };
        loop {
            day = self.rule.after(anchor, day)?;
            let due = self.due_on(day, zone);
            if !due.is_plausible() || matches!(self.rule.end, End::On(last) if day > last) {
                return None;
            }
            if due.moment(zone) > now {
                return Some((Self { anchor, day, nth: self.nth.saturating_add(1), ..*self }, due));
            }
        }
    }
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::*;
    use chrono::{LocalResult, TimeZone as _};
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn rule(every: u16, unit: Unit) -> Rule {
        Rule { every, unit, from: Basis::Due, end: End::Never }
    }

    /// The first days of a rule that starts on a day.
    fn days(rule: Rule, start: &str, count: usize) -> Vec<String> {
        let start = day(start);
        let next = |last: &NaiveDate| rule.after(start, *last);
        std::iter::successors(rule.after(start, start), next).take(count).map(|day| day.to_string()).collect()
    }

    fn utc(text: &str) -> Timestamp {
        Timestamp(text.parse::<chrono::NaiveDateTime>().unwrap().and_utc().timestamp_millis())
    }

    fn budapest() -> Zone {
        Zone::load("Europe/Budapest", utc("2026-11-24T00:00:00")).unwrap()
    }

    #[test]
    fn the_31st_is_the_last_day_of_shorter_months_and_the_31st_again_after_them() {
        let monthly = rule(1, Unit::Month(MonthDay::Same));
        assert_eq!(days(monthly, "2027-12-31", 4), ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]);
        assert_eq!(days(rule(3, Unit::Month(MonthDay::Same)), "2026-11-30", 2), ["2027-02-28", "2027-05-30"]);
    }

    #[test]
    fn the_29th_of_february_comes_back_in_leap_years() {
        let wanted = ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"];
        assert_eq!(days(rule(1, Unit::Year), "2024-02-29", 4), wanted);
    }

    #[test]
    fn working_days_pass_over_the_weekend_and_every_second_week_over_a_week() {
        let working = rule(1, Unit::Week(Weekdays::WORKING));
        assert_eq!(days(working, "2026-11-26", 3), ["2026-11-27", "2026-11-30", "2026-12-01"]);
        let tuesday_and_friday = Weekdays::default().toggled(Weekday::Tue).toggled(Weekday::Fri);
        let fortnightly = rule(2, Unit::Week(tuesday_and_friday));
        assert_eq!(
            days(fortnightly, "2026-11-24", 4),
            ["2026-11-27", "2026-12-08", "2026-12-11", "2026-12-22"]
        );
    }

    #[test]
    fn the_last_friday_and_the_second_tuesday_of_a_month() {
        let last_friday = rule(1, Unit::Month(MonthDay::Nth { nth: 5, weekday: 4 }));
        assert_eq!(days(last_friday, "2026-11-24", 3), ["2026-11-27", "2026-12-25", "2027-01-29"]);
        let second_tuesday = rule(2, Unit::Month(MonthDay::Nth { nth: 2, weekday: 1 }));
        assert_eq!(days(second_tuesday, "2026-11-24", 2), ["2027-01-12", "2027-03-09"]);
    }

    #[test]
    fn what_is_late_is_passed_over_and_what_is_closed_early_keeps_its_day() {
        let zone = budapest();
        let weekly = rule(1, Unit::Week(Weekdays::default()));
        let series = Repetition::starting(weekly, Due::Day(day("2026-11-06")), &zone, 1);
        // Three weeks late, on a Tuesday; two days early.
        for (now, wanted) in [("2026-11-24T09:00:00", "2026-11-27"), ("2026-11-04T09:00:00", "2026-11-13")] {
            let (next, due) = series.next(utc(now), &zone).unwrap();
            assert_eq!((due, next.nth), (Due::Day(day(wanted)), 2));
        }
        // Closed on the day on which the next one is due: it is not overdue yet.
        assert_eq!(series.next(utc("2026-11-13T21:00:00"), &zone).unwrap().1, Due::Day(day("2026-11-13")));
        // With an hour, that hour decides.
        let at_nine = Repetition::starting(weekly, Due::At(utc("2026-11-06T08:00:00")), &zone, 1);
        let due = |now| at_nine.next(utc(now), &zone).unwrap().1;
        assert_eq!(due("2026-11-13T07:59:00"), Due::At(utc("2026-11-13T08:00:00")));
        assert_eq!(due("2026-11-13T08:00:00"), Due::At(utc("2026-11-20T08:00:00")));
    }

    #[test]
    fn from_completion_counts_from_the_day_on_the_assignees_clock() {
        let zone = budapest();
        let rule = Rule { from: Basis::Completion, ..rule(10, Unit::Day) };
        let series = Repetition::starting(rule, Due::Day(day("2026-11-01")), &zone, 1);
        // Half past midnight in Budapest.
        assert_eq!(series.next(utc("2026-11-24T23:30:00"), &zone).unwrap().1, Due::Day(day("2026-12-05")));
        let monthly = Rule { unit: Unit::Month(MonthDay::Same), every: 1, ..rule };
        let series = Repetition::starting(monthly, Due::Day(day("2026-11-01")), &zone, 1);
        assert_eq!(series.next(utc("2027-01-31T12:00:00"), &zone).unwrap().1, Due::Day(day("2027-02-28")));
    }

    #[test]
    fn a_series_ends_with_its_count_or_its_last_day() {
        let zone = budapest();
        let count = |end| {
            let rule = Rule { end, ..rule(1, Unit::Day) };
            let first = Repetition::starting(rule, Due::Day(day("2026-11-24")), &zone, 1);
            let series = std::iter::successors(Some((first, Due::Day(day("2026-11-24")))), |(at, _)| {
                at.next(utc("2026-11-01T00:00:00"), &zone)
            });
            series.take(50).count()
        };
        assert_eq!(count(End::After(1)), 1);
        assert_eq!(count(End::After(7)), 7);
        assert_eq!(count(End::On(day("2026-11-30"))), 7);
        assert_eq!(count(End::On(day("2026-11-23"))), 1);
        assert_eq!(count(End::Never), 50);
    }

    #[test]
    fn nine_in_the_morning_stays_nine_when_the_clocks_change() {
        let zone = budapest();
        let daily = rule(1, Unit::Day);
        let mut series = Repetition::starting(daily, Due::At(utc("2026-10-24T07:00:00")), &zone, 1);
        let mut now = utc("2026-10-24T07:00:00");
        for wanted in ["2026-10-25T08:00:00", "2026-10-26T08:00:00"] {
            let (next, due) = series.next(now, &zone).unwrap();
            assert_eq!(due, Due::At(utc(wanted)));
            (series, now) = (next, utc(wanted));
        }
        // Half past two is skipped once in spring, and half past two again the day after.
        let mut series = Repetition::starting(daily, Due::At(utc("2026-03-28T01:30:00")), &zone, 1);
        let mut now = utc("2026-03-28T01:30:00");
        for wanted in ["2026-03-29T01:30:00", "2026-03-30T00:30:00"] {
            let (next, due) = series.next(now, &zone).unwrap();
            assert_eq!(due, Due::At(utc(wanted)));
            (series, now) = (next, utc(wanted));
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let good = rule(1, Unit::Day);
        assert_eq!(good.parse(), Ok(good));
        for bad in [
            Rule { every: 0, ..good },
            Rule { every: 1000, ..good },
            Rule { unit: Unit::Week(Weekdays(128)), ..good },
            Rule { unit: Unit::Month(MonthDay::Nth { nth: 0, weekday: 0 }), ..good },
            Rule { unit: Unit::Month(MonthDay::Nth { nth: 1, weekday: 7 }), ..good },
            Rule { end: End::After(0), ..good },
            Rule { end: End::On(day("9999-01-01")), ..good },
        ] {
            assert!(bad.parse().is_err(), "{bad:?}");
        }
    }

    /// Whether a day is one of the rule's, by looking at the day alone.
    fn is_on(rule: Rule, start: NaiveDate, at: NaiveDate) -> bool {
        let every = i64::from(rule.every);
        let monday = |of: NaiveDate| i64::from(of.num_days_from_ce() - 1).div_euclid(7);
        let month = |of: NaiveDate| i64::from(of.year()) * 12 + i64::from(of.month0());
        let is_last_day = at.succ_opt().unwrap().month() != at.month();
        let same_number = at.day() == start.day() || is_last_day && at.day() < start.day();
        match rule.unit {
            Unit::Day => (at - start).num_days() % every == 0,
            Unit::Week(on) => {
                (monday(at) - monday(start)) % every == 0
                    && if on.is_empty() { at.weekday() == start.weekday() } else { on.contains(at.weekday()) }
            }
            Unit::Month(MonthDay::Same) => (month(at) - month(start)) % every == 0 && same_number,
            Unit::Month(MonthDay::Nth { nth, weekday }) => {
                let place = (at.day() - 1) / 7 + 1;
                let is_last = (at + Days::new(7)).month() != at.month();
                (month(at) - month(start)) % every == 0
                    && at.weekday().num_days_from_monday() == u32::from(weekday)
                    && if nth == 5 { is_last } else { place == u32::from(nth) }
            }
            Unit::Year => {
                i64::from(at.year() - start.year()) % every == 0 && at.month() == start.month() && same_number
            }
        }
    }

    fn any_unit() -> impl Strategy<Value = Unit> {
        prop_oneof![
            Just(Unit::Day),
            (0..128u8).prop_map(|days| Unit::Week(Weekdays(days))),
            Just(Unit::Month(MonthDay::Same)),
            (1..=5u8, 0..7u8).prop_map(|(nth, weekday)| Unit::Month(MonthDay::Nth { nth, weekday })),
            Just(Unit::Year),
        ]
    }

    proptest! {
        #[test]
        fn the_days_of_a_rule_are_those_found_by_looking_at_each_day(
            every in 1..20u16, unit in any_unit(), start in 730_000..745_000i32,
        ) {
            let rule = rule(every, unit);
            let start = NaiveDate::from_num_days_from_ce_opt(start).unwrap();
            let end = start + Days::new(4_000);
            let by_rule: Vec<NaiveDate> = std::iter::successors(rule.after(start, start), |last| rule.after(start, *last))
                .take_while(|day| *day < end)
                .collect();
            let by_look: Vec<NaiveDate> = start.iter_days().skip(1).take(3_999).filter(|day| is_on(rule, start, *day)).collect();
            prop_assert_eq!(by_rule, by_look);
        }

        #[test]
        fn each_next_one_is_in_the_future_on_a_day_of_the_rule_at_the_hour_of_the_clock(
            every in 1..20u16, unit in any_unit(), start in 1_600_000_000_000..1_900_000_000_000i64,
            ahead in -40_000_000_000..40_000_000_000i64, index in 0..600usize, all_day in any::<bool>(),
        ) {
            let Some(name) = Zone::names().nth(index) else { return Ok(()) };
            let tz: chrono_tz::Tz = name.parse().unwrap();
            let zone = Zone::load(name, Timestamp(1_795_000_000_000)).unwrap();
            let start = Timestamp(start / 60_000 * 60_000);
            let due = if all_day { Due::Day(zone.today(start)) } else { Due::At(start) };
            let first = Repetition::starting(rule(every, unit), due, &zone, 1);
            let now = start.plus_millis(ahead);
            let Some((next, due)) = first.next(now, &zone) else { return Ok(()) };
            prop_assert!(due.moment(&zone) > now);
            prop_assert!(is_on(first.rule, first.day, next.day), "{} after {}", next.day, first.day);
            prop_assert!(next.day > first.day);
            // No day between is both of the rule and still to come.
            let between = first.day.iter_days().skip(1).take_while(|day| *day < next.day);
            for day in between.filter(|day| is_on(first.rule, first.day, *day)) {
                prop_assert!(first.due_on(day, &zone).moment(&zone) <= now, "{day} was passed over");
            }
            // The hour by another calendar.
            if let Due::At(at) = due {
                let minutes = u32::from(first.minutes.unwrap());
                let local = next.day.and_hms_opt(minutes / 60, minutes % 60, 0).unwrap();
                match tz.from_local_datetime(&local) {
                    LocalResult::Single(wanted) | LocalResult::Ambiguous(wanted, _) => {
                        prop_assert_eq!(at.0, wanted.timestamp_millis());
                    }
                    LocalResult::None => {}
                }
            } else {
                prop_assert_eq!(due, Due::Day(next.day));
            }
        }
    }
}
