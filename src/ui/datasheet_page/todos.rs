//! The to-dos of a datasheet: open ones first, each with its actions; a form for the next one; closed ones.

use crate::ui::{any::IntoAny, effect};
use leptos::prelude::*;

use super::{
    Seen, Sheet, Write,
    files::Inbox,
    todo_details::{self, DetailsDraft},
    todo_more,
    todo_templates::FromTemplate,
};
use crate::{
    api::todos::{todo_add, todo_close, todo_edit, todo_postpone},
    domain::{
        bucket::{Borders, Bucket},
        due::{Due, Postpone},
        id::{TodoId, TodoTypeId, UserId},
        module::TodoIcon,
        time::Timestamp,
        todo::{Closed, Details, NextTodo, Outcome, Todo, TodoForm},
    },
    error::{Error, Field},
    i18n::{errors, format, list, sheet as texts},
    ui::{
        browser,
        widgets::{
            form::{DueField, SelectField, TextField, problem_of, read_due},
            icon::Icon,
            menu::MenuButton,
            moment::moment,
        },
    },
};

/// All to-dos of the datasheet.
#[component]
pub(super) fn Todos(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    // To-dos with an open form: they stay until it is closed, for others may close or delete them meanwhile.
    let typing = RwSignal::new(Vec::<TodoId>::new());
    let open = Memo::new(move |before: Option<&Vec<TodoId>>| {
        let mut ids = sheet.page.with(|page| {
            page.todos
                .iter()
                .filter(|todo| todo.closed.is_none())
                .map(|todo| todo.next.id)
                .collect::<Vec<_>>()
        });
        // Where it stood: moved, the field that is typed in would lose the focus.
        let before = before.map_or(&[][..], Vec::as_slice);
        for id in typing.get() {
            if !ids.contains(&id) {
                let stood = before.iter().position(|other| *other == id).unwrap_or(before.len());
                let after =
                    before[..stood].iter().rev().find_map(|id| ids.iter().position(|other| other == id));
                ids.insert(after.map_or(0, |after| after + 1), id);
            }
        }
        ids
    });
    let closed = move || {
        sheet.page.with(|page| {
            let closed = |todo: &Todo| Some((todo.next.clone(), todo.closed.clone()?, todo.details.clone()));
            page.todos.iter().filter_map(closed).collect::<Vec<_>>()
        })
    };
    let has_closed =
        Memo::new(move |_| sheet.page.with(|page| page.todos.iter().any(|todo| todo.closed.is_some())));
    view! {
        <section class="sheet-todos" aria-labelledby="todos-head">
            <h2 id="todos-head" tabindex="-1">
                {texts::todos(t)}
            </h2>
            <p class="sheet-todos__empty" hidden=move || open.with(|open| !open.is_empty())>
                {texts::no_open(t)}
            </p>
            <ul>
                <For each=move || open.get() key=|id| *id let(id)>
                    <OpenTodo sheet id typing />
                </For>
            </ul>
            <NewTodo sheet />
            <div class="sheet-todos__closed" hidden=move || !has_closed.get()>
                <h3>{texts::closed_todos(t)}</h3>
                <ul>
                    <For
                        each=closed
                        key=|(todo, closed, _)| (todo.id, todo.version, closed.at)
                        children=move |(todo, closed, details)| closed_todo(sheet, todo, closed, &details)
                    />
                </ul>
            </div>
        </section>
    }
    .into_any()
}

/// Which form is open under a to-do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Edit,
    Note,
    Date,
}

