//! The templates of to-dos of a module (admins): each a named list, written in place.

use crate::ui::any::IntoAny;
use leptos::{ev, html, prelude::*, task::spawn_local, web_sys, web_sys::wasm_bindgen::JsCast as _};

use crate::{
    api::{
        modules::module_types,
        todo_templates::{
            todo_template_delete, todo_template_move, todo_template_restore, todo_template_save,
            todo_templates,
        },
    },
    domain::{
        id::{ModuleId, TodoTemplateId, TodoTypeId, UserId},
        module::TodoType,
        todo_template::{Count, DAYS_MAX, Planned, TemplateForm, TodoTemplate, parse_time, time_text},
    },
    error::{Error, Result},
    i18n::{self, details as texts},
    ui::{
        Here, browser, here, send,
        widgets::{
            edit_problem::EditProblem,
            form::choice,
            icon::Icon,
            sort::{Frame, Sorter, grip},
        },
    },
};

/// What is known of a module's templates. Cheap to copy.
#[derive(Clone, Copy)]
struct Shelf {
    here: Here,
    module: ModuleId,
    /// The module's name: what is called alike in two modules is told apart.
    of: StoredValue<String>,
    templates: RwSignal<Option<Vec<TodoTemplate>>>,
    types: StoredValue<Vec<TodoType>>,
    /// Counts how often the templates were read: what is typed gives way to what was read.
    turn: RwSignal<u32>,
    /// Where what was moved stands now, for who does not see it.
    announcement: RwSignal<String>,
}

impl Shelf {
    /// Reads which templates there are, and in what order; what is typed stays.
    fn look_again(self) {
        spawn_local(async move {
            match todo_templates(self.module).await {
                Ok(templates) => drop(self.templates.try_set(Some(templates))),
                Err(error) => self.here.toasts.error(&error),
            }
        });
    }

    /// Reads them and their to-dos' types anew, in place of what is typed.
    fn load(self) {
        spawn_local(async move {
            let read = async {
                let types = module_types(self.module).await?;
                Ok::<_, Error>((types, todo_templates(self.module).await?))
            };
            match read.await {
                Ok((types, templates)) => {
                    // Folded away for good meanwhile: there is nothing to show it in.
                    if self.types.try_set_value(types).is_none() {
                        self.turn.update(|turn| *turn += 1);
                        self.templates.set(Some(templates));
                    }
                }
                Err(error) => self.here.toasts.error(&error),
            }
        });
    }

    /// Shows what an editing left.
    fn put(self, saved: &TodoTemplate) {
        self.templates.try_update(|all| {
            let all = all.get_or_insert_default();
            if let Some(other) = all.iter_mut().find(|other| other.id == saved.id) {
                other.clone_from(saved);
            } else {
                all.push(saved.clone());
            }
        });
    }

    /// Puts a template before another (`None`: at the end), at once in view.
    fn move_template(self, id: TodoTemplateId, before: Option<TodoTemplateId>) {
        let (here, t) = (self.here, self.here.locale);
        let name = self.templates.try_update(|all| {
            let all = all.get_or_insert_default();
            put_before(all, |template| template.id, id, before);
            let at = all.iter().position(|template| template.id == id)?;
            let name = all.get(at)?.name.clone();
            self.announcement.set(texts::place(t, &name, at + 1, all.len()));
            Some(name)
        });
        let Some(Some(name)) = name else { return };
        browser::focus_soon(format!("#grip-template-{id}"));
        send(
            move |key| todo_template_move(key, id, before),
            move |answer: Result<Vec<TodoTemplate>>| match answer {
                Ok(order) => {
                    here.toasts.done(texts::moved(t, &name), None);
                    self.templates.try_set(Some(order));
                }
                Err(error) => {
                    here.toasts.error(&error);
                    self.look_again();
                }
            },
        );
    }

    /// Brings a deleted one back.
    fn restore(self, id: TodoTemplateId) {
        let (here, t) = (self.here, self.here.locale);
        send(
            move |key| todo_template_restore(key, id),
            move |answer: Result<TodoTemplate>| match answer {
                Ok(back) => {
                    here.toasts.done(texts::template_back(t, &back.name), None);
                    self.put(&back);
                    // To its place.
                    self.look_again();
                }
                Err(error) => here.toasts.error(&error),
            },
        );
    }
}

