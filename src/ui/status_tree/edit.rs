//! What edits the tree in place: names, colours, new statuses, deletion.

use crate::ui::{Show, any::IntoAny, effect};
use leptos::{ev, prelude::*};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::TreeState;
use crate::{
    api::{
        modules::group_rename,
        statuses::{status_add, status_recolor, status_rename},
    },
    domain::{
        filter::{Narrow, Owner},
        id::StatusId,
        status::{Color, Place, Status, StatusGroup},
        status_name::StatusName,
    },
    error::{Conflict, Error, Refusal},
    i18n,
    ui::{
        browser, send,
        widgets::{dialog::Dialog, edit_problem::EditProblem, icon::Icon, menu::MenuButton},
    },
};

/// The views that edit the tree, as the tree calls them: their code is loaded when customising begins.
#[derive(Clone, Copy)]
pub struct Editor {
    /// The name of an item as a field.
    pub rename: fn(TreeState, Narrow) -> AnyView,
    /// A new status at the end of a group.
    pub add: fn(TreeState, StatusGroup) -> AnyView,
    /// Everything that can be done with a status.
    pub menu: fn(TreeState, StatusId, Memo<Option<Status>>) -> AnyView,
    /// Asks where the datasheets of a deleted status go.
    pub delete: fn(TreeState) -> AnyView,
}

/// Loads what edits the tree.
#[wasm_split(dialogs, fallible)]
pub fn editor() -> Result<Editor, SplitLoaderError> {
    Ok(Editor {
        rename: |state, narrow| view! { <Rename state narrow /> }.into_any(),
        add: |state, group| view! { <AddStatus state group /> }.into_any(),
        menu: |state, id, status| view! { <StatusMenu state id status /> }.into_any(),
        delete: |state| view! { <DeleteDialog state /> }.into_any(),
    })
}

/// The name of an item as a field: Enter saves, Escape leaves it as it was.
#[component]
fn Rename(state: TreeState, narrow: Narrow) -> impl IntoView {
    let locale = state.locale;
    let (before, version) = match narrow {
        Narrow::Status(id) => state.tree.with_untracked(|tree| {
            tree.get(id)
                .map(|status| (status.name.text(locale).to_owned(), status.version))
                .unwrap_or_default()
        }),
        Narrow::Group(group) => {
            let version = state.module.with_untracked(|module| module.version);
            (untrack(|| state.group_label(group)), version)
        }
    };
    let text = RwSignal::new(before.clone());
    let version = RwSignal::new(version);
    let error = RwSignal::new(None::<Error>);
    let label = i18n::tree::rename_of(locale, &before);
    let first = StoredValue::new(before);

    effect(|| browser::focus_soon("[data-rename]"));
    let close = move || {
        if state.renaming.get_untracked() == Some(narrow) {
            state.renaming.set(None);
            state.focus(narrow);
        }
    };
    let save = move || {
        let name = text.get_untracked().trim().to_owned();
        if first.with_value(|first| *first == name) && error.with_untracked(Option::is_none) {
            close();
            return;
        }
        error.set(None);
        match narrow {
            Narrow::Status(id) => rename_status(state, id, version.get_untracked(), name, close, error),
            Narrow::Group(group) => rename_group(state, group, version.get_untracked(), name, close, error),
        }
    };
    let take_theirs = move |conflict: &Conflict| {
        match narrow {
            Narrow::Status(id) => state.tree.update(|tree| {
                if let Some(mut status) = tree.get(id).cloned() {
                    status.name = StatusName::Own(conflict.theirs.clone());
                    status.version = conflict.version;
                    tree.put(status);
                }
            }),
            Narrow::Group(group) => state.module.update(|module| {
                let theirs = (!conflict.theirs.is_empty()).then(|| conflict.theirs.clone());
                if let Some(label) = module.group_labels.get_mut(group.index()) {
                    *label = theirs;
                }
                module.version = conflict.version;
            }),
        }
        close();
    };

    view! {
        <form
            class="status-tree__form"
            on:submit=move |event| {
                event.prevent_default();
                save();
            }
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    event.prevent_default();
                    event.stop_propagation();
                    close();
                }
            }
        >
            <input
                class="input"
                data-rename
                autocomplete="off"
                aria-label=label
                aria-invalid=move || error.with(Option::is_some).to_string()
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
                on:focus=select_all
                on:blur=move |_| {
                    let unchanged = text
                        .try_with_untracked(|text| first.try_with_value(|first| text == first).unwrap_or(false))
                        .unwrap_or(false);
                    if unchanged && state.renaming.try_get_untracked().flatten() == Some(narrow) {
                        state.renaming.set(None);
                    }
                }
            />
            <EditProblem
                error=error
                keep=Callback::new(move |theirs| {
                    version.set(theirs);
                    save();
                })
                take=Callback::new(move |conflict: Conflict| take_theirs(&conflict))
            />
        </form>
    }
    .into_any()
}

