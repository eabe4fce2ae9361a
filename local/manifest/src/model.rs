//! The manifest in memory: merged, typed, defaults filled in.

use std::{collections::BTreeMap, fmt};

use crate::{names, schedule::Schedule};

/// Everything the shop is made of. A value of this type has passed every check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// What a function gets unless its entry says otherwise.
    pub defaults: Defaults,
    /// Tables by name.
    pub tables: BTreeMap<String, Table>,
    /// Queues by name, without their parked twins (see [`Manifest::queue_names`]).
    pub queues: BTreeMap<String, Queue>,
    /// Functions by name.
    pub functions: BTreeMap<String, Function>,
}

/// Where an entry is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file's name, such as `orders.yaml`.
    pub file: String,
    /// The line, counted from one.
    pub line: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.file, self.line)
    }
}

/// The block `defaults` of `_defaults.yaml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Defaults {
    /// Memory of a function in MiB.
    pub memory_mb: u32,
    /// Time limit of a function in seconds.
    pub timeout_s: u32,
    /// Messages in one invocation of a queue function.
    pub queue_batch: u32,
    /// Seconds a queue source waits for a fuller batch.
    pub queue_window_s: u32,
    /// Deliveries before a message is parked.
    pub queue_receives_max: u32,
    /// Records in one invocation of a stream function.
    pub stream_batch: u32,
    /// Retries of a failing batch of records before they are parked.
    pub stream_retries_max: u32,
}

/// A table and its indexes. All key attributes are strings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Logical name; physical names are [`crate::Physical`]'s.
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// The primary key.
    pub key: Key,
    /// Global secondary indexes, all attributes projected.
    pub indexes: Vec<Index>,
    /// Whether changes are streamed with new and old images.
    pub stream: bool,
    /// The attribute after which a row may be removed.
    pub ttl: Option<String>,
}

/// Partition key and sort key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The attribute that chooses the partition.
    pub partition: String,
    /// The attribute that sorts inside it.
    pub sort: Option<String>,
}

/// One index of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// `by_<what>`.
    pub name: String,
    /// Its key.
    pub key: Key,
}

/// A queue, as its consumer needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Logical name: listener and fact.
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// The facts that are put on it.
    pub from: Vec<String>,
    /// The one function that consumes it.
    pub consumer: String,
    /// Deliveries before a message is parked.
    pub receives_max: u32,
    /// How long a delivered message stays hidden: six times the consumer's time limit.
    pub visibility_s: u32,
}

impl Queue {
    /// The queue that keeps what could not be handled.
    pub fn parked(&self) -> String {
        names::parked(&self.name)
    }
}

/// A function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Folder, package, binary and deployed name.
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// What makes it run.
    pub trigger: Trigger,
    /// What it may reach, by resource name.
    pub access: BTreeMap<String, Access>,
    /// Secrets it is given.
    pub secrets: Vec<String>,
    /// Memory in MiB.
    pub memory_mb: u32,
    /// Time limit in seconds.
    pub timeout_s: u32,
}

impl Function {
    /// Whether it is called without waiting: by the clock, or by an operator.
    pub fn asynchronous(&self) -> bool {
        match self.trigger {
            Trigger::Schedule(_) | Trigger::Invoke => true,
            Trigger::Http(_) | Trigger::Queue(_) | Trigger::Stream(_) => false,
        }
    }
}

/// What a function may do with a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Read a table and its indexes; no scan.
    Read,
    /// Write a table without reading it.
    Write,
    /// Both.
    ReadWrite,
    /// Put new rows into a table; neither read, change nor remove any.
    Append,
    /// Read rows and put new ones; neither change nor remove any.
    ReadAppend,
    /// Put something on a queue, send mail, or call the outside.
    Send,
}

impl Access {
    /// The word in the manifest.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::ReadWrite => "readwrite",
            Self::Append => "append",
            Self::ReadAppend => "readappend",
            Self::Send => "send",
        }
    }

    /// Whether rows can be read with it.
    pub fn reads(self) -> bool {
        matches!(self, Self::Read | Self::ReadWrite | Self::ReadAppend)
    }

    /// Whether new rows can be put with it, and no row changed.
    pub fn appends(self) -> bool {
        matches!(self, Self::Append | Self::ReadAppend)
    }

    /// Whether rows can be changed with it.
    pub fn writes(self) -> bool {
        matches!(self, Self::Write | Self::ReadWrite)
    }
}

