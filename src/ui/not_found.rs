//! The pages for what is not there and for what failed.

use crate::ui::any::IntoAny;
use leptos::prelude::*;

use crate::{
    error::Error,
    i18n::{errors, pages},
    ui::here,
};

/// Says that there is no such page, with the HTTP status that says the same.
#[component]
pub fn NotFound() -> impl IntoView {
    let t = here().locale;
    answer_with(&Error::NotFound);
    view! {
        <div class="message-page">
            <h1 tabindex="-1">{pages::not_found_title(t)}</h1>
            <p>{pages::not_found_text(t)}</p>
            <a class="button" href="/">
                {pages::to_the_start(t)}
            </a>
        </div>
    }
    .into_any()
}

/// Says why a page could not be shown, with a way to try again.
#[component]
pub fn Failed(
    /// Why.
    error: Error,
) -> impl IntoView {
    if error == Error::NotFound {
        return NotFound().into_any();
    }
    let t = here().locale;
    answer_with(&error);
    view! {
        <div class="message-page">
            <h1 tabindex="-1">{pages::failed_title(t)}</h1>
            <p>{errors::message(t, &error)}</p>
            <p>
                // `rel=external` loads the page anew instead of asking the router.
                <a class="button" href="" rel="external">
                    {pages::try_again(t)}
                </a>
                <a class="button button--quiet" href="/">
                    {pages::to_the_start(t)}
                </a>
            </p>
        </div>
    }
    .into_any()
}

/// Gives the page the HTTP status of an error; in the browser there is none to give.
fn answer_with(error: &Error) {
    #[cfg(feature = "ssr")]
    if let (Some(response), Ok(status)) =
        (use_context::<leptos_axum::ResponseOptions>(), axum::http::StatusCode::from_u16(error.status()))
    {
        response.set_status(status);
    }
    #[cfg(not(feature = "ssr"))]
    let _ = error;
}
