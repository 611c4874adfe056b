//! Import of a file on the module page: chosen or dropped, looked at, then made; with its undo.

mod upload;

use crate::ui::{Show, any::IntoAny, dynamic, effect};
use leptos::{html, prelude::*, task::spawn_local, web_sys};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::{
    Here, browser, here,
    lazy::late,
    send,
    widgets::{dialog::Dialog, icon::Icon, menu::MenuButton},
};
use crate::{
    api::{Key, imports::import_undo},
    domain::{
        filter::percent_encode,
        id::{EventId, ModuleId},
        import::{
            Column, Doubt, Encoding, FILE_MAX, Fault, Imported, Looked, Message, OrdersPreview, Preview,
            PreviewRow, Reason, Remarks, Separator,
        },
        process::webshop::Order,
        user::Role,
    },
    error::Error,
    i18n::{
        Locale, bar, errors,
        format::{self, number},
        import as texts, list,
    },
};

/// How long to wait before a run that got no answer is sent again, with the same key; in milliseconds.
const WAITS: [u32; 3] = [1_000, 3_000, 8_000];

/// Where an import stands.
#[derive(Clone, Debug, PartialEq)]
enum Stage {
    /// No file yet.
    Choose,
    /// The file is sent and looked at.
    Looking,
    /// What will be made.
    Preview(Box<Preview>),
    /// Which orders will come in.
    Orders(Box<OrdersPreview>),
    /// It is being made: so many lines of so many.
    Running { done: u32, of: u32 },
    /// It is made.
    Done(Imported),
    /// It was refused at the last moment: the module changed after the preview.
    Broken(Remarks<Reason>),
    /// Nothing of it was made.
    Failed(String),
}

#[derive(Clone, Copy)]
struct State {
    here: Here,
    module: Signal<Option<ModuleId>>,
    takes_orders: Signal<bool>,
    open: RwSignal<bool>,
    stage: RwSignal<Stage>,
    file_name: RwSignal<String>,
    /// Counts the files chosen: an answer about an earlier one is no news.
    turn: StoredValue<u32>,
    on_change: Callback<()>,
}

/// The module page's menu with «Import» and the way to the trash; the dialog, and the whole page as a place to drop a file.
#[component]
pub fn Import(
    /// The module that gets the datasheets.
    #[prop(into)]
    module: Signal<Option<ModuleId>>,
    /// Whether its files hold orders.
    #[prop(into)]
    takes_orders: Signal<bool>,
    /// Called when an import was made or taken back.
    on_change: Callback<()>,
) -> impl IntoView {
    let here = here();
    let locale = here.locale;
    let may_import = here.viewer().is_some_and(|viewer| viewer.role >= Role::User);
    let state = State {
        here,
        module,
        takes_orders,
        open: RwSignal::new(false),
        stage: RwSignal::new(Stage::Choose),
        file_name: RwSignal::new(String::new()),
        turn: StoredValue::new(0),
        on_change,
    };
    let trash = move || format!("/m/{}/trash", module.get().map_or(0, |id| id.0));
    view! {
        <MenuButton label=texts::more(locale) icon="more">
            {may_import
                .then(|| {
                    view! {
                        <button type="button" role="menuitem" tabindex="-1" on:click=move |_| state.ask()>
                            <Icon name="upload" />
                            {texts::import(locale)}
                        </button>
                    }
                })}
            <a role="menuitem" tabindex="-1" href=trash>
                <Icon name="trash" />
                {bar::trash(locale)}
            </a>
        </MenuButton>
        {may_import
            .then(|| {
                view! {
                    <DropZone state />
                    <ImportDialog state />
                }
            })}
    }
}

impl State {
    /// Opens the dialog to choose a file; an import that runs is shown instead.
    fn ask(self) {
        if !self.is_running() {
            self.stage.set(Stage::Choose);
        }
        self.open.set(true);
    }

    fn is_running(self) -> bool {
        self.stage.with_untracked(|stage| matches!(stage, Stage::Running { .. }))
    }

