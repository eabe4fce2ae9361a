//! `POST /v1/accounts/resend`: another code for a registration; the older one is dead.

use identity::Identity;
use identity::wire::{RegistrationView, ResendCode};
use kernel::Fault;
use platform::http::{self, Accepted, Call};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Identity::new, resend).await
}

async fn resend(
    identity: &'static Identity,
    call: Call<ResendCode>,
) -> Result<Accepted<RegistrationView>, Fault> {
    let asked = identity
        .resend(&call.body.registration_id, &call.origin())
        .await?;
    Ok(Accepted::new(asked))
}
