//! A new module: what it is for, its name, and it is open.

use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::{
    api::modules::module_add,
    domain::{module::Template, status::StatusGroup},
    error::Error,
    i18n::{self, Locale},
    ui::{browser, here, send, widgets::dialog::Dialog},
};

/// The dialog behind the `+`.
#[component]
pub fn AddModule(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let locale = here().locale;
    view! {
        <Dialog open=open title=i18n::bar::add_module(locale)>
            <AddForm open=open />
        </Dialog>
    }
}

#[component]
fn AddForm(open: RwSignal<bool>) -> impl IntoView {
    let here = here();
    let locale = here.locale;
    let template = RwSignal::new(Template::Projects);
    // What the user typed; `None` follows the template.
    let typed = RwSignal::new(None::<String>);
    let error = RwSignal::new(None::<Error>);
    let sending = RwSignal::new(false);
    let navigate = StoredValue::new(use_navigate());
    let name = move || typed.get().unwrap_or_else(|| template.get().name(locale).to_owned());

    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if sending.get_untracked() {
            return;
        }
        sending.set(true);
        error.set(None);
        let (chosen, name) = (template.get_untracked(), untrack(name));
        send(
            move |key| module_add(key, chosen, name.clone()),
            move |answer| {
                sending.set(false);
                match answer {
                    Ok(module) => {
                        open.set(false);
                        here.toasts.done(i18n::bar::module_added(locale, &module.name), None);
                        let path = format!("/m/{}", module.id);
                        here.modules.update(|modules| {
                            modules.retain(|other| other.id != module.id);
                            modules.push(module);
                        });
                        navigate.with_value(|navigate| navigate(&path, NavigateOptions::default()));
                    }
                    Err(wrong) => {
                        error.set(Some(wrong));
                        browser::focus_soon("#new-module-name");
                    }
                }
            },
        );
    };

    view! {
        <form class="add-module" on:submit=on_submit novalidate>
            <fieldset class="add-module__templates">
                <legend>{i18n::bar::kind(locale)}</legend>
                {Template::all()
                    .map(|choice| {
                        let purpose_id = format!("template-{}", choice.as_str());
                        view! {
                            <label class="template-card">
                                <input
                                    type="radio"
                                    name="template"
                                    aria-label=choice.name(locale)
                                    aria-describedby=purpose_id.clone()
                                    prop:checked=move || template.get() == choice
                                    on:change=move |_| template.set(choice)
                                />
                                <b>{choice.name(locale)}</b>
                                <span class="template-card__purpose" id=purpose_id>
                                    {i18n::bar::purpose(locale, choice)}
                                </span>
                                <Picture template=choice locale=locale />
                            </label>
                        }
                    })
                    .collect_view()}
            </fieldset>
            <label class="field-label">
                <span>{i18n::bar::name(locale)}</span>
                <input
                    id="new-module-name"
                    class="input"
                    autocomplete="off"
                    prop:value=name
                    aria-invalid=move || error.with(Option::is_some).to_string()
                    on:input=move |event| {
                        let text = event_target_value(&event);
                        typed.set((!text.trim().is_empty()).then_some(text));
                    }
                />
            </label>
            <p class="form-error" role="alert">
                {move || error.with(|error| error.as_ref().map(|error| i18n::errors::message(locale, error)))}
            </p>
            <div class="form-actions">
                <button type="button" class="button button--quiet" on:click=move |_| open.set(false)>
                    {i18n::bar::cancel(locale)}
                </button>
                <button class="button" disabled=move || sending.get()>
                    {i18n::bar::add(locale)}
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// A small picture of a template's tree: decoration, the words stand beside it.
#[component]
fn Picture(template: Template, locale: Locale) -> impl IntoView {
    let statuses = template.statuses(locale);
    StatusGroup::ALL
        .map(|group| {
            let names: Vec<_> =
                statuses.iter().filter(|(other, _)| *other == group).map(|(_, name)| *name).collect();
            view! {
                <span class="template-card__group" data-group=group.as_str() aria-hidden="true">
                    {names
                        .into_iter()
                        .map(|name| {
                            view! {
                                <span class="template-card__status">
                                    <i class="dot"></i>
                                    {name}
                                </span>
                            }
                        })
                        .collect_view()}
                </span>
            }
        })
        .collect_view()
        .into_any()
}
