//! Merging two contacts into one, and taking that apart again.
//!
//! A merge notes each row that it moves, and keeps what falls away as JSON: an undo puts every row back that is still where the merge
//! put it, also after years. What was made with the kept contact since stays with it.

use serde::{Deserialize, Serialize};

use super::{Tx, contacts, on};
use crate::{
    domain::{
        contact::{Contact, Detail, MergePreview, Merged, name_key, tax_key},
        id::{ContactId, MergeId, UserId},
        text::fold,
        time::Timestamp,
    },
    error::{Error, Result},
};

/// Both contacts as they were.
#[derive(Debug, Serialize, Deserialize)]
struct Before {
    kept: Contact,
    other: Contact,
    other_created_by: Option<UserId>,
}

/// A merge.
#[derive(Debug)]
pub struct Merge {
    /// The contact that was kept.
    pub kept: ContactId,
    /// The one that went.
    pub other: ContactId,
    /// Whether it was taken back.
    pub undone: bool,
    before: Before,
}

/// What moves: how it is noted (`$1` is the merge, `$2` the contact it leaves), and how it moves (from `$1` to `$2`).
const MOVES: [(&str, &str); 4] = [
    (
        "insert into contact_moves (merge_id, kind, row_id, field_id)
        select $1, 'datasheet', id, 0 from datasheets where contact_id = $2",
        "update datasheets set contact_id = $2 where contact_id = $1",
    ),
    (
        "insert into contact_moves (merge_id, kind, row_id, field_id)
        select $1, 'person', id, 0 from contacts where business_id = $2",
        "update contacts set business_id = $2 where business_id = $1",
    ),
    (
        "insert into contact_moves (merge_id, kind, row_id, field_id)
        select $1, 'event', id, 0 from events where contact_id = $2",
        "update events set contact_id = $2 where contact_id = $1",
    ),
    (
        "insert into contact_moves (merge_id, kind, row_id, field_id)
        select $1, 'value', v.datasheet_id, v.field_id from fields f
        join field_values v on v.field_id = f.id and v.n = $2 where f.kind = 'contact'",
        "update field_values set n = $2 where n = $1 and field_id in (select id from fields where kind = 'contact')",
    ),
];

/// The way back: `$1` is the merge, `$2` the kept contact, `$3` the one that comes back.
const MOVES_BACK: [&str; 5] = [
    "update datasheets set contact_id = $3 where contact_id = $2
        and id in (select row_id from contact_moves where merge_id = $1 and kind = 'datasheet')",
    "update contacts set business_id = $3 where business_id = $2
        and id in (select row_id from contact_moves where merge_id = $1 and kind = 'person')",
    "update events set contact_id = $3 where contact_id = $2
        and id in (select row_id from contact_moves where merge_id = $1 and kind = 'event')",
    "update field_values set n = $3 where n = $2 and (datasheet_id, field_id) in (
        select row_id, field_id from contact_moves where merge_id = $1 and kind = 'value')",
    "update contact_details set contact_id = $3 where contact_id = $2
        and id in (select row_id from contact_moves where merge_id = $1 and kind = 'detail')",
];

/// How much moves with a merge, for its preview.
pub async fn preview(tx: &mut Tx, kept: Contact, other: Contact, merged: Merged) -> Result<MergePreview> {
    const SQL: &str = "
        select cast((select count(*) from datasheets where contact_id = $1) as bigint),
            cast((select count(*) from contacts where business_id = $1) as bigint),
            cast((select count(*) from events where contact_id = $1) as bigint)";
    let (datasheets, persons, events): (i64, i64, i64) =
        on!(tx, |conn| sqlx::query_as(SQL).bind(other.id).fetch_one(conn).await)?;
    Ok(MergePreview { kept, other, merged, datasheets, persons, events })
}

