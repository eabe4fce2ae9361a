//! `GET /v1/account`: the customer's account.

use authority::{Guard, UserId};
use customers::Customers;
use customers::wire::AccountView;
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Customers::new, get).await
}

async fn get(customers: &'static Customers, call: Call) -> Result<Json<AccountView>, Fault> {
    let user_id = UserId::parse(&call.customer()?.user_id).map_err(Fault::broken)?;
    let view = customers.account(&user_id).await?;
    let version = view.version;
    Ok(Json::new(view).with_etag(version))
}
