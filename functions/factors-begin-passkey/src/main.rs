//! `POST /v1/account/passkeys/options`: what a browser needs to make a passkey.

use authority::Guard;
use factors::wire::RegistrationOptionsView;
use factors::{Factors, Owner};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Factors::new, begin).await
}

async fn begin(factors: &'static Factors, call: Call) -> Result<Json<RegistrationOptionsView>, Fault> {
    let owner = Owner {
        customer: call.customer()?,
        origin: call.origin(),
    };
    Ok(Json::new(factors.begin_passkey(&owner, call.now()).await?))
}
