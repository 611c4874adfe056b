//! What a process says of a datasheet in one line of its row.

use leptos::prelude::*;

use super::state::ListState;
use crate::{
    domain::{
        bucket::Borders,
        datasheet::Row,
        process::{Summary, webshop::Figures},
    },
    i18n::{document, format, process as texts},
};

/// Number, buyer, amount and due date of a document; what a buyer ordered so far. `None` where there
/// is nothing to say.
pub(super) fn process_line(list: ListState, row: &Row) -> Option<String> {
    let t = list.here.locale;
    let amount = row.amount.map(|amount| format::money(amount.minor, amount.currency.as_str(), t));
    let summary = &row.process.as_ref()?.summary;
    match summary {
        Summary::Webshop(figures) => return bought(list, figures),
        Summary::Sales(_) => return None,
        _ => {}
    }
    // What there is to say of any other process is what it is worth.
    let Summary::Invoicing(summary) = summary else { return amount };
    let number = summary.number.clone().unwrap_or_else(|| document::kind(t, summary.kind).to_owned());
    let due = summary.due_on.map(|day| document::due(t, &format::date(day.0, t)));
    // A case that is called as its buyer says so already.
    let buyer = Some(&summary.buyer).filter(|buyer| !buyer.is_empty() && **buyer != row.name).cloned();
    let parts = [Some(number), buyer, amount, due];
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
}

/// How many orders, what they add up to, and the day of the last one.
fn bought(list: ListState, figures: &Figures) -> Option<String> {
    let t = list.here.locale;
    if figures.orders == 0 {
        return None;
    }
    let values = figures.values.iter().map(|value| format::money(value.minor, value.currency.as_str(), t));
    let last = figures.last_at.map(|at| {
        let day = list.here.with_zone(|zone| zone.today(at));
        let today = list.borders.with(Borders::today);
        texts::last_ordered(t, &format::day_short(day, today, t))
    });
    let parts = std::iter::once(texts::count_of_orders(t, figures.orders)).chain(values).chain(last);
    Some(parts.collect::<Vec<_>>().join(" · "))
}
