//! `POST /v1/accounts/verify`: prove an address; the account comes to be, and its first session.

use identity::Identity;
use identity::wire::{LoginView, VerifyEmail};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Identity::new, verify).await
}

async fn verify(identity: &'static Identity, call: Call<VerifyEmail>) -> Result<Json<LoginView>, Fault> {
    let visit = identity.visit(call.origin(), call.header("x-cart-token"));
    let logged_in = identity.verify(&call.body.try_into()?, visit).await?;
    Ok(Json::new(logged_in))
}
