//! `POST /v1/sessions/second-factor`: complete a login with its second step.

use factors::Factors;
use factors::wire::{CompleteLogin, LoggedInView};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Factors::new, complete).await
}

async fn complete(factors: &'static Factors, call: Call<CompleteLogin>) -> Result<Json<LoggedInView>, Fault> {
    let (origin, now) = (call.origin(), call.now());
    Ok(Json::new(factors.complete_login(call.body, origin, now).await?))
}
