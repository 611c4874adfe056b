//! What issuing, storno and «Make invoice» do beside the facts: numbers, issued documents, datasheets made of others. All in the
//! transaction of the action.

use std::sync::Arc;

use axum::http::request::Parts;
use chrono::Datelike as _;

use super::{begin, settings, status_of};
use crate::{
    api::request::{Host, Request},
    domain::{
        document::{self, About, Day, Draft, Given, Items, Kind, Link, Printable},
        history::What,
        id::{DatasheetId, ModuleId, UserId},
        module::Module,
        process::{
            Action, Cause, Facts, Process, Settings,
            invoicing::{self, Source, Stage},
            orders,
        },
        zone::Zone,
    },
    error::{Error, Field, Problem, Refusal, Result},
    i18n::Locale,
    store::{
        self, Tx,
        datasheets::Standing,
        documents::{NewDocument, Place},
    },
};

/// The facts after an allowed action, with all that belongs to it carried out, and whether it can be taken back.
pub async fn carry_out(
    request: &mut Request,
    before: &Standing,
    module: &Module,
    old: &Facts,
    next: Facts,
    action: &Action,
) -> Result<(Facts, bool)> {
    match (old, next, action) {
        (Facts::Invoicing(old), Facts::Invoicing(next), Action::Invoicing(step)) => {
            let facts = match step {
                invoicing::Action::SetDraft(_) => next,
                invoicing::Action::Issue => issue(request, before, old, &next).await?,
                invoicing::Action::MarkPaid(day) => {
                    let today = today(request, before.module_id).await?;
                    let paid_on = Some(paid_day(*day, today)?);
                    invoicing::Facts { paid_on, ..next }
                }
                invoicing::Action::Storno => storno(request, before, module, next).await?,
                invoicing::Action::MakeInvoice => {
                    let made = invoice_of_proforma(request, before, module).await?;
                    invoicing::Facts { made: Some(made), ..next }
                }
            };
            Ok((Facts::Invoicing(facts), !step.is_final()))
        }
        (_, Facts::Orders(next), Action::Orders(orders::Action::MakeInvoice(into))) => {
            let made = invoice_of_order(request, before, &next, *into).await?;
            Ok((Facts::Orders(orders::Facts { invoice: Some(made), ..next }), false))
        }
        (_, next, _) => Ok((next, true)),
    }
}

/// What the trash means for documents, before a datasheet goes there. What is issued stays: it is neither trashed nor deleted. A
/// draft lets go of the order or proforma that it was made from, which can make another one then.
pub async fn let_go(request: &mut Request, standing: &Standing) -> Result<()> {
    if store::documents::is_issued(&mut request.tx, standing.id).await? {
        return Err(Error::Refused(Refusal::Issued));
    }
    link_source(request, standing, false).await
}

/// The same when it comes back: the draft is again what was made of its order or proforma. Refused where that has made another
/// one meanwhile.
pub async fn take_up(request: &mut Request, standing: &Standing) -> Result<()> {
    link_source(request, standing, true).await
}

/// Why documents keep a datasheet from being deleted for good: what is issued stays, and so does what an invoice was made of.
pub async fn keep(tx: &mut Tx, standing: &Standing) -> Result<Option<Refusal>> {
    if store::documents::is_issued(tx, standing.id).await? {
        return Ok(Some(Refusal::Issued));
    }
    let mut state = store::processes::get(tx, standing.id).await?;
    let made = state.as_mut().and_then(|state| made_of(&mut state.facts)).and_then(Option::take);
    Ok(made.map(|made| Refusal::HasInvoice(made.name)))
}

/// Where facts say what was made of them.
fn made_of(facts: &mut Facts) -> Option<&mut Option<Link>> {
    match facts {
        Facts::Orders(order) => Some(&mut order.invoice),
        Facts::Invoicing(document) => Some(&mut document.made),
        _ => None,
    }
}

/// Puts or takes away what the source of a document says was made of it.
async fn link_source(request: &mut Request, standing: &Standing, is_back: bool) -> Result<()> {
    let state = store::processes::get(&mut request.tx, standing.id).await?;
    let Some(Facts::Invoicing(draft)) = state.map(|state| state.facts) else { return Ok(()) };
    let Some(source) = draft.source.map(|source| source.link) else { return Ok(()) };
    let Some(from) = store::datasheets::lock(&mut request.tx, source.datasheet).await? else { return Ok(()) };
    let state = super::state(&mut request.tx, from.id).await?;
    let mut facts = state.facts.clone();
    let Some(made) = made_of(&mut facts) else { return Ok(()) };
    let is_ours = made.as_ref().is_some_and(|made| made.datasheet == standing.id);
    match (is_back, &made) {
        (true, None) => *made = Some(Link { datasheet: standing.id, name: standing.name.clone() }),
        (true, Some(_)) if !is_ours => return Err(Error::Refused(Refusal::MadeAnother(from.name))),
        (false, Some(_)) if is_ours => *made = None,
        _ => return Ok(()),
    }
    let (cause, now) = (Cause::Linked(standing.name.clone()), request.now);
    super::follow_with(&mut request.tx, from.id, &state, &facts, cause, now).await?;
    request.changed(Some(from.module_id), Some(from.id));
    Ok(())
}

