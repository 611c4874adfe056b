//! The program `modulok`.

use std::process::ExitCode;

/// Pages are thousands of small allocations on several threads at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    modulok::server::command::main()
}
