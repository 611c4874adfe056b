//! Dialogs on the browser's own `<dialog>`: it keeps the focus, closes on Escape and gives the focus back.

use std::sync::Arc;

use leptos::{children::TypedChildrenFn, html, prelude::*};

use crate::{
    i18n,
    ui::{Show, any::IntoAny, effect, here},
};

/// A modal dialog, open while `open` says so. Its content is made anew each time it opens.
#[component]
pub fn Dialog<C: IntoView + 'static>(
    /// Whether it is open; set to `false` when the user closes it.
    open: RwSignal<bool>,
    /// Its heading, which names it.
    #[prop(into)]
    title: Signal<String>,
    /// What is in it.
    children: TypedChildrenFn<C>,
) -> impl IntoView {
    let children = children.into_inner();
    dialog(open, title, Arc::new(move || children().into_any()))
}

/// The same for whatever is in it, and so compiled once.
fn dialog(open: RwSignal<bool>, title: Signal<String>, children: ChildrenFn) -> AnyView {
    let locale = here().locale;
    let node = NodeRef::<html::Dialog>::new();
    let children = StoredValue::new(children);
    effect(move || {
        let Some(dialog) = node.get() else { return };
        if open.get() && !dialog.open() {
            // Fails only on a dialog that is not in the page.
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog class="dialog" node_ref=node on:close=move |_| open.set(false) aria-label=title>
            <Show when=move || open.get()>
                <header class="dialog__head">
                    <h2>{title}</h2>
                    <button type="button" class="icon-button" aria-label=i18n::bar::close(locale) on:click=move |_| open.set(false)>
                        <super::icon::Icon name="close" />
                    </button>
                </header>
                <div class="dialog__body">{children.with_value(|children| children())}</div>
            </Show>
        </dialog>
    }
    .into_any()
}

/// Whether a dialog is open that is about something: opened when there is something, which is forgotten once the dialog is closed.
pub fn open_while<T: Send + Sync + 'static>(about: RwSignal<Option<T>>) -> RwSignal<bool> {
    let open = RwSignal::new(false);
    effect(move || open.set(about.with(Option::is_some)));
    let mut was_open = false;
    effect(move || {
        let is_open = open.get();
        if was_open && !is_open {
            about.set(None);
        }
        was_open = is_open;
    });
    open
}
