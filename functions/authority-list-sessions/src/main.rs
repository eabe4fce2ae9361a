//! `GET /v1/account/sessions`: where one is logged in.

use authority::wire::SessionView;
use authority::{Authority, Guard, UserId};
use kernel::{Fault, Page};
use platform::http::{self, Call, Listed};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Authority::new, list).await
}

async fn list(authority: &'static Authority, call: Call) -> Result<Listed<SessionView>, Fault> {
    let customer = call.customer()?;
    let user_id = UserId::parse(&customer.user_id).map_err(Fault::broken)?;
    let current = customer.presence.session_id.as_str();
    let sessions = authority.sessions(&user_id).await?;
    let items = sessions
        .into_iter()
        .map(|session| SessionView::new(session, current))
        .collect();
    Ok(Listed::new(Page { items, next: None }))
}
