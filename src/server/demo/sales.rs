//! Sample sales: a few hundred leads in every status, each with the story that brought it there.

use super::{DAY, Maker};
use crate::{
    domain::{
        history::What,
        id::{EventId, UserId},
        module::Template,
        money::{Currency, Money},
        process::{
            Action, At, Cause, Facts, Process, Rules as _,
            sales::{self, Action as Act, Day, Qualification, SalesStatus, Settings, StepId},
        },
        status_name::StatusThen,
        time::Timestamp,
        zone::Zone,
    },
    error::{Error, Result},
    i18n::{self, Locale},
    store::{
        Tx, accounts,
        bulk::{self, NewDatasheet, NewEvent, NewProcess},
        modules, statuses,
    },
};

/// How many.
const CASES: u64 = 320;

/// Adds the module with its cases.
pub(super) async fn fill(
    tx: &mut Tx,
    locale: Locale,
    now: Timestamp,
    zone: &Zone,
    people: &[UserId],
) -> Result<()> {
    let template = Template::Fixed(Process::Sales);
    let module = modules::seed_from_template(tx, template, template.name(locale), locale, now).await?;
    for user in people.iter().skip(2) {
        accounts::access_add(tx, *user, module.id).await?;
    }
    let keys = statuses::by_process_key(tx, module.id).await?;
    let mut maker = Maker::new(locale, now, zone, &module, people, template);
    let (mut contacts, mut sheets) = (vec![], vec![]);
    for case in 0..CASES {
        let mut sheet = maker.datasheet(tx, 3, Some(case));
        let (person, business) = maker.contact(tx);
        sheet.contact = Some(person.id);
        sheet.contact_names = vec![person.name.clone(), business.name.clone()];
        contacts.push(business);
        contacts.push(person);
        let key = tell(tx, &mut sheet, case, locale, now, zone)?;
        sheet.status = *keys.get(key).ok_or(Error::Server)?;
        sheets.push(sheet);
    }
    bulk::insert_contacts(tx, &contacts).await?;
    bulk::insert(tx, &sheets).await
}

/// What was done to a case, in order, each with its part in ten of the case's age.
fn story(case: u64, today: Day) -> Vec<(i64, Act)> {
    let mut story = vec![];
    let qualification = match case % 7 {
        0 => None,
        1 | 5 => Some(Qualification::NonTarget),
        3 => Some(Qualification::Vip),
        _ => Some(Qualification::Target),
    };
    story.extend(qualification.map(|qualification| (1, Act::Qualify(qualification))));
    let to = match case % 10 {
        0..=2 => return story,
        3..=6 => None,
        7 | 8 => Some(SalesStatus::Won),
        _ => Some(SalesStatus::Lost),
    };
    story.push((2, Act::Move { to: SalesStatus::InProgress, why: None, on: None }));
    let amount = i64::try_from(case * 37 % 190).unwrap_or(0) + 5;
    let value = if case % 5 == 3 {
        Money { minor: amount * 12_000, currency: Currency::EUR }
    } else {
        Money { minor: amount * 4_500_000, currency: Currency::HUF }
    };
    story.push((3, Act::Value(Some(value))));
    let step = u32::try_from(case % 5).unwrap_or(0) + 1;
    story.push((4, Act::LeadStep(Some(StepId(step)))));
    if case % 4 == 1 {
        story.push((6, Act::Hot(true)));
    }
    let why = (to == Some(SalesStatus::Lost)).then(|| {
        let whys = ["Drágállta.", "Mást választott.", "Elhalasztotta a beruházást.", "Nem volt rá keret."];
        whys[usize::try_from(case / 10).unwrap_or(0) % whys.len()].to_owned()
    });
    story.extend(to.map(|to| (8, Act::Move { to, why, on: Some(today) })));
    if to == Some(SalesStatus::Won) {
        story.push((9, Act::CustomerStep(Some(StepId(step.min(4))))));
    }
    story
}

