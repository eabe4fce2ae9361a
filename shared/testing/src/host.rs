//! One function's process: its handler, its wire to the world, and its death.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use kernel::{Fault, SeededRandom};
use platform::Cloud;
use platform::wire::{Exchange, NoAnswer, Wire, WireAnswer, WireRequest};
use serde_json::Value;
use tokio::sync::{Notify, mpsc, oneshot};

use crate::{FaultKind, World};

/// An event goes in, an answer comes out. For HTTP functions the event is
/// `{method, path, headers, body}` and the answer `{status, headers, body}`.
pub type Handler = Rc<dyn Fn(Value) -> Pin<Box<dyn Future<Output = Result<Value, Fault>>>>>;

/// Makes a [`Handler`] of an async function.
pub fn handler<Fut>(run: impl Fn(Value) -> Fut + 'static) -> Handler
where
    Fut: Future<Output = Result<Value, Fault>> + 'static,
{
    Rc::new(move |event| Box::pin(run(event)))
}

/// How an invocation ended.
#[derive(Debug)]
pub enum Ended {
    /// The handler answered, or failed by itself.
    Answered(Result<Value, Fault>),
    /// The process died on the way.
    Crashed,
}

impl Ended {
    /// The process died on the way.
    pub fn has_crashed(&self) -> bool {
        matches!(self, Self::Crashed)
    }
}

/// A request from a function to the shop's own address, waiting for its answer.
pub(crate) struct Call {
    pub(crate) request: WireRequest,
    pub(crate) reply: oneshot::Sender<Option<WireAnswer>>,
}

/// One running process of a function.
pub struct Host {
    handler: Handler,
    crashed: Arc<Notify>,
    calls: Mutex<mpsc::UnboundedReceiver<Call>>,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Host")
    }
}

impl Host {
    /// Starts a process of a function: fresh memory, the settings of its manifest entry.
    pub fn start(world: &Arc<World>, function: &str, build: impl Fn(&Cloud) -> Handler, seed: u64) -> Self {
        let (wire, calls) = FunctionWire::new(world, function);
        let crashed = Arc::clone(&wire.crashed);
        let handler = build(&simulated(world, function, wire, seed));
        Self {
            handler,
            crashed,
            calls: Mutex::new(calls),
        }
    }

    /// Runs one invocation to its end. Requests to the shop itself get no answer.
    pub async fn run(&self, event: Value) -> Ended {
        self.invoke(event, |_| std::future::ready(None)).await
    }

    /// Runs one invocation to its end. Requests to other hosts, the shop itself among them, are
    /// answered by `serve`.
    pub async fn invoke<S, Fut>(&self, event: Value, serve: S) -> Ended
    where
        S: Fn(WireRequest) -> Fut,
        Fut: Future<Output = Option<WireAnswer>>,
    {
        let mut work = (self.handler)(event);
        loop {
            let next_call = std::future::poll_fn(|context| {
                self.calls
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .poll_recv(context)
            });
            tokio::select! {
                biased;
                result = &mut work => return Ended::Answered(result),
                () = self.crashed.notified() => return Ended::Crashed,
                Some(call) = next_call => {
                    let answer = serve(call.request).await;
                    // The caller may have died meanwhile; then nobody wants the answer.
                    drop(call.reply.send(answer));
                }
            }
        }
    }
}

/// Between the SDK of one function and the world.
struct FunctionWire {
    world: Arc<World>,
    function: String,
    crashed: Arc<Notify>,
    calls: mpsc::UnboundedSender<Call>,
}

