//! A stack whose every function is the probe, and what tests ask of it.

use std::{path::PathBuf, time::Duration};

use axum::http::Method;
use bytes::Bytes;
use cartwright::{Mail, Options, Parked, Stack, client};
use serde_json::{Value, json};
use tempfile::TempDir;

const DEFAULTS: &str = "defaults:
  memory_mb: 128
  timeout_s: 1
  queue: { batch: 10, window_s: 0, receives_max: 2 }
  stream: { batch: 10, retries_max: 2 }
";

const PROBE: &str = "tables:
  probe: { key: [pk, sk], stream: new_and_old_images }
  secret: { key: [pk, sk] }
  authority: { key: [pk, sk] }
queues:
  probe-row-written: { from: RowWritten }
functions:
  probe-get:
    trigger: { http: 'GET /v1/probe/{command}', auth: public }
    timeout_s: 3
    access: { probe: readwrite, mail: send }
  probe-post:
    trigger: { http: 'POST /v1/probe/{command}', auth: public, idempotency: none }
    timeout_s: 3
    access: { probe: readwrite }
  probe-broken:
    trigger: { http: 'GET /v1/broken', auth: public }
  probe-on-row-written:
    trigger: { queue: probe-row-written, concurrency: 2 }
    access: { probe: readwrite }
  probe-stream:
    trigger: { stream: probe }
    access: { probe-row-written: send }
  probe-tick:
    trigger: { schedule: rate(1 day) }
    access: { probe: readwrite }
";

/// A stack and the folder its manifest is in.
pub(crate) struct Probe {
    pub(crate) stack: Stack,
    _manifest: TempDir,
}

/// Where `cargo test` puts the probe.
pub(crate) fn binary() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(2).unwrap().join("examples/probe")
}

/// Writes the probe's manifest.
pub(crate) fn manifest() -> TempDir {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("_defaults.yaml"), DEFAULTS).unwrap();
    std::fs::write(folder.path().join("probe.yaml"), PROBE).unwrap();
    folder
}

/// Every function is the probe.
pub(crate) fn options(manifest: &TempDir) -> Options {
    let names = ["get", "post", "broken", "on-row-written", "stream", "tick"];
    Options {
        manifest: manifest.path().to_owned(),
        binaries: names.map(|name| (format!("probe-{name}"), binary())).into(),
        ..Options::of_workspace(".".as_ref())
    }
}

impl Probe {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Options)) -> Self {
        let manifest = manifest();
        let mut options = options(&manifest);
        change(&mut options);
        let stack = Stack::start(options).await.unwrap();
        Self {
            stack,
            _manifest: manifest,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> client::Answer {
        self.send(Method::GET, path, &[], "").await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> client::Answer {
        let url = format!("{}{path}", self.stack.url());
        client::send(method, &url, headers, Bytes::from(body.to_owned()))
            .await
            .unwrap()
    }

    /// Has a row written; `does` is what its listeners are to do.
    pub(crate) async fn write(&self, key: &str, does: &str) {
        let body = json!({ "key": key, "does": does }).to_string();
        let answer = self.send(Method::POST, "/v1/probe/write", &[], &body).await;
        assert_eq!(answer.json::<Value>().unwrap()["status"], "200");
    }

    /// Waits until nothing is under way.
    pub(crate) async fn quiet(&self) {
        assert!(
            self.stack.quiet(Duration::from_secs(30)).await.unwrap(),
            "it did not become quiet"
        );
    }

    /// Whether a row is there.
    pub(crate) async fn has(&self, key: &str) -> bool {
        has(self.stack.url(), self.stack.operator_key(), key).await
    }

    pub(crate) async fn parked(&self) -> Vec<Parked> {
        self.get("/_cartwright/parked").await.json().unwrap()
    }

    pub(crate) async fn mails(&self) -> Vec<Mail> {
        self.get("/_cartwright/mails").await.json().unwrap()
    }

    /// The counters of a function.
    pub(crate) async fn function(&self, name: &str) -> Value {
        let all: Vec<Value> = self.get("/_cartwright/functions").await.json().unwrap();
        all.into_iter()
            .find(|function| function["function"] == name)
            .unwrap()
    }

    /// Everything that was logged about one id.
    pub(crate) async fn logged(&self, id: &str) -> String {
        let id = id.replace(' ', "+");
        let lines: Vec<Value> = self
            .get(&format!("/_cartwright/logs?request_id={id}"))
            .await
            .json()
            .unwrap();
        lines
            .iter()
            .filter_map(|line| line["text"].as_str())
            .collect::<Vec<_>>()
            .join("\n")
    }
}

/// Whether a row is in the table `probe` of a stack.
pub(crate) async fn has(url: &str, operator_key: &str, key: &str) -> bool {
    let ask = json!({
        "TableName": "cartwright-local-probe",
        "Key": { "pk": { "S": key }, "sk": { "S": "row" } },
        "ConsistentRead": true,
    });
    let authorization = format!("AWS4-HMAC-SHA256 Credential={operator_key}/x");
    let headers = [
        ("x-amz-target", "DynamoDB_20120810.GetItem"),
        ("authorization", authorization.as_str()),
    ];
    let answer = client::send(Method::POST, url, &headers, ask.to_string().into())
        .await
        .unwrap();
    answer.json::<Value>().unwrap().get("Item").is_some()
}

/// Waits until something holds, looking again and again.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    let all = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), all)
        .await
        .unwrap_or_else(|_| panic!("{what} did not come about"));
}

/// Whether a process works; one that only waits to be reaped does not.
pub(crate) fn lives(pid: u64) -> bool {
    let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !matches!(
        state.rsplit(") ").next().and_then(|rest| rest.chars().next()),
        None | Some('Z' | 'X')
    )
}
