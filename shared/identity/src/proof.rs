//! A proof: something was sent to an address, and whoever shows it can read the address's mail. Pure.
//!
//! Registration, reset, magic link and a change of address are all proofs, and differ in what must be
//! shown. One that is asked for an address without an account (or with one, at registration) is a decoy: it is kept like any other, and
//! nothing that was sent opens it.

use authority::UserId;
use kernel::{Duration, Email, Time};

/// How long what was sent is good.
pub const GOOD_FOR: Duration = Duration::minutes(10);
/// The same in minutes, for letters.
pub(crate) const GOOD_MINUTES: u32 = 10;
/// How often the code of one proof is sent.
pub(crate) const LETTERS_MAX: i64 = 5;
/// How long whoever asked may have another code sent.
pub(crate) const RENEWABLE_FOR: Duration = Duration::hours(1);

/// What a proof is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// An account is to be made.
    Registration,
    /// A password is to be set.
    Reset,
    /// A link is to log in.
    Link,
    /// An account is to have another address.
    EmailChange,
}

impl Purpose {
    /// The word in keys and hashes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Reset => "reset",
            Self::Link => "link",
            Self::EmailChange => "email_change",
        }
    }

    /// What the ticket that is mailed begins with.
    pub(crate) const fn token_prefix(self) -> &'static str {
        match self {
            Self::Registration => "evt",
            Self::Reset => "rst",
            Self::Link => "lnk",
            Self::EmailChange => "ect",
        }
    }

    /// What the ticket that is given to whoever asked begins with.
    pub(crate) const fn holder_prefix(self) -> &'static str {
        match self {
            Self::Registration => "reg",
            Self::Reset => "rrq",
            Self::Link => "lrq",
            Self::EmailChange => "ecr",
        }
    }
}

/// One thing that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proof {
    /// What for.
    pub purpose: Purpose,
    /// Names it.
    pub handle: String,
    /// Where it was sent.
    pub email: Email,
    /// Whose account it is about, or will be; none for a decoy.
    pub user_id: Option<UserId>,
    /// Hash of the secret that whoever asked holds.
    pub holder_hash: String,
    /// Hash of the secret in the link.
    pub token_hash: String,
    /// Hash of the code.
    pub code_hash: String,
    /// How often somebody tried.
    pub tries: i64,
    /// How often it was sent.
    pub letters: i64,
    /// Until when it is good.
    pub good_until: Time,
    /// When it was asked for.
    pub asked_at: Time,
    /// When it was used.
    pub used_at: Option<Time>,
    /// What the account is to be.
    pub pending: Option<Pending>,
}

/// An account that is to be, once its address is proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pending {
    /// The password that was chosen, as a PHC string.
    pub password_hash: String,
    /// What they want to be called.
    pub name: Option<String>,
    /// The language of their mails.
    pub locale: Option<String>,
    /// The cart they came with.
    pub cart_id: Option<String>,
}

impl Proof {
    /// Whether it may be sent once more.
    pub(crate) fn is_renewable(&self, now: Time) -> bool {
        self.used_at.is_none() && self.letters < LETTERS_MAX && now < self.asked_at.plus(RENEWABLE_FOR)
    }
}
