//! Is this the password? Throttled, audited, and the same work for every answer (ID-5, ID-7).

use authority::User;
use kernel::{Email, Fault, Origin};
use platform::table::Transaction;
use platform::trail::Outcome;

use crate::Identity;
use crate::ask::nobody;
use crate::password::Password;
use crate::store::{Attempt, Before, Kept, together};
use crate::throttle::Standing;

/// How often a race about the tallies is run again.
const RACES_MAX: u32 = 5;

/// What a password came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    /// It is right, and the account can be used. Further factors are asked for by whoever asks.
    Right(Box<User>),
    /// It is right, and good only for choosing another.
    MustChange(Box<User>),
    /// It is wrong, or nobody's, or the account is locked, or there were too many attempts.
    Wrong,
}

impl Identity {
    /// Whether this is the password of the account with this address.
    pub async fn check_password(
        &self,
        email: &Email,
        password: &str,
        origin: &Origin,
    ) -> Result<Checked, Fault> {
        let user = self.account(email).await?;
        self.check(email, user, password, origin).await
    }

    /// Whether this is the password of somebody who is logged in: wrong ones count as at a login.
    pub async fn confirm_password(
        &self,
        user: &User,
        password: &str,
        origin: &Origin,
    ) -> Result<bool, Fault> {
        let checked = self
            .check(&user.email, Some(user.clone()), password, origin)
            .await?;
        Ok(matches!(checked, Checked::Right(_)))
    }

    async fn check(
        &self,
        email: &Email,
        user: Option<User>,
        password: &str,
        origin: &Origin,
    ) -> Result<Checked, Fault> {
        let attempt = Attempt {
            user_id: match &user {
                Some(user) => user.user_id.clone(),
                None => nobody()?,
            },
            account: self.secrets.of_email(email),
            address: self.secrets.of_address(&origin.address),
        };
        let (before, is_looked_at) = self.begin(&attempt).await?;
        let standing = before.standing;
        let password = Password::new(password);
        // One hash, whoever asks for whom; only then it is asked what is wrong.
        let kept = before.kept.as_ref();
        let compared = self
            .hasher
            .compare(&password, kept.map(|kept| kept.hash.as_str()))?;
        let now = self.clock.now();
        let in_time = kept.is_some_and(|kept| kept.one_time_until.is_none_or(|until| now < until));
        let right = is_looked_at && compared.right && in_time;
        let (Some(user), Some(kept), true) = (user.filter(User::is_active), before.kept, right) else {
            let about = (attempt.user_id != nobody()?).then_some(&attempt.user_id);
            let entry = self.note("login.failed", about, origin).outcome(Outcome::Denied);
            let why = if is_looked_at { "credentials" } else { "throttled" };
            self.trail.append(&entry.with("reason", why)).await?;
            return Ok(Checked::Wrong);
        };
        let renewed = compared
            .outdated
            .then(|| self.rehashed(&kept, &password))
            .transpose()?;
        self.succeed((&attempt, &standing), &user, &kept, renewed, origin)
            .await?;
        Ok(match kept.one_time_until {
            None => Checked::Right(Box::new(user)),
            Some(_) => Checked::MustChange(Box::new(user)),
        })
    }

    /// Counts the attempt before it is looked at, and says whether it is.
    async fn begin(&self, attempt: &Attempt) -> Result<(Before, bool), Fault> {
        for _ in 0..RACES_MAX {
            let before = self.store.before(attempt).await?;
            let now = self.clock.now();
            let after = before.standing.attempted(now);
            if self.store.note_attempt(attempt, &before, &after, now).await? {
                let is_open = before.standing.is_open(now);
                return Ok((before, is_open));
            }
        }
        Err(Fault::busy("the account is tried by many at once"))
    }

    /// The same password at today's cost.
    fn rehashed(&self, kept: &Kept, password: &Password) -> Result<Kept, Fault> {
        Ok(Kept {
            hash: self.hasher.hash(password, self.secrets.bytes())?,
            version: kept.version + 1,
            ..kept.clone()
        })
    }

    async fn succeed(
        &self,
        (attempt, before): (&Attempt, &Standing),
        user: &User,
        kept: &Kept,
        renewed: Option<Kept>,
        origin: &Origin,
    ) -> Result<(), Fault> {
        let now = self.clock.now();
        let entry = self.note("password.confirmed", Some(&user.user_id), origin);
        for _ in 0..RACES_MAX {
            let cleared = self.store.noting_success(attempt, before, now).map(Into::into);
            let mut transaction = together(Transaction::new(), cleared).with(self.trail.entry(&entry));
            if let Some(renewed) = &renewed {
                transaction = transaction.with(self.store.setting_password(renewed, Some(kept.version)));
            }
            match transaction.commit().await {
                Ok(()) => return Ok(()),
                // The password was changed meanwhile: what was typed is the old one.
                Err(error) if error.is_condition_failed() => return Err(Fault::busy(error)),
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Fault::busy("the account is tried by many at once"))
    }
}
