//! Many datasheets at once, with all that belongs to them: imports, samples, seeds.
//!
//! The next open to-do, the list key, the involvements, the words and the counts are worked out here as single writes do it;
//! a test compares them with a recomputation.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::QueryBuilder;

use super::{Tx, on};
use crate::{
    domain::{
        contact::{DetailKind, DetailLabel, name_key, search_words},
        datasheet::ListKey,
        due::Due,
        history::What,
        id::{
            ContactId, DatasheetId, DetailId, EventId, ImportId, ModuleId, StatusId, TodoId, TodoTypeId,
            UserId,
        },
        money::Currency,
        process::Facts,
        text::{fold, words},
        time::{Timestamp, iso_day},
        todo::Outcome,
    },
    error::{Error, Result},
};

/// How many values one statement binds at most: `SQLite` takes 32,766, Postgres 65,535.
const BINDS: usize = 30_000;
// The statements are kept by no cache (`persistent(false)`): they are large, and hardly two have the same length.

/// A contact to be made. Its id comes from [`Tx::new_id`].
#[derive(Clone, Debug)]
pub struct NewContact {
    /// Which it will be.
    pub id: ContactId,
    /// A company, not a person.
    pub is_business: bool,
    /// Its name.
    pub name: String,
    /// The company of a person; made before, or earlier in the same list.
    pub business: Option<ContactId>,
    /// Its e-mail address.
    pub email: Option<String>,
    /// Its phone number.
    pub phone: Option<String>,
    /// When it is made.
    pub at: Timestamp,
}

/// A datasheet to be made, with its to-dos and its history. Its id comes from [`Tx::new_id`].
#[derive(Clone, Debug)]
pub struct NewDatasheet {
    /// Which it will be.
    pub id: DatasheetId,
    /// Where.
    pub module: ModuleId,
    /// Where it stands; of that module.
    pub status: StatusId,
    /// Who is responsible.
    pub owner: UserId,
    /// Its name, clean.
    pub name: String,
    /// Whom it is about.
    pub contact: Option<ContactId>,
    /// Names of the contact and its company: found by search as the datasheet's own name is.
    pub contact_names: Vec<String>,
    /// When it is made.
    pub created_at: Timestamp,
    /// When it was last changed: orders the datasheets without a to-do.
    pub modified_at: Timestamp,
    /// The import it comes from.
    pub import: Option<ImportId>,
    /// Its facts, in a fixed module; `status` follows from them.
    pub process: Option<NewProcess>,
    /// Its to-dos, open and closed.
    pub todos: Vec<NewTodo>,
    /// Its history, the oldest first.
    pub events: Vec<NewEvent>,
}

/// The facts of a datasheet to be made in a fixed module.
#[derive(Clone, Debug)]
pub struct NewProcess {
    /// The facts.
    pub facts: Facts,
    /// When the clock may move it: [`Facts::wakes_at`].
    pub wakes_at: Option<Timestamp>,
}

/// A to-do to be made. Its id comes from [`Tx::new_id`].
#[derive(Clone, Debug)]
pub struct NewTodo {
    /// Which it will be.
    pub id: TodoId,
    /// Its type; of the datasheet's module.
    pub kind: TodoTypeId,
    /// Who does it.
    pub assignee: UserId,
    /// What is to be done.
    pub text: String,
    /// When it is due.
    pub due: Due,
    /// The moment it is due: [`Due::moment`] in the assignee's zone.
    pub moment: Timestamp,
    /// How often it was postponed.
    pub postponed: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: UserId,
    /// Its end, if it is closed.
    pub closed: Option<NewClosed>,
}

/// The end of a to-do that is made closed.
#[derive(Clone, Debug)]
pub struct NewClosed {
    /// When.
    pub at: Timestamp,
    /// Who closed it.
    pub by: UserId,
    /// How it ended.
    pub outcome: Outcome,
    /// What there was to say.
    pub note: Option<String>,
}

/// An entry of the history to be made. Its id comes from [`Tx::new_id`]; ids rise with age.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// Which it will be.
    pub id: EventId,
    /// When.
    pub at: Timestamp,
    /// Who did it; `None` is the system.
    pub by: Option<UserId>,
    /// What.
    pub what: What,
    /// The event it is a part of: undone with it.
    pub batch: Option<EventId>,
}

