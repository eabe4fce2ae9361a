//! `browser`: passkeys in a real browser, against the shop as it runs on this machine.
//!
//! A virtual authenticator in the browser's own DevTools stands in for a finger. Without Chromium or
//! Node.js it says so and counts as skipped: what it holds is also held, less a browser, by
//! `tests/it/factors_*`.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{repository::Repository, shell, up};

/// What a Chromium is called, where `CHROMIUM` does not say.
const CHROMIUM: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];
const NODE_MAJOR_MIN: u32 = 20;

/// What is asked of `cargo xtask browser`.
#[derive(Debug, clap::Args)]
pub(crate) struct Wish {
    /// Use the binaries that are there: nothing is built.
    #[arg(long)]
    built: bool,
}

/// Runs the story, or says what is missing.
pub(crate) fn run(repository: &Repository, wish: &Wish) -> Result<()> {
    let Some(chromium) = chromium() else {
        println!("   skipped: there is no Chromium (install `chromium`, or name it in CHROMIUM)");
        return Ok(());
    };
    if node_major().is_none_or(|major| major < NODE_MAJOR_MIN) {
        println!("   skipped: there is no Node.js {NODE_MAJOR_MIN} or later (https://nodejs.org)");
        return Ok(());
    }
    if !wish.built {
        up::build(repository)?;
    }
    let shop = Shop::open(repository)?;
    let mut story = Command::new("node");
    story
        .arg("passkeys.mjs")
        .current_dir(repository.path("tests/browser"))
        .env("SHOP_URL", &shop.url)
        .env("CHROMIUM", chromium);
    shell::run(&mut story, "the sentence that is not true is named above")
}

fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let found = || {
        let there = CHROMIUM
            .iter()
            .find(|program| shell::is_there(program, &["--version"]));
        there.map(PathBuf::from)
    };
    named.or_else(found)
}

fn node_major() -> Option<u32> {
    let told = Command::new("node").arg("--version").output().ok()?;
    major(&String::from_utf8_lossy(&told.stdout))
}

/// `20` of `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// An empty shop on a free port, which ends when this is dropped.
struct Shop {
    process: Child,
    url: String,
}

impl Shop {
    fn open(repository: &Repository) -> Result<Self> {
        let mut process = Command::new(repository.path("target/debug/cartwright"))
            .args(["up", "--port", "0", "--no-seed"])
            .current_dir(repository.root())
            .stdout(Stdio::piped())
            .spawn()
            .context("`target/debug/cartwright` cannot be started")?;
        let mut output = BufReader::new(process.stdout.take().context("no output")?).lines();
        let greeting = output.next().transpose()?.unwrap_or_default();
        let shop = Self {
            process,
            url: greeting.rsplit(' ').next().unwrap_or_default().to_owned(),
        };
        // A command whose output nobody reads would stop at a full pipe.
        std::thread::spawn(move || output.for_each(drop));
        if !shop.url.starts_with("http://") {
            bail!("`cartwright up` did not open a shop: {greeting}");
        }
        Ok(shop)
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        // It has ended already when it failed by itself.
        self.process.kill().unwrap_or_default();
        self.process.wait().map(drop).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_version_of_node_is_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("20.20.2"), None);
        assert_eq!(major(""), None);
    }
}
