//! Imports: looks at a file against the database, makes its datasheets, recognises lines that were made before, and takes a
//! whole import back.
//!
//! An import and its entry in the history have the same number.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use sqlx::QueryBuilder;

use super::{
    Tx, bulk,
    bulk::{NewContact, NewDatasheet, NewProcess, NewTodo, Tally},
    events, modules, on, push_list, statuses, users,
};
use crate::{
    domain::{
        contact::DetailKind,
        history::What,
        id::{ContactId, DatasheetId, EventId, ImportId, ModuleId, StatusId, TodoId, TodoTypeId, UserId},
        import::{
            Column, Imported, Preview, PreviewRow, ROWS_SHOWN, Reason, Remark, Remarks, TakenBack,
            plan::{Candidate, Context, Fingerprint, Line, Planned, Planner, Who},
            read::File,
        },
        module::TodoIcon,
        money::Currency,
        text::fold,
        time::Timestamp,
        user::{User, UserState},
        zone::Zone,
    },
    error::{Error, Field, Problem, Result},
    i18n::{Locale, import as texts},
};

/// How many lines are done at once: what an import holds in memory does not grow with the file.
const CHUNK: usize = 1000;
// No statement is kept (`persistent(false)`): Postgres would go on with the plan it made while the tables were small.

/// Who imports, where and how.
#[derive(Clone, Debug)]
pub struct Importer {
    /// The module that gets the datasheets.
    pub module: ModuleId,
    /// Who imports.
    pub user: UserId,
    /// The zone in which hours are meant.
    pub zone: Arc<Zone>,
    /// The language of what is assumed.
    pub locale: Locale,
    /// When.
    pub now: Timestamp,
    /// In a fixed module, what every datasheet starts with.
    pub start: Option<Start>,
}

/// Where a datasheet of a fixed module starts.
#[derive(Clone, Debug)]
pub struct Start {
    /// Its status.
    pub status: StatusId,
    /// Its facts.
    pub process: NewProcess,
}

/// A file to be made.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// What is in it.
    pub file: &'a File,
    /// Its name, for the history.
    pub name: &'a str,
    /// Leave broken lines out; otherwise one broken line refuses the file.
    pub skip_broken: bool,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// Its datasheets are made.
    Done(Imported),
    /// Refused for its broken lines: the transaction must not be committed.
    Broken(Remarks<Reason>),
}

/// What lines of a file are understood against.
async fn context(tx: &mut Tx, importer: &Importer, file: &File) -> Result<(Context, Vec<User>)> {
    let tree = statuses::tree(tx, importer.module).await?;
    let users = users::all(tx).await?;
    let people = users
        .iter()
        .map(|user| Candidate {
            id: user.id,
            name: user.name.clone(),
            email: user.email.clone(),
            available: user.state == UserState::Active
                && (user.role.sees_all_modules() || user.modules.contains(&importer.module)),
        })
        .collect();
    let context = Context {
        tree,
        people,
        importer: importer.user,
        zone: Zone::clone(&importer.zone),
        locale: importer.locale,
        now: importer.now,
        process: importer.start.as_ref().map(|start| start.process.facts.process()),
        has_status: file.has(Column::Status),
        has_owner: file.has(Column::Owner),
    };
    Ok((context, users))
}

fn planner(context: Context) -> Result<Planner> {
    Planner::new(context).ok_or(Error::invalid(Field::Status, Problem::Unknown))
}

/// What will be made of a file. Changes nothing.
pub async fn survey(tx: &mut Tx, importer: &Importer, file: &File) -> Result<Preview> {
    let (context, _) = context(tx, importer, file).await?;
    let mut planner = planner(context)?;
    let locale = planner.context().locale;
    let first = planner.context().tree.first();
    let first_status = first.map(|status| status.name.text(locale).to_owned()).unwrap_or_default();
    let mut preview = Preview {
        encoding: file.encoding,
        separator: file.separator,
        columns: file.columns().collect(),
        left_out: file.left_out.clone(),
        made: 0,
        todos: 0,
        already: 0,
        doubtful: Remarks::default(),
        broken: Remarks::default(),
        first_status,
        rows: vec![],
    };
    let mut records = file.records();
    loop {
        let chunk: Vec<Planned> = records.by_ref().take(CHUNK).map(|record| planner.plan(&record)).collect();
        if chunk.is_empty() {
            return Ok(preview);
        }
        let known = known(tx, importer.module, &chunk).await?;
        for planned in chunk {
            if known.contains(&planned.fingerprint) {
                preview.already += 1;
                continue;
            }
            let remark = (planned.number, planned.beginning);
            match planned.line {
                Err(says) => {
                    preview.broken.push(|| Remark { line: remark.0, text: remark.1, says });
                }
                Ok(line) => {
                    preview.made += 1;
                    preview.todos += u32::from(line.todo.is_some());
                    if preview.rows.len() < ROWS_SHOWN {
                        preview.rows.push(row(planner.context(), remark.0, &line));
                    }
                    if !line.doubts.is_empty() {
                        let says = line.doubts;
                        preview.doubtful.push(|| Remark { line: remark.0, text: remark.1, says });
                    }
                }
            }
        }
    }
}

fn row(context: &Context, number: u32, line: &Line) -> PreviewRow {
    let status = context.tree.get(line.status).or_else(|| context.tree.first());
    PreviewRow {
        line: number,
        name: line.name.clone(),
        contact: line.contact.as_ref().map(|contact| {
            let name = contact.name(&line.name).to_owned();
            match &contact.who {
                Who::Person { company: Some(company), .. } => format!("{name}, {company}"),
                _ => name,
            }
        }),
        status: status.map(|status| status.name.text(context.locale).to_owned()).unwrap_or_default(),
        group: status.map_or(crate::domain::status::StatusGroup::Lead, |status| status.status_group),
        owner: context
            .people
            .iter()
            .find(|person| person.id == line.owner)
            .map(|person| person.name.clone())
            .unwrap_or_default(),
        todo: line.todo.clone(),
        note: line.note.clone(),
    }
}

/// Which of the lines were made by an earlier import.
async fn known(tx: &mut Tx, module: ModuleId, chunk: &[Planned]) -> Result<HashSet<Fingerprint>> {
    const SQL: &str = "select fingerprint from import_lines where module_id = ";
    let prints: HashMap<String, Fingerprint> =
        chunk.iter().map(|planned| (planned.fingerprint.to_string(), planned.fingerprint)).collect();
    let found: Vec<String> = on!(tx, |conn| {
        let mut query = QueryBuilder::new(SQL);
        query.push_bind(module).push(" and fingerprint in (");
        push_list(&mut query, prints.keys());
        query.build_query_scalar().persistent(false).fetch_all(conn).await
    })?;
    Ok(found.iter().filter_map(|print| prints.get(print).copied()).collect())
}

