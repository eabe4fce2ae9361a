//! Staff sets providers up.

use kernel::{Fault, FieldFault};

use crate::Federation;
use crate::provider::{Provider, ProviderName, is_issuer};

/// What a provider is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub(crate) title: String,
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    /// None: the one before stays.
    pub(crate) client_secret: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) enabled: bool,
}

impl Federation {
    /// Sets a provider up, or replaces how it is set up. Another issuer is another provider: what was
    /// linked to the one before opens nothing at the new one.
    pub async fn put_provider(
        &self,
        name: &ProviderName,
        expected: Option<u64>,
        settings: Settings,
    ) -> Result<Provider, Fault> {
        if !is_issuer(&settings.issuer, self.is_local) {
            let fault = FieldFault::new(
                "issuer",
                "not_public",
                "an https address that everybody can reach",
            );
            return Err(Fault::invalid_fields(vec![fault]));
        }
        let before = self.store.provider(name).await?;
        let version = before.as_ref().map_or(0, |provider| provider.version);
        if expected.is_some_and(|expected| expected != version) {
            return Err(Fault::Stale);
        }
        // A secret is never sent to another issuer than the one it was given for.
        let kept = before.filter(|provider| provider.issuer == settings.issuer);
        let sealed_secret = match (&settings.client_secret, kept) {
            (Some(secret), _) => self.secrets.seal(secret, name.as_str())?,
            (None, Some(provider)) => provider.sealed_secret,
            (None, None) => {
                let fault = FieldFault::new("client_secret", "missing", "the secret that the provider gave");
                return Err(Fault::invalid_fields(vec![fault]));
            }
        };
        let mut scopes = settings.scopes;
        if !scopes.iter().any(|scope| scope == "openid") {
            scopes.insert(0, "openid".to_owned());
        }
        let provider = Provider {
            name: name.clone(),
            title: settings.title,
            issuer: settings.issuer,
            client_id: settings.client_id,
            sealed_secret,
            scopes,
            enabled: settings.enabled,
            updated_at: self.clock.now(),
            version: version + 1,
        };
        self.store.put_provider(&provider, version).await?;
        Ok(provider)
    }

    /// Every provider; there are few.
    pub async fn providers(&self) -> Result<Vec<Provider>, Fault> {
        self.store.providers().await
    }

    /// Takes a provider away, if it has the version that was read. What was linked to it stays, and
    /// opens nothing until it is back.
    pub async fn delete_provider(&self, name: &ProviderName, expected: Option<u64>) -> Result<(), Fault> {
        self.store.delete_provider(name, expected).await
    }
}
