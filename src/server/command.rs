//! The command line: what is asked for, and with which settings. A flag wins over the environment, that over the file.

use std::{
    fmt,
    io::{BufRead as _, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::Deserialize;

use super::{
    backup::{self, BackupArgs, RestoreArgs},
    config::{Config, Network},
    demo,
    files::Files,
    import::{self, ImportArgs},
    password, seed, serve,
    sign_in::{self, FIRST_ADMIN},
    site::SITE,
    tick, webshop,
};
use crate::{
    domain::{history::What, id::ApiTokenId, text, time::Timestamp, user::Role},
    error::Error,
    i18n::Locale,
    server::host::Host,
    store::{Db, Tx, accounts, api_tokens, events, migrate},
};

/// Why a command was not done: one line that says what to do.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// One line.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Modulok: a CRM in which every business process is a module.
#[derive(Parser)]
#[command(name = "modulok", version, about, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Command,
}

/// Settings of every command.
#[derive(Args)]
struct Options {
    /// The database: sqlite:PATH or postgres://… [default: SQLite in your data folder]
    #[arg(long, global = true, env = "MODULOK_DATABASE", hide_env_values = true, value_name = "URL")]
    database: Option<String>,
    /// The folder that holds the bytes of files [default: beside SQLite's file; in your data folder with Postgres]
    #[arg(long, global = true, env = "MODULOK_FILES", value_name = "DIR")]
    files: Option<PathBuf>,
    /// The largest file that can be added to a datasheet, in megabytes [default: 25]
    #[arg(long, global = true, env = "MODULOK_FILE_MAX", value_name = "MB")]
    file_max: Option<u64>,
    /// Where to listen; port 0 takes a free one [default: 127.0.0.1:3000]
    #[arg(long, global = true, env = "MODULOK_LISTEN", value_name = "ADDR")]
    listen: Option<String>,
    /// The address people use when a proxy stands before the server, such as <https://crm.example.com>
    #[arg(long, global = true, env = "MODULOK_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// What to log: error, warn, info, debug, or a filter such as modulok=debug [default: info]
    #[arg(long, global = true, env = "MODULOK_LOG", value_name = "FILTER")]
    log: Option<String>,
    /// How to log [default: text]
    #[arg(long, global = true, env = "MODULOK_LOG_FORMAT", value_name = "FORMAT")]
    log_format: Option<LogFormat>,
    /// Proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8
    #[arg(long, global = true, env = "MODULOK_TRUSTED_PROXIES", value_name = "RANGE", value_delimiter = ',')]
    trusted_proxy: Vec<String>,
    /// What GET /metrics wants to be shown as a bearer token [default: it answers this machine only]
    #[arg(long, global = true, env = "MODULOK_METRICS_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    metrics_token: Option<String>,
    /// A TOML file with these settings [default: config.toml in your config folder]
    #[arg(long, global = true, env = "MODULOK_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LogFormat {
    Text,
    Json,
}

/// The settings in the file; a key that is not one of these is an error.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    database: Option<String>,
    files: Option<PathBuf>,
    #[serde(rename = "file_max")]
    max: Option<u64>,
    listen: Option<String>,
    public_url: Option<String>,
    log: Option<String>,
    log_format: Option<LogFormat>,
    metrics_token: Option<String>,
    #[serde(default)]
    trusted_proxies: Vec<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the application
    Serve,
    /// Serves sample data and prints a link that signs in; has its own database unless told otherwise
    Demo {
        /// Language of the sample data: hu or en [default: by LANG]
        #[arg(long)]
        lang: Option<String>,
    },
    /// Brings the database to this version's schema
    Migrate,
    /// Adds a module full of plausible datasheets
    Seed {
        /// How many datasheets
        #[arg(long)]
        datasheets: u64,
        /// How many to-dos each
        #[arg(long, default_value_t = 3)]
        todos: u64,
    },
    /// Makes the moves of fixed modules that are due by the clock, once; `serve` does it by itself
    Tick {
        /// The moment to look at, such as 2026-11-24T09:00:00Z [default: now]
        #[arg(long, value_name = "TIME")]
        now: Option<String>,
    },
    /// Imports datasheets from a CSV file: all of it or nothing, and nothing twice
    Import(ImportArgs),
    /// Writes the whole database to one file, while the server runs
    Backup(BackupArgs),
    /// Reads such a file into an empty database, of either kind
    Restore(RestoreArgs),
    /// Users of the application
    #[command(subcommand)]
    User(UserCommand),
    /// Tokens by which programs send data, such as a web shop its orders
    #[command(subcommand)]
    Token(TokenCommand),
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Makes a token and prints it: this once
    Add {
        /// What it is for
        name: String,
        /// Who owns the buyers it makes [default: the first admin]
        #[arg(long, value_name = "EMAIL")]
        user: Option<String>,
    },
    /// Lists all tokens with their numbers
    List,
    /// Ends a token
    Revoke {
        /// Its number
        number: i64,
    },
}

