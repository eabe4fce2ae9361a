//! `POST /v1/magic-links`: send the owner of an address a link that logs in.

use identity::Identity;
use identity::wire::{ByEmail, LinkView};
use kernel::Fault;
use platform::http::{self, Accepted, Call};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Identity::new, request).await
}

async fn request(identity: &'static Identity, call: Call<ByEmail>) -> Result<Accepted<LinkView>, Fault> {
    let asked = identity.request_link(&call.body.email, &call.origin()).await?;
    Ok(Accepted::new(asked))
}
