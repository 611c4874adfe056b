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
        let plus_days = |day: NaiveDate, days: u32| day.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX);
        let plus_months = |months: u32| today.with_day(1).and_then(|first| first.checked_add_months(Months::new(months))).unwrap_or(NaiveDate::MAX);

        // The days on which tomorrow and the buckets after it start, and where `Later` does.
        let tomorrow = viewer.day_after(today);
        let monday = plus_days(today, 7 - today.weekday().num_days_from_monday());
        let mut days = [tomorrow, viewer.day_after(tomorrow), monday, plus_days(monday, 7), plus_months(1), plus_months(2)];
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
        let next_midnight = [tomorrow, viewer.day_after(tomorrow)].map(|day| viewer.start_of_day(day)).into_iter().find(|&start| start > now);
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
