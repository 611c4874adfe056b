//! Modules: list, page, add, rename, reorder, trash, restore.

use leptos::{prelude::*, server_fn::codec::Json};

use super::Key;
use crate::{
    domain::{
        datasheet::{Counts, Cursor, ModulePage, Page},
        filter::Filter,
        id::ModuleId,
        module::{Module, ModuleLink, Template},
        status::StatusGroup,
    },
    error::Result,
};

/// The module page's first sight: module, tree, counts, first rows.
#[server(endpoint = "modules/page", input = Json)]
pub async fn module_show(module: ModuleId, filter: Filter) -> Result<ModulePage> {
    Err(crate::error::Error::Server)
}

/// The rows after a place in the list, at most `limit` (1 to 200).
#[server(endpoint = "modules/rows", input = Json)]
pub async fn module_rows(
    module: ModuleId,
    filter: Filter,
    after: Option<Cursor>,
    limit: u32,
) -> Result<Page> {
    Err(crate::error::Error::Server)
}

/// The counts of headings and tree, for a page that stayed open.
#[server(endpoint = "modules/counts", input = Json)]
pub async fn module_counts(module: ModuleId, filter: Filter) -> Result<Counts> {
    Err(crate::error::Error::Server)
}

/// The modules of the bar, for a page that stayed open.
#[server(endpoint = "modules/links", input = Json)]
pub async fn module_links() -> Result<Vec<ModuleLink>> {
    Err(crate::error::Error::Server)
}

/// All modules with their settings, trashed ones last. Admins only.
#[server(endpoint = "modules/all", input = Json)]
pub async fn modules_all() -> Result<Vec<Module>> {
    Err(crate::error::Error::Server)
}

/// Adds a module from a template, in the viewer's language, at the end of the bar. Admins only.
#[server(endpoint = "modules/add", input = Json)]
pub async fn module_add(key: Key, template: Template, name: String) -> Result<ModuleLink> {
    Err(crate::error::Error::Server)
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
    Err(crate::error::Error::Server)
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
    Err(crate::error::Error::Server)
}

/// Puts a module before another in the bar (`None`: at the end). Writes one rank. Answers the new order. Admins only.
#[server(endpoint = "modules/move", input = Json)]
pub async fn module_move(key: Key, module: ModuleId, before: Option<ModuleId>) -> Result<Vec<ModuleLink>> {
    Err(crate::error::Error::Server)
}

/// Puts a module, with all in it, into the trash. Admins only.
#[server(endpoint = "modules/trash", input = Json)]
pub async fn module_trash(key: Key, module: ModuleId) -> Result<()> {
    Err(crate::error::Error::Server)
}

/// Takes a module out of the trash, to the end of the bar. Admins only.
#[server(endpoint = "modules/restore", input = Json)]
pub async fn module_restore(key: Key, module: ModuleId) -> Result<()> {
    Err(crate::error::Error::Server)
}
