//! Related datasheets.

texts! {
    related: "Kapcsolódó adatlapok", "Related datasheets";
    none: "Nincs kapcsolódó adatlap.", "No related datasheets.";
    link: "Adatlap összekapcsolása", "Link a datasheet";
    find: "Keresés név szerint", "Search by name";
    one: "Kapcsolódó adatlap", "Related datasheet";
    about: "A kapcsolat leírása", "Description of the relation";
    about_of(name: &str): "A kapcsolat leírása: {name}", "Description of the relation: {name}";
    about_hint: "pl. előzménye", "e.g. predecessor";
    remove_of(name: &str): "Kapcsolat törlése: {name}", "Remove the relation: {name}";
    in_trash: "kukában", "in the trash";
    already: "Ez a két adatlap már össze van kapcsolva.", "These two datasheets are linked already.";

    said_related(name: &str): "Összekapcsolva: {name}", "Linked: {name}";
    said_described(name: &str): "A kapcsolat leírása mentve: {name}", "Description saved: {name}";
    said_unrelated(name: &str): "Kapcsolat törölve: {name}", "Relation removed: {name}";
    linked(name: &str): "összekapcsolta vele: {name}", "linked {name}";
    linked_as(name: &str, about: &str): "összekapcsolta vele: {name} ({about})", "linked {name} ({about})";
    was_described(name: &str, about: &str): "leírta a kapcsolatot: {name} ({about})", "described the relation to {name} ({about})";
    was_undescribed(name: &str): "törölte a kapcsolat leírását: {name}", "cleared the description of the relation to {name}";
    was_unrelated(name: &str): "törölte a kapcsolatot: {name}", "removed the relation to {name}";
    of_related: "összekapcsolás", "linking a datasheet";
    of_described: "kapcsolat leírása", "describing a relation";
    of_unrelated: "kapcsolat törlése", "removing a relation";
}

/// Two datasheets were linked.
pub fn was_related(locale: super::Locale, name: &str, about: &str) -> String {
    if about.is_empty() { linked(locale, name) } else { linked_as(locale, name, about) }
}

/// A relation was described otherwise.
pub fn was_changed(locale: super::Locale, name: &str, about: &str) -> String {
    if about.is_empty() { was_undescribed(locale, name) } else { was_described(locale, name, about) }
}