/// Makes contacts.
pub async fn insert_contacts(tx: &mut Tx, contacts: &[NewContact]) -> Result<()> {
    const SQL: &str = "insert into contacts (id, kind, name, name_fold, name_key, business_id, email, phone, version, created_at) ";
    for chunk in contacts.chunks(BINDS / 10) {
        on!(tx, |conn| {
            let mut query = QueryBuilder::new(SQL);
            query.push_values(chunk, |mut row, contact| {
                row.push_bind(contact.id)
                    .push_bind(if contact.is_business { "business" } else { "person" })
                    .push_bind(&contact.name)
                    .push_bind(fold(&contact.name))
                    .push_bind(name_key(&contact.name))
                    .push_bind(contact.business)
                    .push_bind(&contact.email)
                    .push_bind(&contact.phone)
                    .push_bind(1_i64)
                    .push_bind(contact.at);
            });
            query.build().persistent(false).execute(conn).await.map(drop)
        })?;
    }
    insert_contact_details(tx, contacts).await
}

/// Makes the addresses and numbers of new contacts, and the words by which they are found.
async fn insert_contact_details(tx: &mut Tx, contacts: &[NewContact]) -> Result<()> {
    const DETAILS: &str = "insert into contact_details (id, contact_id, kind, label, value, key, version) ";
    const WORDS: &str = "insert into contact_words (word, contact_id) ";
    let mut details: Vec<(DetailId, ContactId, DetailKind, &str)> = vec![];
    let mut all: Vec<(String, ContactId)> = Vec::with_capacity(contacts.len() * 4);
    for contact in contacts {
        let (email, phone) = (contact.email.as_deref(), contact.phone.as_deref());
        for (kind, value) in [(DetailKind::Email, email), (DetailKind::Phone, phone)] {
            let id = DetailId(tx.new_id(contact.at));
            details.extend(value.map(|value| (id, contact.id, kind, value)));
        }
        let found_by = search_words(&contact.name, email.into_iter(), phone.into_iter(), None);
        all.extend(found_by.into_iter().map(|word| (word, contact.id)));
    }
    for chunk in details.chunks(BINDS / 7) {
        on!(tx, |conn| {
            let mut query = QueryBuilder::new(DETAILS);
            query.push_values(chunk, |mut row, (id, contact, kind, value)| {
                row.push_bind(*id)
                    .push_bind(*contact)
                    .push_bind(*kind)
                    .push_bind(DetailLabel::default())
                    .push_bind(*value)
                    .push_bind(kind.key(value))
                    .push_bind(1_i64);
            });
            query.build().persistent(false).execute(conn).await.map(drop)
        })?;
    }
    // In the order of the index: a B-tree takes sorted rows several times faster.
    all.sort_unstable();
    for chunk in all.chunks(BINDS / 2) {
        on!(tx, |conn| {
            let mut query = QueryBuilder::new(WORDS);
            query.push_values(chunk, |mut row, (word, contact)| {
                row.push_bind(word).push_bind(*contact);
            });
            query.build().persistent(false).execute(conn).await.map(drop)
        })?;
    }
    Ok(())
}

/// What new datasheets add to the counts.
#[derive(Debug, Default)]
pub(super) struct Tally {
    counts: BTreeMap<Count, i64>,
    sums: BTreeMap<Sum, i64>,
    furthest: BTreeMap<Count, i64>,
}

impl Tally {
    fn add(&mut self, datasheet: &NewDatasheet, furthest: Option<StatusId>) {
        let worth = datasheet.process.as_ref().and_then(|process| process.facts.amount());
        let owner = std::iter::once((datasheet.owner, "owner"));
        for (user, tie) in owner.chain(holders(datasheet).into_iter().map(|user| (user, "involved"))) {
            let count = (datasheet.module, datasheet.status, user, tie);
            *self.counts.entry(count).or_default() += 1;
            if let Some(money) = worth {
                *self.sums.entry((count, money.currency)).or_default() += money.minor;
            }
            if let Some(status) = furthest {
                *self.furthest.entry((datasheet.module, status, user, tie)).or_default() += 1;
            }
        }
    }

    /// Adds what another one adds.
    pub(super) fn merge(&mut self, other: Self) {
        for (count, n) in other.counts {
            *self.counts.entry(count).or_default() += n;
        }
        for (sum, amount) in other.sums {
            *self.sums.entry(sum).or_default() += amount;
        }
        for (count, n) in other.furthest {
            *self.furthest.entry(count).or_default() += n;
        }
    }

    /// The counts alone, for datasheets that have neither worth nor a furthest status.
    pub(super) fn into_counts(self) -> BTreeMap<Count, i64> {
        self.counts
    }

