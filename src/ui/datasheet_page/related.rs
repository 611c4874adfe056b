//! The related datasheets: linked by search, described in place, taken apart.

use crate::ui::{any::IntoAny, effect};
use leptos::{ev, prelude::*};

use super::{Seen, Sheet, Write};
use crate::{
    api::relations::{relation_add, relation_describe, relation_find, relation_remove},
    domain::{
        id::{DatasheetId, RelationId},
        relation::{Offered, Related},
    },
    error::Error,
    i18n::related as texts,
    ui::{
        browser,
        widgets::{
            finder::{Finder, Found, Search},
            icon::Icon,
        },
    },
};

/// The section of the page.
#[component]
pub(super) fn RelatedSheets(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    let ids = Memo::new(move |_| {
        sheet.page.with(|page| page.related.iter().map(|related| related.id).collect::<Vec<_>>())
    });
    // The one that was just chosen: once it is linked, its description is asked for.
    let chosen = RwSignal::new(None::<DatasheetId>);
    effect(move || {
        let Some(wanted) = chosen.get() else { return };
        let linked = sheet.page.with(|page| {
            page.related.iter().find(|related| related.datasheet == wanted).map(|related| related.id)
        });
        if let Some(id) = linked {
            chosen.set(None);
            browser::focus_soon(format!("#related-{id}"));
        }
    });
    let this = sheet.id;
    let ask = Callback::new(move |text: String| {
        let found = async move {
            Ok::<Vec<Found>, Error>(relation_find(this, text).await?.into_iter().map(found).collect())
        };
        Box::pin(found) as Search
    });
    let link = Callback::new(move |found: Found| {
        let Ok(other) = found.id.parse::<DatasheetId>() else { return };
        chosen.set(Some(other));
        let said = texts::said_related(t, &found.name);
        sheet.write(
            Write::new(
                Seen::Version(0),
                said,
                |_| {},
                move |key, _| relation_add(key, this, other, String::new()),
            )
            .on_error(move |error| {
                chosen.try_set(None);
                sheet.here.toasts.error(&error);
            }),
        );
    });
    let is_empty = Memo::new(move |_| ids.with(Vec::is_empty));
    view! {
        <section class="sheet-related" aria-labelledby="related-head">
            <h2 id="related-head">{texts::related(t)}</h2>
            <p class="sheet-related__empty" hidden=move || !is_empty.get()>
                {texts::none(t)}
            </p>
            <ul hidden=move || is_empty.get()>
                <For each=move || ids.get() key=|id| *id let(id)>
                    {row(sheet, id)}
                </For>
            </ul>
            <div class="form-field own-field sheet-related__find" hidden=move || sheet.is_trashed()>
                <label for="related-find">{texts::link(t)}</label>
                <div class="own-field__search">
                    <Finder id="related-find".to_owned() placeholder=texts::find(t) ask choose=link create=None />
                </div>
            </div>
        </section>
    }
    .into_any()
}

/// What the search offers, told apart by whom it is about and its module.
fn found(offered: Offered) -> Found {
    let Offered { datasheet, name, contact, module } = offered;
    let beside = contact.map_or_else(|| module.clone(), |contact| format!("{contact} · {module}"));
    Found { id: datasheet.to_string(), name, beside }
}

fn row(sheet: Sheet, id: RelationId) -> Option<AnyView> {
    let t = sheet.here.locale;
    let find = move |related: &Vec<Related>| related.iter().find(|related| related.id == id).cloned();
    let first = sheet.page.with_untracked(|page| find(&page.related))?;
    let now = Memo::new(move |before: Option<&Related>| {
        let now = sheet.page.with(|page| find(&page.related));
        now.or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
    });
    let name = move || now.with(|now| now.name.clone());
    // What stood there when typing began, and its version: meanwhile the field follows nobody.
    let began = RwSignal::new(None::<(String, i64)>);
    let typed = RwSignal::new(now.with_untracked(|now| now.about.clone()));
    effect(move || {
        let about = now.with(|now| now.about.clone());
        if began.with(Option::is_none) {
            typed.set(about);
        }
    });
    let on_input = move |event: ev::Event| {
        typed.set(event_target_value(&event));
        if began.with_untracked(Option::is_none) {
            began.set(now.with_untracked(|now| Some((now.about.clone(), now.version))));
        }
    };
    let describe = move || {
        let Some((stood, version)) = began.try_update(Option::take).flatten() else { return };
        let about = typed.get_untracked().trim().to_owned();
        if stood == about {
            return;
        }
        let seen = now.with_untracked(|now| Seen::Relation(id).began((&stood, version), &now.about));
        let (this, shown, sent) = (sheet.id, about.clone(), about.clone());
        sheet.write(
            Write::new(
                seen,
                texts::said_described(t, &untrack(name)),
                move |page| {
                    for related in page.related.iter_mut().filter(|related| related.id == id) {
                        related.about.clone_from(&shown);
                    }
                },
                move |key, version| relation_describe(key, this, id, version, sent.clone()),
            )
            .with_value(texts::about(t), about),
        );
    };
    let remove = move |_| {
        let this = sheet.id;
        sheet.write(Write::new(
            Seen::Relation(id),
            texts::said_unrelated(t, &untrack(name)),
            |_| {},
            move |key, version| relation_remove(key, this, id, version),
        ));
        browser::focus_soon("#related-find");
    };
    let href = now.with_untracked(|now| format!("/d/{}", now.datasheet));
    let look = move || now.with(|now| (now.group.as_str(), now.color.as_str()));
    Some(
        view! {
            <li class="related-sheet">
                <div class="related-sheet__what">
                    <a href=href>{name}</a>
                    <span class="related-sheet__more">
                        <span>{move || now.with(|now| now.module.clone())}</span>
                        <span class="related-sheet__status">
                            <span class="dot" aria-hidden="true" data-group=move || look().0 data-color=move || look().1></span>
                            {move || now.with(|now| now.status.text(t).to_owned())}
                        </span>
                        <b hidden=move || now.with(|now| !now.trashed)>{texts::in_trash(t)}</b>
                    </span>
                </div>
                <input
                    class="input"
                    id=format!("related-{id}")
                    type="text"
                    maxlength=crate::domain::relation::ABOUT_MAX.to_string()
                    aria-label=move || texts::about_of(t, &name())
                    placeholder=texts::about_hint(t)
                    readonly=move || sheet.is_trashed()
                    value=typed.get_untracked()
                    prop:value=move || typed.get()
                    on:input=on_input
                    on:blur=move |_| describe()
                    on:keydown=move |event| {
                        if event.key() == "Enter" {
                            describe();
                        }
                    }
                />
                <button
                    type="button"
                    class="icon-button"
                    aria-label=move || texts::remove_of(t, &name())
                    hidden=move || sheet.is_trashed()
                    on:click=remove
                >
                    <Icon name="close" />
                </button>
            </li>
        }
        .into_any(),
    )
}
