//! A sale's fields: how promising it is, how far, its steps, its days, what it is worth, and why it was lost.

use crate::ui::{Show, any::IntoAny};
use leptos::{ev, prelude::*};

use super::super::{Seen, Sheet, Write};
use crate::{
    api::processes::process_act,
    domain::{
        field::{self, FieldKind, FieldValue, Writing},
        money::{Currency, Money},
        process::{
            Action, Facts, Settings as AnySettings,
            sales::{self, Action as Act, Day, Qualification, SalesStatus, Settings, Step, StepId},
        },
        text,
        time::{iso_day, parse_iso_day},
    },
    error::{Field, Problem},
    i18n::{Locale, errors, sales as texts},
    ui::{
        browser,
        widgets::{dialog::Dialog, form::choice},
    },
};

/// The facts as the page shows them.
fn facts_of(sheet: Sheet) -> sales::Facts {
    sheet.page.with(|page| match page.process.as_ref().map(|state| &state.facts) {
        Some(Facts::Sales(facts)) => facts.clone(),
        _ => sales::Facts::default(),
    })
}

/// What admins set.
fn settings_of(sheet: Sheet) -> Settings {
    sheet.page.with(|page| match &page.settings {
        Some(AnySettings::Sales(settings)) => settings.clone(),
        _ => Settings::default(),
    })
}

/// Shows what an action makes of the sale at once, and sends it.
fn act(sheet: Sheet, action: Act) {
    act_on(sheet, Seen::Facts, action);
}

/// The same on a version.
fn act_on(sheet: Sheet, seen: Seen, action: Act) {
    let (t, id, now) = (sheet.here.locale, sheet.id, sheet.here.now.get_untracked());
    let field = texts::field(t, &action);
    let value = texts::set_to(t, &action, Some(&untrack(|| settings_of(sheet))));
    let said = texts::said(t, field, &value);
    let action = Action::Sales(action);
    let shown = action.clone();
    let write = Write::new(
        seen,
        said,
        move |page| super::show(page, &shown, now),
        move |key, version| process_act(key, id, version, action.clone()),
    );
    sheet.write(write.with_value(field, value));
}

/// The panel of a sale.
#[component]
pub fn Panel(sheet: Sheet) -> impl IntoView {
    let facts = Memo::new(move |_| facts_of(sheet));
    let t = sheet.here.locale;
    view! {
        <div class="sales">
            <div class="sales__row">
                <Qualify sheet facts />
                <Status sheet facts />
                <Hot sheet facts />
            </div>
            <Why sheet facts />
            <Steps
                sheet
                label=texts::lead_step(t)
                steps=|settings| settings.lead_steps
                name=Settings::lead_step_name
                chosen=Signal::derive(move || facts.with(|facts| facts.lead_step))
                choose=Act::LeadStep
            />
            <Steps
                sheet
                label=texts::customer_step(t)
                steps=|settings| settings.customer_steps
                name=Settings::customer_step_name
                chosen=Signal::derive(move || facts.with(|facts| facts.customer_step))
                choose=Act::CustomerStep
            />
            <div class="sales__row">
                <Worth sheet facts />
                <Date
                    sheet
                    id="sales-offered-on"
                    label=texts::offered_on(t)
                    day=Signal::derive(move || facts.with(|facts| facts.offered_on))
                    choose=Act::OfferedOn
                />
                <Date
                    sheet
                    id="sales-closing-on"
                    label=texts::closing_on(t)
                    day=Signal::derive(move || facts.with(|facts| facts.closing_on))
                    choose=Act::ClosingOn
                />
            </div>
        </div>
    }
    .into_any()
}

/// Three radio buttons: one click.
#[component]
fn Qualify(sheet: Sheet, facts: Memo<sales::Facts>) -> impl IntoView {
    let t = sheet.here.locale;
    let option = move |qualification: Qualification| {
        let is_chosen = move || facts.with(|facts| facts.qualification == Some(qualification));
        view! {
            <label>
                <input
                    type="radio"
                    name="sales-qualification"
                    checked=untrack(is_chosen)
                    prop:checked=is_chosen
                    disabled=move || sheet.is_trashed()
                    on:change=move |_| act(sheet, Act::Qualify(qualification))
                />
                <span>{texts::qualified(t, qualification)}</span>
            </label>
        }
    };
    view! {
        <div class="form-field">
            <span class="form-field__label" id="sales-qualification">
                {texts::qualification(t)}
            </span>
            <div class="choice-bar" role="radiogroup" aria-labelledby="sales-qualification">
                {Qualification::ALL.map(option).into_iter().collect_view()}
            </div>
        </div>
    }
    .into_any()
}

