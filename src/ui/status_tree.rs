//! The status tree: where everybody stands, narrowing the list, and edited in place by admins.
//!
//! A datasheet can be dropped on a status: the dragged row puts its id into the drag data under [`DATASHEET_DRAG_TYPE`].
//! (Touch and keyboard use the row's own status menu.)

mod edit;
mod node;
mod sums;

use crate::ui::{Show, any::IntoAny, dynamic, effect};
use std::collections::VecDeque;

use leptos::{ev, prelude::*, task::spawn_local, web_sys, web_sys::wasm_bindgen::JsCast as _};

use super::{
    browser, here, send,
    widgets::sort::{Frame, Sorter, Spot},
};
use crate::{
    api::{
        modules::module_counts,
        statuses::{TreeDone, status_move, tree_undo},
    },
    domain::{
        datasheet::{StatusCount, StatusSum},
        filter::{Filter, Narrow},
        id::{DatasheetId, EventId, StatusId},
        module::Module,
        status::{Place, StatusGroup, StatusTree as Tree},
    },
    error::{Error, Result},
    i18n,
};

/// What a dragged datasheet is called in the browser's drag data; its value is the datasheet's id.
pub const DATASHEET_DRAG_TYPE: &str = "application/x-modulok-datasheet";

/// Moves under way: one is sent at a time, so that they arrive in order.
#[derive(Default)]
struct Moves {
    /// The one that was sent, then those that wait.
    waiting: VecDeque<(StatusId, Place)>,
    /// The tree as the server last told it.
    confirmed: Option<Tree>,
}

/// The state of the tree on the page. Cheap to copy.
#[derive(Clone, Copy)]
struct TreeState {
    locale: i18n::Locale,
    toasts: super::widgets::toast::Toasts,
    module: RwSignal<Module>,
    tree: RwSignal<Tree>,
    counts: RwSignal<Vec<StatusCount>>,
    sums: RwSignal<Vec<StatusSum>>,
    filter: Signal<Filter>,
    /// Whether the tree is being edited.
    customising: RwSignal<bool>,
    /// What edits it, once it was asked for.
    editor: RwSignal<Option<edit::Editor>>,
    /// The item in the tab order; `None` (all are) until the browser half runs.
    roving: RwSignal<Option<Narrow>>,
    /// The item whose name is being typed.
    renaming: RwSignal<Option<Narrow>>,
    /// The status that is about to be deleted.
    deleting: RwSignal<Option<StatusId>>,
    /// Drags statuses.
    sorter: Sorter,
    /// The status that a dragged datasheet is over.
    over: RwSignal<Option<StatusId>>,
    /// What a screen reader is told.
    announcement: RwSignal<String>,
    moves: StoredValue<Moves>,
}

impl TreeState {
    /// Begins to edit the tree, or ends it. Keys and the pointer move statuses at once; fields and menus come with their code.
    fn customise(self) {
        self.renaming.set(None);
        self.customising.update(|customising| *customising = !*customising);
        if !self.customising.get_untracked() || self.editor.with_untracked(Option::is_some) {
            return;
        }
        spawn_local(async move {
            if let Ok(editor) = edit::editor().await {
                self.editor.try_set(Some(editor));
            } else {
                self.customising.try_set(false);
                self.toasts.error(&Error::Unreachable);
            }
        });
    }

    /// What the editor makes, once it is there.
    fn editor(self, make: impl FnOnce(edit::Editor) -> AnyView) -> Option<AnyView> {
        self.editor.get().map(make)
    }

    fn group_label(self, group: StatusGroup) -> String {
        self.module.with(|module| i18n::tree::group_label(self.locale, module, group))
    }

    fn count(self, id: StatusId) -> i64 {
        self.counts
            .with(|counts| counts.iter().find(|count| count.status_id == id).map_or(0, |count| count.n))
    }

    fn group_count(self, group: StatusGroup) -> i64 {
        self.tree.with(|tree| tree.of(group).map(|status| self.count(status.id)).sum())
    }

    fn href(self, narrow: Narrow) -> String {
        let module = self.module.with(|module| module.id);
        format!("/m/{module}{}", self.filter.with(|filter| filter.toggled(narrow).to_query()))
    }

    fn is_narrowed(self, narrow: Narrow) -> bool {
        self.filter.with(|filter| filter.narrow == Some(narrow))
    }

