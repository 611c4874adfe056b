//! To come.

pub mod settings;

use leptos::prelude::*;

/// To come.
#[component]
pub fn ModuleBar() -> impl IntoView {
    view! { <header class="module-bar"></header> }
}
