//! The files of a datasheet and of its to-dos: dropped, pasted or chosen, with how far each upload is; kept by the browser when opened.

use crate::ui::{any::IntoAny, effect};
use leptos::{ev, prelude::*, task::spawn_local, web_sys};

use super::{Seen, Sheet, Write};
use crate::{
    api::{Key, files::file_delete},
    domain::{datasheet::DatasheetPage as Page, file::SheetFile, filter::percent_encode, id::TodoId},
    error::Error,
    i18n::{errors, files as words},
    ui::{
        browser, upload,
        widgets::{icon::Icon, moment::moment},
    },
};

/// An upload that is under way, or failed.
#[derive(Clone, Copy, Debug)]
struct Sending {
    id: u32,
    name: StoredValue<String>,
    /// How much of it has gone, of a hundred.
    percent: RwSignal<u32>,
    problem: RwSignal<Option<String>>,
}

/// Where files come in: of the datasheet or of one of its to-dos, with what is on its way there.
#[derive(Clone, Copy)]
pub(super) struct Inbox {
    sheet: Sheet,
    todo: Option<TodoId>,
    sending: RwSignal<Vec<Sending>>,
    over: RwSignal<bool>,
    last: StoredValue<u32>,
}

impl Inbox {
    /// Of a to-do, or of the datasheet itself.
    pub fn new(sheet: Sheet, todo: Option<TodoId>) -> Self {
        Self {
            sheet,
            todo,
            sending: RwSignal::new(vec![]),
            over: RwSignal::new(false),
            last: StoredValue::new(0),
        }
    }

    /// Whether something is held over it, for the markup.
    pub fn is_over(self) -> Option<&'static str> {
        self.over.get().then_some("")
    }

    fn add(self, files: Option<web_sys::FileList>) {
        let Some(files) = files else { return };
        for file in (0..files.length()).filter_map(|at| files.item(at)) {
            self.last.update_value(|last| *last += 1);
            self.send(self.last.get_value(), file);
        }
    }

    fn send(self, id: u32, file: web_sys::File) {
        let Self { sheet, sending, todo, .. } = self;
        let t = sheet.here.locale;
        let name = file.name();
        let one = Sending {
            id,
            name: StoredValue::new(name.clone()),
            percent: RwSignal::new(0),
            problem: RwSignal::new(None),
        };
        let Some(line) = sheet.line.try_get_value() else { return };
        sending.update(|sending| sending.insert(0, one));
        let key = Key(browser::random_key());
        let todo = todo.map(|todo| format!("&todo={todo}")).unwrap_or_default();
        let url = format!("/files?datasheet={}&key={}&name={}{todo}", sheet.id, key.0, percent_encode(&name));
        upload::post(
            &url,
            &file,
            move |percent| {
                one.percent.try_set(percent);
            },
            move |answer| match answer {
                Ok(done) => {
                    sending.try_update(|sending| sending.retain(|other| other.id != id));
                    let take_back =
                        done.undo.map(|event| Callback::new(move |()| sheet.undo_on(line.clone(), event)));
                    sheet.here.toasts.done(words::said_added(t, &name), take_back);
                    spawn_local(sheet.refresh(true));
                }
                Err(error) => {
                    one.problem.try_set(Some(errors::message(t, &error)));
                    // Read out also where the row is not looked at.
                    if error == Error::Unreachable {
                        sheet.here.toasts.error(&error);
                    }
                }
            },
        );
    }

    /// Files are held over it.
    pub fn drag_over(self, event: &ev::DragEvent) {
        if has_files(event) && !untrack(|| self.sheet.is_trashed()) {
            event.prevent_default();
            self.over.set(true);
        }
    }

    /// They are no longer.
    pub fn drag_leave(self) {
        self.over.set(false);
    }

    /// They are let go there.
    pub fn drop_in(self, event: &ev::DragEvent) {
        self.over.set(false);
        if has_files(event) && !untrack(|| self.sheet.is_trashed()) {
            event.prevent_default();
            self.add(event.data_transfer().and_then(|data| data.files()));
        }
    }

    /// Takes files that are pasted; text goes where it belongs. What a to-do took, its datasheet does not take again.
    pub fn paste(self, event: &web_sys::ClipboardEvent) {
        let files = event.clipboard_data().and_then(|data| data.files());
        if files.as_ref().is_some_and(|files| files.length() > 0)
            && !event.default_prevented()
            && !untrack(|| self.sheet.is_trashed())
        {
            event.prevent_default();
            self.add(files);
        }
    }

    /// The way to choose files: a label that looks like a button. `name` is what it says.
    pub fn choose(self, class: &'static str, name: AnyView) -> AnyView {
        let sheet = self.sheet;
        view! {
            <label class=class hidden=move || sheet.is_trashed()>
                <Icon name="upload" />
                {name}
                <input
                    type="file"
                    multiple
                    class="visually-hidden"
                    on:change=move |event| {
                        let input: web_sys::HtmlInputElement = event_target(&event);
                        self.add(input.files());
                        // The same file can be chosen again.
                        input.set_value("");
                    }
                />
            </label>
        }
        .into_any()
    }

    /// What is on its way, then the files that are there.
    pub fn rows(self, files: impl Fn() -> Vec<SheetFile> + Send + Sync + 'static) -> AnyView {
        let sheet = self.sheet;
        view! {
            <For each=move || self.sending.get() key=|sending| sending.id let(one)>
                {sending_row(sheet, self.sending, one)}
            </For>
            <For each=files key=|file| (file.id, file.version) let(file)>
                {row(sheet, file)}
            </For>
        }
        .into_any()
    }

    /// Whether nothing is on its way.
    pub fn is_idle(self) -> bool {
        self.sending.with(Vec::is_empty)
    }
}

