//! Asking for a proof: count the letter, keep the proof, ask for the mail, in one transaction.

use authority::mail::Letter;
use authority::{User, UserId};
use kernel::{Email, Fault, Origin};
use platform::table::{Put, Transaction};
use platform::trail::Entry;

use crate::Identity;
use crate::proof::{GOOD_FOR, Pending, Proof, Purpose};
use crate::secret::Ticket;
use crate::throttle::Letters;

/// How often a race about the count of letters is run again.
const RACES_MAX: u32 = 4;

/// What whoever asked is given: the same whether or not anything comes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The secret that binds what is sent to whoever asked.
    pub ticket: String,
    /// For how many seconds what is sent is good.
    pub expires_in: u32,
}

/// Secrets of one proof before they are hashed.
pub(crate) struct Fresh {
    /// For whoever asked.
    pub holder: Ticket,
    /// For the link.
    pub token: Ticket,
    /// To be typed.
    pub code: String,
}

/// What a proof is to be about.
pub(crate) struct Subject<'a> {
    pub purpose: Purpose,
    pub email: &'a Email,
    /// None for a decoy.
    pub user_id: Option<UserId>,
    pub pending: Option<Pending>,
}

impl Identity {
    /// The account of an address, and that there is none, in the same two reads.
    pub(crate) async fn account(&self, email: &Email) -> Result<Option<User>, Fault> {
        let found = self.authority.user_by_email(email).await?;
        if found.is_none() {
            // A user is read by two reads, the address's and the user's; nobody by as many.
            self.authority.user(&nobody()?).await?;
        }
        Ok(found)
    }

    /// Secrets for a proof under this handle.
    pub(crate) fn fresh(&self, handle: String) -> Fresh {
        Fresh {
            holder: self.secrets.ticket_for(handle.clone()),
            token: self.secrets.ticket_for(handle),
            code: self.secrets.code(),
        }
    }

    /// The proof that these secrets open.
    pub(crate) fn proof_of(&self, subject: Subject<'_>, fresh: &Fresh) -> Proof {
        let now = self.clock.now();
        let Subject {
            purpose,
            email,
            user_id,
            pending,
        } = subject;
        let word = purpose.as_str();
        Proof {
            purpose,
            handle: fresh.token.handle.clone(),
            email: email.clone(),
            user_id,
            holder_hash: self.secrets.hash(&format!("{word} holder"), &fresh.holder.secret),
            token_hash: self.secrets.hash(&format!("{word} token"), &fresh.token.secret),
            code_hash: self.secrets.hash(&format!("{word} code"), &fresh.code),
            tries: 0,
            letters: 1,
            good_until: now.plus(GOOD_FOR),
            asked_at: now,
            used_at: None,
            pending,
        }
    }

    /// Whether whoever shows these secrets may have what the proof is for.
    pub(crate) fn is_held_by(&self, proof: &Proof, holder: &Ticket) -> bool {
        self.opens(proof.purpose, "holder", &holder.secret, &proof.holder_hash)
    }

    pub(crate) fn is_opened_by(&self, proof: &Proof, token: &Ticket) -> bool {
        self.opens(proof.purpose, "token", &token.secret, &proof.token_hash)
    }

    pub(crate) fn is_told_by(&self, proof: &Proof, code: &str) -> bool {
        self.opens(proof.purpose, "code", code, &proof.code_hash)
    }

    fn opens(&self, purpose: Purpose, part: &str, text: &str, kept: &str) -> bool {
        self.secrets
            .matches(&format!("{} {part}", purpose.as_str()), text, kept)
    }

    /// Keeps a proof and asks for its letter; neither when the address got too many of late: what was
    /// mailed last stays good, however often a stranger asks. False when what was to be sent anew was
    /// used or sent meanwhile. A second call sends a second letter.
    pub(crate) async fn send(
        &self,
        proof: &Proof,
        keep: &Put,
        letter: &Letter,
        entry: &Entry,
    ) -> Result<bool, Fault> {
        let account = self.secrets.of_email(&proof.email);
        for _ in 0..RACES_MAX {
            let before = self.store.letters(proof.purpose, &account).await?;
            let (letters, may) = Letters::another(before, self.clock.now());
            let count = self
                .store
                .counting_letter(proof.purpose, &account, before, letters);
            let mut transaction = Transaction::new().with(count);
            if may {
                let mail = self
                    .postbox
                    .posting(self.store.table(), &self.ids(), &proof.email, letter)?;
                transaction = transaction.with(keep.clone()).with(mail);
            }
            match transaction.with(self.trail.entry(entry)).commit().await {
                Ok(()) => return Ok(true),
                Err(error) if error.condition_failed_at(1) => return Ok(false),
                Err(error) if error.condition_failed_at(0) || error.is_conflict() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Fault::busy("the address is written to by many at once"))
    }

    /// What whoever asked is told.
    pub(crate) fn asked(purpose: Purpose, fresh: &Fresh) -> Asked {
        Asked {
            ticket: fresh.holder.text(purpose.holder_prefix()),
            expires_in: u32::try_from(GOOD_FOR.as_seconds_ceil()).unwrap_or(u32::MAX),
        }
    }

    /// An entry of the trail about somebody who has not proven who they are.
    pub(crate) fn note(&self, action: &'static str, about: Option<&UserId>, origin: &Origin) -> Entry {
        let entry = Entry::new(action, "public", self.clock.now()).from(origin.clone());
        match about {
            Some(user_id) => entry.about(user_id.as_str()),
            None => entry,
        }
    }
}

/// An id that no user has.
pub(crate) fn nobody() -> Result<UserId, Fault> {
    UserId::parse("usr_00000000000000000000000000").map_err(Fault::broken)
}
