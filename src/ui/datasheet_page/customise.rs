//! Fields defined in place (admins): added, edited, sorted, grouped, taken out of use and back.

use crate::ui::{any::IntoAny, effect};
use std::collections::VecDeque;

use leptos::{ev, prelude::*, task::spawn_local, web_sys, web_sys::wasm_bindgen::JsCast as _};

use super::{Sheet, field_form::FieldDialog};
use crate::{
    api::fields::{GroupChange, field_archive, field_group, field_move},
    domain::{
        field::{FieldList, FieldPlace},
        id::{FieldGroupId, FieldId},
    },
    error::{Conflict, Error, Result},
    i18n::{bar, fields as texts, tree as tree_texts},
    ui::{
        browser, send,
        widgets::{
            edit_problem::EditProblem,
            icon::Icon,
            menu::MenuButton,
            sort::{Frame, Sorter, Spot, grip},
        },
    },
};

/// What the dialog is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Editing {
    /// A new field at the end of that group.
    New(Option<FieldGroupId>),
    /// That field.
    Old(FieldId),
}

/// The definitions while they are changed. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Shop {
    pub(super) sheet: Sheet,
    pub(super) editing: RwSignal<Option<Editing>>,
    sorter: Sorter,
    announcement: RwSignal<String>,
    /// The move that was sent, then those that wait.
    moves: StoredValue<VecDeque<(FieldId, FieldPlace)>>,
}

impl Shop {
    fn list(self) -> FieldList {
        self.sheet.page.with_untracked(|page| page.fields.list.clone())
    }

    fn name(self, id: FieldId) -> String {
        self.sheet.page.with_untracked(|page| {
            page.fields.list.get(id).map(|field| field.name.clone()).unwrap_or_default()
        })
    }

    /// Takes over what the server answered.
    pub(super) fn accept(self, list: FieldList) {
        self.sheet.page.try_update(|page| page.fields.list = list.clone());
        if let Some(line) = self.sheet.line.try_get_value() {
            line.try_update_value(|line| line.stored.fields.list = list);
        }
    }

    /// Takes over how the definitions are now.
    pub(super) fn look_again(self) {
        spawn_local(self.sheet.refresh(false));
    }

    fn settle(self, answer: Result<FieldList>, said: String, undo: Option<Callback<()>>) {
        match answer {
            Ok(list) => {
                self.accept(list);
                self.sheet.here.toasts.done(said, undo);
            }
            Err(error) => {
                self.sheet.here.toasts.error(&error);
                self.look_again();
            }
        }
    }

    fn archive(self, id: FieldId, archived: bool) {
        let t = self.sheet.here.locale;
        let name = self.name(id);
        let said = if archived { texts::archived(t, &name) } else { texts::restored(t, &name) };
        send(
            move |key| field_archive(key, id, archived),
            move |answer| {
                self.settle(answer, said, Some(Callback::new(move |()| self.archive(id, !archived))));
            },
        );
    }

    fn change_group(self, change: GroupChange, said: String) {
        let module = self.sheet.page.with_untracked(|page| page.module.id);
        send(
            move |key| field_group(key, module, change.clone()),
            move |answer| self.settle(answer, said, None),
        );
    }

    /// Moves a field at once in view, says where it stands now, and sends it.
    fn move_field(self, id: FieldId, place: FieldPlace) {
        self.sheet.page.update(|page| {
            page.fields.list.move_to(id, place);
        });
        self.announce(id);
        browser::focus_soon(format!("#grip-{id}"));
        let is_first = self.moves.try_update_value(|moves| {
            moves.push_back((id, place));
            moves.len() == 1
        });
        if is_first == Some(true) {
            self.send_move(id, place);
        }
    }

    fn send_move(self, id: FieldId, place: FieldPlace) {
        send(
            move |key| field_move(key, id, place),
            move |answer| {
                let next = self.moves.try_update_value(|moves| {
                    moves.pop_front();
                    if answer.is_err() {
                        moves.clear();
                    }
                    moves.front().copied()
                });
                match (answer, next) {
                    (Ok(_), Some(Some((id, place)))) => self.send_move(id, place),
                    (answer, Some(None)) => {
                        let said = texts::moved(self.sheet.here.locale, &self.name(id));
                        self.settle(answer, said, None);
                    }
                    // The page was left meanwhile.
                    (_, _) => {}
                }
            },
        );
    }

