//! From records to datasheets: who is meant by an owner, which status, when a to-do is due, and what is wrong with a line.
//!
//! Nothing is guessed: what cannot be understood in one way only is a reason not to make the line.

use std::collections::{BTreeSet, HashMap};

use sha2::{Digest as _, Sha256};

use super::{Column, Doubt, Reason, read::Record, read::beginning_of};
use crate::{
    domain::{
        due::{Due, parse_due},
        id::{StatusId, UserId},
        process::Process,
        status::StatusTree,
        text::{NAME_MAX, TEXT_MAX, email, fold, line, lines},
        time::Timestamp,
        zone::Zone,
    },
    error::{Field, Problem},
    i18n::{Locale, errors, import as texts},
};

/// Somebody whom a line may name as owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Who it is.
    pub id: UserId,
    /// Their full name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// Whether work in the module can be given to them.
    pub available: bool,
}

/// What lines are understood against.
#[derive(Clone, Debug)]
pub struct Context {
    /// The statuses of the module.
    pub tree: StatusTree,
    /// All users.
    pub people: Vec<Candidate>,
    /// Who imports: the owner of lines that name none.
    pub importer: UserId,
    /// The zone in which hours are meant.
    pub zone: Zone,
    /// The language of what is assumed.
    pub locale: Locale,
    /// Now: for «tomorrow», and for to-dos without a due time.
    pub now: Timestamp,
    /// In a fixed module, what moves the statuses in the place of the file.
    pub process: Option<Process>,
    /// Whether the file has a status column: only then is an empty cell worth a doubt.
    pub has_status: bool,
    /// Whether the file has an owner column.
    pub has_owner: bool,
}

/// A line that was imported is recognised by this: a hash of what its understood cells say, and of how many lines before it
/// in the file say the same. The order of the columns, unknown columns and white space do not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 16]);

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What is to be done with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The line's number in the file.
    pub number: u32,
    /// How it begins.
    pub beginning: String,
    /// Recognises it.
    pub fingerprint: Fingerprint,
    /// What to make of it, or why nothing.
    pub line: Result<Line, Vec<Reason>>,
}

/// A datasheet to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The case's name.
    pub name: String,
    /// Whom it is about.
    pub contact: Option<Contact>,
    /// Where it stands.
    pub status: StatusId,
    /// Who is responsible, and does the to-do.
    pub owner: UserId,
    /// Text and due time of its to-do.
    pub todo: Option<(String, Due)>,
    /// For the history.
    pub note: Option<String>,
    /// What was assumed.
    pub doubts: Vec<Doubt>,
}

/// A contact that a line names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Who.
    pub who: Who,
    /// The person's e-mail address; the company's where there is no person.
    pub email: Option<String>,
    /// The same for the phone.
    pub phone: Option<String>,
}

/// The names of a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A person, and the company they work for.
    Person {
        /// Their name.
        name: String,
        /// The company's name.
        company: Option<String>,
    },
    /// A company.
    Company(String),
    /// An address or number alone: called as the datasheet.
    Unnamed,
}

impl Contact {
    /// The name under which the datasheet shows it.
    pub fn name<'a>(&'a self, datasheet: &'a str) -> &'a str {
        match &self.who {
            Who::Person { name, .. } | Who::Company(name) => name,
            Who::Unnamed => datasheet,
        }
    }
}

/// Plans line after line of one file.
#[derive(Debug)]
pub struct Planner {
    context: Context,
    /// By folded name; `None` where several have it.
    statuses: HashMap<String, Option<StatusId>>,
    /// By folded name and by address: index into the people; `None` where several have it.
    owners: HashMap<String, Option<usize>>,
    /// How often a line of the same content came.
    seen: HashMap<[u8; 16], u32>,
}

