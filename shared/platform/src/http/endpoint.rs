//! One operation, ready to be called: over Lambda, or in process by tests and the fault simulator.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::RawPathParams;
use axum::extract::rejection::RawPathParamsRejection;
use bytes::Bytes;
use http::{Request, Response};
use tower::ServiceExt as _;

use super::answer::{Answer, ReplyContext};
use super::call::{Asked, Call, IfMatch};
use super::caller::{Caller, Guardian};
use super::input::Input;
use super::pipeline::{Pipeline, Work};
use super::problem::Problem;
use super::query::Query;
use super::reply::Reply;
use super::schema::Shape;
use super::trigger::{BadTrigger, Route, Trigger};
use crate::Cloud;

/// An async function `(&'static Façade, Call<Body, Query>) -> Result<Answer, Fault>`. Its error may
/// also be a [`Problem`], where HTTP itself is the subject.
pub trait Handler<F, B, Q, A>: Send + Sync + 'static {
    /// Does what the operation is for.
    fn run(&self, facade: &'static F, call: Call<B, Q>) -> Running<A>;
}

/// A handler at work.
pub type Running<A> = Pin<Box<dyn Future<Output = Result<A, Problem>> + Send>>;

impl<F, B, Q, A, H, Fut, E> Handler<F, B, Q, A> for H
where
    F: 'static,
    H: Fn(&'static F, Call<B, Q>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<A, E>> + Send + 'static,
    E: Into<Problem>,
{
    fn run(&self, facade: &'static F, call: Call<B, Q>) -> Running<A> {
        let work = self(facade, call);
        Box::pin(async move { work.await.map_err(Into::into) })
    }
}

/// One operation behind its route, with everything that [`http`](super) promises around it.
#[derive(Clone)]
pub struct Endpoint {
    router: Router,
}

impl Endpoint {
    /// An operation for the public or for guests, configured by the cloud's settings as a deployed
    /// function is. The façade lives as long as the process.
    pub fn new<F, B, Q, A>(
        cloud: &Cloud,
        facade: F,
        handler: impl Handler<F, B, Q, A>,
    ) -> Result<Self, BadTrigger>
    where
        F: Send + Sync + 'static,
        B: Input,
        Q: Query,
        A: Answer,
    {
        Self::assemble(cloud, None, typed(facade, handler))
    }

    /// An operation that takes bearer credentials: the guardian knows whom they name.
    pub fn guarded<F, B, Q, A>(
        cloud: &Cloud,
        guardian: impl Guardian + 'static,
        facade: F,
        handler: impl Handler<F, B, Q, A>,
    ) -> Result<Self, BadTrigger>
    where
        F: Send + Sync + 'static,
        B: Input,
        Q: Query,
        A: Answer,
    {
        Self::assemble(cloud, Some(Box::new(guardian)), typed(facade, handler))
    }

    fn assemble(
        cloud: &Cloud,
        guardian: Option<Box<dyn Guardian>>,
        operation: Box<dyn Operation>,
    ) -> Result<Self, BadTrigger> {
        let trigger = Trigger::read(cloud)?;
        let route = trigger.route.clone();
        let pipeline = Arc::new(Pipeline::new(cloud, trigger, guardian, operation)?);
        cloud.check()?;
        Ok(Self {
            router: router(&route, pipeline),
        })
    }

    /// Answers one request. Every failure is an answer.
    pub async fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
        let request = request.map(axum::body::Body::from);
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        // The body is in memory already and cannot fail to arrive.
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
        Response::from_parts(parts, bytes)
    }
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Endpoint")
    }
}

