//! What went wrong, in the user's language, naming the field.

use super::{Locale, process};
use crate::error::{Error, Field, Invalid, Problem, Refusal};

texts! {
    not_found: "Nincs ilyen oldal vagy adatlap.", "There is no such page or datasheet.";
    forbidden: "Ehhez nincs jogosultsága.", "You may not do this.";
    sign_in_needed: "Jelentkezzen be újra.", "Please sign in again.";
    changed(theirs: &str): "Közben más módosította. Most ez áll benne: {theirs}", "Someone changed it meanwhile. It now says: {theirs}";
    changed_meanwhile: "Közben más módosította.", "Someone changed it meanwhile.";
    key_reused: "Ez a kérés már más tartalommal elment. Töltse újra az oldalt.", "This request was already sent with other content. Reload the page.";
    too_many(seconds: i64): "Túl sok próbálkozás. Próbálja újra {seconds} másodperc múlva.", "Too many tries. Try again in {seconds} seconds.";
    busy: "Az adatbázis most nem válaszol. Próbálja újra.", "The database does not answer right now. Try again.";
    malformed: "A szerver nem értette a kérést. Töltse újra az oldalt.", "The server did not understand the request. Reload the page.";
    server: "Hiba történt nálunk. Semmi sem változott.", "Something went wrong on our side. Nothing was changed.";
    unreachable: "A szerver nem érhető el. Ellenőrizze a kapcsolatot.", "The server cannot be reached. Check your connection.";
    earlier_not_done(why: &str): "Egy korábbi módosítás nem ment át: {why}", "An earlier change was not made: {why}";
    missing(field: &str): "{field}: kötelező kitölteni.", "{field}: must be filled in.";
    too_long(field: &str, max: u32): "{field}: legfeljebb {max} karakter lehet.", "{field}: at most {max} characters.";
    too_short(field: &str, min: u32): "{field}: legalább {min} karakter kell.", "{field}: at least {min} characters.";
    unreadable(field: &str): "{field}: nem értelmezhető.", "{field}: cannot be read.";
    taken(field: &str): "{field}: már foglalt.", "{field}: already taken.";
    unknown(field: &str): "{field}: nincs ilyen.", "{field}: there is no such choice.";
    wrong(field: &str): "{field}: nem egyezik.", "{field}: does not match.";
    too_common(field: &str): "{field}: túl gyakori, könnyen kitalálható.", "{field}: too common, easily guessed.";
    too_precise(field: &str, max: u32): "{field}: legfeljebb {max} tizedesjegy lehet.", "{field}: at most {max} decimals.";
    out_of_range(field: &str): "{field}: túl nagy szám.", "{field}: too large a number.";
    not_positive(field: &str): "{field}: 0-nál többnek kell lennie.", "{field}: must be more than 0.";
    before_issue(field: &str): "{field}: nem lehet a kiállítás napja előtt.", "{field}: must not be before the day of issue.";
    in_future(field: &str): "{field}: nem lehet a mai napnál később.", "{field}: must not be later than today.";
    not_a_link(field: &str): "{field}: http://, https:// vagy mailto: kezdetű cím kell.", "{field}: an address that begins with http://, https:// or mailto: is needed.";
    no_hour(field: &str): "{field}: óra is kell, például 14:30.", "{field}: an hour is needed too, such as 14:30.";
    too_many_of(field: &str, max: u32): "{field}: legfeljebb {max} lehet.", "{field}: at most {max}.";
    fill_in(fields: &str): "Ehhez a státuszhoz előbb töltse ki: {fields}", "Fill in first for this status: {fields}";
    help: "Súgó", "Help text";
    choices: "Választások", "Choices";
    default_value: "Alapérték", "Default";
    group: "Csoport", "Group";
    kind: "Típus", "Kind";
    why_lost: "Miért veszett el", "Why lost";
    step: "Lépés", "Step";
    days: "Napok száma", "Number of days";
    date: "Nap", "Day";
    name: "Név", "Name";
    item_name: "Adatlap neve a modulban", "Name of an item";
    todo: "Teendő", "To-do";
    due: "Határidő", "Due";
    note: "Megjegyzés", "Note";
    email: "E-mail", "E-mail";
    password: "Jelszó", "Password";
    current_password: "Jelenlegi jelszó", "Current password";
    status: "Státusz", "Status";
    owner: "Felelős", "Owner";
    assignee: "Teendő felelőse", "Assignee";
    zone: "Időzóna", "Time zone";
    role: "Szerep", "Role";
    file: "Fájl", "File";
    currency: "Pénznem", "Currency";
    amount: "Összeg", "Amount";
    order_number: "Rendelésszám", "Order number";
    order_date: "Dátum", "Date";
    line: "Tétel", "Line";
    line_name(n: u32): "{n}. tétel neve", "Name of line {n}";
    buyer: "Vevő neve", "Buyer's name";
    buyer_address: "Vevő címe", "Buyer's address";
    seller: "Eladó neve", "Seller's name";
    address: "Cím", "Address";
    phone: "Telefon", "Phone";
    business: "Cég", "Business";
    contact: "Kontakt", "Contact";
    different_kinds: "Személy és cég nem vonható össze.", "A person and a business cannot be merged.";
    kind_stays: "Céghez tartozó személy nem lehet cég; cég pedig, amelyhez személyek tartoznak vagy adószáma van, nem lehet személy.", "A person who belongs to a business cannot be one, and a business with people or a tax number cannot be a person.";
    contact_in_use: "Adatlap, személy vagy mező tartozik hozzá: nem törölhető.", "Datasheets, persons or fields belong to it: it cannot be removed.";
    status_gone(name: &str): "Nem vonható vissza: a(z) {name} státuszt azóta törölték.", "It cannot be undone: the status {name} was deleted since.";
    owner_gone(name: &str): "Nem vonható vissza: {name} már nem dolgozik ebben a modulban.", "It cannot be undone: {name} no longer works in this module.";
    changed_since(what: &str): "Nem vonható vissza, mert azóta változott: {what}", "It cannot be undone, for this changed since: {what}";
    tax_number: "Adószám", "Tax number";
    account: "Bankszámla", "Bank account";
    performed: "Teljesítés napja", "Performance date";
    due_date: "Fizetési határidő", "Due date";
    paid_on: "Fizetés napja", "Paid on";
    prefix: "Előtag", "Prefix";
    issued: "Kiállított bizonylat nem törölhető és nem módosítható: sztornózni lehet.", "An issued document is neither deleted nor changed: it can be cancelled by a storno.";
    issued_inside: "A modulban kiállított bizonylatok vannak, ezért nem kerülhet a kukába. Akinek nem kell, annál kivehető a hozzáférésből.", "The module has issued documents, so it cannot go to the trash. Take it from those who do not need it by their access.";
    no_seller(missing: &str): "Kiállítás előtt meg kell adni, ki az eladó. Hiányzik: {missing}. Adminisztrátor adhatja meg a modul „Eladó és sorszámok” beállításában.", "Say who sells before you issue. Missing: {missing}. An admin fills it in under “Seller and numbers” of the module.";
    not_in_trash: "Véglegesen törölni csak a kukából lehet.", "Only what is in the trash can be permanently deleted.";
    has_invoice(name: &str): "Számla készült belőle ({name}), ezért nem törölhető véglegesen.", "An invoice was made of it ({name}), so it cannot be permanently deleted.";
    made_another(name: &str): "Nem állítható vissza: {name} azóta mást készített helyette.", "It cannot be restored: {name} has made another one instead.";
    method: "Fizetési mód", "Payment";
    exchange: "Árfolyam (Ft)", "Exchange rate (HUF)";
    no_invoicing: "Ehhez Számlázás modul kell, és most nincs olyan, amelyet megnyithat. Adminisztrátor a modulsáv + gombjával adhat hozzá.", "This needs an Invoicing module, and there is none that you may open. An admin can add one with the + of the module bar.";
    which_module: "Több Számlázás modul van: válassza ki, melyikbe készüljön.", "There are several Invoicing modules: choose which gets it.";
    last_status: "Legalább egy státusznak maradnia kell.", "At least one status must stay.";
    last_admin: "Legalább egy aktív adminnak maradnia kell.", "At least one active admin must stay.";
    status_in_use: "A státuszban adatlapok vannak: válassza ki, hová kerüljenek.", "The status has datasheets: choose where they go.";
    todo_closed: "Ez a teendő már le van zárva.", "This to-do is closed already.";
    cannot_undo: "Már nem vonható vissza: azóta más is történt.", "It can no longer be undone: something happened since.";
    trashed: "A kukában van: előbb állítsa vissza.", "It is in the trash: restore it first.";
}

