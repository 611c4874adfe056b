//! Writing comments, with mentions offered while they are typed; a comment in the timeline, with what its author can do.

use crate::ui::any::IntoAny;
use leptos::{ev, html, prelude::*, task::spawn_local};

use super::super::{Seen, Sheet, Write};
use crate::{
    api::comments::{comment_add, comment_delete, comment_edit, comment_readers},
    domain::{
        comment::{Piece, pieces, typing},
        history::Event,
        id::{EventId, UserId},
        text::fold,
        user::Person,
    },
    error::Error,
    i18n::{bar, history as words, sheet as texts},
    ui::{
        browser,
        widgets::finder::{arrow, option_view},
    },
};

/// So many people are offered at once.
const OFFERED: usize = 6;

/// The form for a new comment.
#[component]
pub(super) fn NewComment(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    let text = RwSignal::new(String::new());
    let submit = Callback::new(move |()| {
        let written = text.get_untracked();
        if written.trim().is_empty() {
            browser::focus_soon("#new-comment");
            return;
        }
        text.set(String::new());
        let id = sheet.id;
        sheet.write(
            Write::new(Seen::Version(0), words::said_commented(t).to_owned(), |_| {}, {
                let written = written.clone();
                move |key, _| comment_add(key, id, None, written.clone())
            })
            .with_value(words::comment(t), written),
        );
    });
    view! {
        <form
            class="sheet-comment-form"
            hidden=move || sheet.is_trashed()
            on:submit=move |event| {
                event.prevent_default();
                submit.run(());
            }
        >
            <CommentField sheet id="new-comment" text submit />
            <button type="submit" class="button">
                {words::add_comment(t)}
            </button>
        </form>
    }
    .into_any()
}

/// The people who can be mentioned here and whose name goes on like that: by the beginnings of its words.
fn offered(people: &[Person], typed: &str) -> Vec<Person> {
    let typed = fold(typed);
    let fits = |person: &&Person| {
        let name = fold(&person.name);
        name.starts_with(&typed) || name.split(' ').any(|word| word.starts_with(&typed))
    };
    people.iter().filter(fits).take(OFFERED).cloned().collect()
}

/// How many bytes of a text its first so many UTF-16 units have, in which the browser counts.
fn bytes_of(text: &str, units: u32) -> usize {
    let mut left = units as usize;
    let mut bytes = 0;
    for c in text.chars() {
        if left < c.len_utf16() {
            break;
        }
        left -= c.len_utf16();
        bytes += c.len_utf8();
    }
    bytes
}

