//! Messages at the foot of the page: what was done, with its undo; what went wrong.

use leptos::prelude::*;

use crate::{
    error::Error,
    i18n,
    ui::{browser, here},
};

/// How long a message of what was done stays, in milliseconds; what went wrong stays until it is put away.
const STAY: u32 = 10_000;
/// So many things done before the one that is shown can be taken back after it.
const EARLIER: usize = 10;
/// So many errors are shown at once.
const ERRORS: usize = 3;

/// One message.
#[derive(Clone, Debug)]
struct Toast {
    id: u32,
    text: String,
    is_error: bool,
    undo: Option<Callback<()>>,
}

/// The messages shown now.
#[derive(Clone, Copy, Debug)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    /// What can be taken back once the one that is shown has been: the newest last.
    earlier: StoredValue<Vec<Toast>>,
    last: StoredValue<u32>,
}

impl Toasts {
    /// None yet.
    #[expect(clippy::new_without_default, reason = "made once, in Here")]
    pub fn new() -> Self {
        Self { shown: RwSignal::new(vec![]), earlier: StoredValue::new(vec![]), last: StoredValue::new(0) }
    }

    /// Says what was done, and offers to take it back.
    pub fn done(self, text: impl Into<String>, undo: Option<Callback<()>>) {
        self.say(text.into(), false, undo);
    }

    /// Says what went wrong.
    pub fn error(self, error: &Error) {
        self.say(i18n::errors::message(here_locale(), error), true, None);
    }

    /// Says that something went wrong.
    pub fn failed(self, text: impl Into<String>) {
        self.say(text.into(), true, None);
    }

    /// Takes back the newest message that can be undone.
    pub fn undo_last(self) {
        let newest = self.shown.get_untracked().into_iter().rev().find(|toast| toast.undo.is_some());
        if let Some(toast) = newest {
            self.undo(&toast);
        }
    }

    fn undo(self, toast: &Toast) {
        self.remove(toast.id);
        if let Some(undo) = toast.undo {
            undo.try_run(());
        }
        // What was done before it can be taken back next.
        if let Some(Some(before)) = self.earlier.try_update_value(Vec::pop) {
            self.show(before);
        }
    }

    fn say(self, text: String, is_error: bool, undo: Option<Callback<()>>) {
        let id = self.last.try_update_value(|last| {
            *last += 1;
            *last
        });
        let Some(id) = id else { return };
        let replaced = self.shown.try_update(|shown| {
            // One message at a time is calm; errors stay beside it, and what can still be taken back beside what cannot.
            let (kept, replaced): (Vec<_>, Vec<_>) =
                shown.drain(..).partition(|toast| toast.is_error || undo.is_none() && toast.undo.is_some());
            *shown = kept;
            if is_error && shown.len() >= ERRORS {
                shown.remove(0);
            }
            replaced
        });
        self.earlier.update_value(|earlier| {
            earlier.extend(replaced.into_iter().flatten().filter(|toast| toast.undo.is_some()));
            let more = earlier.len().saturating_sub(EARLIER);
            earlier.drain(..more);
        });
        self.show(Toast { id, text, is_error, undo });
    }

    fn show(self, toast: Toast) {
        let (id, is_error) = (toast.id, toast.is_error);
        self.shown.update(|shown| shown.push(toast));
        if !is_error {
            self.remove_later(id);
        }
    }

    /// Puts a message away after a while, and with it what came before; not while somebody points at it or has the focus on it.
    fn remove_later(self, id: u32) {
        let timer = gloo_timers::callback::Timeout::new(STAY, move || {
            if browser::is_there(".toasts:hover, .toasts:focus-within") {
                self.remove_later(id);
            } else if self.shown.with_untracked(|shown| shown.iter().any(|toast| toast.id == id)) {
                self.remove(id);
                self.earlier.set_value(vec![]);
            }
        });
        timer.forget();
    }

    fn remove(self, id: u32) {
        self.shown.update(|shown| shown.retain(|toast| toast.id != id));
    }
}

fn here_locale() -> i18n::Locale {
    use_context::<crate::ui::Here>().map_or_else(
        || {
            let language = leptos::web_sys::window()
                .and_then(|window| window.document())
                .and_then(|document| document.document_element())
                .and_then(|root| root.get_attribute("lang"));
            language.and_then(|code| i18n::Locale::parse(&code)).unwrap_or_default()
        },
        |here| here.locale,
    )
}

/// Shows the messages. The region is there from the start, so that screen readers hear what comes into it.
#[component]
pub fn ToastList() -> impl IntoView {
    let here = here();
    let toasts = here.toasts;
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.shown.get() key=|toast| toast.id let(toast)>
                <div class="toast" data-error=toast.is_error.then_some("")>
                    <span>{toast.text.clone()}</span>
                    {toast
                        .undo
                        .is_some()
                        .then(|| {
                            let toast = toast.clone();
                            view! {
                                <button type="button" on:click=move |_| toasts.undo(&toast)>
                                    {i18n::list::undo(here.locale)}
                                </button>
                            }
                        })}
                    <button
                        type="button"
                        class="toast__close"
                        aria-label=i18n::bar::dismiss(here.locale)
                        on:click=move |_| toasts.remove(toast.id)
                    >
                        "×"
                    </button>
                </div>
            </For>
        </div>
    }
}
