//! A new password without the old one: asked for by anybody or by staff, set by whoever reads the mail.
//!
//! The reset's row is named by the address, so that asking again kills the older link. It ends every
//! session and forgives failed logins; it is no way past a second factor (ID-6).

use authority::mail::Letter;
use authority::{User, UserId};
use kernel::{Email, Fault, Origin};
use platform::table::{Transaction, Write};
use platform::trail::{Entry, Outcome};

use crate::Identity;
use crate::ask::Subject;
use crate::error::Refusal;
use crate::password::Password;
use crate::proof::{GOOD_MINUTES, Proof, Purpose};
use crate::secret::Ticket;
use crate::store::{Kept, together};

/// How often a race with another change of the account is run again.
const RACES_MAX: u32 = 4;

impl Identity {
    /// Sends a link to the address's owner; one that says so where there is no account.
    pub async fn request_reset(&self, email: &Email, origin: &Origin) -> Result<(), Refusal> {
        let user = self.account(email).await?.filter(User::is_active);
        let entry = self.note("reset.requested", user.as_ref().map(|user| &user.user_id), origin);
        self.send_reset(email, user.as_ref(), &entry).await?;
        Ok(())
    }

    /// Sends a link to a user, because staff asks for it. Staff never learns it nor chooses a password.
    pub async fn trigger_reset(
        &self,
        user_id: &UserId,
        staff_id: &str,
        origin: &Origin,
    ) -> Result<(), Refusal> {
        let found = self.authority.user(user_id).await?;
        let user = found.filter(User::is_active).ok_or(Fault::missing("user"))?;
        let entry = Entry::new("reset.triggered", staff_id, self.clock.now())
            .about(user_id.as_str())
            .from(origin.clone());
        self.send_reset(&user.email, Some(&user), &entry).await?;
        Ok(())
    }

    async fn send_reset(&self, email: &Email, user: Option<&User>, entry: &Entry) -> Result<(), Fault> {
        // As the account spells it, however it was typed: a look-alike gets no letter, and the owner's is good.
        let email = user.map_or(email, |user| &user.email);
        let fresh = self.fresh(self.secrets.of_email(email));
        let subject = Subject {
            purpose: Purpose::Reset,
            email,
            user_id: user.map(|user| user.user_id.clone()),
            pending: None,
        };
        let proof = self.proof_of(subject, &fresh);
        let letter = match user {
            Some(_) => Letter::ResetPassword {
                link: self.link_to("reset-password", &fresh.token.text(Purpose::Reset.token_prefix())),
                minutes: GOOD_MINUTES,
            },
            None => Letter::ResetUnknown {},
        };
        self.send(&proof, &self.store.keeping(&proof), &letter, entry)
            .await?;
        Ok(())
    }

    /// Sets the password of whoever reads the account's mail, and ends every session. All of it or
    /// nothing; the second call is refused.
    pub async fn reset_password(&self, token: &str, typed: &str, origin: &Origin) -> Result<(), Refusal> {
        let purpose = Purpose::Reset;
        let ticket = Ticket::read(token, purpose.token_prefix());
        let password = Password::new(typed);
        let tried = self
            .store
            .try_out(purpose, &ticket.handle, self.clock.now())
            .await?;
        let proof = tried.filter(|proof| self.is_opened_by(proof, &ticket));
        let Some((proof, user_id)) = proof
            .as_ref()
            .and_then(|proof| Some((proof, proof.user_id.as_ref()?)))
        else {
            let entry = self.note("reset.refused", None, origin).outcome(Outcome::Denied);
            self.trail.append(&entry).await?;
            return Err(Refusal::Link);
        };
        for _ in 0..RACES_MAX {
            let user = self.authority.user(user_id).await?;
            let Some(user) = user.filter(|user| user.is_active() && user.email == proof.email) else {
                return Err(Refusal::Link);
            };
            let alone = user.second_factors.is_empty();
            self.accept(&password, "password", &user.email, alone).await?;
            if self.replace(proof, &user, &password, origin).await? {
                return Ok(());
            }
        }
        Err(Fault::busy("the account is changed by many at once").into())
    }

    /// The write after which an account has no password, for the transaction that erases it.
    pub fn forgetting(&self, user_id: &UserId) -> Write {
        self.store.forgetting_password(user_id).into()
    }

    /// The change itself; false when the account was changed since it was read.
    async fn replace(
        &self,
        proof: &Proof,
        user: &User,
        password: &Password,
        origin: &Origin,
    ) -> Result<bool, Refusal> {
        let now = self.clock.now();
        let before = self.store.password(&user.user_id).await?;
        let read = before.as_ref().map(|kept| kept.version);
        let kept = Kept {
            user_id: user.user_id.clone(),
            hash: self.hasher.hash(password, self.secrets.bytes())?,
            one_time_until: None,
            version: read.unwrap_or_default() + 1,
            changed_at: now,
        };
        let entry = Entry::new("password.reset", user.user_id.as_str(), now)
            .about(user.user_id.as_str())
            .from(origin.clone());
        let letter = Self::password_changed(origin);
        let mail = self
            .postbox
            .posting(self.store.table(), &self.ids(), &user.email, &letter)?;
        let transaction = Transaction::new()
            .with(self.store.using(proof, now))
            .with(self.store.setting_password(&kept, read))
            .with(self.store.forgiving(&self.secrets.of_email(&user.email), now))
            .with(mail)
            .with(self.trail.entry(&entry));
        let transaction = together(transaction, self.authority.ending_sessions(user, None));
        match transaction.commit().await {
            Ok(()) => Ok(true),
            Err(error) if error.condition_failed_at(0) => Err(Refusal::Link),
            Err(error) if error.is_condition_failed() || error.is_conflict() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