    fn step(self, id: FieldId, down: bool) {
        match self.list().step(id, down) {
            Some(place) => self.move_field(id, place),
            None => self.announce(id),
        }
    }

    fn announce(self, id: FieldId) {
        let t = self.sheet.here.locale;
        let list = self.list();
        let Some(field) = list.get(id) else { return };
        let frame: Vec<FieldId> = list.of(field.group).map(|field| field.id).collect();
        let at = frame.iter().position(|other| *other == id).map_or(0, |at| at + 1);
        let group = list.groups().iter().find(|group| Some(group.id) == field.group);
        let group = group.map_or_else(|| texts::no_group(t).to_owned(), |group| group.name.clone());
        self.announcement.set(tree_texts::position(t, &field.name, at, frame.len(), &group));
    }
}

fn frame_id(group: Option<FieldGroupId>) -> String {
    format!("fields-of-{}", group.map_or(0, |group| group.0))
}

/// The groups in order; `None` is above them.
fn groups(list: &FieldList) -> Vec<Option<FieldGroupId>> {
    std::iter::once(None).chain(list.groups().iter().map(|group| Some(group.id))).collect()
}

fn frames(sheet: Sheet) -> Vec<Frame> {
    sheet.page.with_untracked(|page| {
        let list = &page.fields.list;
        groups(list)
            .into_iter()
            .map(|group| Frame {
                element: frame_id(group),
                items: list.of(group).map(|field| (field.id.0, format!("own-field-{}", field.id))).collect(),
            })
            .collect()
    })
}

/// The field whose row an event happened in.
fn field_of(event: &web_sys::Event) -> Option<i64> {
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let row = target.closest(".own-fields__item").ok().flatten()?;
    row.id().strip_prefix("own-field-")?.parse().ok()
}

/// All definitions of the module.
#[component]
pub(super) fn Customise(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    let shop = Shop {
        sheet,
        editing: RwSignal::new(None),
        sorter: Sorter::new(Callback::new(move |()| frames(sheet)), ".datasheet-page"),
        announcement: RwSignal::new(String::new()),
        moves: StoredValue::new(VecDeque::new()),
    };
    let order = Memo::new(move |_| sheet.page.with(|page| groups(&page.fields.list)));
    let out_of_use = Memo::new(move |_| {
        sheet.page.with(|page| {
            let archived = page.fields.list.all().iter().filter(|field| field.archived);
            archived.map(|field| (field.id, field.name.clone())).collect::<Vec<_>>()
        })
    });
    let drop = move |item: i64, spot: Spot| {
        if let Some(group) = order.get_untracked().get(spot.frame).copied() {
            shop.move_field(FieldId(item), FieldPlace { group, before: spot.before.map(FieldId) });
        }
    };
    let new_group = RwSignal::new(String::new());
    let add_group = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let name = new_group.get_untracked();
        if !name.trim().is_empty() {
            shop.change_group(GroupChange::Add { name: name.clone() }, texts::group_added(t, &name));
            new_group.set(String::new());
        }
    };
    view! {
        <p class="own-fields__hint" id="own-fields-how">
            {texts::how(t)}
        </p>
        <div
            class="own-fields__frames"
            node_ref=shop.sorter.root
            data-dragging=move || shop.sorter.is_dragging().then_some("")
            on:pointerdown=move |event| shop.sorter.start(&event, field_of(&event))
            on:pointermove=move |event| shop.sorter.go(&event)
            on:pointerup=move |event| {
                if let Some((item, spot)) = shop.sorter.end(&event) {
                    drop(item, spot);
                }
            }
            on:pointercancel=move |_| shop.sorter.cancel()
        >
            <For each=move || order.get() key=|group| *group let(group)>
                {frame(shop, group)}
            </For>
        </div>
        <form class="own-fields__add" on:submit=add_group>
            <input
                class="input"
                autocomplete="off"
                placeholder=texts::new_group(t)
                aria-label=texts::new_group(t)
                prop:value=move || new_group.get()
                on:input=move |event| new_group.set(event_target_value(&event))
            />
            <button class="icon-button" aria-label=texts::add_group(t)>
                <Icon name="plus" />
            </button>
        </form>
        <div class="own-fields__archive" hidden=move || out_of_use.with(Vec::is_empty)>
            <h3>{texts::out_of_use(t)}</h3>
            <ul>
                <For each=move || out_of_use.get() key=Clone::clone let(field)>
                    <li>
                        <span>{field.1.clone()}</span>
                        <button
                            type="button"
                            class="button button--quiet"
                            aria-label=bar::restore_of(t, &field.1)
                            on:click=move |_| shop.archive(field.0, false)
                        >
                            {bar::restore(t)}
                        </button>
                    </li>
                </For>
            </ul>
        </div>
        <p class="status-tree__live" aria-live="assertive">
            {move || shop.announcement.get()}
        </p>
        <FieldDialog shop />
    }
    .into_any()
}

