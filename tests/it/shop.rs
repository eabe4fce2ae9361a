//! A shop of one's own: the whole stack with the real function binaries, empty, on a free port.
//!
//! It runs in the test's process, or, for tests that kill it, as a process of its own ([`Up`]).
//! Tests speak to it over HTTP as clients do. Where a client could not reach (a fact to tell, a
//! timer to run, a clock to turn), they use the pages of the local stack or its AWS endpoints.
//!
//! | file | has |
//! |---|---|
//! | `ask` | one request |
//! | `answer` | what came back, and what every answer must carry |
//! | `goods` | products, stock, regions |
//! | `checkout` | carts and orders |
//! | `clients` | programs that act for people, and the provider's pages |
//! | `behind` | facts, timers, mails, rows: what no client sees |
//! | `crowd` | many at once |
//! | `factors` | authenticator apps and passkeys |
//! | `people` | accounts, and what they are mailed |
//! | `staff` | people who work here |
//! | `up` | the command `cartwright`: a stack that can be killed, an audit |

mod answer;
mod ask;
mod behind;
mod checkout;
pub(crate) mod clients;
mod crowd;
mod factors;
mod goods;
mod people;
mod staff;
mod up;

use std::path::{Path, PathBuf};

use bytes::Bytes;
use cartwright::{Options, Stack, seed};
use http::Method;
use http_body_util::Full;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use manifest::Manifest;
use serde_json::Value;
use tokio::sync::{Mutex, OnceCell};

pub(crate) use answer::Answer;
pub(crate) use ask::Ask;
pub(crate) use checkout::{Cart, Order};
pub(crate) use crowd::together;
pub(crate) use factors::{App, PAGE};
pub(crate) use people::{PASSWORD, Person};
pub(crate) use up::{Up, cartwright};

/// A running shop. It ends, with all its processes, when it is dropped.
pub(crate) struct TestShop {
    url: String,
    staff_key: String,
    operator_key: String,
    manifest: Manifest,
    client: Client<HttpConnector, Full<Bytes>>,
    /// The region `eu`, made when it is first needed.
    region: OnceCell<()>,
    /// The id of the one location, made when it is first needed.
    location: OnceCell<String>,
    /// Anybody who is logged in, and how many there have been.
    somebody: Mutex<Option<(u32, Person)>>,
    /// None when it runs in a process of its own.
    stack: Option<Stack>,
}

impl TestShop {
    /// Opens an empty shop.
    pub(crate) async fn open() -> Self {
        Self::of(options()).await
    }

    /// Opens a shop that keeps everything in a folder.
    pub(crate) async fn open_in(data: &Path) -> Self {
        let mut options = options();
        options.data = Some(data.to_owned());
        Self::of(options).await
    }

    /// Opens a shop with so many products of the sample.
    pub(crate) async fn open_with_sample(products: usize) -> Self {
        let shop = Self::open().await;
        seed::seed(&shop.url, &shop.staff_key, Some(products))
            .await
            .unwrap_or_else(|error| panic!("no sample shop: {error:#}"));
        shop
    }

    async fn of(options: Options) -> Self {
        let stack = Stack::start(options)
            .await
            .unwrap_or_else(|error| panic!("no shop: {error:#}"));
        let missing = stack.missing();
        // Who works on one context may run its tests with what is built: `SHOP_PARTIAL=1`.
        let partial = std::env::var_os("SHOP_PARTIAL").is_some();
        assert!(
            missing.is_empty() || partial,
            "run `cargo build --workspace --bins` first (or `cargo xtask test`, which does): no binary for {}",
            missing.join(", ")
        );
        let shop = Self::at(stack.url(), stack.staff_key(), stack.operator_key());
        Self {
            stack: Some(stack),
            ..shop
        }
    }

    /// A shop that runs already.
    fn at(url: &str, staff_key: &str, operator_key: &str) -> Self {
        Self {
            url: url.to_owned(),
            staff_key: staff_key.to_owned(),
            operator_key: operator_key.to_owned(),
            manifest: manifest(),
            client: Client::builder(TokioExecutor::new()).build_http(),
            region: OnceCell::new(),
            location: OnceCell::new(),
            somebody: Mutex::default(),
            stack: None,
        }
    }

    /// Closes it in order: what it keeps is on disk afterwards.
    pub(crate) async fn close(self) {
        if let Some(stack) = self.stack {
            stack.stop().await;
        }
    }

    /// `GET`.
    pub(crate) fn get(&self, path: impl Into<String>) -> Ask<'_> {
        Ask::new(self, Method::GET, path.into())
    }

    /// `POST`.
    pub(crate) fn post(&self, path: impl Into<String>) -> Ask<'_> {
        Ask::new(self, Method::POST, path.into())
    }

    /// `PATCH`.
    pub(crate) fn patch(&self, path: impl Into<String>) -> Ask<'_> {
        Ask::new(self, Method::PATCH, path.into())
    }

    /// `PUT`.
    pub(crate) fn put(&self, path: impl Into<String>) -> Ask<'_> {
        Ask::new(self, Method::PUT, path.into())
    }

    /// `DELETE`.
    pub(crate) fn delete(&self, path: impl Into<String>) -> Ask<'_> {
        Ask::new(self, Method::DELETE, path.into())
    }

    /// Any method.
    pub(crate) fn ask(&self, method: Method, path: impl Into<String>) -> Ask<'_> {
        Ask::new(self, method, path.into())
    }

    /// What the shop is made of.
    pub(crate) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Where it is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The key of a member of staff who may do everything.
    pub(crate) fn staff_key(&self) -> &str {
        &self.staff_key
    }
}

fn options() -> Options {
    let mut options = Options::of_workspace(&root());
    // Tests run side by side: a few processes each are enough.
    options.instances_max = 4;
    options
}

/// The checkout's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The manifest of the checkout.
pub(crate) fn manifest() -> Manifest {
    Manifest::read(&root().join("infra/manifest")).unwrap_or_else(|error| panic!("{error}"))
}

/// `events/<function>/<case>.json`.
pub(crate) fn sample(function: &str, case: &str) -> Value {
    let path = root().join(format!("events/{function}/{case}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
