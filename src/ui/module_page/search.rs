//! The search field: the list follows while one types, and the field follows the URL.

use leptos::{html, prelude::*};
use leptos_router::hooks::use_location;

use crate::{
    domain::filter::Filter,
    i18n::list as texts,
    ui::{browser, effect, here},
};

/// How long the search waits for the next letter, in milliseconds.
const TYPING: u32 = 200;

/// The search field of one module. `/` puts the focus into it.
#[component]
pub(super) fn Search(
    /// What the URL narrows the list by.
    filter: Memo<Filter>,
    /// Goes to the page of a filter; whether in place of the step before.
    go: Callback<(Filter, bool)>,
) -> impl IntoView {
    let locale = here().locale;
    let field = NodeRef::<html::Input>::new();
    // Nothing of the browser is kept here: the server drops what a page made on whichever thread comes first.
    let letters = StoredValue::new(0_u32);
    // What was searched for last by typing: any other search comes from a link or from going back, and the field follows it.
    let typed = StoredValue::new(filter.with_untracked(|filter| filter.search.clone()));
    let pathname = use_location().pathname;
    let on_search = move |event| {
        let search: String = event_target_value(&event).trim().chars().take(Filter::SEARCH_MAX).collect();
        letters.update_value(|letters| *letters += 1);
        let now = letters.get_value();
        let here_at = pathname.get_untracked();
        let timer = gloo_timers::callback::Timeout::new(TYPING, move || {
            // A later letter, or another page, has taken over; that one may still be on its way.
            let is_here = pathname.try_with_untracked(|path| *path == here_at) == Some(true);
            if letters.try_get_value() != Some(now) || !is_here {
                return;
            }
            let filter = filter.get_untracked();
            if filter.search != search {
                typed.set_value(search.clone());
                // The first letter is a step that going back undoes; the next ones belong to it.
                let is_going_on = !filter.search.is_empty();
                go.run((Filter { search, ..filter }, is_going_on));
            }
        });
        timer.forget();
    };
    effect(move || {
        let search = filter.with(|filter| filter.search.clone());
        // Not in the page yet: asked again then.
        let Some(field) = field.get() else { return };
        if typed.with_value(|typed| *typed != search) {
            field.set_value(&search);
            letters.update_value(|letters| *letters += 1);
            typed.set_value(search);
        }
    });
    effect(move || {
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            if event.key() == "/" && !browser::is_typing() && !event.ctrl_key() && !event.meta_key() {
                event.prevent_default();
                if let Some(field) = field.get_untracked() {
                    // Without a focus the slash is lost, no more.
                    field.focus().ok();
                }
            }
        });
        on_cleanup(move || handle.remove());
    });
    view! {
        <input
            node_ref=field
            type="search"
            name="q"
            autocomplete="off"
            aria-label=texts::search(locale)
            placeholder=texts::search(locale)
            value=filter.with_untracked(|filter| filter.search.clone())
            on:input=on_search
        />
    }
}
