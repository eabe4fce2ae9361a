//! `POST /v1/account/step-up/password`: prove once more who you are, by password.

use authority::Guard;
use identity::wire::{ByPassword, TokenView};
use identity::{Identity, Present};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Identity::new, confirm).await
}

async fn confirm(identity: &'static Identity, call: Call<ByPassword>) -> Result<Json<TokenView>, Fault> {
    let present = Present::of(call.customer()?, call.origin())?;
    Ok(Json::new(identity.step_up(&present, &call.body.password).await?))
}
