//! The recipes of reads and writes on contacts, on a begun request.

use super::{
    changes::{conflict, listed},
    contacts::{ContactChange, ContactDone, DetailChange},
    request::Request,
};
use crate::{
    domain::{
        contact::{
            self, AllLikely, Contact, ContactCursor, ContactEvent, ContactForm, ContactKind, ContactList,
            ContactPage, Detail, DetailKind, DetailLabel, LikelySheet, MergePreview, Named, Typed, name_key,
        },
        datasheet::Done,
        history::{ContactPart, What},
        id::{ContactId, DatasheetId, DetailId, EventId, ModuleId},
        text,
    },
    error::{Error, Field, Problem, Refusal, Result},
    i18n,
    store::{
        self,
        contacts::{New, Sight},
        datasheets::Standing,
        events::Undoable,
        undo::Undo,
    },
};

/// How many ways to reach one contact there can be.
const DETAILS_MAX: u32 = 50;
/// How many likely duplicates are shown.
const LIKELY: usize = 5;

const CANNOT_UNDO: Error = Error::Refused(Refusal::CannotUndo);

fn limit(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// What of the datasheets the viewer sees. Who may open no module has nothing to do with contacts.
pub async fn sight(request: &mut Request) -> Result<Sight> {
    let modules: Vec<ModuleId> = request.links().await?.into_iter().map(|link| link.id).collect();
    if modules.is_empty() && !request.viewer.role.sees_all_modules() {
        return Err(Error::Forbidden);
    }
    let restricted_to = request.scope(ModuleId(0)).restricted_to;
    Ok(Sight { modules, restricted_to })
}

async fn seen(request: &mut Request, found: Option<Contact>) -> Result<Contact> {
    let sight = sight(request).await?;
    let found = found.ok_or(Error::NotFound)?;
    match sight.restricted_to {
        Some(user) if !store::contacts::is_known_to(&mut request.tx, found.id, user).await? => {
            Err(Error::NotFound)
        }
        _ => Ok(found),
    }
}

/// A contact that the viewer knows, as it stands now.
pub async fn may_see(request: &mut Request, contact: ContactId) -> Result<Contact> {
    let found = store::contacts::get(&mut request.tx, contact).await?;
    seen(request, found).await
}

/// The same, held back from all others until this transaction ends.
async fn may_edit(request: &mut Request, contact: ContactId) -> Result<Contact> {
    let found = store::contacts::lock(&mut request.tx, contact).await?;
    seen(request, found).await
}

/// Whether the viewer may choose the contact for a datasheet. It stays until this transaction ends.
pub async fn known(request: &mut Request, contact: ContactId) -> Result<()> {
    let unknown = Error::invalid(Field::Contact, Problem::Unknown);
    if !store::contacts::hold(&mut request.tx, contact).await? {
        return Err(unknown);
    }
    match may_see(request, contact).await {
        Ok(_) => Ok(()),
        Err(Error::NotFound) => Err(unknown),
        Err(error) => Err(error),
    }
}

/// Contacts after a place.
pub async fn list(
    request: &mut Request,
    search: &str,
    after: Option<&ContactCursor>,
    many: usize,
) -> Result<ContactList> {
    let sight = sight(request).await?;
    let short: String = search.chars().take(200).collect();
    let searched = contact::searched(&short);
    if searched.is_empty() && !short.trim().is_empty() {
        // Signs alone are in no name.
        return Ok(ContactList::default());
    }
    let mut found =
        store::contacts::page(&mut request.tx, &searched, sight.restricted_to, after, limit(many) + 1)
            .await?;
    let more = found.len() > many;
    found.truncate(many);
    let next = found.last().filter(|_| more).map(|(cursor, _)| cursor.clone());
    Ok(ContactList { lines: found.into_iter().map(|(_, line)| line).collect(), next })
}

/// Everything that the page of a contact shows at first.
pub async fn page(request: &mut Request, id: ContactId) -> Result<ContactPage> {
    let contact = match may_see(request, id).await {
        Err(Error::NotFound) => {
            let kept = store::contacts::merged_into(&mut request.tx, id).await?.ok_or(Error::NotFound)?;
            may_see(request, kept).await?
        }
        found => found?,
    };
    let sight = sight(request).await?;
    let mut persons = match (contact.kind, sight.restricted_to) {
        // A Restricted viewer knows only persons of their own datasheets: they are in these.
        (ContactKind::Business, None) => {
            store::contacts::persons(&mut request.tx, contact.id, limit(ContactPage::PERSONS) + 1).await?
        }
        _ => vec![],
    };
    let more_persons = persons.len() > ContactPage::PERSONS;
    persons.truncate(ContactPage::PERSONS);
    let many = limit(ContactPage::SHEETS) + 1;
    let mut sheets = store::contacts::sheets(&mut request.tx, contact.id, &sight, None, many).await?;
    let more_sheets = sheets.len() > ContactPage::SHEETS;
    sheets.truncate(ContactPage::SHEETS);
    let history = history(request, &contact, None).await?;
    let may_merge = request.viewer.role.sees_all_modules();
    Ok(ContactPage { contact, persons, more_persons, sheets, more_sheets, history, may_merge })
}

/// Entries of the merged history. Those of datasheets are undone on their pages.
pub async fn history(
    request: &mut Request,
    contact: &Contact,
    before: Option<EventId>,
) -> Result<Vec<ContactEvent>> {
    let sight = sight(request).await?;
    let many = limit(ContactPage::EVENTS);
    let may_merge = request.viewer.role.sees_all_modules();
    let found = store::contacts::history(&mut request.tx, contact.id, &sight, before, many).await?;
    let can_undo = |undo: &Undo| match undo {
        Undo::ContactSaved { contact: of, version, .. } => *of == contact.id && *version == contact.version,
        Undo::DetailAdded { contact: of, detail, version } => {
            *of == contact.id && has(contact, *detail, *version)
        }
        Undo::DetailSaved { contact: of, version, from } => {
            *of == contact.id && has(contact, from.id, *version)
        }
        Undo::DetailRemoved { contact: of, .. } => *of == contact.id,
        // Asked for all the same, it is answered what changed since.
        Undo::ContactsMerged { .. } => may_merge,
        _ => false,
    };
    Ok(found
        .into_iter()
        .map(|(mut entry, undo)| {
            entry.event.can_undo = entry.datasheet.is_none() && undo.as_ref().is_some_and(can_undo);
            entry
        })
        .collect())
}

fn has(contact: &Contact, id: DetailId, version: i64) -> bool {
    contact.details.iter().any(|detail| detail.id == id && detail.version == version)
}

/// What is likely the same as what is typed.
pub async fn likely(
    request: &mut Request,
    typed: &Typed,
    except: Option<ContactId>,
    module: Option<ModuleId>,
) -> Result<AllLikely> {
    let sight = sight(request).await?;
    let keys = typed.keys();
    let found = store::contacts::candidates(&mut request.tx, &keys, except, sight.restricted_to).await?;
    let mut contacts = contact::most_likely(&keys, found);
    contacts.truncate(LIKELY);
    let mut sheets = vec![];
    if let Some(module) = module {
        request.may_open(module).await?;
        if let Some(name) = &keys.name {
            let scope = request.scope(module);
            let found =
                store::contacts::sheets_named(&mut request.tx, scope, &text::words(&typed.name)).await?;
            let is_named = |text: &str| name_key(text) == *name;
            sheets = found
                .into_iter()
                .filter(|row| {
                    is_named(&row.name) || row.contact.iter().any(|all| all.split(" · ").any(is_named))
                })
                .take(LIKELY)
                .map(|row| LikelySheet { id: row.id, name: row.name, contact: row.contact })
                .collect();
        }
    }
    Ok(AllLikely { contacts, sheets })
}

/// The answer to a write.
async fn done(request: &mut Request, id: ContactId, undo: Option<EventId>) -> Result<ContactDone> {
    let contact = store::contacts::get(&mut request.tx, id).await?;
    Ok(ContactDone { id, contact, undo })
}

async fn note(request: &mut Request, contact: ContactId, what: What, undo: Option<Undo>) -> Result<EventId> {
    let (at, by) = (request.now, Some(request.viewer.id));
    let event = store::events::NewEvent { at, by, module: None, datasheet: None, what, undo, batch: None };
    store::events::add_of_contact(&mut request.tx, contact, event).await
}

/// A business that a person may belong to.
async fn business(request: &mut Request, id: ContactId) -> Result<Named> {
    let unknown = Error::invalid(Field::Business, Problem::Unknown);
    if !store::contacts::hold(&mut request.tx, id).await? {
        return Err(unknown);
    }
    match may_see(request, id).await {
        Ok(contact) if contact.kind == ContactKind::Business => Ok(Named { id, name: contact.name }),
        Ok(_) | Err(Error::NotFound) => Err(unknown),
        Err(error) => Err(error),
    }
}

/// Adds a person or a business.
pub async fn add(request: &mut Request, form: ContactForm) -> Result<ContactDone> {
    sight(request).await?;
    let form = form.parse()?;
    if let Some(id) = form.business {
        business(request, id).await?;
    }
    let tax_number = Some(form.tax_number.as_str()).filter(|text| !text.is_empty());
    let new = New { kind: form.kind, name: &form.name, business: form.business, tax_number };
    let (by, now) = (request.viewer.id, request.now);
    let id = store::contacts::add(&mut request.tx, new, Some(by), now).await?;
    let is_person = form.kind == ContactKind::Person;
    for (kind, label, value) in [
        (DetailKind::Email, DetailLabel::Work, form.email),
        (DetailKind::Phone, if is_person { DetailLabel::Mobile } else { DetailLabel::Work }, form.phone),
    ] {
        if !value.is_empty() {
            let detail = Detail { id: DetailId(request.tx.new_id(now)), kind, label, value, version: 1 };
            store::contacts::add_detail(&mut request.tx, id, &detail).await?;
        }
    }
    store::contacts::follow(&mut request.tx, id).await?;
    let what = What::ContactAdded { name: form.name };
    let event = note(request, id, what, Some(Undo::ContactAdded { contact: id })).await?;
    done(request, id, Some(event)).await
}

/// Whether nothing of a contact speaks against its being of the other kind. It is held.
async fn may_become(request: &mut Request, contact: &Contact) -> Result<bool> {
    Ok(match contact.kind {
        ContactKind::Person => contact.business.is_none(),
        ContactKind::Business => {
            contact.tax_number.is_none()
                && store::contacts::persons(&mut request.tx, contact.id, 1).await?.is_empty()
        }
    })
}

/// Changes name, kind, tax number or business.
pub async fn set(
    request: &mut Request,
    id: ContactId,
    version: i64,
    change: ContactChange,
) -> Result<ContactDone> {
    let before = may_edit(request, id).await?;
    let name_of = |contact: &Contact| contact.business.as_ref().map(|business| business.name.clone());
    let mut after = before.clone();
    let (field, part, from, to) = match change {
        ContactChange::Name(name) => {
            after.name = text::name(&name)?;
            (Field::Name, ContactPart::Name, Some(before.name.clone()), Some(after.name.clone()))
        }
        ContactChange::Kind(kind) => {
            after.kind = kind;
            let said = |kind| Some(i18n::contacts::kind_of(request.locale, kind).to_owned());
            (Field::Kind, ContactPart::Kind, said(before.kind), said(kind))
        }
        ContactChange::TaxNumber(text) => {
            if before.kind != ContactKind::Business {
                return Err(Error::invalid(Field::TaxNumber, Problem::Unknown));
            }
            after.tax_number = contact::tax_number(&text)?;
            (Field::TaxNumber, ContactPart::TaxNumber, before.tax_number.clone(), after.tax_number.clone())
        }
        ContactChange::Business(to) => {
            if before.kind != ContactKind::Person {
                return Err(Error::invalid(Field::Business, Problem::Unknown));
            }
            after.business = match to {
                Some(to) => Some(business(request, to).await?),
                None => None,
            };
            (Field::Business, ContactPart::Business, name_of(&before), name_of(&after))
        }
    };
    if before.version != version {
        return Err(conflict(Some(field), from.unwrap_or_default(), before.version));
    }
    if before == after {
        return done(request, id, None).await;
    }
    if before.kind != after.kind && !may_become(request, &before).await? {
        return Err(Error::Refused(Refusal::KindStays));
    }
    let version = store::contacts::save(&mut request.tx, &before, &after).await?;
    let undo = Undo::ContactSaved {
        contact: id,
        version,
        name: before.name,
        business: before.business.map(|business| business.id),
        tax_number: before.tax_number,
        contact_kind: Some(before.kind),
    };
    let event = note(request, id, What::ContactChanged { part, from, to }, Some(undo)).await?;
    done(request, id, Some(event)).await
}

/// Adds, changes or removes a way to reach a contact.
pub async fn change_detail(
    request: &mut Request,
    id: ContactId,
    change: DetailChange,
) -> Result<ContactDone> {
    let contact = may_edit(request, id).await?;
    let found = |detail: DetailId| {
        contact.details.iter().find(|other| other.id == detail).cloned().ok_or(Error::NotFound)
    };
    let is_there = |kind: DetailKind, value: &str, but: Option<DetailId>| {
        let key = kind.key(value);
        contact.of(kind).any(|other| {
            Some(other.id) != but && (other.value == value || key.is_some() && kind.key(&other.value) == key)
        })
    };
    let stale = |detail: &Detail, version: i64| {
        if detail.version == version {
            Ok(())
        } else {
            Err(conflict(Some(detail.kind.field()), detail.value.clone(), detail.version))
        }
    };
    let (kind, from, to, undo) = match change {
        DetailChange::Add { kind, label, value } => {
            let value = kind.parse(&value)?;
            if contact.details.len() >= DETAILS_MAX as usize {
                return Err(Error::invalid(kind.field(), Problem::TooMany(DETAILS_MAX)));
            }
            if is_there(kind, &value, None) {
                return Err(Error::invalid(kind.field(), Problem::Taken));
            }
            let detail =
                Detail { id: DetailId(request.tx.new_id(request.now)), kind, label, value, version: 1 };
            store::contacts::add_detail(&mut request.tx, id, &detail).await?;
            (kind, None, Some(detail.value), Undo::DetailAdded { contact: id, detail: detail.id, version: 1 })
        }
        DetailChange::Save { detail, version, label, value } => {
            let before = found(detail)?;
            let value = before.kind.parse(&value)?;
            stale(&before, version)?;
            if is_there(before.kind, &value, Some(detail)) {
                return Err(Error::invalid(before.kind.field(), Problem::Taken));
            }
            let after = Detail { label, value, version: version + 1, ..before.clone() };
            if after.label == before.label && after.value == before.value {
                return done(request, id, None).await;
            }
            store::contacts::save_detail(&mut request.tx, &after).await?;
            let (kind, from) = (before.kind, before.value.clone());
            (
                kind,
                Some(from),
                Some(after.value),
                Undo::DetailSaved { contact: id, version: after.version, from: before },
            )
        }
        DetailChange::Remove { detail, version } => {
            let before = found(detail)?;
            stale(&before, version)?;
            store::contacts::remove_detail(&mut request.tx, detail).await?;
            (before.kind, Some(before.value.clone()), None, Undo::DetailRemoved { contact: id, from: before })
        }
    };
    store::contacts::follow(&mut request.tx, id).await?;
    let what = What::ContactChanged { part: ContactPart::Detail(kind), from, to };
    let event = note(request, id, what, Some(undo)).await?;
    done(request, id, Some(event)).await
}

fn may_merge(request: &Request) -> Result<()> {
    if request.viewer.role.sees_all_modules() { Ok(()) } else { Err(Error::Forbidden) }
}

/// What merging another contact into one would do.
pub async fn preview(request: &mut Request, kept: ContactId, other: ContactId) -> Result<MergePreview> {
    may_merge(request)?;
    let kept = may_see(request, kept).await?;
    let other = may_see(request, other).await?;
    let merged = contact::merge(&kept, &other).ok_or(Error::Refused(Refusal::DifferentKinds))?;
    store::merges::preview(&mut request.tx, kept, other, merged).await
}

/// Merges another contact into one, as both were seen.
pub async fn merge(
    request: &mut Request,
    (kept, kept_stamp): (ContactId, &str),
    (other, other_stamp): (ContactId, &str),
) -> Result<ContactDone> {
    may_merge(request)?;
    // In one order for everybody, so that two merges of the same two do not wait for each other.
    let first = may_edit(request, kept.min(other)).await?;
    let second = may_edit(request, kept.max(other)).await?;
    let (kept, other) = if kept < other { (first, second) } else { (second, first) };
    for (contact, stamp) in [(&kept, kept_stamp), (&other, other_stamp)] {
        if contact.stamp() != stamp {
            return Err(conflict(Some(Field::Contact), contact.name.clone(), contact.version));
        }
    }
    let merged = contact::merge(&kept, &other).ok_or(Error::Refused(Refusal::DifferentKinds))?;
    let (by, now) = (request.viewer.id, request.now);
    let merge = store::merges::merge(&mut request.tx, &kept, &other, &merged, by, now).await?;
    let what = What::ContactsMerged { name: other.name };
    let event = note(request, kept.id, what, Some(Undo::ContactsMerged { merge })).await?;
    done(request, kept.id, Some(event)).await
}

/// Takes back a write on a contact. Where something stands in the way, it is named.
pub async fn undo(request: &mut Request, event: EventId) -> Result<ContactDone> {
    sight(request).await?;
    let entry = store::events::get(&mut request.tx, event).await?.ok_or(Error::NotFound)?;
    let id = store::events::contact(&mut request.tx, event).await?.ok_or(Error::NotFound)?;
    let now = may_edit(request, id).await?;
    let is_undone = entry.undone;
    match take_back(request, now, entry).await {
        Err(CANNOT_UNDO) if !is_undone => Err(in_the_way(request, id, event).await?.unwrap_or(CANNOT_UNDO)),
        done => done,
    }
}

/// What happened to a contact since an entry, as the reason why that cannot be taken back.
async fn in_the_way(request: &mut Request, id: ContactId, event: EventId) -> Result<Option<Error>> {
    let since = store::events::of_contact_after(&mut request.tx, id, event, 5).await?;
    if since.is_empty() {
        return Ok(None);
    }
    let (locale, zone) = (request.locale, &request.viewer.zone);
    let since = since.iter().map(|what| i18n::sheet::what(locale, what, zone)).collect();
    Ok(Some(Error::Refused(Refusal::ChangedSince(since))))
}

async fn take_back(request: &mut Request, now: Contact, entry: Undoable) -> Result<ContactDone> {
    let (id, event) = (now.id, entry.id);
    let Some(undo) = entry.undo else { return Err(CANNOT_UNDO) };
    let of = match &undo {
        Undo::ContactAdded { contact }
        | Undo::ContactSaved { contact, .. }
        | Undo::DetailAdded { contact, .. }
        | Undo::DetailSaved { contact, .. }
        | Undo::DetailRemoved { contact, .. } => *contact,
        Undo::ContactsMerged { .. } => id,
        _ => return Err(CANNOT_UNDO),
    };
    // The entry of another contact came here by a merge: what it was about is no more.
    if of != id {
        return Err(CANNOT_UNDO);
    }
    let only_if_last = matches!(undo, Undo::ContactAdded { .. } | Undo::ContactsMerged { .. });
    if only_if_last
        && !entry.undone
        && let Some(refused) = in_the_way(request, id, event).await?
    {
        return Err(refused);
    }
    let undone = note(request, id, What::Undone { of: entry.kind }, None).await?;
    if !store::events::save_undone(&mut request.tx, event, undone).await? {
        return Err(CANNOT_UNDO);
    }
    match undo {
        Undo::ContactAdded { .. } => {
            if store::contacts::is_in_use(&mut request.tx, id).await? {
                return Err(Error::Refused(Refusal::ContactInUse));
            }
            store::contacts::remove(&mut request.tx, id).await?;
        }
        Undo::ContactSaved { version, name, business: from, tax_number, contact_kind, .. } => {
            if version != now.version {
                return Err(CANNOT_UNDO);
            }
            let business = match from {
                Some(from) => match store::merges::still(&mut request.tx, from).await? {
                    Some(from) => store::contacts::get(&mut request.tx, from)
                        .await?
                        .map(|found| Named { id: from, name: found.name }),
                    None => None,
                },
                None => None,
            };
            let kind = contact_kind.unwrap_or(now.kind);
            if kind != now.kind && !may_become(request, &now).await? {
                return Err(CANNOT_UNDO);
            }
            let after = Contact { kind, name, business, tax_number, ..now.clone() };
            store::contacts::save(&mut request.tx, &now, &after).await?;
        }
        Undo::DetailAdded { detail, version, .. } => {
            if !has(&now, detail, version) {
                return Err(CANNOT_UNDO);
            }
            store::contacts::remove_detail(&mut request.tx, detail).await?;
            store::contacts::follow(&mut request.tx, id).await?;
        }
        Undo::DetailSaved { version, from, .. } => {
            if !has(&now, from.id, version) {
                return Err(CANNOT_UNDO);
            }
            store::contacts::save_detail(&mut request.tx, &Detail { version: version + 1, ..from }).await?;
            store::contacts::follow(&mut request.tx, id).await?;
        }
        Undo::DetailRemoved { from, .. } => {
            // Its version goes on, as that of everything that comes back.
            let back = Detail { version: from.version + 1, ..from };
            store::contacts::add_detail(&mut request.tx, id, &back).await?;
            store::contacts::follow(&mut request.tx, id).await?;
        }
        Undo::ContactsMerged { merge } => {
            may_merge(request)?;
            let found = store::merges::get(&mut request.tx, merge).await?.ok_or(CANNOT_UNDO)?;
            if found.kept != id
                || !store::merges::undo(&mut request.tx, merge, &found, &now, request.now).await?
            {
                return Err(CANNOT_UNDO);
            }
        }
        _ => return Err(CANNOT_UNDO),
    }
    done(request, id, None).await
}

async fn name_of(request: &mut Request, contact: Option<ContactId>) -> Result<Option<String>> {
    let Some(contact) = contact else { return Ok(None) };
    let names = store::fields::contact_names(&mut request.tx, &[contact]).await?;
    Ok(names.into_iter().next().map(|(_, name)| name))
}

/// Says whom a datasheet is about.
pub async fn set_of_datasheet(
    request: &mut Request,
    id: DatasheetId,
    version: i64,
    contact: Option<ContactId>,
) -> Result<Done> {
    let (before, module) = listed(request, id).await?;
    let was = store::datasheets::contact(&mut request.tx, id).await?;
    let from = name_of(request, was).await?;
    if before.version != version {
        return Err(conflict(Some(Field::Contact), from.unwrap_or_default(), before.version));
    }
    if was == contact {
        return request.done(id, module.id, None).await;
    }
    if let Some(contact) = contact {
        known(request, contact).await?;
    }
    let to = name_of(request, contact).await?;
    let now = request.now;
    let version = store::datasheets::save_contact(&mut request.tx, &before, contact, now).await?;
    let undo = Undo::ContactSet { version, from: was };
    let event = request.note(Some(module.id), Some(id), What::ContactSet { from, to }, Some(undo)).await?;
    request.done(id, module.id, Some(event)).await
}

/// Takes back who a datasheet is about, as long as nothing came after it.
pub async fn take_back_of_datasheet(
    request: &mut Request,
    before: &Standing,
    version: i64,
    from: Option<ContactId>,
) -> Result<()> {
    if version != before.version {
        return Err(CANNOT_UNDO);
    }
    let from = match from {
        Some(from) => store::merges::still(&mut request.tx, from).await?,
        None => None,
    };
    let now = request.now;
    store::datasheets::save_contact(&mut request.tx, before, from, now).await?;
    Ok(())
}
