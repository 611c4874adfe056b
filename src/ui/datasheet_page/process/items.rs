//! Buyer, currency and lines, edited by keyboard: the same on orders and on documents. What is typed is kept as typed; what can
//! be read is added up at once, and saved when the focus leaves the line.

use crate::ui::any::IntoAny;
use leptos::{
    ev,
    prelude::*,
    web_sys::{self, wasm_bindgen::JsCast as _},
};

use crate::{
    domain::{
        document::{Items, Party},
        lines::{Decimal, Line, Totals, Vat},
        money::Currency,
    },
    error::Result,
    i18n::{Locale, document as texts},
    ui::{
        browser, here,
        widgets::{
            form::{SelectField, TextField},
            icon::Icon,
        },
    },
};

/// A line as typed.
#[derive(Clone, Copy)]
struct Typed {
    key: u32,
    name: RwSignal<String>,
    quantity: RwSignal<String>,
    unit: RwSignal<String>,
    price: RwSignal<String>,
    vat: RwSignal<Vat>,
}

impl Typed {
    fn new(key: u32, line: &Line, t: Locale) -> Self {
        let typed = Self {
            key,
            name: RwSignal::default(),
            quantity: RwSignal::default(),
            unit: RwSignal::default(),
            price: RwSignal::default(),
            vat: RwSignal::new(line.vat),
        };
        typed.load(line, t);
        typed
    }

    fn load(self, line: &Line, t: Locale) {
        self.name.set(line.name.clone());
        self.quantity.set(line.quantity.text(t));
        self.unit.set(line.unit.clone());
        self.price.set(if line.price == Decimal::default() { String::new() } else { line.price.text(t) });
        self.vat.set(line.vat);
    }

    /// `None` when a number cannot be read.
    fn line(self, t: Locale) -> Option<Line> {
        let number = |typed: RwSignal<String>, or: Decimal| {
            typed.with(|text| if text.trim().is_empty() { Some(or) } else { Decimal::parse(text, t) })
        };
        Some(Line {
            name: self.name.get(),
            quantity: number(self.quantity, Decimal::whole(1))?,
            unit: self.unit.get(),
            price: number(self.price, Decimal::default())?,
            vat: self.vat.get(),
        })
    }
}

/// The editor's state. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct ItemsEditor {
    t: Locale,
    buyer: RwSignal<String>,
    address: RwSignal<String>,
    tax_number: RwSignal<String>,
    currency: RwSignal<Currency>,
    lines: RwSignal<Vec<Typed>>,
    next_key: StoredValue<u32>,
    /// What is read out after a line was moved or removed.
    said: RwSignal<String>,
}

impl ItemsEditor {
    pub(super) fn new(items: &Items) -> Self {
        let editor = Self {
            t: here().locale,
            buyer: RwSignal::default(),
            address: RwSignal::default(),
            tax_number: RwSignal::default(),
            currency: RwSignal::new(items.currency),
            lines: RwSignal::new(vec![]),
            next_key: StoredValue::new(0),
            said: RwSignal::default(),
        };
        editor.load(items);
        editor
    }

    /// Shows other items; lines that stay keep their place and the focus.
    pub(super) fn load(self, items: &Items) {
        self.buyer.set(items.buyer.name.clone());
        self.address.set(items.buyer.address.clone());
        self.tax_number.set(items.buyer.tax_number.clone());
        self.currency.set(items.currency);
        let old = self.lines.get_untracked();
        let new = items
            .lines
            .iter()
            .enumerate()
            .map(|(at, line)| match old.get(at) {
                Some(typed) => {
                    typed.load(line, self.t);
                    *typed
                }
                None => self.typed(line),
            })
            .collect();
        self.lines.set(new);
    }

    fn typed(self, line: &Line) -> Typed {
        let key = self.next_key.get_value();
        self.next_key.set_value(key + 1);
        Typed::new(key, line, self.t)
    }

    /// What is typed, clean; `None` while a number cannot be read.
    pub(super) fn items(self) -> Option<Result<Items>> {
        let lines =
            self.lines.get().into_iter().map(|typed| typed.line(self.t)).collect::<Option<Vec<_>>>()?;
        let buyer =
            Party { name: self.buyer.get(), address: self.address.get(), tax_number: self.tax_number.get() };
        Some(Items { buyer, currency: self.currency.get(), lines }.parse())
    }

