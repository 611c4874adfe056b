//! The users: seen, added and changed by admins.

use crate::ui::any::IntoAny;
use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    here,
    not_found::Failed,
    resource,
    widgets::{
        dialog::Dialog,
        form::{DialogActions, Problem, SelectField, Sending, TextField},
    },
};
use crate::{
    api::{
        session::zones_all,
        users::{user_add, user_save, user_set_password, users_all},
    },
    domain::{
        id::ModuleId,
        user::{Role, User, UserForm, UserState},
    },
    error::{Conflict, Error, Field},
    i18n::{self, errors, pages},
};

/// All users in a table, with the dialogs that add and change them.
#[component]
pub fn UsersPage() -> impl IntoView {
    let t = here().locale;
    let users = resource(|| (), async |()| users_all().await);
    let zones = resource(|| (), async |()| zones_all().await);
    view! {
        <Title text=format!("{} – Modulok", pages::users(t)) />
        <Transition>
            {move || Suspend::new(async move {
                match (users.await, zones.await) {
                    (Ok(users), Ok(zones)) => view! { <Table users zones /> }.into_any(),
                    (Err(error), _) | (_, Err(error)) => view! { <Failed error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

/// Which dialog is open, for whom.
#[derive(Clone, Debug, PartialEq)]
enum Open {
    Add,
    Edit(User),
    Password(User),
}

#[component]
fn Table(users: Vec<User>, zones: Vec<String>) -> impl IntoView {
    let t = here().locale;
    let users = RwSignal::new(users);
    let zones = StoredValue::new(zones);
    let what = RwSignal::new(None::<Open>);
    let is_open = RwSignal::new(false);
    let open = move |dialog: Open| {
        what.set(Some(dialog));
        is_open.set(true);
    };
    let title = Signal::derive(move || match what.get() {
        Some(Open::Edit(user)) => pages::edit_user(t, &user.name),
        Some(Open::Password(user)) => pages::set_password_of(t, &user.name),
        _ => pages::add_user(t).to_owned(),
    });
    view! {
        <div class="plain-page plain-page--wide">
            <div class="plain-page__head">
                <h1 tabindex="-1">{pages::users(t)}</h1>
                <button type="button" class="button" on:click=move |_| open(Open::Add)>
                    {pages::add_user(t)}
                </button>
            </div>
            <div class="users-wrap">
                <table class="users">
                    <thead>
                        <tr>
                            <th scope="col">{errors::name(t)}</th>
                            <th scope="col">{errors::email(t)}</th>
                            <th scope="col">{errors::role(t)}</th>
                            <th scope="col">{pages::state(t)}</th>
                            <th scope="col">{errors::zone(t)}</th>
                            <th scope="col">{i18n::bar::modules(t)}</th>
                            <th scope="col">{pages::edit(t)}</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || users.get() key=|user| (user.id, user.version) let(user)>
                            {row(user, open)}
                        </For>
                    </tbody>
                </table>
            </div>
            <Dialog open=is_open title>
                {move || {
                    what.get_untracked()
                        .map(|dialog| match dialog {
                            Open::Add => view! { <UserDialog user=None users zones is_open /> }.into_any(),
                            Open::Edit(user) => {
                                view! { <UserDialog user=Some(user) users zones is_open /> }.into_any()
                            }
                            Open::Password(user) => view! { <PasswordDialog user is_open /> }.into_any(),
                        })
                }}
            </Dialog>
        </div>
    }
    .into_any()
}

fn row(user: User, open: impl Fn(Open) + Copy + 'static) -> AnyView {
    let here = here();
    let t = here.locale;
    let modules = if user.role.sees_all_modules() {
        pages::all_modules(t).to_owned()
    } else if user.modules.is_empty() {
        pages::no_modules(t).to_owned()
    } else {
        here.modules
            .get_untracked()
            .into_iter()
            .filter(|module| user.modules.contains(&module.id))
            .map(|module| module.name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let (edited, reset) = (user.clone(), user.clone());
    view! {
        <tr data-away=(user.state != UserState::Active).then_some("")>
            <th scope="row">{user.name.clone()}</th>
            <td data-label=errors::email(t)>{user.email}</td>
            <td data-label=errors::role(t)>{pages::role(t, user.role)}</td>
            <td data-label=pages::state(t)>{pages::user_state(t, user.state)}</td>
            <td data-label=errors::zone(t)>{user.zone}</td>
            <td data-label=i18n::bar::modules(t)>{modules}</td>
            <td>
                <div class="users__acts">
                    <button
                        type="button"
                        class="button button--quiet"
                        aria-label=pages::edit_user(t, &user.name)
                        on:click=move |_| open(Open::Edit(edited.clone()))
                    >
                        {pages::edit(t)}
                    </button>
                    <button
                        type="button"
                        class="button button--quiet"
                        aria-label=pages::set_password_of(t, &user.name)
                        on:click=move |_| open(Open::Password(reset.clone()))
                    >
                        {pages::set_password(t)}
                    </button>
                </div>
            </td>
        </tr>
    }
    .into_any()
}

const STATES: [UserState; 3] = [UserState::Active, UserState::Locked, UserState::Off];

/// Adds a user (`None`) or changes one.
#[component]
fn UserDialog(
    user: Option<User>,
    users: RwSignal<Vec<User>>,
    zones: StoredValue<Vec<String>>,
    is_open: RwSignal<bool>,
) -> impl IntoView {
    let here = here();
    let t = here.locale;
    let id = user.as_ref().map(|user| user.id);
    let version = RwSignal::new(user.as_ref().map_or(0, |user| user.version));
    let zone_here = here.with_zone(|zone| zone.name().to_owned());
    let start = user.map_or_else(
        || UserForm {
            name: String::new(),
            email: String::new(),
            role: Role::User,
            state: UserState::Active,
            zone: zone_here,
            modules: here.modules.get_untracked().into_iter().map(|module| module.id).collect(),
        },
        |user| UserForm {
            name: user.name,
            email: user.email,
            role: user.role,
            state: user.state,
            zone: user.zone,
            modules: user.modules,
        },
    );
    let name = RwSignal::new(start.name);
    let email = RwSignal::new(start.email);
    let role = RwSignal::new(start.role);
    let state = RwSignal::new(start.state);
    let zone = RwSignal::new(start.zone);
    let modules = RwSignal::new(start.modules);
    let sending = Sending::idle();

    let save = move || {
        let form = UserForm {
            name: name.get_untracked(),
            email: email.get_untracked(),
            role: role.get_untracked(),
            state: state.get_untracked(),
            zone: zone.get_untracked(),
            modules: modules.get_untracked(),
        };
        let seen = version.get_untracked();
        sending.send_or(
            move |key| {
                let form = form.clone();
                async move {
                    match id {
                        Some(id) => user_save(key, id, seen, form).await,
                        None => user_add(key, form).await,
                    }
                }
            },
            move |user| {
                is_open.try_set(false);
                here.toasts.done(pages::user_saved(t, &user.name), None);
                users.try_update(|users| {
                    users.retain(|other| other.id != user.id);
                    users.push(user);
                    users.sort_by_key(|user| crate::domain::text::fold(&user.name));
                });
            },
            move |error| {
                if let Error::Conflict(Conflict { version: now, .. }) = error {
                    version.try_set(*now);
                }
            },
        );
    };

    let roles = Role::ALL
        .into_iter()
        .enumerate()
        .map(|(index, role)| (index.to_string(), pages::role(t, role).to_owned()))
        .collect::<Vec<_>>();
    let role_index = Signal::derive(move || index_of(&Role::ALL, role.get()));
    let states = STATES
        .into_iter()
        .enumerate()
        .map(|(index, state)| (index.to_string(), pages::user_state(t, state).to_owned()))
        .collect::<Vec<_>>();
    let state_index = Signal::derive(move || index_of(&STATES, state.get()));
    let zones = zones.get_value().into_iter().map(|zone| (zone.clone(), zone)).collect::<Vec<_>>();
    let ticks = here
        .modules
        .get_untracked()
        .into_iter()
        .map(|module| tick(module.id, module.name, modules, role))
        .collect_view();
    let otherwise = sending.beside(&[Field::Name, Field::Email, Field::Zone, Field::Role]);
    let beside = Signal::derive(move || match sending.error().get() {
        Some(Error::Conflict(_)) => Some(pages::user_changed(t).to_owned()),
        _ => otherwise.get(),
    });

    view! {
        <form
            class="form"
            method="post"
            on:submit=move |event| {
                event.prevent_default();
                save();
            }
        >
            <div class="form__pair">
                <TextField id="user-name" label=errors::name(t) value=name problem=sending.problem(Field::Name) />
                <TextField id="user-email" label=errors::email(t) value=email kind="email" problem=sending.problem(Field::Email) />
                <SelectField
                    id="user-role"
                    label=errors::role(t)
                    options=roles
                    value=role_index
                    problem=sending.problem(Field::Role)
                    on_choose=Callback::new(move |index: String| choose(&Role::ALL, &index, role))
                />
                <SelectField
                    id="user-state"
                    label=pages::state(t)
                    options=states
                    value=state_index
                    on_choose=Callback::new(move |index: String| choose(&STATES, &index, state))
                />
                <SelectField
                    id="user-zone"
                    label=errors::zone(t)
                    options=zones
                    value=zone
                    problem=sending.problem(Field::Zone)
                    on_choose=Callback::new(move |name| zone.set(name))
                />
            </div>
            <fieldset class="ticks">
                <legend>{i18n::bar::modules(t)}</legend>
                <p>{move || pages::role_help(t, role.get())}</p>
                {ticks}
            </fieldset>
            <Problem text=beside />
            <DialogActions submit=i18n::bar::save(t) sending open=is_open />
        </form>
    }
    .into_any()
}

/// One module that may be ticked; ticked for good where the role opens all.
fn tick(id: ModuleId, name: String, modules: RwSignal<Vec<ModuleId>>, role: RwSignal<Role>) -> AnyView {
    let is_ticked = move || role.get().sees_all_modules() || modules.with(|modules| modules.contains(&id));
    view! {
        <label>
            <input
                type="checkbox"
                prop:checked=is_ticked
                disabled=move || role.get().sees_all_modules()
                on:change=move |event| {
                    let is_on = event_target_checked(&event);
                    modules
                        .update(|modules| {
                            modules.retain(|other| *other != id);
                            if is_on {
                                modules.push(id);
                            }
                        });
                }
            />
            {name}
        </label>
    }
    .into_any()
}

fn index_of<T: PartialEq>(all: &[T], one: T) -> String {
    all.iter().position(|other| *other == one).unwrap_or_default().to_string()
}

fn choose<T: Copy + Send + Sync + 'static>(all: &[T], index: &str, into: RwSignal<T>) {
    if let Some(chosen) = index.parse::<usize>().ok().and_then(|index| all.get(index)) {
        into.set(*chosen);
    }
}

/// Sets a user's password.
#[component]
fn PasswordDialog(user: User, is_open: RwSignal<bool>) -> impl IntoView {
    let here = here();
    let t = here.locale;
    let (id, name) = (user.id, user.name);
    let password = RwSignal::new(String::new());
    let sending = Sending::idle();
    let said = StoredValue::new(pages::password_set(t, &name));
    let save = move || {
        let typed = password.get_untracked();
        sending.send(
            move |key| user_set_password(key, id, typed.clone()),
            move |()| {
                is_open.try_set(false);
                here.toasts.done(said.try_get_value().unwrap_or_default(), None);
            },
        );
    };
    view! {
        <form
            class="form"
            method="post"
            on:submit=move |event| {
                event.prevent_default();
                save();
            }
        >
            <TextField
                id="user-password"
                label=pages::password_of(t, &name)
                value=password
                kind="password"
                autocomplete="new-password"
                hint=Signal::stored(Some(pages::password_hint(t).to_owned()))
                problem=sending.problem(Field::Password)
            />
            <Problem text=sending.beside(&[Field::Password]) />
            <DialogActions submit=i18n::bar::save(t) sending open=is_open />
        </form>
    }
    .into_any()
}
