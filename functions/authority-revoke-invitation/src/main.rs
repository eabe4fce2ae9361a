//! `DELETE /v1/admin/invitations/{invitation_id}`: take an invitation back.

use authority::{Actor, Authority, Guard, InvitationId};
use kernel::Fault;
use platform::http::{self, Call, NoContent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Authority::new, revoke).await
}

async fn revoke(authority: &'static Authority, call: Call) -> Result<NoContent, Fault> {
    let invitation_id: InvitationId = call.path("invitation_id")?;
    let by = Actor::of(call.staff()?, call.origin());
    authority.revoke_invitation(&invitation_id, &by).await?;
    Ok(NoContent::new())
}
