//! What people threw away in the sample modules.

use super::HOUR;
use crate::{
    domain::{history::What, id::UserId, time::Timestamp},
    error::{Error, Result},
    store::{
        Tx,
        bulk::NewDatasheet,
        datasheets::{self, Standing},
        events,
        undo::Undo,
    },
};

/// Puts the last of a module's datasheets into the trash, each by another one of its people: so many hours ago.
pub async fn fill(
    tx: &mut Tx,
    now: Timestamp,
    people: &[UserId],
    sheets: &[NewDatasheet],
    hours: &[i64],
) -> Result<()> {
    for ((sheet, hours), by) in sheets.iter().rev().zip(hours).zip(people) {
        let at = Timestamp(now.0 - hours * HOUR);
        let before = datasheets::find(tx, sheet.id).await?.ok_or(Error::Server)?;
        let after = Standing { trashed_at: Some(at), ..before.clone() };
        let version = datasheets::save(tx, &before, &after, at).await?;
        let event = events::NewEvent {
            at,
            by: Some(*by),
            module: Some(before.module_id),
            datasheet: Some(sheet.id),
            what: What::Trashed,
            undo: Some(Undo::Trashed { version }),
            batch: None,
        };
        events::add(tx, event).await?;
    }
    Ok(())
}
