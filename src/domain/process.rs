//! Fixed modules: each process is a set of pure rules that work out a datasheet's status from facts; a hand cannot set it.
//!
//! A process is one file of `process/` that implements [`Rules`], and one line in the list below. From these the store, the
//! clock, the server functions, the history, the gallery and the rows of the list know it; what its datasheet's page shows of it
//! is a panel in `ui::datasheet_page::process`.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    money::Money,
    status::{Color, StatusGroup},
    time::Timestamp,
};
use crate::{
    error::{Error, Refusal},
    i18n::Locale,
};

/// A text in Hungarian and in English.
pub type Words = (&'static str, &'static str);

/// A status of a fixed module. Its key is what is stored; its name is that of each reader's language
/// ([`super::status_name`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FixedStatus {
    /// The word the rules use; unique in all processes.
    pub key: &'static str,
    /// Its group.
    pub group: StatusGroup,
    /// Its name.
    pub name: Words,
    /// Its colour.
    pub color: Color,
}

/// What a module of a process is like before anything is in it.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// The word of the process in the database and on the wire.
    pub word: &'static str,
    /// The module's first name.
    pub name: Words,
    /// What it calls one datasheet.
    pub item_name: Words,
    /// What it is for, in one sentence.
    pub purpose: Words,
    /// What moves its statuses, in one sentence.
    pub moved_by: Words,
    /// What is answered to a hand that would move them.
    pub by_hand: Words,
    /// Names of the groups Lead, Open, Success, Failed, where they are not the usual ones.
    pub group_labels: [Option<Words>; 4],
    /// Its statuses, top to bottom.
    pub statuses: &'static [FixedStatus],
    /// Whether an installation has at most one such module.
    pub is_single: bool,
}

/// What a process's rules look at beside the facts.
#[derive(Clone, Copy, Debug)]
pub struct At<'a, S> {
    /// The moment.
    pub now: Timestamp,
    /// When the datasheet was made.
    pub created_at: Timestamp,
    /// Whether it has an open to-do.
    pub has_open_todo: bool,
    /// When a to-do of it was last closed.
    pub last_closed_at: Option<Timestamp>,
    /// What admins set.
    pub settings: &'a S,
}

/// The rules of a process, on its facts.
pub trait Rules: Clone + Default + Eq + Serialize + DeserializeOwned {
    /// What a person can do.
    type Action: Clone + Eq + Serialize + DeserializeOwned;
    /// What a row of the list shows beside the status.
    type Summary: Clone + Eq + Serialize + DeserializeOwned;
    /// What admins set per module.
    type Settings: Clone + Default + Eq + Serialize + DeserializeOwned;

    /// What the module is like.
    const DEFINITION: Definition;

    /// The facts after an action; refused when the process does not allow it now.
    fn act(&self, action: &Self::Action, at: &At<Self::Settings>) -> Result<Self, Error>;

    /// The key of the status that follows; one of [`Definition::statuses`].
    fn status(&self, at: &At<Self::Settings>) -> &'static str;

    /// The next moment after `at.now` at which the clock alone may change [`Rules::status`].
    fn wakes_at(&self, at: &At<Self::Settings>) -> Option<Timestamp>;

    /// What it is worth.
    fn amount(&self) -> Option<Money>;

    /// What a row shows.
    fn summary(&self) -> Self::Summary;

    /// What a person did, in a few words; `named` is what it chose, where the action has a number for that.
    fn said(action: &Self::Action, named: Option<&str>, locale: Locale) -> String;

    /// What an action chooses, where it names it by a number that means nothing to a reader.
    fn named(_action: &Self::Action, _settings: &Self::Settings, _locale: Locale) -> Option<String> {
        None
    }

    /// What is stored now in the place of what an action would set; empty where there is no one value.
    fn stored(&self, _action: &Self::Action, _settings: &Self::Settings, _locale: Locale) -> String {
        String::new()
    }

    /// An editing as the history keeps it: without what was set, which the entry tells as a change. `None` for steps.
    fn plain_edit(_action: &Self::Action) -> Option<Self::Action> {
        None
    }

    /// The key of the furthest status it ever had, where the module page shows a funnel.
    fn furthest(&self) -> Option<&'static str> {
        None
    }

    /// The facts after the status followed from them: the furthest is noted, also where time or a to-do brought it about.
    #[must_use]
    fn seen(&self, _at: &At<Self::Settings>) -> Self {
        self.clone()
    }

    /// Settings as they may be stored; refused naming the field when they may not.
    fn checked(settings: Self::Settings) -> Result<Self::Settings, Error> {
        Ok(settings)
    }

    /// Whether files of leads can be imported: then all start with the first facts.
    const TAKES_FILES: bool = false;

    /// Keys of the statuses that changed settings may move: the clock looks at those again.
    const CLOCKED: &'static [&'static str] = &[];

    /// Whether changed settings may move a status.
    fn may_move(_before: &Self::Settings, _after: &Self::Settings) -> bool {
        false
    }
}

