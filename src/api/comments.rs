//! Comments on datasheets, and mentions in them.

use leptos::{prelude::*, server_fn::codec::Json};

use super::Key;
#[cfg(feature = "ssr")]
use super::{
    changes::{conflict, listed, text_of_todo},
    request::{Request, answer, write_once},
};
use crate::{
    domain::{
        comment::MentionPage,
        datasheet::Done,
        id::{DatasheetId, EventId, TodoId, UserId},
    },
    error::Result,
};
#[cfg(feature = "ssr")]
use crate::{
    domain::{
        comment::{mentioned, parse},
        history::What,
    },
    error::{Error, Field},
    store::{self, comments::Stored, undo::Undo},
};

/// How many mentions come at once.
pub const MENTION_PAGE: usize = 50;

/// Writes a comment, on a to-do where one is named; `@` and the name of somebody who may open the datasheet mentions them.
#[server(endpoint = "comments/add", input = Json)]
pub async fn comment_add(
    key: Key,
    datasheet: DatasheetId,
    todo: Option<TodoId>,
    text: String,
) -> Result<Done> {
    write_once!(key, "comment_add", (datasheet, todo, &text), |request| {
        let (before, module) = listed(request, datasheet).await?;
        let text = parse(&text)?;
        let undo = Some(Undo::Commented { version: 1 });
        let what = What::Commented { todo: text_of_todo(request, datasheet, todo).await? };
        let entry = request.note(Some(module.id), Some(before.id), what, undo).await?;
        let (author, now) = (request.viewer.id, request.now);
        store::comments::add(&mut request.tx, entry, (datasheet, todo), author, &text, now).await?;
        mention(request, entry, datasheet, &text).await?;
        request.done(datasheet, module.id, Some(entry)).await?
    })
}

/// Changes one's own comment. A stale version is told with the text stored now.
#[server(endpoint = "comments/edit", input = Json)]
pub async fn comment_edit(key: Key, comment: EventId, version: i64, text: String) -> Result<Done> {
    write_once!(key, "comment_edit", (comment, version, &text), |request| {
        edit(request, comment, version, &text).await?
    })
}

/// Deletes one's own comment.
#[server(endpoint = "comments/delete", input = Json)]
pub async fn comment_delete(key: Key, comment: EventId, version: i64) -> Result<Done> {
    write_once!(key, "comment_delete", (comment, version), |request| {
        let (mut stored, module) = own(request, comment, version).await?;
        let datasheet = stored.datasheet_id;
        stored.deleted_at = Some(request.now);
        store::comments::save(&mut request.tx, &stored).await?;
        tell_mentioned(request, comment).await?;
        let undo = Some(Undo::CommentDeleted { comment, version: version + 1 });
        let entry = request.note(Some(module), Some(datasheet), What::CommentDeleted, undo).await?;
        request.done(datasheet, module, Some(entry)).await?
    })
}

/// Who can be mentioned on a datasheet: those who may open it.
#[server(endpoint = "comments/readers", input = Json)]
pub async fn comment_readers(datasheet: DatasheetId) -> Result<Vec<UserId>> {
    answer(async move {
        let mut request = Request::read().await?;
        request.may_see(datasheet).await?;
        let readers = store::comments::readers(&mut request.tx, datasheet).await?;
        Ok(readers.into_iter().map(|person| person.id).collect())
    })
    .await
}

/// Mentions of the viewer before a comment (`None`: from the newest), the newest first.
#[server(endpoint = "mentions/page", input = Json)]
pub async fn mentions_page(before: Option<EventId>) -> Result<MentionPage> {
    answer(async move {
        let mut request = Request::read().await?;
        let limit = i64::try_from(MENTION_PAGE).unwrap_or(i64::MAX);
        let (id, role) = (request.viewer.id, request.viewer.role);
        let mut mentions =
            store::comments::mentions(&mut request.tx, &request.viewer, before, limit + 1).await?;
        let more = mentions.len() > MENTION_PAGE;
        mentions.truncate(MENTION_PAGE);
        let unseen = store::comments::unseen(&mut request.tx, id, role).await?;
        Ok(MentionPage { mentions, more, unseen })
    })
    .await
}