    fn fail(self, text: String) {
        self.stage.set(Stage::Failed(text));
    }

    /// Looks at a file.
    fn look(self, file: web_sys::File) {
        let Some(module) = self.module.get_untracked() else { return };
        if self.is_running() {
            self.open.set(true);
            return;
        }
        self.turn.update_value(|turn| *turn += 1);
        let turn = self.turn.get_value();
        self.file_name.set(file.name());
        self.open.set(true);
        let locale = self.here.locale;
        // The server would refuse it as well, after a long upload.
        #[expect(clippy::cast_precision_loss, reason = "the limit is far below 2^53")]
        if file.size() > FILE_MAX as f64 {
            self.fail(texts::fault(locale, &Fault::TooLarge));
            return;
        }
        self.stage.set(Stage::Looking);
        let url = format!("/imports/preview?module={module}");
        upload::post(
            &url,
            &file,
            |_| {},
            move |answer| {
                if self.turn.try_get_value() != Some(turn) {
                    return;
                }
                match upload::read::<Looked>(answer.as_deref()) {
                    Ok(Looked::Preview(preview)) => self.stage.set(Stage::Preview(preview)),
                    Ok(Looked::Orders(preview)) => self.stage.set(Stage::Orders(preview)),
                    Ok(Looked::Fault(fault)) => self.fail(texts::fault(locale, &fault)),
                    Ok(Looked::Failed(error)) | Err(error) => self.fail(errors::message(locale, &error)),
                }
            },
        );
        upload::keep(Some(file));
    }

    /// Makes what the preview showed.
    fn run(self, skip_broken: bool, lines: u32) {
        let (Some(module), Some(file)) = (self.module.get_untracked(), upload::kept()) else { return };
        self.stage.set(Stage::Running { done: 0, of: lines });
        let url = format!(
            "/imports/run?module={module}&key={}&skip_broken={skip_broken}&file={}",
            browser::random_key(),
            percent_encode(&self.file_name.get_untracked()),
        );
        self.attempt(url, file, 0);
    }

    /// Sends the file; where no answer comes it is sent again with the same key: it has one effect.
    fn attempt(self, url: String, file: web_sys::File, tries: usize) {
        let on_text = move |text: &str| {
            if let Some(Message::Progress { done, of }) = upload::last_line(text) {
                self.stage.set(Stage::Running { done, of });
            }
        };
        let again = (url.clone(), file.clone());
        let on_end = move |answer: Option<String>| {
            let last = answer.as_deref().and_then(|text| text.trim_end().rsplit('\n').next());
            match upload::read::<Message>(last) {
                Ok(Message::Done(imported)) => self.done(imported),
                Ok(Message::Broken(broken)) => self.stage.set(Stage::Broken(broken)),
                Ok(Message::Fault(fault)) => self.fail(texts::fault(self.here.locale, &fault)),
                // No end came, or nobody had time.
                Ok(
                    Message::Progress { .. }
                    | Message::Failed(Error::Busy | Error::Collided | Error::Unreachable),
                )
                | Err(_)
                    if tries < WAITS.len() =>
                {
                    let (url, file) = again;
                    gloo_timers::callback::Timeout::new(WAITS[tries], move || {
                        self.attempt(url, file, tries + 1);
                    })
                    .forget();
                }
                Ok(Message::Progress { .. }) => {
                    self.fail(errors::message(self.here.locale, &Error::Unreachable));
                }
                Ok(Message::Failed(error)) | Err(error) => {
                    self.fail(errors::message(self.here.locale, &error));
                }
            }
        };
        upload::post(&url, &file, on_text, on_end);
    }

    fn done(self, imported: Imported) {
        let locale = self.here.locale;
        let are_orders = imported.orders.is_some();
        let text = if are_orders {
            texts::said_orders(locale, &texts::orders(locale, imported.made))
        } else {
            texts::imported(locale, &texts::datasheets(locale, imported.made))
        };
        let undo = imported.undo.map(|event| Callback::new(move |()| self.undo(event, are_orders)));
        self.here.toasts.done(text, undo);
        self.stage.set(Stage::Done(imported));
        upload::keep(None);
        self.on_change.run(());
    }

