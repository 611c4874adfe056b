//! Fields of modules, and their values on datasheets.

use std::collections::BTreeMap;

use sqlx::QueryBuilder;

use super::{Tx, on, push_list};
use crate::{
    domain::{
        datasheet::ValuePlace,
        field::{Choice, CustomField, FieldEntry, FieldGroup, FieldKind, FieldList, FieldValue},
        id::{ChoiceId, ContactId, DatasheetId, EventId, FieldGroupId, FieldId, ModuleId, StatusId},
        rank::Rank,
        text::fold,
        time::Timestamp,
    },
    error::{Error, Result},
};

/// How many characters of a text are in the index: by them it is found and sorted.
const INDEXED: usize = 100;

#[derive(sqlx::FromRow)]
struct FieldRow {
    id: FieldId,
    module_id: ModuleId,
    group_id: Option<FieldGroupId>,
    kind: FieldKind,
    name: String,
    help: String,
    currency: String,
    default_value: Option<String>,
    required_from: Option<StatusId>,
    rank: Rank,
    version: i64,
    archived_at: Option<Timestamp>,
}

impl FieldRow {
    fn with(self, choices: Vec<Choice>) -> Result<CustomField> {
        let default = match &self.default_value {
            Some(text) => Some(read(text)?),
            None => None,
        };
        Ok(CustomField {
            id: self.id,
            module: self.module_id,
            group: self.group_id,
            kind: self.kind,
            name: self.name,
            help: self.help,
            currency: self.currency,
            default,
            required_from: self.required_from,
            rank: self.rank,
            version: self.version,
            archived: self.archived_at.is_some(),
            choices,
        })
    }
}

fn read(default: &str) -> Result<FieldValue> {
    serde_json::from_str(default).map_err(|error| {
        tracing::error!(%error, default, "a stored default cannot be read");
        Error::Server
    })
}

fn json(value: Option<&FieldValue>) -> Result<Option<String>> {
    value.map(serde_json::to_string).transpose().map_err(|error| {
        tracing::error!(%error, "a default cannot be written as JSON");
        Error::Server
    })
}

type ChoiceRow = (FieldId, ChoiceId, String, Option<Timestamp>);

fn choice((_, id, name, archived_at): ChoiceRow) -> Choice {
    Choice { id, name, archived: archived_at.is_some() }
}

/// The fields of a module, those out of use too.
pub async fn list(tx: &mut Tx, module: ModuleId) -> Result<FieldList> {
    const FIELDS: &str = "
        select id, module_id, group_id, kind, name, help, currency, default_value, required_from, rank, version, archived_at
        from fields where module_id = $1";
    const GROUPS: &str = "select id, name, rank, version from field_groups where module_id = $1";
    const CHOICES: &str = "
        select c.field_id, c.id, c.name, c.archived_at from field_choices c
        join fields f on f.id = c.field_id where f.module_id = $1 order by c.rank, c.id";
    let rows: Vec<FieldRow> = on!(tx, |conn| sqlx::query_as(FIELDS).bind(module).fetch_all(conn).await)?;
    let groups: Vec<FieldGroup> = on!(tx, |conn| sqlx::query_as(GROUPS).bind(module).fetch_all(conn).await)?;
    let mut choices: BTreeMap<FieldId, Vec<Choice>> = BTreeMap::new();
    if rows.iter().any(|row| row.kind.has_choices()) {
        let all: Vec<ChoiceRow> = on!(tx, |conn| sqlx::query_as(CHOICES).bind(module).fetch_all(conn).await)?;
        for row in all {
            choices.entry(row.0).or_default().push(choice(row));
        }
    }
    let fields: Result<Vec<CustomField>> = rows
        .into_iter()
        .map(|row| {
            let choices = choices.remove(&row.id).unwrap_or_default();
            row.with(choices)
        })
        .collect();
    Ok(FieldList::new(groups, fields?))
}