/// The name of a field, as its label says it.
pub const fn field(locale: Locale, field: Field) -> &'static str {
    match field {
        Field::Name => name(locale),
        Field::ItemName => item_name(locale),
        Field::Todo => todo(locale),
        Field::Due => due(locale),
        Field::Repetition => super::details::repetition(locale),
        Field::Duration => super::details::duration(locale),
        Field::Reminder => super::details::reminder(locale),
        Field::Steps => super::details::checklist(locale),
        Field::Note => note(locale),
        Field::Comment => super::history::comment(locale),
        Field::Email => email(locale),
        Field::Password => password(locale),
        Field::CurrentPassword => current_password(locale),
        Field::Status => status(locale),
        Field::Owner => owner(locale),
        Field::Assignee => assignee(locale),
        Field::Zone => zone(locale),
        Field::Role => role(locale),
        Field::File => file(locale),
        Field::Help => help(locale),
        Field::Choices => choices(locale),
        Field::Default => default_value(locale),
        Field::Currency => currency(locale),
        Field::Group => group(locale),
        Field::Kind => kind(locale),
        Field::Amount => amount(locale),
        Field::OrderNumber => order_number(locale),
        Field::OrderDate => order_date(locale),
        Field::Line | Field::LineName(_) => line(locale),
        Field::Buyer => buyer(locale),
        Field::BuyerAddress => buyer_address(locale),
        Field::Seller => seller(locale),
        Field::Address => address(locale),
        Field::Phone => phone(locale),
        Field::Business => business(locale),
        Field::Contact => contact(locale),
        Field::TaxNumber => tax_number(locale),
        Field::Account => account(locale),
        Field::Performed => performed(locale),
        Field::DueDate => due_date(locale),
        Field::PaidOn => paid_on(locale),
        Field::Prefix => prefix(locale),
        Field::WhyLost => why_lost(locale),
        Field::Step => step(locale),
        Field::Days => days(locale),
        Field::Date => date(locale),
        Field::Method => method(locale),
        Field::Exchange => exchange(locale),
        Field::Related => super::related::one(locale),
        Field::Relation => super::related::about(locale),
    }
}

