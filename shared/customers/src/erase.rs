//! The end of an account: asked for by its owner, or by staff on their behalf.

use std::sync::Arc;

use authority::mail::{Letter, Postbox};
use authority::{Authority, GovernError, Powers, Scope, User, UserId, UserStatus};
use identity::Identity;
use kernel::{Clock, Fault, Ids, Origin};
use orders::{CustomerId, CustomerOrders};
use platform::Cloud;
use platform::table::Transaction;
use platform::trail::{Entry, Trail};

use crate::store::Store;

/// How often a lost race is run again.
const TRIES_MAX: usize = 5;

/// Where the count of owners stands among the writes of an owner's end; see [`Authority::erasing`].
const OWNERS_AT: usize = 2;

/// Accounts that end.
pub struct Leaving {
    authority: Authority,
    identity: Identity,
    orders: CustomerOrders,
    store: Store,
    postbox: Postbox,
    trail: Trail,
    clock: Arc<dyn Clock>,
}

/// Who wants an account to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// Their id.
    pub id: String,
    /// What they may do, when they are staff; the owner needs no permission.
    pub permissions: Option<Vec<String>>,
    /// Where they asked from.
    pub origin: Origin,
}

/// Why an account does not end.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// There is no such user.
    #[error("there is no such user")]
    Missing,
    /// Staff would take away what they do not hold themselves.
    #[error("nobody erases an account that may do more than they do")]
    Exceeds,
    /// Nobody could ever change anything again.
    #[error("the shop needs an owner; make somebody else one before")]
    LastOwner,
    /// Nothing is known to have happened.
    #[error("the account could not be erased")]
    Store(#[from] Fault),
}

impl From<EraseError> for Fault {
    fn from(error: EraseError) -> Self {
        match error {
            EraseError::Missing => Self::missing("user"),
            EraseError::Exceeds => GovernError::Exceeds.into(),
            EraseError::LastOwner => GovernError::LastOwner.into(),
            EraseError::Store(fault) => fault,
        }
    }
}

impl Leaving {
    /// From what the manifest grants: `customers`, `authority`, `identity`, `orders`, `trail`, the secrets `vault`
    /// and `signing`.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            authority: Authority::new(cloud),
            identity: Identity::new(cloud),
            orders: CustomerOrders::new(cloud),
            store: Store::new(cloud),
            postbox: Postbox::new(cloud),
            trail: cloud.trail(),
            clock: cloud.clock(),
        }
    }

    /// Ends an account: its sessions at once, with where they came from; its password, profile, name and address, so that the address
    /// is free again. One transaction; its record in the stream tells the other contexts to forget.
    ///
    /// What was bought as a guest with the same address comes to the account first, so that it is
    /// forgotten with it. Whoever dies in between has changed nothing that the second call does not
    /// mend; the account that is gone already is no error.
    pub async fn erase(&self, user_id: &UserId, by: &By, ids: &Ids<'_>) -> Result<(), EraseError> {
        for _ in 0..TRIES_MAX {
            let user = self.authority.user(user_id).await?.ok_or(EraseError::Missing)?;
            if user.status == UserStatus::Erased {
                return Ok(());
            }
            self.allow(&user, by).await?;
            let customer_id = CustomerId::parse(user_id.as_str()).map_err(Fault::broken)?;
            self.orders.attach(&customer_id, &user.email).await?;
            let sessions = self.authority.forgetting_sessions(user_id).await?;
            let ending = sessions
                .into_iter()
                .fold(self.ending(&user, by, ids)?, Transaction::with);
            match ending.commit().await {
                Ok(()) => return Ok(()),
                Err(error) if user.is_acting_owner() && error.condition_failed_at(OWNERS_AT) => {
                    return Err(EraseError::LastOwner);
                }
                Err(error) if error.is_condition_failed() || error.is_conflict() => {}
                Err(error) => return Err(Fault::from(error).into()),
            }
        }
        Err(Fault::busy("the account is changed by many at once").into())
    }

    fn ending(&self, user: &User, by: &By, ids: &Ids<'_>) -> Result<Transaction, Fault> {
        let now = self.clock.now();
        let entry = Entry::new("account.erased", by.id.clone(), now)
            .about(user.user_id.as_str())
            .from(by.origin.clone());
        let letter = self
            .postbox
            .posting(self.store.table(), ids, &user.email, &Letter::AccountErased {})?;
        let writes = self.authority.erasing(user).into_iter();
        let transaction = writes
            .chain(self.store.erasing(&user.user_id, &by.id, now))
            .chain([self.identity.forgetting(&user.user_id)])
            .fold(Transaction::new(), Transaction::with);
        Ok(transaction.with(letter).with(self.trail.entry(&entry)))
    }

    /// Nobody takes from another what they do not hold themselves.
    async fn allow(&self, user: &User, by: &By) -> Result<(), EraseError> {
        let (Some(held), true) = (&by.permissions, user.is_staff()) else {
            return Ok(());
        };
        let taken = self.authority.permissions(user).await?;
        let taken: Vec<Scope> = taken.iter().filter_map(|text| Scope::parse(text).ok()).collect();
        if Powers::new(held).cover(&taken) {
            Ok(())
        } else {
            Err(EraseError::Exceeds)
        }
    }
}
