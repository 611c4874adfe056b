//! The list of a module: pages by key, bounded counts of the buckets, exact counts of the statuses, search.
//!
//! What a viewer sees under a filter is a union of ranges of one index each: per status and owner, and for a restricted viewer
//! also their involvements. No `or`, so no range turns into a scan.
//!
//! Limits are written into the statement: SQLite looks at a bound one when it plans, and so plans the statement anew each time.

use sqlx::QueryBuilder;

use super::{
    Tx,
    datasheets::{ListRow, ROW, ROW_AS_JSON, ROW_JOINS},
    db::Connection,
    fields::indexed,
    on,
};
use crate::{
    domain::{
        bucket::{Borders, Bucket},
        datasheet::{Cursor, ListKey, OR_MORE, Page, Row, StatusCount, StatusSum},
        field::FieldKind,
        filter::{FieldTest, Filter, Narrow, Owner, Test},
        id::{DatasheetId, FieldId, ModuleId, StatusId, UserId},
        money::{Currency, Money},
        status::StatusTree,
        text::words,
    },
    error::{Error, Result},
};

/// Counts of buckets stop here: it means «so many or more».
pub const COUNT_MAX: i64 = 1_000;
/// A word with fewer matches than this is looked up; a more common one filters the list as it is walked.
const RARE: i64 = 1_000;

/// So many rows of the list are looked through for common words at once; whoever wants more asks on from there.
const WALK: usize = 5_000;

/// What of a module a viewer sees.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// The module.
    pub module: ModuleId,
    /// The viewer, where they see only what they own or hold an open to-do on.
    pub restricted_to: Option<UserId>,
    /// The viewer: whose «mine» is.
    pub viewer: UserId,
}

/// A place in the list.
type Place = (ListKey, DatasheetId);

/// Before the first row.
const START: Place = (ListKey(i64::MIN), DatasheetId(0));

/// One range of an index.
#[derive(Clone, Copy, Debug)]
struct Branch {
    module: ModuleId,
    status: Option<StatusId>,
    kind: BranchKind,
}

#[derive(Clone, Copy, Debug)]
enum BranchKind {
    All,
    OwnedBy(UserId),
    /// Datasheets that the first one is involved in, of one owner where given.
    Involving(UserId, Option<UserId>),
}

fn branches(scope: Scope, filter: &Filter, tree: &StatusTree) -> Vec<Branch> {
    let statuses: Vec<Option<StatusId>> = match filter.narrow {
        None => vec![None],
        Some(Narrow::Status(status)) => vec![Some(status)],
        Some(Narrow::Group(group)) => tree.of(group).map(|status| Some(status.id)).collect(),
    };
    let owner = match filter.owner {
        Owner::All => None,
        Owner::Mine => Some(scope.viewer),
        Owner::Person(person) => Some(person),
    };
    let kinds = match (scope.restricted_to, owner) {
        (None, None) => vec![BranchKind::All],
        (None, Some(owner)) => vec![BranchKind::OwnedBy(owner)],
        (Some(viewer), None) => {
            vec![BranchKind::OwnedBy(viewer), BranchKind::Involving(viewer, None)]
        }
        (Some(viewer), Some(owner)) if owner == viewer => vec![BranchKind::OwnedBy(viewer)],
        (Some(viewer), Some(owner)) => vec![BranchKind::Involving(viewer, Some(owner))],
    };
    statuses
        .into_iter()
        .flat_map(|status| kinds.iter().map(move |kind| Branch { module: scope.module, status, kind: *kind }))
        .collect()
}

/// One thing that is looked for.
#[derive(Clone, Debug, PartialEq)]
enum Seek {
    /// A word that begins like this.
    Word(String),
    /// What stands in a field.
    Field(FieldTest),
}

impl Seek {
    /// Whether an index leads from it to the datasheets.
    fn is_indexed(&self) -> bool {
        match self {
            Self::Word(_) => true,
            Self::Field(test) => matches!(test.is, Test::Between { .. } | Test::Text(_)),
        }
    }
}

/// Pushes what a test says of a value's columns.
macro_rules! push_test {
    ($query:ident, $test:expr, $t:literal, $n:literal) => {
        match $test {
            Test::Between { from, to, currency } => {
                if let Some(currency) = currency {
                    $query.push(concat!(" and ", $t, " = ")).push_bind(currency.clone());
                }
                $query.push(concat!(" and ", $n, " >= ")).push_bind(from.unwrap_or(i64::MIN));
                $query.push(concat!(" and ", $n, " <= ")).push_bind(to.unwrap_or(i64::MAX));
            }
            Test::Text(text) => {
                $query.push(concat!(" and ", $t, " = ")).push_bind(indexed(text));
            }
            Test::Contains(text) => {
                $query
                    .push(concat!(" and ", $t, " like "))
                    .push_bind(like(&indexed(text)))
                    .push(" escape '!'");
            }
            Test::Empty | Test::Filled => {
                $query.push(concat!(" and (", $n, " is not null or ", $t, " is not null)"));
            }
        }
    };
}

/// Pushes the range of the index of what is looked for: what follows `select … from`. The datasheet is in `datasheet_id`.
macro_rules! push_range {
    ($query:ident, $seek:expr, $module:expr) => {
        match $seek {
            Seek::Word(word) => {
                $query.push("search_words where module_id = ").push_bind($module);
                $query.push(" and word >= ").push_bind(word.clone());
                $query.push(" and word < ").push_bind(after(word));
            }
            Seek::Field(test) => {
                $query.push("field_values where field_id = ").push_bind(test.field);
                push_test!($query, &test.is, "t", "n");
            }
        }
    };
}

