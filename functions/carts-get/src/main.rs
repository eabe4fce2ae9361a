//! `GET /v1/carts/{cart_id}`: a cart, what it would cost now, and what keeps it from being placed.

use authority::Guard;
use carts::wire::CartView;
use carts::{Access, Carts};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Carts::new, get).await
}

async fn get(carts: &'static Carts, call: Call) -> Result<Json<CartView>, Fault> {
    let access = Access::of(&call.caller, call.path("cart_id")?)?;
    let view = carts.view(&access, call.now()).await?;
    let etag = view.etag();
    Ok(Json::new(view).with_etag(etag))
}
