//! What the datasheets of a status or a group are worth: quietly beside the count.

use leptos::prelude::*;

use crate::ui::dynamic;

use super::TreeState;
use crate::{
    domain::{filter::Narrow, money::Money},
    i18n::format,
};

impl TreeState {
    /// The sums of a status or a group, per currency.
    fn sums_of(self, narrow: Narrow) -> Vec<Money> {
        let is_in = |status| match narrow {
            Narrow::Status(id) => id == status,
            Narrow::Group(group) => {
                self.tree.with(|tree| tree.get(status).is_some_and(|status| status.status_group == group))
            }
        };
        let mut sums: Vec<Money> = vec![];
        self.sums.with(|all| {
            for one in all.iter().filter(|one| is_in(one.status_id)) {
                match sums.iter_mut().find(|sum| sum.currency == one.sum.currency) {
                    Some(sum) => sum.minor += one.sum.minor,
                    None => sums.push(one.sum),
                }
            }
        });
        sums.sort_by_key(|sum| sum.currency);
        sums
    }

    /// The sums in full, to be read out and shown on a longer look.
    pub fn sums_in_full(self, narrow: Narrow) -> String {
        let full = |sum: &Money| format::money(sum.minor, sum.currency.as_str(), self.locale);
        self.sums_of(narrow).iter().map(full).collect::<Vec<_>>().join(" + ")
    }
}

/// The sums, short; nothing where there are none.
#[component]
pub fn Sums(state: TreeState, narrow: Narrow) -> impl IntoView {
    let short = move || {
        let short = |sum: &Money| format::money_short(sum.minor, sum.currency.as_str(), state.locale);
        state.sums_of(narrow).iter().map(short).collect::<Vec<_>>().join(" + ")
    };
    dynamic(move || {
        let short = short();
        (!short.is_empty()).then(|| {
            view! {
                <span class="status-tree__sum" title=state.sums_in_full(narrow)>
                    {short}
                </span>
            }
        })
    })
}
