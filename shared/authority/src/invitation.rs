//! An invitation to join the staff, and its rules.

use kernel::{Duration, Email, Time};

use crate::user::{RoleName, UserId};

kernel::typed_id!(
    /// Names one invitation.
    InvitationId,
    "inv"
);

/// How long an invitation can be accepted.
pub(crate) const LASTS: Duration = Duration::days(7);
/// How long its row is kept afterwards.
pub(crate) const KEPT: Duration = Duration::days(30);

/// Somebody is asked to join the staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Names the invitation.
    pub invitation_id: InvitationId,
    /// Whom it was mailed to: accepting it proves this address.
    pub email: Email,
    /// The roles they will have.
    pub roles: Vec<RoleName>,
    /// Who invited them.
    pub invited_by: String,
    /// When.
    pub created_at: Time,
    /// From when on it cannot be accepted any more.
    pub expires_at: Time,
    /// When it was accepted.
    pub accepted_at: Option<Time>,
    /// Who accepted it.
    pub accepted_by: Option<UserId>,
    /// When somebody took it back.
    pub revoked_at: Option<Time>,
    pub(crate) secret_hash: String,
}

impl Invitation {
    /// Neither accepted, nor taken back, nor expired.
    pub fn is_open(&self, now: Time) -> bool {
        self.accepted_at.is_none() && self.revoked_at.is_none() && now < self.expires_at
    }

    /// `pending`, `accepted`, `revoked` or `expired`.
    pub fn status(&self, now: Time) -> &'static str {
        if self.accepted_at.is_some() {
            "accepted"
        } else if self.revoked_at.is_some() {
            "revoked"
        } else if now < self.expires_at {
            "pending"
        } else {
            "expired"
        }
    }
}

/// Somebody who is to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvitation {
    /// Whom to write to.
    pub email: Email,
    /// The roles they will have; at least one.
    pub roles: Vec<RoleName>,
}
