//! Buyers and orders of a web shop: many orders at once, each number once, and the figures and segments that follow.
//!
//! Orders come in by [`Intake`]: [`Intake::add`] stores them and makes buyers of unknown addresses, as often as there is more;
//! [`Intake::finish`] then works out each touched buyer once, however many orders they sent, and counts at the very end, as
//! whoever moves a status meanwhile waits for the counts.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sqlx::QueryBuilder;

use super::{
    Tx, bulk,
    bulk::{Count, NewContact, NewDatasheet},
    datasheets,
    events::{self, NewEvent},
    imports::{self, Import},
    limited, modules, on,
    processes::{self, texts},
    push_list, statuses,
};
use crate::{
    domain::{
        datasheet::ListKey,
        document::Day,
        history::What,
        id::{ContactId, DatasheetId, EventId, ImportId, ModuleId, StatusId, UserId},
        import::{
            Doubt, ROWS_SHOWN, Reason, Remark, Remarks, TakenBack, orders,
            read::{File, Record},
        },
        money::{Currency, Money},
        process::{
            At, Cause, Facts, Process,
            webshop::{self, Order, Purchases},
        },
        status_name::{StatusName, StatusThen},
        text::fold,
        time::Timestamp,
        zone::Zone,
    },
    error::{Error, Result},
};

/// How many orders or buyers are done at once: what is held in memory does not grow with a file.
pub const CHUNK: usize = 1000;

/// Where orders come in, and in whose name.
#[derive(Clone, Debug)]
pub struct Source {
    /// The module.
    pub module: ModuleId,
    /// Who owns the buyers that are made.
    pub owner: UserId,
    /// Who brought them in; `None`: a shop, by its token.
    pub by: Option<UserId>,
    /// When.
    pub now: Timestamp,
}

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is new and was stored.
    New,
    /// It came in before, the same.
    Same,
    /// Another order of this number came in before; nothing was stored.
    Differs,
}

/// What came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// New orders.
    pub orders: u32,
    /// Buyers made for them.
    pub buyers: u32,
    /// Buyers whose status moved.
    pub moved: u32,
}

/// Orders that are coming in, in one transaction.
#[derive(Debug)]
pub struct Intake {
    source: Source,
    /// The import they come in by.
    import: Option<ImportId>,
    keys: BTreeMap<String, StatusId>,
    names: HashMap<StatusId, StatusName>,
    /// Whoever got an order, and how many.
    touched: BTreeMap<DatasheetId, u32>,
    /// Whoever is in the trash and ordered: they come out of it at the end.
    restored: Vec<DatasheetId>,
    counts: BTreeMap<Count, i64>,
    taken: Taken,
}

impl Intake {
    /// Begins. Two intakes into one module wait for each other: the same address must not make two buyers.
    pub async fn begin(tx: &mut Tx, source: Source) -> Result<Self> {
        modules::lock(tx, source.module).await?;
        let keys = statuses::by_process_key(tx, source.module).await?;
        let tree = statuses::tree(tx, source.module).await?;
        let names = tree.all().iter().map(|status| (status.id, status.name.clone())).collect();
        let (touched, counts, taken) = (BTreeMap::new(), BTreeMap::new(), Taken::default());
        Ok(Self { source, import: None, keys, names, touched, restored: vec![], counts, taken })
    }

    /// Stores orders, at most [`CHUNK`] of them; says of each what became of it.
    pub async fn add(&mut self, tx: &mut Tx, orders: &[Order]) -> Result<Vec<Verdict>> {
        let (verdicts, new) = judge(known(tx, self.source.module, orders).await?, orders);
        if new.is_empty() {
            return Ok(verdicts);
        }
        let mut buyers = buyers(tx, self.source.module, &new).await?;
        self.take_over_contacts(tx, &new, &mut buyers).await?;
        self.make_buyers(tx, &new, &mut buyers).await?;
        let with_buyers: Option<Vec<(&Order, DatasheetId)>> =
            new.iter().map(|order| Some((*order, *buyers.get(&order.email)?))).collect();
        let with_buyers = with_buyers.ok_or(Error::Server)?;
        insert_orders(tx, &self.source, self.import, &with_buyers).await?;
        for (_, datasheet) in with_buyers {
            *self.touched.entry(datasheet).or_default() += 1;
        }
        self.taken.orders += u32::try_from(new.len()).unwrap_or(u32::MAX);
        Ok(verdicts)
    }

    /// Datasheets of this module that are about somebody with that address were made by hand: they are the buyers.
    async fn take_over_contacts(
        &self,
        tx: &mut Tx,
        orders: &[&Order],
        buyers: &mut HashMap<String, DatasheetId>,
    ) -> Result<()> {
        let found = by_contact(tx, self.source.module, &unknown(orders, buyers)).await?;
        insert_addresses(tx, self.source.module, &found).await?;
        buyers.extend(found);
        Ok(())
    }

    /// Makes the buyers of addresses that nobody has.
    async fn make_buyers(
        &mut self,
        tx: &mut Tx,
        orders: &[&Order],
        buyers: &mut HashMap<String, DatasheetId>,
    ) -> Result<()> {
        let (now, module) = (self.source.now, self.source.module);
        let unknown = unknown(orders, buyers);
        if unknown.is_empty() {
            return Ok(());
        }
        let mut names: BTreeMap<&str, &str> = BTreeMap::new();
        for order in orders.iter().filter(|order| unknown.contains(order.email.as_str())) {
            // The first name that is given; the address where none is.
            let name = names.entry(&order.email).or_insert(&order.email);
            if *name == order.email
                && let Some(given) = &order.name
            {
                *name = given;
            }
        }
        let known = contacts(tx, &unknown).await?;
        let facts = Facts::Webshop(webshop::Facts::default());
        let settings = Process::Webshop.first_settings();
        let at = At { now, created_at: now, has_open_todo: false, last_closed_at: None, settings: &settings };
        let status = self.status(facts.status(&at))?;
        let mut new_contacts = vec![];
        let mut datasheets = Vec::with_capacity(names.len());
        let mut addresses = Vec::with_capacity(names.len());
        for (email, name) in names {
            let contact = known.get(&(email.to_owned(), fold(name))).copied().unwrap_or_else(|| {
                let id = ContactId(tx.new_id(now));
                new_contacts.push(NewContact {
                    id,
                    is_business: false,
                    name: name.to_owned(),
                    business: None,
                    email: Some(email.to_owned()),
                    phone: None,
                    at: now,
                });
                id
            });
            let id = DatasheetId(tx.new_id(now));
            addresses.push((email.to_owned(), id));
            let event = bulk::NewEvent {
                id: EventId(tx.new_id(now)),
                at: now,
                by: self.source.by,
                what: What::Created { name: name.to_owned() },
                batch: self.import.map(|import| EventId(import.0)),
            };
            datasheets.push(NewDatasheet {
                id,
                module,
                status,
                owner: self.source.owner,
                name: name.to_owned(),
                contact: Some(contact),
                contact_names: vec![name.to_owned()],
                created_at: now,
                modified_at: now,
                import: self.import,
                process: Some(bulk::NewProcess { facts: facts.clone(), wakes_at: facts.wakes_at(&at) }),
                todos: vec![],
                events: vec![event],
            });
        }
        bulk::insert_contacts(tx, &new_contacts).await?;
        for (count, n) in bulk::insert_uncounted(tx, &datasheets).await?.into_counts() {
            *self.counts.entry(count).or_default() += n;
        }
        insert_addresses(tx, module, &addresses).await?;
        self.taken.buyers += u32::try_from(addresses.len()).unwrap_or(u32::MAX);
        buyers.extend(addresses);
        Ok(())
    }

    fn status(&self, key: &str) -> Result<StatusId> {
        self.keys.get(key).copied().ok_or_else(|| {
            tracing::error!(key, "the webshop has no such status");
            Error::Server
        })
    }

    /// Works out the figures and the segment of each buyer who got an order. Answers what came in, and who was touched.
    pub async fn finish(mut self, tx: &mut Tx) -> Result<(Taken, Vec<DatasheetId>)> {
        let touched: Vec<(DatasheetId, u32)> = std::mem::take(&mut self.touched).into_iter().collect();
        for chunk in touched.chunks(CHUNK) {
            self.settle(tx, chunk).await?;
        }
        self.restore(tx).await?;
        bulk::add_counts(tx, self.counts.into_iter().filter(|(_, n)| *n != 0).collect()).await?;
        Ok((self.taken, touched.into_iter().map(|(datasheet, _)| datasheet).collect()))
    }

