//! Time zones: what the wall clock shows at a moment, and which moment a wall clock means.
//!
//! The browser has no time zone data of ours: the server sends the few offset changes of the viewer's zone, and both sides
//! calculate with the same code.

use super::time::Timestamp;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};

/// No zone was ever further from UTC; what claims to be is refused.
const MAX_OFFSET: i32 = 26 * 3600;

/// A time zone as far as anyone plans or looks back: the offsets from UTC and when they change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Wire", try_from = "Wire")]
pub struct Zone {
    name: String,
    /// Seconds east of UTC before the first change.
    first_offset: i32,
    /// In order of time.
    changes: Vec<OffsetChange>,
}

/// From a moment on the clocks show another offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct OffsetChange {
    at: Timestamp,
    /// Seconds east of UTC.
    offset: i32,
}

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), first_offset: 0, changes: Vec::new() }
    }

    /// The zone with this IANA name, exact for 30 years before and after `around`; beyond these its last known offset
    /// goes on. `None` when there is no such zone. Takes about a millisecond: the caller keeps it.
    ///
    /// So wide, because history is as old as the company, and a wall-clock time must not change when the window moves.
    #[cfg(feature = "ssr")]
    pub fn load(name: &str, around: Timestamp) -> Option<Self> {
        use chrono::{Offset as _, TimeZone as _};

        const WINDOW: i64 = 30 * 366 * 86_400;
        // Shorter than any pair of changes that cancel each other out (the shortest is a Ramadan).
        const STEP: i64 = 4 * 86_400;

        let zone: chrono_tz::Tz = name.parse().ok()?;
        let offset_at = |seconds: i64| -> i32 {
            let utc = DateTime::from_timestamp(seconds, 0).unwrap_or_default().naive_utc();
            zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()
        };

        let around = around.clamped().seconds();
        let mut changes = Vec::new();
        let mut from = around - WINDOW;
        let first_offset = offset_at(from);
        let mut offset = first_offset;
        while from < around + WINDOW {
            let to = from + STEP;
            // Two changes can fall into one step, so look again from each one found.
            while offset_at(to) != offset {
                let (mut before, mut after) = (from, to);
                while after - before > 1 {
                    let middle = before + (after - before) / 2;
                    if offset_at(middle) == offset { before = middle } else { after = middle }
                }
                offset = offset_at(after);
                changes.push(OffsetChange { at: Timestamp::from_seconds(after), offset });
                from = after;
            }
            from = to;
        }
        Some(Self { name: zone.name().to_owned(), first_offset, changes })
    }

    /// The IANA names of all zones, old names included.
    #[cfg(feature = "ssr")]
    pub fn names() -> impl Iterator<Item = &'static str> {
        chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Seconds east of UTC at this moment.
    pub fn offset_seconds(&self, at: Timestamp) -> i32 {
        self.offset_after(self.changes.partition_point(|change| change.at <= at))
    }

    /// What the wall clock shows at this moment.
    pub fn local(&self, at: Timestamp) -> NaiveDateTime {
        let at = at.clamped();
        DateTime::from_timestamp_millis(at.0 + i64::from(self.offset_seconds(at)) * 1000)
            .unwrap_or_default()
            .naive_utc()
    }

    /// The moment at which the wall clock shows `local`. Where the clock skips it (a gap), the moment is moved forward by the
    /// length of the gap; where the clock shows it twice (a fold), it is the first one.
    pub fn resolve(&self, local: NaiveDateTime) -> Timestamp {
        match self.find(local) {
            Found::Shown(at) => at,
            Found::Skipped { moved, .. } => moved,
        }
    }

    /// The day on the calendar at this moment.
    pub fn today(&self, now: Timestamp) -> NaiveDate {
        self.local(now).date()
    }

    /// The first moment of this day, also where midnight is skipped. A day that is skipped as a whole starts (and ends) where
    /// the day after it starts.
    pub fn start_of_day(&self, day: NaiveDate) -> Timestamp {
        match self.find(day.and_time(NaiveTime::MIN)) {
            Found::Shown(at) => at,
            Found::Skipped { gap, .. } => gap,
        }
    }

    /// The last millisecond before the next day starts.
    pub fn end_of_day(&self, day: NaiveDate) -> Timestamp {
        match day.succ_opt() {
            Some(next) => self.start_of_day(next).plus_millis(-1).clamped(),
            None => Timestamp::MAX.clamped(),
        }
    }

    /// The next day that there is: a zone that moves over the date line skips one.
    pub fn day_after(&self, day: NaiveDate) -> NaiveDate {
        let Some(next) = day.succ_opt() else { return day };
        match next.succ_opt() {
            Some(second) if self.start_of_day(second) == self.start_of_day(next) => second,
            _ => next,
        }
    }

    /// The offset after the first `count` changes.
    fn offset_after(&self, count: usize) -> i32 {
        match count.checked_sub(1).and_then(|last| self.changes.get(last)) {
            Some(change) => change.offset,
            None => self.first_offset,
        }
    }

    fn find(&self, local: NaiveDateTime) -> Found {
        let local = local.and_utc().timestamp_millis();
        let with = |offset: i32| Timestamp(local - i64::from(offset) * 1000).clamped();
        // The first offset that was not yet over when it showed `local`.
        let mut index = self.changes.partition_point(|change| change.at <= with(MAX_OFFSET));
        while self.changes.get(index).is_some_and(|next| next.at <= with(self.offset_after(index))) {
            index += 1;
        }
        let at = with(self.offset_after(index));
        match index.checked_sub(1).and_then(|last| self.changes.get(last).map(|since| (last, since.at))) {
            Some((last, since)) if at < since => {
                Found::Skipped { gap: since, moved: with(self.offset_after(last)) }
            }
            _ => Found::Shown(at),
        }
    }
}

