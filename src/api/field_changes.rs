//! The recipes of the writes on fields, on a begun request: their definitions, and what stands in them.

use super::{
    changes::{conflict, listed},
    contact_changes,
    fields::GroupChange,
    request::Request,
};
use crate::{
    domain::{
        datasheet::Done,
        field::{
            CHOICES_MAX, Choice, CustomField, FIELDS_MAX, FieldEntry, FieldForm, FieldGroup, FieldKind,
            FieldList, FieldPlace, FieldValue, SheetFields,
        },
        history::What,
        id::{ChoiceId, DatasheetId, EventId, FieldGroupId, FieldId, ModuleId, StatusId},
        text,
    },
    error::{Error, Field, InvalidValue, Problem, Refusal, Result},
    i18n,
    store::{self, datasheets::Standing, undo::Undo},
};

fn invalid(field: &CustomField, problem: Problem) -> Error {
    Error::InvalidValue(InvalidValue { field: field.id, name: field.name.clone(), problem })
}

/// The fields of a datasheet as its page shows them; those out of use only to admins, who may bring them back.
pub async fn of_datasheet(
    request: &mut Request,
    module: ModuleId,
    datasheet: DatasheetId,
) -> Result<SheetFields> {
    let mut list = store::fields::list(&mut request.tx, module).await?;
    if !request.viewer.role.is_admin() {
        list = list.in_use();
    }
    if list.all().is_empty() {
        return Ok(SheetFields { list, ..SheetFields::default() });
    }
    let mut entries = store::fields::values(&mut request.tx, datasheet).await?;
    entries.retain(|entry| list.get(entry.field).is_some());
    let ids: Vec<_> = entries
        .iter()
        .filter_map(|entry| match entry.value {
            Some(FieldValue::Contact(id)) => Some(id),
            _ => None,
        })
        .collect();
    let contacts = store::fields::contact_names(&mut request.tx, &ids).await?;
    let ids: Vec<_> = entries.iter().filter_map(|entry| entry.value.as_ref()?.file()).collect();
    let files = store::fields::file_names(&mut request.tx, &ids).await?;
    // A file may have been deleted while its field was out of use.
    for entry in &mut entries {
        let file = entry.value.as_ref().and_then(FieldValue::file);
        if file.is_some_and(|file| files.iter().all(|(id, _)| *id != file)) {
            entry.value = None;
        }
    }
    Ok(SheetFields { list, entries, contacts, files })
}

/// Gives a new datasheet what its fields have at first.
pub async fn fill_defaults(request: &mut Request, module: ModuleId, datasheet: DatasheetId) -> Result<()> {
    let defaults = store::fields::defaults(&mut request.tx, module).await?;
    let all: Vec<(DatasheetId, FieldEntry)> = defaults
        .into_iter()
        .map(|(field, value)| (datasheet, FieldEntry { field, version: 1, value: Some(value) }))
        .collect();
    store::fields::add_values(&mut request.tx, &all).await
}

/// Whether a hand may put the datasheet into that status: all fields are filled in that are required from there on.
pub async fn must_be_filled(request: &mut Request, datasheet: &Standing, to: StatusId) -> Result<()> {
    let module = datasheet.module_id;
    if !store::fields::requires(&mut request.tx, module).await? {
        return Ok(());
    }
    let list = store::fields::list(&mut request.tx, module).await?;
    let tree = store::statuses::tree(&mut request.tx, module).await?;
    let filled = store::fields::filled(&mut request.tx, datasheet.id).await?;
    let missing = list.missing(&tree, to, |field| filled.contains(&field));
    if missing.is_empty() { Ok(()) } else { Err(Error::Missing(missing)) }
}

/// The value with names in the place of ids.
async fn spelled(
    request: &mut Request,
    field: &CustomField,
    value: Option<&FieldValue>,
) -> Result<Option<FieldValue>> {
    let Some(value) = value else { return Ok(None) };
    let name = match value {
        FieldValue::Contact(id) => {
            let names = store::fields::contact_names(&mut request.tx, &[*id]).await?;
            names.into_iter().next().map(|(_, name)| name).unwrap_or_default()
        }
        FieldValue::File(id) => {
            store::files::get(&mut request.tx, *id).await?.map(|file| file.name).unwrap_or_default()
        }
        FieldValue::User(id) => store::users::name(&mut request.tx, *id).await?,
        _ => String::new(),
    };
    Ok(Some(field.spelled(value, &name)))
}

