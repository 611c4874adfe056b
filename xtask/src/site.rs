//! The site: the browser half, the style sheet and the public files, named by their content and compressed,
//! ready to be embedded by the server.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    css,
    failure::{Because as _, Failure, Result},
    glue,
    parts::Parts,
    workspace::{Profile, Workspace},
};

/// What gains from compression; pictures and fonts are compressed already.
const COMPRESSIBLE: &[&str] =
    &["css", "html", "ico", "js", "json", "svg", "txt", "wasm", "webmanifest", "xml"];
/// The one public file that gets a hash in its name: pages name its icons all the time.
const HASHED_PUBLIC: &[&str] = &["icons.svg"];
/// The folder, below that of the package, of what is loaded only when it is needed.
pub const PARTS: &str = "parts/";

/// The files of the site by their path in it.
#[derive(Default)]
pub struct Site {
    files: BTreeMap<String, Vec<u8>>,
    /// Logical name to address.
    manifest: BTreeMap<String, String>,
}

impl Site {
    /// Collects the site from the compiled browser half, `style/` and `public/`.
    pub fn collect(workspace: &Workspace, profile: Profile) -> Result<Self> {
        let mut site = Self::default();
        site.add_browser_half(workspace, profile)?;
        site.add_style(workspace)?;
        site.add_public(workspace)?;
        site.add_manifest()?;
        Ok(site)
    }

    /// Replaces the style sheet and the public files, and keeps the browser half as it was written last.
    pub fn collect_without_code(workspace: &Workspace) -> Result<Self> {
        let mut site = Self::default();
        let folder = workspace.site();
        let kept = read_manifest(&folder)?;
        for (name, address) in kept {
            if is_code(&name) {
                for path in address.split(' ').map(|address| address.trim_start_matches('/')) {
                    site.add(path, read(&folder.join(path))?);
                }
                site.manifest.insert(name, address);
            }
        }
        let snippets = format!("{}/snippets", workspace.settings.site_pkg_dir);
        for (path, bytes) in read_folder(&folder.join(&snippets))? {
            site.add(&format!("{snippets}/{path}"), bytes);
        }
        site.add_style(workspace)?;
        site.add_public(workspace)?;
        site.add_manifest()?;
        Ok(site)
    }

    /// Adds a compressed form beside each file that gains from it.
    pub fn compress(&mut self, workspace: &Workspace) -> Result {
        let cache = Cache::open(workspace.target.join("xtask").join("compressed"))?;
        let mut compressed = BTreeMap::new();
        let mut used = BTreeSet::new();
        for (path, bytes) in &self.files {
            if !COMPRESSIBLE.contains(&extension(path)) || path == "manifest.json" {
                continue;
            }
            for (ending, compress) in
                [("br", brotli as fn(&[u8]) -> std::io::Result<Vec<u8>>), ("gz", gzip as fn(&[u8]) -> _)]
            {
                let small =
                    cache.get_or(&format!("{}.{ending}", hash(bytes)), &mut used, || compress(bytes))?;
                if small.len() < bytes.len() {
                    compressed.insert(format!("{path}.{ending}"), small);
                }
            }
        }
        cache.forget_all_but(&used)?;
        self.files.extend(compressed);
        Ok(())
    }

    /// Makes the site's folder hold exactly these files, touching only those that differ.
    pub fn write(&self, folder: &Path) -> Result {
        for (path, bytes) in &self.files {
            let file = folder.join(path);
            if fs::read(&file).is_ok_and(|there| there == *bytes) {
                continue;
            }
            if let Some(parent) = file.parent() {
                fs::create_dir_all(parent).because(format!("cannot make {}", parent.display()))?;
            }
            fs::write(&file, bytes).because(format!("cannot write {}", file.display()))?;
        }
        for (path, _) in read_folder(folder)? {
            if !self.files.contains_key(&path) {
                fs::remove_file(folder.join(&path)).because(format!("cannot remove the old {path}"))?;
            }
        }
        Ok(())
    }

    /// Differs as soon as one file does.
    pub fn hash(&self) -> String {
        let mut all = Sha256::new();
        for (path, bytes) in &self.files {
            all.update(path.as_bytes());
            all.update([0]);
            all.update(Sha256::digest(bytes));
        }
        hexadecimal(&all.finalize())
    }

