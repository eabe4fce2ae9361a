//! `package`: what is deployed. One zip per function with a `bootstrap` for `provided.al2023`, and
//! `manifest.json` with the hash of each, so that only what changed is published.
//!
//! | wish | built by | for |
//! |---|---|---|
//! | none | `cargo lambda`, profile `lambda` | arm64: what is deployed |
//! | `--here` | plain `cargo`, profile `dev` | this machine: `infra apply-local` |
//!
//! The same source gives the same bytes: see [`zip`], and the paths are taken out of what is built.

mod build;
mod list;
mod zip;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::repository::Repository;
pub(crate) use build::{Architecture, flags};
pub(crate) use list::List;

/// What to package, and how.
#[derive(Debug, Clone, Args)]
pub(crate) struct Wish {
    /// Only these functions, separated by commas; all without.
    #[arg(long, value_delimiter = ',')]
    pub(crate) functions: Vec<String>,
    /// The Cargo profile; `lambda` is what is deployed and takes minutes for each function.
    #[arg(long)]
    pub(crate) profile: Option<String>,
    /// Builds for this machine with plain cargo, quickly: profile `dev` when none is named.
    #[arg(long)]
    pub(crate) here: bool,
    /// Where the zips and `manifest.json` go.
    #[arg(long, default_value = "target/package")]
    pub(crate) out: PathBuf,
}

impl Wish {
    /// Everything, as it is deployed.
    pub(crate) fn to_deploy(out: PathBuf) -> Self {
        Self {
            functions: Vec::new(),
            profile: None,
            here: false,
            out,
        }
    }

    /// Everything, as quickly as it can be had on this machine.
    pub(crate) fn to_try(out: PathBuf) -> Self {
        Self {
            here: true,
            ..Self::to_deploy(out)
        }
    }

    fn profile(&self) -> &str {
        let default = if self.here { "dev" } else { "lambda" };
        self.profile.as_deref().unwrap_or(default)
    }
}

/// Builds and packs what is wished, and says what changed since the last time.
pub(crate) fn run(repository: &Repository, wish: &Wish) -> Result<List> {
    let manifest = repository.manifest()?;
    let unknown = wish
        .functions
        .iter()
        .find(|name| !manifest.functions.contains_key(*name));
    ensure!(
        unknown.is_none(),
        "the manifest has no function `{}`",
        unknown.map_or("", String::as_str)
    );
    let names: Vec<&str> = if wish.functions.is_empty() {
        manifest.functions.keys().map(String::as_str).collect()
    } else {
        wish.functions.iter().map(String::as_str).collect()
    };
    let built = build::run(repository, &names, wish.profile(), wish.here)?;

    let out = repository.path(&wish.out);
    fs::create_dir_all(&out).with_context(|| format!("`{}` cannot be made", out.display()))?;
    let before = List::read(&out)?;
    let mut list = List::new(built.architecture, wish.profile());
    if let Some(before) = before.as_ref().filter(|before| before.continues(&list)) {
        list.keep(before, |name| manifest.functions.contains_key(name));
    }
    for name in names {
        let bytes = pack(&built.binary(name), wish.profile() == "lambda")?;
        let path = out.join(format!("{name}.zip"));
        list.add(name, &bytes);
        if fs::read(&path).is_ok_and(|old| old == bytes) {
            continue;
        }
        fs::write(&path, &bytes).with_context(|| format!("`{}` cannot be written", path.display()))?;
    }
    list.write(&out)?;
    print!("{}", list.told(before.as_ref()));
    Ok(list)
}

/// Puts another zip in a function's place, and its hash into the list.
pub(crate) fn replace(folder: &Path, name: &str, zip: &[u8]) -> Result<()> {
    let list = List::read(folder)?;
    let mut list = list.with_context(|| format!("`{}` has no manifest.json", folder.display()))?;
    list.add(name, zip);
    let path = folder.join(format!("{name}.zip"));
    fs::write(&path, zip).with_context(|| format!("`{}` cannot be written", path.display()))?;
    list.write(folder)
}

/// Any program as a zip that Lambda takes.
pub(crate) fn zipped(program: &[u8]) -> Result<Vec<u8>> {
    zip::one("bootstrap", program, 1)
}

/// What is deployed is packed as tightly as can be, since a cold start carries it; what is tried is
/// packed quickly.
fn pack(binary: &Path, tightly: bool) -> Result<Vec<u8>> {
    let stripped = if tightly { None } else { build::stripped(binary)? };
    let bytes = match stripped {
        Some(bytes) => bytes,
        None => fs::read(binary).with_context(|| format!("`{}` was not built", binary.display()))?,
    };
    zip::one("bootstrap", &bytes, if tightly { 12 } else { 1 })
}

#[cfg(test)]
mod tests;
