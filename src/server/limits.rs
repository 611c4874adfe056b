//! How often a sign-in may be tried: ten times, then once a minute, for each account and address; counted in the database, for
//! all servers together.
//!
//! Tries at one account from everywhere, and from one address at all accounts, are limited too. So that nobody shuts an
//! account's owner out by trying it from elsewhere, these two do not hold where the account was signed in to before, and
//! anywhere else a try that they refused is let through ten minutes later.
//!
//! Who tries from the owner's own address (an office behind one address, a computer in the next room) takes all its tries away.
//! So a browser that signed in to the account before has tries of its own, told by a cookie that nobody else has; and a one-time
//! link makes a new browser such a one.

use std::net::IpAddr;

use crate::{
    api::request::sha256,
    domain::time::Timestamp,
    error::{Error, Result},
    store::{Db, Tx, sign_in_limits as limits},
};

/// So many tries at once, then one in each interval of milliseconds.
#[derive(Clone, Copy, Debug)]
struct Limit {
    burst: i64,
    interval: i64,
}

/// An account at an address.
const PAIR: Limit = Limit { burst: 10, interval: 60_000 };
/// An address: there may be an office behind it.
const ADDRESS: Limit = Limit { burst: 30, interval: 20_000 };
/// An account.
const ACCOUNT: Limit = Limit { burst: 60, interval: 15_000 };
/// How long a try waits at most for the tries of others, in milliseconds.
const TURN: i64 = 10 * 60_000;
/// How long an account is known at an address and on a browser after a sign-in, in milliseconds.
pub const KNOWN: i64 = 90 * 86_400_000;

impl Limit {
    /// How many milliseconds too early the last try came, of those that moved the key's moment to this one.
    fn over(self, until: Timestamp, now: Timestamp) -> i64 {
        until.millis_since(now) - self.burst * self.interval
    }
}

/// A browser that an account may have been signed in to before.
#[derive(Debug)]
struct Device {
    known: String,
    tries: String,
}

/// A try to sign in.
#[derive(Debug)]
pub struct Try {
    device: Option<Device>,
    pair: String,
    known: String,
    turn: String,
    shared: [(String, Limit); 2],
}

impl Try {
    /// A try at an account from an address.
    pub fn new(email: &str, address: IpAddr) -> Self {
        let place = place(address);
        let pair = |kind: &str| sha256(format!("{kind}\n{email}\n{place}"));
        Self {
            device: None,
            pair: pair("pair"),
            known: pair("known"),
            turn: pair("turn"),
            shared: [
                (sha256(format!("address\n{place}")), ADDRESS),
                (sha256(format!("account\n{email}")), ACCOUNT),
            ],
        }
    }

    /// The same from the browser that has this token, whether it was ever signed in to the account or not.
    #[must_use]
    pub fn on(self, email: &str, device: &str) -> Self {
        let key = |kind: &str| sha256(format!("{kind}\n{email}\n{device}"));
        Self { device: Some(Device { known: key("device"), tries: key("device tries") }), ..self }
    }

    /// The browser, if the account was signed in to on it.
    async fn known_device(&self, tx: &mut Tx, now: Timestamp) -> Result<Option<&Device>> {
        let Some(device) = &self.device else { return Ok(None) };
        Ok(limits::until(tx, &device.known).await?.filter(|until| *until > now).map(|_| device))
    }

    /// Counts the try, before the password is looked at, so that parallel ones count; or says how long to wait.
    pub async fn take(&self, db: &Db, now: Timestamp) -> Result<()> {
        // Who is over the limit takes no place of SQLite's one writer.
        let mut tx = db.read().await?;
        let device = self.known_device(&mut tx, now).await?;
        let tries = device.map_or(&self.pair, |device| &device.tries);
        if let Some(until) = limits::until(&mut tx, tries).await? {
            check(PAIR.over(until.plus_millis(PAIR.interval), now))?;
        }
        drop(tx);

        // What is refused is not counted: the transaction is not committed. The keys are taken in the same order by all.
        let mut tx = db.begin().await?;
        let until = limits::take(&mut tx, tries, PAIR.interval, now).await?;
        check(PAIR.over(until, now))?;
        if device.is_some() {
            return tx.commit().await;
        }
        if limits::until(&mut tx, &self.known).await?.is_some_and(|until| until > now) {
            return tx.commit().await;
        }
        let mut over = 0;
        for (key, limit) in &self.shared {
            let until = limits::take(&mut tx, key, limit.interval, now).await?;
            over = limit.over(until, now).max(over);
        }
        if over == 0 {
            return tx.commit().await;
        }
        let turn = limits::until(&mut tx, &self.turn).await?;
        if turn.is_some_and(|turn| turn <= now) {
            limits::remove(&mut tx, &self.turn).await?;
            for (key, limit) in &self.shared {
                limits::give_back(&mut tx, key, limit.interval).await?;
            }
            return tx.commit().await;
        }
        drop(tx);
        let turn = if let Some(turn) = turn {
            turn
        } else {
            let turn = now.plus_millis(TURN);
            let mut tx = db.begin().await?;
            limits::save(&mut tx, &self.turn, turn).await?;
            tx.commit().await?;
            turn
        };
        check(over.min(turn.millis_since(now)))
    }

