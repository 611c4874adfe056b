//! The recipes of the writes on datasheets and to-dos, on a begun request.

use super::{comments, contact_changes, field_changes, files, process_moves, relations, request::Request};
use crate::{
    domain::{
        datasheet::{DatasheetForm, DatasheetPage, Done},
        due::{Due, Postpone},
        history::{Event, What},
        id::{DatasheetId, EventId, ModuleId, StatusId, TodoId, TodoTemplateId, UserId},
        module::Module,
        process::Cause,
        text::{TEXT_MAX, lines, name as clean_name},
        todo::{Closed, DetailsForm, NextTodo, Outcome, Todo, TodoForm},
    },
    error::{Conflict, Error, Field, Problem, Refusal, Result},
    i18n::format::due_exact,
    store::{
        self,
        datasheets::Standing,
        events::Undoable,
        undo::{Thing, Undo},
    },
};

/// A stale edit, told with what is stored.
pub fn conflict(field: Option<Field>, theirs: String, version: i64) -> Error {
    Error::Conflict(Conflict { field, theirs, version })
}

const CANNOT_UNDO: Error = Error::Refused(Refusal::CannotUndo);

/// A datasheet to be changed: seen by the viewer, held, not in the trash.
pub async fn listed(request: &mut Request, datasheet: DatasheetId) -> Result<(Standing, Module)> {
    let (standing, module) = request.may_edit(datasheet).await?;
    if standing.trashed_at.is_some() {
        return Err(Error::Refused(Refusal::Trashed));
    }
    Ok((standing, module))
}

/// The text of a to-do that something is added to, if it is one of the datasheet's.
pub async fn text_of_todo(
    request: &mut Request,
    datasheet: DatasheetId,
    todo: Option<TodoId>,
) -> Result<Option<String>> {
    let Some(todo) = todo else { return Ok(None) };
    if store::todos::datasheet(&mut request.tx, todo).await? != Some(datasheet) {
        return Err(Error::NotFound);
    }
    let found = store::todos::get(&mut request.tx, todo).await?.ok_or(Error::NotFound)?;
    Ok(Some(found.next.text))
}

/// What was filled in, checked, and the details that its type fills in.
async fn checked(request: &mut Request, module: ModuleId, form: TodoForm) -> Result<(TodoForm, DetailsForm)> {
    let form = form.parse()?;
    if !form.due.is_plausible() {
        return Err(Error::invalid(Field::Due, Problem::Unreadable));
    }
    let types = store::modules::types(&mut request.tx, module).await?;
    let Some(kind) = types.iter().find(|kind| kind.id == form.kind) else {
        return Err(Error::invalid(Field::Todo, Problem::Unknown));
    };
    if !store::users::may_work_in(&mut request.tx, form.assignee, module).await? {
        return Err(Error::invalid(Field::Assignee, Problem::Unknown));
    }
    let (duration, reminder) = (kind.duration, kind.reminder);
    Ok((form, DetailsForm { duration, reminder, ..DetailsForm::default() }))
}

async fn put_todo(
    request: &mut Request,
    datasheet: DatasheetId,
    (form, by_type): (TodoForm, DetailsForm),
) -> Result<NextTodo> {
    let zone = request.zone_of(form.assignee).await?;
    let details = form.details.unwrap_or(by_type).fill(form.due, &zone, None);
    let todo = NextTodo {
        id: TodoId(request.tx.new_id(request.now)),
        text: form.text,
        kind: form.kind,
        due: form.due,
        moment: form.due.moment(&zone),
        assignee: form.assignee,
        postponed: 0,
        version: 1,
    };
    store::todos::add(&mut request.tx, datasheet, &todo, &details, request.viewer.id, request.now).await?;
    Ok(todo)
}

