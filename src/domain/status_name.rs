//! What statuses are called: in customisable modules as their admins say, in fixed ones by each reader's language.
//!
//! A name of a fixed module is kept and sent as its key, and becomes words only where it is read: [`StatusName::text`].

use serde::{Deserialize, Serialize};

use super::{
    process::{Definition, FixedStatus, Process},
    status::StatusGroup,
};
use crate::i18n::{Locale, tree};

/// What a status is called.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusName {
    /// In a customisable module: as its admins wrote it, for all readers.
    Own(String),
    /// In a fixed module: as the reader's language has it.
    Fixed(FixedName),
}

impl StatusName {
    /// As the store has it: what was written, and in fixed modules the key.
    pub fn stored(name: String, key: Option<&str>) -> Self {
        key.and_then(FixedName::of_key).map_or(Self::Own(name), Self::Fixed)
    }

    /// In the reader's language.
    pub fn text(&self, locale: Locale) -> &str {
        match self {
            Self::Own(name) => name,
            Self::Fixed(name) => name.text(locale),
        }
    }

    /// What is written of it where no reader is known: in the store, and in the history of customisable modules.
    pub fn as_written(&self) -> &str {
        self.text(Locale::default())
    }

    /// Whether some readers cannot tell it from another one.
    pub fn reads_as(&self, other: &Self) -> bool {
        Locale::ALL.into_iter().any(|locale| self.text(locale) == other.text(locale))
    }

    /// The same, with its group where another status of the process is called so too. `label` names a group.
    pub fn full_text(&self, locale: Locale, label: impl FnOnce(StatusGroup) -> String) -> String {
        match self {
            Self::Fixed(name) if name.is_shared() => {
                format!("{}: {}", label(name.0.group), name.text(locale))
            }
            _ => self.text(locale).to_owned(),
        }
    }
}

/// The name of a status of a process. On the wire it is the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FixedName(&'static FixedStatus);

/// No process has a status of that key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no status has the key {0:?}")]
pub struct UnknownKey(String);

impl TryFrom<String> for FixedName {
    type Error = UnknownKey;

    fn try_from(key: String) -> Result<Self, UnknownKey> {
        Self::of_key(&key).ok_or(UnknownKey(key))
    }
}

impl From<FixedName> for String {
    fn from(name: FixedName) -> Self {
        name.0.key.to_owned()
    }
}

fn definitions() -> impl Iterator<Item = &'static Definition> {
    Process::ALL.iter().map(|process| process.definition())
}

fn all() -> impl Iterator<Item = FixedName> {
    definitions().flat_map(|definition| definition.statuses).map(FixedName)
}

impl FixedName {
    /// The name of the status with that key, of whichever process.
    pub fn of_key(key: &str) -> Option<Self> {
        all().find(|name| name.0.key == key)
    }

    /// In the reader's language.
    pub const fn text(self, locale: Locale) -> &'static str {
        locale.pick(self.0.name)
    }

    fn definition(self) -> Option<&'static Definition> {
        definitions().find(|definition| definition.statuses.iter().any(|status| status.key == self.0.key))
    }

    /// Whether another status of the process is called the same.
    fn is_shared(self) -> bool {
        let same = |definition: &Definition| {
            definition.statuses.iter().filter(|status| status.name == self.0.name).count() > 1
        };
        self.definition().is_some_and(same)
    }

    /// What the process calls the group of the status.
    fn group(self, locale: Locale) -> &'static str {
        let own = self.definition().and_then(|definition| definition.group_labels[self.0.group.index()]);
        own.map_or_else(|| tree::group(locale, self.0.group), |label| locale.pick(label))
    }

    /// The one that was written so, in either language, with its group or without; `None` when several or none are.
    fn written(text: &str) -> Option<Self> {
        let is_so = |name: &Self| {
            Locale::ALL.into_iter().any(|locale| {
                let (group, name) = (name.group(locale), name.text(locale));
                text == name
                    || text.strip_prefix(group).and_then(|rest| rest.strip_prefix(": ")) == Some(name)
            })
        };
        let mut found = all().filter(is_so);
        found.next().filter(|_| found.next().is_none())
    }
}

/// A status as the history of a fixed module keeps it: by its key. Entries of before have the name in the language of whoever
/// added the module; it is recognised where only one status is called so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct StatusThen {
    /// Its name.
    pub name: StatusName,
    /// What its group was called, where an admin had given it another name.
    pub group: Option<String>,
}

impl From<StatusName> for StatusThen {
    fn from(name: StatusName) -> Self {
        Self { name, group: None }
    }
}

impl From<String> for StatusThen {
    fn from(text: String) -> Self {
        if let Some((group, key)) = text.rsplit_once(": ")
            && let Some(name) = FixedName::of_key(key)
        {
            return Self { name: StatusName::Fixed(name), group: Some(group.to_owned()) };
        }
        let name = FixedName::of_key(&text).or_else(|| FixedName::written(&text));
        name.map_or(StatusName::Own(text), StatusName::Fixed).into()
    }
}

