//! Relations between datasheets: a row for each pair, the lower id first.

use super::{
    Tx, modules, on,
    sight::{self, is_seen},
};
use crate::{
    domain::{
        id::{DatasheetId, ModuleId, RelationId, UserId},
        relation::Related,
        status::{Color, StatusGroup},
        status_name::StatusName,
        time::Timestamp,
        user::Viewer,
    },
    error::{Error, Result},
    i18n::Locale,
};

/// A relation as it stands.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Relation {
    /// Which it is.
    pub id: RelationId,
    one_id: DatasheetId,
    other_id: DatasheetId,
    /// What the one is to the other.
    pub about: String,
    /// Counts its changes.
    pub version: i64,
}

impl Relation {
    /// A relation of two datasheets.
    pub fn between(
        id: RelationId,
        one: DatasheetId,
        other: DatasheetId,
        about: String,
        version: i64,
    ) -> Self {
        Self { id, one_id: one.min(other), other_id: one.max(other), about, version }
    }

    /// Its two datasheets.
    pub fn sides(&self) -> [DatasheetId; 2] {
        [self.one_id, self.other_id]
    }

    /// The datasheet on its other side; `None` where it is not on this one.
    pub fn beyond(&self, side: DatasheetId) -> Option<DatasheetId> {
        match side {
            side if side == self.one_id => Some(self.other_id),
            side if side == self.other_id => Some(self.one_id),
            _ => None,
        }
    }
}

/// A relation.
pub async fn get(tx: &mut Tx, relation: RelationId) -> Result<Option<Relation>> {
    const SQL: &str = "select id, one_id, other_id, about, version from relations where id = $1";
    Ok(on!(tx, |conn| sqlx::query_as(SQL).bind(relation).fetch_optional(conn).await)?)
}

/// Adds a relation as given; both datasheets are locked. `false` when the two are related already.
pub async fn add(tx: &mut Tx, relation: &Relation, by: UserId, now: Timestamp) -> Result<bool> {
    const SQL: &str = "
        insert into relations (id, one_id, other_id, about, version, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict (one_id, other_id) do nothing";
    Ok(on!(tx, |conn| sqlx::query(SQL)
        .bind(relation.id)
        .bind(relation.one_id)
        .bind(relation.other_id)
        .bind(&relation.about)
        .bind(relation.version)
        .bind(now)
        .bind(by)
        .execute(conn)
        .await
        .map(|done| done.rows_affected() == 1))?)
}

/// Stores what the one is to the other, and counts the version on.
pub async fn save(tx: &mut Tx, relation: &Relation) -> Result<()> {
    const SQL: &str = "update relations set about = $3, version = version + 1 where id = $1 and version = $2";
    let saved = on!(tx, |conn| sqlx::query(SQL)
        .bind(relation.id)
        .bind(relation.version)
        .bind(&relation.about)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    if saved == 1 { Ok(()) } else { Err(Error::Busy) }
}

/// Takes a relation away.
pub async fn remove(tx: &mut Tx, relation: RelationId) -> Result<()> {
    const SQL: &str = "delete from relations where id = $1";
    on!(tx, |conn| sqlx::query(SQL).bind(relation).execute(conn).await.map(drop))?;
    Ok(())
}

/// The relations of a datasheet, whoever sees them; as few as [`crate::domain::relation::RELATED_MAX`].
pub async fn all(tx: &mut Tx, datasheet: DatasheetId) -> Result<Vec<Relation>> {
    const SQL: &str = "
        select id, one_id, other_id, about, version from relations where one_id = $1
        union all select id, one_id, other_id, about, version from relations where other_id = $1";
    Ok(on!(tx, |conn| sqlx::query_as(SQL).bind(datasheet).fetch_all(conn).await)?)
}

/// The datasheets that one is related with, with their modules, whoever sees them.
pub async fn beyond(tx: &mut Tx, datasheet: DatasheetId) -> Result<Vec<(ModuleId, DatasheetId)>> {
    const SQL: &str = "
        select d.module_id, d.id from (
            select other_id as beyond_id from relations where one_id = $1
            union all select one_id from relations where other_id = $1
        ) r join datasheets d on d.id = r.beyond_id";
    Ok(on!(tx, |conn| sqlx::query_as(SQL).bind(datasheet).fetch_all(conn).await)?)
}

#[derive(sqlx::FromRow)]
struct RelatedRow {
    id: RelationId,
    about: String,
    version: i64,
    datasheet: DatasheetId,
    name: String,
    module: String,
    template: String,
    name_is_first: i64,
    status: String,
    process_key: Option<String>,
    status_group: StatusGroup,
    color: Color,
    trashed_at: Option<Timestamp>,
}

impl RelatedRow {
    /// As its reader sees it.
    fn read(self, reader: Locale) -> Related {
        let row = self;
        Related {
            id: row.id,
            about: row.about,
            version: row.version,
            datasheet: row.datasheet,
            name: row.name,
            module: modules::name_read(reader, &row.template, row.module, row.name_is_first),
            status: StatusName::stored(row.status, row.process_key.as_deref()),
            group: row.status_group,
            color: row.color,
            trashed: row.trashed_at.is_some(),
        }
    }
}

/// The datasheets that one is related with and that a viewer sees, the first linked first; those in the trash too.
pub async fn of_datasheet(tx: &mut Tx, viewer: &Viewer, datasheet: DatasheetId) -> Result<Vec<Related>> {
    const SQL: &str = concat!(
        "select r.id, r.about, r.version, d.id as datasheet, d.name, m.name as module, m.template, m.name_is_first,
            s.name as status, s.process_key, s.status_group, s.color, d.trashed_at
        from (
            select id, about, version, other_id as beyond_id from relations where one_id = $4
            union all select id, about, version, one_id from relations where other_id = $4
        ) r
        join datasheets d on d.id = r.beyond_id
        join modules m on m.id = d.module_id
        join statuses s on s.id = d.status_id
        where m.trashed_at is null and ",
        is_seen!()
    );
    let (user, all, own) = sight::of(viewer);
    let mut rows: Vec<RelatedRow> = on!(tx, |conn| sqlx::query_as(SQL)
        .bind(user)
        .bind(all)
        .bind(own)
        .bind(datasheet)
        .fetch_all(conn)
        .await)?;
    rows.sort_by_key(|row| row.id);
    let reader = tx.reader();
    Ok(rows.into_iter().map(|row| row.read(reader)).collect())
}
