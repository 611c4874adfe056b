//! The page of one datasheet.

use super::{Locale, contacts, fields, files, format, history, process, related};
use crate::domain::{
    due::{Due, Postpone},
    history::What,
    status_name::StatusThen,
    todo::Outcome,
    zone::Zone,
};

texts! {
    breadcrumb: "Útvonal", "Breadcrumb";
    rename: "Átnevezés", "Rename";
    contact: "Kontakt", "Contact";
    created: "Létrehozva", "Created";
    details: "Adatok", "Details";
    todos: "Teendők", "To-dos";
    no_open: "Nincs nyitott teendő. Mi a következő lépés?", "No open to-do. What is the next step?";
    next_todo: "Következő teendő:", "Next to-do:";
    gone_meanwhile: "Közben más lezárta vagy törölte. Amit ide írt, megmarad, amíg be nem zárja.", "Someone closed or deleted it meanwhile. What you typed here stays until you close it.";
    closed_todos: "Lezárt teendők", "Closed to-dos";
    close_one(text: &str): "Teendő lezárása: {text}", "Close to-do: {text}";
    close_otherwise(text: &str): "Lezárás másként: {text}", "Close otherwise: {text}";
    postpone_one(text: &str): "Elnapolás: {text}", "Postpone: {text}";
    edit: "Szerkesztés", "Edit";
    edit_one(text: &str): "Szerkesztés: {text}", "Edit: {text}";
    tomorrow: "Holnap", "Tomorrow";
    next_working_day: "Következő munkanap", "Next working day";
    next_monday: "Jövő hétfő", "Next Monday";
    in_a_week: "Egy hét múlva", "In a week";
    in_a_month: "Egy hónap múlva", "In a month";
    pick_a_date: "Másik időpont…", "Pick a date…";
    done: "Kész", "Done";
    successful: "Sikeres", "Successful";
    failed: "Sikertelen", "Failed";
    with_note: "Megjegyzéssel…", "With a note…";
    outcome_label: "Eredmény", "Outcome";
    close: "Lezárás", "Close";
    postponed(n: i64): "{n}× elnapolva", "postponed {n}×";
    kind: "Típus", "Type";
    add_todo: "Teendő hozzáadása", "Add to-do";
    due_help: "Például: holnap 9:00, 2026. 11. 24. 14:30, 2026-11-24", "For example: tomorrow 9:00, 24 Nov 2026 14:30, 2026-11-24";
    history: "Előzmények", "History";
    no_history: "Még nem történt semmi.", "Nothing happened yet.";
    show_more: "Továbbiak", "Show more";
    system: "Rendszer", "System";
    undo_of(what: &str): "Visszavonás: {what}", "Undo: {what}";
    taken_back: "visszavonva", "undone";
    trash: "Kukába", "Move to trash";
    restore: "Visszaállítás", "Restore";
    in_trash: "Ez az adatlap a kukában van.", "This datasheet is in the trash.";
    to_the_trash: "A modul kukája", "The module's trash";
    yours: "Az Öné", "Yours";
    theirs: "A másiké", "Theirs";
    keep_mine: "Az enyém legyen", "Keep mine";
    keep_theirs: "A másiké maradjon", "Keep theirs";
    discard: "Elvetés", "Discard";
    try_again: "Újra", "Try again";
    clash(field: &str): "{field}: közben más is módosította. Melyik maradjon?", "{field}: someone changed it meanwhile. Which one stays?";

    said_renamed(name: &str): "Átnevezve: {name}", "Renamed: {name}";
    said_status(name: &str): "Státusz: {name}", "Status: {name}";
    said_owner(name: &str): "Felelős: {name}", "Owner: {name}";
    said_closed(text: &str): "Lezárva: {text}", "Closed: {text}";
    said_postponed(text: &str): "Elnapolva: {text}", "Postponed: {text}";
    said_added(text: &str): "Új teendő: {text}", "To-do added: {text}";
    said_edited(text: &str): "Módosítva: {text}", "Changed: {text}";
    said_trashed: "Az adatlap a kukába került.", "The datasheet is in the trash.";
    said_restored: "Az adatlap visszaállítva.", "The datasheet is restored.";
    said_undone: "Visszavonva.", "Undone.";

    was_created(name: &str): "létrehozta: {name}", "created {name}";
    was_imported(name: &str, file: &str, line: u32): "importálta: {name} ({file}, {line}. sor)", "imported {name} ({file}, line {line})";
    was_renamed(from: &str, to: &str): "átnevezte: {from} → {to}", "renamed {from} → {to}";
    was_moved(from: &str, to: &str): "státusz: {from} → {to}", "changed the status: {from} → {to}";
    was_given(from: &str, to: &str): "felelős: {from} → {to}", "changed the owner: {from} → {to}";
    was_filled_in(field: &str, from: &str, to: &str): "{field}: {from} → {to}", "changed {field}: {from} → {to}";
    was_added(text: &str, due: &str): "új teendő: {text} ({due})", "added the to-do {text} ({due})";
    was_edited(text: &str, due: &str): "módosította a teendőt: {text} ({due})", "changed the to-do {text} ({due})";
    was_closed(text: &str, outcome: &str): "lezárta: {text} ({outcome})", "closed {text} ({outcome})";
    was_closed_again(text: &str, outcome: &str, next: &str): "lezárta: {text} ({outcome}); a következő: {next}", "closed {text} ({outcome}); the next one is due {next}";
    was_reopened(text: &str): "újranyitotta: {text}", "reopened {text}";
    was_ticked(text: &str, step: &str): "kipipálta: {step} ({text})", "ticked {step} ({text})";
    was_unticked(text: &str, step: &str): "visszavette a pipát: {step} ({text})", "unticked {step} ({text})";
    of_todo_reopened: "teendő újranyitása", "reopening a to-do";
    was_postponed(text: &str, from: &str, to: &str): "elnapolta: {text} ({from} → {to})", "postponed {text} ({from} → {to})";
    was_trashed: "kukába tette", "moved it to the trash";
    was_restored: "visszaállította", "restored it";
    deleted_for_good(name: &str): "véglegesen törölte: {name}", "permanently deleted {name}";
    was_undone(of: &str): "visszavonta: {of}", "undid: {of}";
    module_added(name: &str): "modult adott hozzá: {name}", "added the module {name}";
    module_renamed(from: &str, to: &str): "modult nevezett át: {from} → {to}", "renamed the module {from} → {to}";
    module_moved(name: &str): "modult helyezett át: {name}", "moved the module {name}";
    module_trashed(name: &str): "modult tett a kukába: {name}", "moved the module {name} to the trash";
    module_restored(name: &str): "modult állított vissza: {name}", "restored the module {name}";
    group_renamed(from: &str, to: &str): "státuszcsoportot nevezett át: {from} → {to}", "renamed the status group {from} → {to}";
    status_added(name: &str): "új státusz: {name}", "added the status {name}";
    status_renamed(from: &str, to: &str): "státuszt nevezett át: {from} → {to}", "renamed the status {from} → {to}";
    status_recolored(name: &str): "státuszt színezett át: {name}", "recoloured the status {name}";
    status_moved(name: &str): "státuszt helyezett át: {name}", "moved the status {name}";
    status_deleted(name: &str): "státuszt törölt: {name}", "deleted the status {name}";
    status_deleted_into(name: &str, into: &str, n: i64): "státuszt törölt: {name} ({n} adatlap ide került: {into})", "deleted the status {name} (datasheets moved to {into}: {n})";
    field_added(name: &str): "új mező: {name}", "added the field {name}";
    field_edited(name: &str): "mezőt módosított: {name}", "changed the field {name}";
    field_moved(name: &str): "mezőt helyezett át: {name}", "moved the field {name}";
    field_archived(name: &str): "mezőt archivált: {name}", "archived the field {name}";
    field_restored(name: &str): "mezőt állított vissza: {name}", "restored the field {name}";
    field_group_changed(name: &str): "mezőcsoportot módosított: {name}", "changed the group of fields {name}";
    import_done(file: &str, made: u32): "importált: {file} ({made} adatlap)", "imported {file} (datasheets: {made})";
    import_undone(file: &str, removed: u32, kept: u32): "visszavonta az importot: {file} (eltávolítva {removed}, megtartva {kept})", "undid the import of {file} (removed {removed}, kept {kept})";
    user_added(name: &str): "felhasználót adott hozzá: {name}", "added the user {name}";
    user_changed(name: &str): "felhasználót módosított: {name}", "changed the user {name}";
    password_set(name: &str): "jelszót állított be: {name}", "set the password of {name}";
    signed_in: "bejelentkezett", "signed in";
    signed_out: "kijelentkezett", "signed out";

    of_created: "létrehozás", "creating it";
    of_renamed: "átnevezés", "renaming";
    of_status: "státuszváltás", "changing the status";
    of_owner: "felelős váltása", "changing the owner";
    of_field: "mező módosítása", "changing a field";
    of_todo_added: "új teendő", "adding a to-do";
    of_todo_edited: "teendő módosítása", "changing a to-do";
    of_todo_closed: "teendő lezárása", "closing a to-do";
    of_todo_postponed: "teendő elnapolása", "postponing a to-do";
    of_trashed: "kukába tétel", "moving it to the trash";
    of_restored: "visszaállítás", "restoring it";
    of_other: "módosítás", "a change";
}

