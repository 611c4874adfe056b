//! Fields of a module's own: what kinds there are, what their values are, and how people write them.
//!
//! A value is typed from the moment it is read: [`parse`] in the browser, [`CustomField::check`] on the server. No decimal number
//! is ever a float.

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{
    due::{Due, YEARS, parse_due},
    id::{ChoiceId, ContactId, EventId, FieldGroupId, FieldId, ModuleId, StatusId, UserId},
    rank::Rank,
    status::StatusTree,
    text,
    time::{Timestamp, iso_day_serde},
    zone::Zone,
};
use crate::{
    error::{Field, Invalid, MissingField, Problem},
    i18n::{Locale, format::minor_digits},
};

/// The longest text of one line, in characters.
pub const TEXT_MAX: u32 = 1_024;
/// The longest text of several lines, in characters.
pub const LONG_TEXT_MAX: u32 = 10_000;
/// The longest link, in characters.
pub const LINK_MAX: u32 = 2_000;
/// How many decimals a decimal number is kept with.
pub const DECIMALS: u32 = 6;
/// How many choices a field can have, archived ones too.
pub const CHOICES_MAX: u32 = 200;
/// How many fields a module can have, archived ones too.
pub const FIELDS_MAX: u32 = 300;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum FieldKind {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// A whole number.
    Whole,
    /// A number with at most [`DECIMALS`] decimals.
    Decimal,
    /// An amount in a currency.
    Money,
    /// A day, which stays a day.
    Day,
    /// A day and an hour.
    Moment,
    /// Yes or no.
    YesNo,
    /// One of some choices.
    Choice,
    /// Any of some choices.
    Choices,
    /// A file.
    File,
    /// An address of the web or of an e-mail.
    Link,
    /// A contact.
    Contact,
    /// A user.
    User,
}

impl FieldKind {
    /// The kinds that can be chosen, in the order of the form.
    pub const OFFERED: [Self; 14] = [
        Self::Text,
        Self::LongText,
        Self::Whole,
        Self::Decimal,
        Self::Money,
        Self::Day,
        Self::Moment,
        Self::YesNo,
        Self::Choice,
        Self::Choices,
        Self::File,
        Self::Link,
        Self::Contact,
        Self::User,
    ];

    /// The word used in the markup.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::LongText => "long_text",
            Self::Whole => "whole",
            Self::Decimal => "decimal",
            Self::Money => "money",
            Self::Day => "day",
            Self::Moment => "moment",
            Self::YesNo => "yes_no",
            Self::Choice => "choice",
            Self::Choices => "choices",
            Self::File => "file",
            Self::Link => "link",
            Self::Contact => "contact",
            Self::User => "user",
        }
    }

    /// The kind of that word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::OFFERED.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether its values are among choices that the field lists.
    pub fn has_choices(self) -> bool {
        matches!(self, Self::Choice | Self::Choices)
    }

    /// Whether a list can stand in the order of its values: what is written by an id has none that says anything.
    pub fn is_sortable(self) -> bool {
        !self.has_choices() && !matches!(self, Self::File | Self::Contact | Self::User)
    }

    /// Whether a default makes sense: what differs from case to case has none.
    pub fn has_default(self) -> bool {
        !matches!(self, Self::Contact | Self::File)
    }
}

/// What stands in a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldValue {
    /// Text of one or several lines.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number in millionths.
    Decimal(i64),
    /// An amount.
    Money {
        /// In the smallest unit of the currency.
        minor: i64,
        /// ISO 4217.
        currency: String,
    },
    /// A day.
    Day(#[serde(with = "iso_day_serde")] NaiveDate),
    /// A moment.
    Moment(Timestamp),
    /// Yes (`true`) or no.
    YesNo(bool),
    /// One of the field's choices.
    Choice(ChoiceId),
    /// Some of the field's choices, in its order; never none.
    Choices(Vec<ChoiceId>),
    /// A file of the datasheet.
    File(EventId),
    /// `http:`, `https:` or `mailto:`.
    Link(String),
    /// A contact.
    Contact(ContactId),
    /// A user.
    User(UserId),
}

impl FieldValue {
    /// The number that it is stored, found and sorted by; `None` for texts and for several choices.
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Text(_) | Self::Link(_) | Self::Choices(_) => None,
            Self::Whole(n) | Self::Decimal(n) | Self::Money { minor: n, .. } => Some(*n),
            Self::Day(day) => Some(i64::from(day.num_days_from_ce())),
            Self::Moment(at) => Some(at.0),
            Self::YesNo(yes) => Some(i64::from(*yes)),
            Self::Choice(id) => Some(id.0),
            Self::File(id) => Some(id.0),
            Self::Contact(id) => Some(id.0),
            Self::User(id) => Some(id.0),
        }
    }

    /// The value of that kind with that number, and of money its currency; one of several choices. `None` for texts.
    pub fn of_number(kind: FieldKind, n: i64, currency: Option<String>) -> Option<Self> {
        Some(match kind {
            FieldKind::Text | FieldKind::LongText | FieldKind::Link => return None,
            FieldKind::Whole => Self::Whole(n),
            FieldKind::Decimal => Self::Decimal(n),
            FieldKind::Money => Self::Money { minor: n, currency: currency? },
            FieldKind::Day => Self::Day(NaiveDate::from_num_days_from_ce_opt(i32::try_from(n).ok()?)?),
            FieldKind::Moment => Self::Moment(Timestamp(n)),
            FieldKind::YesNo => Self::YesNo(n != 0),
            FieldKind::Choice => Self::Choice(ChoiceId(n)),
            FieldKind::Choices => Self::Choices(vec![ChoiceId(n)]),
            FieldKind::File => Self::File(EventId(n)),
            FieldKind::Contact => Self::Contact(ContactId(n)),
            FieldKind::User => Self::User(UserId(n)),
        })
    }

    /// The file, of a value that is one.
    pub fn file(&self) -> Option<EventId> {
        match self {
            Self::File(id) => Some(*id),
            _ => None,
        }
    }
}

