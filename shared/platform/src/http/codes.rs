//! The codes that this layer itself may answer with.

use serde::Serialize;

/// One code that this layer itself may answer with, for `docs/errors.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CodeDoc {
    /// The stable code.
    pub code: &'static str,
    /// Its HTTP status.
    pub status: u16,
    /// When it is answered.
    pub meaning: &'static str,
}

const fn doc(status: u16, code: &'static str, meaning: &'static str) -> CodeDoc {
    CodeDoc {
        code,
        status,
        meaning,
    }
}

/// Every code of this layer. Codes of rules belong to their contexts.
pub const CODES: &[CodeDoc] = &[
    doc(
        400,
        "invalid_request",
        "Fields of the body or query are not valid; `details` names every one.",
    ),
    doc(400, "malformed_json", "The body is not JSON."),
    doc(400, "too_deep", "The body is nested more than 32 levels deep."),
    doc(
        400,
        "bad_cursor",
        "The cursor has expired or belongs to another list or query.",
    ),
    doc(400, "bad_if_match", "`If-Match` holds more than one entity tag."),
    doc(
        400,
        "idempotency_key_missing",
        "This operation requires an `Idempotency-Key`.",
    ),
    doc(
        400,
        "idempotency_key_invalid",
        "The `Idempotency-Key` is empty, not printable ASCII, or longer than 255 characters.",
    ),
    doc(401, "unauthenticated", "No credential, or one that is not valid."),
    doc(
        401,
        "step_up_required",
        "The session was proven too long ago for this; prove once more who you are.",
    ),
    doc(
        403,
        "edge_required",
        "The request did not come through the shop's public address.",
    ),
    doc(403, "forbidden", "The caller is known and lacks the permission."),
    doc(
        403,
        "insufficient_scope",
        "The application acts for somebody and was not given the scope.",
    ),
    doc(
        403,
        "second_factor_required",
        "This needs a session with a second factor.",
    ),
    doc(
        403,
        "customer_required",
        "This is about a person's own account; a key or client has none.",
    ),
    doc(
        404,
        "not_found",
        "There is no such resource, or it is not yours to know.",
    ),
    doc(404, "route_not_found", "No operation has this path."),
    doc(
        405,
        "method_not_allowed",
        "The path exists and has no such method; `Allow` names those it has.",
    ),
    doc(
        406,
        "not_acceptable",
        "The answer has no form that `Accept` permits.",
    ),
    doc(
        409,
        "request_in_progress",
        "The first request with this `Idempotency-Key` is still running.",
    ),
    doc(
        412,
        "stale",
        "The resource is no longer the version named in `If-Match`.",
    ),
    doc(
        413,
        "body_too_large",
        "The body has more bytes than this operation takes.",
    ),
    doc(
        415,
        "unsupported_media_type",
        "The body is not of a media type that this operation takes.",
    ),
    doc(
        422,
        "idempotency_key_reused",
        "The `Idempotency-Key` came before with another request.",
    ),
    doc(428, "precondition_required", "The operation requires `If-Match`."),
    doc(
        429,
        "rate_limited",
        "Too many calls; `Retry-After` says when the next one is welcome.",
    ),
    doc(
        500,
        "internal_error",
        "Our mistake. The request id finds it in our log.",
    ),
    doc(503, "unavailable", "Not now; try again after `Retry-After`."),
];
