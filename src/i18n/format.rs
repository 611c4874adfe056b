//! Numbers, money, days and hours in each language's form; the same text on the server and in the browser.

use super::Locale;
use crate::domain::{
    bucket::{Borders, Bucket},
    datasheet::OR_MORE,
    due::{Due, Postpone},
    time::Timestamp,
    zone::Zone,
};
use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};
use std::ops::RangeInclusive;

/// A number never breaks over two lines.
const NO_BREAK_SPACE: char = '\u{a0}';

/// A whole number: `1 234 567` (hu), `1,234,567` (en).
pub fn number(number: i64, locale: Locale) -> String {
    let digits = grouped(number.unsigned_abs(), locale);
    if number < 0 { format!("-{digits}") } else { digits }
}

fn grouped(number: u64, locale: Locale) -> String {
    let separator = match locale {
        Locale::Hu => NO_BREAK_SPACE,
        Locale::En => ',',
    };
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

/// A number in units of 10^-`digits`, exactly, without zeros at its end: `1 234,5` (hu), `1,234.5` (en).
pub fn decimal(units: i64, digits: u32, locale: Locale) -> String {
    let unit = 10_u64.pow(digits);
    let (whole, fraction) = (units.unsigned_abs() / unit, units.unsigned_abs() % unit);
    let sign = if units < 0 { "-" } else { "" };
    let whole = grouped(whole, locale);
    let width = digits as usize;
    let fraction = format!("{fraction:0width$}");
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}{}{fraction}", locale.pick((',', '.'))),
    }
}

/// The count in the heading of a bucket: exact to 999, then `1 000+` (hu), `1,000+` (en); `7+` for what is not counted to its end.
pub fn bucket_count(count: u64, locale: Locale) -> String {
    let or_more = u64::from(OR_MORE);
    if (or_more..or_more + 1000).contains(&count) {
        return format!("{}+", count - or_more);
    }
    if count > 999 { format!("{}+", grouped(1000, locale)) } else { count.to_string() }
}

/// An amount in few characters, rounded towards zero: `12 e Ft`, `3,4 M Ft` (hu), `HUF 12k`, `HUF 3.4M` (en). Less than ten
/// thousand is shown in full.
pub fn money_short(minor: i64, currency: &str, locale: Locale) -> String {
    const STEPS: [(u64, (&str, &str)); 3] =
        [(1_000_000_000, ("Mrd", "bn")), (1_000_000, ("M", "M")), (1_000, ("e", "k"))];
    let unit = 10_u64.pow(minor_digits(currency));
    let whole = minor.unsigned_abs() / unit;
    let step = STEPS.iter().find(|(size, _)| whole >= *size && whole >= 10_000);
    let Some((size, names)) = step else { return money(minor, currency, locale) };
    let (many, tenth) = (whole / size, whole % size / (size / 10));
    let sign = if minor < 0 { "-" } else { "" };
    let mut amount = format!("{sign}{}", grouped(many, locale));
    if many < 10 && tenth > 0 {
        amount.push_str(locale.pick((",", ".")));
        amount.push_str(&tenth.to_string());
    }
    let name = locale.pick(*names);
    let sign_of = match currency {
        "HUF" => locale.pick(("Ft", "HUF")),
        "EUR" => "€",
        other => other,
    };
    match locale {
        Locale::Hu => format!("{amount}{NO_BREAK_SPACE}{name}{NO_BREAK_SPACE}{sign_of}"),
        Locale::En if sign_of == "€" => format!("{sign_of}{amount}{name}"),
        Locale::En => format!("{sign_of}{NO_BREAK_SPACE}{amount}{name}"),
    }
}

