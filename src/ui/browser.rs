//! The few things asked of the browser. Only called from effects and event handlers.

use leptos::web_sys::{self, wasm_bindgen::JsCast as _};

/// The browser's clock, in milliseconds since the epoch.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds of a clock fit")]
pub fn clock() -> i64 {
    js_sys::Date::now() as i64
}

/// A new random key for a write (`crypto.randomUUID`, or random digits where the page is not secure).
pub fn random_key() -> String {
    let secure = web_sys::window().and_then(|window| window.crypto().ok()).and_then(|crypto| {
        js_sys::Reflect::has(&crypto, &"randomUUID".into()).unwrap_or(false).then(|| crypto.random_uuid())
    });
    secure.unwrap_or_else(|| {
        let part = || format!("{:x}", (js_sys::Math::random() * 4_503_599_627_370_496.0).to_bits());
        format!("{}-{}", part(), part())
    })
}

/// Puts the focus on the first element of a selector, once the page has settled.
pub fn focus_soon(selector: impl Into<String>) {
    let selector = selector.into();
    leptos::prelude::request_animation_frame(move || {
        let element = web_sys::window()
            .and_then(|window| window.document())
            .and_then(|document| document.query_selector(&selector).ok().flatten());
        if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            // A focus that fails leaves the page as it is.
            let _ = element.focus();
        }
    });
}

/// The element that has the focus.
pub fn focused() -> Option<web_sys::HtmlElement> {
    web_sys::window()?.document()?.active_element()?.dyn_into().ok()
}

/// Whether keys go into a field just now: shortcuts keep quiet then.
pub fn is_typing() -> bool {
    focused().is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
            || element.is_content_editable()
            || element.closest("dialog,[role=menu]").ok().flatten().is_some()
    })
}
