//! Users and the modules ticked for them.

use super::{Tx, on};
use crate::{
    domain::{
        id::{ModuleId, UserId},
        time::Timestamp,
        user::{Person, Role, Theme, User, UserForm, UserState},
    },
    error::{Error, Field, Problem, Result},
    i18n::Locale,
};

#[derive(sqlx::FromRow)]
struct UserRow {
    id: UserId,
    name: String,
    email: String,
    role: Role,
    state: UserState,
    zone: String,
    version: i64,
}

impl UserRow {
    fn with(self, modules: Vec<ModuleId>) -> User {
        let Self { id, name, email, role, state, zone, version } = self;
        User { id, name, email, role, state, zone, modules, version }
    }
}

/// What signing in needs of a user.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Credentials {
    /// Who it is.
    pub id: UserId,
    /// Their full name.
    pub name: String,
    /// Whether they can sign in.
    pub state: UserState,
    /// Their password's hash, if one was set.
    pub password_hash: Option<String>,
}

/// The user with this (clean) e-mail.
pub async fn find_by_email(tx: &mut Tx, email: &str) -> Result<Option<Credentials>> {
    const SQL: &str = "select id, name, state, password_hash from users where email = $1";
    Ok(on!(tx, |conn| sqlx::query_as(SQL).bind(email).fetch_optional(conn).await)?)
}

/// The credentials of a user.
pub async fn credentials(tx: &mut Tx, user: UserId) -> Result<Option<Credentials>> {
    const SQL: &str = "select id, name, state, password_hash from users where id = $1";
    Ok(on!(tx, |conn| sqlx::query_as(SQL).bind(user).fetch_optional(conn).await)?)
}

/// All users by name, as colleagues see them.
pub async fn people(tx: &mut Tx) -> Result<Vec<Person>> {
    const SQL: &str = "select id, name, state from users order by name, id";
    let rows: Vec<(UserId, String, UserState)> = on!(tx, |conn| sqlx::query_as(SQL).fetch_all(conn).await)?;
    Ok(rows
        .into_iter()
        .map(|(id, name, state)| Person { id, name, active: state == UserState::Active })
        .collect())
}

/// All users by name, as admins see them.
pub async fn all(tx: &mut Tx) -> Result<Vec<User>> {
    const USERS: &str = "select id, name, email, role, state, zone, version from users order by name, id";
    const TICKS: &str = "select user_id, module_id from module_access order by user_id, module_id";
    let rows: Vec<UserRow> = on!(tx, |conn| sqlx::query_as(USERS).fetch_all(conn).await)?;
    let ticks: Vec<(UserId, ModuleId)> = on!(tx, |conn| sqlx::query_as(TICKS).fetch_all(conn).await)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let modules =
                ticks.iter().filter(|(user, _)| *user == row.id).map(|(_, module)| *module).collect();
            row.with(modules)
        })
        .collect())
}

/// One user, as admins see them.
pub async fn get(tx: &mut Tx, user: UserId) -> Result<Option<User>> {
    const USER: &str = "select id, name, email, role, state, zone, version from users where id = $1";
    const TICKS: &str = "select module_id from module_access where user_id = $1 order by module_id";
    let row: Option<UserRow> = on!(tx, |conn| sqlx::query_as(USER).bind(user).fetch_optional(conn).await)?;
    let Some(row) = row else { return Ok(None) };
    let modules = on!(tx, |conn| sqlx::query_scalar(TICKS).bind(user).fetch_all(conn).await)?;
    Ok(Some(row.with(modules)))
}

/// A user's name.
pub async fn name(tx: &mut Tx, user: UserId) -> Result<String> {
    const SQL: &str = "select name from users where id = $1";
    let name: Option<String> = on!(tx, |conn| sqlx::query_scalar(SQL).bind(user).fetch_optional(conn).await)?;
    name.ok_or(Error::NotFound)
}

/// The name of a user's time zone.
pub async fn zone(tx: &mut Tx, user: UserId) -> Result<String> {
    const SQL: &str = "select zone from users where id = $1";
    let zone: Option<String> = on!(tx, |conn| sqlx::query_scalar(SQL).bind(user).fetch_optional(conn).await)?;
    zone.ok_or(Error::NotFound)
}

/// Whether work in a module can be given to a user: they are active and may open it.
pub async fn may_work_in(tx: &mut Tx, user: UserId, module: ModuleId) -> Result<bool> {
    const SQL: &str = "
        select u.role, a.module_id from users u
        left join module_access a on a.user_id = u.id and a.module_id = $2
        where u.id = $1 and u.state = $3";
    let found: Option<(Role, Option<ModuleId>)> = on!(tx, |conn| sqlx::query_as(SQL)
        .bind(user)
        .bind(module)
        .bind(UserState::Active)
        .fetch_optional(conn)
        .await)?;
    Ok(found.is_some_and(|(role, tick)| role.sees_all_modules() || tick.is_some()))
}

