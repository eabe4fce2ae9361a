//! JSON in and out. Every secret that leaves is in an answer that is never cached or kept.

use authority::Tokens;
use kernel::{Email, Fault, FieldFault, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ask::Asked;
use crate::change::NewPassword;
use crate::invite::Acceptance;
use crate::link::Redeemed;
use crate::login::LoggedIn;
use crate::owner::MadeOwner;
use crate::register::{NewAccount, Shown};

/// An account that is asked for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = {"email": "anna@example.com", "password": "ein Wal im Küchenschrank", "name": "Anna"}))]
pub struct Register {
    /// The address; it will be proven by mail.
    pub email: Email,
    /// At least 15 characters, any of Unicode; nothing else is asked for.
    #[schemars(length(min = 1, max = 1024))]
    pub password: String,
    /// What to call you.
    #[serde(default)]
    #[schemars(length(min = 1, max = 100))]
    pub name: Option<String>,
    /// The language of your mails, for example `de`.
    #[serde(default)]
    #[schemars(length(min = 2, max = 20))]
    pub locale: Option<String>,
}

/// What registering is answered with, whether or not the address has an account.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RegistrationView {
    /// Keep it: the code that was mailed is good only with it.
    pub registration_id: String,
    /// For how many seconds the code is good.
    pub expires_in: u32,
}

/// The proof of an address: `registration_id` and `code`, or `token` and `password`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = {"registration_id": "reg_01h455vb4pex5vsknk084sn02q_c2VjcmV0", "code": "12345678"}))]
pub struct VerifyEmail {
    /// What registering was answered with.
    #[serde(default)]
    #[schemars(length(max = 200))]
    pub registration_id: Option<String>,
    /// The eight digits of the mail.
    #[serde(default)]
    #[schemars(length(max = 20))]
    pub code: Option<String>,
    /// The token of the mail's link.
    #[serde(default)]
    #[schemars(length(max = 200))]
    pub token: Option<String>,
    /// The password that was chosen.
    #[serde(default)]
    #[schemars(length(max = 1024))]
    pub password: Option<String>,
}

/// A registration whose code is to be sent again.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = {"registration_id": "reg_01h455vb4pex5vsknk084sn02q_c2VjcmV0"}))]
pub struct ResendCode {
    /// What registering was answered with.
    #[schemars(length(max = 200))]
    pub registration_id: String,
}

/// An address and its password.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = {"email": "anna@example.com", "password": "ein Wal im Küchenschrank"}))]
pub struct LogIn {
    /// The account's address.
    pub email: Email,
    /// Its password.
    #[schemars(length(max = 1024))]
    pub password: String,
}

/// What a login came to; `status` says which.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum LoginView {
    /// You are in.
    Authenticated {
        /// For the `Authorization` header.
        access_token: String,
        /// For `POST /v1/sessions/refresh`.
        #[serde(skip_serializing_if = "Option::is_none")]
        refresh_token: Option<String>,
        /// Always `Bearer`.
        token_type: &'static str,
        /// For how many seconds the access token is good.
        expires_in: u32,
        /// The session.
        #[serde(skip_serializing_if = "Option::is_none")]
        session_id: Option<String>,
    },
    /// Show a second factor at `POST /v1/sessions/second-factor`, within five minutes.
    SecondFactorRequired {
        /// Stands for the first step.
        challenge: String,
        /// `totp`, `passkey`.
        methods: Vec<String>,
    },
    /// The password was good once: choose your own at `POST /v1/password-resets/confirm`.
    PasswordChangeRequired {
        /// Opens the reset, for ten minutes.
        reset_token: String,
    },
}

/// The session's new access token; its refresh token stays as it is.
#[derive(Serialize, JsonSchema)]
pub struct TokenView {
    /// For the `Authorization` header.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// For how many seconds the access token is good.
    pub expires_in: u32,
}

/// An address.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = {"email": "anna@example.com"}))]
pub struct ByEmail {
    /// The address.
    pub email: Email,
}

/// What is answered whether or not anything was sent.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SentView {
    /// For how many seconds what was sent is good, if anything was.
    pub expires_in: u32,
}

/// A new password and the token that allows it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = {"token": "rst_0123456789abcdef0123456789abcdef_c2VjcmV0", "password": "ein Wal im Küchenschrank"}))]
pub struct ResetPassword {
    /// The token of the mail's link.
    #[schemars(length(max = 200))]
    pub token: String,
    /// The password to be.
    #[schemars(length(min = 1, max = 1024))]
    pub password: String,
}

/// What asking for a link is answered with, whether or not the address has an account.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LinkView {
    /// Keep it: the link that was mailed is good only with it.
    pub request_id: String,
    /// For how many seconds the link is good.
    pub expires_in: u32,
}

/// Both halves of a magic link.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = {"request_id": "lrq_01h455vb4pex5vsknk084sn02q_c2VjcmV0", "token": "lnk_01h455vb4pex5vsknk084sn02q_c2VjcmV0"}))]
pub struct RedeemLink {
    /// What asking was answered with.
    #[schemars(length(max = 200))]
    pub request_id: String,
    /// The token of the mail's link.
    #[schemars(length(max = 200))]
    pub token: String,
}

