//! The dialog in which an admin defines a field: name, kind, help, default, from when it is required, choices.

use crate::ui::{any::IntoAny, effect};
use leptos::{ev, prelude::*};

use super::customise::{Editing, Shop};
use crate::{
    api::fields::{field_add, field_edit},
    domain::{
        field::{ChoiceForm, CustomField, FieldForm, FieldKind, FieldPlace},
        id::{ChoiceId, FieldId},
        rank::Rank,
    },
    error::{Conflict, Error, Field, Result},
    i18n::{bar, errors, fields as texts, tree as tree_texts},
    ui::{
        browser,
        fields::input::{FieldInput, Left},
        send,
        widgets::{
            dialog::{Dialog, open_while},
            edit_problem::EditProblem,
            form::{SelectField, TextField, problem_of},
            icon::Icon,
        },
    },
};

/// The dialog, closed until a field is to be defined.
#[component]
pub(super) fn FieldDialog(shop: Shop) -> impl IntoView {
    let t = shop.sheet.here.locale;
    let open = open_while(shop.editing);
    let title = Signal::derive(move || match shop.editing.get() {
        Some(Editing::Old(_)) => texts::edit_title(t).to_owned(),
        _ => texts::add_field(t).to_owned(),
    });
    view! {
        <Dialog open title>
            {move || shop.editing.get().map(|editing| view! { <Form shop editing open /> })}
        </Dialog>
    }
    .into_any()
}

/// A choice while it is typed.
#[derive(Clone, Copy, PartialEq)]
struct Draft {
    /// Tells it from the others in the form.
    key: u32,
    id: Option<ChoiceId>,
    name: RwSignal<String>,
    archived: RwSignal<bool>,
}

/// The choices of the form, in order.
#[derive(Clone, Copy)]
struct Drafts {
    all: RwSignal<Vec<Draft>>,
    last: StoredValue<u32>,
}

impl Drafts {
    fn new(field: Option<&CustomField>) -> Self {
        let drafts = Self { all: RwSignal::new(vec![]), last: StoredValue::new(0) };
        for choice in field.iter().flat_map(|field| &field.choices) {
            let draft = drafts.draft(Some(choice.id), &choice.name, choice.archived);
            drafts.all.update_untracked(|all| all.push(draft));
        }
        drafts
    }

    fn draft(self, id: Option<ChoiceId>, name: &str, archived: bool) -> Draft {
        let key = self.last.with_value(|last| last + 1);
        self.last.set_value(key);
        Draft { key, id, name: RwSignal::new(name.to_owned()), archived: RwSignal::new(archived) }
    }

    /// A new choice after that one, or at the end.
    fn add(self, after: Option<u32>) {
        let draft = self.draft(None, "", false);
        self.all.update(|all| {
            let at = after.and_then(|key| all.iter().position(|other| other.key == key));
            all.insert(at.map_or(all.len(), |at| at + 1), draft);
        });
        browser::focus_soon(format!("#choice-{}", draft.key));
    }

    fn step(self, key: u32, down: bool) {
        self.all.update(|all| {
            let Some(at) = all.iter().position(|draft| draft.key == key) else { return };
            let to = if down { at + 1 } else { at.wrapping_sub(1) };
            if to < all.len() {
                all.swap(at, to);
            }
        });
        browser::focus_soon(format!("#choice-{key}"));
    }

    /// A new one goes; what was stored is archived, or brought back.
    fn toggle(self, draft: Draft) {
        if draft.id.is_some() {
            draft.archived.update(|archived| *archived = !*archived);
        } else {
            self.all.update(|all| all.retain(|other| other.key != draft.key));
        }
    }

    fn forms(self) -> Vec<ChoiceForm> {
        self.all.with_untracked(|all| {
            all.iter()
                .map(|draft| ChoiceForm {
                    id: draft.id,
                    name: draft.name.get_untracked(),
                    archived: draft.archived.get_untracked(),
                })
                // A line that was left empty is none.
                .filter(|choice| choice.id.is_some() || !choice.name.trim().is_empty())
                .collect()
        })
    }
}

