//! Where things are.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde::Deserialize;

use crate::{
    failure::{Because as _, Result},
    process,
    settings::Settings,
};

pub struct Workspace {
    pub root: PathBuf,
    /// Cargo's target folder: `target`, or what `CARGO_TARGET_DIR` says.
    pub target: PathBuf,
    pub settings: Settings,
}

/// How the browser half and the server are compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Quick to compile, not compressed.
    Dev,
    /// Small and fast.
    Release,
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

impl Workspace {
    pub fn find() -> Result<Self> {
        // Set by `cargo run`, and true also after the folder has been moved.
        let manifest =
            std::env::var_os("CARGO_MANIFEST_DIR").map_or(env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let mut command = process::cargo(&manifest);
        let output = process::output(command.args(["metadata", "--no-deps", "--format-version=1"]))?;
        let metadata: Metadata = serde_json::from_str(&output).because("cannot read cargo's metadata")?;
        let settings = Settings::read(&metadata.workspace_root)?;
        Ok(Self { root: metadata.workspace_root, target: metadata.target_directory, settings })
    }

    pub fn cargo(&self) -> Command {
        process::cargo(&self.root)
    }

    pub fn site(&self) -> PathBuf {
        self.root.join(&self.settings.site_root)
    }

    pub fn binary(&self, profile: Profile) -> PathBuf {
        let folder = match profile {
            Profile::Dev => "debug",
            Profile::Release => "release",
        };
        self.target.join(folder).join(format!("modulok{}", std::env::consts::EXE_SUFFIX))
    }

    pub fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }

    /// A path as a person at the workspace root would write it.
    pub fn show(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }
}
