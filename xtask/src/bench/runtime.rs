//! The Lambda Runtime API for one process: it is handed one event after the other, and each answer
//! is stamped when it arrives.

use std::{
    io::{BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::http;

/// How long an invocation may take, under valgrind too.
const ANSWER_MAX: Duration = Duration::from_mins(2);

/// What a function answered, and when that was here.
pub(super) struct Answer {
    pub(super) at: Instant,
    pub(super) body: Value,
}

/// One listener for one process.
pub(super) struct Host {
    address: SocketAddr,
    events: Option<Sender<String>>,
    answers: Receiver<(Instant, bool, Vec<u8>)>,
    is_closing: Arc<AtomicBool>,
}

/// What the connections share.
struct Desk {
    events: Mutex<Receiver<String>>,
    answers: Mutex<Sender<(Instant, bool, Vec<u8>)>>,
}

impl Host {
    /// Listens on a free port.
    pub(super) fn open() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let (events, waiting) = mpsc::channel();
        let (answered, answers) = mpsc::channel();
        let is_closing = Arc::new(AtomicBool::new(false));
        let desk = Arc::new(Desk {
            events: Mutex::new(waiting),
            answers: Mutex::new(answered),
        });
        let closing = is_closing.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if closing.load(Ordering::Acquire) {
                    return;
                }
                let desk = desk.clone();
                // A process that ends in the middle of a call ends its connection: no news.
                thread::spawn(move || desk.serve(stream).unwrap_or_default());
            }
        });
        Ok(Self {
            address,
            events: Some(events),
            answers,
            is_closing,
        })
    }

    /// `AWS_LAMBDA_RUNTIME_API` of the process.
    pub(super) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Lays an event ready for the process's next `next`.
    pub(super) fn hand(&self, event: &Value) -> Result<()> {
        let events = self.events.as_ref().context("the host is closed")?;
        Ok(events.send(event.to_string())?)
    }

    /// Waits for the answer to the event handed last.
    pub(super) fn answer(&self) -> Result<Answer> {
        let (at, is_ok, body) = self
            .answers
            .recv_timeout(ANSWER_MAX)
            .context("the function did not answer")?;
        ensure!(is_ok, "the function failed: {}", String::from_utf8_lossy(&body));
        Ok(Answer {
            at,
            body: serde_json::from_slice(&body).context("the function's answer is no JSON")?,
        })
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.events = None;
        self.is_closing.store(true, Ordering::Release);
        // The listener wakes up, sees that it is over, and ends.
        drop(TcpStream::connect(self.address));
    }
}

impl Desk {
    fn serve(&self, stream: TcpStream) -> Result<()> {
        stream.set_nodelay(true)?;
        let mut writer = stream.try_clone()?;
        let mut reader = BufReader::new(stream);
        while let Some(request) = http::read(&mut reader)? {
            let at = Instant::now();
            let path = request.first.split(' ').nth(1).unwrap_or_default();
            if path.ends_with("/invocation/next") {
                let waiting = self.events.lock().unwrap_or_else(PoisonError::into_inner);
                let Ok(event) = waiting.recv() else { return Ok(()) };
                writer.write_all(delivery(&event)?.as_bytes())?;
                continue;
            }
            writer.write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n")?;
            let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            answers.send((at, path.ends_with("/response"), request.body))?;
        }
        Ok(())
    }
}

fn delivery(event: &str) -> Result<String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok(format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         lambda-runtime-aws-request-id: 00000000-0000-4000-8000-{:012x}\r\n\
         lambda-runtime-deadline-ms: {}\r\n\
         lambda-runtime-invoked-function-arn: arn:aws:lambda:local:000000000000:function:bench\r\n\
         lambda-runtime-trace-id: Root=1-00000000-000000000000000000000000;Sampled=0\r\n\r\n{event}",
        event.len(),
        now.as_micros() & 0xffff_ffff_ffff,
        (now + ANSWER_MAX).as_millis(),
    ))
}
