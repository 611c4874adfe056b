//! Imports of files: look, make, take back. Files come by plain routes (`server::import`), not by server functions: they are
//! large, and a running import tells how far it is.

use leptos::{prelude::*, server_fn::codec::Json};

use super::Key;
#[cfg(feature = "ssr")]
use super::request::write_once;
#[cfg(feature = "ssr")]
use crate::{
    domain::process::Process,
    error::{Error, Refusal},
    store,
};
use crate::{
    domain::{id::EventId, import::TakenBack},
    error::Result,
};

/// Takes a whole import back: whoever did it may, and who sees all data. What somebody has worked on since is kept.
#[server(endpoint = "imports/undo", input = Json)]
pub async fn import_undo(key: Key, event: EventId) -> Result<TakenBack> {
    write_once!(key, "import_undo", event, |request| {
        let import = store::imports::find(&mut request.tx, event).await?.ok_or(Error::NotFound)?;
        let module = request.may_open(import.module_id).await?;
        if import.user_id != request.viewer.id && !request.viewer.role.sees_all_modules() {
            return Err(Error::Forbidden);
        }
        let (viewer, now) = (request.viewer.id, request.now);
        let taken = if module.template.process() == Some(Process::Webshop) {
            store::webshop::take_back(&mut request.tx, &import, viewer, now).await?
        } else {
            store::imports::take_back(&mut request.tx, &import, viewer, now).await?
        };
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
            import::{
                Imported, Kind, Looked, Message, OrdersPreview, OrdersTaken, Reason, Remarks, read::File,
            },
            module::Module,
            process::Process,
            user::Role,
        },
        error::{Error, Result},
        store::{
            imports::{self, Importer, Made, Source},
            webshop,
        },
    };

    /// Whether who asks may import into a module, and what its files hold: asked before the file is taken in.
    pub async fn may_import(host: &Arc<Host>, parts: &Parts, module: ModuleId) -> Result<Kind> {
        let mut request = Request::read_of(Arc::clone(host), parts).await?;
        let (_, kind) = opened(&mut request, module).await?;
        if kind == Kind::Datasheets {
            importer(&mut request, module).await?;
        }
        Ok(kind)
    }

    /// The module and what its files hold. Who sees only their own cases brings in none.
    async fn opened(request: &mut Request, module: ModuleId) -> Result<(Module, Kind)> {
        let found = request.may_open(module).await?;
        if request.viewer.role < Role::User {
            return Err(Error::Forbidden);
        }
        let takes_orders = found.template.process() == Some(Process::Webshop);
        let kind = if takes_orders { Kind::Orders } else { Kind::Datasheets };
        Ok((found, kind))
    }

    /// In a fixed module the process says where all start, not a file.
    async fn importer(request: &mut Request, module: ModuleId) -> Result<Importer> {
        let (found, _) = opened(request, module).await?;
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
    pub async fn preview(host: &Arc<Host>, parts: &Parts, module: ModuleId, file: &File) -> Result<Looked> {
        let mut request = Request::read_of(Arc::clone(host), parts).await?;
        if opened(&mut request, module).await?.1 == Kind::Orders {
            let survey = survey_orders(&mut request, module, file).await?;
            let preview = OrdersPreview {
                encoding: file.encoding,
                separator: file.separator,
                columns: file.columns().collect(),
                left_out: file.left_out.clone(),
                new: survey.new,
                buyers: u32::try_from(survey.strangers.len()).unwrap_or(u32::MAX),
                already: survey.same,
                doubtful: survey.doubtful,
                broken: survey.broken,
                rows: survey.rows,
            };
            return Ok(Looked::Orders(Box::new(preview)));
        }
        let importer = importer(&mut request, module).await?;
        let preview = imports::survey(&mut request.tx, &importer, file).await?;
        Ok(Looked::Preview(Box::new(preview)))
    }

    async fn survey_orders(request: &mut Request, module: ModuleId, file: &File) -> Result<webshop::Survey> {
        let now = request.now;
        webshop::survey_file(&mut request.tx, module, &request.viewer.zone, now, file).await
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
            &self,
            host: &Arc<Host>,
            parts: &Parts,
            file: &File,
            progress: impl FnMut(u32) + Send,
        ) -> Result<Message> {
            if !self.skip_broken {
                // A broken file is refused without holding anybody up; the rest is seen again in the transaction.
                let broken = match preview(host, parts, self.module, file).await? {
                    Looked::Preview(preview) => preview.broken,
                    Looked::Orders(preview) => preview.broken,
                    Looked::Fault(fault) => return Ok(Message::Fault(fault)),
                    Looked::Failed(error) => return Err(error),
                };
                if broken.count > 0 {
                    return Ok(Message::Broken(broken));
                }
            }
            let arguments = (self.module, &self.file_name, self.skip_broken, &self.hash);
            let begun =
                Request::begin_of(Arc::clone(host), parts, &self.key, "import_run", &arguments).await?;
            let mut request = match begun {
                Begun::Repeat(answer) => return decode(&answer).map(Message::Done),
                Begun::New(request) => request,
            };
            let made = if opened(&mut request, self.module).await?.1 == Kind::Orders {
                self.take_orders(&mut request, file, progress).await?
            } else {
                let importer = importer(&mut request, self.module).await?;
                let source = Source { file, name: &self.file_name, skip_broken: self.skip_broken };
                match imports::make(&mut request.tx, &importer, source, progress).await? {
                    Made::Broken(broken) => Err(broken),
                    Made::Done(imported) => Ok(imported),
                }
            };
            match made {
                Err(broken) => Ok(Message::Broken(broken)),
                Ok(imported) => {
                    request.changed(Some(self.module), None);
                    request.finish(imported).await.map(Message::Done)
                }
            }
        }

        async fn take_orders(
            &self,
            request: &mut Request,
            file: &File,
            progress: impl FnMut(u32) + Send,
        ) -> Result<Result<Imported, Remarks<Reason>>> {
            let viewer = &request.viewer;
            let source = webshop::Source {
                module: self.module,
                owner: viewer.id,
                by: Some(viewer.id),
                now: request.now,
            };
            let named = (file, self.file_name.as_str());
            let made =
                webshop::take_file(&mut request.tx, source, &viewer.zone, named, self.skip_broken, progress);
            Ok(match made.await? {
                webshop::Made::Broken(broken) => Err(broken),
                webshop::Made::Done { taken, same, left_out, undo } => Ok(Imported {
                    made: taken.orders,
                    already: same,
                    left_out,
                    undo,
                    orders: Some(OrdersTaken { buyers: taken.buyers, moved: taken.moved }),
                }),
            })
        }
    }
}
