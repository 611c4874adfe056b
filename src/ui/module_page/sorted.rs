//! The list in the order of a field, in the place of its buckets: the same rows, with what stands in the field beside each. Its
//! code comes when it is first asked for.

use std::{collections::HashSet, ops::Range, sync::Arc};

use crate::ui::{any::IntoAny, effect};
use leptos::{prelude::*, task::spawn_local};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{
    api::{
        fields::fields_of_module,
        modules::{OfFields, module_sorted},
    },
    domain::{
        datasheet::{Row, SortedPage, SortedPlace, SortedRow},
        field::CustomField,
        filter::{Filter, Sort},
        id::DatasheetId,
    },
    error::{Error, Result},
    i18n::{errors, list as texts},
    ui::{
        Here, buckets,
        datasheet_list::{self, ListState},
        fields::shown,
        here,
        lazy::late,
        reload::{Extent, PAGE, Reload, Reloads, Rows},
        unscripted::unscripted,
    },
};

/// So often the next ones are asked for by itself where none of those looked through is to be seen.
const TRIES: usize = 5;

/// The list, in the browser.
pub(super) fn list(list: ListState) -> AnyView {
    let is_alive = RwSignal::new(false);
    effect(move || is_alive.set(true));
    view! {
        {unscripted(move || first_rows(list))}
        {move || is_alive.get().then(|| late(load(list)))}
    }
    .into_any()
}

/// The first rows, for who has no JavaScript.
fn first_rows(list: ListState) -> Option<AnyView> {
    let known = use_context::<Arc<OfFields>>()?;
    let sort = list.filter.with_value(Filter::order)?;
    let page = match known.sorted.as_ref()? {
        Ok(page) => page,
        // Of the list alone: the page around it is there.
        Err(error) => {
            let said = errors::message(list.here.locale, error);
            return Some(view! { <p class="form-error">{said}</p> }.into_any());
        }
    };
    let rows: Vec<Row> = page.rows.iter().map(|row| row.row.clone()).collect();
    let is_empty = rows.is_empty() && page.next.is_none();
    list.rows.set(rows);
    let here = list.here;
    let value = move |id: DatasheetId| {
        let field = known.list.get(sort.field);
        let rows = known.sorted.iter().flatten().flat_map(|page| &page.rows);
        let value = rows.filter(|row| row.row.id == id).find_map(|row| row.value.as_ref());
        let value = field.zip(value).map(|(field, value)| shown(here, field, Some(value), &[], &[]));
        view! { <b class="sorted__value">{value}</b> }.into_any()
    };
    let after = is_empty.then(|| datasheet_list::nothing(list));
    Some(datasheet_list::in_order(list, Callback::new(value), after.into_any()))
}

#[wasm_split(dialogs, fallible)]
fn load(list: ListState) -> std::result::Result<AnyView, SplitLoaderError> {
    let sort = list.filter.with_value(Filter::order);
    Ok(match sort {
        Some(sort) => view! { <Sorted list sort /> }.into_any(),
        None => view! { <datasheet_list::DatasheetList list /> }.into_any(),
    })
}

/// The loaded part of the list. Cheap to copy.
#[derive(Clone, Copy)]
struct Loaded {
    list: ListState,
    sort: Sort,
    /// Whether an answer came yet.
    is_there: RwSignal<bool>,
    problem: RwSignal<Option<Error>>,
    /// A row's place is its number here: the browser does not compare what stands in fields.
    reloads: StoredValue<Reloads<usize>>,
    /// Where what follows that many rows begins, when more than one page is asked for at once.
    end: StoredValue<(usize, Option<SortedPlace>)>,
}

impl Loaded {
    fn new(list: ListState, sort: Sort) -> Self {
        let is_there = list.return_in_order();
        Self {
            list,
            sort,
            is_there: RwSignal::new(is_there),
            problem: RwSignal::new(None),
            reloads: StoredValue::new(Reloads::default()),
            end: StoredValue::new((0, None)),
        }
    }

