//! Random days at the office, compared with a model in memory and with what the base tables say (R9).
//!
//! Each step goes through HTTP as the browser's does. A day that goes wrong is shortened and printed.
//! `MODULOK_TEST_DAYS` says how many days are tried on each database.

use std::collections::BTreeMap;

use chrono::Days;
use proptest::{prelude::*, test_runner::TestRunner};
use serde::de::DeserializeOwned;

use super::*;
use crate::{
    api::statuses::TreeDone,
    domain::{
        bucket::{Borders, Bucket},
        datasheet::{Counts, Cursor, Done, ListKey, ModulePage, Page, Row},
        due::{Due, Postpone},
        filter::{Filter, Narrow, Owner},
        id::{DatasheetId, EventId, StatusId, TodoId, TodoTypeId},
        status::{Place, StatusGroup},
        text::words,
        time::Timestamp,
        todo::NextTodo,
        zone::Zone,
    },
    store::{
        accounts,
        testing::{contradictions, kinds_of_entries},
    },
};

/// What a step does. The words are the product's.
#[derive(Clone, Copy, Debug)]
enum Act {
    Add,
    Rename,
    SetStatus,
    SetOwner,
    Trash,
    Restore,
    AddTodo,
    EditTodo,
    Close,
    Postpone,
    Undo,
    AddStatus,
    RenameStatus,
    MoveStatus,
    DeleteStatus,
    UndoTree,
    Wait,
    Look,
}

/// One step: by whom, and numbers that choose among what there is at the time.
#[derive(Clone, Copy)]
struct Step {
    act: Act,
    who: usize,
    which: usize,
    what: usize,
    chance: usize,
}

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { act, who, which, what, chance } = self;
        write!(f, "{act:?} {who} {which} {what} {chance}")
    }
}

fn step() -> impl Strategy<Value = Step> {
    use Act::*;
    let act = prop_oneof![
        5 => Just(Add), 1 => Just(Rename), 3 => Just(SetStatus), 3 => Just(SetOwner), 2 => Just(Trash), 2 => Just(Restore),
        5 => Just(AddTodo), 3 => Just(EditTodo), 5 => Just(Close), 4 => Just(Postpone), 7 => Just(Undo),
        1 => Just(AddStatus), 1 => Just(RenameStatus), 3 => Just(MoveStatus), 2 => Just(DeleteStatus), 4 => Just(UndoTree),
        2 => Just(Wait), 3 => Just(Look),
    ];
    (act, 0..6_usize, 0..1000_usize, 0..1000_usize, 0..1000_usize)
        .prop_map(|(act, who, which, what, chance)| Step { act, who, which, what, chance })
}

#[derive(Clone, Copy)]
struct Person {
    name: &'static str,
    id: UserId,
    restricted: bool,
    admin: bool,
    works_here: bool,
}

#[derive(Clone, Debug)]
struct Sheet {
    name: String,
    status: StatusId,
    owner: UserId,
    version: i64,
    modified: Timestamp,
    trashed: bool,
    log: Vec<&'static str>,
}

#[derive(Clone, Debug)]
struct Task {
    sheet: DatasheetId,
    next: NextTodo,
    open: bool,
}

#[derive(Clone, Debug)]
struct Node {
    id: StatusId,
    group: StatusGroup,
    name: String,
    version: i64,
}

/// What takes a write back.
#[derive(Clone, Debug)]
enum Back {
    Name(String),
    Status(StatusId),
    Owner(UserId),
    Trash(bool),
    Todo(Task),
    NoTodo(TodoId),
    NoStatus(StatusId),
    StatusName(StatusId, String),
    /// Where it was, in the order of that time.
    StatusPlace(StatusId, StatusGroup),
    /// The deleted one, and the datasheets that it had with the versions they were left at.
    StatusDeleted(Node, Vec<(DatasheetId, i64)>),
}

/// A write that may be taken back.
#[derive(Clone, Debug)]
struct Note {
    event: EventId,
    sheet: Option<DatasheetId>,
    /// The version that it left on what it changed.
    left: i64,
    back: Back,
    undone: bool,
    /// The tree before and after, and how often the tree was changed by then.
    order: Vec<StatusId>,
    tree_changes: usize,
}

struct Day<'a> {
    office: &'a Office,
    people: Vec<Person>,
    zones: BTreeMap<UserId, Zone>,
    module: ModuleId,
    kinds: Vec<TodoTypeId>,
    now: Timestamp,
    sheets: BTreeMap<DatasheetId, Sheet>,
    todos: BTreeMap<TodoId, Task>,
    tree: Vec<Node>,
    gone: Vec<StatusId>,
    tree_log: Vec<&'static str>,
    tree_changes: usize,
    notes: Vec<Note>,
    keys: usize,
    writes: usize,
}

type Outcome = std::result::Result<(), String>;

