//! What others do shows without asking: the server names the datasheets that changed, the page asks how they are now.
//! Only while the page is seen: a browser allows few connections, and a page that comes back asks for everything anyway.

use crate::ui::effect;
use leptos::{
    ev,
    prelude::*,
    web_sys::{
        EventSource, MessageEvent, VisibilityState,
        wasm_bindgen::{JsCast as _, closure::Closure},
    },
};

use super::{Here, browser};
use crate::domain::id::{DatasheetId, ModuleId};

/// Changes that come within this many milliseconds are told together.
const TOGETHER: u32 = 400;

/// What is listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A module.
    Module(ModuleId),
    /// The viewer's own to-dos, in whatever module.
    MyDay,
}

impl Subject {
    /// The address of the stream, for a page whose data are so many milliseconds old.
    fn address(self, age: f64) -> String {
        let age = age.clamp(0.0, f64::from(u32::MAX)).round();
        match self {
            Self::Module(module) => format!("/events?module={module}&age={age}"),
            Self::MyDay => format!("/events?my_day=true&age={age}"),
        }
    }
}

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// These datasheets.
    Of(Vec<DatasheetId>),
    /// Anything may have.
    Anything,
}

/// An open stream of changes; closed when dropped.
struct Stream {
    source: EventSource,
    _on_change: Closure<dyn FnMut(MessageEvent)>,
    _on_resync: Closure<dyn FnMut(MessageEvent)>,
    _on_mentions: Closure<dyn FnMut(MessageEvent)>,
    _on_open: Closure<dyn FnMut(MessageEvent)>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// Changes that were named and not told yet.
#[derive(Default)]
struct Noted {
    datasheets: Vec<DatasheetId>,
    anything: bool,
    timer: Option<gloo_timers::callback::Timeout>,
}

/// Where changes are noted, and who is told.
#[derive(Clone, Copy)]
struct Ear {
    noted: StoredValue<Noted, LocalStorage>,
    hear: StoredValue<Box<dyn Fn(News)>, LocalStorage>,
}

/// Listens while the component that calls it is in the page and the page is seen.
pub fn listen(here: Here, subject: Subject, hear: impl Fn(News) + Copy + 'static) {
    effect(move || {
        // The page that the server made was asked for when the clock of the browser's page began.
        let made = if browser::is_ready() { browser::elapsed() } else { 0.0 };
        let stream = StoredValue::new_local(None::<Stream>);
        let ear = Ear {
            noted: StoredValue::new_local(Noted::default()),
            hear: StoredValue::new_local(Box::new(hear)),
        };
        stream.set_value(open(here, subject, ear, made));
        let on_visibility = window_event_listener_untyped("visibilitychange", move |_| {
            if !is_seen() {
                stream.set_value(None);
            } else if stream.with_value(Option::is_none) {
                stream.set_value(open(here, subject, ear, browser::elapsed()));
                hear(News::Anything);
            }
        });
        let on_back = window_event_listener(ev::online, move |_| hear(News::Anything));
        on_cleanup(move || {
            on_visibility.remove();
            on_back.remove();
        });
    });
}

/// Asks anew once what an earlier page sent was answered, and warns whoever closes the page while something is not on its way
/// yet: what was sent goes on by itself.
pub fn keep_up(
    here: Here,
    reload: impl Fn() + Copy + 'static,
    has_waiting: impl Fn() -> bool + Copy + 'static,
) {
    effect(move || {
        effect(move || {
            if here.resent.get() > 0 {
                reload();
            }
        });
        let on_leave = window_event_listener(ev::beforeunload, move |event| {
            if has_waiting() {
                event.prevent_default();
            }
        });
        on_cleanup(move || on_leave.remove());
    });
}

/// Whether somebody may be looking at the page.
pub fn is_seen() -> bool {
    document().visibility_state() == VisibilityState::Visible
}

/// Listens; `made` is when the page's data were asked for, by [`browser::elapsed`].
fn open(here: Here, subject: Subject, ear: Ear, made: f64) -> Option<Stream> {
    if !is_seen() {
        return None;
    }
    // Without a stream the page is as fresh as its last load.
    let source = EventSource::new(&subject.address(browser::elapsed() - made)).ok()?;
    let on_change = Closure::new(move |event: MessageEvent| {
        note(ear, event.data().as_string().and_then(|data| datasheet_in(&data)));
    });
    let on_resync = Closure::new(move |_: MessageEvent| note(ear, None));
    let on_mentions = Closure::new(move |event: MessageEvent| {
        if let Some(unseen) = event.data().as_string().and_then(|data| data.parse().ok()) {
            here.mentions.set(unseen);
        }
    });
    // The browser opens it again when it broke: what happened meanwhile was told to nobody.
    let mut is_first = true;
    let on_open = Closure::new(move |_: MessageEvent| {
        if !std::mem::take(&mut is_first) {
            note(ear, None);
        }
    });
    let all =
        [("change", &on_change), ("resync", &on_resync), ("mentions", &on_mentions), ("open", &on_open)];
    for (name, closure) in all {
        source.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref()).ok()?;
    }
    Some(Stream {
        source,
        _on_change: on_change,
        _on_resync: on_resync,
        _on_mentions: on_mentions,
        _on_open: on_open,
    })
}

/// Remembers a change (`None`: anything may have changed) and tells it a little later.
fn note(ear: Ear, datasheet: Option<DatasheetId>) {
    ear.noted.try_update_value(|noted| {
        match datasheet {
            Some(datasheet) if !noted.datasheets.contains(&datasheet) => noted.datasheets.push(datasheet),
            Some(_) => {}
            None => noted.anything = true,
        }
        if noted.timer.is_none() {
            noted.timer = Some(gloo_timers::callback::Timeout::new(TOGETHER, move || {
                let Some(noted) = ear.noted.try_update_value(std::mem::take) else { return };
                let news = if noted.anything { News::Anything } else { News::Of(noted.datasheets) };
                ear.hear.try_with_value(|hear| hear(news));
            }));
        }
    });
}

/// The datasheet named in `{"module":1,"datasheet":2}`.
fn datasheet_in(data: &str) -> Option<DatasheetId> {
    let (_, rest) = data.split_once("\"datasheet\":")?;
    rest.trim_end_matches('}').trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_names_its_datasheet_or_none() {
        assert_eq!(datasheet_in("{\"module\":1,\"datasheet\":27}"), Some(DatasheetId(27)));
        assert_eq!(datasheet_in("{\"module\":1,\"datasheet\":null}"), None);
        assert_eq!(datasheet_in("{}"), None);
    }
}