/// How many decimals an amount in this currency (ISO 4217) has.
pub fn minor_digits(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// An amount in the smallest unit of its currency (ISO 4217): `12 345,50 Ft` (hu), `HUF 12,345.50`, `€12,345.50` (en).
/// Whole forints are shown without decimals.
pub fn money(minor: i64, currency: &str, locale: Locale) -> String {
    let digits = minor_digits(currency);
    let unit = 10_u64.pow(digits);
    let (whole, fraction) = (minor.unsigned_abs() / unit, minor.unsigned_abs() % unit);
    let sign = if minor < 0 { "-" } else { "" };
    let mut amount = grouped(whole, locale);
    if digits > 0 && (fraction != 0 || currency != "HUF") {
        let point = match locale {
            Locale::Hu => ',',
            Locale::En => '.',
        };
        let width = digits as usize;
        amount = format!("{amount}{point}{fraction:0width$}");
    }
    match (locale, currency) {
        (Locale::Hu, "HUF") => format!("{sign}{amount}{NO_BREAK_SPACE}Ft"),
        (Locale::Hu, "EUR") => format!("{sign}{amount}{NO_BREAK_SPACE}€"),
        (Locale::Hu, _) => format!("{sign}{amount}{NO_BREAK_SPACE}{currency}"),
        (Locale::En, "EUR") => format!("{sign}€{amount}"),
        (Locale::En, "USD") => format!("{sign}${amount}"),
        (Locale::En, "GBP") => format!("{sign}£{amount}"),
        (Locale::En, _) => format!("{sign}{currency}{NO_BREAK_SPACE}{amount}"),
    }
}

/// A month's name as it stands inside a sentence: `november` (hu), `November` (en).
pub fn month_name(month: u32, locale: Locale) -> &'static str {
    const HU: [&str; 12] = [
        "január",
        "február",
        "március",
        "április",
        "május",
        "június",
        "július",
        "augusztus",
        "szeptember",
        "október",
        "november",
        "december",
    ];
    const EN: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    name(&HU, &EN, month.wrapping_sub(1), locale)
}

/// `nov.` (hu), `Nov` (en).
pub fn month_short(month: u32, locale: Locale) -> &'static str {
    const HU: [&str; 12] =
        ["jan.", "febr.", "márc.", "ápr.", "máj.", "jún.", "júl.", "aug.", "szept.", "okt.", "nov.", "dec."];
    const EN: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    name(&HU, &EN, month.wrapping_sub(1), locale)
}

/// `kedd` (hu), `Tuesday` (en).
pub fn weekday_name(day: NaiveDate, locale: Locale) -> &'static str {
    const HU: [&str; 7] = ["hétfő", "kedd", "szerda", "csütörtök", "péntek", "szombat", "vasárnap"];
    const EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    name(&HU, &EN, day.weekday().num_days_from_monday(), locale)
}

/// `sze` (hu), `Wed` (en).
pub fn weekday_short(day: NaiveDate, locale: Locale) -> &'static str {
    const HU: [&str; 7] = ["hét", "kedd", "sze", "csüt", "pén", "szo", "vas"];
    const EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    name(&HU, &EN, day.weekday().num_days_from_monday(), locale)
}

