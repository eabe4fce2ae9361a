//! Who calls: a value that the handler holds, so that no route can forget to check.

use std::future::Future;
use std::pin::Pin;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use kernel::{Fault, Time};

use super::problem::Problem;
use super::trigger::{Auth, Trigger};
use crate::token::CartTokens;

/// The header that carries a cart token.
const CART_TOKEN: &str = "x-cart-token";

/// Who calls, as far as the route asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Anybody; known only by the address the request came from.
    Public {
        /// The client's address as API Gateway saw it.
        address: String,
    },
    /// Whoever holds a cart's token.
    Guest(Guest),
    /// The back office or a machine, by API key.
    Staff(Staff),
}

/// The holder of a cart's token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// The cart that the token opens.
    pub cart_id: String,
}

/// The holder of an API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// Names the key, not the secret.
    pub key_id: String,
    /// What people call it.
    pub name: String,
    /// What it may do; `*` is everything.
    pub scopes: Vec<String>,
}

impl Staff {
    /// Whether the key carries this permission.
    pub fn may(&self, permission: &str) -> bool {
        self.scopes
            .iter()
            .any(|scope| scope == "*" || scope == permission)
    }
}

impl Caller {
    /// The caller as one text, unique among callers: what limits and idempotency keys are kept by.
    pub fn identity(&self) -> String {
        match self {
            Self::Public { address } => format!("address:{address}"),
            Self::Guest(guest) => format!("cart:{}", guest.cart_id),
            Self::Staff(staff) => format!("key:{}", staff.key_id),
        }
    }

    /// `public`, `guest` or `staff`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Public { .. } => "public",
            Self::Guest(_) => "guest",
            Self::Staff(_) => "staff",
        }
    }
}

/// Knows the API keys. Implemented by the context that keeps them; a function that serves staff
/// hands one to [`serve_staff`](super::serve_staff).
pub trait KeyRing: Send + Sync {
    /// Who presents this credential, or `None` when it is no valid key: malformed, unknown, wrong,
    /// expired and revoked look alike.
    fn find<'a>(&'a self, presented: &'a str, now: Time) -> FoundKey<'a>;
}

/// What [`KeyRing::find`] comes to.
pub type FoundKey<'a> = Pin<Box<dyn Future<Output = Result<Option<Staff>, Fault>> + Send + 'a>>;

/// Turns credentials into callers, as far as one route asks for them.
pub(super) struct Gate {
    pub(super) keys: Option<Box<dyn KeyRing>>,
    pub(super) cart_tokens: Option<CartTokens>,
}

impl Gate {
    /// The caller. On a route for both, an `authorization` header says that staff is calling.
    pub(super) async fn admit(
        &self,
        trigger: &Trigger,
        headers: &HeaderMap,
        address: &str,
        now: Time,
    ) -> Result<Caller, Problem> {
        if trigger.takes(Auth::Public) {
            return Ok(Caller::Public {
                address: address.to_owned(),
            });
        }
        if trigger.takes(Auth::Staff) && (headers.contains_key(AUTHORIZATION) || !trigger.takes(Auth::Guest))
        {
            return self.staff(trigger, headers, now).await.map(Caller::Staff);
        }
        self.guest(headers, now).map(Caller::Guest)
    }

    async fn staff(&self, trigger: &Trigger, headers: &HeaderMap, now: Time) -> Result<Staff, Problem> {
        let Some(header) = headers.get(AUTHORIZATION) else {
            return Err(Problem::unauthenticated(
                "give an API key as a bearer token",
                BEARER,
            ));
        };
        let refused = || Problem::unauthenticated("the API key is not valid", BEARER_INVALID);
        let presented = header.to_str().ok().and_then(bearer).ok_or_else(refused)?;
        let keys = self
            .keys
            .as_deref()
            .ok_or_else(|| Problem::broken("the route serves staff without a key ring"))?;
        let staff = keys.find(presented, now).await?.ok_or_else(refused)?;
        match &trigger.scope {
            Some(scope) if !staff.may(scope) => Err(Problem::denied(scope)),
            _ => Ok(staff),
        }
    }

    fn guest(&self, headers: &HeaderMap, now: Time) -> Result<Guest, Problem> {
        let Some(token) = headers.get(CART_TOKEN) else {
            return Err(Problem::unauthenticated(
                "give the cart's token in x-cart-token",
                CART,
            ));
        };
        let tokens = self
            .cart_tokens
            .as_ref()
            .ok_or_else(|| Problem::broken("the route serves guests without the signing secret"))?;
        let token = token.to_str().unwrap_or_default();
        match tokens.verify(token, now) {
            Ok(cart_id) => Ok(Guest { cart_id }),
            Err(_) => Err(Problem::unauthenticated(
                "the cart token is not valid",
                CART_INVALID,
            )),
        }
    }
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

/// The challenge for a handler's own 401.
pub(super) fn challenge(trigger: &Trigger) -> HeaderValue {
    HeaderValue::from_static(if trigger.takes(Auth::Staff) { BEARER } else { CART })
}
