//! Documents: the editor, the issued document, and the list.

use super::{Locale, format};
use crate::domain::{
    document::{About, Kind, Method},
    lines::Vat,
};

texts! {
    document: "Bizonylat", "Document";
    datasheet: "Adatlap", "Datasheet";
    views: "Nézetek", "Views";
    print: "Nyomtatható oldal", "Printable page";
    print_now: "Nyomtatás", "Print";
    back: "Vissza az adatlaphoz", "Back to the datasheet";
    proforma: "Díjbekérő", "Proforma";
    invoice: "Számla", "Invoice";
    storno: "Sztornó számla", "Storno invoice";
    kind_label: "Fajta", "Kind";
    number: "Sorszám", "Number";
    seller: "Eladó", "Seller";
    buyer: "Vevő", "Buyer";
    buyer_name: "Vevő neve", "Buyer's name";
    seller_name: "Eladó neve", "Seller's name";
    address: "Cím", "Address";
    tax_number: "Adószám", "Tax number";
    account: "Bankszámla", "Bank account";
    footer: "Lábjegyzet", "Foot of the page";
    prefix: "Sorszám előtagja", "Prefix of the numbers";
    due_days: "Fizetési határidő napokban", "Days to pay";
    zone: "Időzóna", "Time zone";
    settings: "Eladó és sorszámok", "Seller and numbers";
    settings_saved: "Az eladó adatai elmentve", "Seller saved";
    seller_missing: "Kiállítás előtt adja meg az eladó adatait.", "Fill in who sells before you issue.";
    seller_missing_user: "Az eladó adatait adminisztrátor adja meg.", "An admin fills in who sells.";
    save: "Mentés", "Save";
    issued_on: "Kelt", "Issued";
    performed_on: "Teljesítés", "Performed";
    due_on: "Fizetési határidő", "Due date";
    paid_on: "Fizetve", "Paid";
    method: "Fizetési mód", "Payment";
    currency: "Pénznem", "Currency";
    note: "Megjegyzés", "Note";
    lines: "Tételek", "Lines";
    line_name: "Megnevezés", "Name";
    quantity: "Mennyiség", "Quantity";
    unit: "Egység", "Unit";
    price: "Nettó egységár", "Net unit price";
    vat: "ÁFA", "VAT";
    net: "Nettó", "Net";
    tax: "ÁFA összege", "VAT amount";
    gross: "Bruttó", "Gross";
    total: "Összesen", "Total";
    to_pay: "Fizetendő", "To pay";
    add_line: "Új tétel", "Add line";
    line_label(label: &str, n: usize): "{label}, {n}. tétel", "{label}, line {n}";
    move_up(n: usize): "{n}. tétel feljebb", "Move line {n} up";
    move_down(n: usize): "{n}. tétel lejjebb", "Move line {n} down";
    remove_line(n: usize): "{n}. tétel törlése", "Remove line {n}";
    line_moved(n: usize): "A tétel most a(z) {n}.", "The line is now number {n}.";
    line_removed: "Tétel törölve", "Line removed";
    keys: "Enter: új tétel · Alt+↑ ↓: mozgatás · Ctrl+Delete: törlés", "Enter: new line · Alt+↑ ↓: move · Ctrl+Delete: remove";
    wrong_number: "Nem szám, vagy négynél több tizedesjegye van.", "Not a number, or more than four decimals.";
    too_large: "Az összeg túl nagy.", "The amount is too large.";
    said_saved: "Bizonylat elmentve", "Document saved";
    said_items: "Tételek elmentve", "Items saved";
    yours(lines: usize, amount: &str): "{lines} tétel, {amount}", "{lines} lines, {amount}";
    summary(net: &str, gross: &str): "Nettó {net}, bruttó {gross}", "Net {net}, gross {gross}";
    summary_of_vat: "Összesítés ÁFA-kulcsonként", "Totals per VAT rate";
    draft_mark: "Tervezet", "Draft";
    draft_hint: "Nem kiállított bizonylat, fizetésre nem jogosít.", "Not an issued document; not valid for payment.";
    paid_mark(day: &str): "Fizetve: {day}", "Paid: {day}";
    cancelled_mark(number: &str): "Sztornózva: {number}", "Cancelled by {number}";
    cancels(number: &str): "Érvényteleníti: {number}", "Cancels {number}";
    of_proforma(number: &str): "Díjbekérő: {number}", "Proforma: {number}";
    of_order(name: &str): "Megrendelés: {name}", "Order: {name}";
    proforma_hint: "Nem számla, adóigazgatási azonosításra nem alkalmas.", "Not an invoice for tax purposes.";
    made_from: "Miből készült", "Made from";
    made: "Mi készült belőle", "Made of it";
    none_yet: "nincs", "none";
    choose_module: "Melyik Számlázás modulba készüljön?", "Which Invoicing module gets it?";
    no_number: "még nincs", "none yet";
    due(day: &str): "határidő: {day}", "due {day}";
    items_stay: "A tételek csak piszkozatban módosíthatók.", "Items change in Draft only.";
    items: "Tételek", "Items";
    currency_hint: "ISO kód", "ISO code";
}

/// A kind of document.
pub const fn kind(locale: Locale, kind: Kind) -> &'static str {
    match kind {
        Kind::Proforma => proforma(locale),
        Kind::Invoice => invoice(locale),
        Kind::Storno => storno(locale),
    }
}

/// A payment method.
pub const fn method_of(locale: Locale, method: Method) -> &'static str {
    locale.pick(match method {
        Method::Transfer => ("Átutalás", "Bank transfer"),
        Method::Cash => ("Készpénz", "Cash"),
        Method::Card => ("Bankkártya", "Card"),
        Method::CashOnDelivery => ("Utánvét", "Cash on delivery"),
    })
}

/// A VAT rate, as a document says it.
pub const fn vat_of(locale: Locale, vat: Vat) -> &'static str {
    locale.pick(match vat {
        Vat::P27 => ("27%", "27%"),
        Vat::P18 => ("18%", "18%"),
        Vat::P5 => ("5%", "5%"),
        Vat::P0 => ("0%", "0%"),
        Vat::Aam => ("AAM", "AAM (exempt person)"),
        Vat::Tam => ("TAM", "TAM (exempt supply)"),
        Vat::Eu => ("EU", "EU (intra-Community)"),
        Vat::Export => ("EUK", "Export outside the EU"),
        Vat::Reverse => ("Fordított adózás", "Reverse charge"),
        Vat::Outside => ("ÁFA hatályán kívül", "Outside VAT"),
    })
}

/// What a document is about.
pub fn about(locale: Locale, about: &About) -> String {
    match about {
        About::Cancels(number) => cancels(locale, number),
        About::Proforma(number) => of_proforma(locale, number),
        About::Order(name) => of_order(locale, name),
    }
}

/// An amount of a document.
pub fn money(locale: Locale, minor: i64, currency: crate::domain::money::Currency) -> String {
    format::money(minor, currency.as_str(), locale)
}
