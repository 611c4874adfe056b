//! Name, status, owner and contact of a datasheet.

use crate::ui::{Show, any::IntoAny, effect};
use leptos::{ev, html, prelude::*};

use super::{Seen, Sheet, Write};
use crate::{
    api::{
        contacts::datasheet_set_contact,
        datasheets::{datasheet_rename, datasheet_set_owner, datasheet_set_status},
    },
    domain::{
        id::{ContactId, StatusId, UserId},
        status::StatusGroup,
        text,
    },
    i18n::{contacts, errors, sheet as texts, tree::group_label},
    ui::{
        browser,
        fields::contact::ContactInput,
        widgets::form::{SelectField, choice},
    },
};

/// The name as heading, and its form in the same place.
#[component]
pub(super) fn Name(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    let editing = RwSignal::new(false);
    let typed = RwSignal::new(String::new());
    // The name that typing began on, with the version.
    let began = StoredValue::new((String::new(), 0));
    let problem = RwSignal::new(None::<String>);
    let input = NodeRef::<html::Input>::new();
    let name = move || sheet.page.with(|page| page.row.name.clone());

    effect(move || {
        if let Some(input) = input.get() {
            // A focus that fails leaves the page as it is.
            let _ = input.focus();
            input.select();
        }
    });
    let start = move |_| {
        typed.set(untrack(name));
        began.set_value((untrack(name), sheet.page.with_untracked(|page| page.row.version)));
        problem.set(None);
        editing.set(true);
    };
    let stop = move || {
        editing.set(false);
        browser::focus_soon(".datasheet-page__rename");
    };
    let save = move || {
        if !editing.get_untracked() {
            return;
        }
        match text::name(&typed.get_untracked()) {
            Err(invalid) => problem.set(Some(errors::message(t, &invalid.into()))),
            Ok(new) => {
                editing.set(false);
                let (now, (before, version)) = (untrack(name), began.get_value());
                if new != now {
                    rename(sheet, new, Seen::Datasheet.began((&before, version), &now));
                }
            }
        }
    };
    let on_keydown = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            save();
            if !editing.get_untracked() {
                browser::focus_soon(".datasheet-page__rename");
            }
        }
        "Escape" => {
            event.stop_propagation();
            stop();
        }
        _ => {}
    };

    view! {
        <div class="datasheet-page__name" hidden=move || editing.get()>
            <h1 tabindex="-1">{name}</h1>
            <button
                type="button"
                class="button button--quiet datasheet-page__rename"
                hidden=move || sheet.is_trashed()
                on:click=start
            >
                {texts::rename(t)}
            </button>
        </div>
        <Show when=move || editing.get()>
            <div class="form-field datasheet-page__name-form">
                <input
                    node_ref=input
                    type="text"
                    aria-label=errors::name(t)
                    aria-invalid=move || problem.with(Option::is_some).then_some("true")
                    aria-describedby="name-problem"
                    prop:value=move || typed.get()
                    on:input=move |event| typed.set(event_target_value(&event))
                    on:keydown=on_keydown
                    on:blur=move |_| save()
                />
                <p class="form-field__problem" id="name-problem" role="alert">
                    {move || problem.get()}
                </p>
            </div>
        </Show>
    }
    .into_any()
}

fn rename(sheet: Sheet, name: String, seen: Seen) {
    let t = sheet.here.locale;
    let (id, said, shown, sent) = (sheet.id, texts::said_renamed(t, &name), name.clone(), name.clone());
    sheet.write(
        Write::new(
            seen,
            said,
            move |page| page.row.name.clone_from(&shown),
            move |key, version| datasheet_rename(key, id, version, sent.clone()),
        )
        .with_value(errors::name(t), name),
    );
}

