//! The lines of documents and orders, and what they add up to: whole numbers only, rounded once per line and once per rate.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    money::{Currency, Money},
    text::line,
};
use crate::{
    error::{Error, Field, Problem, Result},
    i18n::{Locale, format::minor_digits},
};

/// The most lines that a document has.
pub const LINES_MAX: usize = 200;
const NAME_MAX: u32 = 300;
const UNIT_MAX: u32 = 20;

/// A number with up to four decimals, exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal(i64);

impl Decimal {
    const DIGITS: usize = 4;
    const SCALE: i64 = 10_000;
    /// A million millions: more is a slip.
    const MAX: i64 = 1_000_000_000_000 * Self::SCALE;

    /// Whether it is more than nothing.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// A whole number.
    pub const fn whole(number: i32) -> Self {
        Self(number as i64 * Self::SCALE)
    }

    /// As typed: with the language's decimal sign, digits in groups or not. What could mean two numbers is read as the language
    /// writes it (`1,000` is one in Hungarian and a thousand in English); what means none is `None`.
    pub fn parse(text: &str, locale: Locale) -> Option<Self> {
        let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\'').collect();
        let (point, group) = locale.pick(((',', '.'), ('.', ',')));
        let in_groups = |whole: &str| {
            let mut parts = whole.split(group);
            let first = parts.next().unwrap_or_default().trim_start_matches(['-', '−']);
            (1..=3).contains(&first.len()) && !first.starts_with('0') && parts.all(|part| part.len() == 3)
        };
        let (whole, fraction) = match text.split_once(point) {
            Some((whole, fraction)) => (whole, fraction),
            None if !text.contains(group) || in_groups(&text) => (text.as_str(), ""),
            // The other language's decimal sign.
            None => text.split_once(group)?,
        };
        if whole.contains(group) && !in_groups(whole) {
            return None;
        }
        Self::read(&whole.replace(group, ""), fraction)
    }

    fn read(whole: &str, fraction: &str) -> Option<Self> {
        let (negative, whole) = match whole.strip_prefix(['-', '−']) {
            Some(rest) => (true, rest),
            None => (false, whole),
        };
        let fraction = fraction.trim_end_matches('0');
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > Self::DIGITS {
            return None;
        }
        let parts: i64 = format!("{fraction:0<4}").parse().ok()?;
        let number = whole.parse::<i64>().ok()?.checked_mul(Self::SCALE)?.checked_add(parts)?;
        (number <= Self::MAX).then_some(Self(if negative { -number } else { number }))
    }

    /// As people of the language write it.
    pub fn text(self, locale: Locale) -> String {
        let (whole, fraction) = self.parts();
        let mut text = crate::i18n::format::number(whole, locale);
        if self.0 < 0 && whole == 0 {
            text.insert(0, '-');
        }
        if !fraction.is_empty() {
            text.push(locale.pick((',', '.')));
            text.push_str(&fraction);
        }
        text
    }

    /// The whole part with its sign, and the decimals without ending zeros.
    fn parts(self) -> (i64, String) {
        let fraction = format!("{:04}", (self.0 % Self::SCALE).abs());
        (self.0 / Self::SCALE, fraction.trim_end_matches('0').to_owned())
    }
}

impl From<Decimal> for String {
    fn from(decimal: Decimal) -> Self {
        let (whole, fraction) = decimal.parts();
        let sign = if decimal.0 < 0 { "-" } else { "" };
        let whole = whole.unsigned_abs();
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }
}

/// Not a number with up to four decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a number with up to four decimals")]
pub struct NoDecimal;

impl TryFrom<String> for Decimal {
    type Error = NoDecimal;

    fn try_from(text: String) -> Result<Self, NoDecimal> {
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        Self::read(whole, fraction).ok_or(NoDecimal)
    }
}

impl std::ops::Neg for Decimal {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

/// How a line is taxed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vat {
    /// 27 %.
    #[default]
    P27,
    /// 18 %.
    P18,
    /// 5 %.
    P5,
    /// 0 %.
    P0,
    /// Exempt by the seller's person (alanyi adómentes).
    Aam,
    /// Exempt by the kind of service (tárgyi adómentes).
    Tam,
    /// Supply to another member state of the EU.
    Eu,
    /// Export out of the EU.
    Export,
    /// Reverse charge: the buyer pays the tax.
    Reverse,
    /// Outside the scope of the tax.
    Outside,
}

