//! One row: what is to be done, and the ways to do it without leaving the list.

use leptos::prelude::*;

use super::ListState;
use crate::{
    domain::{
        bucket::Bucket,
        datasheet::Row,
        due::{Due, Postpone, parse_due},
        todo::{NextTodo, Outcome, TodoForm},
        user::initials,
    },
    i18n::{bar, errors, format, list as texts},
    ui::{
        here,
        widgets::{dialog::Dialog, icon::Icon, menu::MenuButton},
    },
};

/// A datasheet in the list.
#[component]
pub(super) fn RowView(list: ListState, row: Row, bucket: Bucket) -> impl IntoView {
    let id = row.id;
    let name = row.name.clone();
    let is_asking =
        Memo::new(move |_| list.asking.with(|asking| asking.is_some_and(|asking| asking.datasheet == id)));
    let has_todo = row.todo.is_some();
    let row = StoredValue::new(row);
    view! {
        <article
            class="row"
            tabindex="0"
            aria-label=name
            data-datasheet=id.to_string()
            data-late=(bucket == Bucket::Overdue).then_some("")
            draggable="true"
            on:dragstart=move |event| {
                if let Some(data) = event.data_transfer() {
                    // Without it nothing is dropped; the status menu is the other way.
                    let _ = data.set_data("application/x-modulok-datasheet", &id.to_string());
                }
            }
        >
            {move || {
                if is_asking.get() && !has_todo {
                    view! { <NextQuestion list row=row.get_value() /> }.into_any()
                } else {
                    view! { <Cells list row=row.get_value() /> }.into_any()
                }
            }}
        </article>
    }
}

#[component]
fn Cells(list: ListState, row: Row) -> impl IntoView {
    let here = here();
    let locale = here.locale;
    let id = row.id;
    let owner = here.person(row.owner);
    let noting = RwSignal::new(false);
    let dating = RwSignal::new(false);
    let adding = RwSignal::new(false);
    let name = row.name.clone();

    let todo = row.todo.clone().map_or_else(
        || view! { <div class="row__todo"></div> <div class="row__due"></div> }.into_any(),
        |todo| todo_cells(list, &todo),
    );
    let check = if row.todo.is_some() {
        view! {
            <button type="button" class="check" aria-label=texts::close_todo_of(locale, &name) on:click=move |_| list.close(id, Outcome::Done, None)>
                <Icon name="check" />
            </button>
        }
        .into_any()
    } else {
        view! { <span></span> }.into_any()
    };
    let postpone = row.todo.as_ref().map(|todo| {
        let due = todo.due;
        view! {
            <MenuButton label=texts::postpone_of(locale, &name) icon="postpone">
                <PostponeItems list id due />
                <hr />
                <button type="button" role="menuitem" tabindex="-1" on:click=move |_| dating.set(true)>
                    {texts::pick_a_date(locale)}
                </button>
            </MenuButton>
        }
    });
    let has_todo = row.todo.is_some();
    view! {
        {check}
        <a class="row__what" href=format!("/d/{id}") draggable="false">
            <b>{row.name.clone()}</b>
            <i>{row.contact.clone()}</i>
        </a>
        {todo}
        <StatusCell list row=row.clone() />
        <span class="avatar" role="img" title=owner.clone() aria-label=texts::owner_of(locale, &owner)>
            {initials(&owner)}
        </span>
        <div class="row__acts">
            {postpone}
            <button type="button" class="icon-button" aria-label=texts::new_todo_of(locale, &name) on:click=move |_| adding.set(true)>
                <Icon name="plus" />
            </button>
            <MenuButton label=texts::more_of(locale, &name) icon="more">
                <Show when=move || has_todo>
                    <button type="button" role="menuitem" tabindex="-1" on:click=move |_| list.close(id, Outcome::Successful, None)>
                        {texts::close_successful(locale)}
                    </button>
                    <button type="button" role="menuitem" tabindex="-1" on:click=move |_| list.close(id, Outcome::Failed, None)>
                        {texts::close_failed(locale)}
                    </button>
                    <button type="button" role="menuitem" tabindex="-1" on:click=move |_| noting.set(true)>
                        {texts::close_with_note(locale)}
                    </button>
                    <hr />
                </Show>
                <button type="button" role="menuitem" tabindex="-1" on:click=move |_| list.trash(id)>
                    {texts::move_to_trash(locale)}
                </button>
            </MenuButton>
        </div>
        <Show when=move || noting.get()>
            <NoteDialog list id open=noting />
        </Show>
        <Show when=move || dating.get()>
            <DateDialog list id open=dating />
        </Show>
        <Show when=move || adding.get()>
            <Dialog open=adding title=texts::new_todo(locale)>
                <TodoFields list id done=Callback::new(move |()| adding.set(false)) />
            </Dialog>
        </Show>
    }
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

#[component]
fn StatusCell(list: ListState, row: Row) -> impl IntoView {
    let locale = here().locale;
    let (id, current) = (row.id, row.status);
    let status = move || list.tree.with(|tree| tree.get(current).cloned());
    let label = texts::status_of(locale, &row.name);
    view! {
        <div class="row__status">
            <span class="status" data-group=move || status().map(|status| status.status_group.as_str()) data-color=move || status().map(|status| status.color.as_str()) aria-hidden="true">
                <span class="dot"></span>
                <span>{move || status().map(|status| status.name)}</span>
            </span>
            <select aria-label=label on:change=move |event| if let Ok(status) = event_target_value(&event).parse() { list.set_status(id, status) }>
                {move || {
                    list.tree
                        .with(|tree| {
                            tree.all()
                                .iter()
                                .map(|status| {
                                    view! { <option value=status.id.to_string() selected=status.id == current>{status.name.clone()}</option> }
                                })
                                .collect_view()
                        })
                }}
            </select>
        </div>
    }
}

#[component]
fn PostponeItems(list: ListState, id: crate::domain::id::DatasheetId, due: Due) -> impl IntoView {
    let here = here();
    let locale = here.locale;
    let now = here.now.get_untracked();
    Postpone::PRESETS
        .into_iter()
        .map(|choice| {
            let hint = here.with_zone(|zone| format::postpone_hint(choice, due, now, zone, locale));
            view! {
                <button type="button" role="menuitem" tabindex="-1" on:click=move |_| list.postpone(id, choice)>
                    <span>{texts::preset(locale, choice)}</span>
                    <span>{hint}</span>
                </button>
            }
        })
        .collect_view()
}

/// Asks for the next step in the place of the row whose last to-do was closed.
#[component]
fn NextQuestion(list: ListState, row: Row) -> impl IntoView {
    let locale = here().locale;
    view! {
        <span></span>
        <div class="row__next">
            <b>{row.name.clone()}</b>
            <TodoFields list id=row.id inline=true done=Callback::new(move |()| list.asking.set(None)) />
            <button type="button" class="button button--quiet" on:click=move |_| list.asking.set(None)>
                {texts::not_now(locale)}
            </button>
        </div>
    }
}

/// Text and due time of a new to-do.
#[component]
fn TodoFields(
    list: ListState,
    id: crate::domain::id::DatasheetId,
    #[prop(optional)] inline: bool,
    done: Callback<()>,
) -> impl IntoView {
    let here = here();
    let locale = here.locale;
    let text = RwSignal::new(String::new());
    let due = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let now = here.now.get_untracked();
        let typed = due.get_untracked();
        let read = here.with_zone(|zone| {
            if typed.trim().is_empty() {
                Some(Due::Day(zone.today(now)))
            } else {
                parse_due(&typed, now, zone)
            }
        });
        if text.with_untracked(|text| text.trim().is_empty()) {
            return problem.set(Some(errors::missing(locale, errors::todo(locale))));
        }
        let Some(read) = read else {
            return problem.set(Some(errors::unreadable(locale, errors::due(locale))));
        };
        let (Some(kind), Some(assignee)) = (list.first_type(), here.viewer_id()) else { return };
        list.add_todo(id, TodoForm { text: text.get_untracked(), kind, due: read, assignee });
        done.run(());
    };
    view! {
        <form class=if inline { "row__next" } else { "form" } on:submit=submit novalidate=true on:keydown=move |event| if event.key() == "Escape" { done.run(()) }>
            <input class="input" type="text" aria-label=errors::todo(locale) placeholder=texts::next_question(locale) prop:value=text on:input=move |event| text.set(event_target_value(&event)) />
            <input class="input" type="text" aria-label=errors::due(locale) placeholder=texts::due_hint(locale) prop:value=due on:input=move |event| due.set(event_target_value(&event)) />
            {move || problem.get().map(|problem| view! { <p class="form-error" role="alert">{problem}</p> })}
            <button type="submit" class="button">{texts::add(locale)}</button>
        </form>
    }
}

