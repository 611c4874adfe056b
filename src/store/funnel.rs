//! How far datasheets got: counted as they go, never on a page load.

use super::{
    Tx,
    list::{Scope, Tallies},
};
use crate::{
    domain::{datasheet::StatusCount, filter::Owner},
    error::Result,
};

/// How many datasheets have each status as their furthest, under the owner filter; exact, and without counting datasheets but
/// for a restricted viewer who asks for another person's.
pub async fn furthest_counts(tx: &mut Tx, scope: Scope, owner: Owner) -> Result<Vec<StatusCount>> {
    const ALL: &str = "
        select status_id, cast(sum(n) as bigint) as n from furthest_counts
        where module_id = $1 and tie = 'owner' group by status_id order by status_id";
    const OWNED: &str = "
        select status_id, cast(sum(n) as bigint) as n from furthest_counts
        where module_id = $1 and tie = 'owner' and user_id = $2 group by status_id order by status_id";
    const TIED: &str = "
        select status_id, cast(sum(n) as bigint) as n from furthest_counts
        where module_id = $1 and user_id = $2 group by status_id order by status_id";
    const INVOLVED: &str = "
        select d.furthest_id as status_id, count(*) as n
        from involvements i join datasheets d on d.id = i.datasheet_id
        where i.module_id = $1 and i.user_id = $2 and d.owner_id = $3 and d.furthest_id is not null
        group by d.furthest_id order by d.furthest_id";
    let statements = Tallies { all: ALL, owned: OWNED, tied: TIED, involved: INVOLVED };
    let counts: Vec<StatusCount> = statements.fetch(tx, scope, owner).await?;
    Ok(counts.into_iter().filter(|count| count.n != 0).collect())
}
