//! `POST /v1/password-resets/confirm`: choose a new password by the mail's link; every session ends.

use identity::Identity;
use identity::wire::ResetPassword;
use kernel::Fault;
use platform::http::{self, Call, NoContent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Identity::new, reset).await
}

async fn reset(identity: &'static Identity, call: Call<ResetPassword>) -> Result<NoContent, Fault> {
    let ResetPassword { token, password } = &call.body;
    identity.reset_password(token, password, &call.origin()).await?;
    Ok(NoContent::new())
}
