//! Contacts: persons and businesses, how they are reached, and what makes two of them look like one.
//!
//! What two contacts are compared by is a key each: a name without case, accents and the order of its words, an address, a phone
//! number in its international form, the part of a tax number that names the company. Keys are stored beside what was typed, so
//! that the likely duplicates of a contact are looked up and not searched for.

use serde::{Deserialize, Serialize};

use super::{
    datasheet::Row,
    history::Event,
    id::{ContactId, DatasheetId, DetailId, ModuleId},
    status::{Color, StatusGroup},
    status_name::StatusName,
    text::{self, NAME_MAX, fold},
    time::Timestamp,
};
use crate::error::{Field, Invalid, Problem};

/// The longest address, in characters.
const ADDRESS_MAX: u32 = 300;
/// The longest phone number, in characters.
const PHONE_MAX: u32 = 60;
/// The longest tax number, in characters.
const TAX_MAX: u32 = 40;

/// What a contact is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum ContactKind {
    /// Somebody; belongs to one business at most.
    #[default]
    Person,
    /// A company or another body.
    Business,
}

/// A way to reach a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum DetailKind {
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// Where they are.
    Address,
}

impl DetailKind {
    /// All, in the order of the page.
    pub const ALL: [Self; 3] = [Self::Email, Self::Phone, Self::Address];

    /// The word in element ids.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Address => "address",
        }
    }

    /// The field of the form.
    pub const fn field(self) -> Field {
        match self {
            Self::Email => Field::Email,
            Self::Phone => Field::Phone,
            Self::Address => Field::Address,
        }
    }

    /// What may be stored of what was typed.
    pub fn parse(self, text: &str) -> Result<String, Invalid> {
        match self {
            Self::Email => text::email(text),
            Self::Phone => phone(text),
            Self::Address => text::line(Field::Address, text, ADDRESS_MAX),
        }
    }

    /// What a value is compared by; addresses are not.
    pub fn key(self, value: &str) -> Option<String> {
        match self {
            Self::Email => Some(value.trim().to_lowercase()).filter(|key| !key.is_empty()),
            Self::Phone => phone_key(value),
            Self::Address => None,
        }
    }
}

/// Where a way to reach a contact belongs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum DetailLabel {
    /// At work; of a business its own.
    #[default]
    Work,
    /// At home.
    Home,
    /// In the pocket.
    Mobile,
    /// Where bills go.
    Billing,
    /// Where goods go.
    Delivery,
    /// Anything else.
    Other,
}

impl DetailLabel {
    /// Those that a kind offers.
    pub const fn of(kind: DetailKind) -> &'static [Self] {
        match kind {
            DetailKind::Email => &[Self::Work, Self::Home, Self::Billing, Self::Other],
            DetailKind::Phone => &[Self::Mobile, Self::Work, Self::Home, Self::Other],
            DetailKind::Address => &[Self::Work, Self::Home, Self::Billing, Self::Delivery, Self::Other],
        }
    }

    /// The word in forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Home => "home",
            Self::Mobile => "mobile",
            Self::Billing => "billing",
            Self::Delivery => "delivery",
            Self::Other => "other",
        }
    }

    /// The label of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Work, Self::Home, Self::Mobile, Self::Billing, Self::Delivery, Self::Other]
            .into_iter()
            .find(|label| label.word() == word)
    }
}

/// An e-mail address, phone number or address of a contact.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Detail {
    /// Which.
    pub id: DetailId,
    /// What it is.
    pub kind: DetailKind,
    /// Where it belongs.
    pub label: DetailLabel,
    /// As it was typed.
    pub value: String,
    /// Counts its changes.
    pub version: i64,
}

/// A contact's name with its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Named {
    /// Which.
    pub id: ContactId,
    /// What people call it.
    pub name: String,
}

/// A contact with all that is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Which.
    pub id: ContactId,
    /// Person or business.
    pub kind: ContactKind,
    /// What people call it.
    pub name: String,
    /// The business a person belongs to.
    pub business: Option<Named>,
    /// A business's tax number, as it was typed.
    pub tax_number: Option<String>,
    /// Counts the changes of name, business and tax number.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// How it is reached: by kind, the oldest first. The first of a kind is the one that lists show.
    pub details: Vec<Detail>,
}

impl Contact {
    /// The details of a kind.
    pub fn of(&self, kind: DetailKind) -> impl Iterator<Item = &Detail> {
        self.details.iter().filter(move |detail| detail.kind == kind)
    }

