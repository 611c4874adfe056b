//! The module's own fields on the page of a datasheet, in groups that fold.

use crate::ui::any::IntoAny;
use leptos::prelude::*;

use super::{Seen, Sheet, Write, customise::Customise};
use crate::{
    api::fields::field_set,
    domain::{
        datasheet::DatasheetPage,
        field::CustomField,
        id::{ContactId, EventId, FieldGroupId, FieldId},
    },
    error::MissingField,
    i18n::fields as texts,
    ui::{
        browser,
        fields::{
            input::{FieldInput, Left},
            shown,
        },
        widgets::icon::Icon,
    },
};

/// With more fields than this the groups below the first are folded at first.
const CALM: usize = 15;

/// A group with its name; `None` is above all groups.
type Frame = Option<(FieldGroupId, String)>;

/// All fields of the module; admins define them in the same place.
#[component]
pub(super) fn OwnFields(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    let is_admin = sheet.here.is_admin();
    let customising = RwSignal::new(false);
    let is_empty =
        Memo::new(move |_| sheet.page.with(|page| page.fields.list.all().iter().all(|field| field.archived)));
    view! {
        <section
            class="own-fields"
            aria-labelledby="own-fields-head"
            hidden=move || !is_admin && is_empty.get()
        >
            <header class="own-fields__head">
                <h2 id="own-fields-head">{texts::fields(t)}</h2>
                {is_admin
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="icon-button"
                                aria-label=texts::customise(t)
                                title=texts::customise(t)
                                aria-pressed=move || customising.get().to_string()
                                on:click=move |_| customising.update(|customising| *customising = !*customising)
                            >
                                <Icon name="wrench" />
                            </button>
                        }
                    })}
            </header>
            <Missing sheet />
            {move || {
                if customising.get() {
                    view! { <Customise sheet /> }.into_any()
                } else {
                    view! { <Frames sheet /> }.into_any()
                }
            }}
        </section>
    }
    .into_any()
}

/// What the status requires and is not filled in: where a process, a deleted status or an import moved the datasheet, nothing
/// asked for it.
#[component]
fn Missing(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    let missing = Memo::new(move |_| sheet.page.with(missing));
    let names = move || {
        missing
            .get()
            .into_iter()
            .map(|field| {
                view! {
                    <li>
                        <button type="button" on:click=move |_| browser::focus_soon(format!("#field-{}", field.field))>
                            {field.name}
                        </button>
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <div class="own-fields__missing" hidden=move || sheet.is_trashed() || missing.with(Vec::is_empty)>
            <p id="own-fields-missing">{texts::missing_here(t)}</p>
            <ul aria-labelledby="own-fields-missing">{names}</ul>
        </div>
    }
    .into_any()
}

fn missing(page: &DatasheetPage) -> Vec<MissingField> {
    let fields = &page.fields;
    fields.list.missing(&page.tree, page.row.status, |field| fields.value(field).is_some())
}

#[component]
fn Frames(sheet: Sheet) -> impl IntoView {
    let frames = Memo::new(move |_| {
        sheet.page.with(|page| {
            let list = &page.fields.list;
            let groups = list.groups().iter().map(|group| Some((group.id, group.name.clone())));
            std::iter::once(None)
                .chain(groups)
                .filter(|frame: &Frame| list.of(frame.as_ref().map(|(id, _)| *id)).next().is_some())
                .collect::<Vec<Frame>>()
        })
    });
    view! {
        <For each=move || frames.get() key=Clone::clone let(frame)>
            {frame_of(sheet, frame)}
        </For>
    }
    .into_any()
}

fn frame_of(sheet: Sheet, frame: Frame) -> AnyView {
    let id = frame.as_ref().map(|(id, _)| *id);
    let fields = Memo::new(move |_| {
        sheet
            .page
            .with(|page| page.fields.list.of(id).map(|field| (field.id, field.version)).collect::<Vec<_>>())
    });
    let rows = view! {
        <For each=move || fields.get() key=|field| *field let(field)>
            {row(sheet, field.0)}
        </For>
    };
    let Some((id, name)) = frame else {
        return view! { <div class="own-fields__group">{rows}</div> }.into_any();
    };
    let is_open = sheet.page.with_untracked(|page| {
        let list = &page.fields.list;
        list.all().len() <= CALM
            || list.groups().first().is_some_and(|group| group.id == id)
            || missing(page).iter().any(|missing| list.of(Some(id)).any(|field| field.id == missing.field))
    });
    let count = move || {
        sheet.page.with(|page| {
            let filled = page.fields.list.of(Some(id)).filter(|field| page.fields.value(field.id).is_some());
            format!("{}/{}", filled.count(), page.fields.list.of(Some(id)).count())
        })
    };
    view! {
        <details class="own-fields__group" open=is_open>
            <summary>
                <span>{name}</span>
                <span class="n">{count}</span>
            </summary>
            <div class="own-fields__rows">{rows}</div>
        </details>
    }
    .into_any()
}

fn row(sheet: Sheet, id: FieldId) -> Option<AnyView> {
    let field = sheet.page.with_untracked(|page| page.fields.list.get(id).cloned())?;
    let problem = RwSignal::new(None);
    let value =
        Memo::new(move |_| sheet.page.with(|page| (page.fields.value(id).cloned(), page.fields.version(id))));
    let contacts = Memo::new(move |_| sheet.page.with(|page| page.fields.contacts.clone()));
    let files = Memo::new(move |_| sheet.page.with(DatasheetPage::file_names));
    let required = {
        let field = field.clone();
        Signal::derive(move || sheet.page.with(|page| field.is_required(&page.tree, page.row.status)))
    };
    let definition = StoredValue::new(field.clone());
    let save = Callback::new(move |left: Left| {
        definition.with_value(|field| write(sheet, field, left, problem));
    });
    let on_contact = Callback::new(move |contact: (ContactId, String)| {
        sheet.page.update(|page| page.fields.contacts.push(contact));
    });
    let on_file = Callback::new(move |file: (EventId, String)| {
        sheet.page.update(|page| page.fields.files.push(file));
    });
    Some(
        view! {
            <FieldInput
                field
                id=format!("field-{id}")
                value
                contacts
                files=(sheet.id, files.into())
                problem
                required
                disabled=Signal::derive(move || sheet.is_trashed())
                on_contact
                on_file
                save
            />
        }
        .into_any(),
    )
}

/// Shows the value at once and sends it; what the server refuses is said beside the field, where what was typed still stands.
fn write(sheet: Sheet, field: &CustomField, left: Left, problem: RwSignal<Option<crate::error::Error>>) {
    let (datasheet, id) = (sheet.id, field.id);
    let value = sheet.page.with_untracked(|page| {
        shown(sheet.here, field, left.value.as_ref(), &page.fields.contacts, &page.file_names())
    });
    let said = texts::said_set(sheet.here.locale, &field.name, &value);
    let (put, sent) = (left.value.clone(), left.value);
    let seen = left.seen.map_or(Seen::Field(id), Seen::Version);
    let write = Write::new(
        seen,
        said,
        move |page| page.fields.put(id, put.clone()),
        move |key, version| field_set(key, datasheet, id, version, sent.clone()),
    );
    sheet.write(write.on_error(move |error| {
        problem.try_set(Some(error));
    }));
}
