//! A fixed module's process on the page of a datasheet: one panel per process.

mod invoicing;
mod items;
mod orders;
mod sales;
mod webshop;

pub(super) use invoicing::shows_datasheet;

use crate::ui::any::IntoAny;
use leptos::{html, prelude::*};

use super::{Seen, Sheet, Write};
use crate::{
    api::processes::process_act,
    domain::{
        datasheet::DatasheetPage,
        document::Day,
        process::{Action, At, Facts, State},
        time::Timestamp,
    },
    error::Act,
    i18n::{document, process as texts},
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

/// How long steps rest after they changed, in milliseconds: whoever presses twice has not seen the second one yet.
const REST: u32 = 500;

/// The steps that are allowed now, as buttons; the usual one is the first. One press is one step: while it is under way, and for a
/// moment after the steps changed, there is no other. The focus stays here, on the group, so that a second Enter does nothing.
#[component]
fn Steps(
    /// The datasheet.
    sheet: Sheet,
    /// What is allowed.
    allowed: Memo<Vec<Act>>,
    /// Does a step.
    step: Callback<Act>,
    /// What is wrong with the step before; it goes when the next one is done.
    problem: RwSignal<Option<String>>,
    /// The day of a payment as typed, where one is asked for.
    #[prop(optional)]
    paid_on: Option<RwSignal<String>>,
) -> impl IntoView {
    let t = sheet.here.locale;
    let group = NodeRef::<html::Div>::new();
    let resting = RwSignal::new(false);
    let turn = StoredValue::new(0_u32);
    Effect::new(move |was: Option<Vec<Act>>| {
        let now = allowed.get();
        if was.is_some_and(|was| was != now) {
            problem.set(None);
            rest(sheet, resting, turn);
        }
        now
    });
    let press = move |next: Act| {
        // A button that rests or goes would give the focus to nobody.
        if let Some(group) = group.get_untracked() {
            let _ = group.focus();
        }
        rest(sheet, resting, turn);
        step.run(next);
    };
    let status = move || {
        sheet.page.with(|page| {
            let status = page.tree.all().iter().find(|status| status.id == page.row.status);
            status.map(|status| status.name.text(t).to_owned())
        })
    };
    let buttons = move || {
        allowed
            .get()
            .into_iter()
            .enumerate()
            .map(|(at, next)| {
                let class = match (next, at) {
                    // What cancels for good is nobody's usual step.
                    (Act::Storno, _) => "button button--quiet process__apart",
                    (_, 0) => "button",
                    _ => "button button--quiet",
                };
                let day = paid_on.filter(|_| next == Act::MarkPaid).map(|day| paid_field(sheet, day));
                view! {
                    <button
                        type="button"
                        class=class
                        disabled=move || sheet.is_trashed() || resting.get()
                        on:click=move |_| press(next)
                    >
                        {texts::act(t, next)}
                    </button>
                    {day}
                }
            })
            .collect_view()
    };
    view! {
        <div class="process__steps" role="group" tabindex="-1" node_ref=group aria-label=status>
            {buttons}
        </div>
    }
    .into_any()
}

/// Lets the steps rest until nothing is under way; a later call takes over.
fn rest(sheet: Sheet, resting: RwSignal<bool>, turn: StoredValue<u32>) {
    resting.try_set(true);
    turn.try_update_value(|turn| *turn = turn.wrapping_add(1));
    let now = turn.try_get_value();
    let wake = move || {
        let is_last = turn.try_get_value() == now;
        if is_last && sheet.under_way() > 0 {
            rest(sheet, resting, turn);
        } else if is_last {
            resting.try_set(false);
        }
    };
    gloo_timers::callback::Timeout::new(REST, wake).forget();
}

/// Today, where the viewer is.
fn today(sheet: Sheet) -> String {
    Day(sheet.here.with_zone(|zone| zone.today(sheet.here.now.get_untracked()))).into()
}

/// When it was paid: today, unless somebody says otherwise.
fn paid_field(sheet: Sheet, day: RwSignal<String>) -> AnyView {
    view! {
        <label class="process__paid">
            {document::paid_on(sheet.here.locale)}
            <input
                type="date"
                max=today(sheet)
                value=day.get_untracked()
                prop:value=move || day.get()
                on:input=move |event| day.set(event_target_value(&event))
            />
        </label>
    }
    .into_any()
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
