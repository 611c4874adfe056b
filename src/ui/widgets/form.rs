//! Fields of forms: each has a visible label, and its problem is said at the field.

use std::future::Future;

use leptos::{ev, prelude::*};

use crate::{
    api::Key,
    domain::due::{Due, parse_typed_due},
    error::{Error, Field, Result},
    i18n::{self, format, sheet},
    ui::{Here, any::IntoAny, here, send},
};

/// A form on its way to the server: it sends one thing at once, and what was said against it stays beside its fields.
#[derive(Clone, Copy)]
pub struct Sending {
    here: Here,
    error: RwSignal<Option<Error>>,
    is_busy: RwSignal<bool>,
}

impl Sending {
    /// Nothing was sent yet.
    pub fn idle() -> Self {
        Self { here: here(), error: RwSignal::new(None), is_busy: RwSignal::new(false) }
    }

    /// What is wrong with a field.
    pub fn problem(self, field: Field) -> Signal<Option<String>> {
        Signal::derive(move || self.error.with(|error| problem_of(self.here, error.as_ref(), field)))
    }

    /// What is wrong with none of these fields, which show their own problems.
    pub fn beside(self, fields: &'static [Field]) -> Signal<Option<String>> {
        Signal::derive(move || self.error.with(|error| problem_beside(self.here, error.as_ref(), fields)))
    }

    /// What was said last against the form.
    pub const fn error(self) -> RwSignal<Option<Error>> {
        self.error
    }

    /// Says something against the form. Nothing where it is gone by now.
    pub fn refuse(self, error: Error) {
        self.error.try_set(Some(error));
    }

    /// `aria-busy` of the button that sends.
    pub fn busy(self) -> Option<&'static str> {
        self.is_busy.get().then_some("true")
    }

    /// Sends, unless something is on its way, and hands on what the answer holds. An error is said at the form.
    pub fn send<T: 'static, F: Future<Output = Result<T>> + 'static>(
        self,
        write: impl Fn(Key) -> F + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        self.send_or(write, done, |_| ());
    }

    /// The same; `refused` is told of an error before the form is.
    pub fn send_or<T: 'static, F: Future<Output = Result<T>> + 'static>(
        self,
        write: impl Fn(Key) -> F + 'static,
        done: impl FnOnce(T) + 'static,
        refused: impl FnOnce(&Error) + 'static,
    ) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.error.set(None);
        send(write, move |answer| {
            self.is_busy.try_set(false);
            match answer {
                Ok(answer) => done(answer),
                Err(error) => {
                    refused(&error);
                    self.refuse(error);
                }
            }
        });
    }
}

/// The buttons at the end of a form in a dialog.
#[component]
pub fn DialogActions(
    /// What the button that sends says.
    submit: &'static str,
    /// The form.
    sending: Sending,
    /// The dialog, which the other button closes.
    open: RwSignal<bool>,
    /// Whether there is nothing to send yet.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    view! {
        <div class="form__actions">
            <button type="submit" class="button" disabled=move || disabled.get() aria-busy=move || sending.busy()>
                {submit}
            </button>
            <button type="button" class="button button--quiet" on:click=move |_| open.set(false)>
                {i18n::bar::cancel(here().locale)}
            </button>
        </div>
    }
    .into_any()
}

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
    here.with_zone(|zone| parse_typed_due(text, here.now.get_untracked(), zone))
}
