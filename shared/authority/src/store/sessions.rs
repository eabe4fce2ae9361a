//! Sessions: A8 to A12.

use kernel::{Fault, Limit, Origin, Page, Time};
use platform::table::{Condition, Key, Write};
use serde::{Deserialize, Serialize};

use super::users::{UserRow, user_key};
use super::{BadRow, Listing, Store};
use crate::session::{EndReason, KEPT, Method, Session, SessionId};
use crate::user::{User, UserId};

/// The most sessions of one user that are listed.
const LISTED_MAX: u8 = 100;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SessionRow {
    pk: String,
    sk: String,
    pub(crate) session_id: SessionId,
    pub(crate) user_id: UserId,
    epoch: u64,
    client_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<String>>,
    methods: Vec<String>,
    assurance: u8,
    authenticated_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cart_id: Option<String>,
    address: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    created_at: Time,
    used_at: Time,
    generation: u64,
    seed: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended_because: Option<String>,
    /// Time to live, in epoch seconds.
    expires_at: i64,
    #[serde(flatten)]
    listing: Listing,
}

/// A user's row or a session's, as one batch read brings them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Presence {
    Session(SessionRow),
    User(UserRow),
}

fn session_key(session_id: &SessionId) -> Key {
    Key::new(format!("session#{session_id}"), "session")
}

fn list(user_id: &UserId) -> String {
    format!("sessions#{user_id}")
}

impl Store {
    /// A8: one session, as the last answered change left it.
    pub(crate) async fn session(&self, session_id: &SessionId) -> Result<Option<Session>, Fault> {
        let row = self
            .table
            .get_consistent::<SessionRow>(session_key(session_id))
            .await?;
        row.map(Session::try_from).transpose()
    }

    /// A8 and A1 in one call: a session and its user.
    pub(crate) async fn session_and_user(
        &self,
        session_id: &SessionId,
        user_id: &UserId,
    ) -> Result<Option<(Session, User)>, Fault> {
        let keys = vec![session_key(session_id), user_key(user_id)];
        let (mut session, mut user) = (None, None);
        for row in self.table.get_many_consistent::<Presence>(keys).await? {
            match row {
                Presence::Session(row) => session = Some(Session::try_from(row)?),
                Presence::User(row) => user = Some(User::try_from(row)?),
            }
        }
        Ok(session.zip(user))
    }

    /// A9: insert a session. The id is new with every call, so a second insert is a mistake.
    pub(crate) fn starting(&self, session: &Session) -> Write {
        self.table.put(&SessionRow::from(session)).only_if_absent().into()
    }

    /// A10: begin the next generation, if this one is still the present one; answers with the
    /// session as it is then, which another tab may have moved on.
    pub(crate) async fn advance(
        &self,
        session: &Session,
        origin: &Origin,
        now: Time,
    ) -> Result<Advanced, Fault> {
        let present = Condition::eq("generation", session.generation).and(Condition::attr_absent("ended_at"));
        let update = self
            .table
            .update(session_key(&session.session_id))
            .add("generation", 1)
            .set("used_at", now)
            .set("address", &origin.address);
        let update = match &origin.user_agent {
            Some(agent) => update.set("user_agent", agent),
            None => update.remove("user_agent"),
        };
        match update.only_if(present).send_for_new::<SessionRow>().await {
            Ok(row) => Ok(Advanced::Yes(Session::try_from(row)?)),
            Err(error) if error.is_condition_failed() => match error.old_item::<SessionRow>() {
                Some(row) => Ok(Advanced::Overtaken(Session::try_from(row)?)),
                None => Ok(Advanced::Gone),
            },
            Err(error) => Err(error.into()),
        }
    }

    /// A11: note the end of a session; an earlier end fails the condition.
    pub(crate) fn ending(&self, session: &Session, because: EndReason, now: Time) -> Write {
        let running = Condition::exists().and(Condition::attr_absent("ended_at"));
        self.table
            .update(session_key(&session.session_id))
            .set("ended_at", now)
            .set("ended_because", because.as_str())
            .only_if(running)
            .into()
    }

    /// A11, for a session that outlives its user's epoch.
    pub(crate) fn keeping(&self, session_id: &SessionId, user: &User) -> Write {
        let running = Condition::eq("user_id", &user.user_id)
            .and(Condition::eq("epoch", user.epoch))
            .and(Condition::attr_absent("ended_at"));
        self.table
            .update(session_key(session_id))
            .set("epoch", user.epoch + 1)
            .only_if(running)
            .into()
    }

