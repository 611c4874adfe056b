//! Where somebody lands who may open no module yet.

use crate::ui::any::IntoAny;
use leptos::prelude::*;

use crate::{i18n::pages, ui::here};

/// Tells an admin how to begin, and everybody else whom to ask.
#[component]
pub fn StartPage() -> impl IntoView {
    let here = here();
    let t = here.locale;
    let body = if here.is_admin() {
        view! {
            <p>{pages::start_admin(t)}</p>
            <p class="message-page__step">
                <strong>{pages::start_first(t)}</strong>
                <span>{pages::start_plus(t)}</span>
            </p>
        }
        .into_any()
    } else {
        view! { <p>{pages::start_user(t)}</p> }.into_any()
    };
    view! {
        <div class="message-page" data-points-up=here.is_admin().then_some("")>
            <h1 tabindex="-1">{pages::start_title(t)}</h1>
            {body}
        </div>
    }
    .into_any()
}
