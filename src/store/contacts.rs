//! Contacts: persons and businesses with their addresses and numbers; search; what looks like one; their datasheets and history.
//!
//! A Restricted viewer knows the contacts of the datasheets that they own or hold an open to-do on, the businesses of these, and
//! those they made themselves: their set is read as a whole, for it is as small as their work.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::QueryBuilder;

use super::{Tx, datasheets, db::Connection, events, list::Scope, on, push_list, undo::Undo};
use crate::{
    domain::{
        contact::{
            Contact, ContactCursor, ContactEvent, ContactKind, ContactLine, ContactSheet, Detail, DetailKind,
            Keys, Named, name_key, tax_key,
        },
        datasheet::Row,
        id::{ContactId, DatasheetId, DetailId, EventId, ModuleId, StatusId, UserId},
        status::{Color, StatusGroup},
        status_name::StatusName,
        text::fold,
        time::Timestamp,
    },
    error::{Error, Result},
};

/// How many datasheets of a contact the merged history looks at: those changed last.
const TOLD: i64 = 100;

/// What of the datasheets a viewer sees.
#[derive(Clone, Debug)]
pub struct Sight {
    /// The modules that the viewer may open.
    pub modules: Vec<ModuleId>,
    /// The viewer, where they see only what they own or hold an open to-do on.
    pub restricted_to: Option<UserId>,
}

/// The ids of all contacts that a Restricted user knows. A plus keeps a column from being what its table is read by: that would be all
/// datasheets that have a contact.
macro_rules! push_known {
    ($query:expr, $user:expr) => {
        $query
            .push(
                "(with seen (id) as (
                    select d.contact_id from module_access a
                    join datasheets d on d.module_id = a.module_id and d.owner_id = a.user_id
                    where d.trashed_at is null and +d.contact_id is not null and a.user_id = ",
            )
            .push_bind($user)
            .push(
                " union select d.contact_id from involvements i
                    join module_access a on a.user_id = i.user_id and a.module_id = i.module_id
                    join datasheets d on d.id = i.datasheet_id
                    where +d.contact_id is not null and i.user_id = ",
            )
            .push_bind($user)
            .push(" union select id from contacts where created_by = ")
            .push_bind($user)
            .push(
                ") select id from seen
                union select p.business_id from seen join contacts p on p.id = seen.id where +p.business_id is not null)",
            );
    };
}

const LINE: &str = "
    select c.id, c.kind, c.name, b.name as business, c.email, c.phone
    from contacts c left join contacts b on b.id = c.business_id ";

#[derive(sqlx::FromRow)]
struct ContactRow {
    id: ContactId,
    kind: ContactKind,
    name: String,
    business_id: Option<ContactId>,
    business: Option<String>,
    tax_number: Option<String>,
    version: i64,
    created_at: Timestamp,
}

/// A contact.
pub async fn get(tx: &mut Tx, contact: ContactId) -> Result<Option<Contact>> {
    const SQL: &str = "
        select c.id, c.kind, c.name, c.business_id, b.name as business, c.tax_number, c.version, c.created_at
        from contacts c left join contacts b on b.id = c.business_id where c.id = $1";
    const DETAILS: &str = "
        select id, kind, label, value, version from contact_details where contact_id = $1";
    let row: Option<ContactRow> =
        on!(tx, |conn| sqlx::query_as(SQL).bind(contact).fetch_optional(conn).await)?;
    let Some(row) = row else { return Ok(None) };
    let mut details: Vec<Detail> =
        on!(tx, |conn| sqlx::query_as(DETAILS).bind(contact).fetch_all(conn).await)?;
    details.sort_by_key(|detail| (detail.kind, detail.id));
    Ok(Some(Contact {
        id: row.id,
        kind: row.kind,
        name: row.name,
        business: row.business_id.zip(row.business).map(|(id, name)| Named { id, name }),
        tax_number: row.tax_number,
        version: row.version,
        created_at: row.created_at,
        details,
    }))
}

/// The same, held back from all others until this transaction ends. `SQLite` has one writer anyway.
pub async fn lock(tx: &mut Tx, contact: ContactId) -> Result<Option<Contact>> {
    if let Connection::Postgres(conn) = tx.connection() {
        sqlx::query("select id from contacts where id = $1 for update").bind(contact).execute(conn).await?;
    }
    get(tx, contact).await
}

