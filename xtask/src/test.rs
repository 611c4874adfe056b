//! `cargo xtask test`: everything that can go wrong, in parts, with one sum at the end.

use std::{process::ExitCode, time::Instant};

use crate::{
    browser,
    failure::{Failure, Result},
    postgres::{Durability, Postgres},
    process, rust_tests,
    tally::Tally,
    workspace::{Profile, Workspace},
};

type Part = (&'static str, fn(&Workspace, &Postgres, Profile, &[String]) -> Result<Tally>);

const PARTS: [Part; 2] = [("rust", rust_tests::run), ("browser", browser::run)];

/// Runs the parts that are asked for, or all. A part that cannot run, or runs no test, has failed.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    let (mut flags, names): (Vec<_>, Vec<_>) =
        arguments.iter().cloned().partition(|word| word.starts_with("--"));
    // While one works on it: minutes less to compile, and no figure of it counts.
    let profile = if flags.iter().any(|flag| flag == "--dev") { Profile::Dev } else { Profile::Release };
    flags.retain(|flag| flag != "--dev");
    if let Some(unknown) =
        flags.iter().find(|flag| PARTS.iter().all(|(name, _)| **flag != format!("--{name}")))
    {
        return Err(Failure::new(format!(
            "there is no flag {unknown}; the parts are --rust and --browser, and --dev builds quickly"
        )));
    }
    let is_asked_for = |name: &str| flags.is_empty() || flags.contains(&format!("--{name}"));

    process::clean_up_when_interrupted()?;
    let postgres = Postgres::start(Durability::None)?;
    let mut sum = Tally::default();
    let mut summary = Vec::new();
    for (name, part) in PARTS.iter().filter(|(name, _)| is_asked_for(name)) {
        let start = Instant::now();
        let mut note = String::new();
        let mut tally = part(workspace, &postgres, profile, &names).unwrap_or_else(|failure| {
            eprintln!("error: {failure}");
            note = format!("  {failure}");
            Tally { passed: 0, failed: 1 }
        });
        if process::is_interrupted() {
            return Err(Failure::new("interrupted"));
        }
        // With a name to look for, it may lie in the other part.
        if tally == Tally::default() && names.is_empty() {
            "  no test was run".clone_into(&mut note);
            tally.failed = 1;
        }
        let seconds = start.elapsed().as_secs();
        summary.push(format!("{name:8} {} passed, {} failed, {seconds} s{note}", tally.passed, tally.failed));
        sum.add(tally);
    }
    drop(postgres);
    if sum == Tally::default() {
        summary.push(format!("no test has {} in its name", names.join(" or ")));
        sum.failed = 1;
    }

    println!();
    for line in summary {
        println!("{line}");
    }
    println!("{} passed, {} failed", sum.passed, sum.failed);
    Ok(if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
