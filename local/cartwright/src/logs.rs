//! What the functions and the stack itself wrote lately, by request.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use serde::Serialize;

use crate::moment;

/// What is kept: the newest lines up to this many bytes.
const BYTES_MAX: usize = 8 * 1024 * 1024;
/// A longer line is cut, as CloudWatch would.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// One line.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Line {
    /// When it was read, RFC 3339.
    pub(crate) at: String,
    /// The function, or `cartwright`.
    pub(crate) function: Arc<str>,
    /// The invocation's id, empty during a cold start.
    pub(crate) request_id: Arc<str>,
    /// The text.
    pub(crate) text: String,
}

/// A ring of lines.
#[derive(Debug, Default)]
pub(crate) struct Logs {
    ring: Mutex<Ring>,
    echo: bool,
}

#[derive(Debug, Default)]
struct Ring {
    lines: VecDeque<Line>,
    bytes: usize,
}

impl Logs {
    /// With `echo` every line of a function is printed as well.
    pub(crate) fn new(echo: bool) -> Self {
        Self {
            ring: Mutex::default(),
            echo,
        }
    }

    /// Keeps one line of a function.
    pub(crate) fn line(&self, function: &Arc<str>, request_id: &Arc<str>, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.echo {
            eprintln!("{function} | {text}");
        }
        self.keep(Line {
            at: moment::now_text(),
            function: function.clone(),
            request_id: request_id.clone(),
            text: cut(text).to_owned(),
        });
    }

    /// Keeps and prints what the stack itself has to say: a crash, a refusal, a parked record.
    pub(crate) fn alarm(&self, request_id: &str, text: &str) {
        eprintln!("cartwright: {text}");
        self.keep(Line {
            at: moment::now_text(),
            function: "cartwright".into(),
            request_id: request_id.into(),
            text: cut(text).to_owned(),
        });
    }

    /// The lines that belong to or mention the id, oldest first; the newest `limit` without one.
    pub(crate) fn find(&self, request_id: Option<&str>, limit: usize) -> Vec<Line> {
        let ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = |line: &&Line| match request_id {
            Some(id) => *line.request_id == *id || line.text.contains(id),
            None => true,
        };
        let mut found: Vec<Line> = ring
            .lines
            .iter()
            .rev()
            .filter(wanted)
            .take(limit)
            .cloned()
            .collect();
        found.reverse();
        found
    }

    fn keep(&self, line: Line) {
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        ring.bytes += size(&line);
        ring.lines.push_back(line);
        while ring.bytes > BYTES_MAX {
            let Some(oldest) = ring.lines.pop_front() else {
                break;
            };
            ring.bytes -= size(&oldest);
        }
    }
}

fn size(line: &Line) -> usize {
    line.text.len() + line.at.len() + size_of::<Line>()
}

fn cut(text: &str) -> &str {
    if text.len() <= LINE_BYTES_MAX {
        return text;
    }
    let end = (0..=LINE_BYTES_MAX)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0);
    &text[..end]
}
