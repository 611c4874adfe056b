//! What the database gave up because two writes waited for each other is done again: it left nothing behind.

use std::time::Duration;

/// How long to wait before each further try.
const WAITS: [Duration; 4] = [
    Duration::from_millis(10),
    Duration::from_millis(40),
    Duration::from_millis(160),
    Duration::from_millis(640),
];

/// Counts the tries of a write that may collide with others ([`Error::Collided`](crate::error::Error::Collided)).
#[derive(Debug, Default)]
pub struct Tries(usize);

impl Tries {
    /// Waits for the next try, out of step with the other write; `false` when there were enough.
    pub async fn again(&mut self) -> bool {
        let Some(wait) = WAITS.get(self.0) else { return false };
        self.0 += 1;
        tokio::time::sleep(wait.mul_f64(rand::random_range(0.5..1.5))).await;
        true
    }
}