/// Puts one item before another, or at the end where there is no other.
fn put_before<T, I: PartialEq>(all: &mut Vec<T>, id: impl Fn(&T) -> I, moved: I, before: Option<I>) {
    let Some(from) = all.iter().position(|item| id(item) == moved) else { return };
    let item = all.remove(from);
    let at = before.and_then(|before| all.iter().position(|item| id(item) == before)).unwrap_or(all.len());
    all.insert(at, item);
}

/// Lets an item go one step up or down; whether it did.
fn step<I: PartialEq>(all: &mut [I], moved: &I, down: bool) -> bool {
    let Some(at) = all.iter().position(|id| id == moved) else { return false };
    let Some(to) = (if down { Some(at + 1) } else { at.checked_sub(1) }) else { return false };
    let steps = to < all.len();
    if steps {
        all.swap(at, to);
    }
    steps
}

/// What is sorted by its handles: the id of each begins with the same words.
#[derive(Clone, Copy)]
struct Sorted {
    sorter: Sorter,
    /// Before the number in the id of an item's handle.
    handle: &'static str,
    /// Puts an item before another.
    put: Callback<(i64, Option<i64>)>,
}

impl Sorted {
    fn new(
        handle: &'static str,
        element: String,
        items: impl Fn() -> Vec<(i64, String)> + Send + Sync + 'static,
        put: Callback<(i64, Option<i64>)>,
    ) -> Self {
        let frames = move |()| vec![Frame { element: element.clone(), items: items() }];
        Self { sorter: Sorter::new(Callback::new(frames), ".dialog"), handle, put }
    }

    /// What stands around the items.
    fn around(self, id: String, items: AnyView) -> AnyView {
        let Self { sorter, handle, put } = self;
        let held = move |event: &web_sys::Event| {
            let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
            let grip = target.closest("[data-grip]").ok().flatten()?;
            grip.id().strip_prefix(handle)?.rsplit('-').next()?.parse().ok()
        };
        let root: NodeRef<html::Div> = sorter.root;
        view! {
            <div
                class="todo-template__sorted"
                id=id
                node_ref=root
                data-dragging=move || sorter.is_dragging().then_some("")
                data-drop-end=move || sorter.drops_at_end(0).then_some("")
                on:pointerdown=move |event: ev::PointerEvent| {
                    let item = held(&event);
                    if item.is_some() {
                        sorter.start(&event, item);
                    }
                }
                on:pointermove=move |event| sorter.go(&event)
                on:pointerup=move |event| {
                    if let Some((item, spot)) = sorter.end(&event) {
                        put.run((item, spot.before));
                    }
                }
                on:pointercancel=move |_| sorter.cancel()
            >
                {items}
            </div>
        }
        .into_any()
    }
}

/// The templates, folded away until wanted; loaded when first opened.
#[component]
pub(super) fn TodoTemplates(module: ModuleId, name: String) -> impl IntoView {
    let here = here();
    let t = here.locale;
    let shelf = Shelf {
        here,
        module,
        of: StoredValue::new(name.clone()),
        templates: RwSignal::new(None),
        types: StoredValue::new(vec![]),
        turn: RwSignal::new(0),
        announcement: RwSignal::new(String::new()),
    };
    let items = move || {
        let all = shelf.templates.get_untracked().unwrap_or_default();
        all.iter().map(|template| (template.id.0, format!("todo-template-{}", template.id))).collect()
    };
    let put = Callback::new(move |(moved, before): (i64, Option<i64>)| {
        shelf.move_template(TodoTemplateId(moved), before.map(TodoTemplateId));
    });
    let root = format!("todo-templates-of-{module}");
    let sorted = Sorted::new("grip-template-", root.clone(), items, put);
    let is_there = Memo::new(move |_| shelf.templates.with(Option::is_some));
    let each = move || {
        let turn = shelf.turn.get();
        shelf.templates.get().unwrap_or_default().into_iter().map(move |template| (turn, template))
    };
    view! {
        <details
            class="todo-types"
            id=format!("todo-templates-{module}")
            on:toggle=move |_| {
                if shelf.templates.with_untracked(Option::is_none) {
                    shelf.load();
                }
            }
        >
            <summary aria-label=texts::templates_of(t, &name)>{texts::templates(t)}</summary>
            <p>{texts::templates_lead(t)}</p>
            {sorted
                .around(
                    root,
                    view! {
                        <For
                            each=each
                            key=|(turn, template)| (*turn, template.id)
                            children=move |(_, template)| held_template(shelf, sorted.sorter, template)
                        />
                    }
                        .into_any(),
                )}
            <p class="visually-hidden" aria-live="assertive">
                {move || shelf.announcement.get()}
            </p>
            {move || is_there.get().then(|| template_form(shelf, None))}
        </details>
    }
    .into_any()
}