impl From<StatusThen> for String {
    fn from(then: StatusThen) -> Self {
        match (then.name, then.group) {
            (StatusName::Own(name), _) => name,
            (StatusName::Fixed(name), None) => name.into(),
            (StatusName::Fixed(name), Some(group)) => format!("{group}: {}", name.0.key),
        }
    }
}

impl StatusThen {
    /// Two statuses in the reader's language, with their groups where they are called the same.
    pub fn texts(from: &Self, to: &Self, locale: Locale) -> (String, String) {
        if from.name.text(locale) == to.name.text(locale) {
            (from.with_group(locale), to.with_group(locale))
        } else {
            (from.name.text(locale).to_owned(), to.name.text(locale).to_owned())
        }
    }

    fn with_group(&self, locale: Locale) -> String {
        match &self.name {
            StatusName::Own(name) => name.clone(),
            StatusName::Fixed(name) => {
                let group = self.group.as_deref().unwrap_or_else(|| name.group(locale));
                format!("{group}: {}", name.text(locale))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn then(text: &str) -> StatusThen {
        StatusThen::from(text.to_owned())
    }

    fn told(from: &str, to: &str, locale: Locale) -> (String, String) {
        StatusThen::texts(&then(from), &then(to), locale)
    }

    fn pair(from: &str, to: &str) -> (String, String) {
        (from.to_owned(), to.to_owned())
    }

    #[test]
    fn a_key_belongs_to_one_status_of_all_processes() {
        let keys: std::collections::BTreeSet<_> = all().map(|name| name.0.key).collect();
        assert_eq!(keys.len(), all().count());
        for name in all() {
            assert_eq!(StatusName::stored("?".to_owned(), Some(name.0.key)), StatusName::Fixed(name));
            assert!(Locale::ALL.into_iter().all(|locale| !name.text(locale).is_empty()), "{name:?}");
            assert!(name.definition().is_some(), "{name:?}");
            // A key never reads as an old entry's name, nor the other way round.
            assert!(all().all(|other| Locale::ALL.into_iter().all(|at| other.text(at) != name.0.key)));
        }
    }

    #[test]
    fn a_fixed_name_is_read_in_each_language_and_an_own_one_as_it_was_written() {
        let fixed = StatusName::stored("Fizetett".to_owned(), Some("paid"));
        assert_eq!((fixed.text(Locale::Hu), fixed.text(Locale::En)), ("Fizetett", "Paid"));
        assert_eq!(serde_json::to_string(&fixed).unwrap(), r#"{"fixed":"paid"}"#);
        assert_eq!(serde_json::from_str::<StatusName>(r#"{"fixed":"paid"}"#).unwrap(), fixed);
        let own = StatusName::stored("paid".to_owned(), None);
        assert_eq!((own.text(Locale::Hu), own.text(Locale::En)), ("paid", "paid"));
        assert_eq!(StatusName::stored("Régi".to_owned(), Some("gone")), StatusName::Own("Régi".to_owned()));
    }

    #[test]
    fn the_history_tells_a_move_in_the_readers_language_with_the_groups_of_equal_names() {
        assert_eq!(told("issued", "paid", Locale::Hu), pair("Kiállított", "Fizetett"));
        assert_eq!(told("discovery_vip", "won_vip", Locale::En), pair("Discovery: VIP", "Customers: VIP"));
        assert_eq!(
            told("discovery_vip", "Ügyfelek: won_vip", Locale::Hu),
            pair("Feltérképezés: VIP", "Ügyfelek: VIP")
        );
        assert_eq!(String::from(then("Ügyfelek: won_vip")), "Ügyfelek: won_vip");
    }

    #[test]
    fn what_older_entries_say_is_recognised_where_it_means_one_status() {
        assert_eq!(told("Kiállított", "Fizetett", Locale::En), pair("Issued", "Paid"));
        assert_eq!(
            told("Database: Target", "Vevők: Célcsoport", Locale::Hu),
            pair("Adatbázis: Célcsoport", "Vevők: Célcsoport")
        );
        assert_eq!(told("Hot: Target", "Target", Locale::Hu), pair("Forró: Célcsoport", "Target"));
        assert_eq!(String::from(then("Target")), "Target");
    }

    #[test]
    fn a_full_text_names_the_group_where_the_name_alone_does_not_tell() {
        let group = |group: StatusGroup| tree::group(Locale::En, group).to_owned();
        let full = |key| StatusName::Fixed(FixedName::of_key(key).unwrap()).full_text(Locale::En, group);
        assert_eq!(full("won_vip"), "Successful: VIP");
        assert_eq!(full("forgotten"), "Forgotten");
        assert_eq!(StatusName::Own("VIP".to_owned()).full_text(Locale::En, group), "VIP");
    }
}