#[derive(Subcommand)]
enum UserCommand {
    /// Adds a user; the password is read from the standard input
    Add {
        /// What they sign in with
        email: String,
        /// Their full name [default: the e-mail]
        #[arg(long)]
        name: Option<String>,
        /// admin, manager, user or restricted
        #[arg(long, default_value = "user")]
        role: String,
        /// Their time zone [default: the machine's]
        #[arg(long)]
        zone: Option<String>,
    },
    /// Lists all users
    List,
    /// Sets a user's password, read from the standard input, and ends their sessions
    ResetPassword {
        /// What they sign in with
        email: String,
    },
}

/// What holds after flags, environment and file.
struct Settings {
    database: Option<String>,
    files: Option<PathBuf>,
    file_max: Option<u64>,
    listen: String,
    log: String,
    log_format: LogFormat,
    config: Config,
}

/// Does what the command line asks for.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = settings(cli.options).and_then(|settings| {
        start_log(&settings)?;
        tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::new(format!("cannot start: {error}")))?
            .block_on(run(cli.command, settings))
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "modulok: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn settings(options: Options) -> Result<Settings, Failure> {
    let file = match &options.config {
        Some(path) => read_file(path)?,
        None => match folder("XDG_CONFIG_HOME", ".config").map(|folder| folder.join("config.toml")) {
            Some(path) if path.exists() => read_file(&path)?,
            _ => File::default(),
        },
    };
    let env = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let proxies = if options.trusted_proxy.is_empty() { file.trusted_proxies } else { options.trusted_proxy };
    let trusted_proxies: Result<Vec<Network>, String> =
        proxies.iter().map(|text| text.trim().parse()).collect();
    let public_url = options.public_url.or(file.public_url);
    if let Some(url) = &public_url
        && !(url.starts_with("https://") || url.starts_with("http://"))
    {
        return Err(Failure::new(format!("--public-url must begin with https:// or http://, not {url}")));
    }
    Ok(Settings {
        database: options.database.or(file.database),
        files: options.files.or(file.files),
        file_max: options.file_max.or(file.max),
        listen: options
            .listen
            .or_else(|| env("LEPTOS_SITE_ADDR"))
            .or(file.listen)
            .unwrap_or_else(|| SITE.site_addr.clone()),
        log: options.log.or_else(|| env("RUST_LOG")).or(file.log).unwrap_or_else(|| "info".to_owned()),
        log_format: options.log_format.or(file.log_format).unwrap_or(LogFormat::Text),
        config: Config {
            public_url,
            metrics_token: options
                .metrics_token
                .or(file.metrics_token)
                .filter(|token| !token.trim().is_empty())
                .map(|token| token.trim().to_owned()),
            trusted_proxies: trusted_proxies.map_err(Failure)?,
            ..Config::default()
        },
    })
}

