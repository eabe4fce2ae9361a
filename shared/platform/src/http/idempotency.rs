//! `Idempotency-Key`: the same request twice has one effect and one answer.
//!
//! A key is claimed by a conditional write before work starts; the claim holds the seed of the ids
//! that the work mints. What becomes of it depends on how the call ends:
//!
//! | end | the claim |
//! |---|---|
//! | 2xx, or 409: a rule has decided | keeps the answer for 24 h; repeats get it byte for byte |
//! | another 4xx: refused before any effect | is forgotten; the key may come with a mended request |
//! | 5xx: not known how far it came | is released; a repeat goes on with the same seed |
//! | the process died | runs out with the invocation's deadline; a repeat goes on with the same seed |
//!
//! A 409 is kept because it is an answer: whoever was told `sold_out` and gave up must not get an
//! order from a proxy's retry a minute later. A call that goes on after another died never forgets
//! its claim, since the dead one may have had its effect.
//!
//! An answer that holds what opens something ([`Sealed`](super::Sealed)) is kept sealed. When the
//! secret has changed meanwhile, it opens no more, and a repeat goes on with the same seed.

mod key;
mod row;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use kernel::{Duration, Fault, Random, Time};

pub(super) use self::key::{ClaimKey, key_of};
use self::row::{Decision, Row};
use super::problem::Problem;
use super::reply::Reply;
use crate::table::{Condition, Key, Table, TableError};
use crate::telemetry;
use crate::token::Cipher;

/// How long an answer is kept.
const LIFE: Duration = Duration::hours(24);

/// Marks an answer that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The claims of one operation.
pub(super) struct Claims {
    table: Table,
    seal: Option<Cipher>,
}

/// What a claim came to.
pub(super) enum Claim {
    /// This call does the work.
    Held(Held),
    /// The work was done before; this was the answer.
    Answered(Reply),
}

/// A claim that this call holds while it works.
pub(super) struct Held {
    row: Row,
    resumed: bool,
}

/// What is done with a claim when the work has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Keep,
    Forget,
    Release,
}

impl Held {
    /// The seed of the ids that this work mints.
    pub(super) fn seed(&self) -> u64 {
        self.row.seed
    }

    /// The moment that the ids carry: when the key was first claimed.
    pub(super) fn claimed_at(&self) -> Time {
        Time::from_unix_ms(self.row.claimed_at_ms)
    }

    fn end(&self, status: StatusCode) -> End {
        if status.is_success() || status == StatusCode::CONFLICT {
            End::Keep
        } else if status.is_server_error() || self.resumed {
            End::Release
        } else {
            End::Forget
        }
    }
}

impl Claims {
    pub(super) fn new(table: Table, seal: Option<Cipher>) -> Self {
        Self { table, seal }
    }

    /// Claims a key for work that ends by `until`, or finds what became of it before.
    pub(super) async fn claim(
        &self,
        key: &ClaimKey,
        random: &dyn Random,
        now: Time,
        until: Time,
    ) -> Result<Claim, Problem> {
        let mut fresh = [0_u8; 16];
        random.fill(&mut fresh);
        let row = Row::fresh(key, fresh, now, until);
        let free = Condition::absent().or(Condition::le("expires_at", now.unix_s()));
        let lost = match self.table.put(&row).only_if(free).send().await {
            Ok(()) => return Ok(Claim::Held(Held { row, resumed: false })),
            Err(error) if error.is_condition_failed() => error,
            Err(error) => return Err(Fault::from(error).into()),
        };
        let found = lost
            .old_item::<Row>()
            .ok_or_else(|| Problem::broken("a claim that cannot be read"))?;
        match row::decide(&found, &row, now) {
            Decision::Ours => Ok(Claim::Held(Held { row, resumed: false })),
            Decision::Replay(kept) => match kept.reply(self.seal.as_ref(), &found.pk) {
                Some(mut reply) => {
                    reply.headers.insert(REPLAYED, HeaderValue::from_static("true"));
                    Ok(Claim::Answered(reply))
                }
                None if found.running_until_ms > now.unix_ms() => Err(in_progress()),
                None => self.resume(found, &row).await,
            },
            Decision::Resume => self.resume(found, &row).await,
            Decision::Running => Err(in_progress()),
            Decision::Reused => Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "this Idempotency-Key came before with another request; take a new one",
            )),
        }
    }

    /// Takes over the claim of a call that died. One of several that try gets it.
    async fn resume(&self, found: Row, mine: &Row) -> Result<Claim, Problem> {
        let taken = self
            .table
            .update(found.key())
            .set("owner", &mine.owner)
            .set("running_until_ms", mine.running_until_ms)
            .set("expires_at", mine.expires_at)
            .only_if(
                Condition::eq("owner", &found.owner)
                    .and(Condition::eq("running_until_ms", found.running_until_ms)),
            );
        match taken.send().await {
            Ok(()) => {}
            Err(error) if error.is_condition_failed() => {
                // The answer to our own first attempt may have been lost on the way.
                let ours = error.old_item::<Row>().is_some_and(|row| row.owner == mine.owner);
                if !ours {
                    return Err(in_progress());
                }
            }
            Err(error) => return Err(Fault::from(error).into()),
        }
        telemetry::note("idempotency.resumed", true);
        let row = Row {
            owner: mine.owner.clone(),
            running_until_ms: mine.running_until_ms,
            ..found
        };
        Ok(Claim::Held(Held { row, resumed: true }))
    }

    /// Writes down how the work ended. Its effect stands whatever happens here; what cannot be
    /// written runs out, and a repeat finds the work's own rows by their ids.
    pub(super) async fn conclude(&self, held: Held, reply: &Reply) {
        let mine = Condition::eq("owner", &held.row.owner);
        let kept = row::Kept::of(reply, self.seal.as_ref(), &held.row.pk);
        let written = match (held.end(reply.status), kept) {
            (End::Keep, Some(kept)) => {
                self.table
                    .update(held.row.key())
                    .set("answer", kept)
                    .only_if(mine)
                    .send()
                    .await
            }
            (End::Forget, _) => self.table.delete(held.row.key()).only_if(mine).send().await,
            (End::Keep | End::Release, _) => {
                self.table
                    .update(held.row.key())
                    .set("running_until_ms", 0)
                    .only_if(mine)
                    .send()
                    .await
            }
        };
        note_failure(written);
    }
}

fn note_failure(written: Result<(), TableError>) {
    if let Err(error) = written {
        telemetry::note("idempotency.not_concluded", error);
    }
}

/// Most calls end within a second; one that died is taken over by its deadline, a few tries later.
fn in_progress() -> Problem {
    let message = "the first request with this Idempotency-Key is still running; ask again";
    Problem::new(StatusCode::CONFLICT, "request_in_progress", message).retry_after(1)
}

/// The key of the request, if it must or may have one and does.
pub(super) fn required_key(headers: &HeaderMap, required: bool) -> Result<Option<String>, Problem> {
    let key = key_of(headers)?;
    if required && key.is_none() {
        let message =
            "this operation requires an Idempotency-Key: any text of your own that names this request";
        return Err(Fault::invalid("idempotency_key_missing", message).into());
    }
    Ok(key)
}

fn table_key(pk: &str) -> Key {
    Key::new(pk, "claim")
}
