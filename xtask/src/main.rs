//! `cargo xtask`: builds, runs, tests and measures Modulok with nothing but cargo.
//!
//! One file for each thing that it does; `process`, `workspace` and `report` are what they share.

mod bench;
mod browser;
mod build;
mod css;
mod dev;
mod failure;
mod glue;
mod http;
mod licences;
mod parts;
mod postgres;
mod process;
mod rust_tests;
mod server;
mod settings;
mod site;
mod tally;
mod test;
mod workspace;

use std::process::ExitCode;

use failure::Result;
use workspace::Workspace;

const USAGE: &str = "\
Usage: cargo xtask <task>

  build              the release binary, one file with the whole site in it
  site               only what the browser loads, and how much of it comes first
  demo  [flags]      build, then `modulok demo`: a filled Modulok to try out
  serve [flags]      build, then `modulok serve`
  dev   [task flags] build quickly, run (`demo` when not told otherwise), and again after each change
  test  [--rust] [--browser] [--dev] [name ...]
                     all tests, on SQLite and on a Postgres of its own; --dev: browser tests of a quick build
  bench [--sizes 1000,1000000] [--database sqlite|postgres]
                     measure the module page
  licences           check the licence and the origin of every dependency

Flags of demo and serve go to the server: cargo xtask demo --listen 127.0.0.1:0";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--").collect();
    match run(&arguments) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<ExitCode> {
    let Some((task, flags)) = arguments.split_first() else {
        println!("{USAGE}");
        return Ok(ExitCode::FAILURE);
    };
    let workspace = || Workspace::find();
    match task.as_str() {
        "build" => {
            let binary = build::release(&workspace()?)?;
            println!("{}", binary.display());
        }
        "demo" | "serve" => {
            let binary = build::release(&workspace()?)?;
            return Err(process::become_program(&binary, arguments));
        }
        "site" => {
            let workspace = workspace()?;
            build::site(&workspace)?;
            println!("{} bytes before a page can be used", build::first_load(&workspace.site())?);
        }
        "dev" => dev::run(&workspace()?, flags)?,
        "test" => return test::run(&workspace()?, flags),
        "bench" => bench::run(&workspace()?, flags)?,
        "licences" => licences::run(&workspace()?)?,
        "help" | "--help" | "-h" => println!("{USAGE}"),
        other => return Err(failure::Failure::new(format!("there is no task {other:?}\n\n{USAGE}"))),
    }
    Ok(ExitCode::SUCCESS)
}
