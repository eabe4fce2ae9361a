//! `POST /v1/account/email`: send a code to the address that the account is to have.

use authority::Guard;
use identity::wire::{ByEmail, SentView};
use identity::{Identity, Present};
use kernel::Fault;
use platform::http::{self, Accepted, Call};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Identity::new, change).await
}

async fn change(identity: &'static Identity, call: Call<ByEmail>) -> Result<Accepted<SentView>, Fault> {
    let present = Present::of(call.customer()?, call.origin())?;
    identity.change_email(&present, &call.body.email).await?;
    Ok(Accepted::new(SentView::new()))
}
