//! Forgetting what an erased user held.

use authority::UserId;
use kernel::Fault;
use platform::Cloud;
use platform::table::Transaction;

use crate::enrol::{crowded, decided};
use crate::prove::ROUNDS_MAX;
use crate::store::Store;

/// Forgets: needs the table, and no key to what is in it.
#[derive(Debug)]
pub struct Forgetting {
    store: Store,
}

impl Forgetting {
    /// From what the manifest grants: `factors`.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            store: Store::new(cloud),
        }
    }

    /// Removes everything the user held, their passkeys' ids included: those are nobody's again.
    /// The second call finds nothing.
    pub async fn forget(&self, user_id: &UserId) -> Result<(), Fault> {
        for _ in 0..ROUNDS_MAX {
            let held = self.store.held(user_id).await?;
            if held.version == 0 {
                return Ok(());
            }
            let forgetting = Transaction::new().with(self.store.forgetting(&held));
            let credentials = held.passkeys.iter().map(|passkey| self.store.releasing(passkey));
            if decided(credentials.fold(forgetting, Transaction::with).commit().await)? {
                return Ok(());
            }
        }
        Err(crowded())
    }
}
