//! The program `modulok`.

use std::process::ExitCode;

fn main() -> ExitCode {
    modulok::server::command::main()
}
