//! `POST /v1/account/providers/{provider}`: begin to link an account elsewhere to mine.

use authority::{Guard, UserId};
use federation::Federation;
use federation::wire::{BeginSignIn, BegunView};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Federation::new, link).await
}

async fn link(federation: &'static Federation, call: Call<BeginSignIn>) -> Result<Json<BegunView>, Fault> {
    let owner = UserId::parse(&call.customer()?.user_id).map_err(Fault::broken)?;
    Ok(Json::new(
        federation
            .begin(&call.path("provider")?, Some(owner), None)
            .await?,
    ))
}
