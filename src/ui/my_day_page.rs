//! My day: the viewer's open to-dos in all modules, in the buckets and with the actions of the datasheet list, or in a calendar.

mod calendar;
mod row;
mod state;
mod writes;

use crate::ui::{Show, any::IntoAny, resource};
use leptos::{ev, prelude::*, web_sys::wasm_bindgen::JsCast as _};
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::{
    buckets,
    datasheet_list::{
        acts::{self, Act, close_items, closest, postpone_items},
        dialogs::{DateForm, NoteForm},
        keys::{self, Rows, Shortcuts},
    },
    here,
    not_found::Failed,
    reload::Reload as _,
    widgets::{
        dialog::{Dialog, open_while},
        menu::Menu,
    },
};
use crate::{
    api::my_day::my_day_show,
    domain::{
        bucket::Bucket,
        calendar::{Asked, View},
        id::TodoId,
        my_day::{Item, MyDay},
        todo::Outcome,
    },
    i18n::{format, list as lists, my_day as texts},
};
use state::{About, Day};

/// The attribute of a row that carries the id of its to-do.
const ROW: &str = "data-todo";

/// `/my-day` is the list, `/my-day/calendar` the calendar.
#[component]
pub fn MyDayPage() -> impl IntoView {
    let path = use_location().pathname;
    let is_calendar = Memo::new(move |before: Option<&bool>| {
        path.with(|path| match path.trim_end_matches('/') {
            "/my-day" => false,
            calendar::PATH => true,
            // On the way to another page.
            _ => before.copied().unwrap_or(false),
        })
    });
    move || {
        if is_calendar.get() {
            view! { <calendar::CalendarPage /> }.into_any()
        } else {
            view! { <ListPage /> }.into_any()
        }
    }
}

/// The ways to the list, the week and the month. `asked` is what the calendar shows, where that is the page.
fn views(asked: Option<Memo<Asked>>) -> AnyView {
    let t = here().locale;
    let of = move |view: View| {
        let href = move || match asked.map(|asked| asked.get()) {
            Some(asked) => Asked { view, from: asked.day.unwrap_or(asked.from), day: None }.href(),
            None => format!("{}?view={}", calendar::PATH, view.as_str()),
        };
        let is_current = move || asked.is_some_and(|asked| asked.with(|asked| asked.view == view));
        let name = match view {
            View::Week => texts::week(t),
            View::Month => texts::month(t),
        };
        view! {
            <a href=href aria-current=move || is_current().then_some("true")>
                {name}
            </a>
        }
    };
    view! {
        <nav class="segmented" aria-label=texts::views(t)>
            <a href="/my-day" aria-current=asked.is_none().then_some("true")>
                {texts::list(t)}
            </a>
            {View::ALL.map(of).into_iter().collect_view()}
        </nav>
    }
    .into_any()
}

#[component]
fn ListPage() -> impl IntoView {
    let here = here();
    let t = here.locale;
    let day = resource(|| (), async |()| my_day_show().await);
    let today = move || {
        let today = here.with_zone(|zone| zone.today(here.now.get()));
        format::day_long(today, t)
    };
    view! {
        <Title text=format!("{} · Modulok", texts::my_day(t)) />
        <div class="page page--day">
            <div class="page__head">
                <h1 tabindex="-1">{texts::my_day(t)}</h1>
                <p>{today}</p>
                {views(None)}
            </div>
            <Transition>
                {move || Suspend::new(async move {
                    match day.await {
                        Ok(day) => view! { <Whole day /> }.into_any(),
                        Err(error) => view! { <Failed error /> }.into_any(),
                    }
                })}
            </Transition>
        </div>
    }
    .into_any()
}

