//! The fields of two of the sample modules, and what stands in them.

use chrono::{Days, NaiveDate};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

use super::Words;
use crate::{
    domain::{
        field::{Choice, CustomField, FieldEntry, FieldGroup, FieldKind, FieldValue},
        id::{ChoiceId, ContactId, DatasheetId, FieldGroupId, FieldId, UserId},
        module::Template,
        rank::Rank,
        time::Timestamp,
        zone::Zone,
    },
    error::Result,
    i18n::Locale,
    store::{Tx, bulk::NewDatasheet, fields, modules::Made},
};

/// Makes a value of a field.
type Make = fn(&mut Maker<'_>, &CustomField) -> FieldValue;

/// A field: its group (0 is above all groups), kind, name, help, choices, and the status from which on it is required.
struct Spec {
    group: usize,
    kind: FieldKind,
    name: Words,
    help: Words,
    choices: &'static [Words],
    required_from: Option<usize>,
    make: Make,
}

const fn plain(group: usize, kind: FieldKind, name: Words) -> Spec {
    Spec { group, kind, name, help: ("", ""), choices: &[], required_from: None, make: any }
}

const PROJECT_GROUPS: [Words; 2] = [("Szerződés", "Contract"), ("Helyszín", "Site")];
const PROJECT: [Spec; 12] = [
    Spec {
        help: ("Nettó, a teljes projektre.", "Net, for the whole project."),
        required_from: Some(3),
        ..plain(0, FieldKind::Money, ("Költségkeret", "Budget"))
    },
    Spec {
        choices: &[("Magas", "High"), ("Közepes", "Medium"), ("Alacsony", "Low")],
        ..plain(0, FieldKind::Choice, ("Prioritás", "Priority"))
    },
    Spec {
        choices: &[
            ("Felmérés", "Survey"),
            ("Tervezés", "Design"),
            ("Kivitelezés", "Construction"),
            ("Karbantartás", "Maintenance"),
        ],
        ..plain(0, FieldKind::Choices, ("Szolgáltatások", "Services"))
    },
    Spec { make: contract, ..plain(1, FieldKind::Text, ("Szerződésszám", "Contract number")) },
    plain(1, FieldKind::Day, ("Aláírás napja", "Signed on")),
    Spec {
        help: ("A nettó összeg ennyi százaléka.", "That many per cent of the net amount."),
        ..plain(1, FieldKind::Decimal, ("Jóteljesítési visszatartás", "Retention"))
    },
    plain(1, FieldKind::Link, ("Dokumentumtár", "Documents")),
    // Filled in with the files (`demo::life`).
    plain(2, FieldKind::File, ("Alaprajz", "Floor plan")),
    plain(2, FieldKind::Text, ("Cím", "Address")),
    plain(2, FieldKind::User, ("Helyszíni vezető", "Site manager")),
    plain(2, FieldKind::Contact, ("Alvállalkozó", "Subcontractor")),
    Spec { make: access, ..plain(2, FieldKind::LongText, ("Bejutás", "Access")) },
];

const HR_GROUPS: [Words; 1] = [("Interjú", "Interview")];
const HR: [Spec; 9] = [
    Spec { make: salary, ..plain(0, FieldKind::Money, ("Bérigény", "Expected salary")) },
    plain(0, FieldKind::Whole, ("Tapasztalat (év)", "Experience (years)")),
    plain(0, FieldKind::Day, ("Mikortól", "Can start")),
    Spec {
        choices: &[("magyar", "Hungarian"), ("angol", "English"), ("német", "German"), ("román", "Romanian")],
        ..plain(0, FieldKind::Choices, ("Nyelvek", "Languages"))
    },
    plain(0, FieldKind::YesNo, ("Jogosítvány", "Driving licence")),
    plain(0, FieldKind::Link, ("Önéletrajz", "CV")),
    Spec { required_from: Some(2), ..plain(1, FieldKind::User, ("Interjúztató", "Interviewer")) },
    plain(1, FieldKind::Moment, ("Időpont", "Time")),
    Spec { make: impression, ..plain(1, FieldKind::LongText, ("Benyomás", "Impression")) },
];

const NOTES: [Words; 3] = [
    ("Kulcs a portán, hétköznap 7 és 16 óra között.", "The key is at the gate, weekdays from 7 to 16."),
    ("Kapukód: előtte telefonálni.", "Gate code: call first."),
    ("Teherautóval csak hátulról.", "Lorries only from the back."),
];
const IMPRESSIONS: [Words; 3] = [
    ("Felkészült, jól kérdez.", "Well prepared, asks good questions."),
    ("Szakmailag erős, a csapatban bizonytalan.", "Strong in the trade, unsure in a team."),
    ("Rövid próbafeladatot kapott.", "Was given a short task."),
];
const STREETS: [&str; 5] = ["Fő utca", "Kossuth Lajos utca", "Petőfi tér", "Dózsa György út", "Malom köz"];
const TOWNS: [&str; 5] = ["Budapest", "Győr", "Szeged", "Debrecen", "Veszprém"];

/// Defines the fields of a sample module and fills in most of them.
pub async fn fill(
    tx: &mut Tx,
    locale: Locale,
    now: Timestamp,
    zone: &Zone,
    (template, module): (Template, &Made),
    people: &[UserId],
    sheets: &[NewDatasheet],
) -> Result<()> {
    let (groups, specs): (&[Words], &[Spec]) = match template {
        Template::Projects => (&PROJECT_GROUPS, &PROJECT),
        Template::Hr => (&HR_GROUPS, &HR),
        _ => return Ok(()),
    };
    let mut group_ids = vec![None];
    for (name, rank) in groups.iter().zip(Rank::spread(groups.len())) {
        let id = FieldGroupId(tx.new_id(now));
        let group = FieldGroup { id, name: locale.pick(*name).to_owned(), rank, version: 1 };
        fields::add_group(tx, module.id, &group).await?;
        group_ids.push(Some(id));
    }
    let mut all = vec![];
    for (spec, rank) in specs.iter().zip(Rank::spread(specs.len())) {
        let choices: Vec<Choice> = spec
            .choices
            .iter()
            .map(|name| Choice {
                id: ChoiceId(tx.new_id(now)),
                name: locale.pick(*name).to_owned(),
                archived: false,
            })
            .collect();
        // New projects are of middling priority.
        let default =
            (spec.kind == FieldKind::Choice).then(|| choices.get(1).map(|choice| choice.id)).flatten();
        let field = CustomField {
            id: FieldId(tx.new_id(now)),
            module: module.id,
            group: group_ids.get(spec.group).copied().flatten(),
            kind: spec.kind,
            name: locale.pick(spec.name).to_owned(),
            help: locale.pick(spec.help).to_owned(),
            currency: if spec.kind == FieldKind::Money { "HUF".to_owned() } else { String::new() },
            default: default.map(FieldValue::Choice),
            required_from: spec.required_from.and_then(|at| module.statuses.get(at)).map(|(id, _)| *id),
            rank,
            version: 1,
            archived: false,
            choices,
        };
        fields::add(tx, &field, now).await?;
        all.push((field, spec.make));
    }
    let contacts: Vec<ContactId> = sheets.iter().filter_map(|sheet| sheet.contact).collect();
    let today = zone.today(now);
    let mut maker = Maker { rng: StdRng::seed_from_u64(7), locale, now, today, people, contacts: &contacts };
    let mut values: Vec<(DatasheetId, FieldEntry)> = vec![];
    for sheet in sheets {
        for (field, make) in all.iter().filter(|(field, _)| field.kind != FieldKind::File) {
            // What some status requires stands in all of them: they can be moved at once.
            if field.required_from.is_some() || maker.rng.random_range(0..10) < 7 {
                let value = Some(make(&mut maker, field));
                values.push((sheet.id, FieldEntry { field: field.id, version: 1, value }));
            }
        }
    }
    fields::add_values(tx, &values).await
}

struct Maker<'a> {
    rng: StdRng,
    locale: Locale,
    now: Timestamp,
    today: NaiveDate,
    people: &'a [UserId],
    contacts: &'a [ContactId],
}

