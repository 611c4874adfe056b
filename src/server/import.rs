//! Files that are imported: the upload's two routes, and the command.
//!
//! The browser sends the file twice, to look and to import: nothing is kept in between, and any server can answer.

use std::{
    io::{IsTerminal as _, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Query, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
    routing::post,
};
use futures::{StreamExt as _, stream};
use serde::Deserialize;
use tokio::sync::{Semaphore, mpsc};

use super::{
    again,
    app::App,
    command::{Failure, database_failure, say},
    host::Host,
};
use crate::{
    api::{
        Key,
        imports::{self, may_import},
        process_moves,
        request::sha256,
    },
    domain::{
        id::{ModuleId, UserId},
        import::{
            Column, Doubt, Encoding, FILE_MAX, Fault, Looked, Message, Preview, Reason, Remarks, read::File,
        },
        module::ModuleLink,
        process::Process,
        text::{self, NAME_MAX, fold},
        user::UserState,
        zone::Zone,
    },
    error::{Error, Field, Result},
    i18n::{Locale, import as texts},
    store::{
        accounts,
        imports::{Importer, Made, Source, make, survey},
        modules, users,
    },
};

/// How many files are held in memory at once; the next one waits.
static PLACES: Semaphore = Semaphore::const_new(2);
/// How long a file waits for a place.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a file may take to come.
const UPLOAD: Duration = Duration::from_mins(5);

/// The routes. Neither a time limit nor compression goes around them: a running import answers as long as it runs.
pub fn router() -> Router<App> {
    Router::new().route("/imports/preview", post(preview)).route("/imports/run", post(run))
}

#[derive(Deserialize)]
struct PreviewQuery {
    module: i64,
}

#[derive(Deserialize)]
struct RunQuery {
    module: i64,
    key: String,
    file: String,
    #[serde(default)]
    skip_broken: bool,
}

/// Why a file was not taken.
enum NotTaken {
    Error(Error),
    Fault(Fault),
}

impl From<Error> for NotTaken {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<Fault> for NotTaken {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl NotTaken {
    fn status(&self) -> StatusCode {
        match self {
            Self::Error(error) => {
                StatusCode::from_u16(error.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
            }
            Self::Fault(Fault::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Fault(_) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

async fn preview(State(app): State<App>, Query(query): Query<PreviewQuery>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let module = ModuleId(query.module);
    let looked = async {
        let (file, _, _place) = take(&app.host, &parts, module, body).await?;
        Ok(imports::preview(&app.host, &parts, module, &file).await?)
    };
    let (status, looked) = match looked.await {
        Ok(looked) => (StatusCode::OK, looked),
        Err(not_taken) => {
            let status = NotTaken::status(&not_taken);
            match not_taken {
                NotTaken::Error(error) => (status, Looked::Failed(error)),
                NotTaken::Fault(fault) => (status, Looked::Fault(fault)),
            }
        }
    };
    (status, axum::Json(looked)).into_response()
}

/// Answers with one [`Message`] a line: how far it is, and at the end what became of it. The import goes on when the browser
/// is gone; the same key then gets the answer.
async fn run(State(app): State<App>, Query(query): Query<RunQuery>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let module = ModuleId(query.module);
    let (file, hash, place) = match take(&app.host, &parts, module, body).await {
        Ok(taken) => taken,
        Err(not_taken) => {
            let status = not_taken.status();
            let message = match not_taken {
                NotTaken::Error(error) => Message::Failed(error),
                NotTaken::Fault(fault) => Message::Fault(fault),
            };
            return (status, [(header::CONTENT_TYPE, "application/x-ndjson")], line(&message))
                .into_response();
        }
    };
    let run = imports::Run {
        key: Key(query.key),
        module,
        file_name: file_name(&query.file),
        skip_broken: query.skip_broken,
        hash,
    };
    let (sender, receiver) = mpsc::channel::<Message>(16);
    let of = file.lines;
    tokio::spawn(async move {
        // A browser that does not keep up misses some numbers.
        let progress = |done| drop(sender.try_send(Message::Progress { done, of }));
        let done = again::until_done(|| run.run(&app.host, &parts, &file, progress)).await;
        let message = done.unwrap_or_else(Message::Failed);
        drop(place);
        // Nobody may be listening any more.
        let _ = sender.send(message).await;
    });
    let lines = stream::unfold(receiver, |mut receiver| async move {
        let message = receiver.recv().await?;
        Some((Ok::<_, std::convert::Infallible>(line(&message)), receiver))
    });
    let mut response = Body::from_stream(lines).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

fn line(message: &Message) -> Bytes {
    let mut line = serde_json::to_vec(message).unwrap_or_else(|error| {
        tracing::error!(%error, "a message cannot be written as JSON");
        br#"{"failed":"server"}"#.to_vec()
    });
    line.push(b'\n');
    line.into()
}

/// The last part of the file's name, as the history shows it.
fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let short: String = last.chars().take(NAME_MAX as usize).collect();
    text::line(Field::File, &short, NAME_MAX).unwrap_or_else(|_| "CSV".to_owned())
}

/// Checks the right, takes the file in, and reads it: with its hash, and its place in memory.
async fn take(
    host: &Arc<Host>,
    parts: &Parts,
    module: ModuleId,
    body: Body,
) -> Result<(File, String, tokio::sync::SemaphorePermit<'static>), NotTaken> {
    let kind = may_import(host, parts, module).await?;
    let place = tokio::time::timeout(PATIENCE, PLACES.acquire()).await;
    let place = place.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)?;
    let bytes = tokio::time::timeout(UPLOAD, collect(body)).await.map_err(|_| Error::Busy)??;
    let read = tokio::task::spawn_blocking(move || {
        let hash = sha256(&bytes);
        File::read_as(kind, bytes).map(|file| (file, hash))
    });
    let (file, hash) = read.await.map_err(|error| {
        tracing::error!(%error, "a file could not be read");
        Error::Server
    })??;
    Ok((file, hash, place))
}

async fn collect(body: Body) -> Result<Vec<u8>, NotTaken> {
    let mut bytes = Vec::new();
    let mut stream = body.into_data_stream();
    while let Some(part) = stream.next().await {
        // The browser went away: nobody reads the answer.
        let part = part.map_err(|_| Error::Unreachable)?;
        if bytes.len() + part.len() > FILE_MAX {
            return Err(Fault::TooLarge.into());
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

/// What `modulok import` is told.
#[derive(Clone, Debug, clap::Args)]
pub struct ImportArgs {
    /// The file holds orders of a web shop: Order number, E-mail, Name, Date, Amount, Currency
    #[arg(long)]
    pub orders: bool,
    /// The module that gets the datasheets
    #[arg(long, value_name = "NAME")]
    pub module: String,
    /// The file: CSV with headings; - reads the standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Who imports, and owns what has no owner [default: the first admin]
    #[arg(long, value_name = "EMAIL")]
    pub user: Option<String>,
    /// The time zone in which hours are meant [default: that user's]
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
    /// Leave broken lines out instead of refusing the file
    #[arg(long)]
    pub skip_broken: bool,
    /// Only tell what would be made
    #[arg(long)]
    pub dry_run: bool,
}

/// Imports a file: prints broken and doubtful lines and the progress to stderr, the result to stdout.
pub async fn run_command(host: &Host, args: &ImportArgs) -> Result<(), Failure> {
    let (name, bytes) = read_bytes(&args.file)?;
    let file = File::read(bytes).map_err(|fault| Failure::new(texts::fault(Locale::En, &fault)))?;
    let importer = importer(host, args, None).await?;
    let fail = |error: Error| database_failure(&error);

    let mut tx = host.db.read().await.map_err(fail)?;
    let preview = survey(&mut tx, &importer, &file).await.map_err(fail)?;
    drop(tx);
    tell(&preview);
    let broken = &preview.broken;
    if broken.count > 0 && !args.skip_broken {
        return Err(refused(broken.count, preview.made));
    }
    if args.dry_run {
        return say(&format!(
            "Would import {} datasheets, {} of them with a to-do; {} lines were imported before; {} broken lines are left out.",
            preview.made, preview.todos, preview.already, broken.count
        ));
    }

    let mut tx = host.db.begin().await.map_err(fail)?;
    let source = Source { file: &file, name: &name, skip_broken: args.skip_broken };
    let made = make(&mut tx, &importer, source, |done| progress(done, file.lines)).await.map_err(fail)?;
    match made {
        Made::Broken(broken) => Err(refused(broken.count, preview.made)),
        Made::Done(imported) => {
            tx.commit().await.map_err(fail)?;
            say(&format!(
                "Imported {} datasheets; {} lines were imported before; {} broken lines were left out.",
                imported.made, imported.already, imported.left_out
            ))
        }
    }
}

pub(super) fn read_bytes(path: &Path) -> Result<(String, Vec<u8>), Failure> {
    let limit = FILE_MAX as u64 + 1;
    let mut bytes = vec![];
    let (name, read) = if path == Path::new("-") {
        ("stdin".to_owned(), std::io::stdin().lock().take(limit).read_to_end(&mut bytes))
    } else {
        let file = std::fs::File::open(path);
        (file_name(&path.to_string_lossy()), file.and_then(|file| file.take(limit).read_to_end(&mut bytes)))
    };
    read.map_err(|error| Failure::new(format!("cannot read {}: {error}", path.display())))?;
    Ok((name, bytes))
}

/// Who imports what where: into a module of that process, or into one whose statuses hands move.
pub(super) async fn importer(
    host: &Host,
    args: &ImportArgs,
    process: Option<Process>,
) -> Result<Importer, Failure> {
    let fail = |error: Error| database_failure(&error);
    let now = host.now();
    let mut tx = host.db.read().await.map_err(fail)?;

    let links = modules::links(&mut tx, None).await.map_err(fail)?;
    // One whose name came with it is called so in each language.
    tx.read_in(Locale::Hu);
    let hungarian = modules::links(&mut tx, None).await.map_err(fail)?;
    let wanted = fold(args.module.trim());
    let is_it = |link: &ModuleLink| fold(&link.name) == wanted;
    let mut found = links.iter().zip(&hungarian).filter(|(link, also)| is_it(link) || is_it(also));
    let module = match (found.next(), found.next()) {
        (Some((link, _)), None) => link.id,
        (Some(_), Some(_)) => {
            return Err(Failure::new(format!("several modules are called {}: rename one", args.module)));
        }
        (None, _) => {
            let names: Vec<&str> = links.iter().map(|link| link.name.as_str()).collect();
            let list = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            return Err(Failure::new(format!("there is no module {}; there are: {list}", args.module)));
        }
    };

    let opened = modules::get(&mut tx, module).await.map_err(fail)?.ok_or_else(|| fail(Error::NotFound))?;
    let found = opened.template.process();
    if found != process && !(process.is_none() && found.is_some_and(Process::takes_files)) {
        return Err(Failure::new(match (found, process) {
            (_, Some(_)) => format!("{} is no webshop module: only those take orders", args.module),
            (Some(Process::Webshop), None) => {
                format!("{} takes orders: give the file with --orders", args.module)
            }
            _ => format!("{} takes no files: its process moves its statuses", args.module),
        }));
    }

    let all = users::all(&mut tx).await.map_err(fail)?;
    let user = if let Some(email) = &args.user {
        let email = email.trim().to_lowercase();
        all.iter()
            .find(|user| user.email == email)
            .ok_or_else(|| Failure::new(format!("there is no user {email}; `modulok user list` shows all")))?
    } else {
        let first: Option<UserId> = accounts::first_admin(&mut tx).await.map_err(fail)?;
        all.iter().find(|user| Some(user.id) == first).ok_or_else(|| {
            Failure::new("there is no active admin to import as; say who imports with --user")
        })?
    };
    if user.state != UserState::Active || !(user.role.sees_all_modules() || user.modules.contains(&module)) {
        return Err(Failure::new(format!("{} is not active or may not open {}", user.email, args.module)));
    }
    let zone_name = args.zone.as_deref().unwrap_or(&user.zone);
    let zone = Zone::load(zone_name, now)
        .ok_or_else(|| Failure::new(format!("there is no time zone {zone_name}; one is Europe/Budapest")))?;
    let hungarian = std::env::var("LANG").is_ok_and(|lang| lang.starts_with("hu"));
    let locale = if hungarian { Locale::Hu } else { Locale::En };
    let start = match found.filter(|process| process.takes_files()) {
        None => None,
        Some(process) => {
            Some(process_moves::start_of_files(&mut tx, &opened, process, now).await.map_err(fail)?)
        }
    };
    Ok(Importer { module, user: user.id, zone: Arc::new(zone), locale, now, start })
}

/// Says what is noteworthy about a file. What cannot be said stops nothing.
fn tell(preview: &Preview) {
    tell_columns(&preview.columns, preview.encoding, &preview.left_out);
    tell_doubtful(&preview.doubtful);
    tell_broken(&preview.broken);
}

/// Says which columns are understood.
pub(super) fn tell_columns(columns: &[Column], encoding: Encoding, left_out: &[String]) {
    let mut err = std::io::stderr().lock();
    let columns: Vec<&str> = columns.iter().map(|column| texts::column(Locale::En, *column)).collect();
    let _ = writeln!(err, "Columns: {} ({})", columns.join(", "), encoding.name());
    if !left_out.is_empty() {
        let _ = writeln!(err, "Columns left out: {}", left_out.join(", "));
    }
}

/// Says which lines are doubtful and why.
pub(super) fn tell_doubtful(doubtful: &Remarks<Doubt>) {
    list(&mut std::io::stderr().lock(), "doubtful", doubtful, |doubt| texts::doubt(Locale::En, doubt));
}

/// Says which lines are broken and why.
pub(super) fn tell_broken(broken: &Remarks<Reason>) {
    list(&mut std::io::stderr().lock(), "broken", broken, |reason| texts::reason(Locale::En, reason));
}

fn list<T>(err: &mut impl std::io::Write, kind: &str, remarks: &Remarks<T>, say: impl Fn(&T) -> String) {
    for remark in &remarks.first {
        let says: Vec<String> = remark.says.iter().map(&say).collect();
        let _ = writeln!(err, "line {} ({kind}): {} [{}]", remark.line, says.join("; "), remark.text);
    }
    let more = remarks.count.saturating_sub(u32::try_from(remarks.first.len()).unwrap_or(u32::MAX));
    if more > 0 {
        let _ = writeln!(err, "… and {more} more {kind} lines");
    }
}

pub(super) fn refused(broken: u32, good: u32) -> Failure {
    Failure::new(format!(
        "{broken} broken and {good} good lines; nothing was imported. Mend the broken lines, or leave them out with --skip-broken.",
    ))
}

pub(super) fn progress(done: u32, of: u32) {
    let mut err = std::io::stderr();
    if err.is_terminal() {
        let _ = write!(err, "\r{done} of {of} lines{}", if done == of { "\n" } else { "" });
    } else if done == of || done.is_multiple_of(10_000) {
        let _ = writeln!(err, "{done} of {of} lines");
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use tower::ServiceExt as _;

    use super::*;
    use crate::{
        domain::{
            id::EventId,
            import::{Imported, Reason, TakenBack},
            module::Template,
            user::{Role, UserForm},
        },
        server::{config::Config, host::Clock},
        store::{
            sessions,
            testing::{NOW, TestDb, collide, on_both},
        },
    };

    const FILE: &str = "Név;Státusz\nTető;Új\nKazán;Folyamatban\n";

    /// The app with a module and signed-in users of each role.
    struct Office {
        app: Router,
        module: ModuleId,
        other: ModuleId,
        test: TestDb,
    }

    async fn office(test: TestDb) -> Office {
        let host = Arc::new(Host::new(test.db.clone(), Clock::at(NOW)));
        let mut tx = host.db.begin().await.unwrap();
        let mut seed = async |name| {
            modules::seed_from_template(&mut tx, Template::Custom, name, Locale::Hu, NOW).await.unwrap().id
        };
        let (module, other) = (seed("Egyéni").await, seed("Másik").await);
        for (name, role) in
            [("admin", Role::Admin), ("anna", Role::User), ("bela", Role::User), ("rita", Role::Restricted)]
        {
            let form = UserForm {
                name: name.to_owned(),
                email: format!("{name}@pelda.hu"),
                role,
                state: UserState::Active,
                zone: "Europe/Budapest".to_owned(),
                modules: vec![module],
            };
            let user = users::add(&mut tx, &form, None, NOW).await.unwrap();
            sessions::add(&mut tx, &sha256(name), user, "", NOW).await.unwrap();
        }
        tx.commit().await.unwrap();
        Office { app: super::super::app(host, Config::default()), module, other, test }
    }

    impl Office {
        /// Posts a body as the user whose session has their name as its token.
        async fn post(&self, user: &str, path: &str, body: impl Into<Body>) -> (StatusCode, String) {
            let request = axum::http::Request::builder()
                .method(Method::POST)
                .uri(path)
                .header(header::COOKIE, format!("modulok_session={user}"))
                .header(header::CONTENT_TYPE, "application/json")
                .body(body.into())
                .unwrap();
            let response = self.app.clone().oneshot(request).await.unwrap();
            let status = response.status();
            let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
            (status, String::from_utf8(bytes.to_vec()).unwrap())
        }

        async fn preview(&self, user: &str, module: ModuleId, body: &str) -> (StatusCode, Looked) {
            let (status, text) =
                self.post(user, &format!("/imports/preview?module={module}"), body.to_owned()).await;
            (status, serde_json::from_str(&text).unwrap())
        }

        /// Runs an import; the last message of the answer.
        async fn run(&self, user: &str, key: &str, skip: bool, body: &str) -> (StatusCode, Message) {
            self.run_into(self.module, user, key, skip, body).await
        }

        async fn run_into(
            &self,
            module: ModuleId,
            user: &str,
            key: &str,
            skip: bool,
            body: &str,
        ) -> (StatusCode, Message) {
            let path =
                format!("/imports/run?module={module}&key={key}&skip_broken={skip}&file=C%3A%5Cadat.csv");
            let (status, text) = self.post(user, &path, body.to_owned()).await;
            (status, serde_json::from_str(text.trim_end().rsplit('\n').next().unwrap()).unwrap())
        }

        async fn undo(&self, user: &str, key: &str, event: EventId) -> (StatusCode, String) {
            self.post(user, "/api/imports/undo", format!("{{\"key\":\"{key}\",\"event\":{event}}}")).await
        }

        /// How many datasheets a run would still make of the file.
        async fn missing(&self) -> u32 {
            match self.preview("admin", self.module, FILE).await {
                (_, Looked::Preview(preview)) => preview.made,
                other => panic!("{other:?}"),
            }
        }
    }

    fn done(message: Message) -> Imported {
        match message {
            Message::Done(imported) => imported,
            other => panic!("{other:?}"),
        }
    }

    on_both! {
        async fn only_who_works_in_the_whole_module_may_import(test: TestDb) {
            let office = office(test).await;
            for (user, module, status, error) in [
                ("nobody", office.module, 401, Error::SignInNeeded),
                ("rita", office.module, 403, Error::Forbidden),
                ("anna", office.other, 404, Error::NotFound),
                ("admin", ModuleId(7), 404, Error::NotFound),
            ] {
                let (code, looked) = office.preview(user, module, FILE).await;
                assert_eq!((code.as_u16(), looked), (status, Looked::Failed(error)), "{user}");
            }
            let (code, message) = office.run("rita", "key-of-rita", false, FILE).await;
            assert_eq!((code.as_u16(), message), (403, Message::Failed(Error::Forbidden)));
            let (code, message) = office.run("nobody", "key-of-nobody", false, FILE).await;
            assert_eq!((code.as_u16(), message), (401, Message::Failed(Error::SignInNeeded)));
            assert_eq!(office.missing().await, 2);
        }

        async fn a_run_sent_twice_has_one_effect_and_the_same_answer(test: TestDb) {
            let office = office(test).await;
            let (code, first) = office.run("anna", "key-number-1", false, FILE).await;
            let first = done(first);
            assert_eq!((code, first.made, office.missing().await), (StatusCode::OK, 2, 0));
            let (_, again) = office.run("anna", "key-number-1", false, FILE).await;
            assert_eq!(done(again), first);
            let (_, other) = office.run("anna", "key-number-1", false, "Név\nMás\n").await;
            assert_eq!(other, Message::Failed(Error::KeyReused));
            let (_, later) = office.run("anna", "key-number-2", false, FILE).await;
            assert_eq!(done(later), Imported { made: 0, already: 2, left_out: 0, undo: None, orders: None });
        }

        async fn a_file_for_a_webshop_holds_orders_and_is_taken_back_as_a_whole(test: TestDb) {
            const ORDERS: &str = "Rendelésszám;E-mail;Név;Dátum;Összeg;Pénznem\n\
                W-1;anna@pelda.hu;Kis Anna;2026. 11. 20. 14:30;12 990;HUF\nW-2;anna@pelda.hu;;2026. 11. 21.;5;HUF\n";
            let office = office(test).await;
            let mut tx = office.test.db.begin().await.unwrap();
            let shop = crate::store::testing::webshop(&mut tx).await;
            tx.commit().await.unwrap();
            let preview = async |user: &str, file: &str| office.preview(user, shop, file).await;
            // Anna may not open it; Rita sees only her own cases everywhere.
            assert_eq!(preview("anna", ORDERS).await.0, StatusCode::NOT_FOUND);
            assert_eq!(preview("rita", ORDERS).await.0, StatusCode::NOT_FOUND);
            let missing = Fault::ColumnsMissing {
                missing: vec![Column::OrderNumber, Column::Email, Column::Date, Column::Amount, Column::Currency],
                found: vec!["Név".to_owned(), "Státusz".to_owned()],
            };
            assert_eq!(preview("admin", FILE).await.1, Looked::Fault(missing));
            let (_, Looked::Orders(looked)) = preview("admin", ORDERS).await else { panic!() };
            assert_eq!((looked.new, looked.buyers, looked.already, looked.rows.len()), (2, 1, 0, 2));
            // 13:30 UTC: the hour is the viewer's.
            assert_eq!(looked.rows[0].at.0, 1_795_181_400_000);
            let broken = format!("{ORDERS}W-3;nobody;;2026. 11. 21.;5;HUF\n");
            let (_, message) = office.run_into(shop, "admin", "key-number-1", false, &broken).await;
            assert!(matches!(message, Message::Broken(broken) if broken.count == 1));
            let (_, first) = office.run_into(shop, "admin", "key-number-2", false, ORDERS).await;
            let first = done(first);
            assert_eq!((first.made, first.orders.unwrap().buyers), (2, 1));
            assert_eq!(done(office.run_into(shop, "admin", "key-number-2", false, ORDERS).await.1), first);
            let (code, text) = office.undo("admin", "key-number-3", first.undo.unwrap()).await;
            let taken: TakenBack = serde_json::from_str(&text).unwrap();
            assert_eq!((code, taken), (StatusCode::OK, TakenBack { removed: 2, kept: 0 }));
            let (_, Looked::Orders(looked)) = preview("admin", ORDERS).await else { panic!() };
            assert_eq!((looked.new, looked.buyers), (2, 1));
        }

        async fn a_broken_line_is_told_and_left_out_only_when_asked(test: TestDb) {
            let office = office(test).await;
            let file = format!("{FILE}Kapu;Nincs\n");
            let (_, message) = office.run("anna", "key-number-1", false, &file).await;
            let Message::Broken(broken) = message else { panic!("{message:?}") };
            assert_eq!((broken.count, broken.first[0].line), (1, 4));
            assert_eq!(broken.first[0].says, [Reason::StatusUnknown { text: "Nincs".to_owned() }]);
            assert_eq!(office.missing().await, 2);
            let (_, message) = office.run("anna", "key-number-2", true, &file).await;
            assert_eq!(done(message).left_out, 1);
        }

        async fn what_is_no_table_is_refused_with_a_reason(test: TestDb) {
            let office = office(test).await;
            let (code, looked) = office.preview("anna", office.module, "PK\u{3}\u{4}\u{0}").await;
            assert_eq!((code.as_u16(), looked), (422, Looked::Fault(Fault::NotText)));
            let (code, message) = office.run("anna", "key-number-1", false, "").await;
            assert_eq!((code.as_u16(), message), (422, Message::Fault(Fault::Empty)));
            let (code, _) = office.post("anna", "/imports/preview", FILE).await;
            assert_eq!(code, StatusCode::BAD_REQUEST);
        }

        async fn an_import_is_taken_back_once_by_who_may(test: TestDb) {
            let office = office(test).await;
            let event = done(office.run("anna", "key-number-1", false, FILE).await.1).undo.unwrap();
            assert_eq!(office.undo("nobody", "key-number-0", event).await.0, StatusCode::UNAUTHORIZED);
            assert_eq!(office.undo("bela", "key-number-2", event).await.0, StatusCode::FORBIDDEN);
            assert_eq!(office.undo("anna", "key-number-3", EventId(7)).await.0, StatusCode::NOT_FOUND);
            assert_eq!(office.missing().await, 0);
            for _ in 0..2 {
                let (code, text) = office.undo("anna", "key-number-4", event).await;
                let taken: TakenBack = serde_json::from_str(&text).unwrap();
                assert_eq!((code, taken), (StatusCode::OK, TakenBack { removed: 2, kept: 0 }));
            }
            assert_eq!(office.undo("admin", "key-number-5", event).await.0, StatusCode::CONFLICT);
            assert_eq!(office.missing().await, 2);
        }
    }

    #[tokio::test]
    async fn an_import_that_collides_with_another_write_is_done_again() {
        let office = office(TestDb::postgres().await).await;
        collide(&office.test.db, "datasheets", 2).await;
        let (code, message) = office.run("anna", "key-number-1", false, FILE).await;
        assert_eq!((code, done(message).made, office.missing().await), (StatusCode::OK, 2, 0));
    }

    #[tokio::test]
    async fn a_file_over_the_limit_is_refused_while_it_comes() {
        let office = office(TestDb::sqlite().await).await;
        let part = Bytes::from(vec![b'a'; 1 << 20]);
        let parts = stream::iter((0..65).map(move |_| Ok::<_, std::io::Error>(part.clone())));
        let path = format!("/imports/preview?module={}", office.module);
        let (code, text) = office.post("anna", &path, Body::from_stream(parts)).await;
        assert_eq!(code, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(serde_json::from_str::<Looked>(&text).unwrap(), Looked::Fault(Fault::TooLarge));
    }

    #[test]
    fn the_history_shows_the_last_part_of_the_files_name() {
        assert_eq!(file_name("C:\\Users\\anna\\adat.csv"), "adat.csv");
        assert_eq!(file_name("/tmp/adat\n.csv"), "adat .csv");
        assert_eq!(file_name(""), "CSV");
    }
}