    fn place(self, key: u32) -> Option<usize> {
        self.lines.with_untracked(|lines| lines.iter().position(|typed| typed.key == key))
    }

    fn add(self) {
        let typed = self.typed(&Line::default());
        self.lines.update(|lines| lines.push(typed));
        browser::focus_soon(format!("[data-line=\"{}\"] input", typed.key));
    }

    fn remove(self, key: u32) {
        let Some(at) = self.place(key) else { return };
        self.lines.update(|lines| {
            lines.remove(at);
        });
        self.said.set(texts::line_removed(self.t).to_owned());
        let next = self.lines.with_untracked(|lines| lines.get(at).or(lines.last()).map(|typed| typed.key));
        browser::focus_soon(match next {
            Some(key) => format!("[data-line=\"{key}\"] input"),
            None => ".items__add".to_owned(),
        });
    }

    fn move_by(self, key: u32, down: bool, focus: &str) {
        let Some(at) = self.place(key) else { return };
        let to = if down { at + 1 } else { at.wrapping_sub(1) };
        if to >= self.lines.with_untracked(Vec::len) {
            return;
        }
        self.lines.update(|lines| lines.swap(at, to));
        self.said.set(texts::line_moved(self.t, to + 1));
        browser::focus_soon(format!("[data-line=\"{key}\"] {focus}"));
    }
}

/// Whether the focus went out of the element that listens.
pub(super) fn has_left(event: &ev::FocusEvent) -> bool {
    let within = event.current_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
    let to = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
    !within.is_some_and(|within| within.contains(to.as_ref()) && to.is_some())
}

/// Buyer and currency.
#[component]
pub(super) fn Buyer(
    /// What is edited.
    editor: ItemsEditor,
) -> impl IntoView {
    let t = here().locale;
    let currencies: Vec<(String, String)> = Currency::USUAL
        .iter()
        .map(|currency| (currency.as_str().to_owned(), currency.as_str().to_owned()))
        .collect();
    let currency = Signal::derive(move || editor.currency.get().as_str().to_owned());
    view! {
        <div class="form__pair">
            <TextField id="buyer-name" label=Signal::stored(texts::buyer_name(t).to_owned()) value=editor.buyer autocomplete="off" />
            <TextField id="buyer-tax" label=Signal::stored(texts::tax_number(t).to_owned()) value=editor.tax_number />
            <TextArea id="buyer-address" label=texts::address(t) value=editor.address />
            <SelectField
                id="items-currency"
                label=texts::currency(t)
                options=currencies
                value=currency
                on_choose=Callback::new(move |code: String| {
                    if let Ok(code) = Currency::parse(&code) {
                        editor.currency.set(code);
                    }
                })
            />
        </div>
    }
    .into_any()
}

/// Some lines of text with their label.
#[component]
pub(super) fn TextArea(
    /// Id of the field.
    id: &'static str,
    /// Its label.
    label: &'static str,
    /// Its value, both ways.
    value: RwSignal<String>,
) -> impl IntoView {
    view! {
        <div class="form-field">
            <label for=id>{label}</label>
            <textarea
                id=id
                rows="2"
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            >
                {value.get_untracked()}
            </textarea>
        </div>
    }
    .into_any()
}

/// The lines and what they add up to. `on_leave` is called when the focus leaves a line, and after a line came, went or moved.
#[component]
pub(super) fn Lines(
    /// What is edited.
    editor: ItemsEditor,
    /// Saves what is typed.
    on_leave: Callback<()>,
) -> impl IntoView {
    let t = editor.t;
    view! {
        <fieldset class="items">
            <legend>{texts::lines(t)}</legend>
            <div class="items__head" aria-hidden="true">
                <span>{texts::line_name(t)}</span>
                <span>{texts::quantity(t)}</span>
                <span>{texts::unit(t)}</span>
                <span>{texts::price(t)}</span>
                <span>{texts::vat(t)}</span>
                <span>{texts::net(t)}</span>
            </div>
            <ol class="items__lines">
                <For each=move || editor.lines.get() key=|typed| typed.key let:typed>
                    <LineFields editor typed on_leave />
                </For>
            </ol>
            <div class="items__foot">
                <button type="button" class="button button--quiet items__add" on:click=move |_| editor.add()>
                    {texts::add_line(t)}
                </button>
                <small>{texts::keys(t)}</small>
                <Sums editor />
            </div>
            <p class="visually-hidden" role="status">
                {move || editor.said.get()}
            </p>
        </fieldset>
    }
    .into_any()
}

