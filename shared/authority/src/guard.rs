//! The guard at the gate: whom a bearer credential names, now.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use kernel::{Fault, Time};
use platform::Cloud;
use platform::http::{GivenTo, Guardian, Presence, Principal, PrincipalKind, Recognised};

use crate::claims::{ACCESS_TYPE, Claims};
use crate::key::{ApiKey, Credential, KeyId, KeyKind};
use crate::role::Role;
use crate::session::Session;
use crate::signing::Verifier;
use crate::store::{PRECISION, Store, Usage};
use crate::user::{RoleName, User, UserId};

/// So many keys are remembered as noted; more, and all are forgotten.
const REMEMBERED_MAX: usize = 1_000;

/// Recognises API keys, users' access tokens and clients' access tokens.
///
/// A token is good only as long as its session, user or client is: they are read, consistently, at
/// every request, so that logging out, disabling somebody and taking a role away act at once.
pub struct Guard {
    store: Store,
    usage: Usage,
    verifier: Verifier,
    noted: Mutex<BTreeMap<KeyId, Time>>,
}

impl Guard {
    /// Needs `authority: read`; notes when keys are used with `usage: append`.
    pub fn new(cloud: &Cloud) -> Self {
        let store = Store::new(cloud);
        Self {
            usage: Usage::new(cloud),
            verifier: Verifier::new(store.clone(), &cloud.need("SHOP_URL")),
            store,
            noted: Mutex::default(),
        }
    }

    async fn principal(&self, presented: &str, now: Time) -> Result<Option<Principal>, Fault> {
        if presented.starts_with("cw_") {
            return self.key(presented, now).await;
        }
        let audience = &self.verifier.parties.api;
        let Some(claims) = self
            .verifier
            .verify(presented, ACCESS_TYPE, audience, now)
            .await?
        else {
            return Ok(None);
        };
        match claims.session_id() {
            Some(_) => self.user(&claims, now).await,
            None => self.client(&claims).await,
        }
    }

    async fn key(&self, presented: &str, now: Time) -> Result<Option<Principal>, Fault> {
        let Some(credential) = Credential::parse(presented).filter(|one| one.kind == KeyKind::Secret) else {
            return Ok(None);
        };
        let found = self.store.key(&credential.key_id).await?;
        // An unknown key is compared as well, with a hash that nothing has: it takes as long.
        let hash = found.as_ref().map(|key| key.secret_hash.as_str());
        let right = credential.opens(hash.unwrap_or_default());
        let Some(key) = found.filter(|key| right && key.kind == KeyKind::Secret && key.is_good_at(now))
        else {
            return Ok(None);
        };
        self.note(&key, now).await;
        Ok(Some(Principal {
            id: key.key_id.to_string(),
            ends_at: key.ends_at(),
            name: key.name,
            kind: PrincipalKind::Key,
            session: None,
            permissions: key.scopes.iter().map(ToString::to_string).collect(),
            delegated: None,
            client_id: None,
        }))
    }

    /// Whose a credential is that has expired or was taken back. The key's secret must be right, the
    /// token's signature ours: neither can be made up.
    async fn former(&self, presented: &str, now: Time) -> Result<Option<String>, Fault> {
        if !presented.starts_with("cw_") {
            let claims = self.verifier.signed(presented, ACCESS_TYPE, now).await?;
            return Ok(claims.and_then(|claims| Some(claims.get("sub")?.as_str()?.to_owned())));
        }
        let Some(credential) = Credential::parse(presented) else {
            return Ok(None);
        };
        let found = self.store.key(&credential.key_id).await?;
        let named = found.filter(|key| credential.opens(&key.secret_hash));
        Ok(named.map(|key| key.key_id.to_string()))
    }

    /// Notes the use of a key, at most once an hour from this process. A failure is not the caller's
    /// concern: it is noted the next time.
    async fn note(&self, key: &ApiKey, now: Time) {
        {
            let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
            if noted
                .get(&key.key_id)
                .is_some_and(|at| now.since(*at) < PRECISION)
            {
                return;
            }
            if noted.len() >= REMEMBERED_MAX {
                noted.clear();
            }
            noted.insert(key.key_id.clone(), now);
        }
        if self.usage.note(&key.key_id, now).await.is_err() {
            let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
            noted.remove(&key.key_id);
        }
    }

