//! What the user sees. Components hold view state only; the URL holds module and filter; rules are in `domain`.

use leptos::prelude::*;

/// The whole application.
#[component]
pub fn App() -> impl IntoView {
    view! { <main>"Modulok"</main> }
}
