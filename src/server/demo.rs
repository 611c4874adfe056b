//! Sample data: a small company at work, with due times around now. The same for everyone, but for the day.

mod contacts;
mod documents;
mod fields;
mod life;
mod related;
mod sales;
mod templates;
mod todos;
mod trash;
mod webshop;

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

use super::host::Host;
use crate::{
    domain::{
        due::Due,
        history::What,
        id::{ContactId, DatasheetId, EventId, StatusId, TodoId, TodoTypeId, UserId},
        module::Template,
        process::Process,
        status::StatusGroup,
        time::Timestamp,
        todo::Outcome,
        user::Role,
        zone::Zone,
    },
    error::Result,
    i18n::Locale,
    store::{
        Tx, accounts,
        bulk::{self, NewClosed, NewContact, NewDatasheet, NewEvent, NewTodo},
        modules::{self, Made},
    },
};

/// The zone of the sample people.
pub const ZONE: &str = "Europe/Budapest";

const DAY: i64 = 86_400_000;
const HOUR: i64 = 3_600_000;
const QUARTER: i64 = HOUR / 4;
/// For so long after they were made nothing of the samples falls due, but a day that ends: the list of who looks at them, or
/// counts them in a test, stands still.
const QUIET: i64 = 2 * HOUR;

/// Fills an empty database; answers the admin to sign in as. A database that has data gets none.
pub async fn fill(host: &Host, locale: Locale) -> Result<UserId> {
    let now = host.clock.now();
    let zone = host.zones.get(ZONE, now);
    let mut tx = host.db.begin().await?;
    if !accounts::is_empty(&mut tx).await? {
        let admin = accounts::first_admin(&mut tx).await?;
        return admin.ok_or(crate::error::Error::Refused(crate::error::Refusal::LastAdmin));
    }
    let people = people(&mut tx, now).await?;
    let templates = [
        (Template::Projects, 140),
        (Template::HelpDesk, 220),
        (Template::Hr, 90),
        (Template::Partners, 60),
        (Template::Events, 120),
    ];
    let mut shown = vec![];
    for (template, n) in templates {
        let module =
            modules::seed_from_template(&mut tx, template, template.name(locale), locale, now).await?;
        for user in people.iter().skip(2) {
            accounts::access_add(&mut tx, *user, module.id).await?;
        }
        let mut maker = Maker::new(locale, now, &zone, &module, &people, template);
        let mut contacts = vec![];
        let mut sheets = vec![];
        for i in 0..n {
            let mut sheet = maker.datasheet(&tx, 3, Some(i));
            let (person, business) = maker.contact(&tx);
            sheet.contact = Some(person.id);
            sheet.contact_names = vec![person.name.clone(), business.name.clone()];
            contacts.push(business);
            contacts.push(person);
            sheets.push(sheet);
        }
        shown.extend(sheets.iter().take(4).map(|sheet| sheet.id));
        bulk::insert_contacts(&mut tx, &contacts).await?;
        bulk::insert(&mut tx, &sheets).await?;
        fields::fill(&mut tx, locale, now, &zone, (template, &module), &people, &sheets).await?;
        todos::fill(&mut tx, locale, now, &zone, &sheets).await?;
        templates::fill(&mut tx, locale, now, template, &module).await?;
        if matches!(template, Template::Projects | Template::HelpDesk) {
            life::fill(&mut tx, locale, now, &host.files, module.id, &people, &sheets).await?;
            trash::fill(&mut tx, now, &people, &sheets, &[3, 27, 120]).await?;
        }
    }
    sales::fill(&mut tx, locale, now, &zone, &people).await?;
    let template = Template::Fixed(Process::Webshop);
    let module = modules::seed_from_template(&mut tx, template, template.name(locale), locale, now).await?;
    for user in people.iter().skip(2) {
        accounts::access_add(&mut tx, *user, module.id).await?;
    }
    let mut maker = Maker::new(locale, now, &zone, &module, &people, template);
    webshop::fill(&mut tx, &mut maker, now).await?;
    documents::fill(&mut tx, locale, now, &zone, &people).await?;
    contacts::fill(&mut tx, people.first().copied(), now, &shown).await?;
    related::fill(&mut tx, locale, now, people.first().copied(), &shown).await?;
    tx.commit().await?;
    people.first().copied().ok_or(crate::error::Error::Server)
}

