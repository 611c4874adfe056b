//! Sorting by mouse or finger: pointer events become a [`Spot`] among items that stand in frames, one below the other.
//! What a spot means, and the way by keyboard, is the caller's.

use crate::ui::{any::IntoAny, effect};
use leptos::{
    ev, html,
    prelude::*,
    web_sys::{self, wasm_bindgen::JsCast as _},
};

use super::icon::Icon;

/// How far a pointer goes before it drags, in CSS pixels.
pub const THRESHOLD: f64 = 5.0;
/// How near to the window's edge the page scrolls, in CSS pixels.
const EDGE: f64 = 56.0;
/// How far it scrolls at each frame, in CSS pixels.
const SCROLL: f64 = 9.0;

/// Items that stand together, top to bottom.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Id of the frame's element.
    pub element: String,
    /// Each item with the id of its element.
    pub items: Vec<(i64, String)>,
}

/// Where an item is dropped: into a frame, before an item there, or at the frame's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The frame, counted from the top.
    pub frame: usize,
    /// The item that will follow.
    pub before: Option<i64>,
}

/// An item under a pointer.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Drag {
    item: i64,
    /// Whether it has left the place where the pointer went down.
    active: bool,
    /// Where it would be dropped now; `None` where that changes nothing.
    spot: Option<Spot>,
    pointer: i32,
    start: (f64, f64),
    y: f64,
}

/// Sorts what is in one element. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Sorter {
    /// The element that hears the pointer.
    pub root: NodeRef<html::Div>,
    frames: Callback<(), Vec<Frame>>,
    /// Selector of an element around the root that scrolls, too.
    scrolls: &'static str,
    drag: RwSignal<Option<Drag>>,
}

impl Sorter {
    /// Sorts those frames. Escape takes a drag back.
    pub fn new(frames: Callback<(), Vec<Frame>>, scrolls: &'static str) -> Self {
        let sorter = Self { root: NodeRef::new(), frames, scrolls, drag: RwSignal::new(None) };
        effect(move || {
            let keys = window_event_listener(ev::keydown, move |event| {
                if event.key() == "Escape" && sorter.drag.get_untracked().is_some() {
                    event.prevent_default();
                    sorter.cancel();
                }
            });
            on_cleanup(move || keys.remove());
        });
        sorter
    }

    /// Whether something is being dragged.
    pub fn is_dragging(self) -> bool {
        self.drag.with(|drag| drag.is_some_and(|drag| drag.active))
    }

    /// Whether that is being dragged.
    pub fn is_dragged(self, item: i64) -> bool {
        self.drag.with(|drag| drag.is_some_and(|drag| drag.active && drag.item == item))
    }

    /// Whether what is dragged would be dropped before that item.
    pub fn drops_before(self, item: i64) -> bool {
        self.drag.with(|drag| drag.and_then(|drag| drag.spot?.before) == Some(item))
    }

    /// Whether what is dragged would be dropped at the end of that frame.
    pub fn drops_at_end(self, frame: usize) -> bool {
        self.drag.with(|drag| drag.and_then(|drag| drag.spot) == Some(Spot { frame, before: None }))
    }

