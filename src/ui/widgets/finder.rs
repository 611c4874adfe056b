//! Choosing one thing by search (APG combobox): arrows, Enter, Escape. Once one is chosen the field is empty again.

use std::{future::Future, pin::Pin};

use gloo_timers::future::TimeoutFuture;
use leptos::{ev, prelude::*, task::spawn_local};

use crate::{
    error::Result,
    i18n::{Locale, fields as texts},
    ui::{any::IntoAny, here},
};

/// How long the search waits for the next letter, in milliseconds.
const TYPING: u32 = 150;

/// Something that a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its id as text.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What tells it from others of that name.
    pub beside: String,
}

/// What comes of a search.
pub type Search = Pin<Box<dyn Future<Output = Result<Vec<Found>>>>>;

/// How what was searched for and not found is made: what the last option says, and what is done with the text.
pub type Create = (fn(Locale, &str) -> String, Callback<String>);

/// The search.
#[component]
pub fn Finder(
    /// Id of the input.
    id: String,
    /// What the empty input says.
    placeholder: &'static str,
    /// Asks for what a text finds.
    ask: Callback<String, Search>,
    /// Called with what is chosen.
    choose: Callback<Found>,
    /// Makes what is not there yet.
    #[prop(optional_no_strip)]
    create: Option<Create>,
    /// Whether it only shows.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// What describes the input.
    #[prop(optional, into)]
    described: Signal<Option<String>>,
) -> impl IntoView {
    let here = here();
    let t = here.locale;
    let search = RwSignal::new(String::new());
    let found = RwSignal::new(Vec::<Found>::new());
    // Whether the search was answered: then what is not there can be made, and Enter takes what is.
    let answered = RwSignal::new(false);
    let active = RwSignal::new(0_usize);
    let look = move |text: String| {
        search.set(text.clone());
        active.set(0);
        answered.set(false);
        if text.trim().is_empty() {
            found.set(vec![]);
            return;
        }
        spawn_local(async move {
            let is_now = |text: &String| search.try_with_untracked(|now| now == text) == Some(true);
            TimeoutFuture::new(TYPING).await;
            if !is_now(&text) {
                return;
            }
            let answer = ask.run(text.clone()).await;
            // An older search that comes later is passed over.
            if !is_now(&text) {
                return;
            }
            match answer {
                Ok(all) => {
                    found.set(all);
                    answered.set(true);
                }
                Err(error) => {
                    found.set(vec![]);
                    here.toasts.error(&error);
                }
            }
        });
    };
    let clear = move || {
        search.set(String::new());
        found.set(vec![]);
        answered.set(false);
    };
    let take = move |one: Found| {
        clear();
        choose.run(one);
    };
    let make = move || {
        let text = search.get_untracked().trim().to_owned();
        clear();
        if let Some((_, make)) = create {
            make.run(text);
        }
    };
    // The last option makes a new one.
    let options_now = move || found.with(Vec::len) + usize::from(create.is_some() && answered.get());
    let on_keydown = move |event: ev::KeyboardEvent| {
        let n = untrack(options_now);
        match event.key().as_str() {
            key if arrow(key, active, n) => {}
            // What is shown may have been found for less of the text.
            "Enter" if !answered.get_untracked() => {}
            "Enter" => {
                let at = active.get_untracked();
                match found.with_untracked(|found| found.get(at).cloned()) {
                    Some(one) => take(one),
                    None if n > 0 => make(),
                    None => {}
                }
            }
            "Escape" if !search.with_untracked(String::is_empty) => {
                event.stop_propagation();
                clear();
            }
            _ => return,
        }
        event.prevent_default();
    };
    let list_id = format!("{id}-list");
    let option_id = {
        let list_id = list_id.clone();
        move |at: usize| format!("{list_id}-{at}")
    };
    let options = {
        let option_id = option_id.clone();
        move || {
            let option = |at: usize, content: AnyView, choose: Callback<()>| {
                option_view(option_id(at), at, active, content, choose)
            };
            let all = found.get();
            let n = all.len();
            let mut shown: Vec<AnyView> = all
                .into_iter()
                .enumerate()
                .map(|(at, one)| {
                    let content = view! {
                        <span>{one.name.clone()}</span>
                        <small>{one.beside.clone()}</small>
                    }
                    .into_any();
                    option(at, content, Callback::new(move |()| take(one.clone())))
                })
                .collect();
            if let (Some((text, _)), true) = (create, answered.get()) {
                let text = text(t, search.get().trim());
                let content = view! { <span class="own-field__new">{text}</span> }.into_any();
                shown.push(option(n, content, Callback::new(move |()| make())));
            }
            shown
        }
    };
    let is_open = move || options_now() > 0;
    view! {
        <input
            id=id
            type="text"
            role="combobox"
            autocomplete="off"
            placeholder=placeholder
            readonly=move || disabled.get()
            aria-autocomplete="list"
            aria-expanded=move || is_open().to_string()
            aria-controls=list_id.clone()
            aria-activedescendant=move || is_open().then(|| option_id(active.get()))
            aria-describedby=move || described.get()
            prop:value=move || search.get()
            on:input=move |event| look(event_target_value(&event))
            on:keydown=on_keydown
            on:blur=move |_| clear()
        />
        <ul class="own-field__found" id=list_id role="listbox" aria-label=texts::found(t) hidden=move || !is_open()>
            {options}
        </ul>
    }
    .into_any()
}

/// Goes on to the next or the one before of so many options, round the ends; whether the key means that.
pub fn arrow(key: &str, active: RwSignal<usize>, n: usize) -> bool {
    let step = match key {
        "ArrowDown" if n > 0 => 1,
        "ArrowUp" if n > 0 => n - 1,
        _ => return false,
    };
    active.update(|at| *at = (*at + step) % n);
    true
}

/// One of the options that are offered below a field, which keeps the focus.
pub fn option_view(
    id: String,
    at: usize,
    active: RwSignal<usize>,
    content: AnyView,
    choose: Callback<()>,
) -> AnyView {
    view! {
        <li
            role="option"
            id=id
            aria-selected=move || (active.get() == at).to_string()
            on:mousedown=|event| event.prevent_default()
            on:click=move |_| choose.run(())
        >
            {content}
        </li>
    }
    .into_any()
}
