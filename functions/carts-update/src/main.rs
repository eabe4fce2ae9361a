//! `PATCH /v1/carts/{cart_id}`: set or empty e-mail, addresses and way of shipping.

use authority::Guard;
use carts::wire::{CartView, UpdateCart};
use carts::{Access, Carts};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Carts::new, update).await
}

async fn update(carts: &'static Carts, call: Call<UpdateCart>) -> Result<Json<CartView>, Fault> {
    let access = Access::of(&call.caller, call.path("cart_id")?)?;
    let view = carts.amend(&access, call.body.clone().into(), call.now()).await?;
    let etag = view.etag();
    Ok(Json::new(view).with_etag(etag))
}
