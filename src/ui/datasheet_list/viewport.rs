//! Which rows are near the window: arithmetic only. Every row is equally high, so that nothing needs to be measured but
//! the row itself.

use std::ops::Range;

use crate::domain::bucket::Bucket;

/// How many buckets there are.
pub const BUCKETS: usize = Bucket::ALL.len();

/// Rows kept above and below the window.
const SPARE: usize = 10;

/// Rows shown before the window is known: on the server, and in the browser's first view, which must be equal.
const FIRST: usize = 60;

/// What is seen of the list, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// The upper edge of the window, from the upper edge of the list; negative above it.
    pub top: f64,
    /// Height of the window.
    pub height: f64,
    /// Height of a row.
    pub row: f64,
    /// Height of a bucket's heading.
    pub heading: f64,
}

impl Window {
    /// The same of a list without headings.
    pub fn plain(self) -> Self {
        Self { heading: 0.0, ..self }
    }
}

/// The rows of each bucket that are near the window; `lengths` are the rows loaded.
///
/// Without a window: the first rows of all.
pub fn visible(lengths: [usize; BUCKETS], window: Option<Window>) -> [Range<usize>; BUCKETS] {
    let Some(window) = window.filter(|window| window.row > 0.0) else {
        let mut left = FIRST;
        return lengths.map(|length| {
            let shown = length.min(left);
            left -= shown;
            0..shown
        });
    };
    let mut y = 0.0;
    lengths.map(|length| {
        if length == 0 {
            return 0..0;
        }
        y += window.heading;
        let first = rows((window.top - y) / window.row).saturating_sub(SPARE).min(length);
        let last = (rows((window.top + window.height - y) / window.row) + 1 + SPARE).min(length);
        // A bucket far above or below shows its heading alone.
        let is_far = window.top + window.height < y - SPARE_PIXELS * window.row
            || window.top > y + height(length, window.row) + SPARE_PIXELS * window.row;
        y += height(length, window.row);
        if is_far { 0..0 } else { first..last.max(first) }
    })
}

/// [`SPARE`] as a factor of the row's height.
const SPARE_PIXELS: f64 = 10.0;

/// The height of so many rows, in pixels.
#[expect(clippy::cast_precision_loss, reason = "far fewer rows than 2^52")]
pub fn height(rows: usize, row: f64) -> f64 {
    rows as f64 * row
}

/// Whole rows in a distance; none in a negative one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative, and far below 2^32"
)]
fn rows(distance: f64) -> usize {
    distance.clamp(0.0, 1e9) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(of: &[(usize, usize)]) -> [usize; BUCKETS] {
        let mut lengths = [0; BUCKETS];
        for (bucket, length) in of {
            lengths[*bucket] = *length;
        }
        lengths
    }

    fn at(top: f64) -> Option<Window> {
        Some(Window { top, height: 1_000.0, row: 50.0, heading: 44.0 })
    }

    #[test]
    fn the_first_view_shows_the_first_rows_of_all() {
        let shown = visible(lengths(&[(0, 50), (1, 50), (2, 5)]), None);
        assert_eq!(shown[0], 0..50);
        assert_eq!(shown[1], 0..10);
        assert_eq!(shown[2], 0..0);
    }

    #[test]
    fn in_the_middle_of_a_long_bucket_only_the_rows_near_the_window_are_shown() {
        let shown = visible(lengths(&[(0, 100_000)]), at(44.0 + 50.0 * 5_000.0));
        assert_eq!(shown[0], 4_990..5_031);
    }

    #[test]
    fn the_window_may_lie_over_the_border_of_two_buckets() {
        let shown = visible(lengths(&[(0, 100), (3, 100)]), at(44.0 + 50.0 * 90.0));
        assert_eq!(shown[0], 80..100);
        assert_eq!(shown[3].start, 0);
        // 500 px of the second bucket with its heading are in the window.
        assert_eq!(shown[3].end, 9 + 1 + SPARE);
    }

    #[test]
    fn far_away_buckets_show_no_row() {
        let shown = visible(lengths(&[(0, 1_000), (1, 10), (8, 1_000)]), at(40_000.0 + 50_000.0));
        assert_eq!((shown[0].len(), shown[1].len()), (0, 0));
        assert!(!shown[8].is_empty());
    }

    #[test]
    fn wherever_the_window_is_it_is_filled_and_at_most_eighty_rows_are_shown() {
        let lengths = lengths(&[(0, 313), (1, 1), (2, 7), (5, 2_000), (8, 40)]);
        let total = 313 + 1 + 7 + 2_000 + 40;
        let end = 5.0 * 44.0 + height(total, 50.0);
        let mut top = -500.0;
        while top < end {
            let shown = visible(lengths, at(top));
            let n: usize = shown.iter().map(ExactSizeIterator::len).sum();
            assert!(n <= 80, "{n} rows at {top}");
            // Every row that touches the window is among them.
            let mut y = 0.0;
            for (bucket, length) in lengths.into_iter().enumerate().filter(|(_, length)| *length > 0) {
                y += 44.0;
                for index in 0..length {
                    let is_seen = y + 50.0 > top && y < top + 1_000.0;
                    assert!(!is_seen || shown[bucket].contains(&index), "row {index} of {bucket} at {top}");
                    y += 50.0;
                }
            }
            top += 37.0;
        }
    }

    #[test]
    fn a_row_without_a_height_is_as_before_the_first_measure() {
        let window = Window { top: 0.0, height: 0.0, row: 0.0, heading: 0.0 };
        assert_eq!(visible(lengths(&[(0, 70)]), Some(window))[0], 0..FIRST);
    }
}
