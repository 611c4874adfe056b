//! Documents that a company issues: proforma, invoice, storno. A [`Draft`] is edited; a [`Document`] is issued and never changes.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{
    id::DatasheetId,
    lines::{self, Decimal, ForintTax, Line, Totals},
    money::{Currency, Money},
    text,
    time::{iso_day, parse_iso_day},
};
use crate::error::{Error, Field, Problem, Refusal, Result};

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(pub NaiveDate);

impl Day {
    /// Whether it can be a day of a business, and not a slip of the keys.
    pub fn is_plausible(self) -> bool {
        (1990..2200).contains(&chrono::Datelike::year(&self.0))
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        iso_day(day.0)
    }
}

/// Not a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a day written as YYYY-MM-DD")]
pub struct NoDay;

impl TryFrom<String> for Day {
    type Error = NoDay;

    fn try_from(text: String) -> Result<Self, NoDay> {
        parse_iso_day(&text).map(Self).ok_or(NoDay)
    }
}

/// Which kind of document it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Asks for payment (díjbekérő); no invoice yet.
    Proforma,
    /// An invoice (számla).
    #[default]
    Invoice,
    /// Cancels an issued document (sztornó).
    Storno,
}

/// How it is paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Method {
    #[default]
    Transfer,
    Cash,
    Card,
    CashOnDelivery,
}

impl Method {
    /// All.
    pub const ALL: [Self; 4] = [Self::Transfer, Self::Cash, Self::Card, Self::CashOnDelivery];
}

/// Who sells or buys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The name of the person or company.
    pub name: String,
    /// Where: several lines.
    pub address: String,
    /// The tax number, as the country writes it.
    pub tax_number: String,
}

fn some(field: Field, value: &str, max: u32, read: fn(Field, &str, u32) -> Parsed) -> Result<String> {
    if value.trim().is_empty() { Ok(String::new()) } else { Ok(read(field, value, max)?) }
}

type Parsed = Result<String, crate::error::Invalid>;

impl Party {
    /// With clean texts; any may be missing.
    pub fn parse(&self) -> Result<Self> {
        Ok(Self {
            name: some(Field::Buyer, &self.name, text::NAME_MAX, text::line)?,
            address: some(Field::Address, &self.address, 500, text::lines)?,
            tax_number: some(Field::TaxNumber, &self.tax_number, 40, text::line)?,
        })
    }
}

/// Who issues, with what is printed of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seller {
    /// Who.
    #[serde(flatten)]
    pub party: Party,
    /// The bank account that transfers go to.
    pub account: String,
    /// What stands at the foot of each document.
    pub footer: String,
}

impl Seller {
    /// What of it the law wants on each document and is not there yet.
    pub fn missing(&self) -> Vec<Field> {
        let wanted = [
            (Field::Seller, &self.party.name),
            (Field::Address, &self.party.address),
            (Field::TaxNumber, &self.party.tax_number),
        ];
        wanted.into_iter().filter(|(_, text)| text.trim().is_empty()).map(|(field, _)| field).collect()
    }

    /// With clean texts; any may be missing.
    pub fn parse(&self) -> Result<Self> {
        let party = self.party.parse().map_err(|error| match error {
            Error::Invalid(invalid) if invalid.field == Field::Buyer => {
                Error::invalid(Field::Seller, invalid.problem)
            }
            other => other,
        })?;
        Ok(Self {
            party,
            account: some(Field::Account, &self.account, 100, text::line)?,
            footer: some(Field::Note, &self.footer, 500, text::lines)?,
        })
    }
}

/// What is sold to whom, for which money: the content of an order and of a draft.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Items {
    /// Who buys.
    pub buyer: Party,
    /// In which currency.
    pub currency: Currency,
    /// What.
    pub lines: Vec<Line>,
}

impl Items {
    /// With clean texts and a sum.
    pub fn parse(&self) -> Result<Self> {
        Ok(Self {
            buyer: self.buyer.parse()?,
            currency: self.currency,
            lines: lines::parse(self.lines.clone(), self.currency)?,
        })
    }

    /// What it is worth with tax; nothing while there are no lines.
    pub fn gross(&self) -> Option<Money> {
        let totals = Totals::of(&self.lines, self.currency).ok()?;
        (!self.lines.is_empty()).then_some(Money { minor: totals.gross, currency: self.currency })
    }
}