    fn tabindex(self, narrow: Narrow) -> Option<&'static str> {
        self.roving.get().map(|current| if current == narrow { "0" } else { "-1" })
    }

    fn status_name(self, id: StatusId) -> String {
        self.tree
            .with_untracked(|tree| tree.get(id).map(|status| status.name.text(self.locale).to_owned()))
            .unwrap_or_default()
    }

    fn focus(self, narrow: Narrow) {
        self.roving.set(Some(narrow));
        browser::focus_soon(format!("#{}", node_id(narrow)));
    }

    /// Moves a status at once in view, says where it stands now, and sends it.
    fn move_status(self, id: StatusId, place: Place) {
        let shown = self.tree.get_untracked();
        let mut moved = shown.clone();
        if !moved.move_to(id, place) {
            return;
        }
        self.tree.set(moved);
        self.announce_place(id);
        self.focus(Narrow::Status(id));
        let is_first = self.moves.try_update_value(|moves| {
            moves.confirmed.get_or_insert(shown);
            moves.waiting.push_back((id, place));
            moves.waiting.len() == 1
        });
        if is_first == Some(true) {
            self.send_move(id, place);
        }
    }

    fn send_move(self, id: StatusId, place: Place) {
        send(
            move |key| status_move(key, id, place),
            move |answer| match answer {
                Ok(done) => {
                    let next = self.moves.try_update_value(|moves| {
                        moves.waiting.pop_front();
                        let next = moves.waiting.front().copied();
                        moves.confirmed = next.map(|_| done.tree.clone());
                        next
                    });
                    match next {
                        Some(Some((id, place))) => self.send_move(id, place),
                        Some(None) => {
                            let group = untrack(|| self.group_label(place.group));
                            let text = i18n::tree::moved(self.locale, &self.status_name(id), &group);
                            self.accept(done, text);
                        }
                        // The page was left meanwhile.
                        None => {}
                    }
                }
                Err(error) => {
                    if let Some(Some(tree)) =
                        self.moves.try_update_value(|moves| std::mem::take(moves).confirmed)
                    {
                        self.tree.set(tree);
                    }
                    self.toasts.error(&error);
                }
            },
        );
    }

    fn announce_place(self, id: StatusId) {
        let text = self.tree.with_untracked(|tree| {
            let status = tree.get(id)?;
            let (mut at, mut of) = (0, 0);
            for other in tree.of(status.status_group) {
                of += 1;
                if other.id == id {
                    at = of;
                }
            }
            let group = untrack(|| self.group_label(status.status_group));
            Some(i18n::tree::position(self.locale, status.name.text(self.locale), at, of, &group))
        });
        if let Some(text) = text {
            self.announcement.set(text);
        }
    }

    /// Shows the tree of an answer, with the way back.
    fn accept(self, done: TreeDone, text: String) {
        if self.tree.try_set(done.tree).is_some() {
            return;
        }
        self.toasts.done(text, done.undo.map(|event| self.undo(event)));
    }

    fn undo(self, event: EventId) -> Callback<()> {
        Callback::new(move |()| {
            send(
                move |key| tree_undo(key, event),
                move |answer| match answer {
                    Ok(done) => {
                        self.tree.try_set(done.tree);
                        self.refresh_counts();
                    }
                    Err(error) => self.toasts.error(&error),
                },
            );
        })
    }

    /// Asks for the counts again, after datasheets went from status to status.
    fn refresh_counts(self) {
        let Some(module) = self.module.try_with_untracked(|module| module.id) else { return };
        let Some(filter) = self.filter.try_get_untracked() else { return };
        spawn_local(async move {
            // Old counts stay where no new ones come; the next change of the list brings them.
            if let Ok(counts) = module_counts(module, filter).await {
                self.counts.try_set(counts.statuses);
                self.sums.try_set(counts.sums);
            }
        });
    }

    /// Deletes a status; `into` takes its datasheets.
    fn delete(self, id: StatusId, into: Option<StatusId>, then: impl FnOnce(Result<()>) + 'static) {
        let name = self.status_name(id);
        send(
            move |key| crate::api::statuses::status_delete(key, id, into),
            move |answer| match answer {
                Ok(done) => {
                    self.accept(done, i18n::tree::deleted(self.locale, &name));
                    self.refresh_counts();
                    then(Ok(()));
                }
                Err(error) => then(Err(error)),
            },
        );
    }
}

/// The id of an item's element.
fn node_id(narrow: Narrow) -> String {
    match narrow {
        Narrow::Status(id) => format!("status-{id}"),
        Narrow::Group(group) => format!("group-{}", group.as_str()),
    }
}

/// The item that an element's id names.
fn parse_node_id(id: &str) -> Option<Narrow> {
    match id.split_once('-')? {
        ("status", id) => id.parse().ok().map(Narrow::Status),
        ("group", group) => StatusGroup::parse(group).map(Narrow::Group),
        _ => None,
    }
}

fn item_of(event: &web_sys::Event) -> Option<web_sys::Element> {
    event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .and_then(|target| target.closest("[role=treeitem]").ok().flatten())
}

