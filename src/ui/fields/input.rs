//! One field of a datasheet: its label, its input by kind, its problem beside it. It is saved when it is left.

use crate::ui::{any::IntoAny, effect};
use leptos::{ev, prelude::*};

use super::{contact::ContactInput, file::FileInput, read, written};
use crate::{
    domain::{
        field::{CustomField, FieldKind, FieldValue, Names},
        id::{ContactId, DatasheetId, EventId},
    },
    error::{Conflict, Error},
    i18n::{fields as texts, sheet},
    ui::{
        here,
        widgets::{edit_problem::EditProblem, form::choice},
    },
};

/// What the user left in a field.
#[derive(Clone, Debug)]
pub struct Left {
    /// The value; `None` clears it.
    pub value: Option<FieldValue>,
    /// The version that the user saw, where it is not the one that stands now: what was typed began on another value, or was
    /// chosen over it.
    pub seen: Option<i64>,
}

/// A field and how it is edited. What was typed stays until it is stored or given up.
#[component]
pub fn FieldInput(
    /// The field.
    field: CustomField,
    /// Id of the input; unique on the page.
    #[prop(into)]
    id: String,
    /// What stands in it now, with its version.
    #[prop(into)]
    value: Signal<(Option<FieldValue>, i64)>,
    /// Names of contacts.
    #[prop(into)]
    contacts: Signal<Vec<(ContactId, String)>>,
    /// The datasheet and the names of its files, where a file can be chosen.
    #[prop(optional)]
    files: Option<(DatasheetId, Signal<Names<EventId>>)>,
    /// What was answered, if it was no.
    problem: RwSignal<Option<Error>>,
    /// Whether it must be filled in.
    #[prop(optional, into)]
    required: Signal<bool>,
    /// Whether it only shows.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Told of a contact that is chosen, before it is stored: the page may not know its name.
    #[prop(optional)]
    on_contact: Option<Callback<(ContactId, String)>>,
    /// Told of a file that was uploaded, before it is stored.
    #[prop(optional)]
    on_file: Option<Callback<(EventId, String)>>,
    /// Stores what the user left.
    save: Callback<Left>,
) -> impl IntoView {
    let here = here();
    let t = here.locale;
    let typed = RwSignal::new(written(here, value.get_untracked().0.as_ref()));
    // What stood there when typing began; `None` while nothing is typed.
    let base = StoredValue::new(None::<(Option<FieldValue>, i64)>);
    let definition = StoredValue::new(field.clone());

    effect(move || {
        let now = value.get();
        if base.with_value(Option::is_none) && problem.with_untracked(Option::is_none) {
            typed.set(written(here, now.0.as_ref()));
        }
    });
    let type_in = move |text: String| {
        if base.with_value(Option::is_none) {
            base.set_value(Some(value.get_untracked()));
        }
        typed.set(text);
    };
    let give_up = move || {
        base.set_value(None);
        problem.set(None);
        typed.set(written(here, value.get_untracked().0.as_ref()));
    };
    let leave = move |seen: Option<i64>| {
        let read = definition.with_value(|field| typed.with_untracked(|typed| read(here, field, typed)));
        let (stands, version) = value.get_untracked();
        match read {
            Err(error) => problem.set(Some(error)),
            Ok(left) if left == stands && seen.is_none() => give_up(),
            Ok(left) => {
                let began = base.with_value(Clone::clone).unwrap_or((stands.clone(), version));
                let seen = seen.or((began.0 != stands).then_some(began.1));
                base.set_value(None);
                problem.set(None);
                save.run(Left { value: left, seen });
            }
        }
    };
    let commit = Callback::new(move |text: String| {
        type_in(text);
        leave(None);
    });
    let on_keydown = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Enter" if event.ctrl_key() || field.kind != FieldKind::LongText => leave(None),
        "Escape" if base.with_value(Option::is_some) || problem.with_untracked(Option::is_some) => {
            // What stands there again is not to be taken for typing.
            event.prevent_default();
            event.stop_propagation();
            give_up();
        }
        _ => {}
    };

    let (problem_id, hint_id, label_id) =
        (format!("{id}-problem"), format!("{id}-hint"), format!("{id}-label"));
    let has_help = !field.help.is_empty();
    let described = {
        let (problem_id, hint_id) = (problem_id.clone(), hint_id.clone());
        Signal::derive(move || {
            if problem.with(Option::is_some) {
                Some(problem_id.clone())
            } else {
                has_help.then(|| hint_id.clone())
            }
        })
    };
    let invalid = Signal::derive(move || problem.with(Option::is_some).then_some("true"));
    let text = Signal::derive(move || typed.get());
    let one_of = |options: Vec<(String, String)>| {
        let options = std::iter::once((String::new(), "–".to_owned()))
            .chain(options)
            .map(|(option, name)| choice(option, name, text))
            .collect_view();
        view! {
            <select
                id=id.clone()
                disabled=move || disabled.get()
                aria-invalid=move || invalid.get()
                aria-describedby=move || described.get()
                on:change=move |event| commit.run(event_target_value(&event))
            >
                {options}
            </select>
        }
        .into_any()
    };
    let line = |mode: &'static str| {
        view! {
            <input
                id=id.clone()
                type="text"
                inputmode=mode
                autocomplete="off"
                readonly=move || disabled.get()
                value=typed.get_untracked()
                prop:value=move || typed.get()
                aria-invalid=move || invalid.get()
                aria-describedby=move || described.get()
                on:input=move |event| type_in(event_target_value(&event))
                on:blur=move |_| leave_typed(base, problem, &leave)
                on:keydown=on_keydown
            />
        }
        .into_any()
    };
    let control = match field.kind {
        FieldKind::LongText => view! {
            <textarea
                id=id.clone()
                rows="3"
                readonly=move || disabled.get()
                prop:value=move || typed.get()
                aria-invalid=move || invalid.get()
                aria-describedby=move || described.get()
                on:input=move |event| type_in(event_target_value(&event))
                on:blur=move |_| leave_typed(base, problem, &leave)
                on:keydown=on_keydown
            >
                {typed.get_untracked()}
            </textarea>
        }
        .into_any(),
        FieldKind::YesNo => one_of(vec![
            ("1".to_owned(), texts::yes(t).to_owned()),
            ("0".to_owned(), texts::no(t).to_owned()),
        ]),
        FieldKind::Choice => {
            let stands = value.get_untracked().0;
            let options = field
                .choices
                .iter()
                .filter(|choice| !choice.archived || stands == Some(FieldValue::Choice(choice.id)));
            one_of(options.map(|choice| (choice.id.to_string(), choice.name.clone())).collect())
        }
        FieldKind::User => {
            let stands = value.get_untracked().0;
            let people = here.people();
            let options = people
                .into_iter()
                .filter(|person| person.active || stands == Some(FieldValue::User(person.id)));
            one_of(options.map(|person| (person.id.to_string(), person.name)).collect())
        }
        FieldKind::Choices => {
            let stands = value.get_untracked().0;
            let was = |id| matches!(&stands, Some(FieldValue::Choices(ids)) if ids.contains(&id));
            let boxes = field
                .choices
                .iter()
                .filter(|choice| !choice.archived || was(choice.id))
                .map(|choice| {
                    let word = choice.id.to_string();
                    let is_chosen = {
                        let word = word.clone();
                        move || typed.with(|typed| typed.split(' ').any(|other| other == word))
                    };
                    let chosen_at_first = untrack(&is_chosen);
                    let toggle = move |_| {
                        let mut ids: Vec<String> = typed.with_untracked(|typed| {
                            typed.split(' ').filter(|id| !id.is_empty()).map(str::to_owned).collect()
                        });
                        if ids.contains(&word) {
                            ids.retain(|id| *id != word);
                        } else {
                            ids.push(word.clone());
                        }
                        commit.run(ids.join(" "));
                    };
                    view! {
                        <label>
                            <input
                                type="checkbox"
                                disabled=move || disabled.get()
                                checked=chosen_at_first
                                prop:checked=is_chosen
                                on:change=toggle
                            />
                            <span>{choice.name.clone()}</span>
                        </label>
                    }
                    .into_any()
                })
                .collect_view();
            view! {
                <div
                    class="own-field__choices"
                    id=id.clone()
                    role="group"
                    tabindex="-1"
                    aria-labelledby=label_id.clone()
                    aria-describedby=move || described.get()
                >
                    {boxes}
                </div>
            }
            .into_any()
        }
        FieldKind::Contact => view! {
            <ContactInput id=id.clone() typed=text contacts disabled described on_contact commit />
        }
        .into_any(),
        FieldKind::File => {
            let (datasheet, files) = files.unzip();
            view! {
                <FileInput
                    id=id.clone()
                    name=field.name.clone()
                    datasheet
                    typed=text
                    files=files.unwrap_or_default()
                    disabled
                    described
                    invalid
                    problem
                    on_file
                    commit
                />
            }
            .into_any()
        }
        FieldKind::Whole => line("numeric"),
        FieldKind::Decimal | FieldKind::Money => line("decimal"),
        FieldKind::Link => {
            let href = move || match value.get().0 {
                Some(FieldValue::Link(link)) => Some(link),
                _ => None,
            };
            view! {
                {line("url")}
                <a
                    class="own-field__open"
                    href=href
                    hidden=move || href().is_none()
                    target="_blank"
                    rel="noopener noreferrer"
                >
                    {texts::open_link(t)}
                </a>
            }
            .into_any()
        }
        FieldKind::Text | FieldKind::Day | FieldKind::Moment => line("text"),
    };
    let label = view! {
        {field.name.clone()}
        <span class="own-field__required" hidden=move || !required.get()>
            {texts::required(t)}
        </span>
    };
    let label = match field.kind {
        FieldKind::Choices => view! { <span class="own-field__label" id=label_id>{label}</span> }.into_any(),
        _ => view! { <label for=id.clone()>{label}</label> }.into_any(),
    };
    view! {
        <div class="form-field own-field" data-kind=field.kind.as_str()>
            {label}
            {control}
            {has_help.then(|| view! { <p class="form-field__hint" id=hint_id>{field.help.clone()}</p> })}
            <div id=problem_id>
                <EditProblem
                    error=problem
                    keep=Callback::new(move |version| leave(Some(version)))
                    take=Callback::new(move |_: Conflict| give_up())
                />
                <button
                    type="button"
                    class="button button--quiet"
                    hidden=move || {
                        !problem.with(|problem| {
                            matches!(problem, Some(Error::Unreachable | Error::Busy | Error::Server))
                        })
                    }
                    on:click=move |_| leave(None)
                >
                    {sheet::try_again(t)}
                </button>
            </div>
        </div>
    }
    .into_any()
}

/// The input lost the focus: what was typed since it was last saved is saved. A conflict waits for the choice.
fn leave_typed(
    base: StoredValue<Option<(Option<FieldValue>, i64)>>,
    problem: RwSignal<Option<Error>>,
    leave: &impl Fn(Option<i64>),
) {
    let is_conflict =
        problem.try_with_untracked(|problem| matches!(problem, Some(Error::Conflict(_)))).unwrap_or(true);
    if !is_conflict && base.try_with_value(Option::is_some) == Some(true) {
        leave(None);
    }
}
