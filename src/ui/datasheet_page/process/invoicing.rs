//! A document: the buttons that are allowed now; its editor, or what was issued; who sells.

use crate::ui::any::IntoAny;
use leptos::prelude::*;

use super::{
    super::{Seen, Sheet, Write},
    Steps,
    items::{Buyer, ItemsEditor, Lines, follow, follow_text, has_left},
};
use crate::{
    api::processes::process_act,
    domain::{
        document::{Day, Draft, Kind, Link, Method},
        lines::{Decimal, NoDecimal},
        process::{
            Action, Facts, Settings,
            invoicing::{self, Stage},
        },
    },
    error::{Act, Error, Field, Problem as Lack, Refusal, Result},
    i18n::{Locale, document as texts, errors, process as process_texts},
    ui::{
        address::of_address,
        browser,
        document_view::document_view,
        invoicing_settings::SettingsForm,
        widgets::{
            dialog::Dialog,
            form::{Problem, SelectField, TextArea, TextField},
        },
    },
};

fn document_of(sheet: Sheet) -> Option<invoicing::Facts> {
    sheet.page.with(|page| match &page.process.as_ref()?.facts {
        Facts::Invoicing(document) => Some(document.clone()),
        _ => None,
    })
}

fn settings_of(sheet: Sheet) -> invoicing::Settings {
    sheet.page.with(|page| match &page.settings {
        Some(Settings::Invoicing(settings)) => settings.clone(),
        _ => invoicing::Settings::default(),
    })
}

/// Whether the datasheet's own part is in view, and not the document: in the URL.
pub fn shows_datasheet() -> Memo<bool> {
    of_address(|path, query| path.starts_with("/d/").then(|| query.get_str("tab") == Some("datasheet")))
}

