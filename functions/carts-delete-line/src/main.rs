//! `DELETE /v1/carts/{cart_id}/lines/{line_id}`: take a line out of a cart.

use authority::Guard;
use carts::{Access, CartKeeping, LineId};
use kernel::Fault;
use platform::http::{self, Call, NoContent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, CartKeeping::new, delete_line).await
}

async fn delete_line(carts: &'static CartKeeping, call: Call) -> Result<NoContent, Fault> {
    let access = Access::of(&call.caller, call.path("cart_id")?)?;
    let line_id: LineId = call.path("line_id")?;
    carts.remove_line(&access, &line_id, call.now()).await?;
    Ok(NoContent::new())
}
