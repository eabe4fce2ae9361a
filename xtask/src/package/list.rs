//! `manifest.json`: what was packed, by function, in the words that Lambda and Terraform use.
//!
//! ```json
//! {
//!   "architecture": "arm64",
//!   "profile": "lambda",
//!   "functions": {
//!     "orders-create": { "sha256": "…", "base64": "…", "bytes": 2680000 }
//!   }
//! }
//! ```

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::Path,
};

use anyhow::{Context, Result, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Architecture;

/// Its name beside the zips.
const NAME: &str = "manifest.json";

/// Everything that was packed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct List {
    /// `arm64` or `x86_64`, as Lambda calls it.
    pub(crate) architecture: Architecture,
    /// The Cargo profile.
    pub(crate) profile: String,
    /// By function.
    pub(crate) functions: BTreeMap<String, Packed>,
}

/// One zip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Packed {
    /// Its SHA-256 in hexadecimal digits, as `sha256sum` prints it.
    pub(crate) sha256: String,
    /// The same in base64: what Lambda calls `CodeSha256`, and Terraform `source_code_hash`.
    pub(crate) base64: String,
    /// How long it is.
    pub(crate) bytes: usize,
}

impl List {
    pub(super) fn new(architecture: Architecture, profile: &str) -> Self {
        Self {
            architecture,
            profile: profile.to_owned(),
            functions: BTreeMap::new(),
        }
    }

    /// The list of a folder, if it has one.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(NAME);
        if !path.exists() {
            return Ok(None);
        }
        let text = fs::read(&path).with_context(|| format!("`{}` cannot be read", path.display()))?;
        let list = serde_json::from_slice(&text);
        list.map(Some)
            .with_context(|| format!("`{}` is damaged: delete it", path.display()))
    }

    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(NAME);
        let text = serde_json::to_string_pretty(self)?;
        fs::write(&path, text + "\n").with_context(|| format!("`{}` cannot be written", path.display()))
    }

    /// Whether the other was packed in the same way, so that both can stand in one list.
    pub(super) fn continues(&self, other: &Self) -> bool {
        self.architecture == other.architecture && self.profile == other.profile
    }

    pub(super) fn keep(&mut self, before: &Self, wanted: impl Fn(&str) -> bool) {
        let kept = before.functions.iter().filter(|(name, _)| wanted(name));
        self.functions
            .extend(kept.map(|(name, packed)| (name.clone(), packed.clone())));
    }

    pub(super) fn add(&mut self, name: &str, zip: &[u8]) {
        let digest = Sha256::digest(zip);
        let digits: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let packed = Packed {
            sha256: digits.concat(),
            base64: STANDARD.encode(digest),
            bytes: zip.len(),
        };
        self.functions.insert(name.to_owned(), packed);
    }

    /// Fails, before anything is applied, when a function of the manifest was not packed.
    pub(crate) fn covers<'a>(&self, functions: impl Iterator<Item = &'a String>) -> Result<()> {
        let missing: Vec<&str> = functions
            .filter(|name| !self.functions.contains_key(*name))
            .map(String::as_str)
            .collect();
        ensure!(
            missing.is_empty(),
            "not packed yet: {}; run `cargo xtask package`",
            missing.join(", ")
        );
        Ok(())
    }

    /// The functions whose zip is another than before, the new ones among them.
    pub(crate) fn changed(&self, before: Option<&Self>) -> BTreeSet<&str> {
        let same = |name: &str, packed: &Packed| {
            before.is_some_and(|before| before.functions.get(name) == Some(packed))
        };
        let changed = self.functions.iter().filter(|(name, packed)| !same(name, packed));
        changed.map(|(name, _)| name.as_str()).collect()
    }

    /// What a person wants to know of it.
    pub(super) fn told(&self, before: Option<&Self>) -> String {
        let changed = self.changed(before);
        let mut told = String::new();
        for name in &changed {
            if let Some(packed) = self.functions.get(*name) {
                let hash = &packed.sha256[..12];
                // Writing to a String cannot fail.
                writeln!(told, "{hash}  {:>6} KiB  {name}", packed.bytes / 1024).unwrap_or_default();
            }
        }
        let total: usize = self.functions.values().map(|packed| packed.bytes).sum();
        writeln!(
            told,
            "{} of {} functions changed ({}, profile {}, {} MiB in all)",
            changed.len(),
            self.functions.len(),
            self.architecture,
            self.profile,
            total / 1024 / 1024
        )
        .unwrap_or_default();
        told
    }
}
