//! Whether an account has a password, for functions that may know that and nothing else of it.

use authority::UserId;
use kernel::Fault;
use platform::Cloud;

use crate::store::Store;

/// Which accounts have a password. It needs to read the table `identity`, and no secret.
#[derive(Debug)]
pub struct Passwords {
    store: Store,
}

impl Passwords {
    /// Over the table that the function is granted.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            store: Store::new(cloud),
        }
    }

    /// Whether this account has one. An account that has one keeps one until it is erased.
    pub async fn is_set(&self, user_id: &UserId) -> Result<bool, Fault> {
        Ok(self.store.password(user_id).await?.is_some())
    }
}
