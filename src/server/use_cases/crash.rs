//! A server that is killed in the middle of writes loses nothing, does nothing twice and nothing by halves (R1, R6).
//!
//! The server is a process of its own: the binary that `MODULOK_BIN` names, or this test binary started again.
//! `MODULOK_TEST_KILLS` says how often it is killed on each database.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::{
    server::serve,
    store::{
        Db, migrate,
        testing::{contradictions, integrity, kinds_of_entries},
    },
};

const WRITERS: usize = 8;

/// A server as a process, killed when it is dropped.
struct Server {
    process: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGKILL: it cannot say goodbye.
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Server {
    /// Starts a server of a database; the test of that name serves when it is told to.
    fn start(url: &str, name: &str) -> Self {
        let mut command;
        if let Some(binary) = std::env::var_os("MODULOK_BIN") {
            command = Command::new(binary);
            command.args(["serve", "--listen", "127.0.0.1:0", "--database", url]);
        } else {
            command = Command::new(std::env::current_exe().unwrap());
            let name = format!("{}::{name}", module_path!().split_once("::").unwrap().1);
            command
                .args([&name, "--exact", "--nocapture", "--test-threads=1"])
                .env("MODULOK_TEST_SERVE", url);
        }
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address =
            lines.find_map(|line| Some(line.ok()?.split_once("Listening on http://")?.1.to_owned()));
        let server = Self { process, address: address.unwrap_or_default() };
        assert!(!server.address.is_empty(), "the server does not start");
        // Whatever else it says is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        server
    }
}

/// Calls a server function over the wire; `None` when no whole answer came.
async fn call(address: &str, path: &str, arguments: &Value) -> Option<(u16, Value)> {
    let body = arguments.to_string();
    let request = format!(
        "POST /api/{path} HTTP/1.1\r\nhost: {address}\r\ncookie: modulok_session=admin\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let mut stream = tokio::net::TcpStream::connect(address).await.ok()?;
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = vec![];
    stream.read_to_end(&mut answer).await.ok()?;
    let answer = String::from_utf8(answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length: "))?.parse::<usize>().ok()?;
    if body.len() != length {
        return None;
    }
    Some((head.split(' ').nth(1)?.parse().ok()?, serde_json::from_str(body).ok()?))
}

/// A write that was sent, with its answer if one came.
struct Sent {
    path: &'static str,
    arguments: Value,
    answer: Option<Value>,
    /// How many entries of the history it makes.
    entries: usize,
}

type Log = Arc<Mutex<Vec<Sent>>>;

/// Sends a write and notes it; `None` when the server died.
async fn write(
    log: &Log,
    address: &str,
    key: String,
    path: &'static str,
    mut arguments: Value,
    entries: usize,
) -> Option<Value> {
    arguments["key"] = json!(key);
    let answer = call(address, path, &arguments).await;
    if let Some((status, answer)) = &answer {
        assert_eq!(*status, 200, "{path} {arguments}: {answer}");
    }
    let answer = answer.map(|(_, answer)| answer);
    log.lock().unwrap().push(Sent { path, arguments, answer: answer.clone(), entries });
    answer
}

/// Works on datasheets of its own until the server dies.
async fn work(log: Log, address: String, office: Arc<Value>, name: String) -> Option<()> {
    for n in 0.. {
        let todo = |text: &str| json!({ "text": format!("{text} {name} {n}"), "kind": office["kind"], "due": { "day": "2026-12-01" }, "assignee": office["admin"] });
        let key = |what: &str| format!("{what}-{name}-{n}");
        let form =
            json!({ "name": format!("Ügy {name} {n}"), "status": null, "owner": null, "todo": todo("Első") });
        let module = &office["module"];
        let added =
            write(&log, &address, key("add"), "datasheets/add", json!({ "module": module, "form": form }), 2)
                .await?;
        let (sheet, first) = (&added["datasheet"], &added["row"]["todo"]["id"]);
        write(
            &log,
            &address,
            key("todo"),
            "todos/add",
            json!({ "datasheet": sheet, "form": todo("Második") }),
            1,
        )
        .await?;
        let later = json!({ "todo": first, "version": 1, "to": "in_a_week" });
        write(&log, &address, key("postpone"), "todos/postpone", later, 1).await?;
        let done =
            json!({ "todo": first, "version": 2, "outcome": "done", "note": format!("Jegyzet {name} {n}") });
        write(&log, &address, key("close"), "todos/close", done, 1).await?;
        let moved = json!({ "datasheet": sheet, "version": 1, "status": office["status"] });
        write(&log, &address, key("status"), "datasheets/status", moved, 1).await?;
        if n % 2 == 0 {
            write(
                &log,
                &address,
                key("trash"),
                "datasheets/trash",
                json!({ "datasheet": sheet, "version": 2 }),
                1,
            )
            .await?;
        }
    }
    None
}

/// Everything that was sent has its answer, and sent again it gets the same one; the history has each write once.
async fn check(db: &Db, log: &Log, address: &str, module: ModuleId) -> usize {
    let mut unanswered = 0;
    let mut log = std::mem::take(&mut *log.lock().unwrap());
    let mut settled = vec![];
    for sent in &mut log {
        let (status, answer) =
            call(address, sent.path, &sent.arguments).await.expect("the server answers again");
        assert_eq!(status, 200, "{} {}: {answer}", sent.path, sent.arguments);
        match &sent.answer {
            Some(told) => {
                assert_eq!(&answer, told, "{} {} was lost or done twice", sent.path, sent.arguments);
            }
            None => unanswered += 1,
        }
        // And once more: what came through only now is remembered too.
        settled.push(
            call(address, sent.path, &sent.arguments).await.expect("the server answers again")
                == (status, answer),
        );
    }
    assert!(settled.into_iter().all(|same| same), "a repeat got another answer");
    let mut tx = db.read().await.unwrap();
    assert_eq!(contradictions(&mut tx, module).await, Vec::<String>::new(), "half of a write was done");
    let entries = kinds_of_entries(&mut tx, module).await;
    let about_sheets = entries.iter().filter(|(sheet, _)| sheet.is_some()).count();
    let wanted: usize = log.iter().map(|sent| sent.entries).sum();
    assert_eq!(about_sheets, wanted, "the history has each write once");
    assert_eq!(integrity(&mut tx).await, Vec::<String>::new());
    unanswered
}

/// What a test runs on; `None` when it was started as the server and served.
fn runtime_unless_serving() -> Option<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let Ok(url) = std::env::var("MODULOK_TEST_SERVE") else { return Some(runtime) };
    runtime.block_on(async {
        let db = Db::open(&url).await.unwrap();
        let host = Arc::new(Host::new(db, Clock::System));
        migrate::run(&host.db, host.now()).await.unwrap();
        serve::serve(host, Config::default(), &url, "127.0.0.1:0", None).await.unwrap();
    });
    None
}

/// Kills a server again and again.
fn kills(test: impl Future<Output = TestDb>, name: &str) {
    let Some(runtime) = runtime_unless_serving() else { return };
    let times = std::env::var("MODULOK_TEST_KILLS").ok().and_then(|times| times.parse().ok()).unwrap_or(10);
    let seed: u64 = rand::random();
    let mut rng = StdRng::seed_from_u64(seed);
    println!("seed {seed}");
    runtime.block_on(async {
        let test = test.await;
        let now = Clock::System.now();
        let office = office_at(test, now).await;
        let shared = Arc::new(json!({
            "module": office.module, "kind": office.kind, "admin": office.admin, "status": office.statuses[1],
        }));
        let (mut sent, mut unanswered, mut slowest) = (0, 0, Duration::ZERO);
        let mut server = Server::start(&office.test.url, name);
        for round in 0..times {
            // A module of its own for each round, so that what is checked stays small.
            let mut tx = office.host.db.begin().await.unwrap();
            let made =
                modules::seed_from_template(&mut tx, Template::Custom, "Kör", Locale::En, now).await.unwrap();
            tx.commit().await.unwrap();
            let mut shared = Value::clone(&shared);
            shared["module"] = json!(made.id);
            shared["kind"] = json!(made.types[0]);
            shared["status"] = json!(made.statuses[1].0);
            let shared = Arc::new(shared);
            let log = Log::default();
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let name = format!("{round}-{writer}");
                    tokio::spawn(work(log.clone(), server.address.clone(), shared.clone(), name))
                })
                .collect();
            tokio::time::sleep(Duration::from_millis(rng.random_range(50..500))).await;
            drop(server);
            for writer in writers {
                writer.await.unwrap();
            }
            let start = Instant::now();
            server = Server::start(&office.test.url, name);
            slowest = slowest.max(start.elapsed());
            sent += log.lock().unwrap().len();
            unanswered += check(&office.host.db, &log, &server.address, made.id).await;
        }
        println!(
            "{times} kills, {sent} writes, {unanswered} without an answer; ready again within {slowest:?}"
        );
        assert!(
            sent > times * WRITERS && unanswered > 0,
            "{sent} writes, {unanswered} unanswered: nothing was interrupted"
        );
        assert!(slowest < Duration::from_secs(10), "ready again only after {slowest:?}");
    });
}

