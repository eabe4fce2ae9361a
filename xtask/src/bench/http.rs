//! As much HTTP/1.1 as the measuring needs: one request at a time to 127.0.0.1, and messages read
//! from a connection.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// How long an answer may take; a seeding or a rest may take that long.
const ANSWER_MAX: Duration = Duration::from_mins(5);

/// A request or a response.
pub(super) struct Message {
    /// The request line or the status line.
    pub(super) first: String,
    /// Names in lower case, values as they came.
    headers: Vec<(String, String)>,
    /// The whole body.
    pub(super) body: Vec<u8>,
}

impl Message {
    /// The first header of this name, in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The message as it goes over a connection, its body in one piece.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut head = [&self.first, "\r\n"].concat();
        let kept = |name: &str| !["content-length", "transfer-encoding", "connection"].contains(&name);
        for (name, value) in self.headers.iter().filter(|(name, _)| kept(name)) {
            head += &[name, ": ", value, "\r\n"].concat();
        }
        let length = self.body.len().to_string();
        head += &["content-length: ", &length, "\r\n\r\n"].concat();
        [head.as_bytes(), &self.body].concat()
    }
}

/// Reads one message with its body; none when the connection has ended.
pub(super) fn read(from: &mut impl BufRead) -> Result<Option<Message>> {
    let first = line(from)?;
    if first.is_empty() {
        return Ok(None);
    }
    let (mut length, mut is_chunked, mut headers) = (0, false, Vec::new());
    while let Some((name, value)) = line(from)?.split_once(':') {
        let (name, value) = (name.to_ascii_lowercase(), value.trim().to_owned());
        match name.as_str() {
            "content-length" => length = value.parse()?,
            "transfer-encoding" => is_chunked = value == "chunked",
            _ => {}
        }
        headers.push((name, value));
    }
    let body = if is_chunked {
        chunks(from)?
    } else {
        exactly(from, length)?
    };
    Ok(Some(Message { first, headers, body }))
}

fn line(from: &mut impl BufRead) -> Result<String> {
    let mut text = String::new();
    from.read_line(&mut text)?;
    text.truncate(text.trim_end().len());
    Ok(text)
}

fn exactly(from: &mut impl BufRead, length: usize) -> Result<Vec<u8>> {
    let mut body = vec![0; length];
    from.read_exact(&mut body)?;
    Ok(body)
}

fn chunks(from: &mut impl BufRead) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = line(from)?;
        let length = usize::from_str_radix(size.split(';').next().unwrap_or_default(), 16)
            .with_context(|| format!("`{size}` is no length of a chunk"))?;
        body.extend(exactly(from, length)?);
        line(from)?;
        if length == 0 {
            return Ok(body);
        }
    }
}

/// What a server answered.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Reply {
    /// The body, if the server said yes.
    pub(super) fn accepted(self) -> Result<Value> {
        ensure!(self.status < 400, "answered {}: {}", self.status, self.body);
        Ok(self.body)
    }
}

/// Sends one request to `http://<host>:<port>` on a connection of its own.
pub(super) fn send(url: &str, route: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Result<Reply> {
    let authority = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(authority).with_context(|| format!("{url} does not listen"))?;
    stream.set_read_timeout(Some(ANSWER_MAX))?;
    let body = body.map(Value::to_string).unwrap_or_default();
    let mut request = format!("{route} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n");
    for (name, value) in headers {
        request += &[name, ": ", value, "\r\n"].concat();
    }
    let length = body.len().to_string();
    request += &["content-length: ", &length, "\r\n\r\n", &body].concat();
    stream.write_all(request.as_bytes())?;
    let Some(message) = read(&mut BufReader::new(stream.take(u64::MAX)))? else {
        bail!("`{route}` was not answered");
    };
    let status = message.first.split(' ').nth(1).unwrap_or_default();
    Ok(Reply {
        status: status.parse().with_context(|| format!("`{}`", message.first))?,
        body: serde_json::from_slice(&message.body).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_read_to_its_length_and_the_next_message_begins_after_it() {
        let mut text = "POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\n\r\n".as_bytes();
        let first = read(&mut text).unwrap().unwrap();
        assert_eq!(
            (first.first.as_str(), first.body.as_slice()),
            ("POST /a HTTP/1.1", b"abc".as_slice())
        );
        assert_eq!(read(&mut text).unwrap().unwrap().first, "GET /b HTTP/1.1");
        assert!(read(&mut text).unwrap().is_none());
    }

    #[test]
    fn chunks_are_joined() {
        let mut text =
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n".as_bytes();
        assert_eq!(read(&mut text).unwrap().unwrap().body, b"abcd");
    }
}