impl Vat {
    /// All, in the order of documents.
    pub const ALL: [Self; 10] = [
        Self::P27,
        Self::P18,
        Self::P5,
        Self::P0,
        Self::Aam,
        Self::Tam,
        Self::Eu,
        Self::Export,
        Self::Reverse,
        Self::Outside,
    ];

    /// In hundredths of the net amount.
    pub const fn percent(self) -> i64 {
        match self {
            Self::P27 => 27,
            Self::P18 => 18,
            Self::P5 => 5,
            _ => 0,
        }
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What it is.
    pub name: String,
    /// How much of it.
    pub quantity: Decimal,
    /// Of which unit.
    pub unit: String,
    /// What one unit costs without tax, in whole units of the currency.
    pub price: Decimal,
    /// How it is taxed.
    pub vat: Vat,
}

impl Default for Line {
    fn default() -> Self {
        Self {
            name: String::new(),
            quantity: Decimal::whole(1),
            unit: String::new(),
            price: Decimal::default(),
            vat: Vat::default(),
        }
    }
}

/// The error of amounts that are too large to be true.
const TOO_LARGE: Error =
    Error::Invalid(crate::error::Invalid { field: Field::Amount, problem: Problem::OutOfRange });

impl Line {
    /// The net amount in the smallest unit of the currency: rounded, a half away from zero.
    pub fn net(&self, currency: Currency) -> Result<i64> {
        // Two numbers of 54 bits and a power of ten up to 1,000 fit into 128 bits.
        let exact = i128::from(self.quantity.0)
            * i128::from(self.price.0)
            * 10_i128.pow(minor_digits(currency.as_str()));
        let step = step(currency);
        amount(divide(exact, i128::from(Decimal::SCALE) * i128::from(Decimal::SCALE) * step) * step)
    }

    /// With clean texts; a name may still be missing. It is the `n`-th line, from 1.
    fn parse(self, n: u32) -> Result<Self> {
        let name = if self.name.trim().is_empty() {
            String::new()
        } else {
            line(Field::LineName(n), &self.name, NAME_MAX)?
        };
        let unit = if self.unit.trim().is_empty() {
            String::new()
        } else {
            line(Field::Line, &self.unit, UNIT_MAX)?
        };
        Ok(Self { name, unit, ..self })
    }
}

/// Lines as a draft may have them: clean, not too many, and with a sum.
pub fn parse(lines: Vec<Line>, currency: Currency) -> Result<Vec<Line>> {
    if lines.len() > LINES_MAX {
        return Err(Error::invalid(Field::Line, Problem::TooMany(200)));
    }
    let lines = (1..).zip(lines).map(|(n, line)| line.parse(n)).collect::<Result<Vec<_>>>()?;
    Totals::of(&lines, currency)?;
    Ok(lines)
}

/// What amounts are rounded to, in the smallest unit: forints are whole, though there are a hundred fillér in one.
fn step(currency: Currency) -> i128 {
    if currency == Currency::HUF { 100 } else { 1 }
}

/// Divides and rounds a half away from zero, so that the negative of an amount is rounded to the negative.
const fn divide(number: i128, by: i128) -> i128 {
    let half = if number < 0 { -(by / 2) } else { by / 2 };
    (number + half) / by
}

fn amount(exact: i128) -> Result<i64> {
    i64::try_from(exact).ok().filter(|amount| amount.abs() <= Money::MAX).ok_or(TOO_LARGE)
}

/// What the lines of one rate add up to, in the smallest unit of the currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateTotal {
    /// The rate.
    pub vat: Vat,
    /// Without tax.
    pub net: i64,
    /// The tax.
    pub tax: i64,
    /// With tax.
    pub gross: i64,
}

/// What lines add up to, in the smallest unit of the currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Per rate, in the order of [`Vat::ALL`].
    pub rates: Vec<RateTotal>,
    /// Without tax.
    pub net: i64,
    /// The tax.
    pub tax: i64,
    /// With tax.
    pub gross: i64,
}

