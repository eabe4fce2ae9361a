//! `GET /v1/admin/stock/{sku}/adjustments`: how one SKU's stock has changed, newest first.

use authority::Guard;
use inventory::Inventory;
use inventory::wire::AdjustmentView;
use kernel::{Fault, Sku};
use platform::http::{self, Call, Listed};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Inventory::new, list_adjustments).await
}

async fn list_adjustments(
    inventory: &'static Inventory,
    call: Call,
) -> Result<Listed<AdjustmentView>, Fault> {
    let (sku, page): (Sku, _) = (call.path("sku")?, call.page());
    Ok(Listed::new(
        inventory.adjustments(&sku, page.limit, page.cursor).await?,
    ))
}
