//! The token endpoint: a code, a refresh token or a client's own credentials become tokens.

use authority::{ClientSubject, Method, RefreshError, SessionId, Start, Tokens, UserId};
use kernel::{Fault, Origin};

use crate::Provider;
use crate::client::Client;
use crate::credentials::Failure;
use crate::grant::CodeGrant;
use crate::parameters::Parameters;
use crate::refusal::{Code, Refusal};
use crate::secret;
use crate::store::Late;
use crate::wire::{IdClaims, TokenView, id_claims};

impl Provider {
    /// Answers `POST /oauth/token`.
    pub async fn exchange(
        &self,
        authorization: Option<&str>,
        form: &Parameters,
        origin: &Origin,
    ) -> Result<TokenView, Failure> {
        let client = self.authenticated(authorization, form).await?;
        match form.need("grant_type")? {
            "authorization_code" => self.exchange_code(&client, form, origin).await,
            "refresh_token" => self.refresh(&client, form, origin).await,
            "client_credentials" => self.act_for_itself(&client, form).await,
            _ => Err(Refusal::new(Code::UnsupportedGrantType, "the token endpoint has no such grant").into()),
        }
    }

    async fn exchange_code(
        &self,
        client: &Client,
        form: &Parameters,
        origin: &Origin,
    ) -> Result<TokenView, Failure> {
        let (code, redirect_uri) = (form.need("code")?, form.need("redirect_uri")?);
        // A verifier that nobody asked for and one that is missing are both no match.
        let verifier = form.need("code_verifier")?;
        let now = self.clock.now();
        let known = self.store.known_code(code).await?.ok_or_else(Refusal::grant)?;
        let grant = known.grant;
        if !grant.is_for(&client.client_id, redirect_uri, verifier) {
            return Err(Refusal::grant().into());
        }
        if known.used_by.is_some() {
            return self.used_again(code, &grant, origin).await;
        }
        if grant.expires_at <= now {
            return Err(Refusal::grant().into());
        }
        let exchange = secret::fresh(&*self.random);
        if self.store.use_code(code, &exchange).await? == Err(Late) {
            return self.used_again(code, &grant, origin).await;
        }
        let tokens = self.start(client, &grant, origin).await?;
        let session_id = tokens
            .session_id
            .clone()
            .ok_or_else(|| Fault::broken("a session without an id"))?;
        // Between the two writes another exchange may have come: it found no session to end, so this
        // one ends its own.
        if self.store.note_session(code, session_id.as_str()).await? == Err(Late) {
            self.end(&grant, &session_id, origin).await?;
            return Err(Refusal::grant().into());
        }
        // The consent may have been taken back since the code was given. Whoever takes it back deletes it
        // and then ends the sessions; this session was there before we look.
        let consent = self
            .store
            .consent(&grant.signed_in.user_id, &client.client_id)
            .await?;
        if !consent.is_some_and(|consent| grant.scopes.are_within(&consent.scopes)) {
            self.end(&grant, &session_id, origin).await?;
            return Err(Refusal::grant().into());
        }
        let id_token = match grant.scopes.has("openid") {
            true => Some(self.id_token(client, &grant, &tokens, &session_id).await?),
            false => None,
        };
        let mut view = token_view(tokens);
        view.id_token = id_token;
        if !grant.scopes.has("offline_access") {
            view.refresh_token = None;
        }
        Ok(view)
    }

    async fn start(&self, client: &Client, grant: &CodeGrant, origin: &Origin) -> Result<Tokens, Failure> {
        let person = &grant.signed_in;
        let user_id = UserId::parse(&person.user_id).map_err(Fault::broken)?;
        let user = self.authority.user(&user_id).await?;
        let user = user.filter(|user| user.is_active() && user.epoch == person.epoch);
        let user = user.ok_or_else(Refusal::grant)?;
        let start = Start {
            client_id: client.client_id.to_string(),
            scopes: Some(grant.scopes.to_vec()),
            methods: person
                .methods
                .iter()
                .filter_map(|word| Method::parse(word))
                .collect(),
            assurance: person.assurance,
            origin: origin.clone(),
            cart_id: None,
            authenticated_at: person.authenticated_at,
        };
        Ok(self.authority.start_session(&user, start).await?)
    }

    /// A code that comes twice was seen by somebody else: whoever has what it brought loses it, and
    /// that stands although this exchange fails.
    async fn used_again(&self, code: &str, grant: &CodeGrant, origin: &Origin) -> Result<TokenView, Failure> {
        let session_id = self.store.note_reuse(code, self.clock.now()).await?;
        if let Some(session_id) = session_id.and_then(|text| SessionId::parse(&text).ok()) {
            self.end(grant, &session_id, origin).await?;
        }
        Err(Refusal::grant().into())
    }

    async fn end(&self, grant: &CodeGrant, session_id: &SessionId, origin: &Origin) -> Result<(), Fault> {
        let user_id = UserId::parse(&grant.signed_in.user_id).map_err(Fault::broken)?;
        self.authority.revoke_session(&user_id, session_id, origin).await
    }

    async fn id_token(
        &self,
        client: &Client,
        grant: &CodeGrant,
        tokens: &Tokens,
        session_id: &SessionId,
    ) -> Result<String, Fault> {
        let claims = id_claims(&IdClaims {
            issuer: &self.issuer,
            client_id: &client.client_id,
            person: &grant.signed_in,
            session_id: session_id.as_str(),
            access_token: &tokens.access_token,
            nonce: grant.nonce.as_deref(),
            now: self.clock.now(),
            lifetime_s: tokens.expires_in,
        });
        self.authority.sign("JWT", &claims).await
    }

    async fn refresh(
        &self,
        client: &Client,
        form: &Parameters,
        origin: &Origin,
    ) -> Result<TokenView, Failure> {
        let token = form.need("refresh_token")?;
        let refreshed = self
            .authority
            .refresh(token, client.client_id.as_str(), origin)
            .await;
        match refreshed {
            Ok(tokens) => Ok(token_view(tokens)),
            Err(RefreshError::Store(fault)) => Err(fault.into()),
            Err(_) => Err(Refusal::grant().into()),
        }
    }

    async fn act_for_itself(&self, client: &Client, form: &Parameters) -> Result<TokenView, Failure> {
        let permissions = client.own_permissions(form.get("scope"))?;
        let subject = ClientSubject {
            client_id: client.client_id.to_string(),
            name: client.name.clone(),
            permissions: client.permissions.clone(),
        };
        Ok(token_view(
            self.authority.client_token(&subject, &permissions).await?,
        ))
    }
}

fn token_view(tokens: Tokens) -> TokenView {
    TokenView {
        access_token: tokens.access_token,
        token_type: "Bearer".to_owned(),
        expires_in: tokens.expires_in,
        refresh_token: tokens.refresh_token,
        id_token: None,
        scope: tokens.scope,
    }
}

#[cfg(test)]
mod tests;
