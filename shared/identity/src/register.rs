//! Registration: a row that waits for its proof; the account only with it.

use authority::mail::Letter;
use authority::{Method, NewUser, UserId};
use kernel::{Email, Origin};
use platform::table::Transaction;
use platform::trail::{Entry, Outcome};

use crate::Identity;
use crate::ask::{Asked, Fresh, Subject};
use crate::error::Refusal;
use crate::login::{LoggedIn, Visit};
use crate::password::{Context, Password, WeakPassword};
use crate::proof::{GOOD_FOR, GOOD_MINUTES, Pending, Proof, Purpose};
use crate::secret::Ticket;
use crate::store::{Kept, together};

/// An account that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// The address, not proven yet.
    pub email: Email,
    /// The password as it was typed.
    pub password: String,
    /// What they want to be called.
    pub name: Option<String>,
    /// The language of their mails.
    pub locale: Option<String>,
}

/// What proves the address of a registration.
#[derive(Clone, PartialEq, Eq)]
pub enum Shown {
    /// The code that was mailed, by whoever registered.
    Code {
        /// What registering was answered with.
        registration_id: String,
        /// Eight digits.
        code: String,
    },
    /// The link that was mailed, by whoever knows the password. A stranger who has registered
    /// somebody else's address gains nothing when its owner follows the link: the owner does not
    /// know the stranger's password.
    Link {
        /// The link's token.
        token: String,
        /// The password that was chosen.
        password: String,
    },
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Shown(…)")
    }
}

impl Identity {
    /// Asks for an account. What comes of it is told by mail only: the code, or that there is an
    /// account already.
    pub async fn register(&self, new: NewAccount, visit: &Visit) -> Result<Asked, Refusal> {
        let password = Password::new(&new.password);
        self.accept(&password, "password", &new.email, true).await?;
        let password_hash = self.hasher.hash(&password, self.secrets.bytes())?;
        let existing = self.account(&new.email).await?;
        let fresh = self.fresh(self.ids().body());
        let subject = Subject {
            purpose: Purpose::Registration,
            // Of an account, as it spells it: only its owner is told.
            email: existing.as_ref().map_or(&new.email, |user| &user.email),
            user_id: existing.is_none().then(|| UserId::mint(&self.ids())),
            pending: Some(Pending {
                password_hash,
                name: new.name,
                locale: new.locale,
                cart_id: visit.cart_id.clone(),
            }),
        };
        let proof = self.proof_of(subject, &fresh);
        let entry = self.note("registration.requested", None, &visit.origin);
        self.send(
            &proof,
            &self.store.keeping(&proof),
            &self.welcome(&proof, &fresh),
            &entry,
        )
        .await?;
        Ok(Self::asked(Purpose::Registration, &fresh))
    }

    /// Sends another code; the older one is dead. Says the same whatever comes of it.
    pub async fn resend(&self, registration_id: &str, origin: &Origin) -> Result<Asked, Refusal> {
        let purpose = Purpose::Registration;
        let holder = Ticket::read(registration_id, purpose.holder_prefix());
        let now = self.clock.now();
        let found = self.store.proof(purpose, &holder.handle).await?;
        let read = found.filter(|proof| self.is_held_by(proof, &holder) && proof.is_renewable(now));
        let mut fresh = self.fresh(holder.handle.clone());
        fresh.holder = holder;
        let asked = Self::asked(purpose, &fresh);
        let Some(read) = read else {
            // What opens nothing is answered alike. The work differs, and tells only whether a
            // secret of 256 bits was guessed.
            return Ok(asked);
        };
        let secrets = self.proof_of(
            Subject {
                purpose,
                email: &read.email,
                user_id: read.user_id.clone(),
                pending: read.pending.clone(),
            },
            &fresh,
        );
        let renewed = Proof {
            letters: read.letters + 1,
            asked_at: read.asked_at,
            good_until: now.plus(GOOD_FOR),
            ..secrets
        };
        let entry = self.note("registration.resent", None, origin);
        let keep = self.store.renewing(&read, &renewed);
        self.send(&renewed, &keep, &self.welcome(&renewed, &fresh), &entry)
            .await?;
        Ok(asked)
    }