/// Where the names of a module's contacts begin among all.
fn first_name(template: Template) -> usize {
    match template {
        Template::Projects => 0,
        Template::Hr => 160,
        Template::Events => 260,
        Template::Partners => 400,
        Template::HelpDesk => 480,
        Template::Custom => 720,
        Template::Fixed(Process::Webshop) => 1_080,
        Template::Fixed(_) => 740,
    }
}

/// The name of a person and of a firm by their number: no name comes twice among the first 1,440 and 1,296.
fn unlike_names(n: usize) -> (String, String) {
    // The factors are prime, so that they go through all.
    let person = n * 1_009 % (FAMILY.len() * GIVEN.len());
    let firm = n * 787 % (FIRM.len() * TRADE.len() * FORM.len());
    let name = format!("{} {}", FAMILY[person % FAMILY.len()], GIVEN[person / FAMILY.len()]);
    let (first, rest) = (firm % FIRM.len(), firm / FIRM.len());
    (name, format!("{} {} {}", FIRM[first], TRADE[rest % TRADE.len()], FORM[rest / TRADE.len()]))
}

/// Makes the sample people, the admin first. Nobody of them has a password.
pub async fn people(tx: &mut Tx, now: Timestamp) -> Result<Vec<UserId>> {
    let people = [
        ("Kovács Anna", "anna@minta.example", Role::Admin),
        ("Nagy Péter", "peter@minta.example", Role::Manager),
        ("Szabó Eszter", "eszter@minta.example", Role::User),
        ("Tóth Gábor", "gabor@minta.example", Role::User),
        ("Horváth Júlia", "julia@minta.example", Role::User),
        ("Varga Márton", "marton@minta.example", Role::Restricted),
    ];
    let mut ids = vec![];
    for (name, email, role) in people {
        let user = accounts::NewUser { name, email, password_hash: None, role, zone: ZONE, locale: None };
        ids.push(accounts::add(tx, user, now).await?);
    }
    Ok(ids)
}

const FAMILY: [&str; 36] = [
    "Antal",
    "Bodnár",
    "Csonka",
    "Dobos",
    "Erdős",
    "Fodor",
    "Gulyás",
    "Illés",
    "Jakab",
    "Kerekes",
    "Lukács",
    "Orsós",
    "Kiss",
    "Molnár",
    "Németh",
    "Farkas",
    "Balogh",
    "Papp",
    "Takács",
    "Juhász",
    "Lakatos",
    "Mészáros",
    "Oláh",
    "Simon",
    "Rácz",
    "Fekete",
    "Szilágyi",
    "Török",
    "Fehér",
    "Gál",
    "Kántor",
    "Vörös",
    "Őri",
    "Bíró",
    "Hegedűs",
    "Ábrahám",
];
const GIVEN: [&str; 40] = [
    "Anikó",
    "Balázs",
    "Csilla",
    "Dóra",
    "Erzsébet",
    "Ferenc",
    "Gergely",
    "Hanna",
    "Imre",
    "Judit",
    "Kinga",
    "Levente",
    "Mariann",
    "Norbert",
    "Olívia",
    "Péter",
    "Rita",
    "Sándor",
    "Tímea",
    "Viktor",
    "Zsófia",
    "Dániel",
    "Réka",
    "Bence",
    "Katalin",
    "Ádám",
    "Ildikó",
    "Tamás",
    "Orsolya",
    "László",
    "Emese",
    "György",
    "Nóra",
    "Zoltán",
    "Ágnes",
    "Miklós",
    "Lilla",
    "Attila",
    "Borbála",
    "István",
];
const FIRM: [&str; 36] = [
    "Aranykéz",
    "Bükk",
    "Cédrus",
    "Délvidéki",
    "Fénysugár",
    "Gyöngyvirág",
    "Hegyalja",
    "Ibolya",
    "Juhar",
    "Liget",
    "Malom",
    "Nádas",
    "Obszidián",
    "Sárgarigó",
    "Duna",
    "Kékes",
    "Tisza",
    "Balaton",
    "Mátra",
    "Orion",
    "Pannon",
    "Alfa",
    "Zöldfa",
    "Meridián",
    "Hullám",
    "Kristály",
    "Napfény",
    "Gránit",
    "Levendula",
    "Borostyán",
    "Fűzfa",
    "Sólyom",
    "Vadrózsa",
    "Kormorán",
    "Északi",
    "Ezüst",
];
const TRADE: [&str; 12] = [
    "Építő",
    "Nyomda",
    "Gépgyártó",
    "Pékség",
    "Logisztika",
    "Optika",
    "Bútor",
    "Informatika",
    "Kertészet",
    "Textil",
    "Étterem",
    "Energia",
];
const FORM: [&str; 3] = ["Kft.", "Bt.", "Zrt."];

