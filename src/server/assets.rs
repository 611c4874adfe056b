//! The site's files: what `cargo xtask build` put into `target/site`, embedded in the release binary
//! and read from disk in a debug build.
//!
//! Files with a hash in their name never change and are cached for ever; all others are asked for again
//! each time and answered with 304 while they are the same. Compressed forms (`.br`, `.gz`) lie ready
//! beside each file. Nothing here fails when no site was built: the answers are 404 then.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
    sync::OnceLock,
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    response::Response,
    routing::get,
};
use rust_embed::Embed;

use super::site::SITE;

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/target/site"]
#[allow_missing = true]
struct Site;

/// Changes with each file of the site; naming it here makes cargo embed the files anew.
const SITE_HASH: Option<&str> = option_env!("MODULOK_SITE_HASH");

const MANIFEST: &str = "manifest.json";
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// The address of a file of the site by its logical name (`modulok.js`, `modulok.wasm`, `modulok.css`,
/// `icons.svg`), with the hash of its content in it: `/pkg/modulok.0123456789abcdef.js`.
///
/// A name that the site does not have gives an address that answers 404.
pub fn url(logical: &str) -> String {
    in_manifest(logical).unwrap_or_else(|| format!("/{}/{logical}", SITE.site_pkg_dir))
}

/// The addresses of the files that a part of the browser half needs, by the part's name (`src/ui/lazy.rs`).
pub fn urls(part: &str) -> Vec<String> {
    let addresses = in_manifest(part).unwrap_or_default();
    addresses.split_ascii_whitespace().map(str::to_owned).collect()
}

fn in_manifest(name: &str) -> Option<String> {
    static MANIFEST_OF_RELEASE: OnceLock<HashMap<String, String>> = OnceLock::new();
    if cfg!(debug_assertions) {
        // `cargo xtask dev` replaces the files under a running server.
        manifest().remove(name)
    } else {
        MANIFEST_OF_RELEASE.get_or_init(manifest).get(name).cloned()
    }
}

/// Whether a site is there at all. Without one the pages work as with JavaScript off, unstyled.
pub fn are_built() -> bool {
    SITE_HASH.is_some() || Site::get(MANIFEST).is_some()
}

/// The script that loads the page anew once the server has been restarted; only in a debug build that
/// `cargo xtask dev` started.
pub fn reload_script() -> Option<&'static str> {
    const SCRIPT: &str = "{ let down = false; setInterval(() => fetch('/health', { cache: 'no-store' })\
        .then(() => { if (down) location.reload() }, () => { down = true }), 400) }";
    (cfg!(debug_assertions) && std::env::var_os("MODULOK_DEV_RELOAD").is_some()).then_some(SCRIPT)
}

/// The routes of all files of the site: one for each of its folders, one for each file at its top.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let mut router = Router::new();
    for route in routes(Site::iter()) {
        router = router.route(&route, get(serve));
    }
    router
}

/// Answers a request for a file of the site; HEAD is answered by axum from the same.
pub async fn serve(uri: Uri, headers: HeaderMap) -> Response {
    answer(uri.path(), &headers, &|name| {
        let file = Site::get(name)?;
        Some(File {
            hash: file.metadata.sha256_hash(),
            kind: file.metadata.mimetype().to_owned(),
            bytes: file.data,
        })
    })
}

/// One file as it lies in the site.
struct File {
    bytes: Cow<'static, [u8]>,
    hash: [u8; 32],
    kind: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    fn extension(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }

    fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }
}

fn manifest() -> HashMap<String, String> {
    let Some(file) = Site::get(MANIFEST) else {
        return HashMap::new();
    };
    serde_json::from_slice(&file.data).unwrap_or_else(|error| {
        tracing::error!(%error, "the site's {MANIFEST} is not readable; build it again with `cargo xtask build`");
        HashMap::new()
    })
}

fn routes(names: impl Iterator<Item = Cow<'static, str>>) -> BTreeSet<String> {
    names
        .filter(|name| is_public(name))
        .map(|name| match name.split_once('/') {
            Some((folder, _)) => format!("/{folder}/{{*path}}"),
            None => format!("/{name}"),
        })
        .collect()
}

/// The manifest is the server's, and a compressed form is had by asking for the file itself.
fn is_public(name: &str) -> bool {
    name != MANIFEST
        && !name.ends_with(Encoding::Brotli.extension())
        && !name.ends_with(Encoding::Gzip.extension())
}