/// Makes the datasheets of a file, all or nothing, in the transaction given; `progress` hears how many lines are done.
pub async fn make(
    tx: &mut Tx,
    importer: &Importer,
    source: Source<'_>,
    mut progress: impl FnMut(u32),
) -> Result<Made> {
    // Two imports of the same file must not both find that nothing is there yet.
    modules::lock(tx, importer.module).await?;
    let (context, users) = context(tx, importer, source.file).await?;
    let mut planner = planner(context)?;
    let types = modules::types(tx, importer.module).await?;
    let kind = types.iter().find(|kind| kind.icon == TodoIcon::Other).or(types.last()).map(|kind| kind.id);
    let mut zones: HashMap<UserId, Arc<Zone>> = HashMap::new();
    let mut by_name: HashMap<&str, Arc<Zone>> = HashMap::new();
    for user in &users {
        let zone = by_name
            .entry(&user.zone)
            .or_insert_with(|| Arc::new(Zone::load(&user.zone, importer.now).unwrap_or_else(Zone::utc)));
        zones.insert(user.id, Arc::clone(zone));
    }
    let mut run = Run {
        importer,
        file_name: source.name,
        zones,
        kind,
        import: ImportId(tx.new_id(importer.now)),
        tally: Tally::default(),
    };

    let mut imported = Imported { made: 0, already: 0, left_out: 0, undo: None, orders: None };
    let mut broken = Remarks::default();
    let mut records = source.file.records();
    let mut done = 0;
    loop {
        let mut chunk: Vec<Planned> =
            records.by_ref().take(CHUNK).map(|record| planner.plan(&record)).collect();
        if chunk.is_empty() {
            break;
        }
        done += u32::try_from(chunk.len()).unwrap_or(u32::MAX);
        let known = known(tx, importer.module, &chunk).await?;
        let all = chunk.len();
        chunk.retain(|planned| !known.contains(&planned.fingerprint));
        imported.already += u32::try_from(all - chunk.len()).unwrap_or(u32::MAX);
        let mut lines = Vec::with_capacity(chunk.len());
        for planned in chunk {
            match planned.line {
                Ok(line) => lines.push((planned.number, planned.fingerprint, line)),
                Err(says) => {
                    broken.push(|| Remark { line: planned.number, text: planned.beginning, says });
                }
            }
        }
        // Once the file is refused only the broken lines are of interest.
        if !lines.is_empty() && (source.skip_broken || broken.count == 0) {
            if imported.made == 0 {
                run.begin(tx).await?;
            }
            imported.made += u32::try_from(lines.len()).unwrap_or(u32::MAX);
            run.make(tx, lines).await?;
        }
        progress(done);
    }
    if broken.count > 0 && !source.skip_broken {
        return Ok(Made::Broken(broken));
    }
    imported.left_out = broken.count;
    if imported.made > 0 {
        imported.undo = Some(run.end(tx, imported.made).await?);
    }
    Ok(Made::Done(imported))
}

/// An import that is being made.
struct Run<'a> {
    importer: &'a Importer,
    file_name: &'a str,
    zones: HashMap<UserId, Arc<Zone>>,
    /// The type of to-dos: the file does not say.
    kind: Option<TodoTypeId>,
    import: ImportId,
    /// Added at the end: whoever changes a status meanwhile waits for these rows.
    tally: Tally,
}