impl Totals {
    /// Each line's net amount is rounded, then the tax of each rate's sum; what is shown adds up exactly.
    pub fn of(lines: &[Line], currency: Currency) -> Result<Self> {
        let mut nets: BTreeMap<Vat, i128> = BTreeMap::new();
        for line in lines {
            *nets.entry(line.vat).or_default() += i128::from(line.net(currency)?);
        }
        let step = step(currency);
        let mut totals = Self::default();
        let (mut all_net, mut all_tax) = (0_i128, 0_i128);
        for (vat, net) in nets {
            let tax = divide(net * i128::from(vat.percent()), 100 * step) * step;
            totals.rates.push(RateTotal {
                vat,
                net: amount(net)?,
                tax: amount(tax)?,
                gross: amount(net + tax)?,
            });
            all_net += net;
            all_tax += tax;
        }
        (totals.net, totals.tax) = (amount(all_net)?, amount(all_tax)?);
        totals.gross = amount(all_net + all_tax)?;
        Ok(totals)
    }
}

/// The tax of a document in another currency, in forints (fillér): the law wants it beside the amounts in that currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForintTax {
    /// How many forints one unit of the currency is.
    pub rate: Decimal,
    /// Of each rate, in the order of [`Totals::rates`].
    pub taxes: Vec<i64>,
    /// Of all rates.
    pub total: i64,
}