/// Adds a datasheet, with its first to-do if given.
pub async fn add_datasheet(request: &mut Request, module: ModuleId, form: DatasheetForm) -> Result<Done> {
    let found = request.may_open(module).await?;
    let name = clean_name(&form.name)?;
    let now = request.now;
    // Where a process moves the statuses, it also says where to start.
    let (facts, status) = match found.template.process() {
        Some(process) => {
            let (facts, status) = process_moves::first(&mut request.tx, &found, process, now).await?;
            if form.status.is_some_and(|wanted| wanted != status) {
                return Err(process.refused());
            }
            (Some(facts), status)
        }
        None => (None, first_status(request, module, form.status).await?),
    };
    let owner = form.owner.unwrap_or(request.viewer.id);
    if !store::users::may_work_in(&mut request.tx, owner, module).await? {
        return Err(Error::invalid(Field::Owner, Problem::Unknown));
    }
    let todo = match form.todo {
        Some(todo) => Some(checked(request, module, todo).await?),
        None => None,
    };
    let standing = store::datasheets::add(&mut request.tx, module, status, owner, &name, request.now).await?;
    let (id, undo) = (standing.id, Some(Undo::Added { version: standing.version }));
    let event = request.note(Some(module), Some(id), What::Created { name }, undo).await?;
    if let Some(contact) = form.contact {
        contact_changes::known(request, contact).await?;
        store::datasheets::put_contact(&mut request.tx, &standing, Some(contact)).await?;
    }
    field_changes::fill_defaults(request, module, id).await?;
    if let Some(todo) = todo {
        let todo = put_todo(request, id, todo).await?;
        let what = What::TodoAdded { text: todo.text, due: todo.due };
        let undo = Some(Undo::TodoAdded { todo: todo.id, version: 1 });
        // A part of the new datasheet's entry: it is nothing that came after it.
        request.note_part(event, Some(module), Some(id), what, undo).await?;
    }
    if let Some(facts) = facts {
        process_moves::begin(&mut request.tx, &standing, &facts, now).await?;
    }
    store::todos::refresh_next(&mut request.tx, &standing, None).await?;
    request.done(id, module, Some(event)).await
}

/// The status a new datasheet of a customisable module starts in: the wanted one, or the topmost.
async fn first_status(request: &mut Request, module: ModuleId, wanted: Option<StatusId>) -> Result<StatusId> {
    let tree = store::statuses::tree(&mut request.tx, module).await?;
    let unknown = Error::invalid(Field::Status, Problem::Unknown);
    let status = wanted.or_else(|| tree.first().map(|status| status.id)).ok_or(unknown.clone())?;
    let found = store::statuses::find(&mut request.tx, status, false).await?;
    if found.is_none_or(|status| status.module_id != module) {
        return Err(unknown);
    }
    Ok(status)
}

/// After a to-do was written: the next one, and what a process makes of it.
async fn after_todos(request: &mut Request, before: &Standing) -> Result<()> {
    store::todos::refresh_next(&mut request.tx, before, Some(request.now)).await?;
    process_moves::follow(&mut request.tx, before.id, Cause::Todo, request.now).await?;
    Ok(())
}

/// Stores a changed datasheet and its entry.
async fn save(
    request: &mut Request,
    before: &Standing,
    after: &Standing,
    what: What,
    undo: impl FnOnce(i64) -> Undo,
) -> Result<Done> {
    let version = store::datasheets::save(&mut request.tx, before, after, request.now).await?;
    relations::tell_if(request, before, after).await?;
    let (id, module) = (before.id, before.module_id);
    let event = request.note(Some(module), Some(id), what, Some(undo(version))).await?;
    request.done(id, module, Some(event)).await
}

/// Renames a datasheet.
pub async fn rename(request: &mut Request, id: DatasheetId, version: i64, name: &str) -> Result<Done> {
    let (before, module) = listed(request, id).await?;
    let name = clean_name(name)?;
    if before.version != version {
        return Err(conflict(Some(Field::Name), before.name, before.version));
    }
    if before.name == name {
        return request.done(id, module.id, None).await;
    }
    let after = Standing { name: name.clone(), ..before.clone() };
    let from = before.name.clone();
    let what = What::Renamed { from: from.clone(), to: name };
    save(request, &before, &after, what, |version| Undo::Renamed { version, from }).await
}

