//! Accepting an invitation to the staff: by a new account, or by the one that the address has.

use authority::{NewUser, OpenInvitation, User, UserId};
use kernel::{Fault, FieldFault, Origin};
use platform::table::{Transaction, Write};
use platform::trail::{Entry, Outcome};

use crate::Identity;
use crate::error::Refusal;
use crate::password::Password;
use crate::store::{Kept, together};

/// How often a race with another change of the account is run again.
const RACES_MAX: u32 = 4;

/// What an invited person says.
#[derive(Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// The token of the mail's link: it proves the address.
    pub token: String,
    /// What they want to be called; for a new account.
    pub name: Option<String>,
    /// The password of a new account.
    pub password: Option<String>,
}

impl std::fmt::Debug for Acceptance {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Acceptance(…)")
    }
}

impl Identity {
    /// Gives whoever reads the invited address its roles, with a new account if it has none. It logs
    /// nobody in: an account's own factors are still asked for. The second call is refused.
    pub async fn accept_invitation(&self, acceptance: &Acceptance, origin: &Origin) -> Result<(), Refusal> {
        for _ in 0..RACES_MAX {
            let Some(open) = self.authority.open_invitation(&acceptance.token).await? else {
                let entry = self
                    .note("invitation.refused", None, origin)
                    .outcome(Outcome::Denied);
                self.trail.append(&entry).await?;
                return Err(Refusal::Link);
            };
            let writes = match self.authority.user_by_email(&open.invitation.email).await? {
                Some(user) => self.joining(&open, &user)?,
                None => self.beginning(&open, acceptance, origin).await?,
            };
            match together(Transaction::new(), writes).commit().await {
                Ok(()) => return Ok(()),
                // Accepted or taken back in this very moment, or the account or who invited it was
                // changed: look again.
                Err(error) if error.is_condition_failed() || error.is_conflict() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Fault::busy("the account is changed by many at once").into())
    }

    /// The writes by which the account of the address gets the roles.
    fn joining(&self, open: &OpenInvitation, user: &User) -> Result<Vec<Write>, Refusal> {
        if !user.is_active() {
            return Err(Refusal::Link);
        }
        let mut writes = self.authority.redeeming_invitation(open, &user.user_id);
        writes.extend(self.authority.granting(user, &open.invitation.roles));
        Ok(writes)
    }

    /// The writes by which a new account begins with the roles.
    async fn beginning(
        &self,
        open: &OpenInvitation,
        acceptance: &Acceptance,
        origin: &Origin,
    ) -> Result<Vec<Write>, Refusal> {
        let invitation = &open.invitation;
        let Some(typed) = &acceptance.password else {
            let missing = FieldFault::new("password", "missing_field", "a new account needs a password");
            return Err(Fault::invalid_fields(vec![missing]).into());
        };
        let password = Password::new(typed);
        self.accept(&password, "password", &invitation.email, true)
            .await?;
        let now = self.clock.now();
        let new = NewUser {
            user_id: UserId::mint(&self.ids()),
            email: invitation.email.clone(),
            name: acceptance.name.clone(),
            locale: None,
            roles: invitation.roles.clone(),
            cart_id: None,
        };
        let kept = Kept {
            user_id: new.user_id.clone(),
            hash: self.hasher.hash(&password, self.secrets.bytes())?,
            one_time_until: None,
            version: 1,
            changed_at: now,
        };
        let entry = Entry::new("account.created", new.user_id.as_str(), now)
            .about(new.user_id.as_str())
            .from(origin.clone());
        let mut writes = self.authority.redeeming_invitation(open, &new.user_id);
        writes.push(self.store.setting_password(&kept, None).into());
        writes.push(self.trail.entry(&entry));
        writes.extend(self.authority.creating(&new));
        Ok(writes)
    }
}
