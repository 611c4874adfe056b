//! An order: the buttons that are allowed now, what is ordered, and its invoice.

use crate::ui::any::IntoAny;
use leptos::prelude::*;

use super::{
    super::{Sheet, Write},
    Steps, act,
    items::{Buyer, ItemsEditor, Lines, has_left, shown},
};
use crate::{
    api::processes::process_act,
    domain::{
        document::Items,
        id::ModuleId,
        process::{
            Action, Facts,
            orders::{self, Stage},
        },
    },
    error::{Act, Error, Refusal},
    i18n::{document, errors, process as texts},
    ui::widgets::{dialog::Dialog, form::Problem},
};

fn order_of(sheet: Sheet) -> Option<orders::Facts> {
    sheet.page.with(|page| match &page.process.as_ref()?.facts {
        Facts::Orders(order) => Some(order.clone()),
        _ => None,
    })
}

/// The steps of an order, and its items.
#[component]
pub fn Panel(sheet: Sheet) -> impl IntoView {
    let t = sheet.here.locale;
    let order = Memo::new(move |_| order_of(sheet).unwrap_or_default());
    let problem = RwSignal::new(None::<String>);
    // The Invoicing modules to choose from, when the server asks.
    let choices = RwSignal::new(Vec::<(i64, String)>::new());
    let asking = RwSignal::new(false);

    let make_invoice = move |into: Option<ModuleId>| {
        let action = Action::Orders(orders::Action::MakeInvoice(into));
        let id = sheet.id;
        let write = Write::new(
            super::super::Seen::Facts,
            texts::made_invoice(t).to_owned(),
            |_| {},
            move |key, version| process_act(key, id, version, action.clone()),
        );
        sheet.write(write.on_error(move |error| match error {
            Error::Refused(Refusal::WhichModule(modules)) => {
                choices.set(modules);
                asking.set(true);
            }
            error => problem.set(Some(errors::message(t, &error))),
        }));
    };
    let step = move |step: Act| {
        if step == Act::MakeInvoice {
            return make_invoice(None);
        }
        let action = Action::Orders(orders::Action::Move(step));
        act(sheet, action, texts::done(t, step).to_owned(), move |state| {
            if let Facts::Orders(order) = &mut state.facts
                && let Some(next) = order.stage.after(step)
            {
                order.stage = next;
            }
        });
    };
    let allowed = Memo::new(move |_| order.with(orders::Facts::allowed));
    let is_draft = Memo::new(move |_| order.with(|order| order.stage == Stage::Draft) && !sheet.is_trashed());
    let invoice = move || {
        let link = order.with(|order| order.invoice.clone())?;
        Some(view! {
            <p class="process__link">
                {document::invoice(t)} ": " <a href=format!("/d/{}", link.datasheet)>{link.name}</a>
            </p>
        })
    };
    view! {
        <Steps sheet allowed step=Callback::new(step) problem />
        <Problem text=problem />
        {invoice}
        {move || {
            if is_draft.get() {
                view! { <Editor sheet order /> }.into_any()
            } else {
                order.with(|order| shown(t, &order.items))
            }
        }}
        <Dialog open=asking title=Signal::stored(document::choose_module(t).to_owned())>
            <ul class="process__modules">
                {move || {
                    choices
                        .get()
                        .into_iter()
                        .map(|(id, name)| {
                            view! {
                                <li>
                                    <button
                                        type="button"
                                        class="button button--quiet"
                                        on:click=move |_| {
                                            asking.set(false);
                                            make_invoice(Some(ModuleId(id)));
                                        }
                                    >
                                        {name}
                                    </button>
                                </li>
                            }
                        })
                        .collect_view()
                }}
            </ul>
        </Dialog>
    }
    .into_any()
}

/// What is ordered, while it is a draft.
#[component]
fn Editor(sheet: Sheet, order: Memo<orders::Facts>) -> impl IntoView {
    let t = sheet.here.locale;
    let first = order.with_untracked(|order| order.items.clone());
    let editor = ItemsEditor::new(&first, t);
    let base = StoredValue::new(first);
    let seen = StoredValue::new(None::<i64>);
    // What others changed, or what was taken back, is shown where nothing was typed since.
    Effect::new(move |was: Option<(Items, i64)>| {
        let now = order.with(|order| order.items.clone());
        if let Some((was, version)) = was
            && was != now
        {
            let is_typed =
                base.with_value(|base| *base != now && untrack(|| editor.items()) != Some(Ok(base.clone())));
            // Both at once: the server is told which one was typed on, and asks.
            seen.update_value(|seen| *seen = seen.or(is_typed.then_some(version)));
            untrack(|| editor.follow(&now));
            base.set_value(now.clone());
        }
        (now, sheet.facts_version())
    });
    let save = Callback::new(move |()| {
        let Some(Ok(items)) = untrack(|| editor.items()) else { return };
        if base.with_value(|base| *base == items) {
            return;
        }
        editor.sent(&items);
        base.set_value(items.clone());
        send(sheet, seen.try_update_value(Option::take).flatten(), items);
    });
    let leave = move |event| {
        if has_left(&event) {
            save.run(());
        }
    };
    view! {
        <div class="document-editor">
            <div on:focusout=leave>
                <Buyer editor />
            </div>
            <Lines editor on_leave=save />
        </div>
        <p class="form-field__hint">{document::items_stay(t)}</p>
    }
    .into_any()
}

fn send(sheet: Sheet, seen: Option<i64>, items: Items) {
    let t = sheet.here.locale;
    let gross = items.gross().map(|gross| document::money(t, gross.minor, gross.currency));
    let yours = document::yours(t, items.lines.len(), &gross.unwrap_or_else(|| "–".to_owned()));
    let action = Action::Orders(orders::Action::SetItems(Box::new(items.clone())));
    super::set(
        sheet,
        seen,
        action,
        document::said_items(t).to_owned(),
        (document::items(t), yours),
        move |facts| {
            if let Facts::Orders(order) = facts {
                order.items = items.clone();
            }
        },
    );
}
