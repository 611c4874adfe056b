//! How long ago something was.

use crate::ui::any::IntoAny;
use leptos::prelude::*;

use crate::{domain::time::Timestamp, i18n::format, ui::here::Here};

/// How long ago something was, with the exact moment; it follows the clock.
pub fn moment(here: Here, at: Timestamp) -> AnyView {
    let t = here.locale;
    let exact = here.with_zone(|zone| format::moment_exact(at, zone, t));
    let ago = move || {
        let now = here.now.get();
        here.with_zone(|zone| format::ago(at, now, zone, t))
    };
    view! { <time title=exact>{ago}</time> }.into_any()
}
