//! The qualification on the rows of Sales: three small radio buttons, one click. They stand beside what the row shows, so that
//! the focus stays on them while the row follows.

use crate::ui::any::IntoAny;
use leptos::{ev, prelude::*};

use super::{super::buckets::Slice, state::ListState};
use crate::{
    domain::{
        datasheet::Row,
        process::{Summary, sales::Qualification},
    },
    i18n::sales as texts,
};

/// What a row is qualified as, `Err` in a module that does not qualify.
fn of(row: &Row) -> Result<Option<Qualification>, NotSales> {
    match row.process.as_ref().map(|process| &process.summary) {
        Some(Summary::Sales(summary)) => Ok(summary.qualification),
        _ => Err(NotSales),
    }
}

struct NotSales;

/// The radio buttons of a row; nothing in other modules.
pub(super) fn cell(list: ListState, row: &Row, slice: Memo<Slice<Row>>) -> Option<AnyView> {
    let first = of(row).ok()?;
    let (id, t) = (row.id, list.here.locale);
    let chosen = Memo::new(move |before: Option<&Option<Qualification>>| {
        let now = slice.with(|slice| slice.rows.iter().find(|row| row.id == id).map(of));
        now.and_then(Result::ok).unwrap_or_else(|| before.copied().unwrap_or(first))
    });
    let radio = |qualification: Qualification| {
        let name = texts::qualified(t, qualification);
        let is_chosen = move || chosen.get() == Some(qualification);
        view! {
            <input
                type="radio"
                name=format!("q{id}")
                value=qualification.as_str()
                aria-label=name
                title=name
                data-letter=texts::qualified_short(t, qualification)
                checked=untrack(is_chosen)
                prop:checked=is_chosen
            />
        }
    };
    let on_change = move |event: ev::Event| {
        if let Some(qualification) = Qualification::parse(&event_target_value(&event)) {
            list.qualify(id, qualification);
        }
    };
    let view = view! {
        <span class="row__qualify" role="radiogroup" aria-label=texts::qualification(t) on:change=on_change>
            {Qualification::ALL.map(radio).into_iter().collect_view()}
        </span>
    };
    Some(view.into_any())
}
