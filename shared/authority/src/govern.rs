//! Governing users: their roles, and whether their account can be used.

use kernel::{Fault, Limit, Page};
use platform::table::{Transaction, Write};
use platform::trail::Entry;

use crate::Authority;
use crate::actor::Actor;
use crate::key::Scope;
use crate::role::Role;
use crate::user::{RoleName, User, UserId, UserStatus};

/// How often a change is tried again when somebody else changes the user meanwhile.
const ROUNDS_MAX: usize = 4;
/// A user has at most so many roles.
const ROLES_MAX: usize = 10;

/// What is to change about a user; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserChange {
    /// All roles from now on.
    pub roles: Option<Vec<RoleName>>,
    /// Whether the account can be used.
    pub status: Option<UserStatus>,
}

/// Why a user was not changed.
#[derive(Debug, thiserror::Error)]
pub enum GovernError {
    /// There is no such user, or nothing is left of them.
    #[error("there is no such user")]
    Missing,
    /// The user was changed since the caller read it.
    #[error("the user has changed")]
    Stale,
    /// A role of this name does not exist.
    #[error("there is no role `{0}`")]
    UnknownRole(RoleName),
    /// Too many.
    #[error("a user has at most {ROLES_MAX} roles")]
    TooManyRoles,
    /// The change gives or takes what the caller does not hold.
    #[error("nobody gives or takes what they do not hold")]
    Exceeds,
    /// Nobody could ever change anything again.
    #[error("the shop needs an owner; make somebody else one before")]
    LastOwner,
    /// It could not be stored.
    #[error("the user could not be changed")]
    Store(#[from] Fault),
}

impl From<GovernError> for Fault {
    fn from(error: GovernError) -> Self {
        let detail = error.to_string();
        match error {
            GovernError::Missing => Self::missing("user"),
            GovernError::Stale => Self::Stale,
            GovernError::UnknownRole(_) => Self::invalid("role_unknown", detail),
            GovernError::TooManyRoles => Self::invalid("too_many_roles", detail),
            GovernError::Exceeds => Self::refused("exceeds_grantor", detail),
            GovernError::LastOwner => Self::refused("last_owner", detail),
            GovernError::Store(fault) => fault,
        }
    }
}

impl Authority {
    /// Users, newest first. Erased ones are in no list.
    pub async fn users(&self, limit: Limit, after: Option<String>) -> Result<Page<User>, Fault> {
        self.store.users(limit, after).await
    }

    /// Changes a user's roles or status, at once and for every session they have.
    ///
    /// Nobody gives or takes what they do not hold themselves, and the last owner who can act stays
    /// one: that is counted in the same transaction. A disabled user's sessions are over for good.
    pub async fn update_user(
        &self,
        user_id: &UserId,
        expected: Option<u64>,
        change: UserChange,
        by: &Actor,
    ) -> Result<User, GovernError> {
        for _ in 0..ROUNDS_MAX {
            let user = self.store.user(user_id).await?;
            let user = user.filter(|user| user.status != UserStatus::Erased);
            let user = user.ok_or(GovernError::Missing)?;
            if expected.is_some_and(|version| version != user.version) {
                return Err(GovernError::Stale);
            }
            let after = changed(&user, &change);
            if after == user {
                return Ok(user);
            }
            self.allow(&user, &after, by).await?;
            let mut transaction = Transaction::new();
            for write in self.store.governing(&user, &after, self.clock.now()) {
                transaction = transaction.with(write);
            }
            for entry in entries(&user, &after, by, self.clock.now()) {
                transaction = transaction.with(self.trail.entry(&entry));
            }
            let counted = user.is_acting_owner() != after.is_acting_owner();
            match transaction.commit().await {
                Ok(()) => return self.user(user_id).await?.ok_or(GovernError::Missing),
                Err(error) if error.condition_failed_at(0) || error.is_conflict() => {}
                Err(error) if counted && error.condition_failed_at(1) => return Err(GovernError::LastOwner),
                Err(error) => return Err(Fault::from(error).into()),
            }
        }
        Err(Fault::busy("the user is changed by many at once").into())
    }

