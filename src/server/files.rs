//! The bytes of files: a folder beside the database, each content once, under its SHA-256; and the routes by which they come
//! and go.
//!
//! A content is written beside its place and renamed into it: it is whole or not there. What belongs to no file any more is
//! taken away by [`Files::clean`], a day after it was last put there: an upload that is under way keeps its own.

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, UNIX_EPOCH},
};

use axum::{
    Router,
    body::Body,
    extract::{Path as Segment, Query, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use futures::{StreamExt as _, stream};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{again, app::App, host::Host, pages};
use crate::{
    api::{Key, files as api},
    domain::{
        file::{self, FILE_KEPT_DAYS, FILE_MAX, FileKind, SNIFFED},
        id::{DatasheetId, EventId, TodoId},
        time::Timestamp,
    },
    error::{Error, Field, Problem, Result},
    store::{self, Db, files::NewFile, hex},
};

/// How long a file may take to come.
const UPLOAD: Duration = Duration::from_mins(10);
/// Contents that belong to nothing are kept so long.
const GRACE: Duration = Duration::from_hours(24);
const DAY: i64 = 86_400_000;
/// How many contents are looked up at once.
const TOGETHER: usize = 500;

/// Where the contents lie.
#[derive(Clone, Debug)]
pub struct Files {
    folder: PathBuf,
    /// The largest file, in bytes.
    pub max: u64,
}

/// For tests: the commands always say where.
impl Default for Files {
    fn default() -> Self {
        Self::new(std::env::temp_dir().join("modulok-files"))
    }
}

impl Files {
    /// Contents in a folder, which is made with the first of them.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), max: FILE_MAX }
    }

    /// The place of a content.
    pub fn path(&self, hash: &str) -> PathBuf {
        self.folder.join(hash.get(..2).unwrap_or("00")).join(hash)
    }

    fn part(&self) -> PathBuf {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        self.folder.join("parts").join(format!("{}-{n}-{:08x}", std::process::id(), rand::random::<u32>()))
    }

    /// Takes a body into its place; answers its hash, how many bytes, and what it is.
    async fn take(&self, body: Body) -> Result<(String, u64, FileKind)> {
        let part = self.part();
        let taken = self.write(&part, body).await;
        let placed = match taken {
            Ok((hash, size, kind)) => match self.place(&part, &hash).await {
                Ok(()) => Ok((hash, size, kind)),
                Err(error) => Err(disk(&error)),
            },
            Err(error) => Err(error),
        };
        if placed.is_err() {
            // What was begun is worth nothing, and is cleaned away later if this fails.
            let _ = tokio::fs::remove_file(&part).await;
        }
        placed
    }

    async fn write(&self, part: &Path, body: Body) -> Result<(String, u64, FileKind)> {
        make_folder(part).await.map_err(|error| disk(&error))?;
        let mut options = tokio::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        options.mode(0o600);
        let mut out = options.open(part).await.map_err(|error| disk(&error))?;
        let (mut hash, mut size, mut first) = (Sha256::new(), 0_u64, vec![]);
        let mut stream = body.into_data_stream();
        while let Some(bytes) = stream.next().await {
            // The browser went away: nobody reads the answer.
            let bytes = bytes.map_err(|_| Error::Unreachable)?;
            size += bytes.len() as u64;
            if size > self.max {
                let max = u32::try_from(self.max / (1024 * 1024)).unwrap_or(u32::MAX);
                return Err(Error::invalid(Field::File, Problem::TooLarge(max)));
            }
            if first.len() < SNIFFED {
                first.extend_from_slice(&bytes[..bytes.len().min(SNIFFED - first.len())]);
            }
            hash.update(&bytes);
            out.write_all(&bytes).await.map_err(|error| disk(&error))?;
        }
        out.sync_all().await.map_err(|error| disk(&error))?;
        Ok((hex(&hash.finalize()), size, FileKind::sniff(&first)))
    }

    async fn place(&self, part: &Path, hash: &str) -> io::Result<()> {
        let path = self.path(hash);
        make_folder(&path).await?;
        // Over the same content, if it is there: its age begins anew.
        tokio::fs::rename(part, &path).await?;
        #[cfg(unix)]
        if let Some(folder) = path.parent() {
            tokio::fs::File::open(folder).await?.sync_all().await?;
        }
        Ok(())
    }

    /// Puts a content into its place, at the command line.
    pub fn put(&self, hash: &str, bytes: &[u8]) -> io::Result<()> {
        let (part, path) = (self.part(), self.path(hash));
        for file in [&part, &path] {
            if let Some(folder) = file.parent() {
                std::fs::create_dir_all(folder)?;
            }
        }
        std::fs::write(&part, bytes)?;
        std::fs::File::open(&part)?.sync_all()?;
        std::fs::rename(&part, &path)
    }

    /// Takes away what was deleted long ago and contents that belong to no file. Answers how many contents went.
    pub async fn clean(&self, db: &Db, now: Timestamp) -> Result<u64> {
        loop {
            let mut tx = db.begin().await?;
            let before = Timestamp(now.0 - FILE_KEPT_DAYS * DAY);
            let gone = store::files::remove_deleted(&mut tx, before, 1_000).await?;
            tx.commit().await?;
            if gone < 1_000 {
                break;
            }
        }
        let folder = self.folder.clone();
        let old = tokio::task::spawn_blocking(move || old_contents(&folder, now))
            .await
            .map_err(|_| Error::Server)?;
        let mut removed = 0;
        for chunk in old.map_err(|error| disk(&error))?.chunks(TOGETHER) {
            removed += remove_unknown(db, chunk, now).await?;
        }
        Ok(removed)
    }

    /// Takes away those of some contents that belong to no file. What was put there in the last day is left for [`Files::clean`]:
    /// it may be on its way to another file.
    pub async fn remove_unknown(&self, db: &Db, hashes: &[String], now: Timestamp) -> Result<()> {
        let paths: Vec<PathBuf> = hashes.iter().map(|hash| self.path(hash)).collect();
        for chunk in paths.chunks(TOGETHER) {
            remove_unknown(db, chunk, now).await?;
        }
        Ok(())
    }
}

/// Takes away those of some old contents that belong to no file; answers how many.
async fn remove_unknown(db: &Db, paths: &[PathBuf], now: Timestamp) -> Result<u64> {
    let name = |path: &PathBuf| Some(path.file_name()?.to_str()?.to_owned());
    let hashes: Vec<String> = paths.iter().filter_map(name).collect();
    let mut tx = db.read().await?;
    let known: BTreeSet<String> = store::files::known(&mut tx, &hashes).await?;
    drop(tx);
    let mut removed = 0;
    for path in paths {
        let is_known = name(path).is_some_and(|name| known.contains(&name));
        // Put there again meanwhile: it is young now.
        if !is_known && is_old(path, now) && tokio::fs::remove_file(path).await.is_ok() {
            removed += 1;
        }
    }
    Ok(removed)
}

/// Whether it was put there more than a day ago.
fn is_old(path: &Path, now: Timestamp) -> bool {
    let modified = path.metadata().and_then(|data| data.modified());
    let now = UNIX_EPOCH + Duration::from_millis(u64::try_from(now.0).unwrap_or_default());
    modified.is_ok_and(|at| now.duration_since(at).is_ok_and(|age| age > GRACE))
}

/// All that lies in the folder and is older than a day.
fn old_contents(folder: &Path, now: Timestamp) -> io::Result<Vec<PathBuf>> {
    let mut old = vec![];
    let folders = match std::fs::read_dir(folder) {
        Ok(folders) => folders,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(old),
        Err(error) => return Err(error),
    };
    for below in folders {
        let below = below?.path();
        if below.is_dir() {
            for file in std::fs::read_dir(below)? {
                let path = file?.path();
                if is_old(&path, now) {
                    old.push(path);
                }
            }
        }
    }
    Ok(old)
}

async fn make_folder(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(folder) => tokio::fs::create_dir_all(folder).await,
        None => Ok(()),
    }
}