/// A choice of the postpone menu.
pub const fn postpone(locale: Locale, choice: Postpone) -> &'static str {
    match choice {
        Postpone::Tomorrow => tomorrow(locale),
        Postpone::NextWorkingDay => next_working_day(locale),
        Postpone::NextMonday => next_monday(locale),
        Postpone::InAWeek => in_a_week(locale),
        Postpone::InAMonth => in_a_month(locale),
        Postpone::To(_) => pick_a_date(locale),
    }
}

/// How a to-do ended.
pub const fn outcome(locale: Locale, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => done(locale),
        Outcome::Successful => successful(locale),
        Outcome::Failed => failed(locale),
    }
}

/// The kind of an entry that was taken back, from its name on the wire.
fn taken_back_kind(locale: Locale, kind: &str) -> &'static str {
    match kind {
        "created" => of_created(locale),
        "renamed" => of_renamed(locale),
        "status_changed" => of_status(locale),
        "owner_changed" => of_owner(locale),
        "field_changed" => of_field(locale),
        "contact_set" => contacts::of_set(locale),
        "contact_added" => contacts::of_added(locale),
        "contact_changed" => contacts::of_changed(locale),
        "contacts_merged" => contacts::of_merged(locale),
        "todo_added" => of_todo_added(locale),
        "todos_added" => super::details::of_todos_added(locale),
        "todo_edited" | "todo_ticked" => of_todo_edited(locale),
        "todo_closed" => of_todo_closed(locale),
        "todo_reopened" => of_todo_reopened(locale),
        "todo_postponed" => of_todo_postponed(locale),
        "commented" => history::of_commented(locale),
        "comment_edited" => history::of_comment_edited(locale),
        "file_added" => files::of_added(locale),
        "file_deleted" => files::of_deleted(locale),
        "comment_deleted" => history::of_comment_deleted(locale),
        "related" => related::of_related(locale),
        "relation_described" => related::of_described(locale),
        "unrelated" => related::of_unrelated(locale),
        "trashed" => of_trashed(locale),
        "restored" => of_restored(locale),
        _ => of_other(locale),
    }
}

