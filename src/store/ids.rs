//! Makes ids: 41 bits of milliseconds since 2026, 6 bits of node, 6 bits of counter; below 2^53.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicI64, Ordering},
};

use crate::domain::time::Timestamp;

/// 2026-01-01T00:00:00Z in milliseconds.
const EPOCH: i64 = 1_767_225_600_000;
/// How many processes can make ids at once: each takes the next node number when it opens the database.
pub const NODES: i64 = 64;
const PER_MILLISECOND: i64 = 64;

/// A maker of ids that never repeats itself, also when the clock steps back or more than 64 ids are wanted in a millisecond:
/// it then runs ahead of the clock.
#[derive(Debug, Default)]
pub struct Ids {
    node: AtomicI64,
    /// Milliseconds since [`EPOCH`] times 64 plus the counter of the last id.
    last: Mutex<i64>,
}

impl Ids {
    /// A maker with node number 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the node number, 0 to 63.
    pub fn set_node(&self, node: i64) {
        self.node.store(node.rem_euclid(NODES), Ordering::Relaxed);
    }

    /// The next id.
    pub fn next(&self, now: Timestamp) -> i64 {
        let tick = (now.0 - EPOCH).max(1) * PER_MILLISECOND;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = (*last + 1).max(tick);
        let (millisecond, counter) = (*last / PER_MILLISECOND, *last % PER_MILLISECOND);
        (millisecond * NODES + self.node.load(Ordering::Relaxed)) * PER_MILLISECOND + counter
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise_and_fit_javascript_also_when_the_clock_steps_back() {
        let ids = Ids::new();
        ids.set_node(63);
        let mut last = 0;
        for i in 0..10_000 {
            let now = Timestamp(EPOCH + 1_000_000_000_000 - i);
            let id = ids.next(now);
            assert!(id > last && id < 1 << 53);
            last = id;
        }
    }

    #[test]
    fn two_nodes_never_make_the_same_id() {
        let (a, b) = (Ids::new(), Ids::new());
        b.set_node(1);
        let now = Timestamp(EPOCH + 5);
        let mut all: Vec<i64> = (0..1_000).flat_map(|_| [a.next(now), b.next(now)]).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 2_000);
    }
}