    /// The rows after a place; of what is far apart it may be fewer, or none, while more follow.
    async fn fetch(self, mut from: Option<SortedPlace>, limit: u32) -> Result<SortedPage> {
        let filter = self.list.filter.try_get_value().unwrap_or_default();
        let mut tries = 1;
        loop {
            let page = module_sorted(self.list.module, filter.clone(), self.sort, from, limit).await?;
            if page.next.is_none() || !page.rows.is_empty() || tries == TRIES {
                return Ok(page);
            }
            tries += 1;
            from = page.next;
        }
    }

    /// Puts rows after the first `kept` ones, in place of what is there.
    fn put(self, kept: usize, fresh: Vec<SortedRow>, next: Option<SortedPlace>) {
        let list = self.list;
        let new: HashSet<DatasheetId> = fresh.iter().map(|row| row.row.id).collect();
        let mut rows = list.rows.get_untracked();
        rows.truncate(kept);
        rows.retain(|row| !new.contains(&row.id));
        list.in_order.update(|in_order| {
            for row in fresh {
                in_order.stands.insert(row.row.id, (row.value, row.place));
                rows.push(row.row);
            }
            let there: HashSet<DatasheetId> = rows.iter().map(|row| row.id).collect();
            in_order.stands.retain(|id, _| there.contains(id));
            list.more.set(next.is_some());
            in_order.next = next;
        });
        list.set_in_order(rows);
        self.is_there.set(true);
    }
}

impl Reload for Loaded {
    type Row = SortedRow;
    type Place = usize;

    fn reloads(self) -> StoredValue<Reloads<usize>> {
        self.reloads
    }

    fn is_alive(self) -> bool {
        self.is_there.try_get_untracked().is_some()
    }

    fn shown(self) -> Range<usize> {
        self.list.shown_in_order()
    }

    fn places<const N: usize>(self, rows: [Option<usize>; N]) -> [Option<usize>; N] {
        let loaded = self.loaded();
        rows.map(|row| row.filter(|row| *row < loaded))
    }

    fn loaded(self) -> usize {
        self.list.rows.with_untracked(Vec::len)
    }

    async fn rows_after(self, after: Option<usize>, limit: u32) -> Result<Rows<SortedRow, usize>> {
        let from = match (after, self.end.get_value()) {
            (None, _) => None,
            (Some(after), (at, place @ Some(_))) if at == after => place,
            (Some(after), _) => {
                let id = self.list.rows.with_untracked(|rows| rows.get(after).map(|row| row.id));
                self.list
                    .in_order
                    .with_untracked(|in_order| in_order.stands.get(&id?).map(|(_, place)| place.clone()))
            }
        };
        let SortedPage { rows, next } = self.fetch(from, limit).await?;
        let at = after.map_or(0, |after| after + 1) + rows.len();
        let more = next.is_some();
        // One place is asked for and another one told: the number of the last row.
        let at = at.saturating_sub(1);
        self.end.try_set_value((at, next));
        Ok(Rows { rows, more, next: Some(at) })
    }

    fn end(self) -> Option<usize> {
        self.loaded().checked_sub(1)
    }

    fn take_in(self, Rows { rows, more, .. }: Rows<SortedRow, usize>, extent: Extent<usize>) {
        let next = self.end.try_update_value(|end| std::mem::take(end).1).flatten().filter(|_| more);
        let kept = match extent {
            Extent::Some => self.loaded(),
            Extent::AllAfter(from) => from.map_or(0, |from| from + 1),
        };
        self.put(kept, rows, next);
    }

    fn more(self) -> RwSignal<bool> {
        self.list.more
    }

    fn loading(self) -> RwSignal<bool> {
        self.list.loading
    }

    fn here(self) -> Here {
        self.list.here
    }

    fn look(self) -> bool {
        buckets::measure(self.list.node, self.list.window)
    }

