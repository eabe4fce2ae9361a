//! What AWS is for the shop, in one value: engines, keys, rights, functions, logs.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use embedded_aws::{Dynamo, Sqs};
use manifest::{Manifest, Physical};
use tokio::sync::Notify;

use crate::{
    aws::{Keys, Rights, ses::Mails},
    data::Data,
    functions::Pool,
    logs::Logs,
    sources::Progress,
};

/// Everything the parts of the stack share.
pub(crate) struct Cloud {
    pub(crate) manifest: Manifest,
    pub(crate) physical: Physical,
    pub(crate) dynamo: Dynamo,
    pub(crate) sqs: Sqs,
    pub(crate) keys: Keys,
    pub(crate) rights: Rights,
    pub(crate) mails: Mails,
    pub(crate) logs: Arc<Logs>,
    pub(crate) wakes: Arc<Wakes>,
    pub(crate) data: Data,
    pub(crate) pools: BTreeMap<String, Arc<Pool>>,
    pub(crate) progress: Progress,
}

impl Cloud {
    /// The processes of a function.
    pub(crate) fn pool(&self, function: &str) -> Option<&Arc<Pool>> {
        self.pools.get(function)
    }
}

/// Who is woken by what: an event source must not sleep while there is work.
#[derive(Debug)]
pub(crate) struct Wakes {
    tables: HashMap<String, Notify>,
    queues: HashMap<String, Notify>,
    /// For names that are not in the manifest, such as an operator's own queue.
    others: Notify,
    moves: AtomicU64,
    moved: Notify,
}

impl Wakes {
    /// Physical names of tables and queues.
    pub(crate) fn new(
        tables: impl IntoIterator<Item = String>,
        queues: impl IntoIterator<Item = String>,
    ) -> Self {
        Self {
            tables: tables.into_iter().map(|name| (name, Notify::new())).collect(),
            queues: queues.into_iter().map(|name| (name, Notify::new())).collect(),
            others: Notify::new(),
            moves: AtomicU64::new(0),
            moved: Notify::new(),
        }
    }

    /// Items of these tables may have changed.
    pub(crate) fn written(&self, tables: &[&str]) {
        self.stirred();
        for table in tables {
            self.table(table).notify_waiters();
        }
    }

    /// A message may have become receivable.
    pub(crate) fn arrived(&self, queue: &str) {
        self.stirred();
        self.arrival(queue).notify_waiters();
    }

    /// Something has moved: written, sent, or done with.
    pub(crate) fn stirred(&self) {
        self.moves.fetch_add(1, Ordering::SeqCst);
        self.moved.notify_waiters();
    }

    /// How much has moved since the start.
    pub(crate) fn moves(&self) -> u64 {
        self.moves.load(Ordering::SeqCst)
    }

    /// Waits here are woken by every move.
    pub(crate) fn moved(&self) -> &Notify {
        &self.moved
    }

    /// Waits here are woken by changes of a table.
    pub(crate) fn table(&self, table: &str) -> &Notify {
        self.tables.get(table).unwrap_or(&self.others)
    }

    /// Waits here are woken by arrivals on a queue.
    pub(crate) fn arrival(&self, queue: &str) -> &Notify {
        self.queues.get(queue).unwrap_or(&self.others)
    }
}
