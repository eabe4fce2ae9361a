//! What any transport must know of a failure: who can mend it, and whether trying again helps.

use std::error::Error;

/// One bad field of a request, named by its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// Path from the body's root, for example `lines[0].quantity`.
    pub field: String,
    /// Stable `snake_case` code, for example `too_many`.
    pub code: &'static str,
    /// A sentence for people.
    pub message: String,
}

impl FieldFault {
    /// Names one bad field.
    pub fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            code,
            message: message.into(),
        }
    }
}

/// Why a call did not do what it was asked.
///
/// A context's error converts into this in one exhaustive `match`; transports read only this.
/// `code` is stable, unique in the product and listed in `docs/errors.md`.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The request itself is malformed; the caller can mend it (HTTP 400).
    #[error("{detail}")]
    Invalid {
        /// Stable code.
        code: &'static str,
        /// A sentence for people.
        detail: String,
        /// Every bad field.
        fields: Vec<FieldFault>,
    },
    /// A rule or the present state refuses it; the caller can do something else (HTTP 409).
    #[error("{detail}")]
    Refused {
        /// Stable code.
        code: &'static str,
        /// A sentence for people.
        detail: String,
        /// The fields concerned, often none.
        fields: Vec<FieldFault>,
    },
    /// It does not exist, or it is not the caller's to know (HTTP 404).
    #[error("there is no such {what}")]
    Missing {
        /// The noun, for example `order`.
        what: &'static str,
    },
    /// Nobody has shown who they are, or the credential is not valid (HTTP 401).
    #[error("{detail}")]
    Unauthenticated {
        /// Stable code.
        code: &'static str,
        /// A sentence for people that tells a stranger nothing.
        detail: &'static str,
    },
    /// The caller is known and may not do this (HTTP 403).
    #[error("this needs the permission `{permission}`")]
    Denied {
        /// The permission that is missing.
        permission: String,
    },
    /// The representation the caller changed is no longer the present one (HTTP 412).
    #[error("the resource has changed since you read it; read it again and repeat the change")]
    Stale,
    /// Not now: throttled, in conflict or without answer. Trying again helps (HTTP 503).
    #[error("temporarily not available")]
    Busy {
        /// What happened, for the log only.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// Our own mistake. Trying again does not help (HTTP 500).
    #[error("internal error")]
    Broken {
        /// What happened, for the log only.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

impl Fault {
    /// A malformed request without a particular field.
    pub fn invalid(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid {
            code,
            detail: detail.into(),
            fields: Vec::new(),
        }
    }

    /// A malformed request, with every bad field.
    pub fn invalid_fields(fields: Vec<FieldFault>) -> Self {
        let detail = match fields.as_slice() {
            [one] => format!("`{}`: {}", one.field, one.message),
            many => format!("{} fields are not valid; see details", many.len()),
        };
        Self::Invalid {
            code: "invalid_request",
            detail,
            fields,
        }
    }

    /// A refusal by a rule or the present state.
    pub fn refused(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Refused {
            code,
            detail: detail.into(),
            fields: Vec::new(),
        }
    }

    /// Something that is not there, or not the caller's to know.
    pub fn missing(what: &'static str) -> Self {
        Self::Missing { what }
    }

    /// Nobody has shown who they are. The sentence says what to show and tells a stranger nothing.
    pub fn unauthenticated(detail: &'static str) -> Self {
        Self::Unauthenticated {
            code: "unauthenticated",
            detail,
        }
    }

    /// A failure that another try may mend.
    pub fn busy(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Busy {
            source: source.into(),
        }
    }

    /// A failure that only a change of ours mends.
    pub fn broken(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Broken {
            source: source.into(),
        }
    }

    /// The stable code that clients and logs see.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid { code, .. } | Self::Refused { code, .. } | Self::Unauthenticated { code, .. } => {
                code
            }
            Self::Missing { .. } => "not_found",
            Self::Denied { .. } => "forbidden",
            Self::Stale => "stale",
            Self::Busy { .. } => "unavailable",
            Self::Broken { .. } => "internal_error",
        }
    }

    /// Whether the same call may succeed later without any change.
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Busy { .. })
    }

    /// The fault and its causes in one line, for a log.
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}
