//! Subjects of machine clients: A16.

use kernel::Fault;
use platform::table::{Key, Write};
use serde::{Deserialize, Serialize};

use super::Store;
use crate::client::ClientSubject;

#[derive(Debug, Serialize, Deserialize)]
struct ClientRow {
    pk: String,
    sk: String,
    client_id: String,
    name: String,
    permissions: Vec<String>,
}

fn client_key(client_id: &str) -> Key {
    Key::new(format!("client#{client_id}"), "client")
}

impl Store {
    /// A16: one client that may act in its own name, as the last answered change left it.
    pub(crate) async fn client(&self, client_id: &str) -> Result<Option<ClientSubject>, Fault> {
        let row = self
            .table
            .get_consistent::<ClientRow>(client_key(client_id))
            .await?;
        Ok(row.map(|row| ClientSubject {
            client_id: row.client_id,
            name: row.name,
            permissions: row.permissions,
        }))
    }

    /// A16: keep a client; an earlier row is replaced.
    pub(crate) fn putting_client(&self, client: &ClientSubject) -> Write {
        let Key { pk, sk } = client_key(&client.client_id);
        let row = ClientRow {
            pk,
            sk,
            client_id: client.client_id.clone(),
            name: client.name.clone(),
            permissions: client.permissions.clone(),
        };
        self.table.put(&row).into()
    }

    /// A16: forget a client; its tokens name nobody from then on.
    pub(crate) fn removing_client(&self, client_id: &str) -> Write {
        self.table.delete(client_key(client_id)).into()
    }
}
