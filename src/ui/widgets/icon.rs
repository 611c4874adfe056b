//! Icons: one cached sprite, `public/icons.svg`.

use crate::ui::dynamic;
use leptos::prelude::*;

use crate::ui::{Here, here};

/// The icon of that name in the sprite; decoration only, the button around it carries the name.
#[component]
pub fn Icon(
    /// The symbol's id.
    #[prop(into)]
    name: Signal<&'static str>,
) -> impl IntoView {
    let here = here();
    view! {
        <svg class="icon" aria-hidden="true" focusable="false">
            <use href=dynamic(move || here.icon(name.get()))></use>
        </svg>
    }
}

/// The same, of a name that stays as it is: for what stands on a page many times.
pub fn fixed_icon(here: Here, name: &'static str) -> impl IntoView + use<> {
    view! {
        <svg class="icon" aria-hidden="true" focusable="false">
            <use href=here.icon(name)></use>
        </svg>
    }
}
