//! The rows themselves, and what they mean.

use authority::UserId;
use kernel::{Duration, Email, Time};
use platform::table::Key;
use serde::{Deserialize, Serialize};

use super::{Kept, password_key, proof_key};
use crate::proof::{Pending, Proof, Purpose, RENEWABLE_FOR};
use crate::throttle::{LETTERS_WINDOW, Letters, Tally};

/// How long failures are remembered.
pub(super) const TALLY_KEPT: Duration = Duration::days(2);
/// How long an account's failures in a row are remembered.
pub(super) const ACCOUNT_KEPT: Duration = Duration::days(400);
/// How long an address is known that has succeeded.
pub(super) const KNOWN_KEPT: Duration = Duration::days(180);

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PasswordRow {
    pk: String,
    sk: String,
    user_id: UserId,
    hash: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    one_time_until: Option<Time>,
    version: u64,
    changed_at: Time,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TallyRow {
    pk: String,
    sk: String,
    failures: i64,
    #[serde(default)]
    refused: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_at: Option<Time>,
    #[serde(default)]
    known: bool,
    version: u64,
    expires_at: i64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LettersRow {
    pk: String,
    sk: String,
    pub(super) sent: i64,
    pub(super) since: Time,
    expires_at: i64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ProofRow {
    pk: String,
    sk: String,
    purpose: String,
    handle: String,
    email: Email,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_id: Option<UserId>,
    holder_hash: String,
    token_hash: String,
    code_hash: String,
    tries: i64,
    letters: i64,
    good_until: Time,
    asked_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    used_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pending: Option<PendingPart>,
    expires_at: i64,
}

#[derive(Debug, Serialize, Deserialize)]
struct PendingPart {
    password_hash: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cart_id: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct OwnerRow {
    pk: String,
    sk: String,
    /// The address is in the user's row, so that who is erased leaves none here.
    pub(super) user_id: UserId,
}

impl OwnerRow {
    pub(super) fn new(key: Key, user_id: &UserId) -> Self {
        Self {
            pk: key.pk,
            sk: key.sk,
            user_id: user_id.clone(),
        }
    }
}

/// A row of the read before an attempt: a password or a tally.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum AnyRow {
    Password(PasswordRow),
    Tally(TallyRow),
}

impl AnyRow {
    pub(super) fn is(&self, key: &Key) -> bool {
        let (pk, sk) = match self {
            Self::Password(row) => (&row.pk, &row.sk),
            Self::Tally(row) => (&row.pk, &row.sk),
        };
        *pk == key.pk && *sk == key.sk
    }

    pub(super) fn tally(&self) -> Option<Tally> {
        match self {
            Self::Password(_) => None,
            Self::Tally(row) => Some(Tally {
                // A success takes back a failure that a new day may have forgotten already.
                failures: row.failures.max(0),
                refused: row.refused,
                next_at: row.next_at,
                last_at: row.last_at,
                known: row.known,
            }),
        }
    }

    pub(super) fn version(&self) -> u64 {
        match self {
            Self::Password(row) => row.version,
            Self::Tally(row) => row.version,
        }
    }

    pub(super) fn kept(&self) -> Option<Kept> {
        match self {
            Self::Password(row) => Some(row.into()),
            Self::Tally(_) => None,
        }
    }
}

impl TallyRow {
    pub(super) fn new(key: Key, tally: Tally, version: u64, now: Time) -> Self {
        let kept = match (
            tally.known,
            key.sk == super::FAILURES && key.pk.starts_with("account#"),
        ) {
            (true, _) => KNOWN_KEPT,
            (false, true) => ACCOUNT_KEPT,
            (false, false) => TALLY_KEPT,
        };
        Self {
            pk: key.pk,
            sk: key.sk,
            failures: tally.failures,
            refused: tally.refused,
            next_at: tally.next_at,
            last_at: tally.last_at,
            known: tally.known,
            version,
            expires_at: now.plus(kept).unix_s(),
        }
    }
}

impl LettersRow {
    pub(super) fn new(key: Key, letters: Letters) -> Self {
        Self {
            pk: key.pk,
            sk: key.sk,
            sent: letters.sent,
            since: letters.since,
            expires_at: letters.since.plus(LETTERS_WINDOW).unix_s(),
        }
    }
}

impl From<&PasswordRow> for Kept {
    fn from(row: &PasswordRow) -> Self {
        Self {
            user_id: row.user_id.clone(),
            hash: row.hash.clone(),
            one_time_until: row.one_time_until,
            version: row.version,
            changed_at: row.changed_at,
        }
    }
}

impl From<PasswordRow> for Kept {
    fn from(row: PasswordRow) -> Self {
        Self::from(&row)
    }
}

impl From<&Kept> for PasswordRow {
    fn from(kept: &Kept) -> Self {
        let Key { pk, sk } = password_key(&kept.user_id);
        Self {
            pk,
            sk,
            user_id: kept.user_id.clone(),
            hash: kept.hash.clone(),
            one_time_until: kept.one_time_until,
            version: kept.version,
            changed_at: kept.changed_at,
        }
    }
}

impl From<&Proof> for ProofRow {
    fn from(proof: &Proof) -> Self {
        let Key { pk, sk } = proof_key(proof.purpose, &proof.handle);
        Self {
            pk,
            sk,
            purpose: proof.purpose.as_str().to_owned(),
            handle: proof.handle.clone(),
            email: proof.email.clone(),
            user_id: proof.user_id.clone(),
            holder_hash: proof.holder_hash.clone(),
            token_hash: proof.token_hash.clone(),
            code_hash: proof.code_hash.clone(),
            tries: proof.tries,
            letters: proof.letters,
            good_until: proof.good_until,
            asked_at: proof.asked_at,
            used_at: proof.used_at,
            pending: proof.pending.clone().map(PendingPart::from),
            expires_at: proof.asked_at.plus(RENEWABLE_FOR).plus(RENEWABLE_FOR).unix_s(),
        }
    }
}

impl ProofRow {
    /// The proof; none for a purpose that this code does not know.
    pub(super) fn proof(self) -> Option<Proof> {
        let known = [
            Purpose::Registration,
            Purpose::Reset,
            Purpose::Link,
            Purpose::EmailChange,
        ];
        let purpose = known
            .into_iter()
            .find(|purpose| purpose.as_str() == self.purpose)?;
        Some(Proof {
            purpose,
            handle: self.handle,
            email: self.email,
            user_id: self.user_id,
            holder_hash: self.holder_hash,
            token_hash: self.token_hash,
            code_hash: self.code_hash,
            tries: self.tries,
            letters: self.letters,
            good_until: self.good_until,
            asked_at: self.asked_at,
            used_at: self.used_at,
            pending: self.pending.map(Pending::from),
        })
    }
}

impl From<Pending> for PendingPart {
    fn from(pending: Pending) -> Self {
        let Pending {
            password_hash,
            name,
            locale,
            cart_id,
        } = pending;
        Self {
            password_hash,
            name,
            locale,
            cart_id,
        }
    }
}

impl From<PendingPart> for Pending {
    fn from(part: PendingPart) -> Self {
        let PendingPart {
            password_hash,
            name,
            locale,
            cart_id,
        } = part;
        Self {
            password_hash,
            name,
            locale,
            cart_id,
        }
    }
}
