//! What the list shows and does. What is done on a row shows at once and goes to the server one write after the other per
//! datasheet, so that two quick ones never look stale to each other; the answer puts the row right.

use std::{
    collections::{HashSet, VecDeque},
    future::Future,
    ops::Range,
    pin::Pin,
    sync::Arc,
};

use leptos::{html, prelude::*, task::spawn_local, web_sys};

use super::{
    super::{
        Here, browser,
        buckets::{self, Slice, count_move},
        fields::missing::Waiting,
        here,
        reload::{self, Extent, Reload, Reloads, Rows},
        send,
    },
    acts::Act,
    kept::{InOrder, Kept, KeptLists},
    viewport::{BUCKETS, Window},
};
use crate::{
    api::{Key, datasheets, modules, processes, todos},
    domain::{
        bucket::Borders,
        datasheet::{Cursor, Done, ModulePage, Page, Row, StatusCount, StatusSum},
        due::Postpone,
        filter::{Filter, Narrow, Owner},
        id::{DatasheetId, EventId, ModuleId, StatusId, TodoId, TodoTypeId},
        module::TodoType,
        process::{
            Action, InRow, Summary,
            sales::{self as sales_rules, Qualification},
        },
        status::StatusTree,
        text,
        todo::{NextTodo, Outcome, TodoForm},
    },
    error::{Error, Refusal, Result},
    i18n::{format, list as texts, sales},
};

/// The id of a to-do that was typed just now and that the server has not named yet.
const UNNAMED: TodoId = TodoId(-1);

/// A row that asks for its next to-do: it stays where it was until answered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asking {
    /// The row.
    pub datasheet: DatasheetId,
    /// Its place before the last to-do was closed.
    place: Cursor,
    /// Whether it asks although it has a to-do again: what is typed there is not to be lost.
    stays: bool,
}

impl Asking {
    /// Whether it is this row that asks.
    pub fn is(self, row: &Row) -> bool {
        self.datasheet == row.id && (self.stays || row.todo.is_none())
    }
}

/// A dialog about one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Closes its to-do with a note.
    Note(DatasheetId),
    /// Postpones its to-do to a day of one's own.
    Date(DatasheetId),
    /// Adds a to-do.
    Todo(DatasheetId),
}

/// What was typed and not taken: a new to-do, or a note.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The text.
    pub text: String,
    /// The due time as typed; nothing for a note.
    pub due: String,
}

type Change = Arc<dyn Fn(&Row) -> Option<Row> + Send + Sync>;
type Call = Arc<dyn Fn(Key, &Row) -> Pin<Box<dyn Future<Output = Result<Done>>>> + Send + Sync>;

/// Something done on a row.
#[derive(Clone)]
struct Write {
    /// How the row is then; `None` takes it out of the list.
    change: Change,
    /// Sends it; gets the row as the server last told it.
    call: Call,
    /// What is said when it is done.
    said: String,
    /// What was typed, to be offered again when it fails.
    draft: Option<(About, Draft)>,
    /// Whether it needs nothing of what was done on the row before it.
    is_free: bool,
}

impl Write {
    fn new<F: Future<Output = Result<Done>> + 'static>(
        said: String,
        change: impl Fn(&Row) -> Option<Row> + Send + Sync + 'static,
        call: impl Fn(Key, &Row) -> F + Send + Sync + 'static,
    ) -> Self {
        Self {
            change: Arc::new(change),
            call: Arc::new(move |key, row| Box::pin(call(key, row))),
            said,
            draft: None,
            is_free: false,
        }
    }
}

/// A row with writes under way.
pub(super) struct Pending {
    /// The row as the server last told it.
    confirmed: Row,
    /// The one that was sent, then those that wait.
    writes: VecDeque<Write>,
}

