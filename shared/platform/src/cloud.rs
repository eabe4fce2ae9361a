//! What a façade may reach: tables, mail, outbound HTTP, secrets, clock and randomness.
//!
//! SDK clients are built by hand from the environment and only when first used: loading default
//! configuration and the system's root certificates is what makes a cold start slow.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use kernel::{Clock, Random, Time};
use ring::rand::SecureRandom;

use crate::mail::Mailer;
use crate::outbound::Outbound;
use crate::queue::Queues;
use crate::secrets::{self, NoSecret};
use crate::settings::{BadSettings, Settings, variable};
use crate::table::Table;
use crate::trail::Trail;
use crate::wire::{self, Wire};

/// The capabilities of one function. Cheap to borrow; one per process.
pub struct Cloud {
    settings: Settings,
    missing: Mutex<BTreeSet<String>>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    wire: Option<Arc<dyn Wire>>,
    http: OnceLock<SharedHttpClient>,
    dynamodb: OnceLock<aws_sdk_dynamodb::Client>,
    sqs: OnceLock<aws_sdk_sqs::Client>,
    sesv2: OnceLock<aws_sdk_sesv2::Client>,
}

/// A secret value. Never printed.
#[derive(Clone)]
pub struct Secret(Arc<[u8]>);

impl Secret {
    /// Takes the bytes as they are.
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }
    /// The bytes, for signing and verifying.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Secret(…)")
    }
}

impl Cloud {
    /// The real cloud, or the local stack, as the environment says.
    pub fn from_env() -> Self {
        Self::assemble(
            Settings::from_env(),
            Arc::new(SystemClock),
            Arc::new(SystemRandom::new()),
            None,
        )
    }

    /// A cloud behind a wire of the caller's choice: nothing in it opens a socket.
    pub fn simulated(
        settings: Settings,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        wire: Arc<dyn Wire>,
    ) -> Self {
        Self::assemble(settings, clock, random, Some(wire))
    }

    /// [`Cloud::from_env`] with the secrets that the environment only points at.
    pub async fn open() -> Result<Self, NoSecret> {
        Self::from_env().with_secrets().await
    }

    /// The same cloud once every secret that its settings point at has a value.
    pub async fn with_secrets(mut self) -> Result<Self, NoSecret> {
        for (name, value) in secrets::load(&self).await? {
            self.settings.insert(name, value);
        }
        Ok(self)
    }

    pub(crate) fn assemble(
        settings: Settings,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        wire: Option<Arc<dyn Wire>>,
    ) -> Self {
        Self {
            settings,
            missing: Mutex::default(),
            clock,
            random,
            wire,
            http: OnceLock::new(),
            dynamodb: OnceLock::new(),
            sqs: OnceLock::new(),
            sesv2: OnceLock::new(),
        }
    }

