//! Menus of actions (APG menu button): arrows, Home, End, first letters, Escape; on narrow screens a sheet at the foot.

use leptos::{
    ev, html,
    prelude::*,
    web_sys::{self, wasm_bindgen::JsCast as _},
};

/// Where an open menu hangs: the button it belongs to, in the window's coordinates.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Anchor {
    top: f64,
    right: f64,
}

/// A button that opens a menu. Its children are `<button role="menuitem" tabindex="-1">`s, made when it opens.
#[component]
pub fn MenuButton(
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
    children: ChildrenFn,
) -> impl IntoView {
    let open = open.unwrap_or_else(|| RwSignal::new(false));
    let button = NodeRef::<html::Button>::new();
    let menu = NodeRef::<html::Div>::new();
    let anchor = RwSignal::new(Anchor::default());
    let children = StoredValue::new(children);

    Effect::new(move |was_open: Option<bool>| {
        let is_open = open.get();
        if is_open && let (Some(button), Some(menu)) = (button.get(), menu.get()) {
            let rect = button.get_bounding_client_rect();
            let (width, height) = window_size();
            // Upwards where there is no room below.
            let menu_height = f64::from(menu.offset_height());
            let top = if rect.bottom() + 4.0 + menu_height > height {
                (rect.top() - 4.0 - menu_height).max(8.0)
            } else {
                rect.bottom() + 4.0
            };
            anchor.set(Anchor { top, right: (width - rect.right()).max(8.0) });
            focus_item(&menu, |_, _| 0);
        } else if was_open == Some(true)
            && let Some(button) = button.get_untracked()
        {
            // The focus goes back to where it came from, unless it was put elsewhere on purpose.
            let lost = super::super::browser::focused().is_none_or(|element| element.tag_name() == "BODY");
            if lost {
                let _ = button.focus();
            }
        }
        is_open
    });

    let on_keydown = move |event: ev::KeyboardEvent| {
        let Some(menu) = menu.get_untracked() else { return };
        match event.key().as_str() {
            "ArrowDown" => focus_item(&menu, |at, n| (at + 1) % n),
            "ArrowUp" => focus_item(&menu, |at, n| (at + n - 1) % n),
            "Home" => focus_item(&menu, |_, _| 0),
            "End" => focus_item(&menu, |_, n| n - 1),
            "Escape" => {
                if let Some(button) = button.get_untracked() {
                    let _ = button.focus();
                }
                open.set(false);
            }
            "Tab" => {
                open.set(false);
                return;
            }
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };

    view! {
        <button
            type="button"
            node_ref=button
            class=class
            aria-haspopup="menu"
            aria-label=move || label.get()
            aria-expanded=move || open.get().to_string()
            on:click=move |event| {
                event.stop_propagation();
                open.update(|open| *open = !*open);
            }
        >
            <super::icon::Icon name=icon />
        </button>
        <Show when=move || open.get()>
            <div class="menu__ground" on:click=move |_| open.set(false)></div>
            <div
                class="menu"
                role="menu"
                node_ref=menu
                aria-label=move || label.get()
                style:--menu-top=move || format!("{}px", anchor.get().top)
                style:--menu-right=move || format!("{}px", anchor.get().right)
                on:keydown=on_keydown
                on:click=move |event| {
                    let item = event
                        .target()
                        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
                        .and_then(|target| target.closest("[role=menuitem],[role=menuitemradio]").ok().flatten());
                    if item.is_some_and(|item| !item.has_attribute("data-keep-open")) {
                        open.set(false);
                    }
                }
            >
                {children.with_value(|children| children())}
            </div>
        </Show>
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a menu has few items")]
fn focus_item(menu: &web_sys::HtmlDivElement, next: impl Fn(usize, usize) -> usize) {
    let Ok(items) = menu.query_selector_all("[role=menuitem],[role=menuitemradio]") else { return };
    let n = items.length();
    if n == 0 {
        return;
    }
    let focused = super::super::browser::focused();
    let at = (0..n)
        .find(|i| {
            items
                .item(*i)
                .is_some_and(|item| focused.as_ref().is_some_and(|focused| focused.is_same_node(Some(&item))))
        })
        .unwrap_or(0);
    let item = items
        .item(next(at as usize, n as usize) as u32)
        .and_then(|item| item.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(item) = item {
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
