//! Users as the command line, the samples and the first start see them.

use super::{Tx, on};
use crate::{
    domain::{
        id::{ModuleId, UserId},
        time::Timestamp,
        user::{Role, Theme, UserState},
    },
    error::{Error, Field, Problem, Result},
    i18n::Locale,
};

/// A user to be made.
#[derive(Clone, Debug)]
pub struct NewUser<'a> {
    /// Their full name.
    pub name: &'a str,
    /// What they sign in with, in lower case.
    pub email: &'a str,
    /// The hash of their password.
    pub password_hash: Option<&'a str>,
    /// What they may do.
    pub role: Role,
    /// Name of their time zone.
    pub zone: &'a str,
    /// The language they chose.
    pub locale: Option<Locale>,
}

/// A user as the command line lists them.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Account {
    /// Who it is.
    pub id: UserId,
    /// Their full name.
    pub name: String,
    /// What they sign in with.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Whether they can sign in.
    pub state: UserState,
}

/// Whether an admin can sign in by password.
pub async fn has_admin(tx: &mut Tx) -> Result<bool> {
    const SQL: &str = "
        select id from users
        where role = 'admin' and state = 'active' and password_hash is not null
        limit 1";
    let found: Option<UserId> = on!(tx, |conn| sqlx::query_scalar(SQL).fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// The first active admin.
pub async fn first_admin(tx: &mut Tx) -> Result<Option<UserId>> {
    const SQL: &str = "select id from users where role = 'admin' and state = 'active' order by id limit 1";
    Ok(on!(tx, |conn| sqlx::query_scalar(SQL).fetch_optional(conn).await)?)
}

/// Whether anything was ever put into the database.
pub async fn is_empty(tx: &mut Tx) -> Result<bool> {
    const SQL: &str = "select id from users union all select id from modules limit 1";
    let found: Option<i64> = on!(tx, |conn| sqlx::query_scalar(SQL).fetch_optional(conn).await)?;
    Ok(found.is_none())
}

/// Makes a user, active. An e-mail address that is taken is told.
pub async fn add(tx: &mut Tx, user: NewUser<'_>, now: Timestamp) -> Result<UserId> {
    const SQL: &str = "
        insert into users (id, name, email, password_hash, role, state, zone, locale, theme, version, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10)
        on conflict (email) do nothing";
    let id = UserId(tx.new_id(now));
    let made = on!(tx, |conn| sqlx::query(SQL)
        .bind(id)
        .bind(user.name)
        .bind(user.email)
        .bind(user.password_hash)
        .bind(user.role)
        .bind(UserState::Active)
        .bind(user.zone)
        .bind(user.locale)
        .bind(Theme::Auto)
        .bind(now)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    if made == 0 {
        return Err(Error::invalid(Field::Email, Problem::Taken));
    }
    Ok(id)
}

/// All users, by name.
pub async fn all(tx: &mut Tx) -> Result<Vec<Account>> {
    const SQL: &str = "select id, name, email, role, state from users order by name, id";
    Ok(on!(tx, |conn| sqlx::query_as(SQL).fetch_all(conn).await)?)
}

/// Sets a password and ends the user's sessions. Absent: there is no such user.
pub async fn password_set(tx: &mut Tx, email: &str, password_hash: &str) -> Result<Option<UserId>> {
    const SQL: &str =
        "update users set password_hash = $2, version = version + 1 where email = $1 returning id";
    const SESSIONS: &str = "delete from sessions where user_id = $1";
    let user: Option<UserId> =
        on!(tx, |conn| sqlx::query_scalar(SQL).bind(email).bind(password_hash).fetch_optional(conn).await)?;
    if let Some(user) = user {
        on!(tx, |conn| sqlx::query(SESSIONS).bind(user).execute(conn).await.map(drop))?;
    }
    Ok(user)
}

/// Ticks a module for a user.
pub async fn access_add(tx: &mut Tx, user: UserId, module: ModuleId) -> Result<()> {
    const SQL: &str = "insert into module_access (user_id, module_id) values ($1, $2) on conflict (user_id, module_id) do nothing";
    on!(tx, |conn| sqlx::query(SQL).bind(user).bind(module).execute(conn).await.map(drop))?;
    Ok(())
}

/// Sets the language and the colours a user wants, as far as they are given.
pub async fn preferences_set(
    tx: &mut Tx,
    user: UserId,
    locale: Option<Locale>,
    theme: Option<Theme>,
) -> Result<()> {
    const LOCALE: &str = "update users set locale = $2 where id = $1";
    const THEME: &str = "update users set theme = $2 where id = $1";
    if let Some(locale) = locale {
        on!(tx, |conn| sqlx::query(LOCALE).bind(user).bind(locale).execute(conn).await.map(drop))?;
    }
    if let Some(theme) = theme {
        on!(tx, |conn| sqlx::query(THEME).bind(user).bind(theme).execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// Whether the database answers.
pub async fn ping(tx: &mut Tx) -> Result<()> {
    const SQL: &str = "select version from migrations limit 1";
    on!(tx, |conn| sqlx::query(SQL).execute(conn).await.map(drop))?;
    Ok(())
}
