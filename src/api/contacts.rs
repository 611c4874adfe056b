//! Contacts: the list, the page of one, changes of it, likely duplicates, merges; whom a datasheet is about.
//!
//! Who may open a module knows all contacts; a Restricted user those of their own datasheets and those they made. Whoever knows a
//! contact may change it. Merging moves datasheets of all modules, so it is for those who see all modules.

use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};

use super::Key;
#[cfg(feature = "ssr")]
use super::{
    contact_changes,
    request::{Request, answer, write_once},
};
#[cfg(feature = "ssr")]
use crate::{domain, store};
use crate::{
    domain::{
        contact::{
            AllLikely, Contact, ContactCursor, ContactEvent, ContactForm, ContactKind, ContactLine,
            ContactList, ContactPage, ContactSheet, DetailKind, DetailLabel, MergePreview, Typed,
        },
        datasheet::Done,
        id::{ContactId, DatasheetId, DetailId, EventId, ModuleId},
    },
    error::Result,
};

/// What is changed of a contact itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactChange {
    /// Its name.
    Name(String),
    /// Its tax number; nothing clears it.
    TaxNumber(String),
    /// The business a person belongs to.
    Business(Option<ContactId>),
    /// Whether it is a person or a business, where nothing speaks against it.
    Kind(ContactKind),
}

/// What is changed of the ways to reach a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DetailChange {
    /// A new one.
    Add {
        /// What it is.
        kind: DetailKind,
        /// Where it belongs.
        label: DetailLabel,
        /// As it was typed.
        value: String,
    },
    /// Another value or label. A stale version is told with the value stored now.
    Save {
        /// Which.
        detail: DetailId,
        /// The version that was seen.
        version: i64,
        /// Where it belongs.
        label: DetailLabel,
        /// As it was typed.
        value: String,
    },
    /// Away with it.
    Remove {
        /// Which.
        detail: DetailId,
        /// The version that was seen.
        version: i64,
    },
}

/// The answer to a write on a contact: how it is now, and what takes it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactDone {
    /// Which it is.
    pub id: ContactId,
    /// The contact now; `None` when it is no more.
    pub contact: Option<Contact>,
    /// Undoes it.
    pub undo: Option<EventId>,
}

/// Contacts after a place (`None`: the first), by name, or those with words that begin as the words of a search; at most 50.
#[server(endpoint = "contacts/list", input = Json)]
pub async fn contacts_list(search: String, after: Option<ContactCursor>) -> Result<ContactList> {
    answer(async move {
        let mut request = Request::read().await?;
        contact_changes::list(&mut request, &search, after.as_ref(), 50).await
    })
    .await
}

/// The first contacts that have words with these beginnings; at most ten.
#[server(endpoint = "contacts/find", input = Json)]
pub async fn contact_find(beginning: String) -> Result<Vec<ContactLine>> {
    answer(async move {
        let mut request = Request::read().await?;
        if domain::contact::searched(&beginning).is_empty() {
            contact_changes::sight(&mut request).await?;
            return Ok(vec![]);
        }
        Ok(contact_changes::list(&mut request, &beginning, None, 10).await?.lines)
    })
    .await
}

/// Everything that the page of a contact shows at first. One that was merged is shown as what it was merged into.
#[server(endpoint = "contacts/page", input = Json)]
pub async fn contact_show(contact: ContactId) -> Result<ContactPage> {
    answer(async move {
        let mut request = Request::read().await?;
        contact_changes::page(&mut request, contact).await
    })
    .await
}

/// Datasheets of a contact that the viewer sees before one, the newest first, at most [`ContactPage::SHEETS`].
#[server(endpoint = "contacts/sheets", input = Json)]
pub async fn contact_sheets(contact: ContactId, before: Option<DatasheetId>) -> Result<Vec<ContactSheet>> {
    answer(async move {
        let mut request = Request::read().await?;
        contact_changes::may_see(&mut request, contact).await?;
        let sight = contact_changes::sight(&mut request).await?;
        let limit = i64::try_from(ContactPage::SHEETS).unwrap_or(i64::MAX);
        store::contacts::sheets(&mut request.tx, contact, &sight, before, limit).await
    })
    .await
}

