//! Sample orders and documents, in all their states, with days around now.

use std::collections::BTreeMap;

use rand::RngExt as _;

use super::{DAY, Maker, Words};
use crate::{
    domain::{
        document::{self, About, Day, Draft, Given, Items, Kind, Link, Method, Party, Seller},
        history::What,
        id::{EventId, StatusId, UserId},
        lines::{Decimal, Line, Vat},
        module::Template,
        money::Currency,
        process::{
            Action, At, Facts, Process, Settings,
            invoicing::{self, Source, Stage},
            orders,
        },
        status_name::StatusThen,
        time::Timestamp,
        zone::Zone,
    },
    error::{Act, Error, Result},
    i18n::Locale,
    store::{
        Tx, accounts,
        bulk::{self, NewDatasheet, NewEvent, NewProcess},
        documents::{self, NewDocument, Place},
        modules::{self, Made},
        processes, statuses,
    },
};

/// How many documents, those of them that are not issued yet, and how many orders that have none.
const DOCUMENTS: i64 = 260;
const DRAFTS: i64 = 26;
const ORDERS: i64 = 150;

/// What is sold: name, unit, price in forints, tax.
const WARES: [(Words, Words, i32, Vat); 9] = [
    (("Rendszergazdai szolgáltatás", "System administration"), ("óra", "hour"), 14_900, Vat::P27),
    (("Weboldal karbantartása", "Web site maintenance"), ("hó", "month"), 38_000, Vat::P27),
    (("Napelemmodul 450 W", "Solar module 450 W"), ("db", "pc"), 61_490, Vat::P27),
    (("Kiszállás", "Call-out"), ("alkalom", "visit"), 8_500, Vat::P27),
    (("Szakkönyv", "Handbook"), ("db", "pc"), 6_857, Vat::P5),
    (("Tanácsadás", "Consulting"), ("óra", "hour"), 22_000, Vat::P27),
    (("Tanfolyam", "Course"), ("fő", "person"), 54_000, Vat::Tam),
    (("Munkaasztal", "Workbench"), ("db", "pc"), 87_300, Vat::P27),
    (("Tejtermék, vegyes", "Dairy, assorted"), ("kg", "kg"), 1_890, Vat::P18),
];

/// A module of orders and one of documents.
pub(super) async fn fill(
    tx: &mut Tx,
    locale: Locale,
    now: Timestamp,
    zone: &Zone,
    people: &[UserId],
) -> Result<()> {
    let orders = add_module(tx, Process::Orders, locale, now, people).await?;
    let invoicing = add_module(tx, Process::Invoicing, locale, now, people).await?;
    let settings = settings(locale);
    let stored = Settings::Invoicing(settings.clone());
    processes::save_settings(tx, invoicing.id, 1, &stored).await?;
    let mut filler = Filler {
        orders: Maker::new(locale, now, zone, &orders, people, Template::Fixed(Process::Orders)),
        invoicing: Maker::new(locale, now, zone, &invoicing, people, Template::Fixed(Process::Invoicing)),
        order_statuses: statuses::by_process_key(tx, orders.id).await?,
        statuses: statuses::by_process_key(tx, invoicing.id).await?,
        settings,
        sheets: vec![],
        documents: vec![],
    };
    for n in 0..DOCUMENTS {
        filler.document(tx, n).await?;
    }
    for n in 0..ORDERS {
        filler.order(tx, n)?;
    }
    let Filler { sheets, documents, .. } = filler;
    bulk::insert(tx, &sheets).await?;
    for (sheet, place, document, at, by) in &documents {
        let new = NewDocument { datasheet: *sheet, place, document, at: *at, by: Some(*by) };
        documents::add(tx, new).await?;
    }
    Ok(())
}

async fn add_module(
    tx: &mut Tx,
    process: Process,
    locale: Locale,
    now: Timestamp,
    people: &[UserId],
) -> Result<Made> {
    let template = Template::Fixed(process);
    let made = modules::seed_from_template(tx, template, template.name(locale), locale, now).await?;
    for user in people.iter().skip(2) {
        accounts::access_add(tx, *user, made.id).await?;
    }
    Ok(made)
}

