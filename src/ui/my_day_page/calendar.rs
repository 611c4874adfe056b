//! The calendar of my day: a month or a week of the viewer's to-dos. One is postponed by dragging it to another day, by mouse,
//! finger or keyboard. What is shown is in the URL, so that links do everything but the dragging.

mod carry;
mod state;

use chrono::{Datelike as _, NaiveDate};
use leptos::{
    ev,
    prelude::*,
    web_sys::{self, wasm_bindgen::JsCast as _},
};
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_query_map};

use super::views;
use crate::{
    api::my_day::my_day_calendar,
    domain::{
        bucket::Bucket,
        calendar::{Asked, DAY_MAX, View},
        due::Due,
        my_day::Item,
        time::iso_day,
    },
    i18n::{format, list as lists, my_day as texts},
    ui::{Show, any::IntoAny, browser, here, not_found::Failed, resource, widgets::icon::fixed_icon},
};
use state::Calendar;

/// The path of the page.
pub const PATH: &str = "/my-day/calendar";

/// The heading of the chosen day.
const CHOSEN: &str = "calendar-day";
/// The paragraph that says how a to-do is moved.
const HOW: &str = "calendar-how";

/// The page.
#[component]
pub fn CalendarPage() -> impl IntoView {
    let here = here();
    let t = here.locale;
    let (query, path) = (use_query_map(), use_location().pathname);
    let today = Memo::new(move |_| here.with_zone(|zone| zone.today(here.now.get())));
    let asked = Memo::new(move |before: Option<&Asked>| {
        let is_here = path.with(|path| path.trim_end_matches('/') == PATH);
        let read = || {
            let today = today.get_untracked();
            query.with(|query| Asked::from_query(|name| query.get_str(name), today))
        };
        // On the way to another page it stays as it is.
        before.copied().filter(|_| !is_here).unwrap_or_else(read)
    });
    let days = resource(move || asked.get(), my_day_calendar);
    let calendar = Calendar::new(asked, today);
    calendar.follow();
    let title = move || format::day_span(&asked.with(Asked::about), NaiveDate::MIN, t);
    view! {
        <Title text=format!("{} · Modulok", texts::calendar(t)) />
        <div class="page page--day">
            <div class="page__head">
                <h1 tabindex="-1">{texts::my_day(t)}</h1>
                <p aria-live="polite">{title}</p>
                {steps(asked, today)}
                {views(Some(asked))}
            </div>
            <Transition>
                {move || Suspend::new(async move {
                    match days.await {
                        Ok(days) => {
                            calendar.take(days);
                            whole(calendar)
                        }
                        Err(error) => view! { <Failed error /> }.into_any(),
                    }
                })}
            </Transition>
        </div>
    }
    .into_any()
}

/// The ways to the month or week before and after, and to today.
fn steps(asked: Memo<Asked>, today: Memo<NaiveDate>) -> AnyView {
    let here = here();
    let t = here.locale;
    let name = move |of_week: &'static str, of_month: &'static str| {
        move || if asked.with(|asked| asked.view == View::Week) { of_week } else { of_month }
    };
    let previous = name(texts::previous_week(t), texts::previous_month(t));
    let next = name(texts::next_week(t), texts::next_month(t));
    view! {
        <div class="calendar__steps">
            <a class="icon-button" href=move || asked.with(Asked::previous).href() aria-label=previous title=previous>
                {fixed_icon(here, "chevron-down")}
            </a>
            <a class="button button--quiet" href=move || asked.with(|asked| asked.at(today.get())).href()>
                {texts::today(t)}
            </a>
            <a class="icon-button" href=move || asked.with(Asked::next).href() aria-label=next title=next>
                {fixed_icon(here, "chevron-down")}
            </a>
        </div>
    }
    .into_any()
}

