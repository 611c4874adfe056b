//! The list in the order of a field, in the place of its buckets: the same rows, with what stands in the field beside each. Its
//! code comes when it is first asked for.

use std::collections::{BTreeMap, HashSet};

use crate::ui::{any::IntoAny, effect};
use leptos::{prelude::*, task::spawn_local};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{
    api::{fields::fields_of_module, modules::module_sorted},
    domain::{
        datasheet::{Row, SortedPlace},
        field::{CustomField, FieldValue},
        filter::Sort,
        id::DatasheetId,
    },
    error::{Error, Result},
    i18n::{errors, list as texts},
    ui::{
        datasheet_list::{self, ListState},
        fields::shown,
        here,
        lazy::late,
        reload::{AGAIN, PAGE, Turns},
    },
};

/// So many loaded rows at most are asked for anew.
const ANEW_MAX: usize = 600;
/// So often the next ones are asked for by itself where none of those looked through is to be seen.
const TRIES: usize = 5;

/// The list, in the browser.
pub(super) fn list(list: ListState) -> AnyView {
    let is_alive = RwSignal::new(false);
    effect(move || is_alive.set(true));
    (move || is_alive.get().then(|| late(load(list)))).into_any()
}

#[wasm_split(dialogs, fallible)]
fn load(list: ListState) -> std::result::Result<AnyView, SplitLoaderError> {
    let sort = list.filter.with_value(crate::domain::filter::Filter::order);
    Ok(match sort {
        Some(sort) => view! { <Sorted list sort /> }.into_any(),
        None => view! { <datasheet_list::DatasheetList list /> }.into_any(),
    })
}

/// Some rows in order, with what stands in the field, and where more follow.
#[derive(Default)]
struct Pages {
    rows: Vec<Row>,
    values: BTreeMap<DatasheetId, FieldValue>,
    next: Option<SortedPlace>,
}

/// The rows after a place, so many if there are; of what is far apart it may be fewer, or none, while more follow.
async fn fetch(list: ListState, sort: Sort, from: Option<SortedPlace>, wanted: usize) -> Result<Pages> {
    let filter = list.filter.try_get_value().unwrap_or_default();
    let mut pages = Pages { next: from, ..Pages::default() };
    let mut tries = 0;
    let limit = if wanted > PAGE as usize { AGAIN } else { PAGE };
    loop {
        let page = module_sorted(list.module, filter.clone(), sort, pages.next.take(), limit).await?;
        tries = if page.rows.is_empty() { tries + 1 } else { 0 };
        for row in page.rows {
            if let Some(value) = row.value {
                pages.values.insert(row.row.id, value);
            }
            pages.rows.push(row.row);
        }
        pages.next = page.next;
        if pages.next.is_none() || tries == TRIES || pages.rows.len() >= wanted {
            return Ok(pages);
        }
    }
}

/// What was asked for while something else was on its way.
#[derive(Clone, Copy, Default)]
struct Wanted {
    anew: bool,
    more: bool,
}

/// The loaded part of the list. Cheap to copy.
#[derive(Clone, Copy)]
struct Loaded {
    list: ListState,
    sort: Sort,
    values: RwSignal<BTreeMap<DatasheetId, FieldValue>>,
    next: RwSignal<Option<SortedPlace>>,
    /// Whether an answer came yet.
    is_there: RwSignal<bool>,
    /// Whether the user waits for rows.
    loading: RwSignal<bool>,
    problem: RwSignal<Option<Error>>,
    turns: StoredValue<Turns<Wanted>>,
}

impl Loaded {
    fn new(list: ListState, sort: Sort) -> Self {
        Self {
            list,
            sort,
            values: RwSignal::new(BTreeMap::new()),
            next: RwSignal::new(None),
            is_there: RwSignal::new(false),
            loading: RwSignal::new(true),
            problem: RwSignal::new(None),
            turns: StoredValue::new(Turns::default()),
        }
    }

    /// Asks for what is there anew, or for what comes after it. Beyond a bound what was there comes with the next page.
    fn ask(self, anew: bool) {
        let note = |wanted: &mut Wanted| {
            wanted.anew |= anew;
            wanted.more |= !anew;
        };
        let is_first = self.turns.try_update_value(|turns| turns.begin(note));
        if is_first != Some(true) {
            return;
        }
        self.problem.set(None);
        let from = if anew { None } else { self.next.get_untracked() };
        let loaded =
            if anew && self.is_there.get_untracked() { self.list.rows.with_untracked(Vec::len) } else { 0 };
        spawn_local(async move {
            let answer = fetch(self.list, self.sort, from, loaded.min(ANEW_MAX)).await;
            // The list was left.
            let Some(wanted) = self.turns.try_update_value(Turns::end) else { return };
            self.loading.set(false);
            match answer {
                Ok(pages) => self.take_in(pages, anew),
                Err(error) => self.problem.set(Some(error)),
            }
            // First what the user waits for.
            if wanted.more {
                self.more();
            }
            if wanted.anew {
                self.ask(true);
            }
        });
    }

    /// Asks for the rows after those that are there; where there is no place they come after, for all anew.
    fn more(self) {
        self.loading.set(true);
        self.ask(!self.is_there.get_untracked() || self.next.with_untracked(Option::is_none));
    }

    fn take_in(self, pages: Pages, anew: bool) {
        self.values.update(|values| {
            if anew {
                values.clear();
            }
            values.extend(pages.values);
        });
        let mut rows = if anew { vec![] } else { self.list.rows.get_untracked() };
        let known: HashSet<DatasheetId> = rows.iter().map(|row| row.id).collect();
        rows.extend(pages.rows.into_iter().filter(|row| !known.contains(&row.id)));
        self.list.set_in_order(rows);
        self.next.set(pages.next);
        self.is_there.set(true);
    }
}

#[component]
fn Sorted(list: ListState, sort: Sort) -> impl IntoView {
    let t = here().locale;
    // Those that came with the page stand in another order.
    list.rows.set(vec![]);
    let field = RwSignal::new(None::<CustomField>);
    spawn_local(async move {
        // Without it the values are not shown; the rows stand as they are.
        if let Ok((fields, _)) = fields_of_module(list.module, None).await {
            field.try_set(fields.get(sort.field).cloned());
        }
    });
    let loaded = Loaded::new(list, sort);
    let Loaded { values, next, is_there, loading, problem, .. } = loaded;
    effect(move || {
        list.again.track();
        loaded.ask(true);
    });
    let is_empty =
        Memo::new(move |_| is_there.get() && list.rows.with(Vec::is_empty) && next.with(Option::is_none));
    let is_more =
        Memo::new(move |_| !is_there.get() || next.with(Option::is_some) || problem.with(Option::is_some));
    let value = move |id: DatasheetId| {
        let here = list.here;
        let value = move || {
            values.with(|values| {
                let value = values.get(&id)?;
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
                on:click=move |_| if !loading.get_untracked() { loaded.more() }
            >
                {move || if loading.get() { texts::loading(t) } else { texts::load_more(t) }}
            </button>
        </p>
    };
    datasheet_list::in_order(list, Callback::new(value), after.into_any())
}