    /// A11, for a step-up: what was proven, and when. The same call twice changes nothing more.
    pub(crate) fn raising(&self, session: &Session) -> Write {
        let running = Condition::eq("epoch", session.epoch).and(Condition::attr_absent("ended_at"));
        let methods: Vec<&str> = session.methods.iter().map(|method| method.as_str()).collect();
        self.table
            .update(session_key(&session.session_id))
            .set("methods", methods)
            .set("assurance", session.assurance)
            .set("authenticated_at", session.authenticated_at)
            .only_if(running)
            .into()
    }

    /// A12: a page of the sessions of a user, the newest first. The index says which there are and the
    /// table how they are, so one that was ended a moment ago is not shown as running.
    pub(crate) async fn sessions(
        &self,
        user_id: &UserId,
        after: Option<String>,
    ) -> Result<Page<Session>, Fault> {
        let list = list(user_id);
        let limit = Limit::new(LISTED_MAX).unwrap_or_default();
        let found = self.list(&list, limit, after).page::<SessionRow>().await?;
        let keys = found
            .items
            .iter()
            .map(|row| session_key(&row.session_id))
            .collect();
        let rows = self.table.get_many_consistent::<SessionRow>(keys).await?;
        let mut sessions: Vec<Session> = rows
            .into_iter()
            .map(Session::try_from)
            .collect::<Result<_, _>>()?;
        sessions.sort_by(|one, other| other.session_id.cmp(&one.session_id));
        Ok(Page {
            items: sessions,
            next: found.next,
        })
    }

    /// A12, the index alone: which sessions of a user there are, running or not, the newest first.
    pub(crate) async fn session_ids(
        &self,
        user_id: &UserId,
        after: Option<String>,
    ) -> Result<Page<SessionId>, Fault> {
        let limit = Limit::new(LISTED_MAX).unwrap_or_default();
        let found = self.list(&list(user_id), limit, after);
        Ok(found.page::<SessionRow>().await?.map(|row| row.session_id))
    }

    /// A11, for a user who is erased: nothing is left of a session.
    pub(crate) fn forgetting_session(&self, session_id: &SessionId) -> Write {
        self.table.delete(session_key(session_id)).into()
    }
}

/// What became of [`Store::advance`].
pub(crate) enum Advanced {
    /// The next generation has begun.
    Yes(Session),
    /// Somebody else was first; this is the session now.
    Overtaken(Session),
    /// There is no such session any more.
    Gone,
}

impl From<&Session> for SessionRow {
    fn from(session: &Session) -> Self {
        let Key { pk, sk } = session_key(&session.session_id);
        Self {
            pk,
            sk,
            session_id: session.session_id.clone(),
            user_id: session.user_id.clone(),
            epoch: session.epoch,
            client_id: session.client_id.clone(),
            scopes: session.scopes.clone(),
            methods: session
                .methods
                .iter()
                .map(|method| method.as_str().to_owned())
                .collect(),
            assurance: session.assurance,
            authenticated_at: session.authenticated_at,
            cart_id: session.cart_id.clone(),
            address: session.address.clone(),
            user_agent: session.user_agent.clone(),
            created_at: session.created_at,
            used_at: session.used_at,
            generation: session.generation,
            seed: session.seed.clone(),
            ended_at: session.ended_at,
            ended_because: None,
            expires_at: session.created_at.plus(KEPT).unix_s(),
            listing: Listing::of(
                &list(&session.user_id),
                session.created_at,
                session.session_id.as_str(),
            ),
        }
    }
}

impl TryFrom<SessionRow> for Session {
    type Error = Fault;

    fn try_from(row: SessionRow) -> Result<Self, Fault> {
        let methods: Option<Vec<Method>> = row.methods.iter().map(|word| Method::parse(word)).collect();
        Ok(Self {
            methods: methods.ok_or_else(|| Fault::broken(BadRow::new(&row.pk, "methods")))?,
            session_id: row.session_id,
            user_id: row.user_id,
            epoch: row.epoch,
            client_id: row.client_id,
            scopes: row.scopes,
            assurance: row.assurance,
            authenticated_at: row.authenticated_at,
            cart_id: row.cart_id,
            address: row.address,
            user_agent: row.user_agent,
            created_at: row.created_at,
            used_at: row.used_at,
            generation: row.generation,
            seed: row.seed,
            ended_at: row.ended_at,
        })
    }
}
