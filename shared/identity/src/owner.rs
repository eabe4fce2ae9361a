//! The first owner: made by an operator, with a password that is good for a day and for one thing,
//! choosing one's own.

use authority::{NewUser, OWNER, RoleName, User, UserId};
use kernel::{Duration, Email, Fault, Time};
use platform::table::Transaction;
use platform::trail::Entry;

use crate::Identity;
use crate::password::Password;
use crate::store::{Kept, together};

/// How long the password of an owner whom nobody has claimed is good.
const ONE_TIME_LASTS: Duration = Duration::days(1);

/// The owner, and what lets them in once.
#[derive(Clone, PartialEq, Eq)]
pub struct MadeOwner {
    /// Their address. It is not proven: an operator answers for it.
    pub email: Email,
    /// Their account.
    pub user_id: UserId,
    /// Good once, for choosing one's own.
    pub one_time_password: String,
    /// Until when.
    pub expires_at: Time,
}

impl std::fmt::Debug for MadeOwner {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("MadeOwner(…)")
    }
}

impl Identity {
    /// Makes the first owner. Refuses when there is one; with `again` it gives the one who was made here,
    /// and has chosen no password yet, another to begin with.
    pub async fn create_owner(&self, email: &Email, again: bool) -> Result<MadeOwner, Fault> {
        let made = match self.store.first_owner().await? {
            Some(user_id) => Some(self.authority.user(&user_id).await?),
            None => None,
        };
        match made {
            Some(Some(made)) if again && made.email == *email => self.owner_again(&made).await,
            None if !self.authority.has_owner().await? => self.first_owner(email).await,
            _ => Err(exists()),
        }
    }

    async fn first_owner(&self, email: &Email) -> Result<MadeOwner, Fault> {
        let new = NewUser {
            user_id: UserId::mint(&self.ids()),
            email: email.clone(),
            name: None,
            locale: None,
            roles: vec![RoleName::parse(OWNER).map_err(Fault::broken)?],
            cart_id: None,
        };
        let (kept, view) = self.one_time(email, &new.user_id, 1)?;
        let entry = Entry::new("owner.created", "system", self.clock.now()).about(new.user_id.as_str());
        let transaction = Transaction::new()
            .with(self.store.making_first_owner(&new.user_id))
            .with(self.store.setting_password(&kept, None))
            .with(self.trail.entry(&entry));
        match together(transaction, self.authority.creating(&new))
            .commit()
            .await
        {
            Ok(()) => Ok(view),
            Err(error) if error.condition_failed_at(0) => Err(exists()),
            Err(error) if error.is_condition_failed() => Err(Fault::refused(
                "owner_address_taken",
                "the address has an account; give another, or give that account the role",
            )),
            Err(error) => Err(error.into()),
        }
    }

    async fn owner_again(&self, made: &User) -> Result<MadeOwner, Fault> {
        let kept = self.store.password(&made.user_id).await?;
        let unclaimed = kept.filter(|kept| kept.one_time_until.is_some());
        let Some(before) = unclaimed else {
            return Err(exists());
        };
        let (kept, view) = self.one_time(&made.email, &made.user_id, before.version + 1)?;
        let entry = Entry::new("owner.renewed", "system", self.clock.now()).about(made.user_id.as_str());
        let transaction = Transaction::new()
            .with(self.store.setting_password(&kept, Some(before.version)))
            .with(
                self.store
                    .forgiving(&self.secrets.of_email(&made.email), self.clock.now()),
            )
            .with(self.trail.entry(&entry));
        transaction.commit().await?;
        Ok(view)
    }

    /// A password of 100 random bits, and how it is kept.
    fn one_time(&self, email: &Email, user_id: &UserId, version: u64) -> Result<(Kept, MadeOwner), Fault> {
        const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstvwxyz0123456789";
        let drawn: [u8; 20] = self.secrets.bytes();
        let groups = drawn.chunks(5).map(|group| {
            let letters = group
                .iter()
                .map(|byte| char::from(LETTERS[usize::from(byte & 31)]));
            letters.collect::<String>()
        });
        let one_time_password = groups.collect::<Vec<_>>().join("-");
        let now = self.clock.now();
        let expires_at = now.plus(ONE_TIME_LASTS);
        let hash = self
            .hasher
            .hash(&Password::new(&one_time_password), self.secrets.bytes())?;
        let kept = Kept {
            user_id: user_id.clone(),
            hash,
            one_time_until: Some(expires_at),
            version,
            changed_at: now,
        };
        let view = MadeOwner {
            email: email.clone(),
            user_id: user_id.clone(),
            one_time_password,
            expires_at,
        };
        Ok((kept, view))
    }
}

fn exists() -> Fault {
    Fault::refused("owner_exists", "the shop has an owner")
}