/// Marks one's mentions in comments as read, or unread again; how many are unread then.
#[server(endpoint = "mentions/mark", input = Json)]
pub async fn mentions_mark(key: Key, comments: Vec<EventId>, seen: bool) -> Result<u32> {
    write_once!(key, "mentions_mark", (&comments, seen), |request| {
        let (id, role) = (request.viewer.id, request.viewer.role);
        let seen_at = seen.then_some(request.now);
        for comment in comments.iter().take(MENTION_PAGE) {
            if !store::comments::save_seen(&mut request.tx, id, *comment, seen_at).await? {
                return Err(Error::NotFound);
            }
        }
        request.mentions_changed(id);
        store::comments::unseen(&mut request.tx, id, role).await?
    })
}

/// One's own comment of that version, with its datasheet held.
#[cfg(feature = "ssr")]
async fn own(
    request: &mut Request,
    comment: EventId,
    version: i64,
) -> Result<(Stored, crate::domain::id::ModuleId)> {
    let known = store::comments::get(&mut request.tx, comment).await?.ok_or(Error::NotFound)?;
    let (_, module) = listed(request, known.datasheet_id).await?;
    // Read again: it is held only now.
    let stored = store::comments::get(&mut request.tx, comment).await?.ok_or(Error::NotFound)?;
    if stored.author_id != request.viewer.id {
        return Err(Error::Forbidden);
    }
    if stored.deleted_at.is_some() {
        return Err(Error::NotFound);
    }
    if stored.version != version {
        return Err(conflict(Some(Field::Comment), stored.text, stored.version));
    }
    Ok((stored, module.id))
}

#[cfg(feature = "ssr")]
async fn edit(request: &mut Request, comment: EventId, version: i64, text: &str) -> Result<Done> {
    let (mut stored, module) = own(request, comment, version).await?;
    let text = parse(text)?;
    let datasheet = stored.datasheet_id;
    if stored.text == text {
        return request.done(datasheet, module, None).await;
    }
    let from = std::mem::replace(&mut stored.text, text);
    stored.edited_at = Some(request.now);
    store::comments::save(&mut request.tx, &stored).await?;
    mention(request, comment, datasheet, &stored.text).await?;
    let undo = Some(Undo::CommentEdited { comment, version: version + 1, from });
    let entry = request.note(Some(module), Some(datasheet), What::CommentEdited, undo).await?;
    request.done(datasheet, module, Some(entry)).await
}

/// Notes and tells who is mentioned in a comment.
#[cfg(feature = "ssr")]
async fn mention(request: &mut Request, comment: EventId, datasheet: DatasheetId, text: &str) -> Result<()> {
    let readers = store::comments::readers(&mut request.tx, datasheet).await?;
    let users = mentioned(text, &readers);
    for user in store::comments::save_mentions(&mut request.tx, comment, datasheet, &users).await? {
        request.mentions_changed(user);
    }
    Ok(())
}

/// Tells those who are mentioned in a comment that it came or went.
#[cfg(feature = "ssr")]
async fn tell_mentioned(request: &mut Request, comment: EventId) -> Result<()> {
    for user in store::comments::mentioned(&mut request.tx, comment).await? {
        request.mentions_changed(user);
    }
    Ok(())
}

/// Takes back what was done to one's own comment, when it is as that left it.
#[cfg(feature = "ssr")]
pub async fn take_back(request: &mut Request, event: EventId, undo: Undo) -> Result<()> {
    let cannot = || Error::Refused(crate::error::Refusal::CannotUndo);
    let (comment, left) = match &undo {
        Undo::Commented { version } => (event, *version),
        Undo::CommentEdited { comment, version, .. } | Undo::CommentDeleted { comment, version } => {
            (*comment, *version)
        }
        _ => return Err(cannot()),
    };
    let mut stored = store::comments::get(&mut request.tx, comment).await?.ok_or_else(cannot)?;
    if stored.author_id != request.viewer.id {
        return Err(Error::Forbidden);
    }
    if stored.version != left {
        return Err(cannot());
    }
    let text = match undo {
        Undo::Commented { .. } => {
            stored.deleted_at = Some(request.now);
            None
        }
        Undo::CommentEdited { from, .. } => Some(from),
        _ => {
            stored.deleted_at = None;
            None
        }
    };
    if let Some(text) = text {
        stored.text = text;
        mention(request, comment, stored.datasheet_id, &stored.text).await?;
    }
    store::comments::save(&mut request.tx, &stored).await?;
    tell_mentioned(request, comment).await
}
