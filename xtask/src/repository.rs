//! Where things are, and reading and writing them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use manifest::Manifest;

/// The checkout this program works on.
#[derive(Debug, Clone)]
pub(crate) struct Repository {
    root: PathBuf,
}

impl Repository {
    /// The checkout around the current folder.
    pub(crate) fn find() -> Result<Self> {
        let here = std::env::current_dir().context("the current folder cannot be read")?;
        let found = here
            .ancestors()
            .find(|folder| folder.join("infra/manifest").is_dir());
        match found {
            Some(root) => Ok(Self::at(root)),
            None => bail!(
                "`{}` is in no checkout: no folder above it has infra/manifest",
                here.display()
            ),
        }
    }

    /// The checkout at this folder.
    pub(crate) fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Its folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path inside it.
    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// The manifest, every problem of it in the error.
    pub(crate) fn manifest(&self) -> Result<Manifest> {
        Manifest::read(&self.path("infra/manifest")).context("infra/manifest is wrong")
    }

    /// A file's text.
    pub(crate) fn read(&self, relative: &str) -> Result<String> {
        fs::read_to_string(self.path(relative)).with_context(|| format!("`{relative}` cannot be read"))
    }

    /// A file's text; none when there is no such file.
    pub(crate) fn read_if_there(&self, relative: &str) -> Result<Option<String>> {
        if self.path(relative).exists() {
            self.read(relative).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Writes a file and the folders above it.
    pub(crate) fn write(&self, relative: &str, text: &str) -> Result<()> {
        let path = self.path(relative);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("`{}` cannot be made", folder.display()))?;
        }
        fs::write(&path, text).with_context(|| format!("`{relative}` cannot be written"))
    }

    /// Writes a generated file, or with `check` fails when it is not what it would become.
    pub(crate) fn generate(&self, relative: &str, text: &str, check: bool, command: &str) -> Result<()> {
        let old = self.read_if_there(relative)?;
        if old.as_deref() == Some(text) {
            return Ok(());
        }
        ensure!(
            !check,
            "`{relative}` is out of date: run `cargo xtask {command}` and commit it"
        );
        self.write(relative, text)?;
        println!("wrote {relative}");
        Ok(())
    }

    /// Names of the entries of a folder, sorted; none when there is no such folder.
    pub(crate) fn list(&self, relative: &str) -> Result<Vec<String>> {
        let path = self.path(relative);
        if !path.is_dir() {
            return Ok(Vec::new());
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(&path).with_context(|| format!("`{relative}` cannot be read"))? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    /// Every file below a folder whose name ends so, sorted, with `/` between folders.
    pub(crate) fn files(&self, relative: &str, ending: &str) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for name in self.list(relative)? {
            let path = format!("{relative}/{name}");
            if self.path(&path).is_dir() {
                if name != "target" {
                    found.extend(self.files(&path, ending)?);
                }
            } else if name.ends_with(ending) {
                found.push(path);
            }
        }
        Ok(found)
    }
}
