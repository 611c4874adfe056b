//! The title of a page whose name can change while it is open.

use leptos::prelude::*;

/// The text of a [`Title`](leptos_meta::Title): «NAME · Modulok», following `name` in the browser.
///
/// The server writes the title after the page, on any thread, where the page's signals cannot be read: there the name is
/// read at once.
pub fn page_title(
    name: impl Fn() -> String + Send + Sync + 'static,
) -> impl Fn() -> String + Send + Sync + 'static {
    let title = move || format!("{} · Modulok", name());
    let at_first = cfg!(feature = "ssr").then(|| untrack(&title));
    move || at_first.clone().unwrap_or_else(&title)
}
