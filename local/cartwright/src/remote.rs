//! A shop on AWS, as its operator sees it: parked messages, logs, rows, the first key.
//!
//! Everything goes through the AWS command line and its JSON: whoever runs a shop there has it, with
//! credentials that this program need not know. `AWS_ENDPOINT_URL` leads it to an emulator.

mod logs;
mod parked;
mod rows;

use std::{io::ErrorKind, path::Path, process::Stdio, sync::Arc};

use anyhow::{Context, anyhow, bail, ensure};
use manifest::Manifest;
use serde_json::Value;
use tokio::{process::Command, sync::Semaphore, task::JoinSet};

pub use logs::Line;

/// Calls at the same time: each is a process of its own.
const AT_ONCE: usize = 8;

/// One environment of the shop.
#[derive(Clone)]
pub struct Remote {
    manifest: Arc<Manifest>,
    /// `cartwright-dev`
    prefix: String,
}

impl Remote {
    /// The environment of that name, of the shop that this manifest describes; `app` as Terraform's
    /// variable has it.
    pub fn new(app: &str, env: &str, manifest: &Path) -> anyhow::Result<Self> {
        let manifest = Manifest::read(manifest).map_err(|error| anyhow!("the manifest is wrong\n{error}"))?;
        Ok(Self {
            manifest: Arc::new(manifest),
            prefix: format!("{app}-{env}"),
        })
    }

    fn name(&self, logical: &str) -> String {
        format!("{}-{logical}", self.prefix)
    }

    /// The name in the manifest behind a physical one.
    fn logical<'a>(&self, physical: &'a str) -> Option<&'a str> {
        physical.strip_prefix(&self.prefix)?.strip_prefix('-')
    }

    /// Invokes a function as an operator may, and returns what it answers.
    pub async fn invoke(&self, function: &str, event: &Value) -> anyhow::Result<Value> {
        let folder = tempfile::tempdir()?;
        let (payload, answer) = (
            folder.path().join("event.json"),
            folder.path().join("answer.json"),
        );
        tokio::fs::write(&payload, event.to_string()).await?;
        let payload = format!("fileb://{}", payload.display());
        let told = aws(&[
            "lambda",
            "invoke",
            "--function-name",
            &self.name(function),
            "--qualifier",
            "live",
            "--payload",
            &payload,
            &answer.display().to_string(),
        ])
        .await?;
        let answer = tokio::fs::read(&answer).await?;
        let text = String::from_utf8_lossy(&answer);
        ensure!(told.get("FunctionError").is_none(), "`{function}` failed: {text}");
        serde_json::from_slice(&answer).with_context(|| format!("`{function}` answered {text}"))
    }

    /// Enters a staff key that may do everything, as the first of an empty shop; the text of the key
    /// is nowhere but in the answer.
    pub async fn create_key(&self, name: &str) -> anyhow::Result<String> {
        let key = crate::api_key::mint();
        let row = crate::api_key::row(&key, name, &["*"]).context("the key has no row")?;
        aws(&[
            "dynamodb",
            "put-item",
            "--table-name",
            &self.name("authority"),
            "--condition-expression",
            "attribute_not_exists(pk)",
            "--item",
            &row.to_string(),
        ])
        .await?;
        Ok(key)
    }
}

/// One call; its JSON, or null when it printed nothing.
async fn aws(words: &[&str]) -> anyhow::Result<Value> {
    let mut command = Command::new("aws");
    command.args(words).args(["--output", "json"]);
    // Version 1 does not heed the variable for SQS.
    if let Some(url) = std::env::var_os("AWS_ENDPOINT_URL") {
        command.arg("--endpoint-url").arg(url);
    }
    // A search of the logs asks a group for each function, faster than CloudWatch likes.
    command
        .env("AWS_PAGER", "")
        .env("AWS_RETRY_MODE", "adaptive")
        .env("AWS_MAX_ATTEMPTS", "10")
        .stdin(Stdio::null());
    let output = command.output().await;
    let output = match output {
        Err(error) if error.kind() == ErrorKind::NotFound => bail!(
            "the AWS command line is not installed, and --env needs it: \
             https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
        ),
        output => output?,
    };
    let said = String::from_utf8_lossy(&output.stderr);
    let call = words.iter().take(2).copied().collect::<Vec<_>>().join(" ");
    ensure!(output.status.success(), "`aws {call}`: {}", said.trim());
    if output.stdout.trim_ascii().is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&output.stdout).with_context(|| format!("`aws {call}` printed no JSON"))
}

/// Asks the same of many things, a few at a time; answers in any order.
async fn of_each<T, F>(things: Vec<T>, ask: impl Fn(T) -> F) -> anyhow::Result<Vec<F::Output>>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let permits = Arc::new(Semaphore::new(AT_ONCE));
    let mut asked = JoinSet::new();
    for thing in things {
        let (permits, asking) = (permits.clone(), ask(thing));
        asked.spawn(async move {
            let permit = permits.acquire_owned().await;
            let answer = asking.await;
            drop(permit);
            answer
        });
    }
    let mut answers = Vec::new();
    while let Some(answer) = asked.join_next().await {
        answers.push(answer?);
    }
    Ok(answers)
}
