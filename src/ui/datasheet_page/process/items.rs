//! Buyer, currency and lines, edited by keyboard: the same on orders and on documents. What is typed is kept as typed; what can
//! be read is added up at once, and saved when the focus leaves the line.
//!
//! What the server answers never takes the place of what was typed since: a field follows what is stored only as long as it
//! still says what was stored before ([`ItemsEditor::follow`]).

use crate::ui::{any::IntoAny, effect};
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
        Here, browser,
        document_view::lines_table,
        here,
        widgets::{
            form::{SelectField, TextArea, TextField},
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

    /// Shows another line in the fields that still say what the first one says.
    fn follow(self, from: &Line, to: &Line, t: Locale) {
        let was = Self::number(self.quantity, Decimal::whole(1), t) == Some(from.quantity);
        if was && from.quantity != to.quantity {
            self.quantity.set(to.quantity.text(t));
        }
        let was = Self::number(self.price, Decimal::default(), t) == Some(from.price);
        if was && from.price != to.price {
            self.price.set(to.price.text(t));
        }
        follow_text(self.name, &from.name, &to.name);
        follow_text(self.unit, &from.unit, &to.unit);
        follow(self.vat, from.vat, to.vat);
    }

    /// `None` when it cannot be read.
    fn number(typed: RwSignal<String>, or: Decimal, t: Locale) -> Option<Decimal> {
        typed.with(|text| if text.trim().is_empty() { Some(or) } else { Decimal::parse(text, t) })
    }

    /// `None` when a number cannot be read.
    fn line(self, t: Locale) -> Option<Line> {
        Some(Line {
            name: self.name.get(),
            quantity: Self::number(self.quantity, Decimal::whole(1), t)?,
            unit: self.unit.get(),
            price: Self::number(self.price, Decimal::default(), t)?,
            vat: self.vat.get(),
        })
    }
}

/// Shows what a field holds now, unless it was changed since it held what it did before.
pub(super) fn follow<T: PartialEq + Send + Sync + 'static>(field: RwSignal<T>, from: T, to: T) {
    if from != to && field.with_untracked(|now| *now == from) {
        field.set(to);
    }
}

/// The same for text, which is stored without the spaces around it.
pub(super) fn follow_text(field: RwSignal<String>, from: &str, to: &str) {
    if from != to && field.with_untracked(|now| now.trim() == from.trim()) {
        field.set(to.to_owned());
    }
}

/// What the editor was last told is stored, with the keys of its lines.
#[derive(Clone, Debug, Default)]
struct Base {
    items: Items,
    keys: Vec<u32>,
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
    base: StoredValue<Base>,
    /// Whose the lines are. A line made by a key in another line would else end with that one.
    owner: StoredValue<Owner>,
    /// What is read out after a line was moved or removed.
    said: RwSignal<String>,
    /// What gets the focus once the lines stand as they are now.
    focus: RwSignal<String>,
}

impl ItemsEditor {
    pub(super) fn new(items: &Items, t: Locale) -> Self {
        let editor = Self {
            t,
            buyer: RwSignal::new(items.buyer.name.clone()),
            address: RwSignal::new(items.buyer.address.clone()),
            tax_number: RwSignal::new(items.buyer.tax_number.clone()),
            currency: RwSignal::new(items.currency),
            lines: RwSignal::new(vec![]),
            next_key: StoredValue::new(0),
            base: StoredValue::default(),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
            said: RwSignal::default(),
            focus: RwSignal::default(),
        };
        editor.lines.set(items.lines.iter().map(|line| editor.typed(line)).collect());
        editor.sent(items);
        editor
    }

    /// Remembers that what is typed now is on its way to the store, read as these items.
    pub(super) fn sent(self, items: &Items) {
        let keys = self.lines.with_untracked(|lines| lines.iter().map(|typed| typed.key).collect());
        self.base.set_value(Base { items: items.clone(), keys });
    }

