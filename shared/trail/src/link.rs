//! Binds entries to their chains, each exactly once, whatever is repeated or runs at the same time.

use kernel::Fault;
use platform::Cloud;
use platform::stream::{Change, ChangeKind};
use platform::telemetry;

use crate::chain::{Link, Sealed};
use crate::store::chain::{Bound, ChainStore};
use crate::store::entry;

/// How often a link is tried when others bind entries to the same chain.
const TRIES_MAX: u32 = 8;

/// The chains of the audit trail.
pub struct Chain {
    store: ChainStore,
}

impl Chain {
    /// Keeps links in the table `trail-chain`.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            store: ChainStore::new(cloud),
        }
    }

    /// Binds the entry that a stream record brings. A second delivery finds it bound. A record that
    /// says an entry was changed or removed is told in the log; the chain itself shows it.
    pub async fn bind_change(&self, change: &Change) -> Result<(), Fault> {
        let Some(sealed) = entry::sealed(change)? else {
            return Ok(());
        };
        match change.kind {
            ChangeKind::Insert => self.bind(&sealed).await,
            ChangeKind::Modify | ChangeKind::Remove => {
                telemetry::note("trail.tampered", &sealed.sk);
                Ok(())
            }
        }
    }

    /// Binds one entry to the end of its chain, unless it is bound already.
    pub async fn bind(&self, entry: &Sealed) -> Result<(), Fault> {
        for _ in 0..TRIES_MAX {
            let head = self.store.head(entry.shard).await?;
            match self.store.bind(&head, &Link::after(&head, entry)).await? {
                Bound::Now | Bound::Before => return Ok(()),
                Bound::Elsewhere => {}
            }
        }
        Err(Fault::busy("other entries were bound first, every time"))
    }
}

impl std::fmt::Debug for Chain {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Chain")
    }
}
