//! A buyer: the figures of their orders, and what a person notes of them.

use crate::ui::any::IntoAny;
use leptos::prelude::*;

use super::{super::Sheet, act};
use crate::{
    domain::process::{
        Action, Facts, State,
        webshop::{self, Purchases},
    },
    i18n::{format, process as texts},
};

fn buyer_of(state: Option<&State>) -> Option<&webshop::Facts> {
    match &state?.facts {
        Facts::Webshop(buyer) => Some(buyer),
        _ => None,
    }
}

/// What is known of a buyer.
#[component]
pub fn Panel(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    let buyer = Memo::new(move |_| {
        sheet.page.with(|page| buyer_of(page.process.as_ref()).cloned()).unwrap_or_default()
    });
    let note = move |action: webshop::Action| {
        act(sheet, Action::Webshop(action), texts::buyer(t, action).to_owned(), |_| {});
    };
    let button = move |action: webshop::Action| {
        view! {
            <button
                type="button"
                class="button button--quiet"
                disabled=move || sheet.is_trashed()
                on:click=move |_| note(action)
            >
                {texts::buyer(t, action)}
            </button>
        }
    };
    view! {
        {move || buyer.with(|buyer| figures(sheet, buyer.purchases.as_ref()))}
        <div class="process__steps">
            {move || {
                let buyer = buyer.get();
                let is_subscribed = buyer.subscribed_at.is_some() && buyer.unsubscribed_at.is_none();
                let subscription =
                    if is_subscribed { webshop::Action::Unsubscribe } else { webshop::Action::Subscribe };
                let registration = buyer.registered_at.is_none().then_some(webshop::Action::Register);
                [Some(subscription), registration].into_iter().flatten().map(button).collect_view()
            }}
        </div>
    }
    .into_any()
}

fn figures(sheet: Sheet, purchases: Option<&Purchases>) -> AnyView {
    let t = sheet.here.locale;
    let Some(purchases) = purchases else {
        return view! { <p class="process__none">{texts::no_orders(t)}</p> }.into_any();
    };
    let moment = |at| sheet.here.with_zone(|zone| format::moment_exact(at, zone, t));
    let values: Vec<String> = purchases
        .values
        .iter()
        .map(|(currency, minor)| format::money(*minor, currency.as_str(), t))
        .collect();
    let facts = [
        (texts::orders(t), format::number(purchases.count.into(), t)),
        (texts::value(t), values.join(" · ")),
        (texts::first_order(t), moment(purchases.first_at)),
        (texts::last_order(t), moment(purchases.last_at)),
    ];
    view! {
        <dl class="process__figures">
            {facts
                .into_iter()
                .map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> })
                .collect_view()}
        </dl>
    }
    .into_any()
}
