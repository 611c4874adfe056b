//! When a to-do is due, how it is postponed, and how a person writes it.

use super::{
    time::{Timestamp, iso_day_serde},
    zone::Zone,
};
use chrono::{Datelike as _, Days, Months, NaiveDate, NaiveTime, Weekday};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// The years in which a to-do may be due.
pub const YEARS: RangeInclusive<i32> = 1900..=2199;

/// When a to-do is due: a whole day that stays a day, or a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// By the end of this day in the assignee's zone.
    Day(#[serde(with = "iso_day_serde")] NaiveDate),
    /// At this moment.
    At(Timestamp),
}

impl Due {
    /// When it becomes overdue: a day at its last millisecond in the assignee's zone. Always before [`Timestamp::MAX`].
    pub fn moment(self, assignee: &Zone) -> Timestamp {
        match self {
            Self::Day(day) => assignee.end_of_day(day),
            Self::At(at) => at.clamped(),
        }
    }

    /// Whether it is a day without an hour.
    pub const fn is_all_day(self) -> bool {
        matches!(self, Self::Day(_))
    }

    /// The day on the viewer's calendar; a whole day is the same for everybody.
    pub fn day(self, viewer: &Zone) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::At(at) => viewer.today(at),
        }
    }

    /// The same on another day: with the hour on the viewer's clock, or none.
    #[must_use]
    pub fn on_day(self, day: NaiveDate, viewer: &Zone) -> Self {
        match self {
            Self::Day(_) => Self::Day(day),
            Self::At(at) => Self::At(viewer.resolve(day.and_time(viewer.local(at).time()))),
        }
    }

    /// Whether its year is one of [`YEARS`]: what comes from outside is checked with this.
    pub fn is_plausible(self) -> bool {
        YEARS.contains(&self.day(&Zone::utc()).year())
    }
}

/// A choice of the postpone menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Postpone {
    /// The day after today.
    Tomorrow,
    /// The first of Monday to Friday after today.
    NextWorkingDay,
    /// The first Monday after today.
    NextMonday,
    /// Seven days after today.
    InAWeek,
    /// This day of next month, or the last one where that month is shorter.
    InAMonth,
    /// A day or a moment of one's own.
    To(Due),
}

impl Postpone {
    /// The choices that need no further question, in the order of the menu.
    pub const PRESETS: [Self; 5] =
        [Self::Tomorrow, Self::NextWorkingDay, Self::NextMonday, Self::InAWeek, Self::InAMonth];

    /// The new due time. Counts from the viewer's today; keeps the hour on the viewer's clock, and "all day".
    #[must_use]
    pub fn apply(self, due: Due, now: Timestamp, viewer: &Zone) -> Due {
        let day = match self {
            Self::To(due) => return due,
            _ => self.day(now, viewer),
        };
        due.on_day(day, viewer)
    }

    /// The day to which this choice postpones.
    fn day(self, now: Timestamp, viewer: &Zone) -> NaiveDate {
        let today = viewer.today(now);
        let next = |wanted: fn(Weekday) -> bool| {
            today.iter_days().skip(1).find(|day| wanted(day.weekday())).unwrap_or(today)
        };
        match self {
            Self::Tomorrow => viewer.day_after(today),
            Self::NextWorkingDay => next(|day| !matches!(day, Weekday::Sat | Weekday::Sun)),
            Self::NextMonday => next(|day| day == Weekday::Mon),
            Self::InAWeek => today.checked_add_days(Days::new(7)).unwrap_or(today),
            Self::InAMonth => today.checked_add_months(Months::new(1)).unwrap_or(today),
            Self::To(due) => due.day(viewer),
        }
    }
}

