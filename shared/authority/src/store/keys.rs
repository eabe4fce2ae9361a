//! API keys: A17 to A20.

use kernel::{Fault, Limit, Page, Time};
use platform::table::{Condition, Key, Write};
use serde::{Deserialize, Serialize};

use super::{BadRow, Listing, Store};
use crate::key::{ApiKey, KeyId, KeyKind, Scope};

const LIST: &str = "keys";

#[derive(Serialize, Deserialize)]
struct KeyRow {
    pk: String,
    sk: String,
    key_id: KeyId,
    kind: String,
    name: String,
    scopes: Vec<String>,
    secret_hash: String,
    created_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    /// From when on it opens nothing. Not called `expires_at`, which is the table's time to live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    good_until: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaced_by: Option<KeyId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaced_until: Option<Time>,
    #[serde(flatten)]
    listing: Listing,
}

fn row_key(key_id: &KeyId) -> Key {
    Key::new(format!("key#{key_id}"), "key")
}

impl Store {
    /// A17: insert one key; never overwrites.
    pub(crate) fn inserting_key(&self, key: &ApiKey) -> Write {
        self.table.put(&KeyRow::from(key)).only_if_absent().into()
    }

    /// A18: one key, as the last answered change left it.
    pub(crate) async fn key(&self, key_id: &KeyId) -> Result<Option<ApiKey>, Fault> {
        let row = self.table.get_consistent::<KeyRow>(row_key(key_id)).await?;
        row.map(ApiKey::try_from).transpose()
    }

    /// A19: keys, the newest first.
    pub(crate) async fn keys(&self, limit: Limit, after: Option<String>) -> Result<Page<ApiKey>, Fault> {
        let page = self.list(LIST, limit, after).page::<KeyRow>().await?;
        let keys: Result<Vec<ApiKey>, Fault> = page.items.into_iter().map(ApiKey::try_from).collect();
        Ok(Page {
            items: keys?,
            next: page.next,
        })
    }

    /// A20: note the end of a key, if nobody has; fails its condition otherwise.
    pub(crate) fn revoking_key(&self, key_id: &KeyId, now: Time) -> Write {
        let good = Condition::exists().and(Condition::attr_absent("revoked_at"));
        self.table
            .update(row_key(key_id))
            .set("revoked_at", now)
            .only_if(good)
            .into()
    }

    /// A20, for a key that another one replaces: it stays good until then.
    pub(crate) fn replacing_key(&self, old: &ApiKey, by: &KeyId, until: Time) -> Write {
        let good = Condition::exists().and(Condition::attr_absent("revoked_at"));
        self.table
            .update(row_key(&old.key_id))
            .set("replaced_until", until)
            .set("replaced_by", by)
            .only_if(good)
            .into()
    }
}

impl From<&ApiKey> for KeyRow {
    fn from(key: &ApiKey) -> Self {
        let Key { pk, sk } = row_key(&key.key_id);
        Self {
            pk,
            sk,
            key_id: key.key_id.clone(),
            kind: key.kind.as_str().to_owned(),
            name: key.name.clone(),
            scopes: key.scopes.iter().map(ToString::to_string).collect(),
            secret_hash: key.secret_hash.clone(),
            created_at: key.created_at,
            created_by: key.created_by.clone(),
            good_until: key.expires_at,
            revoked_at: key.revoked_at,
            replaced_by: key.replaced_by.clone(),
            replaced_until: key.replaced_until,
            listing: Listing::of(LIST, key.created_at, key.key_id.as_str()),
        }
    }
}

impl TryFrom<KeyRow> for ApiKey {
    type Error = Fault;

    fn try_from(row: KeyRow) -> Result<Self, Fault> {
        let scopes: Result<Vec<Scope>, _> = row.scopes.iter().map(|scope| Scope::parse(scope)).collect();
        let kind = KeyKind::parse(&row.kind).ok_or_else(|| Fault::broken(BadRow::new(&row.pk, "kind")))?;
        Ok(Self {
            key_id: row.key_id,
            kind,
            name: row.name,
            scopes: scopes.map_err(Fault::broken)?,
            secret_hash: row.secret_hash,
            created_at: row.created_at,
            created_by: row.created_by,
            expires_at: row.good_until,
            replaced_until: row.replaced_until,
            revoked_at: row.revoked_at,
            replaced_by: row.replaced_by,
        })
    }
}
