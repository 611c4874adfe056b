//! A document: the buttons that are allowed now; its editor, or what was issued; who sells.

use crate::ui::any::IntoAny;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{
    super::{Seen, Sheet, Write},
    items::{Buyer, ItemsEditor, Lines, TextArea, has_left},
};
use crate::{
    api::processes::{process_act, process_set},
    domain::{
        document::{Day, Draft, Kind, Link, Method, Party, Seller},
        process::{
            Action, Facts, Settings,
            invoicing::{self, Stage},
        },
    },
    error::{Act, Error, Result},
    i18n::{document as texts, errors, process as process_texts},
    ui::{
        document_view::document_view,
        send,
        widgets::{
            dialog::Dialog,
            form::{Problem, SelectField, TextField},
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
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get_str("tab") == Some("datasheet")))
}

/// The steps of a document, and the document.
#[component]
pub fn Panel(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    let document = Memo::new(move |_| document_of(sheet).unwrap_or_default());
    let problem = RwSignal::new(None::<String>);
    let first = untrack(|| first_draft(sheet, &document.get()));
    let editor = Editor::new(&first);
    let sent = StoredValue::new(document.with_untracked(|document| document.draft.clone()));
    // What others changed, or what was taken back, is shown; what was sent from here is there already.
    Effect::new(move |_| {
        let now = document.with(|document| document.draft.clone());
        if sent.with_value(|sent| *sent != now) {
            editor.load(&now);
            sent.set_value(now);
        }
    });
    // Saves what is typed; says whether it can be read.
    let save = move || -> bool {
        let is_draft = document.with_untracked(|document| document.stage == Stage::ToIssue);
        if !is_draft {
            return true;
        }
        match untrack(|| editor.draft()) {
            None => {
                problem.set(Some(texts::wrong_number(t).to_owned()));
                false
            }
            Some(Err(error)) => {
                problem.set(Some(errors::message(t, &error)));
                false
            }
            Some(Ok(draft)) => {
                problem.set(None);
                if sent.with_value(|sent| *sent != draft) {
                    sent.set_value(draft.clone());
                    send_draft(sheet, draft);
                }
                true
            }
        }
    };
    let step = move |step: Act| {
        problem.set(None);
        let action = match step {
            Act::Issue if save() => invoicing::Action::Issue,
            Act::MarkPaid => invoicing::Action::MarkPaid(None),
            Act::Storno => invoicing::Action::Storno,
            Act::MakeInvoice => invoicing::Action::MakeInvoice,
            _ => return,
        };
        let (id, action) = (sheet.id, Action::Invoicing(action));
        let write = Write::new(
            Seen::Facts,
            process_texts::act(t, step).to_owned(),
            |_| {},
            move |key, version| process_act(key, id, version, action.clone()),
        );
        sheet.write(write.on_error(move |error| problem.set(Some(errors::message(t, &error)))));
    };
    let allowed = Memo::new(move |_| document.with(|document| document.allowed().to_vec()));
    let buttons = move || {
        allowed
            .get()
            .into_iter()
            .enumerate()
            .map(|(at, next)| {
                view! {
                    <button
                        type="button"
                        class=if at == 0 { "button" } else { "button button--quiet" }
                        disabled=move || sheet.is_trashed()
                        on:click=move |_| step(next)
                    >
                        {process_texts::act(t, next)}
                    </button>
                }
            })
            .collect_view()
    };
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
            <div class="process__steps">{buttons}</div>
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
                        <SellerForm sheet />
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

fn send_draft(sheet: Sheet, draft: Draft) {
    let t = sheet.here.locale;
    let gross = draft.items.gross().map(|gross| texts::money(t, gross.minor, gross.currency));
    let yours = texts::yours(t, draft.items.lines.len(), &gross.unwrap_or_else(|| "–".to_owned()));
    let action = Action::Invoicing(invoicing::Action::SetDraft(Box::new(draft.clone())));
    super::set(sheet, action, texts::said_saved(t).to_owned(), (texts::document(t), yours), move |facts| {
        if let Facts::Invoicing(document) = facts {
            document.draft = draft.clone();
        }
    });
}

/// The draft as typed. Cheap to copy.
#[derive(Clone, Copy)]
struct Editor {
    items: ItemsEditor,
    kind: RwSignal<Kind>,
    performed_on: RwSignal<String>,
    due_on: RwSignal<String>,
    method: RwSignal<Method>,
    note: RwSignal<String>,
}

impl Editor {
    fn new(draft: &Draft) -> Self {
        let editor = Self {
            items: ItemsEditor::new(&draft.items),
            kind: RwSignal::new(draft.kind),
            performed_on: RwSignal::default(),
            due_on: RwSignal::default(),
            method: RwSignal::new(draft.method),
            note: RwSignal::default(),
        };
        editor.load_rest(draft);
        editor
    }

    fn load(self, draft: &Draft) {
        self.items.load(&draft.items);
        self.load_rest(draft);
    }

    fn load_rest(self, draft: &Draft) {
        let text = |day: Option<Day>| day.map(String::from).unwrap_or_default();
        self.kind.set(draft.kind);
        self.performed_on.set(text(draft.performed_on));
        self.due_on.set(text(draft.due_on));
        self.method.set(draft.method);
        self.note.set(draft.note.clone());
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
fn SellerForm(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    let open = RwSignal::new(false);
    let is_missing = Memo::new(move |_| settings_of(sheet).seller.party.name.is_empty());
    let is_admin = sheet.here.is_admin();
    view! {
        <p class="process__seller">
            <span hidden=move || !is_missing.get()>
                {if is_admin { texts::seller_missing(t) } else { texts::seller_missing_user(t) }} " "
            </span>
            {is_admin
                .then(|| {
                    view! {
                        <button type="button" class="button button--quiet" on:click=move |_| open.set(true)>
                            {texts::settings(t)}
                        </button>
                    }
                })}
        </p>
        <Dialog open title=Signal::stored(texts::settings(t).to_owned())>
            <SettingsFields sheet open />
        </Dialog>
    }
    .into_any()
}

#[component]
fn SettingsFields(sheet: Sheet, open: RwSignal<bool>) -> impl IntoView {
    let t = sheet.here.locale;
    let was = untrack(|| settings_of(sheet));
    let seller = was.seller.clone();
    let name = RwSignal::new(seller.party.name);
    let address = RwSignal::new(seller.party.address);
    let tax_number = RwSignal::new(seller.party.tax_number);
    let account = RwSignal::new(seller.account);
    let footer = RwSignal::new(seller.footer);
    let prefix = RwSignal::new(was.prefix);
    let zone = RwSignal::new(was.zone);
    let due_days = RwSignal::new(was.due_days.to_string());
    let problem = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let label = |text: &str| Signal::stored(text.to_owned());
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Ok(days) = due_days.get_untracked().trim().parse() else {
            let wrong = Error::invalid(crate::error::Field::DueDate, crate::error::Problem::Unreadable);
            return problem.set(Some(errors::message(t, &wrong)));
        };
        let settings = invoicing::Settings {
            seller: Seller {
                party: Party {
                    name: name.get_untracked(),
                    address: address.get_untracked(),
                    tax_number: tax_number.get_untracked(),
                },
                account: account.get_untracked(),
                footer: footer.get_untracked(),
            },
            zone: zone.get_untracked().trim().to_owned(),
            due_days: days,
            prefix: prefix.get_untracked(),
        };
        let (module, version) = sheet.page.with_untracked(|page| (page.module.id, page.module.version));
        busy.set(true);
        send(
            move |key| process_set(key, module, version, Settings::Invoicing(settings.clone())),
            move |answer| {
                busy.try_set(false);
                match answer {
                    Ok(_) => {
                        sheet.here.toasts.done(texts::settings_saved(t).to_owned(), None);
                        open.try_set(false);
                        leptos::task::spawn_local(sheet.refresh(true));
                    }
                    Err(error) => {
                        problem.try_set(Some(errors::message(t, &error)));
                    }
                }
            },
        );
    };
    view! {
        <form class="form" on:submit=save>
            <TextField id="seller-name" label=label(texts::seller_name(t)) value=name autocomplete="organization" />
            <TextArea id="seller-address" label=texts::address(t) value=address />
            <div class="form__pair">
                <TextField id="seller-tax" label=label(texts::tax_number(t)) value=tax_number />
                <TextField id="seller-account" label=label(texts::account(t)) value=account />
                <TextField id="seller-prefix" label=label(texts::prefix(t)) value=prefix />
                <TextField id="seller-days" label=label(texts::due_days(t)) value=due_days kind="number" />
                <TextField id="seller-zone" label=label(texts::zone(t)) value=zone />
            </div>
            <TextArea id="seller-footer" label=texts::footer(t) value=footer />
            <Problem text=problem />
            <div class="form__actions">
                <button type="submit" class="button" disabled=move || busy.get()>
                    {texts::save(t)}
                </button>
            </div>
        </form>
    }
    .into_any()
}
