//! Modules: list, page, add, rename, reorder, trash, restore.

use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};

use super::Key;
#[cfg(feature = "ssr")]
use super::{
    changes::conflict,
    request::{Request, answer, write_once},
};
use crate::{
    domain::{
        datasheet::{Counts, Cursor, ModulePage, Page, SortedPage, SortedPlace},
        field::FieldList,
        filter::{Filter, Sort},
        id::{ModuleId, TodoTypeId},
        module::{Module, ModuleLink, Template, TodoType},
        status::StatusGroup,
    },
    error::Result,
};
#[cfg(feature = "ssr")]
use crate::{
    domain::{history::What, rank::Rank},
    error::{Error, Field, Refusal},
    i18n, store,
};

/// A module page under a filter, or why there is none. The server has it before the page is made: nothing in the page waits,
/// and so it is made once (a `Suspense` makes its content twice).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FirstSight {
    /// The module that was asked for; `None` where the path names none.
    pub module: Option<ModuleId>,
    /// What it was narrowed to.
    pub filter: Filter,
    /// The page.
    pub page: Result<ModulePage>,
}

/// What the server knows of the fields that narrow and order the list. It is for who has no JavaScript: with it the page asks.
#[derive(Clone, Debug, Default)]
pub struct OfFields {
    /// The module's fields in use.
    pub list: FieldList,
    /// The name of the contact that a field is narrowed to.
    pub contact: Option<String>,
    /// The first rows in the order of a field, where one orders them.
    pub sorted: Option<Result<SortedPage>>,
}

/// The module page's first sight: module, tree, counts, first rows.
#[server(endpoint = "modules/page", input = Json)]
pub async fn module_show(module: ModuleId, filter: Filter) -> Result<ModulePage> {
    answer(async move { Request::read().await?.module_page(module, &filter).await }).await
}

#[cfg(feature = "ssr")]
impl Request {
    /// What the module page shows at first.
    pub async fn module_page(&mut self, module: ModuleId, filter: &Filter) -> Result<ModulePage> {
        let module = self.may_open(module).await?;
        let types = store::modules::types(&mut self.tx, module.id).await?;
        let tree = store::statuses::tree(&mut self.tx, module.id).await?;
        let counts = self.counts(&module, filter, &tree).await?;
        let scope = self.scope(module.id);
        let page = store::list::page(&mut self.tx, scope, filter, &tree, None, 50).await?;
        Ok(ModulePage { module, types, tree, counts, page })
    }

    /// What is known of the fields that narrow and order the list of a module.
    pub async fn of_fields(&mut self, module: ModuleId, filter: &Filter) -> Result<OfFields> {
        let contact = filter.test().and_then(|test| test.contact());
        let (list, contact) = self.fields_in_use(module, contact).await?;
        let sorted = match filter.order() {
            Some(sort) => Some(self.sorted(module, filter, sort, None, 50).await),
            None => None,
        };
        Ok(OfFields { list, contact, sorted })
    }

    /// The rows after a place of the list in the order of a field.
    async fn sorted(
        &mut self,
        module: ModuleId,
        filter: &Filter,
        sort: Sort,
        after: Option<SortedPlace>,
        limit: u32,
    ) -> Result<SortedPage> {
        let module = self.may_open(module).await?;
        let field = store::fields::get(&mut self.tx, sort.field).await?;
        let field = field
            .filter(|field| field.module == module.id && !field.archived && field.kind.is_sortable())
            .ok_or(Error::NotFound)?;
        let tree = store::statuses::tree(&mut self.tx, module.id).await?;
        let (scope, order) = (self.scope(module.id), (&field, sort.descending));
        store::list::sorted::page(&mut self.tx, scope, filter, &tree, order, after, limit).await
    }
}

/// The rows after a place in the list, at most `limit` (1 to 200).
#[server(endpoint = "modules/rows", input = Json)]
pub async fn module_rows(
    module: ModuleId,
    filter: Filter,
    after: Option<Cursor>,
    limit: u32,
) -> Result<Page> {
    answer(async move {
        let mut request = Request::read().await?;
        let module = request.may_open(module).await?;
        let tree = store::statuses::tree(&mut request.tx, module.id).await?;
        let scope = request.scope(module.id);
        store::list::page(&mut request.tx, scope, &filter, &tree, after, limit.clamp(1, 200)).await
    })
    .await
}

