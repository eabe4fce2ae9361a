//! Users, their addresses, and the count of owners: A1 to A7.

use kernel::{Email, Fault, Page, Time};
use platform::table::{Condition, Key, Update, Write};
use serde::{Deserialize, Serialize};

use super::{BadRow, Listing, Store};
use crate::user::{FactorKind, NewUser, Profile, RoleName, User, UserId, UserStatus};

const SK: &str = "user";
const LIST: &str = "users";

/// The address that an erased user's row shows.
const NOWHERE: &str = "erased@erased.invalid";

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct UserRow {
    pk: String,
    sk: String,
    pub(crate) user_id: UserId,
    pub(crate) email: Email,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    roles: Vec<RoleName>,
    pub(crate) status: String,
    second_factors: Vec<String>,
    epoch: u64,
    version: u64,
    created_at: Time,
    updated_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cart_id: Option<String>,
    /// Partition and order of `by_list`; an erased user has neither.
    #[serde(flatten)]
    listing: Listing,
}

#[derive(Debug, Serialize, Deserialize)]
struct EmailRow {
    pk: String,
    sk: String,
    user_id: UserId,
}

#[derive(Debug, Deserialize)]
struct OwnersRow {
    #[serde(default)]
    owners: u64,
}

/// The count of owners who can act.
fn owners_key() -> Key {
    Key::new("owners", "owners")
}

pub(crate) fn user_key(user_id: &UserId) -> Key {
    Key::new(format!("user#{user_id}"), SK)
}

/// One address is one account, whatever its case.
fn email_key(email: &Email) -> Key {
    Key::new(format!("email#{}", email.as_str().to_lowercase()), "email")
}

impl Store {
    /// A1: one user, with every change that was answered before.
    pub(crate) async fn user(&self, user_id: &UserId) -> Result<Option<User>, Fault> {
        let row = self.table.get_consistent::<UserRow>(user_key(user_id)).await?;
        row.map(User::try_from).transpose()
    }

    /// A2: the user of an address: two reads, the second of the user itself.
    pub(crate) async fn user_by_email(&self, email: &Email) -> Result<Option<User>, Fault> {
        match self.table.get_consistent::<EmailRow>(email_key(email)).await? {
            Some(row) => self.user(&row.user_id).await,
            None => Ok(None),
        }
    }

    /// A3: users, newest first.
    pub(crate) async fn users(
        &self,
        limit: kernel::Limit,
        after: Option<String>,
    ) -> Result<Page<User>, Fault> {
        let page = self.list(LIST, limit, after).page::<UserRow>().await?;
        let users: Result<Vec<User>, Fault> = page.items.into_iter().map(User::try_from).collect();
        Ok(Page {
            items: users?,
            next: page.next,
        })
    }