fn read_file(path: &Path) -> Result<File, Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::new(format!("cannot read {shown}: {error}")))?;
    toml::from_str(&text).map_err(|error| Failure::new(format!("{shown}: {}", error.message())))
}

/// A folder of the user: where the system keeps such, or below their home.
fn folder(variable: &str, below_home: &str) -> Option<PathBuf> {
    let given = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    given
        .or_else(|| {
            std::env::var_os(if cfg!(windows) { "USERPROFILE" } else { "HOME" })
                .map(|home| PathBuf::from(home).join(below_home))
        })
        .map(|folder| folder.join("modulok"))
}

fn start_log(settings: &Settings) -> Result<(), Failure> {
    let filter = tracing_subscriber::EnvFilter::try_new(&settings.log)
        .map_err(|error| Failure::new(format!("--log {}: {error}", settings.log)))?;
    // What cannot be logged must not end what it tells of: saying so on the same stream, gone with its reader, would panic.
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .log_internal_errors(false);
    match settings.log_format {
        LogFormat::Text => log.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}

async fn run(command: Command, settings: Settings) -> Result<(), Failure> {
    let file = if matches!(command, Command::Demo { .. }) { "demo.sqlite" } else { "modulok.sqlite" };
    let url = database_url(settings.database, file)?;
    let files = files(settings.files, settings.file_max, &url)?;
    match &command {
        // Neither migrates the database as it is.
        Command::Backup(args) => return backup::backup(&url, &files, args).await,
        Command::Restore(args) => return backup::restore(&url, &files, args).await,
        _ => {}
    }
    let host = open(&url, files).await?;
    match command {
        Command::Backup(_) | Command::Restore(_) => Ok(()),
        Command::Serve => {
            let link = first_admin(&host).await.map_err(|error| database_failure(&error))?;
            serve::serve(host, settings.config, &url, &settings.listen, link).await
        }
        Command::Demo { lang } => {
            let lang = lang.or_else(|| std::env::var("LANG").ok()).unwrap_or_default();
            let locale = if lang.starts_with("en") { Locale::En } else { Locale::Hu };
            let admin = demo::fill(&host, locale).await.map_err(|error| database_failure(&error))?;
            serve::serve(host, settings.config, &url, &settings.listen, Some(admin)).await
        }
        Command::Migrate => {
            say("The database has this version's schema.")?;
            host.db.close().await;
            Ok(())
        }
        Command::Seed { datasheets, todos } => {
            seed::fill(&host, datasheets, todos).await.map_err(|error| database_failure(&error))?;
            host.db.close().await;
            Ok(())
        }
        Command::Tick { now } => {
            let now = match now {
                Some(text) => chrono::DateTime::parse_from_rfc3339(&text)
                    .map(|moment| Timestamp(moment.timestamp_millis()))
                    .map_err(|_| {
                        Failure::new(format!("{text} is not a time; write it as 2026-11-24T09:00:00Z"))
                    })?,
                None => host.now(),
            };
            let ticked = tick::tick(&host, now).await.map_err(|error| database_failure(&error))?;
            let tick::Ticked { looked_at, moved, failed } = ticked;
            say(&format!("{looked_at} looked at, {moved} moved."))?;
            if failed > 0 {
                return Err(Failure::new(format!("{failed} could not be worked out; see the log above")));
            }
            host.db.close().await;
            Ok(())
        }
        Command::Import(args) => {
            if args.orders {
                webshop::run_command(&host, &args).await?;
            } else {
                import::run_command(&host, &args).await?;
            }
            host.db.close().await;
            Ok(())
        }
        Command::Token(command) => {
            tokens(&host, command).await?;
            host.db.close().await;
            Ok(())
        }
        Command::User(command) => {
            users(&host, command).await?;
            host.db.close().await;
            Ok(())
        }
    }
}

pub(super) fn say(text: &str) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{text}").map_err(|error| Failure::new(format!("cannot write: {error}")))
}