type Words = (&'static str, &'static str);

const SUBJECTS: [(Template, &[Words]); 6] = [
    (
        Template::Fixed(Process::Sales),
        &[
            ("csomagológép", "packing machine"),
            ("éves karbantartás", "yearly maintenance"),
            ("irodabútor", "office furniture"),
            ("vállalatirányítási rendszer", "business software"),
            ("flottabérlés", "fleet lease"),
            ("céges nyomtatványok", "company stationery"),
        ],
    ),
    (
        Template::Projects,
        &[
            ("új weboldal", "new website"),
            ("irodaátalakítás", "office redesign"),
            ("raktár bővítése", "warehouse extension"),
            ("webáruház", "web shop"),
            ("napelemes rendszer", "solar panels"),
            ("arculat", "branding"),
            ("szerverköltöztetés", "server move"),
        ],
    ),
    (
        Template::HelpDesk,
        &[
            ("nem nyomtat", "does not print"),
            ("elfelejtett jelszó", "forgotten password"),
            ("lassú a hálózat", "slow network"),
            ("hibás számla", "wrong invoice"),
            ("nem indul a program", "program does not start"),
            ("hiányos szállítás", "incomplete delivery"),
            ("reklamáció", "complaint"),
        ],
    ),
    (
        Template::Hr,
        &[
            ("értékesítő", "salesperson"),
            ("fejlesztő", "developer"),
            ("könyvelő", "accountant"),
            ("raktáros", "warehouse worker"),
            ("recepciós", "receptionist"),
        ],
    ),
    (
        Template::Partners,
        &[
            ("viszonteladó", "reseller"),
            ("beszállító", "supplier"),
            ("szállítmányozó", "carrier"),
            ("oktató partner", "training partner"),
        ],
    ),
    (
        Template::Events,
        &[
            ("tavaszi konferencia", "spring conference"),
            ("partnertalálkozó", "partner day"),
            ("workshop", "workshop"),
        ],
    ),
];

/// Texts of to-dos by type: call, meeting, e-mail, other.
const TODOS: [&[Words]; 4] = [
    &[
        ("Visszahívni az ajánlat miatt", "Call back about the offer"),
        ("Rákérdezni, megkapták-e a küldeményt", "Ask whether the parcel arrived"),
        ("Egyeztetni az időpontot", "Agree on a date"),
        ("Felhívni a döntéshozót", "Call the decision maker"),
    ],
    &[
        ("Személyes bemutató", "Present in person"),
        ("Helyszíni felmérés", "Survey on site"),
        ("Átadás a megrendelőnek", "Hand over to the client"),
        ("Indító megbeszélés", "Kick-off meeting"),
    ],
    &[
        ("Elküldeni a módosított ajánlatot", "Send the changed offer"),
        ("Bekérni a hiányzó iratokat", "Ask for the missing papers"),
        ("Megküldeni a szerződéstervezetet", "Send the draft contract"),
        ("Összefoglalót írni a megbeszélésről", "Write a summary of the meeting"),
    ],
    &[
        ("Árajánlatot készíteni", "Prepare the quotation"),
        ("Ellenőrizni a teljesítést", "Check the delivery"),
        ("Feltölteni az alaprajzot", "Upload the floor plan"),
        ("Előkészíteni a számlát", "Prepare the invoice"),
    ],
];

