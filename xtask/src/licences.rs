//! Which licences we accept, and where dependencies may come from.

use std::{collections::BTreeMap, fs, path::Path};

use serde::Deserialize;

use crate::{
    failure::{Because as _, Failure, Result},
    process,
    workspace::Workspace,
};

/// Free to ship in a program under MIT or Apache-2.0.
const ACCEPTED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];
/// Also accepted in tools, which are not part of what we ship.
const ACCEPTED_IN_TOOLS: &[&str] = &["MPL-2.0"];
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    /// None for our own.
    source: Option<String>,
}

#[derive(Deserialize)]
struct NpmLock {
    packages: BTreeMap<String, NpmPackage>,
}

#[derive(Deserialize)]
struct NpmPackage {
    license: Option<String>,
    resolved: Option<String>,
}

/// Fails with one line for each dependency that may not be used.
pub fn run(workspace: &Workspace) -> Result {
    let shipped = shipped(workspace)?;
    let mut command = workspace.cargo();
    let metadata = process::output(command.args(["metadata", "--format-version=1", "--locked"]))?;
    let metadata: Metadata = serde_json::from_str(&metadata).because("cannot read cargo's metadata")?;
    let mut problems = Vec::new();
    let mut count = 0;
    for package in metadata.packages.iter().filter(|package| package.source.is_some()) {
        count += 1;
        let Package { name, version, .. } = package;
        let tools: &[&str] =
            if shipped.contains(&format!("{name} v{version}")) { &[] } else { ACCEPTED_IN_TOOLS };
        let licence = package.license.as_deref().unwrap_or("no licence");
        if !is_accepted(licence, tools) {
            problems.push(format!("{name} {version}: {licence} is not accepted"));
        }
        if package.source.as_deref() != Some(CRATES_IO) {
            problems.push(format!(
                "{name} {version}: comes from {}",
                package.source.as_deref().unwrap_or_default()
            ));
        }
    }
    let lock = read_npm_lock(&workspace.end2end().join("package-lock.json"))?;
    for (name, package) in lock.packages.iter().filter(|(name, _)| !name.is_empty()) {
        count += 1;
        let licence = package.license.as_deref().unwrap_or("no licence");
        if !is_accepted(licence, ACCEPTED_IN_TOOLS) {
            problems.push(format!("{name}: {licence} is not accepted"));
        }
        if let Some(host) = &package.resolved {
            problems.push(format!("{name}: package-lock.json names the host {host}; see end2end/.npmrc"));
        }
    }
    if problems.is_empty() {
        println!("{count} dependencies: all licences and origins accepted");
        return Ok(());
    }
    Err(Failure::new(problems.join("\n")))
}

/// `name vVERSION` of each crate that becomes part of the server or of the browser half.
fn shipped(workspace: &Workspace) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for call in [["--features", "ssr"], ["--features", "hydrate"]] {
        let mut command = workspace.cargo();
        command.args(["tree", "--locked", "--package", "modulok", "--edges", "normal,no-proc-macro"]);
        // Whatever the machine: what is shipped for any of them.
        command.args(["--prefix", "none", "--target", "all", "--format", "{p}"]).args(call);
        let tree = process::output(&mut command)?;
        all.extend(tree.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")));
    }
    Ok(all)
}

fn read_npm_lock(path: &Path) -> Result<NpmLock> {
    let problem = || format!("cannot read {}", path.display());
    serde_json::from_str(&fs::read_to_string(path).because(problem())?).because(problem())
}

/// Whether an SPDX expression can be satisfied with accepted licences alone.
fn is_accepted(expression: &str, tools: &[&str]) -> bool {
    // Before SPDX expressions, crates wrote `MIT/Apache-2.0`.
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = &words[..];
    let accepted = any(&mut rest, tools);
    accepted == Some(true) && rest.is_empty()
}

/// `a OR b OR …`; none when it is no expression.
fn any(rest: &mut &[&str], tools: &[&str]) -> Option<bool> {
    let mut accepted = all(rest, tools)?;
    while rest.first() == Some(&"OR") {
        *rest = &rest[1..];
        accepted |= all(rest, tools)?;
    }
    Some(accepted)
}

/// `a AND b AND …`
fn all(rest: &mut &[&str], tools: &[&str]) -> Option<bool> {
    let mut accepted = one(rest, tools)?;
    while rest.first() == Some(&"AND") {
        *rest = &rest[1..];
        accepted &= one(rest, tools)?;
    }
    Some(accepted)
}

/// `( … )`, `a` or `a WITH exception`
fn one(rest: &mut &[&str], tools: &[&str]) -> Option<bool> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    if *first == "(" {
        let accepted = any(rest, tools)?;
        let (close, after) = rest.split_first()?;
        *rest = after;
        return (*close == ")").then_some(accepted);
    }
    let mut licence = (*first).to_owned();
    if let ["WITH", exception, after @ ..] = rest {
        licence = format!("{licence} WITH {exception}");
        *rest = after;
    }
    Some(ACCEPTED.contains(&licence.as_str()) || tools.contains(&licence.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_accepted_when_a_choice_of_it_is() {
        for accepted in [
            "MIT",
            "MIT/Apache-2.0",
            "GPL-3.0 OR MIT",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR GPL-2.0",
        ] {
            assert!(is_accepted(accepted, &[]), "{accepted}");
        }
    }

    #[test]
    fn an_expression_that_asks_for_something_else_is_refused() {
        for refused in
            ["GPL-3.0", "MIT AND GPL-3.0", "no licence", "", "(MIT", "MIT OR", "MIT WITH something"]
        {
            assert!(!is_accepted(refused, &[]), "{refused}");
        }
    }

    #[test]
    fn a_tool_may_have_a_licence_that_the_program_may_not() {
        assert!(is_accepted("MPL-2.0", ACCEPTED_IN_TOOLS));
        assert!(!is_accepted("MPL-2.0", &[]));
    }
}
