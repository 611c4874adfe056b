//! To-dos as a calendar that other programs read (iCalendar, RFC 5545).
//!
//! Each is an event, for few programs show to-dos. A day stays a day; a moment is told in UTC. An event's name never changes.

use chrono::{DateTime, Days, NaiveDate, Timelike as _};

use super::{due::Due, my_day::Item, time::Timestamp, todo::Details};

/// A to-do of the calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The to-do with what it is about.
    pub item: Item,
    /// What it has besides.
    pub details: Details,
    /// When it was made.
    pub created_at: Timestamp,
    /// The name of its module.
    pub module: String,
    /// The address of its datasheet, where the server knows its own.
    pub url: Option<String>,
}

/// How long something with an hour and no duration is, in minutes.
const DURATION: i64 = 30;

/// The longest line, in bytes, without its end.
const LINE: usize = 75;

/// The calendar of that name.
pub fn calendar(name: &str, events: &[Event]) -> String {
    let mut text = String::new();
    let mut put = |name: &str, value: &str| put_line(&mut text, name, value);
    put("BEGIN", "VCALENDAR");
    put("VERSION", "2.0");
    put("PRODID", "-//Modulok//Modulok//EN");
    put("CALSCALE", "GREGORIAN");
    put("METHOD", "PUBLISH");
    put("NAME", &escaped(name));
    put("X-WR-CALNAME", &escaped(name));
    put("REFRESH-INTERVAL;VALUE=DURATION", "PT15M");
    for Event { item, details, created_at, module, url } in events {
        let todo = &item.todo;
        put("BEGIN", "VEVENT");
        // Ids are unique on one server; with the moment it was made, also among several.
        put("UID", &format!("todo-{}-{}@modulok", todo.id, created_at.0));
        put("DTSTAMP", &moment(*created_at));
        put("SEQUENCE", &(todo.version - 1).to_string());
        match todo.due {
            Due::Day(first) => {
                put("DTSTART;VALUE=DATE", &day(first));
                put("DTEND;VALUE=DATE", &day(first.checked_add_days(Days::new(1)).unwrap_or(first)));
                put("TRANSP", "TRANSPARENT");
            }
            Due::At(at) => {
                put("DTSTART", &moment(at));
                put("DURATION", &format!("PT{}M", details.duration.unwrap_or(DURATION)));
            }
        }
        put("SUMMARY", &escaped(&format!("{} · {}", todo.text, item.name)));
        let mut about = vec![module.clone()];
        about.extend(item.contact.clone());
        about.extend(
            details.steps.iter().map(|step| format!("[{}] {}", if step.done { "x" } else { " " }, step.text)),
        );
        about.extend(url.clone());
        put("DESCRIPTION", &escaped(&about.join("\n")));
        put("CATEGORIES", &escaped(module));
        if let Some(url) = url {
            put("URL", url);
        }
        if let Some(before) = details.reminder {
            put("BEGIN", "VALARM");
            put("ACTION", "DISPLAY");
            put("DESCRIPTION", &escaped(&todo.text));
            // A day is due when it ends.
            let related = if todo.due.is_all_day() { "TRIGGER;RELATED=END" } else { "TRIGGER" };
            put(related, &format!("-PT{before}M"));
            put("END", "VALARM");
        }
        put("END", "VEVENT");
    }
    put("END", "VCALENDAR");
    text
}

/// Writes a line, folded where it is too long; no character is cut in two.
fn put_line(text: &mut String, name: &str, value: &str) {
    let mut length = 0;
    for c in name.chars().chain([':']).chain(value.chars()) {
        if length + c.len_utf8() > LINE {
            text.push_str("\r\n ");
            length = 1;
        }
        text.push(c);
        length += c.len_utf8();
    }
    text.push_str("\r\n");
}

/// A text as a value: no sign in it means anything else, no line ends in it.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' | '\r' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

fn day(day: NaiveDate) -> String {
    super::time::iso_day(day).replace('-', "")
}