macro_rules! same {
    ($found:expr, $wanted:expr, $($what:tt)*) => {{
        let (found, wanted) = (&$found, &$wanted);
        if found != wanted {
            return Err(format!("{}:\n  found  {found:?}\n  wanted {wanted:?}", format_args!($($what)*)));
        }
    }};
}

fn pick<T>(all: &[T], n: usize) -> Option<&T> {
    if all.is_empty() { None } else { all.get(n % all.len()) }
}

impl<'a> Day<'a> {
    async fn begin(office: &'a Office) -> Self {
        let now = NOW;
        office.host.clock.set(now);
        let mut tx = office.host.db.begin().await.unwrap();
        let made =
            modules::seed_from_template(&mut tx, Template::Custom, "Nap", Locale::En, now).await.unwrap();
        let mut people = vec![];
        let mut zones = BTreeMap::new();
        for (name, id) in office.people.iter().copied() {
            let user = users::get(&mut tx, id).await.unwrap().unwrap();
            let works_here = name != "stranger";
            if works_here {
                accounts::access_add(&mut tx, id, made.id).await.unwrap();
            }
            zones.insert(id, Zone::load(&user.zone, now).unwrap());
            let (restricted, admin) = (user.role == Role::Restricted, user.role == Role::Admin);
            people.push(Person { name, id, restricted, admin, works_here });
        }
        let tree = crate::store::statuses::tree(&mut tx, made.id).await.unwrap();
        tx.commit().await.unwrap();
        let tree = tree.all().iter().map(|status| Node {
            id: status.id,
            group: status.status_group,
            name: status.name.as_written().to_owned(),
            version: 1,
        });
        Self {
            office,
            people,
            zones,
            module: made.id,
            kinds: made.types,
            now,
            sheets: BTreeMap::new(),
            todos: BTreeMap::new(),
            tree: tree.collect(),
            gone: vec![],
            tree_log: vec![],
            tree_changes: 0,
            notes: vec![],
            keys: 0,
            writes: 0,
        }
    }

    /// Sends a write as the browser does; now and then twice.
    async fn send<T: DeserializeOwned>(
        &mut self,
        who: Person,
        path: &str,
        mut arguments: Value,
        wanted: u16,
        chance: usize,
    ) -> std::result::Result<Option<T>, String> {
        self.keys += 1;
        arguments["key"] = json!(format!("day-{}-{}", self.module, self.keys));
        let (status, answer) = self.office.call(who.name, path, &arguments).await;
        same!(status.as_u16(), wanted, "{path} {arguments} as {}: {answer}", who.name);
        if wanted != 200 {
            return Ok(None);
        }
        self.writes += 1;
        if chance.is_multiple_of(7) {
            let again = self.office.call(who.name, path, &arguments).await;
            same!(again, (status, answer.clone()), "{path} {arguments} sent again");
        }
        serde_json::from_value(answer).map(Some).map_err(|error| error.to_string())
    }

    fn sees(&self, who: Person, id: DatasheetId) -> bool {
        let holds =
            || self.todos.values().any(|task| task.sheet == id && task.open && task.next.assignee == who.id);
        !who.restricted || self.sheets[&id].owner == who.id || holds()
    }

    fn next(&self, id: DatasheetId) -> Option<&NextTodo> {
        self.todos
            .values()
            .filter(|task| task.sheet == id && task.open)
            .map(|task| &task.next)
            .min_by_key(|next| (next.moment, next.id))
    }

    fn key(&self, id: DatasheetId) -> ListKey {
        ListKey::of(self.next(id).map(|next| next.moment), self.sheets[&id].modified)
    }

    fn row(&self, id: DatasheetId) -> Row {
        let sheet = &self.sheets[&id];
        Row {
            id,
            name: sheet.name.clone(),
            contact: None,
            contact_id: None,
            status: sheet.status,
            owner: sheet.owner,
            modified_at: sheet.modified,
            version: sheet.version,
            todo: self.next(id).cloned(),
            amount: None,
            process: None,
        }
    }

    /// The answer to a write that was done.
    fn check(&mut self, who: Person, id: DatasheetId, done: &Done) -> Outcome {
        let listed = !self.sheets[&id].trashed && self.sees(who, id);
        same!(done.row, listed.then(|| self.row(id)), "the row of the answer to {}", who.name);
        same!((done.module, done.datasheet), (self.module, id), "the datasheet of the answer");
        Ok(())
    }

    fn touch(&mut self, id: DatasheetId, entry: &'static str) {
        let now = self.now;
        if let Some(sheet) = self.sheets.get_mut(&id) {
            sheet.modified = sheet.modified.max(now);
            sheet.log.push(entry);
        }
    }

    fn note(&mut self, sheet: Option<DatasheetId>, left: i64, back: Back, undo: Option<EventId>) -> Outcome {
        let event = undo.ok_or("no way back was told")?;
        let (order, tree_changes) = (vec![], self.tree_changes);
        self.notes.push(Note { event, sheet, left, back, undone: false, order, tree_changes });
        Ok(())
    }

