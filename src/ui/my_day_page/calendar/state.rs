//! What the calendar shows and does.

use std::collections::HashMap;

use chrono::NaiveDate;
use leptos::{ev, html, prelude::*, task::spawn_local};

use super::{
    super::writes::{Writes, postponed},
    CHOSEN,
    carry::{self, Drag},
    focus,
};
use crate::{
    api::my_day::my_day_calendar,
    domain::{
        calendar::{Asked, CalendarDay, DAY_MAX, sort},
        due::Postpone,
        id::TodoId,
        my_day::Item,
    },
    i18n::{format, my_day as texts},
    ui::{
        Here, browser, effect, here,
        live::{self, Subject},
    },
};

/// The calendar. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Calendar {
    /// What is shown.
    pub asked: Memo<Asked>,
    /// The viewer's today; follows the clock.
    pub today: Memo<NaiveDate>,
    /// The day whose to-dos are listed as well.
    pub listed: Memo<Option<NaiveDate>>,
    /// The calendar in the page.
    pub node: NodeRef<html::Section>,
    /// A to-do under a pointer.
    pub drag: RwSignal<Option<Drag>>,
    /// What a screen reader is told of a move by keyboard.
    pub said: RwSignal<String>,
    /// Its surroundings.
    pub here: Here,
    items: RwSignal<Vec<Item>>,
    counts: RwSignal<HashMap<NaiveDate, u32>>,
    by_day: Memo<HashMap<NaiveDate, Vec<Item>>>,
    /// A to-do that Alt and arrows move, and the day it is on: written once Alt is let go.
    carried: RwSignal<Option<(TodoId, NaiveDate)>>,
    /// Whether the next click only ends a drag.
    dragged: StoredValue<bool>,
    /// Whether the focus goes to the list of the day that was just chosen.
    goes_to_list: StoredValue<bool>,
    writes: Writes,
    /// Counts what was asked for: an older answer does not replace a newer one.
    asking: StoredValue<u32>,
}

impl Calendar {
    /// A calendar without its to-dos.
    pub fn new(asked: Memo<Asked>, today: Memo<NaiveDate>) -> Self {
        let here = here();
        let items = RwSignal::new(Vec::<Item>::new());
        let carried = RwSignal::new(None);
        let by_day = Memo::new(move |_| {
            let carried = carried.get();
            let mut days: HashMap<NaiveDate, Vec<Item>> = HashMap::new();
            for item in items.get() {
                let day = match carried {
                    Some((id, day)) if id == item.todo.id => day,
                    _ => here.with_zone(|zone| item.todo.due.day(zone)),
                };
                days.entry(day).or_default().push(item);
            }
            for items in days.values_mut() {
                sort(items);
            }
            days
        });
        Self {
            asked,
            today,
            listed: Memo::new(move |_| asked.with(|asked| asked.listed(today.get()))),
            node: NodeRef::new(),
            drag: RwSignal::new(None),
            said: RwSignal::new(String::new()),
            here,
            items,
            counts: RwSignal::new(HashMap::new()),
            by_day,
            carried,
            dragged: StoredValue::new(false),
            goes_to_list: StoredValue::new(false),
            writes: Writes::new(here),
            asking: StoredValue::new(0),
        }
    }

    /// Takes what the server says.
    pub fn take(self, days: Vec<CalendarDay>) {
        self.counts.set(days.iter().map(|day| (day.day.0, day.count)).collect());
        self.items.set(days.into_iter().flat_map(|day| day.items).collect());
        if self.goes_to_list.try_update_value(std::mem::take) == Some(true) {
            browser::focus_soon(format!("#{CHOSEN}"));
        }
    }

    /// Follows the keys, the chosen day, and what others do.
    pub fn follow(self) {
        effect(move || {
            let on_key = window_event_listener(ev::keydown, move |event| carry::on_key(self, &event));
            let on_key_up = window_event_listener(ev::keyup, move |event| {
                if event.key() == "Alt" {
                    self.put_down();
                }
            });
            let on_blur = window_event_listener(ev::blur, move |_| self.put_down());
            on_cleanup(move || {
                on_key.remove();
                on_key_up.remove();
                on_blur.remove();
            });
        });
        live::listen(self.here, Subject::MyDay, move |_| self.reload());
        let has_waiting = move || self.writes.has_waiting() || self.carried.with_untracked(Option::is_some);
        live::keep_up(self.here, move || self.reload(), has_waiting);
        // Whoever chose a day goes on in its list, once it is there.
        Effect::new(move |before: Option<Asked>| {
            let asked = self.asked.get();
            self.goes_to_list.set_value(asked.day.is_some() && before.is_some_and(|before| before != asked));
            asked
        });
    }

    /// A to-do, if it is loaded.
    pub fn get(self, id: TodoId) -> Option<Item> {
        self.items.with_untracked(|items| items.iter().find(|item| item.todo.id == id).cloned())
    }

    /// The to-dos of a day that are loaded, in order.
    pub fn all(self, day: NaiveDate) -> Vec<Item> {
        self.by_day.with(|days| days.get(&day).cloned()).unwrap_or_default()
    }

