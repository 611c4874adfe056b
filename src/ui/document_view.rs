//! A document as the buyer gets it: on the datasheet's page, and alone on the page that is printed.

use crate::ui::any::IntoAny;
use leptos::prelude::*;

use crate::{
    domain::{
        document::{Day, Document, Items, Kind, Mark, Party},
        money::Currency,
    },
    i18n::{Locale, document as texts, format},
};

/// A day in a language.
pub fn day(locale: Locale, day: Day) -> String {
    format::date(day.0, locale)
}

/// The document in that language, whoever looks at it.
pub fn document_view(locale: Locale, document: &Document, mark: Option<&Mark>) -> AnyView {
    let t = locale;
    let currency = document.items.currency;
    let money = move |minor: i64| texts::money(t, minor, currency);
    let is_draft = mark == Some(&Mark::Draft);
    let number = if is_draft { texts::draft_mark(t).to_owned() } else { document.number.clone() };
    let label = format!("{} {number}", texts::kind(t, document.kind));
    let is_paid = matches!(mark, Some(Mark::Paid(_)));
    let mark = mark.map(|mark| match mark {
        Mark::Draft => texts::draft_hint(t).to_owned(),
        Mark::Paid(on) => texts::paid_mark(t, &day(t, *on)),
        Mark::Cancelled(number) => texts::cancelled_mark(t, number),
    });
    let facts = [
        (texts::issued_on(t), (!is_draft).then(|| day(t, document.issued_on))),
        (texts::performed_on(t), Some(day(t, document.performed_on))),
        (texts::due_on(t), Some(day(t, document.due_on))),
        (texts::method(t), Some(texts::method_of(t, document.method).to_owned())),
    ];
    let facts = facts
        .into_iter()
        .map(|(label, value)| {
            view! {
                <div>
                    <dt>{label}</dt>
                    <dd>{value.unwrap_or_else(|| "–".to_owned())}</dd>
                </div>
            }
        })
        .collect_view();
    let about = document.about.as_ref().map(|about| texts::about(t, about));
    let about = about.map(|about| view! { <p class="document__about">{about}</p> });
    let hint = (document.kind == Kind::Proforma)
        .then(|| view! { <p class="document__hint">{texts::proforma_hint(t)}</p> });
    let account = &document.seller.account;
    let account = (!account.is_empty()).then(|| {
        view! { <p>{texts::account(t)} ": " <span class="document__account">{account.clone()}</span></p> }
    });
    let exchange = document.forint_tax.as_ref().map(|told| {
        let note = texts::exchange_note(t, currency.as_str(), &told.rate.text(t));
        view! { <p class="document__exchange">{note}</p> }
    });
    let note =
        (!document.note.is_empty()).then(|| view! { <p class="document__note">{document.note.clone()}</p> });
    let footer = (!document.seller.footer.is_empty())
        .then(|| view! { <footer class="document__footer">{document.seller.footer.clone()}</footer> });
    view! {
        <article class="document" lang=t.code() aria-label=label>
            <header class="document__head">
                <p class="document__kind">{texts::kind(t, document.kind)}</p>
                <p class="document__number">{number}</p>
                {mark.map(|mark| view! { <p class="document__mark" data-paid=is_paid.then_some("")>{mark}</p> })}
                {about}
                {hint}
            </header>
            <div class="document__parties">
                <section>
                    <h2>{texts::seller(t)}</h2>
                    {party(t, &document.seller.party)}
                    {account}
                </section>
                <section>
                    <h2>{texts::buyer(t)}</h2>
                    {party(t, &document.items.buyer)}
                </section>
            </div>
            <dl class="document__facts">{facts}</dl>
            {lines_table(t, &document.items)}
            {rates(t, document, currency)}
            {exchange}
            <p class="document__total">
                <span>{texts::to_pay(t)}</span>
                <strong>{money(document.totals.gross)}</strong>
            </p>
            {note}
            {footer}
        </article>
    }
    .into_any()
}

fn party(t: Locale, party: &Party) -> AnyView {
    let name = if party.name.is_empty() { "–".to_owned() } else { party.name.clone() };
    let tax_number = (!party.tax_number.is_empty())
        .then(|| view! { <p>{texts::tax_number(t)} ": " {party.tax_number.clone()}</p> });
    view! {
        <p class="document__name">{name}</p>
        <p class="document__address">{party.address.clone()}</p>
        {tax_number}
    }
    .into_any()
}

/// What is sold, line by line.
pub fn lines_table(t: Locale, items: &Items) -> AnyView {
    let currency = items.currency;
    let rows = items
        .lines
        .iter()
        .map(|line| {
            let net = line.net(currency).map(|net| texts::money(t, net, currency)).unwrap_or_default();
            view! {
                <tr>
                    <th scope="row">{line.name.clone()}</th>
                    <td data-label=texts::quantity(t)>{line.quantity.text(t)} " " {line.unit.clone()}</td>
                    <td data-label=texts::price(t)>{line.price.text(t)}</td>
                    <td data-label=texts::vat(t)>{texts::vat_of(t, line.vat)}</td>
                    <td data-label=texts::net(t)>{net}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="document__lines">
            <caption class="visually-hidden">{texts::lines(t)}</caption>
            <thead>
                <tr>
                    <th scope="col">{texts::line_name(t)}</th>
                    <th scope="col">{texts::quantity(t)}</th>
                    <th scope="col">{texts::price(t)} " (" {currency.as_str().to_owned()} ")"</th>
                    <th scope="col">{texts::vat(t)}</th>
                    <th scope="col">{texts::net(t)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// What the lines add up to, per rate and in all; the tax in forints too where the currency is another one.
fn rates(t: Locale, document: &Document, currency: Currency) -> AnyView {
    let money = move |minor: i64| texts::money(t, minor, currency);
    let told = document.forint_tax.as_ref();
    let forints = move |minor: Option<i64>| {
        minor.map(|minor| {
            let tax = texts::money(t, minor, Currency::HUF);
            view! { <td data-label=texts::tax_in_forints(t)>{tax}</td> }
        })
    };
    let amounts = move |net: i64, tax: i64, gross: i64, in_forints: Option<i64>| {
        view! {
            <td data-label=texts::net(t)>{money(net)}</td>
            <td data-label=texts::tax(t)>{money(tax)}</td>
            {forints(in_forints)}
            <td data-label=texts::gross(t)>{money(gross)}</td>
        }
    };
    let rows = document
        .totals
        .rates
        .iter()
        .enumerate()
        .map(|(at, rate)| {
            let in_forints = told.map(|told| told.taxes.get(at).copied().unwrap_or_default());
            view! {
                <tr>
                    <th scope="row">{texts::vat_of(t, rate.vat)}</th>
                    {amounts(rate.net, rate.tax, rate.gross, in_forints)}
                </tr>
            }
        })
        .collect_view();
    let totals = &document.totals;
    let head = told.map(|_| view! { <th scope="col">{texts::tax_in_forints(t)}</th> });
    view! {
        <table class="document__rates" data-wide=told.map(|_| "")>
            <caption class="visually-hidden">{texts::summary_of_vat(t)}</caption>
            <thead>
                <tr>
                    <th scope="col">{texts::vat(t)}</th>
                    <th scope="col">{texts::net(t)}</th>
                    <th scope="col">{texts::tax(t)}</th>
                    {head}
                    <th scope="col">{texts::gross(t)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
            <tfoot>
                <tr>
                    <th scope="row">{texts::total(t)}</th>
                    {amounts(totals.net, totals.tax, totals.gross, told.map(|told| told.total))}
                </tr>
            </tfoot>
        </table>
    }
    .into_any()
}
