//! What my day shows and does. What is done on a to-do shows at once; when all is [written](super::writes), the to-dos of the
//! datasheets it was about are asked for and put right.

use std::{collections::HashSet, ops::Range};

use leptos::{ev, html, prelude::*, task::spawn_local};

use crate::{
    api::{my_day, todos},
    domain::{
        bucket::Borders,
        due::Postpone,
        id::{DatasheetId, TodoId},
        my_day::{Counts, Item, Items, MyDay, Place},
        todo::Outcome,
    },
    error::{Error, Refusal, Result},
    i18n::list as texts,
    ui::{
        Here, browser,
        buckets::{self, Slice},
        datasheet_list::{
            acts::Act,
            viewport::{BUCKETS, Window},
        },
        effect, here,
        live::{self, News, Subject},
        reload::{self, Extent, Reload, Reloads, Rows},
    },
};

use super::writes::{Write, Writes, postponed};

/// From so many changed datasheets on all is loaded anew instead of one by one.
const MANY: usize = 8;

/// A dialog about one to-do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Closes it with a note.
    Note(TodoId),
    /// Postpones it to a day of one's own.
    Date(TodoId),
}

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
    writes: Writes,
    reloads: StoredValue<Reloads<Place>>,
    /// Whether what is loaded is to be looked at again when nothing is under way.
    is_stale: StoredValue<bool>,
    /// Notes that were typed and not taken.
    notes: StoredValue<Vec<(TodoId, String)>>,
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
            writes: Writes::new(here),
            reloads: StoredValue::new(Reloads::default()),
            is_stale: StoredValue::new(false),
            notes: StoredValue::new(vec![]),
        }
    }

    /// Follows the clock, the window, and what others do.
    pub fn follow(self) {
        let dues = move || {
            self.items.with_untracked(|items| items.iter().map(|item| Some(item.todo.moment)).collect())
        };
        buckets::follow_clock(self.borders, self.counts, self.more, dues, move || self.refresh_counts());
        effect(move || {
            if self.node.get().is_none() {
                return;
            }
            self.measure();
            let on_scroll = window_event_listener(ev::scroll, move |_| self.measure());
            let on_resize = window_event_listener(ev::resize, move |_| self.measure());
            on_cleanup(move || {
                on_scroll.remove();
                on_resize.remove();
            });
        });
        live::listen(self.here, Subject::MyDay, move |news| match news {
            News::Of(datasheets) if datasheets.len() < MANY => {
                for datasheet in datasheets {
                    self.look_at(datasheet);
                }
            }
            News::Of(_) | News::Anything => self.reload(),
        });
        live::keep_up(self.here, move || self.reload(), move || self.writes.has_waiting());
    }

    /// A to-do, if it is loaded.
    pub fn get(self, id: TodoId) -> Option<Item> {
        self.items.try_with_untracked(|items| items.iter().find(|item| item.todo.id == id).cloned()).flatten()
    }

    /// What is in the page of each bucket.
    pub fn slices(self) -> Vec<Slice<Item>> {
        let (borders, window) = (self.borders.get(), self.window.get());
        self.items.with(|items| buckets::slices(items, ranges(items, &borders), window))
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

    /// Closes a to-do; the focus goes on to the one after it. A note that is not taken is offered again.
    pub fn close(self, id: TodoId, outcome: Outcome, note: Option<String>) {
        let Some(item) = self.get(id) else {
            // Closed by someone else while the note was typed.
            if let Some(text) = note {
                self.keep_note(id, text);
                self.here.toasts.error(&Error::Refused(Refusal::TodoClosed));
                // No row is left to ask for it at. The dialog it was typed in closes first.
                request_animation_frame(move || {
                    if self.is_alive() && self.about.get_untracked().is_none() {
                        self.about.set(Some(About::Note(id)));
                    }
                });
            }
            return;
        };
        let version = item.todo.version;
        let said = texts::closed(self.here.locale, &item.todo.text, &item.name);
        let next = self.next_of(id);
        self.put(id, None);
        let sent = note.clone();
        let write = Write::new(Some(&item), said, move |key| {
            todos::todo_close(key, id, version, outcome, sent.clone())
        });
        self.write(write.or_else(move || {
            if !self.is_alive() {
                return;
            }
            self.put(id, Some(item.clone()));
            if let Some(text) = &note {
                self.keep_note(id, text.clone());
                if self.about.get_untracked().is_none() {
                    self.about.set(Some(About::Note(id)));
                }
            }
        }));
        focus_row(next);
    }

    /// The note of a to-do that was typed and not taken, once.
    pub fn take_note(self, id: TodoId) -> String {
        let take = |notes: &mut Vec<(TodoId, String)>| {
            let at = notes.iter().position(|(of, _)| *of == id)?;
            Some(notes.swap_remove(at).1)
        };
        self.notes.try_update_value(take).flatten().unwrap_or_default()
    }

    fn keep_note(self, id: TodoId, text: String) {
        self.notes.try_update_value(|notes| {
            notes.retain(|(of, _)| *of != id);
            notes.push((id, text));
        });
    }

    /// Postpones a to-do; the focus goes on to the one after it.
    pub fn postpone(self, id: TodoId, to: Postpone) {
        let Some(item) = self.get(id) else { return };
        let next = self.next_of(id);
        let (item, write) = postponed(self.here, &item, to);
        self.put(id, Some(item));
        self.write(write);
        focus_row(next.or(Some(id)));
    }

    /// The to-do after one, or else the one before it.
    fn next_of(self, id: TodoId) -> Option<TodoId> {
        let next = self.neighbour(Some(id), 1).or_else(|| self.neighbour(Some(id), -1));
        next.filter(|next| *next != id)
    }

    fn write(self, write: Write) {
        self.writes.write(write, move || self.look_again());
    }

    /// Asks how the to-dos of the datasheets are that something was done on. While writes are under way the view is ahead.
    fn look_again(self) {
        for datasheet in self.writes.take_stale() {
            self.look_at(datasheet);
        }
        if self.is_stale.try_update_value(std::mem::take) == Some(true) {
            self.reload();
        }
    }

    fn look_at(self, datasheet: DatasheetId) {
        spawn_local(async move {
            let answer = my_day::my_day_datasheet(datasheet).await;
            if !self.is_alive() {
                return;
            }
            if !self.is_idle() {
                self.writes.is_stale(datasheet);
                return;
            }
            // What cannot be asked stays as it is shown; the next write asks again.
            let Ok(items) = answer else { return };
            let known: HashSet<TodoId> = items.iter().map(|item| item.todo.id).collect();
            let gone: Vec<TodoId> = self.items.with_untracked(|all| {
                let is_gone = |item: &&Item| item.datasheet == datasheet && !known.contains(&item.todo.id);
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

    fn is_idle(self) -> bool {
        self.writes.is_idle()
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
}

impl Reload for Day {
    type Row = Item;
    type Place = Place;

    fn reloads(self) -> StoredValue<Reloads<Place>> {
        self.reloads
    }

    fn is_alive(self) -> bool {
        self.items.try_with_untracked(|_| ()).is_some()
    }

    fn shown(self) -> Range<usize> {
        let (borders, window) = (self.borders.get_untracked(), self.window.get_untracked());
        self.items.with_untracked(|items| buckets::shown(&ranges(items, &borders), window))
    }

    fn places<const N: usize>(self, rows: [Option<usize>; N]) -> [Option<Place>; N] {
        self.items.with_untracked(|items| rows.map(|row| items.get(row?).map(Item::place)))
    }

    fn loaded(self) -> usize {
        self.items.with_untracked(Vec::len)
    }

    async fn rows_after(self, after: Option<Place>, limit: u32) -> Result<Rows<Item, Place>> {
        let Items { items, more } = my_day::my_day_items(after, limit).await?;
        let next = items.last().map(Item::place);
        Ok(Rows { rows: items, more, next })
    }

    fn end(self) -> Option<Place> {
        self.items.with_untracked(|items| items.last().map(Item::place))
    }

    fn take_in(self, Rows { rows, more, .. }: Rows<Item, Place>, extent: Extent<Place>) {
        if matches!(extent, Extent::AllAfter(_)) && !self.is_idle() {
            // While writes are under way the view is ahead of the server: it is asked again after them.
            self.is_stale.set_value(true);
            return;
        }
        self.more.set(more);
        self.items.update(|items| {
            reload::merge(items, rows, extent, |item| item.todo.id, Item::place, |_| false);
        });
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
        buckets::measure(self.node, self.window)
    }

    fn reload(self) {
        self.refresh_counts();
        self.reload_near();
    }
}

/// The to-dos of each bucket.
fn ranges(items: &[Item], borders: &Borders) -> [Range<usize>; BUCKETS] {
    buckets::ranges(items, borders, |item| Some(item.todo.moment))
}

fn focus_row(id: Option<TodoId>) {
    if let Some(id) = id {
        browser::focus_soon(format!("[data-todo='{id}']"));
    }
}
