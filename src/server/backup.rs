//! The commands `backup` and `restore`: one gzip file for a whole database, of either kind.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, BufReader, BufWriter, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
};

use clap::Args;
use flate2::{Compression, bufread::GzDecoder, write::GzEncoder};

use super::{
    command::{Failure, database_failure, say},
    files::Files,
    host::Clock,
};
use crate::store::{
    Db,
    backup::{self, Contents, Fault, Progress, Rows},
};

/// What `backup` is told.
#[derive(Args)]
pub struct BackupArgs {
    /// The file to write
    file: PathBuf,
    /// Overwrite the file if it is there
    #[arg(long)]
    force: bool,
}

/// What `restore` is told.
#[derive(Args)]
pub struct RestoreArgs {
    /// The file that `backup` wrote
    file: PathBuf,
}

/// Writes a backup; the server may go on meanwhile.
pub async fn backup(url: &str, files: &Files, args: &BackupArgs) -> Result<(), Failure> {
    let shown = args.file.display();
    if !args.force && args.file.exists() {
        return Err(Failure::new(format!("{shown} is there already; overwrite it with --force")));
    }
    if let Some(path) = sqlite_path(url)
        && !path.exists()
    {
        return Err(Failure::new(format!("there is no database {}", path.display())));
    }
    let db = open(url).await?;
    let rows =
        to_file(&db, files, &args.file, args.force, &mut report).await.map_err(|fault| match fault {
            Fault::File(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Failure::new(format!("{shown} is there already; overwrite it with --force"))
            }
            Fault::File(error) => Failure::new(format!("cannot write {shown}: {error}")),
            other => failure(&args.file, &other),
        })?;
    db.close().await;
    end_of_report();
    say(&format!("Wrote {} rows of {} tables to {shown}.", rows.values().sum::<u64>(), rows.len()))
}

/// Restores a backup into an empty database.
pub async fn restore(url: &str, files: &Files, args: &RestoreArgs) -> Result<(), Failure> {
    let shown = args.file.display();
    // Before the database: a wrong name makes none.
    let file =
        File::open(&args.file).map_err(|error| Failure::new(format!("cannot read {shown}: {error}")))?;
    let db = open(url).await?;
    let rows = from_file(&db, files, file, &mut report).await.map_err(|fault| failure(&args.file, &fault))?;
    db.settle().await;
    db.close().await;
    end_of_report();
    say(&format!("Restored {} rows of {} tables from {shown}.", rows.values().sum::<u64>(), rows.len()))
}

async fn open(url: &str) -> Result<Db, Failure> {
    Db::open(url).await.map_err(|error| database_failure(&error))
}

fn failure(file: &Path, fault: &Fault) -> Failure {
    let file = file.display();
    match fault {
        Fault::Database(error) => database_failure(error),
        Fault::File(error) => Failure::new(format!("cannot read {file}: {error}")),
        Fault::Contents(_) | Fault::NoDatabase | Fault::OtherDatabase | Fault::NotEmpty(_) => {
            Failure::new(fault.to_string())
        }
        of_the_file => Failure::new(format!("{file}: {of_the_file}")),
    }
}

/// The file of an `SQLite` database.
fn sqlite_path(url: &str) -> Option<&Path> {
    let path = url.strip_prefix("sqlite:")?.trim_start_matches("//");
    path.split('?').next().map(Path::new)
}

/// Writes beside the file and renames at the end: the file is whole or not there. Only its owner may read it.
async fn to_file(
    db: &Db,
    contents: &dyn Contents,
    path: &Path,
    force: bool,
    progress: Progress<'_>,
) -> Result<Rows, Fault> {
    let mut name = path.file_name().map(OsString::from).unwrap_or_default();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = async {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&part)?;
        let mut packed = GzEncoder::new(BufWriter::new(&file), Compression::fast());
        let rows = backup::write(db, contents, &mut packed, Clock::System.now(), progress).await?;
        packed.finish()?.flush()?;
        file.sync_all()?;
        if !force && path.exists() {
            return Err(io::Error::from(io::ErrorKind::AlreadyExists).into());
        }
        fs::rename(&part, path)?;
        #[cfg(unix)]
        if let Some(folder) = path.parent() {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            File::open(folder)?.sync_all()?;
        }
        Ok(rows)
    }
    .await;
    if written.is_err() {
        // What was begun is worth nothing; what happened is told by the error.
        let _ = fs::remove_file(&part);
    }
    written
}