impl Run<'_> {
    async fn begin(&self, tx: &mut Tx) -> Result<()> {
        const SQL: &str = "insert into imports (id, module_id, user_id, file_name, made, at) values ($1, $2, $3, $4, 0, $5)";
        on!(tx, |conn| sqlx::query(SQL)
            .bind(self.import)
            .bind(self.importer.module)
            .bind(self.importer.user)
            .bind(self.file_name)
            .bind(self.importer.now)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    async fn make(&mut self, tx: &mut Tx, lines: Vec<(u32, Fingerprint, Line)>) -> Result<()> {
        let contacts = Contacts::of(tx, self.importer, &lines).await?;
        bulk::insert_contacts(tx, &contacts.new).await?;
        let now = self.importer.now;
        let mut datasheets = Vec::with_capacity(lines.len());
        let mut prints = Vec::with_capacity(lines.len());
        for ((number, print, line), (contact, phone)) in lines.into_iter().zip(contacts.of_lines) {
            let id = DatasheetId(tx.new_id(now));
            prints.push((print.to_string(), id));
            let contact_names = line.contact.as_ref().map_or(vec![], |contact| match &contact.who {
                Who::Person { name, company } => {
                    [Some(name), company.as_ref()].into_iter().flatten().cloned().collect()
                }
                Who::Company(name) => vec![name.clone()],
                Who::Unnamed => vec![],
            });
            let phone = phone.map(|phone| format!("{}: {phone}", texts::phone(self.importer.locale)));
            let notes: Vec<String> = line.note.into_iter().chain(phone).collect();
            let what = What::Imported {
                name: line.name.clone(),
                file: self.file_name.to_owned(),
                line: number,
                note: (!notes.is_empty()).then(|| notes.join("\n")),
            };
            let todos = match line.todo {
                Some((text, due)) => {
                    let zone = self.zones.get(&line.owner).unwrap_or(&self.importer.zone);
                    vec![NewTodo {
                        id: TodoId(tx.new_id(now)),
                        kind: self.kind.ok_or(Error::invalid(Field::Todo, Problem::Unknown))?,
                        assignee: line.owner,
                        text,
                        due,
                        moment: due.moment(zone),
                        postponed: 0,
                        created_at: now,
                        created_by: self.importer.user,
                        closed: None,
                    }]
                }
                None => vec![],
            };
            datasheets.push(NewDatasheet {
                id,
                module: self.importer.module,
                status: self.importer.start.as_ref().map_or(line.status, |start| start.status),
                owner: line.owner,
                name: line.name,
                contact,
                contact_names,
                created_at: now,
                modified_at: now,
                import: Some(self.import),
                process: self.importer.start.as_ref().map(|start| start.process.clone()),
                todos,
                events: vec![bulk::NewEvent {
                    id: EventId(tx.new_id(now)),
                    at: now,
                    by: Some(self.importer.user),
                    what,
                    batch: Some(EventId(self.import.0)),
                }],
            });
        }
        self.tally.merge(bulk::insert_uncounted(tx, &datasheets).await?);
        prints.sort_unstable();
        self.note_lines(tx, &prints).await
    }

    async fn note_lines(&self, tx: &mut Tx, prints: &[(String, DatasheetId)]) -> Result<()> {
        const SQL: &str = "insert into import_lines (module_id, fingerprint, import_id, datasheet_id) ";
        on!(tx, |conn| {
            let mut query = QueryBuilder::new(SQL);
            query.push_values(prints, |mut row, (print, datasheet)| {
                row.push_bind(self.importer.module)
                    .push_bind(print)
                    .push_bind(self.import)
                    .push_bind(*datasheet);
            });
            query.build().persistent(false).execute(conn).await.map(drop)
        })?;
        Ok(())
    }

    /// Counts what was made, and makes the import's own entry, which has its number.
    async fn end(self, tx: &mut Tx, made: u32) -> Result<EventId> {
        self.tally.save(tx).await?;
        const SQL: &str = "update imports set made = $2 where id = $1";
        on!(tx, |conn| sqlx::query(SQL)
            .bind(self.import)
            .bind(i64::from(made))
            .execute(conn)
            .await
            .map(drop))?;
        let event = EventId(self.import.0);
        let entry = events::NewEvent {
            at: self.importer.now,
            by: Some(self.importer.user),
            module: Some(self.importer.module),
            datasheet: None,
            what: What::ImportDone { file: self.file_name.to_owned(), made },
            undo: None,
            batch: None,
        };
        events::add_all(tx, vec![(event, entry)]).await?;
        Ok(event)
    }
}

/// The contacts of some lines: found, or to be made.
#[derive(Default)]
struct Contacts {
    /// To be made, companies before the people who work for them.
    new: Vec<NewContact>,
    /// For each line its contact, and a phone number that the contact does not have.
    of_lines: Vec<(Option<ContactId>, Option<String>)>,
}

/// A contact that is there, with its phone numbers, `;` between them.
type Found = (ContactId, Option<String>);

/// What makes two people the same: name and address; and the company, where the line names one.
type PersonKey = (String, Option<String>, Option<ContactId>);

impl Contacts {
    /// Finds the contacts of some lines, by name and e-mail address. An address that several people share does not make them
    /// one; people without an address are the same only within a company, or both without one.
    async fn of(tx: &mut Tx, importer: &Importer, lines: &[(u32, Fingerprint, Line)]) -> Result<Self> {
        let mut contacts = Self::default();
        let now = importer.now;
        let lines: Vec<&Line> = lines.iter().map(|(_, _, line)| line).collect();

        // Companies: of people by name alone; on their own also by address.
        let mut companies: HashMap<(String, Option<String>), Option<Found>> = HashMap::new();
        for line in &lines {
            if let Some(key) = company_key(line) {
                companies.entry(key).or_default();
            }
        }
        find_companies(tx, &mut companies).await?;
        let mut company_of = Vec::with_capacity(lines.len());
        for line in &lines {
            let Some(key) = company_key(line) else {
                company_of.push(None);
                continue;
            };
            let (name, is_alone) = match line.contact.as_ref().map(|contact| &contact.who) {
                Some(Who::Company(name)) => (name, true),
                Some(Who::Person { company: Some(name), .. }) => (name, false),
                _ => return Err(Error::Server),
            };
            let by_name = companies.get(&(key.0.clone(), None)).cloned().flatten();
            let found =
                companies.get(&key).cloned().flatten().or(if key.1.is_none() { by_name } else { None });
            let found = if let Some(found) = found {
                found
            } else {
                let own = line.contact.as_ref().filter(|_| is_alone);
                let contact = NewContact {
                    id: ContactId(tx.new_id(now)),
                    is_business: true,
                    name: name.clone(),
                    business: None,
                    email: own.and_then(|own| own.email.clone()),
                    phone: own.and_then(|own| own.phone.clone()),
                    at: now,
                };
                let found = (contact.id, contact.phone.clone());
                contacts.new.push(contact);
                companies.entry((key.0.clone(), None)).or_default().get_or_insert_with(|| found.clone());
                companies.insert(key, Some(found.clone()));
                found
            };
            company_of.push(Some(found));
        }

        // People.
        let mut people: HashMap<PersonKey, Option<Found>> = HashMap::new();
        let mut by_address: HashMap<String, Option<Found>> = HashMap::new();
        for (line, company) in lines.iter().zip(&company_of) {
            if let Some(key) = person_key(line, company.as_ref()) {
                if let (Some(address), true) = (&key.1, is_unnamed(line)) {
                    by_address.entry(address.clone()).or_default();
                } else {
                    people.entry(key).or_default();
                }
            }
        }
        find_people(tx, &mut people).await?;
        find_addresses(tx, &mut by_address).await?;
        for (line, company) in lines.iter().zip(company_of) {
            let Some(contact) = &line.contact else {
                contacts.of_lines.push((None, None));
                continue;
            };
            let found = match person_key(line, company.as_ref()) {
                None => company,
                Some(key) => {
                    let known = match (&key.1, is_unnamed(line)) {
                        (Some(address), true) => by_address.get(address).cloned().flatten(),
                        _ => people.get(&key).cloned().flatten(),
                    };
                    if known.is_some() {
                        known
                    } else {
                        let new = NewContact {
                            id: ContactId(tx.new_id(now)),
                            is_business: false,
                            name: contact.name(&line.name).to_owned(),
                            business: key.2,
                            email: contact.email.clone(),
                            phone: contact.phone.clone(),
                            at: now,
                        };
                        let found = (new.id, new.phone.clone());
                        contacts.new.push(new);
                        if let Some(address) = &key.1 {
                            by_address
                                .entry(address.clone())
                                .or_default()
                                .get_or_insert_with(|| found.clone());
                            // Without a company the name and the address are enough.
                            let any = (key.0.clone(), key.1.clone(), None);
                            people.entry(any).or_default().get_or_insert_with(|| found.clone());
                        }
                        people.insert(key, Some(found.clone()));
                        Some(found)
                    }
                }
            };
            let phone = contact.phone.clone().filter(|phone| {
                let known = found.as_ref().and_then(|(_, phones)| phones.as_deref()).unwrap_or_default();
                known.split(';').all(|known| digits(known) != digits(phone))
            });
            contacts.of_lines.push((found.map(|(id, _)| id), phone));
        }
        Ok(contacts)
    }
}

/// An e-mail address as those of contacts are compared.
fn address_key(email: Option<&str>) -> Option<String> {
    DetailKind::Email.key(email?)
}

/// The digits of a phone number: how they are grouped does not matter.
fn digits(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}

fn is_unnamed(line: &Line) -> bool {
    line.contact.as_ref().is_some_and(|contact| contact.who == Who::Unnamed)
}

fn company_key(line: &Line) -> Option<(String, Option<String>)> {
    let contact = line.contact.as_ref()?;
    match &contact.who {
        Who::Company(name) => Some((fold(name), contact.email.clone())),
        Who::Person { company, .. } => company.as_ref().map(|company| (fold(company), None)),
        Who::Unnamed => None,
    }
}

fn person_key(line: &Line, company: Option<&Found>) -> Option<PersonKey> {
    let contact = line.contact.as_ref()?;
    match &contact.who {
        Who::Company(_) => None,
        Who::Person { .. } | Who::Unnamed => {
            let name = contact.name(&line.name);
            Some((fold(name), contact.email.clone(), company.map(|(id, _)| *id)))
        }
    }
}

/// Each wanted thing is looked up on its own, through an index, and the first that fits is taken: a name that a thousand
/// contacts have costs no more than another.
async fn find_companies(
    tx: &mut Tx,
    wanted: &mut HashMap<(String, Option<String>), Option<Found>>,
) -> Result<()> {
    const SQL: &str = "with wanted (k, name_fold, email) as (";
    const FIND: &str = ")
        select w.k, c.id, (
                select string_agg(p.value, ';') from contact_details p where p.contact_id = c.id and p.kind = 'phone')
        from wanted w join contacts c on c.id = case when w.email is null
            then (
                select f.id from contacts f where f.name_fold = w.name_fold and f.kind = 'business' limit 1)
            else (
                select f.id from contact_details d join contacts f on f.id = d.contact_id
                where d.kind = 'email' and d.key = w.email and f.name_fold = w.name_fold and f.kind = 'business'
                limit 1)
            end";
    let list: Vec<_> = wanted.iter_mut().collect();
    if list.is_empty() {
        return Ok(());
    }
    let found: Vec<(i64, ContactId, Option<String>)> = on!(tx, |conn| {
        let mut query = QueryBuilder::new(SQL);
        query.push_values(list.iter().zip(0_i64..), |mut row, (((name, email), _), k)| {
            row.push_bind(k);
            row.push("cast(").push_bind_unseparated(name).push_unseparated(" as text)");
            row.push("cast(")
                .push_bind_unseparated(address_key(email.as_deref()))
                .push_unseparated(" as text)");
        });
        query.push(FIND);
        query.build_query_as().persistent(false).fetch_all(conn).await
    })?;
    put(list, found)
}

async fn find_people(tx: &mut Tx, wanted: &mut HashMap<PersonKey, Option<Found>>) -> Result<()> {
    const SQL: &str = "with wanted (k, name_fold, email, business_id) as (";
    const FIND: &str = ")
        select w.k, c.id, (
                select string_agg(p.value, ';') from contact_details p where p.contact_id = c.id and p.kind = 'phone')
        from wanted w join contacts c on c.id = case when w.email is null
            then (
                select f.id from contacts f
                where f.name_fold = w.name_fold and f.email is null and f.kind = 'person'
                    and coalesce(f.business_id, 0) = coalesce(w.business_id, 0)
                limit 1)
            else (
                select f.id from contact_details d join contacts f on f.id = d.contact_id
                where d.kind = 'email' and d.key = w.email and f.name_fold = w.name_fold and f.kind = 'person'
                    and (w.business_id is null or f.business_id = w.business_id)
                limit 1)
            end";
    let list: Vec<_> = wanted.iter_mut().collect();
    if list.is_empty() {
        return Ok(());
    }
    let found: Vec<(i64, ContactId, Option<String>)> = on!(tx, |conn| {
        let mut query = QueryBuilder::new(SQL);
        query.push_values(list.iter().zip(0_i64..), |mut row, (((name, email, business), _), k)| {
            row.push_bind(k);
            row.push("cast(").push_bind_unseparated(name).push_unseparated(" as text)");
            row.push("cast(")
                .push_bind_unseparated(address_key(email.as_deref()))
                .push_unseparated(" as text)");
            row.push("cast(").push_bind_unseparated(*business).push_unseparated(" as bigint)");
        });
        query.push(FIND);
        query.build_query_as().persistent(false).fetch_all(conn).await
    })?;
    put(list, found)
}

async fn find_addresses(tx: &mut Tx, wanted: &mut HashMap<String, Option<Found>>) -> Result<()> {
    const SQL: &str = "with wanted (k, email) as (";
    const FIND: &str = ")
        select w.k, c.id, (
                select string_agg(p.value, ';') from contact_details p where p.contact_id = c.id and p.kind = 'phone')
        from wanted w join contacts c on c.id = (
            select d.contact_id from contact_details d where d.kind = 'email' and d.key = w.email limit 1)";
    let list: Vec<_> = wanted.iter_mut().collect();
    if list.is_empty() {
        return Ok(());
    }
    let found: Vec<(i64, ContactId, Option<String>)> = on!(tx, |conn| {
        let mut query = QueryBuilder::new(SQL);
        query.push_values(list.iter().zip(0_i64..), |mut row, ((email, _), k)| {
            row.push_bind(k);
            row.push("cast(")
                .push_bind_unseparated(DetailKind::Email.key(email))
                .push_unseparated(" as text)");
        });
        query.push(FIND);
        query.build_query_as().persistent(false).fetch_all(conn).await
    })?;
    put(list, found)
}

fn put<K>(list: Vec<(&K, &mut Option<Found>)>, found: Vec<(i64, ContactId, Option<String>)>) -> Result<()> {
    let mut list: Vec<_> = list.into_iter().map(|(_, place)| place).collect();
    for (k, id, phone) in found {
        let place = usize::try_from(k).ok().and_then(|k| list.get_mut(k)).ok_or(Error::Server)?;
        **place = Some((id, phone));
    }
    Ok(())
}

/// An import that was done.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Import {
    /// Which it is.
    pub id: ImportId,
    /// The module that got the datasheets.
    pub module_id: ModuleId,
    /// Who imported.
    pub user_id: UserId,
    /// Name of the file.
    pub file_name: String,
    /// When.
    pub at: Timestamp,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
}