    fn add_browser_half(&mut self, workspace: &Workspace, profile: Profile) -> Result {
        let folder = match profile {
            Profile::Dev => "debug",
            Profile::Release => "wasm-release",
        };
        let name = &workspace.settings.output_name;
        let package = &workspace.settings.site_pkg_dir;
        let input = workspace.target.join("wasm32-unknown-unknown").join(folder).join("modulok.wasm");
        let mut parts = Parts::cut(&input, &workspace.target.join("xtask").join("parts"))?;
        let out = workspace.target.join("xtask").join("bindgen");
        if out.exists() {
            fs::remove_dir_all(&out).because(format!("cannot empty {}", out.display()))?;
        }
        let bind = || {
            let mut bindgen = Bindgen::new();
            bindgen.input_path(&parts.main).out_name(name).web(true)?;
            bindgen.typescript(false).debug(profile == Profile::Dev);
            bindgen.remove_name_section(profile == Profile::Release).remove_producers_section(true);
            // The parts know the main module's functions by their names.
            bindgen.keep_lld_exports(true).demangle(false);
            // The page names the file itself, and so the glue stays the same while only the code changes.
            bindgen.omit_default_module_path(true).generate(&out)
        };
        // The reason lies at the end of anyhow's chain.
        bind().map_err(|error| {
            Failure::new(format!("wasm-bindgen cannot read {}: {error:#}", input.display()))
        })?;

        let mut module = read(&out.join(format!("{name}_bg.wasm")))?;
        let mut glue = String::from_utf8_lossy(&read(&out.join(format!("{name}.js")))?).into_owned();
        if profile == Profile::Release {
            (module, glue) = glue::shortened(&module, &glue)
                .ok_or_else(|| Failure::new(format!("{name}_bg.wasm is not a WebAssembly module")))?;
        }
        self.add_hashed(package, &format!("{name}.wasm"), module);
        let needed: BTreeSet<&String> = parts.needs.values().flatten().collect();
        for (part, bytes) in std::mem::take(&mut parts.files) {
            // A part that has come out empty is not loaded.
            if !needed.contains(&part) {
                continue;
            }
            let address = self.add_hashed(package, &format!("{PARTS}{part}.wasm"), bytes);
            let file = address.rsplit_once(PARTS).map_or("", |(_, file)| file);
            parts.loader = replace(&parts.loader, &format!("./{part}.wasm"), &format!("./{PARTS}{file}"))?;
        }
        for (part, files) in &parts.needs {
            let addresses = files.iter().filter_map(|file| self.manifest.get(&format!("{PARTS}{file}.wasm")));
            let addresses = addresses.map(String::as_str).collect::<Vec<_>>().join(" ");
            self.manifest.insert(part.clone(), addresses);
        }
        self.add_scripts(package, name, &glue, &parts.loader)?;
        // Named by hashes already, and by those names the glue imports them.
        for (path, bytes) in read_folder(&out.join("snippets"))? {
            self.add(&format!("{package}/snippets/{path}"), bytes);
        }
        Ok(())
    }

    /// Adds the glue and the loader of parts, which import each other and so share one hash.
    fn add_scripts(&mut self, package: &str, name: &str, glue: &str, loader: &str) -> Result {
        let digits = &hash(format!("{glue}{loader}").as_bytes())[..16];
        let (glue_file, loader_file) = (format!("{name}.{digits}.js"), format!("{name}_parts.{digits}.js"));
        // Only where they are imported: the module itself knows the loader by the name it was given.
        let import = |address: &str| format!("from \"{address}\"");
        let glue = replace(glue, &import(Parts::LOADER), &import(&format!("./{loader_file}")))?;
        let loader = replace(loader, &import(Parts::GLUE), &import(&format!("./{glue_file}")))?;
        for (logical, file, text) in
            [(format!("{name}.js"), glue_file, glue), (format!("{name}_parts.js"), loader_file, loader)]
        {
            let path = format!("{package}/{file}");
            self.manifest.insert(logical, format!("/{path}"));
            self.add(&path, text.into_bytes());
        }
        Ok(())
    }

    fn add_style(&mut self, workspace: &Workspace) -> Result {
        let css = css::bundle(&workspace.root.join("style").join("main.css"))?;
        let name = format!("{}.css", workspace.settings.output_name);
        self.add_hashed(&workspace.settings.site_pkg_dir, &name, css.into_bytes());
        Ok(())
    }

    fn add_public(&mut self, workspace: &Workspace) -> Result {
        for (path, bytes) in read_folder(&workspace.root.join("public"))? {
            if HASHED_PUBLIC.contains(&path.as_str()) {
                self.add_hashed(&workspace.settings.site_pkg_dir, &path, bytes);
            } else {
                self.add(&path, bytes);
            }
        }
        Ok(())
    }

    fn add_manifest(&mut self) -> Result {
        let text = serde_json::to_string_pretty(&self.manifest).because("cannot write the manifest")?;
        self.add("manifest.json", text.into_bytes());
        Ok(())
    }

    /// Adds a file under a name with the hash of its content, and gives its address.
    fn add_hashed(&mut self, package: &str, name: &str, bytes: Vec<u8>) -> String {
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let path = format!("{package}/{stem}.{}.{extension}", &hash(&bytes)[..16]);
        let address = format!("/{path}");
        self.manifest.insert(name.to_owned(), address.clone());
        self.add(&path, bytes);
        address
    }

    fn add(&mut self, path: &str, bytes: Vec<u8>) {
        self.files.insert(path.to_owned(), bytes);
    }
}

/// Compressed forms by the hash of what they were made from: brotli takes seconds for the browser half.
struct Cache(PathBuf);

impl Cache {
    fn open(folder: PathBuf) -> Result<Self> {
        fs::create_dir_all(&folder).because(format!("cannot make {}", folder.display()))?;
        Ok(Self(folder))
    }