    fn due(&self, n: usize) -> Due {
        let n64 = i64::try_from(n).unwrap();
        if n.is_multiple_of(3) {
            let day = self.zones[&self.office.admin].today(self.now);
            Due::Day(if n.is_multiple_of(2) {
                day + Days::new(n as u64 / 8)
            } else {
                day - Days::new(n as u64 / 64)
            })
        } else {
            // Few different ones, so that some are due at the same moment.
            Due::At(Timestamp(NOW.0 + (n64 % 40 - 8) * 3 * 3_600_000))
        }
    }

    fn person(&self, n: usize) -> Person {
        // The stranger, who may not work here, is seldom asked.
        let all: Vec<Person> =
            self.people.iter().copied().filter(|person| person.works_here || n.is_multiple_of(13)).collect();
        all[n % all.len()]
    }

    fn form(&self, step: Step) -> (Value, NextTodo, Person) {
        let assignee = self.person(step.chance);
        let next = NextTodo {
            id: TodoId(0),
            text: format!("Hívás {}", step.what),
            kind: self.kinds[step.what % self.kinds.len()],
            due: self.due(step.what),
            moment: self.due(step.what).moment(&self.zones[&assignee.id]),
            assignee: assignee.id,
            postponed: 0,
            version: 1,
        };
        let form =
            json!({ "text": next.text, "kind": next.kind, "due": next.due, "assignee": next.assignee });
        (form, next, assignee)
    }

    fn status_code(&self, who: Person, id: DatasheetId, version_is_right: bool) -> u16 {
        if !self.sees(who, id) {
            404
        } else if self.sheets[&id].trashed || !version_is_right {
            409
        } else {
            200
        }
    }

    async fn take(&mut self, step: Step) -> Outcome {
        // The clock goes on, stands still, or is set back.
        let ahead = i64::try_from(step.chance % 5).unwrap() * 400;
        self.now = self.now.plus_millis(if step.chance.is_multiple_of(41) { -90_000 } else { ahead });
        self.office.host.clock.set(self.now);
        let mut workers: Vec<Person> =
            self.people.iter().copied().filter(|person| person.works_here).collect();
        workers.extend([self.people[0]; 2]);
        let who = workers[step.who % workers.len()];
        let sheets: Vec<DatasheetId> = self.sheets.keys().copied().collect();
        let todos: Vec<TodoId> = self.todos.keys().copied().collect();
        match step.act {
            Act::Wait => {
                let minutes = i64::try_from(step.what).unwrap();
                self.now = self.now.plus_minutes(minutes);
                Ok(())
            }
            Act::Look => self.look(who, step).await,
            Act::Add => self.add(who, step).await,
            Act::Rename | Act::SetStatus | Act::SetOwner | Act::Trash | Act::Restore => {
                match pick(&sheets, step.which) {
                    Some(id) => self.change(who, *id, step).await,
                    None => Ok(()),
                }
            }
            Act::AddTodo => match pick(&sheets, step.which) {
                Some(id) => self.add_todo(who, *id, step).await,
                None => Ok(()),
            },
            Act::EditTodo | Act::Close | Act::Postpone => match pick(&todos, step.which) {
                Some(id) => self.change_todo(who, *id, step).await,
                None => Ok(()),
            },
            Act::Undo => self.undo(who, step).await,
            Act::AddStatus | Act::RenameStatus | Act::MoveStatus | Act::DeleteStatus => {
                self.change_tree(who, step).await
            }
            Act::UndoTree => self.undo_tree(who, step).await,
        }
    }

    async fn add(&mut self, who: Person, step: Step) -> Outcome {
        const NAMES: [&str; 5] = ["Kovács Tető", "Kovács & Fia", "Őri Kazán", "Tetőtér", "Győri napelem"];
        let name = format!("{} {}", NAMES[step.which % 5], step.which % 3);
        let (form, next, assignee) = self.form(step);
        let owner = step.what.is_multiple_of(2).then(|| self.person(step.who + step.which));
        let with_todo = !step.chance.is_multiple_of(4);
        let status = step.which.is_multiple_of(2).then(|| self.tree[step.what % self.tree.len()].id);
        let fits = owner.is_none_or(|owner| owner.works_here) && (!with_todo || assignee.works_here);
        let arguments = json!({ "module": self.module, "form": {
            "name": name, "status": status, "owner": owner.map(|owner| owner.id), "todo": with_todo.then_some(form),
        }});
        let wanted = if fits { 200 } else { 422 };
        let done: Option<Done> = self.send(who, "datasheets/add", arguments, wanted, step.chance).await?;
        let Some(done) = done else { return Ok(()) };
        let id = done.datasheet;
        let sheet = Sheet {
            name,
            status: status.unwrap_or(self.tree[0].id),
            owner: owner.map_or(who.id, |owner| owner.id),
            version: 1,
            modified: self.now,
            trashed: false,
            log: vec!["created"],
        };
        self.sheets.insert(id, sheet);
        if with_todo {
            let told = self.learn_todo(id).await?;
            self.touch(id, "todo_added");
            self.todos.insert(told, Task { sheet: id, next: NextTodo { id: told, ..next }, open: true });
        }
        self.check(who, id, &done)?;
        self.note(Some(id), 1, Back::Trash(true), done.undo)
    }