/// The import of that entry of the history.
pub async fn find(tx: &mut Tx, event: EventId) -> Result<Option<Import>> {
    const SQL: &str = "select id, module_id, user_id, file_name, at, undone_at from imports where id = $1";
    Ok(on!(tx, |conn| sqlx::query_as(SQL).bind(event).fetch_optional(conn).await)?)
}

/// Notes that an import is taken back; `false` when it was before.
pub(super) async fn mark_undone(tx: &mut Tx, import: ImportId, now: Timestamp) -> Result<bool> {
    const SQL: &str = "update imports set undone_at = $2 where id = $1 and undone_at is null";
    Ok(on!(tx, |conn| sqlx::query(SQL)
        .bind(import)
        .bind(now)
        .execute(conn)
        .await
        .map(|done| done.rows_affected() == 1))?)
}

/// The datasheets of import `$1` that nobody has touched since: each write makes an entry in the history, and an entry that is
/// not a part of the import is later than it.
macro_rules! untouched {
    () => {
        "select d.id from datasheets d join imports i on i.id = d.import_id
        where d.import_id = $1 and d.version = 1 and d.modified_at = i.at and d.trashed_at is null
            and not exists (
                select 1 from events e
                where e.datasheet_id = d.id and (e.batch_id is null or e.batch_id <> $1))"
    };
}

