//! `cargo xtask bench`: what a page costs, at a thousand datasheets and at a million, on both databases.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use crate::{
    build,
    failure::{Because as _, Failure, Result},
    http::Client,
    postgres::{Durability, Postgres},
    process,
    server::{Server, cpu_time},
    workspace::Workspace,
};

const SIZES: [u64; 2] = [1_000, 1_000_000];
const TODOS: &str = "3";
const WARM_UP: usize = 50;
const REQUESTS: usize = 300;
const CONNECTIONS: usize = 8;
const LOAD: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Database {
    Sqlite,
    Postgres,
}

impl Database {
    fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "Postgres",
        }
    }
}

struct Options {
    sizes: Vec<u64>,
    databases: Vec<Database>,
}

/// One figure of one run. All are such that less is better, or more, but always above zero.
struct Figure {
    name: &'static str,
    value: f64,
    unit: &'static str,
}

/// What one request, or many at once, took.
struct Latency {
    sorted: Vec<Duration>,
}

struct Run {
    database: Database,
    size: u64,
    figures: Vec<Figure>,
}

/// Everything that a measurement needs of the server under test.
struct Subject<'a> {
    server: &'a Server,
    postgres: Option<&'a Postgres>,
    client: Client,
    /// The path of the module page: `/m/ID`.
    page: String,
}

/// What is measured, in this order: one function each, so that a new one is a line here.
type Measurement = fn(&mut Subject) -> Result<Vec<Figure>>;

const MEASUREMENTS: &[Measurement] = &[page_alone, page_under_load, next_page, postpone, close, memory];

pub fn run(workspace: &Workspace, arguments: &[String]) -> Result {
    let options = Options::parse(arguments)?;
    process::clean_up_when_interrupted()?;
    let binary = build::release(workspace)?;
    let folder = Folder::new()?;
    let needs_postgres = options.databases.contains(&Database::Postgres);
    let postgres = if needs_postgres { Some(Postgres::start(Durability::Full)?) } else { None };

    let mut runs = Vec::new();
    for &database in &options.databases {
        for &size in &options.sizes {
            let (url, postgres) = match (database, &postgres) {
                (Database::Postgres, Some(postgres)) => {
                    let name = format!("bench_{size}");
                    postgres.create_database(&name)?;
                    (postgres.url(&name), Some(postgres))
                }
                _ => (format!("sqlite:{}", folder.0.join(format!("bench_{size}.sqlite")).display()), None),
            };
            let figures = measure(&binary, &url, size, postgres)?;
            runs.push(Run { database, size, figures });
        }
    }
    print!("{}", table(&runs));
    println!("{}", sizes(&workspace.site())?);
    Ok(())
}

fn measure(binary: &Path, url: &str, size: u64, postgres: Option<&Postgres>) -> Result<Vec<Figure>> {
    let start = Instant::now();
    process::run(
        Command::new(binary)
            .args(["seed", "--database", url, "--datasheets", &size.to_string(), "--todos", TODOS])
            .stdout(std::process::Stdio::null()),
    )?;
    let mut figures = vec![Figure { name: "seeding", value: start.elapsed().as_secs_f64(), unit: "s" }];

    let server = Server::start(binary, url)?;
    figures.push(Figure { name: "cold start to the first answer", value: ms(server.cold_start), unit: "ms" });
    let mut client = Client::connect(server.address)?;
    let link = server.sign_in.as_deref().ok_or_else(|| Failure::new("the server prints no sign-in link"))?;
    client.follow(link)?;
    let (page, answer) = client.follow("/")?;
    if answer.status != 200 || !page.starts_with("/m/") {
        return Err(Failure::new(format!(
            "/ leads to {page} with status {}, not to a module",
            answer.status
        )));
    }
    let mut subject = Subject { server: &server, postgres, client, page };
    for measurement in MEASUREMENTS {
        figures.extend(measurement(&mut subject)?);
    }
    Ok(figures)
}

/// The module page, one request after the other.
fn page_alone(subject: &mut Subject) -> Result<Vec<Figure>> {
    let mut bytes = 0;
    let page = subject.page.clone();
    let client = &mut subject.client;
    let latency = Latency::of(WARM_UP, REQUESTS, || {
        bytes = get_page(client, &page)?;
        Ok(())
    })?;
    let mut figures = latency.figures("module pages a second", "module page p50", "module page p99");
    figures.push(Figure { name: "module page HTML, compressed", value: kilobytes(bytes), unit: "kB" });
    Ok(figures)
}