/// The calendar, once its days are there.
fn whole(calendar: Calendar) -> AnyView {
    let t = calendar.here.locale;
    let asked = calendar.asked;
    let weekday = |day: NaiveDate| view! { <span>{format::weekday_short(day, t)}</span> };
    let weekdays = asked.get_untracked().days().into_iter().take(7).map(weekday).collect_view();
    let ghost = move || {
        let carried = calendar.dragged()?;
        let (x, y) = carried.at;
        let text = calendar.get(carried.todo).map(|item| item.todo.text);
        Some(view! {
            <div class="calendar__ghost" aria-hidden="true" style:translate=format!("{x}px {y}px")>
                {text}
            </div>
        })
    };
    view! {
        <section
            class="calendar"
            aria-label=texts::calendar(t)
            data-view=move || asked.with(|asked| asked.view.as_str())
            data-dragging=move || calendar.dragged().map(|_| "")
            node_ref=calendar.node
            on:pointerdown=move |event| carry::start(calendar, &event)
            on:pointermove=move |event| carry::go(calendar, &event)
            on:pointerup=move |event| carry::end(calendar, &event)
            on:pointercancel=move |_| calendar.drag.set(None)
            on:click=move |event: ev::MouseEvent| {
                // The click that ends a drag opens nothing.
                if calendar.was_dragged() {
                    event.prevent_default();
                }
            }
        >
            <p class="calendar__how" id=HOW>
                {texts::how(t)}
            </p>
            <div class="calendar__weekdays" aria-hidden="true">
                {weekdays}
            </div>
            <ol class="calendar__days">
                <For each=move || asked.with(Asked::days) key=|day| *day let(day)>
                    {day_view(calendar, day)}
                </For>
            </ol>
            {move || calendar.listed.get().map(|day| list(calendar, day))}
            {ghost}
            <p class="visually-hidden" aria-live="assertive">
                {move || calendar.said.get()}
            </p>
        </section>
    }
    .into_any()
}

/// A number of to-dos, where it is not counted on.
fn number(count: u32) -> String {
    if count as usize >= DAY_MAX { format!("{count}+") } else { count.to_string() }
}

/// One day: its date, which chooses it, its first to-dos, and how many more there are.
fn day_view(calendar: Calendar, day: NaiveDate) -> AnyView {
    let t = calendar.here.locale;
    let (asked, today) = (calendar.asked, calendar.today);
    let long = format::day_long(day, t);
    let items = Memo::new(move |_| calendar.shown(day));
    let count = Memo::new(move |_| calendar.count(day));
    let href = move || asked.with(|asked| asked.choosing(day)).href();
    let is_today = Memo::new(move |_| today.get() == day);
    let short = if day.day() == 1 { format::day_short(day, day, t) } else { day.day().to_string() };
    let label = {
        let long = long.clone();
        move || match count.get() {
            0 => long.clone(),
            n => texts::of_day(t, &long, &number(n)),
        }
    };
    let more = Memo::new(move |_| {
        let rest = count.get().saturating_sub(items.with(|items| u32::try_from(items.len()).unwrap_or(0)));
        let plus = if count.get() as usize >= DAY_MAX { "+" } else { "" };
        (rest > 0).then(|| format!("{rest}{plus}"))
    });
    let more_link = move || {
        let more = more.get()?;
        let label = texts::more_on(t, &more, &long);
        Some(view! {
            <a class="calendar__more" href=href aria-label=label>
                {texts::more(t, &more)}
            </a>
        })
    };
    view! {
        <li
            class="calendar__day"
            data-day=iso_day(day)
            data-today=move || is_today.get().then_some("")
            data-outside=move || asked.with(|asked| asked.is_outside(day)).then_some("")
            data-chosen=move || (calendar.listed.get() == Some(day)).then_some("")
            data-over=move || (calendar.over() == Some(day)).then_some("")
        >
            <h2>
                <a href=href aria-label=label aria-current=move || is_today.get().then_some("date")>
                    <span class="calendar__weekday">{format::weekday_name(day, t)}</span>
                    <span class="calendar__number">{short}</span>
                    <span class="calendar__count">
                        {move || {
                            let n = count.get();
                            (n > 0).then(|| number(n))
                        }}
                    </span>
                </a>
            </h2>
            {todos(calendar, items)}
            {more_link}
        </li>
    }
    .into_any()
}