/// Whether there is such a contact; it stays until this transaction ends. `SQLite` has one writer anyway.
pub async fn hold(tx: &mut Tx, contact: ContactId) -> Result<bool> {
    const SQLITE: &str = "select id from contacts where id = $1";
    const POSTGRES: &str = "select id from contacts where id = $1 for key share";
    let sql = if tx.is_sqlite() { SQLITE } else { POSTGRES };
    let found: Option<ContactId> =
        on!(tx, |conn| sqlx::query_scalar(sql).bind(contact).fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// Whether a Restricted user knows the contact.
pub async fn is_known_to(tx: &mut Tx, contact: ContactId, user: UserId) -> Result<bool> {
    let found: Option<ContactId> = on!(tx, |conn| {
        let mut query = QueryBuilder::new("select id from ");
        push_known!(query, user);
        query.push(" known where id = ").push_bind(contact);
        query.build_query_scalar().fetch_optional(conn).await
    })?;
    Ok(found.is_some())
}

/// The first text after all that begin with a word.
fn after(word: &str) -> String {
    format!("{word}\u{10ffff}")
}

/// So many contacts after a place: all by name, or those that have words with these beginnings, by the word that was found. The
/// longest beginning leads: it has the fewest words.
pub async fn page(
    tx: &mut Tx,
    searched: &[String],
    restricted_to: Option<UserId>,
    from: Option<&ContactCursor>,
    limit: i64,
) -> Result<Vec<(ContactCursor, ContactLine)>> {
    let mut words = searched.to_vec();
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    let (key, id) = from.map_or(("", ContactId(i64::MIN)), |from| (from.key.as_str(), from.id));
    let places: Vec<(String, ContactId)> = on!(tx, |conn| {
        let mut query = QueryBuilder::new("");
        match words.split_first() {
            None => {
                query.push("select c.name_fold, c.id from contacts c where (c.name_fold, c.id) > (");
                query.push_bind(key).push(", ").push_bind(id).push(")");
                if let Some(user) = restricted_to {
                    query.push(" and c.id in ");
                    push_known!(query, user);
                }
                query.push(" order by c.name_fold, c.id");
            }
            Some((word, others)) => {
                query.push("select w.word, w.contact_id from contact_words w where w.word >= ");
                query.push_bind(word.clone()).push(" and w.word < ").push_bind(after(word));
                query
                    .push(" and (w.word, w.contact_id) > (")
                    .push_bind(key)
                    .push(", ")
                    .push_bind(id)
                    .push(")");
                // Once, under the first of its words that begin so.
                query.push(" and not exists (select 1 from contact_words f where f.contact_id = w.contact_id and f.word >= ");
                query.push_bind(word.clone()).push(" and f.word < w.word)");
                for other in others {
                    query.push(" and exists (select 1 from contact_words o where o.contact_id = w.contact_id and o.word >= ");
                    query.push_bind(other.clone()).push(" and o.word < ").push_bind(after(other)).push(")");
                }
                if let Some(user) = restricted_to {
                    query.push(" and w.contact_id in ");
                    push_known!(query, user);
                }
                query.push(" order by w.word, w.contact_id");
            }
        }
        query.push(" limit ").push(limit);
        query.build_query_as().fetch_all(conn).await
    })?;
    let ids: Vec<ContactId> = places.iter().map(|(_, id)| *id).collect();
    let mut lines: BTreeMap<ContactId, ContactLine> =
        lines(tx, &ids).await?.into_iter().map(|line| (line.id, line)).collect();
    Ok(places
        .into_iter()
        .filter_map(|(key, id)| Some((ContactCursor { key, id }, lines.remove(&id)?)))
        .collect())
}

/// Contacts as lists show them, in no order.
pub async fn lines(tx: &mut Tx, ids: &[ContactId]) -> Result<Vec<ContactLine>> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    Ok(on!(tx, |conn| {
        let mut query = QueryBuilder::new(LINE);
        query.push("where c.id in (");
        push_list(&mut query, ids);
        query.build_query_as().fetch_all(conn).await
    })?)
}

/// The persons of a business by name, at most so many.
pub async fn persons(tx: &mut Tx, business: ContactId, limit: i64) -> Result<Vec<ContactLine>> {
    Ok(on!(tx, |conn| {
        let mut query = QueryBuilder::new(LINE);
        query.push("where c.business_id = ").push_bind(business);
        query.push(" order by c.name_fold, c.id limit ").push(limit);
        query.build_query_as().fetch_all(conn).await
    })?)
}

/// Contacts that have a key in common with these, with what they are compared by; at most some twenty.
pub async fn candidates(
    tx: &mut Tx,
    keys: &Keys,
    except: Option<ContactId>,
    restricted_to: Option<UserId>,
) -> Result<Vec<(ContactLine, Keys)>> {
    if keys.is_empty() {
        return Ok(vec![]);
    }
    let except = except.unwrap_or(ContactId(0));
    let mut ids: Vec<ContactId> = on!(tx, |conn| {
        // Each kind of key by its own index; one more than is shown, for the contact itself may be among them.
        let mut query = QueryBuilder::new("");
        let mut is_first = true;
        macro_rules! part {
            ($from:literal) => {
                query.push(if std::mem::take(&mut is_first) { "" } else { " union " });
                query.push(concat!("select * from (select ", $from));
            };
        }
        if let Some(tax) = &keys.tax {
            part!("id from contacts where tax_key = ");
            query.push_bind(tax).push(" limit 6) t");
        }
        for (kind, all) in [("email", &keys.emails), ("phone", &keys.phones)] {
            for key in all {
                part!("contact_id from contact_details where kind = ");
                query.push_bind(kind).push(" and key = ").push_bind(key).push(" limit 6) d");
            }
        }
        if let Some(name) = &keys.name {
            part!("id from contacts where name_key = ");
            query.push_bind(name).push(" limit 6) n");
        }
        query.build_query_scalar().persistent(false).fetch_all(conn).await
    })?;
    ids.retain(|id| *id != except);
    if let Some(user) = restricted_to
        && !ids.is_empty()
    {
        let known: BTreeSet<ContactId> = on!(tx, |conn| {
            let mut query = QueryBuilder::new("select id from ");
            push_known!(query, user);
            query.push(" known where id in (");
            push_list(&mut query, &ids);
            let found: Vec<ContactId> = query.build_query_scalar().persistent(false).fetch_all(conn).await?;
            Ok::<_, sqlx::Error>(found.into_iter().collect())
        })?;
        ids.retain(|id| known.contains(id));
    }
    let lines = lines(tx, &ids).await?;
    let mut all = keys_of(tx, &ids).await?;
    Ok(lines
        .into_iter()
        .map(|line| {
            let keys = all.remove(&line.id).unwrap_or_default();
            (line, keys)
        })
        .collect())
}

/// What contacts are compared by.
async fn keys_of(tx: &mut Tx, ids: &[ContactId]) -> Result<BTreeMap<ContactId, Keys>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    macro_rules! listed {
        ($sql:literal) => {
            on!(tx, |conn| {
                let mut query = QueryBuilder::new($sql);
                push_list(&mut query, ids);
                query.build_query_as().persistent(false).fetch_all(conn).await
            })?
        };
    }
    let own: Vec<(ContactId, String, Option<String>)> =
        listed!("select id, name_key, tax_key from contacts where id in (");
    let details: Vec<(ContactId, DetailKind, String)> = listed!(
        "select contact_id, kind, key from contact_details where key is not null and contact_id in ("
    );
    let mut all: BTreeMap<ContactId, Keys> = own
        .into_iter()
        .map(|(id, name, tax)| {
            (id, Keys { name: Some(name).filter(|name| !name.is_empty()), tax, ..Keys::default() })
        })
        .collect();
    for (id, kind, key) in details {
        let keys = all.entry(id).or_default();
        match kind {
            DetailKind::Email => keys.emails.push(key),
            DetailKind::Phone => keys.phones.push(key),
            DetailKind::Address => {}
        }
    }
    Ok(all)
}