/// Merges another contact into one; both are locked.
pub async fn merge(
    tx: &mut Tx,
    kept: &Contact,
    other: &Contact,
    merged: &Merged,
    by: UserId,
    now: Timestamp,
) -> Result<MergeId> {
    const ADD: &str = "
        insert into contact_merges (id, kept_id, merged_id, at, user_id, before) values ($1, $2, $3, $4, $5, $6)";
    const MAKER: &str = "select created_by from contacts where id = $1";
    const NOTE: &str =
        "insert into contact_moves (merge_id, kind, row_id, field_id) values ($1, 'detail', $2, 0)";
    const TAKE: &str = "update contact_details set contact_id = $2 where id = $1";
    let id = MergeId(tx.new_id(now));
    let other_created_by: Option<UserId> =
        on!(tx, |conn| sqlx::query_scalar(MAKER).bind(other.id).fetch_one(conn).await)?;
    let before = Before { kept: kept.clone(), other: other.clone(), other_created_by };
    let before = serde_json::to_string(&before).map_err(|error| {
        tracing::error!(%error, "contacts cannot be written as JSON");
        Error::Server
    })?;
    on!(tx, |conn| sqlx::query(ADD)
        .bind(id)
        .bind(kept.id)
        .bind(other.id)
        .bind(now)
        .bind(by)
        .bind(&before)
        .execute(conn)
        .await
        .map(drop))?;
    for (note, update) in MOVES {
        on!(tx, |conn| sqlx::query(note).bind(id).bind(other.id).execute(conn).await.map(drop))?;
        on!(tx, |conn| sqlx::query(update).bind(other.id).bind(kept.id).execute(conn).await.map(drop))?;
    }
    for detail in &merged.taken {
        on!(tx, |conn| sqlx::query(NOTE).bind(id).bind(*detail).execute(conn).await.map(drop))?;
        on!(tx, |conn| sqlx::query(TAKE).bind(*detail).bind(kept.id).execute(conn).await.map(drop))?;
    }
    contacts::remove(tx, other.id).await?;
    contacts::save(tx, kept, &merged.contact).await?;
    contacts::refresh_datasheets(tx, kept.id).await?;
    Ok(id)
}

/// A merge.
pub async fn get(tx: &mut Tx, merge: MergeId) -> Result<Option<Merge>> {
    const SQL: &str = "select kept_id, merged_id, before, undone_at from contact_merges where id = $1";
    let row: Option<(ContactId, ContactId, String, Option<Timestamp>)> =
        on!(tx, |conn| sqlx::query_as(SQL).bind(merge).fetch_optional(conn).await)?;
    let Some((kept, other, before, undone_at)) = row else { return Ok(None) };
    let before = serde_json::from_str(&before).map_err(|error| {
        tracing::error!(%error, "a stored merge cannot be read");
        Error::Server
    })?;
    Ok(Some(Merge { kept, other, undone: undone_at.is_some(), before }))
}

