//! What happens around every handler, in one order (see the [module](super)).

mod audit;
mod once;

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response};
use kernel::{Clock, Ids, Random, Time};

use self::audit::Audit;
use super::accept::{check_accept, check_content_type, check_form_type, wants_problem_json};
use super::arrival::Arrival;
use super::call::{Asked, PageRequest};
use super::caller::{Caller, Guardian};
use super::edge::Edge;
use super::endpoint::{Operation, Running};
use super::finish::{REQUEST_ID, finish};
use super::gate::{Gate, challenge_header};
use super::idempotency::Claims;
use super::input::check_size;
use super::limit::Limiter;
use super::problem::Problem;
use super::query;
use super::reply::Reply;
use super::trigger::{Auth, BadTrigger, Idempotency, Route, Trigger};
use crate::Cloud;
use crate::telemetry::{self, InvocationContext, Outcome};
use crate::token::{CartTokens, Cipher, Sealer};
use crate::trail::Trail;

/// What kept answers are sealed for.
const ANSWERS: &str = "kept answers";

/// A handler with its body and query, waiting for the rest.
pub(super) type Work = Box<dyn FnOnce(Caller, Arc<Asked>) -> Running<Reply> + Send>;

/// Everything around one operation.
pub(super) struct Pipeline {
    trigger: Trigger,
    operation: Box<dyn Operation>,
    edge: Edge,
    gate: Gate,
    audit: Option<Audit>,
    limiter: Option<Limiter>,
    claims: Option<Claims>,
    cursors: Option<Arc<Sealer>>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

/// A request on its way through.
struct Passage {
    parts: Parts,
    body: Bytes,
    parameters: Option<Vec<(String, String)>>,
    arrival: Arrival,
    /// The client's address.
    address: String,
    request_id: String,
    now: Time,
}

impl Passage {
    fn address(&self) -> &str {
        &self.address
    }
}

impl Pipeline {
    pub(super) fn new(
        cloud: &Cloud,
        trigger: Trigger,
        guardian: Option<Box<dyn Guardian>>,
        operation: Box<dyn Operation>,
    ) -> Result<Self, BadTrigger> {
        let bears = trigger.takes(Auth::Customer) || trigger.takes(Auth::Staff);
        if bears && guardian.is_none() {
            return Err(BadTrigger::NoGuardian);
        }
        let issuer = || cloud.setting("APP_NAME").unwrap_or("cartwright").to_owned();
        let cart_tokens = trigger
            .takes(Auth::Guest)
            .then(|| CartTokens::new(cloud.secret("signing").bytes(), issuer()));
        let cursors = operation
            .traits()
            .lists
            .then(|| Arc::new(Sealer::new(cloud.secret("signing").bytes())));
        let seal = || {
            let cipher = || Cipher::new(cloud.secret("signing").bytes(), ANSWERS, cloud.random());
            operation.is_sealed().then(cipher)
        };
        let limit = |rate| Limiter::new(cloud.table("limits"), rate, trigger.operation.clone());
        Ok(Self {
            audit: Audit::new(cloud.trail(), &trigger.operation),
            limiter: trigger.limit.map(limit),
            claims: (trigger.idempotency != Idempotency::None)
                .then(|| Claims::new(cloud.table("idempotency"), seal())),
            edge: Edge::new(cloud),
            gate: Gate {
                guardian,
                cart_tokens,
            },
            cursors,
            clock: cloud.clock(),
            random: cloud.random(),
            operation,
            trigger,
        })
    }

    /// Answers one request and writes its line. `parameters` are `None` when the path is not the
    /// operation's.
    pub(super) async fn answer(
        &self,
        request: Request<Bytes>,
        parameters: Option<Vec<(String, String)>>,
    ) -> Response<Bytes> {
        let now = self.clock.now();
        let (mut parts, body) = request.into_parts();
        let arrival = parts.extensions.remove::<Arrival>().unwrap_or_default();
        let request_id = self.request_id(&parts.headers, now);
        let context = InvocationContext {
            function: self.trigger.operation.clone(),
            request_id: arrival
                .invocation_id
                .clone()
                .unwrap_or_else(|| request_id.clone()),
            correlation_id: request_id.clone(),
            trace_id: arrival.trace.clone(),
        };
        let address = self.edge.address(&arrival.address, &parts.headers).into_owned();
        let passage = Passage {
            parts,
            body,
            parameters,
            arrival,
            address,
            request_id,
            now,
        };
        let passing = Box::pin(self.pass(passage));
        telemetry::in_invocation(context, &*self.clock, passing).await
    }

    /// The client's own id when it is one, else a new one.
    fn request_id(&self, headers: &HeaderMap, now: Time) -> String {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
        let valid = |text: &&str| (1..=100).contains(&text.len()) && text.bytes().all(allowed);
        let sent = headers
            .get(REQUEST_ID)
            .and_then(|value| value.to_str().ok())
            .filter(valid);
        sent.map_or_else(
            || format!("req_{}", Ids::new(now, &*self.random).body()),
            str::to_owned,
        )
    }