/// The one route, whatever its method: another method is answered by the pipeline, in our words.
/// A path that is not the route's has no parameters, not even an empty list of them.
fn router(route: &Route, pipeline: Arc<Pipeline>) -> Router {
    let elsewhere = Arc::clone(&pipeline);
    let is_default = *route == Route::Default;
    let fallback = move |request| {
        let (pipeline, parameters) = (Arc::clone(&elsewhere), is_default.then(Vec::new));
        async move { answer(&pipeline, request, parameters).await }
    };
    let Route::One(_, path) = route else {
        return Router::new().fallback(fallback);
    };
    let serve = move |parameters: Result<RawPathParams, RawPathParamsRejection>, request| {
        let pipeline = Arc::clone(&pipeline);
        let texts = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let parameters = parameters.ok().map(|found| found.iter().map(texts).collect());
        async move { answer(&pipeline, request, parameters).await }
    };
    Router::new()
        .route(path, axum::routing::any(serve))
        .fallback(fallback)
}

async fn answer(
    pipeline: &Pipeline,
    request: axum::extract::Request,
    parameters: Option<Vec<(String, String)>>,
) -> Response<axum::body::Body> {
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    pipeline
        .answer(Request::from_parts(parts, bytes), parameters)
        .await
        .map(axum::body::Body::from)
}

/// An operation without its types, so that the pipeline is compiled once and not once per function.
pub(super) trait Operation: Send + Sync {
    fn traits(&self) -> Traits;
    /// Whether its answers are sealed where they are kept.
    fn is_sealed(&self) -> bool;
    /// Reads body and query. Nothing has happened yet.
    fn prepare(&self, body: &Bytes, query: Vec<(String, String)>) -> Result<Work, Problem>;
}

/// What the pipeline must know of an operation's types.
#[derive(Debug, Clone, Copy)]
pub(super) struct Traits {
    pub(super) body_is_json: bool,
    pub(super) body_is_form: bool,
    pub(super) lists: bool,
    pub(super) media_type: Option<&'static str>,
}

struct Typed<F: 'static, H: 'static, T> {
    facade: &'static F,
    handler: &'static H,
    body_shape: OnceLock<Shape>,
    query_shape: OnceLock<Shape>,
    types: std::marker::PhantomData<fn() -> T>,
}

fn typed<F, B, Q, A, H>(facade: F, handler: H) -> Box<dyn Operation>
where
    F: Send + Sync + 'static,
    H: Handler<F, B, Q, A>,
    B: Input,
    Q: Query,
    A: Answer,
{
    Box::new(Typed::<F, H, (B, Q, A)> {
        facade: Box::leak(Box::new(facade)),
        handler: Box::leak(Box::new(handler)),
        body_shape: OnceLock::new(),
        query_shape: OnceLock::new(),
        types: std::marker::PhantomData,
    })
}

impl<F, B, Q, A, H> Operation for Typed<F, H, (B, Q, A)>
where
    F: Send + Sync + 'static,
    H: Handler<F, B, Q, A>,
    B: Input,
    Q: Query,
    A: Answer,
{
    fn traits(&self) -> Traits {
        Traits {
            body_is_json: B::JSON,
            body_is_form: B::FORM,
            lists: A::LISTS,
            media_type: A::MEDIA_TYPE,
        }
    }

    fn is_sealed(&self) -> bool {
        A::SEALED
    }

    fn prepare(&self, body: &Bytes, query: Vec<(String, String)>) -> Result<Work, Problem> {
        let query = Q::read(query, self.query_shape.get_or_init(Q::shape))?;
        let body = B::read(body, self.body_shape.get_or_init(B::shape))?;
        let (facade, handler) = (self.facade, self.handler);
        Ok(Box::new(
            move |caller: Caller, asked: Arc<Asked>| -> Running<Reply> {
                Box::pin(async move {
                    let if_match = IfMatch::read(&asked.headers);
                    let call = Call {
                        body,
                        query,
                        caller,
                        if_match,
                        asked: Arc::clone(&asked),
                    };
                    let answer = handler.run(facade, call).await?;
                    Ok(answer.reply(&ReplyContext { asked: &asked })?)
                })
            },
        ))
    }
}