/// A value that may stand in the field, on that datasheet.
async fn checked(
    request: &mut Request,
    (field, datasheet): (&CustomField, Option<DatasheetId>),
    value: FieldValue,
    was: Option<&FieldValue>,
) -> Result<FieldValue> {
    let value = field.check(value, was).map_err(|problem| invalid(field, problem))?;
    let is_known = match &value {
        _ if was == Some(&value) => true,
        FieldValue::Contact(id) => match contact_changes::known(request, *id).await {
            Ok(()) => true,
            Err(Error::Invalid(_)) => false,
            Err(error) => return Err(error),
        },
        FieldValue::File(id) => is_there(request, *id, datasheet).await?,
        FieldValue::User(id) => {
            let people = store::users::people(&mut request.tx).await?;
            people.iter().any(|person| person.id == *id && person.active)
        }
        _ => true,
    };
    if is_known { Ok(value) } else { Err(invalid(field, Problem::Unknown)) }
}

/// Whether a file is one of that datasheet's, and not deleted.
async fn is_there(request: &mut Request, file: EventId, datasheet: Option<DatasheetId>) -> Result<bool> {
    let stored = store::files::get(&mut request.tx, file).await?;
    Ok(stored.is_some_and(|stored| stored.deleted_at.is_none() && Some(stored.datasheet_id) == datasheet))
}

/// Sets what stands in a field.
pub async fn set(
    request: &mut Request,
    id: DatasheetId,
    field: FieldId,
    version: i64,
    value: Option<FieldValue>,
) -> Result<Done> {
    let (before, module) = listed(request, id).await?;
    let field = store::fields::get(&mut request.tx, field).await?;
    let field = field.filter(|field| field.module == module.id && !field.archived).ok_or(Error::NotFound)?;
    let was = store::fields::value(&mut request.tx, id, field.id).await?;
    if was.version != version {
        let theirs = spelled(request, &field, was.value.as_ref()).await?;
        let text = i18n::fields::value_or_nothing(request.locale, theirs.as_ref(), &request.viewer.zone);
        return Err(conflict(None, text, was.version));
    }
    let value = match value {
        Some(value) => Some(checked(request, (&field, Some(id)), value, was.value.as_ref()).await?),
        None => None,
    };
    if value == was.value {
        return request.done(id, module.id, None).await;
    }
    let from = spelled(request, &field, was.value.as_ref()).await?;
    let to = spelled(request, &field, value.as_ref()).await?;
    put(request, &before, &field, was.version + 1, value).await?;
    let what = What::FieldChanged { field: field.name, from, to };
    let undo = Undo::FieldChanged { field: field.id, version: was.version + 1, from: was.value };
    let event = request.note(Some(module.id), Some(id), what, Some(undo)).await?;
    request.done(id, module.id, Some(event)).await
}

/// Stores a value with that version.
async fn put(
    request: &mut Request,
    before: &Standing,
    field: &CustomField,
    version: i64,
    value: Option<FieldValue>,
) -> Result<()> {
    if value.is_none() && field.required_from.is_some() {
        let tree = store::statuses::tree(&mut request.tx, before.module_id).await?;
        if field.is_required(&tree, before.status_id) {
            return Err(invalid(field, Problem::Missing));
        }
    }
    let entry = FieldEntry { field: field.id, version, value };
    store::fields::save_value(&mut request.tx, before.id, &entry).await?;
    store::todos::refresh_next(&mut request.tx, before, Some(request.now)).await
}

/// Takes back a change of a value, as long as no other came after it.
pub async fn take_back(
    request: &mut Request,
    before: &Standing,
    field: FieldId,
    version: i64,
    from: Option<FieldValue>,
) -> Result<()> {
    let cannot = Error::Refused(Refusal::CannotUndo);
    let field = store::fields::get(&mut request.tx, field).await?.ok_or(cannot.clone())?;
    let was = store::fields::value(&mut request.tx, before.id, field.id).await?;
    if was.version != version {
        return Err(cannot);
    }
    let from = match from {
        // It may have been merged into another one since.
        Some(FieldValue::Contact(id)) => {
            store::merges::still(&mut request.tx, id).await?.map(FieldValue::Contact)
        }
        Some(FieldValue::File(id)) if !is_there(request, id, Some(before.id)).await? => return Err(cannot),
        from => from,
    };
    put(request, before, &field, version + 1, from).await
}

