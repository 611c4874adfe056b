//! Datasheets: add, look at, change, trash, restore; history; undo.

use leptos::{prelude::*, server_fn::codec::Json};

use super::Key;
#[cfg(feature = "ssr")]
use super::{
    changes, field_changes, process_moves,
    request::{Request, answer, write_once},
};
use crate::{
    domain::{
        datasheet::{DatasheetForm, DatasheetPage, Done, Row},
        history::{Event, Topic},
        id::{DatasheetId, EventId, ModuleId, StatusId, UserId},
        process::webshop::Order,
        time::Timestamp,
    },
    error::Result,
};
#[cfg(feature = "ssr")]
use crate::{
    domain::{
        history::time_in_statuses,
        process::{Facts, State},
    },
    error::Error,
    store,
};

/// One datasheet with its to-dos.
#[server(endpoint = "datasheets/page", input = Json)]
pub async fn datasheet_show(datasheet: DatasheetId) -> Result<DatasheetPage> {
    answer(async move {
        let mut request = Request::read().await?;
        let (standing, module) = request.may_see(datasheet).await?;
        let row = request.row(datasheet).await?.ok_or(Error::NotFound)?;
        let types = store::modules::types(&mut request.tx, module.id).await?;
        let tree = store::statuses::tree(&mut request.tx, module.id).await?;
        let todos = store::todos::all(&mut request.tx, datasheet, DatasheetPage::CLOSED).await?;
        let fields = field_changes::of_datasheet(&mut request, module.id, datasheet).await?;
        let (created_at, trashed) = (standing.created_at, standing.trashed_at.is_some());
        let (process, settings) = match module.template.process() {
            Some(process) => (
                Some(process_moves::state(&mut request.tx, datasheet).await?),
                Some(process_moves::settings(&mut request.tx, module.id, process).await?),
            ),
            None => (None, None),
        };
        let document = match &process {
            Some(State { facts: Facts::Invoicing(facts), .. }) if facts.issued.is_some() => {
                store::documents::get(&mut request.tx, datasheet).await?
            }
            _ => None,
        };
        let orders = match &process {
            Some(State { facts: Facts::Webshop(_), .. }) => {
                store::webshop::page(&mut request.tx, datasheet, None, DatasheetPage::ORDERS).await?
            }
            _ => vec![],
        };
        let moves = store::events::moves(&mut request.tx, datasheet, 500).await?;
        let status = store::statuses::name(&mut request.tx, row.status).await?;
        let times = time_in_statuses(created_at, &moves, &status, request.now);
        let files = store::files::of_datasheet(&mut request.tx, datasheet).await?;
        let related = store::relations::of_datasheet(&mut request.tx, &request.viewer, datasheet).await?;
        let todo_comments = store::comments::on_todos(&mut request.tx, datasheet).await?;
        Ok(DatasheetPage {
            row,
            module,
            types,
            tree,
            fields,
            todos,
            files,
            todo_comments,
            related,
            times,
            created_at,
            trashed,
            process,
            settings,
            document,
            orders,
        })
    })
    .await
}

/// One datasheet as the list shows it; `None` when it is in the trash.
#[server(endpoint = "datasheets/row", input = Json)]
pub async fn datasheet_row(datasheet: DatasheetId) -> Result<Option<Row>> {
    answer(async move {
        let mut request = Request::read().await?;
        let (standing, _) = request.may_see(datasheet).await?;
        if standing.trashed_at.is_some() { Ok(None) } else { request.row(datasheet).await }
    })
    .await
}

/// Entries of a datasheet's history of one topic or all, before one (`None`: from the newest), newest first, at most 50.
#[server(endpoint = "datasheets/history", input = Json)]
pub async fn datasheet_history(
    datasheet: DatasheetId,
    topic: Option<Topic>,
    before: Option<EventId>,
) -> Result<Vec<Event>> {
    answer(async move {
        let mut request = Request::read().await?;
        let (standing, _) = request.may_see(datasheet).await?;
        let viewer = Some(&request.viewer);
        let page =
            store::events::page_with_undo(&mut request.tx, datasheet, viewer, topic, before, 50).await?;
        changes::say_undoable(&mut request, &standing, page).await
    })
    .await
}

/// Orders of a buyer before one (`None`: from the latest), the latest first, at most [`DatasheetPage::ORDERS`].
#[server(endpoint = "datasheets/orders", input = Json)]
pub async fn datasheet_orders(
    datasheet: DatasheetId,
    before: Option<(Timestamp, String)>,
) -> Result<Vec<Order>> {
    answer(async move {
        let mut request = Request::read().await?;
        request.may_see(datasheet).await?;
        store::webshop::page(&mut request.tx, datasheet, before.as_ref(), DatasheetPage::ORDERS).await
    })
    .await
}

/// Adds a datasheet, with its first to-do if given.
#[server(endpoint = "datasheets/add", input = Json)]
pub async fn datasheet_add(key: Key, module: ModuleId, form: DatasheetForm) -> Result<Done> {
    write_once!(key, "datasheet_add", (module, &form), |request| {
        changes::add_datasheet(request, module, form).await?
    })
}

/// Renames a datasheet. A stale version is told with the name stored now.
#[server(endpoint = "datasheets/rename", input = Json)]
pub async fn datasheet_rename(key: Key, datasheet: DatasheetId, version: i64, name: String) -> Result<Done> {
    write_once!(key, "datasheet_rename", (datasheet, version, &name), |request| {
        changes::rename(request, datasheet, version, &name).await?
    })
}

/// Sets the status by hand. Refused in fixed modules. A stale version is told with the status stored now.
#[server(endpoint = "datasheets/status", input = Json)]
pub async fn datasheet_set_status(
    key: Key,
    datasheet: DatasheetId,
    version: i64,
    status: StatusId,
) -> Result<Done> {
    write_once!(key, "datasheet_set_status", (datasheet, version, status), |request| {
        changes::set_status(request, datasheet, version, status).await?
    })
}

/// Gives the datasheet to another owner, who must be active and may open the module.
#[server(endpoint = "datasheets/owner", input = Json)]
pub async fn datasheet_set_owner(
    key: Key,
    datasheet: DatasheetId,
    version: i64,
    owner: UserId,
) -> Result<Done> {
    write_once!(key, "datasheet_set_owner", (datasheet, version, owner), |request| {
        changes::set_owner(request, datasheet, version, owner).await?
    })
}

/// Puts a datasheet into the trash.
#[server(endpoint = "datasheets/trash", input = Json)]
pub async fn datasheet_trash(key: Key, datasheet: DatasheetId, version: i64) -> Result<Done> {
    write_once!(key, "datasheet_trash", (datasheet, version), |request| {
        changes::trash(request, datasheet, version).await?
    })
}

/// Takes a datasheet out of the trash.
#[server(endpoint = "datasheets/restore", input = Json)]
pub async fn datasheet_restore(key: Key, datasheet: DatasheetId) -> Result<Done> {
    write_once!(key, "datasheet_restore", datasheet, |request| {
        changes::restore(request, datasheet).await?
    })
}

/// Takes back a write on a datasheet or its to-dos, as long as nothing came after it that it would lose.
#[server(endpoint = "datasheets/undo", input = Json)]
pub async fn undo(key: Key, event: EventId) -> Result<Done> {
    write_once!(key, "undo", event, |request| { changes::undo(request, event).await? })
}
