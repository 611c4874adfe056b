//! What a to-do has besides text, type, due time and assignee: how it is shown, and filled in.

use crate::ui::any::IntoAny;
use chrono::Datelike as _;
use leptos::prelude::*;

use super::{Seen, Sheet, Write};
use crate::{
    api::todos::{todo_reopen, todo_tick},
    domain::{
        due::{Due, parse_due},
        id::{TodoId, TodoTypeId},
        recurrence::{Basis, End, MonthDay, Rule, Unit, Weekdays},
        todo::{Details, DetailsForm, NextTodo, STEPS_MAX, Step},
        zone::Zone,
    },
    error::{Error, Field, Problem},
    i18n::{Locale, details as texts, format},
    ui::{
        browser,
        widgets::{
            form::{SelectField, TextField, problem_of, read_due},
            icon::Icon,
        },
    },
};

/// Lengths to choose from, in minutes.
const DURATIONS: [i64; 12] = [5, 10, 15, 30, 45, 60, 90, 120, 180, 240, 480, 1440];
/// Times before the due time to choose from, in minutes.
const REMINDERS: [i64; 10] = [0, 5, 10, 15, 30, 60, 120, 1440, 2880, 10_080];

/// Choices of minutes with «none» first; a value that is not among them is one as well.
pub(in crate::ui) fn minutes(
    t: Locale,
    choices: &[i64],
    now: Option<i64>,
    name: fn(Locale, i64) -> String,
) -> Vec<(String, String)> {
    let mut all: Vec<i64> = choices.iter().copied().chain(now).collect();
    all.sort_unstable();
    all.dedup();
    let named = all.into_iter().map(|minutes| (minutes.to_string(), name(t, minutes)));
    std::iter::once((String::new(), texts::none(t).to_owned())).chain(named).collect()
}

/// The choices of how long a to-do takes.
pub(in crate::ui) fn durations(t: Locale, now: Option<i64>) -> Vec<(String, String)> {
    minutes(t, &DURATIONS, now, texts::length)
}

/// The choices of when one is reminded.
pub(in crate::ui) fn reminders(t: Locale, now: Option<i64>) -> Vec<(String, String)> {
    minutes(t, &REMINDERS, now, texts::reminded)
}

/// The line below a to-do that says how long it takes, when one is reminded, and how it repeats.
pub(super) fn line(t: Locale, details: &Details) -> Option<AnyView> {
    let Details { duration, reminder, repetition, .. } = details;
    if duration.is_none() && reminder.is_none() && repetition.is_none() {
        return None;
    }
    let series = repetition.map(|series| texts::series(t, &series));
    let view = view! {
        <span class="todo-details">
            {series
                .map(|series| {
                    view! {
                        <span title=texts::repetition(t)>
                            <Icon name="repeat" />
                            {series}
                        </span>
                    }
                })}
            {duration
                .map(|length| {
                    view! {
                        <span title=texts::duration(t)>
                            <Icon name="clock" />
                            {texts::length(t, length)}
                        </span>
                    }
                })}
            {reminder
                .map(|before| {
                    view! {
                        <span title=texts::reminder(t)>
                            <Icon name="bell" />
                            {texts::reminded(t, before)}
                        </span>
                    }
                })}
        </span>
    };
    Some(view.into_any())
}

/// The checklist of an open to-do: each step is ticked with one click.
pub(super) fn checklist(sheet: Sheet, id: TodoId, steps: Vec<Step>, is_off: bool) -> Option<AnyView> {
    if steps.is_empty() {
        return None;
    }
    let t = sheet.here.locale;
    let (done, all) = (steps.iter().filter(|step| step.done).count(), steps.len());
    let rows = steps
        .into_iter()
        .enumerate()
        .map(|(at, step)| {
            view! {
                <li>
                    <label>
                        <input
                            type="checkbox"
                            checked=step.done
                            prop:checked=step.done
                            disabled=is_off
                            data-step=format!("{id}-{at}")
                            on:change=move |event| tick(sheet, id, at, event_target_checked(&event))
                        />
                        <span>{step.text}</span>
                    </label>
                </li>
            }
        })
        .collect_view();
    let view = view! {
        <div class="todo-steps">
            <span class="todo-steps__count">{texts::steps_done(t, done, all)}</span>
            <ul aria-label=texts::checklist(t)>{rows}</ul>
        </div>
    };
    Some(view.into_any())
}