/// Sets the status by hand.
pub async fn set_status(
    request: &mut Request,
    id: DatasheetId,
    version: i64,
    status: StatusId,
) -> Result<Done> {
    let (before, module) = listed(request, id).await?;
    if let Some(process) = module.template.process() {
        return Err(process.refused());
    }
    let from = store::statuses::name(&mut request.tx, before.status_id).await?.as_written().to_owned();
    if before.version != version {
        return Err(conflict(Some(Field::Status), from, before.version));
    }
    if before.status_id == status {
        return request.done(id, module.id, None).await;
    }
    let to = store::statuses::find(&mut request.tx, status, false)
        .await?
        .filter(|to| to.module_id == module.id)
        .ok_or(Error::invalid(Field::Status, Problem::Unknown))?;
    field_changes::must_be_filled(request, &before, status).await?;
    let after = Standing { status_id: status, ..before.clone() };
    let was = before.status_id;
    let what = What::StatusChanged { from, to: to.name.as_written().to_owned() };
    save(request, &before, &after, what, |version| Undo::StatusChanged { version, from: was }).await
}

/// Gives the datasheet to another owner.
pub async fn set_owner(request: &mut Request, id: DatasheetId, version: i64, owner: UserId) -> Result<Done> {
    let (before, module) = listed(request, id).await?;
    let from = store::users::name(&mut request.tx, before.owner_id).await?;
    if before.version != version {
        return Err(conflict(Some(Field::Owner), from, before.version));
    }
    if before.owner_id == owner {
        return request.done(id, module.id, None).await;
    }
    if !store::users::may_work_in(&mut request.tx, owner, module.id).await? {
        return Err(Error::invalid(Field::Owner, Problem::Unknown));
    }
    let to = store::users::name(&mut request.tx, owner).await?;
    let after = Standing { owner_id: owner, ..before.clone() };
    let was = before.owner_id;
    let what = What::OwnerChanged { from, to };
    save(request, &before, &after, what, |version| Undo::OwnerChanged { version, from: was }).await
}

/// Puts a datasheet into the trash.
pub async fn trash(request: &mut Request, id: DatasheetId, version: i64) -> Result<Done> {
    let (before, _) = listed(request, id).await?;
    if before.version != version {
        return Err(conflict(None, before.name, before.version));
    }
    process_moves::documents::let_go(request, &before).await?;
    let after = Standing { trashed_at: Some(request.now), ..before.clone() };
    save(request, &before, &after, What::Trashed, |version| Undo::Trashed { version }).await
}

/// Takes a datasheet out of the trash.
pub async fn restore(request: &mut Request, id: DatasheetId) -> Result<Done> {
    let (before, module) = request.may_edit(id).await?;
    let Some(at) = before.trashed_at else { return request.done(id, module.id, None).await };
    process_moves::documents::take_up(request, &before).await?;
    let after = Standing { trashed_at: None, ..before.clone() };
    save(request, &before, &after, What::Restored, |version| Undo::Restored { version, at }).await
}

/// Adds a to-do.
pub async fn add_todo(request: &mut Request, id: DatasheetId, form: TodoForm) -> Result<Done> {
    let (before, module) = listed(request, id).await?;
    let form = checked(request, module.id, form).await?;
    let todo = put_todo(request, id, form).await?;
    after_todos(request, &before).await?;
    let what = What::TodoAdded { text: todo.text, due: todo.due };
    let undo = Some(Undo::TodoAdded { todo: todo.id, version: 1 });
    let event = request.note(Some(module.id), Some(id), what, undo).await?;
    request.done(id, module.id, Some(event)).await
}

