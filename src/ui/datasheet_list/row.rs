//! One row: what is to be done, and the ways to do it without leaving the list.

use leptos::prelude::*;

use super::{
    super::{
        here,
        status_tree::DATASHEET_DRAG_TYPE,
        widgets::{icon::Icon, menu::MenuButton},
    },
    dialogs::TodoFields,
    state::{About, ListState, Slice},
};
use crate::{
    domain::{
        bucket::Bucket,
        datasheet::Row,
        due::{Due, Postpone},
        id::DatasheetId,
        time::Timestamp,
        todo::{NextTodo, Outcome},
        user::initials,
    },
    i18n::{format, list as texts},
};

/// A datasheet in the list.
#[component]
pub(super) fn RowView(
    /// The list it is in.
    list: ListState,
    /// The row as it comes into the page.
    row: Row,
    /// The bucket it stands in.
    bucket: Bucket,
    /// The bucket's rows: the row as it is now is among them.
    slice: Memo<Slice>,
) -> impl IntoView {
    let id = row.id;
    let first = seen(row);
    // Versions do not show: an answer that only counts them up leaves menus and focus as they are.
    let row = Memo::new(move |before: Option<&Row>| {
        let now = slice.with(|slice| slice.rows.iter().find(|row| row.id == id).cloned());
        now.map(seen).or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
    });
    let is_asking = Memo::new(move |_| {
        let asks = list.asking.with(|asking| asking.is_some_and(|asking| asking.datasheet == id));
        asks && row.with(|row| row.todo.is_none())
    });
    view! {
        <article
            class="row"
            tabindex="0"
            aria-label=move || row.with(|row| row.name.clone())
            data-datasheet=id.to_string()
            data-late=(bucket == Bucket::Overdue).then_some("")
            draggable=move || (!is_asking.get()).to_string()
            on:dragstart=move |event| {
                if let Some(data) = event.data_transfer() {
                    // Without it nothing is dropped; the status menu is the other way.
                    let _ = data.set_data(DATASHEET_DRAG_TYPE, &id.to_string());
                }
            }
        >
            {move || {
                if is_asking.get() {
                    next_question(list, id, row.with_untracked(|row| row.name.clone()))
                } else {
                    cells(list, &row.get())
                }
            }}
        </article>
    }
    .into_any()
}

/// A row without what only counts its changes.
fn seen(row: Row) -> Row {
    let todo = row.todo.map(|todo| NextTodo { version: 0, ..todo });
    Row { version: 0, modified_at: Timestamp(0), todo, ..row }
}

fn cells(list: ListState, row: &Row) -> AnyView {
    let here = here();
    let locale = here.locale;
    let id = row.id;
    let owner = here.person(row.owner);
    let todo = match &row.todo {
        Some(todo) => todo_cells(list, todo),
        None => view! { <div class="row__todo"></div> <div class="row__due"></div> }.into_any(),
    };
    let check = match row.todo {
        Some(_) => view! {
            <button
                type="button"
                class="check"
                aria-label=texts::close_todo_of(locale, &row.name)
                on:click=move |_| list.close(id, Outcome::Done, None)
            >
                <Icon name="check" />
            </button>
        }
        .into_any(),
        None => view! { <span></span> }.into_any(),
    };
    view! {
        {check}
        <a class="row__what" href=format!("/d/{id}") draggable="false">
            <b>{row.name.clone()}</b>
            <i>{row.contact.clone()}</i>
        </a>
        {todo}
        {status_cell(list, row)}
        <span class="avatar" role="img" title=owner.clone() aria-label=texts::owner_of(locale, &owner)>
            {initials(&owner)}
        </span>
        {acts(list, row)}
    }
    .into_any()
}