/// The list of one module under one filter. Cheap to copy.
#[derive(Clone, Copy)]
pub struct ListState {
    /// The module listed.
    pub module: ModuleId,
    /// Whether a process moves its statuses.
    pub is_fixed: bool,
    /// The module's statuses; shared with the tree.
    pub tree: RwSignal<StatusTree>,
    /// Counts of the tree.
    pub statuses: RwSignal<Vec<StatusCount>>,
    /// Sums of the tree.
    pub sums: RwSignal<Vec<StatusSum>>,
    /// Counts of the headings.
    pub buckets: RwSignal<[u32; BUCKETS]>,
    /// The rows loaded so far, by their place.
    pub rows: RwSignal<Vec<Row>>,
    /// Whether more follow on the server.
    pub more: RwSignal<bool>,
    /// Where they follow, if not after the last row.
    next: StoredValue<Option<Cursor>>,
    /// Whether they are on their way.
    pub loading: RwSignal<bool>,
    /// Counts how often the rows in the order of a field are to be asked for anew: what asks is not in the first load.
    pub again: RwSignal<u32>,
    /// The same of those after the loaded ones.
    pub further: RwSignal<u32>,
    /// What belongs to rows in the order of a field.
    pub in_order: RwSignal<InOrder>,
    /// The row that asks for its next to-do.
    pub asking: RwSignal<Option<Asking>>,
    /// The dialog that is open.
    pub about: RwSignal<Option<About>>,
    /// The menu of a row that is open.
    pub menu: RwSignal<Option<(DatasheetId, Act)>>,
    /// The borders of the buckets now; follows the clock.
    pub borders: Memo<Borders>,
    /// What is seen of the list; `None` until the browser half runs.
    pub window: RwSignal<Option<Window>>,
    /// The list in the page.
    pub node: NodeRef<html::Section>,
    /// The module's to-do types.
    pub types: StoredValue<Vec<TodoType>>,
    /// What narrows it.
    pub filter: StoredValue<Filter>,
    drafts: StoredValue<Vec<(About, Draft)>>,
    pending: StoredValue<Vec<Pending>>,
    reloads: StoredValue<Reloads<Cursor>>,
    kept: KeptLists,
    /// Its surroundings.
    pub here: Here,
}

impl ListState {
    /// The list of a page that was just loaded. `kept` are the rows after its own that were there when it was left.
    pub fn new(page: ModulePage, filter: Filter) -> Self {
        let (here, kept): (_, KeptLists) = (here(), expect_context());
        Self {
            module: page.module.id,
            is_fixed: page.module.template.process().is_some(),
            tree: RwSignal::new(page.tree),
            statuses: RwSignal::new(page.counts.statuses),
            sums: RwSignal::new(page.counts.sums),
            buckets: RwSignal::new(page.counts.buckets),
            rows: RwSignal::new(page.page.rows),
            more: RwSignal::new(page.page.more),
            next: StoredValue::new(page.page.next),
            loading: RwSignal::new(false),
            again: RwSignal::new(0),
            further: RwSignal::new(0),
            in_order: RwSignal::new(InOrder::default()),
            asking: RwSignal::new(None),
            about: RwSignal::new(None),
            menu: RwSignal::new(None),
            borders: Memo::new(move |_| here.with_zone(|zone| Borders::at(here.now.get(), zone))),
            window: RwSignal::new(None),
            node: NodeRef::new(),
            types: StoredValue::new(page.types),
            filter: StoredValue::new(filter),
            drafts: kept.drafts,
            pending: kept.pending,
            reloads: StoredValue::new(Reloads::default()),
            kept,
            here,
        }
    }

    /// The type of a to-do nobody chose one for.
    pub fn first_type(self) -> Option<TodoTypeId> {
        self.types.with_value(|types| types.last().map(|kind| kind.id))
    }

    /// The status the list is narrowed to.
    pub fn narrowed_status(self) -> Option<StatusId> {
        self.filter.with_value(|filter| match filter.narrow {
            Some(Narrow::Status(status)) => Some(status),
            _ => None,
        })
    }

    /// The row of a datasheet, if it is loaded.
    pub fn get(self, id: DatasheetId) -> Option<Row> {
        self.rows.try_with_untracked(|rows| rows.iter().find(|row| row.id == id).cloned()).flatten()
    }

    /// What is in the page of each bucket.
    pub fn slices(self) -> Vec<Slice<Row>> {
        let (borders, asking, window) = (self.borders.get(), self.asking.get(), self.window.get());
        self.rows.with(|rows| buckets::slices(rows, ranges(rows, &borders, asking), window))
    }

    /// What is in the page of rows in the order of a field.
    pub fn slice_in_order(self) -> Slice<Row> {
        let window = self.window.get();
        let slices = self.rows.with(|rows| buckets::slices(rows, whole(rows), window.map(Window::plain)));
        slices.into_iter().next().unwrap_or_default()
    }

    /// Which of them are in the page.
    pub fn shown_in_order(self) -> Range<usize> {
        let window = self.window.get_untracked();
        self.rows.with_untracked(|rows| buckets::shown(&whole(rows), window.map(Window::plain)))
    }

