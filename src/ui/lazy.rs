//! Pages and dialogs whose code is not in the first load: the browser fetches it when it is first needed.
//!
//! `lazy_pages!` gives each page a type for the router. Before the browser half takes over a page that the server
//! rendered, [`load_page`] fetches that page's code, so that it can go on at once. [`late`] shows what a function
//! marked with `#[wasm_split(PART, fallible)]` makes, once its code is there.

use crate::ui::any::IntoAny;
use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
};

use leptos::{prelude::*, reactive::computed::ScopedFuture, task::spawn_local};
use leptos_router::{Lazy, LazyRoute};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::{
    browser, contacts, datasheet_page, here, mentions_page, module_bar, my_day_page, profile_page,
    sign_in_page, start_page, tokens_page, trash_page, users_page,
};
use crate::i18n::pages;

/// What a page is known by: the first segment of its address, or the third of a page of a module.
fn known_by(path: &str) -> &str {
    let mut segments = path.split('/').skip(1);
    match (segments.next(), segments.nth(1)) {
        (Some("m"), Some(of_module)) if !of_module.is_empty() => of_module,
        (first, _) => first.unwrap_or_default(),
    }
}

/// Makes pages lazy: the segment of their address that they are known by, their type for the router, the part that their code goes into,
/// and their component. Pages of one part are loaded together.
macro_rules! lazy_pages {
    ($($segment:literal $name:ident in $part:ident = $component:path;)*) => {
        $(
            #[doc = concat!("The page at `/", $segment, "`.")]
            #[derive(Debug)]
            pub struct $name;

            impl $name {
                /// The segment of the page's address that it is known by.
                pub const SEGMENT: &str = $segment;

                /// What the router shows.
                pub fn page() -> Lazy<Self> {
                    Lazy::new()
                }

                /// Loads the page's code, and shows the page if that is wanted.
                async fn load(and_show: bool) -> Result<Option<AnyView>, SplitLoaderError> {
                    #[wasm_split($part, fallible, preload(load))]
                    fn $part() -> Result<AnyView, SplitLoaderError> {
                        Ok(view! { <$component /> }.into_any())
                    }
                    load().await?;
                    if and_show { $part().await.map(Some) } else { Ok(None) }
                }
            }

            impl LazyRoute for $name {
                fn data() -> Self {
                    Self
                }

                async fn view(_: Self) -> AnyView {
                    Self::load(true).await.map_or_else(|_| not_loaded(), IntoAny::into_any)
                }
            }
        )*

        /// The part that the page at this path needs, if it is not in the first load.
        pub fn part_of(path: &str) -> Option<&'static str> {
            match known_by(path) {
                $($segment => Some(stringify!($part)),)*
                _ => None,
            }
        }

        /// Loads the code of the page at this path, and tells whether it is there.
        pub async fn load_page(path: &str) -> bool {
            match known_by(path) {
                $($segment => $name::load(false).await.is_ok(),)*
                _ => true,
            }
        }
    };
}

lazy_pages! {
    "" Home in settings = start_page::StartPage;
    "start" Start in settings = start_page::StartPage;
    "d" Datasheet in datasheet = datasheet_page::DatasheetPage;
    "contacts" Contacts in settings = contacts::ContactsPage;
    "sign-in" SignIn in settings = sign_in_page::SignInPage;
    "my-day" MyDay in my_day = my_day_page::MyDayPage;
    "profile" Profile in settings = profile_page::ProfilePage;
    "users" Users in settings = users_page::UsersPage;
    "tokens" Tokens in settings = tokens_page::TokensPage;
    "modules" Modules in settings = module_bar::settings::ModulesPage;
    "mentions" Mentions in settings = mentions_page::MentionsPage;
    "trash" Trash in settings = trash_page::TrashPage;
}

/// What is shown once its code is there; nothing before. For what only the browser opens, such as a dialog.
pub fn late<F>(code: F) -> AnyView
where
    F: Future<Output = Result<AnyView, SplitLoaderError>> + 'static,
{
    late_boxed(Box::pin(code))
}

fn late_boxed(code: Pin<Box<dyn Future<Output = Result<AnyView, SplitLoaderError>>>>) -> AnyView {
    let there = RwSignal::new(false);
    let made = StoredValue::new_local(None);
    // What is made belongs to where it is shown.
    let mut view = Box::pin(ScopedFuture::new(async move { code.await.unwrap_or_else(|_| not_loaded()) }));
    // Once that is gone it is not made: it would find neither its surroundings nor its signals. The view is made in the
    // very poll that finds the code there, so the place is looked for before each.
    let while_shown =
        poll_fn(
            move |cx| {
                if there.is_disposed() { Poll::Ready(None) } else { view.as_mut().poll(cx).map(Some) }
            },
        );
    spawn_local(async move {
        let Some(view) = while_shown.await else { return };
        // Closed meanwhile: there is nothing to show it in.
        if made.try_set_value(Some(view)).is_none() {
            there.set(true);
            browser::focus_soon("dialog[open] [autofocus]");
        }
    });
    (move || there.get().then(|| made.try_update_value(Option::take).flatten())).into_any()
}

/// Says that a page's code could not be had, with a way to try again: after the server was renewed
/// only the page loaded anew knows the new names.
fn not_loaded() -> AnyView {
    let t = here().locale;
    view! {
        <div class="message-page" role="alert">
            <h1 tabindex="-1">{pages::failed_title(t)}</h1>
            <p>{pages::not_loaded(t)}</p>
            // `rel=external` loads the page anew instead of asking the router.
            <a class="button" href="" rel="external">
                {pages::try_again(t)}
            </a>
        </div>
    }
    .into_any()
}
