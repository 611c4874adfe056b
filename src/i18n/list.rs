//! The datasheet list.

texts! {
    open_contact: "Kontakt megnyitása", "Open the contact";
    datasheets: "Adatlapok", "Datasheets";
    overdue: "Lejárt", "Overdue";
    today: "Ma", "Today";
    tomorrow: "Holnap", "Tomorrow";
    this_week: "Ezen a héten", "This week";
    next_week: "Jövő héten", "Next week";
    this_month: "Ebben a hónapban", "Later this month";
    next_month: "Jövő hónapban", "Next month";
    later: "Később", "Later";
    no_todo: "Nincs teendő", "No to-do";
    close_todo: "Teendő lezárása", "Close to-do";
    postpone: "Elnapolás", "Postpone";
    new_todo: "Új teendő", "New to-do";
    undo: "Visszavonás", "Undo";
}

/// The heading of a bucket.
pub const fn bucket(locale: super::Locale, bucket: crate::domain::bucket::Bucket) -> &'static str {
    use crate::domain::bucket::Bucket as B;
    match bucket {
        B::Overdue => overdue(locale),
        B::Today => today(locale),
        B::Tomorrow => tomorrow(locale),
        B::ThisWeek => this_week(locale),
        B::NextWeek => next_week(locale),
        B::ThisMonth => this_month(locale),
        B::NextMonth => next_month(locale),
        B::Later => later(locale),
        B::NoTodo => no_todo(locale),
    }
}

texts! {
    close_todo_of(name: &str): "Teendő lezárása: {name}", "Close to-do: {name}";
    postpone_of(name: &str): "Elnapolás: {name}", "Postpone: {name}";
    new_todo_of(name: &str): "Új teendő: {name}", "New to-do: {name}";
    more_of(name: &str): "További műveletek: {name}", "More for: {name}";
    status_of(name: &str, status: &str): "Státusz: {name}, {status}", "Status: {name}, {status}";
    status_menu_of(name: &str): "Státusz: {name}", "Status: {name}";
    owner_of(name: &str): "Felelős: {name}", "Owner: {name}";
    postponed_times(n: i64): "{n}× elnapolva", "{n}× postponed";
    pick_a_date: "Másik időpont…", "Pick a date";
    close_successful: "Lezárás sikeresként", "Close as successful";
    close_failed: "Lezárás sikertelenként", "Close as failed";
    close_with_note: "Lezárás megjegyzéssel…", "Close with a note";
    move_to_trash: "Kukába", "Move to trash";
    closed(todo: &str, name: &str): "Lezárva: {todo}, {name}", "Closed: {todo}, {name}";
    postponed(todo: &str, due: &str): "Elnapolva: {todo}, {due}", "Postponed: {todo}, {due}";
    todo_added(name: &str): "Új teendő: {name}", "New to-do: {name}";
    status_set(name: &str, status: &str): "{name}: {status}", "{name}: {status}";
    trashed(name: &str): "Kukába került: {name}", "Moved to trash: {name}";
    added(name: &str): "Új adatlap: {name}", "New datasheet: {name}";
    undone: "Visszavonva", "Undone";
    new_datasheet: "Új adatlap", "New datasheet";
    new_item(item: &str): "Új: {item}", "New: {item}";
    search: "Keresés a modulban", "Search this module";
    field_filter: "Szűrés mezőre", "Filter by a field";
    filter: "Szűrés", "Filter";
    remove_filter: "Szűrés törlése:", "Remove the filter:";
    sort: "Rendezés", "Sort";
    sort_by_field: "Rendezés mező szerint", "Sort by a field";
    remove_sort: "Rendezés törlése:", "Remove the sorting:";
    sorted_by: "Rendezve", "Sorted";
    direction: "Irány", "Direction";
    ascending: "növekvő", "ascending";
    descending: "csökkenő", "descending";
    sorted_up(field: &str): "{field}, növekvő", "{field}, ascending";
    sorted_down(field: &str): "{field}, csökkenő", "{field}, descending";
    owner_filter: "Felelős", "Owner";
    mine: "Enyém", "Mine";
    everybody: "Mindenki", "Everybody";
    add: "Hozzáadás", "Add";
    next_question: "Mi a következő lépés?", "What is the next step?";
    not_now: "Később", "Later";
    due_hint: "pl. holnap 9:00, 2026. 12. 01.", "e.g. tomorrow 9:00, 2026-12-01";
    no_match: "Nincs találat", "Nothing matches";
    no_match_hint: "A keresés a név szavainak elejét nézi: írjon kevesebb betűt vagy szót, vagy törölje a szűrést.", "A search looks at the beginnings of a name's words: type fewer letters or words, or clear the filters.";
    widen: "Szűrés törlése", "Clear the filters";
    nothing_yet: "Még nincs itt semmi", "Nothing here yet";
    nothing_yet_hint: "Vegye fel az első adatlapot az „Új adatlap” gombbal.", "Add the first one with the button “New datasheet”.";
    loading: "Betöltés…", "Loading…";
    load_more: "Továbbiak betöltése", "Load more";
    retry: "Újra", "Try again";
    shortcuts: "Gyorsbillentyűk", "Keyboard shortcuts";
    key_next: "Következő adatlap", "Next datasheet";
    key_previous: "Előző adatlap", "Previous datasheet";
    key_open: "Adatlap megnyitása", "Open the datasheet";
}

texts! {
    next_working_day: "Következő munkanap", "Next working day";
    next_monday: "Jövő hétfő", "Next Monday";
    in_a_week: "Egy hét múlva", "In a week";
    in_a_month: "Egy hónap múlva", "In a month";
}

/// A choice of the postpone menu.
pub const fn preset(locale: super::Locale, choice: crate::domain::due::Postpone) -> &'static str {
    use crate::domain::due::Postpone as P;
    match choice {
        P::Tomorrow => tomorrow(locale),
        P::NextWorkingDay => next_working_day(locale),
        P::NextMonday => next_monday(locale),
        P::InAWeek => in_a_week(locale),
        P::InAMonth => in_a_month(locale),
        P::To(_) => pick_a_date(locale),
    }
}
