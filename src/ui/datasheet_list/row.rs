//! One row: what is to be done, and the buttons to do it without leaving the list. A page has many rows: each is plain
//! elements with one signal, and their clicks are heard by the list, which has one menu for all of them.

use crate::ui::dynamic;
use leptos::{
    either::{Either, EitherOf3},
    prelude::*,
};

use super::{
    super::{any::IntoAny, buckets::Slice, lazy::late, widgets::icon::fixed_icon},
    acts::Act,
    dialogs::next_step,
    process_line::process_line,
    state::ListState,
};
use crate::{
    domain::{
        bucket::Bucket,
        datasheet::Row,
        id::DatasheetId,
        status::{Color, StatusGroup},
        todo::NextTodo,
        user::initials,
    },
    i18n::{format, list as texts},
};

/// What a row shows. While it stays equal the row stays as it is, with its focus: an answer that only counts versions up
/// changes nothing.
#[derive(Clone, PartialEq)]
enum Shown {
    /// The datasheet.
    Cells(Cells),
    /// The question for the next to-do of the datasheet with this name.
    Question(String),
}

#[derive(Clone, PartialEq)]
struct Cells {
    name: String,
    contact: Option<String>,
    todo: Option<TodoCells>,
    status: Option<StatusCell>,
    owner: String,
}

#[derive(Clone, PartialEq)]
struct TodoCells {
    icon: &'static str,
    /// The name of its type.
    kind: String,
    text: String,
    postponed: i64,
    due: String,
    exact: String,
}

#[derive(Clone, PartialEq)]
struct StatusCell {
    name: String,
    group: StatusGroup,
    color: Color,
}

impl Shown {
    /// What a row shows now; follows the clock, the tree and the question.
    fn of(list: ListState, row: &Row) -> Self {
        if list.asking.with(|asking| asking.is_some_and(|asking| asking.is(row))) {
            return Self::Question(row.name.clone());
        }
        let status = list.tree.with(|tree| {
            let status = tree.get(row.status)?;
            Some(StatusCell {
                name: status.name.text(list.here.locale).to_owned(),
                group: status.status_group,
                color: status.color,
            })
        });
        Self::Cells(Cells {
            name: row.name.clone(),
            contact: process_line(list, row).or_else(|| row.contact.clone()),
            todo: row.todo.as_ref().map(|todo| TodoCells::of(list, todo)),
            status,
            owner: list.here.person(row.owner),
        })
    }

    fn name(&self) -> &str {
        match self {
            Self::Cells(cells) => &cells.name,
            Self::Question(name) => name,
        }
    }
}

impl TodoCells {
    fn of(list: ListState, todo: &NextTodo) -> Self {
        let (here, locale) = (list.here, list.here.locale);
        let (icon, kind) = list.types.with_value(|types| {
            let kind = types.iter().find(|kind| kind.id == todo.kind);
            kind.map_or(("check", String::new()), |kind| (kind.icon.icon(), kind.name.clone()))
        });
        let due = list.borders.with(|borders| {
            here.with_zone(|zone| format::due_short_between(todo.due, todo.moment, borders, zone, locale))
        });
        let exact = here.with_zone(|zone| format::due_exact(todo.due, zone, locale));
        Self { icon, kind, text: todo.text.clone(), postponed: todo.postponed, due, exact }
    }
}

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
    slice: Memo<Slice<Row>>,
) -> impl IntoView {
    let id = row.id;
    let qualify = super::qualify::cell(list, &row, slice);
    let shown = Memo::new(move |before: Option<&Shown>| {
        let now =
            slice.with(|slice| slice.rows.iter().find(|row| row.id == id).map(|row| Shown::of(list, row)));
        now.or_else(|| before.cloned()).unwrap_or_else(|| Shown::of(list, &row))
    });
    let draggable =
        move || if shown.with(|shown| matches!(shown, Shown::Cells(_))) { "true" } else { "false" };
    view! {
        <article
            class="row"
            tabindex="0"
            aria-label=dynamic(move || shown.with(|shown| shown.name().to_owned()))
            data-datasheet=id.to_string()
            data-late=(bucket == Bucket::Overdue).then_some("")
            draggable=dynamic(draggable)
        >
            {dynamic(move || match shown.get() {
                Shown::Cells(cells) => cells_view(list, id, cells).into_any(),
                Shown::Question(name) => next_question(list, id, name),
            })}
            {qualify}
        </article>
    }
}