    /// The id of a to-do just added: the highest of its datasheet.
    async fn learn_todo(&self, id: DatasheetId) -> std::result::Result<TodoId, String> {
        let mut tx = self.office.host.db.read().await.unwrap();
        let all = crate::store::todos::all(&mut tx, id, 1000).await.unwrap();
        all.iter().map(|todo| todo.next.id).max().ok_or_else(|| "the to-do is not there".to_owned())
    }

    async fn change(&mut self, who: Person, id: DatasheetId, step: Step) -> Outcome {
        let sheet = self.sheets[&id].clone();
        let stale = i64::from(step.chance.is_multiple_of(11));
        let mut wanted = self.status_code(who, id, stale == 0);
        let mut arguments = json!({ "datasheet": id, "version": sheet.version - stale });
        let mut after = sheet.clone();
        let (path, entry, back) = match step.act {
            Act::Rename => {
                after.name = format!("Győri Kazán {}", step.what % 4);
                arguments["name"] = json!(after.name);
                ("datasheets/rename", "renamed", Back::Name(sheet.name.clone()))
            }
            Act::SetStatus => {
                let to = match pick(&self.gone, step.what) {
                    Some(gone) if step.what.is_multiple_of(5) => *gone,
                    _ => self.tree[step.what % self.tree.len()].id,
                };
                if wanted == 200 && self.gone.contains(&to) {
                    wanted = 422;
                }
                after.status = to;
                arguments["status"] = json!(to);
                ("datasheets/status", "status_changed", Back::Status(sheet.status))
            }
            Act::SetOwner => {
                let to = self.person(step.what);
                if wanted == 200 && !to.works_here {
                    wanted = 422;
                }
                after.owner = to.id;
                arguments["owner"] = json!(to.id);
                ("datasheets/owner", "owner_changed", Back::Owner(sheet.owner))
            }
            Act::Trash => {
                after.trashed = true;
                ("datasheets/trash", "trashed", Back::Trash(false))
            }
            _ => {
                wanted = if self.sees(who, id) { 200 } else { 404 };
                after.trashed = false;
                ("datasheets/restore", "restored", Back::Trash(true))
            }
        };
        let done: Option<Done> = self.send(who, path, arguments, wanted, step.chance).await?;
        let Some(done) = done else { return Ok(()) };
        let same = (&after.name, after.status, after.owner, after.trashed)
            == (&sheet.name, sheet.status, sheet.owner, sheet.trashed);
        if same {
            same!(done.undo, None, "{path} without a change");
            return self.check(who, id, &done);
        }
        after.version += 1;
        self.sheets.insert(id, after);
        self.touch(id, entry);
        self.check(who, id, &done)?;
        self.note(Some(id), sheet.version + 1, back, done.undo)
    }

    async fn add_todo(&mut self, who: Person, id: DatasheetId, step: Step) -> Outcome {
        let (form, next, assignee) = self.form(step);
        let mut wanted = self.status_code(who, id, true);
        if wanted == 200 && !assignee.works_here {
            wanted = 422;
        }
        let arguments = json!({ "datasheet": id, "form": form });
        let done: Option<Done> = self.send(who, "todos/add", arguments, wanted, step.chance).await?;
        let Some(done) = done else { return Ok(()) };
        let todo = self.learn_todo(id).await?;
        self.todos.insert(todo, Task { sheet: id, next: NextTodo { id: todo, ..next }, open: true });
        self.touch(id, "todo_added");
        self.check(who, id, &done)?;
        self.note(Some(id), 1, Back::NoTodo(todo), done.undo)
    }

