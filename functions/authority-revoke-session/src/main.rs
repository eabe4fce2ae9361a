//! `DELETE /v1/account/sessions/{session_id}`: log out one device.

use authority::{Authority, Guard, SessionId, UserId};
use kernel::Fault;
use platform::http::{self, Call, NoContent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Authority::new, revoke).await
}

async fn revoke(authority: &'static Authority, call: Call) -> Result<NoContent, Fault> {
    let session_id: SessionId = call.path("session_id")?;
    let user_id = UserId::parse(&call.customer()?.user_id).map_err(Fault::broken)?;
    authority
        .revoke_session(&user_id, &session_id, &call.origin())
        .await?;
    Ok(NoContent::new())
}
