//! What the buttons of the rows do. The list hears the clicks of all rows; a button names its act in `data-act`, its row the
//! datasheet in `data-datasheet`. Menus are one for the whole list, made when one opens.

use crate::ui::{any::IntoAny, dynamic};
use leptos::{
    ev,
    prelude::*,
    web_sys::{self, wasm_bindgen::JsCast as _},
};

use super::{
    super::{here, status_tree::DATASHEET_DRAG_TYPE, widgets::menu::Menu},
    state::{About, ListState},
};
use crate::{
    domain::{
        due::{Due, Postpone},
        id::DatasheetId,
        todo::Outcome,
    },
    i18n::{format, list as texts},
};

/// What a button of a row does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Closes the to-do as done.
    Close,
    /// Opens the menu of days to postpone to.
    Postpone,
    /// Opens the dialog of a new to-do.
    Todo,
    /// Opens the menu of statuses.
    Status,
    /// Opens the menu of everything else.
    More,
}

impl Act {
    const ALL: [Self; 5] = [Self::Close, Self::Postpone, Self::Todo, Self::Status, Self::More];

    /// The word in `data-act`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Close => "close",
            Self::Postpone => "postpone",
            Self::Todo => "todo",
            Self::Status => "status",
            Self::More => "more",
        }
    }

    /// The act of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.as_str() == word)
    }
}

/// A click somewhere in the list.
pub fn on_click(list: ListState, event: &ev::MouseEvent) {
    let Some(button) = closest(event, "[data-act]") else { return };
    let act = button.get_attribute("data-act").and_then(|word| Act::parse(&word));
    let (Some(act), Some(id)) = (act, row_of(&button)) else { return };
    match act {
        Act::Close => list.close(id, Outcome::Done, None),
        Act::Todo => list.about.set(Some(About::Todo(id))),
        Act::Postpone | Act::Status | Act::More => list.menu.set(Some((id, act))),
    }
}

/// A row is being dragged: the status tree hears which. Without it nothing is dropped; the status menu is the other way.
pub fn on_dragstart(event: &ev::DragEvent) {
    // Its own element: text that is dragged out of a row is not the row.
    let row = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let id = row.and_then(|row| row.get_attribute("data-datasheet"));
    if let (Some(id), Some(data)) = (id, event.data_transfer()) {
        let _ = data.set_data(DATASHEET_DRAG_TYPE, &id);
    }
}

/// The nearest element around a click that a selector fits.
pub fn closest(event: &web_sys::Event, selector: &str) -> Option<web_sys::Element> {
    event.target()?.dyn_into::<web_sys::Element>().ok()?.closest(selector).ok()?
}

/// The datasheet of the row that an element is in.
pub fn row_of(element: &web_sys::Element) -> Option<DatasheetId> {
    id_in(element, "data-datasheet").map(DatasheetId)
}

/// The id that the row an element is in carries in that attribute.
pub fn id_in(element: &web_sys::Element, attribute: &str) -> Option<i64> {
    element.closest(&format!("[{attribute}]")).ok()??.get_attribute(attribute)?.parse().ok()
}

/// The one menu of the list.
#[component]
pub(super) fn RowMenu(list: ListState) -> impl IntoView {
    let locale = here().locale;
    let open = Signal::derive(move || list.menu.with(Option::is_some));
    let close = Callback::new(move |()| list.menu.set(None));
    let label = Signal::derive(move || {
        let Some((id, act)) = list.menu.get() else { return String::new() };
        let Some(row) = list.get(id) else { return String::new() };
        match act {
            Act::Postpone => texts::postpone_of(locale, &row.name),
            Act::Status => texts::status_menu_of(locale, &row.name),
            _ => texts::more_of(locale, &row.name),
        }
    });
    let button = move || {
        let (id, act) = list.menu.get()?;
        let selector = format!("[data-datasheet='{id}'] [data-act={}]", act.as_str());
        document().query_selector(&selector).ok()??.dyn_into().ok()
    };
    view! {
        <Menu open label button close>
            {dynamic(move || {
                let (id, act) = list.menu.get()?;
                let row = list.get(id)?;
                let due = row.todo.as_ref().map(|todo| todo.due);
                match act {
                    Act::Postpone => {
                        let choose = Callback::new(move |choice| list.postpone(id, choice));
                        let pick = Callback::new(move |()| list.about.set(Some(About::Date(id))));
                        due.map(|due| postpone_items(due, choose, pick))
                    }
                    Act::Status => Some(status_items(list, id)),
                    _ => Some(more_items(list, id, due.is_some())),
                }
            })}
        </Menu>
    }
}