    async fn change_todo(&mut self, who: Person, id: TodoId, step: Step) -> Outcome {
        let before = self.todos[&id].clone();
        let stale = i64::from(step.chance.is_multiple_of(11));
        let mut wanted = self.status_code(who, before.sheet, stale == 0 && before.open);
        let mut after = before.clone();
        let mut arguments = json!({ "todo": id, "version": before.next.version - stale });
        let (path, entry) = match step.act {
            Act::EditTodo => {
                let (form, next, assignee) = self.form(step);
                arguments["form"] = form;
                if wanted == 200 && !assignee.works_here {
                    wanted = 422;
                }
                after.next =
                    NextTodo { id, postponed: before.next.postponed, version: before.next.version, ..next };
                ("todos/edit", "todo_edited")
            }
            Act::Close => {
                arguments["outcome"] = json!(["done", "successful", "failed"][step.what % 3]);
                arguments["note"] = json!(step.what.is_multiple_of(2).then_some("Rendben."));
                after.open = false;
                ("todos/close", "todo_closed")
            }
            _ => {
                let to = *pick(&Postpone::PRESETS, step.what)
                    .filter(|_| !step.what.is_multiple_of(7))
                    .unwrap_or(&Postpone::To(self.due(step.which + step.what)));
                arguments["to"] = json!(to);
                after.next.due = to.apply(before.next.due, self.now, &self.zones[&who.id]);
                after.next.moment = after.next.due.moment(&self.zones[&before.next.assignee]);
                after.next.postponed += 1;
                ("todos/postpone", "todo_postponed")
            }
        };
        after.next.version += 1;
        let done: Option<Done> = self.send(who, path, arguments, wanted, step.chance).await?;
        let Some(done) = done else { return Ok(()) };
        self.todos.insert(id, after);
        self.touch(before.sheet, entry);
        self.check(who, before.sheet, &done)?;
        self.note(Some(before.sheet), before.next.version + 1, Back::Todo(before), done.undo)
    }

    /// Takes back one of the last writes.
    async fn undo(&mut self, who: Person, step: Step) -> Outcome {
        let mine: Vec<usize> = (0..self.notes.len()).filter(|at| self.notes[*at].sheet.is_some()).collect();
        let last = &mine[mine.len().saturating_sub(6)..];
        let Some(at) = pick(last, step.which).copied() else { return Ok(()) };
        let note = self.notes[at].clone();
        let id = note.sheet.ok_or("not about a datasheet")?;
        let sheet = self.sheets[&id].clone();
        let version = match &note.back {
            Back::Todo(Task { next: NextTodo { id, .. }, .. }) | Back::NoTodo(id) => {
                self.todos.get(id).map(|task| task.next.version)
            }
            _ => Some(sheet.version),
        };
        // Making a datasheet is taken back only while nothing else was done on it: its to-dos are not counted by its version.
        let is_followed = matches!(note.back, Back::Trash(true))
            && note.left == 1
            && self.notes.iter().any(|later| {
                later.sheet == Some(id)
                    && !later.undone
                    && matches!(later.back, Back::Todo(_) | Back::NoTodo(_))
            });
        let fits = !note.undone
            && !is_followed
            && version == Some(note.left)
            && (!sheet.trashed || matches!(note.back, Back::Trash(false)))
            && !matches!(note.back, Back::Status(status) if self.gone.contains(&status));
        let wanted = match (self.sees(who, id), fits) {
            (false, _) => 404,
            (true, false) => 409,
            (true, true) => 200,
        };
        let arguments = json!({ "event": note.event });
        let done: Option<Done> = self.send(who, "datasheets/undo", arguments, wanted, step.chance).await?;
        let Some(done) = done else { return Ok(()) };
        self.notes[at].undone = true;
        let mut after = sheet;
        match note.back {
            Back::Name(name) => after.name = name,
            Back::Status(status) => after.status = status,
            Back::Owner(owner) => after.owner = owner,
            Back::Trash(trashed) => after.trashed = trashed,
            Back::NoTodo(todo) => {
                self.todos.remove(&todo);
                after.version -= 1;
            }
            Back::Todo(mut task) => {
                task.next.version = note.left + 1;
                self.todos.insert(task.next.id, task);
                after.version -= 1;
            }
            other => return Err(format!("{other:?} is not about a datasheet")),
        }
        after.version += 1;
        self.sheets.insert(id, after);
        self.touch(id, "undone");
        self.check(who, id, &done)
    }

    fn order(&self) -> Vec<StatusId> {
        self.tree.iter().map(|node| node.id).collect()
    }

    /// Puts a status into a group: before another one of it, or at its end.
    fn place(&mut self, node: Node, before: Option<StatusId>) {
        let group = node.group;
        let at = self.tree.iter().position(|other| Some(other.id) == before && other.group == group);
        let end = self.tree.iter().filter(|other| other.group <= group).count();
        self.tree.insert(at.unwrap_or(end), node);
    }

    fn check_tree(&self, done: &TreeDone) -> Outcome {
        let told: Vec<_> = done
            .tree
            .all()
            .iter()
            .map(|status| {
                (status.id, status.status_group, status.name.as_written().to_owned(), status.version)
            })
            .collect();
        let wanted: Vec<_> =
            self.tree.iter().map(|node| (node.id, node.group, node.name.clone(), node.version)).collect();
        same!(told, wanted, "the tree of the answer");
        Ok(())
    }

