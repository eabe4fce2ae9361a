//! `GET /v1/account/cart`: the customer's open cart, and what it would cost now.

use authority::Guard;
use carts::wire::CartView;
use carts::{Carts, CustomerId};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Carts::new, get_mine).await
}

async fn get_mine(carts: &'static Carts, call: Call) -> Result<Json<CartView>, Fault> {
    let customer_id = CustomerId::parse(&call.customer()?.user_id).map_err(Fault::broken)?;
    let view = carts.current(&customer_id, call.now()).await?;
    let etag = view.etag();
    Ok(Json::new(view).with_etag(etag))
}
