//! Listening: from the migrated database to the last answer.

use std::{io::Write as _, net::SocketAddr, sync::Arc};

use sqlx::postgres::PgListener;
use tokio::net::TcpListener;

use super::{
    app::app,
    command::Failure,
    config::Config,
    files::{self, Files},
    host::{Change, Clock, Host},
    sign_in::new_link,
};
use crate::{domain::id::UserId, store::requests};

/// How often it is looked whether another program wrote into the `SQLite` file.
const WATCH: std::time::Duration = std::time::Duration::from_secs(2);

/// Serves a migrated database until the process is told to stop. `link` prints a one-time link for that user.
pub async fn serve(
    host: Arc<Host>,
    config: Config,
    url: &str,
    listen: &str,
    link: Option<UserId>,
) -> Result<(), Failure> {
    let listener = TcpListener::bind(listen).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => Failure::new(format!(
            "{listen} is in use; choose another address with --listen, or port 0 for a free one"
        )),
        _ => Failure::new(format!("cannot listen on {listen}: {error}")),
    })?;
    let address =
        listener.local_addr().map_err(|error| Failure::new(format!("cannot listen on {listen}: {error}")))?;
    let base = config
        .public_url
        .as_deref()
        .map_or_else(|| format!("http://{address}"), |url| url.trim_end_matches('/').to_owned());
    let mut lines = format!("Listening on http://{address}\n");
    if let Some(user) = link {
        let path = new_link(&host.db, user, host.clock.now())
            .await
            .map_err(|_| Failure::new("the sign-in link cannot be stored: is the database writable?"))?;
        lines.extend(["Sign in: ", &base, &path, "\n"]);
    }
    let mut out = std::io::stdout();
    out.write_all(lines.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Failure::new(format!("cannot write to the standard output: {error}")))?;

    let stop = config.stop.clone();
    let signalled = stop.clone();
    tokio::spawn(async move {
        stop_signal().await;
        signalled.cancel();
        tracing::info!("stopping");
    });
    if host.db.is_sqlite() {
        tokio::spawn(watch_sqlite(host.clone(), stop.clone()));
    } else {
        tokio::spawn(listen_to_postgres(url.to_owned(), host.clone(), stop.clone()));
    }
    tokio::spawn(clean_every_hour(host.clone(), stop.clone()));
    tokio::spawn(files::clean_every_hour(host.clone(), stop.clone()));
    tokio::spawn(super::tick::run(host.clone(), stop.clone()));
    let db = host.db.clone();
    let service = app(host, config).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(stop.cancelled_owned())
        .await
        .map_err(|error| Failure::new(format!("the server stopped: {error}")))?;
    db.close().await;
    Ok(())
}

/// Deletes sessions that are over and old idempotency keys, at the start and each hour.
async fn clean_every_hour(host: Arc<Host>, stop: tokio_util::sync::CancellationToken) {
    let mut hours = tokio::time::interval(std::time::Duration::from_hours(1));
    while stop.run_until_cancelled(hours.tick()).await.is_some() {
        if let Err(error) = requests::clean(&host.db, host.now()).await {
            tracing::warn!(%error, "what is over could not be deleted; tried again in an hour");
        }
    }
}

/// Waits until the process is told to stop.
async fn stop_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! { () = interrupt => {}, () = terminate => {} }
}

/// Tells open pages when another program wrote into the file, such as `modulok tick` or `modulok import`: they ask for all anew.
async fn watch_sqlite(host: Arc<Host>, stop: tokio_util::sync::CancellationToken) {
    let mut seconds = tokio::time::interval(WATCH);
    seconds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut before = None;
    while stop.run_until_cancelled(seconds.tick()).await.is_some() {
        match host.db.written_elsewhere().await {
            Ok(now) => {
                if before.is_some_and(|before| before != now) {
                    tell(&host, Change { module: None, datasheet: None, user: None, origin: 0 });
                }
                before = Some(now);
            }
            // A long import holds the writer: asked again soon.
            Err(error) => tracing::debug!(%error, "cannot tell whether others wrote into the database"),
        }
    }
}

