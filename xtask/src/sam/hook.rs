//! The SAM CLI's Terraform hook over our plan, as far as one comes without a container runtime.
//!
//! In place of one something answers that it is there and has no images. So `sam local invoke` must
//! resolve the function, find its zip and ask for the image to run it in; `sam local start-api` must
//! lead every route of the manifest to its function.

use std::{
    collections::BTreeSet,
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::PathBuf,
    process::Stdio,
    thread,
};

use anyhow::{Context, Result, ensure};
use manifest::{Manifest, Route, Trigger};

use super::{Cli, plan};
use crate::repository::Repository;

/// The function that is called.
const FUNCTION: &str = "catalog-get-product";
/// The image of its runtime.
const IMAGE: &str = "public.ecr.aws/lambda/provided:al2023";
/// Of what is missing, so many are named.
const SHOWN_MAX: usize = 5;

/// Whether functions and routes come out of the hook as the manifest has them.
pub(crate) fn check(repository: &Repository, cli: &Cli, configuration: PathBuf) -> Result<String> {
    let manifest = repository.manifest()?;
    let names = plan::make(repository, &plan::Wish::default(), Some(configuration))?;
    let missing = manifest.functions.keys().find(|name| !names.contains_key(*name));
    ensure!(
        missing.is_none(),
        "the plan lacks `{}`",
        missing.map_or("", String::as_str)
    );
    let name = names
        .get(FUNCTION)
        .with_context(|| format!("there is no `{FUNCTION}`"))?;
    let runtime = Runtime::open()?;

    let told = invoked(repository, cli, &runtime, name)?;
    for wanted in [&format!("/{FUNCTION}.zip"), IMAGE] {
        ensure!(
            told.contains(wanted),
            "`sam local invoke {name}` did not come as far as {wanted}:\n{}",
            end(&told)
        );
    }
    let nobody = format!("{name}-too");
    let told = invoked(repository, cli, &runtime, &nobody)?;
    ensure!(
        told.contains("not found in template"),
        "`sam local invoke {nobody}` did not say that there is none:\n{}",
        end(&told)
    );

    let mounted = mounted(repository, cli, &runtime)?;
    let routes = routes(&manifest, |function| {
        names.get(function).cloned().unwrap_or_default()
    });
    let lost: Vec<&str> = routes.difference(&mounted).map(String::as_str).collect();
    ensure!(
        lost.is_empty(),
        "`sam local start-api` does not serve {} of {} routes: {}",
        lost.len(),
        routes.len(),
        lost.iter()
            .take(SHOWN_MAX)
            .copied()
            .collect::<Vec<_>>()
            .join(", ")
    );
    Ok(format!("{} functions, {} routes", names.len(), routes.len()))
}

/// All that `sam local invoke` says.
fn invoked(repository: &Repository, cli: &Cli, runtime: &Runtime, name: &str) -> Result<String> {
    let mut command = cli.local(repository, &["invoke", name]);
    let output = command.env("DOCKER_HOST", runtime.address()).output();
    let output = output.context("the SAM CLI cannot be started")?;
    let told = [output.stdout, output.stderr].concat();
    Ok(String::from_utf8_lossy(&told).into_owned())
}

/// What `sam local start-api` serves: `<name> at <path> [<method>]`.
fn mounted(repository: &Repository, cli: &Cli, runtime: &Runtime) -> Result<BTreeSet<String>> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let mut command = cli.local(repository, &["start-api", "--port", &port.to_string()]);
    command
        .env("DOCKER_HOST", runtime.address())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = command.spawn().context("the SAM CLI cannot be started")?;
    let mut told = String::new();
    let mut ready = false;
    if let Some(stderr) = child.stderr.take() {
        for line in BufReader::new(stderr).lines().map_while(io::Result::ok) {
            told += &line;
            told.push('\n');
            ready = line.starts_with("You can now browse");
            if ready {
                break;
            }
        }
    }
    child.kill()?;
    child.wait()?;
    ensure!(ready, "`sam local start-api` does not start:\n{}", end(&told));
    let host = format!("http://127.0.0.1:{port}");
    let lines = told.lines().filter_map(|line| line.strip_prefix("Mounting "));
    Ok(lines.map(|line| line.replace(&host, "")).collect())
}

/// The same of the manifest.
fn routes(manifest: &Manifest, name: impl Fn(&str) -> String) -> BTreeSet<String> {
    let functions = manifest.functions.values();
    let routes = functions.filter_map(|function| match &function.trigger {
        Trigger::Http(http) => match &http.route {
            Route::Path { method, path } => Some(format!("{} at {path} [{method}]", name(&function.name))),
            Route::Default => None,
        },
        Trigger::Queue(_) | Trigger::Stream(_) | Trigger::Schedule(_) | Trigger::Invoke => None,
    });
    routes.collect()
}

/// The last lines, where the reason is.
fn end(told: &str) -> String {
    let lines: Vec<&str> = told.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(4)..].join("\n")
}

/// Says that it is a container runtime, and has nothing to run.
struct Runtime {
    port: u16,
}

impl Runtime {
    fn open() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free")?;
        let port = listener.local_addr()?.port();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that goes away in the middle is none of our business.
                thread::spawn(move || answer(stream).ok());
            }
        });
        Ok(Self { port })
    }

    /// For `DOCKER_HOST`.
    fn address(&self) -> String {
        format!("tcp://127.0.0.1:{}", self.port)
    }
}

/// Answers one request and hangs up.
fn answer(mut stream: TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or_default();
        }
    }
    io::copy(&mut reader.take(length), &mut io::sink())?;
    let is_ping = first
        .split(' ')
        .nth(1)
        .is_some_and(|path| path.ends_with("/_ping"));
    let (status, body) = if is_ping {
        ("200 OK", "OK")
    } else {
        (
            "500 Internal Server Error",
            "{\"message\":\"there are no images here\"}",
        )
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runtime_is_there_and_has_no_images() {
        let runtime = Runtime::open().expect("a port");
        let ask = |path: &str| {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, runtime.port)).expect("somebody");
            write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").expect("asked");
            let mut told = String::new();
            stream.read_to_string(&mut told).expect("an answer");
            told
        };
        assert!(ask("/v1.35/_ping").starts_with("HTTP/1.1 200"));
        assert!(ask("/v1.35/images/x/json").contains("no images"));
    }

    #[test]
    fn routes_are_written_as_sam_writes_them() {
        let manifest = Repository::at(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .manifest()
            .expect("a manifest");
        let routes = routes(&manifest, |name| format!("cartwright-dev-{name}"));
        assert!(routes.contains("cartwright-dev-catalog-get-product at /v1/products/{product_id} [GET]"));
        assert!(!routes.iter().any(|route| route.contains("api-answer-unknown")));
    }
}