    fn undo(self, event: EventId, are_orders: bool) {
        self.open.set(false);
        let locale = self.here.locale;
        send(
            move |key: Key| import_undo(key, event),
            move |answer| match answer {
                Ok(taken) => {
                    let removed = texts::datasheets(locale, taken.removed);
                    let text = if are_orders {
                        texts::orders_taken_back(locale, &texts::orders(locale, taken.removed))
                    } else if taken.kept == 0 {
                        texts::taken_back(locale, &removed)
                    } else {
                        texts::taken_back_but(locale, &removed, &texts::datasheets(locale, taken.kept))
                    };
                    self.here.toasts.done(text, None);
                    self.stage.set(Stage::Choose);
                    self.on_change.run(());
                }
                Err(error) => self.here.toasts.error(&error),
            },
        );
    }
}

fn file_of(event: &web_sys::DragEvent) -> Option<web_sys::File> {
    event.data_transfer()?.files()?.get(0)
}

/// Looks at a file; the code for it is loaded when the first one comes.
#[wasm_split(dialogs, fallible)]
fn look_at(state: State, file: web_sys::File) -> Result<(), SplitLoaderError> {
    state.look(file);
    Ok(())
}

/// The page while a file hovers over it.
#[component]
fn DropZone(state: State) -> impl IntoView {
    let hovering = RwSignal::new(false);
    effect(move || {
        let has_file = |event: &web_sys::DragEvent| {
            event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0))
        };
        let over = window_event_listener(leptos::ev::dragover, move |event| {
            if has_file(&event) {
                // Without this the browser would open the file in place of the page.
                event.prevent_default();
                hovering.set(true);
            }
        });
        let leave = window_event_listener(leptos::ev::dragleave, move |event| {
            // Out of the window, not from one element to the next.
            if event.related_target().is_none() {
                hovering.set(false);
            }
        });
        let drop = window_event_listener(leptos::ev::drop, move |event| {
            if has_file(&event) {
                event.prevent_default();
                hovering.set(false);
                if let Some(file) = file_of(&event) {
                    spawn_local(async move {
                        if look_at(state, file).await.is_err() {
                            state.here.toasts.error(&Error::Unreachable);
                        }
                    });
                }
            }
        });
        on_cleanup(move || {
            over.remove();
            leave.remove();
            drop.remove();
        });
    });
    view! {
        <Show when=move || hovering.get()>
            <div class="import-drop" aria-hidden="true">
                <p>
                    <Icon name="upload" />
                    {texts::drop_here(state.here.locale)}
                </p>
            </div>
        </Show>
    }
}

#[component]
fn ImportDialog(state: State) -> impl IntoView {
    let locale = state.here.locale;
    let title = Signal::derive(move || {
        let name = state.file_name.get();
        let has_file = state.stage.with(|stage| *stage != Stage::Choose);
        if has_file && !name.is_empty() {
            texts::import_of(locale, &name)
        } else {
            texts::import(locale).to_owned()
        }
    });
    view! {
        <Dialog open=state.open title>{late(import_steps(state))}</Dialog>
    }
}

/// What the dialog shows; its code is loaded when it is first opened.
#[wasm_split(dialogs, fallible)]
fn import_steps(state: State) -> Result<AnyView, SplitLoaderError> {
    let said = move || state.stage.with(|stage| say(state.here.locale, stage));
    Ok(view! {
        <div class="import">
            <p class="import__said" role="status">
                {said}
            </p>
            {dynamic(move || state.stage.with(|stage| content(state, stage)))}
        </div>
    }
    .into_any())
}

