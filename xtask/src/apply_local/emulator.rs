//! `ministack`, an emulator of AWS from PyPI, as a process of ours: installed on first use into
//! `target/`, on a port of its own, gone with us.

use std::{
    fs::{self, File},
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::shell;

/// What was tried; another version may lack something else.
const PACKAGES: [&str; 3] = ["ministack==1.5.33", "cryptography", "awscli"];
/// Where our functions look for AWS. The emulator hands its own environment on to them.
const SERVICES: [&str; 4] = ["DYNAMODB", "SQS", "SESV2", "SECRETS_MANAGER"];
/// Its server (hypercorn 0.18) hangs up on a connection that was idle for this long even when a request
/// has just come in: the request is carried out and its answer lost. The client asks again, and what it
/// wanted made is there already. An hour is longer than anything here takes.
const CONNECTIONS: &str = "keep_alive_timeout = 3600\nkeep_alive_max_requests = 1000000\n";
/// How often a starting emulator is asked, ten times a second.
const PATIENCE: u32 = 300;

/// A running emulator.
pub(crate) struct Emulator {
    process: Child,
    port: u16,
    programs: PathBuf,
    log: PathBuf,
}

impl Emulator {
    /// Installs it when it is not there, and starts it.
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        let programs = install(folder)?;
        let port = free_port()?;
        let url = format!("http://127.0.0.1:{port}");
        let log = folder.join("emulator.log");
        let file = File::create(&log).with_context(|| format!("`{}` cannot be made", log.display()))?;
        fs::write(folder.join("emulator.toml"), CONNECTIONS)?;
        // As its own command starts it, but for these settings.
        let mut command = Command::new(programs.join("python"));
        command
            .args(["-m", "hypercorn", "ministack.app:app", "--bind"])
            .arg(format!("127.0.0.1:{port}"))
            .args(["--log-level", "INFO", "--config", "emulator.toml"])
            .current_dir(folder)
            .env("GATEWAY_PORT", port.to_string())
            .env("BIND_HOST", "127.0.0.1")
            .env("TMPDIR", folder)
            .env("LOG_LEVEL", "INFO")
            .env("AWS_ENDPOINT_URL", &url)
            .envs(SERVICES.map(|service| (format!("AWS_ENDPOINT_URL_{service}"), url.clone())))
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file);
        let process = command.spawn().context("ministack cannot be started")?;
        let mut emulator = Self {
            process,
            port,
            programs,
            log,
        };
        emulator.wait()?;
        Ok(emulator)
    }

    fn wait(&mut self) -> Result<()> {
        for _ in 0..PATIENCE {
            if let Some(status) = self.process.try_wait()? {
                bail!("ministack ended with {status}; see `{}`", self.log.display());
            }
            if ask(self.port).is_ok_and(|answer| answer.starts_with("HTTP/1.1 200")) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(100));
        }
        bail!("ministack does not answer; see `{}`", self.log.display())
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Where every client finds it: the environment of Terraform and of the AWS command line.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let path = std::env::var("PATH").unwrap_or_default();
        vec![
            ("AWS_ENDPOINT_URL", self.url()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("AWS_REGION", super::REGION.to_owned()),
            ("AWS_DEFAULT_REGION", super::REGION.to_owned()),
            ("AWS_PAGER", String::new()),
            ("PATH", format!("{}:{path}", self.programs.display())),
        ]
    }

    /// One call of the AWS command line; its JSON.
    pub(crate) fn aws(&self, words: &[&str]) -> Result<Value> {
        let mut command = Command::new(self.programs.join("aws"));
        command
            .args(words)
            .args(["--output", "json", "--endpoint-url", &self.url()])
            .envs(self.environment());
        let printed = shell::capture(&mut command, "see its words above")?;
        if printed.trim_ascii().is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&printed).with_context(|| format!("`aws {}` printed no JSON", words.join(" ")))
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // It ends its functions itself when it is asked to end.
        let asked = Command::new("kill").arg(self.process.id().to_string()).status();
        if asked.is_ok() {
            for _ in 0..100 {
                if matches!(self.process.try_wait(), Ok(Some(_))) {
                    return;
                }
                thread::sleep(Duration::from_millis(100));
            }
        }
        self.process.kill().unwrap_or_default();
        self.process.wait().map(drop).unwrap_or_default();
    }
}

/// The folder with its programs.
fn install(folder: &Path) -> Result<PathBuf> {
    let home = folder.join("venv");
    let programs = home.join("bin");
    if programs.join("ministack").exists() && programs.join("aws").exists() {
        return Ok(programs);
    }
    println!("installing {} from PyPI, once", PACKAGES.join(", "));
    fs::create_dir_all(folder)?;
    let python = "python3 (3.10 or later) is needed, and PyPI must be within reach";
    shell::run(Command::new("python3").args(["-m", "venv"]).arg(&home), python)?;
    let mut pip = Command::new(programs.join("pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check"])
        .args(PACKAGES);
    shell::run(&mut pip, python)?;
    Ok(programs)
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no port is free")?;
    Ok(listener.local_addr()?.port())
}

fn ask(port: u16) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    stream.write_all(b"GET /_ministack/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