/// Brings a case to where its story ends; answers the key of its status.
fn tell(
    tx: &Tx,
    sheet: &mut NewDatasheet,
    case: u64,
    locale: Locale,
    now: Timestamp,
    zone: &Zone,
) -> Result<&'static str> {
    let settings = Settings::default();
    // Some were left alone for long.
    if case % 4 == 3 && case % 10 < 7 {
        sheet.created_at = sheet.created_at.min(Timestamp(now.0 - 70 * DAY));
        sheet.todos.clear();
        sheet.events.truncate(1);
        for event in &mut sheet.events {
            event.at = sheet.created_at;
        }
    }
    let age = now.millis_since(sheet.created_at);
    let mut facts = sales::Facts::default();
    let mut events: Vec<(Timestamp, Option<UserId>, What)> =
        sheet.events.drain(..).map(|event| (event.at, event.by, event.what)).collect();
    for (part, action) in story(case, Day(zone.today(Timestamp(now.0 - age / 5)))) {
        let then = sheet.created_at.plus_millis(age / 10 * part);
        let at = At {
            now: then,
            created_at: sheet.created_at,
            has_open_todo: true,
            last_closed_at: None,
            settings: &settings,
        };
        let next = facts.act(&action, &at)?;
        let moved = moved(facts.status(&at), next.status(&at));
        let named = i18n::sales::named(locale, &action, &settings);
        let what = What::Acted { action: Action::Sales(action), moved, named, edit: None };
        events.push((then, Some(sheet.owner), what));
        facts = next;
    }
    let closed = sheet.todos.iter().filter_map(|todo| todo.closed.as_ref().map(|closed| closed.at)).max();
    let has_open_todo = sheet.todos.iter().any(|todo| todo.closed.is_none());
    let at = |now, has_open_todo| At {
        now,
        created_at: sheet.created_at,
        has_open_todo,
        last_closed_at: closed,
        settings: &settings,
    };
    let key = facts.status(&at(now, has_open_todo));
    let before = facts.status(&at(now, true));
    if let (Some(moved), Some(then)) =
        (moved(before, key), facts.wakes_at(&at(sheet.created_at, has_open_todo)))
    {
        let (from, to) = moved;
        events.push((then, None, What::MovedByProcess { from, to, cause: Cause::Clock }));
    }
    events.sort_by_key(|(then, ..)| *then);
    sheet.modified_at = events.last().map_or(sheet.created_at, |(then, ..)| *then);
    let event = |(at, by, what)| NewEvent { id: EventId(tx.new_id(now)), at, by, what, batch: None };
    sheet.events = events.into_iter().map(event).collect();
    let wakes_at = facts.wakes_at(&at(now, has_open_todo));
    sheet.process = Some(NewProcess { facts: Facts::Sales(facts), wakes_at });
    Ok(key)
}

/// Two statuses, where they differ.
fn moved(from: &str, to: &str) -> Option<(StatusThen, StatusThen)> {
    (from != to).then(|| (StatusThen::from(from.to_owned()), StatusThen::from(to.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        on,
        testing::{NOW, on_both},
    };

    on_both! {
        async fn the_samples_stand_in_every_status_and_the_clock_agrees(test: TestDb) {
            let host = crate::server::host::Host::new(test.db.clone(), crate::server::host::Clock::at(NOW));
            let mut tx = test.db.begin().await.unwrap();
            let people = crate::server::demo::people(&mut tx, NOW).await.unwrap();
            let zone = host.zones.get(crate::server::demo::ZONE, NOW);
            fill(&mut tx, Locale::Hu, NOW, &zone, &people).await.unwrap();
            let filled: i64 = on!(tx, |conn| sqlx::query_scalar("select cast(count(distinct status_id) as bigint) from datasheets")
                .fetch_one(conn).await).unwrap();
            assert_eq!(filled, 17);
            tx.commit().await.unwrap();
            let ticked = crate::server::tick::tick(&host, NOW).await.unwrap();
            assert_eq!(ticked.looked_at, 0);
        }
    }
}
