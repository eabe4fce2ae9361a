//! `POST /v1/passkeys/options`: what a browser needs to sign with a passkey.

use authority::Guard;
use factors::Factors;
use factors::wire::{BeginLogin, RequestOptionsView};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Factors::new, begin).await
}

async fn begin(factors: &'static Factors, call: Call<BeginLogin>) -> Result<Json<RequestOptionsView>, Fault> {
    let challenge = call.body.challenge.as_deref();
    let options = factors.begin_login(challenge, &call.caller, call.now()).await?;
    Ok(Json::new(options))
}
