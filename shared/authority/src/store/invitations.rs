//! Invitations to join the staff: A24 to A27.

use kernel::{Email, Fault, Limit, Page, Time};
use platform::table::{Condition, Key, Write};
use serde::{Deserialize, Serialize};

use super::{Listing, Store};
use crate::invitation::{Invitation, InvitationId, KEPT};
use crate::user::{RoleName, UserId};

const LIST: &str = "invitations";

#[derive(Debug, Serialize, Deserialize)]
struct InvitationRow {
    pk: String,
    sk: String,
    invitation_id: InvitationId,
    email: Email,
    roles: Vec<RoleName>,
    invited_by: String,
    secret_hash: String,
    created_at: Time,
    good_until: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    accepted_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    accepted_by: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Time>,
    /// Time to live, in epoch seconds.
    expires_at: i64,
    #[serde(flatten)]
    listing: Listing,
}

fn row_key(invitation_id: &InvitationId) -> Key {
    Key::new(format!("invitation#{invitation_id}"), "invitation")
}

fn is_open() -> Condition {
    Condition::exists()
        .and(Condition::attr_absent("accepted_at"))
        .and(Condition::attr_absent("revoked_at"))
}

impl Store {
    /// A24: insert an invitation; never overwrites.
    pub(crate) fn inviting(&self, invitation: &Invitation) -> Write {
        let Key { pk, sk } = row_key(&invitation.invitation_id);
        let row = InvitationRow {
            pk,
            sk,
            invitation_id: invitation.invitation_id.clone(),
            email: invitation.email.clone(),
            roles: invitation.roles.clone(),
            invited_by: invitation.invited_by.clone(),
            secret_hash: invitation.secret_hash.clone(),
            created_at: invitation.created_at,
            good_until: invitation.expires_at,
            accepted_at: None,
            accepted_by: None,
            revoked_at: None,
            expires_at: invitation.expires_at.plus(KEPT).unix_s(),
            listing: Listing::of(LIST, invitation.created_at, invitation.invitation_id.as_str()),
        };
        self.table.put(&row).only_if_absent().into()
    }

    /// A25: one invitation, as the last answered change left it.
    pub(crate) async fn invitation(&self, invitation_id: &InvitationId) -> Result<Option<Invitation>, Fault> {
        let row = self
            .table
            .get_consistent::<InvitationRow>(row_key(invitation_id))
            .await?;
        Ok(row.map(Invitation::from))
    }

    /// A26: invitations, the newest first.
    pub(crate) async fn invitations(
        &self,
        limit: Limit,
        after: Option<String>,
    ) -> Result<Page<Invitation>, Fault> {
        let page = self.list(LIST, limit, after).page::<InvitationRow>().await?;
        Ok(page.map(Invitation::from))
    }

    /// A27: note that an invitation was taken back, if it is open.
    pub(crate) fn revoking_invitation(&self, invitation_id: &InvitationId, now: Time) -> Write {
        self.table
            .update(row_key(invitation_id))
            .set("revoked_at", now)
            .only_if(is_open())
            .into()
    }

    /// A27: note who accepted an invitation, if it is open. The second call fails its condition.
    pub(crate) fn accepting(&self, invitation_id: &InvitationId, user_id: &UserId, now: Time) -> Write {
        self.table
            .update(row_key(invitation_id))
            .set("accepted_at", now)
            .set("accepted_by", user_id)
            .only_if(is_open().and(Condition::gt("good_until", now)))
            .into()
    }
}

impl From<InvitationRow> for Invitation {
    fn from(row: InvitationRow) -> Self {
        Self {
            invitation_id: row.invitation_id,
            email: row.email,
            roles: row.roles,
            invited_by: row.invited_by,
            created_at: row.created_at,
            expires_at: row.good_until,
            accepted_at: row.accepted_at,
            accepted_by: row.accepted_by,
            revoked_at: row.revoked_at,
            secret_hash: row.secret_hash,
        }
    }
}