#[component]
fn OpenTodo(
    sheet: Sheet,
    id: TodoId,
    /// To-dos with an open form.
    typing: RwSignal<Vec<TodoId>>,
) -> impl IntoView {
    let (here, t) = (sheet.here, sheet.here.locale);
    // Keeps its last value while it goes out of the list.
    let todo = Memo::new(move |before: Option<&Option<NextTodo>>| {
        sheet
            .page
            .with(|page| page.todos.iter().find(|todo| todo.next.id == id).map(|todo| todo.next.clone()))
            .or_else(|| before.cloned().flatten())
    });
    let details = Memo::new(move |before: Option<&Details>| {
        let now = sheet
            .page
            .with(|page| page.todos.iter().find(|todo| todo.next.id == id).map(|todo| todo.details.clone()));
        now.or_else(|| before.cloned()).unwrap_or_default()
    });
    let text = move || todo.with(|todo| todo.as_ref().map(|todo| todo.text.clone()).unwrap_or_default());
    let due = move || todo.with(|todo| todo.as_ref().map(|todo| (todo.due, todo.moment)));
    let form = RwSignal::new(None::<Form>);
    effect(move || {
        let is_typing = form.get().is_some();
        typing.update(|typing| {
            typing.retain(|other| *other != id);
            typing.extend(is_typing.then_some(id));
        });
    });
    // Closed or deleted by others: what is typed here stays, to be copied.
    let is_gone = Memo::new(move |_| {
        sheet.page.with(|page| page.todos.iter().all(|todo| todo.next.id != id || todo.closed.is_some()))
    });
    // Not stored yet: there is nothing to act on.
    let is_new = id.0 < 0;
    let is_off = move || is_new || is_gone.get() || sheet.is_trashed();

    let when = move || {
        let now = here.now.get();
        due().map(|(due, moment)| here.with_zone(|zone| due_text(due, moment, now, zone, t)))
    };
    let exact = move || due().map(|(due, _)| here.with_zone(|zone| format::due_exact(due, zone, t)));
    let is_late = move || {
        let now = here.now.get();
        due().is_some_and(|(_, moment)| moment < now)
    };
    let kind = move || {
        let kind = todo.with(|todo| todo.as_ref().map(|todo| todo.kind));
        sheet.page.with(|page| {
            page.types.iter().find(|of| Some(of.id) == kind).map(|of| (of.icon, of.name.clone()))
        })
    };
    let icon = Signal::derive(move || kind().map_or(TodoIcon::Other.icon(), |(icon, _)| icon.icon()));
    let assignee = move || todo.with(|todo| todo.as_ref().map(|todo| here.person(todo.assignee)));
    let postponed = move || {
        let n = todo.with(|todo| todo.as_ref().map_or(0, |todo| todo.postponed));
        (n > 0).then(|| texts::postponed(t, n))
    };

    let presets = move || {
        let now = here.now.get();
        Postpone::PRESETS
            .into_iter()
            .map(|choice| {
                let hint = due()
                    .map(|(due, _)| here.with_zone(|zone| format::postpone_hint(choice, due, now, zone, t)));
                view! {
                    <button
                        type="button"
                        role="menuitem"
                        tabindex="-1"
                        on:click=move |_| postpone(sheet, id, choice)
                    >
                        {texts::postpone(t, choice)}
                        <span>{hint}</span>
                    </button>
                }
            })
            .collect_view()
    };

    // Whoever closes it is done with what they typed for it.
    let end = move |outcome| {
        form.set(None);
        close(sheet, id, outcome, None);
    };
    let inbox = Inbox::new(sheet, Some(id));
    let belongings = (!is_new).then(|| todo_more::belongings(sheet, id, Signal::derive(text), inbox, true));
    view! {
        <li
            class="sheet-todo"
            data-late=move || is_late().then_some("")
            data-new=is_new.then_some("")
            data-over=move || inbox.is_over()
            on:dragover=move |event| inbox.drag_over(&event)
            on:dragleave=move |_| inbox.drag_leave()
            on:drop=move |event| inbox.drop_in(&event)
            on:paste=move |event| inbox.paste(&event)
        >
            <button
                type="button"
                class="check"
                disabled=is_off
                aria-label=move || texts::close_one(t, &text())
                on:click=move |_| end(Outcome::Done)
            >
                <Icon name="check" />
            </button>
            <div class="sheet-todo__what">
                <span class="sheet-todo__text">
                    <Icon name=icon />
                    <span title=move || kind().map(|(_, name)| name)>{text}</span>
                </span>
                <span class="sheet-todo__more">
                    <time class="due" title=exact>{when}</time>
                    <span>{assignee}</span>
                    <em>{postponed}</em>
                    {move || details.with(|details| todo_details::line(t, details))}
                </span>
                {move || todo_details::checklist(sheet, id, details.with(|details| details.steps.clone()), is_off())}
                {belongings}
            </div>
            <div class="acts" hidden=is_off>
                <MenuButton label=Signal::derive(move || texts::postpone_one(t, &text())) icon="postpone">
                    {presets}
                    <hr />
                    <button type="button" role="menuitem" tabindex="-1" on:click=move |_| form.set(Some(Form::Date))>
                        {texts::pick_a_date(t)}
                    </button>
                </MenuButton>
                <MenuButton label=Signal::derive(move || texts::close_otherwise(t, &text())) icon="more">
                    <button
                        type="button"
                        role="menuitem"
                        tabindex="-1"
                        on:click=move |_| end(Outcome::Successful)
                    >
                        {texts::successful(t)}
                    </button>
                    <button
                        type="button"
                        role="menuitem"
                        tabindex="-1"
                        on:click=move |_| end(Outcome::Failed)
                    >
                        {texts::failed(t)}
                    </button>
                    <button type="button" role="menuitem" tabindex="-1" on:click=move |_| form.set(Some(Form::Note))>
                        {texts::with_note(t)}
                    </button>
                </MenuButton>
                <button
                    type="button"
                    class="sheet-todo__edit"
                    aria-label=move || texts::edit_one(t, &text())
                    aria-expanded=move || (form.get() == Some(Form::Edit)).to_string()
                    on:click=move |_| {
                        form.update(|form| *form = if *form == Some(Form::Edit) { None } else { Some(Form::Edit) });
                    }
                >
                    {texts::edit(t)}
                </button>
            </div>
            <p class="sheet-todo__gone" role="status">
                {move || (is_gone.get() && form.get().is_some()).then(|| texts::gone_meanwhile(t))}
            </p>
            {move || {
                let now = todo.get_untracked()?;
                Some(
                    match form.get()? {
                        Form::Edit => edit_form(sheet, now, details.get_untracked(), form),
                        Form::Note => note_form(sheet, id, form),
                        Form::Date => date_form(sheet, now, form),
                    },
                )
            }}
        </li>
    }
    .into_any()
}