/// Adds the to-dos of a template, all or none.
pub async fn add_todos(request: &mut Request, id: DatasheetId, template: TodoTemplateId) -> Result<Done> {
    let (before, module) = listed(request, id).await?;
    let found = store::todo_templates::get(&mut request.tx, template).await?;
    let (_, template) = found.filter(|(of, _)| *of == module.id).ok_or(Error::NotFound)?;
    let zone = request.viewer.zone.clone();
    let today = zone.today(request.now);
    let (mut todos, mut texts) = (vec![], vec![]);
    for planned in &template.todos {
        let form = checked(request, module.id, planned.form(today, &zone, before.owner_id)).await?;
        let todo = put_todo(request, id, form).await?;
        todos.push(todo.id);
        texts.push(todo.text);
    }
    after_todos(request, &before).await?;
    let what = What::TodosAdded { template: template.name, texts };
    let undo = Some(Undo::TodosAdded { todos });
    let event = request.note(Some(module.id), Some(id), what, undo).await?;
    request.done(id, module.id, Some(event)).await
}

/// An open to-do of that version, with its datasheet held.
async fn open_todo(request: &mut Request, id: TodoId, version: i64) -> Result<(Standing, Module, Todo)> {
    let datasheet = store::todos::datasheet(&mut request.tx, id).await?.ok_or(Error::NotFound)?;
    let (before, module) = listed(request, datasheet).await?;
    // Read again: it is held only now.
    let todo = store::todos::get(&mut request.tx, id).await?.ok_or(Error::NotFound)?;
    if todo.closed.is_some() {
        return Err(Error::Refused(Refusal::TodoClosed));
    }
    if todo.next.version != version {
        let due = due_exact(todo.next.due, &request.viewer.zone, request.locale);
        let theirs = format!("{} · {due}", todo.next.text);
        return Err(conflict(Some(Field::Todo), theirs, todo.next.version));
    }
    Ok((before, module, todo))
}

async fn save_todo(
    request: &mut Request,
    before: &Standing,
    todo: &Todo,
    what: What,
    undo: Undo,
) -> Result<Done> {
    store::todos::save(&mut request.tx, todo).await?;
    after_todos(request, before).await?;
    let event = request.note(Some(before.module_id), Some(before.id), what, Some(undo)).await?;
    request.done(before.id, before.module_id, Some(event)).await
}

/// Changes an open to-do.
pub async fn edit_todo(request: &mut Request, id: TodoId, version: i64, form: TodoForm) -> Result<Done> {
    let (before, module, mut todo) = open_todo(request, id, version).await?;
    let (form, _) = checked(request, module.id, form).await?;
    let (was, had) = (todo.next.clone(), todo.details.clone());
    let zone = request.zone_of(form.assignee).await?;
    let details = form.details.unwrap_or_else(|| had.form());
    todo.details = details.fill(form.due, &zone, Some((was.due, &had)));
    todo.next.moment = form.due.moment(&zone);
    (todo.next.text, todo.next.kind) = (form.text, form.kind);
    (todo.next.due, todo.next.assignee) = (form.due, form.assignee);
    let what = What::TodoEdited { text: todo.next.text.clone(), due: todo.next.due };
    let undo = Undo::TodoEdited {
        todo: id,
        version: version + 1,
        text: was.text,
        kind: was.kind,
        due: was.due,
        assignee: was.assignee,
        details: Some(had),
    };
    save_todo(request, &before, &todo, what, undo).await
}

/// Closes an open to-do.
pub async fn close_todo(
    request: &mut Request,
    id: TodoId,
    version: i64,
    outcome: Outcome,
    note: Option<String>,
) -> Result<Done> {
    let (before, _, mut todo) = open_todo(request, id, version).await?;
    let note = match note.filter(|note| !note.trim().is_empty()) {
        Some(note) => Some(lines(Field::Note, &note, TEXT_MAX)?),
        None => None,
    };
    todo.closed = Some(Closed { outcome, at: request.now, by: request.viewer.id, note: note.clone() });
    let next = next_of_series(request, &before, &todo).await?;
    let (made, due) = next.map_or((None, None), |next| (Some(next.id), Some(next.due)));
    let what = What::TodoClosed { text: todo.next.text.clone(), outcome, note, next: due };
    let undo = Undo::TodoClosed { todo: id, version: version + 1, next: made };
    save_todo(request, &before, &todo, what, undo).await
}