fn tick(sheet: Sheet, id: TodoId, at: usize, is_done: bool) {
    let t = sheet.here.locale;
    let text = sheet.page.with_untracked(|page| {
        let todo = page.todos.iter().find(|todo| todo.next.id == id)?;
        Some(todo.details.steps.get(at)?.text.clone())
    });
    let Some(text) = text else { return };
    let said = if is_done { texts::said_ticked(t, &text) } else { texts::said_unticked(t, &text) };
    sheet.write(Write::new(
        Seen::Todo(id),
        said,
        move |page| {
            if let Some(todo) = page.todos.iter_mut().find(|todo| todo.next.id == id)
                && let Some(step) = todo.details.steps.get_mut(at)
            {
                step.done = is_done;
            }
        },
        move |key, version| todo_tick(key, id, version, at, is_done),
    ));
    // The list of steps was made anew.
    browser::focus_soon(format!("[data-step='{id}-{at}']"));
}

/// The button that opens a closed to-do again.
pub(super) fn reopen_button(sheet: Sheet, todo: &NextTodo) -> AnyView {
    let (t, id, text) = (sheet.here.locale, todo.id, todo.text.clone());
    let label = texts::reopen_one(t, &text);
    view! {
        <button
            type="button"
            class="closed-todo__reopen"
            aria-label=label
            hidden=move || sheet.is_trashed()
            on:click=move |_| {
                sheet
                    .write(
                        Write::new(
                            Seen::Todo(id),
                            texts::said_reopened(t, &text),
                            move |page| {
                                if let Some(todo) = page.todos.iter_mut().find(|todo| todo.next.id == id) {
                                    todo.closed = None;
                                    todo.details.repetition = None;
                                }
                                super::todos::change_open(page, id, |_| {});
                            },
                            move |key, version| todo_reopen(key, id, version),
                        ),
                    );
                browser::focus_soon("#todos-head");
            }
        >
            {texts::reopen(t)}
        </button>
    }
    .into_any()
}

/// What is being filled in for the details of a to-do.
#[derive(Clone, Copy)]
pub(super) struct DetailsDraft {
    duration: RwSignal<String>,
    reminder: RwSignal<String>,
    /// The texts of the steps, each with the number that names it while it is edited.
    steps: RwSignal<Vec<(usize, RwSignal<String>, bool)>>,
    last_step: StoredValue<usize>,
    /// The name of the unit; empty for no repetition.
    unit: RwSignal<String>,
    every: RwSignal<String>,
    days: RwSignal<Weekdays>,
    /// «nth» and «weekday» as `2.1`; empty for the same day.
    month_day: RwSignal<String>,
    from: RwSignal<Basis>,
    /// `never`, `on`, `after`.
    end: RwSignal<String>,
    end_day: RwSignal<String>,
    end_count: RwSignal<String>,
}

fn as_text(minutes: Option<i64>) -> String {
    minutes.map(|minutes| minutes.to_string()).unwrap_or_default()
}

impl DetailsDraft {
    /// Of what a to-do has.
    pub fn of(t: Locale, details: &Details) -> Self {
        let text = || RwSignal::new(String::new());
        let draft = Self {
            duration: text(),
            reminder: text(),
            steps: RwSignal::new(vec![]),
            last_step: StoredValue::new(0),
            unit: text(),
            every: text(),
            days: RwSignal::new(Weekdays::default()),
            month_day: text(),
            from: RwSignal::new(Basis::Due),
            end: text(),
            end_day: text(),
            end_count: text(),
        };
        draft.put(t, details);
        draft
    }

