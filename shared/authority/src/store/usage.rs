//! The table `usage`: when an API key was used last. A table of its own, since every function that
//! takes keys writes to it, and none of them may write to `authority`.

use std::collections::BTreeMap;

use kernel::{Duration, Fault, Time};
use platform::Cloud;
use platform::table::{Condition, Key, Table};
use serde::{Deserialize, Serialize};

use crate::key::KeyId;

/// How exactly it is known when a key was used last.
pub(crate) const PRECISION: Duration = Duration::hours(1);

#[derive(Debug, Serialize, Deserialize)]
struct UsedRow {
    pk: String,
    sk: String,
    key_id: KeyId,
    used_at: Time,
}

/// The table, when the manifest entry grants it.
#[derive(Debug, Clone)]
pub(crate) struct Usage {
    table: Option<Table>,
}

fn used_key(key_id: &KeyId) -> Key {
    Key::new(format!("key#{key_id}"), "used")
}

impl Usage {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            table: cloud.setting("TABLE_USAGE").map(|_| cloud.table("usage")),
        }
    }

    /// B1: note that a key is used, unless somebody did within the hour.
    pub(crate) async fn note(&self, key_id: &KeyId, now: Time) -> Result<(), Fault> {
        let Some(table) = &self.table else {
            return Ok(());
        };
        let Key { pk, sk } = used_key(key_id);
        let row = UsedRow {
            pk,
            sk,
            key_id: key_id.clone(),
            used_at: now,
        };
        let due = Condition::absent().or(Condition::le("used_at", now.minus(PRECISION)));
        match table.put(&row).only_if(due).send().await {
            Err(error) if error.is_condition_failed() => Ok(()),
            other => Ok(other?),
        }
    }

    /// B2: when these keys were used last; those that never were are left out.
    pub(crate) async fn of(&self, key_ids: &[KeyId]) -> Result<BTreeMap<KeyId, Time>, Fault> {
        let Some(table) = &self.table else {
            return Ok(BTreeMap::new());
        };
        let keys = key_ids.iter().map(used_key).collect();
        let rows = table.get_many::<UsedRow>(keys).await?;
        Ok(rows.into_iter().map(|row| (row.key_id, row.used_at)).collect())
    }
}
