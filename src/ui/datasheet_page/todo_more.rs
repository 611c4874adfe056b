//! What belongs to a to-do beside its own details: its files, and the comments on it.

use crate::ui::any::IntoAny;
use leptos::prelude::*;

use super::{
    Seen, Sheet, Write,
    files::Inbox,
    history::comment::{CommentField, text_of},
};
use crate::{
    api::comments::comment_add,
    domain::{comment::TodoComment, id::TodoId},
    i18n::{bar, files, history as words},
    ui::{
        browser,
        widgets::{icon::Icon, moment::moment},
    },
};

/// The files and comments of a to-do, with the ways to add some where `may_add`. `text` is the to-do's.
pub(super) fn belongings(
    sheet: Sheet,
    id: TodoId,
    text: Signal<String>,
    inbox: Inbox,
    may_add: bool,
) -> AnyView {
    let t = sheet.here.locale;
    let of_it = Memo::new(move |_| {
        sheet.page.with(|page| {
            page.files.iter().filter(|file| file.todo_id == Some(id)).cloned().collect::<Vec<_>>()
        })
    });
    let comments = Memo::new(move |_| {
        sheet.page.with(|page| {
            page.todo_comments.iter().filter(|comment| comment.todo_id == id).cloned().collect::<Vec<_>>()
        })
    });
    let writing = RwSignal::new(false);
    let attach_name = move || {
        view! {
            <span aria-hidden="true">{files::attach(t)}</span>
            <span class="visually-hidden">{move || files::attach_to(t, &text.get())}</span>
        }
        .into_any()
    };
    let acts = may_add.then(|| {
        view! {
            <div class="todo-belongings__acts" hidden=move || sheet.is_trashed()>
                {inbox.choose("todo-belongings__act", attach_name())}
                <button
                    type="button"
                    class="todo-belongings__act"
                    aria-label=move || words::comment_on(t, &text.get())
                    aria-expanded=move || writing.get().to_string()
                    on:click=move |_| {
                        writing.update(|writing| *writing = !*writing);
                        browser::focus_soon(format!("#todo-comment-{id}"));
                    }
                >
                    <Icon name="comment" />
                    {words::comment(t)}
                </button>
            </div>
        }
    });
    view! {
        <div class="todo-belongings">
            <ul
                class="todo-belongings__files"
                aria-label=move || files::files_of(t, &text.get())
                hidden=move || of_it.with(Vec::is_empty) && inbox.is_idle()
            >
                {inbox.rows(move || of_it.get())}
            </ul>
            <ul
                class="todo-belongings__comments"
                aria-label=move || words::comments_on(t, &text.get())
                hidden=move || comments.with(Vec::is_empty)
            >
                <For
                    each=move || comments.get()
                    key=|comment| (comment.id, comment.text.clone())
                    children=move |comment| comment_row(sheet, comment)
                />
            </ul>
            {acts}
            {move || writing.get().then(|| comment_form(sheet, id, writing))}
        </div>
    }
    .into_any()
}

fn comment_row(sheet: Sheet, comment: TodoComment) -> AnyView {
    let here = sheet.here;
    let text = text_of(&here.people(), here.viewer_id(), &comment.text);
    view! {
        <li class="sheet-comment">
            <p>{text}</p>
            <span class="sheet-file__more">
                {here.person(comment.author_id)} " · " {moment(here, comment.created_at)}
            </span>
        </li>
    }
    .into_any()
}

fn comment_form(sheet: Sheet, id: TodoId, writing: RwSignal<bool>) -> AnyView {
    let t = sheet.here.locale;
    let text = RwSignal::new(String::new());
    let submit = Callback::new(move |()| {
        let written = text.get_untracked();
        if written.trim().is_empty() {
            browser::focus_soon(format!("#todo-comment-{id}"));
            return;
        }
        writing.set(false);
        let datasheet = sheet.id;
        sheet.write(
            Write::new(Seen::Version(0), words::said_commented(t).to_owned(), |_| {}, {
                let written = written.clone();
                move |key, _| comment_add(key, datasheet, Some(id), written.clone())
            })
            .with_value(words::comment(t), written),
        );
        browser::focus_soon("#todos-head");
    });
    view! {
        <form
            class="sheet-comment-form"
            on:submit=move |event| {
                event.prevent_default();
                submit.run(());
            }
        >
            <CommentField sheet id=format!("todo-comment-{id}") text submit />
            <div class="form__actions">
                <button type="submit" class="button">
                    {words::add_comment(t)}
                </button>
                <button type="button" class="button button--quiet" on:click=move |_| writing.set(false)>
                    {bar::cancel(t)}
                </button>
            </div>
        </form>
    }
    .into_any()
}
