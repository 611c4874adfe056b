//! Import of a file.

use super::{Locale, format::number};
use crate::domain::import::{Column, Doubt, Fault, Reason, Separator};

texts! {
    status_left_out(text: &str, why: &str): "A státusz («{text}») kimarad: {why}", "The status («{text}») is left out: {why}";
    todo: "Teendő", "To-do";
    name: "Név", "Name";
    person: "Személy", "Person";
    company: "Cég", "Company";
    email: "E-mail", "E-mail";
    phone: "Telefon", "Phone";
    status: "Státusz", "Status";
    owner: "Felelős", "Owner";
    due: "Határidő", "Due";
    note: "Megjegyzés", "Note";
    order_number: "Rendelésszám", "Order number";
    date: "Dátum", "Date";
    amount: "Összeg", "Amount";
    currency: "Pénznem", "Currency";
    semicolon: "pontosvessző", "semicolon";
    comma: "vessző", "comma";
    tab: "tabulátor", "tab";

    too_large: "A fájl nagyobb 64 MB-nál: bontsa kisebbekre.", "The file is larger than 64 MB: split it.";
    empty: "A fájlban nincs importálható sor a fejléc alatt.", "The file has no line to import under its headings.";
    not_text: "Ez nem szövegfájl. Táblázatkezelőből CSV formátumban mentse el.", "This is not a text file. Save it as CSV from your spreadsheet program.";
    no_name_column(found: &str): "A fejlécben nincs Név, Személy vagy Cég oszlop. Ezek vannak benne: {found}", "The headings have no column Name, Person or Company. They are: {found}";
    columns_missing(missing: &str, found: &str): "A fejlécből hiányzik: {missing}. Ezek vannak benne: {found}", "The headings lack {missing}. They are: {found}";

    missing(column: &str): "{column}: üres", "{column}: empty";
    unreadable(column: &str, text: &str): "{column}: nem értelmezhető: {text}", "{column}: cannot be read: {text}";
    date_impossible(text: &str): "a dátum 1990 előtti vagy holnap utáni: {text}", "the date is before 1990 or after tomorrow: {text}";
    order_differs(number: &str): "a {number} számú rendelés más vevővel, dátummal vagy összeggel már bekerült", "order {number} came in before with another buyer, date or amount";
    name_missing: "nincs név, személy vagy cég", "no name, person or company";
    status_unknown(text: &str): "nincs ilyen státusz: {text}", "there is no status {text}";
    status_ambiguous(text: &str): "több státusz neve is ez: {text}", "several statuses are called {text}";
    owner_unknown(text: &str): "nincs ilyen felhasználó: {text}", "there is no user {text}";
    owner_ambiguous(text: &str): "több felhasználó neve is ez: {text}; írja az e-mail-címet", "several users are called {text}; write the e-mail address";
    owner_unavailable(text: &str): "nem lehet felelős ebben a modulban: {text}", "cannot be an owner in this module: {text}";
    due_unreadable(text: &str): "nem értelmezhető határidő: {text}", "the due time cannot be read: {text}";
    too_long(column: &str, max: u32): "{column}: hosszabb {max} karakternél", "{column}: longer than {max} characters";
    cells(found: u32, expected: u32): "a cellák száma {found}, és nem {expected}; nézze meg az idézőjeleket és a sortöréseket", "number of cells: {found} instead of {expected}; look at its quotes and line breaks";

    status_assumed(status: &str): "nincs státusza: ez lesz: {status}", "no status: becomes {status}";
    owner_assumed(owner: &str): "nincs felelőse: {owner} lesz", "no owner: becomes {owner}";
    due_assumed: "a teendőnek nincs határideje: ma lesz esedékes", "the to-do has no due time: becomes due today";
    todo_assumed(text: &str): "a határidőhöz nincs teendő: ez lesz: {text}", "a due time without a to-do: becomes {text}";
    name_from_email(email: &str): "új vásárló név nélkül: ez lesz a neve: {email}", "a new buyer without a name: will be called {email}";
    amount_zero: "az összeg 0", "the amount is 0";
    date_ahead: "a rendelés ideje még nem jött el", "the order's time has not come yet";
    email_in_note(text: &str): "nem e-mail-cím, a megjegyzésbe kerül: {text}", "not an e-mail address, goes to the note: {text}";
}