/// Reads what a person types or a CSV holds: a day, or a day and an hour on the clock of `zone`.
///
/// Days: `2026. 11. 24.`, `2026.11.24`, `2026-11-24`, `2026/11/24`, `20261124`, `2026. november 24.`, `24 Nov 2026`,
/// `Nov 24, 2026`, `24/11/2026` where only one reading is a date, and the words ma, holnap, holnapután, today, tomorrow;
/// a weekday after the date is skipped over.
/// Hours: `14:30`, `14:30:00`, `9`, `9h`, `9 óra`, `9-kor`, `9:15 am`; after an ISO date also with `T`, and with `Z` or
/// `+01:00` for another clock than the zone's.
/// `None` for anything else, and for years outside [`YEARS`].
pub fn parse_due(text: &str, now: Timestamp, zone: &Zone) -> Option<Due> {
    read_due(text, now, zone, Style::Full)
}

/// The same for what a person types into a form, who sees at once what was understood: also `5 Dec 15:00` and `dec. 5.`, the next
/// such day from today on, and `Monday 9:00`, the next one after today.
pub fn parse_typed_due(text: &str, now: Timestamp, zone: &Zone) -> Option<Due> {
    read_due(text, now, zone, Style::Short)
}

/// Whether a day must be named in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Full,
    Short,
}

fn read_due(text: &str, now: Timestamp, zone: &Zone, style: Style) -> Option<Due> {
    let tokens = tokens(text)?;
    let mut rest = tokens.as_slice();
    let day = day(&mut rest, zone.today(now), zone, style)?;
    if !YEARS.contains(&day.year()) {
        return None;
    }
    skip_weekday(&mut rest, day);
    if rest.is_empty() {
        return Some(Due::Day(day));
    }
    let (time, offset) = time(&mut rest)?;
    let local = day.and_time(time);
    let at = match offset {
        None => zone.resolve(local),
        Some(seconds) => Timestamp(local.and_utc().timestamp_millis()).plus_seconds(-seconds),
    };
    (rest.is_empty() && Due::At(at).is_plausible()).then_some(Due::At(at))
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// A row of digits and how many there are.
    Number(u32, usize),
    /// Letters, in lower case.
    Word(String),
    Sign(char),
}