/// The steps of a document, and the document.
#[component]
pub fn Panel(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    let document = Memo::new(move |_| document_of(sheet).unwrap_or_default());
    let problem = RwSignal::new(None::<String>);
    // Whether the form of the seller is open.
    let setting = RwSignal::new(false);
    let first = untrack(|| first_draft(sheet, &document.get()));
    let editor = Editor::new(&first, t);
    // What others changed, or what was taken back, is shown where nothing was typed since.
    let seen = StoredValue::new(None::<i64>);
    Effect::new(move |was: Option<(Draft, i64)>| {
        let now = document.with(|document| document.draft.clone());
        if let Some((was, version)) = was
            && was != now
        {
            let is_typed = editor
                .base
                .try_with_value(|base| *base != now && untrack(|| editor.draft()) != Some(Ok(base.clone())));
            // Both at once: the server is told which one was typed on, and asks.
            seen.update_value(|seen| *seen = seen.or((is_typed == Some(true)).then_some(version)));
            untrack(|| editor.follow(&now));
        }
        (now, sheet.facts_version())
    });
    // Whether the problem is one of what is typed. It goes a moment after that is mended: a click on the way does not miss.
    let is_misread = StoredValue::new(false);
    let mended = move || {
        if is_misread.try_update_value(std::mem::take) == Some(true) {
            let was = problem.try_get_untracked();
            let clear = move || {
                if problem.try_get_untracked() == was {
                    problem.try_set(None);
                }
            };
            gloo_timers::callback::Timeout::new(super::REST, clear).forget();
        }
    };
    // Saves what is typed, if it is other than that; says whether it can be read.
    let save_if_other = move |than: Draft| -> bool {
        let is_draft = document.with_untracked(|document| document.stage == Stage::ToIssue);
        if !is_draft {
            return true;
        }
        match untrack(|| editor.draft()) {
            None => {
                is_misread.set_value(true);
                problem.set(Some(texts::wrong_number(t).to_owned()));
                false
            }
            Some(Err(error)) => {
                is_misread.set_value(true);
                problem.set(Some(errors::message(t, &error)));
                false
            }
            Some(Ok(draft)) => {
                mended();
                if draft != than {
                    editor.sent(&draft);
                    send_draft(sheet, seen.try_update_value(Option::take).flatten(), draft);
                }
                true
            }
        }
    };
    let save = move || editor.base.try_get_value().is_some_and(save_if_other);
    let paid_on = RwSignal::new(super::today(sheet));
    let step = move |step: Act| {
        let action = match step {
            // What the editor starts with is on the paper only once it is stored.
            Act::Issue if save_if_other(document.with_untracked(|document| document.draft.clone())) => {
                invoicing::Action::Issue
            }
            // The server knows which day it is where the document was issued.
            Act::MarkPaid => {
                let said = paid_on.get_untracked();
                let day = if said == super::today(sheet) { None } else { Day::try_from(said).ok() };
                invoicing::Action::MarkPaid(day)
            }
            Act::Storno => invoicing::Action::Storno,
            Act::MakeInvoice => invoicing::Action::MakeInvoice,
            _ => return,
        };
        let (id, action) = (sheet.id, Action::Invoicing(action));
        let write = Write::new(
            Seen::Facts,
            process_texts::done(t, step).to_owned(),
            |_| {},
            move |key, version| process_act(key, id, version, action.clone()),
        );
        sheet.write(write.on_error(move |error| {
            is_misread.set_value(false);
            if document.with_untracked(|document| lacks_lines(document, &error)) {
                problem.set(Some(texts::no_lines(t).to_owned()));
                browser::focus_soon(".items__add");
                return;
            }
            problem.set(Some(errors::message(t, &error)));
            if let Some(place) = place_of(&error) {
                browser::focus_soon(place);
            }
            if matches!(error, Error::Refused(Refusal::NoSeller(_))) && sheet.here.is_admin() {
                setting.set(true);
            }
        }));
    };
    let allowed = Memo::new(move |_| document.with(|document| document.allowed().to_vec()));
    let shows_datasheet = shows_datasheet();
    let tab = move |is_datasheet: bool, href: &'static str, label: &'static str| {
        let current = move || (shows_datasheet.get() == is_datasheet).then_some("true");
        view! {
            <a href=format!("/d/{}{href}", sheet.id) aria-current=current>
                {label}
            </a>
        }
    };
    let print = format!("/documents/{}", sheet.id);
    let stage = Memo::new(move |_| document.with(|document| document.stage));
    view! {
        <div class="process__bar">
            <Steps sheet allowed step=Callback::new(step) problem paid_on />
            <a class="button button--quiet" href=print rel="external" target="_blank">
                {texts::print(t)}
            </a>
            <nav class="segmented" aria-label=texts::views(t)>
                {tab(false, "", texts::document(t))} {tab(true, "?tab=datasheet", texts::datasheet(t))}
            </nav>
        </div>
        <Problem text=problem />
        <Links document />
        <div hidden=move || shows_datasheet.get()>
            {move || {
                if stage.get() == Stage::ToIssue {
                    view! {
                        <SellerForm sheet open=setting />
                        <DraftForm sheet editor save=Callback::new(move |()| { save(); }) />
                    }
                    .into_any()
                } else {
                    issued(sheet, document)
                }
            }}
        </div>
    }
    .into_any()
}

/// Whether it was refused because there is no line at all.
fn lacks_lines(document: &invoicing::Facts, error: &Error) -> bool {
    *error == Error::invalid(Field::Line, Lack::Missing) && document.draft.items.lines.is_empty()
}

/// Where what is wrong is typed, as a selector.
fn place_of(error: &Error) -> Option<String> {
    let Error::Invalid(invalid) = error else { return None };
    Some(match invalid.field {
        Field::LineName(n) => format!(".items__line:nth-child({n}) input"),
        Field::Buyer => "#buyer-name".to_owned(),
        Field::BuyerAddress => "#buyer-address".to_owned(),
        Field::DueDate => "#document-due".to_owned(),
        Field::Exchange => "#document-exchange".to_owned(),
        _ => return None,
    })
}

/// The draft as the editor starts with it: the case's name is the buyer's as long as nobody says otherwise.
fn first_draft(sheet: Sheet, document: &invoicing::Facts) -> Draft {
    let mut draft = document.draft.clone();
    if draft.items.buyer.name.is_empty() && document.stage == Stage::ToIssue {
        draft.items.buyer.name = sheet.page.with(|page| page.row.name.clone());
    }
    draft
}

