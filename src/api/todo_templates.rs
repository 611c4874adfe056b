//! Templates of to-dos: an admin writes them per module, everybody adds their to-dos to datasheets.

use leptos::{prelude::*, server_fn::codec::Json};

use super::Key;
#[cfg(feature = "ssr")]
use super::{
    changes::{self, conflict},
    request::{Request, answer, write_once},
};
use crate::{
    domain::{
        datasheet::Done,
        id::{DatasheetId, ModuleId, TodoTemplateId},
        todo_template::{TemplateForm, TodoTemplate},
    },
    error::Result,
};
#[cfg(feature = "ssr")]
use crate::{
    domain::{history::What, rank::Rank, todo_template::TEMPLATES_MAX},
    error::{Error, Field, Problem},
    store,
};

/// The templates of a module that the viewer may open.
#[server(endpoint = "todo_templates/all", input = Json)]
pub async fn todo_templates(module: ModuleId) -> Result<Vec<TodoTemplate>> {
    answer(async move {
        let mut request = Request::read().await?;
        request.may_open(module).await?;
        store::todo_templates::all(&mut request.tx, module).await
    })
    .await
}

/// Adds a template to a module, or changes one. Admins only.
#[server(endpoint = "todo_templates/save", input = Json)]
pub async fn todo_template_save(
    key: Key,
    module: ModuleId,
    template: Option<TodoTemplateId>,
    version: i64,
    form: TemplateForm,
) -> Result<TodoTemplate> {
    write_once!(key, "todo_template_save", (module, template, version, &form), |request| {
        request.must_be_admin()?;
        request.may_open(module).await?;
        let form = form.parse()?;
        let types = store::modules::types(&mut request.tx, module).await?;
        for todo in &form.todos {
            if !types.iter().any(|kind| kind.id == todo.kind) {
                return Err(Error::invalid(Field::Kind, Problem::Unknown));
            }
            if let Some(assignee) = todo.assignee
                && !store::users::may_work_in(&mut request.tx, assignee, module).await?
            {
                return Err(Error::invalid(Field::Assignee, Problem::Unknown));
            }
        }
        let now = request.now;
        let saved = if let Some(id) = template {
            let (of, before) =
                store::todo_templates::get(&mut request.tx, id).await?.ok_or(Error::NotFound)?;
            if of != module {
                return Err(Error::NotFound);
            }
            if !store::todo_templates::save(&mut request.tx, id, version, &form).await? {
                return Err(conflict(Some(Field::Name), before.name, before.version));
            }
            TodoTemplate { id, name: form.name, todos: form.todos, version: version + 1 }
        } else {
            if store::todo_templates::all(&mut request.tx, module).await?.len() >= TEMPLATES_MAX {
                return Err(too_many());
            }
            store::todo_templates::add(&mut request.tx, module, form, now).await?
        };
        request.note(Some(module), None, What::TodoTemplateSet { name: saved.name.clone() }, None).await?;
        saved
    })
}

#[cfg(feature = "ssr")]
fn too_many() -> Error {
    Error::invalid(Field::Name, Problem::TooMany(u32::try_from(TEMPLATES_MAX).unwrap_or(u32::MAX)))
}

/// Puts a template before another (`None`: at the end). Writes one rank; takes no version, as a move of a field. Answers the
/// templates in their order. Admins only.
#[server(endpoint = "todo_templates/move", input = Json)]
pub async fn todo_template_move(
    key: Key,
    template: TodoTemplateId,
    before: Option<TodoTemplateId>,
) -> Result<Vec<TodoTemplate>> {
    write_once!(key, "todo_template_move", (template, before), |request| {
        request.must_be_admin()?;
        let (module, found) =
            store::todo_templates::get(&mut request.tx, template).await?.ok_or(Error::NotFound)?;
        request.may_open(module).await?;
        store::modules::lock(&mut request.tx, module).await?;
        let mut ranks = store::todo_templates::ranks(&mut request.tx, module).await?;
        ranks.retain(|(id, _)| *id != template);
        let rank = Rank::before(&ranks, before);
        store::todo_templates::save_rank(&mut request.tx, template, &rank).await?;
        request.note(Some(module), None, What::TodoTemplateSet { name: found.name }, None).await?;
        store::todo_templates::all(&mut request.tx, module).await?
    })
}

/// Deletes a template; the to-dos that were added from it stay. Admins only.
#[server(endpoint = "todo_templates/delete", input = Json)]
pub async fn todo_template_delete(key: Key, template: TodoTemplateId, version: i64) -> Result<()> {
    write_once!(key, "todo_template_delete", (template, version), |request| {
        request.must_be_admin()?;
        let (module, before) =
            store::todo_templates::get(&mut request.tx, template).await?.ok_or(Error::NotFound)?;
        if !store::todo_templates::delete(&mut request.tx, template, version, request.now).await? {
            return Err(conflict(Some(Field::Name), before.name, before.version));
        }
        request.note(Some(module), None, What::TodoTemplateDeleted { name: before.name }, None).await?;
    })
}

/// Brings a deleted template back to its place. Admins only.
#[server(endpoint = "todo_templates/restore", input = Json)]
pub async fn todo_template_restore(key: Key, template: TodoTemplateId) -> Result<TodoTemplate> {
    write_once!(key, "todo_template_restore", template, |request| {
        request.must_be_admin()?;
        let is_back = store::todo_templates::restore(&mut request.tx, template).await?;
        let (module, found) =
            store::todo_templates::get(&mut request.tx, template).await?.ok_or(Error::NotFound)?;
        request.may_open(module).await?;
        if is_back {
            // It is counted already.
            if store::todo_templates::all(&mut request.tx, module).await?.len() > TEMPLATES_MAX {
                return Err(too_many());
            }
            request
                .note(Some(module), None, What::TodoTemplateSet { name: found.name.clone() }, None)
                .await?;
        }
        found
    })
}

/// Adds all to-dos of a template to a datasheet, counted from the viewer's today: one entry, taken back as one.
#[server(endpoint = "todos/from_template", input = Json)]
pub async fn todo_from_template(key: Key, datasheet: DatasheetId, template: TodoTemplateId) -> Result<Done> {
    write_once!(key, "todo_from_template", (datasheet, template), |request| {
        changes::add_todos(request, datasheet, template).await?
    })
}