/// A document while it is edited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// Proforma or invoice.
    pub kind: Kind,
    /// Buyer and lines.
    pub items: Items,
    /// When it was or will be performed; the day of issue when `None`.
    pub performed_on: Option<Day>,
    /// When it is to be paid; so many days after the issue as the module says when `None`.
    pub due_on: Option<Day>,
    /// How it is paid.
    pub method: Method,
    /// How many forints one unit of its currency is, where that is another one: what the tax in forints follows from.
    pub exchange: Option<Decimal>,
    /// What else it says.
    pub note: String,
}

/// A million forints for one of anything: more is a slip.
const EXCHANGE_MAX: Decimal = Decimal::whole(1_000_000);

impl Draft {
    /// Clean; a storno is not written by hand.
    pub fn parse(&self) -> Result<Self> {
        if self.kind == Kind::Storno {
            return Err(Error::invalid(Field::Kind, Problem::Unknown));
        }
        for (field, day) in [(Field::Performed, self.performed_on), (Field::DueDate, self.due_on)] {
            if day.is_some_and(|day| !day.is_plausible()) {
                return Err(Error::invalid(field, Problem::Unreadable));
            }
        }
        if self.exchange.is_some_and(|rate| !rate.is_positive() || rate > EXCHANGE_MAX) {
            return Err(Error::invalid(Field::Exchange, Problem::Unreadable));
        }
        Ok(Self {
            items: self.items.parse()?,
            exchange: self.exchange.filter(|_| self.items.currency != Currency::HUF),
            note: some(Field::Note, &self.note, 1_000, text::lines)?,
            ..self.clone()
        })
    }

    /// Whether all is there that an issued document must have.
    pub fn is_complete(&self, seller: &Seller) -> Result<()> {
        let missing = |field| Err(Error::invalid(field, Problem::Missing));
        let of_seller = seller.missing();
        if !of_seller.is_empty() {
            return Err(Error::Refused(Refusal::NoSeller(of_seller)));
        }
        if self.items.buyer.name.is_empty() {
            return missing(Field::Buyer);
        }
        // A proforma is no invoice: the law does not ask whose it is.
        if self.kind == Kind::Invoice && self.items.buyer.address.is_empty() {
            return missing(Field::BuyerAddress);
        }
        if self.items.lines.is_empty() {
            return missing(Field::Line);
        }
        if let Some((n, _)) = (1..).zip(&self.items.lines).find(|(_, line)| line.name.is_empty()) {
            return missing(Field::LineName(n));
        }
        let totals = Totals::of(&self.items.lines, self.items.currency)?;
        // What gives money back is a storno.
        if totals.gross <= 0 {
            return Err(Error::invalid(Field::Amount, Problem::NotPositive));
        }
        let is_taxed = totals.rates.iter().any(|rate| rate.tax != 0);
        let is_foreign = self.items.currency != Currency::HUF;
        // A proforma is no invoice: it may tell the tax in forints, but need not.
        if self.kind == Kind::Invoice && is_foreign && is_taxed && self.exchange.is_none() {
            return missing(Field::Exchange);
        }
        Ok(())
    }

    /// The document of that number.
    pub fn issue(
        &self,
        seller: &Seller,
        due_days: u32,
        given: Given,
        about: Option<About>,
    ) -> Result<Document> {
        self.parse()?.is_complete(seller)?;
        if self.due_on.is_some_and(|due| due < given.on) {
            return Err(Error::invalid(Field::DueDate, Problem::BeforeIssue));
        }
        self.preview(seller, due_days, given, about)
    }

    /// The same while something may be missing.
    pub fn preview(
        &self,
        seller: &Seller,
        due_days: u32,
        given: Given,
        about: Option<About>,
    ) -> Result<Document> {
        let draft = self.parse()?;
        let currency = draft.items.currency;
        let totals = Totals::of(&draft.items.lines, currency)?;
        let forint_tax = match draft.exchange {
            Some(rate) => Some(ForintTax::of(&totals, currency, rate)?),
            None => None,
        };
        let later = given.on.0.checked_add_days(Days::new(u64::from(due_days))).unwrap_or(given.on.0);
        Ok(Document {
            kind: draft.kind,
            number: given.number,
            issued_on: given.on,
            performed_on: draft.performed_on.unwrap_or(given.on),
            due_on: draft.due_on.unwrap_or(Day(later)),
            method: draft.method,
            seller: seller.clone(),
            totals,
            forint_tax,
            items: draft.items,
            note: draft.note,
            about,
        })
    }
}

/// What the series gives a document when it is issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Its number.
    pub number: String,
    /// The day of issue: never before the document that had the number before.
    pub on: Day,
}

/// The document or order that another one is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// It cancels the document of that number.
    Cancels(String),
    /// It follows the proforma of that number.
    Proforma(String),
    /// It bills the order of that name.
    Order(String),
}

