//! `POST /v1/account/password`: another password, by whoever knows the present one.

use authority::Guard;
use identity::wire::ChangePassword;
use identity::{Identity, Present};
use kernel::Fault;
use platform::http::{self, Call, NoContent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Identity::new, change).await
}

async fn change(identity: &'static Identity, call: Call<ChangePassword>) -> Result<NoContent, Fault> {
    let present = Present::of(call.customer()?, call.origin())?;
    identity.change_password(&present, &call.body.into()).await?;
    Ok(NoContent::new())
}