/// The status whose element an event happened in.
fn status_of(event: &web_sys::Event) -> Option<StatusId> {
    match parse_node_id(&item_of(event)?.id())? {
        Narrow::Status(id) => Some(id),
        Narrow::Group(_) => None,
    }
}

/// The groups and their statuses, as they stand in the page.
fn frames(tree: RwSignal<Tree>) -> Vec<Frame> {
    tree.with_untracked(|tree| {
        StatusGroup::ALL
            .into_iter()
            .map(|group| Frame {
                element: node_id(Narrow::Group(group)),
                items: tree
                    .of(group)
                    .map(|status| (status.id.0, node_id(Narrow::Status(status.id))))
                    .collect(),
            })
            .collect()
    })
}

/// What a spot among the frames means.
fn place_of(spot: Spot) -> Option<Place> {
    let group = *StatusGroup::ALL.get(spot.frame)?;
    Some(Place { group, before: spot.before.map(StatusId) })
}

/// The tree on the right of the module page.
#[component]
pub fn StatusTree(
    /// The module it belongs to.
    module: Module,
    /// Its statuses; edited here, replaced from outside when others edit.
    tree: RwSignal<Tree>,
    /// How many datasheets each status has.
    counts: RwSignal<Vec<StatusCount>>,
    /// What they are worth, in fixed modules with a value.
    sums: RwSignal<Vec<StatusSum>>,
    /// What the list is narrowed to.
    #[prop(into)]
    filter: Signal<Filter>,
    /// A datasheet was dropped on a status.
    dropped: Callback<(DatasheetId, StatusId)>,
) -> impl IntoView {
    let here = here();
    let locale = here.locale;
    let process = module.template.process();
    let customisable = process.is_none();
    let state = TreeState {
        locale,
        toasts: here.toasts,
        module: RwSignal::new(module),
        tree,
        counts,
        sums,
        filter,
        customising: RwSignal::new(false),
        editor: RwSignal::new(None),
        roving: RwSignal::new(None),
        renaming: RwSignal::new(None),
        deleting: RwSignal::new(None),
        sorter: Sorter::new(Callback::new(move |()| frames(tree)), ".status-tree"),
        over: RwSignal::new(None),
        announcement: RwSignal::new(String::new()),
        moves: StoredValue::new(Moves::default()),
    };

    // One item is in the tab order: the narrowed one, else the first; from then on the last that had the focus.
    effect(move || {
        let current = state.roving.get_untracked();
        let is_there = match current {
            Some(Narrow::Status(id)) => tree.with(|tree| tree.get(id).is_some()),
            Some(Narrow::Group(_)) => true,
            None => false,
        };
        if !is_there {
            let narrow = filter.get_untracked().narrow.unwrap_or(Narrow::Group(StatusGroup::Lead));
            state.roving.set(Some(narrow));
        }
    });

    view! {
        <aside
            class="status-tree"
            aria-labelledby="status-tree-title"
            data-customising=dynamic(move || state.customising.get().then_some(""))
            data-dragging=dynamic(move || state.sorter.is_dragging().then_some(""))
        >
            <header class="status-tree__head">
                <h2 id="status-tree-title">{i18n::tree::statuses(locale)}</h2>
                {(here.is_admin() && customisable)
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="icon-button"
                                aria-label=i18n::tree::customise(locale)
                                title=i18n::tree::customise(locale)
                                aria-pressed=dynamic(move || state.customising.get().to_string())
                                on:click=move |_| state.customise()
                            >
                                <super::widgets::icon::Icon name="wrench" />
                            </button>
                        }
                    })}
            </header>
            {process.map(|process| view! { <p class="status-tree__hint">{process.moved_by(locale)}</p> })}
            <Show when=move || state.customising.get()>
                <p class="status-tree__hint">{i18n::tree::how(locale)}</p>
            </Show>
            <div
                class="status-tree__root"
                role="tree"
                aria-label=i18n::tree::statuses(locale)
                node_ref=state.sorter.root
                on:focusin=move |event| {
                    let narrow = item_of(&event).and_then(|item| parse_node_id(&item.id()));
                    if narrow.is_some() && state.roving.get_untracked() != narrow {
                        state.roving.set(narrow);
                    }
                }
                on:keydown=move |event| on_keydown(state, &event)
                on:pointerdown=move |event| {
                    if state.customising.get_untracked() {
                        state.sorter.start(&event, status_of(&event).map(|id| id.0));
                    }
                }
                on:pointermove=move |event| state.sorter.go(&event)
                on:pointerup=move |event| {
                    if let Some((id, spot)) = state.sorter.end(&event)
                        && let Some(place) = place_of(spot)
                    {
                        state.move_status(StatusId(id), place);
                    }
                }
                on:pointercancel=move |_| state.sorter.cancel()
                on:dragover=move |event| on_dragover(state, customisable, &event)
                on:dragleave=move |_| state.over.set(None)
                on:drop=move |event| {
                    state.over.set(None);
                    let datasheet = event
                        .data_transfer()
                        .and_then(|data| data.get_data(DATASHEET_DRAG_TYPE).ok())
                        .and_then(|text| text.parse().ok());
                    if let (Some(datasheet), Some(status)) = (datasheet, status_of(&event)) {
                        event.prevent_default();
                        dropped.run((datasheet, status));
                    }
                }
            >
                {StatusGroup::ALL.map(|group| view! { <node::Group state=state group=group /> }).collect_view()}
            </div>
            <p class="status-tree__live" aria-live="assertive">
                {dynamic(move || state.announcement.get())}
            </p>
            {dynamic(move || state.customising.get().then(|| state.editor(|editor| (editor.delete)(state))))}
        </aside>
    }
    .into_any()
}

