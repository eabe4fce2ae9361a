//! The shop's own roles: listed, kept, deleted.

use kernel::Fault;
use platform::table::Transaction;
use platform::trail::Entry;

use crate::Authority;
use crate::actor::Actor;
use crate::key::Scope;
use crate::role::{PERMISSIONS, Role};
use crate::store::ROLES_MAX;
use crate::user::RoleName;

/// Why a role was not kept or deleted.
#[derive(Debug, thiserror::Error)]
pub enum RoleError {
    /// Every shop has it, the same everywhere.
    #[error("the role `{0}` is the same in every shop; make one of another name")]
    BuiltIn(RoleName),
    /// It would permit something that does not exist.
    #[error("there is no permission `{0}`")]
    UnknownPermission(Scope),
    /// It gives or takes what the caller does not hold.
    #[error("nobody gives or takes permissions that they do not hold")]
    Exceeds,
    /// The shop has as many as it can.
    #[error("a shop has at most {ROLES_MAX} roles of its own")]
    TooMany,
    /// There is no such role.
    #[error("there is no such role")]
    Missing,
    /// The role was changed since the caller read it.
    #[error("the role has changed")]
    Stale,
    /// It could not be stored.
    #[error("the role could not be stored")]
    Store(#[from] Fault),
}

impl From<RoleError> for Fault {
    fn from(error: RoleError) -> Self {
        let detail = error.to_string();
        match error {
            RoleError::BuiltIn(_) => Self::refused("role_built_in", detail),
            RoleError::UnknownPermission(_) => Self::invalid("permission_unknown", detail),
            RoleError::Exceeds => Self::refused("role_exceeds_grantor", detail),
            RoleError::TooMany => Self::refused("too_many_own_roles", detail),
            RoleError::Missing => Self::missing("role"),
            RoleError::Stale => Self::Stale,
            RoleError::Store(fault) => fault,
        }
    }
}

impl Authority {
    /// Every role: those of every shop, then this shop's own by name.
    pub async fn roles(&self) -> Result<Vec<Role>, Fault> {
        let mut roles = Role::all_built_in();
        roles.extend(self.store.own_roles().await?);
        Ok(roles)
    }

    /// Makes a role, or gives it other permissions: whoever has it may do that from the next request
    /// on.
    pub async fn put_role(
        &self,
        name: &RoleName,
        expected: Option<u64>,
        mut permissions: Vec<Scope>,
        by: &Actor,
    ) -> Result<Role, RoleError> {
        if Role::built_in(name).is_some() {
            return Err(RoleError::BuiltIn(name.clone()));
        }
        permissions.sort();
        permissions.dedup();
        let known = |scope: &Scope| *scope == Scope::everything() || PERMISSIONS.contains(&scope.as_str());
        if let Some(unknown) = permissions.iter().find(|scope| !known(scope)) {
            return Err(RoleError::UnknownPermission(unknown.clone()));
        }
        let own = self.store.own_roles().await?;
        let old = own.iter().find(|role| role.name == *name);
        if old.is_none() && own.len() >= usize::from(ROLES_MAX) {
            return Err(RoleError::TooMany);
        }
        let read = old.map(|role| role.version);
        if expected.is_some() && expected != read {
            return Err(RoleError::Stale);
        }
        let taken = old.iter().flat_map(|role| &role.permissions);
        if !by.powers.cover(permissions.iter().chain(taken)) {
            return Err(RoleError::Exceeds);
        }
        let role = Role {
            name: name.clone(),
            permissions,
            is_built_in: false,
            version: read.unwrap_or_default() + 1,
        };
        let texts: Vec<&str> = role.permissions.iter().map(Scope::as_str).collect();
        let entry = self
            .role_entry("role.put", name, by)
            .with("permissions", texts.join(" "));
        let transaction = Transaction::new()
            .with(self.store.putting_role(&role, read))
            .with(self.trail.entry(&entry));
        match transaction.commit().await {
            Ok(()) => Ok(role),
            Err(error) if error.condition_failed_at(0) => Err(RoleError::Stale),
            Err(error) => Err(Fault::from(error).into()),
        }
    }

    /// Deletes a role. Whoever has it keeps its name, which permits nothing.
    pub async fn delete_role(
        &self,
        name: &RoleName,
        expected: Option<u64>,
        by: &Actor,
    ) -> Result<(), RoleError> {
        if Role::built_in(name).is_some() {
            return Err(RoleError::BuiltIn(name.clone()));
        }
        let found = self.store.roles(std::slice::from_ref(name)).await?;
        let role = found.into_iter().next().ok_or(RoleError::Missing)?;
        if expected.is_some_and(|version| version != role.version) {
            return Err(RoleError::Stale);
        }
        if !by.powers.cover(&role.permissions) {
            return Err(RoleError::Exceeds);
        }
        let transaction = Transaction::new()
            .with(self.store.deleting_role(&role))
            .with(self.trail.entry(&self.role_entry("role.deleted", name, by)));
        match transaction.commit().await {
            Ok(()) => Ok(()),
            Err(error) if error.condition_failed_at(0) => Err(RoleError::Stale),
            Err(error) => Err(Fault::from(error).into()),
        }
    }

    fn role_entry(&self, action: &'static str, name: &RoleName, by: &Actor) -> Entry {
        Entry::new(action, by.id.as_str(), self.clock.now())
            .about(format!("role_{name}"))
            .from(by.origin.clone())
    }
}
