//! The clock's moves in fixed modules: what time alone changes, found by one index, each move made once.
//!
//! Safe with several servers on one Postgres: a datasheet that another one holds is passed over, and whoever gets it looks again
//! whether it is still due. What was due while no server ran is caught up with at the next start.

use std::time::Duration;

use super::host::{Change, Host};
use crate::{
    api::process_moves,
    domain::{id::DatasheetId, process::Cause, time::Timestamp},
    error::Result,
    store,
};

/// How many datasheets are looked for at once.
const BATCH: i64 = 500;
/// How often the clock looks.
const EVERY: Duration = Duration::from_secs(20);

/// What a run of the clock did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Datasheets that were due.
    pub looked_at: u64,
    /// Those whose status moved.
    pub moved: u64,
}

/// Looks at everything that is due at `now`.
pub async fn tick(host: &Host, now: Timestamp) -> Result<Ticked> {
    let mut ticked = Ticked::default();
    loop {
        let mut tx = host.db.read().await?;
        let due = store::processes::due(&mut tx, now, BATCH).await?;
        drop(tx);
        let mut looked_at = 0;
        for datasheet in &due {
            // One transaction each: nobody waits long, and no two moves wait for each other.
            if let Some(moved) = look_at(host, *datasheet, now).await? {
                looked_at += 1;
                ticked.moved += u64::from(moved);
            }
        }
        ticked.looked_at += looked_at;
        // Nothing but what others hold is left: it is theirs, or the next run's.
        if looked_at == 0 {
            return Ok(ticked);
        }
    }
}

/// Whether one datasheet moved; `None` when another server holds it or it is no longer due.
async fn look_at(host: &Host, datasheet: DatasheetId, now: Timestamp) -> Result<Option<bool>> {
    let mut tx = host.db.begin().await?;
    let Some(standing) = store::datasheets::try_lock(&mut tx, datasheet).await? else { return Ok(None) };
    if !store::processes::is_due(&mut tx, datasheet, now).await? {
        return Ok(None);
    }
    let moved = process_moves::follow(&mut tx, datasheet, Cause::Clock, now).await?;
    let change = Change { module: Some(standing.module_id), datasheet: Some(datasheet), origin: host.origin };
    if moved && let Ok(text) = serde_json::to_string(&change) {
        store::requests::notify(&mut tx, &text).await?;
    }
    tx.commit().await?;
    if moved {
        // Nobody may be listening.
        let _ = host.changes.send(change);
    }
    Ok(Some(moved))
}

/// Ticks until the process stops.
pub async fn run(host: std::sync::Arc<Host>, stop: tokio_util::sync::CancellationToken) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        match tick(&host, host.now()).await {
            Ok(Ticked { looked_at: 0, .. }) => {}
            Ok(Ticked { looked_at, moved }) => tracing::info!(looked_at, moved, "the clock moved statuses"),
            Err(error) => tracing::warn!(%error, "the clock's moves could not be made; tried again soon"),
        }
    }
}
