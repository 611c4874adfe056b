//! What moves the statuses of fixed modules: actions, to-dos, the clock. On a transaction, for requests and for the server's
//! clock alike; the rules themselves are `domain::process`.

pub mod documents;

use super::{
    changes::{conflict, listed},
    relations,
    request::Request,
};
use crate::{
    domain::{
        datasheet::Done,
        edit::Edit,
        history::What,
        id::{DatasheetId, ModuleId, StatusId},
        module::Module,
        process::{Action, At, Cause, Facts, Process, Settings, State},
        status_name::StatusThen,
        time::Timestamp,
    },
    error::{Error, Refusal, Result},
    store::{self, Tx, datasheets::Standing, events::NewEvent, undo::Undo},
};

/// What the rules look at beside the facts.
#[derive(Debug)]
pub struct Circumstances {
    now: Timestamp,
    created_at: Timestamp,
    has_open_todo: bool,
    last_closed_at: Option<Timestamp>,
    settings: Settings,
}

impl Circumstances {
    /// Of a datasheet, as things stand.
    pub async fn of(tx: &mut Tx, standing: &Standing, process: Process, now: Timestamp) -> Result<Self> {
        let settings = settings(tx, standing.module_id, process).await?;
        let (has_open_todo, last_closed_at) = store::processes::todos(tx, standing.id).await?;
        Ok(Self { now, created_at: standing.created_at, has_open_todo, last_closed_at, settings })
    }

    /// As the rules take them.
    pub fn at(&self) -> At<'_, Settings> {
        At {
            now: self.now,
            created_at: self.created_at,
            has_open_todo: self.has_open_todo,
            last_closed_at: self.last_closed_at,
            settings: &self.settings,
        }
    }
}

/// What admins set about a module's process, or what it comes with.
pub async fn settings(tx: &mut Tx, module: ModuleId, process: Process) -> Result<Settings> {
    let stored = store::processes::settings(tx, module).await?;
    Ok(stored.unwrap_or_else(|| process.first_settings()))
}

/// The process of a datasheet in a fixed module.
pub async fn state(tx: &mut Tx, datasheet: DatasheetId) -> Result<State> {
    store::processes::get(tx, datasheet).await?.ok_or_else(|| {
        tracing::error!(%datasheet, "a datasheet of a fixed module has no facts");
        Error::Server
    })
}

/// The status of a module for a key of its process.
pub async fn status_of(tx: &mut Tx, module: ModuleId, key: &str) -> Result<StatusId> {
    let statuses = store::statuses::by_process_key(tx, module).await?;
    statuses.get(key).copied().ok_or_else(|| {
        tracing::error!(%module, key, "a fixed module has no such status");
        Error::Server
    })
}

/// Stores facts with the status, the worth and the next look of the clock that follow. Answers the statuses it was moved from
/// and to. The datasheet is locked.
async fn put(
    tx: &mut Tx,
    before: &Standing,
    state: &State,
    facts: &Facts,
    around: &Circumstances,
) -> Result<Option<(StatusThen, StatusThen)>> {
    let at = around.at();
    let wakes_at = facts.wakes_at(&at);
    let seen = facts.seen(&at);
    if *facts != state.facts {
        store::processes::save(tx, before.id, state.version, &seen, wakes_at).await?;
    } else if seen == state.facts {
        store::processes::save_wakes_at(tx, before.id, wakes_at).await?;
    } else {
        // What is only noted is no change that anybody's edit could run into.
        store::processes::save_seen(tx, before.id, &seen, wakes_at).await?;
    }
    let status = status_of(tx, before.module_id, seen.status(&at)).await?;
    let furthest_id = furthest_of(tx, before.module_id, &seen).await?;
    let after = Standing { status_id: status, worth: facts.amount().into(), furthest_id, ..before.clone() };
    if after == *before {
        return Ok(None);
    }
    store::datasheets::save(tx, before, &after, around.now).await?;
    if status == before.status_id {
        return Ok(None);
    }
    store::statuses::moved(tx, before.module_id, before.status_id, status).await.map(Some)
}

/// The furthest status of some facts, where the process keeps it.
async fn furthest_of(tx: &mut Tx, module: ModuleId, facts: &Facts) -> Result<Option<StatusId>> {
    match facts.furthest() {
        Some(key) => status_of(tx, module, key).await.map(Some),
        None => Ok(None),
    }
}

/// Where a new datasheet of a fixed module starts: its facts and its status.
pub async fn first(
    tx: &mut Tx,
    module: &Module,
    process: Process,
    now: Timestamp,
) -> Result<(Facts, StatusId)> {
    let facts = process.first_facts();
    let settings = settings(tx, module.id, process).await?;
    let at = At { now, created_at: now, has_open_todo: true, last_closed_at: None, settings: &settings };
    let status = status_of(tx, module.id, facts.status(&at)).await?;
    Ok((facts, status))
}

/// Gives a new datasheet its facts. Its to-dos are there; call `store::todos::refresh_next` after it.
pub async fn begin(tx: &mut Tx, standing: &Standing, facts: &Facts, now: Timestamp) -> Result<()> {
    let around = Circumstances::of(tx, standing, facts.process(), now).await?;
    if let Some(furthest) = furthest_of(tx, standing.module_id, facts).await? {
        store::datasheets::save_furthest(tx, standing.id, furthest).await?;
    }
    store::processes::add(tx, standing, facts, facts.wakes_at(&around.at())).await
}

