//! Templates of to-dos.

use super::{Tx, limited, on};
use crate::{
    domain::{
        id::{ModuleId, TodoTemplateId},
        rank::Rank,
        time::Timestamp,
        todo_template::{TEMPLATES_MAX, TemplateForm, TodoTemplate},
    },
    error::{Error, Result},
};

#[derive(sqlx::FromRow)]
struct TemplateRow {
    id: TodoTemplateId,
    module_id: ModuleId,
    name: String,
    todos: String,
    version: i64,
}

impl TemplateRow {
    fn read(self) -> Result<(ModuleId, TodoTemplate)> {
        let todos = serde_json::from_slice(self.todos.as_bytes()).map_err(|_| Error::Server)?;
        Ok((self.module_id, TodoTemplate { id: self.id, name: self.name, todos, version: self.version }))
    }
}

/// The templates of a module, in their order.
pub async fn all(tx: &mut Tx, module: ModuleId) -> Result<Vec<TodoTemplate>> {
    const SQL: &str = "
        select id, module_id, name, todos, version from todo_templates
        where module_id = $1 and deleted_at is null order by rank, id";
    // One more tells that there are too many.
    let most = i64::try_from(TEMPLATES_MAX + 1).unwrap_or(i64::MAX);
    let rows: Vec<TemplateRow> =
        on!(tx, |conn| sqlx::query_as(limited(SQL, most)).bind(module).fetch_all(conn).await)?;
    rows.into_iter().map(|row| Ok(row.read()?.1)).collect()
}

/// A template and the module it is of.
pub async fn get(tx: &mut Tx, id: TodoTemplateId) -> Result<Option<(ModuleId, TodoTemplate)>> {
    const SQL: &str = "
        select id, module_id, name, todos, version from todo_templates where id = $1 and deleted_at is null";
    let row: Option<TemplateRow> = on!(tx, |conn| sqlx::query_as(SQL).bind(id).fetch_optional(conn).await)?;
    row.map(TemplateRow::read).transpose()
}

/// The ranks of the templates of a module, in order.
pub async fn ranks(tx: &mut Tx, module: ModuleId) -> Result<Vec<(TodoTemplateId, Rank)>> {
    const SQL: &str =
        "select id, rank from todo_templates where module_id = $1 and deleted_at is null order by rank, id";
    Ok(on!(tx, |conn| sqlx::query_as(SQL).bind(module).fetch_all(conn).await)?)
}

/// Stores the rank of a template.
pub async fn save_rank(tx: &mut Tx, id: TodoTemplateId, rank: &Rank) -> Result<()> {
    const SQL: &str = "update todo_templates set rank = $2 where id = $1";
    Ok(on!(tx, |conn| sqlx::query(SQL).bind(id).bind(rank).execute(conn).await.map(drop))?)
}

/// Adds a template, after all others.
pub async fn add(tx: &mut Tx, module: ModuleId, form: TemplateForm, now: Timestamp) -> Result<TodoTemplate> {
    const SQL: &str = "
        insert into todo_templates (id, module_id, name, todos, version, created_at, rank)
        values ($1, $2, $3, $4, 1, $5, $6)";
    let last = ranks(tx, module).await?.pop();
    let id = TodoTemplateId(tx.new_id(now));
    let todos = serde_json::to_string(&form.todos).map_err(|_| Error::Server)?;
    on!(tx, |conn| sqlx::query(SQL)
        .bind(id)
        .bind(module)
        .bind(&form.name)
        .bind(&todos)
        .bind(now)
        .bind(Rank::between(last.as_ref().map(|(_, rank)| rank), None))
        .execute(conn)
        .await
        .map(drop))?;
    Ok(TodoTemplate { id, name: form.name, todos: form.todos, version: 1 })
}

