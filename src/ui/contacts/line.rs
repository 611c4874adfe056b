//! A line of text that is saved as it is left; what the server refuses is said beside it, where what was typed still stands.

use leptos::{ev, prelude::*};

use super::card::{Card, Seen};
use crate::{
    error::Error,
    i18n::errors,
    ui::{any::IntoAny, browser},
};

/// What was typed, and the version it is said to have seen.
#[derive(Clone, Debug)]
pub(super) struct Left {
    /// What was typed.
    pub text: String,
    /// The version, where the user chose after a conflict.
    pub seen: Option<i64>,
}

impl Left {
    /// The version that the write says it saw.
    pub fn seen_or(&self, seen: Seen) -> Seen {
        self.seen.map_or(seen, Seen::Version)
    }
}

/// The input, with its problem below.
#[component]
pub(super) fn Line(
    /// The page it is on.
    card: Card,
    /// Id of the input.
    #[prop(into)]
    id: String,
    /// What names it.
    #[prop(into)]
    label: Signal<String>,
    /// Whether the label shows.
    #[prop(default = true)]
    labelled: bool,
    /// What is stored.
    value: Signal<String>,
    /// The input's type.
    #[prop(default = "text")]
    kind: &'static str,
    /// What was answered, if it was no.
    problem: RwSignal<Option<Error>>,
    /// Called with what was typed, as it is left.
    save: Callback<Left>,
) -> impl IntoView {
    let t = card.here.locale;
    let typed = RwSignal::new(value.get_untracked());
    // Follows what is stored, but for what is typed and not stored yet.
    Effect::new(move |before: Option<String>| {
        let now = value.get();
        if before.is_some_and(|before| typed.get_untracked() == before) {
            typed.set(now.clone());
        }
        now
    });
    let problem_id = format!("{id}-problem");
    let commit = move || {
        // The browser tells of a change also as it takes the input out of the page.
        let Some((text, stored)) = typed.try_get_untracked().zip(value.try_get_untracked()) else { return };
        let text = text.trim().to_owned();
        if text == stored {
            typed.set(text);
            problem.set(None);
        } else {
            problem.set(None);
            save.run(Left { text, seen: None });
        }
    };
    let on_keydown = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            if let Some(input) = browser::focused() {
                // The change event follows.
                let _ = input.blur();
                let _ = input.focus();
            }
        }
        "Escape" if typed.get_untracked() != value.get_untracked() => {
            event.stop_propagation();
            typed.set(value.get_untracked());
            problem.set(None);
        }
        _ => {}
    };
    let text = move || match problem.get()? {
        Error::Conflict(conflict) => {
            let version = conflict.version;
            let keep = move |_| {
                problem.set(None);
                save.run(Left { text: typed.get_untracked().trim().to_owned(), seen: Some(version) });
            };
            let take = move |_| {
                problem.set(None);
                typed.set(value.get_untracked());
                card.refresh();
            };
            let theirs = crate::i18n::bar::theirs(t, &conflict.theirs);
            Some(
                view! {
                    <span class="conflict" role="alert">
                        <span>{theirs}</span>
                        <button type="button" class="button" on:click=keep>
                            {crate::i18n::bar::keep_mine(t)}
                        </button>
                        <button type="button" class="button button--quiet" on:click=take>
                            {crate::i18n::bar::take_theirs(t)}
                        </button>
                    </span>
                }
                .into_any(),
            )
        }
        error => {
            let message = errors::message(t, &error);
            Some(
                view! {
                    <span class="form-field__problem" role="alert">
                        {message}
                    </span>
                }
                .into_any(),
            )
        }
    };
    let shown = labelled.then(|| view! { <label for=id.clone()>{move || label.get()}</label> }.into_any());
    view! {
        <div class="form-field contact-line">
            {shown}
            <input
                id=id
                type=kind
                autocomplete="off"
                aria-label=(!labelled).then_some(move || label.get())
                value=typed.get_untracked()
                prop:value=move || typed.get()
                aria-invalid=move || problem.with(Option::is_some).then_some("true")
                aria-describedby=problem_id.clone()
                on:input=move |event| typed.set(event_target_value(&event))
                on:change=move |_| commit()
                on:keydown=on_keydown
            />
            <div class="contact-line__problem" id=problem_id>
                {text}
            </div>
        </div>
    }
    .into_any()
}
