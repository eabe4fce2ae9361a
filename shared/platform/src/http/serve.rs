//! From `main` to Lambda's loop, and what `--describe` prints instead.

use std::convert::Infallible;
use std::fmt;

use bytes::Bytes;
use http::header::CONTENT_ENCODING;
use http::{Request, Response};
use lambda_http::{Body, Error, service_fn};

use super::answer::Answer;
use super::arrival::Arrival;
use super::caller::Guardian;
use super::describe::describe;
use super::endpoint::{Endpoint, Handler};
use super::input::Input;
use super::query::Query;
use super::trigger::BadTrigger;
use crate::secrets::NoSecret;
use crate::{Cloud, telemetry};

/// Why a function ended; Lambda starts it anew.
#[derive(thiserror::Error)]
pub enum StartError {
    /// It was not told what it needs, or its `main` does not fit its trigger.
    #[error(transparent)]
    Trigger(#[from] BadTrigger),
    /// A secret of its manifest entry could not be read.
    #[error(transparent)]
    Secret(#[from] NoSecret),
    /// The Lambda runtime gave up.
    #[error("the Lambda runtime ended: {0}")]
    Runtime(Error),
}

/// What `main` returns. A failure to start is printed as a sentence and ends the process.
pub type Exit = Result<(), StartError>;

/// `main` prints errors by `Debug`: here that is the sentence.
impl fmt::Debug for StartError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// Serves one operation for the public or for guests. `build` makes the façade from what the
/// manifest entry grants.
pub async fn serve<F, B, Q, A>(build: fn(&Cloud) -> F, handler: impl Handler<F, B, Q, A>) -> Exit
where
    F: Send + Sync + 'static,
    B: Input,
    Q: Query,
    A: Answer,
{
    if described::<B, Q, A>() {
        return Ok(());
    }
    let cloud = start().await?;
    let facade = build(&cloud);
    let endpoint = Endpoint::new(&cloud, facade, handler)?;
    Box::pin(run(endpoint)).await
}

/// Serves one operation that takes bearer credentials; `guardian` makes the one who knows whom they
/// name.
pub async fn serve_guarded<G, F, B, Q, A>(
    guardian: fn(&Cloud) -> G,
    build: fn(&Cloud) -> F,
    handler: impl Handler<F, B, Q, A>,
) -> Exit
where
    G: Guardian + 'static,
    F: Send + Sync + 'static,
    B: Input,
    Q: Query,
    A: Answer,
{
    if described::<B, Q, A>() {
        return Ok(());
    }
    let cloud = start().await?;
    let (guardian, facade) = (guardian(&cloud), build(&cloud));
    let endpoint = Endpoint::guarded(&cloud, guardian, facade, handler)?;
    Box::pin(run(endpoint)).await
}

async fn start() -> Result<Cloud, NoSecret> {
    let cloud = Cloud::open().await?;
    telemetry::init(cloud.setting("LOG_LEVEL"));
    Ok(cloud)
}

/// Prints what the operation takes and gives, if that is what the process was started for. It needs
/// no settings: the types say it all.
fn described<B: Input, Q: Query, A: Answer>() -> bool {
    let mut arguments = std::env::args();
    let program = arguments.next().unwrap_or_default();
    let asked = arguments.next().is_some_and(|argument| argument == "--describe");
    if asked {
        let name = std::path::Path::new(&program)
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy();
        println!("{}", describe::<B, Q, A>(&name));
    }
    asked
}

async fn run(endpoint: Endpoint) -> Exit {
    let serve = service_fn(move |request: lambda_http::Request| {
        let endpoint = endpoint.clone();
        async move { Ok::<_, Infallible>(answer(&endpoint, request).await) }
    });
    lambda_http::run(serve).await.map_err(StartError::Runtime)
}

pub(super) async fn answer(endpoint: &Endpoint, request: lambda_http::Request) -> Response<Body> {
    let arrival = Arrival::of(&request);
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert(arrival);
    let body = match body {
        Body::Text(text) => text.into(),
        Body::Binary(bytes) => bytes.into(),
        // Empty, and whatever a later version of the events may add.
        _ => Bytes::new(),
    };
    let response = endpoint.call(Request::from_parts(parts, body)).await;
    let packed = response.headers().contains_key(CONTENT_ENCODING);
    response.map(|bytes| as_lambda_body(bytes, packed))
}

/// Text goes as text; what is compressed goes as bytes, which API Gateway gets in base64.
fn as_lambda_body(bytes: Bytes, packed: bool) -> Body {
    if bytes.is_empty() {
        return Body::Empty;
    }
    match String::from_utf8(bytes.into()) {
        Ok(text) if !packed => Body::Text(text),
        Ok(text) => Body::Binary(text.into_bytes()),
        Err(error) => Body::Binary(error.into_bytes()),
    }
}
