//! A running Modulok, and what the system says about it.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use rustix::process::Signal;

use crate::{
    failure::{Because as _, Failure, Result},
    http::Client,
    process,
};

const START_LIMIT: Duration = Duration::from_mins(1);

/// Stopped when dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// The path of the one-time link, if the server printed one.
    pub sign_in: Option<String>,
    /// From the start of the program to its first good answer.
    pub cold_start: Duration,
}

impl Server {
    /// Starts `modulok serve` on a free port and waits for its first answer.
    pub fn start(binary: &Path, database: &str) -> Result<Self> {
        let start = Instant::now();
        let mut command = Command::new(binary);
        command.args(["serve", "--listen", "127.0.0.1:0", "--database", database]);
        // Quiet: a line a request would be measured too.
        command.env("RUST_LOG", "warn").stdout(Stdio::piped());
        let mut child = process::spawn(&mut command)?;
        let lines = lines(&mut child)?;
        let found = (|| {
            let address = value(&lines, "Listening on http://", START_LIMIT)?
                .ok_or_else(|| Failure::new("the server does not say where it listens"))?;
            let address: SocketAddr = address.parse().because(format!("not an address: {address:?}"))?;
            let answer = Client::connect(address)?.get("/ready")?;
            if answer.status != 200 {
                return Err(Failure::new(format!("the server is not ready: status {}", answer.status)));
            }
            let cold_start = start.elapsed();
            // Printed at once after the address, when at all.
            let link = value(&lines, "Sign in: ", Duration::from_millis(500))?;
            let own = format!("http://{address}");
            let sign_in = link.map(|link| link.strip_prefix(&own).unwrap_or(&link).to_owned());
            Ok((address, sign_in, cold_start))
        })();
        match found {
            Ok((address, sign_in, cold_start)) => Ok(Self { child, address, sign_in, cold_start }),
            Err(failure) => {
                process::stop(&mut child, Signal::TERM);
                Err(failure)
            }
        }
    }

    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// What is resident, in bytes: all of it, and with shared pages counted in parts.
    pub fn memory(&self) -> Result<Memory> {
        let field = |file: &str, name: &str| -> Result<u64> {
            let path = format!("/proc/{}/{file}", self.process_id());
            let text = fs::read_to_string(&path).because(format!("cannot read {path}"))?;
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
            kilobytes.map(|kb| kb * 1024).ok_or_else(|| Failure::new(format!("no {name} in {path}")))
        };
        Ok(Memory { resident: field("status", "VmRSS:")?, proportional: field("smaps_rollup", "Pss:")? })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        process::stop(&mut self.child, Signal::TERM);
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Memory {
    pub resident: u64,
    pub proportional: u64,
}

/// The processor time that a process and its children have used, those that have ended included.
pub fn cpu_time(process_id: u32) -> Result<Duration> {
    let mut ticks = 0;
    for entry in fs::read_dir("/proc").because("cannot list /proc")?.flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // It may have ended since it was listed.
        let Some(stat) = fs::read_to_string(entry.path().join("stat")).ok().as_deref().and_then(Stat::parse)
        else {
            continue;
        };
        if id == process_id {
            ticks += stat.own + stat.ended_children;
        } else if stat.parent == process_id {
            ticks += stat.own;
        }
    }
    let milliseconds = ticks * 1000 / rustix::param::clock_ticks_per_second();
    Ok(Duration::from_millis(milliseconds))
}

struct Stat {
    parent: u32,
    /// In clock ticks, as all here.
    own: u64,
    ended_children: u64,
}

impl Stat {
    /// Reads `/proc/PID/stat`; see `proc(5)`.
    fn parse(text: &str) -> Option<Self> {
        // The name before may hold blanks and brackets.
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
        Some(Self {
            parent: fields.get(1)?.parse().ok()?,
            own: number(11)? + number(12)?,
            ended_children: number(13)? + number(14)?,
        })
    }
}

/// The lines that a program prints, as they come; read to the end, so that it never waits for us.
fn lines(child: &mut Child) -> Result<mpsc::Receiver<String>> {
    let stdout = child.stdout.take().ok_or_else(|| Failure::new("the server prints nowhere"))?;
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(std::result::Result::ok) {
            // Nobody listens any more once the server runs.
            let _ = sender.send(line);
        }
    });
    Ok(receiver)
}

/// The rest of the line that begins so; none when it does not come in time.
fn value(lines: &mpsc::Receiver<String>, beginning: &str, limit: Duration) -> Result<Option<String>> {
    let start = Instant::now();
    loop {
        match lines.recv_timeout(limit.saturating_sub(start.elapsed())) {
            Ok(line) => {
                if let Some(rest) = line.trim().strip_prefix(beginning) {
                    return Ok(Some(rest.trim().to_owned()));
                }
            }
            Err(mpsc::RecvTimeoutError::Timeout) => return Ok(None),
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                return Err(Failure::new("the server has ended; its reason stands above"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_after_a_name_with_brackets() {
        let stat =
            Stat::parse("12 (a) b) S 7 12 12 0 -1 4194560 1 2 3 4 50 6 70 8 20 0 1 0 9 10 11").unwrap();
        assert_eq!((stat.parent, stat.own, stat.ended_children), (7, 56, 78));
    }

    #[test]
    fn our_own_processor_time_grows() {
        let id = std::process::id();
        let before = cpu_time(id).unwrap();
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(300) {
            std::hint::black_box(start.elapsed());
        }
        assert!(cpu_time(id).unwrap() > before);
    }
}
