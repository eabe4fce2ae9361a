//! One process of a function: how it is started, and where its output goes.

use std::{collections::BTreeMap, path::Path, process::Stdio, sync::Arc};

use anyhow::Context;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    sync::watch,
};

use crate::logs::Logs;

/// What a function inherits from the stack's own environment: nothing but these.
const INHERITED: [&str; 4] = ["PATH", "RUST_BACKTRACE", "RUST_LOG", "LLVM_PROFILE_FILE"];

/// Starts a binary in its own process group with exactly the given environment.
pub(crate) fn start(binary: &Path, environment: &BTreeMap<String, String>) -> anyhow::Result<Child> {
    let inherited = INHERITED
        .iter()
        .filter_map(|name| Some((*name, std::env::var_os(name)?)));
    Command::new(binary)
        .env_clear()
        .envs(inherited)
        .envs(environment)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("`{}` did not start", binary.display()))
}

/// Reads the process's output to its end, line by line, into the log.
///
/// A line belongs to the request the process works on, or to the last one it worked on: output
/// written before the answer may be read after it.
pub(crate) fn capture(
    child: &mut Child,
    logs: &Arc<Logs>,
    function: &Arc<str>,
    request: &watch::Receiver<Arc<str>>,
) {
    if let Some(output) = child.stdout.take() {
        tokio::spawn(read_lines(
            output,
            logs.clone(),
            function.clone(),
            request.clone(),
        ));
    }
    if let Some(output) = child.stderr.take() {
        tokio::spawn(read_lines(
            output,
            logs.clone(),
            function.clone(),
            request.clone(),
        ));
    }
}

async fn read_lines(
    output: impl AsyncRead + Unpin,
    logs: Arc<Logs>,
    function: Arc<str>,
    request: watch::Receiver<Arc<str>>,
) {
    let mut reader = BufReader::new(output);
    let mut line = Vec::new();
    loop {
        line.clear();
        match reader.read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {
                let text = String::from_utf8_lossy(&line);
                let current = request.borrow().clone();
                logs.line(&function, &current, text.trim_end());
            }
        }
    }
}
