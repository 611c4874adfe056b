//! What happened on a datasheet, newest first: one timeline, narrowed by the URL; comments are written here.

pub(super) mod comment;

use crate::ui::any::IntoAny;
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::Sheet;
use crate::{
    domain::{
        history::{Event, StatusTime, Topic, What},
        id::EventId,
    },
    i18n::{Locale, format, history as words, list, sheet as texts, tree::group_label},
    ui::address::of_address,
};

/// What of the history the URL asks for: a topic, and the entry before which it begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// The topic; `None` is all.
    pub topic: Option<Topic>,
    /// Only what came before this entry.
    pub before: Option<EventId>,
}

impl Asked {
    /// Reads the URL.
    pub fn of_url() -> Memo<Self> {
        of_address(|path, query| {
            path.starts_with("/d/").then(|| Self {
                topic: query.get("history").and_then(|code| Topic::parse(&code)),
                before: query.get("before").and_then(|id| id.parse().ok()),
            })
        })
    }

    fn href(self) -> String {
        let topic = self.topic.map(|topic| format!("history={}", topic.code()));
        let before = self.before.map(|id| format!("before={id}"));
        let query: Vec<String> = topic.into_iter().chain(before).collect();
        format!("?{}", query.join("&"))
    }
}

const fn topic_name(t: Locale, topic: Option<Topic>) -> &'static str {
    match topic {
        None => words::all(t),
        Some(Topic::Todos) => words::todos(t),
        Some(Topic::Changes) => words::changes(t),
        Some(Topic::Comments) => words::comments(t),
        Some(Topic::Files) => words::files(t),
    }
}

/// The history, with the way to older entries.
#[component]
pub(super) fn HistoryList(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    let is_empty = move || sheet.history.with(Vec::is_empty);
    let older = move || {
        let before = sheet.history.with(|history| history.last().map(|event| event.id));
        Asked { before, ..sheet.asked.get() }.href()
    };
    view! {
        <section class="sheet-history" aria-labelledby="history-head">
            <h2 id="history-head">{texts::history(t)}</h2>
            <comment::NewComment sheet />
            <Filter sheet />
            <p class="sheet-history__empty" hidden=move || !is_empty()>
                {move || {
                    if sheet.asked.with(|asked| asked.topic.is_none()) { texts::no_history(t) } else { words::none_of_topic(t) }
                }}
            </p>
            <ol>
                <For
                    each=move || sheet.history.get()
                    key=|event| {
                        (event.id, event.undone, event.can_undo, event.file.is_some(), event.comment.as_ref().map(|comment| comment.version))
                    }
                    let(event)
                >
                    {entry(sheet, event)}
                </For>
            </ol>
            // Without JavaScript the link brings the next page in place of this one.
            <a
                class="button button--quiet"
                href=older
                hidden=move || !sheet.more.get()
                on:click=move |event| {
                    event.prevent_default();
                    sheet.show_more();
                }
            >
                {texts::show_more(t)}
            </a>
            <Times sheet />
        </section>
    }
    .into_any()
}

/// Links that narrow the history.
#[component]
fn Filter(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    let navigate = use_navigate();
    let link = |topic: Option<Topic>| {
        let navigate = navigate.clone();
        let href = Asked { topic, before: None }.href();
        let to = href.clone();
        view! {
            <a
                href=href
                aria-current=move || sheet.asked.with(|asked| asked.topic == topic).then_some("true")
                on:click=move |event| {
                    // A new tab is the browser's.
                    if event.ctrl_key() || event.meta_key() || event.shift_key() {
                        return;
                    }
                    event.prevent_default();
                    // The page stays where it is.
                    navigate(&format!("/d/{}{to}", sheet.id), NavigateOptions { scroll: false, ..Default::default() });
                }
            >
                {topic_name(t, topic)}
            </a>
        }
        .into_any()
    };
    let links: Vec<AnyView> = std::iter::once(None).chain(Topic::ALL.map(Some)).map(link).collect();
    let is_later = move || sheet.asked.with(|asked| asked.before.is_some());
    let newest = move || Asked { before: None, ..sheet.asked.get() }.href();
    view! {
        <nav class="sheet-history__filter" aria-label=words::filter(t)>
            {links}
            <a class="sheet-history__newest" href=newest hidden=move || !is_later()>
                {words::newest(t)}
            </a>
        </nav>
    }
    .into_any()
}

/// How long it was in each status.
#[component]
fn Times(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    let times = move || {
        sheet
            .page
            .with(|page| {
                let name =
                    |time: &StatusTime| time.name.full_text(t, |group| group_label(t, &page.module, group));
                page.times.iter().map(|time| (name(time), time.millis)).collect::<Vec<_>>()
            })
            .into_iter()
            .map(|(name, millis)| {
                view! {
                    <div>
                        <dt>{name}</dt>
                        <dd>{words::duration(t, millis)}</dd>
                    </div>
                }
            })
            .collect_view()
    };
    view! {
        <details class="sheet-history__times">
            <summary>{words::times(t)}</summary>
            <dl>{times}</dl>
        </details>
    }
    .into_any()
}

fn entry(sheet: Sheet, event: Event) -> AnyView {
    let (here, t) = (sheet.here, sheet.here.locale);
    let who = event.by.map_or_else(|| texts::system(t).to_owned(), |id| here.person(id));
    let what = here.with_zone(|zone| texts::what(t, &event.what, zone));
    let note = texts::note_of(&event.what).map(|note| view! { <q>{note.to_owned()}</q> });
    let exact = here.with_zone(|zone| format::moment_exact(event.at, zone, t));
    let ago = move || {
        let now = here.now.get();
        here.with_zone(|zone| format::ago(event.at, now, zone, t))
    };
    let id = event.id;
    let is_comment = matches!(event.what, What::Commented { .. });
    // Deleting one's own comment is the same as taking it back.
    let undo = (event.can_undo && !is_comment).then(|| {
        view! {
            <button
                type="button"
                class="sheet-history__undo"
                aria-label=texts::undo_of(t, &what)
                on:click=move |_| sheet.undo(id)
            >
                {list::undo(t)}
            </button>
        }
    });
    let file = event.file.as_ref().map(|file| {
        let href = format!("/files/{}", file.id);
        view! { <a class="sheet-history__file" href=href rel="external" download="">{file.name.clone()}</a> }
    });
    let taken_back = event.undone.then(|| view! { <em>{texts::taken_back(t)}</em> });
    let body = is_comment.then(|| comment::body(sheet, &event, &exact));
    view! {
        <li
            id=is_comment.then(|| format!("comment-{id}"))
            data-undone=event.undone.then_some("")
            data-comment=is_comment.then_some("")
        >
            <div class="sheet-history__what">
                <b>{who}</b>
                " "
                <span>{what}</span>
                {taken_back}
                {note}
                {file}
                {body}
            </div>
            {undo}
            <time title=exact>{ago}</time>
        </li>
    }
    .into_any()
}