/// One of a field's choices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Which it is; stays when it is renamed or moved.
    pub id: ChoiceId,
    /// What people call it.
    pub name: String,
    /// Whether it was taken out: it stays where it was chosen, and cannot be chosen anew.
    pub archived: bool,
}

/// A field of a module's datasheets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomField {
    /// Which it is.
    pub id: FieldId,
    /// The module it belongs to.
    pub module: ModuleId,
    /// The group it stands in; `None` is above all groups.
    pub group: Option<FieldGroupId>,
    /// What it holds; never changes.
    pub kind: FieldKind,
    /// What people call it.
    pub name: String,
    /// A line of help, or nothing.
    pub help: String,
    /// The currency of amounts that are typed without one.
    pub currency: String,
    /// What a new datasheet has in it.
    pub default: Option<FieldValue>,
    /// From this status on, in the order of the tree, it must be filled in.
    pub required_from: Option<StatusId>,
    /// Its place within the group; ties by id.
    pub rank: Rank,
    /// Counts the changes of its definition.
    pub version: i64,
    /// Whether it was taken out of use; its values are kept.
    pub archived: bool,
    /// Its choices, in order.
    pub choices: Vec<Choice>,
}

/// A group of fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct FieldGroup {
    /// Which it is.
    pub id: FieldGroupId,
    /// What people call it.
    pub name: String,
    /// Its place; ties by id.
    pub rank: Rank,
    /// Counts the changes of its name and place.
    pub version: i64,
}

/// Where a field is dropped: into a group, before the field named there, or at the group's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldPlace {
    /// The group; `None` is above all groups.
    pub group: Option<FieldGroupId>,
    /// The field that will follow; `None` is the end.
    pub before: Option<FieldId>,
}

/// What an admin fills in for a choice: an old one with its id, or a new one. The order of the list is theirs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceForm {
    /// Which it is; `None` is a new one.
    pub id: Option<ChoiceId>,
    /// What people call it.
    pub name: String,
    /// Whether it cannot be chosen any more.
    pub archived: bool,
}

/// What an admin fills in for a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldForm {
    /// What people call it.
    pub name: String,
    /// A line of help, or nothing.
    pub help: String,
    /// The currency of amounts that are typed without one; only asked for money.
    pub currency: String,
    /// What a new datasheet has in it.
    pub default: Option<FieldValue>,
    /// From which status on it must be filled in.
    pub required_from: Option<StatusId>,
    /// All its choices, in order; those left out are archived.
    pub choices: Vec<ChoiceForm>,
}

impl FieldForm {
    /// Checks and cleans what was typed, but for the default, which needs the choices.
    pub fn parse(mut self, kind: FieldKind) -> Result<Self, Invalid> {
        self.name = text::name(&self.name)?;
        self.help = match self.help.trim() {
            "" => String::new(),
            help => text::line(Field::Help, help, text::NAME_MAX)?,
        };
        self.currency = if kind == FieldKind::Money {
            currency_code(&self.currency)
                .ok_or(Invalid { field: Field::Currency, problem: Problem::Unreadable })?
        } else {
            String::new()
        };
        if !kind.has_choices() {
            self.choices.clear();
        }
        let wrong = |problem| Invalid { field: Field::Choices, problem };
        if self.choices.len() > CHOICES_MAX as usize {
            return Err(wrong(Problem::TooMany(CHOICES_MAX)));
        }
        let mut names: Vec<String> = Vec::with_capacity(self.choices.len());
        for choice in &mut self.choices {
            choice.name = text::line(Field::Choices, &choice.name, text::NAME_MAX)?;
            if !choice.archived {
                names.push(text::fold(&choice.name));
            }
        }
        if kind.has_choices() && names.is_empty() {
            return Err(wrong(Problem::Missing));
        }
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(wrong(Problem::Taken));
        }
        if !kind.has_default() {
            self.default = None;
        }
        Ok(self)
    }
}

