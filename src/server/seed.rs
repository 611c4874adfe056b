//! A module full of plausible datasheets, as many as wanted.

use std::io::{IsTerminal as _, Write as _};

use super::{demo, host::Host};
use crate::{
    domain::{id::UserId, module::Template, user::Role},
    error::Result,
    i18n::Locale,
    store::{
        accounts::{self, NewUser},
        bulk, modules,
    },
};

/// How many datasheets go into one transaction.
const CHUNK: u64 = 2_000;

/// Adds a module with so many datasheets of so many to-dos each, and the sample people if there are no users yet.
/// One to-do of seven datasheets in eight is open.
pub async fn fill(host: &Host, datasheets: u64, todos: u64) -> Result<()> {
    let now = host.clock.now();
    let locale = Locale::Hu;
    let mut tx = host.db.begin().await?;
    let mut people: Vec<UserId> = accounts::all(&mut tx).await?.iter().map(|account| account.id).collect();
    if people.is_empty() {
        people = demo::people(&mut tx, now).await?;
    }
    // A seeded database can be signed in to by its link.
    if accounts::first_admin(&mut tx).await?.is_none() {
        let user = NewUser {
            name: "Admin",
            email: super::sign_in::FIRST_ADMIN,
            password_hash: None,
            role: Role::Admin,
            zone: demo::ZONE,
            locale: None,
        };
        people.push(accounts::add(&mut tx, user, now).await?);
    }
    let name = Template::Projects.name(locale);
    let module = modules::seed_from_template(&mut tx, Template::Projects, name, locale, now).await?;
    for user in &people {
        accounts::access_add(&mut tx, *user, module.id).await?;
    }
    tx.commit().await?;

    let zone = host.zones.get(demo::ZONE, now);
    let mut maker = demo::Maker::new(locale, now, &zone, &module, &people, Template::Projects);
    let mut done = 0;
    let mut stderr = std::io::stderr();
    while done < datasheets {
        let n = CHUNK.min(datasheets - done);
        let mut tx = host.db.begin().await?;
        let mut sheets = Vec::with_capacity(usize::try_from(n).unwrap_or(0));
        for _ in 0..n {
            sheets.push(maker.datasheet(&tx, todos, None));
        }
        bulk::insert(&mut tx, &sheets).await?;
        tx.commit().await?;
        done += n;
        if stderr.is_terminal() || done.is_multiple_of(CHUNK * 25) || done == datasheets {
            let end = if stderr.is_terminal() && done < datasheets { '\r' } else { '\n' };
            // Progress that nobody can see stops nothing.
            let _ = write!(stderr, "{done} of {datasheets} datasheets{end}");
        }
    }
    host.db.settle().await;
    Ok(())
}
