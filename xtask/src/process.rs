//! Starting programs, and ending them when we are told to end.

use std::{
    ffi::OsStr,
    io::{BufRead as _, BufReader},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use rustix::process::{Pid, Signal, kill_process};
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    iterator::Signals,
};

use crate::failure::{Because as _, Failure, Result};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// From now on Ctrl-C, a hang-up and a polite kill end the program that we wait for, and let us clean up
/// instead of ending at once. A second one ends at once.
pub fn clean_up_when_interrupted() -> Result {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).because("cannot listen for signals")?;
    std::thread::spawn(move || {
        for signal in &mut signals {
            if INTERRUPTED.swap(true, Ordering::SeqCst) {
                std::process::exit(128 + signal);
            }
            for id in RUNNING.lock().unwrap_or_else(PoisonError::into_inner).iter() {
                signal_process(*id, Signal::TERM);
            }
        }
    });
    Ok(())
}

pub fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Sends a signal to one of our own children; one that has ended already is no error.
pub fn signal_process(id: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        // The only way to fail is that it has just ended.
        let _ended = kill_process(pid, signal);
    }
}

/// The cargo that started us, without what it told us about ourselves: build scripts would see it.
pub fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let name_text = name.to_string_lossy();
        let about_us = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"];
        if about_us.iter().any(|prefix| name_text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    command.current_dir(folder);
    command
}

/// Runs a program to its end, its output going where ours goes.
pub fn run(command: &mut Command) -> Result {
    let mut child = spawn(command)?;
    let status = wait(&mut child)?;
    if status.success() { Ok(()) } else { Err(failed(command, status)) }
}

/// Runs a program and gives back what it printed; what it says about errors goes where ours goes.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .because(format!("cannot start {}", command.get_program().display()))?;
    if !output.status.success() {
        return Err(failed(command, output.status));
    }
    String::from_utf8(output.stdout).because(format!("{} printed no text", command.get_program().display()))
}

/// Runs a program to its end, shows each line that it prints and hands it to `see`.
pub fn run_seen(command: &mut Command, mut see: impl FnMut(&str)) -> Result<ExitStatus> {
    let mut child = spawn(command.stdout(Stdio::piped()))?;
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line.because(format!("cannot read from {}", command.get_program().display()))?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            see(&line);
        }
    }
    wait(&mut child)
}

pub fn spawn(command: &mut Command) -> Result<Child> {
    if is_interrupted() {
        return Err(Failure::new("interrupted"));
    }
    let child = command.spawn().because(format!("cannot start {}", command.get_program().display()))?;
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner).push(child.id());
    if is_interrupted() {
        // The signal may have come before the child was on the list.
        signal_process(child.id(), Signal::TERM);
    }
    Ok(child)
}

pub fn wait(child: &mut Child) -> Result<ExitStatus> {
    let status = child.wait().because("cannot wait for a program");
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner).retain(|id| *id != child.id());
    if is_interrupted() {
        return Err(Failure::new("interrupted"));
    }
    status
}

/// Asks a child to end, and waits until it has.
pub fn stop(child: &mut Child, signal: Signal) {
    if let Ok(None) = child.try_wait() {
        signal_process(child.id(), signal);
    }
    // Fails only when there is nothing to wait for any more.
    let _status = child.wait();
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner).retain(|id| *id != child.id());
}

/// Turns this process into the program, so that signals and the exit code are the program's own.
/// Comes back only when the program could not be started.
pub fn become_program(program: &Path, arguments: &[String]) -> Failure {
    let error = Command::new(program).args(arguments).exec();
    Failure::new(format!("cannot start {}: {error}", program.display()))
}

/// The first of these programs that is on the PATH.
pub fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|file| file.is_file())
}

pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Installs packages where that can be done without asking: as root on Debian and its kin.
pub fn install_debian_packages(packages: &[&str]) -> Result {
    let told = || Failure::new(format!("install {} and try again", packages.join(" and ")));
    if !is_root() || find_program(&["apt-get"]).is_none() {
        return Err(told());
    }
    let install = || {
        let mut command = Command::new("apt-get");
        command.args(["install", "--yes", "--no-install-recommends"]).args(packages);
        // Standard output is for results.
        run(command.env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null()))
    };
    install().or_else(|_| {
        run(Command::new("apt-get").arg("update").stdout(Stdio::null()))?;
        install()
    })
}

fn failed(command: &Command, status: ExitStatus) -> Failure {
    let words = [command.get_program()].into_iter().chain(command.get_args()).take(3);
    let words: Vec<_> = words.map(OsStr::to_string_lossy).collect();
    let program = Path::new(&*words[0]).file_name().map_or_else(|| words[0].clone(), OsStr::to_string_lossy);
    Failure::new(format!("`{program} {} …` failed ({status}); the reason stands above", words[1..].join(" ")))
}
