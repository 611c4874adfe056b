//! A buyer: the figures of their orders, what a person notes of them, and the orders.

use crate::ui::any::IntoAny;
use leptos::{prelude::*, task::spawn_local};

use super::{super::Sheet, act};
use crate::{
    api::datasheets::datasheet_orders,
    domain::{
        datasheet::DatasheetPage,
        process::{
            Action, Facts, State,
            webshop::{self, Order, Purchases},
        },
        time::Timestamp,
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
        <Orders sheet />
    }
    .into_any()
}

fn figures(sheet: Sheet, purchases: Option<&Purchases>) -> AnyView {
    let t = sheet.here.locale;
    let Some(purchases) = purchases else {
        return view! { <p class="process__none">{texts::no_orders(t)}</p> }.into_any();
    };
    let values = purchases
        .values
        .iter()
        .map(|(currency, minor)| view! { <span>{format::money(*minor, currency.as_str(), t)}</span> })
        .collect_view();
    view! {
        <dl class="process__figures">
            <div>
                <dt>{texts::orders(t)}</dt>
                <dd>{format::number(purchases.count.into(), t)}</dd>
            </div>
            <div>
                <dt>{texts::value(t)}</dt>
                <dd>{values}</dd>
            </div>
            <div>
                <dt>{texts::first_order(t)}</dt>
                {moment(sheet, purchases.first_at)}
            </div>
            <div>
                <dt>{texts::last_order(t)}</dt>
                {moment(sheet, purchases.last_at)}
            </div>
        </dl>
    }
    .into_any()
}

/// A day, with the exact moment; the first one of a day stands for the day, as files of orders name it.
fn moment(sheet: Sheet, at: Timestamp) -> AnyView {
    let (here, t) = (sheet.here, sheet.here.locale);
    let exact = here.with_zone(|zone| {
        let day = zone.today(at);
        if zone.start_of_day(day) == at {
            format::day_long(day, t)
        } else {
            format::moment_exact(at, zone, t)
        }
    });
    let day = here.with_zone(|zone| format::date(zone.today(at), t));
    view! {
        <dd>
            <time title=exact>{day}</time>
        </dd>
    }
    .into_any()
}

/// Whether so many orders are as many as come at once: then there may be more.
fn is_full(orders: &[Order]) -> bool {
    i64::try_from(orders.len()).is_ok_and(|n| n >= DatasheetPage::ORDERS)
}

/// The order's place in the list.
fn place(order: &Order) -> (Timestamp, &str) {
    (order.at, &order.number)
}

/// The buyer's orders, the latest first, with the way to earlier ones.
#[component]
fn Orders(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    let latest = Memo::new(move |_| sheet.page.with(|page| page.orders.clone()));
    let earlier = RwSignal::new(Vec::<Order>::new());
    let more = RwSignal::new(latest.with_untracked(|latest| is_full(latest)));
    let is_busy = RwSignal::new(false);
    // Orders that came in since push others off the end of the latest: they are kept.
    Effect::new(move |before: Option<Vec<Order>>| {
        let latest = latest.get();
        if let (Some(before), Some(last)) = (before, latest.last()) {
            let pushed_off: Vec<Order> =
                before.into_iter().filter(|order| is_full(&latest) && place(order) < place(last)).collect();
            earlier.update(|earlier| {
                earlier.retain(|order| is_full(&latest) && place(order) < place(last));
                earlier.splice(0..0, pushed_off);
                earlier.dedup_by(|one, other| one.number == other.number);
            });
        }
        latest
    });
    let shown = move || latest.with(|latest| earlier.with(|earlier| [latest.as_slice(), earlier].concat()));
    let show_more = move |_| {
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        let last = untrack(shown).pop();
        let before = last.map(|order| (order.at, order.number));
        spawn_local(async move {
            let answer = datasheet_orders(sheet.id, before).await;
            is_busy.try_set(false);
            match answer {
                Ok(orders) => {
                    more.try_set(is_full(&orders));
                    earlier.try_update(|earlier| earlier.extend(orders));
                }
                Err(error) => sheet.here.toasts.error(&error),
            }
        });
    };
    view! {
        <div class="buyer-orders" hidden=move || latest.with(Vec::is_empty)>
            <h2 id="buyer-orders">{texts::orders(t)}</h2>
            <table aria-labelledby="buyer-orders">
                <thead>
                    <tr>
                        <th scope="col">{texts::order_number(t)}</th>
                        <th scope="col">{texts::order_date(t)}</th>
                        <th scope="col">{texts::order_amount(t)}</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=shown key=|order| order.number.clone() let(order)>
                        {line(sheet, order)}
                    </For>
                </tbody>
            </table>
            <button
                type="button"
                class="button button--quiet"
                hidden=move || !more.get()
                aria-busy=move || is_busy.get().then_some("true")
                on:click=show_more
            >
                {texts::more_orders(t)}
            </button>
        </div>
    }
    .into_any()
}

fn line(sheet: Sheet, order: Order) -> AnyView {
    let t = sheet.here.locale;
    let placed = order.placed();
    let (day, exact) =
        sheet.here.with_zone(|zone| (format::date(placed.day(zone), t), format::due_exact(placed, zone, t)));
    view! {
        <tr>
            <th scope="row">{order.number}</th>
            <td>
                <time title=exact>{day}</time>
            </td>
            <td>{format::money(order.money.minor, order.money.currency.as_str(), t)}</td>
        </tr>
    }
    .into_any()
}
