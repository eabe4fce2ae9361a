//! Refreshing: a new access token, and the next refresh token of the family.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Fault, Origin, Time};
use platform::table::Transaction;
use platform::trail::{Entry, Outcome};

use crate::Authority;
use crate::session::{EndReason, Session, SessionId, Tokens, Turn};
use crate::store::Advanced;
use crate::user::User;

/// What every refresh token begins with, for scanners.
const PREFIX: &str = "cw_rt_";
const PURPOSE: &str = "refresh token";
/// Tabs that race for one successor; each round somebody wins.
const ROUNDS_MAX: usize = 4;

/// Why a refresh token brought nothing. To a client all but the last are one answer.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// Malformed, unknown, another client's, or of a session that is over.
    #[error("the refresh token is not valid")]
    Invalid,
    /// It was used after its successor was: the whole session has been ended.
    #[error("the refresh token was used twice")]
    Reused,
    /// The session could not be read or written.
    #[error("the session could not be refreshed")]
    Store(#[from] Fault),
}

impl From<RefreshError> for Fault {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Invalid | RefreshError::Reused => Self::Unauthenticated {
                code: "refresh_token_invalid",
                detail: "the refresh token is not valid; log in again",
            },
            RefreshError::Store(fault) => fault,
        }
    }
}

/// The parts of a presented refresh token.
struct Presented {
    session_id: SessionId,
    generation: u64,
    mac: Vec<u8>,
}

impl Presented {
    /// `cw_rt_<session body>_<secret>`; the secret is the generation and a MAC over it.
    fn parse(text: &str) -> Option<Self> {
        let (body, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
        let bytes = URL_SAFE_NO_PAD.decode(secret).ok()?;
        let (generation, mac) = bytes.split_at_checked(8)?;
        Some(Self {
            session_id: SessionId::parse(&format!("ses_{body}")).ok()?,
            generation: u64::from_be_bytes(generation.try_into().ok()?),
            mac: mac.to_vec(),
        })
    }
}

impl Authority {
    /// Gives the next tokens for a refresh token of this client.
    ///
    /// The present token begins the next generation. The one before gets the same successor again as
    /// long as nobody has used that: an answer was lost, or several tabs asked at once. Any older
    /// one is a copy in other hands: the session ends, and stays ended though this call fails.
    pub async fn refresh(
        &self,
        token: &str,
        client_id: &str,
        origin: &Origin,
    ) -> Result<Tokens, RefreshError> {
        let now = self.clock.now();
        let presented = Presented::parse(token).ok_or(RefreshError::Invalid)?;
        let (mut session, _) = self
            .genuine(&presented, client_id, now)
            .await?
            .ok_or(RefreshError::Invalid)?;
        for _ in 0..ROUNDS_MAX {
            match session.turn(presented.generation) {
                Turn::Again => return Ok(self.tokens(&session, true, now).await?),
                Turn::Over => return Err(RefreshError::Invalid),
                Turn::Reused => {
                    self.end(&session, EndReason::Reused, origin, now).await?;
                    return Err(RefreshError::Reused);
                }
                Turn::Next => match self.store.advance(&session, origin, now).await? {
                    Advanced::Yes(next) => return Ok(self.tokens(&next, true, now).await?),
                    Advanced::Overtaken(present) => session = present,
                    Advanced::Gone => return Err(RefreshError::Invalid),
                },
            }
        }
        Err(Fault::busy("the session is refreshed by many at once").into())
    }

    /// The session and user that a refresh token of this client would refresh now; changes nothing.
    pub async fn refreshable(&self, token: &str, client_id: &str) -> Result<Option<(Session, User)>, Fault> {
        let Some(presented) = Presented::parse(token) else {
            return Ok(None);
        };
        let found = self.genuine(&presented, client_id, self.clock.now()).await?;
        Ok(found
            .filter(|(session, _)| matches!(session.turn(presented.generation), Turn::Next | Turn::Again)))
    }

    /// Ends the session of a refresh token of this client. Anything else changes nothing, and looks
    /// the same (RFC 7009).
    pub async fn revoke_refresh_token(
        &self,
        token: &str,
        client_id: &str,
        origin: &Origin,
    ) -> Result<(), Fault> {
        let now = self.clock.now();
        let Some(presented) = Presented::parse(token) else {
            return Ok(());
        };
        match self.genuine(&presented, client_id, now).await? {
            Some((session, _)) => self.end(&session, EndReason::Logout, origin, now).await,
            None => Ok(()),
        }
    }

    /// The live session that this token was really given for. A token that only looks right ends
    /// nothing: knowing a session's id must not be enough to end it.
    async fn genuine(
        &self,
        presented: &Presented,
        client_id: &str,
        now: Time,
    ) -> Result<Option<(Session, User)>, Fault> {
        let Some(session) = self.store.session(&presented.session_id).await? else {
            return Ok(None);
        };
        let message = refresh_message(&session, presented.generation);
        let right = self.vault.is_mac(PURPOSE, message.as_bytes(), &presented.mac)?;
        if !right || session.client_id != client_id {
            return Ok(None);
        }
        let user = self.store.user(&session.user_id).await?;
        Ok(user
            .filter(|user| session.is_live(user, now))
            .map(|user| (session, user)))
    }

    /// The refresh token of the session's present generation: always the same text.
    pub(crate) fn refresh_token(&self, session: &Session) -> Result<String, Fault> {
        let message = refresh_message(session, session.generation);
        let mac = self.vault.mac(PURPOSE, message.as_bytes())?;
        let secret = [&session.generation.to_be_bytes(), mac.as_ref()].concat();
        let body = session.session_id.as_str().trim_start_matches("ses_");
        Ok(format!("{PREFIX}{body}_{}", URL_SAFE_NO_PAD.encode(secret)))
    }

    /// Ends a session and says so in the trail, both or neither. One that has ended stays as it is.
    pub(crate) async fn end(
        &self,
        session: &Session,
        because: EndReason,
        origin: &Origin,
        now: Time,
    ) -> Result<(), Fault> {
        let action = match because {
            EndReason::Logout | EndReason::Revoked => "session.revoked",
            EndReason::Reused => "session.reused",
        };
        let outcome = match because {
            EndReason::Logout | EndReason::Revoked => Outcome::Allowed,
            EndReason::Reused => Outcome::Denied,
        };
        let entry = Entry::new(action, session.user_id.as_str(), now)
            .outcome(outcome)
            .about(session.session_id.as_str())
            .from(origin.clone())
            .with("because", because.as_str());
        let transaction = Transaction::new()
            .with(self.store.ending(session, because, now))
            .with(self.trail.entry(&entry));
        match transaction.commit().await {
            Err(error) if error.condition_failed_at(0) => Ok(()),
            other => Ok(other?),
        }
    }
}

fn refresh_message(session: &Session, generation: u64) -> String {
    format!("{}#{}#{generation}", session.session_id, session.seed)
}
