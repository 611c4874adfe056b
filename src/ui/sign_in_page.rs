//! Sign-in. A plain form that the server answers: works without JavaScript.

use crate::ui::any::IntoAny;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{hooks::use_query_map, location::Url};

use crate::{
    api::session::SignInProblem,
    i18n::{self, Locale, errors, pages},
    ui::here,
};

/// The sign-in page. After a failed try the server shows it again, with what was typed and why it failed.
#[component]
pub fn SignInPage() -> impl IntoView {
    let t = here().locale;
    let problem = SharedValue::new(use_context::<SignInProblem>).into_inner();
    let next = use_query_map().with_untracked(|query| query.get("next")).unwrap_or_default();
    // Also in the address: a failed try comes back to it.
    let action = match next.as_str() {
        "" => "/sign-in".to_owned(),
        next => format!("/sign-in?next={}", Url::escape(next)),
    };
    let back = action.clone();
    let has_failed = problem.is_some();
    let (email, error) = match problem {
        Some(problem) => (problem.email, Some(errors::message(t, &problem.error))),
        None => (String::new(), None),
    };
    let describedby = has_failed.then_some("sign-in-problem");
    let invalid = has_failed.then_some("true");
    let languages = Locale::ALL
        .into_iter()
        .map(|locale| {
            let name = match locale {
                Locale::Hu => "Magyar",
                Locale::En => "English",
            };
            view! {
                <button
                    type="submit"
                    name="locale"
                    value=locale.code()
                    lang=locale.code()
                    aria-pressed=(locale == t).to_string()
                >
                    {name}
                </button>
            }
        })
        .collect_view();
    view! {
        <Title text=format!("{} – Modulok", pages::sign_in(t)) />
        <div class="sign-in">
            <div class="sign-in__card">
                <h1 tabindex="-1">"Modulok"</h1>
                <p class="sign-in__lead">{pages::sign_in_lead(t)}</p>
                {error
                    .map(|error| {
                        view! {
                            <p class="form-problem" role="alert" id="sign-in-problem">
                                {error}
                            </p>
                        }
                    })}
                <form method="post" action=action class="sign-in__form">
                    <input type="hidden" name="next" value=next />
                    <div class="form-field">
                        <label for="email">{i18n::errors::email(t)}</label>
                        <input
                            id="email"
                            name="email"
                            type="email"
                            autocomplete="username"
                            required
                            value=email
                            aria-describedby=describedby
                            aria-invalid=invalid
                        />
                    </div>
                    <div class="form-field">
                        <label for="password">{i18n::errors::password(t)}</label>
                        <input
                            id="password"
                            name="password"
                            type="password"
                            autocomplete="current-password"
                            required
                            aria-describedby=describedby
                            aria-invalid=invalid
                        />
                    </div>
                    <button type="submit" class="button sign-in__submit">
                        {pages::sign_in(t)}
                    </button>
                </form>
            </div>
            <form method="post" action="/preferences" class="sign-in__languages">
                <input type="hidden" name="back" value=back />
                <div class="segmented" role="group" aria-label=pages::language(t)>
                    {languages}
                </div>
            </form>
        </div>
    }
    .into_any()
}