    /// Fills in what a to-do has, in the place of what was typed.
    pub fn put(self, t: Locale, details: &Details) {
        let rule = details.repetition.map(|series| series.rule);
        let (mut days, mut month_day) = (Weekdays::default(), String::new());
        let unit = match rule.map(|rule| rule.unit) {
            None => "",
            Some(Unit::Day) => "day",
            Some(Unit::Week(on)) => {
                days = on;
                "week"
            }
            Some(Unit::Month(on)) => {
                if let MonthDay::Nth { nth, weekday } = on {
                    month_day = format!("{nth}.{weekday}");
                }
                "month"
            }
            Some(Unit::Year) => "year",
        };
        let (mut end_day, mut end_count) = (String::new(), String::new());
        let end = match rule.map(|rule| rule.end) {
            None | Some(End::Never) => "never",
            Some(End::On(day)) => {
                end_day = format::due_input(Due::Day(day), &Zone::utc(), t);
                "on"
            }
            Some(End::After(count)) => {
                end_count = count.to_string();
                "after"
            }
        };
        let steps: Vec<_> = details
            .steps
            .iter()
            .enumerate()
            .map(|(at, step)| (at + 1, RwSignal::new(step.text.clone()), step.done))
            .collect();
        self.duration.set(as_text(details.duration));
        self.reminder.set(as_text(details.reminder));
        self.last_step.set_value(steps.len());
        self.steps.set(steps);
        self.unit.set(unit.to_owned());
        self.every.set(rule.map_or(1, |rule| rule.every).to_string());
        self.days.set(days);
        self.month_day.set(month_day);
        self.from.set(rule.map(|rule| rule.from).unwrap_or_default());
        self.end.set(end.to_owned());
        self.end_day.set(end_day);
        self.end_count.set(end_count);
    }

    /// Fills in what a type says.
    pub fn of_type(self, sheet: Sheet, kind: TodoTypeId) {
        let found = sheet.page.with_untracked(|page| {
            page.types.iter().find(|of| of.id == kind).map(|of| (of.duration, of.reminder))
        });
        if let Some((duration, reminder)) = found {
            self.duration.set(as_text(duration));
            self.reminder.set(as_text(reminder));
        }
    }

    /// Empties it, but for what the type says.
    pub fn clear(self, sheet: Sheet, kind: TodoTypeId) {
        self.put(sheet.here.locale, &Details::default());
        self.of_type(sheet, kind);
    }

    /// What was filled in.
    pub fn read(self, sheet: Sheet) -> Result<DetailsForm, Error> {
        let minutes = |text: RwSignal<String>| text.with_untracked(|text| text.parse().ok());
        let steps = self.steps.with_untracked(|steps| {
            let step = |(_, text, done): &(usize, RwSignal<String>, bool)| Step {
                text: text.get_untracked(),
                done: *done,
            };
            steps.iter().map(step).filter(|step| !step.text.trim().is_empty()).collect()
        });
        Ok(DetailsForm {
            duration: minutes(self.duration),
            reminder: minutes(self.reminder),
            steps,
            repetition: self.rule(sheet)?,
        })
    }

    fn rule(self, sheet: Sheet) -> Result<Option<Rule>, Error> {
        let wrong = || Error::invalid(Field::Repetition, Problem::Unreadable);
        let unit = match self.unit.get_untracked().as_str() {
            "day" => Unit::Day,
            "week" => Unit::Week(self.days.get_untracked()),
            "month" => Unit::Month(self.month_day.with_untracked(|chosen| {
                let nth = chosen
                    .split_once('.')
                    .and_then(|(nth, day)| Some((nth.parse().ok()?, day.parse().ok()?)));
                nth.map_or(MonthDay::Same, |(nth, weekday)| MonthDay::Nth { nth, weekday })
            })),
            "year" => Unit::Year,
            _ => return Ok(None),
        };
        let end = match self.end.get_untracked().as_str() {
            "on" => {
                let here = sheet.here;
                let text = self.end_day.get_untracked();
                let day = here.with_zone(|zone| parse_due(&text, here.now.get_untracked(), zone));
                let Some(Due::Day(day)) = day else { return Err(wrong()) };
                End::On(day)
            }
            "after" => {
                End::After(self.end_count.with_untracked(|count| count.trim().parse()).map_err(|_| wrong())?)
            }
            _ => End::Never,
        };
        let every = self.every.with_untracked(|every| every.trim().parse()).map_err(|_| wrong())?;
        Ok(Some(Rule { every, unit, from: self.from.get_untracked(), end }.parse()?))
    }