    /// Makes the account whose address is proven, with its password, and logs in. All of it or
    /// nothing; the second call is refused.
    pub async fn verify(&self, shown: &Shown, visit: Visit) -> Result<LoggedIn, Refusal> {
        let purpose = Purpose::Registration;
        let ticket = match shown {
            Shown::Code { registration_id, .. } => Ticket::read(registration_id, purpose.holder_prefix()),
            Shown::Link { token, .. } => Ticket::read(token, purpose.token_prefix()),
        };
        let tried = self
            .store
            .try_out(purpose, &ticket.handle, self.clock.now())
            .await?;
        let opens = self.opens_registration(tried.as_ref(), &ticket, shown)?;
        let proven = tried.filter(|_| opens);
        let (Some(proof), Some((user_id, pending))) = (&proven, proven.as_ref().and_then(of_account)) else {
            return self.not_verified(&visit.origin).await;
        };
        let now = self.clock.now();
        let new = NewUser {
            user_id: user_id.clone(),
            email: proof.email.clone(),
            name: pending.name.clone(),
            locale: pending.locale.clone(),
            roles: Vec::new(),
            cart_id: visit.cart_id.clone().or_else(|| pending.cart_id.clone()),
        };
        let kept = Kept {
            user_id: user_id.clone(),
            hash: pending.password_hash.clone(),
            one_time_until: None,
            version: 1,
            changed_at: now,
        };
        let entry = Entry::new("account.created", user_id.as_str(), now)
            .about(user_id.as_str())
            .from(visit.origin.clone());
        let transaction = Transaction::new()
            .with(self.store.using(proof, now))
            .with(self.store.setting_password(&kept, None))
            .with(self.trail.entry(&entry));
        match together(transaction, self.authority.creating(&new))
            .commit()
            .await
        {
            Ok(()) => {}
            // Used in this very moment, or the address got an account in another way.
            Err(error) if error.is_condition_failed() => return self.not_verified(&visit.origin).await,
            Err(error) => return Err(error.into()),
        }
        let user = self.authority.user(user_id).await?.ok_or(Refusal::Code)?;
        Ok(self
            .let_in(&user, vec![Method::Password, Method::Link], visit)
            .await?)
    }

    /// Whether what is shown opens the registration. A password is compared in any case.
    fn opens_registration(
        &self,
        proof: Option<&Proof>,
        ticket: &Ticket,
        shown: &Shown,
    ) -> Result<bool, Refusal> {
        match shown {
            Shown::Code { code, .. } => {
                let code: String = code.chars().filter(char::is_ascii_digit).collect();
                Ok(proof.is_some_and(|proof| self.is_held_by(proof, ticket) & self.is_told_by(proof, &code)))
            }
            Shown::Link { password, .. } => {
                let pending = proof.and_then(|proof| proof.pending.as_ref());
                let hash = pending.map(|pending| pending.password_hash.as_str());
                let compared = self.hasher.compare(&Password::new(password), hash)?;
                Ok(proof.is_some_and(|proof| self.is_opened_by(proof, ticket)) && compared.right)
            }
        }
    }

    async fn not_verified(&self, origin: &Origin) -> Result<LoggedIn, Refusal> {
        let entry = self
            .note("registration.refused", None, origin)
            .outcome(Outcome::Denied);
        self.trail.append(&entry).await?;
        Err(Refusal::Code)
    }

    /// The letter of a registration: its code, or for a decoy that there is an account already.
    fn welcome(&self, proof: &Proof, fresh: &Fresh) -> Letter {
        match &proof.user_id {
            Some(_) => Letter::VerifyEmail {
                code: fresh.code.clone(),
                link: self.link_to("verify-email", &fresh.token.text(proof.purpose.token_prefix())),
                minutes: GOOD_MINUTES,
            },
            None => Letter::AlreadyRegistered {
                login_link: format!("{}/login", self.storefront),
                reset_link: format!("{}/forgot-password", self.storefront),
            },
        }
    }

    /// Refuses a password that the policy does not accept, or that is known from breaches.
    pub(crate) async fn accept(
        &self,
        password: &Password,
        field: &'static str,
        email: &Email,
        alone: bool,
    ) -> Result<(), Refusal> {
        let context = Context {
            shop: &self.shop,
            email: email.as_str(),
            alone,
        };
        let weak = |weak| Refusal::Weak { field, weak };
        password.check(&context).map_err(weak)?;
        if self.breaches.knows(password).await? {
            return Err(weak(WeakPassword::Breached));
        }
        Ok(())
    }
}

/// Whose account a proof is about, and what it is to be; none for a decoy.
fn of_account(proof: &Proof) -> Option<(&UserId, &Pending)> {
    Some((proof.user_id.as_ref()?, proof.pending.as_ref()?))
}