impl CustomField {
    /// Checks and cleans a value that comes from outside. `was` is what stands there now: its archived choices stay choosable.
    /// Whether a file, contact or user exists is for the database to say.
    pub fn check(&self, value: FieldValue, was: Option<&FieldValue>) -> Result<FieldValue, Problem> {
        match (self.kind, value) {
            (FieldKind::Text, FieldValue::Text(text)) => line(&text, TEXT_MAX).map(FieldValue::Text),
            (FieldKind::LongText, FieldValue::Text(text)) => {
                text::lines(Field::Name, &text, LONG_TEXT_MAX).map(FieldValue::Text).map_err(|e| e.problem)
            }
            (FieldKind::Link, FieldValue::Link(text)) => link(&text).map(FieldValue::Link),
            (FieldKind::Money, FieldValue::Money { minor, currency }) => {
                let currency = currency_code(&currency).ok_or(Problem::Unreadable)?;
                Ok(FieldValue::Money { minor, currency })
            }
            (FieldKind::Day, FieldValue::Day(day)) if YEARS.contains(&day.year()) => Ok(FieldValue::Day(day)),
            (FieldKind::Moment, FieldValue::Moment(at)) if Due::At(at).is_plausible() => {
                Ok(FieldValue::Moment(at))
            }
            (FieldKind::Choice, FieldValue::Choice(id)) => {
                self.choosable(id, was).then_some(FieldValue::Choice(id)).ok_or(Problem::Unknown)
            }
            (FieldKind::Choices, FieldValue::Choices(mut ids)) => {
                if ids.is_empty() {
                    return Err(Problem::Missing);
                }
                if !ids.iter().all(|id| self.choosable(*id, was)) {
                    return Err(Problem::Unknown);
                }
                ids.sort_by_key(|id| self.choices.iter().position(|choice| choice.id == *id));
                ids.dedup();
                Ok(FieldValue::Choices(ids))
            }
            (FieldKind::Whole, value @ FieldValue::Whole(_))
            | (FieldKind::Decimal, value @ FieldValue::Decimal(_))
            | (FieldKind::YesNo, value @ FieldValue::YesNo(_))
            | (FieldKind::File, value @ FieldValue::File(_))
            | (FieldKind::Contact, value @ FieldValue::Contact(_))
            | (FieldKind::User, value @ FieldValue::User(_)) => Ok(value),
            _ => Err(Problem::Unreadable),
        }
    }

    fn choosable(&self, id: ChoiceId, was: Option<&FieldValue>) -> bool {
        let stood = match was {
            Some(FieldValue::Choice(old)) => *old == id,
            Some(FieldValue::Choices(old)) => old.contains(&id),
            _ => false,
        };
        self.choices.iter().any(|choice| choice.id == id && (stood || !choice.archived))
    }

    /// The name of one of its choices.
    pub fn choice_name(&self, id: ChoiceId) -> &str {
        self.choices.iter().find(|choice| choice.id == id).map_or("", |choice| choice.name.as_str())
    }

    /// The value with names in the place of ids, as the history keeps it. `name` is that of the file, contact or user.
    pub fn spelled(&self, value: &FieldValue, name: &str) -> FieldValue {
        match value {
            FieldValue::Choice(id) => FieldValue::Text(self.choice_name(*id).to_owned()),
            FieldValue::Choices(ids) => {
                let names: Vec<&str> = ids.iter().map(|id| self.choice_name(*id)).collect();
                FieldValue::Text(names.join(", "))
            }
            FieldValue::File(_) | FieldValue::Contact(_) | FieldValue::User(_) => {
                FieldValue::Text(name.to_owned())
            }
            other => other.clone(),
        }
    }
}

/// The fields of one module with their groups, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldList {
    groups: Vec<FieldGroup>,
    fields: Vec<CustomField>,
}

impl FieldList {
    /// Puts groups and fields in their order; fields of no group come first.
    pub fn new(mut groups: Vec<FieldGroup>, mut fields: Vec<CustomField>) -> Self {
        groups.sort_by(|a, b| (&a.rank, a.id).cmp(&(&b.rank, b.id)));
        let place =
            |field: &CustomField| field.group.map(|id| groups.iter().position(|group| group.id == id));
        fields.sort_by(|a, b| (place(a), &a.rank, a.id).cmp(&(place(b), &b.rank, b.id)));
        Self { groups, fields }
    }

    /// All fields, in order.
    pub fn all(&self) -> &[CustomField] {
        &self.fields
    }

    /// The same without the fields that are out of use.
    #[must_use]
    pub fn in_use(mut self) -> Self {
        self.fields.retain(|field| !field.archived);
        self
    }

    /// The groups, in order.
    pub fn groups(&self) -> &[FieldGroup] {
        &self.groups
    }

    /// The fields in use of a group (`None`: of no group), in order.
    pub fn of(&self, group: Option<FieldGroupId>) -> impl Iterator<Item = &CustomField> {
        self.fields.iter().filter(move |field| field.group == group && !field.archived)
    }

    /// One field.
    pub fn get(&self, id: FieldId) -> Option<&CustomField> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// The rank that puts `moved` (or a new field, `None`) at that place. A `before` that is not in the group counts as the end.
    pub fn rank_at(&self, moved: Option<FieldId>, place: FieldPlace) -> Rank {
        let group: Vec<&CustomField> = self
            .fields
            .iter()
            .filter(|field| field.group == place.group && Some(field.id) != moved)
            .collect();
        let at = place
            .before
            .and_then(|before| group.iter().position(|field| field.id == before))
            .unwrap_or(group.len());
        let before = at.checked_sub(1).and_then(|i| group.get(i)).map(|field| &field.rank);
        Rank::between(before, group.get(at).map(|field| &field.rank))
    }

    /// The rank that puts a group before another (`None`: at the end).
    pub fn group_rank_at(&self, moved: Option<FieldGroupId>, before: Option<FieldGroupId>) -> Rank {
        let groups: Vec<&FieldGroup> = self.groups.iter().filter(|group| Some(group.id) != moved).collect();
        let at = before
            .and_then(|before| groups.iter().position(|group| group.id == before))
            .unwrap_or(groups.len());
        let low = at.checked_sub(1).and_then(|i| groups.get(i)).map(|group| &group.rank);
        Rank::between(low, groups.get(at).map(|group| &group.rank))
    }