    /// The fields, folded away until wanted. `due` is what is typed as the due time.
    pub fn fields(
        self,
        sheet: Sheet,
        id: &str,
        due: RwSignal<String>,
        error: RwSignal<Option<Error>>,
    ) -> AnyView {
        let (here, t) = (sheet.here, sheet.here.locale);
        let now = |text: RwSignal<String>| text.with_untracked(|text| text.parse().ok());
        let is_open = self.unit.with_untracked(|unit| !unit.is_empty())
            || self.steps.with_untracked(|steps| !steps.is_empty());
        let choose = |signal: RwSignal<String>| Callback::new(move |value: String| signal.set(value));
        let problem =
            move |field| Signal::derive(move || error.with(|error| problem_of(here, error.as_ref(), field)));
        let units = [
            ("", texts::none(t)),
            ("day", texts::unit_day(t)),
            ("week", texts::unit_week(t)),
            ("month", texts::unit_month(t)),
            ("year", texts::unit_year(t)),
        ];
        let units = units.map(|(value, text)| (value.to_owned(), text.to_owned())).to_vec();
        let ids = id.to_owned();
        let repeats = move || {
            let unit = self.unit.get();
            (!unit.is_empty()).then(|| self.rule_fields(sheet, &ids, due, &unit))
        };
        view! {
            <details class="todo-more" open=is_open>
                <summary>{texts::more(t)}</summary>
                <div class="form__pair">
                    <SelectField
                        id=format!("{id}-duration")
                        label=texts::duration(t)
                        options=durations(t, now(self.duration))
                        value=self.duration
                        problem=problem(Field::Duration)
                        on_choose=choose(self.duration)
                    />
                    <SelectField
                        id=format!("{id}-reminder")
                        label=texts::reminder(t)
                        options=reminders(t, now(self.reminder))
                        value=self.reminder
                        problem=problem(Field::Reminder)
                        on_choose=choose(self.reminder)
                    />
                    <SelectField
                        id=format!("{id}-unit")
                        label=texts::repetition(t)
                        options=units
                        value=self.unit
                        problem=problem(Field::Repetition)
                        on_choose=choose(self.unit)
                    />
                </div>
                {repeats}
                {self.step_fields(sheet, id)}
            </details>
        }
        .into_any()
    }

    fn rule_fields(self, sheet: Sheet, id: &str, due: RwSignal<String>, unit: &str) -> AnyView {
        let (here, t) = (sheet.here, sheet.here.locale);
        let choose = |signal: RwSignal<String>| Callback::new(move |value: String| signal.set(value));
        let on = match unit {
            "week" => Some(self.week_days(t)),
            "month" => {
                let day = read_due(here, &due.get()).map(|due| here.with_zone(|zone| due.day(zone)));
                let chosen = self.month_day.get_untracked();
                let mut choices: Vec<String> = vec![];
                if let Some(day) = day {
                    let (nth, is_last) = texts::place_in_month(day);
                    let weekday = day.weekday().num_days_from_monday();
                    choices.extend((nth < 5).then(|| format!("{nth}.{weekday}")));
                    choices.extend(is_last.then(|| format!("5.{weekday}")));
                }
                if !chosen.is_empty() && !choices.contains(&chosen) {
                    choices.push(chosen);
                }
                let named = choices.into_iter().filter_map(|choice| {
                    let (nth, weekday) = choice.split_once('.')?;
                    let name = texts::nth_weekday(t, nth.parse().ok()?, weekday.parse().ok()?);
                    Some((choice, name))
                });
                let options =
                    std::iter::once((String::new(), texts::same_day(t).to_owned())).chain(named).collect();
                let view = view! {
                    <SelectField
                        id=format!("{id}-month-day")
                        label=texts::month_day(t)
                        options
                        value=self.month_day
                        on_choose=choose(self.month_day)
                    />
                };
                Some(view.into_any())
            }
            _ => None,
        };
        let ends = [("never", texts::end_never(t)), ("on", texts::end_on(t)), ("after", texts::end_after(t))];
        let ends = ends.map(|(value, text)| (value.to_owned(), text.to_owned())).to_vec();
        let froms = [("due", texts::from_due(t)), ("completion", texts::from_completion(t))];
        let froms = froms.map(|(value, text)| (value.to_owned(), text.to_owned())).to_vec();
        let from = move || if self.from.get() == Basis::Due { "due" } else { "completion" }.to_owned();
        let (day_id, count_id) = (format!("{id}-end-day"), format!("{id}-end-count"));
        let end = move || {
            match self.end.get().as_str() {
            "on" => Some(
                view! { <TextField id=day_id.clone() label=texts::end_day(t) value=self.end_day /> }.into_any(),
            ),
            "after" => Some(
                view! { <TextField id=count_id.clone() label=texts::end_count(t) value=self.end_count kind="number" /> }
                    .into_any(),
            ),
            _ => None,
        }
        };
        view! {
            <div class="form__pair">
                <TextField id=format!("{id}-every") label=texts::every(t) value=self.every kind="number" />
                {on}
                <SelectField
                    id=format!("{id}-from")
                    label=texts::counted_from(t)
                    options=froms
                    value=Signal::derive(from)
                    on_choose=Callback::new(move |value: String| {
                        self.from.set(if value == "completion" { Basis::Completion } else { Basis::Due });
                    })
                />
                <SelectField
                    id=format!("{id}-end")
                    label=texts::ends(t)
                    options=ends
                    value=self.end
                    on_choose=choose(self.end)
                />
                {end}
            </div>
        }
        .into_any()
    }

