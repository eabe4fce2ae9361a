//! DynamoDB, SQS and SES, as the AWS SDKs speak to them.
//!
//! | file | has |
//! |---|---|
//! | `credential` | who is calling: a function or the operator |
//! | `ask` | what a call does to what, read from its body |
//! | `rights` | whether the manifest grants it |
//! | `ses` | mail |

mod ask;
mod credential;
mod rights;
pub(crate) mod ses;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode},
};
use bytes::Bytes;
use embedded_aws::{Answer, LongPoll};
use manifest::Service;
use serde_json::json;

use crate::{cloud::Cloud, moment, random};
pub(crate) use ask::Ask;
pub(crate) use credential::{Caller, Keys};
pub(crate) use rights::Rights;

/// Answers one call of the JSON protocol; `target` is its `X-Amz-Target`.
pub(crate) async fn serve(
    cloud: &Arc<Cloud>,
    target: &str,
    headers: &HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let answer = answer(cloud, target, headers, body).await;
    let mut response = crate::reply::bytes(
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        Answer::CONTENT_TYPE,
        answer.body.into(),
    );
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    if let Ok(id) = HeaderValue::try_from(random::uuid()) {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
    response
}

async fn answer(cloud: &Arc<Cloud>, target: &str, headers: &HeaderMap, body: Bytes) -> Answer {
    let caller = match cloud.keys.caller(headers) {
        Ok(caller) => caller,
        Err(refusal) => return refusal,
    };
    let ask = match Ask::read(target, &body) {
        Ok(ask) => ask,
        Err(sentence) => return refused("SerializationException", &sentence),
    };
    if let Caller::Function(function) = &caller
        && let Err(denial) = cloud.rights.check(function, &ask)
    {
        cloud.logs.alarm("", &denial.advice);
        return refused("AccessDeniedException", &denial.message);
    }
    match ask.service {
        Service::Dynamodb => {
            let (cloud, target) = (cloud.clone(), target.to_owned());
            blocking(move || {
                let answer = cloud.dynamo.handle(&target, &body);
                if answer.status == 200 && ask.writes() {
                    cloud.wakes.written(&ask.tables());
                }
                answer
            })
            .await
        }
        Service::Sqs => match cloud.sqs.long_poll(target, &body) {
            Some(wait) => long_poll(cloud, target, body, wait).await,
            None => sqs(cloud, target, body).await,
        },
        Service::Ses => refused(
            "UnknownOperationException",
            "mail is sent to /v2/email/outbound-emails",
        ),
    }
}

async fn sqs(cloud: &Arc<Cloud>, target: &str, body: Bytes) -> Answer {
    let (cloud, target) = (cloud.clone(), target.to_owned());
    blocking(move || cloud.sqs.handle(&target, &body, moment::now_ms())).await
}

/// Asks again whenever something arrives or becomes visible, until there is a message or the time is over.
async fn long_poll(cloud: &Arc<Cloud>, target: &str, body: Bytes, wait: LongPoll) -> Answer {
    let until = moment::now_ms() + wait.wait_ms;
    loop {
        let arrival = cloud.wakes.arrival(&wait.queue);
        let mut arrival = std::pin::pin!(arrival.notified());
        arrival.as_mut().enable();
        let answer = sqs(cloud, target, body.clone()).await;
        let now = moment::now_ms();
        if answer.status != 200 || has_messages(&answer) || now >= until {
            return answer;
        }
        let visible = cloud
            .sqs
            .next_visible_at(&wait.queue, now)
            .ok()
            .flatten()
            .unwrap_or(until);
        let pause = u64::try_from(visible.min(until) - now).unwrap_or(0).max(1);
        // Whichever comes first, the next turn finds out.
        tokio::time::timeout(std::time::Duration::from_millis(pause), arrival)
            .await
            .unwrap_or_default();
    }
}

fn has_messages(answer: &Answer) -> bool {
    let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    body.get("Messages")
        .and_then(serde_json::Value::as_array)
        .is_some_and(|messages| !messages.is_empty())
}

/// Runs a call of the synchronous engines where it may block.
async fn blocking(call: impl FnOnce() -> Answer + Send + 'static) -> Answer {
    tokio::task::spawn_blocking(call).await.unwrap_or_else(|_| {
        let body =
            json!({ "__type": "com.amazonaws#InternalFailure", "message": "the embedded engine failed" });
        Answer {
            status: 500,
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
        }
    })
}

/// A refusal in the JSON protocol.
pub(crate) fn refused(kind: &str, message: &str) -> Answer {
    let body = json!({ "__type": format!("com.amazon.coral.service#{kind}"), "Message": message, "message": message });
    let headers = vec![("x-amzn-errortype", kind.to_owned())];
    Answer {
        status: 400,
        headers,
        body: body.to_string().into_bytes(),
    }
}