fn moment(at: Timestamp) -> String {
    let utc = DateTime::from_timestamp_millis(at.clamped().0).unwrap_or_default().naive_utc();
    let (date, time) = (day(utc.date()), utc.time());
    format!("{date}T{:02}{:02}{:02}Z", time.hour(), time.minute(), time.second())
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::*;
    use crate::domain::{
        id::{DatasheetId, ModuleId, TodoId, TodoTypeId, UserId},
        module::TodoIcon,
        status::{Color, StatusGroup},
        status_name::StatusName,
        todo::{NextTodo, Step},
    };
    use icalendar::{CalendarDateTime, Component as _, DatePerhapsTime};
    use proptest::prelude::*;

    fn event(text: &str, due: Due, details: Details) -> Event {
        let (id, moment) = (TodoId(7), Timestamp(1_795_000_000_000));
        let todo = NextTodo {
            id,
            text: text.to_owned(),
            kind: TodoTypeId(1),
            due,
            moment,
            assignee: UserId(1),
            postponed: 0,
            version: 3,
        };
        let item = Item {
            todo,
            icon: TodoIcon::Call,
            datasheet: DatasheetId(5),
            name: "Kovács Bt".to_owned(),
            contact: Some("Kovács Éva; Kovács Bt, Győr".to_owned()),
            module: ModuleId(1),
            owner: UserId(1),
            status: StatusName::Own("Új".to_owned()),
            group: StatusGroup::Lead,
            color: Color::Group,
        };
        let url = Some("https://crm.pelda.hu/d/5".to_owned());
        Event { item, details, created_at: moment, module: "Projektek".to_owned(), url }
    }

    /// The events as an independent program reads them.
    fn read(text: &str) -> Vec<icalendar::Event> {
        let calendar: icalendar::Calendar = text.parse().unwrap();
        calendar.components.into_iter().filter_map(|part| part.as_event().cloned()).collect()
    }

    #[test]
    fn another_program_reads_days_moments_durations_and_reminders() {
        let details = Details {
            duration: Some(90),
            reminder: Some(15),
            steps: vec![Step { text: "Szerződés".to_owned(), done: true }],
            repetition: None,
        };
        let at = Due::At(Timestamp(1_795_519_800_000));
        let day = Due::Day("2026-12-31".parse().unwrap());
        let text =
            calendar("Modulok", &[event("Hívás", at, details), event("Egész nap", day, Details::default())]);
        let events = read(&text);
        assert_eq!(events.len(), 2);
        let [timed, whole] = &events[..] else { unreachable!() };
        assert_eq!(timed.get_summary(), Some("Hívás · Kovács Bt"));
        let wanted = DateTime::from_timestamp_millis(1_795_519_800_000).unwrap();
        assert_eq!(timed.get_start(), Some(DatePerhapsTime::DateTime(CalendarDateTime::Utc(wanted))));
        assert_eq!(timed.property_value("DURATION"), Some("PT90M"));
        assert_eq!(timed.get_uid(), Some("todo-7-1795000000000@modulok"));
        assert_eq!(timed.get_sequence(), Some(2));
        assert!(text.contains(
            "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Hívás\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n"
        ));
        assert_eq!(whole.get_start(), Some(DatePerhapsTime::Date("2026-12-31".parse().unwrap())));
        assert_eq!(whole.get_end(), Some(DatePerhapsTime::Date("2027-01-01".parse().unwrap())));
        assert_eq!(whole.get_url(), Some("https://crm.pelda.hu/d/5"));
    }

    #[test]
    fn what_is_reminded_of_before_a_day_ends_is_told_from_its_end() {
        let details = Details { reminder: Some(60), ..Details::default() };
        let text = calendar("Modulok", &[event("Nap", Due::Day("2026-12-31".parse().unwrap()), details)]);
        assert!(text.contains("TRIGGER;RELATED=END:-PT60M\r\n"), "{text}");
    }

    proptest! {
        #[test]
        fn any_text_is_folded_and_read_back(text in "\\PC{1,300}", sign in "[\\\\;,:\"áű漢🦀 ]{0,80}") {
            let text = format!("x{text}{sign}x");
            let calendar = calendar(&text, &[event(&text, Due::Day("2026-12-31".parse().unwrap()), Details::default())]);
            for line in calendar.split("\r\n") {
                prop_assert!(line.len() <= LINE, "{line}");
                prop_assert!(!line.contains(['\r', '\n']));
            }
            let events = read(&calendar);
            prop_assert_eq!(events.len(), 1);
            let wanted = format!("{text} · Kovács Bt");
            prop_assert_eq!(events[0].get_summary(), Some(&*wanted));
        }
    }
}
