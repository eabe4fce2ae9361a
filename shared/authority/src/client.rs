//! A client that acts in its own name: what its tokens are held against at each request.

use crate::key::Scope;

/// An application that was registered and may act for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSubject {
    /// `cli_…`, as its owner context names it.
    pub client_id: String,
    /// What people call it.
    pub name: String,
    /// The staff permissions it may have at most.
    pub permissions: Vec<String>,
}

impl ClientSubject {
    /// Those of the scopes that the client may have; all of its own when it names none.
    pub fn granted(&self, asked: &[String]) -> Vec<String> {
        let holds = |scope: &&String| {
            Scope::parse(scope).is_ok() && self.permissions.iter().any(|held| held == "*" || held == *scope)
        };
        if asked.is_empty() {
            self.permissions.clone()
        } else {
            asked.iter().filter(holds).cloned().collect()
        }
    }
}