/// Whether there is an active admin, other than `but`.
pub async fn has_admin(tx: &mut Tx, but: Option<UserId>) -> Result<bool> {
    const SQL: &str = "select id from users where role = $1 and state = $2 and id <> $3 limit 1";
    let found: Option<UserId> = on!(tx, |conn| sqlx::query_scalar(SQL)
        .bind(Role::Admin)
        .bind(UserState::Active)
        .bind(but.unwrap_or(UserId(0)))
        .fetch_optional(conn)
        .await)?;
    Ok(found.is_some())
}

/// Holds all who change users back until this transaction ends: the last admin stays one. `SQLite` has one writer anyway.
pub async fn lock_all(tx: &mut Tx) -> Result<()> {
    const SQL: &str = "select pg_advisory_xact_lock(7463546132)";
    if let super::db::Connection::Postgres(conn) = tx.connection() {
        sqlx::query(SQL).execute(conn).await?;
    }
    Ok(())
}

fn taken(error: sqlx::Error) -> Error {
    match &error {
        sqlx::Error::Database(database) if database.is_unique_violation() => {
            Error::invalid(Field::Email, Problem::Taken)
        }
        _ => error.into(),
    }
}

/// Adds a user, who cannot sign in until a password is set. The form is clean.
pub async fn add(tx: &mut Tx, form: &UserForm, locale: Option<Locale>, now: Timestamp) -> Result<UserId> {
    const SQL: &str = "
        insert into users (id, name, email, role, state, zone, locale, theme, version, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9)";
    let id = UserId(tx.new_id(now));
    on!(tx, |conn| sqlx::query(SQL)
        .bind(id)
        .bind(&form.name)
        .bind(&form.email)
        .bind(form.role)
        .bind(form.state)
        .bind(&form.zone)
        .bind(locale)
        .bind(Theme::Auto)
        .bind(now)
        .execute(conn)
        .await
        .map(drop))
    .map_err(taken)?;
    save_ticks(tx, id, &form.modules).await?;
    Ok(id)
}

/// Stores a user's settings. `false` when the version is not the stored one.
pub async fn save(tx: &mut Tx, user: UserId, version: i64, form: &UserForm) -> Result<bool> {
    const SQL: &str = "
        update users set name = $3, email = $4, role = $5, state = $6, zone = $7, version = version + 1
        where id = $1 and version = $2";
    let saved = on!(tx, |conn| sqlx::query(SQL)
        .bind(user)
        .bind(version)
        .bind(&form.name)
        .bind(&form.email)
        .bind(form.role)
        .bind(form.state)
        .bind(&form.zone)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))
    .map_err(taken)?;
    if saved == 1 {
        save_ticks(tx, user, &form.modules).await?;
    }
    Ok(saved == 1)
}

async fn save_ticks(tx: &mut Tx, user: UserId, modules: &[ModuleId]) -> Result<()> {
    const CLEAR: &str = "delete from module_access where user_id = $1";
    const TICK: &str = "
        insert into module_access (user_id, module_id) select $1, id from modules where id = $2
        on conflict (user_id, module_id) do nothing";
    on!(tx, |conn| sqlx::query(CLEAR).bind(user).execute(conn).await.map(drop))?;
    for module in modules {
        on!(tx, |conn| sqlx::query(TICK).bind(user).bind(*module).execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// Stores what a user sets about themself.
pub async fn save_profile(
    tx: &mut Tx,
    user: UserId,
    name: &str,
    email: &str,
    locale: Option<Locale>,
    theme: Theme,
    zone: &str,
) -> Result<()> {
    const SQL: &str = "
        update users set name = $2, email = $3, locale = $4, theme = $5, zone = $6, version = version + 1
        where id = $1";
    on!(tx, |conn| sqlx::query(SQL)
        .bind(user)
        .bind(name)
        .bind(email)
        .bind(locale)
        .bind(theme)
        .bind(zone)
        .execute(conn)
        .await
        .map(drop))
    .map_err(taken)
}

/// Stores a password's hash.
pub async fn save_password(tx: &mut Tx, user: UserId, hash: &str) -> Result<()> {
    const SQL: &str = "update users set password_hash = $2 where id = $1";
    on!(tx, |conn| sqlx::query(SQL).bind(user).bind(hash).execute(conn).await.map(drop))?;
    Ok(())
}
