//! What only who has no JavaScript is shown, in the place of what comes later with it.

use crate::ui::any::IntoAny;
use leptos::prelude::*;

/// What the server makes for who has no JavaScript. The browser half makes nothing of it, and so needs none of its code.
pub fn unscripted(make: impl FnOnce() -> Option<AnyView>) -> AnyView {
    #[cfg(feature = "ssr")]
    let html = make().map(RenderHtml::to_html).unwrap_or_default();
    #[cfg(not(feature = "ssr"))]
    let html = {
        drop(make);
        String::new()
    };
    view! { <noscript inner_html=html></noscript> }.into_any()
}