/// A module whose fields the viewer may define, held back from others who would: one order for everybody.
async fn editable(request: &mut Request, module: ModuleId) -> Result<FieldList> {
    request.must_be_admin()?;
    request.may_open(module).await?;
    store::modules::lock(&mut request.tx, module).await?;
    store::fields::list(&mut request.tx, module).await
}

/// A field to be changed, with all of its module.
async fn edited(request: &mut Request, field: FieldId) -> Result<(CustomField, FieldList)> {
    request.must_be_admin()?;
    let found = store::fields::get(&mut request.tx, field).await?.ok_or(Error::NotFound)?;
    let list = editable(request, found.module).await?;
    // Read again: it is held only now.
    let found = list.get(field).cloned().ok_or(Error::NotFound)?;
    Ok((found, list))
}

/// The answer to a change of the definitions.
async fn defined(request: &mut Request, module: ModuleId, what: What) -> Result<FieldList> {
    request.note(Some(module), None, what, None).await?;
    request.changed(Some(module), None);
    store::fields::list(&mut request.tx, module).await
}

/// Takes over what was filled in, into a new or changed field.
async fn filled_in(request: &mut Request, field: &mut CustomField, form: FieldForm) -> Result<()> {
    let form = form.parse(field.kind)?;
    if let Some(status) = form.required_from {
        let found = store::statuses::find(&mut request.tx, status, false).await?;
        if found.is_none_or(|status| status.module_id != field.module) {
            return Err(Error::invalid(Field::Status, Problem::Unknown));
        }
    }
    let mut choices = Vec::with_capacity(form.choices.len());
    for choice in form.choices {
        let id = match choice.id {
            Some(id) if field.choices.iter().any(|known| known.id == id) => id,
            Some(_) => return Err(Error::invalid(Field::Choices, Problem::Unknown)),
            None => ChoiceId(request.tx.new_id(request.now)),
        };
        if choices.iter().any(|other: &Choice| other.id == id) {
            return Err(Error::invalid(Field::Choices, Problem::Taken));
        }
        choices.push(Choice { id, name: choice.name, archived: choice.archived });
    }
    for left in std::mem::take(&mut field.choices) {
        if !choices.iter().any(|choice| choice.id == left.id) {
            choices.push(Choice { archived: true, ..left });
        }
    }
    if choices.len() > CHOICES_MAX as usize {
        return Err(Error::invalid(Field::Choices, Problem::TooMany(CHOICES_MAX)));
    }
    field.choices = choices;
    (field.name, field.help, field.currency) = (form.name, form.help, form.currency);
    field.required_from = form.required_from;
    field.default = match form.default {
        Some(value) => {
            Some(checked(request, (field, None), value, None).await.map_err(|error| match error {
                Error::InvalidValue(value) => Error::invalid(Field::Default, value.problem),
                error => error,
            })?)
        }
        None => None,
    };
    Ok(())
}

/// The place, if its group is one of the module's.
fn in_module(list: &FieldList, place: FieldPlace) -> Result<FieldPlace> {
    let is_there = place.group.is_none_or(|id| list.groups().iter().any(|group| group.id == id));
    if is_there { Ok(place) } else { Err(Error::invalid(Field::Group, Problem::Unknown)) }
}

/// Adds a field.
pub async fn add(
    request: &mut Request,
    module: ModuleId,
    kind: FieldKind,
    form: FieldForm,
    place: FieldPlace,
) -> Result<FieldList> {
    let list = editable(request, module).await?;
    if !FieldKind::OFFERED.contains(&kind) {
        return Err(Error::invalid(Field::Kind, Problem::Unknown));
    }
    if list.all().len() >= FIELDS_MAX as usize {
        return Err(Error::invalid(Field::Name, Problem::TooMany(FIELDS_MAX)));
    }
    let place = in_module(&list, place)?;
    let mut field = CustomField {
        id: FieldId(request.tx.new_id(request.now)),
        module,
        group: place.group,
        kind,
        name: String::new(),
        help: String::new(),
        currency: String::new(),
        default: None,
        required_from: None,
        rank: list.rank_at(None, place),
        version: 1,
        archived: false,
        choices: vec![],
    };
    filled_in(request, &mut field, form).await?;
    store::fields::add(&mut request.tx, &field, request.now).await?;
    defined(request, module, What::FieldAdded { name: field.name }).await
}

