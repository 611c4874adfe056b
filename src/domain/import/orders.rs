//! From records to orders of a web shop. Nothing is guessed: what cannot be read in one way only is a reason.

use super::{
    Column, Doubt, Reason,
    read::{Record, beginning_of},
};
use crate::{
    domain::{
        document::Day,
        due::{Due, parse_due},
        money::{Currency, Money},
        process::webshop::Order,
        text::email,
        time::Timestamp,
        zone::Zone,
    },
    error::{Field, Problem},
};

/// The order of a line. A date without an hour means the first moment of that day in `zone`.
pub fn order(record: &Record, zone: &Zone, now: Timestamp) -> Result<Order, Vec<Reason>> {
    if record.found != record.expected {
        let small = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        return Err(vec![Reason::Cells { found: small(record.found), expected: small(record.expected) }]);
    }
    let mut reasons: Vec<Reason> = Column::OF_ORDERS
        .into_iter()
        .filter(|column| *column != Column::Name && record.get(*column).trim().is_empty())
        .map(|column| Reason::Missing { column })
        .collect();
    let mut read = |column: Column, found: bool| {
        let text = record.get(column).trim();
        if !found && !text.is_empty() {
            reasons.push(Reason::Unreadable { column, text: beginning_of(text) });
        }
    };
    let currency = Currency::parse(record.get(Column::Currency));
    read(Column::Currency, currency.is_ok());
    // The amount depends on the currency's decimals: without one only what no currency can have is told.
    let money = Money::parse(record.get(Column::Amount), currency.unwrap_or(Currency::HUF));
    read(Column::Amount, money.is_ok());
    let placed = placed(record.get(Column::Date), zone, now);
    read(Column::Date, placed.is_some());
    let address = email(record.get(Column::Email));
    read(Column::Email, address.is_ok());
    let (Some(placed), Ok(money), Ok(address), true) = (placed, money, address, reasons.is_empty()) else {
        return Err(reasons);
    };
    let (at, day) = match placed {
        Due::Day(day) => (zone.start_of_day(day), Some(Day(day))),
        Due::At(at) => (at, None),
    };
    let parsed =
        Order::parse(record.get(Column::OrderNumber), &address, record.get(Column::Name), at, money, now);
    parsed.map(|order| Order { day, ..order }).map_err(|invalid| {
        let column = match invalid.field {
            Field::Name => Column::Name,
            Field::OrderDate => {
                return vec![Reason::DateImpossible { text: beginning_of(record.get(Column::Date)) }];
            }
            _ => Column::OrderNumber,
        };
        vec![match invalid.problem {
            Problem::TooLong(max) => Reason::TooLong { column, max },
            _ => Reason::Unreadable { column, text: beginning_of(record.get(column)) },
        }]
    })
}

/// What is odd about an order, or assumed of it. `is_unnamed`: its buyer is new, and no order says
/// what to call them.
pub fn doubts(order: &Order, is_unnamed: bool, now: Timestamp) -> Vec<Doubt> {
    let mut doubts = vec![];
    if is_unnamed {
        doubts.push(Doubt::NameFromEmail { email: order.email.clone() });
    }
    if order.money.minor == 0 {
        doubts.push(Doubt::AmountZero);
    }
    if order.at > now {
        doubts.push(Doubt::DateAhead);
    }
    doubts
}

/// When an order was placed. Words such as «today» mean another day tomorrow, when the same file may come again.
fn placed(text: &str, zone: &Zone, now: Timestamp) -> Option<Due> {
    text.contains(|c: char| c.is_ascii_digit()).then(|| parse_due(text, now, zone)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::import::{Kind, read::File};

    const NOW: Timestamp = Timestamp(1_795_507_200_000);

    fn orders(text: &str) -> Vec<Result<Order, Vec<Reason>>> {
        let zone = Zone::load("Europe/Budapest", NOW).unwrap();
        let file = File::read_as(Kind::Orders, text.as_bytes().to_vec()).unwrap();
        file.records().map(|record| order(&record, &zone, NOW)).collect()
    }

    #[test]
    fn a_line_in_either_language_becomes_an_order() {
        let hungarian = "Rendelésszám;E-mail;Név;Dátum;Összeg;Pénznem\n\
            W-1;Anna@pelda.hu;Kis Anna;2026. 11. 20. 14:30;12 990,50;HUF";
        let english = "Order number,E-mail,Name,Date,Amount,Currency\nW-1,anna@pelda.hu,Kis Anna,2026-11-20 14:30,12990.5,huf";
        let expected = Order {
            number: "W-1".to_owned(),
            email: "anna@pelda.hu".to_owned(),
            name: Some("Kis Anna".to_owned()),
            // 13:30 UTC.
            at: Timestamp(1_795_181_400_000),
            day: None,
            money: Money { minor: 1_299_050, currency: Currency::HUF },
        };
        assert_eq!(orders(hungarian), [Ok(expected.clone())]);
        assert_eq!(orders(english), [Ok(expected)]);
    }

    #[test]
    fn a_day_without_an_hour_stays_a_day_and_begins_at_midnight_of_the_zone() {
        let found = orders("Rendelésszám;E-mail;Dátum;Összeg;Pénznem\n1;a@b.hu;2026.11.20.;5;EUR");
        // 2026-11-20 00:00 in Budapest.
        assert_eq!(found[0].as_ref().map(|order| order.at), Ok(Timestamp(1_795_129_200_000)));
        let order = found[0].as_ref().unwrap();
        assert_eq!(order.name, None);
        assert_eq!(order.day.map(String::from).as_deref(), Some("2026-11-20"));
    }

    #[test]
    fn every_reason_of_a_line_is_told() {
        let found = orders(
            "Rendelésszám;E-mail;Dátum;Összeg;Pénznem\n\
             ;a@b.hu;2026-11-20;5;EUR\n\
             2;ab.hu;holnap;öt;EURO\n\
             3;a@b.hu;2062-11-20;5;EUR\n\
             4;a@b.hu;2026-11-20;5\n\
             5;a@b.hu;2026-11-20;-5;EUR",
        );
        let unreadable = |column, text: &str| Reason::Unreadable { column, text: text.to_owned() };
        assert_eq!(
            found,
            [
                Err(vec![Reason::Missing { column: Column::OrderNumber }]),
                Err(vec![
                    unreadable(Column::Currency, "EURO"),
                    unreadable(Column::Amount, "öt"),
                    unreadable(Column::Date, "holnap"),
                    unreadable(Column::Email, "ab.hu"),
                ]),
                Err(vec![Reason::DateImpossible { text: "2062-11-20".to_owned() }]),
                Err(vec![Reason::Cells { found: 4, expected: 5 }]),
                Err(vec![unreadable(Column::Amount, "-5")]),
            ]
        );
    }

    #[test]
    fn a_file_without_a_column_that_each_order_needs_is_refused() {
        let fault = File::read_as(Kind::Orders, b"E-mail;Datum\na@b.hu;2026-11-20".to_vec()).unwrap_err();
        assert_eq!(
            fault,
            crate::domain::import::Fault::ColumnsMissing {
                missing: vec![Column::OrderNumber, Column::Amount, Column::Currency],
                found: vec!["E-mail".to_owned(), "Datum".to_owned()],
            }
        );
    }
}
