//! The site's build settings, `Leptos.toml`: the server embeds the site, so it knows the file and the environment that the site was
//! built with.

use std::sync::LazyLock;

use serde::Deserialize;

use super::assets;

/// What of `Leptos.toml` the server needs.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Site {
    /// What the browser half's files are called: `NAME.js`, `NAME.wasm`, `NAME.css`.
    pub output_name: String,
    /// The folder of the site, and of its addresses, that holds the files with a hash in their names.
    pub site_pkg_dir: String,
    /// Where to listen when nobody says otherwise.
    pub site_addr: String,
}

/// The settings that this server was built with.
pub static SITE: LazyLock<Site> = LazyLock::new(|| {
    let mut site: Site = toml::from_str(include_str!("../../Leptos.toml"))
        .expect("Leptos.toml was read by a test of this build");
    let set = |setting: &mut String, value: Option<&str>| {
        if let Some(value) = value {
            value.clone_into(setting);
        }
    };
    set(&mut site.output_name, option_env!("LEPTOS_OUTPUT_NAME"));
    set(&mut site.site_pkg_dir, option_env!("LEPTOS_SITE_PKG_DIR"));
    set(&mut site.site_addr, option_env!("LEPTOS_SITE_ADDR"));
    site
});

impl Site {
    /// The address of the browser half's file of a kind: `js`, `wasm` or `css`.
    pub fn url(&self, kind: &str) -> String {
        assets::url(&format!("{}.{kind}", self.output_name))
    }

    /// Whether a path is that of a file with a hash in its name.
    pub fn has(&self, path: &str) -> bool {
        path.strip_prefix('/')
            .and_then(|path| path.split_once('/'))
            .is_some_and(|(folder, _)| folder == self.site_pkg_dir)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leptos_toml_can_be_read_and_names_the_files_folder() {
        assert!(!SITE.output_name.is_empty() && SITE.site_addr.parse::<std::net::SocketAddr>().is_ok());
        assert!(SITE.has(&format!("/{}/a.js", SITE.site_pkg_dir)));
        assert!(!SITE.has("/api/modules/rows") && !SITE.has("/"));
    }
}
