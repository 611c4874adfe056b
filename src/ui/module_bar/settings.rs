//! The modules' settings (admins): names, order in the bar, trash.

use crate::ui::resource;
use crate::ui::{Show, any::IntoAny};
use leptos::{ev, prelude::*, task::spawn_local};
use leptos_meta::Title;

use crate::{
    api::modules::{module_links, module_move, module_rename, module_restore, module_trash, modules_all},
    domain::{id::ModuleId, module::Module},
    error::Error,
    i18n,
    ui::{
        Here, here, send,
        widgets::{edit_problem::EditProblem, icon::Icon},
    },
};

/// What a dragged module is called in the browser's drag data.
const DRAG_TYPE: &str = "application/x-modulok-module";

/// The page `/modules`.
#[component]
pub fn ModulesPage() -> impl IntoView {
    let here = here();
    let locale = here.locale;
    let all = resource(|| (), |()| modules_all());
    view! {
        <Title text=i18n::bar::modules(locale) />
        <div class="settings-page">
            <h1 tabindex="-1">{i18n::bar::modules(locale)}</h1>
            <Transition>
                {move || Suspend::new(async move {
                    match all.await {
                        Ok(modules) => view! { <ModuleList modules=modules /> }.into_any(),
                        Err(error) => {
                            view! {
                                <p class="form-error" role="alert">
                                    {i18n::errors::message(locale, &error)}
                                </p>
                            }
                                .into_any()
                        }
                    }
                })}
            </Transition>
        </div>
    }
    .into_any()
}

/// Brings list and bar to what is stored.
fn reload(here: Here, modules: RwSignal<Vec<Module>>) {
    spawn_local(async move {
        match (modules_all().await, module_links().await) {
            (Ok(all), Ok(links)) => {
                modules.try_set(all);
                here.modules.set(links);
            }
            (Err(error), _) | (_, Err(error)) => here.toasts.error(&error),
        }
    });
}

/// Puts a module before another (`None`: at the end), at once in view, back again when the server refuses.
fn move_module(here: Here, modules: RwSignal<Vec<Module>>, id: ModuleId, before: Option<ModuleId>) {
    if before == Some(id) {
        return;
    }
    modules.update(|modules| {
        let Some(from) = modules.iter().position(|module| module.id == id) else { return };
        let module = modules.remove(from);
        let end = modules.iter().position(|module| module.trashed).unwrap_or(modules.len());
        let at =
            before.and_then(|before| modules.iter().position(|module| module.id == before)).unwrap_or(end);
        modules.insert(at, module);
    });
    send(
        move |key| module_move(key, id, before),
        move |answer| match answer {
            Ok(links) => here.modules.set(links),
            Err(error) => {
                here.toasts.error(&error);
                reload(here, modules);
            }
        },
    );
}

fn restore(here: Here, modules: RwSignal<Vec<Module>>, id: ModuleId, name: String) {
    send(
        move |key| module_restore(key, id),
        move |answer| match answer {
            Ok(()) => {
                here.toasts.done(i18n::bar::module_restored(here.locale, &name), None);
                reload(here, modules);
            }
            Err(error) => here.toasts.error(&error),
        },
    );
}

fn trash(here: Here, modules: RwSignal<Vec<Module>>, id: ModuleId, name: String) {
    send(
        move |key| module_trash(key, id),
        move |answer| match answer {
            Ok(()) => {
                let undo = {
                    let name = name.clone();
                    Callback::new(move |()| restore(here, modules, id, name.clone()))
                };
                here.toasts.done(i18n::bar::module_trashed(here.locale, &name), Some(undo));
                reload(here, modules);
            }
            Err(error) => here.toasts.error(&error),
        },
    );
}

#[component]
fn ModuleList(modules: Vec<Module>) -> impl IntoView {
    let here = here();
    let locale = here.locale;
    let modules = RwSignal::new(modules);
    let of = move |trashed: bool| {
        modules.with(|modules| {
            modules.iter().filter(|module| module.trashed == trashed).cloned().collect::<Vec<_>>()
        })
    };
    let key = |module: &Module| (module.id, module.version);
    view! {
        <p class="settings-page__lead">
            {move || {
                if of(false).is_empty() { i18n::bar::no_modules(locale) } else { i18n::bar::modules_lead(locale) }
            }}
        </p>
        <ol class="module-list">
            <For each=move || of(false) key=key let(module)>
                <ModuleRow module=module modules=modules />
            </For>
        </ol>
        <Show when=move || !of(true).is_empty()>
            <h2>{i18n::bar::trash(locale)}</h2>
            <ul class="module-list">
                <For each=move || of(true) key=key let(module)>
                    <li class="module-list__row">
                        <span class="module-list__trashed">{module.name.clone()}</span>
                        <button
                            type="button"
                            class="button button--quiet"
                            aria-label=i18n::bar::restore_of(locale, &module.name)
                            on:click={
                                let name = module.name.clone();
                                move |_| restore(here, modules, module.id, name.clone())
                            }
                        >
                            {i18n::bar::restore(locale)}
                        </button>
                    </li>
                </For>
            </ul>
        </Show>
    }
    .into_any()
}

