//! The blue bar on top of every page: the modules, a new module, the account.

mod account;
mod add;
mod bell;
pub mod settings;
mod todo_templates;
mod todo_types;

use crate::ui::{any::IntoAny, dynamic, effect};
use leptos::{html, prelude::*, web_sys::wasm_bindgen::JsCast as _};
use leptos_router::hooks::use_location;

use super::here;
use crate::{domain::id::ModuleId, i18n};

/// The module that a path shows.
fn module_of(path: &str) -> Option<ModuleId> {
    path.strip_prefix("/m/")?.split('/').next()?.parse().ok()
}

/// The bar. Signed out it shows the brand alone.
#[component]
pub fn ModuleBar() -> impl IntoView {
    let here = here();
    let locale = here.locale;
    let adding = RwSignal::new(false);
    let is_admin = here.is_admin();
    view! {
        <header class="module-bar">
            <a class="module-bar__brand" href="/" aria-label="Modulok">
                <span aria-hidden="true">"M"</span>
                <span class="module-bar__word" aria-hidden="true">
                    "odulok"
                </span>
            </a>
            {here
                .viewer()
                .map(|viewer| {
                    view! {
                        <Modules>
                            {is_admin
                                .then(|| {
                                    view! {
                                        <button
                                            type="button"
                                            class="module-bar__button"
                                            aria-label=i18n::bar::add_module(locale)
                                            title=i18n::bar::add_module(locale)
                                            aria-haspopup="dialog"
                                            on:click=move |_| adding.set(true)
                                        >
                                            <super::widgets::icon::Icon name="plus" />
                                        </button>
                                    }
                                })}
                        </Modules>
                        <MyDayLink />
                        <bell::Bell />
                        <ContactsLink />
                        <account::Account name=viewer.name />
                    }
                        .into_any()
                })}
        </header>
        {is_admin.then(|| view! { <add::AddModule open=adding /> })}
    }
    .into_any()
}

/// The way to the contacts, marked while they are open.
#[component]
fn ContactsLink() -> impl IntoView {
    let t = here().locale;
    let path = use_location().pathname;
    let is_here = move || path.with(|path| path == "/contacts" || path.starts_with("/contacts/"));
    view! {
        <a
            class="module-bar__button module-bar__contacts"
            href="/contacts"
            aria-label=i18n::contacts::contacts(t)
            title=i18n::contacts::contacts(t)
            aria-current=dynamic(move || is_here().then_some("page"))
        >
            <super::widgets::icon::Icon name="contacts" />
        </a>
    }
    .into_any()
}

/// One link per module, and what comes after the last; scrolls sideways, never wraps. The open module is kept in sight.
#[component]
fn Modules(children: Children) -> impl IntoView {
    let here = here();
    let path = use_location().pathname;
    let current = Memo::new(move |_| path.with(|path| module_of(path)));
    let strip = NodeRef::<html::Div>::new();

    effect(move || {
        current.track();
        here.modules.track();
        let Some(strip) = strip.get() else { return };
        // After the links themselves have been marked.
        request_animation_frame(move || {
            let Ok(Some(link)) = strip.query_selector("[aria-current]") else { return };
            let (frame, link) = (strip.get_bounding_client_rect(), link.get_bounding_client_rect());
            let hidden = if link.left() < frame.left() {
                link.left() - frame.left() - 24.0
            } else if link.right() > frame.right() {
                link.right() - frame.right() + 24.0
            } else {
                return;
            };
            strip.unchecked_ref::<leptos::web_sys::Element>().scroll_by_with_x_and_y(hidden, 0.0);
        });
    });

    view! {
        <div class="module-bar__strip" node_ref=strip>
            <nav class="module-bar__modules" aria-label=i18n::bar::modules(here.locale)>
                <For each=move || here.modules.get() key=|module| (module.id, module.name.clone()) let(module)>
                    <a
                        href=format!("/m/{}", module.id)
                        aria-current=dynamic(move || (current.get() == Some(module.id)).then_some("page"))
                    >
                        {module.name.clone()}
                    </a>
                </For>
            </nav>
            {children()}
        </div>
    }
}

/// Whether the path is of my day: its list or its calendar.
fn is_my_day(path: &str) -> bool {
    path.split('/').nth(1) == Some("my-day")
}

/// The way to the viewer's own to-dos across modules.
#[component]
fn MyDayLink() -> impl IntoView {
    let name = i18n::my_day::my_day(here().locale);
    let path = use_location().pathname;
    let current = move || path.with(|path| is_my_day(path)).then_some("page");
    view! {
        <a class="module-bar__button module-bar__day" href="/my-day" aria-label=name title=name aria-current=current>
            <super::widgets::icon::Icon name="calendar" />
        </a>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_path_of_a_module_marks_one_as_open() {
        assert_eq!(module_of("/m/12"), Some(ModuleId(12)));
        assert_eq!(module_of("/m/12/"), Some(ModuleId(12)));
        assert_eq!(module_of("/d/12"), None);
        assert_eq!(module_of("/m/x"), None);
        assert_eq!(module_of("/modules"), None);
    }
}