fn issued(sheet: Sheet, document: Memo<invoicing::Facts>) -> AnyView {
    let t = sheet.here.locale;
    let shown = Memo::new(move |_| sheet.page.with(|page| page.document.clone()));
    let mark = Memo::new(move |_| document.with(invoicing::Facts::mark));
    view! { {move || shown.get().map(|shown| document_view(t, &shown, mark.get().as_ref()))} }.into_any()
}

/// What it was made from, and what was made of it.
#[component]
fn Links(document: Memo<invoicing::Facts>) -> impl IntoView {
    let t = super::super::here().locale;
    let link = move |label: String, link: Link| {
        view! {
            <p class="process__link">
                {label} ": " <a href=format!("/d/{}", link.datasheet)>{link.name}</a>
            </p>
        }
    };
    move || {
        document.with(|document| {
            let source = document
                .source
                .as_ref()
                .map(|source| link(texts::made_from(t).to_owned(), source.link.clone()));
            let made = document.made.clone().map(|made| link(texts::made(t).to_owned(), made));
            view! { {source} {made} }
        })
    }
}

fn send_draft(sheet: Sheet, seen: Option<i64>, draft: Draft) {
    let t = sheet.here.locale;
    let gross = draft.items.gross().map(|gross| texts::money(t, gross.minor, gross.currency));
    let yours = texts::yours(t, draft.items.lines.len(), &gross.unwrap_or_else(|| "–".to_owned()));
    let action = Action::Invoicing(invoicing::Action::SetDraft(Box::new(draft.clone())));
    super::set(
        sheet,
        seen,
        action,
        texts::said_saved(t).to_owned(),
        (texts::document(t), yours),
        move |facts| {
            if let Facts::Invoicing(document) = facts {
                document.draft = draft.clone();
            }
        },
    );
}

fn exchange_text(rate: Option<Decimal>, t: Locale) -> String {
    rate.map(|rate| rate.text(t)).unwrap_or_default()
}

fn day_text(day: Option<Day>) -> String {
    day.map(String::from).unwrap_or_default()
}

/// The draft as typed. Cheap to copy.
#[derive(Clone, Copy)]
struct Editor {
    items: ItemsEditor,
    kind: RwSignal<Kind>,
    performed_on: RwSignal<String>,
    due_on: RwSignal<String>,
    method: RwSignal<Method>,
    exchange: RwSignal<String>,
    note: RwSignal<String>,
    /// What is stored, or on its way there.
    base: StoredValue<Draft>,
}

impl Editor {
    fn new(draft: &Draft, t: Locale) -> Self {
        Self {
            items: ItemsEditor::new(&draft.items, t),
            kind: RwSignal::new(draft.kind),
            performed_on: RwSignal::new(day_text(draft.performed_on)),
            due_on: RwSignal::new(day_text(draft.due_on)),
            method: RwSignal::new(draft.method),
            exchange: RwSignal::new(exchange_text(draft.exchange, t)),
            note: RwSignal::new(draft.note.clone()),
            base: StoredValue::new(draft.clone()),
        }
    }

    /// Remembers that what is typed now is on its way to the store.
    fn sent(self, draft: &Draft) {
        self.items.sent(&draft.items);
        self.base.set_value(draft.clone());
    }

    /// Shows what is stored now; what was typed since it was last sent stays.
    fn follow(self, now: &Draft) {
        let Some(was) = self.base.try_get_value() else { return };
        self.items.follow(&now.items);
        follow(self.kind, was.kind, now.kind);
        follow(self.method, was.method, now.method);
        follow_text(self.performed_on, &day_text(was.performed_on), &day_text(now.performed_on));
        follow_text(self.due_on, &day_text(was.due_on), &day_text(now.due_on));
        if self.exchange() == Ok(was.exchange) && was.exchange != now.exchange {
            self.exchange.set(exchange_text(now.exchange, self.items.locale()));
        }
        follow_text(self.note, &was.note, &now.note);
        self.base.set_value(now.clone());
    }

    /// The rate as typed, if any.
    fn exchange(self) -> Result<Option<Decimal>, NoDecimal> {
        self.exchange.with(|text| match text.trim() {
            "" => Ok(None),
            text => Decimal::parse(text, self.items.locale()).map(Some).ok_or(NoDecimal),
        })
    }

