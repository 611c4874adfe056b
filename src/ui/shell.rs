//! The HTML document around the application.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;

use super::App;
use crate::{api::session::Session, i18n::pages};

/// Where the built files are, as the server names them.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// The browser half's glue.
    pub js: String,
    /// The browser half.
    pub wasm: String,
    /// What this page needs besides, see `ui::lazy`.
    pub parts: Vec<String>,
    /// The styles.
    pub css: String,
    /// The icons.
    pub icons: String,
}

/// The document. The script that starts the browser half carries the nonce of the page's content security policy;
/// the wasm, and the part that this page needs, start to load while the glue is still on the way. Where one of them
/// cannot be had, the page says so and goes on as without JavaScript.
pub fn shell() -> impl IntoView {
    let session = use_context::<Session>().unwrap_or_default();
    let assets = use_context::<Assets>().unwrap_or_default();
    let nonce = use_nonce();
    let start = format!(
        "const w=fetch('{wasm}');import('{js}').then(m=>m.default({{module_or_path:w}}).then(()=>m.hydrate()))\
         .then(()=>document.documentElement.dataset.ready='',e=>{{document.getElementById('not-loaded').hidden=false;throw e}})",
        wasm = assets.wasm,
        js = assets.js
    );
    let t = session.locale;
    view! {
        <!DOCTYPE html>
        <html lang=session.locale.code() data-theme=session.theme.code()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=assets.css />
                {assets
                    .parts
                    .into_iter()
                    .map(|part| view! { <link rel="preload" href=part r#as="fetch" r#type="application/wasm" crossorigin="" /> })
                    .collect_view()}
                <script type="module" nonce=nonce>
                    {start}
                </script>
                <MetaTags />
            </head>
            <body>
                <App />
                <p id="not-loaded" class="not-loaded" role="alert" hidden>
                    {pages::not_loaded(t)}
                    <a href="">{pages::try_again(t)}</a>
                </p>
            </body>
        </html>
    }
}
