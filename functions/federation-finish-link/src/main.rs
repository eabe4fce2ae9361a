//! `POST /v1/account/providers/{provider}/callback`: back from a provider: it opens my account from now on.

use authority::{Guard, UserId};
use federation::Federation;
use federation::wire::FinishSignIn;
use kernel::Fault;
use platform::http::{self, Call, NoContent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Federation::new, finish).await
}

async fn finish(federation: &'static Federation, call: Call<FinishSignIn>) -> Result<NoContent, Fault> {
    let owner = UserId::parse(&call.customer()?.user_id).map_err(Fault::broken)?;
    let returned = call.body.clone().into();
    federation
        .link(&owner, &call.path("provider")?, &returned, &call.origin())
        .await?;
    Ok(NoContent::new())
}