fn database_url(given: Option<String>, file: &str) -> Result<String, Failure> {
    let url = if let Some(url) = given {
        url
    } else {
        let folder = folder("XDG_DATA_HOME", ".local/share").ok_or_else(|| {
            Failure::new("no home folder is known; say where the database is with --database")
        })?;
        format!("sqlite:{}", folder.join(file).display())
    };
    if let Some(path) = url.strip_prefix("sqlite:") {
        let path = path.trim_start_matches("//").split('?').next().unwrap_or_default();
        if let Some(folder) = Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| {
                Failure::new(format!("cannot make the folder {}: {error}", folder.display()))
            })?;
        }
    } else if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(Failure::new("--database must be sqlite:PATH or postgres://…"));
    }
    Ok(url)
}

/// Where the bytes of files lie: `modulok.sqlite` has the folder `modulok.sqlite-files` beside it.
fn files(given: Option<PathBuf>, max: Option<u64>, url: &str) -> Result<Files, Failure> {
    let path = url
        .strip_prefix("sqlite:")
        .map(|path| path.trim_start_matches("//").split('?').next().unwrap_or_default());
    let folder = match (given, path) {
        (Some(folder), _) => folder,
        (None, Some(path)) => PathBuf::from(format!("{path}-files")),
        (None, None) => folder("XDG_DATA_HOME", ".local/share")
            .ok_or_else(|| Failure::new("no home folder is known; say where files are kept with --files"))?
            .join("files"),
    };
    let mut files = Files::new(folder);
    if let Some(max) = max {
        files.max = max.saturating_mul(1024 * 1024);
    }
    Ok(files)
}

/// Opens and migrates the database.
async fn open(url: &str, files: Files) -> Result<Arc<Host>, Failure> {
    // Not the whole URL: it may hold a password.
    let shown = url.rsplit('@').next().unwrap_or_default();
    let db = Db::open(url).await.map_err(|_| {
        Failure::new(format!(
            "cannot open the database {shown}: does it run, and may it be read and written?"
        ))
    })?;
    let host = serve::host(db, files);
    migrate::run(&host.db, host.clock.now()).await.map_err(|_| {
        Failure::new(format!("cannot bring the database {shown} to this version's schema; see the log above"))
    })?;
    Ok(host)
}

pub(super) fn database_failure(error: &Error) -> Failure {
    Failure::new(match error {
        Error::Busy => {
            "the database does not answer; is it running, and does nobody else hold it?".to_owned()
        }
        other => crate::i18n::errors::message(Locale::En, other),
    })
}

/// The admin who gets a link: nobody, once an admin can sign in by password.
async fn first_admin(host: &Host) -> Result<Option<crate::domain::id::UserId>, Error> {
    let now = host.clock.now();
    let mut tx = host.db.begin().await?;
    let admin = if accounts::has_admin(&mut tx).await? {
        None
    } else if let Some(admin) = accounts::first_admin(&mut tx).await? {
        Some(admin)
    } else {
        let zone = machine_zone();
        let user = accounts::NewUser {
            name: "Admin",
            email: FIRST_ADMIN,
            password_hash: None,
            role: Role::Admin,
            zone: &zone,
            locale: None,
        };
        Some(accounts::add(&mut tx, user, now).await?)
    };
    tx.commit().await?;
    Ok(admin)
}

/// The time zone of the machine; UTC when it does not say.
fn machine_zone() -> String {
    let known = |name: &str| crate::domain::zone::Zone::names().any(|zone| zone == name);
    let from_file = || {
        let target = std::fs::read_link("/etc/localtime").ok()?;
        let text = target.to_string_lossy().into_owned();
        text.split_once("zoneinfo/").map(|(_, name)| name.to_owned())
    };
    std::env::var("TZ")
        .ok()
        .filter(|name| known(name))
        .or_else(from_file)
        .filter(|name| known(name))
        .unwrap_or_else(|| "UTC".to_owned())
}

