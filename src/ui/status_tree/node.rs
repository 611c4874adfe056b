//! The items of the tree: a group with its statuses, and a status, to click and to edit.

use crate::ui::{any::IntoAny, dynamic};
use leptos::prelude::*;

use super::{TreeState, node_id, sums::Sums};
use crate::{
    domain::{
        filter::Narrow,
        id::StatusId,
        status::{Status, StatusGroup},
    },
    i18n::{self, Locale},
    ui::widgets::icon::Icon,
};

/// A group and its statuses.
#[component]
pub fn Group(state: TreeState, group: StatusGroup) -> impl IntoView {
    let locale = state.locale;
    let narrow = Narrow::Group(group);
    let label = Memo::new(move |_| state.group_label(group));
    let ids = Memo::new(move |_| {
        state.tree.with(|tree| tree.of(group).map(|status| status.id).collect::<Vec<_>>())
    });
    let count = Signal::derive(move || i18n::format::number(state.group_count(group), locale));
    let drops_at_end = Signal::derive(move || state.sorter.drops_at_end(group.index()).then_some(""));
    view! {
        <div
            class="status-tree__group"
            role="treeitem"
            id=node_id(narrow)
            aria-expanded="true"
            aria-label=label
            aria-selected=dynamic(move || state.is_narrowed(narrow).to_string())
            tabindex=dynamic(move || state.tabindex(narrow))
            data-group=group.as_str()
            data-drop-end=drops_at_end
        >
            {dynamic(move || {
                if state.renaming.get() == Some(narrow) {
                    state.editor(|editor| (editor.rename)(state, narrow)).into_any()
                } else if state.customising.get() {
                    view! {
                        <div class="status-tree__label">
                            <button
                                type="button"
                                class="status-tree__rename"
                                aria-label=dynamic(move || i18n::tree::rename_of(locale, &label.get()))
                                on:click=move |_| state.renaming.set(Some(narrow))
                            >
                                {label}
                            </button>
                            <span class="n" data-count>
                                {count}
                            </span>
                        </div>
                    }
                        .into_any()
                } else {
                    view! {
                        <a
                            class="status-tree__label"
                            href=dynamic(move || state.href(narrow))
                            tabindex=dynamic(move || state.roving.get().map(|_| "-1"))
                        >
                            <span class="status-tree__name">{label}</span>
                            <Sums state narrow />
                            <span class="n" data-count>
                                {count}
                            </span>
                        </a>
                    }
                        .into_any()
                }
            })}
            <div class="status-tree__statuses" role="group" aria-label=label>
                <For each=move || ids.get() key=|id| *id let(id)>
                    <StatusItem state=state id=id />
                </For>
            </div>
            {dynamic(move || state.customising.get().then(|| state.editor(|editor| (editor.add)(state, group))))}
        </div>
    }
    .into_any()
}

/// A status: a link that narrows the list, or what edits it.
#[component]
fn StatusItem(state: TreeState, id: StatusId) -> impl IntoView {
    let locale = state.locale;
    let narrow = Narrow::Status(id);
    let status = Memo::new(move |_| state.tree.with(|tree| tree.get(id).cloned()));
    let of = move |get: fn(&Status, Locale) -> &str| {
        status.with(|status| status.as_ref().map(|status| get(status, locale)).unwrap_or_default().to_owned())
    };
    let name = Signal::derive(move || of(|status, locale| status.name.text(locale)));
    let color = Signal::derive(move || of(|status, _| status.color.as_str()));
    let group = Signal::derive(move || of(|status, _| status.status_group.as_str()));
    let count = Signal::derive(move || i18n::format::number(state.count(id), locale));
    let description = Signal::derive(move || match state.sums_in_full(narrow) {
        sums if sums.is_empty() => count.get(),
        sums => format!("{}; {sums}", count.get()),
    });
    let selected = Signal::derive(move || state.is_narrowed(narrow).to_string());
    let tabindex = Signal::derive(move || state.tabindex(narrow));
    let drops_here = Signal::derive(move || state.sorter.drops_before(id.0).then_some(""));
    let is_dragged = Signal::derive(move || state.sorter.is_dragged(id.0).then_some(""));
    let is_over = Signal::derive(move || (state.over.get() == Some(id)).then_some(""));

    dynamic(move || {
        if state.customising.get() {
            view! {
                <div
                    class="status-tree__item"
                    role="treeitem"
                    id=node_id(narrow)
                    aria-label=name
                    aria-selected=selected
                    tabindex=tabindex
                    data-group=group
                    data-color=color
                    data-over=is_over
                    data-drop=drops_here
                    data-dragged=is_dragged
                >
                    <span class="status-tree__grip" data-grip aria-hidden="true">
                        <Icon name="grip" />
                    </span>
                    <span class="dot"></span>
                    {dynamic(move || {
                        if state.renaming.get() == Some(narrow) {
                            state.editor(|editor| (editor.rename)(state, narrow)).into_any()
                        } else {
                            view! {
                                <button
                                    type="button"
                                    class="status-tree__rename"
                                    aria-label=dynamic(move || i18n::tree::rename_of(locale, &name.get()))
                                    on:click=move |_| state.renaming.set(Some(narrow))
                                >
                                    {name}
                                </button>
                                <span class="n" data-count>
                                    {count}
                                </span>
                                {state.editor(|editor| (editor.menu)(state, id, status))}
                            }
                                .into_any()
                        }
                    })}
                </div>
            }
            .into_any()
        } else {
            view! {
                <a
                    class="status-tree__item"
                    role="treeitem"
                    id=node_id(narrow)
                    href=dynamic(move || state.href(narrow))
                    draggable="false"
                    aria-label=name
                    aria-description=description
                    aria-selected=selected
                    tabindex=tabindex
                    data-group=group
                    data-color=color
                    data-over=is_over
                >
                    <span class="dot"></span>
                    <span class="status-tree__name">{name}</span>
                    <Sums state narrow />
                    <span class="n" data-count>
                        {count}
                    </span>
                </a>
            }
            .into_any()
        }
    })
}
