//! `GET /v1/admin/stock/{sku}/levels`: what each location holds of one SKU.

use authority::Guard;
use inventory::Inventory;
use inventory::wire::LevelView;
use kernel::{Fault, Sku};
use platform::http::{self, Call, Listed};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Inventory::new, list_levels).await
}

async fn list_levels(inventory: &'static Inventory, call: Call) -> Result<Listed<LevelView>, Fault> {
    let (sku, page): (Sku, _) = (call.path("sku")?, call.page());
    Ok(Listed::new(
        inventory.levels(&sku, page.limit, page.cursor).await?,
    ))
}
