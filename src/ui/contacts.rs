//! Contacts: the list, the page of one, and what other pages use of them.

mod card;
mod detail;
pub mod likely;
mod line;
mod list;
mod merge;
pub mod new;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    domain::{
        contact::{ContactKind, ContactLine},
        id::ContactId,
    },
    i18n::{Locale, contacts as texts},
    ui::any::IntoAny,
};

/// `/contacts` is the list, `/contacts/ID` the page of one.
#[component]
pub fn ContactsPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")));
    move || match id.get() {
        None => view! { <list::List /> }.into_any(),
        Some(id) => {
            let id: Option<ContactId> = id.parse().ok();
            view! { <card::Page id /> }.into_any()
        }
    }
}

/// What tells a contact from others of its name: its business, address or number.
pub(super) fn beside(t: Locale, line: &ContactLine) -> String {
    let known: Vec<&str> =
        [&line.business, &line.email, &line.phone].into_iter().filter_map(Option::as_deref).take(2).collect();
    if known.is_empty() { texts::kind_of(t, line.kind).to_owned() } else { known.join(" · ") }
}

/// The icon of a kind of contact.
const fn icon_of(kind: ContactKind) -> &'static str {
    match kind {
        ContactKind::Person => "person",
        ContactKind::Business => "business",
    }
}

/// A phone number that is called by a click.
fn phone_link(phone: &str) -> AnyView {
    let number: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    view! { <a href=format!("tel:{number}")>{phone.to_owned()}</a> }.into_any()
}