/// A template with its handle.
fn held_template(shelf: Shelf, sorter: Sorter, template: TodoTemplate) -> AnyView {
    let (t, id) = (shelf.here.locale, template.id);
    let up_or_down = Callback::new(move |down| {
        let all = shelf.templates.get_untracked().unwrap_or_default();
        let mut all: Vec<_> = all.iter().map(|template| template.id).collect();
        if step(&mut all, &id, down) {
            shelf.move_template(id, all.into_iter().skip_while(|other| *other != id).nth(1));
        }
    });
    let label = Signal::stored(texts::move_template(t, &template.name));
    let handle = grip("todo-template__grip", format!("grip-template-{id}"), label, None, up_or_down);
    view! {
        <div
            class="todo-template__held"
            id=format!("todo-template-{id}")
            data-drop=move || sorter.drops_before(id.0).then_some("")
            data-dragged=move || sorter.is_dragged(id.0).then_some("")
        >
            {handle}
            {template_form(shelf, Some(template))}
        </div>
    }
    .into_any()
}

/// A to-do as it is typed.
#[derive(Clone, Copy, PartialEq)]
struct Line {
    id: u32,
    text: RwSignal<String>,
    kind: RwSignal<String>,
    days: RwSignal<String>,
    count: RwSignal<String>,
    /// Empty: some time that day.
    time: RwSignal<String>,
    /// Empty: the owner.
    assignee: RwSignal<String>,
}

impl Line {
    fn of(id: u32, todo: &Planned) -> Self {
        Self {
            id,
            text: RwSignal::new(todo.text.clone()),
            kind: RwSignal::new(todo.kind.to_string()),
            days: RwSignal::new(todo.days.to_string()),
            count: RwSignal::new(todo.count.as_str().to_owned()),
            time: RwSignal::new(todo.minute.map(time_text).unwrap_or_default()),
            assignee: RwSignal::new(todo.assignee.map(|id| id.to_string()).unwrap_or_default()),
        }
    }

    /// An empty one.
    fn empty(id: u32, shelf: Shelf) -> Self {
        let kind = shelf.types.with_value(|types| types.first().map_or(TodoTypeId(0), |kind| kind.id));
        let todo =
            Planned { text: String::new(), kind, days: 0, count: Count::Days, minute: None, assignee: None };
        Self::of(id, &todo)
    }

    fn read(self) -> Planned {
        Planned {
            text: self.text.get_untracked(),
            kind: self.kind.with_untracked(|id| id.parse().unwrap_or(TodoTypeId(0))),
            // What is no number is refused as one too large.
            days: self.days.with_untracked(|days| days.trim().parse().unwrap_or(u32::MAX)),
            count: self.count.with_untracked(|count| Count::parse(count).unwrap_or_default()),
            minute: self.time.with_untracked(|time| parse_time(time)),
            assignee: self.assignee.with_untracked(|id| id.parse().ok().map(UserId)),
        }
    }
}

