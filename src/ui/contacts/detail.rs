//! The e-mail addresses, phone numbers and addresses of a contact: each saved as it is left.

use leptos::{html, prelude::*};

use super::{
    card::{Card, Seen, Write},
    line::{Left, Line},
};
use crate::{
    api::contacts::{DetailChange, contact_detail},
    domain::{
        contact::{Detail, DetailKind, DetailLabel},
        id::DetailId,
    },
    error::Error,
    i18n::{Locale, contacts as texts, errors},
    ui::{Show, any::IntoAny, browser, effect, widgets::icon::Icon},
};

/// All of a kind, and a place for a new one.
#[component]
pub(super) fn Details(card: Card, kind: DetailKind) -> impl IntoView {
    let t = card.here.locale;
    let ids = Memo::new(move |_| {
        card.contact.with(|contact| contact.of(kind).map(|detail| detail.id).collect::<Vec<_>>())
    });
    let adding = RwSignal::new(false);
    let add_id = format!("add-{}", kind.word());
    let add = view! {
        <button
            type="button"
            class="contact-details__add"
            id=add_id.clone()
            hidden=move || adding.get()
            on:click=move |_| adding.set(true)
        >
            <Icon name="plus" />
            {texts::add_one(t, kind)}
        </button>
    }
    .into_any();
    view! {
        <div class="contact-details" role="group" aria-label=texts::all_of(t, kind)>
            <h2>{texts::all_of(t, kind)}</h2>
            <For each=move || ids.get() key=|id| *id let(id)>
                {row(card, kind, id)}
            </For>
            <Show when=move || adding.get()>
                <NewDetail card kind adding />
            </Show>
            {add}
        </div>
    }
    .into_any()
}

const fn input_kind(kind: DetailKind) -> &'static str {
    match kind {
        DetailKind::Email => "email",
        DetailKind::Phone => "tel",
        DetailKind::Address => "text",
    }
}

fn labels(t: Locale, kind: DetailKind, value: Signal<DetailLabel>) -> AnyView {
    // One of another kind of contact or an import keeps its label.
    let now = value.get_untracked();
    let extra = (!DetailLabel::of(kind).contains(&now)).then_some(now);
    let words = Signal::derive(move || value.get().word().to_owned());
    DetailLabel::of(kind)
        .iter()
        .copied()
        .chain(extra)
        .map(|label| {
            crate::ui::widgets::form::choice(
                label.word().to_owned(),
                texts::label(t, label).to_owned(),
                words,
            )
        })
        .collect_view()
        .into_any()
}

fn row(card: Card, kind: DetailKind, id: DetailId) -> Option<AnyView> {
    let t = card.here.locale;
    let first =
        card.contact.with_untracked(|contact| contact.of(kind).find(|detail| detail.id == id).cloned())?;
    let now = Memo::new(move |before: Option<&Detail>| {
        let now = card.contact.with(|contact| contact.of(kind).find(|detail| detail.id == id).cloned());
        now.or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
    });
    let problem = RwSignal::new(None::<Error>);
    let save_as = move |label: DetailLabel, left: Left| {
        let (seen, contact) = (left.seen_or(Seen::Detail(id)), card.id);
        card.write(Write::new(seen, texts::said_saved(t).to_owned(), problem, move |key, version| {
            let change = DetailChange::Save { detail: id, version, label, value: left.text.clone() };
            contact_detail(key, contact, change)
        }));
    };
    let remove = move |_| {
        let said = texts::said_removed(t, &now.with_untracked(|now| now.value.clone()));
        let contact = card.id;
        browser::focus_soon(format!("#add-{}", kind.word()));
        card.write(Write::new(Seen::Detail(id), said, problem, move |key, version| {
            contact_detail(key, contact, DetailChange::Remove { detail: id, version })
        }));
    };
    let field = errors::field(t, kind.field());
    let label_name = move || now.with(|now| texts::label_of(t, field, &now.value));
    let remove_name = move || now.with(|now| texts::remove_of(t, &now.value));
    Some(
        view! {
            <div class="contact-detail">
                <select
                    class="contact-detail__label"
                    aria-label=label_name
                    on:change=move |event| {
                        if let Some(label) = DetailLabel::parse(&event_target_value(&event)) {
                            let text = now.with_untracked(|now| now.value.clone());
                            save_as(label, Left { text, seen: None });
                        }
                    }
                >
                    {labels(t, kind, Signal::derive(move || now.with(|now| now.label)))}
                </select>
                <Line
                    card
                    id=format!("detail-{id}")
                    label=field.to_owned()
                    labelled=false
                    value=Signal::derive(move || now.with(|now| now.value.clone()))
                    kind=input_kind(kind)
                    problem
                    save=Callback::new(move |left| save_as(now.with_untracked(|now| now.label), left))
                />
                <button type="button" class="icon-button" aria-label=remove_name title=remove_name on:click=remove>
                    <Icon name="close" />
                </button>
            </div>
        }
        .into_any(),
    )
}