    /// What is typed, clean; `None` while a number cannot be read.
    fn draft(self) -> Option<Result<Draft>> {
        let items = match self.items.items()? {
            Ok(items) => items,
            Err(error) => return Some(Err(error)),
        };
        let draft = Draft {
            kind: self.kind.get(),
            items,
            performed_on: Day::try_from(self.performed_on.get()).ok(),
            due_on: Day::try_from(self.due_on.get()).ok(),
            method: self.method.get(),
            exchange: if self.items.is_in_forints() { None } else { self.exchange().ok()? },
            note: self.note.get(),
        };
        Some(draft.parse())
    }
}

/// What a draft says.
#[component]
fn DraftForm(sheet: Sheet, editor: Editor, save: Callback<()>) -> impl IntoView {
    let t = sheet.here.locale;
    let leave = move |event| {
        if has_left(&event) {
            save.run(());
        }
    };
    let word = |kind: Kind| texts::kind(t, kind).to_owned();
    let kinds = [Kind::Invoice, Kind::Proforma];
    let kind_options = kinds.map(|kind| (word(kind), word(kind))).to_vec();
    let kind = Signal::derive(move || texts::kind(t, editor.kind.get()).to_owned());
    let methods = Method::ALL
        .map(|method| (texts::method_of(t, method).to_owned(), texts::method_of(t, method).to_owned()));
    let method = Signal::derive(move || texts::method_of(t, editor.method.get()).to_owned());
    let label = |text: &str| Signal::stored(text.to_owned());
    view! {
        <div class="document-editor">
            <div class="document-editor__head" on:focusout=leave>
                <div class="form__pair">
                    <SelectField
                        id="document-kind"
                        label=texts::kind_label(t)
                        options=kind_options
                        value=kind
                        on_choose=Callback::new(move |chosen: String| {
                            if let Some(kind) = kinds.into_iter().find(|kind| texts::kind(t, *kind) == chosen) {
                                editor.kind.set(kind);
                            }
                        })
                    />
                    <SelectField
                        id="document-method"
                        label=texts::method(t)
                        options=methods.to_vec()
                        value=method
                        on_choose=Callback::new(move |chosen: String| {
                            let chosen = Method::ALL.into_iter().find(|method| texts::method_of(t, *method) == chosen);
                            if let Some(method) = chosen {
                                editor.method.set(method);
                            }
                        })
                    />
                    <TextField id="document-performed" label=label(texts::performed_on(t)) value=editor.performed_on kind="date" />
                    <TextField id="document-due" label=label(texts::due_on(t)) value=editor.due_on kind="date" />
                </div>
                <Buyer editor=editor.items />
                <div hidden=move || editor.items.is_in_forints()>
                    <TextField
                        id="document-exchange"
                        label=Signal::derive(move || texts::exchange_of(t, editor.items.currency_code().as_str()))
                        value=editor.exchange
                        hint=Signal::stored(Some(texts::exchange_hint(t).to_owned()))
                        problem=Signal::derive(move || editor.exchange().is_err().then(|| texts::wrong_number(t).to_owned()))
                    />
                </div>
            </div>
            <Lines editor=editor.items on_leave=save />
            <div on:focusout=leave>
                <TextArea id="document-note" label=texts::note(t) value=editor.note />
            </div>
        </div>
    }
    .into_any()
}

/// Who sells: said where it is missing, changed by admins.
#[component]
fn SellerForm(
    sheet: Sheet,
    /// Whether the form is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let t = sheet.here.locale;
    let is_missing = Memo::new(move |_| !settings_of(sheet).seller.missing().is_empty());
    let is_admin = sheet.here.is_admin();
    let module = sheet.page.with_untracked(|page| page.module.id);
    let saved = Callback::new(move |()| leptos::task::spawn_local(sheet.refresh(true)));
    view! {
        <div class="process__seller" hidden=move || !is_missing.get()>
            <p>
                {if is_admin { texts::seller_missing(t) } else { texts::seller_missing_user(t) }}
            </p>
            {is_admin
                .then(|| {
                    view! {
                        <button type="button" class="button button--quiet" on:click=move |_| open.set(true)>
                            {texts::settings(t)}
                        </button>
                        <Dialog open title=Signal::stored(texts::settings(t).to_owned())>
                            <SettingsForm module open saved />
                        </Dialog>
                    }
                })}
        </div>
    }
    .into_any()
}