    /// Takes buyers who ordered out of the trash, as a hand would; their entries are written already. Few: who orders is seldom
    /// thrown away.
    async fn restore(&mut self, tx: &mut Tx) -> Result<()> {
        for id in std::mem::take(&mut self.restored) {
            let before = datasheets::find(tx, id).await?.ok_or(Error::Server)?;
            let after = datasheets::Standing { trashed_at: None, ..before.clone() };
            datasheets::save(tx, &before, &after, self.source.now).await?;
        }
        Ok(())
    }

    /// Puts buyers whom a file took out of the trash back there, as if they had never left it: the file is taken back.
    async fn throw_back(
        &self,
        tx: &mut Tx,
        restored: &[(DatasheetId, Option<Timestamp>)],
        file: &str,
    ) -> Result<()> {
        let now = self.source.now;
        for (id, since) in restored {
            let before = datasheets::find(tx, *id).await?.ok_or(Error::Server)?;
            let after = datasheets::Standing { trashed_at: Some(since.unwrap_or(now)), ..before.clone() };
            datasheets::save(tx, &before, &after, now).await?;
            let event = NewEvent {
                at: now,
                by: self.source.by,
                module: Some(self.source.module),
                datasheet: Some(*id),
                what: What::BackInTrash { file: file.to_owned() },
                undo: None,
                batch: None,
            };
            events::add(tx, event).await?;
        }
        Ok(())
    }

    async fn settle(&mut self, tx: &mut Tx, touched: &[(DatasheetId, u32)]) -> Result<()> {
        self.settle_for(tx, touched, None).await
    }

    /// The same; `undone` is the file whose orders were taken back.
    async fn settle_for(
        &mut self,
        tx: &mut Tx,
        touched: &[(DatasheetId, u32)],
        undone: Option<&str>,
    ) -> Result<()> {
        let now = self.source.now;
        let batch = self.import.map(|import| EventId(import.0));
        let ids: Vec<DatasheetId> = touched.iter().map(|(id, _)| *id).collect();
        let buyers = lock_buyers(tx, &ids).await?;
        let mut figures = figures(tx, &ids).await?;
        let latest = latest(tx, &ids).await?;
        let settings = Process::Webshop.first_settings();
        let mut saved = Vec::with_capacity(buyers.len());
        let mut moves: BTreeMap<DatasheetId, (StatusId, StatusId)> = BTreeMap::new();
        let mut history = Vec::with_capacity(buyers.len());
        for buyer in buyers {
            let count =
                touched.binary_search_by_key(&buyer.id, |(id, _)| *id).map_or(0, |place| touched[place].1);
            let Facts::Webshop(before) = processes::read(&buyer.facts)? else {
                tracing::error!(datasheet = %buyer.id, "a buyer of the webshop has other facts");
                return Err(Error::Server);
            };
            let facts = Facts::Webshop(webshop::Facts { purchases: figures.remove(&buyer.id), ..before });
            let at = At {
                now,
                created_at: buyer.created_at,
                has_open_todo: buyer.next_due_at.is_some(),
                last_closed_at: None,
                settings: &settings,
            };
            let status = self.status(facts.status(&at))?;
            let number = latest.get(&buyer.id).cloned().unwrap_or_default();
            let mut note = |by, what| {
                let (module, datasheet) = (Some(self.source.module), Some(buyer.id));
                let event = NewEvent { at: now, by, module, datasheet, what, undo: None, batch };
                history.push((EventId(tx.new_id(now)), event));
            };
            let cause = if let Some(file) = undone {
                note(self.source.by, What::OrdersUndone { file: file.to_owned(), orders: count });
                Cause::OrdersUndone(file.to_owned())
            } else {
                note(self.source.by, What::Ordered { orders: count, number: number.clone() });
                if let Some(since) = buyer.trashed_at {
                    note(None, What::RestoredByOrder { number: number.clone(), since: Some(since) });
                    self.restored.push(buyer.id);
                }
                Cause::Order(number)
            };
            if status != buyer.status_id {
                let then = |id| self.names.get(&id).cloned().map(StatusThen::from).ok_or(Error::Server);
                let (from, to) = (then(buyer.status_id)?, then(status)?);
                note(None, What::MovedByProcess { from, to, cause });
                moves.insert(buyer.id, (buyer.status_id, status));
                self.taken.moved += 1;
                if buyer.trashed_at.is_none() {
                    let mut count = |status, n| {
                        let key = (self.source.module, status, buyer.owner_id, "owner");
                        *self.counts.entry(key).or_default() += n;
                    };
                    count(buyer.status_id, -1);
                    count(status, 1);
                }
            }
            let (facts_text, summary) = texts(&facts)?;
            let modified_at = now.max(buyer.modified_at);
            saved.push(Saved {
                id: buyer.id,
                status,
                moved: i64::from(status != buyer.status_id),
                status_since: if status == buyer.status_id { buyer.status_since } else { now },
                modified_at,
                list_key: ListKey::of(buyer.next_due_at, modified_at),
                facts: facts_text,
                summary,
                wakes_at: facts.wakes_at(&at),
            });
        }
        save_buyers(tx, &saved).await?;
        self.move_involvements(tx, &moves).await?;
        events::add_all(tx, history).await
    }

    /// Moves what others see of a buyer by their to-dos on it along with its status.
    async fn move_involvements(
        &mut self,
        tx: &mut Tx,
        moves: &BTreeMap<DatasheetId, (StatusId, StatusId)>,
    ) -> Result<()> {
        const FIND: &str = "select user_id, datasheet_id from involvements where datasheet_id in (";
        const MOVE: &str = "update involvements set status_id = $2 where datasheet_id = $1";
        if moves.is_empty() {
            return Ok(());
        }
        let found: Vec<(UserId, DatasheetId)> = on!(tx, |conn| {
            let mut query = QueryBuilder::new(FIND);
            push_list(&mut query, moves.keys());
            query.build_query_as().persistent(false).fetch_all(conn).await
        })?;
        // Few: a to-do on a buyer whom somebody else owns.
        for (user, datasheet) in found {
            let Some((from, to)) = moves.get(&datasheet) else { continue };
            on!(tx, |conn| sqlx::query(MOVE).bind(datasheet).bind(*to).execute(conn).await.map(drop))?;
            *self.counts.entry((self.source.module, *from, user, "involved")).or_default() -= 1;
            *self.counts.entry((self.source.module, *to, user, "involved")).or_default() += 1;
        }
        Ok(())
    }
}

/// Datasheets of the module that are about somebody with one of these addresses; one in the trash only where there is no other.
async fn by_contact(
    tx: &mut Tx,
    module: ModuleId,
    emails: &BTreeSet<&str>,
) -> Result<Vec<(String, DatasheetId)>> {
    const SQL: &str = "
        select c.email, coalesce(min(case when d.trashed_at is null then d.id end), min(d.id))
        from contacts c join datasheets d on d.contact_id = c.id where d.module_id = ";
    if emails.is_empty() {
        return Ok(vec![]);
    }
    Ok(on!(tx, |conn| {
        let mut query = QueryBuilder::new(SQL);
        query.push_bind(module).push(" and c.email in (");
        push_list(&mut query, emails);
        query.push(" group by c.email");
        query.build_query_as().persistent(false).fetch_all(conn).await
    })?)
}

/// What becomes of each order, and those that are new; of one number only the first.
fn judge(mut known: HashMap<String, Order>, orders: &[Order]) -> (Vec<Verdict>, Vec<&Order>) {
    let mut new = vec![];
    let verdicts = orders
        .iter()
        .map(|order| match known.get(&order.number) {
            Some(same) if same.is_same_as(order) => Verdict::Same,
            Some(_) => Verdict::Differs,
            None => {
                known.insert(order.number.clone(), order.clone());
                new.push(order);
                Verdict::New
            }
        })
        .collect();
    (verdicts, new)
}

