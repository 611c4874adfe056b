//! A new datasheet with its first to-do, in one small form.

use leptos::prelude::*;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{
    api::datasheets::datasheet_add,
    domain::{
        contact::{ContactLine, Typed as ContactTyped},
        datasheet::DatasheetForm,
        due::Due,
        todo::TodoForm,
    },
    error::{Error, Field, Problem as Wrong},
    i18n::{errors, list as texts},
    ui::{
        any::IntoAny,
        contacts::likely::{LikelyList, Offer},
        datasheet_list::ListState,
        fields::contact::ContactInput,
        here,
        lazy::late,
        send,
        widgets::{
            dialog::Dialog,
            form::{DueField, Problem, TextField, problem_beside, problem_of, read_due},
        },
    },
};

/// The dialog. What was typed stays until it is stored.
#[component]
pub(super) fn NewDatasheet(
    /// The list it comes into.
    list: ListState,
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let typed = Typed {
        name: RwSignal::new(String::new()),
        todo: RwSignal::new(String::new()),
        due: RwSignal::new(String::new()),
        contact: RwSignal::new(String::new()),
        picked: RwSignal::new(String::new()),
        problem: RwSignal::new(None),
        sending: RwSignal::new(false),
    };
    view! {
        <Dialog open title=texts::new_datasheet(here().locale)>
            {late(fields(list, open, typed))}
        </Dialog>
    }
}

/// What is in the form.
#[derive(Clone, Copy)]
struct Typed {
    name: RwSignal<String>,
    todo: RwSignal<String>,
    due: RwSignal<String>,
    /// Id of the contact as text.
    contact: RwSignal<String>,
    /// Its name.
    picked: RwSignal<String>,
    problem: RwSignal<Option<Error>>,
    sending: RwSignal<bool>,
}

/// The form; its code is loaded when it is first opened.
#[wasm_split(dialogs, fallible)]
fn fields(list: ListState, open: RwSignal<bool>, typed: Typed) -> Result<AnyView, SplitLoaderError> {
    let here = here();
    let locale = here.locale;
    let Typed { name, todo, due, contact, picked, problem, sending } = typed;
    let at = move |field: Field| {
        Signal::derive(move || problem.with(|problem| problem_of(here, problem.as_ref(), field)))
    };
    let beside = Signal::derive(move || {
        problem
            .with(|problem| problem_beside(here, problem.as_ref(), &[Field::Name, Field::Todo, Field::Due]))
    });

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if sending.get_untracked() {
            return;
        }
        problem.set(None);
        let (typed_todo, typed_due) = (todo.get_untracked(), due.get_untracked());
        let first = if typed_todo.trim().is_empty() && typed_due.trim().is_empty() {
            None
        } else {
            let read = if typed_due.trim().is_empty() {
                Some(Due::Day(here.with_zone(|zone| zone.today(here.now.get_untracked()))))
            } else {
                read_due(here, &typed_due)
            };
            let Some(read) = read else {
                problem.set(Some(Error::invalid(Field::Due, Wrong::Unreadable)));
                return;
            };
            let (Some(kind), Some(assignee)) = (list.first_type(), here.viewer_id()) else { return };
            match (TodoForm { text: typed_todo, kind, due: read, assignee, details: None }).parse() {
                Ok(form) => Some(form),
                Err(invalid) => {
                    problem.set(Some(invalid.into()));
                    return;
                }
            }
        };
        let form = DatasheetForm {
            name: name.get_untracked(),
            status: list.narrowed_status(),
            owner: None,
            todo: first,
            contact: contact.get_untracked().parse().ok(),
        };
        let module = list.module;
        sending.set(true);
        send(
            move |key| datasheet_add(key, module, form.clone()),
            move |answer| {
                // After the page was left there is nothing to fill in or empty.
                sending.try_set(false);
                match answer {
                    Ok(done) => {
                        let said = texts::added(locale, &name.try_get_untracked().unwrap_or_default());
                        for field in [name, todo, due, contact, picked] {
                            field.try_set(String::new());
                        }
                        open.try_set(false);
                        list.settle(done, said);
                    }
                    Err(error) => {
                        if let Some(Some(error)) = problem.try_set(Some(error)) {
                            here.toasts.error(&error);
                        }
                    }
                }
            },
        );
    };
    let take = Callback::new(move |line: ContactLine| {
        picked.set(line.name);
        contact.set(line.id.to_string());
    });
    // What is chosen already is no likely duplicate.
    let likely = view! {
        <LikelyList
            typed=Signal::derive(move || {
                let name = if contact.with(String::is_empty) { name.get() } else { String::new() };
                ContactTyped { name, ..ContactTyped::default() }
            })
            module=Some(list.module)
            offer=Offer::Take(take)
        />
    }
    .into_any();
    Ok(view! {
        <form class="form" on:submit=submit novalidate=true>
            <TextField id="new-name" label=errors::name(locale) value=name problem=at(Field::Name) />
            {likely}
            <div class="form-field own-field">
                <label for="new-contact">{errors::contact(locale)}</label>
                <ContactInput
                    id="new-contact".to_owned()
                    typed=contact.into()
                    contacts=Signal::derive(move || contact.get().parse().ok().map(|id| (id, picked.get())).into_iter().collect())
                    on_contact=Some(Callback::new(move |(_, name)| picked.set(name)))
                    commit=Callback::new(move |id: String| {
                        // Named after whom it is about, as long as it has no other name.
                        if !id.is_empty() && name.with_untracked(|name| name.trim().is_empty()) {
                            name.set(picked.get_untracked());
                        }
                        contact.set(id);
                    })
                />
            </div>
            <TextField id="new-todo" label=errors::todo(locale) value=todo problem=at(Field::Todo) />
            <DueField id="new-due" value=due problem=at(Field::Due) />
            <Problem text=beside />
            <div class="form-actions">
                <button type="button" class="button button--quiet" on:click=move |_| open.set(false)>
                    {crate::i18n::bar::cancel(locale)}
                </button>
                <button type="submit" class="button" disabled=move || sending.get()>
                    {texts::add(locale)}
                </button>
            </div>
        </form>
    }
    .into_any())
}