/// The due time of a to-do that stands under no heading: «today» and «tomorrow» are said.
pub(super) fn due_text(
    due: Due,
    moment: Timestamp,
    now: Timestamp,
    zone: &crate::domain::zone::Zone,
    t: crate::i18n::Locale,
) -> String {
    let borders = Borders::at(now, zone);
    let short = format::due_short_between(due, moment, &borders, zone, t);
    match borders.bucket(Some(moment)) {
        Bucket::Today if due.day(zone) == borders.today() => format!("{} · {short}", list::today(t)),
        Bucket::Tomorrow => format!("{} · {short}", list::tomorrow(t)),
        _ => short,
    }
}

fn text_of(sheet: Sheet, id: TodoId) -> String {
    sheet.page.with_untracked(|page| {
        page.todos
            .iter()
            .find(|todo| todo.next.id == id)
            .map(|todo| todo.next.text.clone())
            .unwrap_or_default()
    })
}

fn close(sheet: Sheet, id: TodoId, outcome: Outcome, note: Option<String>) {
    let t = sheet.here.locale;
    let said = texts::said_closed(t, &text_of(sheet, id));
    let by = sheet.here.viewer_id().unwrap_or(UserId(0));
    let at = sheet.here.now.get_untracked();
    let closed = Closed { outcome, at, by, note: note.clone() };
    let write = Write::new(
        Seen::Todo(id),
        said,
        move |page| {
            // As the server has them: closed ones after the open ones, the last closed first.
            if let Some(index) = page.todos.iter().position(|todo| todo.next.id == id) {
                let mut todo = page.todos.remove(index);
                todo.closed = Some(closed.clone());
                let first_closed = page.todos.iter().position(|todo| todo.closed.is_some());
                page.todos.insert(first_closed.unwrap_or(page.todos.len()), todo);
            }
        },
        {
            let note = note.clone();
            move |key, version| todo_close(key, id, version, outcome, note.clone())
        },
    );
    sheet.write(match note {
        Some(note) => write.with_value(errors::note(t), note),
        None => write,
    });
    browser::focus_soon(".sheet-todo .check:not([disabled]), #new-todo-text");
}