/// The items of a menu of days to postpone to; `pick` asks for another one.
pub fn postpone_items(due: Due, choose: Callback<Postpone>, pick: Callback<()>) -> AnyView {
    let here = here();
    let locale = here.locale;
    let now = here.now.get_untracked();
    let item = |choice: Postpone| {
        let hint = here.with_zone(|zone| format::postpone_hint(choice, due, now, zone, locale));
        let described = hint.clone();
        view! {
            <button
                type="button"
                role="menuitem"
                tabindex="-1"
                aria-label=texts::preset(locale, choice)
                aria-description=described
                on:click=move |_| choose.run(choice)
            >
                <span>{texts::preset(locale, choice)}</span>
                <span>{hint}</span>
            </button>
        }
    };
    view! {
        {Postpone::PRESETS.map(item).into_iter().collect_view()}
        <hr />
        <button type="button" role="menuitem" tabindex="-1" on:click=move |_| pick.run(())>
            {texts::pick_a_date(locale)}
        </button>
    }
    .into_any()
}

fn status_items(list: ListState, id: DatasheetId) -> AnyView {
    let current = list.get(id).map(|row| row.status);
    let item = |status: &crate::domain::status::Status| {
        let choice = status.id;
        view! {
            <button
                type="button"
                role="menuitemradio"
                tabindex="-1"
                aria-checked=(Some(choice) == current).to_string()
                data-group=status.status_group.as_str()
                data-color=status.color.as_str()
                on:click=move |_| list.set_status(id, choice)
            >
                <span class="dot"></span>
                {status.name.text(list.here.locale).to_owned()}
            </button>
        }
    };
    list.tree.with_untracked(|tree| tree.all().iter().map(item).collect_view()).into_any()
}

fn more_items(list: ListState, id: DatasheetId, has_todo: bool) -> AnyView {
    let locale = here().locale;
    let ends = has_todo.then(|| {
        let close = Callback::new(move |outcome| list.close(id, outcome, None));
        let note = Callback::new(move |()| list.about.set(Some(About::Note(id))));
        view! {
            {close_items(close, note)}
            <hr />
        }
    });
    let contact = list.get(id).and_then(|row| row.contact_id).map(|contact| {
        view! {
            <a role="menuitem" tabindex="-1" href=format!("/contacts/{contact}")>
                {texts::open_contact(locale)}
            </a>
        }
        .into_any()
    });
    view! {
        {ends}
        {contact}
        <button type="button" role="menuitem" tabindex="-1" on:click=move |_| list.trash(id)>
            {texts::move_to_trash(locale)}
        </button>
    }
    .into_any()
}

/// The items of a menu that closes a to-do otherwise than as done; `note` asks for one first.
pub fn close_items(close: Callback<Outcome>, note: Callback<()>) -> AnyView {
    let locale = here().locale;
    view! {
        <button type="button" role="menuitem" tabindex="-1" on:click=move |_| close.run(Outcome::Successful)>
            {texts::close_successful(locale)}
        </button>
        <button type="button" role="menuitem" tabindex="-1" on:click=move |_| close.run(Outcome::Failed)>
            {texts::close_failed(locale)}
        </button>
        <button type="button" role="menuitem" tabindex="-1" on:click=move |_| note.run(())>
            {texts::close_with_note(locale)}
        </button>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buttons_word_names_its_act() {
        for act in Act::ALL {
            assert_eq!(Act::parse(act.as_str()), Some(act));
        }
        assert_eq!(Act::parse(""), None);
    }
}
