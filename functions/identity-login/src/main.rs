//! `POST /v1/sessions`: log in by password, up to the second factor.

use identity::Identity;
use identity::wire::{LogIn, LoginView};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Identity::new, log_in).await
}

async fn log_in(identity: &'static Identity, call: Call<LogIn>) -> Result<Json<LoginView>, Fault> {
    let visit = identity.visit(call.origin(), call.header("x-cart-token"));
    let LogIn { email, password } = &call.body;
    Ok(Json::new(identity.log_in(email, password, visit).await?))
}