fn postpone(sheet: Sheet, id: TodoId, to: Postpone) {
    let (here, now) = (sheet.here, sheet.here.now.get_untracked());
    sheet.write(Write::new(
        Seen::Todo(id),
        texts::said_postponed(here.locale, &text_of(sheet, id)),
        move |page| {
            change_open(page, id, |todo| {
                here.with_zone(|zone| {
                    todo.due = to.apply(todo.due, now, zone);
                    todo.moment = todo.due.moment(zone);
                });
                todo.postponed += 1;
            });
        },
        move |key, version| todo_postpone(key, id, version, to),
    ));
}

/// Changes an open to-do on the page and puts it where its due time belongs.
pub(super) fn change_open(page: &mut super::Page, id: TodoId, change: impl FnOnce(&mut NextTodo)) {
    if let Some(todo) = page.todos.iter_mut().find(|todo| todo.next.id == id) {
        change(&mut todo.next);
    }
    page.todos.sort_by_key(|todo| match todo.closed {
        None => (false, todo.next.moment.0),
        // The sort is stable: closed ones keep their order.
        Some(_) => (true, 0),
    });
}

fn date_form(sheet: Sheet, todo: NextTodo, form: RwSignal<Option<Form>>) -> AnyView {
    let (here, t, id) = (sheet.here, sheet.here.locale, todo.id);
    let value = RwSignal::new(here.with_zone(|zone| format::due_input(todo.due, zone, t)));
    let problem = RwSignal::new(None::<String>);
    let field = format!("postpone-{id}");
    browser_focus(&field);
    view! {
        <form
            class="sheet-todo__form form"
            on:submit=move |event| {
                event.prevent_default();
                match read_due(here, &value.get_untracked()) {
                    Some(due) => {
                        form.set(None);
                        postpone(sheet, id, Postpone::To(due));
                        browser::focus_soon(".sheet-todo .check:not([disabled])");
                    }
                    None => problem.set(Some(errors::unreadable(t, errors::due(t)))),
                }
            }
        >
            <DueField id=field value problem />
            {actions(sheet, list::postpone(t), form)}
        </form>
    }
    .into_any()
}

fn note_form(sheet: Sheet, id: TodoId, form: RwSignal<Option<Form>>) -> AnyView {
    let t = sheet.here.locale;
    let note = RwSignal::new(String::new());
    let outcome = RwSignal::new(Outcome::Done);
    let field = format!("note-{id}");
    browser_focus(&field);
    let outcomes = [Outcome::Done, Outcome::Successful, Outcome::Failed]
        .into_iter()
        .map(|choice| {
            view! {
                <label>
                    <input
                        type="radio"
                        name=format!("outcome-{id}")
                        prop:checked=move || outcome.get() == choice
                        on:change=move |_| outcome.set(choice)
                    />
                    {texts::outcome(t, choice)}
                </label>
            }
        })
        .collect_view();
    view! {
        <form
            class="sheet-todo__form form"
            on:submit=move |event| {
                event.prevent_default();
                let note = note.get_untracked().trim().to_owned();
                form.set(None);
                close(sheet, id, outcome.get_untracked(), (!note.is_empty()).then_some(note));
            }
        >
            <div class="form-field">
                <label for=field.clone()>{errors::note(t)}</label>
                <textarea
                    id=field
                    rows="2"
                    prop:value=move || note.get()
                    on:input=move |event| note.set(event_target_value(&event))
                ></textarea>
            </div>
            <fieldset class="sheet-todo__outcomes">
                <legend>{texts::outcome_label(t)}</legend>
                {outcomes}
            </fieldset>
            {actions(sheet, texts::close(t), form)}
        </form>
    }
    .into_any()
}

