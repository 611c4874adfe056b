//! Icons: one cached sprite, `public/icons.svg`.

use leptos::prelude::*;

/// The icon of that name in the sprite; decoration only, the button around it carries the name.
#[component]
pub fn Icon(
    /// The symbol's id.
    #[prop(into)]
    name: Signal<&'static str>,
) -> impl IntoView {
    view! {
        <svg class="icon" aria-hidden="true" focusable="false">
            <use href=move || format!("/icons.svg#{}", name.get())></use>
        </svg>
    }
}
