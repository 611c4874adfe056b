//! Fixed modules: what a person does with a datasheet's process, and what admins set about it.

use leptos::{prelude::*, server_fn::codec::Json};

use super::Key;
#[cfg(feature = "ssr")]
use super::{
    changes::conflict,
    process_moves,
    request::{Request, answer, write_once},
};
use crate::{
    domain::{
        datasheet::Done,
        filter::Owner,
        funnel::Stage,
        id::{DatasheetId, ModuleId},
        module::Module,
        process::{Action, Settings},
    },
    error::Result,
};
#[cfg(feature = "ssr")]
use crate::{
    domain::{funnel, history::What, id::StatusId, process::sales::Place},
    error::{Error, Field, Problem, Refusal},
    store,
};

/// A step of the process. `version` is that of the facts; a stale one is told. What the process does not allow now is refused
/// with what it does allow.
#[server(endpoint = "processes/act", input = Json)]
pub async fn process_act(key: Key, datasheet: DatasheetId, version: i64, action: Action) -> Result<Done> {
    write_once!(key, "process_act", (datasheet, version, &action), |request| {
        process_moves::act(request, datasheet, version, action).await?
    })
}

/// How many datasheets of a Sales module ever got how far, under the owner filter.
#[server(endpoint = "processes/furthest", input = Json)]
pub async fn process_furthest(module: ModuleId, owner: Owner) -> Result<Vec<Stage>> {
    answer(async move {
        let mut request = Request::read().await?;
        let module = request.may_open(module).await?;
        let scope = request.scope(module.id);
        let keys = store::statuses::by_process_key(&mut request.tx, module.id).await?;
        let counts = store::funnel::furthest_counts(&mut request.tx, scope, owner).await?;
        let reached = |(key, status): (&String, &StatusId)| {
            let n = counts.iter().find(|count| count.status_id == *status)?.n;
            Some((Place::of_key(key)?, n))
        };
        let furthest: Vec<_> = keys.iter().filter_map(reached).collect();
        Ok(funnel::stages(&furthest))
    })
    .await
}

/// What the process of a module goes by, with the module's version. Admins only.
#[server(endpoint = "processes/settings", input = Json)]
pub async fn process_settings(module: ModuleId) -> Result<(Module, Settings)> {
    answer(async move {
        let mut request = Request::read().await?;
        request.must_be_admin()?;
        let module = store::modules::get(&mut request.tx, module).await?.ok_or(Error::NotFound)?;
        let process = module.template.process().ok_or(Error::Refused(Refusal::NotNow(vec![])))?;
        let settings = process_moves::settings(&mut request.tx, module.id, process).await?;
        Ok((module, settings))
    })
    .await
}

/// Sets what the process of a module goes by. Admins only.
#[server(endpoint = "processes/set", input = Json)]
pub async fn process_set(key: Key, module: ModuleId, version: i64, settings: Settings) -> Result<Module> {
    write_once!(key, "process_set", (module, version, &settings), |request| {
        request.must_be_admin()?;
        let before = store::modules::get(&mut request.tx, module).await?.ok_or(Error::NotFound)?;
        let process = before.template.process().ok_or(Error::Refused(Refusal::NotNow(vec![])))?;
        if std::mem::discriminant(&process.first_settings()) != std::mem::discriminant(&settings) {
            return Err(Error::NotFound);
        }
        let stood = process_moves::settings(&mut request.tx, module, process).await?;
        let settings = match settings.checked()? {
            Settings::Invoicing(settings) => {
                let settings = settings.parse()?;
                store::modules::lock_bar(&mut request.tx).await?;
                store::documents::must_be_free(&mut request.tx, module, &settings.prefix).await?;
                if crate::domain::zone::Zone::load(&settings.zone, request.now).is_none() {
                    return Err(Error::invalid(Field::Zone, Problem::Unknown));
                }
                Settings::Invoicing(settings)
            }
            other => other,
        };
        if !store::processes::save_settings(&mut request.tx, module, version, &settings).await? {
            return Err(conflict(None, String::new(), before.version));
        }
        if settings.may_move(&stood) {
            store::processes::wake(&mut request.tx, module).await?;
        }
        request.note(Some(module), None, What::ModuleSet { name: before.name }, None).await?;
        request.changed(Some(module), None);
        store::modules::get(&mut request.tx, module).await?.ok_or(Error::NotFound)?
    })
}