    /// Stores it.
    pub(super) async fn save(self, tx: &mut Tx) -> Result<()> {
        add_counts(tx, self.counts.into_iter().collect()).await?;
        add_sums(tx, self.sums.into_iter().collect()).await?;
        add_furthest(tx, self.furthest.into_iter().collect()).await
    }
}

/// Makes datasheets with their to-dos, search words, facts and history, and counts them.
pub async fn insert(tx: &mut Tx, datasheets: &[NewDatasheet]) -> Result<()> {
    insert_uncounted(tx, datasheets).await?.save(tx).await
}

/// The furthest status that each of those has had whose process keeps it.
async fn furthest_of(tx: &mut Tx, datasheets: &[NewDatasheet]) -> Result<BTreeMap<DatasheetId, StatusId>> {
    let mut furthest = BTreeMap::new();
    let mut statuses: BTreeMap<ModuleId, BTreeMap<String, StatusId>> = BTreeMap::new();
    for datasheet in datasheets {
        let Some(key) = datasheet.process.as_ref().and_then(|process| process.facts.furthest()) else {
            continue;
        };
        if let std::collections::btree_map::Entry::Vacant(place) = statuses.entry(datasheet.module) {
            place.insert(super::statuses::by_process_key(tx, datasheet.module).await?);
        }
        let found = statuses.get(&datasheet.module).and_then(|statuses| statuses.get(key));
        furthest.insert(datasheet.id, *found.ok_or(Error::Server)?);
    }
    Ok(furthest)
}

/// Who holds an open to-do on a new datasheet of somebody else.
fn holders(datasheet: &NewDatasheet) -> BTreeSet<UserId> {
    let open = datasheet.todos.iter().filter(|todo| todo.closed.is_none());
    open.map(|todo| todo.assignee).filter(|assignee| *assignee != datasheet.owner).collect()
}

/// The same, but for the counts, which it returns: whoever adds them waits for all others who do, so a long transaction adds
/// them at its end.
pub(super) async fn insert_uncounted(tx: &mut Tx, datasheets: &[NewDatasheet]) -> Result<Tally> {
    let furthest = furthest_of(tx, datasheets).await?;
    insert_datasheets(tx, datasheets, &furthest).await?;
    insert_todos(tx, datasheets).await?;
    insert_words(tx, datasheets).await?;
    insert_events(tx, datasheets).await?;
    insert_processes(tx, datasheets).await?;
    insert_involvements(tx, datasheets).await?;
    let mut tally = Tally::default();
    for datasheet in datasheets {
        tally.add(datasheet, furthest.get(&datasheet.id).copied());
    }
    Ok(tally)
}

