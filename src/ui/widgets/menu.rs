//! Menus of actions (APG menu button): arrows, Home, End, first letters, Escape; on narrow screens a sheet at the foot.

use std::sync::Arc;

use leptos::{
    children::TypedChildrenFn,
    ev, html,
    prelude::*,
    web_sys::{self, wasm_bindgen::JsCast as _},
};

use crate::{
    domain::text::fold,
    ui::{Show, any::IntoAny, dynamic, effect},
};

/// Where an open menu hangs: the button it belongs to, in the window's coordinates.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Anchor {
    top: i32,
    right: i32,
}

/// What the keys and clicks of a menu go to.
const ITEMS: &str = "[role=menuitem],[role=menuitemradio]";

/// A button that opens a menu. Its children are `<button role="menuitem" tabindex="-1">`s, made when it opens.
#[component]
pub fn MenuButton<C: IntoView + 'static>(
    /// Name of the button and of the menu.
    #[prop(into)]
    label: Signal<String>,
    /// What the button shows.
    icon: &'static str,
    /// Class of the button.
    #[prop(default = "icon-button")]
    class: &'static str,
    /// Whether it is open; for shortcuts that open it from outside.
    #[prop(optional)]
    open: Option<RwSignal<bool>>,
    /// The items.
    children: TypedChildrenFn<C>,
) -> impl IntoView {
    let open = open.unwrap_or_else(|| RwSignal::new(false));
    let children = children.into_inner();
    menu_button(label, icon, class, open, Arc::new(move || children().into_any()))
}

/// The same for whatever its items are, and so compiled once.
fn menu_button(
    label: Signal<String>,
    icon: &'static str,
    class: &'static str,
    open: RwSignal<bool>,
    items: ChildrenFn,
) -> AnyView {
    let node = NodeRef::<html::Button>::new();
    let button = move || node.get().map(web_sys::HtmlElement::from);
    let close = Callback::new(move |()| open.set(false));
    view! {
        <button
            type="button"
            node_ref=node
            class=class
            aria-haspopup="menu"
            aria-label=label
            aria-expanded="false"
            on:click=move |event| {
                event.stop_propagation();
                open.update(|open| *open = !*open);
            }
        >
            <super::icon::Icon name=icon />
        </button>
        <Menu open label button close>
            {items()}
        </Menu>
    }
    .into_any()
}

/// A menu whose button stands elsewhere: one menu may serve many buttons. It says on the button whether it is open.
#[component]
pub fn Menu<B, C>(
    /// Whether it is open.
    #[prop(into)]
    open: Signal<bool>,
    /// Its name.
    #[prop(into)]
    label: Signal<String>,
    /// The button it hangs on while it is open, and which gets the focus back.
    button: B,
    /// Called when it is to close.
    close: Callback<()>,
    /// The items.
    children: TypedChildrenFn<C>,
) -> impl IntoView
where
    C: IntoView + 'static,
    B: Fn() -> Option<web_sys::HtmlElement> + Copy + Send + Sync + 'static,
{
    let children = children.into_inner();
    menu(open, label, Callback::new(move |()| button()), close, Arc::new(move || children().into_any()))
}

