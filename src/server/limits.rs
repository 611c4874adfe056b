//! How often a sign-in may be tried: ten times, then once a minute, for each account and address.

use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use crate::domain::time::Timestamp;

/// Counts the tries of sign-in in memory. A try is taken before the password is looked at, so that a burst of parallel ones
/// counts, and given back when it was right.
#[derive(Debug, Default)]
pub struct Limiter(Mutex<Tries>);

#[derive(Debug, Default)]
struct Tries {
    /// When each would be unused again, had nobody tried any more: milliseconds.
    empty_at: HashMap<Key, i64>,
    /// From where each account was signed in to: a stranger's tries elsewhere do not shut its owner out.
    known: HashSet<(String, IpAddr)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Pair(String, IpAddr),
    Address(IpAddr),
    Account(String),
}

impl Key {
    /// How many tries at once, and milliseconds until each is allowed again.
    fn limit(&self) -> (i64, i64) {
        match self {
            Self::Pair(..) => (10, 60_000),
            // An office behind one address.
            Self::Address(_) => (30, 20_000),
            Self::Account(_) => (60, 15_000),
        }
    }
}

/// More keys than this are cleaned up.
const KEYS: usize = 20_000;

impl Limiter {
    /// Takes a try, or says in how many seconds the next one is allowed.
    pub fn take(&self, email: &str, address: IpAddr, now: Timestamp) -> Result<(), i64> {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.empty_at.len() > KEYS {
            tries.empty_at.retain(|_, at| *at > now.0);
        }
        let keys = tries.keys(email, address);
        for key in &keys {
            let (burst, interval) = key.limit();
            let used = tries.empty_at.get(key).map_or(0, |at| at - now.0);
            let over = used - (burst - 1) * interval;
            if over > 0 {
                return Err(over.div_euclid(1000) + 1);
            }
        }
        for key in keys {
            let (_, interval) = key.limit();
            let at = tries.empty_at.entry(key).or_insert(now.0);
            *at = (*at).max(now.0) + interval;
        }
        Ok(())
    }

    /// The try was right: it does not count, and the address is known from now on.
    pub fn give_back(&self, email: &str, address: IpAddr) {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for key in tries.keys(email, address) {
            let (_, interval) = key.limit();
            if let Some(at) = tries.empty_at.get_mut(&key) {
                *at -= interval;
            }
        }
        tries.empty_at.remove(&Key::Pair(email.to_owned(), address));
        if tries.known.len() > KEYS {
            tries.known.clear();
        }
        tries.known.insert((email.to_owned(), address));
    }
}

impl Tries {
    fn keys(&self, email: &str, address: IpAddr) -> Vec<Key> {
        let pair = Key::Pair(email.to_owned(), address);
        if self.known.contains(&(email.to_owned(), address)) {
            return vec![pair];
        }
        vec![pair, Key::Address(address), Key::Account(email.to_owned())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn ten_tries_then_one_a_minute() {
        let limiter = Limiter::default();
        let now = Timestamp(1_000_000);
        for _ in 0..10 {
            assert_eq!(limiter.take("a@b.hu", HERE, now), Ok(()));
        }
        assert!(limiter.take("a@b.hu", HERE, now).is_err_and(|seconds| seconds <= 61));
        let later = now.plus_seconds(60);
        assert_eq!(limiter.take("a@b.hu", HERE, later), Ok(()));
        assert!(limiter.take("a@b.hu", HERE, later).is_err());
    }

    #[test]
    fn who_signed_in_here_before_is_not_shut_out_by_tries_elsewhere() {
        let limiter = Limiter::default();
        let now = Timestamp(1_000_000);
        limiter.take("a@b.hu", HERE, now).unwrap();
        limiter.give_back("a@b.hu", HERE);
        let mut refused = 0;
        for i in 0..100_u8 {
            let stranger = IpAddr::from([10, 0, 0, i]);
            refused += u32::from(limiter.take("a@b.hu", stranger, now).is_err());
        }
        assert!(refused > 0, "the account's own limit holds");
        assert_eq!(limiter.take("a@b.hu", HERE, now), Ok(()));
    }
}
