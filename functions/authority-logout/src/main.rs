//! `POST /v1/sessions/logout`: end the session of a refresh token.

use authority::wire::LogOut;
use authority::{Authority, STOREFRONT};
use kernel::Fault;
use platform::http::{self, Call, NoContent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Authority::new, log_out).await
}

async fn log_out(authority: &'static Authority, call: Call<LogOut>) -> Result<NoContent, Fault> {
    let token = &call.body.refresh_token;
    authority
        .revoke_refresh_token(token, STOREFRONT, &call.origin())
        .await?;
    Ok(NoContent::new())
}