/// An entry of the history as a sentence whose subject, the person, stands before it. Times are on the viewer's clock.
pub fn what(locale: Locale, what: &What, zone: &Zone) -> String {
    let due = |due: &Due| format::due_input(*due, zone, locale);
    match what {
        What::Created { name } => was_created(locale, name),
        What::Imported { name, file, line, .. } => was_imported(locale, name, file, *line),
        What::Renamed { from, to } => was_renamed(locale, from, to),
        What::StatusChanged { from, to } => was_moved(locale, from, to),
        What::OwnerChanged { from, to } => was_given(locale, from, to),
        What::ContactSet { from, to } => contacts::was_set(locale, from.as_deref(), to.as_deref()),
        What::ContactAdded { name } => contacts::was_added(locale, name),
        What::ContactChanged { part, from, to } => {
            contacts::was_changed(locale, *part, from.as_deref(), to.as_deref())
        }
        What::ContactsMerged { name } => contacts::was_merged(locale, name),
        What::FieldChanged { field, from, to } => {
            let value = |value: &Option<_>| fields::value_or_nothing(locale, value.as_ref(), zone);
            was_filled_in(locale, field, &value(from), &value(to))
        }
        What::TodoAdded { text, due: at } => was_added(locale, text, &due(at)),
        What::TodosAdded { template, texts } => {
            super::details::todos_added(locale, template, &texts.join(", "))
        }
        What::TodoEdited { text, due: at } => was_edited(locale, text, &due(at)),
        What::TodoClosed { text, outcome: ended, next, .. } => {
            let ended = outcome(locale, *ended).to_lowercase();
            match next {
                Some(next) => was_closed_again(locale, text, &ended, &due(next)),
                None => was_closed(locale, text, &ended),
            }
        }
        What::TodoReopened { text } => was_reopened(locale, text),
        What::TodoTicked { text, step, done: true } => was_ticked(locale, text, step),
        What::TodoTicked { text, step, done: false } => was_unticked(locale, text, step),
        What::TodoPostponed { text, from, to } => was_postponed(locale, text, &due(from), &due(to)),
        What::Acted { action, edit: Some(edit), .. } => process::edited(locale, action, edit),
        What::Acted { action, moved: Some((from, to)), named, .. } => {
            let (from, to) = StatusThen::texts(from, to, locale);
            process::did_moved(locale, &action.said(named.as_deref(), locale), &from, &to)
        }
        What::Acted { action, moved: None, named, .. } => {
            process::did(locale, &action.said(named.as_deref(), locale))
        }
        What::MovedByProcess { from, to, cause } => {
            let (from, to) = StatusThen::texts(from, to, locale);
            process::moved(locale, &from, &to, &process::cause(locale, cause))
        }
        What::ModuleSet { name } => process::module_set(locale, name),
        What::Ordered { orders: 1, number } => process::ordered(locale, number),
        What::Ordered { orders, number } => process::ordered_many(locale, *orders, number),
        What::OrdersImported { file, orders, buyers } => {
            process::orders_imported(locale, file, *orders, *buyers)
        }
        What::OrdersUndone { file, orders } => process::orders_undone(locale, file, *orders),
        What::TokenAdded { name } => process::token_added(locale, name),
        What::TokenRevoked { name } => process::token_revoked(locale, name),
        What::Commented { todo: None } => history::was_commented(locale).to_owned(),
        What::Commented { todo: Some(todo) } => history::was_commented_on(locale, todo),
        What::CommentEdited => history::was_comment_edited(locale).to_owned(),
        What::FileAdded { name, size, todo: None } => {
            files::was_added(locale, name, &files::size(locale, *size))
        }
        What::FileAdded { name, size, todo: Some(todo) } => {
            files::was_added_to(locale, name, &files::size(locale, *size), todo)
        }
        What::FileDeleted { name } => files::was_deleted(locale, name),
        What::CommentDeleted => history::was_comment_deleted(locale).to_owned(),
        What::Related { name, about } => related::was_related(locale, name, about),
        What::RelationDescribed { name, about } => related::was_changed(locale, name, about),
        What::Unrelated { name, .. } => related::was_unrelated(locale, name),
        What::Trashed => was_trashed(locale).to_owned(),
        What::Restored => was_restored(locale).to_owned(),
        What::DeletedForGood { name } => deleted_for_good(locale, name),
        What::RestoredByOrder { number, .. } => process::restored_by_order(locale, number),
        What::BackInTrash { file } => process::back_in_trash(locale, file),
        What::Undone { of } => was_undone(locale, taken_back_kind(locale, of)),
        What::ModuleAdded { name } => module_added(locale, name),
        What::ModuleRenamed { from, to } => module_renamed(locale, from, to),
        What::ModuleMoved { name } => module_moved(locale, name),
        What::TodoTypeSet { name } => super::details::type_set(locale, name),
        What::TodoTemplateSet { name } => super::details::template_set(locale, name),
        What::TodoTemplateDeleted { name } => super::details::template_gone(locale, name),
        What::ModuleTrashed { name } => module_trashed(locale, name),
        What::ModuleRestored { name } => module_restored(locale, name),
        What::GroupRenamed { from, to } => group_renamed(locale, from, to),
        What::StatusAdded { name } => status_added(locale, name),
        What::StatusRenamed { from, to } => status_renamed(locale, from, to),
        What::StatusRecolored { name } => status_recolored(locale, name),
        What::StatusMoved { name } => status_moved(locale, name),
        What::StatusDeleted { name, into: Some(into), datasheets } => {
            status_deleted_into(locale, name, into, *datasheets)
        }
        What::StatusDeleted { name, into: None, .. } => status_deleted(locale, name),
        What::FieldAdded { name } => field_added(locale, name),
        What::FieldEdited { name } => field_edited(locale, name),
        What::FieldMoved { name } => field_moved(locale, name),
        What::FieldArchived { name } => field_archived(locale, name),
        What::FieldRestored { name } => field_restored(locale, name),
        What::FieldGroupChanged { name } => field_group_changed(locale, name),
        What::ImportDone { file, made } => import_done(locale, file, *made),
        What::ImportUndone { file, removed, kept } => import_undone(locale, file, *removed, *kept),
        What::UserAdded { name } => user_added(locale, name),
        What::UserChanged { name } => user_changed(locale, name),
        What::PasswordSet { name } => password_set(locale, name),
        What::CalendarLinkMade => super::my_day::link_made(locale).to_owned(),
        What::CalendarLinkRevoked => super::my_day::link_revoked(locale).to_owned(),
        What::SignedIn => signed_in(locale).to_owned(),
        What::SignedOut => signed_out(locale).to_owned(),
    }
}

/// What was noted with an entry, if anything.
pub fn note_of(what: &What) -> Option<&str> {
    match what {
        What::TodoClosed { note, .. } | What::Imported { note, .. } => note.as_deref(),
        _ => None,
    }
}
