//! Choosing a contact by search (APG combobox): arrows, Enter, Escape.

use crate::ui::any::IntoAny;
use leptos::{ev, prelude::*, task::spawn_local};

use crate::{
    api::fields::field_contacts,
    domain::id::{ContactId, ModuleId},
    i18n::fields as texts,
    ui::{browser, here, widgets::icon::Icon},
};

/// The contact that is chosen, or the search for one.
#[component]
pub fn ContactInput(
    /// The module, whose members may search.
    module: ModuleId,
    /// Id of the input.
    id: String,
    /// Id of the contact as text; empty for none.
    typed: Signal<String>,
    /// Names of contacts.
    contacts: Signal<Vec<(ContactId, String)>>,
    /// Whether it only shows.
    disabled: Signal<bool>,
    /// What describes the input.
    described: Signal<Option<String>>,
    /// Told who is chosen, before `commit`.
    on_contact: Option<Callback<(ContactId, String)>>,
    /// Called with the id that is chosen, or nothing.
    commit: Callback<String>,
) -> impl IntoView {
    let here = here();
    let t = here.locale;
    let search = RwSignal::new(String::new());
    let found = RwSignal::new(Vec::<(ContactId, String)>::new());
    let active = RwSignal::new(0_usize);
    // Names of those chosen here, which the page does not know yet.
    let chosen = RwSignal::new(Vec::<(ContactId, String)>::new());
    let name = move || {
        let id = typed.get().parse::<ContactId>().ok()?;
        let of = |all: &Vec<(ContactId, String)>| {
            all.iter().find(|(other, _)| *other == id).map(|(_, name)| name.clone())
        };
        contacts.with(of).or_else(|| chosen.with(of))
    };
    let look = move |text: String| {
        search.set(text.clone());
        active.set(0);
        if text.trim().is_empty() {
            found.set(vec![]);
            return;
        }
        spawn_local(async move {
            let answer = field_contacts(module, text.clone()).await;
            // An older search that comes later is passed over.
            if search.try_with_untracked(|now| *now == text) != Some(true) {
                return;
            }
            match answer {
                Ok(contacts) => found.set(contacts),
                Err(error) => here.toasts.error(&error),
            }
        });
    };
    let clear = move || {
        search.set(String::new());
        found.set(vec![]);
    };
    let choose = move |contact: (ContactId, String)| {
        let word = contact.0.to_string();
        chosen.update(|chosen| chosen.push(contact.clone()));
        if let Some(on_contact) = on_contact {
            on_contact.run(contact);
        }
        clear();
        commit.run(word);
    };
    let on_keydown = move |event: ev::KeyboardEvent| {
        let n = found.with_untracked(Vec::len);
        match event.key().as_str() {
            "ArrowDown" if n > 0 => active.update(|at| *at = (*at + 1) % n),
            "ArrowUp" if n > 0 => active.update(|at| *at = (*at + n - 1) % n),
            "Enter" => {
                let at = active.get_untracked();
                if let Some(contact) = found.with_untracked(|found| found.get(at).cloned()) {
                    choose(contact);
                }
            }
            "Escape" if !search.with_untracked(String::is_empty) => {
                event.stop_propagation();
                clear();
            }
            _ => return,
        }
        event.prevent_default();
    };
    let list_id = format!("{id}-list");
    let option_id = {
        let list_id = list_id.clone();
        move |at: usize| format!("{list_id}-{at}")
    };
    let options = {
        let option_id = option_id.clone();
        move || {
            found
                .get()
                .into_iter()
                .enumerate()
                .map(|(at, contact)| {
                    let name = contact.1.clone();
                    view! {
                        <li
                            role="option"
                            id=option_id(at)
                            aria-selected=move || (active.get() == at).to_string()
                            // The input keeps the focus.
                            on:mousedown=|event| event.prevent_default()
                            on:click=move |_| choose(contact.clone())
                        >
                            {name}
                        </li>
                    }
                    .into_any()
                })
                .collect_view()
        }
    };
    let is_open = move || found.with(|found| !found.is_empty());
    let has_contact = Memo::new(move |_| !typed.get().is_empty());
    let input_id = id.clone();
    view! {
        <div class="own-field__contact" hidden=move || !has_contact.get()>
            <span>{name}</span>
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
            <input
                id=id
                type="text"
                role="combobox"
                autocomplete="off"
                placeholder=texts::search_contact(t)
                readonly=move || disabled.get()
                aria-autocomplete="list"
                aria-expanded=move || is_open().to_string()
                aria-controls=list_id.clone()
                aria-activedescendant=move || is_open().then(|| option_id(active.get()))
                aria-describedby=move || described.get()
                prop:value=move || search.get()
                on:input=move |event| look(event_target_value(&event))
                on:keydown=on_keydown
                on:blur=move |_| clear()
            />
            <ul class="own-field__found" id=list_id role="listbox" aria-label=texts::found(t) hidden=move || !is_open()>
                {options}
            </ul>
        </div>
    }
    .into_any()
}
