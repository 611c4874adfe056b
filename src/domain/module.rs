//! Modules: one process of the company each, and the templates they start from.

use serde::{Deserialize, Serialize};

use super::{
    id::{ModuleId, TodoTypeId},
    process::Process,
    status::StatusGroup,
};
use crate::i18n::Locale;

/// What a module starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Template {
    /// Projects.
    Projects,
    /// Applicants for jobs.
    Hr,
    /// People at an event.
    Events,
    /// Partners and suppliers.
    Partners,
    /// Tickets of customers.
    HelpDesk,
    /// Anything else.
    Custom,
    /// A fixed module: its process moves the statuses.
    Fixed(Process),
}

/// There is no template of that word.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no template is called {0:?}")]
pub struct UnknownTemplate(String);

impl TryFrom<String> for Template {
    type Error = UnknownTemplate;

    fn try_from(word: String) -> Result<Self, UnknownTemplate> {
        Self::all().find(|template| template.as_str() == word).ok_or(UnknownTemplate(word))
    }
}

impl From<Template> for String {
    fn from(template: Template) -> Self {
        template.as_str().to_owned()
    }
}

/// Name in Hungarian and in English.
type Words = (&'static str, &'static str);

impl Template {
    /// Those whose statuses hands move.
    pub const CUSTOMISABLE: [Self; 6] =
        [Self::Projects, Self::Hr, Self::Events, Self::Partners, Self::HelpDesk, Self::Custom];

    /// All that can be added: the fixed ones first, they carry a business.
    pub fn all() -> impl Iterator<Item = Self> {
        Process::ALL.iter().copied().map(Self::Fixed).chain(Self::CUSTOMISABLE)
    }

    /// The word of the database and the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Projects => "projects",
            Self::Hr => "hr",
            Self::Events => "events",
            Self::Partners => "partners",
            Self::HelpDesk => "help_desk",
            Self::Custom => "custom",
            Self::Fixed(process) => process.definition().word,
        }
    }

    /// The process that moves the statuses; `None` where hands do.
    pub fn process(self) -> Option<Process> {
        match self {
            Self::Fixed(process) => Some(process),
            _ => None,
        }
    }

    /// Whether hands move the statuses.
    pub fn is_customisable(self) -> bool {
        self.process().is_none()
    }

    /// The module's first name.
    pub fn name(self, locale: Locale) -> &'static str {
        locale.pick(match self {
            Self::Projects => ("Projektek", "Projects"),
            Self::Hr => ("HR", "HR"),
            Self::Events => ("Rendezvény", "Events"),
            Self::Partners => ("Partnerek", "Partners"),
            Self::HelpDesk => ("Ügyfélszolgálat", "Help desk"),
            Self::Custom => ("Egyéni", "Custom"),
            Self::Fixed(process) => process.definition().name,
        })
    }

    /// What the module calls one datasheet.
    pub fn item_name(self, locale: Locale) -> &'static str {
        locale.pick(match self {
            Self::Projects => ("Projekt", "Project"),
            Self::Hr => ("Jelentkező", "Applicant"),
            Self::Events => ("Résztvevő", "Participant"),
            Self::Partners => ("Partner", "Partner"),
            Self::HelpDesk => ("Hibajegy", "Ticket"),
            Self::Custom => ("Adatlap", "Datasheet"),
            Self::Fixed(process) => process.definition().item_name,
        })
    }

    /// The statuses it seeds, top to bottom (`product.md`, «Customisable modules»).
    pub fn statuses(self, locale: Locale) -> Vec<(StatusGroup, &'static str)> {
        use StatusGroup::{Failed, Lead, Open, Success};
        let all: &[(StatusGroup, Words)] = match self {
            Self::Projects => &[
                (Lead, ("Projektötlet", "Idea")),
                (Lead, ("Előkészítés", "Preparation")),
                (Open, ("Tervezés", "Planning")),
                (Open, ("Megvalósítás", "Implementation")),
                (Open, ("Átadás", "Handover")),
                (Success, ("Befejezett", "Completed")),
                (Failed, ("Sikertelen", "Failed")),
            ],
            Self::Hr => &[
                (Lead, ("Jelentkezett", "Applied")),
                (Open, ("Előszűrés", "Screening")),
                (Open, ("Interjú", "Interview")),
                (Open, ("Ajánlat", "Offer")),
                (Success, ("Felvett", "Hired")),
                (Failed, ("Elutasított", "Rejected")),
                (Failed, ("Visszalépett", "Withdrew")),
            ],
            Self::Events => &[
                (Lead, ("Meghívandó", "To invite")),
                (Lead, ("Meghívott", "Invited")),
                (Open, ("Érdeklődik", "Interested")),
                (Open, ("Jelentkezett", "Registered")),
                (Success, ("Részt vett", "Attended")),
                (Failed, ("Lemondta", "Cancelled")),
                (Failed, ("Nem jelent meg", "No-show")),
            ],
            Self::Partners => &[
                (Lead, ("Lehetséges partner", "Possible partner")),
                (Open, ("Egyeztetés", "In talks")),
                (Open, ("Szerződéskötés", "Contracting")),
                (Success, ("Aktív partner", "Active partner")),
                (Failed, ("Megszűnt", "Ended")),
            ],
            Self::HelpDesk => &[
                (Lead, ("Feldolgozásra vár", "Waiting to be processed")),
                (Open, ("Folyamatban", "In progress")),
                (Open, ("Ügyfélre vár", "Waiting for customer")),
                (Success, ("Megoldott", "Solved")),
                (Failed, ("Nem megoldható", "Cannot be solved")),
            ],
            Self::Custom => &[
                (Lead, ("Új", "New")),
                (Open, ("Folyamatban", "In progress")),
                (Success, ("Sikeres", "Successful")),
                (Failed, ("Sikertelen", "Failed")),
            ],
            Self::Fixed(process) => {
                let statuses = process.definition().statuses.iter();
                return statuses.map(|status| (status.group, locale.pick(status.name))).collect();
            }
        };
        all.iter().map(|(group, words)| (*group, locale.pick(*words))).collect()
    }

    /// The to-do types it seeds.
    pub fn todo_types(locale: Locale) -> [(TodoIcon, &'static str); 4] {
        [TodoIcon::Call, TodoIcon::Meeting, TodoIcon::Email, TodoIcon::Other]
            .map(|icon| (icon, icon.first_name(locale)))
    }
}

