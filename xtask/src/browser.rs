//! The browser tests: `end2end/tests/*.test.mjs`, by node, against the release binary, or with `--dev` against one that was built quickly.

use std::{
    collections::BTreeSet,
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
const FIRST_LOAD_MAX: u64 = 390_000;
/// Of how many files with a failure a second try is worth its time: where more fail, it is not the machine.
const SECOND_TRIES: usize = 3;
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

pub fn run(workspace: &Workspace, postgres: &Postgres, profile: Profile, names: &[String]) -> Result<Tally> {
    let files = test_files(&workspace.end2end().join("tests"))?;
    if files.is_empty() {
        return Ok(Tally::default());
    }
    let chromium = chromium()?;
    let node = node(&workspace.end2end())?;
    let binary = build::binary(workspace, profile)?;

    let run_once = |chosen: &[String], concurrency: u8| -> Result<Outcome> {
        for database in files.iter().filter_map(|file| database_of(file)) {
            postgres.create_database_anew(&database)?;
        }
        let mut command = Command::new(&node);
        command.args(["--test", "--test-reporter=spec"]).current_dir(workspace.end2end());
        command.arg(format!("--test-concurrency={concurrency}"));
        command.env("MODULOK_BIN", &binary).env("MODULOK_CHROMIUM", &chromium);
        command.env("MODULOK_TEST_POSTGRES", postgres.url("postgres"));
        let mut outcome = Outcome::default();
        let status = process::run_seen(command.args(chosen), |line| outcome.see(line))?;
        if !status.success() && outcome.tally.failed == 0 {
            outcome.tally.failed = 1;
        }
        Ok(outcome)
    };

    let mut tally = Tally::default();
    if names.is_empty() && profile == Profile::Release {
        check_first_load(workspace, &mut tally)?;
    }
    let first = run_once(&selected(&files, names), 2)?;
    tally.add(first.tally);
    if first.tally.failed > 0 && first.failed_in.len() <= SECOND_TRIES && !first.failed_in.is_empty() {
        // A browser on a busy machine is late at times. Each file starts a server and a database of its own, so that a second
        // try of the whole file is like a first one; what fails alone on a quiet machine has failed.
        let again: Vec<String> = first.failed_in.iter().cloned().collect();
        println!("\nA second try, one file at a time: {}", again.join(", "));
        let second = run_once(&again, 1)?;
        if second.tally.failed == 0 && second.tally.passed >= first.tally.failed {
            println!("{} failed at first and passed at the second try", first.tally.failed);
            tally.passed += first.tally.failed;
            tally.failed -= first.tally.failed;
        }
    }
    Ok(tally)
}

/// What a run of node told.
#[derive(Default)]
struct Outcome {
    tally: Tally,
    /// The files with a failed test.
    failed_in: BTreeSet<String>,
}

impl Outcome {
    /// Reads a line of node's report; above each failure it says `test at tests/a.test.mjs:46:1`.
    fn see(&mut self, line: &str) {
        self.tally.see_node(line);
        let place = line.trim().strip_prefix("test at ").and_then(|place| place.split_once(".test.mjs:"));
        if let Some((file, _)) = place {
            self.failed_in.insert(format!("{file}.test.mjs"));
        }
    }
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
    fn the_files_of_failed_tests_are_read_from_the_report() {
        let mut outcome = Outcome::default();
        for line in [
            "✖ a status is dragged (3 ms)",
            "test at tests/tree.test.mjs:46:1",
            "  at async Test.run (node:internal)",
            "ℹ fail 1",
        ] {
            outcome.see(line);
        }
        assert_eq!(outcome.failed_in, BTreeSet::from(["tests/tree.test.mjs".to_owned()]));
        assert_eq!(outcome.tally, Tally { passed: 0, failed: 1 });
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
