//! Whether a token is good, who it is about, and its end: introspection (RFC 7662), userinfo
//! (OpenID Connect Core §5.3) and revocation (RFC 7009).

use authority::{SessionId, UserId};
use kernel::{Fault, Origin};

use crate::Provider;
use crate::client::Client;
use crate::credentials::Failure;
use crate::parameters::Parameters;
use crate::scope::Scopes;
use crate::wire::{IntrospectionView, UserInfoView};

/// A client with this permission is a resource server: it may ask about tokens of other clients.
const SEES_ALL: &str = "clients.read";

impl Provider {
    /// Answers `POST /oauth/introspect`. A token that is not good, not known, or not this client's
    /// to know is inactive, and nothing else is said of it.
    pub async fn introspect(
        &self,
        authorization: Option<&str>,
        form: &Parameters,
    ) -> Result<IntrospectionView, Failure> {
        let client = self.confidential(authorization, form).await?;
        let token = form.need("token")?;
        if let Some(claims) = self.authority.live_claims(token).await? {
            let known = claims.text("client_id").is_some_and(|of| may_know(&client, of));
            let good = IntrospectionView::of_access_token(&claims);
            return Ok(if known { good } else { IntrospectionView::default() });
        }
        let refreshable = self
            .authority
            .refreshable(token, client.client_id.as_str())
            .await?;
        Ok(
            refreshable.map_or_else(IntrospectionView::default, |(session, user)| {
                IntrospectionView::of_refresh_token(&session, &user, &self.issuer)
            }),
        )
    }

    /// Answers `POST /oauth/revoke`. A token that is not known is as good as revoked; another
    /// client's is left alone, and the answer is the same. With either token the whole grant ends.
    pub async fn revoke(
        &self,
        authorization: Option<&str>,
        form: &Parameters,
        origin: &Origin,
    ) -> Result<(), Failure> {
        let client = self.authenticated(authorization, form).await?;
        let (token, client_id) = (form.need("token")?, client.client_id.as_str());
        if let Some(claims) = self.authority.live_claims(token).await? {
            let ids = claims.text("sub").zip(claims.text("sid"));
            let ids = ids.and_then(|(user, session)| {
                Some((UserId::parse(user).ok()?, SessionId::parse(session).ok()?))
            });
            if let Some((user_id, session_id)) = ids.filter(|_| claims.text("client_id") == Some(client_id)) {
                self.authority
                    .revoke_session(&user_id, &session_id, origin)
                    .await?;
            }
            return Ok(());
        }
        Ok(self
            .authority
            .revoke_refresh_token(token, client_id, origin)
            .await?)
    }

    /// What the bearer may know of the person they act for: as far as the scopes go, and everything
    /// for the person themselves. `None` when the account is gone.
    pub async fn user_info(
        &self,
        user_id: &str,
        delegated: Option<&[String]>,
    ) -> Result<Option<UserInfoView>, Fault> {
        let user_id = UserId::parse(user_id).map_err(Fault::broken)?;
        let scopes = delegated.map(|scopes| Scopes::stored(scopes.iter().cloned()));
        let Some(user) = self.authority.user(&user_id).await? else {
            return Ok(None);
        };
        let may = |scope: &str| scopes.as_ref().is_none_or(|scopes| scopes.has(scope));
        let (profile, email) = (may("profile"), may("email"));
        Ok(Some(UserInfoView {
            sub: user.user_id.to_string(),
            name: user.name.filter(|_| profile),
            locale: user.locale.filter(|_| profile),
            email: email.then(|| user.email.to_string()),
            email_verified: email.then_some(true),
        }))
    }
}

/// Its own tokens, or, for a resource server, everybody's.
fn may_know(client: &Client, token_of: &str) -> bool {
    let sees = |permission: &String| permission == SEES_ALL || permission == "*";
    client.client_id.as_str() == token_of || client.permissions.iter().any(sees)
}
