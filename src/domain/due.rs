//! When a to-do is due, how it is postponed, and how a person writes it.

use super::{
    time::{Timestamp, iso_day_serde},
    zone::Zone,
};
use chrono::{Datelike as _, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Weekday};
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
    pub const PRESETS: [Self; 5] = [Self::Tomorrow, Self::NextWorkingDay, Self::NextMonday, Self::InAWeek, Self::InAMonth];

    /// The new due time. Counts from the viewer's today; keeps the hour on the viewer's clock, and "all day".
    #[must_use]
    pub fn apply(self, due: Due, now: Timestamp, viewer: &Zone) -> Due {
        let day = match self {
            Self::To(due) => return due,
            _ => self.day(now, viewer),
        };
        match due {
            Due::Day(_) => Due::Day(day),
            Due::At(at) => Due::At(viewer.resolve(day.and_time(viewer.local(at).time()))),
        }
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
    let tokens = tokens(text)?;
    let mut rest = tokens.as_slice();
    let day = day(&mut rest, now, zone)?;
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

fn day(rest: &mut &[Token], now: Timestamp, zone: &Zone) -> Option<NaiveDate> {
    use Token::{Number, Sign, Word};
    let from_today = |days| zone.today(now).checked_add_days(Days::new(days));
    let day = match *rest {
        [Word(word), tail @ ..] if month(word).is_none() => {
            *rest = tail;
            let day = match word.as_str() {
                "ma" | "today" => zone.today(now),
                "holnap" | "tomorrow" => zone.day_after(zone.today(now)),
                "holnapután" | "holnaputan" => from_today(2)?,
                _ => return None,
            };
            skip(rest, &[',']);
            return Some(day);
        }
        [Number(ymd, 8), tail @ ..] => {
            *rest = tail;
            return NaiveDate::from_ymd_opt((ymd / 10_000).cast_signed(), ymd / 100 % 100, ymd % 100);
        }
        // 2026. 11. 24. and 2026-11-24
        [Number(year, 4), Sign(a @ ('.' | '-' | '/')), Number(month, 1..=2), Sign(b), Number(day, 1..=2), tail @ ..] if a == b => {
            *rest = tail;
            NaiveDate::from_ymd_opt(year.cast_signed(), *month, *day)?
        }
        // 24/11/2026
        [Number(first, 1..=2), Sign(a @ ('.' | '-' | '/')), Number(second, 1..=2), Sign(b), Number(year, 4), tail @ ..] if a == b => {
            *rest = tail;
            let date = |month: u32, day: u32| NaiveDate::from_ymd_opt(year.cast_signed(), month, day);
            match (date(*second, *first), date(*first, *second)) {
                (Some(one), Some(other)) if one != other => return None,
                (one, other) => one.or(other)?,
            }
        }
        _ => day_with_month_name(rest)?,
    };
    skip(rest, &['.']);
    skip(rest, &[',']);
    Some(day)
}

/// `2026. november 24.`, `24 Nov 2026`, `Nov 24, 2026`.
fn day_with_month_name(rest: &mut &[Token]) -> Option<NaiveDate> {
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
            _ => return None,
        }
        if year.is_none() || month_number.is_none() || day.is_none() {
            skip(rest, &['.']);
            skip(rest, &[',']);
        }
    }
    NaiveDate::from_ymd_opt(year?, month_number?, day?)
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

/// Skips the name of the weekday, if it is there and right.
fn skip_weekday(rest: &mut &[Token], day: NaiveDate) {
    const NAMES: [[&str; 4]; 7] = [
        ["hétfő", "hét", "monday", "mon"],
        ["kedd", "kedd", "tuesday", "tue"],
        ["szerda", "sze", "wednesday", "wed"],
        ["csütörtök", "csüt", "thursday", "thu"],
        ["péntek", "pén", "friday", "fri"],
        ["szombat", "szo", "saturday", "sat"],
        ["vasárnap", "vas", "sunday", "sun"],
    ];
    if let [Token::Word(word), tail @ ..] = *rest
        && NAMES.iter().zip(0..).any(|(names, index)| names.contains(&word.as_str()) && index == day.weekday().num_days_from_monday())
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

/// A wall-clock time of `zone` as a person picks it in a form: a day and an hour.
pub fn at_local(local: NaiveDateTime, zone: &Zone) -> Due {
    Due::At(zone.resolve(local))
}
