//! Ids: 64-bit integers made on the server, below 2^53 so that JSON and the browser hold them, roughly by age.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "ssr", derive(sqlx::Type))]
        #[cfg_attr(feature = "ssr", sqlx(transparent))]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// A user.
    UserId;
    /// A module.
    ModuleId;
    /// A status of a module.
    StatusId;
    /// A datasheet.
    DatasheetId;
    /// A to-do.
    TodoId;
    /// A type of to-do of a module.
    TodoTypeId;
    /// A template of to-dos of a module.
    TodoTemplateId;
    /// A contact.
    ContactId;
    /// An e-mail address, phone number or address of a contact.
    DetailId;
    /// A relation between two datasheets.
    RelationId;
    /// One merge of two contacts.
    MergeId;
    /// An entry of the history.
    EventId;
    /// One import of a file.
    ImportId;
    /// A field of a module's datasheets.
    FieldId;
    /// A group of fields.
    FieldGroupId;
    /// A choice of a field.
    ChoiceId;
    /// A token by which a program sends data.
    ApiTokenId;
}