async fn from_file(
    db: &Db,
    contents: &dyn Contents,
    file: File,
    progress: Progress<'_>,
) -> Result<Rows, Fault> {
    let unpacked = BufReader::with_capacity(1 << 16, GzDecoder::new(BufReader::with_capacity(1 << 16, file)));
    backup::restore(db, contents, unpacked, Clock::System.now(), progress).await
}

impl Contents for Files {
    fn get(&self, sha256: &str) -> io::Result<Vec<u8>> {
        fs::read(self.path(sha256))
    }

    fn put(&self, sha256: &str, bytes: &[u8]) -> io::Result<()> {
        Files::put(self, sha256, bytes)
    }
}

/// Says how far it is, on one line where somebody looks. Progress that nobody can see stops nothing.
fn report(table: &str, rows: u64) {
    let mut err = io::stderr();
    let _ = if err.is_terminal() {
        write!(err, "{CLEAR}{table}: {rows} rows")
    } else {
        writeln!(err, "{table}: {rows} rows")
    };
}

/// Begins the terminal's line anew.
const CLEAR: &str = "\r\u{1b}[2K";

fn end_of_report() {
    let mut err = io::stderr();
    if err.is_terminal() {
        let _ = write!(err, "{CLEAR}");
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        io::{BufRead as _, Read as _},
        sync::{
            Arc,
            atomic::{AtomicBool, AtomicUsize, Ordering},
        },
        time::Duration,
    };

    use super::*;
    use crate::{
        domain::time::Timestamp,
        error::Error,
        i18n::Locale,
        server::{demo, host::Host, seed},
        store::{
            accounts,
            backup::Nowhere,
            sessions, sign_in_links,
            testing::{NOW, TestDb, on_both},
        },
    };

    /// A database of the other kind.
    async fn other(test: &TestDb) -> TestDb {
        if test.db.is_sqlite() { TestDb::postgres().await } else { TestDb::sqlite().await }
    }

    async fn filled(test: &TestDb) {
        demo::fill(&Host::new(test.db.clone(), Clock::at(NOW)), Locale::Hu).await.unwrap();
    }

    async fn lines(db: &Db) -> Vec<u8> {
        let mut bytes = vec![];
        backup::write(db, &Nowhere, &mut bytes, NOW, &mut |_, _| {}).await.unwrap();
        bytes
    }

    async fn read(db: &Db, bytes: &[u8]) -> Result<Rows, Fault> {
        backup::restore(db, &Nowhere, bytes, NOW, &mut |_, _| {}).await
    }

    /// The rows of each table, whatever their order; but for the count of starts.
    fn content(bytes: &[u8]) -> BTreeSet<String> {
        let mut table = String::new();
        let mut rows = BTreeSet::new();
        for line in bytes.lines().map(Result::unwrap) {
            if line.starts_with("{\"table\"") {
                table = line;
            } else if line.starts_with('[') && !line.starts_with("[\"node\"") {
                assert!(rows.insert(format!("{table}{line}")), "twice: {line}");
            }
        }
        rows
    }

    /// Takes the lines; at the first, waits until others have written two times.
    struct WaitForWrites {
        bytes: Vec<u8>,
        written: Arc<AtomicUsize>,
    }

    impl io::Write for WaitForWrites {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.bytes.is_empty() {
                let wanted = self.written.load(Ordering::SeqCst) + 2;
                while self.written.load(Ordering::SeqCst) < wanted {
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
            self.bytes.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    async fn count(db: &Db, sql: &'static str) -> i64 {
        let mut tx = db.read().await.unwrap();
        crate::store::on!(tx, |conn| sqlx::query_scalar(sql).fetch_one(conn).await).unwrap()
    }

    const SHEETS: &str = "select count(*) from datasheets where trashed_at is null";
    const COUNTED: &str = "select cast(sum(n) as bigint) from status_counts where tie = 'owner'";

    on_both! {
        async fn a_backup_restores_into_the_other_kind_with_the_same_content(test: TestDb) {
            filled(&test).await;
            let target = other(&test).await;
            let before = lines(&test.db).await;
            let rows = read(&target.db, &before).await.unwrap();
            assert!(rows["datasheets"] >= 600 && rows["todos"] > rows["datasheets"], "{rows:?}");
            assert!(content(&before) == content(&lines(&target.db).await), "the content differs");
            for sql in [SHEETS, COUNTED, "select count(*) from todos", "select cast(sum(id % 1000003) as bigint) from events"] {
                assert_eq!(count(&test.db, sql).await, count(&target.db, sql).await, "{sql}");
            }
            // And back again.
            let third = other(&target).await;
            read(&third.db, &lines(&target.db).await).await.unwrap();
            assert!(content(&before) == content(&lines(&third.db).await), "the content differs");
        }

        async fn a_backup_holds_one_moment_while_others_write(test: TestDb) {
            filled(&test).await;
            let (written, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
            let writer = std::thread::spawn({
                let (url, written, stop) = (test.url.clone(), written.clone(), stop.clone());
                move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                    runtime.block_on(async {
                        let db = Db::open(&url).await.unwrap();
                        crate::store::migrate::run(&db, NOW).await.unwrap();
                        let host = Host::new(db, Clock::at(NOW));
                        while !stop.load(Ordering::SeqCst) {
                            seed::fill(&host, 20, 3).await.unwrap();
                            written.fetch_add(1, Ordering::SeqCst);
                        }
                        host.db.close().await;
                    });
                }
            });
            let mut sink = WaitForWrites { bytes: vec![], written: written.clone() };
            let rows = backup::write(&test.db, &Nowhere, &mut sink, NOW, &mut |_, _| {}).await.unwrap();
            stop.store(true, Ordering::SeqCst);
            writer.join().unwrap();

            let target = other(&test).await;
            assert_eq!(read(&target.db, &sink.bytes).await.unwrap(), rows);
            let restored = count(&target.db, SHEETS).await;
            assert_eq!(count(&target.db, COUNTED).await, restored, "half a write is in the backup");
            let now = count(&test.db, SHEETS).await;
            assert!(restored + 40 <= now, "what came after its moment is in the backup: {restored} of {now}");
        }

        async fn ids_made_after_a_restore_are_new(test: TestDb) {
            filled(&test).await;
            let target = other(&test).await;
            read(&target.db, &lines(&test.db).await).await.unwrap();
            let made: BTreeSet<i64> = (0..100).map(|_| test.db.ids().next(Timestamp(NOW.0 + 60_000))).collect();
            for _ in 0..100 {
                assert!(!made.contains(&target.db.ids().next(Timestamp(NOW.0 + 60_000))));
            }
        }

        async fn a_backup_opens_no_session(test: TestDb) {
            filled(&test).await;
            let mut tx = test.db.begin().await.unwrap();
            let user = accounts::first_admin(&mut tx).await.unwrap().unwrap();
            sessions::add(&mut tx, "hash-of-a-session", user, "", NOW).await.unwrap();
            sign_in_links::add(&mut tx, "hash-of-a-link", user, NOW).await.unwrap();
            tx.commit().await.unwrap();
            let text = String::from_utf8(lines(&test.db).await).unwrap();
            assert!(text.contains("Kovács Anna"));
            assert!(!text.contains("hash-of-a-"));
        }

        async fn a_database_with_data_is_not_restored_into(test: TestDb) {
            filled(&test).await;
            let bytes = lines(&test.db).await;
            let before = content(&bytes);
            assert!(matches!(read(&test.db, &bytes).await, Err(Fault::NotEmpty(_))));
            assert!(before == content(&lines(&test.db).await));
        }

        async fn a_damaged_or_truncated_file_is_refused_and_leaves_nothing(test: TestDb) {
            let source = TestDb::sqlite().await;
            filled(&source).await;
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("whole.backup");
            to_file(&source.db, &Nowhere, &path, false, &mut |_, _| {}).await.unwrap();
            let packed = fs::read(&path).unwrap();
            let refused = async |bytes: &[u8], what: &str| {
                let path = folder.path().join("bad.backup");
                fs::write(&path, bytes).unwrap();
                let fault = from_file(&test.db, &Nowhere, File::open(&path).unwrap(), &mut |_, _| {}).await.expect_err(what);
                assert!(matches!(fault, Fault::Damaged(_) | Fault::NoBackup), "{what}: {fault:?}");
            };
            for part in [0, 1, 9, 10, 30, packed.len() / 2, packed.len() - 9, packed.len() - 8, packed.len() - 1] {
                refused(&packed[..part], &format!("cut to {part} of {} bytes", packed.len())).await;
            }
            for part in 1..8 {
                let mut changed = packed.clone();
                changed[packed.len() * part / 8] ^= 4;
                refused(&changed, &format!("a bit changed at {part} eighths")).await;
            }
            refused(b"Modulok", "another file").await;

            let mut text = String::new();
            GzDecoder::new(&packed[..]).read_to_string(&mut text).unwrap();
            let pack = |text: &str| {
                let mut packed = GzEncoder::new(vec![], Compression::fast());
                packed.write_all(text.as_bytes()).unwrap();
                packed.finish().unwrap()
            };
            refused(&pack(&text.replacen("Kovács Anna", "Kovacs Anna", 1)), "a changed name").await;
            let lines: Vec<&str> = text.lines().collect();
            let all_but = |left_out: usize| {
                let kept: Vec<&str> =
                    lines.iter().enumerate().filter(|(i, _)| *i != left_out).map(|(_, line)| *line).collect();
                pack(&format!("{}\n", kept.join("\n")))
            };
            refused(&all_but(0), "no beginning").await;
            refused(&all_but(1), "no first table").await;
            refused(&all_but(lines.len() / 2), "a row less").await;
            refused(&all_but(lines.len() - 1), "no end").await;
            refused(&pack(&format!("{text}[1]\n")), "more than its end").await;

            // Nothing was left behind: the whole one is still taken.
            let rows = from_file(&test.db, &Nowhere, File::open(&path).unwrap(), &mut |_, _| {}).await.unwrap();
            assert!(rows["datasheets"] >= 600);
        }

        async fn a_backup_of_a_newer_version_is_refused_with_a_sentence(test: TestDb) {
            let text = String::from_utf8(lines(&test.db).await).unwrap();
            let newer = text.replacen("\"migrations\":[", "\"migrations\":[[0,\"x\"],", 1);
            assert!(matches!(read(&test.db, newer.as_bytes()).await, Err(Fault::OtherBackup)));
            let newer = text.replacen("]]}}", "],[9999,\"x\"]]}}", 1);
            let said = read(&test.db, newer.as_bytes()).await.unwrap_err().to_string();
            assert!(said.contains("newer version of this program (schema 9999"), "{said}");
            let newer = text.replacen("\"format\":2", "\"format\":3", 1);
            assert!(matches!(read(&test.db, newer.as_bytes()).await, Err(Fault::NewerFormat)));
        }

        async fn what_no_migration_made_is_no_database(test: TestDb) {
            let mut tx = test.db.begin().await.unwrap();
            crate::store::on!(tx, |conn| sqlx::query("drop table migrations").execute(conn).await.map(drop)).unwrap();
            tx.commit().await.unwrap();
            let written = backup::write(&test.db, &Nowhere, io::sink(), NOW, &mut |_, _| {}).await;
            assert!(matches!(written, Err(Fault::NoDatabase)));
        }

        async fn a_file_is_overwritten_only_by_force_and_read_by_its_owner_only(test: TestDb) {
            filled(&test).await;
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("modulok.backup");
            fs::write(&path, "mine").unwrap();
            let fault = to_file(&test.db, &Nowhere, &path, false, &mut |_, _| {}).await.unwrap_err();
            assert!(matches!(&fault, Fault::File(error) if error.kind() == io::ErrorKind::AlreadyExists));
            assert_eq!(fs::read(&path).unwrap(), b"mine");
            to_file(&test.db, &Nowhere, &path, true, &mut |_, _| {}).await.unwrap();
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "something is left beside the file");
            #[cfg(unix)]
            {
                let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions());
                assert_eq!(mode & 0o777, 0o600);
            }
            let target = other(&test).await;
            from_file(&target.db, &Nowhere, File::open(&path).unwrap(), &mut |_, _| {}).await.unwrap();
            assert!(content(&lines(&test.db).await) == content(&lines(&target.db).await));
        }
    }

    #[tokio::test]
    async fn the_bytes_of_files_come_back_and_a_lost_one_stops_nothing() {
        use sha2::Digest as _;
        let (test, target) = (TestDb::sqlite().await, TestDb::postgres().await);
        filled(&test).await;
        let folder = tempfile::tempdir().unwrap();
        let (here, there) = (Files::new(folder.path().join("here")), Files::new(folder.path().join("there")));
        let bytes = b"line\n{\"end\":{}}\n[1]\n\0\xff".to_vec();
        let hash = crate::store::hex(&sha2::Sha256::digest(&bytes));
        Files::put(&here, &hash, &bytes).unwrap();
        let mut tx = test.db.begin().await.unwrap();
        const FILE: &str = "
            insert into files (id, datasheet_id, author_id, name, hash, size, kind, version, created_at)
            select $1, min(d.id), min(d.owner_id), 'a', $2, 1, 'other', 1, 1 from datasheets d";
        for (id, hash) in [(1_i64, hash.as_str()), (2, "0000"), (3, &hash)] {
            crate::store::on!(tx, |conn| sqlx::query(FILE).bind(id).bind(hash).execute(conn).await.map(drop))
                .unwrap();
        }
        tx.commit().await.unwrap();
        let path = folder.path().join("a.backup");
        to_file(&test.db, &here, &path, false, &mut |_, _| {}).await.unwrap();
        let rows = from_file(&target.db, &there, File::open(&path).unwrap(), &mut |_, _| {}).await.unwrap();
        assert!(rows["files"] >= 3, "{rows:?}");
        assert_eq!(fs::read(there.path(&hash)).unwrap(), bytes);
        assert!(!there.path("0000").exists());
        // Changed where they lie: left out, as what is lost.
        fs::write(here.path(&hash), "other").unwrap();
        to_file(&test.db, &here, &path, true, &mut |_, _| {}).await.unwrap();
        from_file(&TestDb::sqlite().await.db, &Nowhere, File::open(&path).unwrap(), &mut |_, _| {})
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_wrong_name_makes_no_database() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("none.sqlite");
        let url = format!("sqlite:{}", database.display());
        let file = folder.path().join("none.backup");
        backup(&url, &Files::default(), &BackupArgs { file: file.clone(), force: false }).await.unwrap_err();
        restore(&url, &Files::default(), &RestoreArgs { file: file.clone() }).await.unwrap_err();
        assert!(!database.exists() && !file.exists());
    }

    #[test]
    fn a_database_that_does_not_answer_is_told_as_such() {
        let told = failure(Path::new("a.backup"), &Fault::Database(Error::Busy)).to_string();
        assert!(told.contains("does not answer"), "{told}");
    }
}
