//! Related datasheets: found, linked, described, taken apart. Seen from both sides by those who may open both.

use leptos::{prelude::*, server_fn::codec::Json};

use super::Key;
#[cfg(feature = "ssr")]
use super::{
    changes::{conflict, listed},
    request::{Request, answer, write_once},
};
use crate::{
    domain::{
        datasheet::Done,
        id::{DatasheetId, RelationId},
        relation::Offered,
    },
    error::Result,
};
#[cfg(feature = "ssr")]
use crate::{
    domain::{
        filter::Filter,
        history::What,
        id::EventId,
        module::Module,
        relation::{OFFERED, RELATED_MAX, about as parsed},
        status::StatusTree,
        text::{fold, words},
    },
    error::{Error, Field, Problem, Refusal},
    store::{self, datasheets::Standing, relations::Relation, undo::Undo},
};

/// So many matches of a module, in the order of its list, are looked at for those that fit best.
#[cfg(feature = "ssr")]
const LOOKED_AT: usize = 50;

/// The datasheets in all modules the viewer may open that have words with these beginnings and can be linked with one, at most
/// [`OFFERED`]: those whose names begin with what was typed first.
#[server(endpoint = "relations/find", input = Json)]
pub async fn relation_find(datasheet: DatasheetId, beginning: String) -> Result<Vec<Offered>> {
    answer(async move {
        let mut request = Request::read().await?;
        request.may_see(datasheet).await?;
        find(&mut request, datasheet, &beginning).await
    })
    .await
}

/// Links a datasheet with another one that the viewer sees.
#[server(endpoint = "relations/add", input = Json)]
pub async fn relation_add(
    key: Key,
    datasheet: DatasheetId,
    other: DatasheetId,
    about: String,
) -> Result<Done> {
    write_once!(key, "relation_add", (datasheet, other, &about), |request| {
        add(request, datasheet, other, &about).await?
    })
}

/// Says what the one is to the other. A stale version is told with the description stored now.
#[server(endpoint = "relations/describe", input = Json)]
pub async fn relation_describe(
    key: Key,
    datasheet: DatasheetId,
    relation: RelationId,
    version: i64,
    about: String,
) -> Result<Done> {
    write_once!(key, "relation_describe", (datasheet, relation, version, &about), |request| {
        describe(request, datasheet, relation, version, &about).await?
    })
}

/// Takes a relation apart.
#[server(endpoint = "relations/remove", input = Json)]
pub async fn relation_remove(
    key: Key,
    datasheet: DatasheetId,
    relation: RelationId,
    version: i64,
) -> Result<Done> {
    write_once!(key, "relation_remove", (datasheet, relation, version), |request| {
        let (sides, relation) = known(request, datasheet, relation, version).await?;
        store::relations::remove(&mut request.tx, relation.id).await?;
        let what = |name: &str| What::Unrelated { name: name.to_owned(), about: relation.about.clone() };
        let undo = |other| Undo::Unrelated {
            relation: relation.id,
            other,
            about: relation.about.clone(),
            version: relation.version,
        };
        told(request, &sides, what, undo).await?
    })
}

/// The datasheet that is worked on, held and not in the trash, and the one beyond, held.
#[cfg(feature = "ssr")]
struct Sides {
    this: Standing,
    module: Module,
    beyond: Standing,
}

#[cfg(feature = "ssr")]
async fn sides(request: &mut Request, datasheet: DatasheetId, beyond: DatasheetId) -> Result<Sides> {
    // In the order of their ids, as everybody does: nobody waits for who waits for them.
    store::datasheets::lock_some(&mut request.tx, &[datasheet, beyond]).await?;
    let (this, module) = listed(request, datasheet).await?;
    let (beyond, _) = request.may_edit(beyond).await?;
    Ok(Sides { this, module, beyond })
}

/// A relation of that version on a datasheet, with both sides held.
#[cfg(feature = "ssr")]
async fn known(
    request: &mut Request,
    datasheet: DatasheetId,
    relation: RelationId,
    version: i64,
) -> Result<(Sides, Relation)> {
    let found = store::relations::get(&mut request.tx, relation).await?.ok_or(Error::NotFound)?;
    let beyond = found.beyond(datasheet).ok_or(Error::NotFound)?;
    let sides = sides(request, datasheet, beyond).await?;
    // Read again: it is held only now.
    let found = store::relations::get(&mut request.tx, relation).await?.ok_or(Error::NotFound)?;
    if found.version != version {
        return Err(conflict(Some(Field::Relation), found.about, found.version));
    }
    Ok((sides, found))
}

