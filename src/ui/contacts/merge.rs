//! Merging two contacts: chosen, shown as it will be, done.

use leptos::{prelude::*, task::spawn_local};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{
    api::contacts::{contact_merge, contact_merge_preview, contact_undo},
    domain::{
        contact::{Contact, DetailKind, MergePreview},
        id::ContactId,
    },
    error::Error,
    i18n::{Locale, bar, contacts as texts, errors},
    ui::{
        any::IntoAny,
        effect,
        fields::contact::ContactInput,
        here,
        lazy::late,
        send,
        widgets::{dialog::Dialog, form::Problem},
    },
};

/// The dialog.
#[component]
pub(super) fn MergeDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The contact whose page it is on.
    this: ContactId,
    /// The one to merge it with; `None` asks for it.
    other: RwSignal<Option<ContactId>>,
    /// Called with the contact that was kept.
    done: Callback<ContactId>,
) -> impl IntoView {
    view! {
        <Dialog open title=texts::merge_title(here().locale).to_owned()>
            {late(fields(open, this, other, done))}
        </Dialog>
    }
    .into_any()
}

/// What is in it; its code is loaded when it is first opened.
#[wasm_split(dialogs, fallible)]
fn fields(
    open: RwSignal<bool>,
    this: ContactId,
    other: RwSignal<Option<ContactId>>,
    done: Callback<ContactId>,
) -> Result<AnyView, SplitLoaderError> {
    let here = here();
    let t = here.locale;
    let swapped = RwSignal::new(false);
    let preview = RwSignal::new(None::<MergePreview>);
    let problem = RwSignal::new(None::<Error>);
    let sending = RwSignal::new(false);
    let look = move || {
        let Some(chosen) = other.get_untracked() else { return };
        let (kept, goes) = if swapped.get_untracked() { (chosen, this) } else { (this, chosen) };
        spawn_local(async move {
            match contact_merge_preview(kept, goes).await {
                Ok(found) => {
                    preview.try_set(Some(found));
                }
                Err(error) => {
                    preview.try_set(None);
                    problem.try_set(Some(error));
                }
            }
        });
    };
    effect(move || {
        other.track();
        swapped.track();
        problem.set(None);
        look();
    });
    let merge = move |_| {
        let Some(shown) = preview.get_untracked() else { return };
        if sending.get_untracked() {
            return;
        }
        sending.set(true);
        problem.set(None);
        let (kept, goes) = (shown.kept.id, shown.other.id);
        let (kept_stamp, other_stamp, name) = (shown.kept.stamp(), shown.other.stamp(), shown.other.name);
        send(
            move |key| contact_merge(key, kept, kept_stamp.clone(), goes, other_stamp.clone()),
            move |answer| {
                sending.try_set(false);
                match answer {
                    Ok(answer) => {
                        let take_back = answer.undo.map(|event| {
                            Callback::new(move |()| {
                                send(
                                    move |key| contact_undo(key, event),
                                    move |answer| match answer {
                                        Ok(_) => {
                                            here.toasts.done(texts::said_undone(t), None);
                                            done.try_run(kept);
                                        }
                                        Err(error) => here.toasts.error(&error),
                                    },
                                );
                            })
                        });
                        here.toasts.done(texts::said_merged(t, &name), take_back);
                        open.try_set(false);
                        done.try_run(kept);
                    }
                    Err(error) => {
                        // Shown anew as it is now.
                        if matches!(error, Error::Conflict(_)) {
                            look();
                        }
                        problem.try_set(Some(error));
                    }
                }
            },
        );
    };
    let message = Signal::derive(move || {
        problem.with(|problem| problem.as_ref().map(|error| errors::message(t, error)))
    });
    let asks = move || other.with(Option::is_none);
    let choice = move || {
        asks().then(|| {
            view! {
                <div class="form-field own-field">
                    <label for="merge-other">{texts::merge_goes(t)}</label>
                    <ContactInput
                        id="merge-other".to_owned()
                        typed=Signal::stored(String::new())
                        contacts=Signal::stored(vec![])
                        commit=Callback::new(move |id: String| other.set(id.parse().ok()))
                    />
                </div>
            }
            .into_any()
        })
    };
    let shown = move || {
        preview.get().map(|preview| {
            view! {
                <Shown preview />
                <button type="button" class="button button--quiet merge__swap" on:click=move |_| swapped.update(|it| *it = !*it)>
                    {texts::merge_swap(t)}
                </button>
            }
            .into_any()
        })
    };
    Ok(view! {
        <div class="form merge">
            {choice}
            {shown}
            <Problem text=message />
            <div class="form-actions">
                <button type="button" class="button button--quiet" on:click=move |_| open.set(false)>
                    {bar::cancel(t)}
                </button>
                <button
                    type="button"
                    class="button"
                    disabled=move || sending.get() || preview.with(Option::is_none)
                    on:click=merge
                >
                    {texts::merge(t)}
                </button>
            </div>
        </div>
    }
    .into_any())
}

/// Both contacts, and what comes of them.
#[component]
fn Shown(preview: MergePreview) -> impl IntoView {
    let t = here().locale;
    let MergePreview { kept, other, merged, datasheets, persons, events } = preview;
    let doubled = merged.doubled.len();
    view! {
        <div class="merge__pair">
            {one(t, texts::merge_stays(t), &kept)}
            {one(t, texts::merge_goes(t), &other)}
        </div>
        <div class="merge__result">{one(t, texts::merge_result(t), &merged.contact)}</div>
        <p>{texts::merge_moves(t, datasheets, persons, events)}</p>
        {(doubled > 0).then(|| view! { <p>{texts::merge_doubled(t, doubled)}</p> }.into_any())}
        <p class="own-fields__hint">{texts::merge_undo_hint(t)}</p>
    }
    .into_any()
}

fn one(t: Locale, head: &'static str, contact: &Contact) -> AnyView {
    let own = [
        contact.business.as_ref().map(|business| (texts::business(t), business.name.clone())),
        contact.tax_number.clone().map(|tax_number| (errors::tax_number(t), tax_number)),
    ];
    let details = DetailKind::ALL.into_iter().flat_map(|kind| {
        contact.of(kind).map(move |detail| (errors::field(t, kind.field()), detail.value.clone()))
    });
    let lines = own
        .into_iter()
        .flatten()
        .chain(details)
        .map(|(label, value)| {
            view! {
                <dt>{label}</dt>
                <dd>{value}</dd>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <section class="merge__one">
            <h3>{head}</h3>
            <b>{contact.name.clone()}</b>
            <dl>{lines}</dl>
        </section>
    }
    .into_any()
}
