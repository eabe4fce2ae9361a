//! `GET /v1/admin/locations`: the places where goods lie, oldest first.

use authority::Guard;
use inventory::Inventory;
use inventory::wire::LocationView;
use kernel::Fault;
use platform::http::{self, Call, Listed};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Inventory::new, list_locations).await
}

async fn list_locations(inventory: &'static Inventory, call: Call) -> Result<Listed<LocationView>, Fault> {
    let page = call.page();
    Ok(Listed::new(inventory.locations(page.limit, page.cursor).await?))
}
