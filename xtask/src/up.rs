//! `up`: build what runs, then hand over to the `cartwright` command.

use std::process::Command;

use anyhow::{Context, Result};

use crate::{repository::Repository, shell};

/// Builds every function and `cartwright`, then becomes `cartwright up`.
pub(crate) fn run(repository: &Repository, arguments: &[String]) -> Result<()> {
    let count = repository.manifest()?.functions.len();
    println!(
        "building {count} functions and the local stack (the first time takes minutes), then starting the shop"
    );
    build(repository)?;
    let mut command = Command::new(repository.path("target/debug/cartwright"));
    command.arg("up").args(arguments).current_dir(repository.root());
    become_it(command)
}

/// Builds every function and the local stack.
pub(crate) fn build(repository: &Repository) -> Result<()> {
    let mut command = shell::cargo(repository.root());
    command.args(["build", "--workspace", "--bins"]);
    shell::run(
        &mut command,
        "see the compiler's words above; a missing toolchain comes with https://rustup.rs",
    )
}

/// Replaces this process, so that Ctrl-C and exit codes are the shop's own.
#[cfg(unix)]
fn become_it(mut command: Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(error).context("`target/debug/cartwright` cannot be started")
}

#[cfg(not(unix))]
fn become_it(mut command: Command) -> Result<()> {
    let status = command
        .status()
        .context("`target/debug/cartwright` cannot be started")?;
    if !status.success() {
        anyhow::bail!("the shop ended with {status}");
    }
    Ok(())
}
