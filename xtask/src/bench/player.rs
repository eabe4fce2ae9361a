//! A DynamoDB that answers at once: what the real one answered is recorded, and played again.
//!
//! A cold start is the function's own, and the embedded database's speed is nobody's budget. So one
//! start is watched through a recorder, and those that are measured get the same answers from memory.
//! The same event asks the same questions; answers are found by their operation, in their order.

use std::{
    collections::BTreeMap,
    io::{BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use anyhow::{Context, Result};

use super::http::{self, Message};

/// What was answered, by operation (`DynamoDB_20120810.GetItem`), in the order of the questions.
pub(super) type Tape = BTreeMap<String, Vec<Vec<u8>>>;

/// Where a server gets an answer: the operation, and the whole request.
type Answering = dyn Fn(&str, &Message) -> Result<Vec<u8>> + Send + Sync;

/// Listens until it is dropped.
pub(super) struct Player {
    address: SocketAddr,
    is_closing: Arc<AtomicBool>,
}

/// Passes questions on and keeps the answers.
pub(super) struct Recorder {
    player: Player,
    tape: Arc<Mutex<Tape>>,
}

impl Recorder {
    /// In front of the database at this address (`http://<host>:<port>`).
    pub(super) fn open(database: &str) -> Result<Self> {
        let database = database.trim_start_matches("http://").to_owned();
        let tape: Arc<Mutex<Tape>> = Arc::default();
        let kept = Arc::clone(&tape);
        let player = Player::serve(move |operation, request| {
            let answer = pass_on(&database, request)?;
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.entry(operation.to_owned()).or_default().push(answer.clone());
            Ok(answer)
        })?;
        Ok(Self { player, tape })
    }

    pub(super) fn url(&self) -> String {
        self.player.url()
    }

    /// What was recorded.
    pub(super) fn tape(self) -> Tape {
        let mut tape = self.tape.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *tape)
    }
}

impl Player {
    /// Plays a tape from its beginning. A question that was not recorded ends its connection.
    pub(super) fn open(tape: &Tape) -> Result<Self> {
        let left = tape.iter().map(|(operation, answers)| {
            let answers = answers.iter().rev().cloned().collect::<Vec<_>>();
            (operation.clone(), answers)
        });
        let left = Mutex::new(left.collect::<Tape>());
        Self::serve(move |operation, _| {
            let mut left = left.lock().unwrap_or_else(PoisonError::into_inner);
            let answer = left.get_mut(operation).and_then(Vec::pop);
            answer.with_context(|| format!("`{operation}` was not asked when it was recorded"))
        })
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn serve(answering: impl Fn(&str, &Message) -> Result<Vec<u8>> + Send + Sync + 'static) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let is_closing = Arc::new(AtomicBool::new(false));
        let closing = Arc::clone(&is_closing);
        let answering: Arc<Answering> = Arc::new(answering);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if closing.load(Ordering::Acquire) {
                    return;
                }
                let answering = Arc::clone(&answering);
                // The function sees the connection end, and says so in its answer.
                thread::spawn(move || attend(stream, &*answering).unwrap_or_default());
            }
        });
        Ok(Self { address, is_closing })
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.is_closing.store(true, Ordering::Release);
        // The listener wakes up, sees that it is over, and ends.
        drop(TcpStream::connect(self.address));
    }
}

fn attend(stream: TcpStream, answering: &Answering) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    while let Some(request) = http::read(&mut reader)? {
        let operation = request.header("x-amz-target").unwrap_or_default();
        writer.write_all(&answering(operation, &request)?)?;
    }
    Ok(())
}

/// The answer as bytes, as they came.
fn pass_on(database: &str, request: &Message) -> Result<Vec<u8>> {
    let mut stream = TcpStream::connect(database).with_context(|| format!("{database} does not listen"))?;
    stream.write_all(&request.bytes())?;
    let answer = http::read(&mut BufReader::new(stream))?;
    Ok(answer.context("the database did not answer")?.bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_recorded_is_played_in_its_order_and_nothing_else() {
        let database = Player::open(&Tape::from([(
            "GetItem".to_owned(),
            vec![answer("one"), answer("two")],
        )]))
        .unwrap();
        let recorder = Recorder::open(&database.url()).unwrap();
        assert_eq!(ask(&recorder.url(), "GetItem"), Some("one".to_owned()));
        assert_eq!(ask(&recorder.url(), "GetItem"), Some("two".to_owned()));
        let player = Player::open(&recorder.tape()).unwrap();
        assert_eq!(ask(&player.url(), "PutItem"), None);
        assert_eq!(ask(&player.url(), "GetItem"), Some("one".to_owned()));
        assert_eq!(ask(&player.url(), "GetItem"), Some("two".to_owned()));
        assert_eq!(ask(&player.url(), "GetItem"), None);
    }

    fn answer(body: &str) -> Vec<u8> {
        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }

    fn ask(url: &str, operation: &str) -> Option<String> {
        let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
        let request = format!("POST / HTTP/1.1\r\nX-Amz-Target: {operation}\r\ncontent-length: 0\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let message = http::read(&mut BufReader::new(stream)).unwrap()?;
        Some(String::from_utf8(message.body).unwrap())
    }
}