/// Some to-dos, one below the other.
fn todos(calendar: Calendar, items: Memo<Vec<Item>>) -> AnyView {
    view! {
        <ul>
            <For each=move || items.get() key=Clone::clone let(item)>
                {todo_view(calendar, item)}
            </For>
        </ul>
    }
    .into_any()
}

/// One to-do: its hour, its text, and whose it is.
fn todo_view(calendar: Calendar, item: Item) -> AnyView {
    let here = calendar.here;
    let t = here.locale;
    let Item { todo, datasheet, name, .. } = item;
    let (id, moment) = (todo.id, todo.moment);
    let is_late = Memo::new(move |_| moment <= here.now.get());
    let (exact, hour) = here.with_zone(|zone| {
        let hour = match todo.due {
            Due::At(at) => Some(format::time_of_day(zone.local(at).time())),
            Due::Day(_) => None,
        };
        (format::due_exact(todo.due, zone, t), hour)
    });
    let title = format!("{exact} · {}", texts::of(t, &todo.text, &name));
    let late = move || {
        is_late.get().then(|| {
            view! { <span class="visually-hidden">{format!(", {}", lists::bucket(t, Bucket::Overdue))}</span> }
        })
    };
    view! {
        <li
            class="calendar__todo"
            data-todo=id.to_string()
            data-late=move || is_late.get().then_some("")
            data-moving=move || calendar.is_moving(id).then_some("")
        >
            <span class="calendar__grip" data-grip="" aria-hidden="true">
                {fixed_icon(here, "grip")}
            </span>
            <a href=format!("/d/{datasheet}") draggable="false" title=title aria-describedby=HOW>
                {hour.map(|hour| view! { <b>{hour}" "</b> })}
                <span>{todo.text}</span>
                " "
                <i>{name}</i>
                {late}
            </a>
        </li>
    }
    .into_any()
}

/// All to-dos of the chosen day.
fn list(calendar: Calendar, day: NaiveDate) -> AnyView {
    let t = calendar.here.locale;
    let items = Memo::new(move |_| calendar.all(day));
    let has_more = move || calendar.count(day) as usize >= DAY_MAX;
    view! {
        <section
            class="calendar__list"
            aria-labelledby=CHOSEN
            data-chosen=move || calendar.asked.with(|asked| asked.day.is_some()).then_some("")
        >
            <h2 id=CHOSEN tabindex="-1">
                {format::day_long(day, t)}
            </h2>
            {todos(calendar, items)}
            <Show when=move || items.with(Vec::is_empty)>
                <p>{texts::nothing_on_day(t)}</p>
            </Show>
            <Show when=has_more>
                <p>
                    <a href="/my-day">{texts::rest_in_list(t)}</a>
                </p>
            </Show>
        </section>
    }
    .into_any()
}

/// Puts the focus on a to-do where it is seen, else on its day.
fn focus(calendar: Calendar, item: &Item, day: NaiveDate) {
    let id = item.todo.id;
    request_animation_frame(move || {
        let Some(node) = calendar.node.try_get_untracked().flatten() else { return };
        let Ok(found) = node.query_selector_all(&format!("[data-todo='{id}'] a")) else { return };
        let seen = (0..found.length())
            .filter_map(|at| found.get(at)?.dyn_into::<web_sys::HtmlElement>().ok())
            .find(|element| element.offset_width() > 0);
        match seen {
            // A focus that fails leaves the page as it is.
            Some(element) => drop(element.focus()),
            None => browser::focus(&format!("[data-day='{}'] a", iso_day(day))),
        }
    });
}
