//! The datasheet list: buckets as headings, rows under them. What is done on a row shows at once and is put right by the answer.

mod row;

use leptos::{prelude::*, task::spawn_local};

use super::{browser, here, send};
use crate::{
    api::{datasheets, modules, todos},
    domain::{
        bucket::{Borders, Bucket},
        datasheet::{Cursor, Done, ModulePage, Page, Row, StatusCount},
        due::Postpone,
        filter::{Filter, Narrow},
        id::{DatasheetId, EventId, ModuleId, StatusId, TodoTypeId},
        module::TodoType,
        status::StatusTree,
        todo::{Outcome, TodoForm},
    },
    error::Error,
    i18n::{format, list as texts},
};

/// Rows asked for at a time.
const PAGE: u32 = 100;

/// A row that asks for its next to-do: it stays where it was until answered.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Asking {
    datasheet: DatasheetId,
    bucket: Bucket,
    cursor: Cursor,
}

/// What the list shows and does. Cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct ListState {
    /// The module listed.
    pub module: ModuleId,
    /// The module's statuses; shared with the tree.
    pub tree: RwSignal<StatusTree>,
    /// Counts of the tree.
    pub statuses: RwSignal<Vec<StatusCount>>,
    buckets: RwSignal<[u32; Bucket::ALL.len()]>,
    rows: RwSignal<Vec<Row>>,
    more: RwSignal<bool>,
    loading: RwSignal<bool>,
    asking: RwSignal<Option<Asking>>,
    types: StoredValue<Vec<TodoType>>,
    filter: StoredValue<Filter>,
    here: super::Here,
}

impl ListState {
    /// The list of a page that was just loaded.
    pub fn new(page: ModulePage, filter: Filter) -> Self {
        Self {
            module: page.module.id,
            tree: RwSignal::new(page.tree),
            statuses: RwSignal::new(page.counts.statuses),
            buckets: RwSignal::new(page.counts.buckets),
            rows: RwSignal::new(page.page.rows),
            more: RwSignal::new(page.page.more),
            loading: RwSignal::new(false),
            asking: RwSignal::new(None),
            types: StoredValue::new(page.types),
            filter: StoredValue::new(filter),
            here: here(),
        }
    }

    /// The type of a to-do nobody chose one for.
    pub fn first_type(self) -> Option<TodoTypeId> {
        self.types.with_value(|types| types.last().map(|kind| kind.id))
    }

    /// The status the list is narrowed to.
    pub fn narrowed_status(self) -> Option<StatusId> {
        self.filter.with_value(|filter| match filter.narrow {
            Some(Narrow::Status(status)) => Some(status),
            _ => None,
        })
    }

    fn get(self, id: DatasheetId) -> Option<Row> {
        self.rows.with_untracked(|rows| rows.iter().find(|row| row.id == id).cloned())
    }

    fn borders(self) -> Borders {
        self.here.with_zone(|zone| Borders::at(self.here.now.get(), zone))
    }

    fn is_shown(self, row: &Row) -> bool {
        self.filter.with_value(|filter| match filter.narrow {
            Some(Narrow::Status(status)) => row.status == status,
            Some(Narrow::Group(group)) => self.tree.with_untracked(|tree| {
                tree.get(row.status).is_some_and(|status| status.status_group == group)
            }),
            None => true,
        })
    }

    /// Puts a row where it belongs now, or takes it out, and keeps the counts in step.
    fn put(self, id: DatasheetId, row: Option<Row>) {
        let borders = untrack(|| self.borders());
        let bucket = |row: &Row| borders.bucket(row.todo.as_ref().map(|todo| todo.moment)) as usize;
        let before = self.get(id);
        let row = row.filter(|row| self.is_shown(row));
        self.buckets.update(|counts| {
            // From 1,000 on a heading says «1,000+»: a step more or less does not show.
            if let Some(count) = before.as_ref().and_then(|row| counts.get_mut(bucket(row)))
                && (1..1_000).contains(count)
            {
                *count -= 1;
            }
            if let Some(count) = row.as_ref().and_then(|row| counts.get_mut(bucket(row)))
                && *count < 1_000
            {
                *count += 1;
            }
        });
        let more = self.more.get_untracked();
        self.rows.update(|rows| {
            rows.retain(|other| other.id != id);
            if let Some(row) = row {
                let at = rows.partition_point(|other| other.cursor() < row.cursor());
                // Past the last row that was loaded, its place comes with the next page.
                if at < rows.len() || !more {
                    rows.insert(at, row);
                }
            }
        });
    }

    /// Takes the answer to a write in, and says what was done.
    pub fn settle(self, done: Done, text: String) {
        let undo = done.undo.map(|event| Callback::new(move |()| self.undo(event)));
        self.put(done.datasheet, done.row);
        self.here.toasts.done(text, undo);
        self.refresh_counts();
    }