fn rename_status(
    state: TreeState,
    id: StatusId,
    version: i64,
    name: String,
    close: impl Fn() + 'static,
    error: RwSignal<Option<Error>>,
) {
    let sent = name.clone();
    send(
        move |key| status_rename(key, id, version, sent.clone()),
        move |answer| match answer {
            Ok(done) => {
                close();
                state.accept(done, i18n::tree::renamed(state.locale, &name));
            }
            Err(wrong) => {
                error.try_set(Some(wrong));
            }
        },
    );
}

fn rename_group(
    state: TreeState,
    group: StatusGroup,
    version: i64,
    name: String,
    close: impl Fn() + 'static,
    error: RwSignal<Option<Error>>,
) {
    let module = state.module.with_untracked(|module| module.id);
    let before =
        state.module.with_untracked(|module| module.group_labels.get(group.index()).cloned().flatten());
    let label = (!name.is_empty()).then_some(name);
    send(
        move |key| group_rename(key, module, version, group, label.clone()),
        move |answer| match answer {
            Ok(changed) => {
                let version = changed.version;
                let text = i18n::tree::group_label(state.locale, &changed, group);
                close();
                state.module.set(changed);
                let undo = Callback::new(move |()| {
                    let before = before.clone();
                    send(
                        move |key| group_rename(key, module, version, group, before.clone()),
                        move |answer| match answer {
                            Ok(module) => {
                                state.module.try_set(module);
                            }
                            Err(error) => state.toasts.error(&error),
                        },
                    );
                });
                state.toasts.done(i18n::tree::renamed(state.locale, &text), Some(undo));
            }
            Err(wrong) => {
                error.try_set(Some(wrong));
            }
        },
    );
}

fn select_all(event: ev::FocusEvent) {
    event_target::<leptos::web_sys::HtmlInputElement>(&event).select();
}

/// A new status at the end of a group. The field stays, so that several can be typed one after the other.
#[component]
fn AddStatus(state: TreeState, group: StatusGroup) -> impl IntoView {
    let locale = state.locale;
    let text = RwSignal::new(String::new());
    let error = RwSignal::new(None::<Error>);
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let name = text.get_untracked().trim().to_owned();
        if name.is_empty() {
            return;
        }
        error.set(None);
        let module = state.module.with_untracked(|module| module.id);
        let sent = name.clone();
        send(
            move |key| status_add(key, module, Place { group, before: None }, sent.clone()),
            move |answer| match answer {
                Ok(done) => {
                    // What was typed since stays.
                    text.try_update(|text| {
                        if text.trim() == name {
                            text.clear();
                        }
                    });
                    state.accept(done, i18n::tree::added(locale, &name));
                }
                Err(wrong) => {
                    error.try_set(Some(wrong));
                }
            },
        );
    };
    view! {
        <form class="status-tree__form status-tree__add" on:submit=on_submit>
            <input
                class="input"
                autocomplete="off"
                placeholder=i18n::tree::new_status(locale)
                aria-label=move || i18n::tree::new_status_in(locale, &state.group_label(group))
                aria-invalid=move || error.with(Option::is_some).to_string()
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
                on:keydown=move |event| {
                    if event.key() == "Escape" {
                        text.set(String::new());
                        error.set(None);
                    }
                }
            />
            <button
                class="icon-button"
                aria-label=move || i18n::tree::add_status_to(locale, &state.group_label(group))
            >
                <Icon name="plus" />
            </button>
            <Show when=move || error.with(Option::is_some)>
                <p class="form-error" role="alert">
                    {move || error.with(|error| error.as_ref().map(|error| i18n::errors::message(locale, error)))}
                </p>
            </Show>
        </form>
    }
    .into_any()
}

