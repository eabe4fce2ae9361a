//! `POST /v1/sessions/providers/{provider}/callback`: back from a provider: let them in, or make an account.

use federation::Federation;
use federation::wire::{FinishSignIn, SignedInView};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Federation::new, finish).await
}

async fn finish(
    federation: &'static Federation,
    call: Call<FinishSignIn>,
) -> Result<Json<SignedInView>, Fault> {
    let returned = call.body.clone().into();
    let signed_in = federation
        .finish(&call.path("provider")?, &returned, &call.origin())
        .await?;
    Ok(Json::new(signed_in))
}
