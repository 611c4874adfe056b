//! The page that is printed: one document on A4, made by the server alone. Needs no script.

use leptos::{nonce::Nonce, prelude::*};

use super::document_view::document_view;
use crate::{
    domain::document::Printable,
    i18n::{Locale, document as texts},
};

/// The whole HTML. `styles` is the address of the style sheet.
pub fn document_page(printable: &Printable, locale: Locale, styles: &str, nonce: &str) -> String {
    let t = locale;
    let title = format!("{} {}", texts::kind(t, printable.document.kind), printable.document.number);
    let languages = Locale::ALL
        .into_iter()
        .map(|other| {
            let name = other.pick(("Magyar", "English"));
            let current = (other == locale).then_some("true");
            let href = format!("?lang={}", other.code());
            view! { <a href=href lang=other.code() hreflang=other.code() aria-current=current>{name}</a> }
        })
        .collect_view();
    // The button is for those whose browser runs it; all others print as they print any page.
    let script = "const b=document.querySelector('.print-page__print');b.hidden=false;b.onclick=()=>print()";
    let body = document_view(locale, &printable.document, printable.mark.as_ref());
    let page = view! {
        <html lang=locale.code() data-theme="light">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <title>{title}</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=styles.to_owned() />
            </head>
            <body class="print-page">
                <nav class="print-page__bar" aria-label=texts::views(t)>
                    <a href=format!("/d/{}", printable.datasheet)>{texts::back(t)}</a>
                    <span class="segmented">{languages}</span>
                    <button type="button" class="button print-page__print" hidden>
                        {texts::print_now(t)}
                    </button>
                </nav>
                <main>
                    <h1 class="visually-hidden">{format!("{} {}", texts::kind(t, printable.document.kind), printable.document.number)}</h1>
                    {body}
                </main>
                <script nonce=Nonce::from_value(nonce)>{script}</script>
            </body>
        </html>
    };
    format!("<!DOCTYPE html>{}", page.to_html())
}
