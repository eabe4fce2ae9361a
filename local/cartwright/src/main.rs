//! `cartwright`: the whole shop on one machine.

#![allow(clippy::disallowed_methods, reason = "a command at the desk, not a function")]

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, ensure};
use audit::Moment;
use axum::http::Method;
use bytes::Bytes;
use cartwright::{Options, Parked, Stack, auditor, client, seed};
use clap::{Args, Parser, Subcommand};
use serde::Deserialize;
use serde_json::Value;
use tokio::signal::unix::{SignalKind, signal};

/// The whole shop on one machine: what AWS is in production.
#[derive(Parser)]
#[command(name = "cartwright", version)]
struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Starts the stack; Ctrl-C stops everything it started.
    Up(Up),
    /// Loads the sample shop into a running stack; what is there already stays as it is.
    Seed {
        /// How many products; beyond the sample's they are numbered on.
        #[arg(long)]
        products: Option<usize>,
        #[command(flatten)]
        stack: Running,
    },
    /// Compares stock, orders, carts and payments with each other and with the provider's books; fails
    /// when something does not add up.
    Audit(Audit),
    /// Lists, shows, redrives or drops messages that could not be handled.
    Parked {
        #[command(subcommand)]
        what: ParkedWhat,
    },
    /// Prints what was logged about one request, or the latest lines.
    Logs {
        /// The request's id (`x-request-id`), or an invocation's.
        #[arg(long)]
        request: Option<String>,
        #[command(flatten)]
        stack: Running,
    },
}

#[derive(Args)]
struct Up {
    /// The port at 127.0.0.1.
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// Keeps everything in this folder; without it everything is in memory.
    #[arg(long)]
    data: Option<PathBuf>,
    /// The folder of the functions' binaries.
    #[arg(long, default_value = "target/debug")]
    bin_dir: PathBuf,
    /// The folder of the manifest.
    #[arg(long, default_value = "infra/manifest")]
    manifest: PathBuf,
    /// Processes of one function at the same time.
    #[arg(long)]
    instances: Option<usize>,
    /// Prints what the functions write.
    #[arg(long)]
    echo: bool,
    /// Loads the sample shop; without a word an empty store gets it.
    #[arg(long, overrides_with = "no_seed")]
    seed: bool,
    /// Leaves an empty store empty.
    #[arg(long)]
    no_seed: bool,
}

#[derive(Args)]
struct Audit {
    #[command(flatten)]
    stack: Running,
    /// Audits the folder of a stopped stack instead.
    #[arg(long, conflicts_with = "url")]
    data: Option<PathBuf>,
    /// The folder of the manifest, for --data.
    #[arg(long, default_value = "infra/manifest")]
    manifest: PathBuf,
    /// Waits until nothing is under way, then checks what must hold in the end too; the default.
    #[arg(long, overrides_with = "busy")]
    at_rest: bool,
    /// Does not wait; checks only what holds at every moment.
    #[arg(long)]
    busy: bool,
}

#[derive(Subcommand)]
enum ParkedWhat {
    /// One line for each parked message.
    List {
        #[command(flatten)]
        stack: Running,
    },
    /// The whole message.
    Show {
        /// Its id.
        message_id: String,
        #[command(flatten)]
        stack: Running,
    },
    /// Delivers again: all messages of a queue or stream function, or one of them.
    Redrive(Which),
    /// Deletes: all messages of a queue or stream function, or one of them.
    Drop(Which),
}

#[derive(Args)]
struct Which {
    /// The queue, or the stream function.
    source: String,
    /// One message only.
    #[arg(long)]
    message: Option<String>,
    #[command(flatten)]
    stack: Running,
}

/// A stack that runs already.
#[derive(Args)]
struct Running {
    /// Where it is.
    #[arg(long, default_value = "http://127.0.0.1:8787")]
    url: String,
}

#[derive(Deserialize)]
struct Session {
    staff_key: String,
}

#[derive(Deserialize)]
struct Line {
    at: String,
    function: String,
    text: String,
}

