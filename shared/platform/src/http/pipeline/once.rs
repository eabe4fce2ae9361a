//! The handler's call itself: once per `Idempotency-Key`.

use std::sync::Arc;

use kernel::{Duration, Random, SeededRandom};

use super::super::idempotency::{Claim, ClaimKey, Held, required_key};
use super::{Asked, Caller, Idempotency, PageRequest, Passage, Pipeline, Problem, Reply, Work, telemetry};

/// How long a call may take when nobody said so: the manifest's default.
const TIMEOUT: Duration = Duration::seconds(10);

impl Pipeline {
    /// Does the work, or answers as it was answered before.
    pub(super) async fn once(
        &self,
        passage: &Passage,
        caller: Caller,
        work: Work,
        page: PageRequest,
    ) -> Result<Reply, Problem> {
        match self.claim(passage, &caller).await? {
            None => {
                let asked = self.asked(passage, page, None);
                self.work_on(passage, caller, work, asked).await
            }
            Some(Claim::Answered(reply)) => {
                telemetry::note("idempotency.replayed", true);
                Ok(reply)
            }
            Some(Claim::Held(held)) => {
                let asked = self.asked(passage, page, Some(&held));
                let result = self.work_on(passage, caller, work, asked).await;
                self.conclude(held, result, passage).await
            }
        }
    }

    /// The handler's work, on the audit trail from its beginning where staff change something.
    async fn work_on(
        &self,
        passage: &Passage,
        caller: Caller,
        work: Work,
        asked: Arc<Asked>,
    ) -> Result<Reply, Problem> {
        let begun = self.begin(passage, &caller).await?;
        let result = work(caller, asked).await;
        if let Some(begun) = begun {
            begun.end(&result, self.clock.now()).await;
        }
        result
    }

    fn asked(&self, passage: &Passage, page: PageRequest, held: Option<&Held>) -> Arc<Asked> {
        let parts = &passage.parts;
        let seeded = held.map(|held| Arc::new(SeededRandom::new(held.seed())) as Arc<dyn Random>);
        Arc::new(Asked {
            method: parts.method.clone(),
            path: parts.uri.path().to_owned(),
            path_parameters: passage.parameters.clone().unwrap_or_default(),
            raw_query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers.clone(),
            request_id: passage.request_id.clone(),
            address: passage.address().to_owned(),
            now: passage.now,
            ids_at: held.map_or(passage.now, Held::claimed_at),
            random: seeded.unwrap_or_else(|| Arc::clone(&self.random)),
            page,
            cursors: self.cursors.clone(),
        })
    }

    /// The claim on the request's `Idempotency-Key`, if it has one and the operation heeds it.
    async fn claim(&self, passage: &Passage, caller: &Caller) -> Result<Option<Claim>, Problem> {
        let Some(claims) = &self.claims else {
            return Ok(None);
        };
        let required = self.trigger.idempotency == Idempotency::Required;
        let Some(key) = required_key(&passage.parts.headers, required)? else {
            return Ok(None);
        };
        let uri = &passage.parts.uri;
        let request = [
            passage.parts.method.as_str().as_bytes(),
            uri.path().as_bytes(),
            uri.query().unwrap_or_default().as_bytes(),
            &passage.body,
        ];
        let key = ClaimKey::new(&caller.identity(), &self.trigger.operation, &key, &request);
        let until = passage.arrival.deadline.unwrap_or(passage.now.plus(TIMEOUT));
        claims
            .claim(&key, &*self.random, passage.now, until)
            .await
            .map(Some)
    }

    /// Keeps, forgets or releases the claim as the work ended. A refusal that is kept is kept in
    /// the form in which this client reads it.
    async fn conclude(
        &self,
        held: Held,
        result: Result<Reply, Problem>,
        passage: &Passage,
    ) -> Result<Reply, Problem> {
        let Some(claims) = &self.claims else { return result };
        match result {
            Ok(reply) => {
                claims.conclude(held, &reply).await;
                Ok(reply)
            }
            Err(problem) if problem.status() == http::StatusCode::CONFLICT => {
                telemetry::note("error.code", problem.code());
                let reply = self.written(problem, passage);
                claims.conclude(held, &reply).await;
                Ok(reply)
            }
            Err(problem) => {
                claims.conclude(held, &Reply::empty(problem.status())).await;
                Err(problem)
            }
        }
    }
}