/// Where the import stands, in a sentence: read out when it changes.
fn say(locale: Locale, stage: &Stage) -> String {
    let n = |n: u32| number(n.into(), locale);
    match stage {
        Stage::Choose => texts::choose_hint(locale).to_owned(),
        Stage::Looking => texts::looking(locale).to_owned(),
        Stage::Preview(preview) if preview.made == 0 && preview.broken.count == 0 => {
            texts::all_there(locale, &texts::lines(locale, preview.already))
        }
        Stage::Preview(preview) => {
            let mut said =
                texts::will_make(locale, &texts::datasheets(locale, preview.made), &n(preview.todos));
            if preview.already > 0 {
                said.push(' ');
                said.push_str(&texts::already(locale, &texts::lines(locale, preview.already)));
            }
            said
        }
        Stage::Orders(preview) if preview.new == 0 && preview.broken.count == 0 => {
            texts::all_orders_there(locale, &texts::orders(locale, preview.already))
        }
        Stage::Orders(preview) => {
            let (orders, buyers) =
                (texts::orders(locale, preview.new), texts::buyers(locale, preview.buyers));
            let mut said = texts::will_take(locale, &orders, &buyers);
            if preview.already > 0 {
                said.push(' ');
                said.push_str(&texts::already_orders(locale, &texts::orders(locale, preview.already)));
            }
            said
        }
        Stage::Running { .. } => texts::running(locale).to_owned(),
        Stage::Done(imported) => {
            let mut said = match imported.orders {
                Some(taken) => texts::imported_orders(
                    locale,
                    &texts::orders(locale, imported.made),
                    &texts::buyers(locale, taken.buyers),
                    &n(taken.moved),
                ),
                None => texts::imported(locale, &texts::datasheets(locale, imported.made)),
            };
            if imported.left_out > 0 {
                said.push(' ');
                said.push_str(&texts::left_out(locale, &texts::lines(locale, imported.left_out)));
            }
            said
        }
        Stage::Broken(_) => texts::changed_meanwhile(locale).to_owned(),
        Stage::Failed(_) => texts::nothing_made(locale).to_owned(),
    }
}

fn content(state: State, stage: &Stage) -> AnyView {
    let locale = state.here.locale;
    match stage {
        Stage::Choose => view! { <FileField state label=texts::choose_file(locale) /> }.into_any(),
        Stage::Looking => {
            view! { <progress class="import__progress" aria-label=texts::looking(locale)></progress> }.into_any()
        }
        Stage::Preview(preview) => view! { <PreviewView state preview=Preview::clone(preview) /> }.into_any(),
        Stage::Orders(preview) => {
            view! { <OrdersView state preview=OrdersPreview::clone(preview) /> }.into_any()
        }
        Stage::Running { done, of } => view! {
            <progress class="import__progress" aria-label=texts::running(locale) max=*of value=*done></progress>
            <p>{texts::lines_done(locale, &number((*done).into(), locale), &number((*of).into(), locale))}</p>
        }
        .into_any(),
        Stage::Done(imported) => {
            let (undo, are_orders) = (imported.undo, imported.orders.is_some());
            view! {
                <div class="form-actions">
                    {undo
                        .map(|event| {
                            view! {
                                <button type="button" class="button button--quiet" on:click=move |_| state.undo(event, are_orders)>
                                    {list::undo(locale)}
                                </button>
                            }
                        })}
                    <button type="button" class="button" on:click=move |_| state.open.set(false)>
                        {bar::close(locale)}
                    </button>
                </div>
            }
            .into_any()
        }
        Stage::Broken(broken) => {
            view! { <Broken locale broken=broken.clone() /> <FileField state label=texts::choose_other(locale) /> }
                .into_any()
        }
        Stage::Failed(text) => view! {
            <p class="form-error" role="alert">
                {text.clone()}
            </p>
            <FileField state label=texts::choose_other(locale) />
        }
        .into_any(),
    }
}

