//! The trash of a module, and deleting a datasheet for good.

use sqlx::QueryBuilder;

use super::{Tx, limited, list::Scope, on, push_list};
use crate::{
    domain::{
        id::{DatasheetId, UserId},
        time::Timestamp,
        trash::{Goes, TrashCursor, TrashLine},
    },
    error::Result,
};

/// A place in the trash.
type Place = (Timestamp, DatasheetId);

/// Before the first line.
const START: Place = (Timestamp(i64::MAX), DatasheetId(i64::MAX));

/// What a viewer sees of a module's trash after a place, what came there last first.
pub async fn page(
    tx: &mut Tx,
    scope: Scope,
    after: Option<TrashCursor>,
    limit: usize,
) -> Result<Vec<TrashLine>> {
    let from = after.map_or(START, |cursor| (cursor.at, cursor.id));
    let ids = match scope.restricted_to {
        None => all(tx, scope, from, limit).await?,
        Some(user) => theirs(tx, scope, user, from, limit).await?,
    };
    lines(tx, &ids).await
}

fn sql_limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

async fn all(tx: &mut Tx, scope: Scope, from: Place, limit: usize) -> Result<Vec<DatasheetId>> {
    const SQL: &str = "
        select id from datasheets
        where module_id = $1 and trashed_at is not null and (trashed_at, id) < ($2, $3)
        order by trashed_at desc, id desc";
    Ok(on!(tx, |conn| sqlx::query_scalar(limited(SQL, sql_limit(limit)))
        .bind(scope.module)
        .bind(from.0)
        .bind(from.1)
        .fetch_all(conn)
        .await)?)
}

/// What a Restricted user owns or holds an open to-do on.
async fn theirs(
    tx: &mut Tx,
    scope: Scope,
    user: UserId,
    from: Place,
    limit: usize,
) -> Result<Vec<DatasheetId>> {
    const OWNED: &str = "
        select trashed_at, id from datasheets
        where module_id = $1 and owner_id = $2 and trashed_at is not null and (trashed_at, id) < ($3, $4)
        order by trashed_at desc, id desc";
    const HELD: &str = "
        select trashed_at, datasheet_id from trash_involvements
        where module_id = $1 and user_id = $2 and (trashed_at, datasheet_id) < ($3, $4)
        order by trashed_at desc, datasheet_id desc";
    let mut places: Vec<Place> = vec![];
    for sql in [OWNED, HELD] {
        let some: Vec<Place> = on!(tx, |conn| sqlx::query_as(limited(sql, sql_limit(limit)))
            .bind(scope.module)
            .bind(user)
            .bind(from.0)
            .bind(from.1)
            .fetch_all(conn)
            .await)?;
        places.extend(some);
    }
    places.sort_unstable_by(|one, other| other.cmp(one));
    Ok(places.into_iter().take(limit).map(|(_, id)| id).collect())
}

async fn lines(tx: &mut Tx, ids: &[DatasheetId]) -> Result<Vec<TrashLine>> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    // The entry of the moment at which it came there: a trashing, or what was taken back by that. The plus keeps it from being read
    // through all of the trash.
    const SQL: &str = "
        select d.id, d.name, c.name as contact, d.status_id, d.version, d.trashed_at,
            (select e.user_id from events e
                where e.datasheet_id = d.id and e.at = d.trashed_at and e.kind in ('trashed', 'undone')
                order by e.id desc limit 1) as trashed_by
        from datasheets d left join contacts c on c.id = d.contact_id
        where +d.trashed_at is not null and d.id in (";
    let mut lines: Vec<TrashLine> = on!(tx, |conn| {
        let mut query = QueryBuilder::new(SQL);
        push_list(&mut query, ids);
        query.build_query_as().persistent(false).fetch_all(conn).await
    })?;
    lines.sort_unstable_by_key(|line| std::cmp::Reverse(line.cursor()));
    Ok(lines)
}

/// How much goes with a datasheet.
pub async fn goes(tx: &mut Tx, datasheet: DatasheetId) -> Result<Goes> {
    macro_rules! bounded {
        ($($what:literal),*) => {
            concat!("select 0", $(
                ", cast((select count(*) from (select 1 from ", $what, " limit 1000) as bounded) as bigint)"
            ),*)
        };
    }
    const SQL: &str = bounded!(
        "todos where datasheet_id = $1",
        "comments where datasheet_id = $1 and deleted_at is null",
        "files where datasheet_id = $1 and deleted_at is null",
        "events where datasheet_id = $1",
        "webshop_orders where datasheet_id = $1",
        "(select id from relations where one_id = $1 union all select id from relations where other_id = $1) as r"
    );
    let (_, todos, comments, files, entries, orders, relations): (i32, i64, i64, i64, i64, i64, i64) =
        on!(tx, |conn| sqlx::query_as(SQL).bind(datasheet).fetch_one(conn).await)?;
    let small = |n: i64| u32::try_from(n).unwrap_or(Goes::MAX);
    Ok(Goes {
        todos: small(todos),
        comments: small(comments),
        files: small(files),
        entries: small(entries),
        orders: small(orders),
        relations: small(relations),
    })
}

/// Deletes a datasheet for good with all that is on it; it is locked and in the trash, so it is in no count. Answers the hashes
/// of its files, whose bytes other files may have too.
///
/// What it was imported from stays known: the same line does not bring it back.
pub async fn delete(tx: &mut Tx, datasheet: DatasheetId) -> Result<Vec<String>> {
    const HASHES: &str = "select distinct hash from files where datasheet_id = $1";
    // Comments, files, relations, values of fields, and a buyer's addresses and orders go with the datasheet itself.
    const REMOVE: [&str; 7] = [
        "delete from involvements where datasheet_id = $1",
        "delete from search_words where datasheet_id = $1",
        "delete from processes where datasheet_id = $1",
        "delete from todos where datasheet_id = $1",
        "delete from events where datasheet_id = $1",
        // What the histories of others tell of it: nobody could see whom that names.
        "delete from events where related_id = $1",
        "delete from datasheets where id = $1 and trashed_at is not null",
    ];
    let hashes = on!(tx, |conn| sqlx::query_scalar(HASHES).bind(datasheet).fetch_all(conn).await)?;
    for sql in REMOVE {
        on!(tx, |conn| sqlx::query(sql).bind(datasheet).execute(conn).await.map(drop))?;
    }
    Ok(hashes)
}