const NOTES: [Words; 5] = [
    ("Jövő hét elején dönt.", "Decides early next week."),
    ("Nem vette fel, üzenetet hagytam.", "No answer, left a message."),
    ("Elégedett, kéri a folytatást.", "Content, wants to go on."),
    ("Drágállja, kisebb csomagot kért.", "Too expensive, asked for a smaller package."),
    ("Az anyagot megkapta, átnézi.", "Has the papers, will read them."),
];

/// Makes datasheets, one like the other at every run.
pub struct Maker<'a> {
    rng: StdRng,
    locale: Locale,
    now: Timestamp,
    zone: &'a Zone,
    module: &'a Made,
    people: &'a [UserId],
    template: Template,
    /// How many contacts there are in the modules before this one and in it: no two have one name.
    named: usize,
}

impl<'a> Maker<'a> {
    /// Makes datasheets of a module.
    pub fn new(
        locale: Locale,
        now: Timestamp,
        zone: &'a Zone,
        module: &'a Made,
        people: &'a [UserId],
        template: Template,
    ) -> Self {
        let place = Template::CUSTOMISABLE.iter().position(|other| *other == template);
        let seed = 2_026 + place.unwrap_or(Template::CUSTOMISABLE.len()) as u64;
        Self {
            rng: StdRng::seed_from_u64(seed),
            locale,
            now,
            zone,
            module,
            people,
            template,
            named: first_name(template),
        }
    }

    fn pick<T: Copy>(&mut self, from: &[T], or: T) -> T {
        if from.is_empty() { or } else { from[self.rng.random_range(0..from.len())] }
    }

