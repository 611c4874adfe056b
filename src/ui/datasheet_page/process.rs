//! A fixed module's process on the page of a datasheet: one panel per process.

mod invoicing;
mod items;
mod orders;
mod sales;
mod webshop;

pub(super) use invoicing::shows_datasheet;

use crate::ui::any::IntoAny;
use leptos::prelude::*;

use super::{Seen, Sheet, Write};
use crate::{
    api::processes::process_act,
    domain::{
        datasheet::DatasheetPage,
        process::{Action, At, Facts, State},
        time::Timestamp,
    },
    error::Act,
    i18n::process as texts,
};

/// The panel of the datasheet's process; nothing in customisable modules.
#[component]
pub fn Process(sheet: Sheet) -> impl IntoView {
    // The kind of process stays; its facts are read where they are shown.
    let facts = sheet.page.with_untracked(|page| page.process.as_ref().map(|state| state.facts.clone()));
    facts.map(|facts| {
        let t = sheet.here.locale;
        let panel = match facts {
            Facts::Sales(_) => view! { <sales::Panel sheet /> }.into_any(),
            Facts::Orders(_) => view! { <orders::Panel sheet /> }.into_any(),
            Facts::Webshop(_) => view! { <webshop::Panel sheet /> }.into_any(),
            Facts::Invoicing(_) => view! { <invoicing::Panel sheet /> }.into_any(),
        };
        view! {
            <section class="process" aria-label=texts::process(t)>
                {panel}
            </section>
        }
        .into_any()
    })
}

/// The steps that are allowed now, as buttons; the usual one is the first.
#[component]
fn Steps(
    /// The datasheet.
    sheet: Sheet,
    /// What is allowed.
    allowed: Memo<Vec<Act>>,
    /// Does a step.
    step: Callback<Act>,
) -> impl IntoView {
    let t = sheet.here.locale;
    let buttons = move || {
        allowed
            .get()
            .into_iter()
            .enumerate()
            .map(|(at, next)| {
                view! {
                    <button
                        type="button"
                        class=if at == 0 { "button" } else { "button button--quiet" }
                        disabled=move || sheet.is_trashed()
                        on:click=move |_| step.run(next)
                    >
                        {texts::act(t, next)}
                    </button>
                }
            })
            .collect_view()
    };
    view! { <div class="process__steps">{buttons}</div> }.into_any()
}

/// Shows what an action makes of the facts and of the status, before the server says so. What is refused shows nothing.
fn show(page: &mut DatasheetPage, action: &Action, now: Timestamp) {
    let (Some(state), Some(settings)) = (&mut page.process, &page.settings) else { return };
    let closed = page.todos.iter().filter_map(|todo| todo.closed.as_ref().map(|closed| closed.at));
    let at = At {
        now,
        created_at: page.created_at,
        has_open_todo: page.todos.iter().any(|todo| todo.closed.is_none()),
        last_closed_at: closed.max(),
        settings,
    };
    let Ok(facts) = state.facts.act(action, &at) else { return };
    // The statuses of a fixed module are those of its process, in order.
    let key = facts.status(&at);
    let place = facts.process().definition().statuses.iter().position(|status| status.key == key);
    if let Some(status) = place.and_then(|place| page.tree.all().get(place)) {
        page.row.status = status.id;
    }
    page.row.amount = facts.amount();
    state.facts = facts;
}

/// Does a step: `said` is what the toast says, `change` what the page shows at once.
fn act(sheet: Sheet, action: Action, said: String, change: impl Fn(&mut State) + Send + Sync + 'static) {
    let id = sheet.id;
    sheet.write(Write::new(
        Seen::Facts,
        said,
        move |page| {
            if let Some(state) = &mut page.process {
                change(state);
            }
        },
        move |key, version| process_act(key, id, version, action.clone()),
    ));
}

/// Sets what was typed: `field` names it and `yours` shows it where somebody else was faster. `seen` is the version of the facts
/// that was typed on, where others changed the same since.
fn set(
    sheet: Sheet,
    seen: Option<i64>,
    action: Action,
    said: String,
    (field, yours): (&'static str, String),
    change: impl Fn(&mut Facts) + Send + Sync + 'static,
) {
    let id = sheet.id;
    let write = Write::new(
        seen.map_or(Seen::Facts, Seen::Version),
        said,
        move |page| {
            if let Some(state) = &mut page.process {
                change(&mut state.facts);
            }
        },
        move |key, version| process_act(key, id, version, action.clone()),
    );
    sheet.write(write.with_value(field, yours));
}
