//! Who mentioned the viewer, the newest first: to be gone through and ticked off.

use crate::ui::any::IntoAny;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{here, not_found::Failed, resource, send, widgets::moment::moment};
use crate::{
    api::comments::{mentions_mark, mentions_page},
    domain::{
        comment::{Mention, MentionPage},
        id::EventId,
    },
    i18n::history as words,
};

/// Mentions, from the newest or before one in the URL.
#[component]
pub fn MentionsPage() -> impl IntoView {
    let t = here().locale;
    let query = use_query_map();
    let before =
        Memo::new(move |_| query.with(|query| query.get("before").and_then(|id| id.parse::<EventId>().ok())));
    let page = resource(move || before.get(), async |before| mentions_page(before).await);
    view! {
        <Title text=format!("{} – Modulok", words::mentions(t)) />
        <Transition>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <Mentions page /> }.into_any(),
                    Err(error) => view! { <Failed error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Mentions(page: MentionPage) -> impl IntoView {
    let here = here();
    let t = here.locale;
    here.mentions.set(page.unseen);
    let older = page
        .mentions
        .last()
        .filter(|_| page.more)
        .map(|last| view! { <a class="button button--quiet" href=format!("/mentions?before={}", last.comment)>{words::older(t)}</a> });
    let mentions = RwSignal::new(page.mentions);
    let mark = move |ids: Vec<EventId>, seen: bool| {
        let before = mentions.get_untracked();
        mentions.update(|mentions| {
            for mention in mentions.iter_mut().filter(|mention| ids.contains(&mention.comment)) {
                mention.seen = seen;
            }
        });
        send(
            move |key| mentions_mark(key, ids.clone(), seen),
            move |answer| match answer {
                Ok(unseen) => here.mentions.set(unseen),
                Err(error) => {
                    mentions.try_set(before);
                    here.toasts.error(&error);
                }
            },
        );
    };
    let unread = move || {
        mentions.with(|mentions| {
            mentions.iter().filter(|mention| !mention.seen).map(|mention| mention.comment).collect::<Vec<_>>()
        })
    };
    let is_empty = mentions.with_untracked(Vec::is_empty);
    view! {
        <div class="plain-page">
            <header class="plain-page__head">
                <h1 tabindex="-1">{words::mentions(t)}</h1>
                <button type="button" class="button" hidden=move || unread().is_empty() on:click=move |_| mark(unread(), true)>
                    {words::mark_all_read(t)}
                </button>
            </header>
            <p hidden=!is_empty>{words::no_mentions(t)}</p>
            <ul class="mentions" hidden=is_empty>
                <For each=move || mentions.get() key=|mention| (mention.comment, mention.seen) let(mention)>
                    {one(mention, Callback::new(move |(id, seen)| mark(vec![id], seen)))}
                </For>
            </ul>
            {older}
        </div>
    }
    .into_any()
}

fn one(mention: Mention, mark: Callback<(EventId, bool)>) -> AnyView {
    let here = here();
    let t = here.locale;
    let Mention { comment, datasheet, name, by, at, text, seen } = mention;
    let who = here.person(by);
    // The page of the history that begins with it.
    let href = format!("/d/{datasheet}?before={}#comment-{comment}", comment.0 + 1);
    let (label, spoken) = if seen {
        (words::mark_unread(t), words::mark_unread_of(t, &name))
    } else {
        (words::mark_read(t), words::mark_read_of(t, &name))
    };
    view! {
        <li class="mention" data-unread=(!seen).then_some("")>
            <div class="mention__head">
                {(!seen).then(|| view! { <span class="mention__dot" role="img" aria-label=words::unread(t)></span> })}
                <b>{who}</b>
                <a
                    href=href
                    on:click=move |_| {
                        if !seen {
                            mark.run((comment, true));
                        }
                    }
                >
                    {name}
                </a>
                {moment(here, at)}
            </div>
            <p>{text}</p>
            <button type="button" class="mention__mark" aria-label=spoken on:click=move |_| mark.run((comment, !seen))>
                {label}
            </button>
        </li>
    }
    .into_any()
}