    /// Moves a field as a drop does. Browser and server call the same rule. `false` when there is no such field.
    pub fn move_to(&mut self, id: FieldId, place: FieldPlace) -> bool {
        let rank = self.rank_at(Some(id), place);
        let Some(field) = self.fields.iter_mut().find(|field| field.id == id) else { return false };
        field.group = place.group;
        field.rank = rank;
        *self = Self::new(std::mem::take(&mut self.groups), std::mem::take(&mut self.fields));
        true
    }

    /// The place one step up or down from where a field in use stands, over the borders of groups; `None` at the ends.
    pub fn step(&self, id: FieldId, down: bool) -> Option<FieldPlace> {
        let field = self.get(id)?;
        let group: Vec<FieldId> = self.of(field.group).map(|field| field.id).collect();
        let at = group.iter().position(|other| *other == id)?;
        let frames: Vec<Option<FieldGroupId>> =
            std::iter::once(None).chain(self.groups.iter().map(|group| Some(group.id))).collect();
        let index = frames.iter().position(|frame| *frame == field.group)?;
        if down {
            if at + 1 < group.len() {
                return Some(FieldPlace { group: field.group, before: group.get(at + 2).copied() });
            }
            let next = *frames.get(index + 1)?;
            Some(FieldPlace { group: next, before: self.of(next).next().map(|field| field.id) })
        } else if at > 0 {
            Some(FieldPlace { group: field.group, before: Some(group[at - 1]) })
        } else {
            Some(FieldPlace { group: *frames.get(index.checked_sub(1)?)?, before: None })
        }
    }

    /// The fields in use that must be filled in at a status and are not, in order. «From a status on» is in the tree's order;
    /// a field whose status was deleted is required nowhere.
    pub fn missing(
        &self,
        tree: &StatusTree,
        at: StatusId,
        is_filled: impl Fn(FieldId) -> bool,
    ) -> Vec<MissingField> {
        self.fields
            .iter()
            .filter(|field| field.is_required(tree, at) && !is_filled(field.id))
            .map(|field| MissingField { field: field.id, name: field.name.clone() })
            .collect()
    }
}

impl CustomField {
    /// Whether it must be filled in at that status.
    pub fn is_required(&self, tree: &StatusTree, at: StatusId) -> bool {
        let place = |id| tree.all().iter().position(|status| status.id == id);
        match (self.required_from.and_then(place), place(at)) {
            (Some(from), Some(at)) => !self.archived && from <= at,
            _ => false,
        }
    }
}

/// What stands in a field of a datasheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldEntry {
    /// The field.
    pub field: FieldId,
    /// Counts the changes of the value.
    pub version: i64,
    /// The value; `None` after it was cleared.
    pub value: Option<FieldValue>,
}

/// The names of things, by their ids.
pub type Names<I> = Vec<(I, String)>;

/// The fields of a datasheet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetFields {
    /// What fields there are; those out of use come only to admins.
    pub list: FieldList,
    /// What stands in those that were ever filled in.
    pub entries: Vec<FieldEntry>,
    /// The names of the contacts in them.
    pub contacts: Names<ContactId>,
    /// The names of the files in them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Names<EventId>,
}

impl SheetFields {
    /// What stands in a field.
    pub fn value(&self, field: FieldId) -> Option<&FieldValue> {
        self.entries.iter().find(|entry| entry.field == field)?.value.as_ref()
    }

    /// The version of a field's value; 0 when it was never filled in.
    pub fn version(&self, field: FieldId) -> i64 {
        self.entries.iter().find(|entry| entry.field == field).map_or(0, |entry| entry.version)
    }

    /// Shows another value, before the server has it.
    pub fn put(&mut self, field: FieldId, value: Option<FieldValue>) {
        match self.entries.iter_mut().find(|entry| entry.field == field) {
            Some(entry) => entry.value = value,
            None => self.entries.push(FieldEntry { field, version: 0, value }),
        }
    }
}

/// On whose clock and in whose language a value is written.
#[derive(Clone, Copy, Debug)]
pub struct Writing<'a> {
    /// The moment of writing: «tomorrow» counts from it.
    pub now: Timestamp,
    /// The writer's zone.
    pub zone: &'a Zone,
    /// The writer's language.
    pub locale: Locale,
}

