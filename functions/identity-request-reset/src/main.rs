//! `POST /v1/password-resets`: send the owner of an address a link to choose a new password.

use identity::Identity;
use identity::wire::{ByEmail, SentView};
use kernel::Fault;
use platform::http::{self, Accepted, Call};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Identity::new, request).await
}

async fn request(identity: &'static Identity, call: Call<ByEmail>) -> Result<Accepted<SentView>, Fault> {
    identity.request_reset(&call.body.email, &call.origin()).await?;
    Ok(Accepted::new(SentView::new()))
}
