//! The frame of a form with the settings of a fixed module's process: they are asked for when it opens and stored with a version
//! check; who comes second is told, and chooses.

use crate::ui::effect;
use leptos::{ev, prelude::*, task::spawn_local};

use super::{
    any::IntoAny,
    here,
    widgets::form::{DialogActions, Problem, Sending},
};
use crate::{
    api::processes::{process_set, process_settings},
    domain::{id::ModuleId, process::Settings},
    error::{Error, Field, Result},
    i18n::{bar, errors, sheet},
};

/// The form around its fields.
#[component]
pub fn ProcessSettings(
    /// The module.
    module: ModuleId,
    /// The dialog it is in.
    open: RwSignal<bool>,
    /// What the fields show their problems from.
    sending: Sending,
    /// Fills the fields; `false` where the settings are of another process.
    fill: Callback<Settings, bool>,
    /// What is typed.
    typed: Callback<(), Result<Settings>>,
    /// What is said when it is stored.
    said: &'static str,
    /// The fields that show their own problems.
    shown: &'static [Field],
    /// Called when it is stored.
    #[prop(optional)]
    saved: Option<Callback<()>>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let here = here();
    let t = here.locale;
    // The module's version, once the settings are there.
    let version = RwSignal::new(None::<i64>);
    let load = move || {
        spawn_local(async move {
            match process_settings(module).await {
                Ok((module, settings)) => {
                    // The dialog may be closed by now.
                    if version.try_get_untracked().is_none() {
                        return;
                    }
                    if fill.run(settings) {
                        version.set(Some(module.version));
                        sending.error().set(None);
                    } else {
                        sending.refuse(Error::NotFound);
                    }
                }
                Err(error) => sending.refuse(error),
            }
        });
    };
    effect(load);
    let save = move |version: i64| {
        let settings = match typed.run(()) {
            Ok(settings) => settings,
            Err(error) => return sending.refuse(error),
        };
        sending.send(
            move |key| process_set(key, module, version, settings.clone()),
            move |_| {
                here.toasts.done(said.to_owned(), None);
                open.try_set(false);
                if let Some(saved) = saved {
                    saved.try_run(());
                }
            },
        );
    };
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if let Some(version) = version.get_untracked() {
            save(version);
        }
    };
    let otherwise = sending.beside(shown);
    let beside = Signal::derive(move || match sending.error().get() {
        Some(Error::Conflict(_)) => None,
        _ => otherwise.get(),
    });
    let conflict = move || match sending.error().get() {
        Some(Error::Conflict(conflict)) => Some(view! {
            <div class="conflict" role="alert">
                <span>{errors::changed_meanwhile(t)}</span>
                <button type="button" class="button" on:click=move |_| save(conflict.version)>
                    {sheet::keep_mine(t)}
                </button>
                <button type="button" class="button button--quiet" on:click=move |_| load()>
                    {sheet::keep_theirs(t)}
                </button>
            </div>
        }),
        _ => None,
    };
    view! {
        <form class="form" on:submit=on_submit novalidate>
            {children()}
            {conflict}
            <Problem text=beside />
            <DialogActions
                submit=bar::save(t)
                sending
                open
                disabled=Signal::derive(move || version.with(Option::is_none))
            />
        </form>
    }
    .into_any()
}