/// One line.
#[component]
fn LineFields(editor: ItemsEditor, typed: Typed, on_leave: Callback<()>) -> impl IntoView {
    let t = editor.t;
    let key = typed.key;
    let n = Memo::new(move |_| {
        editor.lines.with(|lines| lines.iter().position(|other| other.key == key)).unwrap_or_default() + 1
    });
    let net = move || {
        let currency = editor.currency.get();
        let net = typed.line(t).and_then(|line| line.net(currency).ok());
        net.map(|net| texts::money(t, net, currency))
    };
    let vats = Vat::ALL
        .into_iter()
        .map(|vat| {
            let is_chosen = move || typed.vat.get() == vat;
            view! {
                <option value=texts::vat_of(t, vat) selected=typed.vat.get_untracked() == vat prop:selected=is_chosen>
                    {texts::vat_of(t, vat)}
                </option>
            }
        })
        .collect_view();
    let choose = move |event| {
        let chosen = event_target_value(&event);
        if let Some(vat) = Vat::ALL.into_iter().find(|vat| texts::vat_of(t, *vat) == chosen) {
            typed.vat.set(vat);
        }
    };
    let on_keydown = move |event: ev::KeyboardEvent| {
        let key_name = event.key();
        let is_button = browser::focused().is_some_and(|element| element.tag_name() == "BUTTON");
        match key_name.as_str() {
            "Enter" if !is_button => {
                event.prevent_default();
                editor.add();
            }
            "ArrowUp" | "ArrowDown" if event.alt_key() => {
                event.prevent_default();
                editor.move_by(key, key_name == "ArrowDown", "input");
                on_leave.run(());
            }
            "Delete" if event.ctrl_key() => {
                event.prevent_default();
                editor.remove(key);
                on_leave.run(());
            }
            _ => {}
        }
    };
    let is_last = move || editor.lines.with(Vec::len) == n.get();
    view! {
        <li
            class="items__line"
            data-line=key.to_string()
            on:keydown=on_keydown
            on:focusout=move |event| {
                if has_left(&event) {
                    on_leave.run(());
                }
            }
        >
            <Cell label=texts::line_name(t) n value=typed.name numeric=false />
            <Cell label=texts::quantity(t) n value=typed.quantity numeric=true />
            <Cell label=texts::unit(t) n value=typed.unit numeric=false />
            <Cell label=texts::price(t) n value=typed.price numeric=true />
            <span class="items__cell">
                <span class="items__label" aria-hidden="true">{texts::vat(t)}</span>
                <select aria-label=move || texts::line_label(t, texts::vat(t), n.get()) on:change=choose>
                    {vats}
                </select>
            </span>
            <output class="items__net">{net}</output>
            <span class="items__acts">
                <button
                    type="button"
                    class="icon-button items__up"
                    aria-label=move || texts::move_up(t, n.get())
                    disabled=move || n.get() == 1
                    on:click=move |_| {
                        editor.move_by(key, false, ".items__up");
                        on_leave.run(());
                    }
                >
                    "↑"
                </button>
                <button
                    type="button"
                    class="icon-button items__down"
                    aria-label=move || texts::move_down(t, n.get())
                    disabled=is_last
                    on:click=move |_| {
                        editor.move_by(key, true, ".items__down");
                        on_leave.run(());
                    }
                >
                    "↓"
                </button>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=move || texts::remove_line(t, n.get())
                    on:click=move |_| {
                        editor.remove(key);
                        on_leave.run(());
                    }
                >
                    <Icon name="close" />
                </button>
            </span>
        </li>
    }
    .into_any()
}

