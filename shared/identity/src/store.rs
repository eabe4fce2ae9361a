//! Rows and access patterns I1 to I16 of the table `identity`; nothing else touches it.
//!
//! | row | pk | sk | goes |
//! |---|---|---|---|
//! | password | `user#<user id>` | `password` | with the account |
//! | proof | `<purpose>#<handle>` | `proof` | by time to live, two hours after it was asked for |
//! | tally of an account | `account#<hash of the address>` | `failures` | by time to live |
//! | tally of an account from an address | `account#<hash>` | `from#<hash>` | by time to live |
//! | tally of an address | `address#<hash>` | `failures` | by time to live |
//! | letters | `email#<hash>` | `letters#<purpose>` | by time to live |
//! | first owner | `owner` | `first` | never |
//! | mail | `mail#<mail id>` | `mail` | by time to live; see `authority::mail` |

use authority::UserId;
use kernel::{Duration, Fault, Time};
use platform::Cloud;
use platform::table::{Condition, Delete, Key, Put, Table, Transaction, Update, Write};

use crate::proof::{Proof, Purpose};
use crate::throttle::{Letters, Standing, TRIES_MAX};

mod rows;

use rows::{LettersRow, OwnerRow, PasswordRow, ProofRow, TallyRow};

/// The table `identity`.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    table: Table,
}

/// An account's password, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Whose it is.
    pub user_id: UserId,
    /// The PHC string.
    pub hash: String,
    /// A password that somebody else has chosen: good until then, and only for choosing one's own.
    pub one_time_until: Option<Time>,
    /// Raised by every change.
    pub version: u64,
    /// When it was set.
    pub changed_at: Time,
}

/// Whose tallies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// Whose password is asked for; of nobody when there is no account.
    pub user_id: UserId,
    /// Hash of the e-mail address.
    pub account: String,
    /// Hash of the network address.
    pub address: String,
}

/// What was read before an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Before {
    /// The password.
    pub kept: Option<Kept>,
    /// The tallies.
    pub standing: Standing,
    versions: [u64; 3],
}

const PASSWORD: &str = "password";
const PROOF: &str = "proof";
const FAILURES: &str = "failures";