impl Planner {
    /// A planner for a file. `None` when the module has no status: nothing can be made then.
    pub fn new(context: Context) -> Option<Self> {
        context.tree.first()?;
        let mut statuses = HashMap::new();
        for status in context.tree.all() {
            // In either language: files travel.
            let names = BTreeSet::from(Locale::ALL.map(|locale| key(status.name.text(locale))));
            for name in names {
                statuses.entry(name).and_modify(|found| *found = None).or_insert(Some(status.id));
            }
        }
        let mut owners: HashMap<String, Option<usize>> = HashMap::new();
        for (index, person) in context.people.iter().enumerate() {
            owners.entry(key(&person.name)).and_modify(|found| *found = None).or_insert(Some(index));
        }
        for (index, person) in context.people.iter().enumerate() {
            owners.insert(key(&person.email), Some(index));
        }
        Some(Self { context, statuses, owners, seen: HashMap::new() })
    }

    /// What lines are understood against.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Plans the next line of the file.
    pub fn plan(&mut self, record: &Record) -> Planned {
        Planned {
            number: record.number,
            beginning: record.beginning.clone(),
            fingerprint: self.fingerprint(record),
            line: self.line(record),
        }
    }

    fn fingerprint(&mut self, record: &Record) -> Fingerprint {
        let hash = |text: &str| -> [u8; 16] {
            let digest = Sha256::digest(text);
            std::array::from_fn(|i| digest[i])
        };
        let mut text = String::new();
        for column in Column::OF_DATASHEETS {
            for word in record.get(column).split_whitespace() {
                text.push_str(word);
                text.push(' ');
            }
            text.push('\u{1f}');
        }
        let content = hash(&text);
        let before = self.seen.entry(content).or_default();
        *before += 1;
        text.push_str(&before.to_string());
        Fingerprint(hash(&text))
    }

    fn line(&self, record: &Record) -> Result<Line, Vec<Reason>> {
        if record.found != record.expected {
            return Err(vec![Reason::Cells { found: small(record.found), expected: small(record.expected) }]);
        }
        let mut reasons = vec![];
        let mut doubts = vec![];
        let person = cell(record, Column::Person, &mut reasons);
        let company = cell(record, Column::Company, &mut reasons);
        let phone = cell(record, Column::Phone, &mut reasons);
        let mut notes: Vec<String> = vec![];
        match lines(Field::Note, record.get(Column::Note), TEXT_MAX) {
            Ok(note) => notes.push(note),
            Err(invalid) => too_long(Column::Note, invalid.problem, &mut reasons),
        }

        let name = match (cell(record, Column::Name, &mut reasons), &company, &person) {
            (Some(name), ..) => Some(name),
            (None, Some(company), Some(person)) => Some(format!("{company} ({person})")),
            (None, Some(one), None) | (None, None, Some(one)) => Some(one.clone()),
            (None, None, None) => None,
        };
        match &name {
            // A name, person or company that is too long has been told.
            None if reasons.is_empty() => reasons.push(Reason::NameMissing),
            Some(name) if name.chars().count() > NAME_MAX as usize => {
                reasons.push(Reason::TooLong { column: Column::Name, max: NAME_MAX });
            }
            _ => {}
        }
        let email = self.email(record, &mut notes, &mut reasons, &mut doubts);
        let status = self.status(record, &mut reasons, &mut doubts);
        let owner = self.owner(record, &mut reasons, &mut doubts);
        let todo = self.todo(record, &mut reasons, &mut doubts);

        let (Some(name), Some(status), Some(owner), true) = (name, status, owner, reasons.is_empty()) else {
            return Err(reasons);
        };
        let who = match (person, company) {
            (Some(name), company) => Who::Person { name, company },
            (None, Some(company)) => Who::Company(company),
            (None, None) => Who::Unnamed,
        };
        let has_contact = who != Who::Unnamed || email.is_some() || phone.is_some();
        let contact = has_contact.then_some(Contact { who, email, phone });
        let note = (!notes.is_empty()).then(|| notes.join("\n"));
        Ok(Line { name, contact, status, owner, todo, note, doubts })
    }