/// One field, also one out of use.
pub async fn get(tx: &mut Tx, field: FieldId) -> Result<Option<CustomField>> {
    const FIELD: &str = "
        select id, module_id, group_id, kind, name, help, currency, default_value, required_from, rank, version, archived_at
        from fields where id = $1";
    const CHOICES: &str = "
        select field_id, id, name, archived_at from field_choices where field_id = $1 order by rank, id";
    let row: Option<FieldRow> = on!(tx, |conn| sqlx::query_as(FIELD).bind(field).fetch_optional(conn).await)?;
    let Some(row) = row else { return Ok(None) };
    let choices: Vec<ChoiceRow> = if row.kind.has_choices() {
        on!(tx, |conn| sqlx::query_as(CHOICES).bind(field).fetch_all(conn).await)?
    } else {
        vec![]
    };
    row.with(choices.into_iter().map(choice).collect()).map(Some)
}

/// What kind of field it is, also one out of use.
pub async fn kind(tx: &mut Tx, field: FieldId) -> Result<Option<FieldKind>> {
    const SQL: &str = "select kind from fields where id = $1";
    Ok(on!(tx, |conn| sqlx::query_scalar(SQL).bind(field).fetch_optional(conn).await)?)
}

/// Adds a field as given, with its choices.
pub async fn add(tx: &mut Tx, field: &CustomField, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        insert into fields (id, module_id, group_id, kind, name, help, currency, default_value, required_from, rank, version,
            created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11)";
    let default = json(field.default.as_ref())?;
    on!(tx, |conn| sqlx::query(SQL)
        .bind(field.id)
        .bind(field.module)
        .bind(field.group)
        .bind(field.kind)
        .bind(&field.name)
        .bind(&field.help)
        .bind(&field.currency)
        .bind(default)
        .bind(field.required_from)
        .bind(&field.rank)
        .bind(now)
        .execute(conn)
        .await
        .map(drop))?;
    save_choices(tx, field, now).await
}