/// Kills a server again and again while it issues invoices, several at once: each gets one number, and none is left out.
fn issues(test: impl Future<Output = TestDb>, name: &str) {
    const ROUNDS: usize = 4;
    /// At the most, where a kill always came too late.
    const MOST: usize = 30;
    const EACH: usize = 6;
    let Some(runtime) = runtime_unless_serving() else { return };
    let seed = rand::random();
    println!("seed {seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    runtime.block_on(async {
        let office = office_at(test.await, Clock::System.now()).await;
        let module = office.invoicing("Számlák").await;
        let mut server = Server::start(&office.test.url, name);
        let mut interrupted = 0;
        for round in 0..MOST {
            if round >= ROUNDS && interrupted > 0 {
                break;
            }
            let mut drafts = vec![];
            for _ in 0..WRITERS * EACH {
                drafts.push(office.drafted(module, "invoice").await);
            }
            let issue = |n: usize| {
                let key = format!("issue-{round}-{n:04}");
                json!({ "key": key, "datasheet": drafts[n], "version": 2, "action": { "invoicing": "issue" } })
            };
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let (address, sends) = (server.address.clone(), (0..EACH).map(|n| issue(writer * EACH + n)));
                    let sends: Vec<_> = sends.collect();
                    tokio::spawn(async move {
                        for send in sends {
                            if call(&address, "processes/act", &send).await.is_none() {
                                return true;
                            }
                        }
                        false
                    })
                })
                .collect();
            tokio::time::sleep(Duration::from_millis(rng.random_range(20..200))).await;
            drop(server);
            for writer in writers {
                interrupted += u32::from(writer.await.unwrap());
            }
            // What was not answered had its effect as a whole or not at all.
            let (counts, last) = office.numbers(module).await;
            assert_eq!(counts, (1..=last).collect::<Vec<_>>(), "round {round}");
            server = Server::start(&office.test.url, name);
            for n in 0..drafts.len() {
                let send = issue(n);
                loop {
                    let (status, answer) = call(&server.address, "processes/act", &send).await.unwrap();
                    // The database may still hold what the killed server held.
                    if status != 503 {
                        assert_eq!(status, 200, "{answer}");
                        break;
                    }
                }
            }
            let all = i64::try_from((round + 1) * drafts.len()).unwrap();
            assert_eq!(office.numbers(module).await, ((1..=all).collect(), all), "round {round}");
        }
        assert!(interrupted > 0, "nothing was interrupted");
    });
}