    async fn change_tree(&mut self, who: Person, step: Step) -> Outcome {
        let order = self.order();
        // Seldom one that was deleted.
        let chosen = match pick(&self.gone, step.which) {
            Some(gone) if step.which.is_multiple_of(9) => *gone,
            _ => self.tree[step.which % self.tree.len()].id,
        };
        let found = self.tree.iter().find(|node| node.id == chosen).cloned();
        let group = StatusGroup::ALL[step.what % 4];
        let before =
            pick(&self.tree, step.chance).filter(|_| !step.chance.is_multiple_of(3)).map(|node| node.id);
        let place = Place { group, before };
        let mut wanted = match (&found, who.admin) {
            (_, false) => 403,
            (None, true) if !matches!(step.act, Act::AddStatus) => 404,
            _ => 200,
        };
        let mut arguments = json!({ "module": self.module, "status": chosen, "place": place });
        match step.act {
            Act::AddStatus => {
                let name = format!("Vár {}", step.which);
                arguments["name"] = json!(name);
                let done: Option<TreeDone> =
                    self.send(who, "statuses/add", arguments, wanted, step.chance).await?;
                let Some(done) = done else { return Ok(()) };
                let new = done
                    .tree
                    .all()
                    .iter()
                    .find(|status| !order.contains(&status.id))
                    .ok_or("no new status")?;
                self.place(Node { id: new.id, group, name, version: 1 }, before);
                self.tree_done(order, "status_added", 1, Back::NoStatus(new.id), &done)
            }
            Act::RenameStatus => {
                let stale = i64::from(step.chance.is_multiple_of(5));
                let name = format!("Fut {}", step.what);
                arguments["name"] = json!(name);
                arguments["version"] = json!(found.as_ref().map_or(1, |node| node.version) - stale);
                if wanted == 200 && stale > 0 {
                    wanted = 409;
                }
                let done: Option<TreeDone> =
                    self.send(who, "statuses/rename", arguments, wanted, step.chance).await?;
                let (Some(done), Some(found)) = (done, found) else { return Ok(()) };
                for node in self.tree.iter_mut().filter(|node| node.id == chosen) {
                    node.version += 1;
                    node.name.clone_from(&name);
                }
                let back = Back::StatusName(chosen, found.name);
                self.tree_done(order, "status_renamed", found.version + 1, back, &done)
            }
            Act::MoveStatus => {
                let done: Option<TreeDone> =
                    self.send(who, "statuses/move", arguments, wanted, step.chance).await?;
                let (Some(done), Some(found)) = (done, found) else { return Ok(()) };
                self.tree.retain(|node| node.id != chosen);
                self.place(Node { group, version: found.version + 1, ..found.clone() }, before);
                let back = Back::StatusPlace(chosen, found.group);
                self.tree_done(order, "status_moved", found.version + 1, back, &done)
            }
            _ => self.delete_status(who, step, chosen, found, wanted).await,
        }
    }

    async fn delete_status(
        &mut self,
        who: Person,
        step: Step,
        chosen: StatusId,
        found: Option<Node>,
        allowed: u16,
    ) -> Outcome {
        let order = self.order();
        let into = match step.what % 10 {
            0 => None,
            1 => pick(&self.gone, step.chance).copied(),
            _ => pick(&self.tree, step.chance).map(|node| node.id),
        };
        let moved: Vec<DatasheetId> =
            self.sheets.iter().filter(|(_, sheet)| sheet.status == chosen).map(|(id, _)| *id).collect();
        let wanted = match into {
            _ if allowed != 200 => allowed,
            _ if self.tree.len() < 2 => 409,
            Some(into) if into == chosen || self.gone.contains(&into) => 422,
            None if !moved.is_empty() => 409,
            _ => 200,
        };
        let arguments = json!({ "status": chosen, "into": into });
        let done: Option<TreeDone> =
            self.send(who, "statuses/delete", arguments, wanted, step.chance).await?;
        let (Some(done), Some(found)) = (done, found) else { return Ok(()) };
        let mut left = vec![];
        for id in moved {
            if let (Some(sheet), Some(into)) = (self.sheets.get_mut(&id), into) {
                sheet.status = into;
                sheet.version += 1;
                sheet.log.push("status_changed");
                left.push((id, sheet.version));
            }
        }
        self.tree.retain(|node| node.id != chosen);
        self.gone.push(chosen);
        self.tree_done(order, "status_deleted", 0, Back::StatusDeleted(found, left), &done)
    }

    fn tree_done(
        &mut self,
        order: Vec<StatusId>,
        entry: &'static str,
        left: i64,
        back: Back,
        done: &TreeDone,
    ) -> Outcome {
        self.tree_log.push(entry);
        self.tree_changes += 1;
        self.check_tree(done)?;
        self.note(None, left, back, done.undo)?;
        if let Some(note) = self.notes.last_mut() {
            note.order = order;
        }
        Ok(())
    }