/// Makes the to-do that follows one in its series, if it repeats and the series goes on.
async fn next_of_series(request: &mut Request, sheet: &Standing, todo: &Todo) -> Result<Option<NextTodo>> {
    let Some(series) = todo.details.repetition else { return Ok(None) };
    let zone = request.zone_of(todo.next.assignee).await?;
    let Some((series, due)) = series.next(request.now, &zone) else { return Ok(None) };
    let next = NextTodo {
        id: TodoId(request.tx.new_id(request.now)),
        due,
        moment: due.moment(&zone),
        postponed: 0,
        version: 1,
        ..todo.next.clone()
    };
    let details = todo.details.again(series);
    store::todos::add(&mut request.tx, sheet.id, &next, &details, request.viewer.id, request.now).await?;
    Ok(Some(next))
}

/// Opens a closed to-do again: whoever closed it or was to do it, and whoever manages all data. One that has made the next of
/// its series no longer repeats: that one does.
pub async fn reopen_todo(request: &mut Request, id: TodoId, version: i64) -> Result<Done> {
    let datasheet = store::todos::datasheet(&mut request.tx, id).await?.ok_or(Error::NotFound)?;
    let (before, module) = listed(request, datasheet).await?;
    let mut todo = store::todos::get(&mut request.tx, id).await?.ok_or(Error::NotFound)?;
    if todo.next.version != version {
        return Err(conflict(Some(Field::Todo), todo.next.text, todo.next.version));
    }
    let Some(closed) = todo.closed.take() else { return request.done(datasheet, module.id, None).await };
    let viewer = &request.viewer;
    if !(viewer.role.sees_all_modules() || closed.by == viewer.id || todo.next.assignee == viewer.id) {
        return Err(Error::Forbidden);
    }
    let had = todo.details.clone();
    // The undo of the closing is the way to take the next one back as well.
    todo.details.repetition = None;
    let what = What::TodoReopened { text: todo.next.text.clone() };
    let undo = Undo::TodoReopened { todo: id, version: version + 1, from: closed, details: had };
    save_todo(request, &before, &todo, what, undo).await
}

/// Ticks a step of an open to-do's checklist, or takes the tick back.
pub async fn tick_step(
    request: &mut Request,
    id: TodoId,
    version: i64,
    step: usize,
    is_done: bool,
) -> Result<Done> {
    let (before, module, mut todo) = open_todo(request, id, version).await?;
    let (was, had) = (todo.next.clone(), todo.details.clone());
    let step = todo.details.steps.get_mut(step).ok_or(Error::NotFound)?;
    if step.done == is_done {
        return request.done(before.id, module.id, None).await;
    }
    step.done = is_done;
    let what = What::TodoTicked { text: was.text.clone(), step: step.text.clone(), done: is_done };
    let undo = Undo::TodoEdited {
        todo: id,
        version: version + 1,
        text: was.text,
        kind: was.kind,
        due: was.due,
        assignee: was.assignee,
        details: Some(had),
    };
    save_todo(request, &before, &todo, what, undo).await
}

/// Moves an open to-do to another time.
pub async fn postpone_todo(request: &mut Request, id: TodoId, version: i64, to: Postpone) -> Result<Done> {
    let (before, _, mut todo) = open_todo(request, id, version).await?;
    let from = todo.next.due;
    let due: Due = to.apply(from, request.now, &request.viewer.zone);
    if !due.is_plausible() {
        return Err(Error::invalid(Field::Due, Problem::Unreadable));
    }
    let zone = request.zone_of(todo.next.assignee).await?;
    todo.next.due = due;
    todo.next.moment = due.moment(&zone);
    todo.next.postponed += 1;
    let what = What::TodoPostponed { text: todo.next.text.clone(), from, to: due };
    let undo = Undo::TodoPostponed { todo: id, version: version + 1, from };
    save_todo(request, &before, &todo, what, undo).await
}