async fn users(host: &Host, command: UserCommand) -> Result<(), Failure> {
    let now = host.clock.now();
    match command {
        UserCommand::Add { email, name, role, zone } => {
            let email = text::email(&email).map_err(|invalid| database_failure(&invalid.into()))?;
            let role: Role =
                serde_json::from_value(serde_json::Value::String(role.clone())).map_err(|_| {
                    Failure::new(format!("--role must be admin, manager, user or restricted, not {role}"))
                })?;
            let zone = zone.unwrap_or_else(machine_zone);
            if !crate::domain::zone::Zone::names().any(|name| name == zone) {
                return Err(Failure::new(format!(
                    "--zone: there is no time zone {zone}; one is Europe/Budapest"
                )));
            }
            let hash = read_password().await?;
            let name = name.unwrap_or_else(|| email.clone());
            let add = async {
                let mut tx = host.db.begin().await?;
                let user = accounts::NewUser {
                    name: &name,
                    email: &email,
                    password_hash: Some(&hash),
                    role,
                    zone: &zone,
                    locale: None,
                };
                accounts::add(&mut tx, user, now).await?;
                tx.commit().await
            };
            add.await.map_err(|error| database_failure(&error))?;
            say(&format!("Added {email}."))
        }
        UserCommand::List => {
            let list = async {
                let mut tx = host.db.read().await?;
                accounts::all(&mut tx).await
            };
            for user in list.await.map_err(|error| database_failure(&error))? {
                say(&format!("{}\t{}\t{:?}\t{:?}", user.email, user.name, user.role, user.state))?;
            }
            Ok(())
        }
        UserCommand::ResetPassword { email } => {
            let email = email.trim().to_lowercase();
            let hash = read_password().await?;
            let set = async {
                let mut tx = host.db.begin().await?;
                let user = accounts::password_set(&mut tx, &email, &hash).await?;
                tx.commit().await?;
                match user {
                    Some(user) => sign_in::new_link(&host.db, user, now).await.map(Some),
                    None => Ok(None),
                }
            };
            match set.await.map_err(|error| database_failure(&error))? {
                // Somebody may be trying passwords all the time: the link needs no try.
                Some(path) => say(&format!(
                    "The password of {email} is set. This signs them in once, also where others used up the tries: {path}"
                )),
                None => Err(Failure::new(format!("there is no user {email}; `modulok user list` shows all"))),
            }
        }
    }
}

async fn tokens(host: &Host, command: TokenCommand) -> Result<(), Failure> {
    let now = host.clock.now();
    let fail = |error: Error| database_failure(&error);
    match command {
        TokenCommand::Add { name, user } => {
            let name = text::name(&name).map_err(|invalid| database_failure(&invalid.into()))?;
            let (high, low): (u128, u128) = rand::random();
            let secret = format!("mdk_{high:032x}{low:032x}");
            let mut tx = host.db.begin().await.map_err(fail)?;
            let owner = match user {
                Some(email) => {
                    let email = email.trim().to_lowercase();
                    let all = accounts::all(&mut tx).await.map_err(fail)?;
                    let found = all.into_iter().find(|account| account.email == email);
                    found.map(|account| account.id).ok_or_else(|| {
                        Failure::new(format!("there is no user {email}; `modulok user list` shows all"))
                    })?
                }
                None => accounts::first_admin(&mut tx).await.map_err(fail)?.ok_or_else(|| {
                    Failure::new("there is no active admin; say whose the token is with --user")
                })?,
            };
            let add = async {
                let hash = crate::api::request::sha256(&secret);
                api_tokens::add(&mut tx, &name, &hash, owner, now).await?;
                note(&mut tx, What::TokenAdded { name }, now).await?;
                tx.commit().await
            };
            add.await.map_err(fail)?;
            say(&secret)
        }
        TokenCommand::List => {
            let list = async {
                let mut tx = host.db.read().await?;
                api_tokens::all(&mut tx).await
            };
            for token in list.await.map_err(fail)? {
                let state = if token.revoked_at.is_some() { "revoked" } else { "in force" };
                say(&format!("{}\t{}\t{state}", token.id, token.name))?;
            }
            Ok(())
        }
        TokenCommand::Revoke { number } => {
            let revoke = async {
                let mut tx = host.db.begin().await?;
                let name = api_tokens::revoke(&mut tx, ApiTokenId(number), now).await?;
                if let Some(name) = name.clone() {
                    note(&mut tx, What::TokenRevoked { name }, now).await?;
                }
                tx.commit().await?;
                Ok::<_, Error>(name)
            };
            match revoke.await.map_err(fail)? {
                Some(name) => say(&format!("{name} opens nothing any more.")),
                None => Err(Failure::new(format!(
                    "there is no token {number} in force; `modulok token list` shows all"
                ))),
            }
        }
    }
}

