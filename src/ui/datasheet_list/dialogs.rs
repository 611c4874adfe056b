//! The dialogs about one row: a note when closing, a day of one's own, a new to-do. One of each for the whole list.

use crate::ui::{any::IntoAny, dynamic, effect};
use leptos::prelude::*;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::{
    super::{
        here,
        lazy::late,
        widgets::{
            dialog::{Dialog, open_while},
            form::{DueField, read_due},
        },
    },
    state::{About, Draft, ListState},
};
use crate::{
    domain::{
        due::{Due, Postpone},
        id::DatasheetId,
        todo::{Outcome, TodoForm},
    },
    error::{Error, Field, Problem},
    i18n::{bar, errors, list as texts},
};

/// The dialogs, closed until asked for.
#[component]
pub(super) fn RowDialogs(list: ListState) -> impl IntoView {
    let locale = here().locale;
    let open = open_while(list.about);
    let title = Memo::new(move |before: Option<&String>| {
        let Some(about) = list.about.get() else { return before.cloned().unwrap_or_default() };
        let (about, id) = match about {
            About::Note(id) => (texts::close_with_note(locale), id),
            About::Date(id) => (texts::pick_a_date(locale), id),
            About::Todo(id) => (texts::new_todo(locale), id),
        };
        let name = list.get(id).map(|row| row.name).unwrap_or_default();
        format!("{}: {name}", about.trim_end_matches('…'))
    });
    let close = Callback::new(move |()| open.set(false));
    view! {
        <Dialog open title>
            {dynamic(move || list.about.get().map(|about| late(form(list, about, close))))}
        </Dialog>
    }
}

/// The form of a dialog; its code is loaded when one is first opened.
#[wasm_split(dialogs, fallible)]
fn form(list: ListState, about: About, close: Callback<()>) -> Result<AnyView, SplitLoaderError> {
    Ok(match about {
        About::Note(id) => {
            let choose = Callback::new(move |(outcome, note)| list.close(id, outcome, note));
            let text = list.take_draft(about).text;
            view! { <NoteForm text choose close /> }.into_any()
        }
        About::Date(id) => {
            let choose = Callback::new(move |to| list.postpone(id, to));
            view! { <DateForm choose close /> }.into_any()
        }
        About::Todo(id) => view! { <TodoFields list id close /> }.into_any(),
    })
}

/// Asks for a note, and how the to-do ended.
#[component]
pub fn NoteForm(
    /// What was typed before.
    #[prop(optional)]
    text: String,
    /// Closes the to-do.
    choose: Callback<(Outcome, Option<String>)>,
    /// Closes the dialog.
    close: Callback<()>,
) -> impl IntoView {
    let locale = here().locale;
    let note = RwSignal::new(text);
    let choose = move |outcome: Outcome| {
        let text = note.get_untracked().trim().to_owned();
        close.run(());
        choose.run((outcome, (!text.is_empty()).then_some(text)));
    };
    view! {
        <form
            class="form"
            on:submit=move |event| {
                event.prevent_default();
                choose(Outcome::Done);
            }
        >
            <div class="form-field">
                <label for="close-note">{errors::note(locale)}</label>
                <textarea
                    id="close-note"
                    class="input"
                    rows="3"
                    autofocus
                    prop:value=move || note.get()
                    on:input=move |event| note.set(event_target_value(&event))
                ></textarea>
            </div>
            <div class="form-actions">
                <button type="button" class="button button--quiet" on:click=move |_| choose(Outcome::Failed)>
                    {texts::close_failed(locale)}
                </button>
                <button type="button" class="button button--quiet" on:click=move |_| choose(Outcome::Successful)>
                    {texts::close_successful(locale)}
                </button>
                <button type="submit" class="button">{texts::close_todo(locale)}</button>
            </div>
        </form>
    }
}

/// Asks for a day or a moment to postpone to.
#[component]
pub fn DateForm(
    /// Postpones the to-do.
    choose: Callback<Postpone>,
    /// Closes the dialog.
    close: Callback<()>,
) -> impl IntoView {
    let here = here();
    let locale = here.locale;
    let due = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(to) = read_due(here, &due.get_untracked()) else {
            problem.set(Some(errors::unreadable(locale, errors::due(locale))));
            return;
        };
        close.run(());
        choose.run(Postpone::To(to));
    };
    effect(move || {
        due.track();
        problem.set(None);
    });
    view! {
        <form class="form" on:submit=submit novalidate=true>
            <DueField id="postpone-to" value=due problem />
            <div class="form-actions">
                <button type="button" class="button button--quiet" on:click=move |_| close.run(())>
                    {bar::cancel(locale)}
                </button>
                <button type="submit" class="button">{texts::postpone(locale)}</button>
            </div>
        </form>
    }
}