fn frame(shop: Shop, group: Option<FieldGroupId>) -> AnyView {
    let t = shop.sheet.here.locale;
    let fields = Memo::new(move |_| {
        shop.sheet.page.with(|page| {
            // A move counts the version on and must not take the focus from the row.
            page.fields.list.of(group).map(|field| (field.id, field.name.clone())).collect::<Vec<_>>()
        })
    });
    let at = Memo::new(move |_| {
        shop.sheet.page.with(|page| groups(&page.fields.list).iter().position(|other| *other == group))
    });
    let drops_at_end = move || at.get().is_some_and(|at| shop.sorter.drops_at_end(at)).then_some("");
    let name = Memo::new(move |_| {
        shop.sheet.page.with(|page| {
            let found = page.fields.list.groups().iter().find(|other| Some(other.id) == group);
            found.map_or_else(|| texts::no_group(t).to_owned(), |group| group.name.clone())
        })
    });
    view! {
        <div
            class="own-fields__frame"
            id=frame_id(group)
            role="group"
            aria-label=move || name.get()
            data-drop-end=drops_at_end
        >
            {match group {
                Some(id) => view! { <GroupHead shop id /> }.into_any(),
                None => ().into_any(),
            }}
            <For each=move || fields.get() key=Clone::clone let(field)>
                {item(shop, field.0)}
            </For>
            <button
                type="button"
                class="own-fields__new"
                aria-label=move || if group.is_some() { texts::add_field_to(t, &name.get()) } else { texts::add_field(t).to_owned() }
                on:click=move |_| shop.editing.set(Some(Editing::New(group)))
            >
                <Icon name="plus" />
                <span>{texts::add_field(t)}</span>
            </button>
        </div>
    }
    .into_any()
}

