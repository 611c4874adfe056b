//! What the server was asked for, while it is on its way, when it is there, and when it cannot be had.

use crate::ui::any::IntoAny;
use leptos::prelude::*;

use crate::{error::Error, i18n::errors, ui::here};

/// What is made of an answer once it is there; until then that it is on its way, or why it does not come.
pub fn of_answer<T: Clone + Send + Sync + 'static>(
    answer: RwSignal<Option<Result<T, Error>>>,
    make: impl Fn(T) -> AnyView + Send + 'static,
) -> AnyView {
    let t = here().locale;
    let view = move || match answer.get() {
        None => view! { <p aria-busy="true">"…"</p> }.into_any(),
        Some(Err(error)) => {
            let message = errors::message(t, &error);
            view! {
                <p class="form-error" role="alert">
                    {message}
                </p>
            }
            .into_any()
        }
        Some(Ok(there)) => make(there),
    };
    view.into_any()
}
