//! `kill -9` of the whole stack: its functions die with it, and a restart goes on where it was.

use std::{
    io::{BufRead, BufReader, Lines},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use axum::http::Method;
use cartwright::client;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::probe::{binary, has, lives, manifest, until};

/// The command `cartwright up`, as a developer runs it.
struct Up {
    process: Child,
    url: String,
    /// Held open: a command whose output nobody reads fails.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Up {
    fn start(manifest: &TempDir, bin_dir: &Path, data: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_cartwright"))
            .args(["up", "--port", "0", "--manifest"])
            .arg(manifest.path())
            .arg("--bin-dir")
            .arg(bin_dir)
            .arg("--data")
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let url = first.rsplit(' ').next().unwrap().to_owned();
        Self {
            process,
            url,
            _output: lines,
        }
    }

    async fn session(&self) -> Value {
        let url = format!("{}/_cartwright/session", self.url);
        client::send(Method::GET, &url, &[], "".into())
            .await
            .unwrap()
            .json()
            .unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.url);
        client::send(Method::GET, &url, &[], "".into())
            .await
            .unwrap()
            .json()
            .unwrap()
    }

    /// What the stack says about a function.
    async fn function(&self, function: &str) -> Option<Value> {
        let functions = self.get("/_cartwright/functions").await;
        let mut functions = functions.as_array()?.iter();
        functions.find(|found| found["function"] == function).cloned()
    }

    /// The process of a function that is at work.
    async fn busy(&self, function: &str) -> Option<u64> {
        let found = self.function(function).await?;
        (found["busy"] == 1)
            .then(|| found["processes"][0].as_u64())
            .flatten()
    }

    /// How many invocations of a function have ended.
    async fn invocations(&self, function: &str) -> u64 {
        let found = self.function(function).await.unwrap_or_default();
        found["invocations"].as_u64().unwrap_or_default()
    }

    fn kill(mut self) {
        // SIGKILL: the stack has no chance to do anything.
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// A folder in which every function is the probe.
fn bin_dir() -> TempDir {
    let folder = TempDir::new().unwrap();
    for name in ["get", "post", "broken", "on-row-written", "stream", "tick"] {
        std::os::unix::fs::symlink(binary(), folder.path().join(format!("probe-{name}"))).unwrap();
    }
    folder
}

#[tokio::test]
async fn a_killed_stack_takes_its_functions_along_and_resumes_with_everything() {
    let (manifest, bins, data) = (manifest(), bin_dir(), TempDir::new().unwrap());
    let up = Up::start(&manifest, bins.path(), data.path());
    let before = up.session().await;
    let key = before["operator_key"].as_str().unwrap().to_owned();
    let body = json!({ "key": "tea", "does": "hang once" }).to_string();
    client::send(
        Method::POST,
        &format!("{}/v1/probe/write", up.url),
        &[],
        body.into(),
    )
    .await
    .unwrap();
    let function = "probe-on-row-written";
    until("work", || async { up.busy(function).await.is_some() }).await;
    until("the end of what sent it", || async {
        up.invocations("probe-stream").await == 1
    })
    .await;
    let pid = up.busy(function).await;

    up.kill();
    if let Some(pid) = pid {
        until("the function's end", || async { !lives(pid) }).await;
    }

    let up = Up::start(&manifest, bins.path(), data.path());
    let after = up.session().await;
    assert_eq!(
        (&before["staff_key"], &before["operator_key"]),
        (&after["staff_key"], &after["operator_key"])
    );
    until("the message's handling", || async {
        has(&up.url, &key, "done#tea").await
    })
    .await;
    let quiet = up.get("/_cartwright/quiet").await;
    assert_eq!(quiet["quiet"], true);
    // The record was sent before the kill and its checkpoint kept: it is not read again.
    assert_eq!(
        up.invocations("probe-stream").await,
        1,
        "only the row of the second run is new"
    );
    up.kill();
}

#[tokio::test]
async fn an_interrupted_stack_ends_in_order_and_takes_its_functions_along() {
    let (manifest, bins, data) = (manifest(), bin_dir(), TempDir::new().unwrap());
    let mut up = Up::start(&manifest, bins.path(), data.path());
    let pid = up.get("/v1/probe/hello").await["pid"].as_u64().unwrap();
    assert!(lives(pid));
    let interrupt = Command::new("kill")
        .args(["-INT", &up.process.id().to_string()])
        .status()
        .unwrap();
    assert!(interrupt.success());
    assert!(up.process.wait().unwrap().success());
    until("the function's end", || async { !lives(pid) }).await;
}
