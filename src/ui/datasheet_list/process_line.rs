//! What a process says of a datasheet in one line of its row.

use crate::{
    domain::{datasheet::Row, process::Summary},
    i18n::{Locale, document, format},
};

/// Number, buyer, amount and due date of a document; the amount of an order. `None` where there is nothing to say.
pub(super) fn process_line(row: &Row, t: Locale) -> Option<String> {
    let amount = row.amount.map(|amount| format::money(amount.minor, amount.currency.as_str(), t));
    let summary = match &row.process.as_ref()?.summary {
        Summary::Invoicing(summary) => summary,
        Summary::Orders(_) => return amount,
        #[allow(unreachable_patterns, clippy::allow_attributes, reason = "processes come one by one")]
        _ => return None,
    };
    let number = summary.number.clone().unwrap_or_else(|| document::kind(t, summary.kind).to_owned());
    let due = summary.due_on.map(|day| document::due(t, &format::date(day.0, t)));
    let buyer = (!summary.buyer.is_empty()).then(|| summary.buyer.clone());
    let parts = [Some(number), buyer, amount, due];
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
}
