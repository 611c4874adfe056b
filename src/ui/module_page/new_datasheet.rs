//! A new datasheet with its first to-do, in one small form.

use leptos::prelude::*;

use crate::{
    api::datasheets::datasheet_add,
    domain::{datasheet::DatasheetForm, due::parse_due, todo::TodoForm},
    error::{Error, Field, Problem},
    i18n::{errors, format, list as texts},
    ui::{datasheet_list::ListState, here, send, widgets::dialog::Dialog},
};

/// The dialog. What was typed stays until it is stored.
#[component]
pub(super) fn NewDatasheet(list: ListState, open: RwSignal<bool>) -> impl IntoView {
    let here = here();
    let locale = here.locale;
    let name = RwSignal::new(String::new());
    let todo = RwSignal::new(String::new());
    let due = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<Error>);
    let sending = RwSignal::new(false);

    let read_due = move || here.with_zone(|zone| parse_due(&due.get(), here.now.get_untracked(), zone));
    let hint = move || match (due.get().trim().is_empty(), read_due()) {
        (true, _) => texts::due_hint(locale).to_owned(),
        (false, Some(due)) => here.with_zone(|zone| format::due_exact(due, zone, locale)),
        (false, None) => errors::unreadable(locale, errors::due(locale)),
    };
    let is_bad = move |field: Field| {
        problem
            .with(|problem| matches!(problem, Some(Error::Invalid(invalid)) if invalid.field == field))
            .to_string()
    };
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
            let now = here.now.get_untracked();
            let due = here.with_zone(|zone| {
                if typed_due.trim().is_empty() {
                    Some(crate::domain::due::Due::Day(zone.today(now)))
                } else {
                    parse_due(&typed_due, now, zone)
                }
            });
            let Some(due) = due else {
                problem.set(Some(Error::invalid(Field::Due, Problem::Unreadable)));
                return;
            };
            let (Some(kind), Some(assignee)) = (list.first_type(), here.viewer_id()) else { return };
            Some(TodoForm { text: typed_todo, kind, due, assignee })
        };
        let form = DatasheetForm {
            name: name.get_untracked(),
            status: list.narrowed_status(),
            owner: None,
            todo: first,
        };
        let module = list.module;
        sending.set(true);
        send(
            move |key| datasheet_add(key, module, form.clone()),
            move |answer| {
                sending.set(false);
                match answer {
                    Ok(done) => {
                        let text = texts::added(locale, &name.get_untracked());
                        for field in [name, todo, due] {
                            field.set(String::new());
                        }
                        open.set(false);
                        list.settle(done, text);
                    }
                    Err(error) => problem.set(Some(error)),
                }
            },
        );
    };
    view! {
        <Dialog open title=texts::new_datasheet(locale)>
            <form class="form" on:submit=submit novalidate=true>
                <div class="form-field">
                    <label class="field-label" for="new-name">{errors::name(locale)}</label>
                    <input id="new-name" class="input" type="text" autofocus autocomplete="off" prop:value=name aria-invalid=move || is_bad(Field::Name) on:input=move |event| name.set(event_target_value(&event)) />
                </div>
                <div class="form-field">
                    <label class="field-label" for="new-todo">{errors::todo(locale)}</label>
                    <input id="new-todo" class="input" type="text" autocomplete="off" prop:value=todo aria-invalid=move || is_bad(Field::Todo) on:input=move |event| todo.set(event_target_value(&event)) />
                </div>
                <div class="form-field">
                    <label class="field-label" for="new-due">{errors::due(locale)}</label>
                    <input id="new-due" class="input" type="text" autocomplete="off" aria-describedby="new-due-hint" prop:value=due aria-invalid=move || is_bad(Field::Due) on:input=move |event| due.set(event_target_value(&event)) />
                    <p class="form-field__hint" id="new-due-hint">{hint}</p>
                </div>
                {move || problem.get().map(|error| view! { <p class="form-error" role="alert">{errors::message(locale, &error)}</p> })}
                <div class="form-actions">
                    <button type="button" class="button button--quiet" on:click=move |_| open.set(false)>{crate::i18n::bar::cancel(locale)}</button>
                    <button type="submit" class="button" disabled=sending>{texts::add(locale)}</button>
                </div>
            </form>
        </Dialog>
    }
}
