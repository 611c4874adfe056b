//! The list of a module in the order of what stands in a field. Few datasheets are put in order at once; of many the field's index
//! is walked by key, so far at once, and what the viewer does not see or the filter leaves out is passed over. What has nothing in
//! the field follows, in the order of the list.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::QueryBuilder;

use super::{Branch, BranchKind, RARE, Scope, Search, Seek, Tx, after, branches, like, on, search, seeks};
use crate::{
    domain::{
        datasheet::{Row, SortedPage, SortedPlace, SortedRow, ValuePlace},
        field::{CustomField, FieldKind},
        filter::{Filter, Narrow, Owner, Test},
        id::{DatasheetId, StatusId},
        status::StatusTree,
    },
    error::Result,
    store::{datasheets, fields, fields::indexed, push_list},
};

/// So many values are read at once.
const STEP: usize = 1_000;
/// So often for one page.
const STEPS: usize = 5;

/// The field that orders, and whether the greatest comes first.
type Order<'a> = (&'a CustomField, bool);

/// The rows after a place. It may be fewer than asked for, or none, while more follow.
pub async fn page(
    tx: &mut Tx,
    scope: Scope,
    filter: &Filter,
    tree: &StatusTree,
    order: Order<'_>,
    from: Option<SortedPlace>,
    limit: u32,
) -> Result<SortedPage> {
    let field = order.0;
    let wanted = limit as usize;
    let (last, mut rest) = match from {
        Some(SortedPlace::Rest(cursor)) => (None, Some(cursor)),
        Some(SortedPlace::Value(place)) => (Some(place), None),
        None => (None, None),
    };
    let (mut found, mut next) = (vec![], None);
    if rest.is_none() {
        let (some, end) = match few(tx, scope, filter, tree).await? {
            Some(ids) => of_few(tx, order, &ids, last, wanted).await?,
            None => of_many(tx, scope, filter, tree, order, last, wanted).await?,
        };
        found = some;
        match end {
            Some(place) => next = Some(SortedPlace::Value(place)),
            None => rest = Some(None),
        }
    }
    let ids: Vec<DatasheetId> = found.iter().map(|place| place.id).collect();
    let mut stands = fields::of_many(tx, field, &ids).await?;
    let mut places: BTreeMap<DatasheetId, ValuePlace> =
        found.into_iter().map(|place| (place.id, place)).collect();
    let with_place = |row: Row| {
        let place = SortedPlace::Value(places.remove(&row.id)?);
        Some(SortedRow { value: stands.remove(&row.id), row, place })
    };
    let mut rows: Vec<_> = datasheets::rows(tx, &ids).await?.into_iter().filter_map(with_place).collect();
    if let Some(cursor) = rest {
        let left = u32::try_from(wanted.saturating_sub(rows.len())).unwrap_or_default();
        let page = super::page_without(tx, scope, filter, tree, cursor, left, Some(field.id)).await?;
        let end = page.next.or_else(|| page.rows.last().map(Row::cursor));
        next = page.more.then_some(SortedPlace::Rest(end.or(cursor)));
        rows.extend(page.rows.into_iter().map(|row| SortedRow {
            place: SortedPlace::Rest(Some(row.cursor())),
            value: None,
            row,
        }));
    }
    Ok(SortedPage { rows, next })
}

/// All that the viewer sees under the filter, if that is little: it is put in order at once, where a walk through the values of
/// all would go past much to find it.
async fn few(
    tx: &mut Tx,
    scope: Scope,
    filter: &Filter,
    tree: &StatusTree,
) -> Result<Option<Vec<DatasheetId>>> {
    let branches = branches(scope, filter, tree);
    if let Search::Found(found) = search(tx, scope, seeks(filter, None), &branches).await? {
        return Ok(Some(found.into_iter().map(|(_, id)| id).collect()));
    }
    let mut ids: Vec<DatasheetId> = vec![];
    for branch in &branches {
        let some: Vec<DatasheetId> = on!(tx, |conn| {
            let mut query = QueryBuilder::new("");
            let id = match branch.kind {
                BranchKind::All | BranchKind::OwnedBy(_) => {
                    push_branch!(query, branch, "x.id", &[] as &[Seek])
                }
                BranchKind::Involving(..) => {
                    push_branch!(query, branch, "x.datasheet_id", &[] as &[Seek])
                }
            };
            query.push(" order by x.list_key, ").push(id).push(" limit ").push(RARE);
            query.build_query_scalar().fetch_all(conn).await
        })?;
        ids.extend(some);
        if ids.len() >= STEP {
            return Ok(None);
        }
    }
    Ok(Some(seen(tx, scope, filter, tree, &ids).await?.into_iter().collect()))
}

/// Those of a few that have something in the field, from a place on, and where more of them follow.
async fn of_few(
    tx: &mut Tx,
    (field, descending): Order<'_>,
    ids: &[DatasheetId],
    last: Option<ValuePlace>,
    wanted: usize,
) -> Result<(Vec<ValuePlace>, Option<ValuePlace>)> {
    let mut places = fields::places(tx, field.id, ids).await?;
    let order = |one: &ValuePlace, other: &ValuePlace| {
        let order = (&one.t, one.n, one.id).cmp(&(&other.t, other.n, other.id));
        if descending { order.reverse() } else { order }
    };
    places.sort_unstable_by(order);
    if let Some(last) = last {
        places.retain(|place| order(&last, place).is_lt());
    }
    let is_end = places.len() <= wanted;
    places.truncate(wanted);
    let end = places.last().filter(|_| !is_end).cloned();
    Ok((places, end))
}

