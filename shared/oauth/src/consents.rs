//! What people agreed to: they see it and take it back.

use authority::UserId;
use kernel::{Fault, Limit, Origin, Page};

use crate::Provider;
use crate::client::ClientId;
use crate::store::Consent;

impl Provider {
    /// A page of the clients that a person agreed to.
    pub async fn consents(
        &self,
        user_id: &str,
        limit: Limit,
        after: Option<String>,
    ) -> Result<Page<Consent>, Fault> {
        self.store.consents(user_id, limit, after).await
    }

    /// Takes a consent back: the client is asked for again next time, and what it has of this person
    /// is over.
    pub async fn withdraw(&self, user_id: &str, client_id: &ClientId, origin: &Origin) -> Result<(), Fault> {
        let user = UserId::parse(user_id).map_err(Fault::broken)?;
        self.store.withdraw(user_id, client_id).await?;
        let had = self.authority.sessions_of_client(&user, client_id.as_str());
        for session in had.await? {
            self.authority
                .revoke_session(&user, &session.session_id, origin)
                .await?;
        }
        Ok(())
    }
}
