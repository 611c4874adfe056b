//! How many mentions the viewer has not read, with the way to them. It follows what happens while the page is seen: on the page
//! of a module or a datasheet and on my day by the stream of that page, elsewhere by one of its own.

use crate::ui::{any::IntoAny, dynamic, effect};
use leptos::{
    prelude::*,
    web_sys::{
        EventSource, MessageEvent,
        wasm_bindgen::{JsCast as _, closure::Closure},
    },
};
use leptos_router::hooks::use_location;

use super::{is_my_day, module_of};
use crate::{
    domain::comment::MENTIONS_MAX,
    i18n::history as words,
    ui::{here, live::is_seen, widgets::icon::fixed_icon},
};

/// A stream that is closed when dropped.
struct Stream {
    source: EventSource,
    _on_mentions: Closure<dyn FnMut(MessageEvent)>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// The bell.
#[component]
pub(super) fn Bell() -> impl IntoView {
    let here = here();
    let t = here.locale;
    let path = use_location().pathname;
    let has_stream = |path: &str| module_of(path).is_some() || is_my_day(path) || path.starts_with("/d/");
    let is_elsewhere = Memo::new(move |_| path.with(|path| !has_stream(path)));
    let seen = RwSignal::new(true);
    effect(move || {
        seen.set(is_seen());
        let listener = window_event_listener_untyped("visibilitychange", move |_| seen.set(is_seen()));
        on_cleanup(move || listener.remove());
    });
    effect(move || {
        let stream = StoredValue::new_local(None::<Stream>);
        if is_elsewhere.get() && seen.get() {
            stream.set_value(open(here.mentions));
        }
        on_cleanup(move || {
            stream.try_set_value(None);
        });
    });
    let count = move || {
        let n = here.mentions.get();
        if n >= MENTIONS_MAX { format!("{}+", MENTIONS_MAX - 1) } else { n.to_string() }
    };
    let has_any = move || here.mentions.get() > 0;
    let label =
        move || if has_any() { words::mentions_unread(t, &count()) } else { words::mentions(t).to_owned() };
    view! {
        <a class="module-bar__button module-bar__bell" href="/mentions" aria-label=label title=words::mentions(t)>
            {fixed_icon(here, "bell")}
            <span hidden=dynamic(move || !has_any())>{count}</span>
        </a>
    }
    .into_any()
}

fn open(mentions: RwSignal<u32>) -> Option<Stream> {
    let source = EventSource::new("/events").ok()?;
    let on_mentions = Closure::new(move |event: MessageEvent| {
        if let Some(unseen) = event.data().as_string().and_then(|data| data.parse().ok()) {
            mentions.set(unseen);
        }
    });
    source.add_event_listener_with_callback("mentions", on_mentions.as_ref().unchecked_ref()).ok()?;
    Some(Stream { source, _on_mentions: on_mentions })
}
