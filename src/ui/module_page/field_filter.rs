//! Narrowing the list by what stands in a field: a dialog to say what, and a chip that says it and takes it away again.
//! Its code comes when it is first needed.

use std::sync::Arc;

use crate::ui::{any::IntoAny, effect};
use leptos::{ev, prelude::*, task::spawn_local};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{
    api::{fields::fields_of_module, modules::OfFields},
    domain::{
        field::{CustomField, FieldKind, FieldValue},
        filter::{FieldTest, Filter, Sort, Test},
        id::{ContactId, ModuleId},
    },
    error::{Error, InvalidValue, Problem},
    i18n::{Locale, bar, fields as texts, list as words},
    ui::{
        Here, browser,
        fields::{
            input::{FieldInput, Left},
            shown,
        },
        here,
        lazy::late,
        unscripted::unscripted,
        widgets::{
            answer::of_answer,
            dialog::Dialog,
            form::{SelectField, TextField},
            icon::Icon,
        },
    },
};

/// What the controls need: where the list is, what narrows it, and which dialog is open.
#[derive(Clone, Copy)]
struct Controls {
    module: Memo<Option<ModuleId>>,
    filter: Memo<Filter>,
    path: Callback<Filter, String>,
    go: Callback<String>,
    narrowing: RwSignal<bool>,
    sorting: RwSignal<bool>,
}

/// The buttons that open the dialogs; these, and the chips of what the list is narrowed to and sorted by, come when one is needed.
#[component]
pub(super) fn FieldFilter(
    /// The module.
    module: Memo<Option<ModuleId>>,
    /// What narrows its list.
    filter: Memo<Filter>,
    /// Where the list is under another filter.
    path: Callback<Filter, String>,
    /// Goes there.
    go: Callback<String>,
) -> impl IntoView {
    let t = here().locale;
    let (narrowing, sorting) = (RwSignal::new(false), RwSignal::new(false));
    let controls = Controls { module, filter, path, go, narrowing, sorting };
    // Only in the browser, and what has come stays.
    let is_alive = RwSignal::new(false);
    effect(move || is_alive.set(true));
    let is_needed = Memo::new(move |was: Option<&bool>| {
        let is_asked = narrowing.get() || sorting.get();
        let is_narrowed = filter.with(Filter::looks_into_fields);
        was == Some(&true) || is_alive.get() && (is_asked || is_narrowed)
    });
    view! {
        {opener("filter", words::filter(t), narrowing)}
        {opener("sort", words::sort(t), sorting)}
        {unscripted(move || chips(controls))}
        {move || is_needed.get().then(|| late(load(controls)))}
    }
    .into_any()
}

/// A button that opens a dialog; on narrow screens its icon alone.
fn opener(icon: &'static str, name: &'static str, open: RwSignal<bool>) -> AnyView {
    view! {
        <button
            type="button"
            class="button button--quiet page__opener"
            title=name
            data-opener=icon
            on:click=move |_| open.set(true)
        >
            <Icon name=icon />
            <span>{name}</span>
        </button>
    }
    .into_any()
}

/// The chips, for who has no JavaScript.
fn chips(controls: Controls) -> Option<AnyView> {
    let Controls { filter, path, .. } = controls;
    let (here, known) = (here(), use_context::<Arc<OfFields>>()?);
    let (t, now) = (here.locale, filter.get_untracked());
    let narrowed = now.test().map(|test| {
        let said = |field| said(here, field, &test.is, known.contact.clone());
        let text = known.list.get(test.field).map_or_else(|| words::field_filter(t).to_owned(), said);
        let href = path.run(Filter { field: String::new(), ..now.clone() });
        chip("filter", words::remove_filter(t), RwSignal::new(text), Signal::stored(href))
    });
    let sorted = now.order().map(|sort| {
        let said = |field| said_of_sort(t, field, sort);
        let text = known.list.get(sort.field).map_or_else(|| words::sorted_by(t).to_owned(), said);
        let href = path.run(Filter { sort: String::new(), ..now.clone() });
        chip("sort", words::remove_sort(t), RwSignal::new(text), Signal::stored(href))
    });
    let view = view! {
        <p class="page__tests">
            {narrowed}
            {sorted}
        </p>
    };
    Some(view.into_any())
}

