//! A web shop's sample buyers: some in every segment, with the orders that put them there.

use std::collections::BTreeMap;

use super::{DAY, HOUR, Maker};
use crate::{
    domain::{
        history::What,
        id::EventId,
        money::{Currency, Money},
        process::{
            At, Facts, Process,
            webshop::{self, Order, Purchases},
        },
        time::Timestamp,
    },
    error::{Error, Result},
    store::{
        Tx,
        bulk::{self, NewEvent, NewProcess},
        statuses, webshop as store,
    },
};

/// How many buyers.
const BUYERS: i64 = 300;
/// Orders, days since the last one, and days between two: a profile for each of twelve buyers in turn.
const PROFILES: [(i64, i64, i64); 12] = [
    (1, 4, 0),
    (4, 12, 21),
    (0, 0, 0),
    (2, 35, 18),
    (1, 44, 0),
    (7, 60, 30),
    (0, 0, 0),
    (3, 75, 40),
    (1, 130, 0),
    (6, 180, 35),
    (3, 22, 60),
    (5, 400, 28),
];

/// Fills the module that `maker` makes datasheets of.
pub async fn fill(tx: &mut Tx, maker: &mut Maker<'_>, now: Timestamp) -> Result<()> {
    let keys = statuses::by_process_key(tx, maker.module.id).await?;
    let settings = Process::Webshop.first_settings();
    let (mut sheets, mut contacts, mut orders) = (vec![], vec![], vec![]);
    for i in 0..BUYERS {
        let (count, since, between) = PROFILES[usize::try_from(i).unwrap_or(0) % PROFILES.len()];
        let mut sheet = maker.datasheet(tx, 1, Some(i.unsigned_abs()));
        let (mut person, _) = maker.contact(tx);
        // Private people; each with an address of their own.
        person.business = None;
        let email = person.email.as_deref().unwrap_or_default().replace('@', &format!("{i}@"));
        person.email = Some(email.clone());
        sheet.name.clone_from(&person.name);
        sheet.contact = Some(person.id);
        sheet.contact_names = vec![person.name.clone()];

        let last = now.plus_millis(-since * DAY - (i % 20) * HOUR);
        let mut values: BTreeMap<Currency, i64> = BTreeMap::new();
        let first_at = last.plus_millis(-(count - 1).max(0) * between * DAY);
        for n in 0..count {
            let currency = if i % 9 == 8 { Currency::EUR } else { Currency::HUF };
            let minor = if currency == Currency::EUR {
                1_990 + (i * 37 + n * 411) % 14_000
            } else {
                (4 + (i * 7 + n * 13) % 60) * 99_000
            };
            *values.entry(currency).or_default() += minor;
            let order = Order {
                number: format!("W-{:05}", 10_000 + orders.len()),
                email: email.clone(),
                name: None,
                at: first_at.plus_millis(n * between * DAY),
                day: None,
                money: Money { minor, currency },
            };
            orders.push((order, sheet.id));
        }
        let ago = |days: i64| Some(now.plus_millis(-(days + i % 25) * DAY));
        let facts = if count > 0 {
            let count = u32::try_from(count).unwrap_or_default();
            let purchases = Purchases { count, first_at, last_at: last, values };
            webshop::Facts { purchases: Some(purchases), ..webshop::Facts::default() }
        } else {
            match (i / 6) % 4 {
                0 => webshop::Facts { subscribed_at: ago(1), ..webshop::Facts::default() },
                1 => webshop::Facts { registered_at: ago(2), ..webshop::Facts::default() },
                2 => webshop::Facts { registered_at: ago(70), ..webshop::Facts::default() },
                _ => webshop::Facts {
                    subscribed_at: ago(120),
                    unsubscribed_at: ago(30),
                    ..webshop::Facts::default()
                },
            }
        };
        let facts = Facts::Webshop(facts);
        let begun = first_at.min(now).plus_millis(-DAY);
        sheet.created_at = if count > 0 { begun } else { now.plus_millis(-150 * DAY) };
        for event in &mut sheet.events {
            event.at = event.at.max(sheet.created_at);
            if let What::Created { name } = &mut event.what {
                name.clone_from(&sheet.name);
                event.by = None;
            }
        }
        if let (Some((order, _)), true) = (orders.last(), count > 0) {
            let orders = u32::try_from(count).unwrap_or_default();
            let what = What::Ordered { orders, number: order.number.clone() };
            let id = EventId(tx.new_id(now));
            sheet.events.push(NewEvent { id, at: last, by: None, what, batch: None });
        }
        let at = At {
            now,
            created_at: sheet.created_at,
            has_open_todo: sheet.todos.iter().any(|todo| todo.closed.is_none()),
            last_closed_at: None,
            settings: &settings,
        };
        sheet.status = keys.get(facts.status(&at)).copied().ok_or(Error::Server)?;
        sheet.process = Some(NewProcess { wakes_at: facts.wakes_at(&at), facts });
        contacts.push(person);
        sheets.push(sheet);
    }
    bulk::insert_contacts(tx, &contacts).await?;
    bulk::insert(tx, &sheets).await?;
    let addresses: Vec<_> = contacts
        .iter()
        .zip(&sheets)
        .filter_map(|(person, sheet)| Some((person.email.clone()?, sheet.id)))
        .collect();
    store::insert_known(tx, maker.module.id, &addresses, &orders, now).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        i18n::Locale,
        server::host::{Clock, Host},
        store::{
            on,
            testing::{NOW, on_both},
        },
    };

    on_both! {
        async fn the_demo_has_buyers_in_every_segment_whose_figures_are_those_of_their_orders(test: TestDb) {
            const STATUSES: &str = "
                select s.process_key from statuses s
                join modules m on m.id = s.module_id and m.template = 'webshop'
                where not exists (select 1 from datasheets d where d.status_id = s.id)";
            const FACTS: &str = "
                select p.datasheet_id, p.facts from processes p
                join modules m on m.id = p.module_id and m.template = 'webshop'";
            let host = Host::new(test.db.clone(), Clock::at(NOW));
            crate::server::demo::fill(&host, Locale::En).await.unwrap();
            let mut tx = host.db.read().await.unwrap();
            let empty: Vec<String> = on!(tx, |conn| sqlx::query_scalar(STATUSES).fetch_all(conn).await).unwrap();
            assert_eq!(empty, Vec::<String>::new());
            let facts: Vec<(crate::domain::id::DatasheetId, String)> =
                on!(tx, |conn| sqlx::query_as(FACTS).fetch_all(conn).await).unwrap();
            assert_eq!(facts.len(), 300);
            let ids: Vec<_> = facts.iter().map(|(id, _)| *id).collect();
            let mut figures = store::figures(&mut tx, &ids).await.unwrap();
            for (id, text) in facts {
                let Ok(Facts::Webshop(facts)) = serde_json::from_str(&text) else { panic!("{text}") };
                assert_eq!(facts.purchases, figures.remove(&id));
            }
        }
    }
}
