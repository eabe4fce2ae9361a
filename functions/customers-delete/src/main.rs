//! `DELETE /v1/account`: end the account; its sessions are over, and the shop forgets its owner.

use authority::{Guard, UserId};
use customers::{By, Leaving};
use kernel::Fault;
use platform::http::{self, Call, NoContent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Leaving::new, delete).await
}

async fn delete(leaving: &'static Leaving, call: Call) -> Result<NoContent, Fault> {
    let id = call.customer()?.user_id.clone();
    let user_id = UserId::parse(&id).map_err(Fault::broken)?;
    let by = By {
        id,
        permissions: None,
        origin: call.origin(),
    };
    leaving.erase(&user_id, &by, &call.ids()).await?;
    Ok(NoContent::new())
}