/// The dialogs and the chips.
#[wasm_split(dialogs, fallible)]
fn load(controls: Controls) -> Result<AnyView, SplitLoaderError> {
    let Controls { module, filter, path, go, narrowing, sorting } = controls;
    let t = here().locale;
    let with = move |field| path.run(Filter { field, ..filter.get() });
    let sorted = move |sort| path.run(Filter { sort, ..filter.get() });
    let chosen = Callback::new(move |test: FieldTest| {
        narrowing.set(false);
        go.run(untrack(|| with(test.to_text())));
    });
    let sort_chosen = Callback::new(move |sort: Sort| {
        sorting.set(false);
        go.run(untrack(|| sorted(sort.to_text())));
    });
    let form = move || {
        let now = filter.with_untracked(Filter::test);
        let make = move |list| self::form(list, now.as_ref(), narrowing, chosen);
        module.get().map(|module| with_fields(module, (|_| true, texts::no_fields(t)), make))
    };
    let sort_form = move || {
        let now = filter.with_untracked(Filter::order);
        let make = move |list: Vec<CustomField>| self::sort_form(&list, now, sorting, sort_chosen);
        let wanted = (FieldKind::is_sortable as fn(FieldKind) -> bool, texts::no_sortable_fields(t));
        module.get().map(|module| with_fields(module, wanted, make))
    };
    let test = Memo::new(move |_| filter.with(Filter::test));
    let sort = Memo::new(move |_| filter.with(Filter::order));
    let chip = move || {
        let (module, test) = (module.get()?, test.get()?);
        let text = name_of_test(module, test);
        Some(self::chip("filter", words::remove_filter(t), text, Signal::derive(move || with(String::new()))))
    };
    let sort_chip = move || {
        let (module, sort) = (module.get()?, sort.get()?);
        let text = name_of_sort(module, sort);
        Some(self::chip("sort", words::remove_sort(t), text, Signal::derive(move || sorted(String::new()))))
    };
    Ok(view! {
        <Dialog open=narrowing title=words::field_filter(t)>
            {form}
        </Dialog>
        <Dialog open=sorting title=words::sort_by_field(t)>
            {sort_form}
        </Dialog>
        <p class="page__tests" hidden=move || test.with(Option::is_none) && sort.with(Option::is_none)>
            {chip}
            {sort_chip}
        </p>
    }
    .into_any())
}

/// It goes when it is clicked; the focus goes to the button that `opener` names.
fn chip(opener: &'static str, remove: &'static str, text: RwSignal<String>, href: Signal<String>) -> AnyView {
    let to_opener = move |_| browser::focus_soon(format!("[data-opener='{opener}']"));
    view! {
        <a class="page__test" href=move || href.get() on:click=to_opener>
            <span class="visually-hidden">{remove}" "</span>
            {move || text.get()}
            <Icon name="close" />
        </a>
    }
    .into_any()
}

/// What the chip of a test says: without an answer it still takes the filter away.
fn name_of_test(module: ModuleId, test: FieldTest) -> RwSignal<String> {
    let here = here();
    let text = RwSignal::new(words::field_filter(here.locale).to_owned());
    spawn_local(async move {
        if let Ok((list, contact)) = fields_of_module(module, test.contact()).await
            && let Some(field) = list.get(test.field)
        {
            text.try_set(said(here, field, &test.is, contact));
        }
    });
    text
}

/// What the chip of the order says.
fn name_of_sort(module: ModuleId, sort: Sort) -> RwSignal<String> {
    let t = here().locale;
    let text = RwSignal::new(words::sorted_by(t).to_owned());
    spawn_local(async move {
        if let Ok((list, _)) = fields_of_module(module, None).await
            && let Some(field) = list.get(sort.field)
        {
            text.try_set(said_of_sort(t, field, sort));
        }
    });
    text
}

/// What an order says, for a reader.
fn said_of_sort(t: Locale, field: &CustomField, sort: Sort) -> String {
    let say = if sort.descending { words::sorted_down } else { words::sorted_up };
    say(t, &field.name)
}