    async fn pass(&self, passage: Passage) -> (Response<Bytes>, Outcome) {
        let mut extra = HeaderMap::new();
        let result = self.work(&passage, &mut extra).await;
        let sentence = |status: http::StatusCode| {
            format!(
                "{} {} answered {}",
                passage.parts.method,
                self.route_text(),
                status.as_u16()
            )
        };
        let (mut reply, outcome) = match result {
            Ok(reply) => {
                let kind = if reply.status.is_client_error() {
                    "refused"
                } else {
                    "ok"
                };
                let outcome = Outcome {
                    kind,
                    ..Outcome::ok(sentence(reply.status))
                };
                (reply, outcome)
            }
            Err(problem) => {
                telemetry::note("error.code", problem.code());
                let kind = match problem.status().as_u16() {
                    503 => "busy",
                    500.. => "broken",
                    _ => "refused",
                };
                let error = problem.cause().map(str::to_owned);
                let outcome = Outcome {
                    sentence: sentence(problem.status()),
                    kind,
                    error,
                };
                (self.written(problem, &passage), outcome)
            }
        };
        telemetry::note("http.status", reply.status.as_u16());
        reply.headers.extend(extra);
        (
            finish(
                reply,
                &passage.parts.method,
                &passage.parts.headers,
                &passage.request_id,
            ),
            outcome,
        )
    }

    /// The route rather than the path, so that lines of one operation look alike and name nobody.
    fn route_text(&self) -> &str {
        match &self.trigger.route {
            Route::One(_, path) => path,
            Route::Default => "$default",
        }
    }

    async fn work(&self, passage: &Passage, extra: &mut HeaderMap) -> Result<Reply, Problem> {
        let (parts, traits) = (&passage.parts, self.operation.traits());
        self.edge.check(&parts.headers)?;
        if passage.parameters.is_none() {
            return Err(Problem::route_not_found());
        }
        self.check_method(&parts.method)?;
        check_size(&passage.body, self.trigger.body_bytes_max, traits.body_is_json)?;
        if let Some(media_type) = traits.media_type {
            check_accept(&parts.headers, media_type)?;
        }
        let body = self.body_of(passage)?;
        let caller = self.admit(passage).await?;
        telemetry::note("caller.kind", caller.kind());
        if let Some(limiter) = &self.limiter {
            limiter.admit(&caller.identity(), passage.now, extra).await?;
        }
        let (work, page) = self.read(passage, &body)?;
        let actor = caller.actor().to_owned();
        let reply = match self.once(passage, caller, work, page).await {
            Ok(reply) => reply,
            Err(problem) => {
                self.tell_denial(passage, &actor, &problem).await;
                return Err(problem);
            }
        };
        if traits.media_type.is_none() && reply.status == http::StatusCode::OK && !reply.body.is_empty() {
            check_accept(&parts.headers, media_type_of(&reply))?;
        }
        Ok(reply)
    }

    /// The caller. Whoever is turned away is on the audit trail.
    async fn admit(&self, passage: &Passage) -> Result<Caller, Problem> {
        let headers = &passage.parts.headers;
        let admitted = self
            .gate
            .admit(&self.trigger, headers, passage.address(), passage.now);
        match admitted.await {
            Ok(caller) => Ok(caller),
            Err(turned) => {
                let actor = turned.actor.as_deref().unwrap_or("public");
                self.tell_denial(passage, actor, &turned.problem).await;
                Err(turned.problem)
            }
        }
    }

    /// Body and query, checked; and the page, where the operation lists.
    fn read(&self, passage: &Passage, body: &Bytes) -> Result<(Work, PageRequest), Problem> {
        let uri = &passage.parts.uri;
        let raw_query = uri.query().unwrap_or_default();
        let mut pairs = query::pairs(raw_query)?;
        let page = if self.operation.traits().lists {
            let purpose = query::cursor_purpose(uri.path(), raw_query);
            query::take_page(&mut pairs, self.cursors.as_deref(), &purpose, passage.now)?
        } else {
            PageRequest::default()
        };
        Ok((self.operation.prepare(body, pairs)?, page))
    }

    fn check_method(&self, method: &Method) -> Result<(), Problem> {
        let Route::One(own, _) = &self.trigger.route else {
            return Ok(());
        };
        let head = *method == Method::HEAD && *own == Method::GET;
        if method == own || head {
            Ok(())
        } else {
            Err(Problem::method_not_allowed(own.as_str()))
        }
    }

    /// The body, unless the method gives it no meaning.
    fn body_of(&self, passage: &Passage) -> Result<Bytes, Problem> {
        let reads = [Method::GET, Method::HEAD].contains(&passage.parts.method);
        if self.operation.traits().body_is_json && (reads || passage.body.is_empty()) {
            return Ok(Bytes::new());
        }
        if self.operation.traits().body_is_json {
            check_content_type(&passage.parts.method, &passage.parts.headers)?;
        }
        if self.operation.traits().body_is_form {
            check_form_type(&passage.parts.headers)?;
        }
        Ok(passage.body.clone())
    }

    /// The problem as this client reads it. A 401 always names a way in (RFC 9110 §15.5.2).
    fn written(&self, problem: Problem, passage: &Passage) -> Reply {
        let problem_json = wants_problem_json(&passage.parts.headers);
        let mut reply = problem.reply(&passage.request_id, problem_json);
        if reply.status == http::StatusCode::UNAUTHORIZED && !reply.headers.contains_key(WWW_AUTHENTICATE) {
            reply
                .headers
                .insert(WWW_AUTHENTICATE, challenge_header(&self.trigger));
        }
        reply
    }
}

fn media_type_of(reply: &Reply) -> &str {
    let text = reply
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    text.split(';').next().unwrap_or_default()
}