/// One template, or the new one.
fn template_form(shelf: Shelf, template: Option<TodoTemplate>) -> AnyView {
    let (here, t) = (shelf.here, shelf.here.locale);
    let id = template.as_ref().map(|template| template.id);
    let version = RwSignal::new(template.as_ref().map_or(0, |template| template.version));
    let called =
        template.as_ref().map_or_else(|| texts::new_template(t).to_owned(), |template| template.name.clone());
    let label = shelf.of.with_value(|of| texts::template_of(t, &called, of));
    let name = RwSignal::new(template.as_ref().map(|template| template.name.clone()).unwrap_or_default());
    let last = StoredValue::new(0_u32);
    let next = move || {
        last.update_value(|last| *last += 1);
        last.get_value()
    };
    let first: Vec<Line> = match &template {
        Some(template) => template.todos.iter().map(|todo| Line::of(next(), todo)).collect(),
        None => vec![Line::empty(next(), shelf)],
    };
    let lines = RwSignal::new(first);
    // Elsewhere on the page there are others with the same numbers.
    let of = id.map_or_else(|| format!("new-{}", shelf.module), |id| id.to_string());
    let put = move |moved: u32, before: Option<u32>| {
        lines.update(|lines| put_before(lines, |line| line.id, moved, before));
    };
    let items = {
        let of = of.clone();
        move || {
            let lines = lines.get_untracked();
            lines.iter().map(|line| (i64::from(line.id), format!("planned-{of}-{}", line.id))).collect()
        }
    };
    let dropped = Callback::new(move |(moved, before): (i64, Option<i64>)| {
        let id = |n: i64| u32::try_from(n).unwrap_or_default();
        put(id(moved), before.map(id));
    });
    let root = format!("planned-of-{of}");
    let sorted = Sorted::new("grip-planned-", root.clone(), items, dropped);
    let of = StoredValue::new(of);
    let error = RwSignal::new(None::<Error>);
    let save = move || {
        let seen = version.get_untracked();
        let todos = lines.with_untracked(|lines| lines.iter().map(|line| line.read()).collect());
        let form = TemplateForm { name: name.get_untracked(), todos };
        let sent = match form.parse() {
            Ok(form) => form,
            Err(invalid) => return error.set(Some(invalid.into())),
        };
        error.set(None);
        send(
            move |key| todo_template_save(key, shelf.module, id, seen, sent.clone()),
            move |answer: Result<TodoTemplate>| match answer {
                Ok(saved) => {
                    here.toasts.done(texts::template_saved(t, &saved.name), None);
                    version.try_set(saved.version);
                    if id.is_none() && name.try_set(String::new()).is_none() {
                        lines.set(vec![Line::empty(next(), shelf)]);
                    }
                    shelf.put(&saved);
                }
                Err(wrong) => {
                    error.try_set(Some(wrong));
                }
            },
        );
    };
    let delete = id.map(|id| {
        let label = texts::delete_template(t, &called);
        let said = texts::template_deleted(t, &called);
        let on_click = move |_| {
            let seen = version.get_untracked();
            let said = said.clone();
            send(
                move |key| todo_template_delete(key, id, seen),
                move |answer| match answer {
                    Ok(()) => {
                        here.toasts.done(said, Some(Callback::new(move |()| shelf.restore(id))));
                        shelf.templates.try_update(|all| {
                            all.get_or_insert_default().retain(|other| other.id != id);
                        });
                        // Its button is gone.
                        browser::focus_soon(format!("#todo-templates-{} > summary", shelf.module));
                    }
                    Err(wrong) => {
                        error.try_set(Some(wrong));
                    }
                },
            );
        };
        view! {
            <button type="button" class="icon-button" aria-label=label on:click=on_click>
                <Icon name="trash" />
            </button>
        }
    });
    view! {
        <form
            class="todo-template"
            aria-label=label
            on:submit=move |event| {
                event.prevent_default();
                save();
            }
        >
            <div class="todo-template__head">
                <input
                    class="input"
                    aria-label=texts::template_name(t)
                    placeholder=texts::template_name(t)
                    value=name.get_untracked()
                    prop:value=move || name.get()
                    on:input=move |event| name.set(event_target_value(&event))
                />
                <button class="button button--quiet" aria-label=texts::save_template(t, &called)>
                    {i18n::bar::save(t)}
                </button>
                {delete}
            </div>
            {sorted
                .around(
                    root,
                    view! {
                        <ol>
                            <For each=move || lines.get() key=|line| line.id let(line)>
                                {held_line(shelf, sorted.sorter, of, lines, line)}
                            </For>
                        </ol>
                    }
                        .into_any(),
                )}
            <button
                type="button"
                class="button button--quiet"
                on:click=move |_| {
                    let line = Line::empty(next(), shelf);
                    lines.update(|lines| lines.push(line));
                }
            >
                {texts::add_planned(t)}
            </button>
            <EditProblem
                error
                keep=Callback::new(move |theirs| {
                    version.set(theirs);
                    save();
                })
                take=Callback::new(move |_| shelf.load())
            />
        </form>
    }
    .into_any()
}

