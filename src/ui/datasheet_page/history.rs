//! What happened on a datasheet, newest first.

use crate::ui::any::IntoAny;
use leptos::prelude::*;

use super::Sheet;
use crate::{
    domain::history::Event,
    i18n::{format, list, sheet as texts},
};

/// The history, with the way to older entries.
#[component]
pub(super) fn HistoryList(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    view! {
        <section class="sheet-history" aria-labelledby="history-head">
            <h2 id="history-head">{texts::history(t)}</h2>
            <p class="sheet-history__empty" hidden=move || sheet.history.with(|history| !history.is_empty())>
                {texts::no_history(t)}
            </p>
            <ol>
                <For each=move || sheet.history.get() key=|event| (event.id, event.undone, event.can_undo) let(event)>
                    {entry(sheet, event)}
                </For>
            </ol>
            <button
                type="button"
                class="button button--quiet"
                hidden=move || !sheet.more.get()
                on:click=move |_| sheet.show_more()
            >
                {texts::show_more(t)}
            </button>
        </section>
    }
    .into_any()
}

fn entry(sheet: Sheet, event: Event) -> AnyView {
    let (here, t) = (sheet.here, sheet.here.locale);
    let who = event.by.map_or_else(|| texts::system(t).to_owned(), |id| here.person(id));
    let what = here.with_zone(|zone| texts::what(t, &event.what, zone));
    let note = texts::note_of(&event.what).map(|note| view! { <q>{note.to_owned()}</q> });
    let exact = here.with_zone(|zone| format::moment_exact(event.at, zone, t));
    let ago = move || {
        let now = here.now.get();
        here.with_zone(|zone| format::ago(event.at, now, zone, t))
    };
    let id = event.id;
    let undo = event.can_undo.then(|| {
        view! {
            <button
                type="button"
                class="sheet-history__undo"
                aria-label=texts::undo_of(t, &what)
                on:click=move |_| sheet.undo(id)
            >
                {list::undo(t)}
            </button>
        }
    });
    let taken_back = event.undone.then(|| view! { <em>{texts::taken_back(t)}</em> });
    view! {
        <li data-undone=event.undone.then_some("")>
            <div class="sheet-history__what">
                <b>{who}</b>
                " "
                <span>{what}</span>
                {taken_back}
                {note}
            </div>
            {undo}
            <time title=exact>{ago}</time>
        </li>
    }
    .into_any()
}
