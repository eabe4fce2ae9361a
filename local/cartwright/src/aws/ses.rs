//! Mail: SES version 2's `SendEmail`, kept instead of sent, and shown on the front page.

use std::{
    collections::VecDeque,
    fs,
    io::Write,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Response, StatusCode},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Ask, Caller, refused};
use crate::{cloud::Cloud, moment, random, reply};

/// Mails kept; older ones are in the file only.
const KEPT: usize = 1_000;

/// One mail.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Mail {
    /// The message id SES answers with.
    pub id: String,
    /// When it was sent, RFC 3339.
    pub at: String,
    /// Who sent it: a function, or `operator`.
    pub function: String,
    /// The sender's address.
    pub from: String,
    /// All receivers: to, cc and bcc.
    pub to: Vec<String>,
    /// The subject.
    pub subject: String,
    /// The text part, empty when there is none.
    pub text: String,
    /// The HTML part, empty when there is none.
    pub html: String,
}

/// Every mail that was sent, in memory and, with a data folder, in a file.
#[derive(Debug, Default)]
pub(crate) struct Mails {
    kept: Mutex<VecDeque<Mail>>,
    file: Option<PathBuf>,
}

impl Mails {
    /// Reads what an earlier run has kept.
    pub(crate) fn open(file: Option<PathBuf>) -> Self {
        let text = file
            .as_ref()
            .and_then(|file| fs::read_to_string(file).ok())
            .unwrap_or_default();
        let mut kept: VecDeque<Mail> = text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        let surplus = kept.len().saturating_sub(KEPT);
        kept.drain(..surplus);
        Self {
            kept: Mutex::new(kept),
            file,
        }
    }

    /// All kept mails, oldest first.
    pub(crate) fn list(&self) -> Vec<Mail> {
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .cloned()
            .collect()
    }

    fn keep(&self, mail: Mail) -> std::io::Result<()> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = &self.file {
            let mut line = serde_json::to_vec(&mail)?;
            line.push(b'\n');
            fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(file)?
                .write_all(&line)?;
        }
        kept.push_back(mail);
        if kept.len() > KEPT {
            kept.pop_front();
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendEmail {
    #[serde(default)]
    from_email_address: String,
    #[serde(default)]
    destination: Destination,
    content: Content,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Destination {
    #[serde(rename = "ToAddresses")]
    to: Vec<String>,
    #[serde(rename = "CcAddresses")]
    cc: Vec<String>,
    #[serde(rename = "BccAddresses")]
    bcc: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    simple: Option<Simple>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Simple {
    subject: Part,
    body: Parts,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parts {
    text: Option<Part>,
    html: Option<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Part {
    data: String,
}

/// Answers `POST /v2/email/outbound-emails`.
pub(crate) fn serve(cloud: &Arc<Cloud>, headers: &HeaderMap, body: &[u8]) -> Response<Body> {
    match send(cloud, headers, body) {
        Ok(id) => reply::json(StatusCode::OK, &json!({ "MessageId": id })),
        Err((status, kind, message)) => {
            let mut response = reply::json(status, &json!({ "message": message }));
            if let Ok(kind) = HeaderValue::try_from(kind) {
                response.headers_mut().insert("x-amzn-errortype", kind);
            }
            response
        }
    }
}

fn send(
    cloud: &Arc<Cloud>,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<String, (StatusCode, String, String)> {
    let bad = |message: String| (StatusCode::BAD_REQUEST, "BadRequestException".to_owned(), message);
    let caller = cloud.keys.caller(headers).map_err(|answer| {
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        (
            StatusCode::FORBIDDEN,
            "UnrecognizedClientException".to_owned(),
            text,
        )
    })?;
    let function = match &caller {
        Caller::Function(function) => {
            cloud.rights.check(function, &Ask::mail()).map_err(|denial| {
                cloud.logs.alarm("", &denial.advice);
                (
                    StatusCode::FORBIDDEN,
                    "AccessDeniedException".to_owned(),
                    denial.message,
                )
            })?;
            function.to_string()
        }
        Caller::Operator => "operator".to_owned(),
    };
    let ask: SendEmail = serde_json::from_slice(body).map_err(|error| bad(error.to_string()))?;
    let Some(simple) = ask.content.simple else {
        return Err(bad("only `Simple` content is kept here".to_owned()));
    };
    let Destination { mut to, cc, bcc } = ask.destination;
    to.extend(cc);
    to.extend(bcc);
    if to.is_empty() {
        return Err(bad("a mail needs a receiver".to_owned()));
    }
    let id = random::uuid();
    let part = |part: Option<Part>| part.map(|part| part.data).unwrap_or_default();
    let mail = Mail {
        id: id.clone(),
        at: moment::now_text(),
        function,
        from: ask.from_email_address,
        to,
        subject: simple.subject.data,
        text: part(simple.body.text),
        html: part(simple.body.html),
    };
    cloud.mails.keep(mail).map_err(|error| {
        let broken = refused("InternalServiceErrorException", &error.to_string());
        let text = String::from_utf8_lossy(&broken.body).into_owned();
        (
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalServiceErrorException".to_owned(),
            text,
        )
    })?;
    Ok(id)
}
