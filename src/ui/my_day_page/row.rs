//! One to-do of my day, in the columns of the datasheet list.

use crate::ui::any::IntoAny;
use leptos::prelude::*;

use super::state::Day;
use crate::{
    domain::{bucket::Bucket, my_day::Item, user::initials},
    i18n::{Locale, format, list as lists, my_day as texts},
    ui::{datasheet_list::acts::Act, widgets::icon::fixed_icon},
};

/// How a to-do is called where one sees neither its bucket nor its row.
pub fn name(t: Locale, item: &Item) -> String {
    texts::of(t, &item.todo.text, &item.name)
}

/// A to-do in the list.
pub fn row_view(day: Day, item: Item, bucket: Bucket) -> AnyView {
    let (here, t) = (day.here, day.here.locale);
    let name = name(t, &item);
    let Item { todo, icon, datasheet, name: of, contact, module, owner, status, group, color } = item;
    let module = here.modules.with_untracked(|modules| {
        modules.iter().find(|link| link.id == module).map(|link| link.name.clone())
    });
    let about = module.into_iter().chain(contact).collect::<Vec<_>>().join(" · ");
    let owner = here.person(owner);
    let (due, moment) = (todo.due, todo.moment);
    let exact = here.with_zone(|zone| format::due_exact(due, zone, t));
    let when = move || {
        day.borders
            .with(|borders| here.with_zone(|zone| format::due_short_between(due, moment, borders, zone, t)))
    };
    view! {
        <article
            class="row"
            tabindex="0"
            aria-label=name.clone()
            data-todo=todo.id.to_string()
            data-late=(bucket == Bucket::Overdue).then_some("")
        >
            <button type="button" class="check" data-act=Act::Close.as_str() aria-label=lists::close_todo_of(t, &name)>
                {fixed_icon(here, "check")}
            </button>
            <a class="row__what" href=format!("/d/{datasheet}")>
                <b>{of}</b>
                <i>{about}</i>
            </a>
            <div class="row__todo">
                {fixed_icon(here, icon.icon())}
                <span>{todo.text}</span>
                {(todo.postponed > 0).then(|| view! { <em>{lists::postponed_times(t, todo.postponed)}</em> })}
            </div>
            <div class="row__due" title=exact>
                {when}
            </div>
            <span class="row__status status" data-group=group.as_str() data-color=color.as_str()>
                <span class="dot"></span>
                <span>{status.text(t).to_owned()}</span>
            </span>
            <span class="avatar" role="img" title=owner.clone() aria-label=lists::owner_of(t, &owner)>
                {initials(&owner)}
            </span>
            <div class="row__acts">
                <button
                    type="button"
                    class="icon-button"
                    data-act=Act::Postpone.as_str()
                    aria-haspopup="menu"
                    aria-label=lists::postpone_of(t, &name)
                >
                    {fixed_icon(here, "postpone")}
                </button>
                <button
                    type="button"
                    class="icon-button"
                    data-act=Act::More.as_str()
                    aria-haspopup="menu"
                    aria-label=lists::more_of(t, &name)
                >
                    {fixed_icon(here, "more")}
                </button>
            </div>
        </article>
    }
    .into_any()
}
