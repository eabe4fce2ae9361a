//! Pushed authorization requests (RFC 9126): the client shows who it is before a browser is moved.

use crate::Provider;
use crate::authorize::PUSHED_PREFIX;
use crate::credentials::Failure;
use crate::parameters::Parameters;
use crate::refusal::Refusal;
use crate::request::{AuthorizationRequest, Rejected};
use crate::secret;
use crate::wire::PushedView;

impl Provider {
    /// Answers `POST /oauth/par`: the request is checked now, and can be used once within a minute.
    pub async fn push(&self, authorization: Option<&str>, form: &Parameters) -> Result<PushedView, Failure> {
        let client = self.authenticated(authorization, form).await?;
        if form.has("request_uri") {
            return Err(Refusal::invalid("`request_uri` is what you get here").into());
        }
        let request = AuthorizationRequest::read(&client, form).map_err(Rejected::refusal)?;
        let request_uri = format!("{PUSHED_PREFIX}{}", secret::fresh(&*self.random));
        self.store.push(&request_uri, &request, self.clock.now()).await?;
        Ok(PushedView {
            request_uri,
            expires_in: 60,
        })
    }
}