#[component]
fn ModuleRow(module: Module, modules: RwSignal<Vec<Module>>) -> impl IntoView {
    let here = here();
    let locale = here.locale;
    let id = module.id;
    let name = RwSignal::new(module.name.clone());
    let item_name = RwSignal::new(module.item_name.clone());
    let version = RwSignal::new(module.version);
    let error = RwSignal::new(None::<Error>);
    let over = RwSignal::new(false);
    let stored = StoredValue::new(module);
    let called = stored.with_value(|module| module.name.clone());
    let changed = move || {
        stored.with_value(|module| {
            name.with(|name| *name != module.name) || item_name.with(|item| *item != module.item_name)
        })
    };
    let neighbours = Memo::new(move |_| {
        modules.with(|modules| {
            let order: Vec<_> =
                modules.iter().filter(|module| !module.trashed).map(|module| module.id).collect();
            let at = order.iter().position(|other| *other == id);
            let above = at.and_then(|at| at.checked_sub(1)).and_then(|at| order.get(at).copied());
            let below = at.and_then(|at| order.get(at + 1).map(|_| order.get(at + 2).copied()));
            (above, below)
        })
    });
    let save = move || {
        let (text, item, seen) = (name.get_untracked(), item_name.get_untracked(), version.get_untracked());
        error.set(None);
        send(
            move |key| module_rename(key, id, seen, text.clone(), item.clone()),
            move |answer| match answer {
                Ok(module) => {
                    here.toasts.done(i18n::bar::module_saved(locale, &module.name), None);
                    here.modules.update(|links| {
                        for link in links.iter_mut().filter(|link| link.id == id) {
                            link.name.clone_from(&module.name);
                            link.version = module.version;
                        }
                    });
                    modules.update(|modules| {
                        for other in modules.iter_mut().filter(|other| other.id == id) {
                            *other = module.clone();
                        }
                    });
                }
                Err(wrong) => {
                    error.try_set(Some(wrong));
                }
            },
        );
    };
    let on_drop = move |event: ev::DragEvent| {
        over.set(false);
        let dragged = event
            .data_transfer()
            .and_then(|data| data.get_data(DRAG_TYPE).ok())
            .and_then(|text| text.parse::<ModuleId>().ok());
        if let Some(dragged) = dragged {
            event.prevent_default();
            move_module(here, modules, dragged, Some(id));
        }
    };
    view! {
        <li
            class="module-list__row"
            data-over=move || over.get().then_some("")
            on:dragover=move |event| {
                let ours = event
                    .data_transfer()
                    .is_some_and(|data| data.types().includes(&DRAG_TYPE.into(), 0));
                if ours {
                    event.prevent_default();
                    over.set(true);
                }
            }
            on:dragleave=move |_| over.set(false)
            on:drop=on_drop
        >
            <form
                class="module-list__form"
                on:submit=move |event| {
                    event.prevent_default();
                    save();
                }
            >
                <span
                    class="module-list__grip"
                    aria-hidden="true"
                    draggable="true"
                    on:dragstart=move |event| {
                        if let Some(data) = event.data_transfer() {
                            data.set_effect_allowed("move");
                            // Without the data the drop does nothing.
                            let _ = data.set_data(DRAG_TYPE, &id.to_string());
                        }
                    }
                >
                    <Icon name="grip" />
                </span>
                <label class="field-label">
                    <span>{i18n::bar::name(locale)}</span>
                    <input
                        class="input"
                        aria-label=i18n::bar::name_of(locale, &called)
                        prop:value=move || name.get()
                        value=called.clone()
                        on:input=move |event| name.set(event_target_value(&event))
                    />
                </label>
                <label class="field-label">
                    <span>{i18n::bar::item_name(locale)}</span>
                    <input
                        class="input"
                        aria-label=i18n::bar::item_name_of(locale, &called)
                        prop:value=move || item_name.get()
                        value=item_name.get_untracked()
                        on:input=move |event| item_name.set(event_target_value(&event))
                    />
                </label>
                <button class="button" aria-label=i18n::bar::save_of(locale, &called) disabled=move || !changed()>
                    {i18n::bar::save(locale)}
                </button>
                <span class="module-list__moves">
                    <button
                        type="button"
                        class="icon-button module-list__up"
                        aria-label=i18n::bar::move_up_of(locale, &called)
                        disabled=move || neighbours.get().0.is_none()
                        on:click=move |_| {
                            if let (Some(above), _) = neighbours.get_untracked() {
                                move_module(here, modules, id, Some(above));
                            }
                        }
                    >
                        <Icon name="chevron-down" />
                    </button>
                    <button
                        type="button"
                        class="icon-button"
                        aria-label=i18n::bar::move_down_of(locale, &called)
                        disabled=move || neighbours.get().1.is_none()
                        on:click=move |_| {
                            if let (_, Some(before)) = neighbours.get_untracked() {
                                move_module(here, modules, id, before);
                            }
                        }
                    >
                        <Icon name="chevron-down" />
                    </button>
                    <button
                        type="button"
                        class="icon-button"
                        aria-label=i18n::bar::trash_of(locale, &called)
                        on:click={
                            let name = called.clone();
                            move |_| trash(here, modules, id, name.clone())
                        }
                    >
                        <Icon name="trash" />
                    </button>
                </span>
            </form>
            <EditProblem
                error=error
                keep=Callback::new(move |theirs| {
                    version.set(theirs);
                    save();
                })
                take=Callback::new(move |_| reload(here, modules))
            />
            <super::todo_types::TodoTypes module=id name=called.clone() />
            <super::todo_templates::TodoTemplates module=id name=called.clone() />
        </li>
    }
    .into_any()
}
