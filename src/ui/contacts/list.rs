//! The contacts in a list: searched, paged by key. A form and links, so that it works without JavaScript too.

use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use super::{icon_of, new::NewContact};
use crate::{
    api::contacts::contacts_list,
    domain::{
        contact::{ContactCursor, ContactLine, ContactList},
        filter::percent_encode,
    },
    i18n::{Locale, contacts as texts, errors},
    ui::{any::IntoAny, here, not_found::Failed, resource, widgets::icon::Icon},
};

/// How long typing rests before it is searched for, in milliseconds.
const REST: u32 = 200;

/// Where the list begins, in the URL.
fn address(search: &str, from: Option<&ContactCursor>) -> String {
    let mut parts = vec![];
    if !search.is_empty() {
        parts.push(format!("q={}", percent_encode(search)));
    }
    if let Some(from) = from {
        parts.push(format!("after={}&id={}", percent_encode(&from.key), from.id));
    }
    if parts.is_empty() { "/contacts".to_owned() } else { format!("/contacts?{}", parts.join("&")) }
}

/// The page.
#[component]
pub(super) fn List() -> impl IntoView {
    let t = here().locale;
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| {
            let from = query
                .get("after")
                .zip(query.get("id"))
                .and_then(|(key, id)| Some(ContactCursor { key, id: id.parse().ok()? }));
            (query.get("q").unwrap_or_default(), from)
        })
    });
    let list = resource(move || asked.get(), async |(search, from)| contacts_list(search, from).await);
    let typed = RwSignal::new(asked.get_untracked().0);
    let adding = RwSignal::new(false);
    let navigate = StoredValue::new(use_navigate());
    let turn = StoredValue::new(0_u32);
    let look = move |text: String| {
        typed.set(text.clone());
        let Some(mine) = turn.try_update_value(|turn| {
            *turn += 1;
            *turn
        }) else {
            return;
        };
        spawn_local(async move {
            gloo_timers::future::TimeoutFuture::new(REST).await;
            if turn.try_get_value() != Some(mine) {
                return;
            }
            let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
            navigate.try_with_value(|navigate| navigate(&address(text.trim(), None), options));
        });
    };
    view! {
        <Title text=format!("{} · Modulok", texts::contacts(t)) />
        <div class="plain-page plain-page--wide contacts">
            <div class="plain-page__head">
                <h1 tabindex="-1">{texts::contacts(t)}</h1>
                <button type="button" class="button" aria-haspopup="dialog" on:click=move |_| adding.set(true)>
                    <Icon name="plus" />
                    {texts::new_contact(t)}
                </button>
            </div>
            <form class="contacts__search" method="get" action="/contacts" role="search" on:submit=move |event| {
                event.prevent_default();
                look(typed.get_untracked());
            }>
                <label class="field">
                    <Icon name="search" />
                    <input
                        type="search"
                        name="q"
                        autocomplete="off"
                        aria-label=texts::search(t)
                        placeholder=texts::search_hint(t)
                        value=typed.get_untracked()
                        prop:value=move || typed.get()
                        on:input=move |event| look(event_target_value(&event))
                    />
                </label>
            </form>
            <Transition>
                {move || Suspend::new(async move {
                    let (search, from) = asked.get_untracked();
                    match list.await {
                        Ok(list) => lines(t, list, &search, from.is_some()),
                        Err(error) => view! { <Failed error /> }.into_any(),
                    }
                })}
            </Transition>
        </div>
        <NewContact
            open=adding
            name=Signal::stored(String::new())
            done=Callback::new(move |line: ContactLine| {
                navigate.try_with_value(|navigate| {
                    navigate(&format!("/contacts/{}", line.id), NavigateOptions::default());
                });
            })
        />
    }
    .into_any()
}

fn lines(t: Locale, list: ContactList, search: &str, is_later: bool) -> AnyView {
    let ContactList { lines, next } = list;
    if lines.is_empty() {
        return empty(t, search);
    }
    let lines = lines.into_iter().map(|contact| line(t, contact)).collect_view();
    let first = is_later.then(|| {
        view! {
            <a class="button button--quiet" href=address(search, None)>
                {texts::first_page(t)}
            </a>
        }
        .into_any()
    });
    let next = next.map(|next| {
        view! {
            <a class="button button--quiet" href=address(search, Some(&next)) rel="next">
                {texts::next_page(t)}
            </a>
        }
        .into_any()
    });
    view! {
        <div class="contacts__list" role="table" aria-label=texts::contacts(t)>
            <div class="contacts__head" role="row">
                <span role="columnheader">{errors::name(t)}</span>
                <span role="columnheader">{errors::business(t)}</span>
                <span role="columnheader">{errors::email(t)}</span>
                <span role="columnheader">{errors::phone(t)}</span>
            </div>
            {lines}
        </div>
        <nav class="contacts__pages" aria-label=texts::next_page(t)>
            {first}
            {next}
        </nav>
    }
    .into_any()
}

fn line(t: Locale, contact: ContactLine) -> AnyView {
    let ContactLine { id, kind, name, business, email, phone } = contact;
    view! {
        <div class="contacts__line" role="row">
            <span role="cell" class="contacts__name">
                <span class="contacts__kind" role="img" aria-label=texts::kind_of(t, kind) title=texts::kind_of(t, kind)>
                    <Icon name=icon_of(kind) />
                </span>
                <a href=format!("/contacts/{id}")>{name}</a>
            </span>
            <span role="cell">{business}</span>
            <span role="cell">
                {email.map(|email| view! { <a href=format!("mailto:{email}")>{email.clone()}</a> }.into_any())}
            </span>
            <span role="cell">{phone.map(|phone| super::phone_link(&phone))}</span>
        </div>
    }
    .into_any()
}

fn empty(t: Locale, search: &str) -> AnyView {
    if search.is_empty() {
        return view! {
            <div class="contacts__empty">
                <h2>{texts::none_yet(t)}</h2>
                <p>{texts::none_yet_text(t)}</p>
            </div>
        }
        .into_any();
    }
    view! {
        <div class="contacts__empty">
            <h2>{texts::none_found(t, search)}</h2>
            <a class="button button--quiet" href="/contacts">
                {texts::show_all(t)}
            </a>
        </div>
    }
    .into_any()
}