/// Stores a field as given with its version counted on, if `field.version` is the stored one; `false` if it is not.
pub async fn save(tx: &mut Tx, field: &CustomField, now: Timestamp) -> Result<bool> {
    const SQL: &str = "
        update fields set group_id = $3, name = $4, help = $5, currency = $6, default_value = $7, required_from = $8, rank = $9,
            archived_at = $10, version = version + 1
        where id = $1 and version = $2";
    let default = json(field.default.as_ref())?;
    let saved = on!(tx, |conn| sqlx::query(SQL)
        .bind(field.id)
        .bind(field.version)
        .bind(field.group)
        .bind(&field.name)
        .bind(&field.help)
        .bind(&field.currency)
        .bind(default)
        .bind(field.required_from)
        .bind(&field.rank)
        .bind(field.archived.then_some(now))
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    if saved != 1 {
        return Ok(false);
    }
    save_choices(tx, field, now).await?;
    Ok(true)
}

/// Stores the choices in their order; one that is not listed is left as it is.
async fn save_choices(tx: &mut Tx, field: &CustomField, now: Timestamp) -> Result<()> {
    const SQL: &str = " on conflict (id) do update set name = excluded.name, rank = excluded.rank,
        archived_at = case when excluded.archived_at is null then null else coalesce(field_choices.archived_at, excluded.archived_at) end";
    if field.choices.is_empty() {
        return Ok(());
    }
    let ranked: Vec<(Rank, &Choice)> =
        Rank::spread(field.choices.len()).into_iter().zip(&field.choices).collect();
    on!(tx, |conn| {
        let mut query =
            QueryBuilder::new("insert into field_choices (id, field_id, name, rank, archived_at) ");
        query.push_values(&ranked, |mut row, (rank, choice)| {
            row.push_bind(choice.id)
                .push_bind(field.id)
                .push_bind(&choice.name)
                .push_bind(rank)
                .push_bind(choice.archived.then_some(now));
        });
        query.push(SQL);
        query.build().execute(conn).await.map(drop)
    })?;
    Ok(())
}

/// Adds a group.
pub async fn add_group(tx: &mut Tx, module: ModuleId, group: &FieldGroup) -> Result<()> {
    const SQL: &str =
        "insert into field_groups (id, module_id, name, rank, version) values ($1, $2, $3, $4, 1)";
    on!(tx, |conn| sqlx::query(SQL)
        .bind(group.id)
        .bind(module)
        .bind(&group.name)
        .bind(&group.rank)
        .execute(conn)
        .await
        .map(drop))?;
    Ok(())
}

/// Stores a group as given with its version counted on, if `group.version` is the stored one; `false` if it is not.
pub async fn save_group(tx: &mut Tx, group: &FieldGroup) -> Result<bool> {
    const SQL: &str = "
        update field_groups set name = $3, rank = $4, version = version + 1 where id = $1 and version = $2";
    Ok(on!(tx, |conn| sqlx::query(SQL)
        .bind(group.id)
        .bind(group.version)
        .bind(&group.name)
        .bind(&group.rank)
        .execute(conn)
        .await
        .map(|done| done.rows_affected() == 1))?)
}

/// Removes a group without fields.
pub async fn remove_group(tx: &mut Tx, group: FieldGroupId) -> Result<()> {
    const SQL: &str = "delete from field_groups where id = $1";
    on!(tx, |conn| sqlx::query(SQL).bind(group).execute(conn).await.map(drop))?;
    Ok(())
}

/// What of a text is in the index.
pub(super) fn indexed(text: &str) -> String {
    fold(text).chars().take(INDEXED).collect()
}

/// The value in the columns of its kind: n, t, text. Several choices stand each in a part of its own.
fn columns(value: &FieldValue) -> (Option<i64>, Option<String>, Option<&str>) {
    match value {
        FieldValue::Text(text) | FieldValue::Link(text) => (None, Some(indexed(text)), Some(text)),
        FieldValue::Money { minor, currency } => (Some(*minor), Some(currency.clone()), None),
        other => (other.number(), None, None),
    }
}

#[derive(sqlx::FromRow)]
struct ValueRow {
    field_id: FieldId,
    kind: FieldKind,
    part: i64,
    n: Option<i64>,
    t: Option<String>,
    text: Option<String>,
    version: i64,
}

impl ValueRow {
    /// What the columns hold; `None` for a value that was cleared, and for several choices, which follow in parts.
    fn value(self) -> Option<FieldValue> {
        match self.kind {
            FieldKind::Text | FieldKind::LongText => Some(FieldValue::Text(self.text?)),
            FieldKind::Link => Some(FieldValue::Link(self.text?)),
            kind => FieldValue::of_number(kind, self.n?, self.t),
        }
    }
}

fn entries(rows: Vec<ValueRow>) -> Vec<FieldEntry> {
    let mut entries: Vec<FieldEntry> = vec![];
    for row in rows {
        let (field, part, version) = (row.field_id, row.part, row.version);
        let value = row.value();
        match (entries.last_mut(), value) {
            (Some(last), Some(FieldValue::Choices(more))) if part > 0 && last.field == field => {
                match &mut last.value {
                    Some(FieldValue::Choices(ids)) => ids.extend(more),
                    other => *other = Some(FieldValue::Choices(more)),
                }
            }
            (_, value) => entries.push(FieldEntry { field, version, value }),
        }
    }
    entries
}

/// What stands in the fields of a datasheet, also in those out of use.
pub async fn values(tx: &mut Tx, datasheet: DatasheetId) -> Result<Vec<FieldEntry>> {
    const SQL: &str = "
        select v.field_id, f.kind, v.part, v.n, v.t, v.text, v.version from field_values v
        join fields f on f.id = v.field_id
        where v.datasheet_id = $1 order by v.field_id, v.part";
    Ok(entries(on!(tx, |conn| sqlx::query_as(SQL).bind(datasheet).fetch_all(conn).await)?))
}

/// A datasheet with the columns n, t and text of a value.
type ValueColumns = (DatasheetId, Option<i64>, Option<String>, Option<String>);

/// What stands in a field of some datasheets; those where nothing does are absent.
pub async fn of_many(
    tx: &mut Tx,
    field: &CustomField,
    ids: &[DatasheetId],
) -> Result<BTreeMap<DatasheetId, FieldValue>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<ValueColumns> = on!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "select datasheet_id, n, t, text from field_values where part = 0 and field_id = ",
        );
        query.push_bind(field.id).push(" and datasheet_id in (");
        push_list(&mut query, ids);
        query.build_query_as().persistent(false).fetch_all(conn).await
    })?;
    let value = |(id, n, t, text)| {
        let row = ValueRow { field_id: field.id, kind: field.kind, part: 0, n, t, text, version: 0 };
        Some((id, row.value()?))
    };
    Ok(rows.into_iter().filter_map(value).collect())
}

