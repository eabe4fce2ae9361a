//! Who stands behind an invitation: nobody gives what they do not hold, when it is taken either.

use kernel::Fault;
use platform::table::Write;

use crate::Authority;
use crate::govern::GovernError;
use crate::guard;
use crate::invitation::Invitation;
use crate::key::{ApiKey, KeyId};
use crate::role::Powers;
use crate::user::{User, UserId};

/// So many keys may have replaced the one that invited.
const SUCCESSORS_MAX: usize = 8;

/// Somebody who may give now what an invitation gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sponsor {
    /// The person as they were read; `None` for a machine.
    pub(crate) person: Option<User>,
}

impl Sponsor {
    /// The demand that the person is as they were read, for the transaction that takes what they give.
    /// Whoever invited themselves is demanded by the write that gives them their roles.
    pub(crate) fn standing(&self, authority: &Authority, user_id: &UserId) -> Option<Write> {
        let person = self.person.as_ref().filter(|person| person.user_id != *user_id)?;
        Some(authority.store.unchanged(person))
    }
}

impl Authority {
    /// Who invited, if they are there, can act, and hold all that the invitation gives as things are
    /// now. A key that was replaced stands in its successor.
    pub(crate) async fn sponsor(&self, invitation: &Invitation) -> Result<Option<Sponsor>, Fault> {
        let given = match self.known_scopes(&invitation.roles).await {
            Ok(given) => given,
            Err(GovernError::Store(fault)) => return Err(fault),
            // A role that is gone permits nothing; one of its name that comes later may permit anything.
            Err(_) => return Ok(None),
        };
        let by = invitation.invited_by.as_str();
        let mut person = None;
        let powers = if by == "system" {
            Powers::new(&["*".to_owned()])
        } else if let Ok(user_id) = UserId::parse(by) {
            person = self.store.user(&user_id).await?.filter(User::is_active);
            let roles = person.as_ref().map(|person| person.roles.as_slice());
            Powers::new(&guard::permissions(&self.store, roles.unwrap_or_default()).await?)
        } else if let Ok(key_id) = KeyId::parse(by) {
            let key = self.standing_key(key_id).await?;
            let scopes = key.into_iter().flat_map(|key| key.scopes);
            Powers::new(&scopes.map(|scope| scope.to_string()).collect::<Vec<_>>())
        } else {
            let client = self.store.client(by).await?;
            Powers::new(&client.map(|client| client.permissions).unwrap_or_default())
        };
        Ok(powers.cover(&given).then_some(Sponsor { person }))
    }

    /// The key, or the one that took its place, if it is good.
    async fn standing_key(&self, mut key_id: KeyId) -> Result<Option<ApiKey>, Fault> {
        let now = self.clock.now();
        for _ in 0..SUCCESSORS_MAX {
            let Some(key) = self.store.key(&key_id).await? else {
                return Ok(None);
            };
            match key.replaced_by.clone() {
                Some(next) if key.revoked_at.is_none() => key_id = next,
                Some(_) | None => return Ok(Some(key).filter(|key| key.is_good_at(now))),
            }
        }
        Ok(None)
    }
}
