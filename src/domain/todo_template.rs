//! Templates of to-dos: a named list per module, whose to-dos are due so many days after the day they are added on.

use chrono::{Datelike as _, Days, NaiveDate, NaiveTime, Weekday};
use serde::{Deserialize, Serialize};

use super::{
    due::Due,
    id::{TodoTemplateId, TodoTypeId, UserId},
    text::{TEXT_MAX, line, name},
    todo::TodoForm,
    zone::Zone,
};
use crate::error::{Field, Invalid, Problem};

/// The most to-dos of a template.
pub const TODOS_MAX: usize = 20;
/// The most templates of a module.
pub const TEMPLATES_MAX: usize = 50;
/// The latest that one of its to-dos is due, in days.
pub const DAYS_MAX: u32 = 366;

/// What the days until a to-do is due are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// All days.
    #[default]
    Days,
    /// Monday to Friday.
    WorkingDays,
}

impl Count {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Days, Self::WorkingDays];

    /// The name in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::WorkingDays => "working_days",
        }
    }

    /// The one with this [name](Self::as_str).
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|count| count.as_str() == name)
    }
}

/// One to-do of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// What is to be done.
    pub text: String,
    /// Its type.
    pub kind: TodoTypeId,
    /// How many days after it is added it is due.
    pub days: u32,
    /// Of which days.
    #[serde(default)]
    pub count: Count,
    /// When on that day, in minutes after midnight on the clock of whoever adds it; `None`: some time that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minute: Option<u16>,
    /// Who does it; `None`: the owner of the datasheet.
    #[serde(default)]
    pub assignee: Option<UserId>,
}

impl Planned {
    /// The day on which it is due when it is added today. None of the working days is today itself, whatever day that is.
    pub fn day(&self, today: NaiveDate) -> NaiveDate {
        match self.count {
            Count::Days => today.checked_add_days(Days::new(self.days.into())).unwrap_or(today),
            Count::WorkingDays if self.days == 0 => today,
            Count::WorkingDays => {
                let works = |day: &NaiveDate| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
                let nth = (self.days as usize).saturating_sub(1);
                today.iter_days().skip(1).filter(works).nth(nth).unwrap_or(today)
            }
        }
    }

    /// The to-do that it makes today, by somebody in that zone, on a datasheet of that owner.
    pub fn form(&self, today: NaiveDate, zone: &Zone, owner: UserId) -> TodoForm {
        let day = self.day(today);
        let time = self.minute.and_then(time_at);
        TodoForm {
            text: self.text.clone(),
            kind: self.kind,
            due: time.map_or(Due::Day(day), |time| Due::At(zone.resolve(day.and_time(time)))),
            assignee: self.assignee.unwrap_or(owner),
            details: None,
        }
    }
}

/// The time so many minutes after midnight.
fn time_at(minute: u16) -> Option<NaiveTime> {
    NaiveTime::from_hms_opt(u32::from(minute / 60), u32::from(minute % 60), 0)
}

/// Minutes after midnight as forms have them: `09:30`.
pub fn time_text(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// The same read; what is no time is none.
pub fn parse_time(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let (hours, minutes) = (hours.parse::<u16>().ok()?, minutes.get(..2)?.parse::<u16>().ok()?);
    (hours < 24 && minutes < 60).then(|| hours * 60 + minutes)
}

/// A template of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TodoTemplate {
    /// Which it is.
    pub id: TodoTemplateId,
    /// Its name.
    pub name: String,
    /// Its to-dos, in the order in which they were written.
    pub todos: Vec<Planned>,
    /// Counts its changes.
    pub version: i64,
}

/// What is filled in for a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateForm {
    /// Its name.
    pub name: String,
    /// Its to-dos.
    pub todos: Vec<Planned>,
}

