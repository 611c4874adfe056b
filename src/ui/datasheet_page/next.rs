//! The status and the next to-do in one line, in view while the to-dos are not: down in the fields and the history one still
//! knows what is at hand.

use crate::ui::{any::IntoAny, effect};
use leptos::{ev, prelude::*, web_sys};

use super::{Sheet, todos::due_text};
use crate::{i18n::sheet as texts, ui::browser};

/// The first open to-do, or what stands where there is none.
const AT_HAND: &str = ".sheet-todos > ul > li, .sheet-todos__empty:not([hidden])";

/// The line; a press goes to the to-dos.
#[component]
pub(super) fn Next(sheet: Sheet) -> impl IntoView {
    let (here, t) = (sheet.here, sheet.here.locale);
    let is_away = RwSignal::new(false);
    effect(move || {
        let look = move || {
            let now = is_above_view();
            if is_away.try_get_untracked() == Some(!now) {
                is_away.set(now);
            }
        };
        let on_scroll = window_event_listener(ev::scroll, move |_| look());
        let on_resize = window_event_listener(ev::resize, move |_| look());
        on_cleanup(move || {
            on_scroll.remove();
            on_resize.remove();
        });
    });
    let status = Memo::new(move |_| {
        sheet.page.with(|page| {
            let status = page.tree.get(page.row.status)?;
            Some((status.name.text(t).to_owned(), status.status_group.as_str(), status.color.as_str()))
        })
    });
    let status = move || {
        status.get().map(|(name, group, color)| {
            view! {
                <span class="status" data-group=group data-color=color>
                    <span class="dot"></span>
                    <span>{name}</span>
                </span>
            }
        })
    };
    let todo = Memo::new(move |_| sheet.page.with(|page| page.row.todo.clone()));
    let text = move || {
        todo.with(|todo| todo.as_ref().map_or(texts::no_open(t).to_owned(), |todo| todo.text.clone()))
    };
    let due = move || {
        let now = here.now.get();
        let due = |zone: &_| {
            todo.with(|todo| todo.as_ref().map(|todo| due_text(todo.due, todo.moment, now, zone, t)))
        };
        here.with_zone(due)
    };
    view! {
        <button
            type="button"
            class="sheet-next"
            hidden=move || !is_away.get() || sheet.is_trashed()
            on:click=move |_| browser::focus("#todos-head")
        >
            {status}
            <span class="visually-hidden">{texts::next_todo(t)}</span>
            <b>{text}</b>
            <span class="sheet-next__due">{due}</span>
        </button>
    }
    .into_any()
}

/// Whether the next to-do was scrolled out above. What is hidden has no place, and is not.
fn is_above_view() -> bool {
    let at_hand: Option<web_sys::Element> = document().query_selector(AT_HAND).ok().flatten();
    at_hand.is_some_and(|element| element.get_bounding_client_rect().bottom() < 0.0)
}
