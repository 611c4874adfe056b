//! Who sells, and how documents are numbered: what admins set about an Invoicing module.

use crate::ui::any::IntoAny;
use leptos::{ev, prelude::*, task::spawn_local};

use crate::{
    api::processes::{process_set, process_settings},
    domain::{
        document::{Party, Seller},
        id::ModuleId,
        process::{Settings, invoicing},
    },
    error::{Error, Field, Problem as Wrong},
    i18n::{document as texts, errors, sheet},
    ui::{
        here, send,
        widgets::form::{Problem, TextArea, TextField, problem_beside, problem_of},
    },
};

/// What is typed. Cheap to copy.
#[derive(Clone, Copy)]
struct Typed {
    name: RwSignal<String>,
    address: RwSignal<String>,
    tax_number: RwSignal<String>,
    account: RwSignal<String>,
    footer: RwSignal<String>,
    prefix: RwSignal<String>,
    zone: RwSignal<String>,
    due_days: RwSignal<String>,
}

impl Typed {
    fn new() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            name: text(),
            address: text(),
            tax_number: text(),
            account: text(),
            footer: text(),
            prefix: text(),
            zone: text(),
            due_days: text(),
        }
    }

    fn take(self, settings: invoicing::Settings) {
        self.name.set(settings.seller.party.name);
        self.address.set(settings.seller.party.address);
        self.tax_number.set(settings.seller.party.tax_number);
        self.account.set(settings.seller.account);
        self.footer.set(settings.seller.footer);
        self.prefix.set(settings.prefix);
        self.zone.set(settings.zone);
        self.due_days.set(settings.due_days.to_string());
    }

    /// `None` when the days are no number.
    fn settings(self) -> Option<invoicing::Settings> {
        Some(invoicing::Settings {
            seller: Seller {
                party: Party {
                    name: self.name.get_untracked(),
                    address: self.address.get_untracked(),
                    tax_number: self.tax_number.get_untracked(),
                },
                account: self.account.get_untracked(),
                footer: self.footer.get_untracked(),
            },
            zone: self.zone.get_untracked().trim().to_owned(),
            due_days: self.due_days.get_untracked().trim().parse().ok()?,
            prefix: self.prefix.get_untracked(),
        })
    }
}

/// The form. It asks for what is stored when it is opened.
#[component]
pub fn SettingsForm(
    /// The module.
    module: ModuleId,
    /// The dialog it is in.
    open: RwSignal<bool>,
    /// Called when it is stored.
    saved: Callback<()>,
) -> impl IntoView {
    let here = here();
    let t = here.locale;
    let typed = Typed::new();
    // The module's version, once the settings are there.
    let version = RwSignal::new(None::<i64>);
    let error = RwSignal::new(None::<Error>);
    let load = move || {
        spawn_local(async move {
            match process_settings(module).await {
                Ok((module, Settings::Invoicing(settings))) => {
                    // The dialog may be closed by now.
                    if version.try_set(Some(module.version)).is_none() {
                        typed.take(settings);
                        error.set(None);
                    }
                }
                Ok(_) => {
                    error.try_set(Some(Error::NotFound));
                }
                Err(wrong) => {
                    error.try_set(Some(wrong));
                }
            }
        });
    };
    Effect::new(move |_| load());
    let save = move |version: i64| {
        let Some(settings) = typed.settings() else {
            return error.set(Some(Error::invalid(Field::DueDate, Wrong::Unreadable)));
        };
        send(
            move |key| process_set(key, module, version, Settings::Invoicing(settings.clone())),
            move |answer| match answer {
                Ok(_) => {
                    here.toasts.done(texts::settings_saved(t).to_owned(), None);
                    open.try_set(false);
                    saved.try_run(());
                }
                Err(wrong) => {
                    error.try_set(Some(wrong));
                }
            },
        );
    };
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if let Some(version) = version.get_untracked() {
            save(version);
        }
    };
    let label = |text: &str| Signal::stored(text.to_owned());
    let of = move |field: Field| Signal::derive(move || problem_of(here, error.get().as_ref(), field));
    const SHOWN: [Field; 5] =
        [Field::Seller, Field::TaxNumber, Field::Account, Field::Prefix, Field::DueDate];
    let beside = Signal::derive(move || match error.get() {
        Some(Error::Conflict(_)) => None,
        error => problem_beside(here, error.as_ref(), &SHOWN),
    });
    let conflict = move || match error.get() {
        Some(Error::Conflict(conflict)) => Some(view! {
            <div class="conflict" role="alert">
                <span>{errors::changed_meanwhile(t)}</span>
                <button type="button" class="button" on:click=move |_| save(conflict.version)>
                    {sheet::keep_mine(t)}
                </button>
                <button type="button" class="button button--quiet" on:click=move |_| load()>
                    {sheet::keep_theirs(t)}
                </button>
            </div>
        }),
        _ => None,
    };
    view! {
        <form class="form" on:submit=on_submit novalidate>
            <p class="form__lead">{texts::settings_lead(t)}</p>
            <TextField
                id="seller-name"
                label=label(texts::seller_name(t))
                value=typed.name
                autocomplete="organization"
                problem=of(Field::Seller)
            />
            <TextArea id="seller-address" label=texts::address(t) value=typed.address />
            <div class="form__pair">
                <TextField id="seller-tax" label=label(texts::tax_number(t)) value=typed.tax_number problem=of(Field::TaxNumber) />
                <TextField id="seller-account" label=label(texts::account(t)) value=typed.account problem=of(Field::Account) />
                <TextField id="seller-prefix" label=label(texts::prefix(t)) value=typed.prefix problem=of(Field::Prefix) />
                <TextField id="seller-days" label=label(texts::due_days(t)) value=typed.due_days kind="number" problem=of(Field::DueDate) />
                <TextField id="seller-zone" label=label(texts::zone(t)) value=typed.zone />
            </div>
            <TextArea id="seller-footer" label=texts::footer(t) value=typed.footer />
            {conflict}
            <Problem text=beside />
            <div class="form__actions">
                <button type="submit" class="button" disabled=move || version.with(Option::is_none)>
                    {texts::save(t)}
                </button>
                <button type="button" class="button button--quiet" on:click=move |_| open.set(false)>
                    {texts::cancel(t)}
                </button>
            </div>
        </form>
    }
    .into_any()
}