/// The module page, asked for by several at once, and what it costs in processor time.
fn page_under_load(subject: &mut Subject) -> Result<Vec<Figure>> {
    let clients: Vec<Client> = (0..CONNECTIONS).map(|_| subject.client.again()).collect::<Result<_>>()?;
    let is_over = AtomicBool::new(false);
    let cpu_before = subject.cpu_time()?;
    let start = Instant::now();
    let results: Vec<Result<Vec<Duration>>> = std::thread::scope(|scope| {
        let threads: Vec<_> = clients
            .into_iter()
            .map(|mut client| {
                let (page, is_over) = (&subject.page, &is_over);
                scope.spawn(move || {
                    let mut took = Vec::new();
                    while !is_over.load(Ordering::Relaxed) {
                        let start = Instant::now();
                        get_page(&mut client, page)?;
                        took.push(start.elapsed());
                    }
                    Ok(took)
                })
            })
            .collect();
        std::thread::sleep(LOAD);
        is_over.store(true, Ordering::Relaxed);
        let joined = threads.into_iter().map(|thread| {
            thread.join().unwrap_or_else(|_| Err(Failure::new("a thread of the load generator has panicked")))
        });
        joined.collect()
    });
    let (took, cpu) = (start.elapsed(), subject.cpu_time()?.saturating_sub(cpu_before));
    let all = Latency::new(results.into_iter().collect::<Result<Vec<_>>>()?.concat())?;
    let requests = all.count();
    let mut figures = vec![Figure {
        name: "pages a second, 8 connections",
        value: requests / took.as_secs_f64(),
        unit: "/s",
    }];
    figures.push(Figure { name: "… p99", value: ms(all.percentile(99)), unit: "ms" });
    figures.push(Figure { name: "processor time a page", value: ms(cpu) / requests, unit: "ms" });
    Ok(figures)
}

/// Further pages of the list, each from where the last one ended.
fn next_page(subject: &mut Subject) -> Result<Vec<Figure>> {
    let mut after = serde_json::Value::Null;
    let latency = Latency::of(WARM_UP, REQUESTS, || {
        let page = subject.rows(&after, 50)?;
        after = match page["rows"].as_array().and_then(|rows| rows.last()) {
            Some(row) if page["more"] == true => cursor(row),
            _ => serde_json::Value::Null,
        };
        Ok(())
    })?;
    Ok(latency.figures("next pages a second", "next page of the list p50", "next page of the list p99"))
}

/// Postpones the first to-do of the list, again and again: one durable transaction each.
fn postpone(subject: &mut Subject) -> Result<Vec<Figure>> {
    let latency =
        subject.write_first("/api/todos/postpone", |call| call["to"] = serde_json::json!("in_a_month"))?;
    Ok(latency.figures("postponed a second", "postpone p50", "postpone p99"))
}

/// Closes the first to-do of the list, again and again.
fn close(subject: &mut Subject) -> Result<Vec<Figure>> {
    let latency = subject.write_first("/api/todos/close", |call| {
        call["outcome"] = serde_json::json!("done");
        call["note"] = serde_json::Value::Null;
    })?;
    Ok(latency.figures("closed a second", "close p50", "close p99"))
}

/// The place of a row in the list, as the app's own page counts it.
fn cursor(row: &serde_json::Value) -> serde_json::Value {
    // As domain::datasheet::ListKey has it: what has no to-do comes last, the last modified first.
    let last = 2_000_000_000_000_000 - row["modified_at"].as_i64().unwrap_or(0);
    let key = row["todo"]["moment"].as_i64().unwrap_or(last);
    serde_json::json!({ "key": key, "id": row["id"] })
}

fn memory(subject: &mut Subject) -> Result<Vec<Figure>> {
    let memory = subject.server.memory()?;
    Ok(vec![
        Figure { name: "server resident", value: megabytes(memory.resident), unit: "MB" },
        Figure { name: "server proportional (PSS)", value: megabytes(memory.proportional), unit: "MB" },
    ])
}

/// Gets the page and gives its size over the wire, in bytes.
fn get_page(client: &mut Client, page: &str) -> Result<usize> {
    let answer = client.get(page)?;
    if answer.status == 200 {
        Ok(answer.body.len())
    } else {
        Err(Failure::new(format!("{page}: status {}", answer.status)))
    }
}