/// Takes a merge apart; `kept` is the kept contact as it is now, locked. `false` when it was taken apart already. All rows stand as
/// before it, but for the kept contact's version, which goes on: whoever looks at it as it was merged is told.
pub async fn undo(tx: &mut Tx, id: MergeId, merge: &Merge, kept: &Contact, now: Timestamp) -> Result<bool> {
    const MARK: &str = "update contact_merges set undone_at = $2 where id = $1 and undone_at is null";
    const ADD: &str = "
        insert into contacts (id, kind, name, name_fold, name_key, business_id, tax_number, tax_key, version,
            created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    const FORGET: &str = "delete from contact_moves where merge_id = $1";
    let marked = on!(tx, |conn| sqlx::query(MARK)
        .bind(id)
        .bind(now)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    if marked == 0 {
        return Ok(false);
    }
    let Before { kept: was, other, other_created_by } = &merge.before;
    // Its business may have been merged into another one since.
    let business = match &other.business {
        Some(business) => still(tx, business.id).await?,
        None => None,
    };
    on!(tx, |conn| sqlx::query(ADD)
        .bind(other.id)
        .bind(other.kind)
        .bind(&other.name)
        .bind(fold(&other.name))
        .bind(name_key(&other.name))
        .bind(business)
        .bind(&other.tax_number)
        .bind(other.tax_number.as_deref().and_then(tax_key))
        .bind(other.version)
        .bind(other.created_at)
        .bind(*other_created_by)
        .execute(conn)
        .await
        .map(drop))?;
    for sql in MOVES_BACK {
        on!(tx, |conn| sqlx::query(sql).bind(id).bind(kept.id).bind(other.id).execute(conn).await.map(drop))?;
    }
    on!(tx, |conn| sqlx::query(FORGET).bind(id).execute(conn).await.map(drop))?;
    let back = contacts::get(tx, other.id).await?.ok_or(Error::Server)?;
    let fell_away = |detail: &&Detail| !back.details.iter().any(|there| there.id == detail.id);
    for detail in other.details.iter().filter(fell_away) {
        contacts::add_detail(tx, other.id, detail).await?;
    }
    contacts::follow(tx, other.id).await?;
    // What it took from the other one goes with it; what it had stays as it is now.
    let mut after = kept.clone();
    after.business = after.business.filter(|_| was.business.is_some());
    after.tax_number = after.tax_number.filter(|_| was.tax_number.is_some());
    contacts::save(tx, kept, &after).await?;
    contacts::refresh_datasheets(tx, kept.id).await?;
    contacts::refresh_datasheets(tx, other.id).await?;
    Ok(true)
}

/// The contact itself, or what it was merged into.
pub async fn still(tx: &mut Tx, contact: ContactId) -> Result<Option<ContactId>> {
    if contacts::hold(tx, contact).await? {
        return Ok(Some(contact));
    }
    contacts::merged_into(tx, contact).await
}

#[cfg(test)]
mod tests {
    use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

    use super::*;
    use crate::{
        domain::{
            contact::{ContactKind, DetailKind, DetailLabel, merge as planned},
            history::What,
            id::{DetailId, EventId},
            module::Template,
            user::{Role, UserForm, UserState},
        },
        i18n::Locale,
        store::{
            Db, backup, datasheets, events, migrate, modules,
            testing::{NOW, TestDb, contradictions, on_both},
            todos, users,
        },
    };

    /// All rows that a merge may touch, as text. A kept contact's version goes on, so versions of contacts are left out.
    async fn rows(tx: &mut Tx) -> Vec<String> {
        const SQL: [&str; 7] = [
            "select 'contact ' || cast(id as text) || '|' || kind || '|' || name || '|' || name_fold || '|' || name_key
                || '|' || coalesce(cast(business_id as text), '') || '|' || coalesce(email, '') || '|' || coalesce(phone, '')
                || '|' || coalesce(tax_number, '') || '|' || coalesce(tax_key, '') || '|' || cast(created_at as text)
                || '|' || coalesce(cast(created_by as text), '') from contacts",
            "select 'detail ' || cast(id as text) || '|' || cast(contact_id as text) || '|' || kind || '|' || label || '|'
                || value || '|' || coalesce(key, '') || '|' || cast(version as text) from contact_details",
            "select 'word ' || word || '|' || cast(contact_id as text) from contact_words",
            "select 'datasheet ' || cast(id as text) || '|' || coalesce(cast(contact_id as text), '') || '|'
                || cast(version as text) || '|' || cast(modified_at as text) from datasheets",
            "select 'search ' || word || '|' || cast(datasheet_id as text) from search_words",
            "select 'value ' || cast(datasheet_id as text) || '|' || cast(n as text) || '|' || cast(version as text)
                from field_values",
            "select 'event ' || cast(id as text) || '|' || coalesce(cast(contact_id as text), '') from events",
        ];
        let mut all = vec![];
        for sql in SQL {
            let some: Vec<String> = on!(tx, |conn| sqlx::query_scalar(sql).fetch_all(conn).await).unwrap();
            all.extend(some);
        }
        all.sort();
        all
    }

    /// A company of random contacts, whose datasheets, fields and histories name them.
    async fn fill(tx: &mut Tx, rng: &mut StdRng) -> (crate::domain::id::ModuleId, UserId, Vec<ContactId>) {
        let form = UserForm {
            name: "Anna".to_owned(),
            email: "anna@pelda.hu".to_owned(),
            role: Role::Admin,
            state: UserState::Active,
            zone: "UTC".to_owned(),
            modules: vec![],
        };
        let user = users::add(tx, &form, None, NOW).await.unwrap();
        let made = modules::seed_from_template(tx, Template::Custom, "M", Locale::En, NOW).await.unwrap();
        let field = tx.new_id(NOW);
        let sql = "
            insert into fields (id, module_id, kind, name, help, currency, rank, version, created_at)
            values ($1, $2, 'contact', 'Ki', '', '', 'a', 1, 0)";
        on!(tx, |conn| sqlx::query(sql).bind(field).bind(made.id).execute(conn).await.map(drop)).unwrap();
        let mut all: Vec<(ContactId, ContactKind)> = vec![];
        for n in 0..14 {
            let kind = if n % 3 == 0 { ContactKind::Business } else { ContactKind::Person };
            let businesses: Vec<ContactId> =
                all.iter().filter(|(_, kind)| *kind == ContactKind::Business).map(|(id, _)| *id).collect();
            let business = (kind == ContactKind::Person && rng.random_bool(0.6) && !businesses.is_empty())
                .then(|| businesses[rng.random_range(0..businesses.len())]);
            let tax = (kind == ContactKind::Business && rng.random_bool(0.5)).then_some("12345678-2-42");
            let name = ["Kovács Anna", "Szűcs Örs", "Nagy Bt."][rng.random_range(0..3)];
            let new = contacts::New { kind, name, business, tax_number: tax };
            let id = contacts::add(tx, new, rng.random_bool(0.5).then_some(user), NOW).await.unwrap();
            for _ in 0..rng.random_range(0..5) {
                let (kind, value) = [
                    (DetailKind::Email, "anna@pelda.hu"),
                    (DetailKind::Email, "ors@pelda.hu"),
                    (DetailKind::Phone, "06 30 123 4567"),
                    (DetailKind::Phone, "+36301234567"),
                    (DetailKind::Address, "Győr, Fő tér 1."),
                ][rng.random_range(0..5)];
                let label = DetailLabel::Work;
                let version = rng.random_range(1..4);
                let detail =
                    Detail { id: DetailId(tx.new_id(NOW)), kind, label, value: value.to_owned(), version };
                contacts::add_detail(tx, id, &detail).await.unwrap();
            }
            contacts::follow(tx, id).await.unwrap();
            for _ in 0..rng.random_range(0..3) {
                note(tx, id, user).await;
            }
            all.push((id, kind));
        }
        for n in 0..30 {
            let (status, _) = made.statuses[n % made.statuses.len()];
            let standing = datasheets::add(tx, made.id, status, user, "Ügy", NOW).await.unwrap();
            let (about, named) =
                (all[rng.random_range(0..all.len())].0, all[rng.random_range(0..all.len())].0);
            datasheets::put_contact(tx, &standing, Some(about)).await.unwrap();
            todos::refresh_next(tx, &standing, None).await.unwrap();
            let sql = "
                insert into field_values (datasheet_id, field_id, part, n, version) values ($1, $2, 0, $3, 1)";
            on!(tx, |conn| sqlx::query(sql)
                .bind(standing.id)
                .bind(field)
                .bind(named)
                .execute(conn)
                .await
                .map(drop))
            .unwrap();
        }
        (made.id, user, all.into_iter().map(|(id, _)| id).collect())
    }

    async fn note(tx: &mut Tx, contact: ContactId, by: UserId) -> EventId {
        let event = events::NewEvent {
            at: NOW,
            by: Some(by),
            module: None,
            datasheet: None,
            what: What::ContactAdded { name: "x".to_owned() },
            undo: None,
            batch: None,
        };
        events::add_of_contact(tx, contact, event).await.unwrap()
    }

    /// Two random contacts that can be merged.
    async fn pair(tx: &mut Tx, rng: &mut StdRng, all: &[ContactId]) -> (Contact, Contact, Merged) {
        loop {
            let mut one = async || {
                let id = all[rng.random_range(0..all.len())];
                contacts::get(tx, id).await.unwrap()
            };
            if let (Some(kept), Some(other)) = (one().await, one().await)
                && let Some(merged) = planned(&kept, &other)
            {
                return (kept, other, merged);
            }
        }
    }

    on_both! {
        async fn whatever_is_merged_and_undone_stands_as_before_also_after_a_restart(test: TestDb) {
            let mut rng = StdRng::seed_from_u64(11);
            let mut tx = test.db.begin().await.unwrap();
            let (module, user, all) = fill(&mut tx, &mut rng).await;
            tx.commit().await.unwrap();
            for round in 0..25 {
                let mut tx = test.db.begin().await.unwrap();
                let before = rows(&mut tx).await;
                // Several on top of each other, taken apart from the last one on.
                let mut merges = vec![];
                for _ in 0..rng.random_range(1..4) {
                    let (kept, other, merged) = pair(&mut tx, &mut rng, &all).await;
                    let id = merge(&mut tx, &kept, &other, &merged, user, NOW).await.unwrap();
                    assert_eq!(contacts::get(&mut tx, other.id).await.unwrap(), None);
                    let now = contacts::get(&mut tx, kept.id).await.unwrap().unwrap();
                    assert_eq!(now, Contact { version: kept.version + 1, ..merged.contact }, "as the preview said");
                    merges.push(id);
                }
                assert_eq!(contradictions(&mut tx, module).await, [""; 0], "round {round}");
                tx.commit().await.unwrap();
                let again = Db::open(&test.url).await.unwrap();
                let mut tx = again.begin().await.unwrap();
                for id in merges.into_iter().rev() {
                    let found = get(&mut tx, id).await.unwrap().unwrap();
                    let kept = contacts::lock(&mut tx, found.kept).await.unwrap().unwrap();
                    assert!(undo(&mut tx, id, &found, &kept, NOW).await.unwrap());
                    let found = get(&mut tx, id).await.unwrap().unwrap();
                    assert!(found.undone);
                    assert!(!undo(&mut tx, id, &found, &kept, NOW).await.unwrap(), "once only");
                }
                assert_eq!(rows(&mut tx).await, before, "round {round}");
                assert_eq!(contradictions(&mut tx, module).await, [""; 0], "round {round}");
                tx.commit().await.unwrap();
            }
        }

        async fn what_moved_on_since_the_merge_stays_where_it_is(test: TestDb) {
            let mut rng = StdRng::seed_from_u64(12);
            let mut tx = test.db.begin().await.unwrap();
            let (module, user, all) = fill(&mut tx, &mut rng).await;
            let (kept, other, merged) = loop {
                let found = pair(&mut tx, &mut rng, &all).await;
                let sheets = sheets_of(&mut tx, found.1.id).await;
                if sheets.len() > 1 {
                    break found;
                }
            };
            let sheets = sheets_of(&mut tx, other.id).await;
            let id = merge(&mut tx, &kept, &other, &merged, user, NOW).await.unwrap();
            let gone = datasheets::lock(&mut tx, sheets[0]).await.unwrap().unwrap();
            datasheets::save_contact(&mut tx, &gone, None, NOW).await.unwrap();
            let found = get(&mut tx, id).await.unwrap().unwrap();
            let now = contacts::lock(&mut tx, kept.id).await.unwrap().unwrap();
            assert!(undo(&mut tx, id, &found, &now, NOW).await.unwrap());
            assert_eq!(datasheets::contact(&mut tx, sheets[0]).await.unwrap(), None);
            assert_eq!(datasheets::contact(&mut tx, sheets[1]).await.unwrap(), Some(other.id));
            assert_eq!(contradictions(&mut tx, module).await, [""; 0]);
        }

        async fn a_merge_in_a_restored_backup_is_taken_apart_there(test: TestDb) {
            let mut rng = StdRng::seed_from_u64(13);
            let mut tx = test.db.begin().await.unwrap();
            let (_, user, all) = fill(&mut tx, &mut rng).await;
            let before = rows(&mut tx).await;
            let (kept, other, merged) = pair(&mut tx, &mut rng, &all).await;
            let id = merge(&mut tx, &kept, &other, &merged, user, NOW).await.unwrap();
            tx.commit().await.unwrap();
            let mut file = vec![];
            backup::write(&test.db, &backup::Nowhere, &mut file, NOW, &mut |_, _| ()).await.unwrap();
            // Into the other kind of database.
            let copy = if test.db.is_sqlite() { TestDb::postgres().await } else { TestDb::sqlite().await };
            backup::restore(&copy.db, &backup::Nowhere, &file[..], NOW, &mut |_, _| ()).await.unwrap();
            let mut tx = copy.db.begin().await.unwrap();
            let found = get(&mut tx, id).await.unwrap().unwrap();
            let now = contacts::lock(&mut tx, kept.id).await.unwrap().unwrap();
            assert!(undo(&mut tx, id, &found, &now, NOW).await.unwrap());
            assert_eq!(rows(&mut tx).await, before);
        }

        async fn contacts_of_an_older_schema_get_their_keys_words_and_details(test: TestDb) {
            let old = [
                (1_i64, "person", "Szűcs-Kovács Örs", Some("ors.szucs@pelda.hu"), Some("06-30/123-4567")),
                (2, "person", "Kovács (ifj.) Anna", None, Some("+36 1 234 5678")),
                (3, "business", "Kovács & Kovács Bt.", Some("iroda@pelda.hu"), None),
            ];
            // A database as it was before.
            let folder = tempfile::tempdir().unwrap();
            let db = if test.db.is_sqlite() {
                Db::open(&format!("sqlite:{}", folder.path().join("old.sqlite").display())).await.unwrap()
            } else {
                test.db.clone()
            };
            let mut tx = db.begin().await.unwrap();
            if !test.db.is_sqlite() {
                for sql in ["drop schema public cascade", "create schema public"] {
                    on!(tx, |conn| sqlx::query(sql).execute(conn).await.map(drop)).unwrap();
                }
            }
            migrate::prepare(&mut tx).await.unwrap();
            let known = migrate::known();
            let place = known.iter().position(|(version, _)| *version == 80).unwrap();
            migrate::apply(&mut tx, 0..place, NOW).await.unwrap();
            for (id, kind, name, email, phone) in old {
                let sql = "
                    insert into contacts (id, kind, name, name_fold, email, phone, version, created_at)
                    values ($1, $2, $3, $4, $5, $6, 1, 1)";
                on!(tx, |conn| sqlx::query(sql).bind(id).bind(kind).bind(name).bind(fold(name)).bind(email).bind(phone)
                    .execute(conn).await.map(drop)).unwrap();
            }
            migrate::apply(&mut tx, place..known.len(), NOW).await.unwrap();
            let migrated = rows(&mut tx).await;
            for (id, ..) in old {
                let contact = contacts::get(&mut tx, ContactId(id)).await.unwrap().unwrap();
                contacts::save(&mut tx, &contact, &contact).await.unwrap();
                for detail in &contact.details {
                    let next = Detail { version: 2, ..detail.clone() };
                    contacts::save_detail(&mut tx, &next).await.unwrap();
                    let back = Detail { version: 3, ..detail.clone() };
                    contacts::save_detail(&mut tx, &back).await.unwrap();
                }
            }
            let written: Vec<String> = rows(&mut tx).await.iter().map(|row| match row.strip_suffix("|3") {
                Some(detail) if row.starts_with("detail") => format!("{detail}|1"),
                _ => row.clone(),
            }).collect();
            assert_eq!(migrated, written, "the migration writes what the program would");
            assert_eq!(migrated.iter().filter(|row| row.starts_with("detail")).count(), 4);
        }
    }

    async fn sheets_of(tx: &mut Tx, contact: ContactId) -> Vec<crate::domain::id::DatasheetId> {
        let sql = "select id from datasheets where contact_id = $1 order by id";
        on!(tx, |conn| sqlx::query_scalar(sql).bind(contact).fetch_all(conn).await).unwrap()
    }
}
