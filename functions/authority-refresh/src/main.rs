//! `POST /v1/sessions/refresh`: the next tokens for a refresh token.

use authority::wire::{RefreshSession, TokensView};
use authority::{Authority, STOREFRONT};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Authority::new, refresh).await
}

async fn refresh(
    authority: &'static Authority,
    call: Call<RefreshSession>,
) -> Result<Json<TokensView>, Fault> {
    let token = &call.body.refresh_token;
    let tokens = authority.refresh(token, STOREFRONT, &call.origin()).await?;
    Ok(Json::new(tokens))
}
