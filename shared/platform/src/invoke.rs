//! Functions that an operator invokes directly: no route, no event source, only the right to invoke.

use std::future::Future;

use kernel::{Fault, FieldFault};
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Cloud;
use crate::lambda::{self, Exit, StartError};
use crate::telemetry::{self, InvocationContext};

/// Why an invocation did not do what it was asked, as Lambda tells whoever invoked: the fault's code
/// as the error's type, its sentence as the message. Causes stay in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The stable code.
    pub code: &'static str,
    /// A sentence for people.
    pub message: String,
}

impl From<&Fault> for Refused {
    fn from(fault: &Fault) -> Self {
        Self {
            code: fault.code(),
            message: fault.to_string(),
        }
    }
}

impl From<Refused> for Diagnostic {
    fn from(refused: Refused) -> Self {
        Self {
            error_type: refused.code.to_owned(),
            error_message: refused.message,
        }
    }
}

/// Serves direct invocations: the payload is the input as JSON, the answer is the output as JSON.
pub async fn serve<F, I, O, H, Fut>(build: fn(&Cloud) -> F, handler: H) -> Exit
where
    F: 'static,
    I: DeserializeOwned,
    O: Serialize,
    H: Fn(&'static F, I) -> Fut,
    Fut: Future<Output = Result<O, Fault>>,
{
    let cloud = Cloud::open().await?;
    let facade = lambda::build(&cloud, build)?;
    telemetry::init(cloud.setting("LOG_LEVEL"));
    let function = cloud
        .setting("AWS_LAMBDA_FUNCTION_NAME")
        .unwrap_or_default()
        .to_owned();
    let (clock, handler) = (cloud.clock(), &handler);
    let service = service_fn(|event: LambdaEvent<Value>| {
        let context = InvocationContext {
            function: function.clone(),
            request_id: event.context.request_id.clone(),
            correlation_id: event.context.request_id,
            trace_id: event.context.xray_trace_id,
        };
        let clock = std::sync::Arc::clone(&clock);
        async move {
            let work = told(facade, event.payload, handler);
            let result = lambda::invoke(context, &*clock, work).await;
            result.map_err(|fault| Refused::from(&fault))
        }
    });
    Box::pin(lambda_runtime::run(service))
        .await
        .map_err(StartError::Runtime)
}

/// The handler's work with its sentence for the log.
async fn told<F, I, O, H, Fut>(facade: &'static F, payload: Value, handler: &H) -> (Result<O, Fault>, String)
where
    I: DeserializeOwned,
    H: Fn(&'static F, I) -> Fut,
    Fut: Future<Output = Result<O, Fault>>,
{
    let result = answer(facade, payload, handler).await;
    let sentence = match &result {
        Ok(_) => "invoked and done".to_owned(),
        Err(fault) => format!("invoked and refused: {}", fault.code()),
    };
    (result, sentence)
}

/// One invocation without Lambda: reads the payload, does the work.
pub async fn answer<F, I, O, H, Fut>(facade: &'static F, payload: Value, handler: &H) -> Result<O, Fault>
where
    I: DeserializeOwned,
    H: Fn(&'static F, I) -> Fut,
    Fut: Future<Output = Result<O, Fault>>,
{
    let input = serde_path_to_error::deserialize(payload).map_err(|error| {
        let path = error.path().to_string();
        let field = if path == "." { "payload".to_owned() } else { path };
        Fault::invalid_fields(vec![FieldFault::new(
            field,
            "malformed",
            error.inner().to_string(),
        )])
    })?;
    handler(facade, input).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Diagnostic, Fault, Refused, answer};

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Double {
        number: u32,
    }

    struct Most(u32);

    async fn double(most: &'static Most, double: Double) -> Result<u32, Fault> {
        let doubled = double.number * 2;
        if doubled > most.0 {
            return Err(Fault::refused("too_much", "that is too much"));
        }
        Ok(doubled)
    }

    #[tokio::test]
    async fn a_payload_is_read_and_answered() {
        let answered = answer(&Most(10), json!({ "number": 4 }), &double).await;
        assert_eq!(answered.unwrap(), 8);
    }

    #[tokio::test]
    async fn a_refusal_names_its_code_and_a_bad_payload_its_field() {
        let refused = answer(&Most(10), json!({ "number": 6 }), &double)
            .await
            .unwrap_err();
        let diagnostic = Diagnostic::from(Refused::from(&refused));
        assert_eq!(
            (diagnostic.error_type.as_str(), diagnostic.error_message.as_str()),
            ("too_much", "that is too much")
        );
        for bad in [
            json!({ "number": "six" }),
            json!({ "number": 1, "more": 1 }),
            json!(null),
        ] {
            let fault = answer(&Most(10), bad, &double).await.unwrap_err();
            assert_eq!(fault.code(), "invalid_request");
        }
    }

    #[test]
    fn causes_stay_in_the_log() {
        let broken = Fault::broken("the password is hunter2");
        assert_eq!(Refused::from(&broken).message, "internal error");
    }
}