    /// The try was right: it does not count, and the account is known at this address and on this browser from now on.
    pub async fn was_right(&self, tx: &mut Tx, now: Timestamp) -> Result<()> {
        if self.known_device(tx, now).await?.is_some() {
            return self.remember(tx, now).await;
        }
        limits::remove(tx, &self.pair).await?;
        if limits::until(tx, &self.known).await?.is_none_or(|until| until <= now) {
            for (key, limit) in &self.shared {
                limits::give_back(tx, key, limit.interval).await?;
            }
        }
        limits::remove(tx, &self.turn).await?;
        limits::save(tx, &self.known, now.plus_millis(KNOWN)).await?;
        self.remember(tx, now).await
    }

    /// Somebody came in on this browser: from now on it has tries of its own.
    pub async fn remember(&self, tx: &mut Tx, now: Timestamp) -> Result<()> {
        if let Some(device) = &self.device {
            limits::remove(tx, &device.tries).await?;
            limits::save(tx, &device.known, now.plus_millis(KNOWN)).await?;
        }
        Ok(())
    }
}

fn check(over: i64) -> Result<()> {
    if over > 0 { Err(Error::TooMany { seconds: over.div_euclid(1000) + 1 }) } else { Ok(()) }
}

/// What counts as one address: of IPv6 the network, of which everybody has all addresses.
fn place(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{NOW, on_both};

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn elsewhere(n: u8) -> IpAddr {
        [10, 0, 0, n].into()
    }

    async fn right(db: &Db, attempt: &Try, now: Timestamp) {
        let mut tx = db.begin().await.unwrap();
        attempt.was_right(&mut tx, now).await.unwrap();
        tx.commit().await.unwrap();
    }

    fn seconds(taken: Result<()>) -> i64 {
        match taken {
            Err(Error::TooMany { seconds }) => seconds,
            other => panic!("{other:?}"),
        }
    }

    on_both! {
        async fn ten_tries_then_one_a_minute(test: TestDb) {
            let attempt = Try::new("a@b.hu", HERE);
            for _ in 0..10 {
                attempt.take(&test.db, NOW).await.unwrap();
            }
            assert!((1..=61).contains(&seconds(attempt.take(&test.db, NOW).await)));
            let later = NOW.plus_seconds(60);
            attempt.take(&test.db, later).await.unwrap();
            assert!((1..=61).contains(&seconds(attempt.take(&test.db, later).await)));
            // Another account here, and this one elsewhere, are other pairs.
            Try::new("c@d.hu", HERE).take(&test.db, later).await.unwrap();
            Try::new("a@b.hu", elsewhere(1)).take(&test.db, later).await.unwrap();
        }

        async fn a_burst_over_two_servers_counts_as_one_after_the_other(test: TestDb) {
            let second = Db::open(&test.url).await.unwrap();
            let attempt = Try::new("a@b.hu", HERE);
            let burst = (0..50).map(|n| attempt.take(if n % 2 == 0 { &test.db } else { &second }, NOW));
            let taken = futures::future::join_all(burst).await;
            assert_eq!(taken.iter().filter(|taken| taken.is_ok()).count(), 10, "{taken:?}");
            assert_eq!(taken.iter().filter(|taken| matches!(taken, Err(Error::TooMany { .. }))).count(), 40);
            second.close().await;
        }

        async fn a_right_one_does_not_count(test: TestDb) {
            let attempt = Try::new("a@b.hu", HERE);
            for _ in 0..100 {
                attempt.take(&test.db, NOW).await.unwrap();
                right(&test.db, &attempt, NOW).await;
            }
        }

        async fn who_signed_in_here_before_is_not_shut_out_by_tries_elsewhere(test: TestDb) {
            let owner = Try::new("a@b.hu", HERE);
            owner.take(&test.db, NOW).await.unwrap();
            right(&test.db, &owner, NOW).await;
            let mut refused = 0;
            for n in 0..100 {
                refused += u32::from(Try::new("a@b.hu", elsewhere(n)).take(&test.db, NOW).await.is_err());
            }
            assert!(refused >= 40, "the account's own limit holds: {refused}");
            owner.take(&test.db, NOW).await.unwrap();
        }

        async fn a_browser_that_was_signed_in_before_is_not_shut_out_by_tries_at_its_own_address(test: TestDb) {
            let owner = Try::new("a@b.hu", HERE).on("a@b.hu", "the owner's");
            owner.take(&test.db, NOW).await.unwrap();
            right(&test.db, &owner, NOW).await;
            // Endless tries there, some with a cookie of their own.
            let mut let_through = 0;
            for second in 0..1_200 {
                let now = NOW.plus_seconds(second);
                let stranger = Try::new("a@b.hu", HERE).on("a@b.hu", &format!("made up {}", second % 7));
                let_through += u32::from(stranger.take(&test.db, now).await.is_ok());
                if second % 300 == 299 {
                    owner.take(&test.db, now).await.unwrap();
                    right(&test.db, &owner, now).await;
                }
            }
            assert!((10..=30).contains(&let_through), "ten and one a minute: {let_through}");
            let elsewhere = Try::new("a@b.hu", elsewhere(1)).on("a@b.hu", "the owner's");
            elsewhere.take(&test.db, NOW.plus_seconds(1_200)).await.unwrap();
        }

        async fn a_browser_has_ten_tries_and_one_a_minute_and_is_known_to_its_own_accounts_only(test: TestDb) {
            let here = |email: &str| Try::new(email, HERE).on(email, "shared");
            here("a@b.hu").take(&test.db, NOW).await.unwrap();
            right(&test.db, &here("a@b.hu"), NOW).await;
            for _ in 0..10 {
                here("a@b.hu").take(&test.db, NOW).await.unwrap();
            }
            assert!((1..=61).contains(&seconds(here("a@b.hu").take(&test.db, NOW).await)));
            here("a@b.hu").take(&test.db, NOW.plus_seconds(60)).await.unwrap();
            // The tries of another account from here are those of everybody here.
            for _ in 0..10 {
                Try::new("c@d.hu", HERE).take(&test.db, NOW).await.unwrap();
            }
            assert!((1..=61).contains(&seconds(here("c@d.hu").take(&test.db, NOW).await)));
        }

        async fn who_never_was_here_waits_no_quarter_of_an_hour_for_tries_that_go_on_elsewhere(test: TestDb) {
            let owner = Try::new("a@b.hu", HERE);
            let stranger = async |n: i64, now| {
                let address = elsewhere(u8::try_from(n % 250).unwrap());
                Try::new("a@b.hu", address).take(&test.db, now).await
            };
            for n in 0..60 {
                stranger(n, NOW).await.unwrap();
            }
            let told = seconds(owner.take(&test.db, NOW).await);
            assert!(told <= 900, "told to wait {told} s");
            // Strangers take every try that comes free, each from another address.
            for second in (5..=900).step_by(5) {
                let now = NOW.plus_seconds(second);
                let _ = stranger(60 + second / 5, now).await;
                if second % 30 == 0 && owner.take(&test.db, now).await.is_ok() {
                    assert!(second > 300, "the limit of the account did not hold");
                    return;
                }
            }
            panic!("shut out for a quarter of an hour");
        }

        async fn what_is_over_is_deleted(test: TestDb) {
            Try::new("a@b.hu", HERE).take(&test.db, NOW).await.unwrap();
            let mut tx = test.db.begin().await.unwrap();
            assert_eq!(limits::remove_old(&mut tx, NOW).await.unwrap(), 0);
            assert_eq!(limits::remove_old(&mut tx, NOW.plus_hours(2)).await.unwrap(), 3);
        }
    }

    #[test]
    fn one_network_of_ipv6_is_one_place() {
        let place = |text: &str| place(text.parse().unwrap());
        assert_eq!(place("2001:db8:1:2:3:4:5:6"), place("2001:db8:1:2::1"));
        assert_ne!(place("2001:db8:1:2::1"), place("2001:db8:1:3::1"));
        assert_eq!(place("::ffff:10.0.0.1"), place("10.0.0.1"));
    }
}
