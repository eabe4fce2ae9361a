//! Running other programs, and saying so.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context, Result, bail};

/// `cargo` as it was found by the cargo that runs us.
pub(crate) fn cargo(root: &Path) -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(root);
    // What `cargo run` sets for us must not leak: build scripts look at it (ring's at each part of the
    // version), and everything above them would be built anew.
    let ours = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(ours) {
            command.env_remove(name);
        }
    }
    command
}

/// Runs it with our own input and output; its failure is an error that says what to do.
pub(crate) fn run(command: &mut Command, advice: &str) -> Result<()> {
    let shown = show(command);
    let status = command
        .status()
        .with_context(|| format!("`{shown}` cannot be started"))?;
    if !status.success() {
        bail!("`{shown}` failed: {advice}");
    }
    Ok(())
}

/// Runs it and returns what it printed; what it complained about goes to our own stderr.
pub(crate) fn capture(command: &mut Command, advice: &str) -> Result<Vec<u8>> {
    let shown = show(command);
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.with_context(|| format!("`{shown}` cannot be started"))?;
    if !output.status.success() {
        bail!("`{shown}` failed: {advice}");
    }
    Ok(output.stdout)
}

/// Whether a program, or a subcommand of cargo, is installed.
pub(crate) fn is_there(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// A program of a Python environment in the user's cache, where `.ci/run` makes it, or else on the path.
pub(crate) fn own_tool(environment: &str, program: &str) -> Option<PathBuf> {
    let cache = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(Path::new(&env::var_os("HOME")?).join(".cache")));
    let own = cache.map(|cache| cache.join(environment).join("bin"));
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = own.into_iter().chain(env::split_paths(&path));
    folders
        .map(|folder| folder.join(program))
        .find(|program| program.is_file())
}

/// Runs one named part of a longer command and says how long it took.
pub(crate) fn step(name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("── {name}");
    let started = Instant::now();
    work().with_context(|| format!("`{name}` did not pass"))?;
    println!("   {name}: {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

/// The command as one would type it.
fn show(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
