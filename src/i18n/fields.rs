//! Fields of modules: their kinds, and how their values are written.

use super::{Locale, format};
use crate::domain::{
    due::Due,
    field::{DECIMALS, FieldKind, FieldValue},
    zone::Zone,
};

texts! {
    kind_text: "Szöveg", "Text";
    kind_long_text: "Hosszú szöveg", "Long text";
    kind_whole: "Egész szám", "Whole number";
    kind_decimal: "Tizedes szám", "Decimal number";
    kind_money: "Pénzösszeg", "Money";
    kind_day: "Dátum", "Date";
    kind_moment: "Dátum és idő", "Date and time";
    kind_yes_no: "Igen/nem", "Yes/no";
    kind_choice: "Választás", "Choice";
    kind_choices: "Több választás", "Choices";
    kind_file: "Fájl", "File";
    kind_link: "Hivatkozás", "Link";
    kind_contact: "Kontakt", "Contact";
    kind_user: "Felhasználó", "User";
    yes: "Igen", "Yes";
    no: "Nem", "No";
    nothing: "nincs", "nothing";
    fields: "Mezők", "Fields";
    customise: "Mezők testreszabása", "Customise fields";
    required: "kötelező", "required";
    open_link: "Megnyitás", "Open link";
    clear: "Törlés", "Clear";
    found: "Találatok", "Found";
    said_set(field: &str, value: &str): "{field}: {value}", "{field}: {value}";
    missing_title: "Hiányzó mezők", "Missing fields";
    missing_lead: "A kiválasztott státuszhoz ezek is kellenek. Amit beír, azonnal elmentődik.", "The chosen status needs these, too. What you enter is saved at once.";
    missing_here: "Ehhez a státuszhoz még hiányzik:", "Still missing for this status:";
    go_on: "Tovább", "Continue";
    how: "Húzza a fogantyúnál, vagy a fogantyún fel és le nyíl.", "Drag by the handle, or up and down arrows on it.";
    no_group: "Csoport nélkül", "Without a group";
    group_name(name: &str): "Csoport neve: {name}", "Name of group: {name}";
    new_group: "Új csoport", "New group";
    add_group: "Csoport hozzáadása", "Add group";
    group_added(name: &str): "Új csoport: {name}", "Group added: {name}";
    remove_group: "Csoport megszüntetése", "Remove group";
    add_field: "Új mező", "Add field";
    add_field_to(group: &str): "Új mező: {group}", "Add field to {group}";
    edit_title: "Mező szerkesztése", "Edit field";
    edit_field(name: &str): "Mező szerkesztése: {name}", "Edit field {name}";
    edit: "Szerkesztés…", "Edit…";
    move_field(name: &str): "Áthelyezés: {name}", "Move {name}";
    moved(name: &str): "Áthelyezve: {name}", "Moved: {name}";
    archive: "Archiválás", "Archive";
    archive_of(name: &str): "Archiválás: {name}", "Archive {name}";
    remove_of(name: &str): "Eltávolítás: {name}", "Remove {name}";
    archived(name: &str): "Archiválva: {name}", "Archived: {name}";
    restored(name: &str): "Visszaállítva: {name}", "Restored: {name}";
    out_of_use: "Archivált mezők", "Archived fields";
    said_defined(name: &str): "Elmentve: {name}", "Saved: {name}";
    required_from: "Kötelező ettől a státusztól", "Required from status";
    never: "nem kötelező", "not required";
    choice_name(name: &str): "Választás: {name}", "Choice: {name}";
    add_choice: "Új választás", "Add choice";
    field: "Mező", "Field";
    operator: "Feltétel", "Condition";
    is: "pontosan", "is";
    contains: "tartalmazza", "contains";
    between: "tól–ig", "from–to";
    filled: "ki van töltve", "is filled in";
    empty: "üres", "is empty";
    value_label: "Érték", "Value";
    from: "Ettől", "From";
    to: "Eddig", "To";
    apply: "Szűrés", "Filter";
    no_fields: "A modulnak nincsenek mezői.", "The module has no fields.";
    no_sortable_fields: "A modulnak nincs olyan mezője, amely szerint rendezni lehet.", "The module has no field to sort by.";
    test_is(field: &str, value: &str): "{field}: {value}", "{field}: {value}";
    test_contains(field: &str, text: &str): "{field} tartalmazza: {text}", "{field} contains {text}";
    test_filled(field: &str): "{field}: kitöltve", "{field}: filled in";
    test_empty(field: &str): "{field}: üres", "{field}: empty";
    test_between(field: &str, from: &str, to: &str): "{field}: {from} – {to}", "{field}: {from} – {to}";
    test_least(field: &str, from: &str): "{field}: legalább {from}", "{field}: {from} or more";
    test_most(field: &str, to: &str): "{field}: legfeljebb {to}", "{field}: {to} or less";
}

/// The name of a kind.
pub const fn kind(locale: Locale, kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => kind_text(locale),
        FieldKind::LongText => kind_long_text(locale),
        FieldKind::Whole => kind_whole(locale),
        FieldKind::Decimal => kind_decimal(locale),
        FieldKind::Money => kind_money(locale),
        FieldKind::Day => kind_day(locale),
        FieldKind::Moment => kind_moment(locale),
        FieldKind::YesNo => kind_yes_no(locale),
        FieldKind::Choice => kind_choice(locale),
        FieldKind::Choices => kind_choices(locale),
        FieldKind::File => kind_file(locale),
        FieldKind::Link => kind_link(locale),
        FieldKind::Contact => kind_contact(locale),
        FieldKind::User => kind_user(locale),
    }
}

/// A value whose ids were spelled out ([`crate::domain::field::CustomField::spelled`]), for a reader.
pub fn value(locale: Locale, value: &FieldValue, zone: &Zone) -> String {
    match value {
        FieldValue::Text(text) | FieldValue::Link(text) => text.clone(),
        FieldValue::Whole(n) => format::number(*n, locale),
        FieldValue::Decimal(n) => format::decimal(*n, DECIMALS, locale),
        FieldValue::Money { minor, currency } => format::money(*minor, currency, locale),
        FieldValue::Day(day) => format::date(*day, locale),
        FieldValue::Moment(at) => format::due_input(Due::At(*at), zone, locale),
        FieldValue::YesNo(true) => yes(locale).to_owned(),
        FieldValue::YesNo(false) => no(locale).to_owned(),
        // Ids say nothing to a reader; they are spelled out before.
        FieldValue::Choice(_)
        | FieldValue::Choices(_)
        | FieldValue::File(_)
        | FieldValue::Contact(_)
        | FieldValue::User(_) => String::new(),
    }
}

/// The same, or a word for nothing.
pub fn value_or_nothing(locale: Locale, shown: Option<&FieldValue>, zone: &Zone) -> String {
    shown.map_or_else(|| nothing(locale).to_owned(), |shown| value(locale, shown, zone))
}

/// A value as its input holds it: what [`crate::domain::field::parse`] reads back.
pub fn input(locale: Locale, shown: &FieldValue, zone: &Zone) -> String {
    match shown {
        FieldValue::YesNo(yes) => u8::from(*yes).to_string(),
        FieldValue::Choice(id) => id.to_string(),
        FieldValue::Choices(ids) => ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        FieldValue::File(id) => id.to_string(),
        FieldValue::Contact(id) => id.to_string(),
        FieldValue::User(id) => id.to_string(),
        FieldValue::Day(day) => format::due_input(Due::Day(*day), zone, locale),
        other => value(locale, other, zone),
    }
}
