//! Who calls: a value that the handler holds, so that no route can forget to check.

use std::future::Future;
use std::pin::Pin;

use kernel::{Fault, Time};

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
    /// Somebody with an account, about their own things.
    Customer(Customer),
    /// The back office or a machine, with the route's permission.
    Staff(Staff),
}

/// The holder of a cart's token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// The cart that the token opens.
    pub cart_id: String,
}

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Whose account.
    pub user_id: String,
    /// What people call them.
    pub name: String,
    /// The session they act in.
    pub presence: Presence,
    /// The application they act through, where it is known.
    pub client_id: Option<String>,
    /// What an application that acts for them may do; `None` when they act themselves.
    pub delegated: Option<Vec<String>>,
    /// The cart whose token was presented beside, on routes that take guests as well.
    pub guest: Option<Guest>,
}

/// Somebody, or something, that may do what the route's scope names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// The user, key or client: `usr_…`, `key_…`, `cli_…`. Not a secret.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it may do; `*` is everything.
    pub permissions: Vec<String>,
    /// The session, for people.
    pub presence: Option<Presence>,
    /// From when on the credential opens nothing, for a key that has an end: what it gives must not
    /// last longer.
    pub ends_at: Option<Time>,
}

impl Staff {
    /// Whether it carries this permission.
    pub fn may(&self, permission: &str) -> bool {
        grants(&self.permissions, permission)
    }
}

/// Whom a bearer credential names, and what they may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// `usr_…`, `key_…` or `cli_…`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is.
    pub kind: PrincipalKind,
    /// The session, for users.
    pub session: Option<Presence>,
    /// Staff permissions, `*` for all of them; none for a plain customer.
    pub permissions: Vec<String>,
    /// What an application that acts for the user may do; `None` when the user acts. An application
    /// is let in only where the manifest entry says `delegated`.
    pub delegated: Option<Vec<String>>,
    /// The application that the user acts through, or that acts for them.
    pub client_id: Option<String>,
    /// From when on the credential opens nothing, for a key that has an end.
    pub ends_at: Option<Time>,
}

impl Principal {
    /// Whether it carries this staff permission.
    pub fn may(&self, permission: &str) -> bool {
        grants(&self.permissions, permission)
    }
}

fn grants(permissions: &[String], asked: &str) -> bool {
    permissions.iter().any(|held| held == "*" || held == asked)
}

/// What a principal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrincipalKind {
    /// Somebody with an account, staff or not.
    User,
    /// A secret API key.
    Key,
    /// An application in its own name.
    Client,
}

/// Somebody's presence: the session they act in, and how well it was proven who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    /// The session.
    pub session_id: String,
    /// 1: one factor; 2: two.
    pub assurance: u8,
    /// When they last proved who they are.
    pub authenticated_at: Time,
}

impl Caller {
    /// The caller as one text, unique among callers: what limits and idempotency keys are kept by. Of
    /// the public it is the network ([`kernel::network_of`]).
    pub fn identity(&self) -> String {
        match self {
            Self::Public { address } => format!("address:{}", kernel::network_of(address)),
            Self::Guest(guest) => format!("cart:{}", guest.cart_id),
            Self::Customer(customer) => format!("principal:{}", customer.user_id),
            Self::Staff(staff) => format!("principal:{}", staff.id),
        }
    }

    /// `public`, `guest`, `customer` or `staff`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Public { .. } => "public",
            Self::Guest(_) => "guest",
            Self::Customer(_) => "customer",
            Self::Staff(_) => "staff",
        }
    }

    /// The caller as the audit trail names them: an id, `guest` or `public`.
    pub fn actor(&self) -> &str {
        match self {
            Self::Public { .. } => "public",
            Self::Guest(_) => "guest",
            Self::Customer(customer) => &customer.user_id,
            Self::Staff(staff) => &staff.id,
        }
    }
}

/// Knows whom bearer credentials name. Implemented by the context that keeps them; a function that
/// serves customers or staff hands one to [`serve_guarded`](super::serve_guarded).
pub trait Guardian: Send + Sync {
    /// Whom this credential names now, or `None` when it is not valid: malformed, unknown, wrong,
    /// expired and revoked look alike.
    fn recognise<'a>(&'a self, presented: &'a str, now: Time) -> Recognised<'a>;

    /// Whom a credential that is not valid was given to, once: for the audit trail. `None` unless it
    /// was surely given by us. What a stranger makes up names nobody, and so costs no write.
    fn given_to<'a>(&'a self, _presented: &'a str, _now: Time) -> GivenTo<'a> {
        Box::pin(async { Ok(None) })
    }
}

/// What [`Guardian::recognise`] comes to.
pub type Recognised<'a> = Pin<Box<dyn Future<Output = Result<Option<Principal>, Fault>> + Send + 'a>>;

/// What [`Guardian::given_to`] comes to.
pub type GivenTo<'a> = Pin<Box<dyn Future<Output = Result<Option<String>, Fault>> + Send + 'a>>;
