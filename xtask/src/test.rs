//! `test`: every check and every test, cheap ones first, stopping at the first that fails.
//!
//! Tests come last, so that the output ends with the test runner's own summaries.

use anyhow::Result;

use crate::{cost, infra, licenses, openapi, repository::Repository, routes, sam, shell, tidy, workflows};

/// Runs everything; with a filter only the tests that match it.
pub(crate) fn run(repository: &Repository, filter: &[String]) -> Result<()> {
    if filter.is_empty() {
        checks(repository)?;
    }
    shell::step("build", || build(repository))?;
    if filter.is_empty() {
        shell::step("openapi", || openapi::run(repository, true))?;
    }
    tests(repository, filter)
}

/// Builds everything that the tests are and run: one selection of targets and features, so that
/// nothing is built twice.
fn build(repository: &Repository) -> Result<()> {
    let mut command = shell::cargo(repository.root());
    command.args(["build", "--workspace", "--all-targets"]);
    shell::run(&mut command, "see the compiler's words above")
}

fn checks(repository: &Repository) -> Result<()> {
    let cargo = || shell::cargo(repository.root());
    shell::step("format", || {
        shell::run(cargo().args(["fmt", "--all", "--check"]), "run `cargo fmt --all`")
    })?;
    shell::step("tidy", || tidy::run(repository))?;
    shell::step("routes", || routes::run(repository, true))?;
    shell::step("workflows", || workflows::run(repository, crate::takes))?;
    // The whole of it is `cargo xtask infra`; a fresh machine runs that (.ci/run).
    shell::step("infra", || infra::run(repository, &infra::Wish::quick()))?;
    shell::step("clippy", || {
        let mut command = cargo();
        command.args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
        shell::run(&mut command, "mend what clippy says above")
    })?;
    shell::step("docs", || {
        let mut command = cargo();
        command.args(["doc", "--workspace", "--no-deps", "--document-private-items"]);
        // A function has a sentence and nothing to link to, and there are too many of them to wait for.
        for function in repository.manifest()?.functions.keys() {
            command.args(["--exclude", function]);
        }
        command.env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private_intra_doc_links");
        shell::run(&mut command, "mend the doc comments named above")
    })?;
    shell::step("cost", || cost::run(repository, &cost::Wish::to_check()))?;
    shell::step("samconfig", || sam::run(repository))?;
    shell::step("deny", || deny(repository))
}

/// The first minor version of cargo-deny that reads today's licenses and package ids.
const DENY_MINOR_MIN: u32 = 16;

/// Licenses and sources by our own means; bans by cargo-deny, where it is. The list of advisories
/// would need the network.
fn deny(repository: &Repository) -> Result<()> {
    licenses::run(repository)?;
    let mut version = shell::cargo(repository.root());
    let told = version
        .args(["deny", "--version"])
        .output()
        .ok()
        .filter(|output| output.status.success());
    match told.map(|output| minor(&String::from_utf8_lossy(&output.stdout))) {
        None => println!("   skipped: cargo-deny is not installed (`cargo install cargo-deny --locked`)"),
        Some(minor) if minor < DENY_MINOR_MIN => {
            println!(
                "   skipped: cargo-deny 0.{minor} does not know today's licenses; 0.{DENY_MINOR_MIN} and later do"
            );
        }
        Some(_) => {
            let mut command = shell::cargo(repository.root());
            command.args(["deny", "--offline", "check", "licenses", "bans", "sources"]);
            shell::run(&mut command, "see deny.toml for what is allowed and why")?;
        }
    }
    Ok(())
}

/// `16` of `cargo-deny 0.16.2`.
fn minor(version: &str) -> u32 {
    let number = version.split_whitespace().last().unwrap_or_default();
    number
        .split('.')
        .nth(1)
        .and_then(|minor| minor.parse().ok())
        .unwrap_or_default()
}

fn tests(repository: &Repository, filter: &[String]) -> Result<()> {
    println!("── tests");
    let mut command = shell::cargo(repository.root());
    command.args(["test", "--workspace"]).args(filter);
    shell::run(&mut command, "the failing tests are named above")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_cargo_deny_is_read() {
        assert_eq!(minor("cargo-deny 0.16.2\n"), 16);
        assert_eq!(minor("something else"), 0);
    }
}
