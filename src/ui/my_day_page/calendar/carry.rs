//! To-dos carried to another day: by a pointer, which holds them anywhere with a mouse and by the grip with a finger, or by Alt
//! and arrows.

use chrono::NaiveDate;
use leptos::{
    ev,
    prelude::*,
    web_sys::{self, wasm_bindgen::JsCast as _},
};

use super::state::Calendar;
use crate::{
    domain::{calendar::View, id::TodoId, time::parse_iso_day},
    ui::{
        browser,
        datasheet_list::acts::{closest, id_in},
        widgets::sort::{THRESHOLD, scroll_at_edge},
    },
};

/// A to-do under a pointer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drag {
    /// Which.
    pub todo: TodoId,
    /// Where the pointer is, in the window.
    pub at: (f64, f64),
    /// Whether it has left the place where the pointer went down.
    pub is_active: bool,
    /// The day on which it would be dropped now.
    pub over: Option<NaiveDate>,
    pointer: i32,
}

/// A pointer went down.
pub fn start(calendar: Calendar, event: &ev::PointerEvent) {
    calendar.expect_click(false);
    if event.button() != 0 || calendar.drag.get_untracked().is_some() {
        return;
    }
    let is_held = event.pointer_type() == "mouse" || closest(event, "[data-grip]").is_some();
    let Some(todo) =
        closest(event, "[data-todo]").filter(|_| is_held).and_then(|todo| id_in(&todo, "data-todo"))
    else {
        return;
    };
    calendar.drag.set(Some(Drag {
        todo: TodoId(todo),
        at: point(event),
        is_active: false,
        over: None,
        pointer: event.pointer_id(),
    }));
}

fn point(event: &ev::PointerEvent) -> (f64, f64) {
    (f64::from(event.client_x()), f64::from(event.client_y()))
}

/// The pointer moved.
pub fn go(calendar: Calendar, event: &ev::PointerEvent) {
    let held = calendar.drag.get_untracked().filter(|drag| drag.pointer == event.pointer_id());
    let Some(mut drag) = held else { return };
    let (x, y) = point(event);
    if !drag.is_active {
        // The button was let go where we did not see it.
        if event.buttons() == 0 {
            calendar.drag.set(None);
            return;
        }
        if (x - drag.at.0).hypot(y - drag.at.1) < THRESHOLD {
            return;
        }
        drag.is_active = true;
        calendar.expect_click(true);
        if let Some(node) = calendar.node.get_untracked() {
            // Without capture the drag still works while the pointer stays over the calendar.
            let _ = node.set_pointer_capture(drag.pointer);
        }
        keep_scrolling(calendar);
    }
    event.prevent_default();
    drag.at = (x, y);
    aim(calendar, drag);
}

fn aim(calendar: Calendar, mut drag: Drag) {
    drag.over = day_at(drag.at).filter(|day| calendar.takes(*day));
    calendar.drag.set(Some(drag));
}

/// The day at that place of the window.
#[expect(clippy::cast_possible_truncation, reason = "pixels of a window fit")]
fn day_at((x, y): (f64, f64)) -> Option<NaiveDate> {
    let element = document().element_from_point(x as f32, y as f32)?;
    let day = element.closest("[data-day]").ok()??;
    day.get_attribute("data-day").and_then(|day| parse_iso_day(&day))
}

/// The pointer went up.
pub fn end(calendar: Calendar, event: &ev::PointerEvent) {
    let held = calendar.drag.get_untracked().filter(|drag| drag.pointer == event.pointer_id());
    let Some(drag) = held else { return };
    calendar.drag.set(None);
    if let Some(day) = drag.over.filter(|_| drag.is_active) {
        calendar.postpone(drag.todo, day);
    }
}

/// Scrolls while a drag stands near the edge of the window.
fn keep_scrolling(calendar: Calendar) {
    request_animation_frame(move || {
        let Some(drag) = calendar.drag.try_get_untracked().flatten().filter(|drag| drag.is_active) else {
            return;
        };
        if scroll_at_edge(drag.at.1).is_some() {
            aim(calendar, drag);
        }
        keep_scrolling(calendar);
    });
}

/// Alt with arrows moves the to-do that has the focus; Escape leaves what is being moved where it was.
pub fn on_key(calendar: Calendar, event: &ev::KeyboardEvent) {
    let key = event.key();
    if key == "Escape" {
        if calendar.drag.get_untracked().is_some() || calendar.carried().is_some() {
            event.prevent_default();
            calendar.drag.set(None);
            calendar.take_back();
        }
        return;
    }
    if !event.alt_key() || event.ctrl_key() || event.meta_key() || event.shift_key() {
        return;
    }
    let row = match calendar.asked.with_untracked(|asked| asked.view) {
        View::Month => 7,
        View::Week => 1,
    };
    let step = match key.as_str() {
        "ArrowLeft" => -1,
        "ArrowRight" => 1,
        "ArrowUp" => -row,
        "ArrowDown" => row,
        _ => return,
    };
    let focused = || {
        let element: web_sys::Element = browser::focused()?.dyn_into().ok()?;
        element.closest(".calendar").ok()??;
        id_in(&element, "data-todo").map(TodoId)
    };
    if let Some(todo) = calendar.carried().or_else(focused) {
        // The browser would go back a page.
        event.prevent_default();
        calendar.carry(todo, step);
    }
}