#[component]
fn FileField(state: State, label: &'static str) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let choose = move |_| {
        let file = input.get_untracked().and_then(|input| {
            let file = input.files().and_then(|files| files.get(0));
            // The same file, mended, can be chosen again.
            input.set_value("");
            file
        });
        if let Some(file) = file {
            state.look(file);
        }
    };
    view! {
        <div class="form-field">
            <label class="field-label" for="import-file">
                {label}
            </label>
            <input
                id="import-file"
                class="input"
                type="file"
                accept=".csv,.txt,.tsv,text/csv,text/plain,text/tab-separated-values"
                node_ref=input
                on:change=choose
                aria-describedby="import-columns"
            />
            <p class="form-field__hint" id="import-columns">
                {dynamic(move || {
                    let t = state.here.locale;
                    if state.takes_orders.get() { texts::orders_hint(t) } else { texts::columns_hint(t) }
                })}
            </p>
        </div>
    }
}

#[component]
fn PreviewView(state: State, preview: Preview) -> impl IntoView {
    let locale = state.here.locale;
    let read_as = read_as(locale, (preview.encoding, preview.separator), &preview.columns, &preview.left_out);
    let no_status = (!preview.columns.contains(&Column::Status) && preview.made > 0)
        .then(|| texts::all_get_status(locale, &preview.first_status));
    let (made, broken) = (preview.made, preview.broken.count);
    let lines = preview.made + preview.broken.count + preview.already;
    let action = action_text(locale, made, broken);
    let rows = preview.rows.iter().map(|row| row_view(state.here, row)).collect_view();
    let has_rows = !preview.rows.is_empty();
    view! {
        {read_as}
        {no_status.map(|text| view! { <p class="import__read">{text}</p> })}
        {(broken > 0).then(|| view! { <Broken locale broken=preview.broken.clone() /> })}
        {(preview.doubtful.count > 0).then(|| view! { <Doubtful locale doubtful=preview.doubtful.clone() /> })}
        {has_rows
            .then(|| {
                let columns = [
                    texts::name(locale),
                    texts::contact(locale),
                    texts::status(locale),
                    texts::owner(locale),
                    texts::todo(locale),
                    texts::note(locale),
                ];
                table(locale, &columns, rows.into_any())
            })}
        {choice(state, action, made, broken, lines)}
    }
}

/// How a file was read: what was understood of it, and what was not.
fn read_as(
    locale: Locale,
    (encoding, separator): (Encoding, Separator),
    columns: &[Column],
    left_out: &[String],
) -> AnyView {
    let columns: Vec<&str> = columns.iter().map(|column| texts::column(locale, *column)).collect();
    let read =
        texts::read_as(locale, &columns.join(", "), encoding.name(), texts::separator(locale, separator));
    let left_out = (!left_out.is_empty()).then(|| texts::columns_left_out(locale, &left_out.join(", ")));
    view! {
        <p class="import__read">{read}</p>
        {left_out.map(|text| view! { <p class="import__read">{text}</p> })}
    }
    .into_any()
}

