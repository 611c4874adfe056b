//! The templates of to-dos of a module (admins): each a named list, written in place.

use crate::ui::any::IntoAny;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{
        modules::module_types,
        todo_templates::{todo_template_delete, todo_template_restore, todo_template_save, todo_templates},
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
        widgets::{edit_problem::EditProblem, form::choice, icon::Icon},
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
}

impl Shelf {
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
                all.sort_by_key(|template| template.id);
            }
        });
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
                }
                Err(error) => here.toasts.error(&error),
            },
        );
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
    };
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
            <For
                each=each
                key=|(turn, template)| (*turn, template.id)
                children=move |(_, template)| template_form(shelf, Some(template))
            />
            {move || is_there.get().then(|| template_form(shelf, None))}
        </details>
    }
    .into_any()
}

/// A to-do as it is typed.
#[derive(Clone, Copy)]
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
            <ol>
                <For each=move || lines.get() key=|line| line.id let(line)>
                    {line_view(shelf, lines, line)}
                </For>
            </ol>
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
        <li class="todo-template__line">
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
        </li>
    }
    .into_any()
}
