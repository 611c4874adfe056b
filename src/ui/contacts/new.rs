//! A new person or business: a small form, from the list of contacts and from where a contact is chosen.

use leptos::{ev, prelude::*};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::likely::{LikelyList, Offer};
use crate::{
    api::contacts::contact_add,
    domain::{
        contact::{ContactForm, ContactKind, ContactLine},
        id::ContactId,
    },
    error::{Error, Field},
    i18n::{bar, contacts as texts, errors},
    ui::{
        any::IntoAny,
        effect,
        fields::contact::ContactInput,
        here,
        lazy::late,
        send,
        widgets::{
            dialog::Dialog,
            form::{Problem, TextField, problem_beside, problem_of},
        },
    },
};

/// What is in the form.
#[derive(Clone, Copy)]
struct Form {
    kind: RwSignal<ContactKind>,
    name: RwSignal<String>,
    email: RwSignal<String>,
    phone: RwSignal<String>,
    tax_number: RwSignal<String>,
    business: RwSignal<String>,
    problem: RwSignal<Option<Error>>,
    sending: RwSignal<bool>,
}

/// The dialog. What was typed stays until it is stored.
#[component]
pub fn NewContact(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The name it begins with.
    #[prop(into)]
    name: Signal<String>,
    /// Person or business at first.
    #[prop(optional)]
    kind: ContactKind,
    /// Whether only that kind will do.
    #[prop(optional)]
    only: bool,
    /// The business a new person belongs to.
    #[prop(optional_no_strip)]
    business: Option<(ContactId, String)>,
    /// Called with the contact that was added, or was there already and is taken.
    done: Callback<ContactLine>,
) -> impl IntoView {
    let form = Form {
        kind: RwSignal::new(kind),
        name: RwSignal::new(String::new()),
        email: RwSignal::new(String::new()),
        phone: RwSignal::new(String::new()),
        tax_number: RwSignal::new(String::new()),
        business: RwSignal::new(business.as_ref().map(|(id, _)| id.to_string()).unwrap_or_default()),
        problem: RwSignal::new(None),
        sending: RwSignal::new(false),
    };
    effect(move || {
        if open.get() {
            let begun = name.get_untracked();
            if !begun.is_empty() {
                form.name.set(begun);
            }
        }
    });
    let names = StoredValue::new(business.into_iter().collect::<Vec<_>>());
    view! {
        <Dialog open title=texts::new_contact(here().locale).to_owned()>
            {late(fields(form, only, names, open, done))}
        </Dialog>
    }
    .into_any()
}

/// The form; its code is loaded when it is first opened.
#[wasm_split(dialogs, fallible)]
fn fields(
    form: Form,
    only: bool,
    names: StoredValue<Vec<(ContactId, String)>>,
    open: RwSignal<bool>,
    done: Callback<ContactLine>,
) -> Result<AnyView, SplitLoaderError> {
    let here = here();
    let t = here.locale;
    let Form { kind, name, email, phone, tax_number, business, problem, sending } = form;
    // A business may be added while a person is.
    let id = move |field: &str| format!("{}-{field}", if only { "new-business" } else { "new-contact" });
    let filled = move || ContactForm {
        kind: kind.get(),
        name: name.get(),
        email: email.get(),
        phone: phone.get(),
        tax_number: tax_number.get(),
        business: business.get().parse().ok(),
    };
    let at = move |field: Field| {
        Signal::derive(move || problem.with(|problem| problem_of(here, problem.as_ref(), field)))
    };
    let beside = Signal::derive(move || {
        let shown = [Field::Name, Field::Email, Field::Phone, Field::TaxNumber];
        problem.with(|problem| problem_beside(here, problem.as_ref(), &shown))
    });
    let take = move |line: ContactLine| {
        for field in [name, email, phone, tax_number] {
            field.try_set(String::new());
        }
        open.try_set(false);
        done.try_run(line);
    };
    let submit = move || {
        if sending.get_untracked() {
            return;
        }
        problem.set(None);
        let form = match untrack(filled).parse() {
            Ok(form) => form,
            Err(invalid) => return problem.set(Some(invalid.into())),
        };
        sending.set(true);
        send(
            move |key| contact_add(key, form.clone()),
            move |answer| {
                sending.try_set(false);
                match answer {
                    Ok(done) => {
                        let Some(contact) = done.contact else { return };
                        here.toasts.done(texts::said_added(t, &contact.name), None);
                        take(ContactLine {
                            id: contact.id,
                            kind: contact.kind,
                            email: contact
                                .first(crate::domain::contact::DetailKind::Email)
                                .map(str::to_owned),
                            phone: contact
                                .first(crate::domain::contact::DetailKind::Phone)
                                .map(str::to_owned),
                            business: contact.business.map(|business| business.name),
                            name: contact.name,
                        });
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
    // No `<form>`: it may stand within another one.
    let on_keydown = move |event: ev::KeyboardEvent| {
        let is_field = event_target::<leptos::web_sys::Element>(&event).tag_name() == "INPUT";
        if event.key() == "Enter" && is_field && !event.default_prevented() {
            event.prevent_default();
            submit();
        }
    };
    let choice = move |of: ContactKind| {
        view! {
            <button
                type="button"
                aria-pressed=move || (kind.get() == of).to_string()
                on:click=move |_| kind.set(of)
            >
                {texts::kind_of(t, of)}
            </button>
        }
        .into_any()
    };
    let kinds = (!only).then(|| {
        view! {
            <div class="new-contact__kind segmented" role="group" aria-label=texts::kind(t)>
                {choice(ContactKind::Person)}
                {choice(ContactKind::Business)}
            </div>
        }
        .into_any()
    });
    let is_business = Memo::new(move |_| kind.get() == ContactKind::Business);
    let of_kind = move || {
        if is_business.get() {
            view! {
                <TextField
                    id=id("tax")
                    label=errors::tax_number(t).to_owned()
                    value=tax_number
                    problem=at(Field::TaxNumber)
                />
            }
            .into_any()
        } else {
            view! {
                <div class="form-field">
                    <label for=id("business")>{texts::business(t)}</label>
                    <ContactInput
                        id=id("business")
                        typed=Signal::derive(move || business.get())
                        contacts=Signal::derive(move || names.get_value())
                        only=ContactKind::Business
                        commit=Callback::new(move |id| business.set(id))
                    />
                </div>
            }
            .into_any()
        }
    };
    Ok(view! {
        <div class="form new-contact" on:keydown=on_keydown>
            {kinds}
            <TextField id=id("name") label=errors::name(t).to_owned() value=name problem=at(Field::Name) />
            <TextField id=id("email") label=errors::email(t).to_owned() value=email problem=at(Field::Email) kind="email" />
            <TextField id=id("phone") label=errors::phone(t).to_owned() value=phone problem=at(Field::Phone) kind="tel" />
            {of_kind}
            <LikelyList typed=Signal::derive(move || filled().typed()) offer=Offer::Take(Callback::new(take)) />
            <Problem text=beside />
            <div class="form-actions">
                <button type="button" class="button button--quiet" on:click=move |_| open.set(false)>
                    {bar::cancel(t)}
                </button>
                <button type="button" class="button" disabled=move || sending.get() on:click=move |_| submit()>
                    {bar::add(t)}
                </button>
            </div>
        </div>
    }
    .into_any())
}