async fn settings_of(request: &mut Request, module: ModuleId) -> Result<invoicing::Settings> {
    match settings(&mut request.tx, module, Process::Invoicing).await? {
        Settings::Invoicing(settings) => Ok(settings),
        _ => Ok(invoicing::Settings::default()),
    }
}

/// The day of a payment as somebody said it; today where they said nothing.
fn paid_day(said: Option<Day>, today: Day) -> Result<Day> {
    match said {
        None => Ok(today),
        Some(day) if day > today => Err(Error::invalid(Field::PaidOn, Problem::InFuture)),
        Some(day) if !day.is_plausible() => Err(Error::invalid(Field::PaidOn, Problem::Unreadable)),
        Some(day) => Ok(day),
    }
}

async fn today(request: &mut Request, module: ModuleId) -> Result<Day> {
    let settings = settings_of(request, module).await?;
    Ok(Day(request.host.zones.get(&settings.zone, request.now).today(request.now)))
}

/// The next number of a series of the module, today.
async fn next_number(
    request: &mut Request,
    module: ModuleId,
    settings: &invoicing::Settings,
    kind: Kind,
) -> Result<(Place, Given)> {
    let today = Day(request.host.zones.get(&settings.zone, request.now).today(request.now));
    let series = document::series(&settings.prefix, kind);
    let place = store::documents::take(&mut request.tx, module, &series, today.0.year(), today).await?;
    let given = Given { number: document::number(&series, place.year, place.count), on: place.on };
    Ok((place, given))
}

async fn store_document(
    request: &mut Request,
    standing: &Standing,
    place: &Place,
    document: &document::Document,
) -> Result<()> {
    let (at, by) = (request.now, Some(request.viewer.id));
    let new = NewDocument { datasheet: standing.id, place, document, at, by };
    store::documents::add(&mut request.tx, new).await
}

async fn issue(
    request: &mut Request,
    before: &Standing,
    old: &invoicing::Facts,
    next: &invoicing::Facts,
) -> Result<invoicing::Facts> {
    let settings = settings_of(request, before.module_id).await?;
    let (place, given) = next_number(request, before.module_id, &settings, old.draft.kind).await?;
    let about = old.source.as_ref().map(|source| source.about.clone());
    let document = old.draft.issue(&settings.seller, settings.due_days, given, about)?;
    store_document(request, before, &place, &document).await?;
    let zone = request.host.zones.get(&settings.zone, request.now);
    let facts = next.issued(&document, zone.end_of_day(document.due_on.0));
    Ok(match paid_before(request, old, &document, &zone).await? {
        Some(paid_on) => invoicing::Facts { stage: Stage::Paid, paid_on: Some(paid_on), ..facts },
        None => facts,
    })
}

/// When an invoice was paid that is made of a paid proforma or order: before it was issued.
async fn paid_before(
    request: &mut Request,
    old: &invoicing::Facts,
    document: &document::Document,
    zone: &Zone,
) -> Result<Option<Day>> {
    let (Kind::Invoice, Some(source)) = (document.kind, &old.source) else { return Ok(None) };
    let state = store::processes::get(&mut request.tx, source.link.datasheet).await?;
    Ok(match state.map(|state| state.facts) {
        Some(Facts::Invoicing(proforma)) if proforma.stage == Stage::Paid => proforma.paid_on,
        // Of orders of before that was kept, the day is not known: they were paid when the invoice was issued at the latest.
        Some(Facts::Orders(order)) if order.stage == orders::Stage::Successful => {
            Some(order.paid_at.map_or(document.issued_on, |at| Day(zone.today(at))))
        }
        _ => None,
    })
}

/// Cancels a document by one of its own, in the same series: both stay.
async fn storno(
    request: &mut Request,
    before: &Standing,
    module: &Module,
    next: invoicing::Facts,
) -> Result<invoicing::Facts> {
    let cancelled = store::documents::get(&mut request.tx, before.id).await?.ok_or_else(|| {
        tracing::error!(datasheet = %before.id, "an issued document is missing");
        Error::Server
    })?;
    let settings = settings_of(request, before.module_id).await?;
    let (place, given) = next_number(request, before.module_id, &settings, cancelled.kind).await?;
    let document = cancelled.storno(given)?;
    let zone = request.host.zones.get(&settings.zone, request.now);
    let link = Link { datasheet: before.id, name: before.name.clone() };
    let source = Source { link, about: About::Cancels(cancelled.number.clone()) };
    let facts = invoicing::Facts { source: Some(source), ..invoicing::Facts::default() };
    let facts = facts.issued(&document, zone.end_of_day(document.due_on.0));
    let standing = make(request, module, &before.name, before.owner_id, Facts::Invoicing(facts)).await?;
    store_document(request, &standing, &place, &document).await?;
    // What it was made of can be invoiced again.
    link_source(request, before, false).await?;
    Ok(invoicing::Facts { made: Some(Link { datasheet: standing.id, name: document.number }), ..next })
}