/// The same for whatever its items are and wherever it hangs, and so compiled once.
fn menu(
    open: Signal<bool>,
    label: Signal<String>,
    button: Callback<(), Option<web_sys::HtmlElement>>,
    close: Callback<()>,
    items: ChildrenFn,
) -> AnyView {
    let menu = NodeRef::<html::Div>::new();
    let anchor = RwSignal::new(Anchor::default());
    let items = StoredValue::new(items);

    let mut hangs_on: Option<web_sys::HtmlElement> = None;
    effect(move || {
        if !open.get() {
            if let Some(button) = hangs_on.take() {
                tell(&button, false);
                // The focus goes back to where it came from, unless it was put elsewhere on purpose.
                let lost =
                    super::super::browser::focused().is_none_or(|element| element.tag_name() == "BODY");
                if lost {
                    let _ = button.focus();
                }
            }
            return;
        }
        let (Some(button), Some(menu)) = (button.run(()), menu.get()) else { return };
        tell(&button, true);
        let rect = button.get_bounding_client_rect();
        let (width, height) = window_size();
        // Upwards where there is no room below.
        let menu_height = f64::from(menu.offset_height());
        let top = if rect.bottom() + 4.0 + menu_height > height {
            (rect.top() - 4.0 - menu_height).max(8.0)
        } else {
            rect.bottom() + 4.0
        };
        // Whole pixels: the code that writes fractions is large.
        #[expect(clippy::cast_possible_truncation, reason = "a window is not that large")]
        let whole = |pixels: f64| pixels.round() as i32;
        anchor.set(Anchor { top: whole(top), right: whole((width - rect.right()).max(8.0)) });
        focus_item(&menu, |_, items| chosen(items).unwrap_or(0));
        hangs_on = Some(button);
    });

    let on_keydown = move |event: ev::KeyboardEvent| {
        let Some(menu) = menu.get_untracked() else { return };
        match event.key().as_str() {
            "ArrowDown" => focus_item(&menu, |at, items| (at + 1) % items.len()),
            "ArrowUp" => focus_item(&menu, |at, items| (at + items.len() - 1) % items.len()),
            "Home" => focus_item(&menu, |_, _| 0),
            "End" => focus_item(&menu, |_, items| items.len() - 1),
            "Escape" => {
                if let Some(button) = untrack(|| button.run(())) {
                    let _ = button.focus();
                }
                close.run(());
            }
            "Tab" => {
                close.run(());
                return;
            }
            key if is_letter(key) && !event.ctrl_key() && !event.meta_key() && !event.alt_key() => {
                focus_item(&menu, |at, items| starting_with(key, at, items));
            }
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };

    view! {
        <Show when=move || open.get()>
            <div class="menu__ground" on:click=move |_| close.run(())></div>
            <div
                class="menu"
                role="menu"
                node_ref=menu
                aria-label=label
                style:--menu-top=dynamic(move || format!("{}px", anchor.get().top))
                style:--menu-right=dynamic(move || format!("{}px", anchor.get().right))
                on:keydown=on_keydown
                on:click=move |event| {
                    let item = event
                        .target()
                        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
                        .and_then(|target| target.closest(ITEMS).ok().flatten());
                    if item.is_some_and(|item| !item.has_attribute("data-keep-open")) {
                        close.run(());
                    }
                }
            >
                {items.with_value(|items| items())}
            </div>
        </Show>
    }
    .into_any()
}

/// Says on a button whether its menu is open.
fn tell(button: &web_sys::HtmlElement, is_open: bool) {
    // Fails only for names that are no attributes.
    let _ = button.set_attribute("aria-expanded", if is_open { "true" } else { "false" });
}

/// The chosen one, where one of all items is.
fn chosen(items: &[web_sys::HtmlElement]) -> Option<usize> {
    let is = |item: &web_sys::HtmlElement, name, value| item.get_attribute(name).as_deref() == Some(value);
    let is_choice = items.iter().all(|item| is(item, "role", "menuitemradio"));
    items.iter().position(|item| is_choice && is(item, "aria-checked", "true"))
}

/// Whether a key is the first letter of something.
fn is_letter(key: &str) -> bool {
    let mut chars = key.chars();
    chars.next().is_some_and(char::is_alphanumeric) && chars.next().is_none()
}

/// The next item that starts with a letter; the same one when there is none.
fn starting_with(letter: &str, at: usize, items: &[web_sys::HtmlElement]) -> usize {
    let letter = fold(letter);
    let starts = |index: &usize| {
        let text = items[*index].text_content().unwrap_or_default();
        fold(text.trim_start()).starts_with(&letter)
    };
    (at + 1..items.len()).chain(0..=at).find(starts).unwrap_or(at)
}

/// Puts the focus on an item: `next` gets the place of the one that has it and all of them, of which there is at least one.
fn focus_item(menu: &web_sys::HtmlDivElement, next: impl Fn(usize, &[web_sys::HtmlElement]) -> usize) {
    let Ok(found) = menu.query_selector_all(ITEMS) else { return };
    let items: Vec<web_sys::HtmlElement> = (0..found.length())
        .filter_map(|index| found.item(index)?.dyn_into::<web_sys::HtmlElement>().ok())
        .collect();
    if items.is_empty() {
        return;
    }
    let focused = super::super::browser::focused();
    let has_focus = |item: &web_sys::HtmlElement| focused.as_ref().is_some_and(|focused| focused == item);
    let at = items.iter().position(has_focus).unwrap_or(0);
    if let Some(item) = items.get(next(at, &items)) {
        // A focus that fails leaves the page as it is.
        let _ = item.focus();
    }
}

fn window_size() -> (f64, f64) {
    let size =
        |value: Option<leptos::wasm_bindgen::JsValue>| value.and_then(|value| value.as_f64()).unwrap_or(0.0);
    let window = web_sys::window();
    (
        size(window.as_ref().and_then(|window| window.inner_width().ok())),
        size(window.as_ref().and_then(|window| window.inner_height().ok())),
    )
}
