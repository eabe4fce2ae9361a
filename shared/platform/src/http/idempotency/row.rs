//! The row of a claim, and what a call may conclude from finding one.

use std::collections::BTreeMap;

use http::{HeaderName, HeaderValue, StatusCode};
use kernel::Time;
use serde::{Deserialize, Serialize};

use super::{ClaimKey, LIFE, Reply, table_key};
use crate::table::Key;
use crate::token::Cipher;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) pk: String,
    pub(super) sk: String,
    /// Of the request: another request under the same key is refused.
    pub(super) fingerprint: String,
    /// Of the call that works or has worked: only its writes count.
    pub(super) owner: String,
    pub(super) seed: u64,
    pub(super) claimed_at_ms: i64,
    pub(super) running_until_ms: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) answer: Option<Kept>,
    pub(super) expires_at: i64,
}

/// An answer as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
    /// Whether the body is sealed, for the row that holds it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_sealed: bool,
}

/// An item of DynamoDB holds 400 KB; an answer above this is not kept, and a repeat goes on with
/// the same seed instead.
const BODY_BYTES_MAX: usize = 300_000;

impl Row {
    pub(super) fn fresh(key: &ClaimKey, random: [u8; 16], now: Time, until: Time) -> Self {
        let number = u128::from_be_bytes(random);
        let seed = u64::try_from(number >> 64).unwrap_or_default();
        let Key { pk, sk } = table_key(&key.pk);
        Self {
            pk,
            sk,
            fingerprint: key.fingerprint.clone(),
            owner: format!("{number:032x}"),
            seed,
            claimed_at_ms: now.unix_ms(),
            running_until_ms: until.unix_ms(),
            answer: None,
            expires_at: now.plus(LIFE).unix_s(),
        }
    }

    pub(super) fn key(&self) -> Key {
        Key::new(&self.pk, &self.sk)
    }
}

impl Kept {
    /// The reply in a form that can be kept in the row of this key, if it can be.
    pub(super) fn of(reply: &Reply, seal: Option<&Cipher>, pk: &str) -> Option<Self> {
        let body = match seal {
            Some(seal) => seal.close(&reply.body, pk).ok()?,
            None => std::str::from_utf8(&reply.body).ok()?.to_owned(),
        };
        if body.len() > BODY_BYTES_MAX {
            return None;
        }
        let text = |(name, value): (&HeaderName, &HeaderValue)| {
            Some((name.to_string(), value.to_str().ok()?.to_owned()))
        };
        let headers = reply.headers.iter().filter_map(text).collect();
        Some(Self {
            status: reply.status.as_u16(),
            headers,
            body,
            is_sealed: seal.is_some(),
        })
    }

    /// The reply as it was, unless what it is sealed under is not there any more.
    pub(super) fn reply(self, seal: Option<&Cipher>, pk: &str) -> Option<Reply> {
        let body = if self.is_sealed {
            seal?.open(&self.body, pk).ok()?
        } else {
            self.body.into_bytes()
        };
        let mut reply = Reply::empty(StatusCode::from_u16(self.status).unwrap_or_default());
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                reply.headers.insert(name, value);
            }
        }
        reply.body = body.into();
        Some(reply)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    /// The row is the one that this call has just written; only the answer to the write was lost.
    Ours,
    /// Give the first answer again.
    Replay(Kept),
    /// The first call died or was cut off: go on in its place.
    Resume,
    /// The first call is still at work.
    Running,
    /// The key belongs to another request.
    Reused,
}

/// What `mine`, a claim that could not be written, may do about the claim that it `found`.
pub(super) fn decide(found: &Row, mine: &Row, now: Time) -> Decision {
    if found.owner == mine.owner {
        return Decision::Ours;
    }
    if found.fingerprint != mine.fingerprint {
        return Decision::Reused;
    }
    if let Some(answer) = &found.answer {
        return Decision::Replay(answer.clone());
    }
    if found.running_until_ms > now.unix_ms() {
        Decision::Running
    } else {
        Decision::Resume
    }
}
