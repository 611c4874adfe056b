//! Modulok: a CRM in which every business process is a module.
//!
//! ```text
//! main ──► server ──► ui ──► api ──► store ──► domain ──► error, i18n
//! ```
//!
//! An arrow also allows everything further right, with one exception: `ui` may not name `store`, `server`, `sqlx` or `axum`.
//! Built for the browser: `error`, `i18n`, `domain`, `api` (as stubs), `ui`. Built only for the server: `store`, `server`, `api::request`.
//!
//! | layer | what it is | deliberately absent |
//! |---|---|---|
//! | [`domain`] | the words and rules of the product | frameworks, databases, clocks, randomness |
//! | [`store`](crate) | all SQL | HTTP, rights, clocks |
//! | [`api`] | every server function: a use case each, one transaction; the only place rights are checked | SQL, HTML |
//! | [`ui`] | what the user sees | business rules |
//! | [`server`](crate) | wiring: routes, sessions, configuration, commands | business rules |

#![recursion_limit = "512"]

pub mod api;
pub mod domain;
pub mod error;
pub mod i18n;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod store;
pub mod ui;

/// Takes over the page that the server rendered, once the code of that page is there.
///
/// # Errors
///
/// When it could not be loaded: the page goes on as without JavaScript.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn hydrate() -> std::result::Result<(), wasm_bindgen::JsError> {
    let path = leptos::prelude::window().location().pathname().unwrap_or_default();
    if !ui::lazy::load_page(&path).await {
        return Err(wasm_bindgen::JsError::new("the code of this page could not be loaded"));
    }
    let typed = ui::browser::typed_early();
    leptos::mount::hydrate_body(ui::App);
    ui::browser::type_again(typed);
    Ok(())
}
