//! API keys: minted, listed, rotated, ended.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::{Clock, Duration, Fault, Ids, Limit, Page, Random, Time};
use platform::Cloud;
use platform::table::Transaction;
use platform::trail::{Entry, Trail};

use crate::actor::Actor;
use crate::key::{ApiKey, Credential, KeyId, KeyKind, NewKey};
use crate::store::{Store, Usage};

const NAME_CHARS_MAX: usize = 100;
/// How long a key stays good beside the one that replaces it.
pub const OVERLAP: Duration = Duration::hours(24);

/// The API keys of the shop.
pub struct Keys {
    store: Store,
    usage: Usage,
    trail: Trail,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

/// A new key with its secret, which nobody can read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minted {
    /// The key as it is kept.
    pub key: ApiKey,
    /// What its holder presents; [`Credential::reveal`] shows it.
    pub credential: Credential,
}

/// Why a key was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The name is empty or longer than 100 characters.
    #[error("a key needs a name of 1 to 100 characters")]
    BadName,
    /// It may do nothing.
    #[error("a secret key needs at least one scope")]
    NoScope,
    /// A publishable key is in public view.
    #[error("a publishable key grants nothing; leave its scopes out")]
    PublicScope,
    /// It would be over before it begins.
    #[error("the key would have expired already")]
    Expired,
    /// It may do more than who mints it.
    #[error("nobody gives what they do not hold; leave out scopes that you do not have")]
    Exceeds,
    /// It would be good for longer than the key that mints it.
    #[error("a key gives at most its own remaining life; give the new one an end that is not after it")]
    Outlives,
    /// It opens nothing any more.
    #[error("the key has expired or was revoked; mint a new one")]
    Over,
    /// There is no such key.
    #[error("there is no such key")]
    Missing,
    /// It could not be stored.
    #[error("the key could not be stored")]
    Store(#[from] Fault),
}

impl From<KeyError> for Fault {
    fn from(error: KeyError) -> Self {
        let detail = error.to_string();
        match error {
            KeyError::BadName => Self::invalid("key_name_invalid", detail),
            KeyError::NoScope => Self::invalid("key_scope_missing", detail),
            KeyError::PublicScope => Self::invalid("key_scope_public", detail),
            KeyError::Expired => Self::invalid("key_expired", detail),
            KeyError::Exceeds => Self::refused("key_exceeds_grantor", detail),
            KeyError::Outlives => Self::refused("key_outlives_grantor", detail),
            KeyError::Over => Self::refused("key_over", detail),
            KeyError::Missing => Self::missing("key"),
            KeyError::Store(fault) => fault,
        }
    }
}

