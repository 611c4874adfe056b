//! All time zones, compared with independent calculations: one straight through chrono-tz that never asks for a border,
//! and one by Python's zoneinfo (`every_zone/fixture.py`).

use super::{
    bucket::{Borders, Bucket},
    time::Timestamp,
    zone::Zone,
};
use chrono::{
    DateTime, Datelike as _, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset as _,
    TimeZone as _, Utc,
};
use chrono_tz::{TZ_VARIANTS, Tz};

const HOUR: i64 = 3_600_000;

fn moment(year: i32, month: u32, day: u32) -> Timestamp {
    Timestamp(Utc.with_ymd_and_hms(year, month, day, 0, 0, 0).unwrap().timestamp_millis())
}

fn utc(at: Timestamp) -> NaiveDateTime {
    DateTime::from_timestamp_millis(at.0).unwrap().naive_utc()
}

fn offset(zone: Tz, at: Timestamp) -> i32 {
    zone.offset_from_utc_datetime(&utc(at)).fix().local_minus_utc()
}

fn local(zone: Tz, at: Timestamp) -> NaiveDateTime {
    zone.from_utc_datetime(&utc(at)).naive_local()
}

/// The bucket by the words of the contract: from days on the calendar, not from moments.
fn bucket(now: NaiveDateTime, due: NaiveDateTime, is_past: bool) -> Bucket {
    let (today, day) = (now.date(), due.date());
    // The first day of the common era was a Monday.
    let week = |day: NaiveDate| (day.num_days_from_ce() - 1).div_euclid(7);
    let month = |day: NaiveDate| day.year() * 12 + day.month0().cast_signed();
    match () {
        () if is_past => Bucket::Overdue,
        () if day == today => Bucket::Today,
        () if day == today + Days::new(1) => Bucket::Tomorrow,
        () if week(day) == week(today) => Bucket::ThisWeek,
        () if week(day) == week(today) + 1 => Bucket::NextWeek,
        () if month(day) == month(today) => Bucket::ThisMonth,
        () if month(day) == month(today) + 1 => Bucket::NextMonth,
        () => Bucket::Later,
    }
}

/// The hours to look at: those of the day before, of and after each change of the clocks, and a few of each year.
fn hours(zone: Tz) -> Vec<Timestamp> {
    let mut hours = Vec::new();
    let mut day = moment(2024, 1, 1);
    while day < moment(2031, 1, 1) {
        let next = Timestamp(day.0 + 24 * HOUR);
        if offset(zone, day) != offset(zone, next) {
            hours.extend((-24..48).map(|hour| Timestamp(day.0 + hour * HOUR)));
        }
        day = next;
    }
    for (year, month, day) in [(2024, 2, 28), (2026, 11, 24), (2027, 12, 31), (2028, 2, 28)] {
        hours.extend((0..24).map(|hour| Timestamp(moment(year, month, day).0 + hour * HOUR)));
    }
    hours
}

fn compare(tz: Tz) {
    let zone = Zone::load(tz.name(), moment(2026, 11, 24)).unwrap();
    for now in hours(tz) {
        let here = local(tz, now);
        assert_eq!(zone.offset_seconds(now), offset(tz, now), "{tz} {now:?}");
        assert_eq!(zone.local(now), here, "{tz} {now:?}");
        assert_resolves(tz, &zone, utc(now));
        assert_day(tz, &zone, here.date());

        let borders = Borders::at(now, &zone);
        assert!(borders.next_midnight() > now, "{tz} {now:?}");
        for range in Bucket::ALL.into_iter().filter_map(|bucket| borders.range(bucket)) {
            for due in [range.start.0, range.start.0 - 1, range.start.0 + 23 * HOUR] {
                if (moment(1990, 1, 1).0..moment(2040, 1, 1).0).contains(&due) {
                    let due = Timestamp(due);
                    assert_eq!(
                        borders.bucket(Some(due)),
                        bucket(here, local(tz, due), due < now),
                        "{tz} now {now:?} due {due:?}"
                    );
                }
            }
        }
    }
}