fn has_files(event: &ev::DragEvent) -> bool {
    event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0))
}

/// The files of the datasheet itself, and of to-dos that are not in view.
fn own(page: &Page) -> impl Iterator<Item = &SheetFile> {
    page.files
        .iter()
        .filter(|file| file.todo_id.is_none_or(|id| !page.todos.iter().any(|todo| todo.next.id == id)))
}

/// The files, with the ways to add one.
#[component]
pub(super) fn Files(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    let inbox = Inbox::new(sheet, None);
    // What is pasted anywhere on the page, but for text.
    effect(move || {
        let paste = window_event_listener(ev::paste, move |event| inbox.paste(&event));
        on_cleanup(move || paste.remove());
    });
    let is_empty = Memo::new(move |_| sheet.page.with(|page| own(page).next().is_none()));
    view! {
        <section
            class="sheet-files"
            aria-labelledby="files-head"
            data-over=move || inbox.is_over()
            on:dragover=move |event| inbox.drag_over(&event)
            on:dragleave=move |_| inbox.drag_leave()
            on:drop=move |event| inbox.drop_in(&event)
        >
            <header class="sheet-files__head">
                <h2 id="files-head">{words::files(t)}</h2>
                {inbox.choose("button button--quiet sheet-files__add", words::add_files(t).into_any())}
            </header>
            <p class="sheet-files__empty" hidden=move || !is_empty.get()>
                {words::drop_here(t)}
            </p>
            <ul>{inbox.rows(move || sheet.page.with(|page| own(page).cloned().collect()))}</ul>
        </section>
    }
    .into_any()
}

fn sending_row(sheet: Sheet, all: RwSignal<Vec<Sending>>, one: Sending) -> AnyView {
    let t = sheet.here.locale;
    let name = one.name.get_value();
    let close = words::dismiss_of(t, &name);
    view! {
        <li class="sheet-file">
            <span class="sheet-file__name">{name.clone()}</span>
            <progress max="100" aria-label=words::sending(t, &name) value=move || one.percent.get() hidden=move || one.problem.with(Option::is_some)></progress>
            <span class="sheet-file__problem" role="alert">{move || one.problem.get()}</span>
            <button
                type="button"
                class="icon-button"
                aria-label=close
                hidden=move || one.problem.with(Option::is_none)
                on:click=move |_| all.update(|all| all.retain(|other| other.id != one.id))
            >
                <Icon name="close" />
            </button>
        </li>
    }
    .into_any()
}

fn row(sheet: Sheet, file: SheetFile) -> AnyView {
    let (here, t) = (sheet.here, sheet.here.locale);
    let href = format!("/files/{}", file.id);
    let picture = file.is_shown().then(|| {
        view! { <img src=format!("{href}?show=true") alt="" loading="lazy" decoding="async" width="48" height="48" /> }
    });
    let who = here.person(file.author_id);
    let (id, version, name) = (file.id, file.version, file.name.clone());
    let delete = words::delete_of(t, &name);
    let said = words::said_deleted(t, &name);
    view! {
        <li class="sheet-file" data-picture=file.is_shown().then_some("")>
            {picture}
            // `rel=external`: the browser's own way to a file, past the router.
            <a class="sheet-file__name" href=href rel="external" download="">
                {name}
            </a>
            <span class="sheet-file__more">
                {words::size(t, file.size)} " · " {who} " · " {moment(here, file.created_at)}
            </span>
            <button
                type="button"
                class="icon-button"
                aria-label=delete
                hidden=move || sheet.is_trashed()
                on:click=move |_| {
                    sheet
                        .write(
                            Write::new(
                                Seen::Version(version),
                                said.clone(),
                                move |page| page.files.retain(|file| file.id != id),
                                move |key, version| file_delete(key, id, version),
                            ),
                        );
                    browser::focus_soon(".sheet-files__add input");
                }
            >
                <Icon name="trash" />
            </button>
        </li>
    }
    .into_any()
}
