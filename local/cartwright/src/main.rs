//! `cartwright`: the whole shop on one machine.

#![allow(clippy::disallowed_methods, reason = "a command at the desk, not a function")]

mod operations;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use axum::http::Method;
use bytes::Bytes;
use cartwright::{Options, Stack, client, seed};
use clap::{Args, Parser, Subcommand};
use serde::Deserialize;
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
    /// Loads the sample shop into a running shop; what is there already stays as it is.
    Seed {
        /// How many products; beyond the sample's they are numbered on.
        #[arg(long)]
        products: Option<usize>,
        /// A staff key, for a shop that is no local stack; the variable SHOP_KEY says it too.
        #[arg(long)]
        key: Option<String>,
        #[command(flatten)]
        stack: Running,
    },
    /// Compares stock, orders, carts and payments with each other and with the provider's books; fails
    /// when something does not add up.
    Audit(operations::Audit),
    /// Lists, shows, redrives or drops messages that could not be handled.
    Parked {
        #[command(subcommand)]
        what: operations::ParkedWhat,
    },
    /// Prints what was logged about one request, or the latest lines.
    Logs(operations::Logs),
    /// The person who may do everything.
    Owner {
        #[command(subcommand)]
        what: operations::OwnerWhat,
    },
    /// Staff keys, where there is nobody yet to make them.
    Key {
        #[command(subcommand)]
        what: operations::KeyWhat,
    },
    /// Copies every row into files.
    Export(operations::Export),
    /// Makes a shop of such a copy.
    Import(operations::Import),
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
        What::Seed { products, key, stack } => load(products, key, &stack.url).await,
        What::Audit(ask) => operations::audit(ask).await,
        What::Parked { what } => operations::parked(what).await,
        What::Logs(ask) => operations::logs(ask).await,
        What::Owner { what } => operations::owner(what).await,
        What::Key { what } => operations::key(what).await,
        What::Export(ask) => operations::export(ask).await,
        What::Import(ask) => operations::import(&ask),
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
        if stack.is_new() {
            owner(&stack).await;
        }
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

/// Nobody can know the password later: it is printed here and kept nowhere.
async fn owner(stack: &Stack) {
    if stack
        .missing()
        .iter()
        .any(|missing| missing == operations::CREATE_OWNER)
    {
        println!("\nThe owner waits for {}", operations::CREATE_OWNER);
        return;
    }
    match operations::first_owner(stack.url()).await {
        Ok(told) => println!("\n{told}"),
        Err(error) => eprintln!("\ncartwright: the owner could not be made: {error:#}"),
    }
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

async fn load(products: Option<usize>, key: Option<String>, url: &str) -> anyhow::Result<()> {
    let key = match key.or_else(|| std::env::var("SHOP_KEY").ok()) {
        Some(key) => key,
        None => told_key(url).await?,
    };
    let added = seed::seed(url, &key, products).await?;
    println!("{added} products are new");
    Ok(())
}

/// A local stack tells its key; no other shop does.
async fn told_key(url: &str) -> anyhow::Result<String> {
    let path = format!("{url}/_cartwright/session");
    let session = client::send(Method::GET, &path, &[], Bytes::new()).await?;
    let session: Session = session.json().context("this is no local stack: say --key")?;
    Ok(session.staff_key)
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
