//! Both engines on one port, for the conformance lists: `cargo run -p embedded-aws --example serve -- 8000 [FOLDER]`.
#![allow(
    clippy::disallowed_methods,
    reason = "a program of its own: it has arguments and tells the time"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use embedded_aws::{Answer, Dynamo, Sqs};

struct Cloud {
    dynamo: Dynamo,
    sqs: Sqs,
    /// Counts arrivals in any queue.
    arrivals: Arc<(Mutex<u64>, Condvar)>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().unwrap_or_else(|| "8000".to_owned()).parse()?;
    let base_url = format!("http://127.0.0.1:{port}");
    let (dynamo, sqs) = match arguments.next() {
        Some(folder) => {
            let file = |name| Path::new(&folder).join(name);
            (
                Dynamo::open(&file("dynamo.sqlite"))?,
                Sqs::open(&file("sqs.sqlite"), &base_url)?,
            )
        }
        None => (Dynamo::memory()?, Sqs::memory(&base_url)?),
    };
    let arrivals = Arc::new((Mutex::new(0), Condvar::new()));
    let heard = Arc::clone(&arrivals);
    sqs.on_arrival(move |_| {
        *heard.0.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        heard.1.notify_all();
    });
    let cloud = Arc::new(Cloud {
        dynamo,
        sqs,
        arrivals,
    });
    println!("{base_url}");
    for stream in TcpListener::bind(("127.0.0.1", port))?.incoming() {
        let (stream, cloud) = (stream?, Arc::clone(&cloud));
        // A client that hangs up ends its thread, and nothing else.
        std::thread::spawn(move || serve(&cloud, &stream).ok());
    }
    Ok(())
}

fn serve(cloud: &Cloud, stream: &TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    loop {
        let (mut target, mut length, mut expects) = (String::new(), 0, false);
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        loop {
            line.clear();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim().split_once(':') else {
                break;
            };
            match name.to_ascii_lowercase().as_str() {
                "x-amz-target" => value.trim().clone_into(&mut target),
                "content-length" => length = value.trim().parse().unwrap_or(0),
                "expect" => expects = true,
                _ => {}
            }
        }
        if expects {
            (&mut &*stream).write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let answer = if target.starts_with("AmazonSQS.") {
            poll(cloud, &target, &body)
        } else {
            cloud.dynamo.handle(&target, &body)
        };
        (&mut &*stream).write_all(&encode(&answer))?;
    }
}

/// Answers, and asks again while a long poll has nothing.
fn poll(cloud: &Cloud, target: &str, body: &[u8]) -> Answer {
    let wait = cloud.sqs.long_poll(target, body);
    let until_ms = wait.as_ref().map_or(0, |wait| now_ms() + wait.wait_ms);
    let (count, arrived) = &*cloud.arrivals;
    loop {
        let seen = *count.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now_ms();
        let answer = cloud.sqs.handle(target, body, now);
        let Some(wait) = &wait else { return answer };
        if answer.body != b"{}" || now >= until_ms {
            return answer;
        }
        let next = cloud
            .sqs
            .next_visible_at(&wait.queue, now)
            .ok()
            .flatten()
            .unwrap_or(until_ms);
        let pause_ms = (next.min(until_ms) - now).max(1).unsigned_abs();
        let guard = count.lock().unwrap_or_else(PoisonError::into_inner);
        drop(arrived.wait_timeout_while(guard, Duration::from_millis(pause_ms), |count| *count == seen));
    }
}

fn encode(answer: &Answer) -> Vec<u8> {
    let (status, kind, length) = (answer.status, Answer::CONTENT_TYPE, answer.body.len());
    let headers: Vec<String> = answer
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let head = format!(
        "HTTP/1.1 {status} -\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n{}\r\n",
        headers.concat()
    );
    [head.into_bytes(), answer.body.clone()].concat()
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