/// A to-do of a template with its handle.
fn held_line(
    shelf: Shelf,
    sorter: Sorter,
    of: StoredValue<String>,
    lines: RwSignal<Vec<Line>>,
    line: Line,
) -> AnyView {
    let (t, id) = (shelf.here.locale, line.id);
    let item = i64::from(id);
    let name = move |text: String| {
        if text.trim().is_empty() { texts::new_planned(t).to_owned() } else { text }
    };
    let handle_id = of.with_value(|of| format!("grip-planned-{of}-{id}"));
    let focus = format!("#{handle_id}");
    let up_or_down = Callback::new(move |down| {
        let mut all = lines.get_untracked();
        if step(&mut all, &line, down) {
            lines.set(all.clone());
            browser::focus_soon(focus.clone());
        }
        let at = all.iter().position(|line| line.id == id).unwrap_or_default();
        shelf.announcement.set(texts::place(t, &name(line.text.get_untracked()), at + 1, all.len()));
    });
    let label = Signal::derive(move || texts::move_planned(t, &name(line.text.get())));
    let handle = grip("todo-template__grip", handle_id, label, None, up_or_down);
    view! {
        <li
            class="todo-template__held"
            id=of.with_value(|of| format!("planned-{of}-{id}"))
            data-drop=move || sorter.drops_before(item).then_some("")
            data-dragged=move || sorter.is_dragged(item).then_some("")
        >
            {handle}
            {line_view(shelf, lines, line)}
        </li>
    }
    .into_any()
}

/// The fields of one to-do of a template.
fn line_view(shelf: Shelf, lines: RwSignal<Vec<Line>>, line: Line) -> AnyView {
    let (here, t) = (shelf.here, shelf.here.locale);
    let select = move |label: &'static str, options: Vec<(String, String)>, value: RwSignal<String>| {
        let options =
            options.into_iter().map(|(option, text)| choice(option, text, value.into())).collect_view();
        view! {
            <select aria-label=label on:change=move |event| value.set(event_target_value(&event))>
                {options}
            </select>
        }
    };
    let types = shelf.types.with_value(|types| {
        types.iter().map(|kind| (kind.id.to_string(), kind.name.clone())).collect::<Vec<_>>()
    });
    let counts =
        Count::ALL.map(|count| (count.as_str().to_owned(), texts::count(t, count).to_owned())).to_vec();
    let now = line.assignee.get_untracked();
    let people = here.people().into_iter().filter(|person| person.active || person.id.to_string() == now);
    let assignees = std::iter::once((String::new(), texts::the_owner(t).to_owned()))
        .chain(people.map(|person| (person.id.to_string(), person.name)))
        .collect();
    view! {
        <div class="todo-template__line">
            <input
                class="input"
                aria-label=i18n::errors::todo(t)
                placeholder=i18n::errors::todo(t)
                value=line.text.get_untracked()
                prop:value=move || line.text.get()
                on:input=move |event| line.text.set(event_target_value(&event))
            />
            {select(i18n::sheet::kind(t), types, line.kind)}
            <input
                class="input"
                type="number"
                min="0"
                max=DAYS_MAX.to_string()
                aria-label=texts::planned_days(t)
                value=line.days.get_untracked()
                prop:value=move || line.days.get()
                on:input=move |event| line.days.set(event_target_value(&event))
            />
            {select(texts::planned_count(t), counts, line.count)}
            <input
                class="input"
                type="time"
                aria-label=texts::planned_time(t)
                value=line.time.get_untracked()
                prop:value=move || line.time.get()
                on:input=move |event| line.time.set(event_target_value(&event))
            />
            {select(i18n::errors::assignee(t), assignees, line.assignee)}
            <button
                type="button"
                class="icon-button"
                aria-label=move || texts::remove_planned(t, &line.text.get())
                on:click=move |_| lines.update(|lines| lines.retain(|other| other.id != line.id))
            >
                <Icon name="close" />
            </button>
        </div>
    }
    .into_any()
}