/// What a test says, for a reader. `contact` is the name of the contact in it.
fn said(here: Here, field: &CustomField, test: &Test, contact: Option<String>) -> String {
    let (t, name) = (here.locale, field.name.as_str());
    match test {
        Test::Empty => texts::test_empty(t, name),
        Test::Filled => texts::test_filled(t, name),
        Test::Text(text) => texts::test_is(t, name, text),
        Test::Contains(text) => texts::test_contains(t, name, text),
        Test::Between { from, to, currency } => {
            let value = |n: i64| {
                let value = FieldValue::of_number(field.kind, n, currency.clone());
                let contacts: Vec<_> = contact.iter().map(|name| (ContactId(n), name.clone())).collect();
                shown(here, field, value.as_ref(), &contacts, &[])
            };
            match (*from, *to) {
                (Some(from), Some(to)) if from == to => texts::test_is(t, name, &value(from)),
                (Some(from), Some(to)) => texts::test_between(t, name, &value(from), &value(to)),
                (Some(from), None) => texts::test_least(t, name, &value(from)),
                (None, Some(to)) => texts::test_most(t, name, &value(to)),
                (None, None) => texts::test_filled(t, name),
            }
        }
    }
}

/// What is asked of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Is,
    Contains,
    Between,
    Filled,
    Empty,
}

impl Operator {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::Contains => "contains",
            Self::Between => "between",
            Self::Filled => "filled",
            Self::Empty => "empty",
        }
    }

    const fn name(self, t: Locale) -> &'static str {
        match self {
            Self::Is => texts::is(t),
            Self::Contains => texts::contains(t),
            Self::Between => texts::between(t),
            Self::Filled => texts::filled(t),
            Self::Empty => texts::empty(t),
        }
    }

    /// The one that a test was made with.
    fn in_test(test: &Test) -> Self {
        match test {
            Test::Between { from, to, .. } if from == to => Self::Is,
            Test::Between { .. } => Self::Between,
            Test::Text(_) => Self::Is,
            Test::Contains(_) => Self::Contains,
            Test::Filled => Self::Filled,
            Test::Empty => Self::Empty,
        }
    }

    /// Those of a kind of field, the likeliest first.
    const fn of(kind: FieldKind) -> &'static [Self] {
        match kind {
            FieldKind::Text | FieldKind::Link => &[Self::Contains, Self::Is, Self::Filled, Self::Empty],
            FieldKind::Whole | FieldKind::Decimal | FieldKind::Money | FieldKind::Day => {
                &[Self::Between, Self::Is, Self::Filled, Self::Empty]
            }
            FieldKind::Moment => &[Self::Between, Self::Filled, Self::Empty],
            FieldKind::YesNo
            | FieldKind::Choice
            | FieldKind::Choices
            | FieldKind::Contact
            | FieldKind::User => &[Self::Is, Self::Filled, Self::Empty],
            FieldKind::LongText | FieldKind::File => &[Self::Filled, Self::Empty],
        }
    }
}

