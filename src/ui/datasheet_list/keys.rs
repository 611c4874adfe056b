//! Shortcuts of the list. They press the row's own buttons, so that a key does what a click does.

use crate::ui::{any::IntoAny, effect};
use leptos::{
    ev,
    prelude::*,
    web_sys::{HtmlElement, wasm_bindgen::JsCast as _},
};

use super::{
    super::{browser, here},
    acts::id_in,
    state::ListState,
};
use crate::{domain::id::DatasheetId, i18n::list as texts};

/// The rows of a list, as the keys know them.
#[derive(Clone, Copy)]
pub struct Rows {
    /// The attribute of a row that carries its id.
    pub attribute: &'static str,
    /// The row so many places after (or before) another one; the first one when there is none to start from.
    pub neighbour: Callback<(Option<i64>, isize), Option<i64>>,
}

/// Listens while the list is in the page.
pub fn listen(list: ListState, helping: RwSignal<bool>) {
    let neighbour = Callback::new(move |(id, step): (Option<i64>, isize)| {
        list.neighbour(id.map(DatasheetId), step).map(|id| id.0)
    });
    listen_to(Rows { attribute: "data-datasheet", neighbour }, helping);
}

/// The same for any list.
pub fn listen_to(rows: Rows, helping: RwSignal<bool>) {
    let here = here();
    effect(move || {
        let handle = window_event_listener(ev::keydown, move |event| {
            on_key(rows, helping, &event, move || here.toasts.undo_last());
        });
        on_cleanup(move || handle.remove());
    });
}

fn on_key(rows: Rows, helping: RwSignal<bool>, event: &ev::KeyboardEvent, undo: impl Fn()) {
    if browser::is_typing()
        || event.ctrl_key()
        || event.meta_key()
        || event.alt_key()
        || event.default_prevented()
    {
        return;
    }
    let attribute = rows.attribute;
    let focused = browser::focused();
    let row = focused.as_ref().and_then(|element| element.closest(&format!("[{attribute}]")).ok().flatten());
    let id = row.as_ref().and_then(|row| id_in(row, attribute));
    let press = |selector: &str| {
        let button = row.as_ref().and_then(|row| row.query_selector(selector).ok().flatten());
        let button = button.and_then(|button| button.dyn_into::<HtmlElement>().ok());
        button.is_some_and(|button| {
            button.click();
            true
        })
    };
    let go = |step| {
        rows.neighbour.run((id, step)).is_some_and(|next| {
            browser::focus_soon(format!("[{attribute}='{next}']"));
            true
        })
    };
    let is_done = match event.key().as_str() {
        "j" => go(1),
        "k" => go(-1),
        "ArrowDown" if id.is_some() => go(1),
        "ArrowUp" if id.is_some() => go(-1),
        "c" => press("[data-act=close]"),
        "p" => press("[data-act=postpone]"),
        "n" => press("[data-act=todo]"),
        "Enter" if focused.is_some_and(|element| element.has_attribute(attribute)) => press(".row__what"),
        "z" => {
            undo();
            true
        }
        "?" => {
            helping.set(true);
            true
        }
        _ => false,
    };
    if is_done {
        event.prevent_default();
    }
}

/// The list of shortcuts.
#[component]
pub fn Shortcuts(
    /// What the key for the next row does.
    next: &'static str,
    /// What the key for the one before does.
    previous: &'static str,
    /// Whether to-dos are added and searched for here.
    #[prop(optional)]
    has_new: bool,
) -> impl IntoView {
    let locale = here().locale;
    let keys = [
        Some(("j ↓", next)),
        Some(("k ↑", previous)),
        Some(("Enter", texts::key_open(locale))),
        Some(("c", texts::close_todo(locale))),
        Some(("p", texts::postpone(locale))),
        has_new.then(|| ("n", texts::new_todo(locale))),
        Some(("z", texts::undo(locale))),
        has_new.then(|| ("/", texts::search(locale))),
        Some(("?", texts::shortcuts(locale))),
    ];
    let rows = keys
        .into_iter()
        .flatten()
        .map(|(key, what)| {
            let keys = key.split(' ').map(|key| view! { <kbd>{key}</kbd>" " }).collect_view();
            view! {
                <dt>{keys}</dt>
                <dd>{what}</dd>
            }
        })
        .collect_view();
    view! { <dl class="shortcuts">{rows}</dl> }.into_any()
}
