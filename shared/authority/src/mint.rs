//! Minting a key.

use kernel::{Fault, Ids};

use crate::Keys;
use crate::key::{ApiKey, Credential, KeyId, NewKey};

const NAME_CHARS_MAX: usize = 100;

/// A new key with its secret, which nobody can read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minted {
    /// The key as it is kept.
    pub key: ApiKey,
    /// What its holder presents; [`Credential::reveal`] shows it.
    pub credential: Credential,
}

/// Why no key was minted.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// The name is empty or longer than 100 characters.
    #[error("a key needs a name of 1 to 100 characters")]
    BadName,
    /// It may do nothing.
    #[error("a key needs at least one scope")]
    NoScope,
    /// It would be over before it begins.
    #[error("the key would have expired already")]
    Expired,
    /// It could not be stored.
    #[error("the key could not be stored")]
    Store(#[source] Fault),
}

impl From<MintError> for Fault {
    fn from(error: MintError) -> Self {
        let detail = error.to_string();
        match error {
            MintError::BadName => Self::invalid("key_name_invalid", detail),
            MintError::NoScope => Self::invalid("key_scope_missing", detail),
            MintError::Expired => Self::invalid("key_expired", detail),
            MintError::Store(fault) => fault,
        }
    }
}

impl Keys {
    /// Mints a key. Its credential is in the answer and nowhere else.
    pub async fn mint(&self, new: NewKey) -> Result<Minted, MintError> {
        let now = self.clock.now();
        if !(1..=NAME_CHARS_MAX).contains(&new.name.trim().chars().count()) {
            return Err(MintError::BadName);
        }
        if new.scopes.is_empty() {
            return Err(MintError::NoScope);
        }
        if new.expires_at.is_some_and(|end| end <= now) {
            return Err(MintError::Expired);
        }
        let key_id = KeyId::mint(&Ids::new(now, &*self.random));
        let mut secret = [0; 32];
        self.random.fill(&mut secret);
        let credential = Credential::new(key_id.clone(), secret);
        let key = ApiKey {
            key_id,
            name: new.name.trim().to_owned(),
            scopes: new.scopes,
            secret_hash: credential.hash(),
            created_at: now,
            expires_at: new.expires_at,
            revoked_at: None,
        };
        self.store.insert(&key).await.map_err(MintError::Store)?;
        Ok(Minted { key, credential })
    }
}