/// Changes a field.
pub async fn edit(request: &mut Request, id: FieldId, version: i64, form: FieldForm) -> Result<FieldList> {
    let (mut field, _) = edited(request, id).await?;
    if field.version != version {
        return Err(conflict(Some(Field::Name), field.name, field.version));
    }
    filled_in(request, &mut field, form).await?;
    let name = field.name.clone();
    save(request, &field, What::FieldEdited { name }).await
}

/// Stores a changed field, which is held, and its entry.
async fn save(request: &mut Request, field: &CustomField, what: What) -> Result<FieldList> {
    if !store::fields::save(&mut request.tx, field, request.now).await? {
        return Err(Error::Busy);
    }
    defined(request, field.module, what).await
}

/// Moves a field.
pub async fn move_to(request: &mut Request, id: FieldId, place: FieldPlace) -> Result<FieldList> {
    let (mut field, list) = edited(request, id).await?;
    let place = in_module(&list, place)?;
    field.rank = list.rank_at(Some(id), place);
    field.group = place.group;
    let name = field.name.clone();
    save(request, &field, What::FieldMoved { name }).await
}

/// Takes a field out of use or back into it.
pub async fn archive(request: &mut Request, id: FieldId, archived: bool) -> Result<FieldList> {
    let (mut field, list) = edited(request, id).await?;
    if field.archived == archived {
        return Ok(list);
    }
    field.archived = archived;
    let name = field.name.clone();
    let what = if archived { What::FieldArchived { name } } else { What::FieldRestored { name } };
    save(request, &field, what).await
}

/// Adds, renames, moves or removes a group.
pub async fn change_group(request: &mut Request, module: ModuleId, change: GroupChange) -> Result<FieldList> {
    let list = editable(request, module).await?;
    let known = |id: FieldGroupId| list.groups().iter().find(|group| group.id == id).cloned();
    let name = match change {
        GroupChange::Add { name } => {
            let name = text::line(Field::Group, &name, text::NAME_MAX)?;
            let id = FieldGroupId(request.tx.new_id(request.now));
            let rank = list.group_rank_at(None, None);
            let group = FieldGroup { id, name: name.clone(), rank, version: 1 };
            store::fields::add_group(&mut request.tx, module, &group).await?;
            name
        }
        GroupChange::Rename { group, version, name } => {
            let mut group = known(group).ok_or(Error::NotFound)?;
            if group.version != version {
                return Err(conflict(Some(Field::Group), group.name, group.version));
            }
            group.name = text::line(Field::Group, &name, text::NAME_MAX)?;
            save_group(request, &group).await?;
            group.name
        }
        GroupChange::Move { group, before } => {
            let mut group = known(group).ok_or(Error::NotFound)?;
            group.rank = list.group_rank_at(Some(group.id), before);
            save_group(request, &group).await?;
            group.name
        }
        GroupChange::Remove { group } => {
            let group = known(group).ok_or(Error::NotFound)?;
            // One after the other to the end of what is above all groups, so that their order stays.
            let mut left = list.clone();
            let place = FieldPlace { group: None, before: None };
            let moved: Vec<FieldId> = list
                .all()
                .iter()
                .filter(|field| field.group == Some(group.id))
                .map(|field| field.id)
                .collect();
            for id in moved {
                left.move_to(id, place);
                if let Some(field) = left.get(id)
                    && !store::fields::save(&mut request.tx, field, request.now).await?
                {
                    return Err(Error::Busy);
                }
            }
            store::fields::remove_group(&mut request.tx, group.id).await?;
            group.name
        }
    };
    defined(request, module, What::FieldGroupChanged { name }).await
}

async fn save_group(request: &mut Request, group: &FieldGroup) -> Result<()> {
    if store::fields::save_group(&mut request.tx, group).await? { Ok(()) } else { Err(Error::Busy) }
}
