//! Users: seen and changed by admins.

use leptos::{prelude::*, server_fn::codec::Json};

use super::Key;
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
    Err(crate::error::Error::Server)
}

/// Adds a user who cannot sign in until a password is set. Admins only.
#[server(endpoint = "users/add", input = Json)]
pub async fn user_add(key: Key, form: UserForm) -> Result<User> {
    Err(crate::error::Error::Server)
}

/// Changes a user; takes effect on their next request. There is always an active admin. Admins only.
#[server(endpoint = "users/save", input = Json)]
pub async fn user_save(key: Key, user: UserId, version: i64, form: UserForm) -> Result<User> {
    Err(crate::error::Error::Server)
}

/// Sets a user's password and ends their sessions. Admins only.
#[server(endpoint = "users/password", input = Json)]
pub async fn user_set_password(key: Key, user: UserId, password: String) -> Result<()> {
    Err(crate::error::Error::Server)
}