/// The moment of a wall-clock time; `clock` is any time around a change.
fn assert_resolves(tz: Tz, zone: &Zone, clock: NaiveDateTime) {
    let expected = match tz.from_local_datetime(&clock) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.timestamp_millis(),
        LocalResult::None => {
            let before = tz.offset_from_utc_datetime(&(clock - Days::new(1))).fix().local_minus_utc();
            clock.and_utc().timestamp_millis() - i64::from(before) * 1000
        }
    };
    assert_eq!(zone.resolve(clock), Timestamp(expected), "{tz} {clock}");
}

/// A day starts where the millisecond before belongs to the day before, and ends where the next one starts.
fn assert_day(tz: Tz, zone: &Zone, day: NaiveDate) {
    let start = zone.start_of_day(day);
    assert_eq!(local(tz, start).date(), day, "{tz}");
    assert_eq!(local(tz, start.plus_millis(-1)).date(), day - Days::new(1), "{tz}");
    let end = zone.end_of_day(day);
    assert_eq!(local(tz, end).date(), day, "{tz}");
    assert_eq!(local(tz, end.plus_millis(1)).date(), day + Days::new(1), "{tz}");
}

#[test]
fn every_hour_around_each_clock_change_is_as_chrono_tz_says_in_every_zone() {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for first in 0..threads {
            scope.spawn(move || TZ_VARIANTS.iter().skip(first).step_by(threads).copied().for_each(compare));
        }
    });
}

#[test]
fn every_zone_changes_its_clocks_when_pythons_zoneinfo_says_so() {
    let mut lines = include_str!("every_zone/fixture.txt").lines();
    assert_eq!(
        lines.next(),
        Some(chrono_tz::IANA_TZDB_VERSION),
        "run every_zone/fixture.py with the new time zone data"
    );
    let mut names = Vec::new();
    for line in lines {
        let [zones, first, changes] = line.split('|').collect::<Vec<_>>().try_into().unwrap();
        for name in zones.split(' ') {
            names.push(name);
            let zone = Zone::load(name, moment(2026, 11, 24)).unwrap();
            let mut at = moment(2024, 1, 1);
            let mut expected: i32 = first.parse().unwrap();
            for change in changes.split(' ').filter(|change| !change.is_empty()) {
                let (seconds, offset) = change.split_once(':').unwrap();
                let change = Timestamp::from_seconds(seconds.parse().unwrap());
                while at < change {
                    assert_eq!(zone.offset_seconds(at), expected, "{name} {at:?}");
                    at = Timestamp(at.0 + 5 * 24 * HOUR);
                }
                assert_eq!(zone.offset_seconds(change.plus_millis(-1)), expected, "{name} before {change:?}");
                at = change;
                expected = offset.parse().unwrap();
            }
            while at < moment(2031, 1, 1) {
                assert_eq!(zone.offset_seconds(at), expected, "{name} {at:?}");
                at = Timestamp(at.0 + 5 * 24 * HOUR);
            }
        }
    }
    names.sort_unstable();
    assert_eq!(names, {
        let mut all: Vec<_> = Zone::names().collect();
        all.sort_unstable();
        all
    });
}

#[test]
fn the_window_of_a_zone_holds_sixty_years_without_a_gap() {
    for name in [
        "Europe/Budapest",
        "America/New_York",
        "Africa/Casablanca",
        "Africa/Cairo",
        "Asia/Gaza",
        "Pacific/Apia",
        "America/Sao_Paulo",
    ] {
        let tz: Tz = name.parse().unwrap();
        let zone = Zone::load(name, moment(2026, 11, 24)).unwrap();
        let mut at = moment(1997, 1, 1);
        while at < moment(2056, 1, 1) {
            assert_eq!(zone.offset_seconds(at), offset(tz, at), "{name} {at:?}");
            at = Timestamp(at.0 + 6 * HOUR);
        }
    }
}

#[test]
fn the_start_of_a_day_is_midnight_where_there_is_one() {
    for tz in TZ_VARIANTS {
        let zone = Zone::load(tz.name(), moment(2026, 11, 24)).unwrap();
        let mut day = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap();
        while day.year() < 2026 {
            let start = zone.local(zone.start_of_day(day));
            assert!(
                start == day.and_time(NaiveTime::MIN)
                    || tz.from_local_datetime(&day.and_time(NaiveTime::MIN)) == LocalResult::None,
                "{tz} {day}"
            );
            day = day + Days::new(3);
        }
    }
}