fn edit_form(sheet: Sheet, todo: NextTodo, details: Details, form: RwSignal<Option<Form>>) -> AnyView {
    let (here, t, id) = (sheet.here, sheet.here.locale, todo.id);
    let draft = Draft::of(sheet, &todo, &details);
    let version = todo.version;
    let began = StoredValue::new(content(&todo, &details));
    browser_focus(&format!("edit-{id}-text"));
    view! {
        <form
            class="sheet-todo__form form"
            on:submit=move |event| {
                event.prevent_default();
                let Some(filled) = draft.read(sheet) else { return };
                form.set(None);
                let (shown, sent) = (filled.clone(), filled.clone());
                let said = texts::said_edited(t, &filled.text);
                let stands = sheet.page.with_untracked(|page| {
                    let todo = page.todos.iter().find(|todo| todo.next.id == id);
                    todo.map(|todo| content(&todo.next, &todo.details))
                });
                let began = began.get_value();
                let seen = Seen::Todo(id).began((&began, version), stands.as_ref().unwrap_or(&began));
                sheet.write(
                    Write::new(
                        seen,
                        said,
                        move |page| {
                            if let Some(todo) = page.todos.iter_mut().find(|todo| todo.next.id == id)
                                && let Some(form) = shown.details.clone()
                            {
                                let before = (todo.next.due, &todo.details);
                                todo.details = here.with_zone(|zone| form.fill(shown.due, zone, Some(before)));
                            }
                            change_open(page, id, |todo| {
                                todo.text.clone_from(&shown.text);
                                todo.kind = shown.kind;
                                todo.due = shown.due;
                                todo.moment = here.with_zone(|zone| shown.due.moment(zone));
                                todo.assignee = shown.assignee;
                            });
                        },
                        move |key, version| todo_edit(key, id, version, sent.clone()),
                    )
                    .with_value(errors::todo(t), filled.text),
                );
                browser::focus_soon(".sheet-todo__edit");
            }
        >
            {draft.fields(sheet, format!("edit-{id}"))}
            {actions(sheet, crate::i18n::bar::save(t), form)}
        </form>
    }
    .into_any()
}

/// What the form of a to-do changes.
fn content(todo: &NextTodo, details: &Details) -> TodoForm {
    let NextTodo { text, kind, due, assignee, .. } = todo.clone();
    TodoForm { text, kind, due, assignee, details: Some(details.form()) }
}

/// The buttons of a form under a to-do.
fn actions(sheet: Sheet, name: &'static str, form: RwSignal<Option<Form>>) -> AnyView {
    view! {
        <div class="form__actions">
            <button type="submit" class="button">
                {name}
            </button>
            <button type="button" class="button button--quiet" on:click=move |_| form.set(None)>
                {crate::i18n::bar::cancel(sheet.here.locale)}
            </button>
        </div>
    }
    .into_any()
}

/// What is being typed for a to-do.
#[derive(Clone, Copy)]
struct Draft {
    text: RwSignal<String>,
    kind: RwSignal<TodoTypeId>,
    due: RwSignal<String>,
    assignee: RwSignal<UserId>,
    details: DetailsDraft,
    error: RwSignal<Option<Error>>,
}

impl Draft {
    fn of(sheet: Sheet, todo: &NextTodo, details: &Details) -> Self {
        let here = sheet.here;
        Self {
            text: RwSignal::new(todo.text.clone()),
            kind: RwSignal::new(todo.kind),
            due: RwSignal::new(here.with_zone(|zone| format::due_input(todo.due, zone, here.locale))),
            assignee: RwSignal::new(todo.assignee),
            details: DetailsDraft::of(here.locale, details),
            error: RwSignal::new(None),
        }
    }

