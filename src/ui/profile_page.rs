//! To come.

use leptos::prelude::*;

/// To come.
#[component]
pub fn ProfilePage() -> impl IntoView {
    view! { <h1>"Modulok"</h1> }
}