impl Subject<'_> {
    /// Calls a server function and gives its answer.
    fn call(&mut self, path: &str, arguments: &serde_json::Value) -> Result<serde_json::Value> {
        let answer = self.client.post(path, "application/json", arguments.to_string().as_bytes())?;
        if answer.status != 200 {
            let body: String = String::from_utf8_lossy(&answer.body).chars().take(300).collect();
            return Err(Failure::new(format!("{path}: status {}: {body}", answer.status)));
        }
        serde_json::from_slice(&answer.body).because(format!("{path}: the answer is no JSON"))
    }

    /// So many rows of the list after a place.
    fn rows(&mut self, after: &serde_json::Value, limit: usize) -> Result<serde_json::Value> {
        let module: i64 = self
            .page
            .trim_start_matches("/m/")
            .parse()
            .because(format!("not a module page: {}", self.page))?;
        let filter = serde_json::json!({ "narrow": null, "owner": "all", "search": "" });
        let arguments =
            serde_json::json!({ "module": module, "filter": filter, "after": after, "limit": limit });
        self.call("/api/modules/rows", &arguments)
    }

    /// Does the same write to the first open to-do of the list, each time to another one. Only the write is timed.
    fn write_first(&mut self, path: &str, complete: impl Fn(&mut serde_json::Value)) -> Result<Latency> {
        let mut took = Vec::new();
        while took.len() < REQUESTS {
            let page = self.rows(&serde_json::Value::Null, 100)?;
            let open: Vec<_> =
                page["rows"].as_array().into_iter().flatten().filter(|row| row["todo"].is_object()).collect();
            if open.is_empty() {
                break;
            }
            for row in open {
                let mut call = serde_json::json!({
                    "key": format!("bench-{}-{}-{}", path.len(), row["todo"]["id"], row["todo"]["version"]),
                    "todo": row["todo"]["id"],
                    "version": row["todo"]["version"],
                });
                complete(&mut call);
                let start = Instant::now();
                self.call(path, &call)?;
                took.push(start.elapsed());
            }
        }
        Latency::new(took)
    }

    /// Of the server and of its database.
    fn cpu_time(&self) -> Result<Duration> {
        let database =
            self.postgres.map_or(Ok(Duration::ZERO), |postgres| cpu_time(postgres.process_id()))?;
        Ok(cpu_time(self.server.process_id())? + database)
    }
}

impl Latency {
    /// Does the same again and again, and keeps the times of all but the first few.
    fn of(warm_up: usize, times: usize, mut work: impl FnMut() -> Result) -> Result<Self> {
        let mut took = Vec::with_capacity(times);
        for round in 0..warm_up + times {
            let start = Instant::now();
            work()?;
            if round >= warm_up {
                took.push(start.elapsed());
            }
        }
        Self::new(took)
    }

    fn new(mut took: Vec<Duration>) -> Result<Self> {
        if took.is_empty() {
            return Err(Failure::new("no request was answered"));
        }
        took.sort_unstable();
        Ok(Self { sorted: took })
    }

    /// The shortest time that so many of a hundred did not exceed.
    fn percentile(&self, of_hundred: usize) -> Duration {
        let rank = (self.sorted.len() * of_hundred).div_ceil(100).max(1);
        self.sorted[rank - 1]
    }

    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 requests")]
    fn count(&self) -> f64 {
        self.sorted.len() as f64
    }

    /// How many a second one client gets, one after another, and how long they take.
    fn figures(&self, rate: &'static str, p50: &'static str, p99: &'static str) -> Vec<Figure> {
        let all: Duration = self.sorted.iter().sum();
        vec![
            Figure { name: rate, value: self.count() / all.as_secs_f64(), unit: "/s" },
            Figure { name: p50, value: ms(self.percentile(50)), unit: "ms" },
            Figure { name: p99, value: ms(self.percentile(99)), unit: "ms" },
        ]
    }
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut options =
            Self { sizes: SIZES.to_vec(), databases: vec![Database::Sqlite, Database::Postgres] };
        let mut words = arguments.iter();
        while let Some(flag) = words.next() {
            let value = words.next().map(String::as_str);
            match (flag.as_str(), value) {
                ("--sizes", Some(sizes)) => {
                    let parsed: std::result::Result<Vec<u64>, _> = sizes.split(',').map(str::parse).collect();
                    options.sizes = parsed.because(format!("not sizes: {sizes:?}"))?;
                }
                ("--database", Some("sqlite")) => options.databases = vec![Database::Sqlite],
                ("--database", Some("postgres")) => options.databases = vec![Database::Postgres],
                _ => {
                    let usage = "cargo xtask bench [--sizes 1000,1000000] [--database sqlite|postgres]";
                    return Err(Failure::new(format!("{flag} is not understood here: {usage}")));
                }
            }
        }
        Ok(options)
    }
}