/// Stores a template; `false` when its version is another one.
pub async fn save(tx: &mut Tx, id: TodoTemplateId, version: i64, form: &TemplateForm) -> Result<bool> {
    const SQL: &str = "
        update todo_templates set name = $3, todos = $4, version = version + 1
        where id = $1 and version = $2 and deleted_at is null";
    let todos = serde_json::to_string(&form.todos).map_err(|_| Error::Server)?;
    let saved = on!(tx, |conn| sqlx::query(SQL)
        .bind(id)
        .bind(version)
        .bind(&form.name)
        .bind(&todos)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(saved == 1)
}

/// Puts a template aside; `false` when its version is another one.
pub async fn delete(tx: &mut Tx, id: TodoTemplateId, version: i64, now: Timestamp) -> Result<bool> {
    const SQL: &str = "
        update todo_templates set deleted_at = $3, version = version + 1
        where id = $1 and version = $2 and deleted_at is null";
    let deleted = on!(tx, |conn| sqlx::query(SQL)
        .bind(id)
        .bind(version)
        .bind(now)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(deleted == 1)
}

/// Brings a deleted template back; `false` when it is there, or never was.
pub async fn restore(tx: &mut Tx, id: TodoTemplateId) -> Result<bool> {
    const SQL: &str = "
        update todo_templates set deleted_at = null, version = version + 1
        where id = $1 and deleted_at is not null";
    let restored =
        on!(tx, |conn| sqlx::query(SQL).bind(id).execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(restored == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            id::UserId,
            module::Template,
            todo_template::{Count, Planned},
        },
        i18n::Locale,
        store::{
            modules,
            testing::{NOW, on_both},
        },
    };

    on_both! {
        async fn templates_are_kept_per_module_with_their_versions(test: TestDb) {
            let mut tx = test.db.begin().await.unwrap();
            let mut ids = vec![];
            for name in ["P", "Q"] {
                ids.push(modules::seed_from_template(&mut tx, Template::Projects, name, Locale::En, NOW).await.unwrap().id);
            }
            let kind = modules::types(&mut tx, ids[0]).await.unwrap()[0].id;
            let form = |name: &str, days| TemplateForm {
                name: name.to_owned(),
                todos: vec![Planned { text: "Hívás".to_owned(), kind, days, count: Count::WorkingDays, minute: Some(540), assignee: Some(UserId(5)) }],
            };
            let first = add(&mut tx, ids[0], form("Start", 0), NOW).await.unwrap();
            let second = add(&mut tx, ids[0], form("Zárás", 3), NOW).await.unwrap();
            assert_eq!(all(&mut tx, ids[0]).await.unwrap(), [first.clone(), second.clone()]);
            assert_eq!(all(&mut tx, ids[1]).await.unwrap(), []);
            assert_eq!(get(&mut tx, second.id).await.unwrap(), Some((ids[0], second.clone())));

            assert!(save(&mut tx, first.id, 1, &form("Kezdés", 2)).await.unwrap());
            assert!(!save(&mut tx, first.id, 1, &form("Más", 2)).await.unwrap(), "stale");
            let (_, saved) = get(&mut tx, first.id).await.unwrap().unwrap();
            assert_eq!((saved.name.as_str(), saved.version, saved.todos[0].days), ("Kezdés", 2, 2));
            assert!(!delete(&mut tx, first.id, 1, NOW).await.unwrap(), "stale");
            assert!(delete(&mut tx, first.id, 2, NOW).await.unwrap());
            assert!(!delete(&mut tx, first.id, 3, NOW).await.unwrap(), "it is deleted");
            assert!(!save(&mut tx, first.id, 3, &form("Más", 2)).await.unwrap());
            assert_eq!(all(&mut tx, ids[0]).await.unwrap(), std::slice::from_ref(&second));
            assert_eq!(get(&mut tx, first.id).await.unwrap(), None);
            assert!(restore(&mut tx, first.id).await.unwrap());
            assert!(!restore(&mut tx, first.id).await.unwrap(), "it is there");
            let back = TodoTemplate { version: 4, ..saved };
            assert_eq!(all(&mut tx, ids[0]).await.unwrap(), [back.clone(), second.clone()], "in its place");
            // Another order is kept, and what is added comes last.
            let ranked = ranks(&mut tx, ids[0]).await.unwrap();
            save_rank(&mut tx, second.id, &Rank::between(None, Some(&ranked[0].1))).await.unwrap();
            let third = add(&mut tx, ids[0], form("Utolsó", 0), NOW).await.unwrap();
            assert_eq!(all(&mut tx, ids[0]).await.unwrap(), [second, back, third]);
        }
    }
}