#[component]
fn NewDetail(card: Card, kind: DetailKind, adding: RwSignal<bool>) -> impl IntoView {
    let t = card.here.locale;
    let first = match kind {
        DetailKind::Phone => DetailLabel::Mobile,
        _ => DetailLabel::Work,
    };
    let label = RwSignal::new(first);
    let typed = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<Error>);
    let sent = RwSignal::new(String::new());
    let input = NodeRef::<html::Input>::new();
    effect(move || {
        if let Some(input) = input.get() {
            // A focus that fails leaves the page as it is.
            let _ = input.focus();
        }
    });
    let close = move || {
        adding.try_set(false);
        card.forget(kind);
    };
    let save = move || {
        // The browser tells of a change also as it takes the input out of the page.
        let Some(value) = typed.try_get_untracked() else { return };
        let value = value.trim().to_owned();
        if value.is_empty() {
            close();
            return;
        }
        if sent.get_untracked() == value {
            return;
        }
        sent.set(value.clone());
        problem.set(None);
        let (contact, said, label) = (card.id, texts::said_saved(t).to_owned(), label.get_untracked());
        let write = Write::new(Seen::Version(0), said, problem, move |key, _| {
            contact_detail(key, contact, DetailChange::Add { kind, label, value: value.clone() })
        });
        card.write(write.then(move |is_stored| {
            if is_stored {
                close();
            } else {
                sent.try_set(String::new());
            }
        }));
    };
    let id = format!("new-{}", kind.word());
    let problem_id = format!("{id}-problem");
    let message = move || problem.with(|problem| problem.as_ref().map(|error| errors::message(t, error)));
    view! {
        <div class="contact-detail">
            <select
                class="contact-detail__label"
                aria-label=texts::label_of(t, errors::field(t, kind.field()), "")
                on:change=move |event| {
                    if let Some(chosen) = DetailLabel::parse(&event_target_value(&event)) {
                        label.set(chosen);
                    }
                }
            >
                {labels(t, kind, label.into())}
            </select>
            <div class="form-field contact-line">
                <input
                    node_ref=input
                    id=id
                    type=input_kind(kind)
                    autocomplete="off"
                    aria-label=texts::new_one(t, kind)
                    aria-invalid=move || problem.with(Option::is_some).then_some("true")
                    aria-describedby=problem_id.clone()
                    prop:value=move || typed.get()
                    on:input=move |event| {
                        typed.set(event_target_value(&event));
                        card.typing(kind, event_target_value(&event));
                    }
                    on:change=move |_| save()
                    on:keydown=move |event| match event.key().as_str() {
                        "Enter" => {
                            event.prevent_default();
                            save();
                            browser::focus_soon(format!("#add-{}", kind.word()));
                        }
                        "Escape" => {
                            event.stop_propagation();
                            close();
                            browser::focus_soon(format!("#add-{}", kind.word()));
                        }
                        _ => {}
                    }
                />
                <div class="contact-line__problem" id=problem_id>
                    <span class="form-field__problem" role="alert">
                        {message}
                    </span>
                </div>
            </div>
            <button type="button" class="icon-button" aria-label=crate::i18n::bar::cancel(t) on:click=move |_| close()>
                <Icon name="close" />
            </button>
        </div>
    }
    .into_any()
}
