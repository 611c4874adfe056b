//! Hungarian and English, from one text each: a key that lacks a language does not compile.
//!
//! Each part of the interface has its file here with a `texts!` list. Use: `texts(locale).list.close_todo`, or for texts with
//! arguments `i18n::toast::closed(locale, &name)`.

use serde::{Deserialize, Serialize};

pub mod format;

/// A language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum Locale {
    /// Hungarian.
    Hu,
    /// English.
    #[default]
    En,
}

impl Locale {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Hu, Self::En];

    /// The Hungarian or the English one.
    pub const fn pick<T: Copy>(self, (hu, en): (T, T)) -> T {
        match self {
            Self::Hu => hu,
            Self::En => en,
        }
    }

    /// The language's code, as in `<html lang>`.
    pub const fn code(self) -> &'static str {
        self.pick(("hu", "en"))
    }

    /// The language of that code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.code() == code)
    }

    /// The first of the two that an `Accept-Language` header prefers; English when it names neither.
    pub fn from_accept_language(header: &str) -> Self {
        let mut best = (0.0_f32, Self::En);
        for part in header.split(',') {
            let (tag, quality) = part.split_once(";q=").unwrap_or((part, "1"));
            let quality = quality.trim().parse().unwrap_or(0.0);
            let code = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
            if let Some(locale) = Self::parse(&code)
                && quality > best.0
            {
                best = (quality, locale);
            }
        }
        best.1
    }
}

/// Texts of one part of the interface, both languages side by side:
/// `name: "magyar", "English";` or with arguments `name(n: &str): "magyar {n}", "English {n}";`.
/// Use: `list::title(locale)`, `toast::closed(locale, &name)`.
macro_rules! texts {
    ($($name:ident $(($($arg:ident: $ty:ty),* $(,)?))? : $hu:literal, $en:literal;)*) => {$(
        texts!(@one $name $(($($arg: $ty),*))? $hu, $en);
    )*};
    (@one $name:ident $hu:literal, $en:literal) => {
        #[doc = concat!("«", $en, "»")]
        #[must_use]
        pub const fn $name(locale: $crate::i18n::Locale) -> &'static str {
            locale.pick(($hu, $en))
        }
    };
    (@one $name:ident ($($arg:ident: $ty:ty),*) $hu:literal, $en:literal) => {
        #[doc = concat!("«", $en, "»")]
        #[must_use]
        pub fn $name(locale: $crate::i18n::Locale, $($arg: $ty),*) -> String {
            match locale {
                $crate::i18n::Locale::Hu => format!($hu),
                $crate::i18n::Locale::En => format!($en),
            }
        }
    };
}

pub mod bar;
pub mod contacts;
pub mod details;
pub mod document;
pub mod errors;
pub mod failure;
pub mod fields;
pub mod files;
pub mod history;
pub mod import;
pub mod list;
pub mod my_day;
pub mod pages;
pub mod process;
pub mod related;
pub mod sales;
pub mod sheet;
pub mod trash;
pub mod tree;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_first_of_our_languages_wins() {
        assert_eq!(Locale::from_accept_language("hu-HU,hu;q=0.9,en;q=0.8"), Locale::Hu);
        assert_eq!(Locale::from_accept_language("de, en-GB;q=0.7, hu;q=0.5"), Locale::En);
        assert_eq!(Locale::from_accept_language("de"), Locale::En);
        assert_eq!(Locale::from_accept_language("hu;q=x, \u{0}"), Locale::En);
    }
}
