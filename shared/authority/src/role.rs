//! Roles and permissions: what a role may do, and who may give it.

use crate::key::Scope;
use crate::user::RoleName;

/// The role that may do everything.
pub const OWNER: &str = "owner";

/// Every permission there is: the scopes of the manifest.
pub const PERMISSIONS: [&str; 19] = [
    "catalog.read",
    "catalog.write",
    "clients.read",
    "clients.write",
    "inventory.read",
    "inventory.write",
    "keys.read",
    "keys.write",
    "orders.read",
    "orders.write",
    "payments.capture",
    "payments.read",
    "payments.refund",
    "pricing.write",
    "providers.read",
    "providers.write",
    "trail.read",
    "users.read",
    "users.write",
];

/// The roles every shop has. They cannot be changed: what support may do is the same everywhere.
const BUILT_IN: [(&str, &[&str]); 6] = [
    (OWNER, &["*"]),
    ("admin", &PERMISSIONS),
    (
        "support",
        &["orders.read", "orders.write", "payments.read", "users.read"],
    ),
    (
        "catalog",
        &["catalog.read", "catalog.write", "pricing.write", "inventory.read"],
    ),
    (
        "fulfilment",
        &["orders.read", "orders.write", "inventory.read", "inventory.write"],
    ),
    (
        "analyst",
        &["catalog.read", "inventory.read", "orders.read", "payments.read"],
    ),
];

/// A name for a set of permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Names the role.
    pub name: RoleName,
    /// What it may do.
    pub permissions: Vec<Scope>,
    /// Whether every shop has it.
    pub is_built_in: bool,
    /// Raised by every change; 0 for a built-in role.
    pub version: u64,
}

impl Role {
    /// The built-in role of this name.
    pub fn built_in(name: &RoleName) -> Option<Self> {
        let (_, permissions) = BUILT_IN.iter().find(|(known, _)| *known == name.as_str())?;
        Some(Self {
            name: name.clone(),
            permissions: permissions
                .iter()
                .filter_map(|text| Scope::parse(text).ok())
                .collect(),
            is_built_in: true,
            version: 0,
        })
    }

    /// The roles every shop has, the most powerful first.
    pub fn all_built_in() -> Vec<Self> {
        let names = BUILT_IN.iter().filter_map(|(name, _)| RoleName::parse(name).ok());
        names.filter_map(|name| Self::built_in(&name)).collect()
    }
}

/// What somebody may do: the measure of what they may give and take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Powers(Vec<String>);

impl Powers {
    /// Powers of these permissions.
    pub fn new(permissions: &[String]) -> Self {
        Self(permissions.to_vec())
    }

    /// Whether they hold all of these: nobody gives, or takes, what they do not hold.
    pub fn cover<'a>(&self, asked: impl IntoIterator<Item = &'a Scope>) -> bool {
        let holds = |scope: &Scope| self.0.iter().any(|held| held == "*" || held == scope.as_str());
        asked.into_iter().all(holds)
    }
}