    /// The row so many places after (or before) another one; the first one when there is none to start from.
    pub fn neighbour(self, id: Option<DatasheetId>, step: isize) -> Option<DatasheetId> {
        self.rows.with_untracked(|rows| {
            let Some(at) = id.and_then(|id| rows.iter().position(|row| row.id == id)) else {
                return rows.first().map(|row| row.id);
            };
            rows.get(at.saturating_add_signed(step)).map(|row| row.id)
        })
    }

    /// Whether a row is to be seen under the filter. What the search found stays found, for the browser does not know all that is
    /// searched, until its name or contact is another one.
    fn is_shown(self, row: &Row, before: Option<&Row>) -> bool {
        self.filter.with_value(|filter| {
            let narrowed = match filter.narrow {
                Some(Narrow::Status(status)) => row.status == status,
                Some(Narrow::Group(group)) => self.tree.with_untracked(|tree| {
                    tree.get(row.status).is_some_and(|status| status.status_group == group)
                }),
                None => true,
            };
            let owned = match filter.owner {
                Owner::All => true,
                Owner::Mine => Some(row.owner) == self.here.viewer_id(),
                Owner::Person(person) => row.owner == person,
            };
            let was_found =
                before.is_some_and(|before| before.name == row.name && before.contact_id == row.contact_id);
            // What stands in a field is not in the row: one that was not there comes when the list is loaded anew.
            let tested = filter.field.is_empty() || before.is_some();
            narrowed && owned && tested && (was_found || is_found(row, &filter.search))
        })
    }

    /// Puts a row where it belongs now, or takes it out, and keeps the counts in step.
    fn put(self, id: DatasheetId, row: Option<Row>) {
        if !self.is_alive() {
            return;
        }
        let borders = self.borders.get_untracked();
        let bucket = |row: &Row| borders.bucket(row.todo.as_ref().map(|todo| todo.moment)) as usize;
        let before = self.get(id);
        let (left, entered) = (before.as_ref().map(|row| row.status), row.as_ref().map(|row| row.status));
        if left != entered && left.is_some() {
            self.statuses.update(|counts| {
                for count in counts.iter_mut() {
                    count.n += i64::from(Some(count.status_id) == entered)
                        - i64::from(Some(count.status_id) == left);
                }
                let missing = entered.filter(|id| counts.iter().all(|count| count.status_id != *id));
                counts.extend(missing.map(|status_id| StatusCount { status_id, n: 1 }));
            });
        }
        let row = row.filter(|row| self.is_shown(row, before.as_ref()));
        if before == row {
            // Perhaps no longer asking: its place may be another one.
            if let Some(row) = row {
                self.place(row);
            }
            return;
        }
        self.buckets
            .update(|counts| count_move(counts, before.as_ref().map(bucket), row.as_ref().map(bucket)));
        match row {
            Some(row) => self.place(row),
            None => self.rows.update(|rows| rows.retain(|other| other.id != id)),
        }
    }

    /// Lets the headings' counts follow the clock, as the rows do.
    pub fn follow_clock(self) {
        let due = |row: &Row| row.todo.as_ref().map(|todo| todo.moment);
        let dues = move || self.rows.with_untracked(|rows| rows.iter().map(due).collect());
        buckets::follow_clock(self.borders, self.buckets, self.more, dues, move || self.refresh_counts());
    }

    /// Whether a field orders it, and not the next to-do.
    pub fn is_sorted(self) -> bool {
        self.filter.try_with_value(|filter| filter.order().is_some()) == Some(true)
    }

    /// Whether what stands in a field says what it shows, or in which order.
    pub fn looks_into_fields(self) -> bool {
        self.is_sorted() || self.filter.try_with_value(|filter| filter.field.is_empty()) == Some(false)
    }

    /// Takes in all rows that are shown in the order of a field. Those with writes under way stay as they are shown, and away
    /// where the writes take them out.
    pub fn set_in_order(self, fresh: Vec<Row>) {
        let asking = self.asking.get_untracked();
        let shown = |row: Row| {
            let is_asking = asking.is_some_and(|asking| asking.datasheet == row.id);
            self.pending.with_value(|all| {
                let pending = all.iter().find(|pending| pending.confirmed.id == row.id);
                if !is_asking && pending.is_none() {
                    return Some(row);
                }
                self.get(row.id).or_else(|| {
                    let mut writes = pending.iter().flat_map(|pending| &pending.writes);
                    let after = writes.try_fold(row.clone(), |row, write| (write.change)(&row))?;
                    Some(after).filter(|after| self.is_shown(after, Some(&row)))
                })
            })
        };
        self.rows.set(fresh.into_iter().filter_map(shown).collect());
    }