/// Everything that can be done with a status: the way without dragging.
#[component]
fn StatusMenu(state: TreeState, id: StatusId, status: Memo<Option<Status>>) -> impl IntoView {
    let locale = state.locale;
    let label = Signal::derive(move || {
        let name = status
            .with(|status| status.as_ref().map(|status| status.name.text(locale).to_owned()))
            .unwrap_or_default();
        i18n::tree::options_of(locale, &name)
    });
    view! {
        <MenuButton label=label icon="more">
            <Items state=state id=id status=status />
        </MenuButton>
    }
    .into_any()
}

#[component]
fn Items(state: TreeState, id: StatusId, status: Memo<Option<Status>>) -> impl IntoView {
    let locale = state.locale;
    let group = status.with_untracked(|status| status.as_ref().map(|status| status.status_group));
    let color = status.with_untracked(|status| status.as_ref().map(|status| status.color));
    let step = move |down: bool| {
        let place = state.tree.with_untracked(|tree| tree.step(id, down))?;
        Some(move |_: ev::MouseEvent| state.move_status(id, place))
    };
    let mover = move |down: bool, text: &'static str| {
        step(down).map(|go| {
            view! {
                <button type="button" role="menuitem" tabindex="-1" on:click=go>
                    {text}
                </button>
            }
        })
    };
    let only_one = state.tree.with_untracked(|tree| tree.all().len() < 2);
    view! {
        <button
            type="button"
            role="menuitem"
            tabindex="-1"
            on:click=move |_| state.renaming.set(Some(Narrow::Status(id)))
        >
            {i18n::tree::rename(locale)}
        </button>
        {mover(false, i18n::tree::move_up(locale))}
        {mover(true, i18n::tree::move_down(locale))}
        <div
            class="status-tree__colors"
            role="group"
            aria-label=i18n::bar::theme(locale)
            data-group=group.map(StatusGroup::as_str)
        >
            {Color::ALL
                .map(|choice| {
                    view! {
                        <button
                            type="button"
                            role="menuitemradio"
                            tabindex="-1"
                            aria-checked=(color == Some(choice)).to_string()
                            aria-label=i18n::tree::color(locale, choice)
                            title=i18n::tree::color(locale, choice)
                            data-group=group.map(StatusGroup::as_str)
                            data-color=choice.as_str()
                            on:click=move |_| recolor(state, id, choice)
                        >
                            <span class="dot"></span>
                        </button>
                    }
                })
                .collect_view()}
        </div>
        {(!only_one)
            .then(|| {
                view! {
                    <button type="button" role="menuitem" tabindex="-1" on:click=move |_| ask_to_delete(state, id)>
                        {i18n::tree::delete(locale)}
                    </button>
                }
            })}
    }
    .into_any()
}

