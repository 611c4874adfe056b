//! Contacts as an old company has them: a business with its people, several numbers and addresses each, and somebody who came in twice.

use crate::{
    domain::{
        contact::{ContactKind, Detail, DetailKind, DetailLabel},
        id::{ContactId, DatasheetId, DetailId, UserId},
        time::Timestamp,
    },
    error::Result,
    store::{
        Tx,
        contacts::{self, New},
        datasheets,
    },
};

type Way = (DetailKind, DetailLabel, &'static str);

const BUSINESS: [Way; 5] = [
    (DetailKind::Email, DetailLabel::Work, "iroda@bakonyimalom.example"),
    (DetailKind::Email, DetailLabel::Billing, "penzugy@bakonyimalom.example"),
    (DetailKind::Phone, DetailLabel::Work, "+36 88 555 120"),
    (DetailKind::Address, DetailLabel::Work, "8420 Zirc, Malom utca 3."),
    (DetailKind::Address, DetailLabel::Delivery, "8420 Zirc, Vasút sor 11., 2. raktár"),
];

const PEOPLE: [(&str, &[Way]); 4] = [
    (
        "Pálfi Ágota",
        &[
            (DetailKind::Email, DetailLabel::Work, "agota.palfi@bakonyimalom.example"),
            (DetailKind::Email, DetailLabel::Home, "palfi.agota@posta.example"),
            (DetailKind::Phone, DetailLabel::Mobile, "+36 30 555 0147"),
            (DetailKind::Phone, DetailLabel::Work, "+36 88 555 121"),
            (DetailKind::Address, DetailLabel::Home, "8200 Veszprém, Jókai utca 14. I/2."),
        ],
    ),
    (
        "Somogyi Kristóf",
        &[
            (DetailKind::Email, DetailLabel::Work, "kristof.somogyi@bakonyimalom.example"),
            (DetailKind::Phone, DetailLabel::Mobile, "+36 20 555 0192"),
        ],
    ),
    ("Halmos Vera", &[(DetailKind::Email, DetailLabel::Work, "vera.halmos@bakonyimalom.example")]),
    // The same as the first, typed in once more from a phone call.
    ("Palfi Agota", &[(DetailKind::Phone, DetailLabel::Mobile, "06 30 555-0147")]),
];

/// Makes them, each with some of the datasheets.
pub async fn fill(tx: &mut Tx, by: Option<UserId>, now: Timestamp, sheets: &[DatasheetId]) -> Result<()> {
    let business = New {
        kind: ContactKind::Business,
        name: "Bakonyi Malom Kft.",
        business: None,
        tax_number: Some("12345676-2-19"),
    };
    let business = add(tx, business, by, now, &BUSINESS).await?;
    let last = PEOPLE.len() - 1;
    for (n, (name, ways)) in PEOPLE.into_iter().enumerate() {
        let of = (n < last).then_some(business);
        let person = New { kind: ContactKind::Person, name, business: of, tax_number: None };
        let person = add(tx, person, by, now, ways).await?;
        for sheet in sheets.iter().skip(n).step_by(PEOPLE.len()) {
            if let Some(standing) = datasheets::lock(tx, *sheet).await? {
                datasheets::put_contact(tx, &standing, Some(person)).await?;
            }
        }
    }
    Ok(())
}

async fn add(
    tx: &mut Tx,
    new: New<'_>,
    by: Option<UserId>,
    now: Timestamp,
    ways: &[Way],
) -> Result<ContactId> {
    let id = contacts::add(tx, new, by, now).await?;
    for (kind, label, value) in ways {
        let detail = Detail {
            id: DetailId(tx.new_id(now)),
            kind: *kind,
            label: *label,
            value: (*value).to_owned(),
            version: 1,
        };
        contacts::add_detail(tx, id, &detail).await?;
    }
    contacts::follow(tx, id).await?;
    Ok(id)
}
