//! `PATCH /v1/account`: change name, telephone, language, consent and saved addresses.

use authority::{Guard, UserId};
use customers::Customers;
use customers::wire::{AccountView, UpdateAccount};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Customers::new, update).await
}

async fn update(
    customers: &'static Customers,
    call: Call<UpdateAccount>,
) -> Result<Json<AccountView>, Fault> {
    let user_id = UserId::parse(&call.customer()?.user_id).map_err(Fault::broken)?;
    let seen = call.if_match.version()?;
    let view = customers.update(&user_id, seen, call.body.clone().into()).await?;
    let version = view.version;
    Ok(Json::new(view).with_etag(version))
}
