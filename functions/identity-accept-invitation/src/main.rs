//! `POST /v1/invitations/accept`: join the staff by the link that was mailed.

use identity::Identity;
use identity::wire::AcceptInvitation;
use kernel::Fault;
use platform::http::{self, Call, NoContent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Identity::new, accept).await
}

async fn accept(identity: &'static Identity, call: Call<AcceptInvitation>) -> Result<NoContent, Fault> {
    let origin = call.origin();
    identity.accept_invitation(&call.body.into(), &origin).await?;
    Ok(NoContent::new())
}
