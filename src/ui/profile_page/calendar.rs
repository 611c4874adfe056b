//! The secret link by which a calendar program reads the viewer's to-dos: made, shown once, revoked.

use crate::ui::{any::IntoAny, resource};
use leptos::{ev, prelude::*, web_sys};

use crate::{
    api::calendar::{calendar_link, calendar_make, calendar_revoke},
    domain::time::Timestamp,
    i18n::{errors, format, my_day as texts},
    ui::{browser, here, send},
};

/// The part of the profile.
#[component]
pub(super) fn CalendarLink() -> impl IntoView {
    let t = here().locale;
    let made = resource(|| (), async |()| calendar_link().await);
    view! {
        <section class="panel" aria-labelledby="calendar-head">
            <h2 id="calendar-head">{texts::calendar(t)}</h2>
            <p>{texts::calendar_lead(t)}</p>
            <Transition>
                {move || Suspend::new(async move {
                    match made.await {
                        Ok(made) => view! { <Known made /> }.into_any(),
                        Err(error) => {
                            view! {
                                <p class="form-problem" role="alert">
                                    {errors::message(t, &error)}
                                </p>
                            }
                                .into_any()
                        }
                    }
                })}
            </Transition>
        </section>
    }
    .into_any()
}

#[component]
fn Known(made: Option<Timestamp>) -> impl IntoView {
    let here = here();
    let t = here.locale;
    let made = RwSignal::new(made);
    let link = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let make = move |_| {
        if is_busy.get_untracked() {
            return;
        }
        let Some(secret) = secret() else { return };
        is_busy.set(true);
        let address = address(&secret);
        send(
            move |key| calendar_make(key, secret.clone()),
            move |answer| {
                is_busy.try_set(false);
                match answer {
                    Ok(at) => {
                        made.try_set(Some(at));
                        link.try_set(Some(address));
                        browser::focus_soon("#calendar-link");
                    }
                    Err(error) => here.toasts.error(&error),
                }
            },
        );
    };
    let revoke = move |_| {
        send(calendar_revoke, move |answer| match answer {
            Ok(()) => {
                made.try_set(None);
                link.try_set(None);
                here.toasts.done(texts::calendar_revoked(t), None);
                browser::focus_soon("#calendar-make");
            }
            Err(error) => here.toasts.error(&error),
        });
    };
    let state = move || match made.get() {
        Some(at) => {
            let when = here.with_zone(|zone| format::moment_exact(at, zone, t));
            texts::calendar_since(t, &when)
        }
        None => texts::calendar_none(t).to_owned(),
    };
    let select = |event: ev::FocusEvent| event_target::<web_sys::HtmlInputElement>(&event).select();
    let shown = move || {
        link.get().map(|link| {
            view! {
                <div class="form-field">
                    <label for="calendar-link">{texts::calendar_link(t)}</label>
                    <input
                        id="calendar-link"
                        type="text"
                        readonly
                        value=link
                        aria-describedby="calendar-link-hint"
                        on:focus=select
                    />
                    <p class="form-field__hint" id="calendar-link-hint">
                        {texts::calendar_copy(t)}
                    </p>
                </div>
            }
        })
    };
    view! {
        <div class="form">
            <p hidden=move || link.with(Option::is_some)>{state}</p>
            {shown}
            <div class="form__actions">
                <button
                    type="button"
                    class="button"
                    id="calendar-make"
                    aria-busy=move || is_busy.get().then_some("true")
                    on:click=make
                >
                    {move || {
                        if made.with(Option::is_some) { texts::calendar_renew(t) } else { texts::calendar_make(t) }
                    }}
                </button>
                <button
                    type="button"
                    class="button button--quiet"
                    hidden=move || made.with(Option::is_none)
                    on:click=revoke
                >
                    {texts::calendar_revoke(t)}
                </button>
                <p hidden=move || made.with(Option::is_none)>{texts::calendar_renew_hint(t)}</p>
            </div>
        </div>
    }
    .into_any()
}

/// 256 random bits in hexadecimal digits.
fn secret() -> Option<String> {
    let mut bytes = [0_u8; 32];
    let crypto = web_sys::window()?.crypto().ok()?;
    crypto.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        use std::fmt::Write as _;
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

/// The address of the calendar with that secret.
fn address(secret: &str) -> String {
    let origin = web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default();
    format!("{origin}/calendar.ics?token={secret}")
}
