//! Who sells, and how documents are numbered: what admins set about an Invoicing module.

use crate::ui::any::IntoAny;
use leptos::prelude::*;

use crate::{
    domain::{
        document::{Party, Seller},
        id::ModuleId,
        process::{Settings, invoicing},
    },
    error::{Error, Field, Problem as Wrong},
    i18n::document as texts,
    ui::{
        here,
        process_settings::ProcessSettings,
        widgets::form::{Sending, TextArea, TextField},
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
    let t = here().locale;
    let typed = Typed::new();
    let sending = Sending::idle();
    let fill = Callback::new(move |settings| match settings {
        Settings::Invoicing(settings) => {
            typed.take(settings);
            true
        }
        _ => false,
    });
    let settings = Callback::new(move |()| {
        let settings = typed.settings().ok_or_else(|| Error::invalid(Field::DueDate, Wrong::Unreadable))?;
        Ok(Settings::Invoicing(settings))
    });
    const SHOWN: [Field; 5] =
        [Field::Seller, Field::TaxNumber, Field::Account, Field::Prefix, Field::DueDate];
    let label = |text: &str| Signal::stored(text.to_owned());
    view! {
        <ProcessSettings module open sending fill typed=settings said=texts::settings_saved(t) shown=&SHOWN saved>
            <p class="form__lead">{texts::settings_lead(t)}</p>
            <TextField
                id="seller-name"
                label=label(texts::seller_name(t))
                value=typed.name
                autocomplete="organization"
                problem=sending.problem(Field::Seller)
            />
            <TextArea id="seller-address" label=texts::address(t) value=typed.address />
            <div class="form__pair">
                <TextField id="seller-tax" label=label(texts::tax_number(t)) value=typed.tax_number problem=sending.problem(Field::TaxNumber) />
                <TextField id="seller-account" label=label(texts::account(t)) value=typed.account problem=sending.problem(Field::Account) />
                <TextField id="seller-prefix" label=label(texts::prefix(t)) value=typed.prefix problem=sending.problem(Field::Prefix) />
                <TextField id="seller-days" label=label(texts::due_days(t)) value=typed.due_days kind="number" problem=sending.problem(Field::DueDate) />
                <TextField id="seller-zone" label=label(texts::zone(t)) value=typed.zone />
            </div>
            <TextArea id="seller-footer" label=texts::footer(t) value=typed.footer />
        </ProcessSettings>
    }
    .into_any()
}