/// A field of a line.
#[component]
fn Cell(label: &'static str, n: Memo<usize>, value: RwSignal<String>, numeric: bool) -> impl IntoView {
    let t = here().locale;
    let is_wrong =
        move || numeric && value.with(|text| !text.trim().is_empty() && Decimal::parse(text, t).is_none());
    view! {
        <span class="items__cell" data-numeric=numeric.then_some("")>
            <span class="items__label" aria-hidden="true">{label}</span>
            <input
                type="text"
                inputmode=numeric.then_some("decimal")
                autocomplete="off"
                aria-label=move || texts::line_label(t, label, n.get())
                aria-invalid=move || is_wrong().then_some("true")
                title=move || is_wrong().then(|| texts::wrong_number(t))
                value=value.get_untracked()
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
        </span>
    }
    .into_any()
}

/// Net, tax and gross of all lines, as they are typed.
#[component]
fn Sums(editor: ItemsEditor) -> impl IntoView {
    let t = editor.t;
    let totals = Memo::new(move |_| {
        let lines = editor.lines.get().into_iter().map(|typed| typed.line(t)).collect::<Option<Vec<_>>>()?;
        Some(Totals::of(&lines, editor.currency.get()))
    });
    move || {
        let currency = editor.currency.get();
        match totals.get() {
            None => view! { <p class="items__wrong" role="alert">{texts::wrong_number(t)}</p> }.into_any(),
            Some(Err(_)) => {
                view! { <p class="items__wrong" role="alert">{texts::too_large(t)}</p> }.into_any()
            }
            Some(Ok(totals)) => {
                let row = |label: &'static str, minor: i64| {
                    view! {
                        <div>
                            <dt>{label}</dt>
                            <dd>{texts::money(t, minor, currency)}</dd>
                        </div>
                    }
                };
                let rates = totals
                    .rates
                    .iter()
                    .filter(|rate| rate.tax != 0)
                    .map(|rate| {
                        let label = format!("{} {}", texts::vat(t), texts::vat_of(t, rate.vat));
                        view! {
                            <div>
                                <dt>{label}</dt>
                                <dd>{texts::money(t, rate.tax, currency)}</dd>
                            </div>
                        }
                    })
                    .collect_view();
                view! {
                    <dl class="items__sums">
                        {row(texts::net(t), totals.net)} {rates} {row(texts::gross(t), totals.gross)}
                    </dl>
                }
                .into_any()
            }
        }
    }
}

/// Items that only show.
pub(super) fn shown(t: Locale, items: &Items) -> AnyView {
    let currency = items.currency;
    let rows = items
        .lines
        .iter()
        .map(|line| {
            let net = line.net(currency).map(|net| texts::money(t, net, currency)).unwrap_or_default();
            view! {
                <tr>
                    <th scope="row">{line.name.clone()}</th>
                    <td data-label=texts::quantity(t)>{line.quantity.text(t)} " " {line.unit.clone()}</td>
                    <td data-label=texts::price(t)>{line.price.text(t)}</td>
                    <td data-label=texts::vat(t)>{texts::vat_of(t, line.vat)}</td>
                    <td data-label=texts::net(t)>{net}</td>
                </tr>
            }
        })
        .collect_view();
    let gross = items.gross().map(|gross| texts::money(t, gross.minor, gross.currency));
    let buyer = (!items.buyer.name.is_empty())
        .then(|| view! { <p>{texts::buyer(t)} ": " {items.buyer.name.clone()}</p> });
    view! {
        {buyer}
        <table class="document__lines">
            <caption class="visually-hidden">{texts::items(t)}</caption>
            <thead>
                <tr>
                    <th scope="col">{texts::line_name(t)}</th>
                    <th scope="col">{texts::quantity(t)}</th>
                    <th scope="col">{texts::price(t)}</th>
                    <th scope="col">{texts::vat(t)}</th>
                    <th scope="col">{texts::net(t)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        <p class="document__total">
            <span>{texts::gross(t)}</span>
            <strong>{gross.unwrap_or_else(|| "–".to_owned())}</strong>
        </p>
    }
    .into_any()
}
