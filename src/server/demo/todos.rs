//! Sample details of to-dos: some repeat, some have steps, some say how long they take and when to remind.

use crate::{
    domain::{
        recurrence::{Basis, End, MonthDay, Repetition, Rule, Unit, Weekdays},
        time::Timestamp,
        todo::{Details, Step},
        zone::Zone,
    },
    error::Result,
    i18n::Locale,
    store::{Tx, bulk::NewDatasheet, todos},
};

const STEPS: [(&str, &str); 3] = [
    ("Anyagok összekészítése", "Get the material together"),
    ("Időpont egyeztetése", "Agree on a time"),
    ("Összefoglaló elküldése", "Send the summary"),
];

const RULES: [Rule; 5] = [
    Rule { every: 1, unit: Unit::Week(Weekdays(0)), from: Basis::Due, end: End::Never },
    Rule { every: 1, unit: Unit::Month(MonthDay::Same), from: Basis::Due, end: End::Never },
    Rule { every: 2, unit: Unit::Week(Weekdays(0)), from: Basis::Due, end: End::After(6) },
    Rule { every: 30, unit: Unit::Day, from: Basis::Completion, end: End::Never },
    Rule { every: 3, unit: Unit::Month(MonthDay::Same), from: Basis::Due, end: End::Never },
];

/// Gives open to-dos that are not due within two days their details.
pub async fn fill(
    tx: &mut Tx,
    locale: Locale,
    now: Timestamp,
    zone: &Zone,
    sheets: &[NewDatasheet],
) -> Result<()> {
    let soon = now.plus_hours(48);
    let open = sheets.iter().flat_map(|sheet| &sheet.todos).filter(|todo| todo.closed.is_none());
    for (n, todo) in open.filter(|todo| todo.moment > soon).enumerate() {
        let timed = Details { duration: Some(30), reminder: Some(15), ..Details::default() };
        let details = match n % 8 {
            1 => {
                let rule = RULES[n / 8 % RULES.len()];
                let repetition = Repetition::starting(rule, todo.due, zone, 1);
                Details { duration: Some(60), repetition: Some(repetition), ..Details::default() }
            }
            3 => {
                let step = |(at, text): (usize, (&str, &str))| Step {
                    text: locale.pick(text).to_owned(),
                    done: at == 0,
                };
                Details { steps: STEPS.into_iter().enumerate().map(step).collect(), ..Details::default() }
            }
            5 | 6 => timed,
            _ => continue,
        };
        todos::save_details(tx, todo.id, &details).await?;
    }
    Ok(())
}
