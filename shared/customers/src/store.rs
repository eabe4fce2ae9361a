//! Rows and access patterns K1 to K3 of the table `customers`; the only code that touches it.
//!
//! | row | pk | sk |
//! |---|---|---|
//! | profile | `customer#<user id>` | `profile` |
//! | that the account was erased | `customer#<user id>` | `erased` |
//! | a mail that is asked for | `mail#<mail id>` | `mail` |

use authority::UserId;
use kernel::{Address, Fault, Time};
use platform::Cloud;
use platform::table::{Condition, Key, Put, Table, Write};
use serde::{Deserialize, Serialize};

use crate::profile::{Consent, Profile, SavedAddress};

/// The table `customers`.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    table: Table,
}

#[derive(Debug, Serialize, Deserialize)]
struct ProfileRow {
    pk: String,
    sk: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(default)]
    consents: Vec<ConsentRow>,
    #[serde(default)]
    addresses: Vec<AddressRow>,
    version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    updated_at: Option<Time>,
}

#[derive(Debug, Serialize, Deserialize)]
struct ConsentRow {
    granted: bool,
    at: Time,
}

#[derive(Debug, Serialize, Deserialize)]
struct AddressRow {
    label: String,
    address: Address,
}

#[derive(Debug, Serialize)]
struct ErasedRow {
    pk: String,
    sk: String,
    /// Who wanted it, by id.
    by: String,
    erased_at: Time,
}

impl Store {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            table: cloud.table("customers"),
        }
    }

    /// The table, for mails that are asked for in it.
    pub(crate) fn table(&self) -> &Table {
        &self.table
    }

    /// K1: a customer's profile, as the last write left it; an empty one when there is none.
    pub(crate) async fn profile(&self, user_id: &UserId) -> Result<Profile, Fault> {
        let row = self
            .table
            .get_consistent::<ProfileRow>(profile_key(user_id))
            .await?;
        Ok(row.map(Profile::from).unwrap_or_default())
    }

    /// K2: replace the profile that was read at version `read`. Fails its condition when it has
    /// changed since; the second call does.
    pub(crate) fn replacing(&self, user_id: &UserId, profile: &Profile, read: u64) -> Put {
        let put = self.table.put(&ProfileRow::of(user_id, profile));
        match read {
            0 => put.only_if_absent(),
            version => put.only_if(Condition::eq("version", version)),
        }
    }

    /// K3: forget the profile and note who wanted that. The second call changes nothing that counts.
    pub(crate) fn erasing(&self, user_id: &UserId, by: &str, now: Time) -> [Write; 2] {
        let Key { pk, sk } = Key::new(partition(user_id), "erased");
        let row = ErasedRow {
            pk,
            sk,
            by: by.to_owned(),
            erased_at: now,
        };
        [
            self.table.delete(profile_key(user_id)).into(),
            self.table.put(&row).into(),
        ]
    }
}

fn partition(user_id: &UserId) -> String {
    format!("customer#{user_id}")
}

fn profile_key(user_id: &UserId) -> Key {
    Key::new(partition(user_id), "profile")
}

impl ProfileRow {
    fn of(user_id: &UserId, profile: &Profile) -> Self {
        let Key { pk, sk } = profile_key(user_id);
        let Profile {
            phone,
            consents,
            addresses,
            version,
            updated_at,
        } = profile.clone();
        let consent = |Consent { granted, at }: Consent| ConsentRow { granted, at };
        let saved = |SavedAddress { label, address }: SavedAddress| AddressRow { label, address };
        Self {
            pk,
            sk,
            phone,
            consents: consents.into_iter().map(consent).collect(),
            addresses: addresses.into_iter().map(saved).collect(),
            version,
            updated_at,
        }
    }
}

impl From<ProfileRow> for Profile {
    fn from(row: ProfileRow) -> Self {
        let consent = |ConsentRow { granted, at }: ConsentRow| Consent { granted, at };
        let saved = |AddressRow { label, address }: AddressRow| SavedAddress { label, address };
        Self {
            phone: row.phone,
            consents: row.consents.into_iter().map(consent).collect(),
            addresses: row.addresses.into_iter().map(saved).collect(),
            version: row.version,
            updated_at: row.updated_at,
        }
    }
}