/// The addresses that have no buyer yet.
fn unknown<'a>(orders: &[&'a Order], buyers: &HashMap<String, DatasheetId>) -> BTreeSet<&'a str> {
    orders.iter().map(|order| order.email.as_str()).filter(|email| !buyers.contains_key(*email)).collect()
}

/// What a file of orders holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Orders that are new.
    pub new: u32,
    /// Orders that came in before.
    pub same: u32,
    /// Lines that are no order, or another one of a known number.
    pub broken: Remarks<Reason>,
    /// New orders about which something is odd or assumed.
    pub doubtful: Remarks<Doubt>,
    /// The first new orders.
    pub rows: Vec<Order>,
    /// The addresses of new orders that nobody had before.
    pub strangers: BTreeSet<String>,
    /// Those of them that will be called by their address: no order that makes them names them.
    unnamed: BTreeSet<String>,
}

/// What became of a file of orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// It came in.
    Done {
        /// What came in.
        taken: Taken,
        /// Orders that came in before.
        same: u32,
        /// Broken lines that were left out.
        left_out: u32,
        /// Takes it back; `None` when nothing was new.
        undo: Option<EventId>,
    },
    /// Refused for its broken lines: the transaction must not be committed.
    Broken(Remarks<Reason>),
}

/// The next lines of a file: where each order stands, and the orders.
fn chunk(
    records: &mut impl Iterator<Item = Record>,
    zone: &Zone,
    now: Timestamp,
    survey: &mut Survey,
) -> (usize, Vec<(u32, String)>, Vec<Order>) {
    let (mut places, mut orders) = (vec![], vec![]);
    let mut read = 0;
    for record in records.take(CHUNK) {
        read += 1;
        let place = (record.number, record.beginning.clone());
        match orders::order(&record, zone, now) {
            Ok(order) => {
                places.push(place);
                orders.push(order);
            }
            Err(says) => survey.broken.push(|| Remark { line: place.0, text: place.1, says }),
        }
    }
    (read, places, orders)
}

impl Survey {
    fn count(&mut self, verdicts: &[Verdict], places: Vec<(u32, String)>, orders: &[Order], now: Timestamp) {
        for ((verdict, (line, text)), order) in verdicts.iter().zip(places).zip(orders) {
            match verdict {
                Verdict::New => {
                    self.new += 1;
                    if self.rows.len() < ROWS_SHOWN {
                        self.rows.push(order.clone());
                    }
                    let says = orders::doubts(order, self.unnamed.contains(&order.email), now);
                    if !says.is_empty() {
                        self.doubtful.push(|| Remark { line, text, says });
                    }
                }
                Verdict::Same => self.same += 1,
                Verdict::Differs => {
                    let says = vec![Reason::OrderDiffers { number: order.number.clone() }];
                    self.broken.push(|| Remark { line, text, says });
                }
            }
        }
    }
}

/// What would become of a file. Changes nothing. Orders of the file that contradict each other far apart are found by
/// [`take_file`] only.
pub async fn survey_file(
    tx: &mut Tx,
    module: ModuleId,
    zone: &Zone,
    now: Timestamp,
    file: &File,
) -> Result<Survey> {
    let mut found = Survey::default();
    let mut records = file.records();
    loop {
        let (read, places, orders) = chunk(&mut records, zone, now, &mut found);
        if read == 0 {
            return Ok(found);
        }
        let (verdicts, new) = judge(known(tx, module, &orders).await?, &orders);
        let mut known = buyers(tx, module, &new).await?;
        known.extend(by_contact(tx, module, &unknown(&new, &known)).await?);
        let named: BTreeSet<&str> =
            new.iter().filter(|order| order.name.is_some()).map(|order| order.email.as_str()).collect();
        for email in unknown(&new, &known) {
            if found.strangers.insert(email.to_owned()) && !named.contains(email) {
                found.unnamed.insert(email.to_owned());
            }
        }
        found.count(&verdicts, places, &orders, now);
    }
}

/// Takes the orders of a file in, all or nothing, in the transaction given; `progress` hears how many lines are done.
pub async fn take_file(
    tx: &mut Tx,
    source: Source,
    zone: &Zone,
    (file, name): (&File, &str),
    skip_broken: bool,
    mut progress: impl FnMut(u32),
) -> Result<Made> {
    let (now, by, module) = (source.now, source.by, source.module);
    let owner = source.owner;
    let mut intake = Intake::begin(tx, source).await?;
    let import = ImportId(tx.new_id(now));
    let mut found = Survey::default();
    let mut records = file.records();
    let mut done = 0;
    loop {
        let (read, places, orders) = chunk(&mut records, zone, now, &mut found);
        if read == 0 {
            break;
        }
        // Once the file is refused only the broken lines are of interest.
        let verdicts = if skip_broken || found.broken.count == 0 {
            if intake.import.is_none() && survey(tx, module, &orders).await?.contains(&Verdict::New) {
                begin_import(tx, import, module, by.unwrap_or(owner), name, now).await?;
                intake.import = Some(import);
            }
            intake.add(tx, &orders).await?
        } else {
            survey(tx, module, &orders).await?
        };
        found.count(&verdicts, places, &orders, now);
        done += u32::try_from(read).unwrap_or(u32::MAX);
        progress(done);
    }
    if found.broken.count > 0 && !skip_broken {
        return Ok(Made::Broken(found.broken));
    }
    let (taken, _) = intake.finish(tx).await?;
    let mut undo = None;
    if taken.orders > 0 {
        const SQL: &str = "update imports set made = $2 where id = $1";
        on!(tx, |conn| sqlx::query(SQL)
            .bind(import)
            .bind(i64::from(taken.orders))
            .execute(conn)
            .await
            .map(drop))?;
        let what = What::OrdersImported { file: name.to_owned(), orders: taken.orders, buyers: taken.buyers };
        let entry =
            NewEvent { at: now, by, module: Some(module), datasheet: None, what, undo: None, batch: None };
        // The import's own entry has its number.
        let event = EventId(import.0);
        events::add_all(tx, vec![(event, entry)]).await?;
        undo = Some(event);
    }
    Ok(Made::Done { taken, same: found.same, left_out: found.broken.count, undo })
}

async fn begin_import(
    tx: &mut Tx,
    import: ImportId,
    module: ModuleId,
    by: UserId,
    file: &str,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        insert into imports (id, module_id, user_id, file_name, made, at) values ($1, $2, $3, $4, 0, $5)";
    on!(tx, |conn| sqlx::query(SQL)
        .bind(import)
        .bind(module)
        .bind(by)
        .bind(file)
        .bind(now)
        .execute(conn)
        .await
        .map(drop))?;
    Ok(())
}

/// The buyers that import `$1` made and that nothing else happened to: they have no order left and no entry in their history
/// that is not a part of the import.
macro_rules! untouched {
    () => {
        "select d.id from datasheets d
        where d.import_id = $1 and d.trashed_at is null
            and not exists (select 1 from webshop_orders o where o.datasheet_id = d.id)
            and not exists (
                select 1 from events e
                where e.datasheet_id = d.id and (e.batch_id is null or e.batch_id <> $1))"
    };
}

/// The buyers whom an import took out of the trash and to whom nothing else happened since, with when they came there. What was
/// done since and is undone did not happen, but who took an older deed back worked on the buyer; what the process does by itself
/// is nobody's doing.
async fn restored_by(tx: &mut Tx, import: ImportId) -> Result<Vec<(DatasheetId, Option<Timestamp>)>> {
    const SQL: &str = "
        select e.datasheet_id, e.what from events e
        where e.batch_id = $1 and e.kind = 'restored_by_order' and not exists (
            select 1 from events later
            where later.datasheet_id = e.datasheet_id and later.id > e.id
                and (later.batch_id is null or later.batch_id <> $1) and later.undone_by is null
                and later.kind not in ('orders_undone', 'moved_by_process')
                and (later.kind <> 'undone' or exists (
                    select 1 from events deed
                    where deed.datasheet_id = e.datasheet_id and deed.undone_by = later.id and deed.id < e.id)))
        order by e.datasheet_id";
    let rows: Vec<(DatasheetId, String)> =
        on!(tx, |conn| sqlx::query_as(SQL).bind(import).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(id, what)| match events::read(&what)? {
            What::RestoredByOrder { since, .. } => Ok((id, since)),
            _ => Ok((id, None)),
        })
        .collect()
}