/// What makes a function run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// A request.
    Http(Http),
    /// Messages of a queue.
    Queue(QueueTrigger),
    /// Records of a table's stream.
    Stream(StreamTrigger),
    /// The clock.
    Schedule(Schedule),
    /// An operator, directly.
    Invoke,
}

/// A route and who may call it how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Http {
    /// Method and path.
    pub route: Route,
    /// Kinds of callers; never empty.
    pub auth: Vec<Auth>,
    /// What a staff caller must be permitted to do.
    pub scope: Option<String>,
    /// What an application that acts for a customer must have been given; none may when absent.
    pub delegated: Option<String>,
    /// How well a person's session must be proven: 1 or 2.
    pub assurance: u8,
    /// How lately a person must have proven who they are, in seconds.
    pub fresh_s: Option<u32>,
    /// Calls per caller.
    pub limit: Option<Limit>,
    /// Whether an `Idempotency-Key` is honored.
    pub idempotency: Idempotency,
    /// Largest request body in bytes.
    pub body_bytes_max: u64,
}

/// A method and a path, or the route that answers what no other does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Route {
    /// `POST /v1/orders/{order_id}/cancel`.
    Path {
        /// Upper-case method.
        method: String,
        /// The path with its parameters in braces.
        path: String,
    },
    /// `$default`.
    Default,
}

impl fmt::Display for Route {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path { method, path } => write!(formatter, "{method} {path}"),
            Self::Default => formatter.write_str("$default"),
        }
    }
}

/// A kind of caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// Anyone.
    Public,
    /// The holder of a cart token.
    Guest,
    /// Somebody with an account.
    Customer,
    /// Somebody, or a machine, with the route's scope.
    Staff,
}

impl Auth {
    /// The word in the manifest.
    pub fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Guest => "guest",
            Self::Customer => "customer",
            Self::Staff => "staff",
        }
    }
}

/// Whether an `Idempotency-Key` is honored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idempotency {
    /// A call without a key is refused.
    Required,
    /// A key is honored when given.
    Optional,
    /// Repeating is harmless by nature.
    None,
}

impl Idempotency {
    /// The word in the manifest.
    pub fn word(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Optional => "optional",
            Self::None => "none",
        }
    }
}

/// So many calls in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Calls allowed.
    pub calls: u32,
    /// In this period.
    pub per: Period,
}

impl fmt::Display for Limit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.calls, self.per.word())
    }
}

/// The period of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// `s`
    Second,
    /// `min`
    Minute,
    /// `hour`
    Hour,
    /// `day`
    Day,
}

impl Period {
    /// The word in the manifest.
    pub fn word(self) -> &'static str {
        match self {
            Self::Second => "s",
            Self::Minute => "min",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }
}

/// A queue as an event source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueTrigger {
    /// The queue it consumes.
    pub queue: String,
    /// Messages in one invocation.
    pub batch: u32,
    /// Seconds to wait for a fuller batch.
    pub window_s: u32,
    /// Invocations at the same time at most, where more would harm something; no bound when none.
    pub concurrency: Option<u32>,
}

/// A table's stream as an event source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamTrigger {
    /// The table whose stream it reads.
    pub table: String,
    /// Records in one invocation.
    pub batch: u32,
    /// Retries of a failing batch before its records are parked.
    pub retries_max: u32,
}

impl Manifest {
    /// Every queue to be made: each with its parked twin, one for each stream function's failures, and
    /// one for the failures of all that is called without waiting.
    pub fn queue_names(&self) -> Vec<String> {
        let streams = self
            .functions
            .values()
            .filter(|f| matches!(f.trigger, Trigger::Stream(_)));
        let mut names: Vec<String> = self
            .queues
            .values()
            .flat_map(|q| [q.name.clone(), q.parked()])
            .collect();
        names.extend(streams.map(|function| names::parked(&function.name)));
        if self.functions.values().any(Function::asynchronous) {
            names.push(names::parked(names::ASYNC));
        }
        names
    }

    /// Every route with its function, the default route last.
    pub fn routes(&self) -> Vec<(&Route, &Function)> {
        let mut routes: Vec<_> = self
            .functions
            .values()
            .filter_map(|function| match &function.trigger {
                Trigger::Http(http) => Some((&http.route, function)),
                Trigger::Queue(_) | Trigger::Stream(_) | Trigger::Schedule(_) | Trigger::Invoke => None,
            })
            .collect();
        routes.sort_by_key(|(route, _)| *route);
        routes
    }
}
