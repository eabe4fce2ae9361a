//! A refusal or failure on its way to the client: status, stable code, words, bad fields.
//!
//! Handlers speak [`Fault`]; only this layer knows what HTTP makes of it, and the refusals that
//! exist in HTTP alone (405, 406, 413, 415, 422, 428, 429).

use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, StatusCode};
use kernel::{Fault, FieldFault};
use serde::Serialize;

use super::reply::{JSON, Reply};

/// How long a client waits before it tries again what was busy, in seconds.
const BUSY_RETRY_S: u32 = 1;

/// A refusal or failure, ready to be written for a client.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    message: Box<str>,
    fields: Vec<FieldFault>,
    headers: Vec<(HeaderName, HeaderValue)>,
    more: Option<Box<More>>,
}

/// What few problems have.
#[derive(Debug, Clone, Default)]
struct More {
    /// What went wrong inside, for the log only.
    cause: Option<String>,
    /// The body of another protocol, instead of ours.
    body: Option<Vec<u8>>,
}

impl Problem {
    /// A refusal with one of the [`CODES`](super::CODES)' statuses, or a context's own code.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into().into(),
            fields: Vec::new(),
            headers: Vec::new(),
            more: None,
        }
    }

    /// No operation has this path.
    pub fn route_not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "route_not_found",
            "no operation has this path",
        )
    }

    /// The path exists; it has these methods.
    pub fn method_not_allowed(allowed: &str) -> Self {
        let message = format!("this path takes {allowed}");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message).with(ALLOW, allowed)
    }

    pub(super) fn broken(cause: impl Into<String>) -> Self {
        Fault::broken(cause.into()).into()
    }

    pub(super) fn denied(permission: &str) -> Self {
        let challenge =
            format!(r#"Bearer realm="cartwright", error="insufficient_scope", scope="{permission}""#);
        Self::from(Fault::Denied {
            permission: permission.to_owned(),
        })
        .with(WWW_AUTHENTICATE, &challenge)
    }

    /// Adds a header; one whose value cannot be a header is left out.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// Adds `Retry-After`, in seconds.
    #[must_use]
    pub(super) fn retry_after(self, seconds: i64) -> Self {
        self.with(RETRY_AFTER, &seconds.max(1).to_string())
    }

    /// Gives the answer a JSON body of another protocol instead of ours (RFC 6749 §5.2, for one).
    #[must_use]
    pub fn with_body(mut self, body: &impl Serialize) -> Self {
        self.more.get_or_insert_default().body = serde_json::to_vec(body).ok();
        self
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What went wrong inside, for the log only.
    pub(super) fn cause(&self) -> Option<&str> {
        self.more.as_ref()?.cause.as_deref()
    }

    /// The body of `api.md`, or RFC 9457 for a client that accepts `application/problem+json`.
    pub(super) fn reply(self, request_id: &str, as_problem_json: bool) -> Reply {
        let details: Vec<DetailBody<'_>> = self
            .fields
            .iter()
            .map(|fault| DetailBody {
                field: &fault.field,
                code: fault.code,
                message: &fault.message,
            })
            .collect();
        let own = self.more.and_then(|more| more.body);
        let is_own = own.is_some();
        let body = if let Some(body) = own {
            Ok(body)
        } else if as_problem_json {
            serde_json::to_vec(&ProblemBody {
                kind: format!("/docs#{}", self.code),
                title: self.status.canonical_reason().unwrap_or("Error"),
                status: self.status.as_u16(),
                detail: &self.message,
                instance: request_id,
                code: self.code,
                errors: details,
            })
        } else {
            let (code, message) = (self.code, &*self.message);
            serde_json::to_vec(&ErrorBody {
                error: ErrorFacts {
                    code,
                    message,
                    details,
                    request_id,
                },
            })
        };
        let mut reply = Reply {
            status: self.status,
            headers: self.headers.into_iter().collect(),
            body: body.unwrap_or_default().into(),
        };
        let media_type = if as_problem_json && !is_own {
            HeaderValue::from_static(PROBLEM_JSON)
        } else {
            JSON
        };
        reply.headers.insert(CONTENT_TYPE, media_type);
        reply
    }
}

const PROBLEM_JSON: &str = "application/problem+json; charset=utf-8";

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let (code, message) = (fault.code(), fault.to_string());
        let failed = |status, message: &str| {
            let mut problem = Self::new(status, code, message);
            problem.more.get_or_insert_default().cause = Some(fault.chain());
            problem
        };
        match &fault {
            Fault::Invalid { fields, .. } => {
                let mut problem = Self::new(StatusCode::BAD_REQUEST, code, message);
                if code == "precondition_required" {
                    problem.status = StatusCode::PRECONDITION_REQUIRED;
                }
                problem.fields.clone_from(fields);
                problem
            }
            Fault::Refused { fields, .. } => {
                let mut problem = Self::new(StatusCode::CONFLICT, code, message);
                problem.fields.clone_from(fields);
                problem
            }
            Fault::Missing { .. } => Self::new(StatusCode::NOT_FOUND, code, message),
            Fault::Unauthenticated { .. } => Self::new(StatusCode::UNAUTHORIZED, code, message),
            Fault::Denied { .. } => Self::new(StatusCode::FORBIDDEN, code, message),
            Fault::Stale => Self::new(StatusCode::PRECONDITION_FAILED, code, message),
            Fault::Busy { .. } => failed(
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily not available; try again",
            )
            .retry_after(i64::from(BUSY_RETRY_S)),
            Fault::Broken { .. } => failed(
                StatusCode::INTERNAL_SERVER_ERROR,
                "something went wrong on our side; quote the request id",
            ),
        }
    }
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    error: ErrorFacts<'a>,
}

#[derive(Serialize)]
struct ErrorFacts<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<DetailBody<'a>>,
    request_id: &'a str,
}

#[derive(Serialize)]
struct DetailBody<'a> {
    field: &'a str,
    code: &'a str,
    message: &'a str,
}

#[derive(Serialize)]
struct ProblemBody<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    instance: &'a str,
    code: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<DetailBody<'a>>,
}
