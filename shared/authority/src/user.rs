//! A user: somebody whose e-mail address is proven, with the roles they have.

use kernel::{Email, Handle, Time};

kernel::typed_id!(
    /// Names one user.
    UserId,
    "usr"
);

/// Names one role, for example `owner` or `night-shift`.
pub type RoleName = Handle;

/// Somebody with an account. An account exists only once its e-mail address is proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Names the user.
    pub user_id: UserId,
    /// The proven address; unique among users, whatever its case.
    pub email: Email,
    /// What they want to be called.
    pub name: Option<String>,
    /// The language of their mails, for example `de`.
    pub locale: Option<String>,
    /// What makes them staff; none for a plain customer.
    pub roles: Vec<RoleName>,
    /// Whether the account can be used.
    pub status: UserStatus,
    /// The kinds of second factor that a login must be completed with; empty for none.
    pub second_factors: Vec<FactorKind>,
    /// Sessions of another epoch are over.
    pub epoch: u64,
    /// Raised by every change.
    pub version: u64,
    /// Since when the account exists.
    pub created_at: Time,
    /// When it was changed last.
    pub updated_at: Time,
}

impl User {
    /// Whether they have any role.
    pub fn is_staff(&self) -> bool {
        !self.roles.is_empty()
    }

    /// Whether the account can be used.
    pub fn is_active(&self) -> bool {
        self.status == UserStatus::Active
    }

    /// An owner who can act: the shop never loses its last.
    pub fn is_acting_owner(&self) -> bool {
        self.is_active() && self.roles.iter().any(|role| role.as_str() == crate::role::OWNER)
    }
}

/// A user who is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// Names the user.
    pub user_id: UserId,
    /// The address, proven.
    pub email: Email,
    /// What they want to be called.
    pub name: Option<String>,
    /// The language of their mails.
    pub locale: Option<String>,
    /// Their roles; none for a plain customer.
    pub roles: Vec<RoleName>,
    /// The cart they came with, for `UserCreated`.
    pub cart_id: Option<String>,
}

/// What users say about themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// What they want to be called.
    pub name: Option<String>,
    /// The language of their mails.
    pub locale: Option<String>,
}

words! {
    /// Whether an account can be used.
    UserStatus {
        /// It can.
        Active = "active",
        /// Staff has locked it; it can be opened again.
        Disabled = "disabled",
        /// Its person is gone; only the id is left.
        Erased = "erased",
    }
}

words! {
    /// A kind of second factor.
    FactorKind {
        /// Codes of an authenticator app.
        Totp = "totp",
        /// A passkey or security key.
        Passkey = "passkey",
    }
}
