//! What an operator asks of a shop: of a running stack, or with `--env` of one on AWS.

use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use audit::Moment;
use axum::http::Method;
use bytes::Bytes;
use cartwright::{
    Parked, auditor, client,
    copy::{self, Label},
    remote::Remote,
};
use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::{Value, json};

/// The function that makes the first person.
pub(crate) const CREATE_OWNER: &str = "identity-create-owner";
/// The owner of a shop at the desk.
const FIRST_OWNER: &str = "owner@cartwright.example";

/// Which shop.
#[derive(Args)]
pub(crate) struct Shop {
    /// A running stack.
    #[arg(long, default_value = "http://127.0.0.1:8787")]
    pub(crate) url: String,
    /// The shop of this environment on AWS instead, such as `dev`; needs the AWS command line.
    #[arg(long, conflicts_with = "url")]
    env: Option<String>,
    /// The first part of its names there: Terraform's variable `app`.
    #[arg(long, default_value = "cartwright", requires = "env")]
    app: String,
    /// The folder of the manifest.
    #[arg(long, default_value = "infra/manifest")]
    manifest: PathBuf,
}

impl Shop {
    fn remote(&self) -> anyhow::Result<Option<Remote>> {
        self.env
            .as_ref()
            .map(|env| Remote::new(&self.app, env, &self.manifest))
            .transpose()
    }

    fn needed(&self) -> anyhow::Result<Remote> {
        self.remote()?.context("say which shop: --env dev")
    }
}

#[derive(Args)]
pub(crate) struct Audit {
    #[command(flatten)]
    shop: Shop,
    /// Audits the folder of a stopped stack instead.
    #[arg(long, conflicts_with_all = ["url", "env"])]
    data: Option<PathBuf>,
    /// Waits until nothing is under way, then checks what must hold in the end too; the default. On AWS
    /// it does not wait, but looks.
    #[arg(long, overrides_with = "busy")]
    at_rest: bool,
    /// Does not wait; checks only what holds at every moment.
    #[arg(long)]
    busy: bool,
}