#[component]
fn NoteDialog(list: ListState, id: crate::domain::id::DatasheetId, open: RwSignal<bool>) -> impl IntoView {
    let locale = here().locale;
    let note = RwSignal::new(String::new());
    view! {
        <Dialog open title=texts::close_with_note(locale)>
            <form
                class="form"
                on:submit=move |event| {
                    event.prevent_default();
                    let text = note.get_untracked();
                    open.set(false);
                    list.close(id, Outcome::Done, (!text.trim().is_empty()).then_some(text));
                }
            >
                <label class="field-label" for="close-note">{errors::note(locale)}</label>
                <textarea id="close-note" class="input" rows="3" autofocus on:input=move |event| note.set(event_target_value(&event))></textarea>
                <div class="form-actions">
                    <button type="submit" class="button">{texts::close_todo(locale)}</button>
                </div>
            </form>
        </Dialog>
    }
}

#[component]
fn DateDialog(list: ListState, id: crate::domain::id::DatasheetId, open: RwSignal<bool>) -> impl IntoView {
    let here = here();
    let locale = here.locale;
    let typed = RwSignal::new(String::new());
    let read = move || here.with_zone(|zone| parse_due(&typed.get(), here.now.get_untracked(), zone));
    let problem = RwSignal::new(false);
    view! {
        <Dialog open title=texts::pick_a_date(locale)>
            <form
                class="form"
                on:submit=move |event| {
                    event.prevent_default();
                    match untrack(read) {
                        Some(due) => {
                            open.set(false);
                            list.postpone(id, Postpone::To(due));
                        }
                        None => problem.set(true),
                    }
                }
            >
                <label class="field-label" for="postpone-to">{errors::due(locale)}</label>
                <input id="postpone-to" class="input" type="text" autofocus autocomplete="off" aria-describedby="postpone-hint" on:input=move |event| typed.set(event_target_value(&event)) />
                <p id="postpone-hint" class="form-field__hint">
                    {move || read().map_or_else(|| texts::due_hint(locale).to_owned(), |due| here.with_zone(|zone| format::due_exact(due, zone, locale)))}
                </p>
                {move || problem.get().then(|| view! { <p class="form-error" role="alert">{errors::unreadable(locale, errors::due(locale))}</p> })}
                <div class="form-actions">
                    <button type="button" class="button button--quiet" on:click=move |_| open.set(false)>{bar::cancel(locale)}</button>
                    <button type="submit" class="button">{texts::postpone(locale)}</button>
                </div>
            </form>
        </Dialog>
    }
}
