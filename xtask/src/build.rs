//! The release binary in four steps, and the quick forms of the same that `dev` takes.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use crate::{
    failure::{Because as _, Failure, Result},
    process::{self, find_program},
    site::{PARTS, Site, read_folder},
    workspace::{Profile, Workspace},
};

const WASM: &str = "wasm32-unknown-unknown";

/// Builds everything in release form and gives the path of the finished binary.
pub fn release(workspace: &Workspace) -> Result<PathBuf> {
    let site = site(workspace)?;
    step("4/4", "the server", || {
        let mut command = workspace.cargo();
        command.args(["build", "--release", "--features", "ssr", "--bin", "modulok"]);
        // Cargo sees that the site has changed by this alone.
        process::run(command.env("MODULOK_SITE_HASH", site.hash()))
    })?;
    let binary = workspace.binary(Profile::Release);
    let size = std::fs::metadata(&binary).because(format!("cannot find {}", binary.display()))?.len();
    let first_load = first_load(&workspace.site())?;
    eprintln!(
        "    {} ({} MB; the browser loads {} kB)",
        workspace.show(&binary),
        size / 1_000_000,
        first_load / 1000
    );
    Ok(binary)
}

/// Builds what the browser loads, in release form.
pub fn site(workspace: &Workspace) -> Result<Site> {
    step("1/4", "the browser half (WebAssembly)", || browser_half(workspace, Profile::Release))?;
    let mut site = step("2/4", "the site's files", || Site::collect(workspace, Profile::Release))?;
    step("3/4", "compression", || {
        site.compress(workspace)?;
        site.write(&workspace.site())
    })?;
    Ok(site)
}

/// Builds everything quickly; the server reads the site from its folder.
pub fn dev(workspace: &Workspace) -> Result<PathBuf> {
    step("1/3", "the browser half (WebAssembly)", || browser_half(workspace, Profile::Dev))?;
    step("2/3", "the site's files", || Site::collect(workspace, Profile::Dev)?.write(&workspace.site()))?;
    step("3/3", "the server", || {
        process::run(workspace.cargo().args(["build", "--features", "ssr", "--bin", "modulok"]))
    })?;
    Ok(workspace.binary(Profile::Dev))
}

/// Builds everything in one of the two forms, and gives the path of the binary.
pub fn binary(workspace: &Workspace, profile: Profile) -> Result<PathBuf> {
    match profile {
        Profile::Dev => dev(workspace),
        Profile::Release => release(workspace),
    }
}

/// Compiles the browser half, after adding cargo's target for it if it is missing.
pub fn browser_half(workspace: &Workspace, profile: Profile) -> Result {
    add_wasm_target()?;
    let mut command = workspace.cargo();
    command.args(["rustc", "--lib", "--no-default-features", "--features", "hydrate", "--target", WASM]);
    if profile == Profile::Release {
        command.args(["--profile", "wasm-release"]);
    }
    // What is cut into parts has to say which function and which datum refers to which.
    command.args(["--", "-Clink-args=--emit-relocs"]);
    process::run(&mut command)
}

/// Runs one step of a build, saying which before and how long it took after.
pub fn step<T>(number: &str, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("{number} {name} …");
    let start = Instant::now();
    let result = work()?;
    let took = start.elapsed();
    if took.as_secs() > 0 {
        eprintln!("{number} {name}: {} s", took.as_secs());
    } else {
        eprintln!("{number} {name}: {} ms", took.as_millis());
    }
    Ok(result)
}

/// What a browser loads before the page can be used, without the page itself: in bytes after brotli.
pub fn first_load(site: &Path) -> Result<u64> {
    let files = read_folder(site)?;
    let sizes = files.iter().filter(|(path, _)| is_first_load(path)).map(|(_, bytes)| bytes.len() as u64);
    Ok(sizes.sum())
}

/// Whether a file of the site is what a browser loads before the page can be used.
pub fn is_first_load(path: &str) -> bool {
    !path.contains(&format!("/{PARTS}"))
        && [".js.br", ".wasm.br", ".css.br"].iter().any(|ending| path.ends_with(ending))
}

fn add_wasm_target() -> Result {
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    let sysroot = process::output(rustc.args(["--print", "sysroot"]))?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(WASM).is_dir() {
        return Ok(());
    }
    if find_program(&["rustup"]).is_none() {
        return Err(Failure::new(format!("add the target {WASM} to your Rust and try again")));
    }
    process::run(Command::new("rustup").args(["target", "add", WASM]))
}
