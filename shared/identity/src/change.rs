//! What somebody who is logged in changes: the password, the address; and proving once more who they are.

use authority::mail::Letter;
use authority::{Method, SessionId, Tokens, User, UserId};
use kernel::{Email, Fault, Origin};
use platform::http::Customer;
use platform::table::Transaction;
use platform::trail::{Entry, Outcome};

use crate::Identity;
use crate::ask::Subject;
use crate::error::Refusal;
use crate::password::Password;
use crate::proof::{GOOD_MINUTES, Purpose};
use crate::store::{Kept, together};

/// Who is logged in, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// Whose account.
    pub user_id: UserId,
    /// The session they act in.
    pub session_id: SessionId,
    /// Where the request came from.
    pub origin: Origin,
}

impl Present {
    /// The customer who calls.
    pub fn of(customer: &Customer, origin: Origin) -> Result<Self, Fault> {
        Ok(Self {
            user_id: UserId::parse(&customer.user_id).map_err(Fault::broken)?,
            session_id: SessionId::parse(&customer.presence.session_id).map_err(Fault::broken)?,
            origin,
        })
    }
}

/// A change of password.
#[derive(Clone, PartialEq, Eq)]
pub struct NewPassword {
    /// The present one, as it was typed.
    pub current: String,
    /// The next one, as it was typed.
    pub next: String,
    /// Whether other sessions go on.
    pub keep_other_sessions: bool,
}

impl std::fmt::Debug for NewPassword {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("NewPassword(…)")
    }
}

impl Identity {
    /// Sets another password for whoever knows the present one (ID-6), tells them by mail, and ends
    /// their other sessions unless they want to keep them.
    pub async fn change_password(&self, present: &Present, new: &NewPassword) -> Result<(), Refusal> {
        let user = self.present_user(present).await?;
        if !self
            .confirm_password(&user, &new.current, &present.origin)
            .await?
        {
            return Err(Refusal::Password);
        }
        let password = Password::new(&new.next);
        let alone = user.second_factors.is_empty();
        self.accept(&password, "new_password", &user.email, alone).await?;
        let now = self.clock.now();
        let before = self
            .store
            .password(&user.user_id)
            .await?
            .ok_or(Refusal::Password)?;
        let kept = Kept {
            hash: self.hasher.hash(&password, self.secrets.bytes())?,
            version: before.version + 1,
            changed_at: now,
            ..before.clone()
        };
        let letter = Self::password_changed(&present.origin);
        let mail = self
            .postbox
            .posting(self.store.table(), &self.ids(), &user.email, &letter)?;
        let entry = self.by(present, "password.changed");
        let mut transaction = Transaction::new()
            .with(self.store.setting_password(&kept, Some(before.version)))
            .with(mail)
            .with(self.trail.entry(&entry));
        if !new.keep_other_sessions {
            let ending = self.authority.ending_sessions(&user, Some(&present.session_id));
            transaction = together(transaction, ending);
        }
        Ok(transaction.commit().await?)
    }

    /// Sends a code to the new address of an account; where that address has an account already,
    /// its owner is told instead. The caller cannot tell which.
    pub async fn change_email(&self, present: &Present, email: &Email) -> Result<(), Refusal> {
        let user = self.present_user(present).await?;
        let found = self.account(email).await?;
        let other = found.filter(|other| other.user_id != user.user_id);
        let email = other.as_ref().map_or(email, |other| &other.email);
        let purpose = Purpose::EmailChange;
        let fresh = self.fresh(user.user_id.to_string());
        let subject = Subject {
            purpose,
            email,
            user_id: other.is_none().then(|| user.user_id.clone()),
            pending: None,
        };
        let proof = self.proof_of(subject, &fresh);
        let letter = if other.is_some() {
            Letter::AlreadyRegistered {
                login_link: format!("{}/login", self.storefront),
                reset_link: format!("{}/forgot-password", self.storefront),
            }
        } else {
            Letter::EmailChangeCode {
                code: fresh.code.clone(),
                minutes: GOOD_MINUTES,
            }
        };
        let entry = self.by(present, "email_change.requested");
        self.send(&proof, &self.store.keeping(&proof), &letter, &entry)
            .await?;
        Ok(())
    }

    /// Gives the account the address whose code is shown, and tells the old one. The second call is
    /// refused.
    pub async fn confirm_email(&self, present: &Present, code: &str) -> Result<(), Refusal> {
        let now = self.clock.now();
        let handle = present.user_id.as_str();
        let tried = self.store.try_out(Purpose::EmailChange, handle, now).await?;
        let code: String = code.chars().filter(char::is_ascii_digit).collect();
        let proof = tried.filter(|proof| proof.user_id.is_some() & self.is_told_by(proof, &code));
        let Some(proof) = proof else {
            let entry = self.by(present, "email_change.refused").outcome(Outcome::Denied);
            self.trail.append(&entry).await?;
            return Err(Refusal::Code);
        };
        let user = self.present_user(present).await?;
        let letter = Letter::EmailChanged {
            new_email_hint: hint(&proof.email),
        };
        let mail = self
            .postbox
            .posting(self.store.table(), &self.ids(), &user.email, &letter)?;
        let transaction = Transaction::new()
            .with(self.store.using(&proof, now))
            .with(mail)
            .with(self.trail.entry(&self.by(present, "email.changed")));
        let changing = self.authority.changing_email(&user, &proof.email);
        match together(transaction, changing).commit().await {
            Ok(()) => Ok(()),
            // Used in this very moment, or the address got an account meanwhile.
            Err(error) if error.is_condition_failed() => Err(Refusal::Code),
            Err(error) => Err(error.into()),
        }
    }

    /// Proves once more, by password, who they are: the session is fresh again, at the assurance it
    /// had.
    ///
    /// Whoever has a second factor is asked for that instead, before a password is looked at: else a
    /// taken session and a phished password would take the factor itself away (ID-15).
    pub async fn step_up(&self, present: &Present, password: &str) -> Result<Tokens, Refusal> {
        let user = self.present_user(present).await?;
        if !user.second_factors.is_empty() {
            return Err(Refusal::Factor);
        }
        if !self.confirm_password(&user, password, &present.origin).await? {
            return Err(Refusal::Password);
        }
        let raised = self.authority.raise_session(
            &user.user_id,
            &present.session_id,
            vec![Method::Password],
            1,
            &present.origin,
        );
        Ok(raised.await?)
    }

    async fn present_user(&self, present: &Present) -> Result<User, Fault> {
        let found = self.authority.user(&present.user_id).await?;
        found.filter(User::is_active).ok_or(Fault::missing("user"))
    }

    fn by(&self, present: &Present, action: &'static str) -> Entry {
        Entry::new(action, present.user_id.as_str(), self.clock.now())
            .about(present.user_id.as_str())
            .from(present.origin.clone())
    }
}

/// Enough of an address for its owner to know it: `b…@example.com`.
fn hint(email: &Email) -> String {
    let (local, domain) = email.as_str().rsplit_once('@').unwrap_or_default();
    let first: String = local.chars().take(1).collect();
    format!("{first}…@{domain}")
}