/// A contact to be added.
#[derive(Clone, Debug)]
pub struct New<'a> {
    /// Person or business.
    pub kind: ContactKind,
    /// Its name.
    pub name: &'a str,
    /// The business a person belongs to.
    pub business: Option<ContactId>,
    /// The tax number of a business.
    pub tax_number: Option<&'a str>,
}

/// Adds a contact without details. Add these, then call [`follow`].
pub async fn add(tx: &mut Tx, new: New<'_>, by: Option<UserId>, now: Timestamp) -> Result<ContactId> {
    const SQL: &str = "
        insert into contacts (id, kind, name, name_fold, name_key, business_id, tax_number, tax_key, version,
            created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10)";
    let id = ContactId(tx.new_id(now));
    on!(tx, |conn| sqlx::query(SQL)
        .bind(id)
        .bind(new.kind)
        .bind(new.name)
        .bind(fold(new.name))
        .bind(name_key(new.name))
        .bind(new.business)
        .bind(new.tax_number)
        .bind(new.tax_number.and_then(tax_key))
        .bind(now)
        .bind(by)
        .execute(conn)
        .await
        .map(drop))?;
    Ok(id)
}

/// Stores name, business and tax number as given and counts the version on. The contact is locked. What follows from them is written
/// too: [`follow`] and the words of datasheets.
pub async fn save(tx: &mut Tx, before: &Contact, after: &Contact) -> Result<i64> {
    const SQL: &str = "
        update contacts set name = $3, name_fold = $4, name_key = $5, business_id = $6, tax_number = $7, tax_key = $8,
            kind = $9, version = version + 1
        where id = $1 and version = $2";
    let saved = on!(tx, |conn| sqlx::query(SQL)
        .bind(after.id)
        .bind(before.version)
        .bind(&after.name)
        .bind(fold(&after.name))
        .bind(name_key(&after.name))
        .bind(after.business.as_ref().map(|business| business.id))
        .bind(&after.tax_number)
        .bind(after.tax_number.as_deref().and_then(tax_key))
        .bind(after.kind)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    if saved != 1 {
        return Err(Error::Busy);
    }
    follow(tx, after.id).await?;
    if before.name != after.name || before.business != after.business {
        refresh_datasheets(tx, after.id).await?;
    }
    Ok(before.version + 1)
}

/// Writes what follows from a contact's name, numbers and addresses: the words by which it is found, and what lists show first.
pub async fn follow(tx: &mut Tx, contact: ContactId) -> Result<()> {
    const CLEAR: &str = "delete from contact_words where contact_id = $1";
    const FIRST: &str = "update contacts set email = $2, phone = $3 where id = $1";
    let found = get(tx, contact).await?.ok_or(Error::NotFound)?;
    on!(tx, |conn| sqlx::query(FIRST)
        .bind(contact)
        .bind(found.first(DetailKind::Email))
        .bind(found.first(DetailKind::Phone))
        .execute(conn)
        .await
        .map(drop))?;
    on!(tx, |conn| sqlx::query(CLEAR).bind(contact).execute(conn).await.map(drop))?;
    let words = found.words();
    if words.is_empty() {
        return Ok(());
    }
    on!(tx, |conn| {
        let mut query = QueryBuilder::new("insert into contact_words (word, contact_id) ");
        query.push_values(&words, |mut row, word| {
            row.push_bind(word).push_bind(contact);
        });
        query.build().persistent(false).execute(conn).await.map(drop)
    })?;
    Ok(())
}

/// Writes anew the words by which the datasheets of a contact, and of the persons of a business, are found.
pub async fn refresh_datasheets(tx: &mut Tx, contact: ContactId) -> Result<()> {
    const SQL: &str = "
        select id from datasheets where contact_id = $1
        union all
        select d.id from contacts p join datasheets d on d.contact_id = p.id where p.business_id = $1";
    let ids: Vec<DatasheetId> = on!(tx, |conn| sqlx::query_scalar(SQL).bind(contact).fetch_all(conn).await)?;
    datasheets::refresh_words(tx, &ids).await
}

/// Adds a detail. Call [`follow`] after it.
pub async fn add_detail(tx: &mut Tx, contact: ContactId, detail: &Detail) -> Result<()> {
    const SQL: &str = "
        insert into contact_details (id, contact_id, kind, label, value, key, version)
        values ($1, $2, $3, $4, $5, $6, $7)";
    on!(tx, |conn| sqlx::query(SQL)
        .bind(detail.id)
        .bind(contact)
        .bind(detail.kind)
        .bind(detail.label)
        .bind(&detail.value)
        .bind(detail.kind.key(&detail.value))
        .bind(detail.version)
        .execute(conn)
        .await
        .map(drop))?;
    Ok(())
}

/// Stores a detail as given, over the version before it. Call [`follow`] after it.
pub async fn save_detail(tx: &mut Tx, detail: &Detail) -> Result<()> {
    const SQL: &str = "
        update contact_details set label = $2, value = $3, key = $4, version = $5 where id = $1 and version = $5 - 1";
    let saved = on!(tx, |conn| sqlx::query(SQL)
        .bind(detail.id)
        .bind(detail.label)
        .bind(&detail.value)
        .bind(detail.kind.key(&detail.value))
        .bind(detail.version)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    if saved == 1 { Ok(()) } else { Err(Error::Busy) }
}

/// Removes a detail. Call [`follow`] after it.
pub async fn remove_detail(tx: &mut Tx, detail: DetailId) -> Result<()> {
    const SQL: &str = "delete from contact_details where id = $1";
    on!(tx, |conn| sqlx::query(SQL).bind(detail).execute(conn).await.map(drop))?;
    Ok(())
}

/// Takes a contact away for good, with its details and words. Nothing belongs to it any more.
pub async fn remove(tx: &mut Tx, contact: ContactId) -> Result<()> {
    const SQL: [&str; 3] = [
        "delete from contact_words where contact_id = $1",
        "delete from contact_details where contact_id = $1",
        "delete from contacts where id = $1",
    ];
    for sql in SQL {
        on!(tx, |conn| sqlx::query(sql).bind(contact).execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// Whether datasheets or persons belong to it, or fields of datasheets name it.
pub async fn is_in_use(tx: &mut Tx, contact: ContactId) -> Result<bool> {
    const SQL: &str = "
        select id from datasheets where contact_id = $1
        union all select id from contacts where business_id = $1
        union all select v.datasheet_id from fields f join field_values v on v.field_id = f.id and v.n = $1
            where f.kind = 'contact'
        limit 1";
    let found: Option<i64> =
        on!(tx, |conn| sqlx::query_scalar(SQL).bind(contact).fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// Ends a statement on the datasheets `d` of a contact and of the persons of a business with what the viewer sees of them. They are
/// read by their contacts, never by their modules.
macro_rules! push_seen {
    ($query:expr, $contact:expr, $sight:expr) => {{
        $query.push("d.contact_id in (select id from contacts where id = ").push_bind($contact);
        $query.push(" union all select id from contacts where business_id = ").push_bind($contact);
        $query.push(") and d.trashed_at is null and +d.module_id in (");
        push_list(&mut $query, &$sight.modules);
        if let Some(user) = $sight.restricted_to {
            $query.push(" and (d.owner_id = ").push_bind(user);
            $query.push(
                " or exists (select 1 from involvements i where i.datasheet_id = d.id and i.user_id = ",
            );
            $query.push_bind(user).push("))");
        }
    }};
}

/// Datasheets of a contact and of the persons of a business that the viewer sees, before one, the newest first.
pub async fn sheets(
    tx: &mut Tx,
    contact: ContactId,
    sight: &Sight,
    before: Option<DatasheetId>,
    limit: i64,
) -> Result<Vec<ContactSheet>> {
    if sight.modules.is_empty() {
        return Ok(vec![]);
    }
    let found: Vec<(DatasheetId, ModuleId)> = on!(tx, |conn| {
        let mut query = QueryBuilder::new("select d.id, d.module_id from datasheets d where ");
        push_seen!(query, contact, sight);
        query.push(" and d.id < ").push_bind(before.unwrap_or(DatasheetId(i64::MAX)));
        query.push(" order by d.id desc limit ").push(limit);
        query.build_query_as().persistent(false).fetch_all(conn).await
    })?;
    let ids: Vec<DatasheetId> = found.iter().map(|(id, _)| *id).collect();
    let rows = datasheets::rows(tx, &ids).await?;
    let wanted: BTreeSet<StatusId> = rows.iter().map(|row| row.status).collect();
    if wanted.is_empty() {
        return Ok(vec![]);
    }
    let statuses: Vec<(StatusId, String, Option<String>, StatusGroup, Color)> = on!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "select id, name, process_key, status_group, color from statuses where id in (",
        );
        push_list(&mut query, &wanted);
        query.build_query_as().persistent(false).fetch_all(conn).await
    })?;
    let modules: BTreeMap<DatasheetId, ModuleId> = found.into_iter().collect();
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let (_, name, key, group, color) = statuses.iter().find(|(id, ..)| *id == row.status)?.clone();
            let status = StatusName::stored(name, key.as_deref());
            let module = *modules.get(&row.id)?;
            Some(ContactSheet { row, module, status, group, color })
        })
        .collect())
}

/// Entries of a contact's own history and of that of its datasheets that the viewer sees, before one, the newest first. It looks at
/// the hundred datasheets that were changed last, and at no more of each than can be shown.
pub async fn history(
    tx: &mut Tx,
    contact: ContactId,
    sight: &Sight,
    before: Option<EventId>,
    limit: i64,
) -> Result<Vec<(ContactEvent, Option<Undo>)>> {
    let told: Vec<(DatasheetId, String)> = if sight.modules.is_empty() {
        vec![]
    } else {
        on!(tx, |conn| {
            let mut query = QueryBuilder::new("select d.id, d.name from datasheets d where ");
            push_seen!(query, contact, sight);
            query.push(" order by d.modified_at desc, d.id desc limit ").push(TOLD);
            query.build_query_as().persistent(false).fetch_all(conn).await
        })?
    };
    let before = before.unwrap_or(EventId(i64::MAX));
    let ids: Vec<(EventId, Option<DatasheetId>)> = on!(tx, |conn| {
        let mut query =
            QueryBuilder::new("select * from (select id, datasheet_id from events where contact_id = ");
        query.push_bind(contact).push(" and id < ").push_bind(before);
        query.push(" order by id desc limit ").push(limit).push(") own");
        for (n, (datasheet, _)) in told.iter().enumerate() {
            query.push(" union all select * from (select id, datasheet_id from events where datasheet_id = ");
            // Those that name another datasheet, which the viewer may not see, are told by its own history alone.
            query.push_bind(*datasheet).push(" and related_id is null and id < ").push_bind(before);
            query.push(" order by id desc limit ").push(limit).push(format_args!(") s{n}"));
        }
        query.push(" order by 1 desc limit ").push(limit);
        query.build_query_as().persistent(false).fetch_all(conn).await
    })?;
    let names: BTreeMap<DatasheetId, String> = told.into_iter().collect();
    let mut of: BTreeMap<EventId, Option<DatasheetId>> = ids.iter().copied().collect();
    let ids: Vec<EventId> = ids.into_iter().map(|(id, _)| id).collect();
    let events = events::some(tx, &ids).await?;
    Ok(events
        .into_iter()
        .map(|(event, undo)| {
            let datasheet = of.remove(&event.id).flatten();
            let datasheet = datasheet.and_then(|id| Some((id, names.get(&id)?.clone())));
            (ContactEvent { event, datasheet }, undo)
        })
        .collect())
}

/// The contact that another one was merged into, if it was and the merge still holds.
pub async fn merged_into(tx: &mut Tx, contact: ContactId) -> Result<Option<ContactId>> {
    const SQL: &str = "select kept_id from contact_merges where merged_id = $1 and undone_at is null";
    let mut last = None;
    // What it was merged into may have been merged itself.
    for _ in 0..100 {
        let from = last.unwrap_or(contact);
        match on!(tx, |conn| sqlx::query_scalar(SQL).bind(from).fetch_optional(conn).await)? {
            Some(kept) => last = Some(kept),
            None => break,
        }
    }
    Ok(last)
}

/// Datasheets of a module in whose names, or those of their contacts, all of these words stand; at most twenty.
pub async fn sheets_named(tx: &mut Tx, scope: Scope, words: &[String]) -> Result<Vec<Row>> {
    let mut words: Vec<&String> = words.iter().take(8).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    let Some((word, others)) = words.split_first() else { return Ok(vec![]) };
    let ids: Vec<DatasheetId> = on!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "select d.id from search_words w join datasheets d on d.id = w.datasheet_id where w.module_id = ",
        );
        query.push_bind(scope.module).push(" and w.word = ").push_bind(*word);
        query.push(" and d.trashed_at is null");
        for other in others {
            query.push(" and exists (select 1 from search_words o where o.datasheet_id = d.id and o.word = ");
            query.push_bind(*other).push(")");
        }
        if let Some(user) = scope.restricted_to {
            query.push(" and (d.owner_id = ").push_bind(user);
            query.push(
                " or exists (select 1 from involvements i where i.datasheet_id = d.id and i.user_id = ",
            );
            query.push_bind(user).push("))");
        }
        query.push(" limit 20");
        query.build_query_scalar().fetch_all(conn).await
    })?;
    datasheets::rows(tx, &ids).await
}