fn main() -> ExitCode {
    let command = Command::parse();
    let outcome = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no runtime could be started")
        .and_then(|runtime| runtime.block_on(run(command.what)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cartwright: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(what: What) -> anyhow::Result<()> {
    match what {
        What::Up(up) => self::up(up).await,
        What::Seed { products, stack } => load(products, &stack.url).await,
        What::Audit(ask) => audit(ask).await,
        What::Parked { what } => parked(what).await,
        What::Logs { request, stack } => logs(request, &stack.url).await,
    }
}

async fn up(up: Up) -> anyhow::Result<()> {
    let defaults = Options::of_workspace(Path::new("."));
    let options = Options {
        port: up.port,
        data: up.data.clone(),
        bin_dir: up.bin_dir,
        manifest: up.manifest,
        instances_max: up.instances.unwrap_or(defaults.instances_max),
        echo: up.echo,
        ..defaults
    };
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let stack = Stack::start(options).await?;
    greet(&stack, up.data.as_deref());
    let seeding = async {
        if up.seed || (stack.is_new() && !up.no_seed) {
            seed_sample(&stack).await;
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        () = seeding => {}
    }
    eprintln!("stopping");
    stack.stop().await;
    Ok(())
}

/// A shop without its sample is a shop all the same: what goes wrong is told, no more.
async fn seed_sample(stack: &Stack) {
    let missing: Vec<&str> = seed::FUNCTIONS
        .into_iter()
        .filter(|name| stack.missing().iter().any(|missing| missing == name))
        .collect();
    if !missing.is_empty() {
        println!("\nThe sample shop waits for {}", missing.join(", "));
        return;
    }
    match seed::seed(stack.url(), stack.staff_key(), None).await {
        Ok(added) => println!("\nThe sample shop is open: {added} products"),
        Err(error) => eprintln!("\ncartwright: the sample shop could not be loaded: {error:#}"),
    }
}

async fn load(products: Option<usize>, url: &str) -> anyhow::Result<()> {
    let session = client::send(
        Method::GET,
        &format!("{url}/_cartwright/session"),
        &[],
        Bytes::new(),
    )
    .await?;
    let session: Session = session.json()?;
    let added = seed::seed(url, &session.staff_key, products).await?;
    println!("{added} products are new");
    Ok(())
}

async fn audit(ask: Audit) -> anyhow::Result<()> {
    let wanted = if ask.busy { Moment::Busy } else { Moment::AtRest };
    let (moment, report) = match &ask.data {
        Some(data) => auditor::stopped(data, &ask.manifest, wanted)?,
        None => (wanted, auditor::running(&ask.stack.url, wanted).await?),
    };
    let counted: Vec<String> = report
        .counted
        .iter()
        .map(|(what, count)| format!("{count} {what}"))
        .collect();
    println!("compared: {}", counted.join(", "));
    if moment != wanted {
        println!(
            "work is under way in this folder: only what holds at every moment was checked; \
             start the stack for the rest"
        );
    }
    for finding in &report.findings {
        println!("{finding}");
    }
    let findings = report.findings.len();
    ensure!(findings == 0, "{findings} findings");
    println!("everything adds up");
    Ok(())
}

fn greet(stack: &Stack, data: Option<&Path>) {
    let url = stack.url();
    let key = stack.staff_key();
    let kept = data.map_or("in memory, gone when it stops".to_owned(), |data| {
        format!("in {}", data.display())
    });
    println!(
        "Cartwright is open at {url}\n\n  \
         what runs   {url}/\n  \
         reference   {url}/docs\n  \
         staff key   {key}\n  \
         everything  {kept}\n\n  \
         curl {url}/v1/products\n  \
         curl {url}/v1/regions\n  \
         curl {url}/v1/admin/orders -H 'authorization: Bearer {key}'\n\n\
         Ctrl-C stops it."
    );
    if !stack.missing().is_empty() {
        let packages: Vec<String> = stack.missing().iter().map(|name| format!("-p {name}")).collect();
        println!("\nNot built yet: run `cargo build {}`", packages.join(" "));
    }
}

async fn parked(what: ParkedWhat) -> anyhow::Result<()> {
    match what {
        ParkedWhat::List { stack } => {
            for message in all_parked(&stack.url).await? {
                println!("{}  {}  {}", message.source, message.message_id, message.reason);
            }
        }
        ParkedWhat::Show { message_id, stack } => {
            let all = all_parked(&stack.url).await?;
            let message = all.into_iter().find(|message| message.message_id == message_id);
            let message = message.with_context(|| format!("there is no parked message `{message_id}`"))?;
            println!("{}: {}\n{}", message.source, message.reason, message.body);
        }
        ParkedWhat::Redrive(which) => println!("{}", settle("redrive", &which).await?),
        ParkedWhat::Drop(which) => println!("{}", settle("drop", &which).await?),
    }
    Ok(())
}

async fn all_parked(url: &str) -> anyhow::Result<Vec<Parked>> {
    client::send(
        Method::GET,
        &format!("{url}/_cartwright/parked"),
        &[],
        Bytes::new(),
    )
    .await?
    .json()
}

async fn settle(how: &str, which: &Which) -> anyhow::Result<Value> {
    let query = which
        .message
        .as_ref()
        .map(|id| format!("?message_id={id}"))
        .unwrap_or_default();
    let url = format!(
        "{}/_cartwright/parked/{}/{how}{query}",
        which.stack.url, which.source
    );
    client::send(Method::POST, &url, &[], Bytes::new()).await?.json()
}

async fn logs(request: Option<String>, url: &str) -> anyhow::Result<()> {
    let query = request.map(|id| format!("?request_id={id}")).unwrap_or_default();
    let answer = client::send(
        Method::GET,
        &format!("{url}/_cartwright/logs{query}"),
        &[],
        Bytes::new(),
    )
    .await?;
    for line in answer.json::<Vec<Line>>()? {
        println!("{} {} {}", line.at, line.function, line.text);
    }
    Ok(())
}
