//! Starting a session, and what a client gets for it.

use kernel::{Fault, Ids, Origin, Time};
use platform::table::Transaction;
use platform::trail::Entry;

use crate::Authority;
use crate::claims::{ACCESS_TYPE, of_client, of_session};
use crate::client::ClientSubject;
use crate::key::hex;
use crate::session::{ACCESS_LASTS, Method, Session, SessionId, Start, Tokens};
use crate::user::{User, UserId};

/// The account cannot be used, or not any more as it was when the login began.
pub(crate) fn refused() -> Fault {
    Fault::Unauthenticated {
        code: "session_refused",
        detail: "the account cannot be used, or was changed just now; log in again",
    }
}

impl Authority {
    /// Starts a session of a user who has proven who they are.
    ///
    /// The session exists only if the user is, at that moment, still what `user` says: a login that
    /// overlaps a change of password ends with `session_refused`. It is in the audit trail if, and
    /// only if, it exists.
    pub async fn start_session(&self, user: &User, start: Start) -> Result<Tokens, Fault> {
        if !user.is_active() {
            return Err(refused());
        }
        let now = self.clock.now();
        let session = self.new_session(user, start.clone(), now);
        let entry = Entry::new("session.started", user.user_id.as_str(), now)
            .about(session.session_id.as_str())
            .from(start.origin)
            .with("client_id", &session.client_id)
            .with("methods", words(&session.methods));
        let transaction = Transaction::new()
            .with(self.store.starting(&session))
            .with(self.store.requiring(user))
            .with(self.trail.entry(&entry));
        match transaction.commit().await {
            Ok(()) => self.tokens(&session, true, now).await,
            Err(error) if error.condition_failed_at(1) => Err(refused()),
            Err(error) => Err(error.into()),
        }
    }

    /// Notes that a session's user has proven once more who they are. The refresh token stays; the
    /// new access token says so.
    pub async fn raise_session(
        &self,
        user_id: &UserId,
        session_id: &SessionId,
        methods: Vec<Method>,
        assurance: u8,
        origin: &Origin,
    ) -> Result<Tokens, Fault> {
        let now = self.clock.now();
        let found = self.store.session_and_user(session_id, user_id).await?;
        let Some((mut session, _)) = found.filter(|(session, user)| session.is_live(user, now)) else {
            return Err(refused());
        };
        for method in &methods {
            if !session.methods.contains(method) {
                session.methods.push(*method);
            }
        }
        session.assurance = session.assurance.max(assurance);
        session.authenticated_at = now;
        let entry = Entry::new("session.raised", user_id.as_str(), now)
            .about(session_id.as_str())
            .from(origin.clone())
            .with("methods", words(&methods));
        let transaction = Transaction::new()
            .with(self.store.raising(&session))
            .with(self.trail.entry(&entry));
        match transaction.commit().await {
            Ok(()) => self.tokens(&session, false, now).await,
            Err(error) if error.condition_failed_at(0) => Err(refused()),
            Err(error) => Err(error.into()),
        }
    }

    /// An access token for a client in its own name, with those of the scopes that it may have. It
    /// names nobody from the moment on when the client is forgotten ([`Authority::removing_client`]).
    pub async fn client_token(&self, client: &ClientSubject, scopes: &[String]) -> Result<Tokens, Fault> {
        let now = self.clock.now();
        let granted = client.granted(scopes);
        let end = now.plus(ACCESS_LASTS);
        let claims = of_client(
            client,
            &granted,
            &self.verifier.parties,
            &self.token_id(now),
            (now, end),
        );
        Ok(Tokens {
            access_token: self.sign(ACCESS_TYPE, &claims).await?,
            refresh_token: None,
            expires_in: seconds(now, end),
            session_id: None,
            scope: Some(granted.join(" ")),
        })
    }

    /// What a client gets for this session as it is now.
    pub(crate) async fn tokens(
        &self,
        session: &Session,
        renewable: bool,
        now: Time,
    ) -> Result<Tokens, Fault> {
        let end = now.plus(ACCESS_LASTS);
        let claims = of_session(session, &self.verifier.parties, &self.token_id(now), (now, end));
        let refresh_token = renewable.then(|| self.refresh_token(session)).transpose()?;
        Ok(Tokens {
            access_token: self.sign(ACCESS_TYPE, &claims).await?,
            refresh_token,
            expires_in: seconds(now, end),
            session_id: Some(session.session_id.clone()),
            scope: session.scopes.as_ref().map(|scopes| scopes.join(" ")),
        })
    }

    fn new_session(&self, user: &User, start: Start, now: Time) -> Session {
        let mut seed = [0; 16];
        self.random.fill(&mut seed);
        Session {
            session_id: SessionId::mint(&Ids::new(now, &*self.random)),
            user_id: user.user_id.clone(),
            epoch: user.epoch,
            client_id: start.client_id,
            scopes: start.scopes,
            methods: start.methods,
            assurance: start.assurance,
            authenticated_at: start.authenticated_at,
            cart_id: start.cart_id,
            address: start.origin.address,
            user_agent: start.origin.user_agent,
            created_at: now,
            used_at: now,
            generation: 1,
            seed: hex(&seed),
            ended_at: None,
        }
    }

    fn token_id(&self, now: Time) -> String {
        Ids::new(now, &*self.random).body()
    }
}

fn seconds(now: Time, end: Time) -> u32 {
    u32::try_from(end.unix_s() - now.unix_s()).unwrap_or_default()
}

fn words(methods: &[Method]) -> String {
    let words: Vec<&str> = methods.iter().map(|method| method.as_str()).collect();
    words.join(" ")
}
