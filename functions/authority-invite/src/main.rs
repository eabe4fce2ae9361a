//! `POST /v1/admin/invitations`: ask somebody to join the staff.

use authority::wire::{InvitationView, Invite};
use authority::{Actor, Authority, Guard};
use kernel::Fault;
use platform::http::{self, Call, Created};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Authority::new, invite).await
}

async fn invite(authority: &'static Authority, call: Call<Invite>) -> Result<Created<InvitationView>, Fault> {
    let by = Actor::of(call.staff()?, call.origin());
    let new = call.body.clone().into();
    let invitation = authority.invite(&call.ids(), new, &by).await?;
    let view = InvitationView::at(invitation, call.now());
    Ok(Created::at(
        format!("/v1/admin/invitations/{}", view.invitation_id),
        view,
    ))
}