/// Passes on what other servers on the same Postgres changed. What was said while the connection was down is lost:
/// open pages are told to ask for all anew.
async fn listen_to_postgres(url: String, host: Arc<Host>, stop: tokio_util::sync::CancellationToken) {
    let anything = Change { module: None, datasheet: None, user: None, origin: 0 };
    let listening = async {
        loop {
            match PgListener::connect(&url).await {
                Ok(mut listener) => {
                    if let Err(error) = listener.listen("modulok").await {
                        tracing::warn!(%error, "cannot listen for changes");
                    }
                    tell(&host, anything);
                    loop {
                        match listener.try_recv().await {
                            Ok(Some(notice)) => match serde_json::from_str::<Change>(notice.payload()) {
                                // Our own were told at once.
                                Ok(change) if change.origin == host.origin => {}
                                Ok(change) => tell(&host, change),
                                Err(error) => tracing::warn!(%error, "a notice cannot be read"),
                            },
                            // The connection was lost; it is made anew by the next call.
                            Ok(None) => tell(&host, anything),
                            Err(error) => {
                                tracing::warn!(%error, "no longer listening for changes");
                                break;
                            }
                        }
                    }
                }
                Err(error) => tracing::warn!(%error, "cannot listen for changes"),
            }
            tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        }
    };
    tokio::select! { () = listening => {}, () = stop.cancelled() => {} }
}

/// The surroundings on the machine's clock.
pub fn host(db: crate::store::Db, files: Files) -> Arc<Host> {
    Arc::new(Host::new(db, Clock::System).with_files(files))
}

fn tell(host: &Host, change: Change) {
    host.changes.send(change);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::broadcast::Receiver;

    use super::*;
    use crate::{
        domain::id::{DatasheetId, ModuleId},
        store::testing::{NOW, TestDb},
    };

    async fn next(heard: &mut Receiver<Change>) -> Change {
        tokio::time::timeout(Duration::from_secs(20), heard.recv()).await.expect("something is told").unwrap()
    }

    /// Writes as a request does: in the transaction for the others, and at once for this server's own pages.
    async fn write(host: &Host, datasheet: i64) {
        let change = Change {
            module: Some(ModuleId(1)),
            datasheet: Some(DatasheetId(datasheet)),
            user: None,
            origin: host.origin,
        };
        let mut tx = host.db.begin().await.unwrap();
        requests::notify(&mut tx, &serde_json::to_string(&change).unwrap()).await.unwrap();
        tx.commit().await.unwrap();
        tell(host, change);
    }

    #[tokio::test]
    async fn what_another_program_writes_into_the_file_is_told_and_not_what_this_one_does() {
        let test = TestDb::sqlite().await;
        let host = Arc::new(Host::new(test.db.clone(), Clock::at(NOW)));
        let write = async |db: &crate::store::Db| {
            let mut tx = db.begin().await.unwrap();
            crate::store::testing::touch(&mut tx).await;
            tx.commit().await.unwrap();
        };
        let before = host.db.written_elsewhere().await.unwrap();
        write(&host.db).await;
        assert_eq!(host.db.written_elsewhere().await.unwrap(), before);
        let stop = tokio_util::sync::CancellationToken::new();
        let mut heard = host.changes.subscribe();
        let watch = tokio::spawn(watch_sqlite(host.clone(), stop.clone()));
        tokio::time::sleep(WATCH / 4).await;
        let other = crate::store::Db::open(&test.url).await.unwrap();
        write(&other).await;
        assert_eq!(next(&mut heard).await, Change { module: None, datasheet: None, user: None, origin: 0 });
        assert!(heard.try_recv().is_err());
        stop.cancel();
        watch.await.unwrap();
        other.close().await;
    }

    #[tokio::test]
    async fn a_server_tells_its_own_news_once_and_those_of_others() {
        let test = TestDb::postgres().await;
        let [ours, theirs] = [0, 1].map(|_| Arc::new(Host::new(test.db.clone(), Clock::at(NOW))));
        let stop = tokio_util::sync::CancellationToken::new();
        let mut heard = [ours.changes.subscribe(), theirs.changes.subscribe()];
        for host in [&ours, &theirs] {
            tokio::spawn(listen_to_postgres(test.url.clone(), host.clone(), stop.clone()));
        }
        for heard in &mut heard {
            assert_eq!(next(heard).await.module, None, "what was missed before is asked for");
        }
        write(&ours, 1).await;
        write(&theirs, 2).await;
        write(&ours, 3).await;
        write(&theirs, 4).await;
        for (mut heard, host) in heard.into_iter().zip([&ours, &theirs]) {
            let mut told = vec![];
            for _ in 0..4 {
                let change = next(&mut heard).await;
                told.push((change.datasheet.unwrap().0, change.origin == host.origin));
            }
            told.sort_unstable();
            assert_eq!(told.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [1, 2, 3, 4]);
            assert_eq!(told.iter().filter(|(_, own)| *own).count(), 2);
        }
        stop.cancel();
    }
}