/// Pushes what a datasheet must have. The columns are wrapped, so that a value is found by its datasheet and not by its index.
macro_rules! push_condition {
    ($query:ident, $seek:expr, $id:expr) => {
        match $seek {
            Seek::Word(word) => {
                $query.push(" and exists (select 1 from search_words w where w.datasheet_id = ").push($id);
                $query.push(" and w.word >= ").push_bind(word.clone());
                $query.push(" and w.word < ").push_bind(after(word)).push(")");
            }
            Seek::Field(test) => {
                $query.push(if test.is == Test::Empty { " and not exists (" } else { " and exists (" });
                $query.push("select 1 from field_values v where v.datasheet_id = ").push($id);
                $query.push(" and v.field_id = ").push_bind(test.field);
                push_test!($query, &test.is, "(v.t || '')", "(v.n + 0)");
                if matches!(test.is, Test::Empty | Test::Filled) {
                    // A file that was deleted while its field was out of use fills nothing.
                    $query.push(" and (not exists (select 1 from fields k where k.id = ").push_bind(test.field);
                    $query.push(" and k.kind = ").push_bind(FieldKind::File);
                    $query.push(
                        ") or exists (select 1 from files f where f.id = v.n and f.deleted_at is null))",
                    );
                }
                // Postgres would turn it into a join and begin with all values of the field; not so with an offset.
                $query.push(" limit 1 offset 0)");
            }
        }
    };
}

