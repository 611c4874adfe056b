//! The datasheet list: buckets as headings, rows under them; only rows near the window are in the page.

pub(super) mod acts;
pub(super) mod dialogs;
mod kept;
pub(super) mod keys;
mod live;
mod process_line;
mod qualify;
mod row;
mod state;
pub(super) mod viewport;

use crate::ui::{Show, any::IntoAny, dynamic, effect};
use leptos::{prelude::*, web_sys};

use super::{
    buckets::{self, Slice},
    here,
    reload::Reload as _,
    widgets::dialog::Dialog,
};
use crate::{
    domain::{bucket::Bucket, datasheet::Row, filter::Filter, id::DatasheetId},
    i18n::list as texts,
};
pub use kept::KeptLists;
pub use state::ListState;

/// The list.
#[component]
pub fn DatasheetList(
    /// What it shows.
    list: ListState,
) -> impl IntoView {
    let locale = here().locale;
    let slices = Memo::new(move |_| list.slices());
    let is_empty = Memo::new(move |_| list.rows.with(Vec::is_empty) && !list.more.get());
    watch_window(list);
    list.follow_clock();
    let buckets = Bucket::ALL.into_iter().map(|bucket| bucket_view(list, bucket, slices)).collect_view();
    let rows = view! {
        {buckets}
        <Show when=move || is_empty.get()>{nothing(list)}</Show>
        <Show when=move || list.more.get()>
            <p class="list__more">
                <button type="button" class="button button--quiet" on:click=move |_| list.load_more()>
                    {dynamic(move || if list.loading.get() { texts::loading(locale) } else { texts::load_more(locale) })}
                </button>
            </p>
        </Show>
    };
    frame(list, rows.into_any())
}

/// The rows as they stand, without buckets: each with something beside it, and something after all of them. Those near the window
/// are in the page.
pub fn in_order(list: ListState, beside: Callback<DatasheetId, AnyView>, after: AnyView) -> AnyView {
    let slice = Memo::new(move |_| list.slice_in_order());
    let bucket =
        move |row: &Row| list.borders.get_untracked().bucket(row.todo.as_ref().map(|todo| todo.moment));
    let space = move |rows: fn(&Slice<Row>) -> usize| {
        let height = move || format!("calc({} * var(--row))", slice.with(rows));
        view! { <div class="list__space" style:height=height></div> }
    };
    watch_window(list);
    let rows = view! {
        {space(|slice| slice.above)}
        <For each=move || slice.with(|slice| slice.rows.clone()) key=move |row| (row.id, bucket(row)) let(row)>
            <div class="sorted">
                {beside.run(row.id)}
                <row::RowView list bucket=bucket(&row) row slice />
            </div>
        </For>
        {space(|slice| slice.below)}
        {after}
    };
    frame(list, rows.into_any())
}

/// What is around the rows: it hears their clicks and keys, follows what others do, and has their menu and dialogs.
fn frame(list: ListState, rows: AnyView) -> AnyView {
    let locale = here().locale;
    let helping = RwSignal::new(false);
    live::listen(list);
    keys::listen(list, helping);
    view! {
        <section
            class="list"
            class:list--sorted=list.is_sorted()
            aria-label=texts::datasheets(locale)
            node_ref=list.node
            on:click=move |event| acts::on_click(list, &event)
            on:dragstart=move |event| acts::on_dragstart(&event)
        >
            {rows}
            <acts::RowMenu list />
            <dialogs::RowDialogs list />
            <Dialog open=helping title=texts::shortcuts(locale)>
                <keys::Shortcuts next=texts::key_next(locale) previous=texts::key_previous(locale) has_new=true />
            </Dialog>
        </section>
    }
    .into_any()
}

fn bucket_view(list: ListState, bucket: Bucket, slices: Memo<Vec<Slice<Row>>>) -> AnyView {
    let slice =
        Memo::new(move |_| slices.with(|slices| slices.get(bucket as usize).cloned()).unwrap_or_default());
    let split = move || slice.with(|slice| (slice.above, slice.rows.len(), slice.below));
    let rows = move || {
        view! {
            <For each=move || slice.with(|slice| slice.rows.clone()) key=|row| row.id let(row)>
                <row::RowView list row bucket slice />
            </For>
        }
        .into_any()
    };
    buckets::section(bucket, list.buckets, list.borders, split, rows)
}

/// What stands where no row is.
pub fn nothing(list: ListState) -> AnyView {
    let locale = here().locale;
    if list.filter.with_value(|filter| *filter == Filter::default()) {
        view! {
            <div class="empty">
                <h2>{texts::nothing_yet(locale)}</h2>
                <p>{texts::nothing_yet_hint(locale)}</p>
            </div>
        }
        .into_any()
    } else {
        view! {
            <div class="empty">
                <h2>{texts::no_match(locale)}</h2>
                <p>{texts::no_match_hint(locale)}</p>
                <p>
                    <a href=format!("/m/{}", list.module)>{texts::widen(locale)}</a>
                </p>
            </div>
        }
        .into_any()
    }
}

/// Follows the window: scrolling, its size; keeps the place when the list is left.
fn watch_window(list: ListState) {
    let scroll = StoredValue::new(0.0);
    effect(move || {
        // The list is in the page from now on.
        if list.node.get().is_none() {
            return;
        }
        list.return_to_place();
        list.measure();
        let on_scroll = window_event_listener(leptos::ev::scroll, move |_| {
            scroll.set_value(web_sys::window().and_then(|window| window.scroll_y().ok()).unwrap_or(0.0));
            list.measure();
        });
        let on_resize = window_event_listener(leptos::ev::resize, move |_| list.measure());
        on_cleanup(move || {
            on_scroll.remove();
            on_resize.remove();
            if let Some(scroll) = scroll.try_get_value() {
                list.keep(scroll);
            }
        });
    });
}
