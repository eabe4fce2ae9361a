//! What the protocol calls an error: its code, and a sentence for the client's developer.

use std::borrow::Cow;

/// The codes of RFC 6749, RFC 7009, RFC 9126 and OpenID Connect Core that this provider answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// A parameter is missing, repeated or malformed.
    InvalidRequest,
    /// The client is unknown, or has not shown who it is.
    InvalidClient,
    /// The code or refresh token is not good (any more), or was issued to another.
    InvalidGrant,
    /// The client may not do this.
    UnauthorizedClient,
    /// The token endpoint has no such grant.
    UnsupportedGrantType,
    /// A scope is unknown, or not one the client may ask for.
    InvalidScope,
    /// The person, or a rule, said no.
    AccessDenied,
    /// There is only `code`.
    UnsupportedResponseType,
    /// Nobody is signed in, and no page may be shown.
    LoginRequired,
    /// The person has not agreed yet, and no page may be shown.
    ConsentRequired,
    /// Something else must be asked, and no page may be shown.
    InteractionRequired,
    /// The pushed request is unknown, used or over.
    InvalidRequestUri,
    /// Request objects are not supported.
    RequestNotSupported,
    /// The assurance that was asked for cannot be reached.
    UnmetAuthenticationRequirements,
    /// This kind of token cannot be revoked here.
    UnsupportedTokenType,
    /// Try again.
    TemporarilyUnavailable,
    /// Our mistake.
    ServerError,
}

impl Code {
    /// As the RFCs write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::AccessDenied => "access_denied",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::InteractionRequired => "interaction_required",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::RequestNotSupported => "request_not_supported",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::UnsupportedTokenType => "unsupported_token_type",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::ServerError => "server_error",
        }
    }

    /// The status with which the token, introspection, revocation and PAR endpoints answer it.
    pub fn status(self) -> u16 {
        match self {
            Self::InvalidClient => 401,
            Self::TemporarilyUnavailable => 503,
            Self::ServerError => 500,
            _ => 400,
        }
    }
}

/// Why the provider does not do what a client asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {description}", code.as_str())]
pub struct Refusal {
    /// What a program reads.
    pub code: Code,
    /// What its developer reads. Never says anything about a person or an account.
    pub description: Cow<'static, str>,
}

impl Refusal {
    /// A refusal in the RFC's code and our words.
    pub fn new(code: Code, description: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            description: description.into(),
        }
    }

    /// A malformed request.
    pub fn invalid(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::InvalidRequest, description)
    }

    /// A grant that is not good. Why is the same sentence for all, so that nobody learns which part
    /// of a stolen grant was right.
    pub fn grant() -> Self {
        Self::new(
            Code::InvalidGrant,
            "the grant is not valid, was used, is over, or is another client's",
        )
    }

    /// A client that has not shown who it is.
    pub fn client() -> Self {
        Self::new(
            Code::InvalidClient,
            "the client is not known by these credentials",
        )
    }
}