/// The first rows under their headings.
fn table(locale: Locale, columns: &[&'static str], rows: AnyView) -> AnyView {
    let columns = columns.iter().map(|column| view! { <th scope="col">{*column}</th> }).collect_view();
    view! {
        <h3 id="import-rows">{texts::first_rows(locale)}</h3>
        <div class="import__rows" role="region" aria-labelledby="import-rows" tabindex="0">
            <table>
                <thead>
                    <tr>{columns}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The buttons under a preview.
fn choice(state: State, action: String, made: u32, broken: u32, lines: u32) -> AnyView {
    let run = (made > 0).then(|| {
        view! {
            <button type="button" class="button" on:click=move |_| state.run(broken > 0, lines)>
                {action}
            </button>
        }
    });
    view! {
        <div class="form-actions">
            <button type="button" class="button button--quiet" on:click=move |_| state.open.set(false)>
                {bar::cancel(state.here.locale)}
            </button>
            {run}
        </div>
    }
    .into_any()
}

/// What a button says that makes so many and leaves so many out.
fn action_text(locale: Locale, made: u32, broken: u32) -> String {
    if broken > 0 {
        texts::import_without(locale, &number(made.into(), locale), &number(broken.into(), locale))
    } else {
        texts::import_all(locale, &number(made.into(), locale))
    }
}

#[component]
fn OrdersView(state: State, preview: OrdersPreview) -> impl IntoView {
    let locale = state.here.locale;
    let read_as = read_as(locale, (preview.encoding, preview.separator), &preview.columns, &preview.left_out);
    let (made, broken) = (preview.new, preview.broken.count);
    let lines = preview.new + preview.broken.count + preview.already;
    let action = action_text(locale, made, broken);
    let rows = preview.rows.iter().map(|order| order_view(state.here, order)).collect_view();
    let has_rows = !preview.rows.is_empty();
    view! {
        {read_as}
        {(broken > 0).then(|| view! { <Broken locale broken=preview.broken.clone() /> })}
        {(preview.doubtful.count > 0).then(|| view! { <Doubtful locale doubtful=preview.doubtful.clone() /> })}
        {has_rows
            .then(|| {
                let columns = [
                    texts::order_number(locale),
                    texts::buyer(locale),
                    texts::email(locale),
                    texts::date(locale),
                    texts::amount(locale),
                ];
                table(locale, &columns, rows.into_any())
            })}
        {choice(state, action, made, broken, lines)}
    }
    .into_any()
}

fn order_view(here: Here, order: &Order) -> AnyView {
    let locale = here.locale;
    let date = here.with_zone(|zone| format::due_exact(order.placed(), zone, locale));
    let amount = format::money(order.money.minor, order.money.currency.as_str(), locale);
    view! {
        <tr>
            <th scope="row">{order.number.clone()}</th>
            <td>{order.name.clone()}</td>
            <td>{order.email.clone()}</td>
            <td>{date}</td>
            <td class="import__amount">{amount}</td>
        </tr>
    }
    .into_any()
}

fn row_view(here: Here, row: &PreviewRow) -> AnyView {
    let todo = row.todo.as_ref().map(|(text, due)| {
        let due = here.with_zone(|zone| format::due_exact(*due, zone, here.locale));
        view! {
            <span>{text.clone()}</span>
            <span class="import__due">{due}</span>
        }
    });
    view! {
        <tr>
            <th scope="row">{row.name.clone()}</th>
            <td>{row.contact.clone()}</td>
            <td>
                <span class="import__status" data-group=row.group.as_str()>
                    <i class="dot"></i>
                    {row.status.clone()}
                </span>
            </td>
            <td>{row.owner.clone()}</td>
            <td>{todo}</td>
            <td>{row.note.clone()}</td>
        </tr>
    }
    .into_any()
}

#[component]
fn Broken(locale: Locale, broken: Remarks<Reason>) -> impl IntoView {
    let title = texts::broken_lines(locale, &number(broken.count.into(), locale));
    remarks(locale, title, "broken", &broken, |reason| texts::reason(locale, reason))
}

#[component]
fn Doubtful(locale: Locale, doubtful: Remarks<Doubt>) -> impl IntoView {
    let title = texts::doubtful_lines(locale, &number(doubtful.count.into(), locale));
    remarks(locale, title, "doubtful", &doubtful, |doubt| texts::doubt(locale, doubt))
}

fn remarks<T>(
    locale: Locale,
    title: String,
    kind: &'static str,
    remarks: &Remarks<T>,
    say: impl Fn(&T) -> String,
) -> AnyView {
    let items = remarks
        .first
        .iter()
        .map(|remark| {
            let says = remark.says.iter().map(&say).collect::<Vec<_>>().join("; ");
            view! {
                <li>
                    <b>{texts::line(locale, &number(remark.line.into(), locale))}</b>
                    " "
                    {says}
                    <span class="import__text">{remark.text.clone()}</span>
                </li>
            }
        })
        .collect_view();
    let shown = u32::try_from(remarks.first.len()).unwrap_or(u32::MAX);
    let more = remarks.count.saturating_sub(shown);
    view! {
        <details class="import__lines" data-kind=kind open=kind == "broken">
            <summary>{title.clone()}</summary>
            <ul tabindex="0" aria-label=title>
                {items}
                {(more > 0).then(|| view! { <li>{texts::and_more(locale, &number(more.into(), locale))}</li> })}
            </ul>
        </details>
    }
    .into_any()
}
