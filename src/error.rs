//! The one error type. It crosses the wire: each variant is something a caller can act on.
//! Database text never gets in here; it is logged where it becomes [`Error::Server`].

use serde::{Deserialize, Serialize};

use crate::domain::{id::FieldId, process::Process};

/// What every fallible function of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Error {
    /// There is no such thing, or the viewer may not know of it (404).
    #[error("not found")]
    NotFound,
    /// The viewer may see it but not do this (403).
    #[error("not allowed")]
    Forbidden,
    /// No valid session came with the request (401).
    #[error("sign-in needed")]
    SignInNeeded,
    /// What was typed cannot be taken; names the field (422).
    #[error("{0}")]
    Invalid(Invalid),
    /// The same of a value in a field of the module's own; names the field (422).
    #[error("{}: {:?}", .0.name, .0.problem)]
    InvalidValue(InvalidValue),
    /// The status wants these fields filled in first (409).
    #[error("fields are missing")]
    Missing(Vec<MissingField>),
    /// Somebody changed it since the viewer saw it (409).
    #[error("changed meanwhile")]
    Conflict(Conflict),
    /// The rules of the module or of the data refuse it, whatever is typed (409).
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// The idempotency key was used before for another request (422).
    #[error("idempotency key used for another request")]
    KeyReused,
    /// Too many tries; wait so many seconds (429).
    #[error("too many tries, wait {seconds} s")]
    TooMany {
        /// Seconds until the next try is answered.
        seconds: i64,
    },
    /// The database does not answer in time; try again (503).
    #[error("busy, try again")]
    Busy,
    /// The database gave it up because two writes waited for each other: done again it may succeed. The server does so by
    /// itself a few times (503).
    #[error("two writes waited for each other")]
    Collided,
    /// What was sent cannot be read as what was asked for (400).
    #[error("the request cannot be read")]
    Malformed,
    /// A fault of ours, logged under the request's id (500).
    #[error("server error")]
    Server,
    /// The browser got no answer. Only made in the browser.
    #[error("the server did not answer")]
    Unreachable,
}

/// A value that cannot be taken, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{field:?}: {problem:?}")]
pub struct Invalid {
    /// The field of the form that holds the value.
    pub field: Field,
    /// What is wrong with it.
    pub problem: Problem,
}

/// A value that cannot be taken in a field that an admin defined, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvalidValue {
    /// The field.
    pub field: FieldId,
    /// What people call it.
    pub name: String,
    /// What is wrong with the value.
    pub problem: Problem,
}

/// A field that must be filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingField {
    /// The field.
    pub field: FieldId,
    /// What people call it.
    pub name: String,
}

/// A field of a form, as the user knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// A name: of a datasheet, module, status, user.
    Name,
    /// What the module calls one of its datasheets.
    ItemName,
    /// The text of a to-do.
    Todo,
    /// When a to-do is due.
    Due,
    /// How a to-do repeats.
    Repetition,
    /// How long a to-do takes.
    Duration,
    /// When one is reminded of a to-do.
    Reminder,
    /// The checklist of a to-do.
    Steps,
    /// A note to a closed to-do.
    Note,
    /// A comment on a datasheet.
    Comment,
    /// An e-mail address.
    Email,
    /// A password.
    Password,
    /// The current password, asked for before a new one is set.
    CurrentPassword,
    /// A status.
    Status,
    /// The owner of a datasheet.
    Owner,
    /// The assignee of a to-do.
    Assignee,
    /// A time zone.
    Zone,
    /// A role.
    Role,
    /// An uploaded file.
    File,
    /// What is said about a field.
    Help,
    /// The choices of a field.
    Choices,
    /// The value that a field has at first.
    Default,
    /// A currency.
    Currency,
    /// A group of fields.
    Group,
    /// The kind of a field.
    Kind,
    /// An amount of money.
    Amount,
    /// The number of an order.
    OrderNumber,
    /// When an order was placed.
    OrderDate,
    /// A line of a document or an order.
    Line,
    /// The name of the so many-th line, from 1.
    LineName(u32),
    /// Who buys.
    Buyer,
    /// Where the buyer is.
    BuyerAddress,
    /// Who sells.
    Seller,
    /// An address.
    Address,
    /// A phone number.
    Phone,
    /// A business.
    Business,
    /// A contact.
    Contact,
    /// A tax number.
    TaxNumber,
    /// A bank account.
    Account,
    /// When a document was performed.
    Performed,
    /// When a document is to be paid.
    DueDate,
    /// When a document was paid.
    PaidOn,
    /// What stands before the numbers of documents.
    Prefix,
    /// Why a sale was lost.
    WhyLost,
    /// A step of a sale or of a customer.
    Step,
    /// A number of days.
    Days,
    /// A day of the calendar.
    Date,
    /// How something is paid.
    Method,
    /// A related datasheet.
    Related,
    /// What a datasheet is to a related one.
    Relation,
    /// How many forints one unit of another currency is.
    Exchange,
}

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// Nothing was given.
    Missing,
    /// Longer than so many characters.
    TooLong(u32),
    /// Shorter than so many characters.
    TooShort(u32),
    /// Not of the field's form (not a date, not an e-mail address).
    Unreadable,
    /// Another one has it already.
    Taken,
    /// There is no such thing to choose.
    Unknown,
    /// Does not match what is stored (a wrong password).
    Wrong,
    /// Among the passwords everybody tries first.
    TooCommon,
    /// More than so many decimals.
    TooPrecise(u32),
    /// A number too large to be kept exactly.
    OutOfRange,
    /// Nothing, or less.
    NotPositive,
    /// A day before that of the issue.
    BeforeIssue,
    /// A day that is still to come.
    InFuture,
    /// No web or e-mail address.
    NotALink,
    /// A day without its hour.
    NoHour,
    /// More than so many.
    TooMany(u32),
    /// More than so many megabytes.
    TooLarge(u32),
}

