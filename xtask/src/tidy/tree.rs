//! Everything that is checked, read once.

use anyhow::{Context, Result};
use manifest::Manifest;

use super::Problem;
use crate::{
    repository::Repository,
    tokens::{self, Token},
};

/// The folders with Rust in them.
const ROOMS: [&str; 5] = ["functions", "local", "shared", "tests", "xtask"];

/// The repository in memory.
pub(super) struct Tree {
    pub(super) sources: Vec<Source>,
    pub(super) packages: Vec<Package>,
    pub(super) manifest: Manifest,
    /// `events/<function>/<case>.json` with their texts.
    pub(super) samples: Vec<(String, String)>,
    /// Sources that are no Rust.
    pub(super) unreadable: Vec<Problem>,
}

/// One Rust file.
pub(super) struct Source {
    /// From the root, with `/`.
    pub(super) path: String,
    pub(super) text: String,
    pub(super) tokens: Vec<Token>,
}

/// One Cargo.toml.
pub(super) struct Package {
    /// Its folder from the root, with `/`.
    pub(super) folder: String,
    pub(super) table: toml::Table,
}

impl Tree {
    /// Reads the repository.
    pub(super) fn read(repository: &Repository) -> Result<Self> {
        let mut tree = Self {
            sources: Vec::new(),
            packages: Vec::new(),
            manifest: repository.manifest()?,
            samples: Vec::new(),
            unreadable: Vec::new(),
        };
        for room in ROOMS {
            for path in repository.files(room, ".rs")? {
                tree.add(path.clone(), repository.read(&path)?);
            }
            for path in repository.files(room, "Cargo.toml")? {
                let text = repository.read(&path)?;
                let table = text.parse().with_context(|| format!("`{path}` is no TOML"))?;
                let folder = path.trim_end_matches("/Cargo.toml").to_owned();
                tree.packages.push(Package { folder, table });
            }
        }
        for path in repository.files("events", "")? {
            let text = repository.read(&path)?;
            tree.samples.push((path, text));
        }
        Ok(tree)
    }

    fn add(&mut self, path: String, text: String) {
        match tokens::of(&text) {
            Ok(tokens) => self.sources.push(Source { path, text, tokens }),
            Err(error) => {
                let line = error.span().start().line;
                self.unreadable.push(Problem::new(path, line, "this is no Rust"));
            }
        }
    }

    /// The source at this path.
    pub(super) fn source(&self, path: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.path == path)
    }
}

impl Source {
    /// Whether it holds tests only: they may be long, and may say what they like about floats.
    pub(super) fn is_test(&self) -> bool {
        self.path.starts_with("tests/") || self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    /// The bounded context it belongs to; none for the kernel, the platform and all else.
    pub(super) fn context(&self) -> Option<&str> {
        context_of(&self.path)
    }
}

impl Package {
    /// `[package] name`.
    pub(super) fn name(&self) -> &str {
        self.get(&["package", "name"])
            .and_then(toml::Value::as_str)
            .unwrap_or_default()
    }

    /// A value by its path.
    pub(super) fn get(&self, path: &[&str]) -> Option<&toml::Value> {
        let (first, rest) = path.split_first()?;
        rest.iter()
            .try_fold(self.table.get(*first)?, |value, key| value.get(key))
    }

    /// Names and entries of `[dependencies]`, `[dev-dependencies]` and so on.
    pub(super) fn dependencies<'a>(
        &'a self,
        kind: &str,
    ) -> impl Iterator<Item = (&'a String, &'a toml::Value)> + use<'a> {
        self.table
            .get(kind)
            .and_then(toml::Value::as_table)
            .into_iter()
            .flatten()
    }

    /// The path of its Cargo.toml.
    pub(super) fn path(&self) -> String {
        format!("{}/Cargo.toml", self.folder)
    }
}

/// Rooms of `shared/` that are no bounded context.
const NO_CONTEXTS: [&str; 3] = ["kernel", "platform", "testing"];

/// The bounded context a path in `shared/` belongs to.
pub(super) fn context_of(path: &str) -> Option<&str> {
    let name = path.strip_prefix("shared/")?.split('/').next()?;
    (!NO_CONTEXTS.contains(&name)).then_some(name)
}