    /// The first value of a kind: what lists show.
    pub fn first(&self, kind: DetailKind) -> Option<&str> {
        self.of(kind).next().map(|detail| detail.value.as_str())
    }

    /// What it is compared by.
    pub fn keys(&self) -> Keys {
        let of = |kind: DetailKind| self.of(kind).filter_map(|detail| kind.key(&detail.value)).collect();
        Keys {
            name: Some(name_key(&self.name)).filter(|key| !key.is_empty()),
            emails: of(DetailKind::Email),
            phones: of(DetailKind::Phone),
            tax: self.tax_number.as_deref().and_then(tax_key),
        }
    }

    /// Says how it stands: another one means that something of it was changed.
    pub fn stamp(&self) -> String {
        let sum: i64 = self.details.iter().map(|detail| detail.version).sum();
        let last = self.details.iter().map(|detail| detail.id.0).max().unwrap_or_default();
        format!("{}.{}.{sum}.{last}", self.version, self.details.len())
    }

    /// The words by which it is found.
    pub fn words(&self) -> Vec<String> {
        search_words(
            &self.name,
            self.of(DetailKind::Email).map(|detail| detail.value.as_str()),
            self.of(DetailKind::Phone).map(|detail| detail.value.as_str()),
            self.tax_number.as_deref(),
        )
    }
}

/// A contact as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct ContactLine {
    /// Which.
    pub id: ContactId,
    /// Person or business.
    pub kind: ContactKind,
    /// What people call it.
    pub name: String,
    /// The name of the business a person belongs to.
    pub business: Option<String>,
    /// The first e-mail address.
    pub email: Option<String>,
    /// The first phone number.
    pub phone: Option<String>,
}

/// A place between two contacts of the list: after that key and id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactCursor {
    /// The folded name, or under a search the word that was found.
    pub key: String,
    /// Breaks ties.
    pub id: ContactId,
}

/// Some contacts of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactList {
    /// In order.
    pub lines: Vec<ContactLine>,
    /// Where the next ones begin, if there are more.
    pub next: Option<ContactCursor>,
}

/// A datasheet of a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactSheet {
    /// As its list shows it.
    pub row: Row,
    /// The module it is in.
    pub module: ModuleId,
    /// The name of its status.
    pub status: StatusName,
    /// The group of its status.
    pub group: StatusGroup,
    /// The colour of its status.
    pub color: Color,
}

/// An entry of a contact's history: its own, or one of a datasheet of its.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactEvent {
    /// What happened.
    pub event: Event,
    /// The datasheet it happened on.
    pub datasheet: Option<(DatasheetId, String)>,
}

/// Everything that the page of a contact shows at first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactPage {
    /// The contact.
    pub contact: Contact,
    /// The persons of a business by name, at most [`ContactPage::PERSONS`].
    pub persons: Vec<ContactLine>,
    /// Whether it has more of them.
    pub more_persons: bool,
    /// Its datasheets and those of its persons that the viewer may open, the newest first.
    pub sheets: Vec<ContactSheet>,
    /// Whether there are more of them.
    pub more_sheets: bool,
    /// The newest entries of the history.
    pub history: Vec<ContactEvent>,
    /// Whether the viewer may merge it with another one.
    pub may_merge: bool,
}

impl ContactPage {
    /// How many persons a page brings.
    pub const PERSONS: usize = 50;
    /// How many datasheets come at once.
    pub const SHEETS: usize = 20;
    /// How many entries of the history come at once.
    pub const EVENTS: usize = 50;
}

/// What is filled in for a new contact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactForm {
    /// Person or business.
    pub kind: ContactKind,
    /// What people call it.
    pub name: String,
    /// An e-mail address, or nothing.
    pub email: String,
    /// A phone number, or nothing.
    pub phone: String,
    /// A business's tax number, or nothing.
    pub tax_number: String,
    /// The business a person belongs to.
    pub business: Option<ContactId>,
}

impl ContactForm {
    /// The same as it may be stored. What does not belong to the kind is left out.
    pub fn parse(self) -> Result<Self, Invalid> {
        let filled = |kind: DetailKind, text: &str| {
            if text.trim().is_empty() { Ok(String::new()) } else { kind.parse(text) }
        };
        let is_business = self.kind == ContactKind::Business;
        Ok(Self {
            kind: self.kind,
            name: text::name(&self.name)?,
            email: filled(DetailKind::Email, &self.email)?,
            phone: filled(DetailKind::Phone, &self.phone)?,
            tax_number: if is_business {
                tax_number(&self.tax_number)?.unwrap_or_default()
            } else {
                String::new()
            },
            business: self.business.filter(|_| !is_business),
        })
    }

