//! `POST /v1/accounts`: ask for an account; its address is proven by mail.

use identity::Identity;
use identity::wire::{Register, RegistrationView};
use kernel::Fault;
use platform::http::{self, Accepted, Call};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Identity::new, register).await
}

async fn register(
    identity: &'static Identity,
    call: Call<Register>,
) -> Result<Accepted<RegistrationView>, Fault> {
    let visit = identity.visit(call.origin(), call.header("x-cart-token"));
    let asked = identity.register(call.body.into(), &visit).await?;
    Ok(Accepted::new(asked))
}
