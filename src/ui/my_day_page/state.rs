//! What my day shows and does. What is done on a to-do shows at once and goes to the server one write after the other; when all
//! are through, the to-dos of the datasheets they were about are asked for and put right.

use std::{
    collections::{BTreeSet, HashSet, VecDeque},
    future::Future,
    ops::Range,
    pin::Pin,
    sync::Arc,
};

use leptos::{ev, html, prelude::*, task::spawn_local, web_sys::VisibilityState};

use crate::{
    api::{Key, datasheets::undo, my_day, todos},
    domain::{
        bucket::{Borders, Bucket},
        datasheet::Done,
        due::Postpone,
        id::{DatasheetId, EventId, TodoId},
        my_day::{Counts, Item, Items, MyDay},
        todo::{NextTodo, Outcome},
    },
    error::Result,
    i18n::{format, list as texts},
    ui::{
        Here, browser, buckets,
        datasheet_list::{
            acts::Act,
            viewport::{self, BUCKETS, Window},
        },
        here, send,
    },
};

/// To-dos asked for at a time while scrolling.
const PAGE: u32 = 100;

/// To-dos asked for at a time when loaded ones are looked at again.
const AGAIN: u32 = 200;

/// A dialog about one to-do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Closes it with a note.
    Note(TodoId),
    /// Postpones it to a day of one's own.
    Date(TodoId),
}

type Call = Arc<dyn Fn(Key) -> Pin<Box<dyn Future<Output = Result<Done>>>> + Send + Sync>;

/// Something done, shown already.
#[derive(Clone)]
struct Write {
    /// The to-do it was done on; none for an undo.
    todo: Option<TodoId>,
    /// The datasheet that the to-do is on, where it is known.
    datasheet: Option<DatasheetId>,
    /// Sends it.
    call: Call,
    /// What is said when it is done.
    said: String,
}

impl Write {
    fn new<F: Future<Output = Result<Done>> + 'static>(
        item: Option<&Item>,
        said: String,
        call: impl Fn(Key) -> F + Send + Sync + 'static,
    ) -> Self {
        Self {
            todo: item.map(|item| item.todo.id),
            datasheet: item.map(|item| item.datasheet),
            call: Arc::new(move |key| Box::pin(call(key))),
            said,
        }
    }
}

/// The to-dos of a bucket that are in the page, and how many loaded ones lie above and below them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Slice {
    /// The to-dos.
    pub items: Vec<Item>,
    /// To-dos above.
    pub above: usize,
    /// To-dos below.
    pub below: usize,
}

/// Writes that wait for their turn, the first of them under way. They go on when the page is left.
type Queue = ArcStoredValue<VecDeque<Write>>;

/// My day. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Day {
    /// The to-dos loaded so far, by their place.
    pub items: RwSignal<Vec<Item>>,
    /// Counts of the headings.
    pub counts: RwSignal<Counts>,
    /// Whether more follow on the server.
    pub more: RwSignal<bool>,
    /// Whether they are on their way.
    pub loading: RwSignal<bool>,
    /// The borders of the buckets now; follows the clock.
    pub borders: Memo<Borders>,
    /// The list in the page.
    pub node: NodeRef<html::Section>,
    /// The menu of a to-do that is open.
    pub menu: RwSignal<Option<(TodoId, Act)>>,
    /// The dialog that is open.
    pub about: RwSignal<Option<About>>,
    /// Its surroundings.
    pub here: Here,
    window: RwSignal<Option<Window>>,
    /// The write that was sent, then those that wait.
    queue: StoredValue<Queue>,
    /// Datasheets whose to-dos are to be asked for when nothing is under way.
    stale: StoredValue<BTreeSet<DatasheetId>>,
}

impl Day {
    /// The page as it was just loaded.
    pub fn new(day: MyDay) -> Self {
        let here = here();
        Self {
            items: RwSignal::new(day.page.items),
            counts: RwSignal::new(day.counts),
            more: RwSignal::new(day.page.more),
            loading: RwSignal::new(false),
            borders: Memo::new(move |_| here.with_zone(|zone| Borders::at(here.now.get(), zone))),
            node: NodeRef::new(),
            menu: RwSignal::new(None),
            about: RwSignal::new(None),
            here,
            window: RwSignal::new(None),
            queue: StoredValue::new(ArcStoredValue::new(VecDeque::new())),
            stale: StoredValue::new(BTreeSet::new()),
        }
    }

    /// Follows the clock, the window, and what others did meanwhile when the page is seen again.
    pub fn follow(self) {
        let dues = move || {
            self.items.with_untracked(|items| items.iter().map(|item| Some(item.todo.moment)).collect())
        };
        buckets::follow_clock(self.borders, self.counts, self.more, dues, move || self.refresh_counts());
        Effect::new(move || {
            if self.node.get().is_none() {
                return;
            }
            self.measure();
            let on_scroll = window_event_listener(ev::scroll, move |_| self.measure());
            let on_resize = window_event_listener(ev::resize, move |_| self.measure());
            let on_online = window_event_listener(ev::online, move |_| self.reload());
            let on_visibility = window_event_listener_untyped("visibilitychange", move |_| {
                if document().visibility_state() == VisibilityState::Visible {
                    self.reload();
                }
            });
            on_cleanup(move || {
                for listener in [on_scroll, on_resize, on_online, on_visibility] {
                    listener.remove();
                }
            });
        });
    }