/// Reads what a person typed or chose; nothing at all is `None`. Choices, files, contacts and users are written as their ids, several
/// of them with spaces between; yes and no as `1` and `0`.
pub fn parse(
    kind: FieldKind,
    currency: &str,
    typed: &str,
    writing: Writing<'_>,
) -> Result<Option<FieldValue>, Problem> {
    let trimmed = typed.trim();
    if trimmed.is_empty() {
        return Ok(None);
    }
    let id = || trimmed.parse::<i64>().map_err(|_| Problem::Unreadable);
    let value = match kind {
        FieldKind::Text => FieldValue::Text(line(typed, TEXT_MAX)?),
        FieldKind::LongText => {
            FieldValue::Text(text::lines(Field::Name, typed, LONG_TEXT_MAX).map_err(|e| e.problem)?)
        }
        FieldKind::Whole => FieldValue::Whole(scaled(trimmed, 0, writing.locale)?),
        FieldKind::Decimal => FieldValue::Decimal(scaled(trimmed, DECIMALS, writing.locale)?),
        FieldKind::Money => money(trimmed, currency, writing.locale)?,
        FieldKind::Day => match parse_due(trimmed, writing.now, writing.zone) {
            Some(Due::Day(day)) => FieldValue::Day(day),
            _ => return Err(Problem::Unreadable),
        },
        FieldKind::Moment => match parse_due(trimmed, writing.now, writing.zone) {
            Some(Due::At(at)) => FieldValue::Moment(at),
            Some(Due::Day(_)) => return Err(Problem::NoHour),
            None => return Err(Problem::Unreadable),
        },
        FieldKind::YesNo => match trimmed {
            "1" => FieldValue::YesNo(true),
            "0" => FieldValue::YesNo(false),
            _ => return Err(Problem::Unreadable),
        },
        FieldKind::Choice => FieldValue::Choice(ChoiceId(id()?)),
        FieldKind::Choices => {
            let ids: Result<Vec<ChoiceId>, _> =
                trimmed.split_whitespace().map(|id| id.parse().map(ChoiceId)).collect();
            FieldValue::Choices(ids.map_err(|_| Problem::Unreadable)?)
        }
        FieldKind::File => FieldValue::File(EventId(id()?)),
        FieldKind::Link => FieldValue::Link(link(trimmed)?),
        FieldKind::Contact => FieldValue::Contact(ContactId(id()?)),
        FieldKind::User => FieldValue::User(UserId(id()?)),
    };
    Ok(Some(value))
}

fn line(text: &str, max: u32) -> Result<String, Problem> {
    text::line(Field::Name, text, max).map_err(|invalid| invalid.problem)
}

/// A link that can be followed: what is typed without a scheme is taken for a web or e-mail address.
/// Nothing but `http:`, `https:` and `mailto:` passes, so that no link runs anything.
pub fn link(text: &str) -> Result<String, Problem> {
    let text = line(text, LINK_MAX)?;
    if text.contains([' ', '"', '<', '>', '\\', '`']) {
        return Err(Problem::NotALink);
    }
    let lower = text.to_ascii_lowercase();
    let is_address = |text: &str| text::email(text.split('?').next().unwrap_or_default()).is_ok();
    let is_host = |rest: &str| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        !host.is_empty() && host.chars().any(char::is_alphanumeric)
    };
    for scheme in ["http://", "https://"] {
        if lower.starts_with(scheme) {
            let rest = &text[scheme.len()..];
            return if is_host(rest) { Ok(format!("{scheme}{rest}")) } else { Err(Problem::NotALink) };
        }
    }
    if lower.starts_with("mailto:") {
        let rest = &text["mailto:".len()..];
        return if is_address(rest) { Ok(format!("mailto:{rest}")) } else { Err(Problem::NotALink) };
    }
    if text.contains(':') {
        return Err(Problem::NotALink);
    }
    if is_address(&text) {
        return Ok(format!("mailto:{text}"));
    }
    let host = text.split(['/', '?', '#']).next().unwrap_or_default();
    let is_site = host.contains('.') && host.split('.').all(|part| !part.is_empty()) && !host.contains('@');
    if is_site { Ok(format!("https://{text}")) } else { Err(Problem::NotALink) }
}

/// Three letters, as ISO 4217 has them.
pub fn currency_code(text: &str) -> Option<String> {
    let code = text.trim().to_ascii_uppercase();
    (code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())).then_some(code)
}

/// An amount, with or without its currency before or after it: `12 500 Ft`, `€1,250.50`, `99 USD`, `1200`.
fn money(text: &str, currency: &str, locale: Locale) -> Result<FieldValue, Problem> {
    let is_number =
        |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '−' | '.' | ',') || c.is_whitespace();
    let number: String = text.chars().filter(|c| is_number(*c)).collect();
    let word: String = text.chars().filter(|c| !is_number(*c)).collect();
    // One currency in one place: nothing else stands between the digits.
    let is_whole = word.is_empty() || text.contains(&word);
    let currency = match word.as_str() {
        "" => currency_code(currency),
        "€" => Some("EUR".to_owned()),
        "$" => Some("USD".to_owned()),
        "£" => Some("GBP".to_owned()),
        word if word.eq_ignore_ascii_case("ft") => Some("HUF".to_owned()),
        word => currency_code(word),
    };
    // «2000 Ft.» ends in a full stop that is no decimal point.
    let number = if word.is_empty() { number.as_str() } else { number.trim_end().trim_end_matches('.') };
    let currency = currency.filter(|_| is_whole).ok_or(Problem::Unreadable)?;
    let minor = scaled(number, minor_digits(&currency), locale)?;
    Ok(FieldValue::Money { minor, currency })
}

