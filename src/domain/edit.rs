//! What an editing of a document or an order changed, for the history: old and new side by side.

use serde::{Deserialize, Serialize};

use super::{
    document::{Draft, Items, Kind},
    lines::Line,
    money::Money,
    process::Facts,
};
use crate::error::Field;

/// So many lines are told; of the others only how many there are.
const LINES_TOLD: usize = 6;

/// The difference of two stages of a draft.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Edit {
    /// Lines that came, went or changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<LineEdit>,
    /// How many more there are of them.
    pub more: usize,
    /// Whether the lines stand in another order.
    pub moved: bool,
    /// Who bought and buys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buyer: Option<(String, String)>,
    /// Which kind of document it was and is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<(Kind, Kind)>,
    /// What else changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// What it was and is worth with tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gross: Option<(Option<Money>, Option<Money>)>,
}

/// What happened to a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineEdit {
    /// It is new.
    Added(Line),
    /// It is gone.
    Removed(Line),
    /// It says something else.
    Changed(Box<(Line, Line)>),
}

impl Edit {
    /// Of two stages of an order or a draft; `None` for other facts.
    pub fn of(from: &Facts, to: &Facts) -> Option<Self> {
        match (from, to) {
            (Facts::Orders(from), Facts::Orders(to)) => Some(Self::of_items(&from.items, &to.items)),
            (Facts::Invoicing(from), Facts::Invoicing(to)) => Some(Self::of_drafts(&from.draft, &to.draft)),
            _ => None,
        }
    }

    fn of_drafts(from: &Draft, to: &Draft) -> Self {
        let mut edit = Self::of_items(&from.items, &to.items);
        edit.kind = (from.kind != to.kind).then_some((from.kind, to.kind));
        let changed = [
            (Field::Performed, from.performed_on != to.performed_on),
            (Field::DueDate, from.due_on != to.due_on),
            (Field::Method, from.method != to.method),
            (Field::Exchange, from.exchange != to.exchange),
            (Field::Note, from.note != to.note),
        ];
        edit.fields.extend(changed.into_iter().filter(|(_, changed)| *changed).map(|(field, _)| field));
        edit
    }

    fn of_items(from: &Items, to: &Items) -> Self {
        let (mut lines, moved) = line_edits(&from.lines, &to.lines);
        let more = lines.len().saturating_sub(LINES_TOLD);
        lines.truncate(LINES_TOLD);
        let changed = [
            (Field::Address, from.buyer.address != to.buyer.address),
            (Field::TaxNumber, from.buyer.tax_number != to.buyer.tax_number),
            (Field::Currency, from.currency != to.currency),
        ];
        let (was, is) = (from.gross(), to.gross());
        Self {
            lines,
            more,
            moved,
            buyer: (from.buyer.name != to.buyer.name)
                .then(|| (from.buyer.name.clone(), to.buyer.name.clone())),
            kind: None,
            fields: changed.into_iter().filter(|(_, changed)| *changed).map(|(field, _)| field).collect(),
            gross: (was != is).then_some((was, is)),
        }
    }
}

/// Lines that are the same in both are left out; of the rest those of one name belong together, then those of one place.
fn line_edits(from: &[Line], to: &[Line]) -> (Vec<LineEdit>, bool) {
    let mut old: Vec<Option<&Line>> = from.iter().map(Some).collect();
    let mut new: Vec<Option<&Line>> = to.iter().map(Some).collect();
    let mut places = vec![];
    for (at, slot) in new.iter_mut().enumerate() {
        let same = old.iter().position(|line| line.is_some() && line == slot);
        if let Some(same) = same {
            (old[same], *slot) = (None, None);
            places.push((same, at));
        }
    }
    let mut edits = vec![];
    for same_name in [true, false] {
        for (at, slot) in new.iter_mut().enumerate() {
            let Some(line) = *slot else { continue };
            let place = if same_name {
                old.iter().position(|other| other.is_some_and(|other| other.name == line.name))
            } else {
                old.get(at).is_some_and(Option::is_some).then_some(at)
            };
            if let Some(place) = place
                && let Some(was) = old[place].take()
            {
                *slot = None;
                places.push((place, at));
                edits.push((at, LineEdit::Changed(Box::new((was.clone(), line.clone())))));
            }
        }
    }
    edits.extend(
        new.into_iter().enumerate().filter_map(|(at, line)| Some((at, LineEdit::Added(line?.clone())))),
    );
    edits.extend(
        old.into_iter().enumerate().filter_map(|(at, line)| Some((at, LineEdit::Removed(line?.clone())))),
    );
    edits.sort_by_key(|(at, _)| *at);
    places.sort_by_key(|(_, at)| *at);
    let moved = !places.is_sorted_by_key(|(was, _)| *was);
    (edits.into_iter().map(|(_, edit)| edit).collect(), moved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{lines::Decimal, money::Currency};

    fn line(name: &str, price: i32) -> Line {
        Line { name: name.to_owned(), price: Decimal::whole(price), ..Line::default() }
    }

    #[test]
    fn a_line_that_came_went_or_changed_is_told_and_no_other() {
        use std::slice::from_ref;
        let changed = |from, to| LineEdit::Changed(Box::new((from, to)));
        let (roof, gutter) = (line("Roof", 10), line("Gutter", 5));
        assert_eq!(line_edits(from_ref(&roof), from_ref(&roof)), (vec![], false));
        assert_eq!(
            line_edits(from_ref(&roof), &[roof.clone(), gutter.clone()]),
            (vec![LineEdit::Added(gutter.clone())], false)
        );
        assert_eq!(
            line_edits(&[roof.clone(), gutter.clone()], from_ref(&gutter)),
            (vec![LineEdit::Removed(roof.clone())], false)
        );
        // The price of one that also went down, and a new name of one that stayed in its place.
        assert_eq!(
            line_edits(&[roof.clone(), gutter.clone()], &[line("Pipe", 5), line("Roof", 12)]),
            (
                vec![
                    LineEdit::Added(line("Pipe", 5)),
                    changed(roof.clone(), line("Roof", 12)),
                    LineEdit::Removed(gutter.clone()),
                ],
                false
            )
        );
        assert_eq!(
            line_edits(&[roof.clone(), gutter.clone()], &[gutter.clone(), roof.clone()]),
            (vec![], true)
        );
        let named = line_edits(&[line("", 0)], from_ref(&roof));
        assert_eq!(named, (vec![changed(line("", 0), roof)], false));
    }

    #[test]
    fn an_edit_says_what_else_changed_and_what_it_is_worth_now() {
        let was = Draft::default();
        let mut is = was.clone();
        is.items.lines = vec![line("Roof", 1000)];
        is.items.buyer.name = "Kiss Bt.".to_owned();
        is.note = "Sürgős".to_owned();
        let edit = Edit::of_drafts(&was, &is);
        assert_eq!(edit.lines.len(), 1);
        assert_eq!(edit.buyer, Some((String::new(), "Kiss Bt.".to_owned())));
        assert_eq!(edit.fields, [Field::Note]);
        assert_eq!(edit.gross, Some((None, Some(Money { minor: 127_000, currency: Currency::HUF }))));
        assert_eq!(Edit::of_drafts(&is, &is), Edit::default());
        let many = Items { lines: (0..10).map(|n| line("L", n)).collect(), ..Items::default() };
        let edit = Edit::of_items(&Items::default(), &many);
        assert_eq!((edit.lines.len(), edit.more), (6, 4));
    }
}
