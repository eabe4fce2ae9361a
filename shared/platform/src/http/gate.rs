//! The gate: turns credentials into callers, as far as one route asks for them.
//!
//! | the route takes | a bearer credential | without one |
//! |---|---|---|
//! | public | is not looked at | the public |
//! | public and customers | must name a user | the public |
//! | guests | is not looked at | the cart token's guest |
//! | customers | must name a user: staff have an account as well | nobody: 401 |
//! | staff | must carry the scope | nobody: 401 |
//! | several | staff if it carries the scope, else the customer | the cart token's guest, if guests are taken |
//!
//! An application that acts for a user (`delegated`) is never staff and enters only routes that name
//! a scope for it. Assurance and freshness are asked of people; machines have one factor and no hour.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, StatusCode};
use kernel::{Duration, Time};

use super::caller::{Caller, Customer, Guardian, Guest, Presence, Principal, PrincipalKind, Staff};
use super::problem::Problem;
use super::trigger::{Auth, Trigger};
use crate::token::CartTokens;

/// The header that carries a cart token.
pub(super) const CART_TOKEN: &str = "x-cart-token";

/// The gate of one route.
pub(super) struct Gate {
    pub(super) guardian: Option<Box<dyn Guardian>>,
    pub(super) cart_tokens: Option<CartTokens>,
}

/// Somebody who is not let in.
pub(super) struct Turned {
    pub(super) problem: Problem,
    /// Who it was, when the credential named somebody.
    pub(super) actor: Option<String>,
}

impl From<Problem> for Turned {
    fn from(problem: Problem) -> Self {
        Self { problem, actor: None }
    }
}

impl Gate {
    /// The caller, or why there is none.
    pub(super) async fn admit(
        &self,
        trigger: &Trigger,
        headers: &HeaderMap,
        address: &str,
        now: Time,
    ) -> Result<Caller, Turned> {
        let bears = trigger.takes(Auth::Customer) || trigger.takes(Auth::Staff);
        if bears && headers.contains_key(AUTHORIZATION) {
            let principal = self.principal(headers, now).await?;
            let actor = principal.id.clone();
            return self
                .judge(trigger, headers, principal, now)
                .map_err(|problem| Turned {
                    problem,
                    actor: Some(actor),
                });
        }
        if trigger.takes(Auth::Public) {
            let address = address.to_owned();
            return Ok(Caller::Public { address });
        }
        if trigger.takes(Auth::Guest) && (!bears || headers.contains_key(CART_TOKEN)) {
            return Ok(Caller::Guest(self.guest(headers, now)?));
        }
        let message = match (trigger.takes(Auth::Guest), trigger.takes(Auth::Customer)) {
            (true, _) => "give a bearer token, or the cart's token in x-cart-token",
            (false, true) => "give an access token as a bearer token",
            (false, false) => "give an access token or an API key as a bearer token",
        };
        Err(unauthenticated(message, &challenge(trigger)).into())
    }

    /// Whom the bearer credential names.
    async fn principal(&self, headers: &HeaderMap, now: Time) -> Result<Principal, Turned> {
        let refused = || unauthenticated("the bearer token is not valid", BEARER_INVALID);
        let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let presented = header.and_then(bearer).ok_or_else(refused)?;
        let guardian = self
            .guardian
            .as_deref()
            .ok_or_else(|| Problem::broken("the route takes bearer credentials without a guardian"))?;
        let recognised = guardian.recognise(presented, now).await;
        if let Some(principal) = recognised.map_err(Problem::from)? {
            return Ok(principal);
        }
        // Whom it named is only for the trail: that nobody can say is no reason for another answer.
        let actor = guardian.given_to(presented, now).await.unwrap_or_default();
        Err(Turned {
            problem: refused(),
            actor,
        })
    }

    /// What a known principal is on this route.
    fn judge(
        &self,
        trigger: &Trigger,
        headers: &HeaderMap,
        principal: Principal,
        now: Time,
    ) -> Result<Caller, Problem> {
        if let Some(held) = &principal.delegated {
            let named = trigger.delegated.as_deref();
            if !named.is_some_and(|scope| held.iter().any(|one| one == scope)) {
                return Err(insufficient_scope(named));
            }
        }
        let scope = trigger.scope.as_deref();
        let permitted = principal.delegated.is_none() && scope.is_none_or(|scope| principal.may(scope));
        let is_staff = trigger.takes(Auth::Staff) && permitted;
        if !is_staff && !trigger.takes(Auth::Customer) {
            return Err(Problem::denied(scope.unwrap_or_default()));
        }
        // Asked last: who may not come in anyway is not sent for a second factor.
        if principal.kind == PrincipalKind::User {
            let presence = principal.session.as_ref();
            let presence =
                presence.ok_or_else(|| Problem::broken("a user was recognised without a session"))?;
            check_presence(trigger, presence, now)?;
        }
        if is_staff {
            return Ok(Caller::Staff(Staff {
                id: principal.id,
                name: principal.name,
                permissions: principal.permissions,
                presence: principal.session,
                ends_at: principal.ends_at,
            }));
        }
        match (principal.kind, principal.session) {
            (PrincipalKind::User, Some(presence)) => Ok(Caller::Customer(Customer {
                user_id: principal.id,
                name: principal.name,
                presence,
                client_id: principal.client_id,
                delegated: principal.delegated,
                guest: self.beside(trigger, headers, now)?,
            })),
            _ if trigger.takes(Auth::Staff) => Err(Problem::denied(scope.unwrap_or_default())),
            _ => Err(Problem::new(
                StatusCode::FORBIDDEN,
                "customer_required",
                "this is about a person's own account; a key or client has none",
            )),
        }
    }

