//! `oidc`: unmodified OpenID libraries from npm against a running shop (`tests/oidc`).

use std::process::Command;

use anyhow::Result;

use crate::{repository::Repository, shell, up};

/// Fetches the pinned libraries, builds the shop and runs the walks. Without Node.js it says so.
pub(crate) fn run(repository: &Repository) -> Result<()> {
    if !shell::is_there("npm", &["--version"]) {
        println!("skipped: there is no npm (https://nodejs.org)");
        return Ok(());
    }
    let mut fetch = Command::new("npm");
    fetch
        .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        .current_dir(repository.path("tests/oidc"));
    shell::run(&mut fetch, "npm could not fetch the libraries of tests/oidc")?;
    up::build(repository)?;
    let mut test = shell::cargo(repository.root());
    test.args(["test", "-p", "shop-tests", "oidc::"]);
    shell::run(&mut test, "the failing walk is named above")
}
