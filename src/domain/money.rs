//! Money: whole numbers of the smallest unit of a currency. No binary fractions, no silent overflow.

use serde::{Deserialize, Serialize};

use crate::error::{Field, Invalid, Problem};

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
    fn a_currency_crosses_the_wire_as_its_code() {
        assert_eq!(serde_json::to_string(&Currency::EUR).unwrap(), "\"EUR\"");
        assert!(serde_json::from_str::<Currency>("\"E\"").is_err());
    }
}
