//! Signing keys: A13 to A15.

use kernel::{Fault, Time};
use platform::table::{Condition, Key};
use serde::{Deserialize, Serialize};

use super::Store;

/// All of them; there are at most a handful at a time.
const PARTITION: &str = "signing";
const KEYS_MAX: u8 = 100;

/// A signing key as it is kept: the public half in plain, the private half sealed by the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SigningRow {
    pub(crate) pk: String,
    pub(crate) sk: String,
    /// Keys are numbered, so that two rotations at once make one key.
    pub(crate) number: u32,
    pub(crate) kid: String,
    pub(crate) x: String,
    pub(crate) y: String,
    pub(crate) sealed: String,
    pub(crate) created_at: Time,
    /// From when on it signs: published for a while before.
    pub(crate) active_from: Time,
}

impl SigningRow {
    pub(crate) fn key(number: u32) -> Key {
        Key::new(PARTITION, format!("key#{number:010}"))
    }
}

impl Store {
    /// A13: every signing key, the oldest first.
    pub(crate) async fn signing_keys(&self) -> Result<Vec<SigningRow>, Fault> {
        let query = self.table.query(PARTITION).begins_with("key#").consistent();
        Ok(query.limit(KEYS_MAX).page::<SigningRow>().await?.items)
    }

    /// A14: insert the key of this number; false when somebody else has made it.
    pub(crate) async fn insert_signing_key(&self, row: &SigningRow) -> Result<bool, Fault> {
        match self.table.put(row).only_if_absent().send().await {
            Ok(()) => Ok(true),
            Err(error) if error.is_condition_failed() => Ok(error
                .old_item::<SigningRow>()
                .is_some_and(|old| old.kid == row.kid)),
            Err(error) => Err(error.into()),
        }
    }

    /// A15: remove a key that nobody needs any more. Removing it twice changes nothing.
    pub(crate) async fn remove_signing_key(&self, row: &SigningRow) -> Result<(), Fault> {
        let same = Condition::absent().or(Condition::eq("kid", &row.kid));
        let delete = self.table.delete(SigningRow::key(row.number)).only_if(same);
        Ok(delete.send().await?)
    }
}