impl Wire for FunctionWire {
    fn exchange(&self, request: WireRequest) -> Exchange<'_> {
        Box::pin(async move {
            // Lets functions that run at the same time take turns at every call.
            tokio::task::yield_now().await;
            let fault = self.world.faults.next(&self.function, &operation(&request));
            match fault {
                None => self.deliver(request).await,
                Some(FaultKind::CrashBefore) => self.crash().await,
                Some(FaultKind::CrashAfter) => {
                    drop(self.deliver(request).await);
                    self.crash().await
                }
                Some(FaultKind::LostAnswer) => {
                    drop(self.deliver(request).await);
                    Err(NoAnswer)
                }
                Some(FaultKind::Conflict) if operation(&request) == "TransactWriteItems" => {
                    Ok(conflict(&request))
                }
                Some(FaultKind::Throttle | FaultKind::Conflict) => Ok(throttled(&request)),
            }
        })
    }
}

/// The cloud of one function outside of any host, for tests of stores and façades.
pub fn cloud(world: &Arc<World>, function: &str) -> Cloud {
    simulated(world, function, FunctionWire::new(world, function).0, 0)
}

fn simulated(world: &Arc<World>, function: &str, wire: FunctionWire, seed: u64) -> Cloud {
    let clock = Arc::clone(&world.clock);
    Cloud::simulated(
        world.settings(function),
        clock,
        Arc::new(SeededRandom::new(seed)),
        Arc::new(wire),
    )
}

impl FunctionWire {
    fn new(world: &Arc<World>, function: &str) -> (Self, mpsc::UnboundedReceiver<Call>) {
        let (sender, calls) = mpsc::unbounded_channel();
        let crashed = Arc::new(Notify::new());
        (
            Self {
                world: Arc::clone(world),
                function: function.to_owned(),
                crashed,
                calls: sender,
            },
            calls,
        )
    }

    async fn deliver(&self, request: WireRequest) -> Result<WireAnswer, NoAnswer> {
        if let Some(target) = request.header("x-amz-target") {
            let answer = self.world.aws_from(&self.function, target, &request.body);
            let mut headers: Vec<(String, String)> = answer
                .headers
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect();
            headers.push(("content-type".into(), embedded_aws::Answer::CONTENT_TYPE.into()));
            return Ok(WireAnswer {
                status: answer.status,
                headers,
                body: answer.body,
            });
        }
        if request.uri.contains("/v2/email/outbound-emails") {
            return Ok(self.world.accept_mail(&request.body));
        }
        let (reply, answer) = oneshot::channel();
        if self.calls.send(Call { request, reply }).is_err() {
            return Err(NoAnswer);
        }
        answer.await.ok().flatten().ok_or(NoAnswer)
    }

    /// Never returns: the host drops the handler when it hears of the crash.
    async fn crash(&self) -> Result<WireAnswer, NoAnswer> {
        self.crashed.notify_one();
        std::future::pending().await
    }
}

fn operation(request: &WireRequest) -> String {
    match request
        .header("x-amz-target")
        .and_then(|target| target.split_once('.'))
    {
        Some((_, operation)) => operation.to_owned(),
        None if request.uri.contains("outbound-emails") => "SendEmail".into(),
        None => format!("{} {}", request.method, request.uri),
    }
}

fn throttled(request: &WireRequest) -> WireAnswer {
    let shape = match request.header("x-amz-target") {
        Some(target) if target.starts_with("DynamoDB") => {
            "com.amazonaws.dynamodb.v20120810#ThrottlingException"
        }
        _ => "com.amazonaws#ThrottlingException",
    };
    refusal(&serde_json::json!({ "__type": shape, "message": "Rate exceeded" }))
}

fn conflict(request: &WireRequest) -> WireAnswer {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let count = body["TransactItems"].as_array().map_or(1, Vec::len);
    let mut reasons = vec![serde_json::json!({ "Code": "None" }); count];
    reasons[0] = serde_json::json!({ "Code": "TransactionConflict", "Message": "Transaction is ongoing for the item" });
    refusal(&serde_json::json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons",
        "CancellationReasons": reasons,
    }))
}

fn refusal(body: &Value) -> WireAnswer {
    let headers = vec![(
        "content-type".to_owned(),
        embedded_aws::Answer::CONTENT_TYPE.to_owned(),
    )];
    WireAnswer {
        status: 400,
        headers,
        body: body.to_string().into_bytes(),
    }
}