    /// A pointer went down on an item: by the handle, or with the mouse anywhere on it.
    pub fn start(self, event: &ev::PointerEvent, item: Option<i64>) {
        if event.button() != 0 || self.drag.get_untracked().is_some() {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let within = |selector: &str| {
            target.as_ref().is_some_and(|target| target.closest(selector).ok().flatten().is_some())
        };
        let by_handle = within("[data-grip]");
        let by_row =
            event.pointer_type() == "mouse" && !within("input,.icon-button,[role=menu],.menu__ground");
        let Some(item) = item.filter(|_| by_handle || by_row) else { return };
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        let pointer = event.pointer_id();
        self.drag.set(Some(Drag { item, active: false, spot: None, pointer, start: (x, y), y }));
    }

    fn of(self, event: &ev::PointerEvent) -> Option<Drag> {
        self.drag.get_untracked().filter(|drag| drag.pointer == event.pointer_id())
    }

    /// The pointer moved.
    pub fn go(self, event: &ev::PointerEvent) {
        let Some(mut drag) = self.of(event) else { return };
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        if !drag.active {
            // The button was let go where we did not see it.
            if event.buttons() == 0 {
                self.cancel();
                return;
            }
            if (x - drag.start.0).hypot(y - drag.start.1) < THRESHOLD {
                return;
            }
            drag.active = true;
            if let Some(root) = self.root.get_untracked() {
                // Without capture the drag still works while the pointer stays over the root.
                let _ = root.set_pointer_capture(drag.pointer);
            }
            self.keep_scrolling();
        }
        event.prevent_default();
        drag.y = y;
        self.aim(drag);
    }

    fn aim(self, mut drag: Drag) {
        let frames = self.frames.run(());
        let spot = spot_at(&measure(&frames), drag.item, drag.y);
        drag.spot = spot.filter(|spot| !stands_at(&frames, drag.item, *spot));
        self.drag.set(Some(drag));
    }

    /// The pointer went up: what was dragged, and where it is dropped, if that changes anything.
    pub fn end(self, event: &ev::PointerEvent) -> Option<(i64, Spot)> {
        let drag = self.of(event)?;
        self.cancel();
        drag.spot.filter(|_| drag.active).map(|spot| (drag.item, spot))
    }

    /// Nothing is dragged any more.
    pub fn cancel(self) {
        self.drag.set(None);
    }

    /// Scrolls while a drag stands near the edge of the window.
    fn keep_scrolling(self) {
        request_animation_frame(move || {
            let Some(drag) = self.drag.try_get_untracked().flatten() else { return };
            if let Some(by) = scroll_at_edge(drag.y) {
                let around =
                    self.root.get_untracked().and_then(|root| root.closest(self.scrolls).ok().flatten());
                if let Some(around) = around {
                    around.scroll_by_with_x_and_y(0.0, by);
                }
                self.aim(drag);
            }
            self.keep_scrolling();
        });
    }
}

/// The handle of an item: it is dragged by it, and goes up and down by the arrows.
pub fn grip(
    class: &'static str,
    id: String,
    label: Signal<String>,
    how: Option<&'static str>,
    step: Callback<bool>,
) -> AnyView {
    let on_keydown = move |event: ev::KeyboardEvent| {
        let down = match event.key().as_str() {
            "ArrowDown" => true,
            "ArrowUp" => false,
            _ => return,
        };
        event.prevent_default();
        step.run(down);
    };
    view! {
        <button
            type="button"
            class=class
            id=id
            data-grip
            aria-label=move || label.get()
            aria-describedby=how
            on:keydown=on_keydown
        >
            <Icon name="grip" />
        </button>
    }
    .into_any()
}

/// Scrolls the window a little when something is dragged near its upper or lower edge; by how much.
pub fn scroll_at_edge(y: f64) -> Option<f64> {
    let window = web_sys::window()?;
    let height = window.inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(f64::MAX);
    let by = if y < EDGE {
        -SCROLL
    } else if y > height - EDGE {
        SCROLL
    } else {
        return None;
    };
    window.scroll_by_with_x_and_y(0.0, by);
    Some(by)
}

/// A frame as it stands on the screen.
struct FrameBox {
    frame: usize,
    top: f64,
    bottom: f64,
    /// Each item with the middle of its row.
    items: Vec<(i64, f64)>,
}

/// Where an item lands when it is let go at that height: in the nearest frame, before the first item whose middle is below.
fn spot_at(boxes: &[FrameBox], moved: i64, y: f64) -> Option<Spot> {
    let distance = |of: &FrameBox| (of.top - y).max(y - of.bottom).max(0.0);
    let nearest = boxes.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
    let before = nearest.items.iter().find(|(id, middle)| *id != moved && *middle > y).map(|(id, _)| *id);
    Some(Spot { frame: nearest.frame, before })
}

/// Whether an item stands at that spot already.
fn stands_at(frames: &[Frame], item: i64, spot: Spot) -> bool {
    let Some(frame) = frames.get(spot.frame) else { return true };
    let mut after = frame.items.iter().map(|(id, _)| *id).skip_while(|id| *id != item);
    after.next().is_some() && after.next() == spot.before
}

fn measure(frames: &[Frame]) -> Vec<FrameBox> {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return vec![] };
    let rect = |id: &str| document.get_element_by_id(id).map(|element| element.get_bounding_client_rect());
    frames
        .iter()
        .enumerate()
        .filter_map(|(frame, of)| {
            let around = rect(&of.element)?;
            let items = of
                .items
                .iter()
                .filter_map(|(id, element)| {
                    let row = rect(element)?;
                    Some((*id, f64::midpoint(row.top(), row.bottom())))
                })
                .collect();
            Some(FrameBox { frame, top: around.top(), bottom: around.bottom(), items })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxes() -> Vec<FrameBox> {
        vec![
            FrameBox { frame: 0, top: 0.0, bottom: 100.0, items: vec![(1, 40.0), (2, 70.0)] },
            FrameBox { frame: 1, top: 110.0, bottom: 200.0, items: vec![(3, 150.0)] },
        ]
    }

    const fn spot(frame: usize, before: Option<i64>) -> Option<Spot> {
        Some(Spot { frame, before })
    }

    #[test]
    fn an_item_lands_before_the_first_whose_middle_is_below_the_pointer() {
        let at = |y| spot_at(&boxes(), 3, y);
        assert_eq!(at(39.0), spot(0, Some(1)));
        assert_eq!(at(41.0), spot(0, Some(2)));
        assert_eq!(at(99.0), spot(0, None));
    }

    #[test]
    fn outside_of_all_frames_the_nearest_counts() {
        assert_eq!(spot_at(&boxes(), 3, -500.0), spot(0, Some(1)));
        assert_eq!(spot_at(&boxes(), 1, 900.0), spot(1, None));
        assert_eq!(spot_at(&boxes(), 1, 107.0), spot(1, Some(3)));
        assert_eq!(spot_at(&[], 1, 0.0), None);
    }

    #[test]
    fn an_item_let_go_where_it_was_does_not_move() {
        let frame = |items: &[i64]| Frame {
            element: String::new(),
            items: items.iter().map(|id| (*id, String::new())).collect(),
        };
        let frames = [frame(&[1, 2]), frame(&[3])];
        let here = |id, y| spot_at(&boxes(), id, y).is_some_and(|spot| stands_at(&frames, id, spot));
        assert!(here(1, 40.0) && here(2, 70.0) && here(3, 150.0));
        assert!(!here(1, 75.0) && !here(2, 30.0) && !here(3, 90.0));
    }
}
