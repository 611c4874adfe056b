//! The account menu: profile, settings, language, colours, sign-out. A `<details>` with plain forms, so that it works without JavaScript.

use crate::ui::{any::IntoAny, effect};
use leptos::{ev, html, prelude::*, web_sys, web_sys::wasm_bindgen::JsCast as _};
use leptos_router::hooks::use_location;

use crate::{
    domain::user::{Theme, initials},
    i18n::{self, Locale},
    ui::here,
};

/// The word for a theme in the form.
fn theme_word(theme: Theme) -> &'static str {
    match theme {
        Theme::Auto => "auto",
        Theme::Light => "light",
        Theme::Dark => "dark",
    }
}

/// The menu behind the round picture.
#[component]
pub fn Account(
    /// Full name of the user.
    name: String,
) -> impl IntoView {
    let here = here();
    let locale = here.locale;
    let details = NodeRef::<html::Details>::new();
    let location = use_location();
    let (path, search) = (location.pathname, location.search);
    let back = move || {
        let search = search.get();
        if search.is_empty() {
            path.get()
        } else {
            format!("{}?{}", path.get(), search.trim_start_matches('?'))
        }
    };

    effect(move || {
        path.track();
        if let Some(details) = details.get() {
            details.set_open(false);
        }
    });
    effect(move || {
        let outside = window_event_listener(ev::pointerdown, move |event| {
            let Some(details) = details.get_untracked() else { return };
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
            if details.open() && !details.contains(target.as_ref()) {
                details.set_open(false);
            }
        });
        on_cleanup(move || outside.remove());
    });
    let on_keydown = move |event: ev::KeyboardEvent| {
        let Some(details) = details.get_untracked() else { return };
        if event.key() == "Escape" && details.open() {
            details.set_open(false);
            if let Ok(Some(summary)) = details.query_selector("summary")
                && let Ok(summary) = summary.dyn_into::<web_sys::HtmlElement>()
            {
                // A focus that fails leaves the page as it is.
                let _ = summary.focus();
            }
        }
    };

    view! {
        <details class="account" node_ref=details on:keydown=on_keydown>
            <summary class="account__button" aria-label=i18n::bar::account_of(locale, &name) title=name.clone()>
                <span class="avatar" aria-hidden="true">
                    {initials(&name)}
                </span>
            </summary>
            <div class="account__menu">
                <p class="account__name">{name.clone()}</p>
                <a href="/my-day">{i18n::my_day::my_day(locale)}</a>
                <a class="account__narrow" href="/contacts">
                    {i18n::contacts::contacts(locale)}
                </a>
                <a href="/profile">{i18n::bar::profile(locale)}</a>
                {here
                    .is_admin()
                    .then(|| {
                        view! {
                            <a href="/modules">{i18n::bar::modules(locale)}</a>
                            <a href="/users">{i18n::bar::users(locale)}</a>
                            <a href="/tokens">{i18n::pages::tokens(locale)}</a>
                        }
                    })}
                <hr />
                <form method="post" action="/preferences" class="account__choice">
                    <input type="hidden" name="back" value=back />
                    <input type="hidden" name="theme" value=theme_word(here.theme) />
                    <span id="account-language">{i18n::bar::language(locale)}</span>
                    <div class="segmented" role="group" aria-labelledby="account-language">
                        {Locale::ALL
                            .map(|choice| {
                                view! {
                                    <button
                                        name="locale"
                                        value=choice.code()
                                        lang=choice.code()
                                        aria-pressed=(choice == locale).to_string()
                                    >
                                        {choice.pick(("Magyar", "English"))}
                                    </button>
                                }
                            })
                            .collect_view()}
                    </div>
                </form>
                <form method="post" action="/preferences" class="account__choice">
                    <input type="hidden" name="back" value=back />
                    <input type="hidden" name="locale" value=locale.code() />
                    <span id="account-theme">{i18n::bar::theme(locale)}</span>
                    <div class="segmented" role="group" aria-labelledby="account-theme">
                        {[
                            (Theme::Auto, i18n::bar::theme_auto(locale)),
                            (Theme::Light, i18n::bar::theme_light(locale)),
                            (Theme::Dark, i18n::bar::theme_dark(locale)),
                        ]
                            .map(|(choice, text)| {
                                view! {
                                    <button
                                        name="theme"
                                        value=theme_word(choice)
                                        aria-pressed=(choice == here.theme).to_string()
                                    >
                                        {text}
                                    </button>
                                }
                            })
                            .collect_view()}
                    </div>
                </form>
                <hr />
                <form method="post" action="/sign-out">
                    <button class="account__sign-out">{i18n::bar::sign_out(locale)}</button>
                </form>
            </div>
        </details>
    }
    .into_any()
}