/// The rows after a place of the list in the order of a field, at most `limit` (1 to 200).
#[server(endpoint = "modules/sorted", input = Json)]
pub async fn module_sorted(
    module: ModuleId,
    filter: Filter,
    sort: Sort,
    after: Option<SortedPlace>,
    limit: u32,
) -> Result<SortedPage> {
    answer(
        async move { Request::read().await?.sorted(module, &filter, sort, after, limit.clamp(1, 200)).await },
    )
    .await
}

/// The counts of headings and tree, for a page that stayed open.
#[server(endpoint = "modules/counts", input = Json)]
pub async fn module_counts(module: ModuleId, filter: Filter) -> Result<Counts> {
    answer(async move {
        let mut request = Request::read().await?;
        let module = request.may_open(module).await?;
        let tree = store::statuses::tree(&mut request.tx, module.id).await?;
        request.counts(&module, &filter, &tree).await
    })
    .await
}

/// The modules of the bar, for a page that stayed open.
#[server(endpoint = "modules/links", input = Json)]
pub async fn module_links() -> Result<Vec<ModuleLink>> {
    answer(async move {
        let mut request = Request::read().await?;
        request.links().await
    })
    .await
}

/// All modules with their settings, trashed ones last. Admins only.
#[server(endpoint = "modules/all", input = Json)]
pub async fn modules_all() -> Result<Vec<Module>> {
    answer(async move {
        let mut request = Request::read().await?;
        request.must_be_admin()?;
        store::modules::all(&mut request.tx).await
    })
    .await
}

/// Adds a module from a template, in the viewer's language, at the end of the bar. Admins only.
#[server(endpoint = "modules/add", input = Json)]
pub async fn module_add(key: Key, template: Template, name: String) -> Result<ModuleLink> {
    write_once!(key, "module_add", (template, &name), |request| {
        request.must_be_admin()?;
        let name = crate::domain::text::name(&name)?;
        let (locale, now) = (request.locale, request.now);
        store::modules::lock_bar(&mut request.tx).await?;
        let is_single = template.process().is_some_and(|process| process.definition().is_single);
        if is_single && store::modules::has_template(&mut request.tx, template).await? {
            return Err(Error::Refused(Refusal::OnlyOne));
        }
        let made = store::modules::seed_from_template(&mut request.tx, template, &name, locale, now).await?;
        let id = made.id;
        request.note(Some(id), None, What::ModuleAdded { name: name.clone() }, None).await?;
        request.changed(None, None);
        ModuleLink { id, name, version: 1 }
    })
}

/// Renames a module and what it calls one datasheet. Admins only.
#[server(endpoint = "modules/rename", input = Json)]
pub async fn module_rename(
    key: Key,
    module: ModuleId,
    version: i64,
    name: String,
    item_name: String,
) -> Result<Module> {
    write_once!(key, "module_rename", (module, version, &name, &item_name), |request| {
        request.must_be_admin()?;
        let name = crate::domain::text::name(&name)?;
        let item_name =
            crate::domain::text::line(Field::ItemName, &item_name, crate::domain::text::NAME_MAX)?;
        let before = store::modules::get(&mut request.tx, module).await?.ok_or(Error::NotFound)?;
        if !store::modules::save_names(&mut request.tx, module, version, &name, &item_name).await? {
            return Err(conflict(Some(Field::Name), before.name, before.version));
        }
        request.note(Some(module), None, What::ModuleRenamed { from: before.name, to: name }, None).await?;
        request.changed(None, None);
        store::modules::get(&mut request.tx, module).await?.ok_or(Error::NotFound)?
    })
}

/// Renames a status group of a module; `None` gives it its usual name back. Admins only.
#[server(endpoint = "modules/group_rename", input = Json)]
pub async fn group_rename(
    key: Key,
    module: ModuleId,
    version: i64,
    group: StatusGroup,
    name: Option<String>,
) -> Result<Module> {
    write_once!(key, "group_rename", (module, version, group, &name), |request| {
        request.must_be_admin()?;
        let name = match &name {
            Some(name) => Some(crate::domain::text::name(name)?),
            None => None,
        };
        let before = store::modules::get(&mut request.tx, module).await?.ok_or(Error::NotFound)?;
        let from = before.group_labels[group.index()].clone().unwrap_or_default();
        // Its usual name, as the admin reads it, is no other name.
        let usual = i18n::tree::usual_group_label(request.locale, before.template, group);
        let name = name.filter(|name| name != usual);
        let saved =
            store::modules::save_label(&mut request.tx, module, version, group, name.as_deref()).await?;
        if !saved {
            return Err(conflict(Some(Field::Name), from, before.version));
        }
        let to = name.unwrap_or_default();
        request.note(Some(module), None, What::GroupRenamed { from, to }, None).await?;
        request.changed(Some(module), None);
        store::modules::get(&mut request.tx, module).await?.ok_or(Error::NotFound)?
    })
}

