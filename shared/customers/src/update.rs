//! The account as its owner sees and changes it.

use std::sync::Arc;

use authority::{Authority, User, UserId};
use kernel::{Clock, Fault};
use platform::Cloud;
use platform::table::{Transaction, Write};

use crate::profile::{Change, Profile};
use crate::store::Store;
use crate::wire::AccountView;

/// How often a lost race is run again.
const TRIES_MAX: usize = 5;

/// Accounts, as their owners see them.
pub struct Customers {
    authority: Authority,
    store: Store,
    clock: Arc<dyn Clock>,
}

/// What the authority and the profile say together. The version counts the changes of both, so any
/// change of either raises it.
pub(crate) struct Account {
    pub(crate) user: User,
    pub(crate) profile: Profile,
}

impl Account {
    pub(crate) fn version(&self) -> u64 {
        self.user.version + self.profile.version
    }

    /// The account, if it can be used.
    pub(crate) async fn find(authority: &Authority, store: &Store, user_id: &UserId) -> Result<Self, Fault> {
        let user = authority.user(user_id).await?;
        let user = user.filter(User::is_active).ok_or(Fault::missing("account"))?;
        let profile = store.profile(user_id).await?;
        Ok(Self { user, profile })
    }
}

impl Customers {
    /// From what the manifest grants: `customers`, `authority`, the secret `vault`.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            authority: Authority::new(cloud),
            store: Store::new(cloud),
            clock: cloud.clock(),
        }
    }

    /// The account of this user.
    pub async fn account(&self, user_id: &UserId) -> Result<AccountView, Fault> {
        let account = Account::find(&self.authority, &self.store, user_id).await?;
        Ok(account.into())
    }

    /// Changes what is named. Another version than the one that was seen is stale; the second call
    /// changes nothing.
    pub async fn update(
        &self,
        user_id: &UserId,
        seen: Option<u64>,
        change: Change,
    ) -> Result<AccountView, Fault> {
        for _ in 0..TRIES_MAX {
            let mut account = Account::find(&self.authority, &self.store, user_id).await?;
            let version = account.version();
            if seen.is_some_and(|seen| seen != version) {
                return Err(Fault::Stale);
            }
            let read = account.profile.version;
            let named = named(&account.user, &change);
            let is_other = account.profile.apply(change.clone(), self.clock.now());
            if named.is_none() && !is_other {
                return Ok(account.into());
            }
            // The user's row is in the transaction in any case: an account that is being erased
            // gets no profile back.
            let user: Write = match &named {
                Some(profile) => self.authority.changing_profile(&account.user, profile),
                None => self.authority.requiring(&account.user),
            };
            let mut transaction = Transaction::new().with(user);
            if is_other {
                transaction = transaction.with(self.store.replacing(user_id, &account.profile, read));
            }
            match transaction.commit().await {
                Ok(()) => return self.account(user_id).await,
                Err(error) if error.is_condition_failed() || error.is_conflict() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Fault::busy("the account is changed by many at once"))
    }
}

/// What the user's own row is to say, when that is something else than it says.
fn named(user: &User, change: &Change) -> Option<authority::Profile> {
    let named = authority::Profile {
        name: change.name.clone().unwrap_or_else(|| user.name.clone()),
        locale: change.locale.clone().unwrap_or_else(|| user.locale.clone()),
    };
    (named.name != user.name || named.locale != user.locale).then_some(named)
}
