//! Modules, their to-do types, and the order of the bar.

use super::{Tx, on};
use crate::{
    domain::{
        id::{ModuleId, StatusId, TodoTypeId, UserId},
        module::{Module, ModuleLink, Template, TodoIcon, TodoType},
        process::{Process, Settings, invoicing},
        rank::Rank,
        status::{Color, StatusGroup},
        time::Timestamp,
    },
    error::{Error, Result},
    i18n::Locale,
};

#[derive(sqlx::FromRow)]
struct ModuleRow {
    id: ModuleId,
    template: String,
    name: String,
    item_name: String,
    lead_label: Option<String>,
    open_label: Option<String>,
    success_label: Option<String>,
    failed_label: Option<String>,
    name_is_first: i64,
    item_name_is_first: i64,
    version: i64,
    trashed_at: Option<Timestamp>,
}

impl ModuleRow {
    /// As its reader sees it.
    fn read(self, reader: Locale) -> Result<Module> {
        let row = self;
        let template = Template::try_from(row.template).map_err(|error| {
            tracing::error!(%error, "a module's template cannot be read");
            Error::Server
        })?;
        let first =
            |name: String, is_first: i64, first: &str| if is_first == 1 { first.to_owned() } else { name };
        Ok(Module {
            id: row.id,
            template,
            name: first(row.name, row.name_is_first, template.name(reader)),
            item_name: first(row.item_name, row.item_name_is_first, template.item_name(reader)),
            group_labels: [row.lead_label, row.open_label, row.success_label, row.failed_label],
            version: row.version,
            trashed: row.trashed_at.is_some(),
        })
    }
}

/// What a module is called: as it is stored, or in the reader's language as long as it is the name it came with.
pub(super) fn name_read(reader: Locale, template: &str, name: String, is_first: i64) -> String {
    match Process::parse(template) {
        Some(process) if is_first == 1 => reader.pick(process.definition().name).to_owned(),
        _ => name,
    }
}

/// Whether a name is the one that a fixed module comes with, to whoever writes it: it will be read in each reader's language. In
/// customisable modules all is as somebody wrote it.
fn is_first(template: Template, name: &str, first: &str) -> i64 {
    i64::from(!template.is_customisable() && name == first)
}

#[derive(sqlx::FromRow)]
struct LinkRow {
    id: ModuleId,
    template: String,
    name: String,
    name_is_first: i64,
    version: i64,
}

#[derive(sqlx::FromRow)]
struct TypeRow {
    id: TodoTypeId,
    name: String,
    name_is_first: i64,
    icon: TodoIcon,
    duration: Option<i64>,
    reminder: Option<i64>,
    version: i64,
}

/// The modules of the bar, in order: all that are not in the trash, or those ticked for a user.
pub async fn links(tx: &mut Tx, ticked_for: Option<UserId>) -> Result<Vec<ModuleLink>> {
    const ALL: &str = "select id, template, name, name_is_first, version from modules where trashed_at is null order by rank, id";
    const TICKED: &str = "
        select m.id, m.template, m.name, m.name_is_first, m.version from modules m
        join module_access a on a.module_id = m.id and a.user_id = $1
        where m.trashed_at is null order by m.rank, m.id";
    let rows: Vec<LinkRow> = match ticked_for {
        None => on!(tx, |conn| sqlx::query_as(ALL).fetch_all(conn).await),
        Some(user) => on!(tx, |conn| sqlx::query_as(TICKED).bind(user).fetch_all(conn).await),
    }?;
    let read = |row: LinkRow| ModuleLink {
        id: row.id,
        name: name_read(tx.reader(), &row.template, row.name, row.name_is_first),
        version: row.version,
    };
    Ok(rows.into_iter().map(read).collect())
}

/// All modules in the order of the bar, those in the trash last.
pub async fn all(tx: &mut Tx) -> Result<Vec<Module>> {
    const SQL: &str = "
        select id, template, name, item_name, lead_label, open_label, success_label, failed_label,
            name_is_first, item_name_is_first, version, trashed_at
        from modules order by case when trashed_at is null then 0 else 1 end, rank, id";
    let rows: Vec<ModuleRow> = on!(tx, |conn| sqlx::query_as(SQL).fetch_all(conn).await)?;
    rows.into_iter().map(|row| row.read(tx.reader())).collect()
}

/// One module, also from the trash.
pub async fn get(tx: &mut Tx, module: ModuleId) -> Result<Option<Module>> {
    const SQL: &str = "
        select id, template, name, item_name, lead_label, open_label, success_label, failed_label,
            name_is_first, item_name_is_first, version, trashed_at
        from modules where id = $1";
    let row: Option<ModuleRow> = on!(tx, |conn| sqlx::query_as(SQL).bind(module).fetch_optional(conn).await)?;
    row.map(|row| row.read(tx.reader())).transpose()
}