    async fn undo_tree(&mut self, who: Person, step: Step) -> Outcome {
        let mine: Vec<usize> = (0..self.notes.len()).filter(|at| self.notes[*at].sheet.is_none()).collect();
        let last = &mine[mine.len().saturating_sub(4)..];
        let Some(at) = pick(last, step.which).copied() else { return Ok(()) };
        let note = self.notes[at].clone();
        let as_left =
            |status: &StatusId| self.tree.iter().any(|node| node.id == *status && node.version == note.left);
        let fits = !note.undone
            && match &note.back {
                Back::NoStatus(status) => {
                    as_left(status)
                        && self.tree.len() > 1
                        && self.sheets.values().all(|sheet| sheet.status != *status)
                }
                Back::StatusName(status, _) | Back::StatusPlace(status, _) => as_left(status),
                _ => true,
            };
        let wanted = match (who.admin, fits) {
            (false, _) => 403,
            (true, false) => 409,
            (true, true) => 200,
        };
        let arguments = json!({ "event": note.event });
        let done: Option<TreeDone> = self.send(who, "statuses/undo", arguments, wanted, step.chance).await?;
        let Some(done) = done else { return Ok(()) };
        self.notes[at].undone = true;
        let back_at = match note.back {
            Back::NoStatus(status) => {
                self.tree.retain(|node| node.id != status);
                self.gone.push(status);
                None
            }
            Back::StatusName(status, name) => {
                for node in self.tree.iter_mut().filter(|node| node.id == status) {
                    node.version += 1;
                    node.name.clone_from(&name);
                }
                None
            }
            Back::StatusPlace(status, group) => {
                let node =
                    self.tree.iter().find(|node| node.id == status).cloned().ok_or("no such status")?;
                self.tree.retain(|node| node.id != status);
                Some(Node { group, version: node.version + 1, ..node })
            }
            Back::StatusDeleted(node, left) => {
                for (id, version) in left {
                    if let Some(sheet) = self.sheets.get_mut(&id).filter(|sheet| sheet.version == version) {
                        sheet.status = node.id;
                        sheet.version += 1;
                        sheet.log.push("undone");
                    }
                }
                self.gone.retain(|gone| *gone != node.id);
                Some(Node { version: node.version + 2, ..node })
            }
            other => return Err(format!("{other:?} is not about the tree")),
        };
        if let Some(node) = back_at {
            let undisturbed = self.tree_changes == note.tree_changes;
            let followers = if undisturbed {
                note.order
            } else {
                done.tree.all().iter().map(|status| status.id).collect()
            };
            // Where nothing came after it, it stands as before; otherwise somewhere in its group, and the others as they were.
            let before = followers
                .iter()
                .skip_while(|id| **id != node.id)
                .skip(1)
                .find(|id| self.tree.iter().any(|other| other.id == **id && other.group == node.group))
                .copied();
            self.place(node, before);
        }
        self.tree_changes += 1;
        self.tree_log.push("undone");
        self.check_tree(&done)
    }

    /// What a viewer sees: all pages of the list, and all counts, under a filter.
    async fn look(&mut self, who: Person, step: Step) -> Outcome {
        let status = self.tree[step.what % self.tree.len()].id;
        let group = StatusGroup::ALL[step.chance % 4];
        let other = self.people[step.which % self.people.len()].id;
        let filter = Filter {
            narrow: [None, Some(Narrow::Status(status)), Some(Narrow::Group(group))][step.which % 3],
            owner: [Owner::All, Owner::Mine, Owner::Person(other)][step.what % 3],
            field: String::new(),
            sort: String::new(),
            search: ["", "", "kov", "tető", "kazan gy", "nincs"][step.chance % 6].to_owned(),
        };
        let owner = match filter.owner {
            Owner::All => None,
            Owner::Mine => Some(who.id),
            Owner::Person(other) => Some(other),
        };
        let seen: Vec<DatasheetId> = self
            .sheets
            .iter()
            .filter(|(id, sheet)| {
                !sheet.trashed && self.sees(who, **id) && owner.is_none_or(|owner| owner == sheet.owner)
            })
            .map(|(id, _)| *id)
            .collect();
        let mut statuses: BTreeMap<StatusId, i64> = BTreeMap::new();
        for id in &seen {
            *statuses.entry(self.sheets[id].status).or_default() += 1;
        }
        let group_of =
            |status: StatusId| self.tree.iter().find(|node| node.id == status).map(|node| node.group);
        let mut listed: Vec<(ListKey, DatasheetId)> = seen
            .into_iter()
            .filter(|id| {
                let sheet = &self.sheets[id];
                let in_place = match filter.narrow {
                    None => true,
                    Some(Narrow::Status(status)) => sheet.status == status,
                    Some(Narrow::Group(group)) => group_of(sheet.status) == Some(group),
                };
                let name = words(&sheet.name);
                in_place
                    && words(&filter.search)
                        .iter()
                        .all(|wanted| name.iter().any(|word| word.starts_with(wanted)))
            })
            .map(|id| (self.key(id), id))
            .collect();
        listed.sort_unstable();
        let borders = Borders::at(self.now, &self.zones[&who.id]);
        let mut buckets = [0_u32; Bucket::ALL.len()];
        for (_, id) in &listed {
            buckets[borders.bucket(self.next(*id).map(|next| next.moment)) as usize] += 1;
        }
        let rows: Vec<Row> = listed.iter().map(|(_, id)| self.row(*id)).collect();

        let filter_json = json!(filter);
        let asked = json!({ "module": self.module, "filter": filter_json });
        let page: ModulePage = self.ask(who, "modules/page", &asked).await?;
        same!(page.page.rows, rows, "the list of {} under {filter:?}", who.name);
        let counts: Counts = self.ask(who, "modules/counts", &asked).await?;
        same!(counts, page.counts, "the counts of {} under {filter:?}, asked for alone", who.name);
        same!(counts.buckets, buckets, "the counts of the buckets for {} under {filter:?}", who.name);
        let told: BTreeMap<StatusId, i64> =
            counts.statuses.iter().map(|count| (count.status_id, count.n)).collect();
        same!(told, statuses, "the counts of the statuses for {} under {filter:?}", who.name);
        let limit = 1 + step.chance % 4;
        let mut paged: Vec<Row> = vec![];
        loop {
            let after: Option<Cursor> = paged.last().map(Row::cursor);
            let asked =
                json!({ "module": self.module, "filter": filter_json, "after": after, "limit": limit });
            let page: Page = self.ask(who, "modules/rows", &asked).await?;
            same!(page.rows.len() == limit || !page.more, true, "a page of {limit} is full or the last");
            paged.extend(page.rows);
            if !page.more {
                break;
            }
        }
        same!(paged, rows, "the pages of {limit} for {} under {filter:?}", who.name);
        Ok(())
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        who: Person,
        path: &str,
        arguments: &Value,
    ) -> std::result::Result<T, String> {
        let (status, answer) = self.office.call(who.name, path, arguments).await;
        same!(status, StatusCode::OK, "{path} {arguments}: {answer}");
        serde_json::from_value(answer).map_err(|error| error.to_string())
    }