/// Writes an entry into the history of both sides; answers with what takes it back.
#[cfg(feature = "ssr")]
async fn told(
    request: &mut Request,
    sides: &Sides,
    what: impl Fn(&str) -> What,
    undo: impl Fn(DatasheetId) -> Undo,
) -> Result<Done> {
    let Sides { this, module, beyond } = sides;
    let entry =
        request.note(Some(module.id), Some(this.id), what(&beyond.name), Some(undo(beyond.id))).await?;
    store::events::name_related(&mut request.tx, entry, beyond.id).await?;
    let (to, undo) = (Some(beyond.module_id), Some(undo(this.id)));
    let twin = request.note_part(entry, to, Some(beyond.id), what(&this.name), undo).await?;
    store::events::name_related(&mut request.tx, twin, this.id).await?;
    request.changed(to, Some(beyond.id));
    request.done(this.id, module.id, Some(entry)).await
}

#[cfg(feature = "ssr")]
async fn find(request: &mut Request, datasheet: DatasheetId, beginning: &str) -> Result<Vec<Offered>> {
    let search: String = beginning.chars().take(Filter::SEARCH_MAX).collect();
    if words(&search).is_empty() {
        return Ok(vec![]);
    }
    let related = store::relations::all(&mut request.tx, datasheet).await?;
    let is_free = |other: DatasheetId| {
        other != datasheet && !related.iter().any(|relation| relation.beyond(datasheet) == Some(other))
    };
    let filter = Filter { search, ..Filter::default() };
    // Without a group of statuses in the filter the tree is not asked for.
    let tree = StatusTree::default();
    // Those that are passed over must not leave too few.
    let limit = u32::try_from(LOOKED_AT + related.len() + 1).unwrap_or(u32::MAX);
    let mut found = vec![];
    for module in request.links().await? {
        let scope = request.scope(module.id);
        let page = store::list::page(&mut request.tx, scope, &filter, &tree, None, limit).await?;
        let of_module = page.rows.into_iter().filter(|row| is_free(row.id));
        found.extend(of_module.map(|row| Offered {
            datasheet: row.id,
            name: row.name,
            contact: row.contact,
            module: module.name.clone(),
        }));
    }
    let typed = fold(beginning.trim());
    found.sort_by_cached_key(|offered| !fold(&offered.name).starts_with(&typed));
    found.truncate(OFFERED);
    Ok(found)
}

#[cfg(feature = "ssr")]
async fn add(request: &mut Request, datasheet: DatasheetId, other: DatasheetId, about: &str) -> Result<Done> {
    if datasheet == other {
        request.may_see(datasheet).await?;
        return Err(Error::invalid(Field::Related, Problem::Unknown));
    }
    let about = parsed(about)?;
    let sides = sides(request, datasheet, other).await?;
    if sides.beyond.trashed_at.is_some() {
        return Err(Error::Refused(Refusal::Trashed));
    }
    let id = RelationId(request.tx.new_id(request.now));
    link(request, &Relation::between(id, datasheet, other, about.clone(), 1)).await?;
    let what = |name: &str| What::Related { name: name.to_owned(), about: about.clone() };
    told(request, &sides, what, |_| Undo::Related { relation: id, version: 1 }).await
}

/// Stores a new relation between two held datasheets.
#[cfg(feature = "ssr")]
async fn link(request: &mut Request, relation: &Relation) -> Result<()> {
    for side in relation.sides() {
        let n = store::relations::all(&mut request.tx, side).await?.len();
        if n >= RELATED_MAX as usize {
            return Err(Error::invalid(Field::Related, Problem::TooMany(RELATED_MAX)));
        }
    }
    if !store::relations::add(&mut request.tx, relation, request.viewer.id, request.now).await? {
        return Err(Error::Refused(Refusal::AlreadyRelated));
    }
    Ok(())
}