impl Keys {
    /// Keeps keys in the table `authority`.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            store: Store::new(cloud),
            usage: Usage::new(cloud),
            trail: cloud.trail(),
            clock: cloud.clock(),
            random: cloud.random(),
        }
    }

    /// Mints a key. Its credential is in the answer and nowhere else. A key that has an end mints none
    /// that is good for longer.
    pub async fn mint(&self, new: NewKey, by: &Actor) -> Result<Minted, KeyError> {
        let now = self.clock.now();
        check(&new, now)?;
        if !by.powers.cover(&new.scopes) {
            return Err(KeyError::Exceeds);
        }
        if !by.outlasts(new.expires_at) {
            return Err(KeyError::Outlives);
        }
        let minted = self.make(new, by, now);
        let entry = entry("key.created", &minted.key.key_id, by, now)
            .with("kind", minted.key.kind.as_str())
            .with("scopes", scopes(&minted.key));
        let transaction = Transaction::new()
            .with(self.store.inserting_key(&minted.key))
            .with(self.trail.entry(&entry));
        transaction.commit().await.map_err(Fault::from)?;
        Ok(minted)
    }

    /// Mints a key in another's place, with the same end. The old one stays good for [`OVERLAP`], or
    /// less if it would have expired before: both open until the new one is everywhere.
    pub async fn rotate(&self, key_id: &KeyId, by: &Actor) -> Result<Minted, KeyError> {
        let now = self.clock.now();
        let old = self.store.key(key_id).await?.ok_or(KeyError::Missing)?;
        if !old.is_good_at(now) {
            return Err(KeyError::Over);
        }
        if !by.powers.cover(&old.scopes) {
            return Err(KeyError::Exceeds);
        }
        if !by.outlasts(old.expires_at) {
            return Err(KeyError::Outlives);
        }
        let overlap = now.plus(OVERLAP);
        let until = old.replaced_until.map_or(overlap, |end| end.min(overlap));
        let new = NewKey {
            kind: old.kind,
            name: old.name.clone(),
            scopes: old.scopes.clone(),
            expires_at: old.expires_at,
        };
        let minted = self.make(new, by, now);
        let entry = entry("key.rotated", key_id, by, now).with("replaced_by", minted.key.key_id.as_str());
        let transaction = Transaction::new()
            .with(self.store.replacing_key(&old, &minted.key.key_id, until))
            .with(self.store.inserting_key(&minted.key))
            .with(self.trail.entry(&entry));
        match transaction.commit().await {
            Ok(()) => Ok(minted),
            Err(error) if error.condition_failed_at(0) => Err(KeyError::Over),
            Err(error) => Err(Fault::from(error).into()),
        }
    }

    /// Ends a key now. Ending it twice changes nothing; one that never was is missing.
    pub async fn revoke(&self, key_id: &KeyId, by: &Actor) -> Result<(), KeyError> {
        let now = self.clock.now();
        let key = self.store.key(key_id).await?.ok_or(KeyError::Missing)?;
        if key.revoked_at.is_some() {
            return Ok(());
        }
        if !by.powers.cover(&key.scopes) {
            return Err(KeyError::Exceeds);
        }
        let transaction = Transaction::new()
            .with(self.store.revoking_key(key_id, now))
            .with(self.trail.entry(&entry("key.revoked", key_id, by, now)));
        match transaction.commit().await {
            Err(error) if error.condition_failed_at(0) => Ok(()),
            other => Ok(other.map_err(Fault::from)?),
        }
    }

    /// Keys, the newest first, each with when it was used last, to the hour.
    pub async fn list(
        &self,
        limit: Limit,
        after: Option<String>,
    ) -> Result<Page<(ApiKey, Option<Time>)>, Fault> {
        let page = self.store.keys(limit, after).await?;
        let ids: Vec<KeyId> = page.items.iter().map(|key| key.key_id.clone()).collect();
        let used: BTreeMap<KeyId, Time> = self.usage.of(&ids).await?;
        Ok(page.map(|key| {
            let used_at = used.get(&key.key_id).copied();
            (key, used_at)
        }))
    }

    fn make(&self, new: NewKey, by: &Actor, now: Time) -> Minted {
        let key_id = KeyId::mint(&Ids::new(now, &*self.random));
        let mut secret = [0; 32];
        self.random.fill(&mut secret);
        let credential = Credential::new(key_id.clone(), new.kind, secret);
        let key = ApiKey {
            key_id,
            kind: new.kind,
            name: new.name.trim().to_owned(),
            scopes: new.scopes,
            secret_hash: credential.hash(),
            created_at: now,
            created_by: Some(by.id.clone()),
            expires_at: new.expires_at,
            replaced_until: None,
            revoked_at: None,
            replaced_by: None,
        };
        Minted { key, credential }
    }
}

fn check(new: &NewKey, now: Time) -> Result<(), KeyError> {
    if !(1..=NAME_CHARS_MAX).contains(&new.name.trim().chars().count()) {
        return Err(KeyError::BadName);
    }
    match new.kind {
        KeyKind::Secret if new.scopes.is_empty() => return Err(KeyError::NoScope),
        KeyKind::Publishable if !new.scopes.is_empty() => return Err(KeyError::PublicScope),
        KeyKind::Secret | KeyKind::Publishable => {}
    }
    match new.expires_at {
        Some(end) if end <= now => Err(KeyError::Expired),
        Some(_) | None => Ok(()),
    }
}

fn entry(action: &'static str, key_id: &KeyId, by: &Actor, now: Time) -> Entry {
    Entry::new(action, by.id.as_str(), now)
        .about(key_id.as_str())
        .from(by.origin.clone())
}

fn scopes(key: &ApiKey) -> String {
    let scopes: Vec<String> = key.scopes.iter().map(ToString::to_string).collect();
    scopes.join(" ")
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Keys")
    }
}