/// The picture of a to-do type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
#[expect(missing_docs, reason = "the words say it")]
pub enum TodoIcon {
    Call,
    Meeting,
    Email,
    #[default]
    Other,
}

impl TodoIcon {
    /// What the to-do type is called that comes with a module.
    pub fn first_name(self, locale: Locale) -> &'static str {
        locale.pick(match self {
            Self::Call => ("Hívás", "Call"),
            Self::Meeting => ("Találkozó", "Meeting"),
            Self::Email => ("E-mail", "E-mail"),
            Self::Other => ("Egyéb", "Other"),
        })
    }

    /// The icon's name in the sprite.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Meeting => "meeting",
            Self::Email => "email",
            Self::Other => "check",
        }
    }
}

/// A kind of to-do in a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TodoType {
    /// Which it is.
    pub id: TodoTypeId,
    /// What people call it.
    pub name: String,
    /// Its picture.
    pub icon: TodoIcon,
    /// How many minutes one takes, filled in for new ones.
    #[serde(default)]
    pub duration: Option<i64>,
    /// How many minutes before one is reminded, likewise.
    #[serde(default)]
    pub reminder: Option<i64>,
    /// Counts the changes of its settings.
    #[serde(default)]
    pub version: i64,
}

/// A module as the bar shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleLink {
    /// Which it is.
    pub id: ModuleId,
    /// What people call it.
    pub name: String,
    /// Counts the changes of its settings.
    pub version: i64,
}

/// A module with its settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    /// Which it is.
    pub id: ModuleId,
    /// What it started from.
    pub template: Template,
    /// What people call it.
    pub name: String,
    /// What it calls one datasheet.
    pub item_name: String,
    /// Labels of the four groups, where they were renamed.
    pub group_labels: [Option<String>; 4],
    /// Counts the changes of its settings.
    pub version: i64,
    /// Whether it is in the trash.
    pub trashed: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_crosses_the_wire_as_its_word() {
        for template in Template::all() {
            let json = serde_json::to_string(&template).unwrap();
            assert_eq!(json, format!("\"{}\"", template.as_str()));
            assert_eq!(serde_json::from_str::<Template>(&json).unwrap(), template);
        }
        assert!(serde_json::from_str::<Template>("\"other\"").is_err());
    }

    #[test]
    fn every_template_fills_all_four_groups_in_both_languages() {
        for template in Template::all() {
            for locale in [Locale::Hu, Locale::En] {
                let statuses = template.statuses(locale);
                assert!(statuses.is_sorted_by_key(|(group, _)| *group), "{template:?}");
                for group in StatusGroup::ALL {
                    assert!(
                        statuses.iter().any(|(other, _)| *other == group),
                        "{template:?} has no {group:?}"
                    );
                }
            }
        }
    }
}