/// The places of some datasheets in the order of a field, as its index has them; those where nothing stands are absent.
pub async fn places(tx: &mut Tx, field: FieldId, ids: &[DatasheetId]) -> Result<Vec<ValuePlace>> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    Ok(on!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "select t, n, datasheet_id as id from field_values where part = 0 and field_id = ",
        );
        query.push_bind(field).push(" and (t is not null or n is not null) and datasheet_id in (");
        push_list(&mut query, ids);
        query.build_query_as().persistent(false).fetch_all(conn).await
    })?)
}

/// What stands in one field of a datasheet; version 0 when it was never filled in.
pub async fn value(tx: &mut Tx, datasheet: DatasheetId, field: FieldId) -> Result<FieldEntry> {
    const SQL: &str = "
        select v.field_id, f.kind, v.part, v.n, v.t, v.text, v.version from field_values v
        join fields f on f.id = v.field_id
        where v.datasheet_id = $1 and v.field_id = $2 order by v.part";
    let rows: Vec<ValueRow> =
        on!(tx, |conn| sqlx::query_as(SQL).bind(datasheet).bind(field).fetch_all(conn).await)?;
    Ok(entries(rows).pop().unwrap_or(FieldEntry { field, version: 0, value: None }))
}

/// Which of the fields that some status requires are filled in; a file that was deleted while its field was out of use fills none.
pub async fn filled(tx: &mut Tx, datasheet: DatasheetId) -> Result<Vec<FieldId>> {
    const SQL: &str = "
        select distinct v.field_id from field_values v join fields f on f.id = v.field_id
        where v.datasheet_id = $1 and f.required_from is not null and (v.n is not null or v.t is not null)
            and (f.kind <> $2 or exists (select 1 from files where files.id = v.n and files.deleted_at is null))";
    Ok(on!(tx, |conn| sqlx::query_scalar(SQL).bind(datasheet).bind(FieldKind::File).fetch_all(conn).await)?)
}

/// What a new datasheet of the module has in its fields.
pub async fn defaults(tx: &mut Tx, module: ModuleId) -> Result<Vec<(FieldId, FieldValue)>> {
    const SQL: &str = "
        select id, default_value from fields
        where module_id = $1 and default_value is not null and archived_at is null";
    let rows: Vec<(FieldId, String)> =
        on!(tx, |conn| sqlx::query_as(SQL).bind(module).fetch_all(conn).await)?;
    rows.into_iter().map(|(id, text)| Ok((id, read(&text)?))).collect()
}

