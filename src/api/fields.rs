//! Fields of a module's own: defined by admins, filled in by everybody who may edit the datasheet.

use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};

use super::Key;
#[cfg(feature = "ssr")]
use super::{
    contact_changes, field_changes,
    request::{Request, answer, write_once},
};
#[cfg(feature = "ssr")]
use crate::store;
use crate::{
    domain::{
        datasheet::Done,
        field::{FieldForm, FieldKind, FieldList, FieldPlace, FieldValue},
        id::{ContactId, DatasheetId, FieldGroupId, FieldId, ModuleId},
    },
    error::Result,
};

/// What is done with a group of fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupChange {
    /// A new one, at the end.
    Add {
        /// What people call it.
        name: String,
    },
    /// Another name. A stale version is told with the name stored now.
    Rename {
        /// Which.
        group: FieldGroupId,
        /// The version that was seen.
        version: i64,
        /// What people call it.
        name: String,
    },
    /// Before another (`None`: at the end).
    Move {
        /// Which.
        group: FieldGroupId,
        /// The group that will follow.
        before: Option<FieldGroupId>,
    },
    /// Away with it; its fields stand above all groups from then on.
    Remove {
        /// Which.
        group: FieldGroupId,
    },
}

/// Sets what stands in a field of a datasheet (`None` clears it). `version` is the value's, 0 where it was never filled in;
/// a stale one is told with the value stored now.
#[server(endpoint = "fields/set", input = Json)]
pub async fn field_set(
    key: Key,
    datasheet: DatasheetId,
    field: FieldId,
    version: i64,
    value: Option<FieldValue>,
) -> Result<Done> {
    write_once!(key, "field_set", (datasheet, field, version, &value), |request| {
        field_changes::set(request, datasheet, field, version, value).await?
    })
}

/// The fields in use of a module, for who narrows its list; with the name of a contact that one is narrowed to.
#[server(endpoint = "fields/of_module", input = Json)]
pub async fn fields_of_module(
    module: ModuleId,
    contact: Option<ContactId>,
) -> Result<(FieldList, Option<String>)> {
    answer(async move {
        let mut request = Request::read().await?;
        request.may_open(module).await?;
        request.fields_in_use(module, contact).await
    })
    .await
}

#[cfg(feature = "ssr")]
impl Request {
    /// The fields in use of a module that the viewer may open, and the name of a contact if they may see it.
    pub async fn fields_in_use(
        &mut self,
        module: ModuleId,
        contact: Option<ContactId>,
    ) -> Result<(FieldList, Option<String>)> {
        let list = store::fields::list(&mut self.tx, module).await?.in_use();
        let known = match contact {
            Some(id) if contact_changes::may_see(self, id).await.is_ok() => vec![id],
            _ => vec![],
        };
        let names = store::fields::contact_names(&mut self.tx, &known).await?;
        Ok((list, names.into_iter().next().map(|(_, name)| name)))
    }
}

/// Adds a field at a place. Admins only, as all that follows.
#[server(endpoint = "fields/add", input = Json)]
pub async fn field_add(
    key: Key,
    module: ModuleId,
    kind: FieldKind,
    form: FieldForm,
    place: FieldPlace,
) -> Result<FieldList> {
    write_once!(key, "field_add", (module, kind, &form, place), |request| {
        field_changes::add(request, module, kind, form, place).await?
    })
}

/// Changes a field's name, help, default, requirement and choices. No value is touched: a choice that is left out is archived.
#[server(endpoint = "fields/edit", input = Json)]
pub async fn field_edit(key: Key, field: FieldId, version: i64, form: FieldForm) -> Result<FieldList> {
    write_once!(key, "field_edit", (field, version, &form), |request| {
        field_changes::edit(request, field, version, form).await?
    })
}

/// Moves a field to a place, within or between groups. Writes one rank; takes no version, as a move of a status.
#[server(endpoint = "fields/move", input = Json)]
pub async fn field_move(key: Key, field: FieldId, place: FieldPlace) -> Result<FieldList> {
    write_once!(key, "field_move", (field, place), |request| {
        field_changes::move_to(request, field, place).await?
    })
}

/// Takes a field out of use, its values kept, or back into use.
#[server(endpoint = "fields/archive", input = Json)]
pub async fn field_archive(key: Key, field: FieldId, archived: bool) -> Result<FieldList> {
    write_once!(key, "field_archive", (field, archived), |request| {
        field_changes::archive(request, field, archived).await?
    })
}

/// Adds, renames, moves or removes a group of fields.
#[server(endpoint = "fields/group", input = Json)]
pub async fn field_group(key: Key, module: ModuleId, change: GroupChange) -> Result<FieldList> {
    write_once!(key, "field_group", (module, &change), |request| {
        field_changes::change_group(request, module, change).await?
    })
}