    /// An empty one: for today, for the viewer.
    fn empty(sheet: Sheet) -> Self {
        let (kind, owner) = sheet.page.with_untracked(|page| {
            (page.types.first().map_or(TodoTypeId(0), |kind| kind.id), page.row.owner)
        });
        let due = Self::first_due(sheet);
        let details = DetailsDraft::of(sheet.here.locale, &Details::default());
        details.of_type(sheet, kind);
        Self {
            details,
            text: RwSignal::new(String::new()),
            kind: RwSignal::new(kind),
            due: RwSignal::new(due),
            assignee: RwSignal::new(sheet.here.viewer_id().unwrap_or(owner)),
            error: RwSignal::new(None),
        }
    }

    fn first_due(sheet: Sheet) -> String {
        let (here, now) = (sheet.here, sheet.here.now.get_untracked());
        here.with_zone(|zone| {
            let today = crate::domain::datasheet::default_due(zone.today(now));
            format::due_input(today, zone, here.locale)
        })
    }

    /// What was filled in, or `None` with the problem shown at its field.
    fn read(self, sheet: Sheet) -> Option<TodoForm> {
        let due = read_due(sheet.here, &self.due.get_untracked());
        let unread = Error::invalid(Field::Due, crate::error::Problem::Unreadable);
        let form = due.ok_or(unread).and_then(|due| {
            let form = TodoForm {
                text: self.text.get_untracked(),
                kind: self.kind.get_untracked(),
                due,
                assignee: self.assignee.get_untracked(),
                details: Some(self.details.read(sheet)?),
            };
            form.parse().map_err(Error::from)
        });
        match form {
            Ok(form) => {
                self.error.set(None);
                Some(form)
            }
            Err(error) => {
                self.error.set(Some(error));
                None
            }
        }
    }

    fn fields(self, sheet: Sheet, id: String) -> AnyView {
        let (here, t) = (sheet.here, sheet.here.locale);
        let problem = move |field| {
            Signal::derive(move || self.error.with(|error| problem_of(here, error.as_ref(), field)))
        };
        let types = sheet.page.with_untracked(|page| {
            page.types.iter().map(|kind| (kind.id.to_string(), kind.name.clone())).collect()
        });
        let assignee_now = self.assignee.get_untracked();
        let people = here
            .people()
            .into_iter()
            .filter(|person| person.active || person.id == assignee_now)
            .map(|person| (person.id.to_string(), person.name))
            .collect();
        view! {
            <TextField
                id=format!("{id}-text")
                label=errors::todo(t)
                value=self.text
                problem=problem(Field::Todo)
            />
            <div class="form__pair">
                <DueField id=format!("{id}-due") value=self.due problem=problem(Field::Due) />
                <SelectField
                    id=format!("{id}-kind")
                    label=texts::kind(t)
                    options=types
                    value=Signal::derive(move || self.kind.get().to_string())
                    on_choose=Callback::new(move |id: String| {
                        if let Ok(id) = id.parse() {
                            self.kind.set(id);
                            self.details.of_type(sheet, id);
                        }
                    })
                />
                <SelectField
                    id=format!("{id}-assignee")
                    label=errors::assignee(t)
                    options=people
                    value=Signal::derive(move || self.assignee.get().to_string())
                    problem=problem(Field::Assignee)
                    on_choose=Callback::new(move |id: String| {
                        if let Ok(id) = id.parse() {
                            self.assignee.set(id);
                        }
                    })
                />
            </div>
            {self.details.fields(sheet, &id, self.due, self.error)}
        }
        .into_any()
    }
}

