//! `PATCH /v1/carts/{cart_id}/lines/{line_id}`: set how many pieces a line holds.

use authority::Guard;
use carts::wire::{CartView, UpdateLine};
use carts::{Access, Carts, LineId};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Carts::new, update_line).await
}

async fn update_line(carts: &'static Carts, call: Call<UpdateLine>) -> Result<Json<CartView>, Fault> {
    let access = Access::of(&call.caller, call.path("cart_id")?)?;
    let line_id: LineId = call.path("line_id")?;
    let view = carts
        .set_quantity(&access, &line_id, call.body.quantity, call.now())
        .await?;
    let etag = view.etag();
    Ok(Json::new(view).with_etag(etag))
}
