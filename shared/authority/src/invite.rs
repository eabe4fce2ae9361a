//! Inviting people to the staff: asked, listed, taken back, redeemed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Fault, Ids, Limit, Page};
use platform::table::{Transaction, Write};
use platform::trail::Entry;
use ring::digest;

use crate::Authority;
use crate::actor::Actor;
use crate::govern::{GovernError, words};
use crate::invitation::{Invitation, InvitationId, LASTS, NewInvitation};
use crate::key::hex;
use crate::mail::Letter;
use crate::sponsor::Sponsor;
use crate::user::UserId;

/// What every invitation's token begins with, for scanners.
const PREFIX: &str = "cw_in_";

/// An invitation that can be accepted now, with who stands behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenInvitation {
    /// The invitation.
    pub invitation: Invitation,
    sponsor: Sponsor,
}

/// Why nobody was invited.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// They would be no staff.
    #[error("an invitation needs at least one role")]
    NoRole,
    /// A role does not exist, or gives what the caller does not hold.
    #[error("the roles cannot be given")]
    Role(#[from] GovernError),
    /// It could not be stored.
    #[error("the invitation could not be stored")]
    Store(#[from] Fault),
}

impl From<InviteError> for Fault {
    fn from(error: InviteError) -> Self {
        let detail = error.to_string();
        match error {
            InviteError::NoRole => Self::invalid("invitation_role_missing", detail),
            InviteError::Role(error) => error.into(),
            InviteError::Store(fault) => fault,
        }
    }
}

impl Authority {
    /// Asks somebody by mail to join the staff. The mail has the only copy of the token.
    ///
    /// Whether the address has an account does not matter here: who accepts without one makes one,
    /// who has one gets the roles.
    pub async fn invite(
        &self,
        ids: &Ids<'_>,
        new: NewInvitation,
        by: &Actor,
    ) -> Result<Invitation, InviteError> {
        if new.roles.is_empty() {
            return Err(InviteError::NoRole);
        }
        let given = self.known_scopes(&new.roles).await?;
        if !by.powers.cover(&given) {
            return Err(GovernError::Exceeds.into());
        }
        let now = self.clock.now();
        let mut secret = [0; 32];
        self.random.fill(&mut secret);
        let secret = URL_SAFE_NO_PAD.encode(secret);
        let invitation = Invitation {
            invitation_id: InvitationId::mint(ids),
            email: new.email,
            roles: new.roles,
            invited_by: by.id.clone(),
            created_at: now,
            expires_at: now.plus(LASTS),
            accepted_at: None,
            accepted_by: None,
            revoked_at: None,
            secret_hash: hash(&secret),
        };
        let entry = entry("invitation.created", &invitation, by.id.as_str(), now)
            .from(by.origin.clone())
            .with("roles", words(&invitation.roles));
        let transaction = Transaction::new()
            .with(self.store.inviting(&invitation))
            .with(self.letter(ids, &invitation, &secret, by)?)
            .with(self.trail.entry(&entry));
        match transaction.commit().await {
            Ok(()) => Ok(invitation),
            // The id comes from the call: what is there is this call's own, its answer lost.
            Err(error) if error.condition_failed_at(0) => {
                let found = self.store.invitation(&invitation.invitation_id).await?;
                Ok(found.ok_or_else(|| Fault::missing("invitation"))?)
            }
            Err(error) => Err(Fault::from(error).into()),
        }
    }

    /// Invitations, newest first.
    pub async fn invitations(&self, limit: Limit, after: Option<String>) -> Result<Page<Invitation>, Fault> {
        self.store.invitations(limit, after).await
    }

    /// Takes an invitation back. One that was accepted stays as it is; twice changes nothing.
    pub async fn revoke_invitation(&self, invitation_id: &InvitationId, by: &Actor) -> Result<(), Fault> {
        let now = self.clock.now();
        let found = self.store.invitation(invitation_id).await?;
        let invitation = found.ok_or_else(|| Fault::missing("invitation"))?;
        let entry = entry("invitation.revoked", &invitation, by.id.as_str(), now).from(by.origin.clone());
        self.taking_back(invitation_id, &entry).await
    }

    /// The open invitation of a token; `None` when it opens nothing, whatever the reason.
    ///
    /// One whose inviter is gone, disabled, or may not give its roles any more is taken back: the
    /// trail says why, and somebody who may gives another.
    pub async fn open_invitation(&self, token: &str) -> Result<Option<OpenInvitation>, Fault> {
        let Some((body, secret)) = token.strip_prefix(PREFIX).and_then(|rest| rest.split_once('_')) else {
            return Ok(None);
        };
        let Ok(invitation_id) = InvitationId::parse(&format!("inv_{body}")) else {
            return Ok(None);
        };
        let found = self.store.invitation(&invitation_id).await?;
        let now = self.clock.now();
        let found =
            found.filter(|invitation| invitation.secret_hash == hash(secret) && invitation.is_open(now));
        let Some(invitation) = found else {
            return Ok(None);
        };
        if let Some(sponsor) = self.sponsor(&invitation).await? {
            return Ok(Some(OpenInvitation { invitation, sponsor }));
        }
        let entry = entry("invitation.revoked", &invitation, "system", now)
            .with("reason", "inviter_lacks_powers")
            .with("invited_by", invitation.invited_by.clone());
        self.taking_back(&invitation_id, &entry).await?;
        Ok(None)
    }

    /// Notes that an invitation is taken back. One that is not open stays as it is.
    async fn taking_back(&self, invitation_id: &InvitationId, entry: &Entry) -> Result<(), Fault> {
        let transaction = Transaction::new()
            .with(self.store.revoking_invitation(invitation_id, self.clock.now()))
            .with(self.trail.entry(entry));
        match transaction.commit().await {
            Err(error) if error.condition_failed_at(0) => Ok(()),
            other => Ok(other?),
        }
    }

    /// The writes that accept an invitation, for the transaction that makes the user or gives them
    /// the roles ([`Authority::granting`]). The first fails its condition when it is open no more, the
    /// last when who invited was changed meanwhile.
    pub fn redeeming_invitation(&self, open: &OpenInvitation, user_id: &UserId) -> Vec<Write> {
        let invitation = &open.invitation;
        let now = self.clock.now();
        let entry = entry("invitation.accepted", invitation, user_id.as_str(), now)
            .with("roles", words(&invitation.roles));
        let mut writes = vec![
            self.store.accepting(&invitation.invitation_id, user_id, now),
            self.trail.entry(&entry),
        ];
        writes.extend(open.sponsor.standing(self, user_id));
        writes
    }

    fn letter(
        &self,
        ids: &Ids<'_>,
        invitation: &Invitation,
        secret: &str,
        by: &Actor,
    ) -> Result<Write, Fault> {
        let missing =
            || Fault::broken("the vault was not granted: add `secrets: [vault]` to the manifest entry");
        let postbox = self.postbox.as_ref().ok_or_else(missing)?;
        let body = invitation.invitation_id.as_str().trim_start_matches("inv_");
        let link = format!(
            "{}/invitations/accept#token={PREFIX}{body}_{secret}",
            self.storefront_url
        );
        let letter = Letter::StaffInvitation {
            invited_by: by.name.clone(),
            roles: invitation.roles.iter().map(ToString::to_string).collect(),
            link,
            days: 7,
        };
        Ok(postbox
            .posting(&self.store.table, ids, &invitation.email, &letter)?
            .into())
    }
}

/// A plain hash is enough for 256 random bits.
fn hash(secret: &str) -> String {
    hex(digest::digest(&digest::SHA256, secret.as_bytes()).as_ref())
}

fn entry(action: &'static str, invitation: &Invitation, actor: &str, now: kernel::Time) -> Entry {
    Entry::new(action, actor, now).about(invitation.invitation_id.as_str())
}