fn units_of(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

/// Where a comment is typed: after `@` the people who can be mentioned are offered; arrows, Enter or Tab take one, Escape none.
#[component]
pub(in crate::ui::datasheet_page) fn CommentField(
    sheet: Sheet,
    /// Id of the field.
    #[prop(into)]
    id: String,
    /// What is typed.
    text: RwSignal<String>,
    /// Called by Ctrl+Enter.
    submit: Callback<()>,
) -> impl IntoView {
    let (here, t) = (sheet.here, sheet.here.locale);
    let field = NodeRef::<html::Textarea>::new();
    // Asked for when the field is first used.
    let readers = RwSignal::new(None::<Vec<Person>>);
    let found = RwSignal::new(Vec::<Person>::new());
    let active = RwSignal::new(0_usize);
    let fetch = move |_| {
        if readers.with_untracked(Option::is_some) {
            return;
        }
        readers.set(Some(vec![]));
        spawn_local(async move {
            match comment_readers(sheet.id).await {
                Ok(ids) => {
                    let known = here.people();
                    let people = known.into_iter().filter(|person| ids.contains(&person.id)).collect();
                    readers.try_set(Some(people));
                }
                Err(_) => {
                    readers.try_set(None);
                }
            }
        });
    };
    let caret = move || {
        let field = field.get_untracked()?;
        let units = field.selection_start().ok().flatten()?;
        Some(bytes_of(&field.value(), units))
    };
    let look = move || {
        let people = caret().and_then(|caret| {
            text.with_untracked(|text| {
                let (_, typed) = typing(text, caret)?;
                Some(readers.with_untracked(|readers| offered(readers.as_deref().unwrap_or_default(), typed)))
            })
        });
        active.set(0);
        found.set(people.unwrap_or_default());
    };
    let take = move |person: &Person| {
        let (Some(caret), Some(field)) = (caret(), field.get_untracked()) else { return };
        let written = text.get_untracked();
        let Some((at, _)) = typing(&written, caret) else { return };
        let start = format!("{}@{} ", &written[..at], person.name);
        let whole = format!("{start}{}", &written[caret..]);
        field.set_value(&whole);
        let units = units_of(&start);
        // A caret at the end is as good.
        let _ = field.set_selection_range(units, units);
        text.set(whole);
        found.set(vec![]);
    };
    let on_keydown = move |event: ev::KeyboardEvent| {
        let n = found.with_untracked(Vec::len);
        match event.key().as_str() {
            "Enter" if event.ctrl_key() || event.meta_key() => submit.run(()),
            key if arrow(key, active, n) => {}
            "Enter" | "Tab" if n > 0 => {
                let at = active.get_untracked();
                if let Some(person) = found.with_untracked(|found| found.get(at).cloned()) {
                    take(&person);
                }
            }
            "Escape" if n > 0 => {
                event.stop_propagation();
                found.set(vec![]);
            }
            _ => return,
        }
        event.prevent_default();
    };
    let list_id = format!("{id}-people");
    let option_id = {
        let list_id = list_id.clone();
        move |at: usize| format!("{list_id}-{at}")
    };
    let options = {
        let option_id = option_id.clone();
        move || {
            found
                .get()
                .into_iter()
                .enumerate()
                .map(|(at, person)| {
                    let name = person.name.clone().into_any();
                    option_view(option_id(at), at, active, name, Callback::new(move |()| take(&person)))
                })
                .collect_view()
        }
    };
    let is_open = move || found.with(|found| !found.is_empty());
    let help_id = format!("{id}-help");
    view! {
        <div class="sheet-comment-form__field">
            <label for=id.clone()>{words::comment(t)}</label>
            <textarea
                id=id
                rows="2"
                node_ref=field
                aria-autocomplete="list"
                aria-haspopup="listbox"
                aria-controls=list_id.clone()
                aria-activedescendant=move || is_open().then(|| option_id(active.get()))
                aria-describedby=help_id.clone()
                prop:value=move || text.get()
                on:focus=fetch
                on:input=move |event| {
                    text.set(event_target_value(&event));
                    look();
                }
                on:keydown=on_keydown
                on:blur=move |_| found.set(vec![])
            ></textarea>
            <ul class="sheet-comment-form__people" id=list_id role="listbox" aria-label=words::people(t) hidden=move || !is_open()>
                {options}
            </ul>
            <small id=help_id>{words::comment_help(t)}</small>
            <span class="visually-hidden" aria-live="polite">
                {move || found.with(|found| (!found.is_empty()).then(|| words::offered(t, found.len())))}
            </span>
        </div>
    }
    .into_any()
}

/// The text of a comment, with mentions marked.
pub(in crate::ui::datasheet_page) fn text_of(
    people: &[Person],
    viewer: Option<UserId>,
    text: &str,
) -> AnyView {
    pieces(text, people)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned().into_any(),
            Piece::Mention(name, who) => {
                let is_mine = viewer.is_some_and(|viewer| who.contains(&viewer));
                view! { <mark data-mine=is_mine.then_some("")>{name.to_owned()}</mark> }.into_any()
            }
        })
        .collect_view()
        .into_any()
}

