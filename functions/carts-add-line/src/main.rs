//! `POST /v1/carts/{cart_id}/lines`: put goods into a cart; more of the same adds up.

use authority::Guard;
use carts::wire::{AddLine, CartView};
use carts::{Access, Carts};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Carts::new, add_line).await
}

async fn add_line(carts: &'static Carts, call: Call<AddLine>) -> Result<Json<CartView>, Fault> {
    let access = Access::of(&call.caller, call.path("cart_id")?)?;
    let view = carts
        .add_line(&access, call.body.clone(), &call.ids(), call.now())
        .await?;
    let etag = view.etag();
    Ok(Json::new(view).with_etag(etag))
}
