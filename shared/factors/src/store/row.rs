//! What a user holds, as it is stored: one item, its bytes as base64url text.

use authority::UserId;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::Time;
use serde::{Deserialize, Serialize};

use super::{HELD, held_key};
use crate::attempts::Attempts;
use crate::held::{FactorId, Held, Passkey, PendingTotp, Totp};
use crate::passkey::Credential;

/// A row that this code did not write, or that was changed by hand.
#[derive(Debug, thiserror::Error)]
#[error("the row of what user `{user_id}` holds has a credential that cannot be read")]
pub(crate) struct BadRow {
    user_id: UserId,
}

/// One item of the table.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct HeldRow {
    pk: String,
    sk: String,
    user_id: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    totp: Option<TotpRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pending: Option<PendingRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    passkeys: Vec<PasskeyRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    recovery: Vec<String>,
    #[serde(default)]
    failures: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open_at: Option<Time>,
    version: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct TotpRow {
    factor_id: FactorId,
    sealed: String,
    last_step: u64,
    created_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    used_at: Option<Time>,
}

#[derive(Debug, Serialize, Deserialize)]
struct PendingRow {
    factor_id: FactorId,
    sealed: String,
    started_at: Time,
}

#[derive(Debug, Serialize, Deserialize)]
struct PasskeyRow {
    factor_id: FactorId,
    name: String,
    credential_id: String,
    public_key: String,
    sign_count: u32,
    backup_eligible: bool,
    backed_up: bool,
    user_verified: bool,
    aaguid: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    transports: Vec<String>,
    created_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    used_at: Option<Time>,
}

impl HeldRow {
    /// The row that follows the version that was read.
    pub(super) fn following(held: &Held) -> Self {
        let totp = held.totp.as_ref().map(|totp| TotpRow {
            factor_id: totp.factor_id.clone(),
            sealed: totp.sealed.clone(),
            last_step: totp.last_step,
            created_at: totp.created_at,
            used_at: totp.used_at,
        });
        let pending = held.pending.as_ref().map(|pending| PendingRow {
            factor_id: pending.factor_id.clone(),
            sealed: pending.sealed.clone(),
            started_at: pending.started_at,
        });
        Self {
            pk: held_key(&held.user_id).pk,
            sk: HELD.to_owned(),
            user_id: held.user_id.clone(),
            totp,
            pending,
            passkeys: held.passkeys.iter().map(PasskeyRow::from).collect(),
            recovery: held.recovery.clone(),
            failures: held.attempts.failures,
            open_at: held.attempts.open_at,
            version: held.version + 1,
        }
    }
}

impl TryFrom<HeldRow> for Held {
    type Error = BadRow;

    fn try_from(row: HeldRow) -> Result<Self, BadRow> {
        let totp = row.totp.map(|totp| Totp {
            factor_id: totp.factor_id,
            sealed: totp.sealed,
            last_step: totp.last_step,
            created_at: totp.created_at,
            used_at: totp.used_at,
        });
        let pending = row.pending.map(|pending| PendingTotp {
            factor_id: pending.factor_id,
            sealed: pending.sealed,
            started_at: pending.started_at,
        });
        let passkeys: Option<Vec<Passkey>> = row.passkeys.into_iter().map(PasskeyRow::read).collect();
        let Some(passkeys) = passkeys else {
            return Err(BadRow { user_id: row.user_id });
        };
        Ok(Self {
            user_id: row.user_id,
            totp,
            pending,
            passkeys,
            recovery: row.recovery,
            attempts: Attempts {
                failures: row.failures,
                open_at: row.open_at,
            },
            version: row.version,
        })
    }
}

impl From<&Passkey> for PasskeyRow {
    fn from(passkey: &Passkey) -> Self {
        let credential = &passkey.credential;
        Self {
            factor_id: passkey.factor_id.clone(),
            name: passkey.name.clone(),
            credential_id: URL_SAFE_NO_PAD.encode(&credential.id),
            public_key: URL_SAFE_NO_PAD.encode(&credential.public_key),
            sign_count: credential.sign_count,
            backup_eligible: credential.backup_eligible,
            backed_up: credential.backed_up,
            user_verified: credential.user_verified,
            aaguid: URL_SAFE_NO_PAD.encode(credential.aaguid),
            transports: passkey.transports.clone(),
            created_at: passkey.created_at,
            used_at: passkey.used_at,
        }
    }
}

impl PasskeyRow {
    fn read(self) -> Option<Passkey> {
        let credential = Credential {
            id: URL_SAFE_NO_PAD.decode(&self.credential_id).ok()?,
            public_key: URL_SAFE_NO_PAD.decode(&self.public_key).ok()?,
            sign_count: self.sign_count,
            backup_eligible: self.backup_eligible,
            backed_up: self.backed_up,
            aaguid: URL_SAFE_NO_PAD.decode(&self.aaguid).ok()?.try_into().ok()?,
            user_verified: self.user_verified,
        };
        Some(Passkey {
            factor_id: self.factor_id,
            name: self.name,
            credential,
            transports: self.transports,
            created_at: self.created_at,
            used_at: self.used_at,
        })
    }
}

#[cfg(test)]
mod tests;