fn name<const N: usize>(
    hu: &[&'static str; N],
    en: &[&'static str; N],
    index: u32,
    locale: Locale,
) -> &'static str {
    let names = match locale {
        Locale::Hu => hu,
        Locale::En => en,
    };
    names.get(index as usize).copied().unwrap_or_default()
}

/// An hour of the day: `9:05`, `14:30`.
pub fn time_of_day(time: NaiveTime) -> String {
    format!("{}:{:02}", time.hour(), time.minute())
}

/// A day without its weekday: `nov. 24.` (hu), `24 Nov` (en); with the year where it is not this one:
/// `2027. jan. 5.` (hu), `5 Jan 2027` (en).
pub fn day_short(day: NaiveDate, today: NaiveDate, locale: Locale) -> String {
    let (year, month, day_of_month) = (day.year(), month_short(day.month(), locale), day.day());
    match (locale, year == today.year()) {
        (Locale::Hu, true) => format!("{month} {day_of_month}."),
        (Locale::Hu, false) => format!("{year}. {month} {day_of_month}."),
        (Locale::En, true) => format!("{day_of_month} {month}"),
        (Locale::En, false) => format!("{day_of_month} {month} {year}"),
    }
}

/// A day with its weekday: `nov. 24., kedd` (hu), `24 Nov, Tue` (en); with the year where it is not this one.
pub fn day_with_weekday(day: NaiveDate, today: NaiveDate, locale: Locale) -> String {
    let weekday = match locale {
        Locale::Hu => weekday_name(day, locale),
        Locale::En => weekday_short(day, locale),
    };
    format!("{}, {weekday}", day_short(day, today, locale))
}

/// A day with its year: `2026. 11. 24.` (hu), `24 Nov 2026` (en).
pub fn date(day: NaiveDate, locale: Locale) -> String {
    match locale {
        Locale::Hu => format!("{}. {:02}. {:02}.", day.year(), day.month(), day.day()),
        Locale::En => format!("{} {} {}", day.day(), month_short(day.month(), locale), day.year()),
    }
}

/// A day in full: `2026. november 24., kedd` (hu), `Tuesday, 24 November 2026` (en).
pub fn day_long(day: NaiveDate, locale: Locale) -> String {
    let (year, month, weekday) = (day.year(), month_name(day.month(), locale), weekday_name(day, locale));
    match locale {
        Locale::Hu => format!("{year}. {month} {}., {weekday}", day.day()),
        Locale::En => format!("{weekday}, {} {month} {year}", day.day()),
    }
}

/// The days of a bucket: `nov. 24., kedd`, `nov. 26–29.`, `nov. 30. – dec. 6.`, `december` (hu); `24 Nov, Tue`, `26–29 Nov`,
/// `30 Nov – 6 Dec`, `December` (en).
pub fn day_span(span: &RangeInclusive<NaiveDate>, today: NaiveDate, locale: Locale) -> String {
    let (first, last) = (*span.start(), *span.end());
    let same_month = (first.year(), first.month()) == (last.year(), last.month());
    let this_year = first.year() == today.year();
    if first == last {
        day_with_weekday(first, today, locale)
    } else if same_month && first.day() == 1 && last.succ_opt().is_none_or(|next| next.day() == 1) {
        let (year, month) = (first.year(), month_name(first.month(), locale));
        match (locale, this_year) {
            (_, true) => month.to_owned(),
            (Locale::Hu, false) => format!("{year}. {month}"),
            (Locale::En, false) => format!("{month} {year}"),
        }
    } else if same_month {
        match locale {
            Locale::Hu => {
                format!("{}–{}.", day_short(first, today, locale).trim_end_matches('.'), last.day())
            }
            Locale::En => format!("{}–{}", first.day(), day_short(last, today, locale)),
        }
    } else {
        format!("{} – {}", day_short(first, today, locale), day_short(last, today, locale))
    }
}

/// The due time in a row of the list: short, because the heading above it says the rest. `tegnap 14:30`, `3 napja` under
/// Overdue; `11:00`, `egész nap` under Today and Tomorrow; `hétfő 10:00` under this and next week; `dec. 15. 10:00` after that.
/// `moment` is [`Due::moment`] in the assignee's zone, `zone` is the viewer's.
pub fn due_short(due: Due, moment: Timestamp, now: Timestamp, zone: &Zone, locale: Locale) -> String {
    due_short_between(due, moment, &Borders::at(now, zone), zone, locale)
}

/// As [`due_short`], for many rows with the same borders (which are those of `zone`).
pub fn due_short_between(
    due: Due,
    moment: Timestamp,
    borders: &Borders,
    zone: &Zone,
    locale: Locale,
) -> String {
    let (day, today) = (due.day(zone), borders.today());
    let time = match due {
        Due::Day(_) => None,
        Due::At(at) => Some(time_of_day(zone.local(at).time())),
    };
    let bucket = borders.bucket(Some(moment));
    if bucket == Bucket::Overdue {
        return overdue(day, time.as_deref(), today, locale);
    }
    // A whole day of an assignee far away can end on another day of the viewer's: then the heading does not say which day it is.
    let under_its_day = borders.label_span(bucket).is_some_and(|span| span.contains(&day));
    match (bucket, time) {
        (Bucket::Today | Bucket::Tomorrow, None) if under_its_day => all_day(locale).to_owned(),
        (Bucket::Today | Bucket::Tomorrow, Some(time)) if under_its_day => time,
        (Bucket::ThisWeek | Bucket::NextWeek, time) if under_its_day => {
            with_time(weekday_name(day, locale), time.as_deref())
        }
        (_, time) => with_time(&day_short(day, today, locale), time.as_deref()),
    }
}

fn overdue(day: NaiveDate, time: Option<&str>, today: NaiveDate, locale: Locale) -> String {
    /// After about a month the date says more than the number of days.
    const LONGEST: i64 = 30;
    match (today.signed_duration_since(day).num_days(), locale) {
        (0, _) => with_time(today_word(locale), time),
        (1, _) => with_time(yesterday_word(locale), time),
        (days @ 2..=LONGEST, Locale::Hu) => format!("{days} napja"),
        (days @ 2..=LONGEST, Locale::En) => format!("{days} days ago"),
        _ => day_short(day, today, locale),
    }
}

fn with_time(day: &str, time: Option<&str>) -> String {
    match time {
        Some(time) => format!("{day} {time}"),
        None => day.to_owned(),
    }
}

const fn all_day(locale: Locale) -> &'static str {
    match locale {
        Locale::Hu => "egész nap",
        Locale::En => "all day",
    }
}