/// Why the process moved a status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Somebody changed the facts.
    Action,
    /// A to-do was added, closed or taken back.
    Todo,
    /// Time passed.
    Clock,
    /// Something happened in a linked datasheet of that name.
    Linked(String),
    /// An order came in, of that number.
    Order(String),
    /// Orders were taken back that had come in by that file.
    OrdersUndone(String),
}

macro_rules! processes {
    ($($(#[$doc:meta])* $Name:ident in $file:ident;)*) => {
        $(pub mod $file;)*

        /// The processes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum Process {
            $($(#[$doc])* $Name,)*
        }

        /// The facts of one datasheet.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[expect(missing_docs, reason = "named as the processes")]
        pub enum Facts {
            $($Name($file::Facts),)*
        }

        /// What a person does.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[expect(missing_docs, reason = "named as the processes")]
        pub enum Action {
            $($Name(<$file::Facts as Rules>::Action),)*
        }

        /// What a row of the list shows beside the status.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[expect(missing_docs, reason = "named as the processes")]
        pub enum Summary {
            $($Name(<$file::Facts as Rules>::Summary),)*
        }

        /// What admins set about a module.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[expect(missing_docs, reason = "named as the processes")]
        pub enum Settings {
            $($Name(<$file::Facts as Rules>::Settings),)*
        }

        impl Process {
            /// All.
            pub const ALL: &'static [Self] = &[$(Self::$Name),*];

            /// What its modules are like.
            pub const fn definition(self) -> &'static Definition {
                match self {
                    $(Self::$Name => &<$file::Facts as Rules>::DEFINITION,)*
                }
            }

            /// The facts of a new datasheet.
            pub fn first_facts(self) -> Facts {
                match self {
                    $(Self::$Name => Facts::$Name(Default::default()),)*
                }
            }

            /// The settings of a new module.
            pub fn first_settings(self) -> Settings {
                match self {
                    $(Self::$Name => Settings::$Name(Default::default()),)*
                }
            }

            /// Whether files of leads can be imported.
            pub const fn takes_files(self) -> bool {
                match self {
                    $(Self::$Name => <$file::Facts as Rules>::TAKES_FILES,)*
                }
            }

            /// Keys of the statuses that changed settings may move.
            pub const fn clocked(self) -> &'static [&'static str] {
                match self {
                    $(Self::$Name => <$file::Facts as Rules>::CLOCKED,)*
                }
            }
        }

        impl Settings {
            /// As they may be stored.
            pub fn checked(self) -> Result<Self, Error> {
                match self {
                    $(Self::$Name(settings) => <$file::Facts as Rules>::checked(settings).map(Self::$Name),)*
                }
            }

            /// Whether a status may move by them where others were before.
            pub fn may_move(&self, before: &Self) -> bool {
                match (before, self) {
                    $((Self::$Name(before), Self::$Name(after)) => {
                        <$file::Facts as Rules>::may_move(before, after)
                    })*
                    _ => true,
                }
            }
        }

        impl Action {
            /// What a person did, in a few words; `named` is what it chose, where the action has a number for that.
            pub fn said(&self, named: Option<&str>, locale: Locale) -> String {
                match self {
                    $(Self::$Name(action) => <$file::Facts as Rules>::said(action, named, locale),)*
                }
            }

            /// What it chooses, where it names it by a number that means nothing to a reader.
            pub fn named(&self, settings: &Settings, locale: Locale) -> Option<String> {
                match (self, settings) {
                    $((Self::$Name(action), Settings::$Name(settings)) => {
                        <$file::Facts as Rules>::named(action, settings, locale)
                    })*
                    _ => None,
                }
            }

            /// An editing as the history keeps it: without what was set, which the entry tells as a change. `None` for steps.
            pub fn plain_edit(&self) -> Option<Self> {
                match self {
                    $(Self::$Name(action) => <$file::Facts as Rules>::plain_edit(action).map(Self::$Name),)*
                }
            }
        }

        impl Facts {
            /// What is stored in the place of what an action would set; empty where there is no one value.
            pub fn stored(&self, action: &Action, settings: &Settings, locale: Locale) -> String {
                match (self, action, settings) {
                    $((Self::$Name(facts), Action::$Name(action), Settings::$Name(settings)) => {
                        facts.stored(action, settings, locale)
                    })*
                    _ => String::new(),
                }
            }

            /// Whose facts they are.
            pub fn process(&self) -> Process {
                match self {
                    $(Self::$Name(_) => Process::$Name,)*
                }
            }

            /// The facts after an action. An action or settings of another process are refused.
            pub fn act(&self, action: &Action, at: &At<Settings>) -> Result<Self, Error> {
                match (self, action, at.settings) {
                    $((Self::$Name(facts), Action::$Name(action), Settings::$Name(settings)) => {
                        facts.act(action, &at.with(settings)).map(Self::$Name)
                    })*
                    #[allow(unreachable_patterns, clippy::allow_attributes, reason = "as long as there is one process")]
                    _ => Err(self.process().refused()),
                }
            }

            /// The key of the status that follows.
            pub fn status(&self, at: &At<Settings>) -> &'static str {
                match (self, at.settings) {
                    $((Self::$Name(facts), Settings::$Name(settings)) => facts.status(&at.with(settings)),)*
                    #[allow(unreachable_patterns, clippy::allow_attributes, reason = "as long as there is one process")]
                    _ => self.status(&at.with(&self.process().first_settings())),
                }
            }

            /// The facts with the furthest status noted.
            #[must_use]
            pub fn seen(&self, at: &At<Settings>) -> Self {
                match (self, at.settings) {
                    $((Self::$Name(facts), Settings::$Name(settings)) => Self::$Name(facts.seen(&at.with(settings))),)*
                    #[allow(unreachable_patterns, clippy::allow_attributes, reason = "as long as there is one process")]
                    _ => self.clone(),
                }
            }

            /// When the clock alone may change the status next.
            pub fn wakes_at(&self, at: &At<Settings>) -> Option<Timestamp> {
                match (self, at.settings) {
                    $((Self::$Name(facts), Settings::$Name(settings)) => facts.wakes_at(&at.with(settings)),)*
                    #[allow(unreachable_patterns, clippy::allow_attributes, reason = "as long as there is one process")]
                    _ => self.wakes_at(&at.with(&self.process().first_settings())),
                }
            }

            /// What it is worth.
            pub fn amount(&self) -> Option<Money> {
                match self {
                    $(Self::$Name(facts) => facts.amount(),)*
                }
            }

            /// What a row shows.
            pub fn summary(&self) -> Summary {
                match self {
                    $(Self::$Name(facts) => Summary::$Name(facts.summary()),)*
                }
            }

            /// The key of the furthest status it ever had.
            pub fn furthest(&self) -> Option<&'static str> {
                match self {
                    $(Self::$Name(facts) => facts.furthest(),)*
                }
            }
        }
    };
}

