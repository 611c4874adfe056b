//! Many moves of the clock at once do not keep people from their work.

use std::time::{Duration, Instant};

use super::*;
use crate::{
    domain::process::webshop::DAY,
    server::tick::{Ticked, tick},
    store::{
        testing::{order, webshop},
        webshop::{CHUNK, Intake, Source},
    },
};

/// What came out of a run of the clock with somebody at work.
struct Seen {
    ticked: Ticked,
    took: Duration,
    /// How long each to-do took to close meanwhile.
    closes: Vec<Duration>,
}

impl Seen {
    /// The time below which so many percent of the closes stayed.
    fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.closes.clone();
        sorted.sort_unstable();
        sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
    }
}

/// Lets the clock move so many buyers, while the admin closes one to-do after another, with a breath in between.
async fn work_while_the_clock_moves(test: TestDb, buyers: usize, breath: Duration) -> Seen {
    let office = office(test).await;
    let mut tx = office.host.db.begin().await.unwrap();
    let source = Source { module: webshop(&mut tx).await, owner: office.admin, by: None, now: NOW };
    let mut intake = Intake::begin(&mut tx, source).await.unwrap();
    let orders: Vec<_> = (0..buyers).map(|i| order(&i.to_string(), &format!("vevo{i}"), 0, 100)).collect();
    for chunk in orders.chunks(CHUNK) {
        intake.add(&mut tx, chunk).await.unwrap();
    }
    intake.finish(&mut tx).await.unwrap();
    tx.commit().await.unwrap();

    let case = office.case("abcd-clock-case").await;
    let host = office.host.clone();
    let start = Instant::now();
    let run = tokio::spawn(async move { (tick(&host, NOW.plus_millis(31 * DAY)).await, start.elapsed()) });
    let (mut closes, mut turn) = (vec![], 0);
    while !run.is_finished() {
        turn += 1;
        let form = office.todo(&format!("Teendő {turn}"));
        let add =
            json!({ "key": format!("abcd-clock-add-{turn}"), "datasheet": case.datasheet, "form": form });
        office.done("todos/add", &add).await;
        let page = office.done("datasheets/page", &json!({ "datasheet": case.datasheet })).await;
        let todo = page["todos"].as_array().unwrap().iter().find(|todo| todo["closed"].is_null()).unwrap();
        let close = json!({
            "key": format!("abcd-clock-close-{turn}"), "todo": todo["id"], "version": todo["version"], "outcome": "done",
            "note": null,
        });
        let start = Instant::now();
        office.done("todos/close", &close).await;
        closes.push(start.elapsed());
        tokio::time::sleep(breath).await;
    }
    let (ticked, took) = run.await.unwrap();
    Seen { ticked: ticked.unwrap(), took, closes }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_goes_on_working_while_the_clock_moves_many() {
    let seen = work_while_the_clock_moves(TestDb::sqlite().await, 1_000, Duration::ZERO).await;
    assert_eq!(seen.ticked, Ticked { looked_at: 1_000, moved: 1_000, failed: 0 });
    // Each waits for a move or two, never for all of them.
    assert!(seen.closes.len() >= 5, "{:?} in {:?}", seen.closes, seen.took);
    assert!(seen.percentile(50) < seen.took / 5, "{:?} in {:?}", seen.closes, seen.took);
}

/// Prints how long the clock takes for a whole shop, and how long a close takes meanwhile:
/// `cargo test --features ssr --lib -- --ignored --nocapture a_hundred_thousand_buyers`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn a_hundred_thousand_buyers_move() {
    let seen = work_while_the_clock_moves(TestDb::sqlite().await, 100_000, Duration::from_millis(100)).await;
    let millis = |duration: Duration| duration.as_secs_f64() * 1000.0;
    eprintln!(
        "100,000 moves in {:.1} s; {} closes meanwhile: p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
        seen.took.as_secs_f64(),
        seen.closes.len(),
        millis(seen.percentile(50)),
        millis(seen.percentile(99)),
        millis(seen.percentile(100)),
    );
    assert_eq!(seen.ticked.moved, 100_000);
}