/// What is wrong with the value of a field of that name.
pub fn problem(locale: Locale, field: &str, problem: Problem) -> String {
    match problem {
        Problem::Missing => missing(locale, field),
        Problem::TooLong(max) => too_long(locale, field, max),
        Problem::TooShort(min) => too_short(locale, field, min),
        Problem::Unreadable => unreadable(locale, field),
        Problem::Taken => taken(locale, field),
        Problem::Unknown => unknown(locale, field),
        Problem::Wrong => wrong(locale, field),
        Problem::TooCommon => too_common(locale, field),
        Problem::TooPrecise(max) => too_precise(locale, field, max),
        Problem::OutOfRange => out_of_range(locale, field),
        Problem::NotPositive => not_positive(locale, field),
        Problem::BeforeIssue => before_issue(locale, field),
        Problem::InFuture => in_future(locale, field),
        Problem::NotALink => not_a_link(locale, field),
        Problem::NoHour => no_hour(locale, field),
        Problem::TooMany(max) => too_many_of(locale, field, max),
        Problem::TooLarge(max) => super::files::too_large(locale, field, max),
    }
}

/// An error as one sentence.
pub fn message(locale: Locale, error: &Error) -> String {
    match error {
        Error::NotFound => not_found(locale).to_owned(),
        Error::Forbidden => forbidden(locale).to_owned(),
        Error::SignInNeeded => sign_in_needed(locale).to_owned(),
        Error::Conflict(conflict) if conflict.theirs.is_empty() => changed_meanwhile(locale).to_owned(),
        Error::Conflict(conflict) => changed(locale, &conflict.theirs),
        Error::KeyReused => key_reused(locale).to_owned(),
        Error::TooMany { seconds } => too_many(locale, *seconds),
        Error::Busy | Error::Collided => busy(locale).to_owned(),
        Error::Malformed => malformed(locale).to_owned(),
        Error::Server => server(locale).to_owned(),
        Error::Unreachable => unreachable(locale).to_owned(),
        Error::Invalid(Invalid { field: Field::LineName(n), problem: wrong }) => {
            problem(locale, &line_name(locale, *n), *wrong)
        }
        Error::Invalid(invalid) => problem(locale, field(locale, invalid.field), invalid.problem),
        Error::InvalidValue(invalid) => problem(locale, &invalid.name, invalid.problem),
        Error::Missing(missing) => {
            let names: Vec<&str> = missing.iter().map(|field| field.name.as_str()).collect();
            fill_in(locale, &names.join(", "))
        }
        Error::Refused(refusal) => match refusal {
            Refusal::FixedModule(process) => process.by_hand(locale),
            Refusal::NotNow(allowed) => return process::refused(locale, allowed),
            Refusal::OnlyOne => process::only_one(locale),
            Refusal::LastStatus => last_status(locale),
            Refusal::LastAdmin => last_admin(locale),
            Refusal::StatusInUse => status_in_use(locale),
            Refusal::TodoClosed => todo_closed(locale),
            Refusal::CannotUndo => cannot_undo(locale),
            Refusal::Trashed => trashed(locale),
            Refusal::Issued => issued(locale),
            Refusal::IssuedInside => issued_inside(locale),
            Refusal::NoSeller(missing) => {
                let names: Vec<_> = missing.iter().map(|missing| field(locale, *missing)).collect();
                return no_seller(locale, &names.join(", "));
            }
            Refusal::NotInTrash => not_in_trash(locale),
            Refusal::HasInvoice(name) => return has_invoice(locale, name),
            Refusal::MadeAnother(name) => return made_another(locale, name),
            Refusal::NoInvoicing => no_invoicing(locale),
            Refusal::DifferentKinds => different_kinds(locale),
            Refusal::FileInField(field) => return super::files::in_field(locale, field),
            Refusal::KindStays => kind_stays(locale),
            Refusal::ContactInUse => contact_in_use(locale),
            Refusal::ChangedSince(what) => return changed_since(locale, &what.join("; ")),
            Refusal::StatusGone(name) => return status_gone(locale, name),
            Refusal::OwnerGone(name) => return owner_gone(locale, name),
            Refusal::AlreadyRelated => super::related::already(locale),
            Refusal::WhichModule(_) => which_module(locale),
        }
        .to_owned(),
    }
}
