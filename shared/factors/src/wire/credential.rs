//! What browsers send: the JSON of `PublicKeyCredential.toJSON()` (WebAuthn Level 3, §5.1).
//!
//! Its names are the standard's, and fields that are not looked at are let through: what a browser
//! adds is not the storefront's mistake.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::passkey::{Assertion, ClientData, PasskeyError};

/// The transports of the standard; others are forgotten.
const TRANSPORTS: [&str; 6] = ["ble", "hybrid", "internal", "nfc", "smart-card", "usb"];

/// What `navigator.credentials.create()` gave, as `toJSON()` writes it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct RegistrationCredential {
    /// The credential's id, base64url.
    #[schemars(length(min = 1, max = 1364), example = &"q83vEjRWeJA")]
    pub id: String,
    /// `public-key`.
    #[serde(rename = "type")]
    #[schemars(extend("const" = "public-key"))]
    pub kind: String,
    /// What the authenticator answered.
    pub response: AttestationResponse,
}

/// The authenticator's answer to a registration.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttestationResponse {
    /// What the browser says, base64url.
    #[serde(rename = "clientDataJSON")]
    #[schemars(length(min = 1, max = 8192))]
    pub client_data_json: String,
    /// What the authenticator says, base64url of CBOR.
    #[schemars(length(min = 1, max = 16384))]
    pub attestation_object: String,
    /// How the authenticator can be reached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20))]
    pub transports: Vec<String>,
}

/// What `navigator.credentials.get()` gave, as `toJSON()` writes it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct AuthenticationCredential {
    /// The credential's id, base64url.
    #[schemars(length(min = 1, max = 1364), example = &"q83vEjRWeJA")]
    pub id: String,
    /// `public-key`.
    #[serde(rename = "type")]
    #[schemars(extend("const" = "public-key"))]
    pub kind: String,
    /// What the authenticator answered.
    pub response: AssertionResponse,
}

/// The authenticator's signature and what it is of.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssertionResponse {
    /// What the browser says, base64url.
    #[serde(rename = "clientDataJSON")]
    #[schemars(length(min = 1, max = 8192))]
    pub client_data_json: String,
    /// What the authenticator says, base64url.
    #[schemars(length(min = 1, max = 4096))]
    pub authenticator_data: String,
    /// The signature of both, base64url.
    #[schemars(length(min = 1, max = 2048))]
    pub signature: String,
    /// Whose credential it is, base64url of the user's id; needed where nobody is known yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 128))]
    pub user_handle: Option<String>,
}

/// The fields of the browser's data that are looked at. Others may come and go (§5.8.1.2).
#[derive(Debug, Deserialize)]
struct ClientDataFields {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
    #[serde(rename = "topOrigin", default)]
    top_origin: Option<String>,
}

/// A registration, decoded.
#[derive(Debug)]
pub(crate) struct Registration {
    pub(crate) id: Vec<u8>,
    pub(crate) client_data: ClientData,
    pub(crate) attestation: Vec<u8>,
    pub(crate) transports: Vec<String>,
}

/// A signature, decoded.
#[derive(Debug)]
pub(crate) struct Authentication {
    pub(crate) id: Vec<u8>,
    pub(crate) assertion: Assertion,
    /// The user's id as text, if the authenticator named a user.
    pub(crate) user_handle: Option<String>,
}

impl RegistrationCredential {
    pub(crate) fn read(&self) -> Result<Registration, PasskeyError> {
        let known = |transport: &&&str| self.response.transports.iter().any(|given| given == **transport);
        Ok(Registration {
            id: bytes(&self.id, "the credential's id")?,
            client_data: client_data(&self.response.client_data_json)?,
            attestation: bytes(&self.response.attestation_object, "the attestation")?,
            transports: TRANSPORTS
                .iter()
                .filter(known)
                .map(|known| (*known).to_owned())
                .collect(),
        })
    }
}

impl AuthenticationCredential {
    pub(crate) fn read(&self) -> Result<Authentication, PasskeyError> {
        let response = &self.response;
        let handle = response
            .user_handle
            .as_deref()
            .filter(|handle| !handle.is_empty());
        let handle = handle
            .map(|handle| bytes(handle, "the user handle"))
            .transpose()?;
        let text = |bytes| String::from_utf8(bytes).map_err(|_| PasskeyError::Malformed("the user handle"));
        Ok(Authentication {
            id: bytes(&self.id, "the credential's id")?,
            assertion: Assertion {
                client_data: client_data(&response.client_data_json)?,
                authenticator_data: bytes(&response.authenticator_data, "the authenticator data")?,
                signature: bytes(&response.signature, "the signature")?,
            },
            user_handle: handle.map(text).transpose()?,
        })
    }
}

fn client_data(encoded: &str) -> Result<ClientData, PasskeyError> {
    let malformed = || PasskeyError::Malformed("the browser's data");
    let bytes = bytes(encoded, "the browser's data")?;
    let fields: ClientDataFields = serde_json::from_slice(&bytes).map_err(|_| malformed())?;
    Ok(ClientData {
        kind: fields.kind,
        challenge: URL_SAFE_NO_PAD
            .decode(&fields.challenge)
            .map_err(|_| malformed())?,
        origin: fields.origin,
        cross_origin: fields.cross_origin || fields.top_origin.is_some(),
        bytes,
    })
}

fn bytes(encoded: &str, what: &'static str) -> Result<Vec<u8>, PasskeyError> {
    URL_SAFE_NO_PAD
        .decode(encoded)
        .map_err(|_| PasskeyError::Malformed(what))
}
