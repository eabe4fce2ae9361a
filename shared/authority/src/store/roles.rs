//! The shop's own roles: A21 to A23.

use kernel::Fault;
use platform::table::{Condition, Key, Write};
use serde::{Deserialize, Serialize};

use super::Store;
use crate::key::Scope;
use crate::role::Role;
use crate::user::RoleName;

/// All of them; a shop has at most so many.
const PARTITION: &str = "roles";
pub(crate) const ROLES_MAX: u8 = 100;

#[derive(Debug, Serialize, Deserialize)]
struct RoleRow {
    pk: String,
    sk: String,
    name: RoleName,
    permissions: Vec<String>,
    version: u64,
}

fn role_key(name: &RoleName) -> Key {
    Key::new(PARTITION, format!("role#{name}"))
}

impl Store {
    /// A21: these roles, as the last answered changes left them. Those that are not there are left
    /// out: a role that was deleted permits nothing.
    pub(crate) async fn roles(&self, names: &[RoleName]) -> Result<Vec<Role>, Fault> {
        let keys = names.iter().map(role_key).collect();
        let rows = self.table.get_many_consistent::<RoleRow>(keys).await?;
        rows.into_iter().map(Role::try_from).collect()
    }

    /// A22: every role of the shop's own, by name.
    pub(crate) async fn own_roles(&self) -> Result<Vec<Role>, Fault> {
        let query = self.table.query(PARTITION).begins_with("role#").consistent();
        let page = query.limit(ROLES_MAX).page::<RoleRow>().await?;
        page.items.into_iter().map(Role::try_from).collect()
    }

    /// A23: keep a role, if it is as it was read; `None` for a new one.
    pub(crate) fn putting_role(&self, role: &Role, read: Option<u64>) -> Write {
        let Key { pk, sk } = role_key(&role.name);
        let row = RoleRow {
            pk,
            sk,
            name: role.name.clone(),
            permissions: role.permissions.iter().map(ToString::to_string).collect(),
            version: role.version,
        };
        let same = match read {
            Some(version) => Condition::eq("version", version),
            None => Condition::absent(),
        };
        self.table.put(&row).only_if(same).into()
    }

    /// A23: forget a role, if it is as it was read.
    pub(crate) fn deleting_role(&self, role: &Role) -> Write {
        let same = Condition::eq("version", role.version);
        self.table.delete(role_key(&role.name)).only_if(same).into()
    }
}

impl TryFrom<RoleRow> for Role {
    type Error = Fault;

    fn try_from(row: RoleRow) -> Result<Self, Fault> {
        let permissions: Result<Vec<Scope>, _> =
            row.permissions.iter().map(|text| Scope::parse(text)).collect();
        Ok(Self {
            name: row.name,
            permissions: permissions.map_err(Fault::broken)?,
            is_built_in: false,
            version: row.version,
        })
    }
}
