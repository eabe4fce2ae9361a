//! What is known of a request beside the request: where it came from and how long it may take.

use kernel::Time;
use lambda_http::request::RequestContext;
use lambda_http::{Context, RequestExt};

/// Travels with a request as an extension. Lambda's adapter fills it in; tests may set their own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arrival {
    /// The client's address.
    pub address: String,
    /// When the invocation is cut off; the operation's default when unknown.
    pub deadline: Option<Time>,
    /// X-Ray's trace header.
    pub trace: Option<String>,
    /// Lambda's own id of the invocation.
    pub invocation_id: Option<String>,
}

impl Arrival {
    pub(super) fn of(request: &lambda_http::Request) -> Self {
        let address = match request.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.clone(),
            _ => None,
        };
        let context: Option<&Context> = request.lambda_context_ref();
        let deadline = context
            .and_then(|context| i64::try_from(context.deadline).ok())
            .filter(|ms| *ms > 0);
        Self {
            address: address.unwrap_or_default(),
            deadline: deadline.map(Time::from_unix_ms),
            trace: context.and_then(|context| context.xray_trace_id.clone()),
            invocation_id: context.map(|context| context.request_id.clone()),
        }
    }
}
