//! What the sample datasheets have to do with each other.

use super::{HOUR, Words};
use crate::{
    domain::{
        history::What,
        id::{DatasheetId, RelationId, UserId},
        time::Timestamp,
    },
    error::{Error, Result},
    i18n::Locale,
    store::{
        Tx, datasheets, events,
        relations::{self, Relation},
        undo::Undo,
    },
};

/// Which of the datasheets that are shown belong together, by their places, and why.
const RELATED: [(usize, usize, Words); 6] = [
    (0, 4, ("ebből a projektből jött a bejelentés", "the ticket came from this project")),
    (0, 1, ("előzménye", "predecessor")),
    (1, 12, ("alvállalkozó", "subcontractor")),
    (2, 16, ("itt ismertük meg", "met at this event")),
    (5, 6, ("ugyanaz a hiba", "the same fault")),
    (8, 12, ("ajánlotta", "recommended by")),
];

/// Links some of them, by one of the people.
pub async fn fill(
    tx: &mut Tx,
    locale: Locale,
    now: Timestamp,
    by: Option<UserId>,
    shown: &[DatasheetId],
) -> Result<()> {
    let Some(by) = by else { return Ok(()) };
    let at = Timestamp(now.0 - 6 * HOUR);
    for (one, other, about) in RELATED {
        let (Some(one), Some(other)) = (shown.get(one), shown.get(other)) else { continue };
        let one = datasheets::find(tx, *one).await?.ok_or(Error::Server)?;
        let other = datasheets::find(tx, *other).await?.ok_or(Error::Server)?;
        let (relation, about) = (RelationId(tx.new_id(at)), locale.pick(about));
        relations::add(tx, &Relation::between(relation, one.id, other.id, about.to_owned(), 1), by, at)
            .await?;
        let mut batch = None;
        for (this, beyond) in [(&one, &other), (&other, &one)] {
            let event = events::NewEvent {
                at,
                by: Some(by),
                module: Some(this.module_id),
                datasheet: Some(this.id),
                what: What::Related { name: beyond.name.clone(), about: about.to_owned() },
                undo: Some(Undo::Related { relation, version: 1 }),
                batch,
            };
            let entry = events::add(tx, event).await?;
            events::name_related(tx, entry, beyond.id).await?;
            batch = batch.or(Some(entry));
        }
    }
    Ok(())
}
