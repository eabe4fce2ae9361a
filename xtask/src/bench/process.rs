//! One process of a function, and what the system and its own log lines say about it.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::runtime::{Answer, Host};

/// How long a line may be on its way from the function to us.
const LINE_MAX: Duration = Duration::from_secs(10);

/// Where a function looks for DynamoDB.
pub(super) const DATABASE: &str = "AWS_ENDPOINT_URL_DYNAMODB";

/// A function as a program.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) binary: PathBuf,
    pub(super) environment: BTreeMap<String, String>,
    /// The status of its answer where that is a refusal.
    pub(super) refusal: Option<u64>,
}

/// What an invocation cost, as its canonical line says. Units are in halves, the smallest there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Costs {
    pub(super) calls: u64,
    pub(super) read_halves: u64,
    pub(super) write_halves: u64,
}

/// A started program with its own Runtime API.
pub(super) struct Process {
    child: Child,
    host: Host,
    lines: Receiver<Costs>,
    started: Instant,
    refusal: Option<u64>,
}

impl Program {
    /// The same with another DynamoDB.
    pub(super) fn with_database(&self, url: String) -> Self {
        let mut program = self.clone();
        program.environment.insert(DATABASE.to_owned(), url);
        program
    }
}

impl Costs {
    /// Reads a canonical line; none for every other line.
    pub(super) fn of_line(text: &str) -> Option<Self> {
        let line: Value = serde_json::from_str(text).ok()?;
        Some(Self {
            calls: line["calls"].as_u64()?,
            read_halves: halves(&line["read_units"])?,
            write_halves: halves(&line["write_units"])?,
        })
    }

    /// Both together.
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            calls: self.calls + other.calls,
            read_halves: self.read_halves + other.read_halves,
            write_halves: self.write_halves + other.write_halves,
        }
    }
}

/// `1`, `1.0` and `1.5` in halves.
fn halves(units: &Value) -> Option<u64> {
    let text = units.is_number().then(|| units.to_string())?;
    let (whole, part) = text.split_once('.').unwrap_or((&text, "0"));
    Some(2 * whole.parse::<u64>().ok()? + u64::from(part == "5"))
}

impl Process {
    /// Starts it as it is, the first event laid ready.
    pub(super) fn start(program: &Program, first: &Value) -> Result<Self> {
        Self::spawn(Command::new(&program.binary), program, first)
    }

    /// Starts it under callgrind, which writes its counts to this file when the process ends, and
    /// whose they are beside it (`.out`, for `callgrind_annotate`).
    pub(super) fn start_counted(program: &Program, first: &Value, log: &Path) -> Result<Self> {
        let mut command = Command::new("valgrind");
        command
            .arg("--tool=callgrind")
            .arg(format!(
                "--callgrind-out-file={}",
                log.with_extension("out").display()
            ))
            .arg(format!("--log-file={}", log.display()))
            .arg(&program.binary);
        Self::spawn(command, program, first)
    }

    fn spawn(mut command: Command, program: &Program, first: &Value) -> Result<Self> {
        let host = Host::open()?;
        host.hand(first)?;
        command
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .envs(&program.environment)
            .env("AWS_LAMBDA_RUNTIME_API", host.address())
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let started = Instant::now();
        let mut child = command
            .spawn()
            .with_context(|| format!("`{}` cannot be started", program.binary.display()))?;
        let output = child.stdout.take().context("the function has no output")?;
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            let lines = BufReader::new(output).lines().map_while(Result::ok);
            for costs in lines.filter_map(|line| Costs::of_line(&line)) {
                if sender.send(costs).is_err() {
                    return;
                }
            }
        });
        Ok(Self {
            child,
            host,
            lines,
            started,
            refusal: program.refusal,
        })
    }

    /// The answer to the first event, and how long that took from the start of the process.
    pub(super) fn first(&self) -> Result<(Duration, Value)> {
        let Answer { at, body } = self.host.answer()?;
        Ok((at - self.started, accepted(body, self.refusal)?))
    }

    /// One more invocation.
    pub(super) fn invoke(&self, event: &Value) -> Result<(Duration, Value)> {
        let handed = Instant::now();
        self.host.hand(event)?;
        let Answer { at, body } = self.host.answer()?;
        Ok((at - handed, accepted(body, self.refusal)?))
    }

    /// The canonical line of the oldest invocation whose line was not taken yet.
    pub(super) fn line(&self) -> Result<Costs> {
        self.lines
            .recv_timeout(LINE_MAX)
            .context("the function wrote no canonical line")
    }

    /// The most memory it ever had, in KiB.
    pub(super) fn memory_peak_kib(&self) -> Result<u64> {
        memory_kib(self.child.id(), "VmHWM")
    }

    /// Processor time so far, of all its threads.
    pub(super) fn cpu(&self) -> Result<Duration> {
        let mut nanoseconds = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let text = fs::read_to_string(task?.path().join("schedstat"))?;
            let first = text.split(' ').next().unwrap_or_default();
            nanoseconds += first
                .parse::<u64>()
                .with_context(|| format!("`{text}` is no schedstat"))?;
        }
        Ok(Duration::from_nanos(nanoseconds))
    }

    /// Asks it to end and waits until it has.
    pub(super) fn end(mut self) -> Result<()> {
        terminate(&mut self.child)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Whether it has ended already or ends now, it is gone.
        self.child.kill().unwrap_or_default();
        drop(self.child.wait());
    }
}

/// Ends a child as Ctrl-C in its terminal would, and waits for it.
pub(super) fn terminate(child: &mut Child) -> Result<()> {
    let status = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    status.context("`kill` cannot be started")?;
    child.wait()?;
    Ok(())
}

/// A line of `/proc/<pid>/status` in KiB.
pub(super) fn memory_kib(pid: u32, name: &str) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let line = line.with_context(|| format!("the system does not tell {name}"))?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// The body of an HTTP function's answer, of the one refusal that is expected too; every other answer
/// as it is.
fn accepted(answer: Value, refusal: Option<u64>) -> Result<Value> {
    match (answer["statusCode"].as_u64(), answer["body"].as_str()) {
        (Some(status), body) if status >= 400 && Some(status) != refusal => {
            bail!("the function answered {status}: {}", body.unwrap_or_default())
        }
        (Some(_), Some(body)) => Ok(serde_json::from_str(body).unwrap_or_default()),
        _ => Ok(answer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_read_from_canonical_lines_only() {
        let line = r#"{"message":"ok","calls":2,"read_units":1.5,"write_units":4}"#;
        let costs = Costs {
            calls: 2,
            read_halves: 3,
            write_halves: 8,
        };
        assert_eq!(Costs::of_line(line), Some(costs));
        assert_eq!(Costs::of_line(r#"{"message":"a warning"}"#), None);
        assert_eq!(Costs::of_line("thread panicked"), None);
    }
}
