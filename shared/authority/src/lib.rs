//! Who staff and machines are: API keys, what they may do, and until when.
//!
//! [`Keys`] is the façade: it mints and revokes keys, and it is the key ring that functions for
//! staff hand to [`platform::http::serve_staff`]. A key is shown once, when it is minted; what is
//! kept is a hash of its secret, so that a copy of the table opens nothing.

mod key;
pub mod mail;
mod mint;
mod store;

use std::sync::Arc;

use kernel::{Clock, Fault, Random, Time};
use platform::Cloud;
use platform::http::{FoundKey, KeyRing, Staff};

pub use key::{ApiKey, BadScope, Credential, KeyId, NewKey, Scope};
pub use mint::{MintError, Minted};
use store::Store;

/// The API keys of the shop.
pub struct Keys {
    store: Store,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Keys {
    /// Keeps keys in the table `authority`.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            store: Store::new(cloud),
            clock: cloud.clock(),
            random: cloud.random(),
        }
    }

    /// Ends a key now. Ending it twice changes nothing; one that never was is missing.
    pub async fn revoke(&self, key_id: &KeyId) -> Result<(), Fault> {
        self.store.revoke(key_id, self.clock.now()).await
    }

    async fn holder(&self, presented: &str, now: Time) -> Result<Option<Staff>, Fault> {
        let Some(credential) = Credential::parse(presented) else {
            return Ok(None);
        };
        let found = self.store.get(&credential.key_id).await?;
        // An unknown key is compared as well, with a hash that nothing has: it takes as long.
        let right = credential.opens(
            found
                .as_ref()
                .map(|key| key.secret_hash.as_str())
                .unwrap_or_default(),
        );
        let holder = |key: ApiKey| Staff {
            id: key.key_id.to_string(),
            name: key.name,
            permissions: key.scopes.iter().map(ToString::to_string).collect(),
            presence: None,
        };
        Ok(found.filter(|key| right && key.is_good_at(now)).map(holder))
    }
}

impl KeyRing for Keys {
    fn find<'a>(&'a self, presented: &'a str, now: Time) -> FoundKey<'a> {
        Box::pin(self.holder(presented, now))
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Keys")
    }
}

#[cfg(test)]
mod tests;