#[derive(Subcommand)]
pub(crate) enum ParkedWhat {
    /// One line for each parked message; on AWS, at most a thousand of each queue.
    List {
        #[command(flatten)]
        shop: Shop,
    },
    /// The whole message.
    Show {
        /// Its id.
        message_id: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Delivers again: all messages of a queue or stream function, all events of `async`, or one of them.
    Redrive(Which),
    /// Deletes: all messages of a queue or stream function, all events of `async`, or one of them.
    Drop(Which),
}

#[derive(Args)]
pub(crate) struct Which {
    /// The queue, the stream function, or `async`.
    source: String,
    /// One message only.
    #[arg(long)]
    message: Option<String>,
    #[command(flatten)]
    shop: Shop,
}

#[derive(Args)]
pub(crate) struct Logs {
    /// The request's id (`x-request-id`), or an invocation's; without it the latest lines of a stack.
    #[arg(long)]
    request: Option<String>,
    /// How far back to look on AWS.
    #[arg(long, default_value_t = 24)]
    hours: u32,
    #[command(flatten)]
    shop: Shop,
}

#[derive(Subcommand)]
pub(crate) enum OwnerWhat {
    /// Makes the owner's account; prints its one-time password once, it is kept nowhere.
    Create {
        /// The owner's e-mail address.
        #[arg(long)]
        email: String,
        /// Another one-time password for the owner who was made and has not chosen one yet.
        #[arg(long)]
        again: bool,
        #[command(flatten)]
        shop: Shop,
    },
}

#[derive(Subcommand)]
pub(crate) enum KeyWhat {
    /// Enters a staff key that may do everything, by the operator's own right on the table; prints it once.
    Create {
        /// What it is for.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        shop: Shop,
    },
}

#[derive(Args)]
pub(crate) struct Export {
    /// Where the copy goes.
    to: PathBuf,
    /// The folder of a stopped stack.
    #[arg(long, required_unless_present = "env")]
    data: Option<PathBuf>,
    #[command(flatten)]
    shop: Shop,
}

#[derive(Args)]
pub(crate) struct Import {
    /// Where the copy is.
    from: PathBuf,
    /// The folder that the shop is made in; it must have none.
    #[arg(long)]
    data: PathBuf,
    /// The folder of the manifest.
    #[arg(long, default_value = "infra/manifest")]
    manifest: PathBuf,
}

#[derive(Deserialize)]
struct Line {
    at: String,
    function: String,
    text: String,
}

pub(crate) async fn audit(ask: Audit) -> anyhow::Result<()> {
    let wanted = if ask.busy { Moment::Busy } else { Moment::AtRest };
    let (moment, report) = match (&ask.data, ask.shop.remote()?) {
        (Some(data), _) => auditor::stopped(data, &ask.shop.manifest, wanted)?,
        (None, Some(remote)) => remote.audit(wanted).await?,
        (None, None) => (wanted, auditor::running(&ask.shop.url, wanted).await?),
    };
    let counted: Vec<String> = report
        .counted
        .iter()
        .map(|(what, count)| format!("{count} {what}"))
        .collect();
    println!("compared: {}", counted.join(", "));
    if moment != wanted {
        println!(
            "work is under way: only what holds at every moment was checked; ask again when all is at rest, \
             and start the stack for it if this is a folder"
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

pub(crate) async fn parked(what: ParkedWhat) -> anyhow::Result<()> {
    match what {
        ParkedWhat::List { shop } => {
            for message in all_parked(&shop).await? {
                println!("{}  {}  {}", message.source, message.message_id, message.reason);
            }
        }
        ParkedWhat::Show { message_id, shop } => {
            let all = all_parked(&shop).await?;
            let message = all.into_iter().find(|message| message.message_id == message_id);
            let message = message.with_context(|| format!("there is no parked message `{message_id}`"))?;
            println!("{}: {}\n{}", message.source, message.reason, message.body);
        }
        ParkedWhat::Redrive(which) => match which.shop.remote()? {
            Some(remote) => {
                let count = remote.redrive(&which.source, which.message.as_deref()).await?;
                println!("{}", json!({ "redriven": count }));
            }
            None => println!("{}", settle("redrive", &which).await?),
        },
        ParkedWhat::Drop(which) => match which.shop.remote()? {
            Some(remote) => {
                let count = remote
                    .drop_parked(&which.source, which.message.as_deref())
                    .await?;
                println!("{}", json!({ "dropped": count }));
            }
            None => println!("{}", settle("drop", &which).await?),
        },
    }
    Ok(())
}

async fn all_parked(shop: &Shop) -> anyhow::Result<Vec<Parked>> {
    match shop.remote()? {
        Some(remote) => remote.parked(None).await,
        None => get(&format!("{}/_cartwright/parked", shop.url)).await?.json(),
    }
}

async fn settle(how: &str, which: &Which) -> anyhow::Result<Value> {
    let query = which
        .message
        .as_ref()
        .map(|id| format!("?message_id={id}"))
        .unwrap_or_default();
    let url = format!(
        "{}/_cartwright/parked/{}/{how}{query}",
        which.shop.url, which.source
    );
    client::send(Method::POST, &url, &[], Bytes::new()).await?.json()
}

pub(crate) async fn logs(ask: Logs) -> anyhow::Result<()> {
    if let Some(remote) = ask.shop.remote()? {
        let request = ask.request.context("on AWS say which request: --request req_…")?;
        for line in remote.logs(&request, ask.hours).await? {
            println!("{} {} {}", line.at, line.function, line.text);
        }
        return Ok(());
    }
    let query = ask
        .request
        .map(|id| format!("?request_id={id}"))
        .unwrap_or_default();
    let answer = get(&format!("{}/_cartwright/logs{query}", ask.shop.url)).await?;
    for line in answer.json::<Vec<Line>>()? {
        println!("{} {} {}", line.at, line.function, line.text);
    }
    Ok(())
}

async fn get(url: &str) -> anyhow::Result<client::Answer> {
    client::send(Method::GET, url, &[], Bytes::new()).await
}

/// The owner, made by the shop's own function: what an operator may invoke and nobody else.
pub(crate) async fn owner(what: OwnerWhat) -> anyhow::Result<()> {
    let OwnerWhat::Create { email, again, shop } = what;
    let event = json!({ "email": email, "again": again });
    let answer = match shop.remote()? {
        Some(remote) => remote.invoke(CREATE_OWNER, &event).await?,
        None => invoke_here(&shop.url, CREATE_OWNER, &event).await?,
    };
    println!("{}", owner_told(&email, &answer)?);
    Ok(())
}

/// Invokes a function of a running stack through its Invoke API.
async fn invoke_here(url: &str, function: &str, event: &Value) -> anyhow::Result<Value> {
    let path = format!("{url}/2015-03-31/functions/{function}/invocations");
    let answer = client::send(Method::POST, &path, &[], event.to_string().into()).await?;
    let failed = answer.headers.contains_key("x-amz-function-error");
    let text = String::from_utf8_lossy(&answer.body);
    ensure!(!failed, "`{function}` failed: {text}");
    answer.json()
}

/// The owner of a new local shop, made without being asked; says so in a line.
pub(crate) async fn first_owner(url: &str) -> anyhow::Result<String> {
    let answer = invoke_here(url, CREATE_OWNER, &json!({ "email": FIRST_OWNER })).await?;
    owner_told(FIRST_OWNER, &answer)
}

fn owner_told(email: &str, answer: &Value) -> anyhow::Result<String> {
    let password = answer["one_time_password"].as_str();
    let password = password.with_context(|| format!("`{CREATE_OWNER}` gave no password: {answer}"))?;
    Ok(format!(
        "the owner is {email}\nthe password, good once and shown once: {password}"
    ))
}

pub(crate) async fn key(what: KeyWhat) -> anyhow::Result<()> {
    let KeyWhat::Create { name, shop } = what;
    println!("{}", shop.needed()?.create_key(&name).await?);
    Ok(())
}

pub(crate) async fn export(ask: Export) -> anyhow::Result<()> {
    let label = match (&ask.data, ask.shop.remote()?) {
        (Some(data), _) => copy::export(data, &ask.shop.manifest, &ask.to)?,
        (None, Some(remote)) => copy::export_remote(&remote, &ask.to).await?,
        (None, None) => bail!("say which shop: --data FOLDER of a stopped stack, or --env dev"),
    };
    println!("{}", told(&label));
    println!(
        "there are persons and secrets in `{}`: keep it like the shop itself",
        ask.to.display()
    );
    Ok(())
}

pub(crate) fn import(ask: &Import) -> anyhow::Result<()> {
    println!("{}", told(&copy::import(&ask.from, &ask.manifest, &ask.data)?));
    let data = ask.data.display();
    println!("check it with `cartwright audit --data {data}`, open it with `cartwright up --data {data}`");
    Ok(())
}

fn told(label: &Label) -> String {
    let rows: usize = label.tables.values().map(|content| content.rows).sum();
    format!(
        "{rows} rows in {} tables, taken {}",
        label.tables.len(),
        label.taken_at
    )
}
