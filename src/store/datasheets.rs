//! Datasheets: one row each. What follows from their to-dos is written by [`super::todos::refresh_next`].

use sqlx::QueryBuilder;

use super::{Tx, on, push_list, todos};
use crate::{
    domain::{
        datasheet::{ListKey, Row},
        id::{ContactId, DatasheetId, ModuleId, StatusId, TodoId, TodoTypeId, UserId},
        money::{Currency, Money},
        process::InRow,
        text::{fold, words},
        time::Timestamp,
        todo::NextTodo,
    },
    error::{Error, Result},
};

/// How a datasheet stands.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Standing {
    /// Which it is.
    pub id: DatasheetId,
    /// Its module.
    pub module_id: ModuleId,
    /// Its status.
    pub status_id: StatusId,
    /// Its owner.
    pub owner_id: UserId,
    /// Its name.
    pub name: String,
    /// Counts the changes of name, status, owner and trash.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it, or a to-do of it, was last changed.
    pub modified_at: Timestamp,
    /// Since when it is in the trash.
    pub trashed_at: Option<Timestamp>,
    /// What it is worth; of fixed modules only.
    #[sqlx(flatten)]
    pub worth: Worth,
    /// The furthest status it ever had, where its process keeps that.
    pub furthest_id: Option<StatusId>,
    /// Whether it was added in this transaction and is in no count yet.
    #[sqlx(skip)]
    pub is_new: bool,
}

/// What a datasheet is worth, as stored: both or none.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Worth {
    amount: Option<i64>,
    currency: Option<String>,
}

impl Worth {
    /// As money; what cannot be read is nothing.
    pub fn money(&self) -> Option<Money> {
        Some(Money { minor: self.amount?, currency: Currency::parse(self.currency.as_deref()?).ok()? })
    }
}

impl From<Option<Money>> for Worth {
    fn from(money: Option<Money>) -> Self {
        Self { amount: money.map(|money| money.minor), currency: money.map(|money| money.currency.into()) }
    }
}

/// A datasheet, also from the trash.
pub async fn find(tx: &mut Tx, datasheet: DatasheetId) -> Result<Option<Standing>> {
    const SQL: &str = "
        select id, module_id, status_id, owner_id, name, version, created_at, modified_at, trashed_at,
            amount, currency, furthest_id
        from datasheets where id = $1";
    Ok(on!(tx, |conn| sqlx::query_as(SQL).bind(datasheet).fetch_optional(conn).await)?)
}

/// The same, held back from all others until this transaction ends. `SQLite` has one writer anyway.
pub async fn lock(tx: &mut Tx, datasheet: DatasheetId) -> Result<Option<Standing>> {
    const SQL: &str = "
        select id, module_id, status_id, owner_id, name, version, created_at, modified_at, trashed_at,
            amount, currency, furthest_id
        from datasheets where id = $1 for no key update";
    if tx.is_sqlite() {
        return find(tx, datasheet).await;
    }
    Ok(on!(tx, |conn| sqlx::query_as(SQL).bind(datasheet).fetch_optional(conn).await)?)
}

/// The same without waiting: `None` when another holds it. `SQLite` has one writer anyway.
pub async fn try_lock(tx: &mut Tx, datasheet: DatasheetId) -> Result<Option<Standing>> {
    const SQL: &str = "
        select id, module_id, status_id, owner_id, name, version, created_at, modified_at, trashed_at,
            amount, currency, furthest_id
        from datasheets where id = $1 for no key update skip locked";
    if tx.is_sqlite() {
        return find(tx, datasheet).await;
    }
    Ok(on!(tx, |conn| sqlx::query_as(SQL).bind(datasheet).fetch_optional(conn).await)?)
}

/// All datasheets of a status, those in the trash too, held back from all others until this transaction ends.
pub async fn lock_all_of(tx: &mut Tx, module: ModuleId, status: StatusId) -> Result<Vec<Standing>> {
    const LISTED: &str = "
        select id, module_id, status_id, owner_id, name, version, created_at, modified_at, trashed_at,
            amount, currency, furthest_id
        from datasheets where module_id = $1 and status_id = $2 and trashed_at is null";
    const TRASHED: &str = "
        select id, module_id, status_id, owner_id, name, version, created_at, modified_at, trashed_at,
            amount, currency, furthest_id
        from datasheets where module_id = $1 and status_id = $2 and trashed_at is not null";
    // Each half has an index of its own.
    let mut all: Vec<Standing> =
        on!(tx, |conn| sqlx::query_as(LISTED).bind(module).bind(status).fetch_all(conn).await)?;
    let trashed: Vec<Standing> =
        on!(tx, |conn| sqlx::query_as(TRASHED).bind(module).bind(status).fetch_all(conn).await)?;
    all.extend(trashed);
    if tx.is_sqlite() {
        return Ok(all);
    }
    let mut ids: Vec<DatasheetId> = all.iter().map(|standing| standing.id).collect();
    ids.sort_unstable();
    let mut all = lock_some(tx, &ids).await?;
    // One may have been moved while we waited for it.
    all.retain(|standing| standing.module_id == module && standing.status_id == status);
    Ok(all)
}

