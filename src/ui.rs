//! What the user sees. Components hold view state only; the URL holds module and filter; rules are in `domain`.
//!
//! Every component may ask [`here()`] for who is signed in, the language, the clock, the modules and the toasts.
//! What runs only in the browser sits in effects and event handlers, which the server never calls.
//!
//! The first load holds the module page. A new page is a line in `lazy_pages!` of [`lazy`] and a `Route` in [`App`] that names
//! its type: its code is loaded when it is first opened. What a dialog holds is a function with `#[wasm_split(dialogs, fallible)]`,
//! shown by [`lazy::late`]. Files that make views of one type import [`any::IntoAny`].

pub mod address;
pub mod any;
pub mod browser;
pub mod buckets;
pub mod contacts;
pub mod datasheet_list;
pub mod datasheet_page;
#[cfg(feature = "ssr")]
pub mod document_page;
pub mod document_view;
mod erased;
pub mod fields;
pub mod here;
pub mod import;
pub mod invoicing_settings;
pub mod lazy;
mod live;
pub mod mentions_page;
pub mod module_bar;
pub mod module_page;
pub mod my_day_page;
pub mod not_found;
pub mod outbox;
mod process_settings;
pub mod profile_page;
pub mod reload;
pub mod resource;
pub mod send;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod sign_in_page;
pub mod start_page;
pub mod status_tree;
pub mod tokens_page;
pub mod trash_page;
mod unscripted;
pub mod upload;
pub mod users_page;
pub mod widgets;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    ParamSegment, SsrMode, StaticSegment,
    components::{FlatRoutes, Route, Router},
};

use any::IntoAny;
pub use erased::{Show, dynamic, effect};
pub use here::{Here, here};
use lazy::{
    Contacts, Datasheet, Home, Mentions, Modules, MyDay, Profile, SignIn, Start, Tokens, Trash, Users,
};
use resource::{resource, shared};
pub use send::send;

/// The whole application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let here = Here::provide();
    datasheet_list::KeptLists::provide();
    outbox::open(here);
    let t = here.locale;
    view! {
        <Title text="Modulok" />
        <Router>
            <a class="skip" href="#content">
                {crate::i18n::bar::skip_to_content(t)}
            </a>
            <module_bar::ModuleBar />
            <main id="content" tabindex="-1">
                <FlatRoutes fallback=not_found::NotFound>
                    <Route path=StaticSegment(Home::SEGMENT) view=Home::page() ssr=SsrMode::Async />
                    <Route path=StaticSegment(Start::SEGMENT) view=Start::page() ssr=SsrMode::Async />
                    <Route path=(StaticSegment("m"), ParamSegment("id")) view=|| view! { <module_page::ModulePage /> }.into_any() ssr=SsrMode::Async />
                    <Route path=(StaticSegment("m"), ParamSegment("id"), StaticSegment(Trash::SEGMENT)) view=Trash::page() ssr=SsrMode::Async />
                    <Route path=StaticSegment(SignIn::SEGMENT) view=SignIn::page() ssr=SsrMode::Async />
                    <Route path=StaticSegment(MyDay::SEGMENT) view=MyDay::page() ssr=SsrMode::Async />
                    <Route path=(StaticSegment(MyDay::SEGMENT), StaticSegment("calendar")) view=MyDay::page() ssr=SsrMode::Async />
                    <Route path=StaticSegment(Profile::SEGMENT) view=Profile::page() ssr=SsrMode::Async />
                    <Route path=StaticSegment(Users::SEGMENT) view=Users::page() ssr=SsrMode::Async />
                    <Route path=StaticSegment(Tokens::SEGMENT) view=Tokens::page() ssr=SsrMode::Async />
                    <Route path=StaticSegment(Mentions::SEGMENT) view=Mentions::page() ssr=SsrMode::Async />
                    <Route path=StaticSegment(Modules::SEGMENT) view=Modules::page() ssr=SsrMode::Async />
                    <Route path=(StaticSegment(Datasheet::SEGMENT), ParamSegment("id")) view=Datasheet::page() ssr=SsrMode::Async />
                    <Route path=StaticSegment(Contacts::SEGMENT) view=Contacts::page() ssr=SsrMode::Async />
                    <Route path=(StaticSegment(Contacts::SEGMENT), ParamSegment("id")) view=Contacts::page() ssr=SsrMode::Async />
                </FlatRoutes>
            </main>
            <fields::missing::MissingFields />
            <widgets::toast::ToastList />
        </Router>
    }
}
