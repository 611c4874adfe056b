//! The clock's moves in fixed modules: what time alone changes, found by one index, each move made once.
//!
//! Safe with several servers on one Postgres: a datasheet that another one holds is passed over, and whoever gets it looks again
//! whether it is still due. What was due while no server ran is caught up with at the next start. A datasheet that cannot be
//! worked out is logged and put off for an hour; the others go on.

use std::time::{Duration, Instant};

use super::{
    again::until_done,
    host::{Change, Host},
};
use crate::{
    api::process_moves,
    domain::{
        id::{DatasheetId, ModuleId},
        process::{Cause, Process},
        time::Timestamp,
    },
    error::{Error, Result},
    store,
};

/// How many datasheets are looked for at once.
const BATCH: i64 = 500;
/// How often the clock looks.
const EVERY: Duration = Duration::from_secs(20);
/// Where more than this many are due at once, open pages are told once and not of each.
const TOLD: usize = 20;
/// When a datasheet that could not be worked out is looked at again, in milliseconds.
const PUT_OFF: i64 = 3_600_000;

/// What a run of the clock did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Datasheets that were due.
    pub looked_at: u64,
    /// Those whose status moved.
    pub moved: u64,
    /// Those that could not be worked out.
    pub failed: u64,
}

/// Wakes the datasheets that changed settings may move, a few at a time: nobody waits long.
async fn wake(host: &Host, now: Timestamp) -> Result<()> {
    let mut tx = host.db.read().await?;
    let modules = store::processes::waking(&mut tx).await?;
    drop(tx);
    for module in modules {
        while until_done(|| wake_some(host, module, now)).await? {}
    }
    Ok(())
}

async fn wake_some(host: &Host, id: ModuleId, now: Timestamp) -> Result<bool> {
    let mut tx = host.db.begin().await?;
    let Some(module) = store::modules::get(&mut tx, id).await? else { return Ok(false) };
    let keys = store::statuses::by_process_key(&mut tx, id).await?;
    let clocked = module.template.process().map_or(&[][..], Process::clocked);
    let statuses: Vec<_> = clocked.iter().filter_map(|key| keys.get(*key).copied()).collect();
    let is_more = store::processes::wake_some(&mut tx, id, &statuses, now, BATCH).await?;
    tx.commit().await?;
    Ok(is_more)
}

/// Looks at everything that is due at `now`, each datasheet once, in its own short transaction: nobody waits long, and no two
/// moves wait for each other.
pub async fn tick(host: &Host, now: Timestamp) -> Result<Ticked> {
    wake(host, now).await?;
    let mut ticked = Ticked::default();
    // What is passed over or put off is not met again in this run.
    let mut after = None;
    loop {
        let mut tx = host.db.read().await?;
        let due = store::processes::due(&mut tx, now, after, BATCH).await?;
        drop(tx);
        let Some(last) = due.last() else { return Ok(ticked) };
        after = Some(*last);
        let each = due.len() <= TOLD;
        let mut modules: Vec<ModuleId> = vec![];
        for (_, datasheet) in &due {
            match until_done(|| look_at(host, *datasheet, now, each)).await {
                Ok(None) => {}
                Ok(Some((module, moved))) => {
                    ticked.looked_at += 1;
                    ticked.moved += u64::from(moved);
                    if moved && !each && !modules.contains(&module) {
                        modules.push(module);
                    }
                }
                // The database is at fault, not the datasheet.
                Err(Error::Busy) => return Err(Error::Busy),
                Err(error) => {
                    ticked.failed += 1;
                    tracing::error!(%error, %datasheet, "the clock cannot work a datasheet out; looked at again in an hour");
                    let mut tx = host.db.begin().await?;
                    store::processes::put_off(&mut tx, *datasheet, now, now.plus_millis(PUT_OFF)).await?;
                    tx.commit().await?;
                }
            }
        }
        tell(host, &modules).await?;
    }
}

/// The module of a datasheet and whether it moved; `None` when another server holds it or it is no longer due.
async fn look_at(
    host: &Host,
    datasheet: DatasheetId,
    now: Timestamp,
    tell: bool,
) -> Result<Option<(ModuleId, bool)>> {
    let mut tx = host.db.begin().await?;
    let Some(standing) = store::datasheets::try_lock(&mut tx, datasheet).await? else { return Ok(None) };
    let Some(process) = store::processes::due_process(&mut tx, datasheet, now).await? else {
        return Ok(None);
    };
    let moved = process_moves::follow(&mut tx, datasheet, Cause::Clock, now).await?;
    let change = Change {
        module: Some(standing.module_id),
        datasheet: Some(datasheet),
        user: None,
        origin: host.origin,
    };
    let tell = tell && moved;
    if tell && let Ok(text) = serde_json::to_string(&change) {
        store::requests::notify(&mut tx, &text).await?;
    }
    tx.commit().await?;
    if moved {
        host.metrics.moved(process);
    }
    if tell {
        host.changes.send(change);
    }
    Ok(Some((standing.module_id, moved)))
}

