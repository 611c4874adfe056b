//! The lists left behind: going back finds the place and the rows again.

use std::collections::BTreeMap;

use crate::ui::effect;
use leptos::prelude::*;

use super::{
    super::browser,
    state::{About, Draft, Pending},
};
use crate::domain::{
    datasheet::{Row, SortedPlace},
    field::FieldValue,
    filter::Filter,
    id::{DatasheetId, ModuleId},
};

/// How many lists are kept.
const LISTS: usize = 8;

/// How long after going back a page may take to load and still find its place, in milliseconds.
const BACK: i64 = 5_000;

/// A list as it was left.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its rows.
    pub rows: Vec<Row>,
    /// Whether more follow.
    pub more: bool,
    /// How far the page was scrolled, in pixels.
    pub scroll: f64,
    /// What belongs to rows in the order of a field.
    pub in_order: InOrder,
}

/// What belongs to rows in the order of a field.
#[derive(Clone, Debug, Default)]
pub struct InOrder {
    /// What stands in the field of each row, and where the row stands.
    pub stands: BTreeMap<DatasheetId, (Option<FieldValue>, SortedPlace)>,
    /// Where more follow.
    pub next: Option<SortedPlace>,
}

/// The lists that were left, the last one at the end. Cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct KeptLists {
    /// Writes under way: they go on when the list is left.
    pub(super) pending: StoredValue<Vec<Pending>>,
    /// What was typed on datasheets and not taken.
    pub(super) drafts: StoredValue<Vec<(About, Draft)>>,
    lists: StoredValue<Vec<((ModuleId, Filter), Kept)>>,
    went_back: StoredValue<i64>,
}

impl KeptLists {
    /// Keeps lists for all pages of the application.
    pub fn provide() {
        let kept = Self {
            pending: StoredValue::new(vec![]),
            drafts: StoredValue::new(vec![]),
            lists: StoredValue::new(vec![]),
            went_back: StoredValue::new(i64::MIN),
        };
        provide_context(kept);
        effect(move || {
            let handle = window_event_listener(leptos::ev::popstate, move |_| {
                kept.went_back.set_value(browser::clock());
            });
            on_cleanup(move || handle.remove());
        });
    }

    /// Keeps a list that is being left.
    pub fn keep(self, module: ModuleId, filter: Filter, list: Kept) {
        self.lists.try_update_value(|lists| {
            lists.retain(|(key, _)| *key != (module, filter.clone()));
            lists.push(((module, filter), list));
            if lists.len() > LISTS {
                lists.remove(0);
            }
        });
    }

    /// The list as it was left, if the user came here by going back.
    pub fn find(self, module: ModuleId, filter: &Filter) -> Option<Kept> {
        let went_back = self.went_back.get_value();
        if went_back == i64::MIN || browser::clock() - went_back > BACK {
            return None;
        }
        self.lists.with_value(|lists| {
            let found = lists.iter().find(|((of, by), _)| *of == module && by == filter);
            found.map(|(_, kept)| kept.clone())
        })
    }
}