/// Takes an import of orders back: its orders go, so that the file can come in again, and with them the buyers that it made
/// and that nothing else happened to; those it took out of the trash go back there likewise; the others are worked out anew.
/// `None` when it was taken back before.
pub async fn take_back(
    tx: &mut Tx,
    import: &Import,
    by: UserId,
    now: Timestamp,
) -> Result<Option<TakenBack>> {
    const TOUCHED: &str = "
        select datasheet_id, cast(count(*) as bigint) from webshop_orders where import_id = $1
        group by datasheet_id order by datasheet_id";
    const ORDERS: &str = "delete from webshop_orders where import_id = $1";
    const COUNTS: &str = concat!(
        "select module_id, status_id, owner_id, cast(count(*) as bigint) from datasheets where id in (",
        untouched!(),
        ") group by module_id, status_id, owner_id"
    );
    const GONE: &str = concat!(untouched!(), " order by d.id");
    const CONTACTS: &str = concat!(
        "select distinct contact_id from datasheets where contact_id is not null and id in (",
        untouched!(),
        ")"
    );
    const EVENTS: &str = "update events set undone_by = $2 where batch_id = $1";
    const REMOVE: [&str; 3] = [
        concat!("delete from processes where datasheet_id in (", untouched!(), ")"),
        concat!("delete from search_words where datasheet_id in (", untouched!(), ")"),
        // Their addresses go with them.
        concat!("delete from datasheets where id in (", untouched!(), ")"),
    ];
    let source = Source { module: import.module_id, owner: import.user_id, by: Some(by), now };
    // Whoever brings orders in waits.
    let mut intake = Intake::begin(tx, source).await?;
    if !imports::mark_undone(tx, import.id, now).await? {
        return Ok(None);
    }
    let touched: Vec<(DatasheetId, i64)> =
        on!(tx, |conn| sqlx::query_as(TOUCHED).bind(import.id).fetch_all(conn).await)?;
    for chunk in touched.chunks(CHUNK) {
        let ids: Vec<DatasheetId> = chunk.iter().map(|(id, _)| *id).collect();
        lock_buyers(tx, &ids).await?;
    }
    let orders = on!(tx, |conn| sqlx::query(ORDERS)
        .bind(import.id)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    let gone: BTreeSet<DatasheetId> =
        on!(tx, |conn| sqlx::query_scalar::<_, DatasheetId>(GONE).bind(import.id).fetch_all(conn).await)?
            .into_iter()
            .collect();
    let counts: Vec<(ModuleId, StatusId, UserId, i64)> =
        on!(tx, |conn| sqlx::query_as(COUNTS).bind(import.id).fetch_all(conn).await)?;
    let contacts: Vec<ContactId> =
        on!(tx, |conn| sqlx::query_scalar(CONTACTS).bind(import.id).fetch_all(conn).await)?;
    let restored = restored_by(tx, import.id).await?;
    let event = EventId(tx.new_id(now));
    for sql in REMOVE {
        on!(tx, |conn| sqlx::query(sql).bind(import.id).execute(conn).await.map(drop))?;
    }
    on!(tx, |conn| sqlx::query(EVENTS).bind(import.id).bind(event).execute(conn).await.map(drop))?;
    imports::remove_contacts(tx, &contacts, import.at).await?;
    for (module, status, owner, n) in counts {
        *intake.counts.entry((module, status, owner, "owner")).or_default() -= n;
    }
    let small = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    let left: Vec<(DatasheetId, u32)> = touched
        .into_iter()
        .filter(|(id, _)| !gone.contains(id))
        .map(|(id, n)| (id, small(n.unsigned_abs())))
        .collect();
    for chunk in left.chunks(CHUNK) {
        intake.settle_for(tx, chunk, Some(&import.file_name)).await?;
    }
    intake.throw_back(tx, &restored, &import.file_name).await?;
    bulk::add_counts(tx, intake.counts.into_iter().filter(|(_, n)| *n != 0).collect()).await?;
    let taken = TakenBack { removed: small(orders), kept: 0 };
    events::save_undone(tx, EventId(import.id.0), event).await?;
    let entry = NewEvent {
        at: now,
        by: Some(by),
        module: Some(import.module_id),
        datasheet: None,
        what: What::OrdersUndone { file: import.file_name.clone(), orders: taken.removed },
        undo: None,
        batch: None,
    };
    events::add_all(tx, vec![(event, entry)]).await?;
    Ok(Some(taken))
}

/// What became of orders, were they stored now. Changes nothing.
pub async fn survey(tx: &mut Tx, module: ModuleId, orders: &[Order]) -> Result<Vec<Verdict>> {
    Ok(judge(known(tx, module, orders).await?, orders).0)
}

#[derive(sqlx::FromRow)]
struct OrderRow {
    number: String,
    email: String,
    at: Timestamp,
    day: Option<String>,
    amount: i64,
    currency: String,
}

impl TryFrom<OrderRow> for Order {
    type Error = Error;

    fn try_from(row: OrderRow) -> Result<Self> {
        let currency = Currency::parse(&row.currency).map_err(|error| {
            tracing::error!(%error, "an order's currency cannot be read");
            Error::Server
        })?;
        let money = Money { minor: row.amount, currency };
        let day = row.day.and_then(|day| Day::try_from(day).ok());
        Ok(Self { number: row.number, email: row.email, name: None, at: row.at, day, money })
    }
}

/// Those of the orders whose numbers came in before.
async fn known(tx: &mut Tx, module: ModuleId, orders: &[Order]) -> Result<HashMap<String, Order>> {
    const SQL: &str =
        "select number, email, at, day, amount, currency from webshop_orders where module_id = ";
    if orders.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<OrderRow> = on!(tx, |conn| {
        let mut query = QueryBuilder::new(SQL);
        query.push_bind(module).push(" and number in (");
        push_list(&mut query, orders.iter().map(|order| &order.number));
        query.build_query_as().persistent(false).fetch_all(conn).await
    })?;
    rows.into_iter().map(|row| Ok((row.number.clone(), Order::try_from(row)?))).collect()
}

/// The buyers of the orders' addresses.
async fn buyers(tx: &mut Tx, module: ModuleId, orders: &[&Order]) -> Result<HashMap<String, DatasheetId>> {
    const SQL: &str = "select email, datasheet_id from webshop_buyers where module_id = ";
    if orders.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(String, DatasheetId)> = on!(tx, |conn| {
        let mut query = QueryBuilder::new(SQL);
        query.push_bind(module).push(" and email in (");
        push_list(&mut query, orders.iter().map(|order| &order.email));
        query.build_query_as().persistent(false).fetch_all(conn).await
    })?;
    Ok(rows.into_iter().collect())
}

/// People who are there already, by address and folded name: a shared address alone does not make them one.
async fn contacts(tx: &mut Tx, emails: &BTreeSet<&str>) -> Result<HashMap<(String, String), ContactId>> {
    const SQL: &str = "
        select email, name_fold, min(id) from contacts where kind = 'person' and email in (";
    let rows: Vec<(String, String, ContactId)> = on!(tx, |conn| {
        let mut query = QueryBuilder::new(SQL);
        push_list(&mut query, emails);
        query.push(" group by email, name_fold");
        query.build_query_as().persistent(false).fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(|(email, name, id)| ((email, name), id)).collect())
}

async fn insert_addresses(tx: &mut Tx, module: ModuleId, addresses: &[(String, DatasheetId)]) -> Result<()> {
    const SQL: &str = "insert into webshop_buyers (module_id, email, datasheet_id) ";
    if addresses.is_empty() {
        return Ok(());
    }
    on!(tx, |conn| {
        let mut query = QueryBuilder::new(SQL);
        query.push_values(addresses, |mut row, (email, datasheet)| {
            row.push_bind(module).push_bind(email).push_bind(*datasheet);
        });
        query.build().persistent(false).execute(conn).await.map(drop)
    })?;
    Ok(())
}

async fn insert_orders(
    tx: &mut Tx,
    source: &Source,
    import: Option<ImportId>,
    orders: &[(&Order, DatasheetId)],
) -> Result<()> {
    const SQL: &str = "
        insert into webshop_orders
            (module_id, number, datasheet_id, email, at, day, amount, currency, received_at, import_id) ";
    on!(tx, |conn| {
        let mut query = QueryBuilder::new(SQL);
        query.push_values(orders, |mut row, (order, datasheet)| {
            row.push_bind(source.module)
                .push_bind(&order.number)
                .push_bind(*datasheet)
                .push_bind(&order.email)
                .push_bind(order.at)
                .push_bind(order.day.map(String::from))
                .push_bind(order.money.minor)
                .push_bind(String::from(order.money.currency))
                .push_bind(source.now)
                .push_bind(import);
        });
        query.build().persistent(false).execute(conn).await.map(drop)
    })?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Buyer {
    id: DatasheetId,
    status_id: StatusId,
    owner_id: UserId,
    created_at: Timestamp,
    modified_at: Timestamp,
    status_since: Timestamp,
    trashed_at: Option<Timestamp>,
    next_due_at: Option<Timestamp>,
    facts: String,
}

/// Buyers with their facts, held back from all others until this transaction ends. `SQLite` has one writer anyway.
async fn lock_buyers(tx: &mut Tx, ids: &[DatasheetId]) -> Result<Vec<Buyer>> {
    const SQL: &str = "
        select d.id, d.status_id, d.owner_id, d.created_at, d.modified_at, d.status_since, d.trashed_at, d.next_due_at,
            p.facts
        from datasheets d join processes p on p.datasheet_id = d.id
        where d.id in (";
    let lock = if tx.is_sqlite() { " order by d.id" } else { " order by d.id for no key update of d" };
    Ok(on!(tx, |conn| {
        let mut query = QueryBuilder::new(SQL);
        push_list(&mut query, ids);
        query.push(lock);
        query.build_query_as().persistent(false).fetch_all(conn).await
    })?)
}

#[derive(sqlx::FromRow)]
struct FiguresRow {
    datasheet_id: DatasheetId,
    currency: String,
    orders: i64,
    first_at: Timestamp,
    last_at: Timestamp,
    value: i64,
}

/// What buyers have ordered, added up from their orders.
pub async fn figures(tx: &mut Tx, ids: &[DatasheetId]) -> Result<HashMap<DatasheetId, Purchases>> {
    const SQL: &str = "
        select datasheet_id, currency, cast(count(*) as bigint) as orders, min(at) as first_at, max(at) as last_at,
            cast(sum(amount) as bigint) as value
        from webshop_orders where datasheet_id in (";
    let rows: Vec<FiguresRow> = on!(tx, |conn| {
        let mut query = QueryBuilder::new(SQL);
        push_list(&mut query, ids);
        query.push(" group by datasheet_id, currency");
        query.build_query_as().persistent(false).fetch_all(conn).await
    })?;
    let mut figures: HashMap<DatasheetId, Purchases> = HashMap::new();
    for row in rows {
        let currency = Currency::parse(&row.currency).map_err(|_| Error::Server)?;
        let purchases = figures.entry(row.datasheet_id).or_insert_with(|| Purchases {
            count: 0,
            first_at: row.first_at,
            last_at: row.last_at,
            values: BTreeMap::new(),
        });
        purchases.count += u32::try_from(row.orders).unwrap_or(u32::MAX);
        purchases.first_at = purchases.first_at.min(row.first_at);
        purchases.last_at = purchases.last_at.max(row.last_at);
        purchases.values.insert(currency, row.value);
    }
    Ok(figures)
}

/// The number of each buyer's last order.
async fn latest(tx: &mut Tx, ids: &[DatasheetId]) -> Result<HashMap<DatasheetId, String>> {
    const SQL: &str = "
        select d.id, (
            select o.number from webshop_orders o where o.datasheet_id = d.id order by o.at desc, o.number desc limit 1)
        from datasheets d where d.id in (";
    let rows: Vec<(DatasheetId, Option<String>)> = on!(tx, |conn| {
        let mut query = QueryBuilder::new(SQL);
        push_list(&mut query, ids);
        query.build_query_as().persistent(false).fetch_all(conn).await
    })?;
    Ok(rows.into_iter().filter_map(|(id, number)| Some((id, number?))).collect())
}

/// A buyer as worked out anew.
struct Saved {
    id: DatasheetId,
    status: StatusId,
    moved: i64,
    status_since: Timestamp,
    modified_at: Timestamp,
    list_key: ListKey,
    facts: String,
    summary: String,
    wakes_at: Option<Timestamp>,
}

async fn save_buyers(tx: &mut Tx, all: &[Saved]) -> Result<()> {
    const DATASHEETS: &str = "
        with v (id, status_id, moved, status_since, modified_at, list_key) as (";
    const SAVE_DATASHEETS: &str = ")
        update datasheets set status_id = v.status_id, version = datasheets.version + v.moved,
            status_since = v.status_since, modified_at = v.modified_at, list_key = v.list_key
        from v where datasheets.id = v.id";
    const PROCESSES: &str = "with v (id, facts, summary, wakes_at) as (";
    const SAVE_PROCESSES: &str = ")
        update processes set facts = v.facts, summary = v.summary, wakes_at = v.wakes_at,
            version = processes.version + 1
        from v where processes.datasheet_id = v.id";
    if all.is_empty() {
        return Ok(());
    }
    on!(tx, |conn| {
        let mut query = QueryBuilder::new(DATASHEETS);
        query.push_values(all, |mut row, saved| {
            row.push_bind(saved.id)
                .push_bind(saved.status)
                .push_bind(saved.moved)
                .push_bind(saved.status_since)
                .push_bind(saved.modified_at)
                .push_bind(saved.list_key);
        });
        query.push(SAVE_DATASHEETS);
        query.build().persistent(false).execute(conn).await.map(drop)
    })?;
    on!(tx, |conn| {
        let mut query = QueryBuilder::new(PROCESSES);
        query.push_values(all, |mut row, saved| {
            row.push_bind(saved.id)
                .push_bind(&saved.facts)
                .push_bind(&saved.summary)
                .push_bind(saved.wakes_at);
        });
        query.push(SAVE_PROCESSES);
        query.build().persistent(false).execute(conn).await.map(drop)
    })?;
    Ok(())
}

/// Stores addresses and orders of buyers whose facts are worked out already: samples.
pub async fn insert_known(
    tx: &mut Tx,
    module: ModuleId,
    addresses: &[(String, DatasheetId)],
    orders: &[(Order, DatasheetId)],
    now: Timestamp,
) -> Result<()> {
    for chunk in addresses.chunks(CHUNK) {
        insert_addresses(tx, module, chunk).await?;
    }
    // Nobody brings them in and nobody is made for them.
    let source = Source { module, owner: UserId(0), by: None, now };
    let orders: Vec<(&Order, DatasheetId)> = orders.iter().map(|(order, id)| (order, *id)).collect();
    for chunk in orders.chunks(CHUNK) {
        insert_orders(tx, &source, None, chunk).await?;
    }
    Ok(())
}

/// Orders of a buyer before one, the latest first.
pub async fn page(
    tx: &mut Tx,
    datasheet: DatasheetId,
    before: Option<&(Timestamp, String)>,
    limit: i64,
) -> Result<Vec<Order>> {
    const SQL: &str = "
        select number, email, at, day, amount, currency from webshop_orders
        where datasheet_id = $1 and (at, number) < ($2, $3)
        order by at desc, number desc";
    let (at, number) = before.map_or((Timestamp(i64::MAX), ""), |(at, number)| (*at, number.as_str()));
    let rows: Vec<OrderRow> = on!(tx, |conn| sqlx::query_as(limited(SQL, limit))
        .bind(datasheet)
        .bind(at)
        .bind(number)
        .fetch_all(conn)
        .await)?;
    rows.into_iter().map(Order::try_from).collect()
}

/// The module of the installation's web shop, not in the trash.
pub async fn module(tx: &mut Tx) -> Result<Option<ModuleId>> {
    const SQL: &str = "select id from modules where template = $1 and trashed_at is null order by id limit 1";
    let word = Process::Webshop.definition().word;
    Ok(on!(tx, |conn| sqlx::query_scalar(SQL).bind(word).fetch_optional(conn).await)?)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;
    use crate::{
        domain::import::Kind,
        store::testing::{self, NOW, TestDb, admin, on_both, order},
    };

    const DAY: i64 = webshop::DAY;

    struct Shop {
        test: TestDb,
        module: ModuleId,
        owner: UserId,
    }

    async fn shop(test: TestDb) -> Shop {
        let mut tx = test.db.begin().await.unwrap();
        let module = testing::webshop(&mut tx).await;
        let owner = admin(&mut tx).await;
        tx.commit().await.unwrap();
        Shop { test, module, owner }
    }

    impl Shop {
        fn source(&self) -> Source {
            Source { module: self.module, owner: self.owner, by: None, now: NOW }
        }

        async fn take(&self, orders: &[Order]) -> (Vec<Verdict>, Taken, Vec<DatasheetId>) {
            let mut tx = self.test.db.begin().await.unwrap();
            let mut intake = Intake::begin(&mut tx, self.source()).await.unwrap();
            let mut verdicts = vec![];
            for chunk in orders.chunks(3) {
                verdicts.extend(intake.add(&mut tx, chunk).await.unwrap());
            }
            let (taken, touched) = intake.finish(&mut tx).await.unwrap();
            tx.commit().await.unwrap();
            (verdicts, taken, touched)
        }

        async fn throw_away(&self, id: DatasheetId) {
            let mut tx = self.test.db.begin().await.unwrap();
            let before = datasheets::find(&mut tx, id).await.unwrap().unwrap();
            let after = datasheets::Standing { trashed_at: Some(NOW), ..before.clone() };
            datasheets::save(&mut tx, &before, &after, NOW).await.unwrap();
            tx.commit().await.unwrap();
        }

        /// Name, key of the status, and facts of each buyer, by address.
        async fn buyers(&self) -> Vec<(String, String, webshop::Facts)> {
            const SQL: &str = "
                select b.email, s.process_key, p.facts from webshop_buyers b
                join datasheets d on d.id = b.datasheet_id
                join statuses s on s.id = d.status_id
                join processes p on p.datasheet_id = d.id order by b.email";
            let mut tx = self.test.db.read().await.unwrap();
            let rows: Vec<(String, String, String)> =
                on!(tx, |conn| sqlx::query_as(SQL).fetch_all(conn).await).unwrap();
            rows.into_iter()
                .map(|(email, key, facts)| match serde_json::from_str(&facts).unwrap() {
                    Facts::Webshop(facts) => (email, key, facts),
                    other => panic!("{other:?}"),
                })
                .collect()
        }

        async fn history(&self, datasheet: DatasheetId) -> Vec<(Option<UserId>, What)> {
            let mut tx = self.test.db.read().await.unwrap();
            let events = events::page(&mut tx, datasheet, None, 100).await.unwrap();
            events.into_iter().rev().map(|event| (event.by, event.what)).collect()
        }

        /// The counts of the statuses, kept and counted anew.
        async fn counts(&self) -> (BTreeMap<StatusId, i64>, BTreeMap<StatusId, i64>) {
            const KEPT: &str = "select status_id, n from status_counts where tie = 'owner' and n <> 0";
            const COUNTED: &str = "
                select status_id, cast(count(*) as bigint) from datasheets where trashed_at is null group by status_id";
            let mut tx = self.test.db.read().await.unwrap();
            let kept: Vec<(StatusId, i64)> =
                on!(tx, |conn| sqlx::query_as(KEPT).fetch_all(conn).await).unwrap();
            let counted: Vec<(StatusId, i64)> =
                on!(tx, |conn| sqlx::query_as(COUNTED).fetch_all(conn).await).unwrap();
            (kept.into_iter().collect(), counted.into_iter().collect())
        }
    }

    on_both! {
        async fn an_order_of_an_unknown_address_makes_the_buyer(test: TestDb) {
            let shop = shop(test).await;
            let (verdicts, taken, touched) = shop.take(&[order("W-1", "anna", 3, 1_299_000)]).await;
            assert_eq!(verdicts, [Verdict::New]);
            assert_eq!(taken, Taken { orders: 1, buyers: 1, moved: 1 });
            let buyers = shop.buyers().await;
            assert_eq!((buyers[0].0.as_str(), buyers[0].1.as_str()), ("anna@pelda.hu", "one_time"));
            let at = NOW.plus_millis(-3 * DAY);
            let values = BTreeMap::from([(Currency::HUF, 1_299_000)]);
            assert_eq!(buyers[0].2.purchases, Some(Purchases { count: 1, first_at: at, last_at: at, values }));
            let mut tx = shop.test.db.read().await.unwrap();
            let row = crate::store::datasheets::rows(&mut tx, &touched).await.unwrap().pop().unwrap();
            assert_eq!((row.name.as_str(), row.contact.as_deref(), row.owner), ("anna Vevő", Some("anna Vevő"), shop.owner));
            let moved = What::MovedByProcess {
                from: "Registered".to_owned().into(),
                to: "One-time buyer".to_owned().into(),
                cause: Cause::Order("W-1".to_owned()),
            };
            let history = shop.history(touched[0]).await;
            assert_eq!(history, [
                (None, What::Created { name: "anna Vevő".to_owned() }),
                (None, What::Ordered { orders: 1, number: "W-1".to_owned() }),
                (None, moved),
            ]);
            let (kept, counted) = shop.counts().await;
            assert_eq!(kept, counted);
        }

        async fn an_order_comes_in_once_and_what_contradicts_it_is_told(test: TestDb) {
            let shop = shop(test).await;
            let first = order("W-1", "anna", 3, 100);
            shop.take(std::slice::from_ref(&first)).await;
            let before = shop.buyers().await;
            let renamed = Order { name: Some("Kis Anna".to_owned()), ..first.clone() };
            let (verdicts, taken, _) = shop.take(&[first.clone(), renamed]).await;
            assert_eq!((verdicts, taken), (vec![Verdict::Same; 2], Taken::default()));
            for other in [
                Order { email: "bea@pelda.hu".to_owned(), ..first.clone() },
                Order { at: first.at.plus_millis(1), ..first.clone() },
                Order { money: Money { minor: 101, ..first.money }, ..first.clone() },
                Order { money: Money { currency: Currency::EUR, ..first.money }, ..first },
            ] {
                assert_eq!(shop.take(&[other]).await.0, [Verdict::Differs]);
            }
            assert_eq!(shop.buyers().await, before);
            // Within one list, too.
            let (verdicts, ..) = shop.take(&[order("W-2", "anna", 2, 5), order("W-2", "anna", 2, 5), order("W-2", "anna", 2, 6)]).await;
            assert_eq!(verdicts, [Verdict::New, Verdict::Same, Verdict::Differs]);
            assert_eq!(shop.buyers().await[0].2.purchases.as_ref().unwrap().count, 2);
        }

        async fn a_buyer_becomes_a_regular_with_the_fourth_order_and_old_orders_count_too(test: TestDb) {
            let shop = shop(test).await;
            let (_, _, touched) = shop.take(&[order("1", "anna", 400, 5), order("2", "anna", 300, 5)]).await;
            assert_eq!(shop.buyers().await[0].1, "lost_buyer");
            shop.take(&[order("3", "anna", 1, 5)]).await;
            assert_eq!(shop.buyers().await[0].1, "repeat");
            // It comes in late, and is neither the first nor the last.
            let (_, taken, _) = shop.take(&[order("4", "anna", 200, 5)]).await;
            assert_eq!(taken, Taken { orders: 1, buyers: 0, moved: 1 });
            let buyers = shop.buyers().await;
            assert_eq!(buyers[0].1, "regular");
            let purchases = buyers[0].2.purchases.clone().unwrap();
            assert_eq!((purchases.count, purchases.first_at, purchases.last_at), (4, NOW.plus_millis(-400 * DAY), NOW.plus_millis(-DAY)));
            let last = shop.history(touched[0]).await.pop().unwrap();
            assert!(matches!(last.1, What::MovedByProcess { cause: Cause::Order(number), .. } if number == "3"));
            let mut tx = shop.test.db.read().await.unwrap();
            assert_eq!(crate::store::processes::due(&mut tx, NOW.plus_millis(90 * DAY - 1), None, 9).await.unwrap(), []);
            assert_eq!(crate::store::processes::due(&mut tx, NOW.plus_millis(90 * DAY), None, 9).await.unwrap(), [(NOW.plus_millis(90 * DAY), touched[0])]);
        }

        async fn an_order_takes_its_buyer_out_of_the_trash(test: TestDb) {
            let shop = shop(test).await;
            let (_, _, touched) = shop.take(&[order("1", "anna", 40, 5), order("2", "bea", 1, 5)]).await;
            for id in &touched {
                shop.throw_away(*id).await;
            }
            let (_, taken, again) = shop.take(&[order("3", "anna", 1, 5)]).await;
            assert_eq!(taken, Taken { orders: 1, buyers: 0, moved: 1 });
            let mut tx = shop.test.db.read().await.unwrap();
            let anna = datasheets::find(&mut tx, again[0]).await.unwrap().unwrap();
            let bea = touched.iter().find(|id| **id != anna.id).unwrap();
            assert_eq!(anna.trashed_at, None);
            assert!(datasheets::find(&mut tx, *bea).await.unwrap().unwrap().trashed_at.is_some());
            assert_eq!(testing::contradictions(&mut tx, shop.module).await, Vec::<String>::new());
            drop(tx);
            let (kept, counted) = shop.counts().await;
            assert_eq!(kept, counted);
            assert_eq!(kept.values().sum::<i64>(), 1);
            let history = shop.history(anna.id).await;
            assert_eq!(history[history.len() - 3..history.len() - 1], [
                (None, What::Ordered { orders: 1, number: "3".to_owned() }),
                (None, What::RestoredByOrder { number: "3".to_owned(), since: Some(NOW) }),
            ]);
        }

        async fn of_two_datasheets_about_a_buyer_the_order_goes_to_the_one_not_in_the_trash(test: TestDb) {
            const FORGET: &str = "delete from webshop_buyers";
            const SAME: &str = "update datasheets set contact_id = (select min(contact_id) from datasheets)";
            let shop = shop(test).await;
            let (_, _, touched) = shop.take(&[order("1", "anna", 40, 5), order("2", "bea", 1, 5)]).await;
            shop.throw_away(touched[0]).await;
            let mut tx = shop.test.db.begin().await.unwrap();
            for sql in [FORGET, SAME] {
                on!(tx, |conn| sqlx::query(sql).execute(conn).await.map(drop)).unwrap();
            }
            const EMAIL: &str = "select email from contacts where id = (select min(contact_id) from datasheets)";
            let email: String = on!(tx, |conn| sqlx::query_scalar(EMAIL).fetch_one(conn).await).unwrap();
            tx.commit().await.unwrap();
            let (_, taken, again) = shop.take(&[Order { email, ..order("3", "anna", 1, 5) }]).await;
            assert_eq!((taken.buyers, again), (0, vec![touched[1]]));
            let mut tx = shop.test.db.read().await.unwrap();
            assert!(datasheets::find(&mut tx, touched[0]).await.unwrap().unwrap().trashed_at.is_some());
        }

        async fn a_buyers_orders_are_paged_by_key(test: TestDb) {
            let shop = shop(test).await;
            let orders: Vec<Order> = (0..7).map(|i| order(&format!("N{i}"), "anna", i / 2, i)).collect();
            let (_, _, touched) = shop.take(&orders).await;
            let mut tx = shop.test.db.read().await.unwrap();
            let (mut seen, mut before) = (vec![], None);
            loop {
                let page = page(&mut tx, touched[0], before.as_ref(), 3).await.unwrap();
                let Some(last) = page.last() else { break };
                before = Some((last.at, last.number.clone()));
                seen.extend(page.into_iter().map(|order| order.number));
            }
            assert_eq!(seen, ["N1", "N0", "N3", "N2", "N5", "N4", "N6"]);
        }

        async fn two_intakes_at_once_make_one_buyer(test: TestDb) {
            let shop = shop(test).await;
            let (first, second) = ([order("1", "anna", 1, 5)], [order("2", "anna", 1, 5)]);
            let (one, two) = tokio::join!(shop.take(&first), shop.take(&second));
            assert_eq!(one.1.buyers + two.1.buyers, 1);
            let buyers = shop.buyers().await;
            assert_eq!(buyers.len(), 1);
            assert_eq!(buyers[0].2.purchases.as_ref().unwrap().count, 2);
        }
    }

    impl Shop {
        /// Takes a file in: lines of number, buyer, days ago, amount.
        async fn take_lines(&self, lines: &[(&str, &str, i64, i64)]) -> Made {
            let mut text = "Rendelésszám;E-mail;Név;Dátum;Összeg;Pénznem\n".to_owned();
            for (number, who, days, amount) in lines {
                let at = NOW.plus_millis(-days * DAY);
                let at = chrono::DateTime::from_timestamp_millis(at.0).unwrap().format("%Y-%m-%d %H:%M");
                writeln!(text, "{number};{who}@pelda.hu;{who} Vevő;{at};{amount};HUF").unwrap();
            }
            let file = File::read_as(Kind::Orders, text.into_bytes()).unwrap();
            let mut tx = self.test.db.begin().await.unwrap();
            let source = Source { by: Some(self.owner), ..self.source() };
            let made =
                take_file(&mut tx, source, &Zone::utc(), (&file, "bolt.csv"), false, |_| {}).await.unwrap();
            if matches!(made, Made::Done { .. }) {
                tx.commit().await.unwrap();
            }
            made
        }

        /// Writes an entry by the owner into a buyer's history.
        async fn note(&self, datasheet: DatasheetId, what: What, at: Timestamp) -> EventId {
            let mut tx = self.test.db.begin().await.unwrap();
            let (by, module) = (Some(self.owner), Some(self.module));
            let new = NewEvent { at, by, module, datasheet: Some(datasheet), what, undo: None, batch: None };
            let event = events::add(&mut tx, new).await.unwrap();
            tx.commit().await.unwrap();
            event
        }

        async fn undo(&self, event: EventId) -> Option<TakenBack> {
            let mut tx = self.test.db.begin().await.unwrap();
            let import = imports::find(&mut tx, event).await.unwrap().unwrap();
            let taken = take_back(&mut tx, &import, self.owner, NOW.plus_millis(1)).await.unwrap();
            tx.commit().await.unwrap();
            taken
        }
    }

    on_both! {
        async fn a_file_of_orders_is_taken_back_as_a_whole_and_can_come_in_again(test: TestDb) {
            let shop = shop(test).await;
            shop.take(&[order("W-1", "anna", 40, 5)]).await;
            let before = shop.buyers().await;
            assert_eq!(before[0].1, "passive_buyer");
            let lines = [("W-2", "anna", 1, 7), ("W-3", "anna", 2, 7), ("W-4", "bea", 3, 9), ("W-1", "anna", 40, 0)];
            // A line that contradicts an earlier order: nothing comes in, and there is nothing to take back.
            assert!(matches!(shop.take_lines(&lines).await, Made::Broken(broken) if broken.count == 1));
            assert_eq!(shop.buyers().await, before);
            let Made::Done { taken, undo: Some(undo), .. } = shop.take_lines(&lines[..3]).await else { panic!() };
            assert_eq!(taken, Taken { orders: 3, buyers: 1, moved: 2 });
            let all = shop.buyers().await;
            assert_eq!(all.iter().map(|(_, key, _)| key.as_str()).collect::<Vec<_>>(), ["repeat", "one_time"]);
            // The same file again is nothing new, and has nothing to take back.
            assert!(matches!(
                shop.take_lines(&lines[..3]).await, Made::Done { taken: Taken { orders: 0, .. }, same: 3, undo: None, .. }
            ));
            assert_eq!(shop.undo(undo).await, Some(TakenBack { removed: 3, kept: 0 }));
            assert_eq!(shop.buyers().await, before);
            let (kept, counted) = shop.counts().await;
            assert_eq!(kept, counted);
            assert_eq!(shop.undo(undo).await, None);
            let mut tx = shop.test.db.read().await.unwrap();
            assert_eq!(testing::contradictions(&mut tx, shop.module).await, Vec::<String>::new());
            drop(tx);
            let anna = {
                let mut tx = shop.test.db.read().await.unwrap();
                buyers(&mut tx, shop.module, &[&order("W-1", "anna", 40, 5)]).await.unwrap()["anna@pelda.hu"]
            };
            let history = shop.history(anna).await;
            assert_eq!(history[history.len() - 2..], [
                (Some(shop.owner), What::OrdersUndone { file: "bolt.csv".to_owned(), orders: 2 }),
                (None, What::MovedByProcess {
                    from: "Repeat buyer".to_owned().into(),
                    to: "Passive buyer".to_owned().into(),
                    cause: Cause::OrdersUndone("bolt.csv".to_owned()),
                }),
            ]);
            assert!(matches!(shop.take_lines(&lines[..3]).await, Made::Done { taken: Taken { orders: 3, buyers: 1, .. }, .. }));
            assert_eq!(shop.buyers().await, all);
        }

        async fn a_buyer_who_was_worked_on_or_ordered_since_stays_when_the_file_is_taken_back(test: TestDb) {
            let shop = shop(test).await;
            let Made::Done { undo: Some(undo), .. } = shop.take_lines(&[("1", "anna", 1, 5), ("2", "bea", 1, 5), ("3", "cili", 1, 5)]).await
            else { panic!() };
            shop.take(&[order("4", "bea", 2, 5)]).await;
            let mut tx = shop.test.db.begin().await.unwrap();
            let cili = buyers(&mut tx, shop.module, &[&order("3", "cili", 1, 5)]).await.unwrap()["cili@pelda.hu"];
            let renamed = What::Renamed { from: "a".to_owned(), to: "b".to_owned() };
            let (by, module, datasheet) = (Some(shop.owner), Some(shop.module), Some(cili));
            events::add(&mut tx, NewEvent { at: NOW, by, module, datasheet, what: renamed, undo: None, batch: None }).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(shop.undo(undo).await, Some(TakenBack { removed: 3, kept: 0 }));
            let left = shop.buyers().await;
            let left: Vec<_> = left.iter().map(|(email, key, facts)| (email.as_str(), key.as_str(), facts.purchases.is_some())).collect();
            assert_eq!(left, [("bea@pelda.hu", "one_time", true), ("cili@pelda.hu", "registered", false)]);
            let (kept, counted) = shop.counts().await;
            assert_eq!(kept, counted);
        }

        async fn whom_a_file_took_out_of_the_trash_goes_back_there_with_it_unless_worked_on_since(test: TestDb) {
            let shop = shop(test).await;
            let (_, _, touched) = shop.take(&[order("1", "anna", 40, 5), order("2", "bea", 1, 5), order("3", "cili", 1, 5),
                order("8", "dora", 1, 5), order("9", "emma", 1, 5)]).await;
            let renamed = || What::Renamed { from: "a".to_owned(), to: "b".to_owned() };
            let older = shop.note(touched[4], renamed(), NOW).await;
            for id in &touched {
                shop.throw_away(*id).await;
            }
            let lines = [("4", "anna", 1, 5), ("5", "bea", 1, 5), ("6", "cili", 1, 5), ("10", "dora", 1, 5), ("11", "emma", 1, 5)];
            let Made::Done { undo: Some(undo), .. } = shop.take_lines(&lines).await else { panic!() };
            // Another file brings Bea one more order and is taken back; somebody works on Cili, renames Dóra and takes that back,
            // and takes back a renaming of Emma from before.
            let Made::Done { undo: Some(other), .. } = shop.take_lines(&[("7", "bea", 1, 5)]).await else { panic!() };
            shop.undo(other).await.unwrap();
            shop.note(touched[2], renamed(), NOW).await;
            let later = shop.note(touched[3], renamed(), NOW).await;
            for (datasheet, deed) in [(touched[3], later), (touched[4], older)] {
                let by = shop.note(datasheet, What::Undone { of: "renamed".to_owned() }, NOW).await;
                let mut tx = shop.test.db.begin().await.unwrap();
                events::save_undone(&mut tx, deed, by).await.unwrap();
                tx.commit().await.unwrap();
            }

            assert_eq!(shop.undo(undo).await, Some(TakenBack { removed: 5, kept: 0 }));
            let mut tx = shop.test.db.read().await.unwrap();
            let mut since = vec![];
            for id in &touched {
                since.push(datasheets::find(&mut tx, *id).await.unwrap().unwrap().trashed_at);
            }
            assert_eq!(since, [Some(NOW), Some(NOW), None, Some(NOW), None]);
            assert_eq!(testing::contradictions(&mut tx, shop.module).await, Vec::<String>::new());
            drop(tx);
            let (kept, counted) = shop.counts().await;
            assert_eq!(kept, counted);
            assert_eq!(shop.buyers().await[0].1, "passive_buyer");
            let last = shop.history(touched[0]).await.pop().unwrap();
            assert_eq!(last, (Some(shop.owner), What::BackInTrash { file: "bolt.csv".to_owned() }));
        }

        async fn a_look_at_a_file_tells_new_buyers_and_what_is_odd(test: TestDb) {
            let shop = shop(test).await;
            shop.take(&[order("1", "anna", 3, 5)]).await;
            let text = "Rendelésszám;E-mail;Név;Dátum;Összeg;Pénznem\n\
                2;anna@pelda.hu;;2026-11-20;5;HUF\n3;uj@pelda.hu;;2026-11-20;0;HUF\n4;rossz;;2026-11-20;1;HUF\n5;uj@pelda.hu;;2026-11-21;1;HUF\n";
            let file = File::read_as(Kind::Orders, text.as_bytes().to_vec()).unwrap();
            let mut tx = shop.test.db.read().await.unwrap();
            let found = survey_file(&mut tx, shop.module, &Zone::utc(), NOW, &file).await.unwrap();
            assert_eq!((found.new, found.same, found.broken.count, found.strangers.len()), (3, 0, 1, 1));
            let says: Vec<_> = found.doubtful.first.iter().map(|remark| (remark.line, remark.says.clone())).collect();
            let unnamed = Doubt::NameFromEmail { email: "uj@pelda.hu".to_owned() };
            assert_eq!(says, [(3, vec![unnamed.clone(), Doubt::AmountZero]), (5, vec![unnamed])]);
            assert_eq!(found.rows.iter().map(|order| order.number.as_str()).collect::<Vec<_>>(), ["2", "3", "5"]);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        /// On SQLite: the statements are the same, and a new database is made for each case.
        #[test]
        fn whatever_the_order_of_orders_the_figures_and_counts_are_those_of_all_of_them(
            list in proptest::collection::vec((0..25_u32, 0..4_usize, 0..500_i64, 1..1000_i64), 1..60),
            split in 1..20_usize,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let shop = shop(TestDb::sqlite().await).await;
                let orders: Vec<Order> = list
                    .iter()
                    .map(|(number, who, days, minor)| order(&number.to_string(), ["a", "b", "c", "d"][*who], *days, *minor))
                    .collect();
                let mut expected: BTreeMap<String, Vec<&Order>> = BTreeMap::new();
                let mut numbers = BTreeSet::new();
                for order in &orders {
                    if numbers.insert(&order.number) {
                        expected.entry(order.email.clone()).or_default().push(order);
                    }
                }
                for part in orders.chunks(split) {
                    shop.take(part).await;
                }
                let buyers = shop.buyers().await;
                prop_assert_eq!(buyers.len(), expected.len());
                for (email, key, facts) in buyers {
                    let of = &expected[&email];
                    let purchases = facts.purchases.clone().unwrap();
                    prop_assert_eq!(purchases.count as usize, of.len());
                    prop_assert_eq!(purchases.values[&Currency::HUF], of.iter().map(|order| order.money.minor).sum::<i64>());
                    prop_assert_eq!(Some(purchases.last_at), of.iter().map(|order| order.at).max());
                    prop_assert_eq!(Some(purchases.first_at), of.iter().map(|order| order.at).min());
                    let settings = ();
                    let at = At { now: NOW, created_at: NOW, has_open_todo: false, last_closed_at: None, settings: &settings };
                    prop_assert_eq!(facts.segment(&at).key(), key);
                }
                let (kept, counted) = shop.counts().await;
                prop_assert_eq!(kept, counted);
                Ok(())
            })?;
        }
    }
}