    /// A setting that may be absent.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.get(name)
    }

    /// A setting that must be there. A missing one is empty here and named by [`Cloud::check`].
    pub fn need(&self, name: &str) -> String {
        if let Some(value) = self.setting(name) {
            return value.to_owned();
        }
        self.missing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name.to_owned());
        String::new()
    }

    /// Names every setting that was needed so far and is missing.
    pub fn check(&self) -> Result<(), BadSettings> {
        let names: Vec<String> = self
            .missing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .cloned()
            .collect();
        if names.is_empty() {
            Ok(())
        } else {
            Err(BadSettings { names })
        }
    }

    /// A table that the manifest entry grants.
    pub fn table(&self, name: &str) -> Table {
        Table::new(self.dynamodb().clone(), self.need(&variable("TABLE", name)))
    }

    /// The audit trail. Without `trail: append` in the manifest entry, an append is our mistake.
    pub fn trail(&self) -> Trail {
        let name = self.setting("TABLE_TRAIL");
        let table = Table::new(
            self.dynamodb().clone(),
            name.unwrap_or("trail-not-granted").to_owned(),
        );
        Trail::new(table, name.is_some(), self.random())
    }

    /// A secret that the manifest entry names: hexadecimal text in the settings.
    pub fn secret(&self, name: &str) -> Secret {
        let variable = variable("SECRET", name);
        let text = self.need(&variable);
        Secret(from_hex(&text).unwrap_or_else(|| text.into_bytes()).into())
    }

    /// The present moment.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// Randomness fit for secrets.
    pub fn random(&self) -> Arc<dyn Random> {
        Arc::clone(&self.random)
    }

    /// Sends mail in the shop's name.
    pub fn mailer(&self) -> Mailer {
        Mailer::new(self.sesv2().clone(), self.need("MAIL_FROM"))
    }

    /// Calls other hosts over HTTP.
    pub fn outbound(&self) -> Outbound {
        Outbound::new(match &self.wire {
            Some(wire) => wire::simulated_connector(Arc::clone(wire)),
            None => wire::open_connector(),
        })
    }

    /// Calls AWS itself where no generated client is worth its weight.
    pub(crate) fn aws_outbound(&self) -> Outbound {
        Outbound::new(match &self.wire {
            Some(wire) => wire::simulated_connector(Arc::clone(wire)),
            None => wire::aws_connector(),
        })
    }

    /// Calls hosts that somebody else named: public ones only, whatever their names resolve to. A shop
    /// that is itself reached without TLS runs on one machine, and calls that machine too.
    pub fn outbound_public(&self) -> Outbound {
        let is_local = self
            .setting("SHOP_URL")
            .is_some_and(|url| url.starts_with("http://"));
        match &self.wire {
            None if !is_local => Outbound::new(wire::public_connector()).only_public(),
            _ => self.outbound(),
        }
    }

    fn http(&self) -> SharedHttpClient {
        let make = || match &self.wire {
            Some(wire) => wire::simulated_client(Arc::clone(wire)),
            None if self.is_plain() => wire::plain_client(),
            None => wire::aws_client(),
        };
        self.http.get_or_init(make).clone()
    }

    /// Whether every service is at an address of its own that takes no TLS, as in the local stack.
    /// Reading certificates that nobody will show is a tenth of a cold start.
    fn is_plain(&self) -> bool {
        let is_plain = |service| {
            self.endpoint(service)
                .is_some_and(|url| url.starts_with("http://"))
        };
        ["DYNAMODB", "SQS", "SESV2"].into_iter().all(is_plain)
    }

    pub(crate) fn queues(&self) -> Queues {
        Queues::new(self.sqs().clone())
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    fn dynamodb(&self) -> &aws_sdk_dynamodb::Client {
        self.dynamodb.get_or_init(|| {
            let mut config = aws_sdk_dynamodb::Config::builder()
                .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
                .region(aws_sdk_dynamodb::config::Region::new(self.region()))
                .credentials_provider(self.credentials())
                .http_client(self.http())
                .sleep_impl(sleep())
                .timeout_config(timeouts())
                .retry_config(retries());
            config.set_endpoint_url(self.endpoint("DYNAMODB"));
            aws_sdk_dynamodb::Client::from_conf(config.build())
        })
    }

    fn sqs(&self) -> &aws_sdk_sqs::Client {
        self.sqs.get_or_init(|| {
            let mut config = aws_sdk_sqs::Config::builder()
                .behavior_version(aws_sdk_sqs::config::BehaviorVersion::latest())
                .region(aws_sdk_sqs::config::Region::new(self.region()))
                .credentials_provider(self.credentials())
                .http_client(self.http())
                .sleep_impl(sleep())
                .timeout_config(timeouts())
                .retry_config(retries());
            config.set_endpoint_url(self.endpoint("SQS"));
            aws_sdk_sqs::Client::from_conf(config.build())
        })
    }

    fn sesv2(&self) -> &aws_sdk_sesv2::Client {
        self.sesv2.get_or_init(|| {
            let mut config = aws_sdk_sesv2::Config::builder()
                .behavior_version(aws_sdk_sesv2::config::BehaviorVersion::latest())
                .region(aws_sdk_sesv2::config::Region::new(self.region()))
                .credentials_provider(self.credentials())
                .http_client(self.http())
                .sleep_impl(sleep())
                .timeout_config(timeouts())
                .retry_config(retries());
            config.set_endpoint_url(self.endpoint("SESV2"));
            aws_sdk_sesv2::Client::from_conf(config.build())
        })
    }

    fn region(&self) -> String {
        self.need("AWS_REGION")
    }

    fn endpoint(&self, service: &str) -> Option<String> {
        self.setting(&variable("AWS_ENDPOINT_URL", service))
            .map(str::to_owned)
    }

    pub(crate) fn credentials(&self) -> Credentials {
        let token = self.setting("AWS_SESSION_TOKEN").map(str::to_owned);
        Credentials::new(
            self.need("AWS_ACCESS_KEY_ID"),
            self.need("AWS_SECRET_ACCESS_KEY"),
            token,
            None,
            "environment",
        )
    }
}

impl std::fmt::Debug for Cloud {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Cloud")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

fn sleep() -> SharedAsyncSleep {
    SharedAsyncSleep::new(TokioSleep::new())
}

/// Connect within 1 s, an attempt within 3 s, the whole operation within 8 s: under the 10 s that
/// a function has by default.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(3))
        .operation_timeout(Duration::from_secs(8))
        .build()
}

/// Three attempts with jittered backoff from 25 ms: a throttled or lost call is tried again, within
/// the SDK's retry budget.
fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(3)
        .with_initial_backoff(Duration::from_millis(25))
        .with_max_backoff(Duration::from_millis(500))
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|value| u8::try_from(value).ok())
    };
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the machine's clock is read"
    )]
    fn now(&self) -> Time {
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        Time::from_unix_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The operating system's randomness.
#[derive(Debug)]
pub struct SystemRandom(ring::rand::SystemRandom);

impl SystemRandom {
    /// The one source; making it costs nothing.
    pub fn new() -> Self {
        Self(ring::rand::SystemRandom::new())
    }
}

impl Default for SystemRandom {
    fn default() -> Self {
        Self::new()
    }
}

impl Random for SystemRandom {
    /// Ends the process when the operating system has no randomness: a guessable id or secret
    /// would be worse.
    fn fill(&self, buffer: &mut [u8]) {
        if self.0.fill(buffer).is_err() {
            std::process::abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_is_left_out_only_where_every_service_does_without() {
        let is_plain = |endpoints: &[(&str, &str)]| {
            let settings = endpoints
                .iter()
                .map(|(name, url)| (variable("AWS_ENDPOINT_URL", name), (*url).to_owned()));
            let random = Arc::new(SystemRandom::new());
            Cloud::assemble(settings.collect(), Arc::new(SystemClock), random, None).is_plain()
        };
        let here = "http://127.0.0.1:1";
        assert!(is_plain(&[("DYNAMODB", here), ("SQS", here), ("SESV2", here)]));
        assert!(!is_plain(&[("DYNAMODB", here), ("SQS", here)]), "SES is on AWS");
        assert!(!is_plain(&[
            ("DYNAMODB", here),
            ("SQS", here),
            ("SESV2", "https://127.0.0.1:1")
        ]));
        assert!(!is_plain(&[]), "that is AWS");
    }
}