/// Says of entries of a datasheet's history which can be taken back: those whose write left the version that stands now.
pub async fn say_undoable(
    request: &mut Request,
    standing: &Standing,
    page: Vec<(Event, Option<Undo>)>,
) -> Result<Vec<Event>> {
    let (mut events, undos): (Vec<Event>, Vec<Option<Undo>>) = page.into_iter().unzip();
    store::comments::fill(&mut request.tx, &mut events).await?;
    store::files::fill(&mut request.tx, &mut events).await?;
    let viewer = request.viewer.id;
    let values = store::fields::values(&mut request.tx, standing.id).await?;
    let todos = store::todos::all(&mut request.tx, standing.id, DatasheetPage::CLOSED).await?;
    let facts = store::processes::get(&mut request.tx, standing.id).await?.map(|state| state.version);
    let relations = store::relations::all(&mut request.tx, standing.id).await?;
    let stands = |id: TodoId, version: i64| {
        todos.iter().any(|todo| todo.next.id == id && todo.next.version == version)
    };
    let is_last = |event: &Event, undo: &Undo| match undo {
        Undo::Trashed { version } => *version == standing.version,
        _ if standing.trashed_at.is_some() => false,
        Undo::Added { version }
        | Undo::Renamed { version, .. }
        | Undo::StatusChanged { version, .. }
        | Undo::OwnerChanged { version, .. }
        | Undo::ContactSet { version, .. }
        | Undo::Restored { version, .. } => *version == standing.version,
        Undo::FieldChanged { field, version, .. } => {
            values.iter().any(|entry| entry.field == *field && entry.version == *version)
        }
        Undo::TodoAdded { todo, version }
        | Undo::TodoEdited { todo, version, .. }
        | Undo::TodoReopened { todo, version, .. }
        | Undo::TodoPostponed { todo, version, .. } => stands(*todo, *version),
        Undo::TodosAdded { todos } => todos.iter().all(|todo| stands(*todo, 1)),
        // The one that was made with it goes as well: it must be as it was made.
        Undo::TodoClosed { todo, version, next } => {
            stands(*todo, *version) && next.is_none_or(|next| stands(next, 1))
        }
        Undo::Commented { version } => {
            event.by == Some(viewer)
                && event.comment.as_ref().is_some_and(|comment| comment.version == *version)
        }
        Undo::CommentEdited { .. } | Undo::CommentDeleted { .. } => event.by == Some(viewer),
        Undo::FileAdded { version } => event.file.as_ref().is_some_and(|file| file.version == *version),
        Undo::Acted { version, .. } => facts == Some(*version),
        Undo::Related { relation, version } | Undo::RelationDescribed { relation, version, .. } => {
            relations.iter().any(|stored| stored.id == *relation && stored.version == *version)
        }
        Undo::Unrelated { other, .. } => {
            !relations.iter().any(|stored| stored.beyond(standing.id) == Some(*other))
        }
        // Asked for all the same, it is answered whether it still can be.
        _ => true,
    };
    Ok(events
        .into_iter()
        .zip(undos)
        .map(|(event, undo)| {
            let can_undo = undo.as_ref().is_some_and(|undo| is_last(&event, undo));
            Event { can_undo, ..event }
        })
        .collect())
}

/// Takes back a write on a datasheet or its to-dos. Where something stands in the way, it is named.
pub async fn undo(request: &mut Request, event: EventId) -> Result<Done> {
    let entry = store::events::get(&mut request.tx, event).await?.ok_or(Error::NotFound)?;
    let id = entry.datasheet.ok_or(Error::NotFound)?;
    if let Some(undo) = &entry.undo {
        relations::hold(request, id, undo).await?;
    }
    let (before, module) = request.may_edit(id).await?;
    match take_back(request, &before, &module, entry.clone()).await {
        Err(CANNOT_UNDO) => Err(Error::Refused(in_the_way(request, &before, &entry).await?)),
        done => done,
    }
}

/// How many entries that stand in the way of an undo are named, and among how many they are looked for.
const NAMED: usize = 3;
const LOOKED_AT: i64 = 200;

