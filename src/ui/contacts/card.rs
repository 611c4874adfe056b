//! The page of one contact: how it is reached, its datasheets in all modules, one history.

use std::{collections::VecDeque, future::Future, pin::Pin, sync::Arc};

use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    detail::Details,
    icon_of,
    likely::{LikelyList, Offer},
    line::{Left, Line},
    merge::MergeDialog,
    new::NewContact,
    phone_link,
};
use crate::{
    api::{
        Key,
        contacts::{
            ContactChange, ContactDone, contact_history, contact_set, contact_sheets, contact_show,
            contact_undo,
        },
    },
    domain::{
        contact::{
            Contact, ContactEvent, ContactKind, ContactLine, ContactPage, ContactSheet, DetailKind, Typed,
        },
        id::{ContactId, DetailId, EventId},
        user::initials,
    },
    error::{Error, Result},
    i18n::{contacts as texts, errors, format, list, sheet},
    ui::{
        Here,
        any::IntoAny,
        effect,
        fields::contact::ContactInput,
        here,
        not_found::{Failed, NotFound},
        resource, send,
        widgets::{edit_problem::EditProblem, icon::Icon, moment::moment, page_title::page_title},
    },
};

/// The page of the contact in the URL.
#[component]
pub(super) fn Page(id: Option<ContactId>) -> impl IntoView {
    let here = here();
    let reload = RwSignal::new(0_u32);
    let page = resource(
        move || reload.get(),
        move |_| async move {
            match id {
                Some(id) => contact_show(id).await,
                None => Err(Error::NotFound),
            }
        },
    );
    view! {
        <Transition>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => {
                        let card = Card::new(here, &page, reload);
                        view! { <Whole card page /> }.into_any()
                    }
                    Err(Error::NotFound) => NotFound().into_any(),
                    Err(error) => view! { <Failed error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

/// Sends a write; called again with the same key while no answer comes.
type Call = Arc<dyn Fn(Key, i64) -> Pin<Box<dyn Future<Output = Result<ContactDone>>>> + Send + Sync>;

/// Which version a write says it saw.
#[derive(Clone, Copy, Debug)]
pub(super) enum Seen {
    /// The contact's, as the page has it when the write's turn comes.
    Contact,
    /// A detail's, likewise.
    Detail(DetailId),
    /// That one: the user chose after a conflict.
    Version(i64),
}

/// Something the user did.
#[derive(Clone)]
pub(super) struct Write {
    seen: Seen,
    call: Call,
    said: String,
    problem: Option<RwSignal<Option<Error>>>,
    then: Option<Callback<bool>>,
}

impl Write {
    /// A write on that version; what is refused goes to `problem`.
    pub fn new<F: Future<Output = Result<ContactDone>> + 'static>(
        seen: Seen,
        said: String,
        problem: RwSignal<Option<Error>>,
        call: impl Fn(Key, i64) -> F + Send + Sync + 'static,
    ) -> Self {
        let call: Call = Arc::new(move |key, version| Box::pin(call(key, version)));
        Self { seen, call, said, problem: Some(problem), then: None }
    }

    /// Called when it was answered, with whether it is stored.
    pub fn then(self, then: impl Fn(bool) + Send + Sync + 'static) -> Self {
        Self { then: Some(Callback::new(then)), ..self }
    }
}

/// The contact as the page knows it.
#[derive(Clone, Copy)]
pub(super) struct Card {
    pub here: Here,
    pub id: ContactId,
    pub contact: RwSignal<Contact>,
    history: RwSignal<Vec<ContactEvent>>,
    more: RwSignal<bool>,
    /// What is typed for a new detail, for the search for duplicates.
    typed: RwSignal<Vec<(DetailKind, String)>>,
    /// Raised to load the page anew.
    reload: RwSignal<u32>,
    /// Writes that wait for their turn; the first is on its way.
    queue: StoredValue<VecDeque<Write>>,
}

impl Card {
    fn new(here: Here, page: &ContactPage, reload: RwSignal<u32>) -> Self {
        Self {
            here,
            id: page.contact.id,
            contact: RwSignal::new(page.contact.clone()),
            more: RwSignal::new(page.history.len() == ContactPage::EVENTS),
            history: RwSignal::new(page.history.clone()),
            typed: RwSignal::new(vec![]),
            reload,
            queue: StoredValue::new(VecDeque::new()),
        }
    }

    /// Sends a write when those before it are answered.
    pub fn write(self, write: Write) {
        let is_first = self.queue.try_update_value(|queue| {
            queue.push_back(write);
            queue.len() == 1
        });
        if is_first == Some(true) {
            self.send_first();
        }
    }

    fn send_first(self) {
        let Some(Some(write)) = self.queue.try_with_value(|queue| queue.front().cloned()) else { return };
        let seen = write.seen;
        let version = self.contact.try_with_untracked(|contact| match seen {
            Seen::Contact => contact.version,
            Seen::Detail(id) => {
                contact.details.iter().find(|detail| detail.id == id).map_or(0, |detail| detail.version)
            }
            Seen::Version(version) => version,
        });
        // Nobody looks at this page any more.
        let Some(version) = version else { return };
        let call = write.call.clone();
        send(
            move |key| call(key, version),
            move |answer| {
                let is_stored = answer.is_ok();
                match answer {
                    Ok(done) => self.take_over(done, write.said.clone()),
                    Err(error) => match write.problem {
                        Some(problem) => {
                            if let Some(Some(error)) = problem.try_set(Some(error)) {
                                self.here.toasts.error(&error);
                            }
                        }
                        None => self.here.toasts.error(&error),
                    },
                }
                if let Some(then) = write.then {
                    then.try_run(is_stored);
                }
                self.queue.try_update_value(VecDeque::pop_front);
                self.send_first();
            },
        );
    }

    fn take_over(self, done: ContactDone, said: String) {
        let take_back = done.undo.map(|event| Callback::new(move |()| self.undo(event)));
        self.here.toasts.done(said, take_back);
        if let Some(contact) = done.contact {
            self.contact.try_set(contact);
        }
        self.refresh_history();
    }

    /// Takes back an entry of the history.
    fn undo(self, event: EventId) {
        let t = self.here.locale;
        send(
            move |key| contact_undo(key, event),
            move |answer| match answer {
                Ok(_) => {
                    self.here.toasts.done(texts::said_undone(t), None);
                    self.reload.try_update(|reload| *reload += 1);
                }
                Err(error) => self.here.toasts.error(&error),
            },
        );
    }

    /// Takes over how the contact is on the server.
    pub fn refresh(self) {
        spawn_local(async move {
            match contact_show(self.id).await {
                Ok(page) => {
                    self.contact.try_set(page.contact);
                }
                Err(error) => self.here.toasts.error(&error),
            }
        });
    }

    fn refresh_history(self) {
        spawn_local(async move {
            // One that does not come is asked for again with the next write.
            if let Ok(newest) = contact_history(self.id, None).await {
                self.more.try_set(newest.len() == ContactPage::EVENTS);
                self.history.try_set(newest);
            }
        });
    }

    fn show_more(self) {
        let before = self.history.with_untracked(|history| history.last().map(|entry| entry.event.id));
        spawn_local(async move {
            match contact_history(self.id, before).await {
                Ok(older) => {
                    self.more.try_set(older.len() == ContactPage::EVENTS);
                    self.history.try_update(|history| history.extend(older));
                }
                Err(error) => self.here.toasts.error(&error),
            }
        });
    }

    /// Notes what is typed for a new detail.
    pub fn typing(self, kind: DetailKind, text: String) {
        self.typed.try_update(|typed| {
            typed.retain(|(other, _)| *other != kind);
            typed.push((kind, text));
        });
    }

    /// Forgets what was typed for one.
    pub fn forget(self, kind: DetailKind) {
        self.typed.try_update(|typed| typed.retain(|(other, _)| *other != kind));
    }

    /// All that it is compared by, with what is typed just now.
    fn typed(self) -> Typed {
        let of = |kind: DetailKind| {
            let mut all: Vec<String> =
                self.contact.with(|contact| contact.of(kind).map(|detail| detail.value.clone()).collect());
            self.typed.with(|typed| {
                all.extend(typed.iter().filter(|(other, _)| *other == kind).map(|(_, text)| text.clone()));
            });
            all
        };
        self.contact.with(|contact| Typed {
            name: contact.name.clone(),
            emails: of(DetailKind::Email),
            phones: of(DetailKind::Phone),
            tax_number: contact.tax_number.clone().unwrap_or_default(),
        })
    }
}

/// The page, once it is there.
#[component]
fn Whole(card: Card, page: ContactPage) -> impl IntoView {
    let t = card.here.locale;
    let name = move || card.contact.with(|contact| contact.name.clone());
    let ContactPage { contact, persons, more_persons, sheets, more_sheets, may_merge, .. } = page;
    let kind = contact.kind;
    let navigate = StoredValue::new(use_navigate());
    let merging = RwSignal::new(false);
    let other = RwSignal::new(None::<ContactId>);
    let merge = Callback::new(move |line: ContactLine| {
        other.set(Some(line.id));
        merging.set(true);
    });
    let merged = Callback::new(move |kept: ContactId| {
        if kept == card.id {
            card.reload.update(|reload| *reload += 1);
        } else {
            navigate
                .with_value(|navigate| navigate(&format!("/contacts/{kept}"), NavigateOptions::default()));
        }
    });
    let merge_button = may_merge.then(|| {
        view! {
            <button
                type="button"
                class="button button--quiet"
                aria-haspopup="dialog"
                on:click=move |_| {
                    other.set(None);
                    merging.set(true);
                }
            >
                {texts::merge(t)}
            </button>
        }
        .into_any()
    });
    let kind_problem = RwSignal::new(None::<Error>);
    effect(move || {
        if let Some(error) = kind_problem.get() {
            card.here.toasts.error(&error);
        }
    });
    let (other_kind, into) = match kind {
        ContactKind::Person => (ContactKind::Business, texts::into_business(t)),
        ContactKind::Business => (ContactKind::Person, texts::into_person(t)),
    };
    let change_kind = move |_| {
        let id = card.id;
        let write =
            Write::new(Seen::Contact, texts::said_saved(t).to_owned(), kind_problem, move |key, version| {
                contact_set(key, id, version, ContactChange::Kind(other_kind))
            });
        card.write(write.then(move |is_stored| {
            if is_stored {
                card.reload.try_update(|reload| *reload += 1);
            }
        }));
    };
    let dialog =
        may_merge.then(|| view! { <MergeDialog open=merging this=card.id other done=merged /> }.into_any());
    let people = (kind == ContactKind::Business)
        .then(|| view! { <Persons card persons more=more_persons /> }.into_any());
    let offer = if may_merge { Offer::Merge(merge) } else { Offer::Open };
    view! {
        <Title text=page_title(name) />
        <div class="contact-page">
            <header class="contact-page__head">
                <nav class="datasheet-page__path" aria-label=sheet::breadcrumb(t)>
                    <a href="/contacts">{texts::contacts(t)}</a>
                </nav>
                <div class="contact-page__name">
                    <span class="contacts__kind" aria-hidden="true">
                        <Icon name=icon_of(kind) />
                    </span>
                    <h1 tabindex="-1">{name}</h1>
                    <span class="contact-page__kind">{texts::kind_of(t, kind)}</span>
                    <button type="button" class="button button--quiet" on:click=change_kind>
                        {into}
                    </button>
                    {merge_button}
                </div>
            </header>
            <aside class="contact-page__fields" aria-label=sheet::details(t)>
                <Own card kind />
                {DetailKind::ALL.map(|kind| view! { <Details card kind /> }.into_any()).collect_view()}
                <LikelyList typed=Signal::derive(move || card.typed()) except=Some(card.id) offer />
            </aside>
            <div class="contact-page__main">
                {people}
                <Sheets card sheets more=more_sheets />
                <History card />
            </div>
        </div>
        {dialog}
    }
    .into_any()
}

/// Name, and the business of a person or the tax number of a business.
#[component]
fn Own(card: Card, kind: ContactKind) -> impl IntoView {
    let t = card.here.locale;
    let set = move |left: Left, problem: RwSignal<Option<Error>>, change: fn(String) -> ContactChange| {
        let contact = card.id;
        card.write(Write::new(
            left.seen_or(Seen::Contact),
            texts::said_saved(t).to_owned(),
            problem,
            move |key, version| contact_set(key, contact, version, change(left.text.clone())),
        ));
    };
    let (name_problem, problem) = (RwSignal::new(None), RwSignal::new(None::<Error>));
    let second = match kind {
        ContactKind::Business => view! {
            <Line
                card
                id="contact-tax-number"
                label=errors::tax_number(t).to_owned()
                value=Signal::derive(move || {
                    card.contact.with(|contact| contact.tax_number.clone().unwrap_or_default())
                })
                problem
                save=Callback::new(move |left| set(left, problem, ContactChange::TaxNumber))
            />
        }
        .into_any(),
        ContactKind::Person => view! { <OfBusiness card problem /> }.into_any(),
    };
    view! {
        <Line
            card
            id="contact-own-name"
            label=errors::name(t).to_owned()
            value=Signal::derive(move || card.contact.with(|contact| contact.name.clone()))
            problem=name_problem
            save=Callback::new(move |left| set(left, name_problem, ContactChange::Name))
        />
        {second}
    }
    .into_any()
}

/// The business that a person belongs to.
#[component]
fn OfBusiness(card: Card, problem: RwSignal<Option<Error>>) -> impl IntoView {
    let t = card.here.locale;
    let last = RwSignal::new(None::<ContactId>);
    let save = move |to: Option<ContactId>, seen: Seen| {
        problem.set(None);
        last.set(to);
        let contact = card.id;
        card.write(Write::new(seen, texts::said_saved(t).to_owned(), problem, move |key, version| {
            contact_set(key, contact, version, ContactChange::Business(to))
        }));
    };
    let typed = move || {
        card.contact
            .with(|contact| contact.business.as_ref().map(|business| business.id.to_string()))
            .unwrap_or_default()
    };
    let names = move || {
        card.contact.with(|contact| {
            contact.business.iter().map(|business| (business.id, business.name.clone())).collect::<Vec<_>>()
        })
    };
    view! {
        <div class="form-field own-field">
            <label for="contact-of-business">{texts::business(t)}</label>
            <ContactInput
                id="contact-of-business".to_owned()
                typed=Signal::derive(typed)
                contacts=Signal::derive(names)
                only=ContactKind::Business
                commit=Callback::new(move |id: String| save(id.parse().ok(), Seen::Contact))
            />
            <EditProblem
                error=problem
                keep=Callback::new(move |version| save(last.get_untracked(), Seen::Version(version)))
                take=Callback::new(move |_| {
                    problem.set(None);
                    card.refresh();
                })
            />
        </div>
    }
    .into_any()
}

/// The persons of a business.
#[component]
fn Persons(card: Card, persons: Vec<ContactLine>, more: bool) -> impl IntoView {
    let t = card.here.locale;
    let adding = RwSignal::new(false);
    let business = card.contact.with_untracked(|contact| (contact.id, contact.name.clone()));
    let none = persons
        .is_empty()
        .then(|| view! { <p class="sheet-history__empty">{texts::no_persons(t)}</p> }.into_any());
    let lines = persons
        .into_iter()
        .map(|person| {
            let href = format!("/contacts/{}", person.id);
            let (email, phone) = (person.email.clone(), person.phone.clone());
            view! {
                <li>
                    <span class="avatar" aria-hidden="true">
                        {initials(&person.name)}
                    </span>
                    <a href=href>{person.name}</a>
                    <span class="contact-person__reach">
                        {email.map(|email| view! { <a href=format!("mailto:{email}")>{email.clone()}</a> }.into_any())}
                        {phone.map(|phone| phone_link(&phone))}
                    </span>
                </li>
            }
            .into_any()
        })
        .collect_view();
    let rest = more.then(|| view! { <p class="own-fields__hint">{texts::more_persons(t)}</p> }.into_any());
    view! {
        <section class="contact-panel contact-persons" aria-labelledby="persons-head">
            <header class="contact-panel__head">
                <h2 id="persons-head">{texts::persons(t)}</h2>
                <button type="button" class="button button--quiet" aria-haspopup="dialog" on:click=move |_| adding.set(true)>
                    {texts::add_person(t)}
                </button>
            </header>
            {none}
            <ul>{lines}</ul>
            {rest}
            <NewContact
                open=adding
                name=Signal::stored(String::new())
                business=Some(business)
                done=Callback::new(move |_| card.reload.update(|reload| *reload += 1))
            />
        </section>
    }
    .into_any()
}

/// Its datasheets in all modules that the viewer may open.
#[component]
fn Sheets(card: Card, sheets: Vec<ContactSheet>, more: bool) -> impl IntoView {
    let t = card.here.locale;
    let all = RwSignal::new(sheets);
    let more = RwSignal::new(more);
    let show_more = move |_| {
        let before = all.with_untracked(|all| all.last().map(|sheet| sheet.row.id));
        spawn_local(async move {
            match contact_sheets(card.id, before).await {
                Ok(older) => {
                    more.try_set(older.len() == ContactPage::SHEETS);
                    all.try_update(|all| all.extend(older));
                }
                Err(error) => card.here.toasts.error(&error),
            }
        });
    };
    view! {
        <section class="contact-panel contact-sheets" aria-labelledby="sheets-head">
            <h2 id="sheets-head">{texts::datasheets(t)}</h2>
            <p class="sheet-history__empty" hidden=move || all.with(|all| !all.is_empty())>
                {texts::no_datasheets(t)}
            </p>
            <ul>
                <For each=move || all.get() key=|sheet| sheet.row.id let(one)>
                    {sheet_line(card.here, one)}
                </For>
            </ul>
            <button type="button" class="button button--quiet" hidden=move || !more.get() on:click=show_more>
                {texts::more_datasheets(t)}
            </button>
        </section>
    }
    .into_any()
}

fn sheet_line(here: Here, sheet: ContactSheet) -> AnyView {
    let t = here.locale;
    let ContactSheet { row, module, status, group, color } = sheet;
    let module = here.modules.with(|all| {
        all.iter().find(|link| link.id == module).map(|link| link.name.clone()).unwrap_or_default()
    });
    let todo = row.todo.as_ref().map(|todo| {
        let due = here.with_zone(|zone| format::due_exact(todo.due, zone, t));
        view! {
            <span class="contact-sheet__todo">
                {todo.text.clone()} " · " {due}
            </span>
        }
        .into_any()
    });
    let owner = here.person(row.owner);
    view! {
        <li>
            <span class="contact-sheet__what">
                <a href=format!("/d/{}", row.id)>{row.name}</a>
                <span class="contact-sheet__more">{module} " · " {row.contact}</span>
                {todo}
            </span>
            <span class="status" data-group=group.as_str() data-color=color.as_str()>
                <span class="dot"></span>
                <span>{status.text(t).to_owned()}</span>
            </span>
            <span class="avatar" role="img" title=owner.clone() aria-label=list::owner_of(t, &owner)>
                {initials(&owner)}
            </span>
        </li>
    }
    .into_any()
}

/// One history: its own and that of its datasheets.
#[component]
fn History(card: Card) -> impl IntoView {
    let t = card.here.locale;
    view! {
        <section class="sheet-history" aria-labelledby="contact-history-head">
            <h2 id="contact-history-head">{texts::history_of(t)}</h2>
            <p class="sheet-history__empty" hidden=move || card.history.with(|history| !history.is_empty())>
                {sheet::no_history(t)}
            </p>
            <ol>
                <For
                    each=move || card.history.get()
                    key=|entry| (entry.event.id, entry.event.undone, entry.event.can_undo)
                    let(entry)
                >
                    {event_line(card, entry)}
                </For>
            </ol>
            <button
                type="button"
                class="button button--quiet"
                hidden=move || !card.more.get()
                on:click=move |_| card.show_more()
            >
                {sheet::show_more(t)}
            </button>
        </section>
    }
    .into_any()
}

fn event_line(card: Card, entry: ContactEvent) -> AnyView {
    let (here, t) = (card.here, card.here.locale);
    let ContactEvent { event, datasheet } = entry;
    let who = event.by.map_or_else(|| sheet::system(t).to_owned(), |id| here.person(id));
    let what = here.with_zone(|zone| sheet::what(t, &event.what, zone));
    let note = sheet::note_of(&event.what).map(|note| view! { <q>{note.to_owned()}</q> }.into_any());
    let on = datasheet.map(|(id, name)| {
        view! {
            <a class="contact-page__on" href=format!("/d/{id}")>
                {name}
            </a>
        }
        .into_any()
    });
    let id = event.id;
    let undo = event.can_undo.then(|| {
        view! {
            <button
                type="button"
                class="sheet-history__undo"
                aria-label=sheet::undo_of(t, &what)
                on:click=move |_| card.undo(id)
            >
                {list::undo(t)}
            </button>
        }
        .into_any()
    });
    let taken_back = event.undone.then(|| view! { <em>{sheet::taken_back(t)}</em> }.into_any());
    view! {
        <li data-undone=event.undone.then_some("")>
            <div class="sheet-history__what">
                <b>{who}</b>
                " "
                <span>{what}</span>
                {taken_back}
                {note}
                {on}
            </div>
            {undo}
            {moment(here, event.at)}
        </li>
    }
    .into_any()
}