/// How far it is. «Lost» asks why, and waits for the answer.
#[component]
fn Status(sheet: Sheet, facts: Memo<sales::Facts>) -> impl IntoView {
    let t = sheet.here.locale;
    let asking = RwSignal::new(false);
    let why = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    // While the reason is asked for, the choice that waits is shown.
    let value = Signal::derive(move || {
        let status = facts.with(|facts| facts.sales_status);
        if asking.get() { SalesStatus::Lost.as_str() } else { status.as_str() }.to_owned()
    });
    let go = move |to: SalesStatus, why: Option<String>| {
        let today = sheet.here.with_zone(|zone| zone.today(sheet.here.now.get_untracked()));
        act(sheet, Act::Move { to, why, on: Some(Day(today)) });
    };
    let on_change = move |event: ev::Event| {
        let Some(to) = SalesStatus::parse(&event_target_value(&event)) else { return };
        if to == SalesStatus::Lost && facts.with_untracked(|facts| facts.sales_status) != SalesStatus::Lost {
            problem.set(None);
            asking.set(true);
            browser::focus_soon("#sales-why-now");
        } else {
            go(to, None);
        }
    };
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        match text::lines(Field::WhyLost, &why.get_untracked(), text::TEXT_MAX) {
            Ok(reason) => {
                go(SalesStatus::Lost, Some(reason));
                why.set(String::new());
                asking.set(false);
            }
            Err(invalid) => {
                problem.set(Some(errors::message(t, &invalid.into())));
                browser::focus_soon("#sales-why-now");
            }
        }
    };
    // Whoever thinks better of it is where they were.
    Effect::new(move |was: Option<bool>| {
        let asks = asking.get();
        if was == Some(true) && !asks {
            browser::focus_soon("#sales-status");
        }
        asks
    });
    let options = SalesStatus::ALL
        .map(|status| choice(status.as_str().to_owned(), texts::moved(t, status).to_owned(), value))
        .into_iter()
        .collect_view();
    view! {
        <div class="form-field">
            <label for="sales-status">{texts::sales_status(t)}</label>
            <select id="sales-status" disabled=move || sheet.is_trashed() on:change=on_change>
                {options}
            </select>
        </div>
        <Dialog open=asking title=texts::why_title(t)>
            <form class="form" on:submit=on_submit novalidate>
                <div class="form-field">
                    <label for="sales-why-now">{texts::why_lost(t)}</label>
                    <textarea
                        id="sales-why-now"
                        rows="3"
                        prop:value=move || why.get()
                        on:input=move |event| why.set(event_target_value(&event))
                        aria-invalid=move || problem.with(Option::is_some).then_some("true")
                        aria-describedby="sales-why-hint"
                    ></textarea>
                    <p
                        class="form-field__hint"
                        id="sales-why-hint"
                        role="alert"
                        data-wrong=move || problem.with(Option::is_some).then_some("")
                    >
                        {move || problem.get().unwrap_or_else(|| texts::why_hint(t).to_owned())}
                    </p>
                </div>
                <div class="form__actions">
                    <button class="button">{texts::mark_lost(t)}</button>
                    <button type="button" class="button button--quiet" on:click=move |_| asking.set(false)>
                        {texts::cancel(t)}
                    </button>
                </div>
            </form>
        </Dialog>
    }
    .into_any()
}

/// About to decide.
#[component]
fn Hot(sheet: Sheet, facts: Memo<sales::Facts>) -> impl IntoView {
    let t = sheet.here.locale;
    let hot = move || facts.with(|facts| facts.hot);
    view! {
        <label class="sales__hot" title=texts::hot_hint(t)>
            <input
                type="checkbox"
                role="switch"
                checked=untrack(hot)
                prop:checked=hot
                disabled=move || sheet.is_trashed()
                on:change=move |event| act(sheet, Act::Hot(event_target_checked(&event)))
            />
            <span>{texts::hot(t)}</span>
        </label>
    }
    .into_any()
}

