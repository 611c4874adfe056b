//! Contacts: the list, the page of one, the choice for a datasheet, duplicates, merges.

use super::{Locale, errors};
use crate::domain::{
    contact::{ContactKind, DetailKind, DetailLabel, Why},
    history::ContactPart,
};

texts! {
    contacts: "Kontaktok", "Contacts";
    contact: "Kontakt", "Contact";
    search: "Keresés", "Search";
    search_hint: "Név, e-mail, telefon vagy adószám", "Name, e-mail, phone or tax number";
    new_contact: "Új kontakt", "New contact";
    none_yet: "Még nincs kontakt.", "No contacts yet.";
    none_yet_text: "Akikről az adatlapok szólnak: személyek és cégek. Importtal, adatlapról vagy itt vehet fel újat.", "The people and businesses your datasheets are about. They come by import, from a datasheet, or are added here.";
    none_found(search: &str): "Nincs találat erre: {search}", "Nothing was found for: {search}";
    show_all: "Mind mutatása", "Show all";
    next_page: "További kontaktok", "More contacts";
    first_page: "Vissza az elejére", "Back to the beginning";
    kind: "Fajta", "Kind";
    into_business: "Inkább cég", "Make it a business";
    into_person: "Inkább személy", "Make it a person";
    person: "Személy", "Person";
    a_business: "Cég", "Business";
    business: "Cége", "Business";
    persons: "Munkatársak", "People";
    no_persons: "Nincs hozzá személy.", "No person belongs to it.";
    more_persons: "Vannak még: keressen rájuk név szerint a kontaktok között.", "There are more: search for them by name among the contacts.";
    add_person: "Személy hozzáadása", "Add a person";
    emails: "E-mail-címek", "E-mail addresses";
    phones: "Telefonszámok", "Phone numbers";
    addresses: "Címek", "Addresses";
    add_email: "E-mail hozzáadása", "Add an e-mail";
    add_phone: "Telefon hozzáadása", "Add a phone";
    add_address: "Cím hozzáadása", "Add an address";
    new_email: "Új e-mail", "New e-mail";
    new_phone: "Új telefon", "New phone";
    new_address: "Új cím", "New address";
    label_of(what: &str, value: &str): "{what} fajtája: {value}", "Kind of {what}: {value}";
    remove_of(value: &str): "Törlés: {value}", "Remove: {value}";
    work: "Munkahelyi", "Work";
    home: "Otthoni", "Home";
    mobile: "Mobil", "Mobile";
    billing: "Számlázási", "Billing";
    delivery: "Szállítási", "Delivery";
    other: "Egyéb", "Other";
    reach: "Elérhetőségek", "How to reach";
    datasheets: "Adatlapok", "Datasheets";
    no_datasheets: "Nincs olyan adatlapja, amelyet megnyithat.", "It has no datasheet that you may open.";
    more_datasheets: "További adatlapok", "More datasheets";
    history_of: "Előzmények az adatlapokkal együtt", "History, with its datasheets";
    said_saved: "Elmentve", "Saved";
    said_added(name: &str): "Új kontakt: {name}", "Contact added: {name}";
    said_removed(value: &str): "Törölve: {value}", "Removed: {value}";
    said_undone: "Visszavonva", "Undone";
    said_merged(name: &str): "Összevonva: {name}", "Merged: {name}";
    said_contact(name: &str): "Kontakt: {name}", "Contact: {name}";
    said_no_contact: "Nincs kontakt", "No contact";
    find: "Név, e-mail vagy telefon", "Name, e-mail or phone";
    create(name: &str): "Új kontakt: {name}", "New contact: {name}";
    open_of(name: &str): "Megnyitás: {name}", "Open: {name}";
    likely: "Lehet, hogy már megvan", "It may be here already";
    likely_of_page: "Lehet, hogy ugyanaz", "It may be the same";
    take: "Ezt választom", "Take it";
    take_of(name: &str): "Ezt választom: {name}", "Take it: {name}";
    merge: "Összevonás", "Merge";
    merge_of(name: &str): "Összevonás: {name}", "Merge: {name}";
    merge_title: "Két kontakt összevonása", "Merge two contacts";
    merge_stays: "Megmarad", "Stays";
    merge_goes: "Beleolvad", "Goes into it";
    merge_result: "Ez lesz belőle", "What comes of it";
    merge_swap: "Csere", "Swap";
    merge_moves(datasheets: i64, persons: i64, events: i64): "Átkerül: {datasheets} adatlap, {persons} személy, {events} bejegyzés az előzményekből.", "What moves: datasheets {datasheets}, persons {persons}, history entries {events}.";
    merge_doubled(n: usize): "{n} elérhetőség mindkettőnél megvan, egyszer marad meg.", "Addresses and numbers that both have: {n}; each is kept once.";
    merge_undo_hint: "Az összevonás később is visszavonható az előzményekből, amíg a megmaradó kontakt nem változik.", "It can be undone from the history later too, as long as the kept contact is not changed.";
    nothing: "nincs megadva", "none given";
    why_tax: "azonos adószám", "same tax number";
    why_email: "azonos e-mail", "same e-mail";
    why_phone: "azonos telefon", "same phone";
    why_name: "azonos név", "same name";
    a_datasheet: "adatlap", "datasheet";
    was_added(name: &str): "létrehozta ezt a kontaktot: «{name}»", "added the contact “{name}”";
    was_merged(name: &str): "ezt a kontaktot beleolvasztotta: «{name}»", "merged the contact “{name}” into it";
    was_filled(part: &str, to: &str): "{part}: felvette ezt: «{to}»", "{part}: added “{to}”";
    was_cleared(part: &str, from: &str): "{part}: törölte ezt: «{from}»", "{part}: removed “{from}”";
    was_made(part: &str, from: &str, to: &str): "{part}: «{from}» → «{to}»", "{part}: “{from}” → “{to}”";
    of_set: "kontakt megadása", "setting the contact";
    of_added: "kontakt létrehozása", "adding the contact";
    of_changed: "kontakt módosítása", "changing the contact";
    of_merged: "összevonás", "merging";
}