fn on_dragover(state: TreeState, customisable: bool, event: &ev::DragEvent) {
    let ours =
        event.data_transfer().is_some_and(|data| data.types().includes(&DATASHEET_DRAG_TYPE.into(), 0));
    let over = if ours && customisable { status_of(event) } else { None };
    if over.is_some() {
        event.prevent_default();
    }
    if state.over.get_untracked() != over {
        state.over.set(over);
    }
}

/// The keys of a tree (APG), and Alt with arrows, which moves a status.
fn on_keydown(state: TreeState, event: &ev::KeyboardEvent) {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let Some(target) = target else { return };
    // Fields and menus inside the tree have their own keys.
    if target.closest("input,select,[role=menu],form").ok().flatten().is_some() {
        return;
    }
    let Some(item) = item_of(event) else { return };
    let Some(narrow) = parse_node_id(&item.id()) else { return };
    let customising = state.customising.get_untracked();
    let key = event.key();
    if event.alt_key() {
        let down = match key.as_str() {
            "ArrowDown" => true,
            "ArrowUp" => false,
            _ => return,
        };
        if let (true, Narrow::Status(id)) = (customising, narrow) {
            event.prevent_default();
            match state.tree.with_untracked(|tree| tree.step(id, down)) {
                Some(place) => state.move_status(id, place),
                None => state.announce_place(id),
            }
        }
        return;
    }
    if event.ctrl_key() || event.meta_key() {
        return;
    }
    let on_item = target == item;
    let order = order(state);
    let at = order.iter().position(|other| *other == narrow).unwrap_or(0);
    let next = match key.as_str() {
        "ArrowDown" => order.get(at + 1).copied(),
        "ArrowUp" => at.checked_sub(1).and_then(|at| order.get(at).copied()),
        "Home" => order.first().copied(),
        "End" => order.last().copied(),
        "ArrowLeft" => match narrow {
            Narrow::Status(id) => state
                .tree
                .with_untracked(|tree| tree.get(id).map(|status| Narrow::Group(status.status_group))),
            Narrow::Group(_) => None,
        },
        "ArrowRight" => match narrow {
            Narrow::Group(group) => state
                .tree
                .with_untracked(|tree| tree.of(group).next().map(|status| Narrow::Status(status.id))),
            Narrow::Status(_) => None,
        },
        "F2" if customising => {
            event.prevent_default();
            state.renaming.set(Some(narrow));
            return;
        }
        "Enter" | " " if on_item => {
            event.prevent_default();
            if customising {
                state.renaming.set(Some(narrow));
            } else {
                let link = if item.tag_name() == "A" {
                    Some(item)
                } else {
                    item.query_selector("a[href]").ok().flatten()
                };
                if let Some(link) = link.and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok()) {
                    link.click();
                }
            }
            return;
        }
        _ => return,
    };
    event.prevent_default();
    if let Some(next) = next {
        state.focus(next);
    }
}

/// All items, top to bottom.
fn order(state: TreeState) -> Vec<Narrow> {
    state.tree.with_untracked(|tree| {
        StatusGroup::ALL
            .into_iter()
            .flat_map(|group| {
                std::iter::once(Narrow::Group(group))
                    .chain(tree.of(group).map(|status| Narrow::Status(status.id)))
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_items_element_names_the_item() {
        for narrow in [Narrow::Status(StatusId(12)), Narrow::Group(StatusGroup::Success)] {
            assert_eq!(parse_node_id(&node_id(narrow)), Some(narrow));
        }
        assert_eq!(parse_node_id("status-x"), None);
        assert_eq!(parse_node_id("group-12"), None);
        assert_eq!(parse_node_id(""), None);
    }
}