/// The list, once it is there.
#[component]
fn Whole(day: MyDay) -> impl IntoView {
    let t = here().locale;
    let day = Day::new(day);
    let helping = RwSignal::new(false);
    let slices = Memo::new(move |_| day.slices());
    let is_empty = Memo::new(move |_| day.items.with(Vec::is_empty));
    day.follow();
    let neighbour = Callback::new(move |(id, step): (Option<i64>, isize)| {
        day.neighbour(id.map(TodoId), step).map(|id| id.0)
    });
    keys::listen_to(Rows { attribute: ROW, neighbour }, helping);
    let on_click = move |event: ev::MouseEvent| {
        let Some(button) = closest(&event, "[data-act]") else { return };
        let act = button.get_attribute("data-act").and_then(|word| Act::parse(&word));
        let (Some(act), Some(id)) = (act, acts::id_in(&button, ROW).map(TodoId)) else { return };
        if act == Act::Close {
            day.close(id, Outcome::Done, None);
        } else {
            day.menu.set(Some((id, act)));
        }
    };
    view! {
        <section class="list" aria-label=texts::todos(t) node_ref=day.node on:click=on_click>
            {Bucket::ALL.into_iter().map(|bucket| bucket_view(day, bucket, slices)).collect_view()}
            <Show when=move || is_empty.get()>
                <div class="empty">
                    <h2>{texts::nothing(t)}</h2>
                    <p>{texts::nothing_hint(t)}</p>
                </div>
            </Show>
            <Show when=move || day.more.get()>
                <p class="list__more">
                    <button type="button" class="button button--quiet" on:click=move |_| day.load_more()>
                        {move || if day.loading.get() { lists::loading(t) } else { lists::load_more(t) }}
                    </button>
                </p>
            </Show>
            <TodoMenu day />
            <TodoDialogs day />
            <Dialog open=helping title=lists::shortcuts(t)>
                <Shortcuts next=texts::key_next(t) previous=texts::key_previous(t) />
            </Dialog>
        </section>
    }
    .into_any()
}

fn bucket_view(day: Day, bucket: Bucket, slices: Memo<Vec<buckets::Slice<Item>>>) -> AnyView {
    let slice =
        Memo::new(move |_| slices.with(|slices| slices.get(bucket as usize).cloned()).unwrap_or_default());
    let split = move || slice.with(|slice| (slice.above, slice.rows.len(), slice.below));
    let rows = move || {
        view! {
            // A to-do that changed is another row: there is nothing in it to lose.
            <For each=move || slice.with(|slice| slice.rows.clone()) key=Clone::clone let(item)>
                {row::row_view(day, item, bucket)}
            </For>
        }
        .into_any()
    };
    buckets::section(bucket, day.counts, day.borders, split, rows)
}

/// The one menu of the list.
#[component]
fn TodoMenu(day: Day) -> impl IntoView {
    let t = here().locale;
    let open = Signal::derive(move || day.menu.with(Option::is_some));
    let close = Callback::new(move |()| day.menu.set(None));
    let label = Signal::derive(move || {
        let Some((id, act)) = day.menu.get() else { return String::new() };
        let Some(item) = day.get(id) else { return String::new() };
        let name = row::name(t, &item);
        if act == Act::Postpone { lists::postpone_of(t, &name) } else { lists::more_of(t, &name) }
    });
    let button = move || {
        let (id, act) = day.menu.get()?;
        let selector = format!("[{ROW}='{id}'] [data-act={}]", act.as_str());
        document().query_selector(&selector).ok()??.dyn_into().ok()
    };
    view! {
        <Menu open label button close>
            {move || {
                let (id, act) = day.menu.get()?;
                let due = day.get(id)?.todo.due;
                let items = if act == Act::Postpone {
                    let choose = Callback::new(move |choice| day.postpone(id, choice));
                    postpone_items(due, choose, Callback::new(move |()| day.about.set(Some(About::Date(id)))))
                } else {
                    let close = Callback::new(move |outcome| day.close(id, outcome, None));
                    close_items(close, Callback::new(move |()| day.about.set(Some(About::Note(id)))))
                };
                Some(items)
            }}
        </Menu>
    }
    .into_any()
}

/// The dialogs about one to-do, closed until asked for.
#[component]
fn TodoDialogs(day: Day) -> impl IntoView {
    let t = here().locale;
    let open = open_while(day.about);
    let title = Memo::new(move |before: Option<&String>| {
        let Some(about) = day.about.get() else { return before.cloned().unwrap_or_default() };
        let (what, id) = match about {
            About::Note(id) => (lists::close_with_note(t), id),
            About::Date(id) => (lists::pick_a_date(t), id),
        };
        let what = what.trim_end_matches('…');
        // Someone else may have closed it.
        day.get(id).map_or_else(|| what.to_owned(), |item| format!("{what}: {}", row::name(t, &item)))
    });
    let close = Callback::new(move |()| open.set(false));
    view! {
        <Dialog open title>
            {move || {
                Some(
                    match day.about.get()? {
                        About::Note(id) => {
                            let choose = Callback::new(move |(outcome, note)| day.close(id, outcome, note));
                            let text = day.take_note(id);
                            view! { <NoteForm text choose close /> }.into_any()
                        }
                        About::Date(id) => {
                            let choose = Callback::new(move |to| day.postpone(id, to));
                            view! { <DateForm choose close /> }.into_any()
                        }
                    },
                )
            }}
        </Dialog>
    }
    .into_any()
}
