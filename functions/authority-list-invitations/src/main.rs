//! `GET /v1/admin/invitations`: who was asked to join the staff, newest first.

use authority::wire::InvitationView;
use authority::{Authority, Guard};
use kernel::Fault;
use platform::http::{self, Call, Listed};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Authority::new, list).await
}

async fn list(authority: &'static Authority, call: Call) -> Result<Listed<InvitationView>, Fault> {
    let (page, now) = (call.page(), call.now());
    let found = authority.invitations(page.limit, page.cursor).await?;
    Ok(Listed::new(found.map(|one| InvitationView::at(one, now))))
}