    /// An address that is none is kept as a note: nothing of the file gets lost.
    fn email(
        &self,
        record: &Record,
        notes: &mut Vec<String>,
        reasons: &mut Vec<Reason>,
        doubts: &mut Vec<Doubt>,
    ) -> Option<String> {
        let text = cell(record, Column::Email, reasons)?;
        let several = text.matches('@').count() > 1 || text.contains([',', ';']);
        match email(&text) {
            Ok(address) if !several => Some(address),
            _ => {
                notes.push(format!("{}: {text}", errors::email(self.context.locale)));
                doubts.push(Doubt::EmailInNote { text: beginning_of(&text) });
                None
            }
        }
    }

    fn status(
        &self,
        record: &Record,
        reasons: &mut Vec<Reason>,
        doubts: &mut Vec<Doubt>,
    ) -> Option<StatusId> {
        let text = record.get(Column::Status).trim();
        if let Some(process) = self.context.process {
            if !text.is_empty() {
                doubts.push(Doubt::StatusMovedBy { text: beginning_of(text), process });
            }
            return self.context.tree.first().map(|first| first.id);
        }
        if text.is_empty() {
            let first = self.context.tree.first()?;
            if self.context.has_status {
                doubts.push(Doubt::StatusAssumed { status: first.name.text(self.context.locale).to_owned() });
            }
            return Some(first.id);
        }
        match self.statuses.get(&key(text)) {
            Some(Some(status)) => return Some(*status),
            Some(None) => reasons.push(Reason::StatusAmbiguous { text: beginning_of(text) }),
            None => reasons.push(Reason::StatusUnknown { text: beginning_of(text) }),
        }
        None
    }

    fn owner(&self, record: &Record, reasons: &mut Vec<Reason>, doubts: &mut Vec<Doubt>) -> Option<UserId> {
        let text = record.get(Column::Owner).trim();
        if text.is_empty() {
            if self.context.has_owner {
                let importer = self.context.people.iter().find(|person| person.id == self.context.importer);
                let owner = importer.map(|person| person.name.clone()).unwrap_or_default();
                doubts.push(Doubt::OwnerAssumed { owner });
            }
            return Some(self.context.importer);
        }
        let text_shown = beginning_of(text);
        match self.owners.get(&key(text)) {
            Some(Some(index)) => {
                let person = &self.context.people[*index];
                if person.available {
                    return Some(person.id);
                }
                reasons.push(Reason::OwnerUnavailable { text: text_shown });
            }
            Some(None) => reasons.push(Reason::OwnerAmbiguous { text: text_shown }),
            None => reasons.push(Reason::OwnerUnknown { text: text_shown }),
        }
        None
    }

    fn todo(
        &self,
        record: &Record,
        reasons: &mut Vec<Reason>,
        doubts: &mut Vec<Doubt>,
    ) -> Option<(String, Due)> {
        let text = match line(Field::Todo, record.get(Column::Todo), TEXT_MAX) {
            Ok(text) => Some(text),
            Err(invalid) => {
                too_long(Column::Todo, invalid.problem, reasons);
                None
            }
        };
        let due_text = record.get(Column::Due).trim();
        let due = parse_due(due_text, self.context.now, &self.context.zone);
        if due.is_none() && !due_text.is_empty() {
            reasons.push(Reason::DueUnreadable { text: beginning_of(due_text) });
            return None;
        }
        match (text, due) {
            (Some(text), Some(due)) => Some((text, due)),
            (Some(text), None) => {
                doubts.push(Doubt::DueAssumed);
                Some((text, Due::Day(self.context.zone.today(self.context.now))))
            }
            (None, Some(due)) => {
                let text = texts::todo(self.context.locale).to_owned();
                doubts.push(Doubt::TodoAssumed { text: text.clone() });
                Some((text, due))
            }
            (None, None) => None,
        }
    }
}

