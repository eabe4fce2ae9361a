//! Taking a factor away.

use authority::mail::Letter;
use kernel::{Fault, Ids};
use platform::table::Transaction;

use crate::Factors;
use crate::enrol::{Owner, crowded, decided, entry};
use crate::held::{FactorId, HeldError, Removed};
use crate::prove::ROUNDS_MAX;

impl Factors {
    /// Takes a factor away and tells its owner by mail. The last one goes only when `last` says so
    /// (`last_factor`); staff is told then what they can no longer do.
    pub async fn remove(
        &self,
        owner: &Owner<'_>,
        factor_id: &FactorId,
        last: bool,
        ids: &Ids<'_>,
    ) -> Result<(), Fault> {
        for _ in 0..ROUNDS_MAX {
            let (user, mut held) = self.own(owner).await?;
            let removed = match held.remove(factor_id, last) {
                Err(HeldError::Last) if user.is_staff() => {
                    return Err(Fault::refused("last_factor", STAFF_LAST));
                }
                other => other?,
            };
            let entry = entry("factor.removed", owner, &user, ids.now())
                .with("factor_id", factor_id.as_str())
                .with("left", held.count().to_string());
            let letter = Letter::FactorRemoved {
                factor: words(&removed, held.count() == 0, user.is_staff()),
            };
            let mut transaction = Transaction::new()
                .with(self.store.keeping(&held))
                .with(self.trail.entry(&entry))
                .with(self.mail(ids, &user, &letter)?);
            if let Some(noting) = self.noting(&user, &held) {
                transaction = transaction.with(noting);
            }
            if let Removed::Passkey(passkey) = &removed {
                transaction = transaction.with(self.store.releasing(passkey));
            }
            if decided(transaction.commit().await)? {
                return Ok(());
            }
        }
        Err(crowded())
    }
}

const STAFF_LAST: &str = "this is the last second factor, and your roles ask for one: keys, roles, users, \
     invitations, clients and providers will be closed to you until you add another; repeat with `last=true`";

fn words(removed: &Removed, last: bool, staff: bool) -> String {
    let name = removed.name();
    match (last, staff) {
        (false, _) => name.to_owned(),
        (true, false) => format!("{name} (the last one: a password alone opens your account now)"),
        (true, true) => format!(
            "{name} (the last one: what your roles do with a second factor only is closed to you now)"
        ),
    }
}