/// A pattern of all texts that have this in them.
fn like(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Pushes `from … where …` of a branch, without what bounds the key. The key is `x.list_key`, the id the returned column.
macro_rules! push_branch {
    ($query:ident, $branch:expr, $select:expr, $words:expr) => {{
        let branch: &Branch = $branch;
        let id = match branch.kind {
            BranchKind::All | BranchKind::OwnedBy(_) => {
                $query.push(concat!("select ", $select, " from datasheets x where x.trashed_at is null"));
                "x.id"
            }
            BranchKind::Involving(_, None) => {
                $query.push(concat!("select ", $select, " from involvements x where 1 = 1"));
                "x.datasheet_id"
            }
            BranchKind::Involving(_, Some(owner)) => {
                $query.push(concat!(
                    "select ",
                    $select,
                    " from involvements x join datasheets d on d.id = x.datasheet_id where d.owner_id = "
                ));
                $query.push_bind(owner);
                "x.datasheet_id"
            }
        };
        $query.push(" and x.module_id = ").push_bind(branch.module);
        match branch.kind {
            BranchKind::All => {}
            BranchKind::OwnedBy(owner) => {
                $query.push(" and x.owner_id = ").push_bind(owner);
            }
            BranchKind::Involving(user, _) => {
                $query.push(" and x.user_id = ").push_bind(user);
            }
        }
        if let Some(status) = branch.status {
            $query.push(" and x.status_id = ").push_bind(status);
        }
        for seek in $words {
            push_condition!($query, seek, id);
        }
        id
    }};
}

pub mod sorted;

/// The first text after all that begin with a word.
fn after(word: &str) -> String {
    format!("{word}\u{10ffff}")
}

/// How a search is answered.
enum Search {
    /// All that match, in the order of the list.
    Found(Vec<Place>),
    /// These filter the list; none without a search.
    Walk(Vec<Seek>),
}

/// What a filter looks for; with `without`, only where nothing stands in that field.
fn seeks(filter: &Filter, without: Option<FieldId>) -> Vec<Seek> {
    let words = words(&filter.search).into_iter().take(8).map(Seek::Word);
    let without = without.map(|field| FieldTest { field, is: Test::Empty });
    words.chain(filter.test().into_iter().chain(without).map(Seek::Field)).collect()
}

async fn search(tx: &mut Tx, scope: Scope, seeks: Vec<Seek>, branches: &[Branch]) -> Result<Search> {
    for seek in &seeks {
        if let Seek::Field(FieldTest { field, is: is @ (Test::Text(_) | Test::Contains(_)) }) = seek {
            let kind = super::fields::kind(tx, *field).await?;
            if kind.is_some_and(|kind| !is.suits(kind)) {
                return Err(Error::NotFound);
            }
        }
    }
    let mut rarest: Option<(i64, &Seek)> = None;
    for seek in seeks.iter().filter(|seek| seek.is_indexed()) {
        let count: i64 = on!(tx, |conn| {
            let mut query = QueryBuilder::new("select count(*) from (select 1 from ");
            push_range!(query, seek, scope.module);
            query.push(" limit 1000) as bounded");
            query.build_query_scalar().fetch_one(conn).await
        })?;
        if rarest.is_none_or(|(fewest, _)| count < fewest) {
            rarest = Some((count, seek));
        }
    }
    let Some((_, rare)) = rarest.filter(|(count, _)| *count < RARE) else { return Ok(Search::Walk(seeks)) };
    let mut found: Vec<Place> = vec![];
    for branch in branches {
        let others: Vec<&Seek> = seeks.iter().filter(|seek| *seek != rare).collect();
        let some: Vec<Place> = on!(tx, |conn| {
            let mut query =
                QueryBuilder::new("select d.list_key, d.id from (select distinct datasheet_id from ");
            push_range!(query, rare, branch.module);
            query.push(") hit join datasheets d on d.id = hit.datasheet_id where d.trashed_at is null");
            // A field may be another module's.
            query.push(" and d.module_id = ").push_bind(branch.module);
            if let Some(status) = branch.status {
                query.push(" and d.status_id = ").push_bind(status);
            }
            match branch.kind {
                BranchKind::All => {}
                BranchKind::OwnedBy(owner) => {
                    query.push(" and d.owner_id = ").push_bind(owner);
                }
                BranchKind::Involving(user, owner) => {
                    query
                        .push(" and exists (select 1 from involvements i where i.datasheet_id = d.id and i.user_id = ")
                        .push_bind(user)
                        .push(")");
                    if let Some(owner) = owner {
                        query.push(" and d.owner_id = ").push_bind(owner);
                    }
                }
            }
            for seek in others {
                push_condition!(query, seek, "d.id");
            }
            query.build_query_as().fetch_all(conn).await
        })?;
        found.extend(some);
    }
    found.sort_unstable();
    Ok(Search::Found(found))
}

/// So many rows of a range after a place, in order.
async fn rows_of_branch(tx: &mut Tx, branch: &Branch, from: Place, limit: i64) -> Result<Vec<Row>> {
    macro_rules! push_rows {
        ($query:ident) => {{
            $query.push(ROW).push("(");
            let id = match branch.kind {
                BranchKind::All | BranchKind::OwnedBy(_) => {
                    push_branch!($query, branch, "x.list_key as list_key, x.id as id", &[] as &[Seek])
                }
                BranchKind::Involving(..) => {
                    push_branch!(
                        $query,
                        branch,
                        "x.list_key as list_key, x.datasheet_id as id",
                        &[] as &[Seek]
                    )
                }
            };
            $query.push(" and (x.list_key, ").push(id).push(") > (").push_bind(from.0);
            $query.push(", ").push_bind(from.1).push(") order by x.list_key, ").push(id);
            $query.push(" limit ").push(limit);
            $query.push(") k join datasheets d on d.id = k.id").push(ROW_JOINS);
        }};
    }
    let found: Vec<ListRow> = match tx.connection() {
        // SQLite works in a thread of its own, and each row that comes from there wakes this one: all come as one text.
        Connection::Sqlite(conn) => {
            let mut query = QueryBuilder::new("select json_group_array(");
            query.push(ROW_AS_JSON).push(") from (");
            push_rows!(query);
            query.push(")");
            let json: String = query.build_query_scalar().fetch_one(conn).await?;
            serde_json::from_str(&json).map_err(|error| {
                tracing::error!(%error, "the rows of a list cannot be read");
                Error::Server
            })?
        }
        Connection::Postgres(conn) => {
            let mut query = QueryBuilder::new("");
            push_rows!(query);
            query.build_query_as().fetch_all(conn).await?
        }
    };
    let mut rows: Vec<Row> = found.into_iter().map(Row::from).collect();
    rows.sort_by_key(Row::cursor);
    Ok(rows)
}

/// Where in the list of a branch a walk from a place ends; `None` when it comes to the end of the list.
async fn walk_end(tx: &mut Tx, branch: &Branch, from: Place, rows: usize) -> Result<Option<Place>> {
    Ok(on!(tx, |conn| {
        let mut query = QueryBuilder::new("");
        let id = match branch.kind {
            BranchKind::All | BranchKind::OwnedBy(_) => {
                push_branch!(query, branch, "x.list_key, x.id", &[] as &[Seek])
            }
            BranchKind::Involving(..) => {
                push_branch!(query, branch, "x.list_key, x.datasheet_id", &[] as &[Seek])
            }
        };
        query.push(" and (x.list_key, ").push(id).push(") > (").push_bind(from.0);
        query.push(", ").push_bind(from.1).push(") order by x.list_key, ").push(id);
        query.push(" limit 1 offset ").push(rows);
        query.build_query_as().fetch_optional(conn).await
    })?)
}

/// Where the walks of the branches end; they go nowhere else than all the way where nothing is searched.
async fn walk_ends(
    tx: &mut Tx,
    branches: &[Branch],
    words: &[Seek],
    from: Place,
) -> Result<Vec<Option<Place>>> {
    let mut ends = vec![None; branches.len()];
    if !words.is_empty() {
        let rows = WALK / branches.len().max(1);
        for (branch, end) in branches.iter().zip(&mut ends) {
            *end = walk_end(tx, branch, from, rows).await?;
        }
    }
    Ok(ends)
}

/// The rows after a place, in order. Of a search for common words it may be fewer than asked for, or none, while more follow.
pub async fn page(
    tx: &mut Tx,
    scope: Scope,
    filter: &Filter,
    tree: &StatusTree,
    from: Option<Cursor>,
    limit: u32,
) -> Result<Page> {
    page_without(tx, scope, filter, tree, from, limit, None).await
}

/// The same of the datasheets that have nothing in a field, where one is named.
async fn page_without(
    tx: &mut Tx,
    scope: Scope,
    filter: &Filter,
    tree: &StatusTree,
    from: Option<Cursor>,
    limit: u32,
    without: Option<FieldId>,
) -> Result<Page> {
    let branches = branches(scope, filter, tree);
    let from = from.map_or(START, |cursor| (cursor.key, cursor.id));
    let found = search(tx, scope, seeks(filter, without), &branches).await?;
    // One range of one index: its rows are read with it.
    if let (Search::Walk(words), [branch]) = (&found, &branches[..])
        && words.is_empty()
    {
        let mut rows = rows_of_branch(tx, branch, from, i64::from(limit) + 1).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        return Ok(Page { rows, more, next: None });
    }
    let limit = limit as usize;
    // What lies behind the end of one branch's walk is not known yet.
    let mut end: Option<Place> = None;
    let mut keys = match found {
        Search::Found(found) => found.into_iter().filter(|place| *place > from).collect(),
        Search::Walk(words) => {
            let mut keys: Vec<Place> = vec![];
            let ends = walk_ends(tx, &branches, &words, from).await?;
            for (branch, walk_end) in branches.iter().zip(ends) {
                let some: Vec<Place> = on!(tx, |conn| {
                    let mut query = QueryBuilder::new("");
                    let id = match branch.kind {
                        BranchKind::All | BranchKind::OwnedBy(_) => {
                            push_branch!(query, branch, "x.list_key, x.id", &words)
                        }
                        BranchKind::Involving(..) => {
                            push_branch!(query, branch, "x.list_key, x.datasheet_id", &words)
                        }
                    };
                    query.push(" and (x.list_key, ").push(id).push(") > (").push_bind(from.0);
                    query.push(", ").push_bind(from.1).push(")");
                    if let Some((key, last)) = walk_end {
                        query.push(" and (x.list_key, ").push(id).push(") <= (").push_bind(key);
                        query.push(", ").push_bind(last).push(")");
                    }
                    query.push(" order by x.list_key, ").push(id);
                    query.push(" limit ").push(limit + 1);
                    query.build_query_as().fetch_all(conn).await
                })?;
                if some.len() <= limit {
                    end = [end, walk_end].into_iter().flatten().min();
                }
                keys.extend(some);
            }
            keys.sort_unstable();
            keys.retain(|place| end.is_none_or(|end| *place <= end));
            keys
        }
    };
    let next = end.filter(|_| keys.len() <= limit).map(|(key, id)| Cursor { key, id });
    let more = keys.len() > limit || next.is_some();
    keys.truncate(limit);
    let ids: Vec<DatasheetId> = keys.into_iter().map(|(_, id)| id).collect();
    Ok(Page { rows: super::datasheets::rows(tx, &ids).await?, more, next })
}

/// All datasheets of a module that a restricted viewer sees.
pub async fn seen_by(tx: &mut Tx, module: ModuleId, viewer: UserId) -> Result<Vec<DatasheetId>> {
    const SQL: &str = "
        select id from datasheets where module_id = $1 and owner_id = $2 and trashed_at is null
        union all select datasheet_id from involvements where module_id = $1 and user_id = $2";
    Ok(on!(tx, |conn| sqlx::query_scalar(SQL).bind(module).bind(viewer).fetch_all(conn).await)?)
}

type NineCounts = (i64, i64, i64, i64, i64, i64, i64, i64, i64);

/// The half-open range of list keys of a bucket.
fn key_range(borders: &Borders, bucket: Bucket) -> std::ops::Range<i64> {
    match borders.range(bucket) {
        Some(range) => {
            let first = if bucket == Bucket::Overdue { i64::MIN } else { range.start.0 };
            let end = if bucket == Bucket::Later { ListKey::NO_TODO } else { range.end.0 };
            first..end
        }
        None => ListKey::NO_TODO..i64::MAX,
    }
}

/// How many rows each bucket has, to [`COUNT_MAX`]; one statement. A search for common words counts as far as a walk from the
/// beginning of the list goes: [`OR_MORE`].
pub async fn bucket_counts(
    tx: &mut Tx,
    scope: Scope,
    filter: &Filter,
    tree: &StatusTree,
    borders: &Borders,
) -> Result<[u32; Bucket::ALL.len()]> {
    let branches = branches(scope, filter, tree);
    let mut counts = [0; Bucket::ALL.len()];
    let words = match search(tx, scope, seeks(filter, None), &branches).await? {
        Search::Found(found) => {
            for (key, _) in found {
                let place = Bucket::ALL
                    .into_iter()
                    .position(|bucket| key_range(borders, bucket).contains(&key.0))
                    .unwrap_or_default();
                counts[place] += 1;
            }
            return Ok(counts);
        }
        Search::Walk(words) => words,
    };
    if branches.is_empty() {
        return Ok(counts);
    }
    let ends = walk_ends(tx, &branches, &words, START).await?;
    let nine: NineCounts = on!(tx, |conn| {
        let mut query = QueryBuilder::new("select ");
        for (place, bucket) in Bucket::ALL.into_iter().enumerate() {
            if place > 0 {
                query.push(", ");
            }
            query.push("cast(0");
            let range = key_range(borders, bucket);
            if !range.is_empty() {
                for (branch, end) in branches.iter().zip(&ends) {
                    query.push(" + (select count(*) from (");
                    let id = push_branch!(query, branch, "1", &words);
                    query.push(" and x.list_key >= ").push_bind(range.start);
                    query.push(" and x.list_key < ").push_bind(range.end);
                    if let Some((key, last)) = end {
                        query.push(" and (x.list_key, ").push(id).push(") <= (").push_bind(*key);
                        query.push(", ").push_bind(*last).push(")");
                    }
                    query.push(" limit ").push(COUNT_MAX).push(") as bounded)");
                }
            }
            query.push(" as bigint)");
        }
        query.build_query_as().fetch_one(conn).await
    })?;
    let nine: [i64; 9] = nine.into();
    for ((count, n), bucket) in counts.iter_mut().zip(nine).zip(Bucket::ALL) {
        *count = u32::try_from(n.clamp(0, COUNT_MAX)).unwrap_or_default();
        let range = key_range(borders, bucket);
        if !range.is_empty() && ends.iter().flatten().any(|(key, _)| key.0 < range.end) {
            *count += OR_MORE;
        }
    }
    Ok(counts)
}

/// The four statements that tally a module's datasheets under a viewer's scope and an owner filter.
pub(super) struct Tallies {
    /// Of all: binds the module.
    pub all: &'static str,
    /// Of one owner: binds the module and the owner.
    pub owned: &'static str,
    /// Of all that a restricted viewer sees: binds the module and the viewer.
    pub tied: &'static str,
    /// Of another owner's that a restricted viewer is involved in: binds the module, the viewer and the owner.
    pub involved: &'static str,
}

impl Tallies {
    /// The rows of the one that fits.
    pub async fn fetch<T>(&self, tx: &mut Tx, scope: Scope, owner: Owner) -> Result<Vec<T>>
    where
        T: Send
            + Unpin
            + for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow>
            + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
    {
        let module = scope.module;
        let owner = match owner {
            Owner::All => None,
            Owner::Mine => Some(scope.viewer),
            Owner::Person(person) => Some(person),
        };
        Ok(match (scope.restricted_to, owner) {
            (None, None) => on!(tx, |conn| sqlx::query_as(self.all).bind(module).fetch_all(conn).await),
            (Some(viewer), None) => {
                on!(tx, |conn| sqlx::query_as(self.tied).bind(module).bind(viewer).fetch_all(conn).await)
            }
            (Some(viewer), Some(owner)) if owner != viewer => {
                on!(tx, |conn| sqlx::query_as(self.involved)
                    .bind(module)
                    .bind(viewer)
                    .bind(owner)
                    .fetch_all(conn)
                    .await)
            }
            (_, Some(owner)) => {
                on!(tx, |conn| sqlx::query_as(self.owned).bind(module).bind(owner).fetch_all(conn).await)
            }
        }?)
    }
}

/// How many datasheets each status has under the owner filter; exact, and without counting datasheets but for a restricted
/// viewer who asks for another person's.
pub async fn status_counts(tx: &mut Tx, scope: Scope, owner: Owner) -> Result<Vec<StatusCount>> {
    const ALL: &str = "
        select status_id, cast(sum(n) as bigint) as n from status_counts
        where module_id = $1 and tie = 'owner' group by status_id order by status_id";
    const OWNED: &str = "
        select status_id, cast(sum(n) as bigint) as n from status_counts
        where module_id = $1 and tie = 'owner' and user_id = $2 group by status_id order by status_id";
    const TIED: &str = "
        select status_id, cast(sum(n) as bigint) as n from status_counts
        where module_id = $1 and user_id = $2 group by status_id order by status_id";
    const INVOLVED: &str = "
        select i.status_id, count(*) as n from involvements i join datasheets d on d.id = i.datasheet_id
        where i.module_id = $1 and i.user_id = $2 and d.owner_id = $3 group by i.status_id order by i.status_id";
    let statements = Tallies { all: ALL, owned: OWNED, tied: TIED, involved: INVOLVED };
    let counts: Vec<StatusCount> = statements.fetch(tx, scope, owner).await?;
    Ok(counts.into_iter().filter(|count| count.n != 0).collect())
}

/// Sums of money per status and currency of what a viewer sees, of the owner asked for. Exact at any size: nothing is added up
/// row by row, but for a restricted viewer who asks for the datasheets of another.
pub async fn status_sums(tx: &mut Tx, scope: Scope, owner: Owner) -> Result<Vec<StatusSum>> {
    const ALL: &str = "
        select status_id, currency, cast(sum(amount) as bigint) from status_sums
        where module_id = $1 and tie = 'owner' group by status_id, currency order by status_id, currency";
    const OWNED: &str = "
        select status_id, currency, cast(sum(amount) as bigint) from status_sums
        where module_id = $1 and tie = 'owner' and user_id = $2
        group by status_id, currency order by status_id, currency";
    const TIED: &str = "
        select status_id, currency, cast(sum(amount) as bigint) from status_sums
        where module_id = $1 and user_id = $2 group by status_id, currency order by status_id, currency";
    const INVOLVED: &str = "
        select i.status_id, d.currency, cast(sum(d.amount) as bigint)
        from involvements i join datasheets d on d.id = i.datasheet_id
        where i.module_id = $1 and i.user_id = $2 and d.owner_id = $3 and d.amount is not null
        group by i.status_id, d.currency order by i.status_id, d.currency";
    let statements = Tallies { all: ALL, owned: OWNED, tied: TIED, involved: INVOLVED };
    let rows: Vec<(StatusId, String, i64)> = statements.fetch(tx, scope, owner).await?;
    let mut sums = Vec::with_capacity(rows.len());
    for (status_id, currency, minor) in rows.into_iter().filter(|(.., minor)| *minor != 0) {
        sums.push(StatusSum { status_id, sum: Money { minor, currency: Currency::parse(&currency)? } });
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            due::Due,
            field::{CustomField, FieldEntry, FieldValue},
            file::FileKind,
            id::TodoId,
            module::Template,
            todo::NextTodo,
            user::{Role, UserForm, UserState},
            zone::Zone,
        },
        i18n::Locale,
        store::{
            datasheets, fields,
            files::{self, NewFile},
            modules, statuses,
            testing::{self, NOW, TestDb, on_both},
            todos, users,
        },
    };

    /// So many datasheets in one module with a field of each kind, numbered from 1; nine of ten have what `values` says in them.
    async fn filled(
        test: &TestDb,
        many: u64,
        kinds: &[FieldKind],
        values: impl Fn(i64) -> Vec<FieldValue>,
    ) -> (ModuleId, UserId, Vec<DatasheetId>, Vec<CustomField>) {
        let host = crate::server::host::Host::new(test.db.clone(), crate::server::host::Clock::at(NOW));
        crate::server::seed::fill(&host, many, 1).await.unwrap();
        let mut tx = test.db.begin().await.unwrap();
        const OF: &str = "select module_id, owner_id from datasheets limit 1";
        let (module, viewer): (ModuleId, UserId) =
            on!(tx, |conn| sqlx::query_as(OF).fetch_one(conn).await).unwrap();
        const IDS: &str = "select id from datasheets order by list_key, id";
        let ids: Vec<DatasheetId> = on!(tx, |conn| sqlx::query_scalar(IDS).fetch_all(conn).await).unwrap();
        let field = |(id, kind): (i64, &FieldKind)| testing::field(FieldId(id), module, *kind);
        let all: Vec<CustomField> = (1..).zip(kinds).map(field).collect();
        for field in &all {
            fields::add(&mut tx, field, NOW).await.unwrap();
        }
        let mut entries = vec![];
        for (n, id) in (0_i64..).zip(&ids).filter(|(n, _)| n % 10 > 0) {
            for (field, value) in all.iter().zip(values(n)) {
                entries.push((*id, FieldEntry { field: field.id, version: 1, value: Some(value) }));
            }
        }
        fields::add_values(&mut tx, &entries).await.unwrap();
        tx.commit().await.unwrap();
        (module, viewer, ids, all)
    }

    on_both! {
        async fn a_search_for_common_words_goes_so_far_at_once_and_finds_all_in_the_end(test: TestDb) {
            let host = crate::server::host::Host::new(test.db.clone(), crate::server::host::Clock::at(NOW));
            crate::server::seed::fill(&host, 12_000, 1).await.unwrap();
            let mut tx = test.db.begin().await.unwrap();
            let (module, viewer): (ModuleId, UserId) = {
                const SQL: &str = "select module_id, owner_id from datasheets limit 1";
                on!(tx, |conn| sqlx::query_as(SQL).fetch_one(conn).await).unwrap()
            };
            // Two words that many have, and three have both: the first, one in the middle, the last.
            const IDS: &str = "select id from datasheets order by list_key, id";
            let ids: Vec<DatasheetId> = on!(tx, |conn| sqlx::query_scalar(IDS).fetch_all(conn).await).unwrap();
            const WORDS: &str = "
                insert into search_words (module_id, word, datasheet_id)
                select module_id, case when row_number() over (order by list_key, id) % 2 = 1 then 'zzodd' else 'zzeven' end, id
                from datasheets";
            on!(tx, |conn| sqlx::query(WORDS).execute(conn).await.map(drop)).unwrap();
            let both = [ids[0], ids[7_000], ids[11_999]];
            for (id, word) in both.into_iter().zip(["zzeven", "zzeven", "zzodd"]) {
                const WORD: &str = "insert into search_words (module_id, word, datasheet_id) values ($1, $2, $3)";
                on!(tx, |conn| sqlx::query(WORD).bind(module).bind(word).bind(id).execute(conn).await.map(drop)).unwrap();
            }
            tx.commit().await.unwrap();

            let mut tx = test.db.read().await.unwrap();
            let tree = statuses::tree(&mut tx, module).await.unwrap();
            let borders = Borders::at(NOW, &Zone::utc());
            let groups = tree.first().unwrap().status_group;
            for narrow in [None, Some(Narrow::Group(groups))] {
                let filter = Filter { narrow, owner: Owner::All, search: "zzeven zzodd".to_owned(), ..Filter::default() };
                let scope = Scope { module, restricted_to: None, viewer };
                let (mut found, mut asked, mut from) = (vec![], 0, None);
                loop {
                    let page = page(&mut tx, scope, &filter, &tree, from, 50).await.unwrap();
                    asked += 1;
                    found.extend(page.rows.iter().map(|row| row.id));
                    if !page.more {
                        break;
                    }
                    assert!(page.next.is_some() && page.next != from && asked < 100, "{page:?}");
                    from = page.next;
                }
                let counts = bucket_counts(&mut tx, scope, &filter, &tree, &borders).await.unwrap();
                if narrow.is_none() {
                    assert_eq!(found, both);
                    assert_eq!(asked, 3, "each goes through {WALK}");
                    assert!(counts.iter().any(|count| *count >= OR_MORE), "{counts:?}");
                    assert_eq!(counts.iter().map(|count| count % OR_MORE).sum::<u32>(), 1, "{counts:?}");
                } else {
                    assert!(found.iter().all(|id| both.contains(id)));
                }
            }
            // One word that half of them have is on every page: as before.
            let filter = Filter { search: "zzodd".to_owned(), ..Filter::default() };
            let scope = Scope { module, restricted_to: None, viewer };
            let page = page(&mut tx, scope, &filter, &tree, None, 50).await.unwrap();
            assert_eq!((page.rows.len(), page.more, page.next), (50, true, None));
        }

        async fn the_list_is_narrowed_by_what_stands_in_a_field(test: TestDb) {
            let kinds = [FieldKind::Whole, FieldKind::Money, FieldKind::Text, FieldKind::Choices];
            let (module, viewer, ids, _) = filled(&test, 3_000, &kinds, |n| {
                let currency = if n % 2 == 0 { "HUF" } else { "EUR" }.to_owned();
                let chosen = [crate::domain::id::ChoiceId(1), crate::domain::id::ChoiceId(2 + n % 3)].to_vec();
                vec![
                    FieldValue::Whole(n),
                    FieldValue::Money { minor: n, currency },
                    FieldValue::Text(format!("Kék_{}%", n % 100)),
                    FieldValue::Choices(chosen),
                ]
            }).await;
            let mut tx = test.db.read().await.unwrap();
            let tree = statuses::tree(&mut tx, module).await.unwrap();
            let borders = Borders::at(NOW, &Zone::utc());
            let scope = Scope { module, restricted_to: None, viewer };
            let all = |wanted: &dyn Fn(usize) -> bool| ids.iter().enumerate().filter(|(n, _)| wanted(*n)).map(|(_, id)| *id).collect::<Vec<_>>();
            let has = |n: usize| !n.is_multiple_of(10);
            let between = |from, to, currency: Option<&str>| Test::Between { from, to, currency: currency.map(str::to_owned) };
            for (field, is, wanted) in [
                (1, Test::exactly(7), all(&|n| n == 7)),
                (1, between(Some(5), Some(42), None), all(&|n| has(n) && (5..=42).contains(&n))),
                (1, between(Some(100), None, None), all(&|n| has(n) && n >= 100)),
                (1, Test::Empty, all(&|n| !has(n))),
                (1, Test::Filled, all(&has)),
                (2, between(None, Some(99), Some("EUR")), all(&|n| has(n) && n <= 99 && n % 2 == 1)),
                (3, Test::Text("KÉK_7%".to_owned()), all(&|n| n % 100 == 7)),
                (3, Test::Contains("k_4".to_owned()), all(&|n| has(n) && (n % 100 == 4 || (40..50).contains(&(n % 100))))),
                (3, Test::Contains("7%".to_owned()), all(&|n| n % 10 == 7)),
                (4, Test::exactly(2), all(&|n| has(n) && n % 3 == 0)),
                (4, Test::exactly(1), all(&has)),
                (9, Test::exactly(1), vec![]),
            ] {
                let filter = Filter { field: FieldTest { field: FieldId(field), is }.to_text(), ..Filter::default() };
                let (mut found, mut from) = (vec![], None);
                loop {
                    let page = page(&mut tx, scope, &filter, &tree, from, 200).await.unwrap();
                    found.extend(page.rows.iter().map(|row| row.id));
                    from = page.next.or_else(|| page.rows.last().map(Row::cursor));
                    if !page.more {
                        break;
                    }
                }
                assert!(found == wanted, "{filter:?}: {} for {}", found.len(), wanted.len());
                let counts = bucket_counts(&mut tx, scope, &filter, &tree, &borders).await.unwrap();
                let counted = counts.iter().map(|count| u64::from(count % OR_MORE)).sum::<u64>();
                assert!(counted == wanted.len() as u64 || counts.iter().any(|count| *count >= 1_000), "{filter:?}: {counts:?}");
                // Another module's list has none of it, whatever its fields.
                let elsewhere = Scope { module: ModuleId(1), ..scope };
                assert_eq!(super::page(&mut tx, elsewhere, &filter, &tree, None, 50).await.unwrap().rows, []);
            }
        }

        async fn a_file_fills_its_field_while_it_is_there(test: TestDb) {
            let file = |n: i64| crate::domain::id::EventId(1_000 + n);
            let (module, viewer, ids, all) = filled(&test, 30, &[FieldKind::File], |n| vec![FieldValue::File(file(n))]).await;
            let mut tx = test.db.begin().await.unwrap();
            // One is gone for good, one was deleted.
            for (n, id) in (0_i64..).zip(&ids).filter(|(n, _)| n % 10 > 0 && *n != 7) {
                let new = NewFile { name: "a.txt".to_owned(), hash: "0".repeat(64), size: 1, kind: FileKind::Text, todo_id: None };
                files::add(&mut tx, file(n), *id, viewer, &new, NOW).await.unwrap();
            }
            let stored = files::get(&mut tx, file(8)).await.unwrap().unwrap();
            files::save(&mut tx, &files::Stored { deleted_at: Some(NOW), ..stored }).await.unwrap();
            let tree = statuses::tree(&mut tx, module).await.unwrap();
            let scope = Scope { module, restricted_to: None, viewer };
            let fills = |n: usize| !n.is_multiple_of(10) && n != 7 && n != 8;
            for (is, wanted) in [(Test::Filled, true), (Test::Empty, false)] {
                let filter = Filter { field: FieldTest { field: all[0].id, is }.to_text(), ..Filter::default() };
                let found: Vec<_> = page(&mut tx, scope, &filter, &tree, None, 50).await.unwrap().rows.iter().map(|row| row.id).collect();
                let expected: Vec<_> = ids.iter().enumerate().filter(|(n, _)| fills(*n) == wanted).map(|(_, id)| *id).collect();
                assert_eq!(found, expected, "{filter:?}");
            }
        }

        async fn the_list_in_the_order_of_a_field_is_walked_by_key_both_ways(test: TestDb) {
            let kinds = [FieldKind::Whole, FieldKind::Money, FieldKind::Text];
            let (module, viewer, ids, all) = filled(&test, 2_500, &kinds, |n| {
                let currency = if n % 2 == 0 { "HUF" } else { "EUR" }.to_owned();
                vec![
                    FieldValue::Whole(n * 7_919 % 101),
                    FieldValue::Money { minor: n % 3, currency },
                    FieldValue::Text(format!("Szó {}", n % 2)),
                ]
            }).await;
            let mut tx = test.db.read().await.unwrap();
            let tree = statuses::tree(&mut tx, module).await.unwrap();
            let scope = Scope { module, restricted_to: None, viewer };
            let key = |value: &Option<FieldValue>| match value {
                Some(FieldValue::Money { minor, currency }) => (currency.clone(), *minor),
                Some(FieldValue::Text(text)) => (text.clone(), 0),
                value => (String::new(), value.as_ref().and_then(FieldValue::number).unwrap_or_default()),
            };
            for restricted_to in [None, Some(viewer)] {
                let scope = Scope { restricted_to, ..scope };
                let visible = page(&mut tx, scope, &Filter::default(), &tree, None, 10_000).await.unwrap().rows.len();
                for (field, descending) in all.iter().flat_map(|field| [(field, false), (field, true)]) {
                    let (mut rows, mut from) = (vec![], None);
                    loop {
                        let page = sorted::page(&mut tx, scope, &Filter::default(), &tree, (field, descending), from, 200).await.unwrap();
                        rows.extend(page.rows);
                        from = page.next;
                        if from.is_none() {
                            break;
                        }
                    }
                    let name = format!("{:?} {descending} {restricted_to:?}", field.kind);
                    let seen: std::collections::BTreeSet<DatasheetId> = rows.iter().map(|row| row.row.id).collect();
                    assert_eq!((rows.len(), seen.len()), (visible, visible), "{name}");
                    let filled = rows.iter().take_while(|row| row.value.is_some()).count();
                    assert!(rows[filled..].iter().all(|row| row.value.is_none()), "{name}: what has none comes last");
                    // From the place of any row on the others follow.
                    for at in [0, filled / 2, filled - 1, filled, rows.len() - 5] {
                        let page = sorted::page(&mut tx, scope, &Filter::default(), &tree, (field, descending), Some(rows[at].place.clone()), 3).await.unwrap();
                        let ids = |rows: &[crate::domain::datasheet::SortedRow]| rows.iter().map(|row| row.row.id).collect::<Vec<_>>();
                        assert_eq!(ids(&page.rows), ids(&rows[at + 1..at + 4]), "{name} after {at}");
                    }
                    for pair in rows[..filled].windows(2) {
                        let of = |row: &crate::domain::datasheet::SortedRow| (key(&row.value), row.row.id);
                        let is_right = if descending { of(&pair[0]) > of(&pair[1]) } else { of(&pair[0]) < of(&pair[1]) };
                        assert!(is_right, "{name}: {:?} before {:?}", pair[0].value, pair[1].value);
                    }
                }
            }
            // Together with what narrows it.
            let is = Test::Between { from: Some(0), to: Some(1), currency: Some("EUR".to_owned()) };
            let filter = Filter { field: FieldTest { field: FieldId(2), is }.to_text(), ..Filter::default() };
            let page = sorted::page(&mut tx, scope, &filter, &tree, (&all[0], true), None, 200).await.unwrap();
            assert!(!page.rows.is_empty());
            let wanted = |row: &crate::domain::datasheet::SortedRow| {
                let n = ids.iter().position(|id| *id == row.row.id).unwrap();
                n % 2 == 1 && n % 3 < 2
            };
            assert!(page.rows.iter().all(wanted));
        }

        async fn a_new_datasheet_is_listed_counted_found_and_goes_with_its_trash(test: TestDb) {
            let mut tx = test.db.begin().await.unwrap();
            let form = UserForm {
                name: "Anna".to_owned(), email: "anna@example.com".to_owned(), role: Role::Admin,
                state: UserState::Active, zone: "UTC".to_owned(), modules: vec![],
            };
            let user = users::add(&mut tx, &form, None, NOW).await.unwrap();
            let module = modules::seed_from_template(&mut tx, Template::Projects, "P", Locale::En, NOW).await.unwrap().id;
            let tree = statuses::tree(&mut tx, module).await.unwrap();
            let status = tree.first().unwrap().id;
            let new = datasheets::add(&mut tx, module, status, user, "Kovács Bt", NOW).await.unwrap();
            let moment = NOW.plus_hours(1);
            let kind = modules::types(&mut tx, module).await.unwrap()[0].id;
            let todo = NextTodo {
                id: TodoId(tx.new_id(NOW)), text: "Call".to_owned(), kind, due: Due::At(moment), moment,
                assignee: user, postponed: 0, version: 1,
            };
            todos::add(&mut tx, new.id, &todo, &crate::domain::todo::Details::default(), user, NOW).await.unwrap();
            todos::refresh_next(&mut tx, &new, None).await.unwrap();

            let borders = Borders::at(NOW, &Zone::utc());
            for restricted_to in [None, Some(user)] {
                let scope = Scope { module, restricted_to, viewer: user };
                for owner in [Owner::All, Owner::Mine, Owner::Person(user)] {
                    for narrow in [None, Some(Narrow::Status(status)), Some(Narrow::Group(tree.first().unwrap().status_group))] {
                        for search in ["", "kov", "bt kovacs"] {
                            let filter = Filter { narrow, owner, search: search.to_owned(), ..Filter::default() };
                            let page = page(&mut tx, scope, &filter, &tree, None, 50).await.unwrap();
                            assert_eq!(page.rows.len(), 1, "{filter:?}");
                            assert_eq!(page.rows[0].todo.as_ref(), Some(&todo));
                            let counts = bucket_counts(&mut tx, scope, &filter, &tree, &borders).await.unwrap();
                            assert_eq!(counts[Bucket::Today as usize], 1);
                            assert_eq!(counts.iter().sum::<u32>(), 1);
                        }
                    }
                    assert_eq!(status_counts(&mut tx, scope, owner).await.unwrap(), [StatusCount { status_id: status, n: 1 }]);
                }
            }

            let before = datasheets::lock(&mut tx, new.id).await.unwrap().unwrap();
            let after = datasheets::Standing { trashed_at: Some(NOW), ..before.clone() };
            datasheets::save(&mut tx, &before, &after, NOW).await.unwrap();
            let scope = Scope { module, restricted_to: None, viewer: user };
            assert!(page(&mut tx, scope, &Filter::default(), &tree, None, 50).await.unwrap().rows.is_empty());
            assert!(status_counts(&mut tx, scope, Owner::All).await.unwrap().is_empty());
            tx.commit().await.unwrap();
        }
    }
}