fn answer(path: &str, headers: &HeaderMap, find: &dyn Fn(&str) -> Option<File>) -> Response {
    let name = path.strip_prefix('/').unwrap_or(path);
    let is_plain = !name.split('/').any(|part| part.is_empty() || part.starts_with('.'));
    let found = (is_plain && is_public(name)).then(|| {
        encodings(headers)
            .into_iter()
            .find_map(|encoding| Some((encoding, find(&format!("{name}{}", encoding.extension()))?)))
    });
    let Some((encoding, file)) = found.flatten() else {
        return response(StatusCode::NOT_FOUND, [], Body::empty());
    };

    let kind = match encoding {
        Encoding::Identity => Some(file.kind),
        // The compressed file says only how it is compressed.
        Encoding::Brotli | Encoding::Gzip => find(name).map(|plain| plain.kind),
    };
    let kind = content_type(kind.as_deref().unwrap_or("application/octet-stream"));
    let vary = (header::VARY, HeaderValue::from_static("accept-encoding"));
    if is_hashed(name) {
        let cached = (header::CACHE_CONTROL, FOR_EVER);
        return encoded(encoding, [vary, cached, (header::CONTENT_TYPE, kind)], file.bytes);
    }

    let tag = entity_tag(&file.hash, encoding);
    let cached = (header::CACHE_CONTROL, ASK_AGAIN);
    if is_known(headers, &tag) {
        return response(StatusCode::NOT_MODIFIED, [vary, cached, (header::ETAG, tag)], Body::empty());
    }
    encoded(encoding, [vary, cached, (header::CONTENT_TYPE, kind), (header::ETAG, tag)], file.bytes)
}

fn encoded<const N: usize>(
    encoding: Encoding,
    headers: [(HeaderName, HeaderValue); N],
    bytes: Cow<'static, [u8]>,
) -> Response {
    let body = match bytes {
        Cow::Borrowed(embedded) => Body::from(embedded),
        Cow::Owned(read) => Body::from(read),
    };
    let mut response = response(StatusCode::OK, headers, body);
    if let Some(name) = encoding.name() {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    response
}

fn response<const N: usize>(
    status: StatusCode,
    headers: [(HeaderName, HeaderValue); N],
    body: Body,
) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().extend(headers);
    response
}

/// `modulok.0123456789abcdef.js`: 16 hexadecimal digits before the last extension.
fn is_hashed(name: &str) -> bool {
    let digits = name.rsplit('.').nth(1).unwrap_or_default();
    digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn content_type(kind: &str) -> HeaderValue {
    let is_text = kind.starts_with("text/") || kind == "application/json" || kind == "image/svg+xml";
    let value = if is_text { format!("{kind}; charset=utf-8") } else { kind.to_owned() };
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

/// Each encoding of a file is an entity of its own.
fn entity_tag(hash: &[u8; 32], encoding: Encoding) -> HeaderValue {
    let digits = hash.first_chunk().map_or(0, |first| u64::from_be_bytes(*first));
    HeaderValue::from_str(&format!("\"{digits:016x}{}\"", encoding.extension()))
        .unwrap_or(HeaderValue::from_static("\"\""))
}

fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).any(|known| {
        known
            .split(',')
            .map(|known| known.trim().trim_start_matches("W/"))
            .any(|known| known == "*" || known.as_bytes() == tag.as_bytes())
    })
}

