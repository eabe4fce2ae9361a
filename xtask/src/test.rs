//! `test`: every check and every test, cheap ones first, stopping at the first that fails.
//!
//! Tests come last, so that the output ends with the test runner's own summaries.

use anyhow::Result;

use crate::{openapi, repository::Repository, routes, shell, tidy, up};

/// Runs everything; with a filter only the tests that match it.
pub(crate) fn run(repository: &Repository, filter: &[String]) -> Result<()> {
    if filter.is_empty() {
        checks(repository)?;
    }
    shell::step("build", || up::build(repository))?;
    if filter.is_empty() {
        shell::step("openapi", || openapi::run(repository, true))?;
    }
    tests(repository, filter)
}

fn checks(repository: &Repository) -> Result<()> {
    let cargo = || shell::cargo(repository.root());
    shell::step("format", || {
        shell::run(cargo().args(["fmt", "--all", "--check"]), "run `cargo fmt --all`")
    })?;
    shell::step("tidy", || tidy::run(repository))?;
    shell::step("routes", || routes::run(repository, true))?;
    shell::step("clippy", || {
        let mut command = cargo();
        command.args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
        shell::run(&mut command, "mend what clippy says above")
    })?;
    shell::step("docs", || {
        let mut command = cargo();
        command.args(["doc", "--workspace", "--no-deps", "--document-private-items"]);
        command.env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private_intra_doc_links");
        shell::run(&mut command, "mend the doc comments named above")
    })?;
    shell::step("deny", || deny(repository))
}

/// Licenses, bans and sources; the list of advisories would need the network.
fn deny(repository: &Repository) -> Result<()> {
    if !shell::is_there("cargo", &["deny", "--version"]) {
        println!("   skipped: cargo-deny is not installed (`cargo install cargo-deny --locked`)");
        return Ok(());
    }
    let mut command = shell::cargo(repository.root());
    command.args(["deny", "--offline", "check", "licenses", "bans", "sources"]);
    shell::run(&mut command, "see deny.toml for what is allowed and why")
}

fn tests(repository: &Repository, filter: &[String]) -> Result<()> {
    println!("── tests");
    let mut command = shell::cargo(repository.root());
    command.args(["test", "--workspace"]).args(filter);
    shell::run(&mut command, "the failing tests are named above")
}
