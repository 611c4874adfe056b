//! What a to-do has besides text, type, due time and assignee: duration, reminder, checklist, repetition.

use chrono::{Datelike as _, NaiveDate, Weekday};

use super::{Locale, format};
use crate::domain::{
    recurrence::{Basis, End, MonthDay, Repetition, Rule, Unit, Weekdays},
    todo_template::Count,
};

texts! {
    more: "Ismétlődés, időtartam, emlékeztető, lépések", "Repetition, duration, reminder, steps";
    repetition: "Ismétlődés", "Repetition";
    duration: "Időtartam", "Duration";
    reminder: "Emlékeztető", "Reminder";
    checklist: "Ellenőrzőlista", "Checklist";
    types: "Teendőtípusok", "To-do types";
    types_of(module: &str): "Teendőtípusok: {module}", "To-do types: {module}";
    types_lead: "Amit új teendőnél a típus előre kitölt.", "What a type fills in for a new to-do.";
    type_name_of(kind: &str): "Típus neve: {kind}", "Name of the type: {kind}";
    duration_of(kind: &str): "Időtartam: {kind}", "Duration: {kind}";
    reminder_of(kind: &str): "Emlékeztető: {kind}", "Reminder: {kind}";
    save_type_of(kind: &str): "Mentés: {kind}", "Save: {kind}";
    type_saved(kind: &str): "Elmentve: {kind}", "Saved: {kind}";
    type_set(kind: &str): "teendőtípust állított be: {kind}", "set the to-do type {kind}";
    templates: "Teendősablonok", "To-do templates";
    templates_of(module: &str): "Teendősablonok: {module}", "To-do templates: {module}";
    templates_lead: "Több teendő egyszerre: az adatlapon a „Sablonból” gomb mindet hozzáadja, a mai naptól számítva.", "Several to-dos at once: on a datasheet “From template” adds all of them, counted from today.";
    new_template: "Új sablon", "New template";
    template_of(name: &str, module: &str): "Teendősablon: {name} · {module}", "To-do template: {name} · {module}";
    template_name: "A sablon neve", "Name of the template";
    save_template(name: &str): "Sablon mentése: {name}", "Save template: {name}";
    delete_template(name: &str): "Sablon törlése: {name}", "Delete template: {name}";
    template_saved(name: &str): "Elmentve: {name}", "Saved: {name}";
    template_deleted(name: &str): "Törölve: {name}", "Deleted: {name}";
    template_back(name: &str): "Visszaállítva: {name}", "Restored: {name}";
    template_set(name: &str): "teendősablont állított be: {name}", "set the to-do template {name}";
    template_gone(name: &str): "teendősablont törölt: {name}", "deleted the to-do template {name}";
    todos_added(template: &str, texts: &str): "teendők a(z) „{template}” sablonból: {texts}", "added to-dos from the template “{template}”: {texts}";
    of_todos_added: "sablon teendői", "the to-dos of a template";
    add_planned: "Teendő hozzáadása", "Add a to-do";
    remove_planned(text: &str): "Eltávolítás: {text}", "Remove: {text}";
    move_template(name: &str): "Sablon áthelyezése: {name}", "Move template: {name}";
    move_planned(name: &str): "Teendő áthelyezése: {name}", "Move to-do: {name}";
    new_planned: "új teendő", "new to-do";
    place(name: &str, at: usize, of: usize): "{name}: {of} közül a(z) {at}.", "{name}: {at} of {of}";
    moved(name: &str): "Áthelyezve: {name}", "Moved: {name}";
    planned_days: "Hány nap múlva", "After how many days";
    planned_count: "Milyen nap", "Which days";
    planned_time: "Hány órakor (elhagyható)", "At what time (optional)";
    the_owner: "az adatlap felelőse", "the datasheet’s owner";
    from_template: "Sablonból", "From template";
    no_templates: "Ennek a modulnak nincs teendősablonja. Az adminisztrátor a modul beállításaiban hozhat létre.", "This module has no to-do templates. An admin can make one in the module’s settings.";
    todos_of_template(n: usize): "{n} teendő", "{n} to-dos";
    template_added(name: &str): "Teendők hozzáadva: {name}", "To-dos added: {name}";
    none: "nincs", "none";
    unit_day: "nap", "days";
    unit_week: "hét", "weeks";
    unit_month: "hónap", "months";
    unit_year: "év", "years";
    every: "Hányadik naponként, hetenként…", "Every so many";
    on_days: "Ezeken a napokon", "On these days";
    working_days: "Munkanapokon", "Working days";
    month_day: "A hónap napja", "Day of the month";
    same_day: "ugyanaz a nap", "the same day";
    counted_from: "Mitől számítva", "Counted from";
    from_due: "a határidőtől", "the due date";
    from_completion: "a lezárástól", "completion";
    ends: "Vége", "Ends";
    end_never: "soha", "never";
    end_on: "ezen a napon", "on a day";
    end_after: "ennyi alkalom után", "after so many";
    end_day: "Utolsó nap", "Last day";
    end_count: "Alkalmak száma", "How many";
    add_step: "Lépés hozzáadása", "Add a step";
    step(n: usize): "{n}. lépés", "Step {n}";
    remove_step(n: usize): "{n}. lépés törlése", "Remove step {n}";
    at_the_time: "határidőkor", "at the time";
    before(length: &str): "{length} előtte", "{length} before";
    minutes(n: i64): "{n} perc", "{n} min";
    hours(n: i64): "{n} óra", "{n} h";
    days(n: i64): "{n} nap", "{n} d";
    steps_done(done: usize, all: usize): "{done}/{all} lépés", "{done}/{all} steps";
    reopen: "Újranyitás", "Reopen";
    reopen_one(text: &str): "Újranyitás: {text}", "Reopen: {text}";
    said_reopened(text: &str): "Újranyitva: {text}", "Reopened: {text}";
    said_ticked(text: &str): "Kipipálva: {text}", "Ticked: {text}";
    said_unticked(text: &str): "Pipa visszavéve: {text}", "Unticked: {text}";
    each_day: "naponta", "every day";
    each_week: "hetente", "every week";
    each_month: "havonta", "every month";
    each_year: "évente", "every year";
    every_days(n: u16): "{n} naponta", "every {n} days";
    every_weeks(n: u16): "{n} hetente", "every {n} weeks";
    every_months(n: u16): "{n} havonta", "every {n} months";
    every_years(n: u16): "{n} évente", "every {n} years";
    on_working_days(every: &str): "{every}, munkanapokon", "{every} on working days";
    on(every: &str, days: &str): "{every}: {days}", "{every} on {days}";
    after_completion(rule: &str): "{rule}, a lezárástól", "{rule}, from completion";
    until(rule: &str, day: &str): "{rule}, eddig: {day}", "{rule}, until {day}";
    nth_of(rule: &str, nth: u16, count: u16): "{rule} ({nth}/{count})", "{rule} ({nth} of {count})";
    first: "első", "first";
    second: "második", "second";
    third: "harmadik", "third";
    fourth: "negyedik", "fourth";
    last: "utolsó", "last";
}

