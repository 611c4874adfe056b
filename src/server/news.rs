//! The news of changes in this process: told as they come, and kept for a while for pages that only begin to listen.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::broadcast;

use super::host::Change;

/// So many changes are kept.
const KEPT: usize = 1_024;

/// What changed, after each commit: open pages ask anew.
#[derive(Debug)]
pub struct News {
    sender: broadcast::Sender<Change>,
    latest: Mutex<VecDeque<(Instant, Change)>>,
}

impl Default for News {
    fn default() -> Self {
        Self { sender: broadcast::channel(1024).0, latest: Mutex::default() }
    }
}

impl News {
    /// Tells a change to whoever listens; it may be nobody.
    pub fn send(&self, change: Change) {
        {
            let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
            if latest.len() == KEPT {
                latest.pop_front();
            }
            latest.push_back((Instant::now(), change));
        }
        // Nobody listening is no fault.
        let _ = self.sender.send(change);
    }

    /// Hears of every change from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.sender.subscribe()
    }

    /// What was told within this time, the oldest first; `None` when some of it may be forgotten.
    pub fn within(&self, time: Duration) -> Option<Vec<Change>> {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let is_within = |(at, _): &&(Instant, Change)| at.elapsed() <= time;
        let told: Vec<Change> = latest.iter().filter(is_within).map(|(_, change)| *change).collect();
        (told.len() < KEPT).then_some(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::ModuleId;

    fn change(module: i64) -> Change {
        Change { module: Some(ModuleId(module)), datasheet: None, user: None, origin: 0 }
    }

    #[test]
    fn who_comes_late_is_told_what_was_said_a_moment_ago_or_that_it_was_too_much() {
        let news = News::default();
        news.send(change(1));
        news.send(change(2));
        assert_eq!(news.within(Duration::from_hours(1)), Some(vec![change(1), change(2)]));
        std::thread::sleep(Duration::from_millis(2));
        assert_eq!(news.within(Duration::from_millis(1)), Some(vec![]));
        for module in 0..1_024 {
            news.send(change(module));
        }
        assert_eq!(news.within(Duration::from_hours(1)), None);
    }
}