#[cfg(feature = "ssr")]
async fn describe(
    request: &mut Request,
    datasheet: DatasheetId,
    relation: RelationId,
    version: i64,
    about: &str,
) -> Result<Done> {
    let about = parsed(about)?;
    let (sides, mut found) = known(request, datasheet, relation, version).await?;
    if found.about == about {
        return request.done(datasheet, sides.module.id, None).await;
    }
    let from = std::mem::replace(&mut found.about, about.clone());
    store::relations::save(&mut request.tx, &found).await?;
    let what = |name: &str| What::RelationDescribed { name: name.to_owned(), about: about.clone() };
    let undo = |_| Undo::RelationDescribed { relation, version: version + 1, from: from.clone() };
    told(request, &sides, what, undo).await
}

/// Lets the open pages of the datasheets that one is related with hear of it: they show its name, its status and whether it is in
/// the trash.
#[cfg(feature = "ssr")]
pub async fn tell(request: &mut Request, datasheet: DatasheetId) -> Result<()> {
    for (module, beyond) in store::relations::beyond(&mut request.tx, datasheet).await? {
        request.changed(Some(module), Some(beyond));
    }
    Ok(())
}

/// The same, if what they show is another now.
#[cfg(feature = "ssr")]
pub async fn tell_if(request: &mut Request, before: &Standing, after: &Standing) -> Result<()> {
    let is_same = before.name == after.name
        && before.status_id == after.status_id
        && before.trashed_at.is_some() == after.trashed_at.is_some();
    if is_same { Ok(()) } else { tell(request, before.id).await }
}

/// Holds both sides of the relation that an entry of a datasheet would take back, in the order of their ids.
#[cfg(feature = "ssr")]
pub async fn hold(request: &mut Request, this: DatasheetId, undo: &Undo) -> Result<()> {
    let beyond = match undo {
        Undo::Unrelated { other, .. } => Some(*other),
        Undo::Related { relation, .. } | Undo::RelationDescribed { relation, .. } => {
            let stored = store::relations::get(&mut request.tx, *relation).await?;
            stored.and_then(|relation| relation.beyond(this))
        }
        _ => None,
    };
    if let Some(beyond) = beyond {
        store::datasheets::lock_some(&mut request.tx, &[this, beyond]).await?;
    }
    Ok(())
}

/// Takes back what was done to a relation of a datasheet, when it is as that left it: on both sides. `note` is what says so in
/// the history of the datasheet.
#[cfg(feature = "ssr")]
pub async fn take_back(
    request: &mut Request,
    this: &Standing,
    (event, note): (EventId, EventId),
    kind: String,
    undo: Undo,
) -> Result<()> {
    let cannot = || Error::Refused(Refusal::CannotUndo);
    let (relation, left) = match &undo {
        Undo::Related { relation, version }
        | Undo::RelationDescribed { relation, version, .. }
        | Undo::Unrelated { relation, version, .. } => (*relation, *version),
        _ => return Err(cannot()),
    };
    let stored = store::relations::get(&mut request.tx, relation).await?;
    let beyond = match (&stored, &undo) {
        (None, Undo::Unrelated { other, .. }) => *other,
        (Some(stored), _) if stored.version == left => stored.beyond(this.id).ok_or_else(cannot)?,
        _ => return Err(cannot()),
    };
    // Who may not see the other side any more takes nothing back there.
    let (beyond, _) = request.may_edit(beyond).await?;
    match (stored, undo) {
        (Some(_), Undo::Related { .. }) => store::relations::remove(&mut request.tx, relation).await?,
        (Some(mut stored), Undo::RelationDescribed { from, .. }) => {
            stored.about = from;
            store::relations::save(&mut request.tx, &stored).await?;
        }
        (None, Undo::Unrelated { about, version, .. }) => {
            link(request, &Relation::between(relation, this.id, beyond.id, about, version + 1)).await?;
        }
        _ => return Err(cannot()),
    }
    store::events::name_related(&mut request.tx, note, beyond.id).await?;
    let twin = store::events::twin(&mut request.tx, event).await?.ok_or_else(cannot)?;
    let module = Some(beyond.module_id);
    let of = What::Undone { of: kind };
    let twin_note = request.note_part(note, module, Some(beyond.id), of, None).await?;
    store::events::name_related(&mut request.tx, twin_note, this.id).await?;
    if !store::events::save_undone(&mut request.tx, twin, twin_note).await? {
        return Err(cannot());
    }
    request.changed(module, Some(beyond.id));
    Ok(())
}
