//! How an edge without HTTP is served: read the settings, check them, then answer invocations.

use std::future::Future;
use std::sync::Arc;

use kernel::{Clock, Fault};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::secrets::NoSecret;
use crate::telemetry::{self, InvocationContext, Outcome};
use crate::{BadSettings, Cloud};

/// Why a function ended; the runtime restarts it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It was not told what it needs.
    #[error(transparent)]
    Settings(#[from] BadSettings),
    /// A secret of its manifest entry could not be read.
    #[error(transparent)]
    Secret(#[from] NoSecret),
    /// The Lambda runtime gave up.
    #[error("the Lambda runtime ended")]
    Runtime(#[source] Error),
}

/// What `main` returns: a failure to start is printed with its causes and ends the process.
pub type Exit = Result<(), StartError>;

/// Builds a façade that lives as long as the process, once all its settings are known to be there.
pub(crate) fn build<F>(cloud: &Cloud, build: fn(&Cloud) -> F) -> Result<&'static F, BadSettings> {
    let facade = build(cloud);
    cloud.check()?;
    Ok(Box::leak(Box::new(facade)))
}

/// Serves invocations of one kind of event until the environment ends.
pub(crate) async fn serve<E, A, H, Fut>(cloud: &Cloud, handler: H) -> Exit
where
    E: DeserializeOwned,
    A: Serialize,
    H: Fn(E) -> Fut,
    Fut: Future<Output = (Result<A, Fault>, String)>,
{
    cloud.check()?;
    telemetry::init(cloud.setting("LOG_LEVEL"));
    let function = cloud
        .setting("AWS_LAMBDA_FUNCTION_NAME")
        .unwrap_or_default()
        .to_owned();
    let clock = cloud.clock();
    let service = service_fn(|event: LambdaEvent<E>| {
        let context = InvocationContext {
            function: function.clone(),
            request_id: event.context.request_id.clone(),
            correlation_id: event.context.request_id,
            trace_id: event.context.xray_trace_id,
        };
        let (clock, work): (Arc<dyn Clock>, _) = (Arc::clone(&clock), handler(event.payload));
        async move {
            invoke(context, &*clock, work)
                .await
                .map_err(|fault| Error::from(fault.chain()))
        }
    });
    Box::pin(lambda_runtime::run(service))
        .await
        .map_err(StartError::Runtime)
}

/// One invocation with its canonical line.
pub(crate) async fn invoke<A, Fut>(
    context: InvocationContext,
    clock: &dyn Clock,
    work: Fut,
) -> Result<A, Fault>
where
    Fut: Future<Output = (Result<A, Fault>, String)>,
{
    telemetry::in_invocation(context, clock, async {
        let (result, sentence) = work.await;
        let outcome = match &result {
            Ok(_) => Outcome::ok(sentence),
            Err(fault) => Outcome::of_fault(sentence, fault),
        };
        (result, outcome)
    })
    .await
}

/// Which records of a batch were not handled, in the form that both SQS and streams understand.
#[derive(Debug, Default, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchAnswer {
    /// The records to deliver again; empty when all went well.
    pub batch_item_failures: Vec<BatchItemFailure>,
}

/// One record to deliver again.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchItemFailure {
    /// Message id or sequence number.
    pub item_identifier: String,
}

impl BatchAnswer {
    pub(crate) fn fail(&mut self, record: &str) {
        self.batch_item_failures.push(BatchItemFailure {
            item_identifier: record.to_owned(),
        });
    }
}
