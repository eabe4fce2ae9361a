//! Who changes what others may do.

use kernel::{Origin, Time};
use platform::http::Staff;

use crate::role::Powers;

/// Somebody who changes what others may do: who, with what powers, from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// `usr_…`, `key_…`, `cli_…`, or `system`.
    pub id: String,
    /// What people call them.
    pub name: String,
    /// What they may do themselves.
    pub powers: Powers,
    /// Where the request came from.
    pub origin: Origin,
    /// From when on their credential opens nothing, for a key that has an end.
    pub ends_at: Option<Time>,
}

impl Actor {
    /// A staff caller.
    pub fn of(staff: &Staff, origin: Origin) -> Self {
        Self {
            id: staff.id.clone(),
            name: staff.name.clone(),
            powers: Powers::new(&staff.permissions),
            origin,
            ends_at: staff.ends_at,
        }
    }

    /// The shop itself, for its first owner and for tests.
    pub fn system() -> Self {
        Self {
            id: "system".to_owned(),
            name: "the shop".to_owned(),
            powers: Powers::new(&["*".to_owned()]),
            origin: Origin::default(),
            ends_at: None,
        }
    }

    /// Whether they are there as long as what ends then, or never: nobody gives what outlives them.
    pub(crate) fn outlasts(&self, end: Option<Time>) -> bool {
        self.ends_at.is_none_or(|own| end.is_some_and(|end| end <= own))
    }
}
