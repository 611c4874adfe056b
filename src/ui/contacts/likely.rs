//! What is likely the same as what is typed just now, to be taken instead.

use leptos::{prelude::*, task::spawn_local};

use super::beside;
use crate::{
    api::contacts::contact_likely,
    domain::{
        contact::{AllLikely, ContactLine, Likely, LikelySheet, Typed},
        id::{ContactId, ModuleId},
    },
    i18n::{Locale, contacts as texts},
    ui::{any::IntoAny, effect, here},
};

/// How long typing rests before it is looked up, in milliseconds.
const REST: u32 = 250;

/// What is done with a contact that is found.
#[derive(Clone, Copy, Debug)]
pub enum Offer {
    /// It is taken in the place of the one that is typed.
    Take(Callback<ContactLine>),
    /// The two are merged.
    Merge(Callback<ContactLine>),
    /// It can be opened.
    Open,
}

/// Shows what is found; nothing when nothing is.
#[component]
pub fn LikelyList(
    /// What is typed so far.
    typed: Signal<Typed>,
    /// The contact that is typed itself.
    #[prop(optional_no_strip)]
    except: Option<ContactId>,
    /// The module whose datasheets are looked through too.
    #[prop(optional_no_strip)]
    module: Option<ModuleId>,
    /// What is done with a contact.
    offer: Offer,
) -> impl IntoView {
    let t = here().locale;
    let found = RwSignal::new(AllLikely::default());
    let turn = StoredValue::new(0_u32);
    effect(move || {
        let now = typed.get();
        let Some(mine) = turn.try_update_value(|turn| {
            *turn += 1;
            *turn
        }) else {
            return;
        };
        if now.name.trim().chars().count() < 3 && now.keys().is_empty() {
            found.set(AllLikely::default());
            return;
        }
        let is_last = move || turn.try_get_value() == Some(mine);
        spawn_local(async move {
            gloo_timers::future::TimeoutFuture::new(REST).await;
            if !is_last() {
                return;
            }
            // Help that does not come is missed by nobody: the form works without it.
            if let Ok(answer) = contact_likely(now, except, module).await
                && is_last()
            {
                found.try_set(answer);
            }
        });
    });
    let is_empty = move || found.with(|found| found.contacts.is_empty() && found.sheets.is_empty());
    let heading = match offer {
        Offer::Merge(_) => texts::likely_of_page(t),
        _ => texts::likely(t),
    };
    view! {
        <div class="likely" aria-live="polite" data-empty=move || is_empty().then_some("")>
            {move || {
                (!is_empty())
                    .then(|| {
                        let all = found.get();
                        view! {
                            <p class="likely__head">{heading}</p>
                            <ul>
                                {all.contacts.into_iter().map(|likely| contact(t, likely, offer)).collect_view()}
                                {all.sheets.into_iter().map(|sheet| datasheet(t, sheet)).collect_view()}
                            </ul>
                        }
                            .into_any()
                    })
            }}
        </div>
    }
    .into_any()
}

fn contact(t: Locale, likely: Likely, offer: Offer) -> AnyView {
    let Likely { contact, why } = likely;
    let why = why.into_iter().map(|why| texts::why(t, why)).collect::<Vec<_>>().join(", ");
    let (href, name, more) = (format!("/contacts/{}", contact.id), contact.name.clone(), beside(t, &contact));
    let act = match offer {
        Offer::Take(take) => Some((texts::take(t), texts::take_of(t, &name), take)),
        Offer::Merge(merge) => Some((texts::merge(t), texts::merge_of(t, &name), merge)),
        Offer::Open => None,
    };
    let button = act.map(|(text, label, act)| {
        view! {
            <button type="button" class="button button--quiet" aria-label=label on:click=move |_| act.run(contact.clone())>
                {text}
            </button>
        }
        .into_any()
    });
    view! {
        <li>
            <span class="likely__what">
                <a href=href>{name}</a>
                <span>{more}</span>
                <em>{why}</em>
            </span>
            {button}
        </li>
    }
    .into_any()
}

fn datasheet(t: Locale, sheet: LikelySheet) -> AnyView {
    let LikelySheet { id, name, contact } = sheet;
    let label = texts::open_of(t, &name);
    view! {
        <li>
            <span class="likely__what">
                <b>{name}</b>
                <span>{contact}</span>
                <em>{texts::a_datasheet(t)}</em>
            </span>
            <a class="button button--quiet" href=format!("/d/{id}") aria-label=label>
                {texts::take(t)}
            </a>
        </li>
    }
    .into_any()
}