/// The fields that ask for the next step, in the place of a row.
#[wasm_split(dialogs, fallible)]
pub(super) fn next_step(
    list: ListState,
    id: DatasheetId,
    close: Callback<()>,
) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <TodoFields list id inline=true close /> }.into_any())
}

/// Text and due time of a new to-do: in a dialog, or (`inline`) in the place of a row.
#[component]
fn TodoFields(
    list: ListState,
    id: DatasheetId,
    #[prop(optional)] inline: bool,
    close: Callback<()>,
) -> impl IntoView {
    let here = here();
    let locale = here.locale;
    let about = About::Todo(id);
    let draft = if inline { list.draft(about) } else { list.take_draft(about) };
    let text = RwSignal::new(draft.text);
    let due = RwSignal::new(draft.due);
    if inline {
        // The row may leave the page while something is typed in it.
        effect(move || list.keep_draft(about, Draft { text: text.get(), due: due.get() }));
    }
    let problem = RwSignal::new(None::<Error>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let draft = Draft { text: text.get_untracked(), due: due.get_untracked() };
        let read = if draft.due.trim().is_empty() {
            Some(Due::Day(here.with_zone(|zone| zone.today(here.now.get_untracked()))))
        } else {
            read_due(here, &draft.due)
        };
        let Some(read) = read else {
            problem.set(Some(Error::invalid(Field::Due, Problem::Unreadable)));
            return;
        };
        let (Some(kind), Some(assignee)) = (list.first_type(), here.viewer_id()) else { return };
        match (TodoForm { text: draft.text.clone(), kind, due: read, assignee, details: None }).parse() {
            Ok(form) => {
                // In the place of a row the to-do itself answers the question.
                if !inline {
                    close.run(());
                }
                list.add_todo(id, form, draft);
            }
            Err(invalid) => problem.set(Some(invalid.into())),
        }
    };
    let is_wrong = move |field: Field| {
        let about = move |problem: &Option<Error>| matches!(problem, Some(Error::Invalid(invalid)) if invalid.field == field);
        problem.with(about).then_some("true")
    };
    let said = move || {
        problem
            .get()
            .map(|error| view! { <p class="form-error" role="alert">{errors::message(locale, &error)}</p> })
    };
    let text_field = view! {
        <input
            id=(!inline).then_some("new-todo-text")
            class="input"
            type="text"
            autocomplete="off"
            autofocus=!inline
            aria-label=inline.then(|| errors::todo(locale))
            aria-invalid=dynamic(move || is_wrong(Field::Todo))
            placeholder=texts::next_question(locale)
            prop:value=move || text.get()
            on:input=move |event| text.set(event_target_value(&event))
        />
    };
    if inline {
        view! {
            <form
                class="row__next"
                on:submit=submit
                novalidate=true
                on:keydown=move |event| {
                    if event.key() == "Escape" {
                        close.run(());
                    }
                }
            >
                {text_field}
                <input
                    class="input row__next-due"
                    type="text"
                    autocomplete="off"
                    aria-label=errors::due(locale)
                    aria-invalid=dynamic(move || is_wrong(Field::Due))
                    placeholder=texts::due_hint(locale)
                    prop:value=move || due.get()
                    on:input=move |event| due.set(event_target_value(&event))
                />
                {said}
                <button type="submit" class="button">{texts::add(locale)}</button>
            </form>
        }
        .into_any()
    } else {
        view! {
            <form class="form" on:submit=submit novalidate=true>
                <div class="form-field">
                    <label for="new-todo-text">{errors::todo(locale)}</label>
                    {text_field}
                </div>
                <DueField id="new-todo-due" value=due />
                {said}
                <div class="form-actions">
                    <button type="button" class="button button--quiet" on:click=move |_| close.run(())>
                        {bar::cancel(locale)}
                    </button>
                    <button type="submit" class="button">{texts::add(locale)}</button>
                </div>
            </form>
        }
        .into_any()
    }
}
