//! The tokens by which programs send data: seen, made and revoked by admins.

use crate::ui::any::IntoAny;
use leptos::{ev, html, prelude::*};
use leptos_meta::Title;

use super::{
    browser, here,
    not_found::Failed,
    resource,
    widgets::{
        dialog::Dialog,
        form::{DialogActions, Problem, Sending, TextField},
        moment::moment,
    },
};
use crate::{
    api::tokens::{token_add, token_revoke, tokens_all},
    domain::{id::ApiTokenId, user::ApiToken},
    error::{Error, Field},
    i18n::{bar, errors, pages},
};

/// All tokens in a table, with the dialogs that make and revoke them.
#[component]
pub fn TokensPage() -> impl IntoView {
    let t = here().locale;
    let tokens = resource(|| (), async |()| tokens_all().await);
    view! {
        <Title text=format!("{} – Modulok", pages::tokens(t)) />
        <Transition>
            {move || Suspend::new(async move {
                match tokens.await {
                    Ok(tokens) => view! { <Table tokens /> }.into_any(),
                    Err(error) => view! { <Failed error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

/// Which dialog is open, for which token.
#[derive(Clone, Debug, PartialEq)]
enum Open {
    Make,
    Revoke(ApiTokenId, String),
}

#[component]
fn Table(tokens: Vec<ApiToken>) -> impl IntoView {
    let t = here().locale;
    let tokens = RwSignal::new(tokens);
    let what = RwSignal::new(Open::Make);
    let is_open = RwSignal::new(false);
    let open = move |dialog: Open| {
        what.set(dialog);
        is_open.set(true);
    };
    let title = Signal::derive(move || match what.get() {
        Open::Make => pages::make_token(t).to_owned(),
        Open::Revoke(_, name) => pages::revoke_of(t, &name),
    });
    view! {
        <div class="plain-page plain-page--wide">
            <div class="plain-page__head">
                <h1 tabindex="-1">{pages::tokens(t)}</h1>
                <button type="button" class="button" on:click=move |_| open(Open::Make)>
                    {pages::make_token(t)}
                </button>
            </div>
            <p class="plain-page__lead">{pages::tokens_lead(t)} " " <code>"POST /api/webshop/orders"</code></p>
            <p class="plain-page__lead" hidden=move || tokens.with(|tokens| !tokens.is_empty())>
                {pages::no_tokens(t)}
            </p>
            <div class="users-wrap" hidden=move || tokens.with(Vec::is_empty)>
                <table class="users">
                    <thead>
                        <tr>
                            <th scope="col">{errors::name(t)}</th>
                            <th scope="col">{pages::state(t)}</th>
                            <th scope="col">{pages::made(t)}</th>
                            <th scope="col">{pages::last_used(t)}</th>
                            <th scope="col">{pages::revoke(t)}</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || tokens.get() key=|token| (token.id, token.revoked_at) let(token)>
                            {row(token, open)}
                        </For>
                    </tbody>
                </table>
            </div>
            <Dialog open=is_open title>
                {move || match what.get_untracked() {
                    Open::Make => view! { <MakeDialog tokens is_open /> }.into_any(),
                    Open::Revoke(id, name) => view! { <RevokeDialog id name tokens is_open /> }.into_any(),
                }}
            </Dialog>
        </div>
    }
    .into_any()
}

fn row(token: ApiToken, open: impl Fn(Open) + Copy + 'static) -> AnyView {
    let here = here();
    let t = here.locale;
    let ApiToken { id, name, .. } = token;
    let state = match token.revoked_at {
        Some(at) => view! { {pages::revoked(t)} " " {moment(here, at)} }.into_any(),
        None => pages::in_force(t).into_any(),
    };
    let used = token.used_at.map_or_else(|| pages::never(t).into_any(), |at| moment(here, at));
    let revoke = token.revoked_at.is_none().then(|| {
        let named = name.clone();
        view! {
            <button
                type="button"
                class="button button--quiet"
                aria-label=pages::revoke_of(t, &name)
                on:click=move |_| open(Open::Revoke(id, named.clone()))
            >
                {pages::revoke(t)}
            </button>
        }
    });
    view! {
        <tr data-away=token.revoked_at.is_some().then_some("")>
            <th scope="row">{name}</th>
            <td data-label=pages::state(t)>{state}</td>
            <td data-label=pages::made(t)>{here.person(token.created_by)} ", " {moment(here, token.created_at)}</td>
            <td data-label=pages::last_used(t)>{used}</td>
            <td>
                <div class="users__acts">{revoke}</div>
            </td>
        </tr>
    }
    .into_any()
}

/// Makes a token and shows its secret, once: the browser makes it up, and the server keeps only its SHA-256.
#[component]
fn MakeDialog(tokens: RwSignal<Vec<ApiToken>>, is_open: RwSignal<bool>) -> impl IntoView {
    let t = here().locale;
    let name = RwSignal::new(String::new());
    let sending = Sending::idle();
    let made = RwSignal::new(None::<String>);
    let make = move || {
        let Some(secret) = browser::random_secret() else {
            sending.refuse(Error::Server);
            return;
        };
        let typed = name.get_untracked();
        let sent = secret.clone();
        sending.send(
            move |key| token_add(key, typed.clone(), sent.clone()),
            move |token| {
                tokens.try_update(|tokens| tokens.insert(0, token));
                made.try_set(Some(secret));
                browser::focus_soon("#token-secret");
            },
        );
    };
    let form = move || {
        view! {
            <form
                class="form"
                method="post"
                on:submit=move |event| {
                    event.prevent_default();
                    make();
                }
            >
                <TextField
                    id="token-name"
                    label=errors::name(t)
                    value=name
                    hint=Signal::stored(Some(pages::token_name_hint(t).to_owned()))
                    problem=sending.problem(Field::Name)
                />
                <Problem text=sending.beside(&[Field::Name]) />
                <DialogActions submit=pages::make(t) sending open=is_open />
            </form>
        }
        .into_any()
    };
    view! {
        {move || match made.get() {
            Some(secret) => view! { <Secret secret is_open /> }.into_any(),
            None => form(),
        }}
    }
    .into_any()
}

/// The secret, to be copied now.
#[component]
fn Secret(secret: String, is_open: RwSignal<bool>) -> impl IntoView {
    let t = here().locale;
    let field = NodeRef::<html::Input>::new();
    let is_copied = RwSignal::new(false);
    let copy = move |_| {
        let Some(field) = field.get_untracked() else { return };
        // Where it cannot be copied from here it is selected, to be copied by keys.
        field.select();
        is_copied.set(browser::copy_selection());
    };
    view! {
        <div class="form">
            <div class="form-field">
                <label for="token-secret">{pages::secret(t)}</label>
                <input
                    id="token-secret"
                    class="secret"
                    type="text"
                    readonly
                    spellcheck="false"
                    autocomplete="off"
                    node_ref=field
                    value=secret
                    aria-describedby="token-secret-hint"
                    on:focus=move |_| {
                        if let Some(field) = field.get_untracked() {
                            field.select();
                        }
                    }
                />
                <p class="form-field__hint" id="token-secret-hint">
                    {pages::secret_once(t)}
                </p>
            </div>
            <div class="form__actions">
                <button type="button" class="button" on:click=copy>
                    {pages::copy(t)}
                </button>
                <button type="button" class="button button--quiet" on:click=move |_| is_open.set(false)>
                    {bar::close(t)}
                </button>
                <p role="status">{move || is_copied.get().then(|| pages::copied(t))}</p>
            </div>
        </div>
    }
    .into_any()
}

/// Asks before a token is revoked: that cannot be taken back.
#[component]
fn RevokeDialog(
    id: ApiTokenId,
    name: String,
    tokens: RwSignal<Vec<ApiToken>>,
    is_open: RwSignal<bool>,
) -> impl IntoView {
    let here = here();
    let t = here.locale;
    let sending = Sending::idle();
    let said = StoredValue::new(pages::token_revoked(t, &name));
    let revoke = move |event: ev::SubmitEvent| {
        event.prevent_default();
        sending.send(
            move |key| token_revoke(key, id),
            move |()| {
                is_open.try_set(false);
                here.toasts.done(said.try_get_value().unwrap_or_default(), None);
                let now = here.now.get_untracked();
                tokens.try_update(|tokens| {
                    if let Some(token) = tokens.iter_mut().find(|token| token.id == id) {
                        token.revoked_at = Some(now);
                    }
                    tokens.sort_by_key(|token| (token.revoked_at.is_some(), std::cmp::Reverse(token.id)));
                });
            },
        );
    };
    view! {
        <form class="form" method="post" on:submit=revoke>
            <p>{pages::revoke_means(t)}</p>
            <Problem text=sending.beside(&[]) />
            <DialogActions submit=pages::revoke(t) sending open=is_open />
        </form>
    }
    .into_any()
}