const fn today_word(locale: Locale) -> &'static str {
    match locale {
        Locale::Hu => "ma",
        Locale::En => "today",
    }
}

const fn yesterday_word(locale: Locale) -> &'static str {
    match locale {
        Locale::Hu => "tegnap",
        Locale::En => "yesterday",
    }
}

/// The due time in full, for a title: `2026. november 24., kedd 14:30` (hu), `Tuesday, 24 November 2026, 14:30` (en);
/// a whole day without an hour.
pub fn due_exact(due: Due, zone: &Zone, locale: Locale) -> String {
    match due {
        Due::Day(day) => day_long(day, locale),
        Due::At(at) => moment_exact(at, zone, locale),
    }
}

/// A moment in full on the clock of `zone`: `2026. november 24., kedd 14:30` (hu), `Tuesday, 24 November 2026, 14:30` (en).
pub fn moment_exact(at: Timestamp, zone: &Zone, locale: Locale) -> String {
    let local = zone.local(at);
    let (day, time) = (day_long(local.date(), locale), time_of_day(local.time()));
    match locale {
        Locale::Hu => format!("{day} {time}"),
        Locale::En => format!("{day}, {time}"),
    }
}

/// When something happened: `most`, `5 perce`, `ma 8:15`, `tegnap 14:30`, `nov. 20. 9:00` (hu); `just now`, `5 minutes ago`,
/// `today 8:15` and so on (en). What seems to come from the near future (two clocks differ) is `just now`.
pub fn ago(at: Timestamp, now: Timestamp, zone: &Zone, locale: Locale) -> String {
    const MINUTE: i64 = 60_000;
    let (local, today) = (zone.local(at), zone.today(now));
    let time = time_of_day(local.time());
    let minutes = now.millis_since(at).div_euclid(MINUTE);
    match (minutes, locale) {
        (-2..=0, Locale::Hu) => return "most".to_owned(),
        (-2..=0, Locale::En) => return "just now".to_owned(),
        (1..60, Locale::Hu) => return format!("{minutes} perce"),
        (1, Locale::En) => return "1 minute ago".to_owned(),
        (2..60, Locale::En) => return format!("{minutes} minutes ago"),
        _ => {}
    }
    match today.signed_duration_since(local.date()).num_days() {
        0 => with_time(today_word(locale), Some(&time)),
        1 => with_time(yesterday_word(locale), Some(&time)),
        _ => with_time(&day_short(local.date(), today, locale), Some(&time)),
    }
}

