//! Calls without waiting: what the clock asks of a function, and who invokes it as an `Event`.
//!
//! Lambda calls twice; what fails both times lies among the parked, under the name `async`.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, bail};
use bytes::Bytes;
use manifest::ASYNC;
use serde_json::{Value, json};

use crate::{
    cloud::Cloud,
    functions::{Failure, Outcome, Pool},
    moment,
};

/// Calls with one event.
const CALLS_MAX: u32 = 2;
/// Between them; Lambda waits a minute.
const RETRY: Duration = Duration::from_millis(500);

/// Calls the function until it answers, at most twice; then the event is parked.
pub(crate) async fn deliver(cloud: &Arc<Cloud>, pool: &Arc<Pool>, payload: Bytes) {
    pool.until_built().await;
    let function = &pool.kind.name;
    for call in 1..=CALLS_MAX {
        let (request_id, outcome) = pool.invoke(payload.clone()).await;
        let Outcome::Failed(failure) = outcome else {
            return;
        };
        if pool.is_closed() {
            return;
        }
        let message = failure.message();
        if call < CALLS_MAX {
            let sentence = format!("{function} failed on an event, it is called once more: {message}");
            cloud.logs.alarm(&request_id, &sentence);
            tokio::time::sleep(RETRY).await;
        } else {
            let sentence = format!("{function} failed on an event again, it is parked: {message}");
            cloud.logs.alarm(&request_id, &sentence);
            park(cloud, pool, &request_id, &payload, &failure).await;
        }
    }
}

/// Puts the event on the queue, in the shape of AWS's failure destination.
async fn park(cloud: &Arc<Cloud>, pool: &Pool, request_id: &str, payload: &Bytes, failure: &Failure) {
    let read = |text: &[u8]| serde_json::from_slice::<Value>(text).unwrap_or_default();
    let body = json!({
        "version": "1.0",
        "timestamp": moment::now_text(),
        "requestContext": {
            "requestId": request_id,
            "functionArn": pool.kind.arn,
            "condition": "RetriesExhausted",
            "approximateInvokeCount": CALLS_MAX,
        },
        "requestPayload": read(payload),
        "responseContext": { "statusCode": failure.status, "executedVersion": "$LATEST", "functionError": "Unhandled" },
        "responsePayload": read(&failure.body),
    });
    let reason = format!("{}: {}", pool.kind.name, failure.message());
    let ask = json!({
        "QueueUrl": cloud.physical.queue_url(&manifest::parked(ASYNC)),
        "MessageBody": body.to_string(),
        "MessageAttributes": { "reason": { "DataType": "String", "StringValue": reason } },
    });
    let worker = cloud.clone();
    let send = move || {
        let ask = ask.to_string();
        worker
            .sqs
            .handle("AmazonSQS.SendMessage", ask.as_bytes(), moment::now_ms())
    };
    let answered = tokio::task::spawn_blocking(send).await;
    if !answered.is_ok_and(|answer| answer.status == 200) {
        cloud.logs.alarm(request_id, "the event could not be parked");
    }
}

/// Gives a parked event to its function once more.
pub(crate) async fn again(cloud: &Cloud, body: &str) -> anyhow::Result<()> {
    let call = Call::read(body, None)?;
    let pool = cloud
        .physical
        .logical(&call.function)
        .and_then(|name| cloud.pool(name));
    let pool = pool.with_context(|| format!("there is no function `{}`", call.function))?;
    match pool.invoke(call.payload.to_string().into()).await {
        (_, Outcome::Answered(_)) => Ok(()),
        (_, Outcome::Failed(failure)) => bail!("{} failed again: {}", pool.kind.name, failure.message()),
    }
}

/// A call that failed for good: of whom, with what.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// The function's physical name.
    pub(crate) function: String,
    /// Its event.
    pub(crate) payload: Value,
}

impl Call {
    /// Reads what Lambda leaves of a call that failed. What the clock leaves of a call that it could not
    /// even make is the event alone; the function's ARN is an attribute of the message, the `target`.
    pub(crate) fn read(body: &str, target: Option<&str>) -> anyhow::Result<Self> {
        let body: Value = serde_json::from_str(body).context("the parked event is no JSON")?;
        let (arn, payload) = match target {
            Some(arn) => (Some(arn), Some(&body)),
            None => (
                body["requestContext"]["functionArn"].as_str(),
                body.get("requestPayload"),
            ),
        };
        // arn:aws:lambda:<region>:<account>:function:<name>:<alias>
        let function = arn.and_then(|arn| arn.split(':').nth(6));
        Ok(Self {
            function: function.context("the parked event names no function")?.to_owned(),
            payload: payload.context("the parked event has no payload")?.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:lambda:eu-central-1:123456789012:function:cartwright-dev-orders-expire:live";

    #[test]
    fn a_call_is_read_from_what_lambda_and_what_the_clock_leave() {
        let expected = Call {
            function: "cartwright-dev-orders-expire".to_owned(),
            payload: json!({ "tea": 1 }),
        };
        let of_lambda = json!({ "requestContext": { "functionArn": ARN }, "requestPayload": { "tea": 1 } });
        assert_eq!(Call::read(&of_lambda.to_string(), None).unwrap(), expected);
        assert_eq!(Call::read(r#"{"tea":1}"#, Some(ARN)).unwrap(), expected);
    }

    #[test]
    fn what_names_no_function_or_has_no_payload_is_no_call() {
        assert!(Call::read("{}", None).is_err());
        assert!(Call::read("{}", Some("arn:aws:sqs:eu-central-1:1:tea")).is_err());
        let bare = json!({ "requestContext": { "functionArn": ARN } });
        assert!(Call::read(&bare.to_string(), None).is_err());
    }
}