/// What a wall-clock time means.
enum Found {
    /// The (first) moment that shows it.
    Shown(Timestamp),
    /// No moment shows it.
    Skipped {
        /// When the clock jumps over it.
        gap: Timestamp,
        /// The moment that would show it had the clock not been moved yet.
        moved: Timestamp,
    },
}

/// A zone on the wire: its name, its first offset, then pairs of seconds since the change before and the new offset.
/// The distances repeat from year to year, so they compress to almost nothing.
#[derive(Serialize, Deserialize)]
struct Wire(String, i32, Vec<i64>);

impl From<Zone> for Wire {
    fn from(zone: Zone) -> Self {
        let mut before = 0;
        let mut flat = Vec::with_capacity(zone.changes.len() * 2);
        for change in &zone.changes {
            let at = change.at.seconds();
            flat.extend([at - before, i64::from(change.offset)]);
            before = at;
        }
        Self(zone.name, zone.first_offset, flat)
    }
}

impl TryFrom<Wire> for Zone {
    type Error = &'static str;

    fn try_from(Wire(name, first_offset, flat): Wire) -> Result<Self, Self::Error> {
        const BROKEN: &str = "not a time zone";
        let possible = |offset: i32| (-MAX_OFFSET..=MAX_OFFSET).contains(&offset);
        if !possible(first_offset) {
            return Err(BROKEN);
        }
        let mut seconds: i64 = 0;
        let mut changes: Vec<OffsetChange> = Vec::with_capacity(flat.len() / 2);
        for pair in flat.chunks(2) {
            let &[distance, offset] = pair else { return Err(BROKEN) };
            seconds = seconds.checked_add(distance).ok_or(BROKEN)?;
            let offset = i32::try_from(offset).ok().filter(|&offset| possible(offset)).ok_or(BROKEN)?;
            let at = Timestamp::from_seconds(seconds);
            if at != at.clamped() || changes.last().is_some_and(|before| before.at >= at) {
                return Err(BROKEN);
            }
            changes.push(OffsetChange { at, offset });
        }
        Ok(Self { name, first_offset, changes })
    }
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: i64 = 3_600_000;

