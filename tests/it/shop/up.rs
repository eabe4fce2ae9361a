//! The command `cartwright`, as a developer runs it.

use std::{
    io::{BufRead, BufReader, Lines},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use cartwright::client;
use http::Method;
use serde_json::Value;

use super::{TestShop, root};

/// `cartwright up --data …` in a process of its own, which can be killed.
pub(crate) struct Up {
    process: Child,
    /// The shop it opened.
    pub(crate) shop: TestShop,
    /// Held open: a command whose output nobody reads fails.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Up {
    /// Starts it, empty, on a free port.
    pub(crate) async fn start(data: &Path) -> Self {
        let mut process = cartwright()
            .args(["up", "--port", "0", "--no-seed", "--instances", "4", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap()).lines();
        let greeting = output
            .next()
            .unwrap_or_else(|| panic!("`cartwright up` ended at once"));
        let greeting = greeting.unwrap();
        let url = greeting.rsplit(' ').next().unwrap();
        let path = format!("{url}/_cartwright/session");
        let session = client::send(Method::GET, &path, &[], "".into()).await;
        let session: Value = session.unwrap().json().unwrap();
        let text = |name: &str| session[name].as_str().unwrap().to_owned();
        Self {
            process,
            shop: TestShop::at(url, &text("staff_key"), &text("operator_key")),
            _output: output,
        }
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// `kill -9`: it has no chance to do anything.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        // It has ended already when it was killed on purpose.
        self.process.kill().unwrap_or_default();
        self.process.wait().map(drop).unwrap_or_default();
    }
}

/// The command, run where the checkout is.
pub(crate) fn cartwright() -> Command {
    let binary = root().join("target/debug/cartwright");
    assert!(
        binary.is_file(),
        "run `cargo build --workspace --bins` first: no `{}`",
        binary.display()
    );
    let mut command = Command::new(binary);
    command.current_dir(root());
    command
}