    fn words(&mut self, from: &[Words]) -> &'static str {
        let words = self.pick(from, ("", ""));
        self.locale.pick(words)
    }

    fn person_name(&mut self) -> String {
        format!("{} {}", self.pick(&FAMILY, ""), self.pick(&GIVEN, ""))
    }

    fn firm_name(&mut self) -> String {
        format!("{} {} {}", self.pick(&FIRM, ""), self.pick(&TRADE, ""), self.pick(&FORM, ""))
    }

    /// A person and their company.
    pub fn contact(&mut self, tx: &Tx) -> (NewContact, NewContact) {
        let (name, firm) = unlike_names(self.named);
        self.named += 1;
        let business = NewContact {
            id: ContactId(tx.new_id(self.now)),
            is_business: true,
            name: firm,
            business: None,
            email: None,
            phone: None,
            at: self.now,
        };
        let id = ContactId(tx.new_id(self.now));
        let person = NewContact {
            id,
            is_business: false,
            email: Some(format!("{}@pelda.example", crate::domain::text::fold(&name).replace(' ', "."))),
            phone: Some(format!(
                "+36 30 {} {}",
                self.rng.random_range(100..1000),
                self.rng.random_range(1000..10_000)
            )),
            name,
            business: Some(business.id),
            at: self.now,
        };
        (person, business)
    }

    /// A status: most cases are open, and closed ones are many in an old company.
    fn status(&mut self) -> (StatusId, StatusGroup) {
        let group = match self.rng.random_range(0..10) {
            0..=2 => StatusGroup::Lead,
            3..=6 => StatusGroup::Open,
            7..=8 => StatusGroup::Success,
            _ => StatusGroup::Failed,
        };
        let all: Vec<_> = self.module.statuses.iter().filter(|(_, other)| *other == group).copied().collect();
        let first = self.module.statuses.first().copied().unwrap_or((StatusId(0), group));
        self.pick(&all, first)
    }

    /// When the next to-do is due: around now, so that every heading has rows. `turn` goes through the headings.
    fn due(&mut self, turn: Option<u64>) -> Due {
        let turn = turn.unwrap_or_else(|| self.rng.random_range(0..20));
        let day = self.zone.today(self.now);
        let today = self.zone.start_of_day(day);
        let hour = self.rng.random_range(8..18) * HOUR + self.pick(&[0, 15, 30, 45], 0) * 60_000;
        let days = |from: i64, to: i64, rng: &mut StdRng| rng.random_range(from..to) * DAY;
        let rng = &mut self.rng;
        let at = match turn % 20 {
            0 | 1 => Timestamp(today.0 - days(1, 12, rng) + hour),
            // Today: half an hour ago, or hours from now, to the evening.
            2..=4 => {
                let (first, evening) = (self.now.0 + QUIET, today.0 + 20 * HOUR);
                Timestamp(match rng.random_range(0..24) {
                    0 => (self.now.0 - HOUR / 2) / QUARTER * QUARTER,
                    n => (first + (evening - first).max(0) * n / 24) / QUARTER * QUARTER + QUARTER,
                })
            }
            5..=7 => Timestamp(today.0 + DAY + hour),
            8..=10 => Timestamp(today.0 + days(2, 6, rng) + hour),
            11..=13 => Timestamp(today.0 + days(5, 14, rng) + hour),
            14 | 15 => Timestamp(today.0 + days(12, 31, rng) + hour),
            16 | 17 => Timestamp(today.0 + days(25, 62, rng) + hour),
            _ => Timestamp(today.0 + days(60, 200, rng) + hour),
        };
        let is_day = self.rng.random_range(0..3) == 0;
        if (2..=4).contains(&(turn % 20)) && at > self.zone.end_of_day(day) {
            // Late at night only the day itself is left of today.
            return Due::Day(day);
        }
        if is_day { Due::Day(self.zone.today(at)) } else { Due::At(at) }
    }

    fn todo_text(&mut self) -> (TodoTypeId, &'static str) {
        let kind = self.rng.random_range(0..TODOS.len());
        let text = self.words(TODOS[kind]);
        (self.module.types.get(kind).copied().unwrap_or(TodoTypeId(0)), text)
    }

    /// A datasheet with so many to-dos; `turn` spreads the due times evenly. One in eight has no open one.
    pub fn datasheet(&mut self, tx: &Tx, todos: u64, turn: Option<u64>) -> NewDatasheet {
        let id = DatasheetId(tx.new_id(self.now));
        let owner = self.pick(self.people, UserId(0));
        let (status, group) = self.status();
        let subjects = SUBJECTS
            .iter()
            .find(|(template, _)| *template == self.template)
            .map_or(&[][..], |(_, words)| *words);
        let subject = self.words(subjects);
        let who = if matches!(self.template, Template::Hr | Template::Events) {
            self.person_name()
        } else {
            self.firm_name()
        };
        let name = format!("{who} – {subject}");
        let age = self.rng.random_range(3..400) * DAY;
        let created_at = Timestamp(self.now.0 - age);
        let mut events = vec![NewEvent {
            id: EventId(tx.new_id(self.now)),
            at: created_at,
            by: Some(owner),
            what: What::Created { name: name.clone() },
            batch: None,
        }];
        let finished = matches!(group, StatusGroup::Success | StatusGroup::Failed);
        let idle = match turn {
            Some(turn) => turn % 8 == 7 && !turn.is_multiple_of(5),
            None => self.rng.random_range(0..8) == 0,
        };
        let open = u64::from(todos > 0 && !idle);
        let mut sheet_todos = vec![];
        let mut modified_at = created_at;
        let past = todos - open;
        for step in 0..past {
            let at = Timestamp(
                created_at.0
                    + age / (i64::try_from(past).unwrap_or(1) + 1) * (i64::try_from(step).unwrap_or(0) + 1),
            );
            let (kind, text) = self.todo_text();
            let outcome = self
                .pick(&[Outcome::Done, Outcome::Done, Outcome::Successful, Outcome::Failed], Outcome::Done);
            let note = (self.rng.random_range(0..3) > 0).then(|| self.words(&NOTES).to_owned());
            let due = Due::Day(self.zone.today(at));
            events.push(NewEvent {
                id: EventId(tx.new_id(self.now)),
                at,
                by: Some(owner),
                what: What::TodoClosed { text: text.to_owned(), outcome, note: note.clone(), next: None },
                batch: None,
            });
            sheet_todos.push(NewTodo {
                id: TodoId(tx.new_id(self.now)),
                kind,
                assignee: owner,
                text: text.to_owned(),
                due,
                moment: due.moment(self.zone),
                postponed: 0,
                created_at,
                created_by: owner,
                closed: Some(NewClosed { at, by: owner, outcome, note }),
            });
            modified_at = at;
        }
        if open == 1 {
            let (kind, text) = self.todo_text();
            let mut due = self.due(turn);
            // Who is done with has time.
            if finished && turn.is_none() {
                due = Due::Day(self.zone.today(Timestamp(self.now.0 + self.rng.random_range(30..300) * DAY)));
            }
            let assignee =
                if self.rng.random_range(0..6) == 0 { self.pick(self.people, owner) } else { owner };
            let postponed = self.pick(&[0, 0, 0, 0, 1, 1, 2, 4], 0);
            let at = modified_at;
            events.push(NewEvent {
                id: EventId(tx.new_id(self.now)),
                at,
                by: Some(owner),
                what: What::TodoAdded { text: text.to_owned(), due },
                batch: None,
            });
            sheet_todos.push(NewTodo {
                id: TodoId(tx.new_id(self.now)),
                kind,
                assignee,
                text: text.to_owned(),
                due,
                moment: due.moment(self.zone),
                postponed,
                created_at: at,
                created_by: owner,
                closed: None,
            });
        }
        NewDatasheet {
            id,
            module: self.module.id,
            status,
            owner,
            name,
            contact: None,
            contact_names: vec![],
            created_at,
            modified_at,
            import: None,
            process: None,
            todos: sheet_todos,
            events,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::id::ModuleId,
        server::host::Clock,
        store::{
            on,
            testing::{NOW, on_both},
        },
    };

    #[test]
    fn today_has_to_dos_at_every_hour_and_none_that_is_due_soon() {
        let module = Made { id: ModuleId(1), statuses: vec![], types: vec![] };
        for quarter in 0..96 {
            let now = NOW.plus_millis(quarter * QUARTER + 7 * 60_000);
            let zone = Zone::load(ZONE, now).unwrap();
            let mut maker = Maker::new(Locale::En, now, &zone, &module, &[], Template::Projects);
            let (day, soon) = (zone.today(now), now.plus_millis(QUIET));
            let (mut later, mut before) = (0, 0);
            for turn in 0..2_000 {
                let due = maker.due(Some(turn));
                let moment = due.moment(&zone);
                let is_soon = moment > now && moment <= soon && moment != zone.end_of_day(day);
                assert!(!is_soon, "{due:?} at {now:?}");
                let is_today = zone.today(moment) == day;
                later += usize::from(is_today && moment > now);
                before += usize::from(is_today && moment <= now);
            }
            assert!(later > 200 && before < 30, "{later} later and {before} before, at {now:?}");
        }
    }

    on_both! {
        async fn the_samples_are_made_once_and_nothing_of_them_falls_due_soon(test: TestDb) {
            const SOON: &str = "
                select cast((select count(*) from todos where closed_at is null and due_at > $1 and due_at <= $2) as bigint)
                    + cast((select count(*) from processes where wakes_at <= $2) as bigint)";
            let now = NOW.plus_millis(QUARTER / 3);
            let host = Host::new(test.db.clone(), Clock::at(now));
            let admin = fill(&host, Locale::Hu).await.unwrap();
            let mut tx = test.db.read().await.unwrap();
            let soon: i64 = on!(tx, |conn| sqlx::query_scalar(SOON)
                .bind(now)
                .bind(now.plus_millis(QUIET))
                .fetch_one(conn)
                .await)
            .unwrap();
            assert_eq!(soon, 0);
            // A database that has data gets no more of it.
            const ALL: &str = "
                select cast((select count(*) from datasheets) + (select count(*) from users) + (select count(*) from modules) as bigint)";
            let count = async |tx: &mut Tx| -> i64 {
                on!(tx, |conn| sqlx::query_scalar(ALL).fetch_one(conn).await).unwrap()
            };
            let before = count(&mut tx).await;
            assert_eq!(fill(&host, Locale::En).await, Ok(admin));
            assert_eq!(count(&mut tx).await, before);
        }
    }
}
