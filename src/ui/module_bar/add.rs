//! A new module: what it is for, its name, and it is open.

use crate::ui::{any::IntoAny, effect};
use leptos::{ev, prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{
    api::modules::{module_add, modules_all},
    domain::{
        adviser::{self, Answers},
        module::Template,
        status::StatusGroup,
    },
    error::Error,
    i18n::{self, Locale},
    ui::{browser, here, lazy::late, send, widgets::dialog::Dialog},
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
            {late(add_form(open))}
        </Dialog>
    }
}

/// What the dialog shows; its code is loaded when it is first opened.
#[wasm_split(dialogs, fallible)]
fn add_form(open: RwSignal<bool>) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <AddForm open /> }.into_any())
}

#[component]
fn AddForm(open: RwSignal<bool>) -> impl IntoView {
    let here = here();
    let locale = here.locale;
    let template = RwSignal::new(Template::Projects);
    // Those of which there can be only one, and is.
    let taken = RwSignal::new(Vec::<Template>::new());
    effect(move || {
        spawn_local(async move {
            // Without an answer all are offered; the server refuses a second one anyway.
            if let Ok(modules) = modules_all().await {
                let of_process = modules.into_iter().map(|module| module.template);
                let single = of_process.filter(|template| {
                    template.process().is_some_and(|process| process.definition().is_single)
                });
                taken.try_set(single.collect());
            }
        });
    });
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
            <Adviser template taken />
            <fieldset class="add-module__templates">
                <legend>{i18n::bar::kind(locale)}</legend>
                {Template::all()
                    .map(|choice| {
                        let purpose_id = format!("template-{}", choice.as_str());
                        let taken_id = format!("{purpose_id}-taken");
                        let described = format!("{purpose_id} {taken_id}");
                        let is_taken = move || taken.with(|taken| taken.contains(&choice));
                        view! {
                            <label class="template-card" data-taken=move || is_taken().then_some("")>
                                <input
                                    type="radio"
                                    name="template"
                                    aria-label=choice.name(locale)
                                    aria-describedby=described
                                    disabled=is_taken
                                    prop:checked=move || template.get() == choice
                                    on:change=move |_| template.set(choice)
                                />
                                <b>{choice.name(locale)}</b>
                                <span class="template-card__purpose" id=purpose_id>
                                    {i18n::bar::purpose(locale, choice)}
                                </span>
                                <span class="template-card__taken" id=taken_id>
                                    {move || is_taken().then(|| i18n::bar::taken(locale))}
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

/// Three questions, and what they speak for.
#[component]
fn Adviser(template: RwSignal<Template>, taken: RwSignal<Vec<Template>>) -> impl IntoView {
    let locale = here().locale;
    let answers: [RwSignal<Option<bool>>; 3] = std::array::from_fn(|_| RwSignal::new(None));
    let [many_leads, steps_on_page, documents] = answers;
    let advice = move || {
        let answers = Answers {
            many_leads: many_leads.get()?,
            steps_on_page: steps_on_page.get()?,
            documents: documents.get()?,
        };
        Some(adviser::advise(answers, |template| taken.with(|taken| !taken.contains(&template))))
    };
    let question = move |text: &'static str, answer: RwSignal<Option<bool>>, name: &'static str| {
        let choice = move |value: bool| {
            view! {
                <label>
                    <input type="radio" name=name on:change=move |_| answer.set(Some(value)) />
                    {if value { i18n::bar::yes(locale) } else { i18n::bar::no(locale) }}
                </label>
            }
        };
        view! {
            <fieldset>
                <legend>{text}</legend>
                {choice(true)}
                {choice(false)}
            </fieldset>
        }
    };
    let said = move || {
        advice().map(|advice| {
            let name = advice.template.name(locale);
            let beside = advice.beside.map(|beside| i18n::bar::advised_beside(locale, beside.name(locale)));
            view! {
                <p class="adviser__advice">
                    {i18n::bar::advised(locale, name, i18n::bar::why(locale, advice.why))} " " {beside}
                </p>
                <button type="button" class="button button--quiet" on:click=move |_| template.set(advice.template)>
                    {i18n::bar::choose_advised(locale)}
                </button>
            }
        })
    };
    view! {
        <details class="adviser">
            <summary>{i18n::bar::adviser(locale)}</summary>
            {question(i18n::bar::ask_many_leads(locale), many_leads, "adviser-leads")}
            {question(i18n::bar::ask_steps(locale), steps_on_page, "adviser-steps")}
            {question(i18n::bar::ask_documents(locale), documents, "adviser-documents")}
            <div role="status">{said}</div>
        </details>
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