/// A stale edit: what is stored now, for the user to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The field that differs, where one does.
    pub field: Option<Field>,
    /// The value stored now, as text for a reader.
    pub theirs: String,
    /// The version stored now: sending it says «I saw theirs».
    pub version: i64,
}

/// A rule that refuses, whatever is typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The module's process moves its statuses; a hand cannot.
    FixedModule(Process),
    /// The process does not allow that now; these it does.
    NotNow(Vec<Act>),
    /// There is one such module already, and there can be no second.
    OnlyOne,
    /// A module keeps at least one status.
    LastStatus,
    /// There is always an active admin.
    LastAdmin,
    /// The status has datasheets: say where they go.
    StatusInUse,
    /// The to-do is closed already.
    TodoClosed,
    /// Undone already, or something came after it.
    CannotUndo,
    /// The thing is in the trash: restore it first.
    Trashed,
    /// An issued document stays: it can only be cancelled by a storno.
    Issued,
    /// The module has issued documents, which stay: so does the module.
    IssuedInside,
    /// Nothing is issued before these are known of who sells.
    NoSeller(Vec<Field>),
    /// Only what is in the trash is deleted for good.
    NotInTrash,
    /// The invoice of that name was made of it.
    HasInvoice(String),
    /// What it was made from has another one by now.
    MadeAnother(String),
    /// There is no Invoicing module that the viewer may open.
    NoInvoicing,
    /// A person and a business are never one.
    DifferentKinds,
    /// A contact that datasheets, persons or fields belong to is not removed.
    ContactInUse,
    /// A business with persons or a tax number is no person, and a person who belongs to a business is none.
    KindStays,
    /// A file that stands in this field is not deleted.
    FileInField(String),
    /// It cannot be undone, for this was changed since; in words for a reader.
    ChangedSince(Vec<String>),
    /// It cannot be undone, for the status it was in was deleted: its name.
    StatusGone(String),
    /// It cannot be undone, for whoever owned it works there no longer: their name.
    OwnerGone(String),
    /// The two datasheets are related already.
    AlreadyRelated,
    /// There are several such modules: say which, by id and name.
    WhichModule(Vec<(i64, String)>),
}

/// A step of a process that a person can take, named as its button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Act {
    Finalise,
    Edit,
    Complete,
    Paid,
    Fail,
    MakeInvoice,
    Issue,
    MarkPaid,
    Storno,
}

impl Act {
    /// All.
    pub const ALL: [Self; 9] = [
        Self::Finalise,
        Self::Edit,
        Self::Complete,
        Self::Paid,
        Self::Fail,
        Self::MakeInvoice,
        Self::Issue,
        Self::MarkPaid,
        Self::Storno,
    ];
}

impl Error {
    /// Shorthand for a bad value in a field.
    pub fn invalid(field: Field, problem: Problem) -> Self {
        Self::Invalid(Invalid { field, problem })
    }

    /// The HTTP status that tells the same.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::NotFound => 404,
            Self::Forbidden => 403,
            Self::SignInNeeded => 401,
            Self::Invalid(_) | Self::InvalidValue(_) | Self::KeyReused => 422,
            Self::Conflict(_) | Self::Refused(_) | Self::Missing(_) => 409,
            Self::TooMany { .. } => 429,
            Self::Busy | Self::Collided | Self::Unreachable => 503,
            Self::Server => 500,
        }
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

impl leptos::server_fn::error::FromServerFnError for Error {
    type Encoder = leptos::server_fn::codec::JsonEncoding;

    fn from_server_fn_error(error: leptos::server_fn::error::ServerFnErrorErr) -> Self {
        use leptos::server_fn::error::ServerFnErrorErr as E;
        match error {
            E::Request(_) | E::Response(_) => Self::Unreachable,
            // In the browser these are about the answer.
            #[cfg(feature = "ssr")]
            E::Deserialization(_) | E::Args(_) | E::MissingArg(_) => Self::Malformed,
            _ => Self::Server,
        }
    }
}

/// Database errors become [`Error::Busy`], [`Error::Collided`] or [`Error::Server`]; the detail goes to the log only.
#[cfg(feature = "ssr")]
impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        // Postgres: serialisation, deadlock.
        if let sqlx::Error::Database(database) = &error
            && matches!(database.code().as_deref(), Some("40001" | "40P01"))
        {
            tracing::warn!(%error, "two writes waited for each other");
            return Self::Collided;
        }
        let busy = match &error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => true,
            // SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL; Postgres: shutting down, disk full, too many connections.
            sqlx::Error::Database(database) => matches!(
                database.code().as_deref(),
                Some("5" | "6" | "13" | "517" | "57P01" | "57P02" | "57P03" | "53100" | "53300")
            ),
            _ => false,
        };
        if busy {
            tracing::warn!(%error, "the database is busy");
            Self::Busy
        } else {
            tracing::error!(%error, "database error");
            Self::Server
        }
    }
}