    /// Puts a row in its order.
    fn place(self, row: Row) {
        if self.is_sorted() {
            // Its to-do does not move it. Where one that was not there belongs is for the server to say.
            let place = self.rows.try_update(|rows| {
                rows.iter_mut().find(|other| other.id == row.id).map(|other| *other = row)
            });
            if place == Some(None) {
                self.reload();
            }
            return;
        }
        let (asking, more) = (self.asking.get_untracked(), self.more.get_untracked());
        let next = self.next.get_value();
        self.rows.update(|rows| {
            rows.retain(|other| other.id != row.id);
            let place = place_of(&row, asking);
            let at = rows.partition_point(|other| place_of(other, asking) < place);
            // Past the last row that was loaded, its place comes with the next page.
            if at < rows.len() || !more || next.is_some_and(|next| place <= next) {
                rows.insert(at, row);
            }
        });
    }

    /// Lets a row ask for its next to-do; the one that asked before goes where it belongs.
    fn ask(self, asking: Option<Asking>) {
        let before = self.asking.get_untracked();
        if before == asking {
            return;
        }
        self.asking.set(asking);
        let waited = before.and_then(|before| self.get(before.datasheet));
        if let Some(row) = waited {
            self.place(row);
        }
    }

    /// The answer to the question for the next to-do: not now.
    pub fn stop_asking(self, id: DatasheetId) {
        self.take_draft(About::Todo(id));
        if self.asking.get_untracked().is_some_and(|asking| asking.datasheet == id) {
            let next = self.neighbour(Some(id), 1);
            self.ask(None);
            focus_row(next.unwrap_or(id));
        }
    }

    /// Takes in how the server says a row is, with what was done on it since.
    fn confirm(self, id: DatasheetId, row: Option<Row>) {
        let shown = self.pending.try_update_value(|pending| {
            let Some(row) = row else {
                pending.retain(|pending| pending.confirmed.id != id);
                return None;
            };
            let Some(pending) = pending.iter_mut().find(|pending| pending.confirmed.id == id) else {
                return Some(row);
            };
            pending.confirmed = row.clone();
            pending.writes.iter().try_fold(row, |row, write| (write.change)(&row))
        });
        let Some(shown) = shown.filter(|_| self.is_alive()) else { return };
        let has_todo = shown.as_ref().is_none_or(|row| row.todo.is_some());
        let mut asking = self.asking.get_untracked().filter(|asking| has_todo && asking.datasheet == id);
        if shown.is_some() && !self.draft(About::Todo(id)).text.is_empty() {
            // It stays while something is typed there.
            if let Some(asking) = asking.take() {
                self.asking.set(Some(Asking { stays: true, ..asking }));
            }
        }
        self.put(id, shown);
        if asking.is_some() {
            // The question goes: what was to be answered there answered itself, as where a to-do repeats.
            let selector = format!("[data-datasheet='{id}'] .row__next");
            let is_in_question =
                browser::focused().is_some_and(|element| element.closest(&selector).ok().flatten().is_some());
            self.ask(None);
            if is_in_question {
                focus_row(id);
            }
        }
    }

    /// Takes the answer to a write in, and says what was done.
    pub fn settle(self, done: Done, said: String) {
        let undo = done.undo.map(|event| Callback::new(move |()| self.undo(event)));
        self.here.toasts.done(said, undo);
        self.confirm(done.datasheet, done.row);
        self.refresh_counts();
    }

    /// Whether a write waits for the answer to one before it: it is not on its way yet.
    pub fn has_waiting(self) -> bool {
        self.pending.with_value(|pending| pending.iter().any(|pending| pending.writes.len() > 1))
    }

    /// Shows a write at once and sends it when those before it on the same row are through.
    fn write(self, id: DatasheetId, write: Write) {
        let Some(row) = self.get(id) else { return };
        let after = (write.change)(&row);
        let is_first = self.pending.try_update_value(|pending| {
            if let Some(pending) = pending.iter_mut().find(|pending| pending.confirmed.id == id) {
                pending.writes.push_back(write);
                return false;
            }
            pending.push(Pending { confirmed: row, writes: VecDeque::from([write]) });
            true
        });
        self.put(id, after);
        if is_first == Some(true) {
            self.send_next(id);
        }
    }

    fn send_next(self, id: DatasheetId) {
        let next = self.pending.try_with_value(|pending| {
            let pending = pending.iter().find(|pending| pending.confirmed.id == id)?;
            Some((pending.confirmed.clone(), pending.writes.front()?.clone()))
        });
        let Some((row, write)) = next.flatten() else { return };
        let call = Arc::clone(&write.call);
        send(move |key| call(key, &row), move |answer| self.answered(id, write, answer));
    }

