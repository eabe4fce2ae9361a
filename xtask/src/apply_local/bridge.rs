//! A door to the emulated API under an address that every program can resolve.
//!
//! The emulator knows its APIs by host name, `<id>.execute-api.localhost`. Curl resolves such names,
//! the C library does not; a function that calls the shop by its public address would find nobody.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, OnceLock},
    thread,
};

use anyhow::{Context, Result};

/// Listens from its start on; leads somewhere once it was told where.
pub(super) struct Bridge {
    port: u16,
    host: Arc<OnceLock<String>>,
}

impl Bridge {
    /// Leads to whoever has the host name at this port.
    pub(super) fn open(to: u16) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).context("no port is free")?;
        let port = listener.local_addr()?.port();
        let host: Arc<OnceLock<String>> = Arc::default();
        let known = Arc::clone(&host);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let known = Arc::clone(&known);
                thread::spawn(move || {
                    // Whoever called sees a broken connection; there is nobody else to tell.
                    lead(stream, to, known.get().map_or("", String::as_str)).unwrap_or_default();
                });
            }
        });
        Ok(Self { port, host })
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// `abc.execute-api.localhost:4566`
    pub(super) fn lead_to(&self, host: &str) {
        self.host.get_or_init(|| host.to_owned());
    }
}

/// One request and its answer: the head with another host name, everything else as it is.
fn lead(from: TcpStream, to: u16, host: &str) -> io::Result<()> {
    let mut upstream = TcpStream::connect(("127.0.0.1", to))?;
    let mut reader = BufReader::new(from.try_clone()?);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line == "\r\n" {
            break;
        }
        head.push(line);
    }
    for line in &head {
        let name = line.split(':').next().unwrap_or_default();
        let ours = name.eq_ignore_ascii_case("host") || name.eq_ignore_ascii_case("connection");
        if !ours {
            upstream.write_all(line.as_bytes())?;
        }
    }
    write!(upstream, "host: {host}\r\nconnection: close\r\n\r\n")?;
    let (mut answer, mut caller) = (upstream.try_clone()?, from);
    let back = thread::spawn(move || {
        let copied = io::copy(&mut answer, &mut caller);
        copied.and_then(|_| caller.shutdown(Shutdown::Both))
    });
    // Ends when the caller does, which the answer's end makes it do.
    io::copy(&mut reader, &mut upstream).map(drop).unwrap_or_default();
    back.join().unwrap_or(Ok(()))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_request_arrives_under_the_name_that_the_emulator_knows() {
        let emulator = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let bridge = Bridge::open(emulator.local_addr().expect("an address").port()).expect("a bridge");
        bridge.lead_to("abc.execute-api.localhost:1");
        let served = thread::spawn(move || {
            let (stream, _) = emulator.accept().expect("a call");
            let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                reader.read_line(&mut head).expect("a line");
            }
            let mut body = [0; 2];
            reader.read_exact(&mut body).expect("the body");
            let mut stream = stream;
            stream
                .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
                .expect("answered");
            (head, body)
        });
        let mut caller = TcpStream::connect(bridge.url().trim_start_matches("http://")).expect("connected");
        let request = "POST /v1/x HTTP/1.1\r\nHost: elsewhere\r\ncontent-length: 2\r\n\r\nhi";
        caller.write_all(request.as_bytes()).expect("sent");
        let mut answer = String::new();
        caller.read_to_string(&mut answer).expect("an answer");
        let (head, body) = served.join().expect("served");
        assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
        assert_eq!(&body, b"hi");
        assert!(head.starts_with("POST /v1/x HTTP/1.1\r\n"), "{head}");
        assert!(head.contains("host: abc.execute-api.localhost:1\r\n"), "{head}");
        assert!(!head.contains("elsewhere"), "{head}");
    }
}
