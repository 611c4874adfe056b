//! The browser tests: `end2end/tests/*.test.mjs`, by node, against the release binary, or with `--dev` against one that was built quickly.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    build,
    failure::{Because as _, Failure, Result},
    postgres::Postgres,
    process::{self, find_program},
    tally::Tally,
    workspace::{Profile, Workspace},
};

/// Scripts, WebAssembly and styles of the first load, after brotli, in bytes: a little more than they are today.
const FIRST_LOAD_MAX: u64 = 410_000;
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

pub fn run(workspace: &Workspace, postgres: &Postgres, profile: Profile, names: &[String]) -> Result<Tally> {
    let files = test_files(&workspace.end2end().join("tests"))?;
    if files.is_empty() {
        return Ok(Tally::default());
    }
    let chromium = chromium()?;
    let node = node(&workspace.end2end())?;
    let binary = build::binary(workspace, profile)?;

    let mut command = Command::new(node);
    command.args(["--test", "--test-concurrency=2", "--test-reporter=spec"]).current_dir(workspace.end2end());
    command.env("MODULOK_BIN", binary).env("MODULOK_CHROMIUM", chromium);
    command.env("MODULOK_TEST_POSTGRES", postgres.url("postgres"));
    for database in files.iter().filter_map(|file| database_of(file)) {
        postgres.create_database(&database)?;
    }
    command.args(selected(&files, names));

    let mut tally = Tally::default();
    if names.is_empty() && profile == Profile::Release {
        check_first_load(workspace, &mut tally)?;
    }
    let status = process::run_seen(&mut command, |line| tally.see_node(line))?;
    if !status.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}

/// Counts as a test: what is loaded before the page can be used has grown without anybody wanting it, or not.
fn check_first_load(workspace: &Workspace, tally: &mut Tally) -> Result {
    let size = build::first_load(&workspace.site())?;
    let is_small = size <= FIRST_LOAD_MAX;
    let mark = if is_small { "✔" } else { "✖" };
    println!("{mark} the first load is {} kB of at most {} kB", size / 1000, FIRST_LOAD_MAX / 1000);
    if is_small {
        tally.passed += 1;
    } else {
        tally.failed += 1;
    }
    Ok(())
}

/// A name that is part of a file's name chooses the file, any other one the tests that have it in theirs.
fn selected(files: &[PathBuf], names: &[String]) -> Vec<String> {
    let stem = |file: &Path| file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (by_file, by_test): (Vec<_>, Vec<_>) =
        names.iter().partition(|name| files.iter().any(|file| stem(file).contains(name.as_str())));
    let patterns = by_test.iter().map(|name| format!("--test-name-pattern={name}"));
    let chosen = files
        .iter()
        .filter(|file| by_file.is_empty() || by_file.iter().any(|name| stem(file).contains(name.as_str())));
    patterns.chain(chosen.map(|file| file.display().to_string())).collect()
}

/// The database that a test file on Postgres uses: named as the file.
fn database_of(file: &Path) -> Option<String> {
    let stem = file.file_name()?.to_str()?.strip_suffix(".test.mjs")?;
    stem.ends_with("_on_postgres").then(|| stem.to_owned())
}

fn test_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let problem = || format!("cannot list {}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).because(problem())? {
        let path = entry.because(problem())?.path();
        if path.to_string_lossy().ends_with(".test.mjs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn chromium() -> Result<PathBuf> {
    if let Some(set) = std::env::var_os("MODULOK_CHROMIUM") {
        return Ok(set.into());
    }
    if let Some(found) = find_program(&BROWSERS) {
        return Ok(found);
    }
    process::install_debian_packages(&["chromium"])?;
    find_program(&BROWSERS)
        .ok_or_else(|| Failure::new("install Chromium, or set MODULOK_CHROMIUM to its path"))
}

/// Finds node, and installs the packages of the tests when they are missing or older than the lock file.
fn node(end2end: &Path) -> Result<PathBuf> {
    if find_program(&["node"]).is_none() || find_program(&["npm"]).is_none() {
        process::install_debian_packages(&["nodejs", "npm"])?;
    }
    let (Some(node), Some(npm)) = (find_program(&["node"]), find_program(&["npm"])) else {
        return Err(Failure::new("install Node.js 20 or newer, with npm, and try again"));
    };
    let changed = |file: &str| fs::metadata(end2end.join(file)).and_then(|file| file.modified());
    let lock = changed("package-lock.json").because("cannot find end2end/package-lock.json")?;
    if changed("node_modules/.package-lock.json").is_ok_and(|installed| installed >= lock) {
        return Ok(node);
    }
    let mut command = Command::new(npm);
    command.args(["ci", "--no-audit", "--no-fund"]).current_dir(end2end);
    // Standard output is for results.
    process::run(command.stdout(Stdio::null()))?;
    Ok(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_on_postgres_has_a_database_of_its_name() {
        let of = |name: &str| database_of(Path::new(name));
        assert_eq!(of("/t/tree_on_postgres.test.mjs").as_deref(), Some("tree_on_postgres"));
        assert_eq!(of("/t/tree.test.mjs"), None);
    }

    #[test]
    fn a_name_chooses_files_before_tests() {
        let files = [PathBuf::from("/t/list.test.mjs"), PathBuf::from("/t/tree.test.mjs")];
        let words = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
            selected(&files, &names)
        };
        assert_eq!(words(&[]), ["/t/list.test.mjs", "/t/tree.test.mjs"]);
        assert_eq!(words(&["tree"]), ["/t/tree.test.mjs"]);
        let both = words(&["drag", "tree"]);
        assert_eq!(both, ["--test-name-pattern=drag", "/t/tree.test.mjs"]);
    }
}
