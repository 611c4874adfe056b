//! People who use Modulok, and what they may do.

use serde::{Deserialize, Serialize};

use super::{
    id::{ApiTokenId, UserId},
    time::Timestamp,
    zone::Zone,
};

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum Role {
    /// Only datasheets they own or hold an open to-do on, in the modules ticked for them.
    Restricted,
    /// All datasheets in the modules ticked for them.
    User,
    /// All data of all modules.
    Manager,
    /// All data, and the settings: modules, statuses, users.
    Admin,
}

impl Role {
    /// Every role, the strongest first.
    pub const ALL: [Self; 4] = [Self::Admin, Self::Manager, Self::User, Self::Restricted];

    /// Whether every module is open without a tick.
    pub fn sees_all_modules(self) -> bool {
        self >= Self::Manager
    }

    /// Whether modules, statuses and users may be changed.
    pub fn is_admin(self) -> bool {
        self == Self::Admin
    }
}

/// Whether a user can sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum UserState {
    /// Can sign in.
    Active,
    /// Cannot sign in; everything of theirs runs on.
    Locked,
    /// Cannot sign in; their work is handed over.
    Off,
}

/// The colours a user wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum Theme {
    /// As the device says.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// Its name in cookies, forms and `data-theme`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The colours of that name.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.code() == code)
    }
}

/// A colleague, as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who it is.
    pub id: UserId,
    /// Their full name.
    pub name: String,
    /// Whether work can be given to them.
    pub active: bool,
}

/// The first letters of the first two words of a name, for the round picture, whose style makes them capitals.
pub fn initials(name: &str) -> String {
    name.split_whitespace()
        .filter_map(|word| word.chars().next())
        .filter(|c| c.is_alphanumeric())
        .take(2)
        .collect()
}

/// The signed-in user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Viewer {
    /// Who it is.
    pub id: UserId,
    /// Their full name.
    pub name: String,
    /// What they sign in with.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// The zone their days are in.
    pub zone: Zone,
    /// The language they chose; the browser's when `None`.
    pub locale: Option<crate::i18n::Locale>,
}

/// A token by which a program sends data, as admins see it: its secret is shown once and not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct ApiToken {
    /// Which it is.
    pub id: ApiTokenId,
    /// What it is for.
    pub name: String,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it was last used; noted once a minute.
    pub used_at: Option<Timestamp>,
    /// Since when it opens nothing.
    pub revoked_at: Option<Timestamp>,
}

/// A user, as admins see them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// Who it is.
    pub id: UserId,
    /// Their full name.
    pub name: String,
    /// What they sign in with.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Whether they can sign in.
    pub state: UserState,
    /// Name of their time zone.
    pub zone: String,
    /// Modules ticked for them.
    pub modules: Vec<super::id::ModuleId>,
    /// Counts the changes of these settings.
    pub version: i64,
}

/// What an admin fills in for a new or changed user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UserForm {
    /// Their full name.
    pub name: String,
    /// What they sign in with.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Whether they can sign in.
    pub state: UserState,
    /// Name of their time zone.
    pub zone: String,
    /// Modules ticked for them.
    pub modules: Vec<super::id::ModuleId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_two_words() {
        assert_eq!(initials("Kovács Anna Mária"), "KA");
        assert_eq!(initials("árvai"), "á");
        assert_eq!(initials(""), "");
    }
}