    /// Shows `after` at once, sends the write, and puts right what the answer says.
    fn change<F>(
        self,
        before: Row,
        after: Option<Row>,
        text: String,
        write: impl Fn(crate::api::Key) -> F + 'static,
    ) where
        F: Future<Output = crate::error::Result<Done>> + 'static,
    {
        let id = before.id;
        self.put(id, after);
        send(write, move |answer| match answer {
            Ok(done) => self.settle(done, text),
            Err(error) => {
                self.asking.set(None);
                self.put(id, Some(before));
                if matches!(error, Error::Conflict(_) | Error::NotFound | Error::Refused(_)) {
                    self.reload();
                }
                self.here.toasts.error(&error);
            }
        });
    }

    fn undo(self, event: EventId) {
        send(
            move |key| datasheets::undo(key, event),
            move |answer| match answer {
                Ok(done) => {
                    self.asking.set(None);
                    self.put(done.datasheet, done.row);
                    self.here.toasts.done(texts::undone(self.here.locale), None);
                    self.refresh_counts();
                }
                Err(error) => self.here.toasts.error(&error),
            },
        );
    }

    fn close(self, id: DatasheetId, outcome: Outcome, note: Option<String>) {
        let Some(before) = self.get(id) else { return };
        let Some(todo) = before.todo.clone() else { return };
        let text = texts::closed(self.here.locale, &todo.text, &before.name);
        let after = Row { todo: None, ..before.clone() };
        let borders = untrack(|| self.borders());
        self.asking.set(Some(Asking {
            datasheet: id,
            bucket: borders.bucket(Some(todo.moment)),
            cursor: before.cursor(),
        }));
        self.change(before, Some(after), text, move |key| {
            todos::todo_close(key, todo.id, todo.version, outcome, note.clone())
        });
        browser::focus_soon(format!("[data-datasheet='{id}'] input"));
    }

    fn postpone(self, id: DatasheetId, to: Postpone) {
        let Some(before) = self.get(id) else { return };
        let Some(todo) = before.todo.clone() else { return };
        let now = self.here.now.get_untracked();
        let (due, moment, said) = self.here.with_zone(|zone| {
            let due = to.apply(todo.due, now, zone);
            (due, due.moment(zone), format::due_exact(due, zone, self.here.locale))
        });
        let text = texts::postponed(self.here.locale, &todo.text, &said);
        let later =
            crate::domain::todo::NextTodo { due, moment, postponed: todo.postponed + 1, ..todo.clone() };
        let after = Row { todo: Some(later), ..before.clone() };
        self.change(before, Some(after), text, move |key| {
            todos::todo_postpone(key, todo.id, todo.version, to)
        });
    }

    fn add_todo(self, id: DatasheetId, form: TodoForm) {
        let locale = self.here.locale;
        let name = self.get(id).map(|row| row.name).unwrap_or_default();
        send(
            move |key| todos::todo_add(key, id, form.clone()),
            move |answer| match answer {
                Ok(done) => {
                    self.asking.set(None);
                    self.settle(done, texts::todo_added(locale, &name));
                }
                Err(error) => self.here.toasts.error(&error),
            },
        );
    }

    /// Sets the status of a row: from its menu, or dropped on the tree.
    pub fn set_status(self, id: DatasheetId, status: StatusId) {
        let Some(before) = self.get(id).filter(|row| row.status != status) else { return };
        let name = self
            .tree
            .with_untracked(|tree| tree.get(status).map(|status| status.name.clone()))
            .unwrap_or_default();
        let text = texts::status_set(self.here.locale, &before.name, &name);
        let version = before.version;
        let after = Row { status, ..before.clone() };
        self.change(before, Some(after), text, move |key| {
            datasheets::datasheet_set_status(key, id, version, status)
        });
    }

    fn trash(self, id: DatasheetId) {
        let Some(before) = self.get(id) else { return };
        let text = texts::trashed(self.here.locale, &before.name);
        let version = before.version;
        self.change(before, None, text, move |key| datasheets::datasheet_trash(key, id, version));
    }

    fn load_more(self) {
        if self.loading.get_untracked() || !self.more.get_untracked() {
            return;
        }
        self.loading.set(true);
        let after = self.rows.with_untracked(|rows| rows.last().map(Row::cursor));
        let filter = self.filter.get_value();
        spawn_local(async move {
            match modules::module_rows(self.module, filter, after, PAGE).await {
                Ok(Page { rows: further, more }) => {
                    self.rows.update(|rows| {
                        rows.retain(|row| further.iter().all(|other| other.id != row.id));
                        rows.extend(further);
                    });
                    self.more.set(more);
                }
                Err(error) => self.here.toasts.error(&error),
            }
            self.loading.set(false);
        });
    }

