//! The list follows what others do: rows that changed are asked for again.

use leptos::{ev, prelude::*};

use super::{
    super::live::{self, News},
    state::ListState,
};

/// From so many changed datasheets on the rows are loaded anew instead of one by one.
const MANY: usize = 8;

/// Listens while the list is in the page and the page is seen.
pub fn listen(list: ListState) {
    live::listen(list.here, list.module, move |news| match news {
        News::Of(datasheets) if datasheets.len() < MANY => {
            for datasheet in datasheets {
                list.look_again(datasheet);
            }
        }
        News::Of(_) | News::Anything => list.reload(),
    });
    Effect::new(move || {
        let here = list.here;
        Effect::new(move || {
            if here.resent.get() > 0 {
                list.reload();
            }
        });
        // What was sent goes on by itself.
        let on_leave = window_event_listener(ev::beforeunload, move |event| {
            if list.has_waiting() {
                event.prevent_default();
            }
        });
        on_cleanup(move || on_leave.remove());
    });
}
