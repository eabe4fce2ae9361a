//! `POST /v1/admin/users/{user_id}/password-reset`: send a user the link to choose a new password.

use authority::{Guard, UserId};
use identity::Identity;
use identity::wire::SentView;
use kernel::Fault;
use platform::http::{self, Accepted, Call};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Identity::new, trigger).await
}

async fn trigger(identity: &'static Identity, call: Call) -> Result<Accepted<SentView>, Fault> {
    let user_id: UserId = call.path("user_id")?;
    identity
        .trigger_reset(&user_id, &call.staff()?.id, &call.origin())
        .await?;
    Ok(Accepted::new(SentView::new()))
}