/// The to-do types of a module with what they fill in. Admins only.
#[server(endpoint = "modules/types", input = Json)]
pub async fn module_types(module: ModuleId) -> Result<Vec<TodoType>> {
    answer(async move {
        let mut request = Request::read().await?;
        request.must_be_admin()?;
        store::modules::types(&mut request.tx, module).await
    })
    .await
}

/// Sets a to-do type's name, and what it fills in for new to-dos. Admins only.
#[server(endpoint = "modules/type_save", input = Json)]
pub async fn module_type_save(
    key: Key,
    kind: TodoTypeId,
    version: i64,
    name: String,
    duration: Option<i64>,
    reminder: Option<i64>,
) -> Result<TodoType> {
    write_once!(key, "module_type_save", (kind, version, &name, duration, reminder), |request| {
        request.must_be_admin()?;
        let name = crate::domain::text::name(&name)?;
        crate::domain::todo::parse_times(duration, reminder)?;
        let (module, before) =
            store::modules::todo_type(&mut request.tx, kind).await?.ok_or(Error::NotFound)?;
        let after = TodoType { version, name: name.clone(), duration, reminder, ..before.clone() };
        if !store::modules::save_todo_type(&mut request.tx, module, &after).await? {
            return Err(conflict(Some(Field::Name), before.name, before.version));
        }
        request.note(Some(module), None, What::TodoTypeSet { name }, None).await?;
        request.changed(Some(module), None);
        TodoType { version: version + 1, ..after }
    })
}

/// Puts a module before another in the bar (`None`: at the end). Writes one rank. Answers the new order. Admins only.
#[server(endpoint = "modules/move", input = Json)]
pub async fn module_move(key: Key, module: ModuleId, before: Option<ModuleId>) -> Result<Vec<ModuleLink>> {
    write_once!(key, "module_move", (module, before), |request| {
        request.must_be_admin()?;
        store::modules::lock_bar(&mut request.tx).await?;
        let found = store::modules::get(&mut request.tx, module).await?.filter(|module| !module.trashed);
        let found = found.ok_or(Error::NotFound)?;
        let mut ranks = store::modules::ranks(&mut request.tx).await?;
        ranks.retain(|(id, _)| *id != module);
        let rank = Rank::before(&ranks, before);
        store::modules::save_rank(&mut request.tx, module, &rank).await?;
        request.note(Some(module), None, What::ModuleMoved { name: found.name }, None).await?;
        request.changed(None, None);
        request.links().await?
    })
}

/// Puts a module, with all in it, into the trash; one with issued documents stays. Admins only.
#[server(endpoint = "modules/trash", input = Json)]
pub async fn module_trash(key: Key, module: ModuleId) -> Result<()> {
    write_once!(key, "module_trash", module, |request| {
        request.must_be_admin()?;
        let found = store::modules::get(&mut request.tx, module).await?.ok_or(Error::NotFound)?;
        let now = request.now;
        if store::documents::any_in(&mut request.tx, module).await? {
            return Err(Error::Refused(Refusal::IssuedInside));
        }
        store::modules::save_trashed(&mut request.tx, module, Some(now)).await?;
        request.note(Some(module), None, What::ModuleTrashed { name: found.name }, None).await?;
        request.changed(None, None);
    })
}

/// Takes a module out of the trash, to the end of the bar. Admins only.
#[server(endpoint = "modules/restore", input = Json)]
pub async fn module_restore(key: Key, module: ModuleId) -> Result<()> {
    write_once!(key, "module_restore", module, |request| {
        request.must_be_admin()?;
        store::modules::lock_bar(&mut request.tx).await?;
        let found = store::modules::get(&mut request.tx, module).await?.ok_or(Error::NotFound)?;
        let last = store::modules::ranks(&mut request.tx).await?.pop();
        store::modules::save_trashed(&mut request.tx, module, None).await?;
        let rank = Rank::between(last.as_ref().map(|(_, rank)| rank), None);
        store::modules::save_rank(&mut request.tx, module, &rank).await?;
        request.note(Some(module), None, What::ModuleRestored { name: found.name }, None).await?;
        request.changed(None, None);
    })
}
