//! Fixed modules: steps, and what the history says of them.

use super::{Locale, document, format};
use crate::{
    domain::{
        edit::Edit,
        process::{Action, Cause, webshop},
    },
    error::Act,
};

texts! {
    process: "Folyamat", "Process";
    finalise: "Véglegesítés", "Finalise";
    edit: "Módosítás", "Edit";
    complete: "Teljesítés", "Complete";
    paid: "Fizetve", "Paid";
    fail: "Meghiúsult", "Failed";
    make_invoice: "Számla készítése", "Make invoice";
    issue: "Kiállítás", "Issue";
    mark_paid: "Fizetettnek jelölés", "Mark paid";
    storno: "Sztornó", "Storno";
    finalised: "Véglegesítve.", "Finalised.";
    in_draft: "Újra piszkozat.", "A draft again.";
    completed: "Teljesítve.", "Completed.";
    is_paid: "Fizetve.", "Paid.";
    failed: "Meghiúsult.", "Failed.";
    made_invoice: "Elkészült a számla piszkozata.", "The invoice is drafted.";
    issued: "Kiállítva.", "Issued.";
    marked_paid: "Fizetettnek jelölve.", "Marked paid.";
    cancelled: "Sztornózva.", "Cancelled.";
    edited_items(changes: &str): "tételek módosítása: {changes}", "changed the items: {changes}";
    edited_draft(changes: &str): "bizonylat módosítása: {changes}", "changed the document: {changes}";
    set_items: "tételek módosítása", "changing the items";
    set_draft: "bizonylat módosítása", "changing the document";
    not_now(allowed: &str): "Most ez nem lehetséges. Amit most lehet: {allowed}.", "Not possible now. Possible now: {allowed}.";
    nothing_now: "Most itt nincs több lépés.", "There is no further step here now.";
    only_one: "Ilyen modulból csak egy lehet, és már van.", "There can be only one such module, and there is one already.";
    did(step: &str): "lépés: {step}", "did: {step}";
    did_moved(step: &str, from: &str, to: &str): "lépés: {step} ({from} → {to})", "did: {step} ({from} → {to})";
    moved(from: &str, to: &str, why: &str): "státusz: {from} → {to} ({why})", "status: {from} → {to} ({why})";
    because_action: "a mezők alapján", "by its fields";
    because_todo: "a teendők alapján", "by its to-dos";
    because_clock: "az idő múlásával", "as time passed";
    because_linked(name: &str): "kapcsolódó adatlap: {name}", "linked datasheet: {name}";
    because_order(number: &str): "rendelés: {number}", "order: {number}";
    subscribe: "Feliratkozott", "Subscribed";
    unsubscribe: "Leiratkozott", "Unsubscribed";
    register: "Regisztrált", "Registered";
    no_orders: "Még nem rendelt.", "No orders yet.";
    orders: "Rendelések", "Orders";
    value: "Érték", "Value";
    first_order: "Első rendelés", "First order";
    last_order: "Utolsó rendelés", "Last order";
    order_number: "Rendelésszám", "Order number";
    order_date: "Dátum", "Date";
    order_amount: "Összeg", "Amount";
    more_orders: "Korábbi rendelések", "Earlier orders";
    order_one: "1 rendelés", "1 order";
    order_many(n: &str): "{n} rendelés", "{n} orders";
    last_ordered(day: &str): "utoljára {day}", "last on {day}";
    ordered(number: &str): "rendelés érkezett: {number}", "order came in: {number}";
    ordered_many(orders: u32, number: &str): "{orders} rendelés érkezett, az utolsó: {number}", "orders came in: {orders}, the last is {number}";
    orders_imported(file: &str, orders: u32, buyers: u32): "rendelések importálása: {file} ({orders} új rendelés, {buyers} új vásárló)", "imported orders from {file} (new orders: {orders}, new buyers: {buyers})";
    orders_undone(file: &str, orders: u32): "rendelések importálásának visszavonása: {file} ({orders} rendelés)", "took back the orders imported from {file} (orders: {orders})";
    because_undone(file: &str): "visszavont import: {file}", "import undone: {file}";
    restored_by_order(number: &str): "visszaállítva a kukából (rendelés: {number})", "restored (order: {number})";
    back_in_trash(file: &str): "visszakerült a kukába (visszavont import: {file})", "back in the trash (import undone: {file})";
    token_added(name: &str): "API-kulcs készült: {name}", "made the API token {name}";
    token_revoked(name: &str): "API-kulcs visszavonva: {name}", "revoked the API token {name}";
    module_set(name: &str): "beállította a folyamatot: {name}", "set the process of {name}";
}

/// A step, as its button says it.
pub const fn act(locale: Locale, act: Act) -> &'static str {
    match act {
        Act::Finalise => finalise(locale),
        Act::Edit => edit(locale),
        Act::Complete => complete(locale),
        Act::Paid => paid(locale),
        Act::Fail => fail(locale),
        Act::MakeInvoice => make_invoice(locale),
        Act::Issue => issue(locale),
        Act::MarkPaid => mark_paid(locale),
        Act::Storno => storno(locale),
    }
}

/// That a step is done.
pub const fn done(locale: Locale, act: Act) -> &'static str {
    match act {
        Act::Finalise => finalised(locale),
        Act::Edit => in_draft(locale),
        Act::Complete => completed(locale),
        Act::Paid => is_paid(locale),
        Act::Fail => failed(locale),
        Act::MakeInvoice => made_invoice(locale),
        Act::Issue => issued(locale),
        Act::MarkPaid => marked_paid(locale),
        Act::Storno => cancelled(locale),
    }
}

/// That a step is refused, with those that are not.
pub fn refused(locale: Locale, allowed: &[Act]) -> String {
    if allowed.is_empty() {
        return nothing_now(locale).to_owned();
    }
    let allowed: Vec<_> = allowed.iter().map(|allowed| act(locale, *allowed)).collect();
    not_now(locale, &allowed.join(", "))
}

/// What a person notes of a buyer.
pub const fn buyer(locale: Locale, action: webshop::Action) -> &'static str {
    match action {
        webshop::Action::Subscribe => subscribe(locale),
        webshop::Action::Unsubscribe => unsubscribe(locale),
        webshop::Action::Register => register(locale),
    }
}

/// So many orders.
pub fn count_of_orders(locale: Locale, n: u32) -> String {
    if n == 1 { order_one(locale).to_owned() } else { order_many(locale, &format::number(n.into(), locale)) }
}

/// What an editing changed, in a sentence.
pub fn edited(locale: Locale, action: &Action, edit: &Edit) -> String {
    let changes = document::edit(locale, edit);
    match action {
        Action::Orders(_) => edited_items(locale, &changes),
        _ => edited_draft(locale, &changes),
    }
}

/// Why the process moved a status.
pub fn cause(locale: Locale, cause: &Cause) -> String {
    match cause {
        Cause::Action => because_action(locale).to_owned(),
        Cause::Todo => because_todo(locale).to_owned(),
        Cause::Clock => because_clock(locale).to_owned(),
        Cause::Linked(name) => because_linked(locale, name),
        Cause::OrdersUndone(file) => because_undone(locale, file),
        Cause::Order(number) => because_order(locale, number),
    }
}