    /// The writes that give a user further roles; for somebody who redeems an invitation.
    pub fn granting(&self, user: &User, roles: &[RoleName]) -> Vec<Write> {
        let mut after = user.clone();
        for role in roles {
            if !after.roles.contains(role) {
                after.roles.push(role.clone());
            }
        }
        self.store.governing(user, &after, self.clock.now())
    }

    /// Whether this caller may make that change.
    async fn allow(&self, user: &User, after: &User, by: &Actor) -> Result<(), GovernError> {
        if after.roles.len() > ROLES_MAX {
            return Err(GovernError::TooManyRoles);
        }
        let added: Vec<RoleName> = without(&after.roles, &user.roles);
        let given = self.known_scopes(&added).await?;
        let taken = if user.status == after.status {
            without(&user.roles, &after.roles)
        } else {
            user.roles.clone()
        };
        let taken = self.scopes_of(&taken).await?;
        if by.powers.cover(given.iter().chain(&taken)) {
            Ok(())
        } else {
            Err(GovernError::Exceeds)
        }
    }

    /// What these roles permit; each must exist.
    pub(crate) async fn known_scopes(&self, names: &[RoleName]) -> Result<Vec<Scope>, GovernError> {
        let roles = self.find_roles(names).await?;
        let is_known = |name: &&RoleName| roles.iter().any(|role| role.name == **name);
        match names.iter().find(|name| !is_known(name)) {
            Some(unknown) => Err(GovernError::UnknownRole(unknown.clone())),
            None => Ok(roles.into_iter().flat_map(|role| role.permissions).collect()),
        }
    }

    async fn scopes_of(&self, names: &[RoleName]) -> Result<Vec<Scope>, Fault> {
        let roles = self.find_roles(names).await?;
        Ok(roles.into_iter().flat_map(|role| role.permissions).collect())
    }

    async fn find_roles(&self, names: &[RoleName]) -> Result<Vec<Role>, Fault> {
        let (mut roles, mut own) = (Vec::new(), Vec::new());
        for name in names {
            match Role::built_in(name) {
                Some(role) => roles.push(role),
                None => own.push(name.clone()),
            }
        }
        if !own.is_empty() {
            roles.extend(self.store.roles(&own).await?);
        }
        Ok(roles)
    }
}

/// The user as the change would leave them.
fn changed(user: &User, change: &UserChange) -> User {
    let mut after = user.clone();
    if let Some(roles) = &change.roles {
        after.roles.clone_from(roles);
        after.roles.sort();
        after.roles.dedup();
    }
    if let Some(status) = change.status {
        after.status = status;
    }
    if user.is_active() && !after.is_active() {
        after.epoch += 1;
    }
    after
}

fn without(roles: &[RoleName], others: &[RoleName]) -> Vec<RoleName> {
    roles
        .iter()
        .filter(|role| !others.contains(role))
        .cloned()
        .collect()
}

fn entries(user: &User, after: &User, by: &Actor, now: kernel::Time) -> Vec<Entry> {
    let entry = |action| {
        Entry::new(action, by.id.as_str(), now)
            .about(user.user_id.as_str())
            .from(by.origin.clone())
    };
    let mut entries = Vec::new();
    if user.roles != after.roles {
        let roles = entry("role.changed")
            .with("from", words(&user.roles))
            .with("to", words(&after.roles));
        entries.push(roles);
    }
    if user.status != after.status {
        entries.push(entry(match after.status {
            UserStatus::Active => "user.enabled",
            UserStatus::Disabled | UserStatus::Erased => "user.disabled",
        }));
    }
    entries
}

pub(crate) fn words(roles: &[RoleName]) -> String {
    let words: Vec<&str> = roles.iter().map(RoleName::as_str).collect();
    words.join(" ")
}
