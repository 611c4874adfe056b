//! An order of a buyer as it comes in: parsed once, at the edge.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        document::Day,
        due::Due,
        money::Money,
        text::{email, line, name},
        time::Timestamp,
    },
    error::{Field, Invalid, Problem},
};

/// The longest order number, in characters.
pub const NUMBER_MAX: u32 = 100;
/// An order may be so far ahead of our clock: shops' clocks and zones differ.
const AHEAD: i64 = super::DAY;

/// An order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its number in the shop; unique in a module.
    pub number: String,
    /// Whose it is.
    pub email: String,
    /// What the buyer is called, where the shop says it.
    pub name: Option<String>,
    /// When it was placed.
    pub at: Timestamp,
    /// The day it was placed on, where only that is known; `at` is its first moment then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<Day>,
    /// What it cost.
    pub money: Money,
}

impl Order {
    /// Checks the parts; a name of white space is none.
    pub fn parse(
        number: &str,
        address: &str,
        buyer: &str,
        at: Timestamp,
        money: Money,
        now: Timestamp,
    ) -> Result<Self, Invalid> {
        let buyer = match name(buyer) {
            Ok(name) => Some(name),
            Err(Invalid { problem: Problem::Missing, .. }) => None,
            Err(other) => return Err(other),
        };
        Ok(Self {
            number: line(Field::OrderNumber, number, NUMBER_MAX)?,
            email: email(address)?,
            name: buyer,
            at: check_moment(at, now)?,
            day: None,
            money,
        })
    }

    /// When it was placed, as it is known.
    pub fn placed(&self) -> Due {
        self.day.map_or(Due::At(self.at), |day| Due::Day(day.0))
    }

    /// Whether another order of the same number says the same. How the buyer is called does not matter: names are mended.
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.email == other.email && self.at == other.at && self.money == other.money
    }
}

/// A moment in which an order can have been placed.
fn check_moment(at: Timestamp, now: Timestamp) -> Result<Timestamp, Invalid> {
    // 1990: before any web shop.
    const FIRST: Timestamp = Timestamp(631_152_000_000);
    if at < FIRST || at > now.plus_millis(AHEAD) {
        return Err(Invalid { field: Field::OrderDate, problem: Problem::Unknown });
    }
    Ok(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;

    const NOW: Timestamp = Timestamp(1_795_507_200_000);
    const PRICE: Money = Money { minor: 1_299_000, currency: Currency::HUF };

    fn parse(number: &str, email: &str, name: &str, at: Timestamp) -> Result<Order, Invalid> {
        Order::parse(number, email, name, at, PRICE, NOW)
    }

    #[test]
    fn an_order_has_a_number_an_address_and_a_moment_that_has_come() {
        let order = parse(" W-1 ", " Anna@Pelda.HU ", "  ", NOW).unwrap();
        assert_eq!((order.number.as_str(), order.email.as_str(), &order.name), ("W-1", "anna@pelda.hu", &None));
        let field = |result: Result<Order, Invalid>| result.unwrap_err().field;
        assert_eq!(field(parse("", "a@b.hu", "", NOW)), Field::OrderNumber);
        assert_eq!(field(parse(&"9".repeat(101), "a@b.hu", "", NOW)), Field::OrderNumber);
        assert_eq!(field(parse("1", "ab.hu", "", NOW)), Field::Email);
        assert_eq!(field(parse("1", "a@b.hu", &"x".repeat(201), NOW)), Field::Name);
        assert_eq!(field(parse("1", "a@b.hu", "", NOW.plus_millis(AHEAD + 1))), Field::OrderDate);
        assert_eq!(field(parse("1", "a@b.hu", "", Timestamp(0))), Field::OrderDate);
        assert!(parse("1", "a@b.hu", "", NOW.plus_millis(AHEAD)).is_ok());
    }

    #[test]
    fn the_same_order_may_call_its_buyer_otherwise_but_not_cost_more() {
        let order = parse("1", "a@b.hu", "Kis Anna", NOW).unwrap();
        assert!(order.is_same_as(&parse("1", "a@b.hu", "Nagyné Kis Anna", NOW).unwrap()));
        assert!(!order.is_same_as(&parse("1", "c@b.hu", "Kis Anna", NOW).unwrap()));
        let dearer = Order { money: Money { minor: 1_299_001, ..PRICE }, ..order.clone() };
        assert!(!order.is_same_as(&dearer));
    }
}