/// Whether a module is ticked for a user.
pub async fn is_ticked(tx: &mut Tx, module: ModuleId, user: UserId) -> Result<bool> {
    const SQL: &str = "select module_id from module_access where user_id = $1 and module_id = $2";
    let found: Option<ModuleId> =
        on!(tx, |conn| sqlx::query_scalar(SQL).bind(user).bind(module).fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// The to-do types of a module, in order.
pub async fn types(tx: &mut Tx, module: ModuleId) -> Result<Vec<TodoType>> {
    const SQL: &str = "
        select id, name, name_is_first, icon, duration, reminder, version from todo_types
        where module_id = $1 order by rank, id";
    let rows: Vec<TypeRow> = on!(tx, |conn| sqlx::query_as(SQL).bind(module).fetch_all(conn).await)?;
    let read = |row: TypeRow| TodoType {
        id: row.id,
        name: if row.name_is_first == 1 { row.icon.first_name(tx.reader()).to_owned() } else { row.name },
        icon: row.icon,
        duration: row.duration,
        reminder: row.reminder,
        version: row.version,
    };
    Ok(rows.into_iter().map(read).collect())
}

/// A to-do type and the module it is of.
pub async fn todo_type(tx: &mut Tx, kind: TodoTypeId) -> Result<Option<(ModuleId, TodoType)>> {
    const MODULE: &str = "select module_id from todo_types where id = $1";
    let module: Option<ModuleId> =
        on!(tx, |conn| sqlx::query_scalar(MODULE).bind(kind).fetch_optional(conn).await)?;
    let Some(module) = module else { return Ok(None) };
    let found = types(tx, module).await?.into_iter().find(|found| found.id == kind);
    Ok(found.map(|found| (module, found)))
}

/// Stores the settings of a to-do type of a module; `false` when its version is another one.
pub async fn save_todo_type(tx: &mut Tx, module: ModuleId, kind: &TodoType) -> Result<bool> {
    const SQL: &str = "
        update todo_types set name = $3, name_is_first = case when name_is_first = 0 and name = $3 then 0 else $6 end, duration = $4, reminder = $5, version = version + 1
        where id = $1 and version = $2";
    let template = get(tx, module).await?.ok_or(Error::NotFound)?.template;
    let is_first = is_first(template, &kind.name, kind.icon.first_name(tx.reader()));
    let saved = on!(tx, |conn| sqlx::query(SQL)
        .bind(kind.id)
        .bind(kind.version)
        .bind(&kind.name)
        .bind(kind.duration)
        .bind(kind.reminder)
        .bind(is_first)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(saved == 1)
}

/// Holds all who change the order of the bar back until this transaction ends. `SQLite` has one writer anyway.
pub async fn lock_bar(tx: &mut Tx) -> Result<()> {
    const SQL: &str = "select pg_advisory_xact_lock(7463546133)";
    if let super::db::Connection::Postgres(conn) = tx.connection() {
        sqlx::query(SQL).execute(conn).await?;
    }
    Ok(())
}

/// Holds all who change the module's settings or tree back until this transaction ends. `SQLite` has one writer anyway.
pub async fn lock(tx: &mut Tx, module: ModuleId) -> Result<()> {
    const SQL: &str = "select id from modules where id = $1 for no key update";
    if let super::db::Connection::Postgres(conn) = tx.connection() {
        sqlx::query(SQL).bind(module).execute(conn).await?;
    }
    Ok(())
}

/// Ids and ranks of the bar, in order. Call [`lock_bar`] before.
pub async fn ranks(tx: &mut Tx) -> Result<Vec<(ModuleId, Rank)>> {
    const SQL: &str = "select id, rank from modules where trashed_at is null order by rank, id";
    Ok(on!(tx, |conn| sqlx::query_as(SQL).fetch_all(conn).await)?)
}

/// A module made from a template: what its datasheets and to-dos can refer to.
#[derive(Clone, Debug)]
pub struct Made {
    /// The module.
    pub id: ModuleId,
    /// Its statuses, top to bottom.
    pub statuses: Vec<(StatusId, StatusGroup)>,
    /// Its to-do types, in the order of [`Template::todo_types`].
    pub types: Vec<TodoTypeId>,
}

/// Adds a module with the statuses and to-do types of its template, at the end of the bar.
pub async fn seed_from_template(
    tx: &mut Tx,
    template: Template,
    name: &str,
    locale: Locale,
    now: Timestamp,
) -> Result<Made> {
    lock_bar(tx).await?;
    let last = ranks(tx).await?.pop();
    let rank = Rank::between(last.as_ref().map(|(_, rank)| rank), None);
    let id = ModuleId(tx.new_id(now));
    let definition = template.process().map(Process::definition);
    const MODULE: &str = "
        insert into modules (id, template, name, item_name, rank, version, created_at, name_is_first, item_name_is_first)
        values ($1, $2, $3, $4, $5, 1, $6, $7, $8)";
    on!(tx, |conn| sqlx::query(MODULE)
        .bind(id)
        .bind(template.as_str())
        .bind(name)
        .bind(template.item_name(locale))
        .bind(&rank)
        .bind(now)
        .bind(is_first(template, name, template.name(locale)))
        .bind(i64::from(!template.is_customisable()))
        .execute(conn)
        .await
        .map(drop))?;
    if template == Template::Fixed(Process::Invoicing) {
        let prefix = super::documents::free_prefix(tx, id).await?;
        let settings = Settings::Invoicing(invoicing::Settings { prefix, ..invoicing::Settings::default() });
        super::processes::add_settings(tx, id, &settings).await?;
    }
    let seeds = template.statuses(locale);
    let ranks = Rank::spread(seeds.len());
    let mut statuses = Vec::with_capacity(seeds.len());
    for (at, ((group, name), rank)) in seeds.into_iter().zip(ranks).enumerate() {
        let status = StatusId(tx.new_id(now));
        let fixed = definition.and_then(|definition| definition.statuses.get(at));
        let color = fixed.map_or(Color::Group, |fixed| fixed.color);
        super::statuses::add(tx, status, id, group, name, color, &rank).await?;
        if let Some(fixed) = fixed {
            super::statuses::save_process_key(tx, status, fixed.key).await?;
        }
        statuses.push((status, group));
    }
    let seeds = Template::todo_types(locale);
    const TYPE: &str = "insert into todo_types (id, module_id, name, icon, rank, name_is_first) values ($1, $2, $3, $4, $5, $6)";
    let ranks = Rank::spread(seeds.len());
    let mut types = Vec::with_capacity(seeds.len());
    for ((icon, name), rank) in seeds.into_iter().zip(ranks) {
        let kind = TodoTypeId(tx.new_id(now));
        on!(tx, |conn| sqlx::query(TYPE)
            .bind(kind)
            .bind(id)
            .bind(name)
            .bind(icon)
            .bind(&rank)
            .bind(i64::from(!template.is_customisable()))
            .execute(conn)
            .await
            .map(drop))?;
        types.push(kind);
    }
    Ok(Made { id, statuses, types })
}

/// Stores a module's names. `false` when the version is not the stored one.
pub async fn save_names(
    tx: &mut Tx,
    module: ModuleId,
    version: i64,
    name: &str,
    item_name: &str,
) -> Result<bool> {
    const SQL: &str = "
        update modules set name = $3, item_name = $4, version = version + 1,
            name_is_first = case when name_is_first = 0 and name = $3 then 0 else $5 end,
            item_name_is_first = case when item_name_is_first = 0 and item_name = $4 then 0 else $6 end
        where id = $1 and version = $2";
    let (template, reader) = (get(tx, module).await?.ok_or(Error::NotFound)?.template, tx.reader());
    Ok(on!(tx, |conn| sqlx::query(SQL)
        .bind(module)
        .bind(version)
        .bind(name)
        .bind(item_name)
        .bind(is_first(template, name, template.name(reader)))
        .bind(is_first(template, item_name, template.item_name(reader)))
        .execute(conn)
        .await
        .map(|done| done.rows_affected() == 1))?)
}

/// Stores a group's label. `false` when the version is not the stored one.
pub async fn save_label(
    tx: &mut Tx,
    module: ModuleId,
    version: i64,
    group: StatusGroup,
    label: Option<&str>,
) -> Result<bool> {
    const LEAD: &str =
        "update modules set lead_label = $3, version = version + 1 where id = $1 and version = $2";
    const OPEN: &str =
        "update modules set open_label = $3, version = version + 1 where id = $1 and version = $2";
    const SUCCESS: &str =
        "update modules set success_label = $3, version = version + 1 where id = $1 and version = $2";
    const FAILED: &str =
        "update modules set failed_label = $3, version = version + 1 where id = $1 and version = $2";
    let sql = match group {
        StatusGroup::Lead => LEAD,
        StatusGroup::Open => OPEN,
        StatusGroup::Success => SUCCESS,
        StatusGroup::Failed => FAILED,
    };
    Ok(on!(tx, |conn| sqlx::query(sql)
        .bind(module)
        .bind(version)
        .bind(label)
        .execute(conn)
        .await
        .map(|done| done.rows_affected() == 1))?)
}

/// Stores a module's place in the bar.
pub async fn save_rank(tx: &mut Tx, module: ModuleId, rank: &Rank) -> Result<()> {
    const SQL: &str = "update modules set rank = $2 where id = $1";
    on!(tx, |conn| sqlx::query(SQL).bind(module).bind(rank).execute(conn).await.map(drop))?;
    Ok(())
}

/// Puts a module into the trash, or takes it out (`None`). `NotFound` when it is there already.
pub async fn save_trashed(tx: &mut Tx, module: ModuleId, at: Option<Timestamp>) -> Result<()> {
    const SQL: &str = "
        update modules set trashed_at = $2, version = version + 1
        where id = $1 and case when trashed_at is null then 0 else 1 end <> $3";
    let saved = on!(tx, |conn| sqlx::query(SQL)
        .bind(module)
        .bind(at)
        .bind(i32::from(at.is_some()))
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    if saved == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Whether there is a module of that template, also in the trash.
pub async fn has_template(tx: &mut Tx, template: Template) -> Result<bool> {
    const SQL: &str = "select id from modules where template = $1 limit 1";
    let found: Option<ModuleId> =
        on!(tx, |conn| sqlx::query_scalar(SQL).bind(template.as_str()).fetch_optional(conn).await)?;
    Ok(found.is_some())
}