/// What is made of the module's fields of some kinds, once they are there; or what is said where there are none.
fn with_fields(
    module: ModuleId,
    (is_wanted, none): (fn(FieldKind) -> bool, &'static str),
    make: impl Fn(Vec<CustomField>) -> AnyView + Send + 'static,
) -> AnyView {
    let answer = RwSignal::new(None);
    spawn_local(async move {
        let list = fields_of_module(module, None).await.map(|(list, _)| {
            list.all().iter().filter(|field| is_wanted(field.kind)).cloned().collect::<Vec<_>>()
        });
        answer.try_set(Some(list));
    });
    of_answer(
        answer,
        move |list| if list.is_empty() { view! { <p>{none}</p> }.into_any() } else { make(list) },
    )
}

/// A value that is being filled in.
#[derive(Clone, Copy)]
struct Typed {
    value: RwSignal<Option<FieldValue>>,
    problem: RwSignal<Option<Error>>,
    /// What the form complained of last; another problem is that it cannot be read.
    complaint: StoredValue<Option<Error>>,
}

impl Typed {
    fn new() -> Self {
        Self { value: RwSignal::new(None), problem: RwSignal::new(None), complaint: StoredValue::new(None) }
    }

    /// Whether what stands there can be read. What the form complained of is to be judged anew.
    fn is_readable(self) -> bool {
        let complaint = self.complaint.try_update_value(Option::take).flatten();
        if complaint.is_some() && self.problem.get_untracked() == complaint {
            self.problem.set(None);
        }
        self.problem.with_untracked(Option::is_none)
    }

    fn clear(self) {
        self.value.set(None);
        self.problem.set(None);
    }

    fn input(self, field: &CustomField, id: &'static str, name: &str) -> AnyView {
        // One of several choices, and any part of an address.
        let kind = match field.kind {
            FieldKind::Choices => FieldKind::Choice,
            FieldKind::Link => FieldKind::Text,
            kind => kind,
        };
        let field = CustomField { kind, name: name.to_owned(), help: String::new(), ..field.clone() };
        let value = Memo::new(move |_| (self.value.get(), 0));
        view! {
            <FieldInput
                field
                id
                value
                contacts=Signal::default()
                problem=self.problem
                save=Callback::new(move |left: Left| self.value.set(left.value))
            />
        }
        .into_any()
    }

    /// Says that something is missing, or does not go with the other.
    fn complain(self, field: &CustomField, problem: Problem) {
        let (field, name) = (field.id, field.name.clone());
        let problem = Error::InvalidValue(InvalidValue { field, name, problem });
        self.complaint.set_value(Some(problem.clone()));
        self.problem.set(Some(problem));
    }
}

fn form(
    list: Vec<CustomField>,
    now: Option<&FieldTest>,
    open: RwSignal<bool>,
    chosen: Callback<FieldTest>,
) -> AnyView {
    let t = here().locale;
    let now = now.and_then(|test| Some((list.iter().find(|field| field.id == test.field)?, &test.is)));
    let Some(first) = now.map(|(field, _)| field).or(list.first()).cloned() else { return ().into_any() };
    let fields = named(&list);
    let operator = RwSignal::new(Operator::of(first.kind)[0]);
    let text = RwSignal::new(String::new());
    let (from, to) = (Typed::new(), Typed::new());
    if let Some((field, is)) = now {
        // It is changed, not said anew.
        operator.set(Operator::in_test(is));
        match is {
            Test::Contains(stands) => text.set(stands.clone()),
            Test::Text(stands) => from.value.set(Some(FieldValue::Text(stands.clone()))),
            Test::Between { from: least, to: most, currency } => {
                let value = |n: Option<i64>| FieldValue::of_number(field.kind, n?, currency.clone());
                from.value.set(value(*least));
                to.value.set(value(*most));
            }
            Test::Empty | Test::Filled => {}
        }
    }
    let field = RwSignal::new(first);
    let choose_field = Callback::new(move |id: String| {
        let found = list.iter().find(|field| field.id.to_string() == id).cloned();
        if let Some(found) = found {
            operator.set(Operator::of(found.kind)[0]);
            from.clear();
            to.clear();
            field.set(found);
        }
    });
    let choose_operator = Callback::new(move |word: String| {
        let of = field.with_untracked(|field| Operator::of(field.kind));
        if let Some(found) = of.iter().find(|operator| operator.as_str() == word) {
            from.problem.set(None);
            to.problem.set(None);
            operator.set(*found);
        }
    });
    let kind = Memo::new(move |_| field.with(|field| field.kind));
    let operators = move || {
        let options: Vec<_> = Operator::of(kind.get())
            .iter()
            .map(|operator| (operator.as_str().to_owned(), operator.name(t).to_owned()))
            .collect();
        view! {
            <SelectField
                id="test-operator"
                label=texts::operator(t)
                options
                value=Signal::derive(move || operator.get().as_str().to_owned())
                on_choose=choose_operator
            />
        }
    };
    let value = move || {
        let field = field.get();
        match operator.get() {
            Operator::Filled | Operator::Empty => ().into_any(),
            Operator::Contains => {
                view! { <TextField id="test-text" label=texts::value_label(t).to_owned() value=text /> }
                    .into_any()
            }
            Operator::Is => from.input(&field, "test-value", texts::value_label(t)),
            Operator::Between => view! {
                <div class="form__pair">
                    {from.input(&field, "test-from", texts::from(t))}
                    {to.input(&field, "test-to", texts::to(t))}
                </div>
            }
            .into_any(),
        }
    };
    // The dialog was open before its form was there.
    browser::focus_soon("#test-field");
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let field = field.get_untracked();
        let is = match operator.get_untracked() {
            Operator::Empty => Some(Test::Empty),
            Operator::Filled => Some(Test::Filled),
            Operator::Contains => {
                let text = text.with_untracked(|text| text.trim().to_owned());
                (!text.is_empty()).then_some(Test::Contains(text))
            }
            Operator::Is => exactly(&field, from),
            Operator::Between => between(&field, from, to),
        };
        if let Some(is) = is {
            chosen.run(FieldTest { field: field.id, is });
        }
    };
    view! {
        <form class="form" on:submit=on_submit>
            <SelectField
                id="test-field"
                label=texts::field(t)
                options=fields
                value=Signal::derive(move || field.with(|field| field.id.to_string()))
                on_choose=choose_field
            />
            {operators}
            {value}
            {actions(texts::apply(t), open)}
        </form>
    }
    .into_any()
}

