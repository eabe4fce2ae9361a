//! `DELETE /v1/account/sessions`: log out everywhere, or everywhere else.

use authority::wire::RevokeSessions;
use authority::{Authority, Guard, SessionId, UserId};
use kernel::Fault;
use platform::http::{self, Call, NoContent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Authority::new, revoke_all).await
}

async fn revoke_all(
    authority: &'static Authority,
    call: Call<(), RevokeSessions>,
) -> Result<NoContent, Fault> {
    let customer = call.customer()?;
    let user_id = UserId::parse(&customer.user_id).map_err(Fault::broken)?;
    let current = SessionId::parse(&customer.presence.session_id).map_err(Fault::broken)?;
    let kept = call.query.keep_current.unwrap_or_default().then_some(&current);
    authority.revoke_sessions(&user_id, kept, &call.origin()).await?;
    Ok(NoContent::new())
}