/// Tells open pages of these modules, here and on other servers, to ask anew.
async fn tell(host: &Host, modules: &[ModuleId]) -> Result<()> {
    if modules.is_empty() {
        return Ok(());
    }
    let mut tx = host.db.begin().await?;
    let of = |module: &ModuleId| Change {
        module: Some(*module),
        datasheet: None,
        user: None,
        origin: host.origin,
    };
    let changes: Vec<Change> = modules.iter().map(of).collect();
    for change in &changes {
        if let Ok(text) = serde_json::to_string(change) {
            store::requests::notify(&mut tx, &text).await?;
        }
    }
    tx.commit().await?;
    for change in changes {
        host.changes.send(change);
    }
    Ok(())
}

/// Ticks until the process stops.
pub async fn run(host: std::sync::Arc<Host>, stop: tokio_util::sync::CancellationToken) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        let start = Instant::now();
        // A long run ends between two transactions.
        match stop.run_until_cancelled(tick(&host, host.now())).await {
            None => {}
            Some(Ok(Ticked { looked_at, moved, failed })) => {
                host.metrics.ticked(looked_at, failed, start.elapsed(), host.now());
                if looked_at + failed > 0 {
                    let seconds = start.elapsed().as_secs_f64();
                    tracing::info!(looked_at, moved, failed, seconds, "the clock moved statuses");
                }
            }
            Some(Err(error)) => {
                host.metrics.tick_failed();
                tracing::warn!(%error, "the clock's moves could not be made; tried again soon");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{history::What, process::webshop::DAY, status_name::StatusThen},
        server::host::Clock,
        store::{
            Db, events, on,
            testing::{NOW, TestDb, admin, collide, on_both, order, webshop},
            webshop::{Intake, Source},
        },
    };

    /// So many buyers with one order each, of today.
    async fn buyers(test: &TestDb, n: usize) -> Vec<DatasheetId> {
        let mut tx = test.db.begin().await.unwrap();
        let source =
            Source { module: webshop(&mut tx).await, owner: admin(&mut tx).await, by: None, now: NOW };
        let mut intake = Intake::begin(&mut tx, source).await.unwrap();
        let orders: Vec<_> = (0..n).map(|i| order(&i.to_string(), &format!("vevo{i}"), 0, 100)).collect();
        for chunk in orders.chunks(crate::store::webshop::CHUNK) {
            intake.add(&mut tx, chunk).await.unwrap();
        }
        let (_, touched) = intake.finish(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        touched
    }

    fn host(db: &Db) -> Host {
        Host::new(db.clone(), Clock::at(NOW))
    }

    /// The clock's moves in a datasheet's history.
    async fn moves(db: &Db, datasheet: DatasheetId) -> Vec<(StatusThen, StatusThen)> {
        let mut tx = db.read().await.unwrap();
        let events = events::page(&mut tx, datasheet, None, 100).await.unwrap();
        let by_clock = |what| match what {
            What::MovedByProcess { from, to, cause: Cause::Clock } => Some((from, to)),
            _ => None,
        };
        events.into_iter().filter_map(|event| by_clock(event.what)).collect()
    }

    fn ticked(looked_at: u64, moved: u64, failed: u64) -> Ticked {
        Ticked { looked_at, moved, failed }
    }

    #[tokio::test]
    async fn a_move_that_collides_with_another_write_is_made_again() {
        let test = TestDb::postgres().await;
        let all = buyers(&test, 3).await;
        collide(&test.db, "datasheets", 3).await;
        assert_eq!(tick(&host(&test.db), NOW.plus_millis(31 * DAY)).await, Ok(ticked(3, 3, 0)));
        for datasheet in all {
            assert_eq!(moves(&test.db, datasheet).await.len(), 1);
        }
    }

    #[tokio::test]
    async fn what_goes_on_colliding_is_not_put_off_but_left_for_the_next_tick() {
        let test = TestDb::postgres().await;
        buyers(&test, 3).await;
        collide(&test.db, "datasheets", 5).await;
        let later = NOW.plus_millis(31 * DAY);
        assert_eq!(tick(&host(&test.db), later).await, Err(Error::Busy));
        // The transaction that was given up may hold its datasheet for a moment: a tick passes over it until then.
        let mut moved = 0;
        for _ in 0..100 {
            let next = tick(&host(&test.db), later).await.unwrap();
            assert_eq!(next.failed, 0);
            moved += next.moved;
            if moved == 3 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{moved} of 3 moved");
    }

    on_both! {
        async fn changed_settings_wake_all_of_a_module_in_some_statuses_bit_by_bit(test: TestDb) {
            let all = buyers(&test, 5).await;
            let mut tx = test.db.begin().await.unwrap();
            let standing = store::datasheets::find(&mut tx, all[0]).await.unwrap().unwrap();
            let module = standing.module_id;
            assert_eq!(store::processes::waking(&mut tx).await.unwrap(), []);
            store::processes::wake(&mut tx, module).await.unwrap();
            assert_eq!(store::processes::waking(&mut tx).await.unwrap(), [module]);
            tx.commit().await.unwrap();
            let mut seen = vec![];
            loop {
                // A server that stops in between goes on where it was.
                let mut tx = test.db.begin().await.unwrap();
                let statuses = [standing.status_id];
                let is_more = store::processes::wake_some(&mut tx, module, &statuses, NOW, 2).await.unwrap();
                seen.push(store::processes::due(&mut tx, NOW, None, 9).await.unwrap().len());
                tx.commit().await.unwrap();
                if !is_more {
                    break;
                }
            }
            assert_eq!(seen, [2, 4, 5, 5]);
            let mut tx = test.db.read().await.unwrap();
            assert_eq!(store::processes::waking(&mut tx).await.unwrap(), []);
            drop(tx);
            // They stay where they are: nothing moved them.
            assert_eq!(tick(&host(&test.db), NOW).await, Ok(ticked(5, 0, 0)));
        }

        async fn what_was_due_while_no_server_ran_is_caught_up_with_in_one_move(test: TestDb) {
            let all = buyers(&test, 3).await;
            let host = host(&test.db);
            assert_eq!(tick(&host, NOW.plus_millis(31 * DAY - 1)).await, Ok(ticked(0, 0, 0)));
            // Past both borders of a buyer of one order.
            assert_eq!(tick(&host, NOW.plus_millis(200 * DAY)).await, Ok(ticked(3, 3, 0)));
            assert_eq!(tick(&host, NOW.plus_millis(200 * DAY)).await, Ok(ticked(0, 0, 0)));
            for datasheet in all {
                let then = |name: &str| StatusThen::from(name.to_owned());
                let expected = (then("one_time"), then("lost_buyer"));
                assert_eq!(moves(&test.db, datasheet).await, [expected]);
            }
        }

        async fn two_clocks_at_once_move_each_datasheet_once(test: TestDb) {
            let all = buyers(&test, 60).await;
            // On SQLite there is one server; its command `tick` may run beside it.
            let second = Db::open(&test.url).await.unwrap();
            let (one, two) = (host(&test.db), host(&second));
            let later = NOW.plus_millis(31 * DAY);
            let (one, two) = tokio::join!(tick(&one, later), tick(&two, later));
            let (one, two) = (one.unwrap(), two.unwrap());
            let left = tick(&host(&test.db), later).await.unwrap();
            assert_eq!((one.moved + two.moved + left.moved, one.failed + two.failed), (60, 0));
            for datasheet in all {
                assert_eq!(moves(&test.db, datasheet).await.len(), 1);
            }
            second.close().await;
        }

        async fn one_that_cannot_be_worked_out_is_put_off_and_the_others_go_on(test: TestDb) {
            const SPOIL: &str = "update processes set facts = 'spoilt' where datasheet_id = $1";
            let all = buyers(&test, 5).await;
            let mut tx = test.db.begin().await.unwrap();
            on!(tx, |conn| sqlx::query(SPOIL).bind(all[0]).execute(conn).await.map(drop)).unwrap();
            tx.commit().await.unwrap();
            let host = host(&test.db);
            let later = NOW.plus_millis(31 * DAY);
            assert_eq!(tick(&host, later).await, Ok(ticked(4, 4, 1)));
            assert_eq!(tick(&host, later).await, Ok(ticked(0, 0, 0)));
            assert_eq!(tick(&host, later.plus_millis(PUT_OFF)).await, Ok(ticked(0, 0, 1)));
            for datasheet in &all[1..] {
                assert_eq!(moves(&test.db, *datasheet).await.len(), 1);
            }
        }

        async fn more_than_one_batch_is_due(test: TestDb) {
            buyers(&test, 1000).await;
            let host = host(&test.db);
            let mut changes = host.changes.subscribe();
            let later = NOW.plus_millis(31 * DAY);
            assert_eq!(tick(&host, later).await, Ok(ticked(1000, 1000, 0)));
            // Open pages hear of the module once a batch, and not of a thousand datasheets.
            let mut told = 0;
            while let Ok(change) = changes.try_recv() {
                assert_eq!(change.datasheet, None);
                told += 1;
            }
            assert_eq!(told, 2);
        }

        async fn what_is_woken_next_is_found_by_its_module(test: TestDb) {
            const HALF: &str = "update processes set module_id = $1 where datasheet_id % 2 = 0";
            buyers(&test, 200).await;
            let mut tx = test.db.begin().await.unwrap();
            let other = webshop(&mut tx).await;
            on!(tx, |conn| sqlx::query(HALF).bind(other).execute(conn).await.map(drop)).unwrap();
            tx.commit().await.unwrap();
            let statement = [format!("{} limit 500", store::processes::AFTER)];
            let plan = crate::store::testing::explain(&test.db, &statement, true).await.concat().join("\n");
            assert!(plan.contains("processes_by_module"), "{plan}");
            assert!(!plan.contains("scan ") && !plan.contains("sort"), "{plan}");
        }

        async fn what_is_due_is_found_by_its_index(test: TestDb) {
            buyers(&test, 200).await;
            let mut tx = test.db.begin().await.unwrap();
            let plan = store::processes::plan_of_due(&mut tx, NOW).await.unwrap();
            assert!(plan.contains("processes_by_clock"), "{plan}");
            assert!(!plan.to_lowercase().contains("sort") && !plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}
