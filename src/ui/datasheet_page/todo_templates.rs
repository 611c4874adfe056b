//! Adds all to-dos of a template of the module at once.

use leptos::{html, prelude::*, task::spawn_local, web_sys};

use super::{Seen, Sheet, Write, todos::change_open};
use crate::{
    api::todo_templates::{todo_from_template, todo_templates},
    domain::{
        id::TodoId,
        todo::{Details, NextTodo, Todo, TodoForm},
        todo_template::TodoTemplate,
    },
    i18n::details as texts,
    ui::{any::IntoAny, widgets::menu::Menu},
};

/// Where the ids of to-dos begin that are shown before the server gave them one: away from those of single new ones.
const FIRST_NEW: i64 = -1_000_000;

/// The button, and the menu of the module's templates.
#[component]
pub(super) fn FromTemplate(sheet: Sheet) -> impl IntoView {
    let (here, t) = (sheet.here, sheet.here.locale);
    let node = NodeRef::<html::Button>::new();
    let button = move || node.get().map(web_sys::HtmlElement::from);
    let open = RwSignal::new(false);
    let templates = RwSignal::new(Vec::<TodoTemplate>::new());
    let last_new = StoredValue::new(FIRST_NEW);
    let ask = move || {
        let module = sheet.page.with_untracked(|page| page.module.id);
        spawn_local(async move {
            match todo_templates(module).await {
                Ok(all) if all.is_empty() => here.toasts.done(texts::no_templates(t), None),
                Ok(all) => {
                    templates.try_set(all);
                    open.try_set(true);
                }
                Err(error) => here.toasts.error(&error),
            }
        });
    };
    let items = move || {
        let item = |template: TodoTemplate| {
            let (name, n) = (template.name.clone(), template.todos.len());
            view! {
                <button
                    type="button"
                    role="menuitem"
                    tabindex="-1"
                    on:click=move |_| add(sheet, template.clone(), last_new)
                >
                    <span>{name}</span>
                    <span>{texts::todos_of_template(t, n)}</span>
                </button>
            }
        };
        templates.get().into_iter().map(item).collect_view()
    };
    view! {
        <button
            type="button"
            class="button button--quiet"
            node_ref=node
            aria-haspopup="menu"
            aria-expanded="false"
            on:click=move |_| ask()
        >
            {texts::from_template(t)}
        </button>
        <Menu
            open
            label=Signal::stored(texts::from_template(t).to_owned())
            button
            close=Callback::new(move |()| open.set(false))
        >
            {items()}
        </Menu>
    }
    .into_any()
}

fn add(sheet: Sheet, template: TodoTemplate, last_new: StoredValue<i64>) {
    let (here, id) = (sheet.here, sheet.id);
    let owner = sheet.page.with_untracked(|page| page.row.owner);
    let chosen = template.id;
    let said = texts::template_added(here.locale, &template.name);
    let shown: Vec<NextTodo> = here.with_zone(|zone| {
        let today = zone.today(here.now.get_untracked());
        let next = |form: TodoForm| {
            last_new.update_value(|last| *last -= 1);
            NextTodo {
                id: TodoId(last_new.get_value()),
                text: form.text,
                kind: form.kind,
                due: form.due,
                moment: form.due.moment(zone),
                assignee: form.assignee,
                postponed: 0,
                version: 0,
            }
        };
        template.todos.iter().map(|todo| next(todo.form(today, zone, owner))).collect()
    });
    sheet.write(Write::new(
        Seen::Version(0),
        said,
        move |page| {
            for next in &shown {
                let temporary = next.id;
                page.todos.push(Todo { next: next.clone(), closed: None, details: Details::default() });
                change_open(page, temporary, |_| {});
            }
        },
        move |key, _| todo_from_template(key, id, chosen),
    ));
}
