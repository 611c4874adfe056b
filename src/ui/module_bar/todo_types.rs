//! The to-do types of a module (admins): their names, and what each fills in for a new to-do.

use crate::ui::any::IntoAny;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::modules::{module_type_save, module_types},
    domain::{id::ModuleId, module::TodoType},
    error::Error,
    i18n::{self, details as texts},
    ui::{
        datasheet_page::todo_details::{durations, reminders},
        here, send,
        widgets::{edit_problem::EditProblem, form::choice},
    },
};

/// The types, folded away until wanted; loaded when first opened.
#[component]
pub(super) fn TodoTypes(module: ModuleId, name: String) -> impl IntoView {
    let here = here();
    let t = here.locale;
    let types = RwSignal::new(None::<Vec<TodoType>>);
    let load = move || {
        spawn_local(async move {
            match module_types(module).await {
                Ok(all) => {
                    types.try_set(Some(all));
                }
                Err(error) => here.toasts.error(&error),
            }
        });
    };
    let reload = Callback::new(move |()| load());
    let rows =
        move || types.get().map(|all| all.into_iter().map(|kind| type_row(kind, reload)).collect_view());
    view! {
        <details
            class="todo-types"
            on:toggle=move |_| {
                if types.with_untracked(Option::is_none) {
                    load();
                }
            }
        >
            <summary aria-label=texts::types_of(t, &name)>{texts::types(t)}</summary>
            <p>{texts::types_lead(t)}</p>
            {rows}
        </details>
    }
    .into_any()
}

fn type_row(kind: TodoType, reload: Callback<()>) -> AnyView {
    let here = here();
    let t = here.locale;
    let (id, called) = (kind.id, kind.name.clone());
    let version = RwSignal::new(kind.version);
    let name = RwSignal::new(kind.name);
    let text = |minutes: Option<i64>| minutes.map(|minutes| minutes.to_string()).unwrap_or_default();
    let (duration, reminder) = (RwSignal::new(text(kind.duration)), RwSignal::new(text(kind.reminder)));
    let error = RwSignal::new(None::<Error>);
    let save = move || {
        let seen = version.get_untracked();
        let text = name.get_untracked();
        let minutes = |of: RwSignal<String>| of.with_untracked(|text| text.parse().ok());
        let (length, before) = (minutes(duration), minutes(reminder));
        error.set(None);
        send(
            move |key| module_type_save(key, id, seen, text.clone(), length, before),
            move |answer| match answer {
                Ok(kind) => {
                    version.try_set(kind.version);
                    here.toasts.done(texts::type_saved(t, &kind.name), None);
                }
                Err(wrong) => {
                    error.try_set(Some(wrong));
                }
            },
        );
    };
    let select = move |label: String, options: Vec<(String, String)>, value: RwSignal<String>| {
        let options =
            options.into_iter().map(|(option, text)| choice(option, text, value.into())).collect_view();
        view! {
            <select aria-label=label on:change=move |event| value.set(event_target_value(&event))>
                {options}
            </select>
        }
    };
    view! {
        <form
            class="todo-types__row"
            on:submit=move |event| {
                event.prevent_default();
                save();
            }
        >
            <input
                class="input"
                aria-label=texts::type_name_of(t, &called)
                value=called.clone()
                prop:value=move || name.get()
                on:input=move |event| name.set(event_target_value(&event))
            />
            {select(texts::duration_of(t, &called), durations(t, kind.duration), duration)}
            {select(texts::reminder_of(t, &called), reminders(t, kind.reminder), reminder)}
            <button class="button button--quiet" aria-label=texts::save_type_of(t, &called)>
                {i18n::bar::save(t)}
            </button>
            <EditProblem
                error
                keep=Callback::new(move |theirs| {
                    version.set(theirs);
                    save();
                })
                take=Callback::new(move |_| reload.run(()))
            />
        </form>
    }
    .into_any()
}
