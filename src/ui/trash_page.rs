//! The trash of a module: what is in it is restored here, or deleted for good by admins.

use crate::ui::effect;
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;

use super::{
    Here,
    address::of_address,
    any::IntoAny,
    browser, here,
    not_found::Failed,
    resource, send,
    widgets::{dialog::Dialog, form::Problem, moment::moment, page_title::page_title},
};
use crate::{
    api::{
        datasheets::{datasheet_restore, undo},
        trash::{trash_delete, trash_look, trash_show},
    },
    domain::{
        id::{DatasheetId, ModuleId},
        status::StatusTree,
        time::Timestamp,
        trash::{Farewell, TrashCursor, TrashLine, TrashPage as Page},
    },
    error::Error,
    i18n::{bar, errors, list, sheet, trash as texts},
};

/// The page `/m/{id}/trash`, from what came there last or after a place in the URL.
#[component]
pub fn TrashPage() -> impl IntoView {
    let here = here();
    let asked = of_address(|path, query| {
        let module = path.strip_prefix("/m/")?.strip_suffix("/trash")?.parse::<ModuleId>().ok();
        let at = query.get("at").and_then(|at| at.parse().ok()).map(Timestamp);
        let id = query.get("id").and_then(|id| id.parse().ok());
        Some((module, at.zip(id).map(|(at, id)| TrashCursor { at, id })))
    });
    // What an earlier page sent may have been done after this one was made.
    let page = resource(
        move || (asked.get(), here.resent.get()),
        async |((module, after), _)| match module {
            Some(module) => trash_show(module, after).await,
            None => Err(Error::NotFound),
        },
    );
    view! {
        <Transition>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <Lines page after=asked.get_untracked().1 /> }.into_any(),
                    Err(error) => view! { <Failed error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

/// The trash as the page shows it.
#[derive(Clone, Copy)]
struct State {
    here: Here,
    module: ModuleId,
    after: Option<TrashCursor>,
    lines: RwSignal<Vec<TrashLine>>,
    /// The one that is asked about before it is deleted for good.
    leaving: RwSignal<Option<DatasheetId>>,
}

impl State {
    /// Takes over how the trash is on the server.
    fn reload(self) {
        spawn_local(async move {
            if let Ok(page) = trash_show(self.module, self.after).await {
                self.lines.try_set(page.lines);
            }
        });
    }

    /// Takes a line out of view; the focus goes on to the next one.
    fn take_out(self, id: DatasheetId) {
        let next = self.lines.try_update(|lines| {
            let at = lines.iter().position(|line| line.id == id)?;
            lines.remove(at);
            lines.get(at).or(lines.last()).map(|line| line.id)
        });
        browser::focus_soon(next.flatten().map_or("h1".to_owned(), |id| format!("#trash-{id} button")));
    }

    fn restore(self, id: DatasheetId) {
        let t = self.here.locale;
        self.take_out(id);
        send(
            move |key| datasheet_restore(key, id),
            move |answer| match answer {
                Ok(done) => {
                    let take_back = done.undo.map(|event| Callback::new(move |()| self.take_back(event)));
                    self.here.toasts.done(sheet::said_restored(t), take_back);
                }
                Err(error) => {
                    self.here.toasts.error(&error);
                    self.reload();
                }
            },
        );
    }

    fn take_back(self, event: crate::domain::id::EventId) {
        send(
            move |key| undo(key, event),
            move |answer| match answer {
                Ok(_) => {
                    self.here.toasts.done(list::undone(self.here.locale), None);
                    self.reload();
                }
                Err(error) => self.here.toasts.error(&error),
            },
        );
    }
}

/// The page, once it is there.
#[component]
fn Lines(page: Page, after: Option<TrashCursor>) -> impl IntoView {
    let here = here();
    let t = here.locale;
    let Page { module, tree, lines, next } = page;
    let state =
        State { here, module: module.id, after, lines: RwSignal::new(lines), leaving: RwSignal::new(None) };
    let path = format!("/m/{}/trash", module.id);
    let newest = after.map(|_| {
        view! {
            <a class="button button--quiet" href=path.clone()>
                {texts::newest(t)}
            </a>
        }
        .into_any()
    });
    let older = next.map(|next| {
        view! {
            <a class="button button--quiet" rel="next" href=format!("{path}?at={}&id={}", next.at.0, next.id)>
                {texts::more(t)}
            </a>
        }
        .into_any()
    });
    let is_empty = Memo::new(move |_| state.lines.with(Vec::is_empty));
    let title = texts::trash_of(t, &module.name);
    view! {
        <Title text=page_title(move || title.clone()) />
        <div class="plain-page trash-page">
            <header>
                <nav class="datasheet-page__path" aria-label=sheet::breadcrumb(t)>
                    <a href=format!("/m/{}", module.id)>{module.name}</a>
                </nav>
                <h1 tabindex="-1">{texts::trash(t)}</h1>
                <p class="plain-page__lead">{texts::lead(t)}</p>
            </header>
            <div class="contacts__empty" hidden=move || !is_empty.get()>
                <h2>{texts::empty(t)}</h2>
                <p>{texts::empty_hint(t)}</p>
            </div>
            <ul class="trash-list" hidden=move || is_empty.get()>
                <For each=move || state.lines.get() key=TrashLine::cursor let(line)>
                    {row(state, &tree, line)}
                </For>
            </ul>
            <nav class="contacts__pages" aria-label=texts::trash(t)>
                {newest}
                {older}
            </nav>
        </div>
        {here.is_admin().then(|| view! { <FarewellDialog state /> }.into_any())}
    }
    .into_any()
}

fn row(state: State, tree: &StatusTree, line: TrashLine) -> AnyView {
    let (here, t) = (state.here, state.here.locale);
    let TrashLine { id, name, contact, status_id, trashed_at, trashed_by, .. } = line;
    let status = tree.get(status_id).map(|status| {
        let (group, color) = (status.status_group.as_str(), status.color.as_str());
        view! {
            <span class="trash-list__status">
                <span class="dot" aria-hidden="true" data-group=group data-color=color></span>
                {status.name.text(t).to_owned()}
            </span>
        }
        .into_any()
    });
    let who = trashed_by.map_or_else(|| sheet::system(t).to_owned(), |who| here.person(who));
    let delete = here.is_admin().then(|| {
        view! {
            <button
                type="button"
                class="button button--quiet"
                aria-haspopup="dialog"
                aria-label=texts::delete_ask_of(t, &name)
                on:click=move |_| state.leaving.set(Some(id))
            >
                {texts::delete_ask(t)}
            </button>
        }
        .into_any()
    });
    view! {
        <li id=format!("trash-{id}")>
            <div class="trash-list__what">
                <a href=format!("/d/{id}")>{name.clone()}</a>
                <span class="trash-list__more">
                    {contact.map(|contact| view! { <span>{contact}</span> }.into_any())} {status}
                    <span>{texts::trashed_by(t, &who)} ", " {moment(here, trashed_at)}</span>
                </span>
            </div>
            <div class="trash-list__acts">
                <button
                    type="button"
                    class="button button--quiet"
                    aria-label=bar::restore_of(t, &name)
                    on:click=move |_| state.restore(id)
                >
                    {sheet::restore(t)}
                </button>
                {delete}
            </div>
        </li>
    }
    .into_any()
}

/// Names what will go, and asks.
#[component]
fn FarewellDialog(state: State) -> impl IntoView {
    let t = state.here.locale;
    let open = RwSignal::new(false);
    let farewell = RwSignal::new(None::<Farewell>);
    let problem = RwSignal::new(None::<Error>);
    let sending = RwSignal::new(false);
    let look = move |id: DatasheetId| {
        spawn_local(async move {
            let answer = trash_look(id).await;
            // Closed meanwhile, or another one is asked about.
            if state.leaving.try_get_untracked().flatten() != Some(id) {
                return;
            }
            match answer {
                Ok(found) => farewell.set(Some(found)),
                Err(error) => problem.set(Some(error)),
            }
        });
    };
    effect(move || {
        let leaving = state.leaving.get();
        if let Some(id) = leaving {
            farewell.set(None);
            problem.set(None);
            look(id);
        }
        open.set(leaving.is_some());
    });
    effect(move || {
        if !open.get() && state.leaving.with_untracked(Option::is_some) {
            state.leaving.set(None);
        }
    });
    let delete = move |_| {
        let Some((id, shown)) = state.leaving.get_untracked().zip(farewell.get_untracked()) else { return };
        if sending.get_untracked() {
            return;
        }
        sending.set(true);
        problem.set(None);
        send(
            move |key| trash_delete(key, id, shown.version),
            move |answer| {
                sending.try_set(false);
                match answer {
                    Ok(()) => {
                        state.here.toasts.done(texts::said_deleted(t, &shown.name), None);
                        open.try_set(false);
                        state.take_out(id);
                    }
                    // Another admin was quicker.
                    Err(Error::NotFound) => {
                        state.here.toasts.failed(texts::gone_already(t));
                        open.try_set(false);
                        state.take_out(id);
                    }
                    Err(error) => {
                        problem.try_set(Some(error));
                        state.reload();
                    }
                }
            },
        );
    };
    let may_go =
        move || farewell.with(|farewell| farewell.as_ref().is_some_and(|shown| shown.refusal.is_none()));
    let told = move || {
        let Farewell { name, goes, refusal, .. } = farewell.get()?;
        let lines = texts::goes(t, &goes)
            .into_iter()
            .map(|(what, n)| {
                view! {
                    <div>
                        <dt>{what}</dt>
                        <dd>{n}</dd>
                    </div>
                }
            })
            .collect_view();
        let rest = match refusal {
            Some(refusal) => view! {
                <p class="form-problem">{errors::message(t, &Error::Refused(refusal))}</p>
            }
            .into_any(),
            None => view! {
                <p>{texts::goes_with(t)}</p>
                <dl class="farewell__goes">{lines}</dl>
                <p class="farewell__warning">{texts::no_way_back(t)}</p>
            }
            .into_any(),
        };
        Some(view! {
            <p class="farewell__name">{name}</p>
            {rest}
        })
    };
    let is_waiting = move || farewell.with(Option::is_none) && problem.with(Option::is_none);
    let message = Signal::derive(move || {
        problem.with(|problem| problem.as_ref().map(|error| errors::message(t, error)))
    });
    view! {
        <Dialog open title=texts::delete(t).to_owned()>
            <div class="form farewell">
                <p hidden=move || !is_waiting()>{list::loading(t)}</p>
                <div class="farewell__told" aria-live="polite">
                    {told}
                </div>
                <Problem text=message />
                <div class="form-actions">
                    <button type="button" class="button button--quiet" autofocus on:click=move |_| open.set(false)>
                        {bar::cancel(t)}
                    </button>
                    <button
                        type="button"
                        class="button button--danger"
                        hidden=move || !may_go()
                        disabled=move || sending.get()
                        on:click=delete
                    >
                        {texts::delete(t)}
                    </button>
                </div>
            </div>
        </Dialog>
    }
    .into_any()
}