    /// What is typed so far, for the search for duplicates.
    pub fn typed(&self) -> Typed {
        Typed {
            name: self.name.clone(),
            emails: vec![self.email.clone()],
            phones: vec![self.phone.clone()],
            tax_number: if self.kind == ContactKind::Business {
                self.tax_number.clone()
            } else {
                String::new()
            },
        }
    }
}

/// A tax number as it was typed; `None` when nothing was.
pub fn tax_number(text: &str) -> Result<Option<String>, Invalid> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let clean = text::line(Field::TaxNumber, text, TAX_MAX)?;
    match tax_key(&clean) {
        Some(_) => Ok(Some(clean)),
        None => Err(Invalid { field: Field::TaxNumber, problem: Problem::Unreadable }),
    }
}

/// A phone number as it was typed. Only what can never be one is refused.
fn phone(text: &str) -> Result<String, Invalid> {
    let clean = text::line(Field::Phone, text, PHONE_MAX)?;
    match phone_key(&clean) {
        Some(_) => Ok(clean),
        None => Err(Invalid { field: Field::Phone, problem: Problem::Unreadable }),
    }
}

/// A name without accents, case, signs and the order of its words: «Kovács Anna» and «anna KOVACS» are one.
pub fn name_key(name: &str) -> String {
    text::words(name).join(" ")
}

/// A phone number as digits from the country on. Hungarian numbers are known without it: `06 30…`, `30…`, `1 234 5678`. `None` when
/// it has too few digits to be one. What stands behind the number (an extension) is left out.
pub fn phone_key(text: &str) -> Option<String> {
    let is_international = text.trim_start().starts_with('+');
    let end = text
        .char_indices()
        .find(|(at, c)| c.is_alphabetic() && text[..*at].contains(|c: char| c.is_ascii_digit()))
        .map_or(text.len(), |(at, _)| at);
    let digits: String = text[..end].chars().filter(char::is_ascii_digit).collect();
    let national = |digits: &str| {
        // A nought between the country and the number: +36 (0) 30, +36 06 30.
        let rest =
            digits.strip_prefix("36").map(|rest| rest.trim_start_matches("06").trim_start_matches('0'));
        rest.map_or_else(|| digits.to_owned(), |rest| format!("36{rest}"))
    };
    let key = if is_international {
        national(&digits)
    } else if let Some(rest) = digits.strip_prefix("00") {
        national(rest)
    } else if let Some(rest) = digits.strip_prefix("06") {
        format!("36{rest}")
    } else {
        let is_mobile =
            digits.len() == 9 && ["20", "30", "31", "50", "70"].iter().any(|net| digits.starts_with(net));
        if is_mobile || digits.len() == 8 { format!("36{digits}") } else { national(&digits) }
    };
    (5..=20).contains(&key.len()).then_some(key)
}

/// What of a tax number names the company: of a Hungarian one (12345678-2-42, HU12345678) its first eight digits, of others all
/// letters and digits. `None` when it has fewer than five.
pub fn tax_key(text: &str) -> Option<String> {
    let key: String = fold(text).chars().filter(char::is_ascii_alphanumeric).collect();
    let digits = key.strip_prefix("hu").unwrap_or(&key);
    let is_hungarian = digits.bytes().all(|byte| byte.is_ascii_digit()) && matches!(digits.len(), 8 | 11);
    let key = if is_hungarian { digits[..8].to_owned() } else { key };
    (key.len() >= 5).then_some(key)
}

/// The words by which a contact is found: those of its name and addresses, its numbers.
pub fn search_words<'a>(
    name: &str,
    emails: impl Iterator<Item = &'a str>,
    phones: impl Iterator<Item = &'a str>,
    tax_number: Option<&str>,
) -> Vec<String> {
    let mut words = text::words(name);
    for email in emails {
        words.extend(text::words(email));
    }
    for phone in phones.filter_map(phone_key) {
        // Also without the country, as people type it.
        words.extend(phone.strip_prefix("36").map(str::to_owned));
        words.push(phone);
    }
    if let Some(tax) = tax_number {
        let whole: String = fold(tax).chars().filter(char::is_ascii_alphanumeric).collect();
        words.extend(whole.strip_prefix("hu").map(str::to_owned));
        words.push(whole);
    }
    words.sort_unstable();
    words.dedup();
    words
}