impl Maker<'_> {
    fn pick<T: Copy>(&mut self, from: &[T], or: T) -> T {
        if from.is_empty() { or } else { from[self.rng.random_range(0..from.len())] }
    }

    fn words(&mut self, from: &[Words]) -> FieldValue {
        let words = self.pick(from, ("", ""));
        FieldValue::Text(self.locale.pick(words).to_owned())
    }
}

fn contract(maker: &mut Maker<'_>, _: &CustomField) -> FieldValue {
    FieldValue::Text(format!("SZ-2026/{:03}", maker.rng.random_range(1..400)))
}

fn access(maker: &mut Maker<'_>, _: &CustomField) -> FieldValue {
    maker.words(&NOTES)
}

fn impression(maker: &mut Maker<'_>, _: &CustomField) -> FieldValue {
    maker.words(&IMPRESSIONS)
}

/// Five to nine hundred thousand a month.
fn salary(maker: &mut Maker<'_>, field: &CustomField) -> FieldValue {
    FieldValue::Money { minor: maker.rng.random_range(50..90) * 1_000_000, currency: field.currency.clone() }
}

/// What any field of the kind may hold.
fn any(maker: &mut Maker<'_>, field: &CustomField) -> FieldValue {
    let ids: Vec<ChoiceId> = field.choices.iter().map(|choice| choice.id).collect();
    match field.kind {
        FieldKind::Text | FieldKind::LongText => {
            let (town, street) = (maker.pick(&TOWNS, ""), maker.pick(&STREETS, ""));
            FieldValue::Text(format!("{town}, {street} {}.", maker.rng.random_range(1..90)))
        }
        FieldKind::Whole => FieldValue::Whole(maker.rng.random_range(0..25)),
        FieldKind::Decimal => {
            FieldValue::Decimal(maker.pick(&[2_500_000, 5_000_000, 7_500_000, 10_000_000], 0))
        }
        FieldKind::Money => FieldValue::Money {
            minor: maker.rng.random_range(8..300) * 25_000_000,
            currency: field.currency.clone(),
        },
        FieldKind::Day => {
            let days = Days::new(maker.rng.random_range(1..90));
            FieldValue::Day(maker.today.checked_sub_days(days).unwrap_or(maker.today))
        }
        FieldKind::Moment => {
            let hours = maker.now.0 / 3_600_000 + maker.rng.random_range(20..200);
            FieldValue::Moment(Timestamp(hours * 3_600_000))
        }
        FieldKind::YesNo => FieldValue::YesNo(maker.rng.random_range(0..4) > 0),
        FieldKind::Choice => FieldValue::Choice(maker.pick(&ids, ChoiceId(0))),
        FieldKind::Choices => {
            let n = maker.rng.random_range(1..=ids.len().max(1));
            FieldValue::Choices(ids.into_iter().take(n).collect())
        }
        FieldKind::Link | FieldKind::File => {
            FieldValue::Link(format!("https://tar.example/{}", maker.rng.random_range(1_000..9_999)))
        }
        FieldKind::Contact => FieldValue::Contact(maker.pick(maker.contacts, ContactId(0))),
        FieldKind::User => FieldValue::User(maker.pick(maker.people, UserId(0))),
    }
}