    fn answered(self, id: DatasheetId, write: Write, answer: Result<Done>) {
        match answer {
            Ok(done) => {
                let more = self.pending.try_update_value(|pending| {
                    if let Some(pending) = pending.iter_mut().find(|pending| pending.confirmed.id == id) {
                        pending.writes.pop_front();
                    }
                    pending.retain(|pending| !pending.writes.is_empty());
                    pending.iter().any(|pending| pending.confirmed.id == id)
                });
                self.settle(done, write.said);
                if more == Some(true) {
                    self.send_next(id);
                }
            }
            Err(error) => self.failed(id, write, error),
        }
    }

    /// Puts a row back whose write failed, without those that waited for it. A new to-do needs nothing of them and is still
    /// sent; what was typed for the others is offered again.
    fn failed(self, id: DatasheetId, write: Write, error: Error) {
        if !matches!(error, Error::Missing(_)) {
            self.here.toasts.error(&error);
        }
        let after = self.pending.try_update_value(|pending| {
            let at = pending.iter().position(|pending| pending.confirmed.id == id)?;
            let Pending { confirmed, writes } = pending.remove(at);
            let (free, lost): (Vec<_>, Vec<_>) = writes.into_iter().skip(1).partition(|write| write.is_free);
            let shown = free.iter().try_fold(confirmed.clone(), |row, write| (write.change)(&row));
            if !free.is_empty() {
                pending.push(Pending { confirmed, writes: free.into() });
            }
            Some((shown, lost))
        });
        self.send_next(id);
        // The list was left: there is nothing to put back.
        let Some(after) = after.filter(|_| self.is_alive()) else { return };
        let (shown, lost) = after.unwrap_or_default();
        self.put(id, shown);
        if self.asking.get_untracked().is_some_and(|asking| asking.datasheet == id) {
            self.ask(None);
        }
        if let Error::Missing(missing) = error {
            let retry = Callback::new(move |()| self.write(id, write.clone()));
            self.here.waiting.set(Some(Waiting { datasheet: id, missing, retry }));
        } else {
            if matches!(error, Error::Conflict(_) | Error::NotFound | Error::Refused(_)) {
                self.look_again(id);
            }
            for (about, draft) in [write].into_iter().chain(lost).filter_map(|write| write.draft) {
                self.offer(about, draft);
            }
        }
    }

    /// Offers again what was typed for this and not taken: at once, unless another dialog is open.
    fn offer(self, about: About, draft: Draft) {
        self.keep_draft(about, draft);
        if self.is_alive() && self.about.get_untracked().is_none() {
            self.about.set(Some(about));
        }
    }

    /// What was typed for this and not taken.
    pub fn draft(self, about: About) -> Draft {
        let find = |drafts: &Vec<(About, Draft)>| {
            drafts.iter().find(|(of, _)| *of == about).map(|(_, draft)| draft.clone())
        };
        self.drafts.try_with_value(find).flatten().unwrap_or_default()
    }

    /// The same, once.
    pub fn take_draft(self, about: About) -> Draft {
        let draft = self.draft(about);
        self.keep_draft(about, Draft::default());
        draft
    }

    /// Keeps what is typed for this until it is taken; nothing typed is not kept.
    pub fn keep_draft(self, about: About, draft: Draft) {
        self.drafts.try_update_value(|drafts| {
            drafts.retain(|(of, _)| *of != about);
            if !draft.text.trim().is_empty() {
                drafts.push((about, draft));
            }
        });
    }

    /// Asks how one row is now.
    pub fn look_again(self, id: DatasheetId) {
        spawn_local(async move {
            match datasheets::datasheet_row(id).await {
                Ok(row) => self.confirm(id, row),
                Err(Error::NotFound | Error::Forbidden) => self.confirm(id, None),
                // It stays as it was known; what is done on it next is answered anyway.
                Err(_) => {}
            }
            // After the row, whose move takes its step in the counts: before, it would step twice.
            self.refresh_counts();
        });
    }

    fn undo(self, event: EventId) {
        send(
            move |key| datasheets::undo(key, event),
            move |answer| match answer {
                Ok(done) => {
                    self.here.toasts.done(texts::undone(self.here.locale), None);
                    self.confirm(done.datasheet, done.row);
                    self.refresh_counts();
                }
                Err(error) => self.here.toasts.error(&error),
            },
        );
    }

