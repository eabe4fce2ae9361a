//! From packages to binaries: with `cargo lambda` for what is deployed, with plain cargo for this
//! machine.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::{repository::Repository, shell};

/// What Lambda calls the kind of machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Architecture {
    /// Graviton: what is deployed.
    Arm64,
    /// Intel and AMD.
    #[serde(rename = "x86_64")]
    X86,
}

impl Architecture {
    /// This machine's.
    pub(crate) fn here() -> Self {
        if cfg!(target_arch = "aarch64") {
            Self::Arm64
        } else {
            Self::X86
        }
    }

    /// What rustc calls it.
    pub(crate) fn triple(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64-unknown-linux-gnu",
            Self::X86 => "x86_64-unknown-linux-gnu",
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Arm64 => "arm64",
            Self::X86 => "x86_64",
        })
    }
}

/// Where the binaries are.
pub(super) struct Built {
    pub(super) architecture: Architecture,
    folder: PathBuf,
    /// cargo-lambda makes a folder for each, cargo does not.
    in_folders: bool,
}

impl Built {
    pub(super) fn binary(&self, name: &str) -> PathBuf {
        if self.in_folders {
            self.folder.join(name).join("bootstrap")
        } else {
            self.folder.join(name)
        }
    }
}

/// Builds these packages.
pub(super) fn run(repository: &Repository, names: &[&str], profile: &str, here: bool) -> Result<Built> {
    let count = names.len();
    let packages = names.iter().flat_map(|name| ["--package", *name]);
    if here {
        println!("building {count} functions for this machine, profile {profile}");
        let mut command = shell::cargo(repository.root());
        command.args(["build", "--profile", profile]).args(packages);
        shell::run(&mut command, "see the compiler's words above")?;
        return Ok(Built {
            architecture: Architecture::here(),
            folder: repository.path("target").join(folder_of(profile)),
            in_folders: false,
        });
    }
    ensure!(
        shell::is_there("cargo", &["lambda", "--version"]),
        "cargo-lambda is not installed: `pip install cargo-lambda ziglang`, or see https://www.cargo-lambda.info; \
         `cargo xtask package --here` needs neither"
    );
    let architecture = deployable()?;
    println!(
        "building {count} functions for {architecture}, profile {profile}; fat LTO takes minutes for each"
    );
    // Not target/lambda: there plain cargo keeps files of the same names.
    let folder = repository.path("target/cargo-lambda");
    let mut command = shell::cargo(repository.root());
    command
        .args(["lambda", "build", "--profile", profile])
        .args(["--target", architecture.triple(), "--lambda-dir"])
        .arg(&folder)
        .args(packages)
        .env("RUSTFLAGS", flags(repository));
    shell::run(&mut command, "see the words of cargo-lambda above")?;
    Ok(Built {
        architecture,
        folder,
        in_folders: true,
    })
}

/// arm64, unless this machine's toolchain has no library for it: then this is said, and what can be
/// had is built. The list names the architecture, and Terraform reads it there.
fn deployable() -> Result<Architecture> {
    let wanted = Architecture::Arm64;
    let printed = shell::capture(
        Command::new("rustc").args(["--print", "target-libdir", "--target", wanted.triple()]),
        "is Rust installed?",
    )?;
    let library = String::from_utf8(printed).context("rustc printed no path")?;
    if Path::new(library.trim()).is_dir() {
        return Ok(wanted);
    }
    println!(
        "!! This toolchain cannot build for {wanted}: `rustup target add {}` brings what is missing.\n\
         !! Building for x86_64 instead; manifest.json says so, and Terraform deploys it as x86_64.",
        wanted.triple()
    );
    Ok(Architecture::X86)
}

/// What rustc is told beside the profile, for programs that are built for a named target: where a
/// checkout lies is nobody's business, and would make two machines' binaries differ.
pub(crate) fn flags(repository: &Repository) -> String {
    let mut flags = std::env::var("RUSTFLAGS").unwrap_or_default();
    let home = std::env::var("CARGO_HOME")
        .or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cargo")))
        .unwrap_or_default();
    let places = [
        (home, "/cargo"),
        (repository.root().display().to_string(), "/cartwright"),
    ];
    for (place, name) in places {
        if !place.is_empty() {
            flags.extend([" --remap-path-prefix=", &place, "=", name]);
        }
    }
    flags.trim().to_owned()
}

/// The folder that a profile's artifacts are in.
fn folder_of(profile: &str) -> &str {
    if profile == "dev" { "debug" } else { profile }
}

/// A binary without its symbols, where `strip` is installed: a third less to carry.
pub(super) fn stripped(binary: &Path) -> Result<Option<Vec<u8>>> {
    if !shell::is_there("strip", &["--version"]) {
        return Ok(None);
    }
    let draft = binary.with_extension("stripped");
    let mut command = Command::new("strip");
    command.arg("-o").arg(&draft).arg(binary);
    if !command.status().is_ok_and(|status| status.success()) {
        // Another machine's binary, for example.
        return Ok(None);
    }
    let bytes = fs::read(&draft).with_context(|| format!("`{}` cannot be read", draft.display()))?;
    fs::remove_file(&draft).with_context(|| format!("`{}` cannot be removed", draft.display()))?;
    Ok(Some(bytes))
}