texts! {
    more: "További műveletek", "More";
    import: "Importálás", "Import";
    import_of(file: &str): "Importálás: {file}", "Import: {file}";
    contact: "Kontakt", "Contact";
    drop_here: "Engedje el a fájlt az importáláshoz", "Drop the file to import it";
    choose_hint: "Válasszon egy CSV-fájlt, vagy húzza bárhová az oldalra. Előbb megmutatjuk, mi lesz belőle.", "Choose a CSV file, or drop it anywhere on the page. You will see first what becomes of it.";
    choose_file: "Fájl", "File";
    choose_other: "Másik vagy javított fájl", "Another or a mended file";
    columns_hint: "Oszlopok: Név, Személy, Cég, E-mail, Telefon, Státusz, Felelős, Teendő, Határidő, Megjegyzés", "Columns: Name, Person, Company, E-mail, Phone, Status, Owner, To-do, Due, Note";
    looking: "A fájl beolvasása…", "Reading the file…";
    will_make(made: &str, todos: &str): "{made} jön létre, ebből {todos} teendővel.", "{made} will be made, {todos} of them with a to-do.";
    already(lines: &str): "Korábban már bekerült, abból nem lesz új: {lines}.", "Imported before, not made again: {lines}.";
    all_there(lines: &str): "Nincs mit importálni: {lines} korábban már bekerült.", "There is nothing to import: {lines} imported before.";
    read_as(columns: &str, encoding: &str, separator: &str): "Felismert oszlopok: {columns} ({encoding}, {separator})", "Columns understood: {columns} ({encoding}, {separator})";
    columns_left_out(columns: &str): "Kimaradó oszlopok: {columns}", "Columns left out: {columns}";
    all_get_status(status: &str): "Nincs Státusz oszlop, mindegyik ide kerül: {status}", "There is no column Status, all of them become {status}";
    broken_lines(count: &str): "{count} hibás sor", "Broken lines: {count}";
    doubtful_lines(count: &str): "{count} kétes sor", "Doubtful lines: {count}";
    line(number: &str): "{number}. sor:", "Line {number}:";
    and_more(count: &str): "és még {count} sor", "and {count} more";
    first_rows: "Így fognak kinézni", "How they will look";
    import_all(made: &str): "{made} importálása", "Import {made}";
    import_without(made: &str, broken: &str): "{made} importálása, {broken} hibás kihagyása", "Import {made}, leave out {broken} broken";
    running: "Importálás folyamatban…", "Importing…";
    lines_done(done: &str, of: &str): "{done} / {of} sor", "{done} of {of} lines";
    imported(made: &str): "{made} importálva.", "Imported {made}.";
    left_out(lines: &str): "Hibás, kimaradt: {lines}.", "Broken, left out: {lines}.";
    changed_meanwhile: "A modul közben megváltozott: ezek a sorok most hibásak. Semmi sem jött létre.", "The module changed meanwhile: these lines are broken now. Nothing was made.";
    nothing_made: "Semmi sem jött létre.", "Nothing was made.";
    taken_back(removed: &str): "Importálás visszavonva: {removed} törölve.", "Import undone: {removed} removed.";
    taken_back_but(removed: &str, kept: &str): "Importálás visszavonva: {removed} törölve. Megmaradt, mert azóta dolgoztak rajta: {kept}.", "Import undone: {removed} removed. Kept, because somebody worked on it since: {kept}.";
    orders_hint: "Oszlopok: Rendelésszám, E-mail, Név, Dátum, Összeg, Pénznem", "Columns: Order number, E-mail, Name, Date, Amount, Currency";
    will_take(orders: &str, buyers: &str): "{orders} kerül be, ehhez {buyers} jön létre.", "{orders} will come in, and {buyers} will be made for them.";
    already_orders(orders: &str): "Korábban már bekerült: {orders}.", "Came in before: {orders}.";
    all_orders_there(orders: &str): "Nincs mit importálni: {orders} korábban már bekerült.", "There is nothing to import: {orders} came in before.";
    imported_orders(orders: &str, buyers: &str, moved: &str): "{orders} bekerült, {buyers} jött létre, {moved} vásárló státusza mozdult.", "Imported {orders}: {buyers} made, the status of {moved} moved.";
    said_orders(orders: &str): "{orders} bekerült.", "Imported {orders}.";
    orders_taken_back(orders: &str): "Importálás visszavonva: {orders} törölve.", "Import undone: {orders} removed.";
    buyer: "Vásárló", "Buyer";
    orders_many(n: &str): "{n} rendelés", "{n} orders";
    orders_one: "1 rendelés", "1 order";
    buyers_many(n: &str): "{n} új vásárló", "{n} new buyers";
    buyers_one: "1 új vásárló", "1 new buyer";
    datasheets_many(n: &str): "{n} adatlap", "{n} datasheets";
    datasheets_one: "1 adatlap", "1 datasheet";
    lines_many(n: &str): "{n} sor", "{n} lines";
    lines_one: "1 sor", "1 line";
}

