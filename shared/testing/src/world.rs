//! Everything outside of the functions: tables, queues, mail, time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use embedded_aws::{Answer, Dynamo, Sqs};
use kernel::{Clock, Time};
use manifest::{Manifest, Physical};
use platform::Settings;
use platform::wire::WireAnswer;
use serde_json::{Value, json};

use crate::{Injector, Sabotage, VirtualClock};

/// A world could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// The manifest is not valid.
    #[error("the manifest cannot be read")]
    Manifest(#[from] manifest::ManifestError),
    /// The embedded services failed.
    #[error("the embedded AWS failed")]
    Embedded(#[from] embedded_aws::Error),
    /// A call that must succeed did not.
    #[error("{target} answered {status}: {body}")]
    Refused {
        /// `X-Amz-Target`.
        target: String,
        /// HTTP status.
        status: u16,
        /// The answer.
        body: String,
    },
}

/// Tables, queues, mail and time of one history.
pub struct World {
    /// The manifest that made it.
    pub manifest: Manifest,
    /// How it calls things.
    pub physical: Physical,
    /// Its time.
    pub clock: Arc<VirtualClock>,
    /// What goes wrong in it.
    pub faults: Injector,
    dynamo: Dynamo,
    sqs: Sqs,
    mails: Mutex<Vec<Value>>,
    sabotage: Mutex<Vec<Sabotage>>,
    settings: Mutex<BTreeMap<String, String>>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("World")
            .field("now", &self.now().to_string())
            .finish_non_exhaustive()
    }
}

impl World {
    /// An empty shop of the repository's manifest.
    pub fn new() -> Result<Self, WorldError> {
        let manifest = manifest()?;
        let secret = |name: &str| (name.to_owned(), "5e".repeat(32));
        let physical = Physical {
            app: "cartwright".into(),
            env: "test".into(),
            region: "local".into(),
            queue_base_url: "http://aws.test/000000000000".into(),
            shop_url: "http://shop.test".into(),
            storefront_url: "http://shop.test".into(),
            mail_from: "shop@example.com".into(),
            log_level: None,
            secrets: BTreeMap::from([secret("signing"), secret("sandbox-webhook"), secret("vault")]),
        };
        let clock = Arc::new(VirtualClock::new());
        let reader = Arc::clone(&clock);
        let dynamo = Dynamo::memory_at(move || reader.now().unix_ms())?;
        let sqs = Sqs::memory("http://aws.test")?;
        let (faults, mails, sabotage) = (Injector::default(), Mutex::default(), Mutex::default());
        let settings = Mutex::default();
        let world = Self {
            manifest,
            physical,
            clock,
            faults,
            dynamo,
            sqs,
            mails,
            sabotage,
            settings,
        };
        for creation in world.manifest.creations(&world.physical) {
            world.must(creation.target, &creation.body)?;
        }
        Ok(world)
    }

    /// The present moment of this world.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// What a function of this world is started with.
    pub fn settings(&self, function: &str) -> Settings {
        let fixed = [
            ("AWS_REGION", "local"),
            ("AWS_ACCESS_KEY_ID", function),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_LAMBDA_FUNCTION_NAME", function),
            ("AWS_ENDPOINT_URL_DYNAMODB", "http://aws.test"),
            ("AWS_ENDPOINT_URL_SQS", "http://aws.test"),
            ("AWS_ENDPOINT_URL_SESV2", "http://aws.test"),
        ];
        let fixed = fixed.map(|(name, value)| (name.to_owned(), value.to_owned()));
        self.manifest
            .environment(function, &self.physical)
            .into_iter()
            .chain(fixed)
            .chain(self.own_settings().clone())
            .collect()
    }

    /// Starts functions with one more setting from now on.
    pub fn set(&self, name: &str, value: &str) {
        self.own_settings().insert(name.to_owned(), value.to_owned());
    }

    fn own_settings(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls AWS as the test itself, without faults. Every answer but success is an error.
    pub fn must(&self, target: &str, body: &Value) -> Result<Value, WorldError> {
        let answer = self.aws(target, body.to_string().as_bytes());
        if answer.status == 200 {
            return Ok(serde_json::from_slice(&answer.body).unwrap_or_default());
        }
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        Err(WorldError::Refused {
            target: target.to_owned(),
            status: answer.status,
            body,
        })
    }

    /// Every item of a table as plain JSON (numbers as numbers), in no particular order.
    pub fn rows(&self, table: &str) -> Result<Vec<Value>, WorldError> {
        let mut request = json!({ "TableName": self.physical.name(table), "ConsistentRead": true });
        let mut rows = Vec::new();
        loop {
            let page = self.must("DynamoDB_20120810.Scan", &request)?;
            rows.extend(
                page["Items"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(audit::plain_item),
            );
            match page.get("LastEvaluatedKey") {
                Some(key) => request["ExclusiveStartKey"] = key.clone(),
                None => return Ok(rows),
            }
        }
    }

    /// The bodies of the messages on a queue, by its physical name.
    pub fn waiting(&self, queue: &str) -> Vec<String> {
        let peeked = self
            .sqs
            .peek(queue, 100, self.now().unix_ms())
            .unwrap_or_default();
        peeked.into_iter().map(|message| message.body).collect()
    }

    /// The mails that were accepted, in order: `to`, `subject`, `text`.
    pub fn mails(&self) -> Vec<Value> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes a guard away from now on.
    pub fn sabotage(&self, sabotage: Sabotage) {
        self.sabotage
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(sabotage);
    }

    /// A function's call to AWS, less what was sabotaged.
    pub(crate) fn aws_from(&self, function: &str, target: &str, body: &[u8]) -> Answer {
        let operation = target.split_once('.').map_or(target, |(_, operation)| operation);
        let mut body = body.to_vec();
        for sabotage in self
            .sabotage
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
        {
            match sabotage.apply(function, operation, &body) {
                Some(rest) => body = rest,
                None => {
                    return Answer {
                        status: 200,
                        headers: Vec::new(),
                        body: b"{}".to_vec(),
                    };
                }
            }
        }
        self.aws(target, &body)
    }

    pub(crate) fn dynamo(&self) -> &Dynamo {
        &self.dynamo
    }

    pub(crate) fn sqs(&self) -> &Sqs {
        &self.sqs
    }

    pub(crate) fn aws(&self, target: &str, body: &[u8]) -> Answer {
        if target.starts_with("AmazonSQS.") {
            self.sqs.handle(target, body, self.now().unix_ms())
        } else {
            self.dynamo.handle(target, body)
        }
    }

    pub(crate) fn accept_mail(&self, body: &[u8]) -> WireAnswer {
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        let simple = &request["Content"]["Simple"];
        self.mails
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(json!({
                "to": request["Destination"]["ToAddresses"][0],
                "subject": simple["Subject"]["Data"],
                "text": simple["Body"]["Text"]["Data"],
            }));
        WireAnswer {
            status: 200,
            headers: Vec::new(),
            body: br#"{"MessageId":"mail"}"#.to_vec(),
        }
    }
}

/// The repository's manifest, read once a process.
fn manifest() -> Result<Manifest, WorldError> {
    static READ: OnceLock<Manifest> = OnceLock::new();
    if let Some(manifest) = READ.get() {
        return Ok(manifest.clone());
    }
    let manifest = Manifest::read(&manifest_folder())?;
    Ok(READ.get_or_init(|| manifest).clone())
}

fn manifest_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/manifest")
}
