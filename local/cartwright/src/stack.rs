//! The stack: everything started in the right order, and everything stopped.

use std::{
    collections::BTreeMap,
    io::ErrorKind,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

use anyhow::{Context, anyhow, bail};
use manifest::{Function, Manifest, Physical};
use tokio::runtime::{self, Runtime};

use crate::{
    aws::{Keys, Rights, ses::Mails},
    cloud::{Cloud, Wakes},
    data::Data,
    functions::{Kind, Pool, Warden},
    gateway::Gateway,
    logs::Logs,
    provision, schedule,
    server::Server,
    sources::{self, Progress},
};

pub(crate) const APP: &str = "cartwright";
const ENV: &str = "local";
/// How long what is under way may take to end when the stack stops.
const STOP_MAX: Duration = Duration::from_secs(5);

/// How a stack is to be.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port to listen on at 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Where everything is kept; in memory when absent.
    pub data: Option<PathBuf>,
    /// The folder of the manifest.
    pub manifest: PathBuf,
    /// The folder of the functions' binaries.
    pub bin_dir: PathBuf,
    /// Binaries that are not called like their function.
    pub binaries: BTreeMap<String, PathBuf>,
    /// Processes of one function at the same time.
    pub instances_max: usize,
    /// How long a process may be without work.
    pub idle_max: Duration,
    /// Whether the functions' output is printed.
    pub echo: bool,
    /// `LOG_LEVEL` of the functions.
    pub log_level: Option<String>,
}

impl Options {
    /// The manifest and the debug binaries of a workspace, a free port, everything in memory.
    pub fn of_workspace(root: &Path) -> Self {
        let cores = thread::available_parallelism().map_or(2, usize::from);
        Self {
            port: 0,
            data: None,
            manifest: root.join("infra/manifest"),
            bin_dir: root.join("target/debug"),
            binaries: BTreeMap::new(),
            instances_max: (2 * cores).clamp(4, 16),
            idle_max: Duration::from_mins(1),
            echo: false,
            log_level: None,
        }
    }
}

/// A running stack. It ends with [`Stack::stop`], or when it is dropped, or when its process dies:
/// in each case all its functions end with it.
pub struct Stack {
    cloud: Arc<Cloud>,
    runtime: Option<Runtime>,
    missing: Vec<String>,
    empty: bool,
}

impl Stack {
    /// Starts everything; returns when the first request can be answered. It runs on threads of its own.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        let start = move || Self::start_blocking(&options);
        tokio::task::spawn_blocking(start)
            .await
            .context("the start was interrupted")?
    }

    fn start_blocking(options: &Options) -> anyhow::Result<Self> {
        let manifest =
            Manifest::read(&options.manifest).map_err(|error| anyhow!("the manifest is wrong\n{error}"))?;
        let listener = listen(options.port)?;
        let address = listener.local_addr()?;
        let runtime = runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name(APP)
            .enable_all()
            .build()?;
        let inside = runtime.enter();
        let missing = missing(&manifest, options);
        let (cloud, empty) = cloud(manifest, options, address)?;
        let cloud = Arc::new(cloud);
        let wakes = cloud.wakes.clone();
        cloud.sqs.on_arrival(move |queue| wakes.arrived(queue));
        let gateway = Gateway::new(routes(&cloud), address.to_string(), cloud.logs.clone());
        let server = Server {
            cloud: cloud.clone(),
            gateway: Arc::new(gateway),
        };
        listener.set_nonblocking(true)?;
        runtime.spawn(server.run(tokio::net::TcpListener::from_std(listener)?));
        sources::start(&cloud);
        schedule::start(&cloud);
        drop(inside);
        Ok(Self {
            cloud,
            runtime: Some(runtime),
            missing,
            empty,
        })
    }

    /// Where the shop is: `http://127.0.0.1:8787`.
    pub fn url(&self) -> &str {
        &self.cloud.physical.shop_url
    }

    /// The key of a member of staff who may do everything.
    pub fn staff_key(&self) -> &str {
        &self.cloud.data.book.staff_key
    }

    /// The access key id that may do everything at the AWS endpoints (any secret will do).
    pub fn operator_key(&self) -> &str {
        &self.cloud.data.book.operator_key
    }

    /// The physical name of a table.
    pub fn table(&self, name: &str) -> String {
        self.cloud.physical.name(name)
    }

    /// The functions that have no binary yet.
    pub fn missing(&self) -> &[String] {
        &self.missing
    }

    /// Whether the store was empty before this start.
    pub fn is_new(&self) -> bool {
        self.empty
    }

    /// Waits until no message is under way and no stream record unread; false when that took too long.
    pub async fn quiet(&self, within: Duration) -> anyhow::Result<bool> {
        sources::quiet(&self.cloud, within).await
    }

    /// Ends all functions and everything else; what is kept is on disk when it returns.
    pub async fn stop(mut self) {
        self.cloud.pools.values().for_each(|pool| pool.close());
        if let Some(runtime) = self.runtime.take() {
            let ended = tokio::task::spawn_blocking(move || runtime.shutdown_timeout(STOP_MAX)).await;
            if ended.is_err() {
                eprintln!("cartwright: the stack did not end in order");
            }
        }
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        self.cloud.pools.values().for_each(|pool| pool.close());
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn listen(port: u16) -> anyhow::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], port))).map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => anyhow!("port {port} is taken; stop what uses it, or give another --port"),
        _ => anyhow!("port {port} cannot be used: {error}"),
    })
}