    // They follow a place that may have no row; and what went wrong is said where they would stand.
    fn load_more(self) {
        let list = self.list;
        if list.loading.get_untracked() || !list.more.get_untracked() {
            return;
        }
        list.loading.set(true);
        self.problem.set(None);
        let reloaded = self.reloads.with_value(|reloads| reloads.done);
        let again = list.again.get_untracked();
        let next = list.in_order.with_untracked(|in_order| in_order.next.clone());
        spawn_local(async move {
            let answer = self.fetch(next, PAGE).await;
            if !self.is_alive() {
                return;
            }
            list.loading.set(false);
            match answer {
                // The row that these follow may be gone since.
                Ok(_) if self.reloads.with_value(|reloads| reloads.done != reloaded) => {
                    request_animation_frame(move || self.measure());
                }
                Ok(SortedPage { rows, next }) => {
                    let is_some = !rows.is_empty();
                    let is_first = !self.is_there.get_untracked();
                    self.put(self.loaded(), rows, next);
                    // Something changed while the first ones were on their way.
                    if is_first && list.again.get_untracked() != again {
                        self.reload();
                    }
                    // What is far apart is looked for no further by itself.
                    if is_some {
                        request_animation_frame(move || self.measure());
                    }
                }
                Err(error) => self.problem.set(Some(error)),
            }
        });
    }

    fn reload(self) {
        if !self.reloads.with_value(Reloads::is_under_way) {
            self.end.set_value((0, None));
        }
        self.reload_near();
    }
}

#[component]
fn Sorted(list: ListState, sort: Sort) -> impl IntoView {
    let t = here().locale;
    let field = RwSignal::new(None::<CustomField>);
    spawn_local(async move {
        // Without it the values are not shown; the rows stand as they are.
        if let Ok((fields, _)) = fields_of_module(list.module, None).await {
            field.try_set(fields.get(sort.field).cloned());
        }
    });
    let loaded = Loaded::new(list, sort);
    let Loaded { is_there, problem, .. } = loaded;
    if !is_there.get_untracked() {
        loaded.load_more();
    }
    Effect::new(move |was: Option<u32>| {
        let again = list.again.get();
        if was.is_some_and(|was| was != again) {
            if is_there.get_untracked() {
                loaded.reload();
            } else {
                // What did not come, comes now; what is on its way is looked at again once it is there.
                loaded.load_more();
            }
        }
        again
    });
    effect(move || {
        if list.further.get() > 0 && problem.with_untracked(Option::is_none) {
            loaded.load_more();
        }
    });
    effect(move || {
        list.window.track();
        if loaded.is_old() {
            loaded.reload();
        }
    });
    let is_empty = Memo::new(move |_| is_there.get() && list.rows.with(Vec::is_empty) && !list.more.get());
    let is_more = Memo::new(move |_| list.more.get() || problem.with(Option::is_some));
    let loading = list.loading;
    let value = move |id: DatasheetId| {
        let here = list.here;
        let value = move || {
            list.in_order.with(|in_order| {
                let value = in_order.stands.get(&id)?.0.as_ref()?;
                field.with(|field| field.as_ref().map(|field| shown(here, field, Some(value), &[], &[])))
            })
        };
        view! { <b class="sorted__value">{value}</b> }.into_any()
    };
    let after = view! {
        <p class="form-error" role="alert" hidden=move || problem.with(Option::is_none)>
            {move || problem.get().map(|error| errors::message(t, &error))}
        </p>
        {move || is_empty.get().then(|| datasheet_list::nothing(list))}
        <p class="list__more" hidden=move || !is_more.get()>
            <button
                type="button"
                class="button button--quiet"
                aria-busy=move || loading.get().then_some("true")
                on:click=move |_| loaded.load_more()
            >
                {move || if loading.get() { texts::loading(t) } else { texts::load_more(t) }}
            </button>
        </p>
    };
    datasheet_list::in_order(list, Callback::new(value), after.into_any())
}
