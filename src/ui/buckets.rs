//! What lists in buckets share, whatever their rows are: headings, counts that follow the clock, and what is seen of the list.

use std::ops::Range;

use crate::ui::{Show, any::IntoAny, dynamic, effect};
use leptos::{html, prelude::*, web_sys};

use super::{
    datasheet_list::viewport::{self, BUCKETS, Window},
    here,
};
use crate::{
    domain::{
        bucket::{Borders, Bucket},
        datasheet::OR_MORE,
        time::Timestamp,
    },
    i18n::{format, list as texts},
};

/// From here on a heading says «1,000+»: a step more or less does not show.
const UNCOUNTED: u32 = 1_000;

/// Counts a row that moves from one bucket to another; `None` is outside of the list.
pub fn count_move(counts: &mut [u32; BUCKETS], from: Option<usize>, to: Option<usize>) {
    if let Some(count) = from.and_then(|from| counts.get_mut(from))
        && (1..UNCOUNTED).contains(&(*count % OR_MORE))
    {
        *count -= 1;
    }
    if let Some(count) = to.and_then(|to| counts.get_mut(to))
        && *count % OR_MORE < UNCOUNTED
    {
        *count += 1;
    }
}

/// Lets the headings' counts follow the clock, as the rows do: without a request where all rows that may move are loaded.
/// `dues` are the due times of the loaded rows, in their order.
pub fn follow_clock(
    borders: Memo<Borders>,
    counts: RwSignal<[u32; BUCKETS]>,
    more: RwSignal<bool>,
    dues: impl Fn() -> Vec<Option<Timestamp>> + 'static,
    refresh: impl Fn() + 'static,
) {
    let mut known: Option<Borders> = None;
    effect(move || {
        let borders = borders.get();
        let Some(before) = known.replace(borders.clone()) else { return };
        let places = |due: Option<Timestamp>| (before.bucket(due) as usize, borders.bucket(due) as usize);
        let dues = dues();
        let last = dues.last().copied().map(places);
        let moved: Vec<_> = dues.into_iter().map(places).filter(|(from, to)| from != to).collect();
        if !moved.is_empty() {
            counts.update(|counts| {
                for (from, to) in moved {
                    count_move(counts, Some(from), Some(to));
                }
            });
        }
        // Rows that are not loaded moved with the last one that is.
        if last.is_some_and(|(from, to)| from != to) && more.get_untracked() {
            refresh();
        }
    });
}

/// The rows of each bucket; they are in order of their due times, and buckets are intervals of it.
pub fn ranges<R>(
    rows: &[R],
    borders: &Borders,
    due: impl Fn(&R) -> Option<Timestamp>,
) -> [Range<usize>; BUCKETS] {
    let mut start = 0;
    Bucket::ALL.map(|bucket| {
        let end = rows.partition_point(|row| borders.bucket(due(row)) as usize <= bucket as usize);
        let range = start..end.max(start);
        start = range.end;
        range
    })
}

/// The rows of a bucket that are in the page, and how many loaded ones lie above and below them.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice<R> {
    /// The rows.
    pub rows: Vec<R>,
    /// Rows above.
    pub above: usize,
    /// Rows below.
    pub below: usize,
}

impl<R> Default for Slice<R> {
    fn default() -> Self {
        Self { rows: vec![], above: 0, below: 0 }
    }
}

/// What is in the page of each bucket.
pub fn slices<R: Clone>(
    rows: &[R],
    ranges: [Range<usize>; BUCKETS],
    window: Option<Window>,
) -> Vec<Slice<R>> {
    let shown = viewport::visible(ranges.clone().map(|range| range.len()), window);
    let slice = |(range, shown): (Range<usize>, Range<usize>)| Slice {
        above: shown.start,
        below: range.len() - shown.end,
        rows: rows.get(range.start + shown.start..range.start + shown.end).unwrap_or_default().to_vec(),
    };
    ranges.into_iter().zip(shown).map(slice).collect()
}

/// Which of the rows are in the page.
pub fn shown(ranges: &[Range<usize>; BUCKETS], window: Option<Window>) -> Range<usize> {
    let shown = viewport::visible(ranges.clone().map(|range| range.len()), window);
    let in_page = || ranges.iter().zip(&shown).filter(|(_, shown)| !shown.is_empty());
    let start = in_page().next().map_or(0, |(range, shown)| range.start + shown.start);
    let end = in_page().next_back().map_or(start, |(range, shown)| range.start + shown.end);
    start..end
}

/// Looks at how much of a list is seen; whether its end comes near, so that more is to be loaded.
pub fn measure(node: NodeRef<html::Section>, seen: RwSignal<Option<Window>>) -> bool {
    let Some(node) = node.try_get_untracked().flatten() else { return false };
    let Some(window) = web_sys::window() else { return false };
    let height = window.inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0);
    let style = window.get_computed_style(&node).ok().flatten();
    let length = |name: &str| {
        let text = style.as_ref().and_then(|style| style.get_property_value(name).ok());
        // The browser's own reader stops at the unit; Rust's would be 19 kB of the first load.
        text.map(|text| js_sys::parse_float(&text)).filter(|length| length.is_finite()).unwrap_or(0.0)
    };
    let rect = node.get_bounding_client_rect();
    let now = Window { top: -rect.top(), height, row: length("--row"), heading: length("--heading") };
    if seen.get_untracked() != Some(now) {
        seen.set(Some(now));
    }
    rect.bottom() < 3.0 * height
}

/// How many rows of a bucket lie above those in the page, are in it, and lie below.
pub type Split = (usize, usize, usize);

/// A bucket: its heading, and its rows that are near the window between two spaces as high as the others. Nothing without rows.
pub fn section(
    bucket: Bucket,
    counts: RwSignal<[u32; BUCKETS]>,
    borders: Memo<Borders>,
    split: impl Fn() -> Split + Copy + Send + Sync + 'static,
    rows: impl Fn() -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let locale = here().locale;
    let split = Memo::new(move |_| split());
    let is_shown = Memo::new(move |_| {
        let (above, shown, below) = split.get();
        above + shown + below > 0
    });
    let count = move || {
        let count = counts.with(|counts| counts.get(bucket as usize).copied().unwrap_or(0));
        let (above, shown, below) = split.get();
        let least = OR_MORE.saturating_add(u32::try_from(above + shown + below).unwrap_or(u32::MAX));
        let count = if count < OR_MORE { count } else { count.max(least) };
        format::bucket_count(u64::from(count), locale)
    };
    let span = move || {
        borders.with(|borders| {
            borders.label_span(bucket).map(|span| format::day_span(&span, borders.today(), locale))
        })
    };
    let above = move || format!("calc({} * var(--row))", split.get().0);
    let below = move || format!("calc({} * var(--row))", split.get().2);
    view! {
        <Show when=move || is_shown.get()>
            <section>
                <h2 class="bucket" data-bucket=bucket.as_str()>
                    {texts::bucket(locale, bucket)}
                    <small>{dynamic(span)}</small>
                    " "
                    <span class="n">{dynamic(count)}</span>
                </h2>
                <div class="list__space" style:height=dynamic(above)></div>
                {rows()}
                <div class="list__space" style:height=dynamic(below)></div>
            </section>
        </Show>
    }
    .into_any()
}
