//! The trash of a module, and deleting for good what is in it. Restoring is `datasheets`'.

use leptos::{prelude::*, server_fn::codec::Json};

use super::Key;
#[cfg(feature = "ssr")]
use super::{
    changes::conflict,
    process_moves, relations,
    request::{Request, answer, write_once},
};
#[cfg(feature = "ssr")]
use crate::{
    domain::history::What,
    error::{Error, Refusal},
    store::{self, datasheets::Standing},
};
use crate::{
    domain::{
        id::{DatasheetId, ModuleId},
        trash::{Farewell, TrashCursor, TrashPage},
    },
    error::Result,
};

/// What of a module's trash the viewer sees after a place (`None`: what came there last), at most [`TrashPage::LINES`].
#[server(endpoint = "trash/page", input = Json)]
pub async fn trash_show(module: ModuleId, after: Option<TrashCursor>) -> Result<TrashPage> {
    answer(async move {
        let mut request = Request::read().await?;
        let module = request.may_open(module).await?;
        let tree = store::statuses::tree(&mut request.tx, module.id).await?;
        let scope = request.scope(module.id);
        let mut lines = store::trash::page(&mut request.tx, scope, after, TrashPage::LINES + 1).await?;
        let more = lines.len() > TrashPage::LINES;
        lines.truncate(TrashPage::LINES);
        let next = lines.last().filter(|_| more).map(crate::domain::trash::TrashLine::cursor);
        Ok(TrashPage { module, tree, lines, next })
    })
    .await
}

/// What would go with a datasheet in the trash, or why it may not. Admins only.
#[server(endpoint = "trash/look", input = Json)]
pub async fn trash_look(datasheet: DatasheetId) -> Result<Farewell> {
    answer(async move {
        let mut request = Request::read().await?;
        request.must_be_admin()?;
        let (standing, _) = request.may_see(datasheet).await?;
        let refusal = stays(&mut request, &standing).await?;
        let goes = store::trash::goes(&mut request.tx, datasheet).await?;
        Ok(Farewell { name: standing.name, version: standing.version, goes, refusal })
    })
    .await
}

/// Deletes a datasheet in the trash for good, with all that is on it. Admins only. A stale version is told: somebody brought it
/// back meanwhile.
#[server(endpoint = "trash/delete", input = Json)]
pub async fn trash_delete(key: Key, datasheet: DatasheetId, version: i64) -> Result<()> {
    write_once!(key, "trash_delete", (datasheet, version), |request| {
        delete(request, datasheet, version).await?;
    })
}

#[cfg(feature = "ssr")]
async fn delete(request: &mut Request, datasheet: DatasheetId, version: i64) -> Result<()> {
    request.must_be_admin()?;
    let (standing, module) = request.may_edit(datasheet).await?;
    if standing.version != version {
        return Err(conflict(None, standing.name, standing.version));
    }
    if let Some(refusal) = stays(request, &standing).await? {
        return Err(Error::Refused(refusal));
    }
    relations::tell(request, datasheet).await?;
    let hashes = store::trash::delete(&mut request.tx, datasheet).await?;
    request.contents_gone(hashes);
    let what = What::DeletedForGood { name: standing.name };
    request.note(Some(module.id), None, what, None).await?;
    tracing::info!(%datasheet, module = %module.id, by = %request.viewer.id, "a datasheet was deleted for good");
    request.changed(Some(module.id), Some(datasheet));
    Ok(())
}

/// Why a datasheet may not be deleted for good.
#[cfg(feature = "ssr")]
async fn stays(request: &mut Request, standing: &Standing) -> Result<Option<Refusal>> {
    if standing.trashed_at.is_none() {
        return Ok(Some(Refusal::NotInTrash));
    }
    process_moves::documents::keep(&mut request.tx, standing).await
}