    /// Compares everything stored with the model and with the base tables.
    async fn compare(&mut self) -> Outcome {
        let mut tx = self.office.host.db.read().await.unwrap();
        same!(
            contradictions(&mut tx, self.module).await,
            Vec::<String>::new(),
            "what does not follow from the base tables"
        );
        let mut told: BTreeMap<Option<DatasheetId>, Vec<String>> = BTreeMap::new();
        for (sheet, kind) in kinds_of_entries(&mut tx, self.module).await {
            told.entry(sheet).or_default().push(kind);
        }
        same!(told.remove(&None).unwrap_or_default(), self.tree_log, "the history of the tree");
        for (id, sheet) in &self.sheets {
            same!(told.remove(&Some(*id)).unwrap_or_default(), sheet.log, "the history of datasheet {id}");
            let row = crate::store::datasheets::rows(&mut tx, &[*id]).await.unwrap();
            same!(row, [self.row(*id)], "datasheet {id}");
            let stored = crate::store::todos::all(&mut tx, *id, 1000).await.unwrap();
            let mut stored: Vec<(NextTodo, bool)> =
                stored.into_iter().map(|todo| (todo.next, todo.closed.is_none())).collect();
            stored.sort_by_key(|(next, _)| next.id);
            let wanted: Vec<(NextTodo, bool)> = self
                .todos
                .values()
                .filter(|task| task.sheet == *id)
                .map(|task| (task.next.clone(), task.open))
                .collect();
            same!(stored, wanted, "the to-dos of datasheet {id}");
        }
        same!(told.len(), 0, "datasheets that nobody made");
        Ok(())
    }
}

/// One day, step by step.
async fn day(office: &Office, steps: &[Step]) -> Outcome {
    let mut day = Day::begin(office).await;
    for (at, step) in steps.iter().enumerate() {
        day.take(*step).await.map_err(|what| format!("step {at}, {step:?}: {what}"))?;
        if step.chance % 10 == 0 {
            day.compare().await.map_err(|what| format!("after step {at}: {what}"))?;
        }
    }
    for who in 0..6 {
        let look = Step { act: Act::Look, who, which: 0, what: who * 3, chance: who * 6 };
        day.take(look).await.map_err(|what| format!("at the end: {what}"))?;
    }
    day.compare().await.map_err(|what| format!("at the end: {what}"))
}

fn days(test: impl Future<Output = TestDb>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let office = runtime.block_on(async { office(test.await).await });
    let cases = std::env::var("MODULOK_TEST_DAYS").ok().and_then(|days| days.parse().ok()).unwrap_or(40);
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 400,
        ..ProptestConfig::default()
    };
    let steps = prop::collection::vec(step(), 20..60);
    TestRunner::new(config)
        .run(&steps, |steps| runtime.block_on(day(&office, &steps)).map_err(TestCaseError::fail))
        .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn random_days_leave_what_the_model_says_on_sqlite() {
    days(TestDb::sqlite());
}

#[test]
fn random_days_leave_what_the_model_says_on_postgres() {
    days(TestDb::postgres());
}