/// A group's name, to be changed in place, and what can be done with it.
#[component]
fn GroupHead(shop: Shop, id: FieldGroupId) -> impl IntoView {
    let t = shop.sheet.here.locale;
    let group = Memo::new(move |_| {
        shop.sheet.page.with(|page| {
            let found = page.fields.list.groups().iter().find(|group| group.id == id);
            found.map(|group| (group.name.clone(), group.version)).unwrap_or_default()
        })
    });
    let typed = RwSignal::new(group.get_untracked().0);
    let problem = RwSignal::new(None::<Error>);
    effect(move || {
        let (name, _) = group.get();
        if problem.with_untracked(Option::is_none) {
            typed.set(name);
        }
    });
    let rename = move |seen: Option<i64>| {
        let name = typed.get_untracked();
        let (before, version) = group.get_untracked();
        problem.set(None);
        if name.trim() == before && seen.is_none() {
            return;
        }
        let module = shop.sheet.page.with_untracked(|page| page.module.id);
        let change = GroupChange::Rename { group: id, version: seen.unwrap_or(version), name: name.clone() };
        send(
            move |key| field_group(key, module, change.clone()),
            move |answer| match answer {
                Ok(list) => {
                    shop.accept(list);
                    shop.sheet.here.toasts.done(tree_texts::renamed(t, &name), None);
                }
                Err(error) => {
                    problem.try_set(Some(error));
                }
            },
        );
    };
    let label = Signal::derive(move || tree_texts::options_of(t, &group.get().0));
    let go = move |down: bool| {
        let list = shop.list();
        let groups = list.groups();
        let at = groups.iter().position(|group| group.id == id)?;
        let before = if down {
            groups.get(at + 1)?;
            groups.get(at + 2).map(|group| group.id)
        } else {
            Some(groups.get(at.checked_sub(1)?)?.id)
        };
        Some(before)
    };
    let mover = move |down: bool, text: &'static str| {
        go(down).map(|before| {
            let on_click = move |_| {
                let said = texts::moved(t, &group.get_untracked().0);
                shop.change_group(GroupChange::Move { group: id, before }, said);
            };
            view! {
                <button type="button" role="menuitem" tabindex="-1" on:click=on_click>
                    {text}
                </button>
            }
        })
    };
    view! {
        <div class="own-fields__group-head">
            <input
                class="input"
                autocomplete="off"
                aria-label=move || texts::group_name(t, &group.get().0)
                prop:value=move || typed.get()
                on:input=move |event| typed.set(event_target_value(&event))
                on:change=move |_| rename(None)
                on:keydown=move |event| {
                    if event.key() == "Escape" {
                        typed.set(group.get_untracked().0);
                        problem.set(None);
                    }
                }
            />
            <MenuButton label icon="more">
                {mover(false, tree_texts::move_up(t))}
                {mover(true, tree_texts::move_down(t))}
                <button
                    type="button"
                    role="menuitem"
                    tabindex="-1"
                    on:click=move |_| {
                        let said = tree_texts::deleted(t, &group.get_untracked().0);
                        shop.change_group(GroupChange::Remove { group: id }, said);
                    }
                >
                    {texts::remove_group(t)}
                </button>
            </MenuButton>
        </div>
        <EditProblem
            error=problem
            keep=Callback::new(move |version| rename(Some(version)))
            take=Callback::new(move |conflict: Conflict| {
                problem.set(None);
                typed.set(conflict.theirs);
                shop.look_again();
            })
        />
    }
    .into_any()
}

fn item(shop: Shop, id: FieldId) -> Option<AnyView> {
    let t = shop.sheet.here.locale;
    let field = shop.sheet.page.with_untracked(|page| page.fields.list.get(id).cloned())?;
    let name = field.name.clone();
    let label = Signal::stored(tree_texts::options_of(t, &name));
    let step = Callback::new(move |down| shop.step(id, down));
    let mover_name = Signal::stored(texts::move_field(t, &name));
    let edit = move |_: ev::MouseEvent| shop.editing.set(Some(Editing::Old(id)));
    let mover = move |down: bool, text: &'static str| {
        shop.list().step(id, down).map(|place| {
            view! {
                <button
                    type="button"
                    role="menuitem"
                    tabindex="-1"
                    on:click=move |_| shop.move_field(id, place)
                >
                    {text}
                </button>
            }
        })
    };
    Some(
        view! {
            <div
                class="own-fields__item"
                id=format!("own-field-{id}")
                data-drop=move || shop.sorter.drops_before(id.0).then_some("")
                data-dragged=move || shop.sorter.is_dragged(id.0).then_some("")
            >
                {grip("own-fields__grip", format!("grip-{id}"), mover_name, Some("own-fields-how"), step)}
                <button type="button" class="own-fields__name" aria-label=texts::edit_field(t, &name) on:click=edit>
                    <span>{name.clone()}</span>
                    <span class="own-fields__kind">{texts::kind(t, field.kind)}</span>
                </button>
                <MenuButton label icon="more">
                    <button type="button" role="menuitem" tabindex="-1" on:click=edit>
                        {texts::edit(t)}
                    </button>
                    {mover(false, tree_texts::move_up(t))}
                    {mover(true, tree_texts::move_down(t))}
                    <button
                        type="button"
                        role="menuitem"
                        tabindex="-1"
                        on:click=move |_| shop.archive(id, true)
                    >
                        {texts::archive(t)}
                    </button>
                </MenuButton>
            </div>
        }
        .into_any(),
    )
}