/// A row for each figure, a column for each run, and after the runs of one database how the last relates
/// to the first.
fn table(runs: &[Run]) -> String {
    let mut columns = vec![vec![String::new()]];
    columns[0].extend(runs.first().into_iter().flat_map(|run| run.figures.iter()).map(|f| f.name.to_owned()));
    for database in [Database::Sqlite, Database::Postgres] {
        let of_database: Vec<&Run> = runs.iter().filter(|run| run.database == database).collect();
        for run in &of_database {
            let values = run.figures.iter().map(|figure| format!("{} {}", short(figure.value), figure.unit));
            columns.push(
                std::iter::once(format!("{} {}", database.name(), grouped(run.size))).chain(values).collect(),
            );
        }
        if let [first, .., last] = of_database[..] {
            let ratios =
                first.figures.iter().zip(&last.figures).map(|(a, b)| format!("{:.2}", b.value / a.value));
            columns.push(std::iter::once("ratio".to_owned()).chain(ratios).collect());
        }
    }
    let mut text = String::new();
    for row in 0..columns[0].len() {
        for (index, column) in columns.iter().enumerate() {
            let width = column.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
            let cell = column.get(row).map_or("", String::as_str);
            // Writing to a string cannot fail.
            let _ = if index == 0 { write!(text, "{cell:width$}") } else { write!(text, "  {cell:>width$}") };
        }
        text.push('\n');
    }
    text
}

/// What a browser loads before the page can be used, and what only when it is first needed; compressed.
fn sizes(site: &Path) -> Result<String> {
    let manifest = crate::site::read_manifest(site)?;
    let size = |address: &str| {
        let path = format!("{}.br", address.trim_start_matches('/'));
        fs::metadata(site.join(&path)).because(format!("cannot find {path}")).map(|file| file.len())
    };
    let mut text = String::from("compressed with brotli:");
    let mut first_load = 0;
    let mut later = String::new();
    for (name, address) in manifest {
        if crate::site::is_part(&name) {
            let files: Vec<u64> = address.split(' ').map(size).collect::<Result<_>>()?;
            let sum = bytes_as_kilobytes(files.iter().sum());
            // Writing to a string cannot fail.
            let _ = write!(later, " {name} {sum:.1} kB in {} files,", files.len());
        } else if build::is_first_load(&format!("{address}.br")) {
            let size = size(&address)?;
            first_load += size;
            let _ = write!(text, " {name} {:.1} kB,", bytes_as_kilobytes(size));
        }
    }
    let _ = write!(text, " first load without HTML {:.1} kB", bytes_as_kilobytes(first_load));
    let _ = write!(text, "\nloaded when first needed:{}", later.trim_end_matches(','));
    Ok(text)
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "far less than 2^52 bytes")]
fn kilobytes(bytes: usize) -> f64 {
    bytes as f64 / 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "far less than 2^52 bytes")]
fn bytes_as_kilobytes(bytes: u64) -> f64 {
    bytes as f64 / 1000.0
}

fn megabytes(bytes: u64) -> f64 {
    bytes_as_kilobytes(bytes) / 1000.0
}

/// Three digits or so, which is what such figures are good for.
fn short(value: f64) -> String {
    match value {
        _ if value >= 100.0 => format!("{value:.0}"),
        _ if value >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// `1,000,000`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A temporary folder, removed when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("modulok-bench-{}", std::process::id()));
        fs::create_dir(&folder).because(format!("cannot make {}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("cannot remove {}: {error}", self.0.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_taken_by_rank() {
        let latency = Latency::new((1..=200).rev().map(Duration::from_millis).collect()).unwrap();
        assert_eq!(latency.percentile(50), Duration::from_millis(100));
        assert_eq!(latency.percentile(99), Duration::from_millis(198));
        assert_eq!(
            Latency::new(vec![Duration::from_millis(7)]).unwrap().percentile(99),
            Duration::from_millis(7)
        );
        assert!(Latency::new(Vec::new()).is_err());
        // Two tenths of a second for four.
        let rate =
            &Latency::new(vec![Duration::from_millis(50); 4]).unwrap().figures("a second", "p50", "p99")[0];
        assert!((rate.value - 20.0).abs() < 1e-9, "{}", rate.value);
    }

    #[test]
    fn the_table_relates_the_largest_to_the_smallest() {
        let run = |size, value| Run {
            database: Database::Sqlite,
            size,
            figures: vec![Figure { name: "page", value, unit: "ms" }],
        };
        let text = table(&[run(1_000, 2.0), run(1_000_000, 3.0)]);
        assert_eq!(
            text,
            "      SQLite 1,000  SQLite 1,000,000  ratio\npage       2.00 ms           3.00 ms   1.50\n"
        );
    }

    #[test]
    fn sizes_and_database_narrow_the_run() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let options = Options::parse(&words("--sizes 10,20 --database postgres")).unwrap();
        assert_eq!((options.sizes, options.databases), (vec![10, 20], vec![Database::Postgres]));
        assert!(Options::parse(&words("--sizes many")).is_err());
        assert!(Options::parse(&words("--database")).is_err());
        assert!(Options::parse(&words("--fast")).is_err());
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!([7, 1_000, 1_000_000].map(grouped), ["7", "1,000", "1,000,000"]);
    }
}
