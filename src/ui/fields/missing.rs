//! The dialog that asks for the fields that a status requires: what moved the datasheet waits, and goes on when they are filled in.

use crate::ui::{any::IntoAny, effect};
use leptos::{ev, prelude::*, task::spawn_local};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::input::{FieldInput, Left};
use crate::{
    api::{datasheets::datasheet_show, fields::field_set},
    domain::{
        field::{CustomField, SheetFields},
        id::{DatasheetId, FieldId},
    },
    error::{Error, InvalidValue, MissingField, Problem},
    i18n::{bar, fields as texts},
    ui::{
        browser, here,
        lazy::late,
        send,
        widgets::{
            answer::of_answer,
            dialog::{Dialog, open_while},
        },
    },
};

/// A move that waits for fields.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The datasheet that is to move.
    pub datasheet: DatasheetId,
    /// What is missing.
    pub missing: Vec<MissingField>,
    /// Moves it after all.
    pub retry: Callback<()>,
}

/// The dialog, closed until a move waits.
#[component]
pub fn MissingFields() -> impl IntoView {
    let here = here();
    let open = open_while(here.waiting);
    let title = Signal::derive(move || texts::missing_title(here.locale).to_owned());
    view! {
        <Dialog open title>
            {move || here.waiting.get().map(|waiting| late(load(waiting, open)))}
        </Dialog>
    }
    .into_any()
}

/// What is in the dialog; its code is loaded when fields are first missing.
#[wasm_split(dialogs, fallible)]
fn load(waiting: Waiting, open: RwSignal<bool>) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <Load waiting open /> }.into_any())
}

/// Gets the datasheet as it is now.
#[component]
fn Load(waiting: Waiting, open: RwSignal<bool>) -> impl IntoView {
    let answer = RwSignal::new(None);
    let id = waiting.datasheet;
    spawn_local(async move {
        let page = datasheet_show(id).await;
        answer.try_set(Some(page.map(|page| {
            let files = page.file_names();
            SheetFields { files, ..page.fields }
        })));
    });
    of_answer(answer, move |fields| view! { <Form waiting=waiting.clone() fields open /> }.into_any())
}

/// One of the fields, while it is asked for.
#[derive(Clone, Copy)]
struct Asked {
    field: FieldId,
    problem: RwSignal<Option<Error>>,
}

#[component]
fn Form(waiting: Waiting, fields: SheetFields, open: RwSignal<bool>) -> impl IntoView {
    let here = here();
    let t = here.locale;
    let datasheet = waiting.datasheet;
    let (list, contacts) = (fields.list.clone(), fields.contacts.clone());
    let files = Signal::stored(fields.files.clone());
    let fields = RwSignal::new(fields);
    let wanted: Vec<CustomField> =
        waiting.missing.iter().filter_map(|missing| list.get(missing.field).cloned()).collect();
    let all: Vec<Asked> =
        wanted.iter().map(|field| Asked { field: field.id, problem: RwSignal::new(None) }).collect();
    let all = StoredValue::new(all);
    let names = waiting.missing.clone();
    // Values on their way, and whether the move goes on after them.
    let under_way = RwSignal::new(0_u32);
    let moving = RwSignal::new(false);
    effect(|| browser::focus_soon(".missing-fields :is(input, select, textarea)"));

    effect(move || {
        if !moving.get() || under_way.get() > 0 {
            return;
        }
        moving.set(false);
        let mut is_complete = true;
        for asked in all.get_value() {
            if fields.with_untracked(|fields| fields.value(asked.field).is_some()) {
                is_complete &= asked.problem.with_untracked(Option::is_none);
            } else {
                is_complete = false;
                let name = names.iter().find(|missing| missing.field == asked.field);
                let name = name.map(|missing| missing.name.clone()).unwrap_or_default();
                if asked.problem.with_untracked(Option::is_none) {
                    let (field, problem) = (asked.field, Problem::Missing);
                    asked.problem.set(Some(Error::InvalidValue(InvalidValue { field, name, problem })));
                }
            }
        }
        if is_complete {
            open.set(false);
            waiting.retry.run(());
        } else {
            browser::focus_soon(".missing-fields [aria-invalid]");
        }
    });

    let inputs = wanted
        .into_iter()
        .zip(all.get_value())
        .map(|(field, asked)| {
            let id = field.id;
            let value =
                Memo::new(move |_| fields.with(|fields| (fields.value(id).cloned(), fields.version(id))));
            let save = Callback::new(move |left: Left| {
                let (before, version) = value.get_untracked();
                let seen = left.seen.unwrap_or(version);
                let put = move |value, version| {
                    fields.try_update(|fields| {
                        fields.put(id, value);
                        for entry in fields.entries.iter_mut().filter(|entry| entry.field == id) {
                            entry.version = version;
                        }
                    });
                };
                put(left.value.clone(), seen + 1);
                under_way.update(|n| *n += 1);
                let sent = left.value;
                send(
                    move |key| field_set(key, datasheet, id, seen, sent.clone()),
                    move |answer| {
                        if let Err(error) = answer {
                            asked.problem.try_set(Some(error));
                            put(before, version);
                        }
                        under_way.try_update(|n| *n -= 1);
                    },
                );
            });
            view! {
                <FieldInput
                    field
                    id=format!("missing-{id}")
                    value
                    contacts=Signal::stored(contacts.clone())
                    files=(datasheet, files)
                    problem=asked.problem
                    required=true
                    save
                />
            }
            .into_any()
        })
        .collect_view();
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        moving.set(true);
    };
    view! {
        <form class="form missing-fields" on:submit=on_submit>
            <p>{texts::missing_lead(t)}</p>
            {inputs}
            <div class="form__actions">
                <button class="button" disabled=move || moving.get()>
                    {texts::go_on(t)}
                </button>
                <button type="button" class="button button--quiet" on:click=move |_| open.set(false)>
                    {bar::cancel(t)}
                </button>
            </div>
        </form>
    }
    .into_any()
}