/// What the days of a template's to-do are.
pub const fn count(locale: Locale, count: Count) -> &'static str {
    locale.pick(match count {
        Count::Days => ("nap", "days"),
        Count::WorkingDays => ("munkanap", "working days"),
    })
}

/// The days of the week, Monday first.
pub const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

/// The name of a day of the week.
pub fn weekday(locale: Locale, day: Weekday) -> &'static str {
    // The first of January in the year 1 was a Monday.
    let day = NaiveDate::from_ymd_opt(1, 1, 1 + day.num_days_from_monday()).unwrap_or_default();
    format::weekday_name(day, locale)
}

/// «second Tuesday», «last Friday».
pub fn nth_weekday(locale: Locale, nth: u8, day: u8) -> String {
    let nth = match nth {
        1 => first(locale),
        2 => second(locale),
        3 => third(locale),
        4 => fourth(locale),
        _ => last(locale),
    };
    format!("{nth} {}", weekday(locale, WEEK[usize::from(day % 7)]))
}

/// A length of time: «30 min», «1 h 30 min», «2 d».
pub fn length(locale: Locale, length: i64) -> String {
    let (whole_days, rest) = (length / 1440, length % 1440);
    let parts = [(whole_days, days as fn(Locale, i64) -> String), (rest / 60, hours), (rest % 60, minutes)];
    let named: Vec<String> =
        parts.into_iter().filter(|(n, _)| *n > 0).map(|(n, name)| name(locale, n)).collect();
    if named.is_empty() { minutes(locale, 0) } else { named.join(" ") }
}