/// Reads a number exactly, in units of 10^-`digits`. Digits may be grouped in threes by spaces, or by the one of `.` and `,`
/// that is not the decimal point. Where only one of them stands, once, it is the point; but in English a comma before exactly
/// three digits groups.
fn scaled(text: &str, digits: u32, locale: Locale) -> Result<i64, Problem> {
    let text = text.trim();
    let (negative, rest) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (commas, dots) = (rest.matches(',').count(), rest.matches('.').count());
    let point = match (commas, dots) {
        (0, 0) => None,
        (1, 0) if locale == Locale::En && groups_by(rest, ',') && !rest.starts_with('0') => None,
        (1, 0) => Some(','),
        (0, 1) => Some('.'),
        (_, 0) | (0, _) => None,
        _ if rest.rfind(',') > rest.rfind('.') => Some(','),
        _ => Some('.'),
    };
    let (whole, fraction) = match point.and_then(|point| rest.rsplit_once(point)) {
        Some((whole, fraction)) => (whole, fraction),
        None => (rest, ""),
    };
    let separator = whole.chars().find(|c| !c.is_ascii_digit());
    let is_separator = |c: char| c == ',' || c == '.' || c.is_whitespace();
    let readable = fraction.chars().all(|c| c.is_ascii_digit())
        && separator.is_none_or(|c| is_separator(c) && groups_by(whole, c))
        && rest.chars().any(|c| c.is_ascii_digit());
    if !readable {
        return Err(Problem::Unreadable);
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > digits as usize {
        return Err(Problem::TooPrecise(digits));
    }
    let mut units: i128 = 0;
    for digit in whole.chars().chain(fraction.chars()).filter_map(|c| c.to_digit(10)) {
        units = units
            .checked_mul(10)
            .and_then(|units| units.checked_add(i128::from(digit)))
            .ok_or(Problem::OutOfRange)?;
    }
    let missing = digits - u32::try_from(fraction.len()).unwrap_or(digits);
    let units = units.checked_mul(10_i128.pow(missing)).ok_or(Problem::OutOfRange)?;
    i64::try_from(if negative { -units } else { units }).map_err(|_| Problem::OutOfRange)
}

/// Whether digits stand in groups of three with that separator between them, the first group of one to three.
fn groups_by(text: &str, separator: char) -> bool {
    let mut groups = text.split(separator);
    let all_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    groups.next().is_some_and(|first| (1..=3).contains(&first.len()) && all_digits(first))
        && groups.all(|group| group.len() == 3 && all_digits(group))
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        domain::{
            status::{Color, Status, StatusGroup},
            status_name::StatusName,
        },
        i18n::{
            Locale::{En, Hu},
            fields::input,
        },
    };

    const NOW: Timestamp = Timestamp(1_795_507_200_000);

    fn budapest() -> Zone {
        Zone::load("Europe/Budapest", NOW).unwrap()
    }

    fn read(kind: FieldKind, text: &str, locale: Locale) -> Result<Option<FieldValue>, Problem> {
        parse(kind, "HUF", text, Writing { now: NOW, zone: &budapest(), locale })
    }

    fn field(kind: FieldKind, choices: &[(i64, bool)]) -> CustomField {
        CustomField {
            id: FieldId(1),
            module: ModuleId(1),
            group: None,
            kind,
            name: "Mező".to_owned(),
            help: String::new(),
            currency: String::new(),
            default: None,
            required_from: None,
            rank: Rank::between(None, None),
            version: 1,
            archived: false,
            choices: choices
                .iter()
                .map(|(id, archived)| Choice {
                    id: ChoiceId(*id),
                    name: format!("c{id}"),
                    archived: *archived,
                })
                .collect(),
        }
    }

    #[test]
    fn decimals_are_exact_to_the_last_digit_and_no_float_is_near() {
        let decimal = |text, locale| read(FieldKind::Decimal, text, locale);
        let millionths = |n| Ok(Some(FieldValue::Decimal(n)));
        assert_eq!(decimal("0,1", Hu), millionths(100_000));
        assert_eq!(decimal("9 007 199 254,740993", Hu), millionths(9_007_199_254_740_993));
        assert_eq!(decimal("9223372036854.775807", En), millionths(i64::MAX));
        assert_eq!(decimal("-9 223 372 036 854,775808", Hu), millionths(i64::MIN));
        assert_eq!(decimal("9223372036854,775808", Hu), Err(Problem::OutOfRange));
        assert_eq!(decimal("0,1234567", Hu), Err(Problem::TooPrecise(6)));
        assert_eq!(decimal("0,1234560000", Hu), millionths(123_456));
        assert_eq!(decimal(",5", Hu), millionths(500_000));
        assert_eq!(decimal(&"9".repeat(60), Hu), Err(Problem::OutOfRange));
    }

    #[test]
    fn digits_group_by_threes_or_not_at_all() {
        let whole = |text, locale| read(FieldKind::Whole, text, locale);
        let n = |n| Ok(Some(FieldValue::Whole(n)));
        for (text, locale, expected) in [
            ("1 234 567", Hu, n(1_234_567)),
            ("1\u{a0}234", Hu, n(1_234)),
            ("1.234.567", Hu, n(1_234_567)),
            ("1,234,567", En, n(1_234_567)),
            ("1,234", En, n(1_234)),
            ("1,234", Hu, Err(Problem::TooPrecise(0))),
            ("−12", Hu, n(-12)),
            ("+12", Hu, n(12)),
            ("12,0", Hu, n(12)),
            ("12 34", Hu, Err(Problem::Unreadable)),
            ("1,23,456", En, Err(Problem::Unreadable)),
            ("12a", Hu, Err(Problem::Unreadable)),
            ("--1", Hu, Err(Problem::Unreadable)),
            ("1e5", Hu, Err(Problem::Unreadable)),
            (".", Hu, Err(Problem::Unreadable)),
            ("-", Hu, Err(Problem::Unreadable)),
        ] {
            assert_eq!(whole(text, locale), expected, "{text:?} {locale:?}");
        }
        let decimal = |text, locale| read(FieldKind::Decimal, text, locale);
        assert_eq!(decimal("1.234,5", Hu), decimal("1,234.5", En));
        assert_eq!(decimal("0,500", En), Ok(Some(FieldValue::Decimal(500_000))));
    }

    #[test]
    fn money_is_read_with_its_currency_before_after_or_of_the_field() {
        let money = |text, locale| read(FieldKind::Money, text, locale);
        let amount =
            |minor, currency: &str| Ok(Some(FieldValue::Money { minor, currency: currency.to_owned() }));
        assert_eq!(money("12 500", Hu), amount(1_250_000, "HUF"));
        assert_eq!(money("12 500 Ft", Hu), amount(1_250_000, "HUF"));
        assert_eq!(money("2000 Ft.", Hu), amount(200_000, "HUF"));
        assert_eq!(money("€1,250.50", En), amount(125_050, "EUR"));
        assert_eq!(money("99 usd", En), amount(9_900, "USD"));
        assert_eq!(money("JPY 500", En), amount(500, "JPY"));
        assert_eq!(money("500,5 JPY", Hu), Err(Problem::TooPrecise(0)));
        assert_eq!(money("12 forint", Hu), Err(Problem::Unreadable));
        assert_eq!(money("E1UR", En), Err(Problem::Unreadable));
        assert_eq!(money("EUR", En), Err(Problem::Unreadable));
    }

    #[test]
    fn a_day_stays_a_day_and_a_moment_needs_its_hour() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        assert_eq!(read(FieldKind::Day, "2026. 11. 24.", Hu), Ok(Some(FieldValue::Day(day))));
        assert_eq!(read(FieldKind::Day, "2026-11-24 10:00", Hu), Err(Problem::Unreadable));
        assert_eq!(serde_json::to_string(&FieldValue::Day(day)).unwrap(), r#"{"day":"2026-11-24"}"#);
        assert_eq!(read(FieldKind::Moment, "2026-11-24", Hu), Err(Problem::NoHour));
        assert_eq!(read(FieldKind::Moment, "2026-11-24 09:00", Hu), Ok(Some(FieldValue::Moment(NOW))));
        assert_eq!(read(FieldKind::Moment, "egyszer", Hu), Err(Problem::Unreadable));
    }

    #[test]
    fn no_link_runs_anything() {
        for bad in [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            " javascript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "http://",
            "https:///x",
            "mailto:",
            "mailto:x",
            "http://a b",
            "sima szöveg",
            "//pelda.hu",
            "blob:https://x",
            "https://x\"onclick=",
            "example.hu:80",
        ] {
            assert_eq!(link(bad), Err(Problem::NotALink), "{bad:?}");
        }
        for (typed, stored) in [
            ("HTTP://Pelda.hu/a?b#c", "http://Pelda.hu/a?b#c"),
            ("https://őszi-alma.hu", "https://őszi-alma.hu"),
            ("www.pelda.hu/a", "https://www.pelda.hu/a"),
            ("anna@pelda.hu", "mailto:anna@pelda.hu"),
            ("mailto:anna@pelda.hu?subject=x", "mailto:anna@pelda.hu?subject=x"),
        ] {
            assert_eq!(link(typed).as_deref(), Ok(stored), "{typed}");
        }
    }

    #[test]
    fn an_archived_choice_stays_where_it_was_chosen_and_cannot_be_chosen_anew() {
        let one = field(FieldKind::Choice, &[(1, false), (2, true)]);
        let old = FieldValue::Choice(ChoiceId(2));
        assert_eq!(one.check(old.clone(), None), Err(Problem::Unknown));
        assert_eq!(one.check(old.clone(), Some(&old)), Ok(old));
        assert_eq!(one.check(FieldValue::Choice(ChoiceId(9)), None), Err(Problem::Unknown));
        let many = field(FieldKind::Choices, &[(3, false), (1, false), (2, true)]);
        let ids = |ids: &[i64]| FieldValue::Choices(ids.iter().map(|id| ChoiceId(*id)).collect());
        assert_eq!(many.check(ids(&[1, 3, 1]), None), Ok(ids(&[3, 1])));
        assert_eq!(many.check(ids(&[1, 2]), Some(&ids(&[2]))), Ok(ids(&[1, 2])));
        assert_eq!(many.check(ids(&[]), None), Err(Problem::Missing));
    }

    #[test]
    fn a_value_of_another_kind_is_refused() {
        let text = field(FieldKind::Text, &[]);
        assert_eq!(text.check(FieldValue::Whole(1), None), Err(Problem::Unreadable));
        assert_eq!(
            text.check(FieldValue::Text(" a \n b ".to_owned()), None),
            Ok(FieldValue::Text("a b".to_owned()))
        );
        assert_eq!(text.check(FieldValue::Text("x".repeat(1_025)), None), Err(Problem::TooLong(TEXT_MAX)));
        let link = field(FieldKind::Link, &[]);
        assert_eq!(link.check(FieldValue::Link("javascript:x".to_owned()), None), Err(Problem::NotALink));
    }

    fn status(id: i64, status_group: StatusGroup) -> Status {
        let rank = Rank(format!("{id}"));
        Status {
            id: StatusId(id),
            module_id: ModuleId(1),
            status_group,
            name: StatusName::Own(String::new()),
            color: Color::Group,
            rank,
            version: 1,
        }
    }

    #[test]
    fn a_field_is_required_from_its_status_on_in_the_order_of_the_tree() {
        let tree = StatusTree::new(vec![
            status(1, StatusGroup::Failed),
            status(2, StatusGroup::Open),
            status(3, StatusGroup::Open),
            status(4, StatusGroup::Lead),
        ]);
        let mut required = field(FieldKind::Text, &[]);
        required.required_from = Some(StatusId(3));
        let list = FieldList::new(vec![], vec![required.clone()]);
        let missing = |at| list.missing(&tree, StatusId(at), |_| false).len();
        assert_eq!([missing(4), missing(2), missing(3), missing(1)], [0, 0, 1, 1]);
        assert!(list.missing(&tree, StatusId(1), |field| field == FieldId(1)).is_empty());
        required.archived = true;
        assert!(!required.is_required(&tree, StatusId(3)));
        required.archived = false;
        required.required_from = Some(StatusId(99));
        assert!(!required.is_required(&tree, StatusId(1)));
    }

    fn order(list: &FieldList) -> Vec<(i64, Option<i64>)> {
        list.all().iter().map(|field| (field.id.0, field.group.map(|group| group.0))).collect()
    }

    #[test]
    fn steps_walk_through_all_groups_and_stop_at_the_ends() {
        let ranks = Rank::spread(3);
        let groups = [7, 8]
            .into_iter()
            .zip(&ranks)
            .map(|(id, rank)| FieldGroup {
                id: FieldGroupId(id),
                name: String::new(),
                rank: rank.clone(),
                version: 1,
            })
            .collect();
        let fields = [(1, None), (2, None), (3, Some(8))]
            .into_iter()
            .zip(&ranks)
            .map(|((id, group), rank)| CustomField {
                id: FieldId(id),
                group: group.map(FieldGroupId),
                rank: rank.clone(),
                ..field(FieldKind::Text, &[])
            })
            .collect();
        let mut list = FieldList::new(groups, fields);
        let mut walked = vec![];
        while let Some(place) = list.step(FieldId(1), true) {
            list.move_to(FieldId(1), place);
            walked.push(order(&list));
        }
        assert_eq!(
            walked,
            [
                vec![(2, None), (1, None), (3, Some(8))],
                vec![(2, None), (1, Some(7)), (3, Some(8))],
                vec![(2, None), (1, Some(8)), (3, Some(8))],
                vec![(2, None), (3, Some(8)), (1, Some(8))],
            ]
        );
        while let Some(place) = list.step(FieldId(1), false) {
            list.move_to(FieldId(1), place);
        }
        assert_eq!(order(&list), [(1, None), (2, None), (3, Some(8))]);
        assert!(!list.move_to(FieldId(9), FieldPlace { group: None, before: None }));
    }

    #[test]
    fn two_choices_cannot_have_one_name_unless_one_is_archived() {
        let choice = |name: &str, archived| ChoiceForm { id: None, name: name.to_owned(), archived };
        let form = |choices| FieldForm {
            name: "Mező".to_owned(),
            help: " ".to_owned(),
            currency: String::new(),
            default: None,
            required_from: None,
            choices,
        };
        let problem = |choices| {
            form(choices).parse(FieldKind::Choice).map_err(|invalid| (invalid.field, invalid.problem))
        };
        assert_eq!(
            problem(vec![choice("Á", false), choice("a", false)]),
            Err((Field::Choices, Problem::Taken))
        );
        assert!(problem(vec![choice("Á", false), choice("a", true)]).is_ok());
        assert_eq!(problem(vec![choice("a", true)]), Err((Field::Choices, Problem::Missing)));
        assert_eq!(form(vec![]).parse(FieldKind::Money).map_err(|e| e.field), Err(Field::Currency));
    }

    fn locales() -> impl Strategy<Value = Locale> {
        prop_oneof![Just(Hu), Just(En)]
    }

    proptest! {
        #[test]
        fn every_number_is_read_back_as_it_is_written(n in any::<i64>(), locale in locales()) {
            let zone = budapest();
            for (kind, value) in [(FieldKind::Whole, FieldValue::Whole(n)), (FieldKind::Decimal, FieldValue::Decimal(n))] {
                prop_assert_eq!(read(kind, &input(locale, &value, &zone), locale), Ok(Some(value)));
            }
            for currency in ["HUF", "EUR", "USD", "GBP", "JPY", "KWD"] {
                let value = FieldValue::Money { minor: n, currency: currency.to_owned() };
                prop_assert_eq!(read(FieldKind::Money, &input(locale, &value, &zone), locale), Ok(Some(value)));
            }
        }

        #[test]
        fn every_day_and_moment_is_read_back_as_it_is_written(days in 0_i32..109_000, minute in 0_i64..1_440, locale in locales()) {
            let zone = budapest();
            let day = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap() + chrono::Days::new(u64::try_from(days).unwrap());
            let value = FieldValue::Day(day);
            prop_assert_eq!(read(FieldKind::Day, &input(locale, &value, &zone), locale), Ok(Some(value)));
            // The hour that comes twice each autumn is read as the first of the two: those moments are left out.
            let at = zone.resolve(zone.local(Timestamp(zone.start_of_day(day).0 + minute * 60_000)));
            let local = zone.local(at);
            prop_assume!(chrono::Timelike::second(&local.time()) == 0);
            let value = FieldValue::Moment(at);
            prop_assert_eq!(read(FieldKind::Moment, &input(locale, &value, &zone), locale), Ok(Some(value)));
        }

        #[test]
        fn no_text_breaks_the_reader(text in ".{0,40}", locale in locales()) {
            for kind in FieldKind::OFFERED {
                let _ = read(kind, &text, locale);
            }
            if let Ok(link) = link(&text) {
                prop_assert!(["http://", "https://", "mailto:"].iter().any(|scheme| link.starts_with(scheme)), "{link}");
            }
        }
    }
}
