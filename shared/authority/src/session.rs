//! A session and its rules: how long it lasts, and what a refresh token does.
//!
//! A session is a family of refresh tokens, one after the other. The row counts generations; the
//! token of a generation is computed from it under a key of the vault, so that the row holds nothing
//! that opens, and the same generation is always the same token.

use kernel::{Duration, Origin, Time};

use crate::user::{User, UserId};

kernel::typed_id!(
    /// Names one session: one login on one device.
    SessionId,
    "ses"
);

/// How long an access token is good.
pub const ACCESS_LASTS: Duration = Duration::minutes(10);

/// One login on one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Names the session.
    pub session_id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// The user's epoch it belongs to.
    pub epoch: u64,
    /// The application it was started for.
    pub client_id: String,
    /// What that application may do for the user; `None` when the user acts themselves.
    pub scopes: Option<Vec<String>>,
    /// How it was proven who they are.
    pub methods: Vec<Method>,
    /// 1: one factor; 2: two.
    pub assurance: u8,
    /// When that was last proven.
    pub authenticated_at: Time,
    /// The cart they came with.
    pub cart_id: Option<String>,
    /// The address it was last refreshed from.
    pub address: String,
    /// What the client called itself then.
    pub user_agent: Option<String>,
    /// When it began.
    pub created_at: Time,
    /// When it was last refreshed.
    pub used_at: Time,
    /// The present generation of refresh tokens.
    pub generation: u64,
    /// Randomness of its own, so that the vault alone does not give its tokens.
    pub(crate) seed: String,
    /// When it was ended, if it was.
    pub ended_at: Option<Time>,
}

/// How a session is to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The application: `storefront`, or a registered client.
    pub client_id: String,
    /// What an application may do for the user; `None` when the user acts themselves.
    pub scopes: Option<Vec<String>>,
    /// How it was proven who they are.
    pub methods: Vec<Method>,
    /// 1: one factor; 2: two.
    pub assurance: u8,
    /// Where the login came from.
    pub origin: Origin,
    /// The cart they came with.
    pub cart_id: Option<String>,
    /// When it was proven who they are.
    pub authenticated_at: Time,
}

/// What a client gets. The refresh token is absent where there is none, or an earlier one stays good.
#[derive(Clone, PartialEq, Eq)]
pub struct Tokens {
    /// For the `Authorization` header.
    pub access_token: String,
    /// For the next [`crate::Authority::refresh`].
    pub refresh_token: Option<String>,
    /// How many seconds the access token is good.
    pub expires_in: u32,
    /// The session; none for an application in its own name.
    pub session_id: Option<SessionId>,
    /// What an application may do, with spaces between.
    pub scope: Option<String>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Tokens")
            .field("session_id", &self.session_id)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

words! {
    /// A way to prove who one is, by the names of RFC 8176 where it has one.
    Method {
        /// A password.
        Password = "pwd",
        /// A link or code that was mailed.
        Link = "email",
        /// A code of an authenticator app.
        Totp = "otp",
        /// A recovery code.
        Recovery = "recovery",
        /// A passkey or security key.
        Passkey = "hwk",
        /// An external identity provider.
        Provider = "fed",
    }
}

words! {
    /// Why a session ended.
    EndReason {
        /// Its user logged out.
        Logout = "logout",
        /// Its user ended it from elsewhere.
        Revoked = "revoked",
        /// A refresh token was used twice: somebody has a copy.
        Reused = "reused",
    }
}

/// What a genuine refresh token of a session does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// It is the present one: the next generation begins.
    Next,
    /// It is the one before, whose successor nobody has used: the same successor again. Its answer
    /// was lost, or several tabs asked at once.
    Again,
    /// It was followed by one that was used: somebody has a copy, and the session ends.
    Reused,
    /// It opens nothing, and that says nothing about copies.
    Over,
}

/// How long a session lasts without being used, and in all.
struct Limits {
    idle: Duration,
    absolute: Duration,
}

const CUSTOMER: Limits = Limits {
    idle: Duration::days(30),
    absolute: Duration::days(90),
};
const STAFF: Limits = Limits {
    idle: Duration::hours(12),
    absolute: Duration::days(7),
};

/// How long the row of a session is kept that nobody ended: as long as one can last, and a week in which
/// its end can be looked up. What erases its user deletes it.
pub(crate) const KEPT: Duration = Duration::days(97);

impl Session {
    /// When it is over at the latest, as its user is now: a customer who becomes staff gets the
    /// shorter limits at once.
    pub fn ends_at(&self, user: &User) -> Time {
        let limits = if user.is_staff() { STAFF } else { CUSTOMER };
        self.created_at
            .plus(limits.absolute)
            .min(self.used_at.plus(limits.idle))
    }

    /// Neither ended, nor over, nor its user's account closed.
    pub fn is_live(&self, user: &User, now: Time) -> bool {
        self.ended_at.is_none()
            && self.user_id == user.user_id
            && self.epoch == user.epoch
            && user.is_active()
            && now < self.ends_at(user)
    }

    /// What a genuine token of this generation does.
    pub(crate) fn turn(&self, generation: u64) -> Turn {
        if self.ended_at.is_some() || generation > self.generation {
            Turn::Over
        } else if generation == self.generation {
            Turn::Next
        } else if generation + 1 == self.generation {
            Turn::Again
        } else {
            Turn::Reused
        }
    }
}