/// Entries of the history of a contact and of its datasheets that the viewer sees before one, the newest first, at most
/// [`ContactPage::EVENTS`].
#[server(endpoint = "contacts/history", input = Json)]
pub async fn contact_history(contact: ContactId, before: Option<EventId>) -> Result<Vec<ContactEvent>> {
    answer(async move {
        let mut request = Request::read().await?;
        let found = contact_changes::may_see(&mut request, contact).await?;
        contact_changes::history(&mut request, &found, before).await
    })
    .await
}

/// What is likely the same as what is typed: contacts but for one, and datasheets of a module.
#[server(endpoint = "contacts/likely", input = Json)]
pub async fn contact_likely(
    typed: Typed,
    except: Option<ContactId>,
    module: Option<ModuleId>,
) -> Result<AllLikely> {
    answer(async move {
        let mut request = Request::read().await?;
        contact_changes::likely(&mut request, &typed, except, module).await
    })
    .await
}

/// Adds a person or a business.
#[server(endpoint = "contacts/add", input = Json)]
pub async fn contact_add(key: Key, form: ContactForm) -> Result<ContactDone> {
    write_once!(key, "contact_add", &form, |request| { contact_changes::add(request, form).await? })
}

/// Changes name, tax number or business. A stale version is told with the value stored now.
#[server(endpoint = "contacts/set", input = Json)]
pub async fn contact_set(
    key: Key,
    contact: ContactId,
    version: i64,
    change: ContactChange,
) -> Result<ContactDone> {
    write_once!(key, "contact_set", (contact, version, &change), |request| {
        contact_changes::set(request, contact, version, change).await?
    })
}

/// Adds, changes or removes an e-mail address, phone number or address.
#[server(endpoint = "contacts/detail", input = Json)]
pub async fn contact_detail(key: Key, contact: ContactId, change: DetailChange) -> Result<ContactDone> {
    write_once!(key, "contact_detail", (contact, &change), |request| {
        contact_changes::change_detail(request, contact, change).await?
    })
}

/// What merging another contact into one would do.
#[server(endpoint = "contacts/merge_preview", input = Json)]
pub async fn contact_merge_preview(kept: ContactId, other: ContactId) -> Result<MergePreview> {
    answer(async move {
        let mut request = Request::read().await?;
        contact_changes::preview(&mut request, kept, other).await
    })
    .await
}

/// Merges another contact into one. The stamps are those of the contacts that were seen ([`Contact::stamp`]).
#[server(endpoint = "contacts/merge", input = Json)]
pub async fn contact_merge(
    key: Key,
    kept: ContactId,
    kept_stamp: String,
    other: ContactId,
    other_stamp: String,
) -> Result<ContactDone> {
    write_once!(key, "contact_merge", (kept, &kept_stamp, other, &other_stamp), |request| {
        contact_changes::merge(request, (kept, &kept_stamp), (other, &other_stamp)).await?
    })
}

/// Takes back a write on a contact, as long as nothing came after it that it would lose.
#[server(endpoint = "contacts/undo", input = Json)]
pub async fn contact_undo(key: Key, event: EventId) -> Result<ContactDone> {
    write_once!(key, "contact_undo", event, |request| { contact_changes::undo(request, event).await? })
}

/// Says whom a datasheet is about. A stale version is told with the contact stored now.
#[server(endpoint = "datasheets/contact", input = Json)]
pub async fn datasheet_set_contact(
    key: Key,
    datasheet: DatasheetId,
    version: i64,
    contact: Option<ContactId>,
) -> Result<Done> {
    write_once!(key, "datasheet_set_contact", (datasheet, version, contact), |request| {
        contact_changes::set_of_datasheet(request, datasheet, version, contact).await?
    })
}
