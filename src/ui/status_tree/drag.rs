//! Dragging a status by mouse or finger: pointer events become a [`Place`], which the keyboard finds by steps.

use leptos::{
    ev,
    prelude::*,
    web_sys::{self, wasm_bindgen::JsCast as _},
};

use super::{TreeState, status_of};
use crate::domain::{
    id::StatusId,
    status::{Place, StatusGroup, StatusTree as Tree},
};

/// How far a pointer goes before it drags, in CSS pixels.
const THRESHOLD: f64 = 5.0;
/// How near to the window's edge the page scrolls, in CSS pixels.
const EDGE: f64 = 56.0;
/// How far it scrolls at each frame, in CSS pixels.
const SCROLL: f64 = 9.0;

/// A status under a pointer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drag {
    /// The status.
    pub id: StatusId,
    /// Whether it has left the place where the pointer went down.
    pub active: bool,
    /// Where it would be dropped now; `None` where that changes nothing.
    pub place: Option<Place>,
    pointer: i32,
    start: (f64, f64),
    y: f64,
}

/// A group as it stands on the screen.
struct GroupBox {
    group: StatusGroup,
    top: f64,
    bottom: f64,
    /// Each status with the middle of its row.
    statuses: Vec<(StatusId, f64)>,
}

/// Where a status lands when it is let go at that height: in the nearest group, before the first status whose middle is below.
fn place_at(boxes: &[GroupBox], moved: StatusId, y: f64) -> Option<Place> {
    let distance = |of: &GroupBox| (of.top - y).max(y - of.bottom).max(0.0);
    let nearest = boxes.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
    let before = nearest.statuses.iter().find(|(id, middle)| *id != moved && *middle > y).map(|(id, _)| *id);
    Some(Place { group: nearest.group, before })
}

/// Whether a status stands at that place already.
fn stands_at(tree: &Tree, id: StatusId, place: Place) -> bool {
    let Some(status) = tree.get(id) else { return true };
    let next = tree.of(status.status_group).skip_while(|other| other.id != id).nth(1).map(|next| next.id);
    status.status_group == place.group && next == place.before
}

fn measure(state: TreeState) -> Vec<GroupBox> {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return vec![] };
    let rect = |id: String| document.get_element_by_id(&id).map(|element| element.get_bounding_client_rect());
    state.tree.with_untracked(|tree| {
        StatusGroup::ALL
            .into_iter()
            .filter_map(|group| {
                let frame = rect(super::node_id(super::Narrow::Group(group)))?;
                let statuses = tree
                    .of(group)
                    .filter_map(|status| {
                        let row = rect(super::node_id(super::Narrow::Status(status.id)))?;
                        Some((status.id, f64::midpoint(row.top(), row.bottom())))
                    })
                    .collect();
                Some(GroupBox { group, top: frame.top(), bottom: frame.bottom(), statuses })
            })
            .collect()
    })
}

/// A pointer went down: by the handle, or with the mouse anywhere on the row.
pub fn start(state: TreeState, event: &ev::PointerEvent) {
    if !state.customising.get_untracked() || event.button() != 0 || state.drag.get_untracked().is_some() {
        return;
    }
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let within = |selector: &str| {
        target.as_ref().is_some_and(|target| target.closest(selector).ok().flatten().is_some())
    };
    let by_handle = within("[data-grip]");
    let by_row = event.pointer_type() == "mouse" && !within("input,.icon-button,[role=menu],.menu__ground");
    let Some(id) = status_of(event).filter(|_| by_handle || by_row) else { return };
    let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
    state.drag.set(Some(Drag {
        id,
        active: false,
        place: None,
        pointer: event.pointer_id(),
        start: (x, y),
        y,
    }));
}

/// The pointer moved.
pub fn go(state: TreeState, event: &ev::PointerEvent) {
    let Some(mut drag) = state.drag.get_untracked().filter(|drag| drag.pointer == event.pointer_id()) else {
        return;
    };
    let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
    if !drag.active {
        // The button was let go where we did not see it.
        if event.buttons() == 0 {
            state.drag.set(None);
            return;
        }
        if (x - drag.start.0).hypot(y - drag.start.1) < THRESHOLD {
            return;
        }
        drag.active = true;
        if let Some(root) = state.root.get_untracked() {
            // Without capture the drag still works while the pointer stays over the tree.
            let _ = root.set_pointer_capture(drag.pointer);
        }
        keep_scrolling(state);
    }
    event.prevent_default();
    drag.y = y;
    aim(state, drag);
}

