//! How the loaded rows of a list are looked at again: those near the window, one question at a time. Rows above stay as they were
//! known until the window comes near them, and those below come with the next pages: the cost does not grow with what is loaded.

use std::{collections::HashSet, future::Future, hash::Hash, ops::Range};

use leptos::{prelude::*, task::spawn_local};

use super::Here;
use crate::error::Result;

/// Rows asked for at a time while scrolling.
pub const PAGE: u32 = 100;

/// Rows asked for at a time when loaded ones are looked at again.
pub const AGAIN: u32 = 200;

/// Rows above and below those in the page that are looked at again with them.
const AROUND: usize = 60;

/// So many times at most rows are asked for when loaded ones are looked at again.
const TIMES: u32 = 3;

/// One question at a time: what is wanted meanwhile is noted, and asked for after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turns<W> {
    is_under_way: bool,
    wanted: W,
}

impl<W: Default> Turns<W> {
    /// Whether it can be asked for now, and so is; otherwise `note` is told what is wanted so far.
    pub fn begin(&mut self, note: impl FnOnce(&mut W)) -> bool {
        if self.is_under_way {
            note(&mut self.wanted);
            return false;
        }
        self.is_under_way = true;
        true
    }

    /// The answer is there; what was wanted meanwhile.
    pub fn end(&mut self) -> W {
        self.is_under_way = false;
        std::mem::take(&mut self.wanted)
    }
}

/// How often loaded rows were looked at again, and how far.
#[derive(Clone, Copy, Debug)]
pub struct Reloads<P> {
    turns: Turns<bool>,
    /// How often it was done.
    pub done: u32,
    /// Up to this place rows are as they were before.
    old_up_to: Option<P>,
}

impl<P> Reloads<P> {
    /// Whether they are looked at again just now.
    pub const fn is_under_way(&self) -> bool {
        self.turns.is_under_way
    }
}

impl<P> Default for Reloads<P> {
    fn default() -> Self {
        Self { turns: Turns::default(), done: 0, old_up_to: None }
    }
}

/// Rows from the server, in order.
#[derive(Debug)]
pub struct Rows<R, P> {
    /// The rows.
    pub rows: Vec<R>,
    /// Whether more follow.
    pub more: bool,
    /// Where.
    pub next: Option<P>,
}

/// What rows from the server say of those that are loaded.
#[derive(Clone, Copy, Debug)]
pub enum Extent<P> {
    /// Nothing.
    Some,
    /// They are all there are after this place, or from the start: what else is known there is gone, or comes with the next page.
    AllAfter(Option<P>),
}

/// Takes fresh rows in among those that are loaded, in place of what they say is gone. Those that are ours stay as they are.
pub fn merge<R, P: Ord, I: Eq + Hash>(
    rows: &mut Vec<R>,
    mut fresh: Vec<R>,
    extent: Extent<P>,
    id: impl Fn(&R) -> I,
    place: impl Fn(&R) -> P,
    is_ours: impl Fn(&I) -> bool,
) {
    fresh.retain(|row| !is_ours(&id(row)));
    let new: HashSet<I> = fresh.iter().map(&id).collect();
    rows.retain(|row| {
        let id = id(row);
        let is_gone = match &extent {
            Extent::Some => false,
            Extent::AllAfter(from) => from.as_ref().is_none_or(|from| place(row) > *from) && !is_ours(&id),
        };
        !new.contains(&id) && !is_gone
    });
    rows.extend(fresh);
    rows.sort_by_key(place);
}

