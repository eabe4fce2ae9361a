//! `GET /v1/carts/{cart_id}`: a cart, what it would cost now, and what keeps it from being placed.

use carts::wire::CartView;
use carts::{CartId, Carts, must_be_own};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Carts::new, get).await
}

async fn get(carts: &'static Carts, call: Call) -> Result<Json<CartView>, Fault> {
    let cart_id: CartId = call.path("cart_id")?;
    must_be_own(&call.guest_cart()?, &cart_id)?;
    let view = carts.view(&cart_id, call.now()).await?;
    let etag = view.etag();
    Ok(Json::new(view).with_etag(etag))
}
