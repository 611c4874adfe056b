//! Choosing a contact by search (APG combobox): arrows, Enter, Escape. One that is not there yet is added from the same place.

use crate::ui::any::IntoAny;
use leptos::prelude::*;

use crate::{
    api::contacts::contact_find,
    domain::{
        contact::{ContactKind, ContactLine},
        id::ContactId,
    },
    error::Error,
    i18n::{contacts, fields as texts},
    ui::{
        browser,
        contacts::{beside, new::NewContact},
        here,
        widgets::{
            finder::{Create, Finder, Found, Search},
            icon::Icon,
        },
    },
};

/// The contact that is chosen, or the search for one.
#[component]
pub fn ContactInput(
    /// Id of the input.
    id: String,
    /// Id of the contact as text; empty for none.
    typed: Signal<String>,
    /// Names of contacts.
    contacts: Signal<Vec<(ContactId, String)>>,
    /// The kind that will do, if not both.
    #[prop(optional, into)]
    only: Option<ContactKind>,
    /// Whether it only shows.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// What describes the input.
    #[prop(optional, into)]
    described: Signal<Option<String>>,
    /// Told who is chosen, before `commit`.
    #[prop(optional_no_strip)]
    on_contact: Option<Callback<(ContactId, String)>>,
    /// Called with the id that is chosen, or nothing.
    commit: Callback<String>,
) -> impl IntoView {
    let t = here().locale;
    let adding = RwSignal::new(false);
    let new_name = RwSignal::new(String::new());
    // Names of those chosen here, which the page does not know yet.
    let chosen = RwSignal::new(Vec::<(ContactId, String)>::new());
    let chosen_now = Memo::new(move |_| {
        let id = typed.get().parse::<ContactId>().ok()?;
        let of = |all: &Vec<(ContactId, String)>| {
            all.iter().find(|(other, _)| *other == id).map(|(_, name)| name.clone())
        };
        Some((id, contacts.with(of).or_else(|| chosen.with(of)).unwrap_or_default()))
    });
    let ask = Callback::new(move |text: String| {
        let found = async move {
            let lines = contact_find(text).await?.into_iter();
            Ok::<Vec<Found>, Error>(
                lines
                    .filter(|line| only.is_none_or(|only| only == line.kind))
                    .map(|line| Found { id: line.id.to_string(), beside: beside(t, &line), name: line.name })
                    .collect(),
            )
        };
        Box::pin(found) as Search
    });
    let choose = move |id: ContactId, name: String| {
        chosen.update(|chosen| chosen.push((id, name.clone())));
        if let Some(on_contact) = on_contact {
            on_contact.run((id, name));
        }
        commit.run(id.to_string());
    };
    let take = Callback::new(move |found: Found| {
        if let Ok(id) = found.id.parse() {
            choose(id, found.name);
        }
    });
    let add = Callback::new(move |name: String| {
        new_name.set(name);
        adding.set(true);
    });
    let create: Create = (contacts::create, add);
    let has_contact = Memo::new(move |_| !typed.get().is_empty());
    let input_id = id.clone();
    let link = move || {
        let (id, name) = chosen_now.get()?;
        Some(view! { <a href=format!("/contacts/{id}")>{name}</a> })
    };
    view! {
        <div class="own-field__contact" hidden=move || !has_contact.get()>
            <span>{link}</span>
            <button
                type="button"
                class="icon-button"
                aria-label=texts::clear(t)
                disabled=move || disabled.get()
                on:click=move |_| {
                    commit.run(String::new());
                    browser::focus_soon(format!("#{input_id}"));
                }
            >
                <Icon name="close" />
            </button>
        </div>
        <div class="own-field__search" hidden=move || has_contact.get()>
            <Finder
                id=id
                placeholder=contacts::find(t)
                ask
                choose=take
                create=Some(create)
                disabled
                described
            />
        </div>
        <NewContact
            open=adding
            name=new_name
            kind=only.unwrap_or_default()
            only=only.is_some()
            done=Callback::new(move |line: ContactLine| choose(line.id, line.name))
        />
    }
    .into_any()
}