    fn get_or(
        &self,
        name: &str,
        used: &mut BTreeSet<String>,
        make: impl FnOnce() -> std::io::Result<Vec<u8>>,
    ) -> Result<Vec<u8>> {
        used.insert(name.to_owned());
        let path = self.0.join(name);
        if let Ok(bytes) = fs::read(&path) {
            return Ok(bytes);
        }
        let bytes = make().because("cannot compress a file of the site")?;
        // Under another name first: a half-written file must never be taken for a whole one.
        let half = self.0.join(format!("{name}.half"));
        let written = fs::write(&half, &bytes).and_then(|()| fs::rename(&half, &path));
        written.because(format!("cannot write {}", path.display()))?;
        Ok(bytes)
    }

    fn forget_all_but(&self, used: &BTreeSet<String>) -> Result {
        for (path, _) in read_folder(&self.0)? {
            if !used.contains(&path) {
                fs::remove_file(self.0.join(&path)).because(format!("cannot remove the old {path}"))?;
            }
        }
        Ok(())
    }
}

/// The manifest of a site that was written before.
pub fn read_manifest(folder: &Path) -> Result<BTreeMap<String, String>> {
    let path = folder.join("manifest.json");
    serde_json::from_slice(&read(&path)?).because(format!("cannot read {}", path.display()))
}

/// Whether a name of the manifest is one of the browser half: of a file, or of a part.
fn is_code(name: &str) -> bool {
    matches!(extension(name), "js" | "wasm") || is_part(name)
}

/// Whether a name of the manifest is that of a part, for which it has the addresses of the files it needs.
pub fn is_part(name: &str) -> bool {
    extension(name).is_empty()
}

/// Puts the true address in the place of one that a tool was given; a tool that has not used it has changed.
fn replace(script: &str, address: &str, with: &str) -> Result<String> {
    if script.contains(address) {
        Ok(script.replace(address, with))
    } else {
        Err(Failure::new(format!(
            "no script names {address}; has the version of wasm-bindgen or wasm-split changed?"
        )))
    }
}

fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn hash(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn brotli(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut small = Vec::new();
    brotli::CompressorWriter::new(&mut small, 1 << 16, 11, 24).write_all(bytes)?;
    Ok(small)
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes)?;
    writer.finish()
}

pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).because(format!("cannot read {}", path.display()))
}

/// All files below a folder by their path in it; none when there is no such folder.
pub fn read_folder(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        if !next.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&next).because(format!("cannot list {}", next.display()))? {
            let path = entry.because(format!("cannot list {}", next.display()))?.path();
            let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if path.is_dir() {
                folders.push(path);
            } else if !is_hidden {
                let bytes = read(&path)?;
                let name = path.strip_prefix(folder).unwrap_or(&path);
                let parts: Vec<_> =
                    name.components().map(|part| part.as_os_str().to_string_lossy()).collect();
                files.insert(parts.join("/"), bytes);
            }
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("modulok-site-{name}-{}", std::process::id()))
    }

    #[test]
    fn a_name_changes_with_the_content_and_the_manifest_follows() {
        let mut site = Site::default();
        site.add_hashed("pkg", "modulok.js", b"one".to_vec());
        let first = site.manifest["modulok.js"].clone();
        site.add_hashed("pkg", "modulok.js", b"two".to_vec());
        assert_ne!(site.manifest["modulok.js"], first);
        assert!(
            first.starts_with("/pkg/modulok.") && first.strip_suffix(".js").is_some() && first.len() == 32,
            "{first}"
        );
    }

    #[test]
    fn the_hash_of_the_site_changes_with_any_file_and_any_name() {
        let site = |path: &str, text: &str| {
            let mut site = Site::default();
            site.add(path, text.into());
            site.hash()
        };
        assert_eq!(site("a", "x"), site("a", "x"));
        assert_ne!(site("a", "x"), site("a", "y"));
        assert_ne!(site("a", "x"), site("b", "x"));
    }

    #[test]
    fn writing_leaves_exactly_the_files_of_the_site() {
        let folder = folder("write");
        fs::create_dir_all(folder.join("pkg")).unwrap();
        fs::write(folder.join("pkg/old.js"), "old").unwrap();
        let mut site = Site::default();
        site.add("pkg/new.js", b"new".to_vec());
        site.write(&folder).unwrap();
        let there: Vec<String> = read_folder(&folder).unwrap().into_keys().collect();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(there, ["pkg/new.js"]);
    }

    #[test]
    fn compressed_forms_give_back_the_file() {
        let text = "Lejárt, Ma, Holnap. ".repeat(50);
        let mut plain = Vec::new();
        std::io::Read::read_to_end(
            &mut flate2::read::GzDecoder::new(&gzip(text.as_bytes()).unwrap()[..]),
            &mut plain,
        )
        .unwrap();
        assert_eq!(plain, text.as_bytes());
        plain.clear();
        brotli::BrotliDecompress(&mut &brotli(text.as_bytes()).unwrap()[..], &mut plain).unwrap();
        assert_eq!(plain, text.as_bytes());
    }
}
