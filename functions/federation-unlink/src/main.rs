//! `DELETE /v1/account/providers/{provider}`: an account elsewhere opens mine no longer.

use authority::{Guard, UserId};
use federation::Ways;
use kernel::Fault;
use platform::http::{self, Call, NoContent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Ways::new, unlink).await
}

async fn unlink(ways: &'static Ways, call: Call) -> Result<NoContent, Fault> {
    let owner = UserId::parse(&call.customer()?.user_id).map_err(Fault::broken)?;
    ways.unlink(&owner, &call.path("provider")?, &call.origin())
        .await?;
    Ok(NoContent::new())
}