impl ForintTax {
    /// Each rate's tax is rounded to whole forints; what is shown adds up exactly.
    pub fn of(totals: &Totals, currency: Currency, rate: Decimal) -> Result<Self> {
        let by = i128::from(Decimal::SCALE) * 10_i128.pow(minor_digits(currency.as_str()));
        let in_forints = |tax: i64| divide(i128::from(tax) * i128::from(rate.0), by) * step(Currency::HUF);
        let taxes: Vec<i128> = totals.rates.iter().map(|rate| in_forints(rate.tax)).collect();
        Ok(Self {
            rate,
            total: amount(taxes.iter().sum())?,
            taxes: taxes.into_iter().map(amount).collect::<Result<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(quantity: &str, price: &str, vat: Vat) -> Line {
        let number = |text: &str| Decimal::try_from(text.to_owned()).unwrap();
        Line { quantity: number(quantity), price: number(price), vat, ..Line::default() }
    }

    #[test]
    fn a_number_is_read_as_the_language_writes_it() {
        for (text, hu, en) in [
            ("12", Some("12"), Some("12")),
            ("1 234,5", Some("1234.5"), Some("1234.5")),
            ("1,234.5", None, Some("1234.5")),
            ("1.234,5", Some("1234.5"), None),
            ("1,000", Some("1"), Some("1000")),
            ("1.000", Some("1000"), Some("1")),
            ("12.5", Some("12.5"), Some("12.5")),
            ("-0,25", Some("-0.25"), Some("-0.25")),
            ("1.234.567", Some("1234567"), None),
            ("0,00001", None, None),
            ("", None, None),
            ("-", None, None),
            ("1e5", None, None),
            ("9999999999999999999999", None, None),
        ] {
            let read = |locale| Decimal::parse(text, locale).map(String::from);
            assert_eq!(read(Locale::Hu).as_deref(), hu, "{text:?} in Hungarian");
            assert_eq!(read(Locale::En).as_deref(), en, "{text:?} in English");
        }
    }

    #[test]
    fn the_tax_of_a_document_in_euros_is_told_in_whole_forints_too() {
        let lines = [line("1", "100.10", Vat::P27), line("1", "10", Vat::P5), line("1", "7", Vat::Reverse)];
        let totals = Totals::of(&lines, Currency::EUR).unwrap();
        let rate = Decimal::try_from("398.255".to_owned()).unwrap();
        let told = ForintTax::of(&totals, Currency::EUR, rate).unwrap();
        // 27.03 × 398.255 = 10764.83…, 0.50 × 398.255 = 199.12…
        assert_eq!((told.taxes, told.total), (vec![1_076_500, 19_900, 0], 1_096_400));
        let minus = [line("-1", "100.10", Vat::P27)];
        let totals = Totals::of(&minus, Currency::EUR).unwrap();
        assert_eq!(ForintTax::of(&totals, Currency::EUR, rate).unwrap().total, -1_076_500);
        let yen = Currency::parse("JPY").unwrap();
        let totals = Totals::of(&[line("1", "1000", Vat::P27)], yen).unwrap();
        let rate = Decimal::try_from("2.61".to_owned()).unwrap();
        assert_eq!(ForintTax::of(&totals, yen, rate).unwrap().total, 70_500);
    }

    #[test]
    fn forints_are_whole_and_euros_have_cents() {
        let a_third = line("3", "33.335", Vat::P27);
        assert_eq!(a_third.net(Currency::EUR), Ok(10_001));
        let totals =
            Totals::of(&[line("1", "0.5", Vat::P27), line("1.5", "1001", Vat::P5)], Currency::EUR).unwrap();
        assert_eq!((totals.net, totals.tax, totals.gross), (150_200, 7_522, 157_722));
        let totals =
            Totals::of(&[line("3", "33.4", Vat::P27), line("1", "1.5", Vat::P18)], Currency::HUF).unwrap();
        assert_eq!(
            (totals.net, totals.tax, totals.gross),
            (10_200, 2_700, 12_900),
            "in hundredths of a forint"
        );
    }

    #[test]
    fn what_is_too_large_is_an_error_not_another_number() {
        let much = line("1000000000000", "1000000000000", Vat::P27);
        assert_eq!(much.net(Currency::EUR), Err(TOO_LARGE));
        let just = line("90000000000", "1", Vat::P0);
        assert_eq!(just.net(Currency::EUR), Ok(Money::MAX));
        assert_eq!(Totals::of(&[just.clone(), just.clone()], Currency::EUR), Err(TOO_LARGE));
        assert_eq!(Totals::of(&[Line { vat: Vat::P27, ..just }], Currency::EUR), Err(TOO_LARGE));
        assert!(parse(vec![Line::default(); LINES_MAX + 1], Currency::EUR).is_err());
    }

    fn lines() -> impl Strategy<Value = Vec<Line>> {
        let one = (-9_999_999i64..9_999_999, -99_999_999i64..99_999_999, 0..Vat::ALL.len());
        let one = one.prop_map(|(quantity, price, vat)| Line {
            quantity: Decimal(quantity),
            price: Decimal(price),
            vat: Vat::ALL[vat],
            ..Line::default()
        });
        proptest::collection::vec(one, 0..30)
    }

    proptest! {
        #[test]
        fn a_document_adds_up_whatever_the_order_of_its_lines(lines in lines(), at in 0..30usize) {
            for currency in [Currency::HUF, Currency::EUR] {
                let totals = Totals::of(&lines, currency).unwrap();
                prop_assert_eq!(totals.net, lines.iter().map(|line| line.net(currency).unwrap()).sum::<i64>());
                prop_assert_eq!(totals.net, totals.rates.iter().map(|rate| rate.net).sum::<i64>());
                prop_assert_eq!(totals.tax, totals.rates.iter().map(|rate| rate.tax).sum::<i64>());
                prop_assert_eq!(totals.gross, totals.net + totals.tax);
                for rate in &totals.rates {
                    prop_assert_eq!(rate.gross, rate.net + rate.tax);
                    // Half a unit at most.
                    prop_assert!((rate.tax * 100 - rate.net * rate.vat.percent()).abs() <= 50 * i64::try_from(step(currency)).unwrap());
                }
                let mut turned = lines.clone();
                turned.rotate_left(at.min(lines.len()));
                turned.reverse();
                prop_assert_eq!(&Totals::of(&turned, currency).unwrap(), &totals);
                // Its storno cancels it to the last unit.
                let negative: Vec<_> =
                    lines.iter().map(|line| Line { quantity: -line.quantity, ..line.clone() }).collect();
                let negative = Totals::of(&negative, currency).unwrap();
                prop_assert_eq!((negative.net, negative.tax, negative.gross), (-totals.net, -totals.tax, -totals.gross));
            }
        }

        #[test]
        fn what_a_number_shows_is_read_back(number in -Decimal::MAX..=Decimal::MAX, hu: bool) {
            let (number, locale) = (Decimal(number), if hu { Locale::Hu } else { Locale::En });
            prop_assert_eq!(Decimal::parse(&number.text(locale), locale), Some(number));
            prop_assert_eq!(Decimal::try_from(String::from(number)), Ok(number));
        }

        #[test]
        fn no_text_breaks_the_reader(text in "[-−0-9., ]{0,30}", hu: bool) {
            let _ = Decimal::parse(&text, if hu { Locale::Hu } else { Locale::En });
        }
    }
}