fn aim(state: TreeState, mut drag: Drag) {
    let place = place_at(&measure(state), drag.id, drag.y);
    drag.place = place.filter(|place| state.tree.with_untracked(|tree| !stands_at(tree, drag.id, *place)));
    state.drag.set(Some(drag));
}

/// The pointer went up: the status is dropped.
pub fn end(state: TreeState, event: &ev::PointerEvent) {
    let Some(drag) = state.drag.get_untracked().filter(|drag| drag.pointer == event.pointer_id()) else {
        return;
    };
    state.drag.set(None);
    if let (true, Some(place)) = (drag.active, drag.place) {
        state.move_status(drag.id, place);
    }
}

/// Scrolls while a drag stands near the edge of the window.
fn keep_scrolling(state: TreeState) {
    request_animation_frame(move || {
        let Some(drag) = state.drag.try_get_untracked().flatten() else { return };
        let Some(window) = web_sys::window() else { return };
        let height = window.inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(f64::MAX);
        let by = if drag.y < EDGE {
            -SCROLL
        } else if drag.y > height - EDGE {
            SCROLL
        } else {
            0.0
        };
        if by != 0.0 {
            window.scroll_by_with_x_and_y(0.0, by);
            let frame =
                state.root.get_untracked().and_then(|root| root.closest(".status-tree").ok().flatten());
            if let Some(frame) = frame {
                frame.scroll_by_with_x_and_y(0.0, by);
            }
            aim(state, drag);
        }
        keep_scrolling(state);
    });
}

/// Escape takes a drag back.
pub fn cancel_on_escape(state: TreeState) {
    Effect::new(move || {
        let keys = window_event_listener(ev::keydown, move |event| {
            if event.key() == "Escape" && state.drag.get_untracked().is_some() {
                event.prevent_default();
                state.drag.set(None);
            }
        });
        on_cleanup(move || keys.remove());
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        id::ModuleId,
        rank::Rank,
        status::{Color, Status},
    };

    const LEAD: StatusGroup = StatusGroup::Lead;
    const OPEN: StatusGroup = StatusGroup::Open;

    fn boxes() -> Vec<GroupBox> {
        vec![
            GroupBox {
                group: LEAD,
                top: 0.0,
                bottom: 100.0,
                statuses: vec![(StatusId(1), 40.0), (StatusId(2), 70.0)],
            },
            GroupBox { group: OPEN, top: 110.0, bottom: 200.0, statuses: vec![(StatusId(3), 150.0)] },
        ]
    }

    #[test]
    fn a_status_lands_before_the_first_whose_middle_is_below_the_pointer() {
        let at = |y| place_at(&boxes(), StatusId(3), y);
        assert_eq!(at(39.0), Some(Place { group: LEAD, before: Some(StatusId(1)) }));
        assert_eq!(at(41.0), Some(Place { group: LEAD, before: Some(StatusId(2)) }));
        assert_eq!(at(99.0), Some(Place { group: LEAD, before: None }));
    }

    #[test]
    fn outside_of_all_groups_the_nearest_counts() {
        assert_eq!(
            place_at(&boxes(), StatusId(3), -500.0),
            Some(Place { group: LEAD, before: Some(StatusId(1)) })
        );
        assert_eq!(place_at(&boxes(), StatusId(1), 900.0), Some(Place { group: OPEN, before: None }));
        assert_eq!(
            place_at(&boxes(), StatusId(1), 107.0),
            Some(Place { group: OPEN, before: Some(StatusId(3)) })
        );
        assert_eq!(place_at(&[], StatusId(1), 0.0), None);
    }

    #[test]
    fn a_status_let_go_where_it_was_does_not_move() {
        let tree = Tree::new(
            [(1, LEAD), (2, LEAD), (3, OPEN)]
                .into_iter()
                .zip(Rank::spread(3))
                .map(|((id, status_group), rank)| Status {
                    id: StatusId(id),
                    module_id: ModuleId(1),
                    status_group,
                    name: id.to_string(),
                    color: Color::Group,
                    rank,
                    version: 1,
                })
                .collect(),
        );
        let here = |id, y| {
            let place = place_at(&boxes(), StatusId(id), y);
            place.is_some_and(|place| stands_at(&tree, StatusId(id), place))
        };
        assert!(here(1, 40.0) && here(2, 70.0) && here(3, 150.0));
        assert!(!here(1, 75.0) && !here(2, 30.0) && !here(3, 90.0));
    }
}
