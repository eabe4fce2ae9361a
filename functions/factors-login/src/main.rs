//! `POST /v1/sessions/passkey`: log in with a passkey alone.

use factors::Factors;
use factors::wire::{LoggedInView, PasskeyLogin};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Factors::new, login).await
}

async fn login(factors: &'static Factors, call: Call<PasskeyLogin>) -> Result<Json<LoggedInView>, Fault> {
    let (login, cart_token) = (call.body.clone(), call.header("x-cart-token"));
    let tokens = factors
        .login(login, cart_token, call.origin(), call.now())
        .await?;
    Ok(Json::new(tokens))
}
