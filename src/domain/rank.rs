//! Fractional ranks: text that sorts, with room between any two. One row is written per move.

use serde::{Deserialize, Serialize};

const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// A place in an order: digits and lower-case letters, compared byte by byte, read as a fraction in base 36
/// (`"i"` = 0.5). Never ends in `0`, so there is always room before it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(transparent))]
pub struct Rank(pub String);

impl Rank {
    /// A rank strictly between two others; `None` is the end of the order.
    /// Where `before` is not below `after` (two equal ranks), the result is after `before`.
    pub fn between(before: Option<&Self>, after: Option<&Self>) -> Self {
        let low = before.map_or(&b""[..], |rank| rank.0.as_bytes());
        let high = after.map(|rank| rank.0.as_bytes()).filter(|high| low < *high);
        let mut digits = Vec::with_capacity(low.len() + 1);
        let mut bounded = high.is_some();
        for at in 0.. {
            let floor = low.get(at).map_or(0, |c| value(*c));
            let ceiling = match high {
                Some(high) if bounded => high.get(at).map_or(0, |c| value(*c)),
                _ => 36,
            };
            let middle = usize::midpoint(floor, ceiling);
            if middle > floor {
                digits.push(DIGITS[middle.min(35)]);
                break;
            }
            // No room at this digit: keep the floor and look one digit further; below the ceiling, all that follows is free.
            digits.push(DIGITS[floor.min(35)]);
            bounded = bounded && floor == ceiling;
        }
        Self(String::from_utf8_lossy(&digits).into_owned())
    }

    /// The rank of what is put before another one among these, which are in order; at the end where it is not among them.
    pub fn before<I: PartialEq>(ranks: &[(I, Self)], other: Option<I>) -> Self {
        let at = other.and_then(|other| ranks.iter().position(|(id, _)| *id == other)).unwrap_or(ranks.len());
        let low = at.checked_sub(1).and_then(|at| ranks.get(at)).map(|(_, rank)| rank);
        Self::between(low, ranks.get(at).map(|(_, rank)| rank))
    }

    /// `n` ranks in order, evenly spread, for the first filling of a list.
    pub fn spread(n: usize) -> Vec<Self> {
        let width = if n < 34 {
            1
        } else if n < 1_200 {
            2
        } else {
            4
        };
        let room = 36_usize.pow(width);
        (1..=n)
            .map(|i| {
                let mut left = i * room / (n + 1);
                let mut digits = vec![b'0'; width as usize];
                for digit in digits.iter_mut().rev() {
                    *digit = DIGITS[left % 36];
                    left /= 36;
                }
                while digits.len() > 1 && digits.last() == Some(&b'0') {
                    digits.pop();
                }
                Self(String::from_utf8_lossy(&digits).into_owned())
            })
            .collect()
    }
}

fn value(digit: u8) -> usize {
    DIGITS.iter().position(|d| *d == digit).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn there_is_room_between_any_two_neighbours(places in prop::collection::vec(0_usize..1000, 1..300)) {
            let mut order = Rank::spread(3);
            for place in places {
                let at = place % (order.len() + 1);
                let before = at.checked_sub(1).map(|i| order[i].clone());
                let rank = Rank::between(before.as_ref(), order.get(at));
                order.insert(at, rank);
                prop_assert!(order.is_sorted_by(|a, b| a < b), "{order:?}");
                prop_assert!(order.iter().all(|rank| !rank.0.ends_with('0')));
            }
        }
    }

    #[test]
    fn a_spread_is_in_order_and_leaves_room() {
        for n in [0, 1, 5, 33, 34, 500, 5_000] {
            let ranks = Rank::spread(n);
            assert_eq!(ranks.len(), n);
            assert!(ranks.is_sorted_by(|a, b| a < b));
            assert!(ranks.iter().all(|rank| !rank.0.ends_with('0')), "{n}");
        }
    }
}