/// The text in pieces, without its white space; `None` when it is no date anyway.
fn tokens(text: &str) -> Option<Vec<Token>> {
    const LONGEST: usize = 80;
    if text.len() > LONGEST {
        return None;
    }
    let mut tokens = Vec::new();
    let mut rest = text.trim();
    while let Some(first) = rest.chars().next() {
        let piece = |belongs: fn(char) -> bool| rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        let (length, token) = if first.is_ascii_digit() {
            let length = piece(|c| c.is_ascii_digit());
            // Longer ones are a fraction of a second at most.
            (length, Token::Number(rest[..length.min(9)].parse().ok()?, length))
        } else if first.is_alphabetic() {
            let length = piece(char::is_alphabetic);
            (length, Token::Word(rest[..length].to_lowercase()))
        } else {
            (first.len_utf8(), Token::Sign(first))
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Some(tokens)
}

/// Takes the sign off the front if it is there.
fn skip(rest: &mut &[Token], signs: &[char]) -> bool {
    match rest {
        [Token::Sign(sign), tail @ ..] if signs.contains(sign) => {
            *rest = tail;
            true
        }
        _ => false,
    }
}

fn day(rest: &mut &[Token], today: NaiveDate, zone: &Zone, style: Style) -> Option<NaiveDate> {
    use Token::{Number, Sign, Word};
    let day = match *rest {
        [Word(word), tail @ ..] if month(word).is_none() => {
            *rest = tail;
            let day = match word.as_str() {
                "ma" | "today" => today,
                "holnap" | "tomorrow" => zone.day_after(today),
                "holnapután" | "holnaputan" => today.checked_add_days(Days::new(2))?,
                _ if style == Style::Full => return None,
                word => {
                    let wanted = weekday(word)?;
                    today.iter_days().skip(1).find(|day| day.weekday().num_days_from_monday() == wanted)?
                }
            };
            skip(rest, &['.']);
            skip(rest, &[',']);
            return Some(day);
        }
        [Number(ymd, 8), tail @ ..] => {
            *rest = tail;
            return NaiveDate::from_ymd_opt((ymd / 10_000).cast_signed(), ymd / 100 % 100, ymd % 100);
        }
        // 2026. 11. 24. and 2026-11-24
        [
            Number(year, 4),
            Sign(a @ ('.' | '-' | '/')),
            Number(month, 1..=2),
            Sign(b),
            Number(day, 1..=2),
            tail @ ..,
        ] if a == b => {
            *rest = tail;
            NaiveDate::from_ymd_opt(year.cast_signed(), *month, *day)?
        }
        // 24/11/2026
        [
            Number(first, 1..=2),
            Sign(a @ ('.' | '-' | '/')),
            Number(second, 1..=2),
            Sign(b),
            Number(year, 4),
            tail @ ..,
        ] if a == b => {
            *rest = tail;
            let date = |month: u32, day: u32| NaiveDate::from_ymd_opt(year.cast_signed(), month, day);
            match (date(*second, *first), date(*first, *second)) {
                (Some(one), Some(other)) if one != other => return None,
                (one, other) => one.or(other)?,
            }
        }
        _ => day_with_month_name(rest, today, style)?,
    };
    skip(rest, &['.']);
    skip(rest, &[',']);
    Some(day)
}

/// `2026. november 24.`, `24 Nov 2026`, `Nov 24, 2026`; in short also `nov. 24.` and `24 Nov`: the next one from today on.
fn day_with_month_name(rest: &mut &[Token], today: NaiveDate, style: Style) -> Option<NaiveDate> {
    let (mut year, mut month_number, mut day) = (None, None, None);
    for _ in 0..3 {
        match *rest {
            [Token::Number(number, 4), tail @ ..] if year.is_none() => {
                year = Some(number.cast_signed());
                *rest = tail;
            }
            [Token::Number(number, 1..=2), tail @ ..] if day.is_none() => {
                day = Some(*number);
                *rest = tail;
            }
            [Token::Word(word), tail @ ..] if month_number.is_none() => {
                month_number = Some(month(word)?);
                *rest = tail;
            }
            _ if style == Style::Short && day.is_some() && month_number.is_some() => break,
            _ => return None,
        }
        if year.is_none() || month_number.is_none() || day.is_none() {
            skip(rest, &['.']);
            skip(rest, &[',']);
        }
    }
    let (month_number, day) = (month_number?, day?);
    let date = |year| NaiveDate::from_ymd_opt(year, month_number, day);
    match year {
        Some(year) => date(year),
        // A leap day may be some years away.
        None => (today.year()..=today.year() + 8).filter_map(date).find(|date| *date >= today),
    }
}

/// The number of a month from its Hungarian or English name or abbreviation.
fn month(word: &str) -> Option<u32> {
    Some(match word {
        "jan" | "január" | "january" => 1,
        "febr" | "feb" | "február" | "february" => 2,
        "márc" | "már" | "mar" | "március" | "march" => 3,
        "ápr" | "apr" | "április" | "april" => 4,
        "máj" | "május" | "may" => 5,
        "jún" | "jun" | "június" | "june" => 6,
        "júl" | "jul" | "július" | "july" => 7,
        "aug" | "augusztus" | "august" => 8,
        "szept" | "sept" | "sep" | "szeptember" | "september" => 9,
        "okt" | "oct" | "október" | "october" => 10,
        "nov" | "november" => 11,
        "dec" | "december" => 12,
        _ => return None,
    })
}

/// A day of the week, counted from Monday, from its Hungarian or English name or abbreviation.
fn weekday(word: &str) -> Option<u32> {
    const NAMES: [[&str; 4]; 7] = [
        ["hétfő", "hét", "monday", "mon"],
        ["kedd", "kedd", "tuesday", "tue"],
        ["szerda", "sze", "wednesday", "wed"],
        ["csütörtök", "csüt", "thursday", "thu"],
        ["péntek", "pén", "friday", "fri"],
        ["szombat", "szo", "saturday", "sat"],
        ["vasárnap", "vas", "sunday", "sun"],
    ];
    NAMES.iter().zip(0..).find(|(names, _)| names.contains(&word)).map(|(_, index)| index)
}

/// Skips the name of the weekday, if it is there and right.
fn skip_weekday(rest: &mut &[Token], day: NaiveDate) {
    if let [Token::Word(word), tail @ ..] = *rest
        && weekday(word) == Some(day.weekday().num_days_from_monday())
    {
        *rest = tail;
        skip(rest, &['.']);
        skip(rest, &[',']);
    }
}

/// An hour and, if one is given, seconds east of UTC.
fn time(rest: &mut &[Token]) -> Option<(NaiveTime, Option<i64>)> {
    use Token::{Number, Sign, Word};
    if let [Word(t), tail @ ..] = *rest
        && t == "t"
    {
        *rest = tail;
    }
    let [Number(hour, 1..=2), tail @ ..] = *rest else { return None };
    let mut hour = *hour;
    *rest = tail;
    let (mut minute, mut second) = (0, 0);
    if let [Sign(':' | '.'), Number(minutes, 2), tail @ ..] = *rest {
        minute = *minutes;
        *rest = tail;
        if let [Sign(':'), Number(seconds, 2), tail @ ..] = *rest {
            second = *seconds;
            *rest = tail;
            // Fractions of a second are more than a to-do needs.
            if let [Sign('.' | ','), Number(..), tail @ ..] = *rest {
                *rest = tail;
            }
        }
    }
    let mut offset = None;
    match *rest {
        [Word(half), tail @ ..] if half == "am" || half == "pm" => {
            if !(1..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + if half == "pm" { 12 } else { 0 };
            *rest = tail;
        }
        [Word(word), tail @ ..] if matches!(word.as_str(), "h" | "óra" | "órakor" | "kor") => *rest = tail,
        [Sign('-'), Word(word), tail @ ..] if word == "kor" => *rest = tail,
        [Word(word), tail @ ..] if word == "z" => {
            offset = Some(0);
            *rest = tail;
        }
        [Sign(sign @ ('+' | '-')), Number(hours @ 0..=18, 2), tail @ ..] => {
            let (minutes, tail) = match tail {
                [Sign(':'), Number(minutes @ 0..=59, 2), tail @ ..] => (*minutes, tail),
                _ => (0, tail),
            };
            let seconds = i64::from(hours * 3600 + minutes * 60);
            offset = Some(if *sign == '-' { -seconds } else { seconds });
            *rest = tail;
        }
        _ => {}
    }
    skip(rest, &['.']);
    Some((NaiveTime::from_hms_opt(hour, minute, second)?, offset))
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn zone(name: &str) -> Zone {
        Zone::load(name, Timestamp(1_795_000_000_000)).unwrap()
    }

    fn budapest() -> Zone {
        zone("Europe/Budapest")
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn at(zone: &Zone, text: &str) -> Timestamp {
        zone.resolve(text.parse().unwrap())
    }

    /// Tuesday, 24 November 2026, 9:00 in Budapest.
    fn now() -> Timestamp {
        at(&budapest(), "2026-11-24T09:00:00")
    }

    fn postponed(choice: Postpone, now: &str, due: &str) -> String {
        let zone = budapest();
        match choice.apply(Due::At(at(&zone, due)), at(&zone, now), &zone) {
            Due::At(at) => zone.local(at).to_string(),
            Due::Day(day) => panic!("{day} lost its hour"),
        }
    }

    #[test]
    fn a_whole_day_is_due_at_its_end_in_the_assignees_zone() {
        let new_york = zone("America/New_York");
        let due = Due::Day(day("2026-11-24"));
        assert_eq!(due.moment(&new_york), at(&Zone::utc(), "2026-11-25T04:59:59.999"));
        assert_eq!(due.moment(&zone("Asia/Tokyo")), at(&Zone::utc(), "2026-11-24T14:59:59.999"));
        assert_eq!(due.day(&zone("Asia/Tokyo")), day("2026-11-24"));
        assert!(due.is_all_day());
    }

    #[test]
    fn a_moment_is_due_at_that_moment_everywhere() {
        assert_eq!(Due::At(Timestamp(5)).moment(&budapest()), Timestamp(5));
        assert!(Due::At(Timestamp(i64::MAX)).moment(&budapest()) < Timestamp::MAX);
    }

    #[test]
    fn a_whole_day_is_a_day_on_the_wire() {
        let due = Due::Day(day("2026-11-24"));
        assert_eq!(serde_json::to_string(&due).unwrap(), r#"{"day":"2026-11-24"}"#);
        assert_eq!(serde_json::from_str::<Due>(r#"{"day":"2026-11-24"}"#).unwrap(), due);
        assert_eq!(serde_json::to_string(&Due::At(Timestamp(7))).unwrap(), r#"{"at":7}"#);
        assert!(serde_json::from_str::<Due>(r#"{"day":"2026-02-30"}"#).is_err());
        assert_eq!(
            serde_json::from_str::<Postpone>(r#"{"to":{"at":7}}"#).unwrap(),
            Postpone::To(Due::At(Timestamp(7)))
        );
        assert_eq!(serde_json::to_string(&Postpone::NextWorkingDay).unwrap(), r#""next_working_day""#);
    }

    #[test]
    fn postponing_counts_from_today_and_keeps_the_hour() {
        let (tuesday, due) = ("2026-11-24T09:00:00", "2026-11-20T14:30:00");
        assert_eq!(postponed(Postpone::Tomorrow, tuesday, due), "2026-11-25 14:30:00");
        assert_eq!(postponed(Postpone::NextWorkingDay, tuesday, due), "2026-11-25 14:30:00");
        assert_eq!(postponed(Postpone::NextMonday, tuesday, due), "2026-11-30 14:30:00");
        assert_eq!(postponed(Postpone::InAWeek, tuesday, due), "2026-12-01 14:30:00");
        assert_eq!(postponed(Postpone::InAMonth, tuesday, due), "2026-12-24 14:30:00");
    }

    #[test]
    fn the_working_day_after_a_friday_saturday_or_sunday_is_monday() {
        for now in ["2026-11-27T09:00:00", "2026-11-28T09:00:00", "2026-11-29T09:00:00"] {
            assert_eq!(postponed(Postpone::NextWorkingDay, now, now), "2026-11-30 09:00:00");
        }
    }

    #[test]
    fn next_monday_on_a_monday_is_a_week_away() {
        assert_eq!(
            postponed(Postpone::NextMonday, "2026-11-23T09:00:00", "2026-11-23T08:00:00"),
            "2026-11-30 08:00:00"
        );
        assert_eq!(
            postponed(Postpone::NextMonday, "2026-11-29T09:00:00", "2026-11-23T08:00:00"),
            "2026-11-30 08:00:00"
        );
    }

    #[test]
    fn the_hour_stays_across_both_clock_changes() {
        assert_eq!(
            postponed(Postpone::Tomorrow, "2026-03-28T12:00:00", "2026-03-28T09:00:00"),
            "2026-03-29 09:00:00"
        );
        assert_eq!(
            postponed(Postpone::NextMonday, "2026-03-25T12:00:00", "2026-03-25T09:00:00"),
            "2026-03-30 09:00:00"
        );
        assert_eq!(
            postponed(Postpone::Tomorrow, "2026-10-24T12:00:00", "2026-10-24T02:30:00"),
            "2026-10-25 02:30:00"
        );
        assert_eq!(
            postponed(Postpone::NextMonday, "2026-10-22T12:00:00", "2026-10-22T09:00:00"),
            "2026-10-26 09:00:00"
        );
        // The one hour that there is not.
        assert_eq!(
            postponed(Postpone::Tomorrow, "2026-03-28T12:00:00", "2026-03-28T02:30:00"),
            "2026-03-29 03:30:00"
        );
    }

    #[test]
    fn a_month_after_the_31st_is_the_last_day_of_a_shorter_month() {
        assert_eq!(
            postponed(Postpone::InAMonth, "2027-01-31T09:00:00", "2027-01-31T09:00:00"),
            "2027-02-28 09:00:00"
        );
        assert_eq!(
            postponed(Postpone::InAMonth, "2028-01-31T09:00:00", "2028-01-31T09:00:00"),
            "2028-02-29 09:00:00"
        );
        assert_eq!(
            postponed(Postpone::InAMonth, "2026-10-31T09:00:00", "2026-10-31T09:00:00"),
            "2026-11-30 09:00:00"
        );
        assert_eq!(
            postponed(Postpone::InAMonth, "2026-12-15T09:00:00", "2026-12-15T09:00:00"),
            "2027-01-15 09:00:00"
        );
    }

    #[test]
    fn the_viewers_today_counts_not_the_servers() {
        let tokyo = zone("Asia/Tokyo");
        // 24 November 23:00 in Budapest is the 25th in Tokyo.
        let now = at(&budapest(), "2026-11-24T23:00:00");
        assert_eq!(
            Postpone::Tomorrow.apply(Due::Day(day("2026-11-20")), now, &tokyo),
            Due::Day(day("2026-11-26"))
        );
        assert_eq!(
            Postpone::Tomorrow.apply(Due::Day(day("2026-11-20")), now, &budapest()),
            Due::Day(day("2026-11-25"))
        );
    }

    #[test]
    fn a_whole_day_is_not_postponed_to_a_day_that_is_skipped() {
        let samoa = zone("Pacific/Apia");
        let now = at(&samoa, "2011-12-29T12:00:00");
        assert_eq!(
            Postpone::Tomorrow.apply(Due::Day(day("2011-12-29")), now, &samoa),
            Due::Day(day("2011-12-31"))
        );
    }

    #[test]
    fn postponing_to_a_time_of_ones_own_gives_that_time() {
        let own = Due::Day(day("2027-05-01"));
        assert_eq!(Postpone::To(own).apply(Due::At(now()), now(), &budapest()), own);
    }

    #[test]
    fn what_is_typed_may_leave_out_the_year_or_name_a_weekday() {
        let typed = |text: &str| match parse_typed_due(text, now(), &budapest()) {
            None => "-".to_owned(),
            Some(Due::Day(day)) => day.to_string(),
            Some(Due::At(at)) => budapest().local(at).format("%F %T").to_string(),
        };
        // It is Tuesday, 24 November 2026.
        for (text, meant) in [
            ("5 Dec 15:00", "2026-12-05 15:00:00"),
            ("dec. 5. 15:00", "2026-12-05 15:00:00"),
            ("Dec 5", "2026-12-05"),
            ("nov. 24.", "2026-11-24"),
            ("23 Nov", "2027-11-23"),
            ("29 Feb", "2028-02-29"),
            ("Monday 9:00", "2026-11-30 09:00:00"),
            ("hét, 15:00", "2026-11-30 15:00:00"),
            ("kedd", "2026-12-01"),
            ("Sat. 10", "2026-11-28 10:00:00"),
            ("24 Nov 2026", "2026-11-24"),
            ("31 Nov", "-"),
            ("someday", "-"),
            ("5", "-"),
        ] {
            assert_eq!(typed(text), meant, "{text}");
        }
        // A file means one day for ever.
        for text in ["5 Dec 15:00", "dec. 5.", "Monday 9:00"] {
            assert_eq!(read(text), "-", "{text}");
        }
    }

    /// What the text means on the clock in Budapest.
    fn read(text: &str) -> String {
        match parse_due(text, now(), &budapest()) {
            None => "-".to_owned(),
            Some(Due::Day(day)) => day.to_string(),
            Some(Due::At(at)) => budapest().local(at).format("%F %T").to_string(),
        }
    }

    #[test]
    fn a_day_without_an_hour_is_a_whole_day() {
        for text in [
            "2026. 11. 24.",
            "2026.11.24",
            "2026.11.24.",
            "2026. 11. 24",
            "2026-11-24",
            "2026/11/24",
            " 2026-11-24 ",
            "20261124",
            "2026.\u{a0}11.\u{a0}24.",
            "24/11/2026",
            "11/24/2026",
            "24.11.2026",
            "24.11.2026.",
            "24-11-2026",
            "ma",
            "Ma",
            "today",
            "TODAY",
            "2026. november 24.",
            "2026. november 24., kedd",
            "2026. nov. 24.",
            "2026. NOV. 24.",
            "24 Nov 2026",
            "24 November 2026",
            "Nov 24, 2026",
            "November 24 2026",
            "2026. 11. 24., kedd",
            "2026-11-24 Tuesday",
        ] {
            assert_eq!(read(text), "2026-11-24", "{text}");
        }
        assert_eq!(read("2026-2-9"), "2026-02-09");
        assert_eq!(read("05/05/2026"), "2026-05-05");
        assert_eq!(read("2028-02-29"), "2028-02-29");
        assert_eq!(read("2026. május 1."), "2026-05-01");
    }

    #[test]
    fn an_hour_makes_it_a_moment_on_the_clock_of_the_zone() {
        for text in [
            "2026. 11. 24. 14:30",
            "2026.11.24 14:30",
            "2026.11.24. 14.30",
            "2026-11-24T14:30",
            "2026-11-24t14:30:00",
            "2026-11-24 14:30:00",
            "2026-11-24 14:30:00.000",
            "2026-11-24, 14:30",
            "20261124T14:30",
            "24/11/2026 14:30",
            "ma 14:30",
            "ma, 14:30",
            "today 14:30",
            "today 2:30 pm",
            "Today 2:30PM",
            "2026. november 24., kedd 14:30",
            "24 Nov 2026 14:30",
            "2026-11-24T13:30Z",
            "2026-11-24T13:30:00.123Z",
            "2026-11-24T14:30+01:00",
            "2026-11-24T08:30:00-05:00",
            "ma 14:30-kor",
        ] {
            assert_eq!(read(text), "2026-11-24 14:30:00", "{text}");
        }
        assert_eq!(read("2026-11-24 9"), "2026-11-24 09:00:00");
        assert_eq!(read("2026-11-24 0:00"), "2026-11-24 00:00:00");
        assert_eq!(read("today 12 am"), "2026-11-24 00:00:00");
        assert_eq!(read("2026-11-24 23:59:59"), "2026-11-24 23:59:59");
    }

    #[test]
    fn words_count_from_today() {
        assert_eq!(read("holnap"), "2026-11-25");
        assert_eq!(read("tomorrow"), "2026-11-25");
        assert_eq!(read("Holnap 9:00"), "2026-11-25 09:00:00");
        assert_eq!(read("holnap 9-kor"), "2026-11-25 09:00:00");
        assert_eq!(read("holnap 9 órakor"), "2026-11-25 09:00:00");
        assert_eq!(read("tomorrow 9"), "2026-11-25 09:00:00");
        assert_eq!(read("holnapután"), "2026-11-26");
        assert_eq!(read("holnaputan 16h"), "2026-11-26 16:00:00");
    }

    #[test]
    fn today_is_that_of_the_zone() {
        let tokyo = zone("Asia/Tokyo");
        let evening = at(&budapest(), "2026-11-24T23:00:00");
        assert_eq!(parse_due("ma", evening, &tokyo), Some(Due::Day(day("2026-11-25"))));
    }

    #[test]
    fn an_hour_that_is_skipped_is_moved_forward() {
        assert_eq!(read("2026-03-29 02:30"), "2026-03-29 03:30:00");
    }

    #[test]
    fn what_is_ambiguous_or_no_date_is_refused() {
        for text in [
            "",
            " ",
            "hello",
            "2026",
            "2026-11",
            "2026-13-01",
            "2026-02-29",
            "2026-11-31",
            "05/11/2026",
            "5.11.2026",
            "31/31/2026",
            "24/11/26",
            "26-11-24",
            "2026-11/24",
            "2026-11-24 25:00",
            "2026-11-24 24:00",
            "2026-11-24 14:60",
            "2026-11-24 14:30:60",
            "2026-11-24 14:3",
            "2026-11-24 14:30 x",
            "2026-11-24 13 pm",
            "2026-11-24 0 am",
            "2026-11-24 hétfő",
            "2026-11-24T",
            "ma holnap",
            "99999999",
            "2026-11-24 14:30+99:00",
            "123456789012345678901234567890",
            "2026–11–24",
            "٢٠٢٦-١١-٢٤",
            "nov 2026",
            "nov nov 2026",
            "2026-11-24 14:30 2026-11-24",
            "-2026-11-24",
            "0000-00-00",
        ] {
            assert_eq!(read(text), "-", "{text}");
        }
    }

    #[test]
    fn years_outside_1900_to_2199_are_refused() {
        assert_eq!(read("1899-12-31"), "-");
        assert_eq!(read("1900-01-02"), "1900-01-02");
        assert_eq!(read("2199-12-31"), "2199-12-31");
        assert_eq!(read("2200-01-01"), "-");
        assert_eq!(read("2200-01-01 0:30"), "-");
        assert_eq!(read("0026-11-24"), "-");
        assert!(Due::Day(day("2199-12-31")).is_plausible());
        assert!(!Due::At(Timestamp(i64::MAX)).is_plausible());
        assert!(!Due::Day(NaiveDate::MIN).is_plausible());
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_parser(text in ".{0,90}") {
            let _ = parse_due(&text, now(), &Zone::utc());
        }

        #[test]
        fn no_text_that_looks_like_a_date_breaks_the_parser(text in "[0-9TtZz:+. ,/árma-]{0,40}", now in any::<i64>()) {
            let parsed = parse_due(&text, Timestamp(now), &Zone::utc());
            prop_assert!(parsed.is_none_or(Due::is_plausible), "{:?}", parsed);
        }

        #[test]
        fn no_due_time_breaks_postponing(due in any::<i64>(), days in any::<i32>(), now in any::<i64>(), index in 0..5usize) {
            let (zone, now, choice) = (budapest(), Timestamp(now), Postpone::PRESETS[index]);
            prop_assert!(!choice.apply(Due::At(Timestamp(due)), now, &zone).is_all_day());
            if let Some(day) = NaiveDate::from_num_days_from_ce_opt(days) {
                prop_assert!(choice.apply(Due::Day(day), now, &zone).is_all_day());
                prop_assert!(Due::Day(day).moment(&zone) < Timestamp::MAX);
            }
        }

        #[test]
        fn postponing_goes_to_a_later_day_and_keeps_the_hour(
            due in 0i64..4_000_000_000, now in 0i64..4_000_000_000, index in 0..5usize, zone_index in 0..600usize,
        ) {
            let Some(name) = Zone::names().nth(zone_index) else { return Ok(()) };
            let (zone, now, due) = (zone(name), Timestamp::from_seconds(now), Timestamp::from_seconds(due));
            let postponed = Postpone::PRESETS[index].apply(Due::At(due), now, &zone);
            let Due::At(at) = postponed else { return Err(TestCaseError::fail("lost its hour")) };
            prop_assert!(zone.today(at) > zone.today(now));
            prop_assert!(zone.today(at) <= zone.today(now) + Days::new(31));
            let (before, after) = (zone.local(due).time(), zone.local(at).time());
            if before != after {
                // Only a time that there is not on that day can move.
                let wanted = zone.today(at).and_time(before);
                prop_assert_ne!(zone.local(zone.resolve(wanted)), wanted);
            }
        }
    }
}