/// Status, owner, contact.
#[component]
pub(super) fn Fields(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    let contact =
        move || sheet.page.with(|page| page.row.contact_id.map(|id| id.to_string()).unwrap_or_default());
    let picked = RwSignal::new(String::new());
    let names = move || {
        sheet
            .page
            .with(|page| page.row.contact_id.zip(page.row.contact.clone()).into_iter().collect::<Vec<_>>())
    };
    let owner = Signal::derive(move || sheet.page.with(|page| page.row.owner.to_string()));
    let owner_now = sheet.page.with_untracked(|page| page.row.owner);
    let owners = sheet
        .here
        .people()
        .into_iter()
        .filter(|person| person.active || person.id == owner_now)
        .map(|person| (person.id.to_string(), person.name))
        .collect();
    view! {
        <Status sheet />
        <SelectField
            id="sheet-owner"
            label=errors::owner(t)
            options=owners
            value=owner
            disabled=Signal::derive(move || sheet.is_trashed())
            on_choose=Callback::new(move |id: String| {
                if let Ok(id) = id.parse() {
                    give(sheet, id);
                }
            })
        />
        <div class="form-field own-field">
            <label for="sheet-contact">{texts::contact(t)}</label>
            <ContactInput
                id="sheet-contact".to_owned()
                typed=Signal::derive(contact)
                contacts=Signal::derive(names)
                disabled=Signal::derive(move || sheet.is_trashed())
                on_contact=Some(Callback::new(move |(_, name)| picked.set(name)))
                commit=Callback::new(move |id: String| set_contact(sheet, id.parse().ok(), picked.get_untracked()))
            />
        </div>
    }
    .into_any()
}

fn give(sheet: Sheet, owner: UserId) {
    let (t, id, name) = (sheet.here.locale, sheet.id, sheet.here.person(owner));
    sheet.write(
        Write::new(
            Seen::Datasheet,
            texts::said_owner(t, &name),
            move |page| page.row.owner = owner,
            move |key, version| datasheet_set_owner(key, id, version, owner),
        )
        .with_value(errors::owner(t), name),
    );
}

/// Says whom the datasheet is about.
fn set_contact(sheet: Sheet, contact: Option<ContactId>, name: String) {
    let (t, id) = (sheet.here.locale, sheet.id);
    let name = if contact.is_some() { name } else { contacts::nothing(t).to_owned() };
    let said = match contact {
        Some(_) => contacts::said_contact(t, &name),
        None => contacts::said_no_contact(t).to_owned(),
    };
    let shown = contact.map(|_| name.clone());
    let write = Write::new(
        Seen::Datasheet,
        said,
        move |page| {
            page.row.contact_id = contact;
            page.row.contact.clone_from(&shown);
        },
        move |key, version| datasheet_set_contact(key, id, version, contact),
    );
    sheet.write(write.with_value(texts::contact(t), name));
}

#[component]
fn Status(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    let value = Signal::derive(move || sheet.page.with(|page| page.row.status.to_string()));
    let process = sheet.page.with_untracked(|page| page.module.template.process());
    let is_fixed = process.is_some();
    let look = move || {
        sheet.page.with(|page| {
            page.tree
                .get(page.row.status)
                .map(|status| (status.status_group.as_str(), status.color.as_str()))
                .unwrap_or_default()
        })
    };
    // The tree may be edited while the page is open.
    let tree = Memo::new(move |_| sheet.page.with(|page| (page.tree.clone(), page.module.clone())));
    let options = move || {
        let (tree, module) = tree.get();
        StatusGroup::ALL
            .into_iter()
            .filter(|group| tree.of(*group).next().is_some())
            .map(|group| {
                let options = tree
                    .of(group)
                    .map(|status| choice(status.id.to_string(), status.name.text(t).to_owned(), value))
                    .collect_view();
                view! { <optgroup label=group_label(t, &module, group)>{options}</optgroup> }
            })
            .collect_view()
    };
    view! {
        <div class="form-field datasheet-page__status">
            <label for="sheet-status">{errors::status(t)}</label>
            <span
                class="dot"
                aria-hidden="true"
                data-group=move || look().0
                data-color=move || look().1
            ></span>
            <select
                id="sheet-status"
                disabled=move || is_fixed || sheet.is_trashed()
                aria-describedby=is_fixed.then_some("sheet-status-hint")
                on:change=move |event| {
                    if let Ok(status) = event_target_value(&event).parse() {
                        move_to(sheet, status);
                    }
                }
            >
                {options}
            </select>
            {process
                .map(|process| {
                    view! {
                        <p class="form-field__hint" id="sheet-status-hint">
                            {process.moved_by(t)}
                        </p>
                    }
                })}
        </div>
    }
    .into_any()
}

fn move_to(sheet: Sheet, status: StatusId) {
    let (t, id) = (sheet.here.locale, sheet.id);
    let name = sheet
        .page
        .with_untracked(|page| page.tree.get(status).map(|status| status.name.text(t).to_owned()))
        .unwrap_or_default();
    sheet.write(
        Write::new(
            Seen::Datasheet,
            texts::said_status(t, &name),
            move |page| page.row.status = status,
            move |key, version| datasheet_set_status(key, id, version, status),
        )
        .with_value(errors::status(t), name),
    );
}