fn disk(error: &io::Error) -> Error {
    tracing::error!(%error, "the folder of files cannot be read or written");
    Error::Server
}

/// The routes: they have their own limits of size and time.
pub fn router(app: &App) -> Router<App> {
    let pages = axum::middleware::from_fn_with_state(app.clone(), pages::with_session);
    Router::new()
        .route("/files", post(upload))
        .route("/files/{file}", get(download))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(pages)
}

#[derive(Deserialize)]
struct Upload {
    datasheet: i64,
    key: String,
    name: String,
    /// The to-do that it belongs to, if not to the datasheet itself.
    todo: Option<i64>,
}

/// `POST /files?datasheet=&key=&name=&todo=` with the bytes as its body.
async fn upload(State(app): State<App>, Query(query): Query<Upload>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let taken = async {
        let datasheet = DatasheetId(query.datasheet);
        api::may_add(&app.host, &parts, datasheet).await?;
        let name = file::name(&query.name)?;
        let files = &app.host.files;
        let taken = tokio::time::timeout(UPLOAD, files.take(body)).await.map_err(|_| Error::Busy)?;
        let (hash, size, kind) = taken?;
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        let file = NewFile { name, hash, size, kind, todo_id: query.todo.map(TodoId) };
        let key = Key(query.key);
        again::until_done(|| api::add(&app.host, &parts, &key, datasheet, &file)).await
    };
    match taken.await {
        Ok(done) => axum::Json(done).into_response(),
        Err(error) => {
            let is_too_large =
                matches!(&error, Error::Invalid(invalid) if matches!(invalid.problem, Problem::TooLarge(_)));
            let status = if is_too_large { 413 } else { error.status() };
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, axum::Json(error)).into_response()
        }
    }
}