impl TemplateForm {
    /// Checks and cleans what was typed; to-dos without a text are left out.
    pub fn parse(self) -> Result<Self, Invalid> {
        let name = name(&self.name)?;
        let written = self.todos.into_iter().filter(|todo| !todo.text.trim().is_empty());
        let todos = written
            .map(|todo| {
                if todo.days > DAYS_MAX || todo.minute.is_some_and(|minute| time_at(minute).is_none()) {
                    return Err(Invalid { field: Field::Due, problem: Problem::OutOfRange });
                }
                Ok(Planned { text: line(Field::Todo, &todo.text, TEXT_MAX)?, ..todo })
            })
            .collect::<Result<Vec<_>, Invalid>>()?;
        if todos.is_empty() {
            return Err(Invalid { field: Field::Todo, problem: Problem::Missing });
        }
        if todos.len() > TODOS_MAX {
            let most = u32::try_from(TODOS_MAX).unwrap_or(u32::MAX);
            return Err(Invalid { field: Field::Todo, problem: Problem::TooMany(most) });
        }
        Ok(Self { name, todos })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    fn planned(days: u32, count: Count) -> Planned {
        Planned {
            text: " Call  back ".to_owned(),
            kind: TodoTypeId(1),
            days,
            count,
            minute: None,
            assignee: None,
        }
    }

    #[test]
    fn working_days_pass_over_the_weekend() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).unwrap();
        // The 27th is a Friday.
        for (today, days, due) in
            [(27, 0, 27), (27, 1, 30), (28, 1, 30), (29, 1, 30), (24, 3, 27), (20, 6, 30)]
        {
            assert_eq!(planned(days, Count::WorkingDays).day(day(today)), day(due), "{today} + {days}");
        }
        assert_eq!(planned(3, Count::Days).day(day(27)), day(30));
        assert_eq!(planned(0, Count::WorkingDays).day(day(28)), day(28));
        assert_eq!(planned(DAYS_MAX, Count::WorkingDays).day(NaiveDate::MAX), NaiveDate::MAX);
    }

    #[test]
    fn a_form_is_cleaned_and_needs_a_name_and_a_todo() {
        let form = |name: &str, todos: Vec<Planned>| TemplateForm { name: name.to_owned(), todos }.parse();
        let empty = Planned { text: " ".to_owned(), ..planned(0, Count::Days) };
        let clean = form(" Start ", vec![planned(1, Count::Days), empty.clone()]).unwrap();
        assert_eq!(
            (clean.name.as_str(), clean.todos.len(), clean.todos[0].text.as_str()),
            ("Start", 1, "Call back")
        );
        assert_eq!(form(" ", vec![planned(1, Count::Days)]).unwrap_err().field, Field::Name);
        assert_eq!(form("Start", vec![empty]).unwrap_err().field, Field::Todo);
        assert_eq!(form("Start", vec![planned(367, Count::Days)]).unwrap_err().field, Field::Due);
        assert_eq!(form("Start", vec![planned(1, Count::Days); 21]).unwrap_err().field, Field::Todo);
    }

    #[test]
    fn an_hour_is_on_the_clock_of_whoever_adds_it() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
        let zone = Zone::load("Europe/Budapest", Timestamp(1_795_737_600_000)).unwrap();
        let at = |minute| Planned { minute: Some(minute), ..planned(0, Count::Days) };
        let due = at(570).form(today, &zone, UserId(7)).due;
        let local = due.moment(&zone);
        assert_eq!(
            (due.is_all_day(), zone.local(local).to_string()),
            (false, "2026-11-27 09:30:00".to_owned())
        );
        let form = |minute| TemplateForm { name: "Start".to_owned(), todos: vec![at(minute)] }.parse();
        assert_eq!(form(1_439).unwrap().todos[0].minute, Some(1_439));
        assert_eq!(form(1_440).unwrap_err().field, Field::Due);
        assert_eq!(
            ["09:30", "9:05:00", "", "24:00", "9:6"].map(parse_time),
            [Some(570), Some(545), None, None, None]
        );
        assert_eq!(time_text(545), "09:05");
    }

    #[test]
    fn the_owner_does_what_nobody_else_is_named_for() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
        let form = planned(1, Count::WorkingDays).form(today, &Zone::utc(), UserId(7));
        assert_eq!((form.assignee, form.due), (UserId(7), Due::Day(today + Days::new(3))));
        let named = Planned { assignee: Some(UserId(8)), ..planned(1, Count::Days) };
        assert_eq!(named.form(today, &Zone::utc(), UserId(7)).assignee, UserId(8));
    }
}