/// When one is reminded.
pub fn reminded(locale: Locale, before_due: i64) -> String {
    if before_due == 0 { at_the_time(locale).to_owned() } else { before(locale, &length(locale, before_due)) }
}

fn interval(locale: Locale, rule: &Rule) -> String {
    match (rule.unit, rule.every) {
        (Unit::Day, 1) => each_day(locale).to_owned(),
        (Unit::Week(_), 1) => each_week(locale).to_owned(),
        (Unit::Month(_), 1) => each_month(locale).to_owned(),
        (Unit::Year, 1) => each_year(locale).to_owned(),
        (Unit::Day, n) => every_days(locale, n),
        (Unit::Week(_), n) => every_weeks(locale, n),
        (Unit::Month(_), n) => every_months(locale, n),
        (Unit::Year, n) => every_years(locale, n),
    }
}

/// How a to-do repeats, in words.
pub fn series(locale: Locale, series: &Repetition) -> String {
    let rule = &series.rule;
    let every = interval(locale, rule);
    let mut said = match rule.unit {
        Unit::Week(Weekdays::WORKING) => on_working_days(locale, &every),
        Unit::Week(days) if !days.is_empty() => {
            let names: Vec<&str> =
                WEEK.into_iter().filter(|day| days.contains(*day)).map(|day| weekday(locale, day)).collect();
            on(locale, &every, &names.join(", "))
        }
        Unit::Month(MonthDay::Nth { nth, weekday }) => on(locale, &every, &nth_weekday(locale, nth, weekday)),
        _ => every,
    };
    if rule.from == Basis::Completion {
        said = after_completion(locale, &said);
    }
    match rule.end {
        End::Never => said,
        End::On(day) => until(locale, &said, &format::date(day, locale)),
        End::After(count) => nth_of(locale, &said, series.nth, count),
    }
}

/// The place of a day's weekday in its month, 1 to 5, and whether it is the last one.
pub fn place_in_month(day: NaiveDate) -> (u8, bool) {
    let nth = u8::try_from((day.day() - 1) / 7 + 1).unwrap_or(1);
    let is_last = day.checked_add_days(chrono::Days::new(7)).is_none_or(|next| next.month() != day.month());
    (nth, is_last)
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::*;
    use crate::domain::{due::Due, zone::Zone};

    #[test]
    fn a_rule_is_said_in_both_languages() {
        let day: NaiveDate = "2026-11-24".parse().unwrap();
        let said = |rule: Rule| {
            let at = Repetition::starting(rule, Due::Day(day), &Zone::utc(), 2);
            Locale::ALL.map(|locale| series(locale, &at))
        };
        let daily = Rule { every: 1, unit: Unit::Day, from: Basis::Due, end: End::Never };
        assert_eq!(said(daily), ["naponta", "every day"]);
        let working = Rule { unit: Unit::Week(Weekdays::WORKING), ..daily };
        assert_eq!(said(working), ["hetente, munkanapokon", "every week on working days"]);
        let days = Weekdays::default().toggled(Weekday::Mon).toggled(Weekday::Thu);
        let fortnightly = Rule { every: 2, unit: Unit::Week(days), end: End::After(5), ..daily };
        assert_eq!(
            said(fortnightly),
            ["2 hetente: hétfő, csütörtök (2/5)", "every 2 weeks on Monday, Thursday (2 of 5)"]
        );
        let monthly = Rule {
            unit: Unit::Month(MonthDay::Nth { nth: 5, weekday: 4 }),
            from: Basis::Completion,
            ..daily
        };
        assert_eq!(
            said(monthly),
            ["havonta: utolsó péntek, a lezárástól", "every month on last Friday, from completion"]
        );
        assert_eq!(length(Locale::En, 90), "1 h 30 min");
        assert_eq!(length(Locale::Hu, 2880), "2 nap");
        assert_eq!(reminded(Locale::En, 0), "at the time");
    }
}