/// The beginnings of words that a search is for, at most eight. What is all digits and signs is one number.
pub fn searched(text: &str) -> Vec<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_number =
        digits.len() >= 3 && text.chars().all(|c| c.is_ascii_digit() || " +-()/.\u{a0}".contains(c));
    if !is_number {
        return text::words(text).into_iter().take(8).collect();
    }
    let word = if text.trim_start().starts_with('+') {
        digits
    } else if let Some(rest) = digits.strip_prefix("00") {
        rest.to_owned()
    } else if let Some(rest) = digits.strip_prefix("06") {
        rest.to_owned()
    } else {
        digits
    };
    vec![word]
}

/// What of a contact or datasheet is typed so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Typed {
    /// The name.
    pub name: String,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Phone numbers.
    pub phones: Vec<String>,
    /// The tax number.
    pub tax_number: String,
}

impl Typed {
    /// What it is compared by; what is not yet whole has no key.
    pub fn keys(&self) -> Keys {
        let of = |kind: DetailKind, all: &[String]| {
            all.iter().filter_map(|value| kind.key(&kind.parse(value).ok()?)).take(20).collect()
        };
        Keys {
            name: Some(name_key(&self.name))
                .filter(|key| key.chars().count() >= 3 && key.len() <= 4 * NAME_MAX as usize),
            emails: of(DetailKind::Email, &self.emails),
            phones: of(DetailKind::Phone, &self.phones),
            tax: tax_number(&self.tax_number).ok().flatten().as_deref().and_then(tax_key),
        }
    }
}

/// What contacts are compared by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// Of the name.
    pub name: Option<String>,
    /// Of the e-mail addresses.
    pub emails: Vec<String>,
    /// Of the phone numbers.
    pub phones: Vec<String>,
    /// Of the tax number.
    pub tax: Option<String>,
}

/// What two contacts have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The tax number.
    TaxNumber,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// The name.
    Name,
}

impl Keys {
    /// Whether there is nothing to compare by.
    pub fn is_empty(&self) -> bool {
        self.name.is_none() && self.emails.is_empty() && self.phones.is_empty() && self.tax.is_none()
    }

    /// What both have. They are likely one when there is anything.
    pub fn likeness(&self, other: &Self) -> Vec<Why> {
        let shares = |ours: &[String], theirs: &[String]| ours.iter().any(|key| theirs.contains(key));
        let mut why = vec![];
        if self.tax.is_some() && self.tax == other.tax {
            why.push(Why::TaxNumber);
        }
        if shares(&self.emails, &other.emails) {
            why.push(Why::Email);
        }
        if shares(&self.phones, &other.phones) {
            why.push(Why::Phone);
        }
        if self.name.is_some() && self.name == other.name {
            why.push(Why::Name);
        }
        why
    }
}

/// A contact that is likely the one that is typed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Likely {
    /// The contact.
    pub contact: ContactLine,
    /// What they have in common.
    pub why: Vec<Why>,
}

/// A datasheet that is likely the one that is typed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LikelySheet {
    /// Which.
    pub id: DatasheetId,
    /// Its name.
    pub name: String,
    /// Whom it is about.
    pub contact: Option<String>,
}

/// What is likely the same as what is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AllLikely {
    /// Contacts; those with most in common first.
    pub contacts: Vec<Likely>,
    /// Datasheets of the module.
    pub sheets: Vec<LikelySheet>,
}

/// Puts those with most in common first, and of those with as much the oldest.
pub fn most_likely(keys: &Keys, found: Vec<(ContactLine, Keys)>) -> Vec<Likely> {
    let mut likely: Vec<Likely> = found
        .into_iter()
        .map(|(contact, theirs)| Likely { contact, why: keys.likeness(&theirs) })
        .filter(|likely| !likely.why.is_empty())
        .collect();
    likely.sort_by(|a, b| (b.why.len().cmp(&a.why.len())).then(a.contact.id.cmp(&b.contact.id)));
    likely
}

/// What becomes of two contacts that are merged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// The one that is kept, as it will be: its own name, and what it lacks from the other.
    pub contact: Contact,
    /// Details of the other one that it takes over.
    pub taken: Vec<DetailId>,
    /// Details of the other one that it has already.
    pub doubled: Vec<DetailId>,
}