async fn invoice_of_proforma(request: &mut Request, before: &Standing, module: &Module) -> Result<Link> {
    let proforma = store::documents::get(&mut request.tx, before.id).await?.ok_or_else(|| {
        tracing::error!(datasheet = %before.id, "an issued document is missing");
        Error::Server
    })?;
    let link = Link { datasheet: before.id, name: before.name.clone() };
    let draft = Draft {
        kind: Kind::Invoice,
        items: proforma.items,
        performed_on: None,
        // It is paid already.
        due_on: None,
        method: proforma.method,
        // The rate is that of the day of performance.
        exchange: None,
        note: proforma.note,
    };
    let source = Source { link, about: About::Proforma(proforma.number) };
    draft_of(request, module, before, draft, source).await
}

async fn invoice_of_order(
    request: &mut Request,
    before: &Standing,
    order: &orders::Facts,
    into: Option<ModuleId>,
) -> Result<Link> {
    let ticked_for = (!request.viewer.role.sees_all_modules()).then_some(request.viewer.id);
    let open = store::documents::modules(&mut request.tx, ticked_for).await?;
    let module = match (into, open.as_slice()) {
        (_, []) => return Err(Error::Refused(Refusal::NoInvoicing)),
        (None, [(only, _)]) => *only,
        (Some(wanted), all) if all.iter().any(|(module, _)| *module == wanted) => wanted,
        (_, all) => {
            let all = all.iter().map(|(module, name)| (module.0, name.clone())).collect();
            return Err(Error::Refused(Refusal::WhichModule(all)));
        }
    };
    let module = request.may_open(module).await?;
    let items = match &order.items {
        // Who has named no buyer means the case's own name.
        items if items.buyer.name.is_empty() => {
            let buyer = document::Party { name: before.name.clone(), ..items.buyer.clone() };
            Items { buyer, ..items.clone() }
        }
        items => items.clone(),
    };
    let link = Link { datasheet: before.id, name: before.name.clone() };
    let source = Source { link, about: About::Order(before.name.clone()) };
    draft_of(request, &module, before, Draft { items, ..Draft::default() }, source).await
}

/// A new draft made of another datasheet.
async fn draft_of(
    request: &mut Request,
    module: &Module,
    from: &Standing,
    draft: Draft,
    source: Source,
) -> Result<Link> {
    let facts = invoicing::Facts { draft, source: Some(source), ..invoicing::Facts::default() };
    let viewer = request.viewer.id;
    let owner = if store::users::may_work_in(&mut request.tx, from.owner_id, module.id).await? {
        from.owner_id
    } else {
        viewer
    };
    let standing = make(request, module, &from.name, owner, Facts::Invoicing(facts)).await?;
    Ok(Link { datasheet: standing.id, name: standing.name })
}

/// Adds a datasheet with these facts; it is taken back by nothing.
async fn make(
    request: &mut Request,
    module: &Module,
    name: &str,
    owner: UserId,
    facts: Facts,
) -> Result<Standing> {
    let now = request.now;
    let around = super::Circumstances {
        now,
        created_at: now,
        has_open_todo: false,
        last_closed_at: None,
        settings: settings(&mut request.tx, module.id, facts.process()).await?,
    };
    let status = status_of(&mut request.tx, module.id, facts.status(&around.at())).await?;
    let new = store::datasheets::add(&mut request.tx, module.id, status, owner, name, now).await?;
    let what = What::Created { name: name.to_owned() };
    request.note(Some(module.id), Some(new.id), what, None).await?;
    store::todos::refresh_next(&mut request.tx, &new, None).await?;
    begin(&mut request.tx, &new, &facts, now).await?;
    let before = store::datasheets::find(&mut request.tx, new.id).await?.ok_or(Error::Server)?;
    let after = Standing { worth: facts.amount().into(), ..before.clone() };
    if after != before {
        store::datasheets::save(&mut request.tx, &before, &after, now).await?;
    }
    request.changed(Some(module.id), Some(new.id));
    Ok(new)
}

/// A document to be printed, and the viewer's language. A draft is shown as one; the numbers of issued ones come from the store.
pub async fn printable(
    host: &Arc<Host>,
    parts: &Parts,
    datasheet: DatasheetId,
) -> Result<(Printable, Option<Locale>)> {
    let mut request = Request::read_of(Arc::clone(host), parts).await?;
    let (standing, module) = request.may_see(datasheet).await?;
    if module.template.process() != Some(Process::Invoicing) {
        return Err(Error::NotFound);
    }
    let Facts::Invoicing(facts) = super::state(&mut request.tx, standing.id).await?.facts else {
        return Err(Error::NotFound);
    };
    let (locale, mark) = (request.viewer.locale, facts.mark());
    let document = if facts.issued.is_some() {
        store::documents::get(&mut request.tx, datasheet).await?.ok_or(Error::NotFound)?
    } else {
        let settings = settings_of(&mut request, module.id).await?;
        let given = Given { number: String::new(), on: today(&mut request, module.id).await? };
        let about = facts.source.map(|source| source.about);
        facts.draft.preview(&settings.seller, settings.due_days, given, about)?
    };
    Ok((Printable { datasheet, document, mark }, locale))
}
