//! `DELETE /v1/account/providers/{provider}`: an account elsewhere opens mine no longer.

use authority::{Guard, UserId};
use federation::Federation;
use kernel::Fault;
use platform::http::{self, Call, NoContent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Federation::new, unlink).await
}

async fn unlink(federation: &'static Federation, call: Call) -> Result<NoContent, Fault> {
    let owner = UserId::parse(&call.customer()?.user_id).map_err(Fault::broken)?;
    federation
        .unlink(&owner, &call.path("provider")?, &call.origin())
        .await?;
    Ok(NoContent::new())
}
