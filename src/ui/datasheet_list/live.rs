//! What others do shows without asking: the server names the datasheets that changed, the list asks how they are now.
//! Only while the page is seen: a browser allows few connections, and a page that comes back asks for everything anyway.

use leptos::{
    ev,
    prelude::*,
    web_sys::{
        EventSource, MessageEvent, VisibilityState,
        wasm_bindgen::{JsCast as _, closure::Closure},
    },
};

use super::state::ListState;
use crate::domain::id::DatasheetId;

/// Changes that come within this many milliseconds are asked for together.
const TOGETHER: u32 = 400;

/// From so many changed datasheets on the rows are loaded anew instead of one by one.
const MANY: usize = 8;

/// An open stream of changes; closed when dropped.
struct Stream {
    source: EventSource,
    _on_change: Closure<dyn FnMut(MessageEvent)>,
    _on_resync: Closure<dyn FnMut(MessageEvent)>,
    _on_mentions: Closure<dyn FnMut(MessageEvent)>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// Changes that were named and not asked for yet.
#[derive(Default)]
struct Changes {
    datasheets: Vec<DatasheetId>,
    all: bool,
    timer: Option<gloo_timers::callback::Timeout>,
}

/// Listens while the list is in the page and the page is seen.
pub fn listen(list: ListState) {
    Effect::new(move || {
        let stream = StoredValue::new_local(None::<Stream>);
        let changes = StoredValue::new_local(Changes::default());
        stream.set_value(open(list, changes));
        let on_visibility = window_event_listener_untyped("visibilitychange", move |_| {
            if !is_seen() {
                stream.set_value(None);
            } else if stream.with_value(Option::is_none) {
                stream.set_value(open(list, changes));
                list.reload();
            }
        });
        let here = list.here;
        Effect::new(move || {
            if here.resent.get() > 0 {
                list.reload();
            }
        });
        let on_back = window_event_listener(ev::online, move |_| list.reload());
        // What was sent goes on by itself.
        let on_leave = window_event_listener(ev::beforeunload, move |event| {
            if list.has_waiting() {
                event.prevent_default();
            }
        });
        on_cleanup(move || {
            on_leave.remove();
            on_visibility.remove();
            on_back.remove();
        });
    });
}

fn is_seen() -> bool {
    document().visibility_state() == VisibilityState::Visible
}

fn open(list: ListState, changes: StoredValue<Changes, LocalStorage>) -> Option<Stream> {
    if !is_seen() {
        return None;
    }
    // Without a stream the page is as fresh as its last load.
    let source = EventSource::new(&format!("/events?module={}", list.module)).ok()?;
    let on_change = Closure::new(move |event: MessageEvent| {
        note(list, changes, event.data().as_string().and_then(|data| datasheet_in(&data)));
    });
    let on_resync = Closure::new(move |_: MessageEvent| note(list, changes, None));
    let on_mentions = Closure::new(move |event: MessageEvent| {
        if let Some(unseen) = event.data().as_string().and_then(|data| data.parse().ok()) {
            list.here.mentions.set(unseen);
        }
    });
    for (name, closure) in [("change", &on_change), ("resync", &on_resync), ("mentions", &on_mentions)] {
        source.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref()).ok()?;
    }
    Some(Stream { source, _on_change: on_change, _on_resync: on_resync, _on_mentions: on_mentions })
}

/// Remembers a change (`None`: anything may have changed) and asks a little later.
fn note(list: ListState, changes: StoredValue<Changes, LocalStorage>, datasheet: Option<DatasheetId>) {
    changes.try_update_value(|noted| {
        match datasheet {
            Some(datasheet) if !noted.datasheets.contains(&datasheet) => noted.datasheets.push(datasheet),
            Some(_) => {}
            None => noted.all = true,
        }
        if noted.timer.is_none() {
            noted.timer = Some(gloo_timers::callback::Timeout::new(TOGETHER, move || {
                let Some(noted) = changes.try_update_value(std::mem::take) else { return };
                if noted.all || noted.datasheets.len() >= MANY {
                    list.reload();
                } else {
                    for datasheet in noted.datasheets {
                        list.look_again(datasheet);
                    }
                }
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