/// So many datasheets.
pub fn datasheets(locale: Locale, n: u32) -> String {
    if n == 1 {
        datasheets_one(locale).to_owned()
    } else {
        datasheets_many(locale, &number(n.into(), locale))
    }
}

/// So many orders.
pub fn orders(locale: Locale, n: u32) -> String {
    if n == 1 { orders_one(locale).to_owned() } else { orders_many(locale, &number(n.into(), locale)) }
}

/// So many new buyers.
pub fn buyers(locale: Locale, n: u32) -> String {
    if n == 1 { buyers_one(locale).to_owned() } else { buyers_many(locale, &number(n.into(), locale)) }
}

/// So many lines.
pub fn lines(locale: Locale, n: u32) -> String {
    if n == 1 { lines_one(locale).to_owned() } else { lines_many(locale, &number(n.into(), locale)) }
}

/// The heading of a column.
pub const fn column(locale: Locale, column: Column) -> &'static str {
    match column {
        Column::Name => name(locale),
        Column::Person => person(locale),
        Column::Company => company(locale),
        Column::Email => email(locale),
        Column::Phone => phone(locale),
        Column::Status => status(locale),
        Column::Owner => owner(locale),
        Column::Todo => todo(locale),
        Column::Due => due(locale),
        Column::Note => note(locale),
        Column::OrderNumber => order_number(locale),
        Column::Date => date(locale),
        Column::Amount => amount(locale),
        Column::Currency => currency(locale),
    }
}

/// The name of a separator.
pub const fn separator(locale: Locale, separator: Separator) -> &'static str {
    match separator {
        Separator::Semicolon => semicolon(locale),
        Separator::Comma => comma(locale),
        Separator::Tab => tab(locale),
    }
}

/// Why nothing of the file can be read.
pub fn fault(locale: Locale, fault: &Fault) -> String {
    match fault {
        Fault::TooLarge => too_large(locale).to_owned(),
        Fault::Empty => empty(locale).to_owned(),
        Fault::NotText => not_text(locale).to_owned(),
        Fault::NoNameColumn { found } => no_name_column(locale, &found.join(", ")),
        Fault::ColumnsMissing { missing, found } => {
            let missing: Vec<&str> = missing.iter().map(|which| column(locale, *which)).collect();
            columns_missing(locale, &missing.join(", "), &found.join(", "))
        }
    }
}

/// Why nothing can be made of a line.
pub fn reason(locale: Locale, reason: &Reason) -> String {
    match reason {
        Reason::NameMissing => name_missing(locale).to_owned(),
        Reason::StatusUnknown { text } => status_unknown(locale, text),
        Reason::StatusAmbiguous { text } => status_ambiguous(locale, text),
        Reason::OwnerUnknown { text } => owner_unknown(locale, text),
        Reason::OwnerAmbiguous { text } => owner_ambiguous(locale, text),
        Reason::OwnerUnavailable { text } => owner_unavailable(locale, text),
        Reason::DueUnreadable { text } => due_unreadable(locale, text),
        Reason::Missing { column: which } => missing(locale, column(locale, *which)),
        Reason::Unreadable { column: which, text } => unreadable(locale, column(locale, *which), text),
        Reason::DateImpossible { text } => date_impossible(locale, text),
        Reason::OrderDiffers { number } => order_differs(locale, number),
        Reason::TooLong { column: which, max } => too_long(locale, column(locale, *which), *max),
        Reason::Cells { found, expected } => cells(locale, *found, *expected),
    }
}

/// What is assumed of a line.
pub fn doubt(locale: Locale, doubt: &Doubt) -> String {
    match doubt {
        Doubt::StatusAssumed { status } => status_assumed(locale, status),
        Doubt::StatusMovedBy { text, process } => status_left_out(locale, text, process.by_hand(locale)),
        Doubt::OwnerAssumed { owner } => owner_assumed(locale, owner),
        Doubt::DueAssumed => due_assumed(locale).to_owned(),
        Doubt::TodoAssumed { text } => todo_assumed(locale, text),
        Doubt::NameFromEmail { email } => name_from_email(locale, email),
        Doubt::AmountZero => amount_zero(locale).to_owned(),
        Doubt::DateAhead => date_ahead(locale).to_owned(),
        Doubt::EmailInNote { text } => email_in_note(locale, text),
    }
}