/// Module, status, user, tie: the key of a count.
pub(crate) type Count = (ModuleId, StatusId, UserId, &'static str);

/// A count and a currency: the key of a sum.
pub(crate) type Sum = (Count, Currency);

/// The open to-do that is due first; the older of two.
fn next_todo(datasheet: &NewDatasheet) -> Option<&NewTodo> {
    datasheet.todos.iter().filter(|todo| todo.closed.is_none()).min_by_key(|todo| (todo.moment, todo.id))
}

fn list_key(datasheet: &NewDatasheet) -> ListKey {
    ListKey::of(next_todo(datasheet).map(|todo| todo.moment), datasheet.modified_at)
}

async fn insert_datasheets(
    tx: &mut Tx,
    datasheets: &[NewDatasheet],
    furthest: &BTreeMap<DatasheetId, StatusId>,
) -> Result<()> {
    const SQL: &str = "
        insert into datasheets (id, module_id, status_id, owner_id, contact_id, name, name_fold, version,
            created_at, modified_at, status_since, import_id, next_todo_id, next_due_at, list_key, amount, currency,
            furthest_id) ";
    for chunk in datasheets.chunks(BINDS / 18) {
        on!(tx, |conn| {
            let mut query = QueryBuilder::new(SQL);
            query.push_values(chunk, |mut row, datasheet| {
                let next = next_todo(datasheet);
                let worth = datasheet.process.as_ref().and_then(|process| process.facts.amount());
                row.push_bind(datasheet.id)
                    .push_bind(datasheet.module)
                    .push_bind(datasheet.status)
                    .push_bind(datasheet.owner)
                    .push_bind(datasheet.contact)
                    .push_bind(&datasheet.name)
                    .push_bind(fold(&datasheet.name))
                    .push_bind(1_i64)
                    .push_bind(datasheet.created_at)
                    .push_bind(datasheet.modified_at)
                    .push_bind(datasheet.created_at)
                    .push_bind(datasheet.import)
                    .push_bind(next.map(|todo| todo.id))
                    .push_bind(next.map(|todo| todo.moment))
                    .push_bind(list_key(datasheet))
                    .push_bind(worth.map(|money| money.minor))
                    .push_bind(worth.map(|money| String::from(money.currency)))
                    .push_bind(furthest.get(&datasheet.id).copied());
            });
            query.build().persistent(false).execute(conn).await.map(drop)
        })?;
    }
    Ok(())
}

async fn insert_processes(tx: &mut Tx, datasheets: &[NewDatasheet]) -> Result<()> {
    const SQL: &str = "insert into processes (datasheet_id, module_id, facts, summary, version, wakes_at) ";
    let mut all = vec![];
    for datasheet in datasheets {
        if let Some(process) = &datasheet.process {
            let (facts, summary) = super::processes::texts(&process.facts)?;
            all.push((datasheet.id, datasheet.module, facts, summary, process.wakes_at));
        }
    }
    for chunk in all.chunks(BINDS / 6) {
        on!(tx, |conn| {
            let mut query = QueryBuilder::new(SQL);
            query.push_values(chunk, |mut row, (id, module, facts, summary, wakes_at)| {
                row.push_bind(*id)
                    .push_bind(*module)
                    .push_bind(facts)
                    .push_bind(summary)
                    .push_bind(1_i64)
                    .push_bind(*wakes_at);
            });
            query.build().persistent(false).execute(conn).await.map(drop)
        })?;
    }
    Ok(())
}

async fn insert_todos(tx: &mut Tx, datasheets: &[NewDatasheet]) -> Result<()> {
    const SQL: &str = "
        insert into todos (id, datasheet_id, type_id, assignee_id, text, due_day, due_at, postponed, version,
            created_at, created_by, closed_at, closed_by, outcome, note) ";
    let all: Vec<(DatasheetId, &NewTodo)> = datasheets
        .iter()
        .flat_map(|datasheet| datasheet.todos.iter().map(|todo| (datasheet.id, todo)))
        .collect();
    for chunk in all.chunks(BINDS / 15) {
        on!(tx, |conn| {
            let mut query = QueryBuilder::new(SQL);
            query.push_values(chunk, |mut row, (datasheet, todo)| {
                let closed = todo.closed.as_ref();
                let day = match todo.due {
                    Due::Day(day) => Some(iso_day(day)),
                    Due::At(_) => None,
                };
                row.push_bind(todo.id)
                    .push_bind(*datasheet)
                    .push_bind(todo.kind)
                    .push_bind(todo.assignee)
                    .push_bind(&todo.text)
                    .push_bind(day)
                    .push_bind(todo.moment)
                    .push_bind(todo.postponed)
                    .push_bind(1_i64)
                    .push_bind(todo.created_at)
                    .push_bind(todo.created_by)
                    .push_bind(closed.map(|closed| closed.at))
                    .push_bind(closed.map(|closed| closed.by))
                    .push_bind(closed.map(|closed| closed.outcome))
                    .push_bind(closed.and_then(|closed| closed.note.as_deref()));
            });
            query.build().persistent(false).execute(conn).await.map(drop)
        })?;
    }
    Ok(())
}

async fn insert_words(tx: &mut Tx, datasheets: &[NewDatasheet]) -> Result<()> {
    const SQL: &str = "insert into search_words (module_id, word, datasheet_id) ";
    let mut all: Vec<(ModuleId, String, DatasheetId)> = Vec::with_capacity(datasheets.len() * 4);
    for datasheet in datasheets {
        let mut text = datasheet.name.clone();
        for name in &datasheet.contact_names {
            text.push(' ');
            text.push_str(name);
        }
        all.extend(words(&text).into_iter().map(|word| (datasheet.module, word, datasheet.id)));
    }
    // In the order of the index: a B-tree takes sorted rows several times faster.
    all.sort_unstable();
    for chunk in all.chunks(BINDS / 3) {
        on!(tx, |conn| {
            let mut query = QueryBuilder::new(SQL);
            query.push_values(chunk, |mut row, (module, word, datasheet)| {
                row.push_bind(*module).push_bind(word).push_bind(*datasheet);
            });
            query.build().persistent(false).execute(conn).await.map(drop)
        })?;
    }
    Ok(())
}

async fn insert_events(tx: &mut Tx, datasheets: &[NewDatasheet]) -> Result<()> {
    const SQL: &str = "insert into events (id, at, user_id, module_id, datasheet_id, kind, what, batch_id) ";
    let mut all: Vec<(&NewDatasheet, &NewEvent, String, String)> = Vec::with_capacity(datasheets.len());
    for datasheet in datasheets {
        for event in &datasheet.events {
            let what = serde_json::to_value(&event.what).map_err(|error| {
                tracing::error!(%error, "an event cannot be written as JSON");
                Error::Server
            })?;
            let kind = what.get("kind").and_then(|kind| kind.as_str()).unwrap_or_default().to_owned();
            all.push((datasheet, event, kind, what.to_string()));
        }
    }
    for chunk in all.chunks(BINDS / 8) {
        on!(tx, |conn| {
            let mut query = QueryBuilder::new(SQL);
            query.push_values(chunk, |mut row, (datasheet, event, kind, what)| {
                row.push_bind(event.id)
                    .push_bind(event.at)
                    .push_bind(event.by)
                    .push_bind(datasheet.module)
                    .push_bind(datasheet.id)
                    .push_bind(kind)
                    .push_bind(what)
                    .push_bind(event.batch);
            });
            query.build().persistent(false).execute(conn).await.map(drop)
        })?;
    }
    Ok(())
}

/// Notes who holds an open to-do on a datasheet of somebody else.
async fn insert_involvements(tx: &mut Tx, datasheets: &[NewDatasheet]) -> Result<()> {
    const SQL: &str = "insert into involvements (user_id, datasheet_id, module_id, status_id, list_key) ";
    let mut all: Vec<(UserId, &NewDatasheet)> = vec![];
    for datasheet in datasheets {
        all.extend(holders(datasheet).into_iter().map(|user| (user, datasheet)));
    }
    for chunk in all.chunks(BINDS / 5) {
        on!(tx, |conn| {
            let mut query = QueryBuilder::new(SQL);
            query.push_values(chunk, |mut row, (user, datasheet)| {
                row.push_bind(*user)
                    .push_bind(datasheet.id)
                    .push_bind(datasheet.module)
                    .push_bind(datasheet.status)
                    .push_bind(list_key(datasheet));
            });
            query.build().persistent(false).execute(conn).await.map(drop)
        })?;
    }
    Ok(())
}

/// Adds to how many got how far.
pub(crate) async fn add_furthest(tx: &mut Tx, counts: Vec<(Count, i64)>) -> Result<()> {
    const SQL: &str = "insert into furthest_counts (module_id, status_id, user_id, tie, n) ";
    const ADD: &str = "
        on conflict (module_id, status_id, user_id, tie)
        do update set n = furthest_counts.n + excluded.n";
    add_to(tx, SQL, ADD, &counts).await
}

/// Adds to how many there are.
pub(crate) async fn add_counts(tx: &mut Tx, counts: Vec<(Count, i64)>) -> Result<()> {
    const SQL: &str = "insert into status_counts (module_id, status_id, user_id, tie, n) ";
    const ADD: &str =
        " on conflict (module_id, status_id, user_id, tie) do update set n = status_counts.n + excluded.n";
    add_to(tx, SQL, ADD, &counts).await
}

async fn add_to(tx: &mut Tx, insert: &'static str, add: &'static str, counts: &[(Count, i64)]) -> Result<()> {
    for chunk in counts.chunks(BINDS / 5) {
        on!(tx, |conn| {
            let mut query = QueryBuilder::new(insert);
            query.push_values(chunk, |mut row, ((module, status, user, tie), n)| {
                row.push_bind(*module).push_bind(*status).push_bind(*user).push_bind(*tie).push_bind(*n);
            });
            query.push(add);
            query.build().execute(conn).await.map(drop)
        })?;
    }
    Ok(())
}

pub(crate) async fn add_sums(tx: &mut Tx, sums: Vec<(Sum, i64)>) -> Result<()> {
    const SQL: &str = "insert into status_sums (module_id, status_id, user_id, tie, currency, amount) ";
    const ADD: &str = "
        on conflict (module_id, status_id, user_id, tie, currency)
        do update set amount = status_sums.amount + excluded.amount";
    for chunk in sums.chunks(BINDS / 6) {
        on!(tx, |conn| {
            let mut query = QueryBuilder::new(SQL);
            query.push_values(chunk, |mut row, (((module, status, user, tie), currency), amount)| {
                row.push_bind(*module)
                    .push_bind(*status)
                    .push_bind(*user)
                    .push_bind(*tie)
                    .push_bind(String::from(*currency))
                    .push_bind(*amount);
            });
            query.push(ADD);
            query.build().execute(conn).await.map(drop)
        })?;
    }
    Ok(())
}
