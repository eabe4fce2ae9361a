//! Forgetting which identities elsewhere opened the account of somebody who is gone.

use authority::UserId;
use kernel::Fault;
use platform::Cloud;
use platform::table::Transaction;

use crate::store::Store;

/// How often what changed meanwhile is read again.
const ROUNDS_MAX: usize = 5;

/// Forgets: needs the table, and no key to what is in it.
#[derive(Debug)]
pub struct Forgetting {
    store: Store,
}

impl Forgetting {
    /// From what the manifest grants: `federation`.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            store: Store::new(cloud),
        }
    }

    /// Removes every way into the account, from both sides: the identities elsewhere are nobody's
    /// again. Whoever is gone gets no new one, since linking requires an account. The second call
    /// finds nothing.
    pub async fn forget(&self, user_id: &UserId) -> Result<(), Fault> {
        for _ in 0..ROUNDS_MAX {
            // One at most for each provider, and those are a hundred at most: one page.
            let links = self.store.links(user_id).await?;
            if links.is_empty() {
                return Ok(());
            }
            for link in &links {
                let writes = self.store.unlinking(link, None);
                let transaction = writes.into_iter().fold(Transaction::new(), Transaction::with);
                match transaction.commit().await {
                    Ok(()) => {}
                    // Unlinked meanwhile; the next round sees what is left.
                    Err(error) if error.is_condition_failed() || error.is_conflict() => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Err(Fault::busy(
            "the ways into the account change faster than they can be forgotten",
        ))
    }
}

#[cfg(test)]
mod tests;