/// Some datasheets, those in the trash too, held back from all others until this transaction ends.
pub async fn lock_some(tx: &mut Tx, ids: &[DatasheetId]) -> Result<Vec<Standing>> {
    const SQL: &str = "
        select id, module_id, status_id, owner_id, name, version, created_at, modified_at, trashed_at,
            amount, currency, furthest_id
        from datasheets where id in (";
    let end = if tx.is_sqlite() { "" } else { " order by id for no key update" };
    let mut all = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(5_000) {
        let some: Vec<Standing> = on!(tx, |conn| {
            let mut query = QueryBuilder::new(SQL);
            push_list(&mut query, chunk);
            query.push(end);
            query.build_query_as().persistent(false).fetch_all(conn).await
        })?;
        all.extend(some);
    }
    Ok(all)
}

/// Adds a datasheet without to-dos. Add its to-dos, then call [`todos::refresh_next`] with what this returns.
pub async fn add(
    tx: &mut Tx,
    module: ModuleId,
    status: StatusId,
    owner: UserId,
    name: &str,
    now: Timestamp,
) -> Result<Standing> {
    const SQL: &str = "
        insert into datasheets (id, module_id, status_id, owner_id, name, name_fold, version,
            created_at, modified_at, status_since, list_key)
        values ($1, $2, $3, $4, $5, $6, 1, $7, $7, $7, $8)";
    let id = DatasheetId(tx.new_id(now));
    on!(tx, |conn| sqlx::query(SQL)
        .bind(id)
        .bind(module)
        .bind(status)
        .bind(owner)
        .bind(name)
        .bind(fold(name))
        .bind(now)
        .bind(ListKey::of(None, now))
        .execute(conn)
        .await
        .map(drop))?;
    save_words(tx, module, id).await?;
    Ok(Standing {
        id,
        module_id: module,
        status_id: status,
        owner_id: owner,
        name: name.to_owned(),
        version: 1,
        created_at: now,
        modified_at: now,
        trashed_at: None,
        worth: Worth::default(),
        furthest_id: None,
        is_new: true,
    })
}

/// Stores name, status, owner, worth and trash as given and counts the version on. The datasheet is locked.
/// Call [`todos::refresh_next`] after it.
pub async fn save(tx: &mut Tx, before: &Standing, after: &Standing, now: Timestamp) -> Result<i64> {
    const SQL: &str = "
        update datasheets set status_id = $2, owner_id = $3, name = $4, name_fold = $5, trashed_at = $6,
            status_since = case when status_id = $2 then status_since else $7 end, version = version + 1,
            amount = $9, currency = $10, furthest_id = $11
        where id = $1 and version = $8";
    let saved = on!(tx, |conn| sqlx::query(SQL)
        .bind(after.id)
        .bind(after.status_id)
        .bind(after.owner_id)
        .bind(&after.name)
        .bind(fold(&after.name))
        .bind(after.trashed_at)
        .bind(now)
        .bind(before.version)
        .bind(after.worth.amount)
        .bind(&after.worth.currency)
        .bind(after.furthest_id)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    if saved != 1 {
        return Err(Error::Busy);
    }
    if before.name != after.name {
        save_words(tx, after.module_id, after.id).await?;
    }
    todos::refresh_next(tx, before, Some(now)).await?;
    Ok(before.version + 1)
}

/// Says how far a new datasheet is. Call [`todos::refresh_next`] after it.
pub async fn save_furthest(tx: &mut Tx, datasheet: DatasheetId, furthest: StatusId) -> Result<()> {
    const SQL: &str = "update datasheets set furthest_id = $2 where id = $1";
    on!(tx, |conn| sqlx::query(SQL).bind(datasheet).bind(furthest).execute(conn).await.map(drop))?;
    Ok(())
}

/// Puts many locked datasheets into another status and counts their versions on; `counts` gathers the difference.
pub async fn save_status_of_many(
    tx: &mut Tx,
    all: &[Standing],
    into: StatusId,
    now: Timestamp,
    counts: &mut std::collections::BTreeMap<super::bulk::Count, i64>,
) -> Result<()> {
    for chunk in all.chunks(5_000) {
        let listed = |query: &mut Vec<DatasheetId>| query.extend(chunk.iter().map(|standing| standing.id));
        let mut ids = Vec::with_capacity(chunk.len());
        listed(&mut ids);
        on!(tx, |conn| {
            let mut query = QueryBuilder::new("update datasheets set version = version + 1, status_since = ");
            query.push_bind(now).push(", status_id = ").push_bind(into).push(" where id in (");
            push_list(&mut query, &ids);
            query.build().execute(conn).await.map(drop)
        })?;
        let involved: Vec<(UserId, StatusId)> = on!(tx, |conn| {
            let mut query =
                QueryBuilder::new("select user_id, status_id from involvements where datasheet_id in (");
            push_list(&mut query, &ids);
            query.build_query_as().fetch_all(conn).await
        })?;
        on!(tx, |conn| {
            let mut query = QueryBuilder::new("update involvements set status_id = ");
            query.push_bind(into).push(" where datasheet_id in (");
            push_list(&mut query, &ids);
            query.build().execute(conn).await.map(drop)
        })?;
        let Some(module) = chunk.first().map(|standing| standing.module_id) else { continue };
        for standing in chunk.iter().filter(|standing| standing.trashed_at.is_none()) {
            *counts.entry((module, standing.status_id, standing.owner_id, "owner")).or_default() -= 1;
            *counts.entry((module, into, standing.owner_id, "owner")).or_default() += 1;
        }
        for (user, status) in involved {
            *counts.entry((module, status, user, "involved")).or_default() -= 1;
            *counts.entry((module, into, user, "involved")).or_default() += 1;
        }
    }
    Ok(())
}

/// Writes the words by which a datasheet is found: its name's, its contact's and the contact's company's.
async fn save_words(tx: &mut Tx, module: ModuleId, datasheet: DatasheetId) -> Result<()> {
    const NAMES: &str = "
        select d.name, c.name, b.name from datasheets d
        left join contacts c on c.id = d.contact_id
        left join contacts b on b.id = c.business_id
        where d.id = $1";
    const CLEAR: &str = "delete from search_words where datasheet_id = $1";
    let (name, contact, business): (String, Option<String>, Option<String>) =
        on!(tx, |conn| sqlx::query_as(NAMES).bind(datasheet).fetch_one(conn).await)?;
    let text = format!("{name} {} {}", contact.unwrap_or_default(), business.unwrap_or_default());
    let words = words(&text);
    on!(tx, |conn| sqlx::query(CLEAR).bind(datasheet).execute(conn).await.map(drop))?;
    if words.is_empty() {
        return Ok(());
    }
    on!(tx, |conn| {
        let mut query = QueryBuilder::new("insert into search_words (module_id, word, datasheet_id) ");
        query.push_values(&words, |mut row, word| {
            row.push_bind(module).push_bind(word).push_bind(datasheet);
        });
        query.build().execute(conn).await.map(drop)
    })?;
    Ok(())
}

/// Writes anew the words by which datasheets are found.
pub async fn refresh_words(tx: &mut Tx, ids: &[DatasheetId]) -> Result<()> {
    for chunk in ids.chunks(2_000) {
        macro_rules! listed {
            ($query:ident) => {
                push_list(&mut $query, chunk);
            };
        }
        type Names = (ModuleId, DatasheetId, String, Option<String>, Option<String>);
        let names: Vec<Names> = on!(tx, |conn| {
            let mut query = QueryBuilder::new(
                "select d.module_id, d.id, d.name, c.name, b.name from datasheets d
                left join contacts c on c.id = d.contact_id
                left join contacts b on b.id = c.business_id
                where d.id in (",
            );
            listed!(query);
            query.build_query_as().persistent(false).fetch_all(conn).await
        })?;
        on!(tx, |conn| {
            let mut query = QueryBuilder::new("delete from search_words where datasheet_id in (");
            listed!(query);
            query.build().persistent(false).execute(conn).await.map(drop)
        })?;
        let mut all: Vec<(ModuleId, String, DatasheetId)> = vec![];
        for (module, id, name, contact, business) in names {
            let text = format!("{name} {} {}", contact.unwrap_or_default(), business.unwrap_or_default());
            all.extend(words(&text).into_iter().map(|word| (module, word, id)));
        }
        for some in all.chunks(10_000) {
            on!(tx, |conn| {
                let mut query =
                    QueryBuilder::new("insert into search_words (module_id, word, datasheet_id) ");
                query.push_values(some, |mut row, (module, word, id)| {
                    row.push_bind(*module).push_bind(word).push_bind(*id);
                });
                query.build().persistent(false).execute(conn).await.map(drop)
            })?;
        }
    }
    Ok(())
}

/// Whom a datasheet is about.
pub async fn contact(tx: &mut Tx, datasheet: DatasheetId) -> Result<Option<ContactId>> {
    const SQL: &str = "select contact_id from datasheets where id = $1";
    let found: Option<Option<ContactId>> =
        on!(tx, |conn| sqlx::query_scalar(SQL).bind(datasheet).fetch_optional(conn).await)?;
    Ok(found.flatten())
}

/// Says whom a new datasheet is about.
pub async fn put_contact(tx: &mut Tx, standing: &Standing, contact: Option<ContactId>) -> Result<()> {
    const SQL: &str = "update datasheets set contact_id = $2 where id = $1";
    on!(tx, |conn| sqlx::query(SQL).bind(standing.id).bind(contact).execute(conn).await.map(drop))?;
    save_words(tx, standing.module_id, standing.id).await
}

/// Says whom a locked datasheet is about and counts its version on.
pub async fn save_contact(
    tx: &mut Tx,
    before: &Standing,
    contact: Option<ContactId>,
    now: Timestamp,
) -> Result<i64> {
    put_contact(tx, before, contact).await?;
    save(tx, before, before, now).await
}

/// A row of [`ROW`]; the fields in the order of its columns.
#[derive(sqlx::FromRow, serde::Deserialize)]
pub(super) struct ListRow {
    id: DatasheetId,
    name: String,
    contact: Option<String>,
    business: Option<String>,
    status_id: StatusId,
    owner_id: UserId,
    modified_at: Timestamp,
    version: i64,
    todo_id: Option<TodoId>,
    text: Option<String>,
    type_id: Option<TodoTypeId>,
    due_day: Option<String>,
    due_at: Option<Timestamp>,
    assignee_id: Option<UserId>,
    postponed: Option<i64>,
    todo_version: Option<i64>,
    amount: Option<i64>,
    currency: Option<String>,
    summary: Option<String>,
    facts_version: Option<i64>,
    contact_id: Option<ContactId>,
}

impl From<ListRow> for Row {
    fn from(row: ListRow) -> Self {
        let todo = match (row.todo_id, row.type_id, row.due_at, row.assignee_id) {
            (Some(id), Some(kind), Some(moment), Some(assignee)) => Some(NextTodo {
                id,
                text: row.text.unwrap_or_default(),
                kind,
                due: todos::due(row.due_day.as_deref(), moment),
                moment,
                assignee,
                postponed: row.postponed.unwrap_or_default(),
                version: row.todo_version.unwrap_or_default(),
            }),
            _ => None,
        };
        let contact = match (row.contact, row.business) {
            (Some(person), Some(business)) => Some(format!("{person} · {business}")),
            (contact, _) => contact,
        };
        let process = row.summary.zip(row.facts_version).and_then(|(summary, version)| {
            // A row without its process's part is still a row.
            let summary = serde_json::from_str(&summary)
                .inspect_err(|error| tracing::error!(%error, "a summary cannot be read"));
            Some(InRow { summary: summary.ok()?, version })
        });
        Self {
            id: row.id,
            name: row.name,
            amount: Worth { amount: row.amount, currency: row.currency }.money(),
            process,
            contact,
            contact_id: row.contact_id,
            status: row.status_id,
            owner: row.owner_id,
            modified_at: row.modified_at,
            version: row.version,
            todo,
        }
    }
}

/// What the list shows of a datasheet `d`: the columns.
pub(super) const ROW: &str = "
        select d.id, d.name, c.name as contact, b.name as business, d.status_id, d.owner_id, d.modified_at, d.version,
            t.id as todo_id, t.text, t.type_id, t.due_day, t.due_at, t.assignee_id, t.postponed, t.version as todo_version,
            d.amount, d.currency, p.summary, p.version as facts_version, d.contact_id
        from ";
/// What they are read from, besides `d`.
pub(super) const ROW_JOINS: &str = "
        left join todos t on t.id = d.next_todo_id
        left join contacts c on c.id = d.contact_id
        left join contacts b on b.id = c.business_id
        left join processes p on p.datasheet_id = d.id ";
/// The columns as one JSON array, in the order of [`ListRow`]'s fields.
pub(super) const ROW_AS_JSON: &str =
    "json_array(id, name, contact, business, status_id, owner_id, modified_at, version,
            todo_id, text, type_id, due_day, due_at, assignee_id, postponed, todo_version,
            amount, currency, summary, facts_version, contact_id)";

/// Datasheets as the list shows them, in the order of the ids given.
pub async fn rows(tx: &mut Tx, ids: &[DatasheetId]) -> Result<Vec<Row>> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let found: Vec<ListRow> = on!(tx, |conn| {
        let mut query = QueryBuilder::new(ROW);
        query.push("datasheets d").push(ROW_JOINS).push("where d.id in (");
        push_list(&mut query, ids);
        query.build_query_as().fetch_all(conn).await
    })?;
    let mut rows: Vec<Row> = found.into_iter().map(Row::from).collect();
    let place: std::collections::HashMap<DatasheetId, usize> =
        ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    rows.sort_by_key(|row| place.get(&row.id).copied());
    Ok(rows)
}
