//! What one user holds: an authenticator app, passkeys, recovery codes, and how often was guessed.
//!
//! One value with one version: whatever two requests do at the same time, one of them is first, and
//! the other sees what it did.

use authority::{FactorKind, UserId};
use kernel::Time;

use crate::attempts::{Attempts, Turn};
use crate::passkey::{Asserted, Credential};
use crate::totp::TotpSecret;

kernel::typed_id!(
    /// Names one factor of a user.
    FactorId,
    "factor"
);

/// How many passkeys a user may have.
pub(crate) const PASSKEYS_MAX: usize = 10;

/// Everything that a user can show beside a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Whose it is.
    pub user_id: UserId,
    /// The authenticator app, once a right code has proven it.
    pub totp: Option<Totp>,
    /// The app whose first code is awaited; it replaces the one there is.
    pub pending: Option<PendingTotp>,
    /// Passkeys, oldest first.
    pub passkeys: Vec<Passkey>,
    /// Hashes of the recovery codes that are left.
    pub recovery: Vec<String>,
    /// Wrong codes in a row.
    pub attempts: Attempts,
    /// Raised by every change; 0 when nothing was ever kept.
    pub version: u64,
}

/// An authenticator app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totp {
    /// Names it.
    pub factor_id: FactorId,
    /// Its secret, for the vault only.
    pub sealed: String,
    /// The step whose code was accepted last; none before it is accepted again.
    pub last_step: u64,
    /// Since when it counts.
    pub created_at: Time,
    /// When it was last used.
    pub used_at: Option<Time>,
}

/// An authenticator app that has shown no code yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingTotp {
    /// Names it.
    pub factor_id: FactorId,
    /// Its secret, for the vault only.
    pub sealed: String,
    /// When its secret was given out.
    pub started_at: Time,
}

/// A passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Names it.
    pub factor_id: FactorId,
    /// What its owner calls it.
    pub name: String,
    /// What signs.
    pub credential: Credential,
    /// How the browser may reach its authenticator (`internal`, `usb`, …), as it said itself.
    pub transports: Vec<String>,
    /// Since when it counts.
    pub created_at: Time,
    /// When it was last used.
    pub used_at: Option<Time>,
}

/// A factor that was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removed {
    /// The authenticator app.
    Totp(Totp),
    /// A passkey.
    Passkey(Passkey),
}

/// Why a factor was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeldError {
    /// There is no such factor.
    #[error("there is no such factor")]
    Unknown,
    /// It is the last one, and nobody said that it may go.
    #[error(
        "this is the last second factor: a password alone will open the account; repeat with `last=true`"
    )]
    Last,
    /// No app is waiting for its first code.
    #[error("no authenticator app is being set up, or it took longer than an hour")]
    NotStarted,
    /// The code is not the app's.
    #[error("the code is not right, or was used already")]
    CodeWrong,
    /// There are enough passkeys.
    #[error("an account has at most {PASSKEYS_MAX} passkeys")]
    TooMany,
    /// Recovery codes stand in for a factor, and there is none.
    #[error("recovery codes stand in for an authenticator app or a passkey; there is none")]
    NoFactor,
}

/// How long a secret that was given out waits for its first code.
const PENDING_MAX: kernel::Duration = kernel::Duration::hours(1);

impl Held {
    /// Somebody who holds nothing.
    pub fn nothing(user_id: UserId) -> Self {
        Self {
            user_id,
            totp: None,
            pending: None,
            passkeys: Vec::new(),
            recovery: Vec::new(),
            attempts: Attempts::default(),
            version: 0,
        }
    }

    /// The kinds of factor that a login must be completed with.
    pub fn kinds(&self) -> Vec<FactorKind> {
        let totp = self.totp.as_ref().map(|_| FactorKind::Totp);
        let passkey = self.passkeys.first().map(|_| FactorKind::Passkey);
        totp.into_iter().chain(passkey).collect()
    }

    /// How many factors there are; recovery codes stand in for them and are none.
    pub fn count(&self) -> usize {
        usize::from(self.totp.is_some()) + self.passkeys.len()
    }