/// Another datasheet, by the name it had when they were linked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Link {
    /// Which it is.
    pub datasheet: DatasheetId,
    /// What it was called.
    pub name: String,
}

/// An issued document: all that is printed. Nothing in it ever changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Which kind.
    pub kind: Kind,
    /// Its number: unique in its module.
    pub number: String,
    /// When it was issued.
    pub issued_on: Day,
    /// When it was performed.
    pub performed_on: Day,
    /// When it is to be paid.
    pub due_on: Day,
    /// How it is paid.
    pub method: Method,
    /// Who issued it, as they were that day.
    pub seller: Seller,
    /// Buyer, currency, lines.
    pub items: Items,
    /// What the lines add up to.
    pub totals: Totals,
    /// The tax in forints, where the currency is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forint_tax: Option<ForintTax>,
    /// What else it says.
    pub note: String,
    /// What it is about.
    pub about: Option<About>,
}

impl Document {
    /// The document that cancels this one: the same with negative lines.
    pub fn storno(&self, given: Given) -> Result<Self> {
        let mut items = self.items.clone();
        for line in &mut items.lines {
            line.quantity = -line.quantity;
        }
        let totals = Totals::of(&items.lines, items.currency)?;
        let forint_tax = match &self.forint_tax {
            Some(told) => Some(ForintTax::of(&totals, items.currency, told.rate)?),
            None => None,
        };
        Ok(Self {
            kind: Kind::Storno,
            number: given.number,
            issued_on: given.on,
            due_on: given.on,
            totals,
            forint_tax,
            items,
            note: String::new(),
            about: Some(About::Cancels(self.number.clone())),
            ..self.clone()
        })
    }

    /// What is to be paid.
    pub fn gross(&self) -> Money {
        Money { minor: self.totals.gross, currency: self.items.currency }
    }
}

/// What stands across a document beside itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Not issued yet.
    Draft,
    /// When it was paid.
    Paid(Day),
    /// What cancelled it.
    Cancelled(String),
}

/// A document to be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printable {
    /// The datasheet it belongs to.
    pub datasheet: DatasheetId,
    /// The document.
    pub document: Document,
    /// What stands across it.
    pub mark: Option<Mark>,
}

/// What the series of proformas ends in.
pub const PROFORMAS: &str = "D-";

/// The series of a kind: what stands before the year. Proformas have one of their own: they are no invoices. What cancels a
/// document takes its number from the same series.
pub fn series(prefix: &str, kind: Kind) -> String {
    let own = if kind == Kind::Proforma { PROFORMAS } else { "" };
    format!("{prefix}{own}")
}