/// Another password.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = {"current_password": "ein Wal im Küchenschrank", "new_password": "zwei Wale im Kühlschrank"}))]
pub struct ChangePassword {
    /// The present one.
    #[schemars(length(max = 1024))]
    pub current_password: String,
    /// The next one.
    #[schemars(length(min = 1, max = 1024))]
    pub new_password: String,
    /// Whether your other sessions go on; they end when it is absent.
    #[serde(default)]
    pub keep_other_sessions: bool,
}

/// A code that was mailed.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = {"code": "12345678"}))]
pub struct ByCode {
    /// The eight digits of the mail.
    #[schemars(length(max = 20))]
    pub code: String,
}

/// A password.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = {"password": "ein Wal im Küchenschrank"}))]
pub struct ByPassword {
    /// The account's password.
    #[schemars(length(max = 1024))]
    pub password: String,
}

/// Whom an operator makes the owner.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateOwner {
    /// Their address.
    pub email: Email,
    /// Another password for the owner who was made and has not chosen one yet.
    #[serde(default)]
    pub again: bool,
}

/// The owner, and what lets them in once.
#[derive(Serialize)]
pub struct OwnerView {
    /// Their address.
    pub email: Email,
    /// Their account.
    pub user_id: String,
    /// Good once, for choosing one's own.
    pub one_time_password: String,
    /// Until when.
    pub expires_at: Time,
}

impl From<MadeOwner> for OwnerView {
    fn from(made: MadeOwner) -> Self {
        Self {
            email: made.email,
            user_id: made.user_id.to_string(),
            one_time_password: made.one_time_password,
            expires_at: made.expires_at,
        }
    }
}

/// An invitation to the staff, accepted.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = {"token": "cw_in_01h455vb4pex5vsknk084sn02q_c2VjcmV0", "name": "Olga", "password": "ein Wal im Küchenschrank"}))]
pub struct AcceptInvitation {
    /// The token of the mail's link.
    #[schemars(length(max = 200))]
    pub token: String,
    /// What to call you; for a new account.
    #[serde(default)]
    #[schemars(length(min = 1, max = 100))]
    pub name: Option<String>,
    /// The password of a new account; not needed where the address has an account.
    #[serde(default)]
    #[schemars(length(min = 1, max = 1024))]
    pub password: Option<String>,
}

impl From<AcceptInvitation> for Acceptance {
    fn from(wire: AcceptInvitation) -> Self {
        Self {
            token: wire.token,
            name: wire.name,
            password: wire.password,
        }
    }
}

impl From<Register> for NewAccount {
    fn from(wire: Register) -> Self {
        Self {
            email: wire.email,
            password: wire.password,
            name: wire.name,
            locale: wire.locale,
        }
    }
}

impl TryFrom<VerifyEmail> for Shown {
    type Error = Fault;

    fn try_from(wire: VerifyEmail) -> Result<Self, Fault> {
        match (wire.registration_id, wire.code, wire.token, wire.password) {
            (Some(registration_id), Some(code), None, None) => Ok(Self::Code {
                registration_id,
                code,
            }),
            (None, None, Some(token), Some(password)) => Ok(Self::Link { token, password }),
            _ => {
                let message = "give `registration_id` and `code`, or `token` and `password`";
                Err(Fault::invalid_fields(vec![FieldFault::new(
                    "body",
                    "wrong_combination",
                    message,
                )]))
            }
        }
    }
}

impl From<RedeemLink> for Redeemed {
    fn from(wire: RedeemLink) -> Self {
        Self {
            request_id: wire.request_id,
            token: wire.token,
        }
    }
}

impl From<ChangePassword> for NewPassword {
    fn from(wire: ChangePassword) -> Self {
        Self {
            current: wire.current_password,
            next: wire.new_password,
            keep_other_sessions: wire.keep_other_sessions,
        }
    }
}

impl From<Asked> for RegistrationView {
    fn from(asked: Asked) -> Self {
        Self {
            registration_id: asked.ticket,
            expires_in: asked.expires_in,
        }
    }
}

impl From<Asked> for LinkView {
    fn from(asked: Asked) -> Self {
        Self {
            request_id: asked.ticket,
            expires_in: asked.expires_in,
        }
    }
}

impl SentView {
    /// The one answer.
    pub fn new() -> Self {
        Self {
            expires_in: crate::proof::GOOD_MINUTES * 60,
        }
    }
}

impl Default for SentView {
    fn default() -> Self {
        Self::new()
    }
}

impl From<Tokens> for TokenView {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access_token,
            token_type: "Bearer",
            expires_in: tokens.expires_in,
        }
    }
}

impl From<LoggedIn> for LoginView {
    fn from(logged_in: LoggedIn) -> Self {
        match logged_in {
            LoggedIn::Authenticated(tokens) => Self::Authenticated {
                access_token: tokens.access_token,
                refresh_token: tokens.refresh_token,
                token_type: "Bearer",
                expires_in: tokens.expires_in,
                session_id: tokens.session_id.map(|session_id| session_id.to_string()),
            },
            LoggedIn::SecondFactorRequired { challenge, methods } => Self::SecondFactorRequired {
                challenge,
                methods: methods.iter().map(ToString::to_string).collect(),
            },
            LoggedIn::PasswordChangeRequired { reset_token } => Self::PasswordChangeRequired { reset_token },
        }
    }
}