    /// The cart whose token was presented beside a customer's credential.
    fn beside(&self, trigger: &Trigger, headers: &HeaderMap, now: Time) -> Result<Option<Guest>, Problem> {
        let presented = trigger.takes(Auth::Guest) && headers.contains_key(CART_TOKEN);
        presented.then(|| self.guest(headers, now)).transpose()
    }

    fn guest(&self, headers: &HeaderMap, now: Time) -> Result<Guest, Problem> {
        let Some(token) = headers.get(CART_TOKEN) else {
            return Err(unauthenticated("give the cart's token in x-cart-token", CART));
        };
        let tokens = self
            .cart_tokens
            .as_ref()
            .ok_or_else(|| Problem::broken("the route serves guests without the signing secret"))?;
        let token = token.to_str().unwrap_or_default();
        match tokens.verify(token, now) {
            Ok(cart_id) => Ok(Guest { cart_id }),
            Err(_) => Err(unauthenticated("the cart token is not valid", CART_INVALID)),
        }
    }
}

/// Whether the session is proven well enough, and lately enough, for this route (RFC 9470).
fn check_presence(trigger: &Trigger, presence: &Presence, now: Time) -> Result<(), Problem> {
    if presence.assurance < trigger.assurance {
        let challenge = format!(
            r#"{BEARER}, error="insufficient_user_authentication", acr_values="aal{}""#,
            trigger.assurance
        );
        let message = "this needs a session with a second factor";
        return Err(
            Problem::new(StatusCode::FORBIDDEN, "second_factor_required", message)
                .with(http::header::WWW_AUTHENTICATE, &challenge),
        );
    }
    let Some(seconds) = trigger.fresh_s else {
        return Ok(());
    };
    if now.since(presence.authenticated_at) <= Duration::seconds(seconds) {
        return Ok(());
    }
    let challenge = format!(r#"{BEARER}, error="insufficient_user_authentication", max_age={seconds}"#);
    let message = "prove once more who you are, then repeat this";
    Err(
        Problem::new(StatusCode::UNAUTHORIZED, "step_up_required", message)
            .with(http::header::WWW_AUTHENTICATE, &challenge),
    )
}

fn unauthenticated(message: &str, challenge: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "unauthenticated", message)
        .with(http::header::WWW_AUTHENTICATE, challenge)
}

/// An application that acts for somebody and was not given what the route asks.
fn insufficient_scope(named: Option<&str>) -> Problem {
    let (challenge, message) = match named {
        Some(scope) => (
            format!(r#"{BEARER}, error="insufficient_scope", scope="{scope}""#),
            format!("the application was not given `{scope}`"),
        ),
        None => (
            format!(r#"{BEARER}, error="insufficient_scope""#),
            "no application may do this for somebody".to_owned(),
        ),
    };
    Problem::new(StatusCode::FORBIDDEN, "insufficient_scope", message)
        .with(http::header::WWW_AUTHENTICATE, &challenge)
}

const BEARER: &str = r#"Bearer realm="cartwright""#;
const BEARER_INVALID: &str = r#"Bearer realm="cartwright", error="invalid_token""#;
/// RFC 9110 wants a challenge with every 401; a cart token has no registered scheme, so it gets
/// one that names its header.
const CART: &str = r#"CartToken realm="cartwright", header="x-cart-token""#;
const CART_INVALID: &str = r#"CartToken realm="cartwright", header="x-cart-token", error="invalid_token""#;

/// The credential of `Bearer <credential>`; the scheme's case does not matter (RFC 9110 §11.1).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, credential) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| credential.trim())
}

/// Every way in, for a 401 that names none itself.
fn challenge(trigger: &Trigger) -> String {
    let bears = trigger.takes(Auth::Customer) || trigger.takes(Auth::Staff);
    match (bears, trigger.takes(Auth::Guest)) {
        (true, true) => format!("{BEARER}, {CART}"),
        (false, true) => CART.to_owned(),
        (_, false) => BEARER.to_owned(),
    }
}

/// The challenge for a handler's own 401.
pub(super) fn challenge_header(trigger: &Trigger) -> HeaderValue {
    HeaderValue::try_from(challenge(trigger)).unwrap_or(HeaderValue::from_static(BEARER))
}