/// Person or business.
pub const fn kind_of(locale: Locale, kind: ContactKind) -> &'static str {
    match kind {
        ContactKind::Person => person(locale),
        ContactKind::Business => a_business(locale),
    }
}

/// Where a way to reach somebody belongs.
pub const fn label(locale: Locale, label: DetailLabel) -> &'static str {
    match label {
        DetailLabel::Work => work(locale),
        DetailLabel::Home => home(locale),
        DetailLabel::Mobile => mobile(locale),
        DetailLabel::Billing => billing(locale),
        DetailLabel::Delivery => delivery(locale),
        DetailLabel::Other => other(locale),
    }
}

/// The heading over all of a kind.
pub const fn all_of(locale: Locale, kind: DetailKind) -> &'static str {
    match kind {
        DetailKind::Email => emails(locale),
        DetailKind::Phone => phones(locale),
        DetailKind::Address => addresses(locale),
    }
}

/// The button that adds one of a kind.
pub const fn add_one(locale: Locale, kind: DetailKind) -> &'static str {
    match kind {
        DetailKind::Email => add_email(locale),
        DetailKind::Phone => add_phone(locale),
        DetailKind::Address => add_address(locale),
    }
}

/// The field for a new one of a kind.
pub const fn new_one(locale: Locale, kind: DetailKind) -> &'static str {
    match kind {
        DetailKind::Email => new_email(locale),
        DetailKind::Phone => new_phone(locale),
        DetailKind::Address => new_address(locale),
    }
}

/// What two contacts have in common.
pub const fn why(locale: Locale, why: Why) -> &'static str {
    match why {
        Why::TaxNumber => why_tax(locale),
        Why::Email => why_email(locale),
        Why::Phone => why_phone(locale),
        Why::Name => why_name(locale),
    }
}

/// An entry of the history about a part of a contact.
pub fn was_changed(locale: Locale, part: ContactPart, from: Option<&str>, to: Option<&str>) -> String {
    let part = match part {
        ContactPart::Name => errors::name(locale),
        ContactPart::Kind => kind(locale),
        ContactPart::Business => errors::business(locale),
        ContactPart::TaxNumber => errors::tax_number(locale),
        ContactPart::Detail(kind) => errors::field(locale, kind.field()),
    };
    from_to(locale, part, from, to)
}

/// An entry of the history about whom a datasheet is about.
pub fn was_set(locale: Locale, from: Option<&str>, to: Option<&str>) -> String {
    from_to(locale, contact(locale), from, to)
}

fn from_to(locale: Locale, part: &str, from: Option<&str>, to: Option<&str>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => was_made(locale, part, from, to),
        (Some(from), None) => was_cleared(locale, part, from),
        (None, to) => was_filled(locale, part, to.unwrap_or_default()),
    }
}
