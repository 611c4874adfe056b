//! What only Sales has on the module page: the funnel, and the settings of the process.

use crate::ui::{any::IntoAny, effect};
use leptos::{html, prelude::*, task::spawn_local};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{
    api::processes::process_furthest,
    domain::{
        filter::Filter,
        funnel::Stage,
        id::ModuleId,
        module::{Module, Template},
        process::{
            Process, Settings as AnySettings,
            sales::{Settings, Step, StepId},
        },
    },
    i18n::{Locale, format, sales as texts},
    ui::{
        browser, here,
        lazy::late,
        process_settings::ProcessSettings,
        widgets::{dialog::Dialog, form::Sending, icon::Icon},
    },
};

/// The funnel and the way to the settings; nothing in other modules.
#[component]
pub fn Tools(module: Module, #[prop(into)] filter: Signal<Filter>) -> impl IntoView {
    let here = here();
    let t = here.locale;
    (module.template == Template::Fixed(Process::Sales)).then(|| {
        let id = module.id;
        let setting = RwSignal::new(false);
        view! {
            <div class="process-tools">
                <Funnel id filter />
                {here
                    .is_admin()
                    .then(|| {
                        view! {
                            <button type="button" class="button button--quiet" on:click=move |_| setting.set(true)>
                                <Icon name="wrench" />
                                {texts::settings(t)}
                            </button>
                            <Dialog open=setting title=texts::settings(t)>
                                {move || setting.get().then(|| late(settings_form(id, setting)))}
                            </Dialog>
                        }
                    })}
            </div>
        }
        .into_any()
    })
}

/// How many ever got how far. Asked for when it is opened, and its code is loaded then.
#[component]
fn Funnel(id: ModuleId, filter: Signal<Filter>) -> impl IntoView {
    let t = here().locale;
    let node = NodeRef::<html::Details>::new();
    // Counts how often it was opened: each time the figures are new.
    let opened = RwSignal::new(0_u32);
    let on_toggle = move |_| {
        if node.get_untracked().is_some_and(|details| details.open()) {
            opened.update(|opened| *opened += 1);
        }
    };
    let has_been_opened = Memo::new(move |_| opened.get() > 0);
    view! {
        <details class="funnel" node_ref=node on:toggle=on_toggle>
            <summary>{texts::funnel(t)}</summary>
            {move || {
                has_been_opened.get().then(|| late(stages(id, filter, opened)))
            }}
        </details>
    }
    .into_any()
}

#[wasm_split(dialogs, fallible)]
fn stages(id: ModuleId, filter: Signal<Filter>, opened: RwSignal<u32>) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <Stages id filter opened /> }.into_any())
}

/// The stages of the funnel, as they were when it was opened last.
#[component]
fn Stages(id: ModuleId, filter: Signal<Filter>, opened: RwSignal<u32>) -> impl IntoView {
    let here = here();
    let t = here.locale;
    let stages = RwSignal::new(None::<Vec<Stage>>);
    effect(move || {
        opened.track();
        let owner = filter.with_untracked(|filter| filter.owner);
        spawn_local(async move {
            match process_furthest(id, owner).await {
                Ok(found) => {
                    stages.try_set(Some(found));
                }
                Err(error) => here.toasts.error(&error),
            }
        });
    });
    move || {
        let Some(stages) = stages.get() else {
            return view! { <p>{texts::loading(t)}</p> }.into_any();
        };
        let all = stages.first().map_or(0, |stage| stage.reached);
        if all == 0 {
            return view! { <p>{texts::no_cases(t)}</p> }.into_any();
        }
        let bar = |percent: i64| {
            view! {
                <td class="num">{format!("{percent}%")}</td>
                <td class="funnel__bar" aria-hidden="true">
                    <i style:width=format!("{percent}%")></i>
                </td>
            }
        };
        let part = |name: &'static str, n: i64| {
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td></td>
                    {bar(n * 100 / all)}
                    <td class="num">{format::number(n, t)}</td>
                </tr>
            }
        };
        let rows = |stage: &Stage| {
            let parts = stage.parts.iter().map(|(qualification, n)| part(t.pick(qualification.words()), *n));
            view! {
                <tbody data-group=stage.step.group().as_str()>
                    <tr data-whole="">
                        <th scope="rowgroup">{t.pick(stage.step.words())}</th>
                        <td class="num">{format::number(stage.reached, t)}</td>
                        {bar(stage.reached * 100 / all)}
                        <td class="num">{format::number(stage.stopped, t)}</td>
                    </tr>
                    {parts.collect_view()}
                </tbody>
            }
        };
        view! {
            <table>
                <caption>{texts::funnel_caption(t)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{texts::stage(t)}</th>
                        <th scope="col" class="num">
                            {texts::reached(t)}
                        </th>
                        <th scope="col" class="num">
                            {texts::share(t)}
                        </th>
                        <td></td>
                        <th scope="col" class="num">
                            {texts::stopped(t)}
                        </th>
                    </tr>
                </thead>
                {stages.iter().map(rows).collect_view()}
            </table>
            <p>{texts::funnel_how(t)}</p>
        }
        .into_any()
    }
}

/// The settings as they are being edited.
#[derive(Clone, Copy)]
struct Draft {
    days: RwSignal<String>,
    lead: RwSignal<Vec<Step>>,
    customer: RwSignal<Vec<Step>>,
}

impl Draft {
    fn of(settings: Settings) -> Self {
        Self {
            days: RwSignal::new(settings.forgotten_after_days.to_string()),
            lead: RwSignal::new(settings.lead_steps),
            customer: RwSignal::new(settings.customer_steps),
        }
    }