/// A comment in the timeline.
pub(super) fn body(sheet: Sheet, event: &Event, when: &str) -> AnyView {
    let (here, t, id) = (sheet.here, sheet.here.locale, event.id);
    let Some(comment) = event.comment.clone() else {
        return view! { <p class="sheet-comment__gone">{words::comment_gone(t)}</p> }.into_any();
    };
    let people: Vec<Person> =
        here.people().into_iter().filter(|person| comment.mentioned.contains(&person.id)).collect();
    let text = text_of(&people, here.viewer_id(), &comment.text);
    let edited = comment.edited_at.map(|_| view! { <em>{words::edited(t)}</em> });
    let editing = RwSignal::new(false);
    let is_mine = event.by.is_some() && event.by == here.viewer_id();
    let version = comment.version;
    let acts = is_mine.then(|| {
        let (edit, delete) = (words::edit_comment(t, when), words::delete_comment(t, when));
        view! {
            <div class="sheet-comment__acts" hidden=move || editing.get() || sheet.is_trashed()>
                <button
                    type="button"
                    aria-label=edit
                    on:click=move |_| {
                        editing.set(true);
                        browser::focus_soon(format!("#edit-comment-{id}"));
                    }
                >
                    {texts::edit(t)}
                </button>
                <button
                    type="button"
                    aria-label=delete
                    on:click=move |_| {
                        sheet
                            .write(
                                Write::new(
                                    Seen::Version(version),
                                    words::said_deleted(t).to_owned(),
                                    |_| {},
                                    move |key, version| comment_delete(key, id, version),
                                ),
                            );
                        show(sheet, id, None);
                        browser::focus_soon("#new-comment");
                    }
                >
                    {words::delete(t)}
                </button>
            </div>
        }
    });
    let written = comment.text.clone();
    view! {
        <div class="sheet-comment">
            <p hidden=move || editing.get()>{text} {edited}</p>
            {acts}
            {move || editing.get().then(|| edit_form(sheet, id, version, &written, editing))}
        </div>
    }
    .into_any()
}

/// Shows a changed comment (`None`: deleted) before the server answers, also where the answer does not reach: far down.
fn show(sheet: Sheet, id: EventId, text: Option<String>) {
    sheet.history.update(|history| {
        let Some(event) = history.iter_mut().find(|event| event.id == id) else { return };
        match (text, &mut event.comment) {
            (Some(text), Some(comment)) => {
                comment.text = text;
                comment.version += 1;
            }
            (_, comment) => *comment = None,
        }
    });
}

fn edit_form(sheet: Sheet, id: EventId, version: i64, written: &str, editing: RwSignal<bool>) -> AnyView {
    let t = sheet.here.locale;
    let text = RwSignal::new(written.to_owned());
    let before = written.to_owned();
    let submit = Callback::new(move |()| {
        let now = text.get_untracked();
        editing.set(false);
        if now.trim() == before.trim() {
            return;
        }
        let before = before.clone();
        sheet.write(
            Write::new(Seen::Version(version), words::said_edited(t).to_owned(), |_| {}, {
                let now = now.clone();
                move |key, version| comment_edit(key, id, version, now.clone())
            })
            .with_value(words::comment(t), now.clone())
            .on_error(move |error: Error| {
                show(sheet, id, Some(before.clone()));
                sheet.here.toasts.error(&error);
            }),
        );
        show(sheet, id, Some(now));
        browser::focus_soon("#new-comment");
    });
    view! {
        <form
            class="sheet-comment-form"
            on:submit=move |event| {
                event.prevent_default();
                submit.run(());
            }
        >
            <CommentField sheet id=format!("edit-comment-{id}") text submit />
            <div class="form__actions">
                <button type="submit" class="button" disabled=move || text.with(|text| text.trim().is_empty())>
                    {words::save_comment(t)}
                </button>
                <button type="button" class="button button--quiet" on:click=move |_| editing.set(false)>
                    {bar::cancel(t)}
                </button>
            </div>
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_units_are_found_in_the_text() {
        for text in ["Kérlek @Anna", "🙂 @a", ""] {
            assert_eq!(bytes_of(text, units_of(text)), text.len());
        }
        assert_eq!(bytes_of("🙂x", 2), 4);
        assert_eq!(bytes_of("🙂x", 1), 0, "within a letter");
        assert_eq!(bytes_of("é", 5), 2, "past the end");
    }

    #[test]
    fn people_are_offered_by_the_beginning_of_a_name() {
        let people: Vec<Person> = ["Kovács Ádám", "Nagy Béla"]
            .into_iter()
            .zip(1..)
            .map(|(name, id)| Person { id: UserId(id), name: name.to_owned(), active: true })
            .collect();
        let of = |typed| offered(&people, typed).iter().map(|person| person.id.0).collect::<Vec<_>>();
        assert_eq!(of(""), [1, 2]);
        assert_eq!(of("ada"), [1]);
        assert_eq!(of("Kovács á"), [1]);
        assert_eq!(of("bel"), [2]);
        assert!(of("x").is_empty());
    }
}