    fn measure(self) {
        if buckets::measure(self.node, self.window) {
            self.load_more();
        }
    }

    /// A to-do, if it is loaded.
    pub fn get(self, id: TodoId) -> Option<Item> {
        self.items.try_with_untracked(|items| items.iter().find(|item| item.todo.id == id).cloned()).flatten()
    }

    /// What is in the page of each bucket.
    pub fn slices(self) -> Vec<Slice> {
        let (borders, window) = (self.borders.get(), self.window.get());
        self.items.with(|items| {
            let ranges = ranges(items, &borders);
            let shown = viewport::visible(ranges.clone().map(|range| range.len()), window);
            let slice = |(range, shown): (Range<usize>, Range<usize>)| Slice {
                above: shown.start,
                below: range.len() - shown.end,
                items: items
                    .get(range.start + shown.start..range.start + shown.end)
                    .unwrap_or_default()
                    .to_vec(),
            };
            ranges.into_iter().zip(shown).map(slice).collect()
        })
    }

    /// The to-do so many places after (or before) another one; the first one when there is none to start from.
    pub fn neighbour(self, id: Option<TodoId>, step: isize) -> Option<TodoId> {
        self.items.with_untracked(|items| {
            let Some(at) = id.and_then(|id| items.iter().position(|item| item.todo.id == id)) else {
                return items.first().map(|item| item.todo.id);
            };
            items.get(at.saturating_add_signed(step)).map(|item| item.todo.id)
        })
    }

    fn is_alive(self) -> bool {
        self.items.try_with_untracked(|_| ()).is_some()
    }

    /// Puts a to-do where it belongs now, or takes it out, and keeps the counts in step.
    fn put(self, id: TodoId, item: Option<Item>) {
        let borders = self.borders.get_untracked();
        let bucket = |item: &Item| borders.bucket(Some(item.todo.moment)) as usize;
        let (before, more) = (self.get(id), self.more.get_untracked());
        if before == item {
            return;
        }
        let (left, entered) = (before.as_ref().map(bucket), item.as_ref().map(bucket));
        self.counts.update(|counts| buckets::count_move(counts, left, entered));
        self.items.update(|items| {
            items.retain(|other| other.todo.id != id);
            let Some(item) = item else { return };
            let at = items.partition_point(|other| other.place() < item.place());
            // Past the last one that was loaded, its place comes with the next page.
            if at < items.len() || !more {
                items.insert(at, item);
            }
        });
    }

    /// Closes a to-do; the focus goes on to the one after it.
    pub fn close(self, id: TodoId, outcome: Outcome, note: Option<String>) {
        let Some(item) = self.get(id) else { return };
        let version = item.todo.version;
        let said = texts::closed(self.here.locale, &item.todo.text, &item.name);
        let next = self.next_of(id);
        self.put(id, None);
        self.write(Write::new(Some(&item), said, move |key| {
            todos::todo_close(key, id, version, outcome, note.clone())
        }));
        focus_row(next);
    }

    /// Postpones a to-do; the focus goes on to the one after it.
    pub fn postpone(self, id: TodoId, to: Postpone) {
        let Some(item) = self.get(id) else { return };
        let (here, now) = (self.here, self.here.now.get_untracked());
        let (due, moment) = here.with_zone(|zone| {
            let due = to.apply(item.todo.due, now, zone);
            (due, due.moment(zone))
        });
        let exact = here.with_zone(|zone| format::due_exact(due, zone, here.locale));
        let said = texts::postponed(here.locale, &item.todo.text, &exact);
        let (version, next) = (item.todo.version, self.next_of(id));
        let todo = NextTodo {
            due,
            moment,
            postponed: item.todo.postponed + 1,
            // As the server will count it: the write after this one says that it saw it.
            version: version + 1,
            ..item.todo.clone()
        };
        self.put(id, Some(Item { todo, ..item.clone() }));
        self.write(Write::new(Some(&item), said, move |key| todos::todo_postpone(key, id, version, to)));
        focus_row(next.or(Some(id)));
    }

    /// The to-do after one, or else the one before it.
    fn next_of(self, id: TodoId) -> Option<TodoId> {
        let next = self.neighbour(Some(id), 1).or_else(|| self.neighbour(Some(id), -1));
        next.filter(|next| *next != id)
    }

    fn write(self, write: Write) {
        if let Some(queue) = self.queue.try_get_value() {
            self.write_on(queue, write);
        }
    }

    /// The same, also when the page was left since.
    fn write_on(self, queue: Queue, write: Write) {
        let is_first = queue.try_update_value(|queue| {
            queue.push_back(write);
            queue.len() == 1
        });
        if is_first == Some(true) {
            self.send_next(queue);
        }
    }

