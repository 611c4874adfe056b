//! To-dos: the next steps on a datasheet.

use serde::{Deserialize, Serialize};

use super::{
    due::Due,
    id::{TodoId, TodoTypeId, UserId},
    recurrence::{Repetition, Rule},
    text::{TEXT_MAX, line},
    time::Timestamp,
    zone::Zone,
};
use crate::error::{Field, Invalid, Problem};

/// How a to-do ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum Outcome {
    /// Done, no more to say.
    Done,
    /// Done with success.
    Successful,
    /// Done without.
    Failed,
}

/// An open to-do as its datasheet's row shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NextTodo {
    /// Which it is.
    pub id: TodoId,
    /// What is to be done.
    pub text: String,
    /// Its type.
    pub kind: TodoTypeId,
    /// When it is due, as it was given.
    pub due: Due,
    /// The moment it is due: a day ends in its assignee's zone.
    pub moment: Timestamp,
    /// Who does it.
    pub assignee: UserId,
    /// How often it was postponed.
    pub postponed: i64,
    /// Counts its changes.
    pub version: i64,
}

/// A to-do on the datasheet page, open or closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Todo {
    /// What an open one has.
    #[serde(flatten)]
    pub next: NextTodo,
    /// How it ended, when, by whom and with what note; `None` while it is open.
    pub closed: Option<Closed>,
    /// What it has besides.
    #[serde(default, skip_serializing_if = "Details::is_empty")]
    pub details: Details,
}

/// One step of a to-do's checklist.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Step {
    /// What is to be done.
    pub text: String,
    /// Whether it is.
    #[serde(default)]
    pub done: bool,
}

/// What a to-do has besides text, type, due time and assignee.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Details {
    /// How many minutes it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<i64>,
    /// How many minutes before it is due one is reminded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminder: Option<i64>,
    /// The checklist.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// Its place in a series, where it repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repetition: Option<Repetition>,
}

/// The longest a to-do takes, in minutes: a week.
pub const DURATION_MAX: i64 = 7 * 24 * 60;
/// The shortest.
pub const DURATION_MIN: i64 = 5;
/// The earliest reminder, in minutes before: four weeks.
pub const REMINDER_MAX: i64 = 28 * 24 * 60;
/// The most steps of a checklist.
pub const STEPS_MAX: u32 = 50;

/// Checks how long a to-do takes and when one is reminded.
pub fn parse_times(duration: Option<i64>, reminder: Option<i64>) -> Result<(), Invalid> {
    let unreadable = |field| Err(Invalid { field, problem: Problem::Unreadable });
    if duration.is_some_and(|minutes| !(DURATION_MIN..=DURATION_MAX).contains(&minutes)) {
        return unreadable(Field::Duration);
    }
    if reminder.is_some_and(|minutes| !(0..=REMINDER_MAX).contains(&minutes)) {
        return unreadable(Field::Reminder);
    }
    Ok(())
}

impl Details {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// As they would be filled in.
    pub fn form(&self) -> DetailsForm {
        DetailsForm {
            duration: self.duration,
            reminder: self.reminder,
            steps: self.steps.clone(),
            repetition: self.repetition.map(|series| series.rule),
        }
    }

    /// Those of the next one of a series: the same, with no step done yet.
    #[must_use]
    pub fn again(&self, repetition: Repetition) -> Self {
        let steps = self.steps.iter().map(|step| Step { done: false, ..step.clone() }).collect();
        Self { steps, repetition: Some(repetition), ..self.clone() }
    }
}

/// What is filled in for a to-do's details.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetailsForm {
    /// How many minutes it takes.
    #[serde(default)]
    pub duration: Option<i64>,
    /// How many minutes before it is due one is reminded.
    #[serde(default)]
    pub reminder: Option<i64>,
    /// The checklist.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// How it repeats.
    #[serde(default)]
    pub repetition: Option<Rule>,
}

impl DetailsForm {
    /// The details of a to-do that is due then. `before` is when it was due and what it had: a series goes on where neither its
    /// rule nor the due time was changed. `zone` is the assignee's.
    pub fn fill(self, due: Due, zone: &Zone, before: Option<(Due, &Details)>) -> Details {
        let Self { duration, reminder, steps, repetition } = self;
        let repetition = repetition.map(|rule| {
            let series = before.and_then(|(was, had)| had.repetition.map(|series| (was, series)));
            match series.filter(|(_, series)| series.rule == rule) {
                Some((was, series)) if was == due => series,
                series => Repetition::starting(rule, due, zone, series.map_or(1, |(_, series)| series.nth)),
            }
        });
        Details { duration, reminder, steps, repetition }
    }

    fn parse(self) -> Result<Self, Invalid> {
        parse_times(self.duration, self.reminder)?;
        let named = self.steps.into_iter().filter(|step| !step.text.trim().is_empty());
        let steps = named
            .map(|step| Ok(Step { text: line(Field::Steps, &step.text, TEXT_MAX)?, ..step }))
            .collect::<Result<Vec<_>, Invalid>>()?;
        if steps.len() > STEPS_MAX as usize {
            return Err(Invalid { field: Field::Steps, problem: Problem::TooLong(STEPS_MAX) });
        }
        let repetition = self.repetition.map(Rule::parse).transpose()?;
        Ok(Self { steps, repetition, ..self })
    }
}

/// The end of a to-do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// How it ended.
    pub outcome: Outcome,
    /// When.
    pub at: Timestamp,
    /// Who closed it.
    pub by: UserId,
    /// What there was to say.
    pub note: Option<String>,
}

/// What is filled in for a new or edited to-do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TodoForm {
    /// What is to be done.
    pub text: String,
    /// Its type.
    pub kind: TodoTypeId,
    /// When it is due.
    pub due: Due,
    /// Who does it.
    pub assignee: UserId,
    /// The rest. `None` leaves it as it is; for a new to-do, as its type says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<DetailsForm>,
}

impl TodoForm {
    /// Checks and cleans what was typed.
    pub fn parse(self) -> Result<Self, Invalid> {
        let details = self.details.map(DetailsForm::parse).transpose()?;
        Ok(Self { text: line(Field::Todo, &self.text, TEXT_MAX)?, details, ..self })
    }
}
