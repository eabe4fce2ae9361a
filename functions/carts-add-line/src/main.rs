//! `POST /v1/carts/{cart_id}/lines`: put goods into a cart; more of the same adds up.

use carts::wire::{AddLine, CartView};
use carts::{CartId, Carts, must_be_own};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Carts::new, add_line).await
}

async fn add_line(carts: &'static Carts, call: Call<AddLine>) -> Result<Json<CartView>, Fault> {
    let cart_id: CartId = call.path("cart_id")?;
    must_be_own(&call.guest_cart()?, &cart_id)?;
    let view = carts
        .add_line(&cart_id, call.body.clone(), &call.ids(), call.now())
        .await?;
    let etag = view.etag();
    Ok(Json::new(view).with_etag(etag))
}