    /// The to-dos that a day shows: the first ones, and the one that is carried there.
    pub fn shown(self, day: NaiveDate) -> Vec<Item> {
        let limit = self.asked.with(|asked| asked.view.shown());
        let carried = self.carried.get().map(|(id, _)| id);
        let places = self.all(day).into_iter().enumerate();
        places
            .filter(|(at, item)| *at < limit || Some(item.todo.id) == carried)
            .map(|(_, item)| item)
            .collect()
    }

    /// How many to-dos a day has; [`DAY_MAX`] means «that many or more».
    pub fn count(self, day: NaiveDate) -> u32 {
        self.counts.with(|counts| counts.get(&day).copied().unwrap_or(0))
    }

    /// The to-do that a pointer drags.
    pub fn dragged(self) -> Option<Drag> {
        self.drag.get().filter(|drag| drag.is_active)
    }

    /// The day on which what is dragged would be dropped.
    pub fn over(self) -> Option<NaiveDate> {
        self.dragged()?.over
    }

    /// Whether a to-do is just being moved.
    pub fn is_moving(self, id: TodoId) -> bool {
        self.dragged().is_some_and(|drag| drag.todo == id)
            || self.carried.get().is_some_and(|(carried, _)| carried == id)
    }

    /// A pointer went down, or a drag has begun: whether the click to come only ends it.
    pub fn expect_click(self, ends_drag: bool) {
        self.dragged.set_value(ends_drag);
    }

    /// Whether a click only ends a drag; the next one does not.
    pub fn was_dragged(self) -> bool {
        self.dragged.try_update_value(std::mem::take) == Some(true)
    }

    /// Moves a to-do in view by keyboard: it is written once it is put down. `step` gives the next day.
    pub fn carry(self, id: TodoId, step: i64) {
        let Some(item) = self.get(id) else { return };
        let from = match self.carried.get_untracked() {
            Some((carried, day)) if carried == id => day,
            _ => self.here.with_zone(|zone| item.todo.due.day(zone)),
        };
        let t = self.here.locale;
        let to = from.checked_add_signed(chrono::TimeDelta::days(step));
        let Some(to) = to.filter(|to| self.asked.with_untracked(|asked| asked.contains(*to))) else {
            self.said.set(texts::no_further(t).to_owned());
            return;
        };
        if !self.takes(to) {
            self.said.set(texts::not_back(t).to_owned());
            return;
        }
        self.carried.set(Some((id, to)));
        self.said.set(texts::moved(t, &item.todo.text, &format::day_long(to, t)));
        focus(self, &item, to);
    }

    /// The to-do that the keyboard moves.
    pub fn carried(self) -> Option<TodoId> {
        self.carried.get_untracked().map(|(id, _)| id)
    }

    /// Leaves what the keyboard moved where it was.
    pub fn take_back(self) {
        if let Some((id, _)) = self.carried.get_untracked() {
            self.carried.set(None);
            if let Some(item) = self.get(id) {
                focus(self, &item, self.here.with_zone(|zone| item.todo.due.day(zone)));
            }
        }
    }

    /// Writes where the keyboard moved a to-do.
    fn put_down(self) {
        let Some((id, day)) = self.carried.try_get_untracked().flatten() else { return };
        self.carried.set(None);
        self.postpone(id, day);
        if let Some(item) = self.get(id) {
            focus(self, &item, day);
        }
    }

    /// Whether a to-do may be moved to a day: nothing is put off into the past.
    pub fn takes(self, day: NaiveDate) -> bool {
        day >= self.today.get_untracked()
    }

    /// Postpones a to-do to another day: with its hour there, or none.
    pub fn postpone(self, id: TodoId, to: NaiveDate) {
        let Some(item) = self.get(id) else { return };
        let (from, due) =
            self.here.with_zone(|zone| (item.todo.due.day(zone), item.todo.due.on_day(to, zone)));
        if from == to {
            return;
        }
        let (moved, write) = postponed(self.here, &item, Postpone::To(due));
        self.items.update(|items| {
            for other in items.iter_mut().filter(|other| other.todo.id == id) {
                other.clone_from(&moved);
            }
        });
        self.counts.update(|counts| {
            let is_counted = |count: u32| (count as usize) < DAY_MAX;
            if let Some(count) = counts.get_mut(&from).filter(|count| is_counted(**count)) {
                *count = count.saturating_sub(1);
            }
            if let Some(count) = counts.get_mut(&to).filter(|count| is_counted(**count)) {
                *count += 1;
            }
        });
        self.writes.write(write, move || self.reload());
    }

    /// Asks anew for what is shown; while writes are under way the view is ahead, and they ask when they are through.
    pub fn reload(self) {
        let Some(asked) = self.asked.try_get_untracked().filter(|_| self.writes.is_idle()) else { return };
        self.writes.take_stale();
        let turn = self.asking.try_update_value(|asking| {
            *asking += 1;
            *asking
        });
        spawn_local(async move {
            // What cannot be asked stays as it is shown; the next time asks again.
            let Ok(days) = my_day_calendar(asked).await else { return };
            let is_last = self.asking.try_get_value() == turn;
            if is_last && self.writes.is_idle() && self.asked.try_get_untracked() == Some(asked) {
                self.take(days);
            }
        });
    }
}
