//! What clients send and are shown.

use authority::{SessionId, Tokens};
use kernel::{Fault, FieldFault, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) mod ceremony;
mod credential;
mod options;

pub use credential::{
    AssertionResponse, AttestationResponse, AuthenticationCredential, RegistrationCredential,
};
pub(crate) use options::user_handle;
pub use options::{
    AuthenticatorSelection, CreationOptions, CredentialDescriptor, KeyParameters, PartyEntity,
    RequestOptions, UserEntity,
};

use crate::held::{FactorId, Held, Passkey, Totp};
use crate::prove::Proof;
use crate::recovery::RecoveryCode;

/// What a user can show beside a password.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FactorsView {
    /// The authenticator app, if there is one, then the passkeys, oldest first.
    pub factors: Vec<FactorView>,
    /// How many recovery codes were not used yet.
    pub recovery_codes_left: usize,
}

/// One factor.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FactorView {
    /// Names it.
    pub factor_id: FactorId,
    /// What it is.
    pub kind: FactorKindView,
    /// What its owner calls it.
    pub name: String,
    /// For a passkey: whether it is copied to its owner's other devices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub synced: Option<bool>,
    /// Since when it counts.
    pub created_at: Time,
    /// When it was last used.
    pub last_used_at: Option<Time>,
}

/// What a factor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FactorKindView {
    /// Codes of an authenticator app.
    Totp,
    /// A passkey or security key.
    Passkey,
}

/// A secret for an authenticator app. It is shown once.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TotpEnrolmentView {
    /// Names the factor that it will be.
    pub factor_id: FactorId,
    /// The secret in base 32, to be typed.
    pub secret: String,
    /// The same as an `otpauth://` address, to be shown as a QR code.
    pub uri: String,
}

/// The first code of the app.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmTotp {
    /// Six digits.
    #[schemars(regex(pattern = r"^[0-9]{6}$"), example = &"492039")]
    pub code: String,
}

/// A factor that counts from now on.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AddedFactorView {
    /// The factor.
    pub factor: FactorView,
    /// With the first factor: ten recovery codes, for when it is lost. They are shown once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery_codes: Option<Vec<String>>,
}

/// Ten new recovery codes; those before them open nothing any more. They are shown once.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RecoveryCodesView {
    /// The codes.
    pub recovery_codes: Vec<String>,
}

/// Which factor may go.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteFactor {
    /// Says that the factor may go although it is the last one.
    #[serde(default)]
    pub last: bool,
}

/// What a browser needs to make a passkey.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RegistrationOptionsView {
    /// To be sent back with the credential, within five minutes.
    pub ceremony: String,
    /// For `navigator.credentials.create()`.
    pub public_key: CreationOptions,
}

/// A passkey that a browser has made.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePasskey {
    /// As it came with the options.
    #[schemars(length(min = 1, max = 2048))]
    pub ceremony: String,
    /// What to call it; else `Passkey`.
    #[serde(default)]
    #[schemars(length(min = 1, max = 100), example = &"Anna's phone")]
    pub name: Option<String>,
    /// What `navigator.credentials.create()` gave.
    pub credential: RegistrationCredential,
}

/// What a signature is to be good for.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BeginLogin {
    /// The challenge of a login whose second step it will be. Without it, and without an access
    /// token, the signature logs in by itself.
    #[serde(default)]
    #[schemars(length(min = 1, max = 2048))]
    pub challenge: Option<String>,
}

/// What a browser needs to sign with a passkey.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RequestOptionsView {
    /// To be sent back with the signature, within five minutes.
    pub ceremony: String,
    /// For `navigator.credentials.get()`.
    pub public_key: RequestOptions,
}

/// A passkey's signature.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyProof {
    /// As it came with the options.
    #[schemars(length(min = 1, max = 2048))]
    pub ceremony: String,
    /// What `navigator.credentials.get()` gave.
    pub credential: AuthenticationCredential,
}

/// Logging in with a passkey alone.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyLogin {
    /// As it came with the options.
    #[schemars(length(min = 1, max = 2048))]
    pub ceremony: String,
    /// What `navigator.credentials.get()` gave.
    pub credential: AuthenticationCredential,
}

