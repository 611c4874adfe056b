//! Shortcuts of the list. They press the row's own buttons, so that a key does what a click does.

use leptos::{
    ev,
    prelude::*,
    web_sys::{HtmlElement, wasm_bindgen::JsCast as _},
};

use super::{
    super::{browser, here},
    acts::row_of,
    state::{ListState, focus_row},
};
use crate::i18n::list as texts;

/// Listens while the list is in the page.
pub fn listen(list: ListState, helping: RwSignal<bool>) {
    Effect::new(move || {
        let handle = window_event_listener(ev::keydown, move |event| on_key(list, helping, &event));
        on_cleanup(move || handle.remove());
    });
}

fn on_key(list: ListState, helping: RwSignal<bool>, event: &ev::KeyboardEvent) {
    if browser::is_typing()
        || event.ctrl_key()
        || event.meta_key()
        || event.alt_key()
        || event.default_prevented()
    {
        return;
    }
    let focused = browser::focused();
    let row = focused.as_ref().and_then(|element| element.closest("[data-datasheet]").ok().flatten());
    let id = row.as_ref().and_then(row_of);
    let press = |selector: &str| {
        let button = row.as_ref().and_then(|row| row.query_selector(selector).ok().flatten());
        let button = button.and_then(|button| button.dyn_into::<HtmlElement>().ok());
        button.is_some_and(|button| {
            button.click();
            true
        })
    };
    let go = |step| {
        list.neighbour(id, step).is_some_and(|next| {
            focus_row(next);
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
        "Enter" if focused.is_some_and(|element| element.has_attribute("data-datasheet")) => {
            press(".row__what")
        }
        "z" => {
            list.undo_last();
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
pub(super) fn Shortcuts() -> impl IntoView {
    let locale = here().locale;
    let keys = [
        ("j ↓", texts::key_next(locale)),
        ("k ↑", texts::key_previous(locale)),
        ("Enter", texts::key_open(locale)),
        ("c", texts::close_todo(locale)),
        ("p", texts::postpone(locale)),
        ("n", texts::new_todo(locale)),
        ("z", texts::undo(locale)),
        ("/", texts::search(locale)),
        ("?", texts::shortcuts(locale)),
    ];
    let rows = keys
        .into_iter()
        .map(|(key, what)| {
            let keys = key.split(' ').map(|key| view! { <kbd>{key}</kbd>" " }).collect_view();
            view! {
                <dt>{keys}</dt>
                <dd>{what}</dd>
            }
        })
        .collect_view();
    view! { <dl class="shortcuts">{rows}</dl> }
}
