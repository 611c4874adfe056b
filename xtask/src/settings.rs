//! `Leptos.toml`, overridden by the environment.

use std::path::Path;

use serde::Deserialize;

use crate::failure::{Because as _, Failure, Result};

/// The folder that `src/server/assets.rs` embeds: what `site-root` has to be.
const EMBEDDED: &str = "target/site";

#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    pub output_name: String,
    /// Seen from the workspace root, whatever `CARGO_TARGET_DIR` says.
    pub site_root: String,
    pub site_pkg_dir: String,
    pub site_addr: String,
}

impl Settings {
    pub fn read(root: &Path) -> Result<Self> {
        let path = root.join("Leptos.toml");
        let text = std::fs::read_to_string(&path).because(format!("cannot read {}", path.display()))?;
        let mut settings: Self = toml::from_str(&text).because(format!("cannot read {}", path.display()))?;
        settings.override_by(|name| std::env::var(name).ok());
        if settings.site_root != EMBEDDED {
            return Err(Failure::new(format!(
                "site-root is {:?}, but the server embeds {EMBEDDED:?}: change both (src/server/assets.rs) or none",
                settings.site_root
            )));
        }
        Ok(settings)
    }

    fn override_by(&mut self, environment: impl Fn(&str) -> Option<String>) {
        for (name, value) in [
            ("LEPTOS_OUTPUT_NAME", &mut self.output_name),
            ("LEPTOS_SITE_ROOT", &mut self.site_root),
            ("LEPTOS_SITE_PKG_DIR", &mut self.site_pkg_dir),
            ("LEPTOS_SITE_ADDR", &mut self.site_addr),
        ] {
            if let Some(set) = environment(name) {
                *value = set;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
    }

    fn from_file() -> Settings {
        toml::from_str(&std::fs::read_to_string(root().join("Leptos.toml")).unwrap()).unwrap()
    }

    #[test]
    fn cargo_leptos_is_told_the_same_as_leptos_toml() {
        let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
        let manifest: toml::Table = toml::from_str(&manifest).unwrap();
        let told = &manifest["package"]["metadata"]["leptos"];
        let told = |key: &str| told[key].as_str().unwrap().to_owned();
        let told = Settings {
            output_name: told("output-name"),
            site_root: told("site-root"),
            site_pkg_dir: told("site-pkg-dir"),
            site_addr: told("site-addr"),
        };
        assert_eq!(told, from_file());
    }

    #[test]
    fn the_server_embeds_the_site_root() {
        assert_eq!(from_file().site_root, EMBEDDED);
        let assets = std::fs::read_to_string(root().join("src/server/assets.rs")).unwrap();
        assert!(assets.contains(&format!("\"$CARGO_MANIFEST_DIR/{EMBEDDED}\"")));
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let mut settings = from_file();
        settings.override_by(|name| (name == "LEPTOS_SITE_ADDR").then(|| "0.0.0.0:80".to_owned()));
        assert_eq!(settings.site_addr, "0.0.0.0:80");
        assert_eq!(settings.output_name, "modulok");
    }
}
