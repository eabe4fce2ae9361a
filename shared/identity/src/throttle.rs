//! How often a password may be wrong, and how often somebody may be written to (ID-5). Pure.
//!
//! Three tallies are kept of every attempt: of the account as seen from one network address, of the
//! account from everywhere, and of the address over all accounts. The first slows guessing down, the
//! second ends it after a hundred failures in a row, the third slows down those who try one password
//! on many accounts. A stranger's failures never count against an owner who comes from an address
//! that has succeeded before, and whoever can read the account's mail gets in by link or reset.

use kernel::{Duration, Time};

/// Failures in a row after which an account opens by password only from where it has before.
pub const CONSECUTIVE_MAX: i64 = 100;
/// Letters of one kind that one address gets within [`LETTERS_WINDOW`].
pub const LETTERS_MAX: i64 = 5;
/// See [`LETTERS_MAX`].
pub const LETTERS_WINDOW: Duration = Duration::hours(1);
/// Wrong tries that one code survives.
pub const TRIES_MAX: i64 = 5;

const FIRST_DELAY: Duration = Duration::seconds(30);
const DELAY_MAX: Duration = Duration::hours(1);
const FORGOTTEN_AFTER: Duration = Duration::days(1);

/// Whose tally it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One account from one address.
    Pair,
    /// One account from everywhere.
    Account,
    /// One address over all accounts.
    Address,
}

impl Scope {
    /// How many failures are free of delay.
    const fn free(self) -> i64 {
        match self {
            Self::Pair => 4,
            Self::Account => i64::MAX,
            Self::Address => 50,
        }
    }
}

/// What is remembered of failures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Failures in a row; of an address, failures that were not followed by a success.
    pub failures: i64,
    /// Attempts that were not looked at because a delay ran.
    pub refused: i64,
    /// Before this nothing is looked at.
    pub next_at: Option<Time>,
    /// When it was last written.
    pub last_at: Option<Time>,
    /// Whether this account was opened from this address before.
    pub known: bool,
}

impl Tally {
    fn is_open(self, now: Time) -> bool {
        self.next_at.is_none_or(|next_at| next_at <= now)
    }

    /// One more failure. Counted before the password is compared: attempts that run side by side are
    /// all counted, and an attempt that dies was one.
    #[must_use]
    pub fn failed(self, scope: Scope, now: Time) -> Self {
        let forgotten = scope != Scope::Account
            && self
                .last_at
                .is_some_and(|last| now.since(last) >= FORGOTTEN_AFTER);
        let failures = if forgotten {
            1
        } else {
            self.failures.saturating_add(1)
        };
        Self {
            failures,
            next_at: delay_after(failures.saturating_sub(scope.free())).map(|delay| now.plus(delay)),
            last_at: Some(now),
            ..self
        }
    }

    /// An attempt that was not looked at. It lengthens nothing.
    #[must_use]
    pub fn refused(self, now: Time) -> Self {
        Self {
            refused: self.refused.saturating_add(1),
            last_at: self.last_at.or(Some(now)),
            ..self
        }
    }
}

/// 30 s after the first failure that is not free, twice as long after each further one, at most 1 h.
fn delay_after(beyond: i64) -> Option<Duration> {
    let doublings = u32::try_from((beyond - 1).min(16)).ok()?;
    let millis = (FIRST_DELAY.as_millis() << doublings).min(DELAY_MAX.as_millis());
    Some(Duration::millis(u32::try_from(millis).unwrap_or(u32::MAX)))
}

/// The tallies that one attempt is measured by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// Of the account from this address.
    pub pair: Tally,
    /// Of the account from everywhere.
    pub account: Tally,
    /// Of this address over all accounts.
    pub address: Tally,
}

impl Standing {
    /// Whether a password is looked at.
    pub fn is_open(&self, now: Time) -> bool {
        // Who has succeeded from here is not held up by what others do, here or elsewhere; the
        // guesses from here are limited all the same.
        if self.pair.known {
            return self.pair.is_open(now) && self.pair.failures < CONSECUTIVE_MAX;
        }
        self.pair.is_open(now) && self.address.is_open(now) && self.account.failures < CONSECUTIVE_MAX
    }

    /// The tallies after an attempt began: a failure until it is known to be right.
    #[must_use]
    pub fn attempted(&self, now: Time) -> Self {
        if self.is_open(now) {
            Self {
                pair: self.pair.failed(Scope::Pair, now),
                account: self.account.failed(Scope::Account, now),
                address: self.address.failed(Scope::Address, now),
            }
        } else {
            Self {
                pair: self.pair.refused(now),
                account: self.account.refused(now),
                address: self.address.refused(now),
            }
        }
    }
}

/// How many letters somebody got of late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Letters {
    /// So many.
    pub sent: i64,
    /// Since then.
    pub since: Time,
}

impl Letters {
    /// The count with one more letter, and whether that one may be sent.
    pub fn another(before: Option<Self>, now: Time) -> (Self, bool) {
        match before {
            Some(letters) if now.since(letters.since) < LETTERS_WINDOW => {
                let sent = letters.sent.saturating_add(1);
                (Self { sent, ..letters }, sent <= LETTERS_MAX)
            }
            _ => (Self { sent: 1, since: now }, true),
        }
    }
}

#[cfg(test)]
mod tests;