#[derive(Deserialize)]
struct Wanted {
    /// Shown in the page: pictures only.
    #[serde(default)]
    show: bool,
}

/// `GET /files/{file}`: who may see the datasheet may read its files. Nothing in them runs: pictures are shown as what their
/// bytes are, all else is kept by the browser.
async fn download(
    State(app): State<App>,
    Segment(id): Segment<String>,
    Query(wanted): Query<Wanted>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let found = match id.parse::<EventId>() {
        Ok(file) => api::readable(&app.host, &parts, file).await,
        Err(_) => Err(Error::NotFound),
    };
    let opened = match found {
        Ok(stored) => match tokio::fs::File::open(app.host.files.path(&stored.hash)).await {
            Ok(file) => Ok((stored, file)),
            Err(error) => {
                tracing::error!(%error, hash = stored.hash, "the bytes of a file are missing");
                Err(Error::NotFound)
            }
        },
        Err(error) => Err(error),
    };
    let (stored, file) = match opened {
        Ok(opened) => opened,
        Err(Error::NotFound | Error::SignInNeeded) => {
            return pages::not_found(Request::from_parts(parts, body)).await;
        }
        Err(error) => return pages::refusal(&error, &parts.headers, &parts.extensions),
    };
    let is_inline = wanted.show && stored.kind.is_picture();
    let kind = if stored.kind.is_picture() { stored.kind.media_type() } else { "application/octet-stream" };
    let mut response = Response::new(Body::from_stream(chunks(file)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(stored.size));
    if let Ok(disposition) = HeaderValue::from_str(&file::disposition(&stored.name, is_inline)) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    // Even where a browser opened it, nothing in it could run or load.
    let policy = "default-src 'none'; frame-ancestors 'none'; sandbox";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response
}

fn chunks(file: tokio::fs::File) -> impl futures::Stream<Item = io::Result<Vec<u8>>> + Send {
    stream::unfold(Some(file), |file| async move {
        let mut file = file?;
        let mut bytes = vec![0; 64 * 1024];
        match file.read(&mut bytes).await {
            Ok(0) => None,
            Ok(n) => {
                bytes.truncate(n);
                Some((Ok(bytes), Some(file)))
            }
            Err(error) => Some((Err(error), None)),
        }
    })
}

/// Cleans at the start and each hour, until the server stops.
pub async fn clean_every_hour(host: Arc<Host>, stop: tokio_util::sync::CancellationToken) {
    let mut hours = tokio::time::interval(Duration::from_hours(1));
    while stop.run_until_cancelled(hours.tick()).await.is_some() {
        match host.files.clean(&host.db, host.now()).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "contents of no file were taken away"),
            Err(error) => {
                tracing::warn!(%error, "the folder of files could not be cleaned; tried again in an hour");
            }
        }
    }
}
