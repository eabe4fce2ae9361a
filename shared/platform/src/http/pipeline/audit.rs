//! What the edge itself tells the audit trail: whoever is turned away, and whatever staff change.

use http::{Method, StatusCode};
use kernel::Time;

use super::super::call::origin_of;
use super::{Caller, Passage, Pipeline, Problem, Reply, Trail, telemetry};
use crate::trail::{Entry, Outcome};

/// The longest path parameter that is taken for the id of something.
const SUBJECT_BYTES_MAX: usize = 128;

/// The trail, as one operation writes it.
pub(super) struct Audit {
    trail: Trail,
    /// The function's name: what a change is called.
    action: &'static str,
}

impl Audit {
    /// None where the manifest entry grants none: on routes for the public and for guests.
    pub(super) fn new(trail: Trail, operation: &str) -> Option<Self> {
        trail.is_granted().then(|| Self {
            trail,
            action: Box::leak(operation.to_owned().into_boxed_str()),
        })
    }
}

/// A change by staff that is on the trail as attempted and wants its outcome told.
pub(super) struct Begun<'a> {
    audit: &'a Audit,
    attempt: Entry,
}

impl Begun<'_> {
    /// Tells how it ended. What was done stands whatever happens here; the attempt is on the trail.
    pub(super) async fn end(self, result: &Result<Reply, Problem>, now: Time) {
        let (status, code) = match result {
            Ok(reply) => (reply.status, None),
            Err(problem) => (problem.status(), Some(problem.code())),
        };
        let outcome = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Outcome::Denied,
            status if status.is_client_error() || status.is_server_error() => Outcome::Failed,
            _ => Outcome::Allowed,
        };
        let mut entry = self.attempt.outcome(outcome).with("status", status.as_str());
        entry.at = now;
        if let Some(code) = code {
            entry = entry.with("code", code);
        }
        note_failure(self.audit.trail.append(&entry).await);
    }
}

impl Pipeline {
    /// Writes down that staff begin to change something. If this cannot be written, nothing is changed.
    pub(super) async fn begin(
        &self,
        passage: &Passage,
        caller: &Caller,
    ) -> Result<Option<Begun<'_>>, Problem> {
        let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(&passage.parts.method);
        let (Some(audit), Caller::Staff(staff), false) = (&self.audit, caller, reads) else {
            return Ok(None);
        };
        let entry = Entry::new(audit.action, staff.id.clone(), passage.now).outcome(Outcome::Attempted);
        let attempt = about(entry, passage);
        audit.trail.append(&attempt).await?;
        Ok(Some(Begun { audit, attempt }))
    }

    /// Writes down that somebody was turned away, if that is what the problem says. Who presents
    /// nothing, or something that names nobody, is no news: the log has it, and strangers write no rows.
    pub(super) async fn tell_denial(&self, passage: &Passage, actor: &str, problem: &Problem) {
        let denied = match problem.status() {
            StatusCode::FORBIDDEN => true,
            StatusCode::UNAUTHORIZED => !["public", "guest"].contains(&actor),
            _ => false,
        };
        let Some(audit) = self.audit.as_ref().filter(|_| denied) else {
            return;
        };
        let entry = Entry::new("access.denied", actor, passage.now)
            .outcome(Outcome::Denied)
            .with("operation", audit.action)
            .with("code", problem.code());
        note_failure(audit.trail.append(&about(entry, passage)).await);
    }
}

/// Whom or what the path names, and where the request came from.
fn about(entry: Entry, passage: &Passage) -> Entry {
    let origin = origin_of(passage.address(), &passage.parts.headers, &passage.request_id);
    let mut parameters = passage.parameters.iter().flatten();
    let plain = |text: &&str| {
        (1..=SUBJECT_BYTES_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
    };
    let subject = parameters.next().map(|(_, value)| value.as_str()).filter(plain);
    let entry = entry.from(origin);
    match subject {
        Some(subject) => entry.about(subject),
        None => entry,
    }
}

fn note_failure(written: Result<(), kernel::Fault>) {
    if let Err(fault) = written {
        telemetry::note("trail.not_written", fault.chain());
    }
}