/// A list whose loaded rows can be looked at again. Cheap to copy.
pub trait Reload: Copy + 'static {
    /// What it lists.
    type Row: 'static;
    /// Where a row stands.
    type Place: Copy + Ord + Send + Sync + 'static;

    /// How it was looked at again.
    fn reloads(self) -> StoredValue<Reloads<Self::Place>>;
    /// Whether the list is still in the page: answers may come after it was left.
    fn is_alive(self) -> bool;
    /// Which of the loaded rows are in the page.
    fn shown(self) -> Range<usize>;
    /// The places of some loaded rows, by their numbers; `None` where there is no such row.
    fn places<const N: usize>(self, rows: [Option<usize>; N]) -> [Option<Self::Place>; N];
    /// How many rows are loaded.
    fn loaded(self) -> usize;
    /// So many rows after a place, from the server.
    fn rows_after(
        self,
        after: Option<Self::Place>,
        limit: u32,
    ) -> impl Future<Output = Result<Rows<Self::Row, Self::Place>>> + 'static;
    /// After which place the rows follow that are not loaded.
    fn end(self) -> Option<Self::Place>;
    /// Takes rows from the server in.
    fn take_in(self, rows: Rows<Self::Row, Self::Place>, extent: Extent<Self::Place>);
    /// Whether more follow on the server.
    fn more(self) -> RwSignal<bool>;
    /// Whether they are on their way.
    fn loading(self) -> RwSignal<bool>;
    /// Its surroundings.
    fn here(self) -> Here;
    /// Looks at how much of the list is seen; whether its end comes near.
    fn look(self) -> bool;
    /// Loads anew what is near the window, and what goes with it: what others did is then seen, and nothing jumps.
    fn reload(self);

    /// Looks at how much of the list is seen; loads more when its end comes near, and anew what was not looked at again.
    fn measure(self) {
        if self.look() {
            self.load_more();
        }
        if self.is_old() {
            self.reload();
        }
    }

    /// Loads the rows after the last one.
    fn load_more(self) {
        if self.loading().get_untracked() || !self.more().get_untracked() {
            return;
        }
        self.loading().set(true);
        let (end, done) = (self.end(), self.reloads().with_value(|reloads| reloads.done));
        spawn_local(async move {
            let answer = self.rows_after(end, PAGE).await;
            if !self.is_alive() {
                return;
            }
            self.loading().set(false);
            match answer {
                // The row that these follow may be gone since.
                Ok(_) if self.reloads().with_value(|reloads| reloads.done != done) => {}
                Ok(rows) => self.take_in(rows, Extent::Some),
                Err(error) => return self.here().toasts.error(&error),
            }
            request_animation_frame(move || self.measure());
        });
    }

    /// Loads anew what is near the window.
    fn reload_near(self) {
        // One at a time; whoever asks meanwhile gets one more after it.
        let is_first =
            self.reloads().try_update_value(|reloads| reloads.turns.begin(|is_wanted| *is_wanted = true));
        if is_first != Some(true) || !self.is_alive() {
            return;
        }
        let [from, to] = self.near();
        spawn_local(async move {
            let fresh = self.rows_between(from, to).await;
            if !self.is_alive() {
                return;
            }
            // The window went on meanwhile, perhaps in this very frame, beyond what came: what is there is asked for, and nothing
            // goes under it.
            self.look();
            let is_passed = match fresh {
                Ok(rows) if rows.more && self.near()[1] > rows.next => true,
                Ok(rows) => {
                    self.take_in(rows, Extent::AllAfter(from));
                    self.reloads().update_value(|reloads| {
                        reloads.done += 1;
                        reloads.old_up_to = from;
                    });
                    request_animation_frame(move || self.measure());
                    false
                }
                // What was loaded stays; the next change asks again.
                Err(_) => false,
            };
            let is_wanted = self.reloads().try_update_value(|reloads| reloads.turns.end());
            if is_passed || is_wanted == Some(true) {
                self.reload();
            }
        });
    }

    /// Whether rows in the page are as they were before they were looked at again. Not while that is under way: once its answer is
    /// there, this is asked again.
    fn is_old(self) -> bool {
        let old = |reloads: &Reloads<_>| reloads.old_up_to.filter(|_| !reloads.is_under_way());
        let Some(old) = self.reloads().try_with_value(old).flatten() else { return false };
        self.is_alive() && self.places([Some(self.shown().start)])[0].is_some_and(|place| place <= old)
    }

    /// From after which place to which one the rows near the window lie; from the start of the list where there is none before.
    fn near(self) -> [Option<Self::Place>; 2] {
        let shown = self.shown();
        let end = (shown.end + AROUND).min(self.loaded().saturating_sub(1));
        self.places([shown.start.checked_sub(AROUND), Some(end)])
    }

    /// The rows after one place up to another one as they are now, and perhaps some more; not all where very many came in between.
    fn rows_between(
        self,
        from: Option<Self::Place>,
        to: Option<Self::Place>,
    ) -> impl Future<Output = Result<Rows<Self::Row, Self::Place>>> {
        async move {
            let (mut all, mut after, mut times) = (vec![], from, 0);
            loop {
                let Rows { rows, more, next } = self.rows_after(after, AGAIN).await?;
                all.extend(rows);
                after = next.or(after);
                times += 1;
                if !more || times == TIMES || after >= to {
                    return Ok(Rows { rows: all, more, next: after });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_while_something_is_under_way_comes_after_it_once() {
        let mut turns = Turns::<bool>::default();
        assert!(turns.begin(|_| unreachable!()));
        assert!(!turns.begin(|is_wanted| *is_wanted = true));
        assert!(!turns.begin(|is_wanted| *is_wanted = true));
        assert!(turns.end());
        assert!(turns.begin(|_| unreachable!()));
        assert!(!turns.end());
    }

    #[test]
    fn fresh_rows_take_the_place_of_what_is_gone_after_theirs_but_not_of_ours() {
        let merged = |fresh: &[(char, u32)], extent| {
            let mut rows = vec![('a', 1), ('b', 2), ('c', 3), ('d', 4), ('e', 5)];
            merge(&mut rows, fresh.to_vec(), extent, |row| row.0, |row| row.1, |id| *id == 'd');
            rows.into_iter().map(|(id, _)| id).collect::<String>()
        };
        assert_eq!(merged(&[('b', 9), ('d', 9), ('f', 0)], Extent::Some), "facdeb");
        assert_eq!(merged(&[('c', 7)], Extent::AllAfter(Some(2))), "abdc");
        assert_eq!(merged(&[('e', 1)], Extent::AllAfter(None)), "ed");
    }
}