/// A cell of one line of at most [`NAME_MAX`] characters; `None` when it is empty, or too long, which is a reason.
fn cell(record: &Record, column: Column, reasons: &mut Vec<Reason>) -> Option<String> {
    match line(Field::Name, record.get(column), NAME_MAX) {
        Ok(text) => Some(text),
        Err(invalid) => {
            too_long(column, invalid.problem, reasons);
            None
        }
    }
}

fn too_long(column: Column, problem: Problem, reasons: &mut Vec<Reason>) {
    if let Problem::TooLong(max) = problem {
        reasons.push(Reason::TooLong { column, max });
    }
}

/// Names are the same when they differ in case, accents or white space only.
fn key(name: &str) -> String {
    let folded = fold(name);
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        id::ModuleId,
        import::read::File,
        rank::Rank,
        status::{Color, Status, StatusGroup},
        status_name::StatusName,
    };
    use proptest::prelude::*;

    const ANNA: UserId = UserId(1);
    const BELA: UserId = UserId(2);

    /// Tuesday, 24 November 2026, 9:00 in Budapest.
    const NOW: Timestamp = Timestamp(1_795_507_200_000);

    fn context() -> Context {
        let names = [
            ("Új", StatusGroup::Lead),
            ("Folyamatban", StatusGroup::Open),
            ("Lemondta", StatusGroup::Failed),
        ];
        // The same name in two groups.
        let names = names.into_iter().chain([("lemondta", StatusGroup::Success)]);
        let tree = names
            .zip(Rank::spread(4))
            .zip(10..)
            .map(|(((name, status_group), rank), id)| Status {
                id: StatusId(id),
                module_id: ModuleId(1),
                status_group,
                name: StatusName::Own(name.to_owned()),
                color: Color::Group,
                rank,
                version: 1,
            })
            .collect();
        let person = |id, name: &str, email: &str, available| Candidate {
            id,
            name: name.to_owned(),
            email: email.to_owned(),
            available,
        };
        Context {
            tree: StatusTree::new(tree),
            people: vec![
                person(ANNA, "Kovács Anna", "anna@pelda.hu", true),
                person(BELA, "Nagy Béla", "bela@pelda.hu", true),
                person(UserId(3), "Tóth Éva", "eva@pelda.hu", true),
                person(UserId(4), "Toth Eva", "eva2@pelda.hu", true),
                person(UserId(5), "Kiss Ott", "ott@pelda.hu", false),
            ],
            importer: ANNA,
            zone: Zone::load("Europe/Budapest", NOW).unwrap(),
            locale: Locale::Hu,
            now: NOW,
            process: None,
            has_status: true,
            has_owner: true,
        }
    }

    fn plan(text: &str) -> Vec<Planned> {
        let file = File::read(text.as_bytes().to_vec()).unwrap();
        let context =
            Context { has_status: file.has(Column::Status), has_owner: file.has(Column::Owner), ..context() };
        let mut planner = Planner::new(context).unwrap();
        file.records().map(|record| planner.plan(&record)).collect()
    }

    fn made(text: &str) -> Line {
        plan(text).remove(0).line.unwrap()
    }

    fn broken(text: &str) -> Vec<Reason> {
        plan(text).remove(0).line.unwrap_err()
    }

    #[test]
    fn where_a_process_moves_the_statuses_a_status_is_left_out_with_a_doubt() {
        let file = File::read("Név;Státusz\nA;Nyert\nB;\n".as_bytes().to_vec()).unwrap();
        let process = Some(Process::Sales);
        let mut planner = Planner::new(Context { process, has_owner: false, ..context() }).unwrap();
        let lines: Vec<Line> = file.records().map(|record| planner.plan(&record).line.unwrap()).collect();
        let doubt = Doubt::StatusMovedBy { text: "Nyert".to_owned(), process: Process::Sales };
        assert_eq!(lines[0].doubts, [doubt]);
        assert_eq!(lines[1].doubts, []);
        assert_eq!(lines[0].status, lines[1].status);
    }

    #[test]
    fn a_full_line_becomes_a_datasheet() {
        let line = made(
            "Név;Személy;Cég;E-mail;Telefon;Státusz;Felelős;Teendő;Határidő;Megjegyzés\n\
             Tetőcsere;Kis  Pál;Tető Kft.;Pal@Teto.hu;+36 1 234 5678;FOLYAMATBAN;nagy bela;Felhívni;2026. 11. 24. 14:30;\"jó\nügyfél\"\n",
        );
        assert_eq!(
            line,
            Line {
                name: "Tetőcsere".to_owned(),
                contact: Some(Contact {
                    who: Who::Person { name: "Kis Pál".to_owned(), company: Some("Tető Kft.".to_owned()) },
                    email: Some("pal@teto.hu".to_owned()),
                    phone: Some("+36 1 234 5678".to_owned()),
                }),
                status: StatusId(11),
                owner: BELA,
                // 14:30 in Budapest in November.
                todo: Some(("Felhívni".to_owned(), Due::At(Timestamp(1_795_527_000_000)))),
                note: Some("jó\nügyfél".to_owned()),
                doubts: vec![],
            }
        );
        let english = made("Name,Owner,To-do,Due\nRoof,bela@pelda.hu,Call,2026-11-24T14:30\n");
        assert_eq!((english.owner, english.todo.unwrap().1), (BELA, Due::At(Timestamp(1_795_527_000_000))));
        assert_eq!(english.status, StatusId(10));
    }

    #[test]
    fn a_line_without_a_name_is_called_after_company_and_person() {
        assert_eq!(made("Cég;Személy\nTető Kft.;Kis Pál\n").name, "Tető Kft. (Kis Pál)");
        assert_eq!(made("Cég;Személy\nTető Kft.;\n").name, "Tető Kft.");
        assert_eq!(made("Cég;Személy\n;Kis Pál\n").name, "Kis Pál");
        assert_eq!(broken("Cég;E-mail\n;a@b.hu\n"), [Reason::NameMissing]);
    }

    #[test]
    fn an_address_alone_makes_a_contact_called_as_the_datasheet() {
        let line = made("Név;E-mail\nTető;a@b.hu\n");
        let contact = line.contact.unwrap();
        assert_eq!((contact.name(&line.name), &contact.who), ("Tető", &Who::Unnamed));
        assert_eq!(made("Név;E-mail\nTető;\n").contact, None);
    }

    #[test]
    fn what_cannot_be_understood_is_a_reason_and_not_a_guess() {
        let text = |text: &str| text.to_owned();
        assert_eq!(broken("Név;Státusz\nA;Kész\n"), [Reason::StatusUnknown { text: text("Kész") }]);
        assert_eq!(broken("Név;Státusz\nA;Lemondta\n"), [Reason::StatusAmbiguous { text: text("Lemondta") }]);
        assert_eq!(broken("Név;Felelős\nA;Nagy\n"), [Reason::OwnerUnknown { text: text("Nagy") }]);
        assert_eq!(broken("Név;Felelős\nA;Tóth Éva\n"), [Reason::OwnerAmbiguous { text: text("Tóth Éva") }]);
        assert_eq!(made("Név;Felelős\nA;eva2@pelda.hu\n").owner, UserId(4));
        assert_eq!(
            broken("Név;Felelős\nA;Kiss Ott\n"),
            [Reason::OwnerUnavailable { text: text("Kiss Ott") }]
        );
        assert_eq!(
            broken("Név;Teendő;Határidő\nA;x;2026. 13. 01.\n"),
            [Reason::DueUnreadable { text: text("2026. 13. 01.") }]
        );
        // The third of April or the fourth of March?
        assert_eq!(
            broken("Név;Határidő\nA;03/04/2026\n"),
            [Reason::DueUnreadable { text: text("03/04/2026") }]
        );
        assert_eq!(broken("Név;E-mail\nA\n"), [Reason::Cells { found: 1, expected: 2 }]);
        assert_eq!(broken("Név;E-mail\nA;a@b.hu;x\n"), [Reason::Cells { found: 3, expected: 2 }]);
    }

    #[test]
    fn every_reason_of_a_line_is_told() {
        let long = "x".repeat(201);
        let very_long = "x".repeat(2001);
        assert_eq!(
            broken(&format!("Név;Telefon;Státusz;Határidő;Megjegyzés\n{long};{long};?;?;{very_long}\n")),
            [
                Reason::TooLong { column: Column::Phone, max: 200 },
                Reason::TooLong { column: Column::Note, max: 2000 },
                Reason::TooLong { column: Column::Name, max: 200 },
                Reason::StatusUnknown { text: "?".to_owned() },
                Reason::DueUnreadable { text: "?".to_owned() },
            ]
        );
        let half = "x".repeat(120);
        assert_eq!(
            broken(&format!("Cég;Személy\n{half};{half}\n")),
            [Reason::TooLong { column: Column::Name, max: 200 }]
        );
    }

    #[test]
    fn what_is_assumed_is_told() {
        let line = made("Név;Státusz;Felelős;Teendő;Határidő;E-mail\nA;;;Hívni;;nincs\n");
        assert_eq!(
            line.doubts,
            [
                Doubt::EmailInNote { text: "nincs".to_owned() },
                Doubt::StatusAssumed { status: "Új".to_owned() },
                Doubt::OwnerAssumed { owner: "Kovács Anna".to_owned() },
                Doubt::DueAssumed,
            ]
        );
        assert_eq!((line.status, line.owner), (StatusId(10), ANNA));
        assert_eq!(line.todo, Some(("Hívni".to_owned(), Due::Day("2026-11-24".parse().unwrap()))));
        assert_eq!(line.note.as_deref(), Some("E-mail: nincs"));
        let line = made("Név;Határidő\nA;2026. 12. 01.\n");
        assert_eq!(line.doubts, [Doubt::TodoAssumed { text: "Teendő".to_owned() }]);
        assert_eq!(line.todo, Some(("Teendő".to_owned(), Due::Day("2026-12-01".parse().unwrap()))));
        assert_eq!(made("Név\nA\n").doubts, []);
    }

    #[test]
    fn several_addresses_in_a_cell_are_kept_in_the_note() {
        let line = made("Név;E-mail\nA;a@b.hu;\n");
        assert_eq!(line.contact.unwrap().email.as_deref(), Some("a@b.hu"));
        let line = made("Név,E-mail\nA,a@b.hu;c@d.hu\n");
        assert_eq!((line.contact, line.note.as_deref()), (None, Some("E-mail: a@b.hu;c@d.hu")));
    }

    #[test]
    fn a_line_is_recognised_however_its_file_is_written() {
        let prints = |text: &str| plan(text).iter().map(|line| line.fingerprint).collect::<Vec<_>>();
        let one = prints("Név;E-mail\nA;a@b.hu\nB;\nA;a@b.hu\n");
        let other = prints("E-mail,Azonosító,Név\na@b.hu,7, A \n\"\",8,B\na@b.hu,9,A\n");
        assert_eq!(one, other);
        assert_ne!(one[0], one[2], "the second of two equal lines is another one");
        assert_ne!(prints("Név;Cég\nA;B\n"), prints("Név;Személy\nA;B\n"));
    }

    proptest! {
        #[test]
        fn no_cells_break_the_planner(cells in proptest::collection::vec(".{0,30}", 10)) {
            let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(vec![]);
            let headings = "Név;Személy;Cég;E-mail;Telefon;Státusz;Felelős;Teendő;Határidő;Megjegyzés";
            writer.write_record(headings.split(';')).unwrap();
            writer.write_record(&cells).unwrap();
            if let Ok(file) = File::read(writer.into_inner().unwrap()) {
                let mut planner = Planner::new(context()).unwrap();
                for record in file.records() {
                    if let Err(reasons) = planner.plan(&record).line {
                        prop_assert!(!reasons.is_empty());
                    }
                }
            }
        }
    }
}