/// Writes an entry of the history for what the command line did.
async fn note(tx: &mut Tx, what: What, at: Timestamp) -> Result<(), Error> {
    let event =
        events::NewEvent { at, by: None, module: None, datasheet: None, what, undo: None, batch: None };
    events::add(tx, event).await.map(drop)
}

/// Reads a password from the standard input: never an argument, which other users of the machine could see.
async fn read_password() -> Result<String, Failure> {
    if std::io::stdin().is_terminal() {
        let _ = write!(std::io::stderr(), "Password: ");
    }
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|error| Failure::new(format!("cannot read the password: {error}")))?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    password::check(&password).map_err(|error| database_failure(&error))?;
    password::hash(password).await.map_err(|error| database_failure(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the server listens and what it logs, as told by flags, the environment of this process and a file.
    fn told(flags: &[&str], file: &str) -> Result<(String, String, Option<String>), Failure> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("modulok.toml");
        std::fs::write(&path, file).unwrap();
        let words = ["modulok", "serve", "--config", path.to_str().unwrap()];
        let cli = Cli::try_parse_from(words.iter().chain(flags)).unwrap();
        let settings = settings(cli.options)?;
        Ok((settings.listen, settings.log, settings.database))
    }

    #[test]
    fn a_flag_wins_over_the_environment_and_that_over_the_file() {
        const FILE: &str = "listen = '127.0.0.1:1'\nlog = 'warn'\ndatabase = 'sqlite:file.sqlite'";
        let text = |text: &str| text.to_owned();
        if std::env::var_os("MODULOK_TEST_ALONE").is_some() {
            let flags = ["--listen", "127.0.0.1:3"];
            let expected = (text("127.0.0.1:3"), text("debug"), Some(text("sqlite:file.sqlite")));
            assert_eq!(told(&flags, FILE).unwrap(), expected);
            assert_eq!(told(&[], FILE).unwrap().0, "127.0.0.1:2");
            return;
        }
        // The environment belongs to the whole process: one of its own has another one.
        let done = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "server::command::tests::a_flag_wins_over_the_environment_and_that_over_the_file",
                "--exact",
            ])
            .env_remove("MODULOK_DATABASE")
            .envs([("MODULOK_TEST_ALONE", "1"), ("MODULOK_LISTEN", "127.0.0.1:2"), ("MODULOK_LOG", "debug")])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stdout);
        assert!(done.status.success() && said.contains("1 passed"), "{said}");
    }

    #[test]
    fn a_settings_file_with_an_unknown_key_is_refused_by_its_name() {
        let failure = told(&[], "listn = '127.0.0.1:1'").unwrap_err().to_string();
        assert!(failure.contains("modulok.toml") && failure.contains("listn"), "{failure}");
    }

    #[test]
    fn a_database_is_sqlite_or_postgres() {
        assert!(database_url(Some("mysql://x".to_owned()), "x").is_err());
        let url = "postgres://modulok@db/modulok";
        assert_eq!(database_url(Some(url.to_owned()), "x").unwrap(), url);
    }
}