/// What a choice of the postpone menu would make of `due`: `sze, 9:00`, `nov. 30. 9:00` (hu), `Wed, 9:00`, `30 Nov 9:00` (en).
pub fn postpone_hint(choice: Postpone, due: Due, now: Timestamp, zone: &Zone, locale: Locale) -> String {
    let postponed = choice.apply(due, now, zone);
    let (day, today) = (postponed.day(zone), zone.today(now));
    let time = match postponed {
        Due::Day(_) => None,
        Due::At(at) => Some(time_of_day(zone.local(at).time())),
    };
    match (choice, time) {
        (Postpone::Tomorrow | Postpone::NextWorkingDay, Some(time)) => {
            format!("{}, {time}", weekday_short(day, locale))
        }
        (Postpone::Tomorrow | Postpone::NextWorkingDay, None) => weekday_name(day, locale).to_owned(),
        (_, time) => with_time(&day_short(day, today, locale), time.as_deref()),
    }
}

/// What a date and time field holds: `2026. 11. 24. 14:30` (hu), `24 Nov 2026 14:30` (en); read back by
/// [`parse_due`](crate::domain::due::parse_due).
pub fn due_input(due: Due, zone: &Zone, locale: Locale) -> String {
    match due {
        Due::Day(day) => date(day, locale),
        Due::At(at) => {
            let local: NaiveDateTime = zone.local(at);
            format!("{} {}", date(local.date(), locale), time_of_day(local.time()))
        }
    }
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::{
        Locale::{En, Hu},
        *,
    };
    use crate::domain::due::parse_due;
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

    fn at(text: &str) -> Timestamp {
        budapest().resolve(text.parse().unwrap())
    }

    const NOW: &str = "2026-11-24T09:00:00";

    /// The label in the list of somebody in Budapest, on Tuesday, 24 November 2026, 9:00.
    fn short(due: &str, locale: Locale) -> String {
        let zone = budapest();
        let due = match due.parse::<NaiveDate>() {
            Ok(day) => Due::Day(day),
            Err(_) => Due::At(at(due)),
        };
        due_short(due, due.moment(&zone), at(NOW), &zone, locale)
    }

    #[test]
    fn a_short_amount_says_thousands_and_millions() {
        for (minor, currency, hu, en) in [
            (999_900, "HUF", "9\u{a0}999\u{a0}Ft", "HUF\u{a0}9,999"),
            (1_250_000, "HUF", "12\u{a0}e\u{a0}Ft", "HUF\u{a0}12k"),
            (349_000_000, "HUF", "3,4\u{a0}M\u{a0}Ft", "HUF\u{a0}3.4M"),
            (1_234_000_000, "EUR", "12\u{a0}M\u{a0}€", "€12M"),
            (-200_000_000_000, "USD", "-2\u{a0}Mrd\u{a0}USD", "USD\u{a0}-2bn"),
        ] {
            assert_eq!(money_short(minor, currency, Locale::Hu), hu);
            assert_eq!(money_short(minor, currency, Locale::En), en);
        }
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        for (value, hu, en) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (1000, "1\u{a0}000", "1,000"),
            (12_345, "12\u{a0}345", "12,345"),
            (1_234_567, "1\u{a0}234\u{a0}567", "1,234,567"),
            (-1234, "-1\u{a0}234", "-1,234"),
            (-123, "-123", "-123"),
        ] {
            assert_eq!(number(value, Hu), hu);
            assert_eq!(number(value, En), en);
        }
        assert_eq!(number(i64::MIN, En), "-9,223,372,036,854,775,808");
    }

    #[test]
    fn the_count_of_a_bucket_is_exact_to_999() {
        assert_eq!(bucket_count(0, Hu), "0");
        assert_eq!(bucket_count(999, Hu), "999");
        assert_eq!(bucket_count(1000, Hu), "1\u{a0}000+");
        assert_eq!(bucket_count(u64::from(OR_MORE) + 7, Hu), "7+");
        assert_eq!(bucket_count(u64::from(OR_MORE) + 1000, En), "1,000+");
        assert_eq!(bucket_count(u64::MAX, En), "1,000+");
    }

    #[test]
    fn money_has_its_currency_where_the_language_wants_it() {
        assert_eq!(money(1_234_550, "HUF", Hu), "12\u{a0}345,50\u{a0}Ft");
        assert_eq!(money(1_234_500, "HUF", Hu), "12\u{a0}345\u{a0}Ft");
        assert_eq!(money(1_234_550, "HUF", En), "HUF\u{a0}12,345.50");
        assert_eq!(money(1_234_500, "EUR", Hu), "12\u{a0}345,00\u{a0}€");
        assert_eq!(money(1_234_550, "EUR", En), "€12,345.50");
        assert_eq!(money(-5, "USD", En), "-$0.05");
        assert_eq!(money(-5, "PLN", Hu), "-0,05\u{a0}PLN");
        assert_eq!(money(1500, "JPY", En), "JPY\u{a0}1,500");
        assert_eq!(money(1500, "KWD", En), "KWD\u{a0}1.500");
        assert_eq!(money(i64::MIN, "GBP", En), "-£92,233,720,368,547,758.08");
    }

    #[test]
    fn days_short_and_long() {
        let (this_year, next_year, today) = (day("2026-11-24"), day("2027-01-05"), day("2026-11-20"));
        assert_eq!(day_short(this_year, today, Hu), "nov. 24.");
        assert_eq!(day_short(this_year, today, En), "24 Nov");
        assert_eq!(day_short(next_year, today, Hu), "2027. jan. 5.");
        assert_eq!(day_short(next_year, today, En), "5 Jan 2027");
        assert_eq!(day_with_weekday(this_year, today, Hu), "nov. 24., kedd");
        assert_eq!(day_with_weekday(this_year, today, En), "24 Nov, Tue");
        assert_eq!(day_with_weekday(next_year, today, Hu), "2027. jan. 5., kedd");
        assert_eq!(date(this_year, Hu), "2026. 11. 24.");
        assert_eq!(date(next_year, Hu), "2027. 01. 05.");
        assert_eq!(date(this_year, En), "24 Nov 2026");
        assert_eq!(day_long(this_year, Hu), "2026. november 24., kedd");
        assert_eq!(day_long(this_year, En), "Tuesday, 24 November 2026");
    }

    #[test]
    fn every_month_and_weekday_has_a_name() {
        for locale in [Hu, En] {
            for month in 1..=12 {
                assert!(!month_name(month, locale).is_empty() && !month_short(month, locale).is_empty());
            }
            assert_eq!(month_name(0, locale), "");
            assert_eq!(month_name(13, locale), "");
        }
        assert_eq!((month_name(5, Hu), month_short(5, Hu)), ("május", "máj."));
        assert_eq!(weekday_name(day("2026-11-29"), Hu), "vasárnap");
        assert_eq!(weekday_short(day("2026-11-25"), Hu), "sze");
    }

    #[test]
    fn the_days_of_a_heading() {
        let today = day("2026-11-24");
        for (first, last, hu, en) in [
            ("2026-11-24", "2026-11-24", "nov. 24., kedd", "24 Nov, Tue"),
            ("2026-11-26", "2026-11-29", "nov. 26–29.", "26–29 Nov"),
            ("2026-11-30", "2026-12-06", "nov. 30. – dec. 6.", "30 Nov – 6 Dec"),
            ("2026-12-01", "2026-12-31", "december", "December"),
            ("2026-12-07", "2026-12-31", "dec. 7–31.", "7–31 Dec"),
            ("2027-01-01", "2027-01-31", "2027. január", "January 2027"),
            ("2026-12-28", "2027-01-03", "dec. 28. – 2027. jan. 3.", "28 Dec – 3 Jan 2027"),
            ("2027-01-04", "2027-01-10", "2027. jan. 4–10.", "4–10 Jan 2027"),
        ] {
            let span = day(first)..=day(last);
            assert_eq!(day_span(&span, today, Hu), hu);
            assert_eq!(day_span(&span, today, En), en);
        }
    }

    #[test]
    fn a_due_time_in_the_list_says_what_its_heading_does_not() {
        for (due, hu, en) in [
            // Overdue
            ("2026-11-23T14:30:00", "tegnap 14:30", "yesterday 14:30"),
            ("2026-11-21T10:00:00", "3 napja", "3 days ago"),
            ("2026-11-22T23:59:00", "2 napja", "2 days ago"),
            ("2026-11-24T08:15:00", "ma 8:15", "today 8:15"),
            ("2026-11-23", "tegnap", "yesterday"),
            ("2026-11-19", "5 napja", "5 days ago"),
            ("2026-10-03", "okt. 3.", "3 Oct"),
            ("2025-12-31T10:00:00", "2025. dec. 31.", "31 Dec 2025"),
            // Today
            ("2026-11-24T11:00:00", "11:00", "11:00"),
            ("2026-11-24", "egész nap", "all day"),
            // Tomorrow
            ("2026-11-25T09:00:00", "9:00", "9:00"),
            ("2026-11-25", "egész nap", "all day"),
            // This week and next week
            ("2026-11-27T09:05:00", "péntek 9:05", "Friday 9:05"),
            ("2026-11-30T10:00:00", "hétfő 10:00", "Monday 10:00"),
            ("2026-12-03", "csütörtök", "Thursday"),
            // Next month and later
            ("2026-12-15T10:00:00", "dec. 15. 10:00", "15 Dec 10:00"),
            ("2026-12-15", "dec. 15.", "15 Dec"),
            ("2027-01-05T10:00:00", "2027. jan. 5. 10:00", "5 Jan 2027 10:00"),
        ] {
            assert_eq!(short(due, Hu), hu, "{due}");
            assert_eq!(short(due, En), en, "{due}");
        }
    }

    #[test]
    fn a_whole_day_of_somebody_far_away_says_its_day_where_the_heading_says_another() {
        let (budapest, tokyo, honolulu) = (budapest(), zone("Asia/Tokyo"), zone("Pacific/Honolulu"));
        let due = Due::Day(day("2026-11-23"));
        // The 23rd in Honolulu ends on the 24th in Budapest.
        assert_eq!(due_short(due, due.moment(&honolulu), at(NOW), &budapest, Hu), "nov. 23.");
        // The 24th in Tokyo is over on the afternoon of the 24th in Budapest.
        let due = Due::Day(day("2026-11-24"));
        assert_eq!(due_short(due, due.moment(&tokyo), at(NOW), &budapest, Hu), "egész nap");
        assert_eq!(due_short(due, due.moment(&tokyo), at("2026-11-24T17:00:00"), &budapest, Hu), "ma");
    }

    #[test]
    fn a_title_has_the_whole_due_time() {
        let zone = budapest();
        assert_eq!(
            due_exact(Due::At(at("2026-11-24T14:30:00")), &zone, Hu),
            "2026. november 24., kedd 14:30"
        );
        assert_eq!(
            due_exact(Due::At(at("2026-11-24T14:30:00")), &zone, En),
            "Tuesday, 24 November 2026, 14:30"
        );
        assert_eq!(due_exact(Due::Day(day("2026-11-24")), &zone, Hu), "2026. november 24., kedd");
    }

    #[test]
    fn history_says_how_long_ago_then_when() {
        for (then, hu, en) in [
            ("2026-11-24T09:00:00", "most", "just now"),
            ("2026-11-24T08:59:01", "most", "just now"),
            ("2026-11-24T09:01:30", "most", "just now"),
            ("2026-11-24T08:59:00", "1 perce", "1 minute ago"),
            ("2026-11-24T08:01:00", "59 perce", "59 minutes ago"),
            ("2026-11-24T08:00:00", "ma 8:00", "today 8:00"),
            ("2026-11-23T14:30:00", "tegnap 14:30", "yesterday 14:30"),
            ("2026-11-20T09:00:00", "nov. 20. 9:00", "20 Nov 9:00"),
            ("2025-11-20T09:00:00", "2025. nov. 20. 9:00", "20 Nov 2025 9:00"),
            ("2026-11-25T09:00:00", "nov. 25. 9:00", "25 Nov 9:00"),
        ] {
            assert_eq!(ago(at(then), at(NOW), &budapest(), Hu), hu, "{then}");
            assert_eq!(ago(at(then), at(NOW), &budapest(), En), en, "{then}");
        }
    }

    #[test]
    fn the_postpone_menu_says_where_each_choice_leads() {
        let hint = |choice, due, locale| postpone_hint(choice, due, at(NOW), &budapest(), locale);
        let due = Due::At(at("2026-11-20T09:00:00"));
        assert_eq!(hint(Postpone::Tomorrow, due, Hu), "sze, 9:00");
        assert_eq!(hint(Postpone::NextWorkingDay, due, En), "Wed, 9:00");
        assert_eq!(hint(Postpone::NextMonday, due, Hu), "nov. 30. 9:00");
        assert_eq!(hint(Postpone::InAWeek, due, Hu), "dec. 1. 9:00");
        assert_eq!(hint(Postpone::InAMonth, due, En), "24 Dec 9:00");
        let all_day = Due::Day(day("2026-11-20"));
        assert_eq!(hint(Postpone::Tomorrow, all_day, Hu), "szerda");
        assert_eq!(hint(Postpone::NextMonday, all_day, En), "30 Nov");
    }

    proptest! {
        #[test]
        fn what_a_field_shows_is_read_back(minutes in 0i64..100_000_000, zone_index in 0..600usize, all_day: bool) {
            let Some(name) = Zone::names().nth(zone_index) else { return Ok(()) };
            let zone = zone(name);
            let at = Timestamp(0).plus_minutes(minutes);
            let due = if all_day { Due::Day(zone.today(at)) } else { Due::At(zone.resolve(zone.local(at))) };
            for locale in [Hu, En] {
                let field = due_input(due, &zone, locale);
                let title = due_exact(due, &zone, locale);
                let read = |text: &str| parse_due(text, at, &zone).map(|due| due_input(due, &zone, locale));
                prop_assert_eq!(read(&field), Some(field.clone()));
                prop_assert!(locale == En || read(&title) == Some(field), "{}", title);
            }
        }

        #[test]
        fn no_time_breaks_a_label(due in any::<i64>(), days in any::<i32>(), now in any::<i64>(), hu: bool) {
            let (zone, due, now, locale) = (budapest(), Timestamp(due), Timestamp(now), if hu { Hu } else { En });
            prop_assert!(!due_short(Due::At(due), due, now, &zone, locale).is_empty());
            prop_assert!(!ago(due, now, &zone, locale).is_empty());
            if let Some(day) = NaiveDate::from_num_days_from_ce_opt(days) {
                let due = Due::Day(day);
                prop_assert!(!due_short(due, due.moment(&zone), now, &zone, locale).is_empty());
                prop_assert!(!due_exact(due, &zone, locale).is_empty());
            }
        }
    }
}
