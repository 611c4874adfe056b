//! Sales: the fields that move a case, its steps, the funnel.

use super::{
    Locale,
    format::{date, money, number},
};
use crate::domain::{
    money::Money,
    process::sales::{Action, Day, Facts, Qualification, SalesStatus, Settings, Step, StepId},
};

texts! {
    qualification: "Minősítés", "Qualification";
    qualification_of(name: &str): "Minősítés: {name}", "Qualification: {name}";
    sales_status: "Értékesítési státusz", "Sales status";
    hot: "Forró", "Hot";
    hot_hint: "Hamarosan dönt.", "About to decide.";
    lead_step: "Az eladás lépése", "Step of the sale";
    customer_step: "A vevő lépése", "Step of the customer";
    no_step: "nincs", "none";
    step_removed: "(törölt lépés)", "(removed step)";
    clear_step_of(list: &str): "{list}: nincs", "{list}: none";
    offered_on: "Ajánlat napja", "Offer date";
    closing_on: "Lezárás napja", "Closing date";
    value: "Érték", "Value";
    currency: "Pénznem", "Currency";
    why_lost: "Miért veszett el", "Why lost";
    why_title: "Miért veszett el?", "Why was it lost?";
    why_hint: "Az ok nélkül az ügy nem kerül az Adatbázisba.", "Without a reason the case does not go to the Database.";
    mark_lost: "Elveszett", "Lost";
    cancel: "Mégsem", "Cancel";
    none: "üres", "empty";
    yes: "igen", "yes";
    no: "nem", "no";
    said_qualified(name: &str, value: &str): "{name}: {value}.", "{name}: {value}.";
    said(field: &str, value: &str): "{field}: {value}.", "{field}: {value}.";
    because(why: &str): "ok: {why}", "reason: {why}";
    settings: "Az értékesítés beállításai", "Settings of sales";
    forgotten_after: "Elfelejtett ennyi nap után", "Forgotten after so many days";
    lead_steps: "Az eladás lépései", "Steps of the sale";
    customer_steps: "A vevő lépései", "Steps of the customer";
    step_of(list: &str, at: usize): "{list}: {at}. lépés", "{list}: step {at}";
    add_step_of(list: &str): "Új lépés: {list}", "Add a step: {list}";
    remove_step_of(step: &str): "{step} törlése", "Remove {step}";
    step_up_of(step: &str): "{step} feljebb", "Move {step} up";
    step_down_of(step: &str): "{step} lejjebb", "Move {step} down";
    settings_saved: "Beállítások mentve.", "Settings saved.";
    funnel: "Tölcsér", "Funnel";
    funnel_caption: "Hány ügy jutott eddig legalább idáig; alatta minősítésenként, hány jutott épp eddig", "How many cases ever got at least this far; below, by qualification, how many got just there";
    funnel_how: "Az elveszett ügy annál számít, ameddig eljutott.", "A lost case counts for as far as it got.";
    stage: "Szakasz", "Stage";
    reached: "Eljutott idáig", "Got this far";
    share: "Az összesből", "Of all";
    stopped: "Eddig jutott", "Furthest so far";
    no_cases: "Még nincs ügy.", "There are no cases yet.";
    loading: "Betöltés…", "Loading…";
}

/// What a qualification is called.
pub const fn qualified(locale: Locale, qualification: Qualification) -> &'static str {
    locale.pick(qualification.words())
}

/// A qualification in one or two letters; its name stands beside it.
pub const fn qualified_short(locale: Locale, qualification: Qualification) -> &'static str {
    locale.pick(match qualification {
        Qualification::NonTarget => ("N", "N"),
        Qualification::Target => ("C", "T"),
        Qualification::Vip => ("V", "V"),
    })
}

/// What a sales status is called.
pub const fn moved(locale: Locale, status: SalesStatus) -> &'static str {
    locale.pick(status.words())
}

/// An amount, or that there is none.
pub fn worth(locale: Locale, value: Option<Money>) -> String {
    value.map_or_else(|| none(locale).to_owned(), |value| money(value.minor, value.currency.as_str(), locale))
}

fn day(locale: Locale, day: Option<Day>) -> String {
    day.map_or_else(|| none(locale).to_owned(), |day| date(day.0, locale))
}

const fn yes_no(locale: Locale, yes_or_no: bool) -> &'static str {
    if yes_or_no { yes(locale) } else { no(locale) }
}

