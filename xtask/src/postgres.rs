//! A Postgres of our own: made in a temporary folder, reachable from this machine only, removed at the end.

use std::{
    fs,
    io::Read as _,
    net::TcpListener,
    os::unix::{
        fs::{PermissionsExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::Signal;

use crate::{
    failure::{Because as _, Failure, Result},
    process::{self, find_program},
};

const PROGRAMS: [&str; 3] = ["initdb", "postgres", "createdb"];
const SUPERUSER: &str = "postgres";
const START_LIMIT: Duration = Duration::from_mins(1);

/// Whether a commit reaches the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// As in production; for measurements.
    Full,
    /// Nothing survives a crash; for tests, where nothing has to.
    None,
}

/// A running server. Stopped and removed when dropped.
pub struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    child: Child,
    port: u16,
    password: String,
}

/// The unprivileged user that the server runs as when we are root, which Postgres refuses to run as.
#[derive(Clone, Copy)]
struct User {
    id: u32,
    group: u32,
}

impl Postgres {
    pub fn start(durability: Durability) -> Result<Self> {
        let programs = programs()?;
        let user = if process::is_root() { Some(User::unprivileged()?) } else { None };
        let folder = std::env::temp_dir().join(format!("modulok-postgres-{}", std::process::id()));
        let made = make_cluster(&programs, &folder, user).and_then(|password| {
            // Another program may take the free port before Postgres does.
            let mut started = launch(&programs, &folder, user, durability);
            for _ in 0..2 {
                started = started.or_else(|_| launch(&programs, &folder, user, durability));
            }
            started.map(|(child, port)| (password, child, port))
        });
        match made {
            Ok((password, child, port)) => Ok(Self { programs, folder, child, port, password }),
            Err(failure) => {
                remove(&folder);
                Err(failure)
            }
        }
    }

    /// The address of a database of this server, for its superuser.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{SUPERUSER}:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    /// Makes an empty database of that name, in place of one that may be there.
    pub fn create_database_anew(&self, name: &str) -> Result {
        process::run(&mut self.client("dropdb", &["--if-exists", "--force", name]))?;
        self.create_database(name)
    }

    pub fn create_database(&self, name: &str) -> Result {
        process::run(&mut self.client("createdb", &[name]))
    }

    fn client(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.args(["--host=127.0.0.1", &format!("--port={}", self.port), "--username", SUPERUSER]);
        command.args(arguments).env("PGPASSWORD", &self.password);
        command
    }

    /// The process that all of the server's processes are children of.
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGINT is Postgres' "fast" shutdown: it does not wait for its clients.
        process::stop(&mut self.child, Signal::INT);
        remove(&self.folder);
    }
}

impl User {
    /// `postgres` where the package made it, else `nobody`.
    fn unprivileged() -> Result<Self> {
        let text = fs::read_to_string("/etc/passwd").because("cannot read /etc/passwd")?;
        ["postgres", "nobody"].iter().find_map(|name| Self::in_passwd(&text, name)).ok_or_else(|| {
            Failure::new(
                "Postgres does not run as root, and there is no user `postgres` or `nobody`: add one",
            )
        })
    }

    fn in_passwd(text: &str, name: &str) -> Option<Self> {
        let mut fields = text
            .lines()
            .map(|line| line.split(':'))
            .find_map(|mut fields| (fields.next() == Some(name)).then_some(fields))?;
        Some(Self { id: fields.nth(1)?.parse().ok()?, group: fields.next()?.parse().ok()? })
    }
}

/// Where Postgres' programs are; installs them where we may.
fn programs() -> Result<PathBuf> {
    if let Some(found) = find_programs() {
        return Ok(found);
    }
    process::install_debian_packages(&["postgresql"])?;
    find_programs()
        .ok_or_else(|| Failure::new("install PostgreSQL 14 or newer (initdb, postgres) and try again"))
}

fn find_programs() -> Option<PathBuf> {
    // Debian and Fedora keep the server's programs off the PATH; the newest first.
    let mut versions: Vec<PathBuf> = Vec::new();
    for (parent, below) in
        [("/usr/lib/postgresql", "bin"), ("/usr/local/opt", "bin"), ("/opt/homebrew/opt", "bin")]
    {
        if let Ok(entries) = fs::read_dir(parent) {
            versions.extend(entries.flatten().map(|entry| entry.path().join(below)));
        }
    }
    versions.sort_by_key(|path| std::cmp::Reverse(version(path)));
    let on_path = find_program(&PROGRAMS[..1]).and_then(|path| path.canonicalize().ok());
    let on_path = on_path.and_then(|path| path.parent().map(Path::to_owned));
    on_path.into_iter().chain(versions).find(|folder| PROGRAMS.iter().all(|name| folder.join(name).is_file()))
}

