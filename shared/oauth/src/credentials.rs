//! How a client says who it is: HTTP Basic, parameters of the form, or, with nothing to keep
//! secret, its id alone (RFC 6749 §2.3). One way a request, never two.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::Fault;
use percent_encoding::percent_decode_str;

use crate::Provider;
use crate::client::{Client, ClientId, Credentials};
use crate::parameters::Parameters;
use crate::refusal::Refusal;

impl Credentials {
    /// Reads the `Authorization` header and the form.
    pub fn read(authorization: Option<&str>, parameters: &Parameters) -> Result<Self, Refusal> {
        let in_form = parameters.get("client_id");
        let secret_in_form = parameters.get("client_secret");
        if parameters.has("client_assertion") {
            return Err(Refusal::client());
        }
        let Some(header) = authorization else {
            let client_id = in_form.ok_or_else(Refusal::client)?;
            return Self::of(client_id, secret_in_form.map(str::to_owned));
        };
        if secret_in_form.is_some() {
            return Err(Refusal::invalid("the client authenticates in two ways"));
        }
        let (client_id, secret) = basic(header).ok_or_else(Refusal::client)?;
        if in_form.is_some_and(|other| other != client_id) {
            return Err(Refusal::invalid("`client_id` is not the one that authenticates"));
        }
        Self::of(&client_id, Some(secret))
    }

    fn of(client_id: &str, secret: Option<String>) -> Result<Self, Refusal> {
        let client_id = ClientId::parse(client_id).map_err(|_| Refusal::client())?;
        Ok(Self { client_id, secret })
    }
}

/// Id and secret of `Basic …`; both are form-encoded inside it (RFC 6749 §2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    let bytes = STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode = |text: &str| {
        let spaced = text.replace('+', " ");
        Some(percent_decode_str(&spaced).decode_utf8().ok()?.into_owned())
    };
    let found = (decode(id)?, decode(secret)?);
    scheme.eq_ignore_ascii_case("basic").then_some(found)
}

/// Why a client does not get what it asked for.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The protocol says no, in its own words.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It could not be done.
    #[error(transparent)]
    Failed(#[from] Fault),
}

impl Provider {
    /// The client that a request comes from. An unknown one and a wrong secret look alike.
    pub(crate) async fn authenticated(
        &self,
        authorization: Option<&str>,
        form: &Parameters,
    ) -> Result<Client, Failure> {
        let credentials = Credentials::read(authorization, form)?;
        let client = self.store.client(&credentials.client_id).await?;
        let client = client.ok_or_else(Refusal::client)?;
        client.authenticate(&credentials)?;
        Ok(client)
    }

    /// As [`Provider::authenticated`], for endpoints that only clients with a secret may use.
    pub(crate) async fn confidential(
        &self,
        authorization: Option<&str>,
        form: &Parameters,
    ) -> Result<Client, Failure> {
        let client = self.authenticated(authorization, form).await?;
        if client.confidential {
            Ok(client)
        } else {
            Err(Refusal::client().into())
        }
    }
}