impl Store {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            table: cloud.table("identity"),
        }
    }

    /// Where mails are asked for.
    pub(crate) fn table(&self) -> &Table {
        &self.table
    }

    /// I1: the password of an account, with every change that was answered before.
    pub(crate) async fn password(&self, user_id: &UserId) -> Result<Option<Kept>, Fault> {
        let row = self
            .table
            .get_consistent::<PasswordRow>(password_key(user_id))
            .await?;
        Ok(row.map(Kept::from))
    }

    /// I2: set a password in a transaction: the first of an account, or in place of the one that was
    /// read. The second call fails its condition.
    pub(crate) fn setting_password(&self, kept: &Kept, read: Option<u64>) -> Put {
        let condition = match read {
            None => Condition::absent(),
            Some(version) => Condition::eq("version", version),
        };
        self.table.put(&PasswordRow::from(kept)).only_if(condition)
    }

    /// I3: forget the password of an account.
    pub(crate) fn forgetting_password(&self, user_id: &UserId) -> Delete {
        self.table.delete(password_key(user_id))
    }

    /// I4: an account's password and the tallies that an attempt is measured by, in one read.
    pub(crate) async fn before(&self, attempt: &Attempt) -> Result<Before, Fault> {
        let [account, pair, address] = tally_keys(attempt);
        let password = self.table.get_many_consistent::<rows::AnyRow>(vec![
            password_key(&attempt.user_id),
            account.clone(),
            pair.clone(),
            address.clone(),
        ]);
        let found = password.await?;
        let tally = |key: &Key| {
            let row = found.iter().find(|row| row.is(key))?;
            Some((row.tally()?, row.version()))
        };
        let [account, pair, address] = [&account, &pair, &address].map(|key| tally(key).unwrap_or_default());
        Ok(Before {
            kept: found.iter().find_map(rows::AnyRow::kept),
            standing: Standing {
                account: account.0,
                pair: pair.0,
                address: address.0,
            },
            versions: [account.1, pair.1, address.1],
        })
    }

    /// I5: write the tallies as they are after an attempt began; false when another attempt was
    /// faster on one of them, and nothing was written.
    pub(crate) async fn note_attempt(
        &self,
        attempt: &Attempt,
        before: &Before,
        after: &Standing,
        now: Time,
    ) -> Result<bool, Fault> {
        let tallies = [after.account, after.pair, after.address];
        let mut transaction = Transaction::new();
        for ((key, tally), version) in tally_keys(attempt).into_iter().zip(tallies).zip(before.versions) {
            let unchanged = match version {
                0 => Condition::absent(),
                version => Condition::eq("version", version),
            };
            let row = TallyRow::new(key, tally, version + 1, now);
            transaction = transaction.with(self.table.put(&row).only_if(unchanged));
        }
        match transaction.commit().await {
            Ok(()) => Ok(true),
            Err(error) if error.is_condition_failed() || error.is_conflict() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// I6: an attempt was right: nothing stands against the account any more, its address is known,
    /// and the attempt itself is no failure of the address. What others failed there before stays: else
    /// whoever has an account could go on guessing at those of others by logging in between.
    pub(crate) fn noting_success(&self, attempt: &Attempt, before: &Standing, now: Time) -> [Update; 3] {
        let [account, pair, address] = tally_keys(attempt);
        let clear = |key: Key, kept: Duration| {
            self.table
                .update(key)
                .set("failures", 0)
                .set("last_at", now)
                .set("expires_at", now.plus(kept).unix_s())
                .add("version", 1)
                .remove("next_at")
        };
        let address = self
            .table
            .update(address)
            .add("failures", -1)
            .set("last_at", now)
            .set("expires_at", now.plus(rows::TALLY_KEPT).unix_s())
            .add("version", 1);
        let address = match before.address.next_at {
            Some(next_at) => address.set("next_at", next_at),
            None => address.remove("next_at"),
        };
        [
            clear(account, rows::ACCOUNT_KEPT),
            clear(pair, rows::KNOWN_KEPT).set("known", true),
            address,
        ]
    }

    /// I7: nothing stands against an account any more, in somebody's transaction: its owner has
    /// proven to read its mail.
    pub(crate) fn forgiving(&self, account: &str, now: Time) -> Update {
        self.table
            .update(Key::new(format!("account#{account}"), FAILURES))
            .set("failures", 0)
            .set("last_at", now)
            .set("expires_at", now.plus(rows::ACCOUNT_KEPT).unix_s())
            .add("version", 1)
            .remove("next_at")
    }

    /// I8: how many letters of this kind an address got of late.
    pub(crate) async fn letters(&self, purpose: Purpose, account: &str) -> Result<Option<Letters>, Fault> {
        let row = self
            .table
            .get_consistent::<LettersRow>(letters_key(purpose, account))
            .await?;
        Ok(row.map(|row| Letters {
            sent: row.sent,
            since: row.since,
        }))
    }

    /// I9: count one more letter, in the transaction that sends it. Fails when somebody else has
    /// counted since it was read.
    pub(crate) fn counting_letter(
        &self,
        purpose: Purpose,
        account: &str,
        read: Option<Letters>,
        letters: Letters,
    ) -> Put {
        let unchanged = match read {
            None => Condition::absent(),
            Some(read) => Condition::eq("sent", read.sent).and(Condition::eq("since", read.since)),
        };
        let row = LettersRow::new(letters_key(purpose, account), letters);
        self.table.put(&row).only_if(unchanged)
    }

    /// I10: keep a proof. One under the same handle is replaced, and what was sent with it is dead.
    pub(crate) fn keeping(&self, proof: &Proof) -> Put {
        self.table.put(&ProofRow::from(proof))
    }

    /// I11: a proof, with every change that was answered before.
    pub(crate) async fn proof(&self, purpose: Purpose, handle: &str) -> Result<Option<Proof>, Fault> {
        let row = self
            .table
            .get_consistent::<ProofRow>(proof_key(purpose, handle))
            .await?;
        Ok(row.and_then(ProofRow::proof))
    }

    /// I12: count a try, and read what it is about. None when there is no such proof, or it was used,
    /// is over, or was tried too often: tries that run side by side are all counted.
    pub(crate) async fn try_out(
        &self,
        purpose: Purpose,
        handle: &str,
        now: Time,
    ) -> Result<Option<Proof>, Fault> {
        let good = Condition::exists()
            .and(Condition::attr_absent("used_at"))
            .and(Condition::lt("tries", TRIES_MAX))
            .and(Condition::gt("good_until", now));
        let tried = self
            .table
            .update(proof_key(purpose, handle))
            .add("tries", 1)
            .only_if(good);
        match tried.send_for_new::<ProofRow>().await {
            Ok(row) => Ok(row.proof()),
            Err(error) if error.is_condition_failed() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// I13: mark a proof as used, in the transaction of what it is used for. The second call fails:
    /// used once, and only while it is what was tried.
    pub(crate) fn using(&self, proof: &Proof, now: Time) -> Update {
        let unused = Condition::attr_absent("used_at").and(Condition::eq("token_hash", &proof.token_hash));
        self.table
            .update(proof_key(proof.purpose, &proof.handle))
            .set("used_at", now)
            .only_if(unused)
    }

    /// I14: replace what was sent, in the transaction that sends it anew: the older code is dead.
    /// Fails when it was used or sent meanwhile.
    pub(crate) fn renewing(&self, read: &Proof, renewed: &Proof) -> Put {
        let same = Condition::attr_absent("used_at").and(Condition::eq("letters", read.letters));
        self.table.put(&ProofRow::from(renewed)).only_if(same)
    }

    /// I15: the owner whom an operator has made.
    pub(crate) async fn first_owner(&self) -> Result<Option<UserId>, Fault> {
        let row = self.table.get_consistent::<OwnerRow>(owner_key()).await?;
        Ok(row.map(|row| row.user_id))
    }

    /// I16: note the first owner, in the transaction that makes them. The second call fails.
    pub(crate) fn making_first_owner(&self, user_id: &UserId) -> Put {
        self.table
            .put(&OwnerRow::new(owner_key(), user_id))
            .only_if_absent()
    }
}

/// Several writes into one transaction.
pub(crate) fn together(transaction: Transaction, writes: impl IntoIterator<Item = Write>) -> Transaction {
    writes.into_iter().fold(transaction, Transaction::with)
}

fn password_key(user_id: &UserId) -> Key {
    Key::new(format!("user#{user_id}"), PASSWORD)
}

fn owner_key() -> Key {
    Key::new("owner", "first")
}

fn proof_key(purpose: Purpose, handle: &str) -> Key {
    Key::new(format!("{}#{handle}", purpose.as_str()), PROOF)
}

fn letters_key(purpose: Purpose, account: &str) -> Key {
    Key::new(
        format!("email#{account}"),
        format!("letters#{}", purpose.as_str()),
    )
}

fn tally_keys(attempt: &Attempt) -> [Key; 3] {
    let Attempt { account, address, .. } = attempt;
    [
        Key::new(format!("account#{account}"), FAILURES),
        Key::new(format!("account#{account}"), format!("from#{address}")),
        Key::new(format!("address#{address}"), FAILURES),
    ]
}