    fn send_next(self, queue: Queue) {
        let Some(write) = queue.try_with_value(|queue| queue.front().cloned()).flatten() else {
            self.look_again();
            return;
        };
        let call = Arc::clone(&write.call);
        send(move |key| call(key), move |answer| self.answered(queue, &write, answer));
    }

    fn answered(self, queue: Queue, write: &Write, answer: Result<Done>) {
        let is_done = answer.is_ok();
        let mut stale = write.datasheet;
        match answer {
            Ok(done) => {
                let line = queue.clone();
                let undo = done.undo.map(|event| Callback::new(move |()| self.undo(line.clone(), event)));
                self.here.toasts.done(write.said.clone(), undo);
                stale = Some(done.datasheet);
            }
            Err(error) => self.here.toasts.error(&error),
        }
        queue.try_update_value(|queue| {
            queue.pop_front();
            // What was done on it after that was done on what is not so.
            if !is_done {
                queue.retain(|other| other.todo.is_none() || other.todo != write.todo);
            }
        });
        self.stale.try_update_value(|all| all.extend(stale));
        self.send_next(queue);
    }

    fn undo(self, queue: Queue, event: EventId) {
        let said = texts::undone(self.here.locale).to_owned();
        self.write_on(queue, Write::new(None, said, move |key| undo(key, event)));
    }

    /// Asks how the to-dos of the datasheets are that something was done on. While writes are under way the view is ahead.
    fn look_again(self) {
        let Some(datasheets) = self.stale.try_update_value(std::mem::take) else { return };
        for datasheet in datasheets {
            spawn_local(async move {
                let answer = my_day::my_day_datasheet(datasheet).await;
                if !self.is_alive() {
                    return;
                }
                if !self.is_idle() {
                    self.stale.update_value(|all| {
                        all.insert(datasheet);
                    });
                    return;
                }
                // What cannot be asked stays as it is shown; the next write asks again.
                let Ok(items) = answer else { return };
                let known: HashSet<TodoId> = items.iter().map(|item| item.todo.id).collect();
                let gone: Vec<TodoId> = self.items.with_untracked(|all| {
                    let is_gone =
                        |item: &&Item| item.datasheet == datasheet && !known.contains(&item.todo.id);
                    all.iter().filter(is_gone).map(|item| item.todo.id).collect()
                });
                for id in gone {
                    self.put(id, None);
                }
                for item in items {
                    self.put(item.todo.id, Some(item));
                }
                self.refresh_counts();
            });
        }
    }

    fn is_idle(self) -> bool {
        let queue = self.queue.try_get_value();
        queue.and_then(|queue| queue.try_with_value(VecDeque::is_empty)) == Some(true)
    }

    fn refresh_counts(self) {
        spawn_local(async move {
            // Counts that cannot be had stay as they are; the next write asks again.
            let Ok(counts) = my_day::my_day_counts().await else { return };
            if self.is_alive() && self.is_idle() {
                self.counts.set(counts);
            }
        });
    }

    /// Loads the to-dos after the last one.
    pub fn load_more(self) {
        if self.loading.get_untracked() || !self.more.get_untracked() {
            return;
        }
        self.loading.set(true);
        let after = self.items.with_untracked(|items| items.last().map(Item::place));
        spawn_local(async move {
            let answer = my_day::my_day_items(after, PAGE).await;
            if !self.is_alive() {
                return;
            }
            self.loading.set(false);
            match answer {
                Ok(Items { items, more }) => {
                    self.items.update(|all| {
                        let new: HashSet<TodoId> = items.iter().map(|item| item.todo.id).collect();
                        all.retain(|item| !new.contains(&item.todo.id));
                        all.extend(items);
                        all.sort_by_key(Item::place);
                    });
                    self.more.set(more);
                    request_animation_frame(move || self.measure());
                }
                Err(error) => self.here.toasts.error(&error),
            }
        });
    }

    /// Loads anew what is loaded, page by page: what others did is then seen, and nothing jumps.
    fn reload(self) {
        self.refresh_counts();
        let wanted = self.items.with_untracked(Vec::len);
        spawn_local(async move {
            let mut fresh: Vec<Item> = vec![];
            let more = loop {
                match my_day::my_day_items(fresh.last().map(Item::place), AGAIN).await {
                    Ok(page) => {
                        fresh.extend(page.items);
                        if !page.more || fresh.len() >= wanted {
                            break page.more;
                        }
                    }
                    // What was loaded stays; the next time asks again.
                    Err(_) => return,
                }
            };
            if self.is_alive() && self.is_idle() {
                self.more.set(more);
                self.items.set(fresh);
            }
        });
    }
}

/// The to-dos of each bucket; they are in order, and buckets are intervals of it.
fn ranges(items: &[Item], borders: &Borders) -> [Range<usize>; BUCKETS] {
    let mut start = 0;
    Bucket::ALL.map(|bucket| {
        let end =
            items.partition_point(|item| borders.bucket(Some(item.todo.moment)) as usize <= bucket as usize);
        let range = start..end.max(start);
        start = range.end;
        range
    })
}

fn focus_row(id: Option<TodoId>) {
    if let Some(id) = id {
        browser::focus_soon(format!("[data-todo='{id}']"));
    }
}