/// The same of many: the field's index is walked so far.
async fn of_many(
    tx: &mut Tx,
    scope: Scope,
    filter: &Filter,
    tree: &StatusTree,
    (field, descending): Order<'_>,
    mut last: Option<ValuePlace>,
    wanted: usize,
) -> Result<(Vec<ValuePlace>, Option<ValuePlace>)> {
    let mut found = vec![];
    for _ in 0..STEPS {
        let places = values(tx, field, descending, last.as_ref()).await?;
        let is_end = places.len() < STEP;
        let ids: Vec<DatasheetId> = places.iter().map(|place| place.id).collect();
        let seen = seen(tx, scope, filter, tree, &ids).await?;
        for place in places {
            last = Some(place.clone());
            if seen.contains(&place.id) {
                found.push(place);
            }
            if found.len() == wanted {
                return Ok((found, last));
            }
        }
        if is_end {
            return Ok((found, None));
        }
    }
    Ok((found, last))
}

/// The values of a field after a place, in order, at most [`STEP`].
async fn values(
    tx: &mut Tx,
    field: &CustomField,
    descending: bool,
    last: Option<&ValuePlace>,
) -> Result<Vec<ValuePlace>> {
    const SELECT: &str = "select t, n, datasheet_id as id from field_values where field_id = ";
    let (beyond, down) = if descending { (" < ", " desc") } else { (" > ", "") };
    let mut found: Vec<ValuePlace> = vec![];
    // Texts have no number: those that are alike come first, by their datasheet.
    if let (FieldKind::Text | FieldKind::LongText | FieldKind::Link, Some(last)) = (field.kind, last) {
        found = on!(tx, |conn| {
            let mut query = QueryBuilder::new(SELECT);
            query.push_bind(field.id).push(" and t = ").push_bind(last.t.clone());
            query.push(" and n is null and datasheet_id").push(beyond).push_bind(last.id);
            query.push(" order by datasheet_id").push(down).push(" limit ").push(STEP);
            query.build_query_as().fetch_all(conn).await
        })?;
    }
    let more: Vec<ValuePlace> = on!(tx, |conn| {
        let mut query = QueryBuilder::new(SELECT);
        query.push_bind(field.id);
        let columns: &[&str] = match field.kind {
            FieldKind::Text | FieldKind::LongText | FieldKind::Link => {
                match last {
                    Some(last) => query.push(" and t").push(beyond).push_bind(last.t.clone()),
                    None => query.push(" and t is not null"),
                };
                &["t", "n", "datasheet_id"]
            }
            FieldKind::Money => {
                match last {
                    Some(last) => {
                        query.push(" and (t, n, datasheet_id)").push(beyond).push("(");
                        query.push_bind(last.t.clone()).push(", ").push_bind(last.n).push(", ");
                        query.push_bind(last.id).push(") and t is not null")
                    }
                    None => query.push(" and t is not null"),
                };
                &["t", "n", "datasheet_id"]
            }
            _ => {
                query.push(" and n is not null");
                if let Some(last) = last {
                    query.push(" and (n, datasheet_id)").push(beyond).push("(");
                    query.push_bind(last.n).push(", ").push_bind(last.id).push(")");
                }
                &["n", "datasheet_id"]
            }
        };
        for (at, column) in columns.iter().enumerate() {
            query.push(if at == 0 { " order by " } else { ", " }).push(column).push(down);
        }
        query.push(" limit ").push(STEP - found.len());
        query.build_query_as().fetch_all(conn).await
    })?;
    found.extend(more);
    Ok(found)
}

/// Which of these datasheets the viewer sees under the filter.
async fn seen(
    tx: &mut Tx,
    scope: Scope,
    filter: &Filter,
    tree: &StatusTree,
    ids: &[DatasheetId],
) -> Result<BTreeSet<DatasheetId>> {
    let statuses: Option<Vec<StatusId>> = filter.narrow.map(|narrow| match narrow {
        Narrow::Status(status) => vec![status],
        Narrow::Group(group) => tree.of(group).map(|status| status.id).collect(),
    });
    if ids.is_empty() || statuses.as_ref().is_some_and(Vec::is_empty) {
        return Ok(BTreeSet::new());
    }
    let owner = match filter.owner {
        Owner::All => None,
        Owner::Mine => Some(scope.viewer),
        Owner::Person(person) => Some(person),
    };
    let found: Vec<DatasheetId> = on!(tx, |conn| {
        let mut query = QueryBuilder::new("select x.id from datasheets x where x.id in (");
        push_list(&mut query, ids);
        query.push(" and x.trashed_at is null and x.module_id = ").push_bind(scope.module);
        if let Some(statuses) = &statuses {
            query.push(" and x.status_id in (");
            push_list(&mut query, statuses);
        }
        if let Some(owner) = owner {
            query.push(" and x.owner_id = ").push_bind(owner);
        }
        if let Some(viewer) = scope.restricted_to {
            query.push(" and (x.owner_id = ").push_bind(viewer);
            query.push(
                " or exists (select 1 from involvements i where i.datasheet_id = x.id and i.user_id = ",
            );
            query.push_bind(viewer).push("))");
        }
        for seek in &seeks(filter, None) {
            push_condition!(query, seek, "x.id");
        }
        query.build_query_scalar().persistent(false).fetch_all(conn).await
    })?;
    Ok(found.into_iter().collect())
}