fn recolor(state: TreeState, id: StatusId, color: Color) {
    let shown = state.tree.get_untracked();
    let Some(mut status) = shown.get(id).cloned() else { return };
    let (version, name) = (status.version, status.name.text(state.locale).to_owned());
    status.color = color;
    state.tree.update(|tree| tree.put(status));
    send(
        move |key| status_recolor(key, id, version, color),
        move |answer| match answer {
            Ok(done) => state.accept(done, i18n::tree::recoloured(state.locale, &name)),
            Err(error) => {
                state.tree.try_set(shown);
                state.toasts.error(&error);
            }
        },
    );
}

/// An empty status goes at once (it can be undone); for another it is asked where its datasheets go.
fn ask_to_delete(state: TreeState, id: StatusId) {
    if untrack(|| state.count(id)) > 0 {
        state.deleting.set(Some(id));
        return;
    }
    state.delete(id, None, move |answer| match answer {
        Ok(()) => {}
        // The counts stand under the owner filter: others may have datasheets there.
        Err(Error::Refused(Refusal::StatusInUse)) => {
            state.deleting.try_set(Some(id));
        }
        Err(error) => state.toasts.error(&error),
    });
}

/// Asks where the datasheets of a deleted status go.
#[component]
fn DeleteDialog(state: TreeState) -> impl IntoView {
    let locale = state.locale;
    let open = RwSignal::new(false);
    let title = Memo::new(move |_| {
        state
            .deleting
            .get()
            .map(|id| i18n::tree::delete_of(locale, &state.status_name(id)))
            .unwrap_or_default()
    });
    effect(move || {
        if state.deleting.get().is_some() {
            open.set(true);
        }
    });
    effect(move || {
        if !open.get() && state.deleting.get_untracked().is_some() {
            state.deleting.set(None);
        }
    });
    view! {
        <Dialog open=open title=title>
            {move || state.deleting.get().map(|id| view! { <DeleteForm state=state id=id open=open /> })}
        </Dialog>
    }
    .into_any()
}

#[component]
fn DeleteForm(state: TreeState, id: StatusId, open: RwSignal<bool>) -> impl IntoView {
    let locale = state.locale;
    let error = RwSignal::new(None::<Error>);
    let others = state.tree.with_untracked(|tree| {
        let group = tree.get(id).map(|status| status.status_group);
        let mut others: Vec<_> = tree.all().iter().filter(|status| status.id != id).cloned().collect();
        // Those of its own group are the likely ones: they come first.
        others.sort_by_key(|status| Some(status.status_group) != group);
        others
    });
    let into = RwSignal::new(others.first().map(|status| status.id));
    let everybody = state.filter.with_untracked(|filter| filter.owner == Owner::All);
    let n = untrack(|| state.count(id));
    let question = if everybody && n > 0 {
        i18n::tree::where_to_n(locale, &i18n::format::number(n, locale))
    } else {
        i18n::tree::where_to(locale).to_owned()
    };
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        error.set(None);
        state.delete(id, into.get_untracked(), move |answer| match answer {
            Ok(()) => {
                open.try_set(false);
            }
            Err(wrong) => {
                error.try_set(Some(wrong));
            }
        });
    };
    view! {
        <form on:submit=on_submit>
            <label class="field-label">
                <span>{question}</span>
                <select
                    class="input"
                    on:change=move |event| into.set(event_target_value(&event).parse().ok())
                >
                    {others
                        .into_iter()
                        .map(|status| {
                            let group = untrack(|| state.group_label(status.status_group));
                            view! {
                                <option value=status.id.to_string()>{format!("{} – {group}", status.name.text(locale))}</option>
                            }
                        })
                        .collect_view()}
                </select>
            </label>
            <p class="form-error" role="alert">
                {move || error.with(|error| error.as_ref().map(|error| i18n::errors::message(locale, error)))}
            </p>
            <div class="form-actions">
                <button type="button" class="button button--quiet" on:click=move |_| open.set(false)>
                    {i18n::bar::cancel(locale)}
                </button>
                <button class="button">{i18n::tree::delete_now(locale)}</button>
            </div>
        </form>
    }
    .into_any()
}
