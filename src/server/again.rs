//! What the database gave up because two writes waited for each other is done again: it left nothing behind.

use std::time::Duration;

use crate::error::{Error, Result};

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

/// Runs a write again while it collides with others; what goes on colliding is [`Error::Busy`].
pub async fn until_done<T, F: Future<Output = Result<T>>>(write: impl Fn() -> F) -> Result<T> {
    let mut tries = Tries::default();
    loop {
        match write().await {
            Err(Error::Collided) if tries.again().await => {}
            Err(Error::Collided) => return Err(Error::Busy),
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    async fn collides(times: u32) -> (Result<u32>, u32) {
        let tried = Cell::new(0);
        let write = || async {
            tried.set(tried.get() + 1);
            if tried.get() > times { Ok(tried.get()) } else { Err(Error::Collided) }
        };
        let done = until_done(write).await;
        (done, tried.get())
    }

    #[tokio::test]
    async fn a_write_is_tried_five_times() {
        assert_eq!(collides(0).await, (Ok(1), 1));
        assert_eq!(collides(4).await, (Ok(5), 5));
        assert_eq!(collides(5).await, (Err(Error::Busy), 5));
    }
}
