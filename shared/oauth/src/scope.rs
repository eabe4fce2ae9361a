//! What a client may do in a person's name, in words that the person can read.

use std::collections::BTreeSet;
use std::fmt;

use crate::refusal::{Code, Refusal};

/// A set of scopes, written with spaces between them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes(BTreeSet<String>);

/// What can be asked for, and what the consent page says about it.
const KNOWN: [(&str, &str); 8] = [
    ("openid", "Know that it is you"),
    ("profile", "Read your name and language"),
    ("email", "Read your e-mail address"),
    ("offline_access", "Stay signed in when you are away"),
    ("account.read", "Read your account"),
    ("account.write", "Change your account"),
    ("orders.read", "Read your orders"),
    ("carts.write", "Read and change your cart"),
];

impl Scopes {
    /// Reads a scope parameter. A scope that this provider does not know is refused.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let mut scopes = BTreeSet::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            if !KNOWN.iter().any(|(known, _)| *known == word) {
                return Err(Refusal::new(Code::InvalidScope, "a scope is not known"));
            }
            scopes.insert(word.to_owned());
        }
        Ok(Self(scopes))
    }

    /// What a row holds.
    pub(crate) fn stored(words: impl IntoIterator<Item = String>) -> Self {
        Self(words.into_iter().collect())
    }

    /// Everything that can be asked for.
    pub fn all() -> impl Iterator<Item = &'static str> {
        KNOWN.into_iter().map(|(scope, _)| scope)
    }

    /// Whether this one is among them.
    pub fn has(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }

    /// Whether all of these are among the others.
    pub fn are_within(&self, others: &Self) -> bool {
        self.0.is_subset(&others.0)
    }

    /// Both sets together.
    #[must_use]
    pub fn and(&self, others: &Self) -> Self {
        Self(self.0.union(&others.0).cloned().collect())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One by one.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// As a list.
    pub fn to_vec(&self) -> Vec<String> {
        self.0.iter().cloned().collect()
    }

    /// What the person is asked to agree to.
    pub fn sentences(&self) -> impl Iterator<Item = &'static str> {
        KNOWN
            .into_iter()
            .filter(|(scope, _)| self.has(scope))
            .map(|(_, sentence)| sentence)
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, scope) in self.0.iter().enumerate() {
            let space = if position == 0 { "" } else { " " };
            write!(out, "{space}{scope}")?;
        }
        Ok(())
    }
}