#[component]
fn Form(shop: Shop, editing: Editing, open: RwSignal<bool>) -> impl IntoView {
    let here = shop.sheet.here;
    let t = here.locale;
    let old = match editing {
        Editing::Old(id) => shop.sheet.page.with_untracked(|page| page.fields.list.get(id).cloned()),
        Editing::New(_) => None,
    };
    let kind = RwSignal::new(old.as_ref().map_or(FieldKind::Text, |field| field.kind));
    let name = RwSignal::new(old.as_ref().map(|field| field.name.clone()).unwrap_or_default());
    let help = RwSignal::new(old.as_ref().map(|field| field.help.clone()).unwrap_or_default());
    let usual = || t.pick(("HUF", "EUR")).to_owned();
    let currency = RwSignal::new(
        old.as_ref()
            .map(|field| field.currency.clone())
            .filter(|code| !code.is_empty())
            .unwrap_or_else(usual),
    );
    let default = RwSignal::new((old.as_ref().and_then(|field| field.default.clone()), 0_i64));
    let default_problem = RwSignal::new(None::<Error>);
    let required_from = RwSignal::new(old.as_ref().and_then(|field| field.required_from));
    let drafts = Drafts::new(old.as_ref());
    let version = RwSignal::new(old.as_ref().map_or(0, |field| field.version));
    let error = RwSignal::new(None::<Error>);
    let (module, statuses) = shop.sheet.page.with_untracked(|page| {
        let statuses: Vec<(String, String)> = page
            .tree
            .all()
            .iter()
            .map(|status| {
                let group = tree_texts::group_label(t, &page.module, status.status_group);
                (status.id.to_string(), format!("{group} – {}", status.name.text(t)))
            })
            .collect();
        (page.module.id, statuses)
    });
    let statuses = std::iter::once((String::new(), texts::never(t).to_owned())).chain(statuses).collect();
    let is_new = old.is_none();

    let save = move || {
        error.set(None);
        if default_problem.with_untracked(Option::is_some) {
            return;
        }
        let form = FieldForm {
            name: name.get_untracked(),
            help: help.get_untracked(),
            currency: currency.get_untracked(),
            default: default.get_untracked().0,
            required_from: required_from.get_untracked(),
            choices: drafts.forms(),
        };
        // The same rules as on the server, without asking it.
        if let Err(invalid) = form.clone().parse(kind.get_untracked()) {
            error.set(Some(invalid.into()));
            return;
        }
        let said = texts::said_defined(t, form.name.trim());
        let then = move |answer: Result<_>| match answer {
            Ok(list) => {
                shop.accept(list);
                here.toasts.done(said, None);
                open.try_set(false);
            }
            Err(wrong) => {
                error.try_set(Some(wrong));
            }
        };
        match editing {
            Editing::New(group) => {
                let (kind, place) = (kind.get_untracked(), FieldPlace { group, before: None });
                send(move |key| field_add(key, module, kind, form.clone(), place), then);
            }
            Editing::Old(id) => {
                let version = version.get_untracked();
                send(move |key| field_edit(key, id, version, form.clone()), then);
            }
        }
    };
    let problem = move |field: Field| {
        Signal::derive(move || error.with(|error| problem_of(here, error.as_ref(), field)))
    };
    // What is said beside its field is not said again at the foot.
    let beside = RwSignal::new(None::<Error>);
    effect(move || {
        let all = [Field::Name, Field::Help, Field::Currency, Field::Choices];
        let of_field =
            move |error: &Error| matches!(error, Error::Invalid(invalid) if all.contains(&invalid.field));
        beside.set(error.get().filter(|error| !of_field(error)));
    });

    let kinds =
        FieldKind::OFFERED.map(|kind| (kind.as_str().to_owned(), texts::kind(t, kind).to_owned())).to_vec();
    let kind_word = Signal::derive(move || kind.get().as_str().to_owned());
    let stored = StoredValue::new(old);
    let default_input = move || {
        let kind = kind.get();
        // The choices of a new field have no ids yet to choose by.
        if !kind.has_default() || kind.has_choices() && is_new {
            return None;
        }
        let field = CustomField {
            id: FieldId(0),
            module,
            group: None,
            kind,
            name: errors::default_value(t).to_owned(),
            help: String::new(),
            currency: currency.get(),
            default: None,
            required_from: None,
            rank: Rank::between(None, None),
            version: 0,
            archived: false,
            choices: stored
                .with_value(|field| field.as_ref().map(|field| field.choices.clone()).unwrap_or_default()),
        };
        let save = Callback::new(move |left: Left| default.set((left.value, 0)));
        Some(view! {
            <FieldInput
                field
                id="field-default"
                value=default
                contacts=Signal::stored(vec![])
                problem=default_problem
                save
            />
        })
    };
    view! {
        <form
            class="form"
            on:submit=move |event: ev::SubmitEvent| {
                event.prevent_default();
                save();
            }
        >
            <TextField
                id="field-name"
                label=Signal::stored(errors::name(t).to_owned())
                value=name
                problem=problem(Field::Name)
            />
            {is_new
                .then(|| {
                    view! {
                        <SelectField
                            id="field-kind"
                            label=errors::kind(t)
                            options=kinds
                            value=kind_word
                            on_choose=Callback::new(move |word: String| {
                                if let Some(chosen) = FieldKind::parse(&word) {
                                    default.set((None, 0));
                                    default_problem.set(None);
                                    kind.set(chosen);
                                    if chosen.has_choices() && drafts.all.with_untracked(Vec::is_empty) {
                                        drafts.all.set(vec![drafts.draft(None, "", false)]);
                                    }
                                }
                            })
                        />
                    }
                })}
            {move || kind.get().has_choices().then(|| view! { <Choices shop drafts problem=problem(Field::Choices) /> })}
            {move || {
                (kind.get() == FieldKind::Money)
                    .then(|| {
                        view! {
                            <TextField
                                id="field-currency"
                                label=Signal::stored(errors::currency(t).to_owned())
                                value=currency
                                problem=problem(Field::Currency)
                            />
                        }
                    })
            }}
            <TextField
                id="field-help"
                label=Signal::stored(errors::help(t).to_owned())
                value=help
                problem=problem(Field::Help)
            />
            {default_input}
            <SelectField
                id="field-required"
                label=texts::required_from(t)
                options=statuses
                value=Signal::derive(move || {
                    required_from.get().map(|id| id.to_string()).unwrap_or_default()
                })
                on_choose=Callback::new(move |id: String| required_from.set(id.parse().ok()))
            />
            <EditProblem
                error=beside
                keep=Callback::new(move |theirs| {
                    version.set(theirs);
                    save();
                })
                take=Callback::new(move |_: Conflict| {
                    open.set(false);
                    shop.look_again();
                })
            />
            <div class="form__actions">
                <button class="button">{bar::save(t)}</button>
                <button type="button" class="button button--quiet" on:click=move |_| open.set(false)>
                    {bar::cancel(t)}
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// The choices, one a line.
#[component]
fn Choices(shop: Shop, drafts: Drafts, problem: Signal<Option<String>>) -> impl IntoView {
    let t = shop.sheet.here.locale;
    let line = move |draft: Draft| {
        let key = draft.key;
        let name = move || draft.name.get();
        let on_keydown = move |event: ev::KeyboardEvent| match event.key().as_str() {
            "Enter" => {
                event.prevent_default();
                drafts.add(Some(key));
            }
            "ArrowUp" if event.alt_key() => {
                event.prevent_default();
                drafts.step(key, false);
            }
            "ArrowDown" if event.alt_key() => {
                event.prevent_default();
                drafts.step(key, true);
            }
            _ => {}
        };
        let is_kept = draft.id.is_some();
        let label = move || match (is_kept, draft.archived.get()) {
            (_, true) => bar::restore_of(t, &name()),
            (true, false) => texts::archive_of(t, &name()),
            (false, false) => texts::remove_of(t, &name()),
        };
        view! {
            <li data-archived=move || draft.archived.get().then_some("")>
                <input
                    id=format!("choice-{key}")
                    class="input"
                    autocomplete="off"
                    aria-label=move || texts::choice_name(t, &name())
                    aria-invalid=move || problem.with(Option::is_some).then_some("true")
                    prop:value=name
                    on:input=move |event| draft.name.set(event_target_value(&event))
                    on:keydown=on_keydown
                />
                <button
                    type="button"
                    class="icon-button module-list__up"
                    aria-label=move || bar::move_up_of(t, &name())
                    on:click=move |_| drafts.step(key, false)
                >
                    <Icon name="chevron-down" />
                </button>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=move || bar::move_down_of(t, &name())
                    on:click=move |_| drafts.step(key, true)
                >
                    <Icon name="chevron-down" />
                </button>
                <button type="button" class="icon-button" aria-label=label on:click=move |_| drafts.toggle(draft)>
                    <Icon name=Signal::derive(move || if draft.archived.get() { "undo" } else { "close" }) />
                </button>
            </li>
        }
        .into_any()
    };
    view! {
        <fieldset class="own-fields__drafts">
            <legend>{errors::choices(t)}</legend>
            <ol>
                <For each=move || drafts.all.get() key=|draft| draft.key let(draft)>
                    {line(draft)}
                </For>
            </ol>
            <button type="button" class="button button--quiet" on:click=move |_| drafts.add(None)>
                {texts::add_choice(t)}
            </button>
            <p class="form-field__problem" hidden=move || problem.with(Option::is_none)>
                {move || problem.get()}
            </p>
        </fieldset>
    }
    .into_any()
}