/// Whether some field of the module is required from some status on.
pub async fn requires(tx: &mut Tx, module: ModuleId) -> Result<bool> {
    const SQL: &str = "
        select id from fields where module_id = $1 and required_from is not null and archived_at is null limit 1";
    let found: Option<FieldId> =
        on!(tx, |conn| sqlx::query_scalar(SQL).bind(module).fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// Stores a value (`None` clears it) with that version. The datasheet is locked.
pub async fn save_value(tx: &mut Tx, datasheet: DatasheetId, entry: &FieldEntry) -> Result<()> {
    const CLEAR: &str = "delete from field_values where datasheet_id = $1 and field_id = $2";
    on!(tx, |conn| sqlx::query(CLEAR).bind(datasheet).bind(entry.field).execute(conn).await.map(drop))?;
    add_values(tx, &[(datasheet, entry.clone())]).await
}

/// Adds values where none were.
pub async fn add_values(tx: &mut Tx, all: &[(DatasheetId, FieldEntry)]) -> Result<()> {
    let mut rows = Vec::with_capacity(all.len());
    for (datasheet, entry) in all {
        let head = entry.value.as_ref().map_or((None, None, None), columns);
        rows.push((*datasheet, entry, 0_i64, head));
        if let Some(FieldValue::Choices(ids)) = &entry.value {
            rows.extend((1..).zip(ids).map(|(part, id)| (*datasheet, entry, part, (Some(id.0), None, None))));
        }
    }
    for chunk in rows.chunks(4_000) {
        on!(tx, |conn| {
            let mut query = QueryBuilder::new(
                "insert into field_values (datasheet_id, field_id, part, n, t, text, version) ",
            );
            query.push_values(chunk, |mut row, (datasheet, entry, part, (n, t, text))| {
                row.push_bind(*datasheet)
                    .push_bind(entry.field)
                    .push_bind(*part)
                    .push_bind(*n)
                    .push_bind(t)
                    .push_bind(*text)
                    .push_bind(entry.version);
            });
            query.build().execute(conn).await.map(drop)
        })?;
    }
    Ok(())
}

/// The names of contacts.
pub async fn contact_names(tx: &mut Tx, ids: &[ContactId]) -> Result<Vec<(ContactId, String)>> {
    let found = names(tx, "select id, name from contacts where id in (", ids.iter().map(|id| id.0)).await?;
    Ok(found.into_iter().map(|(id, name)| (ContactId(id), name)).collect())
}

/// The names of files that are there.
pub async fn file_names(tx: &mut Tx, ids: &[EventId]) -> Result<Vec<(EventId, String)>> {
    const SQL: &str = "select id, name from files where deleted_at is null and id in (";
    let found = names(tx, SQL, ids.iter().map(|id| id.0)).await?;
    Ok(found.into_iter().map(|(id, name)| (EventId(id), name)).collect())
}

async fn names(
    tx: &mut Tx,
    select: &'static str,
    ids: impl Iterator<Item = i64>,
) -> Result<Vec<(i64, String)>> {
    let ids: Vec<i64> = ids.collect();
    if ids.is_empty() {
        return Ok(vec![]);
    }
    Ok(on!(tx, |conn| {
        let mut query = QueryBuilder::new(select);
        push_list(&mut query, &ids);
        query.push(" order by id");
        query.build_query_as().fetch_all(conn).await
    })?)
}

/// The name of a field in use in which a file of the datasheet stands.
pub async fn with_file(tx: &mut Tx, datasheet: DatasheetId, file: EventId) -> Result<Option<String>> {
    const SQL: &str = "
        select f.name from field_values v join fields f on f.id = v.field_id
        where v.datasheet_id = $1 and v.n = $2 and f.kind = $3 and f.archived_at is null limit 1";
    Ok(on!(tx, |conn| sqlx::query_scalar(SQL)
        .bind(datasheet)
        .bind(file)
        .bind(FieldKind::File)
        .fetch_optional(conn)
        .await)?)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::{
        domain::{id::UserId, module::Template},
        i18n::Locale,
        store::{
            datasheets, modules,
            testing::{self, NOW, on_both},
        },
    };

    fn field(tx: &Tx, module: ModuleId, kind: FieldKind) -> CustomField {
        testing::field(FieldId(tx.new_id(NOW)), module, kind)
    }

    async fn module(tx: &mut Tx) -> (ModuleId, DatasheetId) {
        let made =
            modules::seed_from_template(tx, Template::Custom, "Egyéni", Locale::En, NOW).await.unwrap();
        let form = crate::domain::user::UserForm {
            name: "Anna".to_owned(),
            email: "anna@pelda.hu".to_owned(),
            role: crate::domain::user::Role::Admin,
            state: crate::domain::user::UserState::Active,
            zone: "UTC".to_owned(),
            modules: vec![],
        };
        let user = super::super::users::add(tx, &form, None, NOW).await.unwrap();
        let datasheet = datasheets::add(tx, made.id, made.statuses[0].0, user, "Kazán", NOW).await.unwrap();
        (made.id, datasheet.id)
    }

    /// One value of each kind, with what they refer to.
    fn values_of_all_kinds() -> Vec<(FieldKind, FieldValue)> {
        vec![
            (FieldKind::Text, FieldValue::Text("Árvíztűrő".to_owned())),
            (FieldKind::LongText, FieldValue::Text(format!("két\nsor {}", "ű".repeat(9_000)))),
            (FieldKind::Whole, FieldValue::Whole(i64::MIN)),
            (FieldKind::Decimal, FieldValue::Decimal(i64::MAX)),
            (FieldKind::Money, FieldValue::Money { minor: -1_250, currency: "EUR".to_owned() }),
            (FieldKind::Day, FieldValue::Day(NaiveDate::from_ymd_opt(1956, 10, 23).unwrap())),
            (FieldKind::Moment, FieldValue::Moment(NOW)),
            (FieldKind::YesNo, FieldValue::YesNo(false)),
            (FieldKind::Choice, FieldValue::Choice(ChoiceId(7))),
            (FieldKind::Choices, FieldValue::Choices(vec![ChoiceId(9), ChoiceId(7)])),
            (FieldKind::File, FieldValue::File(EventId(5))),
            (FieldKind::Link, FieldValue::Link("https://pelda.hu".to_owned())),
            (FieldKind::Contact, FieldValue::Contact(ContactId(3))),
            (FieldKind::User, FieldValue::User(UserId(4))),
        ]
    }

    on_both! {
        async fn a_value_of_each_kind_is_stored_as_it_was(test: TestDb) {
            let mut tx = test.db.begin().await.unwrap();
            let (module, datasheet) = module(&mut tx).await;
            let mut stored = vec![];
            for (kind, value) in values_of_all_kinds() {
                let field = field(&tx, module, kind);
                add(&mut tx, &field, NOW).await.unwrap();
                let entry = FieldEntry { field: field.id, version: 3, value: Some(value) };
                save_value(&mut tx, datasheet, &entry).await.unwrap();
                assert_eq!(super::value(&mut tx, datasheet, field.id).await.unwrap(), entry);
                stored.push(entry);
            }
            assert_eq!(stored.len(), FieldKind::OFFERED.len());
            assert_eq!(values(&mut tx, datasheet).await.unwrap(), stored);
            // A value that is cleared keeps its version.
            for entry in &mut stored {
                *entry = FieldEntry { version: 4, value: None, ..entry.clone() };
                save_value(&mut tx, datasheet, entry).await.unwrap();
            }
            assert_eq!(values(&mut tx, datasheet).await.unwrap(), stored);
            // Values go with their datasheet.
            for sql in ["delete from search_words", "delete from datasheets"] {
                on!(tx, |conn| sqlx::query(sql).execute(conn).await.map(drop)).unwrap();
            }
            assert_eq!(values(&mut tx, datasheet).await.unwrap(), []);
        }

        async fn a_definition_is_stored_with_its_choices_in_order(test: TestDb) {
            let mut tx = test.db.begin().await.unwrap();
            let (module, _) = module(&mut tx).await;
            let group = FieldGroup { id: FieldGroupId(5), name: "Csoport".to_owned(), rank: Rank::between(None, None), version: 1 };
            add_group(&mut tx, module, &group).await.unwrap();
            let choice = |id: i64, name: &str| Choice { id: ChoiceId(id), name: name.to_owned(), archived: false };
            let mut field = CustomField {
                group: Some(group.id),
                default: Some(FieldValue::Choice(ChoiceId(2))),
                choices: vec![choice(2, "b"), choice(1, "a")],
                ..field(&tx, module, FieldKind::Choice)
            };
            add(&mut tx, &field, NOW).await.unwrap();
            assert_eq!(get(&mut tx, field.id).await.unwrap().as_ref(), Some(&field));
            field.choices = vec![choice(1, "a2"), Choice { archived: true, ..choice(2, "b") }, choice(3, "c")];
            field.name = "Más".to_owned();
            assert!(save(&mut tx, &field, NOW).await.unwrap());
            assert!(!save(&mut tx, &field, NOW).await.unwrap(), "the version was counted on");
            field.version = 2;
            assert_eq!(get(&mut tx, field.id).await.unwrap().as_ref(), Some(&field));
            assert_eq!(list(&mut tx, module).await.unwrap(), FieldList::new(vec![group], vec![field.clone()]));
            assert_eq!(defaults(&mut tx, module).await.unwrap(), [(field.id, FieldValue::Choice(ChoiceId(2)))]);
        }

        async fn any_field_is_filtered_and_sorted_as_a_range_of_an_index(test: TestDb) {
            let mut tx = test.db.begin().await.unwrap();
            let (module, datasheet) = module(&mut tx).await;
            let whole = field(&tx, module, FieldKind::Whole);
            add(&mut tx, &whole, NOW).await.unwrap();
            const COPY: &str = "
                insert into field_values (datasheet_id, field_id, part, n, t, text, version)
                values ($1, $2, $3, $3, $4, $4, 1)";
            for part in 0..2_000_i64 {
                let word = format!("word{}", part % 500);
                on!(tx, |conn| sqlx::query(COPY)
                    .bind(datasheet)
                    .bind(whole.id)
                    .bind(part)
                    .bind(&word)
                    .execute(conn)
                    .await
                    .map(drop))
                .unwrap();
            }
            on!(tx, |conn| sqlx::query("analyze field_values").execute(conn).await.map(drop)).unwrap();
            for (index, rest) in [
                ("field_values_by_number", "n >= 100 and n < 200 order by n, datasheet_id limit 50"),
                ("field_values_by_number", "n is not null and (n, datasheet_id) > (100, 7) order by n, datasheet_id limit 50"),
                ("field_values_by_number", "n is not null and (n, datasheet_id) < (100, 7) order by n desc, datasheet_id desc limit 50"),
                ("field_values_by_text", "t >= 'wor' and t < 'wos' order by t limit 50"),
                ("field_values_by_text", "t = 'word7' and n >= 5 order by n limit 50"),
            ] {
                let sql = format!("select datasheet_id from field_values where field_id = {} and {rest}", whole.id);
                let plan = plan(&mut tx, &sql).await;
                assert!(plan.contains(index) && !plan.to_lowercase().contains("sort") && !plan.contains("TEMP B-TREE"), "{sql}: {plan}");
            }
        }
    }

    async fn plan(tx: &mut Tx, sql: &str) -> String {
        use sqlx::Row as _;
        let text =
            if tx.is_sqlite() { format!("explain query plan {sql}") } else { format!("explain {sql}") };
        match tx.connection() {
            super::super::db::Connection::Sqlite(conn) => {
                let rows = sqlx::query(sqlx::AssertSqlSafe(text)).fetch_all(conn).await.unwrap();
                rows.iter().map(|row| row.get::<String, _>("detail")).collect::<Vec<_>>().join("\n")
            }
            super::super::db::Connection::Postgres(conn) => {
                let rows = sqlx::query(sqlx::AssertSqlSafe(text)).fetch_all(conn).await.unwrap();
                rows.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>().join("\n")
            }
        }
    }
}