#[test]
fn a_server_killed_while_it_issues_leaves_no_gap_and_no_double_on_sqlite() {
    issues(TestDb::sqlite(), "a_server_killed_while_it_issues_leaves_no_gap_and_no_double_on_sqlite");
}

#[test]
fn a_server_killed_while_it_issues_leaves_no_gap_and_no_double_on_postgres() {
    issues(TestDb::postgres(), "a_server_killed_while_it_issues_leaves_no_gap_and_no_double_on_postgres");
}

#[test]
fn a_killed_server_loses_doubles_and_halves_nothing_on_sqlite() {
    kills(TestDb::sqlite(), "a_killed_server_loses_doubles_and_halves_nothing_on_sqlite");
}

#[test]
fn a_killed_server_loses_doubles_and_halves_nothing_on_postgres() {
    kills(TestDb::postgres(), "a_killed_server_loses_doubles_and_halves_nothing_on_postgres");
}

on_both! {
    async fn a_write_whose_answer_was_lost_in_a_crash_has_one_effect_and_that_answer(test: TestDb) {
        let office = office(test).await;
        let form = json!({ "name": "Tető", "status": null, "owner": null, "todo": office.todo("Felmérés") });
        let add = json!({ "key": "abcd-lost-answer", "module": office.module, "form": form });
        let lost = office.done("datasheets/add", &add).await;
        // Another server on the same database, which knows nothing of the first.
        let host = Arc::new(Host::new(Db::open(&office.test.url).await.unwrap(), Clock::at(NOW.plus_hours(1))));
        migrate::run(&host.db, NOW).await.unwrap();
        let office = Office { app: crate::server::app::app(host.clone(), Config::default()), host, ..office };
        assert_eq!(office.done("datasheets/add", &add).await, lost);
        let filter = json!({ "narrow": null, "owner": "all", "search": "" });
        let page = office.done("modules/page", &json!({ "module": office.module, "filter": filter })).await;
        assert_eq!(page["page"]["rows"].as_array().unwrap().len(), 1);
    }
}
