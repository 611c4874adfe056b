//! The viewer's own settings: name, e-mail, language, colours, time zone, password.

mod calendar;

use crate::ui::any::IntoAny;
use crate::ui::resource;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{
    browser, here,
    not_found::Failed,
    widgets::form::{Problem, SelectField, Sending, TextField},
};
use crate::{
    api::session::{password_change, profile_save, zones_all},
    domain::user::{Theme, Viewer},
    error::{Error, Field},
    i18n::{self, Locale, errors, pages},
};

/// The profile; with `?first=1` the welcome of the first admin, who came by a one-time link.
#[component]
pub fn ProfilePage() -> impl IntoView {
    let here = here();
    let zones = resource(|| (), async |()| zones_all().await);
    let t = here.locale;
    view! {
        <Title text=format!("{} – Modulok", pages::profile(t)) />
        <Transition>
            {move || Suspend::new(async move {
                match (zones.await, here.viewer()) {
                    (Ok(zones), Some(viewer)) => view! { <Forms zones viewer /> }.into_any(),
                    (Err(error), _) => view! { <Failed error /> }.into_any(),
                    (_, None) => view! { <Failed error=Error::SignInNeeded /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Forms(zones: Vec<String>, viewer: Viewer) -> impl IntoView {
    let here = here();
    let t = here.locale;
    let query = use_query_map();
    let is_first = query.with_untracked(|query| query.get("first").is_some());
    let is_saved = query.with_untracked(|query| query.get("saved").is_some());

    let name = RwSignal::new(viewer.name);
    let email = RwSignal::new(viewer.email);
    let locale = RwSignal::new(viewer.locale.map(Locale::code).unwrap_or_default().to_owned());
    let theme = RwSignal::new(Theme::code(here.theme).to_owned());
    let zone = RwSignal::new(viewer.zone.name().to_owned());
    let password = RwSignal::new(String::new());
    let sending = Sending::idle();

    let save = move || {
        let (name, email, zone) = (name.get_untracked(), email.get_untracked(), zone.get_untracked());
        let locale = locale.with_untracked(|code| Locale::parse(code));
        let theme = Theme::parse(&theme.get_untracked()).unwrap_or_default();
        sending.send(
            move |key| profile_save(key, name.clone(), email.clone(), locale, theme, zone.clone()),
            move |()| {
                if is_first {
                    set_first_password(password.get_untracked(), sending);
                } else {
                    // Language, colours and zone are of the whole page.
                    go_to("/profile?saved=1");
                }
            },
        );
    };

    let zones = zones.into_iter().map(|zone| (zone.clone(), zone)).collect::<Vec<_>>();
    let locales = vec![
        (String::new(), pages::language_of_browser(t).to_owned()),
        ("hu".to_owned(), "Magyar".to_owned()),
        ("en".to_owned(), "English".to_owned()),
    ];
    let themes = [
        (Theme::Auto, pages::colours_auto(t)),
        (Theme::Light, pages::colours_light(t)),
        (Theme::Dark, pages::colours_dark(t)),
    ]
    .into_iter()
    .map(|(theme, text)| (Theme::code(theme).to_owned(), text.to_owned()))
    .collect::<Vec<_>>();

    view! {
        <div class="plain-page">
            <h1 tabindex="-1">{pages::profile(t)}</h1>
            {is_first.then(|| view! { <p class="panel panel--welcome">{pages::welcome(t)}</p> })}
            {is_saved.then(|| view! { <p class="notice">{pages::saved(t)}</p> })}
            <section class="panel" aria-labelledby="you-head">
                <h2 id="you-head">{pages::you(t)}</h2>
                <form
                    class="form"
                    method="post"
                    on:submit=move |event| {
                        event.prevent_default();
                        save();
                    }
                >
                    <div class="form__pair">
                        <TextField
                            id="profile-name"
                            label=errors::name(t)
                            value=name
                            autocomplete="name"
                            problem=sending.problem(Field::Name)
                        />
                        <TextField
                            id="profile-email"
                            label=errors::email(t)
                            value=email
                            kind="email"
                            autocomplete="email"
                            problem=sending.problem(Field::Email)
                        />
                    </div>
                    {is_first
                        .then(|| {
                            view! {
                                <TextField
                                    id="profile-password"
                                    label=errors::password(t)
                                    value=password
                                    kind="password"
                                    autocomplete="new-password"
                                    hint=Signal::stored(Some(pages::password_hint(t).to_owned()))
                                    problem=sending.problem(Field::Password)
                                />
                            }
                        })}
                    <div class="form__pair">
                        <SelectField
                            id="profile-locale"
                            label=pages::language(t)
                            options=locales
                            value=locale
                            on_choose=Callback::new(move |code| locale.set(code))
                        />
                        <SelectField
                            id="profile-theme"
                            label=pages::colours(t)
                            options=themes
                            value=theme
                            on_choose=Callback::new(move |code| theme.set(code))
                        />
                        <SelectField
                            id="profile-zone"
                            label=errors::zone(t)
                            options=zones
                            value=zone
                            problem=sending.problem(Field::Zone)
                            on_choose=Callback::new(move |name| zone.set(name))
                        />
                    </div>
                    <Problem text=sending.beside(&FIELDS) />
                    <div class="form__actions">
                        <button type="submit" class="button" aria-busy=move || sending.busy()>
                            {if is_first { pages::save_and_begin(t) } else { i18n::bar::save(t) }}
                        </button>
                    </div>
                </form>
            </section>
            {(!is_first).then(|| view! { <Password /> })}
            {(!is_first).then(|| view! { <calendar::CalendarLink /> })}
        </div>
    }
    .into_any()
}

/// Fields of the form that show their own problems.
const FIELDS: [Field; 4] = [Field::Name, Field::Email, Field::Zone, Field::Password];

fn set_first_password(password: String, sending: Sending) {
    sending.send(move |key| password_change(key, String::new(), password.clone()), |()| go_to("/"));
}

/// The change of the password.
#[component]
fn Password() -> impl IntoView {
    let here = here();
    let t = here.locale;
    let current = RwSignal::new(String::new());
    let new = RwSignal::new(String::new());
    let sending = Sending::idle();
    let save = move || {
        let (old_password, new_password) = (current.get_untracked(), new.get_untracked());
        sending.send_or(
            move |key| password_change(key, old_password.clone(), new_password.clone()),
            move |()| {
                current.try_set(String::new());
                new.try_set(String::new());
                here.toasts.done(pages::password_changed(t), None);
            },
            |error| {
                let is_current =
                    matches!(error, Error::Invalid(invalid) if invalid.field == Field::CurrentPassword);
                browser::focus_soon(if is_current { "#password-current" } else { "#password-new" });
            },
        );
    };
    view! {
        <section class="panel" aria-labelledby="password-head">
            <h2 id="password-head">{pages::change_password(t)}</h2>
            <form
                class="form"
                method="post"
                on:submit=move |event| {
                    event.prevent_default();
                    save();
                }
            >
                <div class="form__pair">
                    <TextField
                        id="password-current"
                        label=errors::current_password(t)
                        value=current
                        kind="password"
                        autocomplete="current-password"
                        problem=sending.problem(Field::CurrentPassword)
                    />
                    <TextField
                        id="password-new"
                        label=pages::new_password(t)
                        value=new
                        kind="password"
                        autocomplete="new-password"
                        hint=Signal::stored(Some(pages::password_hint(t).to_owned()))
                        problem=sending.problem(Field::Password)
                    />
                </div>
                <Problem text=sending.beside(&[Field::CurrentPassword, Field::Password]) />
                <div class="form__actions">
                    <button type="submit" class="button" aria-busy=move || sending.busy()>
                        {pages::change_password(t)}
                    </button>
                    <p>{pages::password_ends(t)}</p>
                </div>
            </form>
        </section>
    }
    .into_any()
}

/// Loads a page anew, so that the session comes with it.
fn go_to(address: &str) {
    if let Some(window) = leptos::web_sys::window() {
        // Only a malformed address is refused.
        let _ = window.location().set_href(address);
    }
}
