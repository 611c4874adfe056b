//! What is done on to-dos, list or calendar: shown already, it goes to the server one write after the other. When all are
//! through, the view asks how the datasheets are that they were about.

use std::{
    collections::{BTreeSet, VecDeque},
    future::Future,
    pin::Pin,
    sync::Arc,
};

use leptos::prelude::*;

use crate::{
    api::{Key, datasheets::undo, todos},
    domain::{
        datasheet::Done,
        due::Postpone,
        id::{DatasheetId, EventId, TodoId},
        my_day::Item,
        todo::NextTodo,
    },
    error::Result,
    i18n::{format, list as texts},
    ui::{Here, send},
};

type Call = Arc<dyn Fn(Key) -> Pin<Box<dyn Future<Output = Result<Done>>>> + Send + Sync>;

/// Something done, shown already.
#[derive(Clone)]
pub struct Write {
    /// The to-do it was done on; none for an undo.
    todo: Option<TodoId>,
    /// The datasheet that the to-do is on, where it is known.
    datasheet: Option<DatasheetId>,
    /// Sends it.
    call: Call,
    /// What is said when it is done.
    said: String,
    /// Told when it was not.
    failed: Option<Arc<dyn Fn() + Send + Sync>>,
}

impl Write {
    /// Something done on a to-do, if it is about one.
    pub fn new<F: Future<Output = Result<Done>> + 'static>(
        item: Option<&Item>,
        said: String,
        call: impl Fn(Key) -> F + Send + Sync + 'static,
    ) -> Self {
        Self {
            todo: item.map(|item| item.todo.id),
            datasheet: item.map(|item| item.datasheet),
            call: Arc::new(move |key| Box::pin(call(key))),
            said,
            failed: None,
        }
    }

    /// What happens, besides the message, when it is not taken, or when what it was done after is not.
    #[must_use]
    pub fn or_else(self, failed: impl Fn() + Send + Sync + 'static) -> Self {
        Self { failed: Some(Arc::new(failed)), ..self }
    }
}

/// A to-do as it is once postponed, and the write that does it.
pub fn postponed(here: Here, item: &Item, to: Postpone) -> (Item, Write) {
    let now = here.now.get_untracked();
    let (due, moment) = here.with_zone(|zone| {
        let due = to.apply(item.todo.due, now, zone);
        (due, due.moment(zone))
    });
    let exact = here.with_zone(|zone| format::due_exact(due, zone, here.locale));
    let said = texts::postponed(here.locale, &item.todo.text, &exact);
    let (id, version) = (item.todo.id, item.todo.version);
    let todo = NextTodo {
        due,
        moment,
        postponed: item.todo.postponed + 1,
        // As the server will count it: the write after this one says that it saw it.
        version: version + 1,
        ..item.todo.clone()
    };
    let write = Write::new(Some(item), said, move |key| todos::todo_postpone(key, id, version, to));
    (Item { todo, ..item.clone() }, write)
}

/// What is done when all writes are through. No `Callback`: whoever begins a write may be a menu that is gone by then.
type Then = Arc<dyn Fn() + Send + Sync>;

/// Writes that wait for their turn, the first of them under way. They go on when the page is left.
type Queue = ArcStoredValue<VecDeque<Write>>;

/// The writes under way. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Writes {
    here: Here,
    queue: StoredValue<Queue>,
    /// Datasheets whose to-dos are to be asked for when nothing is under way.
    stale: StoredValue<BTreeSet<DatasheetId>>,
}

impl Writes {
    /// None yet.
    pub fn new(here: Here) -> Self {
        Self {
            here,
            queue: StoredValue::new(ArcStoredValue::new(VecDeque::new())),
            stale: StoredValue::new(BTreeSet::new()),
        }
    }

    /// How many are under way or wait; `None` once the page was left.
    fn under_way(self) -> Option<usize> {
        self.queue.try_get_value()?.try_with_value(VecDeque::len)
    }

    /// Whether nothing is under way. While something is, the view is ahead of the server.
    pub fn is_idle(self) -> bool {
        self.under_way() == Some(0)
    }

    /// Whether a write waits for the answer to one before it: it is not on its way yet.
    pub fn has_waiting(self) -> bool {
        self.under_way() > Some(1)
    }

    /// The to-dos of a datasheet are to be asked for once nothing is under way.
    pub fn is_stale(self, datasheet: DatasheetId) {
        self.stale.try_update_value(|all| all.insert(datasheet));
    }

    /// The datasheets to ask for; they are taken as asked.
    pub fn take_stale(self) -> BTreeSet<DatasheetId> {
        self.stale.try_update_value(std::mem::take).unwrap_or_default()
    }

    /// Sends a write when those before it are through; `then` runs when all are.
    pub fn write(self, write: Write, then: impl Fn() + Send + Sync + 'static) {
        if let Some(queue) = self.queue.try_get_value() {
            self.write_on(queue, write, Arc::new(then));
        }
    }

    /// The same, also when the page was left since.
    fn write_on(self, queue: Queue, write: Write, then: Then) {
        let is_first = queue.try_update_value(|queue| {
            queue.push_back(write);
            queue.len() == 1
        });
        if is_first == Some(true) {
            self.send_next(queue, then);
        }
    }

    fn send_next(self, queue: Queue, then: Then) {
        let Some(write) = queue.try_with_value(|queue| queue.front().cloned()).flatten() else {
            then();
            return;
        };
        let call = Arc::clone(&write.call);
        send(move |key| call(key), move |answer| self.answered(queue, &write, answer, then));
    }

    fn answered(self, queue: Queue, write: &Write, answer: Result<Done>, then: Then) {
        let is_done = answer.is_ok();
        let mut stale = write.datasheet;
        match answer {
            Ok(done) => {
                let (line, then) = (queue.clone(), then.clone());
                let undo = done
                    .undo
                    .map(|event| Callback::new(move |()| self.undo(line.clone(), event, then.clone())));
                self.here.toasts.done(write.said.clone(), undo);
                stale = Some(done.datasheet);
            }
            Err(error) => self.here.toasts.error(&error),
        }
        let lost = queue.try_update_value(|queue| {
            let mut lost: Vec<Write> = queue.pop_front().into_iter().filter(|_| !is_done).collect();
            // What was done on it after that was done on what is not so.
            if !is_done {
                let (after, others): (VecDeque<_>, VecDeque<_>) =
                    queue.drain(..).partition(|other| other.todo.is_some() && other.todo == write.todo);
                *queue = others;
                lost.extend(after);
            }
            lost
        });
        for failed in lost.into_iter().flatten().filter_map(|write| write.failed) {
            failed();
        }
        if let Some(datasheet) = stale {
            self.is_stale(datasheet);
        }
        self.send_next(queue, then);
    }

    fn undo(self, queue: Queue, event: EventId, then: Then) {
        let said = texts::undone(self.here.locale).to_owned();
        self.write_on(queue, Write::new(None, said, move |key| undo(key, event)), then);
    }
}