    /// Closes the next to-do of a row, which then asks for the one after it.
    pub fn close(self, id: DatasheetId, outcome: Outcome, note: Option<String>) {
        let Some((row, todo)) = self.get(id).and_then(|row| row.todo.clone().map(|todo| (row, todo))) else {
            // Closed by someone else while the note was typed.
            if let Some(text) = note {
                self.keep_draft(About::Note(id), Draft { text, due: String::new() });
                self.here.toasts.error(&Error::Refused(Refusal::TodoClosed));
            }
            return;
        };
        let said = texts::closed(self.here.locale, &todo.text, &row.name);
        self.ask(Some(Asking { datasheet: id, place: row.cursor(), stays: false }));
        let draft = note.clone().map(|text| (About::Note(id), Draft { text, due: String::new() }));
        let write = Write::new(
            said,
            |row| Some(Row { todo: None, ..row.clone() }),
            move |key, row| {
                let (sent, note) = (sent(row, todo.id), note.clone());
                async move {
                    let (todo, version) = sent?;
                    todos::todo_close(key, todo, version, outcome, note).await
                }
            },
        );
        self.write(id, Write { draft, ..write });
        browser::focus_soon(format!("[data-datasheet='{id}'] .row__next input"));
    }

    /// Postpones the next to-do of a row; the focus goes on to the row after it.
    pub fn postpone(self, id: DatasheetId, to: Postpone) {
        let Some(todo) = self.get(id).and_then(|row| row.todo) else { return };
        let (here, now) = (self.here, self.here.now.get_untracked());
        let due = here.with_zone(|zone| to.apply(todo.due, now, zone));
        let said = here.with_zone(|zone| format::due_exact(due, zone, here.locale));
        let next = self.neighbour(Some(id), 1).unwrap_or(id);
        let write = Write::new(
            texts::postponed(here.locale, &todo.text, &said),
            move |row| {
                let todo = row.todo.clone()?;
                let due = here.with_zone(|zone| to.apply(todo.due, now, zone));
                let moment = here.with_zone(|zone| due.moment(zone));
                let todo = NextTodo { due, moment, postponed: todo.postponed + 1, ..todo };
                Some(Row { todo: Some(todo), ..row.clone() })
            },
            move |key, row| {
                let sent = sent(row, todo.id);
                async move {
                    let (todo, version) = sent?;
                    todos::todo_postpone(key, todo, version, to).await
                }
            },
        );
        self.write(id, write);
        focus_row(next);
    }

    /// Adds a to-do to a row, checked already. `draft` is what was typed.
    pub fn add_todo(self, id: DatasheetId, form: TodoForm, draft: Draft) {
        let name = self.get(id).map(|row| row.name).unwrap_or_default();
        let here = self.here;
        let moment = here.with_zone(|zone| form.due.moment(zone));
        let (typed, lost) = (form.clone(), form.clone());
        self.take_draft(About::Todo(id));
        let write = Write::new(
            texts::todo_added(here.locale, &name),
            move |row| {
                // The row shows the one that is due first.
                let stays = row.todo.as_ref().is_some_and(|todo| todo.moment <= moment);
                let TodoForm { text, kind, due, assignee, .. } = typed.clone();
                let new =
                    NextTodo { id: UNNAMED, text, kind, due, moment, assignee, postponed: 0, version: 1 };
                Some(if stays { row.clone() } else { Row { todo: Some(new), ..row.clone() } })
            },
            move |key, row| todos::todo_add(key, row.id, form.clone()),
        );
        // From the question in the list the work goes on with the row after it; from the dialog it stays.
        let mut focus = id;
        if self.asking.get_untracked().is_some_and(|asking| asking.datasheet == id) {
            focus = self.neighbour(Some(id), 1).unwrap_or(id);
            self.asking.set(None);
        }
        if self.get(id).is_some() {
            self.write(id, Write { draft: Some((About::Todo(id), draft)), is_free: true, ..write });
            focus_row(focus);
        } else {
            // The row went beyond what is loaded while the to-do was typed.
            let said = write.said;
            send(
                move |key| todos::todo_add(key, id, lost.clone()),
                move |answer| match answer {
                    Ok(done) => self.settle(done, said),
                    Err(error) => {
                        self.here.toasts.error(&error);
                        self.offer(About::Todo(id), draft);
                    }
                },
            );
        }
    }

