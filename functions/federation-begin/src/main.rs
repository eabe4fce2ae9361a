//! `POST /v1/sessions/providers/{provider}`: begin a sign-in with an account elsewhere.

use federation::Federation;
use federation::wire::{BeginSignIn, BegunView};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Federation::new, begin).await
}

async fn begin(federation: &'static Federation, call: Call<BeginSignIn>) -> Result<Json<BegunView>, Fault> {
    let begun = federation
        .begin(&call.path("provider")?, None, call.header("x-cart-token"))
        .await?;
    Ok(Json::new(begun))
}