/// The cells in the order of the columns. What only some modules have goes into [`buttons`], before those of all.
fn cells_view(list: ListState, id: DatasheetId, cells: Cells) -> impl IntoView + use<> {
    let (here, locale) = (list.here, list.here.locale);
    let Cells { name, contact, todo, status, owner } = cells;
    let check = match todo {
        Some(_) => Either::Left(view! {
            <button type="button" class="check" data-act=Act::Close.as_str() aria-label=texts::close_todo_of(locale, &name)>
                {fixed_icon(here, "check")}
            </button>
        }),
        None => Either::Right(view! { <span></span> }),
    };
    let buttons = buttons(list, &name, todo.is_some());
    let todo = match todo {
        Some(TodoCells { icon, kind, text, postponed, due, exact }) => {
            // A hover is not the only way to them.
            let (said, when) = (format!("{kind}: "), format!(" ({exact})"));
            Either::Left(view! {
                <div class="row__todo" title=kind>
                    {fixed_icon(here, icon)}
                    <span>
                        <span class="visually-hidden">{said}</span>
                        {text}
                    </span>
                    {(postponed > 0).then(|| view! { <em>{texts::postponed_times(locale, postponed)}</em> })}
                </div>
                <div class="row__due" title=exact>
                    {due}
                    <span class="visually-hidden">{when}</span>
                </div>
            })
        }
        None => Either::Right(view! {
            <div class="row__todo"></div>
            <div class="row__due"></div>
        }),
    };
    let status = match status {
        // A process moves it: there is nothing to choose.
        Some(StatusCell { name: status, group, color }) if list.is_fixed => EitherOf3::C(view! {
            <span class="row__status status" data-group=group.as_str() data-color=color.as_str()>
                <span class="dot"></span>
                <span>{status}</span>
            </span>
        }),
        Some(StatusCell { name: status, group, color }) => EitherOf3::A(view! {
            <button
                type="button"
                class="row__status status"
                data-act=Act::Status.as_str()
                data-group=group.as_str()
                data-color=color.as_str()
                aria-haspopup="menu"
                aria-label=texts::status_of(locale, &name, &status)
            >
                <span class="dot"></span>
                <span>{status.clone()}</span>
            </button>
        }),
        None => EitherOf3::B(view! { <span class="row__status"></span> }),
    };
    view! {
        {check}
        <a class="row__what" href=format!("/d/{id}") draggable="false">
            <b>{name}</b>
            <i>{contact}</i>
        </a>
        {todo}
        {status}
        <span class="avatar" role="img" title=owner.clone() aria-label=texts::owner_of(locale, &owner)>
            {initials(&owner)}
        </span>
        {buttons}
    }
}

/// The buttons at the end of a row. What each does is in [`super::acts`].
fn buttons(list: ListState, name: &str, has_todo: bool) -> impl IntoView + use<> {
    let (here, locale) = (list.here, list.here.locale);
    let postpone = has_todo.then(|| {
        view! {
            <button
                type="button"
                class="icon-button"
                data-act=Act::Postpone.as_str()
                aria-haspopup="menu"
                aria-label=texts::postpone_of(locale, name)
            >
                {fixed_icon(here, "postpone")}
            </button>
        }
    });
    view! {
        <div class="row__acts">
            {postpone}
            <button type="button" class="icon-button" data-act=Act::Todo.as_str() aria-label=texts::new_todo_of(locale, name)>
                {fixed_icon(here, "plus")}
            </button>
            <button
                type="button"
                class="icon-button"
                data-act=Act::More.as_str()
                aria-haspopup="menu"
                aria-label=texts::more_of(locale, name)
            >
                {fixed_icon(here, "more")}
            </button>
        </div>
    }
}

/// Asks for the next step in the place of the row whose last to-do was closed.
fn next_question(list: ListState, id: DatasheetId, name: String) -> AnyView {
    let locale = list.here.locale;
    let close = Callback::new(move |()| list.stop_asking(id));
    view! {
        <span></span>
        <div class="row__next">
            <b>{name}</b>
            {late(next_step(list, id, close))}
            <button type="button" class="button button--quiet" on:click=move |_| list.stop_asking(id)>
                {texts::not_now(locale)}
            </button>
        </div>
    }
    .into_any()
}