/// The number of the `count`th document of a series in a year.
pub fn number(series: &str, year: i32, count: i64) -> String {
    format!("{series}{year}/{count:05}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lines::Decimal;

    fn day(text: &str) -> Day {
        Day::try_from(text.to_owned()).unwrap()
    }

    fn seller() -> Seller {
        let party = Party {
            name: "Minta Kft.".to_owned(),
            address: "1111 Budapest".to_owned(),
            tax_number: "12345678-2-41".to_owned(),
        };
        Seller { party, ..Seller::default() }
    }

    fn draft() -> Draft {
        let line = Line { name: "Tető".to_owned(), price: Decimal::whole(1000), ..Line::default() };
        Draft {
            items: Items {
                buyer: Party {
                    name: "Kiss Bt.".to_owned(),
                    address: "1011 Budapest".to_owned(),
                    ..Party::default()
                },
                lines: vec![line],
                ..Items::default()
            },
            ..Draft::default()
        }
    }

    fn given() -> Given {
        Given { number: number(&series("", Kind::Invoice), 2026, 7), on: day("2026-11-24") }
    }

    #[test]
    fn days_that_were_not_filled_in_follow_from_the_issue() {
        let document = draft().issue(&seller(), 8, given(), None).unwrap();
        assert_eq!(document.number, "2026/00007");
        assert_eq!((document.performed_on, document.due_on), (day("2026-11-24"), day("2026-12-02")));
        assert_eq!(document.totals.gross, 127_000);
        assert_eq!(number(&series("A", Kind::Proforma), 2026, 123_456), "AD-2026/123456");
    }

    #[test]
    fn a_document_that_lacks_something_is_not_issued_and_says_what() {
        let issue = |draft: Draft, seller: &Seller| draft.issue(seller, 8, given(), None);
        let missing = |field| Err(Error::invalid(field, Problem::Missing));
        let no_seller = |fields: &[Field]| Err(Error::Refused(Refusal::NoSeller(fields.to_vec())));
        let all = [Field::Seller, Field::Address, Field::TaxNumber];
        assert_eq!(issue(draft(), &Seller::default()), no_seller(&all));
        let mut no_address = seller();
        no_address.party.address.clear();
        assert_eq!(issue(draft(), &no_address), no_seller(&[Field::Address]));
        let mut no_buyer = draft();
        no_buyer.items.buyer.name = "  ".to_owned();
        assert_eq!(issue(no_buyer, &seller()), missing(Field::Buyer));
        let mut nowhere = draft();
        nowhere.items.buyer.address = " \n".to_owned();
        assert_eq!(issue(nowhere.clone(), &seller()), missing(Field::BuyerAddress));
        assert!(issue(Draft { kind: Kind::Proforma, ..nowhere }, &seller()).is_ok());
        let mut no_lines = draft();
        no_lines.items.lines.clear();
        assert_eq!(issue(no_lines, &seller()), missing(Field::Line));
        let mut no_name = draft();
        no_name.items.lines = vec![Line::default(); 3];
        no_name.items.lines[0].name = "Tető".to_owned();
        assert_eq!(issue(no_name, &seller()), missing(Field::LineName(2)));
        let storno = Draft { kind: Kind::Storno, ..draft() };
        assert_eq!(issue(storno, &seller()), Err(Error::invalid(Field::Kind, Problem::Unknown)));
    }

    #[test]
    fn what_is_due_before_it_is_issued_or_worth_nothing_is_not_issued() {
        let issue = |draft: Draft| draft.issue(&seller(), 8, given(), None).map(|document| document.due_on);
        let due = |text: &str| Draft { due_on: Some(day(text)), ..draft() };
        assert_eq!(issue(due("2026-11-23")), Err(Error::invalid(Field::DueDate, Problem::BeforeIssue)));
        assert_eq!(issue(due("2026-11-24")), Ok(day("2026-11-24")));
        for quantity in [Decimal::whole(0), -Decimal::whole(1)] {
            let mut nothing = draft();
            nothing.items.lines[0].quantity = quantity;
            assert_eq!(issue(nothing), Err(Error::invalid(Field::Amount, Problem::NotPositive)));
        }
    }

    #[test]
    fn a_taxed_invoice_in_another_currency_needs_the_rate_and_tells_the_tax_in_forints() {
        let mut euros = draft();
        euros.items.currency = Currency::EUR;
        let issue = |draft: &Draft| draft.issue(&seller(), 8, given(), None);
        assert_eq!(issue(&euros), Err(Error::invalid(Field::Exchange, Problem::Missing)));
        let proforma = Draft { kind: Kind::Proforma, ..euros.clone() };
        assert_eq!(issue(&proforma).map(|document| document.forint_tax), Ok(None));
        let mut untaxed = euros.clone();
        untaxed.items.lines[0].vat = lines::Vat::Eu;
        assert!(issue(&untaxed).is_ok());
        euros.exchange = Some(Decimal::whole(400));
        let document = issue(&euros).unwrap();
        assert_eq!(document.forint_tax.as_ref().map(|told| told.total), Some(10_800_000));
        let storno = document.storno(given()).unwrap();
        assert_eq!(storno.forint_tax.map(|told| told.total), Some(-10_800_000));
        euros.exchange = Some(-Decimal::whole(400));
        assert_eq!(issue(&euros), Err(Error::invalid(Field::Exchange, Problem::Unreadable)));
        let forints = Draft { exchange: Some(Decimal::whole(400)), ..draft() };
        assert_eq!(issue(&forints).map(|document| document.forint_tax), Ok(None));
    }

    #[test]
    fn a_document_of_before_there_were_rates_is_read() {
        let document = draft().issue(&seller(), 8, given(), None).unwrap();
        let text = serde_json::to_string(&document).unwrap();
        assert!(!text.contains("forint_tax"));
        assert_eq!(serde_json::from_str::<Document>(&text).unwrap(), document);
    }

    #[test]
    fn a_storno_is_the_same_with_negative_lines() {
        let document = draft().issue(&seller(), 8, given(), None).unwrap();
        let storno =
            document.storno(Given { number: "2026/00008".to_owned(), on: day("2026-12-24") }).unwrap();
        assert_eq!(storno.totals.gross, -document.totals.gross);
        assert_eq!(storno.about, Some(About::Cancels("2026/00007".to_owned())));
        assert_eq!((storno.performed_on, &storno.seller), (document.performed_on, &document.seller));
    }
}
