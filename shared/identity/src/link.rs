//! Magic links: log in by whoever reads the account's mail, in the browser that asked.

use authority::mail::Letter;
use authority::{Method, User};
use kernel::{Email, Origin};
use platform::table::Transaction;
use platform::trail::Outcome;

use crate::Identity;
use crate::ask::{Asked, Subject};
use crate::error::Refusal;
use crate::login::{LoggedIn, Visit};
use crate::proof::{GOOD_MINUTES, Proof, Purpose};
use crate::secret::Ticket;

/// What opens a magic link: both halves.
#[derive(Clone, PartialEq, Eq)]
pub struct Redeemed {
    /// What asking was answered with: only the browser that asked has it, so that a link which somebody
    /// else asked for logs nobody in.
    pub request_id: String,
    /// The link's token: only the mail has it.
    pub token: String,
}

impl std::fmt::Debug for Redeemed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Redeemed(…)")
    }
}

impl Identity {
    /// Sends a link to the address's owner; one that says so where there is no account.
    pub async fn request_link(&self, email: &Email, origin: &Origin) -> Result<Asked, Refusal> {
        let purpose = Purpose::Link;
        let user = self.account(email).await?.filter(User::is_active);
        // As the account spells it, however it was typed.
        let email = user.as_ref().map_or(email, |user| &user.email);
        let user_id = user.as_ref().map(|user| user.user_id.clone());
        let fresh = self.fresh(self.ids().body());
        let entry = self.note("link.requested", user_id.as_ref(), origin);
        let letter = match &user_id {
            Some(_) => Letter::MagicLink {
                link: self.link_to("magic-link", &fresh.token.text(purpose.token_prefix())),
                minutes: GOOD_MINUTES,
            },
            None => Letter::MagicUnknown {},
        };
        let subject = Subject {
            purpose,
            email,
            user_id,
            pending: None,
        };
        let proof = self.proof_of(subject, &fresh);
        self.send(&proof, &self.store.keeping(&proof), &letter, &entry)
            .await?;
        Ok(Self::asked(purpose, &fresh))
    }

    /// Logs in by both halves of a link. The second call is refused.
    pub async fn redeem_link(&self, redeemed: &Redeemed, visit: Visit) -> Result<LoggedIn, Refusal> {
        let purpose = Purpose::Link;
        let token = Ticket::read(&redeemed.token, purpose.token_prefix());
        let holder = Ticket::read(&redeemed.request_id, purpose.holder_prefix());
        let now = self.clock.now();
        let tried = self.store.try_out(purpose, &token.handle, now).await?;
        let opens = |proof: &Proof| {
            let (asked, mailed) = (self.is_held_by(proof, &holder), self.is_opened_by(proof, &token));
            asked && mailed && holder.handle == token.handle
        };
        let proof = tried.filter(opens);
        let user = match proof.as_ref().and_then(|proof| proof.user_id.as_ref()) {
            Some(user_id) => self.authority.user(user_id).await?,
            None => None,
        };
        let (Some(proof), Some(user)) = (proof, user.filter(User::is_active)) else {
            return self.not_redeemed(&visit.origin).await;
        };
        if user.email != proof.email {
            return self.not_redeemed(&visit.origin).await;
        }
        let entry = self.note("link.redeemed", Some(&user.user_id), &visit.origin);
        let transaction = Transaction::new()
            .with(self.store.using(&proof, now))
            .with(self.store.forgiving(&self.secrets.of_email(&user.email), now))
            .with(self.trail.entry(&entry));
        match transaction.commit().await {
            Ok(()) => Ok(self.let_in(&user, vec![Method::Link], visit).await?),
            Err(error) if error.is_condition_failed() => self.not_redeemed(&visit.origin).await,
            Err(error) => Err(error.into()),
        }
    }

    async fn not_redeemed(&self, origin: &Origin) -> Result<LoggedIn, Refusal> {
        let entry = self.note("link.refused", None, origin).outcome(Outcome::Denied);
        self.trail.append(&entry).await?;
        Err(Refusal::Link)
    }
}