/// The name of a chosen step.
fn step_name(
    locale: Locale,
    step: Option<StepId>,
    steps: &[Step],
    name: fn(&Step, Locale) -> String,
) -> String {
    match step {
        None => no_step(locale).to_owned(),
        Some(id) => steps
            .iter()
            .find(|step| step.id == id)
            .map_or_else(|| step_removed(locale).to_owned(), |step| name(step, locale)),
    }
}

/// What a step of the sale is called.
pub fn lead_step_name(locale: Locale, step: Option<StepId>, settings: &Settings) -> String {
    step_name(locale, step, &settings.lead_steps, Settings::lead_step_name)
}

/// What a step of the customer is called.
pub fn customer_step_name(locale: Locale, step: Option<StepId>, settings: &Settings) -> String {
    step_name(locale, step, &settings.customer_steps, Settings::customer_step_name)
}

/// The field that an action sets.
pub const fn field(locale: Locale, action: &Action) -> &'static str {
    match action {
        Action::Qualify(_) => qualification(locale),
        Action::Move { .. } => sales_status(locale),
        Action::Hot(_) => hot(locale),
        Action::LeadStep(_) => lead_step(locale),
        Action::CustomerStep(_) => customer_step(locale),
        Action::OfferedOn(_) => offered_on(locale),
        Action::ClosingOn(_) => closing_on(locale),
        Action::Value(_) => value(locale),
        Action::WhyLost(_) => why_lost(locale),
    }
}

/// The value that an action sets. Without the settings a step has its number for a name.
pub fn set_to(locale: Locale, action: &Action, settings: Option<&Settings>) -> String {
    let number_of = |step: Option<StepId>| {
        step.map_or_else(|| no_step(locale).to_owned(), |step| number(step.0.into(), locale))
    };
    match (action, settings) {
        (Action::Qualify(qualification), _) => qualified(locale, *qualification).to_owned(),
        (Action::Move { to, .. }, _) => moved(locale, *to).to_owned(),
        (Action::Hot(hot), _) => yes_no(locale, *hot).to_owned(),
        (Action::LeadStep(step), Some(settings)) => lead_step_name(locale, *step, settings),
        (Action::CustomerStep(step), Some(settings)) => customer_step_name(locale, *step, settings),
        (Action::LeadStep(step) | Action::CustomerStep(step), None) => number_of(*step),
        (Action::OfferedOn(to) | Action::ClosingOn(to), _) => day(locale, *to),
        (Action::Value(to), _) => worth(locale, *to),
        (Action::WhyLost(why), _) => why.clone(),
    }
}

/// The name of the step that an action chooses.
pub fn named(locale: Locale, action: &Action, settings: &Settings) -> Option<String> {
    matches!(action, Action::LeadStep(_) | Action::CustomerStep(_))
        .then(|| set_to(locale, action, Some(settings)))
}

/// What a person did, for the history.
pub fn action(locale: Locale, action: &Action, named: Option<&str>) -> String {
    let value = named.map_or_else(|| set_to(locale, action, None), str::to_owned);
    let what = format!("{}: {value}", field(locale, action));
    match action {
        Action::Move { why: Some(why), .. } if !why.is_empty() => format!("{what}, {}", because(locale, why)),
        _ => what,
    }
}

/// What is stored where an action would set something else.
pub fn stored(locale: Locale, facts: &Facts, action: &Action, settings: &Settings) -> String {
    match action {
        Action::Qualify(_) => facts.qualification.map_or_else(
            || none(locale).to_owned(),
            |qualification| qualified(locale, qualification).to_owned(),
        ),
        Action::Move { .. } => moved(locale, facts.sales_status).to_owned(),
        Action::Hot(_) => yes_no(locale, facts.hot).to_owned(),
        Action::LeadStep(_) => lead_step_name(locale, facts.lead_step, settings),
        Action::CustomerStep(_) => customer_step_name(locale, facts.customer_step, settings),
        Action::OfferedOn(_) => day(locale, facts.offered_on),
        Action::ClosingOn(_) => day(locale, facts.closing_on),
        Action::Value(_) => worth(locale, facts.value),
        Action::WhyLost(_) => facts.why_lost.clone().unwrap_or_else(|| none(locale).to_owned()),
    }
}