fn acts(list: ListState, row: &Row) -> AnyView {
    let locale = here().locale;
    let (id, has_todo) = (row.id, row.todo.is_some());
    let postpone = row.todo.as_ref().map(|todo| {
        let due = todo.due;
        view! {
            <span class="row__postpone">
                <MenuButton label=texts::postpone_of(locale, &row.name) icon="postpone">
                    {postpone_items(list, id, due)}
                    <hr />
                    <button type="button" role="menuitem" tabindex="-1" on:click=move |_| list.about.set(Some(About::Date(id)))>
                        {texts::pick_a_date(locale)}
                    </button>
                </MenuButton>
            </span>
        }
    });
    view! {
        <div class="row__acts">
            {postpone}
            <button
                type="button"
                class="icon-button row__new"
                aria-label=texts::new_todo_of(locale, &row.name)
                on:click=move |_| list.about.set(Some(About::Todo(id)))
            >
                <Icon name="plus" />
            </button>
            <MenuButton label=texts::more_of(locale, &row.name) icon="more">
                {has_todo
                    .then(|| {
                        view! {
                            <button type="button" role="menuitem" tabindex="-1" on:click=move |_| list.close(id, Outcome::Successful, None)>
                                {texts::close_successful(locale)}
                            </button>
                            <button type="button" role="menuitem" tabindex="-1" on:click=move |_| list.close(id, Outcome::Failed, None)>
                                {texts::close_failed(locale)}
                            </button>
                            <button type="button" role="menuitem" tabindex="-1" on:click=move |_| list.about.set(Some(About::Note(id)))>
                                {texts::close_with_note(locale)}
                            </button>
                            <hr />
                        }
                    })}
                <button type="button" role="menuitem" tabindex="-1" on:click=move |_| list.trash(id)>
                    {texts::move_to_trash(locale)}
                </button>
            </MenuButton>
        </div>
    }
    .into_any()
}

fn todo_cells(list: ListState, todo: &NextTodo) -> AnyView {
    let here = here();
    let locale = here.locale;
    let icon = list.types.with_value(|types| {
        types.iter().find(|kind| kind.id == todo.kind).map_or("check", |kind| kind.icon.icon())
    });
    let (due, moment) = (todo.due, todo.moment);
    let short = move || {
        let borders = list.borders();
        here.with_zone(|zone| format::due_short_between(due, moment, &borders, zone, locale))
    };
    let exact = here.with_zone(|zone| format::due_exact(due, zone, locale));
    view! {
        <div class="row__todo">
            <Icon name=icon />
            <span>{todo.text.clone()}</span>
            {(todo.postponed > 0).then(|| view! { <em>{texts::postponed_times(locale, todo.postponed)}</em> })}
        </div>
        <div class="row__due" title=exact>{short}</div>
    }
    .into_any()
}

fn status_cell(list: ListState, row: &Row) -> AnyView {
    let locale = here().locale;
    let (id, current) = (row.id, row.status);
    let status = Memo::new(move |_| list.tree.with(|tree| tree.get(current).cloned()));
    let group = move || status.with(|status| status.as_ref().map(|status| status.status_group.as_str()));
    let color = move || status.with(|status| status.as_ref().map(|status| status.color.as_str()));
    let choices = move || {
        list.tree.with(|tree| {
            let choice = |status: &crate::domain::status::Status| {
                let is_chosen = status.id == current;
                view! { <option value=status.id.to_string() selected=is_chosen>{status.name.clone()}</option> }
            };
            tree.all().iter().map(choice).collect_view()
        })
    };
    view! {
        <div class="row__status">
            <span class="status" data-group=group data-color=color aria-hidden="true">
                <span class="dot"></span>
                <span>{move || status.get().map(|status| status.name)}</span>
            </span>
            <select
                aria-label=texts::status_of(locale, &row.name)
                on:change=move |event| {
                    if let Ok(status) = event_target_value(&event).parse() {
                        list.set_status(id, status);
                    }
                }
            >
                {choices}
            </select>
        </div>
    }
    .into_any()
}

fn postpone_items(list: ListState, id: DatasheetId, due: Due) -> AnyView {
    let here = here();
    let locale = here.locale;
    let now = here.now.get_untracked();
    let item = |choice: Postpone| {
        let hint = here.with_zone(|zone| format::postpone_hint(choice, due, now, zone, locale));
        let described = hint.clone();
        view! {
            <button
                type="button"
                role="menuitem"
                tabindex="-1"
                aria-label=texts::preset(locale, choice)
                aria-description=described
                on:click=move |_| list.postpone(id, choice)
            >
                <span>{texts::preset(locale, choice)}</span>
                <span>{hint}</span>
            </button>
        }
    };
    Postpone::PRESETS.map(item).into_iter().collect_view().into_any()
}

/// Asks for the next step in the place of the row whose last to-do was closed.
fn next_question(list: ListState, id: DatasheetId, name: String) -> AnyView {
    let locale = here().locale;
    let close = Callback::new(move |()| list.stop_asking(id));
    view! {
        <span></span>
        <div class="row__next">
            <b>{name}</b>
            <TodoFields list id inline=true close />
            <button type="button" class="button button--quiet" on:click=move |_| list.stop_asking(id)>
                {texts::not_now(locale)}
            </button>
        </div>
    }
    .into_any()
}
