//! `GET /oauth/userinfo`: who the bearer acts for, as far as its scopes go.

use authority::Guard;
use kernel::Fault;
use oauth::Provider;
use oauth::wire::UserInfoView;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Provider::new, get).await
}

async fn get(provider: &'static Provider, call: Call) -> Result<Json<UserInfoView>, Fault> {
    let customer = call.customer()?;
    let view = provider
        .user_info(&customer.user_id, customer.delegated.as_deref())
        .await?;
    Ok(Json::new(view.ok_or_else(|| Fault::missing("user"))?))
}
