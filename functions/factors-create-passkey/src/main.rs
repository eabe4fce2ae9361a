//! `POST /v1/account/passkeys`: keep a passkey that a browser has made.

use authority::Guard;
use factors::wire::{AddedFactorView, CreatePasskey};
use factors::{Factors, Owner};
use kernel::Fault;
use platform::http::{self, Call, Created};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Factors::new, create).await
}

async fn create(
    factors: &'static Factors,
    call: Call<CreatePasskey>,
) -> Result<Created<AddedFactorView>, Fault> {
    let owner = Owner {
        customer: call.customer()?,
        origin: call.origin(),
    };
    let added = factors
        .create_passkey(&owner, call.body.clone(), &call.ids())
        .await?;
    Ok(Created::at("/v1/account/factors", added))
}
