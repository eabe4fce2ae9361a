//! Linking an identity elsewhere to one's account, and taking it away.

use authority::mail::Letter;
use authority::{FactorKind, User, UserId};
use identity::Passwords;
use kernel::{Fault, Ids, Origin};
use platform::Cloud;
use platform::table::Transaction;
use platform::trail::Entry;

use crate::Federation;
use crate::error::FederationError;
use crate::finish::Returned;
use crate::provider::ProviderName;
use crate::store::{Link, Subject};

/// The ways into an account: those at other providers, and whether there is one here.
#[derive(Debug)]
pub struct Ways {
    federation: Federation,
    passwords: Passwords,
}

impl Ways {
    /// With the right to read the table `identity`, besides those of [`Federation`].
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            federation: Federation::new(cloud),
            passwords: Passwords::new(cloud),
        }
    }

    /// Takes a way in away, unless it is the only one.
    pub async fn unlink(
        &self,
        user_id: &UserId,
        name: &ProviderName,
        origin: &Origin,
    ) -> Result<(), FederationError> {
        let has_password = self.passwords.is_set(user_id).await?;
        self.federation.unlink(user_id, name, has_password, origin).await
    }
}

impl Federation {
    /// Links whoever the provider says it is to the account of somebody who is logged in, who began
    /// this in the same browser. The owner is told by mail.
    pub async fn link(
        &self,
        user_id: &UserId,
        name: &ProviderName,
        returned: &Returned,
        origin: &Origin,
    ) -> Result<(), FederationError> {
        let (_, provider, said) = self.returned(name, returned, Some(user_id), origin).await?;
        let user = self.usable(user_id).await?;
        let link = Link {
            user_id: user.user_id.clone(),
            provider: provider.name.clone(),
            subject: Subject::new(&provider.issuer, &said.subject),
            made_account: false,
            linked_at: self.clock.now(),
        };
        let mut transaction = Transaction::new();
        for write in self.store.linking(&link) {
            transaction = transaction.with(write);
        }
        let letter = Letter::ProviderLinked {
            provider: provider.title.clone(),
        };
        let transaction = self.told(transaction, &user, "provider.linked", name, &letter, origin)?;
        match transaction.with(self.authority.requiring(&user)).commit().await {
            Ok(()) => Ok(()),
            Err(error) if error.condition_failed_at(0) => match self.store.owner(&link.subject).await? {
                Some(owner) if owner == *user_id => Ok(()),
                _ => Err(FederationError::Taken),
            },
            Err(error) if error.condition_failed_at(1) => Err(FederationError::Taken),
            Err(error) => Err(FederationError::Store(error.into())),
        }
    }

    /// Takes a way in away, unless it is the only one: an account that was made by a provider has no
    /// password until its owner sets one.
    pub(crate) async fn unlink(
        &self,
        user_id: &UserId,
        name: &ProviderName,
        has_password: bool,
        origin: &Origin,
    ) -> Result<(), FederationError> {
        let user = self.usable(user_id).await?;
        let links = self.store.links(user_id).await?;
        let Some(link) = links.iter().find(|link| link.provider == *name) else {
            return Err(FederationError::NoProvider);
        };
        let has_passkey = user.second_factors.contains(&FactorKind::Passkey);
        if link.made_account && links.len() == 1 && !has_passkey && !has_password {
            return Err(FederationError::OnlyWay);
        }
        // The account goes on being one that was made elsewhere: the last way in inherits that.
        let heir = links
            .iter()
            .find(|other| other.provider != *name)
            .filter(|_| link.made_account);
        let mut transaction = Transaction::new();
        for write in self.store.unlinking(link, heir) {
            transaction = transaction.with(write);
        }
        let title = match self.store.provider(name).await? {
            Some(provider) => provider.title,
            None => name.to_string(),
        };
        let letter = Letter::ProviderUnlinked { provider: title };
        let transaction = self.told(transaction, &user, "provider.unlinked", name, &letter, origin)?;
        match transaction.commit().await {
            Ok(()) => Ok(()),
            Err(error) => Err(FederationError::Store(error.into())),
        }
    }

    /// The ways into an account.
    pub async fn links(&self, user_id: &UserId) -> Result<Vec<Link>, Fault> {
        self.store.links(user_id).await
    }

    async fn usable(&self, user_id: &UserId) -> Result<User, FederationError> {
        let user = self.authority.user(user_id).await?;
        user.filter(User::is_active).ok_or(FederationError::NotUsable)
    }

    /// The transaction with its entry in the trail and its letter to the owner.
    fn told(
        &self,
        transaction: Transaction,
        user: &User,
        action: &'static str,
        name: &ProviderName,
        letter: &Letter,
        origin: &Origin,
    ) -> Result<Transaction, Fault> {
        let now = self.clock.now();
        let entry = Entry::new(action, user.user_id.as_str(), now)
            .about(user.user_id.as_str())
            .from(origin.clone())
            .with("provider", name.as_str());
        let ids = Ids::new(now, &*self.random);
        let mail = self
            .postbox
            .posting(self.store.table(), &ids, &user.email, letter)?;
        Ok(transaction.with(self.trail.entry(&entry)).with(mail))
    }
}
