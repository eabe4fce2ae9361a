//! The rows of the table `factors` and their access patterns F1 to F6.

use authority::UserId;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Duration, Fault, Time};
use platform::Cloud;
use platform::table::{Condition, Key, Put, Table, Write};
use ring::digest;
use serde::{Deserialize, Serialize};

use crate::held::{Held, Passkey};

mod row;

use row::HeldRow;

/// How often one login's second step may be tried.
pub(crate) const TRIES_MAX: u32 = 5;
/// How long marks of what was used are kept: longer than what they mark can be used.
const MARKS_KEPT: Duration = Duration::hours(1);

const HELD: &str = "held";
const CREDENTIAL: &str = "credential";
const CEREMONY: &str = "ceremony";
const LOGIN: &str = "login";

/// The table.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    table: Table,
}

/// Whose credential it is: no other user can register it.
#[derive(Debug, Serialize, Deserialize)]
struct CredentialRow {
    pk: String,
    sk: String,
    user_id: UserId,
}

/// A ceremony that was used.
#[derive(Debug, Serialize, Deserialize)]
struct CeremonyRow {
    pk: String,
    sk: String,
    expires_at: i64,
}

impl Store {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            table: cloud.table("factors"),
        }
    }

    /// For rows that others put into this table: mail that is asked for.
    pub(crate) fn table(&self) -> &Table {
        &self.table
    }

    /// F1: what a user holds, with every change that was answered before.
    pub(crate) async fn held(&self, user_id: &UserId) -> Result<Held, Fault> {
        let row = self.table.get_consistent::<HeldRow>(held_key(user_id)).await?;
        match row {
            Some(row) => Held::try_from(row).map_err(Fault::broken),
            None => Ok(Held::nothing(user_id.clone())),
        }
    }

    /// F2: keep what a user holds now, if nobody has changed it since it was read. Raises the
    /// version, so that the second call fails its condition.
    pub(crate) fn keeping(&self, held: &Held) -> Put {
        let put = self.table.put(&HeldRow::following(held));
        if held.version == 0 {
            put.only_if_absent()
        } else {
            put.only_if(Condition::eq("version", held.version))
        }
    }

    /// F2: forget what a user holds, if nobody has changed it since it was read.
    pub(crate) fn forgetting(&self, held: &Held) -> Write {
        let same = Condition::eq("version", held.version);
        self.table.delete(held_key(&held.user_id)).only_if(same).into()
    }

    /// F3: whose credential it is.
    pub(crate) async fn owner(&self, credential_id: &[u8]) -> Result<Option<UserId>, Fault> {
        let key = credential_key(credential_id);
        let row = self.table.get_consistent::<CredentialRow>(key).await?;
        Ok(row.map(|row| row.user_id))
    }

    /// F3: a credential becomes this user's, if it is nobody's: the second call fails its condition.
    pub(crate) fn claiming(&self, user_id: &UserId, credential_id: &[u8]) -> Write {
        let Key { pk, sk } = credential_key(credential_id);
        let row = CredentialRow {
            pk,
            sk,
            user_id: user_id.clone(),
        };
        self.table.put(&row).only_if_absent().into()
    }

    /// F3: a credential becomes nobody's.
    pub(crate) fn releasing(&self, passkey: &Passkey) -> Write {
        self.table.delete(credential_key(&passkey.credential.id)).into()
    }

    /// F4: mark a ceremony as used. The second call fails its condition.
    pub(crate) fn using(&self, ceremony_id: &str, now: Time) -> Write {
        let Key { pk, sk } = ceremony_key(ceremony_id);
        let row = CeremonyRow {
            pk,
            sk,
            expires_at: now.plus(MARKS_KEPT).unix_s(),
        };
        self.table.put(&row).only_if_absent().into()
    }

    /// F4: whether a ceremony was used.
    pub(crate) async fn is_used(&self, ceremony_id: &str) -> Result<bool, Fault> {
        let row = self
            .table
            .get_consistent::<CeremonyRow>(ceremony_key(ceremony_id))
            .await?;
        Ok(row.is_some())
    }

    /// F5: count one more try of a login's second step, before it is tried. False when it was
    /// completed, or tried too often.
    pub(crate) async fn try_login(&self, step_id: &str, now: Time) -> Result<bool, Fault> {
        let few = Condition::attr_absent("tries").or(Condition::lt("tries", TRIES_MAX));
        let counted = self
            .table
            .update(login_key(step_id))
            .add("tries", 1)
            .set("expires_at", now.plus(MARKS_KEPT).unix_s())
            .only_if(few.and(Condition::attr_absent("completed_at")))
            .send()
            .await;
        match counted {
            Ok(()) => Ok(true),
            Err(error) if error.is_condition_failed() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// F6: mark a login's second step as completed. The second call fails its condition.
    pub(crate) fn completing(&self, step_id: &str, now: Time) -> Write {
        self.table
            .update(login_key(step_id))
            .set("completed_at", now)
            .set("expires_at", now.plus(MARKS_KEPT).unix_s())
            .only_if(Condition::attr_absent("completed_at"))
            .into()
    }
}

fn held_key(user_id: &UserId) -> Key {
    Key::new(format!("user#{user_id}"), HELD)
}

/// An id may be longer than a key can be, hence its hash.
fn credential_key(credential_id: &[u8]) -> Key {
    let hash = digest::digest(&digest::SHA256, credential_id);
    Key::new(format!("credential#{}", URL_SAFE_NO_PAD.encode(hash)), CREDENTIAL)
}

fn ceremony_key(ceremony_id: &str) -> Key {
    Key::new(format!("ceremony#{ceremony_id}"), CEREMONY)
}

fn login_key(step_id: &str) -> Key {
    Key::new(format!("login#{step_id}"), LOGIN)
}
