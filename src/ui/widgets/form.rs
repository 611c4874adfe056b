//! Fields of forms: each has a visible label, and its problem is said at the field.

use crate::ui::any::IntoAny;
use leptos::{ev, prelude::*};

use crate::{
    domain::due::{Due, parse_due},
    error::{Error, Field},
    i18n::{self, format, sheet},
    ui::{Here, here},
};

/// What an error says about that field, if it is about it.
pub fn problem_of(here: Here, error: Option<&Error>, field: Field) -> Option<String> {
    match error {
        Some(error @ Error::Invalid(invalid)) if invalid.field == field => {
            Some(i18n::errors::message(here.locale, error))
        }
        _ => None,
    }
}

/// What an error says that is about none of these fields.
pub fn problem_beside(here: Here, error: Option<&Error>, fields: &[Field]) -> Option<String> {
    match error? {
        Error::Invalid(invalid) if fields.contains(&invalid.field) => None,
        error => Some(i18n::errors::message(here.locale, error)),
    }
}

/// A problem of a whole form, read out when it comes.
#[component]
pub fn Problem(
    /// What is wrong, if anything.
    #[prop(into)]
    text: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <div class="form-problem" role="alert" hidden=move || text.with(Option::is_none)>
            {move || text.get()}
        </div>
    }
}

/// A line of text with its label.
#[component]
pub fn TextField(
    /// Id of the input; unique on the page.
    #[prop(into)]
    id: String,
    /// Its label.
    #[prop(into)]
    label: Signal<String>,
    /// Its value, both ways.
    value: RwSignal<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    problem: Signal<Option<String>>,
    /// The input's type.
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// A line of help below it.
    #[prop(optional, into)]
    hint: Signal<Option<String>>,
) -> impl IntoView {
    let problem_id = format!("{id}-problem");
    let hint_id = format!("{id}-hint");
    let described = {
        let (problem_id, hint_id) = (problem_id.clone(), hint_id.clone());
        move || {
            if problem.with(Option::is_some) {
                Some(problem_id.clone())
            } else {
                hint.with(Option::is_some).then(|| hint_id.clone())
            }
        }
    };
    view! {
        <div class="form-field">
            <label for=id.clone()>{move || label.get()}</label>
            <input
                id=id
                type=kind
                autocomplete=autocomplete
                value=value.get_untracked()
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
                aria-invalid=move || problem.with(Option::is_some).then_some("true")
                aria-describedby=described
            />
            <p class="form-field__problem" id=problem_id hidden=move || problem.with(Option::is_none)>
                {move || problem.get()}
            </p>
            <p class="form-field__hint" id=hint_id hidden=move || hint.with(Option::is_none)>
                {move || hint.get()}
            </p>
        </div>
    }
    .into_any()
}

/// Some lines of text with their label.
#[component]
pub fn TextArea(
    /// Id of the field.
    id: &'static str,
    /// Its label.
    label: &'static str,
    /// Its value, both ways.
    value: RwSignal<String>,
) -> impl IntoView {
    view! {
        <div class="form-field">
            <label for=id>{label}</label>
            <textarea
                id=id
                rows="2"
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            >
                {value.get_untracked()}
            </textarea>
        </div>
    }
    .into_any()
}

/// One choice of several, with its label.
#[component]
pub fn SelectField(
    /// Id of the select; unique on the page.
    #[prop(into)]
    id: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// Value and text of each choice.
    options: Vec<(String, String)>,
    /// The value chosen now.
    #[prop(into)]
    value: Signal<String>,
    /// Called with the value that the user chooses.
    on_choose: Callback<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    problem: Signal<Option<String>>,
    /// Whether it only shows.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let problem_id = format!("{id}-problem");
    let described = {
        let problem_id = problem_id.clone();
        move || problem.with(Option::is_some).then(|| problem_id.clone())
    };
    let options = options.into_iter().map(|(option, text)| choice(option, text, value)).collect_view();
    view! {
        <div class="form-field">
            <label for=id.clone()>{label}</label>
            <select
                id=id
                disabled=move || disabled.get()
                on:change=move |event| on_choose.run(event_target_value(&event))
                aria-invalid=move || problem.with(Option::is_some).then_some("true")
                aria-describedby=described
            >
                {options}
            </select>
            <p class="form-field__problem" id=problem_id hidden=move || problem.with(Option::is_none)>
                {move || problem.get()}
            </p>
        </div>
    }
    .into_any()
}

/// One `<option>`. The property follows a value that is taken back; the attribute is for pages without JavaScript.
pub fn choice(option: String, text: String, value: Signal<String>) -> AnyView {
    let is_chosen = {
        let option = option.clone();
        move || value.with(|value| *value == option)
    };
    let chosen_at_first = untrack(&is_chosen);
    view! {
        <option value=option selected=chosen_at_first prop:selected=is_chosen>
            {text}
        </option>
    }
    .into_any()
}

/// A due time, typed as people write it; says what was understood.
#[component]
pub fn DueField(
    /// Id of the input; unique on the page.
    #[prop(into)]
    id: String,
    /// What is typed, both ways.
    value: RwSignal<String>,
    /// What the server said about it.
    #[prop(optional, into)]
    problem: Signal<Option<String>>,
) -> impl IntoView {
    let here = here();
    let hint_id = format!("{id}-hint");
    let read = Memo::new(move |_| read_due(here, &value.get()));
    let hint = move || {
        if let Some(problem) = problem.get() {
            return problem;
        }
        match read.get() {
            Some(due) => here.with_zone(|zone| format::due_exact(due, zone, here.locale)),
            None => sheet::due_help(here.locale).to_owned(),
        }
    };
    let unread = move || read.with(Option::is_none) && value.with(|value| !value.trim().is_empty());
    view! {
        <div class="form-field">
            <label for=id.clone()>{i18n::errors::due(here.locale)}</label>
            <input
                id=id
                type="text"
                autocomplete="off"
                value=value.get_untracked()
                prop:value=move || value.get()
                on:input=move |event: ev::Event| value.set(event_target_value(&event))
                aria-invalid=move || (unread() || problem.with(Option::is_some)).then_some("true")
                aria-describedby=hint_id.clone()
            />
            <p
                class="form-field__hint"
                id=hint_id
                data-wrong=move || (unread() || problem.with(Option::is_some)).then_some("")
            >
                {hint}
            </p>
        </div>
    }
    .into_any()
}

/// What was typed as a due time, on the viewer's clock.
pub fn read_due(here: Here, text: &str) -> Option<Due> {
    here.with_zone(|zone| parse_due(text, here.now.get_untracked(), zone))
}