    async fn user(&self, claims: &Claims, now: Time) -> Result<Option<Principal>, Fault> {
        let Some((session, user)) = live_user(&self.store, claims, now).await? else {
            return Ok(None);
        };
        let delegated = session
            .scopes
            .is_some()
            .then(|| claims.scopes().unwrap_or_default());
        let permissions = match &delegated {
            Some(_) => Vec::new(),
            None => permissions(&self.store, &user.roles).await?,
        };
        Ok(Some(Principal {
            name: user.name.clone().unwrap_or_else(|| user.user_id.to_string()),
            id: user.user_id.to_string(),
            kind: PrincipalKind::User,
            session: Some(presence(&session, claims)),
            permissions,
            delegated,
            client_id: Some(session.client_id),
            ends_at: None,
        }))
    }

    async fn client(&self, claims: &Claims) -> Result<Option<Principal>, Fault> {
        let Some(client_id) = claims.text("sub").filter(|sub| sub.starts_with("cli_")) else {
            return Ok(None);
        };
        let Some(client) = self.store.client(client_id).await? else {
            return Ok(None);
        };
        let granted = client.granted(&claims.scopes().unwrap_or_default());
        let asked = claims.text("scope").is_some_and(|scope| !scope.is_empty());
        Ok(Some(Principal {
            id: client.client_id.clone(),
            name: client.name,
            kind: PrincipalKind::Client,
            session: None,
            permissions: if asked { granted } else { Vec::new() },
            delegated: None,
            client_id: Some(client.client_id),
            ends_at: None,
        }))
    }
}

/// What the token proves: a step-up gives a new token, and the old one does not rise with it.
fn presence(session: &Session, claims: &Claims) -> Presence {
    let claimed = match claims.text("acr") {
        Some("aal2") => 2,
        _ => 1,
    };
    let auth_time = claims.number("auth_time").unwrap_or_default();
    Presence {
        session_id: session.session_id.to_string(),
        assurance: session.assurance.min(claimed),
        authenticated_at: session
            .authenticated_at
            .min(Time::from_unix_ms(auth_time.saturating_mul(1_000))),
    }
}

/// What these roles may do together. Only the shop's own roles are read.
pub(crate) async fn permissions(store: &Store, roles: &[RoleName]) -> Result<Vec<String>, Fault> {
    let mut scopes = Vec::new();
    let mut own = Vec::new();
    for name in roles {
        match Role::built_in(name) {
            Some(role) => scopes.extend(role.permissions),
            None => own.push(name.clone()),
        }
    }
    if !own.is_empty() {
        let found = store.roles(&own).await?;
        scopes.extend(found.into_iter().flat_map(|role| role.permissions));
    }
    scopes.sort();
    scopes.dedup();
    Ok(scopes.iter().map(ToString::to_string).collect())
}

/// The session and user of a token, when both are as good as the guard wants them.
pub(crate) async fn live_user(
    store: &Store,
    claims: &Claims,
    now: Time,
) -> Result<Option<(Session, User)>, Fault> {
    let subject = claims.text("sub").map(UserId::parse);
    let (Some(Ok(user_id)), Some(session_id)) = (subject, claims.session_id()) else {
        return Ok(None);
    };
    let found = store.session_and_user(&session_id, &user_id).await?;
    let live = found.filter(|(session, user)| {
        session.is_live(user, now) && claims.text("client_id") == Some(session.client_id.as_str())
    });
    match live {
        // What an application was given ends with the application.
        Some((session, _))
            if session.scopes.is_some() && store.client(&session.client_id).await?.is_none() =>
        {
            Ok(None)
        }
        other => Ok(other),
    }
}

impl Guardian for Guard {
    fn recognise<'a>(&'a self, presented: &'a str, now: Time) -> Recognised<'a> {
        Box::pin(self.principal(presented, now))
    }

    fn given_to<'a>(&'a self, presented: &'a str, now: Time) -> GivenTo<'a> {
        Box::pin(self.former(presented, now))
    }
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Guard")
    }
}