/// What many new datasheets of a fixed module start with, when a file brings them. Refused where files bring none.
pub async fn start_of_files(
    tx: &mut Tx,
    module: &Module,
    process: Process,
    now: Timestamp,
) -> Result<store::imports::Start> {
    if !process.takes_files() {
        return Err(process.refused());
    }
    let (facts, status) = first(tx, module, process, now).await?;
    let settings = settings(tx, module.id, process).await?;
    let at = At { now, created_at: now, has_open_todo: false, last_closed_at: None, settings: &settings };
    let wakes_at = facts.wakes_at(&at);
    Ok(store::imports::Start { status, process: store::bulk::NewProcess { facts, wakes_at } })
}

/// Something a person does.
pub async fn act(request: &mut Request, id: DatasheetId, version: i64, action: Action) -> Result<Done> {
    let (before, module) = listed(request, id).await?;
    let process = module.template.process().ok_or(Error::Refused(Refusal::NotNow(vec![])))?;
    let state = state(&mut request.tx, id).await?;
    let now = request.now;
    let around = Circumstances::of(&mut request.tx, &before, process, now).await?;
    if state.version != version {
        let theirs = state.facts.stored(&action, &around.settings, request.locale);
        return Err(conflict(None, theirs, state.version));
    }
    let facts = state.facts.act(&action, &around.at())?;
    let (facts, can_undo) =
        documents::carry_out(request, &before, &module, &state.facts, facts, &action).await?;
    change(request, &before, &state, &facts, &around, action, can_undo).await
}

/// Stores what an action made of the facts, with its entry and, where it can be taken back, its undo.
pub async fn change(
    request: &mut Request,
    before: &Standing,
    state: &State,
    facts: &Facts,
    around: &Circumstances,
    action: Action,
    can_undo: bool,
) -> Result<Done> {
    if *facts == state.facts {
        return request.done(before.id, before.module_id, None).await;
    }
    let moved = put(&mut request.tx, before, state, facts, around).await?;
    if moved.is_some() {
        relations::tell(request, before.id).await?;
    }
    if let (None, Some(plain)) = (&moved, action.plain_edit()) {
        return edited(request, before, state, facts, plain).await;
    }
    let undo =
        can_undo.then(|| Undo::Acted { version: state.version + 1, from: Box::new(state.facts.clone()) });
    let named = action.named(&around.settings, request.locale);
    let what = What::Acted { action, moved, named, edit: None };
    let event = request.note(Some(before.module_id), Some(before.id), what, undo).await?;
    request.done(before.id, before.module_id, can_undo.then_some(event)).await
}

/// One who edits without a pause of so long makes one entry of the history.
const EDITING: i64 = 10 * 60 * 1_000;

/// Notes an editing: the person's last entry grows if that was one too, and soon before. It is taken back from the history as a
/// whole; a single field is taken back by typing.
async fn edited(
    request: &mut Request,
    before: &Standing,
    state: &State,
    facts: &Facts,
    action: Action,
) -> Result<Done> {
    let last = store::events::last(&mut request.tx, before.id).await?;
    let going_on = last.and_then(|(event, undo)| match (event.what, undo) {
        (What::Acted { edit: Some(_), .. }, Some(Undo::Acted { version, from }))
            if event.by == Some(request.viewer.id)
                && version == state.version
                && request.now.0 - event.at.0 < EDITING =>
        {
            Some((event.id, *from))
        }
        _ => None,
    });
    let (grown, from) = going_on.map_or((None, state.facts.clone()), |(id, from)| (Some(id), from));
    let edit = Edit::of(&from, facts).map(Box::new);
    let what = What::Acted { action, moved: None, named: None, edit };
    let undo = Undo::Acted { version: state.version + 1, from: Box::new(from) };
    match grown {
        Some(event) => store::events::save_grown(&mut request.tx, event, &what, &undo).await?,
        None => {
            request.note(Some(before.module_id), Some(before.id), what, Some(undo)).await?;
        }
    }
    request.changed(Some(before.module_id), Some(before.id));
    request.done(before.id, before.module_id, None).await
}

/// Takes an action back: the facts as they were, and the status that follows from them now. `None` when something came after it.
pub async fn take_back(
    request: &mut Request,
    before: &Standing,
    version: i64,
    from: &Facts,
) -> Result<Option<()>> {
    let state = state(&mut request.tx, before.id).await?;
    if state.version != version {
        return Ok(None);
    }
    let now = request.now;
    let around = Circumstances::of(&mut request.tx, before, from.process(), now).await?;
    put(&mut request.tx, before, &state, from, &around).await?;
    Ok(Some(()))
}

/// Works the status out again after to-dos, the clock or something linked changed; a move is the system's. The datasheet is
/// locked. Answers whether it moved. Does nothing in customisable modules.
pub async fn follow(tx: &mut Tx, id: DatasheetId, cause: Cause, now: Timestamp) -> Result<bool> {
    let Some(state) = store::processes::get(tx, id).await? else { return Ok(false) };
    let facts = state.facts.clone();
    follow_with(tx, id, &state, &facts, cause, now).await
}

/// The same with changed facts.
pub async fn follow_with(
    tx: &mut Tx,
    id: DatasheetId,
    state: &State,
    facts: &Facts,
    cause: Cause,
    now: Timestamp,
) -> Result<bool> {
    let before = store::datasheets::find(tx, id).await?.ok_or(Error::NotFound)?;
    let around = Circumstances::of(tx, &before, facts.process(), now).await?;
    let Some((from, to)) = put(tx, &before, state, facts, &around).await? else { return Ok(false) };
    let event = NewEvent {
        at: now,
        by: None,
        module: Some(before.module_id),
        datasheet: Some(id),
        what: What::MovedByProcess { from, to, cause },
        undo: None,
        batch: None,
    };
    store::events::add(tx, event).await?;
    Ok(true)
}