/// The form of the next to-do, always there.
#[component]
fn NewTodo(sheet: Sheet) -> impl IntoView {
    let (here, t) = (sheet.here, sheet.here.locale);
    let draft = Draft::empty(sheet);
    // New to-dos have no id until the server gives one.
    let last_new = StoredValue::new(0);
    let add = move || {
        let Some(filled) = draft.read(sheet) else { return };
        last_new.update_value(|last| *last -= 1);
        let (temporary, id) = (TodoId(last_new.get_value()), sheet.id);
        let (shown, sent, typed) = (filled.clone(), filled.clone(), filled.text.clone());
        let moment = here.with_zone(|zone| filled.due.moment(zone));
        let details = filled.details.clone().unwrap_or_default();
        let details = here.with_zone(|zone| details.fill(filled.due, zone, None));
        let lost = details.clone();
        draft.text.set(String::new());
        draft.due.set(Draft::first_due(sheet));
        draft.details.clear(sheet, filled.kind);
        sheet.write(
            Write::new(
                Seen::Version(0),
                texts::said_added(t, &filled.text),
                move |page| {
                    let next = NextTodo {
                        id: temporary,
                        text: shown.text.clone(),
                        kind: shown.kind,
                        due: shown.due,
                        moment,
                        assignee: shown.assignee,
                        postponed: 0,
                        version: 0,
                    };
                    page.todos.push(Todo { next, closed: None, details: details.clone() });
                    change_open(page, temporary, |_| {});
                },
                move |key, _| todo_add(key, id, sent.clone()),
            )
            .on_error(move |error| {
                // What was typed comes back, unless the next one is being typed already.
                if draft.text.with_untracked(String::is_empty) {
                    draft.text.set(typed.clone());
                    draft.due.set(here.with_zone(|zone| format::due_input(filled.due, zone, t)));
                    draft.details.put(t, &lost);
                }
                if !matches!(error, Error::Invalid(_)) {
                    here.toasts.error(&error);
                }
                draft.error.set(Some(error));
            }),
        );
    };
    view! {
        <form
            class="sheet-todos__new form"
            aria-label=list::new_todo(t)
            hidden=move || sheet.is_trashed()
            on:submit=move |event| {
                event.prevent_default();
                add();
            }
        >
            {draft.fields(sheet, "new-todo".to_owned())}
            <div class="form__actions">
                <button type="submit" class="button">
                    {texts::add_todo(t)}
                </button>
                <FromTemplate sheet />
            </div>
        </form>
    }
    .into_any()
}

fn closed_todo(sheet: Sheet, todo: NextTodo, closed: Closed, details: &Details) -> AnyView {
    let (here, t) = (sheet.here, sheet.here.locale);
    let viewer = here.viewer();
    // Others are refused by the server.
    let may_reopen = viewer.is_some_and(|viewer| {
        viewer.role.sees_all_modules() || closed.by == viewer.id || todo.assignee == viewer.id
    });
    let text = Signal::stored(todo.text.clone());
    let belongings = todo_more::belongings(sheet, todo.id, text, Inbox::new(sheet, Some(todo.id)), false);
    let reopen = may_reopen.then(|| todo_details::reopen_button(sheet, &todo));
    let details = todo_details::line(t, details);
    let outcome = match closed.outcome {
        Outcome::Done => "done",
        Outcome::Successful => "successful",
        Outcome::Failed => "failed",
    };
    view! {
        <li class="closed-todo">
            <span class="closed-todo__outcome" data-outcome=outcome>
                {texts::outcome(t, closed.outcome)}
            </span>
            <div class="closed-todo__what">
                <span>{todo.text}</span>
                {closed.note.map(|note| view! { <q>{note}</q> })}
                {details}
                {belongings}
            </div>
            <span class="closed-todo__who">
                {here.person(closed.by)} " · " {moment(here, closed.at)}
                {reopen}
            </span>
        </li>
    }
    .into_any()
}

/// Puts the focus into the field with that id, once it is there. Only called where something was clicked.
fn browser_focus(id: &str) {
    browser::focus_soon(format!("#{id}"));
}
