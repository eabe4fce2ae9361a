//! `POST /v1/admin/stock/{sku}/adjustments`: change what is on hand at one location, and say why.

use authority::Guard;
use inventory::wire::{AdjustStock, AdjustmentView};
use inventory::{AdjustmentId, Inventory};
use kernel::{Fault, Sku};
use platform::http::{self, Call, Created};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Inventory::new, adjust_stock).await
}

async fn adjust_stock(
    inventory: &'static Inventory,
    call: Call<AdjustStock>,
) -> Result<Created<AdjustmentView>, Fault> {
    let sku: Sku = call.path("sku")?;
    let id = AdjustmentId::mint(&call.ids());
    let adjust = call.body.clone().into_adjust(id, sku, call.staff()?);
    let adjustment = inventory.adjust(adjust).await?;
    let location = format!("/v1/admin/stock/{}/adjustments", adjustment.sku);
    Ok(Created::at(location, adjustment))
}
