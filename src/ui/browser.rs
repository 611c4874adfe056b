//! The few things asked of the browser. Only called from effects and event handlers.

use std::fmt::Write as _;

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

/// A new secret of 256 random bits for a program to show: `mdk_` and hexadecimal digits. `None` where the browser has no
/// source of randomness that nobody can guess.
pub fn random_secret() -> Option<String> {
    let mut bytes = [0_u8; 32];
    let crypto = web_sys::window()?.crypto().ok()?;
    crypto.get_random_values_with_u8_array(&mut bytes).ok()?;
    let mut secret = "mdk_".to_owned();
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(secret, "{byte:02x}");
    }
    Some(secret)
}

/// Copies what is selected; whether that was done. Works also where pages have no clipboard, away from TLS and loopback.
pub fn copy_selection() -> bool {
    let copy = || {
        let document = web_sys::window()?.document()?;
        let command = js_sys::Reflect::get(&document, &"execCommand".into()).ok()?;
        let command: js_sys::Function = command.dyn_into().ok()?;
        command.call1(&document, &"copy".into()).ok()?.as_bool()
    };
    copy().unwrap_or(false)
}

/// Puts the focus on the first element of a selector, once the page has settled.
pub fn focus_soon(selector: impl Into<String>) {
    let selector = selector.into();
    leptos::prelude::request_animation_frame(move || focus(&selector));
}

/// Milliseconds since the browser began to load the page.
pub fn elapsed() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now())
}

/// Whether the browser half has taken over the page that the server made.
pub fn is_ready() -> bool {
    web_sys::window()
        .and_then(|window| window.document()?.document_element())
        .is_some_and(|root| root.has_attribute("data-ready"))
}

/// Puts the focus on the first element of a selector, now.
pub fn focus(selector: &str) {
    let element = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.query_selector(selector).ok().flatten());
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        // A focus that fails leaves the page as it is.
        let _ = element.focus();
    }
}

/// Whether an element of a selector is in the page.
pub fn is_there(selector: &str) -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_some_and(|document| document.query_selector(selector).is_ok_and(|found| found.is_some()))
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

/// The fields into which somebody typed before the browser half was there, with what they hold: it would be lost when the page
/// is taken over.
pub fn typed_early() -> Vec<(web_sys::Element, String)> {
    const FIELDS: &str = "input:not([type=checkbox],[type=radio],[type=file],[type=hidden]),textarea";
    let document = web_sys::window().and_then(|window| window.document());
    let Some(found) = document.and_then(|document| document.query_selector_all(FIELDS).ok()) else {
        return vec![];
    };
    let text = |element: &web_sys::Element, property: &str| {
        js_sys::Reflect::get(element, &property.into()).ok().and_then(|value| value.as_string())
    };
    (0..found.length())
        .filter_map(|at| found.get(at)?.dyn_into::<web_sys::Element>().ok())
        .filter_map(|element| {
            let typed = text(&element, "value")?;
            (text(&element, "defaultValue")? != typed).then_some((element, typed))
        })
        .collect()
}

/// Puts into fields what was typed early, as if it were typed now.
pub fn type_again(typed: Vec<(web_sys::Element, String)>) {
    for (element, text) in typed {
        let bubbles = web_sys::EventInit::new();
        bubbles.set_bubbles(true);
        // A field that cannot be set keeps what the page gave it.
        let set = js_sys::Reflect::set(&element, &"value".into(), &text.into());
        if set.is_ok()
            && let Ok(event) = web_sys::Event::new_with_event_init_dict("input", &bubbles)
        {
            let _ = element.dispatch_event(&event);
        }
    }
}
