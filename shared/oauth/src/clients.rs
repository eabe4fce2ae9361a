//! Staff registers clients, changes them, rotates their secrets and takes them away. What a client
//! may do lives in authority as well, where each request is held against it: the two are written
//! together, so that a client that is disabled or gone has no tokens from that moment on; and with
//! them what the audit trail is told.

use authority::ClientSubject;
use kernel::{Fault, Ids, Limit, Origin, Page, Time};
use platform::http::Staff;
use platform::table::{Transaction, TransactionError, Write};
use platform::trail::Entry;

use crate::Provider;
use crate::client::{Client, ClientId, ClientSecret, SecretId};
use crate::manage::{Changes, Draft, ManageError, Registered, check, given, held};

impl Provider {
    /// Registers a client. Its secret is in the answer and nowhere else.
    pub async fn register(
        &self,
        draft: Draft,
        (by, origin): (&Staff, &Origin),
        now: Time,
    ) -> Result<Registered, ManageError> {
        given(&draft.permissions, by)?;
        let ids = Ids::new(now, &*self.random);
        let mut client = Client {
            client_id: ClientId::mint(&ids),
            name: draft.name,
            confidential: draft.confidential,
            redirect_uris: draft.redirect_uris,
            scopes: draft.scopes,
            permissions: draft.permissions,
            pushed_only: draft.pushed_only,
            enabled: true,
            secrets: Vec::new(),
            created_at: now,
            updated_at: now,
            version: 1,
        };
        check(&client)?;
        let mut secret = None;
        if client.confidential {
            let (kept, text) = ClientSecret::mint(SecretId::mint(&ids), &*self.random, now);
            client.add_secret(kept, true);
            secret = Some(text);
        }
        let entry = told("client.created", &client, (by, origin), now);
        self.keep(self.store.inserting(&client).into(), &client, &entry)
            .await?;
        Ok(Registered { client, secret })
    }

    /// One client.
    pub async fn client(&self, client_id: &ClientId) -> Result<Client, Fault> {
        let found = self.store.client(client_id).await?;
        found.ok_or_else(|| Fault::missing("client"))
    }

    /// A page of all clients, oldest first.
    pub async fn clients(&self, limit: Limit, after: Option<String>) -> Result<Page<Client>, Fault> {
        self.store.clients(limit, after).await
    }

    /// Changes a client, if it still has the version that was read. Nobody gives or takes what they do
    /// not hold; stopping a client, or letting it go on, takes or gives all that it may do.
    pub async fn change(
        &self,
        client_id: &ClientId,
        expected: Option<u64>,
        changes: Changes,
        (by, origin): (&Staff, &Origin),
        now: Time,
    ) -> Result<Client, ManageError> {
        let before = self.found(client_id, expected).await?;
        if let Some(after) = &changes.permissions {
            let without = |some: &[String], others: &[String]| -> Vec<String> {
                let rest = some.iter().filter(|permission| !others.contains(permission));
                rest.cloned().collect()
            };
            given(&without(after, &before.permissions), by)?;
            held(&without(&before.permissions, after), by)?;
        }
        match changes.enabled {
            Some(true) if !before.enabled => given(&before.permissions, by)?,
            Some(false) if before.enabled => held(&before.permissions, by)?,
            Some(_) | None => {}
        }
        let after = before.changed(changes, now);
        check(&after)?;
        let entry = told("client.changed", &after, (by, origin), now);
        self.keep(
            self.store.replacing(&after, before.version).into(),
            &after,
            &entry,
        )
        .await?;
        Ok(after)
    }

    /// Gives a client another secret. The one before goes on working until the next rotation, unless
    /// the new one is to be alone. Whoever has a client's secret may do what the client may: it is
    /// given only to those who may do that themselves.
    pub async fn rotate_secret(
        &self,
        client_id: &ClientId,
        alone: bool,
        (by, origin): (&Staff, &Origin),
        now: Time,
    ) -> Result<Registered, ManageError> {
        let before = self.found(client_id, None).await?;
        given(&before.permissions, by)?;
        if !before.confidential {
            return Err(ManageError::NoSecret);
        }
        let ids = Ids::new(now, &*self.random);
        let (kept, text) = ClientSecret::mint(SecretId::mint(&ids), &*self.random, now);
        let mut after = before.changed(Changes::default(), now);
        after.add_secret(kept, alone);
        let entry = told("client.secret_rotated", &after, (by, origin), now);
        self.keep(
            self.store.replacing(&after, before.version).into(),
            &after,
            &entry,
        )
        .await?;
        Ok(Registered {
            client: after,
            secret: Some(text),
        })
    }

    /// Takes a client away; what it has is over at once. Nobody takes what they do not hold.
    pub async fn remove(
        &self,
        client_id: &ClientId,
        expected: Option<u64>,
        (by, origin): (&Staff, &Origin),
        now: Time,
    ) -> Result<(), ManageError> {
        let client = self.found(client_id, expected).await?;
        held(&client.permissions, by)?;
        let gone = self.authority.removing_client(client.client_id.as_str());
        let entry = told("client.removed", &client, (by, origin), now);
        let transaction = Transaction::new()
            .with(self.store.removing(&client))
            .with(gone)
            .with(self.trail.entry(&entry));
        transaction.commit().await.map_err(not_kept)
    }

    async fn found(&self, client_id: &ClientId, expected: Option<u64>) -> Result<Client, ManageError> {
        let client = self.store.client(client_id).await.map_err(ManageError::Store)?;
        let client = client.ok_or(ManageError::Missing)?;
        if expected.is_some_and(|version| version != client.version) {
            return Err(ManageError::Stale);
        }
        Ok(client)
    }

    async fn keep(&self, write: Write, client: &Client, entry: &Entry) -> Result<(), ManageError> {
        let client_id = client.client_id.to_string();
        let subject = match client.enabled {
            true => self.authority.putting_client(&ClientSubject {
                client_id,
                name: client.name.clone(),
                permissions: client.permissions.clone(),
            }),
            false => self.authority.removing_client(&client_id),
        };
        let transaction = Transaction::new()
            .with(write)
            .with(subject)
            .with(self.trail.entry(entry));
        transaction.commit().await.map_err(not_kept)
    }
}

/// What the trail keeps of a change: who has done it, and what the client may do in its own name since.
fn told(action: &'static str, client: &Client, (by, origin): (&Staff, &Origin), now: Time) -> Entry {
    Entry::new(action, by.id.as_str(), now)
        .about(client.client_id.as_str())
        .from(origin.clone())
        .with("permissions", client.permissions.join(" "))
        .with("enabled", client.enabled.to_string())
}

/// Somebody else was faster, or the table said no.
fn not_kept(error: TransactionError) -> ManageError {
    if error.is_condition_failed() {
        ManageError::Stale
    } else {
        ManageError::Store(error.into())
    }
}
