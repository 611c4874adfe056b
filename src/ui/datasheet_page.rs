//! The page of one datasheet: name, status, owner and contact; to-dos; history.
//!
//! What the user does shows at once and goes to the server one write after the other, so that two quick edits never look
//! stale to each other. The page then takes over how things are; a write that failed is taken back and said. Writes that wait go
//! on when the page is left for another one. What others do shows as the server tells of it; what is being typed stays.

mod customise;
mod field_form;
mod fields;
mod files;
mod history;
mod next;
mod own_fields;
mod process;
mod related;
pub(in crate::ui) mod todo_details;
mod todo_more;
mod todo_templates;
mod todos;

use crate::ui::resource;
use crate::ui::{any::IntoAny, effect};
use std::{collections::VecDeque, future::Future, pin::Pin, sync::Arc};

use leptos::{ev, prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use history::Asked;

use super::{
    Here,
    fields::missing::Waiting,
    here,
    live::{News, Subject, listen},
    not_found::{Failed, NotFound},
    send,
};
use crate::{
    api::{
        Key,
        datasheets::{datasheet_history, datasheet_restore, datasheet_show, datasheet_trash, undo},
    },
    domain::{
        datasheet::{DatasheetPage as Page, Done},
        history::Event,
        id::{DatasheetId, EventId, FieldId, RelationId, TodoId},
        process::Facts,
    },
    error::{Error, Result},
    i18n::{errors, format, sheet},
};

/// How many entries of the history come at once.
const HISTORY_PAGE: usize = 50;

/// The page of the datasheet in the URL.
#[component]
pub fn DatasheetPage() -> impl IntoView {
    let here = here();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")?.parse::<DatasheetId>().ok()));
    // What an earlier page sent may have been done after this one was made.
    let page = resource(
        move || (id.get(), here.resent.get()),
        async |(id, _)| match id {
            Some(id) => datasheet_show(id).await,
            None => Err(Error::NotFound),
        },
    );
    let asked = Asked::of_url();
    // Another topic or page of the history is asked for by the page that is there (`Sheet::follow`).
    let history = resource(
        move || (id.get(), asked.get_untracked(), here.resent.get()),
        async |(id, asked, _)| match id {
            Some(id) => datasheet_history(id, asked.topic, asked.before).await,
            None => Err(Error::NotFound),
        },
    );
    view! {
        <Transition>
            {move || Suspend::new(async move {
                let page = page.await;
                let history = history.await;
                match page {
                    // A history that did not come is asked for again with the first write or «Show more».
                    Ok(page) => {
                        let sheet = Sheet::new(here, page, history.unwrap_or_default(), asked);
                        sheet.follow();
                        view! { <Whole sheet /> }.into_any()
                    }
                    Err(Error::NotFound) => NotFound().into_any(),
                    Err(error) => view! { <Failed error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// Sends a write; called again with the same key while no answer comes.
type Call = Arc<dyn Fn(Key, i64) -> Pin<Box<dyn Future<Output = Result<Done>>>> + Send + Sync>;

/// Which version a write says it saw.
#[derive(Clone, Copy, Debug)]
enum Seen {
    /// The datasheet's, as the page shows it when the write's turn comes.
    Datasheet,
    /// The facts' of its process, likewise.
    Facts,
    /// A to-do's, likewise.
    Todo(TodoId),
    /// That of the value in a field, likewise.
    Field(FieldId),
    /// A relation's, likewise.
    Relation(RelationId),
    /// That one: the user chose after a conflict.
    Version(i64),
}

impl Seen {
    /// The number that it is on a page.
    fn version(self, page: &Page) -> i64 {
        match self {
            Self::Datasheet => page.row.version,
            Self::Facts => page.process.as_ref().map_or(0, |state| state.version),
            Self::Todo(id) => {
                page.todos.iter().find(|todo| todo.next.id == id).map_or(0, |todo| todo.next.version)
            }
            Self::Field(id) => page.fields.version(id),
            Self::Relation(id) => {
                page.related.iter().find(|related| related.id == id).map_or(0, |related| related.version)
            }
            Self::Version(version) => version,
        }
    }

    /// That of what was typed, which began on a value and a version: that version, where another value stands by now.
    fn began<T: PartialEq>(self, began: (&T, i64), stands: &T) -> Self {
        if began.0 == stands { self } else { Self::Version(began.1) }
    }
}

/// Something the user did.
#[derive(Clone)]
struct Write {
    /// What it changes on the page, at once.
    change: Arc<dyn Fn(&mut Page) + Send + Sync>,
    /// The version it was made on.
    seen: Seen,
    /// Sends it, given the version.
    call: Call,
    /// What is said when it is done.
    said: String,
    /// Name of the field and the value, where the user typed or chose one: kept until it is stored or given up.
    yours: Option<(&'static str, String)>,
    /// Called when it failed, instead of a message.
    on_error: Option<Callback<Error>>,
}

impl Write {
    fn new<F: Future<Output = Result<Done>> + 'static>(
        seen: Seen,
        said: String,
        change: impl Fn(&mut Page) + Send + Sync + 'static,
        call: impl Fn(Key, i64) -> F + Send + Sync + 'static,
    ) -> Self {
        Self {
            change: Arc::new(change),
            seen,
            call: Arc::new(move |key, version| Box::pin(call(key, version))),
            said,
            yours: None,
            on_error: None,
        }
    }

    /// Keeps what the user typed for the choice after a conflict.
    fn with_value(self, field: &'static str, value: String) -> Self {
        Self { yours: Some((field, value)), ..self }
    }

    fn on_error(self, on_error: impl Fn(Error) + Send + Sync + 'static) -> Self {
        Self { on_error: Some(Callback::new(on_error)), ..self }
    }
}

/// A write that was not taken, with all that is needed to choose.
#[derive(Clone)]
struct Clash {
    write: Write,
    error: Error,
}

/// The datasheet as the page knows it.
#[derive(Clone, Copy)]
struct Sheet {
    here: Here,
    id: DatasheetId,
    page: RwSignal<Page>,
    history: RwSignal<Vec<Event>>,
    /// Whether the history may go on.
    more: RwSignal<bool>,
    /// What of the history the URL asks for.
    asked: Memo<Asked>,
    clash: RwSignal<Option<Clash>>,
    line: StoredValue<ArcStoredValue<Line>>,
}

/// What lives on when the page is left: the writes that wait, and what they are made on.
struct Line {
    /// The page as the server last gave it: what a refused write falls back to where the server is out of reach.
    stored: Page,
    /// Writes that wait for their turn; the first is on its way.
    queue: VecDeque<Write>,
}

impl Sheet {
    fn new(here: Here, page: Page, history: Vec<Event>, asked: Memo<Asked>) -> Self {
        Self {
            here,
            asked,
            id: page.row.id,
            more: RwSignal::new(history.len() == HISTORY_PAGE),
            line: StoredValue::new(ArcStoredValue::new(Line {
                stored: page.clone(),
                queue: VecDeque::new(),
            })),
            page: RwSignal::new(page),
            history: RwSignal::new(history),
            clash: RwSignal::new(None),
        }
    }

    /// Whether another page is shown by now.
    fn is_left(self) -> bool {
        self.page.try_with_untracked(|_| ()).is_none()
    }

    /// How many writes are on their way or wait.
    fn under_way(self) -> usize {
        let line = self.line.try_get_value();
        line.and_then(|line| line.try_with_value(|line| line.queue.len())).unwrap_or_default()
    }

    /// Looks again when somebody changed the datasheet.
    fn hear(self, news: &News) {
        let is_own = match news {
            News::Of(datasheets) => datasheets.contains(&self.id),
            News::Anything => true,
        };
        if is_own {
            spawn_local(self.refresh(true));
        }
    }

    /// The version of the process's facts that the page shows.
    fn facts_version(self) -> i64 {
        self.page.with_untracked(|page| Seen::Facts.version(page))
    }

    /// Shows a write at once and sends it when those before it are answered.
    fn write(self, write: Write) {
        if let Some(line) = self.line.try_get_value() {
            self.write_on(line, write);
        }
    }

    /// The same, also when the page was left since.
    fn write_on(self, line: ArcStoredValue<Line>, write: Write) {
        self.page.try_update(|page| (write.change)(page));
        let is_first = line.try_update_value(|line| {
            line.queue.push_back(write);
            line.queue.len() == 1
        });
        if is_first == Some(true) {
            self.send_first(line);
        }
    }

    fn send_first(self, line: ArcStoredValue<Line>) {
        let first = line.try_with_value(|line| {
            line.queue.front().map(|write| (write.clone(), write.seen.version(&line.stored)))
        });
        let Some(Some((write, stored))) = first else { return };
        let version = self.page.try_with_untracked(|page| write.seen.version(page)).unwrap_or(stored);
        let call = write.call.clone();
        send(
            move |key| call(key, version),
            move |answer| {
                let is_stored = answer.is_ok();
                match answer {
                    Ok(done) => self.say_done(&line, &write, &done),
                    Err(error) => self.say_failed(&line, write, error),
                }
                spawn_local(async move {
                    self.refresh_of(&line, is_stored, 1).await;
                    line.try_update_value(|line| line.queue.pop_front());
                    self.send_first(line);
                });
            },
        );
    }

    fn say_done(self, line: &ArcStoredValue<Line>, write: &Write, done: &Done) {
        let line = line.clone();
        let take_back = done.undo.map(|event| Callback::new(move |()| self.undo_on(line.clone(), event)));
        self.here.toasts.done(write.said.clone(), take_back);
    }

    /// Takes back an entry of the history.
    fn undo(self, event: EventId) {
        if let Some(line) = self.line.try_get_value() {
            self.undo_on(line, event);
        }
    }

    /// The same, also when the page was left since.
    fn undo_on(self, line: ArcStoredValue<Line>, event: EventId) {
        let said = sheet::said_undone(self.here.locale).to_owned();
        self.write_on(line, Write::new(Seen::Version(0), said, |_| {}, move |key, _| undo(key, event)));
    }

    fn say_failed(self, line: &ArcStoredValue<Line>, write: Write, error: Error) {
        if let Error::Missing(missing) = error {
            let line = line.clone();
            let retry = Callback::new(move |()| self.write_on(line.clone(), write.clone()));
            self.here.waiting.set(Some(Waiting { datasheet: self.id, missing, retry }));
        } else if self.is_left() {
            let why = errors::message(self.here.locale, &error);
            self.here.toasts.failed(errors::earlier_not_done(self.here.locale, &why));
        } else if let (Some(_), false) = (&write.yours, matches!(error, Error::NotFound | Error::Forbidden)) {
            self.clash.try_set(Some(Clash { write, error }));
        } else if let Some(on_error) = write.on_error {
            on_error.try_run(error);
        } else {
            self.here.toasts.error(&error);
        }
    }

    /// Takes over how things are on the server, unless writes are under way: they end with a look of their own.
    async fn refresh(self, is_stored: bool) {
        if let Some(line) = self.line.try_get_value() {
            self.refresh_of(&line, is_stored, 0).await;
        }
    }

    /// The same after the first write was answered (`answered`: 1), with the writes on top that are still to be sent; when the
    /// page was left, for what they are made on.
    async fn refresh_of(self, line: &ArcStoredValue<Line>, is_stored: bool, answered: usize) {
        let waiting =
            || line.try_with_value(|line| line.queue.len()).unwrap_or_default().saturating_sub(answered);
        let is_unseen = || self.is_left() && waiting() == 0;
        let is_others_turn = || answered == 0 && waiting() > 0;
        if is_unseen() || is_others_turn() {
            return;
        }
        let answer = datasheet_show(self.id).await;
        if is_others_turn() {
            return;
        }
        if let Ok(page) = &answer {
            line.try_update_value(|line| line.stored = page.clone());
        }
        // Without an answer a stored write stays in view, and a refused one goes.
        let stored = || line.try_with_value(|line| line.stored.clone());
        let page = answer.ok().or_else(|| if is_stored { None } else { stored() });
        if let Some(mut page) = page {
            line.try_with_value(|line| {
                // What was answered is in `page` already, or was refused.
                for write in line.queue.iter().skip(answered) {
                    (write.change)(&mut page);
                }
            });
            self.page.try_set(page);
        }
        let Some(asked) = self.asked.try_get_untracked() else { return };
        if let Ok(newest) = datasheet_history(self.id, asked.topic, asked.before).await {
            let is_full = newest.len() == HISTORY_PAGE;
            self.history.try_update(|history| {
                let oldest = newest.last().map(|event| (event.at, event.id));
                let older = std::mem::take(history)
                    .into_iter()
                    .filter(|event| is_full && oldest.is_some_and(|oldest| (event.at, event.id) < oldest));
                *history = newest.into_iter().chain(older).collect();
            });
        }
    }

    /// Brings the entries that the URL asks for, each time it asks for others.
    fn follow(self) {
        Effect::new(move |before: Option<Asked>| {
            let asked = self.asked.get();
            if before.is_some_and(|before| before != asked) {
                spawn_local(async move {
                    match datasheet_history(self.id, asked.topic, asked.before).await {
                        Ok(history) if self.asked.try_get_untracked() == Some(asked) => {
                            self.more.try_set(history.len() == HISTORY_PAGE);
                            self.history.try_set(history);
                        }
                        Ok(_) => {}
                        Err(error) => self.here.toasts.error(&error),
                    }
                });
            }
            asked
        });
    }

    /// Brings the next entries of the history.
    fn show_more(self) {
        let before = self.history.with_untracked(|history| history.last().map(|event| event.id));
        let asked = self.asked.get_untracked();
        spawn_local(async move {
            match datasheet_history(self.id, asked.topic, before).await {
                Ok(older) => {
                    self.more.try_set(older.len() == HISTORY_PAGE);
                    self.history.try_update(|history| history.extend(older));
                }
                Err(error) => self.here.toasts.error(&error),
            }
        });
    }

    fn is_trashed(self) -> bool {
        self.page.with(|page| page.trashed)
    }

    fn trash(self) {
        let (id, said) = (self.id, sheet::said_trashed(self.here.locale).to_owned());
        self.write(Write::new(
            Seen::Datasheet,
            said,
            |page| page.trashed = true,
            move |key, version| datasheet_trash(key, id, version),
        ));
    }

    fn restore(self) {
        let (id, said) = (self.id, sheet::said_restored(self.here.locale).to_owned());
        self.write(Write::new(
            Seen::Datasheet,
            said,
            |page| page.trashed = false,
            move |key, _| datasheet_restore(key, id),
        ));
    }
}

/// The page, once it is there.
#[component]
fn Whole(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    // What was sent goes on by itself; what waits for its answer is asked about.
    effect(move || {
        let Some(line) = sheet.line.try_get_value() else { return };
        let waits = move || line.try_with_value(|line| line.queue.len() > 1) == Some(true);
        let asks = waits.clone();
        let on_leave = window_event_listener(ev::beforeunload, move |event| {
            if asks() {
                event.prevent_default();
            }
        });
        // Also on the next page, as long as something of this one waits.
        on_cleanup(move || {
            if !waits() {
                on_leave.remove();
            }
        });
    });
    let name = move || sheet.page.with(|page| page.row.name.clone());
    let (module, href) =
        sheet.page.with_untracked(|page| (page.module.name.clone(), format!("/m/{}", page.module.id)));
    let subject = Subject::Module(sheet.page.with_untracked(|page| page.module.id));
    listen(sheet.here, subject, move |news| sheet.hear(&news));
    let created = sheet.page.with_untracked(|page| page.created_at);
    // A document has a view of its own; the datasheet's is the other.
    let has_document = sheet.page.with_untracked(|page| {
        page.process.as_ref().is_some_and(|state| matches!(state.facts, Facts::Invoicing(_)))
    });
    let shows_datasheet = process::shows_datasheet();
    let hides_own = move || has_document && !shows_datasheet.get();
    let created_exact = sheet.here.with_zone(|zone| format::moment_exact(created, zone, t));
    let created_ago = move || {
        let now = sheet.here.now.get();
        sheet.here.with_zone(|zone| format::ago(created, now, zone, t))
    };
    view! {
        <Title text=super::widgets::page_title::page_title(name) />
        <div class="datasheet-page" data-trashed=move || sheet.is_trashed().then_some("")>
            <header class="datasheet-page__head">
                <nav class="datasheet-page__path" aria-label=sheet::breadcrumb(t)>
                    <a href=href>{module}</a>
                </nav>
                <fields::Name sheet />
            </header>
            <next::Next sheet />
            <Banner sheet />
            <Choice sheet />
            <aside class="datasheet-page__fields" aria-label=sheet::details(t)>
                <fields::Fields sheet />
                <p class="datasheet-page__created">
                    {sheet::created(t)} " " <time title=created_exact>{created_ago}</time>
                </p>
                <button
                    type="button"
                    class="button button--quiet"
                    // What is issued stays.
                    hidden=move || sheet.page.with(|page| page.trashed || page.document.is_some())
                    on:click=move |_| sheet.trash()
                >
                    {sheet::trash(t)}
                </button>
            </aside>
            <div class="datasheet-page__main">
                <process::Process sheet />
                <div class="datasheet-page__own" hidden=hides_own>
                    <todos::Todos sheet />
                    <files::Files sheet />
                    <related::RelatedSheets sheet />
                    <history::HistoryList sheet />
                </div>
            </div>
            <own_fields::OwnFields sheet />
        </div>
    }
    .into_any()
}

/// Says that the datasheet is in the trash, with the way out.
#[component]
fn Banner(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    let module = sheet.page.with_untracked(|page| format!("/m/{}", page.module.id));
    view! {
        <div class="datasheet-page__banner" hidden=move || !sheet.is_trashed()>
            <span>
                {sheet::in_trash(t)} " "
                <a href=format!("{module}/trash")>{sheet::to_the_trash(t)}</a>
            </span>
            <button type="button" class="button" on:click=move |_| sheet.restore()>
                {sheet::restore(t)}
            </button>
        </div>
    }
    .into_any()
}

/// After a stale or failed edit: both values, and a choice. Nothing is lost until the user chose.
#[component]
fn Choice(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    let panel = move || {
        let Clash { write, error } = sheet.clash.get()?;
        let (field, yours) = write.yours.clone()?;
        let (head, theirs, seen, keep, leave) = match &error {
            Error::Conflict(conflict) => (
                sheet::clash(t, field),
                Some(conflict.theirs.clone()),
                Seen::Version(conflict.version),
                sheet::keep_mine(t),
                sheet::keep_theirs(t),
            ),
            error => (errors::message(t, error), None, write.seen, sheet::try_again(t), sheet::discard(t)),
        };
        let again = move |_| {
            sheet.clash.set(None);
            sheet.write(Write { seen, ..write.clone() });
        };
        Some(view! {
            <div class="datasheet-page__clash">
                <p>{head}</p>
                <dl>
                    <dt>{sheet::yours(t)}</dt>
                    <dd>{yours}</dd>
                    {theirs
                        .map(|theirs| {
                            view! {
                                <dt>{sheet::theirs(t)}</dt>
                                <dd>{theirs}</dd>
                            }
                        })}
                </dl>
                <div class="form__actions">
                    <button type="button" class="button" on:click=again>
                        {keep}
                    </button>
                    <button
                        type="button"
                        class="button button--quiet"
                        on:click=move |_| sheet.clash.set(None)
                    >
                        {leave}
                    </button>
                </div>
            </div>
        })
    };
    view! { <div role="alert">{panel}</div> }.into_any()
}