/// Why an entry cannot be taken back: what happened since to what it changed.
async fn in_the_way(request: &mut Request, before: &Standing, entry: &Undoable) -> Result<Refusal> {
    let Some(undo) = entry.undo.as_ref().filter(|_| !entry.undone) else { return Ok(Refusal::CannotUndo) };
    let since = store::events::of_datasheet_after(&mut request.tx, before.id, entry.id, LOOKED_AT).await?;
    let thing = undo.thing();
    // The one that was made with it stands in the way as well.
    let next = match undo {
        Undo::TodoClosed { next, .. } => next.map(Thing::Todo),
        _ => None,
    };
    let of_template = match undo {
        Undo::TodosAdded { todos } => todos.as_slice(),
        _ => &[],
    };
    let of_todo = match thing {
        Some(Thing::Todo(id)) => store::todos::get(&mut request.tx, id).await?.map(|todo| todo.next.text),
        _ => None,
    };
    let is_same = |later: &(What, Option<Undo>)| match (thing, &later.0) {
        // A new datasheet stays with whatever happened to it.
        (None, _) if of_template.is_empty() => matches!(undo, Undo::Added { .. }),
        (None, _) => match later.1.as_ref().and_then(Undo::thing) {
            Some(Thing::Todo(id)) => of_template.contains(&id),
            _ => false,
        },
        (Some(Thing::Todo(_)), What::TodoTicked { text, .. }) => of_todo.as_ref() == Some(text),
        (Some(Thing::Facts | Thing::Datasheet), What::MovedByProcess { .. }) => true,
        _ => {
            let changed = later.1.as_ref().and_then(Undo::thing);
            changed == thing || changed.is_some() && changed == next
        }
    };
    let named: Vec<&What> = since.iter().filter(|later| is_same(later)).map(|(what, _)| what).collect();
    if !named.is_empty() {
        let first = named.len().saturating_sub(NAMED);
        let (locale, zone) = (request.locale, &request.viewer.zone);
        let words = named.iter().skip(first).map(|what| crate::i18n::sheet::what(locale, what, zone));
        return Ok(Refusal::ChangedSince(words.collect()));
    }
    Ok(match undo {
        _ if before.trashed_at.is_some() => Refusal::Trashed,
        Undo::StatusChanged { from, .. } => {
            let gone = store::statuses::find(&mut request.tx, *from, true).await?;
            gone.map_or(Refusal::CannotUndo, |gone| {
                Refusal::StatusGone(gone.name.text(request.locale).to_owned())
            })
        }
        Undo::OwnerChanged { from, .. } => {
            let account = store::users::get(&mut request.tx, *from).await?;
            account.map_or(Refusal::CannotUndo, |account| Refusal::OwnerGone(account.name))
        }
        _ => Refusal::CannotUndo,
    })
}

