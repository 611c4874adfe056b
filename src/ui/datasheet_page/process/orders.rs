//! An order's buttons: only those that are allowed now.

use leptos::prelude::*;

use super::{super::Sheet, act};
use crate::{
    domain::process::{
        Action, Facts,
        orders::{self, Stage},
    },
    error::Act,
    i18n::process as texts,
};

fn stage_of(facts: &Facts) -> Option<Stage> {
    match facts {
        Facts::Orders(order) => Some(order.stage),
        #[allow(unreachable_patterns, clippy::allow_attributes, reason = "as long as there is one process")]
        _ => None,
    }
}

/// The steps of an order.
#[component]
pub fn Panel(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    let stage = Memo::new(move |_| {
        sheet.page.with(|page| page.process.as_ref().and_then(|state| stage_of(&state.facts)))
    });
    let step = move |step: Act| {
        let action = Action::Orders(orders::Action::Move(step));
        act(sheet, action, texts::act(t, step).to_owned(), move |state| {
            if let Facts::Orders(order) = &mut state.facts
                && let Some(next) = order.stage.after(step)
            {
                order.stage = next;
            }
        });
    };
    view! {
        <div class="process__steps">
            {move || {
                let allowed = stage.get().map(Stage::allowed).unwrap_or_default();
                allowed
                    .iter()
                    .enumerate()
                    .map(|(at, next)| {
                        let next = *next;
                        view! {
                            <button
                                type="button"
                                class=if at == 0 { "button" } else { "button button--quiet" }
                                disabled=move || sheet.is_trashed()
                                on:click=move |_| step(next)
                            >
                                {texts::act(t, next)}
                            </button>
                        }
                    })
                    .collect_view()
            }}
        </div>
    }
    .into_any()
}