processes! {
    /// Sales: fields of the datasheet and the clock move it.
    Sales in sales;
    /// Orders: buttons move them.
    Orders in orders;
    /// The buyers of a web shop: orders and time move them.
    Webshop in webshop;
    /// Invoicing: what happens to the document moves it.
    Invoicing in invoicing;
}

/// There is no process of that word.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no process is called {0:?}")]
pub struct UnknownProcess(String);

impl TryFrom<String> for Process {
    type Error = UnknownProcess;

    fn try_from(word: String) -> Result<Self, UnknownProcess> {
        Self::parse(&word).ok_or(UnknownProcess(word))
    }
}

impl From<Process> for String {
    fn from(process: Process) -> Self {
        process.definition().word.to_owned()
    }
}

impl Process {
    /// The process of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|process| process.definition().word == word)
    }

    /// The answer to a hand that sets a status.
    pub fn refused(self) -> Error {
        Error::Refused(Refusal::FixedModule(self))
    }

    /// What it calls a group, where that is not the usual name.
    pub const fn group_label(self, group: StatusGroup) -> Option<Words> {
        self.definition().group_labels[group.index()]
    }

    /// What is answered to a hand that would move a status.
    pub fn by_hand(self, locale: Locale) -> &'static str {
        locale.pick(self.definition().by_hand)
    }

    /// What moves the statuses, as a sentence.
    pub fn moved_by(self, locale: Locale) -> &'static str {
        locale.pick(self.definition().moved_by)
    }
}

impl<S> At<'_, S> {
    /// The same with other settings.
    fn with<'b, T>(&self, settings: &'b T) -> At<'b, T> {
        At {
            now: self.now,
            created_at: self.created_at,
            has_open_todo: self.has_open_todo,
            last_closed_at: self.last_closed_at,
            settings,
        }
    }
}

/// A datasheet's process as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The facts.
    pub facts: Facts,
    /// Counts the changes of the facts.
    pub version: i64,
}

/// A datasheet's process as its row shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct InRow {
    /// What is shown.
    pub summary: Summary,
    /// Counts the changes of the facts.
    pub version: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_process_fills_all_four_groups_with_keys_of_its_own() {
        for process in Process::ALL {
            let definition = process.definition();
            assert!(definition.statuses.is_sorted_by_key(|status| status.group), "{process:?}");
            for group in StatusGroup::ALL {
                assert!(
                    definition.statuses.iter().any(|status| status.group == group),
                    "{process:?} has no {group:?}"
                );
            }
            let keys: std::collections::BTreeSet<_> =
                definition.statuses.iter().map(|status| status.key).collect();
            assert_eq!(keys.len(), definition.statuses.len(), "{process:?}");
            assert_eq!(Process::parse(definition.word), Some(*process));
        }
    }

    #[test]
    fn a_new_datasheet_starts_in_a_status_of_its_process() {
        for process in Process::ALL {
            let settings = process.first_settings();
            let at = At {
                now: Timestamp(1),
                created_at: Timestamp(1),
                has_open_todo: false,
                last_closed_at: None,
                settings: &settings,
            };
            let key = process.first_facts().status(&at);
            let status = process.definition().statuses.iter().find(|status| status.key == key);
            assert_eq!(status.map(|status| status.group), Some(StatusGroup::Lead), "{process:?}");
        }
    }
}