/// The buttons at the end of a form.
fn actions(submit: &'static str, open: RwSignal<bool>) -> AnyView {
    view! {
        <div class="form__actions">
            <button class="button">{submit}</button>
            <button type="button" class="button button--quiet" on:click=move |_| open.set(false)>
                {bar::cancel(here().locale)}
            </button>
        </div>
    }
    .into_any()
}

/// Exactly what was filled in; says where nothing was.
fn exactly(field: &CustomField, typed: Typed) -> Option<Test> {
    if !typed.is_readable() {
        return None;
    }
    match typed.value.get_untracked() {
        None => {
            typed.complain(field, Problem::Missing);
            None
        }
        Some(FieldValue::Text(text) | FieldValue::Link(text)) => Some(Test::Text(text)),
        Some(FieldValue::Money { minor, currency }) => {
            Some(Test::Between { from: Some(minor), to: Some(minor), currency: Some(currency) })
        }
        Some(value) => value.number().map(Test::exactly),
    }
}

/// Between what was filled in; says where neither end was, or where the currencies differ.
fn between(field: &CustomField, from: Typed, to: Typed) -> Option<Test> {
    // Both are asked: the complaints of both go.
    if [from, to].map(Typed::is_readable).contains(&false) {
        return None;
    }
    let (least, most) = (from.value.get_untracked(), to.value.get_untracked());
    if least.is_none() && most.is_none() {
        from.complain(field, Problem::Missing);
        return None;
    }
    let currency = |value: &Option<FieldValue>| match value {
        Some(FieldValue::Money { currency, .. }) => Some(currency.clone()),
        _ => None,
    };
    let (one, other) = (currency(&least), currency(&most));
    if one.is_some() && other.is_some() && one != other {
        to.complain(field, Problem::Unreadable);
        return None;
    }
    let number = |value: Option<FieldValue>| value.and_then(|value| value.number());
    Some(Test::Between { from: number(least), to: number(most), currency: one.or(other) })
}

/// The choices of fields.
fn named(list: &[CustomField]) -> Vec<(String, String)> {
    list.iter().map(|field| (field.id.to_string(), field.name.clone())).collect()
}

fn sort_form(
    fields: &[CustomField],
    now: Option<Sort>,
    open: RwSignal<bool>,
    chosen: Callback<Sort>,
) -> AnyView {
    let t = here().locale;
    let first = now.map(|sort| sort.field).or(fields.first().map(|field| field.id));
    let field = RwSignal::new(first.map(|id| id.to_string()).unwrap_or_default());
    let direction =
        RwSignal::new(if now.is_some_and(|sort| sort.descending) { "down" } else { "up" }.to_owned());
    browser::focus_soon("#sort-field");
    let directions = [("up", words::ascending(t)), ("down", words::descending(t))];
    view! {
        <form
            class="form"
            on:submit=move |event| {
                event.prevent_default();
                if let Ok(field) = field.with_untracked(|field| field.parse()) {
                    chosen.run(Sort { field, descending: direction.with_untracked(|direction| direction == "down") });
                }
            }
        >
            <SelectField
                id="sort-field"
                label=texts::field(t)
                options=named(fields)
                value=field
                on_choose=Callback::new(move |id| field.set(id))
            />
            <SelectField
                id="sort-direction"
                label=words::direction(t)
                options=directions.map(|(word, name)| (word.to_owned(), name.to_owned())).to_vec()
                value=direction
                on_choose=Callback::new(move |word| direction.set(word))
            />
            {actions(words::sort(t), open)}
        </form>
    }
    .into_any()
}
