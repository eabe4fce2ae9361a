//! The way to a provider.

use authority::UserId;
use kernel::Fault;

use crate::Federation;
use crate::attempt::{ATTEMPT_LIFE, Attempt, Begun};
use crate::error::FederationError;
use crate::provider::{Provider, ProviderName};
use crate::secrets::hash;

impl Federation {
    /// Begins a sign-in, or, for somebody who is logged in, a linking. The browser must show the
    /// secret again when it is back: an answer that was planted in it is worth nothing. The cart
    /// whose token comes along becomes theirs; its id alone, which is no secret, brings none.
    pub async fn begin(
        &self,
        name: &ProviderName,
        linking: Option<UserId>,
        cart_token: Option<&str>,
    ) -> Result<Begun, FederationError> {
        let provider = self.enabled(name).await?;
        let endpoint = self
            .elsewhere
            .discover(&provider.issuer, self.clock.now())
            .await?;
        let (state, browser_secret) = (self.secrets.fresh(), self.secrets.fresh());
        let now = self.clock.now();
        let opened = self.cart_tokens.as_ref().zip(cart_token);
        let cart_id = opened.and_then(|(tokens, token)| tokens.verify(token, now).ok());
        let attempt = Attempt {
            provider: name.clone(),
            issuer: provider.issuer.clone(),
            browser: hash(&browser_secret),
            linking,
            cart_id,
            good_until: now.plus(ATTEMPT_LIFE),
        };
        self.store.begin(&state, &attempt).await?;
        let address = self.address(&provider, &endpoint.authorization_endpoint, &state)?;
        Ok(Begun {
            authorization_url: address,
            browser_secret,
        })
    }

    pub(crate) async fn enabled(&self, name: &ProviderName) -> Result<Provider, FederationError> {
        let provider = self.store.provider(name).await?;
        provider
            .filter(|provider| provider.enabled)
            .ok_or(FederationError::NoProvider)
    }

    fn address(&self, provider: &Provider, endpoint: &str, state: &str) -> Result<String, Fault> {
        let pairs = [
            ("response_type", "code".to_owned()),
            ("client_id", provider.client_id.clone()),
            ("redirect_uri", self.redirect_uri(&provider.name)),
            ("scope", provider.scopes.join(" ")),
            ("state", state.to_owned()),
            ("nonce", self.secrets.nonce(state)?),
            ("code_challenge", hash(&self.secrets.verifier(state)?)),
            ("code_challenge_method", "S256".to_owned()),
        ];
        let separator = if endpoint.contains('?') { '&' } else { '?' };
        Ok(format!("{endpoint}{separator}{}", crate::wire::form(&pairs)))
    }
}
