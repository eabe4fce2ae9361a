//! Forgetting what programs did in the name of somebody who is gone.

use std::sync::Arc;

use authority::UserId;
use kernel::{Clock, Fault};
use platform::Cloud;

use crate::store::Store;

/// How many pages of each kind one call forgets; whoever has more is asked again.
const PAGES_MAX: usize = 20;

/// Forgets: needs the table alone.
pub struct Forgetting {
    store: Store,
    clock: Arc<dyn Clock>,
}

impl Forgetting {
    /// From what the manifest grants: `oauth`.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            store: Store::new(cloud),
            clock: cloud.clock(),
        }
    }

    /// Forgets what somebody agreed to, the browsers they are signed in with and the codes they
    /// allowed. From then on no consent of theirs is kept any more. The second call finds nothing.
    pub async fn forget(&self, user_id: &UserId) -> Result<(), Fault> {
        self.store.mark_erased(user_id, self.clock.now()).await?;
        self.forget_agreed(user_id).await?;
        self.forget_traces(user_id).await
    }

    async fn forget_agreed(&self, user_id: &UserId) -> Result<(), Fault> {
        let mut after = None;
        for _ in 0..PAGES_MAX {
            let page = self.store.agreed(user_id, after).await?;
            self.store.forget_agreed(user_id, &page.items).await?;
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
        Err(too_much())
    }

    async fn forget_traces(&self, user_id: &UserId) -> Result<(), Fault> {
        let mut after = None;
        for _ in 0..PAGES_MAX {
            let page = self.store.traces(user_id, after).await?;
            self.store.forget_traces(user_id, &page.items).await?;
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
        Err(too_much())
    }
}

/// The next call goes on where this one ended, since what is forgotten is not found again.
fn too_much() -> Fault {
    Fault::busy("there is more of this person than one message forgets")
}

impl std::fmt::Debug for Forgetting {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Forgetting")
    }
}

#[cfg(test)]
mod tests;
