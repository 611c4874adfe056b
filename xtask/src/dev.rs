//! `cargo xtask dev`: builds quickly, runs, and does so again after each change.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Child, Command},
    time::{Duration, SystemTime},
};

use rustix::process::Signal;

use crate::{
    build::{self, step},
    failure::{Because as _, Result},
    process,
    site::Site,
    workspace::{Profile, Workspace},
};

const CODE: [&str; 5] = ["src", "migrations", "Cargo.toml", "Cargo.lock", "Leptos.toml"];
const FILES: [&str; 2] = ["style", "public"];
const LOOK_EVERY: Duration = Duration::from_millis(300);
/// Longer than the page's script waits between two looks at the server (`src/server/assets.rs`): it has to
/// miss the server once to know that it was restarted.
const DOWN: Duration = Duration::from_millis(900);

/// When each watched file was changed last.
type Seen = BTreeMap<PathBuf, SystemTime>;

pub fn run(workspace: &Workspace, arguments: &[String]) -> Result {
    process::clean_up_when_interrupted()?;
    let default = ["demo".to_owned(), "--database".to_owned(), default_database(workspace)];
    let arguments = if arguments.is_empty() { &default } else { arguments };
    let mut server: Option<Child> = None;
    let mut code = Seen::new();
    let mut files = Seen::new();
    while !process::is_interrupted() {
        let (new_code, new_files) = (look(&workspace.root, &CODE)?, look(&workspace.root, &FILES)?);
        let has_new_code = new_code != code;
        if !has_new_code && new_files == files {
            std::thread::sleep(LOOK_EVERY);
            continue;
        }
        (code, files) = (new_code, new_files);
        match rebuild(workspace, has_new_code) {
            Ok(()) => restart(workspace, arguments, &mut server)?,
            // The old server stays up, and the next change tries again.
            Err(failure) => eprintln!("error: {failure}"),
        }
    }
    if let Some(server) = &mut server {
        process::stop(server, Signal::TERM);
    }
    Ok(())
}

fn rebuild(workspace: &Workspace, has_new_code: bool) -> Result {
    if !has_new_code {
        return step("1/1", "the site's files", || {
            Site::collect_without_code(workspace)?.write(&workspace.site())
        });
    }
    build::dev(workspace).map(drop)
}

fn restart(workspace: &Workspace, arguments: &[String], server: &mut Option<Child>) -> Result {
    if let Some(old) = server {
        process::stop(old, Signal::TERM);
        std::thread::sleep(DOWN);
    }
    let mut command = Command::new(workspace.binary(Profile::Dev));
    *server = Some(process::spawn(command.args(arguments).env("MODULOK_DEV_RELOAD", "1"))?);
    Ok(())
}

/// Kept from one run to the next, and away with `cargo clean`.
fn default_database(workspace: &Workspace) -> String {
    format!("sqlite:{}", workspace.target.join("dev.sqlite").display())
}

fn look(root: &Path, names: &[&str]) -> Result<Seen> {
    let mut seen = Seen::new();
    let mut paths: Vec<PathBuf> = names.iter().map(|name| root.join(name)).collect();
    while let Some(path) = paths.pop() {
        let problem = || format!("cannot look at {}", path.display());
        if path.is_dir() {
            for entry in path.read_dir().because(problem())? {
                paths.push(entry.because(problem())?.path());
            }
        } else if let Ok(changed) = path.metadata().and_then(|file| file.modified()) {
            // A file that an editor has just taken away is seen at the next look.
            seen.insert(path, changed);
        }
    }
    Ok(seen)
}