/// The encodings that the client takes, the best first; the file as it is comes last, whatever is asked.
fn encodings(headers: &HeaderMap) -> Vec<Encoding> {
    let accepted: Vec<(String, f32)> = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|item| {
            let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
            let weight = parameters.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse().ok());
            (name.trim().to_ascii_lowercase(), weight.unwrap_or(0.0))
        })
        .collect();
    let weight = |name: &str| {
        let named = accepted.iter().find(|(accepted, _)| accepted == name);
        named
            .or_else(|| accepted.iter().find(|(accepted, _)| accepted == "*"))
            .map_or(0.0, |(_, weight)| *weight)
    };
    let mut wanted: Vec<(Encoding, f32)> = [Encoding::Brotli, Encoding::Gzip]
        .into_iter()
        .filter_map(|encoding| Some((encoding, weight(encoding.name()?))))
        .filter(|(_, weight)| *weight > 0.0)
        .collect();
    // Stable: of two liked alike, brotli.
    wanted.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    wanted.into_iter().map(|(encoding, _)| encoding).chain([Encoding::Identity]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "/pkg/modulok.0123456789abcdef.js";

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    fn ask(path: &str, pairs: &[(HeaderName, &str)]) -> Response {
        answer(path, &headers(pairs), &|name| {
            let (kind, bytes): (&str, &'static [u8]) = match name {
                "pkg/modulok.0123456789abcdef.js" => ("text/javascript", b"plain"),
                "pkg/modulok.0123456789abcdef.js.br" => ("application/octet-stream", b"brotli"),
                "pkg/modulok.0123456789abcdef.js.gz" => ("application/gzip", b"gzip"),
                "pkg/modulok.0123456789abcdef.wasm" => ("application/wasm", b"wasm"),
                "favicon.svg" => ("image/svg+xml", b"icon"),
                "manifest.json" => ("application/json", b"{}"),
                _ => return None,
            };
            Some(File { bytes: Cow::Borrowed(bytes), hash: [7; 32], kind: kind.to_owned() })
        })
    }

    fn value(response: &Response, name: HeaderName) -> Option<&str> {
        response.headers().get(name).map(|value| value.to_str().unwrap())
    }

    #[test]
    fn a_file_with_a_hash_in_its_name_is_cached_for_ever() {
        let response = ask(SCRIPT, &[]);
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(value(&response, header::CACHE_CONTROL), Some("public, max-age=31536000, immutable"));
        assert_eq!(value(&response, header::CONTENT_TYPE), Some("text/javascript; charset=utf-8"));
        assert_eq!(value(&response, header::VARY), Some("accept-encoding"));
        assert_eq!(value(&response, header::CONTENT_ENCODING), None);
    }

    #[test]
    fn brotli_is_preferred_and_keeps_the_type_of_the_file() {
        let response = ask(SCRIPT, &[(header::ACCEPT_ENCODING, "gzip, deflate, br")]);
        assert_eq!(value(&response, header::CONTENT_ENCODING), Some("br"));
        assert_eq!(value(&response, header::CONTENT_TYPE), Some("text/javascript; charset=utf-8"));
    }

    #[test]
    fn the_weights_of_the_client_decide_the_encoding() {
        let chosen = |accept| ask(SCRIPT, &[(header::ACCEPT_ENCODING, accept)]);
        assert_eq!(value(&chosen("br;q=0.5, gzip"), header::CONTENT_ENCODING), Some("gzip"));
        assert_eq!(value(&chosen("br;q=0, gzip;q=0.1"), header::CONTENT_ENCODING), Some("gzip"));
        assert_eq!(value(&chosen("*"), header::CONTENT_ENCODING), Some("br"));
        assert_eq!(value(&chosen("br;q=0, *;q=0"), header::CONTENT_ENCODING), None);
        assert_eq!(value(&chosen("br;q=nonsense"), header::CONTENT_ENCODING), None);
    }

    #[test]
    fn a_file_without_a_compressed_form_is_sent_as_it_is() {
        let response = ask("/pkg/modulok.0123456789abcdef.wasm", &[(header::ACCEPT_ENCODING, "br")]);
        assert_eq!(value(&response, header::CONTENT_ENCODING), None);
        assert_eq!(value(&response, header::CONTENT_TYPE), Some("application/wasm"));
    }

    #[test]
    fn a_file_without_a_hash_is_not_sent_again_while_it_is_the_same() {
        let first = ask("/favicon.svg", &[]);
        assert_eq!(value(&first, header::CACHE_CONTROL), Some("no-cache"));
        let tag = value(&first, header::ETAG).unwrap();
        let listed = format!("\"other\", W/{tag}");
        assert_eq!(ask("/favicon.svg", &[(header::IF_NONE_MATCH, tag)]).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(
            ask("/favicon.svg", &[(header::IF_NONE_MATCH, &listed)]).status(),
            StatusCode::NOT_MODIFIED
        );
        assert_eq!(ask("/favicon.svg", &[(header::IF_NONE_MATCH, "\"other\"")]).status(), StatusCode::OK);
    }

    #[test]
    fn what_is_not_a_public_file_of_the_site_is_not_found() {
        let hidden =
            ["/manifest.json", "/pkg/../manifest.json", "/pkg/modulok.0123456789abcdef.js.br", "/", "//"];
        for path in hidden.into_iter().chain(["/pkg/other.js", "/.hidden", "/pkg//favicon.svg"]) {
            assert_eq!(ask(path, &[]).status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    fn only_sixteen_hexadecimal_digits_before_the_extension_are_a_hash() {
        assert!(is_hashed("pkg/icons.00ff00ff00ff00ff.svg"));
        for name in ["pkg/icons.svg", "icons.00ff.svg", "00ff00ff00ff00ff", "icons.00FF00FF00FF00FF.svg"] {
            assert!(!is_hashed(name), "{name}");
        }
    }

    #[test]
    fn there_is_a_route_for_each_folder_and_each_file_at_the_top() {
        let names =
            ["favicon.svg", "favicon.svg.br", "manifest.json", "pkg/a.js", "pkg/b.js", "pkg/deep/c.js"];
        let found = routes(names.into_iter().map(Cow::from));
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["/favicon.svg", "/pkg/{*path}"]);
    }

    #[test]
    fn a_name_that_the_site_does_not_have_still_gives_an_address() {
        assert_eq!(url("no-such-file.js"), "/pkg/no-such-file.js");
        assert!(urls("no_such_part").is_empty());
    }
}