    /// Shows what is stored now. What was typed since it was last sent stays, and so do added, removed and moved lines.
    pub(super) fn follow(self, now: &Items) {
        let Some(Base { items: was, keys }) = self.base.try_get_value() else { return };
        follow_text(self.buyer, &was.buyer.name, &now.buyer.name);
        follow_text(self.address, &was.buyer.address, &now.buyer.address);
        follow_text(self.tax_number, &was.buyer.tax_number, &now.buyer.tax_number);
        follow(self.currency, was.currency, now.currency);
        let mut lines = self.lines.get_untracked();
        let mut keys_now = Vec::with_capacity(now.lines.len());
        for at in 0..was.lines.len().max(now.lines.len()) {
            match (was.lines.get(at).zip(keys.get(at)), now.lines.get(at)) {
                (Some((from, key)), Some(to)) => {
                    if let Some(typed) = lines.iter().find(|typed| typed.key == *key) {
                        typed.follow(from, to, self.t);
                    }
                    keys_now.push(*key);
                }
                (Some((from, key)), None) => {
                    let is_as_stored = |typed: &Typed| untrack(|| typed.line(self.t)).as_ref() == Some(from);
                    lines.retain(|typed| typed.key != *key || !is_as_stored(typed));
                }
                (None, Some(to)) => {
                    let typed = self.typed(to);
                    keys_now.push(typed.key);
                    lines.insert(at.min(lines.len()), typed);
                }
                (None, None) => {}
            }
        }
        let same = self.lines.with_untracked(|old| old.iter().map(|t| t.key).eq(lines.iter().map(|t| t.key)));
        if !same {
            self.lines.set(lines);
        }
        self.base.set_value(Base { items: now.clone(), keys: keys_now });
    }

    fn typed(self, line: &Line) -> Typed {
        let key = self.next_key.get_value();
        self.next_key.set_value(key + 1);
        self.owner.get_value().with(|| Typed::new(key, line, self.t))
    }

    /// What is typed, clean; `None` while a number cannot be read.
    pub(super) fn items(self) -> Option<Result<Items>> {
        let lines =
            self.lines.get().into_iter().map(|typed| typed.line(self.t)).collect::<Option<Vec<_>>>()?;
        let buyer =
            Party { name: self.buyer.get(), address: self.address.get(), tax_number: self.tax_number.get() };
        Some(Items { buyer, currency: self.currency.get(), lines }.parse())
    }

    pub(super) fn locale(self) -> Locale {
        self.t
    }

    pub(super) fn is_in_forints(self) -> bool {
        self.currency.get() == Currency::HUF
    }

    pub(super) fn currency_code(self) -> String {
        self.currency.get().as_str().to_owned()
    }

    fn place(self, key: u32) -> Option<usize> {
        self.lines.with_untracked(|lines| lines.iter().position(|typed| typed.key == key))
    }

    fn add(self) {
        let typed = self.typed(&Line::default());
        self.lines.update(|lines| lines.push(typed));
        self.focus.set(format!("[data-line=\"{}\"] input", typed.key));
    }

    /// Removes a line; answers where it was.
    fn remove(self, key: u32) -> Option<(usize, Typed)> {
        let at = self.place(key)?;
        let removed = self.lines.try_update(|lines| lines.remove(at))?;
        let next = self.lines.with_untracked(|lines| lines.get(at).or(lines.last()).map(|typed| typed.key));
        self.focus.set(match next {
            Some(key) => format!("[data-line=\"{key}\"] input"),
            None => ".items__add".to_owned(),
        });
        Some((at, removed))
    }

