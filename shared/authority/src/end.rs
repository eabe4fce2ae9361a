//! Ending sessions: one, all, all but one.

use kernel::{Fault, Origin};
use platform::table::{Transaction, Write};
use platform::trail::Entry;

use crate::Authority;
use crate::session::{EndReason, Session, SessionId};
use crate::user::{User, UserId};

/// How often a change is tried again when somebody else changes the user meanwhile.
const ROUNDS_MAX: usize = 4;
/// So many sessions are enough for their owner to see at once.
const SHOWN_MAX: usize = 100;
/// So many sessions are forgotten in the transaction that erases their user.
const AT_ONCE: usize = 80;
/// So many pages of a user's sessions are looked through in one call.
const PAGES_MAX: usize = 20;

impl Authority {
    /// The sessions of a user that are running now, the newest first: a hundred or so at most, of the
    /// newest 2,000 that there were.
    pub async fn sessions(&self, user_id: &UserId) -> Result<Vec<Session>, Fault> {
        self.running(user_id, (SHOWN_MAX, PAGES_MAX), |_| true).await
    }

    /// Every session of a user that a client has and that is running now, the newest first.
    pub async fn sessions_of_client(&self, user_id: &UserId, client_id: &str) -> Result<Vec<Session>, Fault> {
        let is_wanted = |session: &Session| session.client_id == client_id;
        self.running(user_id, (usize::MAX, usize::MAX), is_wanted).await
    }

    /// Looks through sessions, ended ones too, until there are enough or so many pages were read.
    async fn running(
        &self,
        user_id: &UserId,
        (enough, pages): (usize, usize),
        is_wanted: impl Fn(&Session) -> bool,
    ) -> Result<Vec<Session>, Fault> {
        let now = self.clock.now();
        let Some(user) = self.store.user(user_id).await? else {
            return Ok(Vec::new());
        };
        let (mut running, mut after) = (Vec::new(), None);
        for _ in 0..pages {
            let page = self.store.sessions(user_id, after).await?;
            let live = page
                .items
                .into_iter()
                .filter(|session| session.is_live(&user, now));
            running.extend(live.filter(&is_wanted));
            after = page.next;
            if after.is_none() || running.len() >= enough {
                break;
            }
        }
        Ok(running)
    }

    /// Ends one session of this user. Ending it twice changes nothing; another's is missing.
    pub async fn revoke_session(
        &self,
        user_id: &UserId,
        session_id: &SessionId,
        origin: &Origin,
    ) -> Result<(), Fault> {
        let session = self.store.session(session_id).await?;
        let session = session.filter(|session| session.user_id == *user_id);
        let session = session.ok_or_else(|| Fault::missing("session"))?;
        if session.ended_at.is_some() {
            return Ok(());
        }
        self.end(&session, EndReason::Revoked, origin, self.clock.now())
            .await
    }

    /// Ends every session of a user, but for one if named.
    pub async fn revoke_sessions(
        &self,
        user_id: &UserId,
        except: Option<&SessionId>,
        origin: &Origin,
    ) -> Result<(), Fault> {
        for _ in 0..ROUNDS_MAX {
            let user = self.store.user(user_id).await?;
            let user = user.ok_or_else(|| Fault::missing("user"))?;
            let mut entry = Entry::new("sessions.revoked", user_id.as_str(), self.clock.now())
                .about(user_id.as_str())
                .from(origin.clone());
            if let Some(kept) = except {
                entry = entry.with("except", kept.as_str());
            }
            let mut transaction = Transaction::new();
            for write in self.ending_sessions(&user, except) {
                transaction = transaction.with(write);
            }
            match transaction.with(self.trail.entry(&entry)).commit().await {
                Ok(()) => return Ok(()),
                Err(error) if error.condition_failed_at(1) => return Err(Fault::missing("session")),
                Err(error) if error.condition_failed_at(0) || error.is_conflict() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Fault::busy("the user is changed by many at once"))
    }

    /// The writes that forget the newest sessions of a user: from where they came, and with what. Older
    /// ones than fit into a transaction are forgotten before this answers.
    pub async fn forgetting_sessions(&self, user_id: &UserId) -> Result<Vec<Write>, Fault> {
        let (mut newest, mut after) = (Vec::new(), None);
        for _ in 0..PAGES_MAX {
            let page = self.store.session_ids(user_id, after).await?;
            for session_id in page.items {
                let write = self.store.forgetting_session(&session_id);
                if newest.len() < AT_ONCE {
                    newest.push(write);
                } else {
                    Transaction::new().with(write).commit().await?;
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(newest);
            }
        }
        // What is forgotten by now is not found by the next call.
        Err(Fault::busy("the user has more sessions than one call forgets"))
    }

    /// The writes after which every session of the user but `except` is over, at once. They touch the
    /// user's row: no other write of the same transaction may.
    pub fn ending_sessions(&self, user: &User, except: Option<&SessionId>) -> Vec<Write> {
        let mut writes = vec![self.store.next_epoch(user, self.clock.now())];
        writes.extend(except.map(|session_id| self.store.keeping(session_id, user)));
        writes
    }
}
