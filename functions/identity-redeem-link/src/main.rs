//! `POST /v1/magic-links/redeem`: log in by a mailed link, in the browser that asked for it.

use identity::Identity;
use identity::wire::{LoginView, RedeemLink};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Identity::new, redeem).await
}

async fn redeem(identity: &'static Identity, call: Call<RedeemLink>) -> Result<Json<LoginView>, Fault> {
    let visit = identity.visit(call.origin(), call.header("x-cart-token"));
    let logged_in = identity.redeem_link(&call.body.into(), visit).await?;
    Ok(Json::new(logged_in))
}