    /// A4: insert a user and their address, if neither exists; an owner is counted.
    pub(crate) fn creating(&self, new: &NewUser, now: Time) -> Vec<Write> {
        let user = User {
            user_id: new.user_id.clone(),
            email: new.email.clone(),
            name: new.name.clone(),
            locale: new.locale.clone(),
            roles: new.roles.clone(),
            status: UserStatus::Active,
            second_factors: Vec::new(),
            epoch: 1,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let row = UserRow::of(&user, new.cart_id.clone());
        let mut writes = vec![
            self.table.put(&row).only_if_absent().into(),
            self.email(&user.email, &user.user_id),
        ];
        writes.extend(self.counting(false, user.is_acting_owner()));
        writes
    }

    /// A5: give the user another address, if nobody has it. Fails its condition when the user was
    /// changed since it was read.
    pub(crate) fn changing_email(&self, user: &User, email: &Email, now: Time) -> Vec<Write> {
        let mut writes = vec![self.change(user, now).set("email", email).into()];
        let (old, new) = (email_key(&user.email), email_key(email));
        if old != new {
            let own = Condition::eq("user_id", &user.user_id);
            writes.push(self.table.delete(old).only_if(own).into());
            writes.push(self.email(email, &user.user_id));
        }
        writes
    }

    /// A6: change the user's row, if it is as it was read. Every change raises the version.
    pub(crate) fn changing_profile(&self, user: &User, profile: &Profile, now: Time) -> Write {
        let update = self.change(user, now);
        let update = optional(update, "name", profile.name.as_ref());
        optional(update, "locale", profile.locale.as_ref()).into()
    }

    /// A6, for the kinds of second factor.
    pub(crate) fn noting_factors(&self, user: &User, factors: &[FactorKind], now: Time) -> Write {
        let words: Vec<&str> = factors.iter().map(|factor| factor.as_str()).collect();
        self.change(user, now).set("second_factors", words).into()
    }

    /// A6, for the epoch: sessions of the former one are over.
    pub(crate) fn next_epoch(&self, user: &User, now: Time) -> Write {
        self.change(user, now).set("epoch", user.epoch + 1).into()
    }

    /// A6, for roles and status. The count of owners moves with them; it never falls below one.
    pub(crate) fn governing(&self, user: &User, after: &User, now: Time) -> Vec<Write> {
        let update = self
            .change(user, now)
            .set("roles", &after.roles)
            .set("status", after.status.as_str())
            .set("epoch", after.epoch);
        let mut writes = vec![update.into()];
        writes.extend(self.counting(user.is_acting_owner(), after.is_acting_owner()));
        writes
    }

    /// A7: forget everything about the user but that there was one, and free the address.
    pub(crate) fn erasing(&self, user: &User, now: Time) -> Vec<Write> {
        let none: [&str; 0] = [];
        let update = self
            .change(user, now)
            .set("status", UserStatus::Erased.as_str())
            .set("email", NOWHERE)
            .set("roles", none)
            .set("second_factors", none)
            .set("epoch", user.epoch + 1)
            .remove("name")
            .remove("locale")
            .remove("cart_id")
            .remove("list")
            .remove("list_at");
        let own = Condition::eq("user_id", &user.user_id);
        let mut writes = vec![
            update.into(),
            self.table.delete(email_key(&user.email)).only_if(own).into(),
        ];
        writes.extend(self.counting(user.is_acting_owner(), false));
        writes
    }

    /// A1, as a demand: the user can act and is of this epoch.
    pub(crate) fn requiring(&self, user: &User) -> Write {
        let same =
            Condition::eq("epoch", user.epoch).and(Condition::eq("status", UserStatus::Active.as_str()));
        self.table.require(user_key(&user.user_id), same).into()
    }

    /// A6, as a demand: the user is as it was read.
    pub(crate) fn unchanged(&self, user: &User) -> Write {
        let same = Condition::eq("version", user.version);
        self.table.require(user_key(&user.user_id), same).into()
    }

    /// How many owners can act, in one consistent read.
    pub(crate) async fn owners(&self) -> Result<u64, Fault> {
        let row = self.table.get_consistent::<OwnersRow>(owners_key()).await?;
        Ok(row.map_or(0, |row| row.owners))
    }

    /// The write that keeps the count of owners; it fails when the last one would go.
    fn counting(&self, before: bool, after: bool) -> Option<Write> {
        match (before, after) {
            (false, true) => Some(self.table.update(owners_key()).add("owners", 1).into()),
            (true, false) => {
                let others = Condition::gt("owners", 1);
                Some(
                    self.table
                        .update(owners_key())
                        .add("owners", -1)
                        .only_if(others)
                        .into(),
                )
            }
            (true, true) | (false, false) => None,
        }
    }

    fn change(&self, user: &User, now: Time) -> Update {
        self.table
            .update(user_key(&user.user_id))
            .set("updated_at", now)
            .add("version", 1)
            .only_if(Condition::eq("version", user.version))
    }

    fn email(&self, email: &Email, user_id: &UserId) -> Write {
        let Key { pk, sk } = email_key(email);
        let row = EmailRow {
            pk,
            sk,
            user_id: user_id.clone(),
        };
        self.table.put(&row).only_if_absent().into()
    }
}

fn optional(update: Update, attribute: &str, value: Option<&String>) -> Update {
    match value {
        Some(value) => update.set(attribute, value),
        None => update.remove(attribute),
    }
}

impl UserRow {
    fn of(user: &User, cart_id: Option<String>) -> Self {
        let Key { pk, sk } = user_key(&user.user_id);
        Self {
            pk,
            sk,
            user_id: user.user_id.clone(),
            email: user.email.clone(),
            name: user.name.clone(),
            locale: user.locale.clone(),
            roles: user.roles.clone(),
            status: user.status.as_str().to_owned(),
            second_factors: user
                .second_factors
                .iter()
                .map(|factor| factor.as_str().to_owned())
                .collect(),
            epoch: user.epoch,
            version: user.version,
            created_at: user.created_at,
            updated_at: user.updated_at,
            cart_id,
            listing: Listing::of(LIST, user.created_at, user.user_id.as_str()),
        }
    }
}

impl TryFrom<UserRow> for User {
    type Error = Fault;

    fn try_from(row: UserRow) -> Result<Self, Fault> {
        let bad = |what: &str| Fault::broken(BadRow::new(&row.pk, what));
        let factors: Option<Vec<FactorKind>> = row
            .second_factors
            .iter()
            .map(|word| FactorKind::parse(word))
            .collect();
        Ok(Self {
            status: UserStatus::parse(&row.status).ok_or_else(|| bad("status"))?,
            second_factors: factors.ok_or_else(|| bad("second_factors"))?,
            user_id: row.user_id,
            email: row.email,
            name: row.name,
            locale: row.locale,
            roles: row.roles,
            epoch: row.epoch,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}
