//! The table `authority`: one row per key.
//!
//! | pattern | key |
//! |---|---|
//! | I1 insert a key, I2 get it, I3 revoke it | `pk = key#<key id>`, `sk = key` |

use kernel::{Fault, Time};
use platform::Cloud;
use platform::table::{Condition, Key, Table};
use serde::{Deserialize, Serialize};

use crate::key::{ApiKey, KeyId, Scope};

pub(crate) struct Store {
    table: Table,
}

#[derive(Serialize, Deserialize)]
struct KeyRow {
    pk: String,
    sk: String,
    key_id: KeyId,
    name: String,
    scopes: Vec<String>,
    secret_hash: String,
    created_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Time>,
}

impl Store {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            table: cloud.table("authority"),
        }
    }

    /// I1: insert one key; never overwrites. The same key twice is the same row.
    pub(crate) async fn insert(&self, key: &ApiKey) -> Result<(), Fault> {
        let row = KeyRow::from(key);
        match self.table.put(&row).only_if_absent().send().await {
            // The id carries 74 random bits: a row that is there is our own, its first answer lost.
            Err(error) if error.is_condition_failed() => {
                let ours = error
                    .old_item::<KeyRow>()
                    .is_some_and(|old| old.secret_hash == row.secret_hash);
                if ours { Ok(()) } else { Err(error.into()) }
            }
            other => Ok(other?),
        }
    }

    /// I2: one key. A key that was revoked a moment ago may still be found good.
    pub(crate) async fn get(&self, key_id: &KeyId) -> Result<Option<ApiKey>, Fault> {
        let row: Option<KeyRow> = self.table.get(row_key(key_id)).await?;
        row.map(ApiKey::try_from).transpose()
    }

    /// I3: note the end of a key; an earlier end stands.
    pub(crate) async fn revoke(&self, key_id: &KeyId, now: Time) -> Result<(), Fault> {
        let update = self
            .table
            .update(row_key(key_id))
            .set_if_absent("revoked_at", now);
        match update.only_if(Condition::exists()).send().await {
            Err(error) if error.is_condition_failed() => Err(Fault::missing("key")),
            other => Ok(other?),
        }
    }
}

fn row_key(key_id: &KeyId) -> Key {
    Key::new(format!("key#{key_id}"), "key")
}

impl From<&ApiKey> for KeyRow {
    fn from(key: &ApiKey) -> Self {
        let Key { pk, sk } = row_key(&key.key_id);
        Self {
            pk,
            sk,
            key_id: key.key_id.clone(),
            name: key.name.clone(),
            scopes: key.scopes.iter().map(ToString::to_string).collect(),
            secret_hash: key.secret_hash.clone(),
            created_at: key.created_at,
            expires_at: key.expires_at,
            revoked_at: key.revoked_at,
        }
    }
}

impl TryFrom<KeyRow> for ApiKey {
    type Error = Fault;

    fn try_from(row: KeyRow) -> Result<Self, Fault> {
        let scopes: Result<Vec<Scope>, _> = row.scopes.iter().map(|scope| Scope::parse(scope)).collect();
        Ok(Self {
            key_id: row.key_id,
            name: row.name,
            scopes: scopes.map_err(Fault::broken)?,
            secret_hash: row.secret_hash,
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
        })
    }
}
