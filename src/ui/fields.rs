//! Fields of a module's own: how they are filled in, on the datasheet's page and in the dialog of those that are missing.

pub mod contact;
mod file;
pub mod input;
pub mod missing;

use leptos::prelude::*;

use super::Here;
use crate::{
    domain::{
        field::{CustomField, FieldValue, Writing, parse},
        id::{ContactId, EventId},
    },
    error::{Error, InvalidValue},
    i18n::fields as texts,
};

/// Reads what stands in a field's input.
pub fn read(here: Here, field: &CustomField, typed: &str) -> Result<Option<FieldValue>, Error> {
    let now = here.now.get_untracked();
    here.with_zone(|zone| {
        let writing = Writing { now, zone, locale: here.locale };
        parse(field.kind, &field.currency, typed, writing).map_err(|problem| {
            Error::InvalidValue(InvalidValue { field: field.id, name: field.name.clone(), problem })
        })
    })
}

/// A value as its input holds it.
pub fn written(here: Here, value: Option<&FieldValue>) -> String {
    value.map(|value| here.with_zone(|zone| texts::input(here.locale, value, zone))).unwrap_or_default()
}

/// A value for a reader. The names are those of the contacts and files that it may be.
pub fn shown(
    here: Here,
    field: &CustomField,
    value: Option<&FieldValue>,
    contacts: &[(ContactId, String)],
    files: &[(EventId, String)],
) -> String {
    let name = match value {
        Some(FieldValue::User(id)) => here.person(*id),
        Some(FieldValue::Contact(id)) => named(contacts, *id),
        Some(FieldValue::File(id)) => named(files, *id),
        _ => String::new(),
    };
    let spelled = value.map(|value| field.spelled(value, &name));
    here.with_zone(|zone| texts::value_or_nothing(here.locale, spelled.as_ref(), zone))
}

fn named<I: PartialEq>(names: &[(I, String)], id: I) -> String {
    names.iter().find(|(other, _)| *other == id).map(|(_, name)| name.clone()).unwrap_or_default()
}