/// What merging another contact into one makes of it; `None` for a person and a business, which are never one.
pub fn merge(kept: &Contact, other: &Contact) -> Option<Merged> {
    if kept.kind != other.kind || kept.id == other.id {
        return None;
    }
    let mut contact = kept.clone();
    let is_free = |business: &Named| business.id != kept.id && business.id != other.id;
    contact.business = contact.business.or_else(|| other.business.clone().filter(is_free));
    contact.tax_number = contact.tax_number.or_else(|| other.tax_number.clone());
    let same = |a: &Detail, b: &Detail| {
        let key = |detail: &Detail| detail.kind.key(&detail.value).unwrap_or_else(|| fold(&detail.value));
        a.kind == b.kind && key(a) == key(b)
    };
    let (mut taken, mut doubled) = (vec![], vec![]);
    for detail in &other.details {
        if contact.details.iter().any(|own| same(own, detail)) {
            doubled.push(detail.id);
        } else {
            taken.push(detail.id);
            contact.details.push(detail.clone());
        }
    }
    contact.details.sort_by_key(|detail| (detail.kind, detail.id));
    Some(Merged { contact, taken, doubled })
}

/// What a merge will do, for the user to see before it is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergePreview {
    /// The one that is kept, as it is.
    pub kept: Contact,
    /// The one that goes, as it is.
    pub other: Contact,
    /// What becomes of them.
    pub merged: Merged,
    /// How many datasheets move.
    pub datasheets: i64,
    /// How many persons move.
    pub persons: i64,
    /// How many entries of the contact's own history move.
    pub events: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(id: i64, name: &str, details: &[(DetailKind, &str)]) -> Contact {
        Contact {
            id: ContactId(id),
            kind: ContactKind::Person,
            name: name.to_owned(),
            business: None,
            tax_number: None,
            version: 1,
            created_at: Timestamp(0),
            details: details
                .iter()
                .zip(id * 100..)
                .map(|((kind, value), id)| Detail {
                    id: DetailId(id),
                    kind: *kind,
                    label: DetailLabel::Work,
                    value: (*value).to_owned(),
                    version: 1,
                })
                .collect(),
        }
    }

    #[test]
    fn a_phone_number_is_the_same_however_it_is_written() {
        for text in [
            "+36 30 123 4567",
            "06-30/123-4567",
            "0036301234567",
            "(30) 123 4567",
            "+36 (0)30 123 4567",
            "36 30 1234567",
            "06 30 123 4567 m. 12",
        ] {
            assert_eq!(phone_key(text).as_deref(), Some("36301234567"), "{text}");
        }
        assert_eq!(phone_key("1 234 5678").as_deref(), Some("3612345678"));
        assert_eq!(phone_key("+49 30 1234567").as_deref(), Some("49301234567"));
        assert_eq!(phone_key("12"), None);
        assert_eq!(phone_key("nincs"), None);
    }

    #[test]
    fn a_hungarian_tax_number_names_the_company_by_its_first_eight_digits() {
        for text in ["12345678-2-42", "12345678242", "HU12345678", "hu 12345678", "12345678"] {
            assert_eq!(tax_key(text).as_deref(), Some("12345678"), "{text}");
        }
        assert_eq!(tax_key("DE 123456789").as_deref(), Some("de123456789"));
        assert_eq!(tax_key("-"), None);
        assert_eq!(tax_number(" "), Ok(None));
        assert!(tax_number("12").is_err());
    }

    #[test]
    fn names_are_compared_without_accents_case_signs_and_order() {
        assert_eq!(name_key("Kovács, Anna"), name_key("ANNA kovacs"));
        assert_ne!(name_key("Kovács Anna"), name_key("Kovács Annamária"));
    }

    #[test]
    fn contacts_are_likely_one_by_name_address_number_or_tax_number() {
        let anna = contact(
            1,
            "Kovács Anna",
            &[(DetailKind::Email, "anna@pelda.hu"), (DetailKind::Phone, "06 30 123 4567")],
        );
        let typed = |name: &str, email: &str, phone: &str| Typed {
            name: name.to_owned(),
            emails: vec![email.to_owned()],
            phones: vec![phone.to_owned()],
            tax_number: String::new(),
        };
        let why = |typed: Typed| typed.keys().likeness(&anna.keys());
        assert_eq!(why(typed("anna KOVACS", "", "")), [Why::Name]);
        assert_eq!(why(typed("", "Anna@Pelda.hu", "")), [Why::Email]);
        assert_eq!(why(typed("", "", "+36301234567")), [Why::Phone]);
        assert_eq!(
            why(typed("Kovács Anna", "anna@pelda.hu", "30 123 4567")),
            [Why::Email, Why::Phone, Why::Name]
        );
        assert_eq!(why(typed("Kovács", "anna@pelda", "30 123")), []);
        assert_eq!(why(typed("", "", "")), []);
    }

    #[test]
    fn an_empty_name_is_like_no_other() {
        assert!(Typed::default().keys().is_empty());
        assert_eq!(Typed::default().keys().likeness(&Typed::default().keys()), []);
    }

    #[test]
    fn those_with_most_in_common_come_first() {
        let keys =
            Typed { name: "Kovács Anna".to_owned(), emails: vec!["a@b.hu".to_owned()], ..Typed::default() }
                .keys();
        let line = |contact: &Contact| ContactLine {
            id: contact.id,
            kind: contact.kind,
            name: contact.name.clone(),
            business: None,
            email: None,
            phone: None,
        };
        let found: Vec<_> = [
            contact(1, "Kovács Anna", &[]),
            contact(2, "Kovács Anna", &[(DetailKind::Email, "a@b.hu")]),
            contact(3, "Nagy Béla", &[(DetailKind::Email, "c@d.hu")]),
        ]
        .iter()
        .map(|contact| (line(contact), contact.keys()))
        .collect();
        let ids: Vec<i64> = most_likely(&keys, found).iter().map(|likely| likely.contact.id.0).collect();
        assert_eq!(ids, [2, 1]);
    }

    #[test]
    fn a_search_for_a_number_is_one_word_without_its_country_sign() {
        let words = contact(1, "Kovács Anna", &[(DetailKind::Phone, "+36 30 123 4567")]).words();
        for text in ["+36 30 12", "06 30 123", "0036 30", "30 123 45", "301234567"] {
            let searched = searched(text);
            assert_eq!(searched.len(), 1, "{text}");
            assert!(
                words.iter().any(|word| word.starts_with(&searched[0])),
                "{text}: {searched:?} in {words:?}"
            );
        }
        assert_eq!(super::searched("Kovács 2"), ["2", "kovacs"]);
    }

    #[test]
    fn a_merge_keeps_the_name_takes_what_is_lacking_and_doubles_nothing() {
        let mut kept = contact(1, "Kovács Anna", &[(DetailKind::Phone, "06 30 123 4567")]);
        let mut other = contact(
            2,
            "Kovács A.",
            &[
                (DetailKind::Phone, "+36 30 123 4567"),
                (DetailKind::Email, "a@b.hu"),
                (DetailKind::Address, "Győr"),
            ],
        );
        other.business = Some(Named { id: ContactId(7), name: "Bt.".to_owned() });
        let merged = merge(&kept, &other).unwrap();
        assert_eq!(
            (merged.contact.name.as_str(), merged.contact.business.clone()),
            ("Kovács Anna", other.business.clone())
        );
        assert_eq!((merged.taken, merged.doubled), (vec![DetailId(201), DetailId(202)], vec![DetailId(200)]));
        assert_eq!(merged.contact.details.len(), 3);
        kept.business = Some(Named { id: ContactId(8), name: "Kft.".to_owned() });
        assert_eq!(merge(&kept, &other).unwrap().contact.business, kept.business, "its own stays");
    }

    #[test]
    fn a_person_and_a_business_are_never_one() {
        let kept = contact(1, "Kovács", &[]);
        let other = Contact { kind: ContactKind::Business, ..contact(2, "Kovács", &[]) };
        assert_eq!(merge(&kept, &other), None);
        assert_eq!(merge(&kept, &kept), None);
    }

    #[test]
    fn a_form_leaves_out_what_does_not_belong_to_its_kind() {
        let form = ContactForm {
            kind: ContactKind::Business,
            name: " Kovács Bt. ".to_owned(),
            tax_number: "12345678-2-42".to_owned(),
            business: Some(ContactId(1)),
            ..ContactForm::default()
        };
        let parsed = form.clone().parse().unwrap();
        assert_eq!(
            (parsed.name.as_str(), parsed.business, parsed.tax_number.as_str()),
            ("Kovács Bt.", None, "12345678-2-42")
        );
        let person = ContactForm { kind: ContactKind::Person, ..form }.parse().unwrap();
        assert_eq!((person.business, person.tax_number.as_str()), (Some(ContactId(1)), ""));
        let bad = ContactForm { name: "A".to_owned(), phone: "x".to_owned(), ..ContactForm::default() };
        assert_eq!(bad.parse().unwrap_err().field, Field::Phone);
    }
}
