//! The languages of the interface.

pub mod format;

/// A language of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Locale {
    /// Hungarian.
    Hu,
    /// English.
    En,
}