    fn week_days(self, t: Locale) -> AnyView {
        let days = texts::WEEK
            .into_iter()
            .map(|day| {
                view! {
                    <label>
                        <input
                            type="checkbox"
                            prop:checked=move || self.days.get().contains(day)
                            on:change=move |_| self.days.update(|days| *days = days.toggled(day))
                        />
                        {texts::weekday(t, day)}
                    </label>
                }
            })
            .collect_view();
        view! {
            <fieldset class="todo-more__days">
                <legend>{texts::on_days(t)}</legend>
                {days}
                <button type="button" class="button button--quiet" on:click=move |_| self.days.set(Weekdays::WORKING)>
                    {texts::working_days(t)}
                </button>
            </fieldset>
        }
        .into_any()
    }

    fn step_fields(self, sheet: Sheet, id: &str) -> AnyView {
        let t = sheet.here.locale;
        let id = id.to_owned();
        let add_id = id.clone();
        let place = move |key: usize| {
            self.steps.with(|steps| steps.iter().position(|(of, ..)| *of == key).unwrap_or_default() + 1)
        };
        let rows = move |(key, text, _): (usize, RwSignal<String>, bool)| {
            view! {
                <li>
                    <input
                        id=format!("{id}-step-{key}")
                        type="text"
                        autocomplete="off"
                        aria-label=move || texts::step(t, place(key))
                        value=text.get_untracked()
                        prop:value=move || text.get()
                        on:input=move |event| text.set(event_target_value(&event))
                    />
                    <button
                        type="button"
                        class="icon-button"
                        aria-label=move || texts::remove_step(t, place(key))
                        on:click=move |_| self.steps.update(|steps| steps.retain(|(of, ..)| *of != key))
                    >
                        <Icon name="close" />
                    </button>
                </li>
            }
        };
        let add = move |_| {
            let key = self.last_step.get_value() + 1;
            self.last_step.set_value(key);
            self.steps.update(|steps| steps.push((key, RwSignal::new(String::new()), false)));
            browser::focus_soon(format!("#{add_id}-step-{key}"));
        };
        let is_full = move || self.steps.with(Vec::len) >= STEPS_MAX as usize;
        view! {
            <fieldset class="todo-more__steps">
                <legend>{texts::checklist(t)}</legend>
                <ul>
                    <For each=move || self.steps.get() key=|(key, ..)| *key children=rows />
                </ul>
                <button type="button" class="button button--quiet" disabled=is_full on:click=add>
                    {texts::add_step(t)}
                </button>
            </fieldset>
        }
        .into_any()
    }
}
