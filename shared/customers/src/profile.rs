//! What a customer says about themselves, and the rules of changing it. Pure.

use kernel::{Address, Time};

/// How many addresses a customer may save.
pub const ADDRESSES_MAX: usize = 20;

/// How many changes of mind about marketing are kept, the newest.
pub const CONSENTS_MAX: usize = 50;

/// An address, and what the customer calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedAddress {
    /// For example `home`.
    pub label: String,
    /// The address.
    pub address: Address,
}

/// A yes or no to marketing, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent {
    /// Whether it was given or taken back.
    pub granted: bool,
    /// When.
    pub at: Time,
}

/// The profile. A customer who has said nothing has an empty one, at version 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// Where they can be called.
    pub phone: Option<String>,
    /// Every answer about marketing, the oldest first.
    pub consents: Vec<Consent>,
    /// Where things may go.
    pub addresses: Vec<SavedAddress>,
    /// Counts the changes.
    pub version: u64,
    /// When it last changed.
    pub updated_at: Option<Time>,
}

/// What is to change. `None` leaves a field as it is, `Some(None)` empties it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// What they want to be called.
    pub name: Option<Option<String>>,
    /// The language of their mails.
    pub locale: Option<Option<String>>,
    /// Where they can be called.
    pub phone: Option<Option<String>>,
    /// Whether they want marketing.
    pub marketing: Option<bool>,
    /// All saved addresses, in place of those there were.
    pub addresses: Option<Vec<SavedAddress>>,
}

impl Profile {
    /// Whether they want marketing: nobody does before they say so.
    pub fn wants_marketing(&self) -> bool {
        self.consents.last().is_some_and(|consent| consent.granted)
    }

    /// Applies a change; whether anything is different. A consent that is given again stays what it
    /// was, with its first moment.
    pub(crate) fn apply(&mut self, change: Change, now: Time) -> bool {
        let before = self.clone();
        let Change {
            name: _,
            locale: _,
            phone,
            marketing,
            addresses,
        } = change;
        self.phone = phone.unwrap_or(self.phone.take());
        if let Some(granted) = marketing.filter(|granted| *granted != self.wants_marketing()) {
            if self.consents.len() >= CONSENTS_MAX {
                self.consents.remove(0);
            }
            self.consents.push(Consent { granted, at: now });
        }
        self.addresses = addresses.unwrap_or(std::mem::take(&mut self.addresses));
        let changed = *self != before;
        if changed {
            self.version += 1;
            self.updated_at = Some(now);
        }
        changed
    }
}

#[cfg(test)]
mod tests;