    fn take(self, settings: Settings) {
        self.days.set(settings.forgotten_after_days.to_string());
        self.lead.set(settings.lead_steps);
        self.customer.set(settings.customer_steps);
    }

    /// What is to be stored; days that are no number are refused by the rules.
    fn settings(self) -> Settings {
        Settings {
            forgotten_after_days: self.days.get_untracked().trim().parse().unwrap_or(0),
            lead_steps: self.lead.get_untracked(),
            customer_steps: self.customer.get_untracked(),
        }
    }
}

#[wasm_split(dialogs, fallible)]
fn settings_form(id: ModuleId, open: RwSignal<bool>) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <SettingsForm id open /> }.into_any())
}

#[component]
fn SettingsForm(id: ModuleId, open: RwSignal<bool>) -> impl IntoView {
    let t = here().locale;
    let draft = Draft::of(Settings::default());
    let sending = Sending::idle();
    let fill = Callback::new(move |settings| match settings {
        AnySettings::Sales(settings) => {
            draft.take(settings);
            true
        }
        _ => false,
    });
    let typed = Callback::new(move |()| Ok(AnySettings::Sales(draft.settings())));
    view! {
        <ProcessSettings module=id open sending fill typed said=texts::settings_saved(t) shown=&[]>
            <div class="form-field">
                <label for="sales-days">{texts::forgotten_after(t)}</label>
                <input
                    id="sales-days"
                    type="number"
                    min="1"
                    max=Settings::DAYS_MAX.to_string()
                    prop:value=move || draft.days.get()
                    on:input=move |event| draft.days.set(event_target_value(&event))
                />
            </div>
            <StepList label=texts::lead_steps(t) steps=draft.lead name=Settings::lead_step_name />
            <StepList label=texts::customer_steps(t) steps=draft.customer name=Settings::customer_step_name />
        </ProcessSettings>
    }
    .into_any()
}

/// A list of steps to be renamed, ordered, added to and taken from. Those no longer chosen are kept, unseen.
#[component]
fn StepList(
    label: &'static str,
    steps: RwSignal<Vec<Step>>,
    name: fn(&Step, Locale) -> String,
) -> impl IntoView {
    let t = here().locale;
    let in_use = Memo::new(move |_| {
        steps.with(|steps| steps.iter().filter(|step| !step.archived).map(|step| step.id).collect::<Vec<_>>())
    });
    let get = move |id: StepId| steps.with(|steps| steps.iter().find(|step| step.id == id).cloned());
    let called = move |id: StepId| get(id).map(|step| name(&step, t)).unwrap_or_default();
    let rename = move |id: StepId, text: String| {
        steps.update(|steps| {
            if let Some(step) = steps.iter_mut().find(|step| step.id == id) {
                step.name = Some(text);
            }
        });
    };
    let remove = move |id: StepId| {
        steps.update(|steps| {
            if let Some(step) = steps.iter_mut().find(|step| step.id == id) {
                step.archived = true;
            }
        });
    };
    // Up and down among those that are seen.
    let swap = move |id: StepId, other: Option<StepId>| {
        let Some(other) = other else { return };
        steps.update(|steps| {
            let place = |wanted| steps.iter().position(|step| step.id == wanted);
            if let (Some(a), Some(b)) = (place(id), place(other)) {
                steps.swap(a, b);
            }
        });
    };
    let add = move |_| {
        let id = steps.with_untracked(|steps| steps.iter().map(|step| step.id.0).max().unwrap_or(0) + 1);
        // Numbers of the steps it comes with are never given again.
        let id = StepId(id.max(100));
        steps.update(|steps| steps.push(Step { id, name: Some(String::new()), archived: false }));
        browser::focus_soon(format!("[data-steps='{label}'] [data-step='{}']", id.0));
    };
    let neighbour = move |id: StepId, step: isize| {
        in_use.with_untracked(|ids| {
            let at = ids.iter().position(|other| *other == id)?;
            ids.get(at.checked_add_signed(step)?).copied()
        })
    };
    view! {
        <fieldset class="step-list" data-steps=label>
            <legend>{label}</legend>
            <ol class="step-list">
                <For each=move || in_use.get() key=|id| *id let(id)>
                    <li>
                        <input
                            class="input"
                            data-step=id.0.to_string()
                            aria-label=move || {
                                let at = in_use.with(|ids| ids.iter().position(|other| *other == id));
                                texts::step_of(t, label, at.map_or(1, |at| at + 1))
                            }
                            prop:value=move || called(id)
                            on:input=move |event| rename(id, event_target_value(&event))
                        />
                        <button
                            type="button"
                            class="icon-button module-list__up"
                            aria-label=move || texts::step_up_of(t, &called(id))
                            on:click=move |_| swap(id, neighbour(id, -1))
                        >
                            <Icon name="chevron-down" />
                        </button>
                        <button
                            type="button"
                            class="icon-button"
                            aria-label=move || texts::step_down_of(t, &called(id))
                            on:click=move |_| swap(id, neighbour(id, 1))
                        >
                            <Icon name="chevron-down" />
                        </button>
                        <button
                            type="button"
                            class="icon-button"
                            aria-label=move || texts::remove_step_of(t, &called(id))
                            on:click=move |_| remove(id)
                        >
                            <Icon name="trash" />
                        </button>
                    </li>
                </For>
            </ol>
            <button
                type="button"
                class="button button--quiet"
                aria-label=texts::add_step_of(t, label)
                on:click=add
            >
                <Icon name="plus" />
                {texts::add_step_of(t, label)}
            </button>
        </fieldset>
    }
    .into_any()
}
