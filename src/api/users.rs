//! Users: seen and changed by admins.

use leptos::{prelude::*, server_fn::codec::Json};

use super::Key;
#[cfg(feature = "ssr")]
use super::{
    changes::conflict,
    request::{Request, answer, move_days, write_once},
};
#[cfg(feature = "ssr")]
use crate::{
    domain::{history::What, text, user::UserState, zone::Zone},
    error::{Error, Field, Problem, Refusal},
    server::password,
    store,
};
use crate::{
    domain::{
        id::UserId,
        user::{User, UserForm},
    },
    error::Result,
};

/// All users. Admins only.
#[server(endpoint = "users/all", input = Json)]
pub async fn users_all() -> Result<Vec<User>> {
    answer(async move {
        let mut request = Request::read().await?;
        request.must_be_admin()?;
        store::users::all(&mut request.tx).await
    })
    .await
}

/// Adds a user who cannot sign in until a password is set. Admins only.
#[server(endpoint = "users/add", input = Json)]
pub async fn user_add(key: Key, form: UserForm) -> Result<User> {
    write_once!(key, "user_add", &form, |request| {
        request.must_be_admin()?;
        let form = clean(form)?;
        let (locale, now) = (request.locale, request.now);
        let user = store::users::add(&mut request.tx, &form, Some(locale), now).await?;
        request.note(None, None, What::UserAdded { name: form.name }, None).await?;
        request.changed(None, None);
        store::users::get(&mut request.tx, user).await?.ok_or(Error::NotFound)?
    })
}

/// Changes a user; takes effect on their next request. There is always an active admin. Admins only.
#[server(endpoint = "users/save", input = Json)]
pub async fn user_save(key: Key, user: UserId, version: i64, form: UserForm) -> Result<User> {
    write_once!(key, "user_save", (user, version, &form), |request| {
        request.must_be_admin()?;
        let form = clean(form)?;
        store::users::lock_all(&mut request.tx).await?;
        let before = store::users::get(&mut request.tx, user).await?.ok_or(Error::NotFound)?;
        let stays_admin = form.role.is_admin() && form.state == UserState::Active;
        if !stays_admin && !store::users::has_admin(&mut request.tx, Some(user)).await? {
            return Err(Error::Refused(Refusal::LastAdmin));
        }
        if !store::users::save(&mut request.tx, user, version, &form).await? {
            return Err(conflict(Some(Field::Name), before.name, before.version));
        }
        if before.zone != form.zone {
            move_days(request, user).await?;
        }
        request.note(None, None, What::UserChanged { name: form.name }, None).await?;
        request.changed(None, None);
        store::users::get(&mut request.tx, user).await?.ok_or(Error::NotFound)?
    })
}

/// Sets a user's password and ends their sessions. Admins only.
#[server(endpoint = "users/password", input = Json)]
pub async fn user_set_password(key: Key, user: UserId, password: String) -> Result<()> {
    answer(Box::pin(async move {
        // Hashing takes its time, and a transaction holds SQLite's one writer: it is done before, for admins only.
        Request::read().await?.must_be_admin()?;
        password::check(&password)?;
        let hash = password::hash(password).await?;
        save_password(key, user, hash).await
    }))
    .await
}

/// Stores a password's hash. Neither it nor the password is a part of the stored request.
#[cfg(feature = "ssr")]
async fn save_password(key: Key, user: UserId, hash: String) -> Result<()> {
    write_once!(key, "user_set_password", user, |request| {
        request.must_be_admin()?;
        let name = store::users::name(&mut request.tx, user).await?;
        store::users::save_password(&mut request.tx, user, &hash).await?;
        store::sessions::remove_others(&mut request.tx, user, "").await?;
        request.note(None, None, What::PasswordSet { name }, None).await?;
    })
}

/// A user's form as it can be stored.
#[cfg(feature = "ssr")]
fn clean(form: UserForm) -> Result<UserForm> {
    let (name, email) = (text::name(&form.name)?, text::email(&form.email)?);
    if !Zone::names().any(|zone| zone == form.zone) {
        return Err(Error::invalid(Field::Zone, Problem::Unknown));
    }
    Ok(UserForm { name, email, ..form })
}
