//! Users, roles and invitations in JSON, as staff sees them.

use kernel::{Email, Fault, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::keys::scopes;
use crate::govern::UserChange;
use crate::invitation::{Invitation, InvitationId, NewInvitation};
use crate::key::Scope;
use crate::role::Role;
use crate::user::{RoleName, User, UserId, UserStatus};

/// A user as staff sees them.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct UserView {
    /// Names the user.
    pub user_id: UserId,
    /// The proven address.
    pub email: Email,
    /// What they want to be called.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Ada")]
    pub name: Option<String>,
    /// The language of their mails.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"de")]
    pub locale: Option<String>,
    /// What makes them staff; none for a customer.
    pub roles: Vec<RoleName>,
    /// `active`, `disabled` or `erased`.
    #[schemars(example = &"active")]
    pub status: &'static str,
    /// The kinds of second factor they have.
    #[schemars(example = &["totp"])]
    pub second_factors: Vec<&'static str>,
    /// Since when the account exists.
    pub created_at: Time,
    /// When it was changed last.
    pub updated_at: Time,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            user_id: user.user_id,
            email: user.email,
            name: user.name,
            locale: user.locale,
            roles: user.roles,
            status: user.status.as_str(),
            second_factors: user.second_factors.iter().map(|factor| factor.as_str()).collect(),
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}

/// A status that staff can give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SettableStatus {
    /// The account can be used.
    Active,
    /// It cannot, and its sessions are over.
    Disabled,
}

/// What is to change about a user; what is absent stays.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateUser {
    /// All roles from now on; an empty list makes a customer of them.
    #[serde(default)]
    #[schemars(length(max = 10))]
    pub roles: Option<Vec<RoleName>>,
    /// Whether the account can be used.
    #[serde(default)]
    pub status: Option<SettableStatus>,
}

impl From<UpdateUser> for UserChange {
    fn from(body: UpdateUser) -> Self {
        let status = |status| match status {
            SettableStatus::Active => UserStatus::Active,
            SettableStatus::Disabled => UserStatus::Disabled,
        };
        Self {
            roles: body.roles,
            status: body.status.map(status),
        }
    }
}

/// A role and what it may do.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RoleView {
    /// Names the role.
    pub name: RoleName,
    /// What it may do; `*` is everything.
    #[schemars(example = &["orders.read", "orders.write"])]
    pub permissions: Vec<String>,
    /// Whether every shop has it, the same.
    pub is_built_in: bool,
}

impl From<Role> for RoleView {
    fn from(role: Role) -> Self {
        Self {
            name: role.name,
            permissions: role.permissions.iter().map(ToString::to_string).collect(),
            is_built_in: role.is_built_in,
        }
    }
}

/// What a role of the shop's own may do.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PutRole {
    /// All permissions from now on: such as you hold yourself.
    #[schemars(length(max = 50), inner(length(max = 80)), example = &["orders.read"])]
    pub permissions: Vec<String>,
}

impl PutRole {
    /// The permissions; every bad one is named.
    pub fn scopes(&self) -> Result<Vec<Scope>, Fault> {
        scopes("permissions", &self.permissions)
    }
}

/// Somebody who is to join the staff.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    /// Whom to write to.
    pub email: Email,
    /// The roles they will have: such as you could give yourself.
    #[schemars(length(min = 1, max = 10))]
    pub roles: Vec<RoleName>,
}

impl From<Invite> for NewInvitation {
    fn from(body: Invite) -> Self {
        Self {
            email: body.email,
            roles: body.roles,
        }
    }
}

/// An invitation to join the staff, without its token.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct InvitationView {
    /// Names the invitation.
    pub invitation_id: InvitationId,
    /// Whom it was mailed to.
    pub email: Email,
    /// The roles they will have.
    pub roles: Vec<RoleName>,
    /// Who invited them.
    #[schemars(example = &"usr_01h455vb4pex5vsknk084sn02q")]
    pub invited_by: String,
    /// `pending`, `accepted`, `revoked` or `expired`. It is revoked too when somebody accepts it and who
    /// invited them may not give its roles any more: the audit trail says so, and to invite again helps.
    #[schemars(example = &"pending")]
    pub status: &'static str,
    /// When it was made.
    pub created_at: Time,
    /// From when on it cannot be accepted any more.
    pub expires_at: Time,
    /// Who accepted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_by: Option<UserId>,
}

impl InvitationView {
    /// An invitation as it is at this moment.
    pub fn at(invitation: Invitation, now: Time) -> Self {
        Self {
            status: invitation.status(now),
            invitation_id: invitation.invitation_id,
            email: invitation.email,
            roles: invitation.roles,
            invited_by: invitation.invited_by,
            created_at: invitation.created_at,
            expires_at: invitation.expires_at,
            accepted_by: invitation.accepted_by,
        }
    }
}