fn missing(manifest: &Manifest, options: &Options) -> Vec<String> {
    let absent = |name: &&String| !binary(name, options).is_file();
    manifest.functions.keys().filter(absent).cloned().collect()
}

fn binary(function: &str, options: &Options) -> PathBuf {
    let own = options.binaries.get(function);
    own.cloned().unwrap_or_else(|| options.bin_dir.join(function))
}

/// Opens the data, makes what is missing, and prepares every function. True when the store was empty.
fn cloud(manifest: Manifest, options: &Options, address: SocketAddr) -> anyhow::Result<(Cloud, bool)> {
    let url = format!("http://{address}");
    let secrets = manifest
        .functions
        .values()
        .flat_map(|function| &function.secrets)
        .map(String::as_str);
    let data = Data::open(options.data.as_deref(), secrets)?;
    let (dynamo, sqs) = data.engines(&url)?;
    let physical = physical(&url, options.log_level.clone(), data.book.secrets.clone());
    provision::tables(&dynamo, &manifest, &physical)?;
    provision::queues(&sqs, &manifest, &physical)?;
    let empty = provision::staff_key(&dynamo, &physical, &data.book.staff_key)?;
    let logs = Arc::new(Logs::new(options.echo));
    let warden = Arc::new(Warden::start()?);
    let keys = Keys::new(
        data.book.operator_key.clone(),
        manifest.functions.keys().map(String::as_str),
    );
    let mut pools = BTreeMap::new();
    for function in manifest.functions.values() {
        let Some(key) = keys.of(&function.name) else {
            bail!("`{}` has no access key", function.name)
        };
        let mut environment = manifest.environment(&function.name, &physical);
        environment.extend(lambda_environment(function, &physical, &url, key));
        let kind = Kind {
            name: function.name.as_str().into(),
            arn: arn(&physical, &function.name),
            binary: binary(&function.name, options),
            environment,
            timeout: Duration::from_secs(function.timeout_s.into()),
            instances_max: options.instances_max.max(1),
            idle_max: options.idle_max,
            runtime_url: format!("{url}/_runtime/{}", function.name),
        };
        pools.insert(
            function.name.clone(),
            Pool::new(kind, logs.clone(), warden.clone()),
        );
    }
    let tables: Vec<String> = manifest.tables.keys().map(|name| physical.name(name)).collect();
    let queues: Vec<String> = manifest
        .queue_names()
        .iter()
        .map(|name| physical.name(name))
        .collect();
    let cloud = Cloud {
        rights: Rights::new(&manifest, physical.clone()),
        mails: Mails::open(data.mails()),
        wakes: Arc::new(Wakes::new(tables, queues)),
        progress: Progress::default(),
        manifest,
        physical,
        dynamo,
        sqs,
        keys,
        logs,
        data,
        pools,
    };
    Ok((cloud, empty))
}

/// How things are called in a stack at this URL.
pub(crate) fn physical(url: &str, log_level: Option<String>, secrets: BTreeMap<String, String>) -> Physical {
    Physical {
        app: APP.to_owned(),
        env: ENV.to_owned(),
        region: embedded_aws::REGION.to_owned(),
        queue_base_url: format!("{url}/{}", embedded_aws::ACCOUNT),
        shop_url: url.to_owned(),
        storefront_url: url.to_owned(),
        mail_from: "shop@cartwright.example".to_owned(),
        log_level,
        secrets,
    }
}

/// What Lambda itself gives to every function, and where its AWS is.
fn lambda_environment(
    function: &Function,
    physical: &Physical,
    url: &str,
    key: &str,
) -> Vec<(String, String)> {
    let name = physical.name(&function.name);
    let pairs = [
        ("AWS_REGION", physical.region.clone()),
        ("AWS_DEFAULT_REGION", physical.region.clone()),
        ("AWS_ACCESS_KEY_ID", key.to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
        ("AWS_SESSION_TOKEN", "local".to_owned()),
        ("AWS_ENDPOINT_URL_DYNAMODB", url.to_owned()),
        ("AWS_ENDPOINT_URL_SQS", url.to_owned()),
        ("AWS_ENDPOINT_URL_SESV2", url.to_owned()),
        ("AWS_LAMBDA_FUNCTION_NAME", function.name.clone()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory_mb.to_string()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}")),
        ("LANG", "en_US.UTF-8".to_owned()),
        ("TZ", ":UTC".to_owned()),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value)).into()
}

fn arn(physical: &Physical, function: &str) -> String {
    format!(
        "arn:aws:lambda:{}:{}:function:{}",
        physical.region,
        embedded_aws::ACCOUNT,
        physical.name(function)
    )
}

fn routes(cloud: &Cloud) -> Vec<(manifest::Route, Arc<Pool>)> {
    let routes = cloud.manifest.routes().into_iter();
    routes
        .filter_map(|(route, function)| Some((route.clone(), cloud.pool(&function.name)?.clone())))
        .collect()
}
