//! The groups of the list of datasheets: a function of the due time, now, and the viewer's zone. Never stored.

use super::{time::Timestamp, zone::Zone};
use chrono::{Datelike as _, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use std::ops::{Range, RangeInclusive};

/// The group of the list that a due time falls into, in the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// It is past.
    Overdue,
    /// The rest of today.
    Today,
    /// Tomorrow.
    Tomorrow,
    /// After tomorrow, up to this Sunday.
    ThisWeek,
    /// Next Monday to Sunday.
    NextWeek,
    /// After next week, in this month.
    ThisMonth,
    /// After all of these, up to the end of next month.
    NextMonth,
    /// After that.
    Later,
    /// No open to-do.
    NoTodo,
}

impl Bucket {
    /// All of them, in the order of the list.
    pub const ALL: [Self; 9] = [
        Self::Overdue,
        Self::Today,
        Self::Tomorrow,
        Self::ThisWeek,
        Self::NextWeek,
        Self::ThisMonth,
        Self::NextMonth,
        Self::Later,
        Self::NoTodo,
    ];

    /// The name in URLs, on the wire and in style sheets.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Today => "today",
            Self::Tomorrow => "tomorrow",
            Self::ThisWeek => "this_week",
            Self::NextWeek => "next_week",
            Self::ThisMonth => "this_month",
            Self::NextMonth => "next_month",
            Self::Later => "later",
            Self::NoTodo => "no_todo",
        }
    }

    /// The bucket with this [name](Self::as_str).
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|bucket| bucket.as_str() == name)
    }
}

/// The borders between buckets: a function of now and the viewer's zone. Each bucket is a half-open interval of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Borders {
    today: NaiveDate,
    next_midnight: Timestamp,
    /// Where each timed bucket starts, and where the last one ends. Never descending.
    starts: [Timestamp; 9],
    /// The first and the last day of each timed bucket that has days.
    spans: [Option<(NaiveDate, NaiveDate)>; 8],
}

impl Borders {
    /// The borders at this moment for this viewer.
    pub fn at(now: Timestamp, viewer: &Zone) -> Self {
        let now = now.clamped();
        let today = viewer.today(now);
        let plus_days = |day: NaiveDate, days: u32| {
            day.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX)
        };
        let plus_months = |months: u32| {
            today
                .with_day(1)
                .and_then(|first| first.checked_add_months(Months::new(months)))
                .unwrap_or(NaiveDate::MAX)
        };

        // The days on which tomorrow and the buckets after it start, and where `Later` does.
        let tomorrow = viewer.day_after(today);
        let monday = plus_days(today, 7 - today.weekday().num_days_from_monday());
        let mut days = [
            tomorrow,
            viewer.day_after(tomorrow),
            monday,
            plus_days(monday, 7),
            plus_months(1),
            plus_months(2),
        ];
        let mut starts = [Timestamp::MIN, now, now, now, now, now, now, now, Timestamp::MAX];
        for index in 0..days.len() {
            // Where a bucket ends before it starts, it is empty and the next one starts where it does.
            if index > 0 {
                days[index] = days[index].max(days[index - 1]);
            }
            starts[index + 2] = viewer.start_of_day(days[index]).clamp(starts[index + 1], Timestamp::MAX);
        }

        let mut spans = [None; 8];
        spans[1] = Some((today, today));
        for index in 0..days.len() - 1 {
            let last = days[index + 1].pred_opt().unwrap_or(NaiveDate::MIN);
            spans[index + 2] = (starts[index + 2] < starts[index + 3]).then_some((days[index], last));
        }