/// Why it was lost, while it is.
#[component]
fn Why(sheet: Sheet, facts: Memo<sales::Facts>) -> impl IntoView {
    let t = sheet.here.locale;
    let is_lost = Memo::new(move |_| facts.with(|facts| facts.sales_status == SalesStatus::Lost));
    let why = Memo::new(move |_| facts.with(|facts| facts.why_lost.clone()).unwrap_or_default());
    let typed = RwSignal::new(None::<String>);
    // The reason that typing began on, with the version.
    let began = StoredValue::new(None::<(String, i64)>);
    let on_input = move |event: ev::Event| {
        began.update_value(|began| {
            began.get_or_insert_with(|| (why.get_untracked(), sheet.facts_version()));
        });
        typed.set(Some(event_target_value(&event)));
    };
    let on_change = move |_| {
        let (Some(text), now) = (typed.get_untracked(), why.get_untracked()) else { return };
        let before = began.try_update_value(Option::take).flatten();
        if text.trim() != now {
            let seen = before.map_or(Seen::Facts, |(why, version)| Seen::Facts.began((&why, version), &now));
            act_on(sheet, seen, Act::WhyLost(text));
        }
        typed.set(None);
    };
    let shown = move || typed.get().unwrap_or_else(|| why.get());
    view! {
        <Show when=move || is_lost.get()>
            <div class="form-field">
                <label for="sales-why">{texts::why_lost(t)}</label>
                <textarea
                    id="sales-why"
                    rows="2"
                    prop:value=shown
                    disabled=move || sheet.is_trashed()
                    on:input=on_input
                    on:change=on_change
                >
                    {untrack(shown)}
                </textarea>
            </div>
        </Show>
    }
    .into_any()
}

/// A bar of steps; the chosen one again takes it back. Whoever stands on a step stays on it when others change the list.
#[component]
fn Steps(
    sheet: Sheet,
    /// What the bar is called.
    label: &'static str,
    /// All steps, those no longer chosen too.
    steps: fn(Settings) -> Vec<Step>,
    /// What a step is called.
    name: fn(&Step, Locale) -> String,
    /// The one it stands at.
    #[prop(into)]
    chosen: Signal<Option<StepId>>,
    /// What choosing does.
    choose: fn(Option<StepId>) -> Act,
) -> impl IntoView {
    let t = sheet.here.locale;
    // One that was removed is shown where it is the one.
    let shown = Memo::new(move |_| {
        let chosen = chosen.get();
        let is_shown = |step: &Step| !step.archived || chosen == Some(step.id);
        steps(settings_of(sheet)).into_iter().filter(is_shown).collect::<Vec<_>>()
    });
    let place = move |id: StepId| shown.with(|steps| steps.iter().position(|step| step.id == id));
    let at = Memo::new(move |_| chosen.get().and_then(place));
    let focus =
        move |id: StepId| browser::focus_soon(format!("[aria-label='{label}'] [data-step='{}']", id.0));
    // Steps that go or change their places would take the focus with them. It is looked for before they do.
    let before = StoredValue::new(None::<Vec<Step>>);
    let each = move || {
        let now = shown.get();
        if let Some(before) = before.try_update_value(|before| before.replace(now.clone())).flatten()
            && let Some(stood) = before.iter().position(|step| is_focused(label, step.id))
        {
            let same = now.iter().find(|step| step.id == before[stood].id);
            if let Some(next) = same.or_else(|| now.get(stood)).or(now.last()) {
                focus(next.id);
            }
        }
        now
    };
    let button = move |step: Step| {
        let id = step.id;
        let is_chosen = Memo::new(move |_| chosen.get() == Some(id));
        let is_done = move || place(id).zip(at.get()).is_some_and(|(place, at)| place < at);
        let name =
            move || shown.with(|steps| steps.iter().find(|step| step.id == id).map(|step| name(step, t)));
        view! {
            <li data-done=move || is_done().then_some("") data-now=move || is_chosen.get().then_some("")>
                <button
                    type="button"
                    aria-current=move || is_chosen.get().then_some("step")
                    disabled=move || sheet.is_trashed()
                    data-step=id.0.to_string()
                    on:click=move |_| {
                        act(sheet, choose((!is_chosen.get_untracked()).then_some(id)));
                        focus(id);
                    }
                >
                    {name}
                </button>
            </li>
        }
    };
    view! {
        <div class="form-field">
            <span class="form-field__label" aria-hidden="true">
                {label}
            </span>
            <ol class="steps" aria-label=label>
                <For each=each key=|step| step.id children=button />
            </ol>
        </div>
    }
    .into_any()
}

