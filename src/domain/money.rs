//! Money: whole numbers of the smallest unit of a currency. No binary fractions, no silent overflow.

use serde::{Deserialize, Serialize};

use crate::{
    error::{Field, Invalid, Problem},
    i18n::format::minor_digits,
};

/// A currency by its ISO 4217 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// Hungarian forints.
    pub const HUF: Self = Self(*b"HUF");
    /// Euros.
    pub const EUR: Self = Self(*b"EUR");
    /// What forms offer first.
    pub const USUAL: [Self; 5] = [Self::HUF, Self::EUR, Self(*b"USD"), Self(*b"GBP"), Self(*b"CHF")];

    /// Three letters of the alphabet, in either case; blanks around them are ignored.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let unreadable = Invalid { field: Field::Currency, problem: Problem::Unreadable };
        let bytes: [u8; 3] = text.trim().as_bytes().try_into().map_err(|_| unreadable)?;
        if bytes.iter().all(u8::is_ascii_alphabetic) {
            Ok(Self(bytes.map(|byte| byte.to_ascii_uppercase())))
        } else {
            Err(unreadable)
        }
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        // Only ASCII letters get in.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl Default for Currency {
    fn default() -> Self {
        Self::HUF
    }
}

impl TryFrom<String> for Currency {
    type Error = Invalid;

    fn try_from(code: String) -> Result<Self, Invalid> {
        Self::parse(&code)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.as_str().to_owned()
    }
}

/// An amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// In the smallest unit of the currency.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// The largest amount that can be typed, in the smallest unit: a million of them still add up.
    pub const MAX: i64 = 9_000_000_000_000;

    /// Reads a decimal number as programs write it: digits, at most one point, no more decimals than the currency has.
    /// Not negative, at most [`Money::MAX`].
    pub fn parse_decimal(text: &str, currency: Currency) -> Result<Self, Invalid> {
        let invalid = |problem| Invalid { field: Field::Amount, problem };
        let digits = minor_digits(currency.as_str()) as usize;
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        // «12.500» euros are written by programs that always write three decimals.
        let kept = fraction.trim_end_matches('0');
        if whole.is_empty()
            || !are_digits(whole)
            || !are_digits(fraction)
            || text.ends_with('.')
            || kept.len() > digits
        {
            return Err(invalid(Problem::Unreadable));
        }
        // More digits than any amount has cannot be read as a number at all.
        let minor = format!("{whole}{kept:0<digits$}").parse().ok().filter(|minor| *minor <= Self::MAX);
        Ok(Self { minor: minor.ok_or(invalid(Problem::Unreadable))?, currency })
    }

    /// Reads an amount as people write it: `12 990`, `12.990,50`, `12,990.50`, `12990,5 Ft`, `€49`.
    ///
    /// One separator before exactly three digits groups them (`12.990`, `12,990`), where the currency has no three decimals.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, Invalid> {
        let invalid = Invalid { field: Field::Amount, problem: Problem::Unreadable };
        let clean: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let mut bare = clean.as_str();
        for unit in [currency.as_str(), "Ft", "ft", "€", "$", "£", ",-", ".-"] {
            bare = bare.strip_prefix(unit).unwrap_or(bare);
            bare = bare.strip_suffix(unit).unwrap_or(bare);
        }
        let last = bare.rfind(['.', ',']);
        let Some(last) = last else { return Self::parse_decimal(bare, currency) };
        let separator = &bare[last..=last];
        let (before, after) = (&bare[..last], &bare[last + 1..]);
        let groups = |text: &str, separator: &str| {
            let mut parts = text.split(separator);
            let first = parts.next().unwrap_or_default();
            (1..=3).contains(&first.len()) && !first.starts_with('0') && parts.all(|part| part.len() == 3)
        };
        let other = if separator == "." { "," } else { "." };
        let decimal = if before.contains(other) {
            // Two kinds: the last one is the point.
            if !groups(before, other) || before.contains(separator) {
                return Err(invalid);
            }
            format!("{}.{after}", before.replace(other, ""))
        } else if before.contains(separator)
            || after.len() == 3 && minor_digits(currency.as_str()) != 3 && groups(bare, separator)
        {
            if !groups(bare, separator) {
                return Err(invalid);
            }
            bare.replace(separator, "")
        } else {
            format!("{before}.{after}")
        };
        Self::parse_decimal(&decimal, currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_is_three_letters() {
        assert_eq!(Currency::parse(" huf "), Ok(Currency::HUF));
        for wrong in ["", "HU", "HUFF", "H1F", "€€€"] {
            assert!(Currency::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn amounts_are_read_as_people_in_both_countries_write_them() {
        for (text, currency, minor) in [
            ("12990", Currency::HUF, 1_299_000),
            ("12 990", Currency::HUF, 1_299_000),
            ("12\u{a0}990\u{a0}Ft", Currency::HUF, 1_299_000),
            ("12.990,- Ft", Currency::HUF, 1_299_000),
            ("1.299.000", Currency::HUF, 129_900_000),
            ("12.990,50", Currency::HUF, 1_299_050),
            ("12,990.5", Currency::EUR, 1_299_050),
            ("12,990", Currency::EUR, 1_299_000),
            ("€49", Currency::EUR, 4_900),
            ("49,9 EUR", Currency::EUR, 4_990),
            ("0,99", Currency::EUR, 99),
            ("0.990", Currency::EUR, 99),
            ("12.500", Currency::parse("KWD").unwrap(), 12_500),
            ("1500", Currency::parse("JPY").unwrap(), 1_500),
            ("0", Currency::HUF, 0),
        ] {
            assert_eq!(Money::parse(text, currency), Ok(Money { minor, currency }), "{text}");
        }
        for wrong in
            ["", "-5", "12,34,56", "1.2.3", "12.9901,5", "12e3", "tíz", "12,345,6", "90000000000000", ","]
        {
            assert!(Money::parse(wrong, Currency::EUR).is_err(), "{wrong}");
        }
        assert!(Money::parse("12,5", Currency::parse("JPY").unwrap()).is_err());
    }

    proptest::proptest! {
        #[test]
        fn an_amount_is_read_back_as_it_is_shown(minor in 0..=Money::MAX, which in 0..5_usize) {
            let currency = Currency::USUAL[which];
            for locale in [crate::i18n::Locale::Hu, crate::i18n::Locale::En] {
                let shown = crate::i18n::format::money(minor, currency.as_str(), locale);
                proptest::prop_assert_eq!(Money::parse(&shown, currency), Ok(Money { minor, currency }), "{}", shown);
            }
        }

        #[test]
        fn no_text_breaks_the_reader_of_amounts(text in ".{0,30}") {
            let _ = Money::parse(&text, Currency::HUF);
            let _ = Money::parse_decimal(&text, Currency::HUF);
        }
    }

    #[test]
    fn a_currency_crosses_the_wire_as_its_code() {
        assert_eq!(serde_json::to_string(&Currency::EUR).unwrap(), "\"EUR\"");
        assert!(serde_json::from_str::<Currency>("\"E\"").is_err());
    }
}