    /// Makes the awaited app the user's app, by its first code. The code counts as used.
    pub fn confirm_totp(&mut self, secret: &TotpSecret, code: &str, now: Time) -> Result<(), HeldError> {
        let pending = self.awaited(now).cloned().ok_or(HeldError::NotStarted)?;
        let last_step = secret.step_of(code, now, None).ok_or(HeldError::CodeWrong)?;
        self.totp = Some(Totp {
            factor_id: pending.factor_id,
            sealed: pending.sealed,
            last_step,
            created_at: now,
            used_at: None,
        });
        self.pending = None;
        self.attempts = Attempts::default();
        Ok(())
    }

    /// The app whose first code is still awaited.
    pub fn awaited(&self, now: Time) -> Option<&PendingTotp> {
        let waits = |pending: &&PendingTotp| pending.started_at.plus(PENDING_MAX) > now;
        self.pending.as_ref().filter(waits)
    }

    /// Whether a code of the app may be tried now.
    pub fn turn(&self, now: Time) -> Turn {
        self.attempts.turn(now)
    }

    /// Accepts a code of the app, once; a wrong one is counted. Ask [`Held::turn`] first.
    pub fn accept_totp(&mut self, secret: &TotpSecret, code: &str, now: Time) -> bool {
        let Some(totp) = &mut self.totp else { return false };
        let Some(step) = secret.step_of(code, now, Some(totp.last_step)) else {
            self.attempts = self.attempts.failed(now);
            return false;
        };
        totp.last_step = step;
        totp.used_at = Some(now);
        self.attempts = Attempts::default();
        true
    }

    /// Accepts a recovery code, once. Without a factor to stand in for, none is right.
    pub fn accept_recovery(&mut self, hash: &str) -> bool {
        let before = self.recovery.len();
        if self.count() > 0 {
            self.recovery.retain(|kept| kept != hash);
        }
        let accepted = self.recovery.len() < before;
        if accepted {
            self.attempts = Attempts::default();
        }
        accepted
    }

    /// Notes what a passkey's right signature told.
    pub fn accept_passkey(&mut self, factor_id: &FactorId, told: Asserted, now: Time) {
        let found = self
            .passkeys
            .iter_mut()
            .find(|passkey| passkey.factor_id == *factor_id);
        if let Some(passkey) = found {
            passkey.credential.sign_count = told.sign_count;
            passkey.credential.backed_up = told.backed_up;
            passkey.used_at = Some(now);
            self.attempts = Attempts::default();
        }
    }

    /// The passkey of this credential id.
    pub fn passkey(&self, credential_id: &[u8]) -> Option<&Passkey> {
        self.passkeys
            .iter()
            .find(|passkey| passkey.credential.id == credential_id)
    }

    /// One more passkey.
    pub fn add_passkey(&mut self, passkey: Passkey) -> Result<(), HeldError> {
        if self.passkeys.len() >= PASSKEYS_MAX {
            return Err(HeldError::TooMany);
        }
        self.passkeys.push(passkey);
        Ok(())
    }

    /// New recovery codes in place of all that were left.
    pub fn replace_recovery(&mut self, hashes: Vec<String>) -> Result<(), HeldError> {
        if self.count() == 0 {
            return Err(HeldError::NoFactor);
        }
        self.recovery = hashes;
        Ok(())
    }

    /// Takes a factor away. The last one goes only when `last` says so, and the recovery codes that
    /// stood in for it go with it.
    pub fn remove(&mut self, factor_id: &FactorId, last: bool) -> Result<Removed, HeldError> {
        let totp = self.totp.take_if(|totp| totp.factor_id == *factor_id);
        let at = self
            .passkeys
            .iter()
            .position(|passkey| passkey.factor_id == *factor_id);
        let removed = match (totp, at) {
            (Some(totp), _) => Removed::Totp(totp),
            (None, Some(at)) => Removed::Passkey(self.passkeys.remove(at)),
            (None, None) => return Err(HeldError::Unknown),
        };
        if self.count() == 0 {
            if !last {
                return Err(HeldError::Last);
            }
            self.recovery.clear();
        }
        Ok(removed)
    }
}

impl Removed {
    /// What its owner calls it.
    pub fn name(&self) -> &str {
        match self {
            Self::Totp(_) => "authenticator app",
            Self::Passkey(passkey) => &passkey.name,
        }
    }
}

#[cfg(test)]
mod tests;