async fn take_back(
    request: &mut Request,
    before: &Standing,
    module: &Module,
    entry: Undoable,
) -> Result<Done> {
    let (id, event) = (before.id, entry.id);
    let Some(undo) = entry.undo else { return Err(CANNOT_UNDO) };
    if before.trashed_at.is_some() && !matches!(undo, Undo::Trashed { .. }) {
        return Err(CANNOT_UNDO);
    }
    let kind = entry.kind.clone();
    let note = request.note(Some(module.id), Some(id), What::Undone { of: entry.kind }, None).await?;
    if !store::events::save_undone(&mut request.tx, event, note).await? {
        return Err(CANNOT_UNDO);
    }
    let mut after = before.clone();
    let left = match undo {
        Undo::Added { version } => {
            // Its to-dos are not counted by its version.
            if store::events::is_followed(&mut request.tx, id, event).await? {
                return Err(CANNOT_UNDO);
            }
            after.trashed_at = Some(request.now);
            version
        }
        Undo::Renamed { version, from } => {
            after.name = from;
            version
        }
        Undo::StatusChanged { version, from } => {
            let status = store::statuses::find(&mut request.tx, from, false).await?;
            after.status_id = status.ok_or(CANNOT_UNDO)?.id;
            version
        }
        Undo::OwnerChanged { version, from } => {
            if !store::users::may_work_in(&mut request.tx, from, module.id).await? {
                return Err(CANNOT_UNDO);
            }
            after.owner_id = from;
            version
        }
        Undo::Acted { version, from } => {
            process_moves::take_back(request, before, version, &from).await?.ok_or(CANNOT_UNDO)?;
            return request.done(id, module.id, None).await;
        }
        Undo::Trashed { version } => {
            after.trashed_at = None;
            version
        }
        Undo::Restored { version, at } => {
            after.trashed_at = Some(at);
            version
        }
        Undo::ContactSet { version, from } => {
            contact_changes::take_back_of_datasheet(request, before, version, from).await?;
            return request.done(id, module.id, None).await;
        }
        Undo::FieldChanged { field, version, from } => {
            field_changes::take_back(request, before, field, version, from).await?;
            return request.done(id, module.id, None).await;
        }
        file @ (Undo::FileAdded { .. } | Undo::FileDeleted { .. }) => {
            files::take_back(request, event, &file).await?;
            return request.done(id, module.id, None).await;
        }
        comment @ (Undo::Commented { .. } | Undo::CommentEdited { .. } | Undo::CommentDeleted { .. }) => {
            comments::take_back(request, event, comment).await?;
            return request.done(id, module.id, None).await;
        }
        relation @ (Undo::Related { .. } | Undo::RelationDescribed { .. } | Undo::Unrelated { .. }) => {
            relations::take_back(request, before, (event, note), kind, relation).await?;
            return request.done(id, module.id, None).await;
        }
        todo => {
            undo_todo(request, todo).await?;
            after_todos(request, before).await?;
            return request.done(id, module.id, None).await;
        }
    };
    if left != before.version {
        return Err(CANNOT_UNDO);
    }
    match (before.trashed_at, after.trashed_at) {
        (None, Some(_)) => process_moves::documents::let_go(request, before).await?,
        (Some(_), None) => process_moves::documents::take_up(request, before).await?,
        _ => {}
    }
    store::datasheets::save(&mut request.tx, before, &after, request.now).await?;
    relations::tell_if(request, before, &after).await?;
    request.done(id, module.id, None).await
}

async fn undo_todo(request: &mut Request, undo: Undo) -> Result<()> {
    if let Undo::TodosAdded { todos } = &undo {
        for id in todos {
            let todo = store::todos::get(&mut request.tx, *id).await?.ok_or(CANNOT_UNDO)?;
            if todo.next.version != 1 {
                return Err(CANNOT_UNDO);
            }
            store::todos::remove(&mut request.tx, *id).await?;
        }
        return Ok(());
    }
    let (id, left) = match &undo {
        Undo::TodoAdded { todo, version }
        | Undo::TodoEdited { todo, version, .. }
        | Undo::TodoClosed { todo, version, .. }
        | Undo::TodoReopened { todo, version, .. }
        | Undo::TodoPostponed { todo, version, .. } => (*todo, *version),
        _ => return Err(CANNOT_UNDO),
    };
    let mut todo = store::todos::get(&mut request.tx, id).await?.ok_or(CANNOT_UNDO)?;
    if todo.next.version != left {
        return Err(CANNOT_UNDO);
    }
    match undo {
        Undo::TodoEdited { text, kind, due, assignee, details, .. } => {
            (todo.next.text, todo.next.kind) = (text, kind);
            (todo.next.due, todo.next.assignee) = (due, assignee);
            if let Some(details) = details {
                todo.details = details;
            }
        }
        Undo::TodoClosed { next, .. } => {
            todo.closed = None;
            if let Some(next) = next {
                let made = store::todos::get(&mut request.tx, next).await?.ok_or(CANNOT_UNDO)?;
                if made.next.version != 1 {
                    return Err(CANNOT_UNDO);
                }
                store::todos::remove(&mut request.tx, next).await?;
            }
        }
        Undo::TodoReopened { from, details, .. } => (todo.closed, todo.details) = (Some(from), details),
        Undo::TodoPostponed { from, .. } => {
            todo.next.due = from;
            todo.next.postponed -= 1;
        }
        _ => return store::todos::remove(&mut request.tx, id).await,
    }
    let zone = request.zone_of(todo.next.assignee).await?;
    todo.next.moment = todo.next.due.moment(&zone);
    store::todos::save(&mut request.tx, &todo).await
}
