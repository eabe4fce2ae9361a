//! Forms in, documents and refusals out: what the endpoints that programs call have in common.

use http::header::{CACHE_CONTROL, PRAGMA, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use kernel::Fault;
use platform::http::{Call, Json, OneOf, RawBody, Reply};
use serde::Serialize;

use super::RefusalView;
use crate::credentials::Failure;
use crate::parameters::Parameters;
use crate::refusal::{Code, Refusal};

/// The parameters of a form. What is no form is refused in the protocol's words.
pub fn form(call: &Call<RawBody>) -> Result<Parameters, Refusal> {
    let kind = call.header("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Refusal::invalid(
            "send the body as application/x-www-form-urlencoded",
        ));
    }
    let text = std::str::from_utf8(&call.body.0);
    Parameters::parse(text.map_err(|_| Refusal::invalid("the body is not UTF-8"))?)
}

/// A result of the protocol as an answer that no cache keeps.
pub fn told<T>(result: Result<T, Failure>) -> Result<OneOf<Json<T>, Reply>, Fault> {
    match result {
        Ok(view) => {
            let json = Json::new(view)
                .header(CACHE_CONTROL, "no-store")
                .header(PRAGMA, "no-cache");
            Ok(OneOf::First(json))
        }
        Err(Failure::Refused(refusal)) => Ok(OneOf::Second(refused(&refusal)?)),
        Err(Failure::Failed(fault)) => Err(fault),
    }
}

/// The same with another status than 200.
pub fn told_as<T: Serialize>(status: StatusCode, result: Result<T, Failure>) -> Result<Reply, Fault> {
    match result {
        Ok(view) => Ok(never_kept(Reply::json(status, &view)?)),
        Err(Failure::Refused(refusal)) => refused(&refusal),
        Err(Failure::Failed(fault)) => Err(fault),
    }
}

/// A result of the protocol that says nothing but that it is done.
pub fn done(result: Result<(), Failure>) -> Result<Reply, Fault> {
    match result {
        Ok(()) => Ok(never_kept(Reply::empty(StatusCode::OK))),
        Err(Failure::Refused(refusal)) => refused(&refusal),
        Err(Failure::Failed(fault)) => Err(fault),
    }
}

fn refused(refusal: &Refusal) -> Result<Reply, Fault> {
    let status = StatusCode::from_u16(refusal.code.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut reply = never_kept(Reply::json(status, &RefusalView::from(refusal))?);
    if refusal.code == Code::InvalidClient {
        let challenge = HeaderValue::from_static(r#"Basic realm="cartwright", charset="UTF-8""#);
        reply.headers.insert(WWW_AUTHENTICATE, challenge);
    }
    Ok(reply)
}

fn never_kept(mut reply: Reply) -> Reply {
    reply
        .headers
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply.headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    reply
}
