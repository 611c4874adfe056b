//! The Rust tests of the app and of xtask.

use crate::{
    failure::Result,
    postgres::Postgres,
    process,
    tally::Tally,
    workspace::{Profile, Workspace},
};

const CALLS: [&[&str]; 2] =
    [&["test", "--no-fail-fast", "--features", "ssr"], &["test", "--no-fail-fast", "--package", "xtask"]];

pub fn run(workspace: &Workspace, postgres: &Postgres, _profile: Profile, names: &[String]) -> Result<Tally> {
    let mut sum = Tally::default();
    for call in CALLS {
        let mut tally = Tally::default();
        let mut command = workspace.cargo();
        command.args(call).env("MODULOK_TEST_POSTGRES", postgres.url("postgres"));
        if !names.is_empty() {
            command.arg("--").args(names);
        }
        let status = process::run_seen(&mut command, |line| tally.see_cargo(line))?;
        if !status.success() && tally.failed == 0 {
            // It did not compile, or a test binary crashed before it could count.
            tally.failed = 1;
        }
        sum.add(tally);
    }
    Ok(sum)
}
