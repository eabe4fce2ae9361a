//! An authorization request, checked: who asks, for what, and where the answer goes.

use crate::client::{Client, ClientId};
use crate::parameters::Parameters;
use crate::pkce::Challenge;
use crate::refusal::{Code, Refusal};
use crate::scope::Scopes;

/// Longest `state`, `nonce` and `login_hint`.
const TEXT_MAX: usize = 1_024;

/// A request that may be put before a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client_id: ClientId,
    /// Where the answer goes, as the request spelled it.
    pub redirect_uri: String,
    /// For what.
    pub scopes: Scopes,
    /// Given back unchanged.
    pub state: Option<String>,
    /// Put into the ID token unchanged.
    pub nonce: Option<String>,
    /// What the code's holder must prove to know.
    pub challenge: Challenge,
    /// Which pages must, or must not, be shown.
    pub prompt: Prompt,
    /// How long ago, in seconds, the person may have signed in.
    pub max_age_s: Option<u32>,
    /// Whom the client expects.
    pub login_hint: Option<String>,
    /// How sure the shop must be of the person: 1, or 2 with a second factor.
    pub assurance: u8,
}

/// Which pages must, or must not, be shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prompt {
    /// No page at all: answer or refuse.
    pub none: bool,
    /// Ask for the password though somebody is signed in.
    pub login: bool,
    /// Ask for consent though it was given.
    pub consent: bool,
}

/// Why a request is not put before a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejected {
    /// The address to answer to is not the client's: only the person is told.
    Here(Refusal),
    /// The client is told.
    There {
        /// At this address.
        redirect_uri: String,
        /// With its state.
        state: Option<String>,
        /// This.
        refusal: Refusal,
    },
}

impl Rejected {
    /// The refusal, wherever it is told.
    pub fn refusal(self) -> Refusal {
        match self {
            Self::Here(refusal) | Self::There { refusal, .. } => refusal,
        }
    }
}

impl AuthorizationRequest {
    /// Checks a request of this client. Until the redirect URI is known to be the client's, nothing
    /// is sent there: the provider is no open redirector.
    pub fn read(client: &Client, parameters: &Parameters) -> Result<Self, Rejected> {
        if !client.enabled {
            return Err(Rejected::Here(Refusal::client()));
        }
        let redirect_uri = parameters.need("redirect_uri").map_err(Rejected::Here)?;
        if !client.trusts(redirect_uri) {
            return Err(Rejected::Here(Refusal::invalid(
                "`redirect_uri` is not registered for this client",
            )));
        }
        let state = parameters.get("state").filter(|state| state.len() <= TEXT_MAX);
        Self::read_trusted(client, parameters, redirect_uri).map_err(|refusal| Rejected::There {
            redirect_uri: redirect_uri.to_owned(),
            state: state.map(str::to_owned),
            refusal,
        })
    }

    fn read_trusted(client: &Client, parameters: &Parameters, redirect_uri: &str) -> Result<Self, Refusal> {
        for name in ["state", "nonce", "login_hint"] {
            if parameters.get(name).is_some_and(|value| value.len() > TEXT_MAX) {
                return Err(Refusal::invalid(format!("`{name}` is too long")));
            }
        }
        if parameters.has("request") {
            return Err(Refusal::new(
                Code::RequestNotSupported,
                "request objects are not supported",
            ));
        }
        if parameters.need("response_type")? != "code" {
            return Err(Refusal::new(
                Code::UnsupportedResponseType,
                "`response_type` must be code",
            ));
        }
        if parameters
            .get("response_mode")
            .is_some_and(|mode| mode != "query")
        {
            return Err(Refusal::invalid("`response_mode` must be query"));
        }
        let challenge = Challenge::parse(
            parameters.get("code_challenge"),
            parameters.get("code_challenge_method"),
        )?;
        let scopes = Scopes::parse(parameters.get("scope").unwrap_or_default())?;
        if scopes.is_empty() || !scopes.are_within(&client.scopes) {
            return Err(Refusal::new(
                Code::InvalidScope,
                "give scopes that are registered for this client",
            ));
        }
        let owned = |name: &str| parameters.get(name).map(str::to_owned);
        Ok(Self {
            client_id: client.client_id.clone(),
            redirect_uri: redirect_uri.to_owned(),
            scopes,
            state: owned("state"),
            nonce: owned("nonce"),
            challenge,
            prompt: Prompt::parse(parameters.get("prompt").unwrap_or_default())?,
            max_age_s: max_age(parameters.get("max_age"))?,
            login_hint: owned("login_hint"),
            assurance: assurance(parameters.get("acr_values").unwrap_or_default()),
        })
    }
}

impl Prompt {
    fn parse(text: &str) -> Result<Self, Refusal> {
        let mut prompt = Self::default();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            match word {
                "none" => prompt.none = true,
                "login" | "select_account" => prompt.login = true,
                "consent" => prompt.consent = true,
                _ => return Err(Refusal::invalid("`prompt` is not known")),
            }
        }
        if prompt.none && (prompt.login || prompt.consent) {
            return Err(Refusal::invalid("`prompt` cannot be none and something else"));
        }
        Ok(prompt)
    }
}

fn max_age(text: Option<&str>) -> Result<Option<u32>, Refusal> {
    let seconds = text.map(str::parse).transpose();
    seconds.map_err(|_| Refusal::invalid("`max_age` must be seconds"))
}

/// The classes are given in the order of preference; the first that the shop knows counts.
fn assurance(acr_values: &str) -> u8 {
    let mut known = acr_values.split(' ').filter_map(|class| match class {
        "aal1" => Some(1),
        "aal2" => Some(2),
        _ => None,
    });
    known.next().unwrap_or(1)
}