    /// Sets the status of a row: from its menu, or dropped on the tree.
    pub fn set_status(self, id: DatasheetId, status: StatusId) {
        let Some(before) = self.get(id).filter(|row| row.status != status) else { return };
        let name = self
            .tree
            .with_untracked(|tree| {
                tree.get(status).map(|status| status.name.text(self.here.locale).to_owned())
            })
            .unwrap_or_default();
        let write = Write::new(
            texts::status_set(self.here.locale, &before.name, &name),
            move |row| Some(Row { status, ..row.clone() }),
            move |key, row| datasheets::datasheet_set_status(key, row.id, row.version, status),
        );
        self.write(id, write);
    }

    /// Says how promising the lead of a row is; its process moves the status.
    pub fn qualify(self, id: DatasheetId, qualification: Qualification) {
        let Some(before) = self.get(id) else { return };
        let locale = self.here.locale;
        let said = sales::said_qualified(locale, &before.name, sales::qualified(locale, qualification));
        let action = Action::Sales(sales_rules::Action::Qualify(qualification));
        let write = Write::new(
            said,
            move |row| {
                let summary = Summary::Sales(sales_rules::Summary { qualification: Some(qualification) });
                let process = row.process.as_ref().map(|process| InRow { summary, version: process.version });
                Some(Row { process, ..row.clone() })
            },
            move |key, row| {
                let version = row.process.as_ref().map_or(0, |process| process.version);
                processes::process_act(key, row.id, version, action.clone())
            },
        );
        self.write(id, write);
    }

    /// Puts a row's datasheet into the trash.
    pub fn trash(self, id: DatasheetId) {
        let Some(before) = self.get(id) else { return };
        let next = self.neighbour(Some(id), 1);
        let write = Write::new(
            texts::trashed(self.here.locale, &before.name),
            |_| None,
            |key, row| datasheets::datasheet_trash(key, row.id, row.version),
        );
        self.write(id, write);
        if let Some(next) = next {
            focus_row(next);
        }
    }

    /// Takes rows from the server in, in place of what they say is gone. Rows with writes under way stay.
    fn merge(self, fresh: Vec<Row>, extent: Extent<Cursor>) {
        let busy: Vec<DatasheetId> =
            self.pending.with_value(|pending| pending.iter().map(|pending| pending.confirmed.id).collect());
        let asking = self.asking.get_untracked();
        let is_ours =
            |id: &DatasheetId| busy.contains(id) || asking.is_some_and(|asking| asking.datasheet == *id);
        self.rows.update(|rows| {
            reload::merge(rows, fresh, extent, |row| row.id, |row| place_of(row, asking), is_ours);
        });
    }

    fn refresh_counts(self) {
        if !self.is_alive() {
            return;
        }
        let filter = self.filter.get_value();
        spawn_local(async move {
            // Counts that cannot be had stay as they are; the next write asks again.
            let Ok(counts) = modules::module_counts(self.module, filter).await else { return };
            // While writes are under way the view is ahead of the server.
            if self.is_alive() && self.pending.with_value(Vec::is_empty) {
                self.statuses.set(counts.statuses);
                self.sums.set(counts.sums);
                self.buckets.set(counts.buckets);
            }
        });
    }

    /// Going back: the rows in the order of a field that were loaded; whether there are any.
    pub fn return_in_order(self) -> bool {
        let kept = self.filter.with_value(|filter| self.kept.find(self.module, filter));
        let is_kept = kept.is_some();
        let (rows, more, in_order) = kept
            .map_or_else(|| (vec![], true, InOrder::default()), |kept| (kept.rows, kept.more, kept.in_order));
        self.rows.set(rows);
        self.more.set(more);
        self.in_order.set(in_order);
        is_kept
    }

    /// Going back: the rows that were loaded and the place.
    pub fn return_to_place(self) {
        let Some(kept) = self.filter.with_value(|filter| self.kept.find(self.module, filter)) else { return };
        let end = self.rows.with_untracked(|rows| rows.last().map(Row::cursor));
        let mut is_old = self.is_sorted();
        if !is_old && self.more.get_untracked() {
            // What came with the page is newer.
            let known =
                self.rows.with_untracked(|rows| rows.iter().map(|row| row.id).collect::<HashSet<_>>());
            let is_further = |row: &Row| Some(row.cursor()) > end && !known.contains(&row.id);
            let further = kept.rows.into_iter().filter(is_further).collect::<Vec<_>>();
            is_old = !further.is_empty();
            if is_old {
                self.merge(further, Extent::Some);
                self.more.set(kept.more);
            }
        }
        self.measure();
        request_animation_frame(move || {
            if let Some(window) = web_sys::window() {
                window.scroll_to_with_x_and_y(0.0, kept.scroll);
            }
            if is_old {
                // What is near the place, not what is above it.
                self.measure();
                self.reload();
            }
        });
    }

