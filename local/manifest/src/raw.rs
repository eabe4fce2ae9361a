//! The YAML as it is written, one struct per block, every unknown key refused.
//!
//! Everything a check may complain about keeps its line. The JSON Schema for editors is
//! derived from these very structs, so that it cannot say anything else.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_saphyr::Spanned;

/// A mapping in the order of the file, each key with its line.
#[derive(Debug)]
pub(crate) struct Entries<T>(pub(crate) Vec<(Spanned<String>, T)>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Collect<T> {
            type Value = Entries<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a mapping of names")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(Collect(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Entries<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Entries_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        BTreeMap::<String, T>::json_schema(generator)
    }
}

/// One value, or a list of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    pub(crate) fn into_vec(self) -> Vec<T> {
        match self {
            Self::One(value) => vec![value],
            Self::Many(values) => values,
        }
    }
}

/// One file of `infra/manifest`: what a context stores, hears, says and serves.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Cartwright manifest")]
pub(crate) struct RawFile {
    /// What every function gets unless its own entry says otherwise; only in `_defaults.yaml`.
    pub(crate) defaults: Option<RawDefaults>,
    /// The tables the context owns.
    #[serde(default)]
    pub(crate) tables: Entries<RawTable>,
    /// The queues the context listens on; each has a parked twin, `<queue>-parked`.
    #[serde(default)]
    pub(crate) queues: Entries<RawQueue>,
    /// The functions of the context; the name is the folder, the package and the deployed name.
    #[serde(default)]
    pub(crate) functions: Entries<RawFunction>,
}

/// Defaults of functions and their event sources.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawDefaults {
    /// Memory of a function in MiB.
    pub(crate) memory_mb: u32,
    /// Time limit of a function in seconds.
    pub(crate) timeout_s: u32,
    /// Options of queue triggers.
    pub(crate) queue: RawQueueDefaults,
    /// Options of stream triggers.
    pub(crate) stream: RawStreamDefaults,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawQueueDefaults {
    /// Messages in one invocation.
    pub(crate) batch: u32,
    /// Seconds to wait for a fuller batch.
    pub(crate) window_s: u32,
    /// Deliveries before a message is parked.
    pub(crate) receives_max: u32,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawStreamDefaults {
    /// Records in one invocation.
    pub(crate) batch: u32,
    /// Retries of a failing batch before its records are parked.
    pub(crate) retries_max: u32,
}

/// A table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawTable {
    /// Partition key and sort key, both strings.
    #[schemars(length(min = 1, max = 2))]
    pub(crate) key: Vec<String>,
    /// Indexes by name (`by_<what>`): their partition key and sort key, both strings.
    #[serde(default)]
    pub(crate) indexes: Entries<Vec<String>>,
    /// What the table's stream carries; no stream when absent.
    pub(crate) stream: Option<RawStreamView>,
    /// The attribute (seconds since 1970) after which a row may be removed.
    pub(crate) ttl: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RawStreamView {
    NewAndOldImages,
}

/// A queue: the listening context and the fact it hears.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawQueue {
    /// The fact, or facts, that are put on this queue.
    pub(crate) from: OneOrMany<String>,
}

/// A function.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawFunction {
    /// What makes it run: exactly one of `http`, `queue`, `stream`, `schedule`, `invoke`.
    pub(crate) trigger: RawTrigger,
    /// What it may reach: tables (`read`, `write`, `readwrite`, `append`, `readappend`), queues, `mail` and `outbound` (`send`).
    #[serde(default)]
    pub(crate) access: Entries<RawVerb>,
    /// Secrets it is given as `SECRET_<NAME>`.
    #[serde(default)]
    pub(crate) secrets: Vec<String>,
    /// Memory in MiB.
    #[schemars(range(min = 128, max = 10240))]
    pub(crate) memory_mb: Option<u32>,
    /// Time limit in seconds; at most 29 behind a route.
    #[schemars(range(min = 1, max = 900))]
    pub(crate) timeout_s: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RawVerb {
    Read,
    Write,
    Readwrite,
    Append,
    Readappend,
    Send,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RawAuth {
    Public,
    Guest,
    Customer,
    Staff,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RawIdempotency {
    Required,
    Optional,
    None,
}

/// What makes a function run, with the options of that kind.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawTrigger {
    /// Method and path, `POST /v1/orders/{order_id}/cancel`, or `$default`.
    pub(crate) http: Option<String>,
    /// The queue it consumes.
    pub(crate) queue: Option<String>,
    /// The table whose stream it reads.
    pub(crate) stream: Option<String>,
    /// `rate(5 minutes)` or `cron(0 3 * * ? *)`.
    pub(crate) schedule: Option<String>,
    /// `true`: an operator invokes it directly.
    pub(crate) invoke: Option<bool>,
    /// http: who may call.
    pub(crate) auth: Option<OneOrMany<RawAuth>>,
    /// http: what a staff caller must be permitted to do.
    pub(crate) scope: Option<String>,
    /// http: what an application that acts for a customer must have been given; none may when absent.
    pub(crate) delegated: Option<String>,
    /// http: 2 asks people for a session with a second factor.
    #[schemars(range(min = 1, max = 2))]
    pub(crate) assurance: Option<u8>,
    /// http: how lately people must have proven who they are, such as `10m` (s, m, h).
    #[schemars(regex(pattern = r"^[1-9][0-9]*[smh]$"))]
    pub(crate) fresh: Option<String>,
    /// http: calls per caller, such as `20/min`.
    #[schemars(regex(pattern = r"^[1-9][0-9]*/(s|min|hour|day)$"))]
    pub(crate) limit: Option<String>,
    /// http: whether an `Idempotency-Key` is honored.
    pub(crate) idempotency: Option<RawIdempotency>,
    /// http: largest request body in KiB.
    #[schemars(range(min = 1, max = 6144))]
    pub(crate) body_kb: Option<u32>,
    /// queue, stream: messages or records in one invocation.
    pub(crate) batch: Option<u32>,
    /// queue: seconds to wait for a fuller batch.
    pub(crate) window_s: Option<u32>,
    /// queue: invocations at the same time at most, where more would harm; no bound when absent.
    #[schemars(range(min = 2, max = 1000))]
    pub(crate) concurrency: Option<u32>,
    /// queue: deliveries before a message is parked.
    pub(crate) receives_max: Option<u32>,
    /// stream: retries of a failing batch before its records are parked.
    pub(crate) retries_max: Option<u32>,
}

/// The JSON Schema of a manifest file, as kept in `infra/manifest.schema.json`.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(RawFile).into()
}
