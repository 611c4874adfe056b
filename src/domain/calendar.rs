//! The calendar of my day: a month or a week of whole weeks, Monday to Sunday, and the to-dos on their days.

use std::ops::{Range, RangeInclusive};

use chrono::{Datelike as _, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{
    document::Day,
    due::YEARS,
    my_day::Item,
    time::{Timestamp, iso_day, parse_iso_day},
    zone::Zone,
};

/// How much of the calendar is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// The weeks that a month has a day in.
    #[default]
    Month,
    /// One week.
    Week,
}

impl View {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Week, Self::Month];

    /// The name in URLs and style sheets.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Week => "week",
        }
    }

    /// The view with this [name](Self::as_str).
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.as_str() == name)
    }

    /// How many to-dos a day of it shows.
    pub const fn shown(self) -> usize {
        match self {
            Self::Month => 4,
            Self::Week => 12,
        }
    }
}

/// How many to-dos the list of the chosen day holds, and how far those of a day are counted.
pub const DAY_MAX: usize = 100;

/// What of the calendar is asked for; lives in the URL, so that it can be bookmarked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// How much.
    pub view: View,
    /// A day of that month or week.
    pub from: Day,
    /// The day whose to-dos are listed as well, if one was chosen.
    pub day: Option<Day>,
}

impl Asked {
    /// Reads the parameters of a URL's query; what cannot be read is today, and the month.
    pub fn from_query<'a>(get: impl Fn(&str) -> Option<&'a str>, today: NaiveDate) -> Self {
        let day = |name: &str| get(name).and_then(parse_iso_day).filter(|day| YEARS.contains(&day.year()));
        let asked = Self {
            view: get("view").and_then(View::parse).unwrap_or_default(),
            from: Day(day("from").unwrap_or(today)),
            day: None,
        };
        Self { day: day("day").filter(|day| asked.contains(*day)).map(Day), ..asked }
    }

    /// The address of the page that shows it.
    pub fn href(&self) -> String {
        let day = self.day.map(|day| format!("&day={}", iso_day(day.0))).unwrap_or_default();
        format!("/my-day/calendar?view={}&from={}{day}", self.view.as_str(), iso_day(self.from.0))
    }

    /// The same of another day, with none chosen.
    #[must_use]
    pub const fn at(&self, from: NaiveDate) -> Self {
        Self { view: self.view, from: Day(from), day: None }
    }

    /// The same with a day chosen.
    #[must_use]
    pub const fn choosing(&self, day: NaiveDate) -> Self {
        Self { view: self.view, from: self.from, day: Some(Day(day)) }
    }

    /// Whether its years are those in which a to-do may be due: what comes from outside is checked with this.
    pub fn is_plausible(&self) -> bool {
        YEARS.contains(&self.from.0.year()) && self.day.is_none_or(|day| self.contains(day.0))
    }

    /// The first day shown, a Monday, and the day after the last one, a Monday too.
    fn span(&self) -> Range<NaiveDate> {
        let monday = |day: NaiveDate| back(day, day.weekday().num_days_from_monday().into());
        let start = self.month();
        let first = monday(start.start);
        let end = match self.view {
            View::Week => on(first, 7),
            View::Month => on(monday(back(start.end, 1)), 7),
        };
        first..end
    }

    /// The days that the page is about: the month, or the week.
    pub fn about(&self) -> RangeInclusive<NaiveDate> {
        let days = match self.view {
            View::Week => self.span(),
            View::Month => self.month(),
        };
        days.start..=back(days.end, 1)
    }

    /// The days of the month, or in a week the day asked for.
    fn month(&self) -> Range<NaiveDate> {
        match self.view {
            View::Week => self.from.0..on(self.from.0, 1),
            View::Month => {
                let first = self.from.0.with_day(1).unwrap_or(self.from.0);
                first..first.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX)
            }
        }
    }

    /// The days shown, in order: at most six weeks.
    pub fn days(&self) -> Vec<NaiveDate> {
        let span = self.span();
        span.start.iter_days().take_while(|day| *day < span.end).take(42).collect()
    }

    /// Whether a day is shown.
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.span().contains(&day)
    }

    /// Whether a day is of another month than the one shown.
    pub fn is_outside(&self, day: NaiveDate) -> bool {
        self.view == View::Month && !self.month().contains(&day)
    }

    /// The month or week before.
    #[must_use]
    pub fn previous(&self) -> Self {
        self.at(match self.view {
            View::Week => back(self.from.0, 7),
            View::Month => self.month().start.checked_sub_months(Months::new(1)).unwrap_or(self.from.0),
        })
    }

    /// The month or week after.
    #[must_use]
    pub fn next(&self) -> Self {
        self.at(match self.view {
            View::Week => on(self.from.0, 7),
            View::Month => self.month().end,
        })
    }

    /// The day whose to-dos are listed: the chosen one; in a month else today, or its first day.
    pub fn listed(&self, today: NaiveDate) -> Option<NaiveDate> {
        match (self.day, self.view) {
            (Some(day), _) => Some(day.0),
            (None, View::Week) => None,
            (None, View::Month) if self.contains(today) => Some(today),
            (None, View::Month) => Some(self.month().start),
        }
    }
}

