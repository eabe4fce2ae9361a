//! `POST /v1/account/email/confirm`: the account gets the address whose code is shown.

use authority::Guard;
use identity::wire::ByCode;
use identity::{Identity, Present};
use kernel::Fault;
use platform::http::{self, Call, NoContent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Identity::new, confirm).await
}

async fn confirm(identity: &'static Identity, call: Call<ByCode>) -> Result<NoContent, Fault> {
    let present = Present::of(call.customer()?, call.origin())?;
    identity.confirm_email(&present, &call.body.code).await?;
    Ok(NoContent::new())
}
