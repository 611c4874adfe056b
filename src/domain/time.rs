//! Moments. What a moment is called on the wall clock is the business of [`Zone`](super::zone::Zone).

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// A moment: milliseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(transparent))]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The first moment we reckon with (about the year -29700).
    pub const MIN: Self = Self(-999_999_999_999_999);
    /// After the last moment we reckon with (about the year 33700). List keys from 1e15 up mean "no to-do".
    pub const MAX: Self = Self(999_999_999_999_999);

    /// The moment so many whole seconds after the Unix epoch.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the Unix epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This moment moved by so many milliseconds; stops at the ends of `i64`.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// This moment moved by so many seconds; stops at the ends of `i64`.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_millis(seconds.saturating_mul(1000))
    }

    /// This moment moved by so many times 60 seconds; stops at the ends of `i64`.
    #[must_use]
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        self.plus_seconds(minutes.saturating_mul(60))
    }

    /// This moment moved by so many times 60 minutes; stops at the ends of `i64`.
    #[must_use]
    pub const fn plus_hours(self, hours: i64) -> Self {
        self.plus_minutes(hours.saturating_mul(60))
    }

    /// The milliseconds from `earlier` to this moment; negative when `earlier` is later.
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The nearest moment in [`MIN`](Self::MIN) .. [`MAX`](Self::MAX), where calendar arithmetic cannot overflow.
    pub(super) fn clamped(self) -> Self {
        self.clamp(Self::MIN, Self(Self::MAX.0 - 1))
    }
}

/// A civil day as `YYYY-MM-DD`.
pub fn iso_day(day: NaiveDate) -> String {
    use chrono::Datelike as _;
    format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day())
}

/// Reads what [`iso_day`] writes.
pub fn parse_iso_day(text: &str) -> Option<NaiveDate> {
    let mut parts = text.rsplitn(3, '-');
    let day = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    NaiveDate::from_ymd_opt(parts.next()?.parse().ok()?, month, day)
}

/// `#[serde(with = "iso_day_serde")]`: chrono's own date parser is large, and the browser waits for every byte.
pub(super) mod iso_day_serde {
    use super::{Deserialize as _, Deserializer, Error as _, NaiveDate, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
    pub fn serialize<S: Serializer>(day: &NaiveDate, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::iso_day(*day))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::parse_iso_day(&text).ok_or_else(|| D::Error::custom("not a day written as YYYY-MM-DD"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn seconds_round_down_also_before_the_epoch() {
        assert_eq!(Timestamp(1999).seconds(), 1);
        assert_eq!(Timestamp(-1).seconds(), -1);
        assert_eq!(Timestamp::from_seconds(-3).millis(), -3000);
    }

    #[test]
    fn moving_a_moment_stops_at_the_ends() {
        assert_eq!(Timestamp(i64::MAX).plus_hours(1), Timestamp(i64::MAX));
        assert_eq!(Timestamp(i64::MIN).plus_minutes(-1), Timestamp(i64::MIN));
        assert_eq!(Timestamp(0).plus_hours(i64::MAX), Timestamp(i64::MAX));
        assert_eq!(Timestamp(5).plus_hours(2).millis_since(Timestamp(5)), 7_200_000);
    }

    #[test]
    fn a_moment_is_a_bare_number_on_the_wire() {
        assert_eq!(serde_json::to_string(&Timestamp(42)).unwrap(), "42");
        assert_eq!(serde_json::from_str::<Timestamp>("-7").unwrap(), Timestamp(-7));
    }

    proptest! {
        #[test]
        fn every_day_is_read_back_as_written(days in -90_000_000i32..90_000_000) {
            if let Some(day) = NaiveDate::from_num_days_from_ce_opt(days) {
                prop_assert_eq!(parse_iso_day(&iso_day(day)), Some(day));
            }
        }

        #[test]
        fn no_text_breaks_the_day_parser(text in ".*") {
            let _ = parse_iso_day(&text);
        }
    }
}
