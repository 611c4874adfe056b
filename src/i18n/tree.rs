//! The status tree.

use super::Locale;
use crate::domain::{
    module::{Module, Template},
    status::{Color, StatusGroup},
};

texts! {
    statuses: "Státuszok", "Statuses";
    customise: "Státuszok testreszabása", "Customise statuses";
    lead: "Feltérképezés", "Discovery";
    open: "Folyamatban", "In progress";
    success: "Sikeres", "Successful";
    failed: "Sikertelen", "Failed";
    how: "Húzza a fogantyúnál, vagy Alt és nyilak.", "Drag by the handle, or Alt and arrows.";
    new_status_in(group: &str): "Új státusz: {group}", "New status in {group}";
    new_status: "Új státusz", "New status";
    add_status_to(group: &str): "Státusz hozzáadása: {group}", "Add status to {group}";
    rename: "Átnevezés", "Rename";
    rename_of(name: &str): "Átnevezés: {name}", "Rename {name}";
    options_of(name: &str): "Műveletek: {name}", "Options: {name}";
    move_up: "Feljebb", "Move up";
    move_down: "Lejjebb", "Move down";
    delete: "Törlés…", "Delete…";
    delete_now: "Törlés", "Delete";
    delete_of(name: &str): "Státusz törlése: {name}", "Delete status {name}";
    where_to: "Hová kerüljenek az adatlapjai?", "Where should its datasheets go?";
    where_to_n(n: &str): "Hová kerüljön a benne lévő {n} adatlap?", "Where should its {n} datasheets go?";
    position(name: &str, at: usize, of: usize, group: &str): "{name}: {of} közül a(z) {at}. itt: {group}", "{name}: {at} of {of} in {group}";
    moved(name: &str, group: &str): "Áthelyezve: {name} ({group})", "Moved: {name} ({group})";
    renamed(name: &str): "Átnevezve: {name}", "Renamed: {name}";
    recoloured(name: &str): "Átszínezve: {name}", "Recoloured: {name}";
    added(name: &str): "Új státusz: {name}", "Status added: {name}";
    deleted(name: &str): "Törölve: {name}", "Deleted: {name}";
    color_group: "A csoport színe", "The group's colour";
    color_red: "Piros", "Red";
    color_orange: "Narancs", "Orange";
    color_amber: "Sárga", "Amber";
    color_green: "Zöld", "Green";
    color_teal: "Türkiz", "Teal";
    color_blue: "Kék", "Blue";
    color_violet: "Lila", "Violet";
    color_pink: "Rózsaszín", "Pink";
    color_gray: "Szürke", "Gray";
}

/// The usual label of a group.
pub const fn group(locale: Locale, group: StatusGroup) -> &'static str {
    match group {
        StatusGroup::Lead => lead(locale),
        StatusGroup::Open => open(locale),
        StatusGroup::Success => success(locale),
        StatusGroup::Failed => failed(locale),
    }
}

/// The label of a group in a module: the one an admin gave it, else that of its process, else the usual one.
pub fn group_label(locale: Locale, module: &Module, of: StatusGroup) -> String {
    let given = module.group_labels.get(of.index()).and_then(Clone::clone);
    given.unwrap_or_else(|| usual_group_label(locale, module.template, of).to_owned())
}

/// The label that a group of such modules has before an admin gives it another one.
pub fn usual_group_label(locale: Locale, template: Template, of: StatusGroup) -> &'static str {
    match template.process().and_then(|process| process.group_label(of)) {
        Some(label) => locale.pick(label),
        None => group(locale, of),
    }
}

/// The name of a colour.
pub const fn color(locale: Locale, color: Color) -> &'static str {
    match color {
        Color::Group => color_group(locale),
        Color::Red => color_red(locale),
        Color::Orange => color_orange(locale),
        Color::Amber => color_amber(locale),
        Color::Green => color_green(locale),
        Color::Teal => color_teal(locale),
        Color::Blue => color_blue(locale),
        Color::Violet => color_violet(locale),
        Color::Pink => color_pink(locale),
        Color::Gray => color_gray(locale),
    }
}
