//! What the user sees. Components hold view state only; the URL holds module and filter; rules are in `domain`.
//!
//! Every component may ask [`here()`] for who is signed in, the language, the clock, the modules and the toasts.
//! What runs only in the browser sits in effects and event handlers, which the server never calls.

pub mod browser;
pub mod datasheet_list;
pub mod datasheet_page;
#[cfg(feature = "ssr")]
pub mod document_page;
pub mod document_view;
pub mod fields;
pub mod here;
pub mod import;
pub mod module_bar;
pub mod module_page;
pub mod not_found;
pub mod profile_page;
pub mod send;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod sign_in_page;
pub mod start_page;
pub mod status_tree;
pub mod users_page;
pub mod widgets;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    ParamSegment, SsrMode, StaticSegment,
    components::{Route, Router, Routes},
};

pub use here::{Here, here};
pub use send::send;

/// The whole application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let here = Here::provide();
    datasheet_list::KeptLists::provide();
    let t = here.locale;
    view! {
        <Title text="Modulok" />
        <Router>
            <a class="skip" href="#content">
                {crate::i18n::bar::skip_to_content(t)}
            </a>
            <module_bar::ModuleBar />
            <main id="content" tabindex="-1">
                <Routes fallback=not_found::NotFound>
                    <Route path=StaticSegment("") view=start_page::StartPage ssr=SsrMode::Async />
                    <Route path=StaticSegment("start") view=start_page::StartPage ssr=SsrMode::Async />
                    <Route path=StaticSegment("sign-in") view=sign_in_page::SignInPage ssr=SsrMode::Async />
                    <Route path=StaticSegment("profile") view=profile_page::ProfilePage ssr=SsrMode::Async />
                    <Route path=StaticSegment("users") view=users_page::UsersPage ssr=SsrMode::Async />
                    <Route path=StaticSegment("modules") view=module_bar::settings::ModulesPage ssr=SsrMode::Async />
                    <Route path=(StaticSegment("m"), ParamSegment("id")) view=module_page::ModulePage ssr=SsrMode::Async />
                    <Route path=(StaticSegment("d"), ParamSegment("id")) view=datasheet_page::DatasheetPage ssr=SsrMode::Async />
                </Routes>
            </main>
            <fields::missing::MissingFields />
            <widgets::toast::ToastList />
        </Router>
    }
}