fn on(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
}

fn back(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN)
}

/// The moments of a day, half-open; empty for a day that the zone's clocks skip.
pub fn moments(day: NaiveDate, zone: &Zone) -> Range<Timestamp> {
    let end = zone.end_of_day(day).plus_millis(1);
    zone.start_of_day(day).min(end)..end
}

/// The open to-dos of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarDay {
    /// The day.
    pub day: Day,
    /// The first of them: those without an hour, then by their hour.
    pub items: Vec<Item>,
    /// How many there are; [`DAY_MAX`] means «that many or more».
    pub count: u32,
}

/// Puts the to-dos of a day into their order: those without an hour, then by their hour.
pub fn sort(items: &mut [Item]) {
    items.sort_by_key(|item| (!item.todo.due.is_all_day(), item.place()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        parse_iso_day(text).unwrap()
    }

    fn asked(query: &str) -> Asked {
        let get = |name: &str| query.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        Asked::from_query(get, day("2026-11-24"))
    }

    #[test]
    fn a_month_has_the_weeks_that_it_has_a_day_in() {
        let november = asked("view=month&from=2026-11-10");
        let days = november.days();
        assert_eq!((days.len(), days[0], days[41]), (42, day("2026-10-26"), day("2026-12-06")));
        assert_eq!(asked("from=2027-02-03").days().len(), 28);
        assert!(november.is_outside(day("2026-10-31")) && !november.is_outside(day("2026-11-30")));
        assert_eq!(november.next().from.0, day("2026-12-01"));
        assert_eq!(november.previous().from.0, day("2026-10-01"));
    }

    #[test]
    fn a_week_runs_from_monday_to_sunday() {
        for from in ["2026-11-23", "2026-11-24", "2026-11-29"] {
            let week = asked(&format!("view=week&from={from}"));
            let days = week.days();
            assert_eq!((days.len(), days[0], days[6]), (7, day("2026-11-23"), day("2026-11-29")));
            assert!(!week.is_outside(days[6]));
            assert_eq!(week.listed(days[1]), None);
        }
        assert_eq!(asked("view=week").next().days()[0], day("2026-11-30"));
        assert_eq!(asked("view=week").previous().days()[0], day("2026-11-16"));
    }

    #[test]
    fn what_cannot_be_read_is_today() {
        for query in ["", "view=year&from=x", "from=9999-01-01&day=2026-13-01", "day=2027-01-01"] {
            let asked = asked(query);
            assert_eq!(
                (asked.view, asked.from.0, asked.day),
                (View::Month, day("2026-11-24"), None),
                "{query}"
            );
            assert_eq!(asked.listed(day("2026-11-24")), Some(day("2026-11-24")));
            assert_eq!(asked.listed(day("2027-11-24")), Some(day("2026-11-01")));
        }
        let chosen = asked("view=week&from=2026-11-24&day=2026-11-29");
        assert_eq!(chosen.listed(day("2026-11-24")), Some(day("2026-11-29")));
        assert_eq!(chosen.href(), "/my-day/calendar?view=week&from=2026-11-24&day=2026-11-29");
        assert!(chosen.is_plausible() && !chosen.choosing(day("2026-12-24")).is_plausible());
    }

    #[test]
    fn the_ends_of_the_years_break_nothing() {
        for from in ["1900-01-01", "2199-12-31"] {
            for view in ["week", "month"] {
                let asked = asked(&format!("view={view}&from={from}"));
                assert!(asked.days().len().is_multiple_of(7) && asked.contains(day(from)));
                let _ = (asked.previous().days(), asked.next().days());
            }
        }
    }
}
