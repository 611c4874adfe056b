//! What an edit in place was answered: a stale one with both values and the choice between them, any other as a sentence.

use crate::ui::any::IntoAny;
use leptos::prelude::*;

use crate::{
    error::{Conflict, Error},
    i18n::{self, bar},
    ui::here,
};

/// Stands beside what was typed, which stays until the user chose.
#[component]
pub fn EditProblem(
    /// What was answered, if it was no.
    error: RwSignal<Option<Error>>,
    /// Stores what was typed all the same, over the version that was told.
    keep: Callback<i64>,
    /// Gives what was typed up for what is stored.
    take: Callback<Conflict>,
) -> impl IntoView {
    let t = here().locale;
    let panel = move || match error.get()? {
        Error::Conflict(conflict) => {
            let version = conflict.version;
            let theirs = bar::theirs(t, &conflict.theirs);
            let panel = view! {
                <div class="conflict" role="alert">
                    <span>{theirs}</span>
                    <button type="button" class="button" on:click=move |_| keep.run(version)>
                        {bar::keep_mine(t)}
                    </button>
                    <button type="button" class="button button--quiet" on:click=move |_| take.run(conflict.clone())>
                        {bar::take_theirs(t)}
                    </button>
                </div>
            };
            Some(panel.into_any())
        }
        error => {
            let message = i18n::errors::message(t, &error);
            Some(
                view! {
                    <p class="form-error" role="alert">
                        {message}
                    </p>
                }
                .into_any(),
            )
        }
    };
    panel.into_any()
}