    /// Keeps the list for going back; `scroll` in pixels.
    pub fn keep(self, scroll: f64) {
        let (Some(rows), Some(more)) = (self.rows.try_get_untracked(), self.more.try_get_untracked()) else {
            return;
        };
        let in_order = self.in_order.try_get_untracked().unwrap_or_default();
        if let Some(filter) = self.filter.try_get_value() {
            self.kept.keep(self.module, filter, Kept { rows, more, scroll, in_order });
        }
    }
}

impl Reload for ListState {
    type Row = Row;
    type Place = Cursor;

    fn reloads(self) -> StoredValue<Reloads<Cursor>> {
        self.reloads
    }

    fn is_alive(self) -> bool {
        self.rows.try_with_untracked(|_| ()).is_some()
    }

    fn shown(self) -> Range<usize> {
        let (borders, asking) = (self.borders.get_untracked(), self.asking.get_untracked());
        let window = self.window.get_untracked();
        self.rows.with_untracked(|rows| buckets::shown(&ranges(rows, &borders, asking), window))
    }

    fn places<const N: usize>(self, rows: [Option<usize>; N]) -> [Option<Cursor>; N] {
        let asking = self.asking.get_untracked();
        self.rows.with_untracked(|all| rows.map(|row| all.get(row?).map(|row| place_of(row, asking))))
    }

    fn loaded(self) -> usize {
        self.rows.with_untracked(Vec::len)
    }

    async fn rows_after(self, after: Option<Cursor>, limit: u32) -> Result<Rows<Row, Cursor>> {
        let filter = self.filter.get_value();
        let Page { rows, more, next } = modules::module_rows(self.module, filter, after, limit).await?;
        // The next page begins after what was told, not after a row that stays further down because it asks.
        let next = next.or_else(|| rows.last().map(Row::cursor));
        Ok(Rows { rows, more, next })
    }

    fn end(self) -> Option<Cursor> {
        let asking = self.asking.get_untracked();
        let last = || self.rows.with_untracked(|rows| rows.last().map(|row| place_of(row, asking)));
        self.next.get_value().or_else(last)
    }

    fn take_in(self, Rows { rows, more, next }: Rows<Row, Cursor>, extent: Extent<Cursor>) {
        self.more.set(more);
        self.next.set_value(next);
        self.merge(rows, extent);
    }

    fn more(self) -> RwSignal<bool> {
        self.more
    }

    fn loading(self) -> RwSignal<bool> {
        self.loading
    }

    fn here(self) -> Here {
        self.here
    }

    fn look(self) -> bool {
        let is_near_end = buckets::measure(self.node, self.window);
        if is_near_end && self.is_sorted() {
            self.further.update(|further| *further += 1);
        }
        is_near_end && !self.is_sorted()
    }

    fn reload(self) {
        self.refresh_counts();
        if self.is_sorted() {
            self.again.try_update(|again| *again += 1);
        } else {
            self.reload_near();
        }
    }
}

/// All rows as one range.
fn whole(rows: &[Row]) -> [Range<usize>; BUCKETS] {
    std::array::from_fn(|bucket| if bucket == 0 { 0..rows.len() } else { rows.len()..rows.len() })
}

/// Whether a search finds a row by its name or its contact's: each word begins one of theirs.
fn is_found(row: &Row, search: &str) -> bool {
    let words = text::words(&format!("{} {}", row.name, row.contact.as_deref().unwrap_or_default()));
    text::words(search).iter().all(|wanted| words.iter().any(|word| word.starts_with(wanted.as_str())))
}

/// Where a row stands: while it asks for its next to-do, where it was.
fn place_of(row: &Row, asking: Option<Asking>) -> Cursor {
    match asking {
        Some(asking) if asking.is(row) => asking.place,
        _ => row.cursor(),
    }
}

/// The rows of each bucket.
fn ranges(rows: &[Row], borders: &Borders, asking: Option<Asking>) -> [Range<usize>; BUCKETS] {
    buckets::ranges(rows, borders, |row| place_of(row, asking).key.due())
}

/// The to-do a write is about and its version, as the server last told them.
fn sent(row: &Row, id: TodoId) -> Result<(TodoId, i64)> {
    match &row.todo {
        Some(todo) if id == UNNAMED || todo.id == id => Ok((todo.id, todo.version)),
        _ => Err(Error::Refused(Refusal::TodoClosed)),
    }
}

/// Puts the focus on a row.
pub fn focus_row(id: DatasheetId) {
    browser::focus_soon(format!("[data-datasheet='{id}']"));
}
