//! A local stack of our own: the shop that is measured, or just its database.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use manifest::Physical;
use serde_json::Value;

use super::{http, process};
use crate::{repository::Repository, shell};

/// What the stack prints when it answers.
const OPEN: &str = "Cartwright is open at ";

/// A running `cartwright up`.
pub(super) struct Stack {
    child: Child,
    url: String,
    data: PathBuf,
    /// From its start until it answered.
    pub(super) boot: Duration,
}

impl Stack {
    /// Starts one on a free port, its data in a folder, its functions from another.
    pub(super) fn start(repository: &Repository, data: &Path, functions: &Path) -> Result<Self> {
        let mut command = Command::new(repository.path("target/debug/cartwright"));
        command
            .current_dir(repository.root())
            .args(["up", "--port", "0", "--no-seed", "--data"])
            .arg(data)
            .arg("--bin-dir")
            .arg(functions)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let started = Instant::now();
        let mut child = command
            .spawn()
            .context("`target/debug/cartwright` cannot be started: run without --no-build")?;
        let output = child.stdout.take().context("the stack has no output")?;
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let url = lines.find_map(|line| line.strip_prefix(OPEN).map(str::to_owned));
        let boot = started.elapsed();
        // What else it says is read, so that it never waits for us.
        thread::spawn(move || lines.for_each(drop));
        Ok(Self {
            url: url.context("the stack did not open")?,
            child,
            data: data.to_owned(),
            boot,
        })
    }

    /// Loads the sample shop, numbered on to so many products.
    pub(super) fn seed(&self, repository: &Repository, products: usize) -> Result<()> {
        let mut command = Command::new(repository.path("target/debug/cartwright"));
        command
            .args(["seed", "--products", &products.to_string(), "--url", &self.url])
            .current_dir(repository.root());
        shell::run(&mut command, "the sample shop could not be loaded")?;
        self.quiet()
    }

    /// Waits until nothing is under way.
    pub(super) fn quiet(&self) -> Result<()> {
        let reply = http::send(&self.url, "GET /_cartwright/quiet?timeout_s=120", &[], None)?;
        reply.accepted().context("the stack does not come to rest")?;
        Ok(())
    }

    /// `http://127.0.0.1:<port>`.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// What the stack's own process holds in memory now, in KiB.
    pub(super) fn memory_kib(&self) -> Result<u64> {
        process::memory_kib(self.child.id(), "VmRSS")
    }

    /// How everything is called in it.
    pub(super) fn physical(&self) -> Result<Physical> {
        let path = self.data.join("book.json");
        let book = fs::read(&path).with_context(|| format!("`{}` cannot be read", path.display()))?;
        let book: Value = serde_json::from_slice(&book)?;
        let secrets = book["secrets"].as_object().into_iter().flatten();
        Ok(Physical {
            app: "cartwright".to_owned(),
            env: "local".to_owned(),
            region: "local".to_owned(),
            queue_base_url: format!("{}/000000000000", self.url),
            shop_url: self.url.clone(),
            storefront_url: self.url.clone(),
            mail_from: "shop@cartwright.example".to_owned(),
            log_level: None,
            secrets: secrets
                .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
                .collect(),
        })
    }

    /// The access key id that may do everything.
    pub(super) fn operator_key(&self) -> Result<String> {
        let session = http::send(&self.url, "GET /_cartwright/session", &[], None)?.accepted()?;
        let key = session["operator_key"].as_str();
        Ok(key.context("the stack has no operator")?.to_owned())
    }

    /// Stops it; what it holds is on disk then.
    pub(super) fn stop(mut self) -> Result<()> {
        process::terminate(&mut self.child)
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // Stopped before or dropped on the way out of an error: it does not outlive us.
        self.child.kill().unwrap_or_default();
        drop(self.child.wait());
    }
}
