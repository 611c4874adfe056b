//! Imports of files: look, make, take back. Files come by plain routes (`server::import`), not by server functions: they are
//! large, and a running import tells how far it is.

use leptos::{prelude::*, server_fn::codec::Json};

use super::Key;
#[cfg(feature = "ssr")]
use super::request::write_once;
use crate::{
    domain::{id::EventId, import::TakenBack},
    error::Result,
};
#[cfg(feature = "ssr")]
use crate::{
    error::{Error, Refusal},
    store,
};

/// Takes a whole import back: whoever did it may, and who sees all data. What somebody has worked on since is kept.
#[server(endpoint = "imports/undo", input = Json)]
pub async fn import_undo(key: Key, event: EventId) -> Result<TakenBack> {
    write_once!(key, "import_undo", event, |request| {
        let import = store::imports::find(&mut request.tx, event).await?.ok_or(Error::NotFound)?;
        request.may_open(import.module_id).await?;
        if import.user_id != request.viewer.id && !request.viewer.role.sees_all_modules() {
            return Err(Error::Forbidden);
        }
        let (viewer, now) = (request.viewer.id, request.now);
        let taken = store::imports::take_back(&mut request.tx, &import, viewer, now).await?;
        request.changed(Some(import.module_id), None);
        taken.ok_or(Error::Refused(Refusal::CannotUndo))?
    })
}

#[cfg(feature = "ssr")]
pub use files::{Run, may_import, preview};

#[cfg(feature = "ssr")]
mod files {
    use std::sync::Arc;

    use axum::http::request::Parts;

    use crate::{
        api::{
            Key, process_moves,
            request::{Begun, Host, Request, decode},
        },
        domain::{
            id::ModuleId,
            import::{Message, Preview, read::File},
            user::Role,
        },
        error::{Error, Result},
        store::imports::{self, Importer, Made, Source},
    };

    /// Whether who asks may import into a module: asked before the file is taken in.
    pub async fn may_import(host: &Arc<Host>, parts: &Parts, module: ModuleId) -> Result<()> {
        let mut request = Request::read_of(Arc::clone(host), parts).await?;
        importer(&mut request, module).await.map(drop)
    }

    /// Who sees only their own cases brings in none; in a fixed module the process says where all start, not a file.
    async fn importer(request: &mut Request, module: ModuleId) -> Result<Importer> {
        let found = request.may_open(module).await?;
        if request.viewer.role < Role::User {
            return Err(Error::Forbidden);
        }
        let start = match found.template.process() {
            Some(process) => {
                let now = request.now;
                Some(process_moves::start_of_files(&mut request.tx, &found, process, now).await?)
            }
            None => None,
        };
        Ok(Importer {
            module,
            user: request.viewer.id,
            zone: Arc::new(request.viewer.zone.clone()),
            locale: request.locale,
            now: request.now,
            start,
        })
    }

    /// What will be made of a file.
    pub async fn preview(host: &Arc<Host>, parts: &Parts, module: ModuleId, file: &File) -> Result<Preview> {
        let mut request = Request::read_of(Arc::clone(host), parts).await?;
        let importer = importer(&mut request, module).await?;
        imports::survey(&mut request.tx, &importer, file).await
    }

    /// An import to be run.
    #[derive(Debug)]
    pub struct Run {
        /// Its key: a repeat has no second effect and the same answer.
        pub key: Key,
        /// The module that gets the datasheets.
        pub module: ModuleId,
        /// The file's name.
        pub file_name: String,
        /// Leave broken lines out.
        pub skip_broken: bool,
        /// SHA-256 of the file, in hexadecimal digits.
        pub hash: String,
    }

    impl Run {
        /// Runs it in one transaction; `progress` hears how many lines are done.
        pub async fn run(
            self,
            host: &Arc<Host>,
            parts: &Parts,
            file: &File,
            progress: impl FnMut(u32) + Send,
        ) -> Result<Message> {
            if !self.skip_broken {
                // A broken file is refused without holding anybody up; the rest is seen again in the transaction.
                let preview = preview(host, parts, self.module, file).await?;
                if preview.broken.count > 0 {
                    return Ok(Message::Broken(preview.broken));
                }
            }
            let arguments = (self.module, &self.file_name, self.skip_broken, &self.hash);
            let begun =
                Request::begin_of(Arc::clone(host), parts, &self.key, "import_run", &arguments).await?;
            let mut request = match begun {
                Begun::Repeat(answer) => return decode(&answer).map(Message::Done),
                Begun::New(request) => request,
            };
            let importer = importer(&mut request, self.module).await?;
            let source = Source { file, name: &self.file_name, skip_broken: self.skip_broken };
            match imports::make(&mut request.tx, &importer, source, progress).await? {
                Made::Broken(broken) => Ok(Message::Broken(broken)),
                Made::Done(imported) => {
                    request.changed(Some(self.module), None);
                    request.finish(imported).await.map(Message::Done)
                }
            }
        }
    }
}