    fn reload(self) {
        let filter = self.filter.get_value();
        spawn_local(async move {
            if let Ok(Page { rows, more }) = modules::module_rows(self.module, filter, None, PAGE).await {
                self.rows.set(rows);
                self.more.set(more);
            }
        });
        self.refresh_counts();
    }

    fn refresh_counts(self) {
        let filter = self.filter.get_value();
        spawn_local(async move {
            // Counts that cannot be had stay as they are; the next write asks again.
            if let Ok(counts) = modules::module_counts(self.module, filter).await {
                self.statuses.set(counts.statuses);
                self.buckets.set(counts.buckets);
            }
        });
    }
}

/// The list.
#[component]
pub fn DatasheetList(
    /// What it shows and does.
    list: ListState,
) -> impl IntoView {
    let here = here();
    let locale = here.locale;
    let grouped = Memo::new(move |_| {
        let borders = list.borders();
        let asking = list.asking.get();
        let mut groups: Vec<(Bucket, Vec<Row>)> =
            Bucket::ALL.into_iter().map(|bucket| (bucket, vec![])).collect();
        list.rows.with(|rows| {
            for row in rows {
                let waits = asking.filter(|asking| asking.datasheet == row.id && row.todo.is_none());
                let bucket = waits.map_or_else(
                    || borders.bucket(row.todo.as_ref().map(|todo| todo.moment)),
                    |asking| asking.bucket,
                );
                if let Some((_, group)) = groups.get_mut(bucket as usize) {
                    let cursor = waits.map_or_else(|| row.cursor(), |asking| asking.cursor);
                    let at = group.partition_point(|other| other.cursor() < cursor);
                    group.insert(at, row.clone());
                }
            }
        });
        groups
    });
    let rows_of = move |bucket: Bucket| {
        grouped.with(|groups| groups.get(bucket as usize).map(|(_, rows)| rows.clone()).unwrap_or_default())
    };
    let is_empty = Memo::new(move |_| list.rows.with(Vec::is_empty));

    // The next page is on its way before the end of this one is in sight.
    Effect::new(move || {
        let handle = window_event_listener(leptos::ev::scroll, move |_| {
            let Some(window) = leptos::web_sys::window() else { return };
            let height = window.inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0);
            let below = window
                .document()
                .and_then(|document| document.query_selector(".list__end").ok().flatten())
                .map(|end| end.get_bounding_client_rect().top());
            if below.is_some_and(|top| top < 3.0 * height) {
                list.load_more();
            }
        });
        on_cleanup(move || handle.remove());
    });

    let headings = Bucket::ALL
        .into_iter()
        .map(|bucket| {
            let count = move || list.buckets.with(|counts| counts.get(bucket as usize).copied().unwrap_or(0));
            let is_shown = Memo::new(move |_| {
                grouped.with(|groups| groups.get(bucket as usize).is_some_and(|(_, rows)| !rows.is_empty()))
            });
            let span = move || {
                let borders = list.borders();
                borders.label_span(bucket).map(|span| {
                    here.with_zone(|zone| format::day_span(&span, zone.today(here.now.get()), locale))
                })
            };
            view! {
                <Show when=move || is_shown.get()>
                    <h2 class="bucket" data-bucket=bucket.as_str()>
                        {texts::bucket(locale, bucket)}
                        <small>{span}</small>
                        " "
                        <span class="n">{move || format::bucket_count(u64::from(count()), locale)}</span>
                    </h2>
                    <For each=move || rows_of(bucket) key=|row| row.clone() let(row)>
                        <row::RowView list row bucket />
                    </For>
                </Show>
            }
        })
        .collect_view();
    view! {
        <section class="list" aria-label=texts::datasheets(locale)>
            {headings}
            <Show when=move || is_empty.get()>
                <div class="empty">
                    {move || {
                        if list.filter.with_value(|filter| *filter == Filter::default()) {
                            view! {
                                <h2>{texts::nothing_yet(locale)}</h2>
                                <p>{texts::nothing_yet_hint(locale)}</p>
                            }
                                .into_any()
                        } else {
                            view! {
                                <h2>{texts::no_match(locale)}</h2>
                                <p>
                                    <a href=format!("/m/{}", list.module)>{texts::widen(locale)}</a>
                                </p>
                            }
                                .into_any()
                        }
                    }}
                </div>
            </Show>
            <div class="list__end"></div>
            <Show when=move || list.more.get()>
                <p class="list__more">
                    <button type="button" class="button button--quiet" on:click=move |_| list.load_more()>
                        {move || if list.loading.get() { texts::loading(locale) } else { texts::load_more(locale) }}
                    </button>
                </p>
            </Show>
        </section>
    }
}
