//! `POST /v1/sandbox/challenges/{challenge_id}`: what the buyer does on the sandbox bank's page.

use kernel::Fault;
use payments::wire::{ChallengeView, CompleteChallenge};
use payments::{ChallengeId, Sandbox};
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Sandbox::new, complete_challenge).await
}

async fn complete_challenge(
    sandbox: &'static Sandbox,
    call: Call<CompleteChallenge>,
) -> Result<Json<ChallengeView>, Fault> {
    let id: ChallengeId = call.path("challenge_id")?;
    let outcome = call.body.outcome;
    sandbox.complete_challenge(&id, outcome.into()).await?;
    Ok(Json::new(ChallengeView { id, outcome }))
}