/// Takes an import back: removes its datasheets that nobody has touched since, with all that came with them, so that the file
/// can be imported again; keeps the others. `false` in place of the answer when it was taken back before.
pub async fn take_back(
    tx: &mut Tx,
    import: &Import,
    by: UserId,
    now: Timestamp,
) -> Result<Option<TakenBack>> {
    if !mark_undone(tx, import.id, now).await? {
        return Ok(None);
    }
    // Whoever works on one of them waits, and finds it gone or is seen here. `SQLite` has one writer anyway.
    const LOCK: &str = "select id from datasheets where import_id = $1 order by id for update";
    if let super::db::Connection::Postgres(conn) = tx.connection() {
        sqlx::query(LOCK).bind(import.id).execute(conn).await?;
    }
    const ALL: &str = "select cast(count(*) as bigint) from datasheets where import_id = $1";
    let all: i64 = on!(tx, |conn| sqlx::query_scalar(ALL).bind(import.id).fetch_one(conn).await)?;

    const COUNTS: &str = concat!(
        "select module_id, status_id, owner_id, cast(count(*) as bigint) from datasheets where id in (",
        untouched!(),
        ") group by module_id, status_id, owner_id"
    );
    let counts: Vec<(ModuleId, StatusId, UserId, i64)> =
        on!(tx, |conn| sqlx::query_as(COUNTS).bind(import.id).fetch_all(conn).await)?;
    let removed: i64 = counts.iter().map(|(.., n)| n).sum();
    const SUMS: &str = concat!(
        "select module_id, status_id, owner_id, currency, cast(sum(amount) as bigint) from datasheets
        where amount is not null and id in (",
        untouched!(),
        ") group by module_id, status_id, owner_id, currency"
    );
    let sums: Vec<(ModuleId, StatusId, UserId, String, i64)> =
        on!(tx, |conn| sqlx::query_as(SUMS).bind(import.id).fetch_all(conn).await)?;
    const FURTHEST: &str = concat!(
        "select module_id, furthest_id, owner_id, cast(count(*) as bigint) from datasheets
        where furthest_id is not null and id in (",
        untouched!(),
        ") group by module_id, furthest_id, owner_id"
    );
    let furthest: Vec<(ModuleId, StatusId, UserId, i64)> =
        on!(tx, |conn| sqlx::query_as(FURTHEST).bind(import.id).fetch_all(conn).await)?;

    // Contacts that came with them, and their companies.
    const CONTACTS: &str = concat!(
        "select distinct contact_id from datasheets where contact_id is not null and id in (",
        untouched!(),
        ")"
    );
    const COMPANIES: &str = concat!(
        "select distinct c.business_id from contacts c join datasheets s on s.contact_id = c.id
        where c.business_id is not null and s.id in (",
        untouched!(),
        ")"
    );
    let contacts: Vec<ContactId> =
        on!(tx, |conn| sqlx::query_scalar(CONTACTS).bind(import.id).fetch_all(conn).await)?;
    let companies: Vec<ContactId> =
        on!(tx, |conn| sqlx::query_scalar(COMPANIES).bind(import.id).fetch_all(conn).await)?;

    let event = EventId(tx.new_id(now));
    const EVENTS: &str = concat!(
        "update events set undone_by = $2 where batch_id = $1 and datasheet_id in (",
        untouched!(),
        ")"
    );
    on!(tx, |conn| sqlx::query(EVENTS).bind(import.id).bind(event).execute(conn).await.map(drop))?;
    const REMOVE: [&str; 5] = [
        concat!("delete from processes where datasheet_id in (", untouched!(), ")"),
        concat!("delete from search_words where datasheet_id in (", untouched!(), ")"),
        concat!("delete from todos where datasheet_id in (", untouched!(), ")"),
        concat!("delete from import_lines where import_id = $1 and datasheet_id in (", untouched!(), ")"),
        concat!("delete from datasheets where id in (", untouched!(), ")"),
    ];
    for sql in REMOVE {
        on!(tx, |conn| sqlx::query(sql).bind(import.id).execute(conn).await.map(drop))?;
    }
    remove_contacts(tx, &contacts, import.at).await?;
    remove_contacts(tx, &companies, import.at).await?;
    let less = |(module, status, owner, n): (ModuleId, StatusId, UserId, i64)| {
        ((module, status, owner, "owner"), -n)
    };
    bulk::add_counts(tx, counts.into_iter().map(less).collect()).await?;
    let mut less_worth = Vec::with_capacity(sums.len());
    for (module, status, owner, currency, amount) in sums {
        less_worth.push((((module, status, owner, "owner"), Currency::parse(&currency)?), -amount));
    }
    bulk::add_sums(tx, less_worth).await?;
    bulk::add_furthest(tx, furthest.into_iter().map(less).collect()).await?;

    let small = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    let taken = TakenBack { removed: small(removed), kept: small(all - removed) };
    events::save_undone(tx, EventId(import.id.0), event).await?;
    let entry = events::NewEvent {
        at: now,
        by: Some(by),
        module: Some(import.module_id),
        datasheet: None,
        what: What::ImportUndone { file: import.file_name.clone(), removed: taken.removed, kept: taken.kept },
        undo: None,
        batch: None,
    };
    events::add_all(tx, vec![(event, entry)]).await?;
    Ok(Some(taken))
}

/// Removes those of the contacts that were made at that moment, were not changed, and belong to nothing.
pub(super) async fn remove_contacts(tx: &mut Tx, contacts: &[ContactId], made_at: Timestamp) -> Result<()> {
    for chunk in contacts.chunks(CHUNK) {
        let unused: Vec<ContactId> = on!(tx, |conn| {
            let mut query = QueryBuilder::new("select id from contacts where version = 1 and created_at = ");
            query.push_bind(made_at);
            query.push(
                " and not exists (select 1 from datasheets d where d.contact_id = contacts.id)
                and not exists (select 1 from contacts p where p.business_id = contacts.id)
                and not exists (select 1 from events e where e.contact_id = contacts.id)
                and id in (",
            );
            push_list(&mut query, chunk);
            query.build_query_scalar().persistent(false).fetch_all(conn).await
        })?;
        if unused.is_empty() {
            continue;
        }
        for sql in [
            "delete from contact_words where contact_id in (",
            "delete from contact_details where contact_id in (",
            "delete from contacts where id in (",
        ] {
            on!(tx, |conn| {
                let mut query = QueryBuilder::new(sql);
                push_list(&mut query, &unused);
                query.build().persistent(false).execute(conn).await.map(drop)
            })?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            datasheet::ListKey,
            import::{Doubt, Reason},
            module::Template,
            process::Process,
            user::{Role, UserForm},
        },
        store::{
            Db, datasheets,
            testing::{NOW, on_both},
            todos,
        },
    };

    const FILE: &str = "Név;Személy;Cég;E-mail;Telefon;Státusz;Felelős;Teendő;Határidő;Megjegyzés\n\
        Tető;Kis Pál;Tető Kft.;pal@teto.hu;1234;Folyamatban;bela@pelda.hu;Hívni;2026. 11. 24. 14:30;jó\n\
        Kazán;Kis Pál;Tető Kft.;pal@teto.hu;99;;;;;\n\
        Kapu;;Kapu Bt.;;;Új;;Írni;2026. 12. 01.;\n";

    /// Anna, an admin in Budapest; Béla in New York; a module of the template without a name of its own.
    async fn office(db: &Db) -> Importer {
        let mut tx = db.begin().await.unwrap();
        let module = modules::seed_from_template(&mut tx, Template::Custom, "Egyéni", Locale::Hu, NOW)
            .await
            .unwrap()
            .id;
        let form = |name: &str, email: &str, role, zone: &str| UserForm {
            name: name.to_owned(),
            email: email.to_owned(),
            role,
            state: UserState::Active,
            zone: zone.to_owned(),
            modules: vec![module],
        };
        let anna = form("Kovács Anna", "anna@pelda.hu", Role::Admin, "Europe/Budapest");
        let bela = form("Nagy Béla", "bela@pelda.hu", Role::User, "America/New_York");
        let user = users::add(&mut tx, &anna, None, NOW).await.unwrap();
        users::add(&mut tx, &bela, None, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let zone = Arc::new(Zone::load("Europe/Budapest", NOW).unwrap());
        Importer { module, user, zone, locale: Locale::Hu, now: NOW, start: None }
    }

    fn file(text: &str) -> File {
        File::read(text.as_bytes().to_vec()).unwrap()
    }

    async fn import(db: &Db, importer: &Importer, text: &str, skip_broken: bool) -> Made {
        let file = file(text);
        let mut tx = db.begin().await.unwrap();
        let source = Source { file: &file, name: "adatok.csv", skip_broken };
        let made = make(&mut tx, importer, source, |_| {}).await.unwrap();
        if matches!(made, Made::Done(_)) {
            tx.commit().await.unwrap();
        }
        made
    }

    async fn imported(db: &Db, importer: &Importer, text: &str) -> Imported {
        match import(db, importer, text, false).await {
            Made::Done(imported) => imported,
            Made::Broken(broken) => panic!("{broken:?}"),
        }
    }

    async fn count(db: &Db, sql: &'static str) -> i64 {
        let mut tx = db.read().await.unwrap();
        on!(tx, |conn| sqlx::query_scalar(sql).fetch_one(conn).await).unwrap()
    }

    /// How many rows each table of datasheets has.
    async fn sizes(db: &Db) -> Vec<i64> {
        let mut sizes = vec![];
        for sql in [
            "select cast(count(*) as bigint) from datasheets",
            "select cast(count(*) as bigint) from todos",
            "select cast(count(*) as bigint) from contacts",
            "select cast(count(*) as bigint) from search_words",
            "select cast(count(*) as bigint) from import_lines",
            "select cast(coalesce(sum(n), 0) as bigint) from status_counts",
            "select cast(count(*) as bigint) from processes",
        ] {
            sizes.push(count(db, sql).await);
        }
        sizes
    }

    /// Compares the counts, the next to-do and the place in the list with a recomputation.
    async fn check(db: &Db) {
        const COUNTED: &str = "select cast(count(*) as bigint) from (
            select c.module_id, c.status_id, c.user_id, c.tie, c.n from status_counts c where c.n <> 0
            except
            select d.module_id, d.status_id, d.owner_id, 'owner', cast(count(*) as bigint) from datasheets d
            where d.trashed_at is null group by d.module_id, d.status_id, d.owner_id) wrong";
        const UNCOUNTED: &str = "select cast(count(*) as bigint) from (
            select d.module_id, d.status_id, d.owner_id, 'owner', cast(count(*) as bigint) from datasheets d
            where d.trashed_at is null group by d.module_id, d.status_id, d.owner_id
            except
            select c.module_id, c.status_id, c.user_id, c.tie, c.n from status_counts c) wrong";
        const NEXT: &str = "select cast(count(*) as bigint) from datasheets d
            left join todos t on t.id = (
                select o.id from todos o where o.datasheet_id = d.id and o.closed_at is null
                order by o.due_at, o.id limit 1)
            where coalesce(d.next_todo_id, 0) <> coalesce(t.id, 0) or coalesce(d.next_due_at, 0) <> coalesce(t.due_at, 0)";
        const SUMMED: &str = "select cast(count(*) as bigint) from (
            select s.status_id, s.user_id, s.tie, s.currency, s.amount from status_sums s where s.amount <> 0
            except
            select d.status_id, d.owner_id, 'owner', d.currency, cast(sum(d.amount) as bigint) from datasheets d
            where d.trashed_at is null and d.amount is not null group by d.status_id, d.owner_id, d.currency) wrong";
        const FURTHEST: &str = "select cast(count(*) as bigint) from (
            select f.status_id, f.user_id, f.tie, f.n from furthest_counts f where f.n <> 0
            except
            select d.furthest_id, d.owner_id, 'owner', cast(count(*) as bigint) from datasheets d
            where d.trashed_at is null and d.furthest_id is not null group by d.furthest_id, d.owner_id) wrong";
        const DANGLING: &str = "select cast(count(*) as bigint) from search_words w
            where not exists (select 1 from datasheets d where d.id = w.datasheet_id)";
        for sql in [COUNTED, UNCOUNTED, NEXT, SUMMED, FURTHEST, DANGLING] {
            assert_eq!(count(db, sql).await, 0, "{sql}");
        }
        let mut tx = db.read().await.unwrap();
        let keys: Vec<(Option<Timestamp>, Timestamp, ListKey)> =
            on!(tx, |conn| sqlx::query_as("select next_due_at, modified_at, list_key from datasheets")
                .fetch_all(conn)
                .await)
            .unwrap();
        for (due, modified, key) in keys {
            assert_eq!(key, ListKey::of(due, modified));
        }
    }

    async fn ids(db: &Db) -> Vec<DatasheetId> {
        let mut tx = db.read().await.unwrap();
        on!(tx, |conn| sqlx::query_scalar("select id from datasheets order by id").fetch_all(conn).await)
            .unwrap()
    }

    async fn undo(db: &Db, event: EventId, by: UserId) -> Option<TakenBack> {
        let mut tx = db.begin().await.unwrap();
        let import = find(&mut tx, event).await.unwrap().unwrap();
        let taken = take_back(&mut tx, &import, by, NOW.plus_seconds(60)).await.unwrap();
        tx.commit().await.unwrap();
        taken
    }

    on_both! {
        async fn a_file_becomes_datasheets_with_todos_contacts_and_history(test: TestDb) {
            let importer = office(&test.db).await;
            let done = imported(&test.db, &importer, FILE).await;
            assert_eq!((done.made, done.already, done.left_out), (3, 0, 0));
            check(&test.db).await;
            let ids = ids(&test.db).await;
            let mut tx = test.db.read().await.unwrap();
            let rows = datasheets::rows(&mut tx, &ids).await.unwrap();
            assert_eq!(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["Tető", "Kazán", "Kapu"]);
            let first = rows[0].todo.as_ref().unwrap();
            // 14:30 is meant in the importer's zone.
            assert_eq!((first.text.as_str(), first.moment), ("Hívni", Timestamp(1_795_527_000_000)));
            assert_ne!(first.assignee, importer.user);
            assert_eq!(rows[1].todo, None);
            assert_eq!(rows[2].owner, importer.user);
            assert!(rows[0].contact.as_ref().is_some_and(|contact| contact.contains("Kis Pál")), "{:?}", rows[0]);

            let history = events::page(&mut tx, ids[1], None, 10).await.unwrap();
            assert_eq!(history.len(), 1);
            // The second line has another phone number for the same person: it is not lost.
            assert_eq!(history[0].what, What::Imported {
                name: "Kazán".to_owned(), file: "adatok.csv".to_owned(), line: 3, note: Some("Telefon: 99".to_owned()),
            });
            drop(tx);
            assert_eq!(count(&test.db, "select cast(count(*) as bigint) from contacts").await, 3);
            assert_eq!(count(&test.db, "select made from imports").await, 3);
        }

        async fn a_contact_is_known_by_any_of_its_addresses_and_numbers(test: TestDb) {
            let importer = office(&test.db).await;
            imported(&test.db, &importer, FILE).await;
            let mut tx = test.db.begin().await.unwrap();
            let pal: ContactId = {
                const SQL: &str = "select id from contacts where name = 'Kis Pál'";
                on!(tx, |conn| sqlx::query_scalar(SQL).fetch_one(conn).await).unwrap()
            };
            for (kind, value) in [(DetailKind::Email, "Pali@Otthon.hu"), (DetailKind::Phone, "+36 30 555 44 33")] {
                let id = crate::domain::id::DetailId(tx.new_id(NOW));
                let label = crate::domain::contact::DetailLabel::Home;
                let detail = crate::domain::contact::Detail { id, kind, label, value: value.to_owned(), version: 1 };
                crate::store::contacts::add_detail(&mut tx, pal, &detail).await.unwrap();
            }
            tx.commit().await.unwrap();
            let before = count(&test.db, "select cast(count(*) as bigint) from contacts").await;
            let file = "Név;Személy;Cég;E-mail;Telefon\nPince;Kis Pál;Tető Kft.;pali@otthon.hu;+36 (30) 555-4433\nFal;;;pali@otthon.hu;1234\n";
            imported(&test.db, &importer, file).await;
            assert_eq!(count(&test.db, "select cast(count(*) as bigint) from contacts").await, before, "nobody is new");
            let ids = ids(&test.db).await;
            let mut tx = test.db.read().await.unwrap();
            let rows = datasheets::rows(&mut tx, &ids[3..]).await.unwrap();
            assert_eq!(rows.iter().map(|row| row.contact_id).collect::<Vec<_>>(), [Some(pal), Some(pal)]);
            for id in &ids[3..] {
                let history = events::page(&mut tx, *id, None, 10).await.unwrap();
                assert!(matches!(&history[0].what, What::Imported { note: None, .. }), "{:?}", history[0].what);
            }
        }

        async fn in_sales_all_lines_start_to_be_qualified_and_an_undo_leaves_nothing(test: TestDb) {
            let mut importer = office(&test.db).await;
            let mut tx = test.db.begin().await.unwrap();
            let template = Template::Fixed(Process::Sales);
            let module = modules::seed_from_template(&mut tx, template, "Sales", Locale::Hu, NOW).await.unwrap().id;
            let status = statuses::by_process_key(&mut tx, module).await.unwrap()["to_qualify"];
            tx.commit().await.unwrap();
            let process = NewProcess { facts: Process::Sales.first_facts(), wakes_at: None };
            importer.module = module;
            importer.start = Some(Start { status, process });
            let before = sizes(&test.db).await;
            let file = "Név;Felelős;Státusz;Teendő\nTető;;Célcsoport;Hívni\nKazán;;;\n";
            let mut tx = test.db.read().await.unwrap();
            let preview = survey(&mut tx, &importer, &self::file(file)).await.unwrap();
            assert_eq!((preview.made, preview.doubtful.count, preview.broken.count), (2, 2, 0), "{preview:?}");
            drop(tx);
            let done = imported(&test.db, &importer, file).await;
            check(&test.db).await;
            for (sql, n) in [
                ("select cast(count(*) as bigint) from processes", 2),
                ("select cast(count(*) as bigint) from datasheets where furthest_id = status_id", 2),
                ("select cast(sum(n) as bigint) from furthest_counts", 2),
            ] {
                assert_eq!(count(&test.db, sql).await, n, "{sql}");
            }
            let taken = undo(&test.db, done.undo.unwrap(), importer.user).await.unwrap();
            assert_eq!((taken.removed, taken.kept), (2, 0));
            check(&test.db).await;
            assert_eq!(sizes(&test.db).await, before);
            assert_eq!(count(&test.db, "select cast(sum(n) as bigint) from furthest_counts").await, 0);
        }

        async fn a_day_ends_in_the_zone_of_the_todos_assignee(test: TestDb) {
            let importer = office(&test.db).await;
            imported(&test.db, &importer, "Név;Felelős;Teendő;Határidő\nA;Nagy Béla;x;2026. 12. 01.\n").await;
            let due = count(&test.db, "select due_at from todos").await;
            let new_york = Zone::load("America/New_York", NOW).unwrap();
            assert_eq!(Timestamp(due), new_york.end_of_day("2026-12-01".parse().unwrap()));
        }

        async fn the_same_file_twice_makes_nothing_twice(test: TestDb) {
            let importer = office(&test.db).await;
            imported(&test.db, &importer, FILE).await;
            let before = sizes(&test.db).await;
            let again = imported(&test.db, &importer, FILE).await;
            assert_eq!(again, Imported { made: 0, already: 3, left_out: 0, undo: None, orders: None });
            assert_eq!(sizes(&test.db).await, before);
            // One more line, and one line that stands there once more.
            let more = format!("{FILE}Kapu;;Kapu Bt.;;;Új;;Írni;2026. 12. 01.;\nAjtó;;;;;;;;;\n");
            let more = imported(&test.db, &importer, &more).await;
            assert_eq!((more.made, more.already), (2, 3));
            check(&test.db).await;
        }

        async fn a_broken_line_refuses_the_whole_file(test: TestDb) {
            let importer = office(&test.db).await;
            let before = sizes(&test.db).await;
            let text = format!("{FILE}Rossz;;;;;Nincs ilyen;;;;\n");
            let Made::Broken(broken) = import(&test.db, &importer, &text, false).await else { panic!("made") };
            assert_eq!((broken.count, broken.first[0].line), (1, 5));
            assert_eq!(broken.first[0].says, [Reason::StatusUnknown { text: "Nincs ilyen".to_owned() }]);
            assert_eq!(sizes(&test.db).await, before);

            let Made::Done(done) = import(&test.db, &importer, &text, true).await else { panic!("refused") };
            assert_eq!((done.made, done.left_out), (3, 1));
            check(&test.db).await;
        }

        async fn a_failure_inside_leaves_nothing_behind(test: TestDb) {
            let importer = office(&test.db).await;
            // More than one chunk; then the transaction is lost, as when the program ends.
            let mut text = "Név;Személy;Cég;E-mail\n".to_owned();
            for i in 0..CHUNK + 50 {
                use std::fmt::Write as _;
                writeln!(text, "Eset {i};Ember {i};Cég {};a{i}@b.hu", i % 7).unwrap();
            }
            let before = sizes(&test.db).await;
            let file = file(&text);
            let source = Source { file: &file, name: "adatok.csv", skip_broken: false };
            let mut tx = test.db.begin().await.unwrap();
            let mut heard = vec![];
            make(&mut tx, &importer, source, |done| heard.push(done)).await.unwrap();
            drop(tx);
            assert_eq!(heard, [1000, 1050]);
            assert_eq!(sizes(&test.db).await, before);
            let done = imported(&test.db, &importer, &text).await;
            assert_eq!(done.made, 1050);
            assert_eq!(count(&test.db, "select cast(count(*) as bigint) from contacts where kind = 'business'").await, 7);
            check(&test.db).await;
        }

        async fn the_preview_tells_what_the_import_then_does(test: TestDb) {
            let importer = office(&test.db).await;
            imported(&test.db, &importer, "Név\nRégi\n").await;
            let text = "Név;Státusz;Teendő;Határidő;Szín\nRégi;;;;\nÚj;;Hívni;;\nMás;Sikeres;x;2026-12-01;\nRossz;?;;;\n";
            let mut tx = test.db.read().await.unwrap();
            let preview = survey(&mut tx, &importer, &file(text)).await.unwrap();
            drop(tx);
            assert_eq!((preview.made, preview.todos, preview.already), (2, 2, 1));
            assert_eq!(preview.left_out, ["Szín"]);
            assert_eq!((preview.doubtful.count, preview.doubtful.first[0].line), (1, 3));
            assert_eq!(
                preview.doubtful.first[0].says,
                [Doubt::StatusAssumed { status: "Új".to_owned() }, Doubt::DueAssumed]
            );
            assert_eq!((preview.broken.count, preview.broken.first[0].line), (1, 5));
            assert_eq!(preview.rows[1].status, "Sikeres");
            let Made::Done(done) = import(&test.db, &importer, text, true).await else { panic!("refused") };
            assert_eq!((done.made, done.already, done.left_out), (2, 1, 1));
        }

        async fn contacts_are_found_again_and_different_people_stay_different(test: TestDb) {
            let importer = office(&test.db).await;
            let headings = "Név;Személy;Cég;E-mail;Telefon";
            let first = format!("{headings}\nA;Kis Pál;Tető Kft.;pal@teto.hu;1\nB;Nagy Éva;;info@teto.hu;\nC;Kis Pál;;;\n");
            imported(&test.db, &importer, &first).await;
            let people = "select cast(count(*) as bigint) from contacts where kind = 'person'";
            assert_eq!(count(&test.db, people).await, 3);
            // The same: by name and address, with and without the company; by address alone; by name where neither has one.
            let same = format!(
                "{headings}\nD;KIS PÁL;tető kft.;PAL@teto.hu;1\nE;Kis Pál;;pal@teto.hu;\nF;;;info@teto.hu;\nG;Kis Pál;;;\n"
            );
            imported(&test.db, &importer, &same).await;
            assert_eq!(count(&test.db, people).await, 3);
            // Others: another name at a shared address, another company, the company without the address.
            let others = format!(
                "{headings}\nH;Tóth Ida;;info@teto.hu;\nI;Kis Pál;Kapu Bt.;pal@teto.hu;\nJ;Kis Pál;Tető Kft.;;\n"
            );
            imported(&test.db, &importer, &others).await;
            assert_eq!(count(&test.db, people).await, 6);
            assert_eq!(count(&test.db, "select cast(count(*) as bigint) from contacts where kind = 'business'").await, 2);
        }

        async fn undo_takes_the_whole_import_back_and_the_file_can_come_again(test: TestDb) {
            let importer = office(&test.db).await;
            imported(&test.db, &importer, "Név;Cég\nRégi;Kapu Bt.\n").await;
            let before = sizes(&test.db).await;
            let later = Importer { now: NOW.plus_seconds(10), ..importer.clone() };
            let done = imported(&test.db, &later, FILE).await;
            let taken = undo(&test.db, done.undo.unwrap(), importer.user).await;
            assert_eq!(taken, Some(TakenBack { removed: 3, kept: 0 }));
            assert_eq!(sizes(&test.db).await, before);
            check(&test.db).await;
            assert_eq!(undo(&test.db, done.undo.unwrap(), importer.user).await, None);
            assert_eq!(imported(&test.db, &later, FILE).await.made, 3);
        }

        async fn undo_keeps_what_somebody_has_worked_on(test: TestDb) {
            let importer = office(&test.db).await;
            let done = imported(&test.db, &importer, FILE).await;
            let ids = ids(&test.db).await;
            // Béla's to-do is closed, as the server function does it.
            let mut tx = test.db.begin().await.unwrap();
            let before = datasheets::lock(&mut tx, ids[0]).await.unwrap().unwrap();
            let mut all = todos::all(&mut tx, ids[0], 50).await.unwrap();
            let mut todo = all.remove(0);
            todo.closed = Some(crate::domain::todo::Closed {
                outcome: crate::domain::todo::Outcome::Done,
                at: NOW.plus_seconds(5),
                by: importer.user,
                note: None,
            });
            todos::save(&mut tx, &todo).await.unwrap();
            todos::refresh_next(&mut tx, &before, Some(NOW.plus_seconds(5))).await.unwrap();
            let entry = events::NewEvent {
                at: NOW.plus_seconds(5),
                by: Some(importer.user),
                module: Some(importer.module),
                datasheet: Some(ids[0]),
                what: What::TodoClosed {
                    text: "Hívni".to_owned(), outcome: crate::domain::todo::Outcome::Done, note: None, next: None,
                },
                undo: None,
                batch: None,
            };
            events::add(&mut tx, entry).await.unwrap();
            tx.commit().await.unwrap();

            let taken = undo(&test.db, done.undo.unwrap(), importer.user).await;
            assert_eq!(taken, Some(TakenBack { removed: 2, kept: 1 }));
            check(&test.db).await;
            let mut tx = test.db.read().await.unwrap();
            assert!(datasheets::find(&mut tx, ids[0]).await.unwrap().is_some());
            drop(tx);
            // The contact that the kept one shares with a removed one is still there, Kapu Bt. is not.
            assert_eq!(count(&test.db, "select cast(count(*) as bigint) from contacts").await, 2);
            // What was kept is recognised, the rest is made again.
            let again = imported(&test.db, &importer, FILE).await;
            assert_eq!((again.made, again.already), (2, 1));
            check(&test.db).await;
        }
    }
}