    fn clock(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    fn utc(text: &str) -> Timestamp {
        Timestamp(clock(text).and_utc().timestamp_millis())
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn zone(name: &str) -> Zone {
        Zone::load(name, utc("2026-11-24T00:00:00")).unwrap()
    }

    fn length_in_hours(zone: &Zone, text: &str) -> i64 {
        zone.end_of_day(day(text)).plus_millis(1).millis_since(zone.start_of_day(day(text))) / HOUR
    }

    #[test]
    fn an_unknown_zone_is_none() {
        assert_eq!(Zone::load("Europe/Atlantis", Timestamp(0)), None);
        assert_eq!(Zone::load("", Timestamp(0)), None);
    }

    #[test]
    fn utc_has_no_changes() {
        assert_eq!(Zone::load("UTC", Timestamp(0)).unwrap(), Zone::utc());
    }

    #[test]
    fn a_skipped_hour_is_moved_forward_by_the_length_of_the_gap() {
        let budapest = zone("Europe/Budapest");
        let at = budapest.resolve(clock("2026-03-29T02:30:00"));
        assert_eq!(at, utc("2026-03-29T01:30:00"));
        assert_eq!(budapest.local(at), clock("2026-03-29T03:30:00"));

        let new_york = zone("America/New_York");
        assert_eq!(
            new_york.local(new_york.resolve(clock("2026-03-08T02:30:00"))),
            clock("2026-03-08T03:30:00")
        );

        let lord_howe = zone("Australia/Lord_Howe");
        assert_eq!(
            lord_howe.local(lord_howe.resolve(clock("2026-10-04T02:10:00"))),
            clock("2026-10-04T02:40:00")
        );
    }

    #[test]
    fn an_hour_that_comes_twice_is_the_first_one() {
        let new_york = zone("America/New_York");
        assert_eq!(new_york.resolve(clock("2026-11-01T01:30:00")), utc("2026-11-01T05:30:00"));
        assert_eq!(new_york.local(utc("2026-11-01T06:30:00")), clock("2026-11-01T01:30:00"));

        let budapest = zone("Europe/Budapest");
        assert_eq!(budapest.resolve(clock("2026-10-25T02:30:00")), utc("2026-10-25T00:30:00"));
        assert_eq!(budapest.resolve(clock("2026-10-25T03:00:00")), utc("2026-10-25T02:00:00"));
    }

    #[test]
    fn days_have_23_and_25_hours_where_the_clocks_change() {
        for (name, short, long) in [
            ("Europe/Budapest", "2026-03-29", "2026-10-25"),
            ("America/New_York", "2026-03-08", "2026-11-01"),
        ] {
            assert_eq!(length_in_hours(&zone(name), short), 23, "{name}");
            assert_eq!(length_in_hours(&zone(name), long), 25, "{name}");
            assert_eq!(length_in_hours(&zone(name), "2026-11-24"), 24, "{name}");
        }
        let lord_howe = zone("Australia/Lord_Howe");
        let (start, end) =
            (lord_howe.start_of_day(day("2026-04-05")), lord_howe.start_of_day(day("2026-04-06")));
        assert_eq!(end.millis_since(start), 24 * HOUR + HOUR / 2);
    }

    #[test]
    fn a_day_without_midnight_starts_at_one() {
        for (name, without_midnight) in [
            ("Asia/Beirut", "2026-03-29"),
            ("America/Santiago", "2026-09-06"),
            ("America/Havana", "2026-03-08"),
        ] {
            let zone = zone(name);
            let start = zone.start_of_day(day(without_midnight));
            assert_eq!(zone.local(start), day(without_midnight).and_hms_opt(1, 0, 0).unwrap(), "{name}");
            assert_eq!(
                zone.today(start.plus_millis(-1)),
                day(without_midnight).pred_opt().unwrap(),
                "{name}"
            );
            assert_eq!(length_in_hours(&zone, without_midnight), 23, "{name}");
        }
    }

    #[test]
    fn a_day_whose_midnight_falls_into_a_longer_gap_starts_when_the_gap_ends() {
        // The clocks of Toronto jumped from 23:30 to 0:30.
        let toronto = Zone::load("America/Toronto", utc("1919-06-01T00:00:00")).unwrap();
        let start = toronto.start_of_day(day("1919-03-31"));
        assert_eq!(toronto.local(start), clock("1919-03-31T00:30:00"));
        assert_eq!(toronto.local(start.plus_millis(-1)), clock("1919-03-30T23:29:59.999"));
    }

    #[test]
    fn a_day_with_two_midnights_starts_at_the_first() {
        let havana = zone("America/Havana");
        assert_eq!(havana.start_of_day(day("2026-11-01")), utc("2026-11-01T04:00:00"));
        assert_eq!(havana.local(utc("2026-11-01T05:00:00")), clock("2026-11-01T00:00:00"));
        assert_eq!(length_in_hours(&havana, "2026-11-01"), 25);
    }

    #[test]
    fn a_day_that_clocks_start_twice_starts_the_first_time() {
        // One minute after midnight the clocks went back to the evening before.
        let st_johns = zone("America/St_Johns");
        assert_eq!(st_johns.start_of_day(day("2010-11-07")), utc("2010-11-07T02:30:00"));
        assert_eq!(st_johns.today(utc("2010-11-07T02:32:00")), day("2010-11-06"));
    }

    #[test]
    fn the_day_that_samoa_skipped_starts_and_ends_with_the_day_after() {
        let samoa = zone("Pacific/Apia");
        assert_eq!(samoa.start_of_day(day("2011-12-30")), samoa.start_of_day(day("2011-12-31")));
        assert_eq!(samoa.start_of_day(day("2011-12-31")), utc("2011-12-30T10:00:00"));
        assert_eq!(samoa.end_of_day(day("2011-12-30")), samoa.end_of_day(day("2011-12-29")));
        assert_eq!(samoa.resolve(clock("2011-12-30T12:00:00")), samoa.resolve(clock("2011-12-31T12:00:00")));
        assert_eq!(samoa.day_after(day("2011-12-29")), day("2011-12-31"));
        assert_eq!(samoa.day_after(day("2011-12-28")), day("2011-12-29"));
        assert_eq!(length_in_hours(&samoa, "2011-12-29"), 24);
    }

    #[test]
    fn kathmandu_is_five_hours_and_three_quarters_ahead() {
        let kathmandu = zone("Asia/Kathmandu");
        assert_eq!(kathmandu.offset_seconds(utc("2026-11-24T00:00:00")), 5 * 3600 + 45 * 60);
        assert_eq!(kathmandu.start_of_day(day("2026-11-25")), utc("2026-11-24T18:15:00"));
    }

    #[test]
    fn a_zone_survives_the_wire_and_is_small() {
        for name in Zone::names() {
            let zone = zone(name);
            let wire = serde_json::to_string(&zone).unwrap();
            assert!(wire.len() < 3000, "{name}: {wire}");
            assert_eq!(serde_json::from_str::<Zone>(&wire).unwrap(), zone);
        }
    }

    #[test]
    fn a_broken_zone_is_refused() {
        for wire in [
            r#"["X",0,[5]]"#,
            r#"["X",0,[5,3600,0,0]]"#,
            r#"["X",0,[5,3600,-9,0]]"#,
            r#"["X",99999999,[]]"#,
            r#"["X",0,[5,99999999999]]"#,
            r#"["X",0,[9223372036854775807,0,9223372036854775807,0]]"#,
            r#"{"name":"X"}"#,
        ] {
            assert!(serde_json::from_str::<Zone>(wire).is_err(), "{wire}");
        }
    }

    proptest! {
        #[test]
        fn no_moment_and_no_day_breaks_a_zone(at in any::<i64>(), days in any::<i32>()) {
            let zone = zone("Europe/Budapest");
            let at = Timestamp(at);
            prop_assert_eq!(zone.resolve(zone.local(at)).seconds() / 7200, at.clamped().seconds() / 7200);
            if let Some(day) = NaiveDate::from_num_days_from_ce_opt(days) {
                prop_assert!(zone.start_of_day(day) <= zone.end_of_day(day).plus_millis(1));
                zone.day_after(day);
            }
        }

        #[test]
        fn a_clock_reading_resolves_to_the_first_moment_that_shows_it(seconds in 820_000_000i64..2_650_000_000, index in 0..600usize) {
            let Some(name) = Zone::names().nth(index) else { return Ok(()) };
            let zone = zone(name);
            let at = Timestamp::from_seconds(seconds);
            let shown = zone.local(at);
            let resolved = zone.resolve(shown);
            prop_assert!(resolved <= at);
            prop_assert_eq!(zone.local(resolved), shown);
        }
    }
}