/// One way to prove it: exactly one of the fields.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
pub struct MethodBody {
    /// Six digits of the authenticator app.
    #[serde(default)]
    #[schemars(regex(pattern = r"^[0-9]{6}$"), example = &"492039")]
    pub totp: Option<String>,
    /// One of the recovery codes.
    #[serde(default)]
    #[schemars(length(min = 16, max = 40), example = &"7h2k-9qfa-0x3m-ttzc")]
    pub recovery_code: Option<String>,
    /// A passkey's signature.
    #[serde(default)]
    pub passkey: Option<PasskeyProof>,
}

/// The second step of a login.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteLogin {
    /// As the first step gave it.
    #[schemars(length(min = 1, max = 2048))]
    pub challenge: String,
    /// What proves it.
    pub method: MethodBody,
}

/// A session that has begun: what `POST /v1/sessions` answers when no second factor is asked for.
#[derive(Serialize, JsonSchema)]
pub struct LoggedInView {
    /// `authenticated`.
    #[schemars(extend("const" = "authenticated"))]
    pub status: &'static str,
    /// For the `Authorization` header.
    pub access_token: String,
    /// For `POST /v1/sessions/refresh`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// For how many seconds the access token is good.
    pub expires_in: u32,
    /// The session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
}

/// The session's new access token; its refresh token stays as it is.
#[derive(Serialize, JsonSchema)]
pub struct FreshTokenView {
    /// For the `Authorization` header.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// For how many seconds the access token is good.
    pub expires_in: u32,
}

/// Proving once more who one is.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmFactor {
    /// What proves it.
    pub method: MethodBody,
}

impl TryFrom<MethodBody> for Proof {
    type Error = Fault;

    fn try_from(body: MethodBody) -> Result<Self, Fault> {
        match (body.totp, body.recovery_code, body.passkey) {
            (Some(code), None, None) => Ok(Self::Totp(code)),
            (None, Some(code), None) => Ok(Self::RecoveryCode(code)),
            (None, None, Some(passkey)) => Ok(Self::Passkey(passkey)),
            _ => Err(Fault::invalid_fields(vec![FieldFault::new(
                "method",
                "one_of",
                "exactly one of totp, recovery_code, passkey",
            )])),
        }
    }
}

impl From<Tokens> for LoggedInView {
    fn from(tokens: Tokens) -> Self {
        Self {
            status: "authenticated",
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
            token_type: "Bearer",
            expires_in: tokens.expires_in,
            session_id: tokens.session_id,
        }
    }
}

impl From<Tokens> for FreshTokenView {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access_token,
            token_type: "Bearer",
            expires_in: tokens.expires_in,
        }
    }
}

impl From<&Held> for FactorsView {
    fn from(held: &Held) -> Self {
        let totp = held.totp.iter().map(FactorView::from);
        Self {
            factors: totp.chain(held.passkeys.iter().map(FactorView::from)).collect(),
            recovery_codes_left: held.recovery.len(),
        }
    }
}

impl From<&Totp> for FactorView {
    fn from(totp: &Totp) -> Self {
        Self {
            factor_id: totp.factor_id.clone(),
            kind: FactorKindView::Totp,
            name: "Authenticator app".to_owned(),
            synced: None,
            created_at: totp.created_at,
            last_used_at: totp.used_at,
        }
    }
}

impl From<&Passkey> for FactorView {
    fn from(passkey: &Passkey) -> Self {
        Self {
            factor_id: passkey.factor_id.clone(),
            kind: FactorKindView::Passkey,
            name: passkey.name.clone(),
            synced: Some(passkey.credential.backed_up),
            created_at: passkey.created_at,
            last_used_at: passkey.used_at,
        }
    }
}

impl RecoveryCodesView {
    pub(crate) fn of(codes: &[RecoveryCode]) -> Self {
        Self {
            recovery_codes: codes.iter().map(RecoveryCode::reveal).collect(),
        }
    }
}