fn settings(locale: Locale) -> invoicing::Settings {
    invoicing::Settings {
        seller: Seller {
            party: Party {
                name: "Minta Műhely Kft.".to_owned(),
                address: locale
                    .pick(("1134 Budapest, Minta utca 12.", "Minta utca 12.\n1134 Budapest, Hungary"))
                    .to_owned(),
                tax_number: "12345678-2-41".to_owned(),
            },
            account: "11700000-12345678-00000000".to_owned(),
            footer: locale
                .pick(("Köszönjük, hogy minket választott!", "Thank you for choosing us!"))
                .to_owned(),
        },
        ..invoicing::Settings::default()
    }
}

/// An issued document with its datasheet, its number's place, when and by whom.
type Issued = (crate::domain::id::DatasheetId, Place, document::Document, Timestamp, UserId);

struct Filler<'a> {
    orders: Maker<'a>,
    invoicing: Maker<'a>,
    order_statuses: BTreeMap<String, StatusId>,
    statuses: BTreeMap<String, StatusId>,
    settings: invoicing::Settings,
    sheets: Vec<NewDatasheet>,
    documents: Vec<Issued>,
}

impl Filler<'_> {
    fn items(&mut self, buyer: &str) -> Items {
        let maker = &mut self.invoicing;
        let is_abroad = maker.rng.random_range(0..12) == 0;
        let lines = (0..maker.rng.random_range(1..5))
            .map(|_| {
                let (name, unit, price, vat) = maker.pick(&WARES, WARES[0]);
                let price = if is_abroad { price / 400 + 1 } else { price };
                Line {
                    name: maker.locale.pick(name).to_owned(),
                    quantity: Decimal::whole(maker.rng.random_range(1..12)),
                    unit: maker.locale.pick(unit).to_owned(),
                    price: Decimal::whole(price),
                    vat: if is_abroad { Vat::Eu } else { vat },
                }
            })
            .collect();
        let number = maker.rng.random_range(10_000_000..30_000_000);
        Items {
            buyer: Party {
                name: buyer.to_owned(),
                address: format!(
                    "{} Budapest, {} utca {}.",
                    1_011 + maker.rng.random_range(0..22) * 10,
                    maker.pick(&super::FAMILY, "Fő"),
                    maker.rng.random_range(1..90)
                ),
                tax_number: if is_abroad { format!("ATU{number}") } else { format!("{number}-2-42") },
            },
            currency: if is_abroad { Currency::EUR } else { Currency::HUF },
            lines,
        }
    }

    /// The `n`th document, the oldest first: the further back, the more likely it is paid.
    async fn document(&mut self, tx: &mut Tx, n: i64) -> Result<()> {
        // Business grows: the newer, the more.
        let back = (DOCUMENTS - DRAFTS - n).max(0);
        let age = back * back * 300 / (DOCUMENTS * DOCUMENTS);
        let now = self.invoicing.now;
        let buyer = self.invoicing.firm_name();
        let kind = if n % 6 == 5 { Kind::Proforma } else { Kind::Invoice };
        let draft = Draft {
            kind,
            items: self.items(&buyer),
            method: self.invoicing.pick(&Method::ALL, Method::Transfer),
            ..Draft::default()
        };
        let mut facts = invoicing::Facts { draft, ..invoicing::Facts::default() };
        let mut sheet = self.invoicing.datasheet(tx, 2, Some(n.unsigned_abs()));
        sheet.name.clone_from(&buyer);
        if n >= DOCUMENTS - DRAFTS {
            self.add(sheet, facts, now, vec![])?;
            return Ok(());
        }
        // An order that became this invoice.
        if n % 4 == 0 && kind == Kind::Invoice {
            let order = self.successful_order(tx, &sheet, &facts.draft.items, age)?;
            facts.source = Some(Source { about: About::Order(order.name.clone()), link: order });
        }
        let at = Timestamp(now.0 - age * DAY);
        let (place, document) = self
            .issue(tx, kind, at, |given, settings| {
                let about = facts.source.as_ref().map(|source| source.about.clone());
                facts.draft.issue(&settings.seller, settings.due_days, given, about)
            })
            .await?;
        let due_end = self.invoicing.zone.end_of_day(document.due_on.0);
        facts = facts.issued(&document, due_end);
        // The order was paid, and so its invoice is from the first.
        let is_of_order = facts.source.is_some();
        let issued = moved("to_issue", if is_of_order { "paid" } else { "issued" });
        let mut steps = vec![(at, invoicing::Action::Issue, issued)];
        let is_cancelled = n % 23 == 7 && !is_of_order;
        let is_unpaid = age < 8 || n % 4 == 1 && age < 90;
        if is_cancelled {
            let storno = self.storno(tx, &sheet, &document, at).await?;
            facts = invoicing::Facts { stage: Stage::Cancelled, made: Some(storno), ..facts };
            steps.push((at.plus_hours(20), invoicing::Action::Storno, moved("issued", "cancelled")));
        } else if is_of_order {
            facts = invoicing::Facts { stage: Stage::Paid, paid_on: Some(document.issued_on), ..facts };
        } else if !is_unpaid {
            let paid_at = Timestamp((at.0 + self.invoicing.rng.random_range(1..8) * DAY).min(now.0));
            let day = Day(self.invoicing.zone.today(paid_at));
            facts = invoicing::Facts { stage: Stage::Paid, paid_on: Some(day), ..facts };
            steps.push((paid_at, invoicing::Action::MarkPaid(Some(day)), moved("issued", "paid")));
        }
        self.documents.push((sheet.id, place, document, at, sheet.owner));
        self.add(sheet, facts, at, steps)
    }

    async fn issue(
        &self,
        tx: &mut Tx,
        kind: Kind,
        at: Timestamp,
        make: impl FnOnce(Given, &invoicing::Settings) -> Result<document::Document>,
    ) -> Result<(Place, document::Document)> {
        use chrono::Datelike as _;
        let on = Day(self.invoicing.zone.today(at));
        let series = document::series(&self.settings.prefix, kind);
        let place = documents::take(tx, self.invoicing.module.id, &series, on.0.year(), on).await?;
        let given = Given { number: document::number(&series, place.year, place.count), on: place.on };
        let document = make(given, &self.settings)?;
        Ok((place, document))
    }

    async fn storno(
        &mut self,
        tx: &mut Tx,
        of: &NewDatasheet,
        document: &document::Document,
        at: Timestamp,
    ) -> Result<Link> {
        let (place, storno) = self.issue(tx, document.kind, at, |given, _| document.storno(given)).await?;
        let mut sheet = self.invoicing.datasheet(tx, 0, None);
        sheet.name.clone_from(&of.name);
        sheet.owner = of.owner;
        let link = Link { datasheet: of.id, name: of.name.clone() };
        let source = Source { link, about: About::Cancels(document.number.clone()) };
        let facts = invoicing::Facts { source: Some(source), ..invoicing::Facts::default() };
        let facts = facts.issued(&storno, self.invoicing.zone.end_of_day(storno.due_on.0));
        let link = Link { datasheet: sheet.id, name: storno.number.clone() };
        self.documents.push((sheet.id, place, storno, at, sheet.owner));
        self.add(sheet, facts, at, vec![])?;
        Ok(link)
    }

    /// Keeps a document's datasheet with what its facts say.
    fn add(
        &mut self,
        mut sheet: NewDatasheet,
        facts: invoicing::Facts,
        at: Timestamp,
        steps: Vec<(Timestamp, invoicing::Action, (StatusThen, StatusThen))>,
    ) -> Result<()> {
        let is_over = matches!(facts.stage, Stage::Paid | Stage::Cancelled);
        let settings = Settings::Invoicing(self.settings.clone());
        let facts = Facts::Invoicing(facts);
        finish(&mut sheet, facts, &settings, &self.statuses, self.invoicing.now, at, is_over)?;
        for (at, action, moved) in steps {
            let what = What::Acted {
                action: Action::Invoicing(action),
                moved: Some(moved),
                named: None,
                edit: None,
            };
            let id = EventId(sheet.events.last().map_or(0, |event| event.id.0) + 1);
            sheet.events.push(NewEvent { id, at, by: Some(sheet.owner), what, batch: None });
        }
        self.sheets.push(sheet);
        Ok(())
    }

    /// A successful order whose invoice this will be.
    fn successful_order(&mut self, tx: &Tx, invoice: &NewDatasheet, items: &Items, age: i64) -> Result<Link> {
        let mut sheet = self.orders.datasheet(tx, 2, Some(1));
        sheet.name.clone_from(&invoice.name);
        sheet.owner = invoice.owner;
        let link = Link { datasheet: sheet.id, name: sheet.name.clone() };
        let facts = orders::Facts {
            stage: orders::Stage::Successful,
            items: items.clone(),
            invoice: Some(Link { datasheet: invoice.id, name: invoice.name.clone() }),
            paid_at: Some(Timestamp(self.orders.now.0 - age * DAY)),
        };
        self.add_order(sheet, facts, age)?;
        Ok(link)
    }

    fn order(&mut self, tx: &Tx, n: i64) -> Result<()> {
        let stage = match n % 10 {
            0..=2 => orders::Stage::Draft,
            3..=5 => orders::Stage::InProgress,
            6 | 7 => orders::Stage::Completed,
            8 => orders::Stage::Successful,
            _ => orders::Stage::Failed,
        };
        let buyer = self.orders.firm_name();
        let items = self.items(&buyer);
        let mut sheet = self.orders.datasheet(tx, 2, Some(n.unsigned_abs()));
        sheet.name = buyer;
        self.add_order(sheet, orders::Facts { stage, items, ..orders::Facts::default() }, n % 60)
    }

    fn add_order(&mut self, mut sheet: NewDatasheet, facts: orders::Facts, age: i64) -> Result<()> {
        let now = self.orders.now;
        let at = Timestamp(now.0 - (age + 5) * DAY);
        let is_over = matches!(facts.stage, orders::Stage::Successful | orders::Stage::Failed);
        let moved = facts.stage != orders::Stage::Draft;
        finish(
            &mut sheet,
            Facts::Orders(facts),
            &Settings::Orders(()),
            &self.order_statuses,
            now,
            at,
            is_over,
        )?;
        if moved {
            let what = What::Acted {
                action: Action::Orders(orders::Action::Move(Act::Finalise)),
                moved: None,
                named: None,
                edit: None,
            };
            let id = EventId(sheet.events.last().map_or(0, |event| event.id.0) + 1);
            sheet.events.push(NewEvent { id, at, by: Some(sheet.owner), what, batch: None });
        }
        self.sheets.push(sheet);
        Ok(())
    }
}

fn moved(from: &str, to: &str) -> (StatusThen, StatusThen) {
    (StatusThen::from(from.to_owned()), StatusThen::from(to.to_owned()))
}

/// Puts a datasheet where its facts say; one that is done with has nothing to do.
fn finish(
    sheet: &mut NewDatasheet,
    facts: Facts,
    settings: &Settings,
    statuses: &BTreeMap<String, StatusId>,
    now: Timestamp,
    at: Timestamp,
    is_over: bool,
) -> Result<()> {
    let created_at = Timestamp(at.0 - DAY);
    let around = At { now, created_at, has_open_todo: !is_over, last_closed_at: None, settings };
    sheet.status = statuses.get(facts.status(&around)).copied().ok_or(Error::Server)?;
    sheet.created_at = created_at;
    sheet.modified_at = at;
    sheet.todos.retain(|todo| todo.closed.is_none() && !is_over);
    sheet.events.retain(|event| matches!(event.what, What::Created { .. }));
    for event in &mut sheet.events {
        event.at = created_at;
        event.what = What::Created { name: sheet.name.clone() };
    }
    sheet.process = Some(NewProcess { wakes_at: facts.wakes_at(&around), facts });
    Ok(())
}
