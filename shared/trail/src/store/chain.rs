//! The table `trail-chain`: per shard a head and its links, per entry a mark that it is bound.

use kernel::Fault;
use platform::Cloud;
use platform::table::{Condition, Key, Table, Transaction};
use serde::{Deserialize, Serialize};

use crate::chain::{Head, Link};

/// The chains' table.
#[derive(Debug, Clone)]
pub(crate) struct ChainStore {
    table: Table,
}

/// What became of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// It is the chain's last.
    Now,
    /// The entry had its link before.
    Before,
    /// Another entry's link came first; the chain has another head now.
    Elsewhere,
}

#[derive(Debug, Serialize, Deserialize)]
struct HeadRow {
    pk: String,
    sk: String,
    seq: u64,
    hash: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct LinkRow {
    pk: String,
    sk: String,
    seq: u64,
    entry_pk: String,
    entry_sk: String,
    entry_hash: String,
    previous: String,
    hash: String,
}

/// Says where an entry is bound, and that it is.
#[derive(Debug, Serialize, Deserialize)]
struct MarkRow {
    pk: String,
    sk: String,
    seq: u64,
}

/// The order of the writes in the transaction.
const MARK: usize = 1;

impl ChainStore {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            table: cloud.table("trail-chain"),
        }
    }

    /// A1: the head of a chain as the last link left it.
    pub(crate) async fn head(&self, shard: u8) -> Result<Head, Fault> {
        let row: Option<HeadRow> = self.table.get_consistent(head_key(shard)).await?;
        Ok(row.map_or_else(Head::beginning, |row| Head {
            seq: row.seq,
            hash: row.hash,
        }))
    }

    /// A2: put a link behind the head that was read, and mark its entry; all or nothing. The second
    /// call finds the mark.
    pub(crate) async fn bind(&self, head: &Head, link: &Link) -> Result<Bound, Fault> {
        let advance = self
            .table
            .update(head_key(link.shard))
            .set("seq", link.seq)
            .set("hash", &link.hash)
            .only_if(if head.seq == 0 {
                Condition::absent()
            } else {
                Condition::eq("seq", head.seq).and(Condition::eq("hash", &head.hash))
            });
        let committed = Transaction::new()
            .with(self.table.put(&LinkRow::from(link)).only_if_absent())
            .with(self.table.put(&MarkRow::from(link)).only_if_absent())
            .with(advance)
            .commit()
            .await;
        match committed {
            Ok(()) => Ok(Bound::Now),
            Err(error) if error.condition_failed_at(MARK) => Ok(Bound::Before),
            Err(error) if error.is_condition_failed() || error.is_conflict() => Ok(Bound::Elsewhere),
            Err(error) => Err(error.into()),
        }
    }
}

fn head_key(shard: u8) -> Key {
    Key::new(format!("chain#{shard}"), "head")
}

impl From<&Link> for LinkRow {
    fn from(link: &Link) -> Self {
        Self {
            pk: format!("chain#{}", link.shard),
            sk: format!("{:020}", link.seq),
            seq: link.seq,
            entry_pk: link.entry_pk.clone(),
            entry_sk: link.entry_sk.clone(),
            entry_hash: link.entry_hash.clone(),
            previous: link.previous.clone(),
            hash: link.hash.clone(),
        }
    }
}

impl From<&Link> for MarkRow {
    fn from(link: &Link) -> Self {
        Self {
            pk: format!("entry#{}#{}", link.entry_pk, link.entry_sk),
            sk: "link".to_owned(),
            seq: link.seq,
        }
    }
}
