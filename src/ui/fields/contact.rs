//! Choosing a contact by search (APG combobox): arrows, Enter, Escape. One that is not there yet is added from the same place.

use crate::ui::any::IntoAny;
use leptos::{ev, prelude::*, task::spawn_local};

use crate::{
    api::contacts::contact_find,
    domain::{
        contact::{ContactKind, ContactLine},
        id::ContactId,
    },
    i18n::{contacts, fields as texts},
    ui::{
        browser,
        contacts::{beside, new::NewContact},
        here,
        widgets::icon::Icon,
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
    let here = here();
    let t = here.locale;
    let search = RwSignal::new(String::new());
    let found = RwSignal::new(Vec::<ContactLine>::new());
    // Whether the search was answered: then what is not there can be added.
    let answered = RwSignal::new(false);
    let active = RwSignal::new(0_usize);
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
    let look = move |text: String| {
        search.set(text.clone());
        active.set(0);
        answered.set(false);
        if text.trim().is_empty() {
            found.set(vec![]);
            return;
        }
        spawn_local(async move {
            let answer = contact_find(text.clone()).await;
            // An older search that comes later is passed over.
            if search.try_with_untracked(|now| *now == text) != Some(true) {
                return;
            }
            match answer {
                Ok(mut contacts) => {
                    contacts.retain(|line| only.is_none_or(|only| only == line.kind));
                    found.set(contacts);
                    answered.set(true);
                }
                Err(error) => here.toasts.error(&error),
            }
        });
    };
    let clear = move || {
        search.set(String::new());
        found.set(vec![]);
        answered.set(false);
    };
    let choose = move |line: ContactLine| {
        let word = line.id.to_string();
        chosen.update(|chosen| chosen.push((line.id, line.name.clone())));
        if let Some(on_contact) = on_contact {
            on_contact.run((line.id, line.name));
        }
        clear();
        commit.run(word);
    };
    let add = move || {
        new_name.set(search.get_untracked().trim().to_owned());
        clear();
        adding.set(true);
    };
    // The last option adds a new one.
    let options_now = move || found.with(Vec::len) + usize::from(answered.get());
    let on_keydown = move |event: ev::KeyboardEvent| {
        let n = untrack(options_now);
        match event.key().as_str() {
            "ArrowDown" if n > 0 => active.update(|at| *at = (*at + 1) % n),
            "ArrowUp" if n > 0 => active.update(|at| *at = (*at + n - 1) % n),
            "Enter" => {
                let at = active.get_untracked();
                match found.with_untracked(|found| found.get(at).cloned()) {
                    Some(line) => choose(line),
                    None if n > 0 => add(),
                    None => {}
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
            let option = |at: usize, content: AnyView, choose: Callback<()>| {
                view! {
                    <li
                        role="option"
                        id=option_id(at)
                        aria-selected=move || (active.get() == at).to_string()
                        // The input keeps the focus.
                        on:mousedown=|event| event.prevent_default()
                        on:click=move |_| choose.run(())
                    >
                        {content}
                    </li>
                }
                .into_any()
            };
            let all = found.get();
            let n = all.len();
            let mut shown: Vec<AnyView> = all
                .into_iter()
                .enumerate()
                .map(|(at, line)| {
                    let content = view! {
                        <span>{line.name.clone()}</span>
                        <small>{beside(t, &line)}</small>
                    }
                    .into_any();
                    option(at, content, Callback::new(move |()| choose(line.clone())))
                })
                .collect();
            if answered.get() {
                let text = contacts::create(t, search.get().trim());
                let content = view! { <span class="own-field__new">{text}</span> }.into_any();
                shown.push(option(n, content, Callback::new(move |()| add())));
            }
            shown
        }
    };
    let is_open = move || options_now() > 0;
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
            <input
                id=id
                type="text"
                role="combobox"
                autocomplete="off"
                placeholder=contacts::find(t)
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
        <NewContact
            open=adding
            name=new_name
            kind=only.unwrap_or_default()
            only=only.is_some()
            done=Callback::new(choose)
        />
    }
    .into_any()
}
