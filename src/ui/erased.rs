//! What Leptos compiles anew for each closure, compiled once for all, for the first load's sake.
//!
//! Leptos compiles all it does around an effect, a part of a view that changes, or a `Show` anew for each closure given to it,
//! a kilobyte or two each time. Here the closure is boxed first, so that all of one result share that code. (`any` is the same
//! for views.)

use std::sync::{Arc, Mutex};

use leptos::{children::TypedChildrenFn, prelude::*};

use super::any::IntoAny;

/// Runs now and again whenever what it read changes, in the browser only: Leptos' `Effect::new` for a closure that asks for
/// nothing of its last run.
pub fn effect(run: impl FnMut() + 'static) {
    boxed_effect(Box::new(run));
}

fn boxed_effect(mut run: Box<dyn FnMut()>) {
    Effect::new(move |_: Option<()>| run());
}

/// A closure for a view to show and to follow, in an attribute or as a child.
pub fn dynamic<T: 'static>(value: impl FnMut() -> T + Send + 'static) -> Arc<Mutex<dyn FnMut() -> T + Send>> {
    Arc::new(Mutex::new(value))
}

/// Its children while `when` says so, made anew each time, and nothing otherwise: Leptos' `Show` without a fallback.
#[component]
pub fn Show<C: IntoView + 'static>(
    /// Whether they are shown.
    when: impl Fn() -> bool + Send + Sync + 'static,
    /// What is shown.
    children: TypedChildrenFn<C>,
) -> impl IntoView {
    let children = children.into_inner();
    show(Box::new(when), Arc::new(move || children().into_any()))
}

fn show(when: Box<dyn Fn() -> bool + Send + Sync>, children: ChildrenFn) -> AnyView {
    let when = ArcMemo::new(move |_| when());
    (move || when.get().then(|| children())).into_any()
}