        // On the evening that a clock goes back over midnight, the day starts twice; the first time is then past.
        let next_midnight = [tomorrow, viewer.day_after(tomorrow)]
            .map(|day| viewer.start_of_day(day))
            .into_iter()
            .find(|&start| start > now);
        Self { today, next_midnight: next_midnight.unwrap_or(Timestamp::MAX), starts, spans }
    }

    /// Now, as given.
    pub const fn now(&self) -> Timestamp {
        self.starts[1]
    }

    /// The viewer's today.
    pub const fn today(&self) -> NaiveDate {
        self.today
    }

    /// The bucket of a due time; without one there is no to-do.
    pub fn bucket(&self, due: Option<Timestamp>) -> Bucket {
        let Some(due) = due else { return Bucket::NoTodo };
        let later = self.starts[1..8].partition_point(|&start| start <= due);
        Bucket::ALL[later]
    }

    /// The due times of a bucket, half-open and perhaps empty; `None` for [`Bucket::NoTodo`]. The first one starts at
    /// [`Timestamp::MIN`], the last one ends at [`Timestamp::MAX`].
    pub fn range(&self, bucket: Bucket) -> Option<Range<Timestamp>> {
        let index = bucket as usize;
        Some(*self.starts.get(index)?..*self.starts.get(index + 1)?)
    }

    /// When the buckets move next without a due time passing: the viewer's next midnight. Always after now.
    pub const fn next_midnight(&self) -> Timestamp {
        self.next_midnight
    }

    /// The first and the last day of a bucket, for the small text of its heading; `None` for the buckets without an end
    /// and for empty ones.
    pub fn label_span(&self, bucket: Bucket) -> Option<RangeInclusive<NaiveDate>> {
        let (first, last) = (*self.spans.get(bucket as usize)?)?;
        Some(first..=last)
    }
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::*;
    use chrono::NaiveDateTime;
    use proptest::prelude::*;

    fn zone(name: &str) -> Zone {
        Zone::load(name, Timestamp(1_795_000_000_000)).unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// The bucket of `due` at `now`, both on the clock of `zone`.
    fn bucket_in(zone: &Zone, now: &str, due: &str) -> Bucket {
        let moment = |text: &str| zone.resolve(text.parse::<NaiveDateTime>().unwrap());
        Borders::at(moment(now), zone).bucket(Some(moment(due)))
    }

    fn bucket(now: &str, due: &str) -> Bucket {
        bucket_in(&zone("Europe/Budapest"), now, due)
    }

    #[test]
    fn a_due_time_is_overdue_as_soon_as_it_is_past_and_not_before() {
        assert_eq!(bucket("2026-11-24T09:00:00", "2026-11-24T08:59:59.999"), Bucket::Overdue);
        assert_eq!(bucket("2026-11-24T09:00:00", "2026-11-24T09:00:00"), Bucket::Today);
        assert_eq!(bucket("2026-11-24T09:00:00", "1990-01-01T00:00:00"), Bucket::Overdue);
    }

    #[test]
    fn a_todo_due_in_an_hour_is_today_until_midnight() {
        assert_eq!(bucket("2026-11-24T22:59:59.999", "2026-11-24T23:59:59.999"), Bucket::Today);
        assert_eq!(bucket("2026-11-24T23:00:00", "2026-11-25T00:00:00"), Bucket::Tomorrow);
    }

    #[test]
    fn the_buckets_of_a_tuesday() {
        let now = "2026-11-24T09:00:00";
        for (due, expected) in [
            ("2026-11-25T00:00:00", Bucket::Tomorrow),
            ("2026-11-25T23:59:59.999", Bucket::Tomorrow),
            ("2026-11-26T00:00:00", Bucket::ThisWeek),
            ("2026-11-29T23:59:59.999", Bucket::ThisWeek),
            ("2026-11-30T00:00:00", Bucket::NextWeek),
            ("2026-12-06T23:59:59.999", Bucket::NextWeek),
            // Next week reaches over the end of the month, so nothing is left of it.
            ("2026-12-07T00:00:00", Bucket::NextMonth),
            ("2026-12-31T23:59:59.999", Bucket::NextMonth),
            ("2027-01-01T00:00:00", Bucket::Later),
            ("2120-01-01T00:00:00", Bucket::Later),
        ] {
            assert_eq!(bucket(now, due), expected, "{due}");
        }
    }

    #[test]
    fn on_a_sunday_tomorrow_wins_over_next_week() {
        let now = "2026-11-29T12:00:00";
        assert_eq!(bucket(now, "2026-11-30T12:00:00"), Bucket::Tomorrow);
        assert_eq!(bucket(now, "2026-12-01T00:00:00"), Bucket::NextWeek);
        assert_eq!(bucket(now, "2026-12-06T23:59:59"), Bucket::NextWeek);
        assert_eq!(bucket(now, "2026-12-07T00:00:00"), Bucket::NextMonth);
    }

    #[test]
    fn on_a_saturday_nothing_is_left_for_this_week() {
        let budapest = zone("Europe/Budapest");
        let borders = Borders::at(budapest.start_of_day(day("2026-11-28")), &budapest);
        assert!(borders.range(Bucket::ThisWeek).unwrap().is_empty());
        assert_eq!(borders.label_span(Bucket::ThisWeek), None);
    }

    #[test]
    fn early_in_a_month_there_is_a_later_this_month() {
        let now = "2026-11-02T08:00:00";
        assert_eq!(bucket(now, "2026-11-15T23:59:59"), Bucket::NextWeek);
        assert_eq!(bucket(now, "2026-11-16T00:00:00"), Bucket::ThisMonth);
        assert_eq!(bucket(now, "2026-11-30T23:59:59"), Bucket::ThisMonth);
        assert_eq!(bucket(now, "2026-12-01T00:00:00"), Bucket::NextMonth);
    }

    #[test]
    fn on_the_last_day_of_january_next_month_is_february_also_in_a_leap_year() {
        assert_eq!(bucket("2027-01-31T12:00:00", "2027-02-28T23:59:59"), Bucket::NextMonth);
        assert_eq!(bucket("2027-01-31T12:00:00", "2027-03-01T00:00:00"), Bucket::Later);
        assert_eq!(bucket("2028-01-31T12:00:00", "2028-02-29T23:59:59"), Bucket::NextMonth);
        assert_eq!(bucket("2028-01-31T12:00:00", "2028-03-01T00:00:00"), Bucket::Later);
        assert_eq!(bucket("2028-02-28T12:00:00", "2028-02-29T12:00:00"), Bucket::Tomorrow);
    }

    #[test]
    fn the_turn_of_the_year_is_a_turn_of_the_month() {
        assert_eq!(bucket("2026-12-31T23:59:59.999", "2027-01-01T00:00:00"), Bucket::Tomorrow);
        assert_eq!(bucket("2026-12-10T12:00:00", "2027-01-31T23:59:59"), Bucket::NextMonth);
        assert_eq!(bucket("2026-12-10T12:00:00", "2027-02-01T00:00:00"), Bucket::Later);
    }

    #[test]
    fn today_has_23_or_25_hours_where_the_clocks_change() {
        for (name, short, long) in [
            ("Europe/Budapest", "2026-03-29", "2026-10-25"),
            ("America/New_York", "2026-03-08", "2026-11-01"),
        ] {
            let zone = zone(name);
            for (date, hours) in [(short, 23), (long, 25)] {
                let borders = Borders::at(zone.start_of_day(day(date)), &zone);
                let today = borders.range(Bucket::Today).unwrap();
                assert_eq!(today.end.millis_since(today.start), hours * 3_600_000, "{name} {date}");
                assert_eq!(borders.next_midnight(), today.end);
            }
            assert_eq!(
                bucket_in(&zone, &format!("{long}T00:30:00"), &format!("{long}T23:59:59.999")),
                Bucket::Today
            );
            assert_eq!(
                bucket_in(&zone, &format!("{short}T00:30:00"), &format!("{short}T23:59:59.999")),
                Bucket::Today
            );
        }
    }

    #[test]
    fn one_moment_is_in_different_buckets_in_tokyo_and_new_york() {
        let (tokyo, new_york) = (zone("Asia/Tokyo"), zone("America/New_York"));
        let now = tokyo.resolve("2026-11-24T23:00:00".parse().unwrap());
        let due = Some(now.plus_hours(2));
        assert_eq!(Borders::at(now, &tokyo).bucket(due), Bucket::Tomorrow);
        assert_eq!(Borders::at(now, &new_york).bucket(due), Bucket::Today);
    }

    #[test]
    fn tomorrow_is_the_31st_where_the_30th_is_skipped() {
        let samoa = zone("Pacific/Apia");
        assert_eq!(bucket_in(&samoa, "2011-12-29T12:00:00", "2011-12-31T12:00:00"), Bucket::Tomorrow);
        let borders = Borders::at(samoa.resolve("2011-12-29T12:00:00".parse().unwrap()), &samoa);
        assert_eq!(borders.label_span(Bucket::Tomorrow), Some(day("2011-12-31")..=day("2011-12-31")));
        assert_eq!(borders.next_midnight(), samoa.start_of_day(day("2011-12-31")));
    }

    #[test]
    fn the_next_midnight_is_ahead_also_when_the_clock_has_gone_back_over_one() {
        let st_johns = zone("America/St_Johns");
        let evening = st_johns.start_of_day(day("2010-11-07")).plus_minutes(30);
        assert_eq!(st_johns.today(evening), day("2010-11-06"));
        assert!(Borders::at(evening, &st_johns).next_midnight() > evening);
    }

    #[test]
    fn headings_know_their_days() {
        let budapest = zone("Europe/Budapest");
        let borders = Borders::at(budapest.resolve("2026-11-24T09:00:00".parse().unwrap()), &budapest);
        let span = |first, last| Some(day(first)..=day(last));
        assert_eq!(borders.label_span(Bucket::Overdue), None);
        assert_eq!(borders.label_span(Bucket::Today), span("2026-11-24", "2026-11-24"));
        assert_eq!(borders.label_span(Bucket::Tomorrow), span("2026-11-25", "2026-11-25"));
        assert_eq!(borders.label_span(Bucket::ThisWeek), span("2026-11-26", "2026-11-29"));
        assert_eq!(borders.label_span(Bucket::NextWeek), span("2026-11-30", "2026-12-06"));
        assert_eq!(borders.label_span(Bucket::ThisMonth), None);
        assert_eq!(borders.label_span(Bucket::NextMonth), span("2026-12-07", "2026-12-31"));
        assert_eq!(borders.label_span(Bucket::Later), None);
        assert_eq!(borders.label_span(Bucket::NoTodo), None);
        assert_eq!(borders.today(), day("2026-11-24"));
    }

    #[test]
    fn without_a_todo_there_is_no_due_time_and_no_range() {
        let borders = Borders::at(Timestamp(0), &Zone::utc());
        assert_eq!(borders.bucket(None), Bucket::NoTodo);
        assert_eq!(borders.range(Bucket::NoTodo), None);
        assert_eq!(borders.range(Bucket::Overdue).unwrap().start, Timestamp::MIN);
        assert_eq!(borders.range(Bucket::Later).unwrap().end, Timestamp(999_999_999_999_999));
    }

    #[test]
    fn names_are_those_of_the_wire_and_the_order_is_that_of_the_list() {
        for bucket in Bucket::ALL {
            assert_eq!(serde_json::to_string(&bucket).unwrap(), format!("\"{}\"", bucket.as_str()));
            assert_eq!(Bucket::parse(bucket.as_str()), Some(bucket));
        }
        assert_eq!(Bucket::parse("someday"), None);
        assert!(Bucket::ALL.is_sorted());
    }

    proptest! {
        #[test]
        fn every_due_time_is_in_exactly_one_bucket(
            now in -10_000_000_000_000i64..10_000_000_000_000, ahead in -100_000_000_000i64..100_000_000_000, index in 0..600usize,
        ) {
            let Some(name) = Zone::names().nth(index) else { return Ok(()) };
            let borders = Borders::at(Timestamp(now), &zone(name));
            let due = Timestamp(now + ahead);
            let holding: Vec<_> = Bucket::ALL.into_iter().filter(|&bucket| borders.range(bucket).is_some_and(|range| range.contains(&due))).collect();
            prop_assert_eq!(holding, vec![borders.bucket(Some(due))]);
        }

        #[test]
        fn the_buckets_lie_end_to_end_at_any_time(now in any::<i64>(), due in any::<i64>()) {
            let borders = Borders::at(Timestamp(now), &zone("Europe/Budapest"));
            let mut end = Timestamp::MIN;
            for range in Bucket::ALL.into_iter().filter_map(|bucket| borders.range(bucket)) {
                prop_assert_eq!(range.start, end);
                prop_assert!(range.start <= range.end);
                end = range.end;
            }
            prop_assert_eq!(end, Timestamp::MAX);
            prop_assert!(borders.next_midnight() > borders.now());
            prop_assert_ne!(borders.bucket(Some(Timestamp(due))), Bucket::NoTodo);
        }
    }
}
