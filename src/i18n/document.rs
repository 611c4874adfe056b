//! Documents: the editor, the issued document, and the list.

use super::{Locale, format};
use crate::domain::{
    document::{About, Kind, Method},
    edit::{Edit, LineEdit},
    lines::{Line, Vat},
    money::Money,
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
    settings_lead: "Ez áll minden bizonylaton. Név, cím és adószám nélkül semmi sem állítható ki.", "This stands on each document. Nothing is issued without name, address and tax number.";
    exchange_of(currency: &str): "Árfolyam (1 {currency} hány forint)", "Exchange rate (HUF for 1 {currency})";
    exchange_hint: "Az áfát forintban is fel kell tüntetni: a teljesítés napján érvényes árfolyammal.", "VAT must be shown in forints too: by the rate of the day of performance.";
    exchange_note(currency: &str, rate: &str): "Árfolyam: 1 {currency} = {rate} Ft", "Exchange rate: {currency} 1 = HUF {rate}";
    tax_in_forints: "ÁFA forintban", "VAT in HUF";
    settings_saved: "Az eladó adatai elmentve", "Seller saved";
    seller_missing: "Kiállítás előtt adja meg, ki az eladó: név, cím és adószám kell.", "Say who sells before you issue: name, address and tax number are needed.";
    seller_missing_user: "Kiállítani még nem lehet: hiányoznak az eladó adatai. Kérjen meg egy adminisztrátort, hogy töltse ki őket.", "Nothing can be issued yet: it is not said who sells. Ask an admin to fill it in.";
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
    no_lines: "Vegyen fel legalább egy tételt.", "Add at least one line.";
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
    line_added(line: &str): "új tétel: {line}", "new line: {line}";
    line_gone(name: &str): "törölt tétel: {name}", "removed line: {name}";
    line_changed(name: &str, changes: &str): "{name}: {changes}", "{name}: {changes}";
    value_changed(label: &str, from: &str, to: &str): "{label} {from} → {to}", "{label} {from} → {to}";
    more_lines(n: usize): "és még {n} tétel", "and {n} more lines";
    lines_moved: "a tételek sorrendje", "the order of the lines";
    no_name: "név nélkül", "no name";
    no_change: "a végén minden a régi", "all as before in the end";
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

fn line_name_of(locale: Locale, name: &str) -> &str {
    if name.is_empty() { no_name(locale) } else { name }
}

/// What happened to a line.
fn line_edit(locale: Locale, edit: &LineEdit) -> String {
    let quantity_of = |line: &Line| format!("{} {}", line.quantity.text(locale), line.unit).trim().to_owned();
    match edit {
        LineEdit::Added(line) => {
            let name = line_name_of(locale, &line.name);
            line_added(locale, &format!("{name} ({} × {})", quantity_of(line), line.price.text(locale)))
        }
        LineEdit::Removed(line) => line_gone(locale, line_name_of(locale, &line.name)),
        LineEdit::Changed(lines) => {
            let (from, to) = &**lines;
            let price_of = |line: &Line| line.price.text(locale);
            let vat_text = |line: &Line| vat_of(locale, line.vat).to_owned();
            let changes: Vec<String> = [
                (line_name(locale), from.name != to.name, from.name.clone(), to.name.clone()),
                (
                    quantity(locale),
                    from.quantity != to.quantity || from.unit != to.unit,
                    quantity_of(from),
                    quantity_of(to),
                ),
                (price(locale), from.price != to.price, price_of(from), price_of(to)),
                (vat(locale), from.vat != to.vat, vat_text(from), vat_text(to)),
            ]
            .into_iter()
            .filter(|(_, changed, ..)| *changed)
            .map(|(label, _, from, to)| {
                let from = if from.is_empty() { "–".to_owned() } else { from };
                value_changed(locale, &lower(label), &from, &to)
            })
            .collect();
            line_changed(locale, line_name_of(locale, &to.name), &changes.join(", "))
        }
    }
}

/// A label within a sentence; abbreviations stay.
fn lower(label: &str) -> String {
    if label.chars().all(char::is_uppercase) { label.to_owned() } else { label.to_lowercase() }
}

/// What an editing changed, one thing after the other.
pub fn edit(locale: Locale, edit: &Edit) -> String {
    let or_none = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    let mut all: Vec<String> = edit.lines.iter().map(|line| line_edit(locale, line)).collect();
    if edit.more > 0 {
        all.push(more_lines(locale, edit.more));
    }
    if edit.moved {
        all.push(lines_moved(locale).to_owned());
    }
    if let Some((from, to)) = edit.kind {
        all.push(value_changed(locale, &lower(kind_label(locale)), kind(locale, from), kind(locale, to)));
    }
    if let Some((from, to)) = &edit.buyer {
        all.push(value_changed(locale, &lower(buyer(locale)), &or_none(from), &or_none(to)));
    }
    all.extend(edit.fields.iter().map(|field| lower(super::errors::field(locale, *field))));
    if let Some((from, to)) = edit.gross {
        let amount = |gross: Option<Money>| {
            gross.map_or_else(|| "–".to_owned(), |gross| money(locale, gross.minor, gross.currency))
        };
        all.push(value_changed(locale, &lower(gross(locale)), &amount(from), &amount(to)));
    }
    if all.is_empty() { no_change(locale).to_owned() } else { all.join("; ") }
}

/// An amount of a document.
pub fn money(locale: Locale, minor: i64, currency: crate::domain::money::Currency) -> String {
    format::money(minor, currency.as_str(), locale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{lines::Decimal, money::Currency};

    #[test]
    fn an_editing_is_told_in_both_languages() {
        let line = |name: &str, quantity: i32, price: i32| Line {
            name: name.to_owned(),
            quantity: Decimal::whole(quantity),
            price: Decimal::whole(price),
            unit: "db".to_owned(),
            ..Line::default()
        };
        let told = Edit {
            lines: vec![
                LineEdit::Added(line("Tető", 2, 1000)),
                LineEdit::Changed(Box::new((line("Csatorna", 1, 250), line("Csatorna", 3, 250)))),
                LineEdit::Removed(line("", 1, 0)),
            ],
            fields: vec![crate::error::Field::Note],
            gross: Some((None, Some(Money { minor: 285_900, currency: Currency::HUF }))),
            ..Edit::default()
        };
        assert_eq!(
            edit(Locale::En, &told),
            "new line: Tető (2 db × 1,000); Csatorna: quantity 1 db → 3 db; removed line: no name; note; \
             gross – → HUF\u{a0}2,859"
        );
        assert_eq!(
            edit(Locale::Hu, &told),
            "új tétel: Tető (2 db × 1\u{a0}000); Csatorna: mennyiség 1 db → 3 db; törölt tétel: név nélkül; megjegyzés; \
             bruttó – → 2\u{a0}859\u{a0}Ft"
        );
        assert_eq!(edit(Locale::En, &Edit::default()), "all as before in the end");
    }
}