fn version(bin: &Path) -> u32 {
    let name = bin.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
    let digits: String =
        name.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

/// Makes the data folder and gives the superuser's password.
fn make_cluster(programs: &Path, folder: &Path, user: Option<User>) -> Result<String> {
    let problem = || format!("cannot make {}", folder.display());
    let password = random_password()?;
    let password_file = folder.join("password");
    fs::create_dir(folder).because(problem())?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).because(problem())?;
    fs::write(&password_file, &password).because(problem())?;
    if let Some(user) = user {
        for path in [folder, &password_file] {
            chown(path, Some(user.id), Some(user.group)).because(problem())?;
        }
    }
    // A fresh container may know no other locale than C.
    let with_locale = |locale: &str| {
        let mut command = as_user(&programs.join("initdb"), user)?;
        command.arg("--pgdata").arg(folder.join("data")).arg(format!("--locale={locale}"));
        command.arg("--pwfile").arg(&password_file);
        // The password itself goes over the loopback: hashing it would cost each test's connections more.
        command.args(["--encoding=UTF8", "--auth=password", "--no-sync", "--username", SUPERUSER]);
        let output = command.current_dir("/").output().because("cannot start initdb")?;
        if output.status.success() {
            Ok(())
        } else {
            Err(Failure::new(String::from_utf8_lossy(&output.stderr)))
        }
    };
    with_locale("C.UTF-8").or_else(|_| with_locale("C")).because("cannot make a Postgres for the tests")?;
    Ok(password)
}

/// Starts the server on a free port and waits until it takes connections.
fn launch(
    programs: &Path,
    folder: &Path,
    user: Option<User>,
    durability: Durability,
) -> Result<(Child, u16)> {
    let free = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    let port = free.because("cannot find a free port")?.port();
    let log = folder.join("log");
    let log_file = fs::File::create(&log).because(format!("cannot write {}", log.display()))?;

    let mut command = as_user(&programs.join("postgres"), user)?;
    command.arg("-D").arg(folder.join("data")).arg("-p").arg(port.to_string()).arg("-k").arg(folder);
    let mut settings = vec!["listen_addresses=127.0.0.1", "max_connections=200"];
    if durability == Durability::None {
        settings.extend(["fsync=off", "synchronous_commit=off", "full_page_writes=off"]);
    }
    for setting in settings {
        command.arg("-c").arg(setting);
    }
    // Ctrl-C at the terminal must reach the tests first and the server only when they have ended.
    command.process_group(0).current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(log_file);
    let mut child = command.spawn().because("cannot start postgres")?;

    let start = Instant::now();
    loop {
        let state = fs::read_to_string(folder.join("data").join("postmaster.pid")).unwrap_or_default();
        if state.lines().nth(7).is_some_and(|line| line.trim() == "ready") {
            return Ok((child, port));
        }
        let has_ended = child.try_wait().because("cannot wait for postgres")?.is_some();
        if has_ended || start.elapsed() > START_LIMIT || process::is_interrupted() {
            process::stop(&mut child, Signal::INT);
            let log = fs::read_to_string(&log).unwrap_or_default();
            return Err(Failure::new(format!("Postgres does not start: {}", log.trim())));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The program, run as the unprivileged user, and ended with us even if we are killed (on Linux).
fn as_user(program: &Path, user: Option<User>) -> Result<Command> {
    let Some(setpriv) = find_program(&["setpriv"]) else {
        return if user.is_none() {
            Ok(Command::new(program))
        } else {
            Err(Failure::new(
                "Postgres does not run as root: install setpriv (util-linux) or run as another user",
            ))
        };
    };
    let mut command = Command::new(setpriv);
    command.args(["--pdeathsig", "INT"]);
    if let Some(user) = user {
        command
            .arg(format!("--reuid={}", user.id))
            .arg(format!("--regid={}", user.group))
            .arg("--clear-groups");
    }
    command.arg(program);
    Ok(command)
}

fn random_password() -> Result<String> {
    let mut bytes = [0; 16];
    let mut source = fs::File::open("/dev/urandom").because("cannot open /dev/urandom")?;
    source.read_exact(&mut bytes).because("cannot read /dev/urandom")?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

fn remove(folder: &Path) {
    if folder.exists()
        && let Err(error) = fs::remove_dir_all(folder)
    {
        eprintln!("cannot remove {}: {error}", folder.display());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_name_in_the_passwd_file() {
        let text = "root:x:0:0:root:/root:/bin/sh\npostgres:x:113:117:,,,:/var/lib/postgresql:/bin/bash\n";
        let user = User::in_passwd(text, "postgres").unwrap();
        assert_eq!((user.id, user.group), (113, 117));
        assert!(User::in_passwd(text, "nobody").is_none());
    }

    #[test]
    fn the_version_is_read_from_the_folder() {
        assert_eq!(version(Path::new("/usr/lib/postgresql/15/bin")), 15);
        assert_eq!(version(Path::new("/opt/homebrew/opt/postgresql@17/bin")), 17);
        assert_eq!(version(Path::new("/opt/homebrew/opt/node/bin")), 0);
    }

    #[test]
    fn a_postgres_of_our_own_starts_makes_a_database_and_leaves_nothing() {
        if find_programs().is_none() {
            // `cargo xtask test` installs it before; plain `cargo test` may run without.
            return;
        }
        let postgres = Postgres::start(Durability::None).unwrap();
        postgres.create_database("orders").unwrap();
        assert!(postgres.create_database("orders").is_err());
        assert!(postgres.url("orders").ends_with("/orders"));
        let folder = postgres.folder.clone();
        assert!(folder.exists());
        drop(postgres);
        assert!(!folder.exists());
    }
}