    /// Puts a removed line back.
    fn put_back(self, at: usize, typed: Typed) {
        self.lines.try_update(|lines| {
            lines.insert(at.min(lines.len()), typed);
            self.focus.set(format!("[data-line=\"{}\"] input", typed.key));
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
        self.focus.set(format!("[data-line=\"{key}\"] {focus}"));
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

/// The lines and what they add up to. `on_leave` is called when the focus leaves a line, and after a line came, went or moved.
#[component]
pub(super) fn Lines(
    /// What is edited.
    editor: ItemsEditor,
    /// Saves what is typed.
    on_leave: Callback<()>,
) -> impl IntoView {
    let t = editor.t;
    // It runs after the lines are there and before the next key comes: what is typed next goes where the focus is meant to be.
    effect(move || {
        let selector = editor.focus.get();
        untrack(|| browser::focus(&selector));
    });
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
    let here = here();
    let t = editor.t;
    let key = typed.key;
    let remove = move || remove_line(here, editor, key, on_leave);
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
                remove();
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
                    on:click=move |_| remove()
                >
                    <Icon name="close" />
                </button>
            </span>
        </li>
    }
    .into_any()
}

/// Removes a line, with the way back.
fn remove_line(here: Here, editor: ItemsEditor, key: u32, on_leave: Callback<()>) {
    let Some((at, removed)) = editor.remove(key) else { return };
    on_leave.run(());
    let take_back = editor.owner.get_value().with(|| {
        Callback::new(move |()| {
            editor.put_back(at, removed);
            on_leave.try_run(());
        })
    });
    here.toasts.done(texts::line_removed(editor.t).to_owned(), Some(take_back));
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
    let gross = items.gross().map(|gross| texts::money(t, gross.minor, gross.currency));
    let buyer = (!items.buyer.name.is_empty())
        .then(|| view! { <p>{texts::buyer(t)} ": " {items.buyer.name.clone()}</p> });
    view! {
        {buyer}
        {lines_table(t, items)}
        <p class="document__total">
            <span>{texts::gross(t)}</span>
            <strong>{gross.unwrap_or_else(|| "–".to_owned())}</strong>
        </p>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str, price: i32) -> Line {
        Line { name: name.to_owned(), price: Decimal::whole(price), ..Line::default() }
    }

    fn items(lines: &[Line]) -> Items {
        Items { lines: lines.to_vec(), ..Items::default() }
    }

    fn typed(editor: ItemsEditor) -> Vec<(String, String)> {
        let lines = editor.lines.get_untracked();
        lines.iter().map(|line| (line.name.get_untracked(), line.price.get_untracked())).collect()
    }

    fn texts(lines: &[(&str, &str)]) -> Vec<(String, String)> {
        lines.iter().map(|(name, price)| ((*name).to_owned(), (*price).to_owned())).collect()
    }

    #[test]
    fn an_answer_never_takes_the_place_of_what_was_typed_since() {
        let owner = Owner::new();
        owner.with(|| {
            let editor = ItemsEditor::new(&items(&[line("Roof", 1000)]), Locale::En);
            let [roof] = editor.lines.get_untracked()[..] else { panic!("one line") };
            roof.price.set("2000".to_owned());
            let sent = items(&[line("Roof", 2000)]);
            editor.sent(&sent);
            // While it is on its way:
            roof.price.set("2,500".to_owned());
            editor.add();
            editor.lines.get_untracked()[1].name.set("Gut".to_owned());
            editor.follow(&sent);
            assert_eq!(typed(editor), texts(&[("Roof", "2,500"), ("Gut", "")]));
            // Somebody else was faster: the name follows, the price that was typed since and the new line stay.
            editor.follow(&items(&[line("Flat roof", 1)]));
            assert_eq!(typed(editor), texts(&[("Flat roof", "2,500"), ("Gut", "")]));
        });
    }

    #[test]
    fn what_was_not_touched_follows_what_is_stored() {
        let owner = Owner::new();
        owner.with(|| {
            let was = items(&[line("Roof", 1000), line("Gutter", 5)]);
            let editor = ItemsEditor::new(&was, Locale::En);
            let now = items(&[line("Roof", 7), line("Gutter", 5), line("Nails", 1)]);
            editor.follow(&now);
            assert_eq!(typed(editor), texts(&[("Roof", "7"), ("Gutter", "5"), ("Nails", "1")]));
            editor.follow(&was);
            assert_eq!(typed(editor), texts(&[("Roof", "1,000"), ("Gutter", "5")]));
            // A line that was removed and not sent yet stays away, one that was typed into stays.
            let [roof, gutter] = editor.lines.get_untracked()[..] else { panic!("two lines") };
            editor.remove(roof.key);
            gutter.name.set("Long gutter".to_owned());
            editor.follow(&items(&[line("Roof", 8)]));
            assert_eq!(typed(editor), texts(&[("Long gutter", "5")]));
        });
    }
}