/// Whether the focus is on a step of the bar with that label.
fn is_focused(label: &str, step: StepId) -> bool {
    let selector = format!("[aria-label='{label}'] [data-step='{}']", step.0);
    browser::focused().is_some_and(|element| element.matches(&selector).unwrap_or(false))
}

/// What it is worth, as people write money.
#[component]
fn Worth(sheet: Sheet, facts: Memo<sales::Facts>) -> impl IntoView {
    let t = sheet.here.locale;
    let problem = RwSignal::new(None::<Problem>);
    let typed = RwSignal::new(None::<String>);
    // The worth that typing began on, with the version.
    let began = StoredValue::new(None::<(Option<Money>, i64)>);
    let stored = Memo::new(move |_| facts.with(|facts| facts.value));
    let shown = move || {
        let stored = stored.get();
        typed.get().unwrap_or_else(|| stored.map(|value| texts::worth(t, Some(value))).unwrap_or_default())
    };
    let on_change = move |_| {
        let Some(text) = typed.get_untracked() else { return };
        let currency = stored.get_untracked().map_or(Currency::HUF, |value| value.currency);
        let now = sheet.here.now.get_untracked();
        let read = sheet.here.with_zone(|zone| {
            let writing = Writing { now, zone, locale: t };
            field::parse(FieldKind::Money, currency.as_str(), &text, writing)
        });
        let value = match read {
            Ok(None) => Ok(None),
            Ok(Some(FieldValue::Money { minor, currency })) if (0..=Money::MAX).contains(&minor) => {
                Currency::parse(&currency)
                    .map(|currency| Some(Money { minor, currency }))
                    .map_err(|invalid| invalid.problem)
            }
            Ok(_) => Err(Problem::Unreadable),
            Err(problem) => Err(problem),
        };
        match value {
            Ok(value) => {
                problem.set(None);
                typed.set(None);
                let (before, now) = (began.try_update_value(Option::take).flatten(), stored.get_untracked());
                if value != now {
                    let seen = before
                        .map_or(Seen::Facts, |(worth, version)| Seen::Facts.began((&worth, version), &now));
                    act_on(sheet, seen, Act::Value(value));
                }
            }
            // What was typed stays.
            Err(wrong) => problem.set(Some(wrong)),
        }
    };
    let said = move || problem.get().map(|problem| errors::problem(t, texts::value(t), problem));
    view! {
        <div class="form-field">
            <label for="sales-value">{texts::value(t)}</label>
            <input
                id="sales-value"
                type="text"
                inputmode="decimal"
                autocomplete="off"
                value=untrack(shown)
                prop:value=shown
                disabled=move || sheet.is_trashed()
                on:input=move |event| {
                    began.update_value(|began| {
                        began.get_or_insert_with(|| (stored.get_untracked(), sheet.facts_version()));
                    });
                    typed.set(Some(event_target_value(&event)));
                }
                on:change=on_change
                aria-invalid=move || problem.with(Option::is_some).then_some("true")
                aria-describedby="sales-value-problem"
            />
            <p class="form-field__problem" id="sales-value-problem" role="alert">
                {said}
            </p>
        </div>
    }
    .into_any()
}

/// A day of the calendar.
#[component]
fn Date(
    sheet: Sheet,
    /// Id of the input.
    id: &'static str,
    /// Its label.
    label: &'static str,
    /// The day.
    #[prop(into)]
    day: Signal<Option<Day>>,
    /// What choosing does.
    choose: fn(Option<Day>) -> Act,
) -> impl IntoView {
    let text = move || day.get().map(|day| iso_day(day.0)).unwrap_or_default();
    let on_change = move |event: ev::Event| {
        let typed = parse_iso_day(&event_target_value(&event)).map(Day);
        if typed != day.get_untracked() {
            act(sheet, choose(typed));
        }
    };
    view! {
        <div class="form-field">
            <label for=id>{label}</label>
            <input
                id=id
                type="date"
                min="1900-01-01"
                max="2199-12-31"
                value=untrack(text)
                prop:value=text
                disabled=move || sheet.is_trashed()
                on:change=on_change
            />
        </div>
    }
    .into_any()
}
